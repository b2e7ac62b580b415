"""Roads of chapter 06: departure times, alarms and buses, scored as the modules say."""

import numpy as np
import pandas as pd
import pytest

from stcourse.applications import real_data
from stcourse.applications.roads import buses, monitoring, plots, traffic
from stcourse.worlds.dispatch import line_demand
from stlearn import SpatioTemporalDataset, catalogue
from stlearn.errors import InputError
from stlearn.evaluation.backtest import Backtest
from stlearn.evaluation.comparison import Comparison, Run

FIVE = pd.Timedelta("5min")


def compared(dataset, horizon, said):
    """A comparison of made-up forecasters: name to a function of the truth."""
    values = dataset.values.to_numpy()
    origins = np.arange(len(values) - horizon + 1)
    truth = np.stack([values[origin : origin + horizon] for origin in origins])
    times, step = dataset.values.index[origins], dataset.interval
    runs = {
        name: Run(
            Backtest(
                name, origins, times, truth, say(truth), dataset.values.columns, step,
                dataset.unit, 0.0,
            ),
            0.0, 0, 0.0,
        )
        for name, say in said.items()
    }  # fmt: skip
    return Comparison(runs, len(values) * step)


def path_of(nodes):
    chain = np.eye(len(nodes), k=-1)
    return pd.DataFrame(chain, nodes, nodes)


@pytest.fixture(scope="module")
def road():
    """Six working days of a road whose second half is slow from 7 to 9."""
    times = pd.date_range("2026-03-02", periods=7 * 288, freq="5min")
    busy = (times.hour >= 7) & (times.hour < 9)
    random = np.random.default_rng(0)
    slow = np.where(busy, 30 + random.normal(0, 3, len(times)), 100)
    values = pd.DataFrame({"in1": 100.0, "in2": slow, "out1": 100.0}, times)
    nodes = pd.DataFrame({"direction": ["in", "in", "out"]}, ["in1", "in2", "out1"])
    return SpatioTemporalDataset("road", values, "km/h", path_of(list(values)), nodes)


@pytest.fixture(scope="module")
def driven(road):
    part = traffic.nodes_of(road, "in")
    said = {"last value": lambda truth: np.full_like(truth, 100.0), "stn": lambda truth: truth}
    scored = part.values.index[2 * 288]
    return traffic.Found(part, compared(part, 12, said), ["in1", "in2"], [6.0, 6.0], scored)


def test_travel_time_follows_the_driver():
    times = pd.date_range("2026-03-02 07:00", periods=6, freq="5min")
    speeds = pd.DataFrame({"a": 60.0, "b": [60.0, 60, 12, 12, 12, 12]}, index=times)
    # Five minutes for a; whoever leaves at 7:05 enters b when it has become slow.
    assert traffic.travel_minutes(speeds, 5).tolist() == [10, 30, 30, 30, 30, 30]
    assert traffic.travel_minutes(speeds, [5, 1]).tolist() == [6, 10, 10, 10, 10, 10]


@pytest.mark.parametrize(
    ("speed", "rows", "kilometres", "named"),
    [(0, 3, 1, "speeds"), (np.nan, 3, 1, "speeds"), (50, 1, 1, "speeds"), (50, 3, 0, "kilometres")],
)
def test_travel_time_refuses_what_no_driver_can_do(speed, rows, kilometres, named):
    times = pd.date_range("2026-03-02", periods=rows, freq="5min")
    with pytest.raises(InputError, match=named):
        traffic.travel_minutes(pd.DataFrame({"a": float(speed)}, index=times), kilometres)


def test_the_latest_departure_need_not_follow_good_ones():
    times = pd.date_range("2026-03-02 07:00", periods=3, freq="10min")
    table = pd.DataFrame([[20, 25, 30, 35], [25, 30, 40, 45], [15, 20, 25, 35]], times)
    deadline = times[0] + pd.Timedelta("45min")
    assert traffic.leave_at(table, deadline, 0.75) == times[2]
    assert traffic.leave_at(table, deadline, 1) == times[0]
    assert traffic.leave_at(table, times[0], 1) == times[0], "too late anyway: leave at once"
    with pytest.raises(InputError, match="share"):
        traffic.leave_at(table, deadline, 0)


def test_who_knows_the_speeds_is_on_time_and_could_not_leave_later(driven):
    trips = traffic.trips(driven, "stn")
    assert (trips["late"] == 0).all()
    came = traffic.driven(driven)
    for asked, leave in trips["leave"].items():
        later = came[leave + FIVE : asked + 11 * FIVE]
        arrival = later.index + pd.to_timedelta(later, "min")
        assert (arrival > asked + 12 * FIVE).all()
    assert trips.index.min() >= driven.scored_from, "nothing that set the reserve is scored"
    assert set(trips.index.day_of_week) <= set(range(5))
    assert set(trips.index.minute) <= {0, 15, 30, 45}


