"""2.4: cut every window out of a table."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches


def cut_all_windows(values, lookback, horizon):
    """Cut every complete window out of a table of values.

    Args:
        values: Array (time, node).
        lookback: Rows of past in a window.
        horizon: Rows of future right after them.

    Returns:
        (past, future): arrays (window, lookback, node) and (window, horizon, node), in the order
        of time. Each window starts one row after the one before.
    """
    origins = range(lookback, len(values) - horizon + 1)
    past = np.stack([values[origin - lookback : origin] for origin in origins])
    future = np.stack([values[origin : origin + horizon] for origin in origins])
    return past, future


@st.composite
def _table_to_cut(draw):
    lookback, horizon = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rows, nodes = lookback + horizon + draw(st.integers(1, 3)), draw(st.integers(1, 2))
    # The number says where it stands: 21 is row 2, node 1.
    values = 10.0 * np.arange(rows)[:, None] + np.arange(nodes)
    return {"values": values, "lookback": lookback, "horizon": horizon}


def _by_view(values, lookback, horizon):
    view = np.lib.stride_tricks.sliding_window_view(values, lookback + horizon, axis=0)
    windows = np.moveaxis(view, -1, 1)
    return windows[:, :lookback], windows[:, lookback:]


def _by_index(values, lookback, horizon):
    starts = np.arange(len(values) - lookback - horizon + 1)[:, None]
    return values[starts + np.arange(lookback)], values[starts + lookback + np.arange(horizon)]


EXERCISE = Exercise(
    id="2.4",
    title="Cut windows",
    section="2.4 Windows",
    difficulty=2,
    minutes=6,
    matters="A window that is one row off shows the answer to the network.",
    hints=(
        "Call the row where the future begins the origin. Which is the first origin, which "
        "the last?",
        "The past of an origin is `values[origin - lookback : origin]`. The last future ends "
        "with the last row, so the last origin is `len(values) - horizon`.",
        "Loop over `range(lookback, len(values) - horizon + 1)` and put the pieces together "
        "with `np.stack`.",
    ),
    solution=cut_all_windows,
    cases=_table_to_cut(),
    properties=(matches(cut_all_windows),),
    mistakes=read_mistakes(cut_all_windows),
    also_right=(_by_view, _by_index),
)
