"""The command line: `stlearn prepare`, `forecast`, `compare`, `predict`, `data`, `doctor`.

Each command reads its arguments, calls the library, and prints. What is slow to import is
imported inside the commands, so that `stlearn --help` answers at once. Other packages add their
commands by entry points of the group `stlearn.commands`: functions that are given the app.
"""

import importlib.metadata
import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

import stlearn
from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.forecast.terminal import console, print_scores, print_table, tell


class Commands(TyperGroup):
    """Commands whose errors are told in one line on standard error."""

    def invoke(self, ctx):
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as after Ctrl-C, tidy up
        try:
            return super().invoke(ctx)
        except InputError as error:
            tell(f"Error: {error}")
            raise typer.Exit(2) from None
        except BrokenPipeError:
            raise  # the reader of the output has left, as in `stlearn data list | head -1`
        except OSError as error:
            place = error.filename or "a file could not be written"
            tell(f"Error: {place}: {error.strerror or error}")
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            tell("Interrupted; nothing was left half-written.")
            raise typer.Exit(130) from None
        finally:
            signal.signal(signal.SIGTERM, before)


app = typer.Typer(
    cls=Commands,
    help="Spatio-temporal networks, from sensors to an honest forecast.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help="The data sets: list, card, fetch, verify.", no_args_is_help=True)
app.add_typer(data, name="data")


def _print_version(wanted: bool):
    if wanted:
        print(f"stlearn {stlearn.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
):
    pass


MOST_SENSORS = 20  # in a table; all are in by_sensor.csv

# Options that `forecast` and `compare` share.
DataName = Annotated[
    str | None, typer.Argument(help="Data set of the catalogue.", show_default="corridor")
]
Values = Annotated[
    Path | None, typer.Option(help="Your own data: CSV, time in front, a column a sensor.")
]
Adjacency = Annotated[
    Path | None, typer.Option(help="Its graph: CSV, a square matrix or a list of edges.")
]
Nodes = Annotated[Path | None, typer.Option(help="Its sensors: CSV, a row a sensor.")]
Unit = Annotated[str | None, typer.Option(help="Its unit, for example km/h.")]
Timezone = Annotated[str | None, typer.Option(help="Zone of its times, for example Europe/Berlin.")]
Model = Annotated[str, typer.Option(help="stn, cnn_lstm or feed_forward.")]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        help="A network (stn, cnn_lstm, feed_forward) or a baseline, such as 'boosted trees', "
        "whose forecast you want. Given more than once, the best of them on the validation part "
        "is taken.",
        show_default="the best of all: stn, or feed_forward without a graph, and the baselines",
    ),
]
Lookback = Annotated[int, typer.Option(help="Steps of history.")]
Epochs = Annotated[
    int | None, typer.Option(help="Rounds of training at most.", show_default="the model's own")
]
Members = Annotated[
    int, typer.Option(help="Networks that are trained; the forecast is their mean.")
]
Seed = Annotated[int, typer.Option(help="Seed of everything random.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the scores as JSON, and nothing else.")]


