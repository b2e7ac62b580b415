"""Each NumPy twin gives what the Keras layer gives."""

import keras
import numpy as np
import pytest

from stlearn.networks import numpy_layers
from stlearn.networks.layers import DynamicConv, GraphConv, LocalPooling

GRAPH = np.array([[0, 2.0, 0, 0], [0, 0, 0.5, 1.0], [0, 0, 0, 0], [3.0, 0, 0, 0]])


@pytest.fixture
def random():
    return np.random.default_rng(4)


def agree(layer, inputs, twin):
    """Draw weights for a layer, and hold its twin against it."""
    layer.build((1, *inputs.shape))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.get_weights()])
    expected = np.asarray(layer(inputs[None].astype("float32")))[0]
    np.testing.assert_allclose(twin(inputs, *layer.get_weights()), expected, atol=1e-5)


@pytest.mark.parametrize("dilation", [1, 3])
def test_causal_convolution(random, dilation):
    layer = keras.layers.Conv1D(
        3, 2, padding="causal", dilation_rate=dilation, use_bias=False
    )  # fmt: skip
    agree(
        layer,
        random.normal(size=(7, 4)),
        lambda x, kernel: numpy_layers.causal_conv(x, kernel, dilation),
    )


@pytest.mark.parametrize("time", [2, 6])
def test_dynamic_convolution(random, time):
    agree(
        DynamicConv(3, kernel_size=3), random.normal(size=(time, 4, 2)), numpy_layers.dynamic_conv
    )


@pytest.mark.parametrize("shape", [(4, 2), (5, 4, 2)])
def test_local_pooling(random, shape):
    agree(
        LocalPooling(GRAPH),
        random.normal(size=shape),
        lambda x: numpy_layers.local_pooling(x, GRAPH),
    )


def test_graph_convolution(random):
    layer = GraphConv(3, GRAPH, steps=2, directed=True)
    agree(
        layer, random.normal(size=(4, 2)), lambda x, *own: numpy_layers.graph_conv(x, GRAPH, *own)
    )


def test_lstm(random):
    agree(keras.layers.LSTM(3), random.normal(size=(6, 2)), numpy_layers.lstm)
