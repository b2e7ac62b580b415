"""The networks that the experiments train on corridor, in one table."""

from stlearn.errors import InputError

EPOCHS, SEEDS = 4, (0, 1, 2, 3, 4)
QUANTILES = (0.05, 1 / 6, 0.5, 5 / 6, 0.95)
WITHOUT = {  # the STN with one part left out
    f"without {part}": ("stn", {"settings": {"without": [key]}})
    for part, key in (
        ("dynamic convolution", "dynamic_conv"),
        ("local pooling", "local_pooling"),
        ("graph", "graph"),
        ("calendar", "calendar"),
    )
}
WITH_PROFILE = "with the weekly profile"


def hybrid_by_node(nodes, lookback, horizon, calendar_columns, slots=288):
    """Build the article's hybrid with one set of weights for all nodes, each fed by itself alone.

    Convolution and LSTM are as wide as in `stlearn.networks.models.cnn_lstm`. No node knows of
    another, and what is learned at one place is known at all.

    Args:
        nodes, lookback, horizon, calendar_columns, slots: As in `stlearn.networks.models`.

    Returns:
        A Keras model, not compiled.

    Example:
        >>> from stcourse.experiments.networks import hybrid_by_node
        >>> few, many = (hybrid_by_node(nodes, 12, 12, 4).count_params() for nodes in (5, 50))
        >>> few == many
        True
    """
    import keras  # starts TensorFlow: not needed to read a table
    from keras import layers, ops

    from stlearn.networks import CalendarEmbedding, FillMissing

    history = keras.Input((lookback, nodes), name="history")
    calendar = keras.Input((lookback + horizon, calendar_columns), name="calendar")
    values, known, last = FillMissing()(history)
    by_node = ops.stack([ops.transpose(each, (0, 2, 1)) for each in (values, known)], axis=-1)
    state = ops.reshape(by_node, (-1, lookback, 2))
    state = layers.Conv1D(64, kernel_size=3, padding="causal", activation="relu")(state)
    state = ops.reshape(layers.LSTM(64)(state), (-1, nodes, 64))
    context = CalendarEmbedding(lookback, slots, size=8)(calendar)
    context = ops.repeat(context[:, None], nodes, axis=1)
    state = layers.Dense(64, activation="relu")(layers.Concatenate()([state, context]))
    changes = layers.Permute((2, 1))(layers.Dense(horizon)(state))
    forecast = layers.Add()([changes, last])
    return keras.Model({"history": history, "calendar": calendar}, forecast)


NETWORKS = {  # name: model, arguments of Forecaster
    "stn": ("stn", {}),
    "feed_forward": ("feed_forward", {}),
    "cnn_lstm": ("cnn_lstm", {}),
    "cnn_lstm, four times the epochs": ("cnn_lstm", {"epochs": 4 * EPOCHS}),
    "cnn_lstm, weights shared": (hybrid_by_node, {}),
    **WITHOUT,
    WITH_PROFILE: ("stn", {"settings": {"profile": True}}),
    "twice as wide": ("stn", {"settings": {"hidden": 192}}),
    "relu for gelu": ("stn", {"settings": {"activation": "relu"}}),
    "dropout 0.3": ("stn", {"settings": {"dropout": 0.3}}),
    "loss mse": ("stn", {"loss": "mse"}),
    "loss huber": ("stn", {"loss": "huber"}),
    "loss quantile": ("stn", {"loss": "quantile", "quantiles": QUANTILES}),
}


def network(name, seed=0, **changed):
    """Return an untrained network of the table.

    Args:
        name: Key of `NETWORKS`.
        seed: Seed of everything random.
        changed: Further arguments of `stlearn.Forecaster`.

    Raises:
        InputError: If the name is unknown.

    Example:
        >>> from stcourse.experiments import network
        >>> network("loss huber").name
        'stn'
    """
    from stlearn.networks.forecaster import (
        Forecaster,  # starts TensorFlow: not needed to read a table
    )

    if name not in NETWORKS:
        raise InputError(f"name: expected one of {list(NETWORKS)}, got {name!r}")
    model, arguments = NETWORKS[name]
    # The claims are about points, and about the parts that the article names.
    given = {"epochs": EPOCHS, "loss": "mae"} | arguments | changed
    if model == "stn":
        given["settings"] = {"profile": False} | given.get("settings", {})
    return Forecaster(model, seed=seed, **given)
