"""The baselines: one contract for all, and for each what it must be able to do."""

import json
import subprocess
import sys
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest

from stlearn import SpatioTemporalDataset, catalogue
from stlearn.baselines import standard, trees
from stlearn.baselines.averages import HistoricalAverage, LastValue, SeasonalNaive, season_rows
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.baselines.trees import MOST_TREES, GradientBoosting
from stlearn.data.dataset import make_calendar
from stlearn.data.windows import cut_windows, window_origins
from stlearn.errors import InputError

HORIZON = 2
DAY = 24
MAKERS = {
    "last value": lambda: LastValue(HORIZON),
    "historical average": lambda: HistoricalAverage(HORIZON),
    "seasonal naive": lambda: SeasonalNaive(HORIZON),
    "autoregression": lambda: AverageAutoregression(HORIZON, lags=4),
    "vector autoregression": lambda: VectorAutoregression(HORIZON, lags=4),
    "neighbour autoregression": lambda: VectorAutoregression(HORIZON, lags=4, neighbours_only=True),
    "autoregression, absolute": lambda: AverageAutoregression(
        HORIZON, lags=4, loss="absolute_error"
    ),
    "neighbour autoregression, absolute": lambda: VectorAutoregression(
        HORIZON, lags=4, neighbours_only=True, loss="absolute_error"
    ),
    "boosted trees": lambda: GradientBoosting(HORIZON, lags=4),
}
LEARNERS = tuple(name for name in MAKERS if "auto" in name or "trees" in name)
every_baseline = pytest.mark.parametrize("name", MAKERS)


def make_dataset(values, freq="h", start="2026-01-05", chain=True, **known_ahead):
    """A data set of an array (time, node), its nodes in a chain that runs from the first on."""
    values = np.asarray(values, dtype="float64")
    index = pd.date_range(start, periods=len(values), freq=freq)
    nodes = [f"n{number}" for number in range(values.shape[1])]
    adjacency = None
    if chain and len(nodes) > 1:
        adjacency = pd.DataFrame(np.eye(len(nodes), k=-1), index=nodes, columns=nodes)
    calendar = make_calendar(index, **known_ahead) if known_ahead else None
    frame = pd.DataFrame(values, index=index, columns=nodes)
    return SpatioTemporalDataset(
        "planted", frame, unit="km/h", adjacency=adjacency, calendar=calendar
    )


def daily_wave(rows, nodes=4, noise=1.0, seed=0):
    """Values (time, node) with a daily wave, a level a node, and noise that lingers."""
    random = np.random.default_rng(seed)
    shocks = random.normal(scale=noise, size=(rows, nodes))
    for row in range(1, rows):
        shocks[row] += 0.8 * shocks[row - 1]
    wave = 10 * np.sin(2 * np.pi * np.arange(rows) / DAY)[:, None]
    return 60 + 3 * np.arange(nodes) + wave + shocks


def with_gaps(values, share=0.3, seed=1):
    values = np.array(values, dtype="float64")
    values[np.random.default_rng(seed).random(values.shape) < share] = np.nan
    return values


ROWS = 22 * DAY
FIT, CHOOSE = 15 * DAY, 18 * DAY


@cache
def world():
    return make_dataset(daily_wave(ROWS))


@cache
def fitted(name):
    return MAKERS[name]().fit(world().between(0, FIT), world().between(FIT, CHOOSE))


def rmse(model, dataset, start, stop, step=0):
    """Error of a model at a step ahead, over all origins of a part."""
    origins = window_origins(start, stop, model.lookback, model.horizon)
    truth = cut_windows(dataset.values.to_numpy(), origins, 0, model.horizon)[1]
    error = model.forecasts(dataset, origins) - truth
    return np.sqrt(np.nanmean(error[:, step] ** 2))


# What all have in common


@every_baseline
def test_forecasts_have_one_entry_for_origin_step_and_node(name):
    model = fitted(name)
    assert model.name == name
    forecast = model.forecasts(world(), np.array([CHOOSE, ROWS, CHOOSE + 7]))
    assert forecast.shape == (3, HORIZON, 4)
    assert forecast.dtype == np.float32
    assert np.isfinite(forecast).all()
    again = model.forecasts(world(), np.array([CHOOSE + 7]))
    np.testing.assert_allclose(again[0], forecast[2], rtol=1e-5)


@every_baseline
def test_predict_is_indexed_by_the_times_to_come(name):
    prediction = fitted(name).predict(world())
    last = world().values.index[-1]
    assert list(prediction.index) == [last + pd.Timedelta(hours=step) for step in (1, 2)]
    assert list(prediction.columns) == list(world().values.columns)
    at_the_end = fitted(name).forecasts(world(), np.array([ROWS]))[0]
    np.testing.assert_array_equal(prediction.to_numpy(), at_the_end)


