"""Decisions: the newsvendor's amount is the cheapest, and its cost is charged right."""

import numpy as np
import pandas as pd
import pytest

from stlearn.errors import InputError
from stlearn.evaluation.decisions import (
    amount_to_provide,
    critical_quantile,
    decision_cost,
    quantiles_from_errors,
)

LEVELS = [0.1, 0.5, 0.9]


def forecast_of(rows, nodes=("a", "b"), levels=LEVELS):
    columns = pd.MultiIndex.from_product([nodes, levels], names=["node", "quantile"])
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(("underage", "overage"), [(1, 1), (9, 1), (1, 3)])
def test_no_other_amount_is_cheaper_than_the_critical_quantile(underage, overage):
    demand = pd.DataFrame({"a": np.random.default_rng(0).gamma(3, 10, 4000)})
    best = demand["a"].quantile(critical_quantile(underage, overage))

    def cost(amount):
        return decision_cost(demand * 0 + amount, demand, underage, overage).mean().iloc[0]

    amounts = np.linspace(1, 90, 90)
    assert cost(best) <= min(cost(amount) for amount in amounts) + 1e-9
    assert cost(best * 1.3) > cost(best)
    assert cost(best * 0.7) > cost(best)


@pytest.mark.parametrize("cost", [0, -1, float("inf"), float("nan"), "dear", None])
def test_a_cost_is_above_zero(cost):
    with pytest.raises(InputError, match="underage: expected a cost above 0"):
        critical_quantile(cost, 1)
    with pytest.raises(InputError, match="overage: expected a cost above 0"):
        critical_quantile(1, cost)


def test_costs_are_charged_on_both_sides_and_the_unknown_is_left_out():
    amount = pd.DataFrame({"a": [10.0, 10, 10], "b": [0.0, 5, 1]})
    demand = pd.DataFrame({"b": [1.0, 5, 0], "a": [14.0, 7, np.nan]})
    cost = decision_cost(amount, demand, underage=3, overage=2)
    expected = pd.DataFrame({"a": [12.0, 6, np.nan], "b": [3.0, 0, 2]})
    pd.testing.assert_frame_equal(cost, expected)
    assert (decision_cost(demand, demand, 3, 2).fillna(0) == 0).all(axis=None)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (pd.DataFrame({"b": [1.0, 2]}), "demand: its nodes differ"),
        (pd.DataFrame({"a": [1.0, 2]}, index=[5, 6]), "demand: expected the rows of amount"),
        (pd.DataFrame({"a": [1.0, np.nan]}), "amount: none at 1, node 'a'"),
        (pd.Series([1.0, 2]), "amount: expected a DataFrame"),
    ],
)
def test_costs_need_an_amount_for_every_demand(amount, message):
    with pytest.raises(InputError, match=message):
        decision_cost(amount, pd.DataFrame({"a": [1.0, 2]}), 1, 1)


def test_the_amount_is_read_off_the_quantiles():
    forecast = forecast_of([[1, 5, 9, 10, 20, 30], [2, 2, 4, 0, 0, 8]])
    middle = amount_to_provide(forecast, 1, 1)
    assert middle.to_numpy().tolist() == [[5, 20], [2, 0]]
    between = amount_to_provide(forecast, 7, 3)
    np.testing.assert_allclose(between, [[7, 25], [3, 4]])
    assert amount_to_provide(forecast, 9, 1).to_numpy().tolist() == [[9, 30], [4, 8]]


def test_a_quantile_that_was_not_forecast_is_not_guessed():
    forecast = forecast_of([[1, 5, 9, 10, 20, 30]])
    with pytest.raises(InputError, match="the costs ask for the quantile 0.95"):
        amount_to_provide(forecast, 19, 1)
    with pytest.raises(InputError, match="node 'b': a higher quantile is lower"):
        amount_to_provide(forecast_of([[1, 5, 9, 30, 20, 10]]), 1, 1)
    with pytest.raises(InputError, match="node 'a': expected increasing quantiles"):
        amount_to_provide(forecast_of([[1, 2]], nodes=["a"], levels=[0.9, 0.5]), 1, 1)
    with pytest.raises(InputError, match=r"expected the columns \(node, quantile\)"):
        amount_to_provide(pd.DataFrame({"a": [1]}), 1, 1)


def test_past_errors_give_quantiles_that_cover_as_they_should():
    random = np.random.default_rng(1)
    past = pd.DataFrame(random.normal(3, [1, 5], (4000, 2)), columns=["a", "b"])
    later = random.normal(3, [1, 5], (4000, 2))
    point = pd.DataFrame(random.normal(100, 20, (4000, 2)), columns=["b", "a"])
    quantiles = quantiles_from_errors(point, past, LEVELS)
    assert list(quantiles.columns) == [(node, level) for node in ("b", "a") for level in LEVELS]
    for place, node in enumerate(["a", "b"]):
        truth = point[node].to_numpy() + later[:, place]
        for level in LEVELS:
            assert (truth <= quantiles[node, level]).mean() == pytest.approx(level, abs=0.03)
    assert amount_to_provide(quantiles, 9, 1).shape == point.shape


def test_past_errors_refused():
    point, past = pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [1.0, -1]})
    with pytest.raises(InputError, match="past_errors: its nodes differ"):
        quantiles_from_errors(point, past.rename(columns={"a": "b"}), [0.5])
    with pytest.raises(InputError, match="past_errors: node 'a' has none"):
        quantiles_from_errors(point, past * np.nan, [0.5])
    for wrong in ([], [0.9, 0.1], [0, 0.5], [0.5, 1]):
        with pytest.raises(InputError, match="quantiles: expected increasing"):
            quantiles_from_errors(point, past, wrong)
