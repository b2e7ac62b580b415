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


def _of_block_sums(losses_a, losses_b, block, draws):
    sums = (losses_a - losses_b).reshape(-1, block).sum(axis=1)
    return _ends(sums[draws].mean(axis=1))


def _sizes(losses_a, losses_b, block, draws):
    blocks = np.abs(losses_a - losses_b).reshape(-1, block).mean(axis=1)
    return _ends(blocks[draws].mean(axis=1))


def _ends_of_each(losses_a, losses_b, block, draws):
    ends = [
        _ends(losses.reshape(-1, block).mean(axis=1)[draws].mean(axis=1))
        for losses in (losses_a, losses_b)
    ]
    return ends[0][0] - ends[1][0], ends[0][1] - ends[1][1]


def _as_a_share(losses_a, losses_b, block, draws):
    low, high = _bootstrap_but()(losses_a, losses_b, block, draws)
    return low / losses_b.mean(), high / losses_b.mean()


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
        "sums of the blocks",
        _of_block_sums,
        "The rows of a block are added up: take their mean, or a difference of 1 km/h in each of "
        "10 rows counts as 10.",
    ),
    Mistake(
        "sizes of the differences",
        _sizes,
        "You take the size of each difference: its sign says which of the two is better, so keep "
        "it.",
    ),
    Mistake(
        "ends of each model",
        _ends_of_each,
        "You take an interval of each model and subtract the ends: subtract the losses first, "
        "then there is one series with one interval.",
    ),
    Mistake(
        "share of b",
        _as_a_share,
        "You divide by the loss of b: asked for is the difference in km/h.",
    ),
    Mistake(
        "smallest and largest draw",
        _bootstrap_but(ends=lambda means: (means.min(), means.max())),
        "These are the smallest and the largest of the draws, which lie further apart the more you "
        "draw: `np.percentile` leaves 2.5 % out on each side, and goes between two draws.",
    ),
    Mistake(
        "centred on zero",
        _bootstrap_but(ends=lambda means: _ends(means - means.mean())),
        "You take the mean away, so the interval lies around zero whatever the difference is: it "
        "is the difference that you want to know.",
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
