"""Wrong answers that learners give to exercise 6.8, and another right one."""

import numpy as np

from stlearn.course.exercise import Mistake


def _summed(errors, slack, limit, **changes):
    """CUSUM, with one thing to be done wrongly."""
    wrong = {"floor": True, "reset": True, "keep": lambda error: error, "level": False,
             "slack": -1, "late": False, "take": False, "sides": False} | changes  # fmt: skip
    total, alarms = 0.0, []
    for error in errors:
        before = total
        total += wrong["keep"](error) + wrong["slack"] * slack
        total = max(total, 0.0) if wrong["floor"] else total
        judged = before if wrong["late"] else abs(total) if wrong["sides"] else total
        on = judged >= limit if wrong["level"] else judged > limit
        alarms.append(on)
        if on and wrong["reset"]:
            total = total - limit if wrong["take"] else 0.0
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


def _first_alarm_only(errors, slack, limit):
    alarms = _summed(errors, slack, limit)
    return alarms & (np.cumsum(alarms) == 1)


def _rows_of_alarms(errors, slack, limit):
    return np.flatnonzero(_summed(errors, slack, limit))


def _mean_so_far(errors, slack, limit):
    return np.cumsum(errors) / np.arange(1, len(errors) + 1) - slack > limit


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
        "slack added",
        _wrong(slack=1),
        "The slack is added at each step. It is taken off, so that small errors do not add up.",
    ),
    Mistake(
        "slack added to the limit",
        lambda errors, slack, limit: _summed(errors, 0.0, limit + slack),
        "The slack is taken off once, from the sum. Take it off at every step.",
    ),
    Mistake(
        "a step too late",
        _wrong(late=True),
        "The sum is compared with the limit before this step's error is in it, so each alarm comes "
        "a step too late.",
    ),
    Mistake(
        "limit taken off",
        _wrong(take=True),
        "After an alarm you take the limit off the sum, and something is left. Set it to 0.",
    ),
    Mistake(
        "both sides",
        _wrong(floor=False, sides=True),
        "A sum far below zero raises an alarm as well. Only rises are looked for: stop the sum at "
        "0.",
    ),
    Mistake(
        "first alarm only",
        _first_alarm_only,
        "There is one alarm, and none after it. The sum begins anew at 0 and may reach the limit "
        "again.",
    ),
    Mistake(
        "rows of the alarms",
        _rows_of_alarms,
        "You return the rows at which there is an alarm. Asked for is True or False for every row.",
    ),
    Mistake(
        "mean so far",
        _mean_so_far,
        "You compare the mean of the errors so far. A long quiet time then hides a late rise: keep "
        "a sum that stops at 0.",
    ),
    Mistake(
        "the other direction",
        _wrong(keep=lambda error: -error),
        "The sign is turned round: you watch for values below what was expected.",
    ),
)
CUSUM_ALSO_RIGHT = (_from_the_lowest,)
