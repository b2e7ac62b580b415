"""Lines of the closing table of chapter 06: one a part and seed, and one rule for its verdict.

A line is made by the part's own notebook.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from stcourse.applications.ladder import NETWORK
from stlearn.errors import InputError
from stlearn.evaluation.multiple import holm

OPEN = "not shown to differ"
LEVEL = 0.05


class Part(NamedTuple):
    """A part of chapter 06.

    Args:
        title: Its name in the map and in the closing table.
        notebook: Name of its notebook.
        one_world: Whether all seeds share one world, so that they differ in the network alone.
        seeds: How many seeds its line was measured with. Five for all; five more where the network
            forecast better and saved something with each of the five, and yet the test over them
            showed no saving. Not in traffic, where more seeds bring no other days.
    """

    title: str
    notebook: str
    one_world: bool = False
    seeds: int = 5


PARTS = {
    "traffic": Part("traffic", "06a_roads", one_world=True),
    "monitoring": Part("incidents", "06a_roads"),
    "buses": Part("buses", "06a_roads", seeds=10),
    "policy": Part("policy", "06b_policy"),
    "new_road": Part("new road", "06b_policy"),
    "epidemic": Part("virus", "06c_health"),
    "outbreaks": Part("surveillance", "06c_health"),
    "shares": Part("shares", "06d_money"),
    "bonds": Part("bonds", "06d_money"),
    "flood": Part("floods", "06e_nature_and_machines"),
    "climate": Part("climate", "06e_nature_and_machines", seeds=10),
    "machines": Part("faults", "06e_nature_and_machines"),
}


def make_line(part, comparison, decision, ahead, seed):
    """Put the forecast's verdict and the decision of a part into one line.

    Args:
        part: Key of `PARTS`.
        comparison: Comparison of the forecasters of `ladder`.
        decision: Decision.
        ahead: Duration, such as "1h", for which the decision needs a forecast; the verdict at the
            horizon nearest to it counts.
        seed: Seed of the world and of the network.

    Returns:
        Dict; errors are mean absolute errors in the data's unit, `gain` with its interval is a
        share of the best baseline's error.

    Raises:
        InputError: If the part is unknown.

    Example:
        >>> make_line("tea", None, None, "1h", seed=0)
        Traceback (most recent call last):
        stlearn.errors.InputError: part: expected one of traffic, monitoring, ..., got 'tea'
    """
    if part not in PARTS:
        raise InputError(f"part: expected one of traffic, monitoring, ..., got {part!r}")
    ahead = pd.Timedelta(ahead)
    verdict = min(comparison.verdict(NETWORK), key=lambda each: abs(each.horizon - ahead))
    table = comparison.table()
    at_horizon = table["horizon_minutes"] == verdict.horizon / pd.Timedelta("1min")
    table = table[at_horizon].set_index("model")
    return {
        "part": part,
        "seed": seed,
        "horizon": str(verdict.horizon),
        "best_baseline": verdict.reference,
        "error_baseline": float(table.at[verdict.reference, "mae"]),
        "error_network": float(table.at[NETWORK, "mae"]),
        "gain": verdict.gain,
        "gain_low": verdict.low,
        "gain_high": verdict.high,
        "decision": decision.what,
        "decision_unit": decision.unit,
        "decision_against": decision.against,
        "decision_baseline": decision.baseline,
        "decision_network": decision.network,
        "decision_low": decision.low,
        "decision_high": decision.high,
        "seconds": float(table.at[NETWORK, "seconds"]),
    }


def side(low, high):
    """Say of one line's gain on which side its interval lies.

    Args:
        low, high: Ends of the interval of a gain; NaN where there is none.

    Example:
        >>> side(0.1, 0.2), side(-0.1, 0.2)
        ('better', 'not shown to differ')
    """
    return "better" if low > 0 else "worse" if high < 0 else OPEN


def in_words(line):
    """Say what one line shows of the forecast and of the decision.

    Args:
        line: As `make_line` gives it.

    Example:
        >>> in_words({"gain_low": 0.1, "gain_high": 0.2, "decision_low": -1, "decision_high": 2})
        'forecast better, decision not shown to differ'
    """
    forecast = side(line["gain_low"], line["gain_high"])
    decision = side(-line["decision_high"], -line["decision_low"])  # a cost is better if lower
    return f"forecast {forecast}, decision {decision}"


def verdicts(lines):
    """Judge all parts by their seeds, corrected for the number of parts.

    A part is better or worse where a paired t test over its seeds says so after Holm's correction
    for all parts. Where all seeds share one world, they differ in the network alone; then the
    interval over days, in the mean of the seeds, has to lie on the same side.

    Args:
        lines: DataFrame of lines, as `make_line` gives them, at least two seeds a part.

    Returns:
        DataFrame (part; forecast, forecast_p, decision, decision_p) of verdicts "better", "worse"
        or "not shown to differ", and of corrected p values.

    Raises:
        InputError: If a part has fewer than two seeds.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.lines import verdicts
        >>> gains = pd.DataFrame({"part": "flood", "seed": [0, 1, 2], "gain": [0.2, 0.21, 0.2],
        ...     "gain_low": 0.1, "gain_high": 0.3, "decision_baseline": 5.0,
        ...     "decision_network": [4.0, 6.0, 5.0], "decision_low": -2.0, "decision_high": 2.0})
        >>> verdicts(gains).loc["flood", ["forecast", "decision"]].tolist()
        ['better', 'not shown to differ']

    Reference: Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    seeds = lines.groupby("part", sort=False)["seed"].nunique()
    if (seeds < 2).any():
        raise InputError(f"lines: expected at least two seeds a part, {seeds.idxmin()} has one")
    saved = lines["decision_baseline"] - lines["decision_network"]
    measured = {
        "forecast": (lines["gain"], lines["gain_low"], lines["gain_high"]),
        "decision": (saved, -lines["decision_high"], -lines["decision_low"]),
    }
    found = pd.DataFrame(index=seeds.index)
    for what, (gain, low, high) in measured.items():
        mean, p_values = {}, {}
        for part, own in gain.groupby(lines["part"], sort=False):
            mean[part] = own.mean()
            # Seeds that all decide alike leave nothing to test.
            p_values[part] = stats.ttest_1samp(own, 0).pvalue if own.std() > 0 else 1.0
            days = low[own.index].mean() > 0 or high[own.index].mean() < 0
            if part in PARTS and PARTS[part].one_world and not days:
                p_values[part] = 1.0
        corrected = holm(pd.Series(p_values))
        shown = np.where(pd.Series(mean) > 0, "better", "worse")
        found[what] = np.where(corrected < LEVEL, shown, OPEN)
        found[f"{what}_p"] = corrected
    return found
