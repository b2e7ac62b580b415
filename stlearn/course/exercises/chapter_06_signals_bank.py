"""Wrong answers that learners give to exercises 6.7 to 6.9, and other right ones."""

import numpy as np

from stlearn.course.exercise import Mistake

# 6.7


def _mean_square(errors):
    return (errors**2).mean()


def _ratio(error, base, change=lambda ratio: ratio):
    return 1 - change(_mean_square(error) / _mean_square(base))


def _logs(prices, forecasts):
    prices, forecasts = np.log(prices), np.log(forecasts)
    return prices, forecasts, forecasts[1:] - prices[1:]


def _against(base):
    def answer(prices, forecasts):
        prices, forecasts, error = _logs(prices, forecasts)
        return _ratio(error, base(prices))

    return answer


def _changed(change):
    def answer(prices, forecasts):
        prices, forecasts, error = _logs(prices, forecasts)
        return _ratio(error, np.diff(prices, axis=0), change)

    return answer


def _a_day_late(prices, forecasts):
    prices, forecasts, _ = _logs(prices, forecasts)
    error = forecasts[1:-1] - prices[2:]
    return _ratio(error, np.diff(prices, axis=0)[1:])


def _in_prices(prices, forecasts):
    return _ratio(forecasts[1:] - prices[1:], np.diff(prices, axis=0))


def _share_by_share(prices, forecasts):
    prices, forecasts, error = _logs(prices, forecasts)
    base = np.diff(prices, axis=0)
    return np.mean(1 - (error**2).mean(axis=0) / (base**2).mean(axis=0))


def _absolute(prices, forecasts):
    prices, forecasts, error = _logs(prices, forecasts)
    return 1 - np.abs(error).mean() / np.abs(np.diff(prices, axis=0)).mean()


def _by_sums(prices, forecasts):
    missed = walked = 0.0
    for day in range(1, len(prices)):
        missed += sum(np.log(forecasts[day] / prices[day]) ** 2)
        walked += sum(np.log(prices[day] / prices[day - 1]) ** 2)
    return 1 - missed / walked


SKILL = (
    Mistake(
        "against the mean price",
        _against(lambda prices: prices[1:] - prices[1:].mean(axis=0)),
        "You compare with the mean price, as R squared does. A price that wanders is easily closer "
        "to yesterday's than to the mean, so almost anything looks good that way.",
    ),
    Mistake(
        "against the mean of all shares",
        _against(lambda prices: prices[1:] - prices[1:].mean()),
        "You compare with one mean of all shares. To know that a dear share is dear is no skill.",
    ),
    Mistake(
        "in money",
        _in_prices,
        "The errors are in money, so the dearest share decides alone. Take the logs first.",
    ),
    Mistake(
        "a day too late",
        _a_day_late,
        "Row t of the forecasts is compared with the price of day t + 1. It was made for day t.",
    ),
    Mistake(
        "ratio only",
        _changed(lambda ratio: 1 - ratio),
        "This is the ratio of the two errors. Skill is one minus it: zero for a forecast that is "
        "as good as the last price.",
    ),
    Mistake(
        "ratio turned round",
        _changed(lambda ratio: 1 / ratio),
        "The ratio is turned round: the error of the forecasts is divided by that of the last "
        "price.",
    ),
    Mistake(
        "root taken",
        _changed(np.sqrt),
        "You compare the roots of the mean squared errors. The errors stay squared here.",
    ),
    Mistake(
        "absolute errors",
        _absolute,
        "You compare absolute errors; squared ones are asked for.",
    ),
    Mistake(
        "mean of the shares' skills",
        _share_by_share,
        "You take the mean of a skill for each share. One quiet share can then decide: pool all "
        "squared errors, and divide once.",
    ),
)
SKILL_ALSO_RIGHT = (_by_sums,)


# 6.8


def _summed(errors, slack, limit, floor=True, reset=True, keep=lambda error: error, level=False):
    """CUSUM, with one thing to be done wrongly."""
    total, alarms = 0.0, []
    for error in errors:
        total += keep(error) - slack
        total = max(total, 0.0) if floor else total
        on = total >= limit if level else total > limit
        alarms.append(on)
        total = 0.0 if on and reset else total
    return np.array(alarms, dtype=bool)


def _wrong(**changes):
    return lambda errors, slack, limit: _summed(errors, slack, limit, **changes)


def _floored_first(errors, slack, limit):
    total, alarms = 0.0, []
    for error in errors:
        total += max(error - slack, 0.0)
        alarms.append(total > limit)
        total = 0.0 if alarms[-1] else total
    return np.array(alarms, dtype=bool)


def _from_the_lowest(errors, slack, limit):
    alarms, start = [], 0
    for now in range(1, len(errors) + 1):
        sums = np.append(0, np.cumsum(errors[start:now] - slack))
        alarms.append(sums[-1] - sums.min() > limit)
        start = now if alarms[-1] else start
    return np.array(alarms)


CUSUM = (
    Mistake(
        "no sum",
        lambda errors, slack, limit: errors - slack > limit,
        "Each error is judged alone. A drift hides below the limit at every step: add the errors "
        "up.",
    ),
    Mistake(
        "falls below zero",
        _wrong(floor=False),
        "The sum falls below zero. After a long quiet time a drift would first have to make up "
        "for all of it: stop at 0.",
    ),
    Mistake(
        "no slack",
        lambda errors, slack, limit: _summed(errors, 0.0, limit),
        "The slack is not taken off, so that mere noise adds up to an alarm.",
    ),
    Mistake(
        "no new start",
        _wrong(reset=False),
        "After an alarm the sum goes on. It is set to 0, so that the next alarm tells something "
        "new.",
    ),
    Mistake(
        "limit reached",
        _wrong(level=True),
        "A sum that is equal to the limit raises an alarm: beyond the limit, not at it.",
    ),
    Mistake(
        "sign ignored",
        _wrong(keep=abs),
        "The sign of the errors is ignored. Errors that go up and down have to cancel.",
    ),
    Mistake(
        "negative steps dropped",
        _floored_first,
        "Every single step is kept from being negative, so the sum never falls. It is the sum "
        "that stops at 0; a low error still brings it down.",
    ),
    Mistake(
        "the other direction",
        _wrong(keep=lambda error: -error),
        "The sign is turned round: you watch for values below what was expected.",
    ),
)
CUSUM_ALSO_RIGHT = (_from_the_lowest,)


# 6.9


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
        "lonely sensors score zero",
        _scored(lonely=0.0),
        "A sensor without neighbours scores 0, as if it were known to be healthy. Nobody can tell: "
        "NaN.",
    ),
)
FAULTS_ALSO_RIGHT = (_step_by_step,)
