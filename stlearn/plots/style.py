"""Figures, each with the sentence that says what it shows.

Every function returns (figure, sentence). The sentence holds figures computed from the data, so
it can stand beside the picture, or instead of it for those who cannot see it. The figures are
made without pyplot: nothing is shown, and no setting of matplotlib is changed.
"""

import numpy as np
import pandas as pd
import seaborn
from matplotlib.collections import LineCollection
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from scipy.spatial import cKDTree

from stlearn.data.blocks import row_blocks
from stlearn.errors import InputError

COLOURS = seaborn.color_palette("colorblind")
LINES = ("-", "--", ":", "-.")
MARKERS = "os^Dv*P"
NETWORK_COLOUR = COLOURS[3]  # of the forecaster that a figure is about, mostly a network
MISSING_COLOUR = "0.85"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_LABELS = 16


def time_space(dataset, nodes=None, start=None, stop=None):
    """Draw the values over time and along the road, with labelled events marked.

    Args:
        dataset: SpatioTemporalDataset.
        nodes: Names of nodes in the order of the road; all in their order when not given.
        start, stop: First and last time shown, as pandas slices them; all when not given.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a node is unknown or no time is left.

    Example:
        >>> import stlearn
        >>> from stlearn.plots.style import time_space
        >>> figure, sentence = time_space(stlearn.load("corridor"), ["in01", "in02"], "2025-05-02")
        >>> figure.axes[0].get_ylabel()
        'Position (km)'
    """
    values = chosen(dataset, nodes, start, stop)
    figure, axes = new_figure(4.5)
    draw_mesh(axes, values, dataset, f"{as_label(dataset.name)} ({dataset.unit})")
    marked = _mark_events(axes, values, dataset)
    lowest, highest = values.stack().idxmin(), values.stack().idxmax()
    sentence = (
        f"{span(values.index)}: {values.shape[1]} nodes between "
        f"{digits(values.loc[lowest])} {dataset.unit} (at {lowest[1]}, {moment(lowest[0])}) and "
        f"{digits(values.loc[highest])} {dataset.unit} (at {highest[1]}, {moment(highest[0])}); "
        f"{values.isna().to_numpy().mean():.1%} of the values are missing (grey)"
        + (f"; marked: {marked}." if marked else ".")
    )
    return figure, sentence


def network_map(dataset, values=None, label="", unit="m"):
    """Draw the nodes where they lie, with the edges of the graph, coloured by a quantity.

    Args:
        dataset: SpatioTemporalDataset whose nodes have the columns x and y, or longitude and
            latitude.
        values: Series (node) that gives the colour; when not given all look alike.
        label: What `values` is, with its unit.
        unit: Unit of x and y.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the nodes have no coordinates.

    Example:
        >>> import stlearn
        >>> from stlearn.plots.style import network_map
        >>> figure, sentence = network_map(stlearn.load("corridor"))
        >>> sentence[:20]
        '48 nodes on the map,'
    """
    x, y, kind = _coordinates(dataset, unit)
    x, y, moved = _set_apart(x, y)
    figure, axes = new_figure(6)
    edges = 0
    if dataset.adjacency is not None:
        weights = dataset.weights.tocoo()
        apart = weights.coords[0] != weights.coords[1]
        targets, sources = (ends[apart] for ends in weights.coords)
        edges = len(targets)
        places = np.column_stack([x, y])
        lines = np.stack([places[sources], places[targets]], axis=1)
        widths = weights.data[apart] / weights.data[apart].max()
        axes.add_collection(LineCollection(lines, linewidths=widths, colors="0.5", zorder=1))
    if values is None:
        axes.scatter(x, y, s=35, color=COLOURS[0], edgecolor="0.2", linewidth=0.5)
    else:
        order = values.sort_values().index  # where nodes overlap, the highest is seen
        look = {"s": 35, "cmap": "viridis", "edgecolor": "0.2", "linewidth": 0.5}
        points = axes.scatter(x[order], y[order], c=values[order], **look)
        figure.colorbar(points, ax=axes, label=label)
        _label_apart(axes, x[order[-3:]], y[order[-3:]], np.ptp(x), np.ptp(y))
    axes.set_xlabel(kind[0])
    axes.set_ylabel(kind[1])
    degrees = "°" in kind[0]
    axes.set_aspect(1 / np.cos(np.radians(y.mean())) if degrees else 1, adjustable="datalim")
    sentence = f"{len(x)} nodes on the map, joined by {edges:,} edges"
    if values is not None:
        highest = ", ".join(
            f"{node} ({digits(value)})" for node, value in values.nlargest(3).items()
        )
        sentence += (
            f"; {label}: {digits(values.min())} to {digits(values.max())}, highest at {highest}"
        )
    if moved:
        sentence += f"; {moved} that nearly cover each other are set apart"
    return figure, sentence + "."


