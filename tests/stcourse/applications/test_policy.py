"""Transport policy and new road: the queue, the questions to a network, the scores."""

import numpy as np
import pandas as pd
import pytest

from stcourse.applications.policy import new_road, plots, policy
from stcourse.worlds.motorway import make_links
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError

CAPACITY = 2700
DAYS = pd.date_range("2026-03-02", periods=5, name="time")


def small_world(days=1, arrivals=None):
    """A road whose queue stands before the end of km10, as `traffic` would give it."""
    times = pd.date_range("2026-03-02", periods=days * 288, freq="5min", name="time")
    links = make_links(None, None)
    hours = times.hour + times.minute / 60
    if arrivals is None:
        arrivals = np.where((hours >= 6.5) & (hours < 9.5), 3000.0, 1500.0)
    flow = pd.DataFrame(1500.0, times, links.index)
    vehicles = pd.DataFrame(15.0, times, links.index)
    speed = pd.DataFrame(100.0, times, links.index)
    waiting = 0.0
    for row, wish in enumerate(arrivals):
        out = min(CAPACITY, wish + 12 * waiting)
        waiting += (wish - out) / 12
        vehicles.iloc[row, links.index.get_loc("km10")] += waiting
        flow.iloc[row, links.index.get_loc("km10")] = out
        if waiting > 0:
            speed.iloc[row, links.index.get_loc("km10")] = 30.0
    adjacency = pd.DataFrame(0.0, links.index, links.index)
    motorway = list(links.index[links["road"] == "motorway"])
    for before, after in zip(motorway, motorway[1:]):
        adjacency.loc[after, before] = 1.0
    return SpatioTemporalDataset(
        "traffic", speed, "km/h", adjacency=adjacency, nodes=links.drop(columns="speed"),
        extra={"flow": flow, "vehicles": vehicles},
    )  # fmt: skip


def test_moving_keeps_each_day_and_takes_the_share_out_of_the_peaks():
    times = pd.date_range("2026-03-02", periods=2 * 288, freq="5min")
    table = pd.DataFrame(np.random.default_rng(0).uniform(1, 9, (len(times), 3)), times)
    later = policy.moved(table, 0.3)
    assert np.allclose(later.groupby(times.date).sum(), table.groupby(times.date).sum())
    peak = times.indexer_between_time("07:00", "09:00")
    assert np.allclose(later.iloc[peak], 0.7 * table.iloc[peak])
    night = times.indexer_between_time("00:00", "04:00")
    assert np.allclose(later.iloc[night], table.iloc[night])
    assert (later.to_numpy() >= 0).all()
    assert policy.moved(table, 0.0).equals(table)


def test_moving_more_than_all_is_refused():
    with pytest.raises(InputError, match="share: expected a number from 0 to 1, got 1.2"):
        policy.moved(pd.Series(dtype=float), 1.2)


def test_a_queue_waits_and_a_wide_road_has_none():
    # 25 too many in each of two steps: 25, then 50, then 25 waiting, each for a twelfth of an hour.
    assert policy.queue_hours([1500, 1500, 900, 900], 1200) == pytest.approx(100 / 12)
    assert policy.queue_hours([1500, 1500, 900, 900], 1500) == 0
    with pytest.raises(InputError, match="capacity: expected vehicles an hour"):
        policy.queue_hours([1500], 0)


def test_the_narrow_place_is_where_traffic_runs_free_behind_it():
    assert policy.narrow_place(small_world()) == "km10"


def test_the_queue_knows_what_wider_and_fewer_would_save():
    world = small_world()
    queued = world.extra["vehicles"]["km10"].sub(15).sum() / 12
    wide = policy.queue_saves(world, extra_capacity=2000.0)
    assert wide.to_numpy() == pytest.approx(queued, rel=0.02)
    assert policy.queue_saves(world).to_numpy() == pytest.approx(0)
    fewer = policy.queue_saves(world, lambda wish: 0.95 * wish)
    assert 0 < fewer.iloc[0] < wide.iloc[0]


def answers():
    truth = pd.DataFrame({"a": [100.0, 110, 90, 120, 80], "b": [0.0, 1, -1, 0, 0]}, DAYS)
    return {"simulator": truth, "queue": truth + 5, "network": truth - 60}


def asked(answers):
    return policy.Found(None, None, None, None, answers, None)


def test_answers_are_judged_by_how_far_they_are_off():
    cost = policy.decision(asked(answers()))
    assert (cost.baseline, cost.network) == (pytest.approx(5), pytest.approx(60))
    assert cost.low <= 55 <= cost.high and cost.low > 0


def test_three_days_give_no_interval():
    short = {name: table.iloc[:3] for name, table in answers().items()}
    assert np.isnan(policy.decision(asked(short)).low)


def test_a_road_without_effect_is_called_no_gain():
    random = np.random.default_rng(0)
    today = pd.Series(random.uniform(900, 1100, 5), DAYS)
    delays = pd.DataFrame(
        {"today": today, "pays": 0.2 * today, "none": today - 2, "worse": today + 50}
    )
    saved = delays.drop(columns="today").rsub(today, axis=0)
    found = policy.Found(None, None, None, None, {"simulator": saved}, delays)
    gains = new_road.gains(found)
    assert gains["verdict"].to_dict() == {
        "pays": "saves delay", "none": "no gain", "worse": "no gain",
    }  # fmt: skip
    assert gains.at["worse", "saved"] == pytest.approx(-50)


def test_a_candidate_road_is_an_edge_from_what_is_before_it_to_what_is_behind_it():
    world = small_world()
    added = new_road.graph_with(world, 9, 11) - world.adjacency
    edges = {(source, target) for target, source in added.stack()[added.stack() > 0].index}
    assert edges == {("km09", "km12"), ("old09", "km12")}
    with pytest.raises(InputError, match="start, end: expected places between two links"):
        new_road.graph_with(world, 0, 5)


def test_a_network_refuses_a_node_that_it_was_not_trained_on():
    class Trained:
        nodes = ("km01", "km02")

    names = ["km01", "km02", "new11"]
    with pytest.raises(InputError, match="new11"):
        new_road.with_graph(Trained(), pd.DataFrame(0.0, names, names))


def test_delay_by_link_adds_up_to_the_delay_of_the_world():
    from stcourse.worlds.traffic import delay

    world = small_world()
    assert np.allclose(new_road.delay_by_link(world).sum(axis=1), delay(world))


def test_figures_tell_what_they_show_and_name_what_is_missing():
    world = small_world()
    assert "today" in plots.vehicles_by_day({"today": world}, "2026-03-02")[1]
    with pytest.raises(InputError, match="day: today does not hold 2026-04-01"):
        plots.vehicles_by_day({"today": world}, "2026-04-01")
    with pytest.raises(InputError, match="worlds"):
        plots.vehicles_by_day({}, "2026-03-02")
    assert "network 40" in plots.answers_beside_truth(answers())[1]
    with pytest.raises(InputError, match="truth: expected one of"):
        plots.answers_beside_truth({"queue": answers()["queue"]})
    lost = new_road.delay_by_link(world).mean()
    assert "km10" in plots.delay_along_road(world, lost, new_road.ROADS)[1]
    with pytest.raises(InputError, match="delays: expected the links"):
        plots.delay_along_road(world, lost[:3], new_road.ROADS)
