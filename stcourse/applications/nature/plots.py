"""Figures of the parts on floods, climate and machines, each with its sentence; see `plot`."""

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
    new_figure,
)


def flood_wave(dataset, gauges, flood_level, around):
    """Draw one flood as it passes some gauges, each in shares of its own flood level.

    Args:
        dataset: SpatioTemporalDataset of levels.
        gauges: Names of gauges, upstream first.
        flood_level: Series (gauge,), in the unit of the data.
        around: (start, stop), times as pandas slices them.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a gauge is unknown.

    Example:
        >>> from stcourse.applications.nature.plots import flood_wave
        >>> from stcourse.worlds.river import river
        >>> world = river(days=60)
        >>> level = world.nodes["flood_level"]
        >>> figure, sentence = flood_wave(world, ["hill-1", "town"], level, ("2025-02", "2025-02"))
    """
    unknown = [gauge for gauge in gauges if gauge not in dataset.values]
    if unknown or not len(gauges):
        raise InputError(f"gauges: expected names of gauges, got {unknown or gauges}")
    shares = (dataset.values[gauges] / flood_level[gauges]).loc[around[0] : around[1]]
    figure, axes = new_figure(4)
    for place, gauge in enumerate(gauges):
        style = {"color": COLOURS[place], "linestyle": LINES[place % len(LINES)]}
        axes.plot(clock(shares.index), shares[gauge], label=as_label(gauge), **style)
    axes.axhline(1, color="0.3", linewidth=0.8)
    axes.set_ylabel("Level (share of the flood level)")
    axes.legend()
    label_times(axes)
    peaks = shares.idxmax()
    hours = (peaks[gauges[-1]] - peaks[gauges[0]]).total_seconds() / 3600
    return figure, (
        f"The highest level comes to {gauges[-1]} {digits(hours)} hours after {gauges[0]}; it is "
        f"{digits(shares[gauges[0]].max())} times the flood level at {gauges[0]} and "
        f"{digits(shares[gauges[-1]].max())} times at {gauges[-1]}."
    )


def hours_against_alarms(tables):
    """Draw the hours of warning against the false alarms that came with them, by method.

    Args:
        tables: Dict of tables of `stcourse.applications.nature.flood.warnings`, each for another
            number of false alarms a month that were borne.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there are fewer than two tables.

    Example:
        >>> import pandas as pd
        >>> table = pd.DataFrame({"warning_hours": [3.0], "false_a_month": [4.5]}, ["stn"])
        >>> hours_against_alarms({2: table, 4: table})[1]
        'Thresholds set for 4 false alarms a month: stn warns 3 h ahead, with 4.5 in fact.'
    """
    if len(tables) < 2:
        raise InputError(f"tables: expected at least two, got {len(tables)}")
    figure, axes = new_figure(4)
    last = list(tables)[-1]
    for place, name in enumerate(tables[last].index):
        points = [table.loc[name, ["false_a_month", "warning_hours"]] for table in tables.values()]
        style = {"marker": MARKERS[place], "color": COLOURS[place], "linestyle": LINES[place]}
        axes.plot(*np.array(points, dtype=float).T, label=name, **style)
    axes.set(xlabel="False alarms that came (a month)", ylabel="Mean warning (hours)")
    axes.legend()
    told = "; ".join(
        f"{line.Index} warns {digits(round(line.warning_hours, 1))} h ahead, "
        f"with {digits(round(line.false_a_month, 1))} in fact"
        for line in tables[last].itertuples()
    )
    return figure, f"Thresholds set for {last} false alarms a month: {told}."


