"""The main job on data that its first users had: other scales, outages, silent sensors, seasons."""

import dataclasses
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
from stlearn.forecast import job, prediction, report
from stlearn.forecast.results import load_model
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


def test_a_loss_against_a_reference_without_error_stands_first(of_other_scales):
    result, _ = of_other_scales
    whole = by_sensor(result)
    reference, node = whole["reference"].iloc[0], whole["node"].iloc[-1]
    run = result.comparison.runs[reference]
    place = list(run.backtest.nodes).index(node)
    forecast = run.backtest.forecast.copy()
    forecast[..., place] = run.backtest.truth[..., place]
    perfect = run._replace(backtest=dataclasses.replace(run.backtest, forecast=forecast))
    runs = result.comparison.runs | {reference: perfect}
    other = dataclasses.replace(result.comparison, runs=runs)
    first = by_sensor(dataclasses.replace(result, comparison=other)).iloc[0]
    assert first["node"] == node and first["reference_mae"] == 0 and np.isnan(first["gain"])


def test_figures_over_sensors_of_other_scales_are_in_usual_ranges(of_other_scales):
    sentences = {picture.name: picture.sentence for picture in report.draw(of_other_scales[0])}
    assert all("usual ranges" in sentences[name] for name in ("data", "time-space", "week"))
    assert "mixed" in sentences["lines"] and "mixed" in sentences["next"]  # in each one's own unit


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


def test_where_no_network_wins_the_sentence_says_so():
    values = wave(400, "ab", noise=0.01)
    network = Forecaster("feed_forward", 6, 3, **SMALL | {"quantiles": (0.1, 0.5, 0.9)})
    result = job.run(SpatioTemporalDataset("x", values, "u"), [network])
    assert result.model.name != "feed_forward"
    assert "No network wins here: the best, feed_forward, has " in result.told[0]


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


def test_weeks_are_validated_on_a_whole_year_so_that_intervals_know_each_season():
    rng = np.random.default_rng(0)
    times = pd.date_range("2015-11-02", periods=468, freq="7D")
    loud = np.where(times.month <= 4, 4.0, 0.5)  # what validates by a tenth is quiet
    values = pd.DataFrame({"a": 9 + rng.normal(0, loud)}, index=times)
    dataset = SpatioTemporalDataset("x", values, "u")
    notes, held = [], {}
    for validation in (None, 0.1):
        result = job.run(
            dataset, [], among=["last value"], horizon=3, validation=validation, note=notes.append
        )
        scores = result.comparison.table().set_index("model")
        held[validation] = scores.loc["last value", "coverage"].mean()
    assert notes == [job.YEAR_TO_VALIDATE]
    assert {"autoregression", "boosted trees"} <= set(result.comparison.runs)
    assert abs(held[None] - 0.9) < 0.05 and held[0.1] < held[None] - 0.05


@pytest.mark.parametrize(
    ("freq", "rows", "expected"),
    [("h", 5000, 0.1), ("7D", 200, 0.1),
     ("7D", 400, 64 / 320), ("MS", 60, 0.1), ("YS", 60, 0.1),
     ("MS", 150, 24 / 120), ("MS", 600, 0.1), ("D", 2000, (364 + 12) / 1600)],
)  # fmt: skip
def test_a_year_validates_where_it_is_more_than_a_tenth_and_at_most_a_third(freq, rows, expected):
    dataset = SpatioTemporalDataset("x", wave(rows, "a", freq=freq), "u")
    assert job.usual_validation(dataset, 0.2, 12) == pytest.approx(expected)


@pytest.mark.parametrize("outages", [True, False])
def test_errors_where_a_sensor_was_silent_are_told_apart(outages):
    values = wave(1500, "ab", noise=0.5) + np.arange(1500)[:, None] / 10  # it rises
    if outages:
        for row in (1220, 1300, 1400):
            values.iloc[row : row + 24, 0] = np.nan
    dataset = SpatioTemporalDataset("x", values, "u")
    result = job.run(dataset, [], among=["autoregression"], horizon=3)
    found = [sentence for sentence in result.told if "no reading of their sensor" in sentence]
    assert bool(found) == outages
    if outages:
        tested = result.comparison.runs["autoregression"].backtest
        known = dataset.values.notna().to_numpy()
        silent = np.array([~known[row - 12 : row].any(axis=0) for row in tested.origins])
        errors = np.abs(tested.forecast[:, 1] - tested.truth[:, 1])
        there = errors[silent & np.isfinite(errors)]
        assert f"is {there.mean():.3g} u there" in found[0] and "after 2 hours" in found[0]
        assert f"{100 * len(there) / np.isfinite(errors).sum():.0f} % had" in found[0]


