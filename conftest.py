"""What holds for every test: verdicts that fail their cell, and one core for each worker."""

import os
from pathlib import Path

import pytest

# In every kernel that pytest starts, a verdict other than "passed" fails its cell.
os.environ["STLEARN_RAISE_VERDICTS"] = "1"

# Workers of pytest-xdist keep to a core each: threads that wait for each other's cores make
# small networks several times slower.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw").removeprefix("gw")
if _worker and hasattr(os, "sched_setaffinity"):
    _cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {_cores[int(_worker) % len(_cores)]})

# A file stays with one worker, as its fixtures are dear, but each chapter may go to another.
CHAPTER_BY_CHAPTER = {"test_notebooks.py", "test_browser.py"}
SLOW = {
    "test_binder.py",
    "test_browser.py",
    "test_cli.py",
    "test_forecaster.py",
    "test_lab.py",
    "test_workshop.py",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Group the tests for `pytest --dist=loadgroup`, and begin with those that run a chapter."""
    running = []
    for item in items:
        name = Path(item.path).name
        chapter = getattr(getattr(item, "callspec", None), "id", None)
        runs_chapter = name.endswith(".ipynb") or (
            name in CHAPTER_BY_CHAPTER and "_runs_" in item.name
        )
        group = f"{name} {chapter}" if runs_chapter and chapter else name
        item.add_marker(pytest.mark.xdist_group(group))
        if runs_chapter or name in SLOW:
            item.add_marker(pytest.mark.slow)
        if runs_chapter:
            running.append(item)
    chosen = set(running)
    items[:] = running + [item for item in items if item not in chosen]
