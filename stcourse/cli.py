"""The course's commands: `lab`, `check`, `build`, `slides`, `workshop`, `bench`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from stlearn.errors import InputError
from stlearn.forecast.terminal import print_table, show_step, tell


def add_commands(app):
    """Add the commands of the course; an entry point names this function.

    Args:
        app: The typer.Typer of `stlearn`.
    """
    for command in (lab, workshop, check, build, slides, bench):
        app.command()(command)


def lab(
    chapter: Annotated[str | None, typer.Argument(help="Chapter to open: 2, or 6a.")] = None,
    folder: Annotated[Path, typer.Option(help="Your working copy.")] = Path("stlearn-course"),
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
):
    """Open the course in JupyterLab, on a working copy that no update overwrites."""
    _needs("course", "stlearn lab")
    from stcourse.running import lab

    for sentence in lab.update_copy(folder):
        tell(sentence)
    raise typer.Exit(lab.open_lab(folder, chapter, browser, tell))


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
    subdomains: Annotated[
        str, typer.Option(help="Address for which NAME.address leads here too, https://class.org.")
    ] = "",
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
    free: Annotated[
        str | None, typer.Option(help="Give a learner's seat back, and end.", metavar="NAME")
    ] = None,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="End what still runs of this class, then start.")
    ] = False,
):
    """Open a class on this machine: JupyterHub, a seat for each learner (needs root)."""
    _needs("workshop", "stlearn workshop")
    from stcourse.classroom import workshop
    from stcourse.classroom.seats import Settings, forget_word

    if forget is not None:
        forget_word(Settings(str(folder)), forget)
        tell(f"{forget} chooses a new word at the next login.")
        return
    if free is not None:
        kept = workshop.free(Settings(str(folder.resolve())), free)
        tell(f"The seat of {free} is free; the files are kept in {kept}.")
        return
    settings = Settings(
        str(folder), learners, address, port, memory, cores, disk, idle, hide_solutions,
        not without_walls, workshop.read_names(names) if names else (), subdomains, certificate,
        key,
    )  # fmt: skip
    settings = workshop.checked(settings, take_over)
    workshop.run(settings, workshop.ask_password(), tell, take_over)


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
    _needs("course", "stlearn check")
    from stcourse.authoring import notebooks
    from stcourse.running import checker

    paths = notebooks.notebooks_in(folder)
    if not paths and not str(chapter).endswith(".ipynb"):
        raise InputError(f"folder: no chapters in {folder}; `stlearn lab` puts them there")
    if chapter is not None:
        paths = notebooks.find_notebooks(chapter, folder)
    checked = []
    for path in paths:
        tell(f"{path.name}: running it from top to bottom ...")
        checked.append(checker.check_notebook(path, show_step))
        for sentence in checked[-1].broken:
            tell(f"{path.name}: outside the exercises, {sentence}")
    if as_json:
        found = [checker.as_json(each) for each in checked]
        one = chapter is not None and len(found) == 1
        print(json.dumps(found[0] if one else found, indent=1))
    else:
        rows = [result for each in checked for result in each.results]
        print_table(["exercise", "title", "verdict", "message"], rows)
    raise typer.Exit(0 if all(each.passed for each in checked) else 1)


def build(
    execute: Annotated[bool, typer.Option("--execute", help="Run the solutions first.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail where anything differs.")
    ] = False,
):
    """Derive chapters/ and the teacher's files from solutions/, in the current folder."""
    _needs("course", "stlearn build")
    from stcourse.authoring import build, teaching

    if not check:
        build.build(Path(), execute, tell)
        teaching.renew(Path())
        return
    problems = build.differences(Path())
    for problem in problems:
        tell(problem)
    raise typer.Exit(1 if problems else 0)


def slides(
    chapter: Annotated[
        str | None, typer.Argument(help="Chapter, part, or notebook: 2, 6a.", show_default="all")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the decks.")] = Path("slides"),
):
    """Make slides from the solved notebooks: one file each, which needs no network."""
    _needs("workshop", "stlearn slides")
    from stcourse.authoring import slides

    for path in slides.solved_notebooks(chapter):
        print(slides.write_slides(path, out), flush=True)


def bench(
    name: Annotated[
        str,
        typer.Argument(help="choices, ablation, rolling, ledger, applications, growth or regions."),
    ],
    only: Annotated[
        str | None,
        typer.Option(
            help="One experiment of the ledger, part of chapter 06, step of the growth or data "
            "set of the regions; other rows stay."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write.", show_default="bench_NAME.csv")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            help="Measure independent pieces at the same time: local for the cores of this "
            "machine, or the address of a Ray cluster.",
            show_default="one after the other, here",
        ),
    ] = None,
):
    """Measure again what a chapter shows from a stored table; takes up to an hour or two."""
    _needs("course", "stlearn bench")
    from stcourse.experiments import run

    path = out or Path(f"bench_{name}.csv")
    run.run(name, path, tell, only, ray)
    print(path)


def _needs(extra, command):
    """Say which extra a command needs, where a plain install lacks it."""
    from stlearn.checks import check_installed  # imports pandas: not for --help

    check_installed(command, extra, "nbformat")
