"""A state's detectors, from a hundred to twenty thousand, as dense on the ground for any number."""

import math

import numpy as np
import pandas as pd
import scipy.sparse
from scipy.spatial import cKDTree

from stlearn.checks import check_count
from stlearn.data.dataset import SpatioTemporalDataset

STEPS_A_DAY = 288  # of 5 minutes
NEAR = 6  # sensors that act on each
START = pd.Timestamp("2026-01-05")


def state(sensors=1000, days=7):
    """Make a state whose roads are watched by many detectors.

    They stand at random, one a square kilometre, and each hears its six nearest. Speeds have a
    daily course with a jam at an hour of their own, and noise; one reading in a hundred is lost.
    Nothing travels along the edges: this world is for what many sensors cost, not for errors.

    Args:
        sensors: Number of detectors, 7 or more.
        days: Number of days.

    Returns:
        SpatioTemporalDataset of speeds in km/h (5 minutes, detector), with a sparse `adjacency`;
        `nodes`: x and y in kilometres.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> from stcourse.worlds.state import state
        >>> world = state(sensors=100, days=1)
        >>> world.shape, world.weights.nnz
        ((288, 100), 600)
    """
    places = state_places(sensors)
    roads = state_roads(sensors)
    ends = places.index.get_indexer(roads["to"]), places.index.get_indexer(roads["from"])
    weights = scipy.sparse.csr_array((roads["weight"].to_numpy(), ends), (sensors, sensors))
    readings = state_readings(sensors, days)
    return SpatioTemporalDataset("state", readings, "km/h", weights, nodes=places)


def state_places(sensors):
    """Coordinates of the detectors: DataFrame (node; x, y) in kilometres.

    Example:
        >>> from stcourse.worlds.state import state_places
        >>> state_places(20).index[-1]
        's19'
    """
    check_count("sensors", sensors, least=NEAR + 1)
    places = np.random.default_rng(0).random((sensors, 2)) * math.sqrt(sensors)
    return pd.DataFrame(places, columns=["x", "y"], index=[f"s{node}" for node in range(sensors)])


def state_roads(sensors):
    """The graph as a list of edges: DataFrame (edge; from, to, weight, distance in kilometres).

    Example:
        >>> from stcourse.worlds.state import state_roads
        >>> len(state_roads(20))
        120
    """
    places = state_places(sensors)
    lengths, near = cKDTree(places.to_numpy()).query(places.to_numpy(), NEAR + 1)
    names = places.index.to_numpy()
    return pd.DataFrame(
        {
            "from": names[near[:, 1:].ravel()],
            "to": np.repeat(names, NEAR),
            "weight": np.exp(-lengths[:, 1:].ravel()).round(4),
            "distance": lengths[:, 1:].ravel().round(4),
        }
    )


def state_readings(sensors, days, first_day=0):
    """The speeds: DataFrame (time, node), km/h, float32; made a stretch at a time if need be.

    Args:
        sensors: Number of detectors.
        days: Number of days.
        first_day: Days from the start of the world to the first row.

    Example:
        >>> from stcourse.worlds.state import state_readings
        >>> state_readings(20, days=1, first_day=3).index[0]
        Timestamp('2026-01-08 00:00:00')
    """
    check_count("days", days)
    check_count("first_day", first_day, least=0)
    random = np.random.default_rng(1)
    rows = days * STEPS_A_DAY
    hours = np.arange(rows)[:, None] % STEPS_A_DAY / 12
    depth, hour = random.random(sensors) * 50, 7 + 10 * random.random(sensors)
    random = np.random.default_rng([1, first_day]) if first_day else random
    speeds = 100 - depth * np.exp(-((hours - hour) ** 2)).astype("float32")
    speeds += 3 * random.standard_normal((rows, sensors), dtype="float32")
    speeds = speeds.astype("float32")
    speeds[random.random((rows, sensors), dtype="float32") < 0.01] = np.nan
    start = START + pd.Timedelta(days=first_day)
    times = pd.date_range(start, periods=rows, freq="5min", name="time")
    return pd.DataFrame(speeds, index=times, columns=state_places(sensors).index)
