"""Linear baselines: what the recent deviations from the average say about the next ones.
Explained in 1.11 and 3.7.

Both forecasters here are one regression. They differ in what a node sees: itself, its
neighbours in the graph, or all nodes.
"""

import itertools
from typing import NamedTuple

import numpy as np
import scipy.sparse
from threadpoolctl import threadpool_limits

from stlearn.baselines.averages import AverageWithLags
from stlearn.baselines.least_squares import decompose, filled, least_absolute
from stlearn.data.blocks import CELLS_AT_ONCE
from stlearn.data.seasons import calendar_to_read, own_columns
from stlearn.data.windows import cut_windows, fit_scaler, window_origins
from stlearn.errors import InputError

# Candidates for the shrinkage; the last leaves next to nothing but what all nodes share.
SHRINKAGES = np.array([*10.0 ** np.arange(-4, 3.1, 0.5), 1e6])
# Of the squared error: what is known ahead has to save more, since a few event evenings in
# validation flatter it by chance.
WORTH = 0.05
MOST_NEIGHBOURS = 12
MOST_POOLED_EXAMPLES = 100_000
# Longer data is thinned to every second, third, ... window: a bound on memory and time.
MOST_LAGGED_VALUES = 40_000_000
LOSSES = ("squared_error", "absolute_error")
MOST_WINDOWS = 2000  # that absolute errors are taken of


class Examples(NamedTuple):
    """Windows to learn from; deviations and averages are in standard deviations of the node."""

    past: np.ndarray  # deviation from the average (window, lag, node), without NaN
    ahead: np.ndarray  # what is known ahead, from the last row to the last step (window, input)
    also: np.ndarray  # other quantities (quantity, window, lag, node), scaled, without NaN
    profile: np.ndarray  # average at the last row and at each step ahead (window, 1 + step, node)
    future: np.ndarray  # deviation at each step ahead (window, step, node)


