"""Exercises of chapter 01: two feeds to one table, a wave on the road, a first forecast."""

import hashlib
import hmac

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.properties import call, compare, matches
from stcourse.engine.wording import kind
from stcourse.exercises.ch01 import feeds as feeds
from stcourse.exercises.ch01 import forecasts as forecasts
from stcourse.exercises.ch01 import persons as persons


def align(fine, coarse, ahead):
    """Put a feed with 5-minute steps and one with 15-minute steps on one grid.

    Args:
        fine: DataFrame (time, node), a row every 5 minutes from a full quarter of an hour on.
        coarse: DataFrame (time, node), a row every 15 minutes, on a clock that is ahead.
        ahead: Timedelta, how far the clock of `coarse` is ahead.

    Returns:
        DataFrame (time, node), a row every 15 minutes of the true time: the means of `fine`,
        then the columns of `coarse`. A stamp names the start. Missing readings are left out of a
        mean. Keep the rows that both feeds have; a NaN in one of them stays.
    """
    on_time = coarse.set_axis(coarse.index - ahead)
    means = fine.resample("15min", closed="left", label="left").mean()
    return means.join(on_time, how="inner")


def to_standard(feed, unit, names):
    """Bring a feed of speeds to km/h and to your own names.

    Args:
        feed: DataFrame (time, detector), in `unit`.
        unit: "km/h", "mph" or "m/s".
        names: Dict of detector to the name of the node.

    Returns:
        DataFrame (time, node) in km/h, columns in the order of `feed`.
    """
    factor = {"km/h": 1.0, "mph": 1.609344, "m/s": 3.6}[unit]
    return (feed * factor).rename(columns=names)


def protect(trips, key):
    """Replace plates with pseudonyms, and count how well the persons are hidden.

    Args:
        trips: DataFrame with the columns plate, entry and hour; one row a trip. The plates are
            in one spelling already.
        key: Secret bytes.

    Returns:
        (protected, k): the trips with the column person in place of plate, which holds the
        first 16 hexadecimal digits of HMAC-SHA256; and the smallest number of different
        persons that share an entry and an hour.
    """
    codes = [hmac.new(key, plate.encode(), hashlib.sha256) for plate in trips["plate"]]
    protected = trips.drop(columns="plate")
    protected["person"] = [code.hexdigest()[:16] for code in codes]
    k = protected.groupby(["entry", "hour"])["person"].nunique().min()
    return protected, int(k)


def wave(upstream, downstream, kilometres, longest=12):
    """Find the lag at which upstream follows downstream, and the speed of the wave.

    Args:
        upstream, downstream: Series (time,) of speeds, a value every 5 minutes, some missing.
        kilometres: Distance between the two detectors.
        longest: Largest lag that is tried, in steps, to either side.

    Returns:
        (lag, speed): the lag in steps, from -longest to longest, at which the changes of the two
        have the highest correlation, positive if upstream comes later; and the speed in km/h,
        negative if the wave runs upstream, NaN if the lag is 0.
    """
    up, down = upstream.diff(), downstream.diff()
    lags = range(-longest, longest + 1)
    agreement = pd.Series({lag: up.corr(down.shift(lag)) for lag in lags})
    lag = int(agreement.idxmax())
    speed = -kilometres / (lag * 5 / 60) if lag else np.nan
    return lag, speed


def persistence(history, horizon):
    """Forecast that everything stays as it is.

    Args:
        history: DataFrame (time, node), NaN where a value is missing.
        horizon: Steps ahead.

    Returns:
        Array (horizon, node): the last known value of each node, at every step. NaN for a node
        that has no known value.
    """
    last = history.ffill().iloc[-1].to_numpy()
    return np.tile(last, (horizon, 1))


# Cases: small, drawn at random


def _table(draw, rows, names, start, step, missing=True):
    numbers = st.integers(10, 120).map(float)
    cells = st.one_of(numbers, numbers, numbers, st.just(np.nan)) if missing else numbers
    values = draw(st.lists(cells, min_size=rows * len(names), max_size=rows * len(names)))
    times = pd.date_range(start, periods=rows, freq=step)
    return pd.DataFrame(np.reshape(values, (rows, len(names))), times, names)


@st.composite
def _two_feeds(draw):
    ahead = pd.Timedelta(minutes=draw(st.sampled_from([7, 4, 15, 22, -8])))
    quarters = draw(st.integers(2, 4))
    first = pd.Timestamp("2026-01-05 08:00")
    later = first + pd.Timedelta(minutes=15 * draw(st.integers(0, 1)))
    return {
        "fine": _table(draw, 3 * quarters, ["a"], first, "5min"),
        "coarse": _table(draw, draw(st.integers(2, 4)), ["b"], later + ahead, "15min"),
        "ahead": ahead,
    }


