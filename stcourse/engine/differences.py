"""Say where two results differ, or that they do not."""

import contextlib
import dataclasses

import numpy as np
import pandas as pd

from stcourse.engine.exercise import NotYet
from stcourse.engine.wording import kind, shown

_KINDS = dict.fromkeys("iuf", "numbers") | {"b": "True or False", "c": "complex numbers"}
_KINDS |= {"M": "times", "m": "durations", "O": "objects"}


def difference(came, expected, tolerance=1e-6, name="Your answer"):
    """Sentence on the first difference between a result and what was expected, or None.

    Whole numbers and decimals of the same value are the same; NaN equals NaN. Results in single
    precision are compared with the precision they can have.

    Args:
        came: What the answer gave: number, array, Series, DataFrame, list, tuple, dict, text.
        expected: What the reference gave.
        tolerance: Relative and absolute tolerance of numbers.
        name: How the sentence calls the result.

    Raises:
        NotYet: If the result is the `...` of a starter.

    Example:
        >>> import numpy as np
        >>> difference(np.array([1.0, 2.5]), np.array([1.0, 2.0]))
        'Your answer at [1] is 2.5, expected 2.'
    """
    if came is ...:
        raise NotYet
    for way in ("numpy", "toarray"):  # two tensors, two sparse matrices
        if hasattr(type(came), way) and hasattr(type(expected), way):
            came, expected = getattr(came, way)(), getattr(expected, way)()
    if isinstance(expected, pd.DataFrame):
        return _of_tables(came, expected, tolerance, name)
    if isinstance(expected, pd.Series):
        return _of_series(came, expected, tolerance, name)
    if isinstance(expected, pd.Index):
        if not isinstance(came, pd.Index):
            return _wrong_kind(came, expected, name)
        return _of_arrays(came.to_numpy(), expected.to_numpy(), tolerance, name)
    if isinstance(expected, np.ndarray) and expected.ndim:
        if not isinstance(came, np.ndarray):
            way = way_to_numpy(came, expected, tolerance)
            return _wrong_kind(came, expected, name) + way
        return _of_arrays(came, expected, tolerance, name)
    if isinstance(expected, (bool, int, float, complex, np.generic, np.ndarray)):
        return _of_numbers(came, expected, tolerance, name)
    if isinstance(expected, dict):
        return _of_dicts(came, expected, tolerance, name)
    if isinstance(expected, (list, tuple)):
        return _of_sequences(came, expected, tolerance, name)
    if dataclasses.is_dataclass(expected) and type(came) is type(expected):
        return _of_dicts(vars(came), vars(expected), tolerance, name)
    if type(expected).__eq__ is object.__eq__ or _equal(came, expected):
        return None  # objects that do not say what makes them equal cannot be told apart
    return f"{name} is {shown(came)}, expected {shown(expected)}."


def _wrong_kind(came, expected, name):
    return f"{name} is {kind(came)}, expected {kind(expected)}."


def way_to_numpy(came, expected, tolerance=1e-6):
    """Say what makes an array or a number of a value of another kind; empty for any other value.

    Args:
        came: What the answer gave: a tensor, a sparse matrix, a table, a list.
        expected: Array or number that is asked for.
        tolerance: Relative and absolute tolerance of numbers.

    Example:
        >>> import numpy as np
        >>> way_to_numpy([1, 2], np.array([1, 2]))
        ' What it holds is right: `np.array` or `np.stack` makes one of it.'
    """
    array, call = None, ""
    if isinstance(came, (list, tuple, range)):
        call = "np.array` or `np.stack"
        with contextlib.suppress(Exception):  # parts of different lengths
            array = np.array(came)
    else:
        for way in ("to_numpy", "numpy", "toarray"):
            if hasattr(type(came), way) and not call:
                array, call = getattr(came, way)(), f".{way}()"
    if not call:
        return ""
    right = isinstance(array, np.ndarray | np.generic) and array.shape == np.shape(expected)
    right = right and difference(array, expected, tolerance) is None
    return f"{' What it holds is right:' if right else ''} `{call}` makes one of it."


def _several_alone(came, expected, tolerance, name):
    """Sentence on one value in place of several results."""
    count = len(expected)
    both = "both, with a comma" if count == 2 else f"all {count}, with commas"
    for place, part in enumerate(expected, start=1):
        if type(came) is type(part) and difference(came, part, tolerance) is None:
            return f"{name} is result {place} of {count} alone. Return {both} between."
    if isinstance(came, np.ndarray) and came.ndim and len(came) == count:
        alone = zip(came, expected)
        if all(difference(*pair, tolerance) is None for pair in alone):
            return f"{name} is one array that holds {count} results. Return {both} between."
    one = kind(came).removeprefix("an ").removeprefix("a ")
    return f"{name} is one {one}, expected {count} results. Return {both} between."


def _bare(name):
    """A name without the comma that closes "Your answer, part 1 of 2,"."""
    return name.removesuffix(",")


def _of_numbers(came, expected, tolerance, name):
    if not isinstance(came, (bool, int, float, complex, np.generic, np.ndarray)):
        wanted = "True or False" if isinstance(expected, (bool, np.bool_)) else "a number"
        way = "" if isinstance(came, (list, tuple)) else way_to_numpy(came, expected, tolerance)
        return f"{name} is {kind(came)}, expected {wanted}.{way}"
    if np.ndim(came):
        return f"{name} is an array of shape {np.shape(came)}, expected one number."
    return _of_arrays(np.asarray(came), np.asarray(expected), tolerance, name)


