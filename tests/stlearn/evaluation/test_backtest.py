"""Walk-forward evaluation: every forecast stands at its place, and none has seen the future."""

import mmap
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import stlearn
from stlearn.baselines.averages import LastValue
from stlearn.baselines.base import BaseForecaster
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.units import is_speed
from stlearn.data.windows import Split, chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.backtest import (
    ORIGINS_AT_ONCE,
    backtest,
    congestion_mask,
    event_mask,
    known_rows,
)
from stlearn.evaluation.comparison import compare, shown_steps
from stlearn.evaluation.metrics import block_bootstrap, mae, score_table

DAY = 24  # rows, the data here are hourly


class Last(BaseForecaster):
    """The smallest honest forecaster: the last known value, repeated."""

    name = "last"

    def __init__(self, horizon=4, name="last", lookback=2):
        self.horizon, self.name, self.lookback = horizon, name, lookback
        self.seen, self.updates = [], []

    def fit(self, train, validation=None):
        self.nodes = list(train.values.columns)
        self.trained_on = train, validation
        return self

    def forecasts(self, dataset, origins):
        self.seen.append((dataset, np.asarray(origins)))
        last = dataset.values.ffill().fillna(0).to_numpy()[np.asarray(origins) - 1]
        return np.repeat(last[:, None], self.horizon, axis=1)

    def update(self, recent):
        self.updates.append(recent)
        return self

    def save(self, folder):
        raise NotImplementedError

    @classmethod
    def load(cls, folder):
        raise NotImplementedError


class Peeking(Last):
    """Uses the value at the origin itself wherever the data hold it."""

    def forecasts(self, dataset, origins):
        values = dataset.values.to_numpy()
        rows = np.minimum(np.asarray(origins), len(values) - 1)
        return np.repeat(values[rows][:, None], self.horizon, axis=1)


class Level(Last):
    """Forecasts the mean of what it was last updated on."""

    level = 0.0

    def forecasts(self, dataset, origins):
        return np.full((len(origins), self.horizon, len(self.nodes)), self.level, "float32")

    def update(self, recent):
        self.level = float(recent.values.to_numpy().mean())
        return super().update(recent)


def make_dataset(days=20, unit="km/h", **more):
    times = pd.date_range("2026-01-05", periods=days * DAY, freq="1h")
    random = np.random.default_rng(0)
    daily = 60 + 20 * np.sin(np.arange(len(times)) / DAY * 2 * np.pi)
    values = daily[:, None] + random.normal(0, 2, size=(len(times), 3)).cumsum(axis=0) * 0.2
    frame = pd.DataFrame(values, index=times, columns=["a", "b", "c"])
    return SpatioTemporalDataset("test", frame, unit=unit, **more)


@pytest.fixture(scope="module")
def dataset():
    return make_dataset()


def run(dataset, forecaster=None, part=slice(240, 300), **options):
    forecaster = (forecaster or Last()).fit(dataset.between(0, 200))
    return backtest(forecaster, dataset, part, **options)


# Backtest


def test_every_forecast_stands_beside_its_truth(dataset):
    result = run(dataset)
    values = dataset.values.to_numpy()
    assert result.origins.tolist() == list(range(242, 297))  # lookback 2, horizon 4
    assert result.times.equals(dataset.values.index[242:297])
    for place, origin in enumerate(result.origins):
        np.testing.assert_array_equal(result.truth[place], values[origin : origin + 4])
        np.testing.assert_array_equal(result.forecast[place], np.tile(values[origin - 1], (4, 1)))
    assert (result.name, result.unit, result.interval) == ("last", "km/h", pd.Timedelta("1h"))
    assert list(result.nodes) == ["a", "b", "c"] and result.seconds > 0


def test_horizon_step_and_lookback_can_be_chosen(dataset):
    result = run(dataset, horizon=2, step=5, lookback=10)
    assert result.origins.tolist() == list(range(250, 299, 5))
    np.testing.assert_array_equal(result.forecast, run(dataset, lookback=10).forecast[::5, :2])


