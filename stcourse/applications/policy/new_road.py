"""New road: which of three candidate roads to build, if any.

The network of the part on policy knows yesterday's road. A candidate is put to it as an edge of its
graph, with all trained weights kept. The map of today's delay and a queue before the narrowest
place give their answers too, and the simulator builds each road and knows what is true.
"""

import copy
import dataclasses

import pandas as pd

from stcourse.applications.policy import policy
from stcourse.worlds.motorway import CAPACITY
from stcourse.worlds.traffic import delay
from stlearn.errors import InputError
from stlearn.evaluation.metrics import block_bootstrap

ROADS = {"A: km 1 to 5": (1, 5), "B: km 5 to 9": (5, 9), "C: km 9 to 11": (9, 11)}
NOTHING = 0.01  # share of today's delay below which a saving is called none


def forecasts(seed=0, days=policy.DAYS):
    """Train on yesterday's road, then ask what each candidate saves.

    Args:
        seed: Seed of the simulated days and of the network.
        days: Number of simulated days, from a Monday.

    Returns:
        `stcourse.applications.policy.policy.Found`, with the map of today's delay as a further
        answer.

    Example:
        >>> from stcourse.applications.policy import new_road
        >>> found = new_road.forecasts()  # doctest: +SKIP
    """
    built = {name: policy.simulated(seed, days, bypass=ends) for name, ends in ROADS.items()}
    world, dataset, comparison, network = policy.learned(seed, days)
    place = world.nodes["end_km"][policy.narrow_place(world)]
    delays = pd.DataFrame({"today": delay(world)})
    today, by_link = policy.vehicle_hours(network, dataset), delay_by_link(world)
    said, queue, beside = {}, {}, {}
    for name, (start, end) in ROADS.items():
        delays[name] = delay(built[name])
        rebuilt = with_graph(network, graph_with(world, start, end))
        said[name] = today - policy.vehicle_hours(rebuilt, dataset)
        passes = start < place <= end
        queue[name] = policy.queue_saves(world, extra_capacity=CAPACITY if passes else 0.0)
        inside = (world.nodes["start_km"] >= start) & (world.nodes["end_km"] <= end)
        beside[name] = by_link.loc[:, inside].sum(axis=1)
    saved = delays.drop(columns="today").rsub(delays["today"], axis=0)
    answers = {"simulator": saved, "queue": queue, "network": said, "delay map": beside}
    tables = {answer: pd.DataFrame(table) for answer, table in answers.items()}
    return policy.Found(world, dataset, comparison, network, tables, delays)


def graph_with(world, start, end):
    """Return the adjacency with a road from one kilometre to another as further edges.

    Args:
        world: SpatioTemporalDataset from `traffic`.
        start, end: Kilometres of the motorway that the road joins.

    Returns:
        DataFrame (link, link): what ends at `start` also leads to what begins at `end`.

    Raises:
        InputError: If no link ends at `start` or none begins at `end`.
    """
    adjacency = world.adjacency.copy()
    sources = world.nodes.index[world.nodes["end_km"] == start]
    targets = world.nodes.index[world.nodes["start_km"] == end]
    if not len(sources) or not len(targets):
        raise InputError(f"start, end: expected places between two links, got {start} and {end}")
    adjacency.loc[targets, sources] = 1.0
    return adjacency


def with_graph(forecaster, adjacency):
    """Return a trained forecaster whose network has another graph and the same weights.

    Args:
        forecaster: A fitted `stlearn.Forecaster` with the model stn.
        adjacency: DataFrame (node, node) of the nodes that it was fitted on.

    Raises:
        InputError: If the nodes differ: each has an embedding that was trained, a new one has none.
    """
    if list(adjacency.columns) != list(forecaster.nodes):
        unknown = [node for node in adjacency.columns if node not in forecaster.nodes]
        raise InputError(f"adjacency: expected the nodes of the training, got {unknown} as well")
    from stlearn.networks import models  # TensorFlow: seconds to import, and only needed here

    again = copy.copy(forecaster)
    again.network = models.stn(
        len(forecaster.nodes),
        forecaster.lookback,
        forecaster.horizon,
        len(forecaster.calendar_columns),
        adjacency,
        **forecaster.arguments["settings"],
    )
    again.network.set_weights(forecaster.network.get_weights())
    again.network.compile(run_eagerly=True)  # a graph of TensorFlow for a dozen batches costs more
    return again


def delay_by_link(world):
    """Return the vehicle hours lost on each link (day, link), as `delay` counts them."""
    spent = world.extra["vehicles"] * policy.A_STEP
    needed = world.extra["flow"] * policy.A_STEP * world.nodes["free_minutes"] / 60
    return (spent - needed).groupby(world.values.index.normalize()).sum()


def gains(found):
    """Say which roads pay off in the simulator, and by how much; no order among the others.

    Returns:
        DataFrame (road; saved, low, high in vehicle hours a day, verdict). A saving whose interval
        reaches down to a hundredth of today's delay is called no gain.
    """
    today = found.delays["today"]
    rows = {}
    for road in found.answers["simulator"]:
        drawn = block_bootstrap(today.to_numpy(), found.delays[road].to_numpy(), block=1)
        pays = drawn.low > NOTHING * today.mean()
        verdict = "saves delay" if pays else "no gain"
        rows[road] = (drawn.difference, drawn.low, drawn.high, verdict)
    columns = ["saved", "low", "high", "verdict"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("road")


APPLICATION = dataclasses.replace(
    policy.APPLICATION,
    number=5,
    title="new road",
    question="Which of three candidate roads to build, if any?",
    forecasts=forecasts,
    decision_made="foresee what each of three roads saves",
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
