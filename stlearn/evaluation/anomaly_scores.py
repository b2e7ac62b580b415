"""How odd each reading is: scores of how far it is from its forecast, or from its neighbours.
Explained in 6.10 and 6.12.

`stlearn.evaluation.alarms` makes alarms of them.
"""

import numbers

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from stlearn.checks import to_duration
from stlearn.errors import InputError

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
        >>> from stlearn.evaluation.anomaly_scores import fault_score
        >>> from stcourse.worlds.sensors import sensors
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
    kept = np.exp(-step_of(values) / span)
    present = off.notna().to_numpy().astype(float)
    weight = lfilter([1], [1, -kept], present, axis=0)
    score = lfilter([1], [1, -kept], off.fillna(0).to_numpy(), axis=0)
    score = score / np.where(weight > 0, weight, np.nan)
    return pd.DataFrame(score, values.index, values.columns).where(expected.notna())


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


def step_of(table):
    return table.index[1] - table.index[0]


def check_table(argument, table):
    if not isinstance(table, pd.DataFrame) or not isinstance(table.index, pd.DatetimeIndex):
        raise InputError(f"{argument}: expected a DataFrame (time, node) with times as its index")
    if len(table) < 2:
        raise InputError(f"{argument}: expected at least two times, got {len(table)}")


def _same_nodes(argument, table, other_argument, other):
    check_table(argument, table)
    check_table(other_argument, other)
    if set(table.columns) != set(other.columns):
        raise InputError(f"{other_argument}: expected the nodes of {argument}")
    return table, other[table.columns]
