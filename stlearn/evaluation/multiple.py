"""Several comparisons at once: the more are made, the more seem to show something by luck."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.checks import check_count
from stlearn.errors import InputError


class Best(NamedTuple):
    """The best of several strategies, and how likely luck alone is to do as well.

    Args:
        name: Its column.
        gain: Its mean gain.
        alone: p value as if no other had been tried.
        corrected: p value of the best of as many as were tried.
    """

    name: object
    gain: float
    alone: float
    corrected: float


def holm(p_values):
    """Correct p values for their number: the smallest of n counts n times, the next n - 1 times.

    Args:
        p_values: Series or array.

    Returns:
        Series of the corrected p values, in the order given, at most 1.

    Example:
        >>> from stlearn.evaluation.multiple import holm
        >>> holm([0.01, 0.04, 0.03]).tolist()
        [0.03, 0.06, 0.06]

    Reference: Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    order = pd.Series(p_values, dtype=float).sort_values(kind="stable")
    corrected = (order * np.arange(len(order), 0, -1)).cummax().clip(upper=1)
    return corrected.reindex(pd.Series(p_values).index)


def reality_check(gains, block, repeats=2000, seed=0):
    """Ask of the best of several strategies whether luck alone does as well.

    Whole blocks of times are drawn again, for all strategies at once, so that strategies which are
    alike count as nearly one. The largest mean gain of such a draw, each gain less its own mean, is
    what luck gives the best one.

    Args:
        gains: DataFrame (time, strategy) of what each gains over doing nothing of the kind, more is
            better; nothing missing.
        block: Consecutive times in a block, longer than gains stay alike.
        repeats: Number of draws.
        seed: Seed of the draws.

    Returns:
        Best.

    Raises:
        InputError: If a gain is missing, or there are fewer times than four blocks.

    Example:
        >>> import numpy as np
        >>> import pandas as pd
        >>> from stlearn.evaluation.multiple import reality_check
        >>> luck = pd.DataFrame(np.random.default_rng(2).normal(size=(500, 40)))
        >>> best = reality_check(luck, block=5)
        >>> best.alone < 0.05, best.corrected > 0.05
        (True, True)

    Reference: White (2000), A reality check for data snooping.
    """
    check_count("block", block)
    check_count("repeats", repeats)
    values = gains.to_numpy(dtype="float64")
    if len(values) < 4 * block or not np.isfinite(values).all():
        raise InputError(
            f"gains: expected at least {4 * block} times (4 blocks), none missing, got "
            f"{len(values)} times, {(~np.isfinite(values)).sum()} gains missing"
        )
    mean = values.mean(axis=0)
    best = int(mean.argmax())
    random = np.random.default_rng(seed)
    lengths = np.arange(len(values)) % block  # blocks run on from the end to the start
    alone = corrected = 0
    for _ in range(repeats):
        starts = random.integers(len(values), size=-(-len(values) // block)).repeat(block)
        rows = (starts[: len(values)] + lengths) % len(values)
        luck = np.bincount(rows, minlength=len(values)) @ (values - mean) / len(values)
        alone += bool(luck[best] >= mean[best])
        corrected += bool(luck.max() >= mean[best])
    return Best(
        gains.columns[best], float(mean[best]), (1 + alone) / (1 + repeats),
        (1 + corrected) / (1 + repeats),
    )  # fmt: skip
