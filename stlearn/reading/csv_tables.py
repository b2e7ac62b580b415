"""CSV tables, read strictly: every complaint names the file, the line and the column.

pandas reads tables faster, but it renames duplicate columns, pads short rows and turns a decimal
comma into text without a word. For a user's own files each of those hides an error, so cells are
read one by one here. The first line that is not blank is the header. What other kinds of file
there are is told here, and read by `stlearn.reading.any_table`.
"""

import contextlib
import csv
import gzip
import math
import re
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn.errors import InputError
from stlearn.reading.times import PREPARE, regular_times

MISSING = ("", "NA", "NaN", "nan", "null", "None")  # as people, pandas and numpy write it
LONG_HEADER = ("value", "reading", "measurement", "observation")
KINDS = {  # how a file begins that is no text
    b"PK\x03\x04": "Excel",
    b"\xd0\xcf\x11\xe0": "old Excel (.xls)",
    b"PAR1": "Parquet",
    b"\x89HDF": "HDF5 or NetCDF",
    b"CDF": "NetCDF",
}


@contextlib.contextmanager
def open_rows(path):
    """Open a CSV file (plain or .gz) as a `csv.reader`; trouble with the file is an InputError."""
    path = Path(path)
    opener = gzip.open if path.suffix == ".gz" else open
    if kind := kind_of_file(path):
        raise InputError(f"{path}: expected CSV, got a file of {kind}; {PREPARE}")
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield csv.reader(file, strict=True)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: expected text in UTF-8 ({error}); {PREPARE}") from None
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as a CSV file ({error})") from None


def kind_of_file(path):
    """Tell by its first bytes what a file is that is no text; empty text otherwise.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.csv_tables import kind_of_file
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "table")
        ...     _ = path.write_bytes(b"PAR1...")
        ...     kind_of_file(path)
        'Parquet'
    """
    try:
        with Path(path).open("rb") as file:
            begin = file.read(4)
    except OSError:
        return ""  # whoever opens it next says why it cannot be read
    return next((kind for bytes_, kind in KINDS.items() if begin.startswith(bytes_)), "")


def read_values(path, timezone=None, silent=False):
    """Read the values of a data set: a time column in front, then one column a sensor.

    Args:
        path: CSV file (plain or .gz) with a header. Times are ISO 8601, all with the same UTC
            offset or all without; whole days and months may have those of winter and summer, and
            are then kept as local dates. Empty cells, NA, NaN, null and None are missing, and
            nothing else is.
        timezone: Name of the zone in which the times are kept, such as "Europe/Berlin". Times
            without an offset are taken as its local times.
        silent: Whether a sensor may have no value at all, as one that is down now.

    Returns:
        DataFrame (time, sensor), float32, on a regular DatetimeIndex.

    Raises:
        InputError: If anything is not as described; the message names file, line and column.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.csv_tables import read_values
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "speed.csv")
        ...     _ = path.write_text("time,a,b\\n2026-01-05 00:00,50,60\\n2026-01-05 00:05,,61\\n")
        ...     print(read_values(path).isna().sum().tolist())
        [1, 0]
    """
    times, lines, numbers = [], [], []
    try:
        with open_rows(path) as reader:
            header = _read_header(reader, path)
            for cells in reader:
                if not any(cells):
                    continue
                check_width(cells, header, path, reader.line_num)
                times.append(cells[0].strip())
                lines.append(reader.line_num)
                numbers.append(row_of_numbers(cells[1:], header[1:], path, reader.line_num))
        if len(times) < 2:
            raise InputError(
                f"{path}: expected a header and at least 2 rows, got {len(times)} rows"
            )
        index = regular_times(times, lines, path, timezone)
    except InputError:
        if _looks_long(path):
            raise InputError(
                f"{path}: expected a column a sensor; this looks like a long table, with a row a "
                "reading (time, sensor, value); `stlearn prepare` makes it wide"
            ) from None
        raise
    values = pd.DataFrame(np.stack(numbers), index=index, columns=header[1:])
    empty = values.columns[values.isna().all()]
    if len(empty) and not silent:
        raise InputError(
            f"{path}, column {empty[0]!r}: no value at all; leave the sensor out or mend its feed"
        )
    return values


def read_nodes(path, nodes):
    """Read what is known of each sensor: its name in the first column, then its attributes.

    Args:
        path: CSV file with a header.
        nodes: Names of the sensors, in order.

    Returns:
        DataFrame with one row a node, in the order of `nodes`.

    Raises:
        InputError: If the sensors in the file are not those in `nodes`.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.csv_tables import read_nodes
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "nodes.csv")
        ...     _ = path.write_text("node,km\\nb,2\\na,1\\n")
        ...     print(read_nodes(path, ["a", "b"])["km"].tolist())
        [1, 2]
    """
    with open_rows(path) as reader:
        header = _read_header(reader, path, at_least=1)
        rows = []
        for cells in reader:
            if cells:
                check_width(cells, header, path, reader.line_num)
                rows.append([cell.strip() for cell in cells])
    table = pd.DataFrame(rows, columns=header).set_index(header[0])
    check_names(list(table.index), nodes, path)
    for name in table.columns:
        with contextlib.suppress(ValueError):  # a column of text stays text
            table[name] = pd.to_numeric(table[name].replace("", None))
    return table.loc[list(nodes)].rename_axis("node")


