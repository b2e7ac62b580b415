"""Windows, splits and scalers: nothing may stand in the wrong place or know the future."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import (
    Scaler,
    chronological_split,
    cut_windows,
    differ_in_scale,
    fit_scaler,
    last_known,
    walk_forward,
    window_origins,
)
from stlearn.errors import InputError


def make_dataset(rows, freq="5min"):
    times = pd.date_range("2026-01-05", periods=rows, freq=freq)
    values = pd.DataFrame({"a": np.arange(rows), "b": -np.arange(rows)}, index=times)
    return SpatioTemporalDataset("counting", values, unit="km/h")


# Split


def test_split_of_los_loop_is_that_of_the_t_gcn_paper():
    split = chronological_split(make_dataset(2016), test=0.2)
    assert (split.validation.stop, split.test) == (1612, slice(1612, 2016))
    assert split.test.stop - split.test.start == 404


def test_split_by_duration_ends_with_that_duration():
    split = chronological_split(make_dataset(10 * 288), validation="2D", test="3D")
    assert split == (slice(0, 5 * 288), slice(5 * 288, 7 * 288), slice(7 * 288, 10 * 288))


def test_split_by_duration_counts_working_days_by_the_calendar():
    dataset = make_dataset(40, freq="B")  # eight working weeks
    split = chronological_split(dataset, validation="7D", test="14D")
    assert [part.stop - part.start for part in split] == [25, 5, 10]


@settings(deadline=None)
@given(
    rows=st.integers(20, 3000),
    validation=st.floats(0.01, 0.9),
    test=st.floats(0.01, 0.9),
    gap=st.integers(0, 20),
)
def test_split_is_in_order_with_the_gap_between(rows, validation, test, gap):
    class Rows:  # the split looks at nothing but the time index
        values = pd.DataFrame(index=pd.RangeIndex(rows))

    try:
        train, valid, last = chronological_split(Rows, validation, test, gap)
    except InputError as error:
        assert "at least 2 rows" in str(error)
        return
    assert train.start == 0 and last.stop == rows
    assert valid.start - train.stop == gap and last.start - valid.stop == gap
    assert abs((last.stop - last.start) - test * rows) <= 1
    assert abs((valid.stop - valid.start) - validation * valid.stop) <= 1
    for part in (train, valid, last):
        assert part.stop - part.start >= 2


def test_split_is_not_thrown_off_by_binary_rounding():
    assert chronological_split(make_dataset(100), validation=0.5, test=0.9).test.start == 10


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"test": 0.0}, "test: expected a share between 0 and 1"),
        ({"test": 1}, "test: expected a share between 0 and 1"),
        ({"validation": 1.5}, "validation: expected a share"),
        ({"test": float("nan")}, "test: expected a share"),
        ({"test": "a while"}, "test: expected a duration above zero such as '14D', got 'a while'"),
        ({"validation": "-1h"}, "validation: expected a duration above zero"),
        ({"validation": None}, "validation: expected a duration above zero"),
        ({"test": "5min"}, "test: expected a part of at least 2 rows, got 1"),
        ({"test": "30D"}, "expected a part of at least 2 rows, got 0"),
        ({"gap": -1}, "gap: expected a whole number of at least 0, got -1"),
        ({"gap": 200}, "expected a part of at least 2 rows"),
        ({"gap": 75}, "train: expected a part of at least 2 rows"),
    ],
)
def test_split_refuses(options, words):
    with pytest.raises(InputError) as caught:
        chronological_split(make_dataset(100), **options)
    assert words in str(caught.value)


# Windows


@settings(deadline=None)
@given(data=st.data(), lookback=st.integers(1, 9), horizon=st.integers(1, 9))
def test_each_number_of_a_window_is_where_it_should_be(data, lookback, horizon):
    rows = data.draw(st.integers(lookback + horizon, 60))
    trailing = data.draw(st.sampled_from([(), (3,), (2, 4)]))
    size = int(np.prod(trailing, dtype=int))
    # The value at row t is t * size + its place in the row: position told by the number itself.
    values = np.arange(rows * size).reshape(rows, *trailing)
    origins = window_origins(0, rows, lookback, horizon)
    past, future = cut_windows(values, origins, lookback, horizon)
    assert past.shape == (len(origins), lookback, *trailing)
    assert future.shape == (len(origins), horizon, *trailing)
    pick = data.draw(st.integers(0, len(origins) - 1))
    for lag in range(1, lookback + 1):
        np.testing.assert_array_equal(past[pick, -lag], values[origins[pick] - lag])
    for ahead in range(horizon):
        np.testing.assert_array_equal(future[pick, ahead], values[origins[pick] + ahead])


@settings(deadline=None)
@given(
    start=st.integers(0, 50),
    rows=st.integers(0, 60),
    lookback=st.integers(1, 20),
    horizon=st.integers(1, 20),
    step=st.integers(1, 7),
)
def test_origins_are_all_those_whose_window_fits(start, rows, lookback, horizon, step):
    stop = start + rows
    fitting = [
        origin
        for origin in range(stop + 1)
        if start <= origin - lookback and origin + horizon <= stop
    ]
    if not fitting:
        with pytest.raises(InputError, match=f"at least {lookback + horizon} rows.*got {rows}"):
            window_origins(start, stop, lookback, horizon, step)
        return
    assert window_origins(start, stop, lookback, horizon, step).tolist() == fitting[::step]


@settings(deadline=None)
@given(
    rows=st.integers(80, 400),
    gap=st.integers(0, 5),
    lookback=st.integers(1, 6),
    horizon=st.integers(1, 6),
)
def test_no_window_crosses_a_split(rows, gap, lookback, horizon):
    split = chronological_split(make_dataset(rows), validation=0.3, test=0.3, gap=gap)
    row_numbers = np.arange(rows)
    for part in split:
        origins = window_origins(part.start, part.stop, lookback, horizon)
        past, future = cut_windows(row_numbers, origins, lookback, horizon)
        assert past.min() == part.start and future.max() == part.stop - 1


def test_windows_at_the_end_need_no_future():
    past, future = cut_windows(np.arange(5), [5], lookback=2, horizon=0)
    assert past.tolist() == [[3, 4]] and future.shape == (1, 0)


@pytest.mark.parametrize(
    ("origins", "lookback", "horizon", "words"),
    [
        ([1], 2, 1, "got origin 1 in 10 rows"),
        ([5, 9], 2, 2, "got origin 9 in 10 rows"),
        ([2.5], 2, 2, "origins: expected whole numbers"),
        (3, 2, 2, "origins: expected whole numbers, shape (origin,)"),
        ([5], -1, 2, "lookback: expected a whole number of at least 0"),
        ([5], 2, 1.0, "horizon: expected a whole number of at least 0, got 1.0"),
    ],
)
def test_cut_windows_refuses(origins, lookback, horizon, words):
    with pytest.raises(InputError) as caught:
        cut_windows(np.arange(10), origins, lookback, horizon)
    assert words in str(caught.value)


@pytest.mark.parametrize("wrong", [{"lookback": 0}, {"horizon": 0}, {"step": 0}, {"start": -1}])
def test_window_origins_refuses(wrong):
    arguments = {"start": 0, "stop": 50, "lookback": 3, "horizon": 3} | wrong
    with pytest.raises(InputError, match=f"{next(iter(wrong))}: expected a whole number"):
        window_origins(**arguments)


# Scaler

tables = hnp.arrays(
    "float32",
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=12),
    elements=st.floats(-1e4, 1e4, width=32),
)


@settings(deadline=None)
@given(values=tables, per_node=st.booleans())
def test_inverse_undoes_transform(values, per_node):
    scaler = fit_scaler(values, per_node)
    scaled = scaler.transform(values)
    assert scaled.dtype == np.float32 and np.isfinite(scaled).all()
    slack = 4 * np.finfo("float32").eps * (np.abs(values).max() + 1)
    np.testing.assert_allclose(scaler.inverse(scaled), values, rtol=0, atol=slack)


@settings(deadline=None)
@given(values=tables, later=tables, per_node=st.booleans())
def test_scaler_knows_the_training_rows_only(values, later, per_node):
    split = slice(0, len(values))
    longer = np.concatenate([values, np.resize(later, (5, values.shape[1]))])
    alone, beside = fit_scaler(values, per_node), fit_scaler(longer[split], per_node)
    assert alone.to_dict() == beside.to_dict()


@pytest.mark.parametrize("per_node", [False, True])
def test_scaler_is_mean_and_deviation_of_the_known_values(per_node):
    values = np.random.default_rng(0).normal([50, 80], [5, 20], size=(500, 2))
    values[::7, 0] = np.nan
    scaler = fit_scaler(values, per_node)
    known = [column[~np.isnan(column)] for column in values.T]
    known = known if per_node else [np.concatenate(known)]
    np.testing.assert_allclose(np.ravel(scaler.mean), [k.mean() for k in known], rtol=1e-6)
    np.testing.assert_allclose(np.ravel(scaler.scale), [k.std() for k in known], rtol=1e-6)
    assert scaler.mean.shape == ((2,) if per_node else ())
    assert np.isnan(scaler.transform(values)).sum() == np.isnan(values).sum()


@pytest.mark.parametrize("constant", [0.0, 0.1, -3.0, 1e6])
def test_constant_series_has_scale_one(constant):
    # In three rows of 0.1 the deviation is not 0 but 1e-17: rounding must not become a scale.
    values = np.full((3, 2), constant)
    scaler = fit_scaler(values, per_node=True)
    assert scaler.scale.tolist() == [1, 1]
    np.testing.assert_allclose(scaler.transform(values), 0, atol=1e-8)
    np.testing.assert_array_equal(scaler.inverse(scaler.transform(values)), values)


def test_scaler_takes_frames():
    frame = make_dataset(10).values
    scaled = fit_scaler(frame, per_node=True).transform(frame)
    assert isinstance(scaled, pd.DataFrame)
    np.testing.assert_allclose(scaled.std(ddof=0), 1, rtol=1e-6)
    pd.testing.assert_frame_equal(
        fit_scaler(frame).inverse(fit_scaler(frame).transform(frame)), frame, atol=1e-5
    )


@settings(deadline=None)
@given(values=tables, per_node=st.booleans())
def test_scaler_survives_json(values, per_node):
    scaler = fit_scaler(values, per_node)
    again = Scaler.from_dict(json.loads(json.dumps(scaler.to_dict())))
    np.testing.assert_array_equal(again.mean, scaler.mean)
    np.testing.assert_array_equal(again.transform(values), scaler.transform(values))


def test_scaler_refuses_what_it_cannot_use():
    silent = np.array([[1.0, np.nan], [2.0, np.nan]])
    with pytest.raises(InputError, match="at least one known value for each node"):
        fit_scaler(silent, per_node=True)
    with pytest.raises(InputError, match="at least one known value to fit"):
        fit_scaler(np.full((3, 2), np.nan))
    with pytest.raises(InputError, match="missing \\['scale'\\]"):
        Scaler.from_dict({"mean": 1.0})
    with pytest.raises(InputError, match="scale above 0"):
        Scaler.from_dict({"mean": 1.0, "scale": 0.0})


# Walk forward


@given(
    rows=st.integers(10, 60), first=st.integers(1, 9), test=st.integers(1, 9), gap=st.integers(0, 4)
)
def test_folds_walk_forward_and_leave_nothing_out(rows, first, test, gap):
    if first + gap + test > rows:
        with pytest.raises(InputError, match="rows: .*one fold"):
            walk_forward(rows, first, test, gap)
        return
    folds = walk_forward(rows, first, test, gap)
    assert folds[0][0] == slice(0, first)
    for train, tested in folds:
        assert train.start == 0
        assert tested.start - train.stop == gap
        assert tested.stop - tested.start == test
    for (_, before), (_, after) in zip(folds, folds[1:]):
        assert after.start == before.stop
    assert rows - folds[-1][1].stop < test


def test_counts_of_a_walk_forward_are_checked():
    with pytest.raises(InputError, match="test: .*0"):
        walk_forward(10, 4, 0)
    with pytest.raises(InputError, match="gap: .*-1"):
        walk_forward(10, 4, 2, -1)


@pytest.mark.parametrize(
    ("levels", "spreads", "expected"),
    [
        ([50, 60], [10, 3], False),
        ([0.03, 101325], [0.002, 40], True),
        ([0.03, 1.0], [0.0005, 0.0005], True),  # alike in spread, far apart in level
        ([50, 60], [10, 0], False),  # one that stands still decides nothing
    ],
)
def test_sensors_differ_in_scale_when_one_scale_would_hide_one(levels, spreads, expected):
    values = np.random.default_rng(0).normal(levels, spreads, size=(200, 2))
    silent = np.column_stack([values, np.full(200, np.nan)])
    assert differ_in_scale(values) == differ_in_scale(silent) == expected


@pytest.mark.parametrize("seed", range(5))
def test_the_last_known_value_is_that_of_a_fill_forward(seed):
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((200, 6)) < 0.02, rng.normal(size=(200, 6)), np.nan)
    rows = np.sort(rng.integers(100, 200, 7))
    expected = pd.DataFrame(values).ffill().to_numpy()[rows]
    np.testing.assert_array_equal(last_known(values, rows), expected)
    np.testing.assert_array_equal(last_known(pd.DataFrame(values), rows[::-1]), expected[::-1])
