"""Wrong answers that learners give to exercises 2.1 to 2.6, and other right ones."""

import numpy as np

from stlearn import backprop
from stlearn.course.exercise import Mistake

# 2.1


def _layer_in_loops(inputs, weights, bias):
    outputs = [[b] * len(inputs) for b in bias]
    for unit, column in enumerate(weights.T):
        for sample, row in enumerate(inputs):
            outputs[unit][sample] += sum(x * w for x, w in zip(row, column))
    return np.array(outputs).T


LAYER = (
    Mistake(
        "weights transposed",
        lambda inputs, weights, bias: inputs @ weights.T + bias,
        "The weights are turned round: they come as (input, unit), so the inputs of a sample meet "
        "the rows, and each column belongs to one unit.",
    ),
    Mistake(
        "entry by entry",
        lambda inputs, weights, bias: inputs * weights + bias,
        "`*` multiplies entry by entry. A neuron adds its products up: a matrix product does both.",
    ),
    Mistake(
        "bias forgotten",
        lambda inputs, weights, bias: inputs @ weights,
        "The bias is not in it: with all inputs zero, a unit returns its bias, not 0.",
    ),
    Mistake(
        "bias along the samples",
        lambda inputs, weights, bias: inputs @ weights + bias[:, None],
        "The bias is added along the wrong axis: there is one bias for a unit, not for a sample.",
    ),
    Mistake(
        "bias inside the product",
        lambda inputs, weights, bias: (inputs @ weights) * bias,
        "The bias is multiplied: it shifts the weighted sum, it does not stretch it.",
    ),
    Mistake(
        "activation in the layer",
        lambda inputs, weights, bias: np.tanh(inputs @ weights + bias),
        "An activation has been applied: this layer has none. As an output layer it could then "
        "forecast nothing beyond 1.",
    ),
    Mistake(
        "one sample summed to one number",
        lambda inputs, weights, bias: (inputs @ weights + bias).sum(axis=1),
        "The units are summed up: every unit keeps its own number, so the result has an axis for "
        "the units.",
    ),
)
LAYER_ALSO_RIGHT = (
    lambda inputs, weights, bias: np.einsum("si,iu->su", inputs, weights) + bias,
    _layer_in_loops,
)


# 2.2

DERIVATIVE = (
    Mistake(
        "derivative at tanh of z, taken twice",
        lambda z: 1 - np.tanh(np.tanh(z)) ** 2,
        "The tanh is taken twice: the derivative is wanted at z, not at tanh(z).",
    ),
    Mistake(
        "z taken for tanh of z",
        lambda z: 1 - z**2,
        "This is right if z were already the output of tanh. Here z is what goes into it; a "
        "derivative of tanh lies between 0 and 1 everywhere.",
    ),
    Mistake(
        "the activation itself",
        lambda z: np.tanh(z),
        "This is tanh itself. Its derivative is the slope: 1 at zero, nearly 0 far out.",
    ),
    Mistake(
        "square forgotten",
        lambda z: 1 - np.tanh(z),
        "A square is missing: the slope of tanh is the same at z and at -z, this one is not.",
    ),
    Mistake(
        "derivative of the sigmoid",
        lambda z: np.tanh(z) * (1 - np.tanh(z)),
        "This is the rule of the sigmoid, s (1 - s). Another function has another rule.",
    ),
    Mistake(
        "differences between neighbours",
        lambda z: np.gradient(np.tanh(z), z),
        "These are differences from one entry of z to the next. Each entry stands for itself: the "
        "slope at one does not depend on the others.",
    ),
)
DERIVATIVE_ALSO_RIGHT = (
    lambda z: 1 / np.cosh(z) ** 2,
    lambda z: (np.tanh(z + 1e-5) - np.tanh(z - 1e-5)) / 2e-5,
)


# 2.3


def _backward(
    inputs,
    targets,
    weights_1,
    bias_1,
    weights_2,
    bias_2,
    share=lambda outputs: outputs.size,
    slope=lambda z: 1 - np.tanh(z) ** 2,
    sign=1,
    factor=2,
    of_bias=lambda slopes: slopes.sum(axis=0),
    to_hidden=lambda weights: weights.T,
    last=lambda outputs: outputs,
):
    """The backward pass, with one thing to be done wrongly."""
    z = inputs @ weights_1 + bias_1
    hidden = np.tanh(z)
    outputs = last(hidden @ weights_2 + bias_2)
    to_outputs = sign * factor * (outputs - targets) / share(outputs)
    to_z = to_outputs @ to_hidden(weights_2) * slope(z)
    return inputs.T @ to_z, of_bias(to_z), hidden.T @ to_outputs, of_bias(to_outputs)


