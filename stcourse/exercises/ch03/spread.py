"""Wrong answers that learners give to exercises 3.5 and 3.6, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake
from stlearn.graph import matrices

# 3.5


def _filled_rows(adjacency):
    filled = adjacency.copy()
    alone = np.flatnonzero(adjacency.sum(axis=1) == 0)
    filled[alone, alone] = 1
    return filled


def _zero_rows_kept(adjacency):
    sums = adjacency.sum(axis=1, keepdims=True)
    return np.divide(adjacency, sums, out=np.zeros_like(adjacency), where=sums > 0)


def _divided_by_zero(adjacency):
    with np.errstate(invalid="ignore"):
        return adjacency / adjacency.sum(axis=1, keepdims=True)


def _columns_to_one(adjacency):
    return _to_columns(_filled_rows(adjacency.T))


def _to_columns(received):
    return (received / received.sum(axis=1, keepdims=True)).T


def _columns_divided(adjacency):
    with np.errstate(invalid="ignore"):
        return adjacency / adjacency.sum(axis=0)


def _every_node_to_itself(adjacency):
    linked = adjacency + np.eye(len(adjacency))
    return linked / linked.sum(axis=1, keepdims=True)


def _softmax(adjacency):
    filled = np.exp(adjacency)
    return filled / filled.sum(axis=1, keepdims=True)


def _lonely_spread_out(adjacency):
    filled = adjacency.copy()
    filled[adjacency.sum(axis=1) == 0] = 1
    return filled / filled.sum(axis=1, keepdims=True)


def _acting_on_nobody(adjacency):
    return np.diag((adjacency.sum(axis=0) == 0).astype(float))


def _over_all(adjacency):
    with np.errstate(invalid="ignore"):
        return adjacency / adjacency.sum()


TRANSITION = (
    Mistake(
        "columns sum to one",
        _columns_to_one,
        "The columns sum to one, not the rows: this shares out what a node gives, not what it "
        "receives.",
    ),
    Mistake(
        "columns divided",
        _columns_divided,
        "Each column is divided by its own sum. What arrives at a node stands in its row, so each "
        "row is divided by its own; and a row of zeros needs a 1 on the diagonal first.",
    ),
    Mistake(
        "columns divided, empty rows filled",
        lambda adjacency: _columns_divided(_filled_rows(adjacency)),
        "The empty rows are filled as they should be, but then each column is divided by its sum: "
        "it is the rows that have to sum to one.",
    ),
    Mistake(
        "sums across the columns",
        lambda adjacency: _filled_rows(adjacency) / _filled_rows(adjacency).sum(axis=1),
        "Each column is divided by the sum of the row of that number. NumPy lays a vector along "
        "the rows; the sums have to stand as a column.",
    ),
    Mistake(
        "sums across the columns, empty rows left",
        lambda adjacency: adjacency / adjacency.sum(axis=1),
        "Column j is divided by the sum of row j: a vector lies along the rows. "
        "`sum(axis=1, keepdims=True)` keeps the sums as a column. And an empty row needs a 1 on "
        "the diagonal first.",
    ),
    Mistake(
        "divided by zero",
        _divided_by_zero,
        "A row of zeros is divided by zero and gives NaN. Nothing acts on that node, so it keeps "
        "its own value.",
    ),
    Mistake(
        "lonely nodes forget",
        _zero_rows_kept,
        "A row of zeros stays a row of zeros: that node would fall to 0 at the next step. It "
        "keeps its own value, by a 1 on the diagonal.",
    ),
    Mistake(
        "every node linked to itself",
        _every_node_to_itself,
        "Every node is linked to itself. Only a node that nothing acts on is.",
    ),
    Mistake(
        "one scale for all",
        lambda adjacency: (
            _filled_rows(adjacency) / max(_filled_rows(adjacency).sum(axis=1).max(), 1e-12)
        ),
        "All rows are divided by one number. Each row has a sum of its own.",
    ),
    Mistake(
        "softmax",
        _softmax,
        "This is a softmax: its rows sum to one, but pairs without an edge get a share too.",
    ),
    Mistake(
        "lonely nodes listen to all",
        _lonely_spread_out,
        "A node that nothing acts on takes the mean of all nodes. No edge leads there: it keeps "
        "its own value.",
    ),
    Mistake(
        "square roots",
        lambda adjacency: (
            adjacency
            / np.sqrt(
                np.outer(adjacency.sum(axis=1).clip(1e-12), adjacency.sum(axis=1).clip(1e-12))
            )
        ),
        "This is the symmetric scale, by square roots on both sides. Its rows do not sum to one.",
    ),
    Mistake(
        "divided by the largest",
        lambda adjacency: (
            _filled_rows(adjacency) / _filled_rows(adjacency).max(axis=1, keepdims=True)
        ),
        "Each row is divided by its largest weight. Its sum has to become 1.",
    ),
    Mistake(
        "edges counted",
        lambda adjacency: (
            _filled_rows(adjacency) / (_filled_rows(adjacency) > 0).sum(axis=1, keepdims=True)
        ),
        "Each row is divided by its number of edges. Divide by the sum of its weights.",
    ),
    Mistake(
        "weights dropped",
        lambda adjacency: (
            _filled_rows((adjacency > 0) * 1.0)
            / _filled_rows((adjacency > 0) * 1.0).sum(axis=1, keepdims=True)
        ),
        "All edges of a row count the same. The shares follow the weights.",
    ),
    Mistake(
        "never below one",
        lambda adjacency: (
            _filled_rows(adjacency) / _filled_rows(adjacency).sum(axis=1, keepdims=True).clip(1)
        ),
        "A sum below 1 is not divided by, so that row sums to less than one.",
    ),
    Mistake(
        "own value added after",
        lambda adjacency: _zero_rows_kept(adjacency) + np.eye(len(adjacency)),
        "The identity is added after the division: rows with edges sum to two. Only an empty "
        "row gets a 1.",
    ),
    Mistake(
        "columns searched for empty nodes",
        lambda adjacency: _divided_by_zero(adjacency + _acting_on_nobody(adjacency)),
        "The 1 goes to nodes that act on nobody, empty columns. It is needed where nothing "
        "arrives, in empty rows.",
    ),
    Mistake(
        "columns searched, empty rows left",
        lambda adjacency: _zero_rows_kept(adjacency + _acting_on_nobody(adjacency)),
        "A node that acts on nobody gets a 1 before the division, and a row of zeros stays. Which "
        "of the two is a node that nothing acts on?",
    ),
    Mistake(
        "columns searched after the division",
        lambda adjacency: _zero_rows_kept(adjacency) + _acting_on_nobody(adjacency),
        "After the division a node that acts on nobody gets a 1 too many. Look for the nodes at "
        "which nothing arrives.",
    ),
    Mistake(
        "never below one, empty rows left",
        lambda adjacency: adjacency / adjacency.sum(axis=1, keepdims=True).clip(1),
        "No sum below 1 is divided by. That spares the division by zero, but small sums are not "
        "brought to one, and an empty row stays empty.",
    ),
    Mistake(
        "sum of the whole matrix",
        lambda adjacency: _over_all(_filled_rows(adjacency)),
        "Every weight is divided by the sum of the whole matrix. Then the matrix sums to one, not "
        "each row.",
    ),
    Mistake(
        "sum of the whole matrix, empty rows left",
        _over_all,
        "The sum runs over the whole matrix, not along each row; and a row of zeros gets no 1 on "
        "the diagonal.",
    ),
    Mistake(
        "sum of the whole matrix, empty rows filled after",
        lambda adjacency: _filled_rows(np.nan_to_num(_over_all(adjacency))),
        "The empty rows are right. The others are divided by the sum of the whole matrix.",
    ),
)


def _rows_in_a_loop(adjacency):
    rows = []
    for node, row in enumerate(adjacency):
        total = sum(row)
        rows.append(row / total if total else np.arange(len(row)) == node)
    return np.array(rows, dtype=float)


TRANSITION_ALSO_RIGHT = (matrices.transition_matrix, _rows_in_a_loop)


# 3.6


def _links(adjacency):
    return (adjacency > 0).astype(int)


def _powers(adjacency, hops):
    return [np.linalg.matrix_power(_links(adjacency), power) for power in range(hops + 1)]


REACH = (
    Mistake(
        "exactly k edges",
        lambda adjacency, hops: _powers(adjacency, hops)[-1] > 0,
        "These are the nodes at exactly so many edges. `At most` counts the shorter ways too.",
    ),
    Mistake(
        "itself forgotten",
        lambda adjacency, hops: sum(_powers(adjacency, hops)[1:], np.zeros(adjacency.shape)) > 0,
        "A node reaches itself without a step, and that is missing.",
    ),
    Mistake(
        "one hop too few",
        lambda adjacency, hops: matrices.k_hop_reach(adjacency, max(hops - 1, 0)),
        "This is the reach of one hop less.",
    ),
    Mistake(
        "one hop too many",
        lambda adjacency, hops: matrices.k_hop_reach(adjacency, hops + 1),
        "This is the reach of one hop more: with 0 hops only the node itself is reached.",
    ),
    Mistake(
        "against the edges",
        lambda adjacency, hops: matrices.k_hop_reach(adjacency.T, hops),
        "Rows and columns are swapped: row i tells who reaches i, not whom i reaches.",
    ),
    Mistake(
        "both ways",
        lambda adjacency, hops: matrices.k_hop_reach(adjacency + adjacency.T, hops),
        "The edges are followed in both directions. A directed edge leads one way.",
    ),
    Mistake(
        "counts",
        lambda adjacency, hops: sum(_powers(adjacency, hops)),
        "These are numbers of ways. Asked is whether there is one: True or False.",
    ),
    Mistake(
        "one hop always",
        lambda adjacency, hops: matrices.k_hop_reach(adjacency, 1),
        "This is always the reach of one hop. Repeat the step `hops` times.",
    ),
    Mistake(
        "all hops always",
        lambda adjacency, hops: matrices.k_hop_reach(adjacency, len(adjacency)),
        "This is the reach without a limit. Stop after `hops` steps.",
    ),
    Mistake(
        "entry by entry",
        lambda adjacency, hops: adjacency**hops > 0,
        "`**` takes powers of single entries. Ways of several edges come from matrix products, "
        "`@`.",
    ),
    Mistake(
        "who does not",
        lambda adjacency, hops: ~matrices.k_hop_reach(adjacency, hops),
        "True and False are exchanged: these are the nodes that do not reach.",
    ),
    Mistake(
        "twice as many hops",
        lambda adjacency, hops: matrices.k_hop_reach(adjacency, 2 * hops),
        "The reach doubles where it should grow by one hop: `reach @ reach` joins all the hops "
        "so far. Multiply by `links`.",
    ),
    Mistake(
        "numbers",
        lambda adjacency, hops: matrices.k_hop_reach(adjacency, hops).astype(float),
        "These are ones and zeros. Asked for is True or False: compare with `> 0`.",
    ),
    Mistake(
        "counts with waiting",
        lambda adjacency, hops: np.linalg.matrix_power(
            np.eye(len(adjacency)) + _links(adjacency), hops
        ),
        "These are numbers of ways, and a way that waits at a node counts again. Asked is only "
        "whether there is one.",
    ),
    Mistake(
        "weights added up",
        lambda adjacency, hops: sum(
            np.linalg.matrix_power(adjacency, power) for power in range(hops + 1)
        ),
        "These are products of weights, added up over the ways. The question has yes or no for an "
        "answer.",
    ),
    Mistake(
        "weights added up with waiting",
        lambda adjacency, hops: np.linalg.matrix_power(np.eye(len(adjacency)) + adjacency, hops),
        "This is a power of A + I: it tells how much arrives. Asked is whether anything does.",
    ),
    Mistake(
        "sum from one step",
        lambda adjacency, hops: sum(_powers(adjacency, hops)[1:]) > 0,
        "The sum starts at one step. With 0 hops it has nothing to add up and is no matrix, and "
        "with more a node may miss itself. Who is reached without a step?",
    ),
    Mistake(
        "edges of weight one",
        lambda adjacency, hops: matrices.k_hop_reach((adjacency == 1) * 1.0, hops),
        "Only a weight of exactly 1 is taken for an edge. Which weights are edges?",
    ),
    Mistake(
        "edges from weight one",
        lambda adjacency, hops: matrices.k_hop_reach((adjacency >= 1) * 1.0, hops),
        "Weights below 1 are not taken for edges. Weak edges lead somewhere too.",
    ),
    Mistake(
        "edges above weight one",
        lambda adjacency, hops: matrices.k_hop_reach((adjacency > 1) * 1.0, hops),
        "Weights up to 1 are not taken for edges. From which weight on is there one?",
    ),
)


def _reach_by_search(adjacency, hops):
    reach = np.zeros(adjacency.shape, dtype=bool)
    for start in range(len(adjacency)):
        reached = {start}
        for _ in range(hops):
            reached |= {int(i) for j in reached for i in np.flatnonzero(adjacency[:, j])}
        reach[list(reached), start] = True
    return reach


REACH_ALSO_RIGHT = (
    lambda adjacency, hops: sum(_powers(adjacency, hops)) > 0,
    matrices.k_hop_reach,
    _reach_by_search,
)
