"""Figures of forecasts, their errors and the training, each with its sentence; see `plot`."""

import numpy as np
import pandas as pd

from stlearn.data.units import in_words, time_unit
from stlearn.errors import InputError
from stlearn.plots.style import (
    COLOURS,
    LINES,
    MARKERS,
    NETWORK_COLOUR,
    as_label,
    chosen,
    clock,
    digits,
    draw_mesh,
    label_times,
    moment,
    new_figure,
    sliced,
    span,
)


def time_space_forecast(dataset, backtest, step, nodes=None, start=None, stop=None):
    """Draw what came, what had been forecast some steps before, and the difference.

    Args:
        dataset: SpatioTemporalDataset that was tested on.
        backtest: Backtest on it, with origins one row apart.
        step: Steps ahead, counted from 1.
        nodes: Names of nodes in the order of the road; all in their order when not given.
        start, stop: First and last time shown, as pandas slices them; all when not given.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a node is unknown, the step is beyond the horizon, or no time is left.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> from stlearn.plots.forecasts import time_space_forecast
        >>> dataset = stlearn.load("corridor").between(0, 4 * 288)
        >>> last_value = LastValue(horizon=12).fit(dataset.between(0, 3 * 288))
        >>> result = stlearn.backtest(last_value, dataset, slice(3 * 288, 4 * 288))
        >>> figure, sentence = time_space_forecast(dataset, result, step=6)
        >>> [axes.get_title() for axes in figure.axes[:2]]
        ['What came', 'Forecast 30 minutes before']
    """
    if not 1 <= step <= backtest.truth.shape[1]:
        raise InputError(f"step: expected 1 to {backtest.truth.shape[1]}, got {step}")
    times = backtest.times + (step - 1) * backtest.interval
    truth, forecast = (
        chosen(dataset, nodes, start, stop, pd.DataFrame(part[:, step - 1], times, backtest.nodes))
        for part in (backtest.truth, backtest.forecast)
    )
    error = forecast - truth
    ahead = in_words(step * backtest.interval, step=backtest.interval)
    figure, panels = new_figure(8, rows=3, sharex=True, sharey=True)
    low, high = np.nanmin([truth.min().min(), forecast.min().min()]), np.nanmax(truth)
    size = np.nanquantile(np.abs(error), 0.99)
    for axes, part, title, look in (
        (panels[0], truth, "What came", {"vmin": low, "vmax": high}),
        (panels[1], forecast, f"Forecast {ahead} before", {"vmin": low, "vmax": high}),
        (panels[2], error, "Forecast minus truth", {"vmin": -size, "vmax": size, "cmap": "PuOr"}),
    ):
        draw_mesh(axes, part, dataset, dataset.unit, **look)
        axes.set_title(title)
        axes.label_outer()
    absolute = error.abs().stack()
    worst = absolute.idxmax()
    sentence = (
        f"{span(truth.index)}: {backtest.name} {ahead} ahead misses the truth by "
        f"{absolute.mean():.2f} {dataset.unit} on average over {truth.shape[1]} nodes, and by up "
        f"to {absolute.max():.1f} {dataset.unit} (at {worst[1]}, {moment(worst[0])})."
    )
    return figure, sentence