def weekly_profile(dataset):
    """Draw the usual week: the mean over all nodes and weeks, and the range of 80 % of values.

    Args:
        dataset: SpatioTemporalDataset with a step below one day.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the step is a day or longer.

    Example:
        >>> import stlearn
        >>> from stlearn.plots.style import weekly_profile
        >>> figure, sentence = weekly_profile(stlearn.load("corridor"))
        >>> figure.axes[0].get_ylabel()
        'corridor (km/h)'
    """
    if dataset.interval >= pd.Timedelta("1D"):
        raise InputError(f"dataset: expected a step below one day, got {dataset.interval}")
    times = dataset.values.index
    hours = times.day_of_week * 24 + times.hour + times.minute // 15 / 4
    values = dataset.values.to_numpy()
    known = [np.isfinite(values[rows]).any(axis=1) for rows in row_blocks(values)]
    slots = np.unique(hours[np.concatenate(known)])  # some may never be recorded
    parts = (values[hours == slot] for slot in slots)  # one after the other: all are a copy
    mean, low, high = np.array(
        [(np.nanmean(part), *np.nanquantile(part, (0.1, 0.9))) for part in parts]
    ).T
    figure, axes = new_figure(3.5)
    axes.fill_between(slots, low, high, color=COLOURS[9], alpha=0.4, label="80 % of the values")
    axes.plot(slots, mean, color=COLOURS[0], label="mean")
    axes.set_xticks(np.arange(7) * 24 + 12, [day[:3] for day in DAYS])
    axes.set_xticks(np.arange(8) * 24, minor=True)
    axes.grid(axis="x", which="minor")
    axes.set_xlim(0, 168)
    axes.set_xlabel("Day of the week")
    axes.set_ylabel(f"{as_label(dataset.name)} ({dataset.unit})")
    figure.legend(loc="outside upper right", ncols=2)
    lowest, highest = (
        f"{DAYS[int(slot // 24)]} at {int(slot % 24):02d}:{int(slot % 1 * 60):02d}"
        for slot in (slots[mean.argmin()], slots[mean.argmax()])
    )
    sentence = (
        f"Over {values.shape[1]} nodes, the mean is lowest on {lowest} ({digits(mean.min())} "
        f"{dataset.unit}) and highest on {highest} ({digits(mean.max())} {dataset.unit})."
    )
    return figure, sentence


def has_coordinates(dataset):
    """Tell whether `network_map` can be drawn.

    Example:
        >>> import stlearn
        >>> has_coordinates(stlearn.load("corridor"))
        True
    """
    return _coordinate_columns(dataset) is not None


def line_of_nodes(dataset, most=60):
    """Return the nodes of one road, for a picture of time and space: the most changeable one.

    Where the nodes have a column `direction`, each direction is a road; otherwise all nodes are
    taken in their order, and no more than `most`.

    Example:
        >>> import stlearn
        >>> nodes = line_of_nodes(stlearn.load("corridor"))
        >>> len(nodes)
        24
    """
    columns = dataset.values.columns
    if dataset.nodes is not None and "direction" in dataset.nodes:
        spread = dataset.values.std().groupby(dataset.nodes["direction"]).mean()
        columns = columns[dataset.nodes["direction"] == spread.idxmax()]
    return list(columns[:most])


