"""The main job: data in; baselines and networks tested; the winner's forecast and results out.

Explained in 4.10.
"""

import contextlib
import dataclasses
import functools
import json
import math
import shutil
import time
import uuid
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn import __version__, catalogue
from stlearn.baselines import standard
from stlearn.baselines.base import BaseForecaster
from stlearn.calibration.quantiles import QUANTILES
from stlearn.data.dataset import SpatioTemporalDataset, known_ahead, make_calendar
from stlearn.data.seasons import CLOCK, YEAR
from stlearn.data.windows import Split, chronological_split, differ_in_scale, window_origins
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison, compare
from stlearn.forecast.scores import by_sensor, in_order, three_digits, with_shares
from stlearn.forecast.silence import listed_nodes, rows_looked_at, silent_nodes
from stlearn.graph.adjacency import coordinates, nearest_neighbours
from stlearn.reading.csv_tables import read_values
from stlearn.reading.prepared import about_prepared
from stlearn.reading.readers import read_csv

MARKER = "run.json"
CONTENT = {
    MARKER, "scores.csv", "by_state.csv", "by_sensor.csv", "forecast.csv", "model", "figures",
    "report.html",
}  # fmt: skip
MADE_BY = "stlearn forecast"
NO_INTERVALS = (
    "no low and high: the model was fitted without a validation part, or one with too few known "
    "targets to calibrate intervals"
)
OWN_TEST, VALIDATION = 0.2, 0.1
OWN_PROTOCOL = "The last 20 % of the rows are the test part; nothing is shuffled."
SHARES_TO_TRY = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5)  # of a validation part that has readings
NEIGHBOURS = 4  # of each sensor, where a graph is made from coordinates
GRAPH_MADE = "No graph was given"
NO_GRAPH = (
    "No graph is known, so no network hears a sensor's neighbours (feed_forward, not stn); "
    "--adjacency, or --nodes with coordinates, gives one."
)
MOST_TOLD = 5  # silent sensors that have a sentence each
ROWS_THAT_TELL = 30  # of any step: more than a month of days, two years of months
FAR = 3  # times the range of training, beyond its ends
HALF = 0.5  # of the rows of a part: as many should have a reading


@dataclasses.dataclass(frozen=True, eq=False)
class Result:
    """What the job found.

    Args:
        dataset: The data, all rows.
        protocol: One sentence: how it was split.
        split: Rows of the train, validation and test parts.
        comparison: All forecasters, tested at the same origins.
        model: The one whose forecast is kept: the winner, or the one asked for.
        forecast: DataFrame (time, node) of what follows the end of the data, by this model.
        quantiles: DataFrame (time, (node, quantile)) of the same; None where the validation part
            has too few known targets to calibrate intervals.
        told: Sentences: how the model was chosen, and what it was trained on in the end.
    """

    dataset: SpatioTemporalDataset
    protocol: str
    split: Split
    comparison: Comparison
    model: BaseForecaster
    forecast: pd.DataFrame
    quantiles: pd.DataFrame | None
    told: tuple[str, ...] = ()

    @functools.cached_property
    def verdicts(self):
        """List of Gain on the model, at a quarter, half and all of the horizon."""
        return self.comparison.verdict(self.model.name)

    @property
    def headline(self):
        """One sentence whether the model's gain is real, at half the horizon."""
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
    dataset = with_neighbours(read_csv(values, adjacency, nodes, unit=unit, timezone=timezone))
    return dataset, OWN_TEST, OWN_PROTOCOL


def with_neighbours(dataset):
    """Return a data set with coordinates but no graph with the graph of nearest neighbours.

    Args:
        dataset: SpatioTemporalDataset.

    Returns:
        The data set; where a graph was made, one of its `notes` says so.

    Example:
        >>> import pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> from stlearn.forecast.job import with_neighbours
        >>> times = pd.date_range("2026-01-05", periods=2, freq="h")
        >>> values = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=times)
        >>> nodes = pd.DataFrame({"lat": [52.5, 48.9], "lon": [13.4, 2.4]}, index=["a", "b"])
        >>> with_neighbours(SpatioTemporalDataset("two", values, "u", nodes=nodes)).notes[0]
        'No graph was given: each sensor is joined with its 1 nearest by lat and lon.'
    """
    found = coordinates(dataset.nodes)
    if dataset.adjacency is not None or found is None or dataset.shape[1] < 2:
        return dataset
    positions, columns = found
    count = min(NEIGHBOURS, dataset.shape[1] - 1)
    note = (
        f"{GRAPH_MADE}: each sensor is joined with its {count} nearest by {' and '.join(columns)}."
    )
    return dataclasses.replace(
        dataset, adjacency=nearest_neighbours(positions, count), notes=(*dataset.notes, note)
    )


