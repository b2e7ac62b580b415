"""The exhibits flatter, and their honest figures are the library's own."""

import numpy as np
import pandas as pd
import pytest

import stlearn
from stcourse.experiments import famous_errors
from stlearn.baselines.averages import LastValue
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import Split, chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.metrics import mae, rmse


@pytest.fixture(scope="module")
def walk():
    """Random walks: no past tells anything, so whatever looks good has leaked."""
    steps = np.random.default_rng(0).normal(size=(1200, 4)).cumsum(axis=0)
    times = pd.date_range("2026-01-05", periods=1200, freq="5min")
    return SpatioTemporalDataset("walk", pd.DataFrame(steps, times, list("abcd")), "km/h")


@pytest.fixture(scope="module")
def result(walk):
    model = LastValue(horizon=6).fit(walk.between(0, 800))
    return stlearn.backtest(model, walk, slice(800, 1200))


def test_each_way_of_telling_flatters_and_is_what_it_says(result):
    table = famous_errors.retold(result, scale=100.0, chosen=2)
    assert (table["flattering"] < table["honest"]).all()
    last = result.truth[:, -1], result.forecast[:, -1]
    by_origin = table.loc["RMSE of each origin, averaged"]
    assert by_origin["honest"] == rmse(*last)
    expected = np.mean([rmse(*pair) for pair in zip(*last)])
    assert by_origin["flattering"] == pytest.approx(expected)
    assert table["honest"].drop(by_origin.name).tolist() == pytest.approx([mae(*last)] * 4)
    pooled = table.loc["pooled over all steps, told as the last", "flattering"]
    assert pooled == pytest.approx(mae(result.truth, result.forecast))
    nodes = np.abs(result.truth - result.forecast)[:, -1].mean(axis=0)
    easiest = table.loc["the 2 easiest of 4 nodes", "flattering"]
    assert easiest == pytest.approx(np.sort(nodes)[:2].mean())


def test_shuffling_makes_a_random_walk_look_predictable(walk):
    found = famous_errors.shuffled(walk, chronological_split(walk, test=0.3))
    assert found["shuffled"] < 0.6 * found["in time"]


def test_an_average_that_saw_the_test_looks_better():
    corridor = stlearn.load("corridor").between(0, 21 * 288)
    rows = 288 * np.array([0, 13, 14, 21])
    split = Split(slice(rows[0], rows[1]), slice(rows[1], rows[2]), slice(rows[2], rows[3]))
    found = famous_errors.average_that_saw_the_test(corridor, split)
    assert found["with the test part"] < found["without"]


def test_a_model_that_saw_the_test_part_looks_as_if_it_needed_no_training(walk):
    found = famous_errors.called_zero_shot(walk, chronological_split(walk, test=0.3))
    # One of the five most similar windows is the very one that is asked for.
    assert found["seen"] < 0.9 * found["never seen"]


def test_bad_input_is_told(result):
    with pytest.raises(InputError, match="chosen: .*fewer than the 4 nodes, got 4"):
        famous_errors.retold(result, scale=1.0, chosen=4)
    with pytest.raises(InputError, match="scale: .*0"):
        famous_errors.retold(result, scale=0.0, chosen=2)
