"""A data set in space and time: values, graph, nodes, calendar and events, validated once.

Everything that the library does starts from a `SpatioTemporalDataset`. Its construction checks
the data and stops with one sentence that names the place of the trouble. It repairs nothing:
a repair is a decision, and decisions belong to `stlearn.prepare` and to you.
"""

import copy
import dataclasses

import numpy as np
import pandas as pd

from stlearn.errors import InputError

EVENT_COLUMNS = ("node", "start", "end", "kind")
EDGE_COLUMNS = ("time", "source", "target", "weight")


@dataclasses.dataclass(frozen=True)
class SpatioTemporalDataset:
    """Values of one quantity, at regular times, at the nodes of a graph.

    Args:
        name: Short name, used in tables and file names.
        values: DataFrame (time, node) of the quantity to forecast, in `unit`. Its index is a
            regular, strictly increasing DatetimeIndex. NaN means missing, zero means zero.
        unit: Unit of the values, for example "km/h".
        adjacency: DataFrame (node, node), not negative: row i, column j is the weight of node
            j's influence on node i. It may be directed. None where no graph is known.
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
    adjacency: pd.DataFrame | None = None
    nodes: pd.DataFrame | None = None
    calendar: pd.DataFrame | None = None
    extra: dict[str, pd.DataFrame] = dataclasses.field(default_factory=dict)
    events: pd.DataFrame | None = None
    edges: pd.DataFrame | None = None
    licence: str = ""
    citation: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        values = _checked_values(self.values, "values")
        silent = values.columns[values.isna().all()]
        if len(silent):
            raise InputError(
                f"values: node {_listed(silent)} has no value at all; leave it out or mend its feed"
            )
        calendar = make_calendar(values.index) if self.calendar is None else self.calendar
        self._store("values", values)
        self._store("calendar", _checked_calendar(calendar, values.index))
        if self.adjacency is not None:
            self._store("adjacency", _checked_adjacency(self.adjacency, values.columns))
        if self.nodes is not None:
            self._store("nodes", _same_nodes(self.nodes, values.columns, "nodes"))
        self._store(
            "extra", {key: _checked_extra(frame, values, key) for key, frame in self.extra.items()}
        )
        if self.events is not None:
            self._store("events", _checked_events(self.events, values))
        if self.edges is not None:
            self._store("edges", _checked_edges(self.edges, values))

    def _store(self, field, value):
        object.__setattr__(self, field, value)

    @property
    def shape(self):
        """Number of times and number of nodes."""
        return self.values.shape

    @property
    def frequency(self):
        """Step of the time index as a pandas offset, usable in `pandas.date_range`."""
        return regular_frequency(self.values.index)

    @property
    def interval(self):
        """Time between two rows (for months and working days: the usual one)."""
        return pd.Series(self.values.index[1:] - self.values.index[:-1]).median()

    def between(self, start, stop):
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
        part = copy.copy(self)
        part._store("values", self.values.iloc[start:stop])
        part._store("extra", {key: frame.iloc[start:stop] for key, frame in self.extra.items()})
        return part

    def adjacency_at(self, time):
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
        >>> from stlearn.dataset import make_calendar
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
        >>> from stlearn.dataset import known_ahead
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
    return times, dataset.calendar.reindex(times).combine_first(make_calendar(times))


def regular_frequency(index):
    """Return the constant step of a time index as a pandas offset.

    A constant number of seconds, working days and starts of months count as regular.

    Args:
        index: DatetimeIndex, strictly increasing, at least two entries.

    Raises:
        InputError: If the index is not regular; the message shows the first three odd steps.

    Example:
        >>> import pandas as pd
        >>> from stlearn.dataset import regular_frequency
        >>> regular_frequency(pd.date_range("2026-01-01", periods=3, freq="15min"))
        <15 * Minutes>
    """
    steps = index[1:] - index[:-1]
    usual = pd.Series(steps).mode()[0]
    odd = np.flatnonzero(steps != usual)
    if not len(odd):
        return pd.tseries.frequencies.to_offset(usual)
    for offset in (pd.offsets.BusinessDay(), pd.offsets.MonthBegin()):
        if index.equals(pd.date_range(index[0], periods=len(index), freq=offset)):
            return offset
    shown = "; ".join(f"{index[i]} to {index[i + 1]}" for i in odd[:3])
    hour = pd.Timedelta("1h")
    clock_change = index.tz is None and any(abs(steps[i] - usual) == hour for i in odd[:3])
    hint = (
        "; a step off by one hour looks like a daylight-saving change: give the times in UTC "
        "or with their time zone"
        if clock_change
        else ""
    )
    raise InputError(
        f"time index: expected a step of {usual} throughout, but {len(odd)} steps differ, "
        f"first {shown}{hint}"
    )


def _checked_values(frame, argument):
    if not isinstance(frame, pd.DataFrame):
        raise InputError(
            f"{argument}: expected a DataFrame (time, node), got {type(frame).__name__}"
        )
    if frame.shape[0] < 2 or frame.shape[1] < 1:
        raise InputError(
            f"{argument}: expected at least 2 rows (times) and 1 column (node), "
            f"got {frame.shape[0]} rows and {frame.shape[1]} columns"
        )
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise InputError(f"{argument}: node {_listed(twice)} stands there more than once")
    _check_index(frame.index, argument)
    numbers = frame.apply(_numbers).astype("float32")
    spoiled = np.argwhere(numbers.isna().to_numpy() & frame.notna().to_numpy())
    if len(spoiled):
        row, column = spoiled[0]
        raise InputError(
            f"{argument}: expected numbers, got {frame.iloc[row, column]!r} "
            f"at {frame.index[row]}, node {frame.columns[column]!r}"
        )
    infinite = np.argwhere(np.isinf(numbers.to_numpy()))
    if len(infinite):
        row, column = infinite[0]
        raise InputError(
            f"{argument}: infinite value at {frame.index[row]}, node {frame.columns[column]!r}; "
            "mark missing values as NaN"
        )
    return numbers


def _numbers(column):
    """The column as numbers; what is no number, text included, becomes NaN."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    return pd.to_numeric(column.where(~column.map(lambda cell: isinstance(cell, str))), "coerce")


