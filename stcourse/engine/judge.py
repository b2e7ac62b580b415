"""Check an answer: draw small cases, find the smallest that fails, and say what is wrong."""

import contextlib
import copy
import dis
import inspect
import os
import types
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Flaky, StopTest, UnsatisfiedAssumption

from stcourse.engine.differences import difference
from stcourse.engine.exercise import NotRight, NotYet
from stcourse.engine.relations import SEVERAL, likeness
from stcourse.engine.sandbox import Guarded, TimeUp, interrupted, quiet, within, work
from stcourse.engine.wording import kind, message, shown, told

EXAMPLES = 40
ENOUGH = 5
REPEATS = 3
CASES_TO_SHRINK = 100
SECONDS_TO_SHRINK = 2.0
CASES_TO_DIAGNOSE = 20
RESULTS_FOR_A_PAIR = 5
LONGEST_CASE = 160  # characters


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Args:
        kind: "passed", "not yet" or "not right".
        exercise: The exercise.
        sentence: What is wrong, or empty.
        diagnosis: The sentence of the mistake that the answer makes, or empty.
        case: Text of each argument of the smallest failing case.
        came, expected: Texts of what came and what was expected there, or empty.
        note: A remark beside the verdict, or empty.
    """

    kind: str
    exercise: object
    sentence: str = ""
    diagnosis: str = ""
    case: dict | None = None
    came: str = ""
    expected: str = ""
    note: str = ""

    @property
    def line(self):
        """The verdict as one line, with the failing case where that is short."""
        line = f"{self.kind}: {self.exercise.id} {self.exercise.title}"
        case = ", ".join(f"{name} = {text}" for name, text in (self.case or {}).items())
        tried = f"(Tried with {case}.)" if 0 < len(case) <= LONGEST_CASE else ""
        said = " ".join(part for part in (self.sentence, self.diagnosis, tried) if part)
        return " ".join((f"{line}: {said}" if said else line).split())


@dataclass
class _Finding:
    """The smallest failing case seen so far."""

    case: dict
    fault: NotRight
    results: list


class _Falsified(Exception):
    """Tells hypothesis that a case fails."""


class _Enough(BaseException):
    """Ends the search early."""


def judge(exercise, answer):
    """Check an answer against an exercise; never fails, never takes longer than its time.

    Args:
        exercise: Exercise.
        answer: Whatever the learner wrote.

    Returns:
        Verdict.

    Example:
        >>> from stcourse.exercises import find
        >>> judge(find("0.1"), ...).kind
        'not yet'
    """
    search = _Search(exercise, answer)
    with quiet(answer) as printed:
        try:
            verdict = within(exercise.seconds, search.run)
        except TimeUp:
            verdict = search.when_time_is_up()
        finally:
            set_hypothesis_home_dir(None)
    if interrupted():  # something may have kept the interrupt to itself
        raise KeyboardInterrupt
    if printed.characters:
        note = f"{verdict.note} What your answer prints is not shown here.".strip()
        verdict = replace(verdict, note=note)
    return verdict


class _Search:
    """One check under way; it keeps what it has found in case the time runs out."""

    def __init__(self, exercise, answer):
        self.exercise = exercise
        self.answer = answer
        self.smallest = None
        self.verdict = None
        self.note = ""

    def run(self):
        try:
            return self._run()
        except NotRight as fault:
            return Verdict("not right", self.exercise, str(fault))
        except TimeUp:
            raise
        except BaseException as error:
            if interrupted():
                raise
            sentence = f"Your answer could not be checked ({_named(error)})."
            return self.verdict or Verdict("not right", self.exercise, sentence)

    def _run(self):
        blank = self._refuse_wrong_kind() or self._try_cases()
        if blank:
            return Verdict("not yet", self.exercise, _left_below(self.answer))
        if self.smallest is None:
            return Verdict("passed", self.exercise, note=self.note)
        self.verdict = self._not_right(*self._results())
        for diagnosis in _diagnoses(self.exercise, self.answer, self.smallest.case):
            self.verdict = replace(self.verdict, diagnosis=diagnosis)
        return self.verdict

    def when_time_is_up(self):
        if self.verdict:
            return self.verdict
        if self.smallest:
            return self._not_right()
        return Verdict(
            "not right",
            self.exercise,
            f"Your answer was stopped after {self.exercise.seconds:g} seconds: "
            "is there a loop that never ends, or does it wait for something?",
        )

    def _refuse_wrong_kind(self):
        """Raise if the answer is of another kind than the solution; tell whether it is blank."""
        wanted, came = _role(self.exercise.solution), _role(self.answer)
        if self.answer is ...:
            return True
        if wanted == "function" and not callable(self.answer):
            raise NotRight(f"Expected a function, got {kind(self.answer)}.")
        if wanted == "class" and came != "class":
            raise NotRight(f"Expected a class, got {kind(self.answer)}.")
        if wanted == "value" and came != "value":
            raise NotRight(f"Expected a value, got a {came}: is a call `(...)` missing?")
        return came == "class" and any(map(_is_blank, vars(self.answer).values()))

    def _try_cases(self):
        """Draw cases until one fails, then shrink it; tell whether the answer is a starter."""
        answer = _prepared(self.exercise, self.answer)
        passed, blank, first_fault_at, shrunk = 0, False, 0.0, 0

        def try_case(case):
            nonlocal passed, blank, first_fault_at, shrunk
            now = work().seconds
            shrunk += self.smallest is not None
            if shrunk > CASES_TO_SHRINK or (
                self.smallest and now - first_fault_at >= SECONDS_TO_SHRINK
            ):
                raise _Enough
            if passed >= ENOUGH and work().used_up(self.exercise.seconds / 2):
                self.note = f"Only {passed} cases were tried, since your answer took long."
                raise _Enough
            try:
                faults = (_fault(holds, answer, case) for holds in self.exercise.properties)
                fault = next(filter(None, faults), None)
            except NotYet:
                blank = True
                raise _Enough from None
            if fault is None:
                passed += 1
                return
            if not self.smallest:
                first_fault_at = now
            # Whatever fails while hypothesis shrinks is smaller than what failed before.
            self.smallest = _Finding(case, fault, list(getattr(answer, "results", ())))
            raise _Falsified

        with contextlib.suppress(_Enough, _Falsified, Flaky):
            _draw(self.exercise.cases, EXAMPLES, try_case)
        return blank

    def _results(self):
        """Texts of what came and what was expected in the smallest failing case."""
        fault, results = self.smallest.fault, self.smallest.results
        came = fault.came
        if came is None and results and not isinstance(results[-1], NotRight):
            came = results[-1]
        texts = ["" if value is None else shown(value) for value in (came, fault.expected)]
        return [text if text not in str(fault) else "" for text in texts]

    def _not_right(self, came="", expected=""):
        case = {name: shown(value) for name, value in self.smallest.case.items()}
        sentence = str(self.smallest.fault)
        return Verdict("not right", self.exercise, sentence, "", case, came, expected)


def _role(thing):
    if isinstance(thing, type):
        return "class"
    return "function" if inspect.isroutine(thing) or isinstance(thing, partial) else "value"


def _is_blank(thing):
    """Whether something is a method whose body is only `return ...`."""
    if not isinstance(thing, types.FunctionType):
        return False
    steps = [step for step in dis.get_instructions(thing) if step.opname not in ("RESUME", "NOP")]
    return len(steps) <= 2 and any(step.argval is ... for step in steps)


def _left_below(answer):
    """Sentence on code of the learner above the starter's `return ...`, or empty."""
    if not isinstance(answer, types.FunctionType) or _is_blank(answer):
        return ""
    return (
        "Your function has code, but what it returns is still `...`: the starter's `return ...` "
        "stands below it. Return your result there."
    )