@app.command()
def forecast(
    name: DataName = None,
    values: Values = None,
    adjacency: Adjacency = None,
    nodes: Nodes = None,
    unit: Unit = None,
    timezone: Timezone = None,
    model: Models = None,
    lookback: Lookback = 12,
    horizon: Annotated[int, typer.Option(help="Steps ahead.")] = 12,
    epochs: Epochs = None,
    quantiles: Annotated[
        str, typer.Option(help="Of what may come; the middle one is the forecast.")
    ] = "0.05,0.5,0.95",
    members: Members = 1,
    seed: Seed = 0,
    validation: Annotated[
        str, typer.Option(help="Part to choose on, of what comes before the test: 0.1, or 7D.")
    ] = "0.1",
    test: Annotated[
        str | None,
        typer.Option(
            help="Part to be tested on, at the end: 0.2, or 14D.", show_default="the data's own"
        ),
    ] = None,
    anew: Annotated[
        bool,
        typer.Option(
            "--train-anew/--keep-tested",
            help="Train the chosen model anew on all rows once it is tested (about as long as the "
            "first time), or keep it as it was tested.",
        ),
    ] = True,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="forecast-NAME")
    ] = None,
    as_json: AsJson = False,
):
    """Train a network, test it honestly against baselines, and forecast with the best of them."""
    from stlearn.baselines import standard
    from stlearn.calibration.quantiles import checked_quantiles
    from stlearn.forecast import job, scores
    from stlearn.forecast.questions import questions

    levels = checked_quantiles(quantiles.split(","))
    dataset, own_test, protocol = job.read_input(name, values, adjacency, nodes, unit, timezone)
    for question in questions(dataset):
        tell(f"Note: {question}")
    parts = {"validation": _size("--validation", validation), "test": own_test}
    if test is not None:
        parts["test"] = _size("--test", test)
        protocol = f"The test part is the last {_size_in_words(test)}; nothing is shuffled."
    wanted = model or ["feed_forward" if dataset.adjacency is None else "stn"]
    baselines = [each.name for each in standard.standard(dataset, horizon)]
    wanted_networks = [each for each in wanted if each not in baselines]
    place = out or Path(f"forecast-{dataset.name}")
    with job.results_folder(place) as folder:
        # These start TensorFlow: only once the data is read.
        from stlearn.networks.forecaster import Forecaster
        from stlearn.networks.models import MODELS

        progress = sys.stderr.isatty()
        more = {} if epochs is None else {"epochs": epochs}
        unknown = [each for each in wanted_networks if each not in MODELS]
        if unknown:
            raise InputError(
                f"--model: expected a network ({', '.join(MODELS)}) or a baseline "
                f"({', '.join(baselines)}), got {unknown[0]!r}"
            )
        networks = [
            Forecaster(
                each, lookback, horizon, seed=seed, members=members, quantiles=levels,
                progress=progress, **more,
            )
            for each in wanted_networks
        ]  # fmt: skip
        tell(
            f"{dataset.name}: {len(dataset.values):,} rows, {dataset.shape[1]} sensors; "
            f"fitting {' and '.join(['the baselines', *wanted_networks])} ..."
        )
        result = job.run(
            dataset, networks, parts["test"], protocol, progress,
            validation=parts["validation"], among=model, anew=anew, horizon=horizon,
            quantiles=levels, note=lambda sentence: tell(f"Note: {sentence}"),
        )  # fmt: skip
        tell("writing the results ...")
        job.write_results(result, folder, place)
    if as_json:
        print(json.dumps(job.scores_as_json(result), indent=1))
        return
    _print_errors(result)
    print(f"* lowest error of its column. {result.protocol}\n\n{result.headline}")
    print("\n".join([*result.told, ""]))
    if result.quantiles is None:
        tell(f"Note: {job.NO_INTERVALS}")
    else:
        _print_intervals(result, levels)
        title = f"{result.model.name}: the same by what is known when the forecast is made"
        print_scores(scores.states_as_text(result), title)
        print()
    print(f"Results: {place} (open {place / 'report.html'})")


@app.command("compare")
def compare_with(
    file: Annotated[
        Path,
        typer.Option(
            "--with",
            help="Forecasts made elsewhere: CSV, a row each, with the columns origin (time of the "
            "last reading known), node, step (1 is the next), and value, or quantiles named by "
            "their numbers: 0.05, 0.5, 0.95; if you like, unit. The file's name names the model.",
        ),
    ],
    name: DataName = None,
    values: Values = None,
    adjacency: Adjacency = None,
    nodes: Nodes = None,
    unit: Unit = None,
    timezone: Timezone = None,
    trained_on: Annotated[
        str, typer.Option(help="What the other model learned from: LOS_LOOP,PEMS_BAY or Moirai.")
    ] = "",
    model: Model = "stn",
    lookback: Lookback = 12,
    epochs: Epochs = None,
    seed: Seed = 0,
    as_json: AsJson = False,
):
    """Set forecasts made elsewhere beside ours: same origins, same targets, same sentences."""
    import dataclasses

    from stlearn.calibration.quantiles import QUANTILES
    from stlearn.forecast import elsewhere, job

    dataset, test, protocol = job.read_input(name, values, adjacency, nodes, unit, timezone)
    theirs = elsewhere.read_forecasts(file, dataset)
    from stlearn.networks.forecaster import (
        Forecaster,  # starts TensorFlow: only once the files are read
    )

    tell(
        f"{theirs.name}: {len(theirs.origins):,} complete origins of "
        f"{theirs.forecast.shape[1]} steps, {theirs.incomplete:,} incomplete ones left out; "
        f"fitting the baselines and {model} ..."
    )
    progress = sys.stderr.isatty()
    more = {} if epochs is None else {"epochs": epochs}
    levels = theirs.quantiles or QUANTILES
    network = Forecaster(
        model, lookback, theirs.forecast.shape[1], seed=seed, quantiles=levels, progress=progress,
        **more,
    )  # fmt: skip
    result = job.run(dataset, [network], test, protocol, progress, among=[model])
    joined, missing = elsewhere.beside(result.comparison, theirs, dataset, result.split, levels)
    result = dataclasses.replace(result, comparison=joined)
    told_before = elsewhere.seen_before(theirs.name, dataset.name, trained_on.split(","))
    verdicts = [each.sentence for each in joined.verdict(theirs.name)]
    if as_json:
        compared = {"model": theirs.name, "missing_origins": missing, "seen_before": told_before}
        print(json.dumps(job.scores_as_json(result) | compared | {"verdicts": verdicts}, indent=1))
        return
    _print_errors(result)
    print(f"* lowest error of its column. {result.protocol}")
    print(f"{missing:,} origins of the test part are not in the file, and left out for all.\n")
    print("\n".join(verdicts) + f"\n{told_before}\n")
    if joined.has_intervals:
        _print_intervals(result, levels)


