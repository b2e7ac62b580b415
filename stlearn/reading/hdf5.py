"""Tables that pandas wrote to HDF5."""

import re

import h5py
import pandas as pd

from stlearn.errors import InputError


def read_pandas_table(path):
    """Read the one table of an HDF5 file that pandas wrote, without pickles.

    Args:
        path: HDF5 file, pandas layout "fixed", one block of numbers (time, sensor).

    Returns:
        DataFrame (time, sensor), as it is stored.

    Raises:
        InputError: If the file has another layout.

    Example:
        >>> from stlearn.reading.hdf5 import read_pandas_table
        >>> table = read_pandas_table("metr-la.h5")  # doctest: +SKIP
    """
    try:
        with h5py.File(path) as file:
            tables = [group for group in file.values() if "block0_values" in group]
            if len(tables) != 1 or "block1_values" in tables[0]:
                raise InputError(
                    f"{path}: expected one table in pandas' layout 'fixed' with numbers only "
                    "(axis1, block0_items, block0_values); write it so with to_hdf(format='fixed')"
                )
            kind = tables[0]["axis1"].attrs.get("kind", b"datetime64")
            times = tables[0]["axis1"][:]
            items = tables[0]["block0_items"][:]
            values = tables[0]["block0_values"][:]
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except (OSError, KeyError, AttributeError) as error:
        raise InputError(f"{path}: cannot be read as an HDF5 table of pandas ({error})") from None
    kind = kind.decode() if isinstance(kind, bytes) else str(kind)
    if not kind.startswith("datetime64"):
        raise InputError(f"{path}: expected times as its index, got {kind}")
    unit = re.search(r"\[(\w+)\]", kind)  # old pandas always writes nanoseconds and names no unit
    names = [item.decode() if isinstance(item, bytes) else str(item) for item in items]
    if values.shape != (len(times), len(names)):
        raise InputError(
            f"{path}: expected values of shape {(len(times), len(names))} (time, sensor), "
            f"got {values.shape}"
        )
    index = pd.to_datetime(times, unit=unit.group(1) if unit else "ns")
    return pd.DataFrame(values, index=pd.DatetimeIndex(index), columns=names)
