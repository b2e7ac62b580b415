"""Virus spread and disease surveillance: beds and alarms, on small made-up forecasts."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from stcourse.applications import closing_table
from stcourse.applications.closing_rows import APPLICATIONS, SEEDS, make_row, verdict_in_words
from stcourse.applications.health import epidemic, outbreaks, plots
from stcourse.experiments import run as bench
from stcourse.worlds.epidemic import epidemic as epidemic_world
from stcourse.worlds.outbreaks import outbreaks as outbreaks_world
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.regression import AverageAutoregression
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare


def renamed(model):
    model.name = "stn"  # stands in for the network, which takes seconds to train
    return model


@pytest.fixture(scope="module")
def virus():
    dataset = epidemic_world(seed=1, days=300, regions=5)
    split = chronological_split(dataset, validation="28D", test="170D")
    stand_in = renamed(AverageAutoregression(epidemic.HORIZON, 14))
    models = [LastValue(epidemic.HORIZON), stand_in]
    comparison = compare(models, dataset, split, progress=False)
    share = epidemic.bed_share(dataset, split.train.stop)
    return epidemic.Found(dataset, comparison, share, 40)


@pytest.fixture(scope="module")
def watch():
    dataset = outbreaks_world(weeks=364, counties=8, planted=60, strength=20.0)
    split = chronological_split(dataset, validation="364D", test=f"{150 * 7}D")
    stand_in = renamed(AverageAutoregression(1, outbreaks.LOOKBACK))
    models = [LastValue(1), HistoricalAverage(1), AverageAutoregression(1, 12), stand_in]
    comparison = compare(models, dataset, split, lookback=outbreaks.LOOKBACK, progress=False)
    start = dataset.values.index[split.test.start + 72]
    return outbreaks.Found(dataset, comparison, start)


# Virus


def test_all_beds_follow_from_all_cases():
    """Seven cases on one day are in hospital on nine days, from the sixth day after on."""
    cases = np.zeros((30, 2))
    cases[12, 1] = 7
    ill = epidemic.in_hospital(cases)
    days = np.flatnonzero(ill[:, 1]) + epidemic.REACH
    assert days.tolist() == list(range(18, 27))
    assert not ill[:, 0].any()
    with pytest.raises(InputError, match="at least 9 days"):
        epidemic.in_hospital(cases[:8])


def test_the_first_six_days_need_no_forecast(virus):
    known, taken = epidemic.beds_ahead(virus)
    for name in virus.comparison.runs:
        said, same = epidemic.beds_ahead(virus, name)
        assert np.array_equal(same, taken)
        assert np.allclose(said[:, :6], known[:, :6])
        assert not np.allclose(said[:, 6], known[:, 6])
    with pytest.raises(InputError, match="name"):
        epidemic.beds_ahead(virus, "tea leaves")


def test_beds_are_those_of_the_days_ahead(virus):
    rows = virus.comparison.runs["stn"].backtest.origins
    taken = epidemic.beds_ahead(virus)[1]
    beds = virus.dataset.extra["beds"].to_numpy()
    assert np.array_equal(taken[3, 0], beds[rows[3]])
    assert np.array_equal(taken[3, -1], beds[rows[3] + 13])


def test_knowing_the_cases_is_cheapest(virus):
    table = epidemic.costs(virus)
    assert table["error"].idxmin() == "cases known"
    assert (table["cost"] > 0).all()


def test_beds_that_are_always_right_cost_less_than_one_each(virus):
    exact = virus.dataset.extra["beds"] * 0 + 4.0
    world = virus.dataset
    changed = {**world.extra, "beds": exact}
    steady = type(world)(
        "steady", world.values * 0 + 4.0, world.unit, adjacency=world.adjacency, extra=changed
    )
    run = virus.comparison.runs["stn"].backtest
    same = dataclasses.replace(run, truth=run.truth * 0 + 4, forecast=run.forecast * 0 + 4)
    comparison = dataclasses.replace(
        virus.comparison, runs={"stn": virus.comparison.runs["stn"]._replace(backtest=same)}
    )
    found = epidemic.Found(steady, comparison, 1 / 9, 40)
    assert epidemic.cost(found, "stn").max() < len(world.values.columns)


def test_the_virus_gives_a_row(virus):
    line = make_row("epidemic", virus)
    assert line["application"] in APPLICATIONS
    assert line["decision_low"] <= line["decision_network"] - line["decision_baseline"]
    assert line["decision_network"] - line["decision_baseline"] <= line["decision_high"]
    assert "decision" in verdict_in_words(line)
    with pytest.raises(InputError, match="scored_from"):
        epidemic.cost(virus._replace(scored_from=10_000), "stn")


def test_the_graph_of_each_day_tells_more(virus):
    errors = epidemic.with_and_without_graph(epidemic_world(days=300, regions=6), stop=200)
    assert errors["and the graph of each day"] < errors["own cases"]
    with pytest.raises(InputError, match="stop"):
        epidemic.with_and_without_graph(virus.dataset, stop=10)


def test_what_the_virus_cannot_use_is_told():
    short = epidemic_world(days=40, regions=5)
    with pytest.raises(InputError, match="at least 61 days"):
        epidemic.real(short)
    with pytest.raises(InputError, match="beds"):
        epidemic.bed_share(outbreaks_world(weeks=60, planted=3), 40)


# Surveillance


def test_a_strong_outbreak_is_found_and_a_higher_budget_finds_more(watch):
    few, many = (outbreaks.alarms(watch, "stn", a_year)[1] for a_year in (3, 60))
    assert few.false_alarms < many.false_alarms
    assert few.found_share <= many.found_share
    assert outbreaks.planted(many)["found"].mean() > 0.6


def test_false_alarms_are_those_that_the_score_counts(watch):
    raised, score = outbreaks.alarms(watch, "last value")
    inside = outbreaks.in_an_event(raised, score.events)
    assert (~inside).sum() == score.false_alarms


def test_weeks_lost_are_delays_and_false_alarms(watch):
    lost = outbreaks.weeks_lost(watch, "stn")
    raised, score = outbreaks.alarms(watch, "stn")
    events = outbreaks.planted(score)
    delays = events["delay_minutes"].sum() / outbreaks.MINUTES
    missed = outbreaks.MISSED * (~events["found"]).sum()
    assert lost.sum() == pytest.approx(delays + missed + score.false_alarms)


def test_the_threshold_never_sees_the_years_that_are_scored(watch):
    quiet = outbreaks.quiet_part(outbreaks.scores(watch, "stn"), watch)
    assert quiet.index.max() < watch.scored_from
    event = watch.dataset.events.query("start >= @quiet.index[0] and end < @watch.scored_from")
    assert np.isnan(quiet.at[event["start"].iloc[0], event["node"].iloc[0]])


def test_same_weeks_of_earlier_years_leave_out_this_year():
    weeks = pd.date_range("2026-01-05", periods=15, freq="7D")
    counts = pd.DataFrame({"a": [3, 5, 9, 6, 2, 4, 8, 12, 5, 3, 2, 30, 1, 1, 1.0]}, weeks)
    score = outbreaks.seasonal_score(counts, years=2, half=1, season=5)
    past = np.array([4, 8, 12, 3, 5, 9])
    assert score["a"].iloc[11] == pytest.approx((30 - past.mean()) / past.std(ddof=1))
    later = counts.copy()
    later.iloc[12:] = 99
    assert outbreaks.seasonal_score(later, 2, 1, 5)["a"].iloc[11] == score["a"].iloc[11]
    with pytest.raises(InputError, match="more than 11 weeks"):
        outbreaks.seasonal_score(counts.iloc[:11], 2, 1, 5)


def test_surveillance_gives_a_row_and_a_table(watch):
    line = make_row("outbreaks", watch)
    assert line["application"] in APPLICATIONS
    assert line["decision_low"] <= line["decision_network"] - line["decision_baseline"]
    assert line["decision_network"] - line["decision_baseline"] <= line["decision_high"]
    assert list(outbreaks.costs(watch).index) == [outbreaks.SAME_WEEKS, *watch.comparison.runs]
    with pytest.raises(InputError, match="name"):
        outbreaks.scores(watch, "tea leaves")


def test_changes_in_z_have_mean_0_and_deviation_1_over_all_weeks(watch):
    changes = outbreaks.changes_in_z(watch.dataset).values
    assert np.allclose(changes.mean(), 0, atol=1e-6)
    assert np.allclose(changes.std(), 1)
    assert set(outbreaks.found_from_changes(watch).index) == {"counts", "changes in z"}
    with pytest.raises(InputError, match="at least 400 weeks"):
        outbreaks.real(watch.dataset)


def test_quarters_add_up(watch):
    run = watch.comparison.runs["stn"].backtest
    assert outbreaks.quarters_of_surprises(run).sum() == pytest.approx(1)
    with pytest.raises(InputError, match="share"):
        outbreaks.quarters_of_surprises(run, share=1.5)


# Figures


def test_figures_come_with_a_sentence(virus, watch):
    node = watch.dataset.values.columns[0]
    drawn = [
        plots.waves(virus.dataset),
        plots.mobility(virus.dataset),
        plots.bed_error(virus, ["last value", "stn"]),
        plots.county_with_alarms(watch, "stn", node),
        plots.found_by_budget(watch, ["stn", outbreaks.SAME_WEEKS], budgets=(4, 12)),
    ]
    for figure, sentence in drawn:
        assert all(axes.get_ylabel() for axes in figure.axes)
        assert sentence.endswith(".") and any(letter.isdigit() for letter in sentence)


def test_figures_refuse_what_they_cannot_draw(virus, watch):
    with pytest.raises(InputError, match="beds"):
        plots.waves(watch.dataset)
    with pytest.raises(InputError, match="changes"):
        plots.mobility(watch.dataset)
    with pytest.raises(InputError, match="node"):
        plots.county_with_alarms(watch, "stn", "nowhere")
    with pytest.raises(InputError, match="name"):
        plots.bed_error(virus, ["tea leaves"])
    with pytest.raises(InputError, match="name"):
        plots.found_by_budget(watch, ["tea leaves"])


# The table of all


@pytest.fixture
def lines():
    common = {"horizon": "0 days 01:00:00", "best_baseline": "last value", "error_network": 2.0}
    common |= {"decision_unit": "minutes", "decision_baseline": 10.0}
    clear = {"gain": 0.2, "gain_low": 0.1, "gain_high": 0.3}
    better = {"decision_network": 8.0, "decision_low": -3.0, "decision_high": -1.0}
    worse = {"decision_network": 40.0, "decision_low": 20.0, "decision_high": 35.0}
    untold = {"gain": -0.1, "gain_low": np.nan, "gain_high": np.nan}
    lines = []
    for seed in (0, 1):
        told = {"decision_network": 12.0, "decision_low": -1.0, "decision_high": 5.0}
        lines += [
            {"application": "traffic", "seed": seed, "decision": "leave"} | common | clear | better,
            {"application": "flood", "seed": seed, "decision": "warn"} | common | clear | worse,
            {"application": "bonds", "seed": seed, "decision": "hedge"}
            | common
            | untold
            | (told if seed else better),
        ]
    return pd.DataFrame(lines)


def test_what_was_not_won_is_told(lines):
    told = closing_table.not_won(lines)
    assert len(told) == 2
    assert told[0].startswith("Disaster warning: forecast better, decision worse")
    assert told[1].startswith("Bond yields: forecast not shown to differ, decision not shown to")
    assert "cost 10 with the network and 10 without" in told[1], "means over the seeds"
    assert "traffic" not in " ".join(told).lower()


def test_what_one_seed_would_have_told_otherwise_is_named(lines):
    said = closing_table.seeds_that_differ(lines)
    assert "by forecast: none; by decision: bond yields." in said
    alone = closing_table.seeds_that_differ(lines[lines["seed"] == 0])
    assert "by forecast: none; by decision: none." in alone


def test_the_table_of_all_is_readable(lines):
    table = closing_table.closing_table(lines)
    assert table.loc["traffic flow forecast", "ahead"] == "60 minutes"
    assert table.loc["traffic flow forecast", "gain (%)"] == "20 (20 to 20)"
    assert table.loc["disaster warning", ["forecast", "outcome"]].tolist() == [
        "better in 2 of 2", "worse in 2 of 2",
    ]  # fmt: skip
    assert table.loc["bond yields", "outcome"] == "better in 1 of 2"
    figure, sentence = closing_table.gains_of_all(lines)
    assert len(figure.axes) == 2
    assert "decision better in 1, worse in 1, not shown to differ in 1" in sentence


def test_a_decision_that_earns_has_no_share_and_is_named(lines):
    lines.loc[lines["application"] == "bonds", "decision_baseline"] = -1.0
    figure, sentence = closing_table.gains_of_all(lines)
    assert "earns have no share: bond yields." in sentence
    drawn = [line for line in figure.axes[1].lines if not np.isnan(line.get_xdata()).any()]
    assert len(figure.axes[1].lines) - len(drawn) == 4, "an interval and a mark for each seed"


def test_a_line_agrees_with_itself_and_not_with_another(lines):
    same = lines.iloc[0].to_dict()
    assert "0.0 % apart; the same verdict" in closing_table.agreement(same, lines)
    other = same | {"error_network": 3.0, "decision_high": 1.0}
    assert "50.0 % apart; another verdict" in closing_table.agreement(other, lines)


def test_a_table_that_is_none_is_told(lines):
    for function in (
        closing_table.closing_table,
        closing_table.gains_of_all,
        closing_table.not_won,
    ):
        with pytest.raises(InputError, match="rows"):
            function(lines.drop(columns="gain_low"))
        with pytest.raises(InputError, match="tea"):
            function(lines.assign(application="tea"))
    with pytest.raises(InputError, match="stored: expected a line of traffic with seed 0"):
        closing_table.agreement(lines.iloc[0].to_dict(), lines.iloc[1:])


def test_the_table_that_ships_has_a_line_for_each_application_and_seed():
    table = bench.read("applications")
    lines = list(zip(table["seed"], table["application"]))
    assert lines == [(seed, name) for seed in SEEDS for name in APPLICATIONS]
    assert table["decision_low"].dtype == float  # empty cells are missing numbers, not text


@pytest.mark.parametrize("name", APPLICATIONS)
def test_the_table_that_ships_was_made_with_what_is_declared(name):
    declared, table = APPLICATIONS[name], bench.read("applications")
    lines = table[table["application"] == name]
    assert set(pd.to_timedelta(lines["horizon"])) == {pd.Timedelta(declared.ahead)}
    assert set(lines["decision"]) == {declared.decision_made}
    assert set(lines["decision_unit"]) == {declared.unit}
