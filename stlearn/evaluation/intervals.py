"""Intervals around a forecast, from the errors that it has made before. Explained in 5.6.

Split conformal prediction promises a share of hits without any assumption on the shape of the
errors. It does assume that past and future errors could be exchanged, which seasons, roadworks
and incidents break: so the coverage is measured, and can be followed while time goes on.
"""

import numpy as np
import pandas as pd

from stlearn.checks import to_duration
from stlearn.errors import InputError
from stlearn.evaluation.metrics import coverage, interval_score, pinball


def conformal_half_width(residuals, share=0.9):
    """Half width of an interval that holds a share of the targets, each step and node for itself.

    Of n residuals it is the k-th smallest in size, k = (n + 1) * share rounded up.

    Args:
        residuals: Array (origin, ...) of truth less forecast on a part that was not trained on,
            for example (origin, horizon, node); NaN is left out.
        share: Share of the targets that the interval is to hold.

    Returns:
        Array (...), in the data's unit; infinite where there are too few residuals to promise
        the share.

    Raises:
        InputError: If the share is not between 0 and 1, or there are no residuals.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.intervals import conformal_half_width
        >>> residuals = np.array([[-1.0], [2.0], [-3.0], [4.0]])
        >>> conformal_half_width(residuals, share=0.6), conformal_half_width(residuals, share=0.9)
        (array([3.]), array([inf]))

    Reference:
        Vovk, Gammerman and Shafer (2005), Algorithmic learning in a random world; Lei and others
        (2018), Distribution-free predictive inference for regression.
    """
    sizes = _sorted_sizes(residuals)
    known = (~np.isnan(sizes)).sum(axis=0)
    _check_share(share)
    # Rounded first: 0.1 * 30 is a hair above 3 in binary.
    rank = np.ceil(np.round((known + 1) * share, 9)).astype(int)
    place = np.minimum(rank, len(sizes)) - 1
    found = np.take_along_axis(sizes, place[None], axis=0)[0]
    return np.where(rank > known, np.inf, found)


def conformal_interval(residuals, forecast, share=0.9):
    """Put an interval around forecasts by split conformal prediction.

    Args:
        residuals: As in `conformal_half_width`.
        forecast: Array (..., horizon, node), in the data's unit, whose last axes are those of the
            residuals behind the first.
        share: Share of the targets that the interval is to hold.

    Returns:
        (low, high): arrays of the shape of the forecast.

    Raises:
        InputError: If the shapes do not fit; otherwise as `conformal_half_width`.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.intervals import conformal_interval
        >>> low, high = conformal_interval(np.array([[-1.0], [2.0], [-3.0]]), np.array([50.0]), 0.7)
        >>> float(low[0]), float(high[0])
        (47.0, 53.0)
    """
    half = conformal_half_width(residuals, share)
    forecast = _floats(forecast)
    if forecast.shape[forecast.ndim - half.ndim :] != half.shape:
        raise InputError(
            f"forecast: expected a shape that ends in {half.shape}, the steps and nodes of the "
            f"residuals, got {forecast.shape}"
        )
    return forecast - half, forecast + half


