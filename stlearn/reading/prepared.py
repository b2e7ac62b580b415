"""Files as they come, read and repaired on demand, with a log that travels with the data.

`prepare` does it in memory; `save_prepared` writes a folder that `stlearn.read_csv` and
`stlearn forecast` read: they find the log beside the values, and the report shows it.
"""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from stlearn.data import repairs
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.prepare import audit_in_words
from stlearn.data.repairs import Entry
from stlearn.data.steps import step_in_words
from stlearn.data.validation import counted, listed
from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.reading.any_table import read_any_table

VALUES, LOG, ABOUT = "values.csv", "log.csv", "prepared.json"


class Prepared(NamedTuple):
    """What `prepare` made of files.

    Args:
        name: Name of the data: that of the first file.
        values: DataFrame (time, sensor), float64, at a regular step.
        unit: Unit of the values; None where neither you nor the file states one.
        understood: List of sentences: how the files were read, and what is in them.
        log: List of Entry: what was repaired.
        questions: What an audit finds in the result, as `audit_in_words` says it.
    """

    name: str
    values: pd.DataFrame
    unit: str | None
    understood: list
    log: list
    questions: tuple


def prepare(
    files,
    *,
    unit=None,
    timezone=None,
    dates=None,
    decimal=None,
    missing_marks=(),
    start=None,
    step=None,
    columns=(),
    clock_change=None,
    zero_is_missing=False,
    missing_is_zero=False,
    duplicates=None,
    resample=None,
    gaps=None,
    late_sensors=None,
):
    """Read tables as people have them, and repair what you ask for.

    Args:
        files: Path of a file, or a list of them: of other times, of other sensors, or both.
        unit: Unit of the values; by default what the file states.
        timezone, dates, decimal, missing_marks, start, step, columns, clock_change: As in
            `stlearn.reading.any_table.read_any_table`.
        zero_is_missing: Take zeros as missing readings.
        missing_is_zero: Take missing readings as zeros, last of all.
        duplicates, resample, gaps, late_sensors: As in `stlearn.data.repairs`: what to do with
            readings that stand there again, times on no grid, absent rows, sensors that start late.

    Returns:
        Prepared.

    Raises:
        InputError: If a file cannot be read, or needs a repair that was not asked for; the option
            that asks for it is named.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.prepared import prepare
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "flow.csv")
        ...     _ = path.write_text("time;a\\n2026-01-05;1,5\\n2026-01-06;2,0\\n2026-01-08;2,5\\n")
        ...     found = prepare(path, gaps="keep")
        >>> len(found.values), found.log[0].count, found.log[0].after
        (4, 1, 'an empty row')
    """
    paths = [files] if isinstance(files, (str, Path)) else list(files)
    if zero_is_missing and missing_is_zero:
        raise InputError("--zero-is-missing, --missing-is-zero: expected one of them, got both")
    if not paths:
        raise InputError("files: expected at least one file")
    if start is not None and len(paths) > 1:
        raise InputError(f"start: expected one file whose rows are counted, got {len(paths)}")
    tables, understood, log = [], [], []
    for path in paths:
        table = read_any_table(
            path, timezone, dates, decimal, missing_marks, start, step, columns, clock_change
        )
        file = f"{Path(path).name}: " if len(paths) > 1 else ""
        understood += [file + sentence for sentence in table.understood]
        for mark, counts in table.marks.items():
            log += [
                Entry(f"--missing-marks {mark}", file + column, count, mark, "missing")
                for column, count in counts.items()
            ]
        log += [entry._replace(where=file + entry.where) for entry in table.log]
        tables.append(table)
    if len({table.values.index.tz is None for table in tables}) > 1:
        raise InputError(
            "files: the times of some have a zone or offset and those of others have none; "
            "--timezone names the zone of all"
        )
    if len({str(table.values.index.tz) for table in tables}) > 1:
        raise InputError("files: the times are in different zones; --timezone names one for all")
    units = {table.unit for table in tables}
    if unit is None and len(units) == 1:
        (unit,) = units
    place = str(paths[0]) if len(paths) == 1 else "files"
    try:
        values, more = repairs.one_row_a_time(pd.concat([t.values for t in tables]), duplicates)
        log += more
        for repair, asked, argument in (
            (repairs.zeros_as_missing, zero_is_missing, ()),
            (repairs.resampled, resample is not None, (resample,)),
            (repairs.started, True, (late_sensors,)),
            (repairs.on_a_grid, True, (gaps,)),
            (repairs.missing_as_zeros, missing_is_zero, ()),
        ):
            if asked:
                values, more = repair(values, *argument)
                log += more
        values = values.rename_axis(index="time", columns=None)
        name = Path(paths[0]).name.partition(".")[0]
        dataset = SpatioTemporalDataset(name, values, unit or "unknown")
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    understood.append(
        f"{counted(len(values), 'row')} of {counted(values.shape[1], 'sensor')} "
        f"({listed(values.columns)}), "
        f"{values.index[0]} to {values.index[-1]}, every {step_in_words(dataset.frequency)}, "
        f"{values.isna().to_numpy().mean() * 100:.1f} % of the values missing; "
        + (f"in {unit}." if unit else "the unit is not stated: --unit names it.")
    )
    return Prepared(name, values, unit, understood, log, audit_in_words(dataset))