def test_the_forecaster_is_never_given_a_row_that_is_not_past(dataset):
    forecaster = Last()
    run(make_dataset(days=40), forecaster, part=slice(300, 960))
    batches = [origins for history, origins in forecaster.seen if len(origins) > 1]
    assert max(map(len, batches)) == ORIGINS_AT_ONCE and len(batches) == 3
    for history, origins in forecaster.seen:
        assert len(history.values) <= origins.max()


def test_a_forecaster_that_looks_ahead_is_caught(dataset):
    with pytest.raises(InputError, match="peeking: looks ahead: its forecast for 2026-01-15 02"):
        run(dataset, Peeking(name="peeking"))
    with pytest.raises(InputError, match="looks ahead"):
        run(dataset, Peeking(), update_every="1D", window_days=1)


def test_looking_ahead_in_the_middle_is_caught_too(dataset):
    class LaterPeeking(Peeking):
        def forecasts(self, dataset, origins):
            honest, peeked = (
                Last.forecasts(self, dataset, origins),
                super().forecasts(dataset, origins),
            )
            return np.where((np.asarray(origins) > 260)[:, None, None], peeked, honest)

    with pytest.raises(InputError, match="looks ahead"):
        run(dataset, LaterPeeking())


def test_rounding_is_not_taken_for_looking_ahead(dataset):
    class Rounding(Last):
        def forecasts(self, dataset, origins):
            return super().forecasts(dataset, origins) * np.float32(1 + 1e-6 * (len(origins) > 1))

    run(dataset, Rounding())


def test_updates_come_once_a_period_and_hold_the_window_before_it(dataset):
    forecaster = Level()
    result = run(dataset, forecaster, part=slice(240, 300), update_every="1D", window_days=2)
    starts = [242, 266, 290]
    assert len(forecaster.updates) == 3
    values = dataset.values
    for start, recent in zip(starts, forecaster.updates):
        pd.testing.assert_frame_equal(recent.values, values.iloc[start - 2 * DAY : start])
    expected = [values.iloc[start - 48 : start].to_numpy().mean() for start in starts]
    by_origin = np.repeat(expected, [24, 24, 7])
    np.testing.assert_allclose(result.forecast[:, 0, 0], by_origin, rtol=1e-6)
    assert result.update_seconds > 0


def test_a_window_longer_than_the_data_begins_with_the_data(dataset):
    forecaster = Level()
    run(dataset, forecaster, part=slice(240, 300), update_every="1D", window_days=90)
    assert [len(recent.values) for recent in forecaster.updates] == [242, 266, 290]


def test_missing_truth_is_masked():
    values = make_dataset().values.copy()
    values.iloc[250:255, 1] = np.nan
    result = run(SpatioTemporalDataset("gaps", values, unit="km/h"))
    known = ~np.isnan(result.truth)
    assert (~known).sum() == 5 * 4
    assert mae(result.truth, result.forecast) == pytest.approx(
        np.abs(result.truth - result.forecast)[known].mean()
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"horizon": 5}, "horizon: expected at most 4, the horizon of last, got 5"),
        ({"horizon": 0}, "horizon: expected a whole number"),
        ({"part": slice(240, 245)}, "part: expected at least 6 rows"),
        ({"part": slice(470, 500)}, "part: expected at most 480 rows"),
        ({"update_every": "1D"}, "update_every, window_days: expected both or neither"),
        ({"window_days": 3}, "update_every, window_days: expected both or neither"),
        ({"update_every": "soon", "window_days": 3}, "update_every: expected a duration"),
        ({"update_every": "1D", "window_days": 0}, "window_days: expected a duration above zero"),
    ],
)
def test_backtest_refuses(dataset, options, words):
    with pytest.raises(InputError, match=words):
        run(dataset, **options)


