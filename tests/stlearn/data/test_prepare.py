"""What must hold of data preparation."""

import hashlib
import hmac

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stlearn.data import prepare, privacy
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError

BRIEFLY = settings(max_examples=25, deadline=None)
START = pd.Timestamp("2026-01-05")
KEY = b"a key of twenty-four byt"


def feed(rows, step="1min", start=START, name="a", tz=None):
    times = pd.date_range(start, periods=len(rows), freq=step, tz=tz)
    return pd.DataFrame({name: np.asarray(rows, dtype=float)}, index=times)


def dataset(rows, unit="km/h", step="5min", **columns):
    columns = {"a": rows, **columns}
    times = pd.date_range(START, periods=len(rows), freq=step)
    return SpatioTemporalDataset("example", pd.DataFrame(columns, index=times), unit=unit)


READINGS = st.one_of(st.just(np.nan), st.floats(0, 100, width=32))


# One clock


def test_feeds_with_other_clocks_and_sampling_meet_on_one_grid():
    truth = np.arange(60.0)  # one number a minute from midnight
    city = feed(truth, name="city")
    state = feed(truth.reshape(-1, 5).mean(axis=1), step="5min", name="state")
    state.index += pd.Timedelta("7min")  # its clock is ahead
    joined = prepare.synchronise({"city": city, "state": state}, "15min", offsets={"state": "7min"})
    assert list(joined.index) == list(pd.date_range(START, periods=4, freq="15min"))
    assert joined["city"].tolist() == [7, 22, 37, 52]
    pd.testing.assert_series_equal(joined["city"], joined["state"], check_names=False)


@BRIEFLY
@given(st.integers(1, 6), st.integers(2, 8), st.integers(0, 100))
def test_averaging_conserves_the_mean(per_interval, intervals, seed):
    rows = np.random.default_rng(seed).normal(size=per_interval * intervals)
    joined = prepare.synchronise({"x": feed(rows)}, f"{per_interval}min")
    np.testing.assert_allclose(joined["a"], rows.reshape(intervals, per_interval).mean(axis=1))
    assert joined["a"].mean() == pytest.approx(rows.mean())
    assert joined.index[0] == START


@BRIEFLY
@given(
    st.integers(1, 5), st.integers(-7, 7), st.integers(0, 9), st.integers(10, 50), st.integers(0, 9)
)
def test_no_row_knows_what_was_measured_later(step, offset, start, changed, seed):
    """A row is known at the end of its interval; a later reading must not change it."""
    rows = np.random.default_rng(seed).normal(size=60)
    first = feed(rows, step=f"{step}min", start=START + pd.Timedelta(minutes=start))
    other = first.copy()
    other.iloc[changed:] += 100
    offsets = {"x": f"{offset}min"}
    one, two = (prepare.synchronise({"x": frame}, "5min", offsets) for frame in (first, other))
    # The first changed reading ends one step after its true start.
    measured = first.index[changed] - pd.Timedelta(minutes=offset) + pd.Timedelta(minutes=step)
    before = one.index + pd.Timedelta("5min") < measured
    pd.testing.assert_frame_equal(one[before], two[before])
    assert not np.allclose(one[~before].dropna(), two[~before].dropna())


def test_only_whole_intervals_count_and_gaps_stay_gaps():
    rows = feed(np.arange(20.0), start=START + pd.Timedelta("3min"))
    rows = rows.drop(rows.index[7:12])  # 00:10 to 00:14
    joined = prepare.synchronise({"x": rows}, "5min")
    assert joined.index[0] == START + pd.Timedelta("5min")
    assert joined.index[-1] == START + pd.Timedelta("15min")
    assert joined["a"].isna().tolist() == [False, True, False]


def test_a_missing_reading_is_left_out_of_its_mean():
    joined = prepare.synchronise({"x": feed([1, np.nan, 3, 5, 6, np.nan])}, "2min")
    assert joined["a"].tolist() == [1, 4, 6]


def test_feeds_that_do_not_overlap_are_all_kept():
    early, late = feed(np.ones(4)), feed(np.ones(4), start="2026-01-05 00:10", name="b")
    joined = prepare.synchronise({"early": early, "late": late}, "2min")
    assert len(joined) == 7 and joined.notna().sum().tolist() == [2, 2]


