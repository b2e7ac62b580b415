"""The report of a forecast job: one HTML page that holds its figures and asks for nothing else."""

import base64
import dataclasses
import io
import shlex
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from stlearn.calibration.states import MOVING
from stlearn.data.quantities import places_of, sensors_in_words
from stlearn.data.seasons import YEAR, columns_to_read
from stlearn.data.steps import step_in_words
from stlearn.data.units import in_words
from stlearn.data.validation import counted
from stlearn.data.windows import last_known
from stlearn.evaluation.comparison import shown_steps
from stlearn.evaluation.metrics import coverage
from stlearn.forecast.questions import questions
from stlearn.forecast.scores import (
    intervals_as_text,
    scores_as_text,
    sensors_as_text,
    short_minutes,
    states_as_text,
)
from stlearn.forecast.silence import rows_looked_at, silent_nodes
from stlearn.plots import forecasts, intervals, style

MOST_CHANGING = 10
MOST_ROWS_SHOWN = 100
DAY, MINUTE = pd.Timedelta("1D"), pd.Timedelta("1min")


class Picture(NamedTuple):
    """One figure: a name for its file, a title, the sentence that says what it shows, its PNG.

    Where there are several, `quantity` is the one that it shows.
    """

    name: str
    title: str
    sentence: str
    png: bytes
    quantity: str = ""

    @property
    def source(self):
        """The PNG as text, for the `src` of an image in HTML."""
        return Markup("data:image/png;base64," + base64.b64encode(self.png).decode())


def draw(result):
    """Draw the figures of a report, those of several quantities one after the other.

    Args:
        result: `stlearn.forecast.job.Result`.

    Returns:
        List of Picture.
    """
    pictures = []
    for number, (name, part) in enumerate(result.by_quantity.items(), 1):
        of_part = _draw_quantity(part)
        if name:
            of_part = [
                each._replace(
                    name=f"{each.name}_{number}", title=f"{name}: {each.title}", quantity=name
                )
                for each in of_part
            ]
        pictures += of_part
    if getattr(result.model, "training", None) is not None:
        each = result.model.scaler.scale.ndim
        unit = "standard deviations" if each else result.dataset.unit
        curve = forecasts.training_curve
        pictures.append(_picture("training", "Training", curve, result.model.training, unit))
    return pictures


def _draw_quantity(result):
    """The figures of what is forecast in one unit."""
    dataset, model = result.dataset, result.model
    tested = result.comparison.runs[model.name].backtest
    compared = result.comparison.shown[model.name].backtest  # in usual ranges where scales differ
    sizes, alike = result.comparison.sizes, dataset
    if sizes is not None:
        alike = dataclasses.replace(dataset, values=dataset.values / sizes, unit=compared.unit)
    start, stop = eventful_time(tested, dataset.interval)
    road = style.line_of_nodes(dataset)
    swings = pd.DataFrame(tested.truth[:, 0], tested.times, tested.nodes).loc[start:stop, road]
    liveliest = list(swings.std().fillna(0).nlargest(3).index)
    middle = (model.horizon + 1) // 2
    dead = silent(result)
    changing = [node for node in expected_changes(result).index if node not in dead][:4]
    recent, unit = dataset.values.iloc[-max(3 * model.horizon, model.lookback) :], dataset.unit
    pictures = []
    if changing:
        ahead = recent, result.forecast, changing, unit, result.quantiles, sizes is None
        pictures.append(("next", "The largest expected changes", forecasts.forecast_ahead, *ahead))
    pictures.append(
        ("errors", "Error by time ahead", forecasts.error_by_horizon, _model_last(result))
    )
    by_state = _model_last(result).by_state()
    if by_state is not None and tested.calibration is not None:
        half = shown_steps(model.horizon, quarters=(2,))[0] * dataset.interval / MINUTE
        shown = by_state, tested.calibration.share, half, dataset.interval
        title = "Does the interval hold where it matters?"
        pictures.append(("states", title, intervals.coverage_by_state, *shown))
    if start + middle * dataset.interval <= stop:  # two rows at least, that far ahead
        shown = alike, compared, middle, road, start, stop
        title = "The liveliest time of the test"
        pictures.append(("time-space", title, forecasts.time_space_forecast, *shown))
    # Of a single origin, what came until the end of its forecast.
    end = max(stop, start + (model.horizon - 1) * dataset.interval)
    pictures += [
        ("lines", "The liveliest time, sensor by sensor", forecasts.forecast_lines,
         tested, liveliest, start, stop),
        ("nodes", "Where the forecast is hardest", forecasts.error_by_node, compared),
        ("data", "What the sensors saw then", style.time_space, alike, road, start, end),
    ]  # fmt: skip
    if style.has_coordinates(dataset):
        error = compared.by_node()["mae"]
        label = f"Mean absolute error ({compared.unit})"
        pictures.append(("map", "Errors on the map", style.network_map, dataset, error, label))
    if dataset.interval < DAY:
        pictures.append(("week", "The usual week", style.weekly_profile, alike))
    return [_picture(*picture) for picture in pictures]


