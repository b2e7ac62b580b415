"""Wrong answers that learners give to exercises 3.5 to 3.8, and other right ones."""

import numpy as np
import pandas as pd

from stlearn import graph
from stlearn.course.exercise import Mistake

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
)


def _rows_in_a_loop(adjacency):
    rows = []
    for node, row in enumerate(adjacency):
        total = sum(row)
        rows.append(row / total if total else np.arange(len(row)) == node)
    return np.array(rows, dtype=float)


TRANSITION_ALSO_RIGHT = (graph.transition_matrix, _rows_in_a_loop)


# 3.6


def _powers(adjacency, hops):
    links = (adjacency > 0).astype(int)
    return [np.linalg.matrix_power(links, power) for power in range(hops + 1)]


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
        lambda adjacency, hops: graph.k_hop_reach(adjacency, max(hops - 1, 0)),
        "This is the reach of one hop less.",
    ),
    Mistake(
        "one hop too many",
        lambda adjacency, hops: graph.k_hop_reach(adjacency, hops + 1),
        "This is the reach of one hop more: with 0 hops only the node itself is reached.",
    ),
    Mistake(
        "against the edges",
        lambda adjacency, hops: graph.k_hop_reach(adjacency.T, hops),
        "Rows and columns are swapped: row i tells who reaches i, not whom i reaches.",
    ),
    Mistake(
        "both ways",
        lambda adjacency, hops: graph.k_hop_reach(adjacency + adjacency.T, hops),
        "The edges are followed in both directions. A directed edge leads one way.",
    ),
    Mistake(
        "counts",
        lambda adjacency, hops: sum(_powers(adjacency, hops)),
        "These are numbers of ways. Asked is whether there is one: True or False.",
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
    graph.k_hop_reach,
    _reach_by_search,
)


# 3.7


def _fitted(inputs, target):
    return np.linalg.lstsq(inputs, target, rcond=None)[0]


def _learned(earlier, later, links, fit=_fitted):
    weights = np.zeros(links.shape)
    for i, acting in enumerate(links):
        weights[i, acting] = fit(earlier[:, acting], later[:, i])
    return weights


def _without_mean(inputs, target):
    return _fitted(inputs - inputs.mean(axis=0), target - target.mean())


def _one_by_one(inputs, target):
    return inputs.T @ target / (inputs**2).sum(axis=0)


def _all_nodes(values, links, steps):
    return _learned(values[:-steps], values[steps:], np.ones_like(links))


LEARN = (
    Mistake(
        "all nodes as inputs",
        _all_nodes,
        "Every node acts on every node here. Only the nodes that `links` allows may have a weight.",
    ),
    Mistake(
        "all nodes, then cut",
        lambda values, links, steps: _all_nodes(values, links, steps) * links,
        "All nodes were fitted together and the forbidden weights cut away afterwards. The others "
        "were fitted beside them, and do not fit alone.",
    ),
    Mistake(
        "state and target swapped",
        lambda values, links, steps: _learned(values[steps:], values[:-steps], links),
        "State and target are swapped: the past is explained by the future.",
    ),
    Mistake(
        "same time",
        lambda values, links, steps: _learned(values, values, links),
        "State and target are of the same time. A forecast needs `steps` rows between them.",
    ),
    Mistake(
        "always one step",
        lambda values, links, steps: _learned(values[:-1], values[1:], links),
        "The target is always one row later: `steps` is not looked at.",
    ),
    Mistake(
        "links read against the edges",
        lambda values, links, steps: _learned(values[:-steps], values[steps:], links.T),
        "The links are read along the columns: row i tells who may act on i.",
    ),
    Mistake(
        "result transposed",
        lambda values, links, steps: _learned(values[:-steps], values[steps:], links).T,
        "The result is turned round: the weights found for node i belong into row i.",
    ),
    Mistake(
        "edge to itself added",
        lambda values, links, steps: _learned(
            values[:-steps], values[steps:], links | np.eye(len(links), dtype=bool)
        ),
        "Every node got an edge to itself. `links` already holds those that there are: add none.",
    ),
    Mistake(
        "with a constant",
        lambda values, links, steps: _learned(
            values[:-steps], values[steps:], links, _without_mean
        ),
        "The means were taken out, which is the same as fitting a constant. The values are "
        "deviations already, and F has no constant.",
    ),
    Mistake(
        "one neighbour at a time",
        lambda values, links, steps: _learned(values[:-steps], values[steps:], links, _one_by_one),
        "Each neighbour was fitted alone. Neighbours tell much the same, so together they count "
        "it twice: fit all that act on a node at once.",
    ),
)


