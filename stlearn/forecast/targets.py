"""Further quantities to forecast beside the values, read from files: `--target flow.csv:veh/h`."""

import dataclasses
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.quantities import links_among, sensors_of, together
from stlearn.data.validation import BETWEEN
from stlearn.errors import InputError
from stlearn.forecast.before import GRAPH_MADE
from stlearn.forecast.others import name_of_file, read_at_times
from stlearn.reading.prepared import about_prepared


class Target(NamedTuple):
    """What an option says: the name of a quantity, its file, and its unit, None where not told."""

    name: str
    file: str
    unit: str | None


def read_target(text):
    """Take the text of an option apart.

    Args:
        text: "FILE:UNIT" or "NAME=FILE:UNIT"; the unit may be left out where `stlearn prepare` or
            a model knows it.

    Returns:
        Target. Without a name, that of the file stands for the quantity.

    Example:
        >>> from stlearn.forecast.targets import read_target
        >>> read_target("flow=counts.csv:veh/h")
        Target(name='flow', file='counts.csv', unit='veh/h')
    """
    name, named, rest = text.partition("=")
    rest = rest if named else text
    file, _, unit = (rest, "", "") if Path(rest).exists() else rest.rpartition(":")
    file, unit = (file, unit.strip()) if file else (rest, "")
    about = about_prepared(file)
    name = name if named else about.get("name") or name_of_file(file)
    return Target(name, file, unit or about.get("unit"))


def with_targets(dataset, targets, also=(), timezone=None):
    """Return a data set of all quantities that are to be forecast.

    Args:
        dataset: SpatioTemporalDataset of the first quantity, which takes the name of the data set.
        targets: List of text as in `read_target`; in place of a file, the name of a quantity in
            `extra`.
        also: Names of other quantities that are read and not forecast.
        timezone: As in `stlearn.read_csv`.

    Returns:
        SpatioTemporalDataset as of `stlearn.data.together`; without targets, the data set itself.

    Raises:
        InputError: If a unit is missing, a name stands there twice or among `also`, or a file lacks
            a time or has a sensor that the values have not.

    Example:
        >>> import stlearn
        >>> from stlearn.forecast.targets import with_targets
        >>> with_targets(stlearn.load("corridor"), ["flow:veh/h"]).quantities
        {'corridor': 'km/h', 'flow': 'veh/h'}
    """
    if not targets:
        return dataset
    found = {dataset.name: dataset}
    for target in map(read_target, targets):
        _check_name(target, found, also)
        if target.unit is None:
            raise InputError(
                f"--target: expected the unit of {target.name} behind a colon, for example "
                f"{target.file}:veh/h, got none"
            )
        if target.file in dataset.extra and not Path(target.file).exists():
            table, notes = dataset.extra[target.file], ()
        else:
            table = _read(target, dataset.values.index, dataset.values.columns, timezone)
            repaired = about_prepared(target.file).get("repaired", ())
            notes = [f"{target.name}: stlearn prepare: {each}" for each in repaired]
        places = dataset.values.columns.get_indexer(table.columns)
        graph = links_among(dataset.adjacency, places)
        try:
            found[target.name] = SpatioTemporalDataset(
                target.name, table, target.unit, adjacency=graph, notes=notes
            )
        except InputError as error:
            raise InputError(f"--target: {target.file}: {error}") from None
    both = together(found)
    if dataset.adjacency is None and both.adjacency is not None:
        note = f"{GRAPH_MADE}: only the quantities of a sensor are joined with each other."
        both = dataclasses.replace(both, notes=(*both.notes, note))
    return both


def values_together(quantities, nodes, table, targets, timezone=None):
    """Join the values of further quantities to those of the first, as a saved model needs them.

    Args:
        quantities: Dict of units by the names of its quantities; empty where there is only one.
        nodes: Names of its nodes.
        table: DataFrame (time, sensor) of its first quantity.
        targets: List of text as in `read_target`, one for each further quantity.
        timezone: As in `stlearn.read_csv`.

    Returns:
        DataFrame (time, node), its nodes named as those of the model.

    Raises:
        InputError: If the quantities or their units are not those of the model, or a file does not
            fit the values.
    """
    found = [read_target(text) for text in targets]
    first, *others = quantities or [None]
    names = [target.name for target in found]
    if sorted(names) != sorted(others):
        raise InputError(
            f"--target: the model forecasts {', '.join(others) or 'nothing'} beside the values, "
            f"got {', '.join(names) or 'none'}; give NAME=FILE for each"
        )
    if not quantities:
        return table
    tables = [table.add_prefix(first + BETWEEN)]
    for target in found:
        expected = quantities[target.name]
        if target.unit not in (None, expected):
            raise InputError(
                f"--target: the model forecasts {target.name} in {expected}, but the file is in "
                f"{target.unit}"
            )
        sensors = sensors_of(nodes, quantities)
        of_target = _read(target, table.index, sensors, timezone)
        tables.append(of_target.add_prefix(target.name + BETWEEN))
    return pd.concat(tables, axis=1)


def _check_name(target, found, also):
    if BETWEEN in target.name or not target.name.strip():
        raise InputError(
            f"--target: expected the name of a quantity without {BETWEEN!r}, got {target.name!r}"
        )
    if target.name in found:
        raise InputError(
            f"--target: {target.name} stands there twice; give one another name, as in NAME=FILE"
        )
    if target.name in also:
        raise InputError(
            f"--target, --also: {target.name} is forecast, so it is read already; name it in one "
            "of them"
        )


def _read(target, times, sensors, timezone):
    """Values (time, sensor) of a file at some times, with the names that sensors have."""
    if not Path(target.file).exists():
        raise InputError(
            f"--target: expected FILE:UNIT, NAME=FILE:UNIT, or the name and unit of what the data "
            f"has, got {target.file}, which is no file"
        )
    table = read_at_times("--target", target.file, times, timezone)
    names = {str(sensor): sensor for sensor in sensors}
    unknown = [sensor for sensor in table if sensor not in names]
    if unknown:
        raise InputError(
            f"--target: {target.file}: expected sensors that the values have, unknown {unknown[:3]}"
        )
    return table.rename(columns=names)
