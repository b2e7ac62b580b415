"""Results of answers of chapter 05: one number, near enough, or noted in another kind."""

import numpy as np

from stcourse.engine.differences import way_to_numpy
from stcourse.engine.exercise import NotRight
from stcourse.engine.properties import call, compare
from stcourse.engine.wording import kind


def one_number(answer, case):
    """Property: the answer is a number, and not NaN."""
    if np.isnan(number(call(answer, case))):
        given = list(_arrays_in(list(case.values())))
        why = "nothing is missing here, so it is 0 / 0, or the mean of nothing"
        if any(np.isnan(value).any() for value in given):
            why = "one NaN spoils a plain mean, and the mean of nothing and 0 / 0 are NaN too"
        raise NotRight(f"Your answer is NaN, although enough is known: {why}.", reason="NaN")


def _arrays_in(value):
    if isinstance(value, list | tuple):
        for part in value:
            yield from _arrays_in(part)
    elif isinstance(value, np.ndarray):
        yield value


def number(came, name="Your answer"):
    """A result as a number; `NotRight` where it is none."""
    if isinstance(came, np.ndarray) and np.ndim(came):
        raise NotRight(
            f"{name} is an array of shape {came.shape}, expected one number.", reason="array"
        )
    if not isinstance(came, int | float | np.generic | np.ndarray):
        way = "" if isinstance(came, list | tuple) else way_to_numpy(came, 0.0)
        raise NotRight(f"{name} is {kind(came)}, expected one number.{way}")
    return float(came)


def apart(came, expected):
    """Whether two results, which may be of any kind, differ by more than rounding."""
    try:
        compare(np.asarray(came, dtype="float64"), np.asarray(expected, dtype="float64"))
    except NotRight:
        return True
    return False


def recorded(answer, result):
    """Let a result stand in place of the same in another kind, by which mistakes are known."""
    answer.results[-1] = result
    return result
