"""Wrong answers that learners give to exercise 5.7, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


def _like(
    forecast,
    target,
    minutes,
    interval,
    pooled,
    measure,
    steps=lambda step: slice(step - 1, step),
    pool=lambda step: slice(0, step),
    root=np.sqrt,
    mean=np.nanmean,
    size=np.abs,
    square=np.square,
):
    """An error, with one thing to be done wrongly."""
    step = minutes // interval
    error = (forecast - target)[:, pool(step) if pooled else steps(step)]
    return root(mean(square(error))) if measure == "RMSE" else mean(size(error))


def _like_but(**changes):
    return lambda forecast, target, minutes, interval, pooled, measure: _like(
        forecast, target, minutes, interval, pooled, measure, **changes
    )


def _fixed(**fixed):
    """The right error for another question."""

    def like_for_like(forecast, target, minutes, interval, pooled, measure):
        asked = {"pooled": pooled, "measure": measure, **fixed}
        return _like(forecast, target, minutes, interval, **asked)

    return like_for_like


def _swapped_pool(forecast, target, minutes, interval, pooled, measure):
    return _like(forecast, target, minutes, interval, not pooled, measure)


def _averaged_first(over, root_first):
    """Average over some axes first, and over the rest afterwards, of the root or of the square."""

    def like_for_like(forecast, target, minutes, interval, pooled, measure):
        step = minutes // interval
        error = (forecast - target)[:, slice(0 if pooled else step - 1, step)]
        if measure == "MAE":
            return np.nanmean(np.abs(error) if root_first else np.nanmean(np.abs(error), axis=over))
        square = np.nanmean(error**2, axis=over)
        return np.nanmean(np.sqrt(square)) if root_first else np.sqrt(np.nanmean(square))

    return like_for_like


def _steps_on_the_first_axis(forecast, target, minutes, interval, pooled, measure):
    step = minutes // interval
    error = (forecast - target)[:step] if pooled else (forecast - target)[step - 1]
    return np.sqrt(np.nanmean(error**2)) if measure == "RMSE" else np.nanmean(np.abs(error))


def _unknown_as_zero(forecast, target, *asked, **named):
    return _like(forecast, np.nan_to_num(target), *asked, **named)


def _standstill_left_out(forecast, target, *asked, **named):
    return _like(forecast, np.where(target == 0, np.nan, target), *asked, **named)


def _one_a_node(forecast, target, *asked, **named):
    nodes = range(forecast.shape[-1])
    return np.array([_like(forecast[..., [n]], target[..., [n]], *asked, **named) for n in nodes])


def _some_nodes(forecast, target, *asked, **named):
    return _like(forecast[..., :1], target[..., :1], *asked, **named)


def _ten_nodes(forecast, target, *asked, **named):
    return _like(forecast[..., :10], target[..., :10], *asked, **named)


def _mean_of_steps(forecast, target, minutes, interval, pooled, measure):
    step = minutes // interval
    steps = range(1, step + 1) if pooled else [step]
    return np.mean(
        [_like(forecast, target, by * interval, interval, False, measure) for by in steps]
    )


def _minutes_as_steps(forecast, target, minutes, interval, pooled, measure):
    error = (forecast - target)[:, :minutes] if pooled else (forecast - target)[:, minutes - 1]
    return np.sqrt(np.nanmean(error**2)) if measure == "RMSE" else np.nanmean(np.abs(error))


def _always_five_minutes(forecast, target, minutes, interval, pooled, measure):
    return _like(forecast, target, minutes, 5, pooled, measure)


def _like_in_steps(forecast, target, minutes, interval, pooled, measure):
    last = round(minutes / interval) - 1
    places = range(last + 1) if pooled else [last]
    errors = np.concatenate([(target - forecast)[:, place].ravel() for place in places])
    errors = errors[np.isfinite(errors)]
    return float(np.sqrt(np.mean(errors**2)) if measure == "RMSE" else np.abs(errors).mean())


LIKE = (
    Mistake(
        "first step",
        _like_but(steps=lambda step: slice(0, 1)),
        "You take the first step however far ahead the published error is: the nearest step is the "
        "easiest one.",
    ),
    Mistake(
        "one step too far",
        _like_but(steps=lambda step: step),
        "The step is one too far: the first step, at place 0, is one interval ahead.",
    ),
    Mistake(
        "slice one step too far",
        _like_but(steps=lambda step: slice(step, step + 1)),
        "The slice begins one step too far: step k lies at place k - 1. At the end of the horizon "
        "such a slice is empty, and its mean is NaN.",
    ),
    Mistake(
        "pooled one step too far",
        _like_but(pool=lambda step: slice(0, step + 1)),
        "You pool one step too many: k steps are at the places 0 to k - 1, which is `[:k]`.",
    ),
    Mistake(
        "steps of five minutes",
        _always_five_minutes,
        "You divide by 5 whatever the interval is: the number of steps is `minutes // interval`.",
    ),
    Mistake(
        "last step",
        _like_but(steps=lambda step: slice(-1, None)),
        "You take the last step of the forecast, which is further ahead than the published error.",
    ),
    Mistake(
        "always pooled",
        _fixed(pooled=True),
        "You pool all steps up to `minutes` although one step is asked for: pooling mixes in the "
        "easy near ones.",
    ),
    Mistake(
        "never pooled",
        _fixed(pooled=False),
        "You take one step although the published error is pooled: it has the easy near steps in "
        "it, and yours does not.",
    ),
    Mistake(
        "pooled the wrong way round",
        _swapped_pool,
        "Step and pooled error have changed places: `pooled` is True for all steps together.",
    ),
    Mistake(
        "pooled over the whole horizon",
        _like_but(pool=lambda step: slice(None)),
        "You pool over the whole horizon: only the steps up to `minutes` are in the published "
        "error.",
    ),
    Mistake(
        "pooled without the last step",
        _like_but(pool=lambda step: slice(0, max(step - 1, 1))),
        "The step at `minutes` itself is missing from the pooled error: a slice stops before its "
        "end.",
    ),
    Mistake(
        "minutes as steps",
        _minutes_as_steps,
        "Minutes are used as a number of steps: divide them by the interval.",
    ),
    Mistake(
        "MSE for RMSE",
        _like_but(root=lambda square: square),
        "Where the RMSE is asked for you return the mean square: the root is missing.",
    ),
    Mistake(
        "always MAE",
        _fixed(measure="MAE"),
        "You return the MAE where the RMSE is asked for: the MAE is never larger, so you would "
        "look better without being so.",
    ),
    Mistake(
        "always RMSE",
        _fixed(measure="RMSE"),
        "You return the RMSE where the MAE is asked for: the two must not stand in one column.",
    ),
    Mistake(
        "sign kept",
        _like_but(size=lambda error: error),
        "The MAE is taken over errors with their sign, so too high and too low cancel.",
    ),
    Mistake(
        "mean of the steps' errors",
        _mean_of_steps,
        "You take the error of each step and average those: pooled means one mean over the cells "
        "of all steps, and one root after it.",
    ),
    Mistake(
        "root per node",
        _averaged_first((0, 1), root_first=True),
        "You take the root for each node and average the roots: the RMSE has one root, outside of "
        "the mean over all cells. A mean of roots is never larger.",
    ),
    Mistake(
        "root per origin",
        _averaged_first((1, 2), root_first=True),
        "You take the root for each origin and average the roots: the RMSE has one root, outside "
        "of the mean over all cells.",
    ),
    Mistake(
        "mean of the nodes' means",
        _averaged_first((0, 1), root_first=False),
        "Each node is averaged first, so a node with few known targets counts as much as a full "
        "one: take one mean over all cells.",
    ),
    Mistake(
        "one number a node",
        _one_a_node,
        "You return one error for each node: asked for is one mean over all cells.",
    ),
    Mistake(
        "steps on the first axis",
        _steps_on_the_first_axis,
        "You pick steps on axis 0, which holds the origins: the steps are on axis 1.",
    ),
    Mistake(
        "root of the MAE",
        _like_but(square=np.abs),
        "You take the root of the mean absolute error: an RMSE squares each error first.",
    ),
    Mistake(
        "missing as 0 km/h",
        _unknown_as_zero,
        "A missing target counts as 0 km/h here, so the whole forecast is its error: leave it out.",
    ),
    Mistake(
        "standstill left out",
        _standstill_left_out,
        "Targets of 0 km/h are left out: that is a measured standstill, and only NaN is missing.",
    ),
    Mistake(
        "some nodes only",
        _some_nodes,
        "You score the first node only: an error over some sensors cannot stand beside one over "
        "all.",
    ),
    Mistake(
        "ten nodes only",
        _ten_nodes,
        "You still score ten nodes, as the exhibit does: an error over some sensors cannot stand "
        "beside one over all.",
    ),
    Mistake(
        "missing as no error",
        _like_but(mean=lambda values: np.nan_to_num(values).mean()),
        "Missing targets count as errors of zero: leave them out of the mean.",
    ),
    Mistake(
        "NaN kept",
        _like_but(mean=np.mean),
        "A missing target makes your error NaN: leave it out of the mean.",
    ),
)
LIKE_ALSO_RIGHT = (_like_in_steps,)
