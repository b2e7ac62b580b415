"""Weekly chickenpox in the counties of Hungary, as differences, z-scored by its authors."""

import json
from pathlib import Path

import pandas as pd

from stlearn import graph


def read(path):
    """Read the counties, their values and their borders."""
    content = json.loads(Path(path).read_text())
    counties = sorted(content["node_ids"], key=content["node_ids"].get)
    weeks = pd.date_range("2005-01-10", periods=len(content["FX"]), freq="7D")
    borders = pd.DataFrame(content["edges"], columns=["source", "target"])
    borders = borders.apply(lambda ends: ends.map(dict(enumerate(counties))))
    return {
        "values": pd.DataFrame(content["FX"], index=weeks, columns=counties),
        "adjacency": graph.adjacency_from_edges(borders, counties),
        "notes": (
            "Values are z-scored over the whole period, the test part included: a leak that the "
            "reader cannot undo.",
            "Values are no levels but changes from the week before: up to their scale, the first "
            "rows are the differences of the published counts, which start in the week of "
            "2005-01-03; so the index starts on 2005-01-10.",
            "The graph joins counties with a common border, and each county to itself.",
        ),
    }
