"""IoT fault diagnosis: which sensor of a field is broken, by forecasts and by its neighbours."""

import dataclasses
from typing import NamedTuple

import numpy as np
import pandas as pd

from stcourse.applications.application import Application
from stcourse.worlds.sensors import sensors
from stlearn.baselines.averages import LastValue
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.alarms import (
    choose_threshold,
    fault_score,
    raise_alarms,
    residual_score,
    score_alarms,
)
from stlearn.evaluation.comparison import Comparison

LOOKBACK, HORIZON = 12, 6  # steps of 10 minutes
LAGS = 6  # steps that the regression on neighbours sees
QUIET = 0.5  # share of the world that is free of faults
FALSE_A_WEEK = 2.0  # wrong visits that are borne, of all sensors together
MEMORY, HOLD = "6h", "6h"
RECOVERY = pd.Timedelta("24h")  # after a fault, until its memory has faded
NEIGHBOURS = "neighbours' vote"
EARLY = "12h"  # by which an alarm may come before a machine's labelled window
BLOCK = 3  # faults
WORST = 10  # deviations, as in `stlearn.evaluation.alarms`


class Found(NamedTuple):
    """What was forecast.

    Args:
        dataset: SpatioTemporalDataset of readings, its faults in `events`.
        comparison: Comparison of the forecasters.
        scored_from: First time at which faults are scored; before it nothing was broken.
    """

    dataset: SpatioTemporalDataset
    comparison: Comparison
    scored_from: pd.Timestamp


class Machine(NamedTuple):
    """What alarms at one machine found, and where the scores stood.

    Args:
        table: DataFrame (method; windows, found, hours_late, false_a_month).
        scores: Dict of Series (time,) by method, each divided by its threshold.
        dataset: SpatioTemporalDataset of hourly means.
        comparison: Comparison of the forecasters.
    """

    table: pd.DataFrame
    scores: dict[str, pd.Series]
    dataset: SpatioTemporalDataset
    comparison: Comparison


def forecasts(seed=0, days=35, faults=6):
    """Forecast the readings of the simulated field an hour ahead.

    Args:
        seed: Seed of the world and of the network.
        days: Length of the world.
        faults: Faults of each kind.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.nature import machines
        >>> found = machines.forecasts()  # doctest: +SKIP
    """
    world = sensors(seed, days=days, faults=faults, quiet=QUIET)
    comparison = APPLICATION.compare(world, seed)
    return Found(world, comparison, world.values.index[int(len(world.values) * QUIET)])


def suspicion(found):
    """Score every sensor at every time, by the errors of each forecast and by the neighbours.

    Args:
        found: Found.

    Returns:
        Dict of DataFrame (time, sensor) by method. A forecast's score is the mean deviation of
        its errors of late, a missing reading counting as ten; the neighbours' is `fault_score`.

    Example:
        >>> from stcourse.applications.nature import machines
        >>> list(machines.suspicion(machines.forecasts()))[-1]  # doctest: +SKIP
        "neighbours' vote"
    """
    scores = {}
    for name, run in found.comparison.runs.items():
        errors = _errors(run.backtest)
        quiet = errors[errors.index < found.scored_from]
        off = residual_score(errors, quiet).clip(upper=WORST).fillna(WORST)
        scores[name] = off.ewm(halflife=np.log(2) * pd.Timedelta(MEMORY), times=off.index).mean()
    watched = scores[name].index
    values = found.dataset.values
    voted = fault_score(
        values.loc[watched], found.dataset.adjacency, values.loc[: watched[0]], MEMORY
    )
    return scores | {NEIGHBOURS: voted}


