"""Sensors without a recent reading: found, counted and named, before and after training."""


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
