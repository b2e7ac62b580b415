"""Local times of a zone, across the hour that clocks leave out in spring and repeat in autumn."""

import numpy as np
import pandas as pd

from stlearn.data.repairs import Entry
from stlearn.errors import InputError

CHOICES = ("summer", "winter", "drop")
HOUR = pd.Timedelta("1h")


def localized(index, zone, path, lines, groups=None, clock_change=None):
    """Take times without an offset as local times of a zone.

    Which pass of the repeated hour a time belongs to is told by the order of the rows: where it
    goes back, the second pass begins; of two equal times in a row, the first is summer time. One
    pass alone belongs to what it follows at the end of a file, to what follows it at the start; it
    is the first where rows are more than an hour apart. What remains open is not guessed.

    Args:
        index: DatetimeIndex without a zone.
        zone: The zone.
        path, lines: File and line of each time, for the error.
        groups: List with the sensor of each row where rows are single readings.
        clock_change: What to do with times that could be either of two: take them as "summer" or
            "winter" time, or "drop" them; that drops times which the zone does not have, too.

    Returns:
        DatetimeIndex, NaT where a row is to be dropped, and a list of Entry.

    Raises:
        InputError: If a time is none or either of two and nothing is asked for.

    Example:
        >>> import zoneinfo
        >>> import pandas as pd
        >>> from stlearn.reading.local_times import localized
        >>> times = pd.to_datetime(["2026-10-25 02:00", "2026-10-25 02:30", "2026-10-25 02:00"])
        >>> index, log = localized(times, zoneinfo.ZoneInfo("Europe/Berlin"), "file.csv", [2, 3, 4])
        >>> [str(time) for time in index.tz_convert("UTC").time]
        ['00:00:00', '00:30:00', '01:00:00']
    """
    if clock_change is not None and clock_change not in CHOICES:
        raise InputError(f"--clock-change: expected {', '.join(CHOICES)}, got {clock_change!r}")
    option, log = f"--clock-change {clock_change}", []
    twice = index.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward").isna()
    summer, unsure = _passes(index, twice, groups)
    never = index.tz_localize(zone, ambiguous=summer, nonexistent="NaT").isna()
    if never.any() and clock_change != "drop":
        row = int(np.argmax(never))
        raise InputError(
            f"{path}, line {lines[row]}: {index[row]} does not exist in {zone}, where clocks were "
            "put forward; are the times in another zone, or without summer time? Name that one "
            "(`stlearn prepare --clock-change drop` leaves such rows out)"
        )
    if unsure.any() and clock_change is None:
        row = int(np.argmax(unsure))
        raise InputError(
            f"{path}, line {lines[row]}: {index[row]} comes twice in {zone}, where clocks were put "
            "back, and the order of the rows does not tell which it is; `stlearn prepare "
            "--clock-change summer`, winter or drop decides"
        )
    if unsure.any() and clock_change != "drop":
        summer = np.where(unsure, clock_change == "summer", summer)
        log.append(Entry(option, "times that come twice", int(unsure.sum()), "either of two",
                         f"{clock_change} time"))  # fmt: skip
    local = index.tz_localize(zone, ambiguous=summer, nonexistent="NaT")
    if clock_change == "drop":
        for rows, what in ((unsure, "times that come twice"), (never, "times that do not exist")):
            if rows.any():
                log.append(Entry(option, what, int(rows.sum()), "rows", "left out"))
        local = local.where(~unsure, pd.NaT)
    return local, log


def _passes(index, twice, groups):
    """Which rows are summer time, and which rows of the repeated hour could be either."""
    summer, unsure = np.ones(len(index), bool), twice.copy()
    if not twice.any():
        return summer, unsure
    groups = np.zeros(len(index), int) if groups is None else pd.factorize(np.array(groups))[0]
    rows = np.arange(len(index))
    whole = _in_order(index, twice, rows)
    sequences = [whole]
    if whole is None:
        touched = np.unique(groups[twice])
        sequences = [_in_order(index, twice, rows[groups == group]) for group in touched]
    for sequence in sequences:
        if sequence is None:
            continue
        times = index[sequence].unique().sort_values()
        if len(times) > 1 and (times[1:] - times[:-1]).median() > HOUR:
            unsure[sequence] = False  # days, say: no row is expected in the second pass
            continue
        hours = pd.Series(sequence[twice[sequence]])
        for _, hour in hours.groupby(index[hours].normalize().to_numpy()):
            parts = [hour.to_numpy()]
            if _times_back(index[parts[0]]).sum() > 1:
                parts = [part.to_numpy() for _, part in hour.groupby(groups[parts[0]])]
            for part in parts:
                summer[part], unsure[part] = _told_apart(
                    index[part], groups[part], times[0], times[-1]
                )
    return summer, unsure


def _in_order(index, twice, rows):
    """The rows from the oldest to the newest; None where the file does not give that order."""
    others = index[rows[~twice[rows]]]
    if others.is_monotonic_increasing:
        return rows
    return rows[::-1] if others.is_monotonic_decreasing else None


def _times_back(times):
    return np.append(False, times[1:] < times[:-1])


def _told_apart(times, groups, first, last):
    """Which rows of one repeated hour are summer time, and which could be either."""
    back = _times_back(times)
    if back.sum() > 1:
        return True, True
    if back.any():
        return np.cumsum(back) == 0, False
    if times[0] == first and times[-1] < last:
        return False, False
    keys = pd.DataFrame({"time": times, "group": groups})
    alone = ~keys.duplicated(keep=False).to_numpy()
    return ~keys.duplicated().to_numpy(), alone & (times[-1] < last)
