"""The simulated corridor that ships: speed, flow, road, calendar and labelled events."""

import numpy as np
import pandas as pd

from stlearn import graph
from stlearn.data.dataset import make_calendar

REACH_KM = 3.0


def read(*paths):
    """Read the tables of the corridor, whose files are known by their names."""
    files = {path.name: path for path in paths}
    values, flow = (
        pd.read_csv(files[name], index_col=0, parse_dates=True)
        for name in ("speed.csv.gz", "flow.csv.gz")
    )
    known_ahead = pd.read_csv(files["calendar.csv.gz"], index_col=0, parse_dates=True)
    roads = pd.read_csv(files["edges.csv"])
    kilometres = graph.distances_from_edges(roads, values.columns)
    downstream = graph.gaussian_kernel(kilometres, sigma=REACH_KM, threshold=0.05)
    return {
        "values": values,
        "extra": {"flow": flow},
        "nodes": pd.read_csv(files["nodes.csv"], index_col=0, keep_default_na=False),
        # Half as much downstream: so the matrix and its transpose tell the directions apart.
        "adjacency": np.maximum(downstream.T, downstream / 2),
        "calendar": make_calendar(
            known_ahead.index, **{name: known_ahead[name] for name in known_ahead}
        ),
        "events": pd.read_csv(files["events.csv"], parse_dates=["start", "end"]),
        "notes": (
            "The graph is the Gaussian kernel of the distance along the road, sigma "
            f"{REACH_KM:g} km, in both directions: congestion acts upstream with the "
            "full weight, vehicles act downstream with half of it.",
        ),
    }
