"""Graphs from CSV files: a square matrix, or a list of edges with a weight or a distance."""

import contextlib
import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse

from stlearn.errors import InputError
from stlearn.graph import adjacency as building
from stlearn.reading.csv_tables import (
    check_commas,
    check_names,
    check_width,
    open_rows,
    read_number,
)

PICKLES = (".pkl", ".pickle", ".p")
ENDS = (("from", "to"), ("source", "target"))
LENGTHS = ("distance", "distance_km", "distance_m", "cost")
NUMBERS = ("weight", *LENGTHS)
FEWEST_TO_DOUBT, DETOURS_TRIED = 4, 50  # sensors
LIKE_DISTANCES = "The adjacency file looks like distances"


def read_adjacency(path, nodes, distances=False):
    """Read a graph: a square matrix with or without names, or an edge list.

    Args:
        path: CSV file. A matrix holds in row i, column j the weight of j's influence on i. An
            edge list has the columns from and to (or source and target) and weight or distance
            (or cost). Weights are taken as they are; distances become weights by
            `stlearn.graph.adjacency.adjacency_from_edges`.
        nodes: Names of the sensors, in order.
        distances: Whether the numbers are distances in a matrix, too: they become weights by the
            Gaussian kernel. Row i, column j is the way from j to i; an empty cell means no way.

    Returns:
        SciPy `csr_array` (node, node), float32, in the order of `nodes`, and the sentences that say
        what was assumed.

    Raises:
        InputError: If it is no such graph of these nodes; the message names file and line.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.csv_graphs import read_adjacency
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "edges.csv")
        ...     _ = path.write_text("from,to,weight\\na,b,0.5\\n")
        ...     weights, notes = read_adjacency(path, ["a", "b"])
        >>> float(weights[1, 0])
        0.5
    """
    with _open_graph(path) as rows:
        first = next(rows)
        ends = _edge_columns(first)
        if ends is None:
            weights, notes = _from_matrix(first, rows, nodes, path, distances)
        else:
            numbers = LENGTHS if distances else NUMBERS
            edges, _ = _edges(first, ends, rows, nodes, path, numbers)
            weights, notes = _from_edges(edges, nodes, path)
    weights = weights.astype("float32")
    weights.eliminate_zeros()
    if len(nodes) > 1 and weights.nnz == np.count_nonzero(weights.diagonal()):
        raise InputError(
            f"{path}: it has no edges between different sensors; "
            "leave the adjacency out when no graph is known"
        )
    return weights, notes


def read_distances(path, nodes):
    """Read the list of road distances that comes with a data set of the field.

    Args:
        path: CSV file with the columns from, to and cost (or distance); the header may be absent.
            Rows of other sensors are left out. Where a pair is listed twice, the shorter counts.
        nodes: Names of the sensors.

    Returns:
        DataFrame with the columns source, target and distance, and the sentences that say what
        was left out.

    Raises:
        InputError: If it is no such list; the message names file and line.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.csv_graphs import read_distances
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "distances.csv")
        ...     _ = path.write_text("from,to,cost\\n1,2,300\\n1,2,310\\n1,9,50\\n")
        ...     read_distances(path, ["1", "2"])[0]["distance"].tolist()
        [300.0]
    """
    with _open_graph(path) as rows:
        first = next(rows)
        ends = _edge_columns(first)
        if ends is None and len(first[1]) == 3:
            rows, first, ends = itertools.chain([first], rows), (0, ["from", "to", "cost"]), ENDS[0]
        if ends is None:
            raise InputError(f"{path}, line 1: expected the columns from, to and cost")
        table, others = _edges(first, ends, rows, nodes, path, refuse_others=False)
    table = table.set_axis(["source", "target", "distance"], axis=1)
    shortest = table.groupby(["source", "target"], sort=False, as_index=False).min()
    notes = []
    if others:
        notes.append(f"{others:,} rows of distances name sensors without values: left out.")
    if len(shortest) < len(table):
        repeated = len(table) - len(shortest)
        notes.append(f"{repeated:,} distances are listed again: the shortest of a pair counts.")
    return shortest, tuple(notes)


@contextlib.contextmanager
def _open_graph(path):
    """The rows of a graph file, one after the other, each with its line number; one at least."""
    if Path(path).suffix in PICKLES:
        raise InputError(
            f"{path}: a pickled graph is refused, since reading a pickle can run any program; "
            "give the list of distances it was made from (columns from, to, cost) as CSV"
        )
    with open_rows(path) as reader:
        rows = (
            (reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cells)
        )
        first = next(rows, None)
        if first is None:
            raise InputError(f"{path}: the file is empty; expected a matrix or an edge list")
        check_commas(first[1], path, first[0])
        yield itertools.chain([first], rows)


def _edge_columns(first):
    """Names of the two ends in the header of an edge list, None for a matrix."""
    header = [cell.lower() for cell in first[1]]
    return next((ends for ends in ENDS if set(ends) <= set(header)), None)


def _edges(first, ends, rows, nodes, path, numbers=NUMBERS, refuse_others=True):
    """The edges between known nodes as a table, and the number of other rows."""
    header = [cell.lower() for cell in first[1]]
    kind = next((name for name in numbers if name in header), None)
    if kind is None:
        expected = " or ".join(name for name in ("weight", "distance") if name in numbers)
        raise InputError(f"{path}, line 1: expected a column {expected}, got {header}")
    columns = [header.index(name) for name in (*ends, kind)]
    known, edges, others = set(nodes), [], 0
    for line, cells in rows:
        check_width(cells, header, path, line)
        source, target, number = (cells[column] for column in columns)
        unknown = next((name for name in (source, target) if name not in known), None)
        if unknown is None:
            edges.append((source, target, _not_negative(number, path, line, kind)))
        elif refuse_others:
            raise InputError(f"{path}, line {line}: sensor {unknown!r} is not among the values")
        else:
            others += 1
    name = "weight" if kind == "weight" else "distance"
    return pd.DataFrame(edges, columns=["source", "target", name]), others


