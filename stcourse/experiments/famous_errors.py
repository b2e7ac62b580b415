"""A museum of famous errors: one set of forecasts, or one model, told dishonestly and honestly.

Every exhibit is a way in which published figures have come to look better than the forecasts
were. None needs a lie: each is one line of code.
"""

import numpy as np
import pandas as pd

from stlearn.baselines.averages import HistoricalAverage
from stlearn.checks import check_count
from stlearn.data.windows import cut_windows, fit_scaler, window_origins
from stlearn.errors import InputError
from stlearn.evaluation.backtest import backtest
from stlearn.evaluation.metrics import mae


def retold(result, scale, chosen=10):
    """Tell the error at the last step of a backtest in four flattering ways.

    Args:
        result: Backtest.
        scale: Standard deviation of the training values, in the data's unit.
        chosen: Number of nodes that the third way keeps: those with the smallest errors.

    Returns:
        DataFrame (exhibit; flattering, honest): the figure as told, and the mean absolute error
        at the last step over all nodes.

    Raises:
        InputError: If there are not more nodes than are chosen, or the scale is not above 0.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> from stcourse.experiments.famous_errors import retold
        >>> dataset = stlearn.load("corridor")
        >>> last_value = LastValue(horizon=12).fit(dataset.between(0, 42 * 288))
        >>> result = stlearn.backtest(last_value, dataset, slice(42 * 288, 44 * 288))
        >>> table = retold(result, scale=20.0)
        >>> bool((table["flattering"] < table["honest"]).all())
        True
    """
    check_count("chosen", chosen)
    if chosen >= len(result.nodes):
        raise InputError(f"chosen: expected fewer than the {len(result.nodes)} nodes, got {chosen}")
    if not scale > 0:
        raise InputError(f"scale: expected a number above 0, got {scale!r}")
    error = np.abs(result.forecast - result.truth)
    last = error[:, -1]
    by_node = np.sort(np.nanmean(last, axis=0))
    told = {
        "the first step, told as the last": np.nanmean(error[:, 0]),
        "pooled over all steps, told as the last": np.nanmean(error),
        f"the {chosen} easiest of {len(by_node)} nodes": by_node[:chosen].mean(),
        "MSE of scaled values, told as an MAE": np.nanmean((last / scale) ** 2),
    }
    table = pd.DataFrame({"flattering": told}).rename_axis("exhibit")
    return table.assign(honest=np.nanmean(last))


def shuffled(dataset, split, step=12, lookback=12, every=3, neighbours=5):
    """Forecast by the most similar windows of the past, with the test part set apart or shuffled.

    Windows that overlap are nearly alike. If they are divided at random, almost each test window
    has a twin in training that knows its future. Half of the test windows, drawn at random, are
    scored; when shuffled, the other half is learned from.

    Args:
        dataset: SpatioTemporalDataset.
        split: Split; validation counts as training.
        step: Step ahead that is scored.
        lookback: Rows that windows are compared by.
        every: Rows from one window to the next.
        neighbours: Similar windows whose futures are averaged.

    Returns:
        Series with the mean absolute errors "shuffled" and "in time", in the data's unit.

    Example:
        >>> import stlearn
        >>> from stcourse.experiments.famous_errors import shuffled
        >>> from stlearn.data.windows import chronological_split
        >>> dataset = stlearn.load("corridor").between(0, 7 * 288)
        >>> found = shuffled(dataset, chronological_split(dataset, test="2D"))
        >>> bool(found["shuffled"] < found["in time"])
        True
    """
    from sklearn.neighbors import KNeighborsRegressor

    origins = window_origins(0, len(dataset.values), lookback, step, every)
    scaler = fit_scaler(dataset.values.to_numpy()[: split.test.start])
    filled = scaler.transform(dataset.values.ffill().bfill().to_numpy())
    past = cut_windows(filled, origins, lookback, 0)[0].reshape(len(origins), -1)
    future = filled[origins + step - 1]
    truth = dataset.values.to_numpy()[origins + step - 1]
    early, test = origins + step <= split.test.start, origins - lookback >= split.test.start
    drawn = test & (np.random.default_rng(0).random(len(origins)) < 0.5)
    judge = test & ~drawn
    errors = {}
    for name, learn in {"shuffled": early | drawn, "in time": early}.items():
        model = KNeighborsRegressor(neighbours).fit(past[learn], future[learn])
        errors[name] = mae(truth[judge], scaler.inverse(model.predict(past[judge])))
    return pd.Series(errors)


def average_that_saw_the_test(dataset, split):
    """Score an average day that was taken over the test part too, beside one that was not.

    Args:
        dataset: SpatioTemporalDataset.
        split: Split; validation counts as training.

    Returns:
        Series with the mean absolute errors "with the test part" and "without", in the data's
        unit, over all steps.

    Example:
        >>> import stlearn
        >>> from stcourse.experiments.famous_errors import average_that_saw_the_test
        >>> from stlearn.data.windows import chronological_split
        >>> dataset = stlearn.load("corridor")
        >>> found = average_that_saw_the_test(dataset, chronological_split(dataset, test="7D"))
        >>> bool(found["with the test part"] < found["without"])
        True
    """
    errors = {}
    for name, stop in (("with the test part", len(dataset.values)), ("without", split.test.start)):
        average = HistoricalAverage(horizon=12).fit(dataset.between(0, stop))
        result = backtest(average, dataset, split.test)
        errors[name] = mae(result.truth, result.forecast)
    return pd.Series(errors)
