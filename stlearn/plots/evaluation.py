"""Figures of chapter 05: gains with intervals, intervals of forecasts, sensors that fall silent.

As in `plot`, a function that draws returns (figure, sentence). The others say what a table shows.
"""

import numpy as np

from stlearn.errors import InputError
from stlearn.plots.style import (
    COLOURS,
    LINES,
    MARKERS,
    as_label,
    clock,
    digits,
    label_times,
    moment,
    new_figure,
)

SIDES = ("lies above", "includes", "lies below")  # of zero: where an interval may lie


def gains(table, what, here=None):
    """Draw gains with their intervals, one below the other, and the line of no gain.

    Args:
        table: DataFrame (name; value, low, high), as shares: 0.1 is an error smaller by 10 %. Low
            and high are NaN where there is no interval.
        what: What the gain is held against, for the axis.
        here: Series (name) of gains that one run here gave, drawn as crosses; names may be missing.

    Returns:
        (figure, sentence). A gain whose interval lies on one side of zero is filled.

    Raises:
        InputError: If there is no gain.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.evaluation import gains
        >>> table = pd.DataFrame({"value": [0.2, 0.0], "low": [0.1, -0.1], "high": [0.3, 0.1]})
        >>> gains(table.set_axis(["wide", "deep"]), "over the last value")[1]
        'Gain over the last value: wide 20.0 % (10.0 to 30.0), deep 0.0 % (-10.0 to 10.0); the interval lies above zero for wide, and includes zero for deep.'
    """  # noqa: E501
    sentence = gains_said(table, what)
    figure, axes = new_figure(1.2 + 0.45 * len(table))
    places = table[["value", "low", "high"]].itertuples(index=False, name=None)
    for place, (value, low, high) in enumerate(places):
        clear = low > 0 or high < 0
        kind = 3 if high < 0 else 0
        colour = COLOURS[kind]
        axes.plot([100 * low, 100 * high], [place, place], color=colour, linewidth=2)
        face = colour if clear else "white"
        look = {"color": colour, "markerfacecolor": face, "markersize": 8}
        axes.plot(100 * value, place, MARKERS[kind], **look)
    if here is not None:
        known = here.reindex(table.index).dropna()
        rows = [table.index.get_loc(name) for name in known.index]
        look = {"color": "0.2", "markersize": 8, "markeredgewidth": 2, "label": "here, one run"}
        axes.plot(100 * known, rows, "x", **look)
        axes.legend(fontsize="small")
        each = ", ".join(f"{name} {100 * value:z.1f} %" for name, value in known.items())
        sentence = f"{sentence[:-1]}; here {each}."
    axes.axvline(0, color="0.3", linestyle="--")
    axes.set_yticks(range(len(table)), [as_label(name, 40) for name in table.index])
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_xlabel(f"Gain {what} (%)\nwith a 95 % interval; filled: the interval excludes zero")
    axes.grid(axis="x", alpha=0.4)
    return figure, sentence


def gains_said(table, what):
    """Say gains with their intervals, and on which side of zero each interval lies.

    Args:
        table, what: As in `gains`.

    Returns:
        Sentence.

    Raises:
        InputError: If there is no gain.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.evaluation import gains_said
        >>> table = pd.DataFrame({"value": [0.2], "low": [0.1], "high": [0.3]}, index=["wide"])
        >>> gains_said(table, "over trees")
        'Gain over trees: wide 20.0 % (10.0 to 30.0); the interval lies above zero for wide.'
    """
    if not len(table):
        raise InputError("table: expected at least one gain")
    said, sides = [], {}
    for name, value, low, high in table[["value", "low", "high"]].itertuples(name=None):
        ends = "no interval" if np.isnan(low) else f"{100 * low:z.1f} to {100 * high:z.1f}"
        said.append(f"{name} {100 * value:z.1f} % ({ends})")
        side = "lies above" if low > 0 else "lies below" if high < 0 else "includes"
        if not np.isnan(low):
            sides.setdefault(side, []).append(str(name))
    groups = [f"{side} zero for {', '.join(sides[side])}" for side in SIDES if side in sides]
    ending = f"; the interval {', and '.join(groups)}" if groups else ""
    return f"Gain {what}: {', '.join(said)}{ending}."


