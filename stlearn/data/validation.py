"""What must hold for a data set in space and time; each fault has a sentence that names its place.

`SpatioTemporalDataset` checks with these what it is given. They return what they checked, in
the order and the number type that the data set keeps.
"""

import numpy as np
import pandas as pd
import scipy.sparse

from stlearn.checks import check_frame, checked_sparse, checked_square
from stlearn.data.blocks import row_blocks
from stlearn.data.steps import regular_frequency
from stlearn.errors import InputError

BETWEEN = ": "  # a quantity and its sensor, in the name of a node
EVENT_COLUMNS = ("node", "start", "end", "kind")
EDGE_COLUMNS = ("time", "source", "target", "weight")


def checked_values(frame, argument):
    if not isinstance(frame, pd.DataFrame):
        raise InputError(
            f"{argument}: expected a DataFrame (time, node), got {type(frame).__name__}"
        )
    if frame.shape[0] < 2 or frame.shape[1] < 1:
        raise InputError(
            f"{argument}: expected at least 2 rows (times) and 1 column (node), "
            f"got {frame.shape[0]} rows and {frame.shape[1]} columns"
        )
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise InputError(f"{argument}: node {listed(twice)} stands there more than once")
    _check_index(frame.index, argument)
    plain = all(map(pd.api.types.is_numeric_dtype, frame.dtypes))
    with np.errstate(over="ignore"):  # what is too large is told as infinite below
        numbers = (frame if plain else frame.apply(_numbers)).astype("float32")
    spoiled = () if plain else np.argwhere(numbers.isna().to_numpy() & frame.notna().to_numpy())
    if len(spoiled):
        row, column = spoiled[0]
        raise InputError(
            f"{argument}: expected numbers, got {frame.iloc[row, column]!r} "
            f"at {frame.index[row]}, node {frame.columns[column]!r}"
        )
    table = numbers.to_numpy()
    for rows in row_blocks(table):
        infinite = np.isinf(table[rows])
        if infinite.any():
            row, column = np.argwhere(infinite)[0]
            raise InputError(
                f"{argument}: infinite value at {frame.index[rows.start + row]}, node "
                f"{frame.columns[column]!r}; mark missing values as NaN"
            )
    return numbers


