"""Run a notebook in JupyterLab in a real browser: for the tests, and to look at a chapter.

    python tests/browser.py chapters/02_feed_forward_networks.ipynb screenshots
    python tests/browser.py chapters/02_feed_forward_networks.ipynb screenshots --solved

leaves light_01.png, light_02.png and so on in the folder, with all cells run; --dark adds those of
the dark theme.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from stcourse.classroom.workshop import _free_port

REPOSITORY = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
STARTS_WITHIN, RUNS_WITHIN = 60, 600  # seconds
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WIDTH, HEIGHT = 1200, 1500  # pixels of a screenshot

# The page's side. `panel` is the notebook that is open.
READY = """async () => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    if (!panel?.context?.isReady || !panel.sessionContext?.isReady) return false;
    const kernel = panel.sessionContext.session?.kernel;
    if (!kernel) return false;
    await kernel.info;
    return true;
}"""
SET_SOURCES = """sources => {
    for (const cell of window.jupyterapp.shell.currentWidget.content.model.cells) {
        if (cell.id in sources) cell.sharedModel.setSource(sources[cell.id]);
    }
}"""
ACTIVATE = """id => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const at = notebook.widgets.findIndex(cell => cell.model.id === id);
    notebook.activeCellIndex = at;
    notebook.mode = 'command';
    notebook.widgets[at].node.scrollIntoView({block: 'center'});
}"""
RUN_ALL = """async () => {
    const commands = window.jupyterapp.commands;
    await commands.execute('notebook:clear-all-cell-outputs');
    commands.execute('notebook:run-all-cells');  // its promise would end with the last cell
}"""
CELLS = """() => Array.from(
    window.jupyterapp.shell.currentWidget.content.model.cells, cell => cell.sharedModel.toJSON())"""
SCROLL = """top => {
    const node = window.jupyterapp.shell.currentWidget.content.node;
    const scroller = node.querySelector('.jp-WindowedPanel-outer') ?? node;
    scroller.scrollTop = top;
    const cells = node.querySelectorAll('.jp-Cell');
    const end = cells[cells.length - 1].getBoundingClientRect().bottom;
    const below = end - scroller.getBoundingClientRect().top;
    return [scroller.scrollTop, scroller.clientHeight, scroller.scrollTop + below];
}"""
BACKGROUND = """() =>
    getComputedStyle(document.body).getPropertyValue('--jp-layout-color1').trim()"""
DRAWN = """async () => {
    const pictures = Array.from(document.images).filter(each => each.offsetParent);
    await Promise.all(pictures.map(each => each.decode().catch(() => {})));
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
}"""
SHOWN = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => [cell.model.id, cell.outputArea.node.innerText])"""