def test_backtest_refuses_a_forecaster_that_is_not_fitted_or_knows_other_nodes(dataset):
    with pytest.raises(InputError, match="call fit before predict"):
        backtest(Last(), dataset, slice(240, 300))
    other = Last().fit(dataset)
    other.nodes = ["a", "b"]
    with pytest.raises(InputError, match="unknown \\['c'\\]"):
        backtest(other, dataset, slice(240, 300))
    with pytest.raises(InputError, match="at least 30 rows of history"):
        run(dataset, Last(lookback=30), part=slice(0, 100), lookback=5)


def test_backtest_refuses_missing_or_misshapen_forecasts(dataset):
    class Hiding(Last):
        def forecasts(self, dataset, origins):
            return np.where(np.arange(3) == 1, np.nan, super().forecasts(dataset, origins))

    class Short(Last):
        def forecasts(self, dataset, origins):
            return super().forecasts(dataset, origins)[:, :2]

    with pytest.raises(InputError, match="220 forecasts are missing or infinite"):
        run(dataset, Hiding())
    with pytest.raises(InputError, match=r"\(55, 4, 3\), got \(55, 2, 3\)"):
        run(dataset, Short())


def test_known_rows_hold_no_events_and_no_later_graph():
    events = pd.DataFrame(
        {"node": ["a"], "start": ["2026-01-06"], "end": ["2026-01-07"], "kind": ["incident"]}
    ).astype({"start": "datetime64[ns]", "end": "datetime64[ns]"})
    edges = pd.DataFrame(
        {
            "time": pd.to_datetime(["2026-01-05", "2026-01-08", "2026-01-10"]),
            "source": "a",
            "target": "b",
            "weight": 1.0,
        }
    )
    dataset = make_dataset(events=events, edges=edges)
    part = known_rows(dataset, 10, 3 * DAY + 1)  # the last row is 8 January, midnight
    assert part.events is None and len(part.edges) == 2 and len(part.values) == 63
    assert part.calendar.equals(dataset.calendar)
    assert len(dataset.events) == 1 and len(dataset.edges) == 3  # the original is untouched
    forecaster = Last()
    run(dataset, forecaster)
    assert all(history.events is None for history, _ in forecaster.seen)


# Views on the errors


def test_scores_are_the_score_table(dataset):
    result = run(dataset)
    expected = score_table(result.truth, result.forecast, "1h", steps=[1, 4])
    pd.testing.assert_frame_equal(result.scores(steps=[1, 4]), expected)


def test_by_node_splits_the_error_by_node(dataset):
    result = run(dataset)
    table = result.by_node()
    assert list(table.index) == ["a", "b", "c"]
    assert table.loc["b", "mae"] == mae(result.truth[..., 1], result.forecast[..., 1])
    assert table["mae"].mean() == pytest.approx(mae(result.truth, result.forecast))
    assert table["count"].sum() == result.truth.size


def test_events_are_marked_where_their_targets_are():
    times = make_dataset().values.index
    events = pd.DataFrame(
        {
            "node": ["b", None],
            "start": [times[250], times[280]],
            "end": [times[252], times[280]],
            "kind": ["incident", "storm"],
        }
    )
    dataset = make_dataset(events=events)
    result = run(dataset)
    rows = result.origins[:, None] + np.arange(4)
    incident = ((rows >= 250) & (rows <= 252))[..., None] & np.array([False, True, False])
    storm = np.repeat((rows == 280)[..., None], 3, axis=2)
    np.testing.assert_array_equal(event_mask(result, dataset, "incident"), incident)
    np.testing.assert_array_equal(event_mask(result, dataset, ["storm"]), storm)
    np.testing.assert_array_equal(event_mask(result, dataset), incident | storm)
    with pytest.raises(InputError, match="kind: expected one of .*'incident', 'storm'.*got"):
        event_mask(result, dataset, "concert")
    with pytest.raises(InputError, match="no labelled events"):
        event_mask(result, make_dataset())