def _wrong(**changes):
    return lambda inputs, targets, weights_1, bias_1, weights_2, bias_2: _backward(
        inputs, targets, weights_1, bias_1, weights_2, bias_2, **changes
    )


def _reordered(*places):
    def wrong(**case):
        gradients = backprop.backward(**case)
        return [gradients[place] for place in places]

    return wrong


def _sample_by_sample(inputs, targets, weights_1, bias_1, weights_2, bias_2):
    parameters = weights_1, bias_1, weights_2, bias_2
    each = [
        backprop.backward(inputs[row : row + 1], targets[row : row + 1], *parameters)
        for row in range(len(inputs))
    ]
    return tuple(sum(parts) / len(inputs) for parts in zip(*each))


BACKWARD = (
    Mistake(
        "sum instead of mean",
        _wrong(share=lambda outputs: 1),
        "These gradients belong to the sum of the squares. The loss is the mean over all samples "
        "and outputs, so their number is missing as a divisor; a larger batch must not mean a "
        "larger step.",
    ),
    Mistake(
        "divided by the samples alone",
        _wrong(share=len),
        "The mean runs over samples and outputs, and you divide by the samples alone.",
    ),
    Mistake(
        "derivative at the wrong place",
        _wrong(slope=lambda z: 1 - np.tanh(np.tanh(z)) ** 2),
        "The derivative of tanh is taken at the wrong place: at what came out of the activation, "
        "not at what went in.",
    ),
    Mistake(
        "derivative forgotten",
        _wrong(slope=np.ones_like),
        "On the way back through the hidden layer the derivative of tanh is missing: without it "
        "the network is treated as if it were linear.",
    ),
    Mistake(
        "sign turned",
        _wrong(sign=-1),
        "The sign is turned: the gradient points to where the loss grows, and the step goes "
        "against it later.",
    ),
    Mistake(
        "factor 2 forgotten",
        _wrong(factor=1),
        "All gradients are half of what they should be: what is the derivative of a square?",
    ),
    Mistake(
        "bias summed along the units",
        _wrong(of_bias=lambda slopes: slopes.sum(axis=1)),
        "The gradient of a bias is summed along the wrong axis: the samples are summed up, the "
        "units are kept.",
    ),
    Mistake(
        "mean for the bias",
        _wrong(of_bias=lambda slopes: slopes.mean(axis=0)),
        "The gradient of a bias is a mean over the samples here. It is their sum, as for the "
        "weights: the loss has been divided by their number already.",
    ),
    Mistake(
        "z taken for tanh of z",
        _wrong(slope=lambda z: 1 - z**2),
        "The slope of tanh is taken as 1 - z^2. It is 1 - tanh(z)^2: what is squared is what came "
        "out of the unit.",
    ),
    Mistake(
        "from the back to the front",
        _reordered(2, 3, 0, 1),
        "The gradients come in the order in which they are found, last layer first. Return them "
        "in the order of the arguments.",
    ),
    Mistake(
        "weights before biases",
        _reordered(0, 2, 1, 3),
        "Both weights come first and both biases then. The order is that of the arguments: "
        "weights_1, bias_1, weights_2, bias_2.",
    ),
    Mistake(
        "second weights not transposed",
        _wrong(to_hidden=lambda weights: weights),
        "On the way back the second weights lead from outputs to units, so they have to be turned "
        "round.",
    ),
    Mistake(
        "activation on the last layer",
        _wrong(last=np.tanh),
        "The last layer has no activation here: it could forecast nothing beyond 1.",
    ),
)
BACKWARD_ALSO_RIGHT = (_sample_by_sample, lambda **case: list(backprop.backward(**case)))


# 2.4


def _windows(values, origins, lookback, horizon, shift=0):
    past = [values[origin - lookback : origin] for origin in origins]
    future = [values[origin + shift : origin + shift + horizon] for origin in origins]
    return np.array(past), np.array(future)


def _last_missing(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon)
    return _windows(values, origins, lookback, horizon)


def _target_overlaps(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon + 1)
    return _windows(values, origins, lookback, horizon, shift=-1)


def _origin_in_the_past(values, lookback, horizon, first_row=0):
    origins = range(lookback, len(values) - horizon + 1)
    past = [values[origin - lookback + first_row : origin + 1] for origin in origins]
    return np.array(past), _windows(values, origins, lookback, horizon)[1]