def visits(found, false_a_week=FALSE_A_WEEK):
    """Send somebody to a sensor whenever its score is too high, by each method.

    Thresholds are set in hindsight, on what healthy sensors score from `scored_from` on: nobody
    could do so in operation, but all methods then waste as many visits, so their hours compare.
    A visit in the day after a fault is neither false nor in time.

    Args:
        found: Found.
        false_a_week: Most visits to healthy sensors a week that are borne.

    Returns:
        (table, faults). Table: DataFrame (method; found_share, hours_unnoticed, false_a_week).
        Faults: DataFrame (fault) by start, with kind, and by method the hours that the fault went
        unnoticed: until the first visit, or all its time.

    Raises:
        InputError: If the data set has no fault that can be scored.

    Example:
        >>> from stcourse.applications.nature import machines
        >>> table, faults = machines.visits(machines.forecasts())  # doctest: +SKIP
    """
    events = found.dataset.events
    if events is None or not (events["start"] >= found.scored_from).any():
        raise InputError("found: expected labelled faults from scored_from on")
    lines, faults = {}, None
    for name, score in suspicion(found).items():
        score = score[score.index >= found.scored_from]
        healthy = score.copy()
        for fault in events.itertuples():
            healthy.loc[fault.start : fault.end + RECOVERY, fault.node] = np.nan
        threshold = choose_threshold(healthy, false_a_week / 7, HOLD)
        alarms = raise_alarms(score, threshold, HOLD)
        scored = score_alarms(alarms, events, score.index, after=RECOVERY)
        if faults is None:
            faults = scored.events[["node", "kind", "start", "end"]].copy()
        length = (faults["end"] - faults["start"]) / pd.Timedelta("1h")
        faults[name] = (scored.events["delay_minutes"] / 60).fillna(length).clip(upper=length)
        lines[name] = {
            "found_share": float((faults[name] < length).mean()),
            "hours_unnoticed": float(faults[name].mean()),
            "false_a_week": 7 * scored.false_alarms_a_day,
        }
    return pd.DataFrame.from_dict(lines, orient="index"), faults


def real(dataset, seed=0, start="2013-12-18", scored_from="2014-01-20"):
    """Watch one machine by the errors of forecasts of its temperature, and by its level alone.

    Args:
        dataset: SpatioTemporalDataset of one sensor with labelled windows, such as
            `stlearn.load("nab-machine-temperature")`.
        seed: Seed of the network.
        start: Time from which on the record is used.
        scored_from: Time from which on windows are scored; none may lie between the two.

    Returns:
        Machine.

    Raises:
        InputError: If the data set has more than one sensor or no window to score.

    Example:
        >>> import stlearn
        >>> from stcourse.applications.nature import machines
        >>> machine = machines.real(stlearn.load("nab-machine-temperature"))  # doctest: +SKIP
    """
    if dataset.shape[1] != 1 or dataset.events is None:
        raise InputError(f"dataset: expected one sensor with events, got {dataset.shape[1]}")
    begin, since = pd.Timestamp(start), pd.Timestamp(scored_from)
    events = dataset.events[dataset.events["end"] >= begin]
    if events.empty or (events["start"] < since).any():
        raise InputError(f"scored_from: expected windows from {since} on, and none before")
    hourly = dataset.values.loc[start:].resample("1h").mean()
    part = SpatioTemporalDataset(dataset.name, hourly, dataset.unit, events=events)
    split = chronological_split(part, validation="4D", test=since - begin + pd.Timedelta("6D"))
    alone = dataclasses.replace(
        APPLICATION,
        models=lambda lookback, horizon: [
            LastValue(horizon), AverageAutoregression(horizon, lookback),
        ],
    )  # fmt: skip
    comparison = alone.compare(part, seed, split)
    signals = {name: _errors(run.backtest) for name, run in comparison.runs.items()}
    signals["level alone"] = hourly.loc[signals["last value"].index[0] :]
    lines, scores = {}, {}
    for name, signal in signals.items():
        before = signal.index < since
        score = residual_score(signal, signal[before])
        threshold = choose_threshold(score[before], FALSE_A_WEEK / 7, HOLD)
        scored = score_alarms(
            raise_alarms(score[~before], threshold, HOLD), events, score.index[~before], EARLY
        )
        scores[name] = score.iloc[:, 0] / max(threshold, 1e-9)
        lines[name] = {
            "windows": len(scored.events),
            "found": int(scored.events["found"].sum()),
            "hours_late": scored.median_delay_minutes / 60,
            "false_a_month": 30 * scored.false_alarms_a_day,
        }
    return Machine(pd.DataFrame.from_dict(lines, orient="index"), scores, part, comparison)


def _errors(backtest):
    """Reading less forecast at the last step of the horizon, (time, sensor)."""
    step = backtest.truth.shape[1]
    times = backtest.times + (step - 1) * backtest.interval
    off = backtest.truth[:, step - 1] - backtest.forecast[:, step - 1]
    return pd.DataFrame(off, times, backtest.nodes)


APPLICATION = Application(
    number=12,
    title="IoT fault diagnosis",
    question="Which sensor of a field is broken?",
    world=sensors,
    real=("nab-machine-temperature",),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=HORIZON,
    split={"validation": 0.05, "test": 0.7},
    models=lambda lookback, horizon: [
        LastValue(horizon),
        VectorAutoregression(horizon, LAGS, neighbours_only=True),
    ],
    ahead="1h",
    decision_made="visit the broken sensor",
    unit="hours unnoticed a fault",
    cost=lambda found, name: visits(found)[1][name],
    block=BLOCK,
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