# The figures below the cells: alternative text, width in pixels, and the text that follows.
FIGURES = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap(cell => {
    const outputs = cell.outputArea?.node.querySelectorAll('.jp-OutputArea-output') ?? [];
    return Array.from(outputs).flatMap((output, at, all) => {
        const below = all.slice(at + 1).map(each => each.innerText).join(' ');
        return Array.from(output.querySelectorAll('img, svg[role=img]'), each => {
            const figure = each.closest('div[style*="font-size: 0"]') ?? each;
            const beside = figure.nextElementSibling?.innerText ?? '';  // of a figure that moves
            const width = each.naturalWidth ?? each.clientWidth;
            return [each.alt ?? each.ariaLabel, width, `${beside} ${below}`];
        });
    });
})"""

# What a learner meets first: the file that is open, what lies over it, and the list of files.
MET = """() => {
    const texts = (selector, chosen = () => true) =>
        Array.from(document.querySelectorAll(selector)).filter(chosen).map(node => node.innerText);
    const names = '.jp-DirListing-itemText';
    return {
        open: texts('.lm-TabBar-tab.jp-mod-current'),
        over: texts('.Toastify__toast, .jp-Dialog'),
        files: texts(names),
        cut: texts(names, node => node.scrollWidth > node.clientWidth),
    };
}"""

# What is in the boxes below the cells: for each the cell, its size and its border, and for each
# text in it the ratio of contrast between its colour and what lies behind it (WCAG 2).
BOXES = """() => {
    const channels = colour => {
        const context = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return Array.from(context.getImageData(0, 0, 1, 1).data);
    };
    const luminance = colour => channels(colour).slice(0, 3)
        .map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
    const behind = node => {
        const colour = getComputedStyle(node).backgroundColor;
        return channels(colour)[3] === 255 ? colour : behind(node.parentElement);
    };
    const contrast = node => {
        const pair = [getComputedStyle(node).color, behind(node)].map(luminance).sort();
        return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    };
    const written = node => Array.from(node.childNodes)
        .some(child => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    const boxes = [];
    for (const cell of window.jupyterapp.shell.currentWidget.content.widgets) {
        const output = cell.outputArea?.node;
        for (const box of output?.querySelectorAll('[style*=border-left]') ?? []) {
            boxes.push({
                cell: cell.model.id,
                text: box.innerText,
                width: box.offsetWidth,
                height: box.offsetHeight,
                border: parseFloat(getComputedStyle(box).borderLeftWidth),
                contrasts: [box, ...box.querySelectorAll('*')].filter(written)
                    .map(node => [node.innerText, contrast(node)]),
            });
        }
    }
    return boxes;
}"""


@contextlib.contextmanager
def started_lab(folder, *arguments, settings=True):
    """`stlearn lab --no-browser` in a folder, without any setting of this user.

    Gives its address with the slash, its token, and its process. It is stopped as by Ctrl-C.
    Without the settings of the tests it starts as it does for a learner at first, and the address
    is the one to which a browser would be sent.
    """
    with tempfile.TemporaryDirectory() as own, ctrl_c_heard():
        process = subprocess.Popen(
            [sys.executable, "-m", "stlearn.forecast.cli", "lab", "--no-browser",
             "--folder", str(folder), *arguments],
            env=lab_environment(Path(own), settings), stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            url, token = address(process, Path(own) / "runtime")
            yield url if settings else sent_to(Path(own) / "runtime"), token, process
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=STARTS_WITHIN)


@contextlib.contextmanager
def ctrl_c_heard():
    """Let processes started here hear Ctrl-C, also where this one runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def lab_environment(own, settings=True):
    """Environment in which JupyterLab uses folders of its own, with the settings of the tests."""
    (own / "config").mkdir()
    if settings:
        drawn = {"windowingMode": "none"}  # cells out of sight as well
        file = own / "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(drawn))
        # A port of its own: two that start at once may else both take the usual one.
        config = {"LabApp": {"expose_app_in_browser": True}, "ServerApp": {"port": _free_port()}}
        (own / "config" / "jupyter_server_config.json").write_text(json.dumps(config))
    return {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
        "STLEARN_RAISE_VERDICTS": "",
        "STLEARN_PROGRESS": "",
    }


def address(process, runtime):
    """Address and token of the server, from the file that it leaves for such questions."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):  # while it is being written
                found = json.loads(file.read_text())
                return found["url"], found["token"]
        time.sleep(0.1)
    process.terminate()
    raise RuntimeError(f"JupyterLab did not start: {process.communicate()[1][-2000:]}")


def sent_to(runtime):
    """Address to which JupyterLab sends the browser, from the page that it leaves for that."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:  # it comes a moment after the file that tells the address
        for page in runtime.glob("jpserver-file-to-run-*-open.html"):
            found = re.search(r'href="([^"]+)"', page.read_text())
            if found:
                return found[1]
        time.sleep(0.1)
    raise RuntimeError("JupyterLab left no page that sends the browser on")


@contextlib.contextmanager
def opened_page(url, token, name):
    """A page of the browser with a notebook open and its kernel connected.

    The name may also be an address with a query that leads to the notebook in the end.
    Gives the page, and a list of the addresses outside this machine that it asked for.
    """
    from playwright.sync_api import sync_playwright

    outside = []

    def note(request):
        if not request.url.startswith((url, "data:", "blob:")):
            outside.append(request.url)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.on("request", note)
        place = name if "?" in name else f"lab/tree/{name}?reset"
        page.goto(f"{url}{place}&token={token}")
        page.wait_for_url("**/lab/tree/**")
        wait_until_connected(page)
        yield page, outside
        # One notebook at a time, as the course advises: kernels with TensorFlow are large.
        page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        browser.close()


@contextlib.contextmanager
def first_page(address, **options):
    """A page of a browser that was never here, on a screen of a small laptop."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768}, **options)
        page.goto(address)
        yield page
        browser.close()


def met(page):
    """What lies before a learner once a notebook is open and its kernel waits: see MET."""
    waits = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
    page.wait_for_selector(waits, timeout=1000 * RUNS_WITHIN)
    return page.evaluate(MET)


def wait_until_connected(page):
    wait_for(lambda: page.evaluate(READY), STARTS_WITHIN, "the kernel did not connect")


def run_all(page, sources=None):
    """Run all cells and return them, as dicts of the notebook format.

    Args:
        page: Page with a notebook open.
        sources: Dict of cell id to source, put into these cells first.
    """
    page.evaluate(SET_SOURCES, sources or {})
    page.evaluate(RUN_ALL)

    def done():
        cells = [cell for cell in page.evaluate(CELLS) if cell["cell_type"] == "code"]
        return all(cell["execution_count"] or not "".join(cell["source"]).strip() for cell in cells)

    wait_for(done, RUNS_WITHIN, "the cells did not end")
    return page.evaluate(CELLS)


def run_cell(page, id, ending=""):
    """Run a cell by Shift+Enter, as a learner does, and wait until it has run.

    Args:
        page: Page with a notebook open.
        id: The cell.
        ending: Typed first: "<" takes the last character away, all else is put at the end.
    """
    before = execution_count(page, id)
    page.evaluate(ACTIVATE, id)
    if ending:
        page.locator(".jp-Notebook .jp-Cell.jp-mod-active .cm-content").click()
        page.keyboard.press("Control+End")
        for character in ending:
            page.keyboard.press("Backspace" if character == "<" else character)
    else:
        page.locator(".jp-Notebook .jp-Cell.jp-mod-active .jp-InputPrompt").click()
    page.keyboard.press("Shift+Enter")

    def done():
        return execution_count(page, id) not in (before, None)

    wait_for(done, RUNS_WITHIN, f"cell {id} did not end")


def execution_count(page, id):
    return next(cell["execution_count"] for cell in page.evaluate(CELLS) if cell["id"] == id)


def restart_kernel(page):
    """Restart the kernel from the menu, and say yes."""
    page.locator(".lm-MenuBar-item", has_text="Kernel").click()
    page.locator('.lm-Menu-item[data-command="kernelmenu:restart"]').click()
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    page.locator(".jp-Dialog").wait_for(state="detached")
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.kernelDisplayStatus === 'idle'"
    )
    wait_until_connected(page)


def set_theme(page, theme):
    """Show the page in the light or the dark theme, and wait until its style sheet is there."""
    light = str(theme == "light").lower()
    if page.locator(f'body[data-jp-theme-light="{light}"]').count():
        return
    before = page.evaluate(BACKGROUND)
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
        THEMES[theme],
    )
    page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
    wait_for(lambda: page.evaluate(BACKGROUND) != before, STARTS_WITHIN, "the theme did not come")
    page.evaluate(DRAWN)


def shown_texts(page):
    """Dict of cell id to the text that the reader sees below the cell."""
    return dict(page.evaluate(SHOWN))


def moved(page):
    """For each slider of a figure that moves: whether an arrow key brought another figure."""
    found = []
    for player in page.locator("[data-frames]").all():
        slider, figure = player.locator("input"), player.locator("> div").first
        before, end = figure.inner_html(), slider.get_attribute("max")
        slider.press("ArrowLeft" if slider.input_value() == end else "ArrowRight")
        found.append(figure.inner_html() != before)
    return found


def played(page):
    """Whether the first figure that moves plays when asked to, and stops when asked again."""
    player = page.locator("[data-frames]").first
    button, slider = player.locator("button"), player.locator("input")
    slider.press("Home")
    button.click()
    wait_for(lambda: slider.input_value() == "2", 10, "the figure did not move")
    button.click()
    stopped = slider.input_value()
    page.wait_for_timeout(1000)
    return slider.input_value() == stopped


def barriers(page):
    """What axe finds serious in the outputs: rule, and the place in the page, as text."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=[".jp-OutputArea-output"])
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in found.response["violations"]
        for node in each["nodes"]
        if each["id"] == "image-alt" or each["impact"] in ("serious", "critical")
    ]


