"""Other measured quantities beside the values: flow beside speed, rain beside a river's level."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn.errors import InputError
from stlearn.reading.readers import read_as_prepared


def with_others(dataset, also, timezone=None):
    """Return a data set that holds other quantities, and their names.

    Args:
        dataset: SpatioTemporalDataset.
        also: List of text, each a file or NAME=FILE as in `read_others`, or the name of what the
            data set has: a quantity in `extra`, or a column of numbers in `nodes`, which is the
            same at all times.
        timezone: As in `stlearn.read_csv`.

    Returns:
        The data set, and the names in the order in which they were given.

    Raises:
        InputError: If a file does not fit the values, or a name stands there twice.

    Example:
        >>> import pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> from stlearn.forecast.others import with_others
        >>> times = pd.date_range("2026-01-05", periods=2, freq="h")
        >>> values = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=times)
        >>> nodes = pd.DataFrame({"lanes": [2, 3]}, index=["a", "b"])
        >>> dataset = SpatioTemporalDataset("two", values, "u", nodes=nodes)
        >>> dataset, names = with_others(dataset, ["lanes"])
        >>> names, dataset.extra["lanes"]["b"].tolist()
        (['lanes'], [3.0, 3.0])
    """
    names, files, extra = [], [], dict(dataset.extra)
    for each in also:
        name = _name(each)
        if name in names:
            raise InputError(f"--also: {name} stands there twice; give one another name")
        names.append(name)
        if "=" not in each and each in extra:
            continue
        attributes = () if dataset.nodes is None else dataset.nodes.select_dtypes("number")
        if "=" not in each and each in attributes:
            extra[name] = _same_at_all_times(attributes[each], dataset.values)
        else:
            files.append(each)
    extra |= read_others(files, dataset.values, timezone)
    return dataclasses.replace(dataset, extra=extra), names


def read_others(also, values, timezone=None, nodes=None):
    """Read other quantities from files.

    Args:
        also: List of text, each a CSV file as `stlearn.read_csv` reads it, or NAME=FILE. Without
            a name, that of the file stands for the quantity. A file has the sensors of the values,
            or one column that counts for all of them.
        values: DataFrame (time, sensor) that the files have to cover.
        timezone: As in `stlearn.read_csv`.
        nodes: Names that the sensors may have; those of the values when not given.

    Returns:
        Dict of DataFrame on the axes of the values, by name.

    Raises:
        InputError: If a file lacks a time or has other sensors.
    """
    found = {}
    for each in also:
        name, file = _name(each), each.partition("=")[2] or each
        if "=" not in each and not Path(each).is_file():
            raise InputError(
                f"--also: expected a file, NAME=FILE, or the name of what the data has, got {each}"
            )
        table = read_at_times("--also", file, values.index, timezone)
        allowed = [str(node) for node in (values.columns if nodes is None else nodes)]
        missing = [node for node in map(str, values.columns) if node not in table]
        unknown = [node for node in table if node not in allowed]
        if table.shape[1] == 1 and unknown:
            column = table.iloc[:, 0].to_numpy()
            table = np.broadcast_to(column[:, None], values.shape)
            found[name] = pd.DataFrame(table, values.index, values.columns)
            continue
        if missing or unknown:
            raise InputError(
                f"--also: {file}: expected the sensors of the values, or one column for all; "
                f"missing {missing[:3] or 'none'}, unknown {unknown[:3] or 'none'}"
            )
        table = table[list(map(str, values.columns))]
        found[name] = table.set_axis(values.columns, axis=1)
    return found


def read_at_times(option, file, times, timezone=None):
    """Read a table that has to cover the times of the values.

    Args:
        option: Name of the option that names the file.
        file: CSV file as `stlearn.read_csv` reads it.
        times: DatetimeIndex of the values.
        timezone: As in `stlearn.read_csv`.

    Returns:
        DataFrame (time, sensor) at these times, with the sensors of the file.

    Raises:
        InputError: If the file lacks a time.
    """
    table = read_as_prepared(file, timezone, silent=True)
    if (table.index.tz is None) != (times.tz is None):
        raise InputError(
            f"{option}: {file} has another kind of times than the values (with a time zone, or "
            "without); write them alike"
        )
    if times.tz is not None:
        table = table.tz_convert(times.tz)
    absent = times.difference(table.index)
    if len(absent):
        raise InputError(
            f"{option}: {file} reaches from {table.index[0]} to {table.index[-1]}; expected a row "
            f"at each time of the values, missing {absent[0]}; an empty cell is a missing reading"
        )
    return table.loc[times]


def name_of_file(file):
    """Name of what a file holds: that of the file without its ending.

    Example:
        >>> from stlearn.forecast.others import name_of_file
        >>> name_of_file("data/flow.csv.gz")
        'flow'
    """
    return Path(file).name.removesuffix(".gz").removesuffix(".csv")


def _same_at_all_times(column, values):
    numbers = np.broadcast_to(column.to_numpy(dtype="float32"), values.shape)
    return pd.DataFrame(numbers, values.index, values.columns)


def _name(each):
    """Name of a quantity: what stands before =, or the file without its ending."""
    name, given, _ = each.partition("=")
    return name if given else name_of_file(each)
