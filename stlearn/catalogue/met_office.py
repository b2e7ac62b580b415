"""Monthly station records of the UK Met Office, with distances as a graph."""

import re
from pathlib import Path

import pandas as pd

from stlearn import graph

COLUMNS = ("year", "month", "tmax", "tmin", "air_frost_days", "rain", "sun")


def read(*paths):
    """Read one file a station."""
    places, tables, marks = {}, [], {"*": 0, "#": 0}
    for path in paths:
        text = Path(path).read_text()
        station, place, table = _station(text)
        places[station] = place
        tables.append(table.assign(station=station))
        for mark in marks:
            marks[mark] += len(re.findall(rf"\d{re.escape(mark)}", text))
    wide = pd.concat(tables).reset_index().pivot(index="time", columns="station").asfreq("MS")
    quantities = {name: wide[name][list(places)] for name in COLUMNS[2:]}
    nodes = pd.DataFrame(places, index=["latitude", "longitude", "height"]).T
    distances = graph.distances_from_coordinates(nodes)
    return {
        "values": quantities.pop("tmax"),
        "extra": quantities,
        "nodes": nodes,
        "adjacency": graph.gaussian_kernel(distances),
        "notes": (
            "`---` is missing; months before a station's first one are missing as well.",
            f"{marks['*']:,} values marked as estimated (*) are kept; the mark is dropped.",
            f"{marks['#']:,} hours of sunshine from another instrument (#) are kept; mark dropped.",
            "The trailing word Provisional is dropped.",
            "The graph is the Gaussian kernel of the distance between stations.",
        ),
    }


def _station(text):
    """Name, place and table of one station file."""
    lines = text.splitlines()
    found = re.search(r"Lat (-?[\d.]+) Lon (-?[\d.]+), (\d+) ?m", text)
    place = [float(number) for number in found.groups()]
    rows = [line.split()[:7] for line in lines if re.match(r"\s+\d{4}\s+\d", line)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    months = pd.to_datetime(table["year"] + "-" + table["month"], format="%Y-%m")
    numbers = table[list(COLUMNS[2:])].apply(
        lambda column: pd.to_numeric(column.str.rstrip("*#").replace("---", None))
    )
    return lines[0].strip(), place, numbers.set_index(months.rename("time"))
