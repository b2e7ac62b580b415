"""Virus spread: how many hospital beds to staff next week.

The network and the baselines forecast the cases of the next eight days in every region. Cases turn
into beds days later, so together with the cases already known they tell the beds of next week.
Rosters are written a week ahead. A reserve comes from the errors of the weeks before.
"""

import dataclasses
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

from stcourse.applications.application import Application, first_scored, tested
from stcourse.worlds import epidemic as world
from stlearn.baselines.averages import LastValue, SeasonalNaive
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import Split, chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison
from stlearn.evaluation.decisions import amount_to_provide, decision_cost, quantiles_from_errors

LOOKBACK = 14  # days
HORIZON = 8  # days of cases, which settle the beds up to day 14
NEXT_WEEK = range(8, 15)  # days ahead, asked on a Monday before its count is known
UNTIL, STAY = world.UNTIL_HOSPITAL, world.BED_DAYS  # days; hospitals know both
REACH = UNTIL + HORIZON  # days ahead at which beds are known, and days back to the first case
MISSING, IDLE = 9, 1  # cost of a bed that is missing, and of one that stays empty


class Found(NamedTuple):
    """Forecasts of the cases, the beds that each case means, and the first origin scored."""

    dataset: SpatioTemporalDataset
    comparison: Comparison
    share: float
    scored_from: int


def forecasts(seed=0):
    """Train on the first 36 weeks of an epidemic and forecast its last 24.

    Args:
        seed: Seed of the epidemic and of the network.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.health import epidemic
        >>> found = epidemic.forecasts(seed=1)  # doctest: +SKIP
    """
    dataset = world.epidemic(seed, days=420)
    split = chronological_split(dataset, **APPLICATION.split)
    comparison = APPLICATION.compare(dataset, seed, split)
    share = bed_share(dataset, split.train.stop)
    return Found(dataset, comparison, share, first_scored(comparison))


def bed_share(dataset, stop):
    """Say which share of a reported case fills a bed, from the rows before `stop`.

    Args:
        dataset: SpatioTemporalDataset of cases a day with the beds taken in `extra`.
        stop: Row after the last one that counts.

    Raises:
        InputError: If the data set does not know its beds.

    Example:
        >>> from stcourse.applications.health.epidemic import bed_share
        >>> from stcourse.worlds.epidemic import epidemic
        >>> 0.05 < bed_share(epidemic(days=90, regions=5), 90) < 0.12
        True
    """
    if "beds" not in dataset.extra:
        raise InputError(f"dataset: expected beds in extra, {dataset.name} has none")
    taken = dataset.extra["beds"].iloc[REACH:stop].to_numpy()
    return float(taken.sum() / in_hospital(dataset.values.to_numpy())[: len(taken)].sum())


def in_hospital(cases):
    """Add up the cases whose patients are in hospital on a day, if all of them go there.

    Args:
        cases: Array (day, ...) of new cases.

    Returns:
        Array (day, ...), eight rows shorter: row k is for the day k + 14, on which the cases of
        the days k to k + 8 are in hospital. The last rows are for days after the last one given.

    Raises:
        InputError: If there are fewer than nine days.

    Example:
        >>> import numpy as np
        >>> from stcourse.applications.health.epidemic import in_hospital
        >>> in_hospital(np.arange(10))
        array([36, 45])
    """
    if len(cases) < STAY:
        raise InputError(f"cases: expected at least {STAY} days, got {len(cases)}")
    return np.lib.stride_tricks.sliding_window_view(cases, STAY, axis=0).sum(axis=-1)


def beds_ahead(found, name=None):
    """Work out the beds of the next 14 days from the cases known and those forecast.

    Args:
        found: Found.
        name: Name of a forecaster of the comparison; None for cases foreseen without error.

    Returns:
        Arrays (origin, day ahead, region): the beds as forecast, and those taken.

    Raises:
        InputError: If the comparison has no such forecaster.
    """
    run = tested(found.comparison, name)
    kept = run.origins + REACH <= len(found.dataset.values)
    ahead = run.truth if name is None else run.forecast
    known = run.origins[kept, None] + np.arange(-REACH, 0)
    cases = np.concatenate([found.dataset.values.to_numpy()[known], ahead[kept]], axis=1)
    said = found.share * np.moveaxis(in_hospital(np.moveaxis(cases, 1, 0)), 0, 1).clip(min=0)
    rows = run.origins[kept, None] + np.arange(REACH)
    return said, found.dataset.extra["beds"].to_numpy()[rows]


