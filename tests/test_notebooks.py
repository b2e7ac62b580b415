"""Every chapter: its rules, its verdicts untouched and solved, its time and its memory.

The solutions are run by nbval, as pytest collects them; their conftest.py holds them to the time
and the memory that they promise. The chapters are run untouched in a browser, by test_browser.py;
here only where there is none, and one of them.
"""

import ast
import base64
import copy
import html
import inspect
import os
import pkgutil
import re
import shutil
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import browser
import nbformat
import notebook_rules as rules
import pytest

from stcourse import exercises
from stcourse.applications.lines import PARTS
from stcourse.authoring import notebooks
from stcourse.diagrams.drawing import Drawing
from stcourse.notebook import motion
from stcourse.running import checker
from stlearn.errors import InputError

REPOSITORY = Path(__file__).resolve().parent.parent
SOLUTIONS = notebooks.notebooks_in(REPOSITORY / "solutions")
CHAPTERS = notebooks.notebooks_in(REPOSITORY / "chapters")
WITHOUT_BROWSER = CHAPTERS if browser.CHROMIUM is None else CHAPTERS[:1]
GIGABYTES = 1.1  # at most, for any chapter
SECONDS, SECONDS_OF_PART = 120, 45
NAMES = [path.stem for path in CHAPTERS]


def each(paths):
    return pytest.mark.parametrize(
        "path", paths, ids=lambda path: f"{path.parent.name}/{path.stem}"
    )


def exercises_of(path):
    return exercises.of_notebook(path.stem)


def broken_rules(notebook, wanted, *names):
    return [f"{rule.__name__}: {told}" for rule in wanted for told in rule(notebook, *names)]


def test_there_are_chapters():
    assert SOLUTIONS
    assert [path.name for path in SOLUTIONS] == [path.name for path in CHAPTERS]


def test_every_exercise_has_a_notebook():
    for chapter in {int(path.name[:2]) for path in SOLUTIONS} & set(exercises.chapters()):
        held = [each for path in SOLUTIONS for each in exercises_of(path)]
        missing = [each.id for each in exercises.of_chapter(chapter) if each not in held]
        assert missing == []


# Rules


@each(SOLUTIONS)
def test_solution_keeps_the_rules(path):
    notebook = notebooks.read(path)
    assert broken_rules(notebook, rules.OF_ALL + rules.OF_SOLUTIONS) == []
    assert broken_rules(notebook, rules.OF_THE_COURSE, NAMES) == []
    assert list(rules.right_length(notebook, path.stem.split("_")[0])) == []
    assert list(rules.each_exercise_once(notebook, exercises_of(path))) == []


@each([path for path in SOLUTIONS + CHAPTERS if path.stem[:2] in ("02", "03", "04", "05")])
def test_each_section_ends_with_its_question(path):
    notebook, section, sections, asked = notebooks.read(path), "", [], []
    for cell, following in zip(notebook.cells, notebook.cells[1:]):
        if cell.cell_type == "markdown":
            for number in re.findall(r"^## (\d+\.\d+) ", cell.source, re.MULTILINE):
                section = number
                sections.append(number)
        elif cell.source.startswith("ask("):
            assert cell.source == f'ask("{section}")'
            assert following.cell_type == "markdown" and rules.headings(following)
            asked.append(section)
    assert asked == sections == [each.id for each in exercises.questions(int(path.stem[:2]))]


@pytest.mark.slow
def test_the_workers_of_chapter_07_are_other_processes_and_give_the_same_errors():
    notebook = notebooks.read(REPOSITORY / "solutions" / "07_many_sensors.ipynb")
    needed = ("imports", "imports-library", "check74", "halo", "ray", "here", "workers-cell")
    cells = {cell.id: cell for cell in notebook.cells if cell.id in (*needed, "solve74")}
    cells["ray"].source = "RAY = True"
    notebook.cells = list(cells.values())
    notebooks.run(notebook)
    told = "".join(output.text for output in cells["workers-cell"].outputs)
    assert "The same errors: True." in told
    assert "ran in 4 processes other than this notebook's" in told


