"""The one exception that the library raises for bad input."""


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
