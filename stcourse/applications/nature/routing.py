"""Muskingum routing as a forecaster: the water that is on its way, and what the land adds."""

import numpy as np
from scipy.signal import lfilter

from stcourse.worlds.river import muskingum, route
from stlearn.baselines.base import Baseline, checked_parts
from stlearn.baselines.least_squares import least_absolute
from stlearn.errors import InputError

TIMES = np.geomspace(0.7, 24, 20)  # travel times of a reach that are tried, in steps
INFLOW, RAIN = 6, 18  # last steps of inflow and of rain that tell what the land will give
RATING = 5 / 3  # power of the level that the flow of a wide channel goes with (Manning)


class Routing(Baseline):
    """Route the flow of the gauges upstream down the river, and add what the land gives.

    Travel times, and a factor for each reach (the river between two gauges), are fitted by least
    squares. What the land will give is told by a regression on what it gave and on the rain.

    Args:
        horizon: Steps ahead.
        rain: Name of the rain in `extra` of the data set; None to do without.

    Raises:
        InputError: In `fit`, if there is no graph, or no rain of that name.

    Example:
        >>> from stcourse.applications.nature.routing import Routing
        >>> from stcourse.worlds.river import river
        >>> world = river(days=30)
        >>> Routing(horizon=3, rain="rain").fit(world).predict(world).shape
        (3, 13)

    Reference: McCarthy (1938), The unit hydrograph and flood routing.
    """

    name, lookback = "routing", max(INFLOW, RAIN)
    arrays = ("graph", "times", "factors", "weights")

    def __init__(self, horizon=12, rain=None):
        super().__init__(horizon)
        self.rain = rain

    def fit(self, train, validation=None):
        """Fit travel times, factors and regressions on train; return the forecaster."""
        if train.adjacency is None:
            raise InputError("adjacency: routing needs a graph of the reaches, got none")
        if self.rain is not None and self.rain not in train.extra:
            raise InputError(f"rain: expected one of {list(train.extra)}, got {self.rain!r}")
        self.learn_about(train)
        checked_parts(self, train, validation)
        self.graph = train.adjacency_frame.to_numpy() > 0  # row downstream, column upstream
        self.times, self.factors = np.where(self.graph, 2.0, 0), np.zeros(self.graph.shape)
        flow = _flow(train)
        for gauge, above in [*zip(*np.nonzero(self.graph))] * 2:  # one reach after the other
            missed = [self._fit_factors(flow, gauge, above, time) for time in TIMES]
            self._fit_factors(flow, gauge, above, TIMES[np.argmin(missed)])
        rows = np.arange(self.lookback, len(flow) - self.horizon + 1)
        land, weights = self._land(flow), []
        for gauge, inputs in enumerate(self._inputs(land, train, rows)):
            ridge, start = 1e-6 * len(rows) * np.eye(inputs.shape[1]), np.zeros(inputs.shape[1])
            targets = [land[rows + step, gauge] for step in range(self.horizon)]
            weights.append([least_absolute(inputs, each, start, ridge) for each in targets])
        self.weights = np.array(weights)  # (gauge, step, input)
        return self

    def _fit_factors(self, flow, gauge, above, time):
        self.times[gauge, above] = time
        reaches = np.flatnonzero(self.graph[gauge])
        routed = [_down(flow[:, each], self.times[gauge, each])[0] for each in reaches]
        inputs = np.column_stack([*routed, np.ones(len(flow))])
        found, missed, *_ = np.linalg.lstsq(inputs, flow[:, gauge], rcond=None)
        self.factors[gauge, reaches] = found[:-1]
        return missed.sum()

    def _land(self, flow):
        land = flow.copy()
        for gauge, above in zip(*np.nonzero(self.graph)):
            came = _down(flow[:, above], self.times[gauge, above])[0]
            land[:, gauge] -= self.factors[gauge, above] * came
        return land

    def _inputs(self, land, dataset, rows):
        lags = [land[rows - lag] for lag in range(1, INFLOW + 1)]
        if self.rain is not None:
            rain = dataset.extra[self.rain].to_numpy()
            lags += [rain[rows - lag] for lag in range(1, RAIN + 1)]
        return np.stack([np.ones_like(lags[0]), *lags], axis=-1).transpose(1, 0, 2)

    def _forecasts(self, dataset, origins):
        flow, size = _flow(dataset), len(self.graph)
        inputs = self._inputs(self._land(flow), dataset, origins)
        ahead = np.einsum("goi,gsi->sog", inputs, self.weights)  # (step, origin, gauge)
        reached = np.linalg.matrix_power(np.eye(size) + self.graph, size) > 0
        for gauge in reached.sum(axis=1).argsort():  # upstream first
            for above in np.flatnonzero(self.graph[gauge]):
                time = self.times[gauge, above]
                coming = _down(flow[:, above], time, ahead[:, :, above], origins)[1]
                ahead[:, :, gauge] += self.factors[gauge, above] * coming
        return np.maximum(ahead, 0).transpose(1, 0, 2) ** (1 / RATING)

    def update(self, recent):
        """Check the recent data and return the forecaster unchanged."""
        self.check(recent)
        return self


def _flow(dataset):
    return dataset.values.ffill().bfill().to_numpy(dtype=float) ** RATING


def _down(past, time, ahead=None, origins=None):
    """Route a flow (row,), and forecasts of it (step, origin), through parts of two steps."""
    parts = int(np.ceil(time / 2))
    now, before, kept = muskingum(time / parts)
    for _ in range(parts):
        out = route(past, time / parts)
        if ahead is not None:
            start = (before * past + kept * out)[origins - 1]
            ahead = lfilter([now, before], [1, -kept], ahead, axis=0, zi=start[None])[0]
        past = out
    return past, ahead
