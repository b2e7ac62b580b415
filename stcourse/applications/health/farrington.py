"""The Farrington algorithm: which count is too high, as health agencies tell it."""

import numpy as np
import pandas as pd
from scipy import stats

from stlearn.errors import InputError

PERIODS = 10  # of the year: one around the week in question, nine for the rest
ODD = 2.58  # standard residual above which a past week counts less
RIDGE = 1e-6 * np.eye(PERIODS + 1)  # so that a period without cases has a solution
ROUNDS = 6  # of the fit; later ones change nothing that matters


def farrington(counts, start, years=5, half=3, gap=26, share=0.995, season=52):
    """Say for each week which count was to be expected, and above which one an alarm is due.

    A Poisson regression on the weeks of the last years, with a trend and ten periods of the year,
    gives the mean. The limit is a quantile of a negative binomial distribution, as counts scatter
    more. Weeks far above the fit, mostly old outbreaks, count less in a second fit; the last
    `gap` weeks do not count at all, so that an outbreak does not raise its own limit.

    Args:
        counts: DataFrame (week, node) of whole numbers.
        start: First time for which a limit is wanted.
        years: Years to look back.
        half: Weeks to either side of the week in question that belong to its period.
        gap: Weeks before it that are left out.
        share: Share of the usual counts that lie at or below the limit.
        season: Weeks in a year.

    Returns:
        Expected counts and limits, two DataFrames (week from start on, node).

    Raises:
        InputError: If `start` has too few weeks before it, or a count is missing.

    Example:
        >>> from stcourse.applications.health.farrington import farrington
        >>> from stcourse.worlds.outbreaks import outbreaks
        >>> counts = outbreaks(weeks=300, planted=0).values
        >>> expected, limit = farrington(counts, counts.index[290])
        >>> bool((limit > expected).all(axis=None))
        True

    Reference: Farrington, Andrews, Beale and Catchpole (1996), A statistical algorithm for the
    early detection of outbreaks of infectious disease; Noufaily and others (2013), An improved
    algorithm for outbreak detection in multiple surveillance systems.
    """
    first, needed = counts.index.searchsorted(start), years * season + half
    if first < needed or counts.isna().any(axis=None):
        raise InputError(f"counts: expected {needed} known weeks before start, got {first}")
    # Seen from the week in question, all weeks have the same design.
    back = np.arange(-years * season - half, -gap)
    phase = (back + half) % season
    rest = (phase - 2 * half - 1) * (PERIODS - 1) // (season - 2 * half - 1)
    period = np.where(phase <= 2 * half, 0, 1 + rest)
    design = np.column_stack([period[:, None] == np.arange(PERIODS), back / season]).astype(float)
    fits = [_fit(design, counts.to_numpy(float)[row + back]) for row in range(first, len(counts))]
    expected, scatter = np.moveaxis(np.array(fits), 1, 0)
    limit = stats.nbinom.ppf(share, expected / (scatter - 1), 1 / scatter)
    axes = counts.index[first:], counts.columns
    return pd.DataFrame(expected, *axes), pd.DataFrame(limit, *axes)


def _fit(design, past):
    """Mean of the week in question, and factor of the scatter, for each node (2, node)."""
    weights, mean = np.ones_like(past), past + 0.5
    for fit in range(2):
        for _ in range(ROUNDS):
            # A weighted regression of the logarithm, with weights that follow from its own result.
            target, weighed = np.log(mean) + (past - mean) / mean, (weights * mean).T[..., None]
            normal = np.swapaxes(design * weighed, 1, 2)
            slopes = np.linalg.solve(normal @ design + RIDGE, normal @ target.T[..., None])
            mean = np.exp((design @ slopes)[..., 0].T.clip(-7, 20))
        scatter = (weights * (past - mean) ** 2 / mean).sum(axis=0) / np.subtract(*design.shape)
        scatter = scatter.clip(min=1 + 1e-6)
        if fit == 0:
            residual = 1.5 * (past ** (2 / 3) / mean ** (1 / 6) - np.sqrt(mean)) / np.sqrt(scatter)
            weights = np.where(residual > ODD, residual.clip(min=ODD) ** -2.0, 1.0)
            weights *= len(past) / weights.sum(axis=0)
    return np.exp(slopes[:, 0, 0].clip(-7)), scatter