def test_error_where_parts_the_targets(dataset):
    result = run(dataset)
    mask = result.truth < 60
    table = result.error_where(mask)
    inside = np.abs(result.truth - result.forecast)[:, 1][mask[:, 1]]
    assert table.loc["2h", ("inside", "mae")] == pytest.approx(inside.mean(), rel=1e-6)
    counts = table["inside"]["count"] + table["outside"]["count"]
    assert (counts == len(result.origins) * 3).all()


def test_congestion_is_far_below_the_free_speed_of_train(dataset):
    result = run(dataset)
    train = pd.DataFrame(np.tile([100.0, 200.0, 50.0], (50, 1)))
    mask = congestion_mask(result, train, share=0.5)
    np.testing.assert_array_equal(mask, result.truth < [50, 100, 25])
    assert mask.any() and not mask.all()
    with pytest.raises(InputError, match="share: expected"):
        congestion_mask(result, train, share=60)
    with pytest.raises(InputError, match="train_values: expected 3 nodes"):
        congestion_mask(result, train[[0]])


def test_congestion_is_a_matter_of_speed():
    assert is_speed("mph") and is_speed(" KM/H ") and not is_speed("veh/h")
    result = run(make_dataset(unit="veh/h"))
    with pytest.raises(InputError, match="unit: congestion is a matter of speed.*'veh/h'"):
        congestion_mask(result, result.truth[:, 0])


# Comparison


class Noisy(Last):
    """The truth of the whole data set and some noise: a forecaster of known quality."""

    parameters = 7

    def __init__(self, name, dataset, noise, horizon=4, seed=0):
        super().__init__(horizon, name)
        size = (len(dataset.values), horizon, dataset.shape[1])
        error = np.random.default_rng(seed).choice([-1, 1], size) * noise
        rows = np.arange(len(dataset.values))[:, None] + np.arange(horizon)
        truth = dataset.values.to_numpy()[np.minimum(rows, len(dataset.values) - 1)]
        # Quality that changes slowly, so that neighbouring origins resemble each other.
        mood = 1 + 0.2 * np.sin(np.arange(len(rows)) / 10 + seed)
        self.said = (np.nan_to_num(truth) + error * mood[:, None, None]).astype("float32")

    def forecasts(self, dataset, origins):
        return self.said[np.asarray(origins)]


def quick_compare(dataset, *noises, test="10D", **options):
    forecasters = [
        Noisy(f"noise {noise}", dataset, noise, seed=i) for i, noise in enumerate(noises)
    ]
    split = chronological_split(dataset, test=test)
    return compare(forecasters, dataset, split, progress=False, **options)


def test_table_holds_every_model_at_the_quarters_of_the_horizon(dataset):
    comparison = quick_compare(dataset, 1, 2)
    table = comparison.table()
    assert table["model"].tolist() == ["noise 1"] * 4 + ["noise 2"] * 4
    assert table["horizon_minutes"].tolist() == [60, 120, 180, 240] * 2
    assert list(table.columns) == [
        "model", "horizon_minutes", "mae", "rmse", "mae_pooled", "rmse_pooled",
        "mae_congestion", "rmse_congestion", "seconds", "parameters", "peak_mb",
    ]  # fmt: skip
    scores = comparison.runs["noise 2"].backtest.scores()
    np.testing.assert_array_equal(table["mae"][4:], scores["mae"])
    np.testing.assert_array_equal(table["rmse_pooled"][4:], scores["rmse_pooled"])
    assert (table["parameters"] == 7).all() and (table["seconds"] > 0).all()
    assert comparison.best()["model"].tolist() == ["noise 1"] * 4


def test_no_column_for_congestion_without_speed():
    table = quick_compare(make_dataset(unit="veh/h"), 1).table()
    assert not any("congestion" in column for column in table.columns)


