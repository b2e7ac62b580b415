"""Show verdicts, notes and figures in a notebook, and plain text elsewhere; say long sentences."""

import base64
import html
import io
import sys
import textwrap

from PIL import Image

from stcourse.diagrams.drawing import Drawing
from stcourse.engine.questions import LETTERS

WIDTH = 100  # JupyterLab breaks longer lines in the middle of a word
_COLOURS = {
    "passed": "var(--jp-success-color1, #2e7d32)",
    "not yet": "var(--jp-info-color1, #0277bd)",
    "not right": "var(--jp-warn-color1, #e65100)",
    "note": "var(--jp-border-color1, #888)",
}
_BOX = (
    "border: 1px solid var(--jp-border-color2, #bbb); border-left: 6px solid {colour}; "
    "padding: 0.5em 0.9em; margin: 0.3em 0; max-width: 50em; border-radius: 2px; "
    "color: var(--jp-content-font-color1, inherit); "
    "background: var(--jp-layout-color1, transparent)"
)
_PRE = (
    "margin: 0; padding: 0; overflow-x: auto; background: transparent; color: inherit; "
    "font-family: var(--jp-code-font-family, monospace); font-size: 90%; line-height: 1.35"
)
_ROW = "display: flex; flex-wrap: wrap; align-items: center; gap: 0.2em 1em; margin-top: 0.7em"
_LINK = "color: var(--jp-content-link-color, inherit); text-decoration: underline"
_BAR = (
    "flex: 0 0 10em; height: 0.7em; overflow: hidden; border-radius: 2px; "
    "border: 1px solid var(--jp-border-color0, #767676)"
)
_DONE = "height: 100%; background: var(--jp-success-color1, #2e7d32)"
_EXERCISE = "display: inline-block; margin-right: 1.2em; font-size: 90%"
_CELL = "text-align: left; vertical-align: top; padding: 0.15em 1em 0.15em 0; background: none"


def show(figure, sentence):
    """Show a figure or a diagram, and print the sentence that says what it shows.

    The figures of `stlearn.plots.style` are made without pyplot, so a notebook doesn't draw them by
    itself. The sentence is the picture's alternative text as well.

    Args:
        figure: matplotlib Figure, or Drawing of `stcourse.diagrams`.
        sentence: What the figure shows, in words.

    Example:
        >>> import stlearn
        >>> from stcourse.notebook.display import show
        >>> from stlearn.plots.style import network_map
        >>> show(*network_map(stlearn.load("corridor")))
        48 nodes on the map, joined by 420 edges; 48 that nearly cover each other are set apart.
    """
    if in_notebook():
        _display(page_of(figure, sentence), str(figure))
    say(sentence)


def page_of(figure, sentence, colours=None):
    """HTML of a figure, with a sentence as its alternative text.

    Args:
        figure: matplotlib Figure, or Drawing of `stcourse.diagrams`.
        sentence: What the figure shows, in words.
        colours: Most colours of the picture, for a smaller page; all when not given.

    Returns:
        HTML text.
    """
    if isinstance(figure, Drawing):
        # JupyterLab strips SVG from a notebook that it doesn't trust, and leaves the texts in it:
        # without a size of their own these don't show.
        return f'<div style="font-size: 0">{figure.svg(sentence)}</div>'
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100)
    if colours is not None:
        reduced = Image.open(picture).convert("RGB").quantize(colours)
        picture = io.BytesIO()
        reduced.save(picture, format="png", optimize=True)
    data = base64.b64encode(picture.getvalue()).decode()
    # HTML, because JupyterLab 4.6 and myst-nb give a bare image/png an empty alternative text.
    # JupyterLab keeps such an address also in a notebook that it does not trust.
    return (
        f'<img alt="{html.escape(sentence)}" style="max-width: 100%" '
        f'src="data:image/png;base64,{data}">'
    )


def say(text):
    """Print sentences with breaks between words, where JupyterLab would break within one.

    Args:
        text: Sentences; each line of them is broken for itself.

    Example:
        >>> from stcourse.notebook.display import say
        >>> say("Half an hour ahead the network is far better than the last value, " + "and " * 10)
        Half an hour ahead the network is far better than the last value, and and and and and and and and
        and and
    """  # noqa: E501
    for line in text.splitlines():
        # A number and its sign for per cent stay on one line.
        wrapped = textwrap.fill(line.replace(" %", "\N{NO-BREAK SPACE}%"), WIDTH)
        print(wrapped.replace("\N{NO-BREAK SPACE}%", " %"))


def show_page(page, line):
    """Show HTML where there is a notebook, and print one plain text elsewhere.

    Args:
        page: HTML.
        line: The same as plain text.

    Example:
        >>> from stcourse.notebook.display import show_page
        >>> show_page("<b>passed</b>", "passed")
        passed
    """
    if in_notebook():
        _display(page, line)
    else:
        print(line)


def in_notebook():
    """Whether what is displayed reaches a notebook."""
    return "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None


def _display(page, line):
    from IPython.display import display

    display({"text/html": page, "text/plain": line}, raw=True)


def box(kind, title, *paragraphs):
    """HTML of a box.

    Args:
        kind: "passed", "not yet", "not right" or "note": its colour.
        title: Plain text of the heading.
        paragraphs: HTML of each paragraph.

    Returns:
        HTML text with inline styles only.

    Example:
        >>> "&lt;b&gt;" in box("note", "<b>")
        True
    """
    style = _BOX.format(colour=_COLOURS[kind])
    # The colour is in the border: as the colour of text it could hardly be read.
    heading = f'<div style="font-weight: 600">{html.escape(title)}</div>'
    body = "".join(f'<div style="margin-top: 0.35em">{text}</div>' for text in paragraphs if text)
    return f'<div style="{style}">{heading}{body}</div>'


