"""Say how wrong results are related to the right ones: turned round, another sign, a row short.

One case may look like many things, so a relation is told only if it holds in several.
"""

import itertools

import numpy as np
import pandas as pd

SEVERAL = 3  # cases, at least, that must show it
CLOSE = {"rtol": 1e-5, "atol": 1e-8, "equal_nan": True}


def likeness(pairs):
    """Sentence on how results are related to what was expected, or an empty text.

    Args:
        pairs: List of (came, expected), one for each case: numbers, arrays, tables, or tuples
            of them. Cases in which the two agree may be among them.

    Returns:
        One or two sentences, if the same relation holds in every case in which the two differ.

    Example:
        >>> pairs = [(np.array([-1.0, k]), np.array([1.0, -k])) for k in (2.0, 3.0, 4.0)]
        >>> likeness(pairs)
        'All signs are turned.'
    """
    if _parts_in_another_order(pairs):
        return "The parts are right, but stand in another order."
    split = [_parts(*pair) for pair in pairs]
    if len(split) < SEVERAL or len({len(parts) for parts in split}) > 1:
        return ""
    wrong, right = {}, {}
    for place, several in enumerate(zip(*split)):
        alike = [_same(*pair) for pair in several]
        if not all(alike):
            wrong[place] = [pair for pair, same in zip(several, alike) if not same]
            right[place] = [pair for pair, same in zip(several, alike) if same]
    if not wrong or any(came is None for pairs in wrong.values() for came, _ in pairs):
        return ""
    several = len(split[0]) > 1
    if len(wrong) == 1 and several:
        (place,) = wrong
        said = _relation(wrong[place], right[place])
        return f"Only part {place + 1} of {len(split[0])} is wrong. {said}".strip()
    said = {_relation(wrong[place], right[place]) for place in wrong}
    return said.pop() if len(said) == 1 else ""


def _parts_in_another_order(pairs):
    """Whether results of several parts are right, if their parts are put in one other order."""
    counts = {
        len(value) if isinstance(value, (tuple, list)) else 0 for pair in pairs for value in pair
    }
    if len(pairs) < SEVERAL or not counts <= {2, 3, 4} or len(counts) != 1:
        return False
    return any(
        all(
            all(_same(_numbers(came[place]), _numbers(one)) for place, one in zip(order, expected))
            for came, expected in pairs
        )
        for order in itertools.permutations(range(*counts))
        if list(order) != sorted(order)
    )


def _parts(came, expected):
    """Pairs of arrays; None in place of what is no numbers."""
    if isinstance(expected, (tuple, list)):
        if isinstance(came, (tuple, list)) and len(came) == len(expected):
            return [(_numbers(one), _numbers(other)) for one, other in zip(came, expected)]
        return [(None, None)]
    if _labels(came) != _labels(expected):
        return [(None, None)]
    return [(_numbers(came), _numbers(expected))]


def _labels(value):
    return [str(label) for label in value.columns] if isinstance(value, pd.DataFrame) else []


def _numbers(value):
    try:
        if isinstance(value, (pd.DataFrame, pd.Series)):
            value = value.to_numpy()
        array = np.asarray(value)
        return array.astype(float) if array.dtype.kind in "iuf" else None
    except Exception:  # a learner's value may do anything
        return None


def _same(came, expected):
    if came is None or expected is None:
        return False
    return came.shape == expected.shape and bool(np.allclose(came, expected, **CLOSE))


def _relation(pairs, right):
    """How wrong results are related to what was expected; those of other cases are right."""
    if len(pairs) < SEVERAL or any(expected is None for _, expected in pairs):
        return ""
    alike_in_shape = all(came.shape == expected.shape for came, expected in pairs)
    told = _SAME_SHAPE if alike_in_shape else _OTHER_SHAPE
    told = [relation for relation in told if all(relation[0](*pair) for pair in pairs)]
    for holds, sentence in told:  # the best is one that holds in the right cases, too
        if all(holds(*pair) for pair in right):
            return sentence
    said = _always_the_same(pairs, right) if alike_in_shape else ""
    if said or not told:
        return said or (_factor_or_shift(pairs) if alike_in_shape else "")
    holds, sentence = told[0]
    elsewhere = sum(not holds(*pair) for pair in right)
    return sentence + (" In other cases it is right." if elsewhere >= SEVERAL else "")


