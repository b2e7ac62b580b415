"""Disease surveillance: raise an alarm when a county counts more cases than it should.

The network and the baselines forecast next week's count in every county. What comes above the
forecast, on the scale of roots, is the score; its threshold allows for a few false alarms a year,
set on past weeks with the outbreaks that were found afterwards left out. Later years score the
alarms.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stcourse.applications.application import Application, first_scored, tested
from stcourse.worlds import outbreaks as world
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import Split
from stlearn.errors import InputError
from stlearn.evaluation.alarms import choose_threshold, raise_alarms, residual_score, score_alarms
from stlearn.evaluation.backtest import backtest
from stlearn.evaluation.comparison import Comparison

LOOKBACK = 12  # weeks
A_YEAR = 12  # false alarms a year that the office can follow up, in all counties together
YEAR = 365.25  # days
WEEK = pd.Timedelta("7D")
MINUTES = WEEK / pd.Timedelta("1min")
MISSED = 6  # weeks that an outbreak counts that no alarm found: it is over by then
SAME_WEEKS = "same weeks of earlier years"


class Found(NamedTuple):
    """Forecasts of the counts; weeks before `scored_from` set the threshold."""

    dataset: SpatioTemporalDataset
    comparison: Comparison
    scored_from: pd.Timestamp


def forecasts(seed=0):
    """Train on six years of counts and forecast five, week after week.

    Args:
        seed: Seed of the counts and of the network.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.health import outbreaks
        >>> found = outbreaks.forecasts(seed=1)  # doctest: +SKIP
    """
    dataset = world.outbreaks(seed, weeks=572, planted=160)
    comparison = APPLICATION.compare(dataset, seed)
    return Found(dataset, comparison, tested(comparison).times[first_scored(comparison)])


def scores(found, name):
    """Say how odd each count is to one forecaster.

    Args:
        found: Found.
        name: Name of a forecaster of the comparison, or `SAME_WEEKS`, which needs no forecaster.

    Returns:
        DataFrame (week, county), in usual deviations above what was expected.

    Raises:
        InputError: If there is no such forecaster.
    """
    if name == SAME_WEEKS:
        return seasonal_score(found.dataset.values).loc[tested(found.comparison).times]
    run = tested(found.comparison, name)
    off = np.sqrt(run.truth[:, 0]) - np.sqrt(run.forecast[:, 0].clip(min=0))
    off = pd.DataFrame(off, run.times, run.nodes)
    return residual_score(off, quiet_part(off, found), side="high")


def seasonal_score(counts, years=3, half=3, season=52):
    """Measure a count against the same weeks of earlier years, in their standard deviations.

    Args:
        counts: DataFrame (week, county).
        years: Years to look back.
        half: Weeks to either side that count too.
        season: Weeks in a year.

    Returns:
        DataFrame (week, county); NaN where the record is too short.

    Raises:
        InputError: If no week has enough years behind it.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.health.outbreaks import seasonal_score
        >>> weeks = pd.date_range("2026-01-05", periods=5, freq="7D")
        >>> counts = pd.DataFrame({"a": [4, 6, 5, 5, 9]}, weeks)
        >>> seasonal_score(counts, years=1, half=1, season=3)["a"].tolist()
        [nan, nan, nan, nan, 4.0]

    Reference:
        Farrington, Andrews, Beale and Catchpole (1996), "A statistical algorithm for the early
        detection of outbreaks of infectious disease", without its corrections.
    """
    back = [season * year + week for year in range(1, years + 1) for week in range(-half, half + 1)]
    if len(counts) <= max(back):
        raise InputError(f"counts: expected more than {max(back)} weeks, got {len(counts)}")
    past = np.stack([counts.shift(weeks).to_numpy() for weeks in back])
    return (counts - past.mean(axis=0)) / past.std(axis=0, ddof=1)


def quiet_part(table, found):
    """Weeks before `scored_from`, with those of known outbreaks left out."""
    quiet = table[table.index < found.scored_from]
    known = quiet.to_numpy(copy=True)
    events = found.dataset.events
    events = events[(events["end"] >= quiet.index[0]) & (events["start"] <= quiet.index[-1])]
    first = quiet.index.searchsorted(events["start"])
    after = quiet.index.searchsorted(events["end"], side="right")
    for start, stop, place in zip(first, after, quiet.columns.get_indexer(events["node"])):
        known[start:stop, place] = np.nan
    return pd.DataFrame(known, quiet.index, quiet.columns)


def alarms(found, name, a_year=A_YEAR):
    """Raise alarms at the threshold that gave so many false ones in the quiet part.

    Args:
        found: Found.
        name: As in `scores`.
        a_year: False alarms a year, in all counties together.

    Returns:
        (alarms, score): DataFrame as of `stlearn.evaluation.alarms.raise_alarms`, and AlarmScore
        of the weeks from `scored_from` on. Cases that spread to neighbours are events as well.
    """
    odd = scores(found, name)
    threshold = choose_threshold(quiet_part(odd, found), a_year / YEAR, WEEK)
    later = odd[odd.index >= found.scored_from]
    raised = raise_alarms(later, threshold, WEEK)
    return raised, score_alarms(raised, found.dataset.events, later.index)


def weeks_lost(found, name, a_year=A_YEAR):
    """Charge each outbreak with its weeks before the alarm, and each false alarm with one.

    Args:
        found, name, a_year: As in `alarms`.

    Returns:
        Series (week,): what began in this week. An outbreak without an alarm counts six weeks.
    """
    raised, score = alarms(found, name, a_year)
    times = scores(found, name).index
    lost = pd.Series(0.0, times[times >= found.scored_from])
    for event in planted(score).itertuples():
        delay = event.delay_minutes / MINUTES if event.found else MISSED
        lost[max(event.start, lost.index[0])] += delay
    for start in raised["start"][~in_an_event(raised, score.events)]:
        lost[start] += 1
    return lost


def in_an_event(raised, events):
    """Say of each alarm whether it starts in an event of its county.

    Args:
        raised: DataFrame with the columns node and start.
        events: DataFrame with the columns node, start and end.

    Returns:
        Boolean array (alarm,).
    """
    inside = np.zeros(len(raised), dtype=bool)
    for event in events.itertuples():
        inside |= (raised["node"] == event.node) & raised["start"].between(event.start, event.end)
    return np.asarray(inside)


def planted(score):
    """Events that are outbreaks where they start, not what came of them in the neighbourhood."""
    return score.events[score.events["kind"] == "outbreak"]


def costs(found, a_year=A_YEAR):
    """Score every forecaster's alarms.

    Returns:
        DataFrame (forecaster; found in %, mean delay in weeks, false alarms a year, weeks lost
        a year).
    """
    rows = {}
    for name in [SAME_WEEKS, *found.comparison.runs]:
        score = alarms(found, name, a_year)[1]
        events = planted(score)
        rows[name] = {
            "found (%)": 100 * events["found"].mean(),
            "mean delay (weeks)": events["delay_minutes"].mean() / (WEEK / pd.Timedelta("1min")),
            "false alarms a year": YEAR * score.false_alarms_a_day,
            "weeks lost a year": YEAR / 7 * weeks_lost(found, name, a_year).mean(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("alarms from")


def changes_in_z(dataset):
    """Turn counts into what the Hungarian data ship: changes by the week, z-scored over all weeks.

    Args:
        dataset: SpatioTemporalDataset of counts.

    Returns:
        SpatioTemporalDataset, one week shorter. Mean and deviation are those of the whole record,
        the test part included, as the publishers of the Hungarian data took them.

    Raises:
        InputError: If a county never changes.

    Example:
        >>> from stcourse.applications.health.outbreaks import changes_in_z
        >>> from stcourse.worlds.outbreaks import outbreaks
        >>> changes_in_z(outbreaks(weeks=60, planted=5)).shape
        (59, 20)
    """
    change = dataset.values.diff().iloc[1:]
    deviation = change.std()
    if not deviation.all():
        raise InputError(f"dataset: {deviation.idxmin()!r} never changes")
    return SpatioTemporalDataset(
        f"changes of {dataset.name}",
        (change - change.mean()) / deviation,
        "z-score",
        adjacency=dataset.adjacency,
        nodes=dataset.nodes,
        events=dataset.events,
    )


def found_from_changes(found, a_year=A_YEAR):
    """Say which share of the outbreaks an autoregression finds in counts, and in such changes.

    Returns:
        Series (counts, changes) of shares.
    """
    name = AverageAutoregression.name
    spoiled = changes_in_z(found.dataset)
    rows = found.comparison.runs[name].backtest.origins - 1  # the first week has no change
    model = AverageAutoregression(1, LOOKBACK).fit(spoiled.between(0, rows[0]))
    run = backtest(model, spoiled, slice(rows[0] - LOOKBACK, rows[-1] + 1))
    off = pd.DataFrame(run.truth[:, 0] - run.forecast[:, 0], run.times, run.nodes)
    odd = residual_score(off, quiet_part(off, found), side="high")
    threshold = choose_threshold(quiet_part(odd, found), a_year / YEAR, WEEK)
    later = odd[odd.index >= found.scored_from]
    score = score_alarms(raise_alarms(later, threshold, WEEK), found.dataset.events, later.index)
    counted = alarms(found, name, a_year)[1]
    return pd.Series(
        {
            kind: float(planted(part)["found"].mean())
            for kind, part in (("counts", counted), ("changes in z", score))
        }
    )


def real(dataset, seed=0):
    """Forecast the change of chickenpox in Hungary, a week ahead. Outbreaks are not labelled.

    Args:
        dataset: Hungary's data set, from `stlearn.load("chickenpox")`.
        seed: Seed of the network.

    Returns:
        Comparison.

    Raises:
        InputError: If there are fewer than 400 weeks.
    """
    weeks = len(dataset.values)
    if weeks < 400:
        raise InputError(f"dataset: expected at least 400 weeks, got {weeks}")
    split = Split(slice(0, 260), slice(260, 320), slice(320, weeks))
    return APPLICATION.compare(dataset, seed, split)


def quarters_of_surprises(run, share=0.01):
    """Say in which quarters of the year the largest surprises fall, if one threshold is for all.

    Args:
        run: `stlearn.evaluation.backtest.Backtest`.
        share: Share of all county-weeks that counts as large.

    Returns:
        Series (quarter 1 to 4) of shares that add up to one.

    Raises:
        InputError: If the share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise InputError(f"share: expected a number between 0 and 1, got {share!r}")
    off = pd.DataFrame(run.truth[:, 0] - run.forecast[:, 0], run.times, run.nodes).stack()
    largest = off.nlargest(max(round(share * len(off)), 1))
    quarter = largest.index.get_level_values(0).quarter
    return quarter.value_counts(normalize=True).reindex(range(1, 5), fill_value=0.0)


APPLICATION = Application(
    number=7,
    title="disease surveillance",
    question="Which county counts more cases than it should?",
    world=world.outbreaks,
    real=("chickenpox",),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=1,
    split={"validation": f"{52 * 7}D", "test": f"{260 * 7}D"},
    models=lambda lookback, horizon: [
        LastValue(horizon),
        HistoricalAverage(horizon),
        AverageAutoregression(horizon, lookback),
        VectorAutoregression(horizon, lookback, neighbours_only=True),
    ],
    ahead="7D",
    decision_made="outbreak alarm",
    unit=f"weeks lost a year: before the alarm ({MISSED} if missed), and one a false alarm",
    cost=lambda found, name: weeks_lost(found, name) * YEAR / 7,
    block=13,  # a quarter of a year
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