def settled(name, days, seeds):
    """Say a gain with its intervals over days and over seeds, and whether both agree on its sign.

    Args:
        name: Of what the gain is.
        days, seeds: (value, low, high) each, as shares; the interval over days and over seeds.

    Returns:
        Sentence.

    Example:
        >>> from stlearn.plots.evaluation import settled
        >>> settled("wide", (0.2, 0.1, 0.3), (0.2, -0.1, 0.5))
        'wide: 20.0 %, over days 10.0 to 30.0, over seeds -10.0 to 50.0: not settled.'
    """
    ends = [[f"{100 * end:z.1f}" for end in found[1:]] for found in (days, seeds)]
    over_days, over_seeds = (" to ".join(pair) for pair in ends)
    return (
        f"{name}: {100 * days[0]:z.1f} %, over days {over_days}, over seeds {over_seeds}: "
        f"{settled_as(days, seeds)}."
    )


def settled_as(days, seeds):
    """Name what two intervals say together: a settled gain, a settled loss, or not settled.

    Args:
        days, seeds: As in `settled`.

    Example:
        >>> from stlearn.plots.evaluation import settled_as
        >>> settled_as((0.2, 0.1, 0.3), (0.2, 0.1, 0.4))
        'a settled gain'
    """
    if days[1] > 0 and seeds[1] > 0:
        return "a settled gain"
    if days[2] < 0 and seeds[2] < 0:
        return "a settled loss"
    return "not settled"


def coverage_by_step(tables, share, unit):
    """Draw coverage and width of several kinds of intervals against the time ahead.

    Args:
        tables: Dict of a kind's name to a DataFrame (horizon; coverage, width), as
            `stlearn.evaluation.intervals.interval_table` returns it.
        share: Share that the intervals were meant to hold.
        unit: Unit of the width.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no kind.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.evaluation import coverage_by_step
        >>> steps = pd.to_timedelta(["5min", "10min"])
        >>> table = pd.DataFrame({"coverage": [0.9, 0.8], "width": [4.0, 6.0]}, index=steps)
        >>> coverage_by_step({"conformal": table}, 0.9, "km/h")[1]
        'Coverage 10 minutes ahead, meant to be 90.0 %: conformal 80.0 % (mean width 6 km/h); nearest to that: conformal.'
    """  # noqa: E501
    if not tables:
        raise InputError("tables: expected at least one kind of interval")
    figure, (left, right) = new_figure(3.8, 1, 2)
    said = []
    for place, (name, table) in enumerate(tables.items()):
        minutes = table.index / np.timedelta64(1, "m")
        look = {"color": COLOURS[place], "linestyle": LINES[place % 4], "marker": MARKERS[place]}
        left.plot(minutes, 100 * table["coverage"], label=name, markersize=4, **look)
        right.plot(minutes, table["width"], markersize=4, **look)
        last = table.iloc[-1]
        said.append(f"{name} {last['coverage']:.1%} (mean width {digits(last['width'])} {unit})")
    ends = {name: table["coverage"].iloc[-1] for name, table in tables.items()}
    nearest = min(ends, key=lambda name: abs(ends[name] - share))
    left.axhline(100 * share, color="0.3", linestyle=":", label="promised")
    left.set_ylabel("Targets inside (%)")
    right.set_ylabel(f"Mean width ({unit})")
    right.set_ylim(bottom=0)
    for axes in (left, right):
        axes.set_xlabel("Minutes ahead")
        axes.grid(alpha=0.4)
    figure.legend(loc="outside lower center", ncols=4)
    sentence = (
        f"Coverage {minutes[-1]:g} minutes ahead, meant to be {share:.1%}: {'; '.join(said)}; "
        f"nearest to that: {nearest}."
    )
    return figure, sentence.replace("%", " %")


