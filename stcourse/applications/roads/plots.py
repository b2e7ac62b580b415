"""Figures of the notebook on roads: drives by departure, and what is traded against what.

As in `stlearn.plots.style`, every function returns (figure, sentence).
"""

import pandas as pd

from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, LINES, MARKERS, digits, new_figure

STEP = pd.Timedelta("15min")


def drives(minutes, first="05:00", last="12:00"):
    """Draw how long a drive takes by the time of departure: the median and the middle 80 %.

    Args:
        minutes: Series (time of departure) of minutes, several days.
        first, last: Times of day between which departures are shown.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If no working day has departures between these times.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.roads.plots import drives
        >>> times = pd.date_range("2026-03-02", periods=288, freq="5min")
        >>> figure, sentence = drives(pd.Series(20.0, times))
        >>> figure.axes[0].get_ylabel()
        'Minutes on the road'
    """
    known = minutes[minutes.index.day_of_week < 5].between_time(first, last)
    if known.empty:
        raise InputError(f"minutes: no departure of a working day between {first} and {last}")
    clock = known.index.floor(STEP)
    hour = clock.hour + clock.minute / 60
    low, middle, high = (known.groupby(hour).quantile(share) for share in (0.1, 0.5, 0.9))
    figure, axes = new_figure(3.8)
    axes.fill_between(low.index, low, high, color=COLOURS[0], alpha=0.25, label="8 days of 10")
    axes.plot(middle.index, middle, color=COLOURS[0], marker=MARKERS[0], ms=4, label="median")
    axes.set_xlabel("Hour of departure")
    axes.set_ylabel("Minutes on the road")
    axes.set_ylim(bottom=0)
    axes.legend()
    axes.grid(alpha=0.4)
    widest = (high - low).idxmax()
    named = f"{int(widest)}:{round(widest % 1 * 60):02d}"
    sentence = (
        f"The median drive takes {middle.min():.0f} to {middle.max():.0f} minutes; days differ "
        f"most at {named}, from {low[widest]:.0f} to {high[widest]:.0f} minutes on eight of ten."
    )
    return figure, sentence


def unaware(table):
    """Draw how long incidents go unnoticed against the false alarms of a day.

    Args:
        table: DataFrame (forecaster and rate) with the columns "false alarms a day" and
            "minutes unaware", as `stcourse.applications.roads.monitoring.trade` gives it.

    Returns:
        (figure, sentence). The sentence compares the shortest that each forecaster gets with at
        most two false alarms a day.

    Raises:
        InputError: If a column is missing.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.roads.plots import unaware
        >>> index = pd.MultiIndex.from_product([["stn"], [1, 2]])
        >>> table = {"false alarms a day": [1.0, 1.5], "minutes unaware": [30.0, 12.0]}
        >>> unaware(pd.DataFrame(table, index))[1]
        'With at most 2 false alarms a day, an incident goes unnoticed for: stn 12 minutes.'
    """
    x, y = "false alarms a day", "minutes unaware"
    if not {x, y} <= set(table):
        raise InputError(f"table: expected the columns {x} and {y}, got {list(table)}")
    figure, axes = new_figure(4)
    said = []
    for place, (name, rows) in enumerate(table.groupby(level=0, sort=False)):
        _line(axes, rows[x], rows[y], place, name)
        bearable = rows[rows[x] <= 2]
        best = f"{bearable[y].min():.0f} minutes" if len(bearable) else "none has so few"
        said.append(f"{name} {best}")
    axes.set_xlabel("False alarms a day, in the weeks watched")
    axes.set_ylabel("Minutes that an incident\ngoes unnoticed (mean)")
    axes.set_ylim(bottom=0)
    _finish(figure, axes)
    return figure, (
        f"With at most 2 false alarms a day, an incident goes unnoticed for: {', '.join(said)}."
    )


def waiting(table, at):
    """Draw how much longer passengers wait than if the demand were known, against the bus hours.

    Args:
        table: DataFrame (bus hours a day; "known demand" and a column for each other way to share
            the buses out) of hours waited a day, as `stcourse.applications.roads.buses.trade`
            gives it.
        at: Bus hours a day, a row of the table, that the sentence speaks of.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the table has no such row, or no column "known demand".

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.roads.plots import waiting
        >>> hours = {"stn": [990.0, 525.0], "known demand": [900.0, 500.0]}
        >>> waiting(pd.DataFrame(hours, index=[400.0, 600.0]), 600)[1][:76]
        'With 600 bus hours a day and known demand, passengers wait 500 hours a day; '
    """
    if at not in table.index or "known demand" not in table:
        raise InputError(
            f"at, table: expected the column known demand and one of the rows {list(table.index)}, "
            f"got {at!r} and {list(table)}"
        )
    known = table["known demand"]
    longer = 100 * (table.drop(columns="known demand").div(known, axis=0) - 1)
    figure, axes = new_figure(4.2)
    for place, name in enumerate(longer):
        _line(axes, longer.index, longer[name], place, name)
    axes.axhline(0, color="0.3", linewidth=1)
    axes.set_xlabel("Bus hours a day")
    axes.set_ylabel("Hours waited, more than\nwith known demand (%)")
    _finish(figure, axes)
    said = ", ".join(f"{name} {more:z.1f} %" for name, more in longer.loc[at].items())
    sentence = (
        f"With {digits(at)} bus hours a day and known demand, passengers wait {digits(known[at])} "
        f"hours a day; more by: {said}."
    )
    return figure, sentence


def _line(axes, x, y, place, name):
    look = {"color": COLOURS[place], "linestyle": LINES[place % 4], "marker": MARKERS[place % 5]}
    axes.plot(x, y, markersize=5, label=name, **look)


def _finish(figure, axes):
    axes.grid(alpha=0.4)
    figure.legend(loc="outside lower center", ncols=4)
