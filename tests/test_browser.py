"""The chapters in JupyterLab, in a real browser, as a learner meets them.

Where STLEARN_SCREENSHOTS names a folder, pictures of every chapter are left there.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import browser
import pytest

from stcourse import exercises
from stcourse.authoring import addresses, notebooks

pytestmark = pytest.mark.browser

CHAPTERS = [path.stem for path in notebooks.notebooks_in(browser.REPOSITORY / "chapters")]
START = "00_start_here"
IN_BOTH_THEMES = (START, "03_graph_math")  # pictures; the others are taken in the light theme
MOVES = CHAPTERS[1:6]  # 01 to 05: each has a figure that moves
READABLE = 4.5  # least contrast of text, WCAG 2 level AA


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """JupyterLab on a learner's copy: its address, its token."""
    with browser.started_lab(tmp_path_factory.mktemp("course")) as (url, token, _):
        yield url, token


@pytest.fixture
def pictures(tmp_path):
    """Folder for the screenshots."""
    return Path(os.environ.get("STLEARN_SCREENSHOTS") or tmp_path)


def boxes_of_checks(page, cells):
    """The box below each check, in order; every check has one, and it is drawn."""
    shown = page.evaluate(browser.BOXES)
    checks = [cell["id"] for cell in cells if "exercise-check" in cell["metadata"].get("tags", [])]
    boxes = [box for box in shown if box["cell"] in checks]
    assert [box["cell"] for box in boxes] == checks
    for box in boxes:
        assert box["border"] > 2
        assert box["width"] > 300
        assert box["height"] > 30
    return [box["text"] for box in boxes]


def unreadable(page, theme):
    """Texts in boxes that stand out too little from what is behind them."""
    browser.set_theme(page, theme)
    boxes = page.evaluate(browser.BOXES)
    assert boxes
    return [
        (theme, text, round(ratio, 1))
        for box in boxes for text, ratio in box["contrasts"] if ratio < READABLE
    ]  # fmt: skip


@pytest.mark.parametrize(("asked", "opened"), [((), START), (("2",), "02_feed_forward_networks")])
def test_a_learner_meets_a_chapter_and_nothing_over_it(chromium, tmp_path, asked, opened):
    with (
        browser.started_lab(tmp_path, *asked, settings=False) as (address, _, _),
        browser.first_page(address) as page,
    ):
        met = browser.met(page)
    assert met == {
        "open": [f"{opened}.ipynb"],
        "over": [],
        "files": [f"{name}.ipynb" for name in CHAPTERS],
        "cut": [],
    }


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_untouched_chapter_runs_and_says_not_yet(lab, pictures, chapter):
    with browser.opened_page(*lab, f"{chapter}.ipynb") as (page, outside):
        cells = browser.run_all(page)
        assert browser.outputs(cells, "error") == []
        expected = exercises.of_notebook(chapter)
        boxes = boxes_of_checks(page, cells)
        assert len(boxes) == len(expected)
        for box, exercise in zip(boxes, expected):
            assert box.startswith(f"Not yet: {exercise.id} {exercise.title}")
        for theme in ("light", "dark") if expected else ():
            assert unreadable(page, theme) == []
        figures = page.evaluate(browser.FIGURES)
        assert figures
        for alt, width, below in figures:
            assert width > 0
            assert len(alt.split()) > 4
            assert " ".join(below.split()).startswith(" ".join(alt.split()))
        assert browser.barriers(page) == []
        if chapter in MOVES:
            moved = browser.moved(page)
            assert moved
            assert all(moved)
            assert browser.played(page)
        if os.environ.get("STLEARN_SCREENSHOTS"):
            for theme in ("light", "dark") if chapter in IN_BOTH_THEMES else ("light",):
                browser.take_screenshots(page, pictures / chapter, theme)
        assert outside == []