def run(
    dataset,
    networks,
    test=OWN_TEST,
    protocol=OWN_PROTOCOL,
    progress=False,
    *,
    validation=VALIDATION,
    among=None,
    anew=False,
    horizon=12,
    quantiles=QUANTILES,
    note=lambda sentence: None,
):
    """Test networks and baselines, keep the winner, and forecast what follows the end of the data.

    The winner has the lowest mean absolute error on the validation part, the last tenth of what
    comes before the test part.

    Args:
        dataset: SpatioTemporalDataset.
        networks: List of BaseForecasters beside the baselines, not fitted yet; of one horizon.
        test, validation: Size of these parts: a share or a duration.
        protocol: One sentence that tells the split.
        progress: Show progress bars on standard error.
        among: Names of the forecasters that may win; all when not given.
        anew: Whether the winner is trained anew on all rows once it has been tested.
        horizon: Steps ahead where there is no network.
        quantiles: Those of the forecast where there is no network.
        note: Function that is given each sentence worth knowing before any training.

    Returns:
        Result.

    Raises:
        InputError: If the data is too short, a part has no readings, or a name is unknown.
    """
    split = chronological_split(dataset, validation=validation, test=test)
    horizon = networks[0].horizon if networks else horizon
    quantiles = networks[0].quantiles if networks else quantiles
    forecasters = [*standard.standard(dataset, horizon), *networks]
    lookback = max(forecaster.lookback for forecaster in forecasters)
    check_before_work(dataset, networks, split, lookback, horizon)
    names = [forecaster.name for forecaster in forecasters]
    unknown = [name for name in among or () if name not in names]
    if unknown:
        raise InputError(f"--model: expected any of {', '.join(names)}, got {unknown[0]!r}")
    for sentence in told_before(dataset, lookback, horizon, split):
        note(sentence)
    comparison = compare(forecasters, dataset, split, progress=progress, quantiles=quantiles)
    model, told = choose(comparison, forecasters, among)
    if anew:
        began = time.perf_counter()
        model = model.trained_on_all(dataset)
        told += (_trained_anew(model, len(dataset.values), time.perf_counter() - began),)
    ahead = model.predict(dataset), quantiles_ahead(model, dataset)
    return Result(dataset, protocol, split, comparison, model, *ahead, told)


def choose(comparison, forecasters, among=None):
    """Choose the forecaster that is kept: the only one asked for, or the best on validation.

    Args:
        comparison: Comparison with errors on the validation part.
        forecasters: List of those that were compared.
        among: Names to choose from; all when not given.

    Returns:
        The forecaster, and a tuple of sentences that say why.
    """
    errors = {name: run.validation for name, run in comparison.runs.items()}
    best = comparison.winner()
    kept = among[0] if among and len(among) == 1 else comparison.winner(among)
    unit = comparison.unit

    def said(name):
        return f"{three_digits(errors[name])} {unit}"

    if among and len(among) == 1:
        told = f"The forecast is by {kept}, as asked."
        if best != kept:
            told += (
                f" On the validation part {best} is better: a mean absolute error of {said(best)} "
                f"against {said(kept)}."
            )
    else:
        others = {name: errors[name] for name in among or errors if name != kept}
        told = (
            f"The forecast is by {kept}: its mean absolute error on the validation part, "
            f"{said(kept)}, is the lowest of {len(others) + 1}"
        )
        second = min(others, key=others.get)
        told += f"; the next is {second} with {said(second)}."
    return next(each for each in forecasters if each.name == kept), (told,)


def _trained_anew(model, rows, seconds):
    said = f"Once tested, {model.name} was trained anew on all {rows:,} rows ({seconds:.0f} s)"
    if model.calibration is None:
        return f"{said}."
    return (
        f"{said}. Its ranges are those that were tested: they come from the validation part, as "
        "the model missed it before it had learned from it."
    )


def quantiles_ahead(model, history):
    """Calibrated quantiles of what follows a history; None for a model without intervals."""
    return None if model.calibration is None else model.predict_quantiles(history)


