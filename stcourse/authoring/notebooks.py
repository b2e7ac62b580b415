"""Notebooks as the course uses them: found, read, written, run and measured."""

import ast
import contextlib
import importlib
import os
import re
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import nbformat

from stcourse.exercises import NAME
from stlearn.errors import InputError
from stlearn.files import shipped, written_aside

SOLUTION, ANSWER, CHECK = "solution", "exercise", "exercise-check"  # tags of cells
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FIGURES_OF_HEADER = {
    "minutes": r"\*\*Minutes:\*\* (\d+)",
    "gigabytes": r"\*\*Peak memory:\*\* ([\d.]+) GB",
    "seconds": r"\*\*Runs in:\*\* (\d+) s",
}
SAMPLED_EVERY = 0.05  # seconds between two looks at the memory
LONGEST_CELL = 300  # seconds


class Measurement(NamedTuple):
    """What running a notebook cost: seconds on the wall, and gigabytes at the peak."""

    seconds: float
    gigabytes: float


def course_folder():
    """Folder of the chapters: in the installed package, or beside it in a checkout.

    Raises:
        InputError: If the chapters are not there.

    Example:
        >>> from stcourse.authoring.notebooks import course_folder
        >>> course_folder().name
        'chapters'
    """
    folder = shipped("chapters", "stcourse")
    if folder is None or not notebooks_in(folder):
        raise InputError("the chapters are not there: expected notebooks in the folder chapters")
    return folder


def notebooks_in(folder):
    """Notebooks of chapters in a folder, in the order of their names.

    Args:
        folder: Where to look; a folder that does not exist has none.

    Returns:
        List of Path; names that start with two digits, and a letter where a chapter has parts
        (`06_applications`, `06a_roads`), without the newer versions that `stlearn lab` leaves
        beside an answered chapter.

    Example:
        >>> from stcourse.authoring.notebooks import notebooks_in
        >>> notebooks_in("no such folder")
        []
    """
    return [
        path
        for path in sorted(Path(folder).glob("[0-9][0-9]*_*.ipynb"))
        if NAME.match(path.stem) and path.name.count(".") == 1
    ]


def find_notebooks(chapter, folder):
    """The notebooks of a chapter: `2`, `02`, `6a`, `02_feed_forward_networks`, or a path.

    Args:
        chapter: Number, number and letter of a part, name, or path of a notebook.
        folder: Folder with notebooks, searched for a number or a name.

    Returns:
        List of Path. The number of a chapter in parts gives all of them, its first one in front;
        anything else gives one.

    Raises:
        InputError: If there is no such notebook.

    Example:
        >>> import tempfile
        >>> from stcourse.authoring.notebooks import find_notebooks
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for name in ("06_applications", "06a_roads"):
        ...         _ = (Path(folder) / f"{name}.ipynb").write_text("{}")
        ...     print([path.stem for path in find_notebooks("6", folder)])
        ...     print([path.stem for path in find_notebooks("6a", folder)])
        ['06_applications', '06a_roads']
        ['06a_roads']
    """
    if str(chapter).endswith(".ipynb"):
        for path in (Path(chapter), Path(folder) / chapter):
            if path.is_file():
                return [path]
        raise InputError(f"chapter: no notebook {chapter}")
    here = notebooks_in(folder)
    found = [path for path in here if path.stem == chapter]
    numbered = re.fullmatch(r"([0-9]+)([a-z]?)", str(chapter).lower())
    if numbered:
        number, part = int(numbered[1]), numbered[2]
        found = [path for path in here if path.stem.startswith(f"{number:02d}{part}")]
    if not found:
        known = ", ".join(path.stem for path in here) or "none"
        raise InputError(f"chapter: no {chapter!r} in {folder}; there: {known}")
    return found


def read(path):
    """Read a notebook.

    Args:
        path: File in the notebook format 4.

    Raises:
        InputError: If the file is no notebook.

    Example:
        >>> import tempfile
        >>> from stcourse.authoring.notebooks import read, write
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "empty.ipynb"
        ...     write(path, nbformat.v4.new_notebook())
        ...     print(read(path).cells)
        []
    """
    try:
        return nbformat.reads(Path(path).read_text(encoding="utf-8"), as_version=4)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except Exception as error:  # nbformat raises many kinds
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: expected a notebook, got {reason}") from None


def as_text(notebook):
    """The text of a notebook's file, always the same for the same notebook."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def write(path, notebook):
    """Write a notebook, so that no half-written one is ever met."""
    path = Path(path)
    with written_aside(path.parent) as aside:
        (aside / path.name).write_text(as_text(notebook), encoding="utf-8")


def tags(cell):
    """Tags of a cell, as a set."""
    found = cell.metadata.get("tags", [])
    return set(found) if isinstance(found, list) else set()


def exercise_id(cell):
    """Id of the exercise that a cell belongs to, from its metadata, or None.

    Example:
        >>> from stcourse.authoring.notebooks import exercise_id
        >>> cell = nbformat.v4.new_code_cell("", metadata={"stlearn": {"exercise": "2.1"}})
        >>> exercise_id(cell)
        '2.1'
    """
    ours = cell.metadata.get("stlearn", {})
    return ours.get("exercise") if isinstance(ours, dict) else None


def checked_id(source):
    """Id of the exercise that a cell checks, or None.

    Example:
        >>> from stcourse.authoring.notebooks import checked_id
        >>> checked_id('check("2.1", dense_forward)')
        '2.1'
        >>> checked_id("x = 1") is None
        True
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                return first.value
    return None


