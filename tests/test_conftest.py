"""How pytest shares the tests among the cores."""

import os
import shutil
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
