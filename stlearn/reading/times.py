"""Times as people write them: ISO 8601, day or month in front, Unix time, a spreadsheet's numbers.

`regular_times` reads ISO 8601 alone, at a regular step, and names the line of whatever else it
meets. `times_in_any_writing` reads them all, and says in a sentence how they are written.
"""

import re
import zoneinfo

import numpy as np
import pandas as pd

from stlearn.data.steps import fault, is_clock_change, steps_of
from stlearn.errors import InputError
from stlearn.reading.local_times import localized

PREPARE = "`stlearn prepare` reads such a file"
UTC_OFFSET = re.compile(r"[T ]\d[\d:.,]*\s*(Z|[+-]\d\d(?::?\d\d)?)$")
UNIX_TIME = re.compile(r"\d{9,10}(\.\d+)?|\d{12,13}")  # in seconds, in milliseconds
COMPACT = re.compile(
    r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d){0,2}"
)
SERIAL = re.compile(r"[2-6]\d{4}(\.\d+)?")  # a spreadsheet's days, from 1954 to 2091
MONTHS = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
MONTH_NAMED = re.compile(rf"(?=.*\b\d{{4}}\b).*\b{MONTHS}\b", re.IGNORECASE)
SHORT_YEAR = re.compile(rf"(\d{{1,2}}[- ]{MONTHS}[- ])(\d\d)(?!\d)", re.IGNORECASE)
DIGITS = COMPACT, SERIAL, re.compile(r"\d{4}|\d{8}")  # times without a mark between
NOT_YEAR_FIRST = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)"
    r"(?:[ ,T]+(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:\.0+)?)?(?: ?([AaPp][Mm]))?)?"
)


def regular_times(texts, lines, path, timezone=None):
    """Times of a file as a regular DatetimeIndex, or the line where they are not."""
    index, _ = _of_iso(texts, lines, path, checked_timezone(timezone))
    _check_order(index, lines, path)
    found = steps_of(index)
    if len(found.odd):
        rows = "; `stlearn prepare --gaps keep` adds such rows"
        zones = ", such as --timezone Europe/Berlin"
        sentence = fault(index, found)
        hint = zones if "zone" in sentence else rows if found.missing is not None else ""
        raise InputError(f"{path}, line {lines[found.odd[0]]}: time index: {sentence}{hint}")
    return index


def times_in_any_writing(
    cells, lines, path, timezone=None, dates=None, groups=None, clock_change=None
):
    """Read times in any of the usual writings; they may be in any order.

    Args:
        cells: List of text, numbers or times, one a row.
        lines: Line of each in the file, for the error.
        path: Path of the file, for the error.
        timezone: As in `regular_times`.
        dates: "day-first" or "month-first", for dates such as 01/03/2024.
        groups: List with the sensor of each row where rows are single readings.
        clock_change: As in `stlearn.reading.local_times.localized`.

    Returns:
        DatetimeIndex, NaT where a row is to be dropped; a sentence that says how they were
        written; a list of Entry with what `clock_change` did.

    Raises:
        InputError: If they are no times, or their writing leaves a choice.

    Example:
        >>> from stlearn.reading.times import times_in_any_writing
        >>> cells = ["31.1.2026 08:05", "31.1.2026 08:10"]
        >>> index, said, _ = times_in_any_writing(cells, [2, 3], "file.csv")
        >>> str(index[0]), said
        ('2026-01-31 08:05:00', 'Times have the day in front.')
    """
    zone = checked_timezone(timezone)
    if all(isinstance(cell, pd.Timestamp) for cell in cells):
        index, said, log = pd.DatetimeIndex(cells), "Times are stored as times.", []
        if zone is not None and index.tz is not None:
            index = index.tz_convert(zone)
        elif zone is not None:
            index, log = localized(index, zone, path, lines, groups, clock_change)
        return index, said, log
    texts = [str(cell).strip() for cell in cells]
    short = [SHORT_YEAR.match(text) for text in texts]
    if all(short):
        texts = [
            f"{found[1]}{_whole_year(found[3])}{text[found.end() :]}"
            for found, text in zip(short, texts)
        ]
    if all(UNIX_TIME.fullmatch(text) and not COMPACT.fullmatch(text) for text in texts):
        return *_unix(texts, zone), []
    if all(SERIAL.fullmatch(text) for text in texts):
        days = pd.to_timedelta([float(text) for text in texts], unit="D").round("1s")
        texts = list((pd.Timestamp("1899-12-30") + days).strftime("%Y-%m-%d %H:%M:%S"))
        said = "Times are a spreadsheet's numbers: days since 1899-12-30."
    elif all(COMPACT.fullmatch(text) for text in texts):
        texts = [_from_compact(text) for text in texts]
        said = "Times are digits: year, month, day, hour, minute."
    elif (
        all(MONTH_NAMED.search(text) for text in texts)
        and _offsets(pd.Series(texts)).nunique() == 1
    ):
        times = pd.to_datetime(pd.Series(texts), format="mixed", errors="coerce")
        texts = [str(time) if time == time else text for time, text in zip(times, texts)]
        said = f"Times name their month{', with the year of two digits behind it' * all(short)}."
    elif any(NOT_YEAR_FIRST.match(text) for text in texts):
        texts, said = _year_first(texts, lines, path, dates)
    else:
        said = "Times are ISO 8601."
    index, log = _of_iso(texts, lines, path, zone, groups, clock_change)
    if index.tz is not None:
        said = said.replace(".", f", kept in {index.tz}.", 1) if said.endswith(".") else said
    return index, said, log