def test_a_change_of_clocks_neither_loses_nor_repeats_an_hour():
    berlin = feed(np.arange(36.0), "10min", start="2026-10-25 00:00", tz="Europe/Berlin")
    joined = prepare.synchronise({"x": berlin}, "30min")
    assert str(joined.index.tz) == "Europe/Berlin"
    assert len(joined) == 12 and joined["a"].notna().all()


@pytest.mark.parametrize(
    ("feeds", "arguments", "message"),
    [
        ([feed([1, 2])], {}, "feeds: expected a dict"),
        ({}, {}, "feeds: expected a dict"),
        ({"x": feed([1, 2], "15min")}, {}, "shorter than the step of feed 'x'"),
        ({"x": feed([1, 2]), "y": feed([1, 2])}, {}, "node 'a' is in more than one place"),
        ({"x": feed([1, 2]), "y": feed([1, 2], name="b", tz="UTC")}, {}, "some have a time zone"),
        ({"x": feed([1, 2])}, {"offsets": {"z": "1min"}}, "offsets: unknown feed 'z'"),
        ({"x": feed([1, 2])}, {"offsets": {"x": "soon"}}, "offsets: expected a length of time"),
        ({"x": feed([1, 2])}, {"interval": "-5min"}, "interval: .* above zero"),
        ({"x": feed([1, 2])}, {}, "no feed covers a whole interval"),
        ({"x": feed([1, 2])[::-1]}, {}, "feed 'x': .* each later than the last"),
        ({"x": feed([1, 2]).reset_index()}, {}, "feed 'x': .* times as index"),
        ({"x": feed([1, 2]).astype(object)}, {}, "feed 'x': expected numbers"),
    ],
)
def test_bad_feeds_are_named(feeds, arguments, message):
    with pytest.raises(InputError, match=message):
        prepare.synchronise(feeds, **{"interval": "5min", **arguments})


