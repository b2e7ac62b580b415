"""The main job: data in; baselines and networks tested; the winner's forecast out.

Explained in 4.10.
"""

import copy
import dataclasses
import functools
import math
import time

import pandas as pd

from stlearn import catalogue
from stlearn.baselines import standard
from stlearn.baselines.averages import season_rows
from stlearn.baselines.base import BaseForecaster, Baseline
from stlearn.calibration.quantiles import QUANTILES
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.quantities import apart
from stlearn.data.windows import Split, chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import Comparison, compare
from stlearn.forecast.before import GRAPH_LEARNED, GRAPH_MADE, check_before_work, told_before
from stlearn.forecast.prediction import quantiles_ahead
from stlearn.forecast.scores import three_digits
from stlearn.forecast.silence import errors_in_silence, rows_looked_at
from stlearn.forecast.unfinished import Unfinished
from stlearn.graph.adjacency import (
    adjacency_from_correlation,
    coordinates,
    nearest_neighbours,
)
from stlearn.reading.prepared import about_prepared
from stlearn.reading.readers import read_csv

OWN_TEST, VALIDATION = 0.2, 0.1
OWN_PROTOCOL = "The last 20 % of the rows are the test part; nothing is shuffled."
FAR_FROM_PROMISED = 0.05  # of the targets, by which the share inside the intervals is off
YEAR_TO_VALIDATE = (
    "The validation part is a whole year and not a tenth, since the intervals come from it; "
    "--validation takes another size."
)
NEIGHBOURS = 4  # of each sensor, where a graph is made
LEAST_ALIKE = 0.1  # correlation


