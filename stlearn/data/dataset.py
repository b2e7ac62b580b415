"""A data set in space and time: values, graph, nodes, calendar and events, validated once.
Explained in 1.2.

Everything that the library does starts from a `SpatioTemporalDataset`. Its construction checks
the data and stops with one sentence that names the place of the trouble. It repairs nothing:
a repair is a decision, and decisions belong to `stlearn.data.prepare` and to you.
"""

import copy
import dataclasses
import functools
from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
import scipy.sparse

from stlearn.data.blocks import summary_of_nodes
from stlearn.data.steps import regular_frequency, usual_length
from stlearn.data.validation import (
    check_quantities,
    checked_adjacency,
    checked_calendar,
    checked_edges,
    checked_events,
    checked_extra,
    checked_values,
    listed,
    same_nodes,
)
from stlearn.errors import InputError


@dataclasses.dataclass(frozen=True)
class SpatioTemporalDataset:
    """Values of one quantity, at regular times, at the nodes of a graph.

    Args:
        name: Short name, used in tables and file names.
        values: DataFrame (time, node) of the quantity to forecast, in `unit`. Its index is a
            regular, strictly increasing DatetimeIndex. NaN means missing, zero means zero.
        unit: Unit of the values, for example "km/h".
        adjacency: DataFrame (node, node), not negative: row i, column j is the weight of node
            j's influence on node i. It may be directed. For many nodes a SciPy sparse array in the
            order of the columns of `values`, or a pair of such an array and the names of its
            nodes; it is kept as a `csr_array` in the order of the columns. None where no graph is
            known. Whoever needs the one or the other asks for `weights` or `adjacency_frame`.
        nodes: DataFrame with one row a node: coordinates and attributes.
        calendar: DataFrame with one row a time: what is known ahead. It covers the times of
            `values` and may reach beyond. Built by `make_calendar` when not given.
        extra: Other measured quantities, each a DataFrame on the axes of `values`.
        events: DataFrame with the columns node, start, end (included) and kind: labelled
            intervals, the truth to score against. A missing node means all nodes.
        edges: DataFrame with the columns time, source, target and weight, for a graph that
            changes in time: the influence of source on target from that time on.
        licence, citation: Whose data it is.
        notes: What the reader of the data mended, one sentence each.
        quantities: Unit of each quantity by its name, where there are several to forecast; made by
            `stlearn.data.together`, as are the names of the nodes.

    Raises:
        InputError: If the data is not as described; the message says what is wrong and where.

    Example:
        >>> import pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> times = pd.date_range("2026-01-05", periods=4, freq="5min")
        >>> values = pd.DataFrame({"a": [50, 51, 52, 53], "b": [60, 61, None, 63]}, index=times)
        >>> dataset = SpatioTemporalDataset("example", values, unit="km/h")
        >>> dataset.interval, dataset.shape
        (Timedelta('0 days 00:05:00'), (4, 2))
    """

    name: str
    values: pd.DataFrame
    unit: str
    adjacency: pd.DataFrame | scipy.sparse.csr_array | None = None
    nodes: pd.DataFrame | None = None
    calendar: pd.DataFrame | None = None
    extra: dict[str, pd.DataFrame] = dataclasses.field(default_factory=dict)
    events: pd.DataFrame | None = None
    edges: pd.DataFrame | None = None
    licence: str = ""
    citation: str = ""
    notes: tuple[str, ...] = ()
    quantities: dict[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        values = checked_values(self.values, "values")
        silent = values.columns[summary_of_nodes(values).count == 0]
        if len(silent):
            raise InputError(
                f"values: node {listed(silent)} has no value at all; leave it out or mend its feed"
            )
        calendar = make_calendar(values.index) if self.calendar is None else self.calendar
        self._store("values", values)
        self._store("calendar", checked_calendar(calendar, values.index))
        if self.adjacency is not None:
            self._store("adjacency", checked_adjacency(self.adjacency, values.columns))
        if self.nodes is not None:
            self._store("nodes", same_nodes(self.nodes, values.columns, "nodes"))
        self._store(
            "extra", {key: checked_extra(frame, values, key) for key, frame in self.extra.items()}
        )
        if self.events is not None:
            self._store("events", checked_events(self.events, values))
        if self.edges is not None:
            self._store("edges", checked_edges(self.edges, values))
        check_quantities(self.quantities, values.columns)

    def _store(self, field, value):
        object.__setattr__(self, field, value)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of times and number of nodes."""
        return self.values.shape

    @property
    def weights(self) -> scipy.sparse.csr_array | None:
        """The adjacency as a SciPy `csr_array` (node, node), float32; None where there is none.

        It holds the edges alone, so its size goes with their number and not with that of the
        pairs of nodes. The library computes with it.
        """
        if self.adjacency is None or scipy.sparse.issparse(self.adjacency):
            return self.adjacency
        return scipy.sparse.csr_array(self.adjacency.to_numpy())

    @property
    def adjacency_frame(self) -> pd.DataFrame | None:
        """The adjacency as a DataFrame (node, node) with all zeros; None where there is none.

        It is the matrix to read and to compute with in a notebook. For 20,000 nodes it takes
        1.6 GB.
        """
        if not scipy.sparse.issparse(self.adjacency):
            return self.adjacency
        nodes = self.values.columns
        return pd.DataFrame(self.adjacency.toarray(), index=nodes, columns=nodes)

    @functools.cached_property
    def frequency(self) -> pd.offsets.BaseOffset:
        """Step of the time index as a pandas offset, usable in `pandas.date_range`.

        A part keeps the step of the whole: five working days in a row are not days.
        """
        return regular_frequency(self.values.index)

    @property
    def interval(self) -> pd.Timedelta:
        """Time between two rows (for months and years: the mean of the calendar)."""
        return usual_length(self.frequency)

    def between(self, start: int, stop: int) -> Self:
        """Return the data set of the rows `start` to `stop` (positions, `stop` excluded).

        The calendar keeps its full length, since it is known ahead; so do events and graph.
        A node may be silent throughout the part.

        Args:
            start: Position of the first row.
            stop: Position after the last row.

        Raises:
            InputError: If the range holds fewer than two rows or leaves the data.

        Example:
            >>> import stlearn
            >>> stlearn.load("corridor").between(0, 288).shape
            (288, 48)
        """
        if not 0 <= start < stop - 1 or stop > len(self.values):
            raise InputError(
                f"between: expected 0 <= start < stop - 1 and stop <= {len(self.values)}, "
                f"got start={start}, stop={stop}"
            )
        _ = self.frequency  # looked up once, for all parts
        part = copy.copy(self)
        part._store("values", self.values.iloc[start:stop])
        part._store("extra", {key: frame.iloc[start:stop] for key, frame in self.extra.items()})
        return part

    def of_nodes(self, nodes: Sequence) -> Self:
        """Return the values of these nodes, in this order; one that is absent is silent throughout.

        Other quantities come along; what else is known (graph, attributes, events) is left out.

        Args:
            nodes: Names of nodes.

        Example:
            >>> import stlearn
            >>> one = stlearn.load("corridor").of_nodes(["in10", "new"])
            >>> one.shape, bool(one.values["new"].isna().all())
            ((16128, 2), True)
        """
        part = copy.copy(self)
        part._store("values", self.values.reindex(columns=list(nodes)))
        extra = {key: frame.reindex(columns=list(nodes)) for key, frame in self.extra.items()}
        part._store("extra", extra)
        for field in ("adjacency", "nodes", "events", "edges"):
            part._store(field, None)
        return part

    def of_region(self, places: Sequence[int]) -> Self:
        """Return the data set of the nodes at some places, with the links among them.

        Other quantities come along; attributes, events and a changing graph are left out.

        Args:
            places: Positions (node,) among the columns of `values`.

        Example:
            >>> import stlearn
            >>> stlearn.load("corridor").of_region([3, 4, 5]).weights.shape
            (3, 3)
        """
        part = self.of_nodes(self.values.columns[places])
        if self.adjacency is not None:
            part._store("adjacency", self.weights[places][:, places])
        return part

    def adjacency_at(self, time: pd.Timestamp | str) -> pd.DataFrame:
        """Return the adjacency (node, node) in force at a time, for a graph that changes.

        Args:
            time: A timestamp. The latest graph of `edges` not after it is returned.

        Raises:
            InputError: If the data set has no `edges`, or none as early as `time`.

        Example:
            >>> import stlearn
            >>> covid = stlearn.load("england-covid")  # doctest: +SKIP
            >>> covid.adjacency_at("2020-03-20").shape  # doctest: +SKIP
            (129, 129)
        """
        if self.edges is None:
            raise InputError(f"{self.name}: the graph does not change; use .adjacency")
        times = self.edges["time"][self.edges["time"] <= pd.Timestamp(time)]
        if times.empty:
            raise InputError(f"time: no graph is known as early as {time}")
        current = self.edges[self.edges["time"] == times.max()]
        matrix = pd.DataFrame(
            0.0, index=self.values.columns, columns=self.values.columns, dtype="float32"
        )
        rows = matrix.index.get_indexer(current["target"])
        columns = matrix.columns.get_indexer(current["source"])
        weights = matrix.to_numpy(copy=True)
        weights[rows, columns] = current["weight"]
        return pd.DataFrame(weights, index=matrix.index, columns=matrix.columns)


def make_calendar(index, **known_ahead):
    """Build the calendar of a time index: time of day, day of week, and what you know ahead.

    Args:
        index: DatetimeIndex. With a time zone, local time counts.
        **known_ahead: Further columns, each a sequence with one number a time, for example
            `holiday` or `event` as 0 and 1.

    Returns:
        DataFrame (time, column), float32: `time_of_day` from 0 (midnight) up to but not including
        1, `day_of_week` from 0 (Monday) to 6, then the further columns.

    Raises:
        InputError: If the index is no DatetimeIndex, or a column has another length.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.dataset import make_calendar
        >>> index = pd.date_range("2026-01-05 06:00", periods=2, freq="6h")
        >>> make_calendar(index, holiday=[0, 1])["time_of_day"].tolist()
        [0.25, 0.5]
    """
    if not isinstance(index, pd.DatetimeIndex):
        raise InputError(f"index: expected a DatetimeIndex, got {type(index).__name__}")
    seconds = index.hour * 3600 + index.minute * 60 + index.second
    columns = {"time_of_day": seconds / 86400, "day_of_week": index.day_of_week}
    for name, column in known_ahead.items():
        if len(column) != len(index):
            raise InputError(f"{name}: expected {len(index)} numbers, got {len(column)}")
        columns[name] = np.asarray(column)
    return pd.DataFrame(columns, index=index).astype("float32")


def known_ahead(dataset, start, stop):
    """Return times and calendar of the rows `start` to `stop`, which may lie past the end.

    Time of day and day of week follow from the time where the calendar does not reach. Another
    column is NaN there: not known.

    Args:
        dataset: SpatioTemporalDataset.
        start, stop: Row positions, `stop` excluded.

    Returns:
        DatetimeIndex and DataFrame (time, column).

    Example:
        >>> import stlearn
        >>> from stlearn.data.dataset import known_ahead
        >>> corridor = stlearn.load("corridor")
        >>> times, calendar = known_ahead(corridor, len(corridor.values), len(corridor.values) + 12)
        >>> len(times), times[0] > corridor.values.index[-1]
        (12, True)
    """
    index = dataset.values.index
    if stop > len(index):
        ahead = pd.date_range(index[-1], periods=stop - len(index) + 1, freq=dataset.frequency)
        index = index.append(ahead[1:])
    times = index[start:stop]
    calendar = dataset.calendar.reindex(times)
    beyond = calendar["time_of_day"].isna()
    if beyond.any():
        made = make_calendar(times[beyond])
        calendar.loc[beyond, made.columns] = made
    return times, calendar
