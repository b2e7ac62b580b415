"""Exercises 6.4 to 6.6: delay on a road, beds in a hospital, counts that are too high."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.properties import arrays, matches
from stcourse.exercises.ch06 import delay_bank as delay_bank
from stcourse.exercises.ch06 import people_bank as bank
from stcourse.exercises.ch06 import threshold_bank as threshold_bank


def delay_hours(speed, flow, kilometres, free_speed):
    """Add up the hours that vehicles lose because they drive below the free speed.

    Args:
        speed: Array (time, node) in km/h, a row every 5 minutes, all above zero.
        flow: Array (time, node) in vehicles an hour.
        kilometres: Array (node,): length of the stretch that each node stands for.
        free_speed: Array (node,) in km/h: how fast the road is when it is empty.

    Returns:
        Vehicle hours lost, one number. Driving faster than the free speed saves nothing.
    """
    vehicles = flow * 5 / 60
    lost = np.maximum(kilometres / speed - kilometres / free_speed, 0)
    return (vehicles * lost).sum()


def beds_taken(cases, admitted, stay):
    """Turn new cases into beds that are taken.

    Args:
        cases: Array (day, region) of new cases, known or forecast.
        admitted: Array (delay,): the share of a day's cases that is admitted 0, 1, 2, ... days
            later.
        stay: Days that a patient keeps the bed; the day of admission is the first.

    Returns:
        Array (day, region): beds taken on each day. Before the first day nobody was ill.
    """
    days = len(cases)
    admissions, taken = np.zeros(cases.shape), np.zeros(cases.shape)
    for delay, share in enumerate(admitted[:days]):
        admissions[delay:] += share * cases[: days - delay]
    for day in range(days):
        taken[day] = admissions[max(day - stay + 1, 0) : day + 1].sum(axis=0)
    return taken


def outbreak_threshold(counts, week, years, half, season=52):
    """Say how many cases a week would need to be out of the ordinary for its season.

    Args:
        counts: Array (week,) of cases: a finished record, so it also holds later weeks.
        week: Row of the week to judge, as it had to be judged then.
        years: How many years to look back; the record is long enough.
        half: How many weeks before and after the same week of a year count too.
        season: Weeks in a year.

    Returns:
        Mean of those past counts plus two of their standard deviations (divided by n - 1).
    """
    offsets = np.arange(-half, half + 1)
    rows = [week - season * year + offsets for year in range(1, years + 1)]
    past = counts[np.concatenate(rows)]
    return past.mean() + 2 * past.std(ddof=1)


# Cases


@st.composite
def _stretches(draw):
    time, nodes = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return {
        "speed": draw(arrays(time, nodes, low=3, high=32)) * 4,
        "flow": draw(arrays(time, nodes, low=0, high=8)) * 480,
        "kilometres": draw(arrays(nodes, low=1, high=3)),
        "free_speed": draw(arrays(nodes, low=24, high=30)) * 4,
    }


@st.composite
def _wave(draw):
    days, regions = draw(st.integers(2, 7)), draw(st.integers(1, 2))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    counted = 4 * random.integers(0, 26, (days, regions))
    return {
        "cases": counted if draw(st.booleans()) else counted.astype(float),
        "admitted": random.integers(0, 4, draw(st.integers(1, days + 3))) / 16,
        "stay": draw(st.integers(1, 4)),
    }


@st.composite
def _record(draw):
    # Short years read well; with 53 weeks the 52 of a habit stays inside the record.
    season, years = draw(st.sampled_from([5, 8, 53])), draw(st.integers(1, 3))
    half = draw(st.integers(0 if years > 1 else 1, 2))
    # The windows of a first or last week cross the turn of the year; a year more than asked for.
    week = season * (years + 1) + draw(st.sampled_from([season // 2, season - 1, 0]))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    return {
        "counts": random.integers(0, 30, week + 1 + draw(st.integers(2, 4))).astype(float),
        "week": week,
        "years": years,
        "half": half,
        "season": season,
    }


EXERCISES = (
    Exercise(
        id="6.4",
        title="Hours of delay",
        section="6.4 Policy: what spreading the demand saves",
        part="b",
        hints=(
            "Two numbers for each row and node: how many vehicles pass, and what each of them "
            "loses.",
            "A vehicle needs `kilometres / speed` hours, and `kilometres / free_speed` on an empty "
            "road. In five minutes `flow * 5 / 60` vehicles come.",
            "`np.maximum(kilometres / speed - kilometres / free_speed, 0)`, times the vehicles, "
            "then the sum of all.",
        ),
        solution=delay_hours,
        cases=_stretches(),
        properties=(matches(delay_hours),),
        mistakes=delay_bank.DELAY,
        also_right=delay_bank.DELAY_ALSO_RIGHT,
    ),
    Exercise(
        id="6.5",
        title="Beds for next week",
        section="6.6 Virus: beds for next week",
        part="c",
        hints=(
            "Two steps: from cases to admissions, from admissions to beds.",
            "The share `admitted[2]` of the cases of day 0 is admitted on day 2. On a day there "
            "are the patients admitted on that day and on the `stay - 1` days before.",
            "For each delay: `admissions[delay:] += share * cases[: days - delay]`. For each day: "
            "`admissions[max(day - stay + 1, 0) : day + 1].sum(axis=0)`.",
        ),
        solution=beds_taken,
        cases=_wave(),
        properties=(matches(beds_taken),),
        mistakes=bank.BEDS,
        also_right=bank.BEDS_ALSO_RIGHT,
    ),
    Exercise(
        id="6.6",
        title="A threshold for outbreaks",
        section="6.7 Surveillance: when a count is too high",
        part="c",
        hints=(
            "Write down the rows of the past counts first. For week 110 of a 52-week year, one "
            "year back and one week to either side: 57, 58, 59.",
            "For year 1, 2, ... the middle is `week - season * year`; the offsets go from `-half` "
            "to `half`, both included.",
            "`week - season * year + np.arange(-half, half + 1)` for each year, joined with "
            "`np.concatenate`. Then `mean() + 2 * std(ddof=1)` of the counts there.",
        ),
        solution=outbreak_threshold,
        cases=_record(),
        properties=(matches(outbreak_threshold),),
        mistakes=threshold_bank.THRESHOLD,
        also_right=threshold_bank.THRESHOLD_ALSO_RIGHT,
    ),
)
