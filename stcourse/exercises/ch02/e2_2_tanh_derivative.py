"""2.2: compute the slope of tanh."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, compare
from stlearn.networks.numpy_network import tanh_derivative


def _of_an_array(answer, case):
    try:
        came = call(answer, case)
    except NotRight as fault:
        if "scalar" in str(fault) or "0-dimensional" in str(fault):
            raise NotRight(
                "z is an array, and something in your answer takes single numbers only, as "
                "`math.tanh` does. `np.tanh` works on every entry.",
                reason=fault.reason,
            ) from None
        raise
    compare(came, tanh_derivative(**case))


EXERCISE = Exercise(
    id="2.2",
    title="The slope of tanh",
    section="2.2 Activations",
    difficulty=1,
    minutes=3,
    matters="Where the slope is flat, a unit does not learn.",
    hints=(
        "The right panel of the figure shows it: 1 at zero, and it falls on both sides.",
        "The derivative can be written with tanh(z) itself, and a square.",
        "One minus the square of `np.tanh(z)`.",
    ),
    solution=tanh_derivative,
    cases=st.fixed_dictionaries(
        {"z": arrays(st.integers(1, 4)) | arrays(st.integers(1, 3), st.integers(1, 3))}
    ),
    properties=(_of_an_array,),
    mistakes=read_mistakes(tanh_derivative),
    also_right=(
        lambda z: 1 / np.cosh(z) ** 2,
        lambda z: (np.tanh(z + 1e-5) - np.tanh(z - 1e-5)) / 2e-5,
    ),
)
