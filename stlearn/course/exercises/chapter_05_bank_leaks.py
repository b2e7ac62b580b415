"""Wrong answers that learners give to exercises 5.5 and 5.6, and other right ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from stlearn.course.exercise import Mistake

# 5.5


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


def _shuffled(values, test_start, length):
    windows = _cut(_scaled(values, values[:test_start]), length)
    windows = np.random.default_rng(0).permutation(windows)
    first = test_start - length + 1
    return windows[:first], windows[first:]


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
    starts = range(max(len(values) - length, 1))
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
        "every length-th window",
        _parts_but(lambda part, train, values: _scaled(part, train), cut=_every_length),
        "The windows follow each other without overlap: one starts at each row.",
    ),
    Mistake(
        "last window lost",
        _parts_but(lambda part, train, values: _scaled(part, train), cut=_last_lost),
        "The last window of a part is lost: it ends with the part's last row, so there are rows - "
        "length + 1 of them.",
    ),
)
PARTS_ALSO_RIGHT = (_parts_with_views,)


# 5.6


def _at(epochs, errors):
    return np.take_along_axis(errors, epochs[:, None], axis=1)[:, 0]


def _best_seed_by_validation(validation_errors, test_errors):
    return test_errors.ravel()[validation_errors.argmin()]


def _best_seed_by_test(validation_errors, test_errors):
    return _at(validation_errors.argmin(axis=1), test_errors).min()


def _one_epoch_for_all(validation_errors, test_errors):
    return test_errors[:, validation_errors.mean(axis=0).argmin()].mean()


def _first_seed(validation_errors, test_errors):
    return test_errors[0, validation_errors[0].argmin()]


def _honest_in_a_loop(validation_errors, test_errors):
    total = 0.0
    for validation, test in zip(validation_errors.tolist(), test_errors.tolist()):
        best = min(range(len(validation)), key=validation.__getitem__)
        total += test[best]
    return total / len(test_errors)


HONEST = (
    Mistake(
        "epoch chosen on test",
        lambda validation_errors, test_errors: test_errors.min(axis=1).mean(),
        "The epoch is the one with the lowest test error: the test part has chosen, and the figure "
        "is too good. Let the validation part choose.",
    ),
    Mistake(
        "lowest of all",
        lambda validation_errors, test_errors: test_errors.min(),
        "This is the luckiest number in the whole table, over seeds and epochs: no one could have "
        "picked it beforehand.",
    ),
    Mistake(
        "one epoch chosen on test",
        lambda validation_errors, test_errors: test_errors.mean(axis=0).min(),
        "The epoch with the lowest mean test error is taken: averaging over the seeds does not "
        "make the choice fair.",
    ),
    Mistake(
        "validation error reported",
        lambda validation_errors, test_errors: validation_errors.min(axis=1).mean(),
        "This is the validation error, which has been used to choose and is too good for that: "
        "report the test error at the same epoch.",
    ),
    Mistake(
        "best seed by validation",
        _best_seed_by_validation,
        "Only the best seed is reported: a reader who trains once gets the mean, so report the "
        "mean over all seeds.",
    ),
    Mistake(
        "best seed by test",
        _best_seed_by_test,
        "The seed with the lowest test error is reported: that is choosing on the test part too.",
    ),
    Mistake(
        "one epoch for all seeds",
        _one_epoch_for_all,
        "One epoch serves all seeds: each training stops where its own validation error is lowest.",
    ),
    Mistake(
        "last epoch",
        lambda validation_errors, test_errors: test_errors[:, -1].mean(),
        "This is the error after the last epoch: nothing was chosen, although the validation part "
        "tells where to stop.",
    ),
    Mistake(
        "highest validation error",
        lambda validation_errors, test_errors: _at(
            validation_errors.argmax(axis=1), test_errors
        ).mean(),
        "The epoch with the highest validation error is taken: look for the lowest.",
    ),
    Mistake(
        "mean over the epochs",
        lambda validation_errors, test_errors: test_errors.mean(),
        "This is the mean over all epochs, those before anything was learned included: stop each "
        "training at one epoch.",
    ),
    Mistake(
        "first seed",
        _first_seed,
        "Only the first seed is reported: take the mean over all of them.",
    ),
    Mistake(
        "one number a seed",
        lambda validation_errors, test_errors: _at(validation_errors.argmin(axis=1), test_errors),
        "You return one error for each seed: the mean over them is still to be taken.",
    ),
)
HONEST_ALSO_RIGHT = (
    _honest_in_a_loop,
    lambda validation_errors, test_errors: np.mean(
        _at(np.argmin(validation_errors, axis=1), test_errors)
    ),
)
