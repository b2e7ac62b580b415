"""Repairs of a table of readings, each asked for by name, and each with its entry in a log.

Times that repeat, rows that are absent, gaps, another step, sensors that start late, zeros that
stand for missing readings. Nothing is repaired without being asked: what would be needed is told
in one sentence, with the option of `stlearn prepare` that asks for it.
"""

from typing import NamedTuple

import pandas as pd

from stlearn.checks import check_count
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.prepare import impute
from stlearn.data.steps import fault, is_clock_change, steps_of, usual_length
from stlearn.data.validation import counted, listed
from stlearn.errors import InputError

DUPLICATES = ("mean", "first", "last")
LATE = ("keep", "drop", "cut")
LATE_SHARE = 0.1  # of the rows, before the first reading
MOST_ADDED = 50  # rows for each row that is there
GRIDS = ("1min", "5min", "10min", "15min", "30min", "1h", "3h", "6h", "12h", "1D")


class Entry(NamedTuple):
    """One line of the log.

    Args:
        repair: The option that asked for it.
        where: The sensor, or the times.
        count: How many cells or rows.
        before, after: What stood there, and what stands there now.
    """

    repair: str
    where: str
    count: int
    before: str
    after: str


def one_row_a_time(values, duplicates=None):
    """Sort the rows by time, and make one of those that share a time.

    Rows that complete each other are joined: no reading is lost. Where a sensor has several
    readings of one time, `duplicates` decides.

    Args:
        values: DataFrame (time, sensor); times in any order.
        duplicates: "mean", "first" or "last" of them, in the order of the file.

    Returns:
        DataFrame (time, sensor) with increasing times, and a list of Entry.

    Raises:
        InputError: If a sensor has several readings of one time and nothing is asked for.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.repairs import one_row_a_time
        >>> times = pd.DatetimeIndex(["2026-01-05", "2026-01-05", "2026-01-06"])
        >>> table, log = one_row_a_time(pd.DataFrame({"a": [1.0, 3, 5]}, index=times), "mean")
        >>> table["a"].tolist(), log[0].count
        ([2.0, 5.0], 1)
    """
    _check_choice("--duplicates", duplicates, DUPLICATES)
    log = []
    if not values.index.is_monotonic_increasing:
        moved = int((values.index[1:] < values.index[:-1]).sum())
        values = values.sort_index(kind="stable")
        log.append(Entry("sorted by time", "rows", moved, "an earlier time follows", "in order"))
    if values.index.is_unique:
        return values, log
    grouped = values.groupby(level=0)
    counts = grouped.count()
    surplus = (counts - 1).clip(lower=0).sum()
    if surplus.any() and duplicates is None:
        name = surplus.index[surplus > 0][0]
        time = counts.index[counts[name] > 1][0]
        twice = values.loc[time, name].dropna()
        hour = " (an hour that comes twice as summer time ends? then --timezone names the zone)"
        raise InputError(
            f"{counted(surplus.sum(), 'reading')} beside another of the same time and sensor, "
            f"first at {time}, sensor "
            f"{name!r} ({', '.join(f'{number:g}' for number in twice[:3])}); --duplicates mean, "
            "first or last makes one of them"
            + (hour if values.index.tz is None and is_clock_change(time) else "")
        )
    joined = len(values) - len(counts)
    values = getattr(grouped, duplicates or "first")()
    for name, count in surplus[surplus > 0].items():
        log.append(
            Entry(f"--duplicates {duplicates}", str(name), int(count), "readings again", duplicates)
        )
    if not surplus.any():
        log.append(Entry("joined by time", "rows", joined, "rows of one time", "one row"))
    return values, log


