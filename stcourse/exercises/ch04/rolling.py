"""Wrong answers that learners give to exercise 4.7, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


def _rolled(
    values,
    start,
    every,
    window,
    parameters,
    learn,
    forecast,
    due=lambda row, start, every: (row - start) % every == 0,
    recent=lambda values, row, window, start, every: values[row - window : row],
    known=lambda values, row: values[:row],
    scratch=False,
    late=False,
):
    """The rolling update, with one thing to be done wrongly."""
    forecasts, first = [], parameters
    for row in range(start, len(values)):
        before = parameters
        if due(row, start, every):
            base = first if scratch else parameters
            parameters = learn(base, recent(values, row, window, start, every))
        forecasts.append(forecast(before if late else parameters, known(values, row)))
    return np.stack(forecasts)


def _rolled_but(**changes):
    return lambda values, start, every, window, parameters, learn, forecast: _rolled(
        values, start, every, window, parameters, learn, forecast, **changes
    )


def _forecast_from_window(values, start, every, window, parameters, learn, forecast):
    def of_window(parameters, known):
        return forecast(parameters, known[-window:])

    return _rolled(values, start, every, window, parameters, learn, of_window)


def _period_by_period(values, start, every, window, parameters, learn, forecast):
    result = np.empty_like(values[start:])
    for first in range(start, len(values), every):
        parameters = learn(parameters, values[first - window : first])
        for row in range(first, min(first + every, len(values))):
            result[row - start] = forecast(parameters, values[:row])
    return result


def _frozen(values, start, every, window, parameters, learn, forecast):
    result = np.empty_like(values[start:])
    for first in range(start, len(values), every):
        parameters = learn(parameters, values[first - window : first])
        result[first - start : first - start + every] = forecast(parameters, values[:first])
    return result


def _row_left_out(values, start, every, window, parameters, learn, forecast, kept, **changes):
    """Some of the forecasts, where there are several.

    What comes where none is left depends on how they are collected: an error or an empty array.
    """
    several = len(values) - start > 1
    changes, kept = (changes, kept) if several else ({}, slice(None))
    return _rolled(values, start, every, window, parameters, learn, forecast, **changes)[kept]


ROLLING = (
    Mistake(
        "begins a row too early",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[row - window - 1 : row]
        ),
        "The window begins a row too early and holds `window` + 1 rows. Where there is no such "
        "row, its first index is negative, and a negative index counts from the end.",
    ),
    Mistake(
        "begins a row too late",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[row - window + 1 : row]
        ),
        "The window begins a row too late: it holds a row less than `window`. Count its rows for a "
        "window of 1.",
    ),
    Mistake(
        "shifted by a row",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[row - window - 1 : row - 1]
        ),
        "The window has its length but lies a row too early: its last row is the second newest of "
        "the known ones. A slice leaves out its end already.",
    ),
    Mistake(
        "ends too early",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[row - window : row - 1]
        ),
        "The window begins where it should but misses the newest known row: the end of a slice is "
        "not in it, so nothing has to be taken off there.",
    ),
    Mistake(
        "every and window swapped",
        lambda values, start, every, window, parameters, learn, forecast: _rolled(
            values, start, window, every, parameters, learn, forecast
        ),
        "`every` and `window` have changed places: `every` says when an update is due, `window` "
        "how many rows it learns from.",
    ),
    Mistake(
        "every for the window",
        _rolled_but(recent=lambda values, row, window, start, every: values[row - every : row]),
        "The update learns from the last `every` rows. How many rows it is shown is `window`, "
        "however many lie between two updates.",
    ),
    Mistake(
        "last row left out",
        lambda values, start, every, window, parameters, learn, forecast: _row_left_out(
            values, start, every, window, parameters, learn, forecast, slice(None, -1)
        ),
        "The last forecast is missing. The last row to forecast is the last row of `values`: where "
        "does the loop end?",
    ),
    Mistake(
        "newest row alone",
        _rolled_but(known=lambda values, row: values[row - 1 : row]),
        "The forecast is given the newest known row alone. It is to see all rows that are known.",
    ),
    Mistake(
        "learns from the future",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[row - window : row + every]
        ),
        "The update learns from the rows it is about to forecast: its window ends before the row "
        "at hand.",
    ),
    Mistake(
        "learns from the row at hand",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[row - window + 1 : row + 1]
        ),
        "The window includes the row at hand: it is not known yet when it is forecast.",
    ),
    Mistake(
        "forecast sees the row at hand",
        _rolled_but(known=lambda values, row: values[: row + 1]),
        "The forecast is given the row that it should forecast.",
    ),
    Mistake(
        "from scratch",
        _rolled_but(scratch=True),
        "Each update starts again from the first parameters: it should go on from the present "
        "ones.",
    ),
    Mistake(
        "all the past",
        _rolled_but(recent=lambda values, row, window, start, every: values[:row]),
        "The update learns from all the past: only the last `window` rows count.",
    ),
    Mistake(
        "always the first window",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[start - window : start]
        ),
        "Every update learns from the rows before `start`: the window has to move along.",
    ),
    Mistake(
        "updated too late",
        _rolled_but(late=True),
        "The forecast of the row comes before the update that is due: the new parameters arrive a "
        "row late.",
    ),
    Mistake(
        "only once",
        _rolled_but(due=lambda row, start, every: row == start),
        "There is one update at the beginning and none later.",
    ),
    Mistake(
        "at every row",
        _rolled_but(due=lambda row, start, every: True),
        "There is an update at every row: `every` says how many rows lie between two.",
    ),
    Mistake(
        "counted from row zero",
        _rolled_but(due=lambda row, start, every: row % every == 0),
        "The updates are counted from row 0: the first one comes before the first forecast, at "
        "`start`.",
    ),
    Mistake(
        "never updated",
        _rolled_but(due=lambda row, start, every: False),
        "The parameters never change: no update is made.",
    ),
    Mistake(
        "first update left out",
        _rolled_but(due=lambda row, start, every: row > start and (row - start) % every == 0),
        "The update before the first forecast is missing: there is one at `start`, too.",
    ),
    Mistake(
        "update at the end of a period",
        _rolled_but(due=lambda row, start, every: (row - start + 1) % every == 0),
        "The update comes at the end of each period. It comes at its beginning: at `start`, and "
        "every `every` rows after it.",
    ),
    Mistake(
        "a row too many",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[max(row - window - 1, 0) : row]
        ),
        "The window is a row too long: `window` rows before the row at hand.",
    ),
    Mistake(
        "newest row left out",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[
                max(row - window - 1, 0) : row - 1
            ]
        ),
        "The window ends a row too early: the row before the one at hand is known already.",
    ),
    Mistake(
        "forecast sees all",
        _rolled_but(known=lambda values, row: values),
        "The forecast is given all rows, the future among them. Known are the rows before the "
        "one at hand.",
    ),
    Mistake(
        "forecast misses the newest row",
        _rolled_but(known=lambda values, row: values[: max(row - 1, 1)]),
        "The forecast is not given the newest known row, the one before the row at hand.",
    ),
    Mistake(
        "one forecast an update",
        lambda values, start, every, window, parameters, learn, forecast: _period_by_period(
            values, start, every, window, parameters, learn, forecast
        )[::every],
        "There is one forecast for each update. Every row from `start` on is forecast.",
    ),
    Mistake(
        "frozen at the update",
        _frozen,
        "Between two updates every forecast is made from what was known at the last update. The "
        "parameters wait for the next update, the rows do not: `values[:row]` grows by one each "
        "time.",
    ),
    Mistake(
        "first row left out",
        lambda values, start, every, window, parameters, learn, forecast: _row_left_out(
            values, start, every, window, parameters, learn, forecast, slice(1, None)
        ),
        "The first row to forecast, `start`, is missing.",
    ),
    Mistake(
        "loop begins a row late",
        lambda values, start, every, window, parameters, learn, forecast: _row_left_out(
            values,
            start,
            every,
            window,
            parameters,
            learn,
            forecast,
            slice(1, None),
            due=lambda row, start, every: row > start and (row - start) % every == 0,
        ),
        "Row `start` is skipped: its forecast is missing, and so is the update before it. Where "
        "does the loop begin?",
    ),
    Mistake(
        "forecast sees the window alone",
        _forecast_from_window,
        "The forecast is given the last `window` rows. It gets all known rows; the window is for "
        "the update.",
    ),
)
ROLLING_ALSO_RIGHT = (_period_by_period,)
