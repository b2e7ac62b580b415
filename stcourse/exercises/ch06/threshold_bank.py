"""Wrong answers that learners give to exercise 6.6, and another right one."""

import numpy as np

from stcourse.engine.exercise import Mistake


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


def _yearly(whole):
    """An answer that looks at the counts of each year on their own first."""

    def answer(counts, week, years, half, season):
        middles = [week - season * year for year in range(1, years + 1)]
        return whole(np.stack([counts[middle - half : middle + half + 1] for middle in middles]))

    return answer


def _rows(week, years, half, season):
    """Rows of the windows, a row for each year."""
    return week - season * np.arange(1, years + 1)[:, None] + np.arange(-half, half + 1)


def _kept(keep):
    """An answer that drops weeks by the year that they fall in."""

    def answer(counts, week, years, half, season):
        rows = _rows(week, years, half, season)
        meant = week // season - np.arange(1, years + 1)[:, None]
        return _threshold(counts[rows[keep(rows // season, meant, week // season)]])

    return answer


def _round_the_year(counts, week, years, half, season):
    rows = _rows(week, years, half, season) % season
    return _threshold(counts[rows + season * (week // season - np.arange(1, years + 1)[:, None])])


def _without_the_same_week(counts, week, years, half, season):
    rows = _rows(week, years, half, season)
    return _threshold(counts[np.delete(rows, half, axis=1)])


def _first_of_window_missing(counts, week, years, half, season):
    offsets = np.arange(-half + 1, half + 1)
    return _threshold(_past(counts, week, years, half, season, offsets=offsets))


def _all_years(counts, week, years, half, season):
    return _threshold(_past(counts, week, (week - half) // season, half, season))


def _a_week_early(counts, week, years, half, season):
    return _threshold(_past(counts, week - 1, years, half, season))


def _fixed_year(counts, week, years, half, season):
    rows = _rows(week, years, half, 52)
    # What comes of rows before the record depends on how it is written: right there.
    return _threshold(counts[rows if rows.min() >= 0 else _rows(week, years, half, season)])


def _a_year_short(counts, week, years, half, season):
    # What comes of no years at all depends on how it is written: right there.
    return _threshold(_past(counts, week, max(years - 1, 1), half, season))


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
        "first week of the window missing",
        _first_of_window_missing,
        "The first week of each window is missing: there are as many weeks before the same week as "
        "after it.",
    ),
    Mistake(
        "a week early",
        _a_week_early,
        "Your windows lie a week too early. The middle one is the same week of the season as the "
        "judged one, and a slice leaves out its end.",
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
        "three standard deviations",
        _spread(lambda past: 3 * past.std(ddof=1)),
        "Three standard deviations are added. Two are asked for: three would miss more outbreaks.",
    ),
    Mistake(
        "everything doubled",
        _spread(lambda past: past.mean() + 2 * past.std(ddof=1)),
        "The mean is doubled as well: the two belongs to the standard deviation alone.",
    ),
    Mistake(
        "scatter of the whole past",
        lambda counts, week, years, half, season: (
            _past(counts, week, years, half, season).mean() + 2 * counts[:week].std(ddof=1)
        ),
        "The mean is of the right weeks, the standard deviation of the whole past, seasons and "
        "all. Take both of the same counts.",
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
        _yearly(lambda each: (each.mean(axis=1) + 2 * each.std(axis=1, ddof=1)).mean()),
        "You take the mean and the standard deviation year by year, and the means of both after. "
        "How much one year differs from the next is then lost: put the past counts together first.",
    ),
    Mistake(
        "a threshold a year, divided by n",
        _yearly(lambda each: (each.mean(axis=1) + 2 * each.std(axis=1)).mean()),
        "You work year by year and take means after, and each standard deviation is divided by n. "
        "Put the past counts of all years together first, and look at `ddof`.",
    ),
    Mistake(
        "scatter of the yearly means",
        _yearly(lambda each: each.mean() + 2 * each.mean(axis=1).std(ddof=1)),
        "You take the standard deviation of the yearly means. A mean scatters less than a week "
        "does, and it is single weeks that are judged.",
    ),
    Mistake(
        "one threshold a year",
        _yearly(lambda each: each.mean(axis=1) + 2 * each.std(axis=1, ddof=1)),
        "These are thresholds for each year. The counts of all years together give one.",
    ),
    Mistake(
        "one threshold a week of the window",
        _yearly(lambda each: each.mean(axis=0) + 2 * each.std(axis=0, ddof=1)),
        "These are thresholds for each week of the window. All its weeks together give one.",
    ),
    Mistake(
        "weeks of this year dropped",
        _kept(lambda year, meant, this: year < this),
        "Near the turn of the year you drop weeks of an earlier window, since by the calendar they "
        "are of this year. They are almost a year old: only the judged week's own surroundings "
        "are not used.",
    ),
    Mistake(
        "windows cut off at the turn of the year",
        _kept(lambda year, meant, this: year == meant),
        "You cut the windows off at the turn of the year. A window is `half` weeks to either "
        "side, on whichever side of New Year they are.",
    ),
    Mistake(
        "windows go round in their year",
        _round_the_year,
        "At the turn of the year your windows go round to the other end of the same year, almost "
        "a year away. The record simply goes on: the next row is the next week.",
    ),
    Mistake(
        "same week left out",
        _without_the_same_week,
        "You leave out the same week of the earlier years itself. Only the judged week and those "
        "around it are not used.",
    ),
    Mistake(
        "a year of 52 weeks",
        _fixed_year,
        "You go back 52 weeks a year, whatever the year is. Which argument says how long it is?",
    ),
    Mistake(
        "all years of the record",
        _all_years,
        "You look back as far as the record goes. Only the last `years` years are asked for: long "
        "ago people, and what they report, were others.",
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
