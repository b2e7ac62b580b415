"""Other measured quantities reach every model that looks at more than averages."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stlearn import Forecaster, InputError, SpatioTemporalDataset
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.baselines.trees import GradientBoosting
from stlearn.evaluation.backtest import backtest
from stlearn.forecast.others import read_others, with_others
from stlearn.forecast.results import load_model

ROWS, LEAD = 700, 3


def led(rows=ROWS, names="ab"):
    """Values that follow another quantity three steps later, and that quantity, with gaps."""
    rng = np.random.default_rng(0)
    shocks = rng.normal(0, 100, (rows + LEAD, len(names)))
    times = pd.date_range("2026-01-05", periods=rows, freq="h").rename("time")
    values = 50 - 0.1 * shocks[:rows] + rng.normal(0, 1, (rows, len(names)))
    flow = pd.DataFrame(1000 + shocks[LEAD:], times, list(names))
    flow.iloc[5::97, 0] = np.nan
    return pd.DataFrame(values, times, list(names)), flow


def dataset():
    values, flow = led()
    ring = pd.DataFrame([[0, 1], [1, 0]], list("ab"), list("ab"))
    return SpatioTemporalDataset("x", values, "u", adjacency=ring, extra={"flow": flow})


def network(name, **more):
    return Forecaster(name, 6, LEAD, epochs=8, learning_rate=0.02, **more)


@pytest.mark.parametrize(
    "make",
    [
        lambda: network("feed_forward", also=["flow"]),
        lambda: network("stn", also=["flow"], settings={"hidden": 16}),
        lambda: AverageAutoregression(LEAD, 6, also=["flow"]),
        lambda: VectorAutoregression(LEAD, 6, also=["flow"]),
        lambda: GradientBoosting(LEAD, 6, also=["flow"]),
    ],
    ids=["feed_forward", "stn", "regression", "regression on all", "trees"],
)
def test_every_model_reads_another_quantity(make, tmp_path):
    data = dataset()
    model = make().fit(data.between(0, 500), data.between(500, 560))
    found = backtest(model, data, slice(560, ROWS), lookback=6)  # looks for a look ahead
    # What follows by chance from the past alone has a mean absolute error of 8.
    assert found.scores(steps=[LEAD])["mae"].iloc[0] < 5
    model.save(tmp_path / "model")
    again = load_model(tmp_path / "model")
    pd.testing.assert_frame_equal(again.predict(data), model.predict(data))
    lacking = SpatioTemporalDataset("x", data.values, "u", adjacency=data.adjacency)
    with pytest.raises(InputError, match="also: .* reads flow .* give --also flow=FILE"):
        again.predict(lacking)


def test_the_hybrid_reads_it_too():
    data = dataset()
    model = network("cnn_lstm", also=["flow"], settings={"hidden": 8}).set_params(epochs=1)
    said = model.fit(data.between(0, 300)).predict(data)
    other = SpatioTemporalDataset("x", data.values, "u", extra={"flow": data.extra["flow"] * 2})
    assert not np.allclose(model.predict(other), said)


def test_a_quantity_on_another_scale_is_scaled_on_the_training_part():
    data = dataset()
    large = SpatioTemporalDataset("x", data.values, "u", extra={"flow": data.extra["flow"] * 1e6})
    plain = SpatioTemporalDataset("x", data.values, "u", extra=data.extra)
    said = [
        network("feed_forward", also=["flow"]).fit(each.between(0, 500)).predict(each)
        for each in (plain, large)
    ]
    np.testing.assert_allclose(said[0], said[1], rtol=1e-2)


def test_a_model_that_cannot_read_it_is_refused():
    def blind(nodes, lookback, horizon):
        raise AssertionError

    with pytest.raises(InputError, match="also: expected a model whose function names .* extra"):
        Forecaster(blind, also=["flow"])


@pytest.mark.parametrize("name", ["boosted trees", "feed_forward"])
def test_forecast_and_predict_read_files(name, call):
    values, flow = led()
    values.to_csv("values.csv")
    flow.to_csv("flow.csv")
    code, _, err = call(
        "forecast", "--values", "values.csv", "--unit", "u", "--also", "flow.csv", "--horizon",
        LEAD, "--lookback", 6, "--model", name, "--epochs", 1, "--out", "found",
    )  # fmt: skip
    assert code == 0, err
    assert "Measured beside" in Path("found/report.html").read_text()
    predict = ["predict", "--model", "found", "--values", "values.csv"]
    code, out, err = call(*predict, "--also", "flow.csv")
    assert (code, err) == (0, "")
    found = pd.read_csv("found/forecast.csv")
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(out)), found)
    values.iloc[-12:].to_csv("short.csv")  # as many as a model looks at
    code, out, err = call(*predict[:-1], "short.csv", "--also", "flow=flow.csv")
    assert (code, err) == (0, "")
    again = pd.read_csv(io.StringIO(out))
    pd.testing.assert_frame_equal(again, found, rtol=1e-4)
    code, out, err = call(*predict)
    assert (code, out) == (2, "")
    assert "--also: the model reads flow beside the values; missing flow" in err
    code, _, err = call(*predict, "--also", "flow.csv", "--also", "rain=flow.csv")
    assert code == 2 and "unknown rain" in err


def test_one_column_counts_for_all_sensors_and_an_attribute_for_all_times(tmp_path, call):
    values, flow = led()
    flow[["a"]].rename(columns={"a": "gauge"}).to_csv("rain.csv")
    pd.DataFrame({"lanes": [2, 3]}, index=pd.Index(["a", "b"], name="node")).to_csv("nodes.csv")
    values.to_csv("values.csv")
    code, _, err = call(
        "forecast", "--values", "values.csv", "--unit", "u", "--nodes", "nodes.csv", "--also",
        "rain.csv", "--also", "lanes", "--horizon", LEAD, "--model", "boosted trees",
        "--out", "found",
    )  # fmt: skip
    assert code == 0, err
    model = load_model("found")
    assert model.also == ["rain", "lanes"] and model.constants == {"lanes": [2, 3]}
    code, out, err = call(
        "predict", "--model", "found", "--values", "values.csv", "--also", "rain.csv"
    )
    assert (code, err) == (0, "")  # the model keeps what never changes
    assert out == Path("found/forecast.csv").read_text()


@pytest.mark.parametrize(
    ("change", "also", "said"),
    [
        (lambda flow: flow.iloc[:-2], "flow.csv", "expected a row at each time of the values"),
        (lambda flow: flow.rename(columns={"a": "c"}), "flow.csv", "missing ['a'], unknown ['c']"),
        (lambda flow: flow.tz_localize("UTC"), "flow.csv", "another kind of times"),
        (lambda flow: flow, "speed", "expected a file, NAME=FILE, or the name"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, monkeypatch, change, also, said):
    monkeypatch.chdir(tmp_path)
    values, flow = led(50)
    change(flow).to_csv("flow.csv")
    with pytest.raises(InputError) as error:
        with_others(SpatioTemporalDataset("x", values, "u"), [also])
    assert str(error.value).startswith("--also: ") and said in str(error.value)


def test_a_name_is_given_once(tmp_path):
    values, flow = led(50)
    flow.to_csv(tmp_path / "flow.csv")
    with pytest.raises(InputError, match="--also: flow stands there twice"):
        with_others(SpatioTemporalDataset("x", values, "u"), [str(tmp_path / "flow.csv")] * 2)
    assert list(read_others([f"q={tmp_path / 'flow.csv'}"], values)) == ["q"]
