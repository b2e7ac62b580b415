"""Wrong answers that learners give to exercises 6.4 to 6.6, and other right ones."""

import numpy as np

from stlearn.course.exercise import Mistake

# 6.4


def _lost(speed, flow, kilometres, free_speed):
    return np.maximum(kilometres / speed - kilometres / free_speed, 0)


def _road_by_road(speed, flow, kilometres, free_speed):
    hours = 0.0
    for speeds, flows in zip(speed, flow):
        for v, q, length, free in zip(speeds, flows, kilometres, free_speed):
            if v < free:
                hours += q / 12 * length * (1 / v - 1 / free)
    return hours


DELAY = (
    Mistake(
        "not weighted by the vehicles",
        lambda **case: _lost(**case).sum(),
        "This is what one vehicle loses if it drives everywhere once. Each row has as many "
        "vehicles as its flow brings in five minutes.",
    ),
    Mistake(
        "flow of an hour",
        lambda **case: (case["flow"] * _lost(**case)).sum(),
        "The flow is in vehicles an hour, and a row lasts five minutes: twelve times too many "
        "vehicles are counted.",
    ),
    Mistake(
        "in minutes",
        lambda **case: (case["flow"] * 5 * _lost(**case)).sum(),
        "This is in vehicle minutes: kilometres by km/h are hours, and so should the five minutes "
        "of a row be, 5 / 60.",
    ),
    Mistake(
        "fast rows pay back",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * (kilometres / speed - kilometres / free_speed)
        ).sum(),
        "Rows that are faster than the free speed count as time won, and hide delay elsewhere. A "
        "delay is never below zero.",
    ),
    Mistake(
        "mean speed first",
        lambda speed, flow, kilometres, free_speed: (
            flow.sum(axis=0) * 5 / 60 * _lost(speed.mean(axis=0), flow, kilometres, free_speed)
        ).sum(),
        "You take the mean of the speeds first. A slow hour costs more than a fast one wins: take "
        "the time lost row by row, and add after.",
    ),
    Mistake(
        "speeds subtracted",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * kilometres / np.maximum(free_speed - speed, np.finfo(float).tiny)
        )[speed < free_speed].sum(),
        "You divide by the difference of the speeds. Two times have to be subtracted: the length "
        "by the speed, minus the length by the free speed.",
    ),
    Mistake(
        "whole time on the road",
        lambda speed, flow, kilometres, free_speed: (flow * 5 / 60 * kilometres / speed).sum(),
        "This is the whole time on the road. Only what goes beyond the time at free speed is lost.",
    ),
    Mistake(
        "length left out",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * _lost(speed, flow, np.ones_like(kilometres), free_speed)
        ).sum(),
        "Every stretch counts as one kilometre. Multiply by its length.",
    ),
)
DELAY_ALSO_RIGHT = (_road_by_road,)


# 6.5


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
        "mean of the stay",
        lambda cases, admitted, stay: _taken(cases, admitted, stay) / stay,
        "You take the mean over the days of the stay. All who are in hospital need a bed: add.",
    ),
)
BEDS_ALSO_RIGHT = (_by_convolution,)


# 6.6


def _threshold(past, spread=lambda past: 2 * past.std(ddof=1)):
    return past.mean() + spread(past)


def _past(counts, week, years, half, season, first=1, offsets=None):
    offsets = np.arange(-half, half + 1) if offsets is None else offsets
    rows = [week - season * year + offsets for year in range(first, first + years)]
    rows = np.concatenate(rows)
    return counts[rows[rows < len(counts)]]


def _this_year_too(counts, week, years, half, season):
    return _threshold(_past(counts, week, years + 1, half, season, first=0))


def _years_from_this_one(counts, week, years, half, season):
    return _threshold(_past(counts, week, years, half, season, first=0))


def _judged_week_too(counts, week, years, half, season):
    return _threshold(np.append(_past(counts, week, years, half, season), counts[week]))


def _latest_weeks(counts, week, years, half, season):
    return _threshold(counts[week - years * (2 * half + 1) : week])


def _end_of_range(counts, week, years, half, season):
    offsets = np.arange(-half, max(half, 1))
    return _threshold(_past(counts, week, years, half, season, offsets=offsets))


def _weeks_before(counts, week, years, half, season):
    offsets = np.arange(-half, 1)
    return _threshold(_past(counts, week, years, half, season, offsets=offsets))


def _spread(spread):
    def answer(counts, week, years, half, season):
        return _threshold(_past(counts, week, years, half, season), spread)

    return answer


def _week_by_week(counts, week, years, half, season):
    past = []
    for row in range(week):
        for year in range(1, years + 1):
            if abs(week - season * year - row) <= half:
                past.append(counts[row])
    mean = sum(past) / len(past)
    return mean + 2 * (sum((x - mean) ** 2 for x in past) / (len(past) - 1)) ** 0.5


THRESHOLD = (
    Mistake(
        "this year among the past",
        _this_year_too,
        "The weeks around the judged one are among the past counts, even later ones. An outbreak "
        "then lifts its own threshold.",
    ),
    Mistake(
        "years counted from this one",
        _years_from_this_one,
        "The years are counted from this one: begin one year back. The judged week must not set "
        "its own threshold.",
    ),
    Mistake(
        "the judged week included",
        _judged_week_too,
        "The count that is judged is among those that judge it. Leave it out.",
    ),
    Mistake(
        "the latest weeks",
        _latest_weeks,
        "These are the latest weeks before the judged one, of another part of the season, perhaps "
        "with the outbreak in them. Look at the same weeks of earlier years.",
    ),
    Mistake(
        "whole past",
        lambda counts, week, years, half, season: _threshold(counts[:week]),
        "All past weeks are taken, so a winter week is judged by summers too. Only the weeks of "
        "the same season count.",
    ),
    Mistake(
        "last week of the window missing",
        _end_of_range,
        "The last week of each window is missing: `half` weeks before and `half` weeks after, "
        "and a range leaves out its end.",
    ),
    Mistake(
        "only the weeks before",
        _weeks_before,
        "You leave out the weeks after the same week. In earlier years they are long past, so they "
        "may be used.",
    ),
    Mistake(
        "divided by n",
        _spread(lambda past: 2 * past.std()),
        "The standard deviation is divided by n. With so few counts n - 1 matters (ddof=1).",
    ),
    Mistake(
        "one standard deviation",
        _spread(lambda past: past.std(ddof=1)),
        "One standard deviation is added; two are asked for.",
    ),
    Mistake(
        "variance",
        _spread(lambda past: 2 * past.var(ddof=1)),
        "The variance is added, in squared cases. Take its root, the standard deviation.",
    ),
)
THRESHOLD_ALSO_RIGHT = (_week_by_week,)