def test_one_sensor_is_one_sensor():
    dataset = SpatioTemporalDataset("x", wave(300, "a"), "u")
    result = job.run(dataset, [], among=["last value"], horizon=3)
    page = report.render(result, report.draw(result), "results")
    assert "3 steps ahead for 1 sensor, by" in page and "1 sensors" not in page


def test_intervals_that_did_not_hold_are_told_and_those_that_did_are_not():
    table = wave(1500, "ab")
    louder = table.copy()
    louder.iloc[1200:] += np.random.default_rng(1).normal(0, 6, (300, 2))
    same, off = (
        job.run(
            SpatioTemporalDataset("x", values, "u"), [], among=["historical average"], horizon=3
        )
        for values in (table, louder)
    )
    assert not any("intervals held" in sentence for sentence in same.told)
    (sentence,) = (sentence for sentence in off.told if "intervals held" in sentence)
    scores = off.comparison.table().set_index("model").loc["historical average"]
    held = 100 * scores["coverage"].mean()
    assert f"held {held:.0f} % of the test part, so they are narrower than they say" in sentence
    error = off.comparison.runs["historical average"].validation
    assert f"on the validation part, where its mean error is {error:.2f} u" in sentence


@pytest.mark.parametrize("rows", [120, 118])
def test_parts_too_short_for_a_window_are_told_with_sizes_that_do(rows):
    dataset = SpatioTemporalDataset("hours", wave(rows, "ab"), "u")
    with pytest.raises(InputError, match="--validation 0.3 --test 0.3; or a shorter") as told:
        job.run(dataset, [Forecaster("feed_forward", **SMALL)])
    assert str(told.value).startswith("validation: no complete window")
    network = Forecaster("feed_forward", **SMALL)
    job.run(dataset, [network], test=0.3, validation=0.3, among=["last value"])


def test_too_few_rows_for_any_parts_are_told_with_the_longest_window():
    dataset = SpatioTemporalDataset("years", wave(60, "ab", freq="YS"), "u")
    with pytest.raises(InputError, match="--lookback and a --horizon of 5 rows together at most"):
        job.run(dataset, [Forecaster("feed_forward", **SMALL)])
    found = job.run(dataset, [Forecaster("feed_forward", 2, 2, **SMALL)], among=["last value"])
    assert len(found.forecast) == 2


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
    assert any("--adjacency, --distances, or --nodes with coordinates" in note for note in notes)


def test_coordinates_give_a_graph_and_it_is_said(tmp_path):
    wave(300, "abc").to_csv(tmp_path / "x.csv")
    places = pd.DataFrame({"Lat": [50, 50.1, 51], "lng": [8, 8, 8.0]}, index=list("abc"))
    places.rename_axis("sensor").to_csv(tmp_path / "places.csv")
    dataset, *_ = job.read_input(None, tmp_path / "x.csv", None, tmp_path / "places.csv", "u")
    assert (dataset.weights.diagonal() == 0).all() and dataset.weights.nnz == 6
    notes = []
    job.run(dataset, [], among=["neighbour autoregression"], horizon=3, note=notes.append)
    assert "each sensor is joined with its 2 nearest by Lat and lng" in notes[0]


# Prediction with what is saved


@pytest.mark.parametrize("freq", ["h", "D"])
def test_a_learned_graph_joins_who_moves_alike_and_sees_no_test_row(freq):
    rng = np.random.default_rng(0)
    values = wave(500, [f"s{place}" for place in range(12)], freq)
    values += 6 * np.repeat(rng.normal(size=(500, 2)), 6, axis=1)  # two groups of six
    later = values.copy()
    later.iloc[300:] = 7
    found = [job.with_learned_graph(SpatioTemporalDataset("x", each, "u"), 300).weights.toarray()
             for each in (values, later)]  # fmt: skip
    assert (found[0] == found[1]).all()
    graph = found[0]
    assert np.allclose(graph, graph.T) and not graph[:6, 6:].any()
    assert ((graph > 0).sum(axis=1) >= 4).all() and not np.diag(graph).any()


def test_a_graph_is_learned_when_asked_and_told(call):
    gusts = np.random.default_rng(1).normal(0, 4, (600, 1))
    (wave(600, "abcd") + gusts).to_csv("values.csv")
    asked = "forecast", "--values", "values.csv", "--unit", "u", "--epochs", 1, "--lookback", 4
    code, out, err = call(*asked, "--graph", "learned", "--horizon", 2)
    assert code == 0, err
    assert "each sensor is joined with the 3 that move most like it" in err and "stn" in out
    for more, said in (
        (("--graph", "given"), "--graph: expected learned, got 'given'"),
        (("--graph", "learned", "--adjacency", "a.csv"), "--graph, --adjacency: expected one"),
        (("--graph", "learned", "--distances", "a.csv"), "--graph, --distances: expected one"),
    ):
        code, _, err = call(*asked, *more)
        assert code == 2 and said in err


