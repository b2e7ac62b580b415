"""3.2: compute the degree of each node and the Laplacian."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stcourse.exercises.ch03.graphs import graphs
from stlearn import graph


def degree_and_laplacian(adjacency):
    """Compute what each node receives, and the matrix that compares it with its neighbours.

    Args:
        adjacency: Array (node, node), row i holds the weights of what acts on i.

    Returns:
        (degree, laplacian): the degrees, array (node,), and D - A, array (node, node), where D
        has the degrees on its diagonal.
    """
    degree = adjacency.sum(axis=1)
    return degree, np.diag(degree) - adjacency


def _laplacian_in_loops(adjacency):
    degree = np.array([sum(row) for row in adjacency])
    laplacian = -adjacency
    for node, received in enumerate(degree):
        laplacian[node, node] += received
    return degree, laplacian


EXERCISE = Exercise(
    id="3.2",
    title="Degree and Laplacian",
    section="3.2 Degree and Laplacian",
    difficulty=1,
    minutes=4,
    matters="It tells how much each node differs from those around it.",
    hints=(
        "What a node receives stands in its row. Which axis has to be summed over?",
        "`axis=1` sums along each row. `np.diag` puts a vector on the diagonal of a matrix.",
        "`degree = adjacency.sum(axis=1)`; the Laplacian is `np.diag(degree) - adjacency`.",
    ),
    solution=degree_and_laplacian,
    # Half of them with edges from a node to itself, which the degree counts too.
    cases=st.fixed_dictionaries({"adjacency": graphs() | graphs(loops=True)}),
    properties=(matches(degree_and_laplacian),),
    mistakes=read_mistakes(degree_and_laplacian),
    also_right=(
        lambda adjacency: [graph.degree(adjacency), graph.laplacian(adjacency)],
        _laplacian_in_loops,
    ),
)
