"""A store: values larger than memory in one file, mapped when it is opened and never read at once.

It is a folder with `values.npy`, the numbers (time, node) as NumPy writes them, and `store.json`,
which tells the times, the nodes, the unit, and a checksum of each piece that was written. A window
cut from it reads the rows of that window and no others.
"""

import json
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn.checks import names_for_json
from stlearn.data.steps import regular_frequency, step_in_words
from stlearn.data.validation import checked_values, counted, listed
from stlearn.errors import InputError
from stlearn.files import written_aside

VALUES, ABOUT = "values.npy", "store.json"
BYTES, BYTES_AT_ONCE = np.dtype("float32").itemsize, 16_000_000


def write_store(folder, tables, unit=None, name=None, about=None):
    """Write tables, one behind the other in time, to a new store; one at a time is in memory.

    Args:
        folder: Where to write; made if needed. The files appear when they are complete.
        tables: Iterable of DataFrames (time, node), of one regular step, each beginning where the
            one before ended. The first one tells the nodes.
        unit: Unit of the values, where it is known.
        name: Name of the data; that of the folder when not given.
        about: Function that is called after the last table: a dict of what else is to be kept,
            ready for JSON.

    Returns:
        Number of rows that were written.

    Raises:
        InputError: If a table is not as described, or does not follow the one before.

    Example:
        >>> import pathlib, tempfile
        >>> import pandas as pd
        >>> from stlearn.reading.store import read_store, write_store
        >>> times = pd.date_range("2026-01-05", periods=4, freq="12h")
        >>> days = times[:2], times[2:]
        >>> tables = (pd.DataFrame({"a": [1.0, 2.0]}, index=day) for day in days)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     place = pathlib.Path(folder, "flow")
        ...     _ = write_store(place, tables, "veh/h")
        ...     read_store(place)[0]["a"].tolist()
        [1.0, 2.0, 1.0, 2.0]
    """
    first = last = step = None
    pieces = []
    with written_aside(folder) as aside, (aside / VALUES).open("wb") as file:
        for number, table in enumerate(tables, start=1):
            argument = f"table {number}"
            table = checked_values(table, argument)
            if first is None:
                first, step = table, regular_frequency(table.index)
                _write_header(file, 0, table.shape[1])
            _check_follows(table, argument, first, last, step)
            rows = np.ascontiguousarray(table[first.columns].to_numpy())
            file.write(rows)
            pieces.append({"rows": len(rows), "crc32": zlib.crc32(rows)})
            last = table.index[-1]
        if first is None:
            raise InputError("tables: expected at least one, got none")
        count = sum(piece["rows"] for piece in pieces)
        file.seek(0)
        _write_header(file, count, first.shape[1])
        zone = first.index.tz
        described = {
            "made_by": "stlearn",
            "name": name or Path(folder).resolve().name,
            "unit": unit,
            "start": first.index[0].isoformat(),
            "step": step.freqstr,
            "timezone": None if zone is None else str(zone),
            "nodes": names_for_json(first.columns),
            "pieces": pieces,
            **(about() if about else {}),
        }
        (aside / ABOUT).write_text(json.dumps(described, indent=1), encoding="utf-8")
    return count


def is_store(path):
    """Tell whether a path is a store, or the file of values in one.

    Args:
        path: Path of a file or folder.

    Example:
        >>> from stlearn.reading.store import is_store
        >>> is_store("speeds.csv")
        False
    """
    return _folder(path) is not None


def about_store(path):
    """Return what is known of a store beside its values, as a dict.

    Args:
        path: As in `is_store`.

    Raises:
        InputError: If it is not there, or spoiled.
    """
    folder = _folder(path)
    if folder is None:
        raise InputError(f"{path}: expected a store, a folder with {VALUES} and {ABOUT}")
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        about["start"], about["step"], about["nodes"]  # noqa: B018
        return about | {"rows": sum(piece["rows"] for piece in about["pieces"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder / ABOUT}: it is spoiled ({error}); write the store anew"
        ) from None


def read_store(path):
    """Open a store: the values are mapped into memory, and read where somebody looks at them.

    All pieces are held against their checksums first, which reads the file once.

    Args:
        path: As in `is_store`.

    Returns:
        DataFrame (time, node), float32, that must not be changed; and a dict as of `about_store`.

    Raises:
        InputError: If it is no store, or a piece is missing or is not as it was written.
    """
    about, file = about_store(path), _folder(path) / VALUES
    nodes, rows = len(about["nodes"]), about["rows"]
    start, zone = pd.Timestamp(about["start"]), about["timezone"]
    start = start if zone is None else start.tz_convert(zone)
    index = pd.date_range(start, periods=rows, freq=about["step"])
    try:
        values = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(
            f"{file}: it is not as {ABOUT} says, {counted(rows, 'row')} from {index[0]} to "
            f"{index[-1]}: a piece is missing ({error}); write the store anew"
        ) from None
    if values.shape != (rows, nodes) or values.dtype != np.float32:
        raise InputError(
            f"{file}: expected {rows} rows of {nodes} nodes, float32, as {ABOUT} says, got "
            f"{values.dtype} of shape {values.shape}; write the store anew"
        )
    start = 0
    with file.open("rb") as raw:
        raw.seek(values.offset)
        for piece in about["pieces"]:
            found, left = 0, piece["rows"] * nodes * BYTES
            while left > 0:
                found = zlib.crc32(raw.read(min(left, BYTES_AT_ONCE)), found)
                left -= BYTES_AT_ONCE
            stop = start + piece["rows"]
            if found != piece["crc32"]:
                raise InputError(
                    f"{file}: rows {start} to {stop - 1} ({index[start]} to {index[stop - 1]}) are "
                    "not as they were written; write the store anew"
                )
            start = stop
    return pd.DataFrame(values, index=index, columns=about["nodes"], copy=False), about


def _folder(path):
    """The folder of a store, or None."""
    path = Path(path)
    folder = path.parent if path.name == VALUES else path
    return folder if (folder / ABOUT).is_file() or path.name == VALUES else None


def _write_header(file, rows, nodes):
    """The head of a .npy file; NumPy leaves room in it for the rows that will be appended."""
    head = {"descr": "<f4", "fortran_order": False, "shape": (rows, nodes)}
    np.lib.format.write_array_header_1_0(file, head)


def _check_follows(table, argument, first, last, step):
    missing, unknown = (
        first.columns.difference(table.columns),
        table.columns.difference(first.columns),
    )
    if len(missing) or len(unknown):
        raise InputError(
            f"{argument}: its nodes differ from those of the first: missing "
            f"{listed(missing) or 'none'}; unknown {listed(unknown) or 'none'}"
        )
    if str(table.index.tz) != str(first.index.tz):
        raise InputError(
            f"{argument}: expected times in the zone {first.index.tz}, got {table.index.tz}"
        )
    if last is not None and (
        table.index[0] != last + step or regular_frequency(table.index) != step
    ):
        raise InputError(
            f"{argument}: expected {counted(len(table), 'row')} from {last + step} on, every "
            f"{step_in_words(step)}, got {table.index[0]} to {table.index[-1]}"
        )