def cost(found, name=None):
    """Charge the beds staffed for next week on one forecaster's word.

    Counts scatter like their roots, so the reserve is set on roots: the quantile of the past
    errors, region by region, that the two costs ask for.

    Args:
        found: Found.
        name: As in `beds_ahead`.

    Returns:
        Array (origin,): what a day of next week costs in all regions together, in idle beds.

    Raises:
        InputError: If no origin is left to score.
    """
    said, taken = beds_ahead(found, name)
    if len(said) <= found.scored_from:
        raise InputError(f"scored_from: expected fewer than {len(said)} origins before it")
    week = slice(NEXT_WEEK.start - 1, NEXT_WEEK.stop - 1)
    said, taken = np.sqrt(said[:, week]), np.sqrt(taken[:, week])
    # The beds that a question asks for are known two weeks later.
    past, scored = slice(0, found.scored_from - REACH), slice(found.scored_from, None)
    flat = [
        pd.DataFrame(part.reshape(-1, part.shape[-1]))
        for part in (said[scored], (taken - said)[past], taken[scored])
    ]
    quantiles = quantiles_from_errors(*flat[:2], [MISSING / (MISSING + IDLE)])
    staffed = amount_to_provide(quantiles, MISSING, IDLE).clip(lower=0) ** 2
    charged = decision_cost(np.ceil(staffed), flat[2] ** 2, MISSING, IDLE).sum(axis=1)
    return charged.to_numpy().reshape(-1, len(NEXT_WEEK)).mean(axis=1)


def costs(found):
    """Score every forecaster's plan, and one that knew the cases to come.

    Returns:
        DataFrame (forecaster; error next week in beds a region, cost in idle beds a day).
    """
    rows = {}
    for name in [*found.comparison.runs, None]:
        said, taken = beds_ahead(found, name)
        error = np.abs(said - taken)[found.scored_from :, NEXT_WEEK.start - 1 :].mean()
        rows[name or "cases known"] = {"error": error, "cost": cost(found, name).mean()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("plan from")


def real(dataset, seed=0):
    """Forecast the cases of England in spring 2020, a week ahead. Beds are not in the data.

    Args:
        dataset: England's data set, from `stlearn.load("england-covid")`.
        seed: Seed of the network.

    Returns:
        Comparison.

    Raises:
        InputError: If the data set is shorter than 61 days.
    """
    if len(dataset.values) < 61:
        raise InputError(f"dataset: expected at least 61 days, got {len(dataset.values)}")
    # With 61 days, the test part's first week, which is history only, lies in the part before.
    split = Split(slice(0, 32), slice(32, 47), slice(40, 61))
    return dataclasses.replace(APPLICATION, lookback=7, horizon=7).compare(dataset, seed, split)


def with_and_without_graph(dataset, stop, start=7):
    """Regress next week's cases on this week's: alone, with a fixed graph, with each day's graph.

    All numbers enter as roots, so that large regions do not rule. The pressure on a region is
    what its neighbours report, each weighted with its edge.

    Args:
        dataset: SpatioTemporalDataset of daily cases with a graph that changes (`edges`).
        stop: Row at which training ends; rows after it are tested.
        start: First row whose week is used.

    Returns:
        Series (what is seen) of the mean absolute error, in the root of a week's cases.

    Raises:
        InputError: If the graph does not change, or too few rows are left.

    Example:
        >>> from stcourse.applications.health.epidemic import with_and_without_graph
        >>> from stcourse.worlds.epidemic import epidemic
        >>> len(with_and_without_graph(epidemic(days=90, regions=5), stop=60))
        3
    """
    rows = len(dataset.values)
    if not start + 7 < stop < rows - 7:
        raise InputError(f"stop: expected it between {start + 7} and {rows - 7}, got {stop}")
    weekly = dataset.values.rolling(7).sum().to_numpy()
    daily = np.array([dataset.adjacency_at(day).to_numpy() for day in dataset.values.index])
    daily = daily * (1 - np.eye(daily.shape[1]))
    fixed = np.broadcast_to(daily[:stop].mean(axis=0), daily.shape)
    cases = dataset.values.to_numpy()
    seen = {"own cases": None, "and a fixed graph": fixed, "and the graph of each day": daily}
    train, test = np.arange(start, stop - 7), np.arange(stop, rows - 7)
    result = {}
    for name, graph in seen.items():
        features = [np.sqrt(weekly)]
        if graph is not None:
            pressure = pd.DataFrame(np.einsum("tij,tj->ti", graph, cases)).rolling(7).sum()
            features.append(np.sqrt(pressure.to_numpy()))
        inputs = np.stack(features, axis=-1)
        model = LinearRegression().fit(
            np.vstack(inputs[train]), np.sqrt(weekly[train + 7]).reshape(-1)
        )
        error = model.predict(np.vstack(inputs[test])) - np.sqrt(weekly[test + 7]).reshape(-1)
        result[name] = np.abs(error).mean()
    return pd.Series(result)


APPLICATION = Application(
    number=6,
    title="virus spread",
    question="How many hospital beds to staff next week?",
    world=world.epidemic,
    real=("england-covid",),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=HORIZON,
    split={"validation": "28D", "test": "168D"},
    models=lambda lookback, horizon: [
        LastValue(horizon),
        SeasonalNaive(horizon),
        AverageAutoregression(horizon, lookback),
        VectorAutoregression(horizon, lookback, neighbours_only=True),
    ],
    ahead="8D",  # the last day of cases that the beds need
    decision_made="beds for next week",
    unit=f"idle beds a day, a missing one counted {MISSING} times",
    cost=cost,
    block=21,  # days
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
