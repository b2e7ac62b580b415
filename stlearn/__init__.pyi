from stlearn import (
    baselines,
    calibration,
    catalogue,
    data,
    evaluation,
    graph,
    networks,
    plots,
    reading,
)
from stlearn.catalogue import load
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError
from stlearn.evaluation.backtest import backtest
from stlearn.networks.forecaster import Forecaster
from stlearn.reading.readers import read_csv

__version__: str

__all__ = [
    "Forecaster",
    "InputError",
    "SpatioTemporalDataset",
    "backtest",
    "baselines",
    "calibration",
    "catalogue",
    "data",
    "evaluation",
    "graph",
    "load",
    "networks",
    "plots",
    "read_csv",
    "reading",
]
