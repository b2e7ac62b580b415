"""What is known ahead, joined to the data: a calendar of one's own, and public holidays."""

import dataclasses

import pandas as pd

from stlearn.data.dataset import known_ahead, make_calendar
from stlearn.data.holidays import PREFIX, holiday_flags
from stlearn.data.seasons import CLOCK, own_columns
from stlearn.errors import InputError
from stlearn.reading.readers import read_as_prepared

DAY = pd.Timedelta("1D")


def with_known_ahead(dataset, horizon, calendar=None, holidays=None, timezone=None):
    """Return a data set with further columns in its calendar, over its times and the steps ahead.

    Args:
        dataset: SpatioTemporalDataset.
        horizon: Steps ahead that the calendar has to cover.
        calendar: CSV file with a time column in front, then one column of numbers for each thing
            known ahead. None for none.
        holidays: Code of a region for a column of public holidays, as in
            `stlearn.data.holidays.holiday_flags`. None for none.
        timezone: Name of the zone of the file's times, as in `stlearn.read_csv`.

    Raises:
        InputError: If the calendar has gaps, ends early, or has a column that is there already;
            if there are holidays in steps longer than a day.

    Example:
        >>> import pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> from stlearn.forecast.ahead import with_known_ahead
        >>> times = pd.date_range("2026-09-30", periods=3, freq="D")
        >>> dataset = SpatioTemporalDataset("x", pd.DataFrame({"a": [1, 2, 3]}, times), "u")
        >>> with_known_ahead(dataset, 2, holidays="DE").calendar["holiday DE"].tolist()
        [0.0, 0.0, 0.0, 1.0, 0.0]
    """
    if calendar is None and holidays is None:
        return dataset
    times, old = known_ahead(dataset, 0, len(dataset.values) + horizon)
    columns = {name: old[name].to_numpy() for name in old if name not in CLOCK}
    if calendar is not None:
        found = checked_calendar(calendar, times, timezone)
        twice = [name for name in found if name in columns or not own_columns([name])]
        if twice:
            raise InputError(
                f"--calendar: expected columns that are not known yet, got {twice[0]}; give it "
                "another name"
            )
        columns |= {name: found[name].to_numpy() for name in found}
    if holidays is not None:
        if dataset.interval > DAY:
            raise InputError(
                "--holidays: expected steps of a day or shorter, got "
                f"{dataset.interval}; count the holidays of each step, and give --calendar"
            )
        columns[PREFIX + holidays] = holiday_flags(times, holidays)
    # A column that the data had before may end with the data; told_before says so.
    joined = make_calendar(times, **columns).dropna()
    return dataclasses.replace(dataset, calendar=joined)


def checked_calendar(file, times, timezone=None):
    """Read a calendar from a file, and check that it has a number at each time.

    Args:
        file: CSV file with a time column in front.
        times: DatetimeIndex of the data and of the steps ahead.
        timezone: As in `stlearn.read_csv`.

    Returns:
        DataFrame (time, column), of these times only.

    Raises:
        InputError: If a time or a number is missing.
    """
    table = read_as_prepared(file, timezone)
    if (table.index.tz is None) != (times.tz is None):
        raise InputError(
            f"--calendar: {file} has times {'without' if table.index.tz is None else 'with'} a "
            f"time zone, those of the data are {'without' if times.tz is None else 'with'}; write "
            "them alike"
        )
    if times.tz is not None:
        table = table.tz_convert(times.tz)
    uncovered = times.difference(table.index)
    if len(uncovered):
        raise InputError(
            f"--calendar: {file} reaches from {table.index[0]} to {table.index[-1]}; expected a "
            f"row for each time of the data and of the steps ahead, from {times[0]} to "
            f"{times[-1]}, missing {uncovered[0]}"
        )
    table = table.loc[times]
    for name in table.columns[table.isna().any()]:
        raise InputError(
            f"--calendar: {file}, column {name!r}: expected a number at each time, none at "
            f"{table.index[table[name].isna()][0]}"
        )
    return table
