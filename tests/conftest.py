"""What several test files share."""

import os
from pathlib import Path

import browser
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture
def mirror(monkeypatch):
    """Folder with copies of the public data files; the catalogue takes them from there.

    It is named by STLEARN_MIRROR, or lies at ../shared/data beside the checkout. Without either
    the test is skipped. Where the variable is set, a missing file is a failure.
    """
    given = os.environ.get("STLEARN_MIRROR")
    folder = Path(given) if given else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        if given:
            pytest.fail(f"STLEARN_MIRROR names {folder}, which is no folder")
        pytest.skip("no copies of the public data sets: set STLEARN_MIRROR to their folder")
    monkeypatch.setenv("STLEARN_MIRROR", str(folder))
    return folder


@pytest.fixture(scope="session")
def chromium():
    """The browser; without it the test is skipped, or fails where it is required."""
    if browser.CHROMIUM is None:
        if os.environ.get("STLEARN_REQUIRE_BROWSER") == "1":
            pytest.fail("STLEARN_REQUIRE_BROWSER is set, and there is no chromium")
        pytest.skip("no chromium")
