"""Alarms: from a series that should stay near its forecast to a list of alarms, and their score.
Explained in 6.2.

Four steps. A score says how odd each reading is (`residual_score`, `cusum`, `fault_score`). A
threshold is chosen on a quiet part, for the false alarms that you can bear
(`choose_threshold`). Scores above it become alarms (`raise_alarms`). Labelled events tell which
alarms were right and how late they came (`score_alarms`).
"""

import dataclasses
import numbers

import numpy as np
import pandas as pd

from stlearn.checks import to_duration
from stlearn.data.validation import EVENT_COLUMNS
from stlearn.errors import InputError
from stlearn.evaluation.anomaly_scores import (
    check_table,
    cusum,
    fault_score,
    residual_score,
    step_of,
)

__all__ = [
    "residual_score",
    "cusum",
    "fault_score",
    "choose_threshold",
    "raise_alarms",
    "AlarmScore",
    "score_alarms",
]


def choose_threshold(quiet, false_alarms_a_day, hold="1h"):
    """Choose the lowest threshold that keeps the false alarms of a quiet part bearable.

    Args:
        quiet: DataFrame (time, node) of scores of a part without events, so every alarm is false.
            It must not be the part on which the alarms are scored later.
        false_alarms_a_day: Most false alarms a day, of all nodes together.
        hold: As for `raise_alarms`, which should get the same.

    Returns:
        The threshold: at it and at every higher one, the quiet part has no more alarms a day.

    Raises:
        InputError: If an argument is not as described or no score is known.

    Example:
        >>> import pandas as pd
        >>> times = pd.date_range("2026-01-05", periods=4, freq="6h")
        >>> quiet = pd.DataFrame({"a": [0, 3, 0, 2]}, times)
        >>> choose_threshold(quiet, 1), choose_threshold(quiet, 0)
        (2.0, 3.0)
    """
    rate = false_alarms_a_day
    if not isinstance(rate, numbers.Real) or not 0 <= rate < np.inf:
        raise InputError(f"false_alarms_a_day: expected a number of at least 0, got {rate!r}")
    held = _held(quiet, hold).to_numpy()
    if not np.isfinite(held).any():
        raise InputError("quiet: expected scores, but none is known")
    # A threshold u starts an alarm wherever the score rises from at most u to above u.
    before = np.vstack([np.full((1, held.shape[1]), -np.inf), held[:-1]])
    rises = held > before
    low, high = np.sort(before[rises]), np.sort(held[rises])
    candidates = np.unique(held[np.isfinite(held)])
    alarms = np.searchsorted(low, candidates, "right") - np.searchsorted(high, candidates, "right")
    too_many = np.flatnonzero(alarms > rate * _days(quiet) + 1e-9)
    return float(candidates[too_many[-1] + 1 if len(too_many) else 0])


def raise_alarms(scores, threshold, hold="1h"):
    """List the alarms: times at which a score is above a threshold.

    Args:
        scores: DataFrame (time, node); a missing score raises no alarm.
        threshold: Scores above it raise an alarm.
        hold: An alarm stays on until this time after the last score above the threshold has
            passed, so a score that flickers is one alarm.

    Returns:
        DataFrame with the columns node, start and end (both included), by start.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> import pandas as pd
        >>> times = pd.date_range("2026-01-05", periods=4, freq="30min")
        >>> alarms = raise_alarms(pd.DataFrame({"a": [0, 3, 0, 3]}, times), 2)
        >>> [f"{alarm.start:%H:%M} to {alarm.end:%H:%M}" for alarm in alarms.itertuples()]
        ['00:30 to 01:30']
    """
    if not isinstance(threshold, numbers.Real) or not np.isfinite(threshold):
        raise InputError(f"threshold: expected a number, got {threshold!r}")
    on = _held(scores, hold) > threshold
    before = on.shift(1, fill_value=False)
    after = on.shift(-1, fill_value=False)
    rows = [
        (node, start, end)
        for node in on
        for start, end in zip(on.index[on[node] & ~before[node]], on.index[on[node] & ~after[node]])
    ]
    alarms = pd.DataFrame(rows, columns=["node", "start", "end"])
    if alarms.empty:
        alarms = alarms.astype({"start": on.index.dtype, "end": on.index.dtype})
    return alarms.sort_values("start", ignore_index=True, kind="stable")


