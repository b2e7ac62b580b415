"""How pytest shares the tests among the cores, and what is the same wherever it is started from."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
TOLD = """
import os

def test_told():
    print("worker:", os.environ.get("PYTEST_XDIST_WORKER"))
"""


@pytest.mark.slow
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core, nothing to share")
@pytest.mark.parametrize(
    ("arguments", "worker", "shared"),
    [([], None, True), (["tests"], None, False), (["-n", "0"], None, False), ([], "gw0", False)],
)
def test_plain_pytest_has_workers_and_a_worker_has_none(tmp_path, arguments, worker, shared):
    shutil.copy(REPOSITORY / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_told.py").write_text(TOLD)
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    surroundings["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # those not needed take seconds to load
    if worker:
        surroundings["PYTEST_XDIST_WORKER"] = worker
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rP", "-p", "xdist.plugin", *arguments],
        cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("worker: gw" in done.stdout) == (shared or worker is not None)
    assert ("created: " in done.stdout) == shared


HEARD = """
import signal, subprocess, sys

def test_heard():
    code = "import signal; print([int(n) for n in (1, 2) if signal.getsignal(n) == signal.SIG_IGN])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
    signal.raise_signal(signal.SIGHUP)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP on this system")
@pytest.mark.parametrize("workers", [["-n", "0"], ["-n", "1"]])
def test_under_nohup_pytest_lives_on_and_what_it_starts_hears_the_end(tmp_path, workers):
    shutil.copy(REPOSITORY / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_heard.py").write_text(HEARD)
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    surroundings["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

    def as_in_the_background():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist.plugin", *workers, "test_heard.py"],
        cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=120,
        preexec_fn=as_in_the_background,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
