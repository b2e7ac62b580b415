"""What a step costs is measured in a process of its own, for each number of sensors."""

import pandas as pd
import pytest

from stcourse.experiments import growth, run
from stlearn.errors import InputError


@pytest.mark.parametrize(
    "step",
    [
        "data set",
        "graph from edges",
        "graph from distances",
        "graph from a matrix",
        "last value, tested",
    ],
)
def test_a_step_is_measured_in_a_process_of_its_own(step):
    found = growth.measured(step, 20)
    assert found["seconds"] > 0
    assert 0 < found["gigabytes"] < 4


@pytest.mark.slow
@pytest.mark.parametrize("step", growth.STEPS)
def test_every_step_runs(step):
    assert growth.measured(step, 20)["seconds"] > 0


def test_rows_name_the_step_and_the_sensors(monkeypatch):
    cost = {"seconds": 1.0, "gigabytes": 0.5}
    monkeypatch.setattr(growth, "measured", lambda step, count: cost)
    rows = list(growth.growth(["data set", "graph from a matrix"], sensors=(200, 1000, 5000)))
    assert [(row["step"], row["sensors"]) for row in rows] == [
        ("data set", 200), ("data set", 1000), ("data set", 5000),
        ("graph from a matrix", 200), ("graph from a matrix", 1000),
    ]  # fmt: skip
    with pytest.raises(InputError, match="steps: expected any of data set, .*, got 'tea'"):
        next(growth.growth(["tea"]))


def test_a_step_that_fails_costs_nothing_and_says_why(capsys, monkeypatch):
    monkeypatch.setattr(growth, "LONGEST", 0.01)
    assert growth.measured("data set", 20) == {"seconds": 0.0, "gigabytes": 0.0}
    monkeypatch.undo()
    assert growth.measured("data set", 2) == {"seconds": 0.0, "gigabytes": 0.0}
    assert "sensors: expected" in capsys.readouterr().err


def test_the_table_has_every_step_and_number_of_sensors():
    table = run.read("growth")
    assert set(table["step"]) == set(growth.STEPS)
    for step, part in table.groupby("step"):
        most = growth.MATRIX_AT_MOST if step == "graph from a matrix" else growth.SENSORS[-1]
        assert list(part["sensors"]) == [each for each in growth.SENSORS if each <= most]


def test_a_step_measured_again_takes_its_old_place(tmp_path, monkeypatch):
    monkeypatch.setattr(growth, "measured", lambda step, count: {"seconds": 1.0, "gigabytes": 1.0})
    path = tmp_path / "growth.csv"
    run.run("growth", path, list)
    first = pd.read_csv(path, comment="#")
    run.run("growth", path, list, only="data set")
    assert pd.read_csv(path, comment="#").equals(first)
    assert list(first["step"].unique()) == list(growth.STEPS)
