"""Scores as people read them: one row a model, the lowest error marked."""

import math

import numpy as np
import pandas as pd

from stlearn.data.units import in_words
from stlearn.evaluation.comparison import shown_steps
from stlearn.evaluation.metrics import mae, wape

SCORE_GROUPS = {"mae": "MAE", "rmse": "RMSE", "mae_congestion": "MAE in\ncongestion"}
COSTS = {"seconds": ("seconds", ".1f"), "parameters": ("parameters", ",.0f"),
         "peak_mb": ("MB", ".0f")}  # fmt: skip
SELDOM = 0.001  # share of the targets; of fewer, a coverage says nothing
INTERVAL_GROUPS = {"coverage": "coverage", "width": "width", "interval_score": "interval\nscore"}


def scores_as_text(result):
    """Return the scores as text: one row a model, the lowest error of each column with a *.

    Args:
        result: Result of `run`.

    Returns:
        DataFrame of text (model; (group, horizon)): errors at a quarter, half and all of the
        horizon, and the costs under the group "". Where a model was trained several times, its
        spread stands behind ±.
    """
    table = result.comparison.table()
    errors = _wide(table, "model", [key for key in SCORE_GROUPS if key in table], result)
    decimals = _decimals(errors)
    text = pd.DataFrame(index=errors.index)
    for (key, minute), column in errors.items():
        cells = _cells(column, decimals, marked=True)
        if f"{key}_spread" in table:
            spread = _wide(table, "model", [f"{key}_spread"], result)
            of_step = spread[f"{key}_spread", minute]
            cells = [
                cell if np.isnan(each) else f"{cell} ± {each:.{decimals}f}"
                for cell, each in zip(cells, of_step)
            ]
        text[SCORE_GROUPS[key], short_minutes(minute, result.dataset.interval)] = cells
    costs = table.groupby("model").first().loc[errors.index]
    for key, (title, form) in COSTS.items():
        text["", title] = ["-" if np.isnan(cost) else format(cost, form) for cost in costs[key]]
    text.columns = pd.MultiIndex.from_tuples(text.columns)
    return text


def with_shares(result):
    """Return the scores with two errors more, at the same horizons, and the unit of the others.

    Args:
        result: Result of `run`.

    Returns:
        DataFrame: that of `Comparison.table`, then wape (errors as a share of the sizes), mase
        (errors in units of what a step changes in training, each sensor's own; sensors that never
        change are left out) and unit.
    """
    table = result.comparison.table()
    steps = shown_steps(result.model.horizon)
    changes = result.dataset.values.iloc[result.split.train].diff().abs().mean().to_numpy()
    if result.comparison.sizes is not None:
        changes = changes / result.comparison.sizes
    scaled = changes > 0
    shares = {"wape": [], "mase": []}
    for runs in result.comparison.trainings.values():
        for step in steps:
            found = [_shares(run.backtest, step, changes, scaled) for run in runs]
            for key, share in zip(shares, np.mean(found, axis=0)):
                shares[key].append(share)
    return table.assign(**shares, unit=result.comparison.unit)


def _shares(tested, step, changes, scaled):
    """WAPE and MASE of a backtest at a step."""
    truth, forecast = (
        part[:, step - 1].astype("float64") for part in (tested.truth, tested.forecast)
    )
    share = wape(truth, forecast)
    truth, forecast = (part[:, scaled] / changes[scaled] for part in (truth, forecast))
    return share, mae(truth, forecast)


