"""Tables as people have them, read without losing or changing a cell in silence.

CSV with comma, semicolon or tab, decimal point or comma, in UTF-8 or Latin-1; Excel, Parquet,
HDF5 and NetCDF; a column a sensor, or a row a reading. What was understood is said in sentences.
What leaves a choice is refused, with the option that makes it.
"""

import csv
import gzip
import io
import itertools
import math
import re
import shlex
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import pandas as pd

from stlearn.checks import check_installed
from stlearn.data.validation import counted
from stlearn.errors import InputError
from stlearn.reading.csv_tables import MISSING, check_width, kind_of_file
from stlearn.reading.hdf5 import read_pandas_table
from stlearn.reading.times import (
    DIGITS,
    UNIX_TIME,
    checked_timezone,
    counted_times,
    times_in_any_writing,
)

SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas", "|": "bars"}
COMMENT = "#"
CLOCK = re.compile(r"\d{1,2}[:.]\d\d([:.]\d\d(\.0+)?)?")
LIKE_A_DAY = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d")
TIME_NAMES = ("time", "date", "datetime", "timestamp", "zeit", "datum", "heure", "fecha")
CLOCK_NAMES = ("time", "hour", "clock", "uhrzeit", "heure", "hora")
PARTS_OF_A_TIME = ["year", "month", "day", "hour", "minute"]
FIRST_OF_A_MONTH = ["", "", "01", "00", "00"]
TOLD_BY_PARTS = [PARTS_OF_A_TIME[:count] for count in (2, 3, 4, 5)]
COMMA_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+([eE][+-]?\d+)?")
GROUPS_OF_THREE = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
SENSOR_NAMES = ("sensor", "node", "station", "detector", "device", "site", "location", "id", "name")
UNIT_IN_NAME = re.compile(r"[\[(]([^\])]+)[\])]\s*$")


class AnyTable(NamedTuple):
    """A table as it came.

    Args:
        values: DataFrame (time, sensor), float64, in the order of the file: times may repeat, jump
            and go back.
        understood: List of sentences on what was understood.
        marks: Dict of mark to dict of sensor to count: the missing readings that it stood for.
        unit: Unit that the file states, or None.
        log: List of Entry: what `clock_change` did.
    """

    values: pd.DataFrame
    understood: list
    marks: dict
    unit: str | None
    log: list


