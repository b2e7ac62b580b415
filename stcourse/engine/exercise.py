"""What an exercise is: a small declaration that one engine checks."""

from collections.abc import Callable
from dataclasses import dataclass

from stlearn.errors import InputError


@dataclass(frozen=True, eq=False)
class Mistake:
    """One wrong answer that learners really give, and what they are told about it.

    Args:
        name: The mistake in a few words, "weights transposed".
        answer: The wrong answer itself, runnable: a function, a class or a value.
        sentence: What is wrong and why; it does not hand over the code.
        page: The page of text that it stands on, if it does.
    """

    name: str
    answer: object
    sentence: str
    page: object = None


@dataclass(frozen=True, eq=False)
class Exercise:
    """A task with its reference answer, the properties that must hold, and a bank of mistakes.

    Args:
        id: Chapter and number, "2.1".
        title: "Dense layer".
        section: Heading of the section to reread, exactly as in the notebook.
        hints: In stages, at least two; the last nearly gives it.
        solution: Reference answer: a function, a class or a value.
        cases: Hypothesis strategy that draws a dict of keyword arguments, small and random.
        properties: Functions of (answer, case) that raise `NotRight`, or return nothing.
        mistakes: At least four.
        also_right: Other correct answers, which must pass: at least one.
        seconds: Time limit of a whole check.
        part: Letter of the notebook that holds it, where its chapter has parts: "a" for 06a.
        difficulty: 1 (a line or two), 2 (a few lines with a trap) or 3 (several steps to combine).
        minutes: What it takes, as estimated.
        matters: Why it is worth these minutes, in one sentence.

    Example:
        >>> from hypothesis import strategies as st
        >>> from stcourse.engine.exercise import Exercise, Mistake
        >>> from stcourse.engine.properties import matches
        >>> def double(x):
        ...     return 2 * x
        >>> squared = Mistake("squared", lambda x: x * x, "A square is not a double.")
        >>> exercise = Exercise(
        ...     id="9.1", title="Double", section="9.1 Doubling", hints=("Add.", "x + x"),
        ...     solution=double, cases=st.fixed_dictionaries({"x": st.integers(0, 9)}),
        ...     properties=(matches(double),), mistakes=(squared,), also_right=(lambda x: x + x,))
        >>> from stcourse.engine.judge import judge
        >>> judge(exercise, lambda x: x * x).diagnosis
        'A square is not a double.'
    """

    id: str
    title: str
    section: str
    hints: tuple[str, ...]
    solution: object
    cases: object
    properties: tuple[Callable, ...]
    mistakes: tuple[Mistake, ...]
    also_right: tuple[object, ...]
    seconds: float = 5.0
    part: str = ""
    difficulty: int = 1
    minutes: int = 5
    matters: str = ""

    @property
    def stated(self):
        """What is said of it before it is tried: difficulty, minutes, and why it matters."""
        return (
            f"Difficulty {self.difficulty} of 3, about {self.minutes} minutes (estimated). "
            f"{self.matters}"
        )


class NotRight(Exception):
    """An answer breaks a property: one sentence that says what is wrong and where.

    Args:
        sentence: "Row 2 sums to 1.5, expected 1."
        came, expected: What the answer gave and what was expected, where showing both helps.
        reason: By what two answers that fail alike are known; the sentence if not given.
    """

    def __init__(self, sentence, came=None, expected=None, reason=None):
        super().__init__(sentence)
        self.came = came
        self.expected = expected
        self.reason = reason or sentence


class NotYet(Exception):
    """The answer is the untouched starter."""


class CourseError(InputError):
    """Bad input to the course's functions; a notebook shows it as one line."""

    def _render_traceback_(self):
        return [str(self)]
