"""5.2: tell which share of a reference's error a forecast takes away."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, matches
from stcourse.exercises.ch05.results import apart, number, one_number


def skill_score(forecast, reference, target):
    """Tell which share of a reference's mean absolute error a forecast takes away.

    Args:
        forecast, reference, target: Arrays (time, node) in km/h, each NaN where it is missing.

    Returns:
        One number without unit: 1 is perfect, 0 as good as the reference, below 0 worse. Only
        cells that all three have count.
    """
    common = ~np.isnan(forecast + reference + target)
    error = np.abs(forecast - target)[common].mean()
    reference_error = np.abs(reference - target)[common].mean()
    return 1 - error / reference_error


@st.composite
def _three_with_holes(draw):
    shape = draw(st.integers(1, 5)), draw(st.integers(1, 2))
    case = {
        name: draw(arrays(*shape, low=0, missing=True))
        for name in ("forecast", "reference", "target")
    }
    # One cell that all have and in which the reference errs, or there is nothing to divide by.
    case["target"][0, 0] = draw(st.integers(0, 4))
    case["reference"][0, 0] = case["target"][0, 0] + draw(st.integers(1, 4))
    case["forecast"][0, 0] = draw(st.integers(0, 4))
    return case


def _ends_of_skill(answer, case):
    target, forecast = case["target"], case["forecast"]
    perfect = np.where(np.isnan(forecast), np.nan, target)
    came = number(call(answer, case | {"forecast": perfect}))
    if apart(came, 1.0):
        raise NotRight(f"A perfect forecast scores {came:.3g} with you, expected 1.", reason="1")
    came = number(call(answer, case | {"forecast": case["reference"]}))
    if apart(came, 0.0):
        raise NotRight(f"The reference scores {came:.3g} with you, expected 0.", reason="0")


def _common_cells(answer, case):
    came = call(answer, case)
    for name, other in (("forecast", "reference"), ("reference", "forecast")):
        alone = case[name] + np.where(np.isnan(case[other]), 100, 0)
        if apart(call(answer, case | {name: alone}), came):
            raise NotRight(
                f"Your answer changes with the {name} in cells where the {other} is missing: both "
                "errors have to come from the same cells."
            )


def _skill_in_a_loop(forecast, reference, target):
    ours = theirs = 0.0
    for said, other, truth in zip(forecast.ravel(), reference.ravel(), target.ravel()):
        if np.isfinite([said, other, truth]).all():
            ours += abs(said - truth)
            theirs += abs(other - truth)
    return float((theirs - ours) / theirs)


def _skill_of_sums(forecast, reference, target):
    common = ~np.isnan(forecast) & ~np.isnan(reference) & ~np.isnan(target)
    ours, theirs = (np.abs(by - target)[common].sum() for by in (forecast, reference))
    return float(1 - ours / theirs)


EXERCISE = Exercise(
    id="5.2",
    title="A skill score",
    section="5.2 Skill",
    difficulty=1,
    minutes=4,
    matters="An error alone does not tell whether a forecast is any good.",
    hints=(
        "Two errors over the same cells, then one minus a fraction. Which cells are the same?",
        "A sum is NaN as soon as one part of it is: `np.isnan(forecast + reference + target)` "
        "is True where any of the three is missing.",
        "Average both absolute errors over the common cells, then `1 - error / reference_error`.",
    ),
    solution=skill_score,
    cases=_three_with_holes(),
    properties=(
        one_number,
        _ends_of_skill,
        _common_cells,
        matches(skill_score),
    ),
    mistakes=read_mistakes(skill_score),
    also_right=(_skill_in_a_loop, _skill_of_sums),
)
