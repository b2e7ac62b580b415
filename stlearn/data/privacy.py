"""Take persons out of data: pseudonyms, coarse positions, and a count of who still stands out.
Explained in 1.7.

Each function returns something new and leaves its input as it was.
"""

import hashlib
import hmac

import numpy as np
import pandas as pd

from stlearn.errors import InputError

METRES_PER_DEGREE = np.pi / 180 * 6_371_008.8


def pseudonymise(ids, key):
    """Replace identifiers with pseudonyms that only the holder of the key can make again.

    A plain hash would not do: number plates are few enough to try them all. The same id gives the
    same pseudonym, so trips can still be joined, and are still personal data.

    Args:
        ids: Identifiers, text or whole numbers, none missing.
        key: At least 16 secret bytes, for example `secrets.token_bytes(16)`. Keep them apart from
            the data; destroy them when nobody may link the data again.

    Returns:
        List of pseudonyms: the first 16 hexadecimal digits of HMAC-SHA256.

    Raises:
        InputError: If the key is not bytes or too short, or an id is missing or a fraction.

    Example:
        >>> pseudonymise(["AB 123"], key=b"sixteen bytes or more")
        ['5b186c93999e5416']

    Reference:
        Krawczyk, Bellare and Canetti (1997), "HMAC: keyed-hashing for message authentication".
    """
    if not isinstance(key, bytes) or len(key) < 16:
        got = f"{len(key)} bytes" if isinstance(key, bytes) else type(key).__name__
        raise InputError(f"key: expected at least 16 bytes, got {got}")
    ids = list(ids)
    for position, one in enumerate(ids):
        # 7 and 7.0 would get two pseudonyms, and a missing id would join strangers.
        if isinstance(one, float) or pd.isna(one):
            raise InputError(
                f"ids: expected text or whole numbers, none missing, got {one!r} "
                f"at position {position}"
            )
    return [hmac.new(key, str(one).encode(), hashlib.sha256).hexdigest()[:16] for one in ids]


def coarsen(positions, metres):
    """Move each position to the middle of its cell in a square grid.

    Args:
        positions: DataFrame with columns `x` and `y` in metres, or `latitude` and `longitude` in
            degrees.
        metres: Side of a cell. A position moves by at most 0.71 of it.

    Returns:
        The DataFrame with coarse positions; other columns stay as they are.

    Raises:
        InputError: If the columns are missing, metres is not positive, or a position lies within
            one degree of a pole.

    Example:
        >>> import pandas as pd
        >>> coarsen(pd.DataFrame({"x": [512.0], "y": [1999.0]}), metres=500).iloc[0].tolist()
        [750.0, 1750.0]
    """
    if not metres > 0:
        raise InputError(f"metres: expected a number above 0, got {metres}")
    if {"x", "y"} <= set(positions.columns):
        return positions.assign(
            x=_middle(positions["x"], metres), y=_middle(positions["y"], metres)
        )
    if not {"latitude", "longitude"} <= set(positions.columns):
        raise InputError(
            "positions: expected columns x and y, or latitude and longitude, "
            f"got {list(positions.columns)}"
        )
    if (positions["latitude"].abs() > 89).any():
        raise InputError("positions: expected latitudes from -89 to 89 degrees")
    height = metres / METRES_PER_DEGREE
    latitude = _middle(positions["latitude"], height).clip(-89, 89)
    # Degrees of longitude shrink towards the poles; all positions of one row share their width.
    width = height / np.cos(np.radians(latitude))
    return positions.assign(latitude=latitude, longitude=_middle(positions["longitude"], width))


def k_anonymity(frame, columns):
    """Count how many rows share each combination of what an outsider might know.

    The smallest count is k: every row looks like at least k - 1 others.

    Args:
        frame: DataFrame, one row a person or trip.
        columns: Names of the columns that an outsider might know.

    Returns:
        Series of counts, smallest first, indexed by the combination of values.

    Raises:
        InputError: If a column is unknown, or there is nothing to count.

    Example:
        >>> import pandas as pd
        >>> trips = pd.DataFrame({"from": ["A", "A", "B"], "hour": [8, 8, 8]})
        >>> print(k_anonymity(trips, ["from", "hour"]).min())
        1

    Reference:
        Sweeney (2002), "k-anonymity: a model for protecting privacy".
    """
    columns = [columns] if isinstance(columns, str) else list(columns)
    unknown = [column for column in columns if column not in frame.columns]
    if unknown or not columns or frame.empty:
        raise InputError(
            f"columns: expected some of {list(frame.columns)} of a frame with rows, "
            f"got {columns} of {len(frame)} rows"
        )
    return frame.groupby(columns, dropna=False).size().sort_values()


def _middle(numbers, size):
    return np.floor(numbers / size) * size + size / 2
