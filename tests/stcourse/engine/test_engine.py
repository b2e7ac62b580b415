"""The exercise engine: right passes, wrong is told why, and nothing can stop a check."""

import builtins
import contextlib
import copy
import dataclasses
import functools
import os
import random
import re
import signal
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from scipy import sparse

from stcourse.engine import judge as engine
from stcourse.engine import sandbox
from stcourse.engine.differences import difference
from stcourse.engine.exercise import Exercise, Mistake, NotRight, NotYet
from stcourse.engine.judge import judge
from stcourse.engine.mistakes import mistakes_in
from stcourse.engine.properties import arrays, call, compare, matches
from stcourse.engine.wording import kind, shown
from stcourse.notebook import display


def dense(x, weights):
    return x @ weights


def _looped(x, weights):
    return np.array(
        [[sum(a * b for a, b in zip(row, column)) for column in weights.T] for row in x]
    )


def _transposed(x, weights):
    return x @ weights.T


SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
CASES = SIZES.flatmap(
    lambda n: st.fixed_dictionaries({"x": arrays(n[0], n[1]), "weights": arrays(n[1], n[2])})
)


def exercise(**changes):
    parts = {
        "id": "9.1",
        "title": "Dense layer",
        "section": "9.1 One layer",
        "hints": ("Rows by columns.", "Use @."),
        "solution": dense,
        "cases": CASES,
        "properties": (matches(dense),),
        "mistakes": (
            Mistake("transposed", _transposed, "The weights are transposed."),
            Mistake("element by element", lambda x, weights: x * 2, "That is no product."),
        ),
        "also_right": (_looped,),
        "seconds": 5.0,
    }
    return Exercise(**{**parts, **changes})


EXERCISE = exercise()


def said(answer, which=EXERCISE):
    """Sentence of a verdict that must be "not right"."""
    verdict = judge(which, answer)
    assert verdict.kind == "not right"
    assert "\n" not in verdict.line
    return verdict.sentence


# Verdicts


@pytest.mark.parametrize(
    "answer",
    [
        dense,
        _looped,
        lambda x, weights: x.astype("float32") @ weights.astype("float32"),
        lambda weights, x: (weights.T @ x.T).T,
        functools.partial(lambda x, weights, bias: x @ weights + bias, bias=0),
        lambda **case: case["x"] @ case["weights"],
    ],
)
def test_right_answers_pass(answer):
    patient = dataclasses.replace(EXERCISE, seconds=6 * EXERCISE.seconds)  # of a busy machine too
    verdict = judge(patient, answer)
    assert (verdict.kind, verdict.note) == ("passed", "")
    assert verdict.line == "passed: 9.1 Dense layer"


@pytest.mark.parametrize("answer", [..., lambda x, weights: ..., lambda **_: ...])
def test_an_untouched_starter_is_not_yet(answer):
    assert judge(EXERCISE, answer).line == "not yet: 9.1 Dense layer"


def test_code_above_the_starters_last_line_is_seen():
    def answer(x, weights):
        result = x @ weights  # noqa: F841
        return ...

    verdict = judge(EXERCISE, answer)
    assert verdict.kind == "not yet"
    assert "the starter's `return ...` stands below it" in verdict.line
    assert "Write your answer in the cell above" not in display.verdict_box(verdict)
    assert "Write your answer in the cell above" in display.verdict_box(judge(EXERCISE, ...))


def test_a_wrong_answer_gets_the_smallest_case_and_both_values():
    verdict = judge(EXERCISE, lambda x, weights: x @ weights + (len(x) > 1))
    assert verdict.sentence == "Your answer at [0, 0] is 1, expected 0."
    assert verdict.case == {"x": "[[0.]\n [0.]]", "weights": "[[0.]]"}
    assert (verdict.came, verdict.expected) == ("[[1.]\n [1.]]", "[[0.]\n [0.]]")


def test_without_a_mistake_of_the_bank_the_relation_to_the_right_result_is_told():
    verdict = judge(EXERCISE, lambda x, weights: x @ weights + (len(x) > 1))
    assert verdict.diagnosis == "Every number is 1 larger than expected."
    unrelated = judge(EXERCISE, lambda x, weights: x @ weights + np.sin(x).sum())
    assert (unrelated.kind, unrelated.diagnosis) == ("not right", "")