def check_before_work(dataset, networks, split, lookback, horizon):
    """Complain now and not after minutes of training.

    Args:
        dataset: SpatioTemporalDataset.
        networks: List of BaseForecaster.
        split: Split of its rows.
        lookback, horizon: Steps of history, and steps ahead.

    Raises:
        InputError: If a part has no complete window or no reading to forecast, or a network lacks
            its graph.
    """
    known = dataset.values.notna().any(axis=1).to_numpy()
    times = dataset.values.index
    for name, part in split._asdict().items():
        try:
            window_origins(part.start, part.stop, lookback, horizon)
        except InputError as error:
            raise InputError(
                f"{name}: no complete window ({error}); give more rows, or a shorter --lookback "
                "or --horizon"
            ) from None
        if not known[part.start + lookback : part.stop].any():
            silent = np.flatnonzero(known[: part.start + lookback])
            first = silent[-1] + 1 if len(silent) else 0
            later = np.flatnonzero(known[part.stop - 1 :])
            last = part.stop - 2 + later[0] if len(later) else len(known) - 1
            raise InputError(
                f"{name}: the readings from {times[first]} to {times[last]} are all missing, and "
                f"the {name} part has no others to forecast (it begins at {times[part.start]}); "
                f"{_way_out(name, known, split, lookback)}"
            )
    for network in networks:
        if network.needs_graph and dataset.adjacency is None:
            raise InputError(
                f"adjacency: the network {network.name} needs a graph, but {dataset.name} has "
                "none; give --adjacency, or --nodes with coordinates, or take --model feed_forward"
            )


def _way_out(name, known, split, lookback):
    """Say which size of the parts has readings, or that none has."""
    if name == "validation":
        stop = split.validation.stop
        for share in SHARES_TO_TRY:
            targets = known[int(stop * (1 - share)) + lookback : stop]
            if len(targets) and targets.mean() >= HALF:
                return f"take a larger one: --validation {share:g}"
    elif name == "test":
        rows = len(known)
        for share in SHARES_TO_TRY:
            targets = known[int(rows * (1 - share)) + lookback :]
            if len(targets) and targets.mean() >= HALF:
                return f"take a larger one: --test {share:g}"
    return "leave these rows out of the file"


def told_before(dataset, lookback, horizon, split):
    """List what is worth knowing before any training, one sentence each.

    Args:
        dataset: SpatioTemporalDataset.
        lookback, horizon: Steps of history, and steps ahead.
        split: Split of its rows.

    Example:
        >>> import stlearn
        >>> from stlearn.data.windows import chronological_split
        >>> from stlearn.forecast.job import told_before
        >>> corridor = stlearn.load("corridor")
        >>> told_before(corridor, 12, 12, chronological_split(corridor))
        []
    """
    told = [NO_GRAPH] if dataset.adjacency is None and dataset.shape[1] > 1 else []
    told += [note for note in dataset.notes if note.startswith(GRAPH_MADE)]
    if differ_in_scale(dataset.values.iloc[split.train]):
        told.append(
            "The sensors measure on other scales: each is scaled for itself, and an error over "
            "all of them is told in usual ranges (5th to 95th percentile of each in training). "
            "Read the errors by sensor."
        )
    rows = len(dataset.values)
    ahead = known_ahead(dataset, rows, rows + horizon)[1]
    for name in ahead.columns[ahead.isna().any()]:
        told.append(
            f"{name}: known ahead until {dataset.calendar.index[-1]}, but the forecast needs it "
            f"until {ahead.index[-1]}; where it is not known, the usual is taken. Give a longer "
            "calendar"
        )
    silent = silent_nodes(dataset.values, lookback)
    if silent:
        told.append(
            f"No reading in the last {lookback} rows: {listed_nodes(silent)}. Their forecast "
            "rests on what is usual and on their neighbours"
        )
    return told