def _read_header(reader, path, at_least=2):
    cells = next((cells for cells in reader if any(cell.strip() for cell in cells)), None)
    if cells is None:
        raise InputError(f"{path}: the file is empty; expected a header with the sensors' names")
    names = [cell.strip() for cell in cells]
    line = f"{path}, line {reader.line_num}"
    if names[0].startswith("#"):
        raise InputError(f"{line}: expected a header, got a comment ({names[0]}); {PREPARE}")
    if len(names) < at_least:
        other = _other_separator(names)
        hint = f"; the cells are separated by {other!r}, expected commas; {PREPARE}"
        raise InputError(
            f"{line}: expected a time column and at least one sensor column, "
            f"got {len(names)} column{hint if other else ''}"
        )
    check_commas(names, path, reader.line_num)
    if _is_number(names[1] if len(names) > 1 else "") and _is_time(names[0]):
        raise InputError(
            f"{line}: expected a header with the sensors' names, got values ({names[0]})"
        )
    places = {}
    for position, name in enumerate(names[1:], start=2):
        if not name:
            last = position == len(names)
            hint = "; is there a comma at the end of each row? " + PREPARE if last else ""
            raise InputError(f"{line}: column {position} has no name{hint}")
        first = places.setdefault(name, position)
        if first != position:
            raise InputError(
                f"{line}: sensor {name!r} stands there twice, in columns {first} and {position}"
            )
    return names


def _other_separator(cells):
    """The mark other than a comma that seems to separate the cells of a row; None if none does."""
    marks = (mark for mark in (";", "\t", "|") if mark in cells[0])
    return next(marks, None) if len(cells) == 1 else None


def check_commas(cells, path, line):
    """Refuse a file of sensors or of a graph whose first row is one cell with another separator."""
    other = _other_separator(cells)
    if other:
        raise InputError(
            f"{path}, line {line}: the cells are separated by {other!r}, expected commas; save it "
            "with commas, and points in its numbers"
        )


def check_width(cells, header, path, line):
    if len(cells) == len(header):
        return
    hint = ""
    if len(cells) == len(header) + 1 and not cells[-1].strip():
        hint = f"; there is a comma at the end of the row; {PREPARE}"
    elif len(cells) > len(header):
        hint = "; are there thousands separators or decimal commas?"
    raise InputError(
        f"{path}, line {line}: expected {len(header)} cells as in the header, got {len(cells)}"
        + hint
    )


def row_of_numbers(cells, columns, path, line):
    """The numbers of one row, float32; NaN where a cell is missing."""
    row = np.empty(len(cells), dtype="float32")
    for place, cell in enumerate(cells):
        # Nearly all cells are numbers or empty; the others are looked at closely.
        try:
            number = float(cell) if cell else math.nan
        except ValueError:
            number = math.inf
        if cell and not math.isfinite(number):
            number = read_number(cell, f"{path}, line {line}, column {columns[place]!r}")
        row[place] = number
    return row


def read_number(cell, place):
    """The number in a cell, NaN where it is missing."""
    cell = cell.strip()
    if cell in MISSING:
        return math.nan
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", cell):
        raise InputError(f"{place}: {cell!r} has thousands separators; write it without commas")
    if re.fullmatch(r"[+-]?\d+,\d+", cell):
        raise InputError(f"{place}: {cell!r} has a decimal comma; write a point")
    if not _is_number(cell):
        raise InputError(
            f"{place}: expected a number, got {cell!r}; missing readings are empty cells, NA, NaN, "
            "null or None (`stlearn prepare --missing-marks` takes other marks)"
        )
    if not math.isfinite(float(cell)):
        raise InputError(f"{place}: infinite value {cell!r}; leave the cell empty if it is missing")
    return float(cell)


def _is_number(cell):
    try:
        return not math.isnan(float(cell))
    except ValueError:
        return False


def _is_time(cell):
    return not pd.isna(pd.to_datetime(cell, format="ISO8601", errors="coerce"))


def _looks_long(path):
    """Whether the rows are single readings: times repeat, and the value stands in the last column.

    Only called when the file could not be read as a wide table.
    """
    try:
        with open_rows(path) as reader:
            header = _read_header(reader, path)
            rows = [cells for cells, _ in zip(reader, range(1000)) if len(cells) == len(header)]
    except InputError:
        return False
    if len(header) != 3 or len(rows) < 2:
        return False
    repeated = 1 - len({cells[0] for cells in rows}) / len(rows)
    pairs = {(cells[0], cells[1]) for cells in rows}
    named = header[2].lower() in LONG_HEADER
    return repeated > 0 and len(pairs) == len(rows) and (named or repeated >= 0.3)


def check_names(found, nodes, path):
    here, wanted = set(found), set(nodes)
    missing = [name for name in nodes if name not in here]
    unknown = [name for name in found if name not in wanted]
    if missing or unknown or len(found) != len(nodes):
        raise InputError(
            f"{path}: its sensors are not those of the values: missing {missing[:3] or 'none'}, "
            f"unknown {unknown[:3] or 'none'}"
            + ("" if len(here) == len(found) else "; some stand there twice")
        )
