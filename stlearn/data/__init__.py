"""The data set, its repair, lags, splits and windows (chapters 01 and 02).

- `dataset`: values, graph, nodes, calendar and events in one object (1.2).
- `quantities`: several quantities to forecast at once, each a layer of the graph.
- `blocks`: tables larger than memory, met in blocks of rows.
- `steps`: the step of a time index, on the clock or on the calendar.
- `validation`: what must hold for it, each fault with a sentence.
- `prepare`: one clock, no silent gaps (1.5 and 1.9).
- `repairs`: repairs of a table, each asked for by name, each with its entry in a log.
- `units`: one unit and one name (1.6).
- `seasons`: what a model reads of the calendar, the time of the year included.
- `holidays`: public holidays as a column of what is known ahead.
- `bounds`: what is never negative is not forecast below zero.
- `privacy`: persons taken out (1.7).
- `lags`: which series follows the other, and after how long (1.8).
- `windows`: split in time, scale, and cut windows (2.4 to 2.6).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "dataset": ["SpatioTemporalDataset", "make_calendar", "known_ahead"],
        "lags": ["Lag", "best_lag", "wave_speed"],
        "prepare": ["synchronise", "clock_offset", "audit", "impute"],
        "quantities": ["together"],
        "privacy": ["pseudonymise", "coarsen", "k_anonymity"],
        "units": ["convert", "standardise"],
        "windows": [
            "Split",
            "chronological_split",
            "walk_forward",
            "window_origins",
            "cut_windows",
            "Scaler",
            "fit_scaler",
        ],
    },
)
