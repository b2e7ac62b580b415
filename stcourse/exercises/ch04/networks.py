"""Small graphs and weights of small networks, drawn at random, and their errors explained."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import NotRight
from stcourse.engine.properties import arrays, call, compare


@st.composite
def graphs(draw, nodes):
    """Draw the adjacency of a graph, array (node, node), in which half of the edges are missing."""
    weights = draw(arrays(nodes, nodes, low=-2, high=2))
    return np.maximum(weights, 0) * (1 - np.eye(nodes))


@st.composite
def network_weights(draw, *shapes):
    """Draw the weights of a network, by a seed: drawn one by one, most would be zero."""
    random = np.random.default_rng(draw(st.integers(0, 99)))
    return [random.normal(size=shape).round(2) for shape in shapes]


def explained(reference, explanations):
    """Property: as `matches`; an error that is told with all words of a key is explained."""

    def agrees(answer, case):
        try:
            came = call(answer, case)
        except NotRight as fault:
            for words, sentence in explanations.items():
                if all(word in str(fault) for word in words):
                    raise NotRight(f"{fault} {sentence}", reason=fault.reason) from None
            raise
        compare(came, reference(**case))

    return agrees
