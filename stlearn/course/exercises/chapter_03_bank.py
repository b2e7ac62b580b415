"""Wrong answers that learners give to exercises 3.1 to 3.4, and other right ones."""

import numpy as np
import pandas as pd

from stlearn import graph
from stlearn.course.exercise import Mistake

# 3.1


def _filled(edges, nodes, directed, swapped=False, weighted=True):
    place = {node: position for position, node in enumerate(nodes)}
    matrix = np.zeros((len(nodes), len(nodes)))
    for source, target, weight in edges:
        row, column = place[target], place[source]
        entries = [(column, row)] if swapped else [(row, column)]
        if not directed:
            entries = [(row, column), (column, row)]
        for entry in entries:
            matrix[entry] = weight if weighted else 1
    return matrix


def _in_order_of_the_alphabet(edges, nodes, directed=True):
    return _filled(edges, sorted(nodes), directed)


def _linked_to_itself(edges, nodes, directed=True):
    return _filled(edges, nodes, directed) + np.eye(len(nodes))


def _from_a_frame(edges, nodes, directed=True):
    table = pd.DataFrame(edges, columns=["from", "to", "weight"])
    return graph.adjacency_from_edges(table, nodes, directed).to_numpy()


def _by_comparing(edges, nodes, directed=True):
    matrix = np.array(
        [
            [sum(w for s, t, w in edges if (s, t) == (source, target)) for source in nodes]
            for target in nodes
        ],
        dtype=float,
    )
    return matrix if directed else matrix + matrix.T


EDGES = (
    Mistake(
        "source and target swapped",
        lambda edges, nodes, directed=True: _filled(edges, nodes, directed, swapped=True),
        "Source and target are swapped: an edge from a to b lets a act on b, so it stands in the "
        "row of b.",
    ),
    Mistake(
        "always both ways",
        lambda edges, nodes, directed=True: _filled(edges, nodes, False),
        "A directed edge has been made one that acts both ways. On a one-way road the first node "
        "acts on the second, and not the other way round.",
    ),
    Mistake(
        "never both ways",
        lambda edges, nodes, directed=True: _filled(edges, nodes, True),
        "`directed` is not looked at: in an undirected graph each edge acts both ways.",
    ),
    Mistake(
        "weights forgotten",
        lambda edges, nodes, directed=True: _filled(edges, nodes, directed, weighted=False),
        "Every edge weighs 1. The third entry of an edge is its weight.",
    ),
    Mistake(
        "another order of the nodes",
        _in_order_of_the_alphabet,
        "The nodes stand in another order than in `nodes`, so rows and columns belong to the "
        "wrong places.",
    ),
    Mistake(
        "linked to themselves",
        _linked_to_itself,
        "Each node is linked to itself, and the list has no such edge. It is added later, where "
        "it is needed, and then on purpose.",
    ),
)
EDGES_ALSO_RIGHT = (_from_a_frame, _by_comparing)


# 3.2


def _with_degree(adjacency, degree, combine=lambda diagonal, adjacency: diagonal - adjacency):
    return degree, combine(np.diag(degree), adjacency)


LAPLACIAN = (
    Mistake(
        "columns summed",
        lambda adjacency: _with_degree(adjacency, adjacency.sum(axis=0)),
        "The sum runs over the wrong axis: this is what each node gives. What it receives stands "
        "in its row.",
    ),
    Mistake(
        "D + A",
        lambda adjacency: _with_degree(adjacency, adjacency.sum(axis=1), np.add),
        "D and A are added. The Laplacian compares a node with its neighbours, so it subtracts: "
        "where all nodes are alike it gives zero.",
    ),
    Mistake(
        "A - D",
        lambda adjacency: _with_degree(
            adjacency, adjacency.sum(axis=1), lambda diagonal, weights: weights - diagonal
        ),
        "The sign is turned: it is D - A, with the degrees as positive numbers on the diagonal.",
    ),
    Mistake(
        "edges counted",
        lambda adjacency: _with_degree(adjacency, (adjacency > 0).sum(axis=1)),
        "The edges are counted, but they have weights: the degree is the sum of the weights.",
    ),
    Mistake(
        "degree not on a diagonal",
        lambda adjacency: (adjacency.sum(axis=1), adjacency.sum(axis=1) - adjacency),
        "The degrees are subtracted from in all rows. They belong on a diagonal: D is a matrix.",
    ),
    Mistake(
        "identity for D",
        lambda adjacency: (adjacency.sum(axis=1), np.eye(len(adjacency)) - adjacency),
        "The identity has been taken for D: its rows do not sum to zero. D holds the degrees.",
    ),
)


def _laplacian_in_loops(adjacency):
    degree = np.array([sum(row) for row in adjacency])
    laplacian = -adjacency
    for node, received in enumerate(degree):
        laplacian[node, node] += received
    return degree, laplacian


