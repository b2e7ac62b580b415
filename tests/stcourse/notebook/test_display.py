"""Figures in a notebook: a picture with alternative text, and the sentence in print."""

import base64
import html
import re
import types

import pytest
from matplotlib.figure import Figure

from stcourse.diagrams.drawing import Drawing
from stcourse.notebook import display

SENTENCE = 'Speed falls below "30 km/h" & stays there, from <1> to 9.'


@pytest.fixture
def shown(monkeypatch):
    """What a notebook is given to display, as dicts of kind to content."""
    import IPython

    given = []
    monkeypatch.setattr(IPython, "get_ipython", types.SimpleNamespace)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: given.append(data))
    return given


def test_a_figure_has_its_sentence_as_alternative_text(shown, capsys):
    display.show(Figure(figsize=(4, 2)), SENTENCE)
    ((page, _),) = (data.values() for data in shown)
    picture = re.fullmatch(r'<img alt="([^"]*)" [^>]*src="data:image/png;base64,([^"]*)">', page)
    assert html.unescape(picture[1]) == SENTENCE
    assert base64.b64decode(picture[2]).startswith(b"\x89PNG")
    assert capsys.readouterr().out == f"{SENTENCE}\n"


def test_a_diagram_stands_in_the_page_and_has_its_sentence_as_its_name(shown, capsys):
    drawing = Drawing(200, 50)
    drawing.text(100, 25, "history")
    display.show(drawing, SENTENCE)
    ((page, _),) = (data.values() for data in shown)
    # In a notebook that isn't trusted, JupyterLab leaves the texts alone: these have no size then.
    assert page.startswith('<div style="font-size: 0"><svg ')
    assert html.escape(SENTENCE) in page
    assert capsys.readouterr().out == f"{SENTENCE}\n"


@pytest.mark.parametrize("figure", [Figure(), Drawing(200, 50)])
def test_plain_python_gets_the_sentence_alone(figure, capsys):
    display.show(figure, SENTENCE)
    assert capsys.readouterr().out == f"{SENTENCE}\n"


def test_long_sentences_break_between_words(capsys):
    display.say("word " * 50 + "\n" + "x" * 97 + " 10 %")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= display.WIDTH
    assert set(" ".join(lines[:-2]).split()) == {"word"}
    assert lines[-1] == "10 %"


def test_a_row_of_the_map_links_counts_and_escapes():
    row = display.chapter_row("02 a & b", "02_a.ipynb", [("2.1 <One>", True), ("2.2", False)])
    assert 'href="02_a.ipynb">02 a &amp; b</a>' in row
    assert "1 of 2 passed" in row
    assert "width: 50%" in row
    assert "✓ 2.1 &lt;One&gt;" in row
    assert "○ 2.2" in row
    assert "<a " not in display.chapter_row("02 a", "", [("2.1", True)])
