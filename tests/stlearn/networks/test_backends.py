"""The same network on TensorFlow and on JAX, and one network on several devices."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import on_devices
import pandas as pd
import pytest

from stlearn import Forecaster, InputError, SpatioTemporalDataset
from stlearn.networks.devices import check_devices, over_sensors, own_share, parts_of_a_batch

pytestmark = pytest.mark.backend
needs_jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="needs JAX")
OTHER = {"tensorflow": "jax", "jax": "tensorflow"}[keras.backend.backend()]


def waves(rows=200, nodes=5):
    time, place = np.arange(rows)[:, None], np.arange(nodes)[None]
    noise = np.random.default_rng(0).normal(0, 1, (rows, nodes))
    names = [f"s{node}" for node in range(nodes)]
    index = pd.date_range("2026-01-05", periods=rows, freq="5min")
    values = 60 + 20 * np.sin(2 * np.pi * (time - 2 * place) / 48) + noise
    frame = pd.DataFrame(values, index=index, columns=names)
    frame.iloc[20:25, 1] = np.nan
    chain = pd.DataFrame(np.eye(nodes, k=-1), index=names, columns=names)
    return SpatioTemporalDataset("waves", frame, unit="km/h", adjacency=chain)


FORECASTS = """
import json, sys
import numpy as np
from stlearn import Forecaster
from test_backends import waves
network = Forecaster.load(sys.argv[1])
print(json.dumps(network.forecasts(waves(), [60, 23]).tolist()))
"""


def start(*command, **environment):
    """Start Python in a process of its own; this folder and that of the tests are at hand."""
    places = [str(Path(file).parent) for file in (__file__, on_devices.__file__)] + sys.path
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", *command],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))} | environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def printed(process):
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


@pytest.mark.parametrize("model", ["stn", "cnn_lstm", "feed_forward"])
def test_both_back_ends_forecast_the_same_from_the_same_weights(model, tmp_path):
    if importlib.util.find_spec(OTHER) is None:
        pytest.skip(f"needs {OTHER}")
    network = Forecaster(model, lookback=12, horizon=3, epochs=1, progress=False).fit(waves())
    here = network.forecasts(waves(), [60, 23])
    network.save(tmp_path / "model")
    there = printed(start("-c", FORECASTS, str(tmp_path / "model"), KERAS_BACKEND=OTHER))
    assert np.abs(here - there).max() / np.nanstd(waves().values) < 1e-5


@pytest.fixture(scope="module")
def alone():
    return printed(start(on_devices.__file__, "one"))


def close(found, alone):
    np.testing.assert_allclose(found["losses"], alone["losses"], rtol=1e-4)
    np.testing.assert_allclose(found["forecast"], alone["forecast"], rtol=1e-3)


@needs_jax
@pytest.mark.parametrize(("how", "sensors"), [("four", 8), ("grid", 4)])
def test_devices_that_share_the_work_learn_what_one_learns(how, sensors, alone):
    found = printed(start(on_devices.__file__, how))
    close(found, alone)
    assert found["sensors of a device"] == [sensors]


@needs_jax
def test_two_processes_that_share_the_work_learn_what_one_learns(alone):
    with socket.socket() as free:
        free.bind(("localhost", 0))
        address = f"localhost:{free.getsockname()[1]}"
    both = [start(on_devices.__file__, "process", number, address) for number in "01"]
    for found in map(printed, both):
        close(found, alone)


@needs_jax
def test_what_devices_cannot_share_evenly_is_refused():
    said = printed(start(on_devices.__file__, "refusals"))
    assert [each.split(":")[0] for each in said] == ["sensors, batch", "batch_size", "sensors"]
    assert "a multiple of the 2 devices that share each batch, got 15" in said[1]
    assert "a number of devices that divides the 7 sensors, got 2" in said[2]


def test_without_devices_nothing_is_shared_out():
    assert parts_of_a_batch() == 1
    assert own_share(np.arange(3)).tolist() == [0, 1, 2]
    check_devices(7, 5)


def test_shares_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="sensors: expected"):
        over_sensors(0)
    if keras.backend.backend() == "tensorflow":
        with pytest.raises(InputError, match="expected Keras on JAX .* got tensorflow"):
            over_sensors(2)