def read_any_table(
    path,
    timezone=None,
    dates=None,
    decimal=None,
    missing_marks=(),
    start=None,
    step=None,
    columns=(),
    clock_change=None,
):
    """Read a table of times and readings in any of the usual formats.

    Args:
        path: File: CSV (plain or .gz), Excel (.xlsx), Parquet, HDF5 as pandas writes it, NetCDF.
        timezone: Name of the zone in which the times are kept. Times without an offset are taken
            as its local times.
        dates: "day-first" or "month-first", for dates such as 01/03/2024.
        decimal: "," or ".", for numbers such as 1,234.
        missing_marks: Numbers and words that stand for missing readings, such as -999 or "n/a".
        start, step: Time of the first row, and time between two rows (such as "5min" or "MS"), of
            a file that names no times: every column is a sensor.
        columns: Names of those to read; all when not given. The file's times are read with them.
            Of a long table with further columns, those of the sensor and the value.
        clock_change: As in `stlearn.reading.local_times.localized`, where `timezone` is given.

    Returns:
        AnyTable.

    Raises:
        InputError: If it is no such table, or leaves a choice; the option that makes it is named.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.any_table import read_any_table
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "flow.csv")
        ...     _ = path.write_text("Datum;a\\n5.1.2026 00:00;1,5\\n5.1.2026 01:00;2\\n")
        ...     table = read_any_table(path)
        >>> table.values["a"].tolist(), table.understood[:2]
        ([1.5, 2.0], ['Cells are separated by semicolons.', 'Numbers have a decimal comma.'])
    """
    if decimal not in (None, ",", "."):
        raise InputError(f"decimal: expected ',' or '.', got {decimal!r}")
    if dates not in (None, "day-first", "month-first"):
        raise InputError(f"dates: expected day-first or month-first, got {dates!r}")
    checked_timezone(timezone)
    if clock_change is not None and timezone is None:
        raise InputError(
            f"--clock-change {clock_change}: --timezone says where clocks change, and is not given"
        )
    if (start is None) != (step is None):
        raise InputError(f"start, step: expected both or none, got {start!r} and {step!r}")
    understood, unit = [], None
    kind = kind_of_file(path)
    if kind:
        header, rows, lines, unit = _stored(path, kind, understood)
    else:
        header, rows, lines = _text_rows(path, understood)
    if not rows:
        raise InputError(f"{path}: expected a header and rows, got {len(rows)} rows")
    header, rows = _uncounted(header, rows, understood)
    if columns and start is None:
        columns = _with_times(columns, header, rows)
    header, rows = _chosen(header, rows, columns, path, understood)
    if start is not None:
        _check_no_values(header, rows, path)
        _check_names(header, path)
        columns = [list(column) for column in zip(*rows)]
        values, marks = _read_numbers(
            header, columns, lines, path, decimal, missing_marks, understood
        )
        index, said = counted_times(len(rows), start, step, timezone)
        understood.append(said)
        table = pd.DataFrame(values, index=index).rename_axis("time")
        return AnyTable(table, understood, marks, unit or _unit_of(header), [])
    header, rows = _one_time_column(header, rows, understood)
    _check_names(header, path)
    place = _time_place(header, rows) or 0
    if LIKE_A_DAY.match(header[place]) or UNIX_TIME.fullmatch(header[place]):
        raise InputError(
            f"{path}, line 1: expected a header with the sensors' names, got values "
            f"({header[place]})"
        )
    columns, names = [list(column) for column in zip(*rows)], list(header)
    times = [_plain(cell) for cell in columns.pop(place)]
    names.pop(place)
    if all(map(_is_no_time, times)):
        raise InputError(
            f"{path}: no column holds times; --start 2012-03-01 --step 5min counts them from there"
        )
    if not names:
        raise InputError(
            f"{path}, line 1: expected a time column and at least one sensor column, got {header}"
        )
    sensors, groups = _long_form(names, columns, times), None
    if sensors is not None:
        groups = [str(_plain(cell)).strip() for cell in columns[sensors]]
        if "" in groups:
            raise InputError(
                f"{path}, line {lines[groups.index('')]}, column {names[sensors]!r}: expected the "
                "name of a sensor, got none"
            )
        understood.append(
            f"A row is a reading: the sensor stands in {names[sensors]!r}, its value in "
            f"{names[1 - sensors]!r}."
        )
        names, columns = [names[1 - sensors]], [columns[1 - sensors]]
    values, marks = _read_numbers(names, columns, lines, path, decimal, missing_marks, understood)
    index, said, log = times_in_any_writing(
        times, lines, path, timezone, dates, groups, clock_change
    )
    understood.append(f"Times stand in {header[place]!r}. {said}")
    table = pd.DataFrame(values, index=index)
    kept = table.index.notna()
    table = table[kept]
    if groups is not None:
        table = _widened(table.iloc[:, 0], list(itertools.compress(groups, kept)))
    return AnyTable(table.rename_axis("time"), understood, marks, unit or _unit_of(names), log)


# Cells


def _text_rows(path, understood):
    """Header, rows and lines of a text file."""
    text = _decoded(path, understood)
    lines = re.split(r"\r\n|\r|\n", text)
    comments = next((n for n, line in enumerate(lines) if not line.startswith(COMMENT)), 0)
    head = [line for line in lines[comments : comments + 50] if line.strip()]
    if not head:
        raise InputError(f"{path}: the file is empty; expected a header with the sensors' names")
    if comments:
        understood.append(f"{counted(comments, 'line')} of comments in front: left out.")
    separator = _separator(head, path)
    understood.append(f"Cells are separated by {SEPARATORS[separator]}.")
    reader = csv.reader(io.StringIO("\n".join(lines[comments:])), strict=True, delimiter=separator)
    rows, places = [], []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append([cell.strip() for cell in cells])
                places.append(reader.line_num + comments)
    except csv.Error as error:
        raise InputError(f"{path}: cannot be read as a CSV file ({error})") from None
    width = _width_without_empty_ends(rows)
    if width < max(len(row) for row in rows):
        rows = [row[:width] for row in rows]
        understood.append("Rows end with an empty cell: left out.")
    header = rows[0]
    for row, line in zip(rows[1:], places[1:]):
        check_width(row, header, path, line)
    return header, rows[1:], places[1:]