def test_every_model_is_fitted_on_the_past_and_scored_at_the_same_origins(dataset):
    forecasters = [Last(name="short"), Last(name="long", lookback=9)]
    split = chronological_split(dataset, test="5D", gap=3)
    comparison = compare(forecasters, dataset, split, progress=False)
    for forecaster in forecasters:
        train, validation = forecaster.trained_on
        assert train.values.index[-1] == dataset.values.index[split.train.stop - 1]
        assert validation.values.index[0] == dataset.values.index[split.validation.start]
        assert validation.values.index[-1] == dataset.values.index[split.validation.stop - 1]
        result = comparison.runs[forecaster.name].backtest
        assert result.origins[0] == split.test.start + 9
    assert comparison.runs["short"].parameters == 0  # it has no such attribute
    fixed = compare([Last()], dataset, split, lookback=4, progress=False)
    assert fixed.runs["last"].backtest.origins[0] == split.test.start + 4


def test_of_very_many_targets_every_second_or_third_origin_is_tested(dataset, monkeypatch):
    whole = quick_compare(dataset, 1)
    targets = 240 * 4 * dataset.shape[1]
    monkeypatch.setattr("stlearn.evaluation.comparison.MOST_TARGETS", int(targets / 2.5))
    some = quick_compare(dataset, 1)
    origins = [next(iter(each.runs.values())).backtest.origins for each in (whole, some)]
    np.testing.assert_array_equal(origins[0][::3], origins[1])


def test_the_mean_error_is_a_running_sum_over_blocks(dataset, monkeypatch):
    monkeypatch.setattr("stlearn.baselines.base.WINDOWS_AT_ONCE", 7 * dataset.shape[1])
    model, origins = Last().fit(dataset), np.arange(20, 100, 3)
    truth = backtest(model, dataset, slice(0, 200)).truth[origins - 2]
    errors = np.abs(truth - model.forecasts(dataset, origins))
    assert model.mean_error(dataset, origins) == pytest.approx(np.nanmean(errors), rel=1e-5)
    sizes = np.arange(1.0, dataset.shape[1] + 1)
    expected = np.nanmean(errors / sizes)
    assert model.mean_error(dataset, origins, sizes) == pytest.approx(expected, rel=1e-5)
    silent = SpatioTemporalDataset("x", dataset.values, "km/h").between(0, 100)
    object.__setattr__(silent, "values", silent.values * np.nan)
    assert np.isnan(model.mean_error(silent, origins[origins < 90]))


def test_errors_by_node_are_those_of_each_node_alone(dataset):
    result = backtest(Last().fit(dataset), dataset, slice(0, 300))
    table = result.by_node()
    for place, node in enumerate(dataset.values.columns):
        truth, forecast = result.truth[..., place], result.forecast[..., place]
        assert table.loc[node, "mae"] == pytest.approx(mae(truth, forecast))
        assert table.loc[node, "count"] == np.isfinite(truth).sum()


def test_memory_and_time_of_the_fit_are_measured(dataset):
    class Hungry(Last):
        def fit(self, train, validation=None):
            self.ballast = np.ones(25_000_000)  # 200 MB
            time.sleep(0.2)
            del self.ballast
            return super().fit(train, validation)

    split = chronological_split(dataset)
    runs = compare([Last(), Hungry(name="hungry")], dataset, split, progress=False).runs
    assert 190 < runs["hungry"].peak_mb - runs["last"].peak_mb < 260
    assert 0.2 < runs["hungry"].fit_seconds < 10


