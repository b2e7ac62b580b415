"""A state's sensors, from 200 to 20,000: what each step costs, each in a process of its own.

`python tests/state.py 1000 5000` prints CPU seconds and peak memory of each step, and the exponent
with which the time grows. `--steps` takes some of them; `--write FOLDER` leaves the files for
`stlearn forecast` instead, and with `--days 730` as a store, for data larger than memory. The
sensors stand at random, each is joined with about six near ones, and they report every five
minutes, for seven days where none are named.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse

DAYS, STEPS_A_DAY = 7, 288
LONGEST = 3600  # seconds that a step may take
MATRIX_AT_MOST = 1000  # sensors; as a file, a full matrix has a cell for every pair


def positions(nodes):
    """Coordinates (node; x, y) in kilometres: as dense for any number of nodes."""
    random = np.random.default_rng(0)
    places = random.random((nodes, 2)) * math.sqrt(nodes)
    return pd.DataFrame(places, columns=["x", "y"], index=[f"s{node}" for node in range(nodes)])


def edges(nodes):
    """Edge list with weight and distance: each node with its six nearest."""
    from scipy.spatial import cKDTree

    places = positions(nodes)
    lengths, near = cKDTree(places.to_numpy()).query(places.to_numpy(), min(7, nodes))
    names = places.index.to_numpy()
    return pd.DataFrame(
        {
            "from": names[near[:, 1:].ravel()],
            "to": np.repeat(names, near.shape[1] - 1),
            "weight": np.exp(-lengths[:, 1:].ravel()).round(4),
            "distance": lengths[:, 1:].ravel().round(4),
        }
    )


def values(nodes, days=DAYS, first_day=0):
    """Speeds (time, node), float32: a daily course with jams, noise, one reading in 100 lost."""
    random = np.random.default_rng(1)
    rows = days * STEPS_A_DAY
    hours = np.arange(rows)[:, None] % STEPS_A_DAY / 12
    depth, hour = random.random(nodes) * 50, 7 + 10 * random.random(nodes)
    random = np.random.default_rng([1, first_day]) if first_day else random
    speeds = 100 - depth * np.exp(-((hours - hour) ** 2)).astype("float32")
    speeds = (speeds + 3 * random.standard_normal((rows, nodes), dtype="float32")).astype("float32")
    speeds[random.random((rows, nodes), dtype="float32") < 0.01] = np.nan
    start = pd.Timestamp("2026-01-05") + pd.Timedelta(days=first_day)
    times = pd.date_range(start, periods=rows, freq="5min", name="time")
    return pd.DataFrame(speeds, index=times, columns=positions(nodes).index)


def weights(nodes):
    """The graph as a sparse array (node, node)."""
    table, names = edges(nodes), positions(nodes).index
    ends = names.get_indexer(table["to"]), names.get_indexer(table["from"])
    return scipy.sparse.csr_array((table["weight"].to_numpy(), ends), (nodes, nodes))


def dataset(nodes):
    """The state as a data set."""
    from stlearn import SpatioTemporalDataset

    return SpatioTemporalDataset("state", values(nodes), "km/h", weights(nodes))


def write(nodes, folder):
    """Write the state to values.csv, edges.csv (weights) and roads.csv (distances)."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    values(nodes).round(1).to_csv(folder / "values.csv")
    _write_graph(nodes, folder)


def write_store(nodes, folder, days):
    """Write the state as `write` does, its values as a store in the folder `values`."""
    from stlearn.reading import store

    months = [(first, min(30, days - first)) for first in range(0, days, 30)]
    store.write_store(
        Path(folder) / "values", (values(nodes, some, first) for first, some in months), "km/h"
    )
    _write_graph(nodes, Path(folder))


def _write_graph(nodes, folder):
    table = edges(nodes)
    table[["from", "to", "weight"]].to_csv(folder / "edges.csv", index=False)
    table[["from", "to", "distance"]].to_csv(folder / "roads.csv", index=False)


# The steps. Each prepares what it needs and returns a function; only the function's time counts.


def data_set(nodes):
    from stlearn import SpatioTemporalDataset

    table, graph = values(nodes), weights(nodes)
    return lambda: SpatioTemporalDataset("state", table, "km/h", graph)


def values_read(nodes):
    from stlearn.reading.csv_tables import read_values

    folder = Path(tempfile.mkdtemp())
    write(nodes, folder)
    return lambda: read_values(folder / "values.csv")


def _graph_read(nodes, file):
    from stlearn.reading.csv_graphs import read_adjacency

    folder = Path(tempfile.mkdtemp())
    table = edges(nodes)
    table[["from", "to", "weight"]].to_csv(folder / "edges.csv", index=False)
    table[["from", "to", "distance"]].to_csv(folder / "roads.csv", index=False)
    names = list(positions(nodes).index)
    if file == "matrix.csv":
        pd.DataFrame(weights(nodes).toarray(), names, names).to_csv(folder / file)
    return lambda: read_adjacency(folder / file, names)


def edges_read(nodes):
    return _graph_read(nodes, "edges.csv")


def distances_read(nodes):
    return _graph_read(nodes, "roads.csv")


