"""Wrong answers that learners give to exercise 5.5, and other right ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from stcourse.engine.exercise import Mistake


def _cut(values, length):
    return np.stack([values[start : start + length] for start in range(len(values) - length + 1)])


def _scaled(values, by):
    return (values - by.mean(axis=0)) / by.std(axis=0)


def _parts_but(scaled, cut=_cut):
    """The two parts, scaled or cut wrongly: `scaled` gets (part, train, all values)."""

    def honest_parts(values, test_start, length):
        train, test = values[:test_start], values[test_start:]
        return tuple(cut(scaled(part, train, values), length) for part in (train, test))

    return honest_parts


def _by_training(part, train, values):
    return _scaled(part, train)


def _shuffled(values, test_start, length):
    windows = _cut(_scaled(values, values[:test_start]), length)
    windows = np.random.default_rng(0).permutation(windows)
    first = test_start - length + 1
    return windows[:first], windows[first:]


def _exhibit(values, test_start, length):
    windows = _cut(_scaled(values, values), length)
    windows = np.random.default_rng(0).permutation(windows)
    first = test_start - length + 1
    return windows[:first], windows[first:]


def _exhibit_in_order(values, test_start, length):
    windows = _cut(_scaled(values, values), length)
    first = test_start - length + 1
    return windows[:first], windows[first:]


def _training_shuffled(values, test_start, length):
    train, test = _parts_but(_by_training)(values, test_start, length)
    return np.random.default_rng(0).permutation(train), test


def _parts_swapped(values, test_start, length):
    return _parts_but(_by_training)(values, test_start, length)[::-1]


def _by_training_windows(values, test_start, length):
    train, test = (_cut(part, length) for part in (values[:test_start], values[test_start:]))
    mean, deviation = train.mean(axis=(0, 1)), train.std(axis=(0, 1))
    return (train - mean) / deviation, (test - mean) / deviation


def _first_test_rows_left_out(values, test_start, length):
    scaled = _scaled(values, values[:test_start])
    return _cut(scaled[:test_start], length), _cut(scaled[test_start + length - 1 :], length)


def _last_training_window_lost(values, test_start, length):
    train, test = _parts_but(_by_training)(values, test_start, length)
    return train[:-1], test


def _across_the_cut(values, test_start, length):
    windows = _cut(_scaled(values, values[:test_start]), length)
    return windows[:test_start], windows[test_start:]


def _reaching_back(values, test_start, length):
    scaled = _scaled(values, values[:test_start])
    return _cut(scaled[:test_start], length), _cut(scaled[test_start - length + 1 :], length)


def _every_length(values, length):
    return np.stack(
        [values[start : start + length] for start in range(0, len(values) - length + 1, length)]
    )


def _last_lost(values, length):
    starts = range(len(values) - length)
    return np.stack([values[start : start + length] for start in starts])


def _parts_with_views(values, test_start, length):
    train = values[:test_start]
    scaled = (values - np.mean(train, axis=0)) / np.std(train, axis=0)
    train, test = (
        sliding_window_view(part, length, axis=0).swapaxes(1, 2)
        for part in (scaled[:test_start], scaled[test_start:])
    )
    return [np.array(train), np.array(test)]


PARTS = (
    Mistake(
        "the exhibit itself",
        _exhibit,
        "This is the exhibit with its three leaks: a scale from all rows, windows cut across the "
        "border, and a shuffle before they are divided.",
    ),
    Mistake(
        "shuffle alone repaired",
        _exhibit_in_order,
        "Your windows stay in order now, and two leaks are left: the scale is taken from all rows, "
        "and the windows are cut before the rows are divided.",
    ),
    Mistake(
        "scaled with all rows",
        _parts_but(lambda part, train, values: _scaled(part, values)),
        "Mean and deviation are taken over all rows: the test part has a say in the scale. Take "
        "them over the training rows.",
    ),
    Mistake(
        "each part by itself",
        _parts_but(lambda part, train, values: _scaled(part, part)),
        "The test part is scaled by its own mean and deviation, which nobody knows while it is "
        "still to come: use those of training.",
    ),
    Mistake(
        "shuffled",
        _shuffled,
        "The windows are shuffled before they are divided: a training window then shares all rows "
        "but one with a test window. Divide in time.",
    ),
    Mistake(
        "across the cut",
        _across_the_cut,
        "The windows are cut before the rows are divided: the last training windows reach into the "
        "test part. Divide first, then cut.",
    ),
    Mistake(
        "reaching back",
        _reaching_back,
        "The first test windows begin in the training part: here every window lies in one part as "
        "a whole.",
    ),
    Mistake(
        "one scale for all nodes",
        _parts_but(lambda part, train, values: (part - train.mean()) / train.std()),
        "One mean and one deviation for all nodes: each node has its own, so take them over time "
        "alone.",
    ),
    Mistake(
        "not scaled",
        _parts_but(lambda part, train, values: part),
        "The values are still in km/h: subtract the mean and divide by the deviation of training.",
    ),
    Mistake(
        "mean left in",
        _parts_but(lambda part, train, values: part / train.std(axis=0)),
        "The mean is not taken away: subtract that of the training rows before you divide.",
    ),
    Mistake(
        "deviation over one row less",
        _parts_but(lambda part, train, values: (part - train.mean(0)) / train.std(0, ddof=1)),
        "The deviation is divided by the number of rows minus 1, as pandas does: then the training "
        "rows do not have deviation 1. NumPy's `std` divides by their number.",
    ),
    Mistake(
        "variance",
        _parts_but(lambda part, train, values: (part - train.mean(0)) / train.var(0)),
        "You divide by the variance: the standard deviation is its root.",
    ),
    Mistake(
        "smallest to largest",
        _parts_but(lambda part, train, values: (part - train.min(0)) / np.ptp(train, axis=0)),
        "You scale from the smallest to the largest value: asked for are mean 0 and standard "
        "deviation 1 over the training rows.",
    ),
    Mistake(
        "each row by itself",
        _parts_but(lambda part, train, values: _scaled(part.T, part.T).T),
        "Each row is scaled by the mean of its nodes: take mean and deviation over time, axis 0.",
    ),
    Mistake(
        "scale from the training windows",
        _by_training_windows,
        "Mean and deviation are taken over the training windows, in which the rows in the middle "
        "stand several times: take them over the rows, before you cut.",
    ),
    Mistake(
        "test not scaled",
        _parts_but(lambda part, train, values: _scaled(part, train) if part is train else part),
        "Your test windows are still in km/h: scale them too, by the mean and the deviation of "
        "training.",
    ),
    Mistake(
        "training shuffled",
        _training_shuffled,
        "Your training windows are the right ones, but shuffled: return them in the order of time.",
    ),
    Mistake(
        "first test rows left out",
        _first_test_rows_left_out,
        "The first windows of the test part are missing: no window reaches over the border, so "
        "none has to be left out.",
    ),
    Mistake(
        "last training window lost",
        _last_training_window_lost,
        "The last training window is missing: it ends with the row right before `test_start`.",
    ),
    Mistake(
        "parts swapped",
        _parts_swapped,
        "The two parts have changed places: train first.",
    ),
    Mistake(
        "every length-th window",
        _parts_but(_by_training, cut=_every_length),
        "The windows follow each other without overlap: one starts at each row.",
    ),
    Mistake(
        "last window lost",
        _parts_but(_by_training, cut=_last_lost),
        "The last window of a part is lost: it ends with the part's last row, so there are rows - "
        "length + 1 of them.",
    ),
)
PARTS_ALSO_RIGHT = (_parts_with_views,)
