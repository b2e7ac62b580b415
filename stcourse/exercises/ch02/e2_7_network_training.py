"""2.7: train a network that beats persistence."""

import dataclasses
import functools
import inspect
from types import SimpleNamespace

import numpy as np
from hypothesis import strategies as st

import stlearn
from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stlearn.data.windows import chronological_split, cut_windows, window_origins
from stlearn.evaluation.metrics import mae, rmse
from stlearn.networks import numpy_network

NODES = [f"in{number:02d}" for number in range(7, 19)]
LOOKBACK, HORIZON = 12, 6
STEP = 18  # rows from one window that is scored to the next
MARGIN = 0.98  # times persistence, as asked for
LUCK = 1.03  # times persistence, as far as an unlucky start may lead
FAR_WORSE = 1.3  # times persistence
BY_SQUARES = 0.95  # times persistence's RMSE: below it only a network of squared errors comes
SMALL_CHANGE = 0.2  # km/h; the reference changes the last value by 0.5 on average


def train_network(past, future):
    """Train a network, and return a function that forecasts with it.

    Args:
        past: Array (window, 12) in km/h, one hour at one detector in each row.
        future: Array (window, 6) in km/h, the half hour that followed.

    Returns:
        Function that takes an array past (window, 12) in km/h and returns the forecast
        (window, 6) in km/h.
    """
    mean, deviation = past.mean(), past.std()
    limit = 6.0  # km/h; larger changes count as this large

    def features(past):
        differences = past[:, :-1] - past[:, -1:]
        return np.concatenate([differences, past[:, -1:] - mean], axis=1) / deviation

    change = np.clip(future - past[:, -1:], -limit, limit) / limit
    start = numpy_network.new_parameters(inputs=12, units=16, outputs=6)
    parameters = numpy_network.train(start, features(past), change, rate=0.3, epochs=10, batch=32)

    def forecast(past):
        return past[:, -1:] + limit * numpy_network.forward(features(past), *parameters)

    return forecast


@functools.cache
def corridor_windows(part, step):
    """Cut windows of single detectors out of a part of corridor.

    Args:
        part: "train", "validation" or "test".
        step: Rows from one window to the next.

    Returns:
        past (window, 12) and future (window, 6), in km/h, where nothing is missing.
    """
    corridor = stlearn.load("corridor")
    rows = getattr(chronological_split(corridor, validation="7D", test="11D", gap=12), part)
    speed = corridor.values[NODES]
    origins = window_origins(rows.start, rows.stop, LOOKBACK, HORIZON, step)
    past = cut_windows(speed.ffill().to_numpy(), origins, LOOKBACK, 0)[0]
    future = cut_windows(speed.to_numpy(), origins, 0, HORIZON)[1]
    past, future = (np.moveaxis(cut, 2, 1).reshape(-1, cut.shape[1]) for cut in (past, future))
    complete = np.isfinite(past).all(axis=1) & np.isfinite(future).all(axis=1)
    return past[complete], future[complete]


def trained(train):
    """What a function (past, future) that trains a network returns, trained at the first call.

    It answers to the name of `train`, so that `solution` shows how it was trained.

    Args:
        train: Function of past and future that returns a function of past.

    Returns:
        Function of past.
    """

    @functools.cache
    def network():
        return train(*corridor_windows("train", 3))

    @functools.wraps(train)
    def forecast(past):
        return network()(past)

    return forecast


def _days_not_seen():
    return {"past": corridor_windows("validation", STEP)[0]}


def _takes_past_alone(forecast):
    try:
        inspect.signature(forecast, follow_wrapped=False).bind("past")
    except ValueError:
        return  # a built-in without a signature
    except TypeError:
        raise NotRight(
            "This cannot be called with the past alone. Pass what `train_network` returned, not "
            "`train_network` itself."
        ) from None


def _forecasts_in_kmh(answer, case):
    past = case["past"]
    _takes_past_alone(answer.answer)
    came = np.asarray(answer(past))
    expected = (len(past), HORIZON)
    if came.shape != expected:
        raise NotRight(f"The forecasts have the shape {came.shape}, expected {expected}.")
    if came.dtype.kind not in "fiu" or not np.isfinite(came).all():
        raise NotRight("Some forecasts are no finite numbers.", came=came)
    if came.mean() < past.mean() / 2:
        raise NotRight(
            f"The mean of your forecasts is {came.mean():.1f}, that of the past "
            f"{past.mean():.1f} km/h: are the forecasts in km/h, and is the last value added?"
        )
    alone = np.asarray(answer(past[:3]))
    if alone.shape != (3, HORIZON) or not np.allclose(alone, came[:3], atol=0.01):
        raise NotRight(
            "The forecast of a window changes with the other windows that are asked for at the "
            "same time."
        )


