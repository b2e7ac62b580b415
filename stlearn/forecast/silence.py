"""Sensors without a recent reading: found, counted and named, before and after training."""

import numpy as np

from stlearn.data.units import in_words
from stlearn.evaluation.comparison import shown_steps
from stlearn.forecast.scores import three_digits

SELDOM = 0.01  # of the targets: fewer are not told
MUCH_WORSE = 1.5  # times the error elsewhere


def rows_looked_at(model):
    """Rows in which a sensor must have a reading so that its forecast rests on it.

    A model without a window, such as the last value, looks back without end: there it is three
    times the horizon.

    Args:
        model: BaseForecaster.

    Example:
        >>> from stlearn.baselines.averages import LastValue
        >>> from stlearn.forecast.silence import rows_looked_at
        >>> rows_looked_at(LastValue(horizon=4))
        12
    """
    return model.lookback if model.lookback > 1 else 3 * model.horizon


def silent_nodes(values, rows):
    """List the nodes without a reading in the last rows.

    Args:
        values: DataFrame (time, node).
        rows: Number of rows.

    Example:
        >>> import pandas as pd
        >>> from stlearn.forecast.silence import silent_nodes
        >>> silent_nodes(pd.DataFrame({"a": [1, None], "b": [None, 2]}), rows=1)
        ['a']
    """
    recent = values.iloc[-rows:]
    return list(recent.columns[recent.isna().all()])


def listed_nodes(nodes, most=8):
    """Names of nodes as text, the first ones where there are many.

    Example:
        >>> from stlearn.forecast.silence import listed_nodes
        >>> listed_nodes(["a", "b", "c"], most=2)
        'a, b and 1 more'
    """
    more = f" and {len(nodes) - most} more" if len(nodes) > most else ""
    return ", ".join(map(str, nodes[:most])) + more


def errors_in_silence(comparison, name, values, rows):
    """Say how far off a forecaster is where a sensor had no reading in the rows before.

    Args:
        comparison: Comparison of forecasters on the test part.
        name: Name of the forecaster.
        values: DataFrame (time, node), all rows.
        rows: Rows in which it needs a reading.

    Returns:
        Tuple of one sentence on the middle of the horizon; empty where such targets are few, or
        their error is hardly larger.
    """
    tested = comparison.shown[name].backtest
    step = shown_steps(tested.truth.shape[1], quarters=(2,))[0]
    first = max(tested.origins[0] - rows, 0)
    readings = np.isfinite(values.to_numpy()[first : tested.origins[-1]])
    heard = np.cumsum(np.pad(readings, ((1, 0), (0, 0))), axis=0, dtype="int32")
    places = tested.origins - first
    silent = heard[places] == heard[np.maximum(places - rows, 0)]
    known = np.isfinite(tested.truth[:, step - 1])
    there, elsewhere = known & silent, known & ~silent
    share = there.sum() / max(known.sum(), 1)
    if share < SELDOM or not elsewhere.any():
        return ()
    errors = {
        other: np.abs(run.backtest.forecast[:, step - 1] - run.backtest.truth[:, step - 1])
        for other, run in comparison.shown.items()
    }
    best = min(errors, key=lambda other: errors[other][there].mean())
    own, usual = (errors[name][where].mean() for where in (there, elsewhere))
    if not own > MUCH_WORSE * usual:
        return ()
    unit = comparison.unit
    lowest = f"the best there is {best}, {three_digits(errors[best][there].mean())} {unit}"
    return (
        f"Of the targets after {in_words(step * tested.interval, step=tested.interval)}, "
        f"{100 * share:.0f} % had no reading of their sensor in the {rows} rows before: the mean "
        f"error of {name} is {three_digits(own)} {unit} there and {three_digits(usual)} {unit} "
        f"elsewhere; {lowest if best != name else 'no other is better there'}.",
    )