def by_sensor(result):
    """Return the errors of each sensor over all steps, beside those of the best other model.

    Args:
        result: Result of `run`.

    Returns:
        DataFrame with one row a sensor, the one with the largest loss first, and the columns node,
        known (targets), mae, reference (name of the model with the lowest error of all others, over
        all sensors), reference_mae, gain (share of it that is saved; NaN where it is 0), wape and
        unit.
    """
    comparison, name = result.comparison, result.model.name
    pooled = {
        other: run.backtest.scores()["mae_pooled"].iloc[-1]
        for other, run in comparison.shown.items()
        if other != name
    }
    reference = min(pooled, key=pooled.get)
    own, other = (comparison.runs[each].backtest.by_node() for each in (name, reference))
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = (1 - own["mae"] / other["mae"]).where(other["mae"] > 0)
    table = pd.DataFrame(
        {
            "node": own.index,
            "known": own["count"].to_numpy(),
            "mae": own["mae"].to_numpy(),
            "reference": reference,
            "reference_mae": other["mae"].to_numpy(),
            "gain": gain.to_numpy(),
            "wape": own["wape"].to_numpy(),
            "unit": result.dataset.unit,
        }
    )
    # Where the reference makes no error, any error is a loss without bound.
    boundless = (table["reference_mae"] == 0) & (table["mae"] > 0)
    order = table.assign(gain=table["gain"].mask(boundless, -np.inf), mae=-table["mae"])
    order = order.sort_values(["gain", "mae"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def sensors_as_text(result):
    """Return the table of `by_sensor` as people read it.

    Args:
        result: Result of `run`.

    Returns:
        DataFrame of text (sensor; MAE of the model, that of the reference, gain, WAPE).
    """
    table = by_sensor(result)
    reference = table["reference"].iloc[0]
    return pd.DataFrame(
        {
            ("MAE", result.model.name): table["mae"].map(three_digits).to_numpy(),
            ("MAE", reference): table["reference_mae"].map(three_digits).to_numpy(),
            ("", "gain"): table["gain"].map(_share).to_numpy(),
            ("", "WAPE"): table["wape"].map(_share).to_numpy(),
        },
        index=pd.Index(table["node"].astype(str), name="sensor"),
    )


def three_digits(number):
    """Say a number by three digits that count; a dash where it is not known.

    Example:
        >>> from stlearn.forecast.scores import three_digits
        >>> three_digits(0.012345), three_digits(54321.0), three_digits(float("nan"))
        ('0.0123', '54,321', '-')
    """
    if np.isnan(number):
        return "-"
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}"


def _share(number):
    return "-" if np.isnan(number) else f"{100 * number:z.1f} %"


def intervals_as_text(result):
    """Return coverage, width and interval score as text, the lowest score of a column with a *.

    Args:
        result: Result of `run` whose network has intervals.

    Returns:
        DataFrame of text (model; (group, horizon)) at a quarter, half and all of the horizon.
    """
    return _intervals(result, result.comparison.table(), "model", marked=True)


def states_as_text(result):
    """Return share, coverage, width and interval score of the network in each state, as text.

    Args:
        result: Result of `run` whose network has intervals.

    Returns:
        DataFrame of text (state; (group, horizon)) at a quarter, half and all of the horizon, a
        dash for a state that has hardly any targets, and
        the share of the targets under the group "".
    """
    table = result.comparison.by_state()
    table = table[table["model"] == result.model.name]
    text = _intervals(result, table, "state", marked=False)
    shares = table.groupby("state")["share"].first()[text.index]
    text.loc[shares < SELDOM] = "-"
    text["", "share"] = [f"{100 * share:.1f} %" for share in shares]
    return text


def _intervals(result, table, rows, marked):
    text = {}
    for key, title in INTERVAL_GROUPS.items():
        numbers = _wide(table, rows, [key], result)
        decimals = _decimals(numbers)
        for (_, minute), column in numbers.items():
            text[title, short_minutes(minute, result.dataset.interval)] = (
                ["-" if np.isnan(share) else f"{100 * share:.1f} %" for share in column]
                if key == "coverage"
                else _cells(column, decimals, marked and key == "interval_score")
            )
    return pd.DataFrame(text, index=numbers.index)


def _wide(table, rows, keys, result):
    """Numbers (row; (key, minutes)) at a quarter, half and all of the horizon."""
    steps = shown_steps(result.model.horizon, quarters=(1, 2, 4))
    minutes = [step * result.dataset.interval / pd.Timedelta("1min") for step in steps]
    wide = table.pivot(index=rows, columns="horizon_minutes", values=keys)
    return wide.loc[table[rows].unique(), [(key, minute) for key in keys for minute in minutes]]


def _decimals(numbers):
    """Decimals that leave two digits of the smallest number."""
    smallest = numbers.to_numpy()[numbers.to_numpy() > 0].min(initial=1)
    return max(2, 1 - math.floor(math.log10(smallest)))


def _cells(column, decimals, marked):
    rounded = column.round(decimals)
    return [
        "-"
        if np.isnan(number)
        else f"{number:.{decimals}f}" + ("*" if marked and number == rounded.min() else "")
        for number in rounded
    ]


def short_minutes(minutes, step=None):
    """Say a number of minutes in few letters, in the unit of the data's step.

    Example:
        >>> import pandas as pd
        >>> from stlearn.forecast.scores import short_minutes
        >>> short_minutes(15), short_minutes(180), short_minutes(2880)
        ('15 min', '3 h', '2 d')
        >>> short_minutes(2880, step=pd.Timedelta("1h"))
        '48 h'
    """
    return in_words(pd.Timedelta(minutes=minutes), step, short=True)


def in_order(scores):
    """Scores with the columns that are always there in front."""
    behind = (*INTERVAL_GROUPS, "wape", "mase", "unit")
    last = [name for name in scores if name.endswith("_congestion") or name in behind]
    return scores[[name for name in scores if name not in last] + last]
