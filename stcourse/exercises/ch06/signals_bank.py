"""Wrong answers that learners give to exercise 6.8, and another right one."""

import numpy as np

from stcourse.engine.exercise import Mistake


def _summed(errors, slack, limit, **changes):
    """CUSUM, with one thing to be done wrongly."""
    wrong = {"floor": True, "reset": True, "keep": lambda error: error, "level": False,
             "sign": -1, "late": False, "take": False, "sides": False} | changes  # fmt: skip
    total, alarms = 0.0, []
    for error in errors:
        before = total
        total += wrong["keep"](error) + wrong["sign"] * slack
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


def _stepped(step):
    """An answer whose sum makes another step: (sum, error, slack, limit) to (sum, alarm)."""

    def answer(errors, slack, limit):
        total, alarms = 0.0, []
        for error in errors:
            total, alarm = step(total, error, slack, limit)
            alarms.append(alarm)
        return np.array(alarms, dtype=bool)

    return answer


def _judged(total, limit):
    return (0.0, True) if total > limit else (total, False)


def _slack_last(total, error, slack, limit):
    return _judged(max(total + error, 0.0) - slack, limit)


def _slack_after_the_alarm(total, error, slack, limit):
    total, alarm = _judged(max(total + error, 0.0), limit)
    return (total if alarm else total - slack), alarm


def _whole_errors_beyond_the_slack(total, error, slack, limit):
    return _judged(max(total + (error if abs(error) > slack else 0.0), 0.0), limit)


def _nearer_to_zero(total, error, slack, limit):
    return _judged(max(total + np.sign(error) * max(abs(error) - slack, 0.0), 0.0), limit)


def _large_errors_only(total, error, slack, limit):
    return _judged(max(total + error, 0.0) if error > slack else total, limit)


def _unbroken(weakest):
    """A sum that begins anew wherever an error is not above the weakest that is allowed."""

    def step(total, error, slack, limit):
        return _judged(max(total + error - slack, 0.0) if error > weakest(slack) else 0.0, limit)

    return step


def _set_to_zero_first(total, error, slack, limit):
    total = max(total + error - slack, 0.0)
    total = 0.0 if total > limit else total
    return total, total > limit


def _begun_with_the_error(total, error, slack, limit):
    total = max(total + error - slack, 0.0)
    return (max(error - slack, 0.0), True) if total > limit else (total, False)


def _a_step_skipped(errors, slack, limit):
    total, alarms = 0.0, []
    for error in errors:
        if alarms and alarms[-1]:
            alarms.append(False)
            continue
        total, alarm = _judged(max(total + error - slack, 0.0), limit)
        alarms.append(alarm)
    return np.array(alarms, dtype=bool)


def _first_error_twice(errors, slack, limit):
    return _summed(np.append(2 * errors[0], errors[1:]), slack, limit)


def _first_error_whole(errors, slack, limit):
    return _summed(np.append(errors[0] + slack, errors[1:]), slack, limit)


def _from_the_second(errors, slack, limit):
    return np.append(False, _summed(errors[1:], slack, limit))


def _sums(errors, slack, limit):
    total, sums = 0.0, []
    for error in errors:
        total = max(total + error - slack, 0.0)
        sums.append(total)
        total = 0.0 if total > limit else total
    return np.array(sums)


def _on_for_good(errors, slack, limit):
    return np.logical_or.accumulate(_summed(errors, slack, limit))