def _prepared(exercise, answer):
    """The answer as properties see it: functions guarded, values copied."""
    role = _role(exercise.solution)
    if role == "function":
        return Guarded(answer, repeats=REPEATS)
    if role == "class":
        return answer
    try:
        return copy.deepcopy(answer)
    except Exception:
        return answer  # some trained models cannot be copied


def _draw(cases, count, use):
    """Call `use` with so many drawn cases, the same in every run, and shrink where it fails."""
    set_hypothesis_home_dir(os.devnull)  # nothing is written into the learner's folder
    run = given(case=cases)(lambda case: use(case))
    settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )(run)()


def _fault(holds, answer, case):
    """What a property finds wrong with an answer in one case, or None."""
    try:
        holds(answer, copy.deepcopy(case))
    except NotRight as fault:
        return fault
    except (NotYet, TimeUp, StopTest, UnsatisfiedAssumption):
        raise
    except BaseException as error:
        if interrupted():
            raise
        sentence = f"Your answer gives something that cannot be checked ({_named(error)})."
        if isinstance(answer, type):
            sentence = told(error, answer)
        return NotRight(sentence, reason=type(error).__name__)
    return None


def _named(error):
    return f"{type(error).__name__}: {message(error)}".rstrip(": ")


# Which mistake of the bank is it?


