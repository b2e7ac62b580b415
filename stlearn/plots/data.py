"""Figures of data before any forecast: a usual day, one day, flow against speed, lags.

Each returns (figure, sentence), as in `stlearn.plots.style`.
"""

import numpy as np
import pandas as pd

from stlearn.data.lags import wave_speed
from stlearn.data.units import in_words
from stlearn.errors import InputError
from stlearn.plots.style import (
    COLOURS,
    LINES,
    MARKERS,
    as_label,
    digits,
    label_times,
    new_figure,
    sliced,
)

SLOW = 0.8  # share of the usual value below which a day is called slow


def daily_profile(dataset, groups):
    """Draw the usual working day and the usual weekend of several groups of nodes.

    Args:
        dataset: SpatioTemporalDataset with a step below one day.
        groups: Dict of label to list of nodes.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the step is a day or longer, or a node is unknown.

    Example:
        >>> import stlearn
        >>> from stlearn.plots.data import daily_profile
        >>> figure, sentence = daily_profile(stlearn.load("corridor"), {"one place": ["in10"]})
        >>> figure.axes[0].get_xlabel()
        'Time of day (hour)'
    """
    if dataset.interval >= pd.Timedelta("1D"):
        raise InputError(f"dataset: expected a step below one day, got {dataset.interval}")
    times = dataset.values.index
    weekend = times.day_of_week >= 5
    if "holiday" in dataset.calendar:
        weekend |= dataset.calendar["holiday"].reindex(times).to_numpy() > 0
    figure, axes = new_figure(3.8)
    lowest = []
    for number, (label, nodes) in enumerate(groups.items()):
        mean = sliced(dataset.values, nodes).mean(axis=1)
        for days, name, line in ((~weekend, "working days", "-"), (weekend, "weekend", "--")):
            usual = mean[days].groupby(times[days].hour + times[days].minute / 60).mean()
            look = {"color": COLOURS[number % len(COLOURS)], "linestyle": line}
            axes.plot(usual.index, usual, label=f"{as_label(label)}, {name}", **look)
            if line == "-" and len(usual):
                hour = usual.idxmin()
                lowest.append(
                    f"{label}: {digits(usual.min())} {dataset.unit} at "
                    f"{int(hour):02d}:{round(hour % 1 * 60):02d}"
                )
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 3))
    axes.set_xlabel("Time of day (hour)")
    axes.set_ylabel(f"{as_label(dataset.name)} ({dataset.unit})")
    figure.legend(loc="outside upper center", ncols=2)
    return figure, f"On working days the mean is lowest for {'; for '.join(lowest)}."


def one_day(dataset, node, day):
    """Draw one day of a node against the same day of the week in the other weeks.

    Args:
        dataset: SpatioTemporalDataset with a step below one day.
        node: Name of the node.
        day: Day, for example "2025-05-09".

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the node is unknown or the day has no value.

    Example:
        >>> import stlearn
        >>> from stlearn.plots.data import one_day
        >>> figure, sentence = one_day(stlearn.load("corridor"), "in18", "2025-05-09")
        >>> sentence.split(",")[0]
        'in18 on Friday 2025-05-09'
    """
    date = pd.Timestamp(day).normalize()
    values = sliced(dataset.values, [node])[node]
    today = sliced(dataset.values, [node], date, date + pd.Timedelta("1D") - dataset.interval)[node]
    others = values[
        (values.index.day_of_week == date.day_of_week) & (values.index.normalize() != date)
    ]
    if others.isna().all():
        raise InputError(f"day: there is no other {date:%A} to compare {date:%Y-%m-%d} with")
    by_time = others.groupby(others.index - others.index.normalize())
    usual = by_time.median()
    low, high = by_time.min(), by_time.max()
    figure, axes = new_figure(3.8)
    clock = (date + usual.index).to_numpy()
    axes.fill_between(clock, low, high, color=COLOURS[9], alpha=0.4, label="lowest to highest")
    axes.plot(clock, usual, color="0.3", linestyle="--", label=f"median of other {date:%A}s")
    axes.plot(today.index.to_numpy(), today, color=COLOURS[3], label=f"{date:%d %B}")
    label_times(axes)
    axes.set_xlim(clock[0], clock[-1])
    axes.set_ylabel(f"{as_label(node)} ({dataset.unit})")
    figure.legend(loc="outside upper center", ncols=3)
    difference = today - usual.reindex(today.index - date).to_numpy()
    slow = difference < (SLOW - 1) * usual.reindex(today.index - date).to_numpy()
    sentence = (
        f"{node} on {date:%A %Y-%m-%d}, against {by_time.size().max()} other {date:%A}s: furthest "
        f"below their median at {difference.idxmin():%H:%M} ({digits(today[difference.idxmin()])} "
        f"where {digits(usual[difference.idxmin() - date])} {dataset.unit} is usual), and under "
        f"{SLOW:.0%} of it for {in_words(int(slow.sum()) * dataset.interval)}."
    )
    return figure, sentence


