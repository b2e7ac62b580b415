"""Exercises 6.1 to 6.3: when to leave, how good the alarms are, how many buses to send."""

import math
from datetime import datetime

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.differences import difference
from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.properties import call, compare, matches
from stcourse.engine.wording import kind
from stcourse.exercises.ch06 import alarms_bank as alarms_bank
from stcourse.exercises.ch06 import buses_bank as buses_bank
from stcourse.exercises.ch06 import roads_bank as bank


def latest_departure(minutes, deadline, share):
    """Find the latest departure that still arrives on time, often enough.

    Args:
        minutes: DataFrame (departure, draw): minutes on the road if you leave at that time. Each
            column is one way in which the day may go.
        deadline: Timestamp at which you must be there.
        share: How often you want to be on time, 0.9 for nine times in ten.

    Returns:
        Timestamp of the last row that arrives by the deadline, or right on it, in at least
        `share` of the columns; NaT if no row does.
    """
    left = (deadline - minutes.index) / pd.Timedelta(minutes=1)
    on_time = (minutes.to_numpy() <= left.to_numpy()[:, None]).mean(axis=1)
    good = minutes.index[on_time >= share]
    return good[-1] if len(good) else pd.NaT


def alarm_report(alarms, incidents, days):
    """Score alarms against incidents: which were found, how late, and how many were false.

    Args:
        alarms: Series (time,) of True and False. An alarm goes off at a row that is True after
            one that is False; a first row that is True counts too.
        incidents: DataFrame with the columns start and end (included), a row an incident.
        days: How many days the series covers.

    Returns:
        (found, delay, false_a_day): in how many incidents an alarm goes off; the mean minutes
        from their starts to their first alarm, NaN if none is found; and how many alarms a day
        go off outside of all incidents.
    """
    goes_off = false = alarms.index[alarms & ~alarms.shift(fill_value=False)]
    delays = []
    for start, end in zip(incidents["start"], incidents["end"]):
        hits = goes_off[(goes_off >= start) & (goes_off <= end)]
        false = false.difference(hits)
        if len(hits):
            delays.append((hits[0] - start) / pd.Timedelta(minutes=1))
    return len(delays), np.mean(delays) if delays else np.nan, len(false) / days


def buses_to_send(boardings, seats, bus_cost, left_cost):
    """Choose the number of buses that costs least, on average over what may happen.

    Args:
        boardings: Array (draw,): passengers who want to ride, in each way the hour may go.
        seats: Places in one bus.
        bus_cost: Cost of a bus, full or empty.
        left_cost: Cost of a passenger who finds no place.

    Returns:
        Number of buses, from 0 on; the smallest one if several cost the same.
    """
    buses = np.arange(math.ceil(boardings.max() / seats) + 1)
    left_behind = np.maximum(boardings - seats * buses[:, None], 0).mean(axis=1)
    return int(np.argmin(bus_cost * buses + left_cost * left_behind))


# Cases


@st.composite
def _departures(draw):
    rows, draws = draw(st.integers(2, 6)), draw(st.sampled_from([4, 5, 10]))
    start = pd.Timestamp("2026-01-05 07:00")
    random = np.random.default_rng(draw(st.integers(0, 99)))
    minutes = random.integers(5, 60, (rows, draws)).astype(float)
    times = pd.date_range(start, periods=rows, freq="10min")
    share = draw(st.sampled_from([0.5, 0.75, 0.8, 0.9]))
    row, needed = random.integers(rows), math.ceil(share * draws)
    late = draw(st.sampled_from([0, 0, 1, 3]))  # with 0, this row just arrives often enough
    last = np.sort(minutes[row])[max(needed - 1 - late, 0)]
    return {
        "minutes": pd.DataFrame(minutes, times, [f"day {n}" for n in range(draws)]),
        "deadline": times[row] + pd.Timedelta(minutes=last),
        "share": share,
    }


@st.composite
def _watched(draw):
    rows, number = draw(st.integers(8, 20)), draw(st.integers(1, 3))
    times = pd.date_range("2026-01-05 08:00", periods=rows, freq="5min")
    few = st.lists(st.booleans(), min_size=rows, max_size=rows)
    many = st.integers(0, 99).map(lambda seed: np.random.default_rng(seed).random(rows) < 0.5)
    alarms = pd.Series(draw(few | many), times)
    ends = st.sets(st.integers(0, rows - 1), min_size=2 * number, max_size=2 * number)
    places = np.reshape(sorted(draw(ends)), (number, 2))
    incidents = pd.DataFrame({"start": times[places[:, 0]], "end": times[places[:, 1]]})
    return {"alarms": alarms, "incidents": incidents, "days": draw(st.sampled_from([2, 0.5, 1]))}


