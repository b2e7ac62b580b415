"""Wrong answers that learners give in chapter 01, and other right ones."""

import hashlib
import hmac

import numpy as np
import pandas as pd

from stlearn.course.exercise import Mistake

MILE = 1.609344
FACTORS = {"km/h": 1.0, "mph": MILE, "m/s": 3.6}


# 1.1


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
    Mistake("names left", _old_names, "The columns still have the agency's names."),
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
)


def _standard_by_loop(feed, unit, names):
    columns = {}
    for detector in feed.columns:
        speeds = feed[detector].to_numpy(dtype="float64")
        columns[names[detector]] = [speed * FACTORS[unit] for speed in speeds]
    return pd.DataFrame(columns, index=feed.index)


STANDARD_ALSO_RIGHT = (_standard_by_loop,)


# 1.3


def _with_codes(trips, codes, columns=("entry", "hour")):
    return trips[list(columns)].assign(person=list(codes))


def _code(key, plate):
    return hmac.new(key, plate.encode(), hashlib.sha256).hexdigest()[:16]


def _persons(table, by=("entry", "hour")):
    return table.groupby(list(by))["person"].nunique()


def _no_key(trips, key):
    table = _with_codes(
        trips, (hashlib.sha256(plate.encode()).hexdigest()[:16] for plate in trips["plate"])
    )
    return table, int(_persons(table).min())


def _key_in_front(trips, key):
    table = _with_codes(
        trips, (hashlib.sha256(key + plate.encode()).hexdigest()[:16] for plate in trips["plate"])
    )
    return table, int(_persons(table).min())


def _keyed(trips, key):
    return _with_codes(trips, (_code(key, plate) for plate in trips["plate"]))


def _rows_counted(trips, key):
    table = _keyed(trips, key)
    return table, int(table.groupby(["entry", "hour"]).size().min())


def _mean_group(trips, key):
    table = _keyed(trips, key)
    return table, float(_persons(table).mean())


def _largest_group(trips, key):
    table = _keyed(trips, key)
    return table, int(_persons(table).max())


def _number_of_groups(trips, key):
    table = _keyed(trips, key)
    return table, len(_persons(table))


def _entry_alone(trips, key):
    table = _keyed(trips, key)
    return table, int(_persons(table, ["entry"]).min())


def _plate_kept(trips, key):
    table = trips.assign(person=[_code(key, plate) for plate in trips["plate"]])
    return table, int(_persons(table).min())


def _a_number_a_row(trips, key):
    table = _with_codes(
        trips, (_code(key, f"{row}{plate}") for row, plate in enumerate(trips["plate"]))
    )
    return table, int(_persons(table).min())


PROTECT = (
    Mistake(
        "hash without the key",
        _no_key,
        "The plates are hashed without the key. Anyone can hash all plates there are and look "
        "yours up; it takes minutes.",
    ),
    Mistake(
        "key put in front",
        _key_in_front,
        "The key is put in front of the plate and the two are hashed together. That is not HMAC, "
        "which mixes the key in twice and has no known weakness.",
    ),
    Mistake(
        "trips counted",
        _rows_counted,
        "Trips are counted, not persons. One commuter who passes ten times is still alone.",
    ),
    Mistake(
        "mean group",
        _mean_group,
        "This is the mean size of a group. The promise has to hold for everybody, so k is the "
        "smallest group.",
    ),
    Mistake(
        "largest group",
        _largest_group,
        "This is the largest group. Its members are hidden best; k is about those who are hidden "
        "worst.",
    ),
    Mistake(
        "number of groups",
        _number_of_groups,
        "This is the number of groups, not the number of persons in the smallest of them.",
    ),
    Mistake(
        "entry alone",
        _entry_alone,
        "The groups share an entry only. Who knows the hour as well can tell more persons apart.",
    ),
    Mistake(
        "plate kept",
        _plate_kept,
        "The column plate is still in the table, beside the pseudonym that should replace it.",
    ),
    Mistake(
        "new pseudonym at each trip",
        _a_number_a_row,
        "Each row gets its own pseudonym. The same plate must get the same one, or trips of one "
        "person cannot be joined and k comes out too large.",
    ),
)


