"""What all parts of chapter 06 share: the ladder, the rule of decisions, lines and verdicts."""

import dataclasses

import nbformat
import numpy as np
import pandas as pd
import pytest

from stcourse.applications import lines
from stcourse.applications.decisions import Decision, decide, needed, scored_from
from stcourse.applications.ladder import EPOCHS, NETWORK, STEPS, ladder, new_network
from stcourse.experiments import seeds_of_notebooks
from stcourse.worlds.outbreaks import outbreaks
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.standard import standard
from stlearn.data.windows import Split, chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare


@pytest.fixture(scope="module")
def world():
    return outbreaks(seed=0)


@pytest.fixture(scope="module")
def comparison(world):
    network = HistoricalAverage(4)
    network.name = NETWORK
    return compare([LastValue(4), network], world, chronological_split(world), progress=False)


def test_no_part_compares_with_fewer_baselines_than_chapter_05(world):
    models = ladder(world, chronological_split(world), lookback=8, horizon=4, seed=3)
    names = [model.name for model in models]
    assert names[-1] == NETWORK and models[-1].arguments["seed"] == 3
    assert {model.name for model in standard(world, 4)} <= set(names)
    assert {"autoregression, absolute", "neighbour autoregression, absolute"} <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("graph", "model"), [(True, "stn"), (False, "feed_forward")])
def test_where_there_is_no_graph_the_network_is_a_feed_forward_one(world, graph, model):
    world = world if graph else dataclasses.replace(world, adjacency=None)
    network = ladder(world, chronological_split(world), 8, 4)[-1]
    assert network.model == model


@pytest.mark.parametrize("rows_to_train_on", [700, 4000, 20_000])
def test_every_network_may_take_the_same_number_of_steps_whatever_its_data(rows_to_train_on):
    split = Split(slice(0, rows_to_train_on), slice(0, 0), slice(0, 0))
    chosen = new_network(split, lookback=12, horizon=6).arguments
    one_epoch = min(rows_to_train_on - 12 - 6 + 1, 4096) / chosen["batch_size"]
    assert STEPS <= chosen["epochs"] * one_epoch < STEPS + one_epoch


def test_few_windows_are_not_repeated_without_end():
    split = Split(slice(0, 40), slice(40, 50), slice(50, 99))
    assert new_network(split, 12, 6).arguments["epochs"] == EPOCHS


def test_a_network_needs_a_window_to_train_on():
    with pytest.raises(InputError, match="split: expected at least 18 rows to train on, got 17"):
        new_network(Split(slice(0, 17), slice(17, 20), slice(20, 30)), 12, 6)


