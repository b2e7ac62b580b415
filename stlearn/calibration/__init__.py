"""How wide an interval has to be, learned from what a forecast has missed (chapter 05).

- `states`: what is known at the origin: a jam or not, moving or steady (5.6).
- `quantiles`: quantiles moved by what they missed, state by state (5.6).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "quantiles": [
            "Calibration",
            "calibrate",
            "calibrated",
            "calibration_of",
            "fit_calibration",
            "usual_range",
        ],
        "states": ["StateRule", "fit_state_rule", "states_at"],
    },
)
