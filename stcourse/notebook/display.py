"""Show verdicts and notes: a calm box in a notebook, one plain line elsewhere."""

import html
import sys

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
_CELL = "text-align: left; vertical-align: top; padding: 0.15em 1em 0.15em 0; background: none"


def show(page, line):
    """Show HTML where there is a notebook, and print one plain text elsewhere.

    Args:
        page: HTML.
        line: The same as plain text.

    Example:
        >>> show("<b>passed</b>", "passed")
        passed
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        print(line)
    else:
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
    if verdict.kind == "not yet":
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


def code_box(title, source):
    """HTML of a box with source text.

    Args:
        title: Plain text of the heading.
        source: Source text.

    Returns:
        HTML text.
    """
    return box("note", title, f'<pre style="{_PRE}">{html.escape(source)}</pre>')
