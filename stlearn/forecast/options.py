"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

DataName = Annotated[
    str | None, typer.Argument(help="Data set of the catalogue.", show_default="corridor")
]
Values = Annotated[
    Path | None,
    typer.Option(
        help="Your own data: CSV, time in front, a column a sensor; or a store of stlearn prepare."
    ),
]
Adjacency = Annotated[
    Path | None, typer.Option(help="Its graph: CSV, a square matrix or a list of edges.")
]
Distances = Annotated[
    Path | None,
    typer.Option(
        help="Or the distances between its sensors: CSV, a square matrix or a list; near ones "
        "become neighbours."
    ),
]
Nodes = Annotated[
    Path | None,
    typer.Option(
        help="Its sensors: CSV, a row a sensor; coordinates among its columns give a graph of "
        "nearest neighbours where no other is given."
    ),
]
Unit = Annotated[str | None, typer.Option(help="Its unit, for example km/h.")]
Timezone = Annotated[str | None, typer.Option(help="Zone of its times, for example Europe/Berlin.")]
Calendar = Annotated[
    Path | None,
    typer.Option(
        help="What is known ahead, such as weather or events: CSV, time in front, a column each; "
        "it covers the data and the steps ahead."
    ),
]
Also = Annotated[
    list[str] | None,
    typer.Option(
        help="Another measured quantity to read beside the values: flow.csv or flow=FILE, a CSV "
        "file with the same times and sensors, or one column for all of them; or the name of "
        "what the data has already, such as a column of numbers in --nodes. May be given again."
    ),
]
Targets = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        help="Another quantity to forecast beside the values, by the same model: its file and its "
        "unit, as in flow.csv:veh/h, or flow=FILE:UNIT; a CSV file with the same times, and all "
        "of the sensors or some. The unit may be left out where a saved model knows it. May be "
        "given again.",
    ),
]
Model = Annotated[str, typer.Option(help="stn, cnn_lstm or feed_forward.")]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        help="A network (stn, cnn_lstm, feed_forward) or a baseline, such as 'boosted trees', "
        "whose forecast you want. Given more than once, the best of them on the validation part "
        "is taken.",
        show_default="the best of all: stn, or feed_forward without a graph, and the baselines",
    ),
]
Lookback = Annotated[int, typer.Option(help="Steps of history.")]
Epochs = Annotated[
    int | None, typer.Option(help="Rounds of training at most.", show_default="the model's own")
]
Members = Annotated[
    int, typer.Option(help="Networks that are trained; the forecast is their mean.")
]
Seed = Annotated[int, typer.Option(help="Seed of everything random.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the scores as JSON, and nothing else.")]
