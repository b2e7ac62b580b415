"""Worlds of traffic, buses, an epidemic and outbreaks: what must hold in every one of them."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq

from stcourse.worlds import motorway
from stcourse.worlds.buses import buses
from stcourse.worlds.epidemic import LONGEST, REPORTED, contact_shares, epidemic
from stcourse.worlds.outbreaks import outbreaks
from stcourse.worlds.traffic import delay, traffic
from stlearn.errors import InputError


def same(one, other):
    """Whether two worlds agree in values, truth and labels."""
    tables = [one.values, one.events, *one.extra.values()]
    return all(
        a.equals(b) for a, b in zip(tables, [other.values, other.events, *other.extra.values()])
    )


@pytest.fixture(scope="module")
def simulator():
    return pytest.importorskip(
        "uxsim", reason="the simulator is not installed: pip install -e '.[simulate]'"
    )


@pytest.fixture(scope="module")
def today(simulator):
    return traffic(seed=1, days=1)


@pytest.fixture(scope="module")
def virus():
    return epidemic(seed=1, days=160, regions=8)


@pytest.fixture(scope="module")
def illness():
    return outbreaks(seed=1, weeks=416, counties=10, planted=60)


@pytest.fixture(scope="module")
def town():
    return buses(seed=1, days=28, lines=3, stops=5)


# Traffic


def arrived(world):
    """Vehicles that came to the end of the motorway, on whichever road."""
    last = world.nodes.index[world.nodes["end_km"] == 12]
    return world.extra["flow"][last].sum().sum() / 12


def test_a_road_keeps_its_vehicles(today):
    counted = today.extra["flow"].sum() / 12
    for upstream, downstream in (("km07", "km08"), ("km10", "km11"), ("km11", "km12")):
        on_the_link = today.extra["vehicles"][downstream].iloc[[0, -1]].max()
        assert abs(counted[upstream] - counted[downstream]) <= on_the_link + 20
    assert (today.extra["vehicles"] >= 0).all(axis=None)
    assert (today.extra["flow"] >= 0).all(axis=None)
    assert (today.values > 0).all(axis=None)


def test_queues_stand_upstream_of_the_narrow_place_and_nowhere_downstream(today):
    slowest = today.values.min()
    assert slowest["km10"] < 50 and slowest["km09"] < 50
    assert slowest[["km11", "km12"]].min() > 80


def test_an_empty_road_has_no_delay_and_a_full_one_has(today):
    quiet = traffic(seed=1, days=1, demand=0.4)
    spent = quiet.extra["vehicles"].sum().sum() / 12
    assert abs(delay(quiet).sum()) < 0.01 * spent
    assert delay(today).sum() > 100


def test_what_planners_do_changes_the_delay_and_not_the_day(today):
    usual = delay(today).sum()
    spread = traffic(seed=1, days=1, spread=0.25)
    priced = traffic(seed=1, days=1, priced=0.15)
    assert delay(spread).sum() < usual and delay(priced).sum() < usual
    assert abs(arrived(spread) / arrived(today) - 1) < 0.005  # nobody stays at home
    assert arrived(priced) < 0.99 * arrived(today)


def test_a_new_road_helps_only_around_the_narrow_place(today):
    usual = delay(today).sum()
    around = usual - delay(traffic(seed=1, days=1, bypass=(9, 12))).sum()
    before = usual - delay(traffic(seed=1, days=1, bypass=(6, 9))).sum()
    assert around > 0.5 * usual
    assert before < 0.1 * usual


def test_closure_and_incident_cost_time_and_are_labelled(today):
    harmed = traffic(seed=1, days=1, closure="km05", incidents=[(0, "km11", 11, 12, 0.3)])
    assert delay(harmed).sum() > delay(today).sum()
    assert "km05" not in harmed.values
    assert {"incident", "closure of km05"} <= set(harmed.events["kind"])
    label = harmed.events.query("kind == 'incident'").iloc[0]
    inside = harmed.values.loc[label["start"] : label["end"], label["node"]]
    assert inside.mean() < 0.7 * today.values.loc[inside.index, "km11"].mean()


def test_days_from_the_middle_are_those_of_a_longer_world():
    two, second = traffic(seed=1, days=2, demand=0.5), traffic(seed=1, demand=0.5, days=1, first=1)
    assert second.extra["flow"].equals(two.extra["flow"].iloc[288:])
    assert second.values.index.equals(two.values.index[288:])


def test_narrow_places_let_through_what_was_measured():
    links = motorway.make_links(None, None)
    wide, narrow = (
        motorway.simulate(1, 0, 0.9, 0.0, 0.0, links, (), {"km10": capacity})[0]
        for capacity in (3900, 2000)
    )
    place = links.index.get_loc("km10")
    assert narrow[:, place].max() < 2150 < wide[:, place].max()


def test_a_seed_gives_the_same_traffic(today):
    assert same(today, traffic(seed=1, days=1))
    assert not today.values.equals(traffic(seed=2, days=1).values)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"seed": -1}, "seed"),
        ({"days": 0}, "days"),
        ({"demand": 0}, "demand"),
        ({"spread": 1.1}, "spread"),
        ({"priced": "free"}, "priced"),
        ({"closure": "km01"}, "closure"),
        ({"bypass": (9, 9)}, "bypass"),
        ({"bypass": "A to B"}, "bypass"),
        ({"incidents": 3}, "incidents"),
        ({"incidents": [(0, "km05", 7)]}, "incidents"),
        ({"incidents": [(9, "km05", 7, 8, 0.5)]}, "incidents"),
        ({"incidents": [(0, "km05", 8, 7, 0.5)]}, "incidents"),
        ({"incidents": [(0, "km05", 7, 8, 0)]}, "incidents"),
        ({"incidents": [(0, "km05", 7, 8, 0.5)], "closure": "km05"}, "incidents"),
    ],
)
def test_bad_arguments_of_traffic_are_named(arguments, named):
    with pytest.raises(InputError, match=named):
        traffic(**{"days": 1, **arguments})


def test_a_jam_that_does_not_clear_is_refused(simulator):
    with pytest.raises(InputError, match="demand: on day 0"):
        traffic(days=1, incidents=[(0, "km11", 15, 24, 0.05)])


def test_traffic_says_what_is_missing_without_the_simulator(monkeypatch):
    monkeypatch.setitem(sys.modules, "uxsim", None)
    with pytest.raises(InputError, match="simulate"):
        traffic(days=1)


def test_delay_needs_a_world_of_traffic(town):
    with pytest.raises(InputError, match="dataset"):
        delay(town)


# Epidemic


def test_nobody_is_lost(virus):
    extra = virus.extra
    alive = extra["susceptible"] + extra["exposed"] + extra["infectious"] + extra["recovered"]
    assert (alive == virus.nodes["population"]).all(axis=None)
    assert all((frame >= 0).all(axis=None) for frame in (virus.values, *extra.values()))
    assert (-extra["susceptible"].diff().iloc[1:] == extra["infections"].iloc[1:]).all(axis=None)
    reported = sum(extra[f"reported {delay}"] for delay in range(LONGEST + 1))
    assert (reported <= extra["onsets"]).all(axis=None)
    assert extra["recovered"].diff().iloc[1:].min().min() >= 0


def test_the_graph_of_a_day_is_a_share_of_contacts(virus):
    for time in virus.values.index[[0, 5, -1]]:
        np.testing.assert_allclose(virus.adjacency_at(time).sum(axis=1), 1, rtol=1e-5)


def test_travel_falls_in_a_lockdown_and_a_lockdown_follows_the_beds(virus):
    taken = virus.extra["beds"].sum(axis=1) / virus.nodes["population"].sum() * 1e5
    label = virus.events.query("kind == 'lockdown'").iloc[0]
    before = label["start"] - pd.Timedelta("1D")
    assert taken[before] >= 15 > taken[: before - pd.Timedelta("1D")].max()
    week = pd.Timedelta("7D")  # the same day of the week
    elsewhere = [
        1 - np.diag(virus.adjacency_at(day)).mean()
        for day in (label["start"] - week, label["start"])
    ]
    assert elsewhere[1] < 0.5 * elsewhere[0]
    assert "lockdown" not in set(epidemic(days=120, regions=5, limit=None).events["kind"])


def test_the_reproduction_number_can_be_recovered():
    world = epidemic(seed=3, days=90, regions=6, reproduction=2.0, limit=None)
    start = {name: frame.shift(1).iloc[1:] for name, frame in world.extra.items()}
    share = start["infectious"] / world.nodes["population"]
    met = pd.DataFrame(
        [
            world.adjacency_at(time).to_numpy() @ row
            for time, row in zip(share.index, share.to_numpy())
        ],
        share.index,
        share.columns,
    )
    infected = world.extra["infections"].iloc[1:] / start["susceptible"]
    days_infectious = start["infectious"].sum().sum() / (
        world.extra["recovered"].iloc[-1].sum() - world.extra["recovered"].iloc[0].sum()
    )
    found = (-np.log1p(-infected)).sum().sum() / met.sum().sum() * days_infectious
    assert found == pytest.approx(2.0, rel=0.05)


def test_an_epidemic_that_nobody_stops_ends_at_its_final_size():
    world = epidemic(seed=0, days=300, regions=6, reproduction=2.0, limit=None)
    size = brentq(lambda share: 1 - np.exp(-2.0 * share) - share, 0.1, 1)
    found = world.extra["recovered"].iloc[-1].sum() / world.nodes["population"].sum()
    assert found == pytest.approx(size, abs=0.04)
    assert world.extra["infections"].iloc[-20:].sum().sum() < 20


def test_without_contagion_only_the_first_cases_fall_ill():
    world = epidemic(days=60, regions=4, reproduction=0)
    assert world.extra["infections"].sum().sum() == 0
    assert world.extra["onsets"].sum().sum() == 10


def test_beds_follow_the_cases(virus):
    cases, beds = virus.values.sum(axis=1), virus.extra["beds"].sum(axis=1)
    lags = [cases.corr(beds.shift(-lag)) for lag in range(20)]
    assert 6 <= int(np.argmax(lags)) <= 14


def test_cases_stand_on_the_day_of_their_report_and_few_at_weekends(virus):
    known = [virus.extra[f"reported {delay}"] for delay in range(LONGEST + 1)]
    cases = sum(part.shift(delay, fill_value=0) for delay, part in enumerate(known))
    assert (cases == virus.values).all(axis=None)
    by_weekday = cases.sum(axis=1).groupby(cases.index.day_of_week).sum()
    assert by_weekday.loc[5:].max() < 0.7 * by_weekday.loc[1:4].min()
    assert by_weekday.idxmax() == 0
    total = np.array([part.sum().sum() for part in known])
    assert total.sum() / virus.extra["onsets"].sum().sum() == pytest.approx(REPORTED, rel=0.03)
    assert 1 < total @ np.arange(LONGEST + 1) / total.sum() < 2


def test_a_seed_gives_the_same_epidemic(virus):
    again = epidemic(seed=1, days=160, regions=8)
    assert same(virus, again) and virus.edges.equals(again.edges)
    assert not virus.values.equals(epidemic(seed=2, days=160, regions=8).values)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"seed": 0.5}, "seed"),
        ({"days": 1}, "days"),
        ({"regions": 1}, "regions"),
        ({"reproduction": -1}, "reproduction"),
        ({"reproduction": np.nan}, "reproduction"),
        ({"limit": 0}, "limit"),
    ],
)
def test_bad_arguments_of_the_epidemic_are_named(arguments, named):
    with pytest.raises(InputError, match=named):
        epidemic(**arguments)


def test_contact_shares_are_refused_beyond_one():
    with pytest.raises(InputError, match="elsewhere"):
        contact_shares(np.ones((2, 2)), 1.2)


# Outbreaks


def test_cases_of_outbreaks_stand_in_the_counts_and_in_the_labels(illness):
    added = illness.extra["outbreak"]
    assert (added >= 0).all(axis=None) and (added <= illness.values).all(axis=None)
    assert illness.events["cases"].sum() == added.sum().sum()
    labelled = pd.DataFrame(False, added.index, added.columns)
    for event in illness.events.itertuples():
        labelled.loc[event.start : event.end, event.node] = True
        assert added.loc[event.start, event.node] > 0
    assert not added.where(~labelled, 0).any(axis=None)
    assert (illness.events["kind"] == "outbreak").sum() == 60


@pytest.mark.parametrize("dispersion", [1, 1.5])
def test_counts_without_outbreaks_have_the_stated_mean_and_scatter(dispersion):
    world = outbreaks(seed=4, weeks=416, counties=10, planted=0, dispersion=dispersion)
    expected = world.extra["expected"]
    assert world.values.sum().sum() == pytest.approx(expected.sum().sum(), rel=0.02)
    scatter = ((world.values - expected) ** 2 / expected).mean().mean()
    assert scatter == pytest.approx(dispersion, rel=0.1)
    assert world.extra["outbreak"].sum().sum() == 0 and world.events.empty


def test_outbreaks_have_the_stated_size_and_reach_the_neighbours_later(illness):
    starts = illness.events.query("kind == 'outbreak'")
    sizes = [
        event.cases / np.sqrt(1.5 * illness.extra["expected"].loc[event.start, event.node])
        for event in starts.itertuples()
    ]
    assert np.mean(sizes) == pytest.approx(8, rel=0.1)
    alone = outbreaks(seed=1, counties=10, planted=20, spread=0)
    assert set(alone.events["kind"]) == {"outbreak"}
    for event in illness.events.query("kind == 'spread'").head(20).itertuples():
        neighbours = illness.adjacency.columns[illness.adjacency.loc[event.node] > 0]
        sources = starts[starts["node"].isin(neighbours)]
        assert (sources["start"] == event.start - pd.Timedelta("7D")).any()


def test_outbreaks_of_a_county_do_not_overlap(illness):
    for _, own in illness.events.query("kind == 'outbreak'").groupby("node"):
        assert (own["start"].iloc[1:].to_numpy() > own["end"].iloc[:-1].to_numpy()).all()


def test_the_season_comes_in_winter_and_later_in_the_east(illness):
    expected = illness.extra["expected"]
    peaks = expected.groupby(expected.index.isocalendar().week).mean().idxmax().astype(int)
    peaks = peaks.where(peaks < 40, peaks - 52)
    assert peaks.between(-4, 14).all()
    assert illness.nodes["x"].corr(peaks) > 0.8


def test_a_seed_gives_the_same_outbreaks(illness):
    assert same(illness, outbreaks(seed=1, weeks=416, counties=10, planted=60))
    assert not illness.values.equals(outbreaks(seed=2, counties=10).values)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"seed": None}, "seed"),
        ({"weeks": 10}, "weeks"),
        ({"counties": 3}, "counties"),
        ({"planted": -1}, "planted"),
        ({"planted": 1000}, "planted: expected at most 800"),
        ({"strength": -1}, "strength"),
        ({"spread": 2}, "spread"),
        ({"dispersion": 0.5}, "dispersion"),
    ],
)
def test_bad_arguments_of_outbreaks_are_named(arguments, named):
    with pytest.raises(InputError, match=named):
        outbreaks(**arguments)


# Buses


def test_boardings_are_counts_around_their_mean(town):
    assert (town.values >= 0).all(axis=None)
    assert (town.values == town.values.round()).all(axis=None)
    total = town.extra["expected"].sum().sum()
    assert town.values.sum().sum() == pytest.approx(total, rel=0.02)


def test_the_tide_goes_in_in_the_morning_and_out_in_the_evening(town):
    mean = town.values.groupby(town.values.index.hour).mean()
    outer, inner = (town.nodes.index[town.nodes["stop"] == stop] for stop in (1, 5))
    assert (mean.loc[8, outer] > mean.loc[17, outer]).all()
    assert (mean.loc[17, inner] > mean.loc[8, inner]).all()


@pytest.mark.parametrize(("kind", "factor"), [("match", 1.5), ("metro", 1.4)])
def test_labelled_events_bring_passengers(town, kind, factor):
    labels = town.events[town.events["kind"] == kind]
    assert len(labels)
    usual = town.values.groupby([town.values.index.day_of_week, town.values.index.time]).median()
    pairs = [
        (town.values.at[time, label.node], usual.at[(time.day_of_week, time.time()), label.node])
        for label in labels.itertuples()
        for time in town.values.loc[label.start : label.end].index
    ]
    seen, expected = np.sum(pairs, axis=0)
    assert seen > factor * expected


def test_the_calendar_knows_matches_and_not_the_metro(town):
    matches = town.events.query("kind == 'match'")
    announced = sum(town.calendar.loc[m.start : m.end, "match"].sum() for m in matches.itertuples())
    assert announced == town.calendar["match"].sum() == 2 * len(matches)
    assert "metro" not in town.calendar


def test_a_seed_gives_the_same_buses(town):
    assert same(town, buses(seed=1, days=28, lines=3, stops=5))
    assert not town.values.equals(buses(seed=2, days=28, lines=3, stops=5).values)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"seed": "one"}, "seed"),
        ({"days": 0}, "days"),
        ({"lines": 1}, "lines"),
        ({"lines": 13}, "lines"),
        ({"stops": 2}, "stops"),
    ],
)
def test_bad_arguments_of_buses_are_named(arguments, named):
    with pytest.raises(InputError, match=named):
        buses(**arguments)


def table(numbers, lines="AB"):
    times = pd.date_range("2026-03-02 07:00", periods=len(numbers), freq="30min")
    return pd.DataFrame(numbers, times, list(lines))


def test_the_simulator_leaves_the_fonts_of_figures_alone():
    script = (
        "import matplotlib\n"
        "before = dict(matplotlib.rcParams)\n"
        "from stcourse.worlds.traffic import traffic\n"
        "traffic(days=1)\n"
        "assert dict(matplotlib.rcParams) == before\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
