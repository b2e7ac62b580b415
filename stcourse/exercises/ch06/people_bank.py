"""Wrong answers that learners give to exercise 6.5, and another right one."""

import numpy as np
import pandas as pd

from stcourse.engine.exercise import Mistake


def _taken(cases, admitted, stay):
    """The right beds."""
    days = len(cases)
    admissions, taken = np.zeros(cases.shape), np.zeros(cases.shape)
    for delay, share in enumerate(admitted[:days]):
        admissions[delay:] += share * cases[: days - delay]
    for day in range(days):
        taken[day] = admissions[max(day - stay + 1, 0) : day + 1].sum(axis=0)
    return taken


def _for(admissions):
    """An answer that makes its admissions in another way, and the right beds of them."""
    return lambda cases, admitted, stay: _taken(admissions(cases, admitted), np.ones(1), stay)


def _of_shares(shares):
    """An answer that takes other shares for `admitted`."""
    return lambda cases, admitted, stay: _taken(cases, shares(admitted), stay)


def _kept(beds):
    """An answer that makes its beds (day, region) of the right admissions in another way."""
    return lambda cases, admitted, stay: beds(_taken(cases, admitted, 1), stay)


def _ahead(cases, admitted):
    admissions = np.zeros(cases.shape)
    for delay, share in enumerate(admitted[: len(cases)]):
        admissions[: len(cases) - delay] += share * cases[delay:]
    return admissions


def _rolled(cases, admitted, axis=0):
    return sum(share * np.roll(cases, delay, axis) for delay, share in enumerate(admitted))


def _rolled_stay(admissions, stay):
    return sum(np.roll(admissions, day, axis=0) for day in range(stay))


def _delayed(cases, admitted, first=0):
    admissions = np.zeros(cases.shape)
    for delay, share in enumerate(admitted, start=first):
        admissions[delay:] += share * cases[: len(cases) - delay]
    return admissions


def _up_to_the_delay(cases, admitted):
    admissions = np.zeros(cases.shape)
    for delay, share in enumerate(admitted):
        admissions[delay:] += share * cases[:-delay]
    return admissions


def _overwritten(cases, admitted):
    admissions = np.zeros(cases.shape)
    for delay, share in enumerate(admitted[: len(cases)]):
        admissions[delay:] = share * cases[: len(cases) - delay]
    return admissions


def _day_by_day(cases, admitted, forward=False):
    admissions = np.zeros(cases.shape)
    for day in range(len(cases)):
        for delay, share in enumerate(admitted):
            to, by = (day + delay, day) if forward else (day, day - delay)
            admissions[to] += share * cases[by]
    return admissions


def _shifted(cases, admitted):
    table = pd.DataFrame(cases)
    return sum(share * table.shift(delay) for delay, share in enumerate(admitted))


def _rolling(admissions, stay, least=None):
    return pd.DataFrame(admissions).rolling(stay, min_periods=least).sum().to_numpy()


def _from_below_zero(admissions, stay, least=-99, last=1):
    days = range(len(admissions))
    firsts = [max(day - stay + 1, least) for day in days]
    return np.stack(
        [admissions[first : day + last].sum(axis=0) for first, day in zip(firsts, days)]
    )


def _over_the_regions(admissions, stay):
    taken = np.zeros(admissions.shape)
    for day in range(len(taken)):
        taken[day] = admissions[max(day - stay + 1, 0) : day + 1].sum(axis=1)
    return taken


def _stacked_over_the_regions(admissions, stay):
    windows = (admissions[max(day - stay + 1, 0) : day + 1] for day in range(len(admissions)))
    return np.stack([window.sum(axis=1) for window in windows])


