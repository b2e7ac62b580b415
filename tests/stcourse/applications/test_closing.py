"""The closing table of chapter 06: readable, by one rule, and made by the notebooks."""

import numpy as np
import pandas as pd
import pytest

from stcourse.applications import closing_table
from stcourse.applications.lines import OPEN, PARTS
from stcourse.experiments import run as bench
from stlearn.errors import InputError


@pytest.fixture
def rows():
    """Three parts on three seeds: one wins both, one decides worse, one shows nothing."""
    common = {"horizon": "0 days 01:00:00", "best_baseline": "boosted trees", "error_network": 2.0}
    common |= {"decision_unit": "minutes", "decision_against": "last value"}
    common |= {"decision_baseline": 10.0}
    lines = []
    for seed, luck in enumerate((-0.01, 0.0, 0.01)):
        clear = {"gain": 0.2 + luck, "gain_low": 0.1, "gain_high": 0.3}
        better = {"decision_network": 8.0 + luck, "decision_low": -3.0, "decision_high": -1.0}
        worse = {"decision_network": 40.0 + luck, "decision_low": 20.0, "decision_high": 35.0}
        untold = {"gain": 20 * luck, "gain_low": np.nan, "gain_high": np.nan}
        told = {"decision_network": 12.0, "decision_low": -1.0, "decision_high": 5.0}
        lines += [
            {"part": "traffic", "seed": seed, "decision": "leave"} | common | clear | better,
            {"part": "flood", "seed": seed, "decision": "warn"} | common | clear | worse,
            {"part": "bonds", "seed": seed, "decision": "hedge"}
            | common
            | untold
            | (told if seed else better),
        ]
    return pd.DataFrame(lines)


def test_where_the_network_wins_is_told(rows):
    assert closing_table.where_won(rows) == (
        "Better in both: traffic; in the forecast alone: floods; in the decision alone: none; "
        "in neither: bonds."
    )


def test_what_one_seed_would_have_told_otherwise_is_named(rows):
    said = closing_table.seeds_that_differ(rows)
    assert "by forecast: none; by decision: bonds." in said


def test_the_table_of_all_is_readable(rows):
    table = closing_table.closing_table(rows)
    assert table.loc["traffic", "ahead"] == "60 minutes"
    assert table.loc["traffic", "gain (%)"] == "20 (19 to 21)"
    verdicts = table.loc["floods", ["forecast", "outcome"]].tolist()
    assert verdicts == ["better", "worse"]
    assert table.loc["bonds", "outcome"] == OPEN
    figure, sentence = closing_table.gains_of_all(rows)
    assert len(figure.axes) == 2
    assert f"decision better in 1, worse in 1, {OPEN} in 1" in sentence


def test_a_decision_that_earns_is_left_out_and_named(rows):
    rows.loc[rows["part"] == "bonds", "decision_baseline"] = -1.0
    figure, sentence = closing_table.gains_of_all(rows)
    assert "a seed is left out: bonds." in sentence
    drawn = [line for line in figure.axes[1].lines if not np.isnan(line.get_xdata()).any()]
    assert len(figure.axes[1].lines) - len(drawn) == 6, "an interval and a mark for each seed"


def test_a_line_agrees_with_itself_and_not_with_another(rows):
    same = rows.iloc[0].to_dict()
    assert closing_table.agreement(same, rows).endswith("as in the table, the same verdict.")
    other = same | {"error_network": 3.0, "decision_high": 1.0}
    assert "50.0 % apart; another verdict" in closing_table.agreement(other, rows)
    assert "has no such line" in closing_table.agreement(same | {"seed": 9}, rows)


def test_a_table_that_is_none_is_told(rows):
    for function in (
        closing_table.closing_table,
        closing_table.gains_of_all,
        closing_table.where_won,
        closing_table.seeds_that_differ,
    ):
        with pytest.raises(InputError, match="rows"):
            function(rows.drop(columns="gain_low"))
        with pytest.raises(InputError, match="tea"):
            function(rows.assign(part="tea"))


def test_the_table_that_ships_has_a_line_for_each_part_and_seed():
    table = bench.read("applications")
    found = list(zip(table["seed"], table["part"]))
    expected = {(seed, name) for name, part in PARTS.items() for seed in range(part.seeds)}
    order = list(PARTS)
    assert found == sorted(expected, key=lambda each: (each[0], order.index(each[1])))
    assert table["decision_low"].dtype == float  # empty cells are missing numbers, not text
    for column in ("horizon", "decision", "decision_unit"):
        assert (table.groupby("part")[column].nunique() == 1).all()