def _width_without_empty_ends(rows):
    """How many columns there are up to the last that has a name or a value."""
    longest = max(len(row) for row in rows)
    if len(rows) == 1 or any(len(row) != longest for row in rows[1:]):
        return longest
    filled = (row[longest - 1 :: -1] for row in rows[1:])
    empty = min(next((n for n, cell in enumerate(row) if cell), longest) for row in filled)
    named = max((place + 1 for place, name in enumerate(rows[0]) if name), default=0)
    return max(longest - empty, named, 2)


def _decoded(path, understood):
    path = Path(path)
    try:
        raw = path.read_bytes()
        if raw.startswith(b"\x1f\x8b"):
            raw = gzip.decompress(raw)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except (OSError, EOFError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    if b"\x00" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path}: expected a table, got a file that holds no text")
    for encoding, name in (("utf-8-sig", ""), ("utf-16", "UTF-16"), ("cp1252", "Latin-1")):
        if encoding == "utf-16" and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if name:
            understood.append(f"The text is written in {name}.")
        return text
    raise InputError(f"{path}: expected text in UTF-8, UTF-16 or Latin-1")


def _separator(head, path):
    """The separator by which most of the first lines have the same number of cells."""
    best = None
    for separator in SEPARATORS:
        try:
            found = [len(next(csv.reader([line], delimiter=separator))) for line in head]
        except csv.Error as error:
            raise InputError(
                f"{path}: expected a table, a row a line, got {head[0][:20]!r} ({error})"
            ) from None
        widths = pd.Series(found)
        usual = widths.mode()[0]
        score = ((widths == usual).mean(), usual)
        if usual > 1 and (best is None or score > best[0]):
            best = score, separator
    if best is None:
        raise InputError(
            f"{path}, line 1: expected a time column and at least one sensor column, separated by "
            f"commas, semicolons or tabs, got {head[0][:40]!r}"
        )
    return best[1]


def _stored(path, kind, understood):
    """Header, rows, row numbers and unit of a file that is no text."""
    unit = None
    try:
        if kind == "Excel":
            check_installed(f"{path}: {kind}", "formats", "openpyxl")
            book = pd.ExcelFile(path, engine="openpyxl")
            table = pd.read_excel(book, book.sheet_names[0], header=None, dtype=object)
            understood.append(f"This is Excel; the sheet is {book.sheet_names[0]!r}.")
            if len(book.sheet_names) > 1:
                understood.append(f"Other sheets are left out: {', '.join(book.sheet_names[1:])}.")
            book.close()
            table = table.dropna(how="all").dropna(how="all", axis="columns")
            header, table = [str(_plain(cell)).strip() for cell in table.iloc[0]], table.iloc[1:]
            lines = [row + 1 for row in table.index]
            return header, table.to_numpy(dtype=object).tolist(), lines, unit
        if kind == "Parquet":
            check_installed(f"{path}: {kind}", "formats", "fastparquet")
            # Not by pyarrow: where it is installed pandas imports it, 40 MB in every process.
            from fastparquet import ParquetFile

            table = ParquetFile(str(path)).to_pandas()
            understood.append("This is Parquet.")
        elif kind in ("HDF5 or NetCDF", "NetCDF"):
            table, unit = _of_hdf5(path, kind, understood)
        else:
            raise InputError(f"{path}: this is a file of {kind}; save it as .xlsx or CSV")
    except InputError:
        raise
    except Exception as error:  # each library has its own errors for a broken file
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"{path}: cannot be read as a file of {kind} ({reason})") from None
    if not isinstance(table.index, pd.RangeIndex) or table.index.name:
        table = table.rename_axis(table.index.name or "time").reset_index()
    header = [str(name).strip() for name in table.columns]
    rows = [list(row) for row in table.astype(object).itertuples(index=False, name=None)]
    return header, rows, range(1, len(rows) + 1), unit


