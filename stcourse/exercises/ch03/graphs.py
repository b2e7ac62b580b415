"""Small graphs, drawn at random, for the exercises of chapter 03."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def graphs(draw, weights=(0.0, 0.0, 0.5, 1.0, 2.0), loops=False, most=4):
    """Draw a graph of 2 to 4 nodes, or to as many as told.

    Args:
        weights: What its weights are drawn from.
        loops: Whether a node may have an edge to itself.
        most: The largest number of nodes.

    Returns:
        Adjacency, array (node, node).
    """
    nodes = draw(st.integers(2, most))
    weights = st.sampled_from(weights)
    rows = draw(st.lists(weights, min_size=nodes**2, max_size=nodes**2))
    matrix = np.reshape(rows, (nodes, nodes))
    if not loops:
        np.fill_diagonal(matrix, 0)
    return matrix