@every_baseline
def test_later_rows_change_nothing(name):
    origin = CHOOSE + 5
    other = world().values.to_numpy(dtype="float64", copy=True)
    other[origin:] = 1e4
    other[origin + 1] = np.nan
    model = fitted(name)
    seen = model.forecasts(world(), np.array([origin]))
    np.testing.assert_array_equal(model.forecasts(make_dataset(other), np.array([origin])), seen)
    cut_off = world().between(0, origin)
    np.testing.assert_allclose(model.forecasts(cut_off, np.array([origin])), seen, rtol=1e-5)


@every_baseline
def test_gaps_in_fit_and_history_leave_a_finite_forecast(name):
    values = with_gaps(daily_wave(ROWS))
    values[:CHOOSE, 2] = np.nan  # a node that is silent until the end of training
    values[CHOOSE : CHOOSE + 12] = np.nan  # and an hour when all are silent
    dataset = make_dataset(values)
    model = MAKERS[name]().fit(dataset.between(0, FIT), dataset.between(FIT, CHOOSE))
    forecast = model.forecasts(dataset, np.arange(CHOOSE, ROWS + 1))
    assert np.isfinite(forecast).all()
    # Within the range of the data: a gap has not become a number such as zero.
    known = forecast[:, :, [0, 1, 3]]
    assert known.min() > np.nanmin(values) - 15
    assert known.max() < np.nanmax(values) + 15


@every_baseline
def test_order_of_nodes_does_not_matter(name):
    order = [2, 0, 3, 1]
    dataset = world()
    nodes = dataset.values.columns[order]
    permuted = SpatioTemporalDataset(
        "permuted",
        dataset.values[nodes],
        unit="km/h",
        adjacency=dataset.adjacency.loc[nodes, nodes],
    )
    model = MAKERS[name]().fit(permuted.between(0, FIT), permuted.between(FIT, CHOOSE))
    origins = np.arange(CHOOSE, ROWS)
    expected = fitted(name).forecasts(dataset, origins)[:, :, order]
    # Trees may take another of two equally good splits; the others only round differently.
    tolerance = 0.3 if name == "boosted trees" else 0.01
    difference = np.abs(model.forecasts(permuted, origins) - expected)
    assert difference.mean() < tolerance


