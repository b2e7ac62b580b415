"""3.6: find who reaches whom in at most so many steps."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stcourse.exercises.ch03.graphs import graphs
from stlearn import graph


def reach_within(adjacency, hops):
    """Find which nodes can feel which after at most so many steps.

    Args:
        adjacency: Array (node, node); every weight above 0 is an edge.
        hops: Number of steps, from 0.

    Returns:
        Array (node, node) of True and False: row i, column j tells whether j reaches i. Every
        node reaches itself.
    """
    links = adjacency > 0
    reach = np.eye(len(adjacency), dtype=bool)
    for _ in range(hops):
        reach = reach | (links @ reach)
    return reach


@st.composite
def _chains(draw):
    """A road of six nodes in any order: only there three hops and four lead to different nodes."""
    order = np.array(draw(st.permutations(range(6))))
    matrix = np.zeros((6, 6))
    matrix[order[1:], order[:-1]] = draw(st.sampled_from([0.5, 1.0, 2.0]))
    return matrix


def _reach_by_powers(adjacency, hops):
    links = (adjacency > 0).astype(int)
    return sum(np.linalg.matrix_power(links, power) for power in range(hops + 1)) > 0


def _reach_by_search(adjacency, hops):
    reach = np.zeros(adjacency.shape, dtype=bool)
    for start in range(len(adjacency)):
        reached = {start}
        for _ in range(hops):
            reached |= {int(i) for j in reached for i in np.flatnonzero(adjacency[:, j])}
        reach[list(reached), start] = True
    return reach


EXERCISE = Exercise(
    id="3.6",
    title="Reach within k hops",
    section="3.6 Edges are not paths",
    difficulty=2,
    minutes=6,
    matters="It says how many layers a network needs until a place can be heard.",
    hints=(
        "After 0 hops each node reaches itself: the identity matrix.",
        "One more hop: whoever reached j before now also reaches every i that j acts on.",
        "Repeat `reach = reach | (links @ reach)`, with `links = adjacency > 0`, once a hop.",
    ),
    solution=reach_within,
    cases=st.fixed_dictionaries(
        {
            "adjacency": graphs() | graphs(most=5) | _chains(),
            "hops": st.sampled_from([3, 1, 2, 0, 4]),
        }
    ),
    properties=(matches(reach_within),),
    mistakes=read_mistakes(reach_within),
    also_right=(
        _reach_by_powers,
        graph.k_hop_reach,
        _reach_by_search,
    ),
)