def test_a_learner_goes_from_wrong_to_passed_and_keeps_it(chromium, tmp_path, pictures):
    began = time.monotonic()
    with (
        browser.started_lab(tmp_path, START) as (url, token, _),
        browser.opened_page(url, token, f"{START}.ipynb") as (page, outside),
    ):
        browser.run_cell(page, "doctor")
        print(f"from the command to the first cell run: {time.monotonic() - began:.1f} s")
        browser.run_cell(page, "load")
        shown = {}

        def run(id, ending=""):
            browser.run_cell(page, id, ending)
            shown[id] = browser.shown_texts(page)[id]
            return shown[id]

        run("solve01")
        assert run("check01").startswith("Not yet: 0.1")
        run("solve01", "<<<kilometres / speed")
        wrong = run("check01")
        assert wrong.startswith("Not right: 0.1")
        mistake = next(each for each in exercises.find("0.1").mistakes if "hour" in each.sentence)
        assert mistake.sentence in wrong
        assert "0 of 1 passed" in run("progress")
        first, second = run("hint"), run("hint")
        assert first.startswith("Hint 1 of")
        assert second.startswith("Hint 2 of")
        for theme in browser.THEMES:
            assert unreadable(page, theme) == []
            browser.take_screenshots(page, pictures / "not_right", theme)
        browser.set_theme(page, "light")

        run("solve01", " * 60")
        assert run("check01").startswith("Passed: 0.1")
        for theme in browser.THEMES:
            assert unreadable(page, theme) == []
        kept = json.loads((tmp_path / ".stlearn-progress.json").read_text())
        assert kept["passed"] == ["0.1"]

        browser.restart_kernel(page)
        browser.run_cell(page, "load")
        assert "1 of 1 passed" in run("progress")
        for theme in browser.THEMES:
            assert unreadable(page, theme) == []
            browser.take_screenshots(page, pictures / "progress", theme)
        assert browser.barriers(page) == []
        page.locator(".jp-OutputArea a", has_text="01 background").click()
        page.wait_for_url("**/01_background.ipynb*")
        assert outside == []


def test_solved_chapter_passes(lab):
    with browser.opened_page(*lab, f"{START}.ipynb") as (page, _):
        cells = browser.run_all(page, browser.solutions_of(f"{START}.ipynb"))
        assert browser.outputs(cells, "error") == []
        for box in boxes_of_checks(page, cells):
            assert box.startswith("Passed:")


def test_binder_link_pulls_the_chapters_and_opens_the_first(chromium, tmp_path):
    """With the repository here in place of the published one, in a folder as on Binder."""
    ((place,),) = parse_qs(urlsplit(addresses.binder_link(START)).query).values()
    repository, session = tmp_path / "repository", tmp_path / "session"
    shutil.copytree(browser.REPOSITORY / "chapters", repository / "chapters")
    as_author = ("-c", "user.name=author", "-c", "user.email=author@example.org")
    for command in (
        ("init", "-q", "-b", addresses.BRANCH), ("add", "."), ("commit", "-q", "-m", "chapters")
    ):  # fmt: skip
        subprocess.run(["git", *as_author, *command], cwd=repository, check=True)
    place = place.replace(quote(addresses.REPOSITORY, safe=""), quote(str(repository), safe=""))
    (session / "stlearn").mkdir(parents=True)
    with (
        browser.started_lab(session) as (url, token, _),
        browser.opened_page(url, token, place) as (page, outside),
    ):
        assert f"/{addresses.COPY}/chapters/{START}.ipynb" in page.url
        browser.run_cell(page, "load")
        assert browser.outputs(page.evaluate(browser.CELLS), "error") == []
        pulled = session / addresses.COPY / "chapters"
        assert [path.stem for path in notebooks.notebooks_in(pulled)] == CHAPTERS
        assert outside == []


def test_screenshots_reach_the_end(lab, tmp_path):
    with browser.opened_page(*lab, f"{START}.ipynb") as (page, _):
        paths = browser.take_screenshots(page, tmp_path / "pictures")
        assert len(paths) >= 2
        assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
        top, shown, whole = page.evaluate(browser.SCROLL, 1e6)
        assert top + shown >= whole - 1