def counted_times(rows, start, step, timezone=None):
    """Count the times of a file that names none.

    Args:
        rows: Number of rows.
        start: Time of the first row.
        step: Time between two rows, as a pandas offset: "5min", "D", "B", "MS".
        timezone: Name of the zone of `start`.

    Returns:
        DatetimeIndex, and a sentence that says how it was counted.

    Raises:
        InputError: If no times can be counted so.

    Example:
        >>> from stlearn.reading.times import counted_times
        >>> str(counted_times(3, "2012-03-01", "5min")[0][-1])
        '2012-03-01 00:10:00'
    """
    try:
        index = pd.date_range(start, periods=rows, freq=step, tz=checked_timezone(timezone))
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise InputError(
            "start, step: expected a time such as 2012-03-01 and a step such as 5min, got "
            f"{start!r} and {step!r} ({str(error).splitlines()[0]})"
        ) from None
    if not index.is_monotonic_increasing or not index.is_unique:
        raise InputError(f"step: expected a length of time above zero, got {step!r}")
    if pd.Timestamp(start) != index[0].tz_localize(None):
        raise InputError(f"start: expected a time on the step {step!r}, got {start!r}")
    return index, f"The file names no times: rows are counted from {index[0]}, every {step}."


def checked_timezone(timezone):
    """Return the zone of a name, None for None, or raise an InputError.

    Example:
        >>> from stlearn.reading.times import checked_timezone
        >>> checked_timezone("Europe/Berlin")
        zoneinfo.ZoneInfo(key='Europe/Berlin')
    """
    try:
        return None if timezone is None else zoneinfo.ZoneInfo(timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        raise InputError(
            f"timezone: expected the name of a zone such as 'Europe/Berlin', got {timezone!r}"
        ) from None


def _of_iso(texts, lines, path, zone, groups=None, clock_change=None):
    """Times of ISO 8601, in a zone where there is one, and what `clock_change` did."""
    wrong = next((row for row, text in enumerate(texts) if not _is_iso(text)), None)
    texts = pd.Series(texts, dtype=object)
    times = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)
    if wrong is None and times.isna().any():
        wrong = int(np.argmax(times.isna()))
    if wrong is not None:
        raise InputError(
            f"{path}, line {lines[wrong]}: expected a time such as 2026-01-31 08:05 "
            f"in the first column, got {texts[wrong]!r}{_kind_of_time(texts[wrong])}"
        )
    offsets = _offsets(texts)
    if list(offsets.unique()) == ["none"]:
        index = pd.DatetimeIndex(times).tz_localize(None)
        if zone is None:
            return index, []
        return localized(index, zone, path, lines, groups, clock_change)
    if zone is not None and "none" not in set(offsets):
        return pd.DatetimeIndex(times).tz_convert(zone), []
    if offsets.nunique() == 1:
        return pd.DatetimeIndex(pd.to_datetime(texts, format="ISO8601")), []
    return _local_dates(texts, offsets, lines, path), []


def _unix(texts, zone):
    """Times from Unix time, which is UTC."""
    numbers = [float(text) for text in texts]
    unit = "ms" if min(numbers) > 1e11 else "s"
    index = pd.DatetimeIndex(pd.to_datetime(numbers, unit=unit, utc=True)).round("1ms")
    said = f"Times are Unix time in {'milliseconds' if unit == 'ms' else 'seconds'}, kept in "
    return (index, said + "UTC.") if zone is None else (index.tz_convert(zone), f"{said}{zone}.")


