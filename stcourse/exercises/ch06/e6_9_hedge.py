"""Exercise 6.9: what a duration hedge misses."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches


def hedge_error(now, then, foreseen, durations):
    """Return by how much the gain of a hedged bond misses what was foreseen for it.

    The short bond is sold against the long one: so much of it, by value, that an equal shift of
    both yields neither gains nor costs.

    Args:
        now, then: Arrays (time, 2) of yields in %, the long bond's first: when the hedge is set up,
            and some days later.
        foreseen: Array (time, 2): what a forecast said at first for the later day.
        durations: Of the two bonds in years, the long bond's first: what per cent of its value a
            bond loses when its yield rises by one point.

    Returns:
        Array (time,) of basis points (hundredths of a per cent) of the long bond's value, without
        sign.
    """
    sold = durations[0] / durations[1]
    came, expected = (
        sold * durations[1] * (later - now)[:, 1] - durations[0] * (later - now)[:, 0]
        for later in (then, foreseen)
    )
    return 100 * np.abs(came - expected)


@st.composite
def _hedges(draw):
    random = np.random.default_rng(draw(st.integers(0, 999)))
    times = draw(st.integers(1, 4))
    # Quarters, and durations that divide without a rest: what is 0 comes out as 0 to the last bit.
    now = random.integers(4, 21, (times, 2)) / 4
    then = now + random.integers(-3, 4, (times, 2)) / 4
    foreseen = now + draw(st.sampled_from([0, 1])) * random.integers(-3, 4, (times, 2)) / 4
    return {
        "now": now,
        "then": then,
        "foreseen": foreseen,
        "durations": np.array([float(draw(st.integers(6, 12))), draw(st.sampled_from([2.0, 4.0]))]),
    }


def _in_short(now, then, foreseen, durations):
    missed = then - foreseen  # the first day cancels, and so does the short bond's duration
    return durations[0] * abs(missed[:, 0] - missed[:, 1]) * 100


def _one_by_one(now, then, foreseen, durations):
    long, short = durations
    found = []
    for start, end, said in zip(now, then, foreseen):
        gain = -long * (end[0] - start[0]) + long / short * short * (end[1] - start[1])
        hoped = -long * (said[0] - start[0]) + long / short * short * (said[1] - start[1])
        found.append(abs(gain - hoped) * 100)
    return np.array(found)


EXERCISE = Exercise(
    id="6.9",
    title="What the hedge leaves",
    section="6.9 Bonds: what a duration hedge misses",
    difficulty=2,
    minutes=8,
    matters="A hedge that is set the wrong way round doubles the risk.",
    part="d",
    hints=(
        "How much of the short bond is sold? So much that a rise of both yields by one point "
        "takes as much from one side as it gives to the other.",
        "For each unit of the long bond `durations[0] / durations[1]` of the short one is sold. "
        "What is held loses when its yield rises; what is sold gains.",
        "The gain is `sold * durations[1] * change[:, 1] - durations[0] * change[:, 0]`, once with "
        "the change that came and once with the one foreseen; then 100 times the size of the "
        "difference.",
    ),
    solution=hedge_error,
    cases=_hedges(),
    properties=(matches(hedge_error),),
    mistakes=read_mistakes(hedge_error),
    also_right=(_in_short, _one_by_one),
)
