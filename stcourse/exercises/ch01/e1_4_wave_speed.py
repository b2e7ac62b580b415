"""1.4: find the lag of a wave, and its speed."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches


def wave(upstream, downstream, kilometres, longest=12):
    """Find the lag at which upstream follows downstream, and the speed of the wave.

    Args:
        upstream, downstream: Series (time,) of speeds, a value every 5 minutes, some missing.
        kilometres: Distance between the two detectors.
        longest: Largest lag that is tried, in steps, to either side.

    Returns:
        (lag, speed): the lag in steps, from -longest to longest, at which the changes of the two
        have the highest correlation, positive if upstream comes later; and the speed in km/h,
        negative if the wave runs upstream, NaN if the lag is 0.
    """
    up, down = upstream.diff(), downstream.diff()
    lags = range(-longest, longest + 1)
    agreement = pd.Series({lag: up.corr(down.shift(lag)) for lag in lags})
    lag = int(agreement.idxmax())
    speed = -kilometres / (lag * 5 / 60) if lag else np.nan
    return lag, speed


@st.composite
def _two_series(draw):
    longest = draw(st.sampled_from([6, 4, 14]))
    lag = draw(st.one_of(st.integers(-4, 4), st.sampled_from([longest, -longest])))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    times = pd.date_range("2026-01-05 06:00", periods=60, freq="5min")
    # A dip that upstream has two steps later: levels agree there, changes at the true lag.
    turn = np.linspace(0, 2 * np.pi, 60)
    change = pd.Series(random.normal(size=60) * 4, times)
    upstream = 60 + 25 * np.cos(turn - turn[2]) + change.shift(lag)
    downstream = 60 + 25 * np.cos(turn) + change
    if draw(st.booleans()):  # the strongest correlation is negative, at another lag
        upstream -= 1.5 * change.shift(lag - 3 if lag > 0 else lag + 3)
    downstream.iloc[random.integers(60, size=3)] = np.nan
    return {
        "upstream": upstream.round(2),
        "downstream": downstream.round(2),
        "kilometres": draw(st.integers(1, 6)),
        "longest": longest,
    }


def _by_loop(upstream, downstream, kilometres, longest=12):
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


EXERCISE = Exercise(
    id="1.4",
    title="The speed of a wave",
    section="1.8 Which way does a jam travel?",
    difficulty=2,
    minutes=8,
    matters="The speed of the wave says how far ahead a neighbour can warn you.",
    hints=(
        "`series.diff()` gives changes; `a.corr(b)` their correlation, without missing ones.",
        "`down.shift(lag)` moves the downstream changes `lag` steps later. If upstream repeats "
        "them `lag` steps later, the two go together.",
        "Compute `up.corr(down.shift(lag))` for every lag, take the lag of the largest. "
        "Then kilometres by hours, with a minus sign: a positive lag runs upstream.",
    ),
    solution=wave,
    cases=_two_series(),
    properties=(matches(wave),),
    mistakes=read_mistakes(wave),
    also_right=(_by_loop,),
)