def scores_as_json(result):
    """Return data set, protocol and scores as plain numbers and text; what is not known is None."""
    by_state = result.comparison.by_state()
    return {
        "dataset": result.dataset.name,
        "protocol": result.protocol,
        "model": result.model.name,
        "told": list(result.told),
        "unit": result.comparison.unit,
        "scores": _plain_rows(in_order(with_shares(result))),
        "by_state": [] if by_state is None else _plain_rows(by_state),
        "by_sensor": _plain_rows(by_sensor(result)),
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

    table = in_order(with_shares(result))
    table.to_csv(folder / "scores.csv", index=False)
    by_sensor(result).to_csv(folder / "by_sensor.csv", index=False)
    by_state = result.comparison.by_state()
    if by_state is not None:
        by_state.to_csv(folder / "by_state.csv", index=False)
    ahead = long_forecast(result.forecast, result.quantiles, result.dataset.unit)
    ahead.to_csv(folder / "forecast.csv", index=False)
    result.model.save(folder / "model")
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
        "model": result.model.name,
        "arguments": getattr(result.model, "arguments", None) or result.model.get_params(),
        "told": list(result.told),
        "verdicts": [verdict.sentence for verdict in result.verdicts],
        "figures": {f"{picture.name}.png": picture.sentence for picture in pictures},
    }
    (folder / MARKER).write_text(json.dumps(about, indent=1), encoding="utf-8")


def load_model(folder):
    """Read the forecaster of a folder, a network or a baseline.

    Args:
        folder: Folder of a saved forecaster, or the folder of results that holds it.

    Raises:
        InputError: If it holds none.
    """
    folder = Path(folder)
    folder = folder / "model" if (folder / "model").is_dir() else folder
    if (folder / "baseline.json").is_file() and not (folder / "forecaster.json").is_file():
        return standard.load(folder)
    from stlearn.networks.forecaster import Forecaster  # starts TensorFlow: not for a baseline

    return Forecaster.load(folder)