def _size(option, text):
    """A size of a part: a share as a number, or a duration as text."""
    try:
        return float(text)
    except ValueError:
        from stlearn.checks import to_duration

        to_duration(option, text)
        return text


def _size_in_words(text):
    size = _size("--test", text)
    return f"{100 * size:g} % of the rows" if isinstance(size, float) else f"{size} of the data"


def _print_errors(result):
    from stlearn.forecast import scores

    name, counted = result.dataset.name, result.comparison.unit
    in_ranges = result.comparison.sizes is not None
    title = f"{name}: errors on the test part" + (f", in {counted} of each sensor" * in_ranges)
    print_scores(scores.scores_as_text(result), title)
    if in_ranges:
        by_sensor = scores.sensors_as_text(result)
        title = f"{name}: the same sensor by sensor, over all steps, each in its own unit"
        print_scores(by_sensor.head(MOST_SENSORS), title)
        print()


def _print_intervals(result, quantiles):
    from stlearn.forecast import scores

    share = f"{100 * (quantiles[-1] - quantiles[0]):g} %"
    title = (
        f"{result.dataset.name}: {share} intervals on the test part, in {result.comparison.unit}"
    )
    print_scores(scores.intervals_as_text(result), title)
    print("* lowest interval score of its column: the width, and a fine for what lies outside.\n")


@app.command()
def predict(
    model: Annotated[Path, typer.Option(help="Folder that `stlearn forecast` left.")],
    values: Annotated[Path, typer.Option(help="CSV: time in front, a column a sensor.")],
    unit: Annotated[
        str | None, typer.Option(help="Unit of the values.", show_default="the model's")
    ] = None,
    calendar: Annotated[
        Path | None,
        typer.Option(help="CSV: time in front, then what is known ahead, such as holiday."),
    ] = None,
    timezone: Timezone = None,
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write.", show_default="standard output")
    ] = None,
):
    """Forecast what follows the end of a file, with a saved model."""
    from stlearn.forecast import job

    if out is not None and not out.parent.is_dir():
        raise InputError(f"--out: expected a file in a folder that exists, got {out}")
    found, assumed = job.predict_file(model, values, unit, calendar, timezone)
    for sentence in assumed:
        tell(f"Note: {sentence}")
    text = found.to_csv(index=False)
    if out is None:
        print(text, end="")
    else:
        with written_aside(out.parent) as aside:
            (aside / out.name).write_text(text, encoding="utf-8")
        tell(f"Forecast: {out}")


@app.command()
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
    zero_is_missing: Annotated[
        bool, typer.Option("--zero-is-missing", help="Zeros stand for missing readings.")
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
):
    """Read files as they come, repair what you ask for, and keep a log of it."""
    from stlearn.reading import prepared

    found = prepared.prepare(
        files, unit=unit, timezone=timezone, dates=dates, decimal=decimal,
        missing_marks=[mark for mark in missing_marks.split(",") if mark.strip()],
        start=start, step=step, zero_is_missing=zero_is_missing, duplicates=duplicates,
        resample=resample, gaps=gaps, late_sensors=late_sensors,
    )  # fmt: skip
    prepared.save_prepared(found, out)
    print("\n".join(found.understood))
    print("\n".join(prepared.log_in_words(found.log)) or "Nothing was repaired.")
    for question in found.questions:
        tell(f"Note: {question}")
    named = "" if found.unit else " --unit UNIT"
    print(f"Prepared: {out} (go on: stlearn forecast --values {out / prepared.VALUES}{named})")


@app.command()
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


@data.command("list")
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


@data.command()
def card(name: str):
    """Describe a data set: size, unit, licence, split, traps."""
    from rich.markdown import Markdown

    from stlearn import catalogue

    text = catalogue.card(name)
    if sys.stdout.isatty():
        console().print(Markdown(text))
    else:
        print(text, end="")


@data.command()
def fetch(name: str):
    """Download the files of a data set, unless they are at hand, and check them."""
    from stlearn import catalogue

    for path in catalogue.fetch(name):
        print(path)


@data.command()
def verify(name: Annotated[str | None, typer.Argument(show_default="all")] = None):
    """Check the files of one data set, or all that are at hand, against their checksums."""
    import pandas as pd

    from stlearn import catalogue

    names = catalogue.names() if name is None else [name]
    states = pd.concat([catalogue.verify(each) for each in names]).drop_duplicates("path")
    print_table(["file", "state"], states[["file", "state"]].to_numpy().tolist())
    wrong = states["state"] != "ok" if name else states["state"] == "wrong checksum"
    raise typer.Exit(1 if wrong.any() else 0)


for _more in importlib.metadata.entry_points(group="stlearn.commands"):
    _more.load()(app)

if __name__ == "__main__":
    app()