def _of_hdf5(path, kind, understood):
    """Table and unit of an HDF5 file of pandas, or of a NetCDF file with one variable."""
    if kind == "HDF5 or NetCDF":
        with h5py.File(path) as file:
            of_pandas = any(
                isinstance(part, h5py.Group) and "block0_values" in part for part in file.values()
            )
        if of_pandas:
            understood.append("This is HDF5, as pandas writes it.")
            return read_pandas_table(path), None
    engine = "scipy" if kind == "NetCDF" else "h5netcdf"
    check_installed(f"{path}: NetCDF", "formats", "xarray", engine)
    import xarray

    with xarray.open_dataset(path, engine=engine) as data:
        found = [name for name, part in data.data_vars.items() if "time" in part.dims]
        found = [name for name in found if data[name].ndim in (1, 2)]
        if not found or (len(found) > 1 and any(data[name].ndim == 2 for name in found)):
            raise InputError(
                f"{path}: expected one variable over time and sensor, or several over time alone, "
                f"got {found or list(data.data_vars)}"
            )
        understood.append(f"This is NetCDF; the values stand in {', '.join(map(str, found))}.")
        units = {data[name].attrs.get("units") for name in found}
        if data[found[0]].ndim == 2:
            table = data[found[0]].transpose("time", ...).to_pandas()
        else:
            table = data[found].to_dataframe()
    table.index.name = "time"
    return table, units.pop() if len(units) == 1 else None


# Columns


def _plain(cell):
    """A cell as a time or as text: 101 and 101.0 are the same."""
    if isinstance(cell, str):
        return cell
    if hasattr(cell, "year") and hasattr(cell, "hour"):
        return pd.Timestamp(cell)
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return "" if pd.isna(cell) else str(cell)


def _check_names(header, path):
    for position, name in enumerate(header):
        if not name and position:
            raise InputError(f"{path}, line 1: column {position + 1} has no name")
        if name in header[:position]:
            first = header.index(name) + 1
            raise InputError(
                f"{path}, line 1: sensor {name!r} stands there twice, in columns {first} and "
                f"{position + 1}; give one another name, or name the columns to read: --columns"
            )


def _check_no_values(header, rows, path):
    """Refuse a first row of readings, which would be lost as names: numbers like those below."""
    names = pd.Series([name.replace(",", ".") for name in header])
    numbers = pd.to_numeric(names, errors="coerce")
    whole = not names.str.contains(".", regex=False).any()
    if numbers.isna().any() or (whole and numbers.is_unique):
        return
    cells = pd.DataFrame(rows).astype("str").replace(",", ".", regex=True)
    below = cells.apply(pd.to_numeric, errors="coerce")
    alike = (below.min() <= numbers) & (numbers <= below.max())
    if alike.mean() > 0.5:
        raise InputError(
            f"{path}, line 1: expected a header with the sensors' names, got values "
            f"({', '.join(header[:3])})"
        )


def _chosen(header, rows, columns, path, understood):
    """The columns that were asked for, in the order of the file."""
    unknown = [name for name in columns if name not in header]
    if unknown:
        raise InputError(
            f"{path}, line 1: --columns: expected any of {', '.join(header)}, got {unknown[0]!r}"
        )
    places = [place for place, name in enumerate(header) if not columns or name in columns]
    left = [name for name in header if columns and name not in columns]
    if left:
        understood.append(f"Columns that were not asked for are left out: {', '.join(left)}.")
    return [header[place] for place in places], [[row[place] for place in places] for row in rows]


def _uncounted(header, rows, understood):
    """Without a first column that has no name and counts the rows, as data frames write it."""
    if header[0] or len(header) < 2:
        return header, rows
    numbers = [_plain(row[0]) for row in rows]
    if numbers not in ([str(n + first) for n in range(len(rows))] for first in (0, 1)):
        return header, rows
    understood.append("The first column counts the rows: left out.")
    return header[1:], [row[1:] for row in rows]


def _with_times(columns, header, rows):
    """The columns asked for, and those of the file's times where they were not named."""
    places = [header.index(name) for name in columns if name in header]
    asked = [header[place] for place in places], [[row[place] for place in places] for row in rows]
    if not places or _time_columns(*asked):
        return columns
    return [*(header[place] for place in _time_columns(header, rows)), *columns]


