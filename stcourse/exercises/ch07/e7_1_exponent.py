"""7.1: find the power with which a cost grows."""

import numpy as np
from hypothesis import strategies as st
from scipy import stats

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, matches
from stcourse.exercises.ch05.results import apart, one_number


def growth_exponent(sizes, costs):
    """Find the power p with which a cost grows: cost = factor * size ** p.

    Args:
        sizes: Array (measurement,), above zero, of numbers of sensors.
        costs: Array (measurement,), above zero, of seconds or gigabytes.

    Returns:
        The power, one number: the slope of the straight line that fits the logarithms best.
    """
    slope, _ = np.polyfit(np.log(sizes), np.log(costs), 1)
    return slope


@st.composite
def _measurements(draw):
    """Three to five sizes, and costs that lie near a power but on none."""
    count = draw(st.integers(3, 5))
    sizes = 100.0 * np.cumsum(draw(st.lists(st.integers(1, 9), min_size=count, max_size=count)))
    power, factor = draw(st.sampled_from([1.0, 2.0, 0.5, 1.5])), draw(st.sampled_from([0.5, 2, 8]))
    shares = draw(st.lists(st.sampled_from([0.8, 1.25, 1.0]), min_size=count, max_size=count))
    shares[1] = 0.8 if shares[1] == 1 else shares[1]  # the ends alone give another slope
    return {"sizes": sizes, "costs": factor * (sizes / 100) ** power * np.array(shares)}


def _units_play_no_part(answer, case):
    """Milliseconds for seconds change the factor and not the power."""
    came = call(answer, case)
    if apart(call(answer, case | {"costs": 1000 * case["costs"]}), came):
        raise NotRight(
            "Your answer changes when seconds are told in milliseconds. A power has no unit: the "
            "factor in front of it takes them all."
        )
    if apart(call(answer, case | {"costs": case["costs"] ** 2}), 2 * came):
        raise NotRight("Where the cost is squared, the power doubles; your answer does not.")


def _by_covariance(sizes, costs):
    x, y = np.log2(sizes), np.log2(costs)
    x = x - x.mean()
    return (x * y).sum() / (x**2).sum()


EXERCISE = Exercise(
    id="7.1",
    title="The exponent of a cost",
    section="7.1 How costs grow",
    difficulty=1,
    minutes=5,
    matters="It tells from cheap runs what an expensive one takes, before anybody waits for it.",
    hints=(
        "Take the logarithm of both sides of cost = factor * size ** p. What is p now?",
        "log(cost) = log(factor) + p log(size): a straight line, and p is its slope.",
        "`np.polyfit(np.log(sizes), np.log(costs), 1)` gives slope and constant, in this order.",
    ),
    solution=growth_exponent,
    cases=_measurements(),
    properties=(one_number, _units_play_no_part, matches(growth_exponent)),
    mistakes=read_mistakes(growth_exponent),
    also_right=(
        _by_covariance,
        lambda sizes, costs: stats.linregress(np.log10(sizes), np.log10(costs)).slope,
        lambda sizes, costs: (
            np.polynomial.Polynomial.fit(np.log(sizes), np.log(costs), 1).convert().coef[1]
        ),
    ),
)
