"""Baselines that compute no more than averages: last value, historical average, last season.
Explained in 1.10.

Whoever builds a network has to beat these first. They cost nothing, need no tuning, and on many
series they are hard to beat.
"""

import abc
import copy

import numpy as np
import pandas as pd
import scipy.sparse

from stlearn.baselines.base import Baseline, checked_parts, choosing_parts
from stlearn.checks import check_count
from stlearn.data.blocks import row_blocks, summary_of_nodes
from stlearn.data.bounds import lower_bound
from stlearn.data.dataset import known_ahead
from stlearn.data.holidays import is_holiday_column
from stlearn.data.windows import last_known
from stlearn.errors import InputError
from stlearn.memory import let_go

DAY = pd.Timedelta("1D")
SUNDAY = 6
MOST_SLOTS_A_DAY = 288


class LastValue(Baseline):
    """Repeat the last known value of each node; where there is none, its mean in training.

    `update` has nothing to learn: the last value is in the history.

    Args:
        horizon: Steps ahead.

    Example:
        >>> import pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> from stlearn.baselines.averages import LastValue
        >>> times = pd.date_range("2026-01-05", periods=4, freq="5min")
        >>> values = pd.DataFrame({"a": [50, 51, 52, 53], "b": [60, 61, 62, None]}, index=times)
        >>> dataset = SpatioTemporalDataset("example", values, unit="km/h")
        >>> LastValue(horizon=1).fit(dataset).predict(dataset)
                                a     b
        2026-01-05 00:20:00  53.0  62.0
    """

    name = "last value"
    when_silent = "its last reading, or its mean in training"
    arrays = ("mean",)

    def fit(self, train, validation=None):
        """Take the mean of each node over train and validation; return the forecaster."""
        self.learn_about(train)
        parts = checked_parts(self, train, validation)
        known = summary_of_nodes(*(part.values for part in parts))
        self.mean = mean_of_node(known.sum, known.count)
        return self

    def _forecasts(self, dataset, origins):
        last = last_known(dataset.values, origins - 1)
        last = np.where(np.isnan(last), self.mean, last)
        return np.repeat(last[:, None], self.horizon, axis=1)

    def update(self, recent):
        """Check the recent data and return the forecaster unchanged."""
        self.check(recent)
        return self


