"""The layers: each against a plain NumPy twin, and what must hold for any input."""

import os
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from stlearn.errors import InputError
from stlearn.networks import models
from stlearn.networks.input_layers import CalendarEmbedding, FillMissing
from stlearn.networks.layers import DynamicConv, GraphConv, LocalPooling, NodeEmbedding, edge_list
from stlearn.networks.losses import MaskedLoss

CLOSE = {"rtol": 1e-5, "atol": 1e-5}
few = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def random_values(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def random_graph(seed, nodes=6, symmetric=False):
    """Random weights, half of the edges left out; node 0 hears nobody but node 1."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.1, 2, (nodes, nodes)) * (rng.random((nodes, nodes)) < 0.5)
    weights[0] = np.eye(nodes)[1]
    weights = weights.astype("float32")
    return weights + weights.T if symmetric else weights


def settled(layer, values, seed=1):
    """Build a layer and give it random weights, so that no bias is zero by chance."""
    layer(values)
    layer.set_weights([random_values([seed, i], *w.shape) for i, w in enumerate(layer.weights)])
    return layer


# DynamicConv


def dynamic_conv_twin(inputs, weights, kernel_size, strides, filters):
    value_weights, kernel_weights, kernel_bias = weights
    batch, time, nodes, _ = inputs.shape
    steps = [t for t in range(time) if (time - 1 - t) % strides == 0]
    result = np.zeros((batch, len(steps), nodes, filters))
    for b in range(batch):
        for place, t in enumerate(steps):
            for n in range(nodes):
                kernel = np.tanh(inputs[b, t, n] @ kernel_weights + kernel_bias)
                for tap in range(kernel_size):
                    if t - tap >= 0:
                        weight = kernel[tap * filters : (tap + 1) * filters]
                        result[b, place, n] += weight * (inputs[b, t - tap, n] @ value_weights)
    return result


@pytest.mark.backend
@pytest.mark.parametrize(
    ("time", "kernel_size", "strides"), [(7, 3, 1), (12, 4, 4), (7, 3, 2), (2, 5, 1), (5, 2, 3)]
)
def test_dynamic_conv_agrees_with_loops(time, kernel_size, strides):
    values = random_values(0, 2, time, 3, 4)
    layer = settled(DynamicConv(5, kernel_size, strides), values)
    found = np.asarray(layer(values))
    twin = dynamic_conv_twin(values, layer.get_weights(), kernel_size, strides, 5)
    np.testing.assert_allclose(found, twin, **CLOSE)
    assert layer.compute_output_shape(values.shape) == found.shape


@given(
    time=st.integers(1, 13), strides=st.integers(1, 5), kernel_size=st.integers(1, 5), seed=seeds
)
@few
def test_dynamic_conv_is_causal_and_the_newest_step_has_an_output(time, strides, kernel_size, seed):
    values = random_values(seed, 1, time, 2, 3)
    layer = settled(DynamicConv(4, kernel_size, strides), values)
    before = np.asarray(layer(values))
    # Outputs stand at the steps time - 1, time - 1 - strides, ...
    steps = np.arange(time)[(time - 1) % strides :: strides]
    assert before.shape[1] == len(steps) and steps[-1] == time - 1
    cut = int(np.random.default_rng(seed).integers(time))
    changed = values.copy()
    changed[:, cut:] += 1 + random_values([seed, 1], *changed[:, cut:].shape) ** 2
    after = np.asarray(layer(changed))
    np.testing.assert_array_equal(after[:, steps < cut], before[:, steps < cut])
    assert not np.allclose(after[:, -1], before[:, -1])


@pytest.mark.parametrize("argument", ["filters", "kernel_size", "strides"])
@pytest.mark.parametrize("count", [0, -1, 1.5, "3", None])
def test_dynamic_conv_refuses_no_count(argument, count):
    arguments = {"filters": 2, "kernel_size": 2, "strides": 1} | {argument: count}
    with pytest.raises(InputError, match=f"{argument}: expected a whole number of at least 1"):
        DynamicConv(**arguments)


# LocalPooling


def pooling_twin(adjacency, values, known=None, reverse=False):
    weights = np.array(adjacency, dtype="float64")
    weights = weights.T if reverse else weights
    for node in range(len(weights)):
        if weights[node, node] == 0:
            weights[node, node] = weights[node].sum() or 1.0
    known = np.ones_like(values[..., :1]) if known is None else known
    total = np.einsum("ij,btjf->btif", weights, known)
    mean = np.einsum("ij,btjf->btif", weights, values * known)
    return np.divide(mean, total, out=np.zeros_like(mean), where=total > 0)


@pytest.mark.backend
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
def test_local_pooling_agrees_with_numpy(reverse, masked, sparse):
    graph = random_graph(3)
    graph[2, 2] = 0.7
    values = random_values(0, 2, 4, 6, 3)
    known = (random_values(1, 2, 4, 6, 1) > 0).astype("float32") if masked else None
    found = LocalPooling(graph, reverse=reverse, sparse=sparse)(values, known=known)
    np.testing.assert_allclose(found, pooling_twin(graph, values, known, reverse), **CLOSE)


@given(seed=seeds, constant=st.floats(-100, 100, width=32))
@few
def test_local_pooling_keeps_a_constant(seed, constant):
    values = np.full((1, 2, 6, 1), constant, "float32")
    found = LocalPooling(random_graph(seed))(values)
    np.testing.assert_allclose(found, values, **CLOSE)


@given(seed=seeds, reverse=st.booleans())
@few
def test_local_pooling_of_renamed_nodes_is_the_renamed_result(seed, reverse):
    graph, values = random_graph(seed), random_values(seed, 2, 3, 6, 2)
    order = np.random.default_rng(seed).permutation(6)
    plain = np.asarray(LocalPooling(graph, reverse=reverse)(values))
    renamed = LocalPooling(graph[order][:, order], reverse=reverse)(values[:, :, order])
    np.testing.assert_allclose(renamed, plain[:, :, order], **CLOSE)


@given(seed=seeds, lie=st.sampled_from([1e6, -1e6, np.nan, np.inf]))
@few
def test_local_pooling_is_not_touched_by_masked_values(seed, lie):
    values = random_values(seed, 2, 3, 6, 2)
    known = (random_values([seed, 1], 2, 3, 6, 1) > 0).astype("float32")
    layer = LocalPooling(random_graph(seed))
    with_lies = np.where(known > 0, values, np.float32(lie))
    np.testing.assert_array_equal(layer(with_lies, known=known), layer(values, known=known))


def test_local_pooling_gives_zero_where_nothing_is_known():
    graph = np.eye(4, k=1)  # node i hears node i + 1
    values = np.full((1, 4, 1), 7.0, "float32")
    known = np.array([1, 0, 0, 1], "float32").reshape(1, 4, 1)
    found = np.asarray(LocalPooling(graph)(values, known=known)).ravel()
    np.testing.assert_allclose(found, [7, 0, 7, 7])


# GraphConv


def graph_conv_twin(graph, values, weights, steps, directed, learned):
    weight, bias, *embeddings = weights
    terms = [values]
    for matrix in [graph, graph.T] if directed else [graph]:
        total = matrix.sum(axis=1, keepdims=True)
        transition = np.divide(matrix, total, out=np.zeros_like(matrix), where=total > 0)
        for k in range(1, steps + 1):
            power = np.linalg.matrix_power(transition, k)
            terms.append(np.einsum("ij,btjf->btif", power, values))
    if learned:
        score = np.maximum(embeddings[0] @ embeddings[1], 0)
        matrix = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
        terms.append(np.einsum("ij,btjf->btif", matrix, values))
    return np.concatenate(terms, axis=-1) @ weight + bias


@pytest.mark.backend
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("directed", [False, True, None])
@pytest.mark.parametrize("learned", [0, 3])
@pytest.mark.parametrize("sparse", [False, True])
def test_graph_conv_agrees_with_numpy(symmetric, directed, learned, sparse):
    graph = random_graph(5, symmetric=symmetric)
    values = random_values(0, 2, 3, 6, 4)
    layer = GraphConv(5, graph, steps=3, directed=directed, learned=learned, sparse=sparse)
    settled(layer, values)
    both = directed if directed is not None else not symmetric
    twin = graph_conv_twin(graph, values, layer.get_weights(), 3, both, learned)
    np.testing.assert_allclose(layer(values), twin, rtol=1e-4, atol=1e-4)


def test_graph_conv_takes_a_tensor_without_time():
    graph, values = random_graph(5), random_values(0, 2, 1, 6, 4)
    layer = settled(GraphConv(5, graph), values)
    np.testing.assert_allclose(layer(values[:, 0]), layer(values)[:, 0], **CLOSE)


@given(seed=seeds, sparse=st.booleans())
@few
def test_graph_conv_is_equivariant(seed, sparse):
    graph, values = random_graph(seed), random_values(seed, 2, 3, 6, 2)
    order = np.random.default_rng(seed).permutation(6)
    layer = settled(GraphConv(3, graph, sparse=sparse), values)
    renamed = GraphConv(3, graph[order][:, order], sparse=sparse)
    renamed(values)
    renamed.set_weights(layer.get_weights())
    found = renamed(values[:, :, order])
    np.testing.assert_allclose(found, np.asarray(layer(values))[:, :, order], rtol=1e-4, atol=1e-4)


def test_graph_conv_reaches_as_far_as_its_steps_and_no_farther():
    chain = np.eye(6, k=-1)  # node i hears node i - 1
    values = random_values(0, 1, 6, 2)
    layer = settled(GraphConv(3, chain, steps=2, directed=False), values)
    changed = values.copy()
    changed[:, 1] += 1
    moved = np.abs(np.asarray(layer(changed)) - np.asarray(layer(values))).max(axis=(0, 2)) > 1e-6
    assert moved.tolist() == [False, True, True, True, False, False]


@pytest.mark.parametrize(
    ("argument", "value"), [("filters", 0), ("steps", 0), ("learned", -1), ("learned", 0.5)]
)
def test_graph_conv_refuses_no_count(argument, value):
    arguments = {"filters": 2, "adjacency": np.eye(3), argument: value}
    with pytest.raises(InputError, match=f"{argument}: expected a whole number"):
        GraphConv(**arguments)


# What holds for every layer with a graph


GRAPH_LAYERS = {
    "pooling": lambda graph, **more: LocalPooling(graph, **more),
    "reverse": lambda graph, **more: LocalPooling(graph, reverse=True, **more),
    "conv": lambda graph, **more: GraphConv(3, graph, learned=2, **more),
}


@pytest.mark.parametrize("kind", GRAPH_LAYERS)
@pytest.mark.parametrize("form", ["csr_array", "coo_matrix", "csc_matrix", "lil_array"])
def test_sparse_adjacency_gives_what_the_full_one_gives(kind, form):
    graph, values = random_graph(8), random_values(0, 2, 3, 6, 4)
    full = settled(GRAPH_LAYERS[kind](graph), values)
    sparse = settled(GRAPH_LAYERS[kind](getattr(scipy.sparse, form)(graph), sparse=True), values)
    assert sparse.sparse and not full.sparse
    np.testing.assert_allclose(sparse(values), full(values), **CLOSE)


@pytest.mark.backend
@pytest.mark.parametrize("kind", GRAPH_LAYERS)
def test_few_edges_are_summed_one_by_one_and_many_multiplied(kind):
    ring = scipy.sparse.csr_array(np.roll(np.eye(200), 1, axis=1))
    assert GRAPH_LAYERS[kind](ring).sparse
    assert not GRAPH_LAYERS[kind](ring[:20][:, :20].toarray()).sparse
    assert not GRAPH_LAYERS[kind](ring, sparse=False).sparse


@pytest.mark.parametrize("kind", GRAPH_LAYERS)
@pytest.mark.parametrize("sparse", [False, True])
def test_an_edge_given_in_two_parts_counts_as_their_sum(kind, sparse):
    parts = scipy.sparse.coo_array(([1.0, 2.0, 1.0], ([0, 0, 0], [1, 1, 2])), shape=(3, 3))
    values = random_values(0, 2, 3, 3, 4)
    found = settled(GRAPH_LAYERS[kind](parts, sparse=sparse), values)
    whole = settled(GRAPH_LAYERS[kind](parts.toarray()), values)
    np.testing.assert_allclose(found(values), whole(values), **CLOSE)


@pytest.mark.parametrize("kind", GRAPH_LAYERS)
def test_a_stored_zero_is_no_edge(kind):
    stored = scipy.sparse.coo_array(([0.0, 2.0], ([0, 1], [1, 2])), shape=(3, 3))
    values = random_values(0, 2, 3, 3, 4)
    found = settled(GRAPH_LAYERS[kind](stored), values)
    whole = settled(GRAPH_LAYERS[kind](stored.toarray()), values)
    np.testing.assert_allclose(found(values), whole(values), **CLOSE)


@pytest.mark.parametrize("kind", GRAPH_LAYERS)
@pytest.mark.parametrize("sparse", [False, True])
def test_graph_layers_refuse_an_impossible_adjacency(kind, sparse):
    def refused(matrix, match):
        with pytest.raises(InputError, match=match):
            GRAPH_LAYERS[kind](scipy.sparse.coo_array(matrix) if sparse else matrix)

    spoiled = np.ones((3, 3))
    refused(spoiled[:2], r"adjacency: expected a square matrix, got shape \(2, 3\)")
    finite = "finite numbers, got (nan|inf) in row 1, column 2"
    told = {-1.0: "no negative number, got -1.0 in row 1, column 2", np.nan: finite, np.inf: finite}
    for weight, sentence in told.items():
        spoiled[1, 2] = weight
        refused(spoiled.copy(), f"adjacency: expected {sentence}")


@pytest.mark.parametrize("kind", GRAPH_LAYERS)
def test_graph_layers_refuse_another_number_of_nodes(kind):
    with pytest.raises(InputError, match="the graph has 6 nodes, the input has 5"):
        GRAPH_LAYERS[kind](random_graph(0))(random_values(0, 2, 3, 5, 1))


def test_edge_list_holds_each_edge_once_as_plain_numbers():
    edges = edge_list(np.array([[0, 2.0], [0.5, 0]]))
    assert edges == {"nodes": 2, "target": [0, 1], "source": [1, 0], "weight": [2.0, 0.5]}


# NodeEmbedding and CalendarEmbedding


@pytest.mark.backend
@pytest.mark.parametrize("shape", [(2, 5, 4), (2, 3, 5, 4)])
def test_node_embedding_appends_the_vector_of_each_node(shape):
    values = random_values(0, *shape)
    layer = settled(NodeEmbedding(3), values)
    vectors = np.broadcast_to(layer.get_weights()[0], (*shape[:-1], 3))
    np.testing.assert_allclose(layer(values), np.concatenate([values, vectors], -1), **CLOSE)
    assert layer.count_params() == 5 * 3


def test_node_embedding_refuses_no_size():
    with pytest.raises(InputError, match="size: expected a whole number of at least 1, got 0"):
        NodeEmbedding(0)


@pytest.mark.backend
def test_calendar_embedding_reads_the_slot_and_day_at_the_first_step_ahead():
    layer = CalendarEmbedding(lookback=2, slots=288, size=4)
    calendar = random_values(0, 288, 5, 3)
    slots = np.arange(288)
    calendar[:, 2, 0] = (slots / 288).astype("float32")
    calendar[:, 2, 1] = slots % 7
    found = np.asarray(layer(calendar))
    time_of_day, day_of_week = layer.get_weights()
    twin = np.concatenate(
        [time_of_day[slots], day_of_week[slots % 7], calendar[:, :, 2].reshape(288, -1)], axis=1
    )
    np.testing.assert_allclose(found, twin, **CLOSE)


@pytest.mark.parametrize("argument", ["lookback", "slots", "size"])
def test_calendar_embedding_refuses_no_count(argument):
    arguments = {"lookback": 1, "slots": 1, "size": 1} | {argument: 0}
    with pytest.raises(InputError, match=f"{argument}: expected a whole number of at least 1"):
        CalendarEmbedding(**arguments)


# FillMissing


def fill_missing_twin(values, graph=None):
    batch, time, nodes = values.shape
    filled, last = values.copy(), np.zeros((batch, 1, nodes))
    for b in range(batch):
        heard = [np.flatnonzero(np.isfinite(values[b, :, n])) for n in range(nodes)]
        for n in range(nodes):
            if len(heard[n]):
                last[b, 0, n] = values[b, heard[n][-1], n]
        for n in range(nodes):
            near = (
                [] if graph is None else [j for j in range(nodes) if len(heard[j]) and graph[n, j]]
            )
            if not len(heard[n]) and near:
                last[b, 0, n] = np.average(last[b, 0, near], weights=graph[n, near])
            filled[b, ~np.isfinite(values[b, :, n]), n] = last[b, 0, n]
    return filled, np.isfinite(values), last


@given(seed=seeds, with_graph=st.booleans(), sparse=st.booleans())
@few
def test_fill_missing_agrees_with_loops(seed, with_graph, sparse):
    values = random_values(seed, 3, 4, 6)
    values[random_values([seed, 1], 3, 4, 6) > -0.3] = np.nan
    values[:, :, 3] = np.nan
    graph = random_graph(seed) if with_graph else None
    given = scipy.sparse.csr_array(graph) if sparse and with_graph else graph
    for found, twin in zip(FillMissing(given)(values), fill_missing_twin(values, graph)):
        np.testing.assert_allclose(found, twin, **CLOSE)


@pytest.mark.backend
def test_fill_missing_of_nothing_known_is_zero():
    values, known, last = FillMissing(np.ones((2, 2)))(np.full((1, 3, 2), np.nan, "float32"))
    assert not np.any(values) and not np.any(known) and not np.any(last)


@pytest.mark.backend
def test_fill_missing_takes_infinity_for_missing():
    values, known, _ = FillMissing()(np.array([[[5.0], [np.inf], [-np.inf]]], "float32"))
    assert np.ravel(values).tolist() == [5, 5, 5]
    assert np.ravel(known).tolist() == [1, 0, 0]


def test_fill_missing_refuses_another_number_of_nodes():
    with pytest.raises(InputError, match="the graph has 6 nodes, the input has 2"):
        FillMissing(random_graph(0))(np.zeros((1, 3, 2), "float32"))


# The whole network


def make_stn(graph, **more):
    keras.utils.set_random_seed(0)
    common = {"slots": 24, "hidden": 16, "profile": False}
    return models.stn(graph.shape[0], 12, 3, 3, adjacency=graph, **common, **more)


def make_inputs(seed=0, nodes=6, missing=0.3):
    rng = np.random.default_rng(seed)
    history = rng.normal(size=(4, 12, nodes)).astype("float32")
    history[rng.random(history.shape) < missing] = np.nan
    calendar = rng.random((4, 15, 3)).astype("float32")
    return {"history": history, "calendar": calendar}


def test_missing_input_and_target_leave_every_gradient_of_the_stn_finite():
    network, inputs = make_stn(random_graph(0), learned=2), make_inputs()
    inputs["history"][0, :, 2] = np.nan
    target = np.where(make_inputs(1)["history"][:, :3] > 0, 1.0, np.nan).astype("float32")
    with tf.GradientTape() as tape:
        loss = MaskedLoss("mae")(target, network(inputs))
    gradients = tape.gradient(loss, network.trainable_variables)
    assert np.isfinite(float(loss))
    for weight, gradient in zip(network.trainable_variables, gradients):
        assert gradient is not None, weight.path
        assert np.isfinite(tf.convert_to_tensor(gradient)).all(), weight.path


def test_masked_input_has_no_influence_on_the_stn_whatever_stands_there():
    network, inputs = make_stn(random_graph(0)), make_inputs()
    plain = np.asarray(network(inputs))
    assert np.isfinite(plain).all()
    for lie in (np.inf, -np.inf):
        history = np.where(np.isnan(inputs["history"]), np.float32(lie), inputs["history"])
        np.testing.assert_array_equal(network(inputs | {"history": history}), plain)
    history, calendar = tf.constant(inputs["history"]), tf.constant(inputs["calendar"])
    with tf.GradientTape() as tape:
        tape.watch(history)
        total = tf.reduce_sum(network({"history": history, "calendar": calendar}) ** 2)
    gradient = tape.gradient(total, history).numpy()
    missing = np.isnan(inputs["history"])
    assert not gradient[missing].any()
    assert np.isfinite(gradient).all() and gradient[~missing].any()


def test_stn_with_a_sparse_adjacency_is_the_stn_with_the_full_one():
    graph, inputs = random_graph(0), make_inputs()
    full, sparse = make_stn(graph, learned=2), make_stn(scipy.sparse.csr_array(graph), learned=2)
    sparse.set_weights(full.get_weights())
    np.testing.assert_allclose(sparse(inputs), full(inputs), **CLOSE)


# Configuration and files


LAYERS = {
    "dynamic": (DynamicConv(3, 2, strides=2), (2, 5, 6, 4)),
    "pooling": (LocalPooling(random_graph(0), reverse=True), (2, 5, 6, 4)),
    "conv": (GraphConv(3, random_graph(0), steps=3, directed=False, learned=2), (2, 5, 6, 4)),
    "sparse": (GraphConv(3, scipy.sparse.csr_array(random_graph(0))), (2, 5, 6, 4)),
    "nodes": (NodeEmbedding(3), (2, 5, 6, 4)),
    "fill": (FillMissing(random_graph(0), sparse=True), (2, 5, 6)),
    "fill alone": (FillMissing(), (2, 5, 6)),
    "calendar": (CalendarEmbedding(3, 24, 2), (2, 5, 4)),
}


@pytest.mark.backend
@pytest.mark.parametrize("kind", LAYERS)
def test_configuration_round_trip(kind):
    layer, shape = LAYERS[kind]
    values = np.abs(random_values(0, *shape))
    layer(values)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()
    again(values)
    again.set_weights(layer.get_weights())
    for found, first in zip(keras.tree.flatten(again(values)), keras.tree.flatten(layer(values))):
        np.testing.assert_array_equal(found, first)


LOAD_ELSEWHERE = """
    import sys
    from pathlib import Path
    import stlearn.networks.input_layers, stlearn.networks.losses  # and with them the layers
    import keras, numpy as np
    folder = Path(sys.argv[1])
    inputs = dict(np.load(folder / "inputs.npz"))
    for file in sorted(folder.glob("*.keras")):
        network = keras.saving.load_model(file)
        np.savez(file.with_suffix(".npz"), network(inputs), *network.get_weights())
    assert "stlearn.networks.models" not in sys.modules
"""


@pytest.mark.slow
def test_saved_networks_load_in_a_new_process_without_their_builder(tmp_path):
    keras.utils.set_random_seed(0)
    graph, inputs = random_graph(0), make_inputs()
    common = {"nodes": 6, "lookback": 12, "horizon": 3, "calendar_columns": 3, "slots": 24}
    networks = {
        "stn": make_stn(graph, learned=2, quantiles=3),
        "stn_sparse": make_stn(scipy.sparse.csr_array(graph)),
        "feed_forward": models.feed_forward(**common),
        "cnn_lstm": models.cnn_lstm(**common),
    }
    networks["stn"].compile("sgd", MaskedLoss("quantile", (0.1, 0.5, 0.9)))
    np.savez(tmp_path / "inputs.npz", **inputs)
    for name, network in networks.items():
        network.save(tmp_path / f"{name}.keras")
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(LOAD_ELSEWHERE), str(tmp_path)],
        check=True,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
    )
    for name, network in networks.items():
        with np.load(tmp_path / f"{name}.npz") as loaded:
            forecast, *weights = loaded.values()
        for found, saved in zip(weights, network.get_weights(), strict=True):
            np.testing.assert_array_equal(found, saved)
        # The other process may add in another order, so the last digit may differ.
        np.testing.assert_allclose(forecast, network(inputs), **CLOSE)


# How TensorFlow starts


WATCH_THE_START = """
    import importlib, os, sys

    class Start(Exception):
        pass

    class Watch:
        def find_spec(self, name, path=None, target=None):
            if name == "tensorflow":
                raise Start

    sys.meta_path.insert(0, Watch())
    try:
        importlib.import_module(sys.argv[1])
    except Start:
        print(os.environ.get("TF_CPP_MIN_LOG_LEVEL"), os.environ.get("TF_ENABLE_ONEDNN_OPTS"))
"""


def fresh_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("TF_")}


@pytest.mark.parametrize("module", ["layers", "losses", "models", "forecaster"])
def test_tensorflow_is_told_how_to_start_before_it_starts(module):
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(WATCH_THE_START), f"stlearn.networks.{module}"],
        check=True,
        capture_output=True,
        text=True,
        env=fresh_environment(),
    )
    assert told.stdout.split() == ["2", "0"]


def test_a_setting_of_the_user_stays():
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(WATCH_THE_START), "stlearn.networks.layers"],
        check=True,
        capture_output=True,
        text=True,
        env=fresh_environment() | {"TF_ENABLE_ONEDNN_OPTS": "1"},
    )
    assert told.stdout.split() == ["2", "1"]


TRAIN_ELSEWHERE = """
    import numpy as np, pandas as pd, stlearn
    times = pd.date_range("2026-01-05", periods=60, freq="5min")
    values = pd.DataFrame({"a": np.sin(np.arange(60)), "b": np.cos(np.arange(60))}, index=times)
    dataset = stlearn.SpatioTemporalDataset("waves", values, unit="m")
    network = stlearn.Forecaster("feed_forward", lookback=4, horizon=2, epochs=1).fit(dataset)
    print(network.predict(dataset).shape)
"""


@pytest.mark.slow
def test_training_prints_nothing_of_tensorflow_itself():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(TRAIN_ELSEWHERE)],
        check=True,
        capture_output=True,
        text=True,
        env=fresh_environment(),
    )
    assert done.stdout.split("\n") == ["(2, 2)", ""]
    assert "oneDNN" not in done.stderr
