"""Calibrated quantiles keep their share in every group, and agree with crepes where both apply."""

import json

import crepes
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stlearn.calibration import quantiles as calibrating
from stlearn.calibration.quantiles import (
    Calibration,
    calibrated,
    calibration_of,
    checked_quantiles,
    fit_calibration,
    usual_range,
)
from stlearn.calibration.states import fit_state_rule
from stlearn.errors import InputError

QUANTILES = (0.05, 0.5, 0.95)
ORIGINS, HORIZON, NODES = 900, 2, 6
SIZE = np.array([1.0, 2.0, 5.0, 1.0, 3.0, 10.0])


def world(seed, origins=ORIGINS):
    """Forecasts, truth and groups; errors of the second group are four times as large."""
    random = np.random.default_rng(seed)
    groups = (random.random((origins, NODES)) < 0.2).astype(int)
    forecast = random.uniform(20, 60, size=(origins, HORIZON, NODES))
    errors = random.standard_t(4, size=forecast.shape) * SIZE * (1 + 3 * groups[:, None])
    return forecast, forecast + errors, groups


def covered(found, truth, chosen):
    low, high = found[..., 0], found[..., -1]
    return np.mean(((low <= truth) & (truth <= high))[chosen])


def test_each_group_is_covered_where_a_single_width_fails():
    forecast, truth, groups = world(0)
    later, future, its_groups = world(1)
    found = calibrated(fit_calibration(QUANTILES, forecast, truth, groups, SIZE), later, its_groups)
    together = np.zeros_like(groups)
    single = calibrated(
        fit_calibration(QUANTILES, forecast, truth, together, SIZE), later, np.zeros_like(groups)
    )
    wild = np.broadcast_to((its_groups == 1)[:, None], future.shape)
    assert abs(covered(found, future, wild) - 0.9) < 0.03
    assert abs(covered(found, future, ~wild) - 0.9) < 0.03
    assert covered(single, future, wild) < 0.75


def test_the_middle_stays_and_quantiles_never_cross():
    forecast, truth, groups = world(2)
    quantiles = (0.05, 0.25, 0.5, 0.75, 0.95)
    spread = np.array([-9.0, -8.0, 0.0, 8.0, 9.0]) * SIZE[:, None]  # far too wide in the middle
    found = fit_calibration(quantiles, forecast[..., None] + spread, truth, groups, SIZE)
    moved = calibrated(found, forecast[..., None] + spread, groups)
    np.testing.assert_array_equal(moved[..., 2], forecast)
    assert (np.diff(moved, axis=-1) >= 0).all()
    below = (truth[..., None] < moved).mean(axis=(0, 1, 2))
    np.testing.assert_allclose(below, quantiles, atol=0.02)


def test_no_interval_shrinks_to_nothing():
    said = np.array([[[[95.0, 98.0, 101.0]]]])
    inward = np.full((1, 1, 3, 3), [0.1, 0.0, -0.1])
    rule = Calibration(QUANTILES, np.array([100.0]), np.zeros((1, 2)), inward)
    low, middle, high = calibrated(rule, said, np.array([[0]])).ravel()
    assert low == pytest.approx(98 - 0.1 * 3) and high == pytest.approx(98 + 0.1 * 3)
    assert middle == 98
    points = calibrated(rule, said[..., 1:2].repeat(3, axis=-1), np.array([[0]])).ravel()
    assert points.tolist() == [98, 98, 98]  # who says no width has none to keep a tenth of


def test_intervals_are_those_of_crepes_with_groups_and_sizes(monkeypatch):
    monkeypatch.setattr(calibrating, "LEVELS", 1)
    forecast, truth, groups = world(3)
    later, _, its_groups = world(4, origins=20)
    found = calibrated(fit_calibration(QUANTILES, forecast, truth, groups, SIZE), later, its_groups)
    sizes, its_sizes = np.broadcast_to(SIZE, groups.shape), np.broadcast_to(SIZE, its_groups.shape)
    for step in range(HORIZON):
        theirs = crepes.ConformalPredictiveSystem()
        residuals = (truth - forecast)[:, step].ravel()
        theirs.fit(residuals, sigmas=sizes.ravel(), bins=groups.ravel())
        ends = theirs.predict_int(
            later[:, step].ravel(), sigmas=its_sizes.ravel(), bins=its_groups.ravel(),
            confidence=0.9,
        )  # fmt: skip
        ours = found[:, step][..., [0, 2]].reshape(-1, 2)
        np.testing.assert_allclose(ours, ends, rtol=1e-9)


@given(seed=st.integers(0, 10**6), factor=st.floats(0.01, 100))
@settings(max_examples=10)
def test_units_do_not_matter(seed, factor):
    forecast, truth, groups = world(seed, origins=60)
    found = calibrated(fit_calibration(QUANTILES, forecast, truth, groups, SIZE), forecast, groups)
    scaled = fit_calibration(QUANTILES, factor * forecast, factor * truth, groups, factor * SIZE)
    again = calibrated(scaled, factor * forecast, groups)
    np.testing.assert_allclose(again, factor * found, rtol=1e-9)