class HistoricalAverage(Baseline):
    """Average of each node at the same time of the week.

    A holiday counts as a Sunday if the calendar has a column `holiday`, or one such as
    `holiday DE`. A time of the week that
    was never seen falls back to the time of day on working days or weekends, then to the node's
    mean. With less than two weeks of data the time of day is all there is. Weekly and monthly
    data are averaged by month. There are at most 288 slots a day.

    `update` adds rows later than all that were learned from; a row never counts twice.

    Args:
        horizon: Steps ahead.

    Example:
        >>> import numpy as np, pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> from stlearn.baselines.averages import HistoricalAverage
        >>> times = pd.date_range("2026-01-05", periods=21, freq="D")
        >>> values = pd.DataFrame({"a": np.tile([1, 2, 3, 4, 5, 6, 7], 3)}, index=times)
        >>> dataset = SpatioTemporalDataset("example", values, unit="trips/day")
        >>> HistoricalAverage(horizon=3).fit(dataset).predict(dataset)["a"].tolist()
        [1.0, 2.0, 3.0]
    """

    name = "historical average"
    arrays = ("sums", "counts")
    plain = ("interval_days", "learned_rows", "learned_until")
    _coarser = None  # sums and counts over more than one place, made when they are asked for

    def fit(self, train, validation=None):
        """Average over train and validation; return the forecaster."""
        self.learn_about(train)
        parts = checked_parts(self, train, validation)
        self.interval_days = train.interval / DAY
        if self._by_month:
            table = (12, 1)
        else:
            table = (7, min(max(round(1 / self.interval_days), 1), MOST_SLOTS_A_DAY))
        # One sum and one count for each day of the week (or month), slot of the day, and node.
        self.sums = np.zeros((*table, len(self.nodes)))
        self.counts = np.zeros((*table, len(self.nodes)))
        self.learned_rows, self.learned_until = 0, None
        for part in parts:
            self._add(part)
        return self

    @property
    def parameters(self):
        """Number of fitted numbers: the averages that were seen at least once."""
        return int(np.count_nonzero(self.counts))

    def _forecasts(self, dataset, origins):
        rows = origins[:, None] + np.arange(self.horizon)
        return self.average(dataset, rows.min(), rows.max() + 1)[rows - rows.min()]

    def update(self, recent):
        """Add the rows later than those learned from to the averages; return the forecaster."""
        self.check(recent)
        self._add(recent)
        return self

    def average(self, dataset, start, stop, leave_out=False):
        """Average at the rows `start` to `stop` of a data set, which may reach past its end.

        Args:
            dataset: SpatioTemporalDataset with the nodes seen in `fit`.
            start, stop: Row positions, `stop` excluded.
            leave_out: Take each row's own value out of its average. Rows that were learned from
                then look as new rows do.

        Returns:
            Array (row, node), finite.
        """
        day, slot = self.places(dataset, start, stop)
        average = np.empty((stop - start, len(self.nodes)))
        values = dataset.values.to_numpy()[start:stop]
        for rows in row_blocks(average):
            own = values[rows] if leave_out else None
            average[rows] = self.average_at(day[rows], slot[rows], own)
        let_go(values)
        return average

    def places(self, dataset, start, stop):
        """Place of each of the rows `start` to `stop` in the table of averages.

        Args:
            dataset, start, stop: As in `average`.

        Returns:
            Two arrays (row,): day of the week (or month), and slot of the day.
        """
        self._check_interval(dataset)
        return self._slots(*known_ahead(dataset, start, stop))

    def average_at(self, day, slot, own=None):
        """Average at some places of the table.

        Args:
            day, slot: Arrays (row,), as of `places`.
            own: Values (row, node) there, to be taken out of their average.

        Returns:
            Array (row, node), finite.
        """
        average = np.full((len(day), len(self.nodes)), self.sums.sum() / self.counts.sum())
        known = np.zeros(())
        if own is not None:
            known = np.isfinite(own)
            own = np.where(known, own.astype("float64"), 0)
        for sums, counts in self._levels(day, slot):
            count = counts - known
            with np.errstate(divide="ignore", invalid="ignore"):
                found = (sums if own is None else sums - own) / count
                average = np.where(count > 0, found, average)
        return average

    def is_new(self, times):
        """Tell for each time whether it is later than all that were learned from."""
        if self.learned_until is None:
            return np.ones(len(times), dtype=bool)
        return np.asarray(times > pd.Timestamp(self.learned_until))

    def _levels(self, day, slot):
        """Sums and counts (row, node) or (node,), from the coarsest average to the finest."""
        tables = self.sums, self.counts
        if self._coarser is None:
            parts = [np.stack([table[:5].sum(0), table[5:].sum(0)]) for table in tables]
            self._coarser = [table.sum((0, 1)) for table in tables], parts
        of_all, of_weekends = self._coarser
        yield tuple(of_all)
        if not self._by_month:
            weekend = (day >= 5).astype(int)
            yield tuple(table[weekend, slot] for table in of_weekends)
        if self._by_month or self.learned_rows * self.interval_days >= 14:
            yield self.sums[day, slot], self.counts[day, slot]

    def _slots(self, times, calendar):
        """Position in the table of averages: day of the week (or month), slot of the day."""
        if self._by_month:
            return times.month.to_numpy() - 1, np.zeros(len(times), dtype=int)
        day = calendar["day_of_week"].to_numpy().astype(int)
        for name in filter(is_holiday_column, calendar):
            day = np.where(calendar[name] > 0, SUNDAY, day)
        # The hundredth keeps float32 times of day from falling into the slot before.
        slots = self.sums.shape[1]
        return day, (calendar["time_of_day"].to_numpy() * slots + 0.01).astype(int)

    def _add(self, part):
        self._check_interval(part)
        times, calendar = known_ahead(part, 0, len(part.values))
        new = self.is_new(times)
        if not new.any():
            return
        self._coarser = None
        first = int(new.argmax())  # times increase, so all from there on are new
        values = part.values.to_numpy()[first:]
        day, slot = self._slots(times[first:], calendar[first:])
        for rows in row_blocks(values):
            block = values[rows].astype("float64")
            places, group = np.unique([day[rows], slot[rows]], axis=1, return_inverse=True)
            # A row a place, with ones where the rows of values belong to it: a fast grouped sum.
            belongs = scipy.sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))))
            self.sums[*places] += belongs @ np.nan_to_num(block)
            self.counts[*places] += belongs @ np.isfinite(block).astype("float64")
        self.learned_rows += len(values)
        self.learned_until = times[-1].isoformat()

    @property
    def _by_month(self):
        return self.interval_days > 6

    def _check_interval(self, dataset):
        # Months differ in length, and so does the usual step of a few of them.
        found = dataset.interval / DAY
        if not 0.8 < found / self.interval_days < 1.25:
            raise InputError(
                f"values: expected a step of {pd.Timedelta(days=self.interval_days)} as in fit, "
                f"got {dataset.interval}"
            )