@each(CHAPTERS)
def test_chapter_keeps_the_rules(path):
    notebook = notebooks.read(path)
    assert broken_rules(notebook, rules.OF_ALL + rules.OF_CHAPTERS) == []
    assert broken_rules(notebook, rules.OF_THE_COURSE, NAMES) == []
    assert list(rules.each_exercise_once(notebook, exercises_of(path))) == []


@each(SOLUTIONS)
def test_header_promises_what_the_course_allows(path):
    told = notebooks.header(notebooks.read(path))
    assert told["gigabytes"] <= GIGABYTES
    held = [part.notebook for part in PARTS.values()].count(path.stem)
    assert told["seconds"] <= (held * SECONDS_OF_PART or SECONDS)


def test_readme_tells_the_minutes_of_the_headers():
    """Those of chapter 06 are its own and those of its parts."""
    minutes = Counter()
    for path in SOLUTIONS:
        minutes[path.stem[:2]] += notebooks.header(notebooks.read(path))["minutes"]
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d\d) [^|]+ \| (\d+) \|", readme, re.MULTILINE)
    assert {number: int(told) for number, told in rows} == minutes


@each(CHAPTERS)
def test_every_name_taken_from_a_module_of_ours_is_there(path):
    """What a cell would stumble over only after minutes."""
    modules, missing = {}, []
    for cell in rules.code_cells(notebooks.read(path)):
        for node in ast.walk(ast.parse(cell.source)):
            for name, known_as in ours(node):
                try:
                    found = pkgutil.resolve_name(name)
                except (ImportError, AttributeError):
                    missing.append(f"cell {cell.id}: {name}")
                    continue
                if inspect.ismodule(found):
                    modules[known_as] = found
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = modules.get(node.value.id)
                if module and not hasattr(module, node.attr):
                    missing.append(f"cell {cell.id}: {module.__name__}.{node.attr}")
    assert missing == []


def ours(node):
    """(full name, name in the notebook) of what an import takes from the course."""
    if isinstance(node, ast.Import):
        taken = [(each.name, each.asname or each.name) for each in node.names]
    elif isinstance(node, ast.ImportFrom):
        taken = [(f"{node.module}.{each.name}", each.asname or each.name) for each in node.names]
    else:
        taken = []
    return [each for each in taken if each[0].startswith(("stlearn", "stcourse"))]


# Verdicts, time and memory


@each(WITHOUT_BROWSER)
def test_untouched_chapter_runs_and_says_not_yet_and_nothing_else(path):
    found = checker.check_notebook(path)
    assert found.broken == ()
    assert [result.id for result in found.results] == [each.id for each in exercises_of(path)]
    for result, exercise in zip(found.results, exercises_of(path)):
        assert result.verdict == "not yet", result
        assert result.message == exercise.hints[0]


@pytest.mark.slow
def test_plain_pytest_is_red_on_exactly_the_checks(tmp_path):
    path = CHAPTERS[0]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(path.relative_to(REPOSITORY)), "--color=no",
         f"--junitxml={tmp_path / 'report.xml'}", "-p", "no:cacheprovider"],
        cwd=REPOSITORY, capture_output=True, text=True,
        env={k: v for k, v in os.environ.items() if k != "STLEARN_RAISE_VERDICTS"},
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    cases = ElementTree.parse(tmp_path / "report.xml").getroot().iter("testcase")
    cells = rules.code_cells(notebooks.read(path))
    failed = {case.get("name"): case.find("failure") for case in cases}
    assert list(failed) == [f"Cell {number}" for number in range(len(cells))]
    for cell, failure in zip(cells, failed.values()):
        if rules.CHECK in rules.tags(cell):
            assert f"not yet: {rules.exercise_id(cell)}" in failure.text
        else:
            assert failure is None, failure.text
    assert "Traceback (most recent call last)" not in done.stdout


# The measurement itself


