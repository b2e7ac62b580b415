"""Daily exchange rates of eight currencies against the US dollar, without dates."""

import pandas as pd

CURRENCIES = ("AUD", "GBP", "CAD", "CHF", "CNY", "JPY", "NZD", "SGD")


def read(path):
    """Read the rates, name the currencies and count the days."""
    table = pd.read_csv(path)
    days = pd.date_range("1990-01-01", periods=len(table), freq="D")
    return {
        "values": table.set_axis(days).set_axis(list(CURRENCIES), axis=1),
        "notes": (
            "The file has no dates: rows are counted as days from 1990-01-01, and neither the "
            "date nor the day of the week of a row means anything.",
            "Columns are only numbered; the currencies are those that Lai et al. (2018) list, in "
            "their order, which fits the level of each column.",
        ),
    }
