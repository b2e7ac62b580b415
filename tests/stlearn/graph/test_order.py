"""The order of graph and sensors: a shuffled graph is told, a true one is not."""

import numpy as np
import pandas as pd
import pytest

from stlearn import SpatioTemporalDataset
from stlearn.forecast.questions import questions
from stlearn.graph.order import likeness_of_neighbours


def ring(nodes=12, rows=300, order=None, missing=0.0, seed=0):
    """Sensors in a ring, each like its neighbours; the graph's rows may stand in another order."""
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(rows, nodes)).cumsum(axis=0)
    values = own + np.roll(own, 1, axis=1)
    values[rng.random(values.shape) < missing] = np.nan
    weights = np.roll(np.eye(nodes), 1, axis=1) + np.roll(np.eye(nodes), -1, axis=1)
    if order is not None:
        weights = weights[np.ix_(order, order)]
    names = [f"s{node}" for node in range(nodes)]
    times = pd.date_range("2026-01-05", periods=rows, freq="5min")
    frame = pd.DataFrame(values, times, names)
    return SpatioTemporalDataset("ring", frame, "u", pd.DataFrame(weights, names, names))


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_true_order_is_told_from_others(missing):
    found = likeness_of_neighbours(ring(missing=missing))
    assert found.shuffled == 0 and found.sentence == ""
    order = np.random.default_rng(1).permutation(12)
    shuffled = likeness_of_neighbours(ring(order=order, missing=missing))
    assert shuffled.shuffled > 0.05 and shuffled.correlation < found.correlation / 2
    assert "do graph and values name the sensors alike" in shuffled.sentence
    assert questions(ring(order=order, missing=missing)) == [shuffled.sentence]


def test_the_correlation_is_that_of_the_changes():
    dataset = ring()
    changes = dataset.values.astype("float64").diff().corr().to_numpy()
    weights = dataset.adjacency.to_numpy()
    expected = (weights * changes).sum() / weights.sum()
    assert likeness_of_neighbours(dataset).correlation == pytest.approx(expected, abs=1e-6)


def test_of_many_nodes_some_that_hang_together_tell(monkeypatch):
    monkeypatch.setattr("stlearn.graph.order.MOST", 8)
    assert likeness_of_neighbours(ring()).shuffled == 0
    order = np.random.default_rng(1).permutation(12)
    assert likeness_of_neighbours(ring(order=order)).shuffled > 0.05


def test_nothing_is_said_where_nothing_can_be_told():
    whole = ring()
    names = whole.values.columns
    everyone = pd.DataFrame(1.0, names, names)
    for dataset in (
        ring(nodes=4),
        SpatioTemporalDataset("no graph", whole.values, "u"),
        SpatioTemporalDataset("all alike", whole.values, "u", everyone),
        SpatioTemporalDataset("still", whole.values.assign(s3=1.0), "u", whole.adjacency),
    ):
        assert likeness_of_neighbours(dataset) is None
