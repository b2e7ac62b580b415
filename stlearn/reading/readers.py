"""Readers of your own CSV files, and of the files in which the field keeps its data.

Each returns a `SpatioTemporalDataset`, and says in its `notes` what it assumed or mended.
"""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse

from stlearn import graph
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError
from stlearn.reading.csv_graphs import read_adjacency, read_distances
from stlearn.reading.csv_tables import open_rows, read_nodes, read_values, row_of_numbers
from stlearn.reading.hdf5 import read_pandas_table
from stlearn.reading.prepared import about_prepared
from stlearn.reading.store import is_store, read_store

PEMS_FEATURES = {"flow": "veh/5min", "occupancy": "share", "speed": "mph"}
STGCN_SIGMA = 10_000 * 0.1**0.5  # metres; with the threshold 0.5 the graph of Yu et al. (2018)


def read_csv(
    values: str | Path,
    adjacency: str | Path | None = None,
    nodes: str | Path | None = None,
    *,
    unit: str,
    name: str | None = None,
    timezone: str | None = None,
    distances: str | Path | None = None,
) -> SpatioTemporalDataset:
    """Read your own data: one table of values, and optionally a graph and the sensors.

    Args:
        values: Path of a CSV file (plain or .gz), such as `stlearn prepare` writes it: a time
            column in front, then one column a sensor; or of a store that it wrote, whose values
            are mapped and not read (`stlearn.reading.store`). Times are ISO 8601 at a regular
            step, all with the same UTC offset or all without. Empty cells, NA, NaN, null and None
            are missing.
        adjacency: Path of a CSV file: a square matrix (row i, column j: influence of j on i) with
            the names in the header and the first column, or without names; or an edge list with
            the columns from, to and weight or distance. A distance becomes a weight by the
            Gaussian kernel of the shortest way.
        nodes: Path of a CSV file with one row a sensor: its name in the first column, then
            coordinates and attributes.
        unit: Unit of the values, for example "km/h".
        name: Name of the data set; by default the name of the file.
        timezone: Name of the zone in which the times are kept, such as "Europe/Berlin". Times
            without an offset are taken as its local times.
        distances: Path of a CSV file with the distances between the sensors instead of
            `adjacency`: a square matrix (row i, column j: the way from j to i; an empty cell means
            no way), or an edge list. They become weights by the Gaussian kernel.

    Returns:
        SpatioTemporalDataset with the sensors in the order of the file of values; its graph is kept
        as the edges alone (`weights`; `adjacency_frame` shows the matrix).

    Raises:
        InputError: If a file is not as described; the message names file, line and column.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn import read_csv
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "speed.csv")
        ...     _ = path.write_text("time,a,b\\n2026-01-05 00:00,50,60\\n2026-01-05 00:05,51,61\\n")
        ...     read_csv(path, unit="km/h").shape
        (2, 2)
    """
    if not isinstance(unit, str) or not unit.strip():
        raise InputError(f"unit: expected the unit of the values, for example 'km/h', got {unit!r}")
    if adjacency is not None and distances is not None:
        raise InputError("adjacency, distances: expected one of them, got both")
    about = about_prepared(values)
    if about.get("unit") not in (None, unit):
        raise InputError(f"unit: {values} was prepared in {about['unit']}, got {unit}")
    table = read_as_prepared(values, timezone)
    sensors = list(table.columns)
    graph = adjacency if distances is None else distances
    weights, notes = (None, ())
    if graph is not None:
        weights, notes = read_adjacency(graph, sensors, distances=distances is not None)
    return SpatioTemporalDataset(
        name=name
        or about.get("name")
        or Path(values).name.removesuffix(".gz").removesuffix(".csv"),
        values=table,
        unit=unit,
        adjacency=weights,
        nodes=None if nodes is None else read_nodes(nodes, sensors),
        notes=(*(f"stlearn prepare: {each}" for each in about.get("repaired", ())), *notes),
    )


