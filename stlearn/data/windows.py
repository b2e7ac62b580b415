"""Split in time, scale on the training part, and cut windows by index arithmetic.
Explained in 2.4 to 2.6.

A window is named by its origin: the row at which the future begins. The past of origin o is
the rows o - lookback to o - 1, its future the rows o to o + horizon - 1.
"""

import dataclasses
import numbers
import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.checks import check_count, to_duration
from stlearn.data.blocks import row_blocks, spread_rows
from stlearn.errors import InputError

OTHER_SCALE = 300  # times the usual range of one sensor


class Split(NamedTuple):
    """Three parts of a data set in the order of time, each a slice of row positions."""

    train: slice
    validation: slice
    test: slice


def chronological_split(dataset, validation=0.1, test=0.2, gap=0):
    """Split the rows of a data set in time: the past to learn from, the end to be tested on.

    Args:
        dataset: SpatioTemporalDataset, values (time, node).
        validation: Share of the rows before the test part (between 0 and 1), or a duration
            such as "7D": the last rows before the test part.
        test: Share of all rows, or a duration: the last rows of the data.
        gap: Rows left out between two parts, so that neighbouring rows do not stand in both.

    Returns:
        Split of three slices of row positions. The boundary of a share is rounded down.

    Raises:
        InputError: If a share or duration is not usable, or a part would hold fewer than two rows.

    Example:
        >>> import numpy as np, pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> times = pd.date_range("2012-03-01", periods=2016, freq="5min")
        >>> values = pd.DataFrame({"a": np.arange(2016)}, index=times)
        >>> dataset = SpatioTemporalDataset("week", values, unit="mph")
        >>> chronological_split(dataset, test=0.2).test
        slice(1612, 2016, None)
        >>> chronological_split(dataset, validation="1D", test="1D")
        Split(train=slice(0, 1440, None), validation=slice(1440, 1728, None),
              test=slice(1728, 2016, None))
    """
    check_count("gap", gap, least=0)
    rows = len(dataset.values)
    test_start = _last_part(dataset, rows, test, "test")
    validation_stop = test_start - gap
    validation_start = _last_part(dataset, validation_stop, validation, "validation")
    split = Split(
        slice(0, validation_start - gap),
        slice(validation_start, validation_stop),
        slice(test_start, rows),
    )
    for name, part in split._asdict().items():
        if part.stop - part.start < 2:
            raise InputError(
                f"{name}: expected a part of at least 2 rows, got {max(part.stop - part.start, 0)} "
                f"(of {rows} rows, with validation={validation}, test={test}, gap={gap})"
            )
    return split


def _last_part(dataset, stop, size, argument):
    """Position at which the last part of the rows before `stop` begins."""
    if isinstance(size, numbers.Real):
        if not 0 < size < 1:
            raise InputError(
                f"{argument}: expected a share between 0 and 1 or a duration such as '14D', "
                f"got {size}"
            )
        # Rounded first: 10 * (1 - 0.9) is a hair below 1 in binary.
        return int(round(stop * (1 - size), 6))
    duration = to_duration(argument, size)
    times = dataset.values.index
    end = times[stop] if 0 <= stop < len(times) else times[-1] + dataset.frequency
    return int(times.searchsorted(end - duration))


def walk_forward(rows, first_train, test, gap=0):
    """List the folds of a walk forward: learn from all that came before, test on what comes next.

    Args:
        rows: Number of rows, in the order of time.
        first_train: Rows in the training part of the first fold.
        test: Rows in each test part.
        gap: Rows left out between training and test.

    Returns:
        List of (train, test), slices of row positions. Training starts at row 0 and grows by
        `test` rows from fold to fold; a test part that is not full is left out.

    Raises:
        InputError: If a count is not usable, or there is no full fold.

    Example:
        >>> walk_forward(10, first_train=4, test=2, gap=1)
        [(slice(0, 4, None), slice(5, 7, None)), (slice(0, 6, None), slice(7, 9, None))]

    Reference:
        Tashman (2000), Out-of-sample tests of forecasting accuracy: an analysis and review.
    """
    for name, count, least in (
        ("rows", rows, 1), ("first_train", first_train, 1), ("test", test, 1), ("gap", gap, 0)
    ):  # fmt: skip
        check_count(name, count, least)
    starts = range(first_train + gap, rows - test + 1, test)
    if not len(starts):
        raise InputError(
            f"rows: expected at least {first_train + gap + test} for one fold, got {rows}"
        )
    return [(slice(0, start - gap), slice(start, start + test)) for start in starts]


