"""Earthquakes by month and place: whether a forecast says when, or only where."""

import numpy as np
import pandas as pd

from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.regression import VectorAutoregression
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare

WARNED = 0.1  # share of the months of all cells


class EachMean(HistoricalAverage):
    """Forecast each node's mean in training, whatever the season.

    Args:
        horizon: Steps ahead.

    Example:
        >>> from stcourse.applications.nature.quakes import EachMean
        >>> from stcourse.worlds.outbreaks import outbreaks
        >>> int(EachMean(2).fit(outbreaks()).predict(outbreaks()).nunique().max())
        1
    """

    name = "mean of the place"

    def _forecasts(self, dataset, origins):
        mean = self.sums.sum((0, 1)) / np.maximum(self.counts.sum((0, 1)), 1)
        return np.tile(mean, (len(origins), self.horizon, 1))


def hits(dataset, warned=WARNED):
    """Forecast counts a month ahead and warn the months and places with the highest forecasts.

    Args:
        dataset: SpatioTemporalDataset of counts, such as `stlearn.load("earthquakes")`.
        warned: Share of the months of all places that may be warned.

    Returns:
        DataFrame (method; mae, rmse, hit_share): errors in events a month, and the share of all
        events of the test part that fell where and when there was a warning. The first line
        forecasts zero always, which never warns.

    Raises:
        InputError: If the share is not between 0 and 1 or the counts are negative.

    Example:
        >>> from stcourse.applications.nature.quakes import hits
        >>> from stcourse.worlds.outbreaks import outbreaks
        >>> list(hits(outbreaks()).columns)
        ['mae', 'rmse', 'hit_share']
    """
    if not 0 < warned < 1:
        raise InputError(f"warned: expected a share between 0 and 1, got {warned!r}")
    if (dataset.values < 0).any(axis=None):
        raise InputError("dataset: expected counts, got numbers below 0")
    models = [LastValue(1), EachMean(1), VectorAutoregression(1, 12, neighbours_only=True)]
    for model in models:
        model.adapts = False  # a regression says what it says, below zero too
    comparison = compare(models, dataset, chronological_split(dataset), progress=False)
    truth = comparison.runs["last value"].backtest.truth[:, 0]
    lines = {"zero": _line(truth, np.zeros_like(truth), np.zeros(truth.shape, dtype=bool))}
    for name, run in comparison.runs.items():
        forecast = run.backtest.forecast[:, 0]
        order = np.argsort(-forecast, axis=None, kind="stable")
        alarm = np.zeros(truth.size, dtype=bool)
        alarm[order[: int(warned * truth.size)]] = True
        lines[name] = _line(truth, forecast, alarm.reshape(truth.shape))
    return pd.DataFrame.from_dict(lines, orient="index")


def _line(truth, forecast, alarm):
    return {
        "mae": float(np.nanmean(np.abs(truth - forecast))),
        "rmse": float(np.sqrt(np.nanmean((truth - forecast) ** 2))),
        "hit_share": float(np.nansum(truth[alarm]) / np.nansum(truth)),
    }
