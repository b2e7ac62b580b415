"""What every forecaster can do, baseline or network, so that every comparison is one loop."""

import abc
import contextlib
import copy
import inspect
import json
import operator
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn.calibration.quantiles import Calibration, calibrated
from stlearn.calibration.states import states_at
from stlearn.checks import check_count, names_for_json
from stlearn.data.blocks import row_blocks, summary_of_nodes
from stlearn.data.bounds import bounded
from stlearn.data.dataset import SpatioTemporalDataset, known_ahead
from stlearn.data.quantities import units_of
from stlearn.data.windows import cut_windows
from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.memory import let_go

FORECASTS_AT_ONCE = 128
WINDOWS_AT_ONCE = 64_000  # of single nodes


class BaseForecaster(abc.ABC):
    """The contract that baselines and networks share.

    A forecaster has a `name`, a `horizon` (steps ahead), and `nodes` once it is fitted. It
    learns in `fit`, and it forecasts from a history in `predict`. Subclasses write `fit`,
    `forecasts`, `update`, `save` and `load`.
    """

    name = "forecaster"
    lookback = 1
    nodes = None
    needs_graph = False
    # To the kind of data: a scale for each sensor where they differ, the time of the year, nothing
    # below zero that never was. What is to be the same for all data switches it off before fit.
    adapts = True
    when_silent = "its average in training"  # what stands for a sensor without readings
    unit = interval = frequency = timezone = None  # those of what was learned from
    quantities = {}  # units by the names of the quantities in it, where there are several
    lowest = highest = ()  # reading of each node in it
    also = ()  # names of other quantities in `dataset.extra` that are read beside the values
    constants = {}  # those of them that never change in it, by name: one number a node
    # Boolean array (node,): whose errors count; the others are there to be heard. None for all.
    own = None
    calibration = None  # what its intervals come from, as `stlearn.calibration.calibrate` finds it

    def learn_about(self, train):
        """Keep what a history is held against: nodes, unit, step, zone, and the readings' range.

        Args:
            train: SpatioTemporalDataset to learn from.
        """
        values = train.values
        self.nodes, self.unit = list(values.columns), train.unit
        self.quantities = train.quantities
        self.interval, self.frequency = train.interval, train.frequency.freqstr
        self.timezone = None if values.index.tz is None else str(values.index.tz)
        _, _, low, high = summary_of_nodes(values)
        self.lowest = np.where(np.isnan(low), np.fmin.reduce(low), low).tolist()
        self.highest = np.where(np.isnan(high), np.fmax.reduce(high), high).tolist()
        tables = {name: train.extra[name] for name in self.also if name in train.extra}
        self.constants = {
            name: table.iloc[0].astype("float64").tolist()
            for name, table in tables.items()
            if (table == table.iloc[0]).all(axis=None)
        }

    def other_quantities(self, dataset):
        """Return what is read beside the values, as it was measured; what never changes is known.

        Args:
            dataset: SpatioTemporalDataset.

        Returns:
            Array (row, node, quantity), float32; NaN where it is missing.

        Raises:
            InputError: If the data set lacks one of the quantities.
        """
        rows, nodes = dataset.shape
        found = np.empty((rows, nodes, len(self.also)), dtype="float32")
        for place, name in enumerate(self.also):
            if name in dataset.extra:
                found[..., place] = dataset.extra[name].to_numpy()
            elif name in self.constants:
                found[..., place] = self.constants[name]
            else:
                raise InputError(
                    f"also: {self.name} reads {name} beside the values, but {dataset.name} has "
                    f"{', '.join(dataset.extra) or 'no other quantity'}; give --also {name}=FILE"
                )
        return found

    def about(self):
        """Return what `learn_about` kept, as JSON can hold it."""
        return {
            "nodes": names_for_json(self.nodes),
            "unit": self.unit,
            "quantities": self.quantities,
            "interval_seconds": self.interval.total_seconds(),
            "frequency": self.frequency,
            "timezone": self.timezone,
            "lowest": self.lowest,
            "highest": self.highest,
            "constants": self.constants,
        }

    def set_about(self, stored):
        """Take what `about` returned."""
        self.nodes, self.unit = stored["nodes"], stored["unit"]
        self.interval = pd.Timedelta(stored["interval_seconds"], unit="s")
        for name in ("quantities", "frequency", "timezone", "lowest", "highest", "constants"):
            setattr(self, name, stored[name])

    @property
    def units(self):
        """Unit of each node, a list."""
        return units_of(self.nodes, self.unit, self.quantities)

    def get_params(self, deep=True):
        """Return the arguments as a dict, under the names that the constructor gives them.

        With `set_params` this is what scikit-learn's `clone` and searches ask for.

        Args:
            deep: Changes nothing; scikit-learn passes it.

        Example:
            >>> from stlearn.baselines.averages import LastValue
            >>> LastValue(horizon=3).set_params(horizon=6).get_params()
            {'horizon': 6}
        """
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **changed):
        """Set arguments anew, checked; what was learned is forgotten. Return the forecaster.

        Raises:
            InputError: If there is no such argument, or its value is not usable.
        """
        arguments = self.get_params()
        unknown = sorted(set(changed) - set(arguments))
        if unknown:
            raise InputError(
                f"{self.name}: expected any of the arguments {', '.join(arguments)}, "
                f"got {', '.join(unknown)}"
            )
        self.__dict__ = vars(type(self)(**arguments | changed))
        return self

    def told(self, train):
        """List what a training on this data leaves out for the sake of its cost, in sentences.

        Args:
            train: SpatioTemporalDataset to learn from.
        """
        return []

    @abc.abstractmethod
    def fit(self, train, validation=None):
        """Learn from a data set; make choices on a second one. Return the forecaster itself."""

    @abc.abstractmethod
    def forecasts(self, dataset, origins):
        """Forecast from several origins at once.

        Args:
            dataset: SpatioTemporalDataset with the nodes seen in `fit`.
            origins: Row positions, shape (origin,). The forecast from origin o uses the rows
                before o, and no later one, and is for the rows o, o + 1, ..., o + horizon - 1.

        Returns:
            Array (origin, horizon, node), float32, in the data's unit, without NaN.
        """

    def quantile_forecasts(self, dataset, origins):
        """Forecast quantiles from several origins at once, as they are before calibration.

        Args:
            dataset, origins: As in `forecasts`.

        Returns:
            Array (origin, horizon, node, quantile), float32, in the data's unit, increasing along
            the last axis. A forecaster that says points has one quantile, the point.
        """
        return self.forecasts(dataset, origins)[..., None]

    def blocks(self, count):
        """Slices of origins that are forecast at once, fewer the more nodes: a bound on memory."""
        size = min(max(WINDOWS_AT_ONCE // len(self.nodes), 1), FORECASTS_AT_ONCE)
        return [slice(start, min(start + size, count)) for start in range(0, count, size)]

    def mean_error(self, dataset, origins, sizes=None):
        """Mean absolute error over some origins, as a running sum: no forecast is kept.

        Args:
            dataset, origins: As in `forecasts`; the targets lie in the data set.
            sizes: Array (node,) in which errors are counted; the data's unit when not given.

        Returns:
            The error; NaN where no target is known.
        """
        origins, total, count = np.asarray(origins), 0.0, 0
        for places in self.blocks(len(origins)):
            some = origins[places]
            truth = cut_windows(dataset.values.to_numpy(), some, 0, self.horizon)[1]
            errors = np.abs(truth - self.forecasts(dataset, some))
            let_go(dataset.values.to_numpy())
            errors = errors if sizes is None else errors / sizes
            errors = errors if self.own is None else errors[..., self.own]
            total += np.nansum(errors, dtype="float64")
            count += np.isfinite(errors).sum()
        return float(total / count) if count else float("nan")

    def calibrated_forecasts(self, dataset, origins):
        """Forecast quantiles from several origins at once, each moved as the calibration says.

        Args:
            dataset, origins: As in `forecasts`.

        Returns:
            Array (origin, horizon, node, quantile), as of `quantile_forecasts`; the quantiles are
            those of `calibration.quantiles`.

        Raises:
            InputError: If the forecaster is not calibrated; otherwise as `forecasts`.
        """
        if self.calibration is None:
            raise InputError(
                f"{self.name}: it has no intervals; they come from a validation part with enough "
                "known targets, see stlearn.calibration.calibrate"
            )
        states = states_at(self.calibration.states, dataset.values, origins)
        return calibrated(self.calibration, self.quantile_forecasts(dataset, origins), states)

    def without(self, train):
        """Return a copy fitted on the training part alone: what it says of later ones is no memory.

        Args:
            train: SpatioTemporalDataset.
        """
        return copy.deepcopy(self).fit(train)

    def trained_on_all(self, dataset):
        """Return a copy with the same choices and the same intervals, fitted on all rows.

        Args:
            dataset: SpatioTemporalDataset with the nodes seen in `fit`.
        """
        return copy.deepcopy(self).fit(dataset)

    @abc.abstractmethod
    def update(self, recent):
        """Continue learning on the most recent days. Return the forecaster itself."""

    @abc.abstractmethod
    def save(self, folder):
        """Write the fitted forecaster to a folder."""

    @classmethod
    @abc.abstractmethod
    def load(cls, folder):
        """Read a forecaster that `save` wrote."""

    def predict(self, history: SpatioTemporalDataset) -> pd.DataFrame:
        """Forecast what follows the end of a history.

        Args:
            history: SpatioTemporalDataset with the nodes seen in `fit`.

        Returns:
            DataFrame (horizon, node), in the data's unit, indexed by the times to come.

        Raises:
            InputError: If the nodes differ from those seen in `fit`, or the history is too short.
        """
        self.check(history)
        last = history.values.index[-1]
        times = pd.date_range(last, periods=self.horizon + 1, freq=history.frequency)[1:]
        forecast = self.forecasts(history, np.array([len(history.values)]))[0]
        return pd.DataFrame(forecast, index=times, columns=history.values.columns)

    def predict_quantiles(self, history: SpatioTemporalDataset) -> pd.DataFrame:
        """Forecast all quantiles of what follows the end of a history, calibrated.

        Args:
            history: As in `predict`.

        Returns:
            DataFrame (horizon, (node, quantile)), in the data's unit.

        Raises:
            InputError: If the forecaster is not calibrated; otherwise as `predict`.
        """
        self.check(history)
        rows = len(history.values)
        forecast = self.calibrated_forecasts(history, np.array([rows]))[0]
        columns = pd.MultiIndex.from_product(
            [history.values.columns, self.calibration.quantiles], names=["node", "quantile"]
        )
        times = known_ahead(history, rows, rows + self.horizon)[0]
        return pd.DataFrame(forecast.reshape(self.horizon, -1), index=times, columns=columns)

    def check(self, dataset):
        """Raise an InputError unless the data set has the nodes and the length that are needed."""
        if self.nodes is None:
            raise InputError(f"{self.name}: call fit before predict")
        columns, nodes = list(dataset.values.columns), list(self.nodes)
        if columns != nodes:
            here, fitted = set(columns), set(nodes)
            missing = [node for node in nodes if node not in here]
            unknown = [node for node in columns if node not in fitted]
            if missing or unknown:
                raise InputError(
                    f"values: the sensors differ from those the model was fitted on: "
                    f"missing {missing[:3] or 'none'}, unknown {unknown[:3] or 'none'}"
                )
            raise InputError(
                "values: the sensors stand in another order than in fit; "
                "reorder the columns: values[model.nodes]"
            )
        if len(dataset.values) < self.lookback:
            raise InputError(
                f"values: expected at least {self.lookback} rows of history (lookback), "
                f"got {len(dataset.values)}"
            )


class Baseline(BaseForecaster):
    """What all baselines share: checked input, and a folder of plain numbers to save them in.

    Args:
        horizon: Steps ahead.
    """

    # Names of attributes: what fit learns, as arrays and as plain values. After a point stands the
    # attribute of a baseline that this one holds.
    arrays = ()
    plain = ()
    bound = None  # what no forecast falls below, as `stlearn.data.bounds.lower_bound` finds it
    calendar_columns = ()
    calendar_scales = None  # it scales nothing; what is not known ahead is left out

    def __init__(self, horizon=12):
        self.horizon = check_count("horizon", horizon)

    @property
    def parameters(self):
        """Number of fitted numbers."""
        return sum(array.size for array in self._learned(self.arrays).values())

    def forecasts(self, dataset, origins):
        """Forecast from several origins at once; see `BaseForecaster.forecasts`.

        Raises:
            InputError: If the nodes differ from those seen in `fit`, or an origin has fewer than
                `lookback` rows before it or lies beyond the end.
        """
        self.check(dataset)
        origins = np.atleast_1d(np.asarray(origins))
        if not np.issubdtype(origins.dtype, np.integer) or not origins.size:
            raise InputError(f"origins: expected row positions, got {origins.tolist()}")
        rows = len(dataset.values)
        if origins.min() < self.lookback or origins.max() > rows:
            raise InputError(
                f"origins: expected positions from {self.lookback} (lookback) to {rows} (the end), "
                f"got {origins.min()} to {origins.max()}"
            )
        forecast = np.empty((len(origins), self.horizon, len(self.nodes)), dtype="float32")
        for places in self.blocks(len(origins)):
            forecast[places] = self._forecasts(dataset, origins[places])
        return bounded(forecast, self.bound, dataset, origins)

    def save(self, folder):
        """Write the fitted baseline to a folder, as JSON and npz.

        The files are written aside and moved, so that no half-written file stands there.

        Raises:
            InputError: If the baseline is not fitted or a node's name is neither text nor number.
        """
        if self.nodes is None:
            raise InputError(f"{self.name}: call fit before save")
        described = {
            "baseline": type(self).__name__,
            "settings": self.get_params(),
            "plain": self._learned(self.plain),
            "about": self.about(),
            "calendar_columns": self.calendar_columns,
            "calibration": self.calibration and self.calibration.to_dict(),
        }
        with written_aside(folder) as aside:
            text = json.dumps(described, indent=1)
            (aside / "baseline.json").write_text(text, encoding="utf-8")
            np.savez_compressed(aside / "arrays.npz", **self._learned(self.arrays))
            self._save_more(aside)

    @classmethod
    def load(cls, folder):
        """Read a baseline that `save` wrote.

        Raises:
            InputError: If the folder holds no such baseline.
        """
        folder = Path(folder)
        try:
            described = json.loads((folder / "baseline.json").read_text(encoding="utf-8"))
            kind = described["baseline"]
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"folder: {folder} holds no saved baseline ({error})") from None
        if kind != cls.__name__:
            raise InputError(f"folder: expected a saved {cls.__name__}, got a {kind} in {folder}")
        with whole_or_refused(folder, kind):
            baseline = cls(**described["settings"])
            baseline.set_about(described["about"])
            baseline.calendar_columns = described["calendar_columns"]
            if described["calibration"]:
                baseline.calibration = Calibration.from_dict(described["calibration"])
            for name in cls.plain:
                baseline._set(name, described["plain"][name])
            with np.load(folder / "arrays.npz", allow_pickle=False) as stored:
                for name in cls.arrays:
                    baseline._set(name, stored[name])
            baseline._load_more(folder)
        return baseline

    def learn_about(self, train):
        """As in `BaseForecaster`; and what is known ahead."""
        super().learn_about(train)
        self.calendar_columns = list(train.calendar.columns)

    def _learned(self, names):
        return {name: operator.attrgetter(name)(self) for name in names}

    def _set(self, name, value):
        held, _, attribute = name.rpartition(".")
        setattr(getattr(self, held) if held else self, attribute, value)

    def _save_more(self, aside):
        """Write what is neither number nor array."""

    def _load_more(self, folder):
        """Read what `_save_more` wrote."""


@contextlib.contextmanager
def whole_or_refused(folder, what):
    """Refuse a saved forecaster that lacks something, or holds what no forecaster takes.

    Args:
        folder: Where it is saved.
        what: What it is, for the error.

    Example:
        >>> from stlearn.baselines.base import whole_or_refused
        >>> with whole_or_refused("model", "LastValue"):
        ...     {}["nodes"]
        Traceback (most recent call last):
            ...
        stlearn.errors.InputError: folder: the LastValue in model is spoiled or of another version
        of stlearn ('nodes'); train it again and save it anew
    """
    try:
        yield
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"folder: the {what} in {folder} is spoiled or of another version of stlearn "
            f"({error}); train it again and save it anew"
        ) from None


