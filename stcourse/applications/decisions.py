"""What a decision made with a forecast costs, beside the same decision made with a baseline's.

In every part of chapter 06 the first third of the forecasts of the test part sets reserves and
thresholds and says which baseline decides best; what comes after is scored.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

from stcourse.applications.ladder import NETWORK
from stlearn.errors import InputError
from stlearn.evaluation.bootstrap import block_bootstrap
from stlearn.plots.style import digits


class Decision(NamedTuple):
    """What decisions made with two forecasts cost, on the same times.

    Args:
        what: The decision in a few words, such as "leave in time".
        unit: Unit of the cost, such as "minutes late a trip"; less is better.
        against: Name of the baseline.
        baseline: Mean cost with the baseline's forecast.
        network: Mean cost with the network's forecast.
        low, high: 95 % interval of network minus baseline, in that unit; NaN where none can be had.
    """

    what: str
    unit: str
    against: str
    baseline: float
    network: float
    low: float = float("nan")
    high: float = float("nan")

    @property
    def sentence(self):
        """The decision in plain words."""
        said = (
            f"To {self.what} costs {digits(self.network)} with the network and "
            f"{digits(self.baseline)} with {self.against}, in {self.unit}"
        )
        if np.isnan(self.low):
            return f"{said}. Too few decisions for an interval, so no difference is shown."
        said += f" (95 % interval of the change {digits(self.low)} to {digits(self.high)}): "
        if self.low <= 0 <= self.high:
            return f"{said}no difference is shown."
        return f"{said}the {'saving' if self.high < 0 else 'loss'} is real."


def scored_from(comparison):
    """Return the time of the first forecast that is scored: those before set the reserves.

    Args:
        comparison: Comparison.
    """
    times = next(iter(comparison.runs.values())).backtest.times
    return times[len(times) // 3]


def decide(what, unit, costs, start, block, against=None):
    """Compare the network's decisions with those of the baseline that decides best.

    Args:
        what, unit: As in `Decision`.
        costs: DataFrame (time, forecaster) of what each decision cost, less is better; NaN in all
            columns where nothing was decided. One column is called "network".
        start: Time of the first decision that is scored. The baseline of the lowest mean cost
            before it is the one that the network is compared with.
        block: Decisions that are drawn together for the interval, because they hang together:
            their number, or a duration such as "1D" that holds them.
        against: Name of the baseline, where no decision comes before `start`.

    Returns:
        Decision, with an interval where there are at least four blocks.

    Raises:
        InputError: If there is no network or baseline, nothing to choose by or nothing to score.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.decisions import decide
        >>> days = pd.date_range("2026-03-02", periods=8)
        >>> costs = {"network": [3, 2] * 4, "last value": [5, 4] * 4, "average": [5, 6] * 4}
        >>> costs = pd.DataFrame(costs, index=days)
        >>> decide("send a bus", "minutes", costs, days[2], block=1).against
        'last value'

    Reference: Künsch (1989), The jackknife and the bootstrap for general stationary observations.
    """
    if NETWORK not in costs or len(costs.columns) < 2:
        raise InputError(
            f"costs: expected a column {NETWORK!r} and one of a baseline, got {list(costs)}"
        )
    before, scored = costs[costs.index < start], costs[costs.index >= start]
    if against is None and before.notna().any(axis=None):
        against = before.drop(columns=NETWORK).mean().idxmin()
    if against not in costs or scored.isna().all(axis=None):
        raise InputError(
            "costs: expected decisions before the start, to choose a baseline by, and after it, "
            f"got {len(before)} and {len(scored)} rows, and against={against!r}"
        )
    network, baseline = (scored[name] for name in (NETWORK, against))
    if isinstance(block, str):
        block = int(network.groupby(network.index.floor(block)).size().max())
    low = high = float("nan")
    if len(network) >= 4 * block:
        drawn = block_bootstrap(network.to_numpy(), baseline.to_numpy(), block)
        low, high = drawn.low, drawn.high
    return Decision(what, unit, against, float(baseline.mean()), float(network.mean()), low, high)


def needed(costs, decision, start, block):
    """Say how many blocks of decisions it takes to show a change as large as the one that was seen.

    As large, and with as much scatter from block to block: then a two-sided test at 5 % shows it
    in four cases of five.

    Args:
        costs, start, block: As `decide` took them.
        decision: Decision that came of it.

    Returns:
        Sentence.

    Raises:
        InputError: If fewer than two blocks are scored.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.decisions import decide, needed
        >>> days = pd.date_range("2026-03-02", periods=9)
        >>> costs = {"network": [3, 2, 4] * 3, "last value": [5, 4, 3] * 3}
        >>> costs = pd.DataFrame(costs, index=days)
        >>> needed(costs, decide("", "", costs, days[3], block=1), days[3], block=1)
        'A change as large needs 19 such blocks to be shown four times in five; scored are 6.'

    Reference: Cohen (1988), Statistical power analysis for the behavioral sciences.
    """
    saved = (costs[NETWORK] - costs[decision.against])[costs.index >= start].dropna()
    if isinstance(block, str):
        own = saved.groupby(saved.index.floor(block))
    else:
        own = saved.groupby(np.arange(len(saved)) // block)
    blocks = own.mean()
    if len(blocks) < 2:
        raise InputError(f"costs: expected at least two blocks after the start, got {len(blocks)}")
    if blocks.mean() == 0:
        return f"There is no change to show in the {len(blocks)} blocks that are scored."
    factor = stats.norm.ppf(1 - 0.05 / 2) + stats.norm.ppf(0.8)
    count = max((factor * blocks.std() / blocks.mean()) ** 2, 2)
    return (
        f"A change as large needs {count:,.0f} such blocks to be shown four times in five; scored "
        f"are {len(blocks)}."
    )
