"""Public holidays of a country or a part of it, as a column of what is known ahead."""

import numpy as np
import pandas as pd

from stlearn.checks import check_installed
from stlearn.errors import InputError

PREFIX = "holiday "  # then the region: the name of the column tells whose holidays these are


def is_holiday_column(name):
    """Tell whether a calendar column marks holidays: `holiday`, or `holiday DE-BY`.

    Example:
        >>> from stlearn.data.holidays import is_holiday_column
        >>> is_holiday_column("holiday"), is_holiday_column("holiday DE-BY")
        (True, True)
    """
    return name == "holiday" or name.startswith(PREFIX)


def holiday_flags(times, region):
    """Mark the times that fall on a public holiday.

    Args:
        times: DatetimeIndex; its local dates count.
        region: Code of a country, such as "DE", or of a part of it, such as "DE-BY".

    Returns:
        Array (time,), float32: 1 on a holiday, 0 otherwise.

    Raises:
        InputError: If the package `holidays` is not installed, or does not know the region.

    Example:
        >>> import pandas as pd
        >>> from stlearn.data.holidays import holiday_flags
        >>> times = pd.date_range("2026-10-02", periods=3, freq="D")
        >>> holiday_flags(times, "DE").tolist()  # the third of October
        [0.0, 1.0, 0.0]
    """
    check_installed("--holidays", "holidays", "holidays")
    import holidays  # an extra: only those who ask for it need it

    country, _, part = region.partition("-")
    years = range(times[0].year, times[-1].year + 1)
    try:
        known = holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError as error:
        raise InputError(
            "--holidays: expected the code of a country, such as DE, or of a part of it, such as "
            f"DE-BY, got {region!r} ({error})"
        ) from None
    dates = pd.DatetimeIndex(sorted(known)) if known else pd.DatetimeIndex([])
    days = times.tz_localize(None).normalize()
    return np.asarray(days.isin(dates), dtype="float32")
