"""Intervals in a comparison: calibrated without what is tested, scored by the same targets."""

import numpy as np
import pandas as pd
import pytest
import scoringrules

from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.regression import AverageAutoregression
from stlearn.calibration.quantiles import calibrate, calibrated
from stlearn.calibration.states import states_at
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.backtest import backtest
from stlearn.evaluation.comparison import compare, shown_steps

QUANTILES = (0.05, 0.5, 0.95)


def road(days=20, seed=0, unit="km/h"):
    """Three sensors, every quarter of an hour, with a jam at eight that comes early or late."""
    random = np.random.default_rng(seed)
    times = pd.date_range("2026-01-05", periods=days * 96, freq="15min")
    hours = (times.hour + times.minute / 60).to_numpy()[:, None]
    late = np.repeat(random.normal(0, 0.5, days), 96)[:, None]
    jam = 60 * np.exp(-((hours - 8 - late) ** 2))
    values = 90 - jam + random.normal(0, 2, (len(times), 3))
    values[random.random(values.shape) < 0.02] = np.nan
    return SpatioTemporalDataset("road", pd.DataFrame(values, times, list("abc")), unit)


@pytest.fixture(scope="module")
def dataset():
    return road()


@pytest.fixture(scope="module")
def comparison(dataset):
    models = [LastValue(4), HistoricalAverage(4), AverageAutoregression(4, lags=4)]
    split = chronological_split(dataset, validation=0.2)
    return compare(models, dataset, split, progress=False, quantiles=QUANTILES)


def test_scores_are_those_of_the_intervals(comparison):
    table = comparison.table().set_index(["model", "horizon_minutes"])
    for name, run in comparison.runs.items():
        tested = run.backtest
        said = tested.calibrated()
        assert said.shape == (*tested.truth.shape, 3)
        for step in shown_steps(4):
            known = ~np.isnan(tested.truth[:, step - 1])
            truth = tested.truth[:, step - 1][known]
            low, high = (said[:, step - 1, :, end][known] for end in (0, -1))
            row = table.loc[name, step * 15]
            assert row["coverage"] == pytest.approx(np.mean((low <= truth) & (truth <= high)))
            assert row["width"] == pytest.approx(np.mean(high - low), rel=1e-5)
            theirs = scoringrules.interval_score(truth, low, high, 0.1)
            assert row["interval_score"] == pytest.approx(theirs.mean(), rel=1e-5)
            assert 0.8 < row["coverage"] < 0.98


def test_the_point_forecast_stays_and_lies_inside(comparison, dataset):
    models = [LastValue(4), HistoricalAverage(4), AverageAutoregression(4, lags=4)]
    split = chronological_split(dataset, validation=0.2)
    without = compare(models, dataset, split, progress=False)
    assert "coverage" not in without.table() and without.by_state() is None
    for name, run in comparison.runs.items():
        points = without.runs[name].backtest
        np.testing.assert_array_equal(run.backtest.forecast, points.forecast)
        said = run.backtest.calibrated([2])[:, 0]
        np.testing.assert_allclose(said[..., 1], points.forecast[:, 1])
        assert (np.diff(said, axis=-1) >= 0).all()
        with pytest.raises(InputError, match=f"{name}: it was not calibrated"):
            points.calibrated()


def test_what_is_calibrated_was_not_learned_from(comparison, dataset):
    """The calibration is that of a forecaster which was fitted on the training part alone."""
    split = chronological_split(dataset, validation=0.2)
    train = dataset.between(split.train.start, split.train.stop)
    past = dataset.between(0, split.validation.stop)
    unseen = HistoricalAverage(4).fit(train)
    origins = np.arange(split.validation.start + 4, split.validation.stop - 4 + 1)
    expected = calibrate(unseen, train, past, origins, QUANTILES)
    found = comparison.runs["historical average"].backtest.calibration
    np.testing.assert_array_equal(found.moves, expected.moves)
    seen = HistoricalAverage(4).fit(
        train, dataset.between(split.validation.start, len(past.values))
    )
    assert not np.array_equal(calibrate(seen, train, past, origins).moves, expected.moves)


def test_states_share_out_all_targets(comparison):
    table = comparison.by_state()
    assert list(table) == [
        "model", "state", "horizon_minutes", "share", "coverage", "width", "interval_score",
    ]  # fmt: skip
    assert set(table["state"]) == {
        "free, steady", "free, moving", "jam, steady", "jam, moving",
    }  # fmt: skip
    sums = table.groupby(["model", "horizon_minutes"])["share"].sum()
    np.testing.assert_allclose(sums, 1)
    weighted = (table["share"] * table["interval_score"].fillna(0)).groupby(
        [table["model"], table["horizon_minutes"]]
    )
    whole = comparison.table().set_index(["model", "horizon_minutes"])["interval_score"]
    np.testing.assert_allclose(weighted.sum().sort_index(), whole.sort_index(), rtol=1e-5)


def test_what_is_no_speed_is_low_or_high():
    dataset = road(unit="veh/h")
    split = chronological_split(dataset, validation=0.2)
    found = compare([LastValue(4)], dataset, split, progress=False, quantiles=QUANTILES).by_state()
    assert set(found["state"]) == {"low, steady", "low, moving", "high, steady", "high, moving"}


def test_nothing_reaches_below_zero_unless_the_data_does(dataset):
    train, past = dataset.between(0, 960), dataset.between(0, 1440)
    for shift, reaches in ((0, False), (-88, True)):
        frames = (part.values + shift for part in (train, past))
        moved_train, moved = (SpatioTemporalDataset("moved", frame, "°C") for frame in frames)
        found = calibrate(LastValue(4).fit(moved_train), moved_train, moved, np.arange(964, 1437))
        low_forecast = np.full((1, 4, 3), 5.0 if not shift else -5.0)
        low = calibrated(found, low_forecast, np.full((1, 3), 2))[..., 0]
        assert (low < 0).any() == reaches
        assert (low <= low_forecast).all()


def test_a_saved_baseline_keeps_its_intervals(dataset, tmp_path):
    train, past = dataset.between(0, 960), dataset.between(0, 1440)
    model = AverageAutoregression(4, lags=4).fit(train)
    with pytest.raises(InputError, match="autoregression: it has no intervals"):
        model.predict_quantiles(past)
    model.calibration = calibrate(model, train, past, np.arange(964, 1437))
    model.save(tmp_path)
    loaded = AverageAutoregression.load(tmp_path)
    expected = model.predict_quantiles(past)
    pd.testing.assert_frame_equal(loaded.predict_quantiles(past), expected)
    assert expected.columns.names == ["node", "quantile"]
    tested = backtest(loaded, dataset, slice(1440, 1920))
    states = states_at(model.calibration.states, dataset.values, tested.origins)
    np.testing.assert_array_equal(tested.states, states)


def test_a_backtest_of_some_origins_is_the_same_there(comparison):
    tested = comparison.runs["last value"].backtest
    some = tested.at(np.array([3, 40]))
    np.testing.assert_array_equal(some.calibrated(), tested.calibrated()[[3, 40]])
    assert list(some.times) == [tested.times[3], tested.times[40]]
