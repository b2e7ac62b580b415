"""Figures of the parts on transport policy and on new roads.

As in `stlearn.plots.style`, every function returns (figure, sentence).
"""

import numpy as np

from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, LINES, MARKERS, clock, digits, label_times, new_figure


def vehicles_by_day(worlds, day):
    """Draw how many vehicles are on the road on one day, in several worlds of the same seed.

    Args:
        worlds: Dict of label to SpatioTemporalDataset from `stcourse.worlds.traffic.traffic`.
        day: Date, such as "2026-03-02".

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no world, or one does not hold the day.

    Example:
        >>> from stcourse.applications.policy.plots import vehicles_by_day
        >>> from stcourse.worlds.traffic import traffic
        >>> figure, _ = vehicles_by_day({"today": traffic(days=1)}, "2026-03-02")  # doctest: +SKIP
    """
    if not worlds:
        raise InputError("worlds: expected at least one, got none")
    figure, axes = new_figure(3.8)
    told = []
    for place, (label, world) in enumerate(worlds.items()):
        present = world.extra["vehicles"].sum(axis=1)
        present = present[present.index.normalize() == day]
        if not len(present):
            raise InputError(f"day: {label} does not hold {day}")
        look = {"color": COLOURS[place], "linestyle": LINES[place % 4], "linewidth": 2}
        axes.plot(clock(present.index), present, label=label, **look)
        told.append(f"{label} {present.max():,.0f} at {present.idxmax():%H:%M}")
    label_times(axes)
    axes.set_ylabel("Vehicles on all links")
    axes.grid(alpha=0.4)
    axes.legend()
    return figure, f"Most vehicles at once on {present.index[0]:%Y-%m-%d}: {', '.join(told)}."


def answers_beside_truth(answers, truth="simulator"):
    """Draw what each answer says that each option saves, beside the truth.

    Args:
        answers: Dict of label to DataFrame (day, option) of vehicle hours saved.
        truth: Which of them is true.

    Returns:
        (figure, sentence): the mean of the days.

    Raises:
        InputError: If the truth is not among the answers.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.policy.plots import answers_beside_truth
        >>> true, queue = pd.DataFrame({"a": [90, 110]}), pd.DataFrame({"a": [75, 85]})
        >>> answers_beside_truth({"simulator": true, "queue": queue})[1]
        'Vehicle hours saved a day: a: simulator 100, queue 80.'
    """
    if truth not in answers:
        raise InputError(f"truth: expected one of {list(answers)}, got {truth!r}")
    means = {label: table.mean() for label, table in answers.items()}
    options = list(means[truth].index)
    figure, axes = new_figure(1.6 + 0.7 * len(options))
    rows = np.arange(len(options))
    offsets = np.linspace(0.2, -0.2, len(means))
    for place, (label, mean) in enumerate(means.items()):
        look = {"color": COLOURS[place], "marker": MARKERS[place % 5], "markersize": 9}
        axes.plot(mean[options], rows + offsets[place], linestyle="none", label=label, **look)
    axes.axvline(0, color="0.4", linewidth=1)
    axes.set_yticks(rows, options)
    axes.set_ylim(len(options) - 0.5, -0.5)
    axes.set_xlabel("Vehicle hours saved a day (left of zero: lost)")
    axes.grid(axis="x", alpha=0.4)
    figure.legend(loc="outside upper center", ncols=len(means))
    told = "; ".join(
        f"{option}: " + ", ".join(f"{label} {mean[option]:,.0f}" for label, mean in means.items())
        for option in options
    )
    return figure, f"Vehicle hours saved a day: {told}."


def delay_along_road(world, delays, roads):
    """Draw where vehicles lose time today, and where each candidate road would run.

    Args:
        world: SpatioTemporalDataset from `stcourse.worlds.traffic.traffic`.
        delays: Series (link) of vehicle hours lost a day.
        roads: Dict of label to (from, to) in kilometres.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the delays are not those of the links.

    Example:
        >>> from stcourse.applications.policy import new_road, plots
        >>> found = new_road.forecasts()  # doctest: +SKIP
        >>> lost = new_road.delay_by_link(found.world).mean()  # doctest: +SKIP
        >>> figure, _ = plots.delay_along_road(found.world, lost, {})  # doctest: +SKIP
    """
    if set(delays.index) != set(world.nodes.index):
        raise InputError(f"delays: expected the links {list(world.nodes.index)}")
    figure, axes = new_figure(4.2)
    for place, (kind, links) in enumerate(world.nodes.groupby("road", sort=False)):
        length = links["end_km"] - links["start_km"]
        look = {"color": COLOURS[place], "edgecolor": "0.3", "hatch": ("", "//")[place % 2]}
        axes.bar(
            links["start_km"], delays[links.index] / length, length, align="edge", label=kind,
            alpha=0.7, **look,
        )  # fmt: skip
    top = (delays / (world.nodes["end_km"] - world.nodes["start_km"])).max()
    for place, (label, (start, end)) in enumerate(roads.items()):
        height = top * (1.1 + 0.12 * place)
        axes.plot([start, end], [height, height], color="0.1", marker="|", markersize=12)
        axes.annotate(label, (start, height), xytext=(4, 4), textcoords="offset points")
    axes.set_ylim(top=top * (1.2 + 0.12 * len(roads)))
    axes.set_xticks(range(world.nodes["end_km"].max() + 1))
    axes.set_xlabel("Kilometre of the motorway (the city is to the right)")
    axes.set_ylabel("Vehicle hours lost a day, a km")
    axes.legend(loc="upper left")
    worst = delays.nlargest(3)
    told = ", ".join(f"{link} ({digits(hours)})" for link, hours in worst.items())
    return figure, f"Of {digits(delays.sum())} vehicle hours lost a day most are on {told}."
