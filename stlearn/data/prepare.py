"""Prepare data from several sources: one clock, one unit, no persons, no silent gaps.
Explained in 1.5 and 1.9.

Each function returns something new and leaves its input as it was. Nothing is repaired without
being asked: `audit` shows what is odd, and what you then do about it is your decision.
"""

import copy

import numpy as np
import pandas as pd

from stlearn.data.privacy import coarsen, k_anonymity, pseudonymise
from stlearn.data.units import PLAUSIBLE, UNITS, convert, in_words, standardise
from stlearn.data.validation import counted, listed
from stlearn.errors import InputError

__all__ = [  # chapter 1 takes all of these from here
    "UNITS",
    "audit",
    "audit_in_words",
    "clock_offset",
    "coarsen",
    "convert",
    "impute",
    "k_anonymity",
    "pseudonymise",
    "standardise",
    "suspected_marks",
    "synchronise",
]

METHODS = ("none", "last", "linear", "average")

# Of more nodes, twins are sought by stretches of readings, and so many of each stretch looked at.
ALL_PAIRS_AT_MOST, STRETCHES, STRETCH, TWINS_AT_MOST = 1000, 24, 12, 8


# One clock


def synchronise(feeds, interval, offsets=None):
    """Bring feeds with other clocks and other sampling to one time grid, by averaging.

    A time stamp names the start of what a reading describes, which lasts one step of its feed. A
    row of the result averages the readings that end within its interval, so nothing in it was
    measured later. Intervals that a feed covers only in part, at its start and end, are left out.

    Args:
        feeds: Dict of name to DataFrame (time, node). Each has its own times, increasing.
        interval: Step of the grid, for example "5min"; at least as long as the step of each feed.
        offsets: Dict of name to how far the clock of that feed is ahead, for example {"b": "2min"};
            subtracted from its stamps. A feed whose stamps name the end is one step ahead.

    Returns:
        DataFrame (time, node) of all nodes, from the first to the last whole interval of any feed,
        NaN where a feed has no reading. In the time zone of the first feed.

    Raises:
        InputError: If a feed is not as described, is coarser than the interval, or shares a node
            with another, or if time zones are given in some feeds only.

    Example:
        >>> import pandas as pd
        >>> minutes = pd.date_range("2026-01-05 08:01", periods=10, freq="1min")
        >>> feed = pd.DataFrame({"a": range(10)}, index=minutes)
        >>> synchronise({"city": feed}, "5min", offsets={"city": "1min"})["a"].tolist()
        [2.0, 7.0]
    """
    interval, offsets = _positive("interval", interval), offsets or {}
    if not isinstance(feeds, dict) or not feeds:
        raise InputError("feeds: expected a dict of name to DataFrame with at least one feed")
    unknown = set(offsets) - set(feeds)
    if unknown:
        raise InputError(f"offsets: unknown feed {sorted(unknown)[0]!r}, got {list(feeds)}")
    zones = {name: _checked_feed(frame, name).index.tz for name, frame in feeds.items()}
    if len({zone is None for zone in zones.values()}) > 1:
        raise InputError(f"feeds: some have a time zone and some have none: {zones}")
    columns = pd.Index([column for frame in feeds.values() for column in frame.columns])
    if not columns.is_unique:
        twice = columns[columns.duplicated()][0]
        raise InputError(f"feeds: node {twice!r} is in more than one place; rename it in one feed")
    means = []
    for name, frame in feeds.items():
        step = _usual_step(frame.index)
        if step > interval:
            raise InputError(
                f"interval: {interval} is shorter than the step of feed {name!r} ({step}); "
                "an average can't be split again"
            )
        frame = frame.tz_convert("UTC") if zones[name] is not None else frame
        start = frame.index - _timedelta("offsets", offsets.get(name, 0))
        end = start + step
        mean = frame.groupby(end.ceil(interval) - interval).mean()
        means.append(mean[(mean.index >= start[0]) & (mean.index + interval <= end[-1])])
    joined = pd.concat(means, axis=1)
    if joined.empty:
        raise InputError(f"interval: no feed covers a whole interval of {interval}")
    joined = joined.reindex(pd.date_range(joined.index.min(), joined.index.max(), freq=interval))
    zone = next(iter(zones.values()))
    return joined if zone is None else joined.tz_convert(zone)


