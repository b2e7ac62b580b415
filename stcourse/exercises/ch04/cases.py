"""Cases of the exercises of chapter 04: small arrays, and weights of whole networks."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.properties import arrays


@st.composite
def sequence(draw):
    time, features, filters, taps = (draw(st.integers(1, most)) for most in (5, 2, 2, 3))
    return {
        "inputs": draw(arrays(time, features)),
        "kernel": draw(arrays(taps, features, filters)),
        "dilation": draw(st.integers(1, 3)),
    }


@st.composite
def dynamic(draw):
    time, nodes, features = (draw(st.integers(1, most)) for most in (4, 2, 2))
    taps, filters = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    return {
        "inputs": draw(arrays(time, nodes, features)),
        "value_weights": draw(arrays(features, filters)),
        "kernel_weights": draw(arrays(features, taps * filters, low=-1, high=1)),
        "kernel_bias": draw(arrays(taps * filters, low=-1, high=1)),
    }


@st.composite
def _graph(draw, nodes):
    weights = draw(arrays(nodes, nodes, low=-2, high=2))
    return np.maximum(weights, 0) * (1 - np.eye(nodes))  # half of the edges are missing


@st.composite
def pooled(draw):
    nodes = draw(st.integers(1, 4))
    inputs = draw(arrays(nodes, draw(st.integers(1, 2))))
    return {"inputs": inputs, "adjacency": draw(_graph(nodes))}


@st.composite
def one_step(draw):
    features, units = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    return {
        "inputs": draw(arrays(features)),
        "state": draw(arrays(units, low=-1, high=1)),
        "cell": draw(arrays(units, low=-2, high=2)),
        "kernel": draw(arrays(features, 4 * units, low=-1, high=1)),
        "recurrent": draw(arrays(units, 4 * units, low=-1, high=1)),
        "bias": draw(arrays(4 * units, low=-1, high=1)),
    }


@st.composite
def _weights(draw, *shapes):
    """Weights of a whole network, by a seed: drawn one by one, most would be zero."""
    random = np.random.default_rng(draw(st.integers(0, 99)))
    return [random.normal(size=shape).round(2) for shape in shapes]


@st.composite
def hybrid(draw):
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
        "weights": draw(_weights(*shapes)),
        "horizon": horizon,
    }


@st.composite
def small_stn(draw):
    time, nodes, horizon, taps, filters, units = (
        draw(st.integers(1, most)) for most in (4, 3, 3, 3, 2, 2)
    )
    shapes = (1, filters), (1, taps * filters), (taps * filters,)
    shapes += (2 * filters, units), (units,), (units, horizon), (horizon,)
    return {
        "history": draw(arrays(time, nodes)),
        "adjacency": draw(_graph(nodes)),
        "weights": draw(_weights(*shapes)),
    }


def halfway(parameters, recent):
    """Move the parameters half of the way to the mean of the recent rows; `learn` of the cases."""
    return (parameters + recent.mean(axis=0)) / 2


def between(parameters, past):
    """Forecast from the parameters, the newest row and all the past; `forecast` of the cases."""
    return (parameters + past[-1]) / 2 + past.sum(axis=0) / 8


@st.composite
def rolled(draw):
    window, nodes = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    start = window + draw(st.integers(0, 2))
    return {
        "values": draw(arrays(start + draw(st.integers(1, 6)), nodes)),
        "start": start,
        "every": draw(st.integers(1, 3)),
        "window": window,
        "parameters": draw(arrays(nodes)),
        "learn": halfway,
        "forecast": between,
    }
