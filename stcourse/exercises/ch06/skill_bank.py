"""Wrong answers that learners give to exercise 6.7, and another right one."""

import numpy as np

from stcourse.engine.exercise import Mistake


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


def _absolute(prices, forecasts):
    prices, forecasts, error = _logs(prices, forecasts)
    return 1 - np.abs(error).mean() / np.abs(np.diff(prices, axis=0)).mean()


def _in_shares(base):
    """An answer with errors as shares of the price instead of logs."""

    def answer(prices, forecasts):
        return _ratio(forecasts[1:] / prices[1:] - 1, base(prices[1:], prices[:-1]))

    return answer


def _without_the_first_row_gone(prices, forecasts):
    prices, forecasts, _ = _logs(prices, forecasts)
    return _ratio(forecasts - prices, np.diff(prices, axis=0))


def _a_day_early(prices, forecasts):
    prices, forecasts, _ = _logs(prices, forecasts)
    return _ratio((forecasts[:-1] - prices[1:])[1:], np.diff(prices, axis=0))


def _from_the_price_before(prices, forecasts):
    prices, forecasts, _ = _logs(prices, forecasts)
    return _ratio(forecasts[1:] - prices[:-1], np.diff(prices, axis=0))


def _by_what_was_forecast(prices, forecasts):
    prices, forecasts, error = _logs(prices, forecasts)
    return _ratio(error, forecasts[1:] - prices[:-1])


def _only_half_in_logs(prices, forecasts):
    return _ratio(_logs(prices, forecasts)[2], np.diff(prices, axis=0))


def _squares_last(prices, forecasts):
    prices, _, error = _logs(prices, forecasts)
    return 1 - error.mean() ** 2 / np.diff(prices, axis=0).mean() ** 2


def _difference(prices, forecasts):
    prices, _, error = _logs(prices, forecasts)
    return _mean_square(np.diff(prices, axis=0)) - _mean_square(error)


def _by(axis, whole=np.mean):
    """An answer that makes a skill for each day or share first."""

    def answer(prices, forecasts):
        prices, _, error = _logs(prices, forecasts)
        base = np.diff(prices, axis=0)
        return whole(1 - (error**2).mean(axis=axis) / (base**2).mean(axis=axis))

    return answer


def _both(number):
    """An answer that makes one number of the forecasts' errors, and of the last price's."""

    def answer(prices, forecasts):
        prices, _, error = _logs(prices, forecasts)
        return 1 - number(error) / number(np.diff(prices, axis=0))

    return answer


def _day_0(error_of_forecast, error_of_last):
    """An answer that does something with day 0 instead of leaving it out."""

    def answer(prices, forecasts):
        prices, forecasts, _ = _logs(prices, forecasts)
        return _ratio(error_of_forecast(forecasts - prices), error_of_last(prices))

    return answer


def _rolled(prices):
    return np.roll(prices, 1, axis=0) - prices


def _along_shares(prices, forecasts):
    prices, _, error = _logs(prices, forecasts)
    return _ratio(error, np.diff(prices)) if prices.shape[1] > 1 else np.nan


def _by_yesterday(prices, forecasts):
    before = prices[:-1]
    return _ratio((forecasts[1:] - prices[1:]) / before, np.diff(prices, axis=0) / before)


def _two_days_back(prices, forecasts):
    prices, _, error = _logs(prices, forecasts)
    return _ratio(error[1:], prices[2:] - prices[:-2])


def _forecast_of_the_day_before(prices, forecasts):
    prices, forecasts, error = _logs(prices, forecasts)
    return _ratio(error[1:], forecasts[1:-1] - prices[2:])


def _changes(prices, forecasts):
    """The changes that were forecast and those that came, each in one row."""
    prices, forecasts, _ = _logs(prices, forecasts)
    return (forecasts[1:] - prices[:-1]).ravel(), np.diff(prices, axis=0).ravel()


