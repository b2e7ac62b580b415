"""The forecasters that any network has to beat.

All follow the contract of `stlearn.baselines.base.BaseForecaster`. Whatever they choose, they
choose on validation data; then they are fitted again on train and validation, so that no network
that does the same has an edge.
"""

import json
from pathlib import Path

import pandas as pd

from stlearn.baselines.averages import HistoricalAverage, LastValue, SeasonalNaive, season_rows
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.baselines.trees import GradientBoosting
from stlearn.checks import check_count
from stlearn.errors import InputError

__all__ = [
    "AverageAutoregression",
    "GradientBoosting",
    "HistoricalAverage",
    "LastValue",
    "SeasonalNaive",
    "VectorAutoregression",
    "load",
    "standard",
]

MOST_LAGS = 12
MOST_WEIGHTS = 40_000_000


def standard(dataset, horizon, also=(), validation=None):
    """List the baselines that make sense for a data set, not fitted yet.

    For daily data, the season of the year is one of them from three years on. Left out are: last
    season where there are not three seasons of data; the regressions and the trees where the
    validation part holds no complete window; the regression on all nodes where it had more than
    40 million weights; the one on neighbours where no graph is known.

    Args:
        dataset: SpatioTemporalDataset.
        horizon: Steps ahead.
        also: Names of other quantities in `dataset.extra` that regressions and trees read.
        validation: Rows of the validation part; a twentieth of all when not given.

    Returns:
        List of forecasters.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines import standard as baselines
        >>> for model in baselines.standard(stlearn.load("corridor"), horizon=12):
        ...     print(model.name)
        last value
        historical average
        seasonal naive
        autoregression
        vector autoregression
        neighbour autoregression
        boosted trees
    """
    check_count("horizon", horizon)
    rows, nodes = dataset.shape
    models = [LastValue(horizon), HistoricalAverage(horizon)]
    if 1 < season_rows(dataset) <= rows // 3:
        models.append(SeasonalNaive(horizon))
    daily = pd.Timedelta("1D") <= dataset.interval <= pd.Timedelta("6D")
    if daily and season_rows(dataset, year=True) <= rows // 3:
        models.append(SeasonalNaive(horizon, year=True))
    lags = min(MOST_LAGS, (rows // 20 if validation is None else validation) - horizon)
    if lags < 1:
        return models
    models.append(AverageAutoregression(horizon, lags, also=also))
    if nodes > 1 and nodes**2 * lags * horizon <= MOST_WEIGHTS:
        models.append(VectorAutoregression(horizon, lags, also=also))
    if dataset.adjacency is not None and nodes > 1:
        models.append(VectorAutoregression(horizon, lags, neighbours_only=True, also=also))
    models.append(GradientBoosting(horizon, lags, also=also))
    return models


def load(folder):
    """Read a baseline that its `save` wrote, whichever it is.

    Args:
        folder: The folder.

    Raises:
        InputError: If the folder holds no saved baseline.

    Example:
        >>> import tempfile
        >>> import stlearn
        >>> from stlearn.baselines.standard import LastValue, load
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     LastValue(3).fit(stlearn.load("corridor")).save(folder)
        ...     print(load(folder).name)
        last value
    """
    kinds = (LastValue, HistoricalAverage, SeasonalNaive, AverageAutoregression,
             VectorAutoregression, GradientBoosting)  # fmt: skip
    try:
        kind = json.loads((Path(folder) / "baseline.json").read_text(encoding="utf-8"))["baseline"]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"folder: {folder} holds no saved baseline ({error})") from None
    found = {each.__name__: each for each in kinds}.get(kind)
    if found is None:
        raise InputError(f"folder: {folder} holds an unknown baseline, {kind!r}")
    return found.load(folder)
