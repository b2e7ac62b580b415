"""stlearn: spatio-temporal networks, taught and built, from sensors to an honest forecast.

Public names are loaded when they are first used, so `import stlearn` is quick and loads neither
TensorFlow nor a simulator.

From the ground up:
- `errors`, `checks`, `files`: one exception, checks of arguments, files written whole.
- `memory`, `tasks`: freed memory goes back to the system; independent work on many machines.
- `data`: the data set, its repair, its parts and windows (chapters 01 and 02).
- `graph`: graphs as matrices, and what spreads over them (chapter 03).
- `reading`: data and graphs from your own files (chapter 01).
- `catalogue`: public data sets by their names, loaded and verified (chapter 00).
- `calibration`: states at the origin, and quantiles that keep their promise (chapter 05).
- `baselines`: forecasts without a network (chapters 01 and 03).
- `networks`: layers, models and training (chapters 02 and 04).
- `evaluation`: errors, intervals, comparisons and decisions (chapters 05 and 06).
- `plots`: figures, each with its sentence (all chapters).
- `forecast`: the job `stlearn forecast` and the command line (chapter 04).
"""

import os

import lazy_loader

from stlearn.errors import warn_of_namesake

# TensorFlow reads both when it starts: without them it prints lines that help no reader.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

__version__ = "0.1.0"

warn_of_namesake()

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "baselines",
        "calibration",
        "catalogue",
        "data",
        "evaluation",
        "graph",
        "networks",
        "plots",
        "reading",
    ],
    submod_attrs={
        "catalogue": ["load"],
        "data.dataset": ["SpatioTemporalDataset"],
        "errors": ["InputError"],
        "evaluation.backtest": ["backtest"],
        "networks.forecaster": ["Forecaster"],
        "reading.readers": ["read_csv"],
    },
)
