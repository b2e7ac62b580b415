"""Wrong answers that learners give to exercise 6.1, and other right ones."""

import math

import numpy as np
import pandas as pd

from stcourse.engine.exercise import Mistake

MINUTE = pd.Timedelta(minutes=1)


def _last(rows, good):
    return rows[good][-1] if good.any() else pd.NaT


def _departs(good):
    """An answer that takes the last row for which `good` holds."""

    def answer(minutes, deadline, share):
        left = ((deadline - minutes.index) / MINUTE).to_numpy()
        return _last(minutes.index, np.asarray(good(minutes.to_numpy(), left[:, None], share)))

    return answer


def _earliest(minutes, deadline, share):
    left = ((deadline - minutes.index) / MINUTE).to_numpy()
    good = (minutes.to_numpy() <= left[:, None]).mean(axis=1) >= share
    return minutes.index[good][0] if good.any() else pd.NaT


def _most_often_on_time(minutes, deadline, share):
    left = ((deadline - minutes.index) / MINUTE).to_numpy()
    return minutes.index[(minutes.to_numpy() <= left[:, None]).mean(axis=1).argmax()]


def _on_time(minutes, deadline):
    left = ((deadline - minutes.index) / MINUTE).to_numpy()
    return (minutes.to_numpy() <= left[:, None]).mean(axis=1)


def _if_none(instead):
    """An answer that is right, but does something else where no row will do."""

    def answer(minutes, deadline, share):
        found = _from_the_last(minutes, deadline, share)
        return instead(minutes, deadline) if found is pd.NaT else found

    return answer


def _no_column(minutes, deadline, share):
    left = ((deadline - minutes.index) / MINUTE).to_numpy()
    return _last(minutes.index, (minutes.to_numpy() <= left).mean(axis=1) >= share)


def _other_axis(minutes, deadline, share):
    left = ((deadline - minutes.index) / MINUTE).to_numpy()
    good = minutes.index[(minutes.to_numpy() <= left[:, None]).mean(axis=0) >= share]
    return good[-1] if len(good) else pd.NaT


def _sign_dropped(minutes, deadline, share):
    left = (deadline - minutes.index).seconds.to_numpy() / 60
    return _last(minutes.index, (minutes.to_numpy() <= left[:, None]).mean(axis=1) >= share)


def _one_verdict(minutes, deadline, share):
    enough = _on_time(minutes, deadline).mean() >= share
    return minutes.index[-1] if enough else pd.NaT


def _one_before_the_last(minutes, deadline, share):
    good = minutes.index[_on_time(minutes, deadline) >= share]
    return good[-2] if len(good) > 1 else pd.NaT


def _row_only(row):
    """An answer that says whether one row is good enough."""

    def answer(minutes, deadline, share):
        return minutes.index[row] if _on_time(minutes, deadline)[row] >= share else pd.NaT

    return answer


def _fastest(minutes, deadline, share):
    good = minutes[_on_time(minutes, deadline) >= share]
    return good.mean(axis=1).idxmin() if len(good) else pd.NaT


def _on_the_first_day(minutes, left, share):
    return (minutes[:, :1] <= left)[:, 0]


def _counted(columns):
    """Whether the so-many-th shortest trip is still on time."""

    def good(minutes, left, share):
        place = min(max(columns(share * minutes.shape[1]), 1), minutes.shape[1])
        return np.sort(minutes, axis=1)[:, place - 1] <= left[:, 0]

    return good


def _until_the_first_late(minutes, deadline, share):
    best = pd.NaT
    for departure, row in minutes.iterrows():
        if (departure + row * MINUTE <= deadline).mean() < share:
            break
        best = departure
    return best


def _from_the_last(minutes, deadline, share):
    for departure in reversed(minutes.index):
        arrivals = departure + pd.to_timedelta(minutes.loc[departure], unit="min")
        if (arrivals <= deadline).sum() >= share * len(arrivals):
            return departure
    return pd.NaT