def _convolved(mode):
    def answer(cases, admitted, stay):
        kept = np.convolve(admitted, np.ones(stay))
        return np.stack([np.convolve(one, kept, mode) for one in cases.T], axis=1)

    return answer


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
        _of_shares(lambda admitted: [admitted.sum()]),
        "Everyone is admitted on the day of the test. `admitted` says how many come 0, 1, 2, ... "
        "days later.",
    ),
    Mistake(
        "delays turned round",
        _of_shares(lambda admitted: admitted[::-1]),
        "The delays are turned round: the first share belongs to the day of the case itself, the "
        "last one to the longest delay. `np.convolve` turns its kernel round by itself.",
    ),
    Mistake(
        "cases of days to come",
        _for(_ahead),
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
        "a day late",
        lambda cases, admitted, stay: np.concatenate(
            [np.zeros((1, cases.shape[1])), _taken(cases, admitted, stay)[:-1]]
        ),
        "Your beds are a day late. `admitted[0]` is for the day of the case itself, no delay; and "
        "the day of admission is the first of the stay. Which of the two begins a day later?",
    ),
    Mistake(
        "the last days come first",
        _for(_rolled),
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
        _of_shares(lambda admitted: [admitted.mean()]),
        "All delays are replaced by their mean share. Each has its own share and its own day.",
    ),
    Mistake(
        "mean of the stay",
        lambda cases, admitted, stay: _taken(cases, admitted, stay) / stay,
        "You take the mean over the days of the stay. All who are in hospital need a bed: add.",
    ),
    Mistake(
        "mean of the days there are",
        _kept(lambda admissions, stay: pd.DataFrame(admissions).rolling(stay, 1).mean().to_numpy()),
        "You take the mean over the days of the window. A bed is needed for each patient in it, so "
        "the sum counts.",
    ),
    Mistake(
        "a day late, delays beyond the record",
        _for(lambda cases, admitted: _delayed(cases, admitted, first=1)),
        "The first share is for a delay of 0: your admissions come a day late. And a delay longer "
        "than the record needs care, since a slice counts from the end below zero.",
    ),
    Mistake(
        "delays beyond the record",
        _for(_delayed),
        "Where `admitted` has more delays than the record has days, `days - delay` falls below "
        "zero, and a slice counts from the end then. Leave such delays out.",
    ),
    Mistake(
        "up to minus the delay",
        _for(_up_to_the_delay),
        "`cases[:-delay]` leaves out the last `delay` rows, but for a delay of 0 it is empty: -0 "
        "is 0. Say how many rows are kept instead.",
    ),
    Mistake(
        "no delay of 0",
        _of_shares(lambda admitted: np.append(0.0, admitted[1:])),
        "The first share is left out. `admitted[0]` of the cases come on the day of the test: "
        "`range(1, ...)` does not reach them.",
    ),
    Mistake(
        "last delay left out",
        _of_shares(lambda admitted: admitted[:-1]),
        "The last share is left out: a range leaves out its end, and `len(admitted)` delays are "
        "needed.",
    ),
    Mistake(
        "a day early",
        _of_shares(lambda admitted: admitted[1:]),
        "Your admissions are a day early, and the first share is lost. `admitted[1]` is for one "
        "day later.",
    ),
    Mistake(
        "a bed for each case",
        _of_shares(lambda admitted: np.ones(1)),
        "Every case takes a bed at once. `admitted` says which share comes to the hospital, and "
        "when.",
    ),
    Mistake(
        "shares of one",
        _of_shares(lambda admitted: admitted / max(admitted.sum(), 1e-9)),
        "You make the shares add up to one, so every case comes to the hospital in the end. Most "
        "do not: take the shares as they are.",
    ),
    Mistake(
        "only the last delay",
        _for(_overwritten),
        "Each delay writes over the one before. A day's admissions come from several days of "
        "cases: add them.",
    ),
    Mistake(
        "day minus delay below zero",
        _for(_day_by_day),
        "In the first days, `day - delay` is below zero, which is a row counted from the end. "
        "Before the first day nobody was ill: leave these out.",
    ),
    Mistake(
        "first day forgotten",
        _for(lambda cases, admitted: _taken(np.r_[0 * cases[:1], cases[1:]], admitted, 1)),
        "The cases of day 0 are never admitted: is it `day - delay > 0` where 0 is a day too?",
    ),
    Mistake(
        "admitted after the record",
        _for(lambda cases, admitted: _day_by_day(cases, admitted, forward=True)),
        "Some cases of the last days are admitted when the record is over: there is no row for "
        "them, and none is needed.",
    ),
    Mistake(
        "last days first, short delays",
        _for(lambda cases, admitted: _rolled(cases, admitted[: len(cases)])),
        "The delays that are too long are gone, but `np.roll` still brings the last days round to "
        "the first. What is shifted in from before the first day is 0.",
    ),
    Mistake(
        "rolled over the regions",
        _for(lambda cases, admitted: _rolled(cases, admitted, axis=None)),
        "Without an axis, `np.roll` moves numbers from one region to the next. Shift along the "
        "days, and let nothing come round.",
    ),
    Mistake(
        "last patients first",
        _kept(_rolled_stay),
        "The admissions are right, but `np.roll` brings the patients of the last days round to the "
        "first ones. On the first days only those are there who have been admitted by then.",
    ),
    Mistake(
        "all that is last comes first",
        lambda cases, admitted, stay: _rolled_stay(_rolled(cases, admitted), stay),
        "You shift twice with `np.roll`, for the delays and for the stay, and both bring the last "
        "days round to the first. Shift in zeros.",
    ),
    Mistake(
        "rolling without the first days",
        _kept(_rolling),
        "`rolling` gives NaN until its window is full. Who was admitted on the first days needs a "
        "bed too: let it count what there is.",
    ),
    Mistake(
        "roll and rolling",
        lambda cases, admitted, stay: _rolling(_rolled(cases, admitted), stay),
        "`np.roll` brings the last days round to the first, and `rolling` gives NaN there until "
        "its window is full. Before the first day nobody was ill: 0 for both.",
    ),
    Mistake(
        "shift leaves NaN",
        _for(lambda cases, admitted: _shifted(cases, admitted).to_numpy()),
        "`shift` leaves NaN in the first rows, and each sum with one is NaN, in `rolling` too. "
        "Before the first day nobody was ill: shift in 0.",
    ),
    Mistake(
        "stay from below zero",
        _kept(_from_below_zero),
        "In the first days `day - stay + 1` is below zero, which a slice counts from the end. "
        "Begin with day 0 at the earliest.",
    ),
    Mistake(
        "today left out",
        _kept(lambda admissions, stay: _from_below_zero(admissions, stay, least=0, last=0)),
        "A slice leaves out its end, so those admitted today have no bed in your answer. The day "
        "of admission is the first.",
    ),
    Mistake(
        "today left out, from below zero",
        _kept(lambda admissions, stay: _from_below_zero(admissions, stay + 1, last=0)),
        "A slice leaves out its end, which is today. And in the first days `day - stay` is below "
        "zero, which counts from the end of the record.",
    ),
    Mistake(
        "admissions times the stay",
        lambda cases, admitted, stay: stay * _taken(cases, admitted, 1),
        "You multiply the admissions of each day by the stay. That holds when every day is like "
        "the last; in a wave, those of the last `stay` days differ: add them.",
    ),
    Mistake(
        "leaving before they came",
        _kept(lambda admissions, stay: (admissions - np.roll(admissions, stay, 0)).cumsum(axis=0)),
        "`np.roll` lets the patients of the last days leave on the first ones, before they came. "
        "In the first `stay` days nobody leaves.",
    ),
    Mistake(
        "stay in the days to come",
        _kept(lambda admissions, stay: _rolling(admissions[::-1], stay, least=1)[::-1]),
        "You count the patients of the days to come. In hospital are those admitted today and on "
        "the days before.",
    ),
    Mistake(
        "regions together",
        lambda cases, admitted, stay: (
            0 * cases + _taken(cases, admitted, stay).sum(axis=1, keepdims=True)
        ),
        "Each region gets the beds of all. Add along the days, the first axis, and keep the "
        "regions apart.",
    ),
    Mistake(
        "one number a day",
        lambda cases, admitted, stay: _taken(cases, admitted, stay).sum(axis=1),
        "This is one number for each day. Each region has a hospital of its own: keep the columns.",
    ),
    Mistake(
        "over the regions",
        _kept(_over_the_regions),
        "You add along the regions, the second axis. Add along the days, and each region keeps its "
        "own number.",
    ),
    Mistake(
        "over the regions, stacked",
        _kept(_stacked_over_the_regions),
        "Your rows differ in length: each holds one number for each day of its window. Add along "
        "the days, the first axis, so that each holds one for each region.",
    ),
    Mistake(
        "whole beds",
        lambda cases, admitted, stay: np.ceil(_taken(cases, admitted, stay)),
        "You round up to whole beds. These are numbers to be expected, which others still add up: "
        "round for display only.",
    ),
    Mistake(
        "an array like the cases",
        lambda cases, admitted, stay: _taken(cases, admitted, stay).astype(cases.dtype),
        "Fractions are lost where the cases are whole numbers: `np.zeros_like(cases)` holds whole "
        "numbers then. Make it with `np.zeros(cases.shape)`.",
    ),
    Mistake(
        "days after the record",
        _convolved("full"),
        "There are more rows than days: `np.convolve` goes on until the last patient has left. "
        "Keep the days of the record.",
    ),
    Mistake(
        "middle of the convolution",
        _convolved("same"),
        '`np.convolve` with "same" keeps the middle, so beds are taken before their cases. Keep '
        "the first days.",
    ),
)
BEDS_ALSO_RIGHT = (_by_convolution,)
