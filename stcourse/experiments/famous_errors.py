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
from stlearn.evaluation.metrics import mae, rmse


def retold(result, scale, chosen=10):
    """Tell the error at the last step of a backtest in five flattering ways.

    Args:
        result: Backtest.
        scale: Standard deviation of the training values, in the data's unit.
        chosen: Number of nodes that the third way keeps: those with the smallest errors.

    Returns:
        DataFrame (exhibit; flattering, honest): the figure as told, and the mean absolute error
        at the last step over all nodes; for the fifth, the root mean square.

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
    table["honest"] = float(np.nanmean(last))
    heard = ~np.isnan(last).all(axis=1)
    by_origin = np.sqrt(np.nanmean(last[heard] ** 2, axis=1))
    table.loc["RMSE of each origin, averaged"] = (
        by_origin.mean(),
        rmse(result.truth[:, -1], result.forecast[:, -1]),
    )
    return table


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


def called_zero_shot(dataset, split, step=12, lookback=12, every=12, neighbours=5):
    """Forecast sensors that a model is said never to have seen, and had, beside one that had not.

    Windows of single nodes are learned from, as models that are trained once for all data do. One
    model remembers the first half of the nodes before the test part; the other has "all that could
    be found", the test part of the second half included. Both are tested there.

    Args:
        dataset, split, step, lookback, neighbours: As in `shuffled`.
        every: Rows from one window to the next.

    Returns:
        Series with the mean absolute errors "seen" and "never seen", in the data's unit.

    Example:
        >>> import stlearn
        >>> from stcourse.experiments.famous_errors import called_zero_shot
        >>> from stlearn.data.windows import chronological_split
        >>> dataset = stlearn.load("corridor").between(0, 7 * 288)
        >>> found = called_zero_shot(dataset, chronological_split(dataset, test="2D"))
        >>> bool(found["seen"] < found["never seen"])
        True
    """
    from sklearn.neighbors import KNeighborsRegressor

    origins = window_origins(0, len(dataset.values), lookback, step, every)
    filled = dataset.values.ffill().bfill().to_numpy()
    past = cut_windows(filled, origins, lookback, 0)[0].transpose(0, 2, 1)
    future, truth = (values[origins + step - 1] for values in (filled, dataset.values.to_numpy()))
    early, test = origins + step <= split.test.start, origins - lookback >= split.test.start
    half = past.shape[1] // 2
    elsewhere = np.ix_(early, range(half))
    everything = np.ix_(early | test, range(past.shape[1]))
    judge = np.ix_(test, range(half, past.shape[1]))
    errors = {}
    for name, learn in {"seen": everything, "never seen": elsewhere}.items():
        model = KNeighborsRegressor(neighbours)
        model.fit(past[learn].reshape(-1, lookback), future[learn].ravel())
        forecast = model.predict(past[judge].reshape(-1, lookback))
        errors[name] = mae(truth[judge].ravel(), forecast)
    return pd.Series(errors)