def _by_quantile(minutes, left, share):
    return np.quantile(minutes, share, axis=1, method="inverted_cdf") <= left[:, 0]


DEPARTURE = (
    Mistake(
        "planned for the mean",
        _departs(lambda minutes, left, share: minutes.mean(axis=1) <= left[:, 0]),
        "You plan with the mean time on the road. On about half of the days it takes longer, "
        "whatever `share` asks for.",
    ),
    Mistake(
        "planned for the median",
        _departs(lambda minutes, left, share: np.median(minutes, axis=1) <= left[:, 0]),
        "You plan with the median time on the road, which is too short on half of the days, "
        "whatever `share` asks for.",
    ),
    Mistake(
        "on time on one day",
        _departs(lambda minutes, left, share: (minutes <= left).any(axis=1)),
        "One column that arrives on time is enough for you. `share` says in how many it must.",
    ),
    Mistake(
        "most often on time",
        _most_often_on_time,
        "This departure is on time most often. Asked for is the last one that is on time often "
        "enough.",
    ),
    Mistake(
        "first row if none will do",
        _if_none(lambda minutes, deadline: minutes.index[0]),
        "Where no departure is good enough you return the first row. Say so instead: `pd.NaT`.",
    ),
    Mistake(
        "earliest departure",
        _earliest,
        "This is the first departure that is good enough. Asked for is the last one: every minute "
        "before it is lost sleep.",
    ),
    Mistake(
        "stopped at the first late row",
        _until_the_first_late,
        "You stop at the first departure that fails. When a jam clears, a later one can be good "
        "again: look at all rows.",
    ),
    Mistake(
        "on the deadline is late",
        _departs(lambda minutes, left, share: (minutes < left).mean(axis=1) >= share),
        "An arrival right on the deadline is on time, and you count it as late.",
    ),
    Mistake(
        "more than the share",
        _departs(lambda minutes, left, share: (minutes <= left).mean(axis=1) > share),
        "A row that is on time in exactly `share` of the columns is good enough: at least, not "
        "more than.",
    ),
    Mistake(
        "the other tail",
        _departs(lambda minutes, left, share: (minutes <= left).mean(axis=1) >= 1 - share),
        "You take the share of being late for the share of being on time: with 0.9 you would be on "
        "time once in ten.",
    ),
    Mistake(
        "the trip takes no time",
        _departs(lambda minutes, left, share: left[:, 0] >= 0),
        "This is the last departure before the deadline. Nobody arrives when they leave: add the "
        "minutes on the road, and if you did, see that what is left is in minutes too.",
    ),
    Mistake(
        "interpolated quantile",
        _departs(lambda minutes, left, share: np.quantile(minutes, share, axis=1) <= left[:, 0]),
        "The quantile lies between two draws, where no day is. Count the columns that arrive on "
        'time, or ask `quantile` for an observed value (method="inverted_cdf").',
    ),
    Mistake(
        "safe on every day",
        _departs(lambda minutes, left, share: minutes.max(axis=1) <= left[:, 0]),
        "You plan for the worst column. `share` says how often being late is accepted.",
    ),
    Mistake(
        "last of none",
        _if_none(lambda minutes, deadline: minutes.index[:0][-1]),
        "On some days no departure is good enough. A list of none has no last one, so `[-1]` "
        "fails: see first whether there is any.",
    ),
    Mistake(
        "largest of none",
        _if_none(lambda minutes, deadline: max([])),
        "On some days no departure is good enough, and none of none is the largest. See first "
        "whether there is any.",
    ),
    Mistake(
        "nothing returned if none will do",
        _if_none(lambda minutes, deadline: None),
        "Where no departure is good enough you return None, as a function does that comes to its "
        "end. A table of times needs a time that is missing: `pd.NaT`.",
    ),
    Mistake(
        "best row if none will do",
        _if_none(lambda minutes, deadline: minutes.index[_on_time(minutes, deadline).argmax()]),
        "Where no departure is good enough you return the one that comes nearest. It is late more "
        "often than was accepted: say that none will do.",
    ),
    Mistake(
        "last row if none will do",
        _if_none(lambda minutes, deadline: minutes.index[-1]),
        "Where no departure is good enough you return the last row. `argmax` of a mask without a "
        "True is 0, which looks like a find: see first whether there is a True.",
    ),
    Mistake(
        "minutes left along the columns",
        _no_column,
        "NumPy lines up the minutes that are left, one for each row, with the columns of the "
        "table. Turn them into a column, so that each row meets its own number.",
    ),
    Mistake(
        "mean over the rows",
        _other_axis,
        "You need one share for each row, and take one for each column: the mean goes along the "
        "other axis.",
    ),
    Mistake(
        "sign dropped",
        _sign_dropped,
        "A departure after the deadline has nearly a day left in your answer: `.seconds` of a "
        "negative time difference counts on from midnight. Divide the difference by one minute.",
    ),
    Mistake(
        "never good enough",
        lambda minutes, deadline, share: pd.NaT,
        "No departure is ever good enough for you. Do you compare like with like: minutes with "
        "minutes, not with hours, and a share with a share, not with percent?",
    ),
    Mistake(
        "one share for the table",
        _one_verdict,
        "You take one mean over rows and columns, so all departures are good or none is. Judge "
        "each row by itself.",
    ),
    Mistake(
        "minutes left at the first row",
        _departs(lambda minutes, left, share: (minutes <= left[0]).mean(axis=1) >= share),
        "All rows get the minutes that are left at the first departure. Who leaves later has less "
        "time: one number for each row.",
    ),
    Mistake(
        "one reserve for all rows",
        _departs(
            lambda minutes, left, share: (
                np.quantile(minutes, share, method="inverted_cdf") <= left[:, 0]
            )
        ),
        "You plan with one number of minutes for all departures. The road changes with the hour: "
        "take the minutes of each row.",
    ),
    Mistake(
        "share rounded down",
        _departs(_counted(math.floor)),
        "You round the number of columns down, so three of four pass for nine in ten. At least "
        "`share` of them must be on time.",
    ),
    Mistake(
        "late in at most the rest",
        _departs(lambda minutes, left, share: (minutes > left).mean(axis=1) <= 1 - share),
        "You compare the share of late columns with `1 - share`, and a computer's 1 - 0.9 is a "
        "little below 0.1. Compare the share on time with `share` itself.",
    ),
    Mistake(
        "interpolated quantile of being late",
        _departs(
            lambda minutes, left, share: np.quantile(minutes, 1 - share, axis=1) <= left[:, 0]
        ),
        "Your quantile is from the wrong end: with 0.9, only one trip in ten is as short as that.",
    ),
    Mistake(
        "first column only",
        _departs(_on_the_first_day),
        "You look at the first column only. Each column is one way in which the day may go: count "
        "over all of them.",
    ),
    Mistake(
        "quantile in percent",
        _departs(lambda minutes, left, share: np.percentile(minutes, share, axis=1) <= left[:, 0]),
        "`np.percentile` counts in percent, so a share of 0.9 is nearly the shortest trip of all.",
    ),
    Mistake(
        "comparison turned round",
        _departs(lambda minutes, left, share: (minutes >= left).mean(axis=1) >= share),
        "You count the columns in which the trip takes longer than what is left. These arrive "
        "late.",
    ),
    Mistake(
        "last row only",
        _row_only(-1),
        "You look at the last row and no other. Does your loop return in its first round, whether "
        "that row is good or not?",
    ),
    Mistake(
        "first row only",
        _row_only(0),
        "You look at the first row and no other. A `return` in the first round ends a loop: go on "
        "until a row is good.",
    ),
    Mistake(
        "shortest trip",
        _fastest,
        "This is the good departure with the shortest trip. Asked for is the last of the good "
        "ones.",
    ),
    Mistake(
        "one before the last",
        _one_before_the_last,
        "This is the good departure before the last one. Counted from the end, the last is -1.",
    ),
)
DEPARTURE_ALSO_RIGHT = (_from_the_last, _departs(_by_quantile))
