"""Figures of graphs and of what spreads over them, each with the sentence that says what it shows.

As in `plot`, every function returns (figure, sentence).
"""

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator
from scipy.sparse.csgraph import connected_components

from stlearn import graph
from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, LINES, MARKERS, as_label, digits, new_figure

MOST_NUMBERS = 10
FELT = 0.01
MOST_TOLD = 12  # differences that a sentence lists one by one


def graph_panels(graphs, places, values=None, label=""):
    """Draw several graphs on the same nodes, or one graph in several states, below each other.

    Args:
        graphs: Dict of a panel's title to an adjacency, DataFrame (node, node).
        places: DataFrame with a row for each node and the columns x and y; x is named by its
            axis label in `places.attrs["x"]`, if given.
        values: Dict of a panel's title to a Series (node,) of numbers that give the colours,
            on a logarithmic scale; when not given the sentence tells of edges and pieces instead.
        label: What the values are, with the unit.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no graph, or a node has no place.

    Example:
        >>> import pandas as pd
        >>> from stlearn.graph import adjacency_from_edges
        >>> edges = pd.DataFrame({"from": ["a"], "to": ["b"]})
        >>> places = pd.DataFrame({"x": [0, 1, 2], "y": [0, 0, 0]}, index=["a", "b", "c"])
        >>> graph_panels({"road": adjacency_from_edges(edges, ["a", "b", "c"])}, places)[1]
        'road: 3 nodes, 1 edge, 2 pieces, no tree.'
    """
    lacking = [title for title, matrix in graphs.items() if set(matrix) - set(places.index)]
    if not graphs or lacking:
        raise InputError(f"places: expected a place for every node, lacking in {lacking}")
    figure, grid = new_figure(
        0.6 + 0.95 * len(graphs), len(graphs), 1, sharex=True, sharey=True, squeeze=False
    )
    panels = grid[:, 0]
    highest = max((series.max() for series in values.values()), default=1) if values else 1
    # Logarithmic, as a disturbance thins out; white is less than is called felt.
    scale, felt = (
        LogNorm(FELT, max(highest, 2 * FELT)),
        colormaps["cividis_r"].with_extremes(under="white"),
    )
    said, points = [], None
    for axes, (title, matrix) in zip(panels, graphs.items()):
        x, y = places.loc[list(matrix), "x"], places.loc[list(matrix), "y"]
        for target, source in np.argwhere(matrix.to_numpy() > 0):
            if target != source:
                ends = (x.iloc[target], y.iloc[target]), (x.iloc[source], y.iloc[source])
                look = {"arrowstyle": "-|>", "color": "0.4", "shrinkA": 3, "shrinkB": 3}
                axes.annotate("", *ends, arrowprops={**look, "mutation_scale": 7})
        if values:
            shade = {"c": values[title][list(matrix)], "cmap": felt, "norm": scale}
            said.append(_of_state(title, values[title]))
        else:
            shade = {"color": COLOURS[0]}
            said.append(_of_graph(title, matrix))
        points = axes.scatter(x, y, s=45, edgecolor="0.2", linewidth=0.5, zorder=3, **shade)
        axes.set_title(title, loc="left", fontsize="medium")
        axes.set_yticks([])
        axes.margins(0.03, 0.5)
        axes.spines[["top", "left", "right"]].set_visible(False)
    panels[-1].set_xlabel(places.attrs.get("x", "x"))
    if values:
        figure.colorbar(points, ax=list(panels), label=label, aspect=30, extend="min", format="%g")
    return figure, "; ".join(said) + "."


