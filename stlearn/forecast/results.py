"""A folder of results: written whole or not at all, and read again."""

import contextlib
import json
import math
import shutil
import uuid
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn import __version__
from stlearn.baselines import standard
from stlearn.errors import InputError
from stlearn.forecast.scores import by_sensor, in_order, with_shares
from stlearn.forecast.watch import promises

MARKER = "run.json"
CONTENT = {
    MARKER, "scores.csv", "by_state.csv", "by_sensor.csv", "forecast.csv", "model", "figures",
    "report.html", "promised.csv", "tested.csv",
}  # fmt: skip
MADE_BY = "stlearn forecast"


def scores_as_json(result):
    """Return data set, protocol and scores as plain numbers and text; what is not known is None."""
    return {
        "dataset": result.dataset.name,
        "protocol": result.protocol,
        "model": result.model.name,
        "told": list(result.told),
        "unit": result.comparison.unit,
        "scores": _plain_rows(_of_each(result, lambda part: in_order(with_shares(part)))),
        "by_state": _plain_rows(_of_each(result, _by_state)),
        "by_sensor": _plain_rows(_of_each(result, by_sensor)),
    }


def _of_each(result, table_of):
    """The tables of the quantities, one below the other, with a column in front that names them."""
    tables = []
    for name, part in result.by_quantity.items():
        table = table_of(part)
        if name:
            table.insert(0, "quantity", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _by_state(result):
    table = result.comparison.by_state()
    return pd.DataFrame() if table is None else table


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
        unit: Unit of both, or a list of that of each node.

    Example:
        >>> import pandas as pd
        >>> from stlearn.forecast.results import long_forecast
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
    if not isinstance(unit, str):
        unit = table["node"].map(dict(zip(forecast.columns, unit)))
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
        >>> from stlearn.forecast.results import results_folder
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

    scores = _of_each(result, lambda part: in_order(with_shares(part)))
    scores.to_csv(folder / "scores.csv", index=False)
    _of_each(result, by_sensor).to_csv(folder / "by_sensor.csv", index=False)
    if result.comparison.has_intervals:
        _of_each(result, _by_state).to_csv(folder / "by_state.csv", index=False)
    ahead = long_forecast(result.forecast, result.quantiles, result.model.units)
    ahead.to_csv(folder / "forecast.csv", index=False)
    promised, tested = promises(result)
    promised.to_csv(folder / "promised.csv", index=False)
    tested.to_csv(folder / "tested.csv", index=False)
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
        "quantities": result.dataset.quantities,
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
    from stlearn.networks import Forecaster, RegionalForecaster  # these start TensorFlow

    kind = RegionalForecaster if (folder / "regions.json").is_file() else Forecaster
    return kind.load(folder)
