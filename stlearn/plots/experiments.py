"""Figures of experiments: what was stored, seed by seed, and one run of your own beside it.

In all of them a cross is what was measured here, in the notebook, with one seed.
"""

import numpy as np
from scipy import stats

from stlearn.errors import InputError
from stlearn.plots.evaluation import settled, settled_as
from stlearn.plots.style import COLOURS, NETWORK_COLOUR, as_label, digits, new_figure

BAR = {"linewidth": 2.5, "solid_capstyle": "butt"}
HERE = "here, one run"
SETTLED = {"a settled gain": COLOURS[0], "a settled loss": COLOURS[3]}
CROSS = {"color": NETWORK_COLOUR, "markersize": 8, "markeredgewidth": 2, "zorder": 4}


def errors_by_model(stored, here=None, notes=None):
    """Draw several errors of each model side by side, lowest on top: single seeds and their mean.

    Args:
        stored: DataFrame (model, error): a column for each kind of error, named with its unit, and
            as many rows for a model as it has seeds.
        here: DataFrame (model, error) of what one run here gave; models and errors may be missing.
        notes: Dict of a model's name to a few words that stand below it.

    Returns:
        (figure, sentence). The order is that of the first error.

    Raises:
        InputError: If there are fewer than two models, or `here` has one that is not stored.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.experiments import errors_by_model
        >>> stored = pd.DataFrame({"MAE (km/h)": [3.0, 3.2, 4.0]}, index=["stn", "stn", "trees"])
        >>> here = pd.DataFrame({"MAE (km/h)": [3.9]}, index=["trees"])
        >>> errors_by_model(stored, here)[1]
        'MAE (km/h): lowest stn 3.1, then trees 4; here trees 3.9.'
    """
    means = stored.groupby(level=0).mean().sort_values(stored.columns[0])
    if len(means) < 2:
        raise InputError(f"stored: expected at least two models, got {list(means.index)}")
    here = means.iloc[:0] if here is None else here
    unknown = [name for name in here.index if name not in means.index]
    if unknown:
        raise InputError(f"here: expected models out of {list(means.index)}, got {unknown}")
    figure, panels = new_figure(
        _height(len(means), notes), 1, len(means.columns), sharey=True, squeeze=False
    )
    places, said = {name: place for place, name in enumerate(means.index)}, []
    for axes, column in zip(panels[0], means):
        rows = [places[name] for name in stored.index]
        axes.plot(stored[column], rows, ".", color="0.6", markersize=5, label="single seeds")
        best = means[column] == means[column].min()
        for mark, part in (("o", means[best]), ("s", means[~best])):
            colour = COLOURS[0] if mark == "o" else "0.25"
            look = {"color": colour, "label": "lowest mean" if mark == "o" else "mean"}
            axes.plot(part[column], [places[name] for name in part.index], mark, **look)
        first, second = means[column].sort_values().iloc[:2].items()
        sentence = f"{column}: lowest {first[0]} {digits(first[1])}, then {_pair(second)}"
        if column in here and here[column].notna().any():
            known = here[column].dropna()
            axes.plot(known, [places[name] for name in known.index], "x", label=HERE, **CROSS)
            sentence += f"; here {', '.join(map(_pair, known.items()))}"
        said.append(sentence)
        axes.set_xlabel(column)
        axes.grid(axis="x", alpha=0.4)
    _name_rows(panels[0][0], means.index, notes)
    figure.legend(*panels[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure, ". ".join(said) + "."


def settled_gains(days, by_seed, what, here=None, notes=None):
    """Draw gains with two intervals each: over the days that were tested, and over the seeds.

    A gain is settled, and its bars are filled with colour, where both lie on one side of zero.

    Args:
        days: DataFrame (name; value, low, high) of gains with their interval over days, as shares.
        by_seed: DataFrame (seed, name) of the gain of each seed, as shares; at least two seeds.
        what: What the gain is held against, for the axis.
        here: Series (name) of what one run here gave; names may be missing.
        notes: Dict of a name to a few words that stand below it.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there are fewer than two seeds, or a name has no gain of single seeds.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.experiments import settled_gains
        >>> days = pd.DataFrame({"value": [0.2], "low": [0.1], "high": [0.3]}, index=["wide"])
        >>> settled_gains(days, pd.DataFrame({"wide": [0.19, 0.21]}), "over narrow ones")[1]
        'Gain over narrow ones. wide: 20.0 %, over days 10.0 to 30.0, over seeds 7.3 to 32.7: a settled gain.'

    Reference: Student (1908), The probable error of a mean.
    """  # noqa: E501
    if len(by_seed) < 2:
        raise InputError(f"by_seed: expected at least two seeds, got {len(by_seed)}")
    missing = [name for name in days.index if name not in by_seed]
    if missing:
        raise InputError(f"by_seed: expected a column for each gain, missing are {missing}")
    figure, axes = new_figure(_height(len(days), notes) + 0.4)
    said = []
    for place, (name, *over_days) in enumerate(
        days[["value", "low", "high"]].itertuples(name=None)
    ):
        seeds = by_seed[name].dropna().to_numpy()
        over_seeds = seeds.mean(), *stats.ttest_1samp(seeds, 0).confidence_interval(0.95)
        sentence = settled(name, over_days, over_seeds)
        colour = SETTLED.get(settled_as(over_days, over_seeds), "0.45")
        axes.plot(100 * np.array(over_days[1:]), [place - 0.1] * 2, color=colour, **BAR)
        axes.plot(
            100 * np.array(over_seeds[1:]), [place + 0.1] * 2, color=colour, alpha=0.45, **BAR
        )
        axes.plot(100 * over_days[0], place - 0.1, "o", color=colour)
        axes.plot(100 * seeds, [place + 0.25] * len(seeds), ".", color="0.5", markersize=5)
        if here is not None and name in here:
            axes.plot(100 * here[name], place - 0.3, "x", **CROSS)
            sentence = f"{sentence[:-1]}; here {100 * here[name]:z.1f} %."
        said.append(sentence)
    axes.axvline(0, color="0.3", linestyle="--")
    cross = f"\ncross: {HERE}" if here is not None else ""
    bars = "upper bar: 95 % interval over days; lower bar: over seeds (dots)"
    axes.set_xlabel(f"Gain {what} (%)\n{bars}{cross}")
    axes.grid(axis="x", alpha=0.4)
    _name_rows(axes, days.index, notes)
    return figure, f"Gain {what}. {' '.join(said)}"


def _height(rows, notes):
    return 1.3 + (0.42 if notes else 0.3) * rows


def _name_rows(axes, names, notes):
    notes = notes or {}
    labels = [as_label(name, 40) + (f"\n{notes[name]}" if name in notes else "") for name in names]
    axes.set_yticks(range(len(names)), labels, fontsize="small")
    axes.set_ylim(len(names) - 0.5, -0.5)


def _pair(named):
    return f"{named[0]} {digits(named[1])}"
