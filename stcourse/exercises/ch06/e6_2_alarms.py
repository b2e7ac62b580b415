"""Exercise 6.2: score the alarms of a detector against incidents."""

from datetime import timedelta

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.differences import difference
from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, compare
from stcourse.engine.wording import kind
from stcourse.exercises.ch06.failures import by_message, with_case


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


@st.composite
def _watched(draw):
    rows, number = draw(st.integers(8, 20)), draw(st.sampled_from([1, 2, 3, 3]))
    step = draw(st.sampled_from([2, 5]))
    start = draw(st.sampled_from(["2026-01-05 08:00", "2026-01-05 23:50"]))  # also over midnight
    times = pd.date_range(start, periods=rows, freq=f"{step}min")
    few = st.lists(st.booleans(), min_size=rows, max_size=rows)
    many = st.integers(0, 99).map(lambda seed: np.random.default_rng(seed).random(rows) < 0.5)
    alarms = pd.Series(draw(few | many), times)
    ends = st.sets(st.integers(0, rows - 1), min_size=2 * number, max_size=2 * number)
    places = np.reshape(sorted(draw(ends)), (number, 2))
    early = pd.Timedelta(minutes=draw(st.sampled_from([0, 1.5])))  # also between two rows
    incidents = pd.DataFrame({"start": times[places[:, 0]] - early, "end": times[places[:, 1]]})
    return {"alarms": alarms, "incidents": incidents, "days": draw(st.sampled_from([2, 0.5, 1]))}


def _report(answer, case):
    came, right = call(answer, case), alarm_report(**case)
    if isinstance(came, (tuple, list)) and len(came) == len(right):
        if isinstance(came[1], (timedelta, np.timedelta64, type(pd.NaT))):
            name = "NaT" if pd.isna(came[1]) else kind(came[1])
            sentence = f"Your `delay` is {name}, expected a number."
            raise NotRight(sentence, came=came, expected=right)
        for name, ours, theirs in zip(("found", "delay", "false_a_day"), came, right):
            sentence = difference(ours, theirs, name=f"Your `{name}`")
            if sentence:
                raise NotRight(sentence, came=came, expected=right)
    compare(came, right)


def _tried(alarms, incidents, days):
    step = (alarms.index[1] - alarms.index[0]) // pd.Timedelta(minutes=1)
    on = " ".join("1" if alarm else "0" for alarm in alarms)
    spans = ", ".join(
        f"{start:%H:%M:%S} to {end:%H:%M}"
        for start, end in zip(incidents["start"], incidents["end"])
    )
    return (
        f"alarms from {alarms.index[0]:%H:%M} on, every {step} minutes, = {on}; "
        f"incidents {spans}; days = {days}"
    )


def _row_by_row(alarms, incidents, days):
    before, first, false = False, {}, 0
    for time, on in alarms.items():
        holding = incidents[(incidents["start"] <= time) & (time <= incidents["end"])]
        if on and not before:
            false += holding.empty
            for place, start in holding["start"].items():
                first.setdefault(place, (time - start) / pd.Timedelta(minutes=1))
        before = on
    delay = sum(first.values()) / len(first) if first else float("nan")
    return len(first), delay, false / days


EXERCISE = Exercise(
    id="6.2",
    title="Score the alarms",
    section="6.2 Incident detection: when to raise an alarm",
    difficulty=2,
    minutes=8,
    matters="An alarm is worth its delay, and costs its false ones.",
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
    properties=(with_case(by_message(_report), _tried),),
    mistakes=read_mistakes(alarm_report),
    also_right=(_row_by_row,),
)
