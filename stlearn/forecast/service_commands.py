"""The commands of a model in service: `stlearn predict`, `watch` and `export`."""

from pathlib import Path
from typing import Annotated

import typer

from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.forecast.options import Also, Calendar, Targets, Timezone
from stlearn.forecast.terminal import print_table, tell


def add_commands(app):
    """Add the commands to a typer app."""
    app.command()(predict)
    app.command("watch")(watch_forecasts)
    app.command("export")(export_network)


def predict(
    model: Annotated[Path, typer.Option(help="Folder that `stlearn forecast` left.")],
    values: Annotated[
        list[Path],
        typer.Option(
            help="CSV: time in front, a column a sensor. Given again, the forecast that follows "
            "each file stands in the table, with a column origin: the last time of the file."
        ),
    ],
    unit: Annotated[
        str | None, typer.Option(help="Unit of the values.", show_default="the model's")
    ] = None,
    calendar: Calendar = None,
    also: Also = None,
    targets: Targets = None,
    timezone: Timezone = None,
    new_sensors: Annotated[
        bool,
        typer.Option("--new-sensors", help="Forecast sensors that the model has not seen too."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write.", show_default="standard output")
    ] = None,
):
    """Forecast what follows the end of a file, with a saved model."""
    from stlearn.forecast import prediction, results

    if out is not None and not out.parent.is_dir():
        raise InputError(f"--out: expected a file in a folder that exists, got {out}")
    text, forecaster = "", results.load_model(model)
    for file in values:
        table, assumed = prediction.predict_file(
            forecaster, file, unit, calendar, timezone, also or (), new_sensors, targets or ()
        )
        for sentence in assumed:
            tell(f"Note: {sentence}" if len(values) == 1 else f"Note: {file}: {sentence}")
        if len(values) > 1:
            table.insert(0, "origin", prediction.origin_of(table, forecaster))
        text += table.to_csv(index=False, header=not text)
    if out is None:
        print(text, end="")
    else:
        with written_aside(out.parent) as aside:
            (aside / out.name).write_text(text, encoding="utf-8")
        tell(f"Forecast: {out}")


def watch_forecasts(
    forecasts: Annotated[list[Path], typer.Argument(help="CSV files that `predict` wrote.")],
    came: Annotated[Path, typer.Option(help="What was measured: CSV, as for `forecast`.")],
    model: Annotated[Path, typer.Option(help="Folder that `stlearn forecast` left.")],
    targets: Targets = None,
    timezone: Timezone = None,
):
    """Hold forecasts against what came and what the test promised, and tell drift with its date."""
    from stlearn.forecast.scores import three_digits
    from stlearn.forecast.watch import watch

    found = watch(forecasts, came, model, timezone, targets or ())
    shares = ("held", "held_promised")
    print_table(
        ["ahead", "values", "MAE", "promised", "within low and high", "promised"],
        [
            [row["ahead"], f"{row['known']:,}", three_digits(row["mae"]),
             three_digits(row["mae_promised"]),
             *("-" if row[key] != row[key] else f"{100 * row[key]:.1f} %" for key in shares)]
            for _, row in found.table.iterrows()
        ],
    )  # fmt: skip
    print("\n".join(found.told))


def export_network(
    model: Annotated[Path, typer.Argument(help="Folder that `stlearn forecast` left.")],
    out: Annotated[Path, typer.Option(help="New folder for the network and the example.")],
    format: Annotated[str, typer.Option(help="onnx, litert or saved_model.")] = "onnx",
):
    """Export a network, with an example that forecasts without stlearn, and try it."""
    from stlearn.forecast.export import EXAMPLE, export

    found = export(model, format, out)
    print(
        f"Exported: {out} ({found.megabytes:.1f} MB). Go on, with NumPy, pandas and the runtime of "
        f"{format} alone: python {out / EXAMPLE} values.csv"
    )
    print(
        f"Tried in an interpreter of its own: {found.load:.1f} s to load, then "
        f"{1000 * found.forecast:.1f} ms a forecast; it differs from the model's by "
        f"{found.difference:.2g} at most."
    )
