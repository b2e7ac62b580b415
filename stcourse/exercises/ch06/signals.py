"""Exercises 6.7 to 6.9: is it better than the last price, a slow rise, the broken sensor."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.properties import arrays, matches
from stcourse.exercises.ch06 import faults_bank as faults_bank
from stcourse.exercises.ch06 import signals_bank as bank
from stcourse.exercises.ch06 import skill_bank as skill_bank


def skill_over_last(prices, forecasts):
    """Compare forecasts of prices with "tomorrow as today".

    Args:
        prices: Array (day, share) of closing prices, all above zero.
        forecasts: Array (day, share): row t is the forecast for day t, made at the close of day
            t - 1. Row 0 is NaN, as nothing came before it.

    Returns:
        Skill: one minus the mean squared error of the forecasts divided by that of the last
        price, over all shares and days from day 1 on. An error is the log of forecast by price,
        so that one per cent counts the same for a cheap share and a dear one.
    """
    log_prices = np.log(prices)
    of_forecast = np.log(forecasts[1:]) - log_prices[1:]
    of_last = log_prices[:-1] - log_prices[1:]
    return 1 - (of_forecast**2).mean() / (of_last**2).mean()


def drift_alarms(errors, slack, limit):
    """Raise an alarm when small errors of one sign add up (Page, 1954).

    Args:
        errors: Array (time,): what was measured minus what was expected.
        slack: What is taken off at every step; errors up to it raise no alarm.
        limit: The sum beyond which there is an alarm.

    Returns:
        Array (time,) of True and False. The sum starts at 0, never falls below 0, and is set to
        0 after an alarm.
    """
    total, alarms = 0.0, []
    for error in errors:
        total = max(total + error - slack, 0.0)
        alarms.append(total > limit)
        if total > limit:
            total = 0.0
    return np.array(alarms, dtype=bool)


def disagreement(values, adjacency):
    """Score each sensor by how far it is from what its neighbours say.

    Args:
        values: Array (time, node).
        adjacency: Array (node, node): row i is above zero where node j is a neighbour of node i.

    Returns:
        Array (node,): mean over time of the distance, without its sign, between the value of a
        node and the median of its neighbours; NaN for a node that has none.
    """
    scores = np.full(values.shape[1], np.nan)
    for node, row in enumerate(adjacency):
        around = values[:, row > 0]
        if around.shape[1]:
            expected = np.median(around, axis=1)
            scores[node] = np.abs(values[:, node] - expected).mean()
    return scores


# Cases


@st.composite
def _walks(draw):
    days, shares = draw(st.integers(3, 6)), draw(st.integers(1, 3))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    steps = random.normal(scale=0.05, size=(days, shares))
    prices = random.choice([5.0, 40.0, 300.0], size=shares) * np.exp(steps.cumsum(axis=0))
    forecasts = np.full(prices.shape, np.nan)
    forecasts[1:] = prices[:-1] * np.exp(random.normal(scale=0.03, size=(days - 1, shares)))
    return {"prices": prices.round(2), "forecasts": forecasts.round(2)}


@st.composite
def _errors(draw):
    # More small errors above zero than large ones below: sums last, and mistakes in them show.
    random = np.random.default_rng(draw(st.integers(0, 99)))
    some = [-2.0, -0.25, 0.25, 0.75, 1.0, 1.25, 2.0]
    return {
        "errors": random.choice(some, draw(st.integers(8, 14))),
        "slack": draw(st.sampled_from([0.5, 0.25, 1.0])),
        "limit": draw(st.sampled_from([2.0, 1.0, 3.5])),
    }


@st.composite
def _field(draw):
    time, nodes = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    edges = (random.random((nodes, nodes)) < 0.6) * random.choice([0.5, 1.0, 2.0], (nodes, nodes))
    np.fill_diagonal(edges, 0)
    edges[random.integers(nodes)] *= draw(st.integers(0, 1))  # one node may have no neighbours
    return {"values": draw(arrays(time, nodes, low=-9, high=9)), "adjacency": edges}


EXERCISES = (
    Exercise(
        id="6.7",
        title="Better than the last price?",
        section="6.8 Shares: is anything better than the last price?",
        part="d",
        hints=(
            "Two tables of errors: of the forecasts, and of the price of the day before. Both from "
            "day 1 on.",
            "In logs, the error of the last price is `log_prices[:-1] - log_prices[1:]`. The "
            "forecasts already stand in the row of their day.",
            "`1 - (of_forecast**2).mean() / (of_last**2).mean()`, where of_forecast is "
            "`np.log(forecasts[1:]) - log_prices[1:]`.",
        ),
        solution=skill_over_last,
        cases=_walks(),
        properties=(matches(skill_over_last),),
        mistakes=skill_bank.SKILL,
        also_right=skill_bank.SKILL_ALSO_RIGHT,
    ),
    Exercise(
        id="6.8",
        title="A slow rise",
        section="6.10 Floods: how early is the warning?",
        part="e",
        hints=(
            "Keep one number, the sum so far, and walk through the errors.",
            "At each step add the error and take the slack off; below 0 it becomes 0. Then compare "
            "it with the limit.",
            "`total = max(total + error - slack, 0.0)`; note `total > limit`; if so, set total to "
            "0. Return the notes as an array.",
        ),
        solution=drift_alarms,
        cases=_errors(),
        properties=(matches(drift_alarms),),
        mistakes=bank.CUSUM,
        also_right=bank.CUSUM_ALSO_RIGHT,
    ),
    Exercise(
        id="6.9",
        title="Which sensor is broken?",
        section="6.12 Faults: which sensor is broken?",
        part="e",
        hints=(
            "One sensor after the other: who are its neighbours, what do they say at each step, "
            "and how far off is it?",
            "`values[:, adjacency[node] > 0]` are the neighbours' values. The median over them is "
            "`np.median(..., axis=1)`, one number a step.",
            "`np.abs(values[:, node] - expected).mean()` is the score. Begin with "
            "`np.full(nodes, np.nan)` and skip a node without neighbours.",
        ),
        solution=disagreement,
        cases=_field(),
        properties=(matches(disagreement),),
        mistakes=faults_bank.FAULTS,
        also_right=faults_bank.FAULTS_ALSO_RIGHT,
    ),
)