def test_a_mistake_of_the_bank_is_recognised_when_written_in_another_way():
    def other(x, weights):
        turned = np.swapaxes(weights, 0, 1)
        return np.einsum("ij,jk->ik", x, turned)

    def looks_transposed(x, weights):
        if x.shape[1] != weights.shape[1]:
            raise ValueError("shapes do not fit")
        return x @ weights.T

    assert judge(EXERCISE, looks_transposed).diagnosis == "The weights are transposed."
    assert judge(EXERCISE, other).kind == "not right"
    assert judge(EXERCISE, lambda x, weights: x + x).diagnosis == "That is no product."


def scaled(x, weights):
    product = x @ weights
    return 2 * product + 1


PAGE = """
transposed: x @ weights => x @ weights.T
    The weights are transposed.
not doubled: 2 * product => product
    It is not doubled.
not raised: return 2 * product + 1 => return 2 * product
    It is not raised.
squared: return product**2
    It is squared.
"""


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda x, weights: x @ weights + 1, "It is not doubled."),
        (
            lambda x, weights: x @ weights.T + 1,
            "Two things at once. The weights are transposed. And the other: It is not doubled.",
        ),
        (
            lambda x, weights: (2 * x) @ weights.swapaxes(0, 1),
            "Two things at once. The weights are transposed. And the other: It is not raised.",
        ),
        (lambda x, weights: 2 * (x @ weights) + 4, "Every number is 3 larger than expected."),
        (lambda x, weights: (x @ weights) ** 3, ""),
    ],
)
def test_two_mistakes_of_the_page_at_once_are_told_where_one_does_not_explain(answer, told):
    of_page = exercise(
        solution=scaled, properties=(matches(scaled),), mistakes=mistakes_in(PAGE, scaled)
    )
    assert judge(of_page, answer).diagnosis == told


def test_the_same_answer_gets_the_same_verdict_twice():
    first, second = (judge(EXERCISE, _transposed) for _ in range(2))
    assert (first.line, first.case) == (second.line, second.case)


def test_values_and_classes_are_checked_too():
    number = exercise(solution=17.0, cases=st.just({}), properties=(matches(17.0, 0.1),))
    assert judge(number, 16.95).kind == "passed"
    assert judge(number, np.float32(17)).kind == "passed"
    assert judge(number, ...).kind == "not yet"
    assert said(20, number) == "Your answer is 20, expected 17."
    assert said("17", number) == "Your answer is text, expected a number."
    assert said(float("nan"), number) == "Your answer is NaN (missing), expected 17."
    assert (
        said(lambda: 17, number) == "Expected a value, got a function: is a call `(...)` missing?"
    )

    class Scaler:
        def __init__(self, factor):
            self.factor = factor

        def transform(self, x):
            return self.factor * x

    class Starter(Scaler):
        def transform(self, x):
            """Multiply."""
            return ...

    class Broken(Scaler):
        def transform(self, x):
            return self.faktor * x

    def scales(answer, case):
        compare(call(answer(2.0).transform, case), 2.0 * case["x"])

    def in_the_open(answer, case):
        compare(answer(2.0).transform(case["x"]), 2.0 * case["x"])

    for holds in (scales, in_the_open):
        scaler = exercise(
            solution=Scaler, cases=st.fixed_dictionaries({"x": arrays(2)}), properties=(holds,)
        )
        assert judge(scaler, Scaler).kind == "passed"
        assert judge(scaler, Starter).kind == "not yet"
        sentence = said(Broken, scaler)
        assert "AttributeError" in sentence
        assert "return self.faktor * x" in sentence
        assert said(Scaler(2.0), scaler) == "Expected a class, got a Scaler."


# What an answer may do


def _raises(error):
    def answer(x, weights):
        raise error

    return answer


def _undefined(x, weights):
    y = x @ weights
    return y + bias  # noqa: F821


def _endless_recursion(x, weights):
    return _endless_recursion(x, weights)


def _changes(x, weights):
    x += 1
    return (x - 1) @ weights


class Hostile:
    """An object that fails whatever is done with it."""

    def _fail(self, *arguments, **named):
        raise SystemExit("never")

    __eq__ = __repr__ = __str__ = __array__ = __len__ = __iter__ = __bool__ = __float__ = _fail
    __getattr__ = __deepcopy__ = __hash__ = __format__ = __lt__ = __add__ = __sub__ = _fail


