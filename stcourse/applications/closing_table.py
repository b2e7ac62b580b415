"""The closing table of chapter 06, made readable: what was gained, and where nothing was."""

import numpy as np
import pandas as pd

from stcourse.applications.closing_rows import (
    APPLICATIONS,
    agreed,
    counted,
    sides,
    verdict_in_words,
)
from stlearn.data.units import in_words
from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, MARKERS, digits, new_figure

WIDEST = 100  # per cent; what lies beyond is drawn at the edge
NEEDED = ("application", "seed", "gain_low", "decision_unit", "decision_low")
BOTH = "forecast better, decision better"


def closing_table(rows):
    """Put the verdicts of all applications side by side.

    Args:
        rows: DataFrame of the lines that `stcourse.applications.closing_rows.make_row` gives, one
            for each seed, as `stcourse.experiments.run.read("applications")` reads them.

    Returns:
        DataFrame (application; ahead, best baseline, gain, forecast; decision, baseline's and
        network's cost, verdict of the decision). Numbers are means over the seeds, in brackets
        the smallest and the largest. Units of the costs are in `rows`.

    Raises:
        InputError: If an application is unknown or a line is missing a column.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.applications.closing_table import closing_table
        >>> closing_table(run.read("applications")).at["climate", "ahead"]
        '31 days'
    """
    _check(rows)
    lines = {}
    for name, part in rows.groupby("application", sort=False):
        gain, by_seed = 100 * part["gain"], sides(part)
        lines[APPLICATIONS[name].title] = {
            "ahead": in_words(pd.Timedelta(part["horizon"].iloc[0])),
            "best baseline": " / ".join(part["best_baseline"].unique()),
            "gain (%)": f"{gain.mean():z.0f} ({gain.min():z.0f} to {gain.max():z.0f})",
            "forecast": counted(by_seed["forecast"]),
            "decision": part["decision"].iloc[0],
            "its cost": digits(part["decision_baseline"].mean()),
            "network's": digits(part["decision_network"].mean()),
            "outcome": counted(by_seed["decision"]),
        }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("application")


def gains_of_all(rows):
    """Draw what the network gained over the best baseline: in the forecast, and in the decision.

    Args:
        rows: As in `closing_table`.

    Returns:
        (figure, sentence): a thin line for each seed, coloured where all seeds agree that the
        network is better or worse.

    Raises:
        InputError: As `closing_table`.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.applications.closing_table import gains_of_all
        >>> len(gains_of_all(run.read("applications"))[0].axes)
        2
    """
    _check(rows)
    cost = rows["decision_baseline"].where(rows["decision_baseline"] > 0)
    panels = {
        "forecast": rows[["gain", "gain_low", "gain_high"]].to_numpy(),
        "decision": np.column_stack(
            [
                (cost - rows["decision_network"]) / cost,
                -rows["decision_high"] / cost,
                -rows["decision_low"] / cost,
            ]
        ),
    }
    names = list(rows["application"].unique())
    group = rows.groupby("application")["seed"]
    aside = group.cumcount() - (group.transform("size") - 1) / 2
    places = rows["application"].map(names.index) + 0.2 * aside
    figure, grid = new_figure(1.4 + 0.45 * len(names), 1, 2, sharey=True)
    said, by_seed = [], sides(rows)
    for axes, (what, numbers) in zip(grid, panels.items()):
        settled = by_seed[what].groupby(rows["application"]).agg(agreed)
        for name, place, drawn in zip(rows["application"], places, 100 * numbers):
            colour = {"better": COLOURS[0], "worse": COLOURS[3]}.get(settled[name], "0.6")
            gain, *ends = np.clip(drawn, -WIDEST, WIDEST)
            marker = "<" if drawn[0] < -WIDEST else MARKERS[0]
            axes.plot(ends, [place, place], color=colour, linewidth=1.5)
            axes.plot(gain, place, marker, color=colour, markersize=4)
        axes.axvline(0, color="0.3", linestyle="--")
        axes.set_xlabel(f"Gain in the {what} (%)")
        axes.grid(axis="x", alpha=0.4)
        count = settled.value_counts()
        better, worse = count.get("better", 0), count.get("worse", 0)
        said.append(
            f"{what} better in {better}, worse in {worse}, "
            f"not shown to differ in {len(names) - better - worse}"
        )
    figure.axes[0].set_yticks(range(len(names)), [APPLICATIONS[name].title for name in names])
    figure.axes[0].set_ylim(len(names) - 0.5, -0.5)
    sentence = (
        f"Network against the best baseline in {len(names)} applications, a line with its 95 % "
        f"interval for each seed: {'; '.join(said)}. Grey: not all seeds agree that it is better, "
        f"or worse; an arrow: beyond {WIDEST} %."
    )
    free = [APPLICATIONS[name].title for name in rows["application"][cost.isna()].unique()]
    if free:
        sentence += (
            f" Seeds in which the baseline's decision earns have no share: {', '.join(free)}."
        )
    return figure, sentence