def _either_side(errors, slack, limit):
    up, down, alarms = 0.0, 0.0, []
    for error in errors:
        up, down = max(up + error - slack, 0.0), max(down - error - slack, 0.0)
        alarms.append(max(up, down) > limit)
        up, down = (0.0, 0.0) if alarms[-1] else (up, down)
    return np.array(alarms)


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
        _wrong(sign=1),
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
    Mistake(
        "slack taken off after the floor",
        _stepped(_slack_last),
        "You stop the sum at 0 and take the slack off after, so that it falls below 0 all the same "
        "and begins a rise too low. What comes first: the slack, or the stop at 0?",
    ),
    Mistake(
        "slack taken off after the comparison",
        _stepped(_slack_after_the_alarm),
        "You compare with the limit before this step's slack is off, so alarms come too easily. "
        "The slack belongs into the sum that is judged.",
    ),
    Mistake(
        "small errors skipped, others whole",
        _stepped(_whole_errors_beyond_the_slack),
        "You skip errors within the slack and add the others whole. The slack is taken off every "
        "error, large or small.",
    ),
    Mistake(
        "every error brought nearer to zero",
        _stepped(_nearer_to_zero),
        "You bring every error nearer to 0 by the slack, so that a negative one takes too little "
        "off the sum. The slack is taken off, whatever the sign of the error.",
    ),
    Mistake(
        "slack taken off the limit",
        lambda errors, slack, limit: _summed(errors, 0.0, limit - slack),
        "The slack lowers your limit, and the sum still holds the noise of every step. Take it off "
        "what is added.",
    ),
    Mistake(
        "only errors beyond the slack",
        _stepped(_large_errors_only),
        "You add an error only if it is above the slack, and then the whole of it. The slack is "
        "taken off every error, and those below it bring the sum down.",
    ),
    Mistake(
        "small error ends the sum",
        _stepped(_unbroken(lambda slack: slack)),
        "One error that is not above the slack sets your sum to 0. It brings the sum down only by "
        "what it falls short: a drift may pause.",
    ),
    Mistake(
        "negative error ends the sum",
        _stepped(_unbroken(lambda slack: 0.0)),
        "One error that is not above 0 sets your sum to 0. It is added like the others: the sum "
        "has to fall to 0 by itself.",
    ),
    Mistake(
        "set to zero before it is noted",
        _stepped(_set_to_zero_first),
        "There is never an alarm: the sum is set to 0 before the alarm is noted. In which order do "
        "the two have to come?",
    ),
    Mistake(
        "begins anew with the same error",
        _stepped(_begun_with_the_error),
        "After an alarm your sum begins with the error that raised it, which then counts twice. It "
        "begins at 0.",
    ),
    Mistake(
        "a step skipped after an alarm",
        _a_step_skipped,
        "The error after an alarm is skipped. The sum is 0 then, but the next error counts.",
    ),
    Mistake(
        "on for good",
        _on_for_good,
        "Once there is an alarm, all later rows are True. An alarm is of one row; after it the sum "
        "begins anew.",
    ),
    Mistake(
        "first error twice",
        _first_error_twice,
        "The first error counts twice: the sum begins with it, and the loop adds it again. It "
        "begins at 0.",
    ),
    Mistake(
        "first error without slack",
        _first_error_whole,
        "The slack is not taken off the first error. The sum begins at 0, before any error.",
    ),
    Mistake(
        "first error left out",
        _from_the_second,
        "The first error is left out. The sum is 0 before it, not after.",
    ),
    Mistake(
        "plain sum",
        lambda errors, slack, limit: np.cumsum(errors - slack) > limit,
        "This is the plain sum of all errors so far. It has to stop at 0 on its way down, and to "
        "begin anew after an alarm, so one step needs the one before.",
    ),
    Mistake(
        "plain sum, slack once",
        lambda errors, slack, limit: np.cumsum(errors) - slack > limit,
        "This is the plain sum of all errors so far, with the slack taken off once. Walk through "
        "the errors: the slack is taken off at each, and the sum stops at 0.",
    ),
    Mistake(
        "sums instead of alarms",
        _sums,
        "These are the sums. Asked for is whether each is beyond the limit.",
    ),
    Mistake(
        "a sum for each side",
        _either_side,
        "You watch falls as well as rises. One sum is asked for, of errors that are too high.",
    ),
)
CUSUM_ALSO_RIGHT = (_from_the_lowest,)