def fundamental_diagram(dataset, nodes, share=0.6):
    """Draw flow against speed: the two states that traffic can be in.

    Args:
        dataset: SpatioTemporalDataset of speeds, with the flow as `extra["flow"]`.
        nodes: Names of the nodes whose readings are drawn.
        share: Share of the free speed (95th percentile) below which traffic counts as congested.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no flow, or a node is unknown.

    Example:
        >>> import stlearn
        >>> from stlearn.plots.data import fundamental_diagram
        >>> figure, sentence = fundamental_diagram(stlearn.load("corridor"), ["in09"])
        >>> figure.axes[0].get_xlabel()
        'Flow (veh/h)'

    Reference:
        Greenshields (1935), "A study of traffic capacity".
    """
    if "flow" not in dataset.extra:
        raise InputError('dataset: expected the flow as extra["flow"]')
    speed = sliced(dataset.values, nodes).to_numpy().ravel()
    flow = sliced(dataset.extra["flow"], nodes).to_numpy().ravel()
    known = np.isfinite(speed) & np.isfinite(flow)
    if not known.any():
        raise InputError("nodes: there is no time at which both speed and flow are known")
    speed, flow = speed[known], flow[known]
    congested = speed < share * np.quantile(speed, 0.95)
    figure, axes = new_figure(4.5)
    for part, label, number in ((~congested, "flowing", 0), (congested, "congested", 1)):
        axes.scatter(
            flow[part], speed[part],
            s=12, alpha=0.3, linewidth=0, rasterized=True,
            color=COLOURS[number], marker=MARKERS[number], label=label,
        )  # fmt: skip
    axes.set_xlabel("Flow (veh/h)")
    axes.set_ylabel(f"Speed ({dataset.unit})")
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    legend = figure.legend(loc="outside upper right", ncols=2, markerscale=2)
    for handle in legend.legend_handles:
        handle.set_alpha(1)
    sentence = (
        f"{len(speed):,} readings of {len(nodes)} nodes, {congested.mean():.1%} of them congested; "
        f"the flow reaches {digits(np.quantile(flow, 0.999))} veh/h"
    )
    if congested.any() and not congested.all():
        middle = np.median(flow[congested])
        near = np.abs(flow - middle) < 0.05 * middle
        sentence += (
            f"; near {digits(middle)} veh/h the median speed is "
            f"{digits(np.median(speed[near & congested]))} {dataset.unit} in congestion and "
            f"{digits(np.median(speed[near & ~congested]))} {dataset.unit} outside it"
            if (near & ~congested).any()
            else ""
        )
    return figure, sentence + "."


def lag_by_distance(minutes):
    """Draw how long a change takes over several distances, and the speed that follows.

    Args:
        minutes: DataFrame (distance in km, kind of change) of lags in minutes; positive where the
            change runs upstream.

    Returns:
        (figure, sentence). A speed below zero runs upstream, against the cars.

    Raises:
        InputError: If a kind of change takes no time.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.data import lag_by_distance
        >>> lag_by_distance(pd.DataFrame({"a queue's end": [10, 20]}, index=[1, 2]))[1]
        "a queue's end: -6 km/h."
    """
    figure, axes = new_figure(4)
    axes.axhline(0, color="0.7", linewidth=1)
    speeds = []
    for number, (kind, lags) in enumerate(minutes.items()):
        speed = -wave_speed(lags.index, lags)
        label = f"{as_label(kind, 40)}: {speed:+.0f} km/h"
        look = {"color": COLOURS[number % len(COLOURS)]}
        axes.plot(lags.index, lags, linestyle="", marker=MARKERS[number % 4], **look)
        distance = np.array([0, lags.index.max()])
        axes.plot(distance, -distance / speed * 60, linestyle=LINES[number % 4], **look)
        axes.plot([], [], linestyle=LINES[number % 4], marker=MARKERS[number % 4],
                  label=label, **look)  # fmt: skip
        speeds.append(f"{kind}: {speed:.3g} km/h")
    axes.set_xlabel("Distance upstream (km)")
    axes.set_ylabel("Lag behind downstream (min)")
    axes.legend()
    return figure, f"{'; '.join(speeds)}."
