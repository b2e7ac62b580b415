"""Sensors of the Numenta Anomaly Benchmark on one regular grid, with labelled windows."""

import json
from pathlib import Path

import pandas as pd


def read(*paths, interval):
    """Average the readings within each interval; the last path is the file of the labels."""
    *series, labels = paths
    windows = json.loads(Path(labels).read_text())
    columns, events, readings, repeated = {}, [], 0, 0
    for path in series:
        table = pd.read_csv(path, parse_dates=["timestamp"])
        readings += len(table)
        repeated += int(table["timestamp"].duplicated().sum())
        columns[path.stem] = table.groupby(table["timestamp"].dt.floor(interval))["value"].mean()
        labelled = next(name for name in windows if name.endswith(f"/{path.name}"))
        events += [
            {"node": path.stem, "start": start, "end": end, "kind": "anomaly"}
            for start, end in windows[labelled]
        ]
    values = pd.DataFrame(columns).sort_index().asfreq(interval)
    events = pd.DataFrame(events)
    for side in ("start", "end"):
        events[side] = pd.to_datetime(events[side]).dt.floor(interval)
    empty = values.isna().to_numpy().mean()
    return {
        "values": values,
        "events": events,
        "notes": (
            f"{readings:,} readings are averaged within each interval of {interval}, "
            f"named by its start; intervals without a reading are missing ({empty:.1%}).",
            f"{repeated} readings carry a time that stands in the file already; they are averaged.",
            f"{len(events)} labelled windows are events, on the same intervals.",
        ),
    }
