"""The commands that train and test: `stlearn forecast` and `stlearn compare`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from stlearn.errors import InputError
from stlearn.forecast.options import (
    Adjacency,
    Also,
    AsJson,
    Calendar,
    DataName,
    Distances,
    Epochs,
    Lookback,
    Members,
    Model,
    Models,
    Nodes,
    Seed,
    Targets,
    Timezone,
    Unit,
    Values,
)
from stlearn.forecast.terminal import print_scores, tell

MOST_SENSORS = 20  # in a table; all are in by_sensor.csv


def add_commands(app):
    """Add the commands to a typer app."""
    app.command()(forecast)
    app.command("compare")(compare_with)


def forecast(
    name: DataName = None,
    values: Values = None,
    adjacency: Adjacency = None,
    distances: Distances = None,
    nodes: Nodes = None,
    unit: Unit = None,
    timezone: Timezone = None,
    graph: Annotated[
        str | None,
        typer.Option(
            help="learned: take a graph from the training part, of sensors that move alike, where "
            "you know none."
        ),
    ] = None,
    calendar: Calendar = None,
    holidays: Annotated[
        str | None,
        typer.Option(help="Public holidays as a column known ahead: DE, or a part such as DE-BY."),
    ] = None,
    also: Also = None,
    targets: Targets = None,
    model: Models = None,
    lookback: Lookback = 12,
    horizon: Annotated[int, typer.Option(help="Steps ahead.")] = 12,
    epochs: Epochs = None,
    quantiles: Annotated[
        str, typer.Option(help="Of what may come; the middle one is the forecast.")
    ] = "0.05,0.5,0.95",
    members: Members = 1,
    seed: Seed = 0,
    seeds: Annotated[
        int,
        typer.Option(
            min=1,
            help="How often each network is trained, from different starts; the tables show mean "
            "and spread.",
        ),
    ] = 1,
    validation: Annotated[
        str | None,
        typer.Option(
            help="Part to choose on, of what comes before the test: 0.1, or 7D.",
            show_default="0.1, or a year of days, weeks or months where that is at most a third",
        ),
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(
            help="Part to be tested on, at the end: 0.2, or 14D.", show_default="the data's own"
        ),
    ] = None,
    anew: Annotated[
        bool,
        typer.Option(
            "--train-anew/--keep-tested",
            help="Train the chosen model anew on all rows once it is tested (about as long as the "
            "first time), or keep it as it was tested.",
        ),
    ] = True,
    regions: Annotated[
        int | None,
        typer.Option(
            help="Cut the graph of many sensors into so many regions; train a network for each.",
            show_default="one network for all",
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            help="Share out models, seeds and regions: local for the cores of this machine, or the "
            "address of a Ray cluster.",
            show_default="one after the other, here",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="forecast-NAME")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with a job that was stopped, where it was."),
    ] = False,
    as_json: AsJson = False,
):
    """Train a network, test it honestly against baselines, and forecast with the best of them."""
    from stlearn.baselines import standard
    from stlearn.calibration.quantiles import checked_quantiles
    from stlearn.data.quantities import sensors_in_words
    from stlearn.data.validation import counted
    from stlearn.forecast import ahead, job, prediction, results, scores
    from stlearn.forecast.others import with_others
    from stlearn.forecast.questions import questions
    from stlearn.forecast.targets import with_targets
    from stlearn.forecast.unfinished import kept_beside
    from stlearn.tasks import connected

    levels = checked_quantiles(quantiles.split(","))
    if graph not in (None, "learned"):
        raise InputError(f"--graph: expected learned, got {graph!r}; a file goes to --adjacency")
    if graph and (adjacency or distances):
        given = "--adjacency" if adjacency else "--distances"
        raise InputError(f"--graph, {given}: expected one of them, got both")
    dataset, own_test, protocol = job.read_input(
        name, values, adjacency, nodes, unit, timezone, distances
    )
    dataset = ahead.with_known_ahead(dataset, horizon, calendar, holidays, timezone)
    dataset, others = with_others(dataset, also or (), timezone)
    dataset = with_targets(dataset, targets or (), others, timezone)
    for question in questions(dataset):
        _note(question)
    parts = {"validation": None, "test": own_test}
    if validation is not None:
        parts["validation"] = _size("--validation", validation)
    if test is not None:
        parts["test"] = _size("--test", test)
        protocol = f"The test part is the last {_size_in_words(test)}; nothing is shuffled."
    without = dataset.adjacency is None and graph is None
    wanted = model or ["feed_forward" if without else "stn"]
    # All that there may be; the job leaves out those for which its validation part is too short.
    every = standard.standard(dataset, horizon, others, validation=len(dataset.values))
    baselines = [each.name for each in every]
    wanted_networks = [each for each in wanted if each not in baselines]
    place = out or Path(f"forecast-{dataset.name}")
    with (
        connected(ray),
        results.results_folder(place) as folder,
        kept_beside(place, resume, _note) as kept,
    ):
        # These start TensorFlow: only once the data is read.
        from stlearn.networks import Forecaster, RegionalForecaster
        from stlearn.networks.models import MODELS

        progress = sys.stderr.isatty()
        more = {} if epochs is None else {"epochs": epochs}
        unknown = [each for each in wanted_networks if each not in MODELS]
        if unknown:
            raise InputError(
                f"--model: expected a network ({', '.join(MODELS)}) or a baseline "
                f"({', '.join(baselines)}), got {unknown[0]!r}"
            )
        networks = [
            Forecaster(
                each, lookback, horizon, seed=seed, members=members, quantiles=levels,
                progress=progress, also=others, **more,
            )
            for each in wanted_networks
        ]  # fmt: skip
        if regions is not None and not networks:
            raise InputError(f"--regions: expected a network beside it, got {', '.join(wanted)}")
        if regions is not None:
            networks = [RegionalForecaster(each, regions, ray=ray) for each in networks]
        names = dict(zip(wanted_networks, (each.name for each in networks)))
        tell(
            f"{dataset.name}: {counted(len(dataset.values), 'row')}, "
            f"{sensors_in_words(dataset)}; "
            f"fitting {' and '.join(['the baselines', *names.values()])} ..."
        )
        result = job.run(
            dataset, networks, parts["test"], protocol, progress,
            validation=parts["validation"], anew=anew, horizon=horizon,
            among=model and [names.get(each, each) for each in model],
            quantiles=levels, also=others, seeds=seeds, keep_in=kept, ray=ray, note=_note,
            learn_graph=graph == "learned",
        )  # fmt: skip
        tell("writing the results ...")
        results.write_results(result, folder, place)
    if as_json:
        print(json.dumps(results.scores_as_json(result), indent=1))
        return
    for part in result.by_quantity.values():
        _print_errors(part)
    print(f"* lowest error of its column. {result.protocol}\n\n{result.headline}")
    print("\n".join([*result.told, ""]))
    for name, part in result.by_quantity.items() if result.quantiles is not None else ():
        _print_intervals(part, levels)
        title = f"{result.model.name}: the same by what is known when the forecast is made"
        print_scores(scores.states_as_text(part), f"{name}, {title}" if name else title)
        print()
    if result.quantiles is None:
        _note(prediction.NO_INTERVALS)
    print(f"Results: {place} (open {place / 'report.html'})")


def compare_with(
    file: Annotated[
        Path,
        typer.Option(
            "--with",
            help="Forecasts made elsewhere: CSV, a row each, with the columns origin (time of the "
            "last reading known), node, step (1 is the next), and value, or quantiles named by "
            "their numbers: 0.05, 0.5, 0.95; if you like, unit. The file's name names the model.",
        ),
    ],
    name: DataName = None,
    values: Values = None,
    adjacency: Adjacency = None,
    distances: Distances = None,
    nodes: Nodes = None,
    unit: Unit = None,
    timezone: Timezone = None,
    trained_on: Annotated[
        str, typer.Option(help="What the other model learned from: LOS_LOOP,PEMS_BAY or Moirai.")
    ] = "",
    model: Model = "stn",
    lookback: Lookback = 12,
    epochs: Epochs = None,
    seed: Seed = 0,
    as_json: AsJson = False,
):
    """Set forecasts made elsewhere beside ours: same origins, same targets, same sentences."""
    import dataclasses

    from stlearn.calibration.quantiles import QUANTILES
    from stlearn.forecast import elsewhere, job, results

    dataset, test, protocol = job.read_input(
        name, values, adjacency, nodes, unit, timezone, distances
    )
    theirs = elsewhere.read_forecasts(file, dataset)
    from stlearn.networks.forecaster import (
        Forecaster,  # starts TensorFlow: only once the files are read
    )

    tell(
        f"{theirs.name}: {len(theirs.origins):,} complete origins of "
        f"{theirs.forecast.shape[1]} steps, {theirs.incomplete:,} incomplete ones left out; "
        f"fitting the baselines and {model} ..."
    )
    progress = sys.stderr.isatty()
    more = {} if epochs is None else {"epochs": epochs}
    levels = theirs.quantiles or QUANTILES
    network = Forecaster(
        model, lookback, theirs.forecast.shape[1], seed=seed, quantiles=levels, progress=progress,
        **more,
    )  # fmt: skip
    result = job.run(dataset, [network], test, protocol, progress, among=[model])
    joined, missing = elsewhere.beside(result.comparison, theirs, dataset, result.split, levels)
    result = dataclasses.replace(result, comparison=joined)
    told_before = elsewhere.seen_before(theirs.name, dataset.name, trained_on.split(","))
    verdicts = [each.sentence for each in joined.verdict(theirs.name)]
    if as_json:
        compared = {"model": theirs.name, "missing_origins": missing, "seen_before": told_before}
        print(
            json.dumps(results.scores_as_json(result) | compared | {"verdicts": verdicts}, indent=1)
        )
        return
    _print_errors(result)
    print(f"* lowest error of its column. {result.protocol}")
    print(f"{missing:,} origins of the test part are not in the file, and left out for all.\n")
    print("\n".join(verdicts) + f"\n{told_before}\n")
    if joined.has_intervals:
        _print_intervals(result, levels)


def _note(sentence):
    tell(f"Note: {sentence}")


def _size(option, text):
    """A size of a part: a share as a number, or a duration as text."""
    try:
        return float(text)
    except ValueError:
        from stlearn.checks import to_duration

        to_duration(option, text)
        return text


def _size_in_words(text):
    size = _size("--test", text)
    return f"{100 * size:g} % of the rows" if isinstance(size, float) else f"{size} of the data"


def _print_errors(result):
    from stlearn.forecast import scores

    name, counted = result.dataset.name, result.comparison.unit
    in_ranges = result.comparison.sizes is not None
    title = f"{name}: errors on the test part" + (f", in {counted} of each sensor" * in_ranges)
    print_scores(scores.scores_as_text(result), title)
    if in_ranges:
        by_sensor = scores.sensors_as_text(result)
        title = f"{name}: the same sensor by sensor, over all steps, each in its own unit"
        print_scores(by_sensor.head(MOST_SENSORS), title)
        print()


def _print_intervals(result, quantiles):
    from stlearn.forecast import scores

    share = f"{100 * (quantiles[-1] - quantiles[0]):g} %"
    title = (
        f"{result.dataset.name}: {share} intervals on the test part, in {result.comparison.unit}"
    )
    print_scores(scores.intervals_as_text(result), title)
    print("* lowest interval score of its column: the width, and a fine for what lies outside.\n")
