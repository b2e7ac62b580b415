"""Checks of arguments: each gives back a plain value, or says in one sentence what was expected."""

import math
import numbers

import pandas as pd

from stlearn.errors import InputError


def check_count(argument, count, least=1):
    """Return a whole number of at least `least` as an int, or raise an InputError.

    Example:
        >>> import numpy as np
        >>> from stlearn.checks import check_count
        >>> check_count("lookback", np.int64(12))
        12
    """
    if not isinstance(count, numbers.Integral) or isinstance(count, bool) or count < least:
        raise InputError(f"{argument}: expected a whole number of at least {least}, got {count!r}")
    return int(count)


def check_number(argument, number, least=-math.inf, most=math.inf):
    """Return a finite number from `least` to `most` as a float, or raise an InputError.

    Example:
        >>> from stlearn.checks import check_number
        >>> check_number("learning_rate", 1, least=0)
        1.0
    """
    real = isinstance(number, numbers.Real) and not isinstance(number, bool)
    if not real or not math.isfinite(number) or not least <= number <= most:
        ends = [f"at least {least:g}"] * (least > -math.inf) + [f"at most {most:g}"] * (
            most < math.inf
        )
        limits = f" of {' and '.join(ends)}" if ends else ""
        raise InputError(f"{argument}: expected a number{limits}, got {number!r}")
    return float(number)


def to_duration(argument, duration):
    """Return a duration such as "14D" as a Timedelta above zero, or raise an InputError.

    Example:
        >>> from stlearn.checks import to_duration
        >>> to_duration("test", "14D")
        Timedelta('14 days 00:00:00')
    """
    try:
        length = pd.Timedelta(duration)
    except (ValueError, TypeError):
        length = pd.NaT
    if not length > pd.Timedelta(0):
        raise InputError(
            f"{argument}: expected a duration above zero such as '14D', got {duration!r}"
        )
    return length
