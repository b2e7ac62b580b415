"""The step of a time index: a length of time, working days, months or years, and where it fails.

A length such as 5 minutes is counted on the world's clock. Whole days, working days, starts and
ends of months, quarters and years are counted on the calendar, in the index's own zone: a day in
which the clock changes has 23 or 25 hours, and is one step all the same.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.data.units import MONTH, in_words
from stlearn.errors import InputError

DAY, HOUR = pd.Timedelta("1D"), pd.Timedelta("1h")
OF_MONTHS = (
    pd.offsets.MonthBegin,
    pd.offsets.MonthEnd,
    pd.offsets.BusinessMonthBegin,
    pd.offsets.BusinessMonthEnd,
)


class Steps(NamedTuple):
    """How a time index goes on.

    Args:
        step: Its step as a pandas offset, usable in `pandas.date_range`; the most usual one where
            the index is not regular.
        odd: Positions (row,) of the rows that do not follow the row before by one step.
        missing: Number of rows that the regular index would have more; None where the rows do not
            lie on one regular index.
    """

    step: pd.offsets.BaseOffset
    odd: np.ndarray
    missing: int | None


def steps_of(index):
    """Find the step of a time index, and the rows that do not follow it.

    Args:
        index: DatetimeIndex, strictly increasing, at least two entries.

    Returns:
        Steps. Of several steps on which all rows lie, that with the fewest missing rows.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.steps import steps_of
        >>> months = pd.DatetimeIndex(["2026-01-31", "2026-02-28", "2026-04-30"])
        >>> found = steps_of(months)
        >>> found.step, found.odd.tolist(), found.missing
        (<MonthEnd>, [2], 1)
    """
    usual = pd.Series(index[1:] - index[:-1]).mode()[0]
    wall = index.tz_localize(None)
    found = [_on_calendar(wall, step) for step in _of_calendar(wall)]
    found = [each for each in (*found, _on_clock(index, usual)) if each is not None]
    on_grid = [each for each in found if each.missing is not None]
    return min(on_grid, key=lambda each: each.missing) if on_grid else found[-1]


def regular_frequency(index):
    """Return the constant step of a time index as a pandas offset.

    Args:
        index: DatetimeIndex, strictly increasing, at least two entries.

    Raises:
        InputError: If the index is not regular; the message shows the first three odd steps, and
            says whether rows are missing.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.steps import regular_frequency
        >>> regular_frequency(pd.date_range("2026-01-01", periods=3, freq="15min"))
        <15 * Minutes>
    """
    found = steps_of(index)
    if len(found.odd):
        raise InputError(f"time index: {fault(index, found)}")
    return found.step


def fault(index, found):
    """Say in a sentence what is wrong with a time index that is not regular.

    Args:
        index: DatetimeIndex, strictly increasing.
        found: Its Steps, with at least one odd row.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.steps import fault, steps_of
        >>> times = pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-09"])
        >>> print(fault(times, steps_of(times)).partition("; ")[2])
        a row is missing there: add it with empty cells
    """
    shown = "; ".join(f"{index[row - 1]} to {index[row]}" for row in found.odd[:3])
    odd = f"{len(found.odd)} steps differ" if len(found.odd) > 1 else "1 step differs"
    sentence = (
        f"expected a step of {step_in_words(found.step)} throughout, but {odd}, first {shown}"
    )
    if index.tz is None and any(_clock_forward(index, row, found.step) for row in found.odd[:3]):
        return (
            f"{sentence}; the missing hour looks like a daylight-saving change: give the times in "
            "UTC or with their time zone"
        )
    if _days_of_elsewhere(index):
        return f"{sentence}; days of 23 or 25 hours are counted in local time: name its zone"
    if found.missing is None:
        return sentence
    if found.missing == 1:
        return f"{sentence}; a row is missing there: add it with empty cells"
    return f"{sentence}; {found.missing:,} rows are missing there: add them with empty cells"


def usual_length(step):
    """Return how long a step is: for months and years the mean of the calendar.

    Args:
        step: pandas offset, as `regular_frequency` returns it.

    Returns:
        Timedelta. It is the same for any part of the data.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.steps import usual_length
        >>> usual_length(pd.offsets.MonthEnd(12)), usual_length(pd.offsets.Hour(2))
        (Timedelta('365 days 06:00:00'), Timedelta('0 days 02:00:00'))
    """
    if isinstance(step, OF_MONTHS):
        return step.n * MONTH
    if isinstance(step, pd.offsets.BusinessDay):
        return step.n * DAY
    return pd.Timedelta(step).as_unit(DAY.unit)  # as pandas keeps other lengths


def step_in_words(step):
    """Say a step in the unit in which people say it.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.steps import step_in_words
        >>> step_in_words(pd.offsets.MonthBegin(3)), step_in_words(pd.offsets.BusinessDay())
        ('3 months', '1 working day')
    """
    if isinstance(step, pd.offsets.BusinessDay):
        return f"{step.n} working day" + ("s" if step.n > 1 else "")
    length = usual_length(step)
    return in_words(length, step=length)


def is_clock_change(time):
    """Tell whether clocks are put forward or back about then: a Sunday of spring or autumn, early.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.steps import is_clock_change
        >>> is_clock_change(pd.Timestamp("2024-10-27 02:00"))
        True
        >>> is_clock_change(pd.Timestamp("2024-01-10 02:00"))
        False
    """
    return time.day_of_week == 6 and time.month in (3, 4, 9, 10, 11) and time.hour < 4


def _of_calendar(wall):
    """Steps by the calendar on which the rows could lie, those that explain most in front."""
    days, rest = np.divmod((wall[1:] - wall[:-1]).to_numpy(), np.timedelta64(1, "D"))
    if rest.any():
        return
    months = int(np.gcd.reduce(np.diff(wall.year * 12 + wall.month)))
    if months:
        yield from (kind(months) for kind in OF_MONTHS)
    yield pd.offsets.Day(int(np.gcd.reduce(days)))
    yield pd.offsets.BusinessDay()


def _on_calendar(wall, step):
    """Steps of an index on a grid of the calendar; None where a row lies beside the grid."""
    grid = pd.date_range(wall[0], wall[-1], freq=step)
    places = grid.get_indexer(wall)
    if (places < 0).any():
        return None
    return Steps(step, np.flatnonzero(np.diff(places) != 1) + 1, len(grid) - len(wall))


def _on_clock(index, usual):
    since = index - index[0]
    odd = np.flatnonzero(index[1:] - index[:-1] != usual) + 1
    regular = not len(odd) or not (since % usual).to_numpy().any()
    missing = int(since[-1] // usual) + 1 - len(index)
    return Steps(pd.tseries.frequencies.to_offset(usual), odd, missing if regular else None)


def _clock_forward(index, row, step):
    longer = index[row] - index[row - 1] - usual_length(step)
    return longer == HOUR and is_clock_change(index[row] - HOUR)


def _days_of_elsewhere(index):
    """Whether the rows are days of another zone: there the clock changes, and here it does not."""
    lengths = index[1:] - index[:-1]
    off = abs(lengths - lengths.round("1D"))
    return index.tz is not None and (lengths > DAY / 2).all() and off.max() == HOUR
