"""The ledger: verdicts follow from the tables, and change with them."""

import numpy as np
import pandas as pd
import pytest

from stcourse.experiments import figures_of_tables, improvements, run
from stcourse.experiments.ledger import ledger, shipped_tables, told, verdict
from stlearn.errors import InputError
from stlearn.evaluation.multiple import holm

ALL = {"holds", "partly", "does not", "cannot tell", "not yet tried"}


@pytest.fixture
def tables():
    return {name: table.copy() for name, table in shipped_tables().items()}


def test_every_claim_has_a_row_with_its_evidence():
    found = ledger()
    assert list(found.index) == [f"C{number}" for number in range(1, 21)]
    assert set(found["verdict"]) <= ALL
    assert found["figure"].str.len().min() > 10
    on_errors = ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C11", "C13", "C15", "C17", "C18"]
    assert found.loc[on_errors, ["low", "high"]].notna().all(axis=None)
    assert (found["low"].dropna() <= found["high"].dropna()).all()


def test_a_verdict_is_what_the_conditions_amount_to():
    assert verdict([True] * 3) == "holds"
    assert verdict([False, True]) == "partly"
    assert verdict(np.array([False, False])) == "does not"
    assert verdict([True, None]) == "partly"
    assert verdict([False, None]) == "does not"
    assert verdict([None, None]) == "cannot tell"
    assert verdict([]) == "not yet tried"


def test_chapters_are_told_the_verdict_of_the_rule(tables):
    for name, row in ledger(tables).loc[["C5", "C10"]].iterrows():
        assert told(name, tables) == f"{name} in the ledger: {row['verdict']}; {row['figure']}."
    with pytest.raises(InputError, match="claim: expected one of C1, .*, got 'C99'"):
        told("C99")


def judged(tables, name):
    return ledger(tables).loc[name, "verdict"]


def change(table, low, high, **where):
    """Set the interval of the rows that fit."""
    fits = np.all([table[column] == value for column, value in where.items()], axis=0)
    assert fits.any()
    table.loc[fits, ["low", "high"]] = low, high


def test_c2_turns_with_its_intervals(tables):
    where = {"experiment": "clock", "measure": "gain"}
    for minutes, expected in ((15, "partly"), (30, "partly"), (60, "cannot tell")):
        change(tables["ledger"], -0.1, 0.1, minutes=minutes, **where)
        assert judged(tables, "C2") == expected
    change(tables["ledger"], -0.2, -0.1, minutes=15, **where)
    assert judged(tables, "C2") == "does not"
    change(tables["ledger"], 0.1, 0.2, **where)
    assert judged(tables, "C2") == "holds"


def test_c5_needs_both_parts_and_takes_no_difference_for_no_evidence(tables):
    table = tables["ablation"]
    whole = table[table["variant"] == "all parts"].set_index(["seed", "horizon_minutes"])["mae"]

    def leaving_out(part, costs):
        fits = table["variant"] == part
        keys = table.loc[fits, ["seed", "horizon_minutes"]].itertuples(index=False, name=None)
        table.loc[fits, "mae"] = [whole[key] + costs * (1 + key[0] / 100) for key in keys]

    time, space = "without dynamic convolution", "without local pooling"
    for costs, expected in (
        ((0, 0), "cannot tell"),
        ((1, 0), "partly"),
        ((1, -1), "partly"),
        ((0, -1), "does not"),
        ((1, 1), "holds"),
    ):
        leaving_out(time, costs[0])
        leaving_out(space, costs[1])
        assert judged(tables, "C5") == expected


def test_c18_takes_an_open_interval_for_neither_side(tables):
    def gain(where, low, high):
        place = {"variant": "stn", "measure": "gain", "against": "last value", "where": where}
        change(tables["ledger"], low, high, experiment="events", minutes=30, **place)

    gain("elsewhere", 0.4, 0.5)
    gain("unannounced match", 0.3, 0.6)
    gain("incidents", -0.2, 0.6)
    assert judged(tables, "C18") == "cannot tell"
    gain("incidents", 0.1, 0.2)
    assert judged(tables, "C18") == "partly"
    gain("incidents", 0.45, 0.6)
    assert judged(tables, "C18") == "does not"
    gain("incidents", -0.2, -0.1)
    gain("unannounced match", 0.1, 0.2)
    assert judged(tables, "C18") == "holds"


def test_c1_asks_whether_statistical_methods_cope(tables):
    where = {"experiment": "ladder", "measure": "gain", "against": "last value", "minutes": 60}
    assert judged(tables, "C1") == "does not"
    for name in ("neighbour autoregression", "boosted trees"):
        change(tables["ledger"], -0.3, -0.1, variant=name, **where)
    assert judged(tables, "C1") == "holds"


def test_c8_needs_every_window(tables):
    table = tables["rolling"]
    table.loc[table["window_days"] > 0, "mae"] = 0.001
    assert judged(tables, "C8") == "holds"
    table.loc[table["window_days"] == 3, "mae"] = 99.0
    assert judged(tables, "C8") == "partly"
    assert "better for t = 1, 7, 14 and worse for t = 3" in told("C8", tables)
    table.loc[table["window_days"] > 0, "mae"] = 99.0
    assert judged(tables, "C8") == "does not"


