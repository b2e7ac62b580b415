"""What all applications share: one network, one rule for reserves, one rule for verdicts."""

import dataclasses
import inspect
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from stcourse import applications
from stcourse.applications import application, closing_rows
from stcourse.applications.nature import flood
from stcourse.worlds.outbreaks import outbreaks
from stlearn import catalogue
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.data.windows import Split, chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare


@pytest.fixture(scope="module")
def compared():
    world = outbreaks(seed=0)
    models = [LastValue(4), HistoricalAverage(4)]
    return compare(models, world, chronological_split(world), progress=False)


@pytest.mark.parametrize("rows_to_train_on", [700, 4000, 20_000])
def test_every_network_may_take_the_same_number_of_steps_whatever_its_data(rows_to_train_on):
    split = Split(slice(0, rows_to_train_on), slice(0, 0), slice(0, 0))
    chosen = application.new_network(split, lookback=12, horizon=6, seed=3).arguments
    windows = min(rows_to_train_on - 12 - 6 + 1, 4096)
    one_epoch = windows / chosen["batch_size"]
    assert application.STEPS <= chosen["epochs"] * one_epoch < application.STEPS + one_epoch
    assert chosen["patience"] <= np.ceil(chosen["epochs"] / 4)
    assert (chosen["seed"], chosen["refit"]) == (3, False)


def test_few_windows_are_not_repeated_without_end():
    split = Split(slice(0, 40), slice(40, 50), slice(50, 99))
    assert application.new_network(split, 12, 6, seed=0).arguments["epochs"] == application.EPOCHS


def test_a_network_needs_a_window_to_train_on():
    with pytest.raises(InputError, match="split: expected at least 18 rows to train on, got 17"):
        application.new_network(Split(slice(0, 17), slice(17, 20), slice(20, 30)), 12, 6, seed=0)


def test_reserves_come_from_the_first_third_of_the_forecasts(compared):
    first = application.first_scored(compared)
    assert first == len(compared.runs["last value"].backtest.times) // 3


def test_a_forecaster_is_found_by_its_name(compared):
    assert application.tested(compared, "historical average").name == "historical average"
    with pytest.raises(InputError, match="name: expected one of .*'last value'.* got 'tea'"):
        application.tested(compared, "tea")


def test_costs_are_compared_by_their_means_and_four_blocks_make_an_interval():
    network, baseline = np.array([[3.0, 1], [2, np.nan], [4, 2], [3, 1]]), np.full((4, 2), 5.0)
    baseline[1, 1] = np.nan
    decision = application.decided("send a team", "teams", network, baseline, block=1)
    assert (decision.baseline, decision.network) == (5, pytest.approx(16 / 7))
    assert decision.low < decision.network - decision.baseline < decision.high < 0
    assert np.isnan(application.decided("send a team", "teams", network, baseline, block=2).low)


def test_a_duration_draws_as_many_costs_together_as_fall_into_it_at_most():
    asked = pd.date_range("2026-03-02 06:00", periods=12 * 24, freq="1h")
    asked = asked[(asked.hour < 9) & ~((asked.day == 3) & (asked.hour == 7))]  # up to 9 a day
    random = np.random.default_rng(0)
    costs = [pd.Series(random.normal(size=len(asked)), asked) for _ in range(2)]
    by_day, by_number = (application.decided("", "", *costs, block) for block in ("1D", 9))
    assert by_day == by_number != application.decided("", "", *costs, 8)


def told_by(compared):
    """A comparison that tells of another forecaster when it is asked for the network."""
    told = compared.verdict("historical average", "last value")
    return SimpleNamespace(verdict=lambda name: told)


@pytest.mark.parametrize(("against", "lost"), [(None, 4.0), ("historical average", 9.0)])
def test_a_declared_application_decides_against_the_best_baseline_or_the_one_that_it_names(
    compared, against, lost
):
    lost_by = {"stn": 2.0, "last value": 4.0, "historical average": 9.0}
    found = SimpleNamespace(comparison=told_by(compared))
    declared = dataclasses.replace(
        flood.APPLICATION, cost=lambda found, name: [lost_by[name]] * 4, block=1, against=against
    )
    decision = declared.decision(found)
    assert (decision.network, decision.baseline) == (2.0, lost)
    assert (decision.what, decision.unit) == (declared.decision_made, declared.unit)
    assert declared.verdict(found).reference == "last value"


@pytest.mark.parametrize(("ahead", "weeks"), [("7D", 1), ("14D", 2), ("28D", 4), ("300D", 4)])
def test_the_verdict_that_counts_is_the_one_nearest_to_what_the_decision_needs(
    compared, ahead, weeks
):
    declared = dataclasses.replace(flood.APPLICATION, ahead=ahead)
    verdict = declared.verdict(SimpleNamespace(comparison=told_by(compared)))
    assert verdict.horizon == pd.Timedelta("7D") * weeks


@pytest.mark.parametrize(("graph", "model"), [(True, "stn"), (False, "feed_forward")])
def test_where_there_is_no_graph_the_network_is_a_feed_forward_one(graph, model):
    world = outbreaks(seed=0)
    world = world if graph else dataclasses.replace(world, adjacency=None)
    *baselines, network = flood.APPLICATION.forecasters(world, chronological_split(world), seed=3)
    assert (network.name, network.arguments["seed"]) == (model, 3)
    assert [model.horizon for model in baselines] == [flood.HORIZON] * 3


