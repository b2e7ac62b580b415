"""States at the origin: what is known when a forecast is made, and nothing later."""

import json

import numpy as np
import pandas as pd
import pytest

from stlearn.calibration.states import StateRule, fit_state_rule, states_at
from stlearn.errors import InputError
from stlearn.evaluation.intervals import score_by_state
from stlearn.evaluation.metrics import coverage, interval_score


def speeds(rows=200, nodes=3, seed=0):
    values = np.random.default_rng(seed).uniform(20, 100, size=(rows, nodes))
    return pd.DataFrame(values, columns=list("abc")[:nodes])


def names_at(rule, values, origins):
    return [rule.names[place] for place in states_at(rule, values, origins)[:, 0]]


def test_a_jam_and_a_move_are_measured_against_the_free_speed():
    rule = fit_state_rule(np.full((50, 1), 100.0), "km/h", "5min")
    values = np.array([[100.0], [100], [100], [59], [59], [59], [59], [74], [76]])
    found = names_at(rule, values, [3, 4, 7, 8, 9])
    assert found == ["free, steady", "jam, moving", "jam, steady", "free, steady", "free, moving"]


def test_what_is_no_speed_is_low_or_high():
    rule = fit_state_rule(np.arange(101.0)[:, None], "veh/h", "15min")
    assert rule.names == ("low, steady", "low, moving", "high, steady", "high, moving")
    assert names_at(rule, [[49.0], [49], [51], [70]], [2, 3, 4]) == [
        "low, steady", "high, steady", "high, moving",
    ]  # fmt: skip


def test_what_always_reads_the_same_is_never_high():
    rule = fit_state_rule(np.array([[0.0, 5.0]] * 50), "cases", "1D")
    assert states_at(rule, np.array([[0.0, 5.0]] * 3), [2, 3]).tolist() == [[0, 0], [0, 0]]
    assert states_at(rule, np.array([[0.0, 5.0], [1.0, 6.0]]), [2]).tolist() == [[3, 3]]
    assert StateRule.from_dict(json.loads(json.dumps(rule.to_dict()))).limit[0] == rule.limit[0] > 0


def test_a_silent_node_is_judged_by_all_others():
    values = np.full((50, 3), [100.0, np.nan, 50.0])
    rule = fit_state_rule(values, "km/h", "5min")
    assert rule.limit.tolist() == [60, 60, 30]


def test_later_rows_change_nothing():
    values = speeds()
    rule = fit_state_rule(values, "km/h", "5min")
    other = values.copy()
    other.iloc[100:] = 1.0
    np.testing.assert_array_equal(
        states_at(rule, values, [50, 100]), states_at(rule, other, [50, 100])
    )


def test_a_gap_takes_the_last_known_value():
    rule = fit_state_rule(np.full((50, 1), 100.0), "km/h", "5min")
    values = np.array([[40.0], [40], [40], [40], [np.nan], [np.nan]])
    assert names_at(rule, values, [6]) == ["jam, steady"]
    assert names_at(rule, np.full((6, 1), np.nan), [6]) == ["free, steady"]


def test_scores_by_state_are_those_of_the_targets_in_it():
    values = speeds()
    rule = fit_state_rule(values, "km/h", "5min")
    origins = np.arange(10, 150)
    states = states_at(rule, values, origins)
    truth = np.stack([values.to_numpy()[origins + step] for step in range(2)], axis=1)
    truth[0, 0, 0] = np.nan
    low, high = truth * 0 + 30, truth * 0 + 90
    low[0, 0, 0] = high[0, 0, 0] = 60
    table = score_by_state(truth, low, high, states, rule, "5min", steps=[2])
    assert table["horizon_minutes"].tolist() == [10] * 4
    assert table["share"].sum() == pytest.approx(1)
    row = table.set_index("state").loc["jam, moving"]
    chosen = states == 3
    ends = truth[:, 1][chosen], low[:, 1][chosen], high[:, 1][chosen]
    assert row["coverage"] == coverage(*ends)
    assert row["interval_score"] == interval_score(*ends)
    assert row["width"] == 60


def test_a_state_that_does_not_occur_has_no_score():
    rule = fit_state_rule(np.full((50, 1), 100.0), "km/h", "5min")
    truth = np.full((5, 1, 1), 90.0)
    states = states_at(rule, np.full((50, 1), 90.0), np.arange(10, 15))
    table = score_by_state(truth, truth - 1, truth + 1, states, rule, "5min").set_index("state")
    assert table.loc["free, steady", ["share", "coverage", "width"]].tolist() == [1, 1, 2]
    assert table.loc["jam, moving", "share"] == 0
    assert np.isnan(table.loc["jam, moving", "coverage"])


def test_bad_input_is_told():
    values = speeds()
    rule = fit_state_rule(values, "km/h", "5min")
    with pytest.raises(InputError, match="train_values: expected a table .* known value, got"):
        fit_state_rule(np.full((5, 2), np.nan), "km/h", "5min")
    with pytest.raises(InputError, match="values: expected 3 nodes, got 2"):
        states_at(rule, values[["a", "b"]], [10])
    with pytest.raises(InputError, match="origins: expected row positions from 1 to 200, got"):
        states_at(rule, values, [0, 5])
    truth = np.zeros((4, 2, 3))
    with pytest.raises(InputError, match="states: expected a state for each origin and node"):
        score_by_state(truth, truth, truth, np.zeros((4, 2), dtype=int), rule, "5min")


def test_each_quantity_has_states_of_its_own():
    speed, flow = np.full(50, 100.0), np.arange(50.0)
    values = pd.DataFrame({"flow: a": flow, "speed: a": speed, "flow: b": flow})
    rule = fit_state_rule(values, "", "15min", {"speed": "km/h", "flow": "veh/h"})
    assert rule.names[1::4] == ("speed: free, moving", "flow: low, moving")
    assert rule.quantity.tolist() == [1, 0, 1] and rule.speed.tolist() == [False, True, False]
    now = np.array([[10, 90, 40], [10, 40, 40]])
    states = states_at(rule, np.vstack([values, now, now]), [51, 52])
    assert [rule.names[place] for place in states[1]] == [
        "flow: low, steady", "speed: jam, moving", "flow: high, steady"
    ]  # fmt: skip
    again = StateRule.from_dict(json.loads(json.dumps(rule.to_dict())))
    np.testing.assert_array_equal(states_at(again, np.vstack([values, now]), [51]), states[:1])
