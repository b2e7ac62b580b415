"""Wrong answers that learners give to exercise 4.1, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


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


def _a_step_ahead(inputs, kernel, dilation):
    """Every tap a step too late; not with one tap, where no zeros are there to be too few."""
    if len(kernel) == 1:
        return _causal_in_loops(inputs, kernel, dilation)
    longer = np.concatenate([inputs, np.zeros_like(inputs[:1])])
    return _causal_in_loops(longer, kernel, dilation)[1:]


CAUSAL = (
    Mistake(
        "padding behind",
        lambda inputs, kernel, dilation: _convolved(inputs, kernel, dilation, lambda reach: 0),
        "The zeros stand behind the last step, so an output sees later steps. Nothing is known of "
        "them when a forecast is made.",
    ),
    Mistake(
        "a step ahead",
        _a_step_ahead,
        "Everything is a step early: each tap meets the step after its own, and the last one a "
        "step that is not known at t. How many zeros stand before the first step?",
    ),
    Mistake(
        "results a step early",
        lambda inputs, kernel, dilation: np.concatenate(
            [_causal_in_loops(inputs, kernel, dilation)[1:], np.zeros((1, kernel.shape[2]))]
        ),
        "Each result stands a step before its own, so it has seen the step after it. The result "
        "at t may use the steps up to t.",
    ),
    Mistake(
        "counted forwards",
        lambda inputs, kernel, dilation: _causal_in_loops(inputs[::-1], kernel, dilation)[::-1],
        "The taps are counted forwards from the present: the tap before the last one meets a later "
        "step in place of an earlier one.",
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
