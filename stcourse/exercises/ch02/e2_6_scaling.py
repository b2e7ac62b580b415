"""2.6: scale both parts with what the training part tells."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches


def scale_by_training(train, later):
    """Bring both parts to the scale of the training part, each node for itself.

    Args:
        train: Array (time, node) of the training part, NaN where a value is missing.
        later: Array (time, node) of a later part, likewise.

    Returns:
        (train, later): scaled, so that the known training values of each node have mean 0 and
        standard deviation 1. NaN stays NaN.
    """
    mean = np.nanmean(train, axis=0)
    deviation = np.nanstd(train, axis=0)
    return (train - mean) / deviation, (later - mean) / deviation


@st.composite
def _parts_to_scale(draw):
    nodes = draw(st.integers(1, 2))
    # Two known training values that differ, so that no node has a deviation of zero.
    first = draw(arrays(1, nodes, low=20, high=60))
    second = first + draw(arrays(1, nodes, low=1, high=40))
    rest = draw(arrays(draw(st.integers(0, 2)), nodes, low=20, high=100, missing=True))
    later = draw(arrays(draw(st.integers(1, 3)), nodes, low=20, high=100, missing=True))
    return {"train": np.concatenate([first, second, rest]), "later": later}


def _one_node_after_the_other(train, later):
    scaled = np.array(train), np.array(later)
    for node in range(train.shape[1]):
        known = [value for value in train[:, node] if value == value]
        mean = sum(known) / len(known)
        deviation = (sum((value - mean) ** 2 for value in known) / len(known)) ** 0.5
        for part in scaled:
            part[:, node] = (part[:, node] - mean) / deviation
    return scaled


EXERCISE = Exercise(
    id="2.6",
    title="A scale from the training part",
    section="2.6 A scale from the past alone",
    difficulty=2,
    minutes=5,
    matters="A scale that has seen the future is a leak that no table shows.",
    hints=(
        "Which rows may be looked at to find mean and deviation? Use the same two for both.",
        "`np.nanmean` and `np.nanstd` pass over what is missing; `axis=0` runs along the time.",
        "`(train - mean) / deviation` and `(later - mean) / deviation`, both with the mean and "
        "deviation of train.",
    ),
    solution=scale_by_training,
    cases=_parts_to_scale(),
    properties=(matches(scale_by_training),),
    mistakes=read_mistakes(scale_by_training),
    also_right=(
        _one_node_after_the_other,
        lambda train, later: [
            part / np.nanstd(train, axis=0) - np.nanmean(train, axis=0) / np.nanstd(train, axis=0)
            for part in (train, later)
        ],
    ),
)
