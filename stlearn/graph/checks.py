"""What the functions on graphs expect of a matrix, and the sentences where it is not so."""

import numpy as np
import pandas as pd

from stlearn.errors import InputError


def checked_square(matrix, argument, signed=True, infinite=False):
    if isinstance(matrix, pd.DataFrame) and not matrix.index.equals(matrix.columns):
        raise InputError(f"{argument}: expected the same nodes, in one order, as rows and columns")
    try:
        array = np.asarray(matrix, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{argument}: expected a matrix of numbers ({error})") from None
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
        raise InputError(f"{argument}: expected a square matrix, got shape {array.shape}")
    check_finite(np.where(array == np.inf, 0, array) if infinite else array, argument)
    if not signed and (array < 0).any():
        row, column = np.argwhere(array < 0)[0]
        raise InputError(
            f"{argument}: expected no negative number, got {array[row, column]} "
            f"in row {row}, column {column}"
        )
    return array


def checked_frame(argument, frame):
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{argument}: expected a DataFrame, got {type(frame).__name__}")


def check_finite(array, argument):
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise InputError(
            f"{argument}: expected finite numbers, got {array[row, column]} "
            f"in row {row}, column {column}"
        )


def check_whole(argument, number, least):
    if not isinstance(number, (int, np.integer)) or number < least:
        raise InputError(f"{argument}: expected a whole number of at least {least}, got {number!r}")


def is_symmetric(matrix):
    return np.allclose(matrix, matrix.T, rtol=1e-6, atol=0)


def like(array, matrix):
    if isinstance(matrix, pd.DataFrame):
        return pd.DataFrame(array, index=matrix.index, columns=matrix.columns)
    return array


def check_same_nodes(state, weights):
    """Where both carry names, these have to agree: positions alone would hide a mix-up."""
    names = {pd.Series: "index", pd.DataFrame: "columns"}.get(type(state))
    if (
        names
        and isinstance(weights, pd.DataFrame)
        and not getattr(state, names).equals(weights.columns)
    ):
        raise InputError("nodes: expected the same nodes, in one order, in values and matrix")
