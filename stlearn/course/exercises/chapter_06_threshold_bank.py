"""Wrong answers that learners give to exercise 6.6, and another right one."""

import numpy as np

from stlearn.course.exercise import Mistake


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


def _one_year(back):
    """An answer that looks at one earlier year only."""

    def answer(counts, week, years, half, season):
        middle = week - season * back(years)
        return _threshold(counts[middle - half : middle + half + 1])

    return answer


def _whole_stretch(counts, week, years, half, season):
    return _threshold(counts[week - season * years - half : week - season + half + 1])


def _year_by_year(counts, week, years, half, season):
    each = _past(counts, week, years, half, season).reshape(years, 2 * half + 1)
    return np.mean([_threshold(one) for one in each]) if half else each.mean()


def _fixed_year(counts, week, years, half, season):
    rows = [week - 52 * year + offset for year in range(1, years + 1)
            for offset in range(-half, half + 1)]  # fmt: skip
    return _threshold(counts[[row for row in rows if row >= 0]])


def _a_year_short(counts, week, years, half, season):
    return _threshold(_past(counts, week, years - 1, half, season)) if years > 1 else np.nan


def _yes_or_no(counts, week, years, half, season):
    return bool(counts[week] > _threshold(_past(counts, week, years, half, season)))


def _of_past(number):
    """An answer that says another number of the right past counts."""

    def answer(counts, week, years, half, season):
        return number(_past(counts, week, years, half, season))

    return answer


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
        "1.96 standard deviations",
        _spread(lambda past: 1.96 * past.std(ddof=1)),
        "You add 1.96 standard deviations. Two are asked for, no more exact than the rule itself.",
    ),
    Mistake(
        "error of the mean",
        _spread(lambda past: 2 * past.std(ddof=1) / np.sqrt(len(past))),
        "The standard deviation is divided by the root of n: that says how well the mean is known, "
        "not how much a single week scatters.",
    ),
    Mistake(
        "root of the mean",
        _spread(lambda past: 2 * np.sqrt(past.mean())),
        "You take the root of the mean for the standard deviation, as if counts scattered by "
        "chance alone. Real ones scatter more: measure it.",
    ),
    Mistake(
        "lower limit",
        _spread(lambda past: -2 * past.std(ddof=1)),
        "Two standard deviations are taken off. Too many cases are looked for: add them.",
    ),
    Mistake(
        "mean only",
        _of_past(np.mean),
        "This is the mean, which every second week is above. Add two standard deviations.",
    ),
    Mistake(
        "largest past count",
        _of_past(np.max),
        "This is the largest past count. One old outbreak would set it: take the mean plus two "
        "standard deviations.",
    ),
    Mistake(
        "quantile",
        _of_past(lambda past: np.quantile(past, 0.975)),
        "This is a quantile of the past counts, and there are too few of them to have one so far "
        "out. Take the mean plus two standard deviations.",
    ),
    Mistake(
        "median",
        _of_past(lambda past: np.median(past) + 2 * past.std(ddof=1)),
        "You begin with the median of the past counts. The mean is asked for.",
    ),
    Mistake(
        "last year only",
        _one_year(lambda years: 1),
        "Only the last year is looked at. Take all of the `years` before.",
    ),
    Mistake(
        "oldest year only",
        _one_year(lambda years: years),
        "Only the oldest of the years is looked at. Take all from one year back to `years` back.",
    ),
    Mistake(
        "everything in between",
        _whole_stretch,
        "You take all weeks from the oldest year to the last one. Only those around the same week "
        "of each year count.",
    ),
    Mistake(
        "a threshold a year",
        _year_by_year,
        "You make a threshold for each year and take their mean. Put the past counts together "
        "first, and take one mean and one standard deviation.",
    ),
    Mistake(
        "a year of 52 weeks",
        _fixed_year,
        "You go back 52 weeks a year, whatever the year is. A year has `season` rows.",
    ),
    Mistake(
        "one year too few",
        _a_year_short,
        "One year is missing: go from one year back to `years` back, and a range leaves out its "
        "end.",
    ),
    Mistake(
        "yes or no",
        _yes_or_no,
        "You say whether the week is out of the ordinary. Asked for is the threshold, a number.",
    ),
    Mistake(
        "variance",
        _spread(lambda past: 2 * past.var(ddof=1)),
        "The variance is added, in squared cases. Take its root, the standard deviation.",
    ),
)
THRESHOLD_ALSO_RIGHT = (_week_by_week,)
