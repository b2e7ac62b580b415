"""5.9: measure the coverage where it matters, by what is known when a forecast is made."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, compare
from stcourse.engine.wording import kind


def coverage_by_state(truth, low, high, now, free_speed):
    """Measure which share of the targets intervals hold, where it is free now and where it jams.

    Args:
        truth: Array (origin, node) in km/h: what came an hour later, NaN where it is not known.
        low, high: Arrays (origin, node) in km/h: the ends of the intervals, which belong to them.
        now: Array (origin, node) in km/h: the speed when the forecast was made, always known.
        free_speed: Array (node,) in km/h: below 60 % of it, a node is in a jam.

    Returns:
        (free, jam): two shares of the known targets, from 0 to 1; NaN for a state without any.
    """
    jam = now < 0.6 * free_speed
    inside = (low <= truth) & (truth <= high)
    known = ~np.isnan(truth)
    free, jammed = inside[known & ~jam], inside[known & jam]
    return tuple(part.mean() if len(part) else np.nan for part in (free, jammed))


@st.composite
def _intervals(draw):
    shape = draw(st.integers(2, 5)), draw(st.integers(1, 3))
    truth = draw(arrays(*shape, low=20, high=80, missing=True))
    middle = draw(arrays(*shape, low=30, high=70))
    free_speed = draw(arrays(shape[1], low=40, high=120)).round(-1)
    now = draw(arrays(*shape, low=10, high=90))
    low, high = middle - draw(st.integers(2, 20)), middle + 10
    # Both states occur, a target stands at each end, and speeds are just at the limit: the node's
    # own, and what would be the limit of all.
    now[0], now[-1] = 0.3 * free_speed, 0.6 * free_speed
    now[-1, 0] = 0.6 * free_speed.mean()
    truth[0, 0] = low[0, 0] if draw(st.booleans()) else np.nan
    truth[-1, 0] = high[-1, 0]
    if shape[0] > 2:
        truth[1, 0] = draw(st.sampled_from([0.0, truth[1, 0]]))  # a standstill is a speed too
    return {
        "truth": truth,
        "low": low,
        "high": high,
        "now": now,
        "free_speed": free_speed,
    }


def _two_shares(answer, case):
    """The answer is two numbers from 0 to 1, or NaN."""
    _shares(call(answer, case))


def _each_share(answer, case):
    came = _shares(call(answer, case))
    for name, ours, theirs in zip(("free", "jam"), came, coverage_by_state(**case)):
        compare(float(ours), float(theirs), name=f"The share {name}")


def _shares(came):
    if not isinstance(came, list | tuple | np.ndarray) or len(came) != 2:
        raise NotRight(
            f"Your answer is {kind(came)}, expected two shares, free and jam.", came=came
        )
    for share in came:
        if np.ndim(share):
            raise NotRight("Expected two numbers, free and jam, got arrays.", came=came)
        if not np.isnan(share) and not 0 <= share <= 1:
            raise NotRight(f"{share:.4g} is no share: those go from 0 to 1.", came=came)
    return came


def _one_by_one(truth, low, high, now, free_speed):
    counts = {True: [0, 0], False: [0, 0]}
    for origin, node in np.ndindex(truth.shape):
        if not np.isnan(truth[origin, node]):
            state = counts[bool(now[origin, node] < 0.6 * free_speed[node])]
            held = low[origin, node] <= truth[origin, node] <= high[origin, node]
            state[0] += held
            state[1] += 1
    return [held / count if count else float("nan") for held, count in counts.values()][::-1]


def _by_masked_mean(truth, low, high, now, free_speed):
    outside = (truth < low) | (truth > high)
    held = np.where(np.isnan(truth), np.nan, ~outside)
    ratio = now / free_speed
    shares = []
    for state in (ratio >= 0.6, ratio < 0.6):
        known = held[state][~np.isnan(held[state])]
        shares.append(float(np.sum(known) / known.size) if known.size else np.nan)
    return np.array(shares)


EXERCISE = Exercise(
    id="5.9",
    title="Coverage where it matters",
    section="5.6 Intervals for a forecast",
    difficulty=2,
    minutes=6,
    matters="An interval that holds on average may fail in every jam.",
    hints=(
        "Three boolean arrays: is it a jam now, does the interval hold the target, is the target "
        "known?",
        "`now < 0.6 * free_speed` is True in a jam; `(low <= truth) & (truth <= high)` inside. "
        "`~` turns an array round, and `&` joins two.",
        "`inside[known & jam].mean()` is the share in a jam, if any target is known there; the "
        "other takes `~jam`.",
    ),
    solution=coverage_by_state,
    cases=_intervals(),
    properties=(_two_shares, _each_share),
    mistakes=read_mistakes(coverage_by_state),
    also_right=(_one_by_one, _by_masked_mean),
)
