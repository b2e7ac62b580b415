"""What holds for every test: verdicts that fail their cell, and one core for each worker."""

import os
import re
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# In every kernel that pytest starts, a verdict other than "passed" fails its cell.
os.environ["STLEARN_RAISE_VERDICTS"] = "1"

# A shell that runs the tests in the background has them pass over Ctrl-C, and nohup over the end of
# a terminal; some tests send these to what they start, which inherits that. With a handler here the
# end of a terminal still leaves pytest and its workers alone, and what they start is as ever.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
_hang_up = getattr(signal, "SIGHUP", None)
if _hang_up and (
    signal.getsignal(_hang_up) == signal.SIG_IGN or "PYTEST_XDIST_WORKER" in os.environ
):
    signal.signal(_hang_up, lambda *_: None)

# A slow machine is no fault of what is tested.
settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("course")

# They share their name, so they cannot be searched for examples; they have none.
collect_ignore_glob = ["*/conftest.py"]

# Workers of pytest-xdist keep to a core each: threads that wait for each other's cores make
# small networks several times slower.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw").removeprefix("gw")
if _worker and hasattr(os, "sched_setaffinity"):
    _cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {_cores[int(_worker) % len(_cores)]})

# The chapters are run first, and each of them may go to another worker; otherwise the tests of a
# file stay together, as their fixtures are dear.
RUNS_A_CHAPTER = re.compile(r"test_(?:notebooks|browser)\.py::\w+_runs_\w+\[(.*)\]|\.ipynb::")
MOST_WORKERS = 4  # each may hold 2 GB
SLOW = {
    "test_binder.py",
    "test_browser.py",
    "test_cli.py",
    "test_forecaster.py",
    "test_lab.py",
    "test_wheel.py",
    "test_workshop.py",
}


def pytest_collection_modifyitems(items):
    """Mark the slow tests, and begin with those that run a chapter."""
    running = [item for item in items if RUNS_A_CHAPTER.search(item.nodeid)]
    others = [item for item in items if not RUNS_A_CHAPTER.search(item.nodeid)]
    for item in running + [item for item in others if Path(item.path).name in SLOW]:
        item.add_marker(pytest.mark.slow)
    items[:] = running + others


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Share out the whole suite among the cores where pytest is told neither tests nor workers."""
    told = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    if _worker or told or config.getoption("usepdb"):
        return
    if config.getoption("numprocesses", 0) is not None:
        return
    cores = os.cpu_count() or 1
    if cores > 1:
        config.option.numprocesses = min(cores, MOST_WORKERS)
        config.option.dist = "loadfile"
        config.option.loadscopereorder = False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share out the tests among the workers."""
    from xdist.scheduler import LoadFileScheduling

    class ByFileAndChapter(LoadFileScheduling):
        def _split_scope(self, nodeid):
            chapter = RUNS_A_CHAPTER.search(nodeid)
            return nodeid if chapter and chapter[1] else super()._split_scope(nodeid)

    return ByFileAndChapter(config, log)