def zeros_as_missing(values):
    """Take zeros as missing readings.

    Args:
        values: DataFrame (time, sensor).

    Returns:
        DataFrame (time, sensor), and a list of Entry.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.repairs import zeros_as_missing
        >>> zeros_as_missing(pd.DataFrame({"a": [0.0, 3.0]}))[1]
        [Entry(repair='--zero-is-missing', where='a', count=1, before='0', after='missing')]
    """
    zero = values == 0
    return values.mask(zero), _by_sensor("--zero-is-missing", zero, "0", "missing")


def missing_as_zeros(values):
    """Take missing readings as zeros: counts, where a file names only what was counted.

    Args:
        values: DataFrame (time, sensor).

    Returns:
        DataFrame (time, sensor), and a list of Entry.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.repairs import missing_as_zeros
        >>> missing_as_zeros(pd.DataFrame({"a": [None, 3.0]}))[1]
        [Entry(repair='--missing-is-zero', where='a', count=1, before='missing', after='0')]
    """
    return values.fillna(0), _by_sensor("--missing-is-zero", values.isna(), "missing", "0")


def _by_sensor(repair, changed, before, after):
    """An Entry for each sensor with cells that a repair changed."""
    counts = changed.sum()
    return [
        Entry(repair, str(name), int(count), before, after)
        for name, count in counts[counts > 0].items()
    ]


def resampled(values, interval):
    """Average readings over intervals of the clock.

    Args:
        values: DataFrame (time, sensor) with increasing times.
        interval: Length of an interval, such as "5min"; a row stands at its start.

    Returns:
        DataFrame (time, sensor) at a regular step, NaN where an interval has no reading, and a
        list of Entry.

    Raises:
        InputError: If it is no length of time, or shorter than the usual step, or nearly all rows
            would be empty.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.repairs import resampled
        >>> times = pd.DatetimeIndex(["2026-01-05 00:00:03", "2026-01-05 00:02:01"])
        >>> resampled(pd.DataFrame({"a": [1.0, 3.0]}, index=times), "5min")[0]["a"].tolist()
        [2.0]
    """
    try:
        step = pd.tseries.frequencies.to_offset(interval)
        length = usual_length(step)
    except (ValueError, TypeError):
        raise InputError(
            f"--resample: expected a length of time such as 5min, got {interval!r}"
        ) from None
    usual = pd.Series(values.index[1:] - values.index[:-1]).median()
    if not length > pd.Timedelta(0) or length < usual / 2:
        raise InputError(
            f"--resample: expected a step of at least {usual}, as the file has, got {interval}"
        )
    first, last = values.index[[0, -1]]
    if (last - first) / length > MOST_ADDED * len(values):
        raise InputError(
            f"--resample {interval}: {counted(len(values), 'row')} from {first} to {last} would "
            f"become {(last - first) / length:,.0f}; is a time wrong?"
        )
    zone = values.index.tz
    table = values
    if zone is not None and isinstance(step, pd.offsets.Tick):
        table = values.tz_convert("UTC")
    table = table.resample(step).mean()
    table = table if zone is None else table.tz_convert(zone)
    empty = int(table.isna().all(axis=1).sum())
    log = [Entry(f"--resample {interval}", "rows", len(values), f"{len(values):,} rows",
                 f"{len(table):,} rows, {empty:,} of them empty")]  # fmt: skip
    return table, log