def _time_columns(header, rows):
    """Positions of the columns that tell the time; none where no column looks so."""
    parts = _parts_of_times(header, rows)
    if parts or _clock_beside_day(header, rows):
        return parts or [0, 1]
    place = _time_place(header, rows)
    return [] if place is None else [place]


def _parts_of_times(header, rows):
    """Positions of year, month, day and hour, where these tell the time."""
    lower = [name.lower() for name in header]
    parts = [lower.index(part) for part in PARTS_OF_A_TIME if lower.count(part) == 1]
    told = not set(lower) & set(TIME_NAMES) and [lower[place] for place in parts]
    if told in TOLD_BY_PARTS and all(str(_plain(rows[0][place])).isdigit() for place in parts):
        return parts
    return []


def _clock_beside_day(header, rows):
    """Whether the first two columns are a day and the clock time of that day."""
    lower = [name.lower() for name in header]
    if len(header) < 3 or lower[0] not in TIME_NAMES or lower[1] not in CLOCK_NAMES:
        return False
    return all(CLOCK.fullmatch(str(row[1])) for row in rows)


def _one_time_column(header, rows, understood):
    """Join the columns of a time: a day and a clock time in front, or year, month, day and hour."""
    parts = _parts_of_times(header, rows)
    if parts:
        return _joined_parts(header, rows, parts, understood)
    if not _clock_beside_day(header, rows):
        return header, rows
    texts = [str(row[1]) for row in rows]
    understood.append(f"Day and time stand in {header[0]!r} and {header[1]!r}: joined.")
    days = [str(_plain(row[0])).removesuffix(" 00:00:00") for row in rows]
    joined = [
        [f"{day} {text.replace('.', ':')}", *row[2:]] for day, text, row in zip(days, texts, rows)
    ]
    return [header[0], *header[2:]], joined


def _joined_parts(header, rows, parts, understood):
    """Join columns of year, month, day, hour and minute, or of the first of these, at `parts`."""
    names = ", ".join(repr(header[place]) for place in parts)
    understood.append(f"The time stands in {names}: joined.")
    rest = [place for place in range(len(header)) if place not in parts]
    joined = []
    for row in rows:
        cells = [str(_plain(row[place])).zfill(2) for place in parts]
        year, month, day, hour, minute = cells + FIRST_OF_A_MONTH[len(parts) :]
        joined.append([f"{year}-{month}-{day} {hour}:{minute}", *(row[place] for place in rest)])
    return ["time", *(header[place] for place in rest)], joined


def _time_place(header, rows):
    """Position of the column of times: the first that looks so, None if none does."""
    for position, name in enumerate(header):
        if name.lower() in TIME_NAMES or not name:
            return position
    for position in range(len(header)):
        cells = [_plain(row[position]) for row in rows[:20]]
        if all(isinstance(cell, pd.Timestamp) for cell in cells):
            return position
        texts = [str(cell) for cell in cells]
        if all(LIKE_A_DAY.match(text) for text in texts):
            return position
    return None


def _is_no_time(cell):
    """Whether a cell is a number that no writing of times has."""
    if isinstance(cell, pd.Timestamp) or _number(cell.strip(), None) is None or not cell:
        return False
    return not any(digits.fullmatch(cell.strip()) for digits in (UNIX_TIME, *DIGITS))


def _long_form(names, columns, times):
    """Position of the sensors where a row is a reading, None where a column is a sensor."""
    if len(names) != 2:
        return None
    repeated = 1 - len(set(times)) / len(times)
    words = [sum(map(_is_word, column)) > len(column) / 2 for column in columns]
    if words[0] != words[1]:
        place = words.index(True)
        return place if repeated >= 0.3 or names[place].lower() in SENSOR_NAMES else None
    sensors = [_plain(cell) for cell in columns[0]]
    alone = len(set(zip(times, sensors))) == len(times)
    named = names[0].lower() in SENSOR_NAMES
    few = 2 * len(set(sensors)) <= len(sensors) and all(name.isdigit() for name in sensors)
    return 0 if alone and repeated and (named or (few and repeated >= 0.3)) else None


def _is_word(cell):
    text = str(_plain(cell)).strip()
    return _number(text, None) is None and _number(text, ",") is None


