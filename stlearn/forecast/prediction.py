"""Forecast what follows the end of a file, with a model that was trained before."""

import warnings

import numpy as np
import pandas as pd

from stlearn.baselines.base import BaseForecaster
from stlearn.data.dataset import SpatioTemporalDataset, known_ahead, make_calendar
from stlearn.data.holidays import PREFIX, holiday_flags
from stlearn.data.quantities import sensors_of
from stlearn.data.seasons import own_columns
from stlearn.errors import InputError
from stlearn.forecast.ahead import checked_calendar
from stlearn.forecast.others import read_others
from stlearn.forecast.results import load_model, long_forecast
from stlearn.forecast.scores import three_digits
from stlearn.forecast.silence import listed_nodes, rows_looked_at, silent_nodes
from stlearn.forecast.targets import values_together
from stlearn.reading.prepared import about_prepared
from stlearn.reading.readers import read_as_prepared

NO_INTERVALS = (
    "no low and high: the model was fitted without a validation part, or one with too few known "
    "targets to calibrate intervals"
)
MOST_TOLD = 5  # silent sensors that have a sentence each
ROWS_THAT_TELL = 30  # of any step: more than a month of days, two years of months
FAR = 3  # times the range of training, beyond its ends


def quantiles_ahead(model, history):
    """Calibrated quantiles of what follows a history; None for a model without intervals."""
    return None if model.calibration is None else model.predict_quantiles(history)


