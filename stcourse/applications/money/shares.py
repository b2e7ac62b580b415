"""Share prices: is any forecast better than the last price, and does trading on it pay?

All forecasts are of the logarithm of the price, so one per cent counts the same for every share.
Each evening a trader holds the half of the shares that a forecast says will rise most. Whoever
expects tomorrow to be as today holds all of them.
"""

import dataclasses
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import r2_score

from stcourse.applications.application import Application, tested
from stcourse.worlds.prices import prices
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.checks import check_count
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison, compare
from stlearn.evaluation.metrics import block_bootstrap
from stlearn.graph.adjacency import adjacency_from_correlation

LOOKBACK, HORIZON = 10, 4  # days
TRADING = 5  # basis points of what is bought or sold
MONTH = 20  # working days, a block of the bootstrap
ENOUGH = 1000  # rows from which on a network is trained
LAGS = 5  # days of past changes in the trick


class Found(NamedTuple):
    """Prices, their logarithms as a data set, and the comparison of the forecasts."""

    prices: SpatioTemporalDataset
    dataset: SpatioTemporalDataset
    comparison: Comparison


def forecasts(seed=0, world=None, horizon=HORIZON):
    """Train on the first part of the prices and forecast the last fifth.

    Args:
        seed: Seed of the network, and of the prices when none are given.
        world: SpatioTemporalDataset of prices; 2,000 days of `stcourse.worlds.prices` when not
            given. Below a thousand rows no network is trained.
        horizon: Steps ahead.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.money import shares
        >>> found = shares.forecasts()  # doctest: +SKIP
    """
    world = prices(seed) if world is None else world
    dataset = in_logs(world)
    if len(dataset.values) >= ENOUGH:
        comparison = dataclasses.replace(APPLICATION, horizon=horizon).compare(dataset, seed)
    else:
        split, models = chronological_split(dataset), _baselines(LOOKBACK, horizon)[:-1]
        for model in models:
            model.adapts = False
        comparison = compare(models, dataset, split, progress=False)
    return Found(world, dataset, comparison)


def in_logs(world):
    """Return 100 times the log of each price by its first one, on a graph of what moves together.

    Args:
        world: SpatioTemporalDataset of prices above zero.

    Returns:
        SpatioTemporalDataset; a difference of 1 is about one per cent, and every share starts at 0,
        since a network is better off with one scale for all. The graph is that of `world`, or else
        the correlation of the changes in the first 70 % of the rows.

    Raises:
        InputError: If a price is not above zero.

    Example:
        >>> from stcourse.applications.money.shares import in_logs
        >>> from stcourse.worlds.prices import prices
        >>> in_logs(prices(days=300)).unit
        '% (log)'
    """
    if (world.values <= 0).to_numpy().any():
        raise InputError(f"values: expected prices above zero in {world.name}")
    prices = world.values.astype("float64")
    logs = 100 * np.log(prices / prices.iloc[0])
    adjacency = world.adjacency
    if adjacency is None:
        changes = logs.diff().iloc[1 : int(0.7 * len(logs))]
        adjacency = adjacency_from_correlation(changes, threshold=0.2)
    return SpatioTemporalDataset(
        world.name, logs, "% (log)", adjacency, world.nodes, world.calendar,
        licence=world.licence, citation=world.citation,
    )  # fmt: skip


def against_last(comparison):
    """Compare every method with the last value, and with nothing picked by its test figures.

    Returns:
        DataFrame (method and steps ahead, such as "stn +2"; gain, low, high in per cent, shown).
    """
    rows = []
    for name in comparison.runs:
        if name != "last value":
            interval = comparison.runs[name].backtest.interval
            for said in comparison.verdict(name, "last value"):
                ahead = round(said.horizon / interval)
                percent = (100 * share for share in (said.gain, said.low, said.high))
                rows.append((f"{name} +{ahead}", *percent, said.real))
    columns = ["method", "gain", "low", "high", "shown"]
    return pd.DataFrame(rows, columns=columns).set_index("method")


