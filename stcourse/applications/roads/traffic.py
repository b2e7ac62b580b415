"""Traffic flow forecast: when to leave so as to be in town on time.

The network and the baselines forecast the speeds of the road into town for the next hour. A driver
with an appointment an hour ahead follows each forecast along the road and leaves as late as the
errors of the days before allow. What that has cost is known from the speeds that came.
"""

from typing import NamedTuple

import networkx
import numpy as np
import pandas as pd

import stlearn
from stcourse.applications.application import Application, first_scored, tested
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.regression import VectorAutoregression
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import Split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison
from stlearn.graph.adjacency import distances_from_coordinates

LOOKBACK = HORIZON = 12  # steps of 5 minutes: the appointment is an hour after the question
SHARE = 0.9  # of the appointments kept, which makes a minute late as dear as nine waited
LATE = SHARE / (1 - SHARE)
ASKED, ALL_DAY = ("06:00", "09:00"), ("06:00", "22:00")
EVERY = 15  # minutes between two questions
SLOWEST = 3  # km/h; no forecast of a speed may be below
ENDS = ("718089", "717468")  # sensors of Los-loop, 15 km apart, with a jam between them each day
KM_H = {"km/h": 1.0, "mph": 1.609344}


class Found(NamedTuple):
    """Forecasts of a road and what following them needs.

    `route` are nodes in driving order, `kilometres` the length of each; errors of forecasts asked
    before `scored_from` set the reserve, those from then on are scored.
    """

    dataset: SpatioTemporalDataset
    comparison: Comparison
    route: list
    kilometres: list
    scored_from: pd.Timestamp
    asked: tuple = ASKED


def forecasts(seed=0, dataset=None):
    """Train on five weeks of the corridor into town and forecast the three weeks after.

    Args:
        seed: Seed of the network.
        dataset: SpatioTemporalDataset; corridor's direction into town when not given.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.roads import traffic
        >>> found = traffic.forecasts(seed=1)  # doctest: +SKIP
    """
    dataset = APPLICATION.world(seed) if dataset is None else dataset
    route = list(dataset.values.columns[-12:])
    return _found(dataset, APPLICATION.compare(dataset, seed), route, [1.0] * len(route))


def _found(dataset, comparison, route, kilometres, asked=ASKED):
    scored_from = tested(comparison).times[first_scored(comparison)]
    return Found(dataset, comparison, route, kilometres, scored_from, asked)


def nodes_of(dataset, start):
    """Return the part of a data set whose nodes begin with some letters, events left out.

    Args:
        dataset: SpatioTemporalDataset with nodes and a graph.
        start: How the names begin, "in" for corridor's direction into town.

    Raises:
        InputError: If fewer than two nodes begin so.

    Example:
        >>> import stlearn
        >>> from stcourse.applications.roads.traffic import nodes_of
        >>> nodes_of(stlearn.load("corridor"), "in").shape
        (16128, 24)
    """
    names = [node for node in dataset.values if str(node).startswith(start)]
    if len(names) < 2:
        raise InputError(f"start: expected the first letters of at least two nodes, got {start!r}")
    return chosen(dataset, names)


def chosen(dataset, names):
    """Return the data set of these nodes alone, without events and further quantities.

    Args:
        dataset: SpatioTemporalDataset with nodes and a graph.
        names: Names of its nodes, in the order wanted.
    """
    return SpatioTemporalDataset(
        dataset.name,
        dataset.values[names],
        dataset.unit,
        adjacency=dataset.adjacency.loc[names, names],
        nodes=dataset.nodes.loc[names],
        calendar=dataset.calendar,
        licence=dataset.licence,
        citation=dataset.citation,
    )


