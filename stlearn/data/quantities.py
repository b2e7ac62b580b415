"""Several quantities to forecast at once: each of a sensor's quantities is a node of its own.

Speed and flow of the same sensors lie one above the other, as layers. A link of the graph stays
within its layer, and the quantities of one sensor are joined across. So one network hears all of
them, and whatever serves many nodes serves several quantities.
"""

import numpy as np
import pandas as pd
import scipy.sparse

from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.validation import BETWEEN, counted
from stlearn.errors import InputError


def together(datasets: dict[str, SpatioTemporalDataset]) -> SpatioTemporalDataset:
    """Return one data set in which each quantity of each sensor is a node, to forecast them all.

    A node is named "speed: s1". Within a quantity the links are those of its graph. The quantities
    of a sensor are joined by the largest weight of all graphs (1 where there is none), as they lie
    at distance zero. A sensor may lack quantities.

    Args:
        datasets: Dict of SpatioTemporalDataset by the name of the quantity, at the same times; each
            with its own unit, values (time, sensor) and graph. The sensors of one quantity and
            another are the same where they have the same name. Name, calendar, extra and events
            are those of the first; a quantity in its `extra` that is forecast now is left out
            there.

    Returns:
        SpatioTemporalDataset whose `quantities` holds the unit of each, and whose `nodes` has the
        columns quantity and unit. Its graph is sparse where one of theirs is, or none has one.

    Raises:
        InputError: If a name is empty or holds ": ", times differ, or a graph changes in time.

    Example:
        >>> import dataclasses
        >>> import stlearn
        >>> from stlearn.data import together
        >>> speed = stlearn.load("corridor")
        >>> flow = dataclasses.replace(speed, values=speed.extra["flow"], unit="veh/h")
        >>> both = together({"speed": speed, "flow": flow})
        >>> both.shape, both.unit, list(both.values.columns[[0, 48]])
        ((16128, 96), 'km/h and veh/h', ['speed: in01', 'flow: in01'])

    Reference:
        Kivelä, Arenas, Barthelemy, Gleeson, Moreno and Porter (2014), Multilayer networks, Journal
        of Complex Networks 2.
    """
    _check(datasets)
    first = next(iter(datasets.values()))
    quantities = {name: each.unit for name, each in datasets.items()}
    owner = [(name, sensor) for name, each in datasets.items() for sensor in each.values.columns]
    names = [f"{name}{BETWEEN}{sensor}" for name, sensor in owner]
    sensors = pd.Index([sensor for _, sensor in owner])
    nodes = pd.DataFrame(
        {"quantity": [name for name, _ in owner], "unit": [quantities[name] for name, _ in owner]},
        index=names,
    )
    tables = [each.nodes for each in datasets.values() if each.nodes is not None]
    if tables:
        known = pd.concat(tables)
        known = known[~known.index.duplicated()].drop(columns=nodes.columns, errors="ignore")
        nodes = nodes.join(known.reindex(sensors).set_axis(names))
    events = first.events
    if events is not None:
        of_sensor = pd.Series(names).groupby(sensors).agg(list)
        everywhere = events["node"].map(lambda sensor: of_sensor.get(sensor, [sensor]))
        events = events.assign(node=everywhere).explode("node")
    return SpatioTemporalDataset(
        first.name,
        pd.concat([each.values for each in datasets.values()], axis=1).set_axis(names, axis=1),
        " and ".join(dict.fromkeys(quantities.values())),
        adjacency=_joined(list(datasets.values()), sensors, names),
        nodes=nodes,
        calendar=first.calendar,
        extra={
            name: table.reindex(columns=sensors).set_axis(names, axis=1)
            for name, table in first.extra.items()
            if name not in datasets
        },
        events=events,
        licence=first.licence,
        citation=first.citation,
        notes=tuple(dict.fromkeys(note for each in datasets.values() for note in each.notes)),
        quantities=quantities,
    )


def apart(dataset):
    """Return the data set of each quantity, with its name and unit; nodes keep their names.

    Args:
        dataset: SpatioTemporalDataset.

    Returns:
        Dict of SpatioTemporalDataset by the name of the quantity; where there is only one to
        forecast, the data set itself, under an empty name.

    Example:
        >>> import stlearn
        >>> from stlearn.data.quantities import apart, together
        >>> speed = stlearn.load("corridor")
        >>> parts = apart(together({"speed": speed, "noise": speed}))
        >>> list(parts), parts["noise"].values.columns[0]
        (['speed', 'noise'], 'noise: in01')
        >>> list(apart(speed))
        ['']
    """
    parts = {}
    for name, places in places_of(dataset.quantities, dataset.values.columns).items():
        if not name:
            return {name: dataset}
        nodes, events = dataset.values.columns[places], dataset.events
        if events is not None:
            events = events[events["node"].isin(nodes) | events["node"].isna()]
        part = dataset.of_nodes(nodes)
        part._store("name", name)
        part._store("unit", dataset.quantities[name])
        part._store("quantities", {})
        part._store("adjacency", links_among(dataset.adjacency, places))
        part._store("nodes", None if dataset.nodes is None else dataset.nodes.loc[nodes])
        part._store("events", events)
        parts[name] = part
    return parts


def links_among(adjacency, places):
    """Return a graph's links among some nodes; None where no two of them are linked.

    Args:
        adjacency: Adjacency of a data set, dense, sparse or None.
        places: Positions of the nodes.

    Example:
        >>> import stlearn
        >>> from stlearn.data.quantities import links_among
        >>> links_among(stlearn.load("corridor").adjacency, [0, 1]).shape
        (2, 2)
        >>> links_among(stlearn.load("corridor").adjacency, [0, 9]) is None
        True
    """
    if adjacency is None:
        return None
    dense = isinstance(adjacency, pd.DataFrame)
    part = adjacency.iloc[places, places] if dense else adjacency[places][:, places]
    weights = scipy.sparse.csr_array(part.to_numpy()) if dense else part
    return part if weights.nnz > np.count_nonzero(weights.diagonal()) else None