class HostileInterrupt(Hostile):
    def _fail(self, *arguments, **named):
        raise KeyboardInterrupt

    __eq__ = __repr__ = __str__ = __array__ = __getattr__ = __deepcopy__ = __hash__ = _fail


class HostileError(Exception):
    __str__ = __repr__ = Hostile.__repr__


def _objects(x, weights):
    result = np.empty((len(x), weights.shape[1]), dtype=object)
    result.fill(Hostile())
    return result


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, weights: None, "returns None: is a `return` missing?"),
        (
            _undefined,
            r"raises NameError: name 'bias' is not defined, on line \d+ \(`return y \+ bi",
        ),
        (_raises(ValueError("two\nlines")), r"raises ValueError: two, on line"),
        (_raises(SystemExit(3)), "stops Python with sys.exit"),
        (lambda x, weights: sys.exit(), "stops Python with sys.exit"),
        (_raises(KeyboardInterrupt()), "raises KeyboardInterrupt"),
        (_raises(GeneratorExit()), "raises GeneratorExit"),
        (_raises(NotRight("mine")), "raises NotRight: mine"),
        (_raises(NotYet()), "raises NotYet"),
        (_raises(HostileError()), "raises HostileError"),
        (_raises(MemoryError()), "raises MemoryError"),
        (_endless_recursion, r"calls itself without end \(RecursionError\)"),
        (lambda x, weights: (row for row in x), "returns a generator"),
        (_changes, r"changes its input \(x\): work on a copy"),
        (lambda x, weights: x @ weights + np.nan, "is NaN"),
        (lambda x, weights: x @ weights + np.random.rand(), "different results for the same input"),  # noqa: NPY002
        (lambda x: x, "cannot be called as the starter can"),
        (lambda x, weights: (x @ weights).tolist(), "is a list, expected a NumPy array"),
        (lambda x, weights: "text", "is text, expected a NumPy array"),
        (lambda x, weights: (x @ weights).astype(complex), "complex numbers"),
        (lambda x, weights: (x @ weights)[0], r"has shape \(\d,\), expected \(\d, \d\)"),
        (lambda x, weights: np.zeros(10**9, "int8"), "far larger"),
        (lambda x, weights: range(10**9), "far larger"),
        (lambda x, weights: 10**100_000, "is an int, expected"),
        (_objects, "cannot be checked"),
        (lambda x, weights: Hostile(), "cannot be checked"),
        (lambda x, weights: HostileInterrupt(), "cannot be checked"),
        (Hostile, ""),
        (int, "cannot be called as the starter can"),
        (7, "Expected a function, got an int"),
        (None, "Expected a function, got None"),
    ],
)
def test_each_fault_has_its_sentence(answer, words):
    sentence = said(answer)
    assert re.search(words, sentence), sentence


@pytest.mark.parametrize("hostile", [Hostile, HostileInterrupt])
def test_hostile_objects_get_a_verdict(hostile):
    value = exercise(solution=1.0, cases=st.just({}), properties=(matches(1.0),))
    for which in (EXERCISE, value):
        assert said(hostile(), which)
        assert said([hostile()], which)


def test_an_async_answer_is_named():
    async def answer(x, weights):
        return x @ weights

    assert said(answer) == "Your answer is an `async def`: write a plain `def`."


def test_what_an_answer_prints_is_taken_and_noted(capfd):
    def answer(x, weights):
        print("x" * 1_000_000)
        print("warned", file=sys.stderr)
        return x @ weights

    verdict = judge(EXERCISE, answer)
    assert (verdict.kind, verdict.note) == ("passed", "What your answer prints is not shown here.")
    assert capfd.readouterr() == ("", "")


def test_an_answer_cannot_put_other_functions_into_modules():
    def replaces_numpy(x, weights):
        np.isclose = lambda *a, **b: np.True_
        return x

    def replaces_builtins(x, weights):
        builtins.isinstance = builtins.all = builtins.map = lambda *a: True
        return x

    kept = np.isclose, isinstance, all, map
    assert said(replaces_numpy) == (
        "Your answer replaces numpy.isclose: leave other modules as they are."
    )
    assert "Your answer replaces builtins." in said(replaces_builtins)
    assert (np.isclose, isinstance, all, map) == kept


counter = 0


