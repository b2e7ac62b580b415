"""Checks of arguments: each gives back a plain value, or says in one sentence what was expected."""

import importlib.util
import math
import numbers

import numpy as np
import pandas as pd
import scipy.sparse

from stlearn.errors import InputError


def check_count(argument, count, least=1):
    """Return a whole number of at least `least` as an int, or raise an InputError.

    Example:
        >>> import numpy as np
        >>> from stlearn.checks import check_count
        >>> check_count("lookback", np.int64(12))
        12
    """
    if not isinstance(count, numbers.Integral) or isinstance(count, bool) or count < least:
        raise InputError(f"{argument}: expected a whole number of at least {least}, got {count!r}")
    return int(count)


def check_number(argument, number, least=-math.inf, most=math.inf):
    """Return a finite number from `least` to `most` as a float, or raise an InputError.

    Example:
        >>> from stlearn.checks import check_number
        >>> check_number("learning_rate", 1, least=0)
        1.0
    """
    real = isinstance(number, numbers.Real) and not isinstance(number, bool)
    if not real or not math.isfinite(number) or not least <= number <= most:
        ends = [f"at least {least:g}"] * (least > -math.inf) + [f"at most {most:g}"] * (
            most < math.inf
        )
        limits = f" of {' and '.join(ends)}" if ends else ""
        raise InputError(f"{argument}: expected a number{limits}, got {number!r}")
    return float(number)


def check_installed(argument, extra, *packages):
    """Raise an InputError that says how to install it, where a package of an extra is missing.

    Args:
        argument: What needs it.
        extra: Name of the extra in pyproject.toml.
        packages: Names by which they are imported.

    Example:
        >>> from stlearn.checks import check_installed
        >>> check_installed("sums", "formats", "numpy")
        >>> check_installed("sums", "formats", "numpy", "abacus")
        Traceback (most recent call last):
            ...
        stlearn.errors.InputError: sums: expected the package abacus, which is not installed here:
        python -m pip install "stlearn-course[formats]"
    """
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise InputError(
                f"{argument}: expected the package {package}, which is not installed here: "
                f'python -m pip install "stlearn-course[{extra}]"'
            )


def to_duration(argument, duration):
    """Return a duration such as "14D" as a Timedelta above zero, or raise an InputError.

    Example:
        >>> from stlearn.checks import to_duration
        >>> to_duration("test", "14D")
        Timedelta('14 days 00:00:00')
    """
    try:
        length = pd.Timedelta(duration)
    except (ValueError, TypeError):
        length = pd.NaT
    if not length > pd.Timedelta(0):
        raise InputError(
            f"{argument}: expected a duration above zero such as '14D', got {duration!r}"
        )
    return length


def check_frame(argument, frame):
    """Raise an InputError if something is no DataFrame.

    Example:
        >>> import pandas as pd
        >>> from stlearn.checks import check_frame
        >>> check_frame("values", pd.DataFrame())
    """
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{argument}: expected a DataFrame, got {type(frame).__name__}")


def check_finite(argument, array):
    """Raise an InputError that names the first cell of an array (row, column) that is not finite.

    Example:
        >>> import numpy as np
        >>> from stlearn.checks import check_finite
        >>> check_finite("positions", np.zeros((2, 2)))
    """
    _refuse(argument, ~np.isfinite(array), array, "finite numbers")


def checked_square(argument, matrix, signed=True, infinite=False):
    """Return a square matrix of numbers as an array, or raise an InputError.

    Args:
        argument: Its name in the error.
        matrix: Array or DataFrame (node, node); a DataFrame has the same nodes as rows and columns.
        signed: Whether numbers below zero are allowed.
        infinite: Whether infinity is allowed, as for the distance where no way leads.

    Returns:
        Array (node, node) of floats.

    Raises:
        InputError: If it is no square matrix of such numbers; which cell is wrong.

    Example:
        >>> from stlearn.checks import checked_square
        >>> checked_square("adjacency", [[0, 1], [1, 0]])
        array([[0., 1.],
               [1., 0.]])
    """
    labels = None
    if isinstance(matrix, pd.DataFrame):
        if not matrix.index.equals(matrix.columns):
            raise InputError(
                f"{argument}: expected the same nodes, in one order, as rows and columns"
            )
        labels = matrix.columns
    try:
        array = np.asarray(matrix, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{argument}: expected a matrix of numbers ({error})") from None
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
        raise InputError(f"{argument}: expected a square matrix, got shape {array.shape}")
    # The ends tell whether any cell is wrong; to mark each cell takes memory of its own.
    least, most = array.min(), array.max()
    if not (np.isfinite(least) and (infinite or np.isfinite(most))):
        wrong = ~np.isfinite(array) & ~(infinite & (array == np.inf))
        _refuse(argument, wrong, array, "finite numbers", labels)
    if not signed and least < 0:
        _refuse(argument, array < 0, array, "no negative number", labels)
    return array


def checked_sparse(argument, matrix, signed=True):
    """Return a SciPy sparse square matrix in one form, or raise an InputError.

    Args:
        argument: Its name in the error.
        matrix: SciPy sparse array or matrix (node, node). A cell that is stored twice is the sum.
        signed: Whether numbers below zero are allowed.

    Returns:
        New `scipy.sparse.csr_array` (node, node) of floats, in the order of rows and columns. A
        stored zero stays.

    Raises:
        InputError: If it is no square matrix of such numbers; which cell is wrong.

    Example:
        >>> import scipy.sparse
        >>> from stlearn.checks import checked_sparse
        >>> checked_sparse("adjacency", scipy.sparse.coo_array(([2], ([0], [1])), (2, 2))).toarray()
        array([[0., 2.],
               [0., 0.]])
    """
    if len(matrix.shape) != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.shape[0]:
        raise InputError(f"{argument}: expected a square matrix, got shape {matrix.shape}")
    if matrix.dtype.kind not in "biuf":
        raise InputError(f"{argument}: expected a matrix of numbers, got {matrix.dtype}")
    found = scipy.sparse.csr_array(matrix, dtype=float, copy=True)
    found.sum_duplicates()
    for expected, wrong in (
        ("finite numbers", ~np.isfinite(found.data)),
        ("no negative number", (found.data < 0) & (not signed)),
    ):
        if wrong.any():
            place = int(np.argmax(wrong))
            row = int(np.searchsorted(found.indptr, place, side="right")) - 1
            where = f"in row {row}, column {found.indices[place]}"
            raise InputError(f"{argument}: expected {expected}, got {found.data[place]} {where}")
    return found


def _refuse(argument, wrong, array, expected, labels=None):
    """Raise an InputError for the first cell (row, column) that is wrong, if there is one."""
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        where = f"in row {row}, column {column}"
        if labels is not None:
            where = f"from {labels[column]!r} to {labels[row]!r}"
        raise InputError(f"{argument}: expected {expected}, got {array[row, column]} {where}")


def names_for_json(nodes):
    """Return the names of nodes as plain text and numbers, or raise an InputError.

    Example:
        >>> import numpy as np
        >>> from stlearn.checks import names_for_json
        >>> names_for_json(np.array([7, 8])), names_for_json(["in10"])
        ([7, 8], ['in10'])
    """
    names = [node.item() if isinstance(node, np.generic) else node for node in nodes]
    for name in names:
        if not isinstance(name, str | int | float) or name != name:  # NaN is no name
            raise InputError(
                f"nodes: expected text or numbers as names, to write them as JSON, got {name!r}"
            )
    return names
