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
from stcourse.exercises.ch06.failures import by_message, with_case


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
    rows, draws = draw(st.integers(2, 6)), draw(st.sampled_from([4, 10, 5]))
    start = pd.Timestamp("2026-01-05 07:00")
    random = np.random.default_rng(draw(st.integers(0, 999)))
    spread = random.choice([220, 220, 12])  # quarters of a minute, also of the same minute
    minutes = (20 + random.integers(0, spread, (rows, draws))) / 4
    times = pd.date_range(start, periods=rows, freq="10min")
    share = draw(st.sampled_from([0.5, 0.75, 0.8, 0.9]))
    # With 0 as `late` this row just arrives often enough; else it may be that none does.
    row, needed = random.integers(rows), math.ceil(share * draws)
    late = random.choice([0, 0, 1, 3])
    if random.random() < 0.5:
        minutes[:row] += 30  # a jam, which clears
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


def _latest_of_each_column(minutes, deadline):
    """The last departure of each column that is on time, NaT where none is."""
    arrivals = minutes.index.to_numpy()[:, None] + minutes.to_numpy() * np.timedelta64(60, "s")
    on_time = (arrivals <= deadline.to_numpy()).T
    return pd.Series([minutes.index[row].max() for row in on_time], dtype=minutes.index.dtype)


def _tried(minutes, deadline, share):
    rows = (
        f"leaving {time:%H:%M} takes {', '.join(f'{minute:g}' for minute in row)}"
        for time, row in zip(minutes.index, minutes.to_numpy())
    )
    return f"{'; '.join(rows)} minutes; deadline = {deadline:%H:%M:%S}, share = {share}"


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
    properties=(with_case(by_message(_moment), _tried),),
    mistakes=read_mistakes(latest_departure),
    also_right=(_from_the_last, _by_quantile),
)
