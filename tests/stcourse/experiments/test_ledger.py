"""The ledger: verdicts follow from the tables, and change with them."""

import numpy as np
import pytest

from stcourse.experiments import figures_of_tables, improvements, run
from stcourse.experiments.ledger import ledger, shipped_tables, told, verdict
from stlearn.errors import InputError

ALL = {"holds", "partly", "does not", "not yet tried"}


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
    for minutes, expected in ((15, "partly"), (30, "partly"), (60, "does not")):
        change(tables["ledger"], -0.1, 0.1, minutes=minutes, **where)
        assert judged(tables, "C2") == expected
    change(tables["ledger"], 0.1, 0.2, **where)
    assert judged(tables, "C2") == "holds"


def test_c5_needs_both_parts(tables):
    table = tables["ablation"]
    errors = table.set_index(["variant", "seed", "horizon_minutes"])["mae"]
    for part, expected in (
        ("without dynamic convolution", "partly"), ("without local pooling", "does not")
    ):  # fmt: skip
        fits = table["variant"] == part
        whole = errors["all parts"]
        keys = table.loc[fits, ["seed", "horizon_minutes"]].itertuples(index=False, name=None)
        table.loc[fits, "mae"] = [whole[key] for key in keys]
        other = "without local pooling"
        if part != other:
            worse = table["variant"] == other
            table.loc[worse, "mae"] = 99.0 + np.arange(worse.sum()) / 1000
        assert judged(tables, "C5") == expected


def test_c8_needs_every_window(tables):
    table = tables["rolling"]
    table.loc[table["window_days"] > 0, "mae"] = 0.001
    assert judged(tables, "C8") == "holds"
    table.loc[table["window_days"] == 3, "mae"] = 99.0
    assert judged(tables, "C8") == "partly"
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
    table.loc[rows & (table["variant"] == "cnn_lstm"), "value"] = 3.0
    assert judged(tables, "C20") == "holds"
    change(table, -0.1, 0.2, experiment="improvements", measure="gain", where="more nodes")
    assert judged(tables, "C20") == "partly"


def test_c16_waits_for_its_table(tables):
    tables.pop("applications", None)
    assert judged(tables, "C16") == "not yet tried"


def test_no_verdict_depends_on_the_order_of_the_rows(tables):
    shuffled = {name: table.sample(frac=1, random_state=0) for name, table in tables.items()}
    assert (ledger(shuffled)["verdict"] == ledger(tables)["verdict"]).all()


def test_seed_gain_is_paired(tables):
    rows = tables["ledger"].query("experiment == 'tuning' and measure == 'mae' and minutes == 60")
    errors = rows.pivot(index="seed", columns="variant", values="value")
    gain, low, high = figures_of_tables.seed_gain(tables["ledger"], "tuning", "tuned", "default")
    difference = errors["default"] - errors["tuned"]
    assert gain == pytest.approx(difference.mean() / errors["default"].mean())
    spread = difference.std() / np.sqrt(3) * 4.303 / errors["default"].mean()
    assert (high - low) / 2 == pytest.approx(spread, rel=1e-3)


def test_what_is_missing_is_told(tables):
    with pytest.raises(InputError, match="no row with .*nobody"):
        figures_of_tables.picked(tables["ledger"], "ladder", "nobody", "mae")
    with pytest.raises(InputError, match="differences: .*two"):
        figures_of_tables.over_seeds([1.0])
    tables["ledger"] = run.read("ledger").query("experiment != 'clock'")
    with pytest.raises(InputError, match="right clock"):
        ledger(tables)