def _of_arrays(came, expected, tolerance, name):
    if came.dtype == bool and came.ndim == 1 and expected.dtype.kind in "iu":
        right = np.array_equal(np.flatnonzero(came), expected)
        way = " What it picks is right: `np.flatnonzero` gives the positions." if right else ""
        if right or came.shape != expected.shape:
            return f"{name} is a mask of True and False, expected positions.{way}"
    if came.shape != expected.shape:
        return f"{name} has shape {came.shape}, expected {expected.shape}."
    kinds = [_KINDS.get(array.dtype.kind, "text") for array in (came, expected)]
    if kinds[0] != kinds[1]:
        return f"{name} holds {kinds[0]} ({came.dtype}), expected {kinds[1]} ({expected.dtype})."
    if _same_bytes(came, expected):
        return None
    apart = _apart(came, expected, tolerance)
    if not apart.any():
        return None
    place = tuple(int(index) for index in np.argwhere(apart)[0])
    where = f" at [{', '.join(map(str, place))}]" if place else ""
    return f"{name}{where} is {_number(came[place])}, expected {_number(expected[place])}."


def _same_bytes(came, expected):
    """Whether two arrays are the same to the last bit: most inputs that are compared are."""
    plain = type(came) is type(expected) is np.ndarray and came.dtype == expected.dtype
    return plain and not came.dtype.hasobject and came.tobytes() == expected.tobytes()


def _apart(came, expected, tolerance):
    """Where two arrays of one shape and kind differ."""
    precisions = [
        np.finfo(array.dtype).eps for array in (came, expected) if array.dtype.kind in "fc"
    ]
    if precisions:
        relative = absolute = tolerance
        if tolerance and max(precisions) > 1e-10:
            # A sum in single precision is only as exact as the largest of its parts allows.
            largest = np.max(np.abs(expected), initial=1.0, where=np.isfinite(expected))
            relative = max(tolerance, 50 * max(precisions))
            absolute = max(tolerance, 50 * max(precisions) * float(largest))
        return ~np.isclose(came, expected, rtol=relative, atol=absolute, equal_nan=True)
    if expected.dtype.kind == "O":
        both_missing = pd.isna(came) & pd.isna(expected)
        return np.not_equal(came, expected).astype(bool) & ~both_missing
    if expected.dtype.kind in "mM":
        return (came != expected) & ~(np.isnat(came) & np.isnat(expected))
    return came != expected


def _number(value):
    return "NaN (missing)" if pd.api.types.is_scalar(value) and pd.isna(value) else shown(value)


def _of_labels(came, expected, name):
    """Sentence on labels of two indexes, or None."""
    if len(came) == len(expected) and all(map(_equal, came, expected)):
        return None
    if len(came) == len(expected) and set(came) == set(expected):
        return f"{name} are in another order: {_few(came)}, expected {_few(expected)}."
    return f"{name} are {_few(came)}, expected {_few(expected)}."


def _equal(first, second):
    return bool(first == second) or bool(first != first and second != second)


def _few(labels):
    listed = ", ".join(str(label) for label in labels[:4])
    return f"{listed} and {len(labels) - 4} more" if len(labels) > 4 else listed or "none"


def _of_tables(came, expected, tolerance, name):
    if not isinstance(came, pd.DataFrame):
        way = " `pd.DataFrame(values, index, columns)` makes one of it."
        return _wrong_kind(came, expected, name) + (way if isinstance(came, np.ndarray) else "")
    told = _of_labels(came.columns, expected.columns, f"{_bare(name)}: the columns")
    told = told or _of_labels(came.index, expected.index, f"{_bare(name)}: the rows")
    if told:
        return told
    for place, label in enumerate(expected.columns):
        told = _of_series(
            came.iloc[:, place],
            expected.iloc[:, place],
            tolerance,
            f"{_bare(name)}, column {label},",
        )
        if told:
            return told
    return None


def _of_series(came, expected, tolerance, name):
    if not isinstance(came, pd.Series):
        return _wrong_kind(came, expected, name)
    told = _of_labels(came.index, expected.index, f"{_bare(name)}: the labels")
    if told:
        return told
    first, second = came.to_numpy(), expected.to_numpy()
    if {first.dtype.kind, second.dtype.kind} <= {"O", "U", "T"}:
        first, second = first.astype(object), second.astype(object)
    return _of_arrays(first, second, tolerance, name)


def _of_dicts(came, expected, tolerance, name):
    if not isinstance(came, dict):
        return _wrong_kind(came, expected, name)
    if set(came) != set(expected):
        told = ", ".join(shown(key) for key in came) or "none"
        return f"{name} has the keys {told}, expected {', '.join(map(shown, expected))}."
    parts = ((came[key], expected[key], f"{_bare(name)} for {shown(key)}") for key in expected)
    return _first(parts, tolerance)


def _of_sequences(came, expected, tolerance, name):
    if not isinstance(came, (list, tuple)):
        if isinstance(expected, tuple):
            return _several_alone(came, expected, tolerance, name)
        return _wrong_kind(came, expected, name)
    if len(came) != len(expected):
        return f"{name} has {len(came)} parts, expected {len(expected)}."
    parts = (
        (first, second, f"{_bare(name)}, part {place} of {len(expected)},")
        for place, (first, second) in enumerate(zip(came, expected), start=1)
    )
    return _first(parts, tolerance)


def _first(parts, tolerance):
    sentences = (difference(came, expected, tolerance, name) for came, expected, name in parts)
    return next((sentence for sentence in sentences if sentence), None)