def _model_last(result):
    """The comparison with the kept model at the end: the figure is about the last."""
    name, runs = result.model.name, dict(result.comparison.runs)
    own = runs.pop(name)
    return dataclasses.replace(result.comparison, runs=runs | {name: own})


def _picture(name, title, function, *arguments):
    figure, sentence = function(*arguments)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=110)
    return Picture(name, title, sentence, file.getvalue())


def eventful_time(backtest, interval):
    """First and last time of the day on which the values changed most; of long steps, the end.

    Args:
        backtest: Backtest of any forecaster.
        interval: Time between two rows.
    """
    times = backtest.times
    if interval > DAY / 4 or len(times) == 1:
        return times[max(len(times) - MOST_ROWS_SHOWN, 0)], times[-1]
    changes = np.abs(np.diff(backtest.truth[:, 0], axis=0))
    by_day = pd.Series(np.nansum(changes, axis=1), times[1:]).groupby(times[1:].normalize()).sum()
    day = by_day.idxmax()
    inside = times[(times >= day) & (times < day + DAY)]
    return inside[0], inside[-1]


def silent(result):
    """Nodes without a reading in the rows that the model looks at: their state is not known.

    Args:
        result: `stlearn.forecast.job.Result`.
    """
    return silent_nodes(result.dataset.values, rows_looked_at(result.model))


def expected_changes(result):
    """Nodes by the expected change from now to the end of the horizon, the largest first.

    The silent ones stand last.

    Args:
        result: `stlearn.forecast.job.Result`.

    Returns:
        DataFrame of numbers (node; now, then a quarter, half, three quarters and all of the
        horizon).
    """
    steps = shown_steps(result.model.horizon)
    values = result.dataset.values
    now = last_known(values, [len(values) - 1])[0]
    table = pd.DataFrame({"now": now}, index=values.columns)
    for step in steps:
        minutes = step * result.dataset.interval / MINUTE
        table[f"in {short_minutes(minutes, result.dataset.interval)}"] = result.forecast.iloc[
            step - 1
        ]
    change = (table.iloc[:, -1] - table["now"]).abs()
    change[silent(result)] = -1
    return table.loc[change.sort_values(ascending=False, kind="stable").index]


def with_ranges(result, changes):
    """The numbers of `expected_changes` as text, each forecast with its interval behind it.

    Args:
        result: `stlearn.forecast.job.Result`.
        changes: Rows of `expected_changes`.
    """
    text = changes.map(style.digits)
    if result.quantiles is None:
        return text
    levels = list(result.quantiles.columns.unique(1))
    low, high = (
        result.quantiles.xs(level, axis=1, level=1).map(style.digits)[list(changes.index)]
        for level in (levels[0], levels[-1])
    )
    for step, heading in zip(shown_steps(result.model.horizon), text.columns[1:]):
        ends = low.iloc[step - 1] + " to " + high.iloc[step - 1]
        text[heading] = text[heading] + " (" + ends + ")"
    return text