def test_small_groups_take_the_moves_of_all():
    forecast, truth, groups = world(5, origins=100)
    groups[:] = 0
    groups[0, 0] = 1
    found = fit_calibration(QUANTILES, forecast, truth, groups, SIZE)
    everyone = fit_calibration(QUANTILES, forecast, truth, np.zeros_like(groups), SIZE)
    misses = (truth - forecast)[:, 0] / SIZE
    assert found.moves[0, 1].tolist() == [found.moves[0, 1, 0].tolist()] * calibrating.LEVELS
    assert everyone.moves[0, 0, 0, 0] != 0
    rank = int(np.floor((misses.size + 1) * 0.05))
    assert found.moves[0, 1, 0, 0] == np.sort(misses, axis=None)[rank - 1]


def test_what_is_not_known_counts_nowhere():
    forecast, truth, groups = world(6)
    spoiled = np.concatenate([forecast, forecast[:200] - 500])
    unknown = np.concatenate([truth, np.full_like(truth[:200], np.nan)])
    found = fit_calibration(QUANTILES, forecast, truth, groups, SIZE)
    again = fit_calibration(
        QUANTILES, spoiled, unknown, np.concatenate([groups, groups[:200]]), SIZE
    )
    np.testing.assert_array_equal(again.moves, found.moves)


def test_the_usual_range_leaves_out_the_rare():
    values = np.append(np.arange(101.0), 10_000)[:, None]
    assert 90 <= usual_range(values)[0] <= 92
    assert usual_range(np.ones((5, 1))).tolist() == [1.0]
    with pytest.raises(InputError, match="train_values: expected a table .* known value"):
        usual_range(np.full((5, 1), np.nan))


@pytest.mark.parametrize(
    "quantiles",
    [
        (0.5,),
        (0.1, 0.9),
        (0.9, 0.5, 0.1),
        (0.1, 0.1, 0.9),
        (0, 0.5, 1),
        (0.1, 0.5, np.nan),
        "abc",
        3,
    ],
)
def test_quantiles_that_are_none_are_told(quantiles):
    with pytest.raises(InputError, match="quantiles: expected an odd number of increasing"):
        checked_quantiles(quantiles)


def test_a_calibration_knows_its_states_and_the_least_that_may_be_said():
    forecast, truth, _ = world(3, origins=60)
    values = np.abs(truth[:, 0])
    rule = fit_state_rule(values, "km/h", "5min")
    states = np.zeros((60, NODES), dtype=int)
    found = calibration_of(forecast, truth, states, values, rule)
    assert (found.states, found.least) == (rule, 0)
    assert calibration_of(forecast, truth, states, values - 500, rule).least is None
    assert calibration_of(forecast[:3], truth[:3], states[:3], values, rule) is None
    with pytest.raises(InputError, match="truth: expected the shape"):
        calibration_of(forecast, truth[1:], states, values, rule)


def test_each_quantity_is_calibrated_for_itself():
    forecast, truth = (1000 + part for part in world(3)[:2])
    truth[..., 3:] += 10 * (truth[..., 3:] - forecast[..., 3:])  # the second misses by far more
    names = [f"{quantity}: {place}" for quantity in ("hot", "wet") for place in "abc"]
    values = pd.DataFrame(np.abs(truth[:, 0]), columns=names)
    values.iloc[:, 0] -= 5000
    rule = fit_state_rule(values, "", "5min", {"hot": "°C", "wet": "mm"})
    states = np.broadcast_to(4 * rule.quantity, (ORIGINS, NODES))
    found = calibration_of(forecast, truth, states, values, rule)
    assert found.least == [None] * 3 + [0.0] * 3
    again = calibrating.Calibration.from_dict(json.loads(json.dumps(found.to_dict())))
    said = calibrated(again, forecast, states)
    inside = (said[..., 0] <= truth) & (truth <= said[..., -1])
    for part in (slice(0, 3), slice(3, 6)):
        assert inside[..., part].mean() == pytest.approx(0.9, abs=0.01)
    low = calibrated(again, forecast - 2000, states)[..., 0]
    assert (low[..., :3] < forecast[..., :3] - 2000).all()
    assert (low[..., 3:] == forecast[..., 3:] - 2000).all()  # no lower than the middle


def test_bad_input_is_told():
    forecast, truth, groups = world(7, origins=60)
    fitted = fit_calibration(QUANTILES, forecast, truth, groups, SIZE)
    with pytest.raises(InputError, match="truth: expected the shape"):
        fit_calibration(QUANTILES, forecast, truth[1:], groups, SIZE)
    with pytest.raises(InputError, match="truth: expected at least 19 known .* got 18 at step 1"):
        fit_calibration(QUANTILES, forecast[:3], truth[:3], groups[:3], SIZE)
    with pytest.raises(InputError, match=r"forecast: expected a shape \(origin, horizon, node\)"):
        calibrated(fitted, np.stack([forecast] * 2, axis=-1), groups)
    with pytest.raises(InputError, match="groups: expected whole numbers of shape"):
        calibrated(fitted, forecast, groups * 1.0)
    with pytest.raises(InputError, match="groups: expected numbers from 0, got -1"):
        calibrated(fitted, forecast, groups - 1)
    with pytest.raises(InputError, match="expected 2 steps and groups below 2"):
        calibrated(fitted, forecast, groups + 1)
    with pytest.raises(InputError, match="size: expected 6 numbers above 0"):
        fit_calibration(QUANTILES, forecast, truth, groups, 0 * SIZE)