def adaptive_interval(residuals, forecast, truth, share=0.9, rate=0.005):
    """Intervals that widen after misses and narrow after hits, while time goes on.

    For each step ahead a share is followed that starts at `share`. After each origin it moves by
    `rate` times the share missed, less the share that may be missed. What happened at a step h
    is known h origins later only, and is used no sooner.

    Args:
        residuals: Array (past origin, horizon, node), as in `conformal_half_width`.
        forecast: Array (origin, horizon, node), origins one row apart.
        truth: Array of the same shape, NaN where it is not known.
        share: Share of the targets that the intervals are to hold in the long run.
        rate: How fast the share moves; 0 gives `conformal_interval`.

    Returns:
        (low, high): arrays of the shape of the forecast. No interval is wider than the largest
        residual makes it.

    Raises:
        InputError: If the shapes do not fit, the rate is negative, or the share not between 0
            and 1.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.intervals import adaptive_interval
        >>> random = np.random.default_rng(0)
        >>> residuals = random.normal(size=(500, 1, 20))
        >>> truth = 2 * random.normal(size=(400, 1, 20))  # errors have doubled since
        >>> low, high = adaptive_interval(residuals, 0 * truth, truth, share=0.8)
        >>> bool((high - low)[-1].mean() > 1.3 * (high - low)[0].mean())
        True

    Reference:
        Gibbs and Candès (2021), Adaptive conformal inference under distribution shift.
    """
    sizes = _sorted_sizes(residuals)
    forecast, truth = _floats(forecast), _floats(truth)
    if forecast.shape != truth.shape or forecast.shape[1:] != sizes.shape[1:] or truth.ndim != 3:
        raise InputError(
            f"forecast, truth: expected one shape (origin, *{sizes.shape[1:]}), got "
            f"{forecast.shape} and {truth.shape}"
        )
    _check_share(share)
    if not rate >= 0:
        raise InputError(f"rate: expected a number of at least 0, got {rate!r}")
    horizon = truth.shape[1]
    steps = np.arange(horizon)
    known = (~np.isnan(sizes)).sum(axis=0)
    followed, half = np.full(horizon, float(share)), np.empty_like(forecast)
    missed = np.abs(truth - forecast)
    for origin in range(len(forecast)):
        # Step h of the forecast from h origins ago has just become known.
        ready = steps[steps + 1 <= origin]
        if rate and len(ready):
            past = origin - 1 - ready
            gone = missed[past, ready]  # (step, node)
            seen = ~np.isnan(gone)
            wrong = ((gone > half[past, ready]) & seen).sum(axis=1)
            count = np.maximum(seen.sum(axis=1), 1)
            change = wrong / count - (1 - share)
            followed[ready] += np.where(seen.any(axis=1), rate * change, 0)
        rank = np.ceil(np.round((known + 1) * followed[:, None], 9)).astype(int)
        place = np.clip(rank, 1, known) - 1
        half[origin] = np.take_along_axis(sizes, place[None], axis=0)[0]
    return forecast - half, forecast + half


def interval_table(truth, low, high, interval):
    """Coverage and width of intervals, for each step ahead.

    Args:
        truth: Array (origin, horizon, node), NaN where it is not known.
        low, high: Arrays of the same shape.
        interval: Time between two steps, a Timedelta or for example "5min".

    Returns:
        DataFrame (horizon; coverage, width), the width in the data's unit. Only known targets
        count.

    Raises:
        InputError: If shapes differ, or an end is missing where the truth is known.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.intervals import interval_table
        >>> truth = np.array([[[50.0], [60.0]]])
        >>> table = interval_table(truth, truth - 5, truth + [[[5], [-1]]], "5min")
        >>> table["coverage"].tolist(), table["width"].tolist()
        ([1.0, 0.0], [10.0, 4.0])
    """
    truth, low, high = (_floats(part) for part in (truth, low, high))
    if not truth.shape == low.shape == high.shape or truth.ndim != 3:
        raise InputError(
            f"truth, low, high: expected one shape (origin, horizon, node), got {truth.shape}, "
            f"{low.shape} and {high.shape}"
        )
    width = np.where(np.isnan(truth), np.nan, high - low)
    steps = range(truth.shape[1])
    table = {
        "coverage": [coverage(truth[:, step], low[:, step], high[:, step]) for step in steps],
        "width": np.nanmean(width, axis=(0, 2)),
    }
    horizons = to_duration("interval", interval) * np.arange(1, truth.shape[1] + 1)
    return pd.DataFrame(table, index=pd.Index(horizons, name="horizon"))


def interval_scores(truth, low, high, share=0.9):
    """Score intervals over the known targets: coverage, width and interval score.

    Args:
        truth: Array of any shape, NaN where it is not known.
        low, high: Arrays of the same shape.
        share: Share of the targets that the intervals promise to hold.

    Returns:
        Dict with coverage, width and interval_score (in the data's unit); NaN if no target is
        known.

    Raises:
        InputError: As `interval_score`.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.intervals import interval_scores
        >>> interval_scores([50.0, np.nan], np.array([45.0, 0.0]), np.array([55.0, 9.0]))
        {'coverage': 1.0, 'width': 10.0, 'interval_score': 10.0}
    """
    known = ~np.isnan(truth)
    width = np.asarray(high)[known] - np.asarray(low)[known]
    return {
        "coverage": coverage(truth, low, high),
        "width": float(np.mean(width)) if known.any() else np.nan,
        "interval_score": interval_score(truth, low, high, share),
    }


