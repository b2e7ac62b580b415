"""3.4: let every node act on its neighbours once."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches


def propagate_once(state, weights):
    """Let every node act on its neighbours once: F(S, A).

    Args:
        state: Array (time, node), each row a state of its own.
        weights: Array (node, node), row i, column j is the weight of j's action on i.

    Returns:
        Array (time, node): at node i the sum over all j of weights[i, j] times the state of j.
    """
    return state @ weights.T


@st.composite
def _state_and_weights(draw):
    nodes = draw(st.integers(2, 3))
    return {
        "state": draw(arrays(draw(st.integers(1, 3)), nodes)),
        "weights": draw(arrays(nodes, nodes, low=-2, high=2)),
    }


def _propagate_in_loops(state, weights):
    result = np.zeros(state.shape)
    for time, i, j in np.ndindex(*state.shape, len(weights)):
        result[time, i] += weights[i, j] * state[time, j]
    return result


EXERCISE = Exercise(
    id="3.4",
    title="F(S, A)",
    section="3.5 One node changes, the others follow",
    difficulty=1,
    minutes=3,
    matters="All that a graph does to a state is in this product.",
    hints=(
        "Write the sum for one time and one node: which row of the weights does it use?",
        "`weights @ s` does it for one state s. Here the states are rows, so the product has "
        "to be turned round.",
        "A row of states times the transposed weights: `state @ weights.T`.",
    ),
    solution=propagate_once,
    cases=_state_and_weights(),
    properties=(matches(propagate_once),),
    mistakes=read_mistakes(propagate_once),
    also_right=(
        lambda state, weights: (weights @ state.T).T,
        lambda state, weights: np.einsum("ij,tj->ti", weights, state),
        _propagate_in_loops,
    ),
)
