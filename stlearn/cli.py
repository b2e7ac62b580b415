"""The command line: `stlearn forecast`, `predict`, `lab`, `check`, `data`, `doctor`, ...

Each command reads its arguments, calls the library, and prints. What is slow to import is
imported inside the commands, so that `stlearn --help` answers at once.
"""

import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

import stlearn
from stlearn.errors import InputError
from stlearn.terminal import console, print_scores, print_table, say, show_step


class Commands(TyperGroup):
    """Commands whose errors are told in one line on standard error."""

    def invoke(self, ctx):
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as after Ctrl-C, tidy up
        try:
            return super().invoke(ctx)
        except InputError as error:
            say(f"Error: {error}")
            raise typer.Exit(2) from None
        except BrokenPipeError:
            raise  # the reader of the output has left, as in `stlearn data list | head -1`
        except OSError as error:
            place = error.filename or "a file could not be written"
            say(f"Error: {place}: {error.strerror or error}")
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            say("Interrupted; nothing was left half-written.")
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


@app.command()
def forecast(
    name: Annotated[
        str | None, typer.Argument(help="Data set of the catalogue.", show_default="corridor")
    ] = None,
    values: Annotated[
        Path | None, typer.Option(help="Your own data: CSV, time in front, a column a sensor.")
    ] = None,
    adjacency: Annotated[
        Path | None, typer.Option(help="Its graph: CSV, a square matrix or a list of edges.")
    ] = None,
    nodes: Annotated[Path | None, typer.Option(help="Its sensors: CSV, a row a sensor.")] = None,
    unit: Annotated[str | None, typer.Option(help="Its unit, for example km/h.")] = None,
    model: Annotated[str, typer.Option(help="stn, cnn_lstm or feed_forward.")] = "stn",
    lookback: Annotated[int, typer.Option(help="Steps of history.")] = 12,
    horizon: Annotated[int, typer.Option(help="Steps ahead.")] = 12,
    epochs: Annotated[
        int | None, typer.Option(help="Rounds of training at most.", show_default="the model's own")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="forecast-NAME")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the scores as JSON, and nothing else.")
    ] = False,
):
    """Train a network, test it honestly against baselines, and forecast what comes next."""
    from stlearn import job, scores

    dataset, test, protocol = job.read_input(name, values, adjacency, nodes, unit)
    place = out or Path(f"forecast-{dataset.name}")
    with job.results_folder(place) as folder:
        from stlearn.forecaster import Forecaster  # starts TensorFlow: only once the data is read

        say(
            f"{dataset.name}: {len(dataset.values):,} rows, {dataset.shape[1]} sensors; "
            f"fitting the baselines and {model} ..."
        )
        progress = sys.stderr.isatty()
        more = {} if epochs is None else {"epochs": epochs}
        network = Forecaster(model, lookback, horizon, seed=seed, progress=progress, **more)
        result = job.run(dataset, network, test, protocol, progress)
        say("writing the results ...")
        job.write_results(result, folder, place)
    if as_json:
        print(json.dumps(job.scores_as_json(result), indent=1))
        return
    print_scores(scores.scores_as_text(result), f"{dataset.name}: errors on the test part")
    print(f"* lowest error of its column. {result.protocol}\n\n{result.headline}\n")
    print(f"Results: {place} (open {place / 'report.html'})")


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
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write.", show_default="standard output")
    ] = None,
):
    """Forecast what follows the end of a file, with a saved model."""
    from stlearn import job

    found, unit, assumed = job.predict_file(model, values, unit, calendar)
    for sentence in assumed:
        say(f"Note: {sentence}")
    text = job.long_forecast(found, unit).to_csv(index=False)
    if out is None:
        print(text, end="")
    else:
        job.write_text(out, text)
        say(f"Forecast: {out}")


@app.command()
def lab(
    chapter: Annotated[str | None, typer.Argument(help="Chapter to open: 2, or 6a.")] = None,
    folder: Annotated[Path, typer.Option(help="Your working copy.")] = Path("stlearn-course"),
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
):
    """Open the course in JupyterLab, on a working copy that no update overwrites."""
    from stlearn.course import lab

    for sentence in lab.update_copy(folder):
        say(sentence)
    raise typer.Exit(lab.open_lab(folder, chapter, browser, say))