def weighted_interval_score(truth, forecast, quantiles):
    """Score a forecast of quantiles by one number, as public-health hubs do; less is better.

    It is the mean, over the quantiles, of twice the pinball loss: for a point alone the absolute
    error, for several quantiles the mean of the interval scores of all intervals, each weighted
    with what may lie outside of it, and of the absolute error of the middle.

    Args:
        truth: Array of any shape, NaN where it is not known.
        forecast: Array of that shape and a last axis of quantiles.
        quantiles: Those forecast, between 0 and 1, the middle one 0.5.

    Returns:
        The score, in the data's unit; NaN if no target is known.

    Raises:
        InputError: If the last axis of the forecast has not one number for each quantile.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.intervals import weighted_interval_score
        >>> forecast = np.array([[40.0, 50.0, 60.0]])
        >>> round(weighted_interval_score([50.0], forecast, (0.05, 0.5, 0.95)), 3)
        0.667

    Reference:
        Bracher, Ray, Gneiting and Reich (2021), Evaluating epidemic forecasts in an interval
        format.
    """
    forecast = _floats(forecast)
    if forecast.shape != (*np.shape(truth), len(quantiles)):
        raise InputError(
            f"forecast: expected a last axis of {len(quantiles)} quantiles behind the shape of the "
            f"truth, {np.shape(truth)}, got shape {forecast.shape}"
        )
    losses = [pinball(truth, forecast[..., place], each) for place, each in enumerate(quantiles)]
    return float(2 * np.mean(losses))


def score_by_state(truth, low, high, states, rule, interval, share=0.9, steps=None):
    """Score intervals in each state at the origin: coverage, width and interval score.

    Args:
        truth: Array (origin, horizon, node), NaN where it is not known.
        low, high: Arrays of the same shape.
        states: Array (origin, node), as of `states_at`.
        rule: StateRule that gave the states.
        interval: Time between two steps, a Timedelta or for example "5min".
        share: Share of the targets that the intervals promise to hold.
        steps: Steps to show, counted from 1; all when not given.

    Returns:
        DataFrame with the columns state, horizon_minutes, share (of the known targets at that
        step), coverage, width and interval_score (in the data's unit); NaN in a state that does
        not occur.

    Raises:
        InputError: If the shapes do not fit; otherwise as `interval_score`.

    Example:
        >>> import numpy as np
        >>> from stlearn.calibration.states import fit_state_rule, states_at
        >>> from stlearn.evaluation.intervals import score_by_state
        >>> speeds = np.array([[100.0], [100.0], [98.0], [96.0], [40.0], [40.0]])
        >>> rule = fit_state_rule(speeds, "km/h", "15min")
        >>> states, truth = states_at(rule, speeds, [4, 5]), speeds[4:, None]
        >>> table = score_by_state(truth, truth - 5, truth + 5, states, rule, "15min")
        >>> table.loc[0, "state"], float(table.loc[0, "share"]), float(table.loc[0, "coverage"])
        ('free, steady', 0.5, 1.0)
    """
    truth, low, high = (np.asarray(part) for part in (truth, low, high))
    if truth.ndim != 3 or np.shape(states) != (truth.shape[0], truth.shape[2]):
        raise InputError(
            f"states: expected a state for each origin and node of the truth, whose shape is "
            f"{truth.shape}, got shape {np.shape(states)}"
        )
    minutes = to_duration("interval", interval) / pd.Timedelta("1min")
    rows = []
    for step in steps or range(1, truth.shape[1] + 1):
        of_step = [part[:, step - 1] for part in (truth, low, high)]
        known = ~np.isnan(of_step[0])
        for place, name in enumerate(rule.names):
            chosen = known & (states == place)
            ends = [part[chosen] for part in of_step]
            of_state = {
                "state": name,
                "horizon_minutes": step * minutes,
                "share": chosen.sum() / max(known.sum(), 1),
            }
            rows.append(of_state | interval_scores(*ends, share))
    return pd.DataFrame(rows)


def _floats(array):
    """An array of floats; float32 stays as it is, since a year of forecasts is large."""
    array = np.asarray(array)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(float)


def _sorted_sizes(residuals):
    """Sizes (origin, ...) in rising order, NaN at the end."""
    residuals = _floats(residuals)
    if residuals.ndim < 1 or np.isnan(residuals).all(axis=0).any():
        raise InputError(
            "residuals: expected an array (origin, ...) with at least one known residual at each "
            f"step and node, got shape {residuals.shape}"
        )
    return np.sort(np.abs(residuals), axis=0)


def _check_share(share):
    if not 0 < share < 1:
        raise InputError(f"share: expected a number between 0 and 1, got {share!r}")
