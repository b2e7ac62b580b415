"""Earthquakes a month on the cells of a grid, magnitude 5.5 and above."""

import numpy as np
import pandas as pd

DEGREES = 10  # sides of a cell
LEAST_EVENTS = 50


def read(path):
    """Count the events by month and cell; cells with too few events are left out."""
    events = pd.read_csv(path)
    days = pd.to_datetime(events["Date"], format="%m/%d/%Y", errors="coerce")
    odd = days.isna()
    days[odd] = pd.to_datetime(events["Date"][odd], format="ISO8601", utc=True).dt.tz_localize(None)
    months = days.dt.to_period("M").dt.to_timestamp()
    south = np.floor(events["Latitude"] / DEGREES).astype(int) * DEGREES
    west = np.floor(events["Longitude"] / DEGREES).astype(int) * DEGREES
    cell = south.map("lat{:+d}".format) + west.map(" lon{:+d}".format)
    counts = pd.crosstab(months, cell)
    counts = counts.loc[:, counts.sum() >= LEAST_EVENTS].asfreq("MS", fill_value=0)
    corners = pd.DataFrame({"south": south, "west": west}, index=cell.index).groupby(cell).first()
    corners = corners.loc[counts.columns]
    touching = _touching(corners["south"], 180) & _touching(corners["west"], 360)
    np.fill_diagonal(touching, False)
    return {
        "values": counts.rename_axis(index=None, columns=None),
        "adjacency": pd.DataFrame(touching.astype("float32"), corners.index, corners.index),
        "nodes": pd.DataFrame(
            {
                "latitude": corners["south"] + DEGREES / 2,
                "longitude": corners["west"] + DEGREES / 2,
            }
        ),
        "notes": (
            f"{len(events):,} events are counted by month on cells of {DEGREES} degrees; "
            f"{int(odd.sum())} dates in another format are read as well.",
            f"Only the {len(corners)} cells with at least {LEAST_EVENTS} events are kept, "
            f"{counts.to_numpy().sum() / len(events):.0%} of all events; choosing them looks at "
            "the whole period, the test part included.",
            "Cells that touch, also across the date line, are neighbours in the graph.",
        ),
    }


def _touching(corners, around):
    """Pairs of cells (node, node) that overlap or touch along one axis of the globe."""
    apart = np.abs(corners.to_numpy()[:, None] - corners.to_numpy()[None, :])
    return np.minimum(apart, around - apart) <= DEGREES
