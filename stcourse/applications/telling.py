"""How all parts of chapter 06 tell what came out: errors beside their costs, gains, and decisions.

Nothing is decided here: what is shown was computed in the cells of the notebook.
"""

import pandas as pd

from stcourse.applications.ladder import NETWORK
from stlearn.data.units import in_words
from stlearn.errors import InputError
from stlearn.plots.style import NETWORK_COLOUR, digits, new_figure

COUNTED = 3  # significant digits of an error and of seconds


def errors(comparison, size=1.0):
    """Put the errors of all forecasters beside what they cost to train.

    Args:
        comparison: Comparison.
        size: Errors are shown times this, for another unit than the data's.

    Returns:
        DataFrame (forecaster; mean absolute error at each time ahead, in the data's unit times
        `size`, then seconds and parameters), the lowest error at the longest time first.

    Example:
        >>> import stlearn
        >>> from stcourse.applications.telling import errors
        >>> from stlearn.baselines import HistoricalAverage, LastValue
        >>> from stlearn.data.windows import chronological_split
        >>> corridor = stlearn.load("corridor")
        >>> split = chronological_split(corridor, test="2D")
        >>> models = [LastValue(4), HistoricalAverage(4)]
        >>> table = errors(stlearn.evaluation.compare(models, corridor, split, progress=False))
        >>> list(table)
        ['5 minutes', '10 minutes', '15 minutes', '20 minutes', 'seconds', 'parameters']
    """
    table, step = comparison.table(), next(iter(comparison.runs.values())).backtest.interval
    ahead = pd.to_timedelta(table["horizon_minutes"], unit="min")
    table["ahead"] = [in_words(each, step=step) for each in ahead]
    found = size * table.pivot(index="model", columns="ahead", values="mae")
    found = found[list(dict.fromkeys(table["ahead"]))]
    costs = table.groupby("model")[["seconds", "parameters"]].first()
    found = found.sort_values(found.columns[-1]).join(costs)
    shown = found.drop(columns="parameters").map(lambda each: float(f"{each:.{COUNTED}g}"))
    return shown.assign(parameters=found["parameters"]).rename_axis(columns=None)


def gains(comparison, reference=None):
    """Say how much better or worse the network is than the best baseline, at each time ahead.

    Args:
        comparison: Comparison with a forecaster called "network".
        reference: Name of another forecaster to hold it against.

    Returns:
        Text, a line for each time ahead.

    Raises:
        InputError: If there is no network, or no such forecaster.

    Example:
        >>> import stlearn
        >>> from stcourse.applications.telling import gains
        >>> from stlearn.baselines import HistoricalAverage, LastValue
        >>> from stlearn.data.windows import chronological_split
        >>> corridor = stlearn.load("corridor")
        >>> network = HistoricalAverage(1)
        >>> network.name = "network"
        >>> found = stlearn.evaluation.compare(
        ...     [LastValue(1), network], corridor, chronological_split(corridor), progress=False
        ... )
        >>> gains(found).startswith("At 5 minutes network is ")
        True
    """
    told = comparison.verdict(NETWORK, reference)
    return "\n".join(verdict.sentence for verdict in told)


def bars(costs, start, unit):
    """Draw what the decisions made with each forecast cost, from a time on.

    Args:
        costs: DataFrame (time, forecaster), as `stcourse.applications.decisions.decide` takes it.
        start: Time of the first decision that counts.
        unit: Unit of the costs.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If no decision counts.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.telling import bars
        >>> days = pd.date_range("2026-03-02", periods=2)
        >>> bars(pd.DataFrame({"network": [3, 1], "last value": 4}, days), days[0], "minutes")[1]
        'Costs in minutes, the lowest first: network 2, last value 4.'
    """
    counted = costs[costs.index >= start]
    if counted.isna().all(axis=None):
        raise InputError(f"start: expected a time before the last decision, got {start!r}")
    means = counted.mean().sort_values(ascending=False)
    figure, axes = new_figure(3.4)
    colours = [NETWORK_COLOUR if name == NETWORK else "0.65" for name in means.index]
    axes.bar_label(axes.barh(means.index, means, color=colours), map(digits, means), padding=3)
    axes.set_xlabel(unit[0].upper() + unit[1:])
    axes.margins(x=0.1)
    said = ", ".join(f"{name} {digits(mean)}" for name, mean in means[::-1].items())
    return figure, f"Costs in {unit}, the lowest first: {said}."