def clock_offset(feed, reference, longest="1h"):
    """Estimate how far the clock of a feed is ahead, by cross-correlation with a reference.

    Both are averaged over their nodes. The feed's stamps are shifted step by step, and the shift
    under which the changes of both go together best is the answer. It is no finer than the finer
    feed's step, and it holds for feeds that measure the same thing: if one lies downstream, the
    travel time is mistaken for a clock.

    Args:
        feed, reference: DataFrames (time, node) or Series (time,), in any unit. Steps may differ,
            one a multiple of the other.
        longest: Largest offset that is tried, to either side.

    Returns:
        Timedelta, positive where the feed's stamps are later than the reference's.

    Raises:
        InputError: If the feeds do not overlap, do not change, or agree best at the longest offset,
            so that the true one may lie beyond.

    Example:
        >>> import numpy as np, pandas as pd
        >>> times = pd.date_range("2026-01-05", periods=300, freq="1min")
        >>> truth = pd.Series(np.random.default_rng(0).normal(size=300).cumsum(), index=times)
        >>> clock_offset(truth.shift(3, freq="1min"), truth)
        Timedelta('0 days 00:03:00')
    """
    feed, reference = (
        _checked_feed(pd.DataFrame(frame), name).mean(axis=1)
        for frame, name in ((feed, "feed"), (reference, "reference"))
    )
    if (feed.index.tz is None) != (reference.index.tz is None):
        raise InputError("feed: expected a time zone in both feeds or in none")
    coarse, fine = _usual_step(feed.index), _usual_step(reference.index)
    if coarse < fine:
        return -clock_offset(reference, feed, longest)
    if coarse % fine:
        raise InputError(f"feed: its step {coarse} is no multiple of the other step, {fine}")
    # What the coarse feed would have read: the mean of the fine one from each time on.
    per_step = coarse // fine
    expected = reference.rolling(coarse, min_periods=per_step).mean()
    expected.index = expected.index - (coarse - fine)
    tries = int(_positive("longest", longest) / fine)
    phase = (feed.index[0] - reference.index[0]) % fine
    agreement = {}
    for offset in (phase + fine * number for number in range(-tries, tries + 1)):
        pairs = np.column_stack([feed, expected.reindex(feed.index - offset)])
        changes = np.diff(pairs, axis=0)
        changes = changes[np.isfinite(changes).all(axis=1)]
        enough = len(changes) >= max(3, min(len(feed), len(expected) // per_step) // 2)
        if enough and changes.std(axis=0).all():
            agreement[offset] = np.corrcoef(changes.T)[0, 1]
    if not agreement:
        raise InputError("feed: it has too few readings in common with the reference, or no change")
    best = max(agreement, key=agreement.get)
    if len(agreement) > 1 and best in (min(agreement), max(agreement)):
        raise InputError(f"longest: the best offset, {best}, lies at the end of what was tried")
    return best


# Gaps and oddities


def audit(dataset, plausible=None):
    """Show for each node what a careful reader would ask about; the answer is yours.

    Args:
        dataset: SpatioTemporalDataset.
        plausible: Lowest and highest plausible value, in the unit of the data. By default taken
            from the unit: speeds from 0 to 200 km/h, flows from 0 to 20,000 veh/h, temperatures
            from -90 to 60 °C; nothing is out of range in other units.

    Returns:
        DataFrame, one row a node: `missing` (share), `longest_gap` and `longest_frozen` (how long
        readings were absent, or did not change), `jumps` (readings that leave both the one before
        and the one after, to the same side, by more than ten mean changes), `out_of_range`
        (readings), `same_as` (another node with the same readings wherever both have one, or
        missing). Each is a question, not a fault: no boardings at night is a frozen run, too.

    Raises:
        InputError: If plausible is not a lower and a higher number.

    Example:
        >>> import pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> times = pd.date_range("2026-01-05", periods=4, freq="5min")
        >>> values = pd.DataFrame({"a": [50, None, 52, 52], "b": [60, 61, 62, -9]}, index=times)
        >>> audit(SpatioTemporalDataset("example", values, "km/h"))["out_of_range"].tolist()
        [0, 1]
    """
    values = dataset.values.astype("float64")
    if plausible is None:
        plausible = _plausible(dataset.unit)
    if len(plausible) != 2 or not plausible[0] < plausible[1]:
        raise InputError(f"plausible: expected a lower and a higher number, got {plausible}")
    before, after = values.diff(), values.diff(-1)
    # A queue that arrives is a step, to one side; a faulty reading sticks out from both.
    spike = np.maximum(np.minimum(before, after), np.minimum(-before, -after))
    return pd.DataFrame(
        {
            "missing": values.isna().mean(),
            "longest_gap": _run_position(values.isna()).max() * dataset.interval,
            "longest_frozen": _run_position(before == 0).max() * dataset.interval,
            "jumps": (spike > 10 * before.abs().mean()).sum(),
            "out_of_range": _beyond(dataset, plausible).sum(),
            "same_as": _duplicates(values),
        }
    ).rename_axis("node")


def audit_in_words(dataset):
    """Say in sentences what an audit finds that would spoil a forecast, or a test of one.

    Args:
        dataset: SpatioTemporalDataset.

    Returns:
        Tuple of sentences: numbers that may stand for missing readings, counts that may be zero
        where they lack, readings out of range,
        nodes that stand still for more than a day, nodes with the same readings, nodes that start
        late or end early. Empty where nothing is found.

    Example:
        >>> import pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> times = pd.date_range("2026-01-05", periods=6, freq="5min")
        >>> values = pd.DataFrame({"a": [50, -999, -999, 52, 55, -999]}, index=times)
        >>> audit_in_words(SpatioTemporalDataset("example", values, "km/h"))
        ('3 readings of -999 (50.0 %), far from all others, at a: do they stand for missing ones?
        `stlearn prepare --missing-marks -999` takes them so.',)
    """
    values, said = dataset.values, []
    marks = suspected_marks(values)
    for mark, count in marks.items():
        option = "--zero-is-missing" if mark == 0 else f"--missing-marks {mark:g}"
        nodes = values.columns[(values == mark).any()]
        said.append(
            f"{counted(count, 'reading')} of {mark:g} ({count / values.count().sum():.1%}), far "
            f"from all others, at {listed(nodes)}: do they stand for missing ones? "
            f"`stlearn prepare {option}` takes them so.".replace("%)", " %)")
        )
    if _counts_without_zeros(values):
        missing = 100 * values.isna().to_numpy().mean()
        said.append(
            f"Whole numbers from 1, no zero, {missing:.0f} % missing: does a reading lack where "
            "nothing was counted? `stlearn prepare --missing-is-zero` takes it so."
        )
    beyond = (_beyond(dataset) & ~values.isin(list(marks))).sum()
    if beyond.any():
        low, high = _plausible(dataset.unit)
        said.append(
            f"{counted(beyond.sum(), 'reading')} outside {low:g} to {high:g} {dataset.unit}, at "
            f"{listed(beyond.index[beyond > 0])}."
        )
    # A count may well be zero for days; other readings hardly stand still.
    frozen = _run_position((values.diff() == 0) & ~values.isin([0, *marks])).max()
    still = frozen[(frozen * dataset.interval > pd.Timedelta("1D")) & (frozen >= 24)]
    if len(still):
        longest = in_words(still.max() * dataset.interval, step=dataset.interval)
        said.append(
            f"No change for more than a day, at most {longest}, at {listed(still.index)}: is the "
            "sensor stuck?"
        )
    twins = {frozenset(pair) for pair in _duplicates(values.astype("float64")).dropna().items()}
    if twins:
        pairs = sorted(" and ".join(sorted(map(str, pair))) for pair in twins)
        said.append(f"The same readings at {listed(pairs)}.")
    for part, rows in (("first", values), ("last", values[::-1])):
        silent = rows.notna().to_numpy().argmax(axis=0) > len(values) / 10
        if silent.any():
            said.append(
                f"No reading in the {part} tenth of the rows, at {listed(values.columns[silent])}."
            )
    return tuple(said)


def suspected_marks(values):
    """Find numbers that may stand for missing readings: -999, -1, 0 and their like.

    A whole number is suspected that a sensor repeats, that lies farther below or above all else it
    reads than half the span of that, and that no sensor has among its other readings; -1 where
    nothing else is below zero; and 0 where all else is clearly above.

    Args:
        values: DataFrame (time, node).

    Returns:
        Dict of number to count of its readings.

    Example:
        >>> import pandas as pd
        >>> suspected_marks(pd.DataFrame({"boardings": [5, 0, 0, 0, 1, 3]}))
        {}
        >>> suspected_marks(pd.DataFrame({"speed": [50, 0, 0, 0, 52, 61]}))
        {0: 3}
    """
    numbers = values.to_numpy(dtype="float64", na_value=np.nan, copy=True)
    numbers[~np.isfinite(numbers)] = np.nan
    left, marks = numbers.copy(), []
    while new := {*_far_ends(left, np.fmin), *_far_ends(left, np.fmax)}:
        marks += sorted(new)
        left[np.isin(left, list(new))] = np.nan
    rest = np.unique(left[np.isfinite(left) & ~np.isin(left, (-1, 0))])
    if len(rest) >= 2:
        low, high = np.quantile(rest, [0.01, 0.99])
        if rest[0] >= 0:
            marks.append(-1)
        # Counts have zeros, and ones and twos as well.
        if rest[0] > max(0, 5 * np.diff(rest).min(), 0.05 * (high - low)):
            marks.append(0)
    least = max(3, np.isfinite(numbers).sum() / 1000)
    counts = {mark: int((numbers == mark).sum()) for mark in marks}
    return {mark: count for mark, count in counts.items() if count >= least}


def _far_ends(numbers, lowest_or_highest):
    """The ends of the sensors' readings that repeat, are whole numbers and far from the rest."""
    low, high = np.fmin.reduce(numbers, axis=0), np.fmax.reduce(numbers, axis=0)
    ends = lowest_or_highest(low, high)
    often = (numbers == ends).sum(axis=0) >= np.maximum(3, np.isfinite(numbers).sum(axis=0) / 1000)
    asked = often & (ends == np.round(ends)) & ~np.isin(ends, (-1, 0))
    for end in np.unique(ends[asked]):
        elsewhere = numbers[:, (low < end) & (end < high)]
        if not (elsewhere == end).any() and any(
            _is_far(end, numbers[:, place]) for place in np.flatnonzero(asked & (ends == end))
        ):
            yield int(end)


def _is_far(end, readings):
    rest = np.unique(readings[np.isfinite(readings) & (readings != end)])
    if len(rest) < 2:
        return False
    span = np.diff(np.quantile(rest, [0.01, 0.99]))[0]
    return np.abs(rest - end).min() > max(span / 2, 5 * np.diff(rest).min())


def impute(dataset, method="last", longest=12):
    """Fill short gaps, and tell which values were filled.

    "last" repeats the last reading; "average" takes the mean of all earlier readings at the same
    time of the week. Both look back only. "linear" draws a line to the next reading, which lies in
    the future: fine for a picture, never for the input of a forecast. "none" fills nothing.

    Args:
        dataset: SpatioTemporalDataset.
        method: "none", "last", "linear" or "average".
        longest: Cap on the length of a gap, in rows. "last" and "average" fill so many rows of
            each gap, since nobody knows in advance how long it lasts; "linear" leaves gaps alone
            that are longer.

    Returns:
        A new data set, with a note on what was done, and a DataFrame (time, node), True where a
        value was filled. Gaps that could not be filled stay NaN.

    Raises:
        InputError: If the method is unknown, longest is not a whole number above 0, or "average" is
            asked of data with a step longer than a week.

    Example:
        >>> import pandas as pd
        >>> from stlearn import SpatioTemporalDataset
        >>> times = pd.date_range("2026-01-05", periods=4, freq="5min")
        >>> values = pd.DataFrame({"a": [50, None, None, 53]}, index=times)
        >>> filled, mask = impute(SpatioTemporalDataset("example", values, "km/h"), "linear")
        >>> filled.values["a"].tolist(), int(mask["a"].sum())
        ([50.0, 51.0, 52.0, 53.0], 2)
    """
    if method not in METHODS:
        raise InputError(f"method: expected one of {', '.join(METHODS)}, got {method!r}")
    if not isinstance(longest, (int, np.integer)) or longest < 1:
        raise InputError(f"longest: expected a whole number of at least 1, got {longest!r}")
    values = dataset.values
    gap = values.isna()
    if method == "none":
        candidates, near = values, gap
    elif method == "linear":
        candidates = values.interpolate(limit_area="inside")
        near = _run_position(gap) + _run_position(gap[::-1])[::-1] - 1 <= longest
    else:
        candidates = values.ffill() if method == "last" else _average_so_far(dataset)
        near = _run_position(gap) <= longest
    filled = values.where(~(gap & near), candidates.astype("float32"))
    mask = gap & filled.notna()
    result = copy.copy(dataset)
    # Not `dataclasses.replace`: part of a data set may hold a silent node, and stays as it is.
    result._store("values", filled)
    note = f"{int(mask.sum().sum())} missing values filled by impute({method!r}, {longest})."
    result._store("notes", (*dataset.notes, note))
    return result, mask


def _average_so_far(dataset):
    """Mean of all readings so far at the same time of the week, NaN where there is none."""
    values = dataset.values.astype("float64")
    if dataset.interval > pd.Timedelta("7D"):
        raise InputError("method: 'average' needs a step of at most a week; try 'last'")
    slot = [values.index.day_of_week, values.index.time]
    total = values.fillna(0).groupby(slot).cumsum()
    count = values.notna().astype(int).groupby(slot).cumsum()
    return total / count.where(count > 0)


def _plausible(unit):
    """Lowest and highest plausible value in a unit."""
    standard = UNITS.get(unit, (None,))[0]
    if standard not in PLAUSIBLE:
        return -np.inf, np.inf
    return tuple(convert(limit, standard, unit) for limit in PLAUSIBLE[standard])


def _beyond(dataset, plausible=None):
    low, high = plausible or _plausible(dataset.unit)
    return (dataset.values < low) | (dataset.values > high)


def _run_position(flags):
    """Place of each True in its run of Trues, counted from 1; 0 where False."""
    count = flags.cumsum()
    return count - count.where(~flags).ffill().fillna(0).astype(int)


def _duplicates(values):
    """For each node, the first other node with equal readings at all shared times."""
    numbers = values.to_numpy()
    present = np.isfinite(numbers)
    same = pd.Series(None, index=values.columns, dtype=object)
    some = slice(None, None, max(len(numbers) // 200, 1))  # rules out nearly all pairs, fast
    for i, others in enumerate(_possible_twins(numbers)):
        differ = (
            (numbers[some][:, others] != numbers[some, i : i + 1])
            & present[some][:, others]
            & present[some, i : i + 1]
        )
        near = others[~differ.any(axis=0)]
        near = near[near != i]
        if not len(near):
            continue
        shared = present[:, near] & present[:, [i]]
        # Few readings in common, or one constant, agree by chance.
        equal = ((numbers[:, near] == numbers[:, [i]]) | ~shared).all(axis=0) & (
            shared.sum(axis=0) * 2 > len(values)
        )
        varies = np.ptp(numbers[present[:, i], i]) > 0 if present[:, i].any() else False
        if varies and equal.any():
            same.iloc[i] = values.columns[near[np.argmax(equal)]]
    return same


def _possible_twins(numbers):
    """For each node the positions of those that may be its twins.

    Of many nodes not all pairs can be looked at: there a twin shares a stretch of readings.
    """
    rows, nodes = numbers.shape
    if nodes <= ALL_PAIRS_AT_MOST:
        return [np.arange(nodes)] * nodes
    found = [set() for _ in range(nodes)]
    for start in np.linspace(0, max(rows - STRETCH, 0), STRETCHES, dtype=int):
        stretch = np.ascontiguousarray(numbers[start : start + STRETCH].T)
        varies = np.flatnonzero(np.ptp(stretch, axis=1) > 0)  # NaN does not
        alike = {}
        for node in varies.tolist():
            alike.setdefault(stretch[node].tobytes(), []).append(node)
        for group in alike.values():
            for node in group if len(group) > 1 else ():
                found[node].update(group[:TWINS_AT_MOST])
    return [np.array(sorted(others), dtype=int) for others in found]


def _counts_without_zeros(values):
    """Whether a tenth is missing of counts that are often one and never zero."""
    numbers = values.to_numpy(dtype="float64").ravel()
    known = numbers[np.isfinite(numbers)]
    if not len(known) or len(known) > 0.9 * len(numbers) or known.min() != 1:
        return False
    return bool((known == np.round(known)).all() and (known == 1).mean() > 0.01)


def _usual_step(index):
    return pd.Series(index[1:] - index[:-1]).median()


def _timedelta(argument, text):
    try:
        return pd.Timedelta(text)
    except ValueError:
        raise InputError(f"{argument}: expected a length of time, got {text!r}") from None


def _positive(argument, text):
    length = _timedelta(argument, text)
    if not length > pd.Timedelta(0):
        raise InputError(f"{argument}: expected a length of time above zero, got {text!r}")
    return length


def _checked_feed(frame, name):
    if not isinstance(frame, pd.DataFrame) or not isinstance(frame.index, pd.DatetimeIndex):
        raise InputError(f"feed {name!r}: expected a DataFrame with times as index")
    if len(frame) < 2 or not frame.index.is_monotonic_increasing or not frame.index.is_unique:
        raise InputError(f"feed {name!r}: expected two or more times, each later than the last")
    for column, kind in frame.dtypes.items():
        if not pd.api.types.is_numeric_dtype(kind):
            raise InputError(f"feed {name!r}: expected numbers, but column {column!r} is {kind}")
    return frame