@st.composite
def _named_feed(draw):
    names = dict(zip("qrs", draw(st.permutations(["in01", "in02", "in03"]))))
    columns = draw(st.permutations(list(names)))
    return {
        "feed": _table(draw, 2, columns, "2026-01-05 08:00", "5min"),
        "unit": draw(st.sampled_from(["mph", "m/s", "km/h"])),
        "names": names,
    }


@st.composite
def _some_trips(draw):
    one = st.tuples(
        st.sampled_from(["KX 4127", "BD 1009", "PR 7730"]),
        st.sampled_from(["in01", "in02"]),
        st.sampled_from([7, 8]),
    )
    rows = draw(st.lists(one, min_size=1, max_size=10))
    key = draw(st.sampled_from([b"sixteen bytes or more", b"another secret key..."]))
    return {"trips": pd.DataFrame(rows, columns=["plate", "entry", "hour"]), "key": key}


@st.composite
def _two_series(draw):
    longest = draw(st.sampled_from([6, 4, 14]))
    lag = draw(st.one_of(st.integers(-4, 4), st.sampled_from([longest, -longest])))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    times = pd.date_range("2026-01-05 06:00", periods=60, freq="5min")
    # A dip that upstream has two steps later: levels agree there, changes at the true lag.
    turn = np.linspace(0, 2 * np.pi, 60)
    change = pd.Series(random.normal(size=60) * 4, times)
    upstream = 60 + 25 * np.cos(turn - turn[2]) + change.shift(lag)
    downstream = 60 + 25 * np.cos(turn) + change
    if draw(st.booleans()):  # the strongest correlation is negative, at another lag
        upstream -= 1.5 * change.shift(lag - 3 if lag > 0 else lag + 3)
    downstream.iloc[random.integers(60, size=3)] = np.nan
    return {
        "upstream": upstream.round(2),
        "downstream": downstream.round(2),
        "kilometres": draw(st.integers(1, 6)),
        "longest": longest,
    }


@st.composite
def _history(draw):
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    return {
        "history": _table(draw, draw(st.integers(1, 4)), names, "2026-01-05 08:00", "5min"),
        "horizon": draw(st.integers(1, 3)),
    }


# Properties


def _aligned(answer, case):
    """The table is that of `align`; a row too many or too few is told by its time."""
    came, expected = call(answer, case), align(**case)
    if isinstance(came, pd.DataFrame) and isinstance(came.index, pd.DatetimeIndex):
        fault = _wrong_row(came.index, expected, case)
        if fault:
            raise NotRight(fault, came=came, expected=expected)
    compare(came, expected)


def _no_line_across_a_gap(answer, case):
    """A quarter without readings, between two with: drawn cases rarely have one."""
    first = pd.Timestamp("2026-01-05 08:00")
    fine = pd.DataFrame(
        {"a": [60.0] * 3 + [np.nan] * 3 + [80.0] * 3},
        index=pd.date_range(first, periods=9, freq="5min"),
    )
    coarse = pd.DataFrame(
        {"b": [1.0, 2.0, 3.0]}, index=pd.date_range(first + case["ahead"], periods=3, freq="15min")
    )
    came = call(answer, {"fine": fine, "coarse": coarse, "ahead": case["ahead"]})
    gap = first + pd.Timedelta("15min")
    if isinstance(came, pd.DataFrame) and "a" in came and gap in came.index:
        value = np.ravel(came.loc[[gap], "a"])[0]
        if value == 70:
            raise NotRight(feeds.INTERPOLATED)


def _wrong_row(times, expected, case):
    repeated, on_grid = times[times.duplicated()], times.floor("15min")
    if len(repeated):
        return f"{repeated[0]:%H:%M} stands in several rows: average the readings of a quarter."
    if (times != on_grid).any():
        return (
            f"There is a row for {times[times != on_grid][0]:%H:%M}, which begins no quarter of an "
            "hour: set the clock of `coarse` right, and average `fine` to quarters."
        )
    for time in times.difference(expected.index):
        known = time in case["fine"].index.floor("15min")
        return (
            f"There is a row for {time:%H:%M}, but `{'coarse' if known else 'fine'}` has no "
            "reading then, by the true time: set the clock right, and keep the times that both "
            "feeds have."
        )
    for time in expected.index.difference(times):
        gap = expected.loc[time].isna().any()
        why = "a NaN in it stays." if gap else "is the clock of `coarse` set right, by `ahead`?"
        return f"The row for {time:%H:%M} is missing, and both feeds cover that time: {why}"
    return None


