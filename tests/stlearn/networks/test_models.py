"""The networks: what goes in and comes out, how they grow, and that the graph teaches something."""

import keras
import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf

from stlearn.errors import InputError
from stlearn.networks import GraphConv, models, training
from stlearn.networks.losses import MaskedLoss

LOOKBACK, HORIZON = 12, 3
SYMMETRIC = np.eye(5, k=1) + np.eye(5, k=-1)
DIRECTED = np.eye(5, k=-1)  # node i hears node i - 1
GRAPHS = {
    "symmetric": SYMMETRIC,
    "directed": DIRECTED,
    "sparse": scipy.sparse.csr_array(DIRECTED),
}
KINDS = ["feed_forward", "cnn_lstm", *(f"stn {graph}" for graph in GRAPHS)]


def build(kind, nodes=5, columns=2, **more):
    keras.utils.set_random_seed(0)
    name, *graph = kind.split()
    common = {"lookback": LOOKBACK, "horizon": HORIZON, "calendar_columns": columns, "slots": 24}
    common |= {"nodes": nodes, "hidden": 8}
    if graph:
        common["adjacency"] = GRAPHS[graph[0]]
    return getattr(models, name)(**(common | more))


def make_inputs(seed=0, columns=2):
    rng = np.random.default_rng(seed)
    calendar = rng.random((4, LOOKBACK + HORIZON, columns)).astype("float32")
    return {
        "history": rng.normal(size=(4, LOOKBACK, 5)).astype("float32"),
        "calendar": calendar,
        "profile": rng.normal(size=(4, LOOKBACK + HORIZON, 5)).astype("float32"),
    }


