"""stlearn: spatio-temporal networks, taught and built, from sensors to an honest forecast.

Public names are loaded when they are first used, so `import stlearn` is quick and loads neither
TensorFlow nor a simulator.
"""

import importlib
import os

# TensorFlow reads both when it starts: without them it prints lines that help no reader.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

__version__ = "0.1.0"

_HOME = {
    "SpatioTemporalDataset": "dataset",
    "InputError": "errors",
    "load": "catalogue",
    "read_csv": "readers",
    "backtest": "evaluate",
    "Forecaster": "forecaster",
}

__all__ = [*_HOME, "__version__"]


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(f"stlearn.{_HOME[name]}"), name)
    raise AttributeError(f"module 'stlearn' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
