"""Wrong answers that learners give to exercise 5.6, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


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


def _seeds_crossed(validation_errors, test_errors):
    return test_errors[:, validation_errors.argmin(axis=1)]


def _best_seed_of_each_epoch(validation_errors, test_errors):
    return _at(validation_errors.T.argmin(axis=1), test_errors.T).mean()


def _first_rise(validation_errors, test_errors):
    rises = np.diff(validation_errors, axis=1) > 0
    never = np.full((len(rises), 1), True)
    return _at(np.concatenate([rises, never], axis=1).argmax(axis=1), test_errors).mean()


def _one_epoch_later(validation_errors, test_errors):
    epochs = validation_errors.argmin(axis=1) + 1
    return test_errors[np.arange(len(epochs)), epochs].mean()


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
        "seeds crossed with epochs",
        lambda validation_errors, test_errors: _seeds_crossed(
            validation_errors, test_errors
        ).mean(),
        "`test_errors[:, epochs]` crosses the two: each seed is read at the epochs of all seeds. "
        "Each seed has one epoch, its own.",
    ),
    Mistake(
        "seeds crossed, not averaged",
        _seeds_crossed,
        "`test_errors[:, epochs]` gives a table, each seed at the epochs of all seeds: pick one "
        "number a seed, and take their mean.",
    ),
    Mistake(
        "best seed of each epoch",
        _best_seed_of_each_epoch,
        "`argmin(axis=0)` finds the best seed of each epoch: asked for is the best epoch of each "
        "seed, along axis 1.",
    ),
    Mistake(
        "rows of the best seeds",
        lambda validation_errors, test_errors: test_errors[validation_errors.argmin(axis=0)].mean(),
        "`argmin(axis=0)` finds the best seed of each epoch, and all epochs of these seeds are in "
        "your mean: look for the best epoch of each seed, along axis 1.",
    ),
    Mistake(
        "row of a place in the whole table",
        lambda validation_errors, test_errors: test_errors[validation_errors.argmin()].mean(),
        "`argmin` without an axis counts through the whole table, and you take its place for a "
        "seed: look for the lowest in each row, axis 1.",
    ),
    Mistake(
        "place in the whole table",
        lambda validation_errors, test_errors: test_errors[:, validation_errors.argmin()].mean(),
        "`argmin` without an axis counts through the whole table, seed after seed: look for the "
        "lowest in each row, axis 1.",
    ),
    Mistake(
        "stopped at the first rise",
        _first_rise,
        "Each training stops where its validation error first rises: it may fall again, so look "
        "for the lowest of all epochs.",
    ),
    Mistake(
        "one epoch later",
        _one_epoch_later,
        "You read the test error one epoch after the chosen one: `argmin` gives the place, counted "
        "from 0, as the columns are.",
    ),
    Mistake(
        "median",
        lambda validation_errors, test_errors: np.median(
            _at(validation_errors.argmin(axis=1), test_errors)
        ),
        "This is the median over the seeds, which does not see a training that failed: report the "
        "mean.",
    ),
    Mistake(
        "sum",
        lambda validation_errors, test_errors: _at(
            validation_errors.argmin(axis=1), test_errors
        ).sum(),
        "The errors of the seeds are added up: report their mean.",
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