def _from_edges(edges, nodes, path):
    if edges.empty:
        raise InputError(f"{path}: it has no edges")
    notes = ()
    if "weight" not in edges and len(nodes) > building.ALL_PAIRS_AT_MOST:
        notes = (
            f"For {len(nodes):,} sensors the listed distances join the listed pairs alone: the "
            "shortest ways between all of them are too many.",
        )
    try:
        return building.adjacency_from_edges(edges, nodes, sparse=True), notes
    except InputError as error:
        hint = "" if "weight" in edges else ", or weights instead of distances"
        raise InputError(f"{path}: {error}{hint}") from None


def _from_matrix(first, rows, nodes, path, distances):
    """A square matrix, with names if it has one column more than there are sensors.

    Of each row the weights above zero are kept, so a file of any size can be read; of distances
    those that there are.
    """
    width = len(first[1])
    if width not in (len(nodes), len(nodes) + 1):
        rows = list(rows)
    named = width == len(nodes) + 1 or (width != len(nodes) and width == len(rows) + 1)
    columns = first[1][1:] if named else list(nodes)
    notes = ("The adjacency file has no names: its rows follow the order of the sensors.",)
    if named:
        check_names(columns, nodes, path)
        notes = ()
    index, found = [], []
    for line, cells in rows if named else itertools.chain([first], rows):
        if named:
            index.append(cells[0])
            cells = cells[1:]
        if len(cells) != len(nodes):
            raise _not_square(path, line, nodes, len(found) + 1, len(cells))
        if distances:
            weights = _row_of_distances(cells, columns, path, line)
            places = np.flatnonzero(np.isfinite(weights))
        else:
            weights = _row_of_weights(cells, columns, path, line)
            places = np.flatnonzero(weights)
        found.append((places, weights[places]))
    if named:
        check_names(index, nodes, path)
    if len(found) != len(nodes):
        raise _not_square(path, first[0], nodes, len(found), len(nodes))
    starts = np.cumsum([0, *(len(places) for places, _ in found)])
    places, weights = (np.concatenate(parts) for parts in zip(*found))
    matrix = scipy.sparse.csr_array((weights, places, starts), (len(nodes), len(nodes)))
    if named:
        by_row, by_column = (pd.Index(names).get_indexer(list(nodes)) for names in (index, columns))
        matrix = matrix[by_row][:, by_column]
    if distances:
        return _near(matrix, path), notes
    return matrix, (*notes, *_doubts(matrix))


def _near(lengths, path):
    """The Gaussian kernel of the distances that there are; a sensor is at distance 0 to itself."""
    lengths = lengths.tocoo()
    rows, columns = lengths.coords
    apart, every = rows != columns, np.arange(lengths.shape[0])
    ends = np.append(rows[apart], every), np.append(columns[apart], every)
    lengths = np.append(lengths.data[apart], np.zeros(len(every)))
    try:
        weights = building.gaussian_kernel(
            scipy.sparse.csr_array((lengths, ends), (len(every), len(every)))
        )
    except InputError as error:
        raise InputError(f"{path}: {error}, or weights instead of distances") from None
    return weights.tocsr()


def _doubts(matrix):
    """A sentence where weights are as distances are: all but the own above 0, none a detour."""
    count = matrix.shape[0]
    others = matrix.nnz == count * (count - 1) and not matrix.diagonal().any()
    if count < FEWEST_TO_DOUBT or not others or matrix.max() <= 1:
        return ()
    ways = matrix.toarray()
    for node in range(min(count, DETOURS_TRIED)):
        if (ways > (ways[:, [node]] + ways[[node]]) * (1 + 1e-6)).any():
            return ()
    return (
        f"{LIKE_DISTANCES} (none is 0 but a sensor's to itself, and no detour is shorter), but it "
        "is taken as weights, so the farthest count most; --distances takes it as what it is.",
    )


def _not_square(path, line, nodes, rows, width):
    return InputError(
        f"{path}, line {line}: expected a square matrix of {len(nodes)} sensors (with names in the "
        f"header and the first column, or without names), got {rows} rows of {width} weights"
    )


def _row_of_distances(cells, columns, path, line):
    """Distances as float64, infinite where there is no way."""
    found = [
        math.inf
        if not cell or cell.lower().lstrip("+") in ("inf", "infinity")
        else _not_negative(cell, path, line, name)
        for cell, name in zip(cells, columns)
    ]
    return np.array(found)


def _row_of_weights(cells, columns, path, line):
    with contextlib.suppress(ValueError):
        weights = np.array([float(cell) for cell in cells], dtype="float32")
        if np.isfinite(weights).all() and (weights >= 0).all():
            return weights
    # Some cell is missing or wrong: look at each.
    found = [_not_negative(cell, path, line, name) for cell, name in zip(cells, columns)]
    return np.array(found, dtype="float32")


def _not_negative(cell, path, line, column):
    with contextlib.suppress(ValueError):
        number = float(cell)
        if 0 <= number < math.inf:
            return number
    place = f"{path}, line {line}, column {column!r}"
    number = read_number(cell, place)
    if math.isnan(number):
        raise InputError(f"{place}: a weight or distance is missing (NaN)")
    if number < 0:
        raise InputError(f"{place}: expected a number that is not negative, got {cell}")
    return number