def two_agencies(seed, noise=0.1, minutes=600):
    """One stretch of road, seen by two agencies, minute by minute."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=minutes).cumsum()
    return [feed(truth + noise * rng.normal(size=minutes)) for _ in range(2)]


@settings(max_examples=12, deadline=None)
@given(st.integers(-25, 25), st.sampled_from([1, 2, 5]), st.integers(0, 100))
def test_a_planted_clock_offset_is_found(offset, step, seed):
    one, reference = two_agencies(seed)
    coarse = one.groupby(np.arange(len(one)) // step).mean()
    coarse.index = reference.index[::step] + pd.Timedelta(minutes=offset)
    expected = pd.Timedelta(minutes=offset)
    assert prepare.clock_offset(coarse, reference, longest="30min") == expected
    assert prepare.clock_offset(reference["a"], coarse * 100 - 7, longest="30min") == -expected


def test_the_estimated_offset_brings_the_feeds_together():
    one, reference = two_agencies(seed=1, noise=0.0)
    one = one.shift(4, freq="1min").rename(columns={"a": "b"})
    offset = prepare.clock_offset(one, reference)
    joined = prepare.synchronise({"one": one, "two": reference}, "5min", {"one": offset})
    np.testing.assert_allclose(joined["a"], joined["b"])


@pytest.mark.parametrize(
    ("one", "two", "message"),
    [
        (feed(range(99)), feed(range(99), start="2027-01-05"), "too few readings in common"),
        (feed([1] * 99), feed([1] * 99), "or no change"),
        (feed(range(99)), feed(range(99), tz="UTC"), "a time zone in both feeds or in none"),
        (feed(range(99), "3min"), feed(range(99), "2min"), "no multiple"),
        (feed([]), feed(range(99)), "feed 'feed': expected two or more times"),
    ],
)
def test_feeds_without_an_offset_to_find_are_named(one, two, message):
    with pytest.raises(InputError, match=message):
        prepare.clock_offset(one, two)


def test_an_offset_beyond_the_longest_is_not_passed_off_as_found():
    _, reference = two_agencies(seed=2)
    smooth = reference.rolling(30).mean().dropna()
    with pytest.raises(InputError, match="longest: the best offset"):
        prepare.clock_offset(smooth.shift(20, freq="1min"), smooth, longest="5min")
    with pytest.raises(InputError, match="longest: expected a length of time"):
        prepare.clock_offset(reference, reference, longest="far")


# One unit, one name


KINDS = [
    (unit, other)
    for unit in prepare.UNITS
    for other in prepare.UNITS
    if prepare.UNITS[unit][0] == prepare.UNITS[other][0]
]


@BRIEFLY
@given(arrays(float, 4, elements=st.floats(-1e4, 1e4)))
def test_converting_there_and_back_changes_nothing(numbers):
    for unit, other in KINDS:
        back = prepare.convert(prepare.convert(numbers, unit, to=other), other, to=unit)
        np.testing.assert_allclose(back, numbers, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("number", "unit", "to", "expected"),
    [
        (100, "km/h", "mph", 62.137119),
        (10, "m/s", "km/h", 36),
        (30, "veh/5min", "veh/h", 360),
        (90, "veh/15min", "veh/min", 6),
        (212, "°F", "°C", 100),
        (-40, "°F", "°C", -40),
        (0, "K", "°F", -459.67),
        (1, "mile", "ft", 5280),
        (1, "km", "m", 1000),
    ],
)
def test_known_conversions(number, unit, to, expected):
    assert prepare.convert(number, unit, to=to) == pytest.approx(expected)


def test_each_standard_unit_is_its_own_standard():
    for standard, _, _ in prepare.UNITS.values():
        assert prepare.UNITS[standard] == (standard, 1.0, 0.0)


@pytest.mark.parametrize(
    ("unit", "to", "message"),
    [
        ("knots", "km/h", "unknown unit 'knots'; known are km/h, mph"),
        ("km/h", "kmh", "unknown unit 'kmh'"),
        ("km/h", "veh/h", "km/h can't become veh/h"),
    ],
)
def test_bad_units_are_named(unit, to, message):
    with pytest.raises(InputError, match=message):
        prepare.convert(1.0, unit, to=to)


def test_columns_get_standard_units_and_your_names():
    frame = pd.DataFrame({"S1": [10, 20], "Q1": [5.0, np.nan], "T1": [32.0, 50.0]})
    before = frame.copy()
    units = {"S1": "mph", "Q1": "veh/5min", "T1": "°F"}
    result = prepare.standardise(frame, units, {"S1": "speed", "Q1": "flow", "T1": "air"})
    np.testing.assert_allclose(result["speed"], [16.09344, 32.18688])
    np.testing.assert_allclose(result["flow"], [60, np.nan])
    np.testing.assert_allclose(result["air"], [0, 10], atol=1e-9)
    pd.testing.assert_frame_equal(frame, before)
    for column, name in zip(frame, result):
        standard = prepare.UNITS[units[column]][0]
        back = prepare.convert(result[name], standard, to=units[column])
        np.testing.assert_allclose(back, frame[column])


@pytest.mark.parametrize(
    ("units", "names", "message"),
    [
        ("furlong", None, "unknown unit 'furlong'"),
        ({"a": "mph"}, None, "units: no entry for column 'b'"),
        ("mph", {"b": "x"}, "names: no entry for column 'a'"),
        ("mph", {"a": "x", "b": "x"}, "names: 'x' is given to more than one column"),
    ],
)
def test_bad_tables_of_units_and_names_are_named(units, names, message):
    with pytest.raises(InputError, match=message):
        prepare.standardise(pd.DataFrame({"a": [1.0], "b": [2.0]}), units, names)


# No persons


@BRIEFLY
@given(
    st.lists(st.one_of(st.text("aAß 1", max_size=4), st.integers(0, 99)), max_size=8),
    st.binary(min_size=16, max_size=40),
    st.binary(min_size=16, max_size=40),
)
def test_pseudonyms_belong_to_their_key(ids, key, other):
    one = prepare.pseudonymise(ids, key)
    assert one == prepare.pseudonymise(ids, key)
    assert len(set(one)) == len({str(name) for name in ids})
    # HMAC fills keys up with zero bytes, so these two are one key.
    if ids and key.ljust(64, b"\0") != other.ljust(64, b"\0"):
        assert not set(one) & set(prepare.pseudonymise(ids, other))


def test_a_pseudonym_is_the_start_of_a_keyed_hash():
    expected = hmac.new(KEY, "Zürich 7".encode(), hashlib.sha256).hexdigest()
    (pseudonym,) = prepare.pseudonymise(["Zürich 7"], KEY)
    assert len(pseudonym) == 16 and expected.startswith(pseudonym)
    assert pseudonym != hashlib.sha256("Zürich 7".encode()).hexdigest()[:16]


def test_pseudonyms_fit_into_a_column():
    frame = pd.DataFrame({"plate": ["x", "y", "x"]}, index=[7, 8, 9])
    frame["plate"] = prepare.pseudonymise(frame["plate"], KEY)
    assert frame.loc[7, "plate"] == frame.loc[9, "plate"] != frame.loc[8, "plate"]


@pytest.mark.parametrize(
    ("ids", "key", "message"),
    [
        (["x"], b"short", "key: expected at least 16 bytes, got 5 bytes"),
        (["x"], "a text of sixteen letters", "key: .* got str"),
        (["x"], None, "key: .* got NoneType"),
        (["x", None], KEY, "ids: .* got None at position 1"),
        (["x", np.nan], KEY, "ids: .* got nan at position 1"),
        ([7.0], KEY, "ids: .* got 7.0 at position 0"),
    ],
)
def test_bad_ids_and_keys_are_named(ids, key, message):
    with pytest.raises(InputError, match=message):
        prepare.pseudonymise(ids, key)


@BRIEFLY
@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(1, 5000))
def test_coarse_positions_lie_on_a_grid_and_near(x, y, metres):
    frame = pd.DataFrame({"x": [x], "y": [y], "lanes": [3]}, index=["node"])
    coarse = prepare.coarsen(frame, metres)
    assert np.hypot(coarse["x"] - x, coarse["y"] - y).item() <= 0.7072 * metres
    for axis in "xy":
        in_cell = (coarse[axis].item() / metres) % 1
        assert in_cell == pytest.approx(0.5, abs=1e-6)
    pd.testing.assert_frame_equal(prepare.coarsen(coarse, metres), coarse)
    assert coarse["lanes"].tolist() == [3] and frame["x"].tolist() == [x]


@BRIEFLY
@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(10, 5000))
def test_coarse_degrees_are_cells_of_the_same_size(latitude, longitude, metres):
    frame = pd.DataFrame({"latitude": [latitude], "longitude": [longitude]})
    coarse = prepare.coarsen(frame, metres)
    north = (coarse["latitude"] - latitude).item() * privacy.METRES_PER_DEGREE
    width = privacy.METRES_PER_DEGREE * np.cos(np.radians(coarse["latitude"].item()))
    east = (coarse["longitude"] - longitude).item() * width
    assert max(abs(north), abs(east)) <= metres / 2 * (1 + 1e-6)
    pd.testing.assert_frame_equal(prepare.coarsen(coarse, metres), coarse)


def test_cells_are_as_wide_as_high_also_in_the_north():
    north = pd.DataFrame({"latitude": 60.0, "longitude": np.linspace(10, 11, 2001)})
    columns = prepare.coarsen(north, 1000)["longitude"].nunique()
    degree = np.pi / 180 * 6371 * np.cos(np.radians(60))  # 55.6 km
    assert abs(columns - degree) < 2


def test_neighbours_share_their_coarse_position():
    city = pd.DataFrame(
        {"latitude": [52.5001, 52.5002, 52.53], "longitude": [13.4001, 13.4002, 13.4]}
    )
    coarse = prepare.coarsen(city, 1000)
    assert coarse.iloc[0].equals(coarse.iloc[1]) and not coarse.iloc[0].equals(coarse.iloc[2])


@pytest.mark.parametrize(
    ("frame", "metres", "message"),
    [
        (pd.DataFrame({"x": [1.0], "y": [1.0]}), 0, "metres: .* above 0, got 0"),
        (pd.DataFrame({"lat": [1.0], "lon": [1.0]}), 10, "positions: expected columns"),
        (pd.DataFrame({"latitude": [6.1e6], "longitude": [1.0]}), 10, "latitudes from -89 to 89"),
    ],
)
def test_bad_coarsening_is_named(frame, metres, message):
    with pytest.raises(InputError, match=message):
        prepare.coarsen(frame, metres)


def test_k_is_the_smallest_group():
    trips = pd.DataFrame(
        {"home": ["A", "A", "A", "B", None], "hour": [8, 8, 9, 8, 8], "plate": list("vwxyz")}
    )
    counts = prepare.k_anonymity(trips, ["home", "hour"])
    assert counts.tolist() == [1, 1, 1, 2] and counts["A", 8] == 2
    assert counts.sum() == len(trips)  # a missing home is a home of its own
    assert prepare.k_anonymity(trips, "home")["A"] == 3


@BRIEFLY
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=20))
def test_knowing_less_never_lowers_k(rows):
    frame = pd.DataFrame(rows, columns=["a", "b"])
    both, one = (prepare.k_anonymity(frame, columns).min() for columns in (["a", "b"], ["a"]))
    assert both == min(rows.count(row) for row in rows) and both <= one


@pytest.mark.parametrize("columns", [["age"], []])
def test_bad_columns_of_k_are_named(columns):
    with pytest.raises(InputError, match="columns: expected some of"):
        prepare.k_anonymity(pd.DataFrame({"home": [1]}), columns)
    with pytest.raises(InputError, match="of 0 rows"):
        prepare.k_anonymity(pd.DataFrame({"home": []}), "home")


# Gaps and oddities


def test_the_audit_names_what_is_odd():
    wave = 60 + 10 * np.sin(np.arange(40.0))
    values = {name: wave + i for i, name in enumerate(["gap", "stuck", "spike", "low", "twin"])}
    values["gap"][[3, 10, 11, 12]] = np.nan
    values["stuck"][5:12] = 50
    values["spike"] = 60 + 0.1 * np.sin(np.arange(40.0))
    values["spike"][20] = 90
    values["low"][[4, 30]] = [-1, 250]
    values["copy"] = values["twin"].copy()
    values["copy"][7] = np.nan
    times = pd.date_range(START, periods=40, freq="5min")
    result = prepare.audit(
        SpatioTemporalDataset("odd", pd.DataFrame(values, index=times), unit="km/h")
    )
    assert list(result.index) == list(values)
    assert result["missing"].tolist() == [0.1, 0, 0, 0, 0, 0.025]
    assert result.loc["gap", "longest_gap"] == pd.Timedelta("15min")
    assert result.loc["twin", "longest_gap"] == pd.Timedelta(0)
    assert result.loc["stuck", "longest_frozen"] == pd.Timedelta("30min")  # unchanged six times
    assert (result["longest_frozen"] > pd.Timedelta(0)).sum() == 1
    assert result.loc["spike", "jumps"] == 1 and result.loc["stuck", "jumps"] == 0
    assert result.loc["low", "out_of_range"] == 2 and result["out_of_range"].sum() == 2
    assert result.loc["twin", "same_as"] == "copy" and result.loc["copy", "same_as"] == "twin"
    assert result["same_as"].isna().sum() == 4


def test_a_jump_sticks_out_to_one_side_by_more_than_ten_mean_changes():
    calm = np.arange(200) % 2  # mean change 1
    rows = {name: calm.copy() for name in ("up", "down", "fair", "front")}
    rows["up"][100] += 20
    rows["down"][100] -= 20
    rows["fair"][100] += 8
    rows["front"][100:] += 20
    result = prepare.audit(dataset(rows.pop("up"), **rows))
    assert result["jumps"].tolist() == [1, 1, 0, 0]


def test_constant_nodes_and_few_common_readings_are_no_duplicates():
    still = [5.0] * 6
    result = prepare.audit(dataset(still, b=still, c=[1, 2, None, None, None, None], d=range(1, 7)))
    assert result["same_as"].isna().all()
    assert result.loc["a", "longest_frozen"] == pd.Timedelta("25min")


def test_the_plausible_range_follows_the_unit_or_you():
    assert prepare.audit(dataset([100, 130], unit="mph"))["out_of_range"].tolist() == [1]
    assert prepare.audit(dataset([-5, 9e9], unit="boardings/h"))["out_of_range"].tolist() == [0]
    mine = prepare.audit(dataset([1, 2, 3, 4]), plausible=(2, 3))
    assert mine["out_of_range"].tolist() == [2]
    with pytest.raises(InputError, match="plausible: expected a lower and a higher number"):
        prepare.audit(dataset([1, 2]), plausible=(3, 2))


def speeds(rows=400):
    return np.random.default_rng(0).normal(50, 5, rows).round(1)


@pytest.mark.parametrize("mark", [-9999, -999, -1, 0, 999])
def test_a_mark_for_missing_readings_is_suspected_and_the_option_named(mark):
    marked = speeds()
    marked[::10] = mark
    given_set = dataset(speeds()[::-1], b=marked)
    assert prepare.suspected_marks(given_set.values) == {mark: 40}
    (said,) = prepare.audit_in_words(given_set)
    option = "--zero-is-missing" if mark == 0 else f"--missing-marks {mark}"
    assert said.startswith(f"40 readings of {mark} (5.0 %), far from all others, at b: ")
    assert f"`stlearn prepare {option}` takes them so" in said


def test_a_mark_is_told_by_its_own_sensor_and_beside_another_one():
    marked, twice = speeds(), speeds()
    marked[::10] = -20  # no usual mark, and within the range of the flow beside it
    twice[:40], twice[::20] = -200, -999
    found = prepare.suspected_marks(dataset(speeds() * 40, b=marked, c=twice).values)
    assert found == {-20: 40, -999: 20, -200: 38}
    quiet = np.where(np.arange(400) < 100, -999, speeds())  # for eight hours, and not stuck
    assert not any("stuck" in said for said in prepare.audit_in_words(dataset(quiet)))


@pytest.mark.parametrize(
    "readings",
    [
        speeds(),
        np.arange(400) % 7,  # counts: many zeros, and ones and twos
        np.arange(-200, 200) / 10,  # degrees: -1 and 0 among others
        np.full(400, 5.0),
        np.where(np.arange(400) % 9, 0, np.arange(400) % 3 + 1),  # few counts: 3 is no mark
    ],
)
def test_readings_among_others_are_no_marks(readings):
    assert prepare.suspected_marks(dataset(readings).values) == {}


def test_the_audit_in_words_says_what_would_spoil_a_forecast():
    stuck, late, gone, high = (speeds()[::step] for step in (1, -1, 1, -1))
    stuck[100:150], late[:50], gone[-50:], high[7] = 44, np.nan, np.nan, 300
    names = {"late": late + 7, "gone": np.roll(gone + 1, 3), "high": high, "twin": speeds()}
    names["gone"][-50:] = np.nan
    given_set = dataset(stuck, step="1h", one=names["twin"] * 1.5, two=names["twin"] * 1.5, **names)
    assert prepare.audit_in_words(given_set) == (
        "1 reading outside 0 to 200 km/h, at high.",
        "No change for more than a day, at most 49 hours, at a: is the sensor stuck?",
        "The same readings at one and two.",
        "No reading in the first tenth of the rows, at late.",
        "No reading in the last tenth of the rows, at gone.",
    )
    assert prepare.audit_in_words(dataset(speeds())) == ()


def test_counts_that_lack_where_they_may_be_zero_are_asked_about_and_no_others():
    counts = np.random.default_rng(0).poisson(1.0, 800).astype("float64")
    absent = np.where(counts == 0, np.nan, counts)
    (said,) = prepare.audit_in_words(dataset(absent))
    assert (
        f"no zero, {100 * np.isnan(absent).mean():.0f} % missing" in said
        and "--missing-is-zero" in said
    )
    scattered = counts.copy()
    scattered[::3] = np.nan
    for others in (counts, scattered, absent + 0.5, absent + 1):
        assert prepare.audit_in_words(dataset(others)) == ()


@BRIEFLY
@given(
    arrays(np.float32, (30, 2), elements=READINGS),
    st.sampled_from(prepare.METHODS),
    st.integers(1, 6),
)
def test_imputation_changes_only_what_was_missing(rows, method, longest):
    rows[0] = 1.0
    given_set = dataset(rows[:, 0], b=rows[:, 1], step="1D")
    before = given_set.values.copy()
    result, mask = prepare.impute(given_set, method, longest)
    pd.testing.assert_frame_equal(given_set.values, before)
    present = before.notna()
    assert result.values.where(present).equals(before)
    pd.testing.assert_frame_equal(mask, ~present & result.values.notna())
    assert (result.values.dtypes == "float32").all() and len(result.notes) == 1
    assert method != "none" or not mask.to_numpy().any()


@BRIEFLY
@given(
    arrays(np.float32, 40, elements=READINGS),
    st.sampled_from(["none", "last", "average"]),
    st.integers(1, 6),
    st.integers(5, 39),
)
def test_looking_back_only_means_that_the_future_changes_nothing(rows, method, longest, cut):
    rows[:2] = 1.0
    other = rows.copy()
    other[cut:] = np.where(np.isnan(rows[cut:]), 50.0, np.nan)  # gaps begin and end elsewhere
    one, two = (
        prepare.impute(dataset(part, step="1D"), method, longest)[0].values.iloc[:cut]
        for part in (rows, other)
    )
    pd.testing.assert_frame_equal(one, two)


def test_linear_looks_ahead_as_its_description_admits():
    one, two = (
        prepare.impute(dataset([1, None, after]), "linear")[0].values["a"].iloc[1]
        for after in (3, 5)
    )
    assert (one, two) == (2, 3)


@pytest.mark.parametrize(
    ("method", "longest", "expected"),
    [
        ("none", 12, [None, 2, None, None, 8, None, 10, None]),
        ("last", 12, [None, 2, 2, 2, 8, 8, 10, 10]),
        ("last", 1, [None, 2, 2, None, 8, 8, 10, 10]),
        ("linear", 12, [None, 2, 4, 6, 8, 9, 10, None]),
        ("linear", 1, [None, 2, None, None, 8, 9, 10, None]),
    ],
)
def test_gaps_are_filled_as_described_and_up_to_the_cap(method, longest, expected):
    gappy = dataset([None, 2, None, None, 8, None, 10, None])
    result, _ = prepare.impute(gappy, method, longest)
    np.testing.assert_array_equal(result.values["a"], np.array(expected, dtype=float))


def test_the_average_is_that_of_earlier_weeks():
    days = [10, 20, 30, 40, 50, 60, 70]
    rows = [*days, *(2 * np.array(days)), None, 1, None, 1, 1, 1, 1, None]
    result, mask = prepare.impute(dataset(rows, step="1D"), "average")
    assert result.values["a"].iloc[[14, 16, 21]].tolist() == [15, 45, 15]  # a filled value is none
    assert mask["a"].sum() == 3
    first_week, _ = prepare.impute(dataset([1, None, 3], step="1D"), "average")
    assert first_week.values["a"].isna().tolist() == [False, True, False]


def test_part_of_a_data_set_may_hold_a_silent_node():
    part = dataset([None, None, None, 4], b=[1, None, 3, 4]).between(0, 3)
    result, mask = prepare.impute(part, "last")
    assert result.values["a"].isna().all() and mask.sum().tolist() == [0, 1]
    assert result.notes == ("1 missing values filled by impute('last', 12).",)
    assert prepare.audit(part)["missing"].tolist() == pytest.approx([1, 1 / 3])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "magic"}, "method: expected one of none, last, linear, average, got 'magic'"),
        ({"longest": 0}, "longest: .* got 0"),
        ({"longest": "1h"}, "longest: .* got '1h'"),
        ({"method": "average"}, "method: 'average' needs a step of at most a week"),
    ],
)
def test_bad_imputation_is_named(arguments, message):
    with pytest.raises(InputError, match=message):
        prepare.impute(dataset([1, None, 3], step="14D"), **arguments)


@pytest.mark.parametrize("most", [0, 1000])
def test_twins_are_found_among_few_and_among_many_nodes(monkeypatch, most):
    monkeypatch.setattr(prepare, "ALL_PAIRS_AT_MOST", most)
    rng = np.random.default_rng(0)
    numbers = rng.normal(50, 5, (600, 30))
    numbers[:, 20] = numbers[:, 4]
    numbers[:, 9] = 7.0  # constants are no twins
    numbers[:, 10] = 7.0
    numbers[rng.random(numbers.shape) < 0.03] = np.nan
    times = pd.date_range("2026-01-05", periods=600, freq="5min")
    names = [f"s{node}" for node in range(30)]
    found = prepare.audit(SpatioTemporalDataset("x", pd.DataFrame(numbers, times, names), "km/h"))[
        "same_as"
    ]
    assert found.dropna().to_dict() == {"s4": "s20", "s20": "s4"}
