"""Checks of the arguments that the worlds share."""

import math
import numbers

from stlearn.errors import InputError


def check_number(argument, number, least=-math.inf, most=math.inf):
    """Raise an InputError unless `number` is a finite number from `least` to `most`."""
    real = isinstance(number, numbers.Real) and not isinstance(number, bool)
    if not real or not math.isfinite(number) or not least <= number <= most:
        ends = [f"at least {least:g}"] * (least > -math.inf) + [f"at most {most:g}"] * (
            most < math.inf
        )
        limits = f" of {' and '.join(ends)}" if ends else ""
        raise InputError(f"{argument}: expected a number{limits}, got {number!r}")