def test_variables_random_state_and_data_stay_as_they_were():
    held = np.arange(4.0).reshape(2, 2)
    shared = exercise(cases=st.just({"x": held, "weights": held}))

    def answer(x, weights):
        global counter, made_by_answer
        counter += 1
        made_by_answer = 1
        np.random.seed(0)  # noqa: NPY002
        random.seed(0)
        np.seterr(all="raise")
        x[:] = weights[:] = 7
        return x

    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    states = random.getstate(), np.random.get_state()[1].tolist(), np.geterr()  # noqa: NPY002
    assert "changes its input" in said(answer, shared)
    assert states == (random.getstate(), np.random.get_state()[1].tolist(), np.geterr())  # noqa: NPY002
    assert counter == 0
    assert "made_by_answer" not in globals()
    assert held.tolist() == [[0, 1], [2, 3]]


def test_a_value_is_copied_before_use():
    held = {"a": np.zeros(2)}

    def spoils(answer, case):
        answer["a"][:] = 1

    spoiled = exercise(solution={}, cases=st.just({}), properties=(spoils,))
    assert judge(spoiled, held).kind == "passed"
    assert held["a"].tolist() == [0, 0]


def test_nothing_is_written_to_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    judge(EXERCISE, dense)
    judge(EXERCISE, _transposed)
    assert not list(tmp_path.iterdir())


# Time


def _loops(x, weights):
    while True:
        pass


def _loops_and_holds_on(x, weights):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def _sleeps(x, weights):
    time.sleep(60)


def _on_another_thread(function):
    """Result of a function that runs where no signal arrives."""
    results = []
    runner = threading.Thread(target=lambda: results.append(function()))
    runner.start()
    runner.join()
    return results[0]


def _running():
    # Not `active_count`: a thread told to stop in its last line has ended, and stays in that list.
    return sum(thread.is_alive() for thread in threading.enumerate())


def _threads_fall_to(count):
    end = time.monotonic() + 25
    while _running() > count and time.monotonic() < end:
        time.sleep(0.02)
    return _running() <= count


@contextlib.contextmanager
def _a_timer_of_its_own():
    rung = []
    old = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        yield rung
        assert signal.getsignal(signal.SIGALRM)(0, None) is None
        assert rung == [True]
        assert 40 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


@pytest.mark.parametrize("answer", [_loops, _loops_and_holds_on, _sleeps])
def test_an_endless_answer_is_stopped_by_the_timer(answer):
    tracer = sys.gettrace()
    started = time.monotonic()
    with _a_timer_of_its_own():
        sentence = said(answer, exercise(seconds=0.6))
    assert "was stopped after 0.6 seconds" in sentence
    assert time.monotonic() - started < 6
    assert sys.gettrace() is tracer
    assert judge(EXERCISE, dense).kind == "passed"


@pytest.mark.parametrize("answer", [_loops, _sleeps])
def test_an_endless_answer_is_stopped_without_a_timer(answer):
    slow = exercise(seconds=0.8)
    started = time.monotonic()
    sentence = _on_another_thread(lambda: said(answer, slow))
    assert "was stopped after 0.8 seconds" in sentence
    assert time.monotonic() - started < 6


def test_a_stopped_thread_ends_when_it_listens():
    before = _running()
    _on_another_thread(lambda: said(_loops, exercise(seconds=0.5)))
    assert _threads_fall_to(before)


@pytest.mark.parametrize("where", [lambda function: function(), _on_another_thread])
def test_verdicts_are_the_same_on_any_thread(where):
    assert where(lambda: judge(EXERCISE, dense)).kind == "passed"
    assert where(lambda: judge(EXERCISE, _transposed)).diagnosis == "The weights are transposed."
    assert "raises KeyboardInterrupt" in where(lambda: said(_raises(KeyboardInterrupt())))
    assert where(lambda: judge(EXERCISE, lambda x, weights: ...)).kind == "not yet"


def test_a_fault_found_before_time_is_up_is_reported():
    def answer(x, weights):
        if len(x) == 1:
            time.sleep(60)
        return x

    first = {"x": np.ones((2, 2)), "weights": np.zeros((2, 2))}
    second = {"x": np.ones((1, 2)), "weights": np.zeros((2, 2))}
    both = st.booleans().map(lambda turned: second if turned else first)
    verdict = judge(exercise(cases=both, seconds=1.0), answer)
    assert verdict.sentence == "Your answer at [0, 0] is 1, expected 0."
    assert verdict.case["x"] == "[[1. 1.]\n [1. 1.]]"


