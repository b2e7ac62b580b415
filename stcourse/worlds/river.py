"""Flood waves on a river tree: rain on the land, water in the reaches, levels at the gauges."""

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from stlearn.checks import check_count, check_number
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.graph import adjacency_from_edges

# Upstream before downstream: gauge, the next one, own land (km²), hours to the next one, x, y (km).
GAUGES = [
    ("hill-1", "upper-1", 60, 1.3, 0, 60), ("hill-2", "upper-1", 50, 1.6, 12, 66),
    ("hill-3", "upper-2", 70, 1.5, 26, 64), ("hill-4", "upper-2", 40, 1.1, 34, 60),
    ("hill-5", "upper-3", 55, 1.8, 52, 62), ("hill-6", "upper-3", 65, 1.4, 64, 58),
    ("upper-1", "middle-1", 45, 2.0, 12, 48), ("upper-2", "middle-1", 40, 1.7, 26, 48),
    ("upper-3", "middle-2", 50, 2.2, 50, 44), ("middle-1", "middle-2", 45, 2.3, 22, 34),
    ("middle-2", "town", 40, 2.1, 34, 22), ("town", "mouth", 30, 2.4, 36, 10),
    ("mouth", None, 25, None, 38, 0),
]  # fmt: skip
SPREAD = 0.2  # Muskingum's X: 0 flattens a wave most, 0.5 only shifts it
STORE_HOURS = 2.5  # of each of two stores in a row that the rain of a gauge's land passes
RUNOFF = 0.4  # share of the rain that reaches the river
BASE_FLOW = 0.012  # m³/s from a km² in dry weather
STORM_GAP, STORM_HOURS, STORM_KM, STORM_RAIN = 96, 8, 25, 3.5  # hours, hours, km, mm/h: means
ROUGHNESS, SLOPE = 0.035, 0.001  # Manning's n; fall of the bed
MERGED = 12  # hours; a flood that pauses for less is one flood


def river(seed=0, days=365, noise=0.01, flood_share=0.01):
    """Make hourly water levels at thirteen gauges of a river that rain bursts send waves down.

    Rain falls in bursts around a centre. What runs off passes two linear stores and enters the
    river at the gauge of its land. From gauge to gauge the flow is routed by Muskingum's
    method, which loses no water; each wave arrives later and flatter. The level follows from
    the flow by Manning's formula for a wide channel.

    Args:
        seed: Seed of the rain and of the noise.
        days: Number of days.
        noise: Standard deviation of the noise of a gauge, in metres.
        flood_share: Share of the hours in which the flow of a gauge is a flood.

    Returns:
        SpatioTemporalDataset of levels in m (hour, gauge). `extra["rain"]`: mm/h on the gauge's
        own land, `extra["inflow"]`: what it gives to the river, and `extra["flow"]`: the flow at
        the gauge, inflow included, both in m³/s. `nodes`: `downstream`, the next gauge; `area`
        (own land) and `total_area` in km²; `travel_hours` to the next gauge; `flood_level` in m;
        x and y in km. `adjacency`: row downstream, column upstream, the share of the
        downstream gauge's land that lies above the upstream one. `events`: floods, by the true
        flow; pauses of up to 12 hours belong to them.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> from stcourse.worlds.river import river
        >>> world = river(days=60)
        >>> world.shape, bool((world.values >= 0).all(axis=None))
        ((1440, 13), True)

    Reference:
        McCarthy (1938), "The unit hydrograph and flood routing" (Muskingum); Cunge (1969), "On
        the subject of a flood propagation computation method"; Nash (1957) for the stores.
    """
    check_count("seed", seed, least=0)
    check_count("days", days)
    check_number("noise", noise, 0, 1)
    check_number("flood_share", flood_share, 0.001, 0.5)
    random = np.random.default_rng(seed)
    columns = ["node", "downstream", "area", "travel_hours", "x", "y"]
    nodes = pd.DataFrame(GAUGES, columns=columns).set_index("node")
    times = pd.date_range("2025-01-01", periods=24 * days, freq="h", name="time")
    rain = _rain(len(times), nodes, random)
    inflow = _runoff(rain) * RUNOFF * nodes["area"] / 3.6 + BASE_FLOW * nodes["area"]
    flow, total_area = inflow.copy(), nodes["area"].copy()
    for node, below in nodes["downstream"].dropna().items():
        flow[below] += route(flow[node].to_numpy(), nodes["travel_hours"][node])
        total_area[below] += total_area[node]

    width = 1.2 * np.sqrt(total_area)  # metres, after Leopold and Maddock (1953)
    level = (flow * ROUGHNESS / (width * np.sqrt(SLOPE))) ** 0.6
    flood_level = level.quantile(1 - flood_share)
    measured = (level + random.normal(0, noise, level.shape)).clip(lower=0)
    edges = nodes["downstream"].dropna().rename_axis("source").rename("target").reset_index()
    edges["weight"] = (
        total_area[edges["source"]].to_numpy() / total_area[edges["target"]].to_numpy()
    )
    return SpatioTemporalDataset(
        "river",
        measured.set_index(times),
        "m",
        adjacency=adjacency_from_edges(edges, nodes.index),
        nodes=nodes.assign(total_area=total_area, flood_level=flood_level),
        extra={
            "rain": rain.set_index(times),
            "inflow": inflow.set_index(times),
            "flow": flow.set_index(times),
        },
        events=_floods(level.set_index(times) > flood_level),
        citation="simulated: Muskingum routing (McCarthy, 1938; Cunge, 1969)",
    )