def test_save_and_load_in_another_process_gives_the_same_numbers(tmp_path):
    np.savez(tmp_path / "values.npz", values=world().values.to_numpy())
    for name in MAKERS:
        fitted(name).save(tmp_path / name)
        assert not list((tmp_path / name).glob("*.pkl"))
    classes = {name: type(fitted(name)).__name__ for name in MAKERS}
    (tmp_path / "classes.json").write_text(json.dumps(classes))
    script = """
import json, sys
from pathlib import Path
import numpy as np, pandas as pd
from stlearn import SpatioTemporalDataset
from stlearn.baselines import standard
folder = Path(sys.argv[1])
values = np.load(folder / "values.npz")["values"]
index = pd.date_range("2026-01-05", periods=len(values), freq="h")
frame = pd.DataFrame(values, index=index, columns=[f"n{i}" for i in range(values.shape[1])])
dataset = SpatioTemporalDataset("again", frame, unit="km/h")
found = {}
for name, kind in json.loads((folder / "classes.json").read_text()).items():
    model = getattr(standard, kind).load(folder / name)
    found[name] = model.forecasts(dataset, np.arange(440, 450))
np.savez(folder / "found.npz", **found)
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)
    with np.load(tmp_path / "found.npz") as found:
        for name in MAKERS:
            expected = fitted(name).forecasts(world(), np.arange(440, 450))
            np.testing.assert_array_equal(found[name], expected, err_msg=name)


@every_baseline
def test_a_loaded_baseline_is_complete(name, tmp_path):
    fitted(name).save(tmp_path)
    loaded = type(fitted(name)).load(tmp_path)
    assert loaded.parameters == fitted(name).parameters > 0
    assert loaded.nodes == fitted(name).nodes
    assert (loaded.name, loaded.lookback) == (name, fitted(name).lookback)
    later = world().between(CHOOSE, ROWS)
    expected = type(loaded).load(tmp_path).update(later).predict(world())
    pd.testing.assert_frame_equal(loaded.update(later).predict(world()), expected)


@every_baseline
def test_bad_input_is_told(name, tmp_path):
    model, dataset = fitted(name), world()
    with pytest.raises(InputError, match="call fit"):
        MAKERS[name]().predict(dataset)
    with pytest.raises(InputError, match="call fit"):
        MAKERS[name]().save(tmp_path)
    with pytest.raises(InputError, match="missing .'n3'"):
        model.predict(make_dataset(dataset.values.to_numpy()[:, :3]))
    for origin in (0, ROWS + 1):
        with pytest.raises(InputError, match="origins"):
            model.forecasts(dataset, np.array([origin]))
    with pytest.raises(InputError, match="origins"):
        model.forecasts(dataset, np.array([0.5]))
    with pytest.raises(InputError, match="validation: expected times after"):
        MAKERS[name]().fit(dataset.between(100, 300), dataset.between(0, 100))
    with pytest.raises(InputError, match="horizon"):
        type(model)(horizon=0)
    silent = dataset.values.to_numpy(dtype="float64", copy=True)
    silent[:100] = np.nan
    with pytest.raises(InputError, match="train: expected known values"):
        MAKERS[name]().fit(make_dataset(silent).between(0, 100), dataset.between(100, 200))


@pytest.mark.parametrize("name", LEARNERS)
def test_learners_need_a_complete_window(name):
    with pytest.raises(InputError, match="validation: expected at least 6 rows"):
        MAKERS[name]().fit(world().between(0, 100), world().between(100, 105))
    with pytest.raises(InputError, match="expected at least 6 rows"):
        MAKERS[name]().fit(world().between(0, 20))
    with pytest.raises(InputError, match="at least 4 rows of history"):
        fitted(name).predict(world().between(0, 3))
    with pytest.raises(InputError, match="lags"):
        type(fitted(name))(lags=0)


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "last value"])
def test_another_step_is_refused(name):
    quarter_hours = make_dataset(daily_wave(ROWS), freq="15min")
    with pytest.raises(InputError, match="expected a step of 0 days 01:00:00"):
        fitted(name).predict(quarter_hours)


@pytest.mark.parametrize("name", LEARNERS)
def test_without_validation_the_end_of_train_serves(name):
    model = MAKERS[name]().fit(world().between(0, CHOOSE))
    # One step ahead, the noise has a standard deviation of 1.
    assert rmse(model, world(), CHOOSE, ROWS) < 1.6


@every_baseline
def test_hours_that_are_never_recorded_stop_nobody(name):
    values = daily_wave(ROWS)
    hours = np.arange(ROWS) % DAY
    values[(hours < 9) | (hours > 11)] = np.nan  # four hours before, there is never a value
    dataset = make_dataset(values)
    model = MAKERS[name]().fit(dataset.between(0, CHOOSE), dataset.between(CHOOSE, ROWS))
    forecast = model.forecasts(dataset, np.arange(CHOOSE, ROWS))
    assert np.isfinite(forecast).all()


@pytest.mark.parametrize("name", LEARNERS)
def test_learners_beat_the_simple_baselines(name):
    simple = (fitted(other) for other in MAKERS if other not in LEARNERS)
    best = min(rmse(model, world(), CHOOSE, ROWS) for model in simple)
    assert rmse(fitted(name), world(), CHOOSE, ROWS) < best


def test_threads_leave_the_filters_of_warnings_alone():
    fitted("boosted trees")  # imports what adds filters of its own
    before, switched = list(warnings.filters), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(3):
            GradientBoosting(12, 3).fit(world()).predict(world())
            assert list(warnings.filters) == before
    finally:
        sys.setswitchinterval(switched)


def test_threads_show_warnings_but_for_those_of_their_own_race():
    import joblib
    from sklearn.utils.parallel import delayed

    def warns(item):
        # Without filters of warnings, scikit-learn's own threads say the same as this.
        joblib.Parallel(1)([delayed(abs)(item)])
        warnings.warn(f"mine {item}", stacklevel=1)
        return item

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert trees._in_threads(warns, range(3)) == [0, 1, 2]
    assert sorted(str(each.message) for each in seen) == ["mine 0", "mine 1", "mine 2"]


def test_folders_that_hold_something_else_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds no saved baseline"):
        LastValue.load(tmp_path / "nowhere")
    fitted("last value").save(tmp_path)
    with pytest.raises(InputError, match="expected a saved HistoricalAverage, got a LastValue"):
        HistoricalAverage.load(tmp_path)
    (tmp_path / "arrays.npz").write_bytes(b"half a file")
    with pytest.raises(InputError, match="spoiled"):
        LastValue.load(tmp_path)
    (tmp_path / "baseline.json").write_text("{")
    with pytest.raises(InputError, match="holds no saved baseline"):
        LastValue.load(tmp_path)


@pytest.mark.parametrize("name", ["lowest", "timezone", "constants"])
def test_a_saved_baseline_that_lacks_something_is_refused(name, tmp_path):
    fitted("last value").save(tmp_path)
    file = tmp_path / "baseline.json"
    described = json.loads(file.read_text())
    del described["about"][name]
    file.write_text(json.dumps(described))
    with pytest.raises(InputError, match=f"another version of stlearn .*{name}.*train it again"):
        LastValue.load(tmp_path)


def test_pickled_arrays_are_refused(tmp_path):
    fitted("last value").save(tmp_path)
    np.savez(tmp_path / "arrays.npz", mean=np.array([print], dtype=object))
    with pytest.raises(InputError, match="spoiled"):
        LastValue.load(tmp_path)


def test_names_that_json_cannot_hold_are_refused(tmp_path):
    values = pd.DataFrame(
        {pd.Timestamp("2026-01-01"): [1.0, 2.0]},
        index=pd.date_range("2026-01-05", periods=2, freq="h"),
    )
    model = LastValue(1).fit(SpatioTemporalDataset("dates", values, unit="m"))
    with pytest.raises(InputError, match="text or numbers as names"):
        model.save(tmp_path)
    assert not list(tmp_path.iterdir())


@every_baseline
def test_clone_has_the_arguments_and_nothing_learned(name):
    from sklearn.base import clone

    copy = clone(fitted(name))
    assert copy.get_params() == fitted(name).get_params()
    assert copy.name == name
    assert copy.nodes is None


@every_baseline
def test_set_params_checks_and_forgets(name):
    model = MAKERS[name]()
    model.nodes = ["a"]
    assert model.set_params(horizon=5) is model
    assert (model.horizon, model.nodes) == (5, None)
    with pytest.raises(InputError, match=f"{name}: expected any of .*horizon.*, got horizn"):
        model.set_params(horizn=3)
    with pytest.raises(InputError, match="horizon: expected a whole number"):
        model.set_params(horizon=0)
    assert model.horizon == 5


def test_numbers_of_numpy_and_names_that_are_numbers_survive(tmp_path):
    values = pd.DataFrame(
        daily_wave(6 * DAY), pd.date_range("2026-01-05", periods=6 * DAY, freq="h"), range(101, 105)
    )
    dataset = SpatioTemporalDataset("numbers", values, unit="km/h")
    model = AverageAutoregression(np.int64(2), lags=np.int32(4)).fit(dataset)
    model.save(tmp_path)
    loaded = AverageAutoregression.load(tmp_path)
    pd.testing.assert_frame_equal(loaded.predict(dataset), model.predict(dataset))


# Last value


def test_last_value_looks_back_as_far_as_needed():
    values = np.array([[1.0, 7.0], [2.0, 8.0], [np.nan, 9.0], [np.nan, 10.0]])
    dataset = make_dataset(values)
    model = LastValue(2).fit(dataset)
    np.testing.assert_array_equal(model.forecasts(dataset, np.array([4]))[0], [[2, 10]] * 2)


def test_last_value_falls_back_to_the_mean_in_training():
    train = make_dataset([[1.0, 7.0], [3.0, 8.0]])
    history = train.values.copy()
    history.iloc[:, 0] = np.nan
    model = LastValue(1).fit(train)
    silent = train.between(0, 2)
    object.__setattr__(silent, "values", history)
    np.testing.assert_array_equal(model.forecasts(silent, np.array([2]))[0], [[2, 8]])


def test_last_value_reproduces_the_published_figures(mirror):
    dataset = catalogue.load("los-loop")
    model = LastValue(12).fit(dataset.between(0, 1612))
    for steps, expected_rmse, expected_mae in (
        (3, 5.5428, 3.1561),
        (6, 6.6986, 3.6317),
        (9, 7.6281, 4.0417),
        (12, 8.4555, 4.4332),
    ):
        # The protocol's windows: range(len - 12 - steps), counted in the test part.
        origins = 1612 + 12 + np.arange(404 - 12 - steps)
        truth = cut_windows(dataset.values.to_numpy(), origins, 0, steps)[1]
        error = model.forecasts(dataset, origins)[:, :steps] - truth
        assert np.sqrt(np.mean(error**2)) == pytest.approx(expected_rmse, abs=1e-4)
        assert np.abs(error).mean() == pytest.approx(expected_mae, abs=1e-4)


# Historical average


def test_average_is_the_mean_by_time_of_week():
    dataset = make_dataset(with_gaps(daily_wave(4 * 7 * DAY), share=0.2))
    model = HistoricalAverage(7 * DAY).fit(dataset.between(0, 3 * 7 * DAY))
    frame = dataset.values.iloc[: 3 * 7 * DAY].astype("float64")
    means = frame.groupby([frame.index.day_of_week, frame.index.hour]).mean()
    forecast = model.forecasts(dataset, np.array([3 * 7 * DAY]))[0]
    seen = means.notna().to_numpy()
    assert seen.mean() > 0.95
    np.testing.assert_allclose(forecast[seen], means.to_numpy()[seen], rtol=1e-5)


def test_short_data_is_averaged_by_time_of_day():
    # Monday to Wednesday. Thursday was never seen: it is a working day like these.
    dataset = make_dataset(daily_wave(3 * DAY))
    model = HistoricalAverage(DAY).fit(dataset)
    expected = dataset.values.to_numpy().reshape(3, DAY, 4).mean(axis=0)
    np.testing.assert_allclose(model.predict(dataset).to_numpy(), expected, rtol=1e-5)


def test_weekend_never_seen_falls_back_to_the_mean():
    dataset = make_dataset(daily_wave(5 * DAY))
    forecast = HistoricalAverage(1).fit(dataset).predict(dataset)
    expected = dataset.values.to_numpy(dtype="float64").mean(axis=0)
    np.testing.assert_allclose(forecast.to_numpy()[0], expected, rtol=1e-5)


def test_time_of_week_with_gaps_falls_back_to_time_of_day():
    values = daily_wave(3 * 7 * DAY)
    monday_eight = np.arange(8, len(values), 7 * DAY)
    values[monday_eight, 0] = np.nan
    dataset = make_dataset(values)
    forecast = HistoricalAverage(9).fit(dataset).predict(dataset).to_numpy()[8, 0]
    eight = dataset.values[dataset.values.index.hour == 8]
    assert forecast == pytest.approx(eight[eight.index.day_of_week < 5]["n0"].mean(), rel=1e-5)


def test_holidays_count_as_sundays():
    rows = 4 * 7
    weekly = np.tile([10.0, 10, 10, 10, 10, 10, 2], 4)
    holiday = np.zeros(rows)
    holiday[[9, 22]] = 1  # two Wednesdays; the second one is still to come
    weekly[[9, 22]] = 2
    dataset = make_dataset(weekly[:, None], freq="D", holiday=holiday)
    model = HistoricalAverage(7).fit(dataset.between(0, 21))
    np.testing.assert_allclose(
        model.forecasts(dataset, np.array([21]))[0, :, 0], [10, 2, 10, 10, 10, 10, 2]
    )


@pytest.mark.parametrize("freq", ["MS", "W"])
def test_coarse_data_is_averaged_by_month(freq):
    index = pd.date_range("2020-01-01", periods=400, freq=freq)[: 36 if freq == "MS" else 157]
    values = pd.DataFrame({"a": index.month.to_numpy(dtype="float64")}, index=index)
    dataset = SpatioTemporalDataset("months", values, unit="mm")
    prediction = HistoricalAverage(6).fit(dataset).predict(dataset)
    np.testing.assert_allclose(prediction["a"], prediction.index.month)


def test_leaving_out_takes_each_value_from_its_own_average():
    dataset = make_dataset(with_gaps(daily_wave(3 * 7 * DAY), share=0.1))
    model = HistoricalAverage(1).fit(dataset)
    found = model.average(dataset, 30, 40, leave_out=True)
    values = dataset.values.to_numpy(dtype="float64")
    for row in range(30, 40):
        same = [other for other in (row, row + 168, row + 336) if other != row]
        expected = np.nanmean(values[same], axis=0)
        whole = np.isfinite(values[same]).any(axis=0)
        np.testing.assert_allclose(found[row - 30][whole], expected[whole])


def test_updating_an_average_equals_fitting_on_all_and_counts_nothing_twice():
    dataset = world()
    together = HistoricalAverage(HORIZON).fit(dataset.between(0, 500))
    continued = HistoricalAverage(HORIZON).fit(dataset.between(0, 400))
    continued.update(dataset.between(300, 450)).update(dataset.between(350, 500))
    continued.update(dataset.between(350, 500))
    pd.testing.assert_frame_equal(continued.predict(dataset), together.predict(dataset))


# Seasonal naive


def test_seasonal_naive_is_exact_on_a_periodic_series():
    week = np.random.default_rng(0).normal(size=(7 * DAY, 2))
    dataset = make_dataset(np.tile(week, (4, 1)))
    model = SeasonalNaive(7 * DAY).fit(dataset.between(0, 3 * 7 * DAY))
    assert model.season == 7 * DAY
    forecast = model.forecasts(dataset, np.array([3 * 7 * DAY]))[0]
    np.testing.assert_array_equal(forecast, week.astype("float32"))


def test_seasonal_naive_goes_back_season_by_season_and_then_to_the_average():
    values = np.tile(np.arange(7.0), 4)[:, None] + 10 * np.repeat(np.arange(4), 7)[:, None]
    values[[15, 22], 0] = np.nan  # Tuesday of the third and the fourth week
    values[np.arange(2, 28, 7), 0] = np.nan  # every Wednesday
    dataset = make_dataset(values, freq="D")
    forecast = SeasonalNaive(3).fit(dataset).predict(dataset)["n0"]
    assert forecast.iloc[0] == 30
    assert forecast.iloc[1] == 11
    weekdays = dataset.values[dataset.values.index.day_of_week < 5]["n0"]
    assert forecast.iloc[2] == pytest.approx(weekdays.mean())


def test_a_horizon_longer_than_the_season_repeats_it():
    dataset = make_dataset(np.tile(np.arange(24.0), 3)[:, None])
    prediction = SeasonalNaive(2 * DAY).fit(dataset).predict(dataset)
    np.testing.assert_array_equal(prediction["n0"], np.tile(np.arange(24), 2))


@pytest.mark.parametrize(
    ("freq", "rows", "expected"),
    [("5min", 4032, 2016), ("5min", 4031, 288), ("D", 20, 7), ("W", 60, 52), ("MS", 30, 12)],
)
def test_season_follows_the_step_and_the_length(freq, rows, expected):
    assert season_rows(make_dataset(np.ones((rows, 1)), freq=freq)) == expected


def test_season_of_working_days_has_five_rows():
    assert season_rows(make_dataset(np.ones((20, 1)), freq="B")) == 5


# Autoregressions


def planted_chain(rows, seed=0):
    """Noise that enters at node 0 and moves one node down the chain with each step."""
    random = np.random.default_rng(seed)
    values = np.zeros((rows, 4))
    for row in range(1, rows):
        values[row, 0] = 0.5 * values[row - 1, 0] + random.normal()
        values[row, 1:] = 0.9 * values[row - 1, :-1] + 0.3 * random.normal(size=3)
    return 50 + values


def test_autoregression_comes_close_to_the_noise_and_beats_the_average():
    dataset = make_dataset(daily_wave(100 * DAY))
    split = 60 * DAY, 80 * DAY
    model = AverageAutoregression(HORIZON, lags=4)
    model.fit(dataset.between(0, split[0]), dataset.between(*split))
    average = HistoricalAverage(HORIZON).fit(dataset.between(0, split[1]))
    test = split[1], 100 * DAY
    # One step ahead no forecast can be better than the noise (1.0); the average has all of it.
    assert 0.95 < rmse(model, dataset, *test) < 1.08
    assert rmse(average, dataset, *test) > 1.5
    # Two steps ahead the best is sqrt(1 + 0.8^2).
    assert rmse(model, dataset, *test, step=1) < 1.1 * np.sqrt(1 + 0.64)


def test_autoregression_is_not_pulled_to_zero_by_gaps():
    values = daily_wave(100 * DAY)
    gappy = values.copy()
    gappy[:, 0] = with_gaps(values[:, 0])
    dataset, whole = make_dataset(gappy), make_dataset(values)
    model = AverageAutoregression(1, lags=1)
    model.fit(dataset.between(0, 60 * DAY), dataset.between(60 * DAY, 80 * DAY))
    assert rmse(model, whole, 80 * DAY, 100 * DAY) < 1.08


def test_a_useless_average_is_not_trusted():
    random = np.random.default_rng(0)
    noise = random.normal(size=(4 * 7 * DAY, 2))
    noise[:, 1] += 10 * np.sin(2 * np.pi * np.arange(len(noise)) / DAY)
    model = AverageAutoregression(1, lags=2).fit(make_dataset(noise))
    assert model.trust[0] < 0.2
    assert model.trust[1] > 0.9


@pytest.mark.parametrize("neighbours_only", [False, True])
def test_vector_autoregression_recovers_a_planted_one(neighbours_only):
    dataset = make_dataset(planted_chain(3000))
    parts = dataset.between(0, 2000), dataset.between(2000, 2400)
    model = VectorAutoregression(2, lags=3, neighbours_only=neighbours_only).fit(*parts)
    alone = AverageAutoregression(2, lags=3).fit(*parts)
    # What moves down the chain is known one step ahead, except for the noise on the way.
    best = np.sqrt((1 + 3 * 0.3**2) / 4)
    assert rmse(model, dataset, 2400, 3000) < 1.12 * best
    assert rmse(alone, dataset, 2400, 3000) > 1.3 * best
    # The response to one more at node 0: 0.5 in itself and 0.9 in node 1, nothing in node 3.
    history = dataset.values.to_numpy(dtype="float64", copy=True)
    origins = np.array([len(history)])
    before = model.forecasts(dataset, origins)[0, 0]
    history[-1, 0] += 1
    response = model.forecasts(make_dataset(history), origins)[0, 0] - before
    np.testing.assert_allclose(response, [0.5, 0.9, 0, 0], atol=0.12)


@pytest.mark.parametrize("neighbours_only", [False, True])
def test_absolute_errors_are_lower_where_the_median_is_not_the_mean(neighbours_only):
    random = np.random.default_rng(0)
    # A deviation stays as it is in seven of ten steps, otherwise a new one is drawn: the median of
    # the next is the last, the mean is seven tenths of it.
    values = random.normal(size=(1500, 3))
    for row in range(1, len(values)):
        values[row] = np.where(random.random(3) < 0.7, values[row - 1], values[row])
    values += 50
    dataset = make_dataset(values)
    parts = dataset.between(0, 900), dataset.between(900, 1000)
    kind = VectorAutoregression if neighbours_only else AverageAutoregression
    given = {"neighbours_only": True} if neighbours_only else {}
    errors = {}
    for loss in ("squared_error", "absolute_error"):
        model = kind(1, lags=2, loss=loss, **given).fit(*parts)
        said = model.forecasts(dataset, np.arange(1000, 1499))[:, 0]
        errors[loss] = np.abs(said - values[1000:1499]).mean()
    assert errors["absolute_error"] < 0.95 * errors["squared_error"]


def test_absolute_errors_are_for_few_inputs_only():
    with pytest.raises(InputError, match="needs neighbours_only"):
        VectorAutoregression(1, loss="absolute_error")
    with pytest.raises(InputError, match="loss: expected one of squared_error.* got 'huber'"):
        AverageAutoregression(1, loss="huber")


def test_neighbours_are_those_of_the_graph_within_two_hops():
    dataset = make_dataset(planted_chain(600))
    model = VectorAutoregression(1, lags=2, neighbours_only=True).fit(dataset)
    nobody = 4
    seen = [set(row) - {nobody} for row in model.seen]
    assert seen == [{0, 1, 2}, {0, 1, 2, 3}, {0, 1, 2, 3}, {1, 2, 3}]
    with pytest.raises(InputError, match="needs a graph"):
        model.fit(make_dataset(planted_chain(600), chain=False))


def test_noise_is_shrunk_more_than_a_planted_link():
    random = np.random.default_rng(0)
    noise = make_dataset(50 + random.normal(size=(1500, 4)))
    linked = make_dataset(planted_chain(1500))
    of_noise = VectorAutoregression(1, lags=3).fit(noise)
    of_link = VectorAutoregression(1, lags=3).fit(linked)
    assert of_noise.shrinkage > 10 * of_link.shrinkage
    assert np.abs(of_noise.weights).max() < 0.1 * np.abs(of_link.weights).max()


def test_more_inputs_than_rows_is_the_same_regression():
    """The smaller of the two equal problems is solved; both must give ridge regression."""
    from stlearn.baselines.least_squares import decompose

    random = np.random.default_rng(0)
    for rows, inputs in ((30, 8), (8, 30)):
        table, target = random.normal(size=(rows, inputs)), random.normal(size=(rows, 2))
        basis, strength, aligned = decompose(table, target)
        found = basis @ (aligned / (strength + 0.7)[:, None])
        expected = np.linalg.solve(table.T @ table + 0.7 * np.eye(inputs), table.T @ target)
        np.testing.assert_allclose(found, expected, atol=1e-9)


def test_update_follows_a_change_of_the_links():
    before = planted_chain(1500)
    after = planted_chain(1500, seed=1)[:, [3, 2, 1, 0]]  # the chain runs backwards
    dataset = make_dataset(np.concatenate([before, after]))
    model = VectorAutoregression(1, lags=3).fit(dataset.between(0, 1500))
    error = rmse(model, dataset, 2700, 3000)
    weights = model.weights.copy()
    model.update(dataset.between(1000, 1400))
    np.testing.assert_array_equal(model.weights, weights)  # nothing new in it
    model.update(dataset.between(1400, 2700))
    assert rmse(model, dataset, 2700, 3000) < 0.8 * error


# Boosted trees


def test_trees_learn_what_is_not_linear():
    random = np.random.default_rng(0)
    values = np.full((1500, 2), 0.3)
    for row in range(1, len(values)):
        tent = 1 - 2 * np.abs(values[row - 1] - 0.5)
        values[row] = np.clip(tent + 0.02 * random.normal(size=2), 0.01, 0.99)
    dataset = make_dataset(values)
    parts = dataset.between(0, 1000), dataset.between(1000, 1200)
    trees = GradientBoosting(1, lags=2).fit(*parts)
    linear = VectorAutoregression(1, lags=2).fit(*parts)
    assert rmse(trees, dataset, 1200, 1500) < 0.4 * rmse(linear, dataset, 1200, 1500)


def test_trees_use_what_is_announced():
    random = np.random.default_rng(0)
    event = (random.random(1000) < 0.1).astype(float)
    values = 50 + random.normal(size=(1000, 2)) - 20 * event[:, None]
    dataset = make_dataset(values, event=event)
    model = GradientBoosting(1, lags=2).fit(dataset.between(0, 700), dataset.between(700, 850))
    origins = np.arange(850, 999)
    forecast = model.forecasts(dataset, origins)[:, 0]
    announced = event[origins] > 0
    assert np.abs(forecast[announced] - 30).mean() < 4
    assert np.abs(forecast[~announced] - 50).mean() < 4


def test_trees_use_the_neighbours():
    dataset = make_dataset(planted_chain(2000))
    parts = dataset.between(0, 1400), dataset.between(1400, 1600)
    blind = make_dataset(planted_chain(2000), chain=False)
    trees = GradientBoosting(1, lags=2).fit(*parts)
    alone = GradientBoosting(1, lags=2).fit(blind.between(0, 1400), blind.between(1400, 1600))
    assert rmse(trees, dataset, 1600, 2000) < 0.8 * rmse(alone, blind, 1600, 2000)


def test_trees_take_the_loss_they_are_told():
    """In lopsided noise the median lies below the mean, and so do the forecasts."""
    values = np.random.default_rng(0).exponential(size=(800, 2))
    dataset = make_dataset(values, chain=False)
    origins = np.arange(700, 800)
    of_median, of_mean = (
        GradientBoosting(1, lags=2, loss=loss).fit(dataset.between(0, 700))
        for loss in ("absolute_error", "squared_error")
    )
    medians, means = (each.forecasts(dataset, origins).mean() for each in (of_median, of_mean))
    assert medians < means - 0.1
    with pytest.raises(InputError, match="loss: expected one of"):
        GradientBoosting(1, loss="quantile")
    with pytest.raises(InputError, match="seed"):
        GradientBoosting(1, seed=-1)


@cache
def small_trees():
    return GradientBoosting(1, lags=2).fit(world().between(0, 200))


def test_same_seed_same_trees():
    again = GradientBoosting(1, lags=2).fit(world().between(0, 200))
    pd.testing.assert_frame_equal(again.predict(world()), small_trees().predict(world()))


def test_the_number_of_trees_is_chosen_on_validation():
    """Pure noise has nothing to learn: many trees only learn it by heart."""
    values = 50 + np.random.default_rng(0).normal(size=(400, 2))
    model = GradientBoosting(2, lags=8, loss="squared_error").fit(make_dataset(values))
    assert model.trees < MOST_TREES
    assert all(each.n_iter_ == model.trees for each in model.models)


def test_spoiled_trees_are_refused(tmp_path):
    small_trees().save(tmp_path)
    model = GradientBoosting.load(tmp_path)
    nodes = model.models[0]._predictors[0][0].nodes
    nodes["left"][0] = len(nodes) + 5
    model.save(tmp_path / "spoiled")
    with pytest.raises(InputError, match="positions outside a tree"):
        GradientBoosting.load(tmp_path / "spoiled")
    (tmp_path / "trees.skops").write_bytes(b"no trees")
    with pytest.raises(InputError, match="spoiled"):
        GradientBoosting.load(tmp_path)


def test_a_file_with_other_objects_than_trees_is_refused(tmp_path):
    import skops.io

    small_trees().save(tmp_path)
    skops.io.dump([subprocess.Popen], tmp_path / "trees.skops")
    with pytest.raises(InputError, match="spoiled"):
        GradientBoosting.load(tmp_path)


# Which ones make sense


def names_of(dataset, horizon=3):
    models = standard.standard(dataset, horizon)
    assert all(model.horizon == horizon for model in models)
    return [model.name for model in models]


def test_standard_lists_all_where_all_make_sense():
    assert names_of(world()) == [name for name in MAKERS if not name.endswith("absolute")]


def test_standard_leaves_out_what_makes_no_sense():
    no_graph = make_dataset(daily_wave(ROWS), chain=False)
    assert "neighbour autoregression" not in names_of(no_graph)
    one_node = make_dataset(daily_wave(ROWS, nodes=1))
    assert "vector autoregression" not in names_of(one_node)
    two_days = make_dataset(daily_wave(2 * DAY))
    assert names_of(two_days) == ["last value", "historical average"]
    with pytest.raises(InputError, match="horizon"):
        standard.standard(world(), 0)


def test_a_validation_part_of_its_own_size_says_whether_there_are_regressions():
    two_days = make_dataset(daily_wave(2 * DAY))
    lags = {
        rows: {model.name: model.lookback for model in standard.standard(two_days, 3, (), rows)}
        for rows in (3, 5, 40)
    }
    assert "boosted trees" not in lags[3]
    assert (lags[5]["autoregression"], lags[40]["autoregression"]) == (2, 12)
