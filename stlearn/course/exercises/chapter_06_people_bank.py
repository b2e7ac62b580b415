"""Wrong answers that learners give to exercise 6.5, and another right one."""

import numpy as np

from stlearn.course.exercise import Mistake


def _taken(cases, admitted, stay, first=lambda day, stay: day - stay + 1, last=0, order=1):
    """The beds, with one thing to be done wrongly."""
    days = len(cases)
    admissions, taken = np.zeros(cases.shape), np.zeros(cases.shape)
    for delay, share in enumerate(admitted[::order]):
        if delay < days:
            admissions[delay:] += share * cases[: days - delay]
    for day in range(days):
        taken[day] = admissions[max(first(day, stay), 0) : day + 1 + last].sum(axis=0)
    return taken


def _ahead(cases, admitted, stay):
    admissions = np.zeros(cases.shape)
    for delay, share in enumerate(admitted[: len(cases)]):
        admissions[: len(cases) - delay] += share * cases[delay:]
    return _taken(admissions, np.ones(1), stay)


def _rolled(cases, admitted, stay):
    admissions = sum(share * np.roll(cases, delay, axis=0) for delay, share in enumerate(admitted))
    return _taken(admissions, np.ones(1), stay)


def _only_whole_stays(cases, admitted, stay):
    taken = _taken(cases, admitted, stay)
    taken[: stay - 1] = 0
    return taken


def _by_convolution(cases, admitted, stay):
    kept = np.convolve(admitted, np.ones(stay))
    return np.stack([np.convolve(one, kept)[: len(one)] for one in cases.T], axis=1)


BEDS = (
    Mistake(
        "admitted at once",
        lambda cases, admitted, stay: _taken(cases, admitted[:1] * 0 + admitted.sum(), stay),
        "Everyone is admitted on the day of the test. `admitted` says how many come 0, 1, 2, ... "
        "days later.",
    ),
    Mistake(
        "delays turned round",
        lambda cases, admitted, stay: _taken(cases, admitted, stay, order=-1),
        "The delays are turned round: the first share belongs to the day of the case itself, the "
        "last one to the longest delay. `np.convolve` turns its kernel round by itself.",
    ),
    Mistake(
        "cases of days to come",
        _ahead,
        "You admit patients before they are cases. Those admitted today were cases `delay` days "
        "ago.",
    ),
    Mistake(
        "admissions only",
        lambda cases, admitted, stay: _taken(cases, admitted, 1),
        "These are the admissions of each day. A bed stays taken for `stay` days.",
    ),
    Mistake(
        "nobody goes home",
        lambda cases, admitted, stay: _taken(cases, admitted, len(cases)),
        "Nobody ever goes home: you add up all admissions since the first day. Only those of the "
        "last `stay` days are still there.",
    ),
    Mistake(
        "one day too long",
        lambda cases, admitted, stay: _taken(cases, admitted, stay + 1),
        "Patients stay one day too long: the day of admission is the first of the `stay` days.",
    ),
    Mistake(
        "one day too short",
        lambda cases, admitted, stay: _taken(cases, admitted, stay - 1),
        "Patients stay one day too short: the day of admission counts, and `stay - 1` days follow.",
    ),
    Mistake(
        "from the next day on",
        lambda cases, admitted, stay: np.concatenate(
            [np.zeros((1, cases.shape[1])), _taken(cases, admitted, stay)[:-1]]
        ),
        "Your beds are taken from the day after the admission on. The day of admission is the "
        "first of the stay.",
    ),
    Mistake(
        "the last days come first",
        _rolled,
        "`np.roll` brings the cases of the last days round to the first ones. Before the first day "
        "nobody was ill: shift and fill with 0.",
    ),
    Mistake(
        "first days empty",
        _only_whole_stays,
        "The first days are 0 until a whole stay has passed. Who was admitted by then is in "
        "hospital: add up what there is.",
    ),
    Mistake(
        "mean share",
        lambda cases, admitted, stay: _taken(cases, admitted[:1] * 0 + admitted.mean(), stay),
        "All delays are replaced by their mean share. Each has its own share and its own day.",
    ),
    Mistake(
        "mean of the stay",
        lambda cases, admitted, stay: _taken(cases, admitted, stay) / stay,
        "You take the mean over the days of the stay. All who are in hospital need a bed: add.",
    ),
)
BEDS_ALSO_RIGHT = (_by_convolution,)
