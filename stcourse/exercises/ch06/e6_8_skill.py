"""Exercise 6.8: are forecasts of prices better than the last price."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stcourse.exercises.ch06.failures import by_message


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


@st.composite
def _walks(draw):
    days, shares = draw(st.integers(4, 6)), draw(st.integers(1, 3))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    steps = random.normal(scale=0.05, size=(days, shares))
    prices = random.choice([5.0, 40.0, 300.0], size=shares) * np.exp(steps.cumsum(axis=0))
    forecasts = np.full(prices.shape, np.nan)
    forecasts[1:] = prices[:-1] * np.exp(random.normal(scale=0.03, size=(days - 1, shares)))
    return {"prices": prices.round(2), "forecasts": forecasts.round(2)}


def _by_sums(prices, forecasts):
    missed = walked = 0.0
    for day in range(1, len(prices)):
        missed += sum(np.log(forecasts[day] / prices[day]) ** 2)
        walked += sum(np.log(prices[day] / prices[day - 1]) ** 2)
    return 1 - missed / walked


def _r_squared(truth, forecast):
    """R squared of each share, as a mistake has it."""
    missed = ((truth - forecast) ** 2).sum(axis=0)
    return 1 - missed / ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)


EXERCISE = Exercise(
    id="6.8",
    title="Better than the last price?",
    section="6.8 Shares: is anything better than the last price?",
    difficulty=2,
    minutes=6,
    matters="It protects you from your own backtest.",
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
    properties=(by_message(matches(skill_over_last)),),
    mistakes=read_mistakes(skill_over_last),
    also_right=(_by_sums,),
)