def _numbers(column):
    """The column as numbers; what is no number, text included, becomes NaN."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    return pd.to_numeric(column.where(~column.map(lambda cell: isinstance(cell, str))), "coerce")


def _check_index(index, argument):
    if not isinstance(index, pd.DatetimeIndex):
        zones = {getattr(time, "tzinfo", None) for time in index if hasattr(time, "tzinfo")}
        mixed = "; its times carry different time zones" if len(zones) > 1 else ""
        raise InputError(
            f"{argument}: expected a DatetimeIndex of times, got {type(index).__name__}{mixed}"
        )
    if index.hasnans:
        raise InputError(f"{argument}: the time of row {int(np.argmax(index.isna()))} is missing")
    twice = index[index.duplicated()].unique()
    if len(twice):
        raise InputError(f"{argument}: duplicate timestamps: {listed(twice)}")
    backwards = np.flatnonzero(index[1:] < index[:-1])
    if len(backwards):
        row = backwards[0]
        raise InputError(
            f"{argument}: times are not increasing: {index[row + 1]} follows {index[row]} "
            f"(row {row + 1}); sort them first"
        )
    regular_frequency(index)


def same_nodes(frame, columns, argument):
    """Rows in the order of the columns; labels decide, so nothing can be swapped."""
    check_frame(argument, frame)
    missing, unknown = columns.difference(frame.index), frame.index.difference(columns)
    if len(missing) or len(unknown) or not frame.index.is_unique:
        raise InputError(
            f"{argument}: its nodes differ from the columns of values: "
            f"missing {listed(missing) or 'none'}; unknown {listed(unknown) or 'none'}"
            + ("" if frame.index.is_unique else "; some stand there more than once")
        )
    return frame.loc[columns]


def checked_adjacency(adjacency, columns):
    """The adjacency in the order of the columns: a DataFrame, or a csr_array where it is sparse."""
    names = columns
    if isinstance(adjacency, tuple) and len(adjacency) == 2:
        adjacency, names = adjacency[0], pd.Index(adjacency[1])
    if scipy.sparse.issparse(adjacency):
        return _checked_sparse_adjacency(adjacency, names, columns)
    if not isinstance(adjacency, pd.DataFrame):
        raise InputError(
            "adjacency: expected a DataFrame or a SciPy sparse array, "
            f"got {type(adjacency).__name__}"
        )
    if adjacency.shape[0] != adjacency.shape[1]:
        raise InputError(f"adjacency: expected a square matrix, got shape {adjacency.shape}")
    if not (adjacency.index.equals(columns) and adjacency.columns.equals(columns)):
        adjacency = same_nodes(adjacency, columns, "adjacency")
        adjacency = same_nodes(adjacency.T, columns, "adjacency").T
    weights = checked_square("adjacency", adjacency, signed=False).astype("float32")
    _check_edges(np.count_nonzero(weights), weights.diagonal())
    return pd.DataFrame(weights, index=columns, columns=columns)


def _checked_sparse_adjacency(matrix, names, columns):
    matrix = checked_sparse("adjacency", matrix, signed=False)
    if matrix.shape[0] != len(names):
        raise InputError(
            f"adjacency: expected a row and a column for each of the {len(names)} nodes"
            f"{' of values' if names is columns else ' named beside it'}, got shape {matrix.shape}"
        )
    if names is not columns and not names.equals(columns):
        order = same_nodes(pd.DataFrame(index=names), columns, "adjacency").index
        places = names.get_indexer(order)
        matrix = matrix[places][:, places]
    matrix = matrix.astype("float32")
    matrix.eliminate_zeros()
    matrix.sort_indices()
    _check_edges(matrix.nnz, matrix.diagonal())
    return matrix


def _check_edges(count, diagonal):
    if len(diagonal) > 1 and count == np.count_nonzero(diagonal):
        raise InputError(
            "adjacency: it has no edges between different nodes; "
            "leave it out when no graph is known"
        )


def checked_calendar(calendar, index):
    if not isinstance(calendar, pd.DataFrame) or not isinstance(calendar.index, pd.DatetimeIndex):
        raise InputError("calendar: expected a DataFrame with times as index")
    uncovered = index.difference(calendar.index)
    if len(uncovered):
        raise InputError(f"calendar: no row for {listed(uncovered)}")
    _check_index(calendar.index, "calendar")
    if list(calendar.columns[:2]) != ["time_of_day", "day_of_week"]:
        raise InputError(
            "calendar: expected the columns time_of_day and day_of_week first, then what else is "
            f"known ahead, got {list(calendar.columns)}; make_calendar builds it so"
        )
    calendar = calendar.astype("float32")
    if not np.isfinite(calendar.to_numpy()).all():
        raise InputError("calendar: expected finite numbers only")
    return calendar


def checked_extra(frame, values, key):
    frame = checked_values(frame, f"extra[{key!r}]")
    if not frame.index.equals(values.index) or set(frame.columns) != set(values.columns):
        raise InputError(f"extra[{key!r}]: expected the times and nodes of values")
    return frame[values.columns]


def checked_events(events, values):
    check_frame("events", events)
    absent = [name for name in EVENT_COLUMNS if name not in events.columns]
    if absent:
        raise InputError(f"events: expected the columns {EVENT_COLUMNS}, missing {absent}")
    unknown = pd.Index(events["node"].dropna().unique()).difference(values.columns)
    if len(unknown):
        raise InputError(f"events: unknown node {listed(unknown)}")
    backwards = events[events["end"] < events["start"]]
    if len(backwards):
        raise InputError(f"events: the event in row {backwards.index[0]} ends before it starts")
    return events.reset_index(drop=True)


def checked_edges(edges, values):
    check_frame("edges", edges)
    absent = [name for name in EDGE_COLUMNS if name not in edges.columns]
    if absent:
        raise InputError(f"edges: expected the columns {EDGE_COLUMNS}, missing {absent}")
    ends = pd.Index(pd.unique(pd.concat([edges["source"], edges["target"]])))
    unknown = ends.difference(values.columns)
    if len(unknown):
        raise InputError(f"edges: unknown node {listed(unknown)}")
    weights = edges["weight"].to_numpy(dtype="float64")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise InputError("edges: expected finite weights that are not negative")
    return edges.reset_index(drop=True)


def check_quantities(quantities, columns):
    beside = [node for node in columns if str(node).partition(BETWEEN)[0] not in quantities]
    if quantities and beside:
        raise InputError(
            f"quantities: expected that each node is named by one of {', '.join(quantities)} and "
            f"its sensor, as stlearn.data.together does, got {beside[0]!r}"
        )


def listed(labels, most=3):
    shown = ", ".join(str(label) for label in labels[:most])
    return shown + (f" and {len(labels) - most} more" if len(labels) > most else "")


def counted(count, what):
    return f"{count:,} {what}" + ("" if count == 1 else "s")