def render(result, pictures, place):
    """Write the report as HTML.

    Args:
        result: `stlearn.forecast.job.Result`.
        pictures: What `draw` returned.
        place: Path of the folder of results, named in the commands to go on with.

    Returns:
        Text of the page. Whatever comes from the data is escaped.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html")
    return template.render(
        result=result,
        dataset=result.dataset,
        questions=questions(result.dataset),
        model=result.model,
        parts=[_section(n, *each) for n, each in enumerate(result.by_quantity.items(), 1)],
        size=sensors_in_words(result.dataset),
        facts=_facts(result),
        protocol=_protocol_in_words(result),
        limits=_limits(result),
        share=_share_promised(result),
        counted=counted,
        pictures=pictures,
        shell_path=shlex.quote(f"{place}/model"),
        python_path=repr(f"{place}/model"),
    )


def _section(number, name, result):
    """What the page shows of a quantity, by the names that it has there."""
    sure = result.quantiles is not None
    changes = expected_changes(result)
    return {
        "quantity": name,
        "quoted": repr(name),
        "target": shlex.quote(f"{name}=latest_{number}.csv"),
        "dataset": result.dataset,
        "verdicts": result.verdicts,
        "sensors": sensors_as_text(result),
        "errors_in": _errors_in(result),
        "jams": _jams(result),
        "scores": scores_as_text(result),
        "intervals": intervals_as_text(result) if sure else None,
        "states": states_as_text(result) if sure else None,
        "moving": _moving(result) if sure else None,
        "outcome": _chosen_by_outcome(result),
        "changes": with_ranges(result, changes.head(MOST_CHANGING)),
        "everywhere": with_ranges(result, changes.loc[list(result.dataset.values.columns)]),
    }


def _moving(result):
    """What counts as moving, in a few words."""
    tested = result.comparison.runs[result.model.name].backtest
    rule, interval = tested.calibration.states, tested.interval
    of_what = "free speed" if rule.speed.all() else "usual range"
    within = in_words(rule.rows * interval, step=interval)
    return f"a change within {within} by more than {100 * MOVING:g} % of the {of_what} is moving"


def _facts(result):
    dataset = result.dataset
    times = dataset.values.index
    graph = "none is known"
    if dataset.adjacency is not None:
        edges = dataset.weights.nnz - np.count_nonzero(dataset.weights.diagonal())
        graph = f"{edges:,} directed edges between different sensors"
    return {
        "Data set": dataset.name,
        "Unit": dataset.unit,
        "Period": f"{times[0]} to {times[-1]}, every {step_in_words(dataset.frequency)}",
        "Rows and sensors": f"{len(times):,} rows of {sensors_in_words(dataset)}",
        "Missing": f"{dataset.values.isna().to_numpy().mean():.1%} of the values",
        "Graph": graph,
        "Known ahead": ", ".join(_known_ahead(result)) or "nothing",
        **({"Measured beside": ", ".join(result.also)} if result.also else {}),
        "Licence": dataset.licence or "not stated",
        "Source": dataset.citation or "your own files",
    }


def _known_ahead(result):
    """What differs from row to row of the calendar that models read, in words."""
    train = result.dataset.between(result.split.train.start, result.split.train.stop)
    read = columns_to_read(train)
    own = [name for name in read if name not in YEAR and train.calendar[name].nunique() > 1]
    return [name.replace("_", " ") for name in own] + ["time of the year"] * (YEAR[0] in read)


def _protocol_in_words(result):
    times = result.dataset.values.index
    tested = result.comparison.runs[result.model.name].backtest
    parts = {
        name: f"{times[part.start]} to {times[part.stop - 1]} ({part.stop - part.start:,} rows)"
        for name, part in result.split._asdict().items()
    }
    origins = tested.origins
    apart = origins[1] - origins[0] if len(origins) > 1 else 1
    moments = "one at each row" if apart == 1 else f"one at every {apart} rows"
    sentences = [
        result.protocol,
        f"The models learned from {parts['train']}, and made their choices on "
        f"{parts['validation']}.",
        f"They were tested on {parts['test']}, at {len(origins):,} moments, {moments}. Each "
        "forecast was made from the values before that moment, and all models were tested at the "
        "same moments. That no model looks ahead was checked by taking the future away.",
        "Errors are counted only where the truth is known. MAE is the mean absolute error; RMSE "
        "is the root of the mean squared error, in which large errors weigh more. Both are errors "
        "at that time ahead, and not averaged over the times before it.",
        "Whether a gain is real is judged by an interval from whole blocks of time drawn again "
        "and again (moving-block bootstrap), because neighbouring errors resemble each other. "
        f"{result.model.name} is compared with the best of all others, picked by the test itself, "
        "which favours the others.",
    ]
    if _share_promised(result):
        sentences.append(
            "The intervals of all models were widened or narrowed by what the models, fitted "
            "without the validation part, missed there: for each time ahead and each state that is "
            "known when a forecast is made. The interval score is the width, and a fine for each "
            "value outside."
        )
    return sentences


def _errors_in(result):
    """What the errors over all sensors are counted in."""
    if result.comparison.sizes is None:
        return result.dataset.unit
    return (
        "usual ranges of each sensor (from the 5th to the 95th percentile of its training part), "
        "since the sensors measure on other scales"
    )


def _jams(result):
    """Gain in congestion at half the horizon, for speeds."""
    congestion = result.comparison.congestion
    if congestion is None or not congestion.any():
        return ""
    verdicts = result.comparison.verdict(result.model.name, mask=congestion)
    return verdicts[len(verdicts) // 2].sentence


def _share_promised(result):
    """Share of the targets that the model's intervals promise to hold, as text."""
    calibration = result.model.calibration
    return "" if calibration is None else f"{100 * calibration.share:g} %"


