"""Forecasts made elsewhere, beside ours: same origins, targets, intervals and sentences.

Any model can be compared: what it takes is a file of its forecasts.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn import catalogue
from stlearn.calibration.quantiles import (
    LEVELS,
    QUANTILES,
    Calibration,
    calibration_of,
    checked_quantiles,
)
from stlearn.calibration.states import fit_state_rule, states_at
from stlearn.data.windows import cut_windows
from stlearn.errors import InputError
from stlearn.evaluation.backtest import Backtest
from stlearn.evaluation.comparison import Run

COLUMNS = ("origin", "node", "step")
# Sets that pretrained models have learned from, those models, and our data sets that they hold.
TRAINING_SETS = {
    "LOS_LOOP": (("Moirai", "TTM"), ("los-loop",)),
    "PEMS_BAY": (("Moirai",), ()),
    "SZ_TAXI": (("Moirai",), ()),
    "LargeST": (("Moirai",), ()),
    "PEMS": (("TTM",), ()),
}


@dataclasses.dataclass(frozen=True, eq=False)
class Elsewhere:
    """Forecasts read from a file.

    Args:
        name: Name of the file without its ending; it stands for the model.
        origins: Row positions (origin,) of the first step of each complete forecast.
        incomplete: Number of origins at which a node or a step is missing.
        quantiles: Those of the file; empty for points.
        forecast: Array (origin, horizon, node, quantile), float32; of points, one quantile.
    """

    name: str
    origins: np.ndarray
    incomplete: int
    quantiles: tuple[float, ...]
    forecast: np.ndarray


def read_forecasts(path, dataset):
    """Read forecasts that were made elsewhere.

    Args:
        path: CSV file (plain or .gz), a row a forecast value, with the columns origin (time of the
            last reading that the forecast knew), node, step (1 is the next row after the origin),
            and value, or one column a quantile, named by its number: 0.05, 0.5, 0.95. A column
            unit is compared with that of the data.
        dataset: SpatioTemporalDataset that was forecast.

    Returns:
        Elsewhere.

    Raises:
        InputError: If columns, sensors, unit, times or steps are not as described, a forecast
            stands there twice, or quantiles cross.

    Example:
        >>> import pathlib, tempfile
        >>> import pandas as pd
        >>> import stlearn
        >>> from stlearn.forecast.elsewhere import read_forecasts
        >>> day = stlearn.load("corridor").between(0, 288)
        >>> nodes = list(day.values.columns)
        >>> table = pd.DataFrame({"origin": day.values.index[99], "node": nodes, "step": 1})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "fortune.csv")
        ...     table.assign(value=90.0).to_csv(path, index=False)
        ...     found = read_forecasts(path, day)
        >>> found.name, found.origins.tolist(), found.forecast.shape
        ('fortune', [100], (1, 1, 48, 1))
    """
    path = Path(path)
    table, levels = _table(path)
    if "unit" in table:
        units = table["unit"].str.strip().unique()
        if list(units) != [dataset.unit]:
            raise InputError(f"{path}: expected the unit {dataset.unit}, got {', '.join(units)}")
    nodes = _codes(path, table["node"].str.strip(), dataset.values.columns)
    rows = _rows(path, table["origin"], dataset.values.index)
    steps = _numbers(path, table, "step")
    if not ((steps >= 1) & (steps % 1 == 0)).all():
        line = int(np.flatnonzero((steps < 1) | (steps % 1 != 0))[0])
        raise InputError(
            f"{path}, line {line + 2}: expected a step of 1, 2, ..., got {steps[line]:g}"
        )
    steps = steps.astype(int) - 1
    said = np.stack([_numbers(path, table, name) for name in levels or ["value"]], axis=1)
    falling = np.flatnonzero((np.diff(said, axis=1) < 0).any(axis=1))
    if len(falling):
        raise InputError(
            f"{path}, line {falling[0] + 2}: expected quantiles that rise, got "
            f"{', '.join(f'{number:g}' for number in said[falling[0]])}"
        )
    origins, places = np.unique(rows, return_inverse=True)
    shape = (len(origins), steps.max() + 1, dataset.shape[1])
    cells = np.ravel_multi_index((places, steps, nodes), shape)
    twice = pd.Series(cells).duplicated().to_numpy()
    if twice.any():
        line = int(np.flatnonzero(twice)[0])
        again = table.iloc[line]
        raise InputError(
            f"{path}, line {line + 2}: a second forecast from {again['origin']} for "
            f"{again['node']}, step {again['step']}"
        )
    forecast = np.full((np.prod(shape), said.shape[1]), np.nan, dtype="float32")
    forecast[cells] = said
    forecast = forecast.reshape(*shape, -1)
    complete = np.isfinite(forecast).all(axis=(1, 2, 3))
    return Elsewhere(
        path.name.removesuffix(".gz").removesuffix(".csv"),
        origins[complete],
        int((~complete).sum()),
        tuple(float(level) for level in levels),
        forecast[complete],
    )


def beside(comparison, elsewhere, dataset, split, quantiles=QUANTILES):
    """Put forecasts made elsewhere into a comparison; all keep the origins that both have.

    Their quantiles are taken as they are. Points get intervals as ours do, where the file holds
    forecasts of the validation part to calibrate on.

    Args:
        comparison: Comparison on the test part.
        elsewhere: Elsewhere, of as many steps as the comparison.
        dataset: SpatioTemporalDataset.
        split: Split of its rows.
        quantiles: Those of the intervals that are put around points.

    Returns:
        Comparison, and the number of its origins that the file lacks.

    Raises:
        InputError: If the file has none of the origins, another number of steps, or the name of
            a model in the comparison.
    """
    tested = next(iter(comparison.runs.values())).backtest
    if elsewhere.name in comparison.runs:
        raise InputError(
            f"--with: expected a file named by its model, got {elsewhere.name}, which is one of "
            f"{', '.join(comparison.runs)}"
        )
    if elsewhere.forecast.shape[1] != tested.truth.shape[1]:
        raise InputError(
            f"--with: expected forecasts of {tested.truth.shape[1]} steps, got "
            f"{elsewhere.forecast.shape[1]}"
        )
    shared, ours, theirs = np.intersect1d(tested.origins, elsewhere.origins, return_indices=True)
    if not len(shared):
        times, step = tested.times - tested.interval, tested.interval
        raise InputError(
            f"--with: expected origins from {times[0]} to {times[-1]}, those of the test part, "
            f"every {step}; none of the {len(elsewhere.origins)} complete origins in the file is "
            "one of them"
        )
    train = dataset.values.iloc[split.train]
    rule = fit_state_rule(train, dataset.unit, dataset.interval, dataset.quantities)
    forecast = elsewhere.forecast[theirs]
    if elsewhere.quantiles:
        calibration = _as_they_are(elsewhere, rule)
    else:
        past = (elsewhere.origins >= split.validation.start) & (
            elsewhere.origins + tested.truth.shape[1] <= split.validation.stop
        )
        places = elsewhere.origins[past]
        calibration = places.size and calibration_of(
            elsewhere.forecast[past],
            cut_windows(dataset.values.to_numpy(), places, 0, tested.truth.shape[1])[1],
            states_at(rule, dataset.values, places),
            train,
            rule,
            quantiles,
        )
    some = tested.at(ours)
    joined = Backtest(
        name=elsewhere.name,
        origins=some.origins,
        times=some.times,
        truth=some.truth,
        forecast=forecast[..., forecast.shape[-1] // 2].astype(some.truth.dtype),
        nodes=some.nodes,
        interval=some.interval,
        unit=some.unit,
        seconds=np.nan,
        quantile_forecast=forecast if elsewhere.quantiles else None,
        calibration=calibration or None,
        states=states_at(rule, dataset.values, some.origins) if calibration else None,
    )
    runs = {
        name: run._replace(backtest=run.backtest.at(ours)) for name, run in comparison.runs.items()
    }
    runs[elsewhere.name] = Run(joined, np.nan, np.nan, np.nan)
    congestion = None if comparison.congestion is None else comparison.congestion[ours]
    joined = dataclasses.replace(comparison, runs=runs, congestion=congestion)
    return joined, len(tested.origins) - len(ours)


def seen_before(model, dataset, trained_on=()):
    """Say in one sentence whether a pretrained model may have seen a data set.

    Args:
        model: Name of the model.
        dataset: Name of the data set.
        trained_on: Names of training sets, or of pretrained models whose sets are known.

    Example:
        >>> from stlearn.forecast.elsewhere import seen_before
        >>> seen_before("chronos", "corridor")
        'corridor is simulated by this course: no pretrained model has seen it.'
    """
    holding = {name: models for name, (models, held) in TRAINING_SETS.items() if dataset in held}
    asked = {name.strip().lower() for name in trained_on} - {""}
    seen = [
        name
        for name, models in holding.items()
        if asked & {name.lower(), *(each.lower() for each in models)}
    ]
    if seen or dataset.lower() in asked:
        return (
            f"{model} was trained on {seen[0] if seen else dataset}"
            + (f", which holds {dataset}" if seen else "")
            + ": it has seen what it is tested on, so its errors here say nothing about new data."
        )
    files = catalogue.entry(dataset).files if dataset in catalogue.names() else ()
    if files and not any(file.address for file in files):
        return f"{dataset} is simulated by this course: no pretrained model has seen it."
    if asked:
        return f"No set that {model} is said to be trained on is known to hold {dataset}."
    if holding:
        name, models = next(iter(holding.items()))
        return (
            f"{name}, which {' and '.join(models)} were trained on, holds {dataset}; tell by "
            f"--trained-on what {model} has learned from."
        )
    return (
        f"Whether {model} has seen {dataset} is not known; tell by --trained-on what it has "
        "learned from."
    )


def _table(path):
    """The file as a table of text and numbers, and the names of its quantiles in rising order."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"--with: {path}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"--with: {path} cannot be read as a CSV file ({error})") from None
    levels = [name for name in table if _is_number(name)]
    if levels and "value" in table:
        raise InputError(
            f"{path}: expected value or quantiles, got both: value and {', '.join(levels)}; leave "
            "value out, the middle quantile is the forecast"
        )
    expected = {*COLUMNS, *(levels or ["value"])}
    lacking = sorted(expected - set(table.columns))
    unknown = sorted(set(table.columns) - expected - {"unit"})
    if lacking or unknown or not len(table):
        raise InputError(
            f"{path}: expected the columns origin, node, step, and value or quantiles such as "
            f"0.05, 0.5, 0.95, and rows below them; missing: {', '.join(lacking) or 'none'}, "
            f"unknown: {', '.join(unknown) or 'none'}, rows: {len(table)}"
        )
    levels.sort(key=float)
    if levels:
        checked_quantiles(levels)
        if float(levels[len(levels) // 2]) != 0.5:
            raise InputError(
                f"{path}: expected 0.5 in the middle of the quantiles, got {', '.join(levels)}"
            )
    return table, levels


def _is_number(name):
    try:
        float(name)
    except ValueError:
        return False
    return True


def _codes(path, names, columns):
    """Place of each name among the sensors of the data."""
    known = pd.Index([str(column) for column in columns])
    codes = known.get_indexer(names)
    unknown = names[codes < 0].unique()
    missing = known.difference(names)
    if len(unknown) or len(missing):
        raise InputError(
            f"{path}: expected the sensors of the data; missing {list(missing[:3]) or 'none'}, "
            f"unknown {list(unknown[:3]) or 'none'}"
        )
    return codes


def _rows(path, texts, index):
    """Row behind each origin: that of the first step."""
    times, places = np.unique(texts, return_inverse=True)
    try:
        times = pd.DatetimeIndex(pd.to_datetime(times, format="ISO8601"))
        rows = index.get_indexer(times)
    except (ValueError, TypeError) as error:
        raise InputError(f"{path}: origin: expected times like {index[0]} ({error})") from None
    if (rows < 0).any():
        raise InputError(
            f"{path}: origin: expected times of the data, from {index[0]} to {index[-1]}, got "
            f"{times[rows < 0][0]}"
        )
    return rows[places] + 1


def _numbers(path, table, name):
    numbers = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype="float64")
    wrong = np.flatnonzero(~np.isfinite(numbers) & (table[name] != ""))
    if len(wrong):
        raise InputError(
            f"{path}, line {wrong[0] + 2}, column {name}: expected a number, got "
            f"{table[name].iloc[wrong[0]]!r}"
        )
    return numbers


def _as_they_are(elsewhere, rule):
    """A calibration that moves nothing: the quantiles of a file are judged as they are."""
    _, horizon, nodes, count = elsewhere.forecast.shape
    return Calibration(
        elsewhere.quantiles,
        np.ones(nodes),
        np.zeros((horizon, LEVELS - 1)),
        np.zeros((horizon, len(rule.names), LEVELS, count)),
        rule,
    )