@st.composite
def _stop(draw):
    draws = draw(st.sampled_from([4, 8]))  # means of these are exact, so ties are ties
    random = np.random.default_rng(draw(st.integers(0, 999)))
    most = draw(st.sampled_from([18, 18, 18, 18, 0]))
    seats = draw(st.sampled_from([20, 10, 30, 4]))  # of four seats, many buses may be best
    return {
        "boardings": 5.0 * random.integers(0, most + 1, draws),
        "seats": seats,
        "bus_cost": seats * draw(st.sampled_from([3, 1.5, 5, 15])),
        "left_cost": draw(st.sampled_from([4, 8, 12, 20])),
    }


# Properties


def _report(answer, case):
    came, right = call(answer, case), alarm_report(**case)
    if isinstance(came, (tuple, list)) and len(came) == len(right):
        for name, ours, theirs in zip(("found", "delay", "false_a_day"), came, right):
            sentence = difference(ours, theirs, name=f"Your `{name}`")
            if sentence:
                raise NotRight(sentence, came=came, expected=right)
    compare(came, right)


def _moment(answer, case):
    came = call(answer, case)
    if came is not ... and not isinstance(came, (datetime, np.datetime64)):
        raise NotRight(
            f"Your answer is {kind(came)}, expected a Timestamp, or NaT where no departure will do."
        )
    if isinstance(came, np.datetime64):
        came = pd.Timestamp(came)
    if not pd.isna(came) and came not in case["minutes"].index:
        raise NotRight(
            f"Your answer is {came}, which is none of the departures: return the label of a row."
        )
    compare(came, latest_departure(**case))


EXERCISES = (
    Exercise(
        id="6.1",
        title="When to leave",
        section="6.1 Traffic: when to leave",
        part="a",
        hints=(
            "For each departure, count in how many columns you arrive on time. Which rows are good "
            "enough, and which of them is the last?",
            "The minutes that are left at a departure are `(deadline - minutes.index)` divided by "
            "one minute. Compare every row with its own number of minutes.",
            "`(minutes.to_numpy() <= left.to_numpy()[:, None]).mean(axis=1) >= share` marks the "
            "good rows; return the last of their labels, or `pd.NaT`.",
        ),
        solution=latest_departure,
        cases=_departures(),
        properties=(_moment,),
        mistakes=bank.DEPARTURE,
        also_right=bank.DEPARTURE_ALSO_RIGHT,
    ),
    Exercise(
        id="6.2",
        title="Score the alarms",
        section="6.2 Monitoring: when to raise an alarm",
        part="a",
        hints=(
            "First find the times at which an alarm goes off. Each of them lies in an incident or "
            "is false.",
            "`alarms & ~alarms.shift(fill_value=False)` marks a True after a False. For each "
            "incident, the times from start to end (included) belong to it; the first gives the "
            "delay.",
            "Collect `(hits[0] - start) / pd.Timedelta(minutes=1)` for each incident with hits, "
            "and take the hits out of the false ones. Return the number, the mean or NaN, and the "
            "false ones divided by days.",
        ),
        solution=alarm_report,
        cases=_watched(),
        properties=(_report,),
        mistakes=alarms_bank.ALARMS,
        also_right=alarms_bank.ALARMS_ALSO_RIGHT,
    ),
    Exercise(
        id="6.3",
        title="Buses to send",
        section="6.3 Buses: how many to send",
        part="a",
        hints=(
            "Try every number of buses, from none to enough for the largest demand. What does each "
            "cost in each draw?",
            "With n buses, `boardings - seats * n` passengers are left behind, but never fewer "
            "than zero. Take the mean over the draws after that.",
            "`np.maximum(boardings - seats * buses[:, None], 0).mean(axis=1)` for all numbers at "
            "once; add the cost of the buses; `np.argmin` gives the first of the smallest.",
        ),
        solution=buses_to_send,
        cases=_stop(),
        properties=(matches(buses_to_send),),
        mistakes=buses_bank.BUSES,
        also_right=buses_bank.BUSES_ALSO_RIGHT,
    ),
)
