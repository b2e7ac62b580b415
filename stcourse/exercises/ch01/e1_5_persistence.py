"""1.5: forecast that everything stays as it is."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, compare
from stcourse.exercises.ch01.tables import table


def persistence(history, horizon):
    """Forecast that everything stays as it is.

    Args:
        history: DataFrame (time, node), NaN where a value is missing.
        horizon: Steps ahead.

    Returns:
        Array (horizon, node): the last known value of each node, at every step. NaN for a node
        that has no known value.
    """
    last = history.ffill().iloc[-1].to_numpy()
    return np.tile(last, (horizon, 1))


@st.composite
def _history(draw):
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    return {
        "history": table(draw, draw(st.integers(1, 4)), names, "2026-01-05 08:00", "5min"),
        "horizon": draw(st.integers(1, 3)),
    }


def _forecast(answer, case):
    """Rows are steps ahead, columns are nodes."""
    came, expected = call(answer, case), persistence(**case)
    if isinstance(came, np.ndarray) and came.shape != expected.shape:
        raise NotRight(
            f"The forecast has shape {came.shape}, expected (horizon, node), here "
            f"{expected.shape}: a row for each step ahead.",
            came=came,
            expected=expected,
        )
    compare(came, expected)


def _by_loop(history, horizon):
    forecast = np.full((horizon, history.shape[1]), np.nan, dtype="float32")
    for place, node in enumerate(history):
        known = history[node].dropna()
        if len(known):
            forecast[:, place] = known.iloc[-1]
    return forecast


EXERCISE = Exercise(
    id="1.5",
    title="Persistence",
    section="1.10 The first forecasts",
    difficulty=1,
    minutes=3,
    matters="Every model of the course has to beat this one.",
    hints=(
        "What was the last value that each node reported?",
        "`history.ffill()` carries the last known value forward; take its last row.",
        "Repeat that row `horizon` times with `np.tile(last, (horizon, 1))`.",
    ),
    solution=persistence,
    cases=_history(),
    properties=(_forecast,),
    mistakes=read_mistakes(persistence),
    also_right=(
        _by_loop,
        lambda history, horizon: np.repeat(history.ffill().to_numpy()[-1:], horizon, axis=0),
    ),
)
