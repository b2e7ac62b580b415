"""C14: what is counted when the one command runs in an empty folder."""

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from stcourse.experiments import one_command
from stcourse.experiments.rows import COLUMNS

SCORES = [
    {"model": "stn", "horizon_minutes": 15, "mae": 1.0},
    {"model": "stn", "horizon_minutes": 60, "mae": 2.5},
    {"model": "trees", "horizon_minutes": 60, "mae": 3.5},
    {"model": "last value", "horizon_minutes": 60, "mae": 5.5},
]
TOLD = {"model": "stn", "by_sensor": [{"node": "a"}, {"node": "b"}], "scores": SCORES}


def told_by(monkeypatch, forecast, status=0):
    """Rows of the experiment where the command would end with a status and write a forecast."""

    def run(command, cwd, **_):
        assert command[1:] == ["forecast", "--json"]  # no data set, no setting
        assert list(Path(cwd).iterdir()) == []
        folder = Path(cwd) / "forecast-corridor"
        folder.mkdir()
        forecast.to_csv(folder / "forecast.csv", index=False)
        return SimpleNamespace(returncode=status, stdout=json.dumps(TOLD))

    monkeypatch.setattr(one_command.subprocess, "run", run)
    return pd.DataFrame(one_command.one_command(), columns=COLUMNS)


def test_status_sensors_and_the_errors_of_kept_model_and_last_value_are_told(monkeypatch):
    forecast = pd.DataFrame({"node": ["a", "a", "b"], "value": [50.0, 51.0, 60.0]})
    found = told_by(monkeypatch, forecast).set_index(["variant", "measure"])["value"]
    assert found.to_dict() == {
        ("stlearn forecast", "exit status"): 0,
        ("stlearn forecast", "sensors forecast"): 1,
        ("kept model", "mae"): 2.5,
        ("last value", "mae"): 5.5,
    }


def test_a_sensor_without_a_forecast_is_missing_from_the_share(monkeypatch):
    forecast = pd.DataFrame({"node": ["a", "b"], "value": [50.0, float("nan")]})
    found = told_by(monkeypatch, forecast).set_index("measure")["value"]
    assert found["sensors forecast"] == pytest.approx(0.5)


def test_a_command_that_fails_is_told_by_its_status_alone(monkeypatch):
    found = told_by(monkeypatch, pd.DataFrame({"node": [], "value": []}), status=2)
    assert found[["measure", "value"]].to_numpy().tolist() == [["exit status", 2.0]]


@pytest.mark.slow
def test_the_command_itself_forecasts_every_sensor():
    found = {(row["variant"], row["measure"]): row["value"] for row in one_command.one_command()}
    assert found["stlearn forecast", "exit status"] == 0
    assert found["stlearn forecast", "sensors forecast"] == 1
    assert found["kept model", "mae"] > 0
    assert found["last value", "mae"] > 0
