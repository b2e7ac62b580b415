"""How good a forecast is: errors, intervals, comparisons, decisions and alarms (chapter 05).

- `metrics`: errors that pass over missing truth, and skill (5.1 and 5.2).
- `backtest`: folds that walk forward (5.3).
- `bootstrap`: how sure a difference of two errors is (5.4).
- `multiple`: the correction for several comparisons (2.7), and for the best of many (6.8).
- `gains`: the gain of one over another, and whether it is real (5.4).
- `comparison`: several forecasters on the same origins (1.10 and 5.4).
- `intervals`: intervals around a forecast (5.6).
- `alarms`: alarms and their score (6.2).
- `drift`: whether forecasts in service have become worse than they were tested.
- `decisions`: how much to provide, and what it has cost (6.3).
- `anomaly_scores`: how odd a reading is (6.10 and 6.12).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "alarms": ["choose_threshold", "raise_alarms", "AlarmScore", "score_alarms"],
        "anomaly_scores": ["residual_score", "cusum", "fault_score"],
        "backtest": ["Backtest", "known_rows", "event_mask", "congestion_mask"],
        "bootstrap": ["Difference", "block_bootstrap"],
        "comparison": ["Run", "Comparison", "compare"],
        "gains": ["Gain"],
        "decisions": [
            "critical_quantile",
            "quantiles_from_errors",
            "amount_to_provide",
            "decision_cost",
        ],
        "multiple": ["holm", "Best", "reality_check"],
        "drift": ["Drift", "find_drift"],
        "intervals": [
            "conformal_half_width",
            "conformal_interval",
            "adaptive_interval",
            "interval_scores",
            "interval_table",
            "score_by_state",
            "weighted_interval_score",
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
            "interval_score",
            "score_table",
        ],
    },
)
