"""What a model reads of the calendar: clock, what is known ahead, and the season of the year."""

import numpy as np
import pandas as pd

from stlearn.data.dataset import known_ahead

CLOCK = ("time_of_day", "day_of_week")
YEAR = ("year_sine", "year_cosine")
DAYS_A_YEAR = 365.25
YEARS_NEEDED = 2  # in one year, the season and a trend look the same


def columns_to_read(train):
    """List the calendar columns that a model of this training part reads.

    Args:
        train: SpatioTemporalDataset.

    Returns:
        The columns of its calendar; then, where it is two years long or longer, sine and cosine
        of the time of the year.

    Example:
        >>> import stlearn
        >>> from stlearn.data.seasons import columns_to_read
        >>> columns_to_read(stlearn.load("corridor"))
        ['time_of_day', 'day_of_week', 'holiday', 'event']
    """
    times = train.values.index
    days = (times[-1] - times[0] + train.interval) / pd.Timedelta("1D")
    years = YEAR if days >= YEARS_NEEDED * 365 else ()
    return [*train.calendar.columns, *years]


def own_columns(columns):
    """List the calendar columns beyond clock and year: what somebody knew ahead and wrote down.

    Args:
        columns: Names of calendar columns.

    Example:
        >>> from stlearn.data.seasons import own_columns
        >>> own_columns(["time_of_day", "day_of_week", "rain", "year_sine"])
        ['rain']
    """
    return [name for name in columns if name not in (*CLOCK, *YEAR)]


def calendar_to_read(dataset, start, stop, columns):
    """Return the calendar columns that a model reads, in the rows `start` to `stop`.

    Where a step is longer than six days, the day of the week says nothing about what was summed
    up: it is 0 throughout where the time of the year is read in its stead.

    Args:
        dataset: SpatioTemporalDataset.
        start, stop: Row positions, `stop` excluded; they may lie past the end.
        columns: As of `columns_to_read`.

    Returns:
        DataFrame (time, column); NaN where a column is not known.

    Example:
        >>> import stlearn
        >>> from stlearn.data.seasons import calendar_to_read
        >>> corridor = stlearn.load("corridor")
        >>> calendar_to_read(corridor, 0, 2, ["day_of_week", "year_cosine"]).round(2).shape
        (2, 2)
    """
    times, calendar = known_ahead(dataset, start, stop)
    calendar = calendar.reindex(columns=list(columns))
    if {"day_of_week", *YEAR} <= set(columns) and dataset.interval > pd.Timedelta("6D"):
        calendar["day_of_week"] = 0.0
    hours = (times - times.normalize()) / pd.Timedelta("1D")
    turn = 2 * np.pi * (times.day_of_year - 1 + hours) / DAYS_A_YEAR
    for name, wave in zip(YEAR, (np.sin(turn), np.cos(turn))):
        if name in calendar:
            calendar[name] = np.asarray(wave, dtype="float32")
    return calendar
