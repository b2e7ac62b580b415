"""Walk-forward evaluation: forecast again and again as time goes on, and never see the future.

Explained in 5.3.
"""

import dataclasses
import time
from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from tqdm import tqdm

from stlearn.baselines.base import BaseForecaster
from stlearn.calibration.quantiles import Calibration, calibrated
from stlearn.calibration.states import STATES, states_at
from stlearn.checks import check_count, to_duration
from stlearn.data.blocks import spread_rows
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.units import JAM, SPEED_UNITS, is_speed
from stlearn.data.windows import cut_windows, window_origins
from stlearn.errors import InputError
from stlearn.evaluation.metrics import score_table
from stlearn.memory import hand_back_memory, let_go, room_for

ORIGINS_AT_ONCE = 256


@dataclasses.dataclass(frozen=True, eq=False)
class Backtest:
    """What a forecaster said at every origin of a part, beside what came.

    Args:
        name: Name of the forecaster.
        origins: Row positions (origin,) at which the forecasts begin.
        times: DatetimeIndex (origin,), the times of these rows.
        truth: Array (origin, horizon, node), NaN where it is not known.
        forecast: Array (origin, horizon, node), without NaN; a large one lies on the disk.
        nodes: Index of the node names.
        interval: Time between two steps.
        unit: Unit of truth and forecast.
        seconds: Time that the forecasts took.
        update_seconds: Time that the updates on the way took.
        quantile_forecast: Array (origin, horizon, node, quantile), float32, before calibration;
            None for a forecaster that says points.
        calibration: Calibration of the forecaster, None where it has no intervals.
        states: Array (origin, node) of places in `calibration.states.names`, None likewise.
    """

    name: str
    origins: np.ndarray
    times: pd.DatetimeIndex
    truth: np.ndarray
    forecast: np.ndarray
    nodes: pd.Index
    interval: pd.Timedelta
    unit: str
    seconds: float
    update_seconds: float = 0.0
    quantile_forecast: np.ndarray | None = None
    calibration: Calibration | None = None
    states: np.ndarray | None = None

    def calibrated(self, steps: Sequence[int] | None = None) -> np.ndarray:
        """Return the calibrated quantiles.

        Args:
            steps: Steps wanted, counted from 1; all when not given.

        Returns:
            Array (origin, step, node, quantile), in the data's unit, increasing along the last
            axis.

        Raises:
            InputError: If the forecaster was not calibrated.
        """
        if self.calibration is None:
            raise InputError(f"{self.name}: it was not calibrated, so it has no intervals")
        said = self.quantile_forecast
        said = self.forecast[..., None] if said is None else said
        # A slice takes no copy of the forecasts, which are large.
        places = slice(None) if steps is None else np.asarray(steps) - 1
        rule = self.calibration
        rule = rule._replace(levels=rule.levels[places], moves=rule.moves[places])
        found = calibrated(rule, said[:, places], self.states)
        self._let_go()
        return found

    def _let_go(self):
        """Leave on the disk what lies there, once it has been looked at."""
        for part in (self.truth, self.forecast):  # its quantiles lie where the forecast lies
            let_go(part)

    def at(self, places: np.ndarray) -> Self:
        """Return the backtest with some of its origins, by their places among them."""
        parts = ("origins", "times", "truth", "forecast", "quantile_forecast", "states")
        chosen = {name: getattr(self, name) for name in parts}
        chosen = {name: part if part is None else part[places] for name, part in chosen.items()}
        return dataclasses.replace(self, **chosen)

    def of_quantity(self, places: np.ndarray, unit: str) -> Self:
        """Return the backtest of the nodes of one quantity, by their places, in its unit."""
        said, rule, states = self.quantile_forecast, self.calibration, self.states
        return dataclasses.replace(
            self,
            truth=self.truth[..., places],
            forecast=self.forecast[..., places],
            nodes=self.nodes[places],
            unit=unit,
            quantile_forecast=None if said is None else said[:, :, places],
            calibration=rule and rule.of_nodes(places),
            states=None if states is None else states[:, places] % STATES,
        )

    def in_sizes(self, sizes):
        """Return the backtest with each node's values in units of a size of its own.

        Args:
            sizes: Array (node,), above zero, such as `stlearn.calibration.usual_range`.
        """
        said, rule = self.quantile_forecast, self.calibration
        return dataclasses.replace(
            self,
            truth=self.truth / sizes,
            forecast=self.forecast / sizes,
            unit="usual ranges",
            quantile_forecast=None if said is None else said / sizes[:, None],
            calibration=rule and rule._replace(size=rule.size / sizes),
        )

    def scores(
        self, mask: np.ndarray | None = None, steps: Sequence[int] | None = None
    ) -> pd.DataFrame:
        """Return the errors for each horizon, as `stlearn.evaluation.metrics.score_table` does.

        Args:
            mask: Boolean array (origin, horizon, node): only targets where it is True count.
            steps: Steps to show, counted from 1; all when not given.
        """
        table = score_table(self.truth, self.forecast, self.interval, steps, mask)
        self._let_go()
        return table

    def by_node(self) -> pd.DataFrame:
        """Return a DataFrame (node; mae, rmse, wape, count) of the errors over all steps."""
        count = (~np.isnan(self.truth)).sum(axis=(0, 1))
        sums = np.zeros((3, len(self.nodes)))
        for step in range(self.truth.shape[1]):  # one by one, or copies of all would be made
            truth = self.truth[:, step].astype("float64")
            error = np.abs(self.forecast[:, step] - truth)
            sums += [np.nansum(each, axis=0) for each in (error, error**2, np.abs(truth))]
        self._let_go()
        with np.errstate(divide="ignore", invalid="ignore"):  # nothing known is NaN
            absolute, squared, size = sums
            table = {
                "mae": absolute / count,
                "rmse": np.sqrt(squared / count),
                "wape": absolute / np.where(size > 0, size, np.nan),
                "count": count,
            }
        return pd.DataFrame(table, index=pd.Index(self.nodes, name="node"))

    def error_where(self, mask):
        """Compare the errors inside a mask (an event, a congestion) with those outside.

        Args:
            mask: Boolean array (origin, horizon, node).

        Returns:
            DataFrame (horizon; (inside or outside, mae or rmse or count)).
        """
        parts = {"inside": self.scores(mask), "outside": self.scores(~np.asarray(mask))}
        return pd.concat(
            {name: table[["mae", "rmse", "count"]] for name, table in parts.items()}, axis=1
        )