def _past_ends_on_the_origin(values, lookback, horizon):
    return _origin_in_the_past(values, lookback, horizon, first_row=1)


def _row_skipped(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon)
    return _windows(values, origins, lookback, horizon, shift=1)


def _side_by_side(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon + 1, lookback + horizon)
    return _windows(values, origins, lookback, horizon)


def _last_step_only(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon + 1)
    past, future = _windows(values, origins, lookback, horizon)
    return past, future[:, -1]


def _newest_first(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon + 1)
    past, future = _windows(values, origins, lookback, horizon)
    return past[:, ::-1], future


def _by_view(values, lookback, horizon):
    view = np.lib.stride_tricks.sliding_window_view(values, lookback + horizon, axis=0)
    windows = np.moveaxis(view, -1, 1)
    return windows[:, :lookback], windows[:, lookback:]


def _by_index(values, lookback, horizon):
    starts = np.arange(len(values) - lookback - horizon + 1)[:, None]
    return values[starts + np.arange(lookback)], values[starts + lookback + np.arange(horizon)]


WINDOWS = (
    Mistake(
        "last window missing",
        _last_missing,
        "The last window is missing. A `range` stops before its end: the last future ends with "
        "the last row.",
    ),
    Mistake(
        "target overlaps the input",
        _target_overlaps,
        "The future begins with the last row of the past: the network would be shown a part of "
        "the answer.",
    ),
    Mistake(
        "past includes the origin",
        _origin_in_the_past,
        "The past is a row too long: it holds the row at the origin, which is already part of the "
        "future: a leak.",
    ),
    Mistake(
        "past ends on the origin",
        _past_ends_on_the_origin,
        "The past is shifted by a row: its last one is the row at the origin, which is already "
        "part of the future: a leak.",
    ),
    Mistake(
        "a row skipped",
        _row_skipped,
        "There is a row between past and future: the first step ahead is lost.",
    ),
    Mistake(
        "windows side by side",
        _side_by_side,
        "The windows lie side by side. A new one begins at every row, so that no origin is lost.",
    ),
    Mistake(
        "last step only",
        _last_step_only,
        "The future holds one row. All rows of the horizon are wanted, with an axis for them.",
    ),
    Mistake(
        "newest first",
        _newest_first,
        "The past runs backwards: keep the order of time, oldest row first.",
    ),
)
WINDOWS_ALSO_RIGHT = (_by_view, _by_index)


# 2.5


def _parts(rows, validation, test, gap_1, gap_2, order=None):
    order = np.arange(rows) if order is None else order
    validation_start = rows - test - gap_2 - validation
    return (
        order[: validation_start - gap_1],
        order[validation_start : validation_start + validation],
        order[rows - test :],
    )


def _shuffled(rows, validation, test, gap):
    order = np.random.default_rng(0).permutation(rows)
    return _parts(rows, validation, test, gap, gap, order)


def _one_gap(rows, validation, test, gap):
    return _parts(rows, validation, test, 0, gap)


def _late_gap_forgotten(rows, validation, test, gap):
    return _parts(rows, validation, test, gap, 0)


def _test_first(rows, validation, test, gap):
    validation_start = test + gap
    train_start = validation_start + validation + gap
    return (
        np.arange(train_start, rows),
        np.arange(validation_start, validation_start + validation),
        np.arange(test),
    )


def _boundary_twice(rows, validation, test, gap):
    train, middle, last = _parts(rows, validation, test, gap, gap)
    return np.append(train, train[-1] + 1), np.append(middle, middle[-1] + 1), last


def _gap_out_of_test(rows, validation, test, gap):
    train, middle, last = _parts(rows, validation, test, gap, 0)
    return train, middle, last[gap:]


