"""The script that writes a state's sensors writes what the world is."""

import state

from stcourse.worlds.state import STEPS_A_DAY, state_readings
from stcourse.worlds.state import state as made
from stlearn import read_csv


def test_the_files_of_a_state_are_read_as_what_it_is(tmp_path):
    state.write(30, tmp_path)
    read = read_csv(tmp_path / "values.csv", tmp_path / "edges.csv", unit="km/h")
    built = made(30, state.DAYS)
    assert read.shape == built.shape == (state.DAYS * STEPS_A_DAY, 30)
    assert read.weights.nnz == built.weights.nnz == 6 * 30
    assert abs(read.weights - built.weights).max() < 1e-3
    far = read_csv(tmp_path / "values.csv", distances=tmp_path / "roads.csv", unit="km/h")
    assert far.weights.nnz > 0


def test_a_long_state_goes_to_a_store_month_by_month(tmp_path):
    state.write(30, tmp_path, days=40)
    read = read_csv(tmp_path / "values", tmp_path / "edges.csv", unit="km/h")
    assert read.shape == (40 * STEPS_A_DAY, 30) and read.weights.nnz == 6 * 30
    first = state_readings(30, days=30)
    assert read.values.iloc[: len(first)].equals(first)
    last = read.values.iloc[-10 * STEPS_A_DAY :]
    assert last.equals(state_readings(30, days=10, first_day=30))
    assert (last.to_numpy() != first.iloc[: len(last)].to_numpy()).any()