def test_c20_needs_days_and_seeds(tables):
    table = tables["ledger"]
    change(table, 0.1, 0.2, experiment="improvements", measure="gain")
    variants = {variant for variant, _ in improvements.IMPROVEMENTS.values()}
    rows = (table["experiment"] == "improvements") & (table["measure"] == "mae")
    table.loc[rows, "value"] = [
        1.0 if variant in variants and variant != "stn" else 2.0
        for variant in table["variant"][rows]
    ]
    table.loc[rows & (table["variant"] == "feed_forward"), "value"] = 3.0
    assert judged(tables, "C20") == "holds"
    change(table, -0.1, 0.2, experiment="improvements", measure="gain", where="more nodes")
    assert judged(tables, "C20") == "partly"


def test_c20_counts_a_loss_by_both_errors(tables):
    table = tables["ledger"]
    rmse = (table["experiment"] == "losses") & (table["measure"] == "rmse")
    table.loc[rmse & (table["variant"] == "loss mae"), "value"] = 10.0
    table.loc[rmse & (table["variant"] == "loss huber"), "value"] = 9.0 + 0.01 * np.arange(5)
    assert "the same loss, in RMSE +9.8 % (better)" in told("C20", tables)
    table.loc[rmse & (table["variant"] == "loss huber"), "value"] = 11.0 + 0.01 * np.arange(5)
    assert "the same loss, in RMSE -10.2 % (worse)" in told("C20", tables)


def test_c4_needs_every_week_that_is_walked_to(tables):
    assert judged(tables, "C4") == "holds"
    change(tables["ledger"], -0.1, 0.1, experiment="walk", measure="gain", where="week 6")
    assert judged(tables, "C4") == "partly"


def test_c14_needs_a_command_that_runs_to_a_useful_end(tables):
    table = tables["ledger"]
    assert judged(tables, "C14") == "holds"
    of_command = table["experiment"] == "one command"
    table.loc[of_command & (table["variant"] == "kept model"), "value"] = 99.0
    assert judged(tables, "C14") == "partly"


def test_differences_of_all_claims_are_corrected_for_their_number(tables):
    close = {"experiment": "ladder", "variant": "feed_forward", "measure": "gain"}
    change(tables["ledger"], 0.001, 0.2, against="last value", **close)
    low, high = 0.001, 0.2
    alone = figures_of_tables.judged([figures_of_tables.difference(low, high)])
    assert alone == [True], "by its own interval it is above zero"
    assert judged(tables, "C6") == "cannot tell"


def test_an_interval_and_its_p_value_say_the_same():
    for freedom in (2, 4, np.inf):
        close = figures_of_tables.difference(0, 2, freedom)
        assert close.p == pytest.approx(0.05)
        assert figures_of_tables.difference(0.1, 2, freedom).p < 0.05
        assert figures_of_tables.difference(-0.1, 2, freedom).p > 0.05
        assert close.turned().p == close.p and close.turned().high == 0


def test_c16_waits_for_its_table(tables):
    tables.pop("applications", None)
    assert judged(tables, "C16") == "not yet tried"


def test_comparisons_are_corrected_for_their_number():
    random = np.random.default_rng(0)
    nothing = {str(name): random.normal(size=10) for name in range(40)}
    alone = sum(figures_of_tables.compared({n: g})["p"].iloc[0] < 0.05 for n, g in nothing.items())
    assert alone > 0
    assert (figures_of_tables.compared(nothing)["verdict"] == "not shown").all()
    found = figures_of_tables.compared({**nothing, "much": 3 + random.normal(size=10)})
    assert found.loc["much", "verdict"] == "better"


def test_holm_keeps_the_order_of_what_it_is_given():
    given = pd.Series([0.03, 0.001, 0.04], index=["a", "b", "c"])
    assert holm(given).round(3).to_dict() == {"a": 0.06, "b": 0.003, "c": 0.06}


def test_no_verdict_depends_on_the_order_of_the_rows(tables):
    shuffled = {name: table.sample(frac=1, random_state=0) for name, table in tables.items()}
    assert (ledger(shuffled)["verdict"] == ledger(tables)["verdict"]).all()


def test_seed_gain_is_paired(tables):
    rows = tables["ledger"].query("experiment == 'tuning' and measure == 'mae' and minutes == 60")
    errors = rows.pivot(index="seed", columns="variant", values="value")
    gain, low, high = figures_of_tables.seed_gain(tables["ledger"], "tuning", "tuned", "default")
    difference = errors["default"] - errors["tuned"]
    assert gain == pytest.approx(difference.mean() / errors["default"].mean())
    spread = difference.std() / np.sqrt(5) * 2.776 / errors["default"].mean()  # t, 4 degrees
    assert (high - low) / 2 == pytest.approx(spread, rel=1e-3)


def test_what_is_missing_is_told(tables):
    with pytest.raises(InputError, match="no row with .*nobody"):
        figures_of_tables.picked(tables["ledger"], "ladder", "nobody", "mae")
    with pytest.raises(InputError, match="differences: .*two"):
        figures_of_tables.over_seeds([1.0])
    tables["ledger"] = run.read("ledger").query("experiment != 'clock'")
    with pytest.raises(InputError, match="right clock"):
        ledger(tables)
