"""A climate grid: trend, season, and anomalies that the westerlies carry on.

The grid runs around the globe at middle latitudes. A warm anomaly moves east and fades, while
weather makes new ones, so the cell to the west tells something about the next month. Anomalies of
the real air are less orderly: this is the plainest world in which the graph carries them.
"""

import numpy as np
import pandas as pd

from stlearn.checks import check_count, check_number
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.graph import distances_from_coordinates

EQUATOR, COOLING = 27.0, 0.42  # °C; °C a degree of latitude
SWING = 0.25  # °C a degree of latitude, from the mean to the warmest month
WEATHER, WEATHER_KM = 0.8, 1500  # °C; reach of the anomalies that a month makes
MIXING = 0.1  # share that a cell takes from its neighbours to the north and south


def climate(seed=0, years=40, trend=0.25, damping=0.85, speed=0.8, noise=0.1):
    """Make monthly temperatures on a grid of 5 latitudes and 12 longitudes.

    A temperature is a climatology (mean, trend and season of its latitude), an anomaly, and noise
    of the measurement. The anomalies of the next month are `damping` times those that the
    wind brings, plus what the weather makes anew. So a part of the anomaly can be forecast, and
    the adjacency holds how.

    Args:
        seed: Seed of all that is drawn.
        years: Number of years.
        trend: Warming in °C per decade.
        damping: Share of an anomaly that is left after a month, from 0.01 to 0.99.
        speed: Cells of 30° that an anomaly moves east in a month, from 0 to 1.
        noise: Standard deviation of the measurement, in °C.

    Returns:
        SpatioTemporalDataset of temperatures in °C (month, cell). `extra["climatology"]` and
        `extra["anomaly"]`: the truth without noise, in °C. `nodes`: latitude and longitude in
        degrees, `trend_per_decade` in °C. `adjacency`: the true weights with which the
        anomalies of a month make those of the next.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> from stcourse.worlds.climate import climate
        >>> world = climate(years=10)
        >>> world.shape, round(float(world.adjacency.loc["30N060E"].sum()), 2)
        ((120, 60), 0.85)

    Reference:
        Hasselmann (1976), "Stochastic climate models" (weather makes lasting anomalies);
        Courant, Isaacson and Rees (1952) for carrying them on with the wind (upwind scheme).
    """
    check_count("seed", seed, least=0)
    check_count("years", years)
    check_number("trend", trend, -10, 10)
    check_number("damping", damping, 0.01, 0.99)
    check_number("speed", speed, 0, 1)
    check_number("noise", noise, 0, 10)
    random = np.random.default_rng(seed)
    latitudes, longitudes = np.arange(30, 71, 10), np.arange(0, 360, 30)
    cells = [(latitude, longitude) for latitude in latitudes for longitude in longitudes]
    names = [f"{latitude}N{longitude:03d}E" for latitude, longitude in cells]
    nodes = pd.DataFrame(cells, names, columns=["latitude", "longitude"]).rename_axis("node")
    nodes["trend_per_decade"] = float(trend)
    times = pd.date_range("1980-01-01", periods=12 * years, freq="MS", name="time")

    latitude = nodes["latitude"].to_numpy()
    season = np.cos(2 * np.pi * (times.month.to_numpy() - 7) / 12)  # warmest in July
    climatology = EQUATOR - COOLING * latitude + np.outer(season, SWING * latitude)
    climatology += trend * np.arange(len(times))[:, None] / 120

    carried = damping * _wind(len(latitudes), len(longitudes), speed)
    distances = distances_from_coordinates(nodes).to_numpy()
    smooth = np.linalg.cholesky(np.exp(-distances / WEATHER_KM))
    weather = WEATHER * random.normal(size=(len(times) + 60, len(cells))) @ smooth.T
    anomaly = np.zeros_like(weather)
    for month in range(1, len(weather)):
        anomaly[month] = carried @ anomaly[month - 1] + weather[month]
    anomaly = anomaly[60:]  # the months before have made the first anomalies

    observed = climatology + anomaly + random.normal(0, noise, anomaly.shape)
    return SpatioTemporalDataset(
        "climate",
        pd.DataFrame(observed, times, names),
        "°C",
        adjacency=pd.DataFrame(carried, names, names),
        nodes=nodes,
        extra={
            "climatology": pd.DataFrame(climatology, times, names),
            "anomaly": pd.DataFrame(anomaly, times, names),
        },
        citation="simulated: damped anomalies carried by the wind (Hasselmann, 1976)",
    )


def _wind(rows, columns, speed):
    """Weights (cell, cell) of one month: rows sum to one, the circle of longitude is closed."""
    east = (1 - speed) * np.eye(columns) + speed * np.roll(np.eye(columns), 1, axis=0)
    beside = np.eye(rows, k=1) + np.eye(rows, k=-1)
    across = (1 - MIXING) * np.eye(rows) + MIXING * beside / beside.sum(axis=1, keepdims=True)
    return np.kron(across, east)
