"""What the rules of the claims are made of: rows picked from the stored tables, and gains.

A rule returns a `Evidence`.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

from stlearn.errors import InputError

HOUR = 60


class Evidence(NamedTuple):
    """What a rule finds: a figure in words, the interval that counts, and what has to be true."""

    figure: str
    conditions: list
    low: float = float("nan")
    high: float = float("nan")


def picked(table, experiment, variant, measure, against="", where="all", minutes=0):
    """Return the one row that fits, or the mean over the seeds where there are several.

    Args:
        table: The table "ledger".
        experiment, variant, measure, against, where, minutes: What its columns have to hold.

    Returns:
        Series with value, low and high.

    Raises:
        InputError: If no row fits.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.experiments.figures_of_tables import picked
        >>> found = picked(run.read("ledger"), "clock", "right clock", "mae", minutes=15)
        >>> bool(found["value"] > 0)
        True
    """
    wanted = {
        "experiment": experiment, "variant": variant, "measure": measure, "against": against,
        "where": where, "minutes": minutes,
    }  # fmt: skip
    fits = np.all([table[column] == value for column, value in wanted.items()], axis=0)
    if not fits.any():
        raise InputError(f"table: no row with {wanted}; run stlearn bench ledger")
    return table.loc[fits, ["value", "low", "high"]].mean()


def over_seeds(differences, level=0.95):
    """Mean of paired differences and its interval (Student's t).

    Args:
        differences: Array (pair,), for example one a seed or one a day; at least two.
        level: Probability that the interval is meant to cover.

    Returns:
        (mean, low, high).

    Raises:
        InputError: If there are fewer than two.

    Example:
        >>> from stcourse.experiments.figures_of_tables import over_seeds
        >>> [round(float(part), 2) for part in over_seeds([1.0, 2.0, 3.0])]
        [2.0, -0.48, 4.48]

    Reference: Student (1908), The probable error of a mean.
    """
    differences = np.asarray(differences, dtype=float)
    if len(differences) < 2:
        raise InputError(f"differences: expected at least two, got {len(differences)}")
    mean = differences.mean()
    width = differences.std(ddof=1) / np.sqrt(len(differences))
    half = stats.t.ppf((1 + level) / 2, len(differences) - 1) * width
    return mean, mean - half, mean + half


def seed_gain(table, experiment, variant, other, where="all", minutes=HOUR):
    """Share of a variant's gain over another, seed by seed, with its interval over the seeds.

    Args:
        table: The table "ledger".
        experiment, where, minutes: Of the rows, as in `picked`.
        variant, other: Names of the two.

    Returns:
        (gain, low, high), as shares of the other's mean error.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.experiments.figures_of_tables import seed_gain
        >>> gain, low, high = seed_gain(run.read("ledger"), "tuning", "tuned", "default")
        >>> bool(low < gain < high)
        True
    """
    part = table.query(
        "experiment == @experiment and measure == 'mae' and where == @where and minutes == @minutes"
    )
    errors = part.drop_duplicates(["variant", "seed"]).pivot(
        index="seed", columns="variant", values="value"
    )
    differences = (errors[other] - errors[variant]).dropna()
    return tuple(part / errors[other].mean() for part in over_seeds(differences))
