"""Wrong answers that learners give to exercise 4.4, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


def _sigmoid(sums):
    return 1 / (1 + np.exp(-sums))


def _stepped(
    inputs,
    state,
    cell,
    kernel,
    recurrent,
    bias,
    order=(0, 1, 2, 3),
    bend=np.tanh,
    gate=_sigmoid,
    out=np.tanh,
    keep=lambda forget: forget,
    heard=1,
    late=False,
    swapped=False,
):
    """A step of an LSTM, with one thing to be done wrongly."""
    parts = np.split(inputs @ kernel + heard * (state @ recurrent) + bias, 4)
    enter, forget, candidate, leave = (parts[place] for place in order)
    after = keep(gate(forget)) * cell + gate(enter) * bend(candidate)
    said = gate(leave) * out(cell if late else after)
    return (after, said) if swapped else (said, after)


def _step_but(**changes):
    return lambda inputs, state, cell, kernel, recurrent, bias: _stepped(
        inputs, state, cell, kernel, recurrent, bias, **changes
    )


def _step_gate_by_gate(inputs, state, cell, kernel, recurrent, bias):
    units = len(state)
    gates = []
    for part in range(4):
        here = slice(part * units, (part + 1) * units)
        sums = kernel[:, here].T @ inputs + recurrent[:, here].T @ state + bias[here]
        gates.append(np.tanh(sums) if part == 2 else (1 + np.tanh(sums / 2)) / 2)
    cell = gates[1] * cell + gates[0] * gates[2]
    return [gates[3] * np.tanh(cell), cell]


def _coupled(inputs, state, cell, kernel, recurrent, bias):
    sums = np.split(inputs @ kernel + state @ recurrent + bias, 4)
    forget = _sigmoid(sums[1])
    cell = forget * cell + (1 - forget) * np.tanh(sums[2])
    return _sigmoid(sums[3]) * np.tanh(cell), cell


def _what_is_left_stays(inputs, state, cell, kernel, recurrent, bias):
    sums = np.split(inputs @ kernel + state @ recurrent + bias, 4)
    enter = _sigmoid(sums[0])
    cell = (1 - enter) * cell + enter * np.tanh(sums[2])
    return _sigmoid(sums[3]) * np.tanh(cell), cell


def _state_for_memory(inputs, state, cell, kernel, recurrent, bias):
    sums = np.split(inputs @ kernel + state @ recurrent + bias, 4)
    memory = _sigmoid(sums[1]) * state + _sigmoid(sums[0]) * np.tanh(sums[2])
    return _sigmoid(sums[3]) * np.tanh(memory), memory


def _interleaved(array):
    return np.swapaxes(array.reshape(*array.shape[:-1], -1, 4), -1, -2).reshape(array.shape)


STEP = (
    Mistake(
        "input and forget gate swapped",
        _step_but(order=(1, 0, 2, 3)),
        "Input and forget gate have changed places: the input gate is the first quarter, the "
        "forget gate the second.",
    ),
    Mistake(
        "candidate and output gate swapped",
        _step_but(order=(0, 1, 3, 2)),
        "Candidate and output gate have changed places: the candidate is the third quarter, the "
        "output gate the last.",
    ),
    Mistake(
        "sigmoid for the candidate",
        _step_but(bend=_sigmoid),
        "The candidate goes through the sigmoid: it could then never lower the memory. It takes "
        "tanh.",
    ),
    Mistake(
        "tanh for the gates",
        _step_but(gate=np.tanh),
        "The gates go through tanh: a gate says how much passes, from 0 to 1, which is the "
        "sigmoid.",
    ),
    Mistake(
        "forget gate forgotten",
        _step_but(keep=lambda forget: 1),
        "The old memory is kept in full: the forget gate has no effect.",
    ),
    Mistake(
        "memory replaced",
        _step_but(keep=lambda forget: 0),
        "The old memory is gone: the new cell is only the candidate.",
    ),
    Mistake(
        "output without tanh",
        _step_but(out=lambda cell: cell),
        "The output is taken from the cell as it is: it goes through tanh before the output gate.",
    ),
    Mistake(
        "output from the old cell",
        _step_but(late=True),
        "The output comes from the memory before this step: update the cell first.",
    ),
    Mistake(
        "last state not heard",
        _step_but(heard=0),
        "The last state does not enter the sums: state times recurrent is missing.",
    ),
    Mistake(
        "results swapped",
        _step_but(swapped=True),
        "The two results are in the wrong order: state first, then cell.",
    ),
    Mistake(
        "bias forgotten",
        lambda inputs, state, cell, kernel, recurrent, bias: _stepped(
            inputs, state, cell, kernel, recurrent, 0 * bias
        ),
        "The bias is not in the sums.",
    ),
    Mistake(
        "inputs forgotten",
        lambda inputs, state, cell, kernel, recurrent, bias: _stepped(
            0 * inputs, state, cell, kernel, recurrent, bias
        ),
        "The inputs do not enter the sums: inputs times kernel is missing.",
    ),
    Mistake(
        "cell for state in the sums",
        lambda inputs, state, cell, kernel, recurrent, bias: _stepped(
            inputs, cell, cell, kernel, recurrent, bias
        ),
        "The cell goes into the sums in place of the state. The gates hear what was said, the "
        "state.",
    ),
    Mistake(
        "old state returned",
        lambda inputs, state, cell, kernel, recurrent, bias: (
            state,
            _stepped(inputs, state, cell, kernel, recurrent, bias)[1],
        ),
        "The cell is right, but the state returned is the old one.",
    ),
    Mistake(
        "output gate forgotten",
        lambda inputs, state, cell, kernel, recurrent, bias: (
            np.tanh(_stepped(inputs, state, cell, kernel, recurrent, bias)[1]),
            _stepped(inputs, state, cell, kernel, recurrent, bias)[1],
        ),
        "The output gate is missing: the state is tanh of the cell, times that gate.",
    ),
    Mistake(
        "forget as the rest",
        _coupled,
        "What enters is 1 minus what stays. That is another cell (a coupled gate); here the "
        "input gate has weights of its own.",
    ),
    Mistake(
        "stays what does not enter",
        _what_is_left_stays,
        "What stays is 1 minus what enters. The forget gate has weights of its own: "
        "which quarter of the sums is not used?",
    ),
    Mistake(
        "forget gate turned round",
        _step_but(keep=lambda forget: 1 - forget),
        "The old memory is multiplied by 1 minus the forget gate. In spite of its name the gate "
        "says how much stays.",
    ),
    Mistake(
        "state and cell swapped",
        lambda inputs, state, cell, kernel, recurrent, bias: _stepped(
            inputs, cell, state, kernel, recurrent, bias
        ),
        "State and cell have changed places on their way in: look up in the table which of the two "
        "is multiplied by U, and which by the forget gate.",
    ),
    Mistake(
        "state for the memory",
        _state_for_memory,
        "The forget gate is applied to the state. What it guards is the memory of the last step.",
    ),
    Mistake(
        "gates interleaved",
        lambda inputs, state, cell, kernel, recurrent, bias: _stepped(
            inputs, state, cell, *(_interleaved(array) for array in (kernel, recurrent, bias))
        ),
        "The quarters are read interleaved, every fourth column. Each gate has a quarter of its "
        "own, side by side.",
    ),
)
STEP_ALSO_RIGHT = (
    lambda inputs, state, cell, kernel, recurrent, bias: tuple(
        _step_gate_by_gate(inputs, state, cell, kernel, recurrent, bias)
    ),
)
