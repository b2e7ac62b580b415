"""The networks that the experiments train on corridor, in one table."""

from stlearn.errors import InputError

EPOCHS, SEEDS = 4, (0, 1, 2)
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
NETWORKS = {  # name: model, arguments of Forecaster
    "stn": ("stn", {}),
    "feed_forward": ("feed_forward", {}),
    "cnn_lstm": ("cnn_lstm", {}),
    "cnn_lstm, four times the epochs": ("cnn_lstm", {"epochs": 4 * EPOCHS}),
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
