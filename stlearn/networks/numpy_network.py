"""A feed-forward network in NumPy: forward, backward, gradient descent. Explained in 2.1 to 2.3.

Two layers: a hidden one with the activation tanh, and an output layer without activation. The
four arrays of weights and biases travel together as one tuple, the parameters.
"""

import numpy as np

from stlearn.checks import check_count
from stlearn.errors import InputError


def dense_forward(inputs, weights, bias):
    """Compute what a dense layer without activation returns for a batch of samples.

    Args:
        inputs: Array (sample, input).
        weights: Array (input, unit).
        bias: Array (unit,).

    Returns:
        Array (sample, unit).

    Example:
        >>> dense_forward(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([5.0]))
        array([[16.]])
    """
    return inputs @ weights + bias


def tanh_derivative(z):
    """Compute the derivative of tanh at each z.

    Args:
        z: Array of any shape: what comes into the activation.

    Returns:
        Array of the same shape.

    Example:
        >>> tanh_derivative(np.array([0.0]))
        array([1.])
    """
    return 1 - np.tanh(z) ** 2


def forward(inputs, weights_1, bias_1, weights_2, bias_2):
    """Compute the outputs of the two layers.

    Args:
        inputs: Array (sample, input).
        weights_1: Array (input, unit); bias_1: Array (unit,).
        weights_2: Array (unit, output); bias_2: Array (output,).

    Returns:
        Array (sample, output).

    Example:
        >>> forward(np.array([[0.0]]), *new_parameters(1, 4, 2)).shape
        (1, 2)
    """
    hidden = np.tanh(dense_forward(inputs, weights_1, bias_1))
    return dense_forward(hidden, weights_2, bias_2)


def backward(inputs, targets, weights_1, bias_1, weights_2, bias_2):
    """Compute the gradients of the mean squared error of a network with two layers.

    Args:
        inputs: Array (sample, input).
        targets: Array (sample, output).
        weights_1: Array (input, unit). bias_1: Array (unit,).
        weights_2: Array (unit, output). bias_2: Array (output,).

    Returns:
        Four arrays: the gradients of weights_1, bias_1, weights_2 and bias_2, each in the shape
        of what it belongs to.

    Reference: Rumelhart, Hinton and Williams (1986), Learning representations by
    back-propagating errors.
    """
    z = inputs @ weights_1 + bias_1
    hidden = np.tanh(z)
    outputs = hidden @ weights_2 + bias_2
    to_outputs = 2 * (outputs - targets) / outputs.size
    to_z = to_outputs @ weights_2.T * (1 - hidden**2)
    return inputs.T @ to_z, to_z.sum(axis=0), hidden.T @ to_outputs, to_outputs.sum(axis=0)


def new_parameters(inputs, units, outputs, seed=0):
    """Draw the parameters that a training starts from.

    Args:
        inputs: Number of inputs.
        units: Number of units in the hidden layer.
        outputs: Number of outputs.
        seed: Seed of the draw.

    Returns:
        Tuple (weights_1, bias_1, weights_2, bias_2): weights from an even range that shrinks with
        the size of the layer, so that the sums stay where tanh is steep; biases zero.

    Raises:
        InputError: If a number is not a whole number above zero.

    Example:
        >>> [array.shape for array in new_parameters(inputs=12, units=16, outputs=6)]
        [(12, 16), (16,), (16, 6), (6,)]

    Reference: Glorot and Bengio (2010), Understanding the difficulty of training deep
    feedforward neural networks.
    """
    for name, count in {"inputs": inputs, "units": units, "outputs": outputs}.items():
        check_count(name, count)
    random = np.random.default_rng(seed)

    def weights(rows, columns):
        limit = np.sqrt(6 / (rows + columns))
        return random.uniform(-limit, limit, size=(rows, columns))

    return weights(inputs, units), np.zeros(units), weights(units, outputs), np.zeros(outputs)


def train(parameters, inputs, targets, rate, epochs, batch=None, seed=0):
    """Lower the mean squared error by gradient descent.

    Args:
        parameters: Tuple (weights_1, bias_1, weights_2, bias_2) to start from; it is not changed.
        inputs: Array (sample, input), without unit and about the size of 1.
        targets: Array (sample, output), likewise.
        rate: Learning rate: the step taken is the gradient times this.
        epochs: How often every sample is seen.
        batch: Samples in one step, drawn in a new order in each epoch; all at once when not given.
        seed: Seed of the order.

    Returns:
        The trained parameters.

    Raises:
        InputError: If a number is out of range, a value is missing, or the training blew up.

    Example:
        >>> inputs = np.linspace(-1, 1, 20)[:, None]
        >>> parameters = train(new_parameters(1, 8, 1), inputs, inputs**2, rate=0.3, epochs=500)
        >>> bool(np.abs(forward(inputs, *parameters) - inputs**2).mean() < 0.05)
        True

    Reference: Robbins and Monro (1951), A stochastic approximation method.
    """
    samples = len(inputs)
    batch = samples if batch is None else batch
    check_count("epochs", epochs)
    check_count("batch", batch)
    if not rate > 0:
        raise InputError(f"rate: expected a number above zero, got {rate}")
    for name, array in {"inputs": inputs, "targets": targets}.items():
        if not np.isfinite(array).all():
            raise InputError(f"{name}: expected finite numbers only; leave out what is missing")
    random = np.random.default_rng(seed)
    for _ in range(epochs):
        order = random.permutation(samples)
        for start in range(0, samples, batch):
            rows = order[start : start + batch]
            slopes = backward(inputs[rows], targets[rows], *parameters)
            parameters = tuple(old - rate * slope for old, slope in zip(parameters, slopes))
    if not all(np.isfinite(array).all() for array in parameters):
        raise InputError(f"rate: the training blew up at {rate}; try a smaller one")
    return parameters
