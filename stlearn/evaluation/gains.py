"""The gain of one forecaster over another, and the sentence that says whether it is real."""

from typing import NamedTuple

import numpy as np
import pandas as pd


class Gain(NamedTuple):
    """Gain of a model over a reference at one horizon, as a share of the reference's MAE.

    `real` says that the whole interval is above zero, and that each training of the model gains
    where there are several. Without an interval, low and high are NaN.
    """

    horizon: pd.Timedelta
    model: str
    reference: str
    gain: float
    low: float
    high: float
    real: bool
    sentence: str


def in_a_sentence(ahead, model, reference, gain, low, high, better=()):
    """Say a gain in a sentence.

    Args:
        ahead: How far ahead, in words.
        model, reference: Names.
        gain, low, high: Share and its interval; NaN where it is not known.
        better: For each of several trainings of the model, whether it has the lower error.

    Example:
        >>> from stlearn.evaluation.gains import in_a_sentence
        >>> in_a_sentence("1 hour", "stn", "trees", 0.05, 0.02, 0.08)
        'At 1 hour stn is 5.0 % better than trees (95 % interval 2.0 % to 8.0 %): the gain is real.'
    """
    place = f"At {ahead}"
    if np.isnan(gain):
        return (
            f"{place} {model} and {reference} cannot be compared: no target is known, "
            f"or {reference} makes no error."
        )
    if gain < 0:  # told as a loss, with its interval turned round
        said = f"{place} {model} is {_percent(-gain)} worse than {reference}"
        ends = f"{_percent(-high)} to {_percent(-low)}"
    else:
        said = f"{place} {model} is {_percent(gain)} better than {reference}"
        ends = f"{_percent(low)} to {_percent(high)}"
    if np.isnan(low):
        return f"{said}; the test part is too short for an interval, so no gain is shown."
    said = f"{said} (95 % interval {ends})"
    if better:
        said += f", {sum(better)} of {len(better)} trainings are better"
    if low > 0 and all(better):
        return f"{said}: the gain is real."
    if high < 0 and not any(better):
        return f"{said}: the loss is real."
    if low > 0 or high < 0:
        return f"{said}: they do not agree, so no gain is shown."
    return f"{said}: the interval includes zero, so no gain is shown."


def _percent(share):
    return f"{100 * share:z.1f} %"  # z: no "-0.0"
