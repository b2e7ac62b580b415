"""Transport policy: how much delay is saved if drivers start earlier or later.

The network learns how many vehicles are on each link and forecasts the next half hour. A policy is
put to it in the only way in which it can be asked: by changing the history that it sees. A queue
before the narrowest place answers the same question from arrivals and capacity. The simulator then
runs the same days under the policy and knows what is true.
"""

import functools
from typing import NamedTuple

import numpy as np
import pandas as pd

from stcourse.applications.application import NETWORK, Application
from stcourse.worlds.motorway import PEAKS, SHOULDER, SPEED
from stcourse.worlds.traffic import delay, traffic
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.baselines.base import BaseForecaster
from stlearn.baselines.regression import VectorAutoregression
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison, compare

DAYS = 5  # Monday to Friday
POLICIES = {"20 % moved": {"spread": 0.2}, "40 % moved": {"spread": 0.4}}
LOOKBACK, HORIZON = 12, 6  # steps of 5 minutes
A_STEP = 1 / 12  # hour
JAMMED = 0.6  # share of the free speed


class Found(NamedTuple):
    """Forecasts on the days without a policy, and what three answers say that it saves.

    `answers` holds, for "simulator", "queue" and "network", a DataFrame (day, option) of vehicle
    hours saved; `delays` the simulated delay (day, option), "today" first.
    """

    world: SpatioTemporalDataset
    dataset: SpatioTemporalDataset
    comparison: Comparison
    network: BaseForecaster
    answers: dict
    delays: pd.DataFrame


def forecasts(seed=0, days=DAYS):
    """Train on the days without a policy, then ask for what each policy saves.

    Args:
        seed: Seed of the simulated days and of the network.
        days: Number of simulated days, from a Monday.

    Returns:
        Found.

    Example:
        >>> from stcourse.applications.policy import policy
        >>> found = policy.forecasts()  # doctest: +SKIP
    """
    changed = {name: simulated(seed, days, **change) for name, change in POLICIES.items()}
    world, dataset, comparison, trained = learned(seed, days)
    delays = pd.DataFrame({"today": delay(world)})
    queue, said, today = {}, {}, vehicle_hours(trained, dataset)
    for name, change in POLICIES.items():
        delays[name] = delay(changed[name])
        queue[name] = queue_saves(world, lambda wish, s=change["spread"]: moved(wish, s))
        shifted = on_links(world, moved(world.extra["vehicles"], change["spread"]))
        said[name] = today - vehicle_hours(trained, shifted)
    saved = delays.drop(columns="today").rsub(delays["today"], axis=0)
    answers = {"simulator": saved, "queue": pd.DataFrame(queue), "network": pd.DataFrame(said)}
    return Found(world, dataset, comparison, trained, answers, delays)


@functools.lru_cache(maxsize=8)
def simulated(seed, days, **change):
    """Simulate days with a change; a repeated question is not simulated again."""
    return traffic(seed, days, **change)


@functools.lru_cache(maxsize=1)
def learned(seed, days):
    """Return the world as it is, its vehicles as a data set, the comparison and the network."""
    world = simulated(seed, days)
    dataset = on_links(world, world.extra["vehicles"])
    split = chronological_split(dataset, **APPLICATION.split)
    forecasters = APPLICATION.forecasters(dataset, split, seed)
    comparison = compare(forecasters, dataset, split, progress=False)
    return world, dataset, comparison, forecasters[-1]


def on_links(world, vehicles):
    """Return the numbers of vehicles (time, link) as a data set on the graph of the road."""
    return SpatioTemporalDataset(
        "vehicles", vehicles, "vehicles", world.adjacency, world.nodes, world.calendar
    )


def moved(table, share):
    """Move a share of what each peak holds to the hour and a half on either side of it.

    Args:
        table: Series or DataFrame over time, with whole days.
        share: Share of the peak that moves, from 0 to 1.

    Returns:
        The same, with the same sum on each day.

    Raises:
        InputError: If the share is out of range.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.policy.policy import moved
        >>> times = pd.date_range("2026-03-02", periods=48, freq="30min")
        >>> later = moved(pd.Series(100.0, times), 0.5)
        >>> later[["2026-03-02 07:00", "2026-03-02 10:00"]].tolist(), float(later.sum())
        ([50.0, 150.0], 4800.0)
    """
    if not 0 <= share <= 1:
        raise InputError(f"share: expected a number from 0 to 1, got {share!r}")
    hours, days = table.index.hour + table.index.minute / 60, table.index.normalize()
    result = table.astype(float)
    for first, last in PEAKS:
        inside = (hours >= first) & (hours < last)
        around = (hours >= first - SHOULDER) & (hours < last + SHOULDER) & ~inside
        for day in days.unique():
            today = days == day
            leaves = share * table[inside & today].sum() / (around & today).sum()
            result[around & today] += leaves
        result[inside] *= 1 - share
    return result


