"""4.8: forecast row after row, and keep the parameters up to date."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches


def rolling_update(values, start, every, window, parameters, learn, forecast):
    """Forecast row after row, and update the parameters with the recent past on the way.

    Args:
        values: Array (time, node).
        start: First row to forecast, at least `window`; the last row of values is the last one.
        every: Rows from one update to the next; the first comes before the first forecast.
        window: Rows that an update learns from, the newest that are known.
        parameters: What was learned before.
        learn: Function (parameters, recent rows) that returns new parameters.
        forecast: Function (parameters, all known rows) that forecasts the next row.

    Returns:
        Array (row, node) of the forecasts from row `start` on.
    """
    forecasts = []
    for row in range(start, len(values)):
        if (row - start) % every == 0:
            parameters = learn(parameters, values[row - window : row])
        forecasts.append(forecast(parameters, values[:row]))
    return np.stack(forecasts)


# What these two functions of the cases do is shown with a case, by their docstrings.


def halfway(parameters, recent):
    """Return (parameters + recent.mean(axis=0)) / 2."""
    return (parameters + recent.mean(axis=0)) / 2


def between(parameters, past):
    """Return (parameters + past[-1]) / 2 + past.sum(axis=0) / 8."""
    return (parameters + past[-1]) / 2 + past.sum(axis=0) / 8


@st.composite
def _rows_and_functions(draw):
    window, nodes = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    start = window + draw(st.integers(0, 2))
    return {
        "values": draw(arrays(start + draw(st.integers(1, 6)), nodes)),
        "start": start,
        "every": draw(st.integers(1, 3)),
        "window": window,
        "parameters": draw(arrays(nodes)),
        "learn": halfway,
        "forecast": between,
    }


def _period_by_period(values, start, every, window, parameters, learn, forecast):
    result = np.empty_like(values[start:])
    for first in range(start, len(values), every):
        parameters = learn(parameters, values[first - window : first])
        for row in range(first, min(first + every, len(values))):
            result[row - start] = forecast(parameters, values[:row])
    return result


EXERCISE = Exercise(
    id="4.8",
    title="A rolling update",
    section="4.9 The rolling update",
    difficulty=2,
    minutes=5,
    matters="A model in service has to keep up with the road.",
    hints=(
        "Walk through the rows to forecast, one by one. What is known when row r is forecast?",
        "Known are the rows before r. An update is due when r - start is a multiple of every; "
        "it goes on from the present parameters.",
        "`learn(parameters, values[row - window : row])` when due, then `forecast(parameters, "
        "values[:row])`; collect the forecasts with `np.stack`.",
    ),
    solution=rolling_update,
    cases=_rows_and_functions(),
    properties=(matches(rolling_update),),
    mistakes=read_mistakes(rolling_update),
    also_right=(_period_by_period,),
)
