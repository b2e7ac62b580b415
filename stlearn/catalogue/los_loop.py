"""Los-loop: one week of METR-LA, as the T-GCN paper uses it."""

import numpy as np
import pandas as pd

from stlearn.errors import InputError
from stlearn.reading.readers import read_tgcn


def read(speed, adjacency, locations):
    """Read speeds, graph and places; an InputError if the places are not those of the sensors."""
    dataset = read_tgcn(speed, adjacency, start="2012-03-01", interval="5min", unit="mph")
    sensors = list(dataset.values.columns)
    places = pd.read_csv(locations, dtype={"sensor_id": str}, index_col="sensor_id")
    if set(places.index) != set(sensors):
        raise InputError(f"{locations}: its sensors are not those of {speed}")
    order = "the same" if list(places.index) == sensors else "another one, so rows were moved"
    speeds = dataset.values.to_numpy(dtype="float64")
    line = np.abs(speeds[2:] - 2 * speeds[1:-1] + speeds[:-2]) < 1e-4
    filled = (line & (speeds[1:-1] != speeds[:-2])).mean()
    return {
        "values": dataset.values,
        "adjacency": dataset.adjacency_frame,
        "nodes": places[["latitude", "longitude"]],
        "notes": (
            *dataset.notes,
            f"Coordinates are matched by sensor id; the order of the two files is {order}.",
            f"Gaps were filled before publication and are no longer marked: {filled:.1%} of the "
            "readings lie exactly on a line between the readings before and after.",
        ),
    }
