"""Exercise 6.12: which sensor disagrees with its neighbours."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches
from stcourse.exercises.ch06.failures import by_message


def disagreement(values, adjacency):
    """Score each sensor by how far it is from what its neighbours say.

    Args:
        values: Array (time, node).
        adjacency: Array (node, node): row i is above zero where node j is a neighbour of node i.

    Returns:
        Array (node,): mean over time of the distance, without its sign, between the value of a
        node and the median of its neighbours; NaN for a node that has none.
    """
    scores = np.full(values.shape[1], np.nan)
    for node, row in enumerate(adjacency):
        around = values[:, row > 0]
        if around.shape[1]:
            expected = np.median(around, axis=1)
            scores[node] = np.abs(values[:, node] - expected).mean()
    return scores


@st.composite
def _field(draw):
    time, nodes = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    edges = (random.random((nodes, nodes)) < 0.6) * random.choice([0.5, 1.0, 2.0], (nodes, nodes))
    np.fill_diagonal(edges, 0)
    edges[random.integers(nodes)] *= draw(st.integers(0, 1))  # one node may have no neighbours
    return {"values": draw(arrays(time, nodes, low=-9, high=9)), "adjacency": edges}


def _step_by_step(values, adjacency):
    scores = []
    for node in range(values.shape[1]):
        near = [other for other in range(values.shape[1]) if adjacency[node, other] > 0]
        apart = [abs(row[node] - np.median(row[near])) for row in values] if near else [np.nan]
        scores.append(sum(apart) / len(apart))
    return np.array(scores)


def _none_is_lonely(adjacency):
    """Whether every sensor has neighbours.

    Many mistakes show only then: how they would score the lonely depends on how they are written,
    and is a mistake of its own.
    """
    return (adjacency > 0).any(axis=1).all()


EXERCISE = Exercise(
    id="6.12",
    title="Which sensor is broken?",
    section="6.12 Faults: which sensor is broken?",
    difficulty=2,
    minutes=8,
    matters="A broken sensor that is not found spoils every forecast after it.",
    part="e",
    hints=(
        "One sensor after the other: who are its neighbours, what do they say at each step, "
        "and how far off is it?",
        "`values[:, adjacency[node] > 0]` are the neighbours' values. The median over them is "
        "`np.median(..., axis=1)`, one number a step.",
        "`np.abs(values[:, node] - expected).mean()` is the score. Begin with "
        "`np.full(nodes, np.nan)` and skip a node without neighbours.",
    ),
    solution=disagreement,
    cases=_field(),
    properties=(by_message(matches(disagreement)),),
    mistakes=read_mistakes(disagreement),
    also_right=(_step_by_step,),
)
