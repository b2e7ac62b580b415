"""Tell whether forecasts in service have become worse than they were when they were tested."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.checks import to_duration
from stlearn.errors import InputError

DAY = pd.Timedelta("1D")
ALLOWANCE = 0.5  # standard deviations of a piece: half of the rise that is to be found
LEAST_RISE = 0.1  # a smaller one matters to nobody, however sure it is
SMALL = 0.01  # added before the logarithm, since a piece may have no error at all
REPEATS = 4000
FEWEST = 5  # pieces of the tested time


class Drift(NamedTuple):
    """What a sum of excesses says.

    Args:
        told: Time of the first size in the piece with which the sum has passed the threshold; None
            for no drift.
        since: The same of the piece with which it began to rise towards it.
        sums: Series (piece,) of the sums, in standard deviations of a piece.
        threshold: What the sum passes by chance in 5 % of all watches of this length.
    """

    told: pd.Timestamp | None
    since: pd.Timestamp | None
    sums: pd.Series
    threshold: float


def find_drift(watched, tested, apart, level=0.05, seed=0):
    """Find out whether a size (an error, a share that was missed) is larger than it was in a test.

    Both are cut into pieces: days, steps that are longer, or several of them where sizes resemble
    each other for longer. A piece of the watch is compared with all pieces of the test, at the
    same times of the day: logarithm of the mean, less the usual one, in standard deviations. What
    exceeds half a deviation is summed up, and the sum never falls below zero. How far it rises by
    chance is found with normal numbers in place of the pieces, mean and deviation estimated from
    as few of them as the test has: a short test knows badly what is usual.

    Args:
        watched: Series (time,) of sizes in service, at least 0, in the order of time.
        tested: Series (time,) of the same in the test, at each step.
        apart: Duration over which sizes resemble each other, such as twice the horizon.
        level: Share of watches without drift in which the sum may pass the threshold.
        seed: Seed of the normal numbers.

    Returns:
        Drift.

    Raises:
        InputError: If nothing is watched, or the test has fewer than five pieces.

    Example:
        >>> import numpy as np, pandas as pd
        >>> from stlearn.evaluation.drift import find_drift
        >>> hours = pd.date_range("2026-01-05", periods=48 * 24, freq="h")
        >>> sizes = pd.Series(np.random.default_rng(0).gamma(4, 0.25, 48 * 24), hours)
        >>> sizes[hours >= "2026-02-12"] *= 2
        >>> found = find_drift(sizes["2026-02":], sizes[:"2026-01"], "24h")
        >>> str(found.told.date())
        '2026-02-12'

    Reference: Page (1954), Continuous inspection schemes; with usual sizes that are estimated:
    Hawkins (1987), Self-starting CUSUM charts for location and scale.
    """
    watched, tested = watched.dropna(), tested.dropna()
    if not len(watched):
        raise InputError("watched: expected at least one size, got none")
    step = max(DAY, usual_step(tested.index))
    together = max(int(np.ceil(to_duration("apart", apart) / step)), 1)
    usual = _pieces(tested, step, together)
    most = max((len(sizes) for _, sizes, _ in usual), default=0)
    usual = [piece for piece in usual if len(piece[1]) > most / 2]  # the ends may be stubs
    if len(usual) < FEWEST:
        raise InputError(
            f"tested: expected at least {FEWEST} pieces of {together * step} to compare with, got "
            f"{len(usual)}; test on a longer part"
        )
    found, allowances, times = [], [], []
    for wanted, sizes, time in _pieces(watched, step, together):
        known = [_at(wanted, *piece[:2]).mean() for piece in usual]
        known = np.log(np.array(known) + SMALL)
        spread = max(known.std(ddof=1), SMALL)
        found.append((np.log(sizes.mean() + SMALL) - known.mean()) / spread)
        allowances.append(max(ALLOWANCE, np.log(1 + LEAST_RISE) / spread))
        times.append(time)
    sums = pd.Series(_sums(np.array(found)[None], np.array(allowances))[0], times)
    threshold = _threshold(len(found), len(usual), level, seed)
    passed = np.flatnonzero(sums > threshold)
    if not len(passed):
        return Drift(None, None, sums, threshold)
    quiet = np.flatnonzero(sums.iloc[: passed[0]] == 0)
    since = quiet[-1] + 1 if len(quiet) else 0
    return Drift(times[passed[0]], times[since], sums, threshold)


def usual_step(times):
    """Median time between two of some times; a day for a single one.

    Example:
        >>> import pandas as pd
        >>> from stlearn.evaluation.drift import usual_step
        >>> usual_step(pd.date_range("2026-01-05", periods=3, freq="h"))
        Timedelta('0 days 01:00:00')
    """
    return pd.Series(times).diff().median() if len(times) > 1 else DAY


def _sums(excesses, allowance):
    """Sums (watch, piece) of excesses (watch, piece) beyond the allowance, never below zero."""
    found, total = np.zeros(excesses.shape), np.zeros(len(excesses))
    for place, excess in enumerate((excesses - allowance).T):
        total = np.maximum(total + excess, 0)
        found[:, place] = total
    return found


def _threshold(watched, tested, level, seed):
    """What the highest of so many sums passes by chance, where so many pieces tell the usual."""
    rng = np.random.default_rng(seed)
    known = rng.normal(size=(REPEATS, tested))
    mean, spread = known.mean(axis=1, keepdims=True), known.std(axis=1, ddof=1, keepdims=True)
    new = (rng.normal(size=(REPEATS, watched)) - mean) / spread
    return float(np.quantile(_sums(new, ALLOWANCE).max(axis=1), 1 - level))


def _pieces(series, step, together):
    """List of places inside a piece, sizes there, and its first time, in the order of time."""
    if step > DAY:
        rows = np.arange(len(series))
        number, place = rows // together, (rows % together).astype("float64")
    else:
        since = (series.index - series.index[0].normalize()) / (together * DAY)
        number = np.floor(since).astype(int)
        place = np.asarray(since - number)
    starts = np.flatnonzero(np.r_[True, np.diff(number) > 0])
    sizes = series.to_numpy(dtype="float64")
    cut = zip(np.split(place, starts[1:]), np.split(sizes, starts[1:]))
    return [(*piece, series.index[start]) for piece, start in zip(cut, starts)]


def _at(wanted, places, sizes):
    """Sizes of a piece at the places nearest to the wanted ones."""
    return sizes[np.abs(places[None] - wanted[:, None]).argmin(axis=1)]
