"""Figures: every function returns (figure, sentence), the sentence says what it shows."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "data": ["daily_profile", "one_day", "fundamental_diagram", "lag_by_distance"],
        "evaluation": [
            "gains",
            "coverage_by_step",
            "interval_band",
            "error_by_share",
            "gains_said",  # from here on sentences without a figure
            "settled",
            "leaders",
            "below",
        ],
        "forecasts": [
            "time_space_forecast",
            "forecast_lines",
            "forecast_ahead",
            "error_by_horizon",
            "error_by_node",
            "training_curve",
        ],
        "graph": [
            "graph_panels",
            "matrix_panels",
            "laplacian_spectrum",
            "eigenvalue_plane",
            "error_against",
        ],
        "layers": ["parameters_by_nodes", "kernel_over_time", "error_by_day"],
        "networks": ["activation_curves", "fitted_curves", "learning_curves", "error_by_seed"],
        "style": ["time_space", "network_map", "weekly_profile"],
    },
)
