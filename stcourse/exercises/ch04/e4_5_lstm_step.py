"""4.5: take one step of an LSTM cell."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches
from stlearn.networks.numpy_layers import lstm_step


@st.composite
def _one_step(draw):
    features, units = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    return {
        "inputs": draw(arrays(features)),
        "state": draw(arrays(units, low=-1, high=1)),
        "cell": draw(arrays(units, low=-2, high=2)),
        "kernel": draw(arrays(features, 4 * units, low=-1, high=1)),
        "recurrent": draw(arrays(units, 4 * units, low=-1, high=1)),
        "bias": draw(arrays(4 * units, low=-1, high=1)),
    }


def _step_gate_by_gate(inputs, state, cell, kernel, recurrent, bias):
    units = len(state)
    gates = []
    for part in range(4):
        here = slice(part * units, (part + 1) * units)
        sums = kernel[:, here].T @ inputs + recurrent[:, here].T @ state + bias[here]
        gates.append(np.tanh(sums) if part == 2 else (1 + np.tanh(sums / 2)) / 2)
    cell = gates[1] * cell + gates[0] * gates[2]
    return gates[3] * np.tanh(cell), cell


EXERCISE = Exercise(
    id="4.5",
    title="One step of an LSTM",
    section="4.5 The LSTM cell",
    difficulty=2,
    minutes=8,
    matters="Half of all published traffic models are built around this cell.",
    hints=(
        "One sum for all four parts: inputs times kernel, state times recurrent, plus bias. "
        "Then split it in four.",
        "Gates go through the sigmoid, the candidate through tanh. The new cell is what the "
        "forget gate keeps of the old one, plus what the input gate lets in of the candidate.",
        "The new state is the output gate times tanh of the new cell. Return state, then cell.",
    ),
    solution=lstm_step,
    cases=_one_step(),
    properties=(matches(lstm_step),),
    mistakes=read_mistakes(lstm_step),
    also_right=(_step_gate_by_gate,),
)