def test_verdict_calls_a_clear_gain_real_and_a_clear_loss_a_loss(dataset):
    comparison = quick_compare(dataset, 1.0, 2.0, 3.0)
    verdicts = comparison.verdict("noise 1.0")
    assert [verdict.horizon for verdict in verdicts] == [pd.Timedelta(hours=h) for h in (1, 2, 4)]
    for verdict in verdicts:
        assert verdict.reference == "noise 2.0"  # the best of the others
        assert verdict.real and verdict.low < verdict.gain < verdict.high
        assert verdict.gain == pytest.approx(0.5, abs=0.02)
    assert verdicts[0].sentence.startswith("At 1 hour noise 1.0 is ")
    assert verdicts[1].sentence.startswith("At 2 hours noise 1.0 is ")
    assert verdicts[0].sentence.endswith("%): the gain is real.")
    lost = comparison.verdict("noise 2.0", reference="noise 1.0")[0]
    assert not lost.real and lost.gain < 0
    assert " % worse than noise 1.0 (95 % interval " in lost.sentence
    assert lost.sentence.endswith(": the loss is real.")


def test_verdict_shows_no_gain_between_equals(dataset):
    class Walk(Noisy):
        """Errors that wander, alike in quality."""

        def __init__(self, name, dataset, seed):
            super().__init__(name, dataset, 0.0)
            steps = np.random.default_rng(seed).normal(size=self.said.shape)
            self.said += pd.DataFrame(steps.reshape(len(steps), -1)).ewm(span=24).mean().to_numpy(
                dtype="float32"
            ).reshape(steps.shape)  # fmt: skip

    split = chronological_split(dataset, test="10D")
    pair = [Walk("first", dataset, seed=1), Walk("second", dataset, seed=2)]
    for verdict in compare(pair, dataset, split, progress=False).verdict("first"):
        assert not verdict.real and verdict.low < 0 < verdict.high
        assert verdict.sentence.endswith("the interval includes zero, so no gain is shown.")


def test_verdict_within_congestion_counts_only_that(dataset):
    comparison = quick_compare(dataset, 1.0, 2.0)
    inside = comparison.verdict("noise 1.0", mask=comparison.congestion)[0]
    models = [comparison.runs[f"noise {noise}"].backtest for noise in ("1.0", "2.0")]
    errors = [
        np.abs(model.truth - model.forecast)[:, 0][comparison.congestion[:, 0]].mean()
        for model in models
    ]
    assert inside.gain == pytest.approx(1 - errors[0] / errors[1], rel=1e-6)
    nothing = comparison.verdict("noise 1.0", mask=np.zeros_like(comparison.congestion))[0]
    assert not nothing.real and "cannot be compared" in nothing.sentence


def test_verdict_needs_four_blocks(dataset):
    # Under seven days a block is a quarter of a day, but at least twice the horizon: 8 rows.
    short = quick_compare(dataset, 1.0, 2.0, test=33 / len(dataset.values))  # 28 origins
    for verdict in short.verdict("noise 1.0"):
        assert not verdict.real and np.isnan(verdict.low)
        assert verdict.sentence.endswith(
            "the test part is too short for an interval, so no gain is shown."
        )
    enough = quick_compare(dataset, 1.0, 2.0, test=37 / len(dataset.values))  # 32 origins
    assert all(verdict.real for verdict in enough.verdict("noise 1.0"))


def test_verdict_takes_blocks_of_a_day_from_seven_days_on(dataset):
    for test, block in (("7D", DAY), ("6D", 8)):
        comparison = quick_compare(dataset, 1.0, 2.0, test=test)
        models = [comparison.runs[f"noise {noise}"].backtest for noise in ("1.0", "2.0")]
        errors = [np.abs(model.truth - model.forecast)[:, 0] for model in models]
        verdict = comparison.verdict("noise 1.0")[0]
        assert verdict.low == -block_bootstrap(*errors, block=block).relative_high


def test_verdict_against_a_perfect_reference_is_no_division_by_zero(dataset):
    comparison = quick_compare(dataset, 1.0, 0.0)
    assert "noise 0.0 makes no error" in comparison.verdict("noise 1.0")[0].sentence


