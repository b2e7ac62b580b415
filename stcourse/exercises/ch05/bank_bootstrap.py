"""Wrong answers that learners give to exercise 5.4, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


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


def _rows_mixed(losses_a, losses_b, block, draws):
    blocks = (losses_a - losses_b).reshape(block, -1).mean(axis=1)
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
        "block for the number of blocks",
        _rows_mixed,
        "Your `reshape` makes `block` rows, and so mixes the rows of several blocks: a block is "
        "`block` rows that follow each other, one block a row.",
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
