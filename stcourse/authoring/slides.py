"""Slides from solved notebooks: a deck is one HTML file that asks no network for anything.

What becomes a slide follows from the notebook alone; nothing is tagged by hand:

- The first cell is the title. A heading starts a slide; so does the title of an exercise.
- Of the prose stay the first sentence of a section and each sentence with a word in bold, where
  the course explains a term, and the sentences around a formula. Formulas, lists, tables and the
  task of an exercise stay whole.
- The question before a result has a slide to itself, so that the room can guess first.
- A figure has a slide to itself, with the sentence that says what it shows.
- Code stays if it has at most `LONGEST_CODE` lines and draws nothing. Solutions, checks, hints
  and imports are left out, and so are the references.
"""

import ast
import html
import itertools
import math
import re
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from stcourse.authoring.notebooks import CHECK, SOLUTION, find_notebooks, notebooks_in, read, tags
from stlearn.errors import InputError
from stlearn.files import shipped, written_aside

LONGEST_CODE = 8  # lines
LONGEST_OUTPUT = 12  # lines of text, or rows of a table
ROOM = 13.0  # lines of text that a slide holds below its title
LINE, CODE_LINE = 80, 110  # characters
LONGEST_SENTENCE = 400  # characters of it below a figure
SMALL = 0.7  # height of a line of code, of output or of a table, in lines of text
COURSE_CALLS = {"ask", "check", "hint", "solution", "progress", "resume"}
LEFT_OUT = {"References"}  # sections
SENTENCE_ENDS = re.compile(r"(?<=[.?!])\s+(?=[A-Z`*$])")

# A figure as `show` displays it.
PICTURE = re.compile(r'<img alt="(?P<alt>[^"]*)" [^>]*src="(?P<address>data:image/png;[^"]+)"')


class Piece(NamedTuple):
    """A part of a slide: its slide's title, HTML, height in lines, and what it is.

    Pieces of the kinds "title", "question" and "figure" stand alone; "text" shares a slide.
    """

    title: str
    html: str
    lines: float
    kind: str = "text"


class Slide(NamedTuple):
    """A slide: "title", "question", "figure" or "text", its title, and its HTML below that."""

    kind: str
    title: str
    html: str


def solved_notebooks(chapter=None):
    """The solved notebooks of a chapter, or of all chapters.

    Args:
        chapter: Number, number and letter of a part, or name; None for all.

    Returns:
        List of Path, in order.

    Raises:
        InputError: If there are no solutions here, or no such chapter.

    Example:
        >>> from stcourse.authoring.slides import solved_notebooks
        >>> [path.stem for path in solved_notebooks("0")]
        ['00_start_here']
    """
    folder = shipped("solutions", "stcourse")
    if folder is None or not notebooks_in(folder):
        raise InputError(
            "solutions: slides are made from the solved notebooks, and those are not here; "
            "they are in a checkout of the course"
        )
    return notebooks_in(folder) if chapter is None else find_notebooks(chapter, folder)


def write_slides(notebook, folder):
    """Write the slides of a solved notebook as one HTML file.

    Args:
        notebook: Path of an executed notebook.
        folder: Where to write; made if needed.

    Returns:
        Path of the file: the notebook's name with the ending `.html`.

    Raises:
        InputError: If the notebook was not executed, or a package for slides is not installed.

    Example:
        >>> import tempfile
        >>> from stcourse.authoring.slides import solved_notebooks, write_slides
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     print(write_slides(solved_notebooks("0")[0], folder).name)
        00_start_here.html
    """
    path = Path(notebook)
    found = slides(read(path))
    reveal = shipped("workshop/reveal", "stcourse")
    if reveal is None:
        raise InputError("slides: the folder workshop/reveal is in a checkout of the course only")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("slides.html").render(
        title=found[0].title,
        slides=[(slide, Markup(_inline(slide.title)), Markup(slide.html)) for slide in found],
        script=Markup((reveal / "reveal.js").read_text(encoding="utf-8")),
        style=Markup((reveal / "reveal.css").read_text(encoding="utf-8")),
    )
    with written_aside(folder) as aside:
        (aside / f"{path.stem}.html").write_text(page, encoding="utf-8")
    return Path(folder) / f"{path.stem}.html"


