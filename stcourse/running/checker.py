"""Check a learner's notebook from outside: run it with nbval, and gather the verdicts.

The notebook is run from a copy in a temporary folder, so nothing is ever written to it.
"""

import copy
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from stcourse import exercises
from stcourse.authoring.notebooks import (
    ANSWER,
    LONGEST_CELL,
    SOLUTION,
    checked_id,
    exercise_id,
    kernel_environment,
    read,
    tags,
    without_colours,
    write,
)
from stcourse.running import cell_report
from stlearn.errors import InputError

VERDICT = re.compile(r"^(not yet|not right): (\S+) ?(.*)$", re.MULTILINE)


class Result(NamedTuple):
    """One exercise, and what came of it."""

    id: str
    title: str
    verdict: str
    message: str


class Checked(NamedTuple):
    """One notebook: its exercises, and sentences on cells that broke outside of them."""

    chapter: str
    results: tuple
    broken: tuple

    @property
    def passed(self):
        """Whether every exercise passed and no other cell broke."""
        return not self.broken and all(result.verdict == "passed" for result in self.results)


class Ended(NamedTuple):
    """How a cell ended: without an error, or with its last line and its whole text."""

    error: str | None
    text: str


def check_notebook(path, step=lambda done, cells: None):
    """Run a notebook with nbval and gather the verdicts of its exercises.

    Args:
        path: The notebook; it is not changed.
        step: Called after each code cell with how many are done and how many there are.

    Returns:
        Checked, with every exercise that the notebook has, or ought to have by its name.

    Raises:
        InputError: If it is no notebook, nbval is missing, or the run itself fails.
    """
    path = Path(path)
    notebook = read(path)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    ended = run_cells(notebook, path.resolve().parent, step)
    answers = {}  # errors in cells that hold an answer
    checks = {}  # how the check cells ended
    broken = []
    for cell, end in zip(cells, ended):
        checked = checked_id(cell.source)
        if checked:
            checks[checked] = end
        elif end.error and exercise_id(cell) and tags(cell) & {ANSWER, SOLUTION}:
            answers[exercise_id(cell)] = end.error
        elif end.error:
            number = notebook.cells.index(cell) + 1
            first = (cell.source.strip().splitlines() or [""])[0]
            broken.append(f"cell {number} ({first}) stopped: {end.error}")
    known = {each.id: each for each in exercises.of_notebook(path.stem)}
    known |= {name: exercises.find(name) for name in checks if name not in known}
    results = [
        _result(exercise, checks.get(name), answers.get(name)) for name, exercise in known.items()
    ]
    return Checked(path.stem, tuple(results), tuple(broken))


def run_cells(notebook, folder, step=lambda done, cells: None):
    """Run the code cells of a notebook under nbval, on a fresh kernel.

    Args:
        notebook: Notebook; it is not changed, and its stored outputs do not matter.
        folder: Working folder of the kernel.
        step: Called after each code cell with how many are done and how many there are.

    Returns:
        List of Ended, one for each code cell.

    Raises:
        InputError: If nbval is missing or the run itself fails.
    """
    for library in ("pytest", "nbval", "ipykernel"):
        if importlib.util.find_spec(library) is None:
            raise InputError(
                f"{library} is not installed: python -m pip install pytest nbval ipykernel"
            )
    ended = []
    with tempfile.TemporaryDirectory() as aside:
        total = _write_copy(notebook, Path(aside), folder)
        (Path(aside) / "pytest.ini").write_text("[pytest]\n")
        environment = kernel_environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTEST_ADDOPTS="")
        command = [sys.executable, "-m", "pytest", "-s", "-q", "--tb=no", "--color=no"]
        command += ["-p", "nbval.plugin", "-p", cell_report.__name__, "-p", "no:cacheprovider"]
        command += ["--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={LONGEST_CELL}"]
        process = subprocess.Popen(
            [*command, "copy.ipynb"], cwd=aside, env=environment, text=True, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        told = []
        try:
            for line in process.stdout:
                if line.startswith(cell_report.MARK):
                    ended.append(_ended(json.loads(line.removeprefix(cell_report.MARK))))
                    step(len(ended) - 1, total)
                elif line.strip():
                    told.append(line.strip())
        finally:
            process.terminate()
            process.wait()
    if len(ended) != total + 1:
        raise InputError(f"the notebook could not be run: {' '.join(told[-3:])[:500]}")
    return ended[1:]


def as_json(checked):
    """What `stlearn check --json` prints for one notebook.

    Example:
        >>> from stcourse.running.checker import Checked, Result, as_json
        >>> as_json(Checked("02_networks", (Result("2.1", "Dense layer", "passed", ""),), ()))
        {'chapter': '02_networks', 'exercises': [{'id': '2.1', 'verdict': 'passed', 'message': ''}]}
    """
    return {
        "chapter": checked.chapter,
        "exercises": [
            {"id": result.id, "verdict": result.verdict, "message": result.message}
            for result in checked.results
        ],
    }


def _result(exercise, check, answer_error):
    if answer_error:
        verdict, message = "not right", f"the cell of the answer stopped: {answer_error}"
    elif check is None:
        verdict, message = "not yet", f"no cell calls check({exercise.id!r}, ...)"
    elif check.error is None:
        verdict, message = "passed", ""
    else:
        told = VERDICT.search(check.text)
        verdict = told[1] if told else "not right"
        rest = told[3].removeprefix(exercise.title).lstrip(": ") if told else check.error
        message = exercise.hints[0] if verdict == "not yet" and not rest else rest
    return Result(exercise.id, exercise.title, verdict, message)


def _ended(report):
    if report["error"] is None:
        return Ended(None, "")
    text = without_colours(report["traceback"] or "").strip()
    if report["error"].startswith("Timeout"):
        return Ended(f"it did not end within {LONGEST_CELL} seconds", text)
    if not text:
        return Ended(report["error"], text)
    lines = [line for line in text.splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[A-Za-z_][\w.]*: ", line)]
    return Ended((named or lines)[-1].strip(), text)


def _write_copy(notebook, aside, folder):
    """Write a copy to be run: no outputs, nothing that nbval would take for a marker.

    A first cell takes the kernel to the learner's folder. Returns the number of code cells
    without that one.
    """
    import nbformat

    clean = copy.deepcopy(notebook)
    clean.cells = [cell for cell in clean.cells if cell.cell_type == "code"]
    for cell in clean.cells:
        cell.outputs, cell.execution_count, cell.metadata = [], None, {}
        cell.source = cell.source.replace("NBVAL_", "nbval_")
    start = nbformat.v4.new_code_cell(f"import os\nos.chdir({os.fspath(folder)!r})")
    clean.cells.insert(0, start)
    write(aside / "copy.ipynb", clean)
    return len(clean.cells) - 1
