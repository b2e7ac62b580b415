"""Exercises of chapter 04: layers over time and space, put together, and kept up to date."""

import numpy as np

from stcourse.engine.differences import difference
from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.properties import call, compare, matches
from stcourse.exercises.ch04 import assembly as assembly
from stcourse.exercises.ch04 import bank as bank
from stcourse.exercises.ch04 import cases as cases
from stcourse.exercises.ch04 import cells as cells
from stcourse.exercises.ch04 import dynamic as dynamic
from stcourse.exercises.ch04 import network as network
from stcourse.exercises.ch04 import pooling as pooling
from stcourse.exercises.ch04 import rolling as rolling
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


def small_stn(history, adjacency, weights):
    """Forecast with one turn of time and space, all weights shared over the nodes.

    Args:
        history: Array (time, node).
        adjacency: Array (node, node).
        weights: Seven arrays: the three of the dynamic convolution, weights and bias of a dense
            layer with ReLU on the convolution's result and, behind it, the same pooled; weights
            (unit, horizon) and bias of the read-out from the newest step.

    Returns:
        Array (horizon, node): the last value plus the change that the read-out says.
    """
    *dynamic, mix, mix_bias, out, out_bias = weights
    own = numpy_layers.dynamic_conv(history[:, :, None], *dynamic)
    pooled = numpy_layers.local_pooling(own, adjacency)
    both = np.concatenate([own, pooled], axis=-1)
    state = np.maximum(both @ mix + mix_bias, 0)
    changes = state[-1] @ out + out_bias
    return history[-1] + changes.T


def rolling_update(values, start, every, window, parameters, learn, forecast):
    """Forecast row after row, and update the parameters with the recent past on the way.

    Args:
        values: Array (time, node).
        start: First row to forecast, at least `window`; the last row of values is the last one.
        every: Rows from one update to the next; the first comes before the first forecast.
        window: Rows that an update learns from, the newest that are known.
        parameters: What was learned before.
        learn: Function (parameters, recent rows) that returns new parameters.
        forecast: Function (parameters, all known rows) that forecasts the next row.

    Returns:
        Array (row, node) of the forecasts from row `start` on.
    """
    forecasts = []
    for row in range(start, len(values)):
        if (row - start) % every == 0:
            parameters = learn(parameters, values[row - window : row])
        forecasts.append(forecast(parameters, values[:row]))
    return np.stack(forecasts)


# Properties


def _with_axes_in_front(answer, case):
    """Further axes are asked only of an answer that is right without them."""
    inputs = case["inputs"]
    if difference(call(answer, case), numpy_layers.local_pooling(**case)):
        return
    longer = {
        "`np.stack([inputs, 2 * inputs])`, axes (time, node, feature),": [inputs, 2 * inputs],
        "`np.stack([[inputs, 2 * inputs]] * 3)`, axes (sample, time, node, feature),": (
            [[inputs, 2 * inputs]] * 3
        ),
    }
    for made, stacked in longer.items():
        longer_case = {**case, "inputs": np.stack(stacked)}
        where = f"For (node, feature) your answer is right. Given {made}"
        try:
            came = call(answer, longer_case)
        except NotRight as fault:
            raise NotRight(f"{where} there is an error. {fault}", reason=fault.reason) from None
        compare(came, numpy_layers.local_pooling(**longer_case), name=f"{where} your answer")


def _explained(reference, explanations):
    """Property: as `matches`; an error that is told with all words of a key is explained."""

    def agrees(answer, case):
        try:
            came = call(answer, case)
        except NotRight as fault:
            for words, sentence in explanations.items():
                if all(word in str(fault) for word in words):
                    raise NotRight(f"{fault} {sentence}", reason=fault.reason) from None
            raise
        compare(came, reference(**case))

    return agrees


def _rolled_with_these(answer, case):
    """As `matches`; what the two functions of the case do is told with what is wrong."""
    try:
        matches(rolling_update)(answer, case)
    except NotRight as fault:
        functions = (
            "Here `learn` returns (parameters + recent.mean(axis=0)) / 2, and `forecast` returns "
            "(parameters + past[-1]) / 2 + past.sum(axis=0) / 8."
        )
        raise NotRight(f"{fault} {functions}", fault.came, fault.expected, fault.reason) from None