def slides(notebook):
    """The slides of a solved notebook.

    Args:
        notebook: Executed notebook; its first cell begins with the title.

    Returns:
        List of Slide; a title that needs more room than a slide has comes again.

    Raises:
        InputError: If the notebook was not executed, or begins with no title.

    Example:
        >>> from stcourse.authoring.notebooks import read
        >>> from stcourse.authoring.slides import slides, solved_notebooks
        >>> slides(read(solved_notebooks("0")[0]))[0].title
        '00 Start here'
    """
    cells = notebook.cells
    if not cells or not cells[0].source.startswith("# "):
        raise InputError("notebook: expected a first cell that begins with a title, '# ...'")
    for cell in cells:
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            raise InputError(
                f"notebook: cell {cell.id} was never run, so its results are missing; "
                "`stlearn build --execute` runs the solutions"
            )
    return _packed(list(_pieces(cells)))


def _packed(pieces):
    """Slides with as many pieces as fit, in order."""
    packed, height = [], 0.0
    for piece in pieces:
        last = packed[-1] if packed else None
        same = last and (last.kind, last.title) == (piece.kind, piece.title)
        if same and piece.kind == "text" and height + piece.lines <= ROOM:
            packed[-1] = last._replace(html=last.html + piece.html)
            height += piece.lines
        else:
            packed.append(Slide(piece.kind, piece.title, piece.html))
            height = piece.lines
    return packed


def _pieces(cells):
    section = ""
    for cell, following in itertools.pairwise([*cells, None]):
        if cell.cell_type == "code":
            yield from _pieces_of_code(cell, section)
            continue
        asks = following is not None and bool(_results(following))
        for title, starts, blocks in _parts(cell.source, section):
            exercise = title.startswith("Exercise ")
            section = section if exercise else title
            if title not in LEFT_OUT:
                opening = cell is cells[0]
                yield from _pieces_of_text(title, blocks, starts, exercise, asks, opening)


# Prose


def _parts(source, section):
    """Titles within a cell: (title, whether it starts here, blocks of Markdown below it)."""
    parts = [(section, False, [])]
    for block in _blocks(source):
        heading = re.match(r"#{1,3} (.+)", block)
        if heading:
            parts.append((heading[1], True, []))
        else:
            parts[-1][2].append(block)
    return [part for part in parts if part[1] or part[2]]


def _blocks(source):
    """Paragraphs, headings, lists, tables and fenced code of a Markdown text."""
    blocks, fenced, going_on = [], False, False
    for line in source.splitlines():
        heading = line.startswith("#") and not fenced
        if heading or not (line.strip() or fenced):
            blocks += [line] if heading else []
            going_on = False
        elif going_on:
            blocks[-1] += f"\n{line}"
        else:
            blocks.append(line)
            going_on = True
        fenced ^= line.startswith("```")
    return blocks


def _pieces_of_text(title, blocks, starts, exercise, asks, opening):
    if opening:
        yield Piece(title, "".join(map(_markdown, blocks)), 0, "title")
        return
    for place, block in enumerate(blocks):
        if exercise or not _is_paragraph(block):
            kept = block if _fits(block) else ""
        elif asks and place == len(blocks) - 1 and "?" in block:
            yield Piece(title, _question(block), 0, "question")
            continue
        else:
            first = starts if place == 0 else blocks[place - 1].startswith("$$")
            last = place + 1 < len(blocks) and blocks[place + 1].startswith("$$")
            kept = _kept_sentences(block, first, last)
        if kept:
            yield Piece(title, _markdown(kept), _height(kept))


def _is_paragraph(block):
    return not re.match(r"[-*|>] ?|\d+\. |```|\$\$", block) or block.startswith("**")


def _fits(block):
    return not block.startswith("```") or block.count("\n") - 1 <= LONGEST_CODE


def _kept_sentences(paragraph, first, last):
    """Sentences in which a term is bold; where asked for, the first and the last one as well."""
    sentences = SENTENCE_ENDS.split(" ".join(paragraph.split()))
    kept = {place for place, sentence in enumerate(sentences) if "**" in sentence}
    kept |= {0} if first else set()
    kept |= {len(sentences) - 1} if last else set()
    return " ".join(sentences[place] for place in sorted(kept))


def _question(paragraph):
    """HTML of a paragraph whose questions are set large, below what leads to them."""
    sentences = SENTENCE_ENDS.split(" ".join(paragraph.split()))
    asked = [sentence.endswith("?") for sentence in sentences]
    before = " ".join(sentence for sentence, ask in zip(sentences, asked) if not ask)
    questions = [sentence for sentence, ask in zip(sentences, asked) if ask] or sentences[-1:]
    return _markdown(before) + f'<div class="ask">{_markdown(" ".join(questions))}</div>'


