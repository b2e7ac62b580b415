"""Made-up worlds: what they return agrees with the truth that comes beside it."""

import numpy as np
import pandas as pd
import pytest

import stlearn
from stcourse.worlds.agencies import two_agencies
from stcourse.worlds.state import state
from stlearn import SpatioTemporalDataset
from stlearn.data.prepare import clock_offset, convert, standardise, synchronise
from stlearn.errors import InputError


@pytest.fixture(scope="module")
def dataset():
    """Two days of six nodes whose speeds wander."""
    times = pd.date_range("2026-01-05", periods=2 * 288, freq="5min")
    names = list("abcdef")
    speeds = 60 + np.random.default_rng(0).normal(size=(len(times), 6)).cumsum(axis=0) / 2
    values = pd.DataFrame(speeds, times, names)
    nodes = pd.DataFrame({"x": np.arange(6) * 1000.0, "y": 0.0}, names)
    return SpatioTemporalDataset(
        "road", values, "km/h", nodes=nodes, extra={"flow": values * 0 + 1000}
    )


@pytest.fixture(scope="module")
def world(dataset):
    return two_agencies(dataset, shared=2, trips=300, offset="7min")


def test_the_feeds_differ_in_clock_interval_unit_and_names(world):
    motorway, city = world[0]["motorway"], world[0]["city"]
    assert motorway.values.index[1] - motorway.values.index[0] == pd.Timedelta("5min")
    assert city.values.index[1] - city.values.index[0] == pd.Timedelta("15min")
    assert city.values.index[0] - motorway.values.index[0] == pd.Timedelta("7min")
    assert (motorway.unit, city.unit) == ("km/h", "mph")
    assert not set(motorway.values.columns) & set(city.values.columns)


def test_the_truth_leads_back_to_the_data(dataset, world):
    feeds, truth = world
    joined = synchronise({n: feed.values for n, feed in feeds.items()}, "15min", truth.offsets)
    units = {column: feed.unit for feed in feeds.values() for column in feed.values}
    found = standardise(joined, units)
    expected = synchronise({"road": dataset.values}, "15min")
    for own in truth.names.values():
        for detector, node in own.items():
            difference = (found[detector] - expected[node]).abs().max()
            assert difference < convert(0.051, "mph", "km/h")  # the city rounds to 0.1 mph


def test_every_node_is_watched_and_the_shared_ones_twice(dataset, world):
    _, truth = world
    watched = [node for own in truth.names.values() for node in own.values()]
    assert sorted(watched) == sorted([*dataset.values.columns, *truth.shared])
    assert len(truth.shared) == 2


@pytest.mark.parametrize("offset", ["7min", "-4min", "0min"])
def test_the_offset_can_be_found_at_shared_places(dataset, offset):
    feeds, truth = two_agencies(dataset, shared=2, offset=offset, trips=1)
    ids = {name: {node: own for own, node in truth.names[name].items()} for name in feeds}
    city, motorway = (
        feeds[name].values[[ids[name][node] for node in truth.shared]]
        for name in ("city", "motorway")
    )
    assert clock_offset(city, motorway) == truth.offsets["city"] == pd.Timedelta(offset)


def test_trips_are_seen_at_own_detectors_by_cars_that_are_known(world):
    feeds, truth = world
    for name, feed in feeds.items():
        assert len(feed.trips) == 300
        assert set(feed.trips["entry"]) <= set(truth.names[name])
        assert set(feed.trips["plate"]) <= set(truth.cars)
        assert set(feed.detectors.index) == set(truth.names[name])
    seen = [{truth.cars[plate] for plate in feed.trips["plate"]} for feed in feeds.values()]
    assert seen[0] & seen[1]  # cars that both agencies saw, spelled in two ways
    assert not set(feeds["city"].trips["plate"]) & set(feeds["motorway"].trips["plate"])


def test_trips_follow_the_flow(dataset):
    flow = dataset.extra["flow"].copy()
    flow.loc[flow.index.hour != 8] = 0
    busy = SpatioTemporalDataset(
        "road", dataset.values, "km/h", nodes=dataset.nodes, extra={"flow": flow}
    )
    feeds, _ = two_agencies(busy, shared=1, trips=20)
    assert set(feeds["motorway"].trips["time"].dt.hour) == {8}


def test_a_seed_gives_the_same_world_and_another_gives_another(dataset, world):
    again, other = (two_agencies(dataset, shared=2, trips=300, seed=seed)[0] for seed in (0, 1))
    pd.testing.assert_frame_equal(again["city"].values, world[0]["city"].values)
    pd.testing.assert_frame_equal(again["city"].trips, world[0]["city"].trips)
    assert not again["city"].trips.equals(other["city"].trips)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"interval": "7min"}, "interval"),
        ({"interval": "soon"}, "interval"),
        ({"offset": "late"}, "offset"),
        ({"offset": None}, "offset"),
        ({"shared": 0}, "shared"),
        ({"shared": 4}, "shared"),
        ({"trips": 0}, "trips"),
    ],
)
def test_bad_arguments_are_named(dataset, arguments, named):
    with pytest.raises(InputError, match=named):
        two_agencies(dataset, **{"shared": 2, **arguments})


def test_data_that_lacks_something_is_refused(dataset):
    values, nodes, extra = dataset.values, dataset.nodes, dataset.extra
    for wrong, named in (
        (SpatioTemporalDataset("r", values, "mph", nodes=nodes, extra=extra), "km/h"),
        (SpatioTemporalDataset("r", values, "km/h", extra=extra), "columns x and y"),
        (SpatioTemporalDataset("r", values, "km/h", nodes=nodes), "flow"),
        (SpatioTemporalDataset("r", values[["a", "b"]], "km/h"), "4 nodes"),
    ):
        with pytest.raises(InputError, match=named):
            two_agencies(wrong)


def test_corridor_makes_a_world():
    feeds, truth = two_agencies(stlearn.load("corridor"))
    assert feeds["motorway"].values.shape == (16128, 24)
    assert feeds["city"].values.shape == (16128 // 3, 28)
    assert len(truth.cars) == 800


def test_a_state_hears_six_near_sensors_and_loses_a_reading_in_a_hundred():
    world = state(sensors=60, days=2)
    assert world.shape == (2 * 288, 60) and world.weights.nnz == 6 * 60
    assert 0 < world.values.isna().to_numpy().mean() < 0.02
    places = world.nodes[["x", "y"]].to_numpy()
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    for node, lengths in enumerate(apart):
        heard = world.weights[[node]].nonzero()[1]
        assert set(heard) == set(np.argsort(lengths)[1:7])
    assert world.values.equals(state(sensors=60, days=2).values)


def test_a_state_of_a_few_sensors_is_refused():
    with pytest.raises(InputError, match="sensors: expected .*7.*, got 6"):
        state(sensors=6)
    with pytest.raises(InputError, match="days"):
        state(days=0)
