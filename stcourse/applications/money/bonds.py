"""Bond yields: how far off a duration hedge is after a week, and what a forecast adds.

Somebody holds a bond of ten years and sells bonds of two years against it, so many that an equal
shift of all yields leaves the value as it is. What the hedge misses, beyond the change that a
forecast has foreseen, is the error, in basis points of the value of the long bond.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stcourse.applications.application import Application
from stcourse.worlds.yields import FACTORS, TENORS, yields
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import Split, chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison

LOOKBACK, HORIZON = 10, 4  # working days
LONG, SHORT = "10y", "2y"
HEDGES = ("2y", "5y", "20y")  # what a fitted hedge may use
ROWS = 1500  # of the real data, its last six years
BLOCK = 20  # working days
BASIS_POINTS = 100  # in a per cent


class Found(NamedTuple):
    """Yields, their comparison and split, and the duration of the long bond in years."""

    dataset: SpatioTemporalDataset
    comparison: Comparison
    split: Split
    duration: float


def forecasts(seed=0, dataset=None):
    """Train on the first part of the yields and forecast the last fifth.

    Args:
        seed: Seed of the network, and of the yields when none are given.
        dataset: SpatioTemporalDataset of yields in per cent of bonds without coupon;
            1,200 days of `stcourse.worlds.yields` when not given.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.money import bonds
        >>> found = bonds.forecasts()  # doctest: +SKIP
    """
    dataset = yields(seed, days=1200) if dataset is None else dataset
    return _found(dataset, seed, TENORS[LONG])


def _found(dataset, seed, duration):
    split = chronological_split(dataset, **APPLICATION.split)
    return Found(dataset, APPLICATION.compare(dataset, seed, split), split, duration)


def par_duration(yield_percent, years):
    """Return the duration of a bond at par: what one point of yield takes from its value.

    Args:
        yield_percent: Yield a year in per cent, paid twice a year, above zero.
        years: Time to maturity.

    Returns:
        Modified duration in years.

    Raises:
        InputError: If yield or time is not above zero.

    Example:
        >>> round(par_duration(2.0, 10), 2)
        9.02
    """
    if not (yield_percent > 0 and years > 0):
        raise InputError(
            f"yield_percent, years: expected numbers above zero, got {yield_percent}, {years}"
        )
    rate = yield_percent / 100
    return (1 - (1 + rate / 2) ** (-2 * years)) / rate


def hedge_errors(found, name):
    """Follow the duration hedge for a few days, and take off what a forecast has foreseen.

    With the values of both legs set so that an equal shift costs nothing, what is left is the
    duration times the change of the difference of the two yields.

    Args:
        found: Found.
        name: Name of a forecaster; "last value" foresees no change.

    Returns:
        Series (day of the forecast) of basis points, without sign; NaN where a yield is unknown.
    """
    run = found.comparison.runs[name].backtest
    long, short = (run.nodes.get_loc(node) for node in (LONG, SHORT))
    missed = run.truth[:, -1] - run.forecast[:, -1]
    off = found.duration * np.abs(missed[:, long] - missed[:, short]) * BASIS_POINTS
    return pd.Series(off, run.times)


def hedges(found):
    """Compare three ways to hedge, with no forecast at all, on the test part.

    The fitted hedge weighs bonds of 2, 5 and 20 years by least squares on the training part, as
    changes over the same number of days.

    Returns:
        DataFrame (day; none, duration, fitted) of basis points, without sign.
    """
    changes = found.dataset.values.astype("float64").diff(HORIZON)
    train, test = changes.iloc[found.split.train].dropna(), changes.iloc[found.split.test]
    legs = list(HEDGES)
    weights = np.linalg.lstsq(train[legs].to_numpy(), train[LONG].to_numpy(), rcond=None)[0]
    left = pd.DataFrame(
        {
            "none": test[LONG],
            "duration": test[LONG] - test[SHORT],
            "fitted": test[LONG] - test[legs] @ weights,
        }
    )
    return (left.dropna() * found.duration * BASIS_POINTS).abs()


def blame(found):
    """Say which movement of the curve the duration hedge misses, from the world's truth.

    Returns:
        Series (level, slope, curvature, noise) of mean basis points, without sign.

    Raises:
        InputError: If the truth is not known, as for real yields.
    """
    if not set(FACTORS) <= set(found.dataset.extra):
        raise InputError(f"dataset: the factors of {found.dataset.name} are not known")
    parts = {factor: found.dataset.extra[factor] for factor in FACTORS}
    parts["noise"] = found.dataset.values - sum(parts.values())
    test = found.split.test
    return pd.Series(
        {
            name: (part[LONG] - part[SHORT]).diff(HORIZON).iloc[test].abs().mean()
            for name, part in parts.items()
        }
    ) * (found.duration * BASIS_POINTS)


def real(dataset, seed=0):
    """Do the same on US Treasury yields of the last six years in the file.

    Args:
        dataset: `stlearn.load("us-treasury")`.
        seed: Seed of the network.

    Returns:
        Found, with the duration of a ten-year bond at par in the training part.
    """
    last = dataset.values.iloc[-ROWS:].drop(columns=["1m", "2m"])
    kept = list(last.columns)
    part = SpatioTemporalDataset(
        dataset.name, last, dataset.unit, dataset.adjacency.loc[kept, kept],
        licence=dataset.licence, citation=dataset.citation,
    )  # fmt: skip
    usual = float(last[LONG].iloc[: ROWS // 2].mean())
    return _found(part, seed, par_duration(usual, 10))


APPLICATION = Application(
    number=9,
    title="bond yields",
    question="How far off is a duration hedge after a week, and what does a forecast add?",
    world=yields,
    real=("us-treasury",),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=HORIZON,
    split={},
    models=lambda lookback, horizon: [
        LastValue(horizon),
        HistoricalAverage(horizon),
        AverageAutoregression(horizon, 3),
        VectorAutoregression(horizon, 3),
    ],
    ahead="4D",  # the end of the hedge
    decision_made="hedge ten years with two",
    unit="basis points of the bond's value",
    cost=hedge_errors,
    block=BLOCK,
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
