"""Alarms: scores of odd readings, thresholds, and the score against labelled events."""

import numpy as np
import pandas as pd
import pytest

from stcourse.worlds.sensors import sensors
from stlearn.errors import InputError
from stlearn.evaluation.alarms import (
    choose_threshold,
    cusum,
    fault_score,
    raise_alarms,
    residual_score,
    score_alarms,
)

NODES = ["a", "b", "c"]


def table(rows, seed=0, freq="5min", nodes=NODES, start="2026-01-05"):
    times = pd.date_range(start, periods=rows, freq=freq)
    random = np.random.default_rng(seed)
    return pd.DataFrame(random.normal(2, 3, (rows, len(nodes))), times, nodes)


@pytest.fixture(scope="module")
def quiet():
    return table(4000)


# Scores


def test_residuals_are_measured_in_the_deviations_of_the_quiet_part(quiet):
    score = residual_score(quiet, quiet)
    assert score.to_numpy().min() >= 0
    np.testing.assert_allclose((score < 1).mean(), 0.683, atol=0.05)  # normal: 68.3 %
    shifted = residual_score(quiet * 7 + 100, quiet * 7 + 100)
    np.testing.assert_allclose(score, shifted, atol=1e-9)


def test_sides_share_out_the_residuals(quiet):
    high, low, both = (residual_score(quiet, quiet, side=side) for side in ("high", "low", "both"))
    np.testing.assert_allclose(high + low, both)
    assert ((high == 0) | (low == 0)).all(axis=None)
    missing = quiet.copy()
    missing.iloc[5, 0] = np.nan
    assert np.isnan(residual_score(missing, quiet).iloc[5, 0])


def test_a_few_odd_readings_in_the_quiet_part_do_little_harm(quiet):
    spoiled = quiet.copy()
    spoiled.iloc[:40] = 1e6
    score, other = residual_score(quiet, quiet), residual_score(quiet, spoiled)
    assert abs(score - other).max(axis=None) < 0.2


@pytest.mark.parametrize("call", [residual_score, cusum])
def test_scores_refuse_what_does_not_fit(call, quiet):
    with pytest.raises(InputError, match="side: expected one of both, high, low, got 'up'"):
        call(quiet, quiet, side="up")
    with pytest.raises(InputError, match="quiet: expected the nodes of residuals"):
        call(quiet, quiet[["a"]])
    with pytest.raises(InputError, match="quiet: node 'b' does not vary"):
        call(quiet, quiet.assign(b=1.0))
    with pytest.raises(InputError, match="residuals: expected a DataFrame"):
        call(quiet.to_numpy(), quiet)


def test_cusum_follows_pages_recursion(quiet):
    residuals = table(300, seed=1)
    off = residual_score(residuals, quiet, "high") - residual_score(residuals, quiet, "low")
    sums = cusum(residuals, quiet, drift=0.3, side="low")
    expected = 0.0
    for row in range(300):
        expected = max(0.0, expected - off["b"].iloc[row] - 0.3)
        assert sums["b"].iloc[row] == pytest.approx(expected, abs=1e-9)
    both = cusum(residuals, quiet, drift=0.3)
    high = cusum(residuals, quiet, drift=0.3, side="high")
    np.testing.assert_allclose(both, np.maximum(high, sums))


def test_cusum_sees_small_lasting_shifts_that_single_residuals_mostly_miss(quiet):
    later = table(6000, seed=2, start="2026-02-01")
    shifts = pd.concat([event(later.index, "a", row, row + 59) for row in range(500, 5600, 500)])
    for shift in shifts.itertuples():
        later.loc[shift.start : shift.end, "a"] += 3.0  # one deviation
    found = {}
    for call in (residual_score, cusum):
        threshold = choose_threshold(call(quiet, quiet), 0.5)
        alarms = raise_alarms(call(later, quiet), threshold)
        found[call] = score_alarms(alarms, shifts, later.index).found_share
    assert found[cusum] > 0.8
    assert found[residual_score] < found[cusum] - 0.3


def test_cusum_keeps_its_sum_through_missing_readings_and_below_its_limit(quiet):
    residuals = table(40, seed=3) + 9
    residuals.iloc[10:20, 0] = np.nan
    sums = cusum(residuals, quiet, side="high")
    assert (sums["a"].iloc[9:20] == sums["a"].iloc[9]).all()
    limited = cusum(residuals, quiet, side="high", limit=5)
    assert limited.max(axis=None) == 5
    pd.testing.assert_frame_equal(limited[:1], sums[:1].clip(upper=5))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"drift": -1}, "drift: expected"), ({"limit": 0}, "limit: expected a number above 0")],
)
def test_cusum_refuses(wrong, message, quiet):
    with pytest.raises(InputError, match=message):
        cusum(quiet, quiet, **wrong)


