"""Files as they come, read and repaired on demand, with a log that travels with the data.

`prepare` does it in memory; `save_prepared` writes a folder that `stlearn.read_csv` and
`stlearn forecast` read: they find the log beside the values, and the report shows it.
`prepare_store` does it file by file, into a store for what is larger than memory.
"""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from tqdm import tqdm

from stlearn.data import repairs
from stlearn.data.blocks import summary_of_nodes
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.prepare import audit_in_words
from stlearn.data.repairs import Entry
from stlearn.data.steps import regular_frequency, step_in_words
from stlearn.data.validation import counted, listed
from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.reading import store
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
    reading = {"timezone": timezone, "dates": dates, "decimal": decimal,
               "missing_marks": missing_marks, "start": start, "step": step, "columns": columns,
               "clock_change": clock_change}  # fmt: skip
    asked = {"duplicates": duplicates, "zero_is_missing": zero_is_missing, "resample": resample,
             "gaps": gaps, "missing_is_zero": missing_is_zero}  # fmt: skip
    paths = _checked_paths(files, reading, asked)
    values, found_unit, understood, log = _read_and_repaired(
        paths, reading, asked, lambda table: repairs.started(table, late_sensors)
    )
    unit = unit or found_unit
    name = Path(paths[0]).name.partition(".")[0]
    with _told_of(paths):
        dataset = SpatioTemporalDataset(name, values, unit or "unknown")
    understood.append(f"{_shape_in_words(values, dataset.frequency)}; {_unit_in_words(unit)}")
    return Prepared(name, values, unit, understood, log, audit_in_words(dataset))


def _checked_paths(files, reading, asked):
    """The files as a list; refuse what cannot be asked for together."""
    paths = [files] if isinstance(files, (str, Path)) else list(files)
    if asked["zero_is_missing"] and asked["missing_is_zero"]:
        raise InputError("--zero-is-missing, --missing-is-zero: expected one of them, got both")
    if not paths:
        raise InputError("files: expected at least one file")
    if reading["start"] is not None and len(paths) > 1:
        raise InputError(f"start: expected one file whose rows are counted, got {len(paths)}")
    return paths


