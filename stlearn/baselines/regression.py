"""Linear baselines: what the recent deviations from the average say about the next ones.
Explained in 1.11 and 3.7.

Both forecasters here are one regression. They differ in what a node sees: itself, its
neighbours in the graph, or all nodes.
"""

from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from stlearn.baselines.averages import AverageWithLags
from stlearn.data.windows import cut_windows, window_origins
from stlearn.errors import InputError

# Candidates for the shrinkage; the last leaves next to nothing but what all nodes share.
SHRINKAGES = np.array([*10.0 ** np.arange(-4, 3.1, 0.5), 1e6])
MOST_NEIGHBOURS = 12
MOST_POOLED_EXAMPLES = 100_000
# Longer data is thinned to every second, third, ... window: a bound on memory and time.
MOST_LAGGED_VALUES = 40_000_000


class Examples(NamedTuple):
    """Windows to learn from; deviations and averages are in standard deviations of the node."""

    past: np.ndarray  # deviation from the average (window, lag, node), without NaN
    profile: np.ndarray  # average at the last row and at each step ahead (window, 1 + step, node)
    future: np.ndarray  # deviation at each step ahead (window, step, node)


class AverageAutoregression(AverageWithLags):
    """Historical average, blended with an autoregression of the deviation from it.

    For each step ahead, one weight for each lag of a node's own deviation, and one for the
    average now and then: a poor average counts less. These weights are shared by all nodes. Each
    node then has weights of its own, by ridge regression on what the shared ones leave over; the
    shrinkage (how closely it is held to the shared weights) is chosen on the validation data.
    After that all is fitted again on train and validation.

    A missing value in the lags is replaced by the last known deviation, or by none at all.

    `update` moves the weights of each node to fit rows not learned from yet, held back by as
    many windows as have taught it so far, and lets the average learn.

    Args:
        horizon: Steps ahead.
        lags: Rows of history that count.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.regression import AverageAutoregression
        >>> corridor = stlearn.load("corridor")
        >>> model = AverageAutoregression(horizon=2).fit(corridor.between(0, 4032))
        >>> model.predict(corridor).shape
        (2, 48)
    """

    name = "autoregression"
    arrays = (*AverageWithLags.arrays, "mean", "trust", "scale", "seen", "shared", "weights")
    plain = (*AverageWithLags.plain, "shrinkage", "windows")

    @property
    def parameters(self):
        """Number of fitted numbers."""
        return super().parameters + self.shared.size + int(np.count_nonzero(self.weights))

    def _choose(self, train, validation):
        self.seen = self._nodes_seen(train)
        # Several threads of linear algebra only wait for each other at this size.
        with threadpool_limits(1):
            past, residual = self._fit_shared([train])
            self.shrinkage = self._choose_shrinkage(past, residual, validation)

    def _fit_on(self, parts):
        with threadpool_limits(1):
            past, residual = self._fit_shared(parts)
            self.windows = len(past)
            self.weights = self._ridge(past, residual, self.shrinkage * self.windows)

    def _forecasts(self, dataset, origins):
        first = origins.min() - self.lags
        average = self.expected(dataset, first, origins.max() + self.horizon)
        with threadpool_limits(1):
            deviations = self._deviations(self._examples(dataset, origins, average, first))
        return deviations * self.scale + average[origins[:, None] - first + np.arange(self.horizon)]

    def update(self, recent):
        """Learn from the rows later than those learned from; return the forecaster."""
        self.check(recent)
        origins = window_origins(0, len(recent.values), self.lags, self.horizon)
        origins = origins[self.historical.is_new(recent.values.index)[origins]]
        if len(origins):
            examples = self._examples(recent, origins, self.expected(recent, 0, len(recent.values)))
            residual = examples.future - self._deviations(examples)
            with threadpool_limits(1):
                penalty = (1 + self.shrinkage) * self.windows
                self.weights += self._ridge(examples.past, residual, penalty)
            self.windows += len(origins)
        return super().update(recent)

    def expected(self, dataset, start, stop):
        """Average (row, node), drawn towards the node's mean where it is not to be trusted."""
        return self.mean + self.trust * (self.historical.average(dataset, start, stop) - self.mean)

    def _nodes_seen(self, dataset):
        """Nodes that each group of nodes sees, (group, position): here each node sees itself."""
        return np.arange(len(self.nodes))[:, None]

    def _examples(self, dataset, origins, average, first=0):
        """Cut the windows of the origins; `average` begins at the row `first`."""
        rows = len(average)
        values = np.full(average.shape, np.nan)
        known = dataset.values.to_numpy()[first : first + rows]
        values[: len(known)] = known
        deviation = ((values - average) / self.scale).astype("float32")
        profile = ((average - self.mean) / self.scale).astype("float32")
        past, future = cut_windows(deviation, origins - first, self.lags, self.horizon)
        now, then = cut_windows(profile, origins - first, 1, self.horizon)
        for lag in range(1, self.lags):
            past[:, lag] = np.where(np.isnan(past[:, lag]), past[:, lag - 1], past[:, lag])
        return Examples(np.nan_to_num(past), np.concatenate([now, then], axis=1), future)

    def _fit_shared(self, parts):
        """Fit average and shared weights; return the past and what is left over of the future."""
        found = []
        for part, average in zip(parts, self.fit_scaled(parts)):
            origins = window_origins(0, len(part.values), self.lags, self.horizon)
            thin = max(len(origins) * self.lags * len(self.nodes) // MOST_LAGGED_VALUES, 1)
            found.append(self._examples(part, origins[::thin], average))
        self.shared = self._least_squares(found)
        for examples in found:
            for step in range(self.horizon):
                examples.future[:, step] -= self._shared_deviation(examples, step)
        past = np.concatenate([examples.past for examples in found])
        return past, np.concatenate([examples.future for examples in found])

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
            gram = inputs.T @ inputs + 1e-6 * max(len(target), 1) * np.eye(self.lags + 2)
            shared.append(np.linalg.solve(gram, inputs.T @ target))
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
        for (inputs, group), weights in zip(self._groups(examples.past), self.weights):
            own = (inputs @ weights).reshape(len(inputs), self.horizon, -1)
            deviations[:, :, group] += own
        return deviations

    def _groups(self, past):
        """For each group of nodes: the lags that it sees, (window, seen x lag), and its nodes."""
        windows, lags, nodes = past.shape
        by_node = np.zeros((nodes + 1, lags, windows), dtype=past.dtype)  # the last is nobody
        by_node[:nodes] = past.transpose(2, 1, 0)
        for number, seen in enumerate(self.seen):
            group = slice(None) if len(self.seen) == 1 else slice(number, number + 1)
            yield by_node[seen].reshape(-1, windows).T, group

    def _choose_shrinkage(self, past, residual, validation):
        """Pick the shrinkage with the lowest error on validation data.

        The errors of nodes and steps are multiplied, not added: so all count the same, whatever
        their size, and a few nodes that have changed do not decide for the others.
        """
        origins = window_origins(0, len(validation.values), self.lags, self.horizon)
        average = self.expected(validation, 0, len(validation.values))
        unseen = self._examples(validation, origins, average)
        truth = unseen.future
        for step in range(self.horizon):
            truth[:, step] -= self._shared_deviation(unseen, step)
        counts = np.isfinite(truth).sum(axis=0)
        scores = np.zeros(len(SHRINKAGES))
        pairs = zip(self._groups(past), self._groups(unseen.past))
        for (inputs, group), (unseen_inputs, _) in pairs:
            basis, strength, aligned = decompose(inputs, filled(residual[:, :, group]))
            unseen_inputs = unseen_inputs @ basis
            for number, shrinkage in enumerate(SHRINKAGES):
                weights = aligned / (strength + shrinkage * len(inputs))[:, None]
                own = (unseen_inputs @ weights).reshape(len(truth), self.horizon, -1)
                squares = np.nansum((truth[:, :, group] - own) ** 2, axis=0)
                known = counts[:, group]
                scores[number] += np.log(squares[known > 0] / known[known > 0] + 1e-12).sum()
        return float(SHRINKAGES[scores.argmin()])

    def _ridge(self, past, residual, penalty):
        """Weights of each group (group, seen x lag, step x node of the group)."""
        weights = []
        for inputs, group in self._groups(past):
            basis, strength, aligned = decompose(inputs, filled(residual[:, :, group]))
            weights.append(basis @ (aligned / (strength + penalty)[:, None]))
        return np.array(weights, dtype="float32")


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

    def __init__(self, horizon=12, lags=12, neighbours_only=False):
        super().__init__(horizon, lags)
        self.neighbours_only = bool(neighbours_only)
        self.name = "neighbour autoregression" if neighbours_only else "vector autoregression"

    def _nodes_seen(self, dataset):
        count = len(self.nodes)
        if not self.neighbours_only:
            return np.arange(count)[None, :]
        if dataset.adjacency is None:
            raise InputError("adjacency: neighbours_only needs a graph, but the data set has none")
        weights = dataset.adjacency.to_numpy(dtype="float64")
        weights = np.maximum(weights, weights.T)
        np.fill_diagonal(weights, 0)
        walk = weights / np.maximum(weights.sum(axis=1), 1e-12)[:, None]
        visits = walk + walk @ walk
        np.fill_diagonal(visits, np.inf)
        nearest = np.argsort(-visits, axis=1, kind="stable")[:, : MOST_NEIGHBOURS + 1]
        # The position after the last node stands for nobody.
        return np.where(np.take_along_axis(visits, nearest, axis=1) > 0, nearest, count)


def decompose(inputs, targets):
    """Prepare ridge regression so that each further penalty costs only a product.

    The weights for a penalty are `basis @ (aligned / (strength + penalty)[:, None])`. With fewer
    rows than inputs the smaller of the two equal problems is solved.

    Args:
        inputs: Array (row, input).
        targets: Array (row, ...).

    Returns:
        basis (input, direction), strength (direction,) and aligned (direction, target).
    """
    targets = targets.reshape(len(targets), -1)
    if inputs.shape[0] >= inputs.shape[1]:
        strength, basis = np.linalg.eigh((inputs.T @ inputs).astype("float64"))
        aligned = basis.T @ (inputs.T @ targets)
    else:
        strength, basis = np.linalg.eigh((inputs @ inputs.T).astype("float64"))
        aligned = basis.T @ targets
        basis = inputs.T @ basis
    return basis, np.maximum(strength, 0), aligned


def filled(residual):
    """Leave missing targets out of the products with the inputs.

    They become zero, and the known ones grow by as much as is missing, so that a node with gaps
    is not pulled to zero.
    """
    known = np.isfinite(residual)
    result = np.where(known, residual, 0)
    result /= np.maximum(known.mean(axis=0), 1 / len(residual))
    return result
