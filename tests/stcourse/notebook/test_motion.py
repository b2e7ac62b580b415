"""Figures that move: what is stored in the page, and what plain Python gets."""

import html
import json
import re

import pytest
from matplotlib.figure import Figure

from stcourse.notebook import display, motion
from stlearn.errors import InputError
from stlearn.plots.style import new_figure


def line(slope):
    figure, axes = new_figure(2)
    axes.plot([0, 1], [0, slope])
    return figure, f'A line "rises" by {slope} & stops.'


@pytest.fixture
def page(monkeypatch):
    """What a notebook is given to display."""
    given = []
    monkeypatch.setattr(motion, "in_notebook", lambda: True)
    monkeypatch.setattr(motion, "show_page", lambda page, line: given.append(page))
    return given


def test_each_choice_has_its_own_figure_and_sentence(page):
    motion.play(line, "Slope (m)", [1, 2.5, 3], start=2.5)
    stored = dict(re.findall(r'data-(frames|labels)="([^"]*)"', page[0]))
    frames = json.loads(html.unescape(stored["frames"]))
    assert json.loads(html.unescape(stored["labels"])) == ["1", "2.5", "3"]
    assert len({re.search('base64,([^"]+)', frame)[1] for frame in frames}) == 3
    for slope, frame in zip((1, 2.5, 3), frames):
        said = html.escape(line(slope)[1])
        assert frame.startswith(f'<img alt="{said}"')
        assert frame.endswith(f"<div>{said}</div>")
    assert f"<div>{frames[1]}</div>" in page[0]
    assert 'max="2" value="1"' in page[0]


def test_a_frame_is_smaller_than_a_figure_and_as_wide():
    figure, sentence = line(1)
    whole, reduced = display.page_of(figure, sentence), display.page_of(figure, sentence, 64)
    assert len(reduced) < 0.8 * len(whole)


def test_plain_python_gets_the_first_sentence(capsys):
    motion.play(line, "Slope", [1, 2])
    assert capsys.readouterr().out == f"{line(1)[1]}\n"


@pytest.mark.parametrize(
    ("choices", "start", "told"),
    [([1], None, "choices: expected two or more"), ([1, 2], 3, "start: expected one of [1, 2]")],
)
def test_choices_that_are_none_are_told(choices, start, told):
    with pytest.raises(InputError, match=re.escape(told)):
        motion.play(line, "Slope", choices, start)


def test_what_would_swell_the_notebook_is_told(page, monkeypatch):
    monkeypatch.setattr(motion, "LARGEST", 5_000)
    with pytest.raises(InputError, match="expected figures of at most"):
        motion.play(line, "Slope", [1, 2])
    assert page == []


def test_a_figure_may_be_drawn_again_and_again(page):
    figure, axes = new_figure(2)
    (curve,) = axes.plot([0, 1], [0, 0])

    def at(height):
        curve.set_ydata([0, height])
        return figure, f"The curve ends at {height}."

    motion.play(at, "Height", [0.1, 1])
    frames = json.loads(html.unescape(re.search(r'data-frames="([^"]*)"', page[0])[1]))
    assert frames[0] != frames[1]
    assert isinstance(figure, Figure)
