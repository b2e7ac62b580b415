"""What every chapter keeps to, as rules that a test can hold a notebook against.

A rule is a function of a notebook that yields a sentence for each place where it is broken. Rules
of the course also take the names of all its notebooks, in order.
"""

import ast
import base64
import html
import re

from stcourse import exercises
from stcourse.authoring.notebooks import ANSWER, CHECK, SOLUTION, exercise_id, header, tags

LINES, LINES_OF_SOLUTION = 15, 25
PRINTED = 110  # characters that a line of a printed text may have
CHARACTERS = 500  # of a paragraph: five lines of a hundred
DOOR = (300, 1500)  # words, of a notebook that leads to others
WORDS = {"00": DOOR, "06": DOOR}  # any other notebook: 1,300 to 2,600
HYPE = """amazing awesome breakthrough cutting-edge game-changer game-changing groundbreaking
    incredible powerful revolutionary revolutionise revolutionize seamless stunning
    unleash""".split()  # noqa: SIM905
PARTS = ("What you will be able to do", "What you now know", "Recap", "References")
FILE = re.compile(r"`([\w./-]+\.(?:csv|gz|html|ipynb|json|keras|md|png|py|toml|tsv|txt|yml|zip))`")
CHAPTER = re.compile(r"\bchapters? (\d\w*(?:(?:,| and| to) \d\w*)*)", re.IGNORECASE)
PICTURE = re.compile(r'<img alt="([^"]*)" [^>]*src="data:image/png;base64,([^"]+)"')
DIAGRAM = re.compile(r'<svg [^>]*role="img" aria-label="([^"]*)"')
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


# Code


def no_magic(notebook):
    for cell in code_cells(notebook):
        for line in cell.source.splitlines():
            if line.lstrip().startswith(("%", "!", "?")) or line.rstrip().endswith("?"):
                yield f"cell {cell.id}: magic, shell or help line: {line}"
        if re.search(r"get_ipython|os\.system|subprocess", cell.source):
            yield f"cell {cell.id}: runs a shell or a magic by a detour"


def valid_python(notebook):
    for cell in code_cells(notebook):
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"cell {cell.id}: line {error.lineno}: {error.msg}"
        if not cell.source.strip():
            yield f"cell {cell.id}: empty"


def short_cells(notebook):
    for cell in code_cells(notebook):
        most = LINES_OF_SOLUTION if tags(cell) & {SOLUTION, ANSWER} else LINES
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > most:
            yield f"cell {cell.id}: {len(lines)} lines, expected at most {most}"


def no_own_verdict(notebook):
    """The rules of the claims judge, in one place; chapters print what they say."""
    for cell in code_cells(notebook):
        if re.search(r"""["']partly\b""", cell.source):
            yield f"cell {cell.id}: judges a claim; print experiments.told"


def no_semicolon(notebook):
    for cell in code_cells(notebook):
        for line in cell.source.splitlines():
            if line.rstrip().endswith(";"):
                yield f"cell {cell.id}: trailing semicolon: {line}"


def no_absolute_path(notebook):
    pattern = re.compile(r"(?<![\w.:/])/(home|root|tmp|usr|var|mnt|opt|work|Users)/|\b[A-Z]:\\")
    for cell in notebook.cells:
        for text in (cell.source, *output_texts(cell)):
            found = pattern.search(text)
            if found:
                yield f"cell {cell.id}: absolute path {found[0]}"


def no_noqa(notebook):
    for cell in code_cells(notebook):
        if "noqa" in cell.source:
            yield f"cell {cell.id}: a remark for a tool, which says nothing to a learner"


def no_answers_imported(notebook):
    for cell in code_cells(notebook):
        if re.search(r"\bstcourse\.exercises\b|from stcourse import .*\bexercises\b", cell.source):
            yield f"cell {cell.id}: takes from the exercises what a chapter shows"


# Text


def told_at_the_head(notebook):
    missing = {"minutes", "seconds", "gigabytes"} - header(notebook).keys()
    if missing:
        yield f"the first cell does not tell: {', '.join(sorted(missing))}"


def all_parts(notebook):
    first, *others = [cell.source for cell in markdown_cells(notebook)] or [""]
    if PARTS[0] not in first:
        yield f"the first cell does not say {PARTS[0]!r}"
    for part in PARTS[1:]:
        if not any(re.search(rf"^#+ {part}\b", text, re.MULTILINE) for text in others):
            yield f"no heading {part!r}"


def same_list_at_both_ends(notebook):
    counts = [
        len(re.findall(r"^[-*] ", cell.source.split(part, 1)[1], re.MULTILINE))
        for part in PARTS[:2]
        for cell in markdown_cells(notebook)
        if part in cell.source
    ]
    if len(counts) != 2 or counts[0] != counts[1] or not counts[0]:
        yield f"the lists of what you will and what you do know have {counts} items"


def short_paragraphs(notebook):
    for cell in markdown_cells(notebook):
        for paragraph in paragraphs(cell.source):
            if len(paragraph) > CHARACTERS:
                start = paragraph[:40]
                yield f"cell {cell.id}: paragraph of {len(paragraph)} characters: {start} ..."