# Threshold and alarms


@pytest.mark.parametrize("hold", ["5min", "1h"])
@pytest.mark.parametrize("rate", [0, 0.5, 5])
def test_the_threshold_keeps_the_rate_and_a_lower_one_does_not(quiet, hold, rate):
    score = residual_score(quiet, quiet)
    score.iloc[100:110, 1] = np.nan
    threshold = choose_threshold(score, rate, hold)
    days = len(score) * 5 / 1440
    for higher in (0, 0.1, 0.5):
        assert len(raise_alarms(score, threshold + higher, hold)) <= rate * days
    below = np.sort(score.to_numpy()[score.to_numpy() < threshold])[-1]
    assert len(raise_alarms(score, below, hold)) > rate * days


def test_alarms_are_the_runs_above_the_threshold():
    times = pd.date_range("2026-01-05", periods=6, freq="5min")
    scores = pd.DataFrame({"a": [5, 0, 5, 5, np.nan, 5], "b": [0, 0, 0, 0, 0, 2]}, times)
    alarms = raise_alarms(scores, 2, hold="5min")
    assert alarms["node"].tolist() == ["a", "a", "a"]  # 2 is not above 2
    assert alarms["start"].tolist() == [times[0], times[2], times[5]]
    assert alarms["end"].tolist() == [times[0], times[3], times[5]]
    merged = raise_alarms(scores, 2, hold="10min")
    assert len(merged) == 1
    assert raise_alarms(scores, 9).empty


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: choose_threshold(s, -1), "false_alarms_a_day: expected"),
        (lambda s: choose_threshold(s * np.nan, 1), "quiet: expected scores"),
        (lambda s: choose_threshold(s, 1, hold="0min"), "hold: expected a duration"),
        (lambda s: choose_threshold(s.to_numpy(), 1), "scores: expected a DataFrame"),
        (lambda s: raise_alarms(s, "high"), "threshold: expected a number"),
        (lambda s: raise_alarms(s.reset_index(drop=True), 1), "times as its index"),
        (lambda s: raise_alarms(s.iloc[:1], 1), "at least two times"),
    ],
)
def test_threshold_and_alarms_refuse(call, message, quiet):
    with pytest.raises(InputError, match=message):
        call(quiet)


# Alarms against events


@pytest.fixture(scope="module")
def index():
    return pd.date_range("2026-01-05", periods=288, freq="10min")  # two days


def alarms_at(index, *pairs):
    return pd.DataFrame({"node": [n for n, _ in pairs], "start": [index[row] for _, row in pairs]})


def event(index, node, start, end, kind="incident"):
    return pd.DataFrame({"node": [node], "start": index[start], "end": index[end], "kind": [kind]})


def test_found_late_early_and_false(index):
    events = pd.concat(
        [event(index, "a", 10, 20), event(index, "b", 100, 120), event(index, "a", 200, 220)]
    )
    alarms = alarms_at(index, ("a", 13), ("a", 15), ("b", 97), ("c", 205), ("a", 221))
    score = score_alarms(alarms, events, index)
    assert score.events["found"].tolist() == [True, False, False]
    assert score.events["delay_minutes"].iloc[0] == 30
    assert (score.false_alarms, score.days, score.false_alarms_a_day) == (3, 2.0, 1.5)
    assert score.found_share == pytest.approx(1 / 3)
    wide = score_alarms(alarms, events, index, before="30min", after="10min")
    assert wide.events["delay_minutes"].tolist() == [30, -30, 210]
    assert wide.false_alarms == 1
    assert wide.median_delay_minutes == 30


def test_an_event_of_all_nodes_is_found_at_any(index):
    score = score_alarms(alarms_at(index, ("c", 12)), event(index, None, 10, 20), index)
    assert score.found_share == 1
    assert score.false_alarms == 0


def test_neighbours_count_when_the_graph_is_given_whichever_way_the_edge_points(index):
    adjacency = pd.DataFrame(0.0, NODES, NODES)
    adjacency.loc["b", "a"] = 1
    alarms = alarms_at(index, ("b", 12), ("c", 13))
    assert score_alarms(alarms, event(index, "a", 10, 20), index).false_alarms == 2
    near = score_alarms(alarms, event(index, "a", 10, 20), index, adjacency=adjacency)
    assert (near.found_share, near.false_alarms) == (1, 1)
    back = score_alarms(alarms, event(index, "a", 10, 20), index, adjacency=adjacency.T)
    assert back.found_share == 1
    with pytest.raises(InputError, match="adjacency: node 'z' of an event is unknown"):
        score_alarms(alarms, event(index, "z", 10, 20), index, adjacency=adjacency)