def test_a_late_minute_costs_nine_and_a_reserve_from_errors_is_paid_for(driven):
    trips = traffic.trips(driven, "last value")
    assert np.allclose(trips["cost"], trips["early"] + 9 * trips["late"])
    assert trips["early"].mean() > traffic.trips(driven, "stn")["early"].mean()
    table = traffic.costs(driven)
    assert table.at["stn", "cost"] < table.at["last value", "cost"]


def test_the_decision_on_roads_names_minutes_and_has_an_interval_over_days(driven):
    found = traffic.decision(driven)
    assert found.network < found.baseline
    assert np.isnan(found.low), "three scored working days are too few for an interval"


def test_questions_must_lie_before_and_after_the_first_scored_time(driven):
    with pytest.raises(InputError, match="name"):
        traffic.trips(driven, "nobody")
    with pytest.raises(InputError, match="scored_from"):
        traffic.trips(driven._replace(scored_from=pd.Timestamp("2030-01-01")), "stn")


def test_part_of_a_data_set_keeps_graph_and_nodes(road):
    part = traffic.nodes_of(road, "in")
    assert list(part.values) == list(part.nodes.index) == list(part.adjacency) == ["in1", "in2"]
    with pytest.raises(InputError, match="start"):
        traffic.nodes_of(road, "out")


def test_a_chain_covers_the_way_between_its_ends():
    times = pd.date_range("2026-03-02", periods=3, freq="5min")
    names = ["a", "b", "c", "far"]
    places = pd.DataFrame({"x": [0.0, 3, 7, 50], "y": 0.0}, names)
    graph = pd.DataFrame(0.0, names, names)
    for one, other in (("a", "b"), ("b", "c")):
        graph.loc[one, other] = graph.loc[other, one] = 1
    values = pd.DataFrame(60.0, times, names)
    dataset = SpatioTemporalDataset("line", values, "mph", graph, places)
    route, lengths = traffic.chain(dataset, ("a", "c"))
    assert route == ["a", "b", "c"]
    assert lengths == [1.5, 3.5, 2.0]
    for ends in (("a", "nowhere"), ("a", "far")):
        with pytest.raises(InputError, match="ends"):
            traffic.chain(dataset, ends)


@pytest.fixture(scope="module")
def watched():
    """Two weeks of two roads; in the second week a detector of each falls once by 60 km/h."""
    times = pd.date_range("2026-03-02", periods=14 * 288, freq="5min")
    random = np.random.default_rng(1)
    names = ["in1", "in2", "out1"]
    values = pd.DataFrame(100 + random.normal(0, 2, (len(times), 3)), times, names)
    events = []
    for node, row in (("in2", 9 * 288), ("out1", 11 * 288)):
        values.iloc[row : row + 12, names.index(node)] -= 60
        events.append((node[:-1], times[row], times[row + 11], "incident"))
    dataset = SpatioTemporalDataset("roads", values, "km/h", path_of(names))
    usual = {"stn": lambda truth: np.full_like(truth, 100.0)}
    blind = {"last value": lambda truth: np.minimum(truth, 100.0)}
    roads = pd.Series(["in", "in", "out"], names)
    incidents = pd.DataFrame(events, columns=["node", "start", "end", "kind"])
    comparison = compared(dataset, 3, {**blind, **usual})
    return monitoring.Found(dataset, comparison, roads, incidents, times[7 * 288])


def test_a_road_drops_by_as_much_as_its_worst_detector(watched):
    table = monitoring.drops(watched, "stn")
    assert list(table) == ["in", "out"]
    event = watched.incidents.iloc[0]
    during = table.loc[event["start"] : event["end"]]
    assert (during["in"] > 50).all() and (during["out"] < 20).all()
    assert (table >= 0).all(axis=None)
    with pytest.raises(InputError, match="name"):
        monitoring.drops(watched, "nobody")


def test_alarms_find_both_incidents_at_once_and_few_more(watched):
    threshold, score = monitoring.alarms(watched, "stn", bearable=1)
    assert 0 < threshold < 50
    assert score.events["found"].all()
    assert score.median_delay_minutes == 0
    assert monitoring.minutes_unaware(score).tolist() == [0, 0]


def test_an_incident_that_nobody_noticed_counts_with_its_whole_length(watched):
    _, score = monitoring.alarms(watched, "last value")
    assert not score.events["found"].any()
    assert monitoring.minutes_unaware(score).tolist() == [60, 60]


def test_the_trade_has_a_row_for_each_forecaster_and_rate(watched):
    table = monitoring.trade(watched, rates=(0.5, 2))
    assert table.index.tolist() == [(n, r) for n in ("last value", "stn") for r in (0.5, 2)]
    assert table.loc["stn"]["threshold"].is_monotonic_decreasing


