"""Graphs from CSV files: a square matrix, or a list of edges with a weight or a distance."""

import math
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn import graph
from stlearn.errors import InputError
from stlearn.reading.csv_tables import check_names, check_width, open_rows, read_number

PICKLES = (".pkl", ".pickle", ".p")
ENDS = (("from", "to"), ("source", "target"))
NUMBERS = ("weight", "distance", "distance_km", "distance_m", "cost")


def read_adjacency(path, nodes):
    """Read a graph: a square matrix with or without names, or an edge list.

    Args:
        path: CSV file. A matrix holds in row i, column j the weight of j's influence on i. An
            edge list has the columns from and to (or source and target) and weight or distance
            (or cost). Weights are taken as they are; distances become weights by
            `stlearn.graph.matrices.adjacency_from_edges`.
        nodes: Names of the sensors, in order.

    Returns:
        DataFrame (node, node), float32, and the sentences that say what was assumed.

    Raises:
        InputError: If it is no such graph of these nodes; the message names file and line.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.csv_graphs import read_adjacency
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "edges.csv")
        ...     _ = path.write_text("from,to,weight\\na,b,0.5\\n")
        ...     weights, notes = read_adjacency(path, ["a", "b"])
        >>> float(weights.loc["b", "a"])
        0.5
    """
    rows = _rows(path)
    if _edge_columns(rows) is None:
        adjacency, notes = _from_matrix(rows, nodes, path)
    else:
        adjacency, notes = _from_edges(_edges(rows, nodes, path)[0], nodes, path), ()
    weights = adjacency.to_numpy()
    if len(nodes) > 1 and not (weights - np.diag(np.diag(weights))).any():
        raise InputError(
            f"{path}: it has no edges between different sensors; "
            "leave the adjacency out when no graph is known"
        )
    return adjacency, notes


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
    rows = _rows(path)
    if _edge_columns(rows) is None and len(rows[0][1]) == 3:
        rows = [(0, ["from", "to", "cost"]), *rows]
    if _edge_columns(rows) is None:
        raise InputError(f"{path}, line 1: expected the columns from, to and cost")
    table, others = _edges(rows, nodes, path, refuse_others=False)
    table = table.set_axis(["source", "target", "distance"], axis=1)
    shortest = table.groupby(["source", "target"], sort=False, as_index=False).min()
    notes = []
    if others:
        notes.append(f"{others:,} rows of distances name sensors without values: left out.")
    if len(shortest) < len(table):
        repeated = len(table) - len(shortest)
        notes.append(f"{repeated:,} distances are listed again: the shortest of a pair counts.")
    return shortest, tuple(notes)


def _rows(path):
    """All rows of a graph file, each with its line number."""
    if Path(path).suffix in PICKLES:
        raise InputError(
            f"{path}: a pickled graph is refused, since reading a pickle can run any program; "
            "give the list of distances it was made from (columns from, to, cost) as CSV"
        )
    with open_rows(path) as reader:
        rows = [
            (reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cells)
        ]
    if not rows:
        raise InputError(f"{path}: the file is empty; expected a matrix or an edge list")
    return rows


def _edge_columns(rows):
    """Names of the two ends in the header of an edge list, None for a matrix."""
    header = [cell.lower() for cell in rows[0][1]]
    return next((ends for ends in ENDS if set(ends) <= set(header)), None)


def _edges(rows, nodes, path, refuse_others=True):
    """The edges between known nodes as a table, and the number of other rows."""
    header = [cell.lower() for cell in rows[0][1]]
    kind = next((name for name in NUMBERS if name in header), None)
    if kind is None:
        raise InputError(f"{path}, line 1: expected a column weight or distance, got {header}")
    columns = [header.index(name) for name in (*_edge_columns(rows), kind)]
    known, edges, others = set(nodes), [], 0
    for line, cells in rows[1:]:
        check_width(cells, header, path, line)
        source, target, number = (cells[column] for column in columns)
        unknown = next((name for name in (source, target) if name not in known), None)
        if unknown is None:
            place = f"{path}, line {line}, column {kind!r}"
            edges.append((source, target, _not_negative(number, place)))
        elif refuse_others:
            raise InputError(f"{path}, line {line}: sensor {unknown!r} is not among the values")
        else:
            others += 1
    name = "weight" if kind == "weight" else "distance"
    return pd.DataFrame(edges, columns=["source", "target", name]), others


def _from_edges(edges, nodes, path):
    if edges.empty:
        raise InputError(f"{path}: it has no edges")
    try:
        return graph.adjacency_from_edges(edges, nodes).astype("float32")
    except InputError as error:
        hint = "" if "weight" in edges else ", or weights instead of distances"
        raise InputError(f"{path}: {error}{hint}") from None


def _from_matrix(rows, nodes, path):
    """A square matrix, with names if it has one column more than there are sensors."""
    width = len(rows[0][1])
    named = width == len(nodes) + 1 or (width == len(rows) and width != len(nodes))
    if named:
        columns = rows[0][1][1:]
        check_names(columns, nodes, path)
        check_names([cells[0] for _, cells in rows[1:]], nodes, path)
        body = [(line, cells[1:]) for line, cells in rows[1:]]
        index, notes = [cells[0] for _, cells in rows[1:]], ()
    else:
        columns = index = list(nodes)
        body = rows
        notes = ("The adjacency file has no names: its rows follow the order of the sensors.",)
    for line, cells in body:
        if len(body) != len(nodes) or len(cells) != len(nodes):
            raise InputError(
                f"{path}, line {line}: expected a square matrix of {len(nodes)} sensors (with "
                f"names in the header and the first column, or without names), got {len(body)} "
                f"rows of {len(cells)} weights"
            )
    weights = [
        [
            _not_negative(cell, f"{path}, line {line}, column {name!r}")
            for cell, name in zip(cells, columns)
        ]
        for line, cells in body
    ]
    matrix = pd.DataFrame(weights, index=index, columns=columns, dtype="float32")
    return matrix.loc[list(nodes), list(nodes)], notes


def _not_negative(cell, place):
    number = read_number(cell, place)
    if math.isnan(number):
        raise InputError(f"{place}: a weight or distance is missing (NaN)")
    if number < 0:
        raise InputError(f"{place}: expected a number that is not negative, got {cell}")
    return number