def _check_index(index, argument):
    if not isinstance(index, pd.DatetimeIndex):
        zones = {getattr(time, "tzinfo", None) for time in index if hasattr(time, "tzinfo")}
        mixed = "; its times carry different time zones" if len(zones) > 1 else ""
        raise InputError(
            f"{argument}: expected a DatetimeIndex of times, got {type(index).__name__}{mixed}"
        )
    if index.hasnans:
        raise InputError(f"{argument}: the time of row {int(np.argmax(index.isna()))} is missing")
    twice = index[index.duplicated()].unique()
    if len(twice):
        raise InputError(f"{argument}: duplicate timestamps: {_listed(twice)}")
    backwards = np.flatnonzero(index[1:] < index[:-1])
    if len(backwards):
        row = backwards[0]
        raise InputError(
            f"{argument}: times are not increasing: {index[row + 1]} follows {index[row]} "
            f"(row {row + 1}); sort them first"
        )
    regular_frequency(index)


def _check_frame(frame, argument):
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{argument}: expected a DataFrame, got {type(frame).__name__}")


def _same_nodes(frame, columns, argument):
    """Rows in the order of the columns; labels decide, so nothing can be swapped."""
    _check_frame(frame, argument)
    missing, unknown = columns.difference(frame.index), frame.index.difference(columns)
    if len(missing) or len(unknown) or not frame.index.is_unique:
        raise InputError(
            f"{argument}: its nodes differ from the columns of values: "
            f"missing {_listed(missing) or 'none'}; unknown {_listed(unknown) or 'none'}"
            + ("" if frame.index.is_unique else "; some stand there more than once")
        )
    return frame.loc[columns]