def narrow_place(world):
    """Return the motorway link behind which traffic runs free again: the worst bottleneck."""
    speeds = world.values.loc[:, world.nodes["road"] == "motorway"]
    peak = speeds.between_time("06:30", "09:30").mean()
    return peak.index[int(np.argmax(np.diff(peak.to_numpy())))]


def queue_saves(world, change=None, extra_capacity=0.0):
    """Say what a change saves, from a queue before the narrow place (Vickrey, 1969).

    Args:
        world: SpatioTemporalDataset from `traffic`, without a change.
        change: Function of the arrivals, a Series (time) in vehicles an hour; none by default.
        extra_capacity: Vehicles an hour that pass the narrow place on a new road.

    Returns:
        Series (day) of vehicle hours saved.
    """
    place = narrow_place(world)
    flow, ends = world.extra["flow"][place], world.nodes["end_km"]
    behind = world.extra["vehicles"].loc[:, ends <= ends[place]].sum(axis=1)
    arrivals = flow + behind.diff().fillna(0) / A_STEP  # who does not leave has come to stay
    wished = arrivals if change is None else change(arrivals)
    jammed = world.values[place] < JAMMED * SPEED
    saved = {}
    for day, wish in wished.groupby(wished.index.normalize()):
        there = flow[wish.index]
        stuck = jammed[wish.index]
        capacity = there[stuck].mean() if stuck.any() else there.max()
        today = queue_hours(arrivals[wish.index], capacity)
        saved[day] = today - queue_hours(wish, capacity + extra_capacity)
    return pd.Series(saved)


def queue_hours(arrivals, capacity):
    """Add up the hours that vehicles wait where no more than the capacity can pass.

    Args:
        arrivals: Series or array (step of 5 minutes) in vehicles an hour.
        capacity: Vehicles an hour.

    Returns:
        Vehicle hours.

    Raises:
        InputError: If the capacity is not above zero.

    Example:
        >>> from stcourse.applications.policy.policy import queue_hours
        >>> queue_hours([2400, 1200, 0], capacity=1200)  # 100 wait for two steps
        16.666666666666664
    """
    if not capacity > 0:
        raise InputError(f"capacity: expected vehicles an hour, above zero, got {capacity!r}")
    waiting = total = 0.0
    for wish in arrivals:
        waiting = max(waiting + (wish - capacity) * A_STEP, 0.0)
        total += waiting * A_STEP
    return total


def vehicle_hours(network, dataset):
    """Return the vehicle hours of each day (day,), as the network forecasts them half an hour."""
    origins = np.arange(network.lookback, len(dataset.values) - network.horizon + 1)
    ahead = network.forecasts(dataset, origins)[:, -1].sum(axis=1) * A_STEP
    times = dataset.values.index[origins + network.horizon - 1]
    return pd.Series(ahead, times).groupby(times.normalize()).sum()


def _missed(found, name):
    """Vehicle hours (day, option) between what an answer and what the simulator says is saved."""
    answer = found.answers["network" if name == NETWORK else name]
    return (answer - found.answers["simulator"]).abs().to_numpy()


APPLICATION = Application(
    number=4,
    title="transport policy",
    question="How much delay is saved if drivers start earlier or later?",
    world=traffic,
    real=(),
    forecasts=forecasts,
    lookback=LOOKBACK,
    horizon=HORIZON,
    split={"validation": "12h", "test": "2D"},
    models=lambda lookback, horizon: [
        LastValue(horizon),
        HistoricalAverage(horizon),
        VectorAutoregression(horizon, 6, neighbours_only=True),
    ],
    ahead="30min",
    decision_made="foresee what moving the peak saves",
    unit="vehicle hours a day by which the saving is missed",
    cost=_missed,
    block=1,  # days
    against="queue",
)
verdict, decision = APPLICATION.verdict, APPLICATION.decision