def _always_the_same(pairs, right):
    """What is told of a result that does not depend on the case; empty if it does."""
    everywhere = [came for came, _ in (*pairs, *right)]
    if not any(came.any() for came in everywhere):
        return "All is 0 in every case: is the result ever filled in?"
    if not any(came.any() for came, _ in pairs):
        return "Where it is wrong, all is 0: is the result filled in there?"
    numbers = np.unique(np.concatenate([came.ravel() for came in everywhere]))
    if len(numbers) == 1:
        return f"All is {numbers[0]:.4g} in every case, whatever is given."
    if any(came.shape for came in everywhere):
        return ""
    (came, *others), (wanted, *_) = zip(*pairs)
    if all(map(_same, others, [came] * len(others))) and np.ptp([pair[1] for pair in pairs]) == 0:
        return f"It is wrong where {wanted:.4g} is expected: there it is {came:.4g}."
    return ""


def _axes_moved(came, expected):
    orders = itertools.permutations(range(expected.ndim))
    return any(_same(came, expected.transpose(order)) for order in orders)


def _known_alike(came, expected):
    known = np.isfinite(came) & np.isfinite(expected)
    return known.any() and np.allclose(came[known], expected[known], **CLOSE)


def _filled(came, expected):
    return _known_alike(came, expected) and not (np.isnan(came) & ~np.isnan(expected)).any()


def _spread(came, expected):
    return _known_alike(came, expected) and not (np.isnan(expected) & ~np.isnan(came)).any()


def _reversed(came, expected):
    return came.ndim and any(_same(came, np.flip(expected, axis)) for axis in range(expected.ndim))


def _rounded(came, expected):
    return any(_same(came, np.round(expected, digits)) for digits in range(4))


def _through_tanh(came, expected):
    # Far out tanh is 1, which is many other things as well.
    return _same(came, np.tanh(expected)) and (np.abs(came) < 0.999).any()


def _cut_off(came, expected):
    return _same(came, np.trunc(expected))


def _rounded_up(came, expected):
    return _same(came, np.ceil(expected))


def _rounded_down(came, expected):
    return _same(came, np.floor(expected))


def _other_places(came, expected):
    return came.size > 2 and _same(np.sort(came, axis=None), np.sort(expected, axis=None))


def _one_row_of_it(came, expected):
    if expected.ndim == 0 or came.ndim > expected.ndim or came.size >= expected.size:
        return False
    try:
        return _same(np.broadcast_to(came, expected.shape), expected)
    except ValueError:
        return False


def _reduced(how):
    """Whether one axis of the result, or all, has been summed up or averaged."""

    def holds(came, expected):
        if expected.size == 1:
            return _same(came.ravel(), expected.ravel())
        axes = [axis for axis in (None, *range(expected.ndim)) if came.ndim < expected.ndim]
        return any(_same(came, how(expected, axis=axis)) for axis in axes)

    return holds


def _one_of_an_axis(came, expected):
    if came.ndim != expected.ndim - 1 or not expected.size:
        return False
    ends = itertools.product(range(expected.ndim), (0, -1))
    return any(_same(came, expected.take(place, axis)) for axis, place in ends)


def _cut(came, expected):
    """Whether the result is the expected one with less at an end, or the two ends, of one axis."""
    apart = [axis for axis in range(expected.ndim) if came.ndim == expected.ndim]
    apart = [axis for axis in apart if came.shape[axis] != expected.shape[axis]]
    if len(apart) != 1:
        return False
    (axis,) = apart
    length = came.shape[axis]
    starts = range(expected.shape[axis] - length + 1)
    return length > 0 and any(
        _same(came, expected.take(range(start, start + length), axis)) for start in starts
    )


def _every_few(came, expected):
    return came.ndim and len(came) > 1 and any(_same(came, expected[::step]) for step in (2, 3, 4))


def _rows(shift, of):
    """Whether one is the other without a row at an end."""

    def holds(came, expected):
        whole, part = (expected, came) if of == "expected" else (came, expected)
        if whole.ndim == 0 or whole.ndim != part.ndim or len(whole) != len(part) + 1:
            return False
        return _same(part, whole[1:] if shift else whole[:-1])

    return holds


