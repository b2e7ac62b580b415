"""Several quantities forecast by one command: each in its own unit, told for itself."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stlearn import InputError, SpatioTemporalDataset
from stlearn.data.windows import chronological_split
from stlearn.evaluation.comparison import shown_steps
from stlearn.forecast import job
from stlearn.forecast.results import load_model
from stlearn.forecast.targets import read_target, with_targets
from stlearn.networks import Forecaster

HORIZON = 4
FORECAST = ["forecast", "--values", "speed.csv", "--unit", "km/h", "--adjacency", "roads.csv",
            "--horizon", HORIZON, "--lookback", 6, "--epochs", 1, "--out", "found"]  # fmt: skip


def tables(rows=900):
    """Speed of three sensors with a morning jam, and the flow of two of them, with gaps."""
    rng = np.random.default_rng(0)
    times = pd.date_range("2026-01-05", periods=rows, freq="15min").rename("time")
    hour = (times.hour + times.minute / 60).to_numpy()[:, None]
    busy = np.exp(-((hour - 8 - 0.5 * np.arange(3)) ** 2) / 2)
    noise = rng.normal(0, 2, (rows, 3)) + rng.normal(0, 2, (rows, 1))
    speed = pd.DataFrame(90 - 55 * busy + noise, times, list("abc"))
    flow = 1000 * busy[:, :2] + np.abs(rng.normal(0, 30, (rows, 2)))
    flow = pd.DataFrame(flow, times, list("ab"))
    speed.iloc[40:44, 0] = flow.iloc[5::97, 1] = np.nan
    return speed, flow


@pytest.fixture
def files(call):
    """The command, and the files it reads in its folder."""
    speed, flow = tables()
    speed.to_csv("speed.csv")
    flow[["b", "a"]].to_csv("flow.csv")
    roads = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "weight": 0.5})
    roads.to_csv("roads.csv", index=False)
    return call


def test_a_text_tells_name_file_and_unit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_target("flow.csv:veh/h") == ("flow", "flow.csv", "veh/h")
    assert read_target("flow=day:1.csv: veh/h") == ("flow", "day:1.csv", "veh/h")
    assert read_target("data/flow.csv.gz") == ("flow", "data/flow.csv.gz", None)
    Path("day:1.csv").write_text("time,a\n")
    assert read_target("flow=day:1.csv") == ("flow", "day:1.csv", None)


@pytest.mark.parametrize("model", ["stn", "neighbour autoregression"])
def test_forecast_and_predict_tell_each_quantity_in_its_unit(model, files):
    code, out, err = files(*FORECAST, "--target", "flow.csv:veh/h", "--model", model)
    assert code == 0, err
    assert "3 sensors (speed and flow: 5 nodes)" in err
    assert "Several quantities are forecast, speed and flow" in err
    for said in ("speed: errors on the test part", "flow: errors on the test part",
                 "intervals on the test part, in km/h", "intervals on the test part, in veh/h",
                 "jam, steady", "high, steady", "speed: At 30 min", "flow: At 30 min"):  # fmt: skip
        assert said in out
    found = pd.read_csv("found/forecast.csv")
    nodes = ["speed: a", "speed: b", "speed: c", "flow: b", "flow: a"]
    assert found["node"].tolist() == nodes * HORIZON
    units = found.groupby("node")["unit"].unique().map(list).to_dict()
    assert units == {node: ["km/h" if "speed" in node else "veh/h"] for node in nodes}
    of_flow = found[found["unit"] == "veh/h"]
    assert (of_flow[["low", "forecast"]] >= 0).all(axis=None)
    code, again, err = files("predict", "--model", "found", "--values", "speed.csv", "--target",
                             "flow.csv")  # fmt: skip
    assert (code, err) == (0, "")
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(again)), found)


def test_each_table_of_results_names_the_quantity(files):
    code, out, err = files(
        *FORECAST, "--target", "flow.csv:veh/h", "--model", "historical average", "--json"
    )
    assert code == 0, err
    printed = json.loads(out)
    assert {(row["quantity"], row["unit"]) for row in printed["scores"]} == {
        ("speed", "km/h"), ("flow", "veh/h")
    }  # fmt: skip
    for name in ("scores", "by_sensor", "by_state"):
        table = pd.read_csv(f"found/{name}.csv")
        assert table.columns[0] == "quantity"
        assert table["quantity"].unique().tolist() == ["speed", "flow"]
    sensors = pd.read_csv("found/by_sensor.csv").set_index("node")
    assert sensors.loc["flow: a", "unit"] == "veh/h"
    assert (sensors["quantity"] == sensors.index.str.partition(":").get_level_values(0)).all()
    page = Path("found/report.html").read_text()
    for said in ("Forecast of speed and flow", "How good it is: flow", "in veh/h; lower",
                 "--target flow=latest_2.csv"):  # fmt: skip
        assert said in page
    assert {"nodes_1.png", "nodes_2.png"} <= {path.name for path in Path("found/figures").iterdir()}


def test_the_errors_of_a_quantity_are_those_of_its_nodes():
    speed, flow = tables()
    both = with_extra(speed, flow)
    networks = [Forecaster("feed_forward", 6, HORIZON, epochs=1)]
    result = job.run(both, networks, among=["feed_forward"])
    tested = result.comparison.runs["feed_forward"].backtest
    assert result.comparison.unit == "usual ranges"
    for name, part in result.by_quantity.items():
        own = [place for place, node in enumerate(both.values) if node.startswith(name)]
        for step in shown_steps(HORIZON):
            errors = np.abs(tested.truth - tested.forecast)[:, step - 1][:, own]
            scores = part.comparison.table().set_index(["model", "horizon_minutes"])
            mae = scores.loc[("feed_forward", 15 * step), "mae"]
            assert mae == pytest.approx(np.nanmean(errors), rel=1e-5)
        said = tested.calibrated()[:, :, own]
        again = part.comparison.runs["feed_forward"].backtest.calibrated()
        np.testing.assert_allclose(again, said, rtol=1e-6)
    parts = result.by_quantity
    assert [part.comparison.unit for part in parts.values()] == ["km/h", "veh/h"]
    assert parts["road"].comparison.congestion.any() and parts["flow"].comparison.congestion is None


def with_extra(speed, flow):
    extra = {"flow": flow.reindex(columns=speed.columns).fillna({"c": 1.0})}
    road = pd.DataFrame(np.eye(3, k=1) + np.eye(3, k=-1), list("abc"), list("abc"))
    dataset = SpatioTemporalDataset("road", speed, "km/h", adjacency=road, extra=extra)
    return with_targets(dataset, ["flow:veh/h"])


def test_what_is_saved_forecasts_the_same(tmp_path):
    both = with_extra(*tables())
    split = chronological_split(both)
    train, validation = (both.between(part.start, part.stop) for part in split[:2])
    for model in ("stn", "cnn_lstm"):
        network = Forecaster(model, 6, HORIZON, epochs=1, settings={"hidden": 8})
        network.fit(train, validation).save(tmp_path / model)
        again = load_model(tmp_path / model)
        assert again.quantities == both.quantities and again.units == network.units
        pd.testing.assert_frame_equal(again.predict(both), network.predict(both))
        pd.testing.assert_frame_equal(
            again.predict_quantiles(both), network.predict_quantiles(both), rtol=1e-6
        )


def test_other_quantities_are_read_for_each_node_of_a_sensor(files):
    speed, _ = tables()
    (speed * 0 + np.arange(900.0)[:, None]).iloc[:, ::-1].to_csv("rain.csv")
    beside = ["--target", "flow.csv:veh/h", "--also", "rain.csv"]
    code, _, err = files(*FORECAST, *beside, "--model", "autoregression")
    assert code == 0, err
    code, out, err = files("predict", "--model", "found", "--values", "speed.csv", *beside)
    assert (code, err) == (0, "")
    assert out == Path("found/forecast.csv").read_text()


def test_without_a_graph_the_quantities_of_a_sensor_are_joined(files):
    arguments = [each for each in FORECAST if each not in ("--adjacency", "roads.csv")]
    code, _, err = files(*arguments, "--target", "flow.csv:veh/h", "--model", "last value")
    assert code == 0, err
    assert "No graph was given: only the quantities of a sensor are joined" in err
    code, _, err = files(*arguments, "--target", "flow.csv:veh/h", "--model", "last value",
                         "--graph", "learned")  # fmt: skip
    assert code == 0 and "The graph is learned" in err and "No graph was given" not in err


def test_a_sensor_that_is_silent_in_one_quantity_is_told(files):
    code, _, err = files(*FORECAST, "--target", "flow.csv:veh/h", "--model", "historical average")
    assert code == 0, err
    speed, flow = tables()
    flow[["a"]].to_csv("some.csv")
    code, out, err = files("predict", "--model", "found", "--values", "speed.csv", "--target",
                           "flow=some.csv:veh/h")  # fmt: skip
    assert code == 0 and "flow: b is not in the file" in err
    said = pd.read_csv(io.StringIO(out)).set_index("node")
    assert said.loc["flow: b", "low"].isna().all() and said.loc["flow: a", "low"].notna().all()


def test_a_watch_tells_each_quantity(files):
    speed, flow = tables(1700)
    for name, table in (("speed", speed), ("flow", flow)):
        table.iloc[:1600].to_csv(f"{name}.csv")
        table.to_csv(f"came_{name}.csv")
    code, _, err = files(*FORECAST, "--target", "flow.csv:veh/h", "--model", "historical average",
                         "--test", "7D")  # fmt: skip
    assert code == 0, err
    said = []
    for row in range(1620, 1690, 10):
        for name, table in (("speed", speed), ("flow", flow)):
            table.iloc[row - 24 : row].to_csv(f"now_{name}.csv")
        said.append(f"{row}.csv")
        files("predict", "--model", "found", "--values", "now_speed.csv", "--target",
              "flow=now_flow.csv", "--out", said[-1])  # fmt: skip
    came = ["--came", "came_speed.csv", "--model", "found"]
    code, out, err = files("watch", *said, *came, "--target", "flow=came_flow.csv")
    assert code == 0, err
    assert "speed: 15 min" in out and "flow: 60 min" in out
    code, _, err = files("watch", *said, *came)
    assert code == 2 and "--target: the model forecasts flow beside the values, got none" in err


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (["flow.csv"], "expected the unit of flow behind a colon"),
        (["speed=flow.csv:veh/h"], "speed stands there twice"),
        (["flow.csv:veh/h", "flow=speed.csv:km/h"], "flow stands there twice"),
        (["short.csv:veh/h"], "expected a row at each time of the values"),
        (["other.csv:veh/h"], "expected sensors that the values have, unknown ['z']"),
        (["empty.csv:veh/h"], "empty.csv: values: node a has no value at all"),
        (["nowhere.csv:veh/h"], "got nowhere.csv, which is no file"),
        (["a: b=flow.csv:veh/h"], "expected the name of a quantity without ': '"),
        (["rain=flow.csv:mm"], "rain is forecast, so it is read already"),
    ],
)
def test_what_is_no_target_is_told_in_a_sentence(targets, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    speed, flow = tables(60)
    flow.to_csv("flow.csv")
    speed.to_csv("speed.csv")
    flow.iloc[:-3].to_csv("short.csv")
    flow.rename(columns={"b": "z"}).to_csv("other.csv")
    flow.assign(a=np.nan).to_csv("empty.csv")
    dataset = SpatioTemporalDataset("speed", speed, "km/h")
    with pytest.raises(InputError) as error:
        with_targets(dataset, targets, also=["rain"])
    assert str(error.value).startswith("--target") and said in str(error.value)


def test_predict_wants_the_quantities_of_the_model(files):
    code, _, err = files(*FORECAST, "--target", "flow.csv:veh/h", "--model", "last value")
    assert code == 0, err
    predict = ["predict", "--model", "found", "--values", "speed.csv"]
    for more, said in (
        ([], "--target: the model forecasts flow beside the values, got none"),
        (["--target", "rain=flow.csv"], "got rain; give NAME=FILE"),
        (["--target", "flow.csv:veh/min"], "forecasts flow in veh/h, but the file is in veh/min"),
        (["--target", "flow.csv", "--unit", "mph"], "the model forecasts km/h, but the file is in"),
    ):
        code, out, err = files(*predict, *more)
        assert (code, out) == (2, "") and said in err