def new_figure(height, rows=1, columns=1, width=8, **shared):
    """A figure as wide as a notebook shows it, and its axes, as matplotlib's `subplots` gives them.

    Example:
        >>> figure, axes = new_figure(3, rows=2, sharex=True)
        >>> len(axes)
        2
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **shared)


def chosen(dataset, nodes, start, stop, values=None):
    values = dataset.values if values is None else values
    return sliced(values, list(values.columns) if nodes is None else nodes, start, stop)


def sliced(values, nodes, start=None, stop=None):
    unknown = [node for node in nodes if node not in values.columns]
    if unknown or not len(nodes):
        raise InputError(f"nodes: expected names of nodes, got {unknown[:3] or nodes}")
    part = values.loc[start : start if stop is None else stop, nodes]
    if not len(part) or part.isna().to_numpy().all():
        raise InputError(f"start, stop: there is no value from {start} to {stop}")
    return part


def draw_mesh(axes, values, dataset, label, cmap="viridis", **look):
    """Draw values (time, node) as colours, time to the right and the road upwards."""
    position = _positions(dataset, values.columns)
    if position is None:
        places = np.arange(values.shape[1])
        thinned = places[:: -(-len(places) // MOST_LABELS)]
        axes.set_yticks(thinned, [as_label(node) for node in values.columns[thinned]])
        axes.set_ylabel("Node")
    else:
        places = position
        axes.set_ylabel("Position (km)")
    axes.set_facecolor(MISSING_COLOUR)
    mesh = axes.pcolormesh(
        clock(values.index),
        places,
        np.ma.masked_invalid(values.to_numpy().T),
        shading="nearest",
        cmap=cmap,
        rasterized=True,
        **look,
    )
    axes.figure.colorbar(mesh, ax=axes, label=label)
    label_times(axes)


def _positions(dataset, nodes):
    """Kilometres along the road, if the nodes stand in their order."""
    if dataset.nodes is None or "km" not in dataset.nodes:
        return None
    steps = np.diff(dataset.nodes.loc[nodes, "km"])
    ordered = len(steps) and ((steps > 0).all() or (steps < 0).all())
    return dataset.nodes.loc[nodes, "km"].to_numpy() if ordered else None


def _mark_events(axes, values, dataset):
    """Frame the labelled events that fall into the picture; return how many of which kind."""
    if dataset.events is None:
        return ""
    times, events = values.index, dataset.events
    inside = events[
        (events["end"] >= times[0])
        & (events["start"] <= times[-1])
        & (events["node"].isin(values.columns) | events["node"].isna())
    ]
    position = _positions(dataset, values.columns)
    places = np.arange(values.shape[1]) if position is None else position
    half = abs(places[1] - places[0]) / 2 if len(places) > 1 else 0.5
    for place, (kind, group) in enumerate(inside.groupby("kind")):
        for number, event in enumerate(group.itertuples()):
            left, right = clock(pd.DatetimeIndex([max(event.start, times[0]), event.end]))
            low, high = places.min() - half, places.max() + half
            if not pd.isna(event.node):
                middle = places[values.columns.get_loc(event.node)]
                low, high = middle - half, middle + half
            axes.plot(
                [left, right, right, left, left],
                [low, low, high, high, low],
                color="white" if place % 2 else "tab:red",
                linestyle=LINES[place % 4],
                label=None if number else kind.replace("_", " "),
            )
    if len(inside):
        axes.set_xlim(*clock(times[[0, -1]]))
        axes.legend(loc="upper right", fontsize="small", facecolor="0.5", labelcolor="white")
    counts = inside["kind"].str.replace("_", " ").value_counts()
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())


def _coordinate_columns(dataset):
    columns = () if dataset.nodes is None else dataset.nodes.columns
    for pair in (("x", "y"), ("longitude", "latitude")):
        if set(pair) <= set(columns):
            return pair
    return None


def _set_apart(x, y):
    """Move nodes that nearly cover their neighbour away from it, so that both are seen.

    Two carriageways of a road lie so. Gives x, y, and how many were moved.
    """
    places = np.column_stack([x, y]).astype(float)
    least = 0.02 * np.ptp(places, axis=0).max()
    if len(places) > 1 and least > 0:
        distances, nearest = cKDTree(places).query(places, k=2)
        distance, away = distances[:, 1:], places - places[nearest[:, 1]]
        close = ((distance > 0) & (distance < least))[:, 0]
        step = (least - distance[close]) / 2
        places[close] += away[close] / distance[close] * step
    else:
        close = np.zeros(len(places), dtype=bool)
    moved = pd.DataFrame(places, index=x.index, columns=["x", "y"])
    return moved["x"], moved["y"], int(close.sum())


def _label_apart(axes, x, y, width, height):
    """Name nodes above their places, or below where that would be written over another name."""
    written = []
    for node in x.sort_values().index:
        for points in (6, -14):
            line = y[node] + points * height / 380  # the axes are some 380 points high
            over = [abs(line - other) < height / 20 and x[node] - left < width / 5
                    for left, other in written]  # fmt: skip
            if not any(over):
                break
        written.append((x[node], line))
        axes.annotate(as_label(node), (x[node], y[node]), (6, points), textcoords="offset points")


def _coordinates(dataset, unit="m"):
    pair = _coordinate_columns(dataset)
    if pair is None:
        raise InputError("nodes: expected the columns x and y, or longitude and latitude")
    plane = f"x ({unit})", f"y ({unit})"
    labels = ("Longitude (°)", "Latitude (°)") if pair[0] == "longitude" else plane
    return dataset.nodes[pair[0]], dataset.nodes[pair[1]], labels


def clock(times):
    """Times as matplotlib draws them: local, without a time zone."""
    return pd.DatetimeIndex(times).tz_localize(None).to_numpy()


def label_times(axes):
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.set_xlabel("Time")


def as_label(name, most=24):
    """A name as matplotlib prints it: not too long, no formula, and not hidden from a legend.

    Example:
        >>> as_label("a$b"), as_label("_c")
        ('a\\\\$b', ' _c')
    """
    text = str(name)
    text = text if len(text) <= most else text[: most - 1] + "…"
    return (" " + text if text.startswith("_") else text).replace("$", r"\$")


def digits(number):
    """A number with three digits, or one more from a hundred on.

    Example:
        >>> digits(3.14159), digits(100.26), digits(1234.5)
        ('3.14', '100.3', '1,234')
    """
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    return f"{number:.4g}" if abs(number) >= 100 else f"{number:.3g}"


def moment(time):
    return f"{time:%Y-%m-%d %H:%M}"


def span(times, first=""):
    return f"{first} {moment(times[0])} to {moment(times[-1])}".strip()
