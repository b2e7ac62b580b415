"""Figures that move: a slider to drag, and a button that plays them one after the other.

All are drawn before and stored in the page, so that they move without delay, without a kernel, and
in any front end. Chapter 01 shows it.
"""

import html
import json

from stcourse.notebook.display import in_notebook, page_of, say, show_page
from stlearn.errors import InputError

LARGEST = 1_000_000  # characters in a notebook
COLOURS = 64  # of a figure: lines and text need few, and a small notebook opens quickly
MILLISECONDS = 350  # a figure

_ROW = "display: flex; align-items: center; gap: 0.8em; max-width: 46em; margin: 0.3em 0"
# Handlers instead of a script: nothing has a name that a second player on the page could take.
_SHOW = """
    const box = this.closest('[data-frames]'), at = Number(this.value);
    const label = JSON.parse(box.dataset.labels)[at];
    box.firstElementChild.innerHTML = JSON.parse(box.dataset.frames)[at];
    box.querySelector('output').value = label;
    this.setAttribute('aria-valuetext', label);
"""
# JupyterLab keeps the arrow keys from a slider.
_KEYS = """
    const by = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1}[event.key];
    if (!by) { return; }
    event.preventDefault();
    this.stepUp(by);
    this.dispatchEvent(new Event('input'));
"""
_PLAY = """
    const slider = this.nextElementSibling;
    const stop = () => { clearInterval(this.timer); this.timer = 0; this.textContent = 'Play'; };
    if (this.timer) { stop(); return; }
    if (slider.value === slider.max) { slider.value = 0; }
    this.textContent = 'Pause';
    this.timer = setInterval(() => {
        if (slider.value === slider.max || !slider.isConnected) { stop(); return; }
        slider.stepUp();
        slider.dispatchEvent(new Event('input'));
    }, MILLISECONDS);
""".replace("MILLISECONDS", str(MILLISECONDS))


def play(draw, name, choices, start=None):
    """Show a figure for each of several values, with a slider between them and a button to play.

    Nothing moves before it is asked to. Where a page takes no sliders, the first figure is there.

    Args:
        draw: Function that takes one of the choices and returns (figure, sentence), as the
            functions of `stlearn.plots` do; it may give the same figure each time, changed.
        name: What the slider moves, with its unit.
        choices: Values in their order; their text stands beside the slider.
        start: The one that is shown first; the first of the choices when not given.

    Raises:
        InputError: If there are fewer than two choices, start is none of them, or all figures
            together take more than 1 MB.

    Example:
        >>> from stcourse import play
        >>> from stlearn.plots.style import new_figure
        >>> def line(slope):
        ...     figure, axes = new_figure(2)
        ...     axes.plot([0, 1], [0, slope])
        ...     return figure, f"A line rises by {slope}."
        >>> play(line, "Slope", [1, 2, 3], start=2)
        A line rises by 2.
    """
    choices = list(choices)
    if len(choices) < 2:
        raise InputError(f"choices: expected two or more, got {choices}")
    start = choices[0] if start is None else start
    if start not in choices:
        raise InputError(f"start: expected one of {choices}, got {start!r}")
    if in_notebook():
        frames = [_frame(*draw(choice)) for choice in choices]
        page = _player(frames, name, [str(choice) for choice in choices], choices.index(start))
        show_page(page, name)
    else:
        say(draw(start)[1])


def _frame(figure, sentence):
    return f"{page_of(figure, sentence, COLOURS)}<div>{html.escape(sentence)}</div>"


def _player(frames, name, labels, start):
    page = (
        f'<div data-frames="{html.escape(json.dumps(frames))}" '
        f'data-labels="{html.escape(json.dumps(labels))}">'
        f"<div>{frames[start]}</div>"
        f'<div style="{_ROW}">'
        f'<button type="button" onclick="{html.escape(_PLAY)}">Play</button>'
        f'<input type="range" aria-label="{html.escape(name)}" style="flex: 1" min="0" '
        f'max="{len(frames) - 1}" value="{start}" aria-valuetext="{html.escape(labels[start])}" '
        f'oninput="{html.escape(_SHOW)}" onkeydown="{html.escape(_KEYS)}">'
        f"<span>{html.escape(name)}: <output>{html.escape(labels[start])}</output></span>"
        f"</div></div>"
    )
    if len(page) > LARGEST:
        raise InputError(
            f"draw, choices: expected figures of at most {LARGEST / 1e6:.0f} MB together, got "
            f"{len(page) / 1e6:.1f} MB; draw fewer or smaller ones"
        )
    return page