def test_sensors_without_anything_in_common_have_no_learned_graph():
    noise = pd.DataFrame(np.random.default_rng(0).normal(size=(5000, 3)), columns=list("abc"))
    noise.index = pd.date_range("2026-01-05", periods=5000, freq="h")
    with pytest.raises(InputError, match="--graph learned: no two sensors move alike"):
        job.with_learned_graph(SpatioTemporalDataset("x", noise, "u"), 4000)
    with pytest.raises(InputError, match="--graph learned: expected two sensors or more, got 1"):
        job.with_learned_graph(SpatioTemporalDataset("x", noise[["a"]], "u"), 4000)


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


def test_a_new_sensor_is_refused_or_forecast_when_asked(model, call):
    values = (wave(324, "abcd") + [0, 30, 60, 10]).iloc[-24:]
    values.to_csv("more.csv")
    predict = ["predict", "--model", model, "--values", "more.csv"]
    code, out, err = call(*predict)
    assert (code, out) == (2, "") and "unknown ['d']; --new-sensors" in err
    code, out, err = call(*predict, "--new-sensors")
    assert code == 0 and "Note: d: not seen in training" in err
    ahead = pd.read_csv(io.StringIO(out)).set_index("node")
    assert ahead.loc["d", ["low", "high"]].isna().all(axis=None)
    assert ahead.loc["d", "forecast"].between(30, 90).all()
    assert ahead.loc[["a", "b", "c"], ["low", "high"]].notna().all(axis=None)


def test_forecasts_of_several_files_stand_in_one_table(model, call):
    values = wave(348, "abc") + [0, 30, 60]
    alone = []
    for place, stop in enumerate((324, 348)):
        values.iloc[stop - 24 : stop].to_csv(f"{place}.csv")
        alone.append(call("predict", "--model", model, "--values", f"{place}.csv")[1])
    code, out, err = call("predict", "--model", model, "--values", "0.csv", "--values", "1.csv")
    assert (code, err) == (0, "")
    table = pd.read_csv(io.StringIO(out), parse_dates=["origin"])
    assert list(table["origin"].unique()) == [values.index[323], values.index[347]]
    alone = pd.concat([pd.read_csv(io.StringIO(text)) for text in alone], ignore_index=True)
    pd.testing.assert_frame_equal(table.drop(columns="origin"), alone)


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
    assert "model = load_model(" in Path("found/report.html").read_text()
    assert load_model("found/model").name == name
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
    ahead, told = prediction.predict_file(model, tmp_path / "short.csv")
    assert ahead["time"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-01-01",
        "2024-02-01",
        "2024-03-01",
    ]
    assert told == [prediction.NO_INTERVALS]


def test_a_file_of_another_kind_of_clock_is_refused_and_another_zone_is_moved(tmp_path):
    hours = wave(100, "ab").tz_localize("Europe/Berlin")
    model = last_value_of(hours, tmp_path / "model")
    hours.tz_convert("UTC").to_csv(tmp_path / "utc.csv")
    ahead, _ = prediction.predict_file(model, tmp_path / "utc.csv")
    assert ahead["time"].iloc[0] == hours.index[-1] + pd.Timedelta("1h")
    assert str(ahead["time"].dt.tz) == "Europe/Berlin"
    wave(100, "ab").to_csv(tmp_path / "naive.csv")
    with pytest.raises(InputError, match="have no time zone, but .* had Europe/Berlin"):
        prediction.predict_file(model, tmp_path / "naive.csv")


def test_readings_far_outside_the_training_are_told(tmp_path):
    hours = wave(100, "ab")
    model = last_value_of(hours, tmp_path / "model")
    hours.assign(b=1000 * hours["b"]).to_csv(tmp_path / "loud.csv")
    told = " ".join(prediction.predict_file(model, tmp_path / "loud.csv")[1])
    assert "1 of 2 sensors read far outside what training has seen: b from" in told
    hours.to_csv(tmp_path / "same.csv")
    assert prediction.predict_file(model, tmp_path / "same.csv")[1] == [prediction.NO_INTERVALS]


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected a folder that `save` wrote"):
        load_model(tmp_path)
    (tmp_path / "baseline.json").write_text('{"baseline": "Oracle"}')
    with pytest.raises(InputError, match="unknown baseline, 'Oracle'"):
        load_model(tmp_path)


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
