"""4.3: convolve over a graph, along its edges and against them."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays
from stcourse.exercises.ch04.networks import explained, graphs
from stlearn.networks import numpy_layers


def graph_conv(inputs, adjacency, weights, bias, steps):
    """Convolve over a graph: a linear map of each node's features and of those diffused to it.

    Args:
        inputs: Array (node, feature).
        adjacency: Array (node, node): row i, column j is the weight of node j's influence on i.
        weights, bias: Arrays (term * feature, filter) and (filter,). The terms: the inputs, then
            1 to `steps` steps along the edges, then as many on the graph turned round.
        steps: Steps in each direction, at least 1.

    Returns:
        Array (node, filter). A step brings 0 to a node that nobody influences.
    """
    terms = [inputs]
    for influence in (adjacency, adjacency.T):
        total = influence.sum(axis=1, keepdims=True)
        transition = influence / np.where(total > 0, total, 1)
        diffused = inputs
        for _ in range(steps):
            diffused = transition @ diffused
            terms.append(diffused)
    return np.concatenate(terms, axis=1) @ weights + bias


@st.composite
def _layers(draw):
    nodes = draw(st.integers(2, 4))
    features, steps, filters = (draw(st.integers(1, 2)) for _ in range(3))
    return {
        "inputs": draw(arrays(nodes, features)),
        "adjacency": draw(graphs(nodes)),
        "weights": draw(arrays((1 + 2 * steps) * features, filters, low=-2, high=2)),
        "bias": draw(arrays(filters, low=-2, high=2)),
        "steps": steps,
    }


def _transition(influence, lonely=0.0):
    """Rows that sum to one; a node that nobody influences has `lonely` on the diagonal."""
    total = influence.sum(axis=1, keepdims=True)
    return influence / np.where(total > 0, total, 1) + lonely * np.diag(total[:, 0] == 0)


def _powers(inputs, adjacency, weights, bias, steps):
    """The same by powers of the matrices, a block of the weights at a time."""
    result = inputs @ weights[: inputs.shape[1]] + bias
    blocks = iter(np.split(weights, 1 + 2 * steps)[1:])
    for matrix in (_transition(adjacency), _transition(adjacency.T)):
        for step in range(1, steps + 1):
            result = result + np.linalg.matrix_power(matrix, step) @ inputs @ next(blocks)
    return result


_MEANING = {
    ("mismatch",): "The rows of the weights are as many as the terms' features together: own "
    "features first, then `steps` terms along the edges and `steps` on the graph turned round, "
    "side by side along the feature axis. Is one missing or too many, or do they stand below each "
    "other?",
}

EXERCISE = Exercise(
    id="4.3",
    title="A graph convolution",
    section="4.3 Convolution over space, on a line and on a graph",
    difficulty=2,
    minutes=8,
    matters="It lets a node hear its road, and nothing else.",
    hints=(
        "Build the list of terms first: the inputs, then each step. Exercise 3.5 made the matrix "
        "of a step; here a row of zeros stays as it is.",
        "One step more is one product more: P times what the last step gave. After `steps` of "
        "them begin again from the inputs, on the graph turned round, with sums of its own rows.",
        "Set all terms side by side with `np.concatenate(terms, axis=1)`, multiply by the "
        "weights, and add the bias.",
    ),
    solution=graph_conv,
    cases=_layers(),
    properties=(explained(graph_conv, _MEANING),),
    mistakes=read_mistakes(graph_conv),
    also_right=(
        _powers,
        lambda inputs, adjacency, weights, bias, steps: numpy_layers.graph_conv(
            inputs, adjacency, weights, bias, steps
        ),
    ),
)