def said(network, inputs):
    return np.array(network(training.what_it_reads(network, inputs)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("quantiles", [1, 3])
@pytest.mark.parametrize("columns", [2, 4])
def test_shape_of_the_forecast(kind, quantiles, columns):
    network = build(kind, columns=columns, quantiles=quantiles)
    shape = (HORIZON, 5) if quantiles == 1 else (HORIZON, 5, quantiles)
    assert network.output_shape == (None, *shape)
    forecast = said(network, make_inputs(columns=columns))
    assert forecast.shape == (4, *shape)
    assert np.isfinite(forecast).all()


@pytest.mark.parametrize("kind", KINDS)
def test_silent_node_gets_a_finite_forecast(kind):
    network, inputs = build(kind), make_inputs()
    inputs["history"][:, :, 2] = np.nan
    inputs["history"][0] = np.nan
    assert np.isfinite(said(network, inputs)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_forecast_moves_with_the_last_value(kind):
    """The networks predict a change: with the last layer at zero, they say the last value."""
    network, inputs = build(kind), make_inputs()
    last = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)][-1]
    last.set_weights([np.zeros(weight.shape) for weight in last.get_weights()])
    inputs["history"][0, -2:, 1] = np.nan
    expected = inputs["history"][:, -1].copy()
    expected[0, 1] = inputs["history"][0, -3, 1]
    forecast = said(network, inputs)
    np.testing.assert_allclose(forecast, np.repeat(expected[:, None], HORIZON, axis=1), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_announced_events_are_read_for_the_future(kind):
    network, inputs = build(kind, columns=3), make_inputs(columns=3)
    changed = inputs["calendar"].copy()
    changed[:, -1, 2] += 1
    moved = said(network, inputs | {"calendar": changed}) - said(network, inputs)
    assert np.abs(moved).max() > 0


def test_feed_forward_knows_no_neighbour():
    network, inputs = build("feed_forward"), make_inputs()
    changed = inputs["history"].copy()
    changed[:, :, 1] += 1
    moved = said(network, inputs | {"history": changed}) - said(network, inputs)
    assert np.abs(moved[:, :, 1]).max() > 0
    assert not np.delete(moved, 1, axis=2).any()


def test_stn_knows_its_neighbours():
    network, inputs = build("stn directed", learned=0), make_inputs()
    changed = inputs["history"].copy()
    changed[:, :, 1] += 1
    moved = said(network, inputs | {"history": changed}) - said(network, inputs)
    assert np.abs(moved[:, :, 2]).max() > 0


def parameters(kind, nodes, **more):
    if kind == "stn":
        more["adjacency"] = np.eye(nodes, k=-1)
    return build(kind, nodes=nodes, **more).count_params()


def test_cnn_lstm_grows_with_the_nodes_through_and_through():
    hidden, kernel, inputs_a_node = 8, 3, 2
    a_node = kernel * inputs_a_node * hidden + (hidden + 1) * HORIZON
    assert parameters("cnn_lstm", 20) - parameters("cnn_lstm", 10) == 10 * a_node


def test_feed_forward_does_not_grow():
    assert parameters("feed_forward", 20) == parameters("feed_forward", 10)


def test_stn_grows_by_its_node_embedding_alone():
    small, large = (build("stn", nodes=n, adjacency=np.eye(n, k=-1), learned=0) for n in (10, 20))
    [embedding] = [layer for layer in small.layers if type(layer).__name__ == "NodeEmbedding"]
    assert large.count_params() - small.count_params() == 10 * embedding.size


def test_stn_with_a_learned_adjacency_grows_by_its_embeddings_too():
    given = parameters("stn", 20, learned=0) - parameters("stn", 10, learned=0)
    learned = parameters("stn", 20, learned=4) - parameters("stn", 10, learned=4)
    assert learned - given == 10 * 2 * 2 * 4  # 10 nodes, 2 blocks, receiver and sender of size 4


def test_stn_refuses_a_graph_of_other_nodes():
    with pytest.raises(InputError, match="the graph has 5 nodes, the input has 4"):
        build("stn directed", nodes=4)


def planted_windows(rng, count):
    """Noise enters at node 0 and reaches each node one step after the node before it."""
    source = rng.normal(size=count + LOOKBACK + 5).astype("float32")
    flow = np.stack([source[5 - node : len(source) - node] for node in range(5)], axis=1)
    windows = np.stack([flow[start : start + LOOKBACK + 1] for start in range(count)])
    return windows[:, :LOOKBACK], windows[:, LOOKBACK:]


@pytest.mark.slow
def test_stn_learns_what_comes_from_upstream_and_feed_forward_cannot():
    history, target = planted_windows(np.random.default_rng(0), 1024)
    fresh, truth = planted_windows(np.random.default_rng(1), 256)
    errors = {}
    for kind in ("feed_forward", "stn directed"):
        more = {"dropout": 0.0, "learned": 0, "profile": False} if kind == "stn directed" else {}
        network = build(kind, horizon=1, hidden=16, **more)
        network.compile(keras.optimizers.AdamW(1e-2), MaskedLoss("mae"))
        calendar = np.zeros((len(history), LOOKBACK + 1, 2), "float32")
        network.fit(
            {"history": history, "calendar": calendar}, target, epochs=3, batch_size=32, verbose=0
        )
        forecast = said(network, {"history": fresh, "calendar": calendar[:256]})
        # Node 0 is pure noise: nobody can foresee it.
        errors[kind] = np.abs(truth - forecast)[..., 1:].mean()
    # Without the neighbour, the best forecast of standard normal noise is 0, and its mean
    # absolute error is 0.80.
    assert errors["feed_forward"] > 0.7
    assert errors["stn directed"] < 0.3


@pytest.mark.parametrize("part", models.PARTS)
def test_a_part_left_out_is_gone(part):
    whole, less = build("stn directed"), build("stn directed", without=[part])
    assert less.output_shape == whole.output_shape
    kinds = {type(layer).__name__ for layer in less.layers}
    gone = {"dynamic_conv": "DynamicConv", "local_pooling": "LocalPooling"}
    gone |= {"calendar": "CalendarEmbedding"}
    assert gone.get(part, "none") not in kinds
    assert set(gone.values()) - {gone.get(part)} <= kinds


def test_without_graph_no_node_hears_another_and_without_calendar_it_is_not_read():
    inputs = make_inputs()
    louder = inputs | {"history": inputs["history"].copy()}
    louder["history"][:, :, 0] += 1
    network = build("stn symmetric", without=("graph",))
    np.testing.assert_allclose(
        said(network, louder)[..., 1:], said(network, inputs)[..., 1:], atol=1e-6
    )
    assert not np.allclose(said(network, louder)[..., 0], said(network, inputs)[..., 0])
    network = build("stn symmetric", without=("calendar",))
    later = inputs | {"calendar": 1 - inputs["calendar"]}
    np.testing.assert_allclose(said(network, later), said(network, inputs), atol=1e-6)


def test_the_profile_is_read_over_the_past_and_ahead_unless_it_is_left_out():
    inputs = make_inputs()
    network = build("stn symmetric")
    for step in (0, LOOKBACK + HORIZON - 1):
        usual = inputs["profile"].copy()
        usual[:, step] += 1
        moved = said(network, inputs | {"profile": usual}) - said(network, inputs)
        assert np.abs(moved).max() > 0
    names = training.names_of_inputs(build("stn symmetric", profile=False))
    assert sorted(names) == ["calendar", "history"]


@pytest.mark.parametrize("without", ["graph", ["attention"]])
def test_a_part_that_the_stn_has_not(without):
    with pytest.raises(InputError, match="without: .*dynamic_conv"):
        build("stn directed", without=without)


def test_gradients_stay_finite_where_a_third_is_missing():
    inputs = make_inputs()
    hidden = np.random.default_rng(1).random(inputs["history"].shape) < 0.3
    inputs["history"][hidden] = np.nan
    target = np.random.default_rng(2).normal(size=(4, HORIZON, 5)).astype("float32")
    target[0, 0] = np.nan
    model = build("stn symmetric")
    with tf.GradientTape() as tape:
        loss = MaskedLoss("mae")(
            target, model(training.what_it_reads(model, inputs), training=True)
        )
    gradients = tape.gradient(loss, model.trainable_variables)
    assert len(gradients) > 10
    for weight, gradient in zip(model.trainable_variables, gradients):
        assert gradient is not None, weight.path
        assert np.isfinite(tf.convert_to_tensor(gradient).numpy()).all(), weight.path


def test_the_activation_of_the_stn_is_the_one_asked_for():
    kinds = {
        layer.get_config()["activation"]
        for layer in build("stn symmetric", activation="tanh").layers
        if isinstance(layer, keras.layers.Activation)
    }
    assert kinds == {"tanh"}


def test_the_learned_adjacency_is_for_few_nodes_unless_asked_for(monkeypatch):
    monkeypatch.setattr(models, "LEARNED_NODES", 5)
    chain = {nodes: np.eye(nodes, k=1) for nodes in (5, 6)}

    def learned(nodes, **more):
        network = models.stn(nodes, 12, 3, 2, adjacency=chain[nodes], hidden=8, **more)
        return {each.learned for each in network.layers if isinstance(each, GraphConv)} - {0}

    assert learned(5) == {10}
    assert learned(6) == set()
    assert learned(6, learned=4) == {4}


@pytest.mark.parametrize("name", models.MODELS)
@pytest.mark.parametrize(("nodes", "horizon"), [(3, 4), (4, 4), (1, 2)])
def test_a_batch_of_one_or_two_says_what_a_larger_one_says(name, nodes, horizon):
    known = {"nodes": nodes, "lookback": 12, "horizon": horizon, "calendar_columns": 2}
    network = models.build(
        models.MODELS[name], {"hidden": 8}, **known, adjacency=np.eye(nodes, k=1), quantiles=3
    )
    rng = np.random.default_rng(0)
    inputs = {each.name: rng.random((5, *each.shape[1:]), "float32") for each in network.inputs}
    whole = network.predict_on_batch(inputs)
    for size in (1, 2):
        few = network.predict_on_batch({name: each[:size] for name, each in inputs.items()})
        np.testing.assert_allclose(few, whole[:size], rtol=1e-4, atol=1e-5)