@contextlib.contextmanager
def _told_of(paths):
    """Put the file in front of what is wrong with it."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{paths[0] if len(paths) == 1 else 'files'}: {error}") from None


def _read_and_repaired(paths, reading, asked, started):
    """Values (time, sensor), their unit, how they were understood, and the log of the repairs."""
    tables, understood, log = [], [], []
    for path in paths:
        table = read_any_table(path, **reading)
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
    unit = units.pop() if len(units) == 1 else None
    values = pd.concat([table.values for table in tables])
    with _told_of(paths):
        for repair, wanted in (
            (lambda table: repairs.one_row_a_time(table, asked["duplicates"]), True),
            (repairs.zeros_as_missing, asked["zero_is_missing"]),
            (lambda table: repairs.resampled(table, asked["resample"]), asked["resample"]),
            (started, True),
            (lambda table: repairs.on_a_grid(table, asked["gaps"]), True),
            (repairs.missing_as_zeros, asked["missing_is_zero"]),
        ):
            if wanted:
                values, more = repair(values)
                log += more
    return values.rename_axis(index="time", columns=None), unit, understood, log


def _shape_in_words(values, step):
    missing = 1 - summary_of_nodes(values).count.sum() / values.size
    return (
        f"{counted(len(values), 'row')} of {counted(values.shape[1], 'sensor')} "
        f"({listed(values.columns)}), {values.index[0]} to {values.index[-1]}, every "
        f"{step_in_words(step)}, {missing * 100:.1f} % of the values missing"
    )


def _unit_in_words(unit):
    return f"in {unit}." if unit else "the unit is not stated: --unit names it."


def prepare_store(files, folder, *, unit=None, timezone=None, dates=None, decimal=None,
                  missing_marks=(), columns=(), clock_change=None, zero_is_missing=False,
                  missing_is_zero=False, duplicates=None, resample=None, gaps=None,
                  progress=False):  # fmt: skip
    """Read and repair files one after the other, each the next stretch of time, into a store.

    So they may be larger together than memory; see `stlearn.reading.store`. Sensors that start late
    or have no reading in a file are kept.

    Args:
        files: Path of a file, or a list of them in the order of time, with the same sensors.
        folder: A new or empty folder, or a store that this has written before.
        unit: Unit of the values; by default what the files state.
        timezone, dates, decimal, missing_marks, columns, clock_change, zero_is_missing,
        missing_is_zero, duplicates, resample: As in `prepare`, of each file for itself.
        gaps: As there; between two files, absent rows are added and left empty.
        progress: Show a progress bar on standard error.

    Returns:
        Prepared; its values are mapped.

    Raises:
        InputError: As in `prepare`; or if a file does not follow the one before, or has other
            sensors. Nothing is written then.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.prepared import prepare_store
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     files = [pathlib.Path(folder, f"{month}.csv") for month in ("january", "february")]
        ...     _ = files[0].write_text("time,a\\n2026-01-30,1\\n2026-01-31,2\\n")
        ...     _ = files[1].write_text("time,a\\n2026-02-01,3\\n2026-02-02,\\n")
        ...     prepare_store(files, f"{folder}/store").values.shape
        (4, 1)
    """
    reading = {"timezone": timezone, "dates": dates, "decimal": decimal,
               "missing_marks": missing_marks, "start": None, "step": None, "columns": columns,
               "clock_change": clock_change}  # fmt: skip
    asked = {"duplicates": duplicates, "zero_is_missing": zero_is_missing, "resample": resample,
             "gaps": gaps, "missing_is_zero": missing_is_zero}  # fmt: skip
    paths = _checked_paths(files, reading, asked)
    check_out(folder, store.ABOUT, {store.VALUES, LOG})
    name = Path(paths[0]).name.partition(".")[0]
    understood, log, questions, units = [], [], [], set()

    def tables():
        last = None
        for path in tqdm(paths, desc="prepare", unit="file", disable=not progress):
            values, found_unit, told, entries = _read_and_repaired(
                [path], reading, asked, lambda table: (table, [])
            )
            units.add(found_unit)
            file = f"{Path(path).name}: " if len(paths) > 1 else ""
            understood.extend(file + sentence for sentence in told)
            log.extend(entry._replace(where=file + entry.where) for entry in entries)
            heard = values.loc[:, values.notna().any()]
            if not heard.empty:
                audited = audit_in_words(SpatioTemporalDataset(name, heard, unit or "unknown"))
                questions.extend(file + question for question in audited)
            if last is not None:
                values, entries = _from_the_end_of(last, values, gaps, path)
                log.extend(entries)
            last = values.index[-1], regular_frequency(values.index)
            yield values

    def about():
        return {
            "unit": unit or (next(iter(units)) if len(units) == 1 else None),
            "understood": understood,
            "repaired": log_in_words(log),
            "questions": questions,
        }

    store.write_store(folder, tables(), unit, name, about)
    with written_aside(folder) as aside:
        pd.DataFrame(log, columns=Entry._fields).to_csv(aside / LOG, index=False)
    values, known = store.read_store(folder)
    step = regular_frequency(values.index)
    understood.append(f"{_shape_in_words(values, step)}; {_unit_in_words(known['unit'])}")
    return Prepared(name, values, known["unit"], understood, log, tuple(questions))


def _from_the_end_of(last, values, gaps, path):
    """The values with the rows that lack between them and the end of the file before."""
    end, step = last
    absent = pd.date_range(end, values.index[0], freq=step)[1:]
    if len(absent) < 2 or absent[-1] != values.index[0]:
        return values, []
    if gaps is None:
        raise InputError(
            f"{path} begins at {values.index[0]}, the file before ends at {end}; --gaps keep adds "
            "empty rows"
        )
    where = f"{Path(path).name}: {absent[0]} to {absent[-2]}"
    entry = Entry(f"--gaps {gaps}", where, len(absent) - 1, "no row", "an empty row")
    return values.reindex(absent[:-1].append(values.index)), [entry]


def save_prepared(prepared, folder):
    """Write values, log and what was understood to a folder, or nothing.

    Args:
        prepared: Prepared.
        folder: A new or empty folder, or one that this has written before.

    Raises:
        InputError: If the folder holds something else.
    """
    check_out(folder, ABOUT, {VALUES, LOG})
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


def check_out(folder, about, others):
    """Raise an InputError unless a folder is new, empty, or was written by `stlearn prepare`.

    Args:
        folder: Path.
        about: Name of the file that tells it.
        others: Set of names of what else may be there.

    Example:
        >>> from stlearn.reading.prepared import check_out
        >>> check_out("nowhere", "prepared.json", {"values.csv"})
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out: expected a folder, got the file {folder}")
    content = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if content and not (about in content and content <= {about, *others}):
        raise InputError(
            f"--out: {folder} holds something that this command did not make "
            f"({sorted(content - {about, *others} or content)[0]}); name another folder"
        )


def about_prepared(values):
    """Return what `stlearn prepare` knows of a file of values; an empty dict of any other file.

    Args:
        values: Path of the file, or of a store. One that was changed since is another file.

    Example:
        >>> from stlearn.reading.prepared import about_prepared
        >>> about_prepared("nowhere.csv")
        {}
    """
    if store.is_store(values):
        return store.about_store(values)
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
