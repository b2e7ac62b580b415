"""How good a forecast is: errors, intervals, comparisons, decisions and alarms (chapter 05)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "alarms": ["choose_threshold", "raise_alarms", "AlarmScore", "score_alarms"],
        "anomaly_scores": ["residual_score", "cusum", "fault_score"],
        "backtest": ["Backtest", "known_rows", "event_mask", "congestion_mask"],
        "bootstrap": ["Difference", "block_bootstrap"],
        "comparison": ["Run", "Verdict", "Comparison", "compare"],
        "decisions": [
            "critical_quantile",
            "quantiles_from_errors",
            "amount_to_provide",
            "decision_cost",
        ],
        "intervals": [
            "conformal_half_width",
            "conformal_interval",
            "adaptive_interval",
            "interval_table",
        ],
        "metrics": [
            "mae",
            "rmse",
            "mape",
            "wape",
            "mase",
            "skill",
            "pinball",
            "coverage",
            "score_table",
        ],
    },
)
