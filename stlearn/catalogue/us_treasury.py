"""Par yields of the US Treasury by tenor, on working days."""

import pandas as pd

from stlearn import graph


def read(path):
    """Read the yields and lay them on all working days."""
    published = pd.read_csv(path, index_col="date", parse_dates=True)
    days = pd.bdate_range(published.index[0], published.index[-1])
    yields = published.reindex(days)
    tenors = list(yields.columns)
    chain = pd.DataFrame({"source": tenors[:-1], "target": tenors[1:]})
    added = len(days) - len(published)
    return {
        "values": yields,
        "adjacency": graph.adjacency_from_edges(chain, tenors, directed=False),
        "notes": (
            f"{added} working days without a row in the file (holidays) are rows without values.",
            f"Gaps stay missing: {published.isna().to_numpy().mean():.1%} of the published table "
            "(1m and 2m start late, 20y and 30y were not issued for years).",
            "The graph is a chain of neighbouring tenors.",
        ),
    }
