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
from stlearn.data.blocks import spread_rows
from stlearn.data.quantities import places_of
from stlearn.data.units import JAM, is_of_a_road
from stlearn.data.validation import BETWEEN
from stlearn.data.windows import last_known
from stlearn.errors import InputError

MOVING = 0.15  # of the free speed, or of the usual range, within WITHIN
WITHIN = pd.Timedelta("15min")
STEADINESS = ("steady", "moving")
STATES = 4  # of each quantity
BY_NODE = ("limit", "change", "speed", "quantity")


class StateRule(NamedTuple):
    """Where a state begins, learned from a training part by `fit_state_rule`.

    Args:
        names: The four states, or four of each quantity; the place of a name is its number.
        limit: Array (node,), in the data's unit: at or above it traffic is free; for what is no
            speed, the value is high.
        change: Array (node,), in the data's unit: a larger change is moving.
        rows: Rows over which a change is measured.
        speed: Boolean array (node,): whether its values are speeds, of which the low ones matter.
        quantity: Array (node,): number of its quantity, whose states begin at the fourfold of it.
    """

    names: tuple[str, ...]
    limit: np.ndarray
    change: np.ndarray
    rows: int
    speed: np.ndarray
    quantity: np.ndarray

    def of_nodes(self, places):
        """Return the rule of some nodes of one quantity, with its states alone."""
        first = STATES * self.quantity[places[0]]
        names = [name.rpartition(BETWEEN)[2] for name in self.names[first : first + STATES]]
        arrays = {name: getattr(self, name)[places] for name in BY_NODE}
        arrays["quantity"] = np.zeros(len(places), dtype=int)
        return self._replace(names=tuple(names), **arrays)

    def to_dict(self):
        """Return a dict that JSON can hold."""
        return self._asdict() | {name: getattr(self, name).tolist() for name in BY_NODE}

    @classmethod
    def from_dict(cls, stored):
        """Read what `to_dict` gave."""
        arrays = {name: np.array(stored[name]) for name in BY_NODE}
        return cls(**stored | arrays | {"names": tuple(stored["names"])})


def fit_state_rule(train_values, unit, interval, quantities=None):
    """Learn from a training part what is a jam, and what is a large change, at each node.

    A jam is a speed below 60 % of the node's free speed, the 95th percentile of training. For
    what is no speed, low and high are told apart in the middle of the usual range, from the 5th to
    the 95th percentile. Moving is a change within 15 minutes, or within one step where steps are
    longer, by more than 15 % of the free speed or of the usual range.

    Args:
        train_values: DataFrame or array (time, node), in the data's unit; NaN where not known.
        unit: Unit of the values.
        interval: Time between two rows, a Timedelta or for example "5min".
        quantities: Dict of units by name, as in a data set of several quantities; the training part
            is then a DataFrame, and each quantity has states of its own.

    Returns:
        StateRule.

    Raises:
        InputError: If no value is known.

    Example:
        >>> import numpy as np
        >>> from stlearn.calibration.states import fit_state_rule
        >>> rule = fit_state_rule(np.array([[100.0], [100.0], [40.0]]), "km/h", "5min")
        >>> rule.names[2], rule.limit.tolist(), rule.change.tolist(), rule.rows
        ('jam, steady', [60.0], [15.0], 3)
    """
    if quantities:
        return _joined(train_values, interval, quantities)
    bottom, top = usual_ends(train_values)
    interval = to_duration("interval", interval)
    speed = is_of_a_road(unit, interval)
    limit, size = (JAM * top, top) if speed else ((bottom + top) / 2, top - bottom)
    if not speed:  # what hardly ever differs, such as a count of zero, is not high
        limit = np.where(size > 0, limit, np.nextafter(top, np.inf))
    names = ("free", "jam") if speed else ("low", "high")
    return StateRule(
        tuple(f"{level}, {motion}" for level in names for motion in STEADINESS),
        limit,
        MOVING * size,
        max(round(WITHIN / interval), 1),
        np.full(len(top), speed),
        np.zeros(len(top), dtype=int),
    )


def _joined(train_values, interval, quantities):
    """The rules of the quantities as one."""
    nodes, names, rules, order = train_values.columns, [], [], []
    for number, (name, places) in enumerate(places_of(quantities, nodes).items()):
        rule = fit_state_rule(train_values.iloc[:, places], quantities[name], interval)
        rules.append(rule._replace(quantity=rule.quantity + number))
        names += [f"{name}{BETWEEN}{state}" for state in rule.names]
        order.append(places)
    back = np.argsort(np.concatenate(order))
    arrays = {key: np.concatenate([getattr(rule, key) for rule in rules])[back] for key in BY_NODE}
    return rules[0]._replace(names=tuple(names), **arrays)


def usual_ends(train_values):
    """Ends of the usual range of each node: the 5th and the 95th percentile of its known values.

    A node without a known value takes those of all nodes together.

    Args:
        train_values: DataFrame or array (time, node); NaN where not known. Of more than 20 million
            readings, rows evenly spread are looked at.

    Returns:
        (bottom, top): arrays (node,), in the data's unit.

    Raises:
        InputError: If no value is known.

    Example:
        >>> import numpy as np
        >>> from stlearn.calibration.states import usual_ends
        >>> [end.tolist() for end in usual_ends(np.arange(101.0)[:, None])]
        [[5.0], [95.0]]
    """
    values = np.asarray(train_values)
    values = spread_rows(values).astype("float64") if values.ndim == 2 else values
    if values.ndim != 2 or np.isnan(values).all():
        raise InputError(
            "train_values: expected a table (time, node) with a known value, got shape "
            f"{values.shape}"
        )
    silent = np.isnan(values).all(axis=0)
    ends = np.empty((2, values.shape[1]))
    ends[:, ~silent] = np.nanquantile(values[:, ~silent], (0.05, 0.95), axis=0)
    if silent.any():
        ends[:, silent] = np.nanquantile(values, (0.05, 0.95))[:, None]
    return ends


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
        >>> from stlearn.calibration.states import fit_state_rule, states_at
        >>> speeds = np.array([[100.0], [100.0], [98.0], [96.0], [40.0], [40.0]])
        >>> rule = fit_state_rule(speeds, "km/h", "15min")
        >>> [rule.names[place] for place in states_at(rule, speeds, [4, 5, 6])[:, 0]]
        ['free, steady', 'jam, moving', 'jam, steady']
    """
    values = np.asarray(values)
    origins = np.atleast_1d(np.asarray(origins))
    if values.shape[1] != len(rule.limit):
        raise InputError(f"values: expected {len(rule.limit)} nodes, got {values.shape[1]}")
    if not origins.size or origins.min() < 1 or origins.max() > len(values):
        raise InputError(
            f"origins: expected row positions from 1 to {len(values)}, got {origins.tolist()[:5]}"
        )
    rows = np.stack([origins - 1, np.maximum(origins - 1 - rule.rows, 0)])
    now, before = last_known(values, rows.ravel()).astype("float64").reshape(*rows.shape, -1)
    level = np.where(rule.speed, now < rule.limit, now >= rule.limit)
    moving = np.abs(now - before) > rule.change
    return STATES * rule.quantity + 2 * level + moving
