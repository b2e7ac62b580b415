"""What every part of chapter 06 compares: all baselines of chapter 05, and a network.

Nothing is chosen by hand for one part: the same baselines for all, and the same network for as
long as its error on the validation part falls.
"""

import math

from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.baselines.standard import standard
from stlearn.errors import InputError

STEPS, EPOCHS = 1000, 100  # at most: some ten seconds of training
BATCH = 32  # windows a step
PATIENCE = 4  # training stops after a quarter of it without a better validation error
HIDDEN = 32
NETWORK = "network"  # its name in tables, whichever it is


def ladder(dataset, split, lookback, horizon, seed=0, **options):
    """List the baselines that make sense for a data set and, at the end, the network, not fitted.

    The regressions are fitted by squared errors and judged by absolute ones, which favours whoever
    learns from absolute errors. So two of them have a sister that does.

    Args:
        dataset: SpatioTemporalDataset; without a graph, the network is a feed-forward one.
        split: `stlearn.data.windows.Split`.
        lookback: Steps of history that the network sees.
        horizon: Steps ahead.
        seed: Seed of the network.
        options: Further arguments of `new_network`.

    Returns:
        List of forecasters with different names; the last is called "network".

    Raises:
        InputError: If the training part is too short for one window.

    Example:
        >>> import stlearn
        >>> from stcourse.applications.ladder import ladder
        >>> from stlearn.data.windows import chronological_split
        >>> corridor = stlearn.load("corridor")
        >>> models = ladder(corridor, chronological_split(corridor), lookback=12, horizon=6)
        >>> [model.name for model in models][-3:]
        ['autoregression, absolute', 'neighbour autoregression, absolute', 'network']
    """
    models = standard(dataset, horizon)
    for model in list(models):
        if isinstance(model, VectorAutoregression) and model.neighbours_only:
            models.append(VectorAutoregression(horizon, model.lags, True, "absolute_error"))
        elif type(model) is AverageAutoregression:
            models.append(AverageAutoregression(horizon, model.lags, "absolute_error"))
    if dataset.adjacency is None:
        options = {"model": "feed_forward"} | options
    return [*models, new_network(split, lookback, horizon, seed, **options)]


def new_network(split, lookback, horizon, seed=0, model="stn", **options):
    """Return the network of all parts, not fitted.

    All may take as many training steps, and the best epoch on the validation part is kept.

    Args:
        split: `stlearn.data.windows.Split` that it will be trained on.
        lookback: Steps of history.
        horizon: Steps ahead.
        seed: Seed of the network.
        model: "stn", or "feed_forward" where there is no graph.
        options: Further arguments of `stlearn.Forecaster`, such as `members`.

    Raises:
        InputError: If the training part is too short for one window.

    Example:
        >>> from stcourse.applications.ladder import new_network
        >>> from stlearn.data.windows import Split
        >>> split = Split(slice(0, 2000), slice(2000, 2200), slice(2200, 3000))
        >>> new_network(split, lookback=12, horizon=12).arguments["epochs"]
        17
    """
    from stlearn.networks.forecaster import WINDOWS_PER_EPOCH, Forecaster  # starts TensorFlow

    windows = split.train.stop - split.train.start - lookback - horizon + 1
    if windows < 1:
        raise InputError(
            f"split: expected at least {lookback + horizon} rows to train on, "
            f"got {split.train.stop - split.train.start}"
        )
    epochs = min(math.ceil(STEPS * BATCH / min(windows, WINDOWS_PER_EPOCH)), EPOCHS)
    usual = {
        "epochs": epochs,
        "patience": math.ceil(epochs / PATIENCE),
        "batch_size": BATCH,
        "refit": False,
        "settings": {"hidden": HIDDEN},
    }
    network = Forecaster(model, lookback, horizon, seed=seed, **usual | options)
    network.name = NETWORK
    return network
