"""Exercise 6.7: from which count on a week is out of the ordinary."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches


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


@st.composite
def _record(draw):
    # Short years read well; with 53 weeks the 52 of a habit stays inside the record.
    season, years = draw(st.sampled_from([5, 8, 53])), draw(st.integers(1, 3))
    half = draw(st.integers(0 if years > 1 else 1, 2))
    # The windows of a first or last week cross the turn of the year; a year more than asked for.
    week = season * (years + 1) + draw(st.sampled_from([season // 2, season - 1, 0]))
    later = draw(st.sampled_from([3, 2, season + 2, years * season + 2]))  # some years, or none
    random = np.random.default_rng(draw(st.integers(0, 99)))
    return {
        "counts": random.integers(0, 30, week + 1 + later).astype(float),
        "week": week,
        "years": years,
        "half": half,
        "season": season,
    }


def _week_by_week(counts, week, years, half, season):
    past = []
    for row in range(week):
        for year in range(1, years + 1):
            if abs(week - season * year - row) <= half:
                past.append(counts[row])
    mean = sum(past) / len(past)
    return mean + 2 * (sum((x - mean) ** 2 for x in past) / (len(past) - 1)) ** 0.5


EXERCISE = Exercise(
    id="6.7",
    title="A threshold for outbreaks",
    section="6.7 Surveillance: when a count is too high",
    difficulty=2,
    minutes=8,
    matters="A threshold that ignores the season sounds every winter.",
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
    mistakes=read_mistakes(outbreak_threshold),
    also_right=(_week_by_week,),
)