def _height(block):
    """Lines of text that a block of Markdown takes."""
    rows = block.splitlines()
    if block.startswith("```"):
        return SMALL * (len(rows) - 2) + 0.8
    if block.startswith("|"):
        widest = [math.ceil(len(row) / CODE_LINE) for row in rows]
        return 1.25 * SMALL * (sum(widest) - 1) + 0.8
    items = re.split(r"\n(?=\s*(?:[-*]|\d+\.) )", block)
    return sum(math.ceil(len(" ".join(item.split())) / LINE) for item in items) + 0.6


# Code and what it showed


def _pieces_of_code(cell, section):
    if _is_for_the_learner(cell) or section in LEFT_OUT:
        return
    results = _results(cell)
    figures = [result for result in results if result.kind == "figure"]
    code = cell.source.strip()
    if not figures and code.count("\n") < LONGEST_CODE and not _only_imports(code):
        lines = sum(math.ceil(len(line) / CODE_LINE) for line in code.splitlines())
        shown = Piece(section, _markdown(f"```python\n{code}\n```"), SMALL * lines + 0.8)
        rest = [result for result in results if result.kind == "text"]
        together = shown.lines + sum(result.lines for result in rest)
        if together <= ROOM:
            joined = shown.html + "".join(result.html for result in rest)
            yield Piece(section, joined, together)
            return
        yield shown
    for result in results:
        yield result._replace(title=section)


def _is_for_the_learner(cell):
    """Whether a cell belongs to an exercise, or calls what gives hints and answers away."""
    if tags(cell) & {SOLUTION, CHECK}:
        return True
    calls = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id in COURSE_CALLS for call in calls)


def _only_imports(code):
    return all(isinstance(each, (ast.Import, ast.ImportFrom)) for each in ast.parse(code).body)


def _results(cell):
    """Pieces without a title for what a cell showed; a figure's sentence is in its piece."""
    if cell.cell_type != "code" or _is_for_the_learner(cell):
        return []
    pieces, sentences = [], set()
    for output in cell.outputs:
        data = output.get("data", {})
        picture = PICTURE.match(data.get("text/html", ""))
        if picture:
            told = html.unescape(picture["alt"])
            sentences.add(" ".join(told.split()))
            pieces.append(Piece("", _figure(picture["address"], told), 0, "figure"))
        elif "<table" in data.get("text/html", "") and 'class="dataframe"' in data["text/html"]:
            pieces.append(_table(data["text/html"]))
        else:
            text = output.get("text") or data.get("text/plain", "")
            if text.strip() and " ".join(text.split()) not in sentences:
                pieces.append(_text(text))
    return pieces


def _figure(address, sentence):
    told = sentence
    if len(sentence) > LONGEST_SENTENCE:  # the picture needs the room; its description has it all
        start = sentence[:LONGEST_SENTENCE]
        told = start[: max(start.rfind(mark) for mark in ",;")] + " ... (more in the notebook)"
    return (
        f'<div class="shows"><img src="{address}" '
        f'alt="{html.escape(sentence)}"><p class="says">{html.escape(told)}</p></div>'
    )


def _table(page):
    rows = page.count("<tr")
    if rows - 1 > LONGEST_OUTPUT:
        return Piece("", f"<p>A table of {rows - 1} rows: see the notebook.</p>", 1.6)
    table = re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
    return Piece("", f'<div class="data">{table}</div>', 1.25 * SMALL * rows + 0.8)


def _text(text):
    lines = text.rstrip().splitlines()
    if len(lines) > LONGEST_OUTPUT:
        lines = [*lines[:LONGEST_OUTPUT], "... (more in the notebook)"]
    height = SMALL * sum(max(1, math.ceil(len(line) / CODE_LINE)) for line in lines) + 0.8
    return Piece("", f'<pre class="output">{html.escape(chr(10).join(lines))}</pre>', height)


# Markdown


def _markdown(text):
    """HTML of Markdown; formulas become MathML, which browsers draw without help."""
    return _renderer().render(text)


def _inline(text):
    return re.sub(r"^<p>|</p>\s*$", "", _markdown(text).strip())


def _renderer():
    try:
        from latex2mathml.converter import convert
        from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    except ImportError as error:
        raise InputError(
            f'slides: the package {error.name} is missing; `pip install "stlearn-course[workshop]"`'
        ) from None

    class Renderer(IPythonRenderer):
        def inline_math(self, body):
            return convert(body)

        def block_math(self, body):
            return convert(body, display="block")

    return MarkdownWithMath(renderer=Renderer(escape=True, exclude_anchor_links=True))
