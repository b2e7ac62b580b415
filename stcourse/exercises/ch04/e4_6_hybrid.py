"""4.6: assemble the article's hybrid of convolution and LSTM."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays
from stcourse.exercises.ch04.networks import explained, network_weights
from stlearn.networks import numpy_layers


def hybrid(history, weights, horizon):
    """Forecast with the article's hybrid: space flattened, convolved, and fed to an LSTM.

    Args:
        history: Array (time, node, feature); feature 0 is the speed to forecast.
        weights: Seven arrays: kernel and bias of the causal convolution, kernel, recurrent and
            bias of the LSTM, weights and bias of the read-out.
        horizon: Steps ahead. The read-out lists all steps of node 0, then all of node 1, ...

    Returns:
        Array (horizon, node): the last speed plus the change that the read-out says.
    """
    filters, filter_bias, kernel, recurrent, bias, out, out_bias = weights
    time, nodes, features = history.shape
    flat = history.reshape(time, nodes * features)
    convolved = np.maximum(numpy_layers.causal_conv(flat, filters) + filter_bias, 0)
    state = numpy_layers.lstm(convolved, kernel, recurrent, bias)
    changes = (state @ out + out_bias).reshape(nodes, horizon)
    return history[-1, :, 0] + changes.T


@st.composite
def _history_and_weights(draw):
    time, nodes, features = (
        draw(st.integers(2, 4)),
        draw(st.integers(1, 3)),
        draw(st.integers(1, 2)),
    )
    horizon, filters, units = (draw(st.integers(1, most)) for most in (3, 2, 2))
    shapes = (2, nodes * features, filters), (filters,), (filters, 4 * units), (units, 4 * units)
    shapes += (4 * units,), (units, nodes * horizon), (nodes * horizon,)
    return {
        "history": draw(arrays(time, nodes, features)),
        "weights": draw(network_weights(*shapes)),
        "horizon": horizon,
    }


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


def _last_cell(inputs, kernel, recurrent, bias):
    state = cell = np.zeros(len(recurrent))
    for step in inputs:
        state, cell = numpy_layers.lstm_step(step, state, cell, kernel, recurrent, bias)
    return cell


EXERCISE = Exercise(
    id="4.6",
    title="Assemble the hybrid",
    section="4.6 The article's hybrid",
    difficulty=3,
    minutes=8,
    matters="Only who has built the article's network can say why it loses.",
    hints=(
        "Four stages: flatten, convolve with ReLU, LSTM, read out. Print the shape after each.",
        "Time stays the first axis when you flatten. The read-out gives one long vector: all "
        "steps of node 0 first, so its shape is (node, horizon) before you turn it round.",
        "`numpy_layers.causal_conv(flat, kernel) + bias`, `np.maximum(..., 0)`, "
        "`numpy_layers.lstm(...)`, "
        "`state @ out + out_bias`, reshape to (nodes, horizon), transpose, add "
        "`history[-1, :, 0]`.",
    ),
    solution=hybrid,
    cases=_history_and_weights(),
    properties=(
        explained(
            hybrid,
            {
                ("integer", "causal_conv"): (
                    "The third argument of `numpy_layers.causal_conv` is the dilation. It "
                    "takes no bias: add the bias to its result."
                ),
                ("matmul", "core dimension", "causal_conv"): (
                    "The kernel of the convolution wants another number of columns. It meets "
                    "all features of all nodes in one row: look at the shapes in the table."
                ),
            },
        ),
    ),
    mistakes=read_mistakes(hybrid),
    also_right=(_hybrid_in_loops,),
)
