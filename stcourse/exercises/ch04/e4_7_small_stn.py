"""4.7: assemble a small spatio-temporal network."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays
from stcourse.exercises.ch04.networks import explained, graphs, network_weights
from stlearn.networks import numpy_layers


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


@st.composite
def _history_and_graph(draw):
    time, nodes, horizon, taps, filters, units = (
        draw(st.integers(1, most)) for most in (4, 3, 3, 3, 2, 2)
    )
    shapes = (1, filters), (1, taps * filters), (taps * filters,)
    shapes += (2 * filters, units), (units,), (units, horizon), (horizon,)
    return {
        "history": draw(arrays(time, nodes)),
        "adjacency": draw(graphs(nodes)),
        "weights": draw(network_weights(*shapes)),
    }


def _stn_by_halves(history, adjacency, weights):
    """The dense layer cut in two: one half for the own features, one for the pooled."""
    *dynamic, mix, mix_bias, out, out_bias = weights
    own = numpy_layers.dynamic_conv(history[:, :, None], *dynamic)[-1]
    half = own.shape[1]
    sums = own @ mix[:half] + numpy_layers.local_pooling(own, adjacency) @ mix[half:] + mix_bias
    changes = np.where(sums > 0, sums, 0) @ out + out_bias
    return (history[-1][:, None] + changes).T


EXERCISE = Exercise(
    id="4.7",
    title="Assemble a small STN",
    section="4.7 The spatio-temporal network",
    difficulty=3,
    minutes=8,
    matters="You will train this very network, in Keras.",
    hints=(
        "Time first, then space: give the history a feature axis, convolve it, pool what "
        "comes out.",
        "Join own and pooled features along the last axis, own first. The dense layer is one "
        "matrix product for all steps and nodes; after it only the newest step is read.",
        "`np.concatenate([own, pooled], axis=-1) @ mix + mix_bias`, ReLU, `[-1] @ out + "
        "out_bias`, transpose, plus `history[-1]`.",
    ),
    solution=small_stn,
    cases=_history_and_graph(),
    properties=(
        explained(
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
    mistakes=read_mistakes(small_stn),
    also_right=(_stn_by_halves,),
)