def matrix_read(nodes):
    return _graph_read(nodes, "matrix.csv")


def neighbours_found(nodes):
    from stlearn.graph import nearest_neighbours

    places = positions(nodes)
    return lambda: nearest_neighbours(places, 4, sparse=True)


def _parts(nodes):
    from stlearn.data.windows import chronological_split

    whole = dataset(nodes)
    split = chronological_split(whole)
    return whole, split, *(whole.between(each.start, each.stop) for each in split[:2])


def last_value(nodes):
    from stlearn.baselines import LastValue

    whole, _, train, _ = _parts(nodes)
    model = LastValue().fit(train)
    return lambda: model.predict(whole)


def _fitted(nodes, model):
    _, _, train, validation = _parts(nodes)
    return lambda: model.fit(train, validation)


def average(nodes):
    from stlearn.baselines import HistoricalAverage

    return _fitted(nodes, HistoricalAverage())


def autoregression(nodes):
    from stlearn.baselines import AverageAutoregression

    return _fitted(nodes, AverageAutoregression())


def neighbours(nodes):
    from stlearn.baselines import VectorAutoregression

    return _fitted(nodes, VectorAutoregression(neighbours_only=True))


def trees(nodes):
    from stlearn.baselines import GradientBoosting

    return _fitted(nodes, GradientBoosting())


def _tested(nodes, model):
    from stlearn import backtest

    whole, split, train, validation = _parts(nodes)
    model.fit(train, validation)
    return lambda: backtest(model, whole, split.test, lookback=12).scores()


def last_value_tested(nodes):
    from stlearn.baselines import LastValue

    return _tested(nodes, LastValue())


def autoregression_tested(nodes):
    from stlearn.baselines import AverageAutoregression

    return _tested(nodes, AverageAutoregression())


def _network(nodes):
    """`stn` after one batch of training, and the two parts."""
    from stlearn.networks import Forecaster, forecaster, training

    _, _, train, validation = _parts(nodes)
    training.WINDOWS_PER_EPOCH = forecaster.WINDOWS_PER_EPOCH = 16
    return Forecaster("stn", epochs=1).fit(train), train, validation


def stn_batch(nodes):
    from stlearn.networks import training

    model, train, _ = _network(nodes)
    samples = training.Samples([train], model)

    def batch():
        inputs, target = samples.batch(samples.origins[:16])
        model.network.train_on_batch(training.what_it_reads(model.network, inputs), target)

    return batch


def stn_predict(nodes):
    model, train, _ = _network(nodes)
    model.predict(train)
    return lambda: model.predict(train)


def stn_validation(nodes):
    model, _, validation = _network(nodes)
    return lambda: model._error_on(validation)


STEPS = (
    data_set, values_read, edges_read, distances_read, matrix_read, neighbours_found, last_value,
    average, autoregression, neighbours, trees, last_value_tested, autoregression_tested,
    stn_batch, stn_predict, stn_validation,
)  # fmt: skip


def measure(step, nodes):
    """CPU seconds of a step and the peak memory of its process in GB, in a process of its own.

    Returns None where it takes too long, or more memory than there is.
    """
    command = [sys.executable, __file__, str(nodes), "--inside", "--steps", step]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        return None
    return json.loads(done.stdout.splitlines()[-1])


def inside(step, nodes):
    """Run a step here and print what it took."""
    function = next(each for each in STEPS if each.__name__ == step)(nodes)
    began, repeats = time.process_time(), 0
    while repeats == 0 or (time.process_time() - began < 0.5 and repeats < 10):
        function()
        repeats += 1
    seconds = (time.process_time() - began) / repeats
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"seconds": seconds, "gb": peak}))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nodes", type=int, nargs="+")
    parser.add_argument("--steps", nargs="+", default=[step.__name__ for step in STEPS])
    parser.add_argument("--write", help="folder for the files of the first number of sensors")
    parser.add_argument("--days", type=int, help="with --write: so many, as a store")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.write and options.days:
        write_store(options.nodes[0], options.write, options.days)
        return
    if options.write:
        write(options.nodes[0], options.write)
        return
    if options.inside:
        inside(options.steps[0], options.nodes[0])
        return
    print("step".ljust(24), *(f"{nodes:>14,}" for nodes in options.nodes), "  exponent")
    for step in options.steps:
        found = {
            nodes: measure(step, nodes)
            for nodes in options.nodes
            if step != "matrix_read" or nodes <= MATRIX_AT_MOST
        }
        cells = [f"{each['seconds']:.3g} / {each['gb']:.1f}" if each else "-"
                 for each in (found.get(nodes) for nodes in options.nodes)]  # fmt: skip
        known = [nodes for nodes, each in found.items() if each]
        exponent = ""
        if len(known) > 1:
            low, high = known[-2:]
            grown = math.log(found[high]["seconds"] / found[low]["seconds"])
            exponent = f"{grown / math.log(high / low):.2f}"
        print(step.ljust(24), *(f"{cell:>14}" for cell in cells), f"  {exponent}", flush=True)


if __name__ == "__main__":
    main()