def traded(found, name):
    """Hold each day the half of the shares that a forecast says will rise most.

    Args:
        found: Found.
        name: Name of a forecaster; "last value" expects no change and holds all shares.

    Returns:
        Series (day) of the loss in basis points, costs of trading included; below zero is a gain.

    Raises:
        InputError: If the forecaster is unknown.
    """
    run = tested(found.comparison, name)
    before = found.dataset.values.to_numpy()[run.origins - 1]
    expected, came = run.forecast[:, 0] - before, run.truth[:, 0] - before
    shares = expected.shape[1]
    weights = np.full(expected.shape, 1 / shares)
    if name != "last value":
        best = np.argsort(-expected, axis=1)[:, : shares // 2]
        weights[:] = 0
        np.put_along_axis(weights, best, 1 / best.shape[1], axis=1)
    turned = np.abs(np.diff(weights, axis=0, prepend=weights[:1])).sum(axis=1)
    gain = (weights * came).sum(axis=1) * 100
    return pd.Series(TRADING * turned - gain, run.times)


def chart_fit(found, name="last value"):
    """Return R squared of a forecast of the price itself a day ahead, against the mean price.

    Args:
        found: Found.
        name: Name of a forecaster.

    Returns:
        Series (share).
    """
    run = found.comparison.runs[name].backtest
    truth, said = np.exp(run.truth[:, 0] / 100), np.exp(run.forecast[:, 0] / 100)
    return pd.Series(r2_score(truth, said, multioutput="raw_values"), run.nodes)


def denoised(dataset, peek, days=5):
    """Forecast tomorrow by least squares from smoothed prices, as papers that denoise first do.

    The inputs are the last changes of the smoothed price and its distance from the price, the
    target is the true change of the price until tomorrow. Weights come from the first 80 % of the
    days, the score from the rest.

    Args:
        dataset: SpatioTemporalDataset of log prices.
        peek: Whether the smoothing is centred on its day, over the whole record at once; without
            it, each day's mean is over the days up to it.
        days: Days in the mean, odd.

    Returns:
        (gain, low, high) in per cent of the last value's mean squared error.

    Raises:
        InputError: If the number of days is not odd.

    Example:
        >>> from stcourse.applications.money.shares import denoised, in_logs
        >>> from stcourse.worlds.prices import prices
        >>> denoised(in_logs(prices(days=500)), peek=True)[0] > 10
        True
    """
    check_count("days", days, least=3)
    if days % 2 == 0:
        raise InputError(f"days: expected an odd number, got {days}")
    price = dataset.values.astype("float64")
    smooth = price.rolling(days, center=peek).mean()
    inputs = [smooth - price, *(smooth.diff().shift(lag) for lag in range(LAGS))]
    target = price.shift(-1) - price
    first, stop = days + LAGS, len(price) - days
    table = np.stack([part.to_numpy() for part in inputs], axis=-1)[first:stop]  # day, share, input
    came = target.to_numpy()[first:stop]
    cut = int(0.8 * len(came))
    inside = table[:cut].reshape(-1, table.shape[2])
    weights = np.linalg.lstsq(inside, came[:cut].ravel(), rcond=None)[0]
    wrong, reference = (came[cut:] - table[cut:] @ weights) ** 2, came[cut:] ** 2
    drawn = block_bootstrap(wrong, reference, MONTH)
    return -100 * drawn.relative, -100 * drawn.relative_high, -100 * drawn.relative_low


def real(dataset, seed=0, rows=2000):
    """Do the same on real prices: the last rows of a data set.

    Args:
        dataset: Exchange rates or shares, from `stlearn.load`.
        seed: Seed of the network, which is trained from a thousand rows on.
        rows: Rows at most.

    Returns:
        Found, one step ahead; shares that are missing anywhere in these rows are left out.
    """
    last = dataset.values.iloc[-rows:]
    known = last.columns[last.notna().all() & (last.std() > 0)]
    part = SpatioTemporalDataset(
        dataset.name, last[known], dataset.unit, licence=dataset.licence, citation=dataset.citation
    )
    return forecasts(seed, part, horizon=1)


def _baselines(lookback, horizon):
    return [
        LastValue(horizon),
        HistoricalAverage(horizon),
        AverageAutoregression(horizon, 3),
        VectorAutoregression(horizon, 3),
    ]


APPLICATION = Application(
    number=8,
    title="share prices",
    question="Is any forecast better than the last price, and does trading on it pay?",
    world=prices,
    real=("exchange-rate", "stocks"),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=HORIZON,
    split={},
    models=_baselines,
    ahead="1D",  # it is traded every day
    decision_made="choose the shares to hold",
    unit="basis points lost a day",
    cost=traded,
    block=MONTH,
    against="last value",  # who expects no change holds all shares
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