def test_only_the_watched_time_counts(index):
    events = pd.concat([event(index, "a", 10, 20), event(index, "a", 95, 130)])
    alarms = alarms_at(index, ("a", 12), ("a", 102), ("b", 280))
    score = score_alarms(alarms, events, index[100:244])
    assert len(score.events) == 1
    assert score.events["delay_minutes"].tolist() == [20]  # from the first watched time
    assert (score.false_alarms, score.days) == (0, 1.0)


def test_no_alarms_and_no_events(index):
    none = raise_alarms(pd.DataFrame({"a": [0.0, 0.0]}, index[:2]), 1)
    missed = score_alarms(none, event(index, "a", 10, 20), index)
    assert missed.found_share == 0
    assert np.isnan(missed.median_delay_minutes)
    calm = score_alarms(alarms_at(index, ("a", 3)), event(index, "a", 1, 2).iloc[:0], index)
    assert np.isnan(calm.found_share)
    assert calm.false_alarms == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alarms": pd.DataFrame({"node": []})}, "alarms: expected a DataFrame with the columns"),
        ({"events": pd.DataFrame({"node": []})}, "events: expected a DataFrame with the columns"),
        ({"index": pd.RangeIndex(9)}, "index: expected a DatetimeIndex"),
        ({"before": "-5min"}, "before: expected a duration"),
        ({"after": "soon"}, "after: expected a duration"),
    ],
)
def test_scoring_refuses(change, message, index):
    given = {"alarms": alarms_at(index, ("a", 1)), "events": event(index, "a", 0, 2)}
    with pytest.raises(InputError, match=message):
        score_alarms(**({**given, "index": index} | change))


# Broken sensors


@pytest.fixture(scope="module")
def field():
    return sensors(seed=1, days=8, count=20, faults=2)


@pytest.fixture(scope="module")
def scored(field):
    half = len(field.values) // 2
    return fault_score(field.values, field.adjacency, field.values.iloc[:half])


def test_a_broken_sensor_stands_out_at_the_end_of_its_fault(field, scored):
    healthy = scored.iloc[: len(scored) // 2]
    assert healthy.max(axis=None) < 3
    assert 0.7 < healthy.mean(axis=None) < 1
    broken = [scored.loc[fault.end, fault.node] for fault in field.events.itertuples()]
    assert min(broken) > 2 * healthy.mean(axis=None)
    assert scored.to_numpy().max() <= 10


def test_one_broken_sensor_does_not_make_its_neighbours_look_broken(field):
    half = len(field.values) // 2
    healthy = field.extra["healthy"]
    spoiled = healthy.copy()
    spoiled.iloc[half:, 7] += 50
    scores = [
        fault_score(part, field.adjacency, healthy.iloc[:half]) for part in (healthy, spoiled)
    ]
    name = healthy.columns[7]
    assert scores[1][name].iloc[-1] > 9
    others = [score.drop(columns=name).iloc[half:] for score in scores]
    assert abs(others[1] - others[0]).max(axis=None) < 3  # by the mean, it would be near 9


def test_scores_do_not_look_ahead(field, scored):
    half = len(field.values) // 2
    cut = fault_score(field.values.iloc[:800], field.adjacency, field.values.iloc[:half])
    pd.testing.assert_frame_equal(cut, scored.iloc[:800])


def test_no_reading_around_means_no_score(field):
    half = len(field.values) // 2
    silent = field.extra["healthy"].copy()
    silent.iloc[-5:] = np.nan
    score = fault_score(silent, field.adjacency, silent.iloc[:half])
    assert score.iloc[-5:].isna().all(axis=None)
    assert score.iloc[:-5].notna().all(axis=None)


def test_fault_score_refuses(field):
    values, adjacency = field.values, field.adjacency
    with pytest.raises(InputError, match="adjacency: expected a DataFrame"):
        fault_score(values, adjacency.iloc[:3], values)
    lonely = adjacency.copy()
    lonely.loc["s03"] = 0
    with pytest.raises(InputError, match="adjacency: node 's03' has no neighbour"):
        fault_score(values, lonely, values)
    with pytest.raises(InputError, match="quiet: expected the nodes of values"):
        fault_score(values, adjacency, values[["s01"]])
    with pytest.raises(InputError, match="memory: expected a duration"):
        fault_score(values, adjacency, values, memory="0h")