def read_as_prepared(path, timezone=None, silent=False):
    """Read values as `stlearn.reading.csv_tables.read_values` does, in the zone they were prepared.

    Args:
        path, silent: As there.
        timezone: As there; by default that of `stlearn prepare`, where it wrote the file.

    Raises:
        InputError: As there.

    Example:
        >>> import pathlib, tempfile
        >>> from stlearn.reading.prepared import prepare, save_prepared
        >>> from stlearn.reading.readers import read_as_prepared
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "flow.csv")
        ...     _ = path.write_text("time,a\\n2026-03-28 12:00,1\\n2026-03-29 12:00,2\\n")
        ...     save_prepared(prepare(path, timezone="Europe/Berlin"), f"{folder}/out")
        ...     str(read_as_prepared(f"{folder}/out/values.csv").index.tz)
        'Europe/Berlin'
    """
    if not is_store(path):
        return read_values(path, timezone or about_prepared(path).get("timezone"), silent)
    table = read_store(path)[0]
    if timezone is not None and str(table.index.tz) != timezone:
        raise InputError(
            f"timezone: the store {path} has times in {table.index.tz}, got {timezone}"
        )
    return table


def read_metr_la(h5, adjacency=None, unit="mph"):
    """Read METR-LA, PEMS-BAY, or another table that pandas wrote to HDF5.

    Zeros count as missing, as in the papers that use these files, and times that the file skips
    (PEMS-BAY skips an hour at the start of daylight saving) become missing rows.

    Args:
        h5: Path of the HDF5 file, pandas layout "fixed", one block of numbers (time, sensor).
        adjacency: Path of the CSV file of distances (from, to, cost) from which DCRNN makes its
            graph. Its pickle is refused.
        unit: Unit of the values.

    Returns:
        SpatioTemporalDataset.

    Raises:
        InputError: If the file has another layout.

    Example:
        >>> from stlearn.reading.readers import read_metr_la
        >>> dataset = read_metr_la("metr-la.h5", "distances_la_2012.csv")  # doctest: +SKIP

    Reference:
        Li et al. (2018), "Diffusion convolutional recurrent neural network", ICLR.
    """
    table = read_pandas_table(h5)
    zeros = (table == 0).to_numpy()
    notes = [f"Zeros mean missing in this file: {zeros.mean():.1%} of the values."]
    table = table.mask(zeros)
    steps = table.index[1:] - table.index[:-1]
    grid = pd.date_range(table.index[0], table.index[-1], freq=pd.Series(steps).mode()[0])
    if len(grid) > len(table) and table.index.isin(grid).all() and table.index.is_unique:
        notes.append(f"{len(grid) - len(table)} times that the file skips are rows without values.")
        table = table.reindex(grid)
    weights, assumed = None, ()
    if adjacency is not None:
        weights, assumed = _dcrnn_graph(adjacency, list(table.columns))
    return SpatioTemporalDataset(
        Path(h5).stem, table, unit, adjacency=weights, notes=(*notes, *assumed)
    )