def _checked_adjacency(adjacency, columns):
    if not isinstance(adjacency, pd.DataFrame):
        raise InputError(
            f"adjacency: expected a DataFrame (node, node), got {type(adjacency).__name__}"
        )
    if adjacency.shape[0] != adjacency.shape[1]:
        raise InputError(f"adjacency: expected a square matrix, got shape {adjacency.shape}")
    adjacency = _same_nodes(adjacency, columns, "adjacency")
    adjacency = _same_nodes(adjacency.T, columns, "adjacency").T
    try:
        weights = adjacency.to_numpy(dtype="float32")
    except (TypeError, ValueError) as error:
        raise InputError(f"adjacency: expected numbers as weights ({error})") from None
    for wrong, word in ((~np.isfinite(weights), "not a finite number"), (weights < 0, "negative")):
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise InputError(
                f"adjacency: the weight from {columns[column]!r} to {columns[row]!r} is {word} "
                f"({weights[row, column]})"
            )
    if len(columns) > 1 and not (weights - np.diag(np.diag(weights))).any():
        raise InputError(
            "adjacency: it has no edges between different nodes; "
            "leave it out when no graph is known"
        )
    return pd.DataFrame(weights, index=columns, columns=columns)


def _checked_calendar(calendar, index):
    if not isinstance(calendar, pd.DataFrame) or not isinstance(calendar.index, pd.DatetimeIndex):
        raise InputError("calendar: expected a DataFrame with times as index")
    uncovered = index.difference(calendar.index)
    if len(uncovered):
        raise InputError(f"calendar: no row for {_listed(uncovered)}")
    _check_index(calendar.index, "calendar")
    if list(calendar.columns[:2]) != ["time_of_day", "day_of_week"]:
        raise InputError(
            "calendar: expected the columns time_of_day and day_of_week first, then what else is "
            f"known ahead, got {list(calendar.columns)}; make_calendar builds it so"
        )
    calendar = calendar.astype("float32")
    if not np.isfinite(calendar.to_numpy()).all():
        raise InputError("calendar: expected finite numbers only")
    return calendar


def _checked_extra(frame, values, key):
    frame = _checked_values(frame, f"extra[{key!r}]")
    if not frame.index.equals(values.index) or set(frame.columns) != set(values.columns):
        raise InputError(f"extra[{key!r}]: expected the times and nodes of values")
    return frame[values.columns]


def _checked_events(events, values):
    _check_frame(events, "events")
    absent = [name for name in EVENT_COLUMNS if name not in events.columns]
    if absent:
        raise InputError(f"events: expected the columns {EVENT_COLUMNS}, missing {absent}")
    unknown = pd.Index(events["node"].dropna().unique()).difference(values.columns)
    if len(unknown):
        raise InputError(f"events: unknown node {_listed(unknown)}")
    backwards = events[events["end"] < events["start"]]
    if len(backwards):
        raise InputError(f"events: the event in row {backwards.index[0]} ends before it starts")
    return events.reset_index(drop=True)


def _checked_edges(edges, values):
    _check_frame(edges, "edges")
    absent = [name for name in EDGE_COLUMNS if name not in edges.columns]
    if absent:
        raise InputError(f"edges: expected the columns {EDGE_COLUMNS}, missing {absent}")
    ends = pd.Index(pd.unique(pd.concat([edges["source"], edges["target"]])))
    unknown = ends.difference(values.columns)
    if len(unknown):
        raise InputError(f"edges: unknown node {_listed(unknown)}")
    weights = edges["weight"].to_numpy(dtype="float64")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise InputError("edges: expected finite weights that are not negative")
    return edges.reset_index(drop=True)


def _listed(labels, most=3):
    shown = ", ".join(str(label) for label in labels[:most])
    return shown + (f" and {len(labels) - most} more" if len(labels) > most else "")
