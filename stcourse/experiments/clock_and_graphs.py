"""The experiments behind the ledger of chapter 05, each a generator of rows as they are measured.

All rows have the same columns (`stcourse.experiments.rows.COLUMNS`), so that one table holds them.
An experiment can be measured alone: `stlearn bench ledger --only clock`.
"""

import time

import numpy as np
import pandas as pd

from stcourse.experiments import corridor as bench_corridor
from stcourse.experiments import factors, improvements, los_loop, one_command
from stcourse.experiments.rows import STEPS, WHOLE, corridor_split, gain_row, row
from stlearn import graph
from stlearn.baselines.regression import VectorAutoregression
from stlearn.catalogue import load
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare


def clock(minutes=tuple(STEPS)):
    """C2: let every second detector's clock be 5 minutes ahead, and forecast with neighbours.

    Nothing is random here, so the figures come out again to many digits.

    Args:
        minutes: Times ahead, of 15, 30 and 60.

    Yields:
        Rows: mae (km/h) with the right and the wrong clock, both against the true time, and the
        gain of the right one.

    Example:
        >>> from stcourse.experiments.clock_and_graphs import clock
        >>> rows = clock()  # nothing is fitted before the first row is asked for
    """
    corridor, split = corridor_split()
    late = corridor.values.copy()
    late.iloc[:, 1::2] = late.iloc[:, 1::2].shift(1)
    forecasts = {}
    for name, values in (("right clock", corridor.values), ("wrong clock", late)):
        data = SpatioTemporalDataset(name, values, corridor.unit, corridor.adjacency)
        model = VectorAutoregression(horizon=12, lags=6, neighbours_only=True)
        run = compare([model], data, split, progress=False).runs[model.name].backtest
        forecasts[name] = run
    truth = forecasts["right clock"].truth
    for ahead in minutes:
        place = STEPS[ahead] - 1
        errors = {
            name: np.abs(run.forecast[:, place] - truth[:, place])
            for name, run in forecasts.items()
        }
        for name, error in errors.items():
            yield row("clock", name, "mae", np.nanmean(error), minutes=ahead)
        yield gain_row("clock", "right clock", "wrong clock", *errors.values(), minutes=ahead)


def graphs():
    """C9 to C13: edges and paths, direction, what follows a change, and weights that are learned.

    Yields:
        Rows: counts of nodes, edges and paths; gains of learned weights, an hour ahead, over
        distance weights, the own past, the graph turned round, and persistence; the spectral
        radius and the reach of one impulse.

    Example:
        >>> from stcourse.experiments.clock_and_graphs import graphs
        >>> rows = graphs()  # nothing is fitted before the first row is asked for
    """
    corridor, split = corridor_split()
    nodes = corridor.values.columns
    direction = nodes.str[0].to_numpy()
    links = np.eye(len(nodes), k=-1) * (direction[:, None] == direction)
    chain = pd.DataFrame(links, nodes, nodes)
    roads = {
        "one direction": chain.loc[:"in24", :"in24"],
        "corridor": chain,
        "los-loop": load("los-loop").adjacency,
    }
    for name, road in roads.items():
        bare = road * (1 - np.eye(len(road)))  # a node is no neighbour of itself
        both_ways = (bare.to_numpy() > 0) | (bare.to_numpy().T > 0)
        yield row("graphs", name, "nodes", len(bare))
        yield row("graphs", name, "edges", both_ways.sum() / 2)
        yield row("graphs", name, "is a tree", graph.is_tree(bare))
    paths = sum(graph.count_walks(chain, length).to_numpy().sum() for length in range(1, 24))
    yield row("graphs", "corridor", "paths", paths)
    yield from _learned_weights(corridor, split.test.start)


def _learned_weights(corridor, start, steps=12):
    """Forecast the deviation from the usual day by weights on several sets of edges."""
    times, columns = corridor.values.index, corridor.values.columns
    keys = pd.MultiIndex.from_arrays([times.dayofweek >= 5, times.time])
    usual = corridor.values[:start].groupby([keys[:start].get_level_values(k) for k in (0, 1)])
    usual = usual.mean().reindex(keys).set_axis(times)
    deviation = corridor.values - usual
    own = pd.DataFrame(np.eye(len(columns)), columns, columns)
    near = corridor.adjacency  # both ways; numbers rise in driving order
    allowed = {
        "road, both ways": near + own,
        "with traffic": np.tril(near) + own,
        "against traffic": np.triu(near) + own,
        "own past": own,
    }
    weights = {n: graph.learn_weights(deviation[:start], a, steps) for n, a in allowed.items()}
    weights["distance weights"] = graph.transition_matrix(near + own)
    rows = np.arange(start, len(times))
    last = deviation.ffill().fillna(0).to_numpy()[rows - steps]
    made = {n: usual.to_numpy()[rows] + last @ w.to_numpy().T for n, w in weights.items()}
    made["persistence"] = corridor.values.ffill().to_numpy()[rows - steps]
    errors = {
        n: np.abs(forecast - corridor.values.to_numpy()[rows]) for n, forecast in made.items()
    }
    pairs = [("road, both ways", name) for name in made if name != "road, both ways"]
    for name, other in [*pairs, ("against traffic", "with traffic")]:
        found = gain_row("graphs", name, other, errors[name] ** 2, errors[other] ** 2, 60)
        yield found | {"measure": "gain in MSE"}
        yield gain_row("graphs", name, other, errors[name], errors[other], 60)
    learned = graph.learn_weights(deviation[:start], near + own, 1)
    yield row("graphs", "learned, 5 min", "spectral radius", graph.spectral_radius(learned))
    moved = np.abs(np.linalg.matrix_power(learned.to_numpy(), 12)) > 0.01
    yield row("graphs", "learned, 5 min", "nodes moved in an hour", moved.sum(axis=0).mean())


def experiments():
    """Return the experiments of the ledger: dict of name to generator function.

    Example:
        >>> from stcourse.experiments.clock_and_graphs import experiments
        >>> list(experiments())[:2]
        ['clock', 'graphs']
    """
    return {
        "clock": clock,
        "graphs": graphs,
        "one command": one_command.one_command,
        "ladder": bench_corridor.ladder,
        "walk": bench_corridor.walk,
        "events": bench_corridor.events,
        "decisions": bench_corridor.decisions,
        "dropped": bench_corridor.dropped,
        "factors": factors.factors,
        "improvements": improvements.improvements,
        "tuning": improvements.tuning,
        "los-loop": los_loop.los_loop,
    }


def ledger(only=None):
    """Measure the experiments of the ledger, one after the other.

    Args:
        only: Name of one experiment; all when not given, which takes about half an hour and
            3 GB of memory, since the trained networks are kept.

    Yields:
        Rows as `stcourse.experiments.rows.row` makes them; the last of each experiment holds its
        seconds.

    Raises:
        InputError: If there is no such experiment.

    Example:
        >>> from stcourse.experiments.clock_and_graphs import ledger
        >>> rows = ledger("clock")  # nothing is measured before the first row is asked for
    """
    known = experiments()
    if only is not None and only not in known:
        raise InputError(f"only: expected one of {', '.join(known)}, got {only!r}")
    for name in known if only is None else [only]:
        began = time.perf_counter()
        yield from known[name]()
        yield row(name, WHOLE, "seconds", time.perf_counter() - began)
