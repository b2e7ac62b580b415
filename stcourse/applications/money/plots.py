"""Figures of the parts on share prices and bond yields.

As in `stlearn.plots.style`, every function returns (figure, sentence).
"""

import numpy as np

from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, MARKERS, clock, label_times, new_figure


def chart_of_forecast(backtest, node, days=120):
    """Draw a price and its forecast one step ahead, as such forecasts are usually shown.

    Args:
        backtest: `stlearn.evaluation.backtest.Backtest` of 100 times the logarithm of prices.
        node: Name of the share.
        days: Rows shown, from the first on.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the share is unknown.

    Example:
        >>> from stcourse.applications.money import plots, shares
        >>> run = shares.forecasts().comparison.runs["stn"].backtest  # doctest: +SKIP
        >>> figure, _ = plots.chart_of_forecast(run, "banks-1")  # doctest: +SKIP
    """
    if node not in backtest.nodes:
        raise InputError(f"node: expected one of {list(backtest.nodes)}, got {node!r}")
    column = backtest.nodes.get_loc(node)
    truth, said = (
        np.exp(table[:days, 0, column].astype("float64") / 100)
        for table in (backtest.truth, backtest.forecast)
    )
    times = clock(backtest.times[:days])
    figure, axes = new_figure(3.8)
    axes.plot(times, truth, color=COLOURS[0], label="price")
    axes.plot(times, said, color=COLOURS[1], linestyle="--", label="forecast of the day before")
    label_times(axes)
    axes.set_ylabel(f"{node} (share of its first price)")
    axes.legend()
    correlation = np.corrcoef(truth, said)[0, 1]
    moves = np.corrcoef(np.diff(truth), (said[1:] - truth[:-1]))[0, 1]
    return figure, (
        f"Over {len(truth)} days the forecast and the price of {node} correlate at "
        f"{correlation:.3f}; the change that is forecast and the change that comes, at {moves:.3f}."
    )


def gain_intervals(table, label):
    """Draw gains with their intervals, one a line, against zero.

    Args:
        table: DataFrame with the columns gain, low and high in per cent, and an index of names.
        label: What is gained, over what.

    Returns:
        (figure, sentence): which intervals lie wholly above zero.

    Raises:
        InputError: If a column is missing or there is no row.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.money.plots import gain_intervals
        >>> table = pd.DataFrame({"gain": [1.0], "low": [-1.0], "high": [3.0]}, ["a"])
        >>> gain_intervals(table, "Gain (%)")[1]
        '0 of 1 intervals lie wholly above zero; the largest gain is 1.0 % (a).'
    """
    if not {"gain", "low", "high"} <= set(table.columns) or table.empty:
        raise InputError(f"table: expected rows with gain, low and high, got {list(table.columns)}")
    figure, axes = new_figure(1.2 + 0.4 * len(table))
    rows = np.arange(len(table))
    above = (table["low"] > 0).to_numpy()
    for kind, chosen, place in (("not above zero", ~above, 0), ("wholly above zero", above, 1)):
        if chosen.any():
            part = table[chosen]
            sides = [part["gain"] - part["low"], part["high"] - part["gain"]]
            axes.errorbar(
                part["gain"], rows[chosen], xerr=sides, fmt=MARKERS[place], color=COLOURS[place],
                capsize=4, label=f"interval {kind}",
            )  # fmt: skip
    axes.axvline(0, color="0.4", linewidth=1)
    axes.set_yticks(rows, [str(name) for name in table.index])
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_xlabel(label)
    axes.grid(axis="x", alpha=0.4)
    figure.legend(loc="outside upper center", ncols=2)
    best = table["gain"].idxmax()
    return figure, (
        f"{above.sum()} of {len(table)} intervals lie wholly above zero; the largest gain is "
        f"{table['gain'].max():.1f} % ({best})."
    )


def bars(groups, label):
    """Draw mean sizes of errors as bars, in panels beside each other.

    Args:
        groups: Dict of a panel's title to a Series (name) of sizes.
        label: What they are, with the unit.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is nothing to draw.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.money.plots import bars
        >>> bars({"hedge": pd.Series({"none": 90.0, "duration": 60.0})}, "Error (bp)")[1]
        'Error (bp): hedge: none 90.0, duration 60.0.'
    """
    if not groups or any(not len(sizes) for sizes in groups.values()):
        raise InputError("groups: expected at least one panel with something in it")
    figure, grid = new_figure(3.4, 1, len(groups), sharey=True, squeeze=False)
    panels = grid[0]
    told = []
    for place, (axes, (title, sizes)) in enumerate(zip(panels, groups.items())):
        drawn = axes.bar(
            [str(name) for name in sizes.index], sizes, color=COLOURS[place], edgecolor="0.3",
            hatch=("", "//", "..")[place % 3],
        )  # fmt: skip
        axes.bar_label(drawn, fmt="%.1f")
        axes.set_title(title)
        axes.margins(y=0.12)
        told.append(f"{title}: " + ", ".join(f"{name} {size:.1f}" for name, size in sizes.items()))
    panels[0].set_ylabel(label)
    return figure, f"{label}: {'; '.join(told)}."
