"""The closing table of chapter 06, made readable: what was gained, and where nothing was."""

import numpy as np
import pandas as pd

from stcourse.applications.lines import OPEN, PARTS, in_words, side, verdicts
from stlearn.data.units import in_words as duration_in_words
from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, MARKERS, digits, new_figure

WIDEST = 100  # per cent; what lies beyond is drawn at the edge
NEEDED = ("part", "seed", "gain", "gain_low", "decision_unit", "decision_low")


def closing_table(rows):
    """Put the verdicts of all parts side by side.

    Args:
        rows: DataFrame of the lines that `stcourse.applications.lines.make_line` gives, one for
            each seed, as `stcourse.experiments.run.read("applications")` reads them.

    Returns:
        DataFrame (part; ahead, best baseline, gain, forecast; decision, against, baseline's and
        network's cost, unit, outcome). Numbers are means over the seeds, in brackets the smallest
        and the largest; forecast and outcome are the verdicts of
        `stcourse.applications.lines.verdicts`.

    Raises:
        InputError: If a part is unknown, has one seed only, or a line is missing a column.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.applications.closing_table import closing_table
        >>> closing_table(run.read("applications")).at["climate", "ahead"]
        '2 months'
    """
    _check(rows)
    found, lines = verdicts(rows), {}
    for name, part in rows.groupby("part", sort=False):
        gain = 100 * part["gain"]
        lines[PARTS[name].title] = {
            "ahead": duration_in_words(pd.Timedelta(part["horizon"].iloc[0])),
            "best baseline": " / ".join(part["best_baseline"].unique()),
            "gain (%)": f"{gain.mean():z.0f} ({gain.min():z.0f} to {gain.max():z.0f})",
            "forecast": found.at[name, "forecast"],
            "decision": part["decision"].iloc[0],
            "against": " / ".join(part["decision_against"].unique()),
            "its cost": digits(part["decision_baseline"].mean()),
            "network's": digits(part["decision_network"].mean()),
            "unit": part["decision_unit"].iloc[0],
            "outcome": found.at[name, "decision"],
        }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("part")


def gains_of_all(rows):
    """Draw what the network gained over the best baseline: in the forecast, and in the decision.

    Args:
        rows: As in `closing_table`.

    Returns:
        (figure, sentence): a thin line for each seed, coloured where the verdict over all seeds is
        that the network is better or worse.

    Raises:
        InputError: As `closing_table`.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.applications.closing_table import gains_of_all
        >>> len(gains_of_all(run.read("applications"))[0].axes)
        2
    """
    _check(rows)
    found = verdicts(rows)
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
    names = list(found.index)
    group = rows.groupby("part")["seed"]
    size = group.transform("size")
    aside = (group.cumcount() - (size - 1) / 2) / size
    places = rows["part"].map(names.index) + 0.7 * aside
    figure, grid = new_figure(1.4 + 0.5 * len(names), 1, 2, sharey=True)
    said = []
    for axes, (what, numbers) in zip(grid, panels.items()):
        for name, place, drawn in zip(rows["part"], places, 100 * numbers):
            verdict = found.at[name, what]
            colour = {"better": COLOURS[0], "worse": COLOURS[3]}.get(verdict, "0.6")
            gain, *ends = np.clip(drawn, -WIDEST, WIDEST)
            marker = "<" if drawn[0] < -WIDEST else MARKERS[0]
            axes.plot(ends, [place, place], color=colour, linewidth=1.2)
            axes.plot(gain, place, marker, color=colour, markersize=3.5)
        axes.axvline(0, color="0.3", linestyle="--")
        axes.set_xlabel(f"Gain in the {what} (%)")
        axes.grid(axis="x", alpha=0.4)
        count = found[what].value_counts()
        said.append(
            f"{what} better in {count.get('better', 0)}, worse in {count.get('worse', 0)}, "
            f"{OPEN} in {count.get(OPEN, 0)}"
        )
    figure.axes[0].set_yticks(range(len(names)), [PARTS[name].title for name in names])
    figure.axes[0].set_ylim(len(names) - 0.5, -0.5)
    sentence = (
        f"Network against baseline in {len(names)} parts, a line with its 95 % interval for each "
        f"seed: {'; '.join(said)}. Grey: the seeds together do not show a difference; an arrow: "
        f"beyond {WIDEST} %."
    )
    free = [PARTS[name].title for name in rows["part"][cost.isna()].unique()]
    if free:
        sentence += (
            f" Where the baseline's decision earned money there is no cost to save, and a seed is "
            f"left out: {', '.join(free)}."
        )
    return figure, sentence