def _beats_persistence(answer, case):
    past, future = case["past"], corridor_windows("validation", STEP)[1]
    forecast = np.asarray(answer(past))
    persistence = np.repeat(past[:, -1:], HORIZON, axis=1)
    ours, theirs = ([error(future, by) for error in (mae, rmse)] for by in (forecast, persistence))
    if ours[0] > MARGIN * theirs[0]:
        raise NotRight(
            f"On the validation week its MAE is {ours[0]:.4f} km/h, and it has to be at most "
            f"{MARGIN * theirs[0]:.4f}, which is {1 - MARGIN:.0%} below that of persistence, "
            f"{theirs[0]:.4f}. "
            f"{_likely_cause(ours, theirs, np.abs(forecast - persistence).mean())}",
            reason="worse than asked for",
        )


def _likely_cause(ours, theirs, change):
    """Why a network may be worse than asked for.

    Args:
        ours, theirs: MAE and RMSE of the network and of persistence, in km/h.
        change: Mean size of what the network adds to the last value, in km/h.

    Returns:
        A sentence or two.
    """
    if ours[1] < BY_SQUARES * theirs[1] and ours[0] > theirs[0]:
        return (
            f"By RMSE it is much better ({ours[1]:.2f} against {theirs[1]:.2f}): it learned from "
            "the squares of all changes, so it forecasts a bit of jam at most times, just in case. "
            "Limit the changes that it is shown, `np.clip(future - past[:, -1:], -6, 6)`, or train "
            "on absolute errors."
        )
    if ours[0] > FAR_WORSE * theirs[0]:
        return (
            "This is far worse than persistence: check the scale, in training and in the "
            "forecast, and whether the last value is added."
        )
    if change < SMALL_CHANGE:
        return f"Your changes are very small, {change:.2f} km/h on average: are they scaled back?"
    if ours[0] > LUCK * theirs[0]:
        return (
            "That is more than the luck of the start weights. Are inputs and targets about as "
            "large as 1, is the forecast scaled back by what the targets were divided by, and "
            "does the error on training fall from epoch to epoch?"
        )
    return (
        "If the rest is right, it was trained too little, or had bad luck with its start weights: "
        "more epochs, smaller batches or another seed will do."
    )


def _once(train):
    """`train` for wrong answers, most of which train the same network: that is done once."""
    known = {}

    def remembered(parameters, inputs, targets, **settings):
        arrays = (*parameters, inputs, targets)
        key = hash((*(array.tobytes() for array in arrays), *settings.items()))
        if key not in known:
            known[key] = train(parameters, inputs, targets, **settings)
        return known[key]

    return remembered


def _mistakes():
    """The page's mistakes, each trained when its forecast is first asked for; no two at once."""
    quick = SimpleNamespace(**{**vars(numpy_network), "train": _once(numpy_network.train)})
    found = read_mistakes(train_network, numpy_network=quick)
    return tuple(
        dataclasses.replace(slip, answer=trained(slip.answer), page=None) for slip in found
    )


def _another(seed, units, limit):
    """Train another network in the same way."""

    def train(past, future):
        mean, deviation = past.mean(), past.std()

        def features(past):
            differences = past[:, :-1] - past[:, -1:]
            return np.concatenate([differences, past[:, -1:] - mean], axis=1) / deviation

        change = np.clip(future - past[:, -1:], -limit, limit) / limit
        start = numpy_network.new_parameters(12, units, 6, seed)
        parameters = numpy_network.train(start, features(past), change, 0.3, 10, 32, seed)
        return lambda past: (
            past[:, -1:] + limit * numpy_network.forward(features(past), *parameters)
        )

    return trained(train)


EXERCISE = Exercise(
    id="2.7",
    title="A network against persistence",
    section="2.7 The same network in Keras",
    difficulty=3,
    minutes=12,
    matters="It is the whole craft once, from windows to km/h.",
    hints=(
        "Four steps: take the scale from past, scale, train on the change from the last "
        "value, and in forecast undo what you did to the targets.",
        "Limit the changes with `np.clip(future - past[:, -1:], -6, 6) / 6`. "
        "`numpy_network.train(numpy_network.new_parameters(12, 16, 6), inputs, change, "
        "rate=0.3, epochs=10, batch=32)` trains well then; a Keras network with the loss mae needs "
        "no limit.",
        "Inputs: the differences from the last value, and the last value minus the mean, both "
        "divided by the deviation. The inner function: make the same inputs, ask the network "
        "for the change, times 6, plus `past[:, -1:]`.",
    ),
    solution=trained(train_network),
    cases=st.builds(_days_not_seen),
    properties=(_forecasts_in_kmh, _beats_persistence),
    mistakes=_mistakes(),
    also_right=(_another(seed=1, units=16, limit=6.0), _another(seed=0, units=32, limit=4.0)),
)