LAPLACIAN_ALSO_RIGHT = (
    lambda adjacency: [graph.degree(adjacency), graph.laplacian(adjacency)],
    _laplacian_in_loops,
)


# 3.3


def _cut(weights, threshold):
    return np.where(weights < threshold, 0.0, weights)


KERNEL = (
    Mistake(
        "square forgotten",
        lambda distances, sigma, threshold: _cut(np.exp(-distances / sigma), threshold),
        "The square is missing. Without it weights fall too fast near by and too slowly far off.",
    ),
    Mistake(
        "twice sigma squared",
        lambda distances, sigma, threshold: _cut(
            np.exp(-(distances**2) / (2 * sigma**2)), threshold
        ),
        "There is a factor 2 in the exponent. Many books have it; here sigma is the distance at "
        "which the weight has fallen to 1/e.",
    ),
    Mistake(
        "sigma not squared",
        lambda distances, sigma, threshold: _cut(np.exp(-(distances**2) / sigma), threshold),
        "Sigma is not squared, so that the exponent has a unit: kilometres would give other "
        "weights than metres.",
    ),
    Mistake(
        "threshold forgotten",
        lambda distances, sigma, threshold: np.exp(-((distances / sigma) ** 2)),
        "The threshold is missing: every pair that a way joins would be an edge.",
    ),
    Mistake(
        "threshold on the distance",
        lambda distances, sigma, threshold: np.where(
            distances > threshold, 0.0, np.exp(-((distances / sigma) ** 2))
        ),
        "The threshold is held against the distance. It belongs to the weights: small ones go, "
        "and those are the far ones.",
    ),
    Mistake(
        "threshold turned round",
        lambda distances, sigma, threshold: np.where(
            np.exp(-((distances / sigma) ** 2)) > threshold,
            0.0,
            np.exp(-((distances / sigma) ** 2)),
        ),
        "The threshold works the wrong way round: large weights have become 0, small ones stay.",
    ),
    Mistake(
        "small weights lifted",
        lambda distances, sigma, threshold: np.maximum(
            np.exp(-((distances / sigma) ** 2)), threshold
        ),
        "Small weights are lifted to the threshold. They have to become 0: no edge.",
    ),
    Mistake(
        "only ones and zeros",
        lambda distances, sigma, threshold: (
            np.exp(-((distances / sigma) ** 2)) >= threshold
        ).astype(float),
        "What is left above the threshold has become 1: near and far count the same.",
    ),
)


def _kernel_in_loops(distances, sigma, threshold):
    weights = np.zeros(distances.shape)
    for place in np.ndindex(distances.shape):
        weight = float(np.exp(-(distances[place] ** 2) / sigma**2))
        weights[place] = weight if weight >= threshold else 0
    return weights


KERNEL_ALSO_RIGHT = (graph.gaussian_kernel, _kernel_in_loops)


# 3.4

PROPAGATE = (
    Mistake(
        "weights not transposed",
        lambda state, weights: state @ weights,
        "This is S times W: node i gets what it gives, so the influence runs against the edges. "
        "With states as rows W has to be turned round.",
    ),
    Mistake(
        "weights times table",
        lambda state, weights: weights @ state,
        "W times S takes each column of the table for a state. Here each row is one: the table "
        "comes first, and W is turned round.",
    ),
    Mistake(
        "no sum",
        lambda state, weights: state * weights.sum(axis=1),
        "Each node's own state is multiplied by its sum of weights. It is the states of the "
        "others that act on it.",
    ),
    Mistake(
        "added to the old state",
        lambda state, weights: state + state @ weights.T,
        "The old state is added. F holds only what arrives along edges; a node that keeps its "
        "value has an edge to itself.",
    ),
    Mistake(
        "scaled to a mean",
        lambda state, weights: state @ weights.T / weights.shape[0],
        "The sum is divided by the number of nodes. F is a weighted sum, the weights say it all.",
    ),
    Mistake(
        "twice",
        lambda state, weights: state @ weights.T @ weights.T,
        "The weights are applied twice: this is the state two steps later.",
    ),
    Mistake(
        "signs dropped",
        lambda state, weights: state @ np.abs(weights).T,
        "The signs of the weights are dropped: an edge may also damp.",
    ),
)


def _propagate_in_loops(state, weights):
    result = np.zeros(state.shape)
    for time, i, j in np.ndindex(*state.shape, len(weights)):
        result[time, i] += weights[i, j] * state[time, j]
    return result


PROPAGATE_ALSO_RIGHT = (
    lambda state, weights: (weights @ state.T).T,
    lambda state, weights: np.einsum("ij,tj->ti", weights, state),
    _propagate_in_loops,
)
