"""How the exercises of this chapter tell that an answer fails: by what, and with what input."""

import functools
import re

from stcourse.engine.exercise import NotRight


def by_message(holds):
    """Make two answers fail alike only if their errors say the same, numbers aside.

    The engine goes by the kind of error: one mistake that ends in a TypeError would be seen in
    every answer that does.

    Args:
        holds: A property that calls the answer.

    Returns:
        The property, to be listed in an exercise.

    Example:
        >>> from stcourse.engine.properties import matches
        >>> try:
        ...     by_message(matches(lambda x: x[0]))(lambda x: x[9], {"x": [1, 2]})
        ... except NotRight as fault:
        ...     print(fault.reason)
        Your answer raises IndexError: list index out of range
    """

    @functools.wraps(holds)
    def told_apart(answer, case):
        try:
            holds(answer, case)
        except NotRight as fault:
            if fault.reason != str(fault):  # the name of an error
                said = str(fault).partition(", on line ")[0]
                fault.reason = re.sub(r"[-\d(),]+", "", said)
            raise

    return told_apart


def with_case(holds, told):
    """Tell the input in the sentence, where it is a table with times, too long for one line.

    Args:
        holds: A property.
        told: Function of the case's arguments that writes them in short.

    Returns:
        The property, to be listed in an exercise.

    Example:
        >>> from stcourse.engine.properties import matches
        >>> twice = with_case(matches(lambda x: 2 * x), lambda x: f"x = {x}")
        >>> try:
        ...     twice(lambda x: x, {"x": 3})
        ... except NotRight as fault:
        ...     print(fault)
        Your answer is 3, expected 6. (Tried with x = 3.)
    """

    @functools.wraps(holds)
    def telling(answer, case):
        try:
            holds(answer, case)
        except NotRight as fault:
            sentence = f"{fault} (Tried with {told(**case)}.)"
            raise NotRight(sentence, fault.came, fault.expected, fault.reason) from None

    return telling
