"""Progress: a small file that nothing destroys, and a token that carries it elsewhere."""

import dataclasses
import html
import itertools
import json
import os
import re
import string
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stcourse
from stcourse import ask, check, exercises, hint, mine, progress, resume, solution
from stcourse.engine.exercise import CourseError
from stcourse.notebook import commands, record
from stcourse.notebook.record import add_passed, ids_of, read_answered, read_passed, token_of

IDS = st.sets(st.builds("{}.{}".format, st.integers(0, 7), st.integers(1, 16)))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A learner's folder; outside a test run, as in JupyterLab."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STLEARN_RAISE_VERDICTS", raising=False)
    monkeypatch.delenv("STLEARN_PROGRESS", raising=False)
    monkeypatch.setattr(commands, "_told", set())
    monkeypatch.setattr(commands, "_hints_given", {})
    monkeypatch.setattr(commands, "_right", {})
    return tmp_path


def files(folder):
    return sorted(file.name for file in folder.iterdir())


# The file


def test_what_has_passed_survives_a_restart(folder):
    check("0.1", exercises.find("0.1").solution)
    script = "from stcourse import progress; progress()"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=folder
    )
    assert "✓ passed 0.1" in done.stdout
    assert files(folder) == [".stlearn-progress.json"]


def test_only_a_passed_check_is_written(folder, capsys):
    check("0.1", ...)
    check("0.1", lambda **_: 1)
    out = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in out] == ["not yet", "not right"]
    assert files(folder) == []


def test_an_answer_is_used_once_this_very_one_has_passed(capsys):
    right, wrong = exercises.find("0.1").solution, lambda **_: 1
    assert mine("0.1", right, max) is max
    check("0.1", wrong)
    assert mine("0.1", wrong, max) is max
    check("0.1", right)
    assert mine("0.1", wrong, max) is max
    capsys.readouterr()
    assert mine("0.1", right, max) is right
    assert capsys.readouterr().out == "From here on your own answer to 0.1 is used.\n"
    with pytest.raises(CourseError, match="there is no exercise '0.9'"):
        mine("0.9", right, max)


def test_the_last_verdict_is_kept_in_a_workshop_and_survives_a_pass(folder, monkeypatch):
    def last():
        return json.loads((folder / ".stlearn-progress.json").read_text()).get("last")

    def hours(kilometres, speed):
        return kilometres / speed

    check("0.1", hours)
    assert files(folder) == []
    monkeypatch.setenv("STLEARN_ROOM", "1")
    check("0.1", hours)
    assert last()["exercise"] == "0.1" and last()["verdict"] == "not right"
    assert last()["mistake"] in [mistake.name for mistake in exercises.find("0.1").mistakes]
    check("0.1", exercises.find("0.1").solution)
    assert last()["verdict"] == "passed" and last()["mistake"] == ""
    add_passed(["1.1"])
    assert last()["exercise"] == "0.1" and read_passed()[0] == {"0.1", "1.1"}


def test_a_hidden_solution_is_refused_calmly(monkeypatch):
    def gone(thing):
        raise OSError("could not get source code")

    monkeypatch.setattr(exercises.inspect, "getsource", gone)
    with pytest.raises(CourseError, match="solutions are hidden"):
        solution("0.1")


def test_nothing_is_ever_taken_away(folder):
    assert add_passed(["1.1", "2.3"]) == ""
    assert add_passed(["1.2"]) == ""
    assert add_passed([]) == ""
    assert read_passed() == ({"1.1", "1.2", "2.3"}, "")
    assert json.loads((folder / record.FILE).read_text()) == {
        "version": 1,
        "passed": ["1.1", "1.2", "2.3"],
    }