def not_won(rows):
    """Say where the network does not win, in the forecast or in the decision.

    Args:
        rows: As in `closing_table`.

    Returns:
        List of sentences, one for each application in which not both are better.

    Raises:
        InputError: As `closing_table`.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.applications.closing_table import not_won
        >>> all(sentence.endswith(".") for sentence in not_won(run.read("applications")))
        True
    """
    _check(rows)
    sentences = []
    for name, part in rows.groupby("application", sort=False):
        verdict = verdict_in_words(part)
        if verdict != BOTH:
            title, line = APPLICATIONS[name].title, part.iloc[0]
            sentences.append(
                f"{title[0].upper()}{title[1:]}: {verdict}. The decision ({line['decision']}) cost "
                f"{digits(part['decision_network'].mean())} with the network and "
                f"{digits(part['decision_baseline'].mean())} without, in {line['decision_unit']}."
            )
    return sentences


def seeds_that_differ(rows):
    """Say of which applications one seed alone would have told another story than all.

    Args:
        rows: As in `closing_table`.

    Returns:
        Sentence.

    Raises:
        InputError: As `closing_table`.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.applications.closing_table import seeds_that_differ
        >>> seeds_that_differ(run.read("applications")).endswith(".")
        True
    """
    _check(rows)
    by_seed = sides(rows)
    several = by_seed.groupby(rows["application"], sort=False).nunique() > 1
    told = []
    for what in several:
        titles = [APPLICATIONS[name].title for name in several.index[several[what]]]
        told.append(f"{what}: {', '.join(titles) or 'none'}")
    return f"Where the verdict changes with the seed, by {'; by '.join(told)}."


def agreement(row, stored):
    """Compare a line computed here with the one in the table.

    Args:
        row: Dict, as `make_row` gives it.
        stored: DataFrame, as in `closing_table`, with a line of this application and seed.

    Returns:
        Sentence.

    Raises:
        InputError: If the table has no such line.
    """
    _check(stored)
    line = stored[(stored["application"] == row["application"]) & (stored["seed"] == row["seed"])]
    if line.empty:
        raise InputError(
            f"stored: expected a line of {row['application']} with seed {row['seed']}, it has none"
        )
    line = line.iloc[0]
    apart = abs(row["error_network"] / line["error_network"] - 1)
    same = "the same" if verdict_in_words(row) == verdict_in_words(line) else "another"
    return (
        f"{row['application']}, seed {row['seed']}: the network's error is "
        f"{digits(row['error_network'])} here and {digits(line['error_network'])} in the table, "
        f"{100 * apart:.1f} % apart; {same} verdict."
    )


def _check(rows):
    if not isinstance(rows, pd.DataFrame) or not set(NEEDED) <= set(rows):
        raise InputError(f"rows: expected a DataFrame with the columns {', '.join(NEEDED)}, ...")
    unknown = set(rows["application"]) - set(APPLICATIONS)
    if unknown or rows.empty:
        raise InputError(f"rows: expected lines of known applications, got {sorted(unknown)}")
