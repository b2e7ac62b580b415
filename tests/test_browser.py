"""A chapter in JupyterLab, in a real browser: as a learner opens it, and with answers put in."""

import os

import browser
import pytest

CHAPTER = "00_start_here"


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    if browser.CHROMIUM is None:
        if os.environ.get("STLEARN_REQUIRE_BROWSER") == "1":
            pytest.fail("STLEARN_REQUIRE_BROWSER is set, and there is no chromium")
        pytest.skip("no chromium")
    folder = tmp_path_factory.mktemp("course")
    with (
        browser.started_lab(folder, CHAPTER) as (url, token, _),
        browser.opened_page(url, token, f"{CHAPTER}.ipynb") as (page, outside),
    ):
        yield page, outside


def verdicts(page, cells):
    """What the reader sees below each check."""
    shown = browser.shown_texts(page)
    return [
        shown[cell["id"]] for cell in cells
        if "exercise-check" in cell["metadata"].get("tags", [])
    ]  # fmt: skip


def test_untouched_chapter_and_then_solved(opened):
    page, outside = opened
    cells = browser.run_all(page)
    assert browser.outputs(cells, "error") == []
    boxes = verdicts(page, cells)
    assert boxes
    assert all("not yet" in box.lower() and "passed" not in box.lower() for box in boxes)

    cells = browser.run_all(page, browser.solutions_of(f"{CHAPTER}.ipynb"))
    assert browser.outputs(cells, "error") == []
    boxes = verdicts(page, cells)
    assert boxes
    assert all("passed" in box.lower() and "not yet" not in box.lower() for box in boxes)
    assert outside == []


def test_screenshots_reach_the_end(opened, tmp_path):
    page, _ = opened
    paths = browser.take_screenshots(page, tmp_path / "pictures")
    assert len(paths) >= 2
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
    top, shown, whole = page.evaluate(browser.SCROLL, 1e6)
    assert top + shown >= whole - 1