def interval_band(result, low, high, node, step, start=None, stop=None):
    """Draw what came at a node, and the intervals that had been given some steps before.

    Args:
        result: Backtest with origins one row apart.
        low, high: Arrays (origin, horizon, node), the ends of the intervals.
        node: Name of a node.
        step: Steps ahead, counted from 1.
        start, stop: First and last time shown, as pandas slices them; all when not given.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the node is unknown, the step beyond the horizon, or no time is left.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> from stlearn.plots.evaluation import interval_band
        >>> dataset = stlearn.load("corridor").between(0, 4 * 288)
        >>> last_value = LastValue(horizon=12).fit(dataset.between(0, 3 * 288))
        >>> result = stlearn.backtest(last_value, dataset, slice(3 * 288, 4 * 288))
        >>> forecast = result.forecast
        >>> figure, sentence = interval_band(result, forecast - 5, forecast + 5, "in10", step=6)
        >>> sentence[:36]
        'At in10, 2025-05-01 00:30 to 2025-05'
    """
    if node not in result.nodes:
        raise InputError(f"node: expected one of {list(result.nodes[:3])}, ..., got {node!r}")
    if not 1 <= step <= result.truth.shape[1]:
        raise InputError(f"step: expected 1 to {result.truth.shape[1]}, got {step}")
    times = result.times + (step - 1) * result.interval
    inside = times.slice_indexer(start, stop)
    times = times[inside]
    if not len(times):
        raise InputError(f"start, stop: no time is left between {start} and {stop}")
    column = result.nodes.get_loc(node)
    truth, forecast, low, high = (
        part[inside, step - 1, column] for part in (result.truth, result.forecast, low, high)
    )
    figure, axes = new_figure(4)
    shown_times = clock(times)
    axes.fill_between(shown_times, low, high, color=COLOURS[0], alpha=0.3, label="interval")
    axes.plot(shown_times, forecast, color=COLOURS[0], linestyle="--", label="forecast")
    axes.plot(shown_times, truth, color="0.2", linewidth=1.2, label="what came")
    missed = (truth < low) | (truth > high)
    axes.plot(
        shown_times[missed], truth[missed], MARKERS[1], color=COLOURS[3], markersize=4,
        label="outside",
    )  # fmt: skip
    axes.set_ylabel(f"{as_label(node)} ({result.unit})")
    axes.legend(loc="lower left", fontsize="small")
    axes.grid(alpha=0.4)
    label_times(axes)
    known = ~np.isnan(truth)
    sentence = (
        f"At {node}, {moment(times[0])} to {moment(times[-1])}: {missed.sum()} of {known.sum()} "
        f"readings lie outside their interval, which is {np.nanmean(high - low):.1f} {result.unit} "
        f"wide on average."
    )
    return figure, sentence


def error_by_share(errors, unit, what="at all sensors"):
    """Draw the error against the share of sensors that are silent, a line for each forecaster.

    Args:
        errors: DataFrame (share, forecaster), shares between 0 and 1 in rising order.
        unit: Unit of the errors.
        what: Which errors they are, for the title.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there are fewer than two shares.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.evaluation import error_by_share
        >>> error_by_share(pd.DataFrame({"stn": [2.0, 3.0]}, index=[0.0, 0.5]), "km/h")[1]
        'From 0 % to 50 % of the sensors silent, error at all sensors, km/h: stn 2 to 3; lowest at 50 %: stn.'
    """  # noqa: E501
    if len(errors) < 2:
        raise InputError(f"errors: expected at least two shares, got {len(errors)}")
    figure, axes = new_figure(4)
    for place, name in enumerate(errors):
        look = {"color": COLOURS[place], "linestyle": LINES[place % 4], "marker": MARKERS[place]}
        axes.plot(100 * errors.index, errors[name], label=as_label(name), **look)
    axes.set_xlabel("Silent sensors (%)")
    axes.set_ylabel(f"Mean absolute error ({unit})")
    axes.set_title(what[:1].upper() + what[1:], loc="left", fontsize="medium")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.4)
    figure.legend(loc="outside lower center", ncols=3)
    first, last = errors.iloc[0], errors.iloc[-1]
    said = ", ".join(f"{name} {digits(first[name])} to {digits(last[name])}" for name in errors)
    ends = [f"{100 * share:.0f} %" for share in (errors.index[0], errors.index[-1])]
    sentence = (
        f"From {ends[0]} to {ends[1]} of the sensors silent, error {what}, {unit}: {said}; "
        f"lowest at {ends[1]}: {last.idxmin()}."
    )
    return figure, sentence
