"""Hourly boardings at the bus stops of Montevideo, October 2020."""

import ast
import json
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn import graph
from stlearn.errors import InputError


def read(path):
    """Read the stops, their boardings and their links; an InputError if a list holds no numbers."""
    content = json.loads(Path(path).read_text())
    stops = [str(stop["bus_stop"]) for stop in content["nodes"]]
    boardings = [_list_of_numbers(stop["y"]) for stop in content["nodes"]]
    hours = pd.date_range("2020-10-01", periods=len(boardings[0]), freq="h")
    places = pd.DataFrame(content["nodes"], index=stops)[["lon", "lat"]]
    links = pd.DataFrame(content["links"]).astype({"source": str, "target": str})
    metres = links["weight"]
    # Only linked stops influence each other, the nearer the more; all links are about as long.
    links["weight"] = np.exp(-((metres / metres.mean()) ** 2))
    return {
        "values": pd.DataFrame(dict(zip(stops, boardings)), index=hours),
        "adjacency": graph.adjacency_from_edges(links, stops),
        "nodes": places.set_axis(["x", "y"], axis=1),
        "notes": (
            f"The file names no times: hours are counted from {hours[0]}, local time.",
            "The fields `lon` and `lat` are metres (UTM zone 21 south), so they are named x and y.",
            "Lists of boardings are read as JSON or by a parser of literals, never by `eval`.",
            "The graph joins a stop to the next one on its line; a link weighs exp(-(d/m)²), with "
            f"d its length along the road and m = {metres.mean():.0f} m the mean of all links.",
        ),
    }


def _list_of_numbers(field):
    """A list that stands in the file as such, or as the text of a Python list."""
    try:
        return ast.literal_eval(field) if isinstance(field, str) else field
    except (ValueError, SyntaxError):
        raise InputError(f"expected a list of numbers, got {field[:40]!r}") from None