def _from_compact(text):
    day, clock = f"{text[:4]}-{text[4:6]}-{text[6:8]}", text[8:].ljust(6, "0")
    return f"{day} {clock[:2]}:{clock[2:4]}:{clock[4:6]}"


def _year_first(texts, lines, path, dates):
    """Dates with day or month in front as ISO 8601, and the sentence that says which it was."""
    found = [NOT_YEAR_FIRST.fullmatch(text) for text in texts]
    wrong = next((row for row, match in enumerate(found) if match is None), None)
    if wrong is not None:
        raise InputError(
            f"{path}, line {lines[wrong]}: expected a time such as {texts[0]!r} in line "
            f"{lines[0]}, got {texts[wrong]!r}"
        )
    first, second = ([int(match[part]) for match in found] for part in (1, 3))
    if dates is None and found[0][2] == ".":
        dates = "day-first"  # nobody writes a month with a dot behind it in front
    if dates is None and max(first) > 12:
        dates = "day-first"
    elif dates is None and max(second) > 12:
        dates = "month-first"
    if dates is None:
        raise InputError(
            f"{path}, line {lines[0]}: {texts[0]!r} leaves open which is the day and which the "
            "month; --dates day-first or --dates month-first says it"
        )
    days, months = (first, second) if dates == "day-first" else (second, first)
    written = [
        f"{_whole_year(match[4])}-{month:02}-{day:02} {_clock(match)}"
        for match, month, day in zip(found, months, days)
    ]
    return written, f"Times have the {dates.removesuffix('-first')} in front."


def _whole_year(digits):
    return digits if len(digits) == 4 else f"{'20' if int(digits) < 70 else '19'}{digits}"


def _clock(match):
    """Hour, minute and second of a match of `NOT_YEAR_FIRST`, on a clock of 24 hours."""
    hour, half = int(match[5] or 0), (match[8] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{match[6] or '00'}:{match[7] or '00'}"


def _is_iso(text):
    """Whether a text can be a time of ISO 8601: of bare numbers, only 2026 and 20260131."""
    return not re.fullmatch(r"[\d.]*", text) or (len(text) in (4, 8) and "." not in text)


def _offsets(texts):
    """The UTC offset that each time is written with, or "none"."""
    found = texts.str.extract(UTC_OFFSET, expand=False).str.replace(":", "").fillna("none")
    return found.str.replace("Z", "+0000")


def _local_dates(texts, offsets, lines, path):
    """Days as local dates where summer and winter time are the only other thing."""
    if "none" not in set(offsets):
        written = texts.str.replace(r"\s*(Z|[+-]\d\d(:?\d\d)?)$", "", regex=True)
        index = pd.DatetimeIndex(pd.to_datetime(written, format="ISO8601"))
        if index.is_monotonic_increasing and index.is_unique and len(index) > 1:
            found = steps_of(index)
            if not len(found.odd) and not isinstance(found.step, pd.offsets.Tick):
                return index
    one, other = offsets.unique()[:2]
    first, second = (int(np.argmax(offsets == offset)) for offset in (one, other))
    raise InputError(
        f"{path}, line {lines[second]}: the times have different UTC offsets "
        f"({one} in line {lines[first]}, {other} in line {lines[second]}); "
        "give all of them in UTC, or name their zone: --timezone Europe/Berlin"
    )


def _kind_of_time(text):
    if UNIX_TIME.fullmatch(text):
        return f"; this looks like Unix time; {PREPARE}"
    if re.match(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", text):
        return "; this looks like day and month in front; `stlearn prepare` reads such dates"
    return ""


def _check_order(index, lines, path):
    backwards = index[1:] <= index[:-1]
    if not backwards.any():
        return
    row = int(np.argmax(backwards)) + 1
    if len(index) > 2 and backwards.all() and index.is_unique:
        raise InputError(
            f"{path}, line {lines[row]}: the newest row stands first; sort the rows by time "
            "(`stlearn prepare` does)"
        )
    if index.has_duplicates:
        row = int(np.argmax(index.duplicated()))
        first = int(np.argmax(index == index[row]))
        trouble = f"the time {index[row]} stands there already (line {lines[first]})"
        mend = "`stlearn prepare --duplicates mean` (or first, last) makes one row of them"
    else:
        trouble = f"times are not increasing: {index[row]} follows {index[row - 1]}"
        mend = "`stlearn prepare` sorts them"
    if index.tz is None and is_clock_change(index[row]):
        mend = (
            "an hour that comes twice looks like the end of daylight saving: give the times in "
            "UTC, or name their zone: --timezone Europe/Berlin"
        )
    raise InputError(f"{path}, line {lines[row]}: {trouble}; {mend}")
