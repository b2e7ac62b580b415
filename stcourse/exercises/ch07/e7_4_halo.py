"""7.4: find what the network of a region has to read."""

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csgraph

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stcourse.exercises.ch03.graphs import graphs
from stlearn.graph import regions


def with_halo(adjacency, inside, hops):
    """Find the nodes of a region and those around it, up to some hops away.

    Args:
        adjacency: Array (node, node); every weight above 0 is an edge, and counts whichever way it
            points: the network listens both ways.
        inside: Array (node,) of True and False: the region.
        hops: Number of hops, from 0.

    Returns:
        Array (node,) of True and False: the region and its halo.
    """
    links = (adjacency > 0) | (adjacency.T > 0)
    found = inside
    for _ in range(hops):
        found = found | (links @ found)
    return found


@st.composite
def _regions(draw):
    """A road of seven nodes in any order with one of them inside, or a small graph."""
    if draw(st.booleans()):
        order = np.array(draw(st.permutations(range(7))))
        matrix = np.zeros((7, 7))
        forward = draw(st.lists(st.booleans(), min_size=6, max_size=6))
        for start, end, ahead in zip(order, order[1:], forward):
            matrix[(end, start) if ahead else (start, end)] = draw(st.sampled_from([0.5, 1.0, 2.0]))
        inside = np.arange(7) == order[draw(st.integers(0, 6))]
    else:
        matrix = draw(graphs(most=5))
        inside = np.array(draw(st.lists(st.booleans(), min_size=len(matrix), max_size=len(matrix))))
        inside[0] = True
    return {"adjacency": matrix, "inside": inside, "hops": draw(st.sampled_from([2, 1, 3, 0]))}


def _by_search(adjacency, inside, hops):
    found = {int(node) for node in np.flatnonzero(inside)}
    for _ in range(hops):
        near = {int(i) for j in found for i in np.flatnonzero(adjacency[:, j] + adjacency[j])}
        found |= near
    return np.isin(np.arange(len(adjacency)), sorted(found))


EXERCISE = Exercise(
    id="7.4",
    title="A region and its halo",
    section="7.4 A map cut into regions",
    difficulty=2,
    minutes=6,
    matters="Without it every sensor at a border is deaf on one side.",
    hints=(
        "With 0 hops it is the region itself. With one hop more, everybody joins who is linked to "
        "somebody found.",
        "An edge counts both ways: `links = (adjacency > 0) | (adjacency.T > 0)`.",
        "Repeat `found = found | (links @ found)` once a hop.",
    ),
    solution=with_halo,
    cases=_regions(),
    properties=(matches(with_halo),),
    mistakes=read_mistakes(with_halo, csgraph=csgraph),
    also_right=(_by_search, regions.with_halo),
)
