"""Chapter 06b: the questions put to a network by hand, and what the notebook's cells define."""

import numpy as np
import pandas as pd
import pytest
from notebook_cells import run_cells, source_of

from stcourse.applications.policy.scenarios import moved, with_graph
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError
from stlearn.networks.forecaster import Forecaster

NOTEBOOK = "06b_policy"
DAY = pd.Timestamp("2026-03-02")


def test_moving_keeps_each_day_and_takes_the_share_out_of_the_peaks():
    times = pd.date_range(DAY, periods=2 * 288, freq="5min")
    table = pd.DataFrame(np.random.default_rng(0).uniform(1, 9, (len(times), 3)), times)
    later = moved(table, 0.3)
    assert np.allclose(later.groupby(times.date).sum(), table.groupby(times.date).sum())
    peak = times.indexer_between_time("07:00", "09:00")
    assert np.allclose(later.iloc[peak], 0.7 * table.iloc[peak])
    night = times.indexer_between_time("00:00", "04:00")
    assert np.allclose(later.iloc[night], table.iloc[night])
    assert (later.to_numpy() >= 0).all()
    assert moved(table, 0.0).equals(table)


def test_moving_more_than_all_is_refused():
    with pytest.raises(InputError, match="share: expected a number from 0 to 1, got 1.2"):
        moved(pd.Series(dtype=float), 1.2)


@pytest.fixture(scope="module")
def trained():
    times = pd.date_range(DAY, periods=288, freq="5min")
    values = pd.DataFrame(np.random.default_rng(0).uniform(1, 9, (288, 3)), times, list("abc"))
    chain = pd.DataFrame(np.eye(3, k=-1), list("abc"), list("abc"))
    dataset = SpatioTemporalDataset("small", values, "vehicles", chain)
    arguments = {"epochs": 1, "members": 2, "settings": {"hidden": 8}}
    return dataset, Forecaster("stn", 6, 2, **arguments).fit(dataset)


def test_another_graph_keeps_the_weights_of_all_members_and_changes_the_forecast(trained):
    dataset, network = trained
    same, origins = with_graph(network, dataset.adjacency), np.arange(100, 110)
    assert np.allclose(same.forecasts(dataset, origins), network.forecasts(dataset, origins))
    loop = dataset.adjacency.copy()
    loop.loc["a", "c"] = 1.0
    other = with_graph(network, loop)
    assert not np.allclose(other.forecasts(dataset, origins), network.forecasts(dataset, origins))
    assert np.allclose(same.forecasts(dataset, origins), network.forecasts(dataset, origins))


def test_a_network_refuses_a_node_that_it_was_not_trained_on(trained):
    names = ["a", "b", "c", "new11"]
    with pytest.raises(InputError, match="new11"):
        with_graph(trained[1], pd.DataFrame(0.0, names, names))


def test_the_full_ladder_is_compared():
    assert "ladder.ladder(" in source_of(NOTEBOOK, "compare")
    assert "compare(models," in source_of(NOTEBOOK, "compare")


def queue(capacity):
    narrow = pd.DataFrame({"km10": [capacity]}, [DAY])
    return run_cells(NOTEBOOK, only={"queued": "def queued"}, pd=pd, narrow=narrow, STEP=1 / 12)


def test_a_queue_waits_and_a_wide_road_has_none():
    # 25 too many in each of two steps: 25, then 50, then 25 waiting, each for a twelfth of an hour.
    arrivals = pd.Series([1500.0, 1500, 900, 900], pd.date_range(DAY, periods=4, freq="5min"))
    assert queue(1200)["queued"](arrivals)[DAY] == pytest.approx(100 / 12)
    assert queue(1500)["queued"](arrivals)[DAY] == 0
    assert queue(1200)["queued"](arrivals, more=300)[DAY] == 0


def test_the_interval_of_the_simulator_is_wide_where_two_sets_of_drivers_differ():
    rows = {"alike": [[10.0, 20, 30, 40]] * 2, "apart": [[10, 20, 30, 40], [20, 40, 60, 80]]}
    by_drivers = {name: pd.DataFrame(each) for name, each in rows.items()}
    cells = run_cells(NOTEBOOK, "imports", only={"interval": "def with_interval"}, DAYS=4, **{})
    said, half = cells["with_interval"](by_drivers)
    assert said["alike"].mean() == 25 and said["apart"].mean() == 37.5
    assert half["alike"] == 0 and half["apart"] > 10
