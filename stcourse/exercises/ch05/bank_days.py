"""Wrong answers that learners give to exercise 5.3, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


def _folds(
    rows,
    first_train,
    test,
    gap,
    step=lambda test, gap: test,
    start=lambda train_stop, gap: train_stop + gap,
    grows=True,
    fits=lambda stop, rows: stop <= rows,
    cut=lambda stop, rows: stop,
):
    """The folds, with one thing to be done wrongly."""
    folds, train_stop = [], first_train
    while fits(start(train_stop, gap) + test, rows):
        test_start = start(train_stop, gap)
        fold = train_stop if grows else first_train, test_start, cut(test_start + test, rows)
        folds.append(fold)
        train_stop += step(test, gap)
    return folds


def _folds_but(**changes):
    return lambda rows, first_train, test, gap: _folds(rows, first_train, test, gap, **changes)


def _told_but(told):
    """The right folds, written down wrongly: `told` gets the three rows, gap and test."""

    def walk_forward_folds(rows, first_train, test, gap):
        return [told(*fold, gap, test) for fold in _folds(rows, first_train, test, gap)]

    return walk_forward_folds


def _moved_on_first(rows, first_train, test, gap):
    return [
        (stop + test, start + test, end + test)
        for stop, start, end in _folds(rows, first_train, test, gap)
    ]


def _gap_not_counted(rows, first_train, test, gap):
    return [
        (stop, start + gap, end + gap) for stop, start, end in _folds(rows, first_train, test, 0)
    ]


def _trained_on_less(rows, first_train, test, gap):
    return _folds(rows, first_train - gap, test, gap)


def _last_not_full(rows, first_train, test, gap):
    starts = range(first_train + gap, rows, test)
    return [(start - gap, start, min(start + test, rows)) for start in starts]


def _from_the_end(rows, first_train, test, gap):
    stops = range(rows, first_train + gap + test - 1, -test)
    return [(stop - test - gap, stop - test, stop) for stop in reversed(stops)]


def _in_a_row(rows, first_train, test, gap):
    count = (rows - first_train - gap) // test
    starts = [first_train + gap + fold * test for fold in range(count)]
    return [[start - gap, start, start + test] for start in starts]


def _as_an_array(rows, first_train, test, gap):
    starts = np.arange(first_train + gap, rows - test + 1, test)
    return np.stack([starts - gap, starts, starts + test], axis=1)


FOLDS = (
    Mistake(
        "overlapping tests",
        _folds_but(step=lambda test, gap: 1),
        "The folds move on by one row, so rows are tested again and again: move on by the length "
        "of a test part.",
    ),
    Mistake(
        "gap forgotten",
        _folds_but(start=lambda train_stop, gap: train_stop),
        "The test part starts right where training stops: leave the gap, or windows at the end of "
        "training hold the first test rows.",
    ),
    Mistake(
        "last one not full",
        _last_not_full,
        "The last test part has fewer rows than the others, so its mean is less sure: leave it "
        "out.",
    ),
    Mistake(
        "last full one lost",
        _folds_but(fits=lambda stop, rows: stop < rows),
        "The last full fold is lost: a test part may stop exactly where the rows do.",
    ),
    Mistake(
        "training does not grow",
        _folds_but(grows=False),
        "Each fold is trained on the rows of the first: by the time of a later test, more is known "
        "and is to be learned from.",
    ),
    Mistake(
        "gap between the folds",
        _folds_but(step=lambda test, gap: test + gap),
        "Training moves on by test and gap, so after each test part some rows are never tested: "
        "it grows by the length of a test part.",
    ),
    Mistake(
        "tested on what was learned",
        _folds_but(start=lambda train_stop, gap: max(train_stop - gap - 1, 0)),
        "The test part starts before training stops: it has to come after all that is learned "
        "from.",
    ),
    Mistake(
        "stop included",
        _folds_but(cut=lambda stop, rows: stop - 1),
        "The stop of a test part is its last row plus one, as in a slice: yours is one row short.",
    ),
    Mistake(
        "all stops included",
        _told_but(lambda train_stop, start, stop, gap, test: (train_stop - 1, start, stop - 1)),
        "Your two stops are the last rows of their parts: a stop is excluded, as in a slice, so it "
        "is the last row plus one.",
    ),
    Mistake(
        "training's stop included",
        _told_but(lambda train_stop, start, stop, gap, test: (train_stop - 1, start, stop)),
        "Your train_stop is the last training row: a stop is excluded, as in a slice, so it is "
        "the last row plus one.",
    ),
    Mistake(
        "rows counted from 1",
        _told_but(lambda train_stop, start, stop, gap, test: (train_stop, start + 1, stop)),
        "Your rows are counted from 1, with both ends included: count from 0, with stops excluded. "
        "Then the test starts at train_stop + gap.",
    ),
    Mistake(
        "one row too late",
        _told_but(lambda train_stop, start, stop, gap, test: (train_stop, start + 1, stop + 1)),
        "Your test part comes one row late: train_stop is excluded already, so the gap starts "
        "there.",
    ),
    Mistake(
        "all rows one too high",
        _told_but(lambda train_stop, start, stop, gap, test: (train_stop + 1, start + 1, stop + 1)),
        "All your rows are one too high: the first row is row 0, so the first train_stop is "
        "`first_train`.",
    ),
    Mistake(
        "length for the stop",
        _told_but(lambda train_stop, start, stop, gap, test: (train_stop, start, test)),
        "Your third number is the length of the test part: asked for is the row where it stops.",
    ),
    Mistake(
        "gap cut from training",
        _told_but(lambda *fold_gap_test: tuple(np.subtract(fold_gap_test[:3], fold_gap_test[3]))),
        "You cut the gap from the end of training: all of `first_train` is trained on, and the gap "
        "comes after it.",
    ),
    Mistake(
        "first training shorter by the gap",
        _trained_on_less,
        "You take the gap out of `first_train` before you begin: the first fold trains on all of "
        "`first_train`, and the gap comes after it.",
    ),
    Mistake(
        "gap not counted in the end",
        _gap_not_counted,
        "You ask whether a test part fits without counting the gap before it, so the last fold may "
        "reach beyond the table.",
    ),
    Mistake(
        "moved on too early",
        _moved_on_first,
        "You move on before the first fold is noted: the first one trains on `first_train` rows.",
    ),
    Mistake(
        "one fold",
        lambda rows, first_train, test, gap: [
            (first_train, first_train + gap, first_train + gap + test)
        ],
        "This is a single split: walk on while another full test part fits.",
    ),
    Mistake(
        "all the rest",
        lambda rows, first_train, test, gap: [(first_train, first_train + gap, rows)],
        "All rows that are left are one test part here: cut them in parts of `test` rows.",
    ),
    Mistake(
        "laid from the end",
        _from_the_end,
        "The folds are laid from the last row backwards, so the first training part is longer than "
        "`first_train`: start there, and leave out what does not fill a test part at the end.",
    ),
)
FOLDS_ALSO_RIGHT = (_in_a_row, _as_an_array)
