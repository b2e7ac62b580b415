"""Alarms: from a series that should stay near its forecast to a list of alarms, and their score.

Four steps. A score says how odd each reading is (`residual_score`, `cusum`, `fault_score`). A
threshold is chosen on a quiet part, for the false alarms that you can bear
(`choose_threshold`). Scores above it become alarms (`raise_alarms`). Labelled events tell which
alarms were right and how late they came (`score_alarms`).
"""

import dataclasses
import numbers

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from stlearn.dataset import EVENT_COLUMNS
from stlearn.errors import InputError
from stlearn.windows import to_duration

SIDES = ("both", "high", "low")
NORMAL_MAD = 1.4826  # standard deviation of a normal variable by its median absolute deviation
WORST = 10  # deviations; a single reading tells no more than this, and a missing one this much


def residual_score(residuals, quiet, side="both"):
    """Say by how many usual deviations each residual is off.

    Centre and deviation of each node come from the quiet part, by median and median absolute
    deviation, so a few odd readings in it do little harm.

    Args:
        residuals: DataFrame (time, node): reading less forecast, in the data's unit.
        quiet: The same of a part without events, for example of the training part.
        side: "both", "high" (only readings above the forecast count) or "low".

    Returns:
        DataFrame (time, node), in deviations; NaN where the residual is missing.

    Raises:
        InputError: If the parts are no DataFrames of the same nodes, a node of the quiet part does
            not vary, or the side is unknown.

    Example:
        >>> import pandas as pd
        >>> times = pd.date_range("2026-01-05", periods=5, freq="5min")
        >>> quiet = pd.DataFrame({"a": [-1.0, 0, 1, 0, -1]}, times)
        >>> score = residual_score(pd.DataFrame({"a": [0, 14.826]}, times[:2]), quiet)
        >>> score["a"].round(3).tolist()
        [0.0, 10.0]

    Reference:
        Iglewicz and Hoaglin (1993), "How to detect and handle outliers" (the modified z-score).
    """
    _check_side(side)
    signed = _standardised(residuals, quiet)
    if side == "both":
        return signed.abs()
    return (signed if side == "high" else -signed).clip(lower=0)


def cusum(residuals, quiet, drift=0.5, side="both", limit=np.inf):
    """Add up what the residuals are off beyond a drift, and start again from zero below it.

    A small shift that lasts is found sooner than by single residuals.

    Args:
        residuals: DataFrame (time, node): reading less forecast, in the data's unit. A missing
            one leaves the sum as it was.
        quiet: The same of a part without events; it gives centre and deviation of each node.
        drift: What is taken off at each step, in deviations; half of the shift to be found.
        side: "both", "high" or "low". With "both" the larger of the two sums counts.
        limit: Sums grow no further. A limit somewhat above the threshold lets an alarm end soon
            after its event, since the sum has less to come down.

    Returns:
        DataFrame (time, node) of sums, at least 0, in deviations.

    Raises:
        InputError: As `residual_score`, or if the drift is negative or the limit not above 0.

    Example:
        >>> import pandas as pd
        >>> times = pd.date_range("2026-01-05", periods=4, freq="5min")
        >>> quiet = pd.DataFrame({"a": [-1.0, 0, 1, 0]}, times)
        >>> residuals = pd.DataFrame({"a": [0, 1.4826, 1.4826, -1.4826]}, times)
        >>> cusum(residuals, quiet * 2, side="high")["a"].tolist()
        [0.0, 0.5, 1.0, 0.0]

    Reference: Page (1954), "Continuous inspection schemes".
    """
    if not isinstance(drift, numbers.Real) or not 0 <= drift < np.inf:
        raise InputError(f"drift: expected a number of at least 0, got {drift!r}")
    if not isinstance(limit, numbers.Real) or not limit > 0:
        raise InputError(f"limit: expected a number above 0, got {limit!r}")
    signed = _standardised(residuals, quiet)
    _check_side(side)
    off = signed.to_numpy()
    known = ~np.isnan(off)
    high, low, sums = np.zeros(off.shape[1]), np.zeros(off.shape[1]), np.zeros(off.shape)
    for row in range(len(off)):
        high = np.where(known[row], np.clip(high + off[row] - drift, 0, limit), high)
        low = np.where(known[row], np.clip(low - off[row] - drift, 0, limit), low)
        sums[row] = {"both": np.maximum(high, low), "high": high, "low": low}[side]
    return pd.DataFrame(sums, signed.index, signed.columns)


