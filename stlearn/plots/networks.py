"""Figures of networks and their training, each with the sentence that says what it shows.

As in `plot`, every function returns (figure, sentence).
"""

import numpy as np
from scipy import stats

from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, LINES, MARKERS, digits, new_figure

ACTIVATIONS = {
    "linear": (lambda z: z, np.ones_like),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
}
DRAWN = np.linspace(-4, 4, 401)


def activation_curves(names=tuple(ACTIVATIONS)):
    """Draw activations and their derivatives.

    Args:
        names: Any of "linear", "sigmoid", "tanh" and "relu".

    Returns:
        (figure, sentence).

    Raises:
        InputError: If a name is unknown, or none is given.

    Example:
        >>> from stlearn.plots.networks import activation_curves
        >>> activation_curves(["sigmoid"])[1]
        'Steepest slope between -4 and 4: sigmoid 0.25; slope at 4: sigmoid 0.0177.'
    """
    unknown = [name for name in names if name not in ACTIVATIONS]
    if unknown or not len(names):
        raise InputError(f"names: expected any of {', '.join(ACTIVATIONS)}, got {unknown or names}")
    figure, (left, right) = new_figure(3.8, 1, 2)
    steepest, last = [], []
    for place, name in enumerate(names):
        function, derivative = ACTIVATIONS[name]
        look = {"color": COLOURS[place], "linestyle": LINES[place % 4], "linewidth": 2}
        left.plot(DRAWN, function(DRAWN), label=name, **look)
        right.plot(DRAWN, derivative(DRAWN), **look)
        steepest.append(f"{name} {digits(derivative(DRAWN).max())}")
        last.append(f"{name} {digits(derivative(DRAWN)[-1])}")
    left.set_ylim(-2, 4)
    left.set_ylabel("Activation a(z)")
    right.set_ylabel("Derivative a'(z)")
    for axes in (left, right):
        axes.set_xlabel("z, the weighted sum")
        axes.grid(alpha=0.4)
    figure.legend(loc="outside lower center", ncols=4)
    sentence = (
        f"Steepest slope between -4 and 4: {', '.join(steepest)}; slope at 4: {', '.join(last)}."
    )
    return figure, sentence


def fitted_curves(x, truth, fits, x_label, y_label):
    """Draw points and what a network makes of them at several stages of its training.

    Args:
        x: Array (point,).
        truth: Array (point,).
        fits: Dict of the stage's name to an array (point,), in the order of training.
        x_label, y_label: What the axes hold, with the unit.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no fit, or its length differs.

    Example:
        >>> import numpy as np
        >>> from stlearn.plots.networks import fitted_curves
        >>> fits = {"start": np.zeros(3), "end": np.array([0.0, 1.0, 1.5])}
        >>> fitted_curves(np.arange(3), np.arange(3), fits, "Time (h)", "Speed (km/h)")[1]
        'Mean absolute distance from the points, Speed (km/h): start 1, end 0.167.'
    """
    x, truth = np.asarray(x), np.asarray(truth)
    odd = [name for name, fit in fits.items() if np.shape(fit) != truth.shape]
    if not fits or odd:
        raise InputError(f"fits: expected arrays of shape {truth.shape}, got others for {odd}")
    figure, axes = new_figure(4)
    axes.plot(x, truth, ".", color="0.6", markersize=5, label="data")
    for place, (name, fit) in enumerate(fits.items()):
        look = {"color": COLOURS[place], "linestyle": LINES[::-1][place % 4], "linewidth": 2}
        axes.plot(x, fit, label=name, **look)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.legend()
    distances = [f"{name} {digits(np.abs(fit - truth).mean())}" for name, fit in fits.items()]
    return figure, f"Mean absolute distance from the points, {y_label}: {', '.join(distances)}."


