"""Scores as people read them: one row a model, the lowest error marked."""

import math

import numpy as np
import pandas as pd

from stlearn.data.units import in_words
from stlearn.evaluation.comparison import shown_steps

SCORE_GROUPS = {"mae": "MAE", "rmse": "RMSE", "mae_congestion": "MAE in\ncongestion"}
COSTS = {"seconds": ("seconds", ".1f"), "parameters": ("parameters", ",.0f"),
         "peak_mb": ("MB", ".0f")}  # fmt: skip
INTERVAL_GROUPS = {"coverage": "coverage", "width": "width", "interval_score": "interval\nscore"}


def scores_as_text(result):
    """Return the scores as text: one row a model, the lowest error of each column with a *.

    Args:
        result: Result of `run`.

    Returns:
        DataFrame of text (model; (group, horizon)): errors at a quarter, half and all of the
        horizon, and the costs under the group "".
    """
    table = result.comparison.table()
    errors = _wide(table, "model", [key for key in SCORE_GROUPS if key in table], result)
    decimals = _decimals(errors)
    text = pd.DataFrame(index=errors.index)
    for (key, minute), column in errors.items():
        text[SCORE_GROUPS[key], short_minutes(minute, result.dataset.interval)] = _cells(
            column, decimals, marked=True
        )
    costs = table.groupby("model").first().loc[errors.index]
    for key, (title, form) in COSTS.items():
        text["", title] = ["-" if np.isnan(cost) else format(cost, form) for cost in costs[key]]
    text.columns = pd.MultiIndex.from_tuples(text.columns)
    return text


def intervals_as_text(result):
    """Return coverage, width and interval score as text, the lowest score of a column with a *.

    Args:
        result: Result of `run` whose network has intervals.

    Returns:
        DataFrame of text (model; (group, horizon)) at a quarter, half and all of the horizon.
    """
    return _intervals(result, result.comparison.table(), "model", marked=True)


def states_as_text(result):
    """Return share, coverage, width and interval score of the network in each state, as text.

    Args:
        result: Result of `run` whose network has intervals.

    Returns:
        DataFrame of text (state; (group, horizon)) at a quarter, half and all of the horizon, and
        the share of the targets under the group "".
    """
    table = result.comparison.by_state()
    table = table[table["model"] == result.network.name]
    text = _intervals(result, table, "state", marked=False)
    shares = table.groupby("state")["share"].first()[text.index]
    text["", "share"] = [f"{100 * share:.1f} %" for share in shares]
    return text


def _intervals(result, table, rows, marked):
    text = {}
    for key, title in INTERVAL_GROUPS.items():
        numbers = _wide(table, rows, [key], result)
        decimals = _decimals(numbers)
        for (_, minute), column in numbers.items():
            text[title, short_minutes(minute, result.dataset.interval)] = (
                ["-" if np.isnan(share) else f"{100 * share:.1f} %" for share in column]
                if key == "coverage"
                else _cells(column, decimals, marked and key == "interval_score")
            )
    return pd.DataFrame(text, index=numbers.index)


def _wide(table, rows, keys, result):
    """Numbers (row; (key, minutes)) at a quarter, half and all of the horizon."""
    steps = shown_steps(result.network.horizon, quarters=(1, 2, 4))
    minutes = [step * result.dataset.interval / pd.Timedelta("1min") for step in steps]
    wide = table.pivot(index=rows, columns="horizon_minutes", values=keys)
    return wide.loc[table[rows].unique(), [(key, minute) for key in keys for minute in minutes]]


def _decimals(numbers):
    """Decimals that leave two digits of the smallest number."""
    smallest = numbers.to_numpy()[numbers.to_numpy() > 0].min(initial=1)
    return max(2, 1 - math.floor(math.log10(smallest)))


def _cells(column, decimals, marked):
    rounded = column.round(decimals)
    return [
        "-"
        if np.isnan(number)
        else f"{number:.{decimals}f}" + ("*" if marked and number == rounded.min() else "")
        for number in rounded
    ]


def short_minutes(minutes, step=None):
    """Say a number of minutes in few letters, in the unit of the data's step.

    Example:
        >>> import pandas as pd
        >>> from stlearn.forecast.scores import short_minutes
        >>> short_minutes(15), short_minutes(180), short_minutes(2880)
        ('15 min', '3 h', '2 d')
        >>> short_minutes(2880, step=pd.Timedelta("1h"))
        '48 h'
    """
    return in_words(pd.Timedelta(minutes=minutes), step, short=True)


def in_order(scores):
    """Scores with the columns that are always there in front."""
    last = [name for name in scores if name.endswith("_congestion") or name in INTERVAL_GROUPS]
    return scores[[name for name in scores if name not in last] + last]