def test_a_declared_application_trains_on_its_own_split_and_at_its_own_horizon(monkeypatch):
    asked = {}
    monkeypatch.setattr(application, "new_network", lambda *given: LastValue(given[2]))
    monkeypatch.setattr(application, "compare", lambda *given, **_: asked.update(given=given))
    declared = dataclasses.replace(
        flood.APPLICATION, lookback=5, horizon=3, split={"validation": 0.1, "test": 0.5}
    )
    declared.compare(outbreaks(seed=0), seed=0)
    models, dataset, split = asked["given"]
    assert [model.horizon for model in models] == [3] * 4
    assert split == chronological_split(dataset, validation=0.1, test=0.5)


def test_a_line_holds_the_errors_of_the_table_at_the_decisions_horizon(compared, monkeypatch):
    verdict = compared.verdict("historical average", "last value")[-1]
    decision = application.Decision("send a team", "teams a week", 3.0, 2.0, -1.5, -0.5)

    class Found:
        comparison = compared

    declared = SimpleNamespace(verdict=lambda found: verdict, decision=lambda found: decision)
    monkeypatch.setitem(closing_rows.APPLICATIONS, "outbreaks", declared)
    row = closing_rows.make_row("outbreaks", Found, seed=7)
    table = compared.table().set_index(["model", "horizon_minutes"])["mae"]
    minutes = verdict.horizon / pd.Timedelta("1min")
    assert row["error_network"] == table["historical average", minutes]
    assert row["error_baseline"] == table["last value", minutes]
    assert row["gain"] == pytest.approx(1 - row["error_network"] / row["error_baseline"])
    assert (row["decision_baseline"], row["decision_network"], row["seed"]) == (3.0, 2.0, 7)
    assert closing_rows.verdict_in_words(row).endswith("decision better")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.1, 0.2, "better"), (-0.2, -0.1, "worse"), (-0.1, 0.1, "not shown to differ")],
)
def test_only_an_interval_on_one_side_of_zero_counts(low, high, said):
    nothing = float("nan")
    row = {"gain_low": low, "gain_high": high, "decision_low": nothing, "decision_high": nothing}
    assert closing_rows.verdict_in_words(row) == f"forecast {said}, decision not shown to differ"
    # Costs are better when they are lower, so their difference counts the other way round.
    row = {"gain_low": nothing, "gain_high": nothing, "decision_low": -high, "decision_high": -low}
    assert closing_rows.verdict_in_words(row) == f"forecast not shown to differ, decision {said}"


@pytest.mark.parametrize(
    ("sides", "verdict", "count"),
    [
        (["better"] * 3, "better", "better in 3 of 3"),
        (["worse"] * 3, "worse", "worse in 3 of 3"),
        (["better", "better", closing_rows.OPEN], closing_rows.OPEN, "better in 2 of 3"),
        (["better", "worse", "better"], closing_rows.OPEN, "better in 2, worse in 1 of 3"),
        ([closing_rows.OPEN] * 3, closing_rows.OPEN, "open in all of 3"),
    ],
)
def test_a_win_has_to_hold_for_every_seed(sides, verdict, count):
    assert closing_rows.agreed(sides) == verdict
    assert closing_rows.counted(sides) == count


def test_lines_of_several_seeds_have_one_verdict():
    better = {"gain_low": 0.1, "gain_high": 0.2, "decision_low": 1.0, "decision_high": 2.0}
    unsure = better | {"gain_low": -0.1}
    said = closing_rows.verdict_in_words(pd.DataFrame([better, better, unsure]))
    assert said == "forecast not shown to differ, decision worse"


def test_an_unknown_application_is_named():
    with pytest.raises(InputError, match="application: expected one of traffic.* got 'tea'"):
        closing_rows.make_row("tea", None)


@pytest.mark.parametrize("name", closing_rows.APPLICATIONS)
def test_what_is_declared_can_be_had(name):
    declared = closing_rows.APPLICATIONS[name]
    assert declared.question.endswith("?")
    assert set(declared.real) <= set(catalogue.names())
    for function in (declared.world, declared.forecasts):
        inspect.signature(function).bind(0)  # the seed is all that they need
    module = sys.modules[declared.forecasts.__module__]
    assert module.__name__.endswith(f".{name}")
    assert hasattr(module, "real") == bool(declared.real)


def test_a_module_that_declares_an_application_is_found_and_stands_in_order(tmp_path, monkeypatch):
    for name, number in (("kettle", 99), ("teapot", 98)):
        (tmp_path / "tea").mkdir(exist_ok=True)
        (tmp_path / "tea" / "__init__.py").touch()
        (tmp_path / "tea" / f"{name}.py").write_text(
            "import dataclasses\nfrom stcourse.applications.nature import flood\n"
            f"APPLICATION = dataclasses.replace(flood.APPLICATION, number={number})\n"
        )
    (tmp_path / "tea" / "plots.py").touch()
    monkeypatch.setattr(applications, "__path__", [*applications.__path__, str(tmp_path)])
    found = closing_rows.declared()
    for module in [module for module in sys.modules if ".applications.tea" in module]:
        monkeypatch.delitem(sys.modules, module)
    assert list(found) == [*closing_rows.APPLICATIONS, "teapot", "kettle"]
