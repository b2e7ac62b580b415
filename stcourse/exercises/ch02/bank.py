"""Wrong answers that learners give to exercises 2.1 to 2.3, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake
from stlearn.networks import numpy_network

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
    Mistake(
        "weights before inputs",
        lambda inputs, weights, bias: weights @ inputs + bias,
        "Inputs and weights stand in the wrong order in the product: the rows of `inputs` meet "
        "the columns of `weights`, so `inputs` comes first.",
    ),
    Mistake(
        "bias taken off",
        lambda inputs, weights, bias: inputs @ weights - bias,
        "The bias is taken off. It is added: a unit with a large bias says a large number.",
    ),
    Mistake(
        "all biases to every unit",
        lambda inputs, weights, bias: inputs @ weights + bias.sum(),
        "Every unit gets the sum of all biases. Each has one of its own.",
    ),
    Mistake(
        "first sample alone",
        lambda inputs, weights, bias: inputs[0] @ weights + bias,
        "Only the first sample goes through. A batch goes through at once: one row in, one row "
        "out.",
    ),
    Mistake(
        "relu in the layer",
        lambda inputs, weights, bias: np.maximum(inputs @ weights + bias, 0),
        "ReLU has been applied: negative sums have become 0. This layer has no activation.",
    ),
    Mistake(
        "sigmoid in the layer",
        lambda inputs, weights, bias: 1 / (1 + np.exp(-(inputs @ weights + bias))),
        "A sigmoid has been applied: everything lies between 0 and 1. This layer has no "
        "activation.",
    ),
    Mistake(
        "divided by the inputs",
        lambda inputs, weights, bias: inputs @ weights / inputs.shape[1] + bias,
        "The products are averaged. A neuron adds them up.",
    ),
    Mistake(
        "both turned round",
        lambda inputs, weights, bias: weights.T @ inputs.T + bias,
        "Inputs and weights are both turned round, so the product is (unit, sample), and the bias "
        "meets the samples. Leave both as they come: `inputs` first gives (sample, unit).",
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
    Mistake(
        "square of tanh",
        lambda z: np.tanh(z) ** 2,
        "This is the square of tanh alone. The slope is 1 minus it: steepest at zero, flat far "
        "out.",
    ),
    Mistake(
        "square of the difference",
        lambda z: (1 - np.tanh(z)) ** 2,
        "Here 1 minus tanh is squared. Square tanh z first, and take that from 1.",
    ),
    Mistake(
        "plus the square",
        lambda z: 1 + np.tanh(z) ** 2,
        "The square is added. It is taken off: far out tanh is flat, and its slope nears 0.",
    ),
    Mistake(
        "root of the slope",
        lambda z: 1 / np.cosh(z),
        "A square is missing: 1 / cosh(z) has to be squared to be the slope of tanh.",
    ),
    Mistake(
        "slope of relu",
        lambda z: np.where(z > 0, 1.0, 0.0),
        "This is the slope of ReLU, a step. That of tanh changes smoothly.",
    ),
    Mistake(
        "slope of arctan",
        lambda z: 1 / (1 + z**2),
        "This is the slope of arctan, a curve of similar shape. That of tanh is written with "
        "tanh itself.",
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
    loss_slope=lambda wrong: wrong,
    read=np.tanh,
):
    """The backward pass, with one thing to be done wrongly."""
    z = inputs @ weights_1 + bias_1
    hidden = np.tanh(z)
    outputs = last(hidden @ weights_2 + bias_2)
    to_outputs = sign * factor * loss_slope(outputs - targets) / share(outputs)
    to_z = to_outputs @ to_hidden(weights_2) * slope(z)
    return inputs.T @ to_z, of_bias(to_z), read(z).T @ to_outputs, of_bias(to_outputs)


def _wrong(**changes):
    return lambda inputs, targets, weights_1, bias_1, weights_2, bias_2: _backward(
        inputs, targets, weights_1, bias_1, weights_2, bias_2, **changes
    )


def _reordered(*places):
    def wrong(**case):
        gradients = numpy_network.backward(**case)
        return [gradients[place] for place in places]

    return wrong


def _sample_by_sample(inputs, targets, weights_1, bias_1, weights_2, bias_2):
    parameters = weights_1, bias_1, weights_2, bias_2
    each = [
        numpy_network.backward(inputs[row : row + 1], targets[row : row + 1], *parameters)
        for row in range(len(inputs))
    ]
    return tuple(sum(parts) / len(inputs) for parts in zip(*each))


NAMES = "weights_1", "bias_1", "weights_2", "bias_2"


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
        "bias not summed",
        _wrong(of_bias=lambda slopes: slopes),
        "The gradient of a bias has a row for each sample still. Sum over the samples, `axis=0`: "
        "one number a unit is left, as in the bias.",
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
    Mistake(
        "parameters after a step",
        lambda **case: tuple(
            case[name] - 0.1 * slope for name, slope in zip(NAMES, numpy_network.backward(**case))
        ),
        "A step has been taken already: these are new parameters. Return the gradients; the "
        "step comes later.",
    ),
    Mistake(
        "no gradient for the biases",
        lambda **case: tuple(
            np.zeros_like(slope) if slope.ndim == 1 else slope
            for slope in numpy_network.backward(**case)
        ),
        "The gradients of the biases are 0. A bias is learned, too: into it came a 1 for each "
        "sample.",
    ),
    Mistake(
        "gradient of absolute errors",
        _wrong(loss_slope=lambda wrong: np.sign(wrong) / 2),
        "These are gradients of the absolute errors: only the sign of each error is used. A "
        "square's slope is twice the error itself.",
    ),
    Mistake(
        "z into the last layer",
        _wrong(read=lambda z: z),
        "The gradient of weights_2 is made with z. What came into the last layer is tanh(z), "
        "the hidden units.",
    ),
    Mistake(
        "targets minus outputs in the first layer",
        lambda **case: tuple(
            -slope if place < 2 else slope
            for place, slope in enumerate(numpy_network.backward(**case))
        ),
        "The signs of the first layer's gradients are turned. Take outputs - targets once, and "
        "go on from there.",
    ),
    Mistake(
        "divided by the outputs alone",
        _wrong(share=lambda outputs: outputs.shape[1]),
        "You divide by the number of outputs alone. The mean runs over the samples as well.",
    ),
)
BACKWARD_ALSO_RIGHT = (_sample_by_sample, lambda **case: list(numpy_network.backward(**case)))
