"""5.4: draw whole blocks for the interval of a difference."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, compare
from stcourse.engine.wording import kind
from stcourse.exercises.ch05.results import apart, number, recorded


def bootstrap_interval(losses_a, losses_b, block, draws):
    """Give a 95 % interval for the difference of two mean losses, by drawing whole blocks.

    Args:
        losses_a, losses_b: Arrays (row,) of two models' losses at the same rows, in km/h.
        block: Rows in a block; the number of rows is a multiple of it.
        draws: Array (draw, block) of block numbers: each row says which blocks one draw takes.

    Returns:
        (low, high) in km/h: the 2.5th and 97.5th percentile, as `np.percentile` takes them, over
        the draws, of the mean of a minus b.
    """
    difference = losses_a - losses_b
    block_means = difference.reshape(-1, block).mean(axis=1)
    drawn_means = block_means[draws].mean(axis=1)
    low, high = np.percentile(drawn_means, [2.5, 97.5])
    return low, high


@st.composite
def _two_losses(draw):
    blocks, block = draw(st.integers(2, 4)), draw(st.integers(2, 3))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    day = np.repeat(random.normal(size=blocks), block)  # rows of a block resemble each other
    losses_b = 5 + 2 * day + random.random(blocks * block)
    return {
        "losses_a": (4 + 3 * day + random.random(blocks * block)).round(2),
        "losses_b": losses_b.round(2),
        "block": block,
        "draws": random.integers(0, blocks, size=(draw(st.integers(5, 30)), blocks)),
    }


def _paired_blocks(answer, case):
    ends = _two_ends(answer, case)
    blocks = case["draws"].shape[1]
    each_once = case | {"draws": np.tile(np.arange(blocks), (3, 1))}
    mean = float((case["losses_a"] - case["losses_b"]).mean())
    for end in _two_ends(answer, each_once):
        if apart(end, mean):
            raise NotRight(
                "When each draw takes every block once, both ends have to be the mean of a minus "
                f"b, {mean:.3f}; one of yours is {end:.3f}.",
                reason="each once",
            )
    common = np.arange(len(case["losses_a"])) ** 2 / 4
    both = {name: case[name] + common for name in ("losses_a", "losses_b")}
    if apart(_two_ends(answer, case | both), ends):
        raise NotRight(
            "Your interval changes when the same losses are added to both models: what is hard "
            "for both says nothing about their difference."
        )


def _interval(answer, case):
    expected = bootstrap_interval(**case)
    for name, ours, theirs in zip(("low", "high"), _two_ends(answer, case), expected):
        compare(ours, theirs, name=f"The end {name}")


def _two_ends(answer, case):
    """Low and high, whether they come as a tuple, a list or an array."""
    came = call(answer, case)
    if not isinstance(came, list | tuple | np.ndarray) or len(came) != 2:
        raise NotRight(
            f"Your answer is {kind(came)}, expected two numbers, low and high.", came=came
        )
    return recorded(answer, [number(end, "An end") for end in came])


def _row_by_row(losses_a, losses_b, block, draws):
    means = []
    for drawn in draws:
        rows = np.concatenate([np.arange(block) + number * block for number in drawn])
        means.append(losses_a[rows].mean() - losses_b[rows].mean())
    return np.quantile(means, [0.025, 0.975])


def _by_quantile(losses_a, losses_b, block, draws):
    blocks = (losses_a - losses_b).reshape(-1, block).mean(axis=1)
    return list(np.quantile(blocks[draws].mean(axis=1), [0.025, 0.975]))


EXERCISE = Exercise(
    id="5.4",
    title="A block bootstrap",
    section="5.4 How sure is a difference",
    difficulty=2,
    minutes=8,
    matters="Without an interval a difference is an opinion.",
    hints=(
        "Both models were scored on the same rows: subtract first, then there is one series.",
        "`reshape(-1, block)` puts each block in a row. As all blocks are equally long, the "
        "mean of a draw is the mean of its blocks' means.",
        "`block_means[draws]` has the shape of `draws`; take its mean over axis 1, then "
        "`np.percentile(..., [2.5, 97.5])`.",
    ),
    solution=bootstrap_interval,
    cases=_two_losses(),
    properties=(_paired_blocks, _interval),
    mistakes=read_mistakes(bootstrap_interval),
    also_right=(_row_by_row, _by_quantile),
)
