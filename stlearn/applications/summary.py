"""The closing table of chapter 06, made readable: what was gained, and where nothing was."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from stlearn.applications.rows import APPLICATIONS, verdict_in_words
from stlearn.errors import InputError
from stlearn.plot import COLOURS, MARKERS, shown

WIDEST = 100  # per cent; what lies beyond is drawn at the edge


def closing_table(rows):
    """Put the verdicts of all applications side by side.

    Args:
        rows: DataFrame of the lines that `stlearn.applications.rows.make_row` gives, as
            `stlearn.bench.read("applications")` reads them.

    Returns:
        DataFrame (application; ahead, best baseline, gain in the forecast, decision, baseline's
        and network's cost, verdict). Units of the costs are in `rows`.

    Raises:
        InputError: If an application is unknown or a line is missing a column.

    Example:
        >>> from stlearn import bench
        >>> from stlearn.applications.summary import closing_table
        >>> len(closing_table(bench.read("applications")))
        12
    """
    _check(rows)
    lines = {}
    for row in rows.to_dict("records"):
        low, high = 100 * row["gain_low"], 100 * row["gain_high"]
        interval = "" if np.isnan(low) else f" ({low:z.0f} to {high:z.0f})"
        lines[APPLICATIONS[row["application"]][0]] = {
            "ahead": _in_words(pd.Timedelta(row["horizon"])),
            "best baseline": row["best_baseline"],
            "gain (%)": f"{100 * row['gain']:z.0f}{interval}",
            "decision": row["decision"],
            "its cost": shown(row["decision_baseline"]),
            "network's": shown(row["decision_network"]),
            "verdict": verdict_in_words(row),
        }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("application")


def gains_of_all(rows):
    """Draw what the network gained over the best baseline: in the forecast, and in the decision.

    Args:
        rows: As in `closing_table`.

    Returns:
        (figure, sentence). A gain whose interval lies on one side of zero is filled.

    Raises:
        InputError: As `closing_table`.

    Example:
        >>> from stlearn import bench
        >>> from stlearn.applications.summary import gains_of_all
        >>> len(gains_of_all(bench.read("applications"))[0].axes)
        2
    """
    _check(rows)
    cost = rows["decision_baseline"]
    if not (cost > 0).all():
        raise InputError("rows: expected a cost of the baseline's decision above 0 in each line")
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
    figure = Figure(figsize=(8, 1.4 + 0.32 * len(rows)), layout="constrained")
    said = []
    for axes, (what, numbers) in zip(figure.subplots(1, 2, sharey=True), panels.items()):
        better, worse = numbers[:, 1] > 0, numbers[:, 2] < 0
        for place, drawn in enumerate(100 * numbers):
            clear = better[place] or worse[place]
            colour = COLOURS[3] if worse[place] else COLOURS[0]
            gain, *ends = np.clip(drawn, -WIDEST, WIDEST)
            axes.plot(ends, [place, place], color=colour, linewidth=2)
            axes.plot(
                gain, place, "<" if drawn[0] < -WIDEST else MARKERS[0], color=colour,
                markerfacecolor=colour if clear else "white", markersize=7,
            )  # fmt: skip
        axes.axvline(0, color="0.3", linestyle="--")
        axes.set_xlabel(f"Gain in the {what} (%)")
        axes.grid(axis="x", alpha=0.4)
        said.append(
            f"{what} better in {better.sum()}, worse in {worse.sum()}, "
            f"not shown to differ in {(~better & ~worse).sum()}"
        )
    figure.axes[0].set_yticks(range(len(rows)), [APPLICATIONS[n][0] for n in rows["application"]])
    figure.axes[0].set_ylim(len(rows) - 0.5, -0.5)
    sentence = (
        f"Network against the best baseline in {len(rows)} applications, with 95 % intervals: "
        f"{'; '.join(said)}. Filled: the interval excludes zero; an arrow: beyond {WIDEST} %."
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
        >>> from stlearn import bench
        >>> from stlearn.applications.summary import not_won
        >>> all(sentence.endswith(".") for sentence in not_won(bench.read("applications")))
        True
    """
    _check(rows)
    sentences = []
    for row in rows.to_dict("records"):
        verdict = verdict_in_words(row)
        if verdict != "forecast better, decision better":
            title = APPLICATIONS[row["application"]][0]
            sentences.append(
                f"{title[0].upper()}{title[1:]}: {verdict}. The decision ({row['decision']}) cost "
                f"{shown(row['decision_network'])} with the network and "
                f"{shown(row['decision_baseline'])} without, in {row['decision_unit']}."
            )
    return sentences


def agreement(row, stored):
    """Compare a line computed here with the one in the table.

    Args:
        row: Dict, as `make_row` gives it.
        stored: DataFrame, as in `closing_table`.

    Returns:
        Sentence.

    Raises:
        InputError: If the table has no such line.
    """
    _check(stored)
    line = stored[stored["application"] == row["application"]]
    if line.empty:
        raise InputError(f"stored: expected a line of {row['application']}, it has none")
    line = line.iloc[0]
    apart = abs(row["error_network"] / line["error_network"] - 1)
    same = "the same" if verdict_in_words(row) == verdict_in_words(line) else "another"
    return (
        f"{row['application']}: the network's error is {shown(row['error_network'])} here and "
        f"{shown(line['error_network'])} in the table, {100 * apart:.1f} % apart; {same} verdict."
    )


def _check(rows):
    wanted = ["application", "gain_low", "decision_unit", "decision_low"]
    if not isinstance(rows, pd.DataFrame) or not set(wanted) <= set(rows):
        raise InputError(f"rows: expected a DataFrame with the columns {', '.join(wanted)}, ...")
    unknown = set(rows["application"]) - set(APPLICATIONS)
    if unknown or rows.empty:
        raise InputError(f"rows: expected lines of known applications, got {sorted(unknown)}")


def _in_words(horizon):
    for unit, name in (("1D", "days"), ("1h", "hours"), ("1min", "minutes")):
        number = horizon / pd.Timedelta(unit)
        if number >= 1:
            return f"{number:g} {name if number > 1 else name[:-1]}"
    return str(horizon)
