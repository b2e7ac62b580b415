"""States that are known when a forecast is made: a jam now or not, moving or steady. Explained in
5.6.

A forecast that holds its promise on average may fail where it is needed: in a jam. So coverage and
errors are looked at state by state. The states here are known at the origin, before anything of the
target is. A state that the outcome chooses (free now, a jam an hour later) is another matter: no
interval can hold nine of ten such targets, because the surprising ones were picked out.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.checks import to_duration
from stlearn.errors import InputError
from stlearn.evaluation.backtest import JAM, is_speed
from stlearn.evaluation.metrics import coverage, interval_score

MOVING = 0.15  # of the free speed, or of the usual range, within WITHIN
WITHIN = pd.Timedelta("15min")
STEADINESS = ("steady", "moving")


class StateRule(NamedTuple):
    """Where a state begins, learned from a training part by `fit_state_rule`.

    Args:
        names: The four states; the place of a name is its number.
        limit: Array (node,), in the data's unit: at or above it traffic is free; for what is no
            speed, the value is high.
        change: Array (node,), in the data's unit: a larger change is moving.
        rows: Rows over which a change is measured.
        speed: Whether the values are speeds, so that it is the low ones that matter.
    """

    names: tuple[str, ...]
    limit: np.ndarray
    change: np.ndarray
    rows: int
    speed: bool


def fit_state_rule(train_values, unit, interval):
    """Learn from a training part what is a jam, and what is a large change, at each node.

    A jam is a speed below 60 % of the node's free speed, the 95th percentile of training. For
    what is no speed, low and high are told apart in the middle of the usual range, from the 5th to
    the 95th percentile. Moving is a change within 15 minutes, or within one step where steps are
    longer, by more than 15 % of the free speed or of the usual range.

    Args:
        train_values: DataFrame or array (time, node), in the data's unit; NaN where not known.
        unit: Unit of the values.
        interval: Time between two rows, a Timedelta or for example "5min".

    Returns:
        StateRule.

    Raises:
        InputError: If a node has no known value.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.states import fit_state_rule
        >>> rule = fit_state_rule(np.array([[100.0], [100.0], [40.0]]), "km/h", "5min")
        >>> rule.names[2], rule.limit.tolist(), rule.change.tolist(), rule.rows
        ('jam, steady', [60.0], [15.0], 3)
    """
    bottom, top = usual_ends(train_values)
    speed = is_speed(unit)
    limit, size = (JAM * top, top) if speed else ((bottom + top) / 2, top - bottom)
    names = ("free", "jam") if speed else ("low", "high")
    return StateRule(
        tuple(f"{level}, {motion}" for level in names for motion in STEADINESS),
        limit,
        MOVING * size,
        max(round(WITHIN / to_duration("interval", interval)), 1),
        speed,
    )


def usual_ends(train_values):
    """Ends of the usual range of each node: the 5th and the 95th percentile of its known values.

    Args:
        train_values: DataFrame or array (time, node); NaN where not known.

    Returns:
        (bottom, top): arrays (node,), in the data's unit.

    Raises:
        InputError: If a node has no known value.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.states import usual_ends
        >>> [end.tolist() for end in usual_ends(np.arange(101.0)[:, None])]
        [[5.0], [95.0]]
    """
    values = np.asarray(train_values, dtype="float64")
    if values.ndim != 2 or np.isnan(values).all(axis=0).any():
        raise InputError(
            "train_values: expected a table (time, node) with a known value of each node, got "
            f"shape {values.shape}"
        )
    return np.nanquantile(values, (0.05, 0.95), axis=0)


def states_at(rule, values, origins):
    """Number of each node's state when forecasts are made, from the rows before the origins.

    A missing value is taken from the last row where it was known; before the first one, a node
    is steady, and free or low.

    Args:
        rule: StateRule.
        values: DataFrame or array (time, node) of all rows, in the data's unit.
        origins: Row positions (origin,), the first row of each forecast; none is the first row.

    Returns:
        Array (origin, node) of places in `rule.names`.

    Raises:
        InputError: If the nodes are not those of the rule, or an origin has no row before it.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.states import fit_state_rule, states_at
        >>> speeds = np.array([[100.0], [100.0], [98.0], [96.0], [40.0], [40.0]])
        >>> rule = fit_state_rule(speeds, "km/h", "15min")
        >>> [rule.names[place] for place in states_at(rule, speeds, [4, 5, 6])[:, 0]]
        ['free, steady', 'jam, moving', 'jam, steady']
    """
    known = pd.DataFrame(values).ffill().to_numpy(dtype="float64")
    origins = np.atleast_1d(np.asarray(origins))
    if known.shape[1] != len(rule.limit):
        raise InputError(f"values: expected {len(rule.limit)} nodes, got {known.shape[1]}")
    if not origins.size or origins.min() < 1 or origins.max() > len(known):
        raise InputError(
            f"origins: expected row positions from 1 to {len(known)}, got {origins.tolist()[:5]}"
        )
    now, before = known[origins - 1], known[np.maximum(origins - 1 - rule.rows, 0)]
    level = now < rule.limit if rule.speed else now >= rule.limit
    moving = np.abs(now - before) > rule.change
    return 2 * level.astype(int) + moving


def score_by_state(truth, low, high, states, rule, interval, share=0.9, steps=None):
    """Score intervals in each state at the origin: coverage, width and interval score.

    Args:
        truth: Array (origin, horizon, node), NaN where it is not known.
        low, high: Arrays of the same shape.
        states: Array (origin, node), as of `states_at`.
        rule: StateRule that gave the states.
        interval: Time between two steps, a Timedelta or for example "5min".
        share: Share of the targets that the intervals promise to hold.
        steps: Steps to show, counted from 1; all when not given.

    Returns:
        DataFrame with the columns state, horizon_minutes, share (of the known targets at that
        step), coverage, width and interval_score (in the data's unit); NaN in a state that does
        not occur.

    Raises:
        InputError: If the shapes do not fit; otherwise as `interval_score`.

    Example:
        >>> import numpy as np
        >>> from stlearn.evaluation.states import fit_state_rule, score_by_state, states_at
        >>> speeds = np.array([[100.0], [100.0], [98.0], [96.0], [40.0], [40.0]])
        >>> rule = fit_state_rule(speeds, "km/h", "15min")
        >>> states, truth = states_at(rule, speeds, [4, 5]), speeds[4:, None]
        >>> table = score_by_state(truth, truth - 5, truth + 5, states, rule, "15min")
        >>> table.loc[0, "state"], float(table.loc[0, "share"]), float(table.loc[0, "coverage"])
        ('free, steady', 0.5, 1.0)
    """
    truth, low, high = (np.asarray(part) for part in (truth, low, high))
    if truth.ndim != 3 or np.shape(states) != (truth.shape[0], truth.shape[2]):
        raise InputError(
            f"states: expected a state for each origin and node of the truth, whose shape is "
            f"{truth.shape}, got shape {np.shape(states)}"
        )
    minutes = to_duration("interval", interval) / pd.Timedelta("1min")
    rows = []
    for step in steps or range(1, truth.shape[1] + 1):
        of_step = [part[:, step - 1] for part in (truth, low, high)]
        known = ~np.isnan(of_step[0])
        for place, name in enumerate(rule.names):
            chosen = known & (states == place)
            ends = [part[chosen] for part in of_step]
            rows.append(
                {
                    "state": name,
                    "horizon_minutes": step * minutes,
                    "share": chosen.sum() / max(known.sum(), 1),
                    "coverage": coverage(*ends),
                    "width": float(np.mean(ends[2] - ends[1])) if chosen.any() else np.nan,
                    "interval_score": interval_score(*ends, share),
                }
            )
    return pd.DataFrame(rows)
