"""Bus dispatch: on which line to send the next buses, so that passengers wait least.

Boardings at the stops are forecast an hour ahead and added up by line. A fixed number of departures
is shared out by the forecast and its doubt; the passengers who then came say how long they waited.
"""

import dataclasses
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from stcourse.applications.application import Application, first_scored, tested
from stcourse.worlds.buses import buses
from stcourse.worlds.dispatch import ROUND_TRIP_HOURS, line_demand, send_buses, waiting_hours
from stlearn.baselines.averages import HistoricalAverage, LastValue, SeasonalNaive
from stlearn.baselines.regression import VectorAutoregression
from stlearn.checks import check_count
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison
from stlearn.evaluation.decisions import quantiles_from_errors

LOOKBACK = 12  # steps
AHEAD = pd.Timedelta("1h")  # from the decision to the end of the step it is for
DEPARTURES = 16  # in half an hour, on four lines
WAYS = tuple((2 * k + 1) / 20 for k in range(10))  # quantiles that stand for a tenth each


class Found(NamedTuple):
    """Forecasts of boardings, how many buses can leave in each step, and the first one scored."""

    dataset: SpatioTemporalDataset
    comparison: Comparison
    departures: int
    scored_from: int


def forecasts(seed=0):
    """Train on four weeks of the world of buses and forecast the two weeks after.

    Args:
        seed: Seed of the world and of the network.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.roads import buses
        >>> found = buses.forecasts(seed=1)  # doctest: +SKIP
    """
    world = buses(seed=seed, days=42)
    comparison = APPLICATION.compare(world, seed)
    return Found(world, comparison, DEPARTURES, first_scored(comparison))


def by_line(found, name=None):
    """Add up what a forecaster said an hour ahead, or what came, by line.

    Args:
        found: Found.
        name: Name of a forecaster; the passengers who came when not given.

    Returns:
        DataFrame (time, line), in boardings a step.

    Raises:
        InputError: If there is no such forecaster.

    Example:
        >>> from stcourse.applications.roads import buses
        >>> buses.by_line(buses.forecasts(), "stn")  # doctest: +SKIP
    """
    run = tested(found.comparison, name)
    last = round(AHEAD / run.interval) - 1
    table = run.truth if name is None else run.forecast
    times = run.times + last * run.interval
    stops = pd.DataFrame(table[:, last], times, run.nodes)
    return line_demand(found.dataset, stops.clip(lower=0))


def ways(found, name=None):
    """Say in which ways the demand of each line may go, by the errors of the steps before.

    Counts scatter like their roots, so the errors are taken on roots.

    Args:
        found: Found; errors before its `scored_from` make the ways of the steps from then on.
        name: As in `by_line`. The known demand has a single way.

    Returns:
        List of DataFrames (time, line), one for each quantile of `WAYS`.
    """
    said, came = np.sqrt(by_line(found, name)), np.sqrt(by_line(found))
    past, scored = slice(0, found.scored_from), slice(found.scored_from, None)
    spread = quantiles_from_errors(said[scored], (came - said)[past], WAYS)
    ways = (spread.xs(quantile, axis=1, level="quantile") for quantile in WAYS)
    return [way.clip(lower=0) ** 2 for way in ways]


def waited(found, name=None, departures=None):
    """Share out the departures by a forecast, and let the passengers come who came.

    Args:
        found: Found.
        name: Name of a forecaster; the known demand when not given.
        departures: Buses that leave in each step; those of `found` when not given.

    Returns:
        Series (time) of hours that all passengers wait together, from `scored_from` on.

    Raises:
        InputError: As `by_line`, or if there are fewer departures than lines.
    """
    departures = found.departures if departures is None else departures
    check_count("departures", departures)
    sent = send_buses(ways(found, name), departures)
    return waiting_hours(by_line(found)[found.scored_from :], sent).sum(axis=1)