def one_cell(source):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gigabytes", "seconds", "told"), [(1, 60, None), (0.01, 60, "GB"), (1, 0, "s")]
)
def test_solution_is_held_to_its_header(tmp_path, gigabytes, seconds, told):
    notebook = one_cell("x = 1")
    header = f"**Peak memory:** {gigabytes} GB · **Runs in:** {seconds} s"
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(header))
    notebooks.write(tmp_path / "02_small.ipynb", notebook)
    shutil.copy(REPOSITORY / "solutions" / "conftest.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "nbval.plugin", "--nbval-lax",
         "--nbval-current-env", "--color=no"],
        cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
    )  # fmt: skip
    assert done.returncode == (0 if told is None else 1), done.stdout + done.stderr
    if told:
        assert re.search(rf"AssertionError: 02_small: .*\d {told}\b", done.stdout)


@pytest.mark.slow
def test_run_measures_time_and_the_memory_of_children():
    small = notebooks.run(one_cell("import time; time.sleep(0.3)"))
    child = "import time; block = b'x' * 300_000_000; time.sleep(0.5)"
    large = notebooks.run(
        one_cell(f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])")
    )
    assert small.seconds > 0.3
    assert 0.3 < large.gigabytes - small.gigabytes < 0.4


def test_run_works_in_an_empty_folder_and_keeps_cells_as_they_are():
    notebook = one_cell("import os; print(os.listdir())")
    notebooks.run(notebook)
    assert notebook.cells[0].outputs[0].text == "[]\n"
    assert notebook.cells[0].metadata == {}


def test_run_names_the_cell_that_fails():
    notebook = one_cell("x = 1")
    notebook.cells.append(nbformat.v4.new_code_cell("x / 0", id="divide"))
    with pytest.raises(InputError, match=r"cell 2 \(divide\): ZeroDivisionError: division by zero"):
        notebooks.run(notebook)


# The rules themselves: each can fail

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 800, 400)).decode()
NARROW = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 80, 40)).decode()
HEAD = """# 02 Small

**Minutes:** 60 · **Peak memory:** 0.9 GB · **Runs in:** 40 s

**What you will be able to do**

- read it"""

RECAP = """## Recap

After chapters 01 and 02 comes [chapter 03](03_next.ipynb); the report is `report.html`."""
COURSE = ["01_before", "02_small", "03_next"]


def figure_outputs(data=PNG, sentence="At 8 & later it falls to 10 km/h.", kind="text/html"):
    page = f'<img alt="{html.escape(sentence)}" style="" src="data:image/png;base64,{data}">'
    value = page if kind == "text/html" else data
    shown = nbformat.v4.new_output("display_data", data={kind: value, "text/plain": "<>"})
    return [shown, nbformat.v4.new_output("stream", text=f"{sentence}\nAnd more.\n")]


def diagram_outputs(sentence="Four rows of past, then two of future."):
    page = Drawing(9, 9).svg(sentence)
    return [nbformat.v4.new_output("display_data", data={"text/html": page}), printed(sentence)]


def moving_outputs(sentence=None):
    """A figure that moves, as `play` stores it; perhaps with another sentence beside it."""
    figure = figure_outputs()[0].data["text/html"]
    frames = [f"{figure}<div>At 8 &amp; later it falls to 10 km/h.</div>", figure]
    page = motion._player(frames, "Hour", ["8", "9"], 0)
    if sentence:
        page = page.replace("<div>At 8", f"<div>{sentence}")
    return [nbformat.v4.new_output("display_data", data={"text/html": page, "text/plain": "Hour"})]


