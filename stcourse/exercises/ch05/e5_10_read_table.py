"""5.10: say which claims a table supports."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call
from stcourse.engine.wording import kind
from stcourse.exercises.ch05.results import recorded


def read_table(table):
    """Say for each model of a table which claim about it the table supports.

    Args:
        table: DataFrame (model); the baseline is the first row. In km/h the columns mae,
            mae_low and mae_high: an error and its own interval. In per cent gain, gain_low and
            gain_high: what the model takes off the baseline's error, and the interval of that,
            NaN where there are too few days for an interval.

    Returns:
        List of "better", "worse" or "cannot tell", one a row: against the baseline.
    """
    claims = []
    for row in table.itertuples():
        if row.gain_low > 0:
            claims.append("better")
        elif row.gain_high < 0:
            claims.append("worse")
        else:
            claims.append("cannot tell")
    return claims


@st.composite
def _results(draw):
    models = ["baseline", "lstm", "stn", "linear"][: draw(st.integers(2, 4))]
    rows = [(4.0, 3.5, 4.5, 0.0, 0.0, 0.0)]
    for _ in models[1:]:
        gain = draw(st.integers(-20, 20))
        mae, own = 4 - gain / 25, draw(st.sampled_from([0.125, 0.5]))
        below, above = (draw(st.sampled_from([1, 5, 15, abs(gain)])) for _ in range(2))
        ends = (np.nan, np.nan) if draw(st.integers(0, 4)) == 4 else (gain - below, gain + above)
        rows.append((mae, mae - own, mae + own, gain, *ends))
    columns = ["mae", "mae_low", "mae_high", "gain", "gain_low", "gain_high"]
    return {"table": pd.DataFrame(rows, index=models, columns=columns, dtype="float64")}


CLAIMS = ("better", "worse", "cannot tell")


def _one_claim_a_row(answer, case):
    """The claims may come as a list, a tuple, an array or a Series."""
    came, table = call(answer, case), case["table"]
    if isinstance(came, pd.Series | np.ndarray):
        came = recorded(answer, came.tolist())
    if not isinstance(came, list | tuple):
        raise NotRight(f"Your answer is {kind(came)}, expected a list of claims.", came=came)
    if len(came) != len(table):
        raise NotRight(
            f"Your list has length {len(came)}, expected {len(table)}: a claim for each row, the "
            "baseline's included.",
            came=came,
            reason=f"{len(came) - len(table)} claims",
        )
    for model, said, expected in zip(table.index, came, read_table(**case)):
        if not isinstance(said, str) or said not in CLAIMS:
            raise NotRight(
                f"For {model} you say {said!r:.40}, expected one of {', '.join(CLAIMS)}.",
                reason="no claim",
            )
        if said != expected:
            row = table.loc[model]
            ends = f"the interval {row['gain_low']:g} to {row['gain_high']:g} %"
            known = "no interval" if np.isnan(row["gain_low"]) else ends
            raise NotRight(
                f"For {model}, with a gain of {row['gain']:g} % and {known}, you say {said!r}, "
                f"expected {expected!r}: {_why(row)}.",
                reason=f"{said} for {expected}",
            )


def _why(row):
    if np.isnan(row["gain_low"]):
        return "nothing says how sure the gain is"
    if row["gain_low"] <= 0 <= row["gain_high"]:
        return "0 %, no gain at all, lies in the interval"
    return f"the whole interval lies {'above' if row['gain_low'] > 0 else 'below'} zero"


def _by_columns(table):
    claims = np.full(len(table), "cannot tell", dtype=object)
    claims[(table["gain_low"] > 0).to_numpy()] = "better"
    claims[(table["gain_high"] < 0).to_numpy()] = "worse"
    return claims


def _by_product(table):
    """Both ends on one side of zero have a product above zero."""
    sure = table["gain_low"] * table["gain_high"] > 0
    return [
        ("better" if gain > 0 else "worse") if clear else "cannot tell"
        for gain, clear in zip(table["gain_low"], sure)
    ]


EXERCISE = Exercise(
    id="5.10",
    title="Read a table",
    section="5.7 Which claim does a table support",
    difficulty=2,
    minutes=4,
    matters="It is how to read any results section.",
    hints=(
        "Which of the columns speak of the difference between two models, and not of one?",
        "A claim holds if it holds for every gain in the interval, from gain_low to gain_high.",
        "Better if gain_low is above 0, worse if gain_high is below 0. All else, NaN "
        "included, cannot be told.",
    ),
    solution=read_table,
    cases=_results(),
    properties=(_one_claim_a_row,),
    mistakes=read_mistakes(read_table),
    also_right=(_by_columns, _by_product),
)
