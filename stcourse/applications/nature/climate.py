"""Climate: how warm the next month will be, beside what is usual for it.

All forecasters work on anomalies: what is left of a temperature after the climatology, the mean
of its month with the trend of the years. The climatology itself is the forecast to beat.
"""

import dataclasses
from typing import NamedTuple

import numpy as np
import pandas as pd

from stcourse.applications.application import Application, first_scored, tested
from stcourse.worlds.climate import climate
from stlearn.baselines.averages import Baseline, LastValue, checked_parts
from stlearn.baselines.regression import VectorAutoregression
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison
from stlearn.evaluation.decisions import amount_to_provide, decision_cost, quantiles_from_errors

LOOKBACK, HORIZON = 12, 3  # months
LAGS = 3  # months that the regression on neighbours sees
WARM_ENOUGH = 15.5  # °C; below it there is heating, as degree days count it
MONTH = 365.25 / 12  # days
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9)
MISSING, LEFT = 4.0, 1.0  # cost of a degree day that was not ordered, and of one too many


class Found(NamedTuple):
    """What was forecast.

    Args:
        dataset: SpatioTemporalDataset of temperatures in °C.
        climatology: DataFrame (month, node) in °C, fitted on the training part.
        comparison: Comparison of the forecasters of the anomaly.
    """

    dataset: SpatioTemporalDataset
    climatology: pd.DataFrame
    comparison: Comparison


class Climatology(Baseline):
    """Forecast no anomaly at all.

    Args:
        horizon: Steps ahead.
    """

    name = "climatology"

    def fit(self, train, validation=None):
        """Note the nodes; the climatology is taken off already. Return the forecaster."""
        self.nodes = list(train.values.columns)
        checked_parts(self, train, validation)
        return self

    def _forecasts(self, dataset, origins):
        return np.zeros((len(origins), self.horizon, len(self.nodes)))

    def update(self, recent):
        """Check the recent data and return the forecaster unchanged."""
        self.check(recent)
        return self


def forecasts(seed=0, years=60):
    """Forecast the anomalies of the simulated grid three months ahead.

    Args:
        seed: Seed of the world and of the network.
        years: Length of the world.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.nature import climate
        >>> found = climate.forecasts()  # doctest: +SKIP
    """
    return _found(climate(seed, years), seed)


def real(dataset, seed=0, start="1960", stop="2019"):
    """Do the same for measured temperatures.

    Args:
        dataset: SpatioTemporalDataset of months in °C, such as `stlearn.load("met-office")`.
        seed: Seed of the network.
        start, stop: First and last year.

    Returns:
        Found.

    Raises:
        InputError: If the temperatures are not in °C.

    Example:
        >>> import stlearn
        >>> from stcourse.applications.nature import climate
        >>> found = climate.real(stlearn.load("met-office"))  # doctest: +SKIP
    """
    if dataset.unit != "°C":
        raise InputError(f"dataset: expected temperatures in °C, got {dataset.unit}")
    values = dataset.values.loc[start:stop]
    part = SpatioTemporalDataset(dataset.name, values, dataset.unit, dataset.adjacency)
    return _found(part, seed)


def fit_climatology(values, rows, trend=True):
    """Say what is usual: the mean of each month, and the trend of the years.

    Args:
        values: DataFrame (month, node), in °C; NaN is left out.
        rows: Slice of the rows to fit on, the training part.
        trend: Whether to fit a straight trend as well.

    Returns:
        DataFrame (month, node) for all rows, those to come included.

    Raises:
        InputError: If a month of the year or a node has no value among the rows.

    Example:
        >>> from stcourse.applications.nature.climate import fit_climatology
        >>> from stcourse.worlds.climate import climate
        >>> world = climate(years=10)
        >>> fit_climatology(world.values, slice(0, 60)).shape
        (120, 60)
    """
    months = values.index.month.to_numpy()
    columns = [months == month for month in range(1, 13)]
    if trend:
        columns.append(np.arange(len(values)) / 120)  # decades
    terms = np.column_stack(columns).astype(float)
    usual = pd.DataFrame(index=values.index, columns=values.columns, dtype=float)
    for node in values:
        measured = values[node].to_numpy()[rows]
        known = ~np.isnan(measured)
        if not terms[rows][known, :12].any(axis=0).all():
            raise InputError(f"values: node {node!r} lacks a month of the year in training")
        usual[node] = terms @ np.linalg.lstsq(terms[rows][known], measured[known], rcond=None)[0]
    return usual


def degree_days(temperature):
    """Turn monthly means into heating degree days, the usual measure of what heating needs.

    Args:
        temperature: DataFrame or array of monthly means in °C.

    Returns:
        The same of degree days (°C times days) a month.

    Example:
        >>> from stcourse.applications.nature.climate import degree_days
        >>> degree_days(np.array([5.5, 20])).round()
        array([304.,   0.])
    """
    return MONTH * np.maximum(WARM_ENOUGH - temperature, 0)


def ordered(found, name):
    """Order heating for each next month by one forecast, and charge what it cost.

    How uncertain a forecast is comes from its errors on the first third of the test part; orders
    are placed, and charged, on the rest.

    Args:
        found: Found.
        name: Name of the forecaster.

    Returns:
        DataFrame (month, node) of costs, in degree days.

    Raises:
        InputError: If no forecaster has that name.

    Example:
        >>> from stcourse.applications.nature import climate
        >>> climate.ordered(climate.forecasts(), "stn").mean().mean()  # doctest: +SKIP
    """
    run = tested(found.comparison, name)
    usual = found.climatology.loc[run.times]
    truth = degree_days(usual + run.truth[:, 0])
    forecast = degree_days(usual + run.forecast[:, 0])
    first = first_scored(found.comparison)
    quantiles = quantiles_from_errors(
        forecast.iloc[first:], (truth - forecast).iloc[:first], QUANTILES
    )
    amount = amount_to_provide(quantiles, MISSING, LEFT).clip(lower=0)
    return decision_cost(amount, truth.iloc[first:], MISSING, LEFT)


def _found(dataset, seed):
    split = chronological_split(dataset, **APPLICATION.split)
    usual = fit_climatology(dataset.values, split.train)
    anomalies = dataclasses.replace(dataset, values=dataset.values - usual, extra={})
    return Found(dataset, usual, APPLICATION.compare(anomalies, seed, split))


APPLICATION = Application(
    number=11,
    title="climate",
    question="How warm will the next month be, beside what is usual for it?",
    world=climate,
    real=("met-office",),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=HORIZON,
    split={"validation": 0.1, "test": 0.4},
    models=lambda lookback, horizon: [
        Climatology(horizon),
        LastValue(horizon),
        VectorAutoregression(horizon, LAGS, neighbours_only=True),
    ],
    ahead="31D",  # next month, the one that is ordered for
    decision_made="order heating for next month",
    unit="degree days of cost a month",
    cost=ordered,
    block=12,  # months
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