EXERCISES = (
    Exercise(
        id="4.1",
        title="A causal convolution",
        section="4.1 Convolution over time",
        hints=(
            "Put zeros before the first step, so many that the oldest tap has something to meet.",
            "The kernel reaches `(taps - 1) * dilation` steps back: that is the number of zeros. "
            "Then tap k meets the padded rows from `k * dilation` on, as many as there are steps.",
            "Loop over the taps and add `padded[k * dilation : k * dilation + time] @ kernel[k]`.",
        ),
        solution=numpy_layers.causal_conv,
        cases=cases.sequence(),
        properties=(matches(numpy_layers.causal_conv),),
        mistakes=bank.CAUSAL,
        also_right=bank.CAUSAL_ALSO_RIGHT,
    ),
    Exercise(
        id="4.2",
        title="A dynamic convolution",
        section="4.2 Dynamic convolution",
        hints=(
            "Two things come from the inputs: the values (a linear map) and the kernel (the tanh "
            "of another one). Give the kernel the axes (time, node, tap, filter).",
            "The result at time t is the sum over the taps of the kernel made at t, times the "
            "value `tap` steps before t. The first `tap` steps have no such value.",
            "For each tap: `result[tap:] += kernel[tap:, :, tap] * values[: time - tap]`, as long "
            "as the tap is smaller than the number of steps.",
        ),
        solution=numpy_layers.dynamic_conv,
        cases=cases.dynamic(),
        properties=(matches(numpy_layers.dynamic_conv),),
        mistakes=dynamic.DYNAMIC,
        also_right=dynamic.DYNAMIC_ALSO_RIGHT,
    ),
    Exercise(
        id="4.3",
        title="Local pooling",
        section="4.4 Local pooling",
        hints=(
            "A weighted mean: multiply by weights, divide by their sum. Which weight does a node "
            "have on itself?",
            "As much as its neighbours together: the sum of its row. A node without neighbours "
            "needs some weight on itself, 1 for instance, or you divide by zero.",
            "Put these weights on the diagonal of the adjacency, multiply by the inputs, and "
            "divide each row by the sum of its weights.",
        ),
        solution=numpy_layers.local_pooling,
        cases=cases.pooled(),
        properties=(matches(numpy_layers.local_pooling), _with_axes_in_front),
        mistakes=pooling.POOLING,
        also_right=pooling.POOLING_ALSO_RIGHT,
    ),
    Exercise(
        id="4.4",
        title="One step of an LSTM",
        section="4.5 The LSTM cell",
        hints=(
            "One sum for all four parts: inputs times kernel, state times recurrent, plus bias. "
            "Then split it in four.",
            "Gates go through the sigmoid, the candidate through tanh. The new cell is what the "
            "forget gate keeps of the old one, plus what the input gate lets in of the candidate.",
            "The new state is the output gate times tanh of the new cell. Return state, then cell.",
        ),
        solution=numpy_layers.lstm_step,
        cases=cases.one_step(),
        properties=(matches(numpy_layers.lstm_step),),
        mistakes=cells.STEP,
        also_right=cells.STEP_ALSO_RIGHT,
    ),
    Exercise(
        id="4.5",
        title="Assemble the hybrid",
        section="4.6 The article's hybrid",
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
        cases=cases.hybrid(),
        properties=(
            _explained(
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
        mistakes=assembly.HYBRID,
        also_right=assembly.HYBRID_ALSO_RIGHT,
    ),
    Exercise(
        id="4.6",
        title="Assemble a small STN",
        section="4.7 The spatio-temporal network",
        hints=(
            "Time first, then space: give the history a feature axis, convolve it, pool what "
            "comes out.",
            "Join own and pooled features along the last axis, own first. The dense layer is one "
            "matrix product for all steps and nodes; after it only the newest step is read.",
            "`np.concatenate([own, pooled], axis=-1) @ mix + mix_bias`, ReLU, `[-1] @ out + "
            "out_bias`, transpose, plus `history[-1]`.",
        ),
        solution=small_stn,
        cases=cases.small_stn(),
        properties=(
            _explained(
                small_stn,
                {
                    ("unpack (expected 3, got 2)", "dynamic_conv"): (
                        "`numpy_layers.dynamic_conv` wants (time, node, feature), and the history "
                        "is (time, node): give it an axis for its one feature, "
                        "`history[..., None]`."
                    ),
                    ("matmul", "core dimension"): (
                        "If this is the dense layer: its weights have a row for each own and for "
                        "each pooled feature. How many has what you give it?"
                    ),
                },
            ),
        ),
        mistakes=network.STN,
        also_right=network.STN_ALSO_RIGHT,
    ),
    Exercise(
        id="4.7",
        title="A rolling update",
        section="4.9 The rolling update",
        hints=(
            "Walk through the rows to forecast, one by one. What is known when row r is forecast?",
            "Known are the rows before r. An update is due when r - start is a multiple of every; "
            "it goes on from the present parameters.",
            "`learn(parameters, values[row - window : row])` when due, then `forecast(parameters, "
            "values[:row])`; collect the forecasts with `np.stack`.",
        ),
        solution=rolling_update,
        cases=cases.rolled(),
        properties=(_rolled_with_these,),
        mistakes=rolling.ROLLING,
        also_right=rolling.ROLLING_ALSO_RIGHT,
    ),
)
