"""The data set, its repair, lags, splits and windows (chapters 01 and 02)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "dataset": ["SpatioTemporalDataset", "make_calendar", "known_ahead"],
        "lags": ["Lag", "best_lag", "wave_speed"],
        "prepare": ["synchronise", "clock_offset", "audit", "impute"],
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
