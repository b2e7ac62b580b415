"""Monthly prices of five shares."""

import pandas as pd


def read(path):
    """Read the long table of prices."""
    table = pd.read_csv(path)
    table["date"] = pd.to_datetime(table["date"], format="%b %d %Y")
    prices = table.pivot(index="date", columns="symbol", values="price").asfreq("MS")
    return {
        "values": prices,
        "notes": (
            f"The long table of {len(table)} rows is made wide: one column a share.",
            "GOOG was not listed before August 2004: its earlier months are missing.",
        ),
    }
