"""Where the suite is to test the installed packages, it does; and so do the kernels it starts."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

WHERE = "import stlearn, stcourse; print(stlearn.__file__); print(stcourse.__file__)"


@pytest.mark.slow
@pytest.mark.skipif(
    os.environ.get("STLEARN_INSTALLED") != "1", reason="the sources are tested where they lie"
)
def test_packages_are_those_installed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WHERE], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    import stcourse
    import stlearn

    places = [*done.stdout.split(), stlearn.__file__, stcourse.__file__]
    site = Path(sysconfig.get_path("purelib")).resolve()
    assert [place for place in places if not Path(place).resolve().is_relative_to(site)] == []
