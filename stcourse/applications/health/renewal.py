"""The reproduction number as a forecaster: the baseline of those who model epidemics."""

import numpy as np
import pandas as pd
from scipy import stats

from stlearn.baselines.base import Baseline
from stlearn.checks import check_count, check_number
from stlearn.errors import InputError

SHAPE, SCALE = 1.0, 5.0  # of the prior of R, a gamma distribution
SPREAD, LONGEST = 0.6, 21  # deviation of the serial interval over its mean; days at most
FADES = (1.0, 0.95, 0.9, 0.8, 0.65, 0.5)  # of which one is chosen


class Renewal(Baseline):
    """Forecast daily cases by the renewal equation.

    A day's cases are R times their pressure: the cases of the days before, each with the share of
    its infections that come after so many days. R is the posterior mean of the last `window` days;
    ahead, it fades towards 1 by a factor a day, the best one in the past if there is a validation
    part. Cases are divided by the usual share of their weekday first.

    Args:
        horizon: Days ahead.
        window: Days that tell today's R, each node's own.
        mean: Mean serial interval, from a case to those it infects, in days.

    Example:
        >>> from stcourse.applications.health.renewal import Renewal
        >>> from stcourse.worlds.epidemic import epidemic
        >>> world = epidemic(days=120, regions=4)
        >>> Renewal(horizon=7).fit(world).predict(world).shape
        (7, 4)

    Reference: Cori, Ferguson, Fraser and Cauchemez (2013), A new framework and software to estimate
    time-varying reproduction numbers during epidemics.
    """

    name, arrays, plain, fade = "renewal equation", ("weekday",), ("fade",), 1.0

    def __init__(self, horizon=7, window=7, mean=5.0):
        super().__init__(horizon)
        self.window, self.mean = check_count("window", window), check_number("mean", mean, least=1)
        self.lookback = window + LONGEST
        interval = stats.gamma(SPREAD**-2, scale=mean * SPREAD**2)
        shares = np.diff(interval.cdf(np.arange(LONGEST + 1) + 0.5))
        self.shares = shares[::-1] / shares.sum()  # yesterday's cases have the last

    def fit(self, train, validation=None):
        """Learn the share of each weekday, and how fast R fades; return the forecaster."""
        self.learn_about(train)
        self.check(train)
        if train.interval != pd.Timedelta("1D"):
            raise InputError(f"train: expected daily cases, got one row in {train.interval}")
        values = (
            train.values if validation is None else pd.concat([train.values, validation.values])
        )
        cases = values.groupby(values.index.day_of_week).mean().sum(axis=1) + 0.01
        self.weekday = (cases / cases.mean()).to_numpy()
        if validation is not None:
            origins = np.arange(self.lookback, len(values) - self.horizon + 1)
            truth = values.to_numpy()[origins[:, None] + np.arange(self.horizon)]
            off = [np.abs(self._ahead(values, origins, fade) - truth) for fade in FADES]
            self.fade = FADES[np.argmin([np.nanmean(each) for each in off])]
        return self

    def _forecasts(self, dataset, origins):
        return self._ahead(dataset.values, origins, self.fade)

    def _ahead(self, values, origins, fade):
        days = values.index[0].day_of_week + np.arange(len(values) + self.horizon)
        usual = self.weekday[days % 7]
        freed = values.ffill().fillna(0).to_numpy() / usual[: len(values), None]
        cases = np.stack([freed[origins - day] for day in range(self.lookback, 0, -1)])
        windows = np.lib.stride_tricks.sliding_window_view(cases[:-1], LONGEST, axis=0)
        pressure = (windows @ self.shares).sum(axis=0)
        above = (SHAPE + cases[-self.window :].sum(axis=0)) / (1 / SCALE + pressure) - 1
        for step in range(self.horizon):
            today = np.tensordot(self.shares, cases[-LONGEST:], 1)
            cases = np.append(cases, [(1 + above * fade**step) * today], axis=0)
        ahead = np.moveaxis(cases[self.lookback :], 0, 1)
        return ahead * usual[origins[:, None] + np.arange(self.horizon)][..., None]

    def update(self, recent):
        """Check the recent data, in which R is anyway; return the forecaster."""
        self.check(recent)
        return self
