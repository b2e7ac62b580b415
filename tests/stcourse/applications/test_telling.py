"""How the parts of chapter 06 tell what came out, and what stands in for unsolved exercises."""

import pandas as pd
import pytest

from stcourse import exercises
from stcourse.applications import stand_ins, telling
from stcourse.applications.policy.figures import MARKS, answers_drawn
from stcourse.engine.judge import judge
from stcourse.worlds.outbreaks import outbreaks
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare


@pytest.fixture(scope="module")
def comparison():
    world, network = outbreaks(seed=0), HistoricalAverage(4)
    network.name = "network"
    return compare([LastValue(4), network], world, chronological_split(world), progress=False)


def test_errors_stand_beside_their_costs_and_the_best_comes_first(comparison):
    table, told = telling.errors(comparison), comparison.table()
    assert list(table) == ["1 week", "2 weeks", "3 weeks", "4 weeks", "seconds", "parameters"]
    last = told[told["horizon_minutes"] == told["horizon_minutes"].max()].set_index("model")
    assert table["4 weeks"].to_dict() == pytest.approx(last["mae"].to_dict(), rel=5e-3)
    assert table["4 weeks"].is_monotonic_increasing
    twice = telling.errors(comparison, size=2)
    assert twice["1 week"].tolist() == pytest.approx((2 * table["1 week"]).tolist(), rel=1e-2)
    assert twice["parameters"].equals(table["parameters"])


def test_gains_are_told_at_each_time_ahead_and_against_whom_is_asked(comparison):
    told = telling.gains(comparison, "last value").splitlines()
    assert [line.split(" network")[0] for line in told] == ["At 1 week", "At 2 weeks", "At 4 weeks"]
    with pytest.raises(InputError, match="reference"):
        telling.gains(comparison, "nobody")


def test_bars_count_from_the_start_on_and_the_network_stands_out():
    days = pd.date_range("2026-03-02", periods=4)
    costs = pd.DataFrame({"network": [9, 9, 1, 3], "last value": [0, 0, 4, 4]}, days)
    figure, sentence = telling.bars(costs, days[2], "minutes a trip")
    assert sentence.endswith("the lowest first: network 2, last value 4.")
    first, second = (bar.get_facecolor() for bar in figure.axes[0].patches)
    assert first != second and figure.axes[0].get_xlabel() == "Minutes a trip"
    with pytest.raises(InputError, match="start"):
        telling.bars(costs, days[3] + pd.Timedelta("1D"), "minutes")


@pytest.mark.parametrize("exercise", exercises.of_chapter(6), ids=lambda each: each.id)
def test_what_stands_in_for_an_answer_passes_its_check(exercise):
    stand_in = getattr(stand_ins, exercise.solution.__name__)
    assert judge(exercise, stand_in).line == f"passed: {exercise.id} {exercise.title}"


def test_answers_are_drawn_beside_the_truth_and_too_many_are_refused():
    truth = pd.DataFrame({"a": [1.0, 3], "b": [5, 7]})
    half = pd.Series({"a": 1.0, "b": 2})
    figure, sentence = answers_drawn({"simulator": truth, "queue": truth - 9}, truth, half)
    assert sentence.endswith("by a, b: truth 2, 6; simulator 2, 6; queue -7, -3.")
    assert [each.get_text() for each in figure.axes[0].get_yticklabels()] == ["a", "b"]
    many = {f"way {number}": truth for number in range(len(MARKS))}
    with pytest.raises(InputError, match="answers: expected at most 5, got 6"):
        answers_drawn(many, truth, half)
