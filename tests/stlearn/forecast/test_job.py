"""The main job on data that its first users had: other scales, outages, silent sensors, seasons."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stlearn import Forecaster, InputError, SpatioTemporalDataset
from stlearn.baselines import standard
from stlearn.baselines.averages import LastValue
from stlearn.data.dataset import make_calendar
from stlearn.evaluation.backtest import backtest
from stlearn.forecast import job, report
from stlearn.forecast.scores import by_sensor, with_shares

SMALL = {"epochs": 1, "settings": {"hidden": 8}}


def wave(rows, names, freq="h", level=50.0, swing=10.0, noise=2.0):
    """A daily wave with noise, the same for all sensors."""
    rng = np.random.default_rng(0)
    times = pd.date_range("2024-01-01", periods=rows, freq=freq)
    turn = 2 * np.pi * np.arange(rows)[:, None] / 24
    values = level + swing * np.sin(turn) + rng.normal(0, noise, (rows, len(names)))
    return pd.DataFrame(values, index=times, columns=list(names)).rename_axis("time")


def mixed(rows=600):
    """A vibration, a pressure and a temperature."""
    values = wave(rows, ["accel", "pressure", "temperature"])
    values["accel"] = 0.03 + (values["accel"] - 50) / 5000
    values["pressure"] = 101325 + (values["pressure"] - 50) * 20
    return SpatioTemporalDataset("mixed", values, "mixed")


@pytest.fixture(scope="module")
def of_other_scales():
    network = Forecaster("feed_forward", **SMALL | {"epochs": 4})
    notes = []
    found = job.run(mixed(), [network], note=notes.append)
    return found, notes


def test_sensors_of_other_scales_are_told_and_each_is_scaled_for_itself(of_other_scales):
    result, notes = of_other_scales
    assert any("other scales" in note for note in notes)
    errors = {name: run.backtest.by_node()["mae"] for name, run in result.comparison.runs.items()}
    # One scale for all made the network thousands of times worse on the vibration.
    assert (errors["feed_forward"] < errors["last value"]).all()


def test_errors_over_sensors_of_other_scales_are_in_usual_ranges(of_other_scales):
    result, _ = of_other_scales
    table = with_shares(result)
    assert set(table["unit"]) == {"usual ranges"} and table["mae"].between(0, 2).all()
    by_itself = by_sensor(result).set_index("node")
    assert set(by_itself["unit"]) == {"mixed"}
    assert by_itself.loc["pressure", "mae"] > 1000 * by_itself.loc["accel", "mae"]
    reference = by_itself["reference"].iloc[0]
    assert reference != result.model.name
    expected = result.comparison.runs[reference].backtest.by_node()["mae"]
    pd.testing.assert_series_equal(
        by_itself["reference_mae"].sort_index(), expected.sort_index(), check_names=False
    )
    page = report.render(result, report.draw(result), "out")
    assert "usual ranges of each sensor" in page and "Sensor by sensor" in page


def test_the_winner_is_the_best_on_validation_and_told(of_other_scales):
    result, _ = of_other_scales
    errors = {name: run.validation for name, run in result.comparison.runs.items()}
    assert result.model.name == min(errors, key=errors.get)
    assert f"by {result.model.name}" in result.told[0] and "lowest of" in result.told[0]


def test_one_asked_for_by_name_is_kept_and_a_better_one_is_named():
    dataset = SpatioTemporalDataset("x", wave(400, "ab"), "u")
    result = job.run(dataset, [], among=["last value"], horizon=3)
    assert result.model.name == "last value" and result.forecast.shape == (3, 2)
    assert "as asked" in result.told[0] and "is better" in result.told[0]
    with pytest.raises(InputError, match="--model: expected any of last value, .* got 'boosted'"):
        job.run(dataset, [], among=["boosted"], horizon=3)


def test_of_several_names_the_best_is_kept():
    dataset = SpatioTemporalDataset("x", wave(400, "ab"), "u")
    result = job.run(dataset, [], among=["last value", "historical average"], horizon=3)
    assert result.model.name == "historical average" and "lowest of 2" in result.told[0]


def test_no_choice_looks_at_the_test_part():
    table = wave(400, "ab")
    spoiled = table.copy()
    spoiled.iloc[330:] = 0.0
    chosen = [
        job.run(SpatioTemporalDataset("x", values, "u"), [], horizon=3)
        for values in (table, spoiled)
    ]
    assert chosen[0].model.name == chosen[1].model.name
    runs = [result.comparison.runs for result in chosen]
    for name in runs[0]:
        assert runs[0][name].validation == pytest.approx(runs[1][name].validation)


def test_the_kept_model_has_learned_from_all_rows_and_keeps_its_intervals():
    name = "autoregression"
    dataset = SpatioTemporalDataset("x", wave(500, "ab"), "u")
    tested = job.run(dataset, [], among=[name], horizon=3)
    anew = job.run(dataset, [], among=[name], horizon=3, anew=True)
    assert "trained anew on all 500 rows" in anew.told[-1]
    np.testing.assert_array_equal(anew.model.calibration.moves, tested.model.calibration.moves)
    assert not np.allclose(anew.forecast, tested.forecast)
    pd.testing.assert_frame_equal(anew.comparison.table().filter(like="mae"),
                                  tested.comparison.table().filter(like="mae"))  # fmt: skip


def test_a_network_trained_anew_runs_the_chosen_epochs_on_all_rows():
    dataset = SpatioTemporalDataset("x", wave(300, "ab"), "u")
    network = Forecaster("feed_forward", 6, 3, **SMALL, refit=True)
    network.fit(dataset.between(0, 200), dataset.between(200, 260))
    anew = network.trained_on_all(dataset)
    assert anew.epochs_run == network.epochs_run
    assert anew.calibration is network.calibration
    assert not np.allclose(anew.predict(dataset), network.predict(dataset))
    # What it has seen before it was trained on both parts is kept, to choose by.
    apart = network.without(dataset.between(0, 200))
    weights = zip(apart.network.get_weights(), network.network.get_weights())
    assert not all(np.array_equal(*pair) for pair in weights)
    assert apart.calibration is network.calibration


# What is told before any training


def test_a_validation_part_that_is_an_outage_is_told_with_the_way_out(call):
    values = wave(1500, "ab")
    values.iloc[1080:1200] = np.nan
    values.to_csv("outage.csv")
    arguments = ["forecast", "--values", "outage.csv", "--unit", "u", "--model", "last value"]
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert "from 2024-02-15 00:00:00 to 2024-02-19 23:00:00 are all missing" in err
    assert "--validation 0.25" in err
    moved = ["--validation", "0.25", "--test", "12D", "--horizon", 3, "--json"]
    code, out, err = call(*arguments, *moved)
    assert code == 0, err
    assert json.loads(out)["model"] == "last value"
    assert "the last 12D of the data" in json.loads(out)["protocol"]


def test_what_needs_no_training_is_told_before_it():
    values = wave(300, "ab")
    values.iloc[-13:, 1] = np.nan
    calendar = make_calendar(values.index, rain=np.linspace(0, 1, 300))
    dataset = SpatioTemporalDataset("x", values, "u", calendar=calendar)
    notes = []
    job.run(dataset, [], among=["last value"], horizon=3, note=notes.append)
    assert any(note.startswith("rain: known ahead until 2024-01-13 11:00") for note in notes)
    assert any("No reading in the last 12 rows: b" in note for note in notes)
    assert any("--adjacency, or --nodes with coordinates" in note for note in notes)


def test_coordinates_give_a_graph_and_it_is_said(tmp_path):
    wave(300, "abc").to_csv(tmp_path / "x.csv")
    places = pd.DataFrame({"Lat": [50, 50.1, 51], "lng": [8, 8, 8.0]}, index=list("abc"))
    places.rename_axis("sensor").to_csv(tmp_path / "places.csv")
    dataset, *_ = job.read_input(None, tmp_path / "x.csv", None, tmp_path / "places.csv", "u")
    assert (np.diag(dataset.adjacency) == 0).all() and (dataset.adjacency > 0).sum().sum() == 6
    notes = []
    job.run(dataset, [], among=["neighbour autoregression"], horizon=3, note=notes.append)
    assert "each sensor is joined with its 2 nearest by Lat and lng" in notes[0]


# Prediction with what is saved


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    dataset = SpatioTemporalDataset("x", wave(300, "abc") + [0, 30, 60], "u")
    network = Forecaster("feed_forward", 6, 4, **SMALL)
    folder = tmp_path_factory.mktemp("model")
    network.fit(dataset.between(0, 220), dataset.between(220, 300)).save(folder)
    return folder


@pytest.mark.parametrize("absent", [False, True])
def test_a_sensor_that_is_down_stops_no_forecast(model, call, absent):
    values = (wave(324, "abc") + [0, 30, 60]).iloc[-24:]
    values["c"] = np.nan
    (values.drop(columns="c") if absent else values).to_csv("down.csv")
    code, out, err = call("predict", "--model", model, "--values", "down.csv")
    assert code == 0
    assert "Note: c " in err and "1 of 3 sensors are silent" in err
    assert "feed_forward takes its mean in training for it" in err
    ahead = pd.read_csv(io.StringIO(out)).set_index("node")
    assert ahead["forecast"].notna().all()
    assert ahead.loc["c", ["low", "high"]].isna().all(axis=None)
    assert ahead.loc[["a", "b"], ["low", "high"]].notna().all(axis=None)
    assert abs(ahead.loc["c", "forecast"].mean() - 110) < 15  # its own level, not that of all


def test_without_any_recent_reading_there_is_no_forecast(model, call):
    values = wave(48, "abc")
    values.iloc[-6:] = np.nan
    values.to_csv("stale.csv")
    code, out, err = call("predict", "--model", model, "--values", "stale.csv")
    assert (code, out) == (2, "")
    assert "no sensor has a reading in the last 6 rows (the last is of 2024-01-02 17:00" in err


@pytest.mark.parametrize("name", ["last value", "autoregression"])
def test_a_baseline_is_saved_and_predicts_like_a_network(name, call):
    wave(400, "ab").to_csv("x.csv")
    code, _, err = call(
        "forecast", "--values", "x.csv", "--unit", "u", "--horizon", 3, "--model", name,
        "--out", "found",
    )  # fmt: skip
    assert code == 0, err
    assert json.loads(Path("found/run.json").read_text())["model"] == name
    code, out, err = call("predict", "--model", "found", "--values", "x.csv")
    assert (code, err) == (0, "")
    assert out == Path("found/forecast.csv").read_text()
    assert "standard.load" in Path("found/report.html").read_text()
    assert standard.load("found/model").name == name
    (wave(400, "ab").iloc[::2]).to_csv("coarse.csv")
    code, _, err = call("predict", "--model", "found", "--values", "coarse.csv")
    assert code == 2 and "0 days 01:00:00" in err
    code, _, err = call("predict", "--model", "found", "--values", "x.csv", "--unit", "v")
    assert code == 2 and "the model forecasts u" in err


def last_value_of(values, folder):
    """Folder with a saved baseline: it needs no TensorFlow."""
    LastValue(3).fit(SpatioTemporalDataset("x", values, "u")).save(folder)
    return folder


def test_dates_ahead_follow_the_step_of_the_model(tmp_path):
    times = pd.date_range("2020-01-01", periods=48, freq="MS").rename("time")
    months = pd.DataFrame({"a": np.arange(48.0)}, index=times)
    model = last_value_of(months, tmp_path / "model")
    months.iloc[-2:].to_csv(tmp_path / "short.csv")  # 30 days apart, or a month?
    ahead, told = job.predict_file(model, tmp_path / "short.csv")
    assert ahead["time"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-01-01",
        "2024-02-01",
        "2024-03-01",
    ]
    assert told == [job.NO_INTERVALS]


def test_a_file_of_another_kind_of_clock_is_refused_and_another_zone_is_moved(tmp_path):
    hours = wave(100, "ab").tz_localize("Europe/Berlin")
    model = last_value_of(hours, tmp_path / "model")
    hours.tz_convert("UTC").to_csv(tmp_path / "utc.csv")
    ahead, _ = job.predict_file(model, tmp_path / "utc.csv")
    assert ahead["time"].iloc[0] == hours.index[-1] + pd.Timedelta("1h")
    assert str(ahead["time"].dt.tz) == "Europe/Berlin"
    wave(100, "ab").to_csv(tmp_path / "naive.csv")
    with pytest.raises(InputError, match="have no time zone, but .* had Europe/Berlin"):
        job.predict_file(model, tmp_path / "naive.csv")


def test_readings_far_outside_the_training_are_told(tmp_path):
    hours = wave(100, "ab")
    model = last_value_of(hours, tmp_path / "model")
    hours.assign(b=1000 * hours["b"]).to_csv(tmp_path / "loud.csv")
    told = " ".join(job.predict_file(model, tmp_path / "loud.csv")[1])
    assert "1 of 2 sensors read far outside what training has seen: b from" in told
    hours.to_csv(tmp_path / "same.csv")
    assert job.predict_file(model, tmp_path / "same.csv")[1] == [job.NO_INTERVALS]


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected a folder that `save` wrote"):
        job.load_model(tmp_path)
    (tmp_path / "baseline.json").write_text('{"baseline": "Oracle"}')
    with pytest.raises(InputError, match="unknown baseline, 'Oracle'"):
        job.load_model(tmp_path)


# Seasons and signs


def test_months_have_their_season_in_networks_and_trees():
    rng = np.random.default_rng(0)
    times = pd.date_range("2000-01-01", periods=240, freq="MS")
    season = 600 + 90 * np.sin(2 * np.pi * np.arange(240) / 12)
    values = pd.DataFrame({"a": season + rng.normal(0, 10, 240)}, index=times)
    dataset = SpatioTemporalDataset("months", values, "u")
    network = Forecaster("feed_forward", 12, 6, epochs=30, refit=False)
    network.fit(dataset.between(0, 172), dataset.between(172, 192))
    assert network.calendar_columns[-2:] == ["year_sine", "year_cosine"]
    part = slice(180, 240)
    errors = {
        each.name: backtest(each, dataset, part, lookback=12).scores(steps=[6])["mae"].iloc[0]
        for each in (network, LastValue(6).fit(dataset.between(0, 192)))
    }
    assert errors["feed_forward"] < 0.35 * errors["last value"]


@pytest.mark.parametrize("name", ["boosted trees", "autoregression"])
def test_what_adapts_can_be_left_off(name):
    times = pd.date_range("2020-01-01", periods=60, freq="MS")
    values = pd.DataFrame({"a": 5 + np.sin(np.arange(60)), "b": 9.0}, index=times)
    dataset = SpatioTemporalDataset("months", values, "u")
    for adapts in (True, False):
        model = next(each for each in standard.standard(dataset, 1) if each.name == name)
        model.adapts = adapts
        model.fit(dataset)
        assert (model.bound == 0) == adapts
        if name == "boosted trees":
            assert ("year_sine" in model.calendar_columns) == adapts


def test_a_year_ago_is_a_baseline_of_daily_data():
    times = pd.date_range("2020-01-01", periods=1200, freq="D")
    turn = 2 * np.pi * np.arange(1200) / 364
    values = pd.DataFrame({"a": 50 + 20 * np.sin(turn)}, index=times)
    dataset = SpatioTemporalDataset("days", values, "u")
    models = {each.name: each for each in standard.standard(dataset, 7)}
    model = models["a year ago"].fit(dataset.between(0, 1193))
    np.testing.assert_allclose(
        model.predict(dataset.between(0, 1193))["a"], values["a"][1193:], rtol=1e-3
    )
    assert "a year ago" not in [each.name for each in standard.standard(dataset.between(0, 800), 7)]


def test_no_forecast_of_a_count_is_below_zero():
    rng = np.random.default_rng(0)
    bursts = np.zeros((400, 2))
    for node in range(2):
        for row in rng.integers(0, 380, 20):
            bursts[row : row + 8, node] += rng.gamma(2, 20) * np.exp(-np.arange(8) / 1.5)
    times = pd.date_range("2024-01-01", periods=400, freq="h")
    rain = SpatioTemporalDataset("rain", pd.DataFrame(bursts, times, ["a", "b"]), "mm/h")
    network = Forecaster("feed_forward", 6, 4, **SMALL)
    result = job.run(rain, [network])
    for run in result.comparison.runs.values():
        assert run.backtest.forecast.min() >= 0
        assert run.backtest.calibrated().min() >= 0