def verdict_box(verdict, *notes):
    """HTML of a verdict: the word, what is wrong, the smallest case, and where to read on.

    Args:
        verdict: Verdict of the engine.
        notes: Further sentences.

    Returns:
        HTML text; all that a learner's answer says is escaped.
    """
    exercise = verdict.exercise
    title = f"{verdict.kind.capitalize()}: {exercise.id} {exercise.title}"
    paragraphs = [html.escape(verdict.sentence), html.escape(verdict.diagnosis)]
    if verdict.case is not None:
        paragraphs.append(_case(verdict))
    if verdict.kind == "not yet" and not verdict.sentence:
        paragraphs.append("Write your answer in the cell above, run it, and check again.")
    if verdict.kind == "not right":
        paragraphs.append(
            f"To reread: {html.escape(exercise.section)}. "
            f"For a hint: <code>hint({html.escape(repr(exercise.id))})</code>."
        )
    paragraphs += [html.escape(note) for note in (verdict.note, *notes)]
    return box(verdict.kind, title, *paragraphs)


def _case(verdict):
    rows = dict(verdict.case)
    if verdict.came:
        rows["your answer"] = verdict.came
    if verdict.expected:
        rows["expected"] = verdict.expected
    if not rows:
        return ""
    cells = "".join(
        f'<tr style="background: none"><th style="{_CELL}; font-weight: 400">'
        f"{html.escape(str(name))}</th>"
        f'<td style="{_CELL}"><pre style="{_PRE}">{html.escape(text)}</pre></td></tr>'
        for name, text in rows.items()
    )
    return f'The smallest case that shows it:<table style="border: none">{cells}</table>'


def question_box(question):
    """HTML of a question: its text, its answers, and how to give one.

    Args:
        question: Question of the engine.

    Returns:
        HTML text.

    Example:
        >>> from stcourse.exercises import find_question
        >>> "ask(&quot;2.4&quot;, &quot;a&quot;)" in question_box(find_question("2.4"))
        True
    """
    call = html.escape(f'ask("{question.id}", "a")')
    how = f"Put your letter into the cell and run it again, for example <code>{call}</code>."
    title = f"Question {question.id}"
    return box("note", title, html.escape(question.text), _answers(question), how)


def answered_box(question, letter, *notes):
    """HTML of the verdict on an answer to a question.

    Args:
        question: Question of the engine.
        letter: The answer: "a", "b" or "c".
        notes: Further sentences.

    Returns:
        HTML text.

    Example:
        >>> from stcourse.exercises import find_question
        >>> [answered_box(find_question("2.4"), letter).count("Not right") for letter in "abc"]
        [0, 1, 1]
    """
    chosen = question.answers[LETTERS.index(letter)]
    kind, word = ("passed", "Right") if chosen.right else ("not right", "Not right")
    sentences = [html.escape(each) for each in (chosen.sentence, *notes)]
    again = "" if chosen.right else "Choose again: put another letter into the cell, and run it."
    return box(
        kind,
        f"{word}: question {question.id}, {letter})",
        html.escape(question.text),
        _answers(question, letter),
        *sentences,
        again,
    )


def _answers(question, letter=""):
    """HTML of a question's answers, the chosen one marked by a sign and by its weight."""
    rows = []
    for each, answer in zip(LETTERS, question.answers):
        row = f"{each}) {html.escape(answer.text)}"
        rows.append(f"<div><b>{row} ←</b></div>" if each == letter else f"<div>{row}</div>")
    return "".join(rows)


def code_box(title, source):
    """HTML of a box with source text.

    Args:
        title: Plain text of the heading.
        source: Source text.

    Returns:
        HTML text.
    """
    return box("note", title, f'<pre style="{_PRE}">{html.escape(source)}</pre>')


def chapter_row(name, address, exercises, more=""):
    """HTML of a chapter in the map of progress: a link, a bar, the count, and its exercises.

    Args:
        name: What the chapter is called.
        address: Where its notebook lies, seen from this one; "" for no link.
        exercises: List of (text, whether it has passed), one an exercise.
        more: Plain text behind the count of exercises; "" for none.

    Returns:
        HTML text; an open exercise is marked by its sign, and not by colour alone.

    Example:
        >>> "1 of 2 passed" in chapter_row("00 start here", "", [("0.1", True), ("0.2", False)])
        True
    """
    done, title = sum(passed for _, passed in exercises), html.escape(name)
    if address:
        title = f'<a style="{_LINK}" href="{html.escape(address)}">{title}</a>'
    count = ", ".join(filter(None, [f"{done} of {len(exercises)} passed", more]))
    bar = f'<div style="{_DONE}; width: {done / len(exercises):.0%}"></div>'
    marks = "".join(
        f'<span style="{_EXERCISE}">{"✓" if passed else "○"} {html.escape(text)}</span> '
        for text, passed in exercises
    )
    return (
        f'<div style="{_ROW}"><div style="flex: 0 0 17em; font-weight: 600">{title}</div>'
        f'<div aria-hidden="true" style="{_BAR}">{bar}</div>'
        f"<div>{html.escape(count)}</div></div>{marks}"
    )