def matrix_panels(matrices, label="weight", columns=3):
    """Draw matrices (node, node) side by side: row is the target, column the source.

    Small ones show their numbers.

    Args:
        matrices: Dict of a panel's title to a matrix, DataFrame or array (node, node).
        label: What the entries are.
        columns: Panels in a row.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no matrix.

    Example:
        >>> import numpy as np
        >>> matrix_panels({"road": np.array([[0, 0], [1, 0]])})[1]
        'Entries that are not zero: road 1 of 4 (above the diagonal 0, below 1).'
    """
    if not matrices:
        raise InputError("matrices: expected at least one")
    rows = -(-len(matrices) // columns)
    figure, grid = new_figure(0.2 + 2.6 * rows, rows, columns, squeeze=False)
    panels = grid.ravel()
    arrays = {title: np.asarray(matrix, dtype=float) for title, matrix in matrices.items()}
    highest = max(array.max() for array in arrays.values())
    said, mesh = [], None
    for axes, (title, array) in zip(panels, arrays.items()):
        mesh = axes.imshow(
            np.where(array == 0, np.nan, array), vmin=0, vmax=highest, cmap="cividis_r"
        )
        axes.axline((0, 0), slope=1, color="0.8", linewidth=0.5, zorder=0)
        axes.set_title(title, fontsize="medium")
        axes.set_xlabel("from node")
        axes.set_ylabel("to node")
        names = getattr(matrices[title], "columns", np.arange(len(array)))
        ticks = np.arange(0, len(array), -(-len(array) // 6))
        axes.set_xticks(ticks, [as_label(names[tick]) for tick in ticks], rotation=90)
        axes.set_yticks(ticks, [as_label(names[tick]) for tick in ticks])
        if len(array) <= MOST_NUMBERS:
            for (row, column), entry in np.ndenumerate(array):
                if entry:
                    colour = "white" if entry > highest / 2 else "black"
                    centred = {"ha": "center", "va": "center", "color": colour}
                    axes.text(column, row, digits(entry), **centred)
        above, below = (
            np.count_nonzero(half(array, k)) for half, k in ((np.triu, 1), (np.tril, -1))
        )
        said.append(
            f"{title} {np.count_nonzero(array)} of {array.size} "
            f"(above the diagonal {above}, below {below})"
        )
    for axes in panels[len(matrices) :]:
        axes.set_visible(False)
    whole = all((array == array.round()).all() for array in arrays.values())
    ticks = MaxNLocator(integer=whole)
    figure.colorbar(mesh, ax=list(panels), label=label, aspect=40, shrink=0.8, ticks=ticks)
    return figure, f"Entries that are not zero: {', '.join(said)}."


def laplacian_spectrum(laplacians, modes=(1, 2, -1)):
    """Draw the eigenvalues of symmetric Laplacians, and some modes of the last of them.

    Args:
        laplacians: Dict of a name to a symmetric Laplacian, DataFrame or array (node, node).
        modes: Positions of the modes drawn, counted from the smallest eigenvalue.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no Laplacian, or one is not symmetric.

    Example:
        >>> import numpy as np
        >>> from stlearn.graph.matrices import laplacian
        >>> laplacian_spectrum({"pair": laplacian(np.array([[0, 1], [1, 0]]))}, modes=(1,))[1]
        'Eigenvalues near zero: pair 1; largest: pair 2. Signs change along the nodes: mode 1, 1 time.'
    """  # noqa: E501
    arrays = {name: np.asarray(matrix, dtype=float) for name, matrix in laplacians.items()}
    crooked = [name for name, array in arrays.items() if not np.allclose(array, array.T)]
    if not arrays or crooked:
        raise InputError(f"laplacians: expected symmetric ones, got others for {crooked}")
    figure, (left, right) = new_figure(3.8, 1, 2)
    zeros, largest, vectors = [], [], None
    for place, (name, array) in enumerate(arrays.items()):
        eigenvalues, vectors = graph.spectrum(array)
        look = {"color": COLOURS[place], "marker": MARKERS[place % 5], "linestyle": "none"}
        left.plot(np.arange(len(eigenvalues)), eigenvalues, label=name, markersize=4, **look)
        zeros.append(f"{name} {np.count_nonzero(np.abs(eigenvalues) < 1e-8 * len(array))}")
        largest.append(f"{name} {digits(eigenvalues[-1])}")
    changes = []
    for place, mode in enumerate(modes):
        vector, number = vectors[:, mode], mode % len(vectors)
        look = {"color": COLOURS[place], "linestyle": LINES[place % 4]}
        right.plot(vector, marker=".", label=f"mode {number}", **look)
        signs = np.sign(vector[np.abs(vector) > 1e-8])
        count = np.count_nonzero(np.diff(signs))
        changes.append(f"mode {number}, {count} time{'s' if count != 1 else ''}")
    left.set_xlabel("Mode, from the smoothest on")
    left.set_ylabel("Eigenvalue")
    right.set_xlabel(f"Node of {name}, in order")
    right.set_ylabel("Entry of the mode")
    for axes in (left, right):
        axes.grid(alpha=0.4)
        axes.legend(fontsize="small")
    return figure, (
        f"Eigenvalues near zero: {', '.join(zeros)}; largest: {', '.join(largest)}. "
        f"Signs change along the nodes: {'; '.join(changes)}."
    )


def eigenvalue_plane(matrices):
    """Draw the eigenvalues of matrices in the complex plane, with the circle of radius 1.

    Args:
        matrices: Dict of a name to a matrix, DataFrame or array (node, node).

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no matrix.

    Example:
        >>> import numpy as np
        >>> eigenvalue_plane({"turn": np.array([[0, -1], [1, 0]]), "half": np.eye(2) / 2})[1]
        'Largest distance from zero: turn 1.000, half 0.500; outside the circle: none.'
    """
    if not matrices:
        raise InputError("matrices: expected at least one")
    figure, axes = new_figure(5, width=6.5)
    angle = np.linspace(0, 2 * np.pi, 361)
    axes.plot(np.cos(angle), np.sin(angle), color="0.3", linestyle="--", label="radius 1")
    said, outside = [], []
    for place, (name, matrix) in enumerate(matrices.items()):
        eigenvalues, radius = graph.spectrum(matrix)[0], graph.spectral_radius(matrix)
        look = {"color": COLOURS[place], "marker": MARKERS[place % 5], "linestyle": "none"}
        look |= {"fillstyle": "none", "markersize": max(12 - 3 * place, 4)}  # all can be seen
        axes.plot(eigenvalues.real, eigenvalues.imag, label=name, **look)
        said.append(f"{name} {radius:.3f}")
        outside += [name] if radius > 1 + 1e-9 else []
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel("Real part")
    axes.set_ylabel("Imaginary part")
    axes.grid(alpha=0.4)
    figure.legend(loc="outside right upper", fontsize="small")
    return figure, (
        f"Largest distance from zero: {', '.join(said)}; "
        f"outside the circle: {', '.join(outside) or 'none'}."
    )


def error_against(differences, reference):
    """Draw by how much errors differ from those of a reference, with intervals.

    The sentence lists up to 12 differences; of more it tells the lowest of each panel and
    measure, and how many intervals lie on either side of zero.

    Args:
        differences: DataFrame, one row a comparison: columns panel, name, measure, and relative,
            low, high, the difference as a share of the reference's error, with its interval.
        reference: What it is compared with.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a column is missing, or there is no row.

    Example:
        >>> import pandas as pd
        >>> row = {"panel": "30 min", "name": "road", "measure": "MAE"}
        >>> table = pd.DataFrame([{**row, "relative": -0.1, "low": -0.2, "high": 0.05}])
        >>> error_against(table, "own past")[1]
        'Against own past: 30 min, MAE: road -10 % (-20 to +5).'
    """
    missing = {"panel", "name", "measure", "relative", "low", "high"} - set(differences)
    if missing or differences.empty:
        raise InputError(f"differences: expected rows and the columns {sorted(missing)}")
    titles, names = differences["panel"].unique(), list(differences["name"].unique())
    figure, grid = new_figure(
        1.5 + 0.5 * len(names), 1, len(titles), sharey=True, sharex=True, squeeze=False
    )
    panels = grid[0]
    said = []
    for axes, title in zip(panels, titles):
        part = differences[differences["panel"] == title]
        for place, (measure, rows) in enumerate(part.groupby("measure", sort=False)):
            y = [names.index(name) + 0.3 * place - 0.15 for name in rows["name"]]
            x, bars = 100 * rows["relative"], 100 * rows[["low", "high"]]
            bars = np.abs(bars.to_numpy().T - x.to_numpy())
            look = {"color": COLOURS[place], "fmt": MARKERS[place], "capsize": 3, "markersize": 5}
            axes.errorbar(x, y, xerr=bars, label=measure, **look)
            said.append(f"{title}, {measure}: {_of_differences(rows, len(differences))}")
        axes.axvline(0, color="0.3", linestyle="--")
        axes.set_title(title, fontsize="medium")
        axes.set_xlabel("Error, change (%)")
        axes.grid(axis="x", alpha=0.4)
    panels[0].set_yticks(range(len(names)), [as_label(name, 30) for name in names])
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure, f"Against {reference}: {'; '.join(said)}."


def _of_graph(title, matrix):
    edges = np.count_nonzero(matrix.to_numpy() * (1 - np.eye(len(matrix))))
    pieces = connected_components(matrix.to_numpy(), directed=False)[0]
    tree = "a tree" if graph.is_tree(matrix) else "no tree"
    return (
        f"{title}: {len(matrix)} nodes, {edges} edge{'s' if edges != 1 else ''}, "
        f"{pieces} piece{'s' if pieces != 1 else ''}, {tree}"
    )


def _of_state(title, values):
    felt = np.count_nonzero(values >= FELT)
    nodes = "node" if felt == 1 else "nodes"
    return (
        f"{title}: {digits(values.max())} at {values.idxmax()}, {felt} {nodes} at {FELT:g} or more"
    )


def _of_differences(rows, shown_in_all):
    if shown_in_all <= MOST_TOLD:
        return ", ".join(map(_of_difference, rows.itertuples()))
    lowest = next(rows.sort_values("relative").itertuples())
    return (
        f"{(rows['high'] < 0).sum()} of {len(rows)} clearly lower, "
        f"{(rows['low'] > 0).sum()} clearly higher, lowest {_of_difference(lowest)}"
    )


def _of_difference(row):
    relative, low, high = (f"{100 * number:+.0f}" for number in (row.relative, row.low, row.high))
    return f"{row.name} {relative} % ({low} to {high})"