@pytest.fixture(scope="module")
def sent():
    """Two lines, one empty and one full, by turns of half a day."""
    times = pd.date_range("2026-03-02", periods=6 * 48, freq="30min")
    early = (times.hour < 12).astype(float)
    values = pd.DataFrame({"A1": 150 * early + 5, "B1": 150 * (1 - early) + 5}, times)
    nodes = pd.DataFrame({"line": ["A", "B"]}, list(values))
    dataset = SpatioTemporalDataset("two", values, "boardings/30 min", path_of(list(values)), nodes)
    said = {"wrong": lambda truth: truth[..., ::-1], "stn": lambda truth: truth}
    return buses.Found(dataset, compared(dataset, 2, said), 4, scored_from=48)


def test_what_came_is_added_up_by_line_at_the_step_of_the_decision(sent):
    came = buses.by_line(sent)
    expected = line_demand(sent.dataset).loc[came.index]
    assert np.allclose(came, expected)
    assert came.index[0] == sent.dataset.values.index[1]
    with pytest.raises(InputError, match="name"):
        buses.by_line(sent, "nobody")


def test_a_true_forecast_waits_least_and_a_wrong_one_more_than_none(sent):
    known, right, wrong = (buses.waited(sent, name).sum() for name in (None, "stn", "wrong"))
    assert right == known < buses.evenly(sent).sum() < wrong
    found = buses.decision(sent)
    assert found.network < found.baseline and found.high < 0


def test_ways_are_the_forecast_and_the_errors_of_the_steps_before(sent):
    known = buses.ways(sent)
    assert len(known) == len(buses.WAYS)
    assert all(np.allclose(way, buses.by_line(sent)[48:]) for way in known)
    wrong = np.stack([way.to_numpy() for way in buses.ways(sent, "wrong")])
    assert (np.diff(wrong, axis=0) >= 0).all()
    # Half of the time 155 were said and 5 came: the roots were wrong by as much either way.
    said = buses.by_line(sent, "wrong")[48:].to_numpy()
    full = said > 100
    assert np.allclose(wrong[0][full], 5) and np.allclose(wrong[0][~full], 0)


def test_more_buses_let_passengers_wait_less(sent):
    table = buses.trade(sent, [4, 8])
    assert table.index.tolist() == [4 * 48, 8 * 48]
    assert (table.diff().iloc[1] < 0).all()
    with pytest.raises(InputError, match="departures"):
        buses.waited(sent, "stn", departures=1)


def test_zones_keep_every_passenger_and_only_links_between_zones():
    times = pd.date_range("2026-03-02", periods=4, freq="1h")
    names = list("abcd")
    places = pd.DataFrame({"x": [0, 1, 100, 101], "y": [0, 0, 0, 0]}, names)
    values = pd.DataFrame(np.arange(16.0).reshape(4, 4), times, names)
    stops = SpatioTemporalDataset("stops", values, "boardings/h", path_of(names), places)
    joined = buses.zones(stops, 2)
    assert np.allclose(joined.values.sum(axis=1), values.sum(axis=1))
    assert joined.adjacency.to_numpy().sum() == 1, "a to b and c to d stay inside"
    assert joined.nodes["line"].tolist() == list(joined.values)
    with pytest.raises(InputError, match="count"):
        buses.zones(stops, 1)


def test_a_figure_tells_what_it_shows(road, sent):
    _, sentence = plots.drives(pd.Series(20.0, road.values.index))
    assert "20 to 20 minutes" in sentence
    weekend = pd.Series(20.0, pd.date_range("2026-03-07", periods=288, freq="5min"))
    with pytest.raises(InputError, match="minutes"):
        plots.drives(weekend)
    table = buses.trade(sent, [4])
    assert "stn" in plots.waiting(table, 192)[1]
    with pytest.raises(InputError, match="at, table: expected"):
        plots.waiting(table, 1)
    with pytest.raises(InputError, match="table"):
        plots.unaware(table)


def test_data_out_of_reach_is_one_calm_sentence(monkeypatch, capsys):
    def unreachable(name):
        raise InputError("could not be downloaded")

    monkeypatch.delenv("STLEARN_MIRROR", raising=False)
    monkeypatch.setattr(catalogue, "load", unreachable)
    assert real_data.try_load("los-loop") is None
    said = capsys.readouterr()
    assert said.out.count("\n") == 1 and "los-loop cannot be reached" in said.out
    assert not said.err


def test_a_hole_in_the_mirror_and_an_unknown_name_are_not_calm(monkeypatch, tmp_path):
    monkeypatch.setenv("STLEARN_MIRROR", str(tmp_path))
    with pytest.raises(InputError, match="no such file"):
        real_data.try_load("los-loop")
    with pytest.raises(InputError, match="unknown data set"):
        real_data.try_load("nothing")
