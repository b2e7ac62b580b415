"""The one exception that the library raises for bad input, and a warning of a namesake."""

import importlib.metadata
import warnings


class InputError(ValueError):
    """Bad input, told in one sentence: what was expected, what came, and where.

    It is a `ValueError`, so code that knows nothing of this library can still catch it.

    Example:
        >>> from stlearn.errors import InputError
        >>> try:
        ...     raise InputError("lookback: expected a whole number of at least 1, got 0")
        ... except ValueError as error:
        ...     print(error)
        lookback: expected a whole number of at least 1, got 0
    """


def namesake():
    """Say in a sentence that another project's `stlearn` is installed here, or say nothing.

    Returns:
        The sentence; empty where all is well.

    Example:
        >>> from stlearn.errors import namesake
        >>> namesake()
        ''
    """
    try:
        other = importlib.metadata.version("stlearn")
    except importlib.metadata.PackageNotFoundError:
        return ""
    return (
        f"another project's stlearn {other} is installed here, and both write into one folder: "
        "pip uninstall stlearn, then install stlearn-course again"
    )


def warn_of_namesake():
    """Warn where another project's `stlearn` is installed here."""
    if sentence := namesake():
        warnings.warn(sentence, stacklevel=3)