def test_a_variable_names_another_file(folder, monkeypatch):
    monkeypatch.setenv("STLEARN_PROGRESS", str(folder / "kept" / "mine.json"))
    add_passed(["1.1"])
    assert files(folder) == ["kept"]
    assert files(folder / "kept") == ["mine.json"]
    assert read_passed() == ({"1.1"}, "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b"[" * 100_000,
        b'{"version": 1}',
        b'{"version": 2, "passed": ["1.1"]}',
        b'{"version": 1, "passed": "1.1"}',
        b'{"version": 1, "passed": [1.1]}',
        b'{"version": 1, "passed": ["../1"]}',
        b'{"version": 1, "passed": ["1.1"], "answered": "2.1"}',
    ],
)
def test_an_unreadable_file_is_kept_aside_with_one_sentence(folder, content):
    (folder / record.FILE).write_bytes(content)
    note = add_passed(["1.1"])
    assert "could not be read and starts anew" in note
    assert note.count(".") >= 1
    assert "\n" not in note
    assert read_passed() == ({"1.1"}, "")
    (aside,) = (file for file in folder.iterdir() if file.name != record.FILE)
    assert aside.name in note
    assert aside.read_bytes() == content


def test_two_unreadable_files_are_both_kept(folder):
    for content in ("one", "two"):
        (folder / record.FILE).write_text(content)
        read_passed()
    assert sorted(file.read_text() for file in folder.iterdir()) == ["one", "two"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_check_goes_on_in_a_folder_that_cannot_be_written(folder, capsys):
    folder.chmod(0o500)
    _check_twice_and_expect_one_note(capsys)


def test_a_check_goes_on_where_the_file_cannot_be(folder, capsys, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("STLEARN_PROGRESS", str(folder / "file" / "progress.json"))
    _check_twice_and_expect_one_note(capsys, monkeypatch)


def _check_twice_and_expect_one_note(capsys, monkeypatch=None):
    pages = []
    if monkeypatch:
        monkeypatch.setattr(commands, "show_page", lambda page, line: pages.append(page))
    for _ in range(2):
        check("0.1", exercises.find("0.1").solution)
    if monkeypatch:
        assert ["Passed" in page for page in pages] == [True, True]
        assert ["Your progress could not be" in page for page in pages] == [True, False]
    else:
        assert capsys.readouterr().out.count("passed: 0.1") == 2


# In a test run


def test_a_test_run_raises_and_writes_no_progress(folder, monkeypatch, capsys):
    monkeypatch.setenv("STLEARN_RAISE_VERDICTS", "1")
    check("0.1", exercises.find("0.1").solution)
    assert capsys.readouterr().out.startswith("passed: 0.1")
    assert files(folder) == []
    with pytest.raises(stcourse.NotPassed) as raised:
        check("0.1", ...)
    (line,) = raised.value._render_traceback_()
    assert line == str(raised.value)
    assert line.startswith("not yet: 0.1 ")
    assert "\n" not in line
    monkeypatch.setenv("STLEARN_PROGRESS", str(folder / "p.json"))
    check("0.1", exercises.find("0.1").solution)
    assert files(folder) == ["p.json"]


# The token


@given(IDS)
def test_a_token_brings_back_what_it_holds(ids):
    token = token_of(ids)
    assert ids_of(token) == ids
    assert ids_of(f" {token.lower().replace('-', ' ')}\n") == ids
    assert set(token) <= set(string.ascii_uppercase + string.digits + "-")
    assert len(token) <= 48


def test_a_token_of_today_stays_valid():
    # Written out once: a later version of the course must read it.
    token = "A-AEAI-CACA-AAAA-AAAA-AAAA-AAAA-BCGE-TTQ"
    assert ids_of(token) == {"0.1", "1.1", "1.8", "2.7", "7.12"}


@pytest.mark.parametrize(
    "ids", [{"0.1"}, {"0.1", "1.3", "2.7"}, {"7.16"}], ids=["one", "three", "last"]
)
def test_a_typing_error_is_noticed(ids):
    token = token_of(ids)
    letters = string.ascii_uppercase + "234567"
    for place, letter in itertools.product(range(2, len(token)), letters):
        if token[place] in ("-", letter):
            continue
        wrong = token[:place] + letter + token[place + 1 :]
        try:
            assert ids_of(wrong) == ids  # the last letter holds bits that nothing uses
            assert place == len(token) - 1
        except CourseError as error:
            assert str(error) == "token: a letter is wrong or missing; copy the whole token again"
    for end in range(3, len(token)):
        if not token[end:].replace("-", ""):
            continue
        with pytest.raises(CourseError, match="token: a letter is wrong or missing"):
            ids_of(token[:end])


@pytest.mark.parametrize(
    "token", ["", "hello", "B-AAAA", 7, None, "A", "A-", "A-!!", "A-ä", "0" * 99]
)
def test_what_is_no_token_gets_one_sentence(token):
    with pytest.raises(CourseError, match="^token: ") as raised:
        resume(token)
    assert raised.value._render_traceback_() == [str(raised.value)]
    assert "\n" not in str(raised.value)


def test_resume_merges_and_never_loses(folder, capsys):
    add_passed(["1.1", "1.2"])
    resume(token_of({"1.2", "3.4"}))
    assert capsys.readouterr().out == "2 passed exercises in the token, 1 of them new here.\n"
    assert read_passed()[0] == {"1.1", "1.2", "3.4"}


def test_progress_shows_chapters_exercises_and_a_token_that_works(folder, capsys):
    add_passed(["0.1", "9.9"])
    progress()
    out = capsys.readouterr().out
    assert "Chapter 0: 1 of 1 passed" in out
    for chapter in exercises.chapters():
        for exercise in exercises.of_chapter(chapter):
            assert f"{exercise.id} {exercise.title}" in out
    (token,) = (line.split('"')[1] for line in out.splitlines() if "resume" in line)
    assert ids_of(token) == {"0.1", "9.9"}


def test_the_map_links_to_the_notebooks_of_this_folder(folder, monkeypatch):
    add_passed(["0.1"])
    for name in ("00_start_here", "00_start_here.new", "06a_roads"):
        (folder / f"{name}.ipynb").touch()
    pages = []
    monkeypatch.setattr(commands, "show_page", lambda page, line: pages.append(page))
    progress()
    (page,) = pages
    assert re.findall('href="([^"]*)"', page) == ["00_start_here.ipynb", "06a_roads.ipynb"]
    assert ">06a roads</a>" in page
    assert "Chapter 06b" in page
    for chapter in exercises.chapters():
        for exercise in exercises.of_chapter(chapter):
            mark = "✓" if exercise.id == "0.1" else "○"
            assert f"{mark} {html.escape(f'{exercise.id} {exercise.title}')}<" in page
    assert token_of({"0.1"}) in page


def test_progress_says_which_part_holds_an_exercise(capsys, monkeypatch):
    in_part = dataclasses.replace(exercises.find("0.1"), part="c")
    monkeypatch.setattr(commands, "of_chapter", lambda chapter: (in_part,))
    progress()
    assert f"open 0.1 {in_part.title} (0c)" in capsys.readouterr().out


# Questions


def letters_of(question):
    """The letter of the right answer, and those of the others."""
    right = "abc"[[answer.right for answer in question.answers].index(True)]
    return right, sorted(set("abc") - {right})


def test_ask_shows_the_question_its_answers_and_how_to_answer(folder, capsys):
    question = exercises.find_question("2.4")
    ask("2.4")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Question 2.4: {question.text}"
    assert [line.strip() for line in lines[1:4]] == [
        f"{letter}) {answer.text}" for letter, answer in zip("abc", question.answers)
    ]
    assert 'ask("2.4", "a")' in lines[4]
    assert files(folder) == []


def test_each_answer_has_its_verdict_and_its_own_sentence(folder, capsys):
    question = exercises.find_question("2.4")
    right, others = letters_of(question)
    for letter in others:
        ask("2.4", letter)
        sentence = question.answers["abc".index(letter)].sentence
        assert capsys.readouterr().out == f"not right: 2.4 {letter}) {sentence}\n"
    assert files(folder) == []
    ask("2.4", right)
    assert capsys.readouterr().out.startswith(f"right: 2.4 {right}) ")
    assert read_answered() == ({"2.4"}, "")


def test_the_verdict_is_a_box_with_the_question_and_the_chosen_answer_marked(monkeypatch):
    pages = []
    monkeypatch.setattr(commands, "show_page", lambda page, line: pages.append(page))
    question = exercises.find_question("2.4")
    right, others = letters_of(question)
    for letter in (right, *others):
        ask("2.4", letter)
    for page, letter in zip(pages, (right, *others)):
        chosen = question.answers["abc".index(letter)]
        assert html.escape(question.text) in page
        assert f"<b>{letter}) {html.escape(chosen.text)} ←</b>" in page
        assert page.count("←") == 1
        told = [each for each in question.answers if html.escape(each.sentence) in page]
        assert told == [chosen]
        assert ("success" in page, "warn" in page) == (chosen.right, not chosen.right)


def test_a_question_stops_no_test_run_and_writes_no_progress_there(folder, monkeypatch, capsys):
    monkeypatch.setenv("STLEARN_RAISE_VERDICTS", "1")
    ask("2.4")
    for letter in "abc":
        ask("2.4", letter)
    assert "not right: 2.4" in capsys.readouterr().out
    assert files(folder) == []


@pytest.mark.parametrize("answer", ["d", "B", "", "ab", 1, ["a"]])
def test_an_answer_that_there_is_not_is_refused(folder, answer):
    with pytest.raises(CourseError, match='^answer: expected "a", "b" or "c", got ') as raised:
        ask("2.4", answer)
    assert "\n" not in str(raised.value)
    assert files(folder) == []


def test_right_answers_are_kept_beside_the_rest_and_counted(folder, capsys):
    kept = {"version": 1, "passed": ["2.1"], "last": {"exercise": "2.1"}, "later": [1, 2]}
    (folder / record.FILE).write_text(json.dumps(kept))  # an older file, and a newer one's key
    _, (wrong, _) = letters_of(exercises.find_question("2.10"))
    for id in ("2.10", "2.4"):
        ask(id, letters_of(exercises.find_question(id))[0])
    ask("2.10", wrong)
    assert json.loads((folder / record.FILE).read_text()) == {**kept, "answered": ["2.4", "2.10"]}
    add_passed(["2.2"])
    assert read_answered()[0] == {"2.4", "2.10"}
    capsys.readouterr()
    progress()
    out = capsys.readouterr().out
    (line,) = (line for line in out.splitlines() if line.startswith("Chapter 2:"))
    known = len(exercises.questions(2))
    passed = len(exercises.of_chapter(2))
    assert line == f"Chapter 2: 2 of {passed} passed, 2 of {known} questions right"
    assert "Chapter 0: 0 of 1 passed\n" in out
    assert f'resume("{token_of({"2.1", "2.2"})}")' in out


def test_the_map_counts_questions(monkeypatch):
    pages = []
    monkeypatch.setattr(commands, "show_page", lambda page, line: pages.append(page))
    ask("3.1", letters_of(exercises.find_question("3.1"))[0])
    progress()
    assert f"1 of {len(exercises.questions(3))} questions right<" in pages[-1]
    assert f"0 of {len(exercises.questions(2))} questions right<" in pages[-1]
    told = pages[-1].count("questions right")
    assert told == sum(bool(exercises.questions(chapter)) for chapter in exercises.chapters())


# Hint, solution, unknown names


def test_hints_come_one_after_the_other_and_the_last_stays(capsys):
    known = exercises.find("0.1").hints
    for _ in range(len(known) + 1):
        hint("0.1")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(known) + 1
    assert all(text in line for text, line in zip([*known, known[-1]], lines))


def test_solution_shows_its_source(capsys):
    solution("0.1")
    assert capsys.readouterr().out.rstrip() == exercises.source(exercises.find("0.1"))


@pytest.mark.parametrize("call", [hint, solution, lambda id: check(id, ...)])
def test_an_unknown_id_names_the_nearest(call):
    with pytest.raises(CourseError, match="there is no exercise '0.11'; the nearest is '0.1'"):
        call("0.11")
    with pytest.raises(CourseError, match="id: expected text such as"):
        call(0.1)
    with pytest.raises(CourseError, match="there is no exercise 'nonsense'"):
        call("nonsense")


def test_importing_the_course_loads_no_tensorflow_and_no_hypothesis():
    script = (
        "import sys, stcourse\n"
        "print('hypothesis' in sys.modules)\n"
        "from stcourse import check, progress\n"
        "progress()\n"
        "print('tensorflow' in sys.modules, callable(progress))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    lines = done.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("False", "False True")