@pytest.mark.parametrize("where", [lambda function: function(), _on_another_thread])
def test_an_answer_is_not_stopped_for_the_work_of_others(where):
    def waits():
        time.sleep(1.2)  # as long as others have the core
        return "done"

    assert where(lambda: sandbox.within(1.0, waits)) == "done"


@pytest.mark.parametrize("where", [lambda function: function(), _on_another_thread])
def test_the_work_of_other_threads_is_not_the_answers(where):
    done = threading.Event()

    def others():
        while not done.is_set():
            pass

    def works():
        _works(0.6)
        return "done"

    busy = [threading.Thread(target=others) for _ in range(2)]
    for thread in busy:
        thread.start()
    try:
        assert where(lambda: sandbox.within(2.0, works)) == "done"
    finally:
        done.set()


def _works(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


@pytest.mark.parametrize("where", [lambda function: function(), _on_another_thread])
def test_an_import_within_an_answer_is_no_endless_loop(where, tmp_path, monkeypatch):
    (tmp_path / "loaded_slowly.py").write_text(f"from {__name__} import _works\n_works(2.1)\n")
    monkeypatch.syspath_prepend(tmp_path)

    def answer(x, weights):
        import loaded_slowly  # noqa: F401

        return x @ weights

    verdict = where(lambda: judge(exercise(seconds=2.0), answer))
    sys.modules.pop("loaded_slowly", None)
    assert verdict.kind == "passed"


def test_a_slow_right_answer_passes():
    def answer(x, weights):
        time.sleep(0.1)
        return x @ weights

    verdict = judge(exercise(seconds=1.0), answer)
    assert verdict.kind == "passed"
    assert re.fullmatch("Only [0-9]+ cases were tried, since your answer took long.", verdict.note)
    assert judge(EXERCISE, dense).note == ""


@pytest.mark.parametrize("listens", [True, False])
def test_ctrl_c_of_the_learner_stops_the_check(listens):
    def answer(x, weights):
        os.kill(os.getpid(), signal.SIGINT)
        try:
            time.sleep(0.5)
        except KeyboardInterrupt:
            if listens:
                raise
        return x @ weights

    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        judge(EXERCISE, answer)
    assert signal.getsignal(signal.SIGINT) is handler
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert judge(EXERCISE, dense).kind == "passed"


def test_ctrl_c_is_heard_where_there_is_no_timer(monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    before = _running()
    key = threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT))
    key.start()
    with pytest.raises(KeyboardInterrupt):
        judge(EXERCISE, _loops)
    key.join()
    assert _threads_fall_to(before)