class AverageAutoregression(AverageWithLags):
    """Historical average, blended with an autoregression of the deviation from it.

    For each step ahead, one weight for each lag of a node's own deviation, and one for the
    average now and then: a poor average counts less. These weights are shared by all nodes. Each
    node then has weights of its own, by ridge regression on what the shared ones leave over; the
    shrinkage (how closely it is held to the shared weights) is chosen on the validation data.
    After that all is fitted again on train and validation.

    What else is known ahead (holidays, weather, events) is an input of each node's own weights
    where that saves more than 5 % of the squared error on the validation data: scaled, at the last
    row and at each step. Where it is not known, the usual is taken. Likewise the lags of other
    quantities.

    A missing value in the lags is replaced by the last known deviation, or by none at all.

    Squared errors are fitted in one step, and give the mean. With `loss="absolute_error"`
    all weights are then solved anew, five times, with each window weighing the less the larger its
    error was: nearly the weights of the least absolute error, which give the median. The shrinkage
    stays the one that squared errors chose.

    `update` moves the weights of each node to fit rows not learned from yet, held back by as
    many windows as have taught it so far, and lets the average learn.

    Args:
        horizon: Steps ahead.
        lags: Rows of history that count.
        loss: "squared_error" or "absolute_error".
        also: Names of other quantities in `dataset.extra`.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.regression import AverageAutoregression
        >>> corridor = stlearn.load("corridor")
        >>> model = AverageAutoregression(horizon=2).fit(corridor.between(0, 4032))
        >>> model.predict(corridor).shape
        (2, 48)
    """

    name = "autoregression"
    arrays = (*AverageWithLags.arrays, "mean", "trust", "scale", "seen", "shared", "weights",
              "usual_ahead", "usual_also")  # fmt: skip
    plain = (*AverageWithLags.plain, "shrinkage", "windows", "columns_ahead", "reads")

    def __init__(self, horizon=12, lags=12, loss="squared_error", also=()):
        super().__init__(horizon, lags, also)
        if loss not in LOSSES:
            raise InputError(f"loss: expected one of {', '.join(LOSSES)}, got {loss!r}")
        self.loss = loss
        if loss == "absolute_error":
            self.name = f"{self.name}, absolute"

    @property
    def parameters(self):
        """Number of fitted numbers."""
        return super().parameters + self.shared.size + int(np.count_nonzero(self.weights))

    def _choose(self, train, validation):
        self.seen = self._nodes_seen(train)
        further = own_columns(self.calendar_columns) if self.adapts else [], self.also
        tried = []
        # Several threads of linear algebra only wait for each other at this size.
        with threadpool_limits(1):
            for more in itertools.product(*([[], each] if each else [[]] for each in further)):
                self.columns_ahead, self.reads = more
                inputs, residual = self._fit_shared([train])
                score, shrinkage = self._choose_shrinkage(inputs, residual, validation)
                tried.append((score + WORTH * any(more), shrinkage, more))
        _, self.shrinkage, (self.columns_ahead, self.reads) = min(tried, key=lambda each: each[0])

    def _fit_on(self, parts):
        with threadpool_limits(1):
            inputs, residual = self._fit_shared(parts)
            self.windows = len(residual)
            self.weights = self._ridge(inputs, residual, self.shrinkage * self.windows)
            if self.loss == "absolute_error":
                self.weights = self._least_absolute(inputs, residual)

    def _forecasts(self, dataset, origins):
        first = origins.min() - self.lags
        average = self.expected(dataset, first, origins.max() + self.horizon)
        with threadpool_limits(1):
            deviations = self._deviations(self._examples_of(dataset, origins, average))
        return deviations * self.scale + average[origins[:, None] - first + np.arange(self.horizon)]

    def update(self, recent):
        """Learn from the rows later than those learned from; return the forecaster."""
        self.check(recent)
        origins = window_origins(0, len(recent.values), self.lags, self.horizon)
        origins = origins[self.historical.is_new(recent.values.index)[origins]]
        if len(origins):
            examples = self._examples(recent, origins)
            residual = examples.future - self._deviations(examples)
            with threadpool_limits(1):
                penalty = (1 + self.shrinkage) * self.windows
                self.weights += self._ridge(inputs_of([examples]), residual, penalty)
            self.windows += len(origins)
        return super().update(recent)

    def expected(self, dataset, start, stop, leave_out=False):
        """Average (row, node), drawn towards the node's mean where it is not to be trusted."""
        average = self.historical.average(dataset, start, stop, leave_out)
        return self.mean + self.trust * (average - self.mean)

    def _nodes_seen(self, dataset):
        """Nodes that each group of nodes sees, (group, position): here each node sees itself."""
        return np.arange(len(self.nodes))[:, None]

    def _examples(self, dataset, origins, leave_out=False):
        """Cut the windows of the origins; only the rows that they reach are looked at."""
        step = origins[1] - origins[0] if len(origins) > 1 else 1
        size = max(CELLS_AT_ONCE // (step * len(self.nodes)), 1)
        if step > self.lags + self.horizon:  # each window for itself: what lies between is not read
            size = 1
        found = []
        for start in range(0, len(origins), size):
            some = origins[start : start + size]
            ends = some.min() - self.lags, some.max() + self.horizon
            found.append(self._examples_of(dataset, some, self.expected(dataset, *ends, leave_out)))
        return joined(found)

    def _examples_of(self, dataset, origins, average):
        """As `_examples`; `average` begins at the first row that a window reaches."""
        first, rows = origins.min() - self.lags, len(average)
        values = np.full(average.shape, np.nan)
        known = dataset.values.to_numpy()[first : first + rows]
        values[: len(known)] = known
        deviation = ((values - average) / self.scale).astype("float32")
        profile = ((average - self.mean) / self.scale).astype("float32")
        past, future = cut_windows(deviation, origins - first, self.lags, self.horizon)
        now, then = cut_windows(profile, origins - first, 1, self.horizon)
        for lag in range(1, self.lags):
            past[:, lag] = np.where(np.isnan(past[:, lag]), past[:, lag - 1], past[:, lag])
        around = np.concatenate(cut_windows(self._ahead(dataset, first, rows), origins - first,
                                            1, self.horizon), axis=1)  # fmt: skip
        return Examples(
            np.nan_to_num(past),
            around.reshape(len(origins), -1),
            self._others(dataset, origins),
            np.concatenate([now, then], axis=1),
            future,
        )

    def _ahead(self, dataset, first, rows):
        """What is known ahead beyond the clock (row, column), scaled; the usual where it is not."""
        columns = calendar_to_read(dataset, first, first + rows, self.columns_ahead)
        mean, scale = self.usual_ahead
        return np.nan_to_num((columns.to_numpy(dtype="float32") - mean) / scale)

    def _others(self, dataset, origins):
        """Lags of the other quantities (quantity, window, lag, node), scaled, without NaN."""
        mean, scale = self.usual_also
        first = max(min(origins.min() - self.lags, len(dataset.values) - 2), 0)
        part = dataset.between(first, max(origins.max(), first + 2))
        found = (self._measured(part) - mean) / scale
        past = cut_windows(found.astype("float32"), origins - first, self.lags, 0)[0]
        for lag in range(1, self.lags):
            past[:, lag] = np.where(np.isnan(past[:, lag]), past[:, lag - 1], past[:, lag])
        return np.nan_to_num(np.moveaxis(past, -1, 0))

    def _measured(self, dataset):
        """The other quantities that the weights read (row, node, quantity)."""
        places = [place for place, name in enumerate(self.also) if name in self.reads]
        return self.other_quantities(dataset)[..., places]

    def _fit_shared(self, parts):
        """Fit average and shared weights; return the inputs and what is left of the future."""
        self.usual_ahead = _usual(parts, self.columns_ahead)
        self.usual_also = _usual_of_nodes(np.concatenate([self._measured(part) for part in parts]))
        self.fit_scaled(parts)
        found = []
        for part in parts:
            origins = window_origins(0, len(part.values), self.lags, self.horizon)
            found.append(self._examples(part, origins[:: self._thin(origins)], leave_out=True))
        self.shared = self._least_squares(found)
        for examples in found:
            for step in range(self.horizon):
                examples.future[:, step] -= self._shared_deviation(examples, step)
        return inputs_of(found), joined(found).future

    def _thin(self, origins):
        """Every how many-th window is looked at."""
        return max(len(origins) * self.lags * len(self.nodes) // MOST_LAGGED_VALUES, 1)

    def _least_squares(self, found):
        """Weights (step, lag or average) shared by all nodes, one regression a step ahead."""
        count = sum(examples.past[:, 0].size for examples in found)
        thin = slice(None, None, max(count // MOST_POOLED_EXAMPLES, 1))
        past = np.concatenate([examples.past[thin] for examples in found])
        profile = np.concatenate([examples.profile[thin] for examples in found])
        future = np.concatenate([examples.future[thin] for examples in found])
        shared = []
        for step in range(self.horizon):
            averages = profile[:, [0, step + 1]]
            inputs = np.concatenate([past, averages], axis=1).transpose(0, 2, 1)
            known = np.isfinite(future[:, step])
            inputs, target = inputs[known].astype("float64"), future[:, step][known]
            # A trace of ridge, for lags that say the same.
            ridge = 1e-6 * max(len(target), 1) * np.eye(self.lags + 2)
            weights = np.linalg.solve(inputs.T @ inputs + ridge, inputs.T @ target)
            if self.loss == "absolute_error":
                weights = least_absolute(inputs, target, weights, ridge)
            shared.append(weights)
        return np.array(shared, dtype="float32")

    def _shared_deviation(self, examples, step):
        """Deviation (window, node) at a step ahead by the weights that all nodes share."""
        *lags, now, then = self.shared[step]
        lagged = np.tensordot(examples.past, np.array(lags), axes=(1, 0))
        return lagged + now * examples.profile[:, 0] + then * examples.profile[:, step + 1]

    def _deviations(self, examples):
        """Deviation ahead (window, step, node) by the shared weights and each node's own."""
        deviations = np.stack(
            [self._shared_deviation(examples, step) for step in range(self.horizon)], axis=1
        )
        past, ahead, also = inputs_of([examples])
        if len(self.seen) == 1:
            [(inputs, _)] = self._groups(past, ahead, also)
            deviations += (inputs @ self.weights[0]).reshape(deviations.shape)
            return deviations
        by_node = _by_node(past, also)
        # Many nodes in one product: one after the other, thousands would cost more than their sums.
        size = max(CELLS_AT_ONCE // (by_node[0].size * self.seen.shape[1]), 1)
        for first in range(0, len(self.seen), size):
            nodes = slice(first, first + size)
            lagged = by_node[self.seen[nodes]].reshape(len(self.seen[nodes]), -1, len(past))
            inputs = lagged.transpose(0, 2, 1)
            if ahead.size:
                further = np.broadcast_to(ahead, (len(inputs), *ahead.shape))
                inputs = np.concatenate([inputs, further], axis=2)
            deviations[:, :, nodes] += (inputs @ self.weights[nodes]).transpose(1, 2, 0)
        return deviations

    def _groups(self, past, ahead, also):
        """For each group of nodes: its inputs, (window, seen x lag and further), and its nodes."""
        windows, by_node = len(past), _by_node(past, also)
        for number, seen in enumerate(self.seen):
            group = slice(None) if len(self.seen) == 1 else slice(number, number + 1)
            inputs = by_node[seen].reshape(-1, windows).T
            yield np.concatenate([inputs, ahead], axis=1) if ahead.size else inputs, group

    def _choose_shrinkage(self, inputs, residual, validation):
        """Pick the shrinkage with the lowest error on validation data; return both, error first.

        The error is the mean logarithm of the squared errors of nodes and steps.

        The errors of nodes and steps are multiplied, not added: so all count the same, whatever
        their size, and a few nodes that have changed do not decide for the others.
        """
        origins = window_origins(0, len(validation.values), self.lags, self.horizon)
        origins = origins[:: self._thin(origins)]
        unseen = self._examples(validation, origins)
        truth = unseen.future
        for step in range(self.horizon):
            truth[:, step] -= self._shared_deviation(unseen, step)
        counts = np.isfinite(truth).sum(axis=0)
        scores = np.zeros(len(SHRINKAGES))
        pairs = zip(self._groups(*inputs), self._groups(*inputs_of([unseen])))
        for (inputs, group), (unseen_inputs, _) in pairs:
            basis, strength, aligned = decompose(inputs, filled(residual[:, :, group]))
            unseen_inputs = unseen_inputs @ basis
            for number, shrinkage in enumerate(SHRINKAGES):
                weights = aligned / (strength + shrinkage * len(inputs))[:, None]
                own = (unseen_inputs @ weights).reshape(len(truth), self.horizon, -1)
                squares = np.nansum((truth[:, :, group] - own) ** 2, axis=0)
                known = counts[:, group]
                scores[number] += np.log(squares[known > 0] / known[known > 0] + 1e-12).sum()
        return scores.min() / max((counts > 0).sum(), 1), float(SHRINKAGES[scores.argmin()])

    def _ridge(self, inputs, residual, penalty):
        """Weights of each group (group, seen x lag and further, step x node of the group)."""
        weights = []
        for own, group in self._groups(*inputs):
            basis, strength, aligned = decompose(own, filled(residual[:, :, group]))
            weights.append(basis @ (aligned / (strength + penalty)[:, None]))
        return np.array(weights, dtype="float32")

    def _least_absolute(self, inputs, residual):
        """Weights as `_ridge` gives them, moved towards the least absolute error."""
        moved = self.weights.copy()
        thin = slice(None, None, -(-self.windows // MOST_WINDOWS))
        for number, (own, group) in enumerate(self._groups(*inputs)):
            own = own[thin]
            targets = residual[thin, :, group].reshape(len(own), -1)
            for place, target in enumerate(targets.T):
                known = np.isfinite(target)
                if known.any():
                    # A trace of ridge, for lags that say the same.
                    ridge = (self.shrinkage + 1e-6) * known.sum() * np.eye(own.shape[1])
                    moved[number][:, place] = least_absolute(
                        own[known], target[known], moved[number][:, place], ridge
                    )
        return moved


class VectorAutoregression(AverageAutoregression):
    """Autoregression of the deviations in which a node sees the lags of other nodes too.

    See `AverageAutoregression` for how it is fitted: the shared weights on a node's own lags are
    where the shrinkage leads to, so a node learns from others what its own past does not say.

    Args:
        horizon: Steps ahead.
        lags: Rows of history that count.
        neighbours_only: A node sees itself and at most 12 nodes within two hops in the graph, in
            both directions: those where a random walk of two steps most often comes by. Otherwise
            each node sees all nodes.
        loss: As in `AverageAutoregression`; "absolute_error" for neighbours only, since all nodes
            are too many to solve for anew.
        also: Names of other quantities in `dataset.extra`; a node sees those of the same nodes.

    Reference:
        Sims (1980), Macroeconomics and Reality. Shrinking towards each series' own past:
        Litterman (1986), Forecasting with Bayesian Vector Autoregressions.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.regression import VectorAutoregression
        >>> corridor = stlearn.load("corridor")
        >>> model = VectorAutoregression(horizon=2, lags=3, neighbours_only=True)
        >>> model.fit(corridor.between(0, 4032)).predict(corridor).shape
        (2, 48)
    """

    def __init__(self, horizon=12, lags=12, neighbours_only=False, loss="squared_error", also=()):
        self.neighbours_only = bool(neighbours_only)
        self.name = "neighbour autoregression" if neighbours_only else "vector autoregression"
        super().__init__(horizon, lags, loss, also)
        if loss == "absolute_error" and not neighbours_only:
            raise InputError('loss: "absolute_error" needs neighbours_only=True')

    def _nodes_seen(self, dataset):
        count = len(self.nodes)
        if not self.neighbours_only:
            return np.arange(count)[None, :]
        if dataset.adjacency is None:
            raise InputError("adjacency: neighbours_only needs a graph, but the data set has none")
        return most_visited(dataset.weights, MOST_NEIGHBOURS)


def most_visited(weights, most):
    """List for each node itself and the nodes where a random walk of two steps most often comes by.

    Args:
        weights: SciPy sparse array (node, node); edges count in both directions.
        most: Nodes beside itself, at most.

    Returns:
        Array (node, most + 1) of positions, itself first; where there are fewer nodes within two
        steps, the position after the last node, which stands for nobody.

    Example:
        >>> import scipy.sparse
        >>> from stlearn.baselines.regression import most_visited
        >>> chain = scipy.sparse.csr_array([[0, 0, 0], [1, 0, 0], [0, 1, 0]])
        >>> most_visited(chain, most=1).tolist()
        [[0, 1], [1, 0], [2, 1]]
    """
    weights = scipy.sparse.csr_array(weights, dtype="float64")
    count = weights.shape[0]
    weights = weights.maximum(weights.T)
    weights.setdiag(0)
    sums = np.maximum(weights.sum(axis=1), 1e-12)
    walk = (scipy.sparse.diags_array(1 / sums) @ weights).tocsr()
    visits = (walk + walk @ walk).tocsr()
    visits.setdiag(np.inf)
    visits.sort_indices()
    seen = np.full((count, min(most + 1, count)), count)
    for node in range(count):
        row = slice(visits.indptr[node], visits.indptr[node + 1])
        nearest = np.argsort(-visits.data[row], kind="stable")[: most + 1]
        nearest = nearest[visits.data[row][nearest] > 0]
        seen[node, : len(nearest)] = visits.indices[row][nearest]
    return seen


def joined(found):
    """Join Examples of several parts, or of several pieces of one.

    Args:
        found: List of Examples.
    """
    if len(found) == 1:
        return found[0]
    past, ahead, also, profile, future = zip(*found)
    also = np.concatenate(also, axis=1)
    return Examples(
        *map(np.concatenate, (past, ahead)), also, *map(np.concatenate, (profile, future))
    )


def inputs_of(found):
    """Join what the weights read of several parts: past, ahead, also.

    Args:
        found: List of Examples.
    """
    return joined(found)[:3]


def _by_node(past, also):
    """Lags of each node, then those of other quantities (node, lag, window); the last is nobody."""
    lags = np.concatenate([past, *also], axis=1)
    by_node = np.zeros((lags.shape[2] + 1, *lags.shape[1::-1]), dtype=past.dtype)
    by_node[:-1] = lags.transpose(2, 1, 0)
    return by_node


def _usual_of_nodes(values):
    """Mean and spread (2, node, quantity) of other quantities (row, node, quantity)."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0).sum(axis=0, dtype="float64") / count
    spread = np.sqrt((np.where(known, values - mean, 0) ** 2).sum(axis=0) / count)
    return np.stack([mean, np.where(spread > 1e-6 * np.abs(mean), spread, 1)])


def _usual(parts, columns):
    """Mean and spread (2, column) of what is known ahead, over the rows that are learned from."""
    if not columns:
        return np.zeros((2, 0), dtype="float32")
    rows = [calendar_to_read(part, 0, len(part.values), columns) for part in parts]
    rows = np.concatenate(rows)
    scaler = fit_scaler(rows, per_node=True)
    flags = np.isin(rows, (0, 1)).all(axis=0)  # a rare one should weigh little, so it stays small
    return np.stack([scaler.mean, np.where(flags, 1, scaler.scale)])
