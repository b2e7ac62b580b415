"""4.1: convolve over time without a look ahead."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches
from stlearn.networks.numpy_layers import causal_conv


@st.composite
def _sequence(draw):
    time, features, filters, taps = (draw(st.integers(1, most)) for most in (5, 2, 2, 3))
    return {
        "inputs": draw(arrays(time, features)),
        "kernel": draw(arrays(taps, features, filters)),
        "dilation": draw(st.integers(1, 3)),
    }


def _causal_in_loops(inputs, kernel, dilation):
    result = np.zeros((len(inputs), kernel.shape[2]))
    for now in range(len(inputs)):
        for back in range(len(kernel)):
            if now - back * dilation >= 0:
                result[now] += inputs[now - back * dilation] @ kernel[-1 - back]
    return result


EXERCISE = Exercise(
    id="4.1",
    title="A causal convolution",
    section="4.1 Convolution over time",
    difficulty=2,
    minutes=8,
    matters="A kernel that looks ahead is the most common leak inside a network.",
    hints=(
        "Put zeros before the first step, so many that the oldest tap has something to meet.",
        "The kernel reaches `(taps - 1) * dilation` steps back: that is the number of zeros. "
        "Then tap k meets the padded rows from `k * dilation` on, as many as there are steps.",
        "Loop over the taps and add `padded[k * dilation : k * dilation + time] @ kernel[k]`.",
    ),
    solution=causal_conv,
    cases=_sequence(),
    properties=(matches(causal_conv),),
    mistakes=read_mistakes(causal_conv),
    also_right=(_causal_in_loops,),
)
