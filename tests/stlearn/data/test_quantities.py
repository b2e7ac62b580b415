"""Several quantities in one data set: each of a sensor's quantities is a node of its own."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from stlearn import InputError, SpatioTemporalDataset
from stlearn.baselines.standard import standard
from stlearn.data import together
from stlearn.data.quantities import apart, in_several_units, units_of
from stlearn.evaluation.backtest import backtest

TIMES = pd.date_range("2026-01-05", periods=700, freq="h")
CHAIN = pd.DataFrame([[0, 2, 0], [2, 0, 3], [0, 3, 0]], list("abc"), list("abc"))


def speeds(**more):
    rng = np.random.default_rng(0)
    values = pd.DataFrame(60 + rng.normal(0, 5, (len(TIMES), 3)), TIMES, list("abc"))
    values.iloc[5:9, 1] = np.nan
    more = {"adjacency": CHAIN, "nodes": pd.DataFrame({"lanes": [1, 2, 3]}, list("abc"))} | more
    return SpatioTemporalDataset("road", values, "km/h", **more)


def flows(sensors="bc", **more):
    """Flow of some of the sensors, in another order."""
    values = speeds().values[list(sensors)[::-1]] * 20
    return SpatioTemporalDataset("flow", values, "veh/h", **more)


def test_each_quantity_of_each_sensor_is_a_node():
    both = together({"speed": speeds(), "flow": flows()})
    nodes = ["speed: a", "speed: b", "speed: c", "flow: c", "flow: b"]
    assert (both.name, both.unit) == ("road", "km/h and veh/h")
    assert list(both.values) == nodes
    assert both.quantities == {"speed": "km/h", "flow": "veh/h"}
    assert both.nodes["unit"].tolist() == units_of(nodes, both.unit, both.quantities)
    assert both.nodes["quantity"].tolist() == ["speed"] * 3 + ["flow"] * 2
    assert both.nodes["lanes"].tolist() == [1, 2, 3, 3, 2]
    np.testing.assert_array_equal(both.values["flow: b"], flows().values["b"])  # with its gap
    assert in_several_units(both) and not in_several_units(speeds())


def test_links_stay_in_their_quantity_and_the_quantities_of_a_sensor_are_joined():
    both = together({"speed": speeds(), "flow": flows()})
    assert isinstance(both.adjacency, pd.DataFrame)
    graph = both.adjacency_frame
    np.testing.assert_array_equal(graph.iloc[:3, :3], CHAIN)
    assert not graph.iloc[3:, 3:].to_numpy().any()  # none was given for flow
    across = [[0, 0], [0, 3], [3, 0]]  # as strong as the strongest link
    np.testing.assert_array_equal(graph.iloc[:3, 3:], across)
    np.testing.assert_array_equal(graph.iloc[3:, :3], np.transpose(across))


def test_a_sparse_graph_stays_sparse_and_sensors_alone_have_none():
    sparse = speeds(adjacency=scipy.sparse.csr_array(CHAIN.to_numpy(dtype="float32")))
    both = together({"speed": sparse, "flow": flows()})
    dense = together({"speed": speeds(), "flow": flows()})
    assert scipy.sparse.issparse(both.adjacency)
    pd.testing.assert_frame_equal(both.adjacency_frame, dense.adjacency_frame)
    without = together({"speed": speeds(adjacency=None), "flow": flows("b")})
    assert without.weights.sum() == 2  # of the only sensor with both
    alone = {name: speeds(adjacency=None).of_nodes([name]) for name in "ab"}
    assert together(alone).adjacency is None


def test_what_is_known_beside_the_values_comes_along():
    events = pd.DataFrame(
        {"node": ["b", None], "start": TIMES[:2], "end": TIMES[1:3], "kind": ["works", "snow"]}
    )
    beside = {"flow": speeds().values * 20, "rain": speeds().values * 0}
    both = together({"speed": speeds(events=events, extra=beside), "flow": flows()})
    assert list(both.extra) == ["rain"] and both.extra["rain"].shape == both.shape
    assert both.events["node"].dropna().tolist() == ["speed: b", "flow: b"]
    assert both.events["kind"].tolist() == ["works", "works", "snow"]


def test_apart_gives_each_quantity_as_it_was():
    first = speeds()
    parts = apart(together({"speed": first, "flow": flows()}))
    assert [part.unit for part in parts.values()] == ["km/h", "veh/h"]
    np.testing.assert_array_equal(parts["speed"].values, first.values)
    np.testing.assert_array_equal(parts["speed"].adjacency_frame, CHAIN)
    assert parts["flow"].adjacency is None and not parts["flow"].quantities
    assert list(parts["flow"].values) == ["flow: c", "flow: b"]
    assert apart(first) == {"": first}


def test_one_quantity_alone_is_forecast_as_without():
    plain = speeds()
    stacked = together({"speed": plain})
    for model, same in zip(standard(plain, 3), standard(stacked, 3), strict=True):
        said, again = (
            backtest(each.fit(data.between(0, 400)), data, slice(400, 700), lookback=12).forecast
            for each, data in ((model, plain), (same, stacked))
        )
        np.testing.assert_allclose(said, again, rtol=1e-5, err_msg=model.name)


def test_a_quantity_that_may_be_negative_does_not_free_the_others():
    rng = np.random.default_rng(0)
    cold = speeds().values - 60
    rain = pd.DataFrame(rng.gamma(0.1, 5, cold.shape), TIMES, list("abc"))
    both = together(
        {
            "temperature": SpatioTemporalDataset("x", cold, "°C"),
            "rain": SpatioTemporalDataset("x", rain, "mm"),
        }
    )
    for model in standard(both, 3)[3:]:
        model.fit(both.between(0, 400))
        assert model.bound == [None] * 3 + [0.0] * 3
        said = backtest(model, both, slice(400, 700), lookback=12).forecast
        assert (said[..., 3:] >= 0).all() and (said[..., :3] < 0).any()


@pytest.mark.parametrize(
    ("datasets", "said"),
    [
        ([], "expected a dict of data sets by quantity, got list"),
        ({}, "expected a dict of data sets by quantity"),
        ({"a: b": speeds()}, "a text without ': ', got 'a: b'"),
        ({"": speeds()}, "expected the name of a quantity"),
        ({"speed": speeds().values}, "expected a SpatioTemporalDataset for speed, got DataFrame"),
        ({"speed": speeds(), "flow": flows().between(0, 500)}, "expected the same times"),
        ({"both": together({"speed": speeds()})}, "both: expected one quantity"),
    ],
)
def test_what_does_not_fit_together_is_refused(datasets, said):
    with pytest.raises(InputError, match="^datasets: ") as error:
        together(datasets)
    assert said in str(error.value)


def test_a_graph_that_changes_and_nodes_of_no_quantity_are_refused():
    edges = pd.DataFrame({"time": TIMES[:1], "source": "a", "target": "b", "weight": 1.0})
    with pytest.raises(InputError, match="a graph that changes in time"):
        together({"speed": speeds(edges=edges)})
    with pytest.raises(InputError, match="quantities: expected that each node is named by one of"):
        dataclasses.replace(speeds(), quantities={"speed": "km/h"})
