"""Every exercise: right answers pass, each mistake has its sentence, and junk gets a verdict."""

import ast
import builtins
import copy
import dataclasses
import functools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stcourse import exercises
from stcourse.engine import judge as engine
from stcourse.engine import sandbox
from stcourse.engine.differences import difference
from stcourse.engine.judge import judge
from stcourse.engine.mistakes import PAGE
from stcourse.notebook.record import PER_CHAPTER

ALL = [exercise for chapter in exercises.chapters() for exercise in exercises.of_chapter(chapter)]
IDS = [exercise.id for exercise in ALL]
every_exercise = pytest.mark.parametrize("exercise", ALL, ids=IDS)
every_mistake = pytest.mark.parametrize(
    ("exercise", "mistake"),
    [
        pytest.param(exercise, mistake, id=f"{exercise.id}-{mistake.name}")
        for exercise in ALL
        for mistake in exercise.mistakes
    ],
)


# Declarations


def test_ids_are_unique_and_in_order():
    places = [tuple(map(int, id.split("."))) for id in IDS]
    assert places == sorted(set(places))
    assert all(1 <= number <= PER_CHAPTER for _, number in places)
    for chapter in exercises.chapters():
        assert {exercise.id.split(".")[0] for exercise in exercises.of_chapter(chapter)} == {
            str(chapter)
        }


def test_a_module_bears_the_number_of_its_exercise_and_its_page_lies_beside_it():
    for chapter in exercises.chapters():
        files = {Path(module.__file__): module.EXERCISE for module in exercises.modules(chapter)}
        for file, exercise in files.items():
            assert file.name.startswith(f"e{exercise.id.replace('.', '_')}_")
        (folder,) = {file.parent for file in files}
        pages = {file.with_suffix(PAGE) for file in files}
        assert set(folder.glob("*.txt")) - {folder / exercises.QUESTIONS} == pages


def test_a_notebook_holds_the_exercises_of_its_chapter_and_part(monkeypatch):
    chapter = exercises.chapters()[-1]
    known = [dataclasses.replace(ALL[0], part=part) for part in ("", "a", "c", "a")]
    monkeypatch.setattr(exercises, "of_chapter", {chapter: known}.get)
    name = f"{chapter:02d}"
    assert exercises.of_notebook(f"{name}_door") == (known[0],)
    assert exercises.of_notebook(f"{name}a_roads") == (known[1], known[3])
    assert exercises.of_notebook(f"{name}c_health.new") == (known[2],)
    for other in (name, f"{name}aa_x", f"{name}b_policy", "99_none", "mine", "", f"{chapter}a_x"):
        assert exercises.of_notebook(other) == ()


@every_exercise
def test_an_exercise_is_complete(exercise):
    assert exercises.find(exercise.id) is exercise
    assert len(exercise.hints) >= 2
    assert len(exercise.mistakes) >= 4
    assert len(exercise.also_right) >= 1
    assert exercise.properties
    assert 0 < exercise.seconds <= 5
    assert re.fullmatch("[a-z]?", exercise.part)
    sentences = [mistake.sentence for mistake in exercise.mistakes]
    names = [mistake.name for mistake in exercise.mistakes]
    assert len(set(sentences)) == len(sentences)
    assert len(set(names)) == len(names)
    for text in (exercise.title, exercise.section, *exercise.hints, *sentences):
        assert text == text.strip()
        assert text
        assert "!" not in text
    assert re.match(rf"{exercise.id.split('.')[0]}\.\d+ ", exercise.section)


@every_exercise
def test_the_solution_has_a_source_of_one_statement(exercise):
    (statement,) = ast.parse(exercises.source(exercise)).body
    assert isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.Assign))


# Right answers, mistakes, starters


@functools.cache  # the engine remembers by the exercise how its mistakes behave
def patient(exercise):
    """The exercise with more time: the limit is tested elsewhere, and this machine may be busy."""
    return dataclasses.replace(exercise, seconds=6 * exercise.seconds)


@every_exercise
def test_the_reference_passes(exercise):
    verdict = judge(patient(exercise), exercise.solution)
    assert verdict.line == f"passed: {exercise.id} {exercise.title}"


@every_exercise
def test_other_right_answers_pass(exercise):
    for answer in exercise.also_right:
        verdict = judge(patient(exercise), answer)
        assert (verdict.line, verdict.note) == (f"passed: {exercise.id} {exercise.title}", "")


@every_mistake
def test_a_mistake_is_caught_with_its_own_sentence(exercise, mistake, monkeypatch):
    monkeypatch.setattr(engine, "SECONDS_TO_SHRINK", 0.0)  # the sentence needs no smallest case
    verdict = judge(patient(exercise), mistake.answer)
    assert verdict.kind == "not right"
    assert mistake.sentence in (verdict.sentence, verdict.diagnosis), verdict.line


@every_exercise
def test_a_starter_is_not_yet(exercise):
    assert judge(exercise, ...).kind == "not yet"
    if not isinstance(exercise.solution, type) and callable(exercise.solution):
        assert judge(exercise, lambda *_, **__: ...).kind == "not yet"


# Junk


class Odd:
    """Equal to all, and of no use."""

    def __eq__(self, other):
        return True

    __hash__ = None


class Unfriendly:
    def _fail(self, *arguments, **named):
        raise RuntimeError("leave me alone")

    __eq__ = __repr__ = __str__ = __array__ = __len__ = __iter__ = __bool__ = __float__ = _fail
    __getattr__ = __deepcopy__ = __hash__ = __format__ = __lt__ = __add__ = __call__ = _fail