def _widened(readings, sensors):
    """A row a reading as a column a sensor; what stands there twice stays twice."""
    again = pd.DataFrame({"time": readings.index, "sensor": sensors})
    again["copy"] = again.groupby(["time", "sensor"], sort=False).cumcount()
    again["value"] = readings.to_numpy()
    order = list(dict.fromkeys(sensors))
    wide = again.pivot(index=["time", "copy"], columns="sensor", values="value")[order]
    return wide.droplevel("copy").rename_axis(columns=None)


def _unit_of(names):
    """The unit that all names end with in brackets, or None."""
    found = {match[1] if (match := UNIT_IN_NAME.search(name)) else None for name in names}
    return found.pop() if len(found) == 1 else None


# Numbers


def _read_numbers(names, columns, lines, path, decimal, missing_marks, understood):
    """Columns of numbers, float64, and what the marks for missing readings stood for."""
    texts = [[_plain(cell).strip() for cell in column] for column in columns]
    written = [  # numbers that are stored as numbers have no decimal comma
        [text if isinstance(cell, str) else "" for text, cell in zip(*pair)]
        for pair in zip(texts, columns)
    ]
    if decimal is None and (decimal := _decimal_of(names, written, lines, path)):
        understood.append("Numbers have a decimal comma.")
    words = [str(mark).strip() for mark in missing_marks]
    marks = _take_marks(names, texts, words, decimal)
    values = {}
    for name, column, as_text in zip(names, texts, written):
        numbers = [_number(text, decimal if own else None) for text, own in zip(column, as_text)]
        if None in numbers:
            raise InputError(_no_number(name, column, numbers.index(None), lines, path))
        values[name] = np.array(numbers, dtype="float64")
    return values, marks


def _take_marks(names, texts, words, decimal):
    """Empty the cells that hold a mark; return dict of mark to dict of column to count."""
    taken = {}
    for word in words:
        for name, column in zip(names, texts):
            found = [row for row, text in enumerate(column) if _is_mark(text, word, decimal)]
            for row in found:
                column[row] = ""
            if found:
                taken.setdefault(word, {})[name] = len(found)
    return taken


def _is_mark(text, word, decimal):
    """Whether a cell holds a mark: the same text, or the same number, as -999.0 and -999."""
    number = _number(word, None)
    same = number is not None and number in (_number(text, None), _number(text, decimal))
    return text not in MISSING and (text == word or same)


def _decimal_of(names, written, lines, path):
    """A comma where the numbers of a file have decimal commas, None where they have none."""
    commas = [
        (row, name, text)
        for name, column in zip(names, written)
        for row, text in enumerate(column)
        if "," in text and COMMA_NUMBER.fullmatch(text)
    ]
    if not commas:
        return None
    if all(THOUSANDS.fullmatch(text) for *_, text in commas):
        row, name, text = commas[0]
        raise InputError(
            f"{path}, line {lines[row]}, column {name!r}: {text!r} leaves open whether the comma "
            "is a decimal comma or separates thousands; --decimal , or --decimal . says it"
        )
    return ","


def _number(text, decimal):
    """The number that a text is, NaN where it is missing, None where it is neither."""
    if text in MISSING:
        return math.nan
    if decimal == ",":
        if not COMMA_NUMBER.fullmatch(text) and not GROUPS_OF_THREE.fullmatch(text):
            return None if "." in text else _number(text, None)
        text = text.replace(".", "").replace(",", ".")
    elif decimal == "." and re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def _no_number(name, column, row, lines, path):
    place, text = f"{path}, line {lines[row]}, column {name!r}", " ".join(column[row].split())[:40]
    if sum(map(_is_word, column)) > len(column) / 2:
        return (
            f"{place}: expected a number, got {text!r}, and words throughout; --columns names "
            "those to read: the time's and the sensors'; or, where a row is a reading, the time's, "
            "the sensor's and the value's"
        )
    if re.search(r"\d[.,]\d", text):
        return f"{place}: expected a number as in the other cells, got {text!r}; see --decimal"
    mark = shlex.quote(text)
    return (
        f"{place}: expected a number, got {text!r}; --missing-marks {mark} takes it as missing; "
        "where the column holds no readings, name those to read: --columns"
    )
