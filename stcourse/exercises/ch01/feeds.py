"""Wrong answers that learners give to exercises 1.1 and 1.2, and other right ones."""

import pandas as pd

from stcourse.engine.exercise import Mistake

MILE = 1.609344
FACTORS = {"km/h": 1.0, "mph": MILE, "m/s": 3.6}


# 1.1

INTERPOLATED = (
    "Missing means of the fine feed are filled by a line between their neighbours. A NaN stays: "
    "nobody measured there."
)


def _on_time(coarse, ahead):
    return coarse.set_axis(coarse.index - ahead)


def _label_right(fine, coarse, ahead):
    means = fine.resample("15min", label="right").mean()
    return means.join(_on_time(coarse, ahead), how="inner")


def _closed_right(fine, coarse, ahead):
    means = fine.resample("15min", closed="right", label="left").mean()
    return means.join(_on_time(coarse, ahead), how="inner")


def _clock_added(fine, coarse, ahead):
    return fine.resample("15min").mean().join(_on_time(coarse, -ahead), how="inner")


def _clock_forgotten(fine, coarse, ahead):
    return fine.resample("15min").mean().join(coarse, how="inner")


def _always_seven(fine, coarse, ahead):
    return _clock_added(fine, coarse, -pd.Timedelta(minutes=7))


def _every_third(fine, coarse, ahead):
    return fine.iloc[::3].join(_on_time(coarse, ahead), how="inner")


def _fine_grid(fine, coarse, ahead):
    coarse = _on_time(coarse, ahead)
    times = fine.index.union(coarse.index)
    return fine.join(coarse.reindex(times).ffill(), how="inner")


def _all_rows(fine, coarse, ahead):
    return fine.resample("15min").mean().join(_on_time(coarse, ahead), how="outer")


def _sums(fine, coarse, ahead):
    return fine.resample("15min").sum().join(_on_time(coarse, ahead), how="inner")


def _first_readings(fine, coarse, ahead):
    return fine.resample("15min").first().join(_on_time(coarse, ahead), how="inner")


def _gaps_carried(fine, coarse, ahead):
    return fine.resample("15min").mean().join(_on_time(coarse, ahead), how="inner").ffill()


def _gaps_interpolated(fine, coarse, ahead):
    means = fine.resample("15min").mean().interpolate()
    return means.join(_on_time(coarse, ahead), how="inner")


def _gaps_dropped(fine, coarse, ahead):
    return fine.resample("15min").mean().join(_on_time(coarse, ahead), how="inner").dropna()


def _joined_left(fine, coarse, ahead):
    return fine.resample("15min").mean().join(_on_time(coarse, ahead))


def _coarse_floored(fine, coarse, ahead):
    floored = coarse.set_axis(coarse.index.floor("15min"))
    return fine.resample("15min").mean().join(floored, how="inner")


def _fine_floored(fine, coarse, ahead):
    floored = fine.set_axis(fine.index.floor("15min"))
    return floored.join(_on_time(coarse, ahead), how="inner")


def _coarse_first(fine, coarse, ahead):
    return _on_time(coarse, ahead).join(fine.resample("15min").mean(), how="inner")


ALIGN = (
    Mistake(
        "stamp at the end",
        _label_right,
        "The means of the fine feed are stamped with the end of their quarter of an hour, the "
        "coarse feed with the start: one of the two is 15 minutes late.",
    ),
    Mistake(
        "closed on the right",
        _closed_right,
        "The quarters are closed on the right: the reading stamped 08:15 begins at 08:15 and "
        "belongs to the next quarter.",
    ),
    Mistake(
        "clock corrected the wrong way",
        _clock_added,
        "The clock is corrected the wrong way. A clock that is ahead writes stamps that are too "
        "late, so they must become earlier.",
    ),
    Mistake(
        "clock forgotten",
        _clock_forgotten,
        "The clock of the coarse feed is left as it was, so its stamps do not name the true time.",
    ),
    Mistake(
        "always 7 minutes",
        _always_seven,
        "Each clock is corrected by 7 minutes. How far it is ahead stands in `ahead`.",
    ),
    Mistake(
        "one reading in three",
        _every_third,
        "One reading in three is kept and the others are thrown away. The coarse feed reports "
        "means, so the fine one has to be averaged as well.",
    ),
    Mistake(
        "coarse feed repeated",
        _fine_grid,
        "The coarse feed is repeated on a 5-minute grid. That invents readings, and the first two "
        "of each three know what was measured later.",
    ),
    Mistake(
        "rows of one feed alone",
        _all_rows,
        "There are rows that only one feed covers. Keep the times that both have.",
    ),
    Mistake(
        "sums",
        _sums,
        "The readings of a quarter are added up. Counts can be added, speeds are averaged.",
    ),
    Mistake(
        "first reading of a quarter",
        _first_readings,
        "The first reading of each quarter stands for all three. Average them: one reading "
        "alone is more by chance.",
    ),
    Mistake(
        "gaps carried forward",
        _gaps_carried,
        "Missing values are filled with the ones before. A NaN in one of the feeds stays: "
        "nobody measured there.",
    ),
    Mistake(
        "gaps interpolated",
        _gaps_interpolated,
        INTERPOLATED,
    ),
    Mistake(
        "rows with a gap dropped",
        _gaps_dropped,
        "Rows with a NaN are dropped. Both feeds cover that time, so the row stays, with its gap.",
    ),
    Mistake(
        "rows of the fine feed alone",
        _joined_left,
        "`join` keeps all rows of the left table, the fine feed, unless `how` says otherwise: "
        "there are rows that the coarse feed does not cover.",
    ),
    Mistake(
        "stamps floored",
        _coarse_floored,
        "The stamps of the coarse feed are cut to the grid. That moves each by another amount, "
        "or none; a clock that is ahead is set back by `ahead`.",
    ),
    Mistake(
        "three rows a quarter",
        _fine_floored,
        "The stamps of the fine feed are cut to the grid, and its readings are not averaged: "
        "each quarter now stands in three rows.",
    ),
    Mistake(
        "coarse columns first",
        _coarse_first,
        "The columns of the coarse feed come first. The order asked for is the means of `fine`, "
        "then the columns of `coarse`.",
    ),
)