def fault_score(values, adjacency, quiet, memory="6h"):
    """Score how little each sensor agrees with what its neighbours say that it should read.

    Each neighbour alone predicts the sensor by a straight line, fitted on the quiet part; the
    median of these predictions is what the sensor should read, so one broken neighbour does
    not spoil it. The score is the mean deviation of late, the latest counting most. No reading
    counts for more than ten deviations, and a missing one counts for as much.

    Args:
        values: DataFrame (time, node) of readings, in the data's unit.
        adjacency: DataFrame (node, node); in row i, columns above 0 are the neighbours of i.
        quiet: DataFrame (time, node) of a part without faults, at least 3 readings of each node.
        memory: Time after which a deviation counts 1/e as much.

    Returns:
        DataFrame (time, node), from 0 to 10; a healthy sensor stays near 0.8, the mean size of a
        normal variable. NaN where no neighbour has a reading.

    Raises:
        InputError: If values, adjacency and quiet part do not fit, or a node has no neighbour.

    Example:
        >>> from stlearn.alarms import fault_score
        >>> from stlearn.worlds.sensors import sensors
        >>> world = sensors(days=6, faults=1)
        >>> half = len(world.values) // 2
        >>> score = fault_score(world.values, world.adjacency, world.values.iloc[:half])
        >>> dead = world.events[world.events["kind"] == "dead"].iloc[0]
        >>> score.loc[dead["end"]].idxmax() == dead["node"]
        True

    Reference:
        After Chen, Kher and Somani (2006), "Distributed fault detection of wireless sensor
        networks", who compare each sensor with its neighbours and let the majority decide.
    """
    values, quiet = _same_nodes("values", values, "quiet", quiet)
    if not isinstance(adjacency, pd.DataFrame) or not (
        adjacency.index.equals(values.columns) and adjacency.columns.equals(values.columns)
    ):
        raise InputError("adjacency: expected a DataFrame (node, node) of the nodes of values")
    span = to_duration("memory", memory)
    expected, usual = (_from_neighbours(part, adjacency, quiet) for part in (values, quiet))
    off = _standardised(values - expected, quiet - usual).abs().clip(upper=WORST)
    off = off.mask(values.isna() & expected.notna(), WORST)
    kept = np.exp(-_step(values) / span)
    present = off.notna().to_numpy().astype(float)
    weight = lfilter([1], [1, -kept], present, axis=0)
    score = lfilter([1], [1, -kept], off.fillna(0).to_numpy(), axis=0)
    score = score / np.where(weight > 0, weight, np.nan)
    return pd.DataFrame(score, values.index, values.columns).where(expected.notna())


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


def _standardised(residuals, quiet):
    """Residuals in deviations of the quiet part, signed."""
    residuals, quiet = _same_nodes("residuals", residuals, "quiet", quiet)
    centre = quiet.median()
    deviation = NORMAL_MAD * (quiet - centre).abs().median()
    flat = deviation.index[~(deviation > 0)]
    if len(flat):
        raise InputError(
            f"quiet: node {flat[0]!r} does not vary around its median or has no value, so "
            "nothing says what is odd"
        )
    return (residuals - centre) / deviation


def _check_side(side):
    if side not in SIDES:
        raise InputError(f"side: expected one of {', '.join(SIDES)}, got {side!r}")


def _from_neighbours(part, adjacency, quiet):
    """What each sensor should read: the median of what each neighbour alone predicts."""
    centre = quiet.mean()
    covariance = quiet.cov(min_periods=3)
    expected = {}
    for node in part:
        weights = adjacency.loc[node].drop(node)
        near = weights.index[weights > 0]
        if not len(near):
            raise InputError(f"adjacency: node {node!r} has no neighbour")
        slopes = covariance.loc[node, near] / np.diag(covariance.loc[near, near])
        expected[node] = centre[node] + ((part[near] - centre[near]) * slopes).median(axis=1)
    return pd.DataFrame(expected, part.index)


def _held(scores, hold):
    """Scores of which each lasts for a time; a missing one is the lowest that there is."""
    _check_table("scores", scores)
    span = to_duration("hold", hold)
    return scores.rolling(max(span, _step(scores)), min_periods=1).max().fillna(-np.inf)


def _step(table):
    return table.index[1] - table.index[0]


def _days(table):
    if not isinstance(table.index, pd.DatetimeIndex) or len(table.index) < 2:
        raise InputError("index: expected a DatetimeIndex of at least two times")
    return len(table.index) * _step(table) / pd.Timedelta("1D")


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


def _check_table(argument, table):
    if not isinstance(table, pd.DataFrame) or not isinstance(table.index, pd.DatetimeIndex):
        raise InputError(f"{argument}: expected a DataFrame (time, node) with times as its index")
    if len(table) < 2:
        raise InputError(f"{argument}: expected at least two times, got {len(table)}")


def _same_nodes(argument, table, other_argument, other):
    _check_table(argument, table)
    _check_table(other_argument, other)
    if set(table.columns) != set(other.columns):
        raise InputError(f"{other_argument}: expected the nodes of {argument}")
    return table, other[table.columns]