def save_prepared(prepared, folder):
    """Write values, log and what was understood to a folder, or nothing.

    Args:
        prepared: Prepared.
        folder: A new or empty folder, or one that this has written before.

    Raises:
        InputError: If the folder holds something else.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out: expected a folder, got the file {folder}")
    content = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if content and (ABOUT not in content or content - {VALUES, LOG, ABOUT}):
        raise InputError(
            f"--out: {folder} holds something that this command did not make "
            f"({sorted(content - {VALUES, LOG, ABOUT} or content)[0]}); name another folder"
        )
    with written_aside(folder) as aside:
        table = prepared.values.copy()
        table.index = [time.isoformat(sep=" ") for time in table.index]
        table.rename_axis("time").to_csv(aside / VALUES)
        pd.DataFrame(prepared.log, columns=Entry._fields).to_csv(aside / LOG, index=False)
        about = {
            "made_by": "stlearn prepare",
            "name": prepared.name,
            "sha256": _checksum(aside / VALUES),
            "unit": prepared.unit,
            "timezone": getattr(prepared.values.index.tz, "key", None),
            "understood": prepared.understood,
            "repaired": log_in_words(prepared.log),
        }
        (aside / ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")


def about_prepared(values):
    """Return what `save_prepared` knows of a file of values; an empty dict of any other file.

    Args:
        values: Path of the file. One that was changed since is another file.

    Example:
        >>> from stlearn.reading.prepared import about_prepared
        >>> about_prepared("nowhere.csv")
        {}
    """
    beside = Path(values).with_name(ABOUT)
    try:
        about = json.loads(beside.read_text(encoding="utf-8"))
        if about["sha256"] == _checksum(values):
            return about
    except (OSError, ValueError, KeyError, TypeError):
        pass  # another file of that name, or none
    return {}


def log_in_words(log):
    """Say what was repaired: a sentence for each repair, however many sensors it met.

    Example:
        >>> from stlearn.data.repairs import Entry
        >>> from stlearn.reading.prepared import log_in_words
        >>> log_in_words([Entry("--zero-is-missing", s, 2, "0", "missing") for s in "ab"])
        ['--zero-is-missing: 4 (a, b): 0, now missing.']
    """
    kinds = {}
    for entry in log:
        kinds.setdefault((entry.repair, entry.before, entry.after), []).append(entry)
    return [
        f"{repair}: {sum(entry.count for entry in entries):,} "
        f"({listed([entry.where for entry in entries])}): {before}, now {after}."
        for (repair, before, after), entries in kinds.items()
    ]


def _checksum(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