def learning_curves(histories, unit, reference=None):
    """Draw the error on training and on validation after each epoch, a panel for each training.

    Args:
        histories: Dict of a training's name to a DataFrame with the columns train and validation,
            the error after each epoch in the data's unit.
        unit: Unit of the errors.
        reference: (name, error) of a forecast that the validation error is held against.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no history, or it lacks a column.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.networks import learning_curves
        >>> history = pd.DataFrame({"train": [3.0, 2.0], "validation": [3.1, 3.5]})
        >>> learning_curves({"3 days": history}, "km/h")[1]
        '3 days: at the end 2 km/h on training and 3.5 on validation, lowest there after epoch 1 (3.1).'
    """  # noqa: E501
    lacking = [name for name, table in histories.items() if {"train", "validation"} - {*table}]
    if not histories or lacking:
        raise InputError(f"histories: expected columns train and validation, lacking in {lacking}")
    figure, grid = new_figure(4, 1, len(histories), sharey=True, squeeze=False)
    panels = grid[0]
    said = []
    for axes, (name, history) in zip(panels, histories.items()):
        epochs = np.arange(1, len(history) + 1)
        for place, part in enumerate(("train", "validation")):
            look = {"color": COLOURS[place], "linestyle": LINES[place], "marker": MARKERS[place]}
            axes.plot(epochs, history[part], label=part, markersize=4, **look)
        if reference:
            axes.axhline(reference[1], color="0.3", linestyle=":", label=reference[0])
        axes.set_title(name)
        axes.set_xlabel("Epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        best = int(np.argmin(history["validation"]))
        end = history.iloc[-1]
        said.append(
            f"{name}: at the end {digits(end['train'])} {unit} on training and "
            f"{digits(end['validation'])} on validation, lowest there after epoch {best + 1} "
            f"({digits(history['validation'].iloc[best])})"
        )
    panels[0].set_ylabel(f"Mean absolute error ({unit})")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    closing = f"; {reference[0]} {digits(reference[1])}." if reference else "."
    return figure, "; ".join(said) + closing


def error_by_seed(errors, unit, reference=None, level=0.95, part="validation"):
    """Draw the error of each seed, and the mean over the seeds with its interval.

    The interval (Student's t) says how far the luck of the seeds carries; what other weeks
    would bring is not in it.

    Args:
        errors: DataFrame (seed, variant) of errors, at least two seeds.
        unit: Unit of the errors.
        reference: (name, error) that is drawn as a line.
        level: Probability that an interval is meant to cover.
        part: Part of the data that the errors were measured on.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there are fewer than two seeds.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.networks import error_by_seed
        >>> error_by_seed(pd.DataFrame({"relu": [2.0, 2.2], "tanh": [2.1, 2.3]}), "km/h")[1]
        'Mean over 2 seeds with a 95 % interval, km/h: relu 2.10 (0.83 to 3.37), tanh 2.20 (0.93 to 3.47).'
    """  # noqa: E501
    seeds = len(errors)
    if seeds < 2:
        raise InputError(f"errors: expected at least two seeds, got {seeds}")
    mean = errors.mean()
    half = stats.t.ppf((1 + level) / 2, seeds - 1) * errors.std() / np.sqrt(seeds)
    figure, axes = new_figure(1.2 + 0.6 * errors.shape[1])
    places = np.arange(errors.shape[1])
    for place, variant in zip(places, errors):
        axes.plot(errors[variant], np.full(seeds, place + 0.22), "o", color="0.55", markersize=4)
    axes.errorbar(mean, places, xerr=half, fmt="D", color=COLOURS[0], capsize=5, linewidth=2)
    if reference:
        axes.axvline(reference[1], color=COLOURS[3], linestyle="--")
        axes.text(reference[1], -0.45, f" {reference[0]}", va="top", fontsize="small")
    axes.set_yticks(places, errors.columns)
    axes.set_ylim(errors.shape[1] - 0.5, -0.75)
    axes.set_xlabel(f"Mean absolute error on {part} ({unit}); dots: single seeds")
    axes.grid(axis="x", alpha=0.4)
    said = [
        f"{variant} {mean[variant]:.2f} "
        f"({mean[variant] - half[variant]:.2f} to {mean[variant] + half[variant]:.2f})"
        for variant in errors
    ]
    closing = f"; {reference[0]} {reference[1]:.2f}." if reference else "."
    interval = f"Mean over {seeds} seeds with a {level:.0%} interval, {unit}: ".replace("%", " %")
    return figure, interval + ", ".join(said) + closing