def backtest(
    forecaster: BaseForecaster,
    dataset: SpatioTemporalDataset,
    part: slice,
    horizon: int | None = None,
    step: int = 1,
    update_every: str | None = None,
    window_days: float | None = None,
    lookback: int | None = None,
    progress: bool = False,
) -> Backtest:
    """Walk forward through a part of a data set and forecast from every origin in it.

    No window crosses the part: its first `lookback` rows are history only and are not forecast.
    A forecaster with a longer memory may look back beyond the part. None may look ahead: it is
    given the rows before its origins, without the events and without later changes of the graph,
    and at three origins its forecast is compared with one from data that end right there.

    Args:
        forecaster: A fitted BaseForecaster. With `update_every` it is changed: afterwards it is
            as the last update left it.
        dataset: SpatioTemporalDataset with all rows, those before the part included.
        part: Slice of row positions, for example `chronological_split(dataset).test`.
        horizon: Steps ahead; the forecaster's own when not given, and not more.
        step: Rows from one origin to the next.
        update_every: Duration such as "1D": the forecaster is updated this often, before the
            first forecast of the period. Never when not given.
        window_days: Days before the origin that an update learns from. Needed with `update_every`.
        lookback: Rows at the start of the part that are history only, to score forecasters with
            different lookbacks at the same origins; the forecaster's own when not given.
        progress: Show a progress bar on standard error.

    Returns:
        Backtest.

    Raises:
        InputError: If the part is too short, the forecaster looks ahead or hides a forecast, or
            an argument is not usable.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> from stlearn.data.windows import chronological_split
        >>> dataset = stlearn.load("corridor")
        >>> split = chronological_split(dataset, test="1D")
        >>> last_value = LastValue(horizon=12).fit(dataset.between(0, split.train.stop))
        >>> result = stlearn.backtest(last_value, dataset, split.test)
        >>> result.forecast.shape
        (276, 12, 48)
        >>> bool(result.scores()["mae"].is_monotonic_increasing)
        True
    """
    horizon = forecaster.horizon if horizon is None else horizon
    lookback = forecaster.lookback if lookback is None else lookback
    check_count("horizon", horizon)
    if horizon > forecaster.horizon:
        raise InputError(
            f"horizon: expected at most {forecaster.horizon}, the horizon of {forecaster.name}, "
            f"got {horizon}"
        )
    if (update_every is None) != (window_days is None):
        raise InputError("update_every, window_days: expected both or neither")
    if part.stop > len(dataset.values):
        raise InputError(f"part: expected at most {len(dataset.values)} rows, got {part}")
    origins = window_origins(part.start, part.stop, lookback, horizon, step)
    forecaster.check(known_rows(dataset, 0, origins[0]))
    times = dataset.values.index[origins]
    truth = _windows_ahead(dataset.values.to_numpy(), origins, horizon)
    said = None
    checked = {0, len(origins) // 2, len(origins) - 2}
    seconds = update_seconds = 0.0
    with tqdm(total=len(origins), desc=forecaster.name, disable=not progress, leave=False) as bar:
        for places in _periods(times, update_every):
            if update_every is not None:
                first = times[places[0]] - to_duration(
                    "window_days", pd.Timedelta(days=window_days)
                )
                start = int(dataset.values.index.searchsorted(first))
                recent = known_rows(dataset, start, origins[places[0]])
                began = time.perf_counter()
                forecaster.update(recent)
                update_seconds += time.perf_counter() - began
            for chunk in _chunks(places):
                history = known_rows(dataset, 0, origins[chunk[-1]])
                began = time.perf_counter()
                some = _forecasts(forecaster, history, origins[chunk], horizon)
                seconds += time.perf_counter() - began
                if said is None:
                    said = room_for((*truth.shape, some.shape[-1]))
                said[chunk] = some
                for place in checked.intersection(chunk.tolist()):
                    _check_past_only(forecaster, dataset, origins[place], said[place], truth)
                let_go(said)
                bar.update(len(chunk))
    hand_back_memory()
    rule = forecaster.calibration
    return Backtest(
        name=forecaster.name,
        origins=origins,
        times=times,
        truth=truth,
        forecast=said[..., said.shape[-1] // 2].astype(truth.dtype, copy=False),
        nodes=dataset.values.columns,
        interval=dataset.interval,
        unit=dataset.unit,
        seconds=seconds,
        update_seconds=update_seconds,
        quantile_forecast=None if said.shape[-1] == 1 else said,
        calibration=rule,
        states=rule and states_at(rule.states, dataset.values, origins),
    )


def known_rows(dataset, start, stop):
    """Return the rows `start` to `stop` with what is known at their end, and nothing more.

    Unlike `dataset.between` it drops the labelled events, which are known afterwards only, and
    the graphs of later times. The calendar stays: it is known ahead.

    Args:
        dataset: SpatioTemporalDataset.
        start, stop: Row positions, `stop` excluded.

    Example:
        >>> import stlearn
        >>> known_rows(stlearn.load("corridor"), 0, 288).events is None
        True
    """
    part = dataset.between(start, stop)  # a copy, so that it may be changed before it is used
    object.__setattr__(part, "events", None)
    if part.edges is not None:
        object.__setattr__(part, "edges", part.edges[part.edges["time"] <= part.values.index[-1]])
    return part


def _windows_ahead(values, origins, horizon):
    """The rows from each origin on, (origin, horizon, node): a view of the values, not a copy."""
    windows = np.lib.stride_tricks.sliding_window_view(values, horizon, axis=0)
    step = origins[1] - origins[0] if len(origins) > 1 else 1
    return np.moveaxis(windows[origins[0] : origins[-1] + 1 : step], -1, 1)


def _periods(times, update_every):
    """Places of the origins, one array for each period between two updates."""
    places = np.arange(len(times))
    if update_every is None:
        return [places]
    period = (times - times[0]) // to_duration("update_every", update_every)
    return np.split(places, np.flatnonzero(np.diff(period)) + 1)


def _chunks(places):
    """Pieces small enough that a network's windows fit into memory."""
    return [places[i : i + ORIGINS_AT_ONCE] for i in range(0, len(places), ORIGINS_AT_ONCE)]


def _forecasts(forecaster, history, origins, horizon):
    """Quantiles (origin, horizon, node, quantile) before calibration; of points, one quantile."""
    forecast = np.asarray(forecaster.quantile_forecasts(history, origins))
    expected = (len(origins), forecaster.horizon, history.shape[1])
    if forecast.shape[:-1] != expected:
        raise InputError(
            f"{forecaster.name}: expected forecasts of shape (origin, horizon, node) {expected}, "
            f"got {forecast.shape[:-1]}"
        )
    if not np.isfinite(forecast).all():
        raise InputError(
            f"{forecaster.name}: {(~np.isfinite(forecast)).sum()} forecasts are missing or infinite"
        )
    return forecast[:, :horizon]


def _check_past_only(forecaster, dataset, origin, forecast, truth):
    """Forecast again from data that end at the origin; float32 rounding may differ, no more."""
    history = known_rows(dataset, 0, origin)
    again = _forecasts(forecaster, history, np.array([origin]), len(forecast))[0]
    if np.allclose(again, forecast, rtol=1e-4, atol=0):
        return
    slack = 1e-4 * np.nanstd(truth) if not np.isnan(truth).all() else 0
    if not np.allclose(again, forecast, rtol=1e-4, atol=slack):
        raise InputError(
            f"{forecaster.name}: looks ahead: its forecast for {dataset.values.index[origin]} "
            "changes when the rows from that time on are taken away"
        )


def event_mask(backtest, dataset, kind=None):
    """Mark the targets that lie inside labelled events.

    Args:
        backtest: Backtest on the data set.
        dataset: SpatioTemporalDataset with `events`.
        kind: Kind of event, or a list of kinds; all when not given.

    Returns:
        Boolean array (origin, horizon, node). Start and end of an event belong to it; an event
        without a node is everywhere.

    Raises:
        InputError: If the data set has no events, or none of a kind asked for.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> dataset = stlearn.load("corridor")
        >>> last_value = LastValue(horizon=12).fit(dataset.between(0, 42 * 288))
        >>> result = backtest(last_value, dataset, slice(42 * 288, 56 * 288))
        >>> errors = result.error_where(event_mask(result, dataset, kind="incident"))
        >>> bool(errors.loc["30min", ("inside", "mae")] > errors.loc["30min", ("outside", "mae")])
        True
    """
    if dataset.events is None:
        raise InputError(f"{dataset.name}: it has no labelled events")
    events = dataset.events
    if kind is not None:
        kinds = [kind] if isinstance(kind, str) else list(kind)
        unknown = set(kinds) - set(events["kind"])
        if unknown:
            raise InputError(
                f"kind: expected one of {sorted(events['kind'].unique())}, got {sorted(unknown)}"
            )
        events = events[events["kind"].isin(kinds)]
    times, columns = dataset.values.index, dataset.values.columns
    inside = np.zeros(dataset.shape, dtype=bool)
    for event in events.itertuples():
        rows = (times >= event.start) & (times <= event.end)
        nodes = slice(None) if pd.isna(event.node) else columns.get_loc(event.node)
        inside[rows, nodes] = True
    return cut_windows(inside, backtest.origins, 0, backtest.truth.shape[1])[1]


def congestion_mask(backtest, train_values, share=JAM):
    """Mark the targets that turned out to be in congestion: far below the node's free speed.

    The outcome chooses these targets, and nobody knows it in advance. So this is a view on the
    errors and no way to choose a forecast: one that always says "jam" does well here, and
    only here.

    Args:
        backtest: Backtest of speeds.
        train_values: DataFrame or array (time, node) of the training part. The free speed of a
            node is the 95th percentile of its known values; of more than 20 million, of those in
            rows evenly spread.
        share: Share of the free speed below which traffic counts as congested.

    Returns:
        Boolean array (origin, horizon, node), False where the truth is not known.

    Raises:
        InputError: If the unit is not one of speed, the share is out of range or the nodes differ.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> dataset = stlearn.load("corridor")
        >>> train = dataset.between(0, 42 * 288)
        >>> result = backtest(LastValue(horizon=12).fit(train), dataset, slice(42 * 288, 56 * 288))
        >>> bool(0 < congestion_mask(result, train.values).mean() < 0.5)
        True
    """
    if not is_speed(backtest.unit):
        raise InputError(
            f"unit: congestion is a matter of speed, expected one of {SPEED_UNITS}, "
            f"got {backtest.unit!r}"
        )
    if not 0 < share < 1:
        raise InputError(f"share: expected a number between 0 and 1, got {share}")
    free_speed = pd.DataFrame(spread_rows(train_values)).quantile(0.95).to_numpy()
    if len(free_speed) != len(backtest.nodes):
        raise InputError(
            f"train_values: expected {len(backtest.nodes)} nodes, got {len(free_speed)}"
        )
    return backtest.truth < share * free_speed