def where_won(rows):
    """Say which parts the network wins in the forecast, in the decision, in both and in neither.

    Args:
        rows: As in `closing_table`.

    Returns:
        Sentence.

    Raises:
        InputError: As `closing_table`.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.applications.closing_table import where_won
        >>> where_won(run.read("applications")).startswith("Better in both: ")
        True
    """
    _check(rows)
    won = verdicts(rows)[["forecast", "decision"]] == "better"
    groups = {
        "Better in both": won.all(axis=1),
        "in the forecast alone": won["forecast"] & ~won["decision"],
        "in the decision alone": won["decision"] & ~won["forecast"],
        "in neither": ~won.any(axis=1),
    }
    told = [
        f"{what}: {', '.join(PARTS[name].title for name in won.index[which]) or 'none'}"
        for what, which in groups.items()
    ]
    return f"{'; '.join(told)}."


def seeds_that_differ(rows):
    """Say of which parts one seed alone would have told another story than the next.

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
    by_seed = pd.DataFrame(
        {
            "forecast": map(side, rows["gain_low"], rows["gain_high"]),
            "decision": map(side, -rows["decision_high"], -rows["decision_low"]),
        },
        rows.index,
    )
    several = by_seed.groupby(rows["part"], sort=False).nunique() > 1
    told = []
    for what in several:
        titles = [PARTS[name].title for name in several.index[several[what]]]
        told.append(f"{what}: {', '.join(titles) or 'none'}")
    return f"Where the verdict changes with the seed, by {'; by '.join(told)}."


def agreement(line, stored):
    """Compare a line computed here with the one in the table.

    Args:
        line: Dict, as `stcourse.applications.lines.make_line` gives it.
        stored: DataFrame, as in `closing_table`.

    Returns:
        Sentence; where the table has no such line, it says so.

    Raises:
        InputError: As `closing_table`.

    Example:
        >>> from stcourse.experiments import run
        >>> from stcourse.applications.closing_table import agreement
        >>> stored = run.read("applications")
        >>> agreement(stored.iloc[0].to_dict(), stored)
        'traffic, seed 0: error as in the table, the same verdict.'
    """
    _check(stored)
    place = f"{PARTS[line['part']].title}, seed {line['seed']}"
    same = stored[(stored["part"] == line["part"]) & (stored["seed"] == line["seed"])]
    if same.empty:
        return f"{place}: the table has no such line."
    same = same.iloc[0]
    verdict = "the same" if in_words(line) == in_words(same) else "another"
    apart = abs(line["error_network"] / same["error_network"] - 1)
    if apart < 0.001:
        return f"{place}: error as in the table, {verdict} verdict."
    return (
        f"{place}: the network's error is {digits(line['error_network'])} here and "
        f"{digits(same['error_network'])} in the table, {100 * apart:.1f} % apart; "
        f"{verdict} verdict."
    )


def _check(rows):
    if not isinstance(rows, pd.DataFrame) or not set(NEEDED) <= set(rows):
        raise InputError(f"rows: expected a DataFrame with the columns {', '.join(NEEDED)}, ...")
    unknown = set(rows["part"]) - set(PARTS)
    if unknown or rows.empty:
        raise InputError(f"rows: expected lines of known parts, got {sorted(unknown)}")
