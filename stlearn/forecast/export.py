"""Export a network to a format that needs no Keras, with an example that serves a forecast.

The formats are those of `keras.Model.export`.
"""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.baselines.base import Baseline
from stlearn.checks import check_installed
from stlearn.data.dataset import SpatioTemporalDataset, known_ahead, make_calendar
from stlearn.data.seasons import YEAR, own_columns
from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.forecast.results import load_model

FORMATS = {"onnx": "network{}.onnx", "litert": "network{}.tflite", "saved_model": "network{}"}
NEEDS = {
    "onnx": ("onnx", "tf2onnx", "onnxruntime"),
    "litert": ("ai_edge_litert",),
    "saved_model": (),
}
EXAMPLE = "serve.py"
ROWS = 40  # of the example
MISSING = -1e30  # stands for a missing value


class Export(NamedTuple):
    """What was exported.

    Args:
        load, forecast: Seconds that the example takes to load, and for one forecast afterwards.
        difference: Largest difference between what it said and what the model says.
        megabytes: Size of the networks.
    """

    load: float
    forecast: float
    difference: float
    megabytes: float


def export(model, format, folder):
    """Export the network of a saved forecaster, with an example, and try the example.

    The example, `serve.py`, is run in an interpreter of its own, on `example.csv` (each sensor at
    its usual value). It must say what the model says.

    Args:
        model: Folder of the saved forecaster, or the folder of results that holds it.
        format: "onnx", "litert" or "saved_model".
        folder: Where to write; new or empty.

    Returns:
        Export.

    Raises:
        InputError: If the model is no network, or reads other quantities; if a package is missing
            or the folder holds something; if the example says anything else than the model.
    """
    if format not in FORMATS:
        raise InputError(f"--format: expected {', '.join(FORMATS)}, got {format!r}")
    check_installed(f"--format {format}", "export", *NEEDS[format])
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"--out: expected a new or empty folder, got {folder}")
    forecaster = load_model(model)
    if isinstance(forecaster, Baseline):
        raise InputError(
            f"--model: expected a network, got {forecaster.name}, a baseline; it is saved as plain "
            "numbers and needs no export"
        )
    if not hasattr(forecaster, "network"):
        raise InputError(f"--model: expected one network, got {forecaster.name}, one for each")
    if forecaster.also:
        raise InputError(
            f"--model: expected a network that reads the values and what is known ahead, got one "
            f"that reads {', '.join(forecaster.also)} too; the example does not serve those"
        )
    networks = [_for_export(each) for each in (forecaster.network, *forecaster.further)]
    files = [FORMATS[format].format(f"_{place + 1}" if place else "")
             for place in range(len(networks))]  # fmt: skip
    history = _example(forecaster)
    with written_aside(folder) as aside:
        for network, file in zip(networks, files):
            kind = "tf_saved_model" if format == "saved_model" else format
            network.export(str(aside / file), format=kind, verbose=False)
        about = _about(forecaster, format, files)
        (aside / "model.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
        if forecaster.reads_profile:
            np.save(aside / "profile.npy", _profile(forecaster).astype("float32"))
        shutil.copy(Path(__file__).with_name(EXAMPLE), aside)
        history.values.rename_axis("time").to_csv(aside / "example.csv")
        own = own_columns(forecaster.calendar_columns)
        if own:
            history.calendar[own].rename_axis("time").to_csv(aside / "calendar.csv")
        said, seconds = _served(aside, bool(own))
        difference = _difference(said, forecaster, history)
        size = sum(file.stat().st_size for name in files for file in _all_files(aside / name))
    return Export(seconds["load"], seconds["forecast"], difference, size / 1e6)


def _for_export(network):
    """A copy with what the formats know: GELU by erf, and a number as the mark for missing values.

    Keras writes GELU with the complement of erf, and the formats turn a choice between two values
    into a product, in which NaN is not to be got rid of.
    """
    import keras

    from stlearn.networks.input_layers import FillMissing

    class Gelu(keras.layers.Layer):
        def call(self, inputs):
            return 0.5 * inputs * (1 + keras.ops.erf(inputs / math.sqrt(2)))

    class FillMarked(FillMissing):
        def is_known(self, inputs):
            return inputs > 0.5 * MISSING

    def replaced(layer):
        config = layer.get_config()
        if isinstance(layer, FillMissing):
            return FillMarked.from_config(config)
        if isinstance(layer, keras.layers.Activation) and config["activation"] == "gelu":
            return Gelu(name=layer.name)
        return type(layer).from_config(config)

    copied = keras.models.clone_model(network, clone_function=replaced)
    copied.set_weights(network.get_weights())
    # Keras exports what was called before.
    blank = {each.name: np.zeros((1, *each.shape[1:]), "float32") for each in network.inputs}
    copied(keras.tree.pack_sequence_as(network.input, [blank[e.name] for e in network.inputs]))
    return copied


def _example(forecaster):
    """A history in which each sensor stands at its usual value, with its calendar."""
    rows = max(ROWS, forecaster.lookback)
    times = pd.date_range(
        "2026-01-05", periods=rows, freq=forecaster.frequency, tz=forecaster.timezone
    )
    values = pd.DataFrame(np.tile(forecaster.usual, (rows, 1)), times, forecaster.nodes)
    history = SpatioTemporalDataset("example", values, forecaster.unit)
    around = known_ahead(history, 0, rows + forecaster.horizon)[0]
    own = {name: np.zeros(len(around)) for name in own_columns(forecaster.calendar_columns)}
    calendar = make_calendar(around, **own)
    return SpatioTemporalDataset("example", values, forecaster.unit, calendar=calendar)


def _about(forecaster, format, files):
    """All that the example has to know, as JSON can hold it."""
    long_steps = forecaster.interval > pd.Timedelta("6D")
    return {
        "format": format,
        "files": files,
        **forecaster.about(),
        "lookback": forecaster.lookback,
        "horizon": forecaster.horizon,
        "calendar_columns": forecaster.calendar_columns,
        "calendar_scales": forecaster.calendar_scales,
        "no_day_of_week": long_steps and set(YEAR) <= set(forecaster.calendar_columns),
        "by_month": long_steps,
        "profile": forecaster.reads_profile,
        "scaler": forecaster.scaler.to_dict(),
        "bound": forecaster.bound,
        "usual": forecaster.usual.tolist(),
        "missing": MISSING,
        "graph": forecaster.needs_graph,
        "calibration": forecaster.calibration and forecaster.calibration.to_dict(),
    }


def _profile(forecaster):
    """The average (day of the week or month, slot of the day, node) that the network reads."""
    average = forecaster.average
    days, slots, _ = average.sums.shape
    found = np.full(average.sums.shape, average.sums.sum() / average.counts.sum())
    day, slot = (part.ravel() for part in np.indices((days, slots)))
    for sums, counts in average._levels(day, slot):
        with np.errstate(divide="ignore", invalid="ignore"):
            level = np.where(counts > 0, sums / counts, np.nan)
        level = np.broadcast_to(level, (len(day), found.shape[-1])).reshape(found.shape)
        found = np.where(np.isnan(level), found, level)
    return found


def _served(folder, calendar):
    """What the example says in an interpreter of its own, and the seconds that it took."""
    more = ["--calendar", "calendar.csv"] if calendar else []
    done = subprocess.run(
        [sys.executable, "-E", EXAMPLE, "example.csv", *more, "--time"],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    lines = done.stderr.strip().splitlines()
    if done.returncode:
        raise InputError(f"--format: the example failed ({lines[-1] if lines else 'no word'})")
    (folder / "forecast.csv").write_text(done.stdout, encoding="utf-8")
    return pd.read_csv(folder / "forecast.csv"), json.loads(lines[-1])


def _difference(said, forecaster, history):
    """Largest difference between the example's forecast and the model's; it must be small."""
    expected = forecaster.predict(history).to_numpy()
    off = np.abs(said["forecast"].to_numpy().reshape(expected.shape) - expected)
    difference = float(off.max())
    if not (off <= 1e-3 * forecaster.scaler.scale).all():
        raise InputError(
            f"--format: the exported network says something else than the model: they differ by up "
            f"to {difference:.3g} {forecaster.unit}"
        )
    return difference


def _all_files(path):
    return [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