class BesideAverage(Baseline):
    """What the baselines share that hold a historical average and say more than it.

    Args:
        horizon: Steps ahead.
    """

    arrays = tuple(f"historical.{name}" for name in HistoricalAverage.arrays)
    plain = tuple(f"historical.{name}" for name in HistoricalAverage.plain)

    def __init__(self, horizon=12):
        super().__init__(horizon)
        self.historical = HistoricalAverage(horizon)

    @property
    def parameters(self):
        """Number of fitted numbers: the averages that were seen at least once."""
        return self.historical.parameters

    def update(self, recent):
        """Let the average learn from the rows later than all before; return the forecaster."""
        self.check(recent)
        self.historical.update(recent)
        return self

    def _load_more(self, folder):
        self.historical.nodes = self.nodes


class SeasonalNaive(BesideAverage):
    """Repeat what was measured one season ago.

    The season is a week if there are two weeks of training data, else a day; for weekly and
    monthly data it is a year. A missing value falls back to the season before, and in the end to
    the historical average. With `year`, daily data too is taken from 52 weeks ago, so that the day
    of the week is the same.

    `update` has the historical average learn; the seasons are in the history.

    Args:
        horizon: Steps ahead.
        year: Whether the season is a year, whatever the step.

    Reference:
        Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice.

    Example:
        >>> import numpy as np, pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> from stlearn.baselines.averages import SeasonalNaive
        >>> times = pd.date_range("2026-01-05", periods=14, freq="D")
        >>> values = pd.DataFrame({"a": np.arange(14)}, index=times)
        >>> dataset = SpatioTemporalDataset("example", values, unit="trips/day")
        >>> SeasonalNaive(horizon=3).fit(dataset).predict(dataset)["a"].tolist()
        [7.0, 8.0, 9.0]
    """

    name = "seasonal naive"
    when_silent = "its last seasons, or its average in training"
    plain = (*BesideAverage.plain, "season")

    def __init__(self, horizon=12, year=False):
        super().__init__(horizon)
        self.year = bool(year)
        self.name = "a year ago" if self.year else "seasonal naive"

    def fit(self, train, validation=None):
        """Set the season and average over train and validation; return the forecaster."""
        self.learn_about(train)
        self.historical.fit(*checked_parts(self, train, validation))
        self.season = season_rows(train, self.year)
        return self

    def _forecasts(self, dataset, origins):
        values = dataset.values.to_numpy()
        rows = origins[:, None] + np.arange(self.horizon)
        forecast = np.full((*rows.shape, values.shape[1]), np.nan, dtype="float32")
        source = rows - self.season
        while np.isnan(forecast).any() and (source >= 0).any():
            usable = (source >= 0) & (source < origins[:, None])
            found = np.where(usable[..., None], values[np.where(usable, source, 0)], np.nan)
            forecast = np.where(np.isnan(forecast), found, forecast)
            source = source - self.season
        average = self.historical.forecasts(dataset, origins)
        return np.where(np.isnan(forecast), average, forecast)