def good():
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    exercise = {"stlearn": {"exercise": "2.1"}}
    stated = exercises.find("2.1").stated
    return nbformat.v4.new_notebook(
        cells=[
            markdown(HEAD, id="head"),
            markdown("## 2.1 One neuron\n\nWhat do you **expect?**", id="question"),
            code("show(1)", id="figure", outputs=figure_outputs(), execution_count=1),
            markdown("## Why\n\nBecause `a != b` and $x!$, see [it](https://a.org/!).", id="text"),
            code("x = 'report.html'", id="plain", execution_count=2),
            markdown(f"### Exercise 2.1 A dense layer\n\n*{stated}*\n\nWrite it.", id="task"),
            code(
                "x = 2", id="answer", execution_count=3, metadata={"tags": ["solution"], **exercise}
            ),
            code(
                "check('2.1', x)", id="check", execution_count=4,
                metadata={"tags": ["exercise-check"], **exercise},
            ),
            markdown("## What you now know\n\n- it", id="now"),
            markdown(RECAP, id="recap"),
            markdown("## References\n\n- it", id="references"),
        ]
    )  # fmt: skip


def with_source(id, source):
    def change(notebook):
        next(cell for cell in notebook.cells if cell.id == id).source = source

    return change


def with_outputs(id, *outputs):
    def change(notebook):
        next(cell for cell in notebook.cells if cell.id == id).outputs = list(outputs)

    return change


def printed(text, name="stdout"):
    return nbformat.v4.new_output("stream", text=text, name=name)


BAD = [
    (rules.no_magic, with_source("plain", "%matplotlib inline")),
    (rules.no_magic, with_source("plain", "!ls")),
    (rules.no_magic, with_source("plain", "print?")),
    (rules.no_magic, with_source("plain", "get_ipython().system('ls')")),
    (rules.valid_python, with_source("plain", "x = (")),
    (rules.valid_python, with_source("plain", " ")),
    (rules.short_cells, with_source("plain", "x = 1\n" * 16)),
    (rules.short_cells, with_source("answer", "x = 1\n" * 26)),
    (rules.no_own_verdict, with_source("plain", "x = 'holds' if 1 else 'partly'")),
    (rules.no_semicolon, with_source("plain", "x;\ny = 1")),
    (rules.no_absolute_path, with_source("plain", "open('/home/me/x.csv')")),
    (rules.no_absolute_path, with_source("text", "It lies in `C:\\data`.")),
    (rules.no_absolute_path, with_outputs("plain", printed("saved to /tmp/x"))),
    (rules.no_noqa, with_source("plain", "import os  # noqa: F401")),
    (rules.no_answers_imported, with_source("plain", "from stcourse.exercises import find")),
    (rules.no_answers_imported, with_source("plain", "from stcourse import check, exercises")),
    (rules.told_at_the_head, with_source("head", HEAD.replace("**Minutes:** 60", ""))),
    (rules.told_at_the_head, with_source("head", HEAD.replace("0.9 GB", "900 MB"))),
    (rules.told_at_the_head, with_source("head", HEAD.replace("40 s", "long"))),
    (rules.all_parts, with_source("head", HEAD.replace("What you", "What they"))),
    (rules.all_parts, with_source("now", "What you now know, without a heading")),
    (rules.all_parts, with_source("recap", "## Summary")),
    (rules.all_parts, with_source("references", "## Sources")),
    (rules.same_list_at_both_ends, with_source("head", f"{HEAD}\n- write it")),
    (rules.short_paragraphs, with_source("text", "Much too long a paragraph. " * 19)),
    (rules.short_paragraphs, with_source("text", "- short\n- " + "much too long an item " * 23)),
    (rules.plain_words, with_source("text", "A Revolutionary model.")),
    (rules.plain_words, with_source("text", "Well done!")),
    (rules.described_pictures, with_source("text", "![](picture.png)")),
    (rules.told_before_code, with_source("text", "## Next")),
    (rules.exercises_are_headings, with_source("task", "**Exercise 2.1.** Write it.")),
    (rules.exercises_are_headings, with_source("task", "### Exercise 2.1 A layer\n\nWrite it.")),
    (rules.exercises_are_headings, with_source("text", "### Exercise 2.1 Once more\n\nNo.")),
    (rules.links_lead_somewhere, with_source("text", "See [it](../README.md).")),
    (rules.leads_on, with_source("recap", "## Recap\n\nNext: chapter 03.")),
    (rules.known_chapters, with_source("text", "Chapter 07 is to come.")),
    (rules.known_chapters, with_source("text", "See chapters 01 and 07.")),
    (rules.known_files, with_source("text", "Its card is `datasets/corridor/README.md`.")),
    (
        rules.exercises_are_stated,
        with_source("task", "### Exercise 2.1 A dense layer\n\nWrite it."),
    ),
    (rules.run_in_order, with_source("plain", "x = 1")),
    (rules.calm_outputs, with_outputs("plain", printed("careful", "stderr"))),
    (rules.calm_outputs, with_outputs("plain", printed("FutureWarning: old"))),
    (rules.calm_outputs, with_outputs("plain", nbformat.v4.new_output("error", ename="E"))),
    (rules.unbroken_lines, with_outputs("plain", printed("so long " * 14))),
    (rules.asked_before_a_figure, with_source("question", "Here it comes.")),
    (rules.asked_before_a_figure, with_outputs("answer", *figure_outputs())),
    (rules.told_after_a_figure, with_outputs("figure", figure_outputs()[0])),
    (rules.told_after_a_figure, with_outputs("figure", *reversed(figure_outputs()))),
    (rules.told_after_a_figure, with_outputs("figure", *figure_outputs(sentence=""))),
    (rules.told_after_a_figure, with_outputs("figure", *figure_outputs(kind="image/png"))),
    (
        rules.told_after_a_figure,
        with_outputs("figure", figure_outputs()[0], printed("Something else is printed here.")),
    ),
    (rules.told_after_a_figure, with_outputs("plain", diagram_outputs()[0])),
    (rules.told_after_a_figure, with_outputs("figure", *moving_outputs("At 9"))),
    (rules.readable_figures, with_outputs("figure", *figure_outputs(NARROW))),
]


