"""The learner's working copy, JupyterLab on it, and the check from outside."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import browser
import nbformat
import pytest

from stcourse import exercises
from stcourse.authoring import notebooks
from stcourse.running import checker, lab
from stlearn.errors import InputError
from stlearn.forecast.cli import app

EXERCISE = exercises.find("0.1")
SOLVED = """
def travel_minutes(kilometres, speed):
    return 60 * kilometres / speed
"""
HOURS = SOLVED.replace("60 * ", "")
STARTER = "def travel_minutes(kilometres, speed):\n    return ..."


def notebook(*sources):
    """A notebook of code cells; those with a def hold the answer, those with check( check it."""
    cells = []
    for number, source in enumerate(sources):
        metadata = {}
        if "def " in source:
            metadata = {"tags": ["exercise"], "stlearn": {"exercise": EXERCISE.id}}
        cell = nbformat.v4.new_code_cell(source.strip(), id=f"cell-{number}", metadata=metadata)
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


def chapter(answer, *more):
    importing = "from stcourse import check"
    return notebook(importing, answer, f'check("{EXERCISE.id}", travel_minutes)', *more)


def chapter_without_exercises():
    return notebook("x = 1")


@pytest.fixture
def course(tmp_path):
    """A folder with one small chapter, as the course has it."""
    folder = tmp_path / "chapters"
    folder.mkdir()
    notebooks.write(folder / "00_small.ipynb", chapter(STARTER))
    return folder


@pytest.fixture
def mine(tmp_path):
    return tmp_path / "mine"


def names(folder):
    return sorted(path.name for path in folder.glob("*.ipynb"))


def edit(path, number, source):
    edited = notebooks.read(path)
    edited.cells[number].source = source
    notebooks.write(path, edited)


# The working copy


def test_chapters_are_copied_into_a_new_folder(course, mine):
    assert lab.update_copy(mine, course) == []
    copied = (mine / "00_small.ipynb").read_bytes()
    assert copied == (course / "00_small.ipynb").read_bytes()
    assert names(mine) == ["00_small.ipynb"]


def test_answers_stay_while_the_course_is_the_same(course, mine):
    lab.update_copy(mine, course)
    edit(mine / "00_small.ipynb", 1, SOLVED)
    before = (mine / "00_small.ipynb").read_bytes()
    assert lab.update_copy(mine, course) == []
    assert (mine / "00_small.ipynb").read_bytes() == before
    assert names(mine) == ["00_small.ipynb"]


def test_untouched_copy_is_replaced_even_when_it_was_run(course, mine):
    lab.update_copy(mine, course)
    run = notebooks.read(mine / "00_small.ipynb")
    run.cells[0].outputs = [nbformat.v4.new_output("stream", text="seen")]
    run.metadata["language_info"] = {"name": "python", "version": "3.11"}
    notebooks.write(mine / "00_small.ipynb", run)
    edit(course / "00_small.ipynb", 0, "import stlearn")
    (told,) = lab.update_copy(mine, course)
    assert "replaced" in told
    copied = (mine / "00_small.ipynb").read_bytes()
    assert copied == (course / "00_small.ipynb").read_bytes()
    assert lab.update_copy(mine, course) == []


def test_newer_chapter_comes_beside_the_answered_one_once(course, mine):
    lab.update_copy(mine, course)
    edit(mine / "00_small.ipynb", 1, SOLVED)
    answered = (mine / "00_small.ipynb").read_bytes()
    edit(course / "00_small.ipynb", 0, "import stlearn")
    (told,) = lab.update_copy(mine, course)
    assert "00_small.new.ipynb" in told
    assert lab.update_copy(mine, course) == []
    assert (mine / "00_small.ipynb").read_bytes() == answered
    copied = (mine / "00_small.new.ipynb").read_bytes()
    assert copied == (course / "00_small.ipynb").read_bytes()

    # The new one, not begun yet, follows the course; once begun, it is kept too.
    edit(course / "00_small.ipynb", 0, "import numpy")
    lab.update_copy(mine, course)
    assert names(mine) == ["00_small.ipynb", "00_small.new.ipynb"]
    edit(mine / "00_small.new.ipynb", 1, HOURS)
    edit(course / "00_small.ipynb", 0, "import pandas")
    lab.update_copy(mine, course)
    assert names(mine) == ["00_small.ipynb", "00_small.new.ipynb", "00_small.new2.ipynb"]
    assert (mine / "00_small.ipynb").read_bytes() == answered
    assert HOURS.strip() in notebooks.read(mine / "00_small.new.ipynb").cells[1].source


@pytest.mark.parametrize("memory", ["", "[]", '{"00_small.ipynb": "other"}'])
def test_without_its_memory_an_older_copy_counts_as_answered(course, mine, memory):
    lab.update_copy(mine, course)
    before = (mine / "00_small.ipynb").read_bytes()
    edit(course / "00_small.ipynb", 0, "import stlearn")
    (mine / lab.MEMORY).write_text(memory)
    lab.update_copy(mine, course)
    assert (mine / "00_small.ipynb").read_bytes() == before
    assert names(mine) == ["00_small.ipynb", "00_small.new.ipynb"]


def test_a_copy_that_is_no_notebook_any_more_is_kept(course, mine):
    lab.update_copy(mine, course)
    (mine / "00_small.ipynb").write_text("half of it")
    edit(course / "00_small.ipynb", 0, "import stlearn")
    lab.update_copy(mine, course)
    assert (mine / "00_small.ipynb").read_text() == "half of it"
    assert names(mine) == ["00_small.ipynb", "00_small.new.ipynb"]


def test_deleted_copy_comes_back(course, mine):
    lab.update_copy(mine, course)
    (mine / "00_small.ipynb").unlink()
    lab.update_copy(mine, course)
    assert names(mine) == ["00_small.ipynb"]


def test_folder_that_is_a_file(course, mine):
    mine.write_text("")
    with pytest.raises(InputError, match="folder: expected a folder, got the file"):
        lab.update_copy(mine, course)


def test_fingerprint_is_of_what_the_cells_say(course):
    path = course / "00_small.ipynb"
    before = lab.fingerprint(path)
    edit(path, 0, "import os")
    assert lab.fingerprint(path) != before
    path.write_text("{}")
    assert lab.fingerprint(path) is None


# Finding a chapter


@pytest.mark.parametrize("chapter", ["0", "00", "00_small", "00_small.ipynb"])
def test_find_notebooks(course, chapter):
    assert notebooks.find_notebooks(chapter, course) == [course / "00_small.ipynb"]


IN_PARTS = ("06_applications", "06a_roads", "06b_policy")


@pytest.mark.parametrize(
    ("chapter", "found"),
    [
        ("6", IN_PARTS),
        ("06", IN_PARTS),
        ("6a", IN_PARTS[1:2]),
        ("06B", IN_PARTS[2:]),
        ("06_applications", IN_PARTS[:1]),
        ("06a_roads", IN_PARTS[1:2]),
        ("06b_policy.ipynb", IN_PARTS[2:]),
    ],
)
def test_find_notebooks_of_a_chapter_in_parts(course, chapter, found):
    for name in (*reversed(IN_PARTS), "06a_roads.new", "07_frontier", "06ab_x", "6c_health"):
        notebooks.write(course / f"{name}.ipynb", chapter_without_exercises())
    assert [path.stem for path in notebooks.find_notebooks(chapter, course)] == list(found)


def test_parts_are_copied_and_follow_the_course(course, mine):
    for name in IN_PARTS:
        notebooks.write(course / f"{name}.ipynb", chapter_without_exercises())
    lab.update_copy(mine, course)
    assert names(mine) == ["00_small.ipynb", *(f"{name}.ipynb" for name in IN_PARTS)]
    edit(mine / "06a_roads.ipynb", 0, "x = 2")
    edit(course / "06a_roads.ipynb", 0, "x = 3")
    (told,) = lab.update_copy(mine, course)
    assert "06a_roads.new.ipynb" in told
    assert [path.stem for path in notebooks.notebooks_in(mine)] == ["00_small", *IN_PARTS]


@pytest.mark.parametrize("chapter", ["3", "3a", "0a", "small", "00_small.new.ipynb", "²"])
def test_chapter_that_is_not_there(course, chapter):
    with pytest.raises(InputError, match="chapter: no "):
        notebooks.find_notebooks(chapter, course)


def test_newer_versions_are_no_chapters(course):
    (course / "00_small.new.ipynb").write_text("{}")
    assert notebooks.notebooks_in(course) == [course / "00_small.ipynb"]


def test_the_course_is_found():
    assert notebooks.course_folder().is_dir()


# JupyterLab


def status(address):
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_lab_listens_here_only_asks_for_its_token_and_stops(tmp_path):
    folder = tmp_path / "mine"
    with browser.started_lab(folder, "0") as (url, token, process):
        assert url.startswith("http://127.0.0.1:")
        assert len(token) >= 32
        contents = f"{url}api/contents"
        assert status(contents) == 403
        assert status(f"{contents}?token={token}") == 200
        assert set(names(folder)) == {path.name for path in notebooks.notebooks_in(folder)}
    assert process.returncode == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url)


def test_lab_ends_its_server_when_it_is_terminated(tmp_path):
    with browser.started_lab(tmp_path / "mine") as (url, _, process):
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(url)


def test_lab_without_jupyterlab(tmp_path, monkeypatch):
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="not installed: python -m pip install jupyterlab"):
        lab.open_lab(tmp_path)


@pytest.mark.parametrize(("user", "root"), [(0, True), (1000, False)])
def test_lab_works_for_root_too_who_is_told_what_that_means(course, monkeypatch, user, root):
    class Ended:
        def __init__(self, command, **_):
            self.allowed = "--allow-root" in command

        def wait(self, *_):
            return self.allowed

        def poll(self):
            return 0

    monkeypatch.setattr(lab.os, "geteuid", lambda: user, raising=False)
    monkeypatch.setattr(lab.subprocess, "Popen", Ended)
    told = []
    assert lab.open_lab(course, say=told.append) is root
    assert any("You are root" in sentence for sentence in told) is root


def test_settings_of_the_course_leave_those_of_the_user_in_place(monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "mine")
    monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)
    found = lab.environment()
    assert found["JUPYTER_PATH"].split(os.pathsep) == [found["JUPYTER_CONFIG_PATH"], "mine"]
    assert Path(found["JUPYTER_CONFIG_PATH"]).is_dir()


def test_lab_of_an_unknown_chapter(course):
    with pytest.raises(InputError, match="chapter: no '7'"):
        lab.open_lab(course, "7")


# The check


def cell(source, exercise=None, tag="exercise"):
    metadata = {"tags": [tag], "stlearn": {"exercise": exercise}} if exercise else {}
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def many_ways():
    """A notebook in which every exercise ends in another way, as run and saved by a learner."""
    broke_off = cell("from stcourse import check")
    broke_off.outputs = [nbformat.v4.new_output("stream", text="saved while it ran")]
    marked = 'check("1.1", ...)  # NBVAL_RAISES_EXCEPTION\n# NBVAL_RAISES_EXCEPTION'
    cells = [
        broke_off,
        nbformat.v4.new_markdown_cell("# Text is counted as a cell"),
        cell("import sys\nsys.dont_write_bytecode = True\nimport my_helper"),
        cell(HOURS.strip(), "0.1"),
        cell('check("0.1", travel_minutes)', "0.1", "exercise-check"),
        cell(marked, "1.1", "raises-exception"),
        cell("def align(feed)\n    return 1", "1.2"),
        cell('check("1.2", align)', "1.2", "exercise-check"),
        cell("def count(trips=undefined):\n    return 1", "1.3"),
        cell('check("1.3", count)', "1.3", "exercise-check"),
        cell('check("1.4", never_written)', "1.4", "exercise-check"),
        cell("# a remark\n{}['speed']"),
    ]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learner")
    (folder / "my_helper.py").write_text("value = 3\n")
    path = folder / "01_mine.ipynb"
    notebooks.write(path, many_ways())
    before = path.read_bytes()
    steps = []
    checked = checker.check_notebook(path, lambda *step: steps.append(step))
    assert path.read_bytes() == before
    assert {file.name for file in folder.iterdir()} == {"01_mine.ipynb", "my_helper.py"}
    assert steps == [(number, 11) for number in range(12)]
    return checked


def verdict(found, id):
    (result,) = [result for result in found.results if result.id == id]
    assert result.title == exercises.find(id).title
    return result.verdict, result.message


def test_check_of_a_wrong_answer_says_what_is_wrong(found):
    kind, message = verdict(found, "0.1")
    assert kind == "not right"
    assert "These are hours" in message
    assert not message.startswith(("not right", EXERCISE.title))


def test_check_of_a_starter_gives_the_first_hint_whatever_marks_the_cell(found):
    assert verdict(found, "1.1") == ("not yet", exercises.find("1.1").hints[0])


@pytest.mark.parametrize(("id", "told"), [("1.2", "SyntaxError"), ("1.3", "NameError")])
def test_check_of_an_answer_that_does_not_run(found, id, told):
    kind, message = verdict(found, id)
    assert kind == "not right"
    assert message.startswith(f"the cell of the answer stopped: {told}: ")


def test_check_that_names_nothing_known(found):
    kind, message = verdict(found, "1.4")
    assert kind == "not right"
    assert message == "NameError: name 'never_written' is not defined"


def test_check_misses_an_exercise_of_the_chapter_that_no_cell_checks(found):
    assert verdict(found, "1.5") == ("not yet", "no cell calls check('1.5', ...)")


def test_check_tells_a_broken_cell_from_an_exercise(found):
    assert found.broken == ("cell 12 (# a remark) stopped: KeyError: 'speed'",)
    assert not found.passed


def test_check_of_a_dead_kernel_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(checker, "LONGEST_CELL", 3)
    path = tmp_path / "small.ipynb"
    notebooks.write(path, notebook("x = 1", "import os\nos._exit(1)", "x = 2"))
    found = checker.check_notebook(path)
    assert "did not end within 3 seconds" in found.broken[0]
    assert len(found.broken) == 2
    assert not found.passed


def test_check_of_what_is_no_notebook(tmp_path):
    (tmp_path / "00_mine.ipynb").write_text("{}")
    with pytest.raises(InputError, match="expected a notebook"):
        checker.check_notebook(tmp_path / "00_mine.ipynb")


# The commands


def run(*arguments, folder):
    process = subprocess.run(
        [sys.executable, "-m", "stlearn.forecast.cli", *arguments], cwd=folder, capture_output=True,
        text=True, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    return process.returncode, process.stdout, process.stderr


def test_check_command_as_json(tmp_path):
    notebooks.write(tmp_path / "00_mine.ipynb", chapter(STARTER, "1 / 0"))
    code, out, err = run("check", "00_mine.ipynb", "--json", folder=tmp_path)
    assert code == 1
    assert json.loads(out) == {
        "chapter": "00_mine",
        "exercises": [{"id": EXERCISE.id, "verdict": "not yet", "message": EXERCISE.hints[0]}],
    }
    assert "cell 4 (1 / 0) stopped: ZeroDivisionError" in err
    assert err.startswith("00_mine.ipynb: running it")


def test_check_command_prints_a_table_of_all_chapters(tmp_path):
    folder = tmp_path / lab.FOLDER
    folder.mkdir()
    notebooks.write(folder / "00_mine.ipynb", chapter(SOLVED))
    code, out, _ = run("check", folder=tmp_path)
    assert code == 0
    heading, row = out.splitlines()
    assert heading.split() == ["exercise", "title", "verdict", "message"]
    assert row.split() == [EXERCISE.id, *EXERCISE.title.split(), "passed"]


def test_check_command_takes_the_parts_of_a_chapter_together(tmp_path):
    folder = tmp_path / lab.FOLDER
    folder.mkdir()
    notebooks.write(folder / "00_start.ipynb", chapter_without_exercises())
    notebooks.write(folder / "00a_mine.ipynb", chapter(SOLVED))
    code, out, _ = run("check", "0a", folder=tmp_path)
    assert (code, len(out.splitlines())) == (0, 2)
    code, out, _ = run("check", "0", "--json", folder=tmp_path)
    assert code == 1  # the door has no cell for the exercise that chapter 0 has in no part
    assert [found["chapter"] for found in json.loads(out)] == ["00_start", "00a_mine"]


def test_check_command_without_chapters(tmp_path):
    code, out, err = run("check", folder=tmp_path)
    assert (code, out) == (2, "")
    assert "`stlearn lab` puts them there" in err


def test_build_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "solutions").mkdir()
    answer = notebooks.read(_reference(tmp_path))
    notebooks.write(Path("solutions/00_small.ipynb"), answer)

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            app(["build", *arguments])
        return left.value.code or 0, capsys.readouterr().err

    assert call("--check") == (1, "chapters/00_small.ipynb is missing\n")
    assert call() == (0, "chapters/00_small.ipynb\n")
    assert call("--check") == (0, "")


def _reference(folder):
    """A notebook without exercises."""
    path = folder / "plain.ipynb"
    notebooks.write(path, notebook("x = 1"))
    return path
