"""Several forecasters on the same origins: one table, its costs, and whether a gain is real.

Explained in 1.10 and 5.4.
"""

import contextlib
import dataclasses
import functools
import math
import threading
import time
from typing import NamedTuple

import numpy as np
import pandas as pd
import psutil

from stlearn.calibration.quantiles import calibrate, usual_range
from stlearn.data.quantities import in_several_units
from stlearn.data.units import in_words, is_of_a_road
from stlearn.data.windows import differ_in_scale, window_origins
from stlearn.errors import InputError
from stlearn.evaluation.backtest import Backtest, backtest, congestion_mask, known_rows
from stlearn.evaluation.gains import Gain, in_a_sentence
from stlearn.evaluation.intervals import interval_scores, score_by_state
from stlearn.evaluation.metrics import block_bootstrap
from stlearn.tasks import run_tasks

MINUTE, DAY = pd.Timedelta("1min"), pd.Timedelta("1D")
INTERVAL_COLUMNS = ["coverage", "width", "interval_score"]
MOST_TARGETS = 100_000_000  # tested of a forecaster: a bound on memory
ORIGINS_TO_CHOOSE = 500  # spread evenly over the validation part


class Run(NamedTuple):
    """One forecaster's backtest and its costs.

    `peak_mb` is the largest resident memory of the whole process while the forecaster ran,
    libraries and data included, in millions of bytes. `validation` is its mean absolute error on
    the validation part when it had learned from the training part alone, NaN where nobody asked.
    """

    backtest: Backtest
    fit_seconds: float
    parameters: int
    peak_mb: float
    validation: float = math.nan


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """Backtests of several forecasters at the same origins.

    Args:
        runs: Dict of Run by the name of the forecaster.
        test_length: Duration of the test part.
        congestion: Boolean array (origin, horizon, node), or None where the
            unit and the step are not those of a road.
        sizes: Array (node,) of the usual ranges, where sensors differ in scale; errors over all of
            them are then counted in these. None where all count in the data's unit.
        repeats: Dict of lists of Run by the name of a forecaster that was trained several times:
            its further trainings, from other starts. Errors are means over all of them; the
            backtest in `runs`, and all that is told of single forecasts, is the first.
    """

    runs: dict[str, Run]
    test_length: pd.Timedelta
    congestion: np.ndarray | None = None
    sizes: np.ndarray | None = None
    repeats: dict[str, list[Run]] = dataclasses.field(default_factory=dict)

    @functools.cached_property
    def shown(self):
        """The runs as errors are counted: in the data's unit, or in each sensor's usual range."""
        return {name: self._shown(run) for name, run in self.runs.items()}

    @functools.cached_property
    def trainings(self):
        """List of runs as errors are counted, by name: the first training, then the repeats."""
        return {
            name: [run, *map(self._shown, self.repeats.get(name, []))]
            for name, run in self.shown.items()
        }

    def _shown(self, run):
        if self.sizes is None:
            return run
        return run._replace(backtest=run.backtest.in_sizes(self.sizes))

    def gathered(self, repeats):
        """Return the comparison with further trainings put behind the first of their kind.

        Args:
            repeats: Dict of lists of names of runs, by the name of the first training.
        """
        runs = dict(self.runs)
        found = {name: [runs.pop(each) for each in others] for name, others in repeats.items()}
        for name, others in found.items():
            chosen_by = float(np.mean([run.validation for run in (runs[name], *others)]))
            runs[name] = runs[name]._replace(validation=chosen_by)
        return dataclasses.replace(self, runs=runs, repeats=found)

    def of_quantity(self, train):
        """Return the comparison on the nodes of one quantity, in its own unit.

        Args:
            train: Its training part, of `stlearn.data.quantities.apart`.
        """
        tested = next(iter(self.runs.values())).backtest
        places = tested.nodes.get_indexer(train.values.columns)

        def part(run):
            tested = run.backtest.of_quantity(places, train.unit)
            return run._replace(backtest=tested, validation=math.nan)

        runs = {name: part(run) for name, run in self.runs.items()}
        repeats = {name: list(map(part, others)) for name, others in self.repeats.items()}
        sizes = usual_range(train.values) if differ_in_scale(train.values) else None
        return Comparison(runs, self.test_length, _congestion(runs, train), sizes, repeats)

    @property
    def unit(self):
        """Unit of the errors."""
        return next(iter(self.shown.values())).backtest.unit

    def table(self):
        """Return the errors at a quarter, half, three quarters and all of the horizon.

        Returns:
            DataFrame with one row a model and horizon and the columns model, horizon_minutes,
            mae, rmse (at that step), mae_pooled, rmse_pooled (all steps up to it), for speeds
            mae_congestion and rmse_congestion (at that step), with intervals their coverage, width
            and interval_score (at that step), then seconds (fit, calibration and forecast),
            parameters and peak_mb. With repeats, these are means over the trainings of a model;
            trainings is their number, mae_spread and rmse_spread are standard deviations.
        """
        return self._table.copy()

    @functools.cached_property
    def _table(self):
        parts = []
        for name, runs in self.trainings.items():
            scored = [self._scored(run) for run in runs]
            part = sum(scored) / len(scored) if len(scored) > 1 else scored[0]
            part.insert(0, "model", name)
            part.insert(1, "horizon_minutes", _in_minutes(part.index / MINUTE))
            if self.repeats:
                part["trainings"] = len(runs)
                for error in ("mae", "rmse"):
                    of_each = np.stack([each[error] for each in scored])
                    spread = of_each.std(axis=0, ddof=1) if len(runs) > 1 else math.nan
                    part[f"{error}_spread"] = spread
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def _scored(self, run):
        """Errors, intervals and costs of one training, a row for each of the shown steps."""
        steps = shown_steps(run.backtest.truth.shape[1])
        scores = run.backtest.scores(steps=steps)
        part = scores[["mae", "rmse", "mae_pooled", "rmse_pooled"]].copy()
        if self.congestion is not None:
            jammed = run.backtest.scores(self.congestion, steps)
            part["mae_congestion"], part["rmse_congestion"] = jammed["mae"], jammed["rmse"]
        if self.has_intervals:
            part[INTERVAL_COLUMNS] = _interval_columns(run.backtest, steps).to_numpy()
        part["seconds"] = run.fit_seconds + run.backtest.seconds
        part["parameters"] = run.parameters
        part["peak_mb"] = run.peak_mb
        return part

    @property
    def has_intervals(self):
        """Whether any forecaster is calibrated."""
        return any(run.backtest.calibration is not None for run in self.runs.values())

    def by_state(self):
        """Score the intervals in each state that is known at the origin.

        Returns:
            DataFrame with one row a model, state, and a quarter, half, three quarters and all of
            the horizon, and the columns model, state, horizon_minutes, share (of the known targets
            at that step), coverage, width and interval_score; None where no forecaster has
            intervals.
        """
        return self._by_state if self._by_state is None else self._by_state.copy()

    @functools.cached_property
    def _by_state(self):
        if not self.has_intervals:
            return None
        parts = []
        for name, run in self.shown.items():
            tested = run.backtest
            if tested.calibration is None:
                continue
            steps = shown_steps(tested.truth.shape[1])
            of_steps = [
                score_by_state(
                    tested.truth[:, [step - 1]],
                    low[:, None],
                    high[:, None],
                    tested.states,
                    tested.calibration.states,
                    tested.interval,
                    tested.calibration.share,
                )
                for step, low, high in _ends(tested, steps)
            ]
            part = pd.concat(of_steps, ignore_index=True)
            minutes = np.repeat(steps, len(tested.calibration.states.names)) * tested.interval
            part["horizon_minutes"] = _in_minutes(pd.TimedeltaIndex(minutes) / MINUTE)
            part.insert(0, "model", name)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def best(self):
        """Return the rows of `table` with the lowest MAE, one for each horizon."""
        table = self.table().dropna(subset="mae")
        return table.loc[table.groupby("horizon_minutes")["mae"].idxmin()].reset_index(drop=True)

    def winner(self, candidates=None):
        """Return the name of the forecaster with the lowest error on the validation part.

        The test part has no say: it is there to tell how good the choice is.

        Args:
            candidates: Names to choose from; all when not given.

        Raises:
            InputError: If a name is unknown, or no error on the validation part is known.
        """
        candidates = list(self.runs) if candidates is None else list(candidates)
        unknown = [name for name in candidates if name not in self.runs]
        if unknown:
            raise InputError(f"candidates: expected any of {list(self.runs)}, got {unknown[0]!r}")
        errors = {name: self.runs[name].validation for name in candidates}
        known = {name: error for name, error in errors.items() if not math.isnan(error)}
        if not known:
            raise InputError("candidates: no error on the validation part is known; see `compare`")
        return min(known, key=known.get)

    def verdict(self, model, reference=None, mask=None):
        """Say at a quarter, half and all of the horizon whether a model's gain is real.

        The interval comes from `stlearn.evaluation.metrics.block_bootstrap` of the absolute errors
        at that step. A block is one day of origins if the test part has at least seven days, else a
        quarter of a day, and never less than twice the horizon. With fewer than four blocks
        there is no interval, and no gain is shown. Of a model that was trained several times the
        mean of the errors counts, and no gain is real unless each training gains.

        Args:
            model: Name of the forecaster in question.
            reference: Name of the forecaster to compare with. When not given, the best of all
                others at each horizon. It is picked on the test figures, which favours the
                reference: the model has to beat whichever was luckiest.
            mask: Boolean array (origin, horizon, node): only these targets count, for example
                `comparison.congestion`.

        Returns:
            List of Gain, one a horizon, each with a plain `sentence`.

        Raises:
            InputError: If a name is unknown, or there is nothing to compare with.
        """
        for argument, name in (("model", model), ("reference", reference or model)):
            if name not in self.runs:
                raise InputError(f"{argument}: expected one of {list(self.runs)}, got {name!r}")
        others = [name for name in self.runs if name != model]
        candidates = [reference] if reference else others
        if model in candidates or not candidates:
            raise InputError("reference: expected another forecaster to compare with")
        verdicts = []
        for step in shown_steps(self.runs[model].backtest.truth.shape[1], quarters=(1, 2, 4)):
            errors = {name: self._errors(name, step, mask) for name in [model, *candidates]}
            means = {name: _mean_known(errors[name].mean(axis=0)) for name in candidates}
            best = min(candidates, key=means.get)
            verdicts.append(self._judge(step, model, best, errors[model], errors[best]))
        return verdicts

    def _errors(self, name, step, mask):
        """Absolute errors (training, origin, node) at a step, NaN outside the mask."""
        backtests = [run.backtest for run in self.trainings[name]]
        errors = np.stack(
            [np.abs(run.forecast[:, step - 1] - run.truth[:, step - 1]) for run in backtests]
        )
        return errors if mask is None else np.where(mask[:, step - 1], errors, np.nan)

    def _judge(self, step, model, reference, of_trainings, reference_errors):
        errors, reference_errors = of_trainings.mean(axis=0), reference_errors.mean(axis=0)
        interval = self.runs[model].backtest.interval
        horizon = step * interval
        gain = low = high = np.nan
        if _mean_known(reference_errors) > 0:
            gain = 1 - _mean_known(errors) / _mean_known(reference_errors)
        block = self._block()
        if not np.isnan(gain) and len(errors) >= 4 * block:
            result = block_bootstrap(errors, reference_errors, block)
            low, high = -result.relative_high, -result.relative_low
        ahead = in_words(horizon, step=interval)
        better = []
        if len(of_trainings) > 1:
            usual = _mean_known(reference_errors)
            better = [_mean_known(each) < usual for each in of_trainings]
        sentence = in_a_sentence(ahead, model, reference, gain, low, high, better)
        real = bool(low > 0) and all(better)
        return Gain(horizon, model, reference, gain, low, high, real, sentence)

    def _block(self):
        """Origins in a block of the bootstrap; `verdict` says why."""
        run = next(iter(self.runs.values())).backtest
        length = DAY if self.test_length >= 7 * DAY else DAY / 4
        rows = max(math.ceil(length / run.interval), 2 * run.truth.shape[1])
        apart = np.median(np.diff(run.origins)) if len(run.origins) > 1 else 1
        return math.ceil(rows / apart)