@dataclasses.dataclass(frozen=True, eq=False)
class Result:
    """What the job found.

    Args:
        dataset: The data, all rows.
        protocol: One sentence: how it was split.
        split: Rows of the train, validation and test parts.
        comparison: All forecasters, tested at the same origins.
        model: The one whose forecast is kept: the winner, or the one asked for.
        forecast: DataFrame (time, node) of what follows the end of the data, by this model.
        quantiles: DataFrame (time, (node, quantile)) of the same; None where the validation part
            has too few known targets to calibrate intervals.
        told: Sentences: how the model was chosen, and what it was trained on in the end.
        also: Names of other quantities that networks, regressions and trees read.
    """

    dataset: SpatioTemporalDataset
    protocol: str
    split: Split
    comparison: Comparison
    model: BaseForecaster
    forecast: pd.DataFrame
    quantiles: pd.DataFrame | None
    told: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @functools.cached_property
    def by_quantity(self):
        """Dict of Result by the name of the quantity, each in its own unit; see `apart`."""
        parts = {}
        for name, dataset in apart(self.dataset).items():
            if not name:
                return {name: self}
            nodes = dataset.values.columns
            parts[name] = dataclasses.replace(
                self,
                dataset=dataset,
                comparison=self.comparison.of_quantity(
                    dataset.between(self.split.train.start, self.split.train.stop)
                ),
                forecast=self.forecast[nodes],
                quantiles=None if self.quantiles is None else self.quantiles[list(nodes)],
            )
        return parts

    @functools.cached_property
    def verdicts(self):
        """List of Gain on the model, at a quarter, half and all of the horizon."""
        return self.comparison.verdict(self.model.name)

    @property
    def headline(self):
        """Whether the model's gain is real, at half the horizon: a sentence for each quantity."""
        return " ".join(
            f"{name}: {part.middle_verdict.sentence}" if name else part.middle_verdict.sentence
            for name, part in self.by_quantity.items()
        )

    @property
    def middle_verdict(self):
        """Gain of the model at half the horizon."""
        return self.verdicts[len(self.verdicts) // 2]


def read_input(
    name=None, values=None, adjacency=None, nodes=None, unit=None, timezone=None, distances=None
):
    """Read a data set of the catalogue, or your own files.

    Args:
        name: Name in the catalogue; "corridor" when no file is given either.
        values, adjacency, nodes, unit, timezone, distances: Files, unit and zone as in
            `stlearn.read_csv`.

    Returns:
        The data set, the size of its test part, and one sentence that tells the split.

    Raises:
        InputError: If both or neither are told, or the data is not usable.

    Example:
        >>> from stlearn.forecast.job import read_input
        >>> dataset, test, protocol = read_input()
        >>> dataset.name, test
        ('corridor', '14D')
    """
    if values is None:
        given = {"adjacency": adjacency, "distances": distances, "nodes": nodes, "unit": unit,
                 "timezone": timezone}  # fmt: skip
        lonely = [f"--{key}" for key, value in given.items() if value is not None]
        if lonely:
            raise InputError(f"{', '.join(lonely)}: expected --values too, the file of the values")
        entry = catalogue.entry(name or "corridor")
        return catalogue.load(entry.name), entry.test, entry.protocol
    if name is not None:
        raise InputError(f"expected a name or --values, got both ({name} and {values})")
    unit = unit or about_prepared(values).get("unit")
    if unit is None:
        raise InputError("--unit: expected the unit of the values, for example 'km/h', got none")
    dataset = read_csv(values, adjacency, nodes, unit=unit, timezone=timezone, distances=distances)
    return with_neighbours(dataset), OWN_TEST, OWN_PROTOCOL


def with_neighbours(dataset):
    """Return a data set with coordinates but no graph with the graph of nearest neighbours.

    Args:
        dataset: SpatioTemporalDataset.

    Returns:
        The data set; where a graph was made, one of its `notes` says so.

    Example:
        >>> import pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> from stlearn.forecast.job import with_neighbours
        >>> times = pd.date_range("2026-01-05", periods=2, freq="h")
        >>> values = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=times)
        >>> nodes = pd.DataFrame({"lat": [52.5, 48.9], "lon": [13.4, 2.4]}, index=["a", "b"])
        >>> with_neighbours(SpatioTemporalDataset("two", values, "u", nodes=nodes)).notes[0]
        'No graph was given: each sensor is joined with its 1 nearest by lat and lon.'
    """
    found = coordinates(dataset.nodes)
    if dataset.adjacency is not None or found is None or dataset.shape[1] < 2:
        return dataset
    positions, columns = found
    count = min(NEIGHBOURS, dataset.shape[1] - 1)
    note = (
        f"{GRAPH_MADE}: each sensor is joined with its {count} nearest by {' and '.join(columns)}."
    )
    return dataclasses.replace(
        dataset,
        adjacency=nearest_neighbours(positions, count, sparse=True),
        notes=(*dataset.notes, note),
    )


def with_learned_graph(dataset, rows):
    """Return a data set with a graph learned from its first rows: sensors that move alike.

    They are compared as deviations from the usual time of day; where a step is a day or longer, as
    changes from row to row.

    Args:
        dataset: SpatioTemporalDataset of two sensors or more; a graph that it has is replaced.
        rows: Number of rows to learn from: those of the training part.

    Returns:
        The data set; one of its `notes` tells of the graph.

    Raises:
        InputError: If there is one sensor only, or no two of them move alike.

    Example:
        >>> import stlearn
        >>> from stlearn.forecast.job import with_learned_graph
        >>> with_learned_graph(stlearn.load("corridor"), 14 * 288).notes[-1]
        'The graph is learned from the training part: each sensor is joined with the 4 that move
        most like it (correlation of 0.1 or more).'
    """
    if dataset.shape[1] < 2:
        raise InputError("--graph learned: expected two sensors or more, got 1")
    values = dataset.values[:rows]
    if dataset.interval < pd.Timedelta("1D"):
        moves = values - values.groupby(values.index.time).transform("mean")
    else:
        moves = values.diff()
    count = min(NEIGHBOURS, dataset.shape[1] - 1)
    alike = adjacency_from_correlation(moves, threshold=LEAST_ALIKE)
    strong = (alike > 0) & (alike.rank(axis=1, ascending=False, method="first") <= count)
    graph = alike.where(strong | strong.T, 0.0)
    if not graph.to_numpy().any():
        raise InputError(
            f"--graph learned: no two sensors move alike in the training part (correlation of "
            f"{LEAST_ALIKE} or more); leave it out, and no network hears another sensor"
        )
    note = (
        f"{GRAPH_LEARNED} from the training part: each sensor is joined with the {count} that move "
        f"most like it (correlation of {LEAST_ALIKE} or more)."
    )
    notes = [each for each in dataset.notes if not each.startswith(GRAPH_MADE)]
    return dataclasses.replace(dataset, adjacency=graph, notes=(*notes, note))


def run(
    dataset,
    networks,
    test=OWN_TEST,
    protocol=OWN_PROTOCOL,
    progress=False,
    *,
    validation=None,
    among=None,
    anew=False,
    horizon=12,
    quantiles=QUANTILES,
    also=(),
    seeds=1,
    learn_graph=False,
    keep_in=None,
    ray=None,
    note=lambda sentence: None,
):
    """Test networks and baselines, keep the winner, and forecast what follows the end of the data.

    The winner has the lowest mean absolute error on the validation part, the end of what comes
    before the test part.

    Args:
        dataset: SpatioTemporalDataset.
        networks: List of BaseForecasters beside the baselines, not fitted yet; of one horizon.
        test, validation: Size of these parts: a share or a duration. Without one for validation,
            it is as `usual_validation` says.
        protocol: One sentence that tells the split.
        progress: Show progress bars on standard error.
        among: Names of the forecasters that may win; all when not given.
        anew: Whether the winner is trained anew on all rows once it has been tested.
        horizon: Steps ahead where there is no network.
        quantiles: Those of the forecast where there is no network.
        also: Names of other quantities that the regressions and trees read; the networks have
            been told theirs.
        seeds: How often each network is trained, from different starts; errors are means over
            these, and the forecast is by the first.
        learn_graph: Whether the graph is learned from the training part; see `with_learned_graph`.
        keep_in: Folder that keeps what is trained, for a job that may be stopped; where it keeps
            some of this job already, that is taken and not trained again.
        ray: Where forecasters are fitted and tested, as in `stlearn.evaluation.compare`.
        note: Function that is given each sentence worth knowing before any training.

    Returns:
        Result.

    Raises:
        InputError: If the data is too short, a part has no readings, a name is unknown, or the
            folder keeps another job.
    """
    horizon = networks[0].horizon if networks else horizon
    quantiles = networks[0].quantiles if networks else quantiles
    if validation is None:
        lookback = max((network.lookback for network in networks), default=standard.MOST_LAGS)
        validation = usual_validation(dataset, test, lookback)
        if validation != VALIDATION:
            note(YEAR_TO_VALIDATE)
    split = chronological_split(dataset, validation=validation, test=test)
    if learn_graph:
        dataset = with_learned_graph(dataset, split.train.stop)
    rows = split.validation.stop - split.validation.start
    forecasters = [*standard.standard(dataset, horizon, also, rows), *networks]
    lookback = max(forecaster.lookback for forecaster in forecasters)
    check_before_work(dataset, networks, split, lookback, horizon)
    names = [forecaster.name for forecaster in forecasters]
    unknown = [name for name in among or () if name not in names]
    if unknown:
        raise InputError(f"--model: expected any of {', '.join(names)}, got {unknown[0]!r}")
    train = dataset.between(split.train.start, split.train.stop)
    told = [sentence for network in networks for sentence in network.told(train)]
    for sentence in [*told_before(dataset, lookback, horizon, split), *told]:
        note(sentence)
    repeats = {each.name: _other_starts(each, seeds) for each in networks if seeds > 1}
    forecasters += [again for others in repeats.values() for again in others]
    unfinished = None
    if keep_in is not None:
        options = {
            each.name: getattr(each, "arguments", None) or each.get_params() for each in forecasters
        }
        options |= {"split": [str(part) for part in split], "quantiles": list(quantiles)}
        options |= {"model": list(among or []), "train anew": anew}
        unfinished = Unfinished(keep_in, dataset, options)
        if unfinished.finished:
            note(f"{len(unfinished.finished)} of {len(forecasters)} are tested already")
    comparison = compare(
        forecasters, dataset, split, progress=progress, quantiles=quantiles, unfinished=unfinished,
        ray=ray,
    )  # fmt: skip
    comparison = comparison.gathered(
        {name: [again.name for again in others] for name, others in repeats.items()}
    )
    model, told = choose(comparison, forecasters, among)
    told += intervals_off(comparison, model.name, quantiles[-1] - quantiles[0])
    told += errors_in_silence(comparison, model.name, dataset.values, rows_looked_at(model))
    if repeats:
        told += (_trained_often(networks, seeds),)
    if anew:
        began = time.perf_counter()
        more = {} if unfinished is None else unfinished.checkpoint(model, "anew")
        model = model.trained_on_all(dataset, **more)
        told += (_trained_anew(model, len(dataset.values), time.perf_counter() - began),)
    ahead = model.predict(dataset), quantiles_ahead(model, dataset)
    return Result(dataset, protocol, split, comparison, model, *ahead, told, tuple(also))


def usual_validation(dataset, test, lookback):
    """Return the share of what comes before the test part that validates: a tenth, or a year.

    Intervals are calibrated on it. Where a step is a day or longer, a tenth may be the quiet
    season alone: a whole year is taken, and the lookback before it, if that is at most a third.

    Args:
        dataset: SpatioTemporalDataset.
        test: Size of the test part: a share or a duration.
        lookback: Steps of history.

    Example:
        >>> import stlearn
        >>> from stlearn.forecast.job import usual_validation
        >>> usual_validation(stlearn.load("corridor"), "14D", 12)
        0.1
    """
    rows = chronological_split(dataset, test=test).validation.stop
    year = season_rows(dataset, year=True)
    seasons = dataset.interval >= pd.Timedelta("1D") and year > 1
    if not seasons or not VALIDATION * rows < year + lookback <= rows / 3:
        return VALIDATION
    return (year + lookback) / rows


def _other_starts(network, seeds):
    """Copies of a network that is not fitted, each with another seed and a name that says so."""
    copies = []
    for place in range(1, seeds):
        seed = network.seed + place * network.members
        again = copy.deepcopy(network).set_params(seed=seed)
        again.name = f"{network.name} (seed {seed})"
        copies.append(again)
    return copies


def _trained_often(networks, seeds):
    names = " and ".join(network.name for network in networks)
    return (
        f"{names} {'was' if len(networks) == 1 else 'were each'} trained {seeds} times, from "
        "different starts: errors are means over these, ± their standard deviation, and the "
        "forecast is by the first."
    )


def choose(comparison, forecasters, among=None):
    """Choose the forecaster that is kept: the only one asked for, or the best on validation.

    Args:
        comparison: Comparison with errors on the validation part.
        forecasters: List of those that were compared.
        among: Names to choose from; all when not given.

    Returns:
        The forecaster, and a tuple of sentences that say why.
    """
    errors = {name: run.validation for name, run in comparison.runs.items()}
    best = comparison.winner()
    kept = among[0] if among and len(among) == 1 else comparison.winner(among)
    unit = comparison.unit

    def said(name):
        return f"{three_digits(errors[name])} {unit}"

    if among and len(among) == 1:
        told = f"The forecast is by {kept}, as asked."
        if best != kept:
            told += (
                f" On the validation part {best} is better: a mean absolute error of {said(best)} "
                f"against {said(kept)}."
            )
    else:
        others = {name: errors[name] for name in among or errors if name != kept}
        told = (
            f"The forecast is by {kept}: its mean absolute error on the validation part, "
            f"{said(kept)}, is the lowest of {len(others) + 1}"
        )
        second = min(others, key=others.get)
        told += f"; the next is {second} with {said(second)}."
        baselines = [each.name for each in forecasters if isinstance(each, Baseline)]
        networks = [name for name in others if name not in baselines]
        if networks and kept in baselines:
            best = min(networks, key=errors.get)
            told += f" No network wins here: the best, {best}, has {said(best)}."
    return next(each for each in forecasters if each.name == kept), (told,)


def intervals_off(comparison, name, promised):
    """Say where the intervals of a forecaster held far from the promised share of the test part.

    Args:
        comparison: Comparison with errors on the validation part.
        name: Name of the forecaster.
        promised: Share of the targets that should lie inside.

    Returns:
        Tuple of one sentence; empty where they held, or there are none.
    """
    table = comparison.table()
    table = table[table["model"] == name]
    held = table["coverage"].mean() if "coverage" in table else math.nan
    if not abs(held - promised) > FAR_FROM_PROMISED:
        return ()
    share, unit = f"{100 * promised:g} %", comparison.unit
    before, then = comparison.runs[name].validation, table["mae_pooled"].iloc[-1]
    reason = (
        "they were calibrated on the validation part, where its mean error is "
        f"{three_digits(before)} {unit}; on the test part it is {three_digits(then)} {unit}"
    )
    wide = "narrower" if held < promised else "wider"
    return (
        f"Its {share} intervals held {100 * held:.0f} % of the test part, so they are {wide} than "
        f"they say: {reason}. What comes next may be like either.",
    )


def _trained_anew(model, rows, seconds):
    said = f"Once tested, {model.name} was trained anew on all {rows:,} rows ({seconds:.0f} s)"
    if model.calibration is None:
        return f"{said}."
    return (
        f"{said}. Its ranges are those that were tested: they come from the validation part, as "
        "the model missed it before it had learned from it."
    )