def _align_by_loop(fine, coarse, ahead):
    rows = {}
    quarter = pd.Timedelta("15min")
    for stamp, row in coarse.iterrows():
        start = stamp - ahead
        part = fine[(fine.index >= start) & (fine.index < start + quarter)]
        if len(part):
            rows[start] = [*part.mean(), *row]
    columns = [*fine.columns, *coarse.columns]
    times = pd.DatetimeIndex(list(rows))
    return pd.DataFrame(list(rows.values()), times, columns, dtype=float)


def _align_by_floor(fine, coarse, ahead):
    means = fine.groupby(fine.index.floor("15min")).mean()
    return pd.concat([means, _on_time(coarse, ahead)], axis=1, join="inner")


ALIGN_ALSO_RIGHT = (_align_by_loop, _align_by_floor)


# 1.2


def _by_position(feed, unit, names):
    return (feed * FACTORS[unit]).set_axis(list(names.values()), axis=1)


def _inverse(feed, unit, names):
    return (feed / FACTORS[unit]).rename(columns=names)


def _only_miles(feed, unit, names):
    return (feed * (MILE if unit == "mph" else 1)).rename(columns=names)


def _not_converted(feed, unit, names):
    return feed.rename(columns=names)


def _always_miles(feed, unit, names):
    return (feed * MILE).rename(columns=names)


def _old_names(feed, unit, names):
    return feed * FACTORS[unit]


def _gaps_are_zero(feed, unit, names):
    return (feed.fillna(0) * FACTORS[unit]).rename(columns=names)


def _about_a_mile(feed, unit, names):
    return (feed * {**FACTORS, "mph": 1.6}[unit]).rename(columns=names)


def _by(factors):
    return lambda feed, unit, names: (feed * factors[unit]).rename(columns=names)


STANDARD = (
    Mistake(
        "factor upside down",
        _inverse,
        "The factor is upside down. A mile is longer than a kilometre, so the number of km/h is "
        "larger than the number of mph.",
    ),
    Mistake(
        "renamed by position",
        _by_position,
        "The new names are given by position. The columns need not stand in the order of `names`: "
        "look each one up, or two roads are exchanged without a word.",
    ),
    Mistake(
        "metres per second forgotten",
        _only_miles,
        "Only mph is converted. A reading in m/s is 3.6 times as large in km/h.",
    ),
    Mistake(
        "nothing converted",
        _not_converted,
        "The columns have their new names, but no reading is converted to km/h.",
    ),
    Mistake(
        "everything is mph",
        _always_miles,
        "Every feed is treated as mph. Look at `unit`.",
    ),
    Mistake(
        "names left",
        _old_names,
        "The columns still have the agency's names. `names` leads from the detector to the node; "
        "turned round, or given to the rows, it finds nothing to rename.",
    ),
    Mistake(
        "gaps become zero",
        _gaps_are_zero,
        "A missing value has become 0 km/h, a standing queue that nobody measured. "
        "NaN has to stay NaN.",
    ),
    Mistake(
        "rough mile",
        _about_a_mile,
        "A mile is taken as 1.6 km. That is 0.6 % too low in each reading; use 1.609344.",
    ),
    Mistake(
        "metres per second divided",
        _by({**FACTORS, "m/s": 1 / 3.6}),
        "Readings in m/s are divided by 3.6. A metre a second is 3.6 km/h, so the number gets "
        "larger: multiply.",
    ),
    Mistake(
        "miles divided",
        _by({**FACTORS, "mph": 1 / MILE}),
        "Readings in mph are divided by 1.609344. A mile is longer than a kilometre, so the "
        "number of km/h is larger: multiply.",
    ),
    Mistake(
        "kilometres scaled too",
        _by({**FACTORS, "km/h": 3.6}),
        "A feed in km/h is multiplied as well. It has the right unit already: its factor is 1.",
    ),
    Mistake(
        "columns sorted",
        lambda feed, unit, names: (feed * FACTORS[unit]).rename(columns=names).sort_index(axis=1),
        "The columns are sorted by name. Keep the order of `feed`.",
    ),
    Mistake(
        "columns in the order of the names",
        lambda feed, unit, names: (feed * FACTORS[unit]).rename(columns=names)[[*names.values()]],
        "The columns stand in the order of `names`. Keep the order of `feed`.",
    ),
    Mistake(
        "rounded",
        lambda feed, unit, names: (feed * FACTORS[unit]).rename(columns=names).round(1),
        "The speeds are rounded. Return them as they are; rounding is for display.",
    ),
)


def _standard_by_loop(feed, unit, names):
    columns = {}
    for detector in feed.columns:
        speeds = feed[detector].to_numpy(dtype="float64")
        columns[names[detector]] = [speed * FACTORS[unit] for speed in speeds]
    return pd.DataFrame(columns, index=feed.index)


STANDARD_ALSO_RIGHT = (_standard_by_loop,)
