"""The closing table of chapter 06: what a line holds, and its verdict by one rule."""

import pandas as pd
import pytest

from stlearn.applications import rows
from stlearn.averages import HistoricalAverage, LastValue
from stlearn.comparison import compare
from stlearn.errors import InputError
from stlearn.windows import chronological_split
from stlearn.worlds.outbreaks import outbreaks


@pytest.fixture(scope="module")
def compared():
    world = outbreaks(seed=0)
    models = [LastValue(4), HistoricalAverage(4)]
    return compare(models, world, chronological_split(world), progress=False)


def test_a_line_holds_the_errors_of_the_table_at_the_decisions_horizon(compared):
    verdict = compared.verdict("historical average", "last value")[-1]
    decision = rows.Decision("send a team", "teams a week", 3.0, 2.0, -1.5, -0.5)
    row = rows.make_row("outbreaks", verdict, compared, decision)
    table = compared.table().set_index(["model", "horizon_minutes"])["mae"]
    minutes = verdict.horizon / pd.Timedelta("1min")
    assert row["error_network"] == table["historical average", minutes]
    assert row["error_baseline"] == table["last value", minutes]
    assert row["gain"] == pytest.approx(1 - row["error_network"] / row["error_baseline"])
    assert (row["decision_baseline"], row["decision_network"]) == (3.0, 2.0)
    assert rows.verdict_in_words(row).endswith("decision better")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.1, 0.2, "better"), (-0.2, -0.1, "worse"), (-0.1, 0.1, "not shown to differ")],
)
def test_only_an_interval_on_one_side_of_zero_counts(low, high, said):
    nothing = float("nan")
    row = {"gain_low": low, "gain_high": high, "decision_low": nothing, "decision_high": nothing}
    assert rows.verdict_in_words(row) == f"forecast {said}, decision not shown to differ"
    # Costs are better when they are lower, so their difference counts the other way round.
    row = {"gain_low": nothing, "gain_high": nothing, "decision_low": -high, "decision_high": -low}
    assert rows.verdict_in_words(row) == f"forecast not shown to differ, decision {said}"


def test_an_unknown_application_is_named(compared):
    with pytest.raises(InputError, match="application: expected one of traffic.* got 'tea'"):
        rows.make_row("tea", None, compared, None)