def _protect_by_loop(trips, key):
    seen, persons = {}, []
    for _, trip in trips.iterrows():
        person = hmac.digest(key, trip["plate"].encode("utf-8"), "sha256").hex()[:16]
        persons.append(person)
        seen.setdefault((trip["entry"], trip["hour"]), set()).add(person)
    table = trips.copy()
    table.insert(0, "person", persons)
    del table["plate"]
    return table, min(len(group) for group in seen.values())


PROTECT_ALSO_RIGHT = (_protect_by_loop,)


# 1.4


def _lag(up, down, lags):
    return int(pd.Series({lag: up.corr(down.shift(lag)) for lag in lags}).idxmax())


def _both(longest):
    return range(-longest, longest + 1)


def _speed(lag, kilometres):
    return -kilometres / (lag * 5 / 60) if lag else np.nan


def _lag_reversed(upstream, downstream, kilometres, longest=12):
    lag = _lag(downstream.diff(), upstream.diff(), _both(longest))
    return lag, _speed(lag, kilometres)


def _levels(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream, downstream, _both(longest))
    return lag, _speed(lag, kilometres)


def _one_side(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), range(longest + 1))
    return lag, _speed(lag, kilometres)


def _last_lag_missing(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), range(-longest, longest))
    return lag, _speed(lag, kilometres)


def _always_twelve(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(12))
    return lag, _speed(lag, kilometres)


def _either_sign(upstream, downstream, kilometres, longest=12):
    up, down = upstream.diff(), downstream.diff()
    lag = max(_both(longest), key=lambda lag: abs(up.corr(down.shift(lag))))
    return lag, _speed(lag, kilometres)


def _gaps_in_correlation(upstream, downstream, kilometres, longest=12):
    up, down = upstream.diff(), downstream.diff()
    best, chosen = -1, 0
    for lag in _both(longest):
        agreement = np.corrcoef(up, down.shift(lag))[0, 1]
        if agreement > best:
            best, chosen = agreement, lag
    return chosen, _speed(chosen, kilometres)


def _off_by_one(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(longest)) + longest
    return lag, _speed(lag, kilometres)


def _no_direction(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(longest))
    return lag, kilometres / (lag * 5 / 60) if lag else np.nan


def _a_minute(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(longest))
    return lag, -kilometres / (lag * 5) if lag else np.nan


def _a_step_is_an_hour(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(longest))
    return lag, -kilometres / lag if lag else np.nan


WAVE = (
    Mistake(
        "lag reversed",
        _lag_reversed,
        "The lag has the wrong sign: the upstream series was shifted. Positive means that "
        "upstream comes later, so shift the downstream one.",
    ),
    Mistake(
        "levels compared",
        _levels,
        "Levels are compared, not changes. Both places are slow at the same hours, which agrees "
        "at any lag.",
    ),
    Mistake(
        "one side searched",
        _one_side,
        "Only lags from 0 on are tried. A wave may also run downstream; let the data say so.",
    ),
    Mistake(
        "last lag missing",
        _last_lag_missing,
        "The largest lag is never tried: a `range` stops before its end.",
    ),
    Mistake(
        "always 12 steps",
        _always_twelve,
        "Lags up to 12 are tried whatever `longest` says.",
    ),
    Mistake(
        "correlation of either sign",
        _either_sign,
        "A strong negative correlation is taken for agreement. It means that one place gets "
        "faster when the other gets slower; a wave that travels keeps its sign.",
    ),
    Mistake(
        "correlation is NaN",
        _gaps_in_correlation,
        "`np.corrcoef` gives NaN as soon as one value is missing, and NaN is never the largest. "
        "The correlation of pandas leaves missing pairs out.",
    ),
    Mistake(
        "position for lag",
        _off_by_one,
        "This is the position in the list of lags. The list begins at -longest, so position 0 is "
        "no lag of 0.",
    ),
    Mistake(
        "speed without direction",
        _no_direction,
        "The sign of the speed is missing: a positive lag means that the wave runs upstream, "
        "against the cars, and gets a minus.",
    ),
    Mistake(
        "kilometres a minute",
        _a_minute,
        "This speed is in kilometres a minute. Turn the lag into hours first.",
    ),
    Mistake(
        "a step taken for an hour",
        _a_step_is_an_hour,
        "A step is taken for an hour, but it is 5 minutes.",
    ),
)


