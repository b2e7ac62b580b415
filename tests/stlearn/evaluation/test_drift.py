"""Drift is told where it is, and seldom where there is none."""

import numpy as np
import pandas as pd
import pytest

from stlearn import InputError
from stlearn.evaluation.drift import find_drift


def sizes(rng, start, days, step="3h"):
    """Errors with a morning peak, that resemble each other, on days that differ."""
    times = pd.date_range(start, periods=days * 8, freq=step)
    peak = 1 + (times.hour == 6)
    noise = np.zeros(len(times))
    for row in range(1, len(times)):
        noise[row] = 0.6 * noise[row - 1] + rng.normal(0, 0.25)
    day = np.repeat(rng.normal(0, 0.2, days), 8)
    return pd.Series(peak * np.exp(noise + day), times)


def test_false_alarms_are_few_and_a_doubling_is_told_soon():
    rng = np.random.default_rng(0)
    alarms = found = 0
    delays = []
    for repeat in range(100):
        tested, watched = sizes(rng, "2026-01-05", 14), sizes(rng, "2026-02-02", 14)
        alarms += find_drift(watched, tested, "12h", seed=repeat).told is not None
        began = pd.Timestamp("2026-02-09")
        drifted = watched.where(watched.index < began, 2 * watched)
        drift = find_drift(drifted, tested, "12h", seed=repeat)
        if drift.told is not None and drift.told >= began:
            found += 1
            delays.append((drift.told - began) / pd.Timedelta("1D"))
    assert alarms <= 11  # 5 % are meant: 5, give or take 2
    assert found >= 88 and np.median(delays) < 4


def test_the_same_times_of_the_day_are_compared():
    rng = np.random.default_rng(0)
    tested, watched = sizes(rng, "2026-01-05", 21), sizes(rng, "2026-02-02", 21)
    mornings = watched[watched.index.hour == 6]  # twice as large as the rest, as every morning
    assert find_drift(mornings, tested, "12h").told is None
    assert find_drift(mornings.shift(freq="15h"), tested, "12h").told is not None


def test_steps_longer_than_a_day():
    rng = np.random.default_rng(1)
    months = pd.date_range("2000-01-01", periods=120, freq="MS")
    series = pd.Series(rng.gamma(4, 0.25, 120), months)
    series.iloc[100:] *= 4
    found = find_drift(series.iloc[80:], series.iloc[:80], pd.Timedelta("60D"))
    assert months[100] <= found.told <= months[106] and found.since <= found.told


def test_too_little_is_told():
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="tested: expected at least 5 pieces of 1 days .* got 2"):
        find_drift(sizes(rng, "2026-02-02", 2), sizes(rng, "2026-01-05", 2), "12h")
    with pytest.raises(InputError, match="watched: expected at least one"):
        find_drift(pd.Series(dtype=float), sizes(rng, "2026-01-05", 9), "12h")
