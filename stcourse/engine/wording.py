"""Put a learner's values and errors into words, whatever they are."""

import inspect
import linecache
import traceback
from functools import partial

import numpy as np
import pandas as pd

LONGEST = 400
RAISED_BY_OBJECTS = (Exception, SystemExit, GeneratorExit, KeyboardInterrupt)


def shown(value):
    """Text of a value, short and readable; never fails, whatever the value does.

    Example:
        >>> import numpy as np
        >>> print(shown(np.array([[0.5, 1.0]], dtype="float32")))
        [[0.5 1. ]]
    """
    try:
        text = _text(value)
    except RAISED_BY_OBJECTS:
        text = f"<{kind(value)} that cannot be shown>"
    return text if len(text) <= LONGEST else text[:LONGEST] + " ..."


def _text(value):
    if isinstance(value, np.ndarray):
        if value.size == 0:
            return f"empty array of shape {value.shape}"
        return np.array2string(value, precision=4, threshold=60, edgeitems=3)
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.to_string(max_rows=8) if value.size else repr(value)
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    if isinstance(value, np.generic):
        return str(value)
    if type(value) in (tuple, list) and len(value) <= 20:
        inner = ", ".join(shown(item) for item in value)
        if type(value) is list:
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if type(value) is dict and len(value) <= 20:
        return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in value.items()) + "}"
    if callable(value):
        first = (value.__doc__ or "").strip().split("\n")[0]
        name = f"the {'class' if isinstance(value, type) else 'function'} {value.__name__}"
        return f"{name}: {first}" if first else name
    return repr(value)


def kind(value):
    """Name of a value's type as a learner knows it: "a NumPy array", "a list".

    Example:
        >>> kind([1]), kind(1.5)
        ('a list', 'a float')
    """
    if isinstance(value, type):
        return "a class"
    name = type(value).__name__
    known = {"ndarray": "NumPy array", "str": "text", "NoneType": "None"}
    name = known.get(name, name)
    if name in {"None", "text", "bytes"}:
        return name
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def told(error, answer):
    """Sentence for an exception that an answer raised: its name, its message and the line.

    Args:
        error: The exception.
        answer: The function that raised it; the line is the last one within its file.
    """
    name = type(error).__name__
    if isinstance(error, SystemExit):
        what = "Your answer stops Python with sys.exit() or SystemExit: leave that out"
    elif isinstance(error, RecursionError):
        what = "Your answer calls itself without end (RecursionError)"
    elif isinstance(error, TypeError) and error.__traceback__.tb_next is None:
        said = message(error)
        return f"Your answer cannot be called as the starter can: {said}. Keep its arguments."
    else:
        text = message(error)
        what = f"Your answer raises {name}" + (f": {text}" if text else "")
    return f"{what.rstrip('.')}{_line(error, answer)}."


def message(error):
    """First line of an exception's message, short; never fails."""
    try:
        lines = str(error).strip().splitlines()
    except RAISED_BY_OBJECTS:
        lines = []
    text = lines[0] if lines else ""
    return text if len(text) <= 200 else text[:200] + " ..."


def _line(error, answer):
    file = _file(answer)
    within = [
        number
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == file
    ]
    if not within:
        return ""
    source = linecache.getline(file, within[-1]).strip()
    if len(source) > 80:
        source = source[:80] + " ..."
    return f", on line {within[-1]}" + (f" (`{source}`)" if source else "")


def _file(answer):
    """Name of the file or notebook cell that an answer was written in, or None."""
    if isinstance(answer, type):
        methods = filter(inspect.isfunction, vars(answer).values())
        answer = next(methods, None)
    elif isinstance(answer, partial):
        answer = answer.func
    answer = inspect.unwrap(getattr(answer, "__func__", answer))
    return answer.__code__.co_filename if inspect.isfunction(answer) else None