def _wave_by_loop(upstream, downstream, kilometres, longest=12):
    up = np.diff(upstream.to_numpy(dtype="float64"))
    down = np.diff(downstream.to_numpy(dtype="float64"))
    best, chosen = -np.inf, 0
    for lag in range(-longest, longest + 1):
        pairs = np.array([(up[i], down[i - lag]) for i in range(len(up)) if 0 <= i - lag < len(up)])
        pairs = pairs[np.isfinite(pairs).all(axis=1)]
        agreement = np.corrcoef(pairs.T)[0, 1]
        if agreement > best:
            best, chosen = agreement, lag
    return chosen, float("nan") if chosen == 0 else -12 * kilometres / chosen


WAVE_ALSO_RIGHT = (_wave_by_loop,)


# 1.5


def _tiled(row, horizon):
    return np.tile(np.asarray(row, dtype="float64"), (horizon, 1))


PERSISTENCE = (
    Mistake(
        "mean",
        lambda history, horizon: _tiled(history.mean(), horizon),
        "This is the mean of the history. Persistence says that the last value stays.",
    ),
    Mistake(
        "gap repeated",
        lambda history, horizon: _tiled(history.iloc[-1], horizon),
        "The last row is repeated even where it is missing. Use the last value that is known.",
    ),
    Mistake(
        "gap becomes zero",
        lambda history, horizon: _tiled(history.fillna(0).iloc[-1], horizon),
        "A missing value has become 0, which says that the traffic stands still.",
    ),
    Mistake(
        "first row",
        lambda history, horizon: _tiled(history.bfill().iloc[0], horizon),
        "The first row is repeated. Time runs downwards in the table: the last row is the newest.",
    ),
    Mistake(
        "filled from other nodes",
        lambda history, horizon: _tiled(history.ffill(axis=1).ffill().iloc[-1], horizon),
        "A gap is filled from the node beside it (axis=1). Go back in time within the same node.",
    ),
    Mistake(
        "rows and columns exchanged",
        lambda history, horizon: _tiled(history.ffill().iloc[-1], horizon).T,
        "Rows and columns are exchanged: the result is (node, horizon).",
    ),
    Mistake(
        "last rows again",
        lambda history, horizon: history.ffill().iloc[-horizon:].to_numpy(),
        "These are the last rows of the history, played again. Each step repeats the last one.",
    ),
    Mistake(
        "trend continued",
        lambda history, horizon: (
            history.ffill().iloc[-1].to_numpy()
            + np.arange(1, horizon + 1)[:, None]
            * history.ffill().diff().fillna(0).iloc[-1].to_numpy()
        ),
        "The last change is carried on. Persistence is simpler: no change.",
    ),
)


def _persistence_by_loop(history, horizon):
    forecast = np.full((horizon, history.shape[1]), np.nan, dtype="float32")
    for place, node in enumerate(history):
        known = history[node].dropna()
        if len(known):
            forecast[:, place] = known.iloc[-1]
    return forecast


PERSISTENCE_ALSO_RIGHT = (
    _persistence_by_loop,
    lambda history, horizon: np.repeat(history.ffill().to_numpy()[-1:], horizon, axis=0),
)
