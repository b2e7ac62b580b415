"""Wrong answers that learners give to exercises 5.3 and 5.4, and other right ones."""

import numpy as np

from stlearn.course.exercise import Mistake

# 5.3


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


# 5.4


def _ends(means, percentiles=(2.5, 97.5)):
    low, high = np.percentile(means, percentiles)
    return low, high


def _bootstrap_but(ends=_ends, mean=lambda blocks, draws: blocks[draws].mean(axis=1)):
    def bootstrap_interval(losses_a, losses_b, block, draws):
        blocks = (losses_a - losses_b).reshape(-1, block).mean(axis=1)
        return ends(mean(blocks, draws))

    return bootstrap_interval


def _single_rows(losses_a, losses_b, block, draws):
    return _ends((losses_a - losses_b)[draws].mean(axis=1))


def _drawn_apart(losses_a, losses_b, block, draws):
    blocks_a, blocks_b = (losses.reshape(-1, block).mean(axis=1) for losses in (losses_a, losses_b))
    return _ends(blocks_a[draws].mean(axis=1) - blocks_b[draws[::-1]].mean(axis=1))


def _two_deviations_of_rows(losses_a, losses_b, block, draws):
    difference = losses_a - losses_b
    reach = 1.96 * difference.std(ddof=1) / np.sqrt(len(difference))
    return difference.mean() - reach, difference.mean() + reach


def _every_nth_row(losses_a, losses_b, block, draws):
    blocks = (losses_a - losses_b).reshape(block, -1).mean(axis=0)
    return _ends(blocks[draws].mean(axis=1))


def _own_draws(losses_a, losses_b, block, draws):
    blocks = (losses_a - losses_b).reshape(-1, block).mean(axis=1)
    drawn = np.random.default_rng(0).integers(0, len(blocks), size=draws.shape)
    return _ends(blocks[drawn].mean(axis=1))


def _two_deviations_of_draws(means):
    return means.mean() - 1.96 * means.std(), means.mean() + 1.96 * means.std()


def _row_by_row(losses_a, losses_b, block, draws):
    means = []
    for drawn in draws:
        rows = np.concatenate([np.arange(block) + number * block for number in drawn])
        means.append(losses_a[rows].mean() - losses_b[rows].mean())
    return np.quantile(means, [0.025, 0.975])


BOOTSTRAP = (
    Mistake(
        "single rows",
        _single_rows,
        "The numbers drawn are used as rows: they are blocks. Rows that follow each other resemble "
        "each other, so single rows give too narrow an interval.",
    ),
    Mistake(
        "drawn apart",
        _drawn_apart,
        "The two models are drawn apart from each other: take the same blocks of both, since a "
        "hard day is hard for both.",
    ),
    Mistake(
        "two deviations of rows",
        _two_deviations_of_rows,
        "This is the usual 1.96 standard errors over the rows, as if they were independent: draw "
        "blocks instead.",
    ),
    Mistake(
        "two deviations of draws",
        _bootstrap_but(ends=_two_deviations_of_draws),
        "These are 1.96 standard deviations of the draws: asked for are their percentiles, which "
        "need no bell curve.",
    ),
    Mistake(
        "5th and 95th",
        _bootstrap_but(ends=lambda means: _ends(means, (5, 95))),
        "The 5th and the 95th percentile hold 90 % between them: for 95 % leave 2.5 % on each "
        "side.",
    ),
    Mistake(
        "shares for percentiles",
        _bootstrap_but(ends=lambda means: _ends(means, (0.025, 0.975))),
        "Both ends lie at the low side: `np.percentile` counts from 0 to 100, `np.quantile` from 0 "
        "to 1.",
    ),
    Mistake(
        "sum",
        _bootstrap_but(mean=lambda blocks, draws: blocks[draws].sum(axis=1)),
        "The blocks of a draw are added up: take their mean, or the interval grows with the number "
        "of days.",
    ),
    Mistake(
        "b minus a",
        _bootstrap_but(mean=lambda blocks, draws: -blocks[draws].mean(axis=1)),
        "The difference is the other way round: a minus b is below zero where a is better.",
    ),
    Mistake(
        "percentiles of the blocks",
        _bootstrap_but(mean=lambda blocks, draws: blocks[draws]),
        "These percentiles are of single blocks: that tells how days differ, not how sure their "
        "mean is. Take the mean of each draw first.",
    ),
    Mistake(
        "mean over the draws",
        _bootstrap_but(mean=lambda blocks, draws: blocks[draws].mean(axis=0)),
        "The mean is taken over the draws: take it over the blocks of one draw, then the "
        "percentiles over the draws.",
    ),
    Mistake(
        "every n-th row",
        _every_nth_row,
        "The blocks are made of rows that lie apart: a block is rows that follow each other. "
        "Look at the order of axes in your `reshape`.",
    ),
    Mistake(
        "draws of its own",
        _own_draws,
        "You draw blocks yourself: use the numbers in `draws`, so that everybody gets the same.",
    ),
    Mistake(
        "median",
        _bootstrap_but(mean=lambda blocks, draws: np.median(blocks[draws], axis=1)),
        "This is the median of the blocks of each draw: the question is about the mean loss.",
    ),
    Mistake(
        "high first",
        _bootstrap_but(ends=lambda means: _ends(means)[::-1]),
        "The two ends are in the wrong order: low first.",
    ),
)
BOOTSTRAP_ALSO_RIGHT = (
    _row_by_row,
    _bootstrap_but(ends=lambda means: list(np.quantile(means, [0.025, 0.975]))),
)