def test_good_notebook_breaks_no_rule():
    assert broken_rules(good(), rules.OF_ALL + rules.OF_SOLUTIONS) == []
    assert broken_rules(good(), rules.OF_THE_COURSE, COURSE) == []
    moving = good()
    with_outputs("figure", *moving_outputs())(moving)
    assert broken_rules(moving, rules.OF_ALL + rules.OF_SOLUTIONS) == []
    cleared = copy.deepcopy(good())
    for cell in rules.code_cells(cleared):
        cell.outputs, cell.execution_count = [], None
    assert broken_rules(cleared, rules.OF_CHAPTERS) == []


@pytest.mark.parametrize(("rule", "change"), BAD, ids=lambda each: getattr(each, "__name__", ""))
def test_rule_is_broken(rule, change):
    notebook = good()
    change(notebook)
    if rule is rules.run_in_order:
        notebook.cells[2].execution_count = 7
    assert broken_rules(notebook, [rule], *([COURSE] if rule in rules.OF_THE_COURSE else []))


def test_every_rule_has_a_bad_example():
    known = {*rules.OF_ALL, *rules.OF_SOLUTIONS, *rules.OF_THE_COURSE}
    assert {rule for rule, _ in BAD} == known


def test_a_diagram_needs_its_sentence_and_no_question_before():
    notebook = good()
    with_outputs("plain", *diagram_outputs())(notebook)
    assert broken_rules(notebook, rules.OF_ALL + rules.OF_SOLUTIONS) == []


def test_outputs_in_a_chapter_are_found():
    assert list(rules.without_outputs(good()))


@pytest.mark.parametrize(("words", "fits"), [(1299, False), (1300, True), (2601, False)])
def test_length(words, fits):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("word " * words),
            nbformat.v4.new_markdown_cell("## References\n\n" + "not counted " * 99),
        ]
    )
    assert (list(rules.right_length(notebook, "02")) == []) == fits


def test_exercises_that_do_not_fit_are_found():
    known = exercises.of_chapter(0)
    told = "; ".join(rules.each_exercise_once(good(), known))
    assert "['2.1'], expected ['0.1']" in told
    assert f"exercise 0.1: no heading {known[0].section!r}" in told