def header(notebook):
    """Minutes to learn, seconds to run and gigabytes at the peak, as the first cell tells them.

    Args:
        notebook: Notebook of a chapter.

    Returns:
        Dict with "minutes", "seconds" and "gigabytes"; a figure that is not told is missing.

    Example:
        >>> from stcourse.authoring.notebooks import header
        >>> cell = nbformat.v4.new_markdown_cell("**Minutes:** 60 **Peak memory:** 0.9 GB")
        >>> header(nbformat.v4.new_notebook(cells=[cell]))
        {'minutes': 60.0, 'gigabytes': 0.9}
    """
    text = notebook.cells[0].source if notebook.cells else ""
    found = {name: re.search(pattern, text) for name, pattern in FIGURES_OF_HEADER.items()}
    return {name: float(match[1]) for name, match in found.items() if match}


def failing_imports(notebook):
    """Try every import that a cell of a notebook makes, wherever in the cell it stands.

    Args:
        notebook: Notebook.

    Returns:
        List of sentences, one for each import that fails: which cell, what, and why.

    Example:
        >>> from stcourse.authoring.notebooks import failing_imports
        >>> cell = nbformat.v4.new_code_cell("from math import pi, tau_squared", id="numbers")
        >>> failing_imports(nbformat.v4.new_notebook(cells=[cell]))
        ['cell numbers: from math import tau_squared: math has no tau_squared']
    """
    found = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for statement in ast.walk(ast.parse(cell.source)):
            if isinstance(statement, ast.Import):
                tried = [(f"import {each.name}", each.name, None) for each in statement.names]
            elif isinstance(statement, ast.ImportFrom):
                place = statement.module
                tried = [
                    (f"from {place} import {each.name}", place, each.name)
                    for each in statement.names
                ]
            else:
                continue
            for text, place, name in tried:
                if reason := _fails_to_import(place, name):
                    found.append(f"cell {cell.id}: {text}: {reason}")
    return found


def _fails_to_import(place, name):
    """Why a module, or a name of it, cannot be imported; empty where it can."""
    try:
        module = importlib.import_module(place)
    except ImportError as error:
        return str(error)
    if name is None or hasattr(module, name):
        return ""
    try:
        importlib.import_module(f"{place}.{name}")
    except ImportError:
        return f"{place} has no {name}"
    return ""


def run(notebook):
    """Run a notebook on a fresh kernel in an empty folder; its outputs are stored in it.

    A check whose verdict is not "passed" counts as an error.

    Args:
        notebook: Notebook; changed in place.

    Returns:
        Measurement; the memory is that of the kernel and its children together.

    Raises:
        InputError: If a cell fails: which one, and its last line.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    with tempfile.TemporaryDirectory() as folder:
        environment = kernel_environment(STLEARN_PROGRESS=str(Path(folder) / "progress.json"))
        client = NotebookClient(
            notebook,
            timeout=LONGEST_CELL,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": folder}},
        )
        peak = PeakMemory()
        client.on_notebook_start = lambda notebook: peak.watch(client.km.provisioner.pid)
        start = time.perf_counter()
        try:
            client.execute(env=environment)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise InputError(_failure(notebook, error)) from None
        finally:
            seconds = time.perf_counter() - start
            peak.stop()
    return Measurement(seconds, peak.bytes / 1e9)


def kernel_environment(**more):
    """Environment of a kernel in which a verdict other than "passed" fails its cell."""
    return {**os.environ, "STLEARN_RAISE_VERDICTS": "1", "PYTHONHASHSEED": "0", **more}


def without_colours(text):
    """Text without the codes by which a terminal is told colours.

    Example:
        >>> from stcourse.authoring.notebooks import without_colours
        >>> without_colours(chr(27) + "[31mred" + chr(27) + "[0m")
        'red'
    """
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _failure(notebook, error):
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                line = without_colours("\n".join(output.traceback)).strip().splitlines()[-1]
                return f"cell {number} ({cell.id}): {line}"
    return " ".join(without_colours(str(error)).split())[:300]


class PeakMemory:
    """The largest sum of memory that a process and its children held together, in bytes.

    Example:
        >>> from stcourse.authoring.notebooks import PeakMemory
        >>> peak = PeakMemory()
        >>> peak.watch(os.getpid())
        >>> peak.stop()
        >>> peak.bytes > 10_000_000
        True
    """

    def __init__(self):
        self.bytes = 0
        self._done = threading.Event()
        self._thread = None

    def watch(self, process_id):
        """Begin to look at a process."""
        self._thread = threading.Thread(target=self._sample, args=(process_id,), daemon=True)
        self._thread.start()

    def stop(self):
        """Look no more."""
        self._done.set()
        if self._thread:
            self._thread.join()

    def _sample(self, process_id):
        import psutil

        with contextlib.suppress(psutil.NoSuchProcess):
            kernel = psutil.Process(process_id)
            while True:
                held = 0
                for process in (kernel, *kernel.children(recursive=True)):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        held += process.memory_info().rss
                self.bytes = max(self.bytes, held)
                if self._done.wait(SAMPLED_EVERY):
                    break