def travel_minutes(speeds, kilometres):
    """Follow a driver along a road through speeds that change, for every time of departure.

    The speed at the moment of entering a link holds for the whole link. After the last row its
    speeds hold.

    Args:
        speeds: DataFrame (time, link) in km/h, above zero, links in driving order: measured,
            or a forecast.
        kilometres: Length of each link in km: one number for all, or one a link.

    Returns:
        Series (time of departure) of minutes.

    Raises:
        InputError: If a speed is missing or not above zero, or a length not above zero.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.roads.traffic import travel_minutes
        >>> times = pd.date_range("2026-03-02 07:00", periods=3, freq="5min")
        >>> speeds = pd.DataFrame({"a": [60, 60, 60], "b": [60, 30, 20]}, index=times)
        >>> travel_minutes(speeds, kilometres=5).tolist()
        [15.0, 20.0, 20.0]
    """
    table = speeds.to_numpy(dtype=float)
    if len(table) < 2:
        raise InputError(f"speeds: expected at least 2 rows, got {len(table)}")
    lengths = np.broadcast_to(np.asarray(kilometres, dtype=float), table.shape[1])
    if not (table > 0).all():
        raise InputError("speeds: expected numbers above zero, none missing")
    if not (lengths > 0).all():
        raise InputError(f"kilometres: expected lengths above zero, got {kilometres!r}")
    step = (speeds.index[1] - speeds.index[0]) / pd.Timedelta("1min")
    departure = np.arange(len(table)) * step
    now = departure.copy()
    for column, length in enumerate(lengths):
        row = np.minimum(now // step, len(table) - 1).astype(int)
        now += length / table[row, column] * 60
    return pd.Series(now - departure, speeds.index)


def leave_at(minutes, deadline, share=SHARE):
    """Say how late you may leave: the last row on time in at least a share of the draws.

    Args:
        minutes: DataFrame (departure, draw) of minutes on the road.
        deadline: Timestamp at which to be there.
        share: Share of the draws that must be on time.

    Returns:
        Timestamp; the first row where none is good enough, since waiting makes it no better.

    Raises:
        InputError: If the share is not above 0 and at most 1.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.roads.traffic import leave_at
        >>> times = pd.date_range("2026-03-02 07:00", periods=3, freq="10min")
        >>> table = pd.DataFrame([[20, 35], [30, 45], [15, 35]], index=times)
        >>> leave_at(table, times[0] + pd.Timedelta("45min"), share=0.5)
        Timestamp('2026-03-02 07:20:00')
    """
    if not 0 < share <= 1:
        raise InputError(f"share: expected a number above 0 and at most 1, got {share!r}")
    left = (deadline - minutes.index) / pd.Timedelta("1min")
    on_time = (minutes.to_numpy() <= left.to_numpy()[:, None]).mean(axis=1)
    good = np.flatnonzero(on_time >= share - 1e-9)
    return minutes.index[good[-1] if len(good) else 0]


def trips(found, name):
    """Follow one forecaster's advice from question to arrival.

    Args:
        found: Found.
        name: Name of a forecaster of the comparison.

    Returns:
        DataFrame (time of the question; leave, minutes, early, late, cost): minutes on the road,
        before and after the appointment, and minutes lost with a late one counted nine times.

    Raises:
        InputError: If there is no such forecaster, or no question before or after `scored_from`.

    Example:
        >>> from stcourse.applications.roads import traffic
        >>> traffic.trips(traffic.forecasts(), "stn")["late"].mean()  # doctest: +SKIP
    """
    run = tested(found.comparison, name)
    places = _asked(found, run.times)
    times, came = run.times[places], driven(found)
    rows = came.index.get_indexer(times)
    came = came.to_numpy()[rows[:, None] + np.arange(HORIZON)]
    said = _said(found, run, places)
    scored = times >= found.scored_from
    past = times + 2 * HORIZON * run.interval <= found.scored_from  # these drives are over by then
    if not scored.any() or not past.any():
        raise InputError("scored_from: expected questions before it and after it")
    errors = (came - said)[past]
    result = []
    for time, guess, true in zip(times[scored], said[scored], came[scored]):
        ahead = pd.date_range(time, periods=HORIZON, freq=run.interval)
        deadline = time + HORIZON * run.interval
        leave = leave_at(pd.DataFrame((guess + errors).T, ahead), deadline)
        minutes = true[ahead.get_loc(leave)]
        spare = (deadline - leave) / pd.Timedelta("1min") - minutes
        early, late = max(spare, 0.0), max(-spare, 0.0)
        result.append((leave, minutes, early, late, early + LATE * late))
    return pd.DataFrame(result, times[scored], ["leave", "minutes", "early", "late", "cost"])


def _asked(found, times):
    """Places of the origins at which somebody asks: working days, every quarter of an hour."""
    work = times.day_of_week < 5
    if "holiday" in found.dataset.calendar:
        work &= found.dataset.calendar["holiday"].reindex(times).to_numpy() == 0
    hours = np.isin(np.arange(len(times)), times.indexer_between_time(*found.asked))
    return np.flatnonzero(hours & work & (times.minute % EVERY == 0))


def _said(found, run, places):
    """Minutes (question, departure) on the route by the forecast speeds."""
    columns = [run.nodes.get_loc(node) for node in found.route]
    factor, said = KM_H[found.dataset.unit], []
    for place in places:
        ahead = pd.date_range(run.times[place], periods=HORIZON, freq=run.interval)
        speeds = pd.DataFrame(run.forecast[place][:, columns] * factor, ahead, found.route)
        said.append(travel_minutes(speeds.clip(lower=SLOWEST), found.kilometres))
    return np.array(said)


def driven(found):
    """Work out the minutes on the route for each departure, from the speeds that came.

    Args:
        found: Found.

    Returns:
        Series (time of departure) of minutes; gaps in the speeds are joined up.
    """
    speeds = found.dataset.values[found.route] * KM_H[found.dataset.unit]
    return travel_minutes(speeds.interpolate().bfill().clip(lower=SLOWEST), found.kilometres)


def costs(found):
    """Score every forecaster's advice.

    Args:
        found: Found.

    Returns:
        DataFrame (forecaster; late trips in %, early, late and cost in minutes a trip).
    """
    rows = {}
    for name in found.comparison.runs:
        trip = trips(found, name)
        means = trip[["early", "late", "cost"]].mean()
        rows[name] = {"late trips (%)": 100 * (trip["late"] > 0).mean(), **means}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("forecaster")


def real(dataset, seed=0):
    """Do the same on Los-loop, along a chain of its sensors.

    Args:
        dataset: Los-loop, from `stlearn.load("los-loop")`.
        seed: Seed of the network.

    Returns:
        Found, with questions all day long, since the test part is short.

    Raises:
        InputError: If the data set has no graph or no coordinates.
    """
    route, kilometres = chain(dataset)
    linked = dataset.adjacency.loc[route].gt(0).any() | dataset.adjacency[route].gt(0).any(axis=1)
    part = chosen(dataset, list(linked.index[linked]))
    rows = len(part.values)
    split = Split(slice(0, 1152), slice(1152, 1296), slice(1296, rows))  # 4 days, 12 hours, 2.5
    return _found(part, APPLICATION.compare(part, seed, split), route, kilometres, ALL_DAY)


def chain(dataset, ends=ENDS):
    """Find the sensors that lead from one to another, each near the next.

    Args:
        dataset: SpatioTemporalDataset with a graph and coordinates in degrees.
        ends: Names of the first and the last sensor.

    Returns:
        (route, kilometres): names in order, and the stretch that each stands for, half of the way
        to its neighbours on the chain.

    Raises:
        InputError: If an end is unknown, or no chain leads from one to the other.

    Example:
        >>> import stlearn
        >>> from stcourse.applications.roads.traffic import chain
        >>> route, kilometres = chain(stlearn.load("los-loop"))  # doctest: +SKIP
    """
    if not set(ends) <= set(dataset.values.columns):
        raise InputError(f"ends: expected two nodes of {dataset.name}, got {ends!r}")
    distances = distances_from_coordinates(dataset.nodes)
    graph = networkx.from_pandas_adjacency(distances.where(dataset.adjacency > 0, 0.0))
    try:
        route = networkx.shortest_path(graph, *ends, weight="weight")
    except networkx.NetworkXNoPath:
        raise InputError(f"ends: no chain of edges leads from {ends[0]} to {ends[1]}") from None
    gaps = np.array([distances.at[a, b] for a, b in zip(route, route[1:])])
    halves = np.concatenate([[0], gaps, [0]]) / 2
    return route, list(halves[:-1] + halves[1:])


APPLICATION = Application(
    number=1,
    title="traffic flow forecast",
    question="When to leave so as to be in town on time?",
    world=lambda seed: nodes_of(stlearn.load("corridor"), "in"),  # one world for all seeds
    real=("los-loop",),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=HORIZON,
    split={"validation": "3D", "test": "21D"},
    models=lambda lookback, horizon: [
        LastValue(horizon),
        HistoricalAverage(horizon),
        VectorAutoregression(horizon, 6, neighbours_only=True),
    ],
    ahead="30min",  # when the driver is on the road
    decision_made="leave in time",
    unit=f"minutes lost a trip, late ones counted {LATE:.0f} times",
    cost=lambda found, name: trips(found, name)["cost"],
    block="1D",
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
