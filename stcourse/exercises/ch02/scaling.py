"""Wrong answers that learners give to exercise 2.6, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake

# 2.6


def _scaled(train, later, fit_on=None, axis=0, mean=np.nanmean, deviation=np.nanstd):
    fit_on = train if fit_on is None else fit_on
    middle = mean(fit_on, axis=axis, keepdims=True)
    spread = deviation(fit_on, axis=axis, keepdims=True)
    return (train - middle) / spread, (later - middle) / spread


def _scaled_each(train, later):
    return _scaled(train, train)[0], _scaled(later, later)[0]


def _scaled_by_rows(train, later):
    return _scaled(train, train, axis=1)[0], _scaled(later, later, axis=1)[0]


def _missing_to_zero(train, later):
    return tuple(np.nan_to_num(part) for part in _scaled(train, later))


def _one_node_after_the_other(train, later):
    scaled = np.array(train), np.array(later)
    for node in range(train.shape[1]):
        known = [value for value in train[:, node] if value == value]
        mean = sum(known) / len(known)
        deviation = (sum((value - mean) ** 2 for value in known) / len(known)) ** 0.5
        for part in scaled:
            part[:, node] = (part[:, node] - mean) / deviation
    return scaled


SCALE = (
    Mistake(
        "fitted on everything",
        lambda train, later: _scaled(train, later, fit_on=np.concatenate([train, later])),
        "Mean and deviation come from both parts. The later part is the future: whatever is "
        "fitted may look at the training part alone.",
    ),
    Mistake(
        "each part by itself",
        _scaled_each,
        "Each part is scaled by its own mean and deviation. One speed then gets two different "
        "numbers, and the network cannot tell a slow week from a fast one.",
    ),
    Mistake(
        "NaN spreads",
        lambda train, later: _scaled(train, later, mean=np.mean, deviation=np.std),
        "One missing value makes the whole node NaN: mean and deviation have to be those of the "
        "known values.",
    ),
    Mistake(
        "one scale for all nodes",
        lambda train, later: _scaled(train, later, axis=None),
        "All nodes share one mean and one deviation: here each node has its own.",
    ),
    Mistake(
        "along the wrong axis",
        _scaled_by_rows,
        "The scale is taken along the nodes, one for each time. It is to be taken along the time, "
        "one for each node.",
    ),
    Mistake(
        "variance instead of deviation",
        lambda train, later: _scaled(train, later, deviation=np.nanvar),
        "You divide by the variance: the standard deviation is its root.",
    ),
    Mistake(
        "deviation of a sample",
        lambda train, later: _scaled(
            train, later, deviation=lambda part, **along: np.nanstd(part, ddof=1, **along)
        ),
        "This standard deviation divides by n - 1. Here it divides by n, as `np.std` does; pandas "
        "and `ddof=1` divide by n - 1.",
    ),
    Mistake(
        "missing set to zero",
        _missing_to_zero,
        "Missing values have become 0, which now reads as a perfectly usual speed. NaN stays NaN.",
    ),
    Mistake(
        "mean not taken off",
        lambda train, later: _scaled(train, later, mean=lambda part, axis, keepdims: 0.0),
        "The mean is not taken off: a scaled node has mean 0 in training.",
    ),
    Mistake(
        "between zero and one",
        lambda train, later: tuple(
            (part - np.nanmin(train, axis=0))
            / np.ptp(np.where(np.isnan(train), np.nanmin(train, axis=0), train), axis=0)
            for part in (train, later)
        ),
        "This brings the smallest value to 0 and the largest to 1. Asked for are mean 0 and "
        "standard deviation 1; a single outlier rules smallest and largest.",
    ),
    Mistake(
        "deviation not divided",
        lambda train, later: _scaled(train, later, deviation=lambda part, axis, keepdims: 1.0),
        "The mean is taken off, but nothing is divided by the standard deviation: the numbers "
        "are still in km/h.",
    ),
    Mistake(
        "median",
        lambda train, later: _scaled(train, later, mean=np.nanmedian),
        "The median is taken off. The mean is asked for, so that scaled training values have "
        "mean 0.",
    ),
    Mistake(
        "brackets missing",
        lambda train, later: tuple(
            part - np.nanmean(train, axis=0) / np.nanstd(train, axis=0) for part in (train, later)
        ),
        "Brackets are missing: only the mean is divided by the deviation, not the difference.",
    ),
    Mistake(
        "later part left",
        lambda train, later: (_scaled(train, later)[0], later),
        "The later part is not scaled: the network would meet km/h where it learned scaled "
        "numbers.",
    ),
    Mistake(
        "later by its own mean",
        lambda train, later: (
            _scaled(train, later)[0],
            (later - np.nanmean(later, axis=0)) / np.nanstd(train, axis=0),
        ),
        "The later part has its own mean taken off: that is word from the future. Use the mean "
        "of train.",
    ),
    Mistake(
        "missing counted as zero",
        lambda train, later: tuple(
            (part - np.nan_to_num(train).mean(axis=0)) / np.nan_to_num(train).std(axis=0)
            for part in (train, later)
        ),
        "Missing training values are counted as 0 in mean and deviation. Only the known ones "
        "count.",
    ),
    Mistake(
        "parts exchanged",
        lambda train, later: _scaled(train, later)[::-1],
        "The two parts are returned in the wrong order: train first.",
    ),
)
SCALE_ALSO_RIGHT = (
    _one_node_after_the_other,
    lambda train, later: [
        part / np.nanstd(train, axis=0) - np.nanmean(train, axis=0) / np.nanstd(train, axis=0)
        for part in (train, later)
    ],
)
