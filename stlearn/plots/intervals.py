"""Figures of intervals: what they hold, state by state; see `plot`."""

import pandas as pd

from stlearn.data.units import in_words
from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, MARKERS, NETWORK_COLOUR, new_figure


def coverage_by_state(by_state, share, minutes, step=None):
    """Draw what the intervals of each model hold in each state that is known at the origin.

    Args:
        by_state: DataFrame as `Comparison.by_state` returns it; the last model is the one that the
            figure is about.
        share: Share of the targets that the intervals promise to hold.
        minutes: Minutes ahead that are shown.
        step: Time between two rows, in whose unit the time ahead is said; minutes when not given.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the table has no row for these minutes.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.intervals import coverage_by_state
        >>> rows = {"model": "stn", "state": ["free, steady", "jam, steady"], "share": [0.9, 0.1],
        ...         "horizon_minutes": 30, "coverage": [0.91, 0.88]}
        >>> figure, sentence = coverage_by_state(pd.DataFrame(rows), 0.9, 30)
        >>> sentence[:62]
        'Of what came after 30 minutes, 91 % lie inside the 90 % interv'
    """
    shown = by_state[by_state["horizon_minutes"] == minutes]
    if not len(shown):
        known = ", ".join(f"{each:g}" for each in by_state["horizon_minutes"].unique())
        raise InputError(f"minutes: expected one of {known}, got {minutes!r}")
    states = list(shown["state"].unique())
    models = list(shown["model"].unique())
    figure, axes = new_figure(4)
    others = [colour for colour in COLOURS if colour != NETWORK_COLOUR]
    for place, model in enumerate(models):
        of_model = shown[shown["model"] == model].set_index("state").loc[states]
        look = {"color": others[place % len(others)], "markersize": 6, "alpha": 0.9}
        if place == len(models) - 1:
            look |= {"color": NETWORK_COLOUR, "markersize": 11, "zorder": 3}
        axes.plot(
            100 * of_model["coverage"], range(len(states)), MARKERS[place % 7], label=model, **look
        )
    axes.axvline(100 * share, color="0.2", linestyle="--", linewidth=1, label="promised")
    shares = shown.groupby("state")["share"].first()
    axes.set_yticks(
        range(len(states)), [f"{state}\n({100 * shares[state]:.1f} % of all)" for state in states]
    )
    axes.set_ylim(len(states) - 0.5, -0.5)
    axes.set_xlabel("Held by the interval (%)")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    said = "; ".join(
        f"{100 * held:.0f} % {'lie ' if not place else ''}"
        f"{f'inside the {100 * share:g} % interval of {models[-1]} ' if not place else ''}"
        f"in the state {state}"
        for place, (state, held) in enumerate(of_model["coverage"].dropna().items())
    )
    ahead = in_words(pd.Timedelta(minutes, unit="min"), step)
    sentence = f"Of what came after {ahead}, {said}. The state is that at the forecast."
    return figure, sentence