def route(inflow, hours, spread=SPREAD):
    """Route a flow through a reach by Muskingum's method, in steps of one hour.

    See `muskingum` for its weights. The first hour is taken as steady.

    Args:
        inflow: Array (time), hourly, in m³/s.
        hours: Travel time of the reach.
        spread: Weight of the inflow in the storage, Muskingum's X, from 0 to 0.5.

    Returns:
        Array (time) of the outflow in m³/s.

    Raises:
        InputError: If the travel time is not within the limits between which no outflow can turn
            negative: from 1 / (2 - 2 spread) to 1 / (2 spread) hours.

    Example:
        >>> route([1, 1, 5, 1, 1], hours=1, spread=0).round(2)
        array([1.  , 1.  , 2.33, 2.78, 1.59])

    Reference: McCarthy (1938); Cunge (1969).
    """
    now, before, kept = muskingum(hours, spread)
    inflow = np.asarray(inflow, dtype=float)
    steady = [(before + kept) * inflow[0]]
    return lfilter([now, before], [1, -kept], inflow, zi=steady)[0]


def muskingum(hours, spread=SPREAD):
    """Weights of Muskingum's method: outflow = now x + before x an hour ago + kept outflow.

    The reach stores `hours * (spread * inflow + (1 - spread) * outflow)`, and what flows in and
    does not flow out is stored.

    Args:
        hours, spread: As in `route`.

    Returns:
        Weight of the inflow now, of the inflow a step before, and of the outflow a step before.

    Raises:
        InputError: As `route`.

    Example:
        >>> [round(weight, 2) for weight in muskingum(hours=1, spread=0)]
        [0.33, 0.33, 0.33]
    """
    check_number("spread", spread, 0, 0.5)
    check_number("hours", hours, 1 / (2 - 2 * spread), 1 / (2 * spread) if spread else 1000)
    whole = hours * (1 - spread) + 0.5
    now, before = (0.5 - hours * spread) / whole, (0.5 + hours * spread) / whole
    return now, before, (hours * (1 - spread) - 0.5) / whole


def _rain(hours, nodes, random):
    """Rain in mm/h: bursts at random times, each around a centre, with a ragged course."""
    rain = np.zeros((hours, len(nodes)))
    places = nodes[["x", "y"]].to_numpy()
    start = 24 + random.exponential(STORM_GAP)  # a dry first day
    while start < hours:
        centre = random.uniform(places.min(axis=0), places.max(axis=0))
        near = np.exp(-((places - centre) ** 2).sum(axis=1) / (2 * STORM_KM**2))
        length = 2 + random.poisson(STORM_HOURS)
        rise_and_fall = np.sin(np.pi * (np.arange(length) + 0.5) / length)
        course = random.exponential(STORM_RAIN) * rise_and_fall * random.gamma(4, 0.25, length)
        first = int(start)
        rain[first : first + length] += np.outer(course, near)[: hours - first]
        start += random.exponential(STORM_GAP)
    return pd.DataFrame(rain, columns=nodes.index)


def _runoff(rain):
    kept = np.exp(-1 / STORE_HOURS)
    passed = rain.to_numpy()
    for _ in range(2):
        passed = lfilter([1 - kept], [1, -kept], passed, axis=0)
    return pd.DataFrame(passed, rain.index, rain.columns)


def _floods(flooded):
    rows = []
    for node in flooded:
        hours = flooded.index[flooded[node]]
        number = (hours.to_series().diff() > pd.Timedelta(hours=MERGED)).cumsum()
        for _, flood in hours.to_series().groupby(number):
            rows.append((node, flood.iloc[0], flood.iloc[-1], "flood"))
    floods = pd.DataFrame(rows, columns=["node", "start", "end", "kind"])
    return floods.sort_values(["start", "node"], ignore_index=True)