@app.command()
def workshop(
    learners: Annotated[int, typer.Option(help="How many may enter.")] = 30,
    folder: Annotated[Path, typer.Option(help="Where all answers are kept.")] = Path(
        "stlearn-class"
    ),
    names: Annotated[
        Path | None,
        typer.Option(help="Text file with who may enter.", show_default="whoever has the password"),
    ] = None,
    address: Annotated[str, typer.Option(help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Where it listens.")] = 8000,
    certificate: Annotated[str, typer.Option(help="TLS certificate, with its chain.")] = "",
    key: Annotated[str, typer.Option(help="Key of the certificate.")] = "",
    memory: Annotated[int, typer.Option(help="MB of memory a learner.")] = 1500,
    cores: Annotated[int, typer.Option(help="Processor cores a learner.")] = 2,
    disk: Annotated[int, typer.Option(help="MB of disk a learner; 0 for no limit.")] = 1000,
    idle: Annotated[float, typer.Option(help="Minutes until an unused server stops.")] = 60,
    hide_solutions: Annotated[bool, typer.Option("--hide-solutions", help="Hide them.")] = False,
    without_walls: Annotated[
        bool, typer.Option("--without-walls", help="Start without root: learners share a user.")
    ] = False,
    forget: Annotated[
        str | None, typer.Option(help="Forget a learner's own word, and end.", metavar="NAME")
    ] = None,
):
    """Open a class on this machine: JupyterHub, a seat for each learner (needs root)."""
    from stlearn.classroom import workshop
    from stlearn.classroom.seats import Settings, forget_word

    if forget is not None:
        forget_word(Settings(str(folder)), forget)
        say(f"{forget} chooses a new word at the next login.")
        return
    settings = Settings(
        str(folder), learners, address, port, memory, cores, disk, idle, hide_solutions,
        not without_walls, workshop.read_names(names) if names else (), certificate, key,
    )  # fmt: skip
    workshop.run(workshop.checked(settings), workshop.ask_password(), say)


@app.command()
def check(
    chapter: Annotated[
        str | None, typer.Argument(help="Chapter, part, or notebook: 2, 6a.", show_default="all")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Your working copy.")] = Path("stlearn-course"),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the verdicts as JSON, and nothing else.")
    ] = False,
):
    """Run your notebook from top to bottom, and tell the verdict of each exercise."""
    from stlearn.course import checker, notebooks

    paths = notebooks.notebooks_in(folder)
    if not paths and not str(chapter).endswith(".ipynb"):
        raise InputError(f"folder: no chapters in {folder}; `stlearn lab` puts them there")
    if chapter is not None:
        paths = notebooks.find_notebooks(chapter, folder)
    checked = []
    for path in paths:
        say(f"{path.name}: running it from top to bottom ...")
        checked.append(checker.check_notebook(path, show_step))
        for sentence in checked[-1].broken:
            say(f"{path.name}: outside the exercises, {sentence}")
    if as_json:
        found = [checker.as_json(each) for each in checked]
        one = chapter is not None and len(found) == 1
        print(json.dumps(found[0] if one else found, indent=1))
    else:
        rows = [result for each in checked for result in each.results]
        print_table(["exercise", "title", "verdict", "message"], rows)
    raise typer.Exit(0 if all(each.passed for each in checked) else 1)


@app.command()
def build(
    execute: Annotated[bool, typer.Option("--execute", help="Run the solutions first.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail where anything differs.")
    ] = False,
):
    """Derive chapters/ from solutions/, in the current folder (for authors)."""
    from stlearn.course import build

    if not check:
        build.build(Path(), execute, say)
        return
    problems = build.differences(Path())
    for problem in problems:
        say(problem)
    raise typer.Exit(1 if problems else 0)


@app.command()
def slides(
    chapter: Annotated[
        str | None, typer.Argument(help="Chapter, part, or notebook: 2, 6a.", show_default="all")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the decks.")] = Path("slides"),
):
    """Make slides from the solved notebooks: one file each, which needs no network."""
    from stlearn.course import slides

    for path in slides.solved_notebooks(chapter):
        print(slides.write_slides(path, out), flush=True)


@app.command()
def bench(
    name: Annotated[
        str, typer.Argument(help="choices, ablation, rolling, ledger or applications.")
    ],
    only: Annotated[
        str | None, typer.Option(help="One experiment of the ledger; its other rows stay.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write.", show_default="bench_NAME.csv")
    ] = None,
):
    """Measure again what a chapter shows from a stored table; takes up to half an hour."""
    from stlearn import bench

    path = out or Path(f"bench_{name}.csv")
    bench.run(name, path, say, only)
    print(path)


@app.command()
def doctor():
    """Look whether this machine can do the work."""
    from stlearn.doctor import findings

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


if __name__ == "__main__":
    app()