@dataclasses.dataclass(frozen=True)
class AlarmScore:
    """How good alarms were.

    Args:
        events: The events, with `found` and `delay_minutes` to the first right alarm; negative
            if the alarm came before the event, NaN if it never came.
        false_alarms: Number of alarms that belong to no event.
        days: Length of the time that was watched.
    """

    events: pd.DataFrame
    false_alarms: int
    days: float

    @property
    def found_share(self):
        """Share of the events that were found; NaN without events."""
        return float(self.events["found"].mean()) if len(self.events) else float("nan")

    @property
    def median_delay_minutes(self):
        """Median delay of the events that were found, in minutes; NaN if none was."""
        return float(self.events["delay_minutes"].median())

    @property
    def false_alarms_a_day(self):
        """False alarms a day, of all nodes together."""
        return self.false_alarms / self.days


def score_alarms(alarms, events, index, before="0min", after="0min", adjacency=None):
    """Compare alarms with labelled events: which were found, how late, and the false alarms.

    An alarm belongs to an event if it starts between the start and the end of the event, widened
    by `before` and `after`, at the event's node. Further alarms in an event are neither false nor
    counted. An alarm that was already on does not find the event. The delay counts from the start
    of the event, or from the first watched time if that is later.

    Args:
        alarms: DataFrame with the columns node and start, from `raise_alarms`.
        events: DataFrame with the columns node, start, end and kind, as in a
            SpatioTemporalDataset; a missing node means all nodes. Events that do not touch the
            watched time are left out.
        index: DatetimeIndex of the watched times, regular.
        before: How early an alarm may come, for warnings ahead of the event.
        after: How late an alarm may come after the end of the event.
        adjacency: DataFrame (node, node). If given, an alarm at a node that has an edge to or
            from the event's node belongs to the event too.

    Returns:
        AlarmScore.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> import pandas as pd
        >>> index = pd.date_range("2026-01-05", periods=48, freq="30min")
        >>> events = pd.DataFrame(
        ...     {"node": ["a"], "start": index[10], "end": index[14], "kind": ["incident"]}
        ... )
        >>> alarms = pd.DataFrame({"node": ["a", "a"], "start": [index[11], index[30]]})
        >>> score = score_alarms(alarms, events, index)
        >>> score.found_share, score.median_delay_minutes, score.false_alarms_a_day
        (1.0, 30.0, 1.0)
    """
    _check_columns("alarms", alarms, ("node", "start"))
    _check_columns("events", events, EVENT_COLUMNS)
    early, late = _margin("before", before), _margin("after", after)
    days = _days(pd.DataFrame(index=index))
    touched = (events["end"] + late >= index[0]) & (events["start"] - early <= index[-1])
    watched = events[touched].reset_index(drop=True)
    alarms = alarms[alarms["start"].between(index[0], index[-1])]
    explained = np.zeros(len(alarms), dtype=bool)
    delays = []
    for event in watched.itertuples():
        right = alarms["start"].between(event.start - early, event.end + late).to_numpy()
        if not pd.isna(event.node):
            right = right & alarms["node"].isin(_around(event.node, adjacency)).to_numpy()
        explained |= right
        first = alarms["start"][right].min()  # NaT without one
        delays.append((first - max(event.start, index[0])) / pd.Timedelta("1min"))
    delays = np.array(delays, dtype=float)
    scored = watched.assign(found=~np.isnan(delays), delay_minutes=delays)
    return AlarmScore(scored, int((~explained).sum()), days)


def _held(scores, hold):
    """Scores of which each lasts for a time; a missing one is the lowest that there is."""
    check_table("scores", scores)
    span = to_duration("hold", hold)
    return scores.rolling(max(span, step_of(scores)), min_periods=1).max().fillna(-np.inf)


def _days(table):
    if not isinstance(table.index, pd.DatetimeIndex) or len(table.index) < 2:
        raise InputError("index: expected a DatetimeIndex of at least two times")
    return len(table.index) * step_of(table) / pd.Timedelta("1D")


def _around(node, adjacency):
    if adjacency is None:
        return [node]
    if node not in adjacency.index or node not in adjacency.columns:
        raise InputError(f"adjacency: node {node!r} of an event is unknown")
    linked = (adjacency.loc[node] > 0) | (adjacency[node] > 0)
    return [node, *linked.index[linked]]


def _margin(argument, length):
    try:
        span = pd.Timedelta(length)
    except (ValueError, TypeError):
        span = pd.NaT
    if not span >= pd.Timedelta(0):
        raise InputError(f"{argument}: expected a duration of at least 0, got {length!r}")
    return span


def _check_columns(argument, table, columns):
    if not isinstance(table, pd.DataFrame) or not set(columns) <= set(table.columns):
        raise InputError(f"{argument}: expected a DataFrame with the columns {', '.join(columns)}")
