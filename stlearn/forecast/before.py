"""What is told or refused before any training: minutes of work should not end in a complaint."""

import numpy as np

from stlearn.data.blocks import row_blocks
from stlearn.data.dataset import known_ahead
from stlearn.data.quantities import in_several_units
from stlearn.data.windows import differ_in_scale, window_origins
from stlearn.errors import InputError
from stlearn.forecast.silence import listed_nodes, silent_nodes
from stlearn.reading.csv_graphs import LIKE_DISTANCES

GRAPH_MADE, GRAPH_LEARNED = "No graph was given", "The graph is learned"
TOLD_NOTES = GRAPH_MADE, GRAPH_LEARNED, LIKE_DISTANCES
NO_GRAPH = (
    "No graph is known, so no network hears a sensor's neighbours (feed_forward, not stn); "
    "--adjacency, --distances, or --nodes with coordinates, gives one; --graph learned takes it "
    "from the data."
)
SHARES_TO_TRY = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5)  # of a part that is long enough or has readings
HALF = 0.5  # of the rows of a part: as many should have a reading


def check_before_work(dataset, networks, split, lookback, horizon):
    """Complain now and not after minutes of training.

    Args:
        dataset: SpatioTemporalDataset.
        networks: List of BaseForecaster.
        split: Split of its rows.
        lookback, horizon: Steps of history, and steps ahead.

    Raises:
        InputError: If a part has no complete window or no reading to forecast, or a network lacks
            its graph.
    """
    values = dataset.values.to_numpy()
    blocks = [np.isfinite(values[rows]).any(axis=1) for rows in row_blocks(values)]
    known = np.concatenate(blocks)
    times = dataset.values.index
    for name, part in split._asdict().items():
        try:
            window_origins(part.start, part.stop, lookback, horizon)
        except InputError as error:
            room = _room(split, lookback + horizon)
            raise InputError(f"{name}: no complete window ({error}); {room}") from None
        if not known[part.start + lookback : part.stop].any():
            silent = np.flatnonzero(known[: part.start + lookback])
            first = silent[-1] + 1 if len(silent) else 0
            later = np.flatnonzero(known[part.stop - 1 :])
            last = part.stop - 2 + later[0] if len(later) else len(known) - 1
            raise InputError(
                f"{name}: the readings from {times[first]} to {times[last]} are all missing, and "
                f"the {name} part has no others to forecast (it begins at {times[part.start]}); "
                f"{_way_out(name, known, split, lookback)}"
            )
    for network in networks:
        if network.needs_graph and dataset.adjacency is None:
            raise InputError(
                f"adjacency: the network {network.name} needs a graph, but {dataset.name} has "
                "none; give --adjacency, or --nodes with coordinates, or --graph learned, or take "
                "--model feed_forward"
            )


def _room(split, window):
    """Say which sizes of the parts hold a window of so many rows, or how long one may be."""
    rows = split.test.stop
    for share in SHARES_TO_TRY:
        before = int(rows * (1 - share))
        train = int(before * (1 - share))
        if min(train, before - train, rows - before) >= window:
            return (
                f"take larger parts: --validation {share:g} --test {share:g}; or a shorter "
                "--lookback or --horizon"
            )
    shortest = min(part.stop - part.start for part in split)
    return (
        f"give more rows, or take a --lookback and a --horizon of {shortest} rows together at most"
    )


def _way_out(name, known, split, lookback):
    """Say which size of the parts has readings, or that none has."""
    if name == "validation":
        stop = split.validation.stop
        for share in SHARES_TO_TRY:
            targets = known[int(stop * (1 - share)) + lookback : stop]
            if len(targets) and targets.mean() >= HALF:
                return f"take a larger one: --validation {share:g}"
    elif name == "test":
        rows = len(known)
        for share in SHARES_TO_TRY:
            targets = known[int(rows * (1 - share)) + lookback :]
            if len(targets) and targets.mean() >= HALF:
                return f"take a larger one: --test {share:g}"
    return "leave these rows out of the file"


def told_before(dataset, lookback, horizon, split):
    """List what is worth knowing before any training, one sentence each.

    Args:
        dataset: SpatioTemporalDataset.
        lookback, horizon: Steps of history, and steps ahead.
        split: Split of its rows.

    Example:
        >>> import stlearn
        >>> from stlearn.data.windows import chronological_split
        >>> from stlearn.forecast.before import told_before
        >>> corridor = stlearn.load("corridor")
        >>> told_before(corridor, 12, 12, chronological_split(corridor))
        []
    """
    told = [NO_GRAPH] if dataset.adjacency is None and dataset.shape[1] > 1 else []
    told += [note for note in dataset.notes if note.startswith(TOLD_NOTES)]
    if in_several_units(dataset):
        told.append(
            f"Several quantities are forecast, {' and '.join(dataset.quantities)}: each is scaled "
            "for itself, and its errors are told in its own unit. The winner is the best over all "
            "of them, by errors in usual ranges (5th to 95th percentile of each sensor in "
            "training)."
        )
    elif differ_in_scale(dataset.values.iloc[split.train]):
        told.append(
            "The sensors measure on other scales: each is scaled for itself, and an error over "
            "all of them is told in usual ranges (5th to 95th percentile of each in training). "
            "Read the errors by sensor."
        )
    rows = len(dataset.values)
    ahead = known_ahead(dataset, rows, rows + horizon)[1]
    for name in ahead.columns[ahead.isna().any()]:
        told.append(
            f"{name}: known ahead until {dataset.calendar.index[-1]}, but the forecast needs it "
            f"until {ahead.index[-1]}; where it is not known, the usual is taken. Give a longer "
            "calendar"
        )
    silent = silent_nodes(dataset.values, lookback)
    if silent:
        told.append(
            f"No reading in the last {lookback} rows: {listed_nodes(silent)}. Their forecast "
            "rests on what is usual and on their neighbours"
        )
    return told