def evenly(found, departures=None):
    """Count the hours waited if every line gets the same buses, give or take one.

    Args:
        found: Found.
        departures: As in `waited`.

    Returns:
        Series (time) of hours.
    """
    came = by_line(found)[found.scored_from :]
    count, more = divmod(departures or found.departures, came.shape[1])
    sent = pd.DataFrame(count, came.index, came.columns)
    sent.iloc[:, :more] += 1
    return waiting_hours(came, sent).sum(axis=1)


def trade(found, departures):
    """Waiting against bus hours, for every forecaster.

    Args:
        found: Found.
        departures: List of numbers of departures a step.

    Returns:
        DataFrame (bus hours a day; a column a forecaster, "same for all lines", "known demand"),
        hours waited a day.
    """
    a_day = pd.Timedelta("1D") / found.dataset.interval
    rows = {}
    for count in departures:
        row = {"same for all lines": evenly(found, count).mean() * a_day}
        for name in found.comparison.runs:
            row[name] = waited(found, name, count).mean() * a_day
        row["known demand"] = waited(found, None, count).mean() * a_day
        rows[count * ROUND_TRIP_HOURS * a_day] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("bus hours a day")


def zones(dataset, count):
    """Join stops that lie near each other into zones, so that few counts are zero.

    Args:
        dataset: SpatioTemporalDataset of counts whose nodes have x and y, with a graph.
        count: Number of zones.

    Returns:
        SpatioTemporalDataset (time, zone); nodes hold the centre and, as `line`, the zone itself;
        an edge counts the links from one zone to another.

    Raises:
        InputError: If the nodes have no x and y, or there are fewer than two zones.

    Example:
        >>> import stlearn
        >>> from stcourse.applications.roads.buses import zones
        >>> zones(stlearn.load("montevideo-bus"), 12).shape  # doctest: +SKIP
        (744, 12)
    """
    check_count("count", count, least=2)
    if dataset.nodes is None or not {"x", "y"} <= set(dataset.nodes):
        raise InputError("dataset: expected nodes with the columns x and y")
    places = dataset.nodes[["x", "y"]].astype(float)
    label = KMeans(count, n_init=4, random_state=0).fit_predict(places)
    names = [f"Z{place + 1:02d}" for place in range(count)]
    member = np.eye(count, dtype="float32")[label]
    links = member.T @ (dataset.adjacency.to_numpy() > 0) @ member * (1 - np.eye(count))
    centres = places.groupby(label).mean().set_axis(names).rename_axis("node")
    return SpatioTemporalDataset(
        dataset.name,
        pd.DataFrame(dataset.values.to_numpy() @ member, dataset.values.index, names),
        dataset.unit,
        adjacency=pd.DataFrame(links, names, names),
        nodes=centres.assign(line=names),
        licence=dataset.licence,
        citation=dataset.citation,
    )


def real(dataset, seed=0):
    """Do the same with the bus stops of Montevideo, joined into twelve zones.

    Args:
        dataset: "montevideo-bus" of the catalogue.
        seed: Seed of the network.

    Returns:
        Found: hourly, the last week is the test part, forecasts are for the next hour.
    """
    joined = zones(dataset, 12)
    split = {"validation": "3D", "test": "7D"}
    comparison = dataclasses.replace(APPLICATION, horizon=2, split=split).compare(joined, seed)
    return Found(joined, comparison, 3 * 12, first_scored(comparison))


def _hours_a_day(found, name):
    return waited(found, name) * (pd.Timedelta("1D") / found.dataset.interval)


APPLICATION = Application(
    number=3,
    title="bus dispatch",
    question="On which line to send the next buses, so that passengers wait least?",
    world=buses,
    real=("montevideo-bus",),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=4,
    split={"validation": "3D", "test": "14D"},
    models=lambda lookback, horizon: [
        LastValue(horizon),
        HistoricalAverage(horizon),
        SeasonalNaive(horizon),
        VectorAutoregression(horizon, 6, neighbours_only=True),
    ],
    ahead=AHEAD,
    decision_made="send buses",
    unit="hours waited a day, by all passengers",
    cost=_hours_a_day,
    block="1D",
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
