"""Repairs: each does what it is asked for, counts it truly, and is never done unasked."""

import numpy as np
import pandas as pd
import pytest

from stlearn.data import repairs
from stlearn.errors import InputError


def table(times, **columns):
    return pd.DataFrame(columns, index=pd.DatetimeIndex(times), dtype="float64")


def counts(log):
    return {(entry.repair, entry.where): entry.count for entry in log}


# Times that repeat


@pytest.mark.parametrize(("kept", "value"), [("mean", 2.5), ("first", 4), ("last", 1)])
def test_readings_of_one_time_become_one(kept, value):
    times = ["2026-01-06", "2026-01-05", "2026-01-06"]
    given = table(times, a=[4, 3, 1], b=[np.nan, 5, 7])
    found, log = repairs.one_row_a_time(given, kept)
    pd.testing.assert_frame_equal(
        found, table(["2026-01-05", "2026-01-06"], a=[3, value], b=[5, 7])
    )
    assert counts(log) == {("sorted by time", "rows"): 1, (f"--duplicates {kept}", "a"): 1}


def test_rows_that_complete_each_other_are_joined_unasked():
    given = table(["2026-01-05", "2026-01-05"], a=[1, np.nan], b=[np.nan, 2])
    found, log = repairs.one_row_a_time(given)
    assert found.to_numpy().tolist() == [[1, 2]]
    assert counts(log) == {("joined by time", "rows"): 1}


def test_readings_of_one_time_are_refused_unasked():
    given = table(["2026-10-25 02:00", "2026-10-25 02:00"], a=[1, 2])
    with pytest.raises(InputError, match=r"first at 2026-10-25 02:00:00, sensor 'a' \(1, 2\)"):
        repairs.one_row_a_time(given)
    with pytest.raises(InputError, match="--duplicates mean.*--timezone"):
        repairs.one_row_a_time(given)
    with pytest.raises(InputError, match="--duplicates: expected mean, first, last, got 'sum'"):
        repairs.one_row_a_time(given, "sum")


# Absent rows


@pytest.mark.parametrize("freq", ["5min", "h", "D", "B", "7D", "MS", "ME", "QS"])
def test_absent_rows_become_empty_rows(freq):
    times = pd.date_range("2026-01-01", periods=14, freq=freq)
    given = pd.DataFrame({"a": np.arange(14.0)}, index=times)
    found, log = repairs.on_a_grid(given.drop(times[[3, 8, 9]]), "keep")
    assert (found.index == times).all()
    assert np.flatnonzero(found["a"].isna()).tolist() == [3, 8, 9]
    assert [entry.count for entry in log] == [3]
    assert log[0].where == f"{times[2]} to {times[4]} and 1 more"


def test_short_gaps_are_interpolated_and_counted():
    times = pd.date_range("2026-01-01", periods=9, freq="h")
    given = pd.DataFrame({"a": np.arange(9.0), "b": np.arange(9.0)}, index=times)
    given.iloc[4:6, 0] = np.nan
    found, log = repairs.on_a_grid(given.drop(times[2]), "interpolate:1")
    assert found["b"].tolist() == list(range(9))
    assert np.flatnonzero(found["a"].isna()).tolist() == [4, 5]
    assert counts(log) == {
        ("--gaps interpolate:1", f"{times[1]} to {times[3]}"): 1,
        ("--gaps interpolate:1", "a"): 1,
        ("--gaps interpolate:1", "b"): 1,
    }


def test_a_regular_table_is_left_alone():
    given = pd.DataFrame({"a": [1.0, np.nan]}, index=pd.date_range("2026-01-01", periods=2))
    found, log = repairs.on_a_grid(given, "keep")
    assert found.equals(given) and log == []


