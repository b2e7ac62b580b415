"""A field of temperature sensors, some of which go stuck, drift, turn noisy or die."""

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from stlearn.checks import check_count, check_number
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError
from stlearn.graph import distances_from_coordinates, gaussian_kernel

STEP_MINUTES = 10
SPACING, JITTER = 150, 40  # metres: between sensors; from the place on the regular grid
REACH, NEAR = 800, 200  # metres at which the field and the graph fall to 1/e
FIELD, MEMORY = 1.5, 0.98  # °C, and what is left of a deviation after a step
KINDS = ("stuck", "drift", "noise", "dead")
HOURS = (12, 36)  # a fault lasts at least and at most
DRIFT, NOISE = 0.15, 1.5  # °C an hour; °C, standard deviation


def sensors(seed=0, days=14, count=30, faults=2, quiet=0.5, noise=0.1):
    """Make readings of temperature sensors in a field, with labelled faults.

    The air has a daily course and a field of deviations, normal, an autoregression of order
    one in time and smooth in space. So the neighbours of a sensor tell nearly what it should read.
    In the later part of the time some sensors fail for 12 to 36 hours, each once, and recover.
    A stuck one repeats its last reading, a drifting one goes off by 0.15 °C an hour, a noisy
    one scatters by 1.5 °C, a dead one sends nothing.

    Args:
        seed: Seed of all that is drawn.
        days: Number of days.
        count: Number of sensors.
        faults: Number of faults of each of the four kinds, on different sensors.
        quiet: Share of the time, from the start, that is free of faults.
        noise: Standard deviation of the noise of a healthy sensor, in °C.

    Returns:
        SpatioTemporalDataset of readings in °C (10 minutes, sensor); NaN where a sensor is dead.
        `extra["healthy"]`: what the sensors would have read without faults. `nodes`: x and y in
        metres. `adjacency`: Gaussian kernel of the distance, 0 on the diagonal.
        `events`: the faults, with the kinds stuck, drift, noise and dead.

    Raises:
        InputError: If an argument is not as described, or the time or the sensors are too few.

    Example:
        >>> from stcourse.worlds.sensors import sensors
        >>> world = sensors(days=6, faults=1)
        >>> world.shape, sorted(world.events["kind"])
        ((864, 30), ['dead', 'drift', 'noise', 'stuck'])

    Reference:
        Ni et al. (2009), "Sensor network data fault types" (the kinds of faults); Cressie (1993),
        "Statistics for spatial data" (the field).
    """
    check_count("seed", seed, least=0)
    check_count("days", days)
    check_count("count", count, least=3)
    check_count("faults", faults, least=0)
    check_number("quiet", quiet, 0, 1)
    check_number("noise", noise, 0, 10)
    if faults * len(KINDS) > count:
        raise InputError(
            f"faults: expected at most {count // len(KINDS)} of each kind with {count} sensors, "
            f"got {faults}"
        )
    random = np.random.default_rng(seed)
    times = pd.date_range(
        "2026-06-01", periods=days * 1440 // STEP_MINUTES, freq=f"{STEP_MINUTES}min", name="time"
    )
    names = [f"s{place:02d}" for place in range(1, count + 1)]
    side = int(np.ceil(np.sqrt(count)))
    grid = SPACING * np.column_stack(np.divmod(np.arange(count), side)[::-1])
    shifted = grid + random.uniform(-JITTER, JITTER, (count, 2))
    nodes = pd.DataFrame(shifted.round(), names, ["x", "y"])
    distances = distances_from_coordinates(nodes)
    healthy = _field(times, distances.to_numpy(), random)
    healthy += random.normal(0, noise, healthy.shape)
    events = _plan(len(times), names, faults, quiet, random)
    readings = pd.DataFrame(healthy, times, names)
    for node, start, end, kind in events:
        rows, column = slice(start, end + 1), readings.columns.get_loc(node)
        part = readings.iloc[start - 1 : end + 1, column].to_numpy(copy=True)
        readings.iloc[rows, column] = _broken(part[1:], part[0], kind, random)
    adjacency = gaussian_kernel(distances, sigma=NEAR).to_numpy(copy=True)
    np.fill_diagonal(adjacency, 0)
    labelled = [(node, times[start], times[end], kind) for node, start, end, kind in events]
    return SpatioTemporalDataset(
        "sensors",
        readings,
        "°C",
        adjacency=pd.DataFrame(adjacency, names, names),
        nodes=nodes.rename_axis("node"),
        extra={"healthy": pd.DataFrame(healthy, times, names)},
        events=pd.DataFrame(labelled, columns=["node", "start", "end", "kind"]).sort_values(
            "start", ignore_index=True
        ),
        citation="simulated: a normal field with planted faults (kinds of Ni et al., 2009)",
    )


def _field(times, distances, random):
    """The air at each sensor, (time, sensor): a daily course and smooth deviations."""
    smooth = np.linalg.cholesky(np.exp(-((distances / REACH) ** 2)) + 1e-6 * np.eye(len(distances)))
    shocks = random.normal(size=(len(times), len(distances))) @ smooth.T
    shocks[1:] *= np.sqrt(1 - MEMORY**2)
    deviations = FIELD * lfilter([1], [1, -MEMORY], shocks, axis=0)
    hours = (times.hour + times.minute / 60).to_numpy()
    return 18 - 5 * np.cos(2 * np.pi * (hours - 3) / 24)[:, None] + deviations


def _plan(rows, names, faults, quiet, random):
    """Tuples (node, first row, last row, kind) of the faults; each sensor fails at most once."""
    hour = 60 // STEP_MINUTES
    first, longest = int(np.ceil(rows * quiet)), HOURS[1] * hour
    if faults and rows - first <= longest:
        raise InputError(
            f"days: after the quiet share, more than {HOURS[1]} hours are needed for the faults, "
            f"got {(rows - first) / hour:g}"
        )
    broken = random.permutation(names)[: faults * len(KINDS)]
    plan = []
    for place, node in enumerate(broken):
        length = random.integers(HOURS[0] * hour, longest + 1)
        start = random.integers(max(first, 1), rows - length + 1)
        plan.append((node, start, start + length - 1, KINDS[place % len(KINDS)]))
    return plan


def _broken(part, last, kind, random):
    """What a sensor with this fault reads instead of `part`, after the reading `last`."""
    if kind == "stuck":
        return np.full_like(part, last)
    if kind == "drift":
        sign = random.choice([-1, 1])
        return part + sign * DRIFT * np.arange(1, len(part) + 1) * STEP_MINUTES / 60
    if kind == "noise":
        return part + random.normal(0, NOISE, len(part))
    return np.full_like(part, np.nan)
