"""The main job: data in; baselines and a network tested; a forecast and a folder of results out.

Explained in 4.10.
"""

import contextlib
import dataclasses
import functools
import json
import math
import shutil
import uuid
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn import __version__, catalogue
from stlearn.baselines import standard
from stlearn.baselines.base import BaseForecaster
from stlearn.data.dataset import SpatioTemporalDataset, make_calendar
from stlearn.data.windows import Split, chronological_split, window_origins
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison, compare
from stlearn.forecast.scores import in_order
from stlearn.reading.csv_tables import read_values
from stlearn.reading.prepared import about_prepared
from stlearn.reading.readers import read_csv

MARKER = "run.json"
CONTENT = {MARKER, "scores.csv", "by_state.csv", "forecast.csv", "model", "figures", "report.html"}
MADE_BY = "stlearn forecast"
NO_INTERVALS = (
    "no low and high: the model was fitted without a validation part, or one with too few known "
    "targets to calibrate intervals"
)
OWN_TEST = 0.2
OWN_PROTOCOL = "The last 20 % of the rows are the test part; nothing is shuffled."


@dataclasses.dataclass(frozen=True, eq=False)
class Result:
    """What the job found.

    Args:
        dataset: The data, all rows.
        protocol: One sentence: how it was split.
        split: Rows of the train, validation and test parts.
        comparison: The network and the baselines, tested at the same origins.
        network: The fitted network.
        forecast: DataFrame (time, node) of what follows the end of the data, by the network.
        quantiles: DataFrame (time, (node, quantile)) of the same; None where the validation part
            has too few known targets to calibrate intervals.
    """

    dataset: SpatioTemporalDataset
    protocol: str
    split: Split
    comparison: Comparison
    network: BaseForecaster
    forecast: pd.DataFrame
    quantiles: pd.DataFrame | None

    @functools.cached_property
    def verdicts(self):
        """List of Gain on the network, at a quarter, half and all of the horizon."""
        return self.comparison.verdict(self.network.name)

    @property
    def headline(self):
        """One sentence whether the network's gain is real, at half the horizon."""
        return self.verdicts[len(self.verdicts) // 2].sentence


def read_input(name=None, values=None, adjacency=None, nodes=None, unit=None, timezone=None):
    """Read a data set of the catalogue, or your own files.

    Args:
        name: Name in the catalogue; "corridor" when no file is given either.
        values, adjacency, nodes, unit, timezone: Files, unit and zone as in `stlearn.read_csv`.

    Returns:
        The data set, the size of its test part, and one sentence that tells the split.

    Raises:
        InputError: If both or neither are told, or the data is not usable.

    Example:
        >>> from stlearn.forecast.job import read_input
        >>> dataset, test, protocol = read_input()
        >>> dataset.name, test
        ('corridor', '14D')
    """
    if values is None:
        given = {"adjacency": adjacency, "nodes": nodes, "unit": unit, "timezone": timezone}
        lonely = [f"--{key}" for key, value in given.items() if value is not None]
        if lonely:
            raise InputError(f"{', '.join(lonely)}: expected --values too, the file of the values")
        entry = catalogue.entry(name or "corridor")
        return catalogue.load(entry.name), entry.test, entry.protocol
    if name is not None:
        raise InputError(f"expected a name or --values, got both ({name} and {values})")
    unit = unit or about_prepared(values).get("unit")
    if unit is None:
        raise InputError("--unit: expected the unit of the values, for example 'km/h', got none")
    dataset = read_csv(values, adjacency, nodes, unit=unit, timezone=timezone)
    return dataset, OWN_TEST, OWN_PROTOCOL


def run(dataset, network, test=OWN_TEST, protocol=OWN_PROTOCOL, progress=False):
    """Test a network against the baselines, then forecast what follows the end of the data.

    The last tenth of what comes before the test part is the validation part.

    Args:
        dataset: SpatioTemporalDataset.
        network: BaseForecaster, not fitted yet.
        test: Size of the test part: a share or a duration.
        protocol: One sentence that tells the split.
        progress: Show progress bars on standard error.

    Returns:
        Result.

    Raises:
        InputError: If the data is too short.
    """
    split = chronological_split(dataset, validation=0.1, test=test)
    _check_before_work(dataset, network, split)
    rivals = standard.standard(dataset, network.horizon)
    comparison = compare(
        [*rivals, network], dataset, split, progress=progress, quantiles=network.quantiles
    )
    ahead = network.predict(dataset), quantiles_ahead(network, dataset)
    return Result(dataset, protocol, split, comparison, network, *ahead)


def quantiles_ahead(network, history):
    """Calibrated quantiles of what follows a history; None for a network without intervals."""
    return None if network.calibration is None else network.predict_quantiles(history)


def _check_before_work(dataset, network, split):
    """Complain now and not after minutes of fitting the baselines."""
    for name, part in split._asdict().items():
        try:
            window_origins(part.start, part.stop, network.lookback, network.horizon)
        except InputError as error:
            raise InputError(
                f"{name}: no complete window ({error}); give more rows, or a shorter --lookback "
                "or --horizon"
            ) from None
    if network.needs_graph and dataset.adjacency is None:
        raise InputError(
            f"adjacency: the network {network.name} needs a graph, but {dataset.name} has none; "
            "give one, or take a --model without"
        )


def scores_as_json(result):
    """Return data set, protocol and scores as plain numbers and text; what is not known is None."""
    by_state = result.comparison.by_state()
    return {
        "dataset": result.dataset.name,
        "protocol": result.protocol,
        "scores": _plain_rows(in_order(result.comparison.table())),
        "by_state": [] if by_state is None else _plain_rows(by_state),
    }


def _plain_rows(table):
    return [
        {key: None if isinstance(cell, float) and math.isnan(cell) else cell for key, cell in row}
        for row in (record.items() for record in table.to_dict("records"))
    ]


def long_forecast(forecast, quantiles, unit):
    """Return a forecast as a long table: time, node, low, forecast, high, unit.

    Args:
        forecast: DataFrame (time, node).
        quantiles: DataFrame (time, (node, quantile)) of the same; low and high are the outermost,
            and those between have columns of their own behind high. None leaves low and high empty.
        unit: Unit of both.

    Example:
        >>> import pandas as pd
        >>> from stlearn.forecast.job import long_forecast
        >>> times = pd.DatetimeIndex(["2026-01-05 08:00"])
        >>> columns = pd.MultiIndex.from_product([["a"], [0.05, 0.5, 0.95]])
        >>> said = pd.DataFrame([[42.0, 50.0, 55.0]], index=times, columns=columns)
        >>> long_forecast(pd.DataFrame({"a": [50.0]}, index=times), said, "km/h")
                         time node   low  forecast  high  unit
        0 2026-01-05 08:00:00    a  42.0      50.0  55.0  km/h
    """
    table = _long(forecast).rename("forecast").reset_index()
    low, high, between = np.nan, np.nan, {}
    if quantiles is not None:
        levels = list(quantiles.columns.unique(1))
        of_level = {
            level: _long(quantiles.xs(level, axis=1, level=1)[list(forecast.columns)]).to_numpy()
            for level in levels
        }
        low, high = of_level[levels[0]], of_level[levels[-1]]
        inner = levels[1 : len(levels) // 2] + levels[len(levels) // 2 + 1 : -1]
        between = {f"quantile {level:g}": of_level[level] for level in inner}
    table.insert(2, "low", low)
    return table.assign(high=high, **between, unit=unit)


def _long(table):
    return table.rename_axis(index="time", columns="node").stack()


@contextlib.contextmanager
def results_folder(folder):
    """Give an empty folder to write results to, and put it in its place when all went well.

    Whatever goes wrong, an older folder of results stays as it was, and nothing else is left.

    Args:
        folder: Where the results belong. Older results there are replaced; anything else is not.

    Raises:
        InputError: If the folder holds something else, or cannot be written.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from stlearn.forecast.job import results_folder
        >>> with tempfile.TemporaryDirectory() as home:
        ...     with results_folder(Path(home) / "results") as aside:
        ...         _ = (aside / "scores.csv").write_text("model,mae")
        ...     print(*(path.name for path in Path(home, "results").iterdir()))
        scores.csv
    """
    folder = Path(folder).resolve()
    aside = folder.with_name(f".{folder.name}-{uuid.uuid4().hex[:8]}")
    old = aside.with_name(f"{aside.name}-old")
    try:
        _check_replaceable(folder)
        aside.mkdir()
    except OSError as error:
        raise InputError(f"--out: cannot write to {folder} ({error.strerror})") from None
    try:
        yield aside
        if folder.exists():
            folder.rename(old)
        aside.rename(folder)
    finally:
        if old.exists() and not folder.exists():
            old.rename(folder)
        for leftover in (aside, old):
            shutil.rmtree(leftover, ignore_errors=True)


def _check_replaceable(folder):
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(f"--out: {folder} is a file; name another folder")
    content = {path.name for path in folder.iterdir()}
    made_here = MARKER in content and MADE_BY in (folder / MARKER).read_text(errors="replace")
    foreign = sorted(content - CONTENT) if made_here else sorted(content)
    if foreign:
        raise InputError(
            f"--out: {folder} holds something that this command did not make ({foreign[0]}); "
            "name another folder"
        )


def write_results(result, folder, place):
    """Write scores, forecast, model, figures and report to a folder.

    Args:
        result: Result of `run`.
        folder: Path of the folder to write to.
        place: Path under which the folder will be found; the report names it.
    """
    from stlearn.forecast import report  # draws figures: slow to import, and only needed here

    table = in_order(result.comparison.table())
    table.to_csv(folder / "scores.csv", index=False)
    by_state = result.comparison.by_state()
    if by_state is not None:
        by_state.to_csv(folder / "by_state.csv", index=False)
    ahead = long_forecast(result.forecast, result.quantiles, result.dataset.unit)
    ahead.to_csv(folder / "forecast.csv", index=False)
    result.network.save(folder / "model")
    pictures = report.draw(result)
    (folder / "figures").mkdir()
    for picture in pictures:
        (folder / "figures" / f"{picture.name}.png").write_bytes(picture.png)
    page = report.render(result, pictures, place)
    (folder / "report.html").write_text(page, encoding="utf-8")
    about = {
        "made_by": MADE_BY,
        "version": __version__,
        "dataset": result.dataset.name,
        "protocol": result.protocol,
        "unit": result.dataset.unit,
        "model": result.network.name,
        "arguments": getattr(result.network, "arguments", {}),
        "verdicts": [verdict.sentence for verdict in result.verdicts],
        "figures": {f"{picture.name}.png": picture.sentence for picture in pictures},
    }
    (folder / MARKER).write_text(json.dumps(about, indent=1), encoding="utf-8")


def predict_file(model, values, unit=None, calendar=None, timezone=None):
    """Forecast what follows the end of a file, with a saved network.

    Args:
        model: Folder of the saved network, or the folder of results that holds it.
        values: CSV file as `stlearn.read_csv` reads it, with the sensors of the model.
        unit: Unit of the values; that of the model when not given.
        calendar: CSV file with a time column, then what the model knows ahead, such as holiday.
        timezone: Name of the zone in which the times are kept, as in `stlearn.read_csv`.

    Returns:
        Long table as of `long_forecast`, and a list of what was assumed, one sentence each.

    Raises:
        InputError: If sensors, unit or step differ from those of the model, or a file is not
            usable.
    """
    from stlearn.networks.forecaster import (
        Forecaster,  # starts TensorFlow: only once the files are read
    )

    unit = unit or about_prepared(values).get("unit")
    table = read_csv(values, unit=unit or "as the model", timezone=timezone).values
    ahead = None if calendar is None else read_values(calendar, timezone)
    folder = Path(model)
    network = Forecaster.load(folder / "model" if (folder / "model").is_dir() else folder)
    if unit is not None and unit.strip() != network.unit:
        raise InputError(f"unit: the model forecasts {network.unit}, but the file is in {unit}")
    history = SpatioTemporalDataset("history", table, network.unit)
    if history.interval != network.interval:
        raise InputError(
            f"{values}: expected a step of {network.interval} as the model has it, "
            f"got {history.interval}"
        )
    # In a file every name is text; the model may know its nodes by numbers.
    table = table.rename(columns={str(node): node for node in network.nodes})
    if set(table.columns) == set(network.nodes):
        table = table[network.nodes]  # the names decide, not the order in the file
    step = history.frequency
    times = table.index.append(
        pd.date_range(table.index[-1], periods=network.horizon + 1, freq=step)[1:]
    )
    columns, assumed = _known_ahead(network, times, ahead)
    history = SpatioTemporalDataset(
        "history", table, network.unit, calendar=make_calendar(times, **columns)
    )
    if network.calibration is None:
        assumed.append(NO_INTERVALS)
    ahead = network.predict(history), quantiles_ahead(network, history)
    return long_forecast(*ahead, network.unit), assumed


def _known_ahead(network, times, ahead):
    """Columns of the calendar beyond the clock, and what had to be assumed for them."""
    wanted = [
        name for name in network.calendar_columns if name not in ("time_of_day", "day_of_week")
    ]
    if ahead is None:
        assumed = (
            [f"{', '.join(wanted)}: taken as 0 throughout, since no --calendar is given"]
            if wanted
            else []
        )
        return {name: np.zeros(len(times)) for name in wanted}, assumed
    absent = [name for name in wanted if name not in ahead]
    if absent:
        raise InputError(f"--calendar: expected the columns {wanted}, missing {absent}")
    uncovered = times.difference(ahead.index)
    if len(uncovered):
        raise InputError(
            f"--calendar: expected a row for each time of the file and of the forecast, "
            f"missing {uncovered[0]}"
        )
    return {name: ahead.loc[times, name].to_numpy() for name in wanted}, []