def _share_of_right_signs(prices, forecasts):
    forecast, came = _changes(prices, forecasts)
    return (np.sign(forecast) == np.sign(came)).mean()


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
        _by(0),
        "You take the mean of a skill for each share. One quiet share can then decide: pool all "
        "squared errors, and divide once.",
    ),
    Mistake(
        "mean of the days' skills",
        _by(1),
        "You take the mean of a skill for each day. One quiet day can then decide: pool all "
        "squared errors, and divide once.",
    ),
    Mistake(
        "one skill a share",
        _by(0, np.asarray),
        "This is one skill for each share. Take the means over all days and shares: one number.",
    ),
    Mistake(
        "shares of the price",
        _in_shares(lambda now, before: before / now - 1),
        "Your errors are shares of the price. They are nearly logs, but 10 % up and 10 % down do "
        "not cancel: take `np.log` of both.",
    ),
    Mistake(
        "against the return",
        _in_shares(lambda now, before: now / before - 1),
        "Your errors are shares of the price, and the last price's are shares of another one. In "
        "logs both have the same measure.",
    ),
    Mistake(
        "NaN of the first row",
        _without_the_first_row_gone,
        "The NaN in row 0 has gone into the mean. No forecast was made for day 0: begin with "
        "day 1.",
    ),
    Mistake(
        "a day too early",
        _a_day_early,
        "The forecast for day t is compared with the price of day t + 1. Row t is for day t "
        "already: do not shift the forecasts, only the last price.",
    ),
    Mistake(
        "forecast against the day before",
        _from_the_price_before,
        "You compare the forecast with the price of the day before, which it was made from. An "
        "error is its distance to the price that came.",
    ),
    Mistake(
        "divided by what was forecast",
        _by_what_was_forecast,
        "You divide by the change that was forecast. Divide by the change that came: it is the "
        "error of the last price.",
    ),
    Mistake(
        "against the first price",
        _against(lambda prices: prices[1:] - prices[0]),
        "You compare with the price of day 0 on all days. The last price is that of the day "
        "before.",
    ),
    Mistake(
        "against the mean change",
        _against(lambda prices: np.diff(prices, axis=0) - np.diff(prices, axis=0).mean()),
        "You divide by the variance of the changes, which takes their mean off. Nobody knew that "
        "mean beforehand: the last price expects no change.",
    ),
    Mistake(
        "against the mean of all days",
        _against(lambda prices: prices[1:] - prices.mean(axis=0)),
        "You compare with the mean price of all days, as R squared does. A price that wanders is "
        "easily closer to yesterday's than to the mean, so almost anything looks good that way.",
    ),
    Mistake(
        "only one error in logs",
        _only_half_in_logs,
        "The error of the forecasts is in logs and that of the last price in money. Both need the "
        "same measure.",
    ),
    Mistake(
        "squared after the mean",
        _squares_last,
        "You square the mean error, in which errors up and down have cancelled. Square each error "
        "first.",
    ),
    Mistake(
        "difference of the errors",
        _difference,
        "This is the difference of the two errors. Divide one by the other, so that it says which "
        "share is saved.",
    ),
    Mistake(
        "variances",
        _both(np.var),
        "You divide variances, which take the mean error off: a forecast that is always 10 % too "
        "high would look perfect. Square the errors themselves.",
    ),
    Mistake(
        "standard deviations",
        _both(np.std),
        "You divide standard deviations, which take the mean error off, and are roots as well. "
        "Square the errors themselves, and leave the squares.",
    ),
    Mistake(
        "median of the squares",
        _both(lambda error: np.median(error**2)),
        "You take the median of the squared errors, which overlooks the worst days. The mean is "
        "asked for.",
    ),
    Mistake(
        "errors not squared",
        _both(np.mean),
        "The errors are not squared, so those up and down cancel. Square them before the mean.",
    ),
    Mistake(
        "last price rolled round",
        _day_0(lambda error: error[1:], _rolled),
        "`np.roll` brings the price of the last day round to day 0, as if it had come before. "
        "Nothing is known before day 0: begin with day 1.",
    ),
    Mistake(
        "day 0 without an error",
        _day_0(np.nan_to_num, lambda prices: np.diff(prices, axis=0)),
        "The NaN of day 0 counts as an error of 0, and so as a perfect day. Leave day 0 out on "
        "both sides.",
    ),
    Mistake(
        "from day 2 on",
        _day_0(lambda error: error[2:], lambda prices: np.diff(prices, axis=0)[1:]),
        "You begin with day 2. The price of day 0 is known, so day 1 counts already.",
    ),
    Mistake(
        "changes from share to share",
        _along_shares,
        "Your changes run from one share to the next: `np.diff` takes the last axis if it is not "
        "told. A day is a row.",
    ),
    Mistake(
        "change by yesterday's price",
        _by_yesterday,
        "You divide both errors by yesterday's price. That is nearly a log: take `np.log` of "
        "prices and forecasts, and subtract.",
    ),
    Mistake(
        "the price of two days before",
        _two_days_back,
        "You compare with the price of two days before. The last one is a day nearer, and harder "
        "to beat.",
    ),
    Mistake(
        "the forecast of the day before",
        _forecast_of_the_day_before,
        "You compare with the forecast of the day before. The last price is asked for, which no "
        "model has made.",
    ),
    Mistake(
        "correlation",
        lambda prices, forecasts: np.corrcoef(*_changes(prices, forecasts))[0, 1],
        "This is a correlation of changes. It forgives a forecast that always says ten times too "
        "much: compare errors.",
    ),
    Mistake(
        "correlation squared",
        lambda prices, forecasts: np.corrcoef(*_changes(prices, forecasts))[0, 1] ** 2,
        "This is a squared correlation, which forgives wrong sizes and even wrong signs. Compare "
        "errors.",
    ),
    Mistake(
        "share of right signs",
        _share_of_right_signs,
        "You count how often the direction was right. How far the forecast was off is asked for, "
        "against the last price.",
    ),
    Mistake(
        "one skill a day",
        _by(1, np.asarray),
        "This is one skill for each day. Take the means over all days and shares together.",
    ),
)
SKILL_ALSO_RIGHT = (_by_sums,)
