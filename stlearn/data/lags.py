"""Which of two series follows the other, and after how long. Explained in 1.8."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.checks import check_count
from stlearn.errors import InputError


class Lag(NamedTuple):
    """The lag, in steps, at which two series go together best, and how well (correlation)."""

    steps: int
    correlation: float


def best_lag(follower, leader, longest=12):
    """Find the lag at which the changes of one series repeat those of another best.

    Changes are compared, not levels: two roads that are slow every morning have like levels,
    whether or not one has anything to do with the other.

    Args:
        follower, leader: Series (time,) on the same regular times. Steps with a missing value are
            left out. So are lags with less than half as many pairs as another: few pairs agree
            by chance.
        longest: Largest lag that is tried, to either side, in steps.

    Returns:
        Lag. Its steps are negative where the leader follows the follower.

    Raises:
        InputError: If the times differ, or there is no lag at which both change.

    Example:
        >>> import numpy as np, pandas as pd
        >>> from stlearn.data.lags import best_lag
        >>> leader = pd.Series(np.random.default_rng(0).normal(size=100))
        >>> best_lag(leader.shift(3), leader).steps
        3
    """
    check_count("longest", longest)
    if not follower.index.equals(leader.index):
        raise InputError("follower, leader: expected two series on the same times")
    if len(follower) <= longest + 2:
        raise InputError(f"longest: expected fewer than {len(follower) - 2} steps, got {longest}")
    follower, leader = follower.diff(), leader.diff()
    shifted = {lag: leader.shift(lag) for lag in range(-longest, longest + 1)}
    pairs = pd.Series(
        {lag: (follower.notna() & other.notna()).sum() for lag, other in shifted.items()}
    )
    enough = pairs.index[(pairs >= 3) & (pairs * 2 >= pairs.max())]
    with np.errstate(invalid="ignore", divide="ignore"):  # a series that never changes
        agreement = pd.Series({lag: follower.corr(shifted[lag]) for lag in enough}, dtype=float)
    if agreement.isna().all():
        raise InputError("follower, leader: there is no lag at which both are known and change")
    return Lag(int(agreement.idxmax()), float(agreement.max()))


def wave_speed(kilometres, minutes):
    """Speed of a wave from how long it takes to each of several distances.

    The line through the origin that fits best, by least squares. Detectors report every few
    minutes, so the time to one place is coarse; several places together tell more.

    Args:
        kilometres: Distances along the way of the wave, shape (place,).
        minutes: Time the wave takes to each, shape (place,).

    Returns:
        Speed in km/h, with the sign of the minutes.

    Raises:
        InputError: If shapes differ, or no time passes.

    Example:
        >>> wave_speed([1, 2, 4], [3, 6, 12])
        20.0
    """
    kilometres, minutes = np.asarray(kilometres, float), np.asarray(minutes, float)
    if kilometres.shape != minutes.shape or kilometres.ndim != 1 or not kilometres.size:
        raise InputError(
            f"kilometres, minutes: expected one shape (place,), got {kilometres.shape} "
            f"and {minutes.shape}"
        )
    # Minutes as a function of kilometres: the minutes are what is measured with an error.
    minutes_a_kilometre = (kilometres @ minutes) / (kilometres @ kilometres)
    if not np.isfinite(minutes_a_kilometre) or minutes_a_kilometre == 0:
        raise InputError("minutes: expected times that grow with the distance")
    return float(60 / minutes_a_kilometre)
