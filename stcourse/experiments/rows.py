"""Rows of the ledger's table, gains with their intervals, and the split they are measured on."""

import numpy as np

from stlearn.catalogue import load
from stlearn.data.windows import chronological_split
from stlearn.evaluation.metrics import block_bootstrap

COLUMNS = [
    "experiment", "variant", "against", "where", "seed", "minutes", "measure", "value", "low",
    "high",
]  # fmt: skip
WHOLE = "the whole experiment"
DAY = 288  # rows of corridor
STEPS = {15: 3, 30: 6, 60: 12}  # minutes ahead: steps


def row(
    experiment, variant, measure, value, *, against="", where="all", seed="all", minutes=0,
    interval=(np.nan, np.nan),
):  # fmt: skip
    """Return one row of the ledger's table.

    Args:
        experiment: Name of the experiment.
        variant: What was measured.
        measure: Name of the figure, with its unit where it has one: mae, gain, seconds, ...
        value: The figure.
        against: With a gain: what the variant is held against.
        where: The targets that count.
        seed: Seed, or "all" for a mean over the seeds and for what is not random.
        minutes: Time ahead; 0 where there is none.
        interval: Low and high end of a 95 % interval, NaN without one.

    Example:
        >>> from stcourse.experiments.rows import row
        >>> row("clock", "right", "mae", 2.27, minutes=15)["value"]
        2.27
    """
    values = (
        experiment, variant, against, where, str(seed), minutes, measure, float(value), *interval
    )  # fmt: skip
    return dict(zip(COLUMNS, values))


def gain_row(experiment, variant, against, errors, reference, minutes, mask=None, where="all"):
    """Return the row of a gain: the share of a reference's error that a variant takes away.

    The interval comes from whole days drawn again and again
    (`stlearn.evaluation.metrics.block_bootstrap`). Where fewer than four days hold a target there
    is none.

    Args:
        experiment, variant, against, minutes, where: As in `row`.
        errors, reference: Arrays (origin, node) of absolute errors, with 288 origins a day.
        mask: Boolean array (origin, node): only these targets count.

    Example:
        >>> import numpy as np
        >>> from stcourse.experiments.rows import gain_row
        >>> errors = np.random.default_rng(0).random((5 * 288, 2))
        >>> found = gain_row("clock", "a", "b", errors / 2, errors, minutes=15)
        >>> found["value"], round(found["low"], 9)
        (0.5, 0.5)
    """
    errors, reference = np.asarray(errors, "float64"), np.asarray(reference, "float64")
    if mask is not None:
        errors, reference = (np.where(mask, part, np.nan) for part in (errors, reference))
    known = ~np.isnan(errors)
    gain = 1 - errors[known].mean() / reference[known].mean() if known.any() else np.nan
    days = np.unique(np.flatnonzero(known.any(axis=1)) // DAY)
    interval = (np.nan, np.nan)
    if len(days) >= 4 and len(errors) >= 4 * DAY:
        found = block_bootstrap(errors, reference, DAY, repeats=1000)
        interval = (-found.relative_high, -found.relative_low)
    return row(
        experiment, variant, "gain", gain, against=against, where=where, minutes=minutes,
        interval=interval,
    )  # fmt: skip


def corridor_split():
    """Return corridor and its split: five weeks to train, one to choose on, two to test on.

    Example:
        >>> from stcourse.experiments.rows import corridor_split
        >>> corridor_split()[1].test
        slice(12096, 16128, None)
    """
    corridor = load("corridor")
    return corridor, chronological_split(corridor, validation="7D", test="14D")