def forecast_lines(backtest, nodes, start=None, stop=None):
    """Draw what came at some nodes, and the forecasts made every horizon, as fans if calibrated.

    Args:
        backtest: Backtest with origins one row apart.
        nodes: Names of one to four nodes.
        start, stop: First and last time shown, as pandas slices them; all when not given.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a node is unknown or no time is left.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> from stlearn.plots.forecasts import forecast_lines
        >>> dataset = stlearn.load("corridor").between(0, 4 * 288)
        >>> last_value = LastValue(horizon=12).fit(dataset.between(0, 3 * 288))
        >>> result = stlearn.backtest(last_value, dataset, slice(3 * 288, 4 * 288))
        >>> figure, sentence = forecast_lines(result, ["in10", "in18"])
        >>> len(figure.axes)
        2
    """
    horizon = backtest.truth.shape[1]
    truth = pd.DataFrame(backtest.truth[:, 0], backtest.times, backtest.nodes)
    truth = sliced(truth, nodes, start, stop)
    first = backtest.times.get_loc(truth.index[0])
    places = np.arange(first, first + len(truth), horizon)
    fans = [None] * len(places)
    if backtest.calibration is not None:
        fans = backtest.at(places).calibrated()
    last = backtest.times[places[-1]] + backtest.interval * np.arange(horizon)
    came = pd.DataFrame(backtest.truth[places[-1]], last, backtest.nodes)[nodes]
    came = pd.concat([truth, came[last > truth.index[-1]]])  # to the end of the last forecast
    figure, panels = new_figure(1 + 1.9 * len(nodes), len(nodes), sharex=True, squeeze=False)
    panels = panels[:, 0]
    for axes, node in zip(panels, nodes):
        axes.plot(clock(came.index), came[node], color="0.3", linewidth=1.2, label="what came")
        column = backtest.nodes.get_loc(node)
        for place, fan in zip(places, fans):
            times = clock(backtest.times[place] + backtest.interval * np.arange(horizon))
            first_of_all = place == places[0]
            if fan is not None:
                share = backtest.calibration.share
                shade(axes, times, fan[:, column, [0, -1]], share if first_of_all else None)
            axes.plot(
                times,
                backtest.forecast[place, :, column],
                color=NETWORK_COLOUR,
                linewidth=1.8,
                label=f"forecast of {backtest.name}" if first_of_all else None,
            )
        axes.set_title(as_label(node), loc="left", fontsize="medium")
        axes.set_ylabel(as_label(backtest.unit))
    label_times(panels[-1])
    panels[0].legend(loc="lower left", fontsize="small")
    columns = [backtest.nodes.get_loc(node) for node in nodes]
    errors = (backtest.forecast - backtest.truth)[places][..., columns]
    every = in_words(horizon * backtest.interval, step=backtest.interval)
    sentence = (
        f"{span(truth.index)} at {', '.join(map(str, nodes))}: of the forecasts made every "
        f"{every} by {backtest.name}, the mean absolute "
        f"error over all steps is {np.nanmean(np.abs(errors)):.2f} {backtest.unit}."
    )
    return figure, sentence


def forecast_ahead(history, forecast, nodes, unit, quantiles=None, one_scale=True):
    """Draw the end of what was measured, and the forecast of what comes.

    Args:
        history: DataFrame (time, node) of the last values measured.
        forecast: DataFrame (time, node) that follows it, as `predict` returns it.
        nodes: Names of one to four nodes.
        unit: Unit of both.
        quantiles: DataFrame (time, (node, quantile)) as `predict_quantiles` returns it, drawn as
            fans from the lowest to the highest.
        one_scale: Whether all nodes are drawn on one scale, so that they can be compared.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a node is unknown.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> from stlearn.plots.forecasts import forecast_ahead
        >>> dataset = stlearn.load("corridor")
        >>> forecast = LastValue(horizon=12).fit(dataset).predict(dataset)
        >>> figure, sentence = forecast_ahead(dataset.values[-36:], forecast, ["in10"], "km/h")
        >>> sentence[:56]
        'From 2025-06-22 23:55 to 2025-06-23 00:55 the forecast g'
    """
    history, forecast = sliced(history, nodes), sliced(forecast, nodes)
    figure, panels = new_figure(
        1 + 1.6 * len(nodes), len(nodes), sharex=True, sharey=one_scale, squeeze=False
    )
    panels = panels[:, 0]
    joined = pd.concat([history.ffill().iloc[-1:], forecast])
    changes = []
    for axes, node in zip(panels, nodes):
        axes.plot(clock(history.index), history[node], color="0.3", linewidth=1.2, label="measured")
        said = f"from {digits(joined[node].iloc[0])} to {digits(joined[node].iloc[-1])} {unit}"
        if quantiles is not None:
            levels = list(quantiles.columns.unique(1))
            ends = quantiles[node][[levels[0], levels[-1]]].to_numpy()
            shade(axes, clock(forecast.index), ends, levels[-1] - levels[0])
            said += f" ({digits(ends[-1, 0])} to {digits(ends[-1, 1])})"
        axes.plot(
            clock(joined.index), joined[node], color=NETWORK_COLOUR, linewidth=1.8, label="forecast"
        )
        axes.axvline(clock(history.index)[-1], color="0.5", linewidth=1)
        axes.set_title(as_label(node), loc="left", fontsize="medium")
        axes.set_ylabel(as_label(unit))
        changes.append(f"{said} at {node}")
    label_times(panels[-1])
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    sentence = f"{span(joined.index, 'From')} the forecast goes {', '.join(changes)}."
    if quantiles is not None:
        sentence += (
            f" In brackets: where {_percent(levels[-1] - levels[0])} of the values should lie."
        )
    return figure, sentence


