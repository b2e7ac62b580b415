"""Gradient-boosted trees on the recent past, the neighbours, and what is known ahead."""

import copy
import warnings

import joblib
import numpy as np
import scipy.sparse
from threadpoolctl import threadpool_limits

from stlearn.baselines.averages import AverageWithLags
from stlearn.checks import check_count
from stlearn.data.seasons import calendar_to_read, columns_to_read
from stlearn.data.windows import cut_windows, window_origins
from stlearn.errors import InputError

LOSSES = ("absolute_error", "squared_error")
MOST_TREES = 45
LEARNING_RATE = 0.15
# Examples for all steps together: what fits into some ten seconds on two cores.
EXAMPLES = 400_000
FEW_EXAMPLES = 100_000  # enough to tell how far off such trees are
FORECASTS_AT_ONCE = 200_000
NO_FILTERS = "`sklearn.utils.parallel.delayed` should be used with"
NEIGHBOUR_LAGS = (1, 2, 3, 6, 12)
TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]


class GradientBoosting(AverageWithLags):
    """Boosted trees that predict the change from the last known value, one model a step ahead.

    All nodes share the trees. A node is described by its own lags, the weighted mean of the lags
    of the nodes that act on it and of those that it acts on, its average and recent deviation
    from it, its average at the target time, and the calendar at the target time, with the time of
    the year from two years of training on.

    The trees learn from a sample: 400,000 examples for all steps together, drawn at random in
    time and space. The number of trees (45 at most) is chosen on validation data at the middle
    step; then all is fitted again on train and validation.

    `update` lets the average learn; the trees stay as they are.

    Args:
        horizon: Steps ahead.
        lags: Rows of history that count.
        loss: "absolute_error" or "squared_error".
        seed: Seed of the sample.
        also: Names of other quantities in `dataset.extra`; a node is described by its last values
            of them too.

    Reference:
        Friedman (2001), Greedy Function Approximation: A Gradient Boosting Machine.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.trees import GradientBoosting
        >>> corridor = stlearn.load("corridor")
        >>> model = GradientBoosting(horizon=1, lags=3).fit(corridor.between(0, 1152))
        >>> model.predict(corridor).shape
        (1, 48)
    """

    name = "boosted trees"
    arrays = (*AverageWithLags.arrays, "mean", "scale")
    plain = (*AverageWithLags.plain, "trees")
    examples = EXAMPLES

    def __init__(self, horizon=12, lags=12, loss="absolute_error", seed=0, also=()):
        super().__init__(horizon, lags, also)
        if loss not in LOSSES:
            raise InputError(f"loss: expected one of {LOSSES}, got {loss!r}")
        self.loss, self.seed = loss, check_count("seed", seed, least=0)

    @property
    def parameters(self):
        """Number of fitted numbers: averages, thresholds and leaves."""
        trees = (tree for model in self.models for stage in model._predictors for tree in stage)
        return super().parameters + sum(len(tree.nodes) for tree in trees)

    def without(self, train):
        """As in `AverageWithLags`; the copy learns from a quarter of the examples.

        Args:
            train: SpatioTemporalDataset.
        """
        few = copy.copy(self)
        few.examples = FEW_EXAMPLES
        return super(GradientBoosting, few).without(train)

    def _choose(self, train, validation):
        if self.adapts:
            self.calendar_columns = columns_to_read(train)
        self.graphs = _graphs(train)
        step = self.horizon // 2
        self.fit_scaled([train])
        model = self._fit_step(*self._sample([train], [step])[0], MOST_TREES)
        inputs, target = self._sample([validation], [step], leave_out=False)[0]
        error = np.abs if self.loss == "absolute_error" else np.square
        with threadpool_limits(1, user_api="openmp"):
            errors = [error(stage - target).mean() for stage in model.staged_predict(inputs)]
        self.trees = int(np.argmin(errors)) + 1

    def _fit_on(self, parts):
        self.fit_scaled(parts)
        samples = self._sample(parts, range(self.horizon))
        self.models = _in_threads(lambda sample: self._fit_step(*sample, self.trees), samples)

    def _forecasts(self, dataset, origins):
        size = max(FORECASTS_AT_ONCE // len(self.nodes), 1)
        blocks = [origins[start : start + size] for start in range(0, len(origins), size)]
        return np.concatenate([self._forecast_block(dataset, block) for block in blocks])

    def _forecast_block(self, dataset, origins):
        features = _Features(self, dataset, origins)

        def change(step):
            inputs = features.at(step).reshape(len(origins) * len(self.nodes), -1)
            with threadpool_limits(1, user_api="openmp"):
                return self.models[step].predict(inputs).reshape(len(origins), -1)

        changes = _in_threads(change, range(self.horizon))
        return features.last[:, None] + np.stack(changes, axis=1) * self.scale

    def _sample(self, parts, steps, leave_out=True):
        """Draw features (example, feature) and scaled changes (example,) for each of the steps."""
        random = np.random.default_rng(self.seed)
        rows = self.examples // self.horizon
        nodes = len(self.nodes)
        chosen = []
        for part in parts:
            origins = window_origins(0, len(part.values), self.lags, self.horizon)
            share = len(part.values) / sum(len(each.values) for each in parts)
            # Four times as many as needed: then few examples come from the same moment.
            most = max(int(4 * rows * share) // nodes, 1)
            origins = np.sort(random.permutation(origins)[:most])
            kept = random.random((len(origins), nodes)) < rows * share / (len(origins) * nodes)
            # Of many nodes few moments are drawn: then the rows between them are left alone.
            apart = len(origins) * (self.lags + self.horizon) < len(part.values)
            places = np.array_split(np.arange(len(origins)), len(origins) if apart else 1)
            for some in places:
                features = _Features(self, part, origins[some], leave_out)
                future = cut_windows(part.values.to_numpy(), origins[some], 0, self.horizon)[1]
                change = (future - features.last[:, None]) / self.scale
                chosen.append((features, change, kept[some]))
        samples = []
        for step in steps:
            inputs = np.concatenate([features.at(step)[kept] for features, _, kept in chosen])
            target = np.concatenate([change[:, step][kept] for _, change, kept in chosen])
            known = np.isfinite(target)
            if not known.any():
                raise InputError("values: expected known values to learn from, got none in a part")
            samples.append((inputs[known], target[known]))
        return samples

    def _fit_step(self, inputs, target, trees):
        # Imported here: it takes a second, and only those who boost trees should wait for it.
        from sklearn.ensemble import HistGradientBoostingRegressor

        model = HistGradientBoostingRegressor(
            loss=self.loss,
            max_iter=trees,
            learning_rate=LEARNING_RATE,
            early_stopping=False,
            random_state=self.seed,
        )
        # Hours that are never recorded leave lags without any value; scikit-learn takes no such
        # column, and one of zeros splits nothing.
        inputs = np.where(np.isnan(inputs).all(axis=0), 0, inputs)
        with threadpool_limits(1, user_api="openmp"):
            return model.fit(inputs, target)

    def _save_more(self, aside):
        import skops.io

        skops.io.dump(self.models, aside / "trees.skops")
        for number, graph in enumerate(self.graphs):
            scipy.sparse.save_npz(aside / f"graph_{number}.npz", graph)

    def _load_more(self, folder):
        import skops.io

        super()._load_more(folder)
        self.models = skops.io.load(folder / "trees.skops", trusted=TRUSTED)
        _check_trees(self.models)
        files = sorted(folder.glob("graph_*.npz"))
        self.graphs = [scipy.sparse.load_npz(file) for file in files]


class _Features:
    """Features of all nodes at some origins; what depends on the step is added by `at`."""

    def __init__(self, model, dataset, origins, leave_out=False):
        first, stop = origins.min() - model.lags, origins.max() + model.horizon
        self.rows = origins - first
        self.model = model
        self.average = model.historical.average(dataset, first, stop, leave_out)
        values = np.full(self.average.shape, np.nan)
        known = dataset.values.to_numpy()[first:stop]
        values[: len(known)] = known
        calendar = calendar_to_read(dataset, first, stop, model.calendar_columns)
        self.calendar = calendar.to_numpy(dtype="float32")
        past = cut_windows(values, self.rows, model.lags, 0)[0]
        self.others = model.other_quantities(dataset)[first : first + len(known)]
        # The last known value; where the window has none, the average.
        self.last = self.average[self.rows - 1]
        for lag in range(model.lags):
            self.last = np.where(np.isnan(past[:, lag]), self.last, past[:, lag])
        self.shared = np.stack(list(self._columns(values, past)), axis=-1).astype("float32")

    def _columns(self, values, past):
        model = self.model
        scaled = (values - model.mean) / model.scale
        last = (self.last - model.mean) / model.scale
        yield last
        yield from ((past[:, -lag] - self.last) / model.scale for lag in range(2, model.lags + 1))
        known = np.isfinite(scaled)
        filled = np.where(known, scaled, 0)
        for graph in model.graphs:
            with np.errstate(divide="ignore", invalid="ignore"):
                around = ((graph @ filled.T) / (graph @ known.T)).T
            for lag in NEIGHBOUR_LAGS:
                if lag <= model.lags:
                    yield around[self.rows - lag] - last
        expected = cut_windows(self.average, self.rows, model.lags, 0)[0]
        counts = np.isfinite(past).sum(axis=1)
        with np.errstate(invalid="ignore"):
            yield np.nansum(past - expected, axis=1) / counts / model.scale
        yield (self.average[self.rows - 1] - self.last) / model.scale
        for lag in NEIGHBOUR_LAGS:
            if lag <= model.lags:
                yield from np.moveaxis(self.others[self.rows - lag], -1, 0)
        for number in (model.mean, model.scale):
            yield np.broadcast_to((number - number.mean()) / (number.std() or 1), last.shape)

    def at(self, step):
        """Features (origin, node, feature) for the target `step` rows after the origin."""
        target = self.rows + step
        expected = (self.average[target] - self.last) / self.model.scale
        calendar = np.broadcast_to(
            self.calendar[target][:, None], (*expected.shape, self.calendar.shape[1])
        )
        parts = [self.shared, expected[..., None], calendar]
        return np.concatenate(parts, axis=-1, dtype="float32", casting="same_kind")


def _in_threads(function, items):
    """List what a function gives for each item; one thread a model, or they wait for each other.

    scikit-learn sets the filters of warnings aside in each thread, and threads put back those of
    others: what was there before is put back at the end. Where it finds none, it warns as if it
    were called wrongly; that is not shown.
    """
    with warnings.catch_warnings():
        show = warnings.showwarning

        def show_others(message, *where, **more):
            if NO_FILTERS not in str(message):
                show(message, *where, **more)

        warnings.showwarning = show_others
        parallel = joblib.Parallel(n_jobs=-1, prefer="threads")
        return parallel(joblib.delayed(function)(item) for item in items)


def _graphs(dataset):
    """Weights (node, node), sparse, of the neighbours: who acts on a node, whom it acts on."""
    if dataset.adjacency is None:
        return []
    weights = dataset.weights.copy()
    weights.setdiag(0)
    weights.eliminate_zeros()
    symmetric = (weights != weights.T).nnz == 0
    return [weights] if symmetric else [weights, weights.T.tocsr()]


def _check_trees(models):
    """Raise an InputError unless the positions in each tree point forward and stay inside it.

    A prediction follows these positions unchecked, so a spoiled file could crash the process.
    """
    for model in models:
        for tree in (tree for stage in model._predictors for tree in stage):
            inner = np.flatnonzero(tree.nodes["is_leaf"] == 0)
            nodes = tree.nodes[inner]
            left, right, feature = nodes["left"], nodes["right"], nodes["feature_idx"]
            sound = (left > inner) & (right > inner) & (feature >= 0)
            sound &= (left < len(tree.nodes)) & (right < len(tree.nodes))
            sound &= (feature < model.n_features_in_) & (nodes["is_categorical"] == 0)
            if not (len(tree.nodes) and sound.all()):
                raise InputError("trees.skops: expected trees, got positions outside a tree")
