"""7.2: let each edge carry its weight, with a list of edges and no matrix."""

import numpy as np
import scipy.sparse
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, matches
from stcourse.exercises.ch05.results import apart

MANY = 300_000  # nodes: a full matrix of them has 720 GB


def along_edges(state, sources, targets, weights):
    """Let every node act on its neighbours once, edge by edge.

    Args:
        state: Array (node,).
        sources, targets: Arrays (edge,) of places of nodes; an edge leads from its source to its
            target. A node may be the target of many edges, or of none.
        weights: Array (edge,).

    Returns:
        Array (node,): at each node the sum of weight times the source's state over all edges that
        lead to it, 0 where none does.
    """
    result = np.zeros(len(state))
    np.add.at(result, targets, weights * state[sources])
    return result


@st.composite
def _edge_lists(draw):
    """Some node is the target of two edges; the last one of none, or it has no edge at all."""
    nodes, edges = draw(st.integers(4, 6)), draw(st.integers(3, 6))
    last = draw(st.sampled_from([nodes - 2, nodes - 1]))
    place = st.integers(0, last)
    sources = np.array(draw(st.lists(place, min_size=edges, max_size=edges)))
    targets = np.array(draw(st.lists(st.integers(0, nodes - 2), min_size=edges, max_size=edges)))
    targets[1] = targets[0]
    sources[0], sources[1] = 0, last
    state = draw(arrays(nodes))
    state[[0, last]] = draw(st.permutations([1.0, 3.0]))
    if draw(st.booleans()):
        state = state.astype(int)
    weights = draw(arrays(edges, low=1, high=3))
    weights[0] = 1.25
    return {"state": state, "sources": sources, "targets": targets, "weights": weights}


def _no_cell_for_a_pair(answer, case):
    """Many nodes and a few edges: a matrix of them fits into no memory."""
    many = np.zeros(MANY)
    many[-3:] = [1.0, 2.0, 3.0]
    ends = np.array([MANY - 1, MANY - 2, MANY - 3])
    few = {"state": many, "sources": ends, "targets": np.roll(ends, 1), "weights": np.ones(3)}
    try:
        came = call(answer, few)
    except NotRight:
        came = None
    if came is None or apart(came, along_edges(**few)):
        raise NotRight(
            f"Your answer is right for a few nodes. With {MANY:,} nodes and three edges it fails: "
            "does it make a cell for every pair? Go through the edges alone."
        )


def _in_a_loop(state, sources, targets, weights):
    result = np.zeros(len(state))
    for source, target, weight in zip(sources, targets, weights):
        result[target] += weight * state[source]
    return result


EXERCISE = Exercise(
    id="7.2",
    title="Edge by edge",
    section="7.2 A list instead of a matrix",
    difficulty=2,
    minutes=6,
    matters="It is the product WS at the price of the edges; every large graph network does it.",
    hints=(
        "What does each edge carry? `state[sources]` has the state at the start of every edge.",
        "Each target adds up what arrives. `result[targets] += carried` keeps only one of several "
        "edges to the same node.",
        "`np.add.at(result, targets, carried)` adds them all, into zeros of the length of `state`.",
    ),
    solution=along_edges,
    cases=_edge_lists(),
    properties=(matches(along_edges), _no_cell_for_a_pair),
    mistakes=read_mistakes(along_edges),
    also_right=(
        _in_a_loop,
        lambda state, sources, targets, weights: np.bincount(
            targets, weights * state[sources], minlength=len(state)
        ),
        lambda state, sources, targets, weights: (
            scipy.sparse.coo_array((weights, (targets, sources)), (len(state), len(state))) @ state
        ),
    ),
)
