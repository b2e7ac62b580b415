"""Wrong answers that learners give to exercises 4.1 and 4.2, and other right ones."""

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


def _wrapped(inputs, kernel, dilation):
    taps = len(kernel)
    parts = [
        np.roll(inputs, back * dilation, axis=0) @ kernel[taps - 1 - back] for back in range(taps)
    ]
    return sum(parts)


def _negative_index(inputs, kernel, dilation):
    result = np.zeros((len(inputs), kernel.shape[2]))
    for now in range(len(inputs)):
        for back in range(len(kernel)):
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
        "padding on both sides, more in front",
        lambda inputs, kernel, dilation: _convolved(
            inputs, kernel, dilation, lambda reach: (reach + 1) // 2
        ),
        "The zeros are shared out to both sides, with the odd one in front: the kernel is "
        "centred, and still looks ahead. All zeros stand before the first step.",
    ),
    Mistake(
        "rolled round",
        _wrapped,
        "Before the first step the last ones come in again, since `np.roll` wraps round: the "
        "start is shown the future. There should be zeros.",
    ),
    Mistake(
        "negative index",
        _negative_index,
        "A negative index counts from the end, so the first outputs are shown the last steps. "
        "Before the first step there should be zeros.",
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
    Mistake(
        "only where the kernel fits",
        lambda inputs, kernel, dilation: _causal_in_loops(inputs, kernel, dilation)[
            (len(kernel) - 1) * dilation :
        ],
        "The first outputs are missing. Where the kernel reaches back before the first step it "
        "meets zeros, so there is an output for each step.",
    ),
    Mistake(
        "present left out",
        lambda inputs, kernel, dilation: np.concatenate(
            [np.zeros((1, kernel.shape[2])), _causal_in_loops(inputs, kernel, dilation)[:-1]]
        ),
        "Everything is a step late: the last tap has to meet the present step.",
    ),
    Mistake(
        "missing before the start",
        lambda inputs, kernel, dilation: np.where(
            np.arange(len(inputs))[:, None] < (len(kernel) - 1) * dilation,
            np.nan,
            _causal_in_loops(inputs, kernel, dilation),
        ),
        "The first outputs are NaN. Before the first step there are zeros, so something can be "
        "said.",
    ),
    Mistake(
        "dilation one too large",
        lambda inputs, kernel, dilation: _causal_in_loops(inputs, kernel, dilation + 1),
        "The taps are one step too far apart: with dilation 1 they meet neighbouring steps.",
    ),
    Mistake(
        "filters added up",
        lambda inputs, kernel, dilation: _causal_in_loops(inputs, kernel, dilation).sum(axis=1),
        "The filters are added up. Each one is a column of the result.",
    ),
    Mistake(
        "mean over the taps",
        lambda inputs, kernel, dilation: _causal_in_loops(inputs, kernel, dilation) / len(kernel),
        "The sum is divided by the number of taps. The kernel holds the weights already.",
    ),
    Mistake(
        "relu in it",
        lambda inputs, kernel, dilation: np.maximum(_causal_in_loops(inputs, kernel, dilation), 0),
        "ReLU has been applied. A convolution is a weighted sum, of either sign.",
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