def plain_words(notebook):
    for cell in markdown_cells(notebook):
        text = prose(cell.source)
        for word in HYPE:
            if re.search(rf"\b{word}\b", text, re.IGNORECASE):
                yield f"cell {cell.id}: hype: {word}"
        if "!" in text:
            yield f"cell {cell.id}: exclamation mark"


def described_pictures(notebook):
    for cell in markdown_cells(notebook):
        if re.search(r"!\[\s*\]\(", cell.source):
            yield f"cell {cell.id}: picture without a description"


def told_before_code(notebook):
    """A sentence says why the code comes; a heading alone does not."""
    for before, cell in zip(notebook.cells, notebook.cells[1:]):
        if cell.cell_type == "code" and before.cell_type == "markdown":
            last = before.source.strip().splitlines()[-1] if before.source.strip() else "#"
            if last.startswith("#"):
                yield f"cell {cell.id}: no sentence between the heading and the code"


def right_length(notebook, chapter):
    least, most = WORDS.get(chapter, (1300, 2600))
    words = 0
    for cell in markdown_cells(notebook):
        if not re.match(r"#+ References\b", cell.source):
            text = re.sub(
                r"^(### Exercise .*|\*Difficulty .*\*)$", "", cell.source, flags=re.MULTILINE
            )
            words += len(re.findall(r"\w[\w'’.,-]*", prose(text)))
    if not least <= words <= most:
        yield f"{words} words, expected {least} to {most}"


# Outputs


def without_outputs(notebook):
    for cell in code_cells(notebook):
        if cell.outputs or cell.execution_count is not None:
            yield f"cell {cell.id}: has outputs or a count"


def run_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"cells were not run once, from top to bottom: {counts}"


