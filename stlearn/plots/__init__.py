"""Figures: every function returns (figure, sentence), the sentence says what it shows.

- `style`: figures, colours, and figures of data in space and time.
- `data`: a usual day, one day, flow against speed, lags (chapter 01).
- `networks`: networks and their training (chapter 02).
- `graph`: graphs, and what spreads over them (chapter 03).
- `layers`: what layers do, and how networks grow (chapter 04).
- `forecasts`: forecasts and their errors (chapters 01, 02 and 04).
- `evaluation`: gains, intervals, sensors that fall silent (chapter 05).
- `experiments`: stored seeds, and a run of one's own beside them (chapter 05).
- `intervals`: what intervals hold, state by state (chapter 05).
"""

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
        ],
        "experiments": ["errors_by_model", "settled_gains"],
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
        "intervals": ["coverage_by_state"],
        "layers": ["parameters_by_nodes", "kernel_over_time", "error_by_day"],
        "networks": ["activation_curves", "fitted_curves", "learning_curves", "error_by_seed"],
        "style": ["time_space", "network_map", "weekly_profile"],
    },
)