def shade(axes, times, ends, share):
    """Shade the interval from ends[:, 0] to ends[:, 1]; with a share, name it in the legend."""
    label = None if share is None else f"{_percent(share)} interval"
    axes.fill_between(
        times, ends[:, 0], ends[:, 1], color=NETWORK_COLOUR, alpha=0.25, linewidth=0, label=label
    )


def _percent(share):
    return f"{100 * share:.3g} %"


def error_by_horizon(comparison):
    """Draw the mean absolute error of every model against the time ahead.

    Args:
        comparison: Comparison of several forecasters; the last is the one that the figure is about.

    Returns:
        (figure, sentence). For speeds a second panel shows the errors in congestion.

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import HistoricalAverage, LastValue
        >>> from stlearn.evaluation.comparison import compare
        >>> from stlearn.plots.forecasts import error_by_horizon
        >>> from stlearn.data.windows import chronological_split
        >>> dataset = stlearn.load("corridor").between(0, 5 * 288)
        >>> split = chronological_split(dataset, validation="1D", test="1D")
        >>> models = [LastValue(12), HistoricalAverage(12)]
        >>> figure, sentence = error_by_horizon(compare(models, dataset, split, progress=False))
        >>> [axes.get_title() for axes in figure.axes]
        ['All targets', 'In congestion']
    """
    runs = {name: run.backtest for name, run in comparison.shown.items()}
    masks = {"All targets": None}
    if comparison.congestion is not None and comparison.congestion.any():
        masks["In congestion"] = comparison.congestion
    unit, interval = next((run.unit, run.interval) for run in runs.values())
    size, name_of_time, _ = time_unit(interval)
    figure, panels = new_figure(5, columns=len(masks), squeeze=False)
    panels = panels[0]
    others = [colour for colour in COLOURS if colour != NETWORK_COLOUR]
    said = []
    for axes, (title, mask) in zip(panels, masks.items()):
        errors = pd.DataFrame({name: run.scores(mask)["mae"] for name, run in runs.items()})
        ahead = errors.index / size
        for place, name in enumerate(errors):
            look = {
                "marker": MARKERS[place % 7],
                "linestyle": LINES[1 + place % 3],
                "markersize": 4,
            }
            look["color"] = others[place % len(others)]
            if place == len(runs) - 1:
                look |= {"color": NETWORK_COLOUR, "linestyle": "-", "linewidth": 3}
            axes.plot(ahead, errors[name], label=name, **look)
        axes.set_title(title)
        axes.set_xlabel(f"Time ahead ({name_of_time}s)")
        axes.set_ylim(bottom=0)
        middle = errors.iloc[(len(errors) - 1) // 2]
        said.append(
            f"{'over' if mask is None else 'and'} {title[0].lower() + title[1:]} it is lowest for "
            f"{middle.idxmin()} ({middle.min():.2f} {unit}) and highest for {middle.idxmax()} "
            f"({middle.max():.2f} {unit})"
        )
    panels[0].set_ylabel(f"Mean absolute error ({unit})")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    half = in_words(errors.index[(len(errors) - 1) // 2], step=interval)
    return figure, f"Mean absolute error {half} ahead: {'; '.join(said)}."


def error_by_node(backtest, most=15):
    """Draw the nodes with the largest mean absolute error over all steps.

    Args:
        backtest: Backtest of a forecaster.
        most: Number of nodes shown.

    Returns:
        (figure, sentence).

    Example:
        >>> import stlearn
        >>> from stlearn.baselines.averages import LastValue
        >>> from stlearn.plots.forecasts import error_by_node
        >>> dataset = stlearn.load("corridor").between(0, 4 * 288)
        >>> last_value = LastValue(horizon=12).fit(dataset.between(0, 3 * 288))
        >>> figure, sentence = error_by_node(
        ...     stlearn.backtest(last_value, dataset, slice(3 * 288, 4 * 288)))
        >>> len(figure.axes[0].patches)
        15
    """
    errors = backtest.by_node()["mae"].dropna().sort_values(ascending=False)
    worst = errors[:most]
    figure, axes = new_figure(1 + 0.25 * len(worst))
    axes.barh([as_label(node) for node in worst.index], worst, color=COLOURS[0])
    axes.axvline(errors.mean(), color="0.2", linestyle="--", label="mean of all nodes")
    axes.invert_yaxis()
    axes.set_xlabel(f"Mean absolute error ({backtest.unit})")
    axes.set_ylabel("Node")
    axes.legend()
    sentence = (
        f"The mean absolute error over all steps is {errors.mean():.2f} {backtest.unit} on average "
        f"over {len(errors)} nodes; it is largest at {errors.index[0]} "
        f"({errors.iloc[0]:.2f} {backtest.unit}) and smallest at {errors.index[-1]} "
        f"({errors.iloc[-1]:.2f} {backtest.unit})."
    )
    return figure, sentence


def training_curve(training, unit):
    """Draw the loss on the training part and the error on the validation part after each epoch.

    Args:
        training: DataFrame with the columns epoch, loss (of the scaled values) and validation
            (mean absolute error in the data's unit, or nothing), as a Forecaster has it.
        unit: Unit of the data.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If no epoch was trained.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.forecasts import training_curve
        >>> epochs = pd.DataFrame({"epoch": [1, 2], "loss": [0.3, 0.2], "validation": [3.5, 3.0]})
        >>> training_curve(epochs, "km/h")[1][:46]
        'In 2 epochs the training loss went from 0.3 to'
    """
    if not len(training):
        raise InputError("training: expected at least one epoch, got none")
    loss, validation = training["loss"], training["validation"].astype("float64")
    panels = [("Loss on training (scaled values)", loss)]
    epochs = "1 epoch" if len(training) == 1 else f"{len(training)} epochs"
    said = (
        f"In {epochs} the training loss went from {loss.iloc[0]:.3g} to {loss.iloc[-1]:.3g} "
        "(of the scaled values)"
    )
    if validation.notna().any():
        panels.append((f"Error on validation ({unit})", validation))
        best = validation.idxmin()
        said += (
            f"; the mean absolute error on validation was lowest after epoch "
            f"{training['epoch'][best]} ({validation[best]:.2f} {unit})"
        )
    figure, drawn = new_figure(3.5, columns=len(panels), squeeze=False)
    for axes, (label, curve) in zip(drawn[0], panels):
        axes.plot(training["epoch"], curve, "-o", color=COLOURS[0])
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel("Epoch")
        axes.set_ylabel(label)
    return figure, said + "."
