"""Road-condition monitoring: when to raise an alarm for an incident.

A speed far below what was forecast a quarter of an hour before is odd. How far is far enough comes
from quiet days, by the false alarms that an operator can bear; the labelled incidents of the
weeks after say what was found, and how late.
"""

import dataclasses
from typing import NamedTuple

import pandas as pd

import stlearn
from stcourse.applications.application import Application, first_scored, tested
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.alarms import choose_threshold, raise_alarms, score_alarms
from stlearn.evaluation.comparison import Comparison

LOOKBACK = 12  # steps of 5 minutes
STEP = 3  # of 5 minutes: a forecast made later has already seen the queue
BEARABLE = 2  # false alarms a day, of all roads together
HOLD = "1h"


class Found(NamedTuple):
    """Forecasts of detectors, and what raising alarms from them needs.

    `roads` gives the road of each node, `incidents` the events to find (node: the road),
    `quiet_until` the end of the days that set the threshold.
    """

    dataset: SpatioTemporalDataset
    comparison: Comparison
    roads: pd.Series
    incidents: pd.DataFrame
    quiet_until: pd.Timestamp


def forecasts(seed=0):
    """Train on two weeks of corridor and forecast the six weeks after.

    Args:
        seed: Seed of the network.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.roads import monitoring
        >>> found = monitoring.forecasts(seed=1)  # doctest: +SKIP
    """
    dataset = APPLICATION.world(seed)
    comparison = APPLICATION.compare(dataset, seed)
    roads = dataset.nodes["direction"]
    events = dataset.events[dataset.events["kind"] == "incident"]
    incidents = events.assign(node=roads[events["node"]].to_numpy())
    return _found(dataset, comparison, roads, incidents)


def _found(dataset, comparison, roads, incidents):
    quiet_until = tested(comparison).times[first_scored(comparison)]
    return Found(dataset, comparison, roads, incidents, quiet_until)


def drops(found, name):
    """Say how far each road is below its forecast: the largest drop of its detectors.

    Args:
        found: Found.
        name: Name of a forecaster of the comparison.

    Returns:
        DataFrame (time, road) in the data's unit, 0 where nothing is below or nothing is known.

    Raises:
        InputError: If there is no such forecaster.

    Example:
        >>> from stcourse.applications.roads import monitoring
        >>> monitoring.drops(monitoring.forecasts(), "stn").columns  # doctest: +SKIP
    """
    run = tested(found.comparison, name)
    last = run.truth.shape[1] - 1
    below = pd.DataFrame(
        run.forecast[:, last] - run.truth[:, last], run.times + last * run.interval, run.nodes
    )
    roads = found.roads.loc[list(run.nodes)].to_numpy()
    return below.clip(lower=0).T.groupby(roads).max().T.fillna(0)


def quiet_and_watched(found, name):
    """Split the drops into the quiet days, without their labelled events, and those after.

    Args:
        found: Found.
        name: Name of a forecaster.

    Returns:
        (quiet, watched): DataFrames (time, road).
    """
    table = drops(found, name)
    quiet = table[table.index < found.quiet_until].copy()
    for event in found.incidents.itertuples():
        quiet.loc[event.start : event.end + pd.Timedelta(HOLD), event.node] = 0
    return quiet, table[table.index >= found.quiet_until]


def alarms(found, name, bearable=BEARABLE):
    """Choose a threshold on the quiet days, raise alarms after it, and score them.

    Args:
        found: Found.
        name: Name of a forecaster.
        bearable: False alarms a day that the threshold may give on the quiet days.

    Returns:
        (threshold, AlarmScore).
    """
    quiet, watched = quiet_and_watched(found, name)
    threshold = choose_threshold(quiet, bearable, HOLD)
    raised = raise_alarms(watched, threshold, HOLD)
    return threshold, score_alarms(raised, found.incidents, watched.index)


def minutes_unaware(score):
    """Count the minutes of each event before its alarm; all of its minutes where none came.

    Args:
        score: AlarmScore of events in steps of 5 minutes.

    Returns:
        Series (event) of minutes.
    """
    events = score.events
    whole = (events["end"] - events["start"]) / pd.Timedelta("1min") + 5
    return events["delay_minutes"].fillna(whole)


def trade(found, rates=(0.5, 1, 2, 3, 4)):
    """Score every forecaster at several rates of false alarms that the threshold allows.

    Args:
        found: Found.
        rates: False alarms a day that the threshold may give on the quiet days.

    Returns:
        DataFrame (forecaster and rate; threshold, found, delay, unaware, false alarms a day).
    """
    rows = {}
    for name in found.comparison.runs:
        for rate in rates:
            threshold, score = alarms(found, name, rate)
            rows[name, rate] = {
                "threshold": threshold,
                "found": int(score.events["found"].sum()),
                "median delay": score.median_delay_minutes,
                "minutes unaware": minutes_unaware(score).mean(),
                "false alarms a day": score.false_alarms_a_day,
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["forecaster", "bearable"])


def real(dataset, seed=0):
    """Do the same on labelled road sensors that have no graph: each sensor is its own road.

    Args:
        dataset: "nab-speed" of the catalogue.
        seed: Seed of the network, a feed-forward one, as nobody knows what lies between sensors.

    Returns:
        Found. Readings are averaged over a quarter of an hour; a forecast is made one step before.

    Raises:
        InputError: If no labelled event lies in the test part.
    """
    values = dataset.values.resample("15min").mean()
    coarse = SpatioTemporalDataset(dataset.name, values, dataset.unit, events=dataset.events)
    split = chronological_split(coarse, validation="1D", test="8D")
    alone = dataclasses.replace(
        APPLICATION, lookback=8, horizon=1,
        models=lambda lookback, horizon: [
            LastValue(horizon), HistoricalAverage(horizon), AverageAutoregression(horizon, 4),
        ],
    )  # fmt: skip
    comparison = alone.compare(coarse, seed, split)
    start = values.index[split.test.start]
    if not (coarse.events["end"] > start).any():
        raise InputError(f"dataset: expected labelled events after {start}")
    roads = pd.Series(values.columns, values.columns)
    return _found(coarse, comparison, roads, coarse.events)


APPLICATION = Application(
    number=2,
    title="road-condition monitoring",
    question="When to raise an alarm for an incident?",
    world=lambda seed: stlearn.load("corridor"),  # one world for all seeds
    real=("nab-speed",),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=STEP,
    split={"validation": "2D", "test": "42D"},
    models=lambda lookback, horizon: [
        LastValue(horizon),
        HistoricalAverage(horizon),
        VectorAutoregression(horizon, 6, neighbours_only=True),
    ],
    ahead="15min",
    decision_made="raise an alarm",
    unit="minutes that an incident goes unnoticed",
    cost=lambda found, name: minutes_unaware(alarms(found, name)[1]),
    block=1,  # incidents
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