@pytest.mark.parametrize(
    ("times", "gaps", "message"),
    [
        (["00:00", "01:00", "02:00", "04:00"], None, "a row is missing there.*--gaps keep"),
        (["00:00", "01:00", "02:07", "03:00"], "keep", "--resample 1h, or"),
        (["00:00", "00:04", "00:07", "00:12"], "keep", "--resample 5min, or"),
        (["00:00", "00:01", "00:02", "23:00"], "keep", "--resample"),
        (["00:00"], "keep", "at least 2 rows"),
        (["00:00", "01:00"], "fill", "--gaps: expected keep or interpolate:3, got 'fill'"),
        (["00:00", "01:00"], "interpolate:0", "--gaps interpolate: .* at least 1"),
    ],
)
def test_what_lies_on_no_grid_or_is_not_asked_for_is_refused(times, gaps, message):
    given = table([f"2026-01-05 {time}" for time in times], a=range(len(times)))
    with pytest.raises(InputError, match=message):
        repairs.on_a_grid(given, gaps)


# Another step


def test_averages_over_intervals_are_those_of_the_readings_in_them():
    times = ["00:00:03", "00:01:01", "00:06:00", "00:16:00"]
    given = table([f"2026-01-05 {time}" for time in times], a=[1, 3, 5, np.nan])
    found, log = repairs.resampled(given, "5min")
    assert (found.index == pd.date_range("2026-01-05", periods=4, freq="5min")).all()
    assert found["a"].tolist()[:2] == [2, 5] and found["a"].isna().tolist()[2:] == [True, True]
    assert (log[0].count, log[0].before, log[0].after) == (
        4, "4 rows", "4 rows, 2 of them empty"
    )  # fmt: skip


def test_intervals_go_on_across_a_clock_change():
    times = pd.date_range("2026-10-24 22:00", periods=24, freq="30min", tz="Europe/Berlin")
    found, _ = repairs.resampled(pd.DataFrame({"a": np.arange(24.0)}, index=times), "1h")
    assert found["a"].tolist() == [2 * row + 0.5 for row in range(12)]
    assert (found.index == times[::2]).all()


@pytest.mark.parametrize("interval", ["often", "1min", "-1h", 5])
def test_bad_intervals_are_named(interval):
    given = table(["2026-01-05 00:00", "2026-01-05 01:00"], a=[1, 2])
    with pytest.raises(InputError, match="--resample: expected a"):
        repairs.resampled(given, interval)


def test_one_wrong_year_does_not_make_a_table_of_empty_rows():
    times = ["1926-01-05", *pd.date_range("2026-01-05", periods=9, freq="5min")]
    given = table(times, a=range(10))
    with pytest.raises(InputError, match="10 rows from 1926.* is a time wrong"):
        repairs.resampled(given, "1h")


# Zeros and late sensors


def test_zeros_become_missing_and_are_counted():
    found, log = repairs.zeros_as_missing(table(["2026-01-05", "2026-01-06"], a=[0, 1], b=[2, 3]))
    assert found["a"].isna().tolist() == [True, False] and found["b"].tolist() == [2, 3]
    assert counts(log) == {("--zero-is-missing", "a"): 1}


def late():
    given = pd.DataFrame(
        1.0, index=pd.date_range("2026-01-05", periods=40, freq="h"), columns=list("abcd")
    )
    given.iloc[:3, 1], given.iloc[:20, 2] = np.nan, np.nan
    return given


def test_late_sensors_are_kept_dropped_or_waited_for():
    given = late()
    assert repairs.started(given)[0].equals(given) and repairs.started(given, "keep")[1] == []
    found, log = repairs.started(given, "drop")
    assert list(found) == ["a", "b", "d"]
    assert counts(log) == {("--late-sensors drop", "c"): 20}
    found, log = repairs.started(given, "cut")
    assert found.equals(given.iloc[20:])
    assert counts(log) == {("--late-sensors cut", f"before {given.index[20]}"): 20}


def test_sensors_that_never_start_are_told():
    given = late()
    given["c"] = np.nan
    for asked in (None, "keep", "cut"):
        with pytest.raises(InputError, match="no reading at all of c; --late-sensors drop"):
            repairs.started(given, asked)
    assert list(repairs.started(given, "drop")[0]) == ["a", "b", "d"]
    with pytest.raises(InputError, match="no sensor would be left"):
        repairs.started(given[["c"]], "drop")
    with pytest.raises(InputError, match="--late-sensors: expected keep, drop, cut, got 'no'"):
        repairs.started(given, "no")