def _chosen_by_outcome(result):
    """What the intervals hold of the targets that turned out to be in congestion."""
    congestion = result.comparison.congestion
    tested = result.comparison.runs[result.model.name].backtest
    if congestion is None or not congestion.any() or tested.calibration is None:
        return ""
    steps = shown_steps(result.model.horizon, quarters=(1, 2, 4))
    said = tested.calibrated(steps)
    held = []
    for place, step in enumerate(steps):
        chosen = congestion[:, step - 1]
        truth = tested.truth[:, step - 1][chosen]
        low, high = (said[:, place, :, end][chosen] for end in (0, -1))
        if len(truth):
            ahead = in_words(step * result.dataset.interval, step=result.dataset.interval)
            held.append(f"{100 * coverage(truth, low, high):.0f} % after {ahead}")
    return (
        f"Of the targets that turned out to be in congestion it held {', '.join(held)}. These were "
        "picked by what came. No interval can be held to its promise there: who picks the "
        "surprises finds them outside."
    )


def _last_seen(result):
    times = result.dataset.values.index
    tested = (
        f"The model that was tested has seen data up to {times[result.split.validation.stop - 1]}"
    )
    anew = any("trained anew" in sentence for sentence in result.told)
    return f"{tested}; the one that is kept, up to {times[-1]}." if anew else f"{tested}."


def _limits(result):
    dataset = result.dataset
    stop = dataset.values.index[-1]
    share = _share_promised(result)
    bound = getattr(result.model, "bound", None)
    reach = (
        "It is one number for each sensor and time, without a range: the validation part has too "
        "few known values to calibrate one."
    )
    if share:
        reach = (
            f"The range from low to high should hold {share} of what comes, sensor by sensor and "
            "not for all at once, as long as the time ahead resembles the test part."
        )
    limits = [
        "The forecast knows the past values, the graph and the calendar. An incident, a closure "
        "or an event that is not in the calendar is unknown to it until the sensors feel it.",
        f"{_last_seen(result)} After a lasting change (a new road, roadworks, moved sensors) train "
        "it again.",
        f"The next forecast starts from what was measured up to {stop}. {reach}",
        f"The model serves {sensors_in_words(dataset)}, in {dataset.unit}, every "
        f"{step_in_words(dataset.frequency)}. Other sensors, units or steps need a new model.",
        "A sensor that drifts is forecast as it reads, not as the road is.",
    ]
    if any(part.comparison.congestion is not None for part in result.by_quantity.values()):
        limits.append(
            "Errors in congestion are those of targets that were picked by what came, which nobody "
            "knows in advance."
        )
    if bound is not None:
        which = ""
        if isinstance(bound, list):
            never = [node for node, least in zip(result.model.nodes, bound) if least is not None]
            which = f" of {' and '.join(places_of(dataset.quantities, never))}"
        limits.append(
            f"No forecast{which} falls below zero, since no reading of training does. A sensor "
            "that has been lower in what the forecast starts from is an exception."
        )
    if dead := silent(result):
        limits.append(
            f"No reading in the last {rows_looked_at(result.model)} rows: "
            f"{', '.join(map(str, dead))}. Their forecast rests on what is usual and on their "
            "neighbours."
        )
    verdicts = [each for part in result.by_quantity.values() for each in part.verdicts]
    if not any(verdict.real for verdict in verdicts):
        limits.append(
            f"Here {result.model.name} brings no gain that is sure. The simplest of the others "
            "that does as well is the better choice."
        )
    return limits
