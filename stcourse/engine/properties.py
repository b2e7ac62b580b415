"""Properties and cases that exercises share, so that a chapter's declarations stay short."""

from hypothesis import strategies as st
from hypothesis.extra import numpy as hypothesis_numpy

from stcourse.engine.differences import difference
from stcourse.engine.exercise import NotRight
from stcourse.engine.sandbox import call

__all__ = ["arrays", "call", "compare", "matches"]


def matches(reference, tolerance=1e-6):
    """Property: the answer gives what the reference gives.

    Compared are kind, shape, labels, the places of NaN, and every number; a property says where
    the first difference is.

    Args:
        reference: Function that is called with the case, or the value itself.
        tolerance: Relative and absolute tolerance of numbers.

    Returns:
        A property, to be listed in an exercise.

    Example:
        >>> twice = matches(lambda x: 2 * x)
        >>> twice(lambda x: x + x, {"x": 3})
        >>> try:
        ...     twice(lambda x: x + 2, {"x": 3})
        ... except NotRight as fault:
        ...     print(fault)
        Your answer is 5, expected 6.
    """

    def agrees(answer, case):
        if callable(reference):
            compare(call(answer, case), reference(**case), tolerance)
        else:
            compare(answer, reference, tolerance)

    return agrees


def compare(came, expected, tolerance=1e-6, name="Your answer"):
    """Raise `NotRight` with the first difference between a result and what was expected.

    Args:
        came: What the answer gave.
        expected: What it should be.
        tolerance: Relative and absolute tolerance of numbers.
        name: How the sentence calls the result.

    Raises:
        NotRight: If they differ.

    Example:
        >>> compare([1, 2], [1, 2])
    """
    sentence = difference(came, expected, tolerance, name)
    if sentence:
        raise NotRight(sentence, came=came, expected=expected)


def arrays(*shape, low=-4, high=4, missing=False):
    """Strategy for small float arrays of quarters, which read well in a counter-example.

    Args:
        shape: Length of each axis: a number, or a strategy that draws one.
        low, high: Smallest and largest value.
        missing: Whether NaN may occur.

    Returns:
        Strategy of float64 arrays.

    Example:
        >>> from stcourse.engine.properties import arrays
        >>> strategy = arrays(3, st.integers(1, 4))
    """
    quarters = st.integers(4 * low, 4 * high).map(lambda count: count / 4)
    if missing:
        quarters = st.one_of(quarters, st.just(float("nan")))
    lengths = [st.just(length) if isinstance(length, int) else length for length in shape]

    def filled(drawn):
        return hypothesis_numpy.arrays("float64", drawn, elements=quarters, fill=st.nothing())

    return st.tuples(*lengths).flatmap(filled)