def test_reserves_come_from_the_first_third_of_the_forecasts(comparison):
    times = comparison.runs["last value"].backtest.times
    assert scored_from(comparison) == times[len(times) // 3]


def costs_of(days=40, **columns):
    index = pd.date_range("2026-03-02", periods=days)
    return pd.DataFrame({name: np.resize(own, days) for name, own in columns.items()}, index)


def test_the_baseline_is_the_one_that_decided_best_before_anything_is_scored():
    costs = costs_of(network=[2.0, 3.0], luck=[9.0], skill=[4.0, 5.0])
    start = costs.index[10]
    costs.loc[start:, "luck"] = 0.0  # best where it counts, but nobody could know
    found = decide("send a team", "teams", costs, start, block=2)
    assert (found.against, found.baseline, found.network) == ("skill", 4.5, 2.5)
    assert found.low <= -2 <= found.high < 0
    assert found.sentence.endswith("the saving is real.")


def test_times_without_a_decision_do_not_count():
    costs = costs_of(network=[2.0, np.nan], other=[4.0, np.nan])
    found = decide("send a team", "teams", costs, costs.index[10], block=2)
    assert (found.baseline, found.network) == (4.0, 2.0)


def test_a_duration_draws_as_many_costs_together_as_fall_into_it_at_most():
    asked = pd.date_range("2026-03-02 06:00", periods=12 * 24, freq="1h")
    asked = asked[(asked.hour < 9) & ~((asked.day == 3) & (asked.hour == 7))]  # up to 9 a day
    random = np.random.default_rng(0)
    costs = pd.DataFrame(random.normal(size=(len(asked), 2)), asked, ["network", "other"])
    by_day, by_number = (decide("", "", costs, asked[20], block) for block in ("1D", 9))
    assert by_day == by_number != decide("", "", costs, asked[20], 8)


@pytest.mark.parametrize("block", [5, "1D"])
def test_a_change_half_as_large_needs_four_times_as_many_blocks(block):
    random = np.random.default_rng(0)
    noise = random.normal(size=100)
    noise -= noise.reshape(-1, 5).mean(axis=1).mean()
    days = pd.date_range("2026-01-01", periods=20)
    index = pd.DatetimeIndex([day + pd.Timedelta(hours=hour) for day in days for hour in range(5)])
    index = index.insert(0, pd.Timestamp("2025-12-31"))
    counts = []
    for change in (0.2, 0.1):
        costs = pd.DataFrame({"network": change + np.append(0, noise), "other": 0.0}, index)
        said = needed(costs, Decision("", "", "other", 0, 0), index[1], block)
        assert said.endswith("scored are 20.")
        counts.append(int(said.split(" needs ")[1].split()[0]))
    assert counts[1] == pytest.approx(4 * counts[0], abs=3)


def test_without_a_change_or_with_one_block_nothing_is_promised():
    costs, decision = costs_of(network=[2.0], other=[2.0]), Decision("", "", "other", 2, 2)
    assert needed(costs, decision, costs.index[20], 10) == (
        "There is no change to show in the 2 blocks that are scored."
    )
    with pytest.raises(InputError, match="at least two blocks after the start, got 1"):
        needed(costs, decision, costs.index[20], 40)


def test_too_few_decisions_have_no_interval():
    costs = costs_of(days=6, network=[2.0, 3.0], other=[4.0])
    found = decide("send a team", "teams", costs, costs.index[2], block=2)
    assert np.isnan(found.low) and "no difference is shown" in found.sentence


@pytest.mark.parametrize(
    ("columns", "start", "said"),
    [
        ({"other": [1.0]}, 3, "expected a column 'network' and one of a baseline"),
        ({"network": [1.0]}, 3, "expected a column 'network' and one of a baseline"),
        ({"network": [1.0], "other": [1.0]}, 0, "decisions before the start"),
        ({"network": [np.nan], "other": [np.nan]}, 3, "decisions before the start"),
    ],
)
def test_costs_that_cannot_be_compared_are_refused(columns, start, said):
    costs = costs_of(days=6, **columns)
    with pytest.raises(InputError, match=said):
        decide("", "", costs, costs.index[start], block=1)


def test_a_line_holds_the_errors_of_the_table_at_the_decisions_horizon(comparison):
    decision = Decision("send a team", "teams a week", "last value", 3.0, 2.0, -1.5, -0.5)
    line = lines.make_line("outbreaks", comparison, decision, "300D", seed=7)
    table = comparison.table().set_index(["model", "horizon_minutes"])["mae"]
    minutes = pd.Timedelta("28D") / pd.Timedelta("1min")
    assert line["error_network"] == table[NETWORK, minutes]
    assert line["error_baseline"] == table["last value", minutes]
    assert line["gain"] == pytest.approx(1 - line["error_network"] / line["error_baseline"])
    assert (line["decision_baseline"], line["decision_network"], line["seed"]) == (3.0, 2.0, 7)
    assert lines.in_words(line).endswith("decision better")


@pytest.mark.parametrize(("ahead", "weeks"), [("7D", 1), ("14D", 2), ("28D", 4)])
def test_the_verdict_that_counts_is_the_one_nearest_to_what_the_decision_needs(
    comparison, ahead, weeks
):
    decision = Decision("", "", "last value", 3.0, 2.0)
    line = lines.make_line("outbreaks", comparison, decision, ahead, seed=0)
    assert pd.Timedelta(line["horizon"]) == pd.Timedelta("7D") * weeks


def test_an_unknown_part_is_named():
    with pytest.raises(InputError, match="part: expected one of traffic.* got 'tea'"):
        lines.make_line("tea", None, None, "1h", seed=0)


def lines_with(part, gains, low=0.01, high=0.5, saved=0.0):
    return pd.DataFrame(
        {
            "part": part,
            "seed": range(len(gains)),
            "gain": gains,
            "gain_low": low,
            "gain_high": high,
            "decision_baseline": 5.0,
            "decision_network": 5.0 - np.array(saved),
            "decision_low": -1.0,
            "decision_high": 1.0,
        }
    )


def test_a_win_has_to_hold_over_the_seeds_after_correction():
    clear, near = [0.20, 0.21, 0.19, 0.2, 0.2], [0.1, 0.02, 0.08, 0.01, 0.04]
    alone = lines.verdicts(lines_with("flood", near))
    assert alone.at["flood", "forecast"] == "better" and alone.at["flood", "forecast_p"] < 0.05
    names = ["flood", "climate", "machines", "shares", "bonds"]
    many = pd.concat([lines_with(name, near, saved=[-1, -1.1, -0.9, -1, -1]) for name in names])
    found = lines.verdicts(pd.concat([many, lines_with("buses", clear)], ignore_index=True))
    assert found.loc[names, "forecast"].eq(lines.OPEN).all()
    assert found.at["buses", "forecast"] == "better"
    assert found.loc[names, "decision"].eq("worse").all()
    assert found.at["buses", "decision"] == lines.OPEN


def test_seeds_of_one_world_need_the_interval_over_its_days_too():
    clear = [0.20, 0.21, 0.19, 0.2, 0.2]
    assert lines.PARTS["traffic"].one_world and not lines.PARTS["flood"].one_world
    for part, said in (("traffic", lines.OPEN), ("flood", "better")):
        assert lines.verdicts(lines_with(part, clear, low=-0.1)).at[part, "forecast"] == said
    assert lines.verdicts(lines_with("traffic", clear)).at["traffic", "forecast"] == "better"


def test_one_seed_has_no_verdict_over_seeds():
    with pytest.raises(InputError, match="lines: expected at least two seeds a part, flood"):
        lines.verdicts(lines_with("flood", [0.1]))


def notebook_of(*sources):
    cells = []
    for source, *tags in sources:
        cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.slow
def test_a_notebook_is_run_with_another_seed_and_without_real_data():
    notebook = notebook_of(
        ("SEED = 0", "seed"),
        ("lines = []",),
        ("raise RuntimeError('out of reach')", "real-data"),
        ("lines.append({'seed': SEED})",),
    )
    assert seeds_of_notebooks.lines_of(notebook, seed=5) == [{"seed": 5}]
    assert notebook.cells[0].source == "SEED = 0"


def test_a_part_is_run_as_often_as_it_has_seeds_and_alone_if_asked(monkeypatch):
    ran = []

    def made(notebook, seed):
        ran.append(seed)
        return [{"part": name, "seed": seed} for name in ("flood", "climate", "machines")]

    monkeypatch.setattr(seeds_of_notebooks, "lines_of", made)
    monkeypatch.setitem(lines.PARTS, "climate", lines.PARTS["climate"]._replace(seeds=7))
    found = list(seeds_of_notebooks.all_lines(["flood", "climate"]))
    assert ran == [0, 1, 2, 3, 4, 5, 6]
    assert [each["seed"] for each in found if each["part"] == "climate"] == ran
    assert [each["seed"] for each in found if each["part"] == "flood"] == [0, 1, 2, 3, 4]
    assert {each["part"] for each in found} == {"flood", "climate"}
    with pytest.raises(InputError, match="only: expected one of traffic.* got 'tea'"):
        next(seeds_of_notebooks.all_lines(["tea"]))


def test_a_notebook_without_a_seed_is_refused():
    with pytest.raises(InputError, match="expected one cell `SEED = 0`"):
        seeds_of_notebooks.lines_of(notebook_of(("SEED = 1", "seed")), seed=5)
