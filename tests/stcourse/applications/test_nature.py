"""Floods, climate and machines: thresholds, orders and visits, on forecasts that are made up."""

import numpy as np
import pandas as pd
import pytest

from stcourse.applications.closing_rows import make_row
from stcourse.applications.nature import climate, flood, machines, plots, quakes
from stcourse.worlds.climate import climate as climate_world
from stcourse.worlds.outbreaks import outbreaks
from stcourse.worlds.river import river
from stcourse.worlds.sensors import sensors
from stlearn import SpatioTemporalDataset
from stlearn.baselines.averages import LastValue
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.backtest import Backtest
from stlearn.evaluation.comparison import Comparison, Run, compare


def told(name, dataset, horizon, forecast):
    """Comparison entry of a made-up forecaster: forecast is a function of the true future."""
    values = dataset.values.to_numpy()
    origins = np.arange(len(values) // 2, len(values) - horizon + 1)
    truth = np.stack([values[origins + step] for step in range(horizon)], axis=1)
    said = forecast(truth, values[origins - 1])
    times, nodes = dataset.values.index[origins], dataset.values.columns
    return Run(
        Backtest(
            name, origins, times, truth, said, nodes, dataset.interval, dataset.unit, seconds=0.0
        ),
        0.0,
        0,
        0.0,
    )


def comparison(dataset, horizon, **forecasts):
    runs = {
        name.replace("_", " "): told(name, dataset, horizon, forecast)
        for name, forecast in forecasts.items()
    }
    return Comparison(runs, pd.Timedelta("100D"))


def as_it_came(truth, last):
    return truth


def as_before(truth, last):
    return np.repeat(last[:, None], truth.shape[1], axis=1)


@pytest.fixture(scope="module")
def floods():
    world = river(days=300)
    compared = comparison(world, flood.HORIZON, last_value=as_before, stn=as_it_came)
    level = world.nodes["flood_level"]
    return flood.Found(world, compared, level, world.values.median())


# Floods


def test_a_perfect_forecast_warns_earlier_than_the_last_value(floods):
    table = flood.warnings(floods).table
    assert table.at["stn", "warning_hours"] > 8 > 3 > table.at["last value", "warning_hours"]
    assert (table["warning_hours"] <= flood.HORIZON).all()
    decision = flood.decision(floods)
    assert decision.network == pytest.approx(flood.HORIZON - table.at["stn", "warning_hours"])
    assert decision.low < decision.network - decision.baseline < decision.high < 0
    assert make_row("flood", floods)["decision_network"] == decision.network


def test_danger_is_minus_one_at_the_usual_level_and_zero_at_the_flood_level(floods):
    run = floods.comparison.runs["stn"].backtest
    score = flood.danger(run, floods.flood_level, floods.usual_level)
    assert score.index[0] == run.times[0] - run.interval
    assert score.median().between(-1.2, -0.5).all()
    assert (score.max() > 0).all()


def test_more_false_alarms_borne_buy_no_shorter_warnings(floods):
    hours = [flood.warnings(floods, rate).table["warning_hours"] for rate in (1, 20)]
    assert (hours[1] >= hours[0]).all()


def test_only_in_hindsight_does_the_scored_part_set_the_threshold(floods):
    run = floods.comparison.runs["last value"].backtest
    score = flood.danger(run, floods.flood_level, floods.usual_level)
    changed = score.copy()
    changed.iloc[: len(score) // 3] += 5  # thresholds from there become too high for any alarm
    assert flood.warn(floods, score)[0] == flood.warn(floods, changed)[0]
    assert flood.warn(floods, changed, hindsight=False)[0]["warning_hours"] == 0


def test_floods_are_where_the_level_is_above():
    world = river(days=60)
    level = world.values.quantile(0.98)
    events = flood.with_floods(world, level).events
    inside = pd.DataFrame(False, world.values.index, world.values.columns)
    for event in events.itertuples():
        inside.loc[event.start : event.end, event.node] = True
    assert inside.to_numpy()[(world.values > level).to_numpy()].all()


def test_flood_asks_for_metres_and_floods(floods):
    with pytest.raises(InputError, match="water levels in m, got °C"):
        flood.real(sensors(days=6, faults=1))
    dry = floods._replace(dataset=flood.with_floods(floods.dataset, floods.flood_level + 99))
    with pytest.raises(InputError, match="a flood in the last two thirds"):
        flood.warnings(dry)


# Earthquakes


def test_the_mean_of_a_place_is_the_same_in_all_months():
    world = outbreaks()
    split = chronological_split(world)
    model = quakes.EachMean(2).fit(world.between(0, split.train.stop))
    expected = world.values.iloc[split.train].mean()
    np.testing.assert_allclose(model.predict(world).iloc[0], expected, rtol=1e-4)


def test_hits_of_a_forecast_that_says_nothing_are_none():
    table = quakes.hits(outbreaks())
    assert table.at["zero", "hit_share"] == 0
    assert table["hit_share"].between(0, 1).all()
    assert table.at["mean of the place", "hit_share"] > quakes.WARNED  # places differ


@pytest.mark.parametrize("warned", [0, 1, 2])
def test_hits_wants_a_share(warned):
    with pytest.raises(InputError, match="warned: expected a share"):
        quakes.hits(outbreaks(), warned)
    with pytest.raises(InputError, match="expected counts"):
        quakes.hits(climate_world(years=5))


# Climate


@pytest.fixture(scope="module")
def months():
    world = climate_world(years=30)
    usual = climate.fit_climatology(world.values, slice(0, 180))
    anomalies = SpatioTemporalDataset("anomalies", world.values - usual, "°C")

    def usual_again(truth, last):
        return np.zeros_like(truth)

    compared = comparison(anomalies, 3, climatology=usual_again, stn=as_it_came)
    return climate.Found(world, usual, compared)


def test_climatology_finds_trend_and_season_and_looks_at_its_rows_alone():
    world = climate_world(years=40, noise=0, damping=0.01)
    rows = slice(0, 240)
    usual = climate.fit_climatology(world.values, rows)
    error = (usual - world.extra["climatology"]).abs()
    assert error.iloc[rows].to_numpy().mean() < 0.3
    changed = world.values.copy()
    changed.iloc[240:] = 99
    pd.testing.assert_frame_equal(usual, climate.fit_climatology(changed, rows))
    level = climate.fit_climatology(world.values, rows, trend=False)
    warmer = (world.values - level).iloc[240:].to_numpy().mean()
    assert warmer > 0.3  # 0.25 °C a decade for two decades


def test_climatology_needs_every_month():
    with pytest.raises(InputError, match="lacks a month"):
        climate.fit_climatology(climate_world(years=5).values, slice(0, 11))


def test_a_perfect_forecast_orders_what_is_needed(months):
    assert climate.ordered(months, "stn").to_numpy() == pytest.approx(0, abs=1e-6)
    decision = climate.decision(months)
    assert decision.baseline > 0 and decision.high < 0
    assert make_row("climate", months)["best_baseline"] == "climatology"


def test_degree_days_and_the_climatology_of_nothing():
    assert climate.degree_days(np.array([15.5, 30])).tolist() == [0, 0]
    assert climate.degree_days(14.5) == pytest.approx(365.25 / 12)
    anomalies = outbreaks()
    model = climate.Climatology(2).fit(anomalies)
    assert (model.update(anomalies).predict(anomalies) == 0).all(axis=None)


def test_climate_asks_for_degrees_and_known_names(months):
    with pytest.raises(InputError, match="temperatures in °C, got m"):
        climate.real(river(days=60))
    with pytest.raises(InputError, match="name: expected one of"):
        climate.ordered(months, "tea")


# Machines


@pytest.fixture(scope="module")
def field():
    world = sensors(days=20, faults=2)
    healthy = world.extra["healthy"].to_numpy()
    start = len(healthy) // 2

    def as_healthy(truth, last):
        steps = range(truth.shape[1])
        known = np.stack([healthy[start + s : start + s + len(truth)] for s in steps], axis=1)
        return known + np.random.default_rng(0).normal(0, 0.1, known.shape)

    def filled_before(truth, last):
        return np.nan_to_num(as_before(truth, last), nan=18)

    compared = comparison(world, 2, last_value=filled_before, stn=as_healthy)
    since = world.events["start"].min() - pd.Timedelta("1h")
    origin = world.values.index[start]
    return machines.Found(world, compared, max(since, origin + pd.Timedelta("6h")))


def test_who_knows_the_healthy_reading_finds_the_faults(field):
    table, faults = machines.visits(field)
    assert list(table.index) == ["last value", "stn", machines.NEIGHBOURS]
    assert table.at["stn", "found_share"] == 1
    assert table.at["stn", "hours_unnoticed"] < table.at["last value", "hours_unnoticed"]
    assert len(faults) == 8
    assert (table["false_a_week"] <= machines.FALSE_A_WEEK + 1e-9).all()
    length = (faults["end"] - faults["start"]) / pd.Timedelta("1h")
    assert (faults["last value"] <= length).all()
    decision = machines.decision(field)
    assert decision.network == pytest.approx(faults["stn"].mean())
    assert np.isnan(decision.low)  # eight faults are too few for an interval


def test_machines_ask_for_faults_and_for_one_sensor(field):
    end = field.dataset.values.index[-1]
    with pytest.raises(InputError, match="labelled faults"):
        machines.visits(field._replace(scored_from=end))
    with pytest.raises(InputError, match="one sensor with events"):
        machines.real(field.dataset)
    single = SpatioTemporalDataset(
        "one", field.dataset.values[["s01"]], "°C", events=field.dataset.events.iloc[:0]
    )
    with pytest.raises(InputError, match="scored_from: expected windows"):
        machines.real(single)


# Figures


def test_figures_say_what_they_show(floods, field):
    level = floods.flood_level
    around = ("2025-03-01", "2025-03-20")
    gauges = ["hill-1", "mouth"]
    figure, said = plots.flood_wave(floods.dataset, gauges, level, around)
    assert figure.axes[0].get_ylabel() and "mouth" in said
    tables = {rate: flood.warnings(floods, rate).table for rate in (4, 16)}
    assert "16 false alarms a month" in plots.hours_against_alarms(tables)[1]
    lost = flood.warnings(floods).lost
    assert "hours of warning" in plots.hours_by_gauge(lost, 12, ["stn"])[1]
    faults = machines.visits(field)[1]
    assert "drift" in plots.hours_by_kind(faults, ["last value"])[1]


def test_errors_by_month_has_a_panel_for_each():
    world = climate_world(years=8)
    compared = compare([LastValue(3)], world, chronological_split(world), progress=False)
    figure, said = plots.errors_by_month({"one": compared, "two": compared})
    assert len(figure.axes) == 2 and "two" in said


def test_figures_name_what_is_unknown(floods):
    with pytest.raises(InputError, match="gauges: expected"):
        plots.flood_wave(floods.dataset, ["sea"], floods.flood_level, ("2025", "2025"))
    with pytest.raises(InputError, match="names: expected"):
        plots.hours_by_gauge({}, 12, ["stn"])
    with pytest.raises(InputError, match="tables: expected"):
        plots.hours_against_alarms({})
    with pytest.raises(InputError, match="comparisons: expected"):
        plots.errors_by_month({})
    with pytest.raises(InputError, match="names: expected"):
        plots.hours_by_kind(pd.DataFrame({"kind": []}), ["stn"])
