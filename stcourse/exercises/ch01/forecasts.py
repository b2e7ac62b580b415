"""Wrong answers that learners give to exercises 1.4 and 1.5, and other right ones."""

import numpy as np
import pandas as pd

from stcourse.engine.exercise import Mistake

# 1.4


def _lag(up, down, lags):
    return int(pd.Series({lag: up.corr(down.shift(lag)) for lag in lags}).idxmax())


def _both(longest):
    return range(-longest, longest + 1)


def _speed(lag, kilometres):
    return -kilometres / (lag * 5 / 60) if lag else np.nan


def _lag_reversed(upstream, downstream, kilometres, longest=12):
    lag = _lag(downstream.diff(), upstream.diff(), _both(longest))
    return lag, _speed(lag, kilometres)


def _levels(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream, downstream, _both(longest))
    return lag, _speed(lag, kilometres)


def _one_side(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), range(longest + 1))
    return lag, _speed(lag, kilometres)


def _last_lag_missing(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), range(-longest, longest))
    return lag, _speed(lag, kilometres)


def _always_twelve(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(12))
    return lag, _speed(lag, kilometres)


def _either_sign(upstream, downstream, kilometres, longest=12):
    up, down = upstream.diff(), downstream.diff()
    lag = max(_both(longest), key=lambda lag: abs(up.corr(down.shift(lag))))
    return lag, _speed(lag, kilometres)


def _gaps_in_correlation(upstream, downstream, kilometres, longest=12):
    up, down = upstream.diff(), downstream.diff()
    best, chosen = -1, 0
    for lag in _both(longest):
        agreement = np.corrcoef(up, down.shift(lag))[0, 1]
        if agreement > best:
            best, chosen = agreement, lag
    return chosen, _speed(chosen, kilometres)


def _off_by_one(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(longest)) + longest
    return lag, _speed(lag, kilometres)


def _no_direction(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(longest))
    return lag, kilometres / (lag * 5 / 60) if lag else np.nan


def _a_minute(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(longest))
    return lag, -kilometres / (lag * 5) if lag else np.nan


def _a_step_is_an_hour(upstream, downstream, kilometres, longest=12):
    lag = _lag(upstream.diff(), downstream.diff(), _both(longest))
    return lag, -kilometres / lag if lag else np.nan


def _found(upstream, downstream, longest):
    return _lag(upstream.diff(), downstream.diff(), _both(longest))


def _after(change):
    def wrong(upstream, downstream, kilometres, longest=12):
        lag = _lag(change(upstream), change(downstream), _both(longest))
        return lag, _speed(lag, kilometres)

    return wrong


WAVE = (
    Mistake(
        "lag reversed",
        _lag_reversed,
        "The lag has the wrong sign: the upstream series was shifted. Positive means that "
        "upstream comes later, so shift the downstream one.",
    ),
    Mistake(
        "levels compared",
        _levels,
        "Levels are compared, not changes. Both places are slow at the same hours, which agrees "
        "at any lag.",
    ),
    Mistake(
        "one side searched",
        _one_side,
        "Only lags from 0 on are tried. A wave may also run downstream; let the data say so.",
    ),
    Mistake(
        "last lag missing",
        _last_lag_missing,
        "The largest lag is never tried: a `range` stops before its end.",
    ),
    Mistake(
        "always 12 steps",
        _always_twelve,
        "Lags up to 12 are tried whatever `longest` says.",
    ),
    Mistake(
        "correlation of either sign",
        _either_sign,
        "A strong negative correlation is taken for agreement. It means that one place gets "
        "faster when the other gets slower; a wave that travels keeps its sign.",
    ),
    Mistake(
        "correlation is NaN",
        _gaps_in_correlation,
        "`np.corrcoef` gives NaN as soon as one value is missing, and NaN is never the largest. "
        "The correlation of pandas leaves missing pairs out.",
    ),
    Mistake(
        "position for lag",
        _off_by_one,
        "This is the position in the list of lags. The list begins at -longest, so position 0 is "
        "no lag of 0.",
    ),
    Mistake(
        "speed without direction",
        _no_direction,
        "The sign of the speed is missing: a positive lag means that the wave runs upstream, "
        "against the cars, and gets a minus.",
    ),
    Mistake(
        "kilometres a minute",
        _a_minute,
        "This speed is in kilometres a minute. Turn the lag into hours first.",
    ),
    Mistake(
        "a step taken for an hour",
        _a_step_is_an_hour,
        "A step is taken for an hour, but it is 5 minutes.",
    ),
    Mistake(
        "lag in minutes",
        lambda upstream, downstream, kilometres, longest=12: (
            5 * _found(upstream, downstream, longest),
            _speed(_found(upstream, downstream, longest), kilometres),
        ),
        "The lag is in minutes. It is counted in steps of 5 minutes.",
    ),
    Mistake(
        "gaps carried forward",
        _after(lambda series: series.ffill().diff()),
        "Missing values are carried forward before the changes are taken. That makes changes of "
        "0, and a jump later, that nobody measured.",
    ),
    Mistake(
        "gaps set to zero",
        _after(lambda series: series.fillna(0).diff()),
        "Missing values are set to 0 before the changes are taken: two huge jumps that nobody "
        "measured then decide.",
    ),
    Mistake(
        "gaps dropped",
        _after(lambda series: series.dropna().diff()),
        "Missing values are dropped before the changes are taken. A change then spans 10 "
        "minutes where a value is missing.",
    ),
    Mistake(
        "relative changes",
        _after(lambda series: series.pct_change()),
        "These are changes in per cent of the speed before, which weighs a change in a jam "
        "more. `diff` gives the change itself.",
    ),
    Mistake(
        "standing wave is zero",
        lambda upstream, downstream, kilometres, longest=12: (
            lambda lag: (lag, _speed(lag, kilometres) if lag else 0.0)
        )(_found(upstream, downstream, longest)),
        "At lag 0 both places change at the same time, and no speed can be said: NaN. 0 km/h "
        "would be a wave that stands still.",
    ),
    Mistake(
        "infinite speed",
        lambda upstream, downstream, kilometres, longest=12: (
            lambda lag: (lag, _speed(lag, kilometres) if lag else np.inf)
        )(_found(upstream, downstream, longest)),
        "At lag 0 the speed is said to be infinite. With 5-minute steps that can't be known: "
        "NaN is asked for.",
    ),
)


