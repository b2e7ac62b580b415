"""What all applications share, so that none of them is tuned by its own results.

All train the same network, for as long as its error on the validation part falls. All set their
reserves and thresholds on the first third of the forecasts of the test part and score what comes
after. All compare costs in the same way.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare
from stlearn.evaluation.metrics import block_bootstrap

STEPS, EPOCHS = 1000, 100  # at most: some ten seconds of training
BATCH = 32  # windows a step
PATIENCE = 4  # training stops after a quarter of it without a better validation error
HIDDEN = 32
NETWORK = "stn"  # its name among the forecasters


class Decision(NamedTuple):
    """What decisions made with two forecasts cost, on the same test part.

    Args:
        what: The decision in a few words, such as "leave in time".
        unit: Unit of the cost, such as "minutes late a trip"; less is better.
        baseline: Mean cost with the best baseline's forecast.
        network: Mean cost with the network's forecast.
        low, high: Interval of network minus baseline, in that unit; NaN where none can be had.
    """

    what: str
    unit: str
    baseline: float
    network: float
    low: float = float("nan")
    high: float = float("nan")


@dataclasses.dataclass(frozen=True)
class Application:
    """An application, declared: what is asked, of which data, and what a decision costs.

    A module of this package that holds one as `APPLICATION` is a line of the closing table.

    Args:
        number: Its section of chapter 06, 1 for 6.1; the closing table is in this order.
        title: Its name in the closing table.
        question: What somebody wants to know.
        world: Function (seed, ...) that returns the simulated world.
        real: Names of data sets of the catalogue on which the same is tried.
        forecasts: Function (seed) that trains on the world and returns what was found, with the
            Comparison as `comparison`.
        lookback, horizon: Steps of history, and steps ahead.
        split: Arguments of `stlearn.data.windows.chronological_split`.
        models: Function (lookback, horizon) that returns the baselines, not fitted.
        ahead: Duration, such as "1h", for which the decision needs a forecast; the verdict nearest
            to it counts.
        decision_made: The decision in a few words.
        unit: Unit of its cost; less is better.
        cost: Function (found, name of a forecaster) that returns an array (time, ...) of costs.
        block: As in `decided`.
        against: What the decision is compared with; by default the baseline of the verdict.

    Example:
        >>> from stcourse.applications.nature.flood import APPLICATION
        >>> APPLICATION.unit
        'hours of warning lost a flood'
    """

    number: int
    title: str
    question: str
    world: Callable
    real: tuple[str, ...]
    forecasts: Callable
    lookback: int
    horizon: int
    split: dict
    models: Callable
    ahead: str | pd.Timedelta
    decision_made: str
    unit: str
    cost: Callable
    block: int | str
    against: str | None = None

    def forecasters(self, dataset, split, seed):
        """List the baselines and, at the end, the network, not fitted.

        Args:
            dataset: SpatioTemporalDataset; without a graph, the network is a feed-forward one.
            split: `stlearn.data.windows.Split`.
            seed: Seed of the network.
        """
        model = "feed_forward" if dataset.adjacency is None else NETWORK
        network = new_network(split, self.lookback, self.horizon, seed, model)
        forecasters = [*self.models(self.lookback, self.horizon), network]
        for forecaster in forecasters:
            forecaster.adapts = False  # all worlds are asked by the same means
        return forecasters

    def compare(self, dataset, seed, split=None):
        """Train the baselines and the network, and forecast the test part.

        Args:
            dataset: SpatioTemporalDataset.
            seed: Seed of the network.
            split: `stlearn.data.windows.Split`; that of the application when not given.

        Returns:
            Comparison.
        """
        split = chronological_split(dataset, **self.split) if split is None else split
        return compare(self.forecasters(dataset, split, seed), dataset, split, progress=False)

    def verdict(self, found):
        """Compare the network with the best baseline at the horizon that the decision needs."""
        ahead = pd.Timedelta(self.ahead)
        told = found.comparison.verdict(NETWORK)
        return min(told, key=lambda verdict: abs(verdict.horizon - ahead))

    def decision(self, found):
        """Compare what is lost with the network's forecast and with a baseline's, as a Decision."""
        baseline = self.against or self.verdict(found).reference
        costs = (self.cost(found, name) for name in (NETWORK, baseline))
        return decided(self.decision_made, self.unit, *costs, self.block)


def new_network(split, lookback, horizon, seed, model="stn"):
    """Return the network of all applications, not fitted.

    Nothing is chosen by hand for one of them: all may take as many training steps, and the best
    epoch on the validation part is kept.

    Args:
        split: `stlearn.data.windows.Split` that it will be trained on.
        lookback: Steps of history.
        horizon: Steps ahead.
        seed: Seed of the network.
        model: "stn", or "feed_forward" where there is no graph.

    Raises:
        InputError: If the training part is too short for one window.

    Example:
        >>> from stcourse.applications.application import new_network
        >>> from stlearn.data.windows import Split
        >>> split = Split(slice(0, 2000), slice(2000, 2200), slice(2200, 3000))
        >>> new_network(split, lookback=12, horizon=12, seed=0).arguments["epochs"]
        17
    """
    from stlearn.networks.forecaster import WINDOWS_PER_EPOCH, Forecaster  # starts TensorFlow

    windows = split.train.stop - split.train.start - lookback - horizon + 1
    if windows < 1:
        raise InputError(
            f"split: expected at least {lookback + horizon} rows to train on, "
            f"got {split.train.stop - split.train.start}"
        )
    own = {"profile": False} if model == "stn" else {}
    epochs = min(math.ceil(STEPS * BATCH / min(windows, WINDOWS_PER_EPOCH)), EPOCHS)
    return Forecaster(
        model, lookback, horizon, epochs, seed, loss="mae", patience=math.ceil(epochs / PATIENCE),
        batch_size=BATCH, refit=False, settings={"hidden": HIDDEN, **own},
    )  # fmt: skip


def first_scored(comparison):
    """Return the place of the first forecast that is scored: those before set the reserves.

    Args:
        comparison: Comparison.
    """
    return len(tested(comparison).times) // 3


def tested(comparison, name=None):
    """Return the backtest of one forecaster.

    Args:
        comparison: Comparison.
        name: Name of a forecaster; the first one's when not given, for what all have in common.

    Raises:
        InputError: If there is no such forecaster.
    """
    runs = comparison.runs
    if name is not None and name not in runs:
        raise InputError(f"name: expected one of {list(runs)}, got {name!r}")
    return runs[name or next(iter(runs))].backtest


def decided(what, unit, network, baseline, block):
    """Compare what decisions cost with the network's forecast and with the best baseline's.

    Args:
        what, unit: As in `Decision`.
        network, baseline: Arrays (time, ...) of costs, NaN where nothing was decided.
        block: Times that are drawn together for the interval, because they hang together: their
            number, or for costs in a Series (time,) a duration such as "1D" that holds them.

    Returns:
        Decision, with an interval where there are at least four blocks.

    Example:
        >>> from stcourse.applications.application import decided
        >>> decided("send a bus", "minutes", [3, 2, 4, 3], [5, 4, 5, 6], block=1).high < 0
        True
    """
    if isinstance(block, str):
        block = int(network.groupby(network.index.floor(block)).size().max())
    network, baseline = (np.asarray(costs, dtype=float) for costs in (network, baseline))
    low = high = float("nan")
    if len(network) >= 4 * block:
        drawn = block_bootstrap(network, baseline, block)
        low, high = drawn.low, drawn.high
    means = (float(np.nanmean(costs)) for costs in (baseline, network))
    return Decision(what, unit, *means, low, high)
