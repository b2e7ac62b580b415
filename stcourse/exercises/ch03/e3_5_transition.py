"""3.5: scale the rows of an adjacency so that each sums to one."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stcourse.exercises.ch03.graphs import graphs
from stlearn import graph


def to_transition(adjacency):
    """Scale the rows of an adjacency so that each sums to one.

    Args:
        adjacency: Array (node, node), not negative.

    Returns:
        Array (node, node). A node that nothing acts on keeps its own value: 1 on the diagonal.
    """
    degree = adjacency.sum(axis=1)
    lonely = np.diag((degree == 0).astype(float))
    filled = adjacency + lonely
    return filled / filled.sum(axis=1, keepdims=True)


def _rows_in_a_loop(adjacency):
    rows = []
    for node, row in enumerate(adjacency):
        total = sum(row)
        rows.append(row / total if total else np.arange(len(row)) == node)
    return np.array(rows, dtype=float)


EXERCISE = Exercise(
    id="3.5",
    title="Rows that sum to one",
    section="3.5 One node changes, the others follow",
    difficulty=2,
    minutes=5,
    matters="Sums instead of means let crossings with many roads shout.",
    hints=(
        "Each row is divided by its own sum. What about a row of zeros?",
        "Put a 1 on the diagonal of empty rows first; then no sum is zero.",
        "`sum(axis=1, keepdims=True)` keeps the sums as a column, so that each row is divided "
        "by its own.",
    ),
    solution=to_transition,
    # Some without an empty row: there the division alone decides.
    cases=st.fixed_dictionaries(
        {
            "adjacency": graphs(weights=(0.5, 1.0, 2.0))
            | graphs()
            | graphs(loops=True)
            | graphs().map(lambda matrix: (2 * matrix).astype(int))
        }
    ),
    properties=(matches(to_transition),),
    mistakes=read_mistakes(to_transition),
    also_right=(graph.transition_matrix, _rows_in_a_loop),
)