def read_pems_npz(npz, distances=None, *, start, feature="flow", sensors=None):
    """Read PEMS03, PEMS04, PEMS07 or PEMS08.

    Args:
        npz: Path of the archive; its array `data` has shape (time, sensor, feature), 5 minutes a
            row, with the features flow, occupancy and speed in this order (or flow alone).
        distances: Path of the CSV file with the columns from, to and cost (or distance).
        start: Time of the first row, since the file names none: 2018-09-01 for PEMS03,
            2018-01-01 for PEMS04, 2017-05-01 for PEMS07, 2016-07-01 for PEMS08.
        feature: The feature to forecast: "flow", "occupancy" or "speed". The others become extra.
        sensors: Path of the text file with one sensor name a line (PEMS03), if there is one.

    Returns:
        SpatioTemporalDataset. Listed roads have weight 1 in both directions, since vehicles go
        downstream and congestion goes upstream.

    Raises:
        InputError: If the archive holds something else.

    Example:
        >>> from stlearn.reading.readers import read_pems_npz
        >>> dataset = read_pems_npz(  # doctest: +SKIP
        ...     "PEMS08.npz", "PEMS08.csv", start="2016-07-01", feature="speed"
        ... )

    Reference:
        Song et al. (2020), "Spatial-temporal synchronous graph convolutional networks", AAAI.
    """
    data = _npz_data(npz)
    present = list(PEMS_FEATURES)[: data.shape[2]]
    if feature not in present:
        raise InputError(f"feature: expected one of {present}, got {feature!r}")
    names = [str(sensor) for sensor in range(data.shape[1])]
    if sensors is not None:
        with open_rows(sensors) as reader:
            names = [cells[0].strip() for cells in reader if any(cells)]
    if len(names) != data.shape[1]:
        raise InputError(f"{sensors}: expected {data.shape[1]} sensor names, got {len(names)}")
    index = _counted_times(start, len(data), "5min")
    tables = {
        key: pd.DataFrame(data[:, :, position], index=index, columns=names)
        for position, key in enumerate(present)
    }
    notes = [f"The file names no times: 5-minute rows are counted from {index[0]}."]
    weights = None
    if distances is not None:
        roads, mended = read_distances(distances, names)
        both = pd.concat([roads, roads.rename(columns={"source": "target", "target": "source"})])
        links = both[["source", "target"]].drop_duplicates()
        weights = graph.adjacency_from_edges(links, names, sparse=True)
        notes += [*mended, "Every listed road has weight 1 in both directions."]
    return SpatioTemporalDataset(
        Path(npz).stem,
        tables.pop(feature),
        PEMS_FEATURES[feature],
        adjacency=weights,
        extra=tables,
        notes=tuple(notes),
    )


