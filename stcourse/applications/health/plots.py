"""Figures of chapter 06, part c: waves, mobility, beds, counts with alarms.

As in `stlearn.plots.style`, every function returns (figure, sentence).
"""

import numpy as np

from stcourse.applications.health import epidemic, outbreaks
from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, LINES, MARKERS, digits, label_times, new_figure


def waves(dataset):
    """Draw the cases and beds of all regions together, with the lockdowns.

    Args:
        dataset: SpatioTemporalDataset from `stcourse.worlds.epidemic`.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the data set does not know its beds.

    Example:
        >>> from stcourse.applications.health.plots import waves
        >>> from stcourse.worlds.epidemic import epidemic
        >>> waves(epidemic(days=90, regions=5))[0].axes[0].get_ylabel()
        'Cases reported a day'
    """
    if "beds" not in dataset.extra:
        raise InputError(f"dataset: expected beds in extra, {dataset.name} has none")
    cases, beds = dataset.values.sum(axis=1), dataset.extra["beds"].sum(axis=1)
    weekly = cases.rolling(7).mean()
    lockdowns = dataset.events[dataset.events["kind"] == "lockdown"]
    figure, (upper, lower) = new_figure(4.5, 2, sharex=True)
    for axes, series, label in (
        (upper, cases, "Cases reported a day"), (lower, beds, "Beds taken")
    ):  # fmt: skip
        axes.plot(series.index, series, color=COLOURS[0], linewidth=1)
        for place, event in enumerate(lockdowns.itertuples()):
            axes.axvspan(event.start, event.end, color="0.85", label=None if place else "lockdown")
        axes.set_ylabel(label)
        axes.grid(alpha=0.4)
    upper.plot(weekly.index, weekly, color=COLOURS[1], linestyle="--", label="mean of seven days")
    upper.legend()
    label_times(lower)
    lag = max(range(22), key=lambda days: cases.corr(beds.shift(-days)))
    sentence = (
        f"{len(cases)} days, {dataset.shape[1]} regions and {len(lockdowns)} lockdowns (grey): "
        f"up to {digits(weekly.max())} cases a day in the mean of seven days and "
        f"{beds.max():.0f} beds taken; the beds follow the cases most closely {lag} days later."
    )
    return figure, sentence


def mobility(dataset):
    """Draw the share of the graph's weight that leads to another region, day by day.

    Args:
        dataset: SpatioTemporalDataset of daily cases with a graph that changes.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the graph does not change.

    Example:
        >>> from stcourse.applications.health.plots import mobility
        >>> from stcourse.worlds.epidemic import epidemic
        >>> mobility(epidemic(days=30, regions=5))[0].axes[0].get_ylabel()
        'Leads elsewhere (%)'
    """
    if dataset.edges is None:
        raise InputError(f"dataset: expected a graph that changes, that of {dataset.name} does not")
    edges = dataset.edges
    away = edges["weight"].where(edges["source"] != edges["target"], 0)
    sums = edges.assign(away=away).groupby("time")[["away", "weight"]].sum()
    share = 100 * sums["away"] / sums["weight"]
    weekly, cases = share.rolling(7).mean().dropna(), dataset.values.sum(axis=1)
    figure, (upper, lower) = new_figure(4.5, 2, sharex=True)
    upper.plot(share.index, share, color=COLOURS[2], marker=MARKERS[0], markersize=3)
    upper.set_ylabel("Leads elsewhere (%)")
    upper.set_ylim(bottom=0)
    lower.plot(cases.index, cases, color=COLOURS[0])
    lower.set_ylabel("Cases reported a day")
    for axes in (upper, lower):
        axes.grid(alpha=0.4)
    label_times(lower)
    sentence = (
        f"{dataset.name}: in the seven days up to {weekly.idxmax():%d %B %Y} a mean of "
        f"{weekly.max():.1f} % of the graph's weight leads to another region, in those up to "
        f"{weekly.idxmin():%d %B %Y} {weekly.min():.1f} %; cases are highest on "
        f"{cases.idxmax():%d %B %Y}."
    )
    return figure, sentence


