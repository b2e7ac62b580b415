"""Make the two pictures of the README anew, from the real thing, in Chromium.

    python tests/pictures.py forecast-corridor/report.html

leaves pictures/notebook.png, an exercise with a wrong answer and its verdict, and
pictures/report.png, the top of the report that `stlearn forecast` has made before.
"""

import argparse
import io
import tempfile
from pathlib import Path

import browser
from PIL import Image

FOLDER = browser.REPOSITORY / "pictures"
NOTEBOOK, TOP, BOTTOM = "00_start_here.ipynb", "first-exercise", "check01"
WRONG = """def travel_minutes(kilometres, speed):
    return kilometres / speed"""
COLOURS = 128
TO_TOP = """id => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    cells.find(cell => cell.model.id === id).node.scrollIntoView();
    document.activeElement.blur();
}"""
BOX = """id => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    const box = cells.find(cell => cell.model.id === id).node.getBoundingClientRect();
    return {x: box.x, y: box.y, width: box.width, height: box.height};
}"""


def notebook():
    """Bytes of a picture of the first exercise, with a verdict below the answer."""
    with (
        tempfile.TemporaryDirectory() as folder,
        browser.started_lab(folder) as (url, token, _),
        browser.opened_page(url, token, NOTEBOOK) as (page, _),
    ):
        page.evaluate(browser.SET_SOURCES, {"solve01": WRONG})
        for id in ("load", "solve01", BOTTOM):
            browser.run_cell(page, id)
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        page.evaluate(TO_TOP, TOP)
        page.evaluate(browser.DRAWN)
        first, last = page.evaluate(BOX, TOP), page.evaluate(BOX, BOTTOM)
        height = last["y"] + last["height"] - first["y"]
        return page.screenshot(clip={**first, "height": height})


def report(file):
    """Bytes of a picture of the first screen of a report."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.CHROMIUM, args=browser.FLAGS)
        page = chromium.new_page(viewport={"width": 1000, "height": 740})
        page.goto(Path(file).resolve().as_uri())
        picture = page.screenshot()
        chromium.close()
    return picture


def keep(name, picture):
    """Write a picture in few colours, which a page of text and curves does not miss."""
    FOLDER.mkdir(exist_ok=True)
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS)
    few.save(FOLDER / name, optimize=True)


def main():
    parser = argparse.ArgumentParser(description="Make the pictures of the README.")
    parser.add_argument("report", type=Path, help="report.html of `stlearn forecast`")
    keep("report.png", report(parser.parse_args().report))
    keep("notebook.png", notebook())


if __name__ == "__main__":
    main()