def on_a_grid(values, gaps=None):
    """Bring a table to a regular step by rows without values, and fill short gaps.

    Args:
        values: DataFrame (time, sensor) with increasing times.
        gaps: "keep" adds the absent rows and leaves them empty; "interpolate:3" also draws a line
            through gaps of at most 3 rows, which looks ahead: see `stlearn.data.prepare.impute`.

    Returns:
        DataFrame (time, sensor), and a list of Entry.

    Raises:
        InputError: If rows are absent and nothing is asked for, or the times lie on no grid.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.repairs import on_a_grid
        >>> times = pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-08"])
        >>> table = pd.DataFrame({"a": [1.0, 2.0, 4.0]}, index=times)
        >>> on_a_grid(table, "interpolate:1")[0]["a"].tolist()
        [1.0, 2.0, 3.0, 4.0]
    """
    longest = _longest_gap(gaps)
    if len(values) < 2:
        raise InputError(f"expected at least 2 rows (times), got {len(values)}")
    found, log = steps_of(values.index), []
    if len(found.odd):
        sentence = f"time index: {fault(values.index, found)}"
        if "zone" in sentence and gaps is None:
            raise InputError(f"{sentence}, such as --timezone Europe/Berlin")
        if found.missing is None or found.missing > MOST_ADDED * len(values):
            usual = pd.Series(values.index[1:] - values.index[:-1]).median()
            grid = next((each for each in GRIDS if pd.Timedelta(each) >= usual), GRIDS[-1])
            raise InputError(f"{sentence}; --resample {grid}, or another length, makes one grid")
        if gaps is None:
            raise InputError(f"{sentence}; --gaps keep adds empty rows")
        grid = pd.date_range(values.index[0], values.index[-1], freq=found.step)
        where = f"{values.index[found.odd[0] - 1]} to {values.index[found.odd[0]]}"
        where += f" and {len(found.odd) - 1:,} more" if len(found.odd) > 1 else ""
        log.append(Entry(f"--gaps {gaps}", where, found.missing, "no row", "an empty row"))
        values = values.reindex(grid)
    if longest:
        dataset = SpatioTemporalDataset("gaps", values, "unit")
        filled, mask = impute(dataset, "linear", longest)
        counts = mask.sum()
        log += [
            Entry(f"--gaps {gaps}", str(name), int(count), "missing", "interpolated")
            for name, count in counts[counts > 0].items()
        ]
        values = values.where(~mask, filled.values.astype("float64"))
    return values, log


def started(values, late_sensors=None):
    """Treat sensors that start late, or never.

    Args:
        values: DataFrame (time, sensor), regular.
        late_sensors: "keep" leaves those that start after a tenth of the rows as they are; "drop"
            leaves them out, and those without any reading; "cut" begins where all have started.

    Returns:
        DataFrame (time, sensor), and a list of Entry.

    Raises:
        InputError: If a sensor has no reading at all and is not to be dropped, or nothing is left.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.repairs import started
        >>> table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [None, None, 3.0]})
        >>> list(started(table, "drop")[0]), len(started(table, "cut")[0])
        (['a'], 1)
    """
    _check_choice("--late-sensors", late_sensors, LATE)
    known, option = values.notna(), f"--late-sensors {late_sensors}"
    first = known.to_numpy().argmax(axis=0)
    never = ~known.any().to_numpy()
    if never.any() and late_sensors != "drop":
        raise InputError(
            f"no reading at all of {listed(values.columns[never])}; --late-sensors drop leaves "
            "such sensors out"
        )
    late = never | (first > LATE_SHARE * len(values))
    if late_sensors == "drop":
        if late.all():
            raise InputError("--late-sensors drop: no sensor would be left")
        log = [
            Entry(option, str(name), int(known[name].sum()), "readings", "sensor left out")
            for name in values.columns[late]
        ]
        return values.loc[:, ~late], log
    if late_sensors == "cut" and first.max() > 0:
        begin = int(first.max())
        log = [Entry(option, f"before {values.index[begin]}", begin, "rows", "left out")]
        return values.iloc[begin:], log
    return values, []


def _longest_gap(gaps):
    """Longest gap in rows through which a line is drawn; 0 for none."""
    if gaps in (None, "keep"):
        return 0
    kind, _, rows = str(gaps).partition(":")
    if kind != "interpolate" or not rows.isdigit():
        raise InputError(f"--gaps: expected keep or interpolate:3, got {gaps!r}")
    return check_count("--gaps interpolate", int(rows))


def _check_choice(option, choice, choices):
    if choice is not None and choice not in choices:
        raise InputError(f"{option}: expected {', '.join(choices)}, got {choice!r}")
