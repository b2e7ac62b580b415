"""3.3: turn distances into weights by the Gaussian kernel."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stlearn import graph


def weights_by_distance(distances, sigma, threshold):
    """Turn distances into weights by the Gaussian kernel.

    Args:
        distances: Array (node, node), not negative, infinite where no way leads.
        sigma: Distance at which the weight has fallen to 1/e, about 0.37.
        threshold: Weights below it become 0.

    Returns:
        Array (node, node) of weights from 0 to 1.
    """
    weights = np.exp(-((distances / sigma) ** 2))
    return np.where(weights < threshold, 0.0, weights)


@st.composite
def _distances(draw):
    nodes = draw(st.integers(2, 3))
    apart = st.one_of(st.integers(1, 16).map(lambda count: count / 4), st.just(np.inf))
    rows = draw(st.lists(apart, min_size=nodes**2, max_size=nodes**2))
    matrix = np.reshape(rows, (nodes, nodes)).astype(float)
    np.fill_diagonal(matrix, 0)
    return {
        "distances": matrix,
        "sigma": draw(st.sampled_from([2.0, 0.5, 3.0])),
        # A weight that equals 1 to the last bit is one at distance 0: at 1 it stays.
        "threshold": draw(st.sampled_from([0.1, 0.05, 0.3, 1.0])),
    }


def _kernel_in_loops(distances, sigma, threshold):
    weights = np.zeros(distances.shape)
    for place in np.ndindex(distances.shape):
        weight = float(np.exp(-(distances[place] ** 2) / sigma**2))
        weights[place] = weight if weight >= threshold else 0
    return weights


EXERCISE = Exercise(
    id="3.3",
    title="Weights from distances",
    section="3.4 Weights from distances, and from data",
    difficulty=1,
    minutes=5,
    matters="Nearly every published road graph is made so.",
    hints=(
        "Two lines: the kernel for all entries at once, then the threshold.",
        "Divide by sigma first, then square, then put a minus before it, then `np.exp`.",
        "`np.exp(-((distances / sigma) ** 2))`, and 0 where that is below the threshold.",
    ),
    solution=weights_by_distance,
    cases=_distances(),
    properties=(matches(weights_by_distance),),
    mistakes=read_mistakes(weights_by_distance),
    also_right=(graph.gaussian_kernel, _kernel_in_loops),
)
