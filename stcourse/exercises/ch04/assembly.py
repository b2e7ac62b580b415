"""Wrong answers that learners give to exercise 4.5, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake
from stlearn.networks import numpy_layers


def _hybrid(
    history,
    weights,
    horizon,
    flatten=lambda history: history.reshape(len(history), -1),
    relu=lambda sums: np.maximum(sums, 0),
    shape=lambda changes, nodes, horizon: changes.reshape(nodes, horizon).T,
    last=lambda history: history[-1, :, 0],
    bias_used=1,
    read=lambda convolved: convolved,
):
    """The hybrid, with one thing to be done wrongly."""
    filters, filter_bias, kernel, recurrent, bias, out, out_bias = weights
    convolved = relu(numpy_layers.causal_conv(flatten(history), filters) + bias_used * filter_bias)
    state = numpy_layers.lstm(read(convolved), kernel, recurrent, bias)
    return last(history) + shape(state @ out + out_bias, history.shape[1], horizon)


def _hybrid_but(**changes):
    return lambda history, weights, horizon: _hybrid(history, weights, horizon, **changes)


def _bias_after_the_relu(history, weights, horizon):
    read = lambda convolved: convolved + weights[1]  # noqa: E731
    return _hybrid(history, weights, horizon, bias_used=0, read=read)


def _hybrid_in_loops(history, weights, horizon):
    filters, filter_bias, kernel, recurrent, bias, out, out_bias = weights
    state = cell = np.zeros(len(recurrent))
    for now in range(len(history)):
        sums = filter_bias + history[now].ravel() @ filters[1]
        if now:
            sums = sums + history[now - 1].ravel() @ filters[0]
        state, cell = numpy_layers.lstm_step(
            np.maximum(sums, 0), state, cell, kernel, recurrent, bias
        )
    result = np.empty((horizon, history.shape[1]))
    for node in range(history.shape[1]):
        for step in range(horizon):
            place = node * horizon + step
            result[step, node] = history[-1, node, 0] + state @ out[:, place] + out_bias[place]
    return result


def _reads_the_cell(history, weights, horizon):
    filters, filter_bias, kernel, recurrent, bias, out, out_bias = weights
    flat = history.reshape(len(history), -1)
    state = cell = np.zeros(len(recurrent))
    for step in np.maximum(numpy_layers.causal_conv(flat, filters) + filter_bias, 0):
        state, cell = numpy_layers.lstm_step(step, state, cell, kernel, recurrent, bias)
    return history[-1, :, 0] + (cell @ out + out_bias).reshape(-1, horizon).T


HYBRID = (
    Mistake(
        "history turned round",
        lambda history, weights, horizon: _hybrid(history[::-1], weights, horizon),
        "The history is turned round, so its oldest step comes last and the change is added to "
        "that. It comes in the order of time already.",
    ),
    Mistake(
        "convolved backwards",
        _hybrid_but(flatten=lambda history: history.reshape(len(history), -1)[::-1]),
        "The flattened rows are in reverse order when they are convolved: time runs backwards in "
        "the convolution and in the LSTM.",
    ),
    Mistake(
        "looks ahead",
        _hybrid_but(
            flatten=lambda history: history.reshape(len(history), -1)[::-1],
            read=lambda convolved: convolved[::-1],
        ),
        "The convolution runs from the newest step to the oldest, so each step sees the one after "
        "it. The LSTM reads in the right order.",
    ),
    Mistake(
        "time and node swapped",
        _hybrid_but(flatten=lambda history: np.swapaxes(history, 0, 1).reshape(len(history), -1)),
        "Time and nodes are mixed up in the flattening: each row has to hold all nodes of one "
        "time.",
    ),
    Mistake(
        "features first",
        _hybrid_but(flatten=lambda history: np.swapaxes(history, 1, 2).reshape(len(history), -1)),
        "The vector lists the nodes within each feature: the weights expect the features of node "
        "0, then those of node 1.",
    ),
    Mistake(
        "nodes and horizon mixed",
        _hybrid_but(shape=lambda changes, nodes, horizon: changes.reshape(horizon, nodes)),
        "Nodes and steps ahead are mixed in the read-out: it lists all steps of node 0 first, so "
        "it is (node, horizon) before it is turned round.",
    ),
    Mistake(
        "left as (node, horizon)",
        _hybrid_but(
            shape=lambda changes, nodes, horizon: changes.reshape(nodes, horizon),
            last=lambda history: history[-1, :, :1],
        ),
        "The forecast has the axes (node, horizon): time comes first, turn it round.",
    ),
    Mistake(
        "last value forgotten",
        _hybrid_but(last=lambda history: 0),
        "These are the changes alone: the last speed is not added.",
    ),
    Mistake(
        "oldest value added",
        _hybrid_but(last=lambda history: history[0, :, 0]),
        "The change is added to the oldest speed: the network says the change from the newest.",
    ),
    Mistake(
        "ReLU forgotten",
        _hybrid_but(relu=lambda sums: sums),
        "The convolution has no ReLU: what is below zero has to become zero.",
    ),
    Mistake(
        "bias of the convolution forgotten",
        _hybrid_but(bias_used=0),
        "The bias of the convolution is not in it: it comes before the ReLU.",
    ),
    Mistake(
        "newest step first",
        _hybrid_but(read=lambda convolved: convolved[::-1]),
        "The LSTM reads the sequence backwards: the newest step has to come last.",
    ),
    Mistake(
        "cell for state",
        _reads_the_cell,
        "The read-out is given the cell, the memory. It reads the state, which comes first in "
        "what `lstm_step` returns.",
    ),
    Mistake(
        "last step alone",
        _hybrid_but(read=lambda convolved: convolved[-1:]),
        "The LSTM gets the last step alone: it reads the whole sequence, and its last state is "
        "used.",
    ),
    Mistake(
        "mean added",
        _hybrid_but(last=lambda history: history[:, :, 0].mean(axis=0)),
        "The change is added to the mean of the history: the network says the change from the "
        "newest speed.",
    ),
    Mistake(
        "last feature added",
        _hybrid_but(last=lambda history: history[-1, :, -1]),
        "The change is added to the last feature. The speed to forecast is feature 0.",
    ),
    Mistake(
        "changes added up",
        _hybrid_but(
            shape=lambda changes, nodes, horizon: np.cumsum(
                changes.reshape(nodes, horizon).T, axis=0
            )
        ),
        "The changes are added up over the steps ahead. Each is a change from the last speed, "
        "not from the step before.",
    ),
    Mistake(
        "bias after the ReLU",
        _bias_after_the_relu,
        "The bias is added after the ReLU. It comes before, so that it moves where the ReLU cuts.",
    ),
    Mistake(
        "bias of the read-out forgotten",
        lambda history, weights, horizon: _hybrid(
            history, [*weights[:-1], 0 * weights[-1]], horizon
        ),
        "The bias of the read-out is not in it.",
    ),
    Mistake(
        "ReLU at the end",
        _hybrid_but(
            shape=lambda changes, nodes, horizon: np.maximum(changes, 0).reshape(nodes, horizon).T
        ),
        "There is a ReLU at the end: no forecast could fall below the last speed. The read-out "
        "has none.",
    ),
    Mistake(
        "change taken off",
        _hybrid_but(shape=lambda changes, nodes, horizon: -changes.reshape(nodes, horizon).T),
        "The change is taken off. It is added to the last speed.",
    ),
    Mistake(
        "oldest tap left out",
        lambda history, weights, horizon: _hybrid(
            history, [weights[0][-1:], *weights[1:]], horizon
        ),
        "Only the last tap of the convolution is used: each step sees itself and not the one "
        "before.",
    ),
)
HYBRID_ALSO_RIGHT = (_hybrid_in_loops,)
