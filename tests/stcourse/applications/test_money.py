"""Share prices and bond yields: logs, trades, the leak, hedges, and their figures."""

import numpy as np
import pandas as pd
import pytest

from stcourse.applications import closing_rows
from stcourse.applications.money import bonds, plots, shares
from stcourse.worlds.prices import prices
from stcourse.worlds.yields import yields
from stlearn.baselines.averages import LastValue
from stlearn.baselines.regression import AverageAutoregression
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare


class Renamed(AverageAutoregression):
    """A regression under the name of the network, so that nothing has to be trained."""

    name = "stn"


def compared(dataset, split, horizon):
    models = [LastValue(horizon), Renamed(horizon, 2)]
    return compare(models, dataset, split, progress=False)


@pytest.fixture(scope="module")
def held():
    world = prices(days=600)
    dataset = shares.in_logs(world)
    split = chronological_split(dataset)
    return shares.Found(world, dataset, compared(dataset, split, shares.HORIZON))


@pytest.fixture(scope="module")
def hedged():
    dataset = yields(days=600)
    split = chronological_split(dataset)
    return bonds.Found(dataset, compared(dataset, split, bonds.HORIZON), split, 10.0)


def test_logs_start_at_zero_and_differ_by_per_cents(held):
    logs, world = held.dataset.values, held.prices.values
    assert np.allclose(logs.iloc[0], 0)
    change = world.iloc[300] / world.iloc[299]
    assert np.allclose(logs.iloc[300] - logs.iloc[299], 100 * np.log(change), atol=1e-3)
    assert held.dataset.adjacency.equals(held.prices.adjacency)


def test_prices_must_be_above_zero():
    dataset = yields(days=60)
    below = dataset.values.copy()
    below.iloc[3, 2] = -0.1
    with pytest.raises(InputError, match="values: expected prices above zero"):
        shares.in_logs(type(dataset)("odd", below, "euro"))


def test_the_graph_of_real_prices_does_not_see_the_test_part():
    world = prices(days=600)
    bare = type(world)("bare", world.values, "euro")
    spoiled = world.values.copy()
    spoiled.iloc[430:] = spoiled.iloc[430:].to_numpy()[::-1]
    other = type(world)("bare", spoiled, "euro")
    assert shares.in_logs(bare).adjacency.equals(shares.in_logs(other).adjacency)


def test_holding_all_shares_earns_their_mean_and_costs_nothing(held):
    loss = shares.traded(held, "last value")
    run = held.comparison.runs["last value"].backtest
    changes = held.dataset.values.diff().loc[run.times].mean(axis=1)
    assert np.allclose(loss, -100 * changes, atol=1e-2)


def test_trading_costs_what_is_turned_over(held, monkeypatch):
    cheap = shares.traded(held, "stn")
    monkeypatch.setattr(shares, "TRADING", 2 * shares.TRADING)
    dear = shares.traded(held, "stn")
    extra = dear - cheap
    assert extra.iloc[0] == 0  # nothing is turned over before the first evening
    assert (extra >= 0).all() and extra.max() <= 2 * 5 + 1e-9 and extra.sum() > 0
    with pytest.raises(InputError, match="name: expected one of"):
        shares.traded(held, "oracle")


def test_a_line_for_the_table_from_shares_and_from_bonds(held, hedged):
    lines = closing_rows.make_row("shares", held), closing_rows.make_row("bonds", hedged)
    for row in lines:
        assert row["decision_low"] <= row["decision_network"] - row["decision_baseline"]
        assert row["decision_network"] - row["decision_baseline"] <= row["decision_high"]
        assert closing_rows.verdict_in_words(row).startswith("forecast ")
    assert [row["horizon"] for row in lines] == ["1 days 00:00:00", "4 days 00:00:00"]


def test_methods_are_compared_with_the_last_value_alone(held):
    table = shares.against_last(held.comparison)
    assert list(table.index) == ["stn +1", "stn +2", "stn +4"]
    assert ((table["low"] <= table["gain"]) & (table["gain"] <= table["high"])).all()


def test_a_centred_mean_seems_to_foretell_a_random_walk_and_an_honest_one_does_not(held):
    gain, low, high = shares.denoised(held.dataset, peek=True)
    assert low > 10 and low <= gain <= high
    gain, low, high = shares.denoised(held.dataset, peek=False)
    assert gain < 3
    with pytest.raises(InputError, match="days: expected an odd number, got 4"):
        shares.denoised(held.dataset, peek=True, days=4)


def test_the_last_value_explains_almost_all_against_the_mean_price(held):
    fit = shares.chart_fit(held)
    assert list(fit.index) == list(held.dataset.values) and fit.median() > 0.7


def test_the_duration_of_a_par_bond():
    # Ten years at par: what a bond of coupons c loses when it is discounted at c + 0.01 points.
    coupon, years, more = 3.0, 10, 0.01
    halves = np.arange(1, 2 * years + 1)
    factor = (1 + (coupon + more) / 200) ** -halves
    value = (coupon / 2 * factor).sum() + 100 * factor[-1]
    assert (100 - value) / more == pytest.approx(bonds.par_duration(coupon, years), rel=1e-3)
    with pytest.raises(InputError, match="yield_percent, years: expected numbers above zero"):
        bonds.par_duration(0.0, 10)


def test_the_duration_hedge_takes_away_the_shift_and_nothing_else(hedged):
    missed = bonds.blame(hedged)
    assert missed["level"] == pytest.approx(0, abs=1e-3)
    assert (missed.drop("level") > 1).all()
    left = bonds.hedges(hedged).mean()
    assert left["fitted"] < left["duration"] < left["none"]


def test_the_last_value_leaves_the_whole_hedge_error(hedged):
    off = bonds.hedge_errors(hedged, "last value")
    known = bonds.hedges(hedged)["duration"]
    ends = hedged.dataset.values.index.get_indexer(off.index) + bonds.HORIZON - 1
    assert np.allclose(off, known.loc[hedged.dataset.values.index[ends]], atol=0.05)


def test_the_blame_needs_the_truth(hedged):
    bare = type(hedged.dataset)("bare", hedged.dataset.values, "%")
    with pytest.raises(InputError, match="dataset: the factors of bare are not known"):
        bonds.blame(hedged._replace(dataset=bare))


def test_figures_tell_what_they_show_and_name_what_is_missing(held):
    run = held.comparison.runs["stn"].backtest
    assert "banks-1" in plots.chart_of_forecast(run, "banks-1", days=40)[1]
    with pytest.raises(InputError, match="node: expected one of"):
        plots.chart_of_forecast(run, "tulips")
    table = pd.DataFrame({"gain": [1.0, 5], "low": [-1.0, 4], "high": [3.0, 6]}, ["a", "b"])
    assert plots.gain_intervals(table, "Gain (%)")[1].startswith("1 of 2 intervals")
    with pytest.raises(InputError, match="table: expected rows with gain, low and high"):
        plots.gain_intervals(table[["gain"]], "Gain (%)")
    assert "none 3.0" in plots.bars({"hedge": pd.Series({"none": 3.0})}, "bp")[1]
    with pytest.raises(InputError, match="groups: expected at least one panel"):
        plots.bars({}, "bp")