def checked_parts(baseline, train, validation):
    """Return the parts to learn from, checked: same nodes, some values, validation after train."""
    parts = [train] if validation is None else [train, validation]
    for part, argument in zip(parts, ("train", "validation")):
        baseline.check(part)
        values = part.values.to_numpy()
        if all(np.isnan(values[rows]).all() for rows in row_blocks(values)):
            raise InputError(f"{argument}: expected known values to learn from, got none")
    if validation is not None:
        first, last = validation.values.index[0], train.values.index[-1]
        if first <= last:
            raise InputError(
                f"validation: expected times after the end of train ({last}), got {first}"
            )
    return parts


def choosing_parts(baseline, train, validation):
    """Return the part to fit on and the part to choose on: validation, or the end of train.

    Raises:
        InputError: If one of them has no complete window of lags and horizon.
    """
    names = ("train", "validation")
    if validation is None:
        baseline.check(train)
        rows = len(train.values)
        cut = rows - max(rows // 5, 2)
        train, validation = train.between(0, max(cut, 2)), train.between(max(cut, 0), rows)
        names = ("train (four fifths)", "train (last fifth, to choose on)")
    needed = baseline.lags + baseline.horizon
    for part, argument in zip((train, validation), names):
        if len(part.values) < needed:
            raise InputError(
                f"{argument}: expected at least {needed} rows for a complete window "
                f"(lags {baseline.lags} + horizon {baseline.horizon}), got {len(part.values)}"
            )
    return checked_parts(baseline, train, validation)
