"""The forecasters that any network has to beat.

All follow the contract of `stlearn.baselines.base.BaseForecaster`. Whatever they choose, they
choose on validation data; then they are fitted again on train and validation, so that no network
that does the same has an edge.
"""

from stlearn.baselines.averages import HistoricalAverage, LastValue, SeasonalNaive, season_rows
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.baselines.trees import GradientBoosting
from stlearn.checks import check_count

__all__ = [
    "AverageAutoregression",
    "GradientBoosting",
    "HistoricalAverage",
    "LastValue",
    "SeasonalNaive",
    "VectorAutoregression",
    "standard",
]

MOST_LAGS = 12
MOST_WEIGHTS = 40_000_000


def standard(dataset, horizon):
    """List the baselines that make sense for a data set, not fitted yet.

    Left out are: last season where there are not three seasons of data; the regressions and the
    trees where a twentieth of the rows (a small validation part) holds no complete window; the
    regression on all nodes where it had more than 40 million weights; the one on neighbours where
    no graph is known.

    Args:
        dataset: SpatioTemporalDataset.
        horizon: Steps ahead.

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
    lags = min(MOST_LAGS, rows // 20 - horizon)
    if lags < 1:
        return models
    models.append(AverageAutoregression(horizon, lags))
    if nodes > 1 and nodes**2 * lags * horizon <= MOST_WEIGHTS:
        models.append(VectorAutoregression(horizon, lags))
    if dataset.adjacency is not None and nodes > 1:
        models.append(VectorAutoregression(horizon, lags, neighbours_only=True))
    models.append(GradientBoosting(horizon, lags))
    return models
