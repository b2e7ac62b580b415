"""Wrong answers that learners give to exercise 6.9, and another right one."""

import numpy as np

from stlearn.course.exercise import Mistake


def _scores(values, adjacency, middle=np.median, distance=np.abs, lonely=np.nan, mean=np.mean):
    """The scores, with one thing to be done wrongly."""
    scores = np.full(values.shape[1], lonely)
    for node, row in enumerate(adjacency):
        around = values[:, row > 0]
        if around.shape[1]:
            scores[node] = mean(distance(values[:, node] - middle(around, axis=1)))
    return scores


def _scored(**changes):
    return lambda values, adjacency: _scores(values, adjacency, **changes)


def _weighted(values, adjacency):
    sums = adjacency.sum(axis=1)
    expected = values @ (adjacency / np.where(sums > 0, sums, 1)[:, None]).T
    return np.where(sums > 0, np.abs(values - expected).mean(axis=0), np.nan)


def _itself_too(values, adjacency):
    scores = _scores(values, adjacency + np.eye(len(adjacency)))
    return np.where((adjacency > 0).any(axis=1), scores, np.nan)


def _all_others(values, adjacency):
    others = 1 - np.eye(len(adjacency))
    return np.where((adjacency > 0).any(axis=1), _scores(values, others), np.nan)


def _time_and_neighbours(values, adjacency):
    return _scores(
        values, adjacency, middle=lambda around, axis: np.full(len(around), np.median(around))
    )


def _pairs(apart):
    """An answer that puts the distances to each neighbour together, not the neighbours."""

    def answer(values, adjacency):
        scores = np.full(values.shape[1], np.nan)
        for node, row in enumerate(adjacency):
            if (row > 0).any():
                scores[node] = apart(np.abs(values[:, [node]] - values[:, row > 0]))
        return scores

    return answer


def _times_the_weights(values, adjacency):
    expected = np.stack([np.median(values * row, axis=1) for row in adjacency], axis=1)
    return np.abs(values - expected).mean(axis=0)


def _by_time(values, adjacency):
    near = [row > 0 for row in adjacency]
    apart = [
        np.abs(values[:, node] - np.median(values[:, row], axis=1))
        if row.any()
        else np.full(len(values), np.nan)
        for node, row in enumerate(near)
    ]
    return np.stack(apart, axis=1)


def _means_compared(values, adjacency):
    return _scores(values.mean(axis=0, keepdims=True), adjacency)


def _step_by_step(values, adjacency):
    scores = []
    for node in range(values.shape[1]):
        near = [other for other in range(values.shape[1]) if adjacency[node, other] > 0]
        apart = [abs(row[node] - np.median(row[near])) for row in values] if near else [np.nan]
        scores.append(sum(apart) / len(apart))
    return np.array(scores)


FAULTS = (
    Mistake(
        "mean of the neighbours",
        _scored(middle=np.mean),
        "You take the mean of the neighbours. One broken neighbour moves it, and the healthy "
        "sensors around it look broken too: take the median.",
    ),
    Mistake(
        "weighted mean",
        _weighted,
        "You take the weighted mean of the neighbours, as a graph layer does. One broken neighbour "
        "moves it: here the median is asked for, in which every neighbour has one vote.",
    ),
    Mistake(
        "itself among its neighbours",
        _itself_too,
        "A sensor is among its own witnesses. Its neighbours alone say what to expect.",
    ),
    Mistake(
        "signs cancel",
        _scored(distance=lambda apart: apart),
        "Errors to both sides cancel, and a noisy sensor looks healthy. Take the distance without "
        "its sign before the mean.",
    ),
    Mistake(
        "sign taken off last",
        lambda values, adjacency: np.abs(_scores(values, adjacency, distance=lambda apart: apart)),
        "The sign is taken off after the mean, when the errors to both sides have cancelled "
        "already.",
    ),
    Mistake(
        "columns of the adjacency",
        lambda values, adjacency: _scores(values, adjacency.T),
        "You read the columns of the adjacency. The neighbours of node i stand in row i.",
    ),
    Mistake(
        "all other sensors",
        _all_others,
        "All other sensors are asked, far ones too. Only neighbours measure nearly the same.",
    ),
    Mistake(
        "median over time as well",
        _time_and_neighbours,
        "One median is taken over time and neighbours together. What to expect changes from step "
        "to step.",
    ),
    Mistake(
        "squared distances",
        _scored(distance=np.square),
        "The distances are squared; the mean of the plain ones is asked for.",
    ),
    Mistake(
        "root of the mean square",
        _scored(distance=np.square, mean=lambda squares: np.sqrt(np.mean(squares))),
        "This is the root of the mean square, in which one bad step counts most. The mean of the "
        "plain distances is asked for.",
    ),
    Mistake(
        "standard deviation",
        _scored(distance=lambda apart: apart, mean=np.std),
        "You take the standard deviation of the differences: a sensor that is always 10 degrees "
        "off has none. Take the mean of the distances.",
    ),
    Mistake(
        "largest distance",
        _scored(mean=np.max),
        "You take the largest distance. One odd step then condemns a sensor: take the mean over "
        "time.",
    ),
    Mistake(
        "median over time",
        _scored(mean=np.median),
        "You take the median over time, which overlooks a fault of a few steps. The median is over "
        "the neighbours, the mean over time.",
    ),
    Mistake(
        "sum over time",
        _scored(mean=np.sum),
        "The distances are added up, so a longer record looks worse. Take the mean over time.",
    ),
    Mistake(
        "mean over time first",
        _means_compared,
        "You take the means over time first, in which errors to both sides cancel. Compare at each "
        "step.",
    ),
    Mistake(
        "mean distance to each neighbour",
        _pairs(np.mean),
        "You take the distance to each neighbour and the mean of all. One broken neighbour moves "
        "it: first the median of the neighbours, then one distance to it.",
    ),
    Mistake(
        "median distance to each neighbour",
        _pairs(lambda apart: np.median(apart, axis=1).mean()),
        "You take the distances first and their median after. The median of what the neighbours "
        "say comes first.",
    ),
    Mistake(
        "values times weights",
        _times_the_weights,
        "The values are multiplied by the row of the adjacency, so those who are no neighbours say "
        "0, and they vote. Choose the neighbours, and leave their values as they are.",
    ),
    Mistake(
        "a score a step",
        _by_time,
        "This is a distance for each step. Take the mean over time: one score a sensor.",
    ),
    Mistake(
        "lonely sensors score zero",
        _scored(lonely=0.0),
        "A sensor without neighbours scores 0, as if it were known to be healthy. Nobody can tell: "
        "NaN.",
    ),
)
FAULTS_ALSO_RIGHT = (_step_by_step,)
