"""A yield curve that shifts, tilts and bends, with its three factors known."""

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from stlearn.checks import check_count, check_number
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError
from stlearn.graph import adjacency_from_edges

TENORS = {"3m": 0.25, "6m": 0.5, "1y": 1, "2y": 2, "3y": 3, "5y": 5, "7y": 7, "10y": 10, "20y": 20,
          "30y": 30}  # fmt: skip
DECAY = 0.0609 * 12  # a year; the curvature counts most at 30 months
FACTORS = ("level", "slope", "curvature")
MEAN = (4.5, -1.5, 0.0)  # percent
HALF_LIFE = (750, 375, 125)  # working days until half a deviation is gone
SHOCK = (0.05, 0.06, 0.12)  # percent, standard deviation of a day's change


def loadings(years):
    """How much each factor moves the yield of each tenor.

    Args:
        years: Times to maturity in years, above 0.

    Returns:
        Array (tenor, factor): level, slope, curvature; a yield is its sum over the factors,
        weighted by them.

    Raises:
        InputError: If a time to maturity is not above 0.

    Example:
        >>> loadings([2.5]).round(2)
        array([[1.  , 0.46, 0.3 ]])

    Reference:
        Nelson and Siegel (1987), "Parsimonious modeling of yield curves", in the form and with
        the decay of Diebold and Li (2006).
    """
    years = np.asarray(years, dtype=float)
    if not (years > 0).all() or not np.isfinite(years).all():
        raise InputError(f"years: expected times to maturity above 0, got {years.tolist()}")
    slope = -np.expm1(-DECAY * years) / (DECAY * years)
    return np.column_stack([np.ones_like(years), slope, slope - np.exp(-DECAY * years)])


def yields(seed=0, days=2500, noise=0.01):
    """Make daily yields of ten tenors from three factors that wander and return to their means.

    Each factor is an autoregression of order one: level, slope and curvature, in percent. Level
    and slope hardly return within a year, so the last value is hard to beat. A slope below zero
    is a curve that rises with the tenor. What is certain is
    that the curve moves in three ways, and a hedge against a parallel shift covers one of them.

    Args:
        seed: Seed of all that is drawn.
        days: Number of working days.
        noise: Standard deviation of what is added to each yield, in percent.

    Returns:
        SpatioTemporalDataset of yields in percent a year, continuous, of bonds without coupon
        (working day, tenor). The price of such a bond is `exp(-yield / 100 * years)` and its
        duration is `years`. `nodes`: years, and the loadings of level, slope and curvature.
        `extra["level"]`, `["slope"]`, `["curvature"]`: the part of each yield that comes from the
        factor; together they are the yield without noise. `adjacency`: a chain of tenors.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> from stcourse.worlds.yields import yields
        >>> world = yields(days=500, noise=0)
        >>> clean = sum(world.extra[factor] for factor in ("level", "slope", "curvature"))
        >>> bool(abs(world.values - clean).max(axis=None) < 1e-5)
        True

    Reference:
        Diebold and Li (2006), "Forecasting the term structure of government bond yields".
    """
    check_count("seed", seed, least=0)
    check_count("days", days, least=2)
    check_number("noise", noise, 0, 1)
    random = np.random.default_rng(seed)
    kept = 0.5 ** (1 / np.array(HALF_LIFE))
    shocks = random.normal(0, SHOCK, (days, len(FACTORS)))
    shocks[0] /= np.sqrt(1 - kept**2)  # so the first day looks like any other
    deviations = [lfilter([1], [1, -share], column) for share, column in zip(kept, shocks.T)]
    factors = np.array(MEAN) + np.transpose(deviations)

    years = np.array(list(TENORS.values()), dtype=float)
    weights = loadings(years)
    parts = factors[:, None, :] * weights  # (time, tenor, factor)
    observed = parts.sum(axis=2) + random.normal(0, noise, parts.shape[:2])
    times = pd.date_range("2016-01-04", periods=days, freq="B", name="time")
    names = list(TENORS)
    chain = pd.DataFrame({"source": names[:-1], "target": names[1:]})
    return SpatioTemporalDataset(
        "yields",
        pd.DataFrame(observed, times, names),
        "%",
        adjacency=adjacency_from_edges(chain, names, directed=False),
        nodes=pd.DataFrame(weights, names, FACTORS).assign(years=years).rename_axis("node"),
        extra={
            factor: pd.DataFrame(parts[:, :, place], times, names)
            for place, factor in enumerate(FACTORS)
        },
        citation="simulated: Nelson-Siegel curve with autoregressive factors (Diebold, Li, 2006)",
    )
