"""The closing table of chapter 06: lines of each application, and the verdict by one rule."""

import importlib
import pkgutil

import numpy as np
import pandas as pd

from stcourse import applications
from stlearn.errors import InputError

SEEDS = (0, 1, 2)  # of the world and of the network; corridor is one world for all
OPEN = "not shown to differ"


def declared():
    """Look for the applications that the modules in the folders beside this one declare.

    Returns:
        Dict of Application by the name of its module, in the order of the chapter.

    Example:
        >>> list(declared())[:3]
        ['traffic', 'monitoring', 'buses']
    """
    found = {}
    for each in pkgutil.walk_packages(applications.__path__, "stcourse.applications."):
        if each.name.count(".") == 3:  # a module in a folder, not one beside this one
            module = importlib.import_module(each.name)
            if hasattr(module, "APPLICATION"):
                found[each.name.rpartition(".")[2]] = module.APPLICATION
    return dict(sorted(found.items(), key=lambda item: item[1].number))


APPLICATIONS = declared()


def make_row(application, found, seed=0):
    """Put the forecast's verdict and the decision of an application into one line.

    Args:
        application: Key of `APPLICATIONS`.
        found: What the application's `forecasts(seed)` gave.
        seed: The seed.

    Returns:
        Dict; errors are mean absolute errors in the data's unit, `gain` with its interval is a
        share of the baseline's error.

    Raises:
        InputError: If the application is unknown.

    Example:
        >>> make_row("tea", None)
        Traceback (most recent call last):
        stlearn.errors.InputError: application: expected one of traffic, monitoring, ..., got 'tea'
    """
    if application not in APPLICATIONS:
        known = ", ".join(list(APPLICATIONS)[:2])
        raise InputError(f"application: expected one of {known}, ..., got {application!r}")
    verdict = APPLICATIONS[application].verdict(found)
    decision = APPLICATIONS[application].decision(found)
    table = found.comparison.table()
    at_horizon = table["horizon_minutes"] == verdict.horizon / pd.Timedelta("1min")
    table = table[at_horizon].set_index("model")
    return {
        "application": application,
        "seed": seed,
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


def sides(rows):
    """Say of each line on which side it is: "better", "worse" or "not shown to differ".

    In one line a difference counts only where its whole interval lies on one side of zero.

    Args:
        rows: DataFrame of lines, as `make_row` gives them.

    Returns:
        DataFrame (line; forecast, decision), with the index of `rows`.

    Example:
        >>> line = {"gain_low": 0.1, "gain_high": 0.2, "decision_low": -1.0, "decision_high": 2.0}
        >>> sides(pd.DataFrame([line])).iloc[0].tolist()
        ['better', 'not shown to differ']
    """

    def side(low, high):
        return np.select([low > 0, high < 0], ["better", "worse"], OPEN)

    forecast = side(rows["gain_low"], rows["gain_high"])
    decision = side(-rows["decision_high"], -rows["decision_low"])  # a cost is better if lower
    return pd.DataFrame({"forecast": forecast, "decision": decision}, rows.index)


def agreed(sides):
    """Put several seeds together: "better" or "worse" only where all of them say so.

    Args:
        sides: Column of `sides`, a line for each seed of one application.

    Example:
        >>> agreed(["better", "better", "not shown to differ"])
        'not shown to differ'
    """
    first, *others = set(sides)
    return OPEN if others else first


def counted(sides):
    """Say in how many seeds the network was better or worse.

    Args:
        sides: As in `agreed`.

    Example:
        >>> counted(["better", "better", "not shown to differ"])
        'better in 2 of 3'
    """
    sides = list(sides)
    said = [f"{side} in {sides.count(side)}" for side in ("better", "worse") if side in sides]
    return f"{', '.join(said) or 'open in all'} of {len(sides)}"


def verdict_in_words(rows):
    """Say by rule what lines of one application show: of the forecast, and of the decision.

    A line has its verdict by `sides`; several lines, a seed each, have it only if they agree.

    Args:
        rows: One line as `make_row` gives it, or a DataFrame of the lines of several seeds.

    Returns:
        Text such as "forecast better, decision not shown to differ".

    Example:
        >>> line = {"gain_low": 0.1, "gain_high": 0.2, "decision_low": -1.0, "decision_high": 2.0}
        >>> verdict_in_words(line)
        'forecast better, decision not shown to differ'
    """
    lines = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame([rows])
    by_line = sides(lines)
    return f"forecast {agreed(by_line['forecast'])}, decision {agreed(by_line['decision'])}"


def all_rows(seeds=SEEDS):
    """Run every application on its world, for one seed after the other.

    Args:
        seeds: Seeds of the world and of the network.

    Yields:
        Dict, as `make_row` gives it.

    Example:
        >>> from stcourse.applications import closing_rows
        >>> lines = closing_rows.all_rows()  # nothing is trained before the first line is asked for
    """
    for seed in seeds:
        for name, application in APPLICATIONS.items():
            yield make_row(name, application.forecasts(seed), seed)
