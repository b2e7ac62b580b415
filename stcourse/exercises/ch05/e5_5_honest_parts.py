"""5.5: scale and cut windows with no way from test to training."""

import numpy as np
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, compare
from stcourse.exercises.ch05.results import apart


def honest_parts(values, test_start, length):
    """Cut scaled windows for training and for test, with no way from one part to the other.

    Args:
        values: Array (time, node) in km/h.
        test_start: First row of the test part.
        length: Rows in a window, past and future together.

    Returns:
        (train, test): two arrays (window, length, node) in the order of time, a window starting
        at each row. Each node has mean 0 and standard deviation 1 over the training rows.
    """
    train, test = values[:test_start], values[test_start:]
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    windows = []
    for part in (train, test):
        scaled = (part - mean) / deviation
        starts = range(len(part) - length + 1)
        windows.append(np.stack([scaled[start : start + length] for start in starts]))
    return tuple(windows)


@st.composite
def _values_to_part(draw):
    length, nodes = draw(st.integers(2, 3)), draw(st.integers(1, 2))
    train, test = (length + draw(st.integers(1, 4)) for _ in range(2))
    values = draw(arrays(train + test, nodes, low=20, high=90))
    values[0] = values[1] + 1 + np.arange(nodes)  # no node stands still while it is trained on
    return {"values": values, "test_start": train, "length": length}


def _no_way_back(answer, case):
    """Train does not depend on test rows; test windows depend on training by the scale alone."""
    train, test = _two_parts(call(answer, case))
    start, length = case["test_start"], case["length"]
    later = case["values"].copy()
    later[start:] += 7 + np.arange(len(later) - start)[:, None]
    if apart(_two_parts(call(answer, case | {"values": later}))[0], train):
        raise NotRight(
            "Your training windows change when rows of the test part change: something of the "
            "test part is in them, in their scale or in their order."
        )
    for name, part, rows in (("train", train, start), ("test", test, len(later) - start)):
        if len(part) != rows - length + 1:
            raise NotRight(
                f"`len({name})` is {len(part)}, expected {rows - length + 1}: so many "
                f"windows of {length} rows begin and end within {rows} rows.",
                reason=f"windows of {name}",
            )
    for name, ours, theirs in zip(("train", "test"), (train, test), honest_parts(**case)):
        compare(ours, theirs, name=f"The part {name}")


def _two_parts(came):
    if not isinstance(came, list | tuple) or len(came) != 2:
        raise NotRight("Expected two parts, train and test.", came=came)
    for part in came:
        if not isinstance(part, np.ndarray) or part.ndim != 3:
            raise NotRight("Each part has to be an array (window, length, node).", came=part)
    return came


def _parts_with_views(values, test_start, length):
    train = values[:test_start]
    scaled = (values - np.mean(train, axis=0)) / np.std(train, axis=0)
    train, test = (
        sliding_window_view(part, length, axis=0).swapaxes(1, 2)
        for part in (scaled[:test_start], scaled[test_start:])
    )
    return [np.array(train), np.array(test)]


EXERCISE = Exercise(
    id="5.5",
    title="Find the leak: scale and windows",
    section="5.5 A museum of famous errors",
    difficulty=3,
    minutes=8,
    matters="You will meet all three leaks in code that others gave you.",
    hints=(
        "Ask of each line: would its result be another one if the test rows were other ones?",
        "Divide the rows first. Then take mean and deviation of the training rows, over time "
        "alone, and use them for both parts.",
        "Cut each scaled part for itself: a part of n rows has `n - length + 1` windows, put "
        "together with `np.stack`.",
    ),
    solution=honest_parts,
    cases=_values_to_part(),
    properties=(_no_way_back,),
    mistakes=read_mistakes(honest_parts),
    also_right=(_parts_with_views,),
)