def junk_values():
    """Values of many types, none of them an answer to anything."""
    times = pd.date_range("1999-12-31", periods=3, freq="7min")
    numbers = [-987654, 10**400, -98765.4321, float("nan"), float("inf"), -1e308, 3 + 4j]
    numbers += [np.float32("nan"), np.int8(-99), np.uint64(2**63), np.datetime64("NaT", "s")]
    texts = ["", "?", "\N{SNOWMAN}" * 99, b"bytes", bytearray(b"x"), "<script>alert(1)</script>"]
    nested = functools.reduce(lambda inner, _: [inner], range(3000), [])
    empty = [[], (), {}, set(), frozenset(), np.zeros(0), pd.DataFrame(), pd.Series(dtype=float)]
    collections = [[None], [..., 1], (1, "a", None), {"junk": 1}, {1: [2]}, nested, range(9**9)]
    collections += [{-1, -2}, [[1], [2, 3]], [np.nan] * 3, memoryview(b"abc")]
    arrays = [np.full(shape, -9999.25) for shape in ((), (1,), (7,), (7, 7), (2, 3, 5), (0, 4))]
    arrays += [np.array(["a"]), np.array([None, 1], dtype=object), np.array([True, False] * 9)]
    arrays += [np.array([np.nan] * 4), np.ones((3, 3), complex), np.ma.masked_all((2, 2))]
    arrays += [
        np.arange("2000-01", "2000-03", dtype="datetime64[D]"),
        np.zeros(3, [("a", "i4")]),
        np.zeros((1, 0)),
    ]
    tables = [pd.DataFrame({"junk": [1, 2]}), pd.DataFrame({"a": ["x"]}, index=times[:1])]
    tables += [pd.Series(["x", None]), pd.Series([-1e9], index=times[:1]), times, pd.NaT, pd.NA]
    tables += [pd.DataFrame([[1, 2]], columns=["a", "a"]), pd.Timedelta("-9 days"), pd.Index(["q"])]
    objects = [object(), Odd(), Unfriendly(), Odd, Unfriendly, type, NotImplemented, re, iter([1])]
    objects += [zip([1], [2]), map(str, [1]), (number for number in (1, 2)), slice(None)]
    return [*numbers, *texts, *empty, *collections, *arrays, *tables, *objects]


def junk_functions(values):
    """Functions that return junk, raise, spoil their arguments, or are no functions at all."""
    returning = [functools.partial(_give, value) for value in values]
    errors = [
        error
        for error in vars(builtins).values()
        if isinstance(error, type)
        and issubclass(error, BaseException)
        and not issubclass(error, (BaseExceptionGroup, UnicodeError))
    ]
    raising = [functools.partial(_raise, error) for error in errors]
    others = [_spoil, _first_argument, _all_arguments, _wrong_names, _yields, _waits, _recurses]
    others += [int, str, list, dict, print, len, max, np.sum, np.array, pd.DataFrame, np.zeros]
    others += [lambda: 1, lambda x: x, lambda *a: a, lambda **k: None, str.upper, "".join]
    return [*returning, *raising, *others]


def _give(value, *arguments, **named):
    return value


def _raise(error, *arguments, **named):
    raise error("junk")


def _spoil(*arguments, **named):
    for value in [*arguments, *named.values()]:
        if isinstance(value, np.ndarray):
            value.fill(0)
        elif isinstance(value, (pd.DataFrame, pd.Series)):
            value.drop(index=value.index, inplace=True)
        elif isinstance(value, (list, dict, set)):
            value.clear()
    return "spoilt"


def _first_argument(*arguments, **named):
    return [*arguments, *named.values(), "nothing"][0:1]


def _all_arguments(*arguments, **named):
    return arguments, named


def _wrong_names(alpha, beta, gamma, delta, epsilon, *, zeta):
    return alpha


def _yields(*arguments, **named):
    yield 1


async def _waits(*arguments, **named):
    return 1


def _recurses(*arguments, **named):
    return _recurses(*arguments, **named)


VALUES = junk_values()
JUNK = [*VALUES, *junk_functions(VALUES)]


def test_there_is_enough_junk():
    assert len(JUNK) >= 200


@pytest.fixture
def brief(monkeypatch):
    """Few cases and no shrinking: here only the verdict counts."""
    monkeypatch.setattr(engine, "EXAMPLES", 2)
    monkeypatch.setattr(engine, "CASES_TO_DIAGNOSE", 1)
    monkeypatch.setattr(engine, "SECONDS_TO_SHRINK", 0.0)


@pytest.mark.filterwarnings("ignore:coroutine")
@every_exercise
@pytest.mark.slow
def test_junk_gets_a_verdict_and_changes_nothing(exercise, brief):
    cases = []
    held = [(case, copy.deepcopy(case)) for case in _some_cases(exercise, cases)]
    for place, junk in enumerate(JUNK):
        verdict = judge(exercise, junk)
        assert verdict.kind in ("not right", "not yet"), f"junk {place}: {verdict.line}"
        assert "\n" not in verdict.line
        assert len(verdict.line) < 2000
    for case, before in held:
        assert difference(case, before, tolerance=0) is None
    assert judge(exercise, exercise.solution).kind == "passed"


def _some_cases(exercise, cases):
    with sandbox.quiet(None):
        engine._draw(exercise.cases, 3, cases.append)
    return cases
