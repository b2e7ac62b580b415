"""Exercise 6.1: when to leave to be on time often enough."""

import math
from datetime import datetime

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, compare
from stcourse.engine.wording import kind


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


@st.composite
def _departures(draw):
    rows, draws = draw(st.integers(2, 6)), draw(st.sampled_from([4, 5, 10]))
    start = pd.Timestamp("2026-01-05 07:00")
    random = np.random.default_rng(draw(st.integers(0, 99)))
    minutes = random.integers(20, 240, (rows, draws)) / 4
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


def _from_the_last(minutes, deadline, share):
    for departure in reversed(minutes.index):
        arrivals = departure + pd.to_timedelta(minutes.loc[departure], unit="min")
        if (arrivals <= deadline).sum() >= share * len(arrivals):
            return departure
    return pd.NaT


def _by_quantile(minutes, deadline, share):
    left = ((deadline - minutes.index) / pd.Timedelta(minutes=1)).to_numpy()
    good = np.quantile(minutes, share, axis=1, method="inverted_cdf") <= left
    return minutes.index[good][-1] if good.any() else pd.NaT


EXERCISE = Exercise(
    id="6.1",
    title="When to leave",
    section="6.1 Traffic: when to leave",
    difficulty=2,
    minutes=8,
    matters="A median forecast makes you late every other day.",
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
    mistakes=read_mistakes(latest_departure),
    also_right=(_from_the_last, _by_quantile),
)
