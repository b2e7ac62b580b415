"""Wrong answers that learners give to exercise 4.2, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


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


def _sigmoid(sums):
    return 1 / (1 + np.exp(-sums))


def _softmax(kernel, axis):
    weights = np.exp(kernel)
    return weights / weights.sum(axis=axis, keepdims=True)


def _shared(kernel, place):
    """The kernel of one node for all of them."""
    return np.broadcast_to(kernel[:, place, None], kernel.shape)


def _first_outputs_zero(inputs, value_weights, kernel_weights, kernel_bias):
    result = _dynamic(inputs, value_weights, kernel_weights, kernel_bias)
    result[: len(kernel_bias) // value_weights.shape[1] - 1] = 0
    return result


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


def _dynamic_rolled(inputs, value_weights, kernel_weights, kernel_bias):
    time, nodes, _ = inputs.shape
    values = inputs @ value_weights
    kernel = np.tanh(inputs @ kernel_weights + kernel_bias)
    kernel = kernel.reshape(time, nodes, -1, values.shape[2])
    result = np.zeros_like(values)
    for tap in range(kernel.shape[2]):
        result += kernel[:, :, tap] * np.roll(values, tap, axis=0)
    return result


DYNAMIC = (
    Mistake(
        "rolled round",
        _dynamic_rolled,
        "Before the first step the last values come in again: `np.roll`, like a negative index, "
        "wraps round, so the start is shown the future. There should be zeros.",
    ),
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
        "kernel of the first node",
        _dynamic_but(change=lambda kernel: _shared(kernel, 0)),
        "All nodes use the kernel that node 0 makes. Keep the node axis of the kernel, so that "
        "each node is weighed by its own.",
    ),
    Mistake(
        "kernel of the last node",
        _dynamic_but(change=lambda kernel: _shared(kernel, -1)),
        "All nodes use the kernel that the last node makes: is it made anew for each node of a "
        "loop, and kept apart from the others?",
    ),
    Mistake(
        "kernel from the mean of the nodes",
        _dynamic_but(
            bend=lambda sums: np.tanh(sums.mean(axis=1, keepdims=True)) + np.zeros_like(sums)
        ),
        "The kernel is made from the mean over the nodes, so it is the same for all of them. No "
        "node hears of another in this layer.",
    ),
    Mistake(
        "kernel of the first step",
        _dynamic_but(change=lambda kernel: np.broadcast_to(kernel[:1], kernel.shape)),
        "The kernel of the first step is used at all times. Each output has a kernel of its own "
        "time.",
    ),
    Mistake(
        "mean kernel over time",
        _dynamic_but(
            change=lambda kernel: np.broadcast_to(kernel.mean(axis=0, keepdims=True), kernel.shape)
        ),
        "The kernel is the mean over all times, later ones among them: an output would see what is "
        "not known yet.",
    ),
    Mistake(
        "first outputs zero",
        _first_outputs_zero,
        "The first outputs are 0. Where the kernel reaches back before the first step only those "
        "taps fall away: the others count as always.",
    ),
    Mistake(
        "sigmoid instead of tanh",
        _dynamic_but(bend=_sigmoid),
        "The kernel is bent by the sigmoid, from 0 to 1: no weight could be negative. Look at the "
        "range in the task.",
    ),
    Mistake(
        "softmax over the filters",
        _dynamic_but(bend=lambda sums: sums, change=lambda kernel: _softmax(kernel, axis=3)),
        "This is a softmax over the filters: the weights of a tap are made to sum to 1. Each "
        "number of the kernel is bent by itself.",
    ),
    Mistake(
        "softmax over taps and filters",
        _dynamic_but(bend=lambda sums: _softmax(sums, axis=2)),
        "This is a softmax over all numbers of a kernel, taps and filters in one. The formula "
        "bends each of them alone, and lets it be negative.",
    ),
    Mistake(
        "softmax of the tanh",
        _dynamic_but(change=lambda kernel: _softmax(kernel, axis=2)),
        "A softmax over the taps follows the tanh. The weights need not sum to 1: they are used "
        "as the tanh gives them.",
    ),
    Mistake(
        "relu instead of tanh",
        _dynamic_but(bend=lambda sums: np.maximum(sums, 0)),
        "ReLU stands in place of the tanh: weights below zero are lost, and large ones are not "
        "held back.",
    ),
    Mistake(
        "tanh forgotten",
        _dynamic_but(bend=lambda sums: sums),
        "The kernel is not bent by tanh: its weights may not leave the range from -1 to 1.",
    ),
    Mistake(
        "softmax instead of tanh",
        _dynamic_but(bend=lambda sums: sums, change=lambda kernel: _softmax(kernel, axis=2)),
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
    Mistake(
        "bias forgotten",
        lambda inputs, value_weights, kernel_weights, kernel_bias: _dynamic(
            inputs, value_weights, kernel_weights, 0 * kernel_bias
        ),
        "The bias of the kernel is not in it: with inputs of zero the kernel is tanh of the bias.",
    ),
    Mistake(
        "kernel from the bias alone",
        lambda inputs, value_weights, kernel_weights, kernel_bias: _dynamic(
            inputs, value_weights, 0 * kernel_weights, kernel_bias
        ),
        "The kernel does not depend on the inputs: then it is the same at all times, and "
        "nothing is dynamic.",
    ),
    Mistake(
        "mean over the taps",
        lambda inputs, value_weights, kernel_weights, kernel_bias: (
            _dynamic(inputs, value_weights, kernel_weights, kernel_bias)
            * value_weights.shape[1]
            / len(kernel_bias)
        ),
        "The sum is divided by the number of taps. The kernel says how much each one counts.",
    ),
    Mistake(
        "present alone",
        lambda inputs, value_weights, kernel_weights, kernel_bias: _dynamic(
            inputs,
            value_weights,
            kernel_weights[:, : value_weights.shape[1]],
            kernel_bias[: value_weights.shape[1]],
        ),
        "Only tap 0 is used, the present step. The others meet earlier steps.",
    ),
    Mistake(
        "bent once more",
        lambda inputs, value_weights, kernel_weights, kernel_bias: np.tanh(
            _dynamic(inputs, value_weights, kernel_weights, kernel_bias)
        ),
        "The result is bent by tanh once more. Only the kernel is.",
    ),
    Mistake(
        "relu at the end",
        lambda inputs, value_weights, kernel_weights, kernel_bias: np.maximum(
            _dynamic(inputs, value_weights, kernel_weights, kernel_bias), 0
        ),
        "ReLU has been applied to the result. This layer has none.",
    ),
)
DYNAMIC_ALSO_RIGHT = (_dynamic_in_loops,)