def predict_file(model, values, unit=None, calendar=None, timezone=None):
    """Forecast what follows the end of a file, with a saved forecaster.

    Args:
        model: Folder of the saved forecaster, or the folder of results that holds it.
        values: CSV file as `stlearn.read_csv` reads it, with the sensors of the model. Some may
            have no reading, or be absent.
        unit: Unit of the values; that of the model when not given.
        calendar: CSV file with a time column, then what the model knows ahead, such as holiday.
        timezone: Name of the zone in which the times are kept, as in `stlearn.read_csv`.

    Returns:
        Long table as of `long_forecast`, without a range for sensors that have no reading in the
        rows that the model looks at; and a list of what was assumed, one sentence each.

    Raises:
        InputError: If the file has a sensor that the model does not know, or none of its sensors
            has a recent reading; if unit or step differ; or if a file is not usable.
    """
    about = about_prepared(values)
    unit, timezone = unit or about.get("unit"), timezone or about.get("timezone")
    table = read_values(values, timezone, silent=True)
    ahead = None if calendar is None else read_values(calendar, timezone)
    model = load_model(model)
    if unit is not None and unit.strip() != model.unit:
        raise InputError(f"unit: the model forecasts {model.unit}, but the file is in {unit}")
    # In a file every name is text; the model may know its nodes by numbers.
    table = table.rename(columns={str(node): node for node in model.nodes})
    unknown = [node for node in table if node not in model.nodes]
    absent = [node for node in model.nodes if node not in table]
    if unknown:
        raise InputError(
            f"{values}: the sensors differ from those the model was fitted on: "
            f"missing {absent[:3] or 'none'}, unknown {unknown[:3]}"
        )
    table = table.reindex(columns=model.nodes)  # the names decide, not the order in the file
    reporting = table.loc[:, table.notna().any()]
    if reporting.empty:
        raise InputError(f"{values}: there is no reading in it to forecast from")
    if len(table) < model.lookback:
        raise InputError(
            f"{values}: expected at least {model.lookback} rows of history (lookback), "
            f"got {len(table)}"
        )
    table = _at_the_model_s_step(model, table, values)
    reporting = table[reporting.columns]
    history = SpatioTemporalDataset("history", reporting, model.unit)
    times = known_ahead(history, 0, len(table) + model.horizon)[0]
    columns, assumed = _known_ahead(model, times, ahead)
    assumed += _without_readings(model, table, absent, values)
    assumed += _far_from_training(model, table)
    calendar = make_calendar(times, **columns)
    history = SpatioTemporalDataset("history", _usual_for_silent(model, table, reporting),
                                    model.unit, calendar=calendar)  # fmt: skip
    history = history.of_nodes(model.nodes)
    if model.calibration is None:
        assumed.append(NO_INTERVALS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is not known ahead is among the sentences
        said, quantiles = model.predict(history), quantiles_ahead(model, history)
    silent = silent_nodes(table, rows_looked_at(model))
    if quantiles is not None:
        quantiles.loc[:, quantiles.columns.get_level_values(0).isin(silent)] = np.nan
    return long_forecast(said, quantiles, model.unit), assumed


def _at_the_model_s_step(model, table, values):
    """The table in the model's zone, with rows in front that make its step plain.

    From two rows nobody can tell months from 31 days, so the step is the model's and not guessed.
    """
    if (table.index.tz is None) != (model.timezone is None):
        raise InputError(
            f"{values}: its times have {'no' if table.index.tz is None else 'a'} time zone, but "
            f"those of the training had {model.timezone or 'none'}; write them alike"
        )
    if model.timezone:
        table = table.tz_convert(model.timezone)
    if model.frequency is None:
        return table
    rows = max(len(table), ROWS_THAT_TELL)
    times = pd.date_range(end=table.index[-1], periods=rows, freq=model.frequency)
    if not table.index.equals(times[rows - len(table) :]):
        step = pd.Series(table.index).diff().median()
        raise InputError(
            f"{values}: expected a step of {model.interval} as the model has it, got {step}"
        )
    return table.reindex(times)


def _far_from_training(model, table):
    """A sentence about readings that lie far outside those of the training."""
    if not len(model.lowest):
        return []
    lowest, highest = np.array(model.lowest), np.array(model.highest)
    room = FAR * np.maximum(highest - lowest, 1e-6 * np.abs(highest))
    far = (table.max() > highest + room) | (table.min() < lowest - room)
    if not far.any():
        return []
    node = far.index[far][0]
    place = list(table.columns).index(node)
    return [
        f"{int(far.sum())} of {len(far)} sensors read far outside what training has seen: {node} "
        f"from {three_digits(table[node].min())} to {three_digits(table[node].max())}, where it "
        f"was {three_digits(lowest[place])} to {three_digits(highest[place])}; is it another unit "
        "or a mark for a missing value?"
    ]


def _without_readings(model, table, absent, values):
    """Sentences about the sensors without a recent reading; none at all is an error."""
    rows = rows_looked_at(model)
    silent = silent_nodes(table, rows)
    if len(silent) == len(table.columns):
        last = table.dropna(how="all").index[-1]
        raise InputError(
            f"{values}: no sensor has a reading in the last {rows} rows (the last is of {last}); "
            "a forecast needs one: cut the file there"
        )
    told = []
    for node in silent:
        known = table[node].last_valid_index()
        last = f"the last is of {known}" if known is not None else "there is none in the file"
        where = (
            "is not in the file"
            if node in absent
            else (f"has no reading in the last {rows} rows ({last})")
        )
        told.append(
            f"{node} {where}; {model.name} takes {model.when_silent} for it, and it has no range"
        )
    if len(told) > MOST_TOLD:
        told = [f"{len(told)} of {len(table.columns)} sensors: {told[0].split(' ', 1)[1]}; they "
                f"are {listed_nodes(silent, most=40)}"]  # fmt: skip
    elif told:
        told.append(f"{len(silent)} of {len(table.columns)} sensors are silent")
    return told


def _usual_for_silent(model, table, reporting):
    """Readings for the model: a silent sensor that has no neighbour to ask gets its usual value.

    A network with a graph takes the mean of the neighbours instead, and a baseline its own
    averages.
    """
    usual = getattr(model, "usual", None)
    if usual is None or model.needs_graph:
        return reporting
    filled = table.copy()
    for node, mean in zip(model.nodes, usual):
        if node in silent_nodes(table, rows_looked_at(model)):
            filled.loc[filled.index[-1], node] = mean
    return filled


def _known_ahead(model, times, ahead):
    """Columns of the calendar beyond the clock, and what had to be assumed for them."""
    wanted = [name for name in model.calendar_columns if name not in (*CLOCK, *YEAR)]
    if ahead is None and model.calendar_scales is None:
        names = ", ".join(wanted)
        told = f"{names}: left out by {model.name}, since no --calendar is given"
        return {}, [told] if wanted else []
    if ahead is None:
        flags = [name for name in wanted if name not in model.calendar_scales]
        scaled = [name for name in wanted if name in model.calendar_scales]
        assumed = [
            f"{', '.join(names)}: taken as {what} throughout, since no --calendar is given"
            for names, what in ((flags, "0"), (scaled, "the mean in training"))
            if names
        ]
        return {name: np.zeros(len(times)) for name in flags}, assumed
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