def _late(came, expected):
    return came.ndim and len(came) > 1 and _same(came[1:], expected[:-1])


def _early(came, expected):
    return came.ndim and len(came) > 1 and _same(came[:-1], expected[1:])


_SWAPPED = "The numbers are right, but two axes, such as rows and columns, are swapped."
_SAME_SHAPE = (
    (lambda came, expected: _same(came, -expected), "All signs are turned."),
    (
        lambda came, expected: _same(came, np.abs(expected)),
        "The signs are dropped: these are the absolute values of what is expected.",
    ),
    (_axes_moved, _SWAPPED),
    (
        lambda came, expected: _same(came, np.maximum(expected, 0)),
        "What is below zero has become zero, as by a ReLU.",
    ),
    (
        _through_tanh,
        "The result has gone through tanh, which is not asked for.",
    ),
    (
        lambda came, expected: _same(came, expected**2),
        "These are the squares of what is expected.",
    ),
    (
        _filled,
        "The known values are right, but what should stay missing (NaN) has been filled with "
        "numbers.",
    ),
    (
        _spread,
        "Where there is a number it is right, but NaN stands where a number is expected: one "
        "missing value spreads to others.",
    ),
    (_reversed, "The numbers are right, but in reverse order along one axis."),
    (
        lambda came, expected: _cut_off(came, expected) and came.any(),
        "What stands behind the decimal point is cut off.",
    ),
    (_rounded_up, "The numbers are rounded up to whole ones: return them as they are."),
    (_rounded_down, "The numbers are rounded down to whole ones: return them as they are."),
    (_rounded, "The numbers are rounded: return them as they are, rounding is for display."),
    (_late, "The numbers stand one row too late: each belongs a row earlier."),
    (_early, "The numbers stand one row too early: each belongs a row later."),
    (_other_places, "These are the right numbers, but they stand in other places."),
)
_OTHER_SHAPE = (
    (_axes_moved, _SWAPPED),
    (
        lambda came, expected: _same(came.ravel(), expected.ravel()),
        "The numbers are right, and in the right order; only the shape is another.",
    ),
    (_one_row_of_it, "This is one part of the result: it has to be repeated along an axis."),
    (_rows(shift=0, of="expected"), "The last row is missing; the others are right."),
    (_rows(shift=1, of="expected"), "The first row is missing; the others are right."),
    (_rows(shift=0, of="came"), "There is a row too many at the end; the others are right."),
    (_rows(shift=1, of="came"), "There is a row too many at the start; the others are right."),
    (_cut, "A part is missing at an end of one axis; what is there is right."),
    (
        lambda came, expected: _cut(expected, came),
        "There is too much at an end of one axis; the rest is right.",
    ),
    (_every_few, "Rows are left out in between; those that are there are right."),
    (_reduced(np.sum), "An axis is summed up that should be kept: the sums are right."),
    (_reduced(np.mean), "An axis is averaged that should be kept."),
    (_one_of_an_axis, "This is one row or column of the result alone."),
)


def _factor_or_shift(pairs):
    factors, shifts = [], []
    for came, expected in pairs:
        used = np.isfinite(came) & np.isfinite(expected)
        if not used.any() or not _same(np.isnan(came) + 0.0, np.isnan(expected) + 0.0):
            return ""
        shifts.append(came[used] - expected[used])
        zero = np.isclose(expected[used], 0)
        if not np.allclose(came[used][zero], 0):
            factors.append(None)
        elif not zero.all():
            factors.append(came[used][~zero] / expected[used][~zero])
    if factors and all(factor is not None for factor in factors):
        factor = np.concatenate(factors)
        if np.allclose(factor, factor[0], rtol=1e-5):
            return f"Every number is {factor[0]:.4g} times what is expected."
        longer = [each for each in factors if len(each) > 1]
        if len(longer) >= SEVERAL and all(np.allclose(each, each[0], rtol=1e-5) for each in longer):
            return (
                "In each case all numbers are off by one factor, and it is another one in other "
                "cases: look at what you multiply or divide by."
            )
    shift = np.concatenate(shifts)
    if np.allclose(shift, shift[0], rtol=1e-5, atol=1e-8):
        more = "larger" if shift[0] > 0 else "smaller"
        return f"Every number is {abs(shift[0]):.4g} {more} than expected."
    return ""
