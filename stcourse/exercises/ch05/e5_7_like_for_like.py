"""5.7: take an error in the way in which a published one was taken."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, matches
from stcourse.exercises.ch05.results import apart, one_number


def like_for_like(forecast, target, minutes, interval, pooled, measure):
    """Take an error in the way in which a published one was taken.

    Args:
        forecast: Array (origin, horizon, node) in km/h, complete.
        target: Array of the same shape in km/h, NaN where it is missing.
        minutes: How far ahead the published error is.
        interval: Minutes from one step to the next; the first step is one interval ahead.
        pooled: True for all steps up to `minutes` together, False for that step alone.
        measure: "MAE" or "RMSE".

    Returns:
        One number in km/h, over all origins, all nodes and every known target.
    """
    step = minutes // interval
    steps = slice(0, step) if pooled else slice(step - 1, step)
    error = (forecast - target)[:, steps]
    if measure == "RMSE":
        return np.sqrt(np.nanmean(error**2))
    return np.nanmean(np.abs(error))


@st.composite
def _published(draw):
    kinds = [(measure, pooled) for measure in ("MAE", "RMSE") for pooled in (True, False)]
    measure, pooled = draw(st.sampled_from(kinds))
    origins, horizon = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    nodes = draw(st.sampled_from([1, 2, 3, 12]))  # 12: more than the exhibit's ten
    random = np.random.default_rng(draw(st.integers(0, 99)))
    forecast, target = random.integers(0, 40, size=(2, origins, horizon, nodes)).astype("float64")
    target[random.random(target.shape) < 0.2] = np.nan
    target[0, :, 0] = 45  # at every step one is known
    interval = draw(st.sampled_from([5, 15]))
    return {
        "forecast": forecast,
        "target": target,
        "minutes": interval * draw(st.sampled_from(range(horizon, 0, -1))),
        "interval": interval,
        "pooled": pooled,
        "measure": measure,
    }


def _known_targets_alone(answer, case):
    """A forecast beyond the published horizon, or of an unknown target, plays no part."""
    one_number(answer, case)
    came = call(answer, case)
    step = case["minutes"] // case["interval"]
    further = case["forecast"].copy()
    further[:, step:] += 50
    if apart(call(answer, case | {"forecast": further}), came):
        raise NotRight(
            f"Your error changes with forecasts more than {case['minutes']} minutes ahead.",
            reason="further ahead",
        )
    unknown = np.where(np.isnan(case["target"]), case["forecast"] + 50, case["forecast"])
    if apart(call(answer, case | {"forecast": unknown}), came):
        raise NotRight("Your error changes with the forecast of a target that is missing.")
    doubled = np.where(
        np.isnan(case["target"]), case["forecast"], 2 * case["forecast"] - case["target"]
    )
    if apart(call(answer, case | {"forecast": doubled}), 2 * came):
        raise NotRight(
            "When each error doubles, yours does not: MAE and RMSE would, both are in km/h."
        )


def _like_in_steps(forecast, target, minutes, interval, pooled, measure):
    last = round(minutes / interval) - 1
    places = range(last + 1) if pooled else [last]
    errors = np.concatenate([(target - forecast)[:, place].ravel() for place in places])
    errors = errors[np.isfinite(errors)]
    return float(np.sqrt(np.mean(errors**2)) if measure == "RMSE" else np.abs(errors).mean())


EXERCISE = Exercise(
    id="5.7",
    title="Find the flaw: unlike compared with like",
    section="5.5 A museum of famous errors",
    difficulty=3,
    minutes=8,
    matters="Tables of papers can only be compared if errors were taken alike.",
    hints=(
        "Three questions about the published figure: which steps, which measure, which cells?",
        "At place 0 is the step one interval ahead, so `minutes // interval` steps lie within "
        "`minutes`, and the last of them is at one place less.",
        "`slice(0, step)` if pooled, else `slice(step - 1, step)`, on axis 1. Then "
        "`np.nanmean` over all that is left, with the root outside of it.",
    ),
    solution=like_for_like,
    cases=_published(),
    properties=(_known_targets_alone, matches(like_for_like)),
    mistakes=read_mistakes(like_for_like),
    also_right=(_like_in_steps,),
)
