"""A working copy of the chapters for a learner, and JupyterLab opened in it."""

import hashlib
import importlib.util
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

from stcourse.authoring.notebooks import course_folder, find_notebooks, notebooks_in, read
from stlearn.errors import InputError
from stlearn.files import written_aside

FOLDER = Path("stlearn-course")
MEMORY = ".stlearn-chapters.json"  # fingerprint of each chapter as it was copied
PATIENCE = 15  # seconds that JupyterLab gets to stop
SETTINGS = Path(__file__).with_name("jupyter")  # of JupyterLab, for the course


def update_copy(folder, chapters=None):
    """Bring the chapters into a learner's folder, and never overwrite an answer.

    A chapter that is not there yet is copied. A copy in which no cell was changed is replaced
    when the course has a newer chapter. Where cells were changed, the newer chapter comes beside
    it as `NAME.new.ipynb`, once.

    Args:
        folder: The learner's folder; made if needed.
        chapters: Folder with the course's chapters; those of this installation if not given.

    Returns:
        Sentences to tell the learner, one for each newer chapter.

    Raises:
        InputError: If the folder is a file.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"folder: expected a folder, got the file {folder}")
    told, remembered = [], _remembered(folder)
    with written_aside(folder) as aside:
        for source in notebooks_in(chapters or course_folder()):
            wanted = fingerprint(source)
            name, copied = _place(folder, source.stem, wanted, remembered)
            remembered[name] = wanted
            if not copied:
                continue
            (aside / name).write_bytes(source.read_bytes())
            if name != source.name:
                told.append(f"{source.name} has changed: yours is kept, the new one is {name}.")
            elif (folder / name).exists():
                told.append(f"{name} has changed: replaced, as it held no answers of yours.")
    with written_aside(folder) as aside:
        (aside / MEMORY).write_text(json.dumps(remembered, indent=1) + "\n", encoding="utf-8")
    return told


def fingerprint(path):
    """SHA-256 of what the cells of a notebook say, whatever their outputs.

    Running a notebook, or opening it in JupyterLab, leaves it the same. A file that is no
    notebook has None.

    Args:
        path: File.
    """
    try:
        cells = [(cell.cell_type, cell.source) for cell in read(path).cells]
    except InputError:
        return None
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def open_lab(folder, chapter=None, browser=True, say=print):
    """Run JupyterLab in a learner's folder until it ends, or until Ctrl-C.

    It listens on this machine only, and asks for its token.

    Args:
        folder: The learner's folder.
        chapter: Number or name of a chapter to open, of one in parts the first; the first chapter
            if not given.
        browser: Whether to open a browser.
        say: Told what to do.

    Returns:
        Exit code; 0 after Ctrl-C.

    Raises:
        InputError: If JupyterLab is not installed, or there is no such chapter.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise InputError("JupyterLab is not installed: python -m pip install jupyterlab")
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1"]
    found = notebooks_in(folder) if chapter is None else find_notebooks(chapter, folder)
    command += [path.name for path in found[:1]]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
        say("You are root: what runs in a notebook may change anything on this machine.")
    say(f"JupyterLab opens in {folder}. Your answers stay there. Stop it with Ctrl-C.")
    # In a session of its own Ctrl-C reaches only this process, which then ends JupyterLab
    # properly; JupyterLab itself would ask first.
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | environment(), start_new_session=True
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        say("Stopped.")
        return 0
    finally:
        _end(process)


def environment():
    """Variables by which JupyterLab finds the course's settings, below those of its user.

    It then asks nothing about news, shows the names of chapters in full, and saves a notebook
    every 30 seconds. No file of the user is touched.

    Returns:
        Dict of text: two search paths, with what they held before behind the course's folder.
    """
    return {
        name: os.pathsep.join(filter(None, [str(SETTINGS), os.environ.get(name)]))
        for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH")
    }


def _place(folder, stem, wanted, remembered):
    """Name under which a chapter belongs in the folder, and whether it must be copied there."""
    numbered = (f".new{number}" for number in itertools.count(2))
    suffixes = itertools.chain(["", ".new"], numbered)
    while True:
        name = f"{stem}{next(suffixes)}.ipynb"
        if not (folder / name).exists():
            return name, True
        here, before = fingerprint(folder / name), remembered.get(name)
        if wanted in (here, before):
            return name, False
        if here is not None and here == before:
            return name, True


def _remembered(folder):
    try:
        found = json.loads((folder / MEMORY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # then every changed copy counts as answered
    return found if isinstance(found, dict) else {}


def _end(process):
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
