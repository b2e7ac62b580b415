"""How sure a difference of two mean errors is: an interval by drawing blocks of origins again.

Explained in 5.4.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri, stdtrit

from stlearn.checks import check_count
from stlearn.errors import InputError


class Difference(NamedTuple):
    """Difference of two mean errors, a minus b, with its interval; below zero, a is better.

    The relative figures are shares of the mean error of b.
    """

    difference: float
    low: float
    high: float
    relative: float
    relative_low: float
    relative_high: float


def block_bootstrap(errors_a, errors_b, block, repeats=2000, seed=0, level=0.95):
    """Interval for the difference of two mean errors by the moving-block bootstrap.

    Errors of neighbouring origins resemble each other, so single origins must not be drawn as if
    they were independent. Whole blocks of consecutive origins are drawn instead, from both
    forecasts at the same place, until the series has its length again. Quantiles of such draws
    are too narrow when there are few blocks (on simulated errors 14 blocks cover 90 % instead
    of 95 %, 5 blocks 80 %), so they are centred on the estimate and widened by Student's t.

    Args:
        errors_a, errors_b: Arrays (origin, ...) of absolute (or squared) errors of two forecasts
            of the same targets; NaN where the truth is not known.
        block: Consecutive origins in a block, longer than errors stay alike.
        repeats: Number of series drawn.
        seed: Seed of the draws.
        level: Probability that the interval is meant to cover.

    Returns:
        Difference. Every mean is a sum over known errors divided by their number, so origins
        with many missing values weigh less.

    Raises:
        InputError: If the two do not know the same targets, nothing is known, or there are
            fewer origins than four blocks: too few to tell anything from.

    Example:
        >>> noise = np.random.default_rng(0).normal(size=(400, 5))
        >>> result = block_bootstrap(2 + noise, 3 + noise, block=20)
        >>> round(result.difference, 6), result.high < 0
        (-1.0, True)

    Reference:
        Künsch (1989), The jackknife and the bootstrap for general stationary observations.
    """
    errors_a, errors_b = (np.asarray(errors, dtype="float64") for errors in (errors_a, errors_b))
    if errors_a.shape != errors_b.shape or errors_a.ndim < 1:
        raise InputError(
            f"errors_a, errors_b: expected one shape (origin, ...), "
            f"got {errors_a.shape} and {errors_b.shape}"
        )
    known = ~np.isnan(errors_a)
    if not known.any() or (known == np.isnan(errors_b)).any():
        raise InputError(
            "errors_a, errors_b: expected the same targets to be known in both, and at least one"
        )
    check_count("block", block)
    check_count("repeats", repeats)
    if not 0 < level < 1:
        raise InputError(f"level: expected a probability between 0 and 1, got {level}")
    origins = len(known)
    if origins < 4 * block:
        raise InputError(
            f"block: expected at least 4 blocks in {origins} origins, got blocks of {block}"
        )
    parts = [np.where(known, part, 0) for part in (errors_a, errors_b, 1)]
    sums = np.stack([part.reshape(origins, -1).sum(axis=1) for part in parts], axis=1)
    # With running sums, the sum of a block is one subtraction. The last block is cut to fit.
    running = np.concatenate([np.zeros((1, 3)), sums.cumsum(axis=0)])
    lengths = np.full(-(-origins // block), block)
    lengths[-1] -= lengths.sum() - origins
    random = np.random.default_rng(seed)
    drawn = np.empty((repeats, 3))
    for repeat in range(repeats):
        starts = random.integers(0, origins - block + 1, size=len(lengths))
        drawn[repeat] = (running[starts + lengths] - running[starts]).sum(axis=0)
    estimate, drawn = _differences(sums.sum(axis=0)), _differences(drawn)
    tails = (1 - level) / 2, (1 + level) / 2
    # A drawn series without one known target is NaN and left out.
    spread = np.nanquantile(drawn, tails, axis=1) - np.nanmean(drawn, axis=1)
    low, high = estimate + spread * _widening(origins / block, level)
    low[1] = max(low[1], -1.0)  # no error is below zero, so none is less by more than all of it
    return Difference(
        float(estimate[0]), float(low[0]), float(high[0]),
        float(estimate[1]), float(low[1]), float(high[1]),
    )  # fmt: skip


def _widening(blocks, level):
    """What few blocks miss: they vary about their own mean, and Student's t has longer tails."""
    tail = (1 + level) / 2
    return stdtrit(blocks - 1, tail) / ndtri(tail) * np.sqrt(blocks / (blocks - 1))


def _differences(sums):
    """Absolute and relative difference from the sums (..., 3) of errors a, errors b and counts."""
    errors_a, errors_b, count = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack([(errors_a - errors_b) / count, (errors_a - errors_b) / errors_b])
