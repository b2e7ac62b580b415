"""Conformal and adaptive intervals keep their promise where they can, and look at no future."""

import numpy as np
import pytest

from stlearn.errors import InputError
from stlearn.evaluation.intervals import (
    adaptive_interval,
    conformal_half_width,
    conformal_interval,
    interval_table,
    weighted_interval_score,
)
from stlearn.evaluation.metrics import interval_score, mae


def test_the_half_width_is_the_kth_smallest_size():
    residuals = np.array([[4.0, np.nan], [-1.0, 2.0], [3.0, -5.0], [-2.0, 1.0]])
    # Four known: k = ceil(5 * 0.6) = 3. Three known: k = ceil(4 * 0.6) = 3.
    assert conformal_half_width(residuals, 0.6).tolist() == [3, 5]


def test_too_few_residuals_promise_nothing():
    assert conformal_half_width(np.ones((9, 1)), 0.9) == 1
    assert conformal_half_width(np.ones((8, 1)), 0.9) == np.inf


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_exchangeable_errors_are_covered(share):
    random = np.random.default_rng(0)
    errors = random.standard_t(3, size=(600, 1, 40))
    forecast = random.normal(size=(400, 1, 40))
    truth = forecast + random.standard_t(3, size=forecast.shape)
    low, high = conformal_interval(errors, forecast, share)
    assert abs(np.mean((low <= truth) & (truth <= high)) - share) < 0.02


def test_the_interval_is_centred_on_the_forecast():
    residuals = np.random.default_rng(0).normal(size=(50, 3, 2))
    forecast = np.arange(24.0).reshape(4, 3, 2)
    low, high = conformal_interval(residuals, forecast, 0.9)
    np.testing.assert_allclose((low + high) / 2, forecast)


def drifting(growth=3):
    """Errors that have grown since the residuals were taken."""
    random = np.random.default_rng(0)
    residuals = random.normal(size=(500, 3, 10))
    truth = growth * random.normal(size=(800, 3, 10))
    return residuals, np.zeros_like(truth), truth


def covered(ends, truth):
    return np.mean((ends[0] <= truth) & (truth <= ends[1]))


def test_the_adaptive_kind_follows_a_drift_that_the_fixed_one_does_not():
    residuals, forecast, truth = drifting()
    late = slice(400, None)
    fixed = conformal_interval(residuals, forecast, 0.7)
    adaptive = adaptive_interval(residuals, forecast, truth, 0.7)
    fixed, adaptive = (
        covered([end[late] for end in ends], truth[late]) for ends in (fixed, adaptive)
    )
    assert fixed < 0.4
    assert adaptive > 0.6


def test_a_rate_of_zero_is_the_fixed_kind():
    residuals, forecast, truth = drifting()
    fixed = conformal_interval(residuals, forecast, 0.7)
    np.testing.assert_array_equal(adaptive_interval(residuals, forecast, truth, 0.7, rate=0), fixed)


@pytest.mark.parametrize("step", [0, 2])
def test_what_is_not_known_yet_changes_nothing(step):
    residuals, forecast, truth = drifting(growth=1)
    later = truth.copy()
    later[100:, step] = 99.0  # step h of origin 100 is known at origin 100 + h + 1
    before, after = (
        adaptive_interval(residuals, forecast, part, 0.7)[1] for part in (truth, later)
    )
    first = 100 + step + 1
    np.testing.assert_array_equal(before[:first], after[:first])
    assert (before[first, step] != after[first, step]).any()


def test_missing_truth_moves_nothing():
    residuals, forecast, truth = drifting()
    low, high = adaptive_interval(residuals, forecast, np.full_like(truth, np.nan), 0.7)
    assert (high == high[0]).all()
    assert np.isfinite(low).all()


def test_the_table_counts_known_targets_only():
    truth = np.array([[[50.0], [np.nan]], [[50.0], [70.0]]])
    width = np.array([[[2.0], [100.0]], [[4.0], [6.0]]])
    table = interval_table(truth, 50 - width / 2, 50 + width / 2, "5min")
    assert table["coverage"].tolist() == [1, 0]
    assert table["width"].tolist() == [3, 6]
    assert table.index.total_seconds().tolist() == [300, 600]


def test_the_weighted_interval_score_weighs_intervals_and_the_middle():
    """As its authors write it: half the error of the middle, and each interval by its alpha / 2."""
    random = np.random.default_rng(0)
    truth, quantiles = random.normal(size=(40, 3)), (0.025, 0.25, 0.5, 0.75, 0.975)
    forecast = np.sort(random.normal(size=(40, 3, 5)), axis=-1)
    truth[3, 1] = np.nan
    of_intervals = [
        alpha / 2 * interval_score(truth, forecast[..., low], forecast[..., 4 - low], 1 - alpha)
        for low, alpha in ((0, 0.05), (1, 0.5))
    ]
    told = (mae(truth, forecast[..., 2]) / 2 + sum(of_intervals)) / 2.5
    assert weighted_interval_score(truth, forecast, quantiles) == pytest.approx(told)
    point = weighted_interval_score(truth, forecast[..., 2:3], (0.5,))
    assert point == pytest.approx(mae(truth, forecast[..., 2]))
    with pytest.raises(InputError, match="last axis of 3 quantiles"):
        weighted_interval_score(truth, forecast, (0.05, 0.5, 0.95))


def test_bad_input_is_told():
    good = np.ones((20, 2, 3))
    with pytest.raises(InputError, match="share: .*1.5"):
        conformal_half_width(good, 1.5)
    with pytest.raises(InputError, match="residuals: .*known residual"):
        conformal_half_width(np.full((3, 2), np.nan))
    with pytest.raises(InputError, match=r"forecast: .*\(2, 3\)"):
        conformal_interval(good, np.ones((5, 3, 2)))
    with pytest.raises(InputError, match="forecast, truth"):
        adaptive_interval(good, good, good[:5])
    with pytest.raises(InputError, match="rate: .*-1"):
        adaptive_interval(good, good, good, rate=-1)
    with pytest.raises(InputError, match="truth, low, high"):
        interval_table(good, good, good[:2], "5min")
