"""How a trained network is asked about a change that it never saw: by hand (6.4 and 6.5).

Both are done in practice. Chapter 06b shows what the answers are worth.
"""

import copy

from stcourse.worlds.motorway import PEAKS, SHOULDER
from stlearn.errors import InputError


def moved(table, share):
    """Move a share of what each peak holds to the hour and a half on either side of it.

    Args:
        table: Series or DataFrame over time, with whole days.
        share: Share of the peak that moves, from 0 to 1.

    Returns:
        The same, with the same sum on each day.

    Raises:
        InputError: If the share is out of range.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.policy.scenarios import moved
        >>> times = pd.date_range("2026-03-02", periods=48, freq="30min")
        >>> later = moved(pd.Series(100.0, times), 0.5)
        >>> later[["2026-03-02 07:00", "2026-03-02 10:00"]].tolist(), float(later.sum())
        ([50.0, 150.0], 4800.0)
    """
    if not 0 <= share <= 1:
        raise InputError(f"share: expected a number from 0 to 1, got {share!r}")
    hours, days = table.index.hour + table.index.minute / 60, table.index.normalize()
    result = table.astype(float)
    for first, last in PEAKS:
        inside = (hours >= first) & (hours < last)
        around = (hours >= first - SHOULDER) & (hours < last + SHOULDER) & ~inside
        for day in days.unique():
            today = days == day
            leaves = share * table[inside & today].sum() / (around & today).sum()
            result[around & today] += leaves
        result[inside] *= 1 - share
    return result


def with_graph(forecaster, adjacency):
    """Return a trained network with another graph and the same weights.

    Args:
        forecaster: A fitted `stlearn.Forecaster` with the model stn.
        adjacency: DataFrame (node, node) of the nodes that it was fitted on.

    Raises:
        InputError: If the nodes differ: each has numbers that were learned for it alone.
    """
    if list(adjacency.columns) != list(forecaster.nodes):
        unknown = [node for node in adjacency.columns if node not in forecaster.nodes]
        raise InputError(f"adjacency: expected the nodes of the training, got {unknown} as well")
    from stlearn.networks import models  # TensorFlow: seconds to import, and only needed here

    again, settings = copy.copy(forecaster), forecaster.settings or {}
    shape = len(forecaster.nodes), forecaster.lookback, forecaster.horizon
    built = []
    for trained in (forecaster.network, *forecaster.further):
        network = models.stn(
            *shape, len(forecaster.calendar_columns), adjacency,
            quantiles=len(forecaster.quantiles), **settings,
        )  # fmt: skip
        network.set_weights(trained.get_weights())
        network.compile(run_eagerly=True)  # a graph of TensorFlow for a dozen batches costs more
        built.append(network)
    again.network, *again.further = built
    return again
