"""Local times across a clock change: told by the order of the rows, asked for, or refused."""

import zoneinfo

import numpy as np
import pandas as pd
import pytest

from stlearn.errors import InputError
from stlearn.reading.local_times import localized
from stlearn.reading.prepared import prepare

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
NIGHT = pd.date_range("2026-10-25 00:00", periods=18, freq="20min", tz=BERLIN)  # to 05:20 summer
WRITTEN = NIGHT.tz_localize(None)
IN_HOUR = np.flatnonzero(WRITTEN.hour == 2)


def read(times, groups=None, clock_change=None):
    return localized(times, BERLIN, "file.csv", range(2, len(times) + 2), groups, clock_change)


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
@pytest.mark.parametrize("absent", [[], *([row] for row in IN_HOUR), [*IN_HOUR[[0, 4]]]])
def test_the_order_of_the_rows_tells_the_passes_apart(order, absent):
    kept = np.delete(np.arange(len(NIGHT)), absent)[order]
    index, log = read(WRITTEN[kept])
    assert (index == NIGHT[kept]).all() and log == []


@pytest.mark.parametrize("first", ["time", "sensor"])
def test_single_readings_are_told_apart_whichever_comes_first(first):
    rows = [(time, sensor) for time in range(len(NIGHT)) for sensor in "ab"]
    rows.remove((IN_HOUR[1], "a"))
    if first == "sensor":
        rows.sort(key=lambda row: row[1])
    times = [time for time, _ in rows]
    index, _ = read(WRITTEN[times], [sensor for _, sensor in rows])
    assert (index == NIGHT[times]).all()


def test_of_two_equal_times_in_a_row_the_first_is_summer_time():
    times = [*range(6), 6, 9, 7, 10, 8, 11, *range(12, 18)]
    assert (WRITTEN[times] == WRITTEN[times].sort_values()).all()
    assert (read(WRITTEN[times])[0] == NIGHT[times]).all()


def test_one_pass_at_an_end_belongs_to_its_neighbour():
    assert (read(WRITTEN[:8])[0] == NIGHT[:8]).all()
    assert (read(WRITTEN[10:])[0] == NIGHT[10:]).all()


def test_days_begin_in_the_first_pass():
    havana = zoneinfo.ZoneInfo("America/Havana")  # goes from 01:00 back to 00:00
    days = pd.date_range("2026-10-30", periods=5, freq="D")
    index, _ = localized(days, havana, "file.csv", range(2, 7))
    assert (index == days.tz_localize(havana, ambiguous=[True] * 5)).all()


ONE_PASS = np.delete(np.arange(len(NIGHT)), IN_HOUR[3:])


@pytest.mark.parametrize("choice, hour", [("summer", 0), ("winter", 1)])
def test_one_pass_between_others_is_asked_for(choice, hour):
    with pytest.raises(InputError, match="line 8: 2026-10-25 02:00:00 comes twice in Europe/Berl"):
        read(WRITTEN[ONE_PASS])
    index, (entry,) = read(WRITTEN[ONE_PASS], clock_change=choice)
    assert index[6].tz_convert("UTC").hour == hour and entry.count == 3
    assert (np.delete(index, [6, 7, 8]) == np.delete(NIGHT[ONE_PASS], [6, 7, 8])).all()


def test_rows_in_no_order_are_asked_for():
    mixed = np.random.default_rng(0).permutation(len(NIGHT))
    with pytest.raises(InputError, match="the order of the rows does not tell"):
        read(WRITTEN[mixed])
    index, (entry,) = read(WRITTEN[mixed], clock_change="drop")
    assert entry.count == len(IN_HOUR) == index.isna().sum()
    assert (index.dropna() == NIGHT[mixed[~np.isin(mixed, IN_HOUR)]]).all()


def test_prepare_leaves_out_what_cannot_be_and_counts_it(tmp_path):
    hours = pd.date_range("2026-03-28 22:00", "2026-10-25 10:00", freq="1h")
    path = tmp_path / "flow.csv"
    path.write_text("time,a\n" + "".join(f"{time},{row}\n" for row, time in enumerate(hours)))
    zone = "Europe/Berlin"
    with pytest.raises(InputError, match="line 6: 2026-03-29 02:00:00 does not exist .* drop"):
        prepare(path, timezone=zone, gaps="keep")
    found = prepare(path, timezone=zone, gaps="keep", clock_change="drop")
    readings = found.values["a"].dropna()
    assert sorted({*range(len(hours))} - {*readings}) == [4, len(hours) - 9]
    dropped = [entry for entry in found.log if entry.repair == "--clock-change drop"]
    assert [(entry.where, entry.count) for entry in dropped] == [
        ("times that come twice", 1), ("times that do not exist", 1),
    ]  # fmt: skip
    assert readings.index[4] == pd.Timestamp("2026-03-29 03:00", tz=zone)


def test_bad_choices_are_refused(tmp_path):
    with pytest.raises(InputError, match="--clock-change: expected summer, winter, drop, got 'no'"):
        read(WRITTEN, clock_change="no")
    path = tmp_path / "flow.csv"
    path.write_text("time,a\n2026-01-05,1\n2026-01-06,2\n")
    with pytest.raises(InputError, match="--clock-change drop: --timezone says where clocks"):
        prepare(path, clock_change="drop")
