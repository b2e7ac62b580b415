"""Water level at five gauges along the River Wear."""

import pandas as pd

from stlearn import graph
from stlearn.errors import InputError

DOWNSTREAM = (
    "Stanhope",
    "Witton Park",
    "Sunderland Bridge",
    "Durham New Elvet Bridge",
    "Chester-Le-Street",
)


def read(path):
    """Read the levels; an InputError if a gauge has two levels for the same time."""
    table = pd.read_csv(path)
    table["dateTime"] = pd.to_datetime(table["dateTime"], utc=True)
    table = table.drop_duplicates()
    if table.duplicated(["station", "dateTime"]).any():
        raise InputError(f"{path}: two levels for the same gauge and time")
    levels = table.pivot(index="dateTime", columns="station", values="value").sort_index()
    levels = levels.asfreq("15min")[list(DOWNSTREAM)]
    chain = pd.DataFrame({"source": DOWNSTREAM[:-1], "target": DOWNSTREAM[1:]})
    return {
        "values": levels,
        "adjacency": graph.adjacency_from_edges(chain, list(DOWNSTREAM)),
        "notes": (
            "The file lists the latest day first, one row a reading: it is sorted and made wide.",
            f"Readings that are absent are missing: {levels.isna().to_numpy().mean():.1%}.",
            "Gauges stand in their order downstream; in the graph each acts on the next below.",
            "Times are UTC.",
        ),
    }