SPLIT = (
    Mistake(
        "gap forgotten",
        lambda rows, validation, test, gap: _parts(rows, validation, test, 0, 0),
        "Neither gap is left out: rows that stand beside each other are nearly alike, and they "
        "now stand in two parts.",
    ),
    Mistake(
        "gap before test only",
        _one_gap,
        "The gap before validation is missing: it is needed at both boundaries.",
    ),
    Mistake(
        "gap before validation only",
        _late_gap_forgotten,
        "The gap before test is missing: it is needed at both boundaries.",
    ),
    Mistake(
        "gap taken out of the test part",
        _gap_out_of_test,
        "The gap is cut out of the test part, which is then too short: the gap comes before it.",
    ),
    Mistake(
        "shuffled",
        _shuffled,
        "The rows are shuffled: a network would then be tested on times whose neighbours it has "
        "seen. Keep the order of time.",
    ),
    Mistake(
        "test part first",
        _test_first,
        "The test part lies before the training: that would be a forecast of the past, made with "
        "knowledge of the future.",
    ),
    Mistake(
        "boundary in two parts",
        _boundary_twice,
        "A part is a row too long. The end of a `range` is not included, so nothing has to be "
        "added.",
    ),
)
SPLIT_ALSO_RIGHT = (
    lambda rows, validation, test, gap: (
        list(range(rows - test - 2 * gap - validation)),
        list(range(rows - test - gap - validation, rows - test - gap)),
        list(range(rows - test, rows)),
    ),
    lambda rows, validation, test, gap: (
        slice(0, rows - test - 2 * gap - validation),
        slice(rows - test - gap - validation, rows - test - gap),
        slice(rows - test, rows),
    ),
)


# 2.6


def _scaled(train, later, fit_on=None, axis=0, mean=np.nanmean, deviation=np.nanstd):
    fit_on = train if fit_on is None else fit_on
    middle = mean(fit_on, axis=axis, keepdims=True)
    spread = deviation(fit_on, axis=axis, keepdims=True)
    return (train - middle) / spread, (later - middle) / spread


def _scaled_each(train, later):
    return _scaled(train, train)[0], _scaled(later, later)[0]


def _scaled_by_rows(train, later):
    return _scaled(train, train, axis=1)[0], _scaled(later, later, axis=1)[0]


def _missing_to_zero(train, later):
    return tuple(np.nan_to_num(part) for part in _scaled(train, later))


def _one_node_after_the_other(train, later):
    scaled = np.array(train), np.array(later)
    for node in range(train.shape[1]):
        known = [value for value in train[:, node] if value == value]
        mean = sum(known) / len(known)
        deviation = (sum((value - mean) ** 2 for value in known) / len(known)) ** 0.5
        for part in scaled:
            part[:, node] = (part[:, node] - mean) / deviation
    return scaled


SCALE = (
    Mistake(
        "fitted on everything",
        lambda train, later: _scaled(train, later, fit_on=np.concatenate([train, later])),
        "Mean and deviation come from both parts. The later part is the future: whatever is "
        "fitted may look at the training part alone.",
    ),
    Mistake(
        "each part by itself",
        _scaled_each,
        "Each part is scaled by its own mean and deviation. One speed then gets two different "
        "numbers, and the network cannot tell a slow week from a fast one.",
    ),
    Mistake(
        "NaN spreads",
        lambda train, later: _scaled(train, later, mean=np.mean, deviation=np.std),
        "One missing value makes the whole node NaN: mean and deviation have to be those of the "
        "known values.",
    ),
    Mistake(
        "one scale for all nodes",
        lambda train, later: _scaled(train, later, axis=None),
        "All nodes share one mean and one deviation: here each node has its own.",
    ),
    Mistake(
        "along the wrong axis",
        _scaled_by_rows,
        "The scale is taken along the nodes, one for each time. It is to be taken along the time, "
        "one for each node.",
    ),
    Mistake(
        "variance instead of deviation",
        lambda train, later: _scaled(train, later, deviation=np.nanvar),
        "You divide by the variance: the standard deviation is its root.",
    ),
    Mistake(
        "deviation of a sample",
        lambda train, later: _scaled(
            train, later, deviation=lambda part, **along: np.nanstd(part, ddof=1, **along)
        ),
        "This standard deviation divides by n - 1. Here it divides by n, as `np.std` does; pandas "
        "and `ddof=1` divide by n - 1.",
    ),
    Mistake(
        "missing set to zero",
        _missing_to_zero,
        "Missing values have become 0, which now reads as a perfectly usual speed. NaN stays NaN.",
    ),
    Mistake(
        "mean not taken off",
        lambda train, later: _scaled(train, later, mean=lambda part, axis, keepdims: 0.0),
        "The mean is not taken off: a scaled node has mean 0 in training.",
    ),
)
SCALE_ALSO_RIGHT = (
    _one_node_after_the_other,
    lambda train, later: [
        part / np.nanstd(train, axis=0) - np.nanmean(train, axis=0) / np.nanstd(train, axis=0)
        for part in (train, later)
    ],
)