def take_screenshots(page, folder, theme="light"):
    """Pictures of the notebook from top to bottom: light_01.png and so on. Returns their paths."""
    set_theme(page, theme)
    Path(folder).mkdir(parents=True, exist_ok=True)
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    paths, top = [], 0
    while True:
        at, shown, whole = page.evaluate(SCROLL, top)
        page.evaluate(DRAWN)
        paths.append(Path(folder) / f"{theme}_{len(paths) + 1:02d}.png")
        page.screenshot(path=paths[-1])
        if at + shown >= whole - 1:
            return paths
        top = at + shown - 60


def wait_for(condition, seconds, complaint):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"{complaint} within {seconds} seconds")
        time.sleep(0.2)


def solutions_of(name):
    """Dict of cell id to source of the solution cells of a chapter."""
    notebook = nbformat.read(REPOSITORY / "solutions" / name, as_version=4)
    return {
        cell.id: cell.source
        for cell in notebook.cells
        if "solution" in cell.metadata.get("tags", [])
    }


def outputs(cells, kind):
    """Outputs of one kind, "error" for example, of all cells."""
    return [
        output for cell in cells for output in cell.get("outputs", [])
        if output["output_type"] == kind
    ]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description="Run a notebook in a browser, take screenshots.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("folder", type=Path, help="folder for the screenshots")
    parser.add_argument("--solved", action="store_true", help="with the solutions pasted in")
    parser.add_argument("--dark", action="store_true", help="in the dark theme as well")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(wanted.notebook, folder)
        sources = solutions_of(wanted.notebook.name) if wanted.solved else {}
        with (
            started_lab(folder) as (url, token, _),
            opened_page(url, token, wanted.notebook.name) as (page, outside),
        ):
            start = time.monotonic()
            cells = run_all(page, sources)
            print(f"all cells run in {time.monotonic() - start:.0f} s")
            for error in outputs(cells, "error"):
                print(f"error: {error['ename']}: {error['evalue']}")
            print(*outside, sep="\n")
            for theme in ("light", "dark") if wanted.dark else ("light",):
                print(*take_screenshots(page, wanted.folder, theme), sep="\n")


if __name__ == "__main__":
    main()
