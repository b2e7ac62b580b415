"""One unit and one name: numbers of different sources brought to the unit that you use.

Explained in 1.6.
"""

import pandas as pd

from stlearn.errors import InputError

# unit: (standard unit, factor, shift), where standard = factor * number + shift
UNITS = {
    "km/h": ("km/h", 1.0, 0.0),
    "mph": ("km/h", 1.609344, 0.0),
    "m/s": ("km/h", 3.6, 0.0),
    "veh/h": ("veh/h", 1.0, 0.0),
    "veh/min": ("veh/h", 60.0, 0.0),
    "veh/5min": ("veh/h", 12.0, 0.0),
    "veh/15min": ("veh/h", 4.0, 0.0),
    "m": ("m", 1.0, 0.0),
    "km": ("m", 1000.0, 0.0),
    "ft": ("m", 0.3048, 0.0),
    "mile": ("m", 1609.344, 0.0),
    "°C": ("°C", 1.0, 0.0),
    "°F": ("°C", 5 / 9, -160 / 9),
    "K": ("°C", 1.0, -273.15),
}
HOUR, MONTH = pd.Timedelta("1h"), pd.Timedelta("365.25D") / 12
TIME_UNITS = (  # length, name, the same in few letters
    (12 * MONTH, "year", "y"),
    (MONTH, "month", "mo"),
    (pd.Timedelta("7D"), "week", "wk"),
    (pd.Timedelta("1D"), "day", "d"),
    (HOUR, "hour", "h"),
    (pd.Timedelta("1min"), "minute", "min"),
    (pd.Timedelta("1s"), "second", "s"),
)
SPEED_UNITS = ("km/h", "kmh", "kph", "mph", "m/s")
JAM = 0.6  # share of the free speed below which traffic counts as congested
PLAUSIBLE = {"km/h": (0, 200), "veh/h": (0, 20_000), "°C": (-90, 60)}


def convert(values, unit, to):
    """Convert numbers from one unit to another of the same kind.

    Args:
        values: Number, array, Series or DataFrame in `unit`.
        unit: One of `UNITS`.
        to: One of `UNITS`, of the same kind.

    Returns:
        The numbers in the unit `to`, of the kind of `values`.

    Raises:
        InputError: If a unit is unknown, or the two measure different things.

    Example:
        >>> round(convert(60, "mph", to="km/h"), 2)
        96.56
    """
    for name in (unit, to):
        if name not in UNITS:
            raise InputError(f"unit: unknown unit {name!r}; known are {', '.join(UNITS)}")
    standard, factor, shift = UNITS[unit]
    other_standard, other_factor, other_shift = UNITS[to]
    if standard != other_standard:
        raise InputError(f"unit: {unit} can't become {to}; they measure different things")
    if unit == to:
        return values
    return (values * factor + shift - other_shift) / other_factor


def standardise(frame, units, names=None):
    """Bring each column to the standard unit of its kind, and ids to the names you use.

    Args:
        frame: DataFrame (time, node).
        units: Unit of all columns, or dict of column to unit. Speeds become km/h, flows veh/h,
            lengths m, temperatures °C.
        names: Dict of column to new name, for all columns.

    Returns:
        DataFrame (time, node).

    Raises:
        InputError: If a unit is unknown, a column has no unit or no name, or two columns get the
            same name.

    Example:
        >>> import pandas as pd
        >>> standardise(pd.DataFrame({"7": [10.0]}), "m/s", {"7": "bridge"})["bridge"].tolist()
        [36.0]
    """
    if isinstance(units, str):
        units = dict.fromkeys(frame.columns, units)
    for argument, mapping in (("units", units), ("names", names)):
        absent = [] if mapping is None else [name for name in frame.columns if name not in mapping]
        if absent:
            raise InputError(f"{argument}: no entry for column {absent[0]!r}")
    converted = frame.copy()
    for column in frame.columns:
        unit = units[column]
        standard = UNITS[unit][0] if unit in UNITS else unit
        converted[column] = convert(frame[column], unit, to=standard)
    if names is not None:
        converted.columns = [names[column] for column in frame.columns]
    if not converted.columns.is_unique:
        twice = converted.columns[converted.columns.duplicated()][0]
        raise InputError(f"names: {twice!r} is given to more than one column")
    return converted


def in_words(duration, step=None, short=False):
    """Say a duration in the unit in which people say it.

    Args:
        duration: Timedelta.
        step: Step of the data. Where it is an hour or more, its unit is taken: hours for hourly
            data, weeks for weekly data.
        short: Say the unit in few letters.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.units import in_words
        >>> in_words(pd.Timedelta("30min")), in_words(pd.Timedelta("2D"))
        ('30 minutes', '2 days')
        >>> in_words(pd.Timedelta("28D"), step=pd.Timedelta("7D"))
        '4 weeks'
    """
    if step is not None and step >= HOUR:
        unit = time_unit(step)
    else:
        whole = (each for each in TIME_UNITS if _is_said(duration, each))
        unit = next(whole, TIME_UNITS[-1])
    count = duration / unit[0]
    return f"{count:g} {unit[2]}" if short else f"{count:g} {unit[1]}" + ("" if count == 1 else "s")


def time_unit(step):
    """Return the unit in which people count steps: its length, its name, and that in few letters.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.units import time_unit
        >>> time_unit(pd.Timedelta("15min"))[1], time_unit(pd.Timedelta("7D"))[1]
        ('minute', 'week')
    """
    return next((unit for unit in TIME_UNITS if not step % unit[0]), TIME_UNITS[-1])


def _is_said(duration, unit):
    """Whether people say a duration in a unit: 60 minutes, 2 hours; weeks only of weekly data."""
    size, name, _ = unit
    count = duration / size
    return count >= 1 and count % 1 == 0 and name != "week" and (count, name) != (1, "hour")


def is_speed(unit):
    """Tell whether a unit is one of speed.

    Example:
        >>> from stlearn.data.units import is_speed
        >>> is_speed("km/h"), is_speed("veh/h")
        (True, False)
    """
    return unit.strip().lower() in SPEED_UNITS


def is_of_a_road(unit, step):
    """Tell whether readings can be those of traffic, and low ones congestion.

    Winds and currents are told in m/s, and by the day in km/h too; a queue of vehicles comes and
    goes within hours.

    Args:
        unit: Unit of the values.
        step: Time between two rows, a Timedelta.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.units import is_of_a_road
        >>> is_of_a_road("km/h", pd.Timedelta("5min")), is_of_a_road("m/s", pd.Timedelta("5min"))
        (True, False)
    """
    return is_speed(unit) and unit.strip().lower() != "m/s" and step <= HOUR
