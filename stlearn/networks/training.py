"""The windows that a network is trained on and forecasts from, cut when they are asked for."""

import warnings

import numpy as np

from stlearn.data.dataset import known_ahead
from stlearn.data.windows import cut_windows, window_origins


class Samples:
    """Windows over one or more parts of a data set, scaled, and cut when they are asked for.

    The parts stand one behind the other in one array; the origins are chosen so that no window
    reaches from one part into the next.
    """

    def __init__(self, parts, forecaster, targets=True):
        self.lookback, self.horizon = forecaster.lookback, forecaster.horizon
        values, calendars, origins, first = [], [], [], 0
        for part in parts:
            rows = len(part.values)
            values.append(forecaster.scaler.transform(part.values.to_numpy()))
            calendars.append(_calendar(part, rows + self.horizon, forecaster.calendar_columns))
            if targets:
                origins.append(first + window_origins(0, rows, self.lookback, self.horizon))
            blank = np.full((self.horizon, values[-1].shape[1]), np.nan, dtype="float32")
            values.append(blank)
            first += rows + self.horizon
        self.values = np.concatenate(values).astype("float32")
        self.calendar = np.concatenate(calendars)
        self.origins = np.concatenate(origins) if targets else None

    def __len__(self):
        return len(self.origins)

    def batch(self, origins):
        """Return the network's inputs and its target for some origins."""
        past, future = cut_windows(self.values, origins, self.lookback, self.horizon)
        around = np.concatenate(
            cut_windows(self.calendar, origins, self.lookback, self.horizon), axis=1
        )
        return {"history": past, "calendar": around}, future


def _calendar(dataset, rows, columns):
    """The calendar (row, column) of a data set and of the steps ahead, as the network reads it."""
    absent = [name for name in columns if name not in dataset.calendar.columns]
    calendar = known_ahead(dataset, 0, rows)[1].reindex(columns=columns)
    unknown = list(calendar.columns[calendar.isna().any()])
    if unknown:
        where = "the calendar lacks it" if absent else "the calendar ends before the forecast does"
        warnings.warn(
            f"calendar: {', '.join(unknown)} is not known for all times ({where}); taken as 0",
            stacklevel=2,
        )
    return calendar.fillna(0.0).to_numpy(dtype="float32")
