"""Figures of chapter 04: how networks grow, what a dynamic kernel does, errors day by day.

As in `plot`, every function returns (figure, sentence).
"""

import numpy as np

from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, LINES, MARKERS, clock, digits, label_times, new_figure


def parameters_by_nodes(counts):
    """Draw how the number of trained parameters grows with the number of nodes.

    Args:
        counts: DataFrame of parameters, index the number of nodes, a column for each network.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there are fewer than two sizes.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.layers import parameters_by_nodes
        >>> counts = pd.DataFrame({"a": [110, 210], "b": [50, 50]}, index=[10, 20])
        >>> parameters_by_nodes(counts)[1]
        'Parameters at 20 nodes: a 210, b 50; each further node adds: a 10, b 0.'
    """
    if len(counts) < 2:
        raise InputError(f"counts: expected at least two numbers of nodes, got {len(counts)}")
    figure, axes = new_figure(4)
    for place, name in enumerate(counts):
        look = {"color": COLOURS[place], "linestyle": LINES[place % 4], "marker": MARKERS[place]}
        axes.plot(counts.index, counts[name] / 1000, label=name, linewidth=2, **look)
    axes.set_xlabel("Nodes (sensors)")
    axes.set_ylabel("Trained parameters (thousands)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.4)
    axes.legend()
    slope = (counts.iloc[-1] - counts.iloc[0]) / (counts.index[-1] - counts.index[0])
    largest = ", ".join(f"{name} {count:,}" for name, count in counts.iloc[-1].items())
    growth = ", ".join(f"{name} {each:,.0f}" for name, each in slope.items())
    return figure, (
        f"Parameters at {counts.index[-1]} nodes: {largest}; each further node adds: {growth}."
    )


def kernel_over_time(speed, kernel, unit):
    """Draw a dynamic kernel over time, under the speed that it is made from.

    Args:
        speed: Series (time,) of one node.
        kernel: Array (time, tap): the weights that the layer made at each time; tap 0 is the
            present.
        unit: Unit of the speed.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the kernel has another number of times than the speed.

    Example:
        >>> import numpy as np, pandas as pd
        >>> from stlearn.plots.layers import kernel_over_time
        >>> times = pd.date_range("2025-05-05 08:00", periods=3, freq="5min")
        >>> kernel = np.array([[0.5, 0.0], [0.5, 0.2], [0.5, -0.3]])
        >>> kernel_over_time(pd.Series([90.0, 50.0, 40.0], times), kernel, "km/h")[1]
        'The weights vary over the time shown: tap 0 from 0.50 to 0.50, tap 1 from -0.30 to 0.20.'
    """
    kernel = np.asarray(kernel)
    if kernel.ndim != 2 or len(kernel) != len(speed):
        raise InputError(
            f"kernel: expected shape (time, tap) with {len(speed)} times, got {kernel.shape}"
        )
    figure, (above, below) = new_figure(4.6, 2, 1, sharex=True, height_ratios=(1, 1.5))
    above.plot(clock(speed.index), speed, color="0.3")
    above.set_ylabel(f"Speed ({unit})")
    said = []
    for tap, weights in enumerate(kernel.T):
        look = {"color": COLOURS[tap % 10], "linestyle": LINES[tap % 4], "linewidth": 1.8}
        below.plot(clock(speed.index), weights, label=f"tap {tap}", **look)
        said.append(f"tap {tap} from {weights.min():.2f} to {weights.max():.2f}")
    below.set_ylabel("Weight")
    below.legend(ncols=kernel.shape[1], loc="upper left", bbox_to_anchor=(0, -0.22), frameon=False)
    for axes in (above, below):
        axes.grid(alpha=0.4)
    label_times(below)
    return figure, f"The weights vary over the time shown: {', '.join(said)}."


def error_by_day(errors, unit, what="all detectors"):
    """Draw the mean absolute error of each day, a line for each way of forecasting.

    Args:
        errors: DataFrame (day, variant).
        unit: Unit of the errors.
        what: Where they were measured.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there is no day.

    Example:
        >>> import pandas as pd
        >>> from stlearn.plots.layers import error_by_day
        >>> days = pd.to_datetime(["2025-06-02", "2025-06-03"])
        >>> error_by_day(pd.DataFrame({"no update": [2.0, 3.0], "t = 1": [2.0, 2.5]}, days), "km/h")[1]
        'Mean over 2 days at all detectors, km/h: no update 2.5, t = 1 2.25.'
    """  # noqa: E501
    if not len(errors):
        raise InputError("errors: expected at least one day")
    figure, axes = new_figure(4.2)
    places = np.arange(len(errors))
    for place, name in enumerate(errors):
        look = {"color": COLOURS[place], "linestyle": LINES[place % 4], "marker": MARKERS[place]}
        axes.plot(places, errors[name], label=name, markersize=5, **look)
    days = [f"{day:%a}\n{day.day} {day:%b}" for day in errors.index]
    axes.set_xticks(places, days, fontsize="small")
    axes.set_xlabel("Day")
    axes.set_ylabel(f"Mean absolute error ({unit}), {what}")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.4)
    figure.legend(loc="outside lower center", ncols=errors.shape[1])
    means = ", ".join(f"{name} {digits(mean)}" for name, mean in errors.mean().items())
    return figure, f"Mean over {len(errors)} days at {what}, {unit}: {means}."