def compare(
    forecasters,
    dataset,
    split,
    lookback=None,
    progress=True,
    quantiles=(),
    unfinished=None,
    ray=None,
):
    """Fit forecasters on the past and score them all at the same origins of the test part.

    There is an origin at each row; where that is more than 100 million targets, at every second,
    third, ... row.

    Args:
        forecasters: List of BaseForecaster with different names and one horizon. They are fitted
            here: on the training part, with the validation part for their choices.
        dataset: SpatioTemporalDataset.
        split: Split from `stlearn.data.windows.chronological_split`.
        lookback: Rows at the start of the test part that are history only; the longest lookback
            of the forecasters when not given.
        progress: Show progress bars on standard error.
        quantiles: Those of the intervals that are put around forecasters of points. Each is
            fitted once more for it, on the training part alone with the choices it has made, and
            calibrated by what it then misses on the validation part. Without quantiles they get
            no intervals, and no error on the validation part to choose by.
        unfinished: `stlearn.forecast.unfinished.Unfinished`, which keeps each forecaster once it is
            tested; those that it holds are taken from there.
        ray: Where the forecasters are fitted and tested, each as a task of its own: "local" for
            the cores of this machine, or the address of a Ray cluster, as in
            `stlearn.tasks.run_tasks`. One after the other in this process when not given.

    Returns:
        Comparison.

    Raises:
        InputError: If names repeat, horizons differ, or a part is too short; if Ray is not there.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import HistoricalAverage, LastValue
        >>> from stlearn.data.windows import chronological_split
        >>> dataset = stlearn.load("corridor")
        >>> split = chronological_split(dataset, test="7D")
        >>> models = [LastValue(12), HistoricalAverage(12)]
        >>> comparison = compare(models, dataset, split, progress=False)
        >>> comparison.best()["horizon_minutes"].tolist()
        [15, 30, 45, 60]
        >>> [verdict.horizon.seconds // 60 for verdict in comparison.verdict("last value")]
        [15, 30, 60]
    """
    names = [forecaster.name for forecaster in forecasters]
    if not names or len(set(names)) < len(names):
        raise InputError(f"forecasters: expected one or more with different names, got {names}")
    horizons = {forecaster.horizon for forecaster in forecasters}
    if len(horizons) > 1:
        raise InputError(f"forecasters: expected one horizon for all, got {sorted(horizons)}")
    if lookback is None:
        lookback = max(forecaster.lookback for forecaster in forecasters)
    train = known_rows(dataset, split.train.start, split.train.stop)
    adapts = any(forecaster.adapts for forecaster in forecasters)
    apart = adapts and (in_several_units(dataset) or differ_in_scale(train.values))
    sizes = usual_range(train.values) if apart else None
    targets = (split.test.stop - split.test.start) * horizons.pop() * dataset.shape[1]
    step = -(-targets // MOST_TARGETS)
    own, runs = dict(zip(names, forecasters)), {}
    for name, forecaster in own.items():
        run = unfinished and unfinished.read(forecaster, dataset)
        if run:
            runs[name] = _with_truth(run, runs)
    calls = [
        (name, (forecaster, _checkpoint(forecaster, unfinished, ray)))
        for name, forecaster in own.items()
        if name not in runs
    ]
    shared = dataset, split, lookback, step, quantiles, sizes, progress
    for name, (fitted, run) in run_tasks(
        _tested, calls, ray, shared, "models" if progress else None, len(calls)
    ):
        own[name].__dict__.update(vars(fitted))
        if unfinished:
            unfinished.write(own[name], run)
        runs[name] = _with_truth(run, runs)
    runs = {name: runs[name] for name in names}
    times = dataset.values.index
    test_length = times[split.test.stop - 1] - times[split.test.start] + dataset.interval
    return Comparison(runs, test_length, _congestion(runs, train), sizes)


def _congestion(runs, train):
    """Mask of the targets in congestion; None where the unit and the step are not of a road."""
    if not is_of_a_road(train.unit, train.interval):
        return None
    return congestion_mask(next(iter(runs.values())).backtest, train.values)


def _checkpoint(forecaster, unfinished, ray):
    """Further arguments of `fit`; a task of Ray may run where the folder is not."""
    return unfinished.checkpoint(forecaster) if unfinished and ray is None else {}


def _with_truth(run, runs):
    """The run with the truth of the first: it is as large as a forecast, and the same for all."""
    truth = next(iter(runs.values()), run).backtest.truth
    return run._replace(backtest=dataclasses.replace(run.backtest, truth=truth))


def _tested(forecaster, more, dataset, split, lookback, step, quantiles, sizes, progress):
    """Fit, calibrate and backtest one forecaster; return it and its Run."""
    train = known_rows(dataset, split.train.start, split.train.stop)
    validation = known_rows(dataset, split.validation.start, split.validation.stop)
    with _peak_memory() as peak:
        began = time.perf_counter()
        forecaster.fit(train, validation, **more)
        chosen_by = math.nan
        if len(quantiles):
            unseen = forecaster.without(train)
            past = known_rows(dataset, 0, split.validation.stop)
            if forecaster.calibration is None:
                origins = window_origins(
                    split.validation.start, split.validation.stop, lookback, forecaster.horizon
                )
                forecaster.calibration = calibrate(unseen, train, past, origins, quantiles)
            chosen_by = _error_to_choose_by(unseen, past, split.validation, lookback, sizes)
        fit_seconds = time.perf_counter() - began
        tested = backtest(
            forecaster, dataset, split.test, step=step, lookback=lookback, progress=progress
        )
    parameters = int(getattr(forecaster, "parameters", 0))
    return forecaster, Run(tested, fit_seconds, parameters, peak[0] / 1e6, chosen_by)


def _error_to_choose_by(unseen, past, validation, lookback, sizes):
    """Mean absolute error on the validation part; windows may begin in the training part."""
    first = max(validation.start, lookback)
    origins = np.arange(first, validation.stop - unseen.horizon + 1)
    if not len(origins):
        return math.nan
    origins = origins[:: -(-len(origins) // ORIGINS_TO_CHOOSE)]
    return unseen.mean_error(past, origins, sizes)


def _interval_columns(tested, steps):
    """DataFrame (step; coverage, width, interval_score); NaN without intervals."""
    if tested.calibration is None:
        return pd.DataFrame(np.nan, range(len(steps)), INTERVAL_COLUMNS)
    rows = []
    for step, low, high in _ends(tested, steps):
        rows.append(interval_scores(tested.truth[:, step - 1], low, high, tested.calibration.share))
    return pd.DataFrame(rows)


def _ends(tested, steps):
    """Yield each step with both ends of its intervals (origin, node): one step is in memory."""
    for step in steps:
        said = tested.calibrated([step])[:, 0]
        yield step, said[..., 0], said[..., -1]


def _in_minutes(minutes):
    """Minutes as whole numbers where all are."""
    minutes = np.asarray(minutes)
    return minutes.astype(int) if (minutes % 1 == 0).all() else minutes


def shown_steps(horizon, quarters=(1, 2, 3, 4)):
    """Return the steps, counted from 1, at these quarters of a horizon, rounded up.

    Example:
        >>> shown_steps(12), shown_steps(2)
        ([3, 6, 9, 12], [1, 2])
    """
    return sorted({-(-horizon * quarter // 4) for quarter in quarters})


@contextlib.contextmanager
def _peak_memory():
    """Yield a list whose one entry grows to the largest resident memory of the process, in bytes.

    A thread looks fifty times a second, so a shorter peak may be missed.
    """
    process = psutil.Process()
    peak = [process.memory_info().rss]
    done = threading.Event()

    def watch():
        while not done.wait(0.02):
            peak[0] = max(peak[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _mean_known(errors):
    known = errors[~np.isnan(errors)]
    return float(known.mean()) if len(known) else float("nan")
