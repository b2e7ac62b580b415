"""Watch forecasts in service: what was said, what came, and what the test had promised."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.data.quantities import places_of
from stlearn.data.steps import regular_frequency, usual_length
from stlearn.data.units import in_words
from stlearn.errors import InputError
from stlearn.evaluation.comparison import shown_steps
from stlearn.evaluation.drift import Drift, find_drift
from stlearn.forecast.targets import values_together
from stlearn.reading.readers import read_as_prepared

COLUMNS = ("time", "node", "low", "forecast", "high")


class Watch(NamedTuple):
    """What a watch has found.

    Args:
        table: DataFrame with one row a shown step, and the columns ahead, known (values that have
            come), mae, mae_promised, held and held_promised (shares within low and high).
        errors, misses: Drift of the errors, and of the share outside low and high; None for
            misses where there are no low and high.
        told: Sentences.
    """

    table: pd.DataFrame
    errors: Drift
    misses: Drift | None
    told: tuple[str, ...]


def promises(result):
    """What the test of the kept model promises, to be held against in service.

    Args:
        result: `stlearn.forecast.job.Result`.

    Returns:
        DataFrame with one row a node and step: mae (in the data's unit) and held (share of the
        known targets within low and high); and DataFrame with one row an origin of the test part:
        time (of the first step), error (mean over nodes and steps of the absolute errors, each
        divided by its mae) and missed (share outside low and high).
    """
    tested = result.comparison.runs[result.model.name].backtest
    errors = np.abs(tested.truth - tested.forecast).astype("float64")
    held = np.full(errors.shape, np.nan)
    if tested.calibration is not None:
        said = tested.calibrated()
        inside = (said[..., 0] <= tested.truth) & (tested.truth <= said[..., -1])
        held = np.where(np.isnan(errors), np.nan, inside)
    mae, kept = (_mean(part, axis=0) for part in (errors, held))
    steps, nodes = mae.shape
    promised = pd.DataFrame(
        {
            "node": np.tile(np.asarray(tested.nodes), steps),
            "step": np.repeat(np.arange(1, steps + 1), nodes),
            "mae": mae.ravel(),
            "held": kept.ravel(),
        }
    )
    relative = errors / np.where(mae > 0, mae, np.nan)
    by_origin = pd.DataFrame(
        {
            "time": tested.times,
            "error": _mean(relative, axis=(1, 2)),
            "missed": 1 - _mean(held, axis=(1, 2)),
        }
    )
    return promised, by_origin


def watch(forecasts, came, folder, timezone=None, targets=()):
    """Hold forecasts against what came, and both against what the test promised.

    Args:
        forecasts: List of CSV files as `stlearn predict` writes them.
        came: CSV file of values as `stlearn.read_csv` reads it: what was measured.
        folder: Folder of results of `stlearn forecast`, with the model that made the forecasts.
        timezone: As in `stlearn.read_csv`.
        targets: What was measured of further quantities that the model forecasts, as in
            `stlearn.forecast.targets.read_target`.

    Returns:
        Watch.

    Raises:
        InputError: If a file is not as described, nothing has come yet, or the test part is too
            short to tell a drift.
    """
    promised, tested, quantities = read_promises(folder)
    values = read_as_prepared(came, timezone, silent=True)
    values = values_together(quantities, promised["node"].unique(), values, targets, timezone)
    said = _with_steps(pd.concat([_read(file) for file in forecasts]), values)
    measured = values.stack().rename("came").rename_axis(["time", "node"]).reset_index()
    said = said.merge(measured.astype({"node": str}), how="left", on=["time", "node"])
    twice = said.duplicated(["origin", "time", "node"])
    if twice.any():
        raise InputError(
            f"forecasts: two of the same moment ({said['origin'][twice].iloc[0]}); name each once"
        )
    unknown = sorted(set(said["node"]) - set(promised["node"]))
    if unknown:
        raise InputError(f"forecasts: {unknown[0]} is no sensor that was tested in {folder}")
    known = said.dropna(subset="came").merge(promised, on=["node", "step"])
    if known.empty:
        raise InputError(f"--came: {came} has no value at a time that was forecast")
    known["off"] = (known["forecast"] - known["came"]).abs()
    known["error"] = known["off"] / known["mae"].where(known["mae"] > 0)
    inside = (known["low"] <= known["came"]) & (known["came"] <= known["high"])
    known["within"] = inside.where(known["low"].notna()).astype("float64")
    step = usual_length(regular_frequency(values.index))
    of_quantity = places_of(quantities, known["node"]).items()
    table = pd.concat(
        [_table(known.iloc[places], step, name) for name, places in of_quantity], ignore_index=True
    )
    by_origin = known.groupby("origin")[["error", "within"]].mean()
    tested = tested.set_index("time")
    if tested.index.tz is not None and values.index.tz is not None:
        tested = tested.tz_convert(values.index.tz)  # the same time of the day is looked for
    apart = 2 * promised["step"].max() * step
    both = by_origin["within"].notna().any() and tested["missed"].notna().any()
    level = 0.05 / (2 if both else 1)
    errors = find_drift(by_origin["error"], tested["error"], apart, level)
    misses = None
    if both and tested["missed"].mean() > 0:
        misses = find_drift(1 - by_origin["within"], tested["missed"], apart, level)
    told = [_counted(said, known), *_sentences(known, by_origin, errors, misses)]
    return Watch(table, errors, misses, tuple(told))


def read_promises(folder):
    """Read what `promises` gave and the results of `stlearn forecast` keep, and the quantities.

    Raises:
        InputError: If the folder does not hold it.
    """
    try:
        promised = pd.read_csv(f"{folder}/promised.csv", dtype={"node": str})
        tested = pd.read_csv(f"{folder}/tested.csv")
        tested["time"] = pd.to_datetime(tested["time"], format="ISO8601", utc="+" in
                                        str(tested["time"].iloc[0])[10:])  # fmt: skip
        about = json.loads(Path(folder, "run.json").read_text(encoding="utf-8"))
        return promised, tested, about["quantities"]
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"--model: expected the folder of results that `stlearn forecast` left, with "
            f"promised.csv and tested.csv, got {folder} ({error})"
        ) from None


def _read(file):
    try:
        table = pd.read_csv(file, dtype={"node": str})
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read as a CSV file ({error})") from None
    missing = [name for name in COLUMNS if name not in table]
    if missing or table.empty:
        raise InputError(
            f"{file}: expected forecasts as `stlearn predict` writes them, with the columns "
            f"{', '.join(COLUMNS)}, missing {', '.join(missing) or 'rows'}"
        )
    for name in {"time", "origin"} & set(table):
        aware = any(mark in str(table[name].iloc[0])[10:] for mark in "+-Z")
        table[name] = pd.to_datetime(table[name], format="ISO8601", utc=aware)
    if "origin" not in table:
        table["origin"] = table["time"].min()  # of the first step: it names the forecast
    return table


def _with_steps(said, values):
    """Number the steps of each forecast from 1 on; bring its times to the zone of the values."""
    if (said["time"].dt.tz is None) != (values.index.tz is None):
        raise InputError("--came: its times and those of the forecasts are written in another way "
                         "(with a time zone, or without)")  # fmt: skip
    if values.index.tz is not None:
        for name in ("time", "origin"):
            said[name] = said[name].dt.tz_convert(values.index.tz)
    said["step"] = said.groupby("origin")["time"].rank("dense").astype(int)
    said["origin"] = said.groupby("origin")["time"].transform("min")
    return said


def _table(known, step, quantity):
    shown = shown_steps(int(known["step"].max()))
    rows = known[known["step"].isin(shown)].groupby("step")
    table = rows.agg(
        known=("came", "size"),
        mae=("off", "mean"),
        mae_promised=("mae", "mean"),
        held=("within", "mean"),
        held_promised=("held", "mean"),
    )
    ahead = [in_words(each * step, step=step, short=True) for each in table.index]
    table.insert(0, "ahead", [f"{quantity}: {each}" if quantity else each for each in ahead])
    return table.reset_index(drop=True)


def _counted(said, known):
    origins = said["origin"]
    return (
        f"{origins.nunique():,} forecasts, from {origins.min()} to {origins.max()}; "
        f"{len(known):,} of {len(said):,} values have come."
    )


def _sentences(known, by_origin, errors, misses):
    told = []
    for name, found, now, usual in (
        ("errors are {:.2g} times as large", errors, by_origin["error"], 1.0),
        ("misses are {:.2g} times as many", misses, 1 - by_origin["within"],
         1 - known["held"].mean()),
    ):  # fmt: skip
        if found is not None and found.told is not None:
            times = now[now.index >= found.since].mean() / usual
            told.append(
                f"Drift: since about {found.since}, told on {found.told}: {name.format(times)} as "
                "promised. Train the model anew, and look what has changed."
            )
    if not told:
        told.append(
            "No drift is shown: errors and misses rise no further than they do by chance in "
            "95 of 100 watches of this length."
        )
    return told


def _mean(array, axis):
    known = ~np.isnan(array)
    count = known.sum(axis=axis)
    total = np.where(known, array, 0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
