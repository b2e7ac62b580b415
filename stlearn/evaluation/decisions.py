"""Decisions: from a forecast of demand to how much to provide, and what that has cost.
Explained in 6.3.

Too little and too much rarely cost the same. With known costs of both, the best amount is a
quantile of the forecast, not its mean, and a forecast is worth what its decisions save.
"""

import numbers

import numpy as np
import pandas as pd

from stlearn.errors import InputError


def critical_quantile(underage, overage):
    """Return the quantile of the demand that is the cheapest amount to provide.

    Args:
        underage: Cost of a unit that was missing.
        overage: Cost of a unit that was left over.

    Returns:
        The quantile, above 0 and below 1.

    Raises:
        InputError: If a cost is not a number above 0.

    Example:
        >>> critical_quantile(underage=9, overage=1)
        0.9

    Reference:
        Arrow, Harris and Marschak (1951), "Optimal inventory policy" (the newsvendor).
    """
    for argument, cost in (("underage", underage), ("overage", overage)):
        if not isinstance(cost, numbers.Real) or not 0 < cost < np.inf:
            raise InputError(f"{argument}: expected a cost above 0, got {cost!r}")
    return underage / (underage + overage)


def quantiles_from_errors(forecast, past_errors, quantiles):
    """Turn a forecast of one number into quantiles, by the errors that it has made before.

    So a baseline without quantiles of its own can stand beside a network that has them.

    Args:
        forecast: DataFrame (row, node), in the data's unit.
        past_errors: DataFrame (row, node) of truth less forecast, for the same horizon, on a part
            that comes before and was not used for fitting, for example validation. NaN is left out.
        quantiles: Increasing numbers between 0 and 1.

    Returns:
        DataFrame (row, (node, quantile)), as `Forecaster.predict_quantiles` gives it.

    Raises:
        InputError: If the nodes differ, a node has no past error, or the quantiles are not as
            described.

    Example:
        >>> import pandas as pd
        >>> errors = pd.DataFrame({"stop": [-10, 0, 10]})
        >>> quantiles_from_errors(pd.DataFrame({"stop": [50]}), errors, [0.25, 0.75])["stop"]
        quantile  0.25  0.75
        0         45.0  55.0

    Reference:
        Williams and Goodman (1971), "A simple method for the construction of empirical confidence
        limits for economic forecasts".
    """
    _check_table("forecast", forecast)
    _check_nodes("past_errors", past_errors, forecast.columns)
    silent = past_errors.columns[past_errors.isna().all()]
    if len(silent):
        raise InputError(f"past_errors: node {silent[0]!r} has none")
    _check_quantiles("quantiles", quantiles)
    spread = past_errors[forecast.columns].quantile(list(quantiles))  # (quantile, node)
    columns = pd.MultiIndex.from_product([forecast.columns, quantiles], names=["node", "quantile"])
    numbers = forecast.to_numpy()[:, :, None] + spread.to_numpy().T
    return pd.DataFrame(numbers.reshape(len(forecast), -1), forecast.index, columns)


def amount_to_provide(quantile_forecast, underage, overage):
    """Read off quantile forecasts the amount whose expected cost is least.

    Args:
        quantile_forecast: DataFrame (row, (node, quantile)), in the data's unit.
        underage: Cost of a unit that is missing.
        overage: Cost of a unit that is left over.

    Returns:
        DataFrame (row, node) of amounts: the critical quantile, on the straight line between the
        two nearest quantiles of the forecast.

    Raises:
        InputError: If the columns are not (node, quantile), quantiles fall where they should
            rise, or the critical quantile lies outside of those forecast.

    Example:
        >>> import pandas as pd
        >>> columns = pd.MultiIndex.from_product([["stop"], [0.5, 0.9]])
        >>> forecast = pd.DataFrame([[40, 60]], columns=columns)
        >>> float(amount_to_provide(forecast, underage=4, overage=1).iloc[0, 0])
        55.0

    Reference: Arrow, Harris and Marschak (1951).
    """
    wanted = critical_quantile(underage, overage)
    _check_table("quantile_forecast", quantile_forecast)
    if quantile_forecast.columns.nlevels != 2:
        raise InputError("quantile_forecast: expected the columns (node, quantile)")
    amounts = {}
    for node in quantile_forecast.columns.unique(0):
        forecast = quantile_forecast[node]
        quantiles = forecast.columns.to_numpy(dtype=float)
        _check_quantiles(f"quantile_forecast: node {node!r}", quantiles)
        if not quantiles[0] - 1e-9 <= wanted <= quantiles[-1] + 1e-9:
            raise InputError(
                f"quantile_forecast: the costs ask for the quantile {wanted:.3g}, which lies "
                f"outside of those forecast, {quantiles[0]:g} to {quantiles[-1]:g}"
            )
        known = forecast.to_numpy(dtype=float)
        if (np.diff(known, axis=1) < 0).any():
            raise InputError(f"quantile_forecast: node {node!r}: a higher quantile is lower")
        amounts[node] = [np.interp(wanted, quantiles, row) for row in known]
    return pd.DataFrame(amounts, quantile_forecast.index)


def decision_cost(amount, demand, underage, overage):
    """Charge what was missing and what was left over.

    Args:
        amount: DataFrame (row, node): what was provided, in the unit of the demand.
        demand: DataFrame (row, node): what was asked for; NaN where it is not known.
        underage: Cost of a unit that was missing.
        overage: Cost of a unit that was left over.

    Returns:
        DataFrame (row, node) of costs; NaN where the demand is not known. A perfect forecast costs
        nothing.

    Raises:
        InputError: If rows or nodes differ, or an amount is missing where the demand is known.

    Example:
        >>> import pandas as pd
        >>> amount, demand = pd.DataFrame({"stop": [50, 50]}), pd.DataFrame({"stop": [60, 40]})
        >>> decision_cost(amount, demand, underage=4, overage=1)["stop"].tolist()
        [40, 10]

    Reference: Arrow, Harris and Marschak (1951).
    """
    critical_quantile(underage, overage)
    _check_table("amount", amount)
    _check_nodes("demand", demand, amount.columns)
    if not amount.index.equals(demand.index):
        raise InputError("demand: expected the rows of amount")
    demand = demand[amount.columns]
    untold = (amount.isna() & demand.notna()).to_numpy()
    if untold.any():
        row, column = np.argwhere(untold)[0]
        raise InputError(
            f"amount: none at {amount.index[row]}, node {amount.columns[column]!r}, where the "
            "demand is known"
        )
    missing = (demand - amount).clip(lower=0)
    left_over = (amount - demand).clip(lower=0)
    return underage * missing + overage * left_over


def _check_quantiles(argument, quantiles):
    steps = np.diff([0, *quantiles, 1])
    if not len(quantiles) or not (steps > 0).all():
        raise InputError(
            f"{argument}: expected increasing quantiles between 0 and 1, got {list(quantiles)}"
        )


def _check_table(argument, table):
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise InputError(f"{argument}: expected a DataFrame (row, node) that is not empty")


def _check_nodes(argument, table, nodes):
    _check_table(argument, table)
    if set(table.columns) != set(nodes):
        raise InputError(f"{argument}: its nodes differ from {list(nodes)}, got {list(table)}")
