"""The commands around data and machine: `stlearn prepare`, `data` and `doctor`."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from stlearn.forecast.options import Timezone, Unit
from stlearn.forecast.terminal import console, print_table, tell


def add_commands(app):
    """Add the commands to a typer app."""
    app.command()(prepare)
    app.command()(doctor)
    data = typer.Typer(help="The data sets: list, card, fetch, verify.", no_args_is_help=True)
    data.command("list")(list_data)
    for command in (card, fetch, verify):
        data.command()(command)
    app.add_typer(data, name="data")


def prepare(
    files: Annotated[
        list[Path], typer.Argument(help="CSV, Excel, Parquet, HDF5 or NetCDF, wide or long.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the values and the log.")],
    unit: Unit = None,
    timezone: Timezone = None,
    dates: Annotated[
        str | None, typer.Option(help="day-first or month-first, for 01/03/2024.")
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="'.' or ',', for 1,234.")] = None,
    missing_marks: Annotated[
        str, typer.Option(help="What stands for missing readings: -999,n/a.")
    ] = "",
    start: Annotated[
        str | None, typer.Option(help="Time of the first row, where the file names no times.")
    ] = None,
    step: Annotated[
        str | None, typer.Option(help="Time between two rows there: 5min, D, B, MS.")
    ] = None,
    columns: Annotated[
        str,
        typer.Option(
            help="Columns to read beside the times, where a file has others: flow,speed; of a "
            "long table sensor,value.",
            show_default="all",
        ),
    ] = "",
    clock_change: Annotated[
        str | None,
        typer.Option(
            help="Local times that come twice, where the rows do not tell which it is: summer, "
            "winter or drop; drop leaves out times that do not exist, too."
        ),
    ] = None,
    zero_is_missing: Annotated[
        bool, typer.Option("--zero-is-missing", help="Zeros stand for missing readings.")
    ] = False,
    missing_is_zero: Annotated[
        bool,
        typer.Option(
            "--missing-is-zero",
            help="Missing readings stand for zeros: counts, where nothing was counted.",
        ),
    ] = False,
    duplicates: Annotated[
        str | None, typer.Option(help="Readings that stand there again: mean, first or last.")
    ] = None,
    resample: Annotated[
        str | None, typer.Option(help="Average over intervals, such as 5min.")
    ] = None,
    gaps: Annotated[
        str | None, typer.Option(help="Absent rows: keep (as empty rows) or interpolate:3.")
    ] = None,
    late_sensors: Annotated[
        str | None, typer.Option(help="Sensors that start late: keep, drop or cut.")
    ] = None,
    store: Annotated[
        bool,
        typer.Option(
            "--store",
            help="Write a store, file by file, for data larger than memory; each file is the next "
            "stretch of time.",
        ),
    ] = False,
):
    """Read files as they come, repair what you ask for, and keep a log of it."""
    from stlearn.errors import InputError
    from stlearn.reading import prepared

    options = {
        "unit": unit, "timezone": timezone, "dates": dates, "decimal": decimal,
        "missing_marks": [mark for mark in missing_marks.split(",") if mark.strip()],
        "columns": next(csv.reader([columns], skipinitialspace=True), ()),
        "clock_change": clock_change, "zero_is_missing": zero_is_missing,
        "missing_is_zero": missing_is_zero, "duplicates": duplicates, "resample": resample,
        "gaps": gaps,
    }  # fmt: skip
    whole = {"start": start, "step": step, "late_sensors": late_sensors}  # of all files together
    if store:
        for name, given in whole.items():
            if given is not None:
                option = name.replace("_", "-")
                raise InputError(f"--{option}: it looks at all rows, so it cannot go with --store")
        found = prepared.prepare_store(files, out, **options, progress=sys.stderr.isatty())
    else:
        found = prepared.prepare(files, **options, **whole)
        prepared.save_prepared(found, out)
    print("\n".join(found.understood))
    print("\n".join(prepared.log_in_words(found.log)) or "Nothing was repaired.")
    for question in found.questions:
        tell(f"Note: {question}")
    named = "" if found.unit else " --unit UNIT"
    values = out if store else out / prepared.VALUES
    print(f"Prepared: {out} (go on: stlearn forecast --values {values}{named})")


def doctor():
    """Look whether this machine can do the work."""
    from stlearn.forecast.doctor import findings

    problems = 0
    for finding in findings():
        problems += bool(finding.advice)
        state = f"problem: {finding.advice}" if finding.advice else "ok"
        print(f"{finding.what:<17} {finding.found}: {state}", flush=True)
    print(f"{problems} problem{'' if problems == 1 else 's'} found" if problems else "All is well.")
    raise typer.Exit(1 if problems else 0)


def list_data():
    """List the data sets of the catalogue."""
    from stlearn import catalogue

    rows = []
    for name in catalogue.names():
        entry = catalogue.entry(name)
        here = all(catalogue.local_path(file).is_file() for file in entry.files)
        size = sum(file.bytes for file in entry.files) / 1e6
        rows.append([name, entry.title, entry.unit, f"{size:.1f}", "yes" if here else "no"])
    print_table(["name", "what it is", "unit", "MB", "at hand"], rows)


def card(name: str):
    """Describe a data set: size, unit, licence, split, traps."""
    from rich.markdown import Markdown

    from stlearn import catalogue

    text = catalogue.card(name)
    if sys.stdout.isatty():
        console().print(Markdown(text))
    else:
        print(text, end="")


def fetch(name: str):
    """Download the files of a data set, unless they are at hand, and check them."""
    from stlearn import catalogue

    for path in catalogue.fetch(name):
        print(path)


def verify(name: Annotated[str | None, typer.Argument(show_default="all")] = None):
    """Check the files of one data set, or all that are at hand, against their checksums."""
    import pandas as pd

    from stlearn import catalogue

    names = catalogue.names() if name is None else [name]
    states = pd.concat([catalogue.verify(each) for each in names]).drop_duplicates("path")
    print_table(["file", "state"], states[["file", "state"]].to_numpy().tolist())
    wrong = states["state"] != "ok" if name else states["state"] == "wrong checksum"
    raise typer.Exit(1 if wrong.any() else 0)
