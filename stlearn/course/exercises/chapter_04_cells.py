"""Wrong answers that learners give to exercises 4.3 and 4.4, and other right ones."""

import numpy as np

from stlearn.course.exercise import Mistake

# 4.3


def _mean_by(weights):
    def pooled(inputs, adjacency):
        matrix = weights(adjacency)
        total = matrix.sum(axis=1, keepdims=True)
        return matrix @ inputs / np.where(total > 0, total, 1)

    return pooled


def _with_self(adjacency):
    total = adjacency.sum(axis=1)
    return adjacency + np.diag(np.where(total > 0, total, 1))


def _lonely_halved(inputs, adjacency):
    total = adjacency.sum(axis=1, keepdims=True)
    return (inputs + adjacency @ inputs / np.where(total > 0, total, 1)) / 2


def _over_columns(inputs, adjacency):
    weights = _with_self(adjacency)
    return weights / weights.sum(axis=0) @ inputs


def _halves(inputs, adjacency):
    total = adjacency.sum(axis=1, keepdims=True)
    mean = adjacency @ inputs / np.where(total > 0, total, 1)
    return np.where(total > 0, (inputs + mean) / 2, inputs)


def _pooled_in_loops(inputs, adjacency):
    result = []
    for node, row in enumerate(adjacency):
        own = inputs[..., node, :]
        heard = [place for place, weight in enumerate(row) if weight > 0]
        if heard:
            total = sum(row[place] for place in heard)
            own = (own + sum(row[place] * inputs[..., place, :] for place in heard) / total) / 2
        result.append(own)
    return np.stack(result, axis=-2)


def _node_first(inputs, adjacency):
    """Right for (node, feature) alone."""
    weights = _with_self(adjacency)
    return np.stack(
        [sum(w * x for w, x in zip(row, inputs, strict=True)) / sum(row) for row in weights]
    )


POOLING = (
    Mistake(
        "node taken for the first axis",
        _node_first,
        "The first axis is taken for the node. It is the last but one, as there may be further "
        "axes in front, a time for instance: `@` keeps to that, or `inputs[..., node, :]`.",
    ),
    Mistake(
        "sums not as a column",
        lambda inputs, adjacency: (
            _with_self(adjacency) @ inputs / _with_self(adjacency).sum(axis=1)
        ),
        "The sums of the rows lie along the features. There is one for each node, so they have to "
        "stand as a column: `keepdims=True`, or `[:, None]`.",
    ),
    Mistake(
        "sums of the neighbours not as a column",
        lambda inputs, adjacency: (inputs + adjacency @ inputs / adjacency.sum(axis=1)) / 2,
        "The sums of the neighbours' weights lie along the features. They have to stand as a "
        "column, `[:, None]`; and where a sum is 0 the node keeps its own value.",
    ),
    Mistake(
        "half of each, neighbours added up",
        lambda inputs, adjacency: (inputs + adjacency @ inputs) / 2,
        "Half of the node and half of the sum of its neighbours: divide that sum by the sum of "
        "their weights. And a node without neighbours keeps its whole value.",
    ),
    Mistake(
        "without itself",
        _mean_by(lambda adjacency: adjacency),
        "The node itself is not in its mean: half of the weight is its own.",
    ),
    Mistake(
        "adjacency turned round",
        _mean_by(lambda adjacency: _with_self(adjacency.T)),
        "The adjacency is turned round: row i lists who influences node i, and those are pooled.",
    ),
    Mistake(
        "sum instead of mean",
        lambda inputs, adjacency: _with_self(adjacency) @ inputs,
        "This is a sum: divide by the sum of the weights, or nodes with many neighbours get large "
        "numbers.",
    ),
    Mistake(
        "mean over all nodes",
        lambda inputs, adjacency: np.broadcast_to(inputs.mean(axis=0), inputs.shape).copy(),
        "This is the mean over all nodes: pooling is local, only neighbours count.",
    ),
    Mistake(
        "weight one on itself",
        _mean_by(lambda adjacency: adjacency + np.eye(len(adjacency))),
        "The node's own weight is 1: it should be as large as the weights of its neighbours "
        "together.",
    ),
    Mistake(
        "weights ignored",
        _mean_by(lambda adjacency: _with_self((adjacency > 0).astype(float))),
        "All neighbours count the same: the adjacency says how much each one counts.",
    ),
    Mistake(
        "normalised over the columns",
        _over_columns,
        "The weights are divided by the sums of the columns: it is each row that has to sum to 1.",
    ),
    Mistake(
        "lonely node halved",
        _lonely_halved,
        "A node without neighbours is averaged with nothing and loses half of its value: it should "
        "keep it.",
    ),
    Mistake(
        "lonely node is NaN",
        lambda inputs, adjacency: (
            (inputs + adjacency @ inputs / adjacency.sum(axis=1, keepdims=True)) / 2
        ),
        "A node without neighbours is divided by zero and becomes NaN. It keeps its own value.",
    ),
    Mistake(
        "lonely node becomes zero",
        lambda inputs, adjacency: (
            _halves(inputs, adjacency) * (adjacency.sum(axis=1, keepdims=True) > 0)
        ),
        "A node without neighbours has become 0. It keeps its own value.",
    ),
    Mistake(
        "half forgotten",
        lambda inputs, adjacency: (
            np.where(adjacency.sum(axis=1, keepdims=True) > 0, 2, 1) * _halves(inputs, adjacency)
        ),
        "Own value and mean of the neighbours are added. A mean takes half of each.",
    ),
    Mistake(
        "sum instead of the neighbours' mean",
        lambda inputs, adjacency: np.where(
            adjacency.sum(axis=1, keepdims=True) > 0, (inputs + adjacency @ inputs) / 2, inputs
        ),
        "The neighbours are added up, not averaged: divide by the sum of their weights.",
    ),
    Mistake(
        "divided by the number of neighbours",
        lambda inputs, adjacency: (
            (inputs + adjacency @ inputs) / (1 + (adjacency > 0).sum(axis=1, keepdims=True))
        ),
        "The sum is divided by how many there are. The node counts as much as all its "
        "neighbours together, and those by their weights.",
    ),
    Mistake(
        "both directions",
        lambda inputs, adjacency: _halves(inputs, np.maximum(adjacency, adjacency.T)),
        "Neighbours in both directions are pooled. Only those that influence a node count: its "
        "row.",
    ),
    Mistake(
        "pooled twice",
        lambda inputs, adjacency: _halves(_halves(inputs, adjacency), adjacency),
        "This is pooled twice: neighbours of neighbours are in it.",
    ),
    Mistake(
        "a third",
        lambda inputs, adjacency: np.where(
            adjacency.sum(axis=1, keepdims=True) > 0,
            (4 * _halves(inputs, adjacency) - inputs) / 3,
            inputs,
        ),
        "The neighbours count twice as much as the node. Its own half and theirs are equal.",
    ),
)
POOLING_ALSO_RIGHT = (_halves, _pooled_in_loops)


# 4.4


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
        lambda inputs, state, cell, kernel, recurrent, bias: _coupled(
            inputs, state, cell, kernel, recurrent, bias
        ),
        "What enters is 1 minus what stays. That is another cell (a coupled gate); here the "
        "input gate has weights of its own.",
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
