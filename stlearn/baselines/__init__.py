"""Forecasts that need no network, and that a network has to beat (chapters 01, 05)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "averages": ["LastValue", "HistoricalAverage", "SeasonalNaive"],
        "regression": ["AverageAutoregression", "VectorAutoregression", "decompose"],
        "trees": ["GradientBoosting"],
    },
)
