"""Small tables of readings, drawn for the cases of chapter 01."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st


def table(draw, rows, names, start, step):
    """Draw a table (time, node) of whole numbers, some of them missing."""
    numbers = st.integers(10, 120).map(float)
    cells = st.one_of(numbers, numbers, numbers, st.just(np.nan))
    values = draw(st.lists(cells, min_size=rows * len(names), max_size=rows * len(names)))
    times = pd.date_range(start, periods=rows, freq=step)
    return pd.DataFrame(np.reshape(values, (rows, len(names))), times, names)