def test_comparison_refuses(dataset):
    split = chronological_split(dataset)
    with pytest.raises(InputError, match="one or more with different names, got \\['a', 'a'\\]"):
        compare([Last(name="a"), Last(name="a")], dataset, split)
    with pytest.raises(InputError, match="forecasters: expected one or more"):
        compare([], dataset, split)
    with pytest.raises(InputError, match="one horizon for all, got \\[3, 4\\]"):
        compare([Last(3, "a"), Last(4, "b")], dataset, split)
    with pytest.raises(InputError, match="part: expected at least 6 rows"):
        parts = Split(slice(0, 100), slice(100, 200), slice(475, 480))
        compare([Last()], dataset, parts, progress=False)
    comparison = quick_compare(dataset, 1.0)
    with pytest.raises(InputError, match="model: expected one of \\['noise 1.0'\\], got 'stn'"):
        comparison.verdict("stn")
    with pytest.raises(InputError, match="another forecaster to compare with"):
        comparison.verdict("noise 1.0")


def test_sensors_of_other_scales_count_in_their_usual_ranges(dataset):
    louder = np.array([1.0] + [1e4] * (dataset.shape[1] - 1))
    other = SpatioTemporalDataset("mixed", dataset.values * louder, "u")
    comparison = quick_compare(other, 2.0, 4.0)
    assert comparison.unit == "usual ranges"
    tested = comparison.runs["noise 2.0"].backtest
    size = comparison.sizes
    expected = np.nanmean(np.abs(tested.forecast - tested.truth)[:, 3] / size)
    table = comparison.table().set_index(["model", "horizon_minutes"])
    assert table.loc[("noise 2.0", 240), "mae"] == pytest.approx(expected, rel=1e-4)
    assert quick_compare(dataset, 2.0).unit == dataset.unit


def test_the_winner_is_the_best_where_nobody_has_learned(dataset):
    forecasters = [Noisy(f"noise {noise}", dataset, noise) for noise in (4.0, 1.0, 2.0)]
    split = chronological_split(dataset, test="10D")
    comparison = compare(forecasters, dataset, split, progress=False, quantiles=(0.05, 0.5, 0.95))
    assert comparison.winner() == "noise 1.0"
    assert comparison.winner(["noise 4.0", "noise 2.0"]) == "noise 2.0"
    with pytest.raises(InputError, match="candidates: expected any of .* got 'luck'"):
        comparison.winner(["luck"])
    with pytest.raises(InputError, match="no error on the validation part is known"):
        quick_compare(dataset, 1.0, 2.0).winner()


def test_shown_steps_are_the_quarters():
    assert shown_steps(12) == [3, 6, 9, 12]
    assert shown_steps(1) == [1] and shown_steps(3) == [1, 2, 3] and shown_steps(6) == [2, 3, 5, 6]


def test_progress_goes_to_standard_error_only(dataset, capsys):
    compare([Last()], dataset, chronological_split(dataset), progress=True)
    captured = capsys.readouterr()
    assert captured.out == "" and "last" in captured.err


def test_no_tensorflow_is_loaded():
    code = (
        "import sys, stlearn.evaluation.comparison; "
        "print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "False"]


def on_disk(values):
    while isinstance(values, np.ndarray):
        values = values.base
    return isinstance(values, mmap.mmap)


def test_forecasts_on_the_disk_are_those_in_memory(monkeypatch):
    corridor = stlearn.load("corridor").between(0, 10 * 288)
    model = LastValue(horizon=12).fit(corridor.between(0, 7 * 288))
    there = backtest(model, corridor, slice(7 * 288, 10 * 288))
    monkeypatch.setattr("stlearn.memory.LARGE", 1)
    here = backtest(model, corridor, slice(7 * 288, 10 * 288))
    assert on_disk(here.forecast) and not on_disk(there.forecast)
    assert (here.forecast == there.forecast).all()
    pd.testing.assert_frame_equal(here.scores(), there.scores())
    pd.testing.assert_frame_equal(here.by_node(), there.by_node())
