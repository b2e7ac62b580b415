"""Forecasts that need no network, and that a network has to beat (chapters 01, 05).

- `base`: what every forecaster can do, networks too.
- `averages`: last value, historical average, last season (1.10).
- `least_squares`: the linear algebra of the regressions.
- `regression`: what recent deviations say about the next ones (1.11 and 3.7).
- `trees`: gradient-boosted trees.
- `standard`: the baselines that `stlearn forecast` compares with (4.10).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "averages": ["LastValue", "HistoricalAverage", "SeasonalNaive"],
        "least_squares": ["decompose"],
        "regression": ["AverageAutoregression", "VectorAutoregression"],
        "trees": ["GradientBoosting"],
    },
)
