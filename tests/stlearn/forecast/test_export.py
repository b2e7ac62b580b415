"""An exported network says what the model says, served without stlearn."""

import io
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from stlearn import Forecaster, InputError, SpatioTemporalDataset
from stlearn.baselines.averages import LastValue
from stlearn.calibration.quantiles import Calibration, calibrated
from stlearn.calibration.states import fit_state_rule, states_at
from stlearn.data.dataset import make_calendar
from stlearn.forecast import serve
from stlearn.forecast.export import NEEDS, export
from stlearn.forecast.prediction import predict_file

ALONE = "import runpy, sys; sys.modules['stlearn'] = sys.modules['keras'] = None; " + (
    "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)


def dataset(rows=500):
    rng = np.random.default_rng(0)
    times = pd.date_range("2026-01-05", periods=rows, freq="h").rename("time")
    values = 50 + 10 * np.sin(np.arange(rows)[:, None] / 4) + rng.normal(0, 2, (rows, 3))
    ring = pd.DataFrame(np.roll(np.eye(3), 1, axis=1), list("abc"), list("abc"))
    calendar = make_calendar(
        pd.date_range("2026-01-05", periods=rows + 4, freq="h"), rain=rng.normal(9, 5, rows + 4)
    )
    table = pd.DataFrame(values, times, list("abc"))
    return SpatioTemporalDataset("x", table, "u", adjacency=ring, calendar=calendar)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folders of two saved networks, each with a file that has a gap, by the network's name."""
    return {name: saved(name, tmp_path_factory.mktemp(name)) for name in ("feed_forward", "stn")}


def saved(name, folder):
    data = dataset()
    network = Forecaster(name, 8, 4, epochs=1, settings={"hidden": 8}, refit=False)
    network.fit(data.between(0, 400), data.between(400, 500)).save(folder / "model")
    values = data.values.iloc[-40:].copy()
    values.iloc[-6:, 1] = np.nan  # a gap
    values.to_csv(folder / "values.csv")
    data.calendar[["rain"]].rename_axis("time").to_csv(folder / "rain.csv")
    return folder


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("stn", "onnx"),
        ("stn", "saved_model"),
        ("stn", "litert"),
        ("feed_forward", "litert"),
        ("feed_forward", "onnx"),
    ],
)
def test_the_example_alone_says_what_the_model_says(models, name, format, tmp_path):
    model = models[name]
    for package in NEEDS.get(format, ()):
        pytest.importorskip(package)
    found = export(model / "model", format, tmp_path / "out")
    assert found.difference < 1e-2 and found.forecast > 0
    done = subprocess.run(
        [sys.executable, "-c", ALONE, tmp_path / "out" / "serve.py", model / "values.csv",
         "--calendar", model / "rain.csv"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = pd.read_csv(io.StringIO(done.stdout))
    expected, _ = predict_file(model / "model", model / "values.csv", calendar=model / "rain.csv")
    assert said["node"].tolist() == expected["node"].tolist()
    for column in ("low", "forecast", "high"):
        np.testing.assert_allclose(said[column], expected[column], atol=1e-2)


def test_what_cannot_be_exported_is_refused(models, tmp_path):
    model = models["feed_forward"]
    with pytest.raises(InputError, match="--format: expected onnx, litert, saved_model, got 'zip'"):
        export(model / "model", "zip", tmp_path / "out")
    with pytest.raises(InputError, match="--out: expected a new or empty folder"):
        export(model / "model", "saved_model", model)
    LastValue(3).fit(dataset()).save(tmp_path / "last")
    with pytest.raises(InputError, match="expected a network, got last value"):
        export(tmp_path / "last", "saved_model", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("inward", [0.1, -0.1])
def test_the_example_calibrates_as_the_library_does(inward):
    table = pd.DataFrame(np.random.default_rng(0).uniform(0, 100, (60, 3)), columns=list("abc"))
    states = fit_state_rule(table, "cases", "1h")
    said = np.sort(np.random.default_rng(1).uniform(40, 60, (2, 3, 3)), axis=-1)
    moves = np.broadcast_to([inward, 0.0, -inward], (2, 4, 1, 3))
    rule = Calibration((0.05, 0.5, 0.95), np.full(3, 90.0), np.zeros((2, 0)), moves, states, 0.0)
    expected = calibrated(rule, said[None], states_at(states, table, [len(table)]))[0]
    assert (np.diff(expected, axis=-1) > 0).all()
    found = serve.calibrated(json.loads(json.dumps(rule.to_dict())), said, table)
    np.testing.assert_allclose(found, expected)
