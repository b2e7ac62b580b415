"""What the rules of the claims are made of: rows picked from the stored tables, and gains.

A rule returns a `Evidence`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from stlearn.errors import InputError
from stlearn.evaluation.multiple import holm

HOUR = 60


class Difference(NamedTuple):
    """A difference that a condition asks to be above zero.

    Args:
        low, high: Its 95 % interval.
        p: How likely so clear a difference is, either way, where there is none.
    """

    low: float
    high: float
    p: float

    def turned(self):
        """The same, asked to be below zero."""
        return Difference(-self.high, -self.low, self.p)


class Evidence(NamedTuple):
    """What a rule finds: a figure in words, the interval that counts, and what has to be true.

    A condition is a Difference, True, False, or None where it is open. The figure may be a function
    of the conditions, once all claims' differences are judged.
    """

    figure: str | Callable
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


def difference(low, high, freedom=np.inf):
    """Take a difference by its 95 % interval, with the p value that belongs to it.

    Args:
        low, high: Ends of the interval.
        freedom: Degrees of freedom of Student's t where it is over few seeds.

    Returns:
        Difference.

    Example:
        >>> from stcourse.experiments.figures_of_tables import difference
        >>> [round(float(difference(*ends).p), 3) for ends in ((1, 3), (-1, 1), (0, 2))]
        [0.0, 1.0, 0.05]
    """
    centre, half = abs(low + high) / 2, (high - low) / 2
    distance = centre / half if half else np.inf if centre else 0  # in half widths
    return Difference(low, high, 2 * stats.t.sf(distance * stats.t.ppf(0.975, freedom), freedom))


def judged(conditions):
    """Judge differences, corrected for how many there are.

    Args:
        conditions: List of Differences, and of True, False and None, which stay.

    Returns:
        List of True, False or None: a difference is above zero, below, or open. It is open where
        its p value is 0.05 or more after Holm's correction for all of them.

    Example:
        >>> from stcourse.experiments.figures_of_tables import difference, judged
        >>> clear, close = difference(1, 3), difference(0.01, 2)
        >>> judged([clear, clear.turned(), close, close, True]), judged([close])
        ([True, False, None, None, True], [True])

    Reference: Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    asked = {n: each.p for n, each in enumerate(conditions) if isinstance(each, Difference)}
    corrected, found = holm(pd.Series(asked, dtype=float)), list(conditions)
    for place, p in corrected.items():
        each = conditions[place]
        found[place] = bool(each.low + each.high > 0) if p < 0.05 else None
    return found


def compared(gains):
    """Compare several variants with one reference, in pairs, corrected for their number.

    Args:
        gains: Dict of name to array (pair,): what the variant saves of the reference's error, one
            a seed or one a day.

    Returns:
        DataFrame (name) with mean, low, high (95 %, Student's t, of each by itself), p (paired t
        test, after Holm's correction for all of them) and verdict: "better" or "worse" where p is
        below 0.05, otherwise "not shown".

    Example:
        >>> found = compared({"wider": [1.0, 1.1, 0.9], "deeper": [0.1, -0.2, 0.1]})
        >>> found["verdict"].tolist()
        ['better', 'not shown']

    Reference: Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    rows = {name: over_seeds(each) for name, each in gains.items()}
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high"])
    p_values = {name: stats.ttest_1samp(each, 0).pvalue for name, each in gains.items()}
    found["p"] = holm(pd.Series(p_values))
    sign = np.where(found["mean"] > 0, "better", "worse")
    found["verdict"] = np.where(found["p"] < 0.05, sign, "not shown")
    return found


def seed_gain(table, experiment, variant, other, where="all", minutes=HOUR, measure="mae"):
    """Share of a variant's gain over another, seed by seed, with its interval over the seeds.

    Args:
        table: The table "ledger".
        experiment, where, minutes, measure: Of the rows, as in `picked`.
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
        "experiment == @experiment and measure == @measure and where == @where "
        "and minutes == @minutes"
    )
    errors = part.drop_duplicates(["variant", "seed"]).pivot(
        index="seed", columns="variant", values="value"
    )
    differences = (errors[other] - errors[variant]).dropna()
    return tuple(part / errors[other].mean() for part in over_seeds(differences))