def window_origins(start, stop, lookback, horizon, step=1):
    """List the origins whose whole window lies within a part of the rows.

    Args:
        start: Position of the part's first row.
        stop: Position after the part's last row.
        lookback: Rows of past in a window.
        horizon: Rows of future in a window.
        step: Rows from one origin to the next.

    Returns:
        Array (origin,) of row positions o with start <= o - lookback and o + horizon <= stop.

    Raises:
        InputError: If the part is too short for one window.

    Example:
        >>> window_origins(0, 10, lookback=4, horizon=3)
        array([4, 5, 6, 7])
    """
    for name, count, least in (
        ("start", start, 0),
        ("lookback", lookback, 1),
        ("horizon", horizon, 1),
        ("step", step, 1),
    ):
        check_count(name, count, least)
    if stop - start < lookback + horizon:
        raise InputError(
            f"part: expected at least {lookback + horizon} rows for one complete window "
            f"(lookback {lookback} + horizon {horizon}), got {max(stop - start, 0)}"
        )
    return np.arange(start + lookback, stop - horizon + 1, step)


def cut_windows(values, origins, lookback, horizon):
    """Cut the past and the future of each origin out of a table of values.

    Only the origins asked for are copied, so a network can cut one batch after the other and
    never holds all windows in memory.

    Args:
        values: Array (time, node) or (time, ...) of any trailing shape.
        origins: Row positions, shape (origin,).
        lookback: Rows of past; 0 for none.
        horizon: Rows of future; 0 for none, as in a forecast from the end of the data.

    Returns:
        past (origin, lookback, ...) and future (origin, horizon, ...).

    Raises:
        InputError: If a window reaches beyond the values.

    Example:
        >>> past, future = cut_windows(np.arange(10), origins=[4, 7], lookback=3, horizon=2)
        >>> past
        array([[1, 2, 3],
               [4, 5, 6]])
        >>> future
        array([[4, 5],
               [7, 8]])
    """
    check_count("lookback", lookback, least=0)
    check_count("horizon", horizon, least=0)
    values, origins = np.asarray(values), np.asarray(origins)
    if origins.ndim != 1 or not np.issubdtype(origins.dtype, np.integer):
        raise InputError(
            f"origins: expected whole numbers, shape (origin,), got {origins.dtype} "
            f"of shape {origins.shape}"
        )
    # A negative position would count from the end and bring the future into the past.
    outside = origins[(origins < lookback) | (origins + horizon > len(values))]
    if len(outside):
        raise InputError(
            f"origins: expected {lookback} rows before and {horizon} rows from each origin on, "
            f"got origin {outside[0]} in {len(values)} rows"
        )
    past = values[origins[:, None] + np.arange(-lookback, 0)]
    future = values[origins[:, None] + np.arange(horizon)]
    return past, future


def last_known(values, rows):
    """Return the values at some rows; where one is missing, the last known one before it.

    Rows before the first one asked for are looked at only as far back as a value is missing.

    Args:
        values: Array or DataFrame (time, node); NaN where not known.
        rows: Row positions, shape (row,).

    Returns:
        Array (row, node); NaN where nothing is known up to that row.

    Example:
        >>> last_known(np.array([[1.0, 5.0], [np.nan, 6.0], [np.nan, np.nan]]), [1, 2]).tolist()
        [[1.0, 6.0], [1.0, 6.0]]
    """
    values, rows = np.asarray(values), np.asarray(rows)
    first = rows.min()
    block = values[first : rows.max() + 1].copy()
    missing = np.flatnonzero(np.isnan(block[0]))
    stop, reach = first, 16
    while len(missing) and stop > 0:
        earlier = pd.DataFrame(values[max(stop - reach, 0) : stop, missing])
        block[0, missing] = earlier.ffill().iloc[-1]
        missing = missing[np.isnan(block[0, missing])]
        stop, reach = stop - reach, 2 * reach
    return pd.DataFrame(block).ffill().to_numpy()[rows - first]