def calm_outputs(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                yield f"cell {cell.id}: stored error or standard error"
        if any(re.search(r"\w+Warning\b", text) for text in output_texts(cell)):
            yield f"cell {cell.id}: stored warning"


def unbroken_lines(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            longest = max(output.get("text", "").splitlines(), key=len, default="")
            if len(longest) > PRINTED:
                yield f"cell {cell.id}: JupyterLab breaks within a word: {longest}"


def asked_before_a_figure(notebook):
    for number, cell in enumerate(notebook.cells):
        if pictures(cell):
            before = notebook.cells[number - 1] if number else None
            asks = before is not None and before.cell_type == "markdown"
            if not asks or not before.source.rstrip().rstrip("*_").endswith("?"):
                yield f"cell {cell.id}: no question right before the figure"


def told_after_a_figure(notebook):
    """The sentence below a figure is its alternative text, for those who cannot see it."""
    for cell in notebook.cells:
        for number, output in enumerate(cell.get("outputs", [])):
            if "image/png" in output.get("data", {}):
                yield f"cell {cell.id}: a figure without alternative text; `show` gives it one"
            for alt in described(output):
                later = cell.outputs[number + 1 :]
                told = " ".join("".join(text for each in later for text in texts(each)).split())
                sentence = " ".join(html.unescape(alt).split())
                if moves(output):  # its sentence changes with it, and so stands beside it
                    beside = f"<div>{alt}</div>" in output["data"]["text/html"]
                    told = sentence if beside else ""
                if len(sentence.split()) < 5 or not told.startswith(sentence):
                    yield f"cell {cell.id}: {sentence!r} does not stand below the figure"


def readable_figures(notebook):
    for cell in notebook.cells:
        for _, data in pictures(cell):
            width = int.from_bytes(base64.b64decode(data)[16:20], "big")  # of a PNG
            if not 400 <= width <= 1200:
                yield f"cell {cell.id}: a figure {width} pixels wide, expected 400 to 1,200"


# Exercises


def exercises_are_headings(notebook):
    """So that JupyterLab's table of contents leads to them."""
    everywhere = [line for cell in markdown_cells(notebook) for line in headings(cell)]
    for before, cell in zip(notebook.cells, notebook.cells[1:]):
        if tags(cell) & {SOLUTION, ANSWER}:
            exercise = exercises.find(exercise_id(cell))
            heading = f"### Exercise {exercise.id} {exercise.title}"
            here = headings(before) if before.cell_type == "markdown" else []
            if here[-1:] != [heading]:
                yield f"cell {cell.id}: not right below the heading {heading!r}"
            named = [line for line in everywhere if f"Exercise {exercise.id} " in line]
            if len(named) > 1:
                yield f"cell {cell.id}: more than one heading: {named}"


def exercises_are_stated(notebook):
    """Difficulty, minutes and why it matters, as the exercise itself says."""
    for before, cell in zip(notebook.cells, notebook.cells[1:]):
        if tags(cell) & {SOLUTION, ANSWER}:
            exercise = exercises.find(exercise_id(cell))
            if f"{exercise.title}\n\n*{exercise.stated}*\n" not in before.source:
                yield f"cell {before.id}: does not say below its heading: {exercise.stated}"


def each_exercise_once(notebook, exercises):
    sections = {
        line.lstrip("#").strip() for cell in markdown_cells(notebook) for line in headings(cell)
    }
    for kind in ({SOLUTION, ANSWER}, {CHECK}):
        there = [exercise_id(cell) for cell in code_cells(notebook) if tags(cell) & kind]
        known = [exercise.id for exercise in exercises]
        if there != known:
            yield f"{'/'.join(sorted(kind))} cells: {there}, expected {known}"
    for exercise in exercises:
        if exercise.section not in sections:
            yield f"exercise {exercise.id}: no heading {exercise.section!r}"


# The course as a whole


def links_lead_somewhere(notebook, names):
    """Learners have the folder of chapters, and nothing else of the repository."""
    for cell in markdown_cells(notebook):
        for address in re.findall(r"\]\(([^)\s]+)\)", cell.source):
            outside = re.match(r"https?://", address)
            if not outside and address.split("#")[0] not in [f"{name}.ipynb" for name in names]:
                yield f"cell {cell.id}: a link to {address}, which learners do not have"


def leads_on(notebook, names):
    """Each notebook but the last ends with a link to the next."""
    number = notebook.cells[0].source.lstrip("# ").split()[0]
    here = [name.split("_")[0] for name in names].index(number)
    ends = [
        cell.source
        for cell in markdown_cells(notebook)
        if re.match(rf"## ({PARTS[1]}|{PARTS[2]})\b", cell.source)
    ]
    if here + 1 < len(names) and f"]({names[here + 1]}.ipynb)" not in "".join(ends):
        yield f"no link to {names[here + 1]} at the end"


def known_chapters(notebook, names):
    numbers = {name.split("_")[0] for name in names}
    for cell in notebook.cells:
        for found in re.finditer(
            r"\bchapters? (\d\w*(?:(?:,| and| to) \d\w*)*)", cell.source, re.I
        ):
            for number in set(re.findall(r"\d\w*", found[1])) - numbers:
                yield f"cell {cell.id}: there is no chapter {number}"


def known_files(notebook, names):
    """Named is what learners have, or what a cell makes."""
    made = "\n".join(cell.source for cell in code_cells(notebook))
    for cell in markdown_cells(notebook):
        for file in FILE.findall(cell.source):
            if file not in [f"{name}.ipynb" for name in names] and file not in made:
                yield f"cell {cell.id}: the file {file}, which learners do not have"


# What the rules look at


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def markdown_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def headings(cell):
    """Lines of a Markdown cell that are headings."""
    return [line for line in FENCE.sub("", cell.source).splitlines() if line.startswith("#")]


def prose(text):
    """Markdown without code, formulas, addresses of links, and marks of pictures."""
    text = FENCE.sub(" ", text)
    text = re.sub(r"\$\$.*?\$\$", " ", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`|\$[^$\n]+\$", " x ", text)
    text = re.sub(r"!?\[([^]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"https?://\S+", " ", text)


def paragraphs(text):
    """Paragraphs and items of lists; tables, fenced code and formulas are none."""
    text = FENCE.sub("\n\n", text)
    text = re.sub(r"\$\$.*?\$\$", "\n\n", text, flags=re.DOTALL)
    for part in re.split(r"\n\s*\n|^(?=\s*(?:[-*]|\d+\.) )", text, flags=re.MULTILINE):
        if not part.lstrip().startswith(("|", "<")):
            yield " ".join(part.split())


def texts(output):
    data = output.get("data", {})
    if pictures_of(output):
        return []
    return [output.get("text", ""), *(v for k, v in data.items() if k.startswith("text/"))]


def output_texts(cell):
    return [text for output in cell.get("outputs", []) for text in texts(output)]


def pictures_of(output):
    """Alternative text and data of each figure in an output."""
    return PICTURE.findall(output.get("data", {}).get("text/html", ""))


def described(output):
    """Alternative text of each figure and each diagram in an output."""
    diagrams = DIAGRAM.findall(output.get("data", {}).get("text/html", ""))
    return [alt for alt, _ in pictures_of(output)] + diagrams


def moves(output):
    return 'data-frames="' in output.get("data", {}).get("text/html", "")


def pictures(cell):
    return [found for output in cell.get("outputs", []) for found in pictures_of(output)]


OF_ALL = (
    no_magic, valid_python, short_cells, no_semicolon, no_absolute_path, no_noqa,
    no_own_verdict,
    no_answers_imported, told_at_the_head, all_parts, same_list_at_both_ends, short_paragraphs,
    plain_words, described_pictures, told_before_code, exercises_are_headings,
    exercises_are_stated,
)  # fmt: skip
OF_THE_COURSE = (links_lead_somewhere, leads_on, known_chapters, known_files)
OF_CHAPTERS = (without_outputs,)
OF_SOLUTIONS = (
    run_in_order, calm_outputs, unbroken_lines, asked_before_a_figure, told_after_a_figure,
    readable_figures,
)  # fmt: skip
