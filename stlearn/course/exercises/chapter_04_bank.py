"""Wrong answers that learners give to exercises 4.1 to 4.4, and other right ones."""

import numpy as np

from stlearn.course.exercise import Mistake

# 4.1


def _convolved(
    inputs, kernel, dilation, before=lambda reach: reach, pad=np.zeros, stride=1, order=1
):
    """The causal convolution, with one thing to be done wrongly."""
    time, features = inputs.shape
    kernel = kernel[::order]
    reach = (len(kernel) - 1) * dilation
    front, back = before(reach), reach - before(reach)
    padded = np.concatenate([pad((front, features)), inputs, pad((back, features))])
    parts = [padded[k * dilation : k * dilation + time] @ kernel[k] for k in range(len(kernel))]
    return sum(parts)[::stride]


def _padded_by_taps(inputs, kernel, dilation):
    taps = len(kernel)
    padded = np.concatenate([np.zeros((taps - 1, inputs.shape[1])), inputs])
    steps = max(len(padded) - (taps - 1) * dilation, 0)
    parts = [padded[k * dilation : k * dilation + steps] @ kernel[k] for k in range(taps)]
    return sum(parts)


def _first_repeated(inputs, kernel, dilation):
    first = lambda shape: np.repeat(inputs[:1], shape[0], axis=0)  # noqa: E731
    return _convolved(inputs, kernel, dilation, pad=first)


def _causal_in_loops(inputs, kernel, dilation):
    result = np.zeros((len(inputs), kernel.shape[2]))
    for now in range(len(inputs)):
        for back in range(len(kernel)):
            if now - back * dilation >= 0:
                result[now] += inputs[now - back * dilation] @ kernel[-1 - back]
    return result


CAUSAL = (
    Mistake(
        "padding behind",
        lambda inputs, kernel, dilation: _convolved(inputs, kernel, dilation, lambda reach: 0),
        "The zeros stand behind the last step, so an output sees later steps. Nothing is known of "
        "them when a forecast is made.",
    ),
    Mistake(
        "padding on both sides",
        lambda inputs, kernel, dilation: _convolved(
            inputs, kernel, dilation, lambda reach: reach // 2
        ),
        "The zeros are shared out to both sides, as for pictures: half of the kernel then looks "
        "ahead.",
    ),
    Mistake(
        "kernel turned round",
        lambda inputs, kernel, dilation: _convolved(inputs, kernel, dilation, order=-1),
        "The kernel is turned round: its last tap belongs to the present, its first to the oldest "
        "step.",
    ),
    Mistake(
        "dilation ignored",
        lambda inputs, kernel, dilation: _convolved(inputs, kernel, 1),
        "The dilation has no effect: neighbouring taps have to meet steps that are `dilation` "
        "apart.",
    ),
    Mistake(
        "dilation as stride",
        lambda inputs, kernel, dilation: _convolved(inputs, kernel, 1, stride=dilation),
        "The dilation is used as a stride: it spreads the taps, it does not leave out outputs. "
        "There is one output for each step.",
    ),
    Mistake(
        "padding too short",
        _padded_by_taps,
        "Too few zeros for a dilated kernel: it reaches further back than its number of taps.",
    ),
    Mistake(
        "first step repeated",
        _first_repeated,
        "Before the first step you repeat it: zeros are asked for, as Keras has them.",
    ),
)
CAUSAL_ALSO_RIGHT = (_causal_in_loops,)


# 4.2


def _dynamic(
    inputs,
    value_weights,
    kernel_weights,
    kernel_bias,
    bend=np.tanh,
    change=lambda kernel: kernel,
    shape=lambda time, nodes, taps, filters: (time, nodes, taps, filters),
    made_then=False,
    ahead=False,
):
    """The dynamic convolution, with one thing to be done wrongly."""
    time, nodes, _ = inputs.shape
    values = inputs @ value_weights
    filters = values.shape[2]
    kernel = bend(inputs @ kernel_weights + kernel_bias)
    kernel = kernel.reshape(shape(time, nodes, kernel.shape[2] // filters, filters))
    if kernel.shape[3] != filters or shape(1, 2, 3, 4) != (1, 2, 3, 4):
        kernel = np.swapaxes(kernel, 2, 3)
    kernel = change(kernel)
    result = np.zeros_like(values)
    for tap in range(min(kernel.shape[2], time)):
        steps = time - tap
        if ahead:
            result[:steps] += kernel[:steps, :, tap] * values[tap:]
        else:
            weights = kernel[:steps, :, tap] if made_then else kernel[tap:, :, tap]
            result[tap:] += weights * values[:steps]
    return result


def _dynamic_but(**changes):
    return lambda inputs, value_weights, kernel_weights, kernel_bias: _dynamic(
        inputs, value_weights, kernel_weights, kernel_bias, **changes
    )


def _softmax_of_taps(kernel):
    weights = np.exp(kernel)
    return weights / weights.sum(axis=2, keepdims=True)


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


DYNAMIC = (
    Mistake(
        "kernel of the past step",
        _dynamic_but(made_then=True),
        "Each past value is weighed by the kernel of its own time. The kernel belongs to the "
        "output: the present decides how much the past counts now.",
    ),
    Mistake(
        "looks ahead",
        _dynamic_but(ahead=True),
        "The taps meet later steps, not earlier ones: the layer would know the future.",
    ),
    Mistake(
        "one kernel for all times",
        _dynamic_but(change=lambda kernel: np.broadcast_to(kernel[-1:], kernel.shape)),
        "The kernel of the last step is used at all times: then nothing is dynamic.",
    ),
    Mistake(
        "one kernel for all nodes",
        _dynamic_but(
            change=lambda kernel: np.broadcast_to(kernel.mean(axis=1, keepdims=True), kernel.shape)
        ),
        "The nodes share one kernel: each node makes its own from its own features.",
    ),
    Mistake(
        "tanh forgotten",
        _dynamic_but(bend=lambda sums: sums),
        "The kernel is not bent by tanh: its weights may not leave the range from -1 to 1.",
    ),
    Mistake(
        "softmax instead of tanh",
        _dynamic_but(bend=lambda sums: sums, change=_softmax_of_taps),
        "This is a softmax over the taps: its weights can't be negative, so the layer could not "
        "take a difference of two steps. The task says tanh.",
    ),
    Mistake(
        "taps in reverse",
        _dynamic_but(change=lambda kernel: kernel[:, :, ::-1]),
        "The taps are in reverse order: here tap 0 is the present, other than in Keras's Conv1D.",
    ),
    Mistake(
        "taps and filters mixed up",
        _dynamic_but(shape=lambda time, nodes, taps, filters: (time, nodes, filters, taps)),
        "Taps and filters are mixed up in the reshape: the kernel's numbers come as all filters of "
        "tap 0, then all of tap 1.",
    ),
)
DYNAMIC_ALSO_RIGHT = (_dynamic_in_loops,)


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
        heard = [place for place, weight in enumerate(row) if weight > 0]
        if not heard:
            result.append(inputs[node])
            continue
        total = sum(row[place] for place in heard)
        mean = sum(row[place] * inputs[place] for place in heard) / total
        result.append((inputs[node] + mean) / 2)
    return np.array(result)


POOLING = (
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
)
STEP_ALSO_RIGHT = (
    lambda inputs, state, cell, kernel, recurrent, bias: tuple(
        _step_gate_by_gate(inputs, state, cell, kernel, recurrent, bias)
    ),
)
