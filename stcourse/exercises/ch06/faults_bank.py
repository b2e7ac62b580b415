"""Wrong answers that learners give to exercise 6.9, and another right one."""

import numpy as np

from stcourse.engine.exercise import Mistake


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


def _with_neighbours(answer):
    """The answer where every sensor has neighbours, the right one elsewhere.

    How the lonely are scored depends on how a mistake is written, and is a mistake of its own.
    """

    def other(values, adjacency):
        connected = (adjacency > 0).any(axis=1).all()
        return answer(values, adjacency) if connected else _scores(values, adjacency)

    return other


def _among(neighbours):
    """An answer with other neighbours, given the adjacency."""
    return lambda values, adjacency: _scores(values, neighbours(adjacency))


def _expected(expect):
    """An answer that expects something else of neighbours with values and weights."""

    def answer(values, adjacency):
        scores = np.full(values.shape[1], np.nan)
        for node, row in enumerate(adjacency):
            if (row > 0).any():
                expected = expect(values[:, row > 0], row[row > 0])
                scores[node] = np.abs(values[:, node] - expected).mean()
        return scores

    return answer


def _sorted_middle(last):
    return _expected(lambda around, _: np.sort(around, axis=1)[:, (around.shape[1] - last) // 2])


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


@_with_neighbours
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
        _with_neighbours(_among(lambda adjacency: adjacency + np.eye(len(adjacency)))),
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
        _with_neighbours(_among(lambda adjacency: 1 - np.eye(len(adjacency)))),
        "All other sensors are asked, far ones too. Only neighbours measure nearly the same.",
    ),
    Mistake(
        "all sensors",
        _with_neighbours(_among(np.ones_like)),
        "You compare with the median of all sensors, far ones and the sensor itself among them. "
        "Row i of the adjacency says who is near.",
    ),
    Mistake(
        "those who are no neighbours",
        _with_neighbours(_among(lambda adjacency: adjacency == 0)),
        "These are the sensors that are no neighbours, and the sensor itself. An entry above zero "
        "means a neighbour.",
    ),
    Mistake(
        "only edges of weight 1",
        _among(lambda adjacency: adjacency == 1),
        "Only edges of weight 1 are taken for edges. Whatever is above zero is one.",
    ),
    Mistake(
        "only strong edges",
        _among(lambda adjacency: adjacency > 0.5),
        "Weak edges are left out. Whatever is above zero is an edge.",
    ),
    Mistake(
        "neighbours in either direction",
        _with_neighbours(_among(lambda adjacency: adjacency + adjacency.T)),
        "You take the columns as well as the rows. The neighbours of node i stand in row i alone.",
    ),
    Mistake(
        "strongest neighbour only",
        _expected(lambda around, weights: around[:, weights.argmax()]),
        "You ask one neighbour, the one with the largest weight. If that one is broken, its "
        "neighbour looks broken: ask all.",
    ),
    Mistake(
        "weakest neighbour only",
        _expected(lambda around, weights: around[:, weights.argmin()]),
        "You ask one neighbour, the one with the smallest weight, as if weights were distances. "
        "Ask all neighbours.",
    ),
    Mistake(
        "neighbours' values times weights",
        _expected(lambda around, weights: np.median(around * weights, axis=1)),
        "The neighbours' values are multiplied by their weights, and are temperatures no longer. "
        "The weights say who is a neighbour, and no more.",
    ),
    Mistake(
        "weighted sum",
        _with_neighbours(lambda values, adjacency: np.abs(values - values @ adjacency.T).mean(0)),
        "You add up the neighbours' values by weight, so a sensor with many neighbours is told to "
        "expect a large number. What one value do they agree on?",
    ),
    Mistake(
        "weighted sum by the number",
        _with_neighbours(
            lambda values, adjacency: np.abs(
                values - values @ adjacency.T / np.count_nonzero(adjacency, axis=1)
            ).mean(axis=0)
        ),
        "You add up the neighbours' values by weight and divide by their number. That is no value "
        "between theirs, and one broken neighbour moves it: the median is asked for.",
    ),
    Mistake(
        "median along the wrong axis",
        _expected(lambda around, _: np.median(around, axis=0)),
        "Your median runs over time, and leaves one number a neighbour. One number a step is "
        "wanted: over which axis do the neighbours lie?",
    ),
    Mistake(
        "lower of the middle two",
        _sorted_middle(last=1),
        "With an even number of neighbours you take the lower of the middle two. The median is "
        "half-way between them.",
    ),
    Mistake(
        "upper of the middle two",
        _sorted_middle(last=0),
        "With an even number of neighbours you take the upper of the middle two. The median is "
        "half-way between them.",
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
        "standard deviation, divided by n - 1",
        _scored(
            distance=lambda apart: apart,
            mean=lambda apart: apart.std(ddof=1) if len(apart) > 1 else np.nan,
        ),
        "You take the standard deviation of the differences, divided by n - 1: how much they "
        "scatter, and not how large they are. Take the mean of the distances.",
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
        "a mean over the sensors",
        lambda values, adjacency: _by_time(values, adjacency).mean(axis=1),
        "This is one number for each step. The mean runs over time: one score a sensor.",
    ),
    Mistake(
        "one score for all",
        lambda values, adjacency: np.nanmean(_scores(values, adjacency)),
        "This is one number for the whole field. To find the broken one, each sensor needs a "
        "score.",
    ),
    Mistake(
        "number of the worst sensor",
        lambda values, adjacency: int(np.argmax(np.nan_to_num(_scores(values, adjacency)))),
        "You name the worst sensor. Asked for are the scores of all, so that one can see by how "
        "much it is worst.",
    ),
    Mistake(
        "divided by the number of sensors",
        _with_neighbours(
            lambda values, adjacency: _scores(values, adjacency, mean=np.sum) / len(adjacency)
        ),
        "The sum over time is divided by the number of sensors. A mean over time is divided by the "
        "number of steps.",
    ),
    Mistake(
        "lonely sensors left out",
        lambda values, adjacency: _scores(values, adjacency)[(adjacency > 0).any(axis=1)],
        "Sensors without neighbours are left out, and the scores after them move up to the wrong "
        "sensors. Keep their places.",
    ),
    Mistake(
        "lonely sensors expect zero",
        lambda values, adjacency: np.where(
            (adjacency > 0).any(axis=1), _scores(values, adjacency), np.abs(values).mean(axis=0)
        ),
        "A sensor without neighbours is compared with 0, as if somebody had said so. Nobody said "
        "anything: NaN.",
    ),
    Mistake(
        "lonely sensors score zero",
        _scored(lonely=0.0),
        "A sensor without neighbours scores 0, as if it were known to be healthy. Nobody can tell: "
        "NaN.",
    ),
)
FAULTS_ALSO_RIGHT = (_step_by_step,)
