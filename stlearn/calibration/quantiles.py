"""Calibrated quantiles: moved by what they missed on data that training has not seen. Explained in
5.6.

A forecast of quantiles, or a point taken for all of them, is held against the truth of a
calibration part. At each step ahead and in each group of like targets, every quantile is moved by
as much as puts the promised share of the truth below it. The targets of all nodes count together,
each in units of its node's usual range: so a state that is rare at one sensor has enough of them.
"""

from typing import NamedTuple

import numpy as np

from stlearn.calibration.states import STATES, StateRule, fit_state_rule, states_at, usual_ends
from stlearn.data.blocks import summary_of_nodes
from stlearn.data.windows import cut_windows
from stlearn.errors import InputError

QUANTILES = (0.05, 0.5, 0.95)  # where none are asked for
MOST_TARGETS = 400_000  # at each step; of more, every second, third, ... origin counts
LEVELS = 3  # of the forecast, with as many targets in each
FEWEST = 200  # known targets of a group with moves of its own
LEAST_DISTANCE = 0.1  # of an end from the middle, as a share of what the forecaster said


class Calibration(NamedTuple):
    """How far quantiles are moved, as `fit_calibration` has found it.

    Args:
        quantiles: Increasing, as many before the middle one, which stays, as behind it.
        size: Array (node,): the usual range of each node, in the data's unit.
        levels: Array (horizon, level - 1): where a level of the forecast ends, in usual ranges.
        moves: Array (horizon, group, level, quantile), in usual ranges.
        states: StateRule that tells the group of a forecast, where groups are states.
        least: What no quantile falls below, unless the middle one does; None for no such bound.
            Where quantities differ in it, a list of one a node.
    """

    quantiles: tuple[float, ...]
    size: np.ndarray
    levels: np.ndarray
    moves: np.ndarray
    states: StateRule | None = None
    least: float | list | None = None

    @property
    def share(self):
        """Share of the targets that lie between the outermost quantiles if they keep their word."""
        return round(self.quantiles[-1] - self.quantiles[0], 9)

    def of_nodes(self, places):
        """Return the calibration of some nodes of one quantity."""
        first = STATES * self.states.quantity[places[0]]
        least = self.least[places[0]] if isinstance(self.least, list) else self.least
        return self._replace(
            size=self.size[places],
            moves=self.moves[:, first : first + STATES],
            states=self.states.of_nodes(places),
            least=least,
        )

    def to_dict(self):
        """Return a dict that JSON can hold."""
        return self._asdict() | {
            "size": self.size.tolist(),
            "levels": self.levels.tolist(),
            "moves": self.moves.tolist(),
            "states": self.states and self.states.to_dict(),
        }

    @classmethod
    def from_dict(cls, stored):
        """Read what `to_dict` gave."""
        arrays = {name: np.array(stored[name]) for name in ("size", "levels", "moves")}
        states = stored["states"] and StateRule.from_dict(stored["states"])
        return cls(**stored | arrays | {"quantiles": tuple(stored["quantiles"]), "states": states})


