"""Scores as people read them: one row a model, the lowest error marked."""

import math

import numpy as np
import pandas as pd

from stlearn.evaluation.comparison import shown_steps

SCORE_GROUPS = {"mae": "MAE", "rmse": "RMSE", "mae_congestion": "MAE in\ncongestion"}


def scores_as_text(result):
    """Return the scores as text: one row a model, the lowest error of each column with a *.

    Args:
        result: Result of `run`.

    Returns:
        DataFrame of text (model; (group, horizon)): errors at a quarter, half and all of the
        horizon, and the costs under the group "".
    """
    table = result.comparison.table()
    steps = shown_steps(result.network.horizon, quarters=(1, 2, 4))
    minutes = [step * result.dataset.interval / pd.Timedelta("1min") for step in steps]
    models = list(table["model"].unique())
    wide = table.pivot(index="model", columns="horizon_minutes").loc[models]
    groups = {key: title for key, title in SCORE_GROUPS.items() if key in table}
    errors = wide[[(key, minute) for key in groups for minute in minutes]]
    smallest = errors.to_numpy()[errors.to_numpy() > 0].min(initial=1)
    decimals = max(2, 1 - math.floor(math.log10(smallest)))
    text = pd.DataFrame(index=wide.index)
    for (key, minute), column in errors.items():
        rounded = column.round(decimals)
        text[groups[key], short_minutes(minute)] = [
            "-"
            if np.isnan(error)
            else f"{error:.{decimals}f}" + ("*" if error == rounded.min() else "")
            for error in rounded
        ]
    costs = table.groupby("model").first().loc[models]
    text["", "seconds"] = [f"{seconds:.1f}" for seconds in costs["seconds"]]
    text["", "parameters"] = [f"{parameters:,}" for parameters in costs["parameters"]]
    text["", "MB"] = [f"{peak:.0f}" for peak in costs["peak_mb"]]
    text.columns = pd.MultiIndex.from_tuples(text.columns)
    return text


def short_minutes(minutes):
    """Say a number of minutes in few letters.

    Example:
        >>> from stlearn.forecast.scores import short_minutes
        >>> short_minutes(15), short_minutes(180), short_minutes(2880)
        ('15 min', '3 h', '2 d')
    """
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes % size == 0 and minutes >= size and minutes != 60:
            return f"{minutes / size:g} {unit}"
    return f"{minutes:g} min"


def in_order(scores):
    """Scores with the columns that are always there in front."""
    last = [name for name in scores if name.endswith("_congestion")]
    return scores[[name for name in scores if name not in last] + last]