@dataclasses.dataclass(frozen=True, eq=False)
class Scaler:
    """Shift and stretch that bring values to mean 0 and standard deviation 1, and back.

    Args:
        mean, scale: float32 arrays of shape () for one scale for all, or (node,).

    Example:
        >>> scaler = fit_scaler(np.array([[40.0, 50.0], [60.0, 50.0]]))
        >>> scaler.mean, round(float(scaler.scale), 3)
        (array(50., dtype=float32), 7.071)
        >>> scaler.inverse(scaler.transform(np.array([57.0])))
        array([57.])
    """

    mean: np.ndarray
    scale: np.ndarray

    def transform(self, values):
        """Return values (..., node) without unit; NaN stays NaN."""
        return (values - self.mean) / self.scale

    def inverse(self, scaled):
        """Return scaled values (..., node) in the unit of the data."""
        return scaled * self.scale + self.mean

    def to_dict(self):
        """Return mean and scale as numbers or lists, ready for JSON."""
        return {"mean": self.mean.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_dict(cls, numbers):
        """Build a scaler from what `to_dict` returned.

        Raises:
            InputError: If mean or scale is missing, their shapes differ, or a scale is not above 0.
        """
        absent = [name for name in ("mean", "scale") if name not in numbers]
        if absent:
            raise InputError(f"scaler: expected mean and scale, missing {absent}")
        mean = np.asarray(numbers["mean"], dtype="float32")
        scale = np.asarray(numbers["scale"], dtype="float32")
        if mean.shape != scale.shape or not (scale > 0).all():
            raise InputError(
                f"scaler: expected mean and scale of one shape and scale above 0, "
                f"got shapes {mean.shape} and {scale.shape}"
            )
        return cls(mean, scale)


def fit_scaler(values, per_node=False):
    """Take mean and standard deviation from the known values of the training part.

    Give it the training rows and no others: statistics of later rows would tell the model
    about the future.

    Args:
        values: Array or DataFrame (time, node) of the training part; NaN is left out.
        per_node: One mean and scale for each node instead of one for all.

    Returns:
        Scaler. Where the values do not vary (as far as float32 can tell) the scale is 1, so that
        they become 0 and come back unchanged.

    Raises:
        InputError: If there is no known value, or with `per_node` a node has none.

    Example:
        >>> fit_scaler(np.array([[1.0, 7.0], [3.0, 7.0]]), per_node=True).to_dict()
        {'mean': [2.0, 7.0], 'scale': [1.0, 1.0]}
    """
    values = np.asarray(values)
    axis = 0 if per_node else None

    def over_blocks(of_block):
        return sum(of_block(values[rows]) for rows in row_blocks(values))

    count = over_blocks(lambda block: (~np.isnan(block)).sum(axis=axis))
    if not np.all(count):
        raise InputError(
            f"values: expected at least one known value{' for each node' if per_node else ''} "
            "to fit a scaler on"
        )
    mean = over_blocks(lambda block: np.nansum(block, axis=axis, dtype="float64")) / count
    squares = over_blocks(lambda block: np.nansum((block - mean) ** 2, axis=axis, dtype="float64"))
    scale = np.sqrt(squares / count).astype("float32")
    largest = [np.fmax.reduce(np.abs(values[rows]), axis=axis) for rows in row_blocks(values)]
    smallest = np.finfo("float32").eps * np.fmax.reduce(largest, axis=0)
    mean = np.asarray(mean, dtype="float32")
    return Scaler(mean, np.where(scale > smallest, scale, 1).astype("float32"))


def differ_in_scale(values):
    """Tell whether sensors measure on scales so different that one scale for all hides some.

    They do where the usual values of all, from the lowest 5th to the highest 95th percentile of a
    node, span more than 300 times the usual range of one of them: a vibration of 0.03 beside a
    pressure of 101,325. Nodes whose usual values never vary do not count.

    Args:
        values: Array or DataFrame (time, node) of the training part; NaN is left out. Of more than
            20 million readings, rows evenly spread are looked at.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> speeds = rng.normal([90, 60], [10, 3], size=(100, 2))
        >>> differ_in_scale(speeds), differ_in_scale(speeds * [1, 1000])
        (False, True)
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a node that is silent throughout
        some = spread_rows(values).astype("float64")
        low, high = np.nanquantile(some, (0.05, 0.95), axis=0)
    ranges = high - low
    varying = ranges > 0
    if not varying.any():
        return False
    return bool(np.nanmax(high) - np.nanmin(low) > OTHER_SCALE * ranges[varying].min())
