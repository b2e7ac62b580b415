"""Forecast with an exported network, without stlearn: `python serve.py values.csv`.

This file stands beside each export (`stlearn export`) and reads what lies there. It needs NumPy,
pandas and the runtime of the format: onnxruntime, ai_edge_litert, or tensorflow for a SavedModel.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
TIMES = 20  # forecasts that are timed
LEAST_DISTANCE = 0.1  # of an end from the middle, as a share of what the network said


def load(folder=HERE):
    """Return the description of the model, its profile (or None), and a function that runs it."""
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    profile = np.load(folder / "profile.npy") if about["profile"] else None
    networks = [RUNTIMES[about["format"]](folder / file) for file in about["files"]]

    def run(inputs):
        said = [network(inputs) for network in networks]
        said = [np.sort(each, axis=-1) if each.ndim == 4 else each[..., None] for each in said]
        return np.mean(said, axis=0)[0]  # (step, node, quantile), scaled

    return about, profile, run


def _onnx(file):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file))
    names = [each.name for each in session.get_inputs()]
    return lambda inputs: session.run(None, {name: inputs[_own(name)] for name in names})[0]


def _litert(file):
    from ai_edge_litert.interpreter import Interpreter

    network = Interpreter(str(file))
    network.allocate_tensors()
    places = {_own(each["name"]): each["index"] for each in network.get_input_details()}
    out = network.get_output_details()[0]["index"]

    def run(inputs):
        for name, place in places.items():
            network.set_tensor(place, inputs[name])
        network.invoke()
        return network.get_tensor(out)

    return run


def _saved_model(folder):
    import tensorflow as tf

    model = tf.saved_model.load(str(folder))
    names = model.signatures["serving_default"].structured_input_signature[1]
    call = model.signatures["serving_default"]
    return lambda inputs: next(
        iter(call(**{name: tf.constant(inputs[_own(name)]) for name in names}).values())
    ).numpy()


def _own(name):
    """Name of an input as the network knows it, out of the one that the format gave it."""
    return next(key for key in ("history", "calendar", "profile", "extra") if key in name)


RUNTIMES = {"onnx": _onnx, "litert": _litert, "saved_model": _saved_model}


def forecast(about, profile, run, values, ahead=None):
    """Forecast what follows the end of a table.

    Args:
        about, profile, run: What `load` returned.
        values: DataFrame (time, sensor), as many rows as the network looks at, or more.
        ahead: DataFrame (time, column) of what is known ahead, if the network reads it.

    Returns:
        DataFrame with the columns time, node, low, forecast, high.
    """
    values = values[about["nodes"]]
    lookback, horizon = about["lookback"], about["horizon"]
    if len(values) < lookback:
        raise SystemExit(f"values: expected at least {lookback} rows, got {len(values)}")
    past = values.index[-lookback:]
    times = pd.date_range(past[-1], periods=horizon + 1, freq=about["frequency"])[1:]
    around = past.append(times)
    table = values.to_numpy(dtype="float32")
    recent = table[-lookback:].copy()
    silent = np.isnan(recent).all(axis=0)
    if not about["graph"]:
        recent[-1, silent] = np.array(about["usual"], dtype="float32")[silent]
    mean, scale = (np.array(about["scaler"][key], dtype="float32") for key in ("mean", "scale"))
    history = (recent - mean) / scale
    inputs = {"history": np.where(np.isnan(history), np.float32(about["missing"]), history)[None]}
    calendar = calendar_of(about, around, ahead)
    scaled = calendar.copy()
    for name, (centre, spread) in about["calendar_scales"].items():
        scaled[name] = (scaled[name] - centre) / spread
    inputs["calendar"] = scaled.to_numpy(dtype="float32")[None]
    if profile is not None:
        day = calendar["day_of_week"].to_numpy().astype(int)
        for name in calendar:
            if name == "holiday" or name.startswith("holiday "):
                day = np.where(calendar[name] > 0, 6, day)
        slots = profile.shape[1]
        slot = ((around - around.normalize()) / pd.Timedelta("1D") * slots + 0.01).astype(int)
        day, slot = (around.month - 1, 0 * slot) if about["by_month"] else (day, slot)
        inputs["profile"] = ((profile[day, slot] - mean) / scale).astype("float32")[None]
    inputs = {name: np.ascontiguousarray(each) for name, each in inputs.items()}
    said = np.moveaxis(np.moveaxis(run(inputs), -1, 0) * scale + mean, 0, -1)
    if about["bound"] is not None:
        bound = np.broadcast_to(np.array(about["bound"], dtype="float64"), table.shape[1])
        lowest = np.where(np.isnan(bound), -np.inf, np.fmin(np.fmin.reduce(table, axis=0), bound))
        said = np.maximum(said, lowest[:, None])
    middle = said[..., said.shape[-1] // 2]
    ends = calibrated(about["calibration"], said, table) if about["calibration"] else None
    ends = np.full((*middle.shape, 2), np.nan) if ends is None else ends
    low, high = (np.where(silent, np.nan, ends[..., end]) for end in (0, -1))
    return pd.DataFrame(
        {
            "time": np.repeat(times, len(about["nodes"])),
            "node": np.tile(about["nodes"], horizon),
            "low": low.ravel(),
            "forecast": middle.ravel(),
            "high": high.ravel(),
        }
    )


def calendar_of(about, times, ahead):
    """The calendar as the network reads it, before scaling: clock, season, what is known ahead."""
    days = (times - times.normalize()) / pd.Timedelta("1D")
    turn = 2 * np.pi * (times.dayofyear - 1 + days) / 365.25
    known = {"time_of_day": days, "day_of_week": times.dayofweek.to_numpy(),
             "year_sine": np.sin(turn), "year_cosine": np.cos(turn)}  # fmt: skip
    if about["no_day_of_week"]:
        known["day_of_week"] = np.zeros(len(times))
    columns = {}
    for name in about["calendar_columns"]:
        if name in known:
            columns[name] = np.asarray(known[name])
        elif ahead is not None and name in ahead:
            columns[name] = ahead[name].reindex(times).to_numpy()
        else:
            raise SystemExit(f"--calendar: expected a column {name!r} for each time, {times[0]} on")
    return pd.DataFrame(columns, times).astype("float32")


def calibrated(rule, said, table):
    """Quantiles (step, node, quantile), moved as the validation part has told."""
    states = rule["states"]
    known = pd.DataFrame(table).ffill().to_numpy(dtype="float64")
    now, before = known[-1], known[max(len(known) - 1 - states["rows"], 0)]
    limit, change = np.array(states["limit"]), np.array(states["change"])
    level = np.where(states["speed"], now < limit, now >= limit)
    state = 4 * np.array(states["quantity"]) + 2 * level + (np.abs(now - before) > change)
    size, levels, moves = (np.array(rule[key]) for key in ("size", "levels", "moves"))
    count = len(rule["quantiles"])
    said = np.broadcast_to(said, (*said.shape[:2], count)).astype("float64")
    middle = count // 2
    found = np.empty(said.shape)
    for step, (ends, of_step) in enumerate(zip(levels, moves)):
        height = np.searchsorted(ends, said[step, :, middle] / size, side="right")
        found[step] = said[step] + of_step[state, height] * size[:, None]
    # No end comes nearer to the middle than a tenth of its own distance: no range is empty.
    nearest = said[..., middle, None] + LEAST_DISTANCE * (said - said[..., middle, None])
    found[..., :middle] = np.minimum(found[..., :middle], nearest[..., :middle])
    found[..., middle + 1 :] = np.maximum(found[..., middle + 1 :], nearest[..., middle + 1 :])
    found[..., : middle + 1] = np.minimum.accumulate(found[..., middle::-1], axis=-1)[..., ::-1]
    found[..., middle:] = np.maximum.accumulate(found[..., middle:], axis=-1)
    if rule["least"] is not None:
        least = np.array(rule["least"], dtype="float64")[..., None]  # NaN where there is none
        found = np.fmax(found, np.minimum(least, found[..., middle, None]))
    return found


def read(file, about):
    """Read a CSV file with a time column in front."""
    table = pd.read_csv(file, index_col=0)
    zone = about["timezone"]
    times = pd.to_datetime(table.index, format="ISO8601", utc=zone is not None)
    table.index = times.tz_convert(zone) if zone else times
    return table


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("values", help="CSV: time in front, a column a sensor")
    options.add_argument("--calendar", help="CSV: time in front, then what is known ahead")
    options.add_argument("--time", action="store_true", help="tell on stderr how long it takes")
    given = options.parse_args()
    began = time.perf_counter()
    model = load()
    loaded = time.perf_counter()
    values = read(given.values, model[0])
    ahead = read(given.calendar, model[0]) if given.calendar else None
    found = forecast(*model, values, ahead)
    found.to_csv(sys.stdout, index=False)
    if given.time:
        first = time.perf_counter()
        for _ in range(TIMES):
            forecast(*model, values, ahead)
        seconds = (time.perf_counter() - first) / TIMES
        print(json.dumps({"load": loaded - began, "forecast": seconds}), file=sys.stderr)


if __name__ == "__main__":
    main()