def _protected(answer, case):
    """The table and k are those of `protect`; the order of the columns is free."""
    came, expected = call(answer, case), protect(**case)
    if isinstance(came, tuple) and len(came) == 2 and isinstance(came[0], pd.DataFrame):
        table, k = came
        if sorted(map(str, table.columns)) == sorted(expected[0].columns):
            came = table[list(expected[0].columns)], k
            _pseudonyms(table["person"])
    elif isinstance(came, (pd.DataFrame, int, np.integer)):
        raise NotRight(
            f"Your answer is {kind(came)}. Two things are asked for: the table, and k. Return "
            "both, with a comma between.",
            came=came,
        )
    compare(came, expected)


def _pseudonyms(persons):
    for person in persons:
        if not isinstance(person, str):
            raise NotRight(f"The pseudonym {person!r} is {kind(person)}, expected text.")
        if len(person) != 16:
            raise NotRight(f"The pseudonym {person!r} has {len(person)} digits, expected 16.")


def _forecast(answer, case):
    """Rows are steps ahead, columns are nodes."""
    came, expected = call(answer, case), persistence(**case)
    if isinstance(came, np.ndarray) and came.shape != expected.shape:
        raise NotRight(
            f"The forecast has shape {came.shape}, expected (horizon, node), here "
            f"{expected.shape}: a row for each step ahead.",
            came=came,
            expected=expected,
        )
    compare(came, expected)


EXERCISES = (
    Exercise(
        id="1.1",
        title="Two feeds on one grid",
        section="1.5 Trouble one: clocks and sampling",
        hints=(
            "Two steps: mend the clock of the coarse feed, then average the fine one.",
            "A clock that is ahead writes stamps that are too late: subtract. "
            "`resample` with `mean` averages; stamps name the start.",
            "`coarse.set_axis(coarse.index - ahead)`, `fine.resample('15min').mean()`, then "
            "`join` them, keeping the times that both have.",
        ),
        solution=align,
        cases=_two_feeds(),
        properties=(_aligned, _no_line_across_a_gap),
        mistakes=feeds.ALIGN,
        also_right=feeds.ALIGN_ALSO_RIGHT,
    ),
    Exercise(
        id="1.2",
        title="One unit, one set of names",
        section="1.6 Trouble two: units and names",
        hints=(
            "One number times the whole table, then other column names.",
            "A mile is 1.609344 km. A metre a second is 3.6 km/h. `rename(columns=...)` looks "
            "each name up.",
            "Pick the factor by `unit`; return `(feed * factor).rename(columns=names)`.",
        ),
        solution=to_standard,
        cases=_named_feed(),
        properties=(matches(to_standard),),
        mistakes=feeds.STANDARD,
        also_right=feeds.STANDARD_ALSO_RIGHT,
    ),
    Exercise(
        id="1.3",
        title="Pseudonyms, and k",
        section="1.7 Trouble three: persons in the data",
        hints=(
            "`hmac.new(key, text, hashlib.sha256).hexdigest()` makes the code of one plate; the "
            "text must be bytes: `plate.encode()`.",
            "For k, group the trips by entry and hour, and count different persons in each group.",
            '`groupby(["entry", "hour"])["person"].nunique()` counts them; k is the smallest.',
        ),
        solution=protect,
        cases=_some_trips(),
        properties=(_protected,),
        mistakes=persons.PROTECT,
        also_right=persons.PROTECT_ALSO_RIGHT,
    ),
    Exercise(
        id="1.4",
        title="The speed of a wave",
        section="1.8 Which way does a jam travel?",
        hints=(
            "`series.diff()` gives changes; `a.corr(b)` their correlation, without missing ones.",
            "`down.shift(lag)` moves the downstream changes `lag` steps later. If upstream repeats "
            "them `lag` steps later, the two go together.",
            "Compute `up.corr(down.shift(lag))` for every lag, take the lag of the largest. "
            "Then kilometres by hours, with a minus sign: a positive lag runs upstream.",
        ),
        solution=wave,
        cases=_two_series(),
        properties=(matches(wave),),
        mistakes=forecasts.WAVE,
        also_right=forecasts.WAVE_ALSO_RIGHT,
    ),
    Exercise(
        id="1.5",
        title="Persistence",
        section="1.10 The first forecasts",
        hints=(
            "What was the last value that each node reported?",
            "`history.ffill()` carries the last known value forward; take its last row.",
            "Repeat that row `horizon` times with `np.tile(last, (horizon, 1))`.",
        ),
        solution=persistence,
        cases=_history(),
        properties=(_forecast,),
        mistakes=forecasts.PERSISTENCE,
        also_right=forecasts.PERSISTENCE_ALSO_RIGHT,
    ),
)
