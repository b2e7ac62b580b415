"""Wrong answers that learners give to exercises 3.1 and 3.2, and other right ones."""

import numpy as np
import pandas as pd

from stcourse.engine.exercise import Mistake
from stlearn.graph import matrices

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
    return matrices.adjacency_from_edges(table, nodes, directed).to_numpy()


def _by_comparing(edges, nodes, directed=True):
    matrix = np.array(
        [
            [sum(w for s, t, w in edges if (s, t) == (source, target)) for source in nodes]
            for target in nodes
        ],
        dtype=float,
    )
    return matrix if directed else np.maximum(matrix, matrix.T)


def _mirror_added(edges, nodes, directed=True):
    matrix = _filled(edges, nodes, True)
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
        "Each node is linked to itself beyond what the list says. Such links are added later, "
        "where they are needed, and then on purpose.",
    ),
    Mistake(
        "ones on the diagonal",
        lambda edges, nodes, directed=True: np.where(
            np.eye(len(nodes)) == 1, 1.0, _filled(edges, nodes, directed)
        ),
        "The diagonal is filled with ones. It holds what the list says, like any other entry.",
    ),
    Mistake(
        "mirrored wrongly",
        lambda edges, nodes, directed=True: _filled(edges, nodes, not directed),
        "`directed` is read the wrong way round: directed edges are mirrored, and undirected "
        "ones are not.",
    ),
    Mistake(
        "missing instead of zero",
        lambda edges, nodes, directed=True: np.where(
            _filled(edges, nodes, directed) == 0, np.nan, _filled(edges, nodes, directed)
        ),
        "Where there is no edge, NaN stands. No edge is known to act with weight 0.",
    ),
    Mistake(
        "half the weight each way",
        lambda edges, nodes, directed=True: (
            _filled(edges, nodes, directed) / (1 if directed else 2)
        ),
        "An undirected edge is shared out, half its weight each way. It acts both ways with the "
        "whole weight.",
    ),
    Mistake(
        "only the first edge",
        lambda edges, nodes, directed=True: _filled(edges[:1], nodes, directed),
        "Only the first edge is in the matrix. Is there a `return` inside the loop?",
    ),
    Mistake(
        "nodes in the order of the edges",
        lambda edges, nodes, directed=True: _filled(
            edges, [*dict.fromkeys([end for edge in edges for end in edge[:2]])], directed
        ),
        "Rows and columns are the nodes in the order in which the edges name them, and a node "
        "without an edge is missing. Take `nodes`.",
    ),
    Mistake(
        "mirror image added",
        _mirror_added,
        "An edge from a node to itself counts twice, since the mirror image is added to the "
        "matrix. Which entries are their own mirror image?",
    ),
    Mistake(
        "self-edges left out",
        lambda edges, nodes, directed=True: _filled(
            [edge for edge in edges if edge[0] != edge[1]], nodes, directed
        ),
        "An edge from a node to itself is left out. It is an edge like any other.",
    ),
)
EDGES_ALSO_RIGHT = (_from_a_frame, _by_comparing)


# 3.2


def _with_degree(adjacency, degree, combine=lambda diagonal, adjacency: diagonal - adjacency):
    return degree, combine(np.diag(degree), adjacency)


def _without_loops(adjacency):
    return adjacency * (1 - np.eye(len(adjacency)))


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
        "A is taken from the vector of degrees, in every row. The degrees belong on a diagonal: "
        "D is a matrix.",
    ),
    Mistake(
        "identity for D",
        lambda adjacency: (adjacency.sum(axis=1), np.eye(len(adjacency)) - adjacency),
        "The identity has been taken for D: its rows do not sum to zero. D holds the degrees.",
    ),
    Mistake(
        "degree as a matrix",
        lambda adjacency: (np.diag(adjacency.sum(axis=1)), matrices.laplacian(adjacency)),
        "The degree is returned as the matrix D. Asked for is the vector, a number for each node.",
    ),
    Mistake(
        "in and out together",
        lambda adjacency: _with_degree(adjacency, adjacency.sum(axis=0) + adjacency.sum(axis=1)),
        "In-degree and out-degree are added up. Here the degree is what a node receives, its "
        "row alone.",
    ),
    Mistake(
        "out-degrees on the diagonal",
        lambda adjacency: (adjacency.sum(axis=1), np.diag(adjacency.sum(axis=0)) - adjacency),
        "The degrees are right, but on the diagonal of the Laplacian stand the sums of the "
        "columns. Its rows have to sum to zero.",
    ),
    Mistake(
        "normalised",
        lambda adjacency: (
            adjacency.sum(axis=1),
            np.eye(len(adjacency))
            - adjacency / np.maximum(adjacency.sum(axis=1, keepdims=True), 1e-12),
        ),
        "This is the random-walk Laplacian, divided by the degrees. Asked for is D - A.",
    ),
    Mistake(
        "A turned round",
        lambda adjacency: (adjacency.sum(axis=1), np.diag(adjacency.sum(axis=1)) - adjacency.T),
        "The adjacency is turned round before it is taken off. Row i of both holds what node i "
        "receives.",
    ),
    Mistake(
        "D alone",
        lambda adjacency: (adjacency.sum(axis=1), np.diag(adjacency.sum(axis=1))),
        "The second result is D. The adjacency has to be taken off.",
    ),
    Mistake(
        "mean of the weights",
        lambda adjacency: _with_degree(adjacency, adjacency.mean(axis=1)),
        "The degree is a mean here. It is the sum of the weights in the row.",
    ),
    Mistake(
        "results swapped",
        lambda adjacency: (matrices.laplacian(adjacency), matrices.degree(adjacency)),
        "The two results are in the wrong order: the degree first, then the Laplacian.",
    ),
    Mistake(
        "self-edges left out of the degree",
        lambda adjacency: (_without_loops(adjacency).sum(axis=1), matrices.laplacian(adjacency)),
        "The Laplacian is right, but the degree leaves out what a node receives from itself. The "
        "sum runs over all j, and j = i is one of them.",
    ),
    Mistake(
        "self-edges left out of the degree and D",
        lambda adjacency: _with_degree(adjacency, _without_loops(adjacency).sum(axis=1)),
        "The diagonal of A is missing in the degrees, and so in D: rows of the Laplacian with a "
        "self-edge no longer sum to zero.",
    ),
    Mistake(
        "degrees written over the diagonal",
        lambda adjacency: _with_degree(
            adjacency,
            adjacency.sum(axis=1),
            lambda diagonal, weights: diagonal - _without_loops(weights),
        ),
        "On the diagonal of the Laplacian stand the bare degrees. D - A holds there too, where a "
        "node has an edge to itself.",
    ),
)


def _laplacian_in_loops(adjacency):
    degree = np.array([sum(row) for row in adjacency])
    laplacian = -adjacency
    for node, received in enumerate(degree):
        laplacian[node, node] += received
    return degree, laplacian


LAPLACIAN_ALSO_RIGHT = (
    lambda adjacency: [matrices.degree(adjacency), matrices.laplacian(adjacency)],
    _laplacian_in_loops,
)
