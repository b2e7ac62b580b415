"""CSV tables, read strictly: every complaint names the file, the line and the column.

pandas reads tables faster, but it renames duplicate columns, pads short rows and turns a decimal
comma into text without a word. For a user's own files each of those hides an error, so cells are
read one by one here. Line 1 is the header.
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

from stlearn.data.dataset import regular_frequency
from stlearn.errors import InputError

MISSING = ("", "NA", "NaN")
UTC_OFFSET = re.compile(r"[T ]\d[\d:.,]*\s*(Z|[+-]\d\d(?::?\d\d)?)$")


@contextlib.contextmanager
def open_rows(path):
    """Open a CSV file (plain or .gz) as a `csv.reader`; trouble with the file is an InputError."""
    path = Path(path)
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield csv.reader(file, strict=True)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: expected text in UTF-8 ({error})") from None
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as a CSV file ({error})") from None


def read_values(path, silent=False):
    """Read the values of a data set: a time column in front, then one column a sensor.

    Args:
        path: CSV file (plain or .gz) with a header. Times are ISO 8601, all with the same UTC
            offset or all without. Empty cells, NA and NaN are missing, and nothing else is.
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
    with open_rows(path) as reader:
        header = _header(next(reader, None), path)
        for cells in reader:
            if not cells:
                continue
            check_width(cells, header, path, reader.line_num)
            times.append(cells[0].strip())
            lines.append(reader.line_num)
            numbers.append(row_of_numbers(cells[1:], header[1:], path, reader.line_num))
    if len(times) < 2:
        raise InputError(f"{path}: expected a header and at least 2 rows, got {len(times)} rows")
    index = _times(times, lines, path)
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
        header = _header(next(reader, None), path, at_least=1)
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


def _header(cells, path, at_least=2):
    if not cells or not any(cells):
        raise InputError(f"{path}: the file is empty; expected a header with the sensors' names")
    names = [cell.strip() for cell in cells]
    if len(names) < at_least:
        other = next((mark for mark in (";", "\t", "|") if mark in names[0]), None)
        hint = f"; the cells are separated by {other!r}, expected commas" if other else ""
        raise InputError(
            f"{path}, line 1: expected a time column and at least one sensor column, "
            f"got {len(names)} column{hint}"
        )
    if _is_number(names[1] if len(names) > 1 else "") and _is_time(names[0]):
        raise InputError(
            f"{path}, line 1: expected a header with the sensors' names, got values ({names[0]})"
        )
    for position, name in enumerate(names[1:], start=2):
        if not name:
            raise InputError(f"{path}, line 1: column {position} has no name")
        if name in names[1 : position - 1]:
            first = names[1:].index(name) + 2
            raise InputError(
                f"{path}, line 1: sensor {name!r} stands there twice, "
                f"in columns {first} and {position}"
            )
    return names


def check_width(cells, header, path, line):
    if len(cells) == len(header):
        return
    commas = "; are there thousands separators or decimal commas?"
    raise InputError(
        f"{path}, line {line}: expected {len(header)} cells as in the header, got {len(cells)}"
        + (commas if len(cells) > len(header) else "")
    )


def row_of_numbers(cells, columns, path, line):
    """The numbers of one row, float32; NaN where a cell is missing."""
    with contextlib.suppress(ValueError):
        row = np.array([float(cell) for cell in cells], dtype="float32")
        if np.isfinite(row).all():
            return row
    # Some cell is missing or wrong: look at each.
    places = [f"{path}, line {line}, column {name!r}" for name in columns]
    return np.array(
        [read_number(cell, place) for cell, place in zip(cells, places)], dtype="float32"
    )


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
        raise InputError(f"{place}: expected a number, got {cell!r}")
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


def _times(texts, lines, path):
    """Times of a file as a regular DatetimeIndex, or the line where they are not."""
    offsets = {}
    for text, line in zip(texts, lines):
        found = UTC_OFFSET.search(text)
        offset = found.group(1).replace(":", "").replace("Z", "+0000") if found else "none"
        offsets.setdefault(offset, line)
    if len(offsets) > 1:
        (one, first), (other, second) = list(offsets.items())[:2]
        raise InputError(
            f"{path}, line {second}: the times have different UTC offsets "
            f"({one} in line {first}, {other} in line {second}); give all of them in UTC"
        )
    index = pd.DatetimeIndex(pd.to_datetime(pd.Series(texts), format="ISO8601", errors="coerce"))
    if index.hasnans:
        row = int(np.argmax(index.isna()))
        raise InputError(
            f"{path}, line {lines[row]}: expected a time such as 2026-01-31 08:05 "
            f"in the first column, got {texts[row]!r}"
        )
    _check_order(index, lines, path)
    try:
        regular_frequency(index)
    except InputError as error:
        steps = index[1:] - index[:-1]
        row = int(np.argmax(steps != pd.Series(steps).mode()[0])) + 1
        raise InputError(f"{path}, line {lines[row]}: {error}") from None
    return index


def _check_order(index, lines, path):
    row = int(np.argmax(index[1:] <= index[:-1])) + 1 if (index[1:] <= index[:-1]).any() else None
    if index.has_duplicates:
        row = int(np.argmax(index.duplicated()))
        first = int(np.argmax(index == index[row]))
        trouble = f"the time {index[row]} stands there already (line {lines[first]})"
    elif row is not None:
        trouble = f"times are not increasing: {index[row]} follows {index[row - 1]}"
    else:
        return
    back = index[row - 1] - index[row]
    hint = (
        "; a clock that goes back by up to an hour looks like the end of daylight saving: "
        "give the times in UTC"
        if index.tz is None and pd.Timedelta(0) < back <= pd.Timedelta("1h")
        else ""
    )
    raise InputError(f"{path}, line {lines[row]}: {trouble}{hint}")


def check_names(found, nodes, path):
    missing = [name for name in nodes if name not in set(found)]
    unknown = [name for name in found if name not in set(nodes)]
    if missing or unknown or len(found) != len(nodes):
        raise InputError(
            f"{path}: its sensors are not those of the values: missing {missing[:3] or 'none'}, "
            f"unknown {unknown[:3] or 'none'}"
            + ("" if len(set(found)) == len(found) else "; some stand there twice")
        )
