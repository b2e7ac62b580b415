"""Tables larger than memory, met in blocks of rows: what is taken of them is a running sum.

Values may lie in a file that is mapped and not read (`stlearn.reading.store`). Whoever asks for
all of them at once, in another type or compared with something, makes a copy as large as they are.
"""

from typing import NamedTuple

import numpy as np

from stlearn.memory import let_go

CELLS_AT_ONCE = 4_000_000  # (row, node): a bound on memory
MOST_TO_SORT = 20_000_000


class NodeSummary(NamedTuple):
    """What is known of each node's readings, each an array (node,), float64."""

    count: np.ndarray
    sum: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray


def row_blocks(table):
    """Go through the rows of a table in slices; of a mapped one, what was seen is let go.

    Args:
        table: Array (row, ...).

    Yields:
        Slices of rows, some four million cells each.

    Example:
        >>> import numpy as np
        >>> from stlearn.data.blocks import row_blocks
        >>> list(row_blocks(np.zeros((5000, 1000), dtype="int8")))
        [slice(0, 4000, None), slice(4000, 5000, None)]
    """
    size = max(CELLS_AT_ONCE // max(table[:1].size, 1), 1)
    for first in range(0, len(table), size):
        yield slice(first, min(first + size, len(table)))
        let_go(table)


def summary_of_nodes(*tables):
    """Count, add up, and find the lowest and the highest reading of each node.

    Args:
        tables: Arrays or DataFrames (time, node) with the same nodes; NaN is left out.

    Returns:
        NodeSummary. A node without a reading has count and sum 0, and NaN for its ends.

    Example:
        >>> import numpy as np
        >>> from stlearn.data.blocks import summary_of_nodes
        >>> summary_of_nodes(np.array([[1.0, 5.0], [np.nan, 7.0]])).sum.tolist()
        [1.0, 12.0]
    """
    nodes = np.shape(tables[0])[1]
    count, total = np.zeros(nodes), np.zeros(nodes)
    lowest, highest = np.full(nodes, np.nan), np.full(nodes, np.nan)
    for table in map(np.asarray, tables):
        for rows in row_blocks(table):
            count += np.isfinite(table[rows]).sum(axis=0)
            total += np.nansum(table[rows], axis=0, dtype="float64")
            lowest = np.fmin(lowest, np.fmin.reduce(table[rows], axis=0))
            highest = np.fmax(highest, np.fmax.reduce(table[rows], axis=0))
    return NodeSummary(count, total, lowest, highest)


def spread_rows(values):
    """Take rows evenly spread over a table where all are too many to be sorted; else all of it.

    Some 20 million readings are kept. The rows are not whole steps apart, so that they meet all
    times of the day.

    Args:
        values: Array or DataFrame (time, node).

    Returns:
        Array (row, node).

    Example:
        >>> import numpy as np
        >>> from stlearn.data.blocks import spread_rows
        >>> len(spread_rows(np.zeros((100, 2)))), len(spread_rows(np.zeros((30_000, 1000))))
        (100, 20000)
    """
    values = np.asarray(values)
    most = max(MOST_TO_SORT // max(values.shape[1], 1), 1000)
    if len(values) <= most:
        return values
    found = values[np.linspace(0, len(values) - 1, most).astype(int)]
    let_go(values)
    return found
