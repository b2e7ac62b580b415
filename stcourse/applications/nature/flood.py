"""Disaster warning: from forecasts of water levels to hours of warning before a flood."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stcourse.applications.application import Application, first_scored
from stcourse.worlds.river import river
from stlearn.baselines.averages import LastValue
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.alarms import choose_threshold, raise_alarms, score_alarms
from stlearn.evaluation.comparison import Comparison

LOOKBACK = HORIZON = 12  # steps
LAGS = 6  # steps that the regressions see
FALSE_A_MONTH = 4.0  # of all gauges together
EARLY, LATE = pd.Timedelta("24h"), pd.Timedelta("48h")  # around a flood, where nothing is false
BLOCK = 14  # days; a flood wave has passed all gauges by then


class Found(NamedTuple):
    """What was forecast.

    Args:
        dataset: SpatioTemporalDataset of levels, its floods in `events`.
        comparison: Comparison of the forecasters.
        flood_level: Series (gauge,) in m.
        usual_level: Series (gauge,) in m: the median of the training part.
    """

    dataset: SpatioTemporalDataset
    comparison: Comparison
    flood_level: pd.Series
    usual_level: pd.Series


class Warnings(NamedTuple):
    """What the alarms were worth.

    Args:
        table: DataFrame (method; floods, found_share, warning_hours, false_a_month).
        lost: Dict of DataFrame (day, gauge) by method: hours of warning that were lost for the
            floods that begin on a day, NaN where none does.
    """

    table: pd.DataFrame
    lost: dict[str, pd.DataFrame]


def forecasts(seed=0, days=540):
    """Forecast the levels of the simulated river twelve hours ahead.

    Args:
        seed: Seed of the world and of the network.
        days: Length of the world.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.nature import flood
        >>> found = flood.forecasts()  # doctest: +SKIP
    """
    world = river(seed, days)
    return _found(world, world.nodes["flood_level"], seed)


def real(dataset, seed=0, share=0.02):
    """Do the same for measured levels, for which no authority has set a flood level.

    Args:
        dataset: SpatioTemporalDataset of levels in m, such as `stlearn.load("river-wear")`.
        seed: Seed of the network.
        share: Share of the times that count as flood, at each gauge. It is taken from the whole
            record, so it says which waves to look at, and no forecast uses it.

    Returns:
        Found.

    Raises:
        InputError: If the levels are not in m.

    Example:
        >>> import stlearn
        >>> from stcourse.applications.nature import flood
        >>> found = flood.real(stlearn.load("river-wear"))  # doctest: +SKIP
    """
    if dataset.unit != "m":
        raise InputError(f"dataset: expected water levels in m, got {dataset.unit}")
    level = dataset.values.quantile(1 - share)
    return _found(with_floods(dataset, level), level, seed)


def with_floods(dataset, level):
    """Return the data set with the times above a level as its events.

    Args:
        dataset: SpatioTemporalDataset of levels.
        level: Series (gauge,), in the same unit.

    Returns:
        SpatioTemporalDataset; a flood that pauses for less than 12 hours is one flood.

    Example:
        >>> from stcourse.applications.nature.flood import with_floods
        >>> from stcourse.worlds.river import river
        >>> world = river(days=60)
        >>> set(with_floods(world, world.values.quantile(0.99)).events["kind"])
        {'flood'}
    """
    above = raise_alarms(dataset.values - level, 0.0, hold="12h").assign(kind="flood")
    return SpatioTemporalDataset(
        dataset.name, dataset.values, dataset.unit, dataset.adjacency, events=above
    )


def danger(backtest, flood_level, usual_level):
    """Score each forecast: 0 where it just reaches the flood level, -1 at the usual level.

    Args:
        backtest: Backtest of levels.
        flood_level, usual_level: Series (gauge,), in m.

    Returns:
        DataFrame (time, gauge) of the highest level within the horizon, scored. The time is that
        of the last reading the forecast could use, which is when a warning can go out.

    Example:
        >>> from stcourse.applications.nature import flood
        >>> found = flood.forecasts()  # doctest: +SKIP
        >>> run = found.comparison.runs["stn"]  # doctest: +SKIP
        >>> flood.danger(run.backtest, *found[2:]).shape  # doctest: +SKIP
    """
    highest = pd.DataFrame(
        backtest.forecast.max(axis=1), backtest.times - backtest.interval, backtest.nodes
    )
    return (highest - flood_level) / (flood_level - usual_level)


def warnings(found, false_a_month=FALSE_A_MONTH, hindsight=True):
    """Warn with each forecast, each at the threshold of the same rate of false alarms.

    Warnings are scored on the last two thirds of the test part. In hindsight the thresholds are set
    on their dry hours: nobody could do so in operation, but all methods then raise as many false
    alarms, so that their hours compare. Without hindsight they are set on the first third. No
    forecaster was fitted on either.

    Args:
        found: Found.
        false_a_month: Most false alarms a month that are borne, of all gauges together.
        hindsight: Whether thresholds are set on the part that is scored.

    Returns:
        Warnings.

    Raises:
        InputError: If the part that is scored holds no flood.

    Example:
        >>> from stcourse.applications.nature import flood
        >>> flood.warnings(flood.forecasts()).table  # doctest: +SKIP
    """
    lines, lost = {}, {}
    for name, run in found.comparison.runs.items():
        score = danger(run.backtest, found.flood_level, found.usual_level)
        lines[name], lost[name] = warn(found, score, false_a_month, hindsight)
    return Warnings(pd.DataFrame.from_dict(lines, orient="index"), lost)


def warn(found, score, false_a_month=FALSE_A_MONTH, hindsight=True):
    """Warn by any score of danger; see `warnings` for how it is done.

    Args:
        found: Found.
        score: DataFrame (time, gauge) of the test part, higher where a flood is nearer.
        false_a_month, hindsight: As for `warnings`.

    Returns:
        (line, lost): dict of what a line of `Warnings.table` holds, and a DataFrame as in
        `Warnings.lost`.

    Raises:
        InputError: If the part that is scored holds no flood.

    Example:
        >>> from stcourse.applications.nature import flood
        >>> found = flood.forecasts()  # doctest: +SKIP
        >>> line, lost = flood.warn(found, found.dataset.values)  # doctest: +SKIP
    """
    cut = first_scored(found.comparison)
    first, second = score.iloc[:cut], score.iloc[cut:]
    events = found.dataset.events
    quiet = _without_floods(second if hindsight else first, events)
    threshold = choose_threshold(quiet, false_a_month / 30)
    events = events[events["start"] >= second.index[0] + EARLY]
    scored = score_alarms(
        raise_alarms(second, threshold), events, second.index, before=EARLY, after=LATE
    )
    if scored.events.empty:
        raise InputError("found: expected a flood in the last two thirds of the test part")
    needed = HORIZON * found.dataset.interval / pd.Timedelta("1h")  # more is worth no more
    warned = (-scored.events["delay_minutes"].fillna(0) / 60).clip(0, needed)
    line = {
        "floods": len(warned),
        "warned_share": float((warned > 0).mean()),
        "warning_hours": float(warned.mean()),
        "false_a_month": 30 * scored.false_alarms_a_day,
    }
    return line, _by_day(scored.events, needed - warned, second)


def _without_floods(score, events):
    """The score with nothing known around each flood."""
    quiet = score.copy()
    for event in events.itertuples():
        quiet.loc[event.start - EARLY : event.end + LATE, event.node] = np.nan
    return quiet


def _by_day(events, lost, watched):
    days = watched.index.normalize().unique()
    return (
        events.assign(lost=lost, day=events["start"].dt.normalize())
        .pivot_table(index="day", columns="node", values="lost")
        .reindex(index=days, columns=watched.columns)
    )


def _found(dataset, flood_level, seed):
    train = chronological_split(dataset, **APPLICATION.split).train
    usual = dataset.values.iloc[train].median()
    return Found(dataset, APPLICATION.compare(dataset, seed), flood_level, usual)


APPLICATION = Application(
    number=10,
    title="disaster warning",
    question="How early is a flood warned of?",
    world=river,
    real=("river-wear",),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=HORIZON,
    split={"validation": 0.1, "test": 0.5},
    models=lambda lookback, horizon: [
        LastValue(horizon),
        AverageAutoregression(horizon, LAGS),
        VectorAutoregression(horizon, LAGS, neighbours_only=True),
    ],
    ahead="12h",  # as far as a warning looks
    decision_made="warn of a flood",
    unit="hours of warning lost a flood",
    cost=lambda found, name: warnings(found).lost[name],
    block=BLOCK,
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