def calibrate(forecaster, train, dataset, origins, quantiles=QUANTILES):
    """Learn how wide a forecaster's intervals have to be, in each state known at the origin.

    Where no value of a quantity in the training part is below zero, none of its intervals reaches
    below zero.

    Args:
        forecaster: Fitted BaseForecaster that has not learned from the targets of these origins.
        train: SpatioTemporalDataset that tells what a jam and a usual range is.
        dataset: SpatioTemporalDataset whose last rows are the targets.
        origins: Row positions (origin,) in the data set.
        quantiles: Those of the forecaster; for one that says a point, those that are wanted.

    Returns:
        Calibration; None where a step has too few known targets for these quantiles.

    Raises:
        InputError: If the quantiles are not as `checked_quantiles` wants them.

    Example:
        >>> import numpy as np
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> from stlearn.calibration.quantiles import calibrate
        >>> corridor = stlearn.load("corridor").between(0, 4032)
        >>> train = corridor.between(0, 3456)
        >>> found = calibrate(LastValue(12).fit(train), train, corridor, np.arange(3456, 4020))
        >>> found.quantiles, found.moves.shape
        ((0.05, 0.5, 0.95), (12, 4, 3, 3))
    """
    quantiles = checked_quantiles(quantiles)
    origins = origins[:: max(len(origins) * len(train.values.columns) // MOST_TARGETS, 1)]
    truth = cut_windows(dataset.values.to_numpy(), origins, 0, forecaster.horizon)[1]
    rule = fit_state_rule(train.values, train.unit, train.interval, train.quantities)
    forecast = forecaster.quantile_forecasts(dataset, origins)
    states = states_at(rule, dataset.values, origins)
    return calibration_of(forecast, truth, states, train.values, rule, quantiles)


def calibration_of(forecast, truth, states, train_values, rule, quantiles=QUANTILES):
    """Find the calibration from forecasts that were made; see `calibrate`.

    Args:
        forecast, truth: As in `fit_calibration`.
        states: Array (origin, node) of places in `rule.names`.
        train_values: DataFrame (time, node) of the training part.
        rule: StateRule that gave the states.
        quantiles: As in `fit_calibration`.

    Returns:
        Calibration; None where a step has too few known targets for these quantiles.

    Example:
        >>> import numpy as np
        >>> from stlearn.calibration import calibration_of, fit_state_rule
        >>> values = np.random.default_rng(0).normal(90, 5, size=(500, 1))
        >>> rule = fit_state_rule(values, "km/h", "5min")
        >>> truth, states = values[:, None], np.zeros((500, 1), dtype=int)
        >>> found = calibration_of(0 * truth + 90, truth, states, values, rule)
        >>> found.least, found.states.names[0]
        (0.0, 'free, steady')
    """
    if np.isfinite(truth).sum(axis=(0, 2)).min() < _fewest_targets(checked_quantiles(quantiles)):
        return None
    size, count = usual_range(train_values), len(rule.names)
    found = fit_calibration(quantiles, forecast, truth, states, size, count)
    of_node = summary_of_nodes(train_values).lowest
    numbers = range(rule.quantity.max() + 1)
    lowest = [np.nanmin(of_node[rule.quantity == number]) for number in numbers]
    least = [0.0 if lowest[number] >= 0 else None for number in rule.quantity]
    return found._replace(states=rule, least=least if len(set(least)) > 1 else least[0])


def usual_range(train_values):
    """Usual range of each node: from the 5th to the 95th percentile of its known values.

    Args:
        train_values: DataFrame or array (time, node).

    Returns:
        Array (node,), in the data's unit; 1 where a node does not vary.

    Raises:
        InputError: If no value is known.

    Example:
        >>> import numpy as np
        >>> from stlearn.calibration.quantiles import usual_range
        >>> usual_range(np.arange(101.0)[:, None]).tolist()
        [90.0]
    """
    low, high = usual_ends(train_values)
    return np.where(high - low > 1e-6, high - low, 1.0)


def fit_calibration(quantiles, forecast, truth, groups, size, count=None):
    """Learn from forecasts that training has not seen how far each quantile has to be moved.

    Among n targets, a low quantile q moves to the k-th smallest miss, k = (n + 1) q rounded down;
    a high one to the k-th with k rounded up. So at least the promised share lies between them if
    the targets of a group can be exchanged, past ones with those to come. A level of a group with
    fewer than 200 known targets takes the moves of its group, a group with fewer those of all.

    Args:
        quantiles: Increasing, between 0 and 1, an odd number; the middle one is the forecast.
        forecast: Array (origin, horizon, node, quantile), increasing along the last axis; or
            (origin, horizon, node), a point taken for all quantiles, as is a last axis of one.
        truth: Array (origin, horizon, node), NaN where it is not known.
        groups: Array (origin, node) of whole numbers from 0, such as the states of
            `stlearn.calibration.states.states_at`.
        size: Array (node,), as of `usual_range`.
        count: Number of groups, those that do not occur here included; as many as occur when not
            given.

    Returns:
        Calibration.

    Raises:
        InputError: If the quantiles are not as described, shapes do not fit, or a step has fewer
            known targets than the outermost quantile needs.

    Example:
        >>> import numpy as np
        >>> from stlearn.calibration.quantiles import calibrated, fit_calibration
        >>> truth = np.random.default_rng(0).normal(50, 4, size=(500, 1, 2))
        >>> groups, size = np.zeros((500, 2), dtype=int), np.ones(2)
        >>> found = fit_calibration((0.05, 0.5, 0.95), 0 * truth + 50, truth, groups, size)
        >>> low, middle, high = calibrated(found, 0 * truth + 50, groups)[0, 0, 0]
        >>> float(middle), bool(-8 < low - middle < -5), bool(5 < high - middle < 8)
        (50.0, True, True)

    Reference:
        Romano, Patterson and Candès (2019), Conformalized quantile regression; Vovk, Lindsay,
        Nouretdinov and Gammerman (2003), Mondrian confidence machine.
    """
    quantiles = checked_quantiles(quantiles)
    forecast, groups = _checked(quantiles, forecast, groups, size)
    truth = np.asarray(truth)
    if truth.shape != forecast.shape[:-1]:
        raise InputError(
            f"truth: expected the shape {forecast.shape[:-1]} of the forecast, got {truth.shape}"
        )
    middle = len(quantiles) // 2
    shares = np.arange(1, LEVELS) / LEVELS
    needed = _fewest_targets(quantiles)
    levels = np.zeros((truth.shape[1], LEVELS - 1))
    count = groups.max() + 1 if count is None else count
    moves = np.zeros((truth.shape[1], count, LEVELS, len(quantiles)))
    for step in range(truth.shape[1]):
        of_step = (truth[:, step, :, None] - forecast[:, step]) / size[:, None]
        known = ~np.isnan(truth[:, step])
        if known.sum() < needed:
            raise InputError(
                f"truth: expected at least {needed} known targets at each step for the quantiles "
                f"{quantiles}, got {known.sum()} at step {step + 1}"
            )
        heights = forecast[:, step, :, middle] / size
        levels[step] = np.quantile(heights[known], shares)
        level = _level(heights, levels[step])
        moves[step] = _moves(quantiles, of_step[known])
        for group in range(moves.shape[1]):
            in_group = known & (groups == group)
            if in_group.sum() < FEWEST:
                continue
            moves[step, group] = _moves(quantiles, of_step[in_group])
            for place in range(LEVELS):
                chosen = in_group & (level == place)
                if chosen.sum() >= FEWEST:
                    moves[step, group, place] = _moves(quantiles, of_step[chosen])
    return Calibration(quantiles, np.asarray(size, dtype="float64"), levels, moves)


def calibrated(calibration, forecast, groups):
    """Move the quantiles of a forecast as a calibration says; they never cross.

    Args:
        calibration: Calibration.
        forecast, groups: As in `fit_calibration`; a group that was not seen there is an error.

    Returns:
        Array (origin, horizon, node, quantile), in the data's unit, increasing along the last axis.

    Raises:
        InputError: If shapes do not fit, or a group is unknown.

    Example:
        >>> import numpy as np
        >>> from stlearn.calibration.quantiles import Calibration, calibrated
        >>> moves = np.full((1, 1, 3, 3), [-0.1, 0.0, 0.2])
        >>> found = Calibration((0.05, 0.5, 0.95), np.array([40.0]), np.zeros((1, 2)), moves)
        >>> calibrated(found, np.array([[[60.0]]]), np.array([[0]])).tolist()
        [[[[56.0, 60.0, 68.0]]]]
    """
    quantiles, size, levels, moves, _, least = calibration
    forecast, groups = _checked(quantiles, forecast, groups, size)
    if forecast.shape[1] != len(moves) or groups.max() >= moves.shape[1]:
        raise InputError(
            f"forecast, groups: expected {len(moves)} steps and groups below {moves.shape[1]}, got "
            f"{forecast.shape[1]} steps and groups up to {groups.max()}"
        )
    middle = len(quantiles) // 2
    moved = np.empty_like(forecast)
    for step, (level_ends, of_step) in enumerate(zip(levels, moves)):
        said, ends = forecast[:, step], moved[:, step]
        level = _level(said[..., middle] / size, level_ends)
        ends[:] = said + of_step[groups, level] * size[:, None]
        # No end comes nearer to the middle than a tenth of its own distance: no range is empty.
        nearest = said[..., middle, None] + LEAST_DISTANCE * (said - said[..., middle, None])
        below, above = slice(None, middle), slice(middle + 1, None)
        np.minimum(ends[..., below], nearest[..., below], out=ends[..., below])
        np.maximum(ends[..., above], nearest[..., above], out=ends[..., above])
    # A quantile that was moved past its neighbour nearer the middle stops there.
    low, high = moved[..., middle::-1], moved[..., middle:]
    np.minimum.accumulate(low, axis=-1, out=low)
    np.maximum.accumulate(high, axis=-1, out=high)
    if least is not None:
        floor = np.array(least, dtype="float64")[..., None]  # NaN where there is none
        np.fmax(moved, np.minimum(floor, moved[..., middle, None]), out=moved)
    return moved


def checked_quantiles(quantiles):
    """Return quantiles as a tuple of floats.

    Args:
        quantiles: Increasing numbers between 0 and 1, an odd number of them, at least three.

    Raises:
        InputError: If they are anything else.

    Example:
        >>> from stlearn.calibration.quantiles import checked_quantiles
        >>> checked_quantiles([0.05, 0.5, 0.95])
        (0.05, 0.5, 0.95)
    """
    try:
        found = tuple(float(each) for each in quantiles)
    except (TypeError, ValueError):
        found = ()
    inside = all(0 < each < 1 for each in found)
    rising = all(first < second for first, second in zip(found, found[1:]))
    if len(found) < 3 or len(found) % 2 == 0 or not (inside and rising):
        raise InputError(
            "quantiles: expected an odd number of increasing numbers between 0 and 1, such as "
            f"0.05, 0.5, 0.95, got {quantiles!r}"
        )
    return found


def _checked(quantiles, forecast, groups, size):
    """Forecast with an axis of quantiles, and groups, as arrays that fit each other."""
    forecast, groups = np.asarray(forecast), np.asarray(groups)
    if not np.issubdtype(forecast.dtype, np.floating):
        forecast = forecast.astype("float64")
    if forecast.ndim == 3:
        forecast = forecast[..., None]
    if forecast.ndim == 4 and forecast.shape[-1] == 1:
        forecast = np.broadcast_to(forecast, (*forecast.shape[:-1], len(quantiles)))
    if forecast.ndim != 4 or forecast.shape[-1] != len(quantiles):
        raise InputError(
            f"forecast: expected a shape (origin, horizon, node) or (origin, horizon, node, "
            f"{len(quantiles)}), got {forecast.shape}"
        )
    origins, _, nodes, _ = forecast.shape
    if groups.shape != (origins, nodes) or not np.issubdtype(groups.dtype, np.integer):
        raise InputError(
            f"groups: expected whole numbers of shape {(origins, nodes)} (origin, node), got "
            f"{groups.dtype} of shape {groups.shape}"
        )
    if np.shape(size) != (nodes,) or not np.all(np.asarray(size) > 0):
        raise InputError(f"size: expected {nodes} numbers above 0, one a node, got {size!r}")
    if groups.size and groups.min() < 0:
        raise InputError(f"groups: expected numbers from 0, got {groups.min()}")
    return forecast, groups


def _fewest_targets(quantiles):
    """Targets that the outermost quantile needs: with fewer it would lie beyond all of them."""
    return int(np.ceil(np.round(1 / min(quantiles[0], 1 - quantiles[-1]), 9))) - 1


def _level(forecast, ends):
    return np.searchsorted(ends, forecast, side="right")


def _moves(quantiles, misses):
    """Moves (quantile,) from the misses (target, quantile) of one group; the middle stays."""
    ordered, count = np.sort(misses, axis=0), len(misses)
    moves = np.zeros(len(quantiles))
    for place, quantile in enumerate(quantiles):
        if place < len(quantiles) // 2:
            rank = int(np.floor(np.round((count + 1) * quantile, 9)))
        elif place > len(quantiles) // 2:
            rank = int(np.ceil(np.round((count + 1) * quantile, 9)))
        else:
            continue
        moves[place] = ordered[rank - 1, place]
    return moves
