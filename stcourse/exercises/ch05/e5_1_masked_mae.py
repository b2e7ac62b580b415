"""5.1: take a mean absolute error over the known targets."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, matches
from stcourse.exercises.ch05.results import apart, one_number


def masked_mae(forecast, target):
    """Take the mean absolute error over the targets that are known.

    Args:
        forecast: Array (time, node) in km/h, complete.
        target: Array (time, node) in km/h, NaN where it is missing. Zero is a speed like others.

    Returns:
        One number, in km/h: each known target counts once.
    """
    known = ~np.isnan(target)
    return np.abs(forecast[known] - target[known]).mean()


@st.composite
def _holes(draw):
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    target = draw(arrays(*shape, low=0, missing=True))
    target[0, 0] = draw(st.integers(0, 4))  # at least one is known
    return {"forecast": draw(arrays(*shape, low=0)), "target": target}


def _errors_alone(answer, case):
    """What is forecast where nothing is known plays no part, and a sign plays none."""
    came = call(answer, case)
    forecast, target = case["forecast"], case["target"]
    elsewhere = np.where(np.isnan(target), forecast + 100, forecast)
    if apart(call(answer, {"forecast": elsewhere, "target": target}), came):
        raise NotRight("Your answer changes with the forecast of a target that is missing.")
    mirrored = np.where(np.isnan(target), forecast, 2 * target - forecast)
    if apart(call(answer, {"forecast": mirrored, "target": target}), came):
        raise NotRight(
            "Your answer changes when each error turns its sign: 3 too high is as wrong as 3 too "
            "low."
        )
    doubled = np.where(np.isnan(target), forecast, 2 * forecast - target)
    if apart(call(answer, {"forecast": doubled, "target": target}), 2 * came):
        raise NotRight(
            "When each error doubles, your answer does not: a mean absolute error would, since it "
            "is in km/h."
        )


def _masked_in_a_loop(forecast, target):
    total, count = 0.0, 0
    for ours, truth in zip(forecast.ravel().tolist(), target.ravel().tolist()):
        if truth == truth:  # only NaN differs from itself
            total += abs(ours - truth)
            count += 1
    return total / count


EXERCISE = Exercise(
    id="5.1",
    title="A mean absolute error with a mask",
    section="5.1 Errors with missing values",
    difficulty=1,
    minutes=4,
    matters="Missing targets that are scored as zero turn every table round.",
    hints=(
        "Which cells of the target are known? Only those enter the sum, and only those are "
        "counted.",
        "`np.isnan(target)` is True where a target is missing; `~` turns it round. A boolean "
        "array in square brackets picks cells.",
        "`np.abs(forecast[known] - target[known]).mean()`.",
    ),
    solution=masked_mae,
    cases=_holes(),
    properties=(one_number, _errors_alone, matches(masked_mae)),
    mistakes=read_mistakes(masked_mae, pd=pd),
    also_right=(lambda forecast, target: np.nanmean(np.abs(forecast - target)), _masked_in_a_loop),
)