def _by_normal_equations(values, links, steps):
    earlier, later = values[:-steps], values[steps:]
    weights = np.zeros(links.shape)
    for i in range(len(links)):
        columns = np.flatnonzero(links[i])
        inputs = earlier[:, columns]
        weights[i, columns] = np.linalg.pinv(inputs.T @ inputs) @ (inputs.T @ later[:, i])
    return weights


def _by_library(values, links, steps):
    allowed = pd.DataFrame(links.astype(float))
    return graph.learn_weights(pd.DataFrame(values), allowed, steps).to_numpy()


LEARN_ALSO_RIGHT = (_by_normal_equations, _by_library)


# 3.8

GROWTH = (
    Mistake(
        "largest by value",
        lambda weights: float(np.linalg.eigvals(weights).real.max()),
        "The largest by value is taken, and a negative or complex eigenvalue can be further from "
        "zero: with -1.2 a disturbance changes its sign at each step and grows.",
    ),
    Mistake(
        "absolute value taken last",
        lambda weights: float(abs(np.linalg.eigvals(weights).max())),
        "The largest eigenvalue is taken first and its absolute value then. It is the other way "
        "round: of -1.2 and 0.5 the first is further from zero, and it decides.",
    ),
    Mistake(
        "smallest",
        lambda weights: float(np.abs(np.linalg.eigvals(weights)).min()),
        "The eigenvalue nearest to zero is taken: that mode dies out first. The other end decides.",
    ),
    Mistake(
        "real part alone",
        lambda weights: float(np.abs(np.linalg.eigvals(weights).real).max()),
        "The imaginary part is left out. A disturbance that goes in circles has it, and can grow.",
    ),
    Mistake(
        "spectral norm",
        lambda weights: float(np.linalg.norm(weights, 2)),
        "This is the largest singular value, the most that a single step can stretch. In the long "
        "run an eigenvalue decides, and it can be much smaller.",
    ),
    Mistake(
        "largest row sum",
        lambda weights: float(np.abs(weights).sum(axis=1).max()),
        "This is the largest row sum, an upper bound of what is asked. The eigenvalues say it "
        "exactly.",
    ),
    Mistake(
        "of the symmetric part",
        lambda weights: float(np.abs(np.linalg.eigvalsh(weights)).max()),
        "`eigvalsh` is for symmetric matrices: it reads one half of the weights and mirrors it.",
    ),
    Mistake(
        "determinant",
        lambda weights: float(abs(np.linalg.det(weights))),
        "This is the determinant, the product of all eigenvalues. One of them alone can blow up "
        "while the product stays small.",
    ),
    Mistake(
        "yes or no",
        lambda weights: bool(np.abs(np.linalg.eigvals(weights)).max() > 1),
        "This says whether it blows up. Asked is the factor per step, a number.",
    ),
)


def _growth_by_power(weights):
    """Gelfand: the length after many steps, brought back to one step."""
    steps = 40_000
    power, digits = weights, 0.0
    reached = 1
    while reached < steps:
        length = np.linalg.norm(power)
        if length < 1e-100:
            return 0.0
        power = (power / length) @ (power / length)
        digits = 2 * (digits + np.log(length))
        reached *= 2
    length = np.linalg.norm(power)
    return float(np.exp((digits + np.log(length)) / reached)) if length > 1e-30 else 0.0


GROWTH_ALSO_RIGHT = (
    graph.spectral_radius,
    lambda weights: max(abs(value) for value in np.linalg.eig(weights)[0]),
    lambda weights: float(np.abs(np.roots(np.poly(weights))).max(initial=0.0)),
    _growth_by_power,
)
