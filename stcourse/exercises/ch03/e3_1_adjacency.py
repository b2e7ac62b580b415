"""3.1: write a list of edges as a matrix."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stlearn import graph


def adjacency_matrix(edges, nodes, directed=True):
    """Write a list of edges as a matrix.

    Args:
        edges: List of (source, target, weight): the source acts on the target.
        nodes: Names of all nodes, in the order of the result.
        directed: Whether an edge acts one way only; otherwise both ways with the same weight.

    Returns:
        Array (node, node): row i, column j holds the weight with which j acts on i, 0 if no edge.
    """
    place = {node: position for position, node in enumerate(nodes)}
    matrix = np.zeros((len(nodes), len(nodes)))
    for source, target, weight in edges:
        matrix[place[target], place[source]] = weight
        if not directed:
            matrix[place[source], place[target]] = weight
    return matrix


@st.composite
def _edge_list(draw):
    nodes = draw(st.permutations(["a", "b", "c", "d"][: draw(st.integers(2, 4))]))
    pairs = [(one, other) for one in nodes for other in nodes if one <= other]
    edges = []
    for pair in draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=4, unique=True)):
        source, target = draw(st.permutations(pair))
        edges.append((source, target, draw(st.sampled_from([0.5, 1.0, 2.0]))))
    return {"edges": edges, "nodes": list(nodes), "directed": draw(st.booleans())}


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
    return matrix if directed else np.maximum(matrix, matrix.T)


EXERCISE = Exercise(
    id="3.1",
    title="A matrix from a list of edges",
    section="3.1 From a list of edges to a matrix",
    difficulty=1,
    minutes=6,
    matters="Row and column exchanged, and influence runs the wrong way for good.",
    hints=(
        "Start with a matrix of zeros. Each edge fills one entry, or two.",
        "Row is where the influence arrives, the target. Column is where it comes from.",
        "`matrix[place[target], place[source]] = weight`, where `place` maps a name to its "
        "position in `nodes`; and the mirrored entry if the graph is not directed.",
    ),
    solution=adjacency_matrix,
    cases=_edge_list(),
    properties=(matches(adjacency_matrix),),
    mistakes=read_mistakes(adjacency_matrix),
    also_right=(_from_a_frame, _by_comparing),
)