def test_ctrl_c_is_heard_while_the_thread_of_the_answer_starts(monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    start, before = threading.Thread.start, _running()

    def start_and_be_interrupted(thread):
        start(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", start_and_be_interrupted)
    with pytest.raises(KeyboardInterrupt):
        judge(EXERCISE, _loops)
    assert _threads_fall_to(before)


def test_a_thread_that_was_told_to_stop_calls_the_answer_no_more(monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    ended, calls = [], []

    def body():
        guarded = sandbox.Guarded(lambda: calls.append(time.sleep(0.02)) or 1)
        while not ended:
            try:
                guarded()
            except sandbox.TimeUp:  # kept, as a library between here and there might
                ended.append(len(calls))
                with contextlib.suppress(sandbox.TimeUp):
                    guarded()

    with pytest.raises(sandbox.TimeUp):
        sandbox.within(0.6, body)
    assert calls
    assert ended == [len(calls)]


def test_within_gives_what_the_body_gives():
    for where in (lambda function: function(), _on_another_thread):
        assert where(lambda: sandbox.within(5, lambda: 42)) == 42
    with pytest.raises(ValueError, match="mine"):
        sandbox.within(5, lambda: int(_raises(ValueError("mine"))(1, 2)))


# Differences, words


TABLE = pd.DataFrame({"a": [1.0, np.nan], "b": ["x", None]}, index=pd.Index([10, 20]))


@pytest.mark.parametrize(
    "value",
    [
        TABLE,
        TABLE["a"],
        TABLE["b"],
        TABLE.index,
        pd.date_range("2025-05-01", periods=3, freq="5min"),
        pd.Series([1], index=pd.to_datetime(["2025-05-01"])),
        np.array([np.nan, 1]),
        np.array(["a", "b"]),
        np.array([], dtype=float),
        float("nan"),
        3,
        True,
        "text",
        None,
        (1, [np.ones(2)], {"k": TABLE}),
        pd.Timedelta("5min"),
        {1, 2},
    ],
)
def test_a_value_does_not_differ_from_its_copy(value):
    assert difference(copy.deepcopy(value), value) is None
    assert difference(copy.deepcopy(value), value, tolerance=0) is None


@pytest.mark.parametrize(
    ("came", "expected", "sentence"),
    [
        (np.ones((2, 3)), np.ones((3, 2)), "Your answer has shape (2, 3), expected (3, 2)."),
        (np.array([1, 2.5]), np.array([1, 2]), "Your answer at [1] is 2.5, expected 2."),
        (
            np.array([1, 2.0]),
            np.array([1, np.nan]),
            "Your answer at [1] is 2, expected NaN (missing).",
        ),
        (
            np.ones(2),
            np.array([True, True]),
            "Your answer holds numbers (float64), expected True or False (bool).",
        ),
        ([1, 2], [1], "Your answer has 2 parts, expected 1."),
        ([1, 3], (1, 2), "Your answer, part 2 of 2, is 3, expected 2."),
        ({"a": 1}, {"b": 1}, "Your answer has the keys 'a', expected 'b'."),
        ({"a": 1}, {"a": 2}, "Your answer for 'a' is 1, expected 2."),
        (True, 1.0, "Your answer holds True or False (bool), expected numbers (float64)."),
        (np.ones(2), 1.0, "Your answer is an array of shape (2,), expected one number."),
        ("a", "b", "Your answer is 'a', expected 'b'."),
        (
            TABLE[["b", "a"]],
            TABLE,
            "Your answer: the columns are in another order: b, a, expected a, b.",
        ),
        (TABLE.iloc[:1], TABLE, "Your answer: the rows are 10, expected 10, 20."),
        (
            TABLE.fillna({"a": 0}),
            TABLE,
            "Your answer, column a, at [1] is 0, expected NaN (missing).",
        ),
        (
            TABLE.to_numpy(),
            TABLE,
            "Your answer is a NumPy array, expected a DataFrame. "
            "`pd.DataFrame(values, index, columns)` makes one of it.",
        ),
        (TABLE["a"] + 1, TABLE["a"], "Your answer at [0] is 2, expected 1."),
    ],
)
def test_the_first_difference_is_told(came, expected, sentence):
    assert difference(came, expected) == sentence


class Tensor:
    """As of a framework: what NumPy can have of it, it gives by a method."""

    def __init__(self, values):
        self.values = values

    def numpy(self):
        return np.asarray(self.values)


ONES = np.ones((2, 2))
RIGHT = "What it holds is right:"


@pytest.mark.parametrize(
    ("came", "expected", "sentence"),
    [
        (Tensor(ONES), ONES, f"is a Tensor, expected a NumPy array. {RIGHT} `.numpy()` makes one"),
        (Tensor(2 * ONES), ONES, "is a Tensor, expected a NumPy array. `.numpy()` makes one of it"),
        (Tensor(1.0), 1.0, f"is a Tensor, expected a number. {RIGHT} `.numpy()` makes one of it."),
        (sparse.csr_array(ONES), ONES, f"expected a NumPy array. {RIGHT} `.toarray()` makes one"),
        (
            pd.DataFrame(ONES),
            ONES,
            f"is a DataFrame, expected a NumPy array. {RIGHT} `.to_numpy()`",
        ),
        (pd.Index([1, 2]), np.array([1, 2]), f"is an Index, expected a NumPy array. {RIGHT}"),
        (ONES.tolist(), ONES, f"is a list, expected a NumPy array. {RIGHT} `np.array`"),
        ([[1], [1, 2]], ONES, "is a list, expected a NumPy array. `np.array` or `np.stack` makes"),
        (
            np.array([False, True, True]),
            np.array([1, 2]),
            "is a mask of True and False, expected positions. What it picks is right: "
            "`np.flatnonzero` gives the positions.",
        ),
        (
            np.array([True] * 3),
            np.array([1, 2]),
            "is a mask of True and False, expected positions.",
        ),
        (ONES, (ONES, 2 * ONES), "is result 1 of 2 alone. Return both, with a comma between."),
        (np.stack([ONES, 3 * ONES]), (ONES, 3 * ONES), "is one array that holds 2 results."),
        (5 * ONES, (ONES, ONES, ONES), "is one NumPy array, expected 3 results. Return all 3,"),
        ((ONES, Tensor(ONES)), (ONES, ONES), "part 2 of 2, is a Tensor, expected a NumPy array."),
    ],
)
def test_what_is_right_but_of_another_kind_is_told_with_what_to_call(came, expected, sentence):
    assert sentence in difference(came, expected)


@pytest.mark.parametrize("kind", [Tensor, sparse.csr_array])
def test_two_of_another_kind_are_compared_by_what_they_hold(kind):
    assert difference(kind(ONES), kind(ONES)) is None
    assert difference(kind(ONES), kind(2 * ONES)) == "Your answer at [0, 0] is 1, expected 2."


def test_whole_numbers_and_single_precision_are_accepted():
    exact = np.array([1.0, 20_000.0, 1 / 3])
    assert difference(exact.astype("float32"), exact) is None
    assert difference(np.array([1, 2]), np.array([1.0, 2.0])) is None
    assert difference(exact + 1e-3, exact) is not None
    with pytest.raises(NotYet):
        difference((1, ...), (1, 2))


def test_words_for_any_value_are_short():
    values = [Hostile(), np.zeros((500, 500)), [[0] * 10**5], "x" * 10**6, 10**10_000, print, int]
    values += [{"a": Hostile()}, (Hostile(),), TABLE, pd.DataFrame(), np.zeros(0)]
    for value in values:
        assert 0 < len(shown(value)) < 500
    assert kind(TABLE) == "a DataFrame"
    assert kind(np.zeros(1)) == "a NumPy array"


# The box


def test_the_box_escapes_what_the_learner_wrote():
    def answer(x, weights):
        raise ValueError("<script>alert(1)</script>")

    verdict = judge(exercise(title="A <b> title"), answer)
    page = display.verdict_box(verdict, "<i>note</i>")
    for bad in ("<script", "<b>", "<i>"):
        assert bad not in page
    for word in ("Not right: 9.1", "&lt;script&gt;", "To reread: 9.1 One layer", "hint("):
        assert word in page


@pytest.mark.parametrize("answer", [dense, ..., _transposed])
def test_the_box_names_the_verdict_in_words_and_follows_the_theme(answer):
    verdict = judge(EXERCISE, answer)
    page = display.verdict_box(verdict)
    assert verdict.kind.capitalize() in page
    assert "var(--jp-content-font-color1" in page
    assert "class=" not in page


def test_plain_python_gets_one_line(capsys):
    display.show_page("<b>page</b>", "line")
    assert capsys.readouterr().out == "line\n"


def test_engine_is_quick_to_say_passed():
    drawn = []

    def counts(answer, case):
        drawn.append(case)

    assert judge(exercise(properties=(counts,)), dense).kind == "passed"
    assert engine.ENOUGH <= len(drawn) <= 60


def test_search_goes_on_while_the_process_waits_for_a_core():
    drawn = []

    def rarely_wrong(answer, case):
        drawn.append(case)
        time.sleep(0.06)  # on the clock the search takes longer than half its time
        if len(drawn) == 2 * engine.ENOUGH:
            raise NotRight("found late")

    judge(EXERCISE, dense)  # the first check of a process also loads what it needs
    verdict = judge(exercise(properties=(rarely_wrong,), seconds=0.6), dense)
    assert verdict.kind == "not right"
    assert "found late" in str(verdict)


@pytest.mark.parametrize(("first", "told"), [(19, ""), (18, "Large ones are turned.")])
def test_a_mistake_that_is_alike_by_chance_is_not_told(monkeypatch, first, told):
    def turned_if_large(x):
        return -x if x >= first else x

    def also_wrong_elsewhere(x):
        return -x if x >= first else x + 7

    one_number = exercise(
        solution=lambda x: x,
        cases=st.fixed_dictionaries({"x": st.integers(1, 20)}),
        properties=(matches(lambda x: x),),
        mistakes=(Mistake("turned", turned_if_large, "Large ones are turned."),),
        also_right=(),
    )
    cases = [{"x": number} for number in range(1, 21)]
    monkeypatch.setattr(engine, "_cases_to_diagnose", lambda exercise: cases)
    assert judge(one_number, also_wrong_elsewhere).diagnosis == told
    assert judge(one_number, turned_if_large).diagnosis == "Large ones are turned."