def predict_file(
    model,
    values,
    unit=None,
    calendar=None,
    timezone=None,
    also=(),
    new_sensors=False,
    targets=(),
):
    """Forecast what follows the end of a file, with a saved forecaster.

    Args:
        model: Saved forecaster: its folder, or the folder of results that holds it; or a
            forecaster that was read by `stlearn.forecast.results.load_model`.
        values: CSV file as `stlearn.read_csv` reads it, with the sensors of the model. Some may
            have no reading, or be absent.
        unit: Unit of the values; that of the model when not given. Of several quantities, that of
            the first, which `values` holds.
        calendar: CSV file with a time column, then what the model knows ahead, such as holiday.
        timezone: Name of the zone in which the times are kept, as in `stlearn.read_csv`.
        new_sensors: Whether to forecast sensors that the model has not seen too, as
            `stlearn.networks.new_nodes.with_new_nodes` can.
        also: Other quantities that the model reads, as in `stlearn.forecast.others.read_others`.
        targets: Further quantities that it forecasts, as in `stlearn.forecast.targets.read_target`.

    Returns:
        Long table as of `long_forecast`, without a range for sensors that have no reading in the
        rows that the model looks at, or that it has not seen; and a list of what was assumed, one
        sentence each.

    Raises:
        InputError: If the file has a sensor that the model does not know, or none of its sensors
            has a recent reading; if unit or step differ; or if a file is not usable.
    """
    about = about_prepared(values)
    unit, timezone = unit or about.get("unit"), timezone or about.get("timezone")
    table = read_as_prepared(values, timezone, silent=True)
    model = model if isinstance(model, BaseForecaster) else load_model(model)
    expected = next(iter(model.quantities.values()), model.unit)
    if unit is not None and unit.strip() != expected:
        raise InputError(f"unit: the model forecasts {expected}, but the file is in {unit}")
    table = values_together(model.quantities, model.nodes, table, targets, timezone)
    # In a file every name is text; the model may know its nodes by numbers.
    table = table.rename(columns={str(node): node for node in model.nodes})
    unknown = [node for node in table if node not in model.nodes]
    absent = [node for node in model.nodes if node not in table]
    if unknown and not new_sensors:
        raise InputError(
            f"{values}: the sensors differ from those the model was fitted on: "
            f"missing {absent[:3] or 'none'}, unknown {unknown[:3]}; --new-sensors forecasts those "
            "too where the network can"
        )
    if unknown:
        from stlearn.networks.new_nodes import with_new_nodes  # starts TensorFlow

        model = with_new_nodes(model, unknown)
    table = table.reindex(columns=model.nodes)  # the names decide, not the order in the file
    reporting = table.loc[:, table.notna().any()]
    if reporting.empty:
        raise InputError(f"{values}: there is no reading in it to forecast from")
    if len(table) < model.lookback:
        raise InputError(
            f"{values}: expected at least {model.lookback} rows of history (lookback), "
            f"got {len(table)}"
        )
    rows = len(table)
    table = _at_the_model_s_step(model, table, values)
    reporting = table[reporting.columns]
    history = SpatioTemporalDataset("history", reporting, model.unit)
    times = known_ahead(history, 0, len(table) + model.horizon)[0]
    columns, assumed = _known_ahead(model, times, times[len(table) - rows :], calendar, timezone)
    assumed += _without_readings(model, table, absent, values)
    assumed += _far_from_training(model, table)
    calendar = make_calendar(times, **columns)
    readings = _usual_for_silent(model, table, reporting)
    history = SpatioTemporalDataset(
        "history",
        readings,
        model.unit,
        calendar=calendar,
        extra=_others(model, readings, rows, also, timezone),
    )
    history = history.of_nodes(model.nodes)
    if model.calibration is None:
        assumed.append(NO_INTERVALS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is not known ahead is among the sentences
        said, quantiles = model.predict(history), quantiles_ahead(model, history)
    without = [*silent_nodes(table, rows_looked_at(model)), *unknown]
    if quantiles is not None:
        quantiles.loc[:, quantiles.columns.get_level_values(0).isin(without)] = np.nan
    if unknown:
        assumed.append(
            f"{listed_nodes(unknown)}: not seen in training, so never tested; forecast as if like "
            "the others, without a range"
        )
    return long_forecast(said, quantiles, model.units), assumed


def origin_of(table, model):
    """Return the last time that a forecast knew, from its first one.

    Args:
        table: Long table of `predict_file`.
        model: The forecaster.
    """
    first = table["time"].min()
    if model.frequency is None:
        return first - model.interval
    return first - pd.tseries.frequencies.to_offset(model.frequency)


def _at_the_model_s_step(model, table, values):
    """The table in the model's zone, with rows in front that make its step plain.

    From two rows nobody can tell months from 31 days, so the step is the model's and not guessed.
    """
    if (table.index.tz is None) != (model.timezone is None):
        raise InputError(
            f"{values}: its times have {'no' if table.index.tz is None else 'a'} time zone, but "
            f"those of the training had {model.timezone or 'none'}; write them alike"
        )
    if model.timezone:
        table = table.tz_convert(model.timezone)
    if model.frequency is None:
        return table
    rows = max(len(table), ROWS_THAT_TELL)
    times = pd.date_range(end=table.index[-1], periods=rows, freq=model.frequency)
    if not table.index.equals(times[rows - len(table) :]):
        step = pd.Series(table.index).diff().median()
        raise InputError(
            f"{values}: expected a step of {model.interval} as the model has it, got {step}"
        )
    return table.reindex(times)


def _far_from_training(model, table):
    """A sentence about readings that lie far outside those of the training."""
    if not len(model.lowest):
        return []
    lowest, highest = np.array(model.lowest), np.array(model.highest)
    room = FAR * np.maximum(highest - lowest, 1e-6 * np.abs(highest))
    far = (table.max() > highest + room) | (table.min() < lowest - room)
    if not far.any():
        return []
    node = far.index[far][0]
    place = list(table.columns).index(node)
    return [
        f"{int(far.sum())} of {len(far)} sensors read far outside what training has seen: {node} "
        f"from {three_digits(table[node].min())} to {three_digits(table[node].max())}, where it "
        f"was {three_digits(lowest[place])} to {three_digits(highest[place])}; is it another unit "
        "or a mark for a missing value?"
    ]


def _without_readings(model, table, absent, values):
    """Sentences about the sensors without a recent reading; none at all is an error."""
    rows = rows_looked_at(model)
    silent = silent_nodes(table, rows)
    if len(silent) == len(table.columns):
        last = table.dropna(how="all").index[-1]
        raise InputError(
            f"{values}: no sensor has a reading in the last {rows} rows (the last is of {last}); "
            "a forecast needs one: cut the file there"
        )
    told = []
    for node in silent:
        known = table[node].last_valid_index()
        last = f"the last is of {known}" if known is not None else "there is none in the file"
        where = (
            "is not in the file"
            if node in absent
            else (f"has no reading in the last {rows} rows ({last})")
        )
        told.append(
            f"{node} {where}; {model.name} takes {model.when_silent} for it, and it has no range"
        )
    if len(told) > MOST_TOLD:
        told = [f"{len(told)} of {len(table.columns)} sensors: {told[0].split(' ', 1)[1]}; they "
                f"are {listed_nodes(silent, most=40)}"]  # fmt: skip
    elif told:
        told.append(f"{len(silent)} of {len(table.columns)} sensors are silent")
    return told


def _usual_for_silent(model, table, reporting):
    """Readings for the model: a silent sensor that has no neighbour to ask gets its usual value.

    A network with a graph takes the mean of the neighbours instead, and a baseline its own
    averages.
    """
    usual = getattr(model, "usual", None)
    if usual is None or model.needs_graph:
        return reporting
    filled = table.copy()
    for node, mean in zip(model.nodes, usual):
        if node in silent_nodes(table, rows_looked_at(model)):
            filled.loc[filled.index[-1], node] = filled[node].dtype.type(mean)
    return filled


def _others(model, readings, rows, also, timezone):
    """Other quantities of the sensors in the last rows of a file; none before them is read."""
    # The quantities of a sensor are nodes of their own; what is read beside them is the sensor's.
    own, sensors = (
        sensors_of(nodes, model.quantities) for nodes in (readings.columns, model.nodes)
    )
    times = readings.index[len(readings) - rows :]
    found = read_others(
        also, pd.DataFrame(index=times, columns=own.unique()), timezone, sensors.unique()
    )
    missing = [name for name in model.also if name not in (*found, *model.constants)]
    unknown = [name for name in found if name not in model.also]
    if missing or unknown:
        raise InputError(
            f"--also: the model reads {', '.join(model.also) or 'nothing'} beside the values; "
            f"missing {', '.join(missing) or 'none'}, unknown {', '.join(unknown) or 'none'}; give "
            "NAME=FILE"
        )
    return {
        name: table.reindex(readings.index)[own].set_axis(readings.columns, axis=1)
        for name, table in found.items()
    }


def _known_ahead(model, times, read, calendar, timezone):
    """Columns of the calendar beyond the clock, and what had to be assumed for them.

    The model reads no further back than the times `read`; rows before them only tell the step.
    """
    columns, assumed = {}, []
    wanted = own_columns(model.calendar_columns)
    if calendar is not None:
        ahead = checked_calendar(calendar, read, timezone)
        columns = {name: ahead[name].reindex(times).bfill().to_numpy()
                   for name in wanted if name in ahead}  # fmt: skip
    for name in wanted:
        if name.startswith(PREFIX) and name not in columns:
            columns[name] = holiday_flags(times, name.removeprefix(PREFIX))
    wanted = [name for name in wanted if name not in columns]
    if calendar is not None and wanted:
        raise InputError(
            f"--calendar: expected the columns that the model knows ahead, missing {wanted}"
        )
    if wanted and model.calendar_scales is None:
        names = ", ".join(wanted)
        assumed = [f"{names}: left out by {model.name}, since no --calendar is given"]
    elif wanted:
        flags = [name for name in wanted if name not in model.calendar_scales]
        scaled = [name for name in wanted if name in model.calendar_scales]
        assumed = [
            f"{', '.join(names)}: taken as {what} throughout, since no --calendar is given"
            for names, what in ((flags, "0"), (scaled, "the mean in training"))
            if names
        ]
        columns |= {name: np.zeros(len(times)) for name in flags}
    return columns, assumed