def places_of(quantities, nodes):
    """Return the places of each quantity's nodes among all.

    Args:
        quantities: Dict of units by the names of the quantities; empty where there is only one.
        nodes: Names of all nodes.

    Returns:
        Dict of arrays of positions; of all of them under an empty name where there is only one.

    Example:
        >>> from stlearn.data.quantities import places_of
        >>> nodes = ["speed: a", "speed: b", "flow: b"]
        >>> {name: places.tolist() for name, places in
        ...  places_of({"speed": "km/h", "flow": "veh/h"}, nodes).items()}
        {'speed': [0, 1], 'flow': [2]}
    """
    if not quantities:
        return {"": np.arange(len(nodes))}
    found = np.array([str(node).partition(BETWEEN)[0] for node in nodes])
    return {name: np.flatnonzero(found == name) for name in quantities if (found == name).any()}


def units_of(nodes, unit, quantities):
    """Return the unit of each node.

    Args:
        nodes: Names of the nodes.
        unit: Unit of all, where there is only one quantity.
        quantities: As in `places_of`.

    Example:
        >>> from stlearn.data.quantities import units_of
        >>> units_of(["speed: a", "flow: a"], "", {"speed": "km/h", "flow": "veh/h"})
        ['km/h', 'veh/h']
    """
    found = [unit] * len(nodes)
    for name, places in places_of(quantities, nodes).items():
        for place in places:
            found[place] = quantities.get(name, unit)
    return found


def sensors_of(nodes, quantities):
    """Return the sensor of each node, as an Index: the node itself where quantities are no layers.

    Args:
        nodes: Names of the nodes.
        quantities: As in `places_of`.

    Example:
        >>> from stlearn.data.quantities import sensors_of
        >>> sensors_of(["speed: a", "flow: a"], {"speed": "km/h", "flow": "veh/h"}).tolist()
        ['a', 'a']
    """
    return pd.Index([node.partition(BETWEEN)[2] for node in nodes] if quantities else nodes)


def sensors_in_words(dataset):
    """Say how many sensors a data set has, and of several quantities which and how many nodes.

    Args:
        dataset: SpatioTemporalDataset.

    Example:
        >>> import stlearn
        >>> from stlearn.data.quantities import sensors_in_words, together
        >>> speed = stlearn.load("corridor")
        >>> sensors_in_words(together({"speed": speed, "noise": speed}))
        '48 sensors (speed and noise: 96 nodes)'
    """
    nodes, quantities = dataset.values.columns, dataset.quantities
    said = counted(sensors_of(nodes, quantities).nunique(), "sensor")
    names = " and ".join(quantities)
    return f"{said} ({names}: {len(nodes):,} nodes)" if quantities else said


def in_several_units(dataset):
    """Tell whether a data set has quantities of different units, whose numbers do not compare.

    Args:
        dataset: SpatioTemporalDataset.

    Example:
        >>> import stlearn
        >>> from stlearn.data.quantities import in_several_units
        >>> in_several_units(stlearn.load("corridor"))
        False
    """
    return len(set(dataset.quantities.values())) > 1


def _check(datasets):
    if not isinstance(datasets, dict) or not datasets:
        raise InputError(
            f"datasets: expected a dict of data sets by quantity, got {type(datasets).__name__}"
            f"{'' if datasets else ' without any'}"
        )
    times = None
    for name, each in datasets.items():
        if not isinstance(name, str) or not name.strip() or BETWEEN in name:
            raise InputError(
                f"datasets: expected the name of a quantity, a text without {BETWEEN!r}, got "
                f"{name!r}"
            )
        if not isinstance(each, SpatioTemporalDataset):
            raise InputError(
                f"datasets: expected a SpatioTemporalDataset for {name}, got {type(each).__name__}"
            )
        if each.quantities or each.edges is not None:
            what = "a graph that changes in time" if each.edges is not None else "several already"
            raise InputError(f"datasets: {name}: expected one quantity and one graph, got {what}")
        times = each.values.index if times is None else times
        if not each.values.index.equals(times):
            raise InputError(
                f"datasets: expected the same times for all quantities, {times[0]} to {times[-1]} "
                f"({len(times):,} rows), got {each.values.index[0]} to {each.values.index[-1]} "
                f"({len(each.values):,} rows) for {name}"
            )


def _joined(datasets, sensors, names):
    """The graphs side by side, the nodes of a sensor joined; None where that gives no link."""
    graphs = [each.adjacency for each in datasets]
    side_by_side = scipy.sparse.block_diag(
        [
            scipy.sparse.csr_array((each.shape[1],) * 2) if each.adjacency is None else each.weights
            for each in datasets
        ],
        format="csr",
    )
    strongest = side_by_side.max() if side_by_side.nnz else 1.0
    codes = pd.factorize(sensors)[0]
    places = np.arange(len(names))
    member = scipy.sparse.csr_array((np.ones(len(names)), (places, codes)))
    across = scipy.sparse.csr_array(member @ member.T - scipy.sparse.eye_array(len(names)))
    graph = side_by_side + strongest * across
    known = [each for each in graphs if each is not None]
    if known and all(isinstance(each, pd.DataFrame) for each in known):
        graph = pd.DataFrame(graph.toarray(), index=names, columns=names)
    return links_among(graph, places)
