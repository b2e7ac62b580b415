"""The closing table of chapter 06: one line an application, its verdict by one rule."""

import importlib
from typing import NamedTuple

import pandas as pd

from stlearn.errors import InputError

APPLICATIONS = {  # module: title, notebook
    "traffic": ("traffic flow forecast", "06a_roads"),
    "monitoring": ("road-condition monitoring", "06a_roads"),
    "buses": ("bus dispatch", "06a_roads"),
    "policy": ("transport policy", "06b_policy"),
    "new_road": ("new road", "06b_policy"),
    "epidemic": ("virus spread", "06c_health"),
    "outbreaks": ("disease surveillance", "06c_health"),
    "shares": ("share prices", "06d_money"),
    "bonds": ("bond yields", "06d_money"),
    "flood": ("disaster warning", "06e_nature_and_machines"),
    "climate": ("climate", "06e_nature_and_machines"),
    "machines": ("IoT fault diagnosis", "06e_nature_and_machines"),
}


class Decision(NamedTuple):
    """What decisions made with two forecasts cost, on the same test part.

    Args:
        what: The decision in a few words, such as "leave in time".
        unit: Unit of the cost, such as "minutes late a trip"; less is better.
        baseline: Mean cost with the best baseline's forecast.
        network: Mean cost with the network's forecast.
        low, high: Interval of network minus baseline, in that unit; NaN where none can be had.
    """

    what: str
    unit: str
    baseline: float
    network: float
    low: float = float("nan")
    high: float = float("nan")


def make_row(application, verdict, comparison, decision):
    """Put the forecast's verdict and the decision into one line.

    Args:
        application: Key of `APPLICATIONS`.
        verdict: `stlearn.comparison.Verdict` of the network against the best baseline, at the
            horizon that the decision needs.
        comparison: The `stlearn.comparison.Comparison` it comes from.
        decision: Decision.

    Returns:
        Dict; errors are mean absolute errors in the data's unit, `gain` with its interval is a
        share of the baseline's error.

    Raises:
        InputError: If the application is unknown.

    Example:
        >>> make_row("tea", None, None, None)
        Traceback (most recent call last):
        stlearn.errors.InputError: application: expected one of traffic, monitoring, ..., got 'tea'
    """
    if application not in APPLICATIONS:
        known = ", ".join(list(APPLICATIONS)[:2])
        raise InputError(f"application: expected one of {known}, ..., got {application!r}")
    table = comparison.table()
    at_horizon = table["horizon_minutes"] == verdict.horizon / pd.Timedelta("1min")
    table = table[at_horizon].set_index("model")
    return {
        "application": application,
        "horizon": str(verdict.horizon),
        "best_baseline": verdict.reference,
        "error_baseline": float(table.at[verdict.reference, "mae"]),
        "error_network": float(table.at[verdict.model, "mae"]),
        "gain": verdict.gain,
        "gain_low": verdict.low,
        "gain_high": verdict.high,
        "decision": decision.what,
        "decision_unit": decision.unit,
        "decision_baseline": decision.baseline,
        "decision_network": decision.network,
        "decision_low": decision.low,
        "decision_high": decision.high,
        "seconds": float(table.at[verdict.model, "seconds"]),
    }


def verdict_in_words(row):
    """Say by rule what a line shows: of the forecast, and of the decision.

    A difference counts only where its whole interval lies on one side of zero.

    Args:
        row: Dict or Series, as `make_row` gives it.

    Returns:
        Text such as "forecast better, decision not shown to differ".

    Example:
        >>> row = {"gain_low": 0.1, "gain_high": 0.2, "decision_low": -1.0, "decision_high": 2.0}
        >>> verdict_in_words(row)
        'forecast better, decision not shown to differ'
    """
    forecast = _side(row["gain_low"], row["gain_high"])
    decision = _side(-row["decision_high"], -row["decision_low"])
    return f"forecast {forecast}, decision {decision}"


def all_rows():
    """Run every application on its world, one after the other.

    Yields:
        Dict, as `make_row` gives it.

    Example:
        >>> from stlearn.applications import rows
        >>> lines = rows.all_rows()  # nothing is trained before the first line is asked for
    """
    for name in APPLICATIONS:
        module = importlib.import_module(f"stlearn.applications.{name}")
        yield module.row(module.forecasts())


def _side(low, high):
    if low > 0:
        return "better"
    return "worse" if high < 0 else "not shown to differ"