def _wave_by_loop(upstream, downstream, kilometres, longest=12):
    up = np.diff(upstream.to_numpy(dtype="float64"))
    down = np.diff(downstream.to_numpy(dtype="float64"))
    best, chosen = -np.inf, 0
    for lag in range(-longest, longest + 1):
        pairs = np.array([(up[i], down[i - lag]) for i in range(len(up)) if 0 <= i - lag < len(up)])
        pairs = pairs[np.isfinite(pairs).all(axis=1)]
        agreement = np.corrcoef(pairs.T)[0, 1]
        if agreement > best:
            best, chosen = agreement, lag
    return chosen, float("nan") if chosen == 0 else -12 * kilometres / chosen


WAVE_ALSO_RIGHT = (_wave_by_loop,)


# 1.5


def _tiled(row, horizon):
    return np.tile(np.asarray(row, dtype="float64"), (horizon, 1))


PERSISTENCE = (
    Mistake(
        "mean",
        lambda history, horizon: _tiled(history.mean(), horizon),
        "This is the mean of the history. Persistence says that the last value stays.",
    ),
    Mistake(
        "gap repeated",
        lambda history, horizon: _tiled(history.iloc[-1], horizon),
        "The last row is repeated even where it is missing. Use the last value that is known.",
    ),
    Mistake(
        "gap becomes zero",
        lambda history, horizon: _tiled(history.fillna(0).iloc[-1], horizon),
        "A missing value has become 0, which says that the traffic stands still.",
    ),
    Mistake(
        "first row",
        lambda history, horizon: _tiled(history.bfill().iloc[0], horizon),
        "The first row is repeated. Time runs downwards in the table: the last row is the newest.",
    ),
    Mistake(
        "filled from other nodes",
        lambda history, horizon: _tiled(history.ffill(axis=1).ffill().iloc[-1], horizon),
        "A gap is filled from the node beside it (axis=1). Go back in time within the same node.",
    ),
    Mistake(
        "rows and columns exchanged",
        lambda history, horizon: _tiled(history.ffill().iloc[-1], horizon).T,
        "Rows and columns are exchanged: the result is (node, horizon).",
    ),
    Mistake(
        "last rows again",
        lambda history, horizon: history.ffill().iloc[-horizon:].to_numpy(),
        "These are the last rows of the history, played again. Each step repeats the last one.",
    ),
    Mistake(
        "trend continued",
        lambda history, horizon: (
            history.ffill().iloc[-1].to_numpy()
            + np.arange(1, horizon + 1)[:, None]
            * history.ffill().diff().fillna(0).iloc[-1].to_numpy()
        ),
        "The last change is carried on. Persistence is simpler: no change.",
    ),
    Mistake(
        "one row",
        lambda history, horizon: history.ffill().iloc[-1].to_numpy(),
        "This is one row, (node,). The forecast says something for each step ahead: the row is "
        "repeated `horizon` times.",
    ),
    Mistake(
        "one step ahead",
        lambda history, horizon: history.ffill().iloc[[-1]].to_numpy(),
        "This is a forecast for one step ahead whatever `horizon` says: repeat the row "
        "`horizon` times.",
    ),
    Mistake(
        "always twelve steps",
        lambda history, horizon: _tiled(history.ffill().iloc[-1], 12),
        "There are always 12 steps ahead. `horizon` says how many are asked for.",
    ),
    Mistake(
        "as many steps as rows of history",
        lambda history, horizon: _tiled(history.ffill().iloc[-1], len(history)),
        "There are as many steps ahead as the history has rows. `horizon` says how many are "
        "asked for.",
    ),
    Mistake(
        "row behind row",
        lambda history, horizon: np.tile(history.ffill().iloc[-1].to_numpy(), horizon),
        "The rows stand behind each other in one long vector. Each step ahead is a row of its "
        "own: (horizon, node).",
    ),
    Mistake(
        "NaN set to zero",
        lambda history, horizon: _tiled(history.ffill().iloc[-1].fillna(0), horizon),
        "A node that has never reported is forecast as 0, a standstill. Nothing is known of it: "
        "NaN.",
    ),
    Mistake(
        "row before the last",
        lambda history, horizon: _tiled(history.ffill().iloc[max(len(history) - 2, 0)], horizon),
        "This is the row before the last. The newest one is at -1.",
    ),
)


def _persistence_by_loop(history, horizon):
    forecast = np.full((horizon, history.shape[1]), np.nan, dtype="float32")
    for place, node in enumerate(history):
        known = history[node].dropna()
        if len(known):
            forecast[:, place] = known.iloc[-1]
    return forecast


PERSISTENCE_ALSO_RIGHT = (
    _persistence_by_loop,
    lambda history, horizon: np.repeat(history.ffill().to_numpy()[-1:], horizon, axis=0),
)
