"""2.1: compute what a dense layer returns."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches
from stlearn.networks.numpy_network import dense_forward


@st.composite
def _layer(draw):
    samples, inputs, units = (draw(st.integers(1, 3)) for _ in range(3))
    return {
        "inputs": draw(arrays(samples, inputs)),
        "weights": draw(arrays(inputs, units)),
        "bias": draw(arrays(units)),
    }


def _in_loops(inputs, weights, bias):
    outputs = [[b] * len(inputs) for b in bias]
    for unit, column in enumerate(weights.T):
        for sample, row in enumerate(inputs):
            outputs[unit][sample] += sum(x * w for x, w in zip(row, column))
    return np.array(outputs).T


EXERCISE = Exercise(
    id="2.1",
    title="A dense layer",
    section="2.1 One neuron, one layer",
    difficulty=1,
    minutes=3,
    matters="All networks of the course are made of this layer.",
    hints=(
        "Write the sum for one sample and one unit first. Which axis do you sum over?",
        "A matrix product sums over the inputs: (sample, input) times (input, unit) gives "
        "(sample, unit). The bias is added to every row.",
        "`inputs @ weights`, then `+ bias`.",
    ),
    solution=dense_forward,
    cases=_layer(),
    properties=(matches(dense_forward),),
    mistakes=read_mistakes(dense_forward),
    also_right=(
        lambda inputs, weights, bias: np.einsum("si,iu->su", inputs, weights) + bias,
        _in_loops,
    ),
)