def read_pemsd7(v_csv, w_csv=None, *, start, unit="mph"):
    """Read PeMSD7: speeds and distances without any names, working days only.

    Args:
        v_csv: Path of the speeds (V_228.csv): one column a station, 288 rows a working day.
        w_csv: Path of the distances between the stations in metres (W_228.csv).
        start: The first working day; 2012-05-01 for PeMSD7.
        unit: Unit of the values.

    Returns:
        SpatioTemporalDataset with stations named by their column, from "0". Weekends are rows
        without values, so that the time index is regular and the weekdays are true.

    Raises:
        InputError: If the files hold anything but numbers, or `start` is a weekend.

    Example:
        >>> from stlearn.reading.readers import read_pemsd7
        >>> dataset = read_pemsd7("V_228.csv", "W_228.csv", start="2012-05-01")  # doctest: +SKIP

    Reference:
        Yu et al. (2018), "Spatio-temporal graph convolutional networks", IJCAI; sigma and
        threshold of the Gaussian kernel are theirs.
    """
    speeds = _bare_matrix(v_csv)
    first = _counted_times(start, 2, "5min")[0]
    if first.weekday() > 4 or first != first.normalize():
        raise InputError(f"start: expected midnight of a working day, got {first}")
    days = pd.bdate_range(first, periods=-(-len(speeds) // 288))
    working = pd.DatetimeIndex(
        np.concatenate([pd.date_range(day, periods=288, freq="5min") for day in days])
    )
    working = working[: len(speeds)]
    table = pd.DataFrame(speeds, index=working, columns=[str(i) for i in range(speeds.shape[1])])
    table = table.asfreq("5min")
    notes = [
        f"The file names no times: 288 rows of 5 minutes a working day are counted from {first}; "
        "weekends are rows without values."
    ]
    weights = None
    if w_csv is not None:
        metres = _bare_matrix(w_csv)
        if metres.shape != (len(table.columns), len(table.columns)):
            raise InputError(
                f"{w_csv}: expected distances between {len(table.columns)} stations, "
                f"got shape {metres.shape}"
            )
        weights = pd.DataFrame(
            graph.gaussian_kernel(metres, sigma=STGCN_SIGMA, threshold=0.5),
            index=table.columns,
            columns=table.columns,
        )
        notes.append("Neither file has names: stations are matched by their order.")
    return SpatioTemporalDataset(
        Path(v_csv).stem, table, unit, adjacency=weights, notes=tuple(notes)
    )


def read_tgcn(speed_csv, adj_csv, *, start, interval, unit):
    """Read the files of T-GCN: Los-loop (los_speed.csv) or SZ-taxi (sz_speed.csv).

    Args:
        speed_csv: Path of the speeds: sensor names in the header, no time column.
        adj_csv: Path of the adjacency: a square matrix without names.
        start: Time of the first row; 2012-03-01 for Los-loop, 2015-01-01 for SZ-taxi.
        interval: Time between rows; "5min" for Los-loop, "15min" for SZ-taxi.
        unit: Unit of the values; "mph" for Los-loop, "km/h" for SZ-taxi.

    Returns:
        SpatioTemporalDataset.

    Raises:
        InputError: If a file is not as described; the message names file, line and column.

    Example:
        >>> from stlearn.reading.readers import read_tgcn
        >>> dataset = read_tgcn(  # doctest: +SKIP
        ...     "los_speed.csv", "los_adj.csv", start="2012-03-01", interval="5min", unit="mph"
        ... )

    Reference:
        Zhao et al. (2020), "T-GCN: a temporal graph convolutional network for traffic
        prediction", IEEE T-ITS 21(9).
    """
    with open_rows(speed_csv) as reader:
        names = next(reader, None)
    if not names:
        raise InputError(f"{speed_csv}: the file is empty; expected a header with sensor names")
    speeds = _bare_matrix(speed_csv, header=True)
    index = _counted_times(start, len(speeds), interval)
    weights, notes = read_adjacency(adj_csv, names)
    step = index[1] - index[0]
    return SpatioTemporalDataset(
        Path(speed_csv).stem,
        pd.DataFrame(speeds, index=index, columns=names),
        unit,
        adjacency=weights,
        notes=(
            f"The file names no times: rows of {step.total_seconds() / 60:g} minutes are counted "
            f"from {index[0]}.",
            *notes,
        ),
    )


def _dcrnn_graph(path, sensors):
    """Graph of DCRNN from its list of distances: listed pairs only, default sigma."""
    roads, notes = read_distances(path, sensors)
    positions, own = pd.Index(sensors), np.arange(len(sensors))
    targets, sources = (positions.get_indexer(roads[end]) for end in ("target", "source"))
    apart = targets != sources  # each sensor is at distance 0 from itself
    metres = np.concatenate([roads["distance"].to_numpy()[apart], np.zeros(len(sensors))])
    ends = np.concatenate([targets[apart], own]), np.concatenate([sources[apart], own])
    distances = scipy.sparse.csr_array((metres, ends), (len(sensors), len(sensors)))
    return graph.gaussian_kernel(distances), notes


def _npz_data(path):
    try:
        with np.load(path, allow_pickle=False) as archive:
            data = archive["data"]
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path}: expected an .npz archive with an array 'data' ({error})"
        ) from None
    if data.ndim != 3 or not 1 <= data.shape[2] <= len(PEMS_FEATURES):
        raise InputError(
            f"{path}: expected data of shape (time, sensor, 1 to 3 features), got {data.shape}"
        )
    return data


def _bare_matrix(path, header=False):
    """Numbers of a CSV file whose rows have no names in front."""
    with open_rows(path) as reader:
        if header:
            next(reader, None)
        rows = [
            row_of_numbers(cells, range(1, len(cells) + 1), path, reader.line_num)
            for cells in reader
            if cells
        ]
    widths = sorted({len(row) for row in rows})
    if len(rows) < 2 or len(widths) != 1:
        raise InputError(
            f"{path}: expected at least 2 rows, all of the same length, "
            f"got {len(rows)} rows of {widths} cells"
        )
    return np.stack(rows)


def _counted_times(start, rows, interval):
    try:
        return pd.date_range(pd.Timestamp(start), periods=rows, freq=pd.Timedelta(interval))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"start, interval: no times can be counted from {start} ({error})"
        ) from None
