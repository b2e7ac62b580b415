"""The layers of chapter 04 in plain NumPy: short enough to read, equal to the Keras layers.
Explained in 4.1 to 4.5.

A twin takes one sample, without the batch axis, and the weights as Keras stores them. It is for
reading and for checks; the networks are built from `stlearn.networks.layers` and Keras.
"""

import numpy as np


def causal_conv(inputs, kernel, dilation=1):
    """Convolve over time: each output sees the present and earlier steps, never a later one.

    Args:
        inputs: Array (time, feature).
        kernel: Array (tap, feature, filter), the furthest tap first: the last row is tap 0 and
            meets the present step, the one before it tap 1, `dilation` steps earlier, and so on.
        dilation: Steps between two taps.

    Returns:
        Array (time, filter); before the first step there are zeros.
    """
    time, features = inputs.shape
    taps, _, filters = kernel.shape
    padding = np.zeros(((taps - 1) * dilation, features))
    padded = np.concatenate([padding, inputs])
    result = np.zeros((time, filters))
    for tap in range(taps):
        result += padded[tap * dilation : tap * dilation + time] @ kernel[tap]
    return result


def dynamic_conv(inputs, value_weights, kernel_weights, kernel_bias):
    """Convolve over time with a kernel that each time and node makes for itself.

    Args:
        inputs: Array (time, node, feature).
        value_weights: Array (feature, filter): what of the features is summed up.
        kernel_weights, kernel_bias: Arrays (feature, tap * filter) and (tap * filter,): from the
            features of a step, the tanh of a linear map gives its kernel (tap, filter). Tap 0
            weighs the step itself, tap 1 the step before, and so on.

    Returns:
        Array (time, node, filter); before the first step there are zeros.
    """
    time, nodes, _ = inputs.shape
    values = inputs @ value_weights
    kernel = np.tanh(inputs @ kernel_weights + kernel_bias)
    kernel = kernel.reshape(time, nodes, -1, values.shape[2])
    result = np.zeros_like(values)
    for tap in range(min(kernel.shape[2], time)):
        result[tap:] += kernel[tap:, :, tap] * values[: time - tap]
    return result


def local_pooling(inputs, adjacency):
    """Take the mean over each node and its neighbours; itself counts as much as all of them.

    Args:
        inputs: Array (node, feature), or with further axes in front.
        adjacency: Array (node, node), zero on the diagonal: row i, column j is the weight of
            node j's influence on node i.

    Returns:
        Array of the shape of inputs; a node without neighbours keeps its own features.
    """
    total = adjacency.sum(axis=1)
    weights = adjacency + np.diag(np.where(total > 0, total, 1.0))
    return weights @ inputs / weights.sum(axis=1, keepdims=True)


def graph_conv(inputs, adjacency, weight, bias, steps=2):
    """Convolve over a graph: a linear map of the own features and of those diffused both ways.

    Args:
        inputs: Array (node, feature), or with further axes in front.
        adjacency: Array (node, node), as in `local_pooling`.
        weight, bias: Arrays (term * feature, filter) and (filter,); the terms are the own
            features, then 1 to `steps` steps along the edges, then as many against them.
        steps: Diffusion steps in each direction.

    Returns:
        Array (node, filter), with the further axes in front.

    Example:
        >>> chain = np.eye(3, k=1)
        >>> graph_conv(np.array([[1.0], [2.0], [4.0]]), chain, np.ones((3, 1)), 0, steps=1).ravel()
        array([3., 7., 6.])
    """
    terms = [inputs]
    for influence in (adjacency, adjacency.T):
        total = influence.sum(axis=1, keepdims=True)
        share = influence / np.where(total > 0, total, 1.0)
        diffused = inputs
        for _ in range(steps):
            diffused = share @ diffused
            terms.append(diffused)
    return np.concatenate(terms, axis=-1) @ weight + bias


def lstm_step(inputs, state, cell, kernel, recurrent, bias):
    """Take one step of an LSTM cell.

    Args:
        inputs: Array (feature,), what comes in at this step.
        state, cell: Arrays (unit,), what the last step handed on: its output and its memory.
        kernel, recurrent, bias: Arrays (feature, 4 * unit), (unit, 4 * unit) and (4 * unit,).
            The four parts are input gate, forget gate, candidate, output gate, in this order.

    Returns:
        (state, cell) after the step, arrays (unit,).
    """
    sums = inputs @ kernel + state @ recurrent + bias
    enter, forget, candidate, leave = np.split(sums, 4)
    enter, forget, leave = (1 / (1 + np.exp(-gate)) for gate in (enter, forget, leave))
    cell = forget * cell + enter * np.tanh(candidate)
    return leave * np.tanh(cell), cell


def lstm(inputs, kernel, recurrent, bias):
    """Run an LSTM over a sequence, from zeros, and return its last state.

    Args:
        inputs: Array (time, feature).
        kernel, recurrent, bias: As in `lstm_step`.

    Returns:
        Array (unit,).

    Example:
        >>> lstm(np.ones((5, 2)), np.zeros((2, 12)), np.zeros((3, 12)), np.zeros(12))
        array([0., 0., 0.])
    """
    state = cell = np.zeros(len(recurrent))
    for step in inputs:
        state, cell = lstm_step(step, state, cell, kernel, recurrent, bias)
    return state
