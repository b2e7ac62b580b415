"""Share prices that nothing can forecast better than their last value, by construction.

The daily returns have a common market, sectors and a part of their own, so the shares move
together. No return depends on an earlier one, so the graph tells which shares move together
today and nothing about tomorrow.
"""

import numpy as np
import pandas as pd

from stlearn.checks import check_count, check_number
from stlearn.data.dataset import SpatioTemporalDataset

SECTORS = ("banks", "energy", "technology")
MARKET, SECTOR = 0.009, 0.007  # standard deviation of a daily log return
FIRST_PRICE = 100


def prices(seed=0, days=2000, shares=12, market=MARKET):
    """Make daily closing prices of shares as correlated geometric random walks.

    The log return of share i on day t is `beta[i] * market[t] + sector[t] + own[i, t]`, all
    normal and independent in time, less half its variance. So the best forecast of a price in the
    squared error is the last price, for every horizon, and its error grows with the root of the
    horizon.

    Args:
        seed: Seed of all that is drawn.
        days: Number of working days.
        shares: Number of shares, spread evenly over three sectors.
        market: Standard deviation of the daily log return of the market. With 0, only the
            sectors tie the shares together.

    Returns:
        SpatioTemporalDataset of prices (working day, share) that start near 100 euros.
        `nodes`: sector, beta, and `volatility`, the true standard deviation of a daily log
        return. `adjacency`: the true correlation of the log returns, 0 on the diagonal.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> from stcourse.worlds.prices import prices
        >>> world = prices(days=500)
        >>> world.shape, bool((world.values > 0).all(axis=None))
        ((500, 12), True)

    Reference:
        Samuelson (1965), "Proof that properly anticipated prices fluctuate randomly";
        Sharpe (1963), "A simplified model for portfolio analysis" (the common factor).
    """
    check_count("seed", seed, least=0)
    check_count("days", days, least=2)
    check_count("shares", shares, least=2)
    check_number("market", market, 0, 0.1)
    random = np.random.default_rng(seed)
    sector = np.arange(shares) % len(SECTORS)
    beta = random.uniform(0.6, 1.4, shares)
    own = random.uniform(0.009, 0.016, shares)
    same_sector = sector[:, None] == sector
    covariance = (
        market**2 * np.outer(beta, beta) + SECTOR**2 * same_sector + np.diag(own**2)
    )  # of the log returns
    volatility = np.sqrt(np.diag(covariance))

    returns = (
        np.outer(random.normal(0, market, days), beta)
        + random.normal(0, SECTOR, (days, len(SECTORS)))[:, sector]
        + random.normal(0, own, (days, shares))
        - volatility**2 / 2  # without it, the mean of a price would grow
    )
    correlation = covariance / np.outer(volatility, volatility)
    np.fill_diagonal(correlation, 0)
    names = [f"{SECTORS[which]}-{place // len(SECTORS) + 1}" for place, which in enumerate(sector)]
    times = pd.date_range("2018-01-01", periods=days, freq="B", name="time")
    return SpatioTemporalDataset(
        "prices",
        pd.DataFrame(FIRST_PRICE * np.exp(returns.cumsum(axis=0)), times, names),
        "euro",
        adjacency=pd.DataFrame(correlation, names, names),
        nodes=pd.DataFrame(
            {
                "sector": [SECTORS[which] for which in sector],
                "beta": beta,
                "volatility": volatility,
            },
            names,
        ).rename_axis("node"),
        citation="simulated: factor model of returns (Sharpe, 1963)",
    )
