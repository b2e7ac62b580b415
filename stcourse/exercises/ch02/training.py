"""Wrong trainings that learners give to exercise 2.7, and other right ones.

Each is trained when its forecast is first asked for.
"""

import functools

import numpy as np

from stcourse.engine.exercise import Mistake
from stcourse.exercises.ch02.windows import corridor_windows, trained
from stlearn.networks import numpy_network

LIMIT = 6.0  # km/h, as in the reference
LUCK = 1.03  # times persistence, as far as an unlucky start may lead
FAR_WORSE = 1.3  # times persistence
SMALL_CHANGE = 0.2  # km/h; the reference changes the last value by 0.5 on average


def _features(past, mean, deviation):
    differences = past[:, :-1] - past[:, -1:]
    return np.concatenate([differences, past[:, -1:] - mean], axis=1) / deviation


@functools.cache  # several mistakes differ only in what they do with the same network
def _fitted(seed=0, units=16, limit=LIMIT):
    """Scale and parameters of a network that forecasts the limited change."""
    past, future = corridor_windows("train", 3)
    mean, deviation = past.mean(), past.std()
    change = np.clip(future - past[:, -1:], -limit, limit) / limit
    start = numpy_network.new_parameters(12, units, 6, seed)
    inputs = _features(past, mean, deviation)
    return mean, deviation, numpy_network.train(start, inputs, change, 0.3, 10, 32, seed)


def _trained_with_seed(past, future):
    mean, deviation, parameters = _fitted(seed=1)
    return lambda recent: (
        recent[:, -1:]
        + LIMIT * numpy_network.forward(_features(recent, mean, deviation), *parameters)
    )


def _trained_wider(past, future):
    """A wider network, and a lower limit."""
    mean, deviation, parameters = _fitted(units=32, limit=4.0)
    return lambda recent: (
        recent[:, -1:]
        + 4.0 * numpy_network.forward(_features(recent, mean, deviation), *parameters)
    )


def _squared_errors_of_all_changes(past, future):
    mean, deviation = past.mean(), past.std()
    change = (future - past[:, -1:]) / deviation
    start = numpy_network.new_parameters(12, 16, 6)
    parameters = numpy_network.train(start, _features(past, mean, deviation), change, 0.3, 10, 32)
    return lambda recent: (
        recent[:, -1:]
        + deviation * numpy_network.forward(_features(recent, mean, deviation), *parameters)
    )


def _change_alone(past, future):
    mean, deviation, parameters = _fitted()
    return lambda recent: (
        LIMIT * numpy_network.forward(_features(recent, mean, deviation), *parameters)
    )


def _change_not_scaled_back(past, future):
    mean, deviation, parameters = _fitted()
    return lambda recent: (
        recent[:, -1:] + numpy_network.forward(_features(recent, mean, deviation), *parameters)
    )


def _left_in_scaled_units(past, future):
    mean, deviation, parameters = _fitted()
    return lambda recent: (
        (recent[:, -1:] - mean) / deviation
        + numpy_network.forward(_features(recent, mean, deviation), *parameters)
    )


def _scaled_with_what_comes(past, future):
    _, _, parameters = _fitted()
    return lambda recent: (
        recent[:, -1:]
        + LIMIT * numpy_network.forward(_features(recent, recent.mean(), recent.std()), *parameters)
    )


def _untrained(past, future):
    mean, deviation = past.mean(), past.std()
    parameters = numpy_network.new_parameters(12, 16, 6)
    return lambda recent: (
        recent[:, -1:]
        + LIMIT * numpy_network.forward(_features(recent, mean, deviation), *parameters)
    )


def _inputs_not_scaled_later(past, future):
    _, _, parameters = _fitted()
    return lambda recent: (
        recent[:, -1:] + LIMIT * numpy_network.forward(_features(recent, 0.0, 1.0), *parameters)
    )


def _one_step(past, future):
    forecast = _trained_with_seed(past, future)
    return lambda recent: forecast(recent)[:, 0]


def likely_cause(ours, theirs, change):
    """Why a network may be worse than asked for.

    Args:
        ours, theirs: MAE and RMSE of the network and of persistence, in km/h.
        change: Mean size of what the network adds to the last value, in km/h.

    Returns:
        A sentence or two.
    """
    if ours[1] < theirs[1] and ours[0] > theirs[0]:
        return (
            f"By RMSE it is better ({ours[1]:.2f} against {theirs[1]:.2f}): it learned from "
            "squared errors, so it forecasts a bit of jam at most times, just in case. Limit the "
            "changes that it is shown, or train on absolute errors."
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
        "Some of it is the luck of the start weights: if the rest is right, another seed or more "
        "epochs will do."
    )


NETWORK = (
    Mistake(
        "squared errors of all changes",
        trained(_squared_errors_of_all_changes),
        "The network is trained on the squared errors of all changes. A few large jumps rule them, "
        "and the forecast becomes a mean of calm and jam that is seldom right.",
    ),
    Mistake(
        "left in scaled units",
        trained(_left_in_scaled_units),
        "The forecasts are still in scaled units: what the scale took away has to be put back, "
        "deviation and mean.",
    ),
    Mistake(
        "change alone",
        trained(_change_alone),
        "These are changes, not speeds: the last value that the network was to depart from is not "
        "added again.",
    ),
    Mistake(
        "change not scaled back",
        trained(_change_not_scaled_back),
        "The change is added in scaled units to a speed in km/h: bring it to km/h first.",
    ),
    Mistake(
        "scaled with what comes",
        trained(_scaled_with_what_comes),
        "The mean or deviation is taken from the windows to be forecast: keep those of the "
        "training.",
    ),
    Mistake(
        "inputs not scaled in the forecast",
        trained(_inputs_not_scaled_later),
        "The network was trained on scaled inputs and is now given km/h: scale them in the "
        "forecast as well.",
    ),
    Mistake(
        "persistence",
        lambda past: np.repeat(past[:, -1:], 6, axis=1),
        "This is persistence itself: nothing in it was learned.",
    ),
    Mistake(
        "mean of the hour",
        lambda past: np.repeat(past.mean(axis=1, keepdims=True), 6, axis=1),
        "This is the mean of the past hour, which comes late to every change.",
    ),
    Mistake(
        "untrained",
        trained(_untrained),
        "The network has its start weights still: the trained parameters are a result of the "
        "training, are they used?",
    ),
    Mistake(
        "one step only",
        trained(_one_step),
        "One number a window is not enough: six steps ahead are asked for.",
    ),
)
NETWORK_ALSO_RIGHT = (trained(_trained_with_seed), trained(_trained_wider))