def _diagnoses(exercise, answer, smallest):
    """Yield what may be said of a wrong answer, each sentence better than the one before.

    A mistake is recognised when the answer does the same in every case in which the mistake
    shows. Among several, the one that agrees in all other cases too is taken, then the one that
    shows most often. One that does not explain every case must show in several: in one or two,
    the answer may be like it by chance. Where no mistake is recognised, it is told how the results
    are related; and if two mistakes at once explain every case, that they were made.
    """
    cases = list(_cases_to_diagnose(exercise))
    if all(difference(smallest, case, tolerance=0) for case in cases):
        cases.append(smallest)
    ours = lru_cache(lambda place: _behaviour(exercise, answer, cases[place]))
    best, sentence = (False, 0), ""
    for mistake in exercise.mistakes:
        everywhere, shows = _agreement(exercise, mistake, cases, ours)
        if (everywhere, shows) > best and (everywhere or shows >= SEVERAL):
            best, sentence = (everywhere, shows), mistake.sentence
    if sentence:
        yield sentence
        return
    yield likeness(_pairs(exercise, ours, cases))
    yield from _two_at_once(exercise, cases, ours)


def _two_at_once(exercise, cases, ours):
    """Yield the sentence of two mistakes that together do as the answer does in every case.

    Of many pairs one is like an answer by chance where few results are possible: there must be
    several wrong ones.
    """
    places = sorted(range(len(cases)), key=lambda place: not _is_wrong(ours(place)))
    wrong = [place for place in places if _is_wrong(ours(place))]
    if len({shown(ours(place)[0][0]) for place in wrong}) < RESULTS_FOR_A_PAIR:
        return
    for page in {mistake.page for mistake in exercise.mistakes} - {None}:
        for pair in page.pairs:
            # The first cases are those in which the answer is wrong: there most pairs differ.
            if all(
                _alike(ours(place), _behaviour(exercise, pair.answer, cases[place]))
                for place in places
            ):
                yield pair.sentence
                return


def _pairs(exercise, ours, cases):
    """What the answer returned in each case, and what the solution does."""
    pairs = []
    for place, case in enumerate(cases):
        right = _behaviour(exercise, exercise.solution, case)
        first = [results[:1] for behaviour in (ours(place), right) for results, _ in behaviour[:1]]
        if len(first) == 2 and all(first):
            pairs.append((first[0][0], first[1][0]))
    return pairs


def _agreement(exercise, mistake, cases, ours):
    """How well a mistake explains a behaviour: (in every case, number of cases it shows in)."""
    everywhere, shows = True, 0
    for place in range(len(cases)):
        if place < len(_cases_to_diagnose(exercise)):
            their = _behaviour_of_mistake(exercise, mistake, place)
        else:
            their = _behaviour(exercise, mistake.answer, cases[place])
        alike = _alike(ours(place), their)
        if _is_wrong(their):
            if not alike:
                return False, 0
            shows += 1
        everywhere = everywhere and alike
    return everywhere and shows > 0, shows


@lru_cache
def _cases_to_diagnose(exercise):
    cases = []
    _draw(exercise.cases, CASES_TO_DIAGNOSE, cases.append)
    return cases


@lru_cache(maxsize=1024)
def _behaviour_of_mistake(exercise, mistake, place):
    return _behaviour(exercise, mistake.answer, _cases_to_diagnose(exercise)[place])


def _behaviour(exercise, answer, case):
    """For each property, what the answer returned when called and what was wrong."""
    behaviour = []
    for holds in exercise.properties:
        prepared = _prepared(exercise, answer)
        if isinstance(prepared, Guarded):
            prepared.repeats = 0
        try:
            fault = _fault(holds, prepared, case)
        except (NotYet, UnsatisfiedAssumption):
            fault = None
        behaviour.append((getattr(prepared, "results", []), fault))
    return behaviour


def _is_wrong(behaviour):
    return any(fault for _, fault in behaviour)


def _alike(ours, theirs):
    return all(_alike_in_property(*pair) for pair in zip(ours, theirs))


def _alike_in_property(ours, theirs):
    (our_results, our_fault), (their_results, their_fault) = ours, theirs
    if (our_fault is None) != (their_fault is None):
        return False
    if our_results or their_results:
        return len(our_results) == len(their_results) and all(
            _same_result(*pair) for pair in zip(our_results, their_results)
        )
    return our_fault is None or our_fault.reason == their_fault.reason


def _same_result(ours, theirs):
    failed = [isinstance(result, NotRight) for result in (ours, theirs)]
    if any(failed):
        return all(failed) and ours.reason == theirs.reason
    try:
        return difference(ours, theirs, 1e-5) is None
    except Exception:
        return False