def bed_error(found, names):
    """Draw how wrong the beds are, one to fourteen days ahead.

    Args:
        found: `stcourse.applications.health.epidemic.Found`.
        names: Names of forecasters of its comparison.

    Returns:
        (figure, sentence). A last line shows what is left if the cases are foreseen without error.

    Raises:
        InputError: If a name is unknown.
    """
    figure, axes = new_figure(4)
    said = []
    days = np.arange(1, epidemic.REACH + 1)
    for place, name in enumerate([*names, None]):
        beds, taken = epidemic.beds_ahead(found, name)
        error = np.abs(beds - taken)[found.scored_from :].mean(axis=(0, 2))
        label = name or "cases known"
        axes.plot(
            days, error, label=label, color=COLOURS[place], linestyle=LINES[place % 4],
            marker=MARKERS[place], markersize=5,
        )  # fmt: skip
        said.append(f"{label} {error[5]:.1f} and {error[-1]:.1f}")
    axes.set_xlabel("Days ahead")
    axes.set_ylabel("Mean error (beds a region)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.4)
    axes.legend()
    sentence = f"Mean error in beds a region, six and fourteen days ahead: {'; '.join(said)}."
    return figure, sentence


def county_with_alarms(found, name, node):
    """Draw the counts of a county, what was expected, its outbreaks and the alarms.

    Args:
        found: `stcourse.applications.health.outbreaks.Found`.
        name: Name of a forecaster of its comparison.
        node: Name of a county.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the county or the forecaster is unknown.
    """
    if node not in found.dataset.values:
        raise InputError(f"node: expected a county of {found.dataset.name}, got {node!r}")
    raised, score = outbreaks.alarms(found, name)
    raised, events = (part[part["node"] == node] for part in (raised, score.events))
    run = found.comparison.runs[name].backtest
    shown_weeks = run.times >= found.scored_from
    times, place = run.times[shown_weeks], run.nodes.get_loc(node)
    counts = found.dataset.values[node].loc[times]
    right = outbreaks.in_an_event(raised, events)
    figure, axes = new_figure(4)
    axes.plot(times, counts, color=COLOURS[0], label="counted")
    expected = run.forecast[shown_weeks, 0, place]
    axes.plot(times, expected, color=COLOURS[1], linestyle="--", label=f"expected by {name}")
    half = outbreaks.WEEK / 2
    for number, event in enumerate(events.itertuples()):
        axes.axvspan(
            event.start - half, event.end + half, color="0.85",
            label=None if number else "outbreak or its spread",
        )  # fmt: skip
    for kept, marker, label in ((right, "^", "right alarm"), (~right, "v", "false alarm")):
        when = raised["start"][kept]
        axes.plot(when, counts[when], marker, color=COLOURS[3], markersize=9, label=label)
    axes.set_ylabel(f"Cases a week in {node}")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.4)
    figure.legend(loc="outside lower center", ncols=3)
    label_times(axes)
    sentence = (
        f"{node}, {len(times)} weeks: of {len(events)} outbreaks and their traces (grey), alarms "
        f"found {int(events['found'].sum())}; {int((~right).sum())} alarms were false."
    )
    return figure, sentence


def found_by_budget(found, names, budgets=(4, 12, 26, 52)):
    """Draw the share of outbreaks found against the false alarms that came.

    Args:
        found: `stcourse.applications.health.outbreaks.Found`.
        names: What the alarms come from, as in `stcourse.applications.health.outbreaks.scores`.
        budgets: False alarms a year that were asked for.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a name is unknown.
    """
    figure, axes = new_figure(4)
    said = []
    for place, name in enumerate(names):
        scores = [outbreaks.alarms(found, name, budget)[1] for budget in budgets]
        false = [score.false_alarms_a_day * outbreaks.YEAR for score in scores]
        share = [100 * outbreaks.planted(score)["found"].mean() for score in scores]
        axes.plot(
            false, share, color=COLOURS[place], linestyle=LINES[place % 4],
            marker=MARKERS[place % len(MARKERS)], label=name,
        )  # fmt: skip
        said.append(f"{name} {share[0]:.0f} to {share[-1]:.0f} % for {false[0]:.0f} to "
                    f"{false[-1]:.0f} false alarms")  # fmt: skip
    axes.set_xlabel("False alarms a year, all counties together")
    axes.set_ylabel("Outbreaks found (%)")
    axes.grid(alpha=0.4)
    axes.legend()
    return figure, f"Outbreaks found and false alarms a year: {'; '.join(said)}."
