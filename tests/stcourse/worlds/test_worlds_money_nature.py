"""Worlds of prices, yields, a river, a climate and sensors: the truth they promise holds."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import trapezoid

from stcourse.worlds.climate import climate
from stcourse.worlds.prices import prices
from stcourse.worlds.river import RUNOFF, SPREAD, river, route
from stcourse.worlds.sensors import sensors
from stcourse.worlds.yields import FACTORS, loadings, yields
from stlearn.errors import InputError

SMALL = {
    prices: {"days": 60},
    yields: {"days": 60},
    river: {"days": 20},
    climate: {"years": 3},
    sensors: {"days": 5, "faults": 1},
}


@pytest.mark.parametrize("world", SMALL)
def test_a_seed_makes_the_same_world_and_another_seed_another(world):
    first, again, other = (world(seed=seed, **SMALL[world]) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.values, again.values)
    for name, frame in first.extra.items():
        pd.testing.assert_frame_equal(frame, again.extra[name])
    if first.events is not None:
        pd.testing.assert_frame_equal(first.events, again.events)
    assert not first.values.equals(other.values)
    assert first.adjacency is not None and first.citation


@pytest.mark.parametrize("world", SMALL)
@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_a_bad_seed_is_named(world, seed):
    with pytest.raises(InputError, match="seed: expected a whole number"):
        world(seed=seed)


@pytest.mark.parametrize(
    ("world", "wrong", "message"),
    [
        (prices, {"days": 1}, "days: expected"),
        (prices, {"shares": 1}, "shares: expected"),
        (prices, {"market": -0.1}, "market: expected a number of at least 0"),
        (yields, {"days": 0}, "days: expected"),
        (yields, {"noise": float("nan")}, "noise: expected a number"),
        (river, {"days": 0}, "days: expected"),
        (river, {"noise": -1}, "noise: expected"),
        (river, {"flood_share": 0.9}, "flood_share: expected"),
        (climate, {"years": 0}, "years: expected"),
        (climate, {"damping": 1}, "damping: expected"),
        (climate, {"speed": 2}, "speed: expected"),
        (climate, {"trend": "warm"}, "trend: expected a number"),
        (climate, {"noise": -1}, "noise: expected"),
        (sensors, {"days": 1.5}, "days: expected a whole number"),
        (sensors, {"count": 2}, "count: expected"),
        (sensors, {"quiet": 2}, "quiet: expected"),
        (sensors, {"noise": -1}, "noise: expected"),
        (sensors, {"count": 8, "faults": 3}, "faults: expected at most 2 of each kind"),
        (sensors, {"days": 2}, "days: after the quiet share, more than 36 hours"),
    ],
)
def test_bad_input_is_named(world, wrong, message):
    with pytest.raises(InputError, match=message):
        world(**wrong)


# Prices


@pytest.fixture(scope="module")
def market():
    return prices(seed=3, days=4000)


def log_returns(world):
    return np.log(world.values.astype(float)).diff().iloc[1:]


def test_returns_have_the_true_volatility_and_correlation(market):
    returns = log_returns(market)
    ratio = returns.std() / market.nodes["volatility"]
    assert abs(ratio - 1).max() < 0.06  # 5 standard errors of 1 / sqrt(2 * 4000)
    found = returns.corr().to_numpy(copy=True)
    np.fill_diagonal(found, 0)
    assert abs(found - market.adjacency.to_numpy()).max() < 0.08
    sector = market.nodes["sector"].to_numpy()
    same = (sector[:, None] == sector) & ~np.eye(len(sector), dtype=bool)
    weights = market.adjacency.to_numpy()
    assert weights[same].mean() > weights[sector[:, None] != sector].mean()


def test_no_share_tells_anything_about_the_next_day_of_another(market):
    returns = log_returns(market)
    now, before = returns.iloc[1:].to_numpy(), returns.iloc[:-1].to_numpy()
    count = now.shape[1]
    crossed = np.corrcoef(now.T, before.T)[:count, count:]
    limit = 4.5 / np.sqrt(len(now))  # 144 normal numbers stay below it but for one case in 1,000
    assert abs(crossed).max() < limit


def test_the_last_price_is_the_mean_of_the_next():
    growth = [
        np.mean(prices(seed=seed, days=252).values.astype(float).iloc[-1] / 100)
        for seed in range(60)
    ]
    error = np.std(growth, ddof=1) / np.sqrt(len(growth))
    assert abs(np.mean(growth) - 1) < 4 * error
    assert error < 0.05


# Yields


def test_factors_come_back_from_the_clean_curve():
    world = yields(seed=1, days=300, noise=0)
    weights = loadings(world.nodes["years"])
    np.testing.assert_allclose(world.nodes[list(FACTORS)], weights)
    found = np.linalg.lstsq(weights, world.values.to_numpy(dtype=float).T, rcond=None)[0].T
    for place, factor in enumerate(FACTORS):
        part = world.extra[factor].to_numpy(dtype=float)
        np.testing.assert_allclose(found[:, [place]] * weights[:, place], part, atol=1e-3)


def test_loadings_end_where_nelson_and_siegel_say():
    short, long = loadings([1e-6, 1e6])
    np.testing.assert_allclose(short, [1, 1, 0], atol=1e-5)
    np.testing.assert_allclose(long, [1, 0, 0], atol=1e-5)
    with pytest.raises(InputError, match="years: expected times to maturity above 0"):
        loadings([0, 1])


def test_a_duration_hedge_stops_shifts_but_not_the_other_two_movements():
    world = yields(seed=2, days=1000, noise=0)
    years = world.nodes["years"]

    def left(moves):  # of ten years' exposure, hedged with five years by duration
        return (moves["10y"] * years["10y"] - moves["5y"] * years["10y"]).std()

    level = world.extra["level"].diff().iloc[1:]
    everything = world.values.diff().iloc[1:]
    open_risk = (everything["10y"] * years["10y"]).std()
    assert left(level) < 1e-4 * open_risk
    assert 0.05 * open_risk < left(everything) < open_risk


def test_tenors_form_a_chain():
    world = yields(days=10)
    weights = world.adjacency.to_numpy()
    assert (weights == weights.T).all()
    assert weights.sum() == 2 * (len(weights) - 1)
    assert (np.diag(weights, 1) == 1).all()
    assert world.nodes["years"].is_monotonic_increasing


# River


@pytest.fixture(scope="module")
def year():
    return river(seed=4, days=365)


def test_no_water_is_lost(year):
    inflow, flow = (year.extra[name].astype(float) for name in ("inflow", "flow"))

    def volume(series):  # m³/s times hours, by trapezoids as the routing counts it
        return trapezoid(series.to_numpy(), axis=0)

    came, left = volume(inflow).sum(), volume(flow["mouth"])
    stored = 0.0
    for node, below in year.nodes["downstream"].dropna().items():
        entering = flow[node]
        others = year.nodes.index[(year.nodes["downstream"] == below) & (year.nodes.index != node)]
        outflow = route(entering, year.nodes["travel_hours"][node])
        rest = flow[below] - inflow[below] - outflow
        for other in others:
            rest = rest - route(flow[other], year.nodes["travel_hours"][other])
        assert abs(rest).max() < 1e-3
        store = year.nodes["travel_hours"][node] * (
            SPREAD * entering.to_numpy() + (1 - SPREAD) * outflow
        )
        stored += store[-1] - store[0]
    assert came == pytest.approx(left + stored, rel=1e-6)


def test_the_share_of_the_rain_that_runs_off_reaches_the_river():
    world = river(seed=5, days=300)
    base = world.extra["inflow"].astype(float).iloc[0]
    water = (world.extra["inflow"].astype(float) - base).sum() * 3.6 / world.nodes["area"]  # mm
    fallen = world.extra["rain"].astype(float).iloc[:-48].sum()  # the last days are still stored
    everything = world.extra["rain"].astype(float).sum()
    assert (water <= RUNOFF * everything * 1.0001).all()
    assert (water >= RUNOFF * fallen * 0.999).all()
    assert (everything > 0).all()


def test_nothing_is_negative_and_the_first_day_is_dry(year):
    assert (year.values >= 0).all(axis=None)
    assert all((frame >= 0).all(axis=None) for frame in year.extra.values())
    assert (year.extra["rain"].iloc[:24] == 0).all(axis=None)


def test_the_graph_is_a_tree_that_flows_down(year):
    weights = year.adjacency
    for node, below in year.nodes["downstream"].items():
        downstream = list(weights.index[weights[node] > 0])
        assert downstream == ([] if pd.isna(below) else [below])
    assert weights.loc["mouth", "town"] == pytest.approx(1 - 25 / 615, rel=1e-6)
    assert weights.sum(axis=1).max() < 1  # the rest is the gauge's own land
    assert year.nodes["total_area"]["mouth"] == year.nodes["area"].sum()


def test_floods_are_labelled_where_the_level_says_so(year):
    assert len(year.events) > 13
    assert set(year.events["kind"]) == {"flood"}
    inside = pd.DataFrame(False, year.values.index, year.values.columns)
    for event in year.events.itertuples():
        inside.loc[event.start : event.end, event.node] = True
    clean = river(seed=4, days=365, noise=0).values
    high = clean > year.nodes["flood_level"] + 1e-4
    assert (high & ~inside).sum().sum() == 0
    assert (high.sum() / len(high)).between(0.009, 0.0101).all()
    assert inside.sum().sum() < 2 * high.sum().sum()  # pauses are the smaller part


def test_upstream_gauges_know_the_town_hours_ahead(year):
    town = year.values["town"].to_numpy(dtype=float)
    hours, half = 4, len(town) // 2

    def left(gauges):
        levels = year.values[gauges]
        parts = [levels, levels.diff().fillna(0), np.ones((len(town), 1))]
        known = np.column_stack(parts).astype(float)[:-hours]
        change = town[hours:] - town[:-hours]
        weights = np.linalg.lstsq(known[:half], change[:half], rcond=None)[0]
        return np.std(change[half:] - known[half:] @ weights)

    assert left(list(year.values.columns)) < 0.6 * left(["town"])


def test_a_wave_comes_later_and_flatter():
    burst = np.ones(60)
    burst[5:9] = 20
    out = route(burst, 2.0)
    assert out.min() >= 0
    assert out.max() < burst.max()
    assert out.argmax() > 5
    assert (out - 1).sum() == pytest.approx((burst - 1).sum(), rel=1e-6)
    hours = np.arange(60)
    shift = np.average(hours, weights=out - 1 + 1e-12) - np.average(hours, weights=burst - 1)
    assert shift == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize(("hours", "spread"), [(0.2, 0.2), (3, 0.2), (1, 0.6)])
def test_a_reach_that_could_turn_flow_negative_is_refused(hours, spread):
    with pytest.raises(InputError, match="expected a number of at least"):
        route([1, 1], hours, spread)


# Climate


def test_the_truth_and_the_noise_make_the_temperature():
    world = climate(seed=1, years=20, noise=0.1)
    left = world.values - world.extra["climatology"] - world.extra["anomaly"]
    assert left.std(axis=None) == pytest.approx(0.1, rel=0.05)
    exact = climate(seed=1, years=20, noise=0)
    clean = exact.extra["climatology"] + exact.extra["anomaly"]
    assert abs(exact.values - clean).max(axis=None) < 1e-4


def test_the_climatology_holds_the_trend():
    world = climate(years=30, trend=0.5)
    yearly = world.extra["climatology"].groupby(world.values.index.year).mean()
    found = np.polyfit(np.arange(30) / 10, yearly.to_numpy(dtype=float), 1)[0]
    np.testing.assert_allclose(found, world.nodes["trend_per_decade"], atol=1e-3)


def test_anomalies_of_a_month_make_those_of_the_next_by_the_adjacency():
    world = climate(seed=2, years=200, noise=0)
    anomaly = world.extra["anomaly"].to_numpy(dtype=float)
    found = np.linalg.lstsq(anomaly[:-1], anomaly[1:], rcond=None)[0].T
    assert abs(found - world.adjacency.to_numpy()).max() < 0.2
    assert (found.argmax(axis=1) == world.adjacency.to_numpy().argmax(axis=1)).all()
    shares = [
        np.var(anomaly[1:] - anomaly[:-1] @ weights.T) / np.var(anomaly)
        for weights in (world.adjacency.to_numpy(), 0.85 * np.eye(60))
    ]
    assert shares[0] < 0.8 * shares[1]  # where the wind blows matters


def test_anomalies_move_east():
    world = climate(speed=1.0, years=200, seed=3)
    anomaly = world.extra["anomaly"].to_numpy(dtype=float).reshape(2400, 5, 12)
    next_month, this_month = anomaly[1:], anomaly[:-1]
    east = (next_month * np.roll(this_month, 1, axis=2)).mean()
    west = (next_month * np.roll(this_month, -1, axis=2)).mean()
    assert east > 2 * west


# Sensors


@pytest.fixture(scope="module")
def field():
    return sensors(seed=6, days=10, faults=2)


def test_readings_differ_from_the_healthy_ones_in_labelled_faults_only(field):
    healthy = field.extra["healthy"]
    wrong = ~np.isclose(field.values, healthy)
    inside = np.zeros(field.shape, dtype=bool)
    for event in field.events.itertuples():
        rows = field.values.index.slice_indexer(event.start, event.end)
        inside[rows, field.values.columns.get_loc(event.node)] = True
    assert not wrong[~inside].any()
    assert wrong[inside].mean() > 0.95
    assert not inside[: len(inside) // 2].any()


def test_each_kind_of_fault_is_what_it_says(field):
    assert field.events["kind"].value_counts().to_dict() == dict.fromkeys(
        ("stuck", "drift", "noise", "dead"), 2
    )
    assert field.events["node"].is_unique
    hours = (field.events["end"] - field.events["start"]) / pd.Timedelta("1h")
    assert hours.between(11, 36).all()
    for event in field.events.itertuples():
        before = event.start - field.interval
        part = field.values.loc[event.start : event.end, event.node]
        error = part - field.extra["healthy"].loc[event.start : event.end, event.node]
        if event.kind == "dead":
            assert part.isna().all()
        elif event.kind == "stuck":
            assert (part == field.values.loc[before, event.node]).all()
        elif event.kind == "drift":
            steps = np.abs(error).diff().iloc[1:]
            np.testing.assert_allclose(steps, 0.15 / 6, atol=1e-4)
        else:
            assert 1.2 < error.std() < 1.8


def test_neighbours_tell_what_a_sensor_should_read(field):
    deviations = field.extra["healthy"].sub(field.extra["healthy"].mean(axis=1), axis=0)
    weights = field.adjacency.to_numpy()
    assert (weights == weights.T).all()
    assert (weights.sum(axis=1) > 0).all()
    mean = deviations.to_numpy() @ (weights / weights.sum(axis=1, keepdims=True)).T
    assert (deviations.to_numpy() - mean).std() < 0.6 * deviations.to_numpy().std()


def test_a_field_without_faults():
    world = sensors(days=1, count=5, faults=0)
    assert world.events.empty
    assert np.isclose(world.values, world.extra["healthy"]).all()