def hours_by_gauge(lost, needed, names):
    """Draw the mean hours of warning at each gauge, by method.

    Args:
        lost: Dict of DataFrame (day, gauge) by method, from
            `stcourse.applications.nature.flood.warnings`.
        needed: Hours that a full warning has.
        names: Methods to draw.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a method is unknown.

    Example:
        >>> import pandas as pd
        >>> lost = {"last value": pd.DataFrame({"hill": [12.0], "town": [9.0]})}
        >>> hours_by_gauge(lost, 12, ["last value"])[1]
        'With last value, hill has 0 hours of warning and town 3.'
    """
    _check_names(names, lost)
    figure, axes = new_figure(4)
    for place, name in enumerate(names):
        hours = needed - lost[name].mean()
        marker = {"marker": MARKERS[place], "color": COLOURS[place], "linestyle": "none"}
        axes.plot(range(len(hours)), hours, label=name, **marker)
    axes.set_xticks(range(len(hours)), [as_label(gauge) for gauge in hours.index], rotation=45)
    axes.set_ylabel("Mean warning (hours)")
    axes.set_xlabel("Gauge, upstream first")
    axes.set_ylim(bottom=-0.2)
    axes.legend()
    first, best = hours.index[0], hours.idxmax()
    return figure, (
        f"With {name}, {first} has {digits(round(hours[first], 1))} hours of warning and {best} "
        f"{digits(round(hours[best], 1))}."
    )


def errors_by_month(comparisons):
    """Draw the error of each forecaster by months ahead, a panel for each data set.

    Args:
        comparisons: Dict of `stlearn.evaluation.comparison.Comparison` by title, errors in °C.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is none.

    Example:
        >>> from stcourse.applications.nature.plots import errors_by_month
        >>> errors_by_month({})
        Traceback (most recent call last):
        stlearn.errors.InputError: comparisons: expected at least one
    """
    if not comparisons:
        raise InputError("comparisons: expected at least one")
    figure, grid = new_figure(4, 1, len(comparisons), sharey=True, squeeze=False)
    panels = grid[0]
    told = []
    for axes, (title, comparison) in zip(panels, comparisons.items()):
        for place, (name, run) in enumerate(comparison.runs.items()):
            error = run.backtest.scores()["mae"].to_numpy()
            style = {"marker": MARKERS[place], "color": COLOURS[place], "linestyle": LINES[place]}
            axes.plot(np.arange(1, len(error) + 1), error, label=name, **style)
            if place == 0:
                reference = error[0]
        axes.set(title=title, xlabel="Months ahead", xticks=np.arange(1, len(error) + 1))
        change = 1 - error[0] / reference
        word = "less" if change >= 0 else "more"
        told.append(f"{title}: {name} errs by {abs(change):.1%} {word}")
    panels[0].set_ylabel("Mean absolute error of the anomaly (°C)")
    panels[0].legend()
    return figure, f"One month ahead, beside {next(iter(comparison.runs))}: {'; '.join(told)}."


def hours_by_kind(faults, names):
    """Draw how long faults of each kind go unnoticed, by method.

    Args:
        faults: DataFrame (fault) with the column kind and, by method, hours; from
            `stcourse.applications.nature.machines.visits`.
        names: Methods to draw.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a method is unknown.

    Example:
        >>> import pandas as pd
        >>> faults = pd.DataFrame({"kind": ["dead", "drift"], "vote": [1.0, 9.0]})
        >>> hours_by_kind(faults, ["vote"])[1]
        'The kind that goes unnoticed longest: drift, 9 hours with vote.'
    """
    _check_names(names, faults)
    means = faults.groupby("kind")[list(names)].mean()
    figure, axes = new_figure(4)
    width = 0.8 / len(names)
    for place, name in enumerate(names):
        offset = (place - (len(names) - 1) / 2) * width
        style = {"color": COLOURS[place], "hatch": ("", "//", "..", "xx", "++")[place]}
        axes.bar(np.arange(len(means)) + offset, means[name], width, label=name, **style)
    axes.set_xticks(range(len(means)), means.index)
    axes.set(xlabel="Kind of fault", ylabel="Unnoticed (hours a fault)")
    axes.legend()
    told = ", ".join(f"{digits(round(means[n].max(), 1))} hours with {n}" for n in names)
    worst = {name: means[name].idxmax() for name in names}
    if len(set(worst.values())) == 1:
        return figure, f"The kind that goes unnoticed longest: {worst[names[0]]}, {told}."
    each = ", ".join(
        f"{worst[n]} with {n} ({digits(round(means[n].max(), 1))} hours)" for n in names
    )
    return figure, f"The kind that goes unnoticed longest: {each}."


def _check_names(names, known):
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise InputError(f"names: expected some of {list(known)}, got {unknown or names}")
