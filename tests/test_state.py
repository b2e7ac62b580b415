"""The script that measures a state's sensors runs, and its state is what it says."""

import pytest
import state

from stlearn import read_csv


def test_the_state_has_about_six_neighbours_a_sensor_and_goes_to_files(tmp_path):
    state.write(30, tmp_path)
    read = read_csv(tmp_path / "values.csv", tmp_path / "edges.csv", unit="km/h")
    built = state.dataset(30)
    assert read.shape == built.shape == (state.DAYS * state.STEPS_A_DAY, 30)
    assert read.weights.nnz == built.weights.nnz == 6 * 30
    assert abs(read.weights - built.weights).max() < 1e-3
    assert 0 < built.values.isna().to_numpy().mean() < 0.02


def test_a_long_state_goes_to_a_store_month_by_month(tmp_path):
    state.main(["30", "--write", str(tmp_path), "--days", "40"])
    read = read_csv(tmp_path / "values", tmp_path / "edges.csv", unit="km/h")
    assert read.shape == (40 * state.STEPS_A_DAY, 30) and read.weights.nnz == 6 * 30
    first = state.values(30, days=30)
    assert read.values.iloc[: len(first)].equals(first)
    assert (
        not read.values.iloc[-10 * 288 :]
        .reset_index(drop=True)
        .equals(first.iloc[: 10 * 288].reset_index(drop=True))
    )


@pytest.mark.parametrize("step", ["data_set", "edges_read", "distances_read", "last_value_tested"])
def test_a_step_is_measured_in_a_process_of_its_own(step):
    found = state.measure(step, 20)
    assert found["seconds"] > 0
    assert 0 < found["gb"] < 4


def test_the_table_names_the_steps(capsys, monkeypatch):
    monkeypatch.setattr(state, "measure", lambda step, nodes: {"seconds": nodes / 1000, "gb": 1.0})
    state.main(["100", "1000", "--steps", "data_set", "trees"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["data_set", "0.1", "/", "1.0", "1", "/", "1.0", "1.00"]
    assert lines[2].split()[0] == "trees"
    monkeypatch.setattr(state, "measure", lambda step, nodes: None)
    state.main(["100", "--steps", "trees"])
    assert capsys.readouterr().out.splitlines()[1].split() == ["trees", "-"]
