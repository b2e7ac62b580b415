"""4.2: convolve over time with a kernel that each step makes for itself."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches
from stlearn.networks.numpy_layers import dynamic_conv


@st.composite
def _steps_and_weights(draw):
    time, nodes, features = (draw(st.integers(1, most)) for most in (4, 2, 2))
    taps, filters = draw(st.sampled_from([2, 3, 1, 6])), draw(st.integers(1, 2))
    return {
        "inputs": draw(arrays(time, nodes, features)),
        "value_weights": draw(arrays(features, filters)),
        "kernel_weights": draw(arrays(features, taps * filters, low=-1, high=1)),
        "kernel_bias": draw(arrays(taps * filters, low=-1, high=1)),
    }


def _dynamic_in_loops(inputs, value_weights, kernel_weights, kernel_bias):
    time, nodes, _ = inputs.shape
    filters = value_weights.shape[1]
    result = np.zeros((time, nodes, filters))
    for now in range(time):
        for node in range(nodes):
            kernel = np.tanh(inputs[now, node] @ kernel_weights + kernel_bias).reshape(-1, filters)
            for tap in range(len(kernel)):
                if tap <= now:
                    result[now, node] += kernel[tap] * (inputs[now - tap, node] @ value_weights)
    return result


EXERCISE = Exercise(
    id="4.2",
    title="A dynamic convolution",
    section="4.2 Dynamic convolution",
    difficulty=3,
    minutes=10,
    matters="It is what the article calls dynamic: a kernel that changes with the traffic.",
    hints=(
        "Two things come from the inputs: the values (a linear map) and the kernel (the tanh "
        "of another one). Give the kernel the axes (time, node, tap, filter).",
        "The result at time t is the sum over the taps of the kernel made at t, times the "
        "value `tap` steps before t. The first `tap` steps have no such value.",
        "For each tap: `result[tap:] += kernel[tap:, :, tap] * values[: time - tap]`, as long "
        "as the tap is smaller than the number of steps.",
    ),
    solution=dynamic_conv,
    cases=_steps_and_weights(),
    properties=(matches(dynamic_conv),),
    mistakes=read_mistakes(dynamic_conv),
    also_right=(_dynamic_in_loops,),
)
