"""1.1: put two feeds on one grid of times."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, compare
from stcourse.exercises.ch01.tables import table


def align(fine, coarse, ahead):
    """Put a feed with 5-minute steps and one with 15-minute steps on one grid.

    Args:
        fine: DataFrame (time, node), a row every 5 minutes from a full quarter of an hour on.
        coarse: DataFrame (time, node), a row every 15 minutes, on a clock that is ahead.
        ahead: Timedelta, how far the clock of `coarse` is ahead.

    Returns:
        DataFrame (time, node), a row every 15 minutes of the true time: the means of `fine`,
        then the columns of `coarse`. A stamp names the start. Missing readings are left out of a
        mean. Keep the rows that both feeds have; a NaN in one of them stays.
    """
    on_time = coarse.set_axis(coarse.index - ahead)
    means = fine.resample("15min", closed="left", label="left").mean()
    return means.join(on_time, how="inner")


MISTAKES = read_mistakes(align)
INTERPOLATED = next(slip.sentence for slip in MISTAKES if slip.name == "gaps interpolated")


@st.composite
def _two_feeds(draw):
    ahead = pd.Timedelta(minutes=draw(st.sampled_from([7, 4, 15, 22, -8])))
    quarters = draw(st.integers(2, 4))
    first = pd.Timestamp("2026-01-05 08:00")
    later = first + pd.Timedelta(minutes=15 * draw(st.integers(0, 1)))
    return {
        "fine": table(draw, 3 * quarters, ["a"], first, "5min"),
        "coarse": table(draw, draw(st.integers(2, 4)), ["b"], later + ahead, "15min"),
        "ahead": ahead,
    }


def _aligned(answer, case):
    """The table is that of `align`; a row too many or too few is told by its time."""
    came, expected = call(answer, case), align(**case)
    if isinstance(came, pd.DataFrame) and isinstance(came.index, pd.DatetimeIndex):
        fault = _wrong_row(came.index, expected, case)
        if fault:
            raise NotRight(fault, came=came, expected=expected)
    compare(came, expected)


def _no_line_across_a_gap(answer, case):
    """A quarter without readings, between two with: drawn cases rarely have one."""
    first = pd.Timestamp("2026-01-05 08:00")
    fine = pd.DataFrame(
        {"a": [60.0] * 3 + [np.nan] * 3 + [80.0] * 3},
        index=pd.date_range(first, periods=9, freq="5min"),
    )
    coarse = pd.DataFrame(
        {"b": [1.0, 2.0, 3.0]}, index=pd.date_range(first + case["ahead"], periods=3, freq="15min")
    )
    came = call(answer, {"fine": fine, "coarse": coarse, "ahead": case["ahead"]})
    gap = first + pd.Timedelta("15min")
    if isinstance(came, pd.DataFrame) and "a" in came and gap in came.index:
        value = np.ravel(came.loc[[gap], "a"])[0]
        if value == 70:
            raise NotRight(INTERPOLATED)


def _wrong_row(times, expected, case):
    repeated, on_grid = times[times.duplicated()], times.floor("15min")
    if len(repeated):
        return f"{repeated[0]:%H:%M} stands in several rows: average the readings of a quarter."
    if (times != on_grid).any():
        return (
            f"There is a row for {times[times != on_grid][0]:%H:%M}, which begins no quarter of an "
            "hour: set the clock of `coarse` right, and average `fine` to quarters."
        )
    for time in times.difference(expected.index):
        known = time in case["fine"].index.floor("15min")
        return (
            f"There is a row for {time:%H:%M}, but `{'coarse' if known else 'fine'}` has no "
            "reading then, by the true time: stamps name the start, and only the times that both "
            "feeds have are kept."
        )
    for time in expected.index.difference(times):
        gap = expected.loc[time].isna().any()
        why = "a NaN in it stays." if gap else "how are the two stamped?"
        return f"The row for {time:%H:%M} is missing, and both feeds cover that time: {why}"
    return None


def _by_loop(fine, coarse, ahead):
    rows = {}
    quarter = pd.Timedelta("15min")
    for stamp, row in coarse.iterrows():
        start = stamp - ahead
        part = fine[(fine.index >= start) & (fine.index < start + quarter)]
        if len(part):
            rows[start] = [*part.mean(), *row]
    columns = [*fine.columns, *coarse.columns]
    times = pd.DatetimeIndex(list(rows))
    return pd.DataFrame(list(rows.values()), times, columns, dtype=float)


def _by_floor(fine, coarse, ahead):
    means = fine.groupby(fine.index.floor("15min")).mean()
    return pd.concat([means, coarse.set_axis(coarse.index - ahead)], axis=1, join="inner")


EXERCISE = Exercise(
    id="1.1",
    title="Two feeds on one grid",
    section="1.5 Trouble one: clocks and sampling",
    difficulty=2,
    minutes=8,
    matters="Feeds that are joined on a wrong clock make the network learn the clock.",
    hints=(
        "Two steps: mend the clock of the coarse feed, then average the fine one.",
        "A clock that is ahead writes stamps that are too late: subtract. "
        "`resample` with `mean` averages; stamps name the start.",
        "`coarse.set_axis(coarse.index - ahead)`, `fine.resample('15min').mean()`, then "
        "`join` them, keeping the times that both have.",
    ),
    solution=align,
    cases=_two_feeds(),
    properties=(_aligned, _no_line_across_a_gap),
    mistakes=MISTAKES,
    also_right=(_by_loop, _by_floor),
)
