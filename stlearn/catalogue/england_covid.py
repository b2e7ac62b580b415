"""Daily new cases in 129 regions of England, spring 2020, with a mobility graph a day."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn import graph


def read(path):
    """Read the cases and the mobility of each day."""
    content = json.loads(Path(path).read_text())
    cases = np.array(content["y"])
    regions = [str(region) for region in range(cases.shape[1])]
    days = pd.date_range("2020-03-13", periods=len(cases), freq="D")
    mapping = content["edge_mapping"]
    edges = pd.concat(
        pd.DataFrame(mapping["edge_index"][str(number)], columns=["source", "target"]).assign(
            time=day, weight=mapping["edge_weight"][str(number)]
        )
        for number, day in enumerate(days)
    )
    edges[["source", "target"]] = edges[["source", "target"]].astype(str)
    early = edges[edges["time"] < days[0] + pd.Timedelta("14D")]
    mean = early.groupby(["source", "target"], as_index=False)["weight"].sum()
    return {
        "values": pd.DataFrame(cases, index=days, columns=regions),
        "adjacency": graph.adjacency_from_edges(mean.assign(weight=mean["weight"] / 14), regions),
        "edges": edges,
        "notes": (
            "The file names no dates: days are counted from 2020-03-13, the first day that the "
            "authors of the data give for England; 61 days then end on 2020-05-12, as theirs do.",
            "The graph changes every day and is in `edges`; `adjacency` is its mean over the "
            "first 14 days, which no later day has entered.",
            "An edge leads from the region that people leave to the one they enter; a loop counts "
            "those who stay. Regions have numbers, since the file names none.",
        ),
    }
