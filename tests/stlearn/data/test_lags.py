"""Lags and the speed of a wave: planted ones are found."""

import numpy as np
import pandas as pd
import pytest

from stlearn.data.lags import best_lag, wave_speed
from stlearn.errors import InputError

NOISE = pd.Series(np.random.default_rng(0).normal(size=200))


@pytest.mark.parametrize("lag", [-5, 0, 3])
def test_a_planted_lag_is_found(lag):
    trend = pd.Series(np.linspace(0, 300, 200))  # levels agree at any lag
    found = best_lag(NOISE.shift(lag) + trend, NOISE + trend)
    assert found.steps == lag
    assert found.correlation == pytest.approx(1)


def test_gaps_are_left_out():
    follower, leader = NOISE.shift(4), NOISE.copy()
    leader[::7] = np.nan
    assert best_lag(follower, leader).steps == 4


def test_few_pairs_do_not_decide():
    """At a lag of 9 only four pairs are left, and they agree perfectly."""
    leader = pd.Series(np.nan, range(60))
    follower = leader.copy()
    leader[0:30] = np.random.default_rng(1).normal(size=30)
    follower[2:32] = leader[0:30].to_numpy() + np.random.default_rng(2).normal(size=30) / 2
    follower[55:60] = [1, 5, 2, 9, 3]
    leader[46:51] = [1, 5, 2, 9, 3]
    assert best_lag(follower, leader, longest=10).steps == 2


@pytest.mark.parametrize(
    ("follower", "leader", "longest", "named"),
    [
        (NOISE, NOISE[1:], 12, "same times"),
        (NOISE, NOISE * 0, 12, "change"),
        (NOISE[:5], NOISE[:5], 12, "longest"),
        (NOISE, NOISE, 0, "longest"),
    ],
)
def test_bad_series_are_refused(follower, leader, longest, named):
    with pytest.raises(InputError, match=named):
        best_lag(follower, leader, longest)


def test_wave_speed_keeps_the_sign_and_bears_coarse_times():
    kilometres = np.arange(1, 8)
    minutes = np.round(kilometres * 60 / 17 / 5) * 5
    assert wave_speed(kilometres, minutes) == pytest.approx(17, abs=1)
    assert wave_speed(kilometres, -minutes) == -wave_speed(kilometres, minutes)


@pytest.mark.parametrize(("kilometres", "minutes"), [([1, 2], [1]), ([1, 2], [0, 0]), ([], [])])
def test_wave_speed_refuses_what_has_no_speed(kilometres, minutes):
    with pytest.raises(InputError, match="minutes"):
        wave_speed(kilometres, minutes)
