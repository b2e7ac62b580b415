"""What each step of a forecast costs as sensors grow in number (7.1).

Each is measured on the world `state`, in a process of its own: seconds of the processor, and the
largest memory of the process, libraries included.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from stcourse.worlds.state import state, state_places, state_readings, state_roads
from stlearn.errors import InputError

SENSORS = (200, 1000, 5000, 20_000)
LONGEST = 3600  # seconds that a step may take
MATRIX_AT_MOST = 1000  # sensors; as a file, a full matrix has a cell for every pair
AT_LEAST = 0.5  # seconds: a shorter step is repeated


def growth(steps=None, sensors=SENSORS):
    """Measure what each step costs for different numbers of sensors.

    Args:
        steps: Keys of `STEPS`; all when not given.
        sensors: Numbers of sensors, increasing.

    Yields:
        Dict with step, sensors, seconds (of the processor) and gigabytes; both are 0 where a step
        took more than an hour or more memory than there is.

    Raises:
        InputError: If a step is unknown.

    Example:
        >>> from stcourse.experiments.growth import growth
        >>> rows = growth(["data set"])  # nothing is measured before the first row is asked for
    """
    unknown = [step for step in steps or () if step not in STEPS]
    if unknown:
        raise InputError(f"steps: expected any of {', '.join(STEPS)}, got {unknown[0]!r}")
    for step in STEPS if steps is None else steps:
        for count in sensors:
            if step != "graph from a matrix" or count <= MATRIX_AT_MOST:
                yield {"step": step, "sensors": count} | measured(step, count)


def measured(step, sensors):
    """Return dict with the seconds and gigabytes of a step, run in a process of its own.

    Args:
        step: Key of `STEPS`.
        sensors: Number of sensors.
    """
    code = f"from stcourse.experiments.growth import run_here; run_here({step!r}, {sensors})"
    command = [sys.executable, "-c", code]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return {"seconds": 0.0, "gigabytes": 0.0}
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        return {"seconds": 0.0, "gigabytes": 0.0}
    return json.loads(done.stdout.splitlines()[-1])


def run_here(step, sensors):
    """Run a step and print what it took, as JSON; a short one again and again."""
    function = STEPS[step](sensors)
    began, repeats = time.process_time(), 0
    while repeats == 0 or (time.process_time() - began < AT_LEAST and repeats < 10):
        function()
        repeats += 1
    seconds = (time.process_time() - began) / repeats
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"seconds": seconds, "gigabytes": peak}))


# The steps. Each prepares what it needs and returns a function; only the function's time counts.


def data_set(sensors):
    from stlearn import SpatioTemporalDataset

    world = state(sensors)
    return lambda: SpatioTemporalDataset("state", world.values, "km/h", world.weights)


def values_read(sensors):
    from stlearn.reading.csv_tables import read_values

    path = Path(tempfile.mkdtemp()) / "values.csv"
    state_readings(sensors, 7).round(1).to_csv(path)
    return lambda: read_values(path)


def graph_read(sensors, column):
    from stlearn.reading.csv_graphs import read_adjacency

    path = Path(tempfile.mkdtemp()) / "roads.csv"
    names = list(state_places(sensors).index)
    if column == "matrix":
        weights = state(sensors, days=1).weights
        pd.DataFrame(weights.toarray(), names, names).to_csv(path)
    else:
        state_roads(sensors)[["from", "to", column]].to_csv(path, index=False)
    return lambda: read_adjacency(path, names)


def neighbours_found(sensors):
    from stlearn.graph import nearest_neighbours

    places = state_places(sensors)
    return lambda: nearest_neighbours(places, 4, sparse=True)


def parts(sensors):
    from stlearn.data.windows import chronological_split

    whole = state(sensors)
    split = chronological_split(whole)
    return whole, split, *(whole.between(each.start, each.stop) for each in split[:2])


def one_forecast(sensors):
    from stlearn.baselines import LastValue

    whole, _, train, _ = parts(sensors)
    model = LastValue().fit(train)
    return lambda: model.predict(whole)


def fitted(sensors, name, **options):
    from stlearn import baselines

    _, _, train, validation = parts(sensors)
    return lambda: getattr(baselines, name)(**options).fit(train, validation)


def tested(sensors, name):
    from stlearn import backtest, baselines

    whole, split, train, validation = parts(sensors)
    model = getattr(baselines, name)().fit(train, validation)
    return lambda: backtest(model, whole, split.test, lookback=12).scores()


def network(sensors):
    """`stn` after one batch of training, and the two parts."""
    from stlearn.networks import Forecaster, forecaster, training

    _, _, train, validation = parts(sensors)
    training.WINDOWS_PER_EPOCH = forecaster.WINDOWS_PER_EPOCH = 16
    return Forecaster("stn", epochs=1).fit(train), train, validation


def network_batch(sensors):
    from stlearn.networks import training

    model, train, _ = network(sensors)
    samples = training.Samples([train], model)

    def batch():
        inputs, target = samples.batch(samples.origins[:16])
        model.network.train_on_batch(training.what_it_reads(model.network, inputs), target)

    return batch


def network_forecast(sensors):
    model, train, _ = network(sensors)
    model.predict(train)
    return lambda: model.predict(train)


def network_validation(sensors):
    model, _, validation = network(sensors)
    return lambda: model._error_on(validation)


STEPS = {
    "data set": data_set,
    "values from a file": values_read,
    "graph from edges": lambda sensors: graph_read(sensors, "weight"),
    "graph from distances": lambda sensors: graph_read(sensors, "distance"),
    "graph from a matrix": lambda sensors: graph_read(sensors, "matrix"),
    "nearest neighbours": neighbours_found,
    "last value, a forecast": one_forecast,
    "historical average": lambda sensors: fitted(sensors, "HistoricalAverage"),
    "autoregression": lambda sensors: fitted(sensors, "AverageAutoregression"),
    "neighbours' regression": lambda sensors: fitted(
        sensors, "VectorAutoregression", neighbours_only=True
    ),
    "boosted trees": lambda sensors: fitted(sensors, "GradientBoosting"),
    "last value, tested": lambda sensors: tested(sensors, "LastValue"),
    "autoregression, tested": lambda sensors: tested(sensors, "AverageAutoregression"),
    "stn, a batch of 16": network_batch,
    "stn, a forecast": network_forecast,
    "stn, a day validated": network_validation,
}