class AverageWithLags(BesideAverage):
    """What the baselines share that go from the average by the last rows: how they are fitted.

    Args:
        horizon: Steps ahead.
        lags: Rows of history that count.
        also: Names of other quantities in `dataset.extra` that are read beside the values.
    """

    plain = (*BesideAverage.plain, "bound")

    def __init__(self, horizon=12, lags=12, also=()):
        super().__init__(horizon)
        self.lags = self.lookback = check_count("lags", lags)
        self.also = also

    def fit(self, train, validation=None):
        """Fit on train, choose on validation, fit again on both.

        Args:
            train: SpatioTemporalDataset.
            validation: SpatioTemporalDataset that follows it; the last fifth of train if None.

        Returns:
            The forecaster.

        Raises:
            InputError: If a part has no complete window.
        """
        self.learn_about(train)
        parts = choosing_parts(self, train, validation)
        self._choose(*parts)
        self._fit_on(parts)
        return self

    def without(self, train):
        """Return a copy with the same choices, fitted on the training part alone.

        Args:
            train: SpatioTemporalDataset.
        """
        unseen = copy.copy(self)
        unseen.historical = copy.deepcopy(self.historical)
        unseen._fit_on([train])
        return unseen

    def trained_on_all(self, dataset):
        """Return a copy with the same choices and the same intervals, fitted on all rows.

        Args:
            dataset: SpatioTemporalDataset with the nodes seen in `fit`.
        """
        again = copy.copy(self)
        again.historical = copy.deepcopy(self.historical)
        again.learn_about(dataset)
        again.calendar_columns = self.calendar_columns
        again._fit_on([dataset])
        return again

    def fit_scaled(self, parts):
        """Fit the average, how far to trust it, and each node's mean and spread around it.

        A node's average is worth as much of its swings as it explains of values that were left
        out of it: all (1) where weeks repeat, nothing (0) where it only repeats noise.

        Args:
            parts: List of SpatioTemporalDataset.
        """
        self.historical.fit(*parts)
        known = summary_of_nodes(*(part.values for part in parts))
        self.mean = mean_of_node(known.sum, known.count)
        self.bound = lower_bound(known.lowest, self.units) if self.adapts else None
        both = squares = errors = 0.0
        for found, swing in self._swings(parts):
            both = both + (swing * found).sum(axis=0)
            squares = squares + (swing**2).sum(axis=0)
        self.trust = np.clip(both / np.maximum(squares, 1e-12), 0, 1)
        for found, swing in self._swings(parts):
            errors = errors + ((found - self.trust * swing) ** 2).sum(axis=0)
        spread = np.sqrt(errors / np.maximum(known.count, 1))
        self.scale = np.where(spread > 1e-6, spread, 1.0)

    def _swings(self, parts):
        """Blocks (row, node) of what was found and of the average without it, from the mean on.

        Where a value is missing, both are zero.
        """
        for part in parts:
            values = part.values.to_numpy()
            day, slot = self.historical.places(part, 0, len(values))
            for rows in row_blocks(values):
                found = values[rows] - self.mean
                swing = self.historical.average_at(day[rows], slot[rows], values[rows]) - self.mean
                yield np.nan_to_num(found), np.where(np.isnan(found), 0, swing)

    @abc.abstractmethod
    def _choose(self, train, validation):
        """Fit on one part, choose on the other."""

    @abc.abstractmethod
    def _fit_on(self, parts):
        """Fit on parts, with what was chosen."""


def season_rows(dataset, year=False):
    """Rows of one season: a week, or a day in less than two weeks of data; a year by months.

    Args:
        dataset: SpatioTemporalDataset.
        year: Whether the season is a year in any case: 52 weeks where a step is a week at most.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import season_rows
        >>> season_rows(stlearn.load("corridor"))
        2016
    """
    days = dataset.interval / DAY
    if days > 6:
        return max(round(365.25 / days), 1)
    if year:
        working = isinstance(dataset.frequency, pd.offsets.BusinessDay)
        return 52 * 5 if working else round(52 * 7 / days)
    if isinstance(dataset.frequency, pd.offsets.BusinessDay):
        return 5
    return max(round((7 if len(dataset.values) * days >= 14 else 1) / days), 1)


def mean_of_node(sums, counts):
    """Mean of each node from sums and counts (node,); the mean of all for a silent node."""
    return np.where(counts > 0, sums / np.maximum(counts, 1), sums.sum() / counts.sum())
