"""Errors of forecasts: masked where the truth is missing, at one step or pooled over steps.
Explained in 5.1 and 5.2.

Truth and forecast have one shape, mostly (origin, horizon, node). NaN in the truth means that
the value is not known: such a target counts nowhere, and zero counts like any other value.
A forecast must be given wherever the truth is known, so no model can hide its hard cases.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.checks import check_count, to_duration
from stlearn.errors import InputError
from stlearn.evaluation.bootstrap import block_bootstrap  # noqa: F401  the chapters take it from here


def mae(truth, forecast):
    """Mean absolute error over the known targets.

    Args:
        truth: Array of any shape, in the data's unit; NaN is left out.
        forecast: Array of the same shape.

    Returns:
        The error in the data's unit; NaN when no target is known.

    Raises:
        InputError: If the shapes differ, or a forecast is missing where the truth is known.

    Example:
        >>> mae([50, 60, np.nan], [52, 60, 99])
        1.0
    """
    truth, forecast = _known_targets(truth, forecast)
    return _mean(np.abs(forecast - truth))


def rmse(truth, forecast):
    """Root of the mean squared error over the known targets; large errors weigh more.

    Args:
        truth: Array of any shape, in the data's unit; NaN is left out.
        forecast: Array of the same shape.

    Returns:
        The error in the data's unit; NaN when no target is known.

    Raises:
        InputError: If the shapes differ, or a forecast is missing where the truth is known.

    Example:
        >>> rmse([50, 60], [53, 56])
        3.5355339059327378
    """
    truth, forecast = _known_targets(truth, forecast)
    return float(np.sqrt(_mean((forecast - truth) ** 2)))


class Mape(NamedTuple):
    """Mean absolute percentage error as a share (0.05 is 5 %), and the targets left out."""

    share: float
    excluded: int


def mape(truth, forecast, floor=None):
    """Mean absolute percentage error, without the targets near zero, which are counted.

    Args:
        truth: Array of any shape; NaN is left out.
        forecast: Array of the same shape.
        floor: Targets below this size are excluded, since an error divided by almost zero
            says nothing. In the data's unit; a hundredth of the mean size when not given.

    Returns:
        Mape: the mean error as a share of the truth, and how many known targets were excluded.

    Raises:
        InputError: If the shapes differ, a forecast is missing, or the floor is not above zero.

    Example:
        >>> mape([50, 100, 0.1], [55, 100, 5])
        Mape(share=0.05, excluded=1)
    """
    truth, forecast = _known_targets(truth, forecast)
    floor = _usual_floor(truth) if floor is None else floor
    if floor <= 0:
        raise InputError(f"floor: expected a number above zero, got {floor}")
    kept = np.abs(truth) >= floor
    share = _mean(np.abs(forecast[kept] - truth[kept]) / np.abs(truth[kept]))
    return Mape(share, int((~kept).sum()))


def wape(truth, forecast):
    """Weighted absolute percentage error: the sum of errors as a share of the sum of sizes.

    Args:
        truth: Array of any shape; NaN is left out.
        forecast: Array of the same shape.

    Returns:
        The share; targets near zero do no harm. NaN when no target differs from zero.

    Raises:
        InputError: If the shapes differ, or a forecast is missing where the truth is known.

    Example:
        >>> wape([50, 0, 150], [60, 10, 150])
        0.1
    """
    truth, forecast = _known_targets(truth, forecast)
    size = np.abs(truth).sum()
    return float(np.abs(forecast - truth).sum() / size) if size else float("nan")


def mase(truth, forecast, train, season=1):
    """Mean absolute scaled error: errors in units of what a naive forecast misses on train.

    Args:
        truth: Array (..., node); NaN is left out.
        forecast: Array of the same shape.
        train: Array or DataFrame (time, node) of the training part. Each node's scale is the mean
            absolute change from `season` rows before.
        season: 1 for the last value as naive forecast, the rows of a day or a week for a
            seasonal one.

    Returns:
        The mean scaled error, without unit: below 1 is better than the naive forecast was on train.

    Raises:
        InputError: If shapes differ, a forecast is missing, or a node has no change to scale with.

    Example:
        >>> mase([[12.0]], [[15.0]], train=[[10.0], [12.0], [11.0]])
        2.0

    Reference:
        Hyndman and Koehler (2006), Another look at measures of forecast accuracy.
    """
    check_count("season", season)
    _known_targets(truth, forecast)
    truth, forecast, train = (np.asarray(a, dtype="float64") for a in (truth, forecast, train))
    if train.ndim != 2 or train.shape[-1] != truth.shape[-1]:
        raise InputError(
            f"train: expected shape (time, {truth.shape[-1]}) for a truth of shape {truth.shape}, "
            f"got {train.shape}"
        )
    scale = pd.DataFrame(train).diff(season).abs().mean().to_numpy()
    unusable = np.flatnonzero(~(scale > 0))
    if len(unusable):
        raise InputError(
            f"train: {len(unusable)} nodes never change over {season} rows, so there is nothing "
            f"to scale with, first the node at position {unusable[0]}"
        )
    return mae(truth / scale, forecast / scale)


def skill(error, reference_error):
    """Share of a reference's error that a forecast takes away: 1 is perfect, below 0 is worse.

    Args:
        error: Error of the forecast: a number, array or Series.
        reference_error: The same error of the reference, above zero.

    Raises:
        InputError: If a reference error is not above zero.

    Example:
        >>> skill(3.0, 4.0)
        0.25

    Reference:
        Murphy (1988), Skill scores based on the mean square error.
    """
    if not np.all(np.asarray(reference_error) > 0):
        raise InputError(f"reference_error: expected errors above zero, got {reference_error}")
    return 1 - error / reference_error


def pinball(truth, forecast, quantile):
    """Mean pinball loss, the error of a forecast quantile.

    Args:
        truth: Array of any shape, in the data's unit; NaN is left out.
        forecast: Array of the same shape: the value that the truth should stay below with
            probability `quantile`.
        quantile: Probability between 0 and 1.

    Raises:
        InputError: If shapes differ, a forecast is missing, or the quantile is out of range.

    Example:
        >>> pinball([60.0, 50.0], [50.0, 60.0], quantile=0.9)
        5.0

    Reference:
        Koenker and Bassett (1978), Regression quantiles.
    """
    if not 0 < quantile < 1:
        raise InputError(f"quantile: expected a probability between 0 and 1, got {quantile}")
    truth, forecast = _known_targets(truth, forecast)
    below = truth - forecast
    return _mean(np.maximum(quantile * below, (quantile - 1) * below))


def coverage(truth, low, high):
    """Share of the known targets that lie within their interval, ends included.

    Args:
        truth: Array of any shape; NaN is left out.
        low, high: Arrays of the same shape, the ends of the intervals.

    Raises:
        InputError: If shapes differ, or an end is missing where the truth is known.

    Example:
        >>> coverage([50, 60, np.nan], low=[45, 45, 45], high=[55, 55, 55])
        0.5
    """
    known, low = _known_targets(truth, low)
    known, high = _known_targets(truth, high)
    return _mean((low <= known) & (known <= high))


def interval_score(truth, low, high, share=0.9):
    """Score of intervals: their width, and a fine for what lies outside; lower is better.

    A target outside costs its distance to the nearer end, times 2 / (1 - share): twenty times
    for intervals that promise 90 %. Nobody gains by an interval that is wider or narrower than
    what he believes.

    Args:
        truth: Array of any shape, in the data's unit; NaN is left out.
        low, high: Arrays of the same shape, the ends of the intervals.
        share: Share of the targets that the intervals promise to hold.

    Returns:
        The mean score in the data's unit; NaN when no target is known.

    Raises:
        InputError: If shapes differ, an end is missing where the truth is known, a low end is
            above its high end, or the share is not between 0 and 1.

    Example:
        >>> interval_score([50, 60, np.nan], low=[45, 45, 45], high=[55, 55, 55], share=0.8)
        35.0

    Reference:
        Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation.
    """
    if not 0 < share < 1:
        raise InputError(f"share: expected a number between 0 and 1, got {share!r}")
    known, low = _known_targets(truth, low)
    known, high = _known_targets(truth, high)
    if (low > high).any():
        raise InputError(
            f"low, high: expected no low end above its high end, got {(low > high).sum()}"
        )
    outside = np.maximum(low - known, 0) + np.maximum(known - high, 0)
    return _mean(high - low + 2 / (1 - share) * outside)


def score_table(truth, forecast, interval, steps=None, mask=None):
    """Errors for each horizon: at that step alone, and pooled over all steps up to it.

    The two are often confused. A pooled error at 60 minutes holds the easy first minutes too,
    so it is smaller than the step error at 60 minutes.

    Args:
        truth: Array (origin, horizon, node), in the data's unit; NaN is left out.
        forecast: Array of the same shape.
        interval: Time between two steps, a Timedelta or for example "5min".
        steps: Steps to show, counted from 1; all when not given.
        mask: Boolean array of the same shape: only targets where it is True count.

    Returns:
        DataFrame with one row a horizon (Timedelta) and the columns mae, rmse, mape, wape (at
        that step), mae_pooled, rmse_pooled (up to it), count (known targets at that step) and
        mape_excluded. Where nothing is known the errors are NaN.

    Raises:
        InputError: If shapes differ, a forecast is missing, or a step is beyond the horizon.

    Example:
        >>> truth = np.zeros((1, 2, 1)) + 50
        >>> table = score_table(truth, truth + [[[1], [3]]], "5min")
        >>> table.loc["10min", ["mae", "mae_pooled"]].tolist()
        [3.0, 2.0]
    """
    truth, forecast = np.asarray(truth), np.asarray(forecast)
    _check_pair(truth, forecast)
    if truth.ndim != 3:
        raise InputError(f"truth: expected shape (origin, horizon, node), got {truth.shape}")
    if mask is not None:
        if np.shape(mask) != truth.shape or np.asarray(mask).dtype != bool:
            raise InputError(
                f"mask: expected a boolean array of shape {truth.shape}, "
                f"got {np.asarray(mask).dtype} of shape {np.shape(mask)}"
            )
        truth = np.where(mask, truth, np.nan)
    horizon = truth.shape[1]
    steps = list(range(1, horizon + 1) if steps is None else steps)
    for step in steps:
        check_count("steps", step)
        if step > horizon:
            raise InputError(f"steps: expected at most {horizon} (the horizon), got {step}")
    # One step after the other: copies of all targets at once would be the peak of the memory.
    floor = _floor_by_step(truth)
    sums = [_sums(truth[:, step], forecast[:, step], floor) for step in range(horizon)]
    absolute, squared, size, percentage = np.array(sums)[:, :4].T
    count, kept = np.array(sums)[:, 4:].T.astype(int)
    with np.errstate(invalid="ignore"):  # nothing known gives 0 / 0, which is NaN
        table = {
            "mae": absolute / count,
            "rmse": np.sqrt(squared / count),
            "mape": percentage / kept,
            "wape": absolute / np.where(size > 0, size, np.nan),
            "mae_pooled": absolute.cumsum() / count.cumsum(),
            "rmse_pooled": np.sqrt(squared.cumsum() / count.cumsum()),
            "count": count,
            "mape_excluded": count - kept,
        }
    horizons = pd.Index(to_duration("interval", interval) * np.arange(1, horizon + 1))
    return pd.DataFrame(table, index=horizons.rename("horizon")).iloc[np.array(steps) - 1]


def _known_targets(truth, forecast):
    """Truth and forecast, flat, where the truth is known."""
    truth, forecast = np.asarray(truth, dtype="float64"), np.asarray(forecast, dtype="float64")
    _check_pair(truth, forecast)
    known = ~np.isnan(truth)
    return truth[known], forecast[known]


def _check_pair(truth, forecast):
    if truth.shape != forecast.shape:
        raise InputError(
            f"forecast: expected the shape of the truth, {truth.shape}, got {forecast.shape}"
        )
    hidden = ~np.isnan(truth) & ~np.isfinite(forecast)
    if hidden.any():
        first = tuple(int(i) for i in np.argwhere(hidden)[0])
        raise InputError(
            f"forecast: expected a finite number wherever the truth is known, but {hidden.sum()} "
            f"are missing or infinite, first at position {first}"
        )


def _sums(truth, forecast, floor):
    """Sums over the known targets: error, its square, size, share; how many, how many shares."""
    truth, forecast = _known_targets(truth, forecast)
    error, size = np.abs(forecast - truth), np.abs(truth)
    kept = size >= floor
    share = error[kept] / size[kept]
    return error.sum(), (error**2).sum(), size.sum(), share.sum(), len(error), kept.sum()


def _mean(numbers):
    return float(np.mean(numbers)) if len(numbers) else float("nan")


def _floor_by_step(truth):
    """`_usual_floor` of all steps (origin, step, node) together, from running sums."""
    total = count = 0
    for step in range(truth.shape[1]):
        size = np.abs(truth[:, step])
        total += np.nansum(size, dtype="float64")
        count += np.isfinite(size).sum()
    return (total / count / 100 if count else 0) or 1.0


def _usual_floor(known_truth):
    """A hundredth of the mean size; any positive number where all targets are zero or unknown."""
    return (np.abs(known_truth).mean() / 100 if len(known_truth) else 0) or 1.0
