"""The long experiments: their tables say where they come from, and are written whole."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from stcourse.experiments import clock_and_graphs, run, tries
from stcourse.experiments.choices import CHOICES, SEEDS, choices
from stlearn.errors import InputError
from stlearn.forecast.cli import app


@pytest.mark.parametrize("name", run.EXPERIMENTS)
def test_a_table_ships_and_tells_its_origin(name):
    table = run.read(name)
    assert table.drop(columns=list(run.NO_INTERVAL), errors="ignore").notna().all(axis=None)
    command, versions, machine, *more = table.attrs["origin"].splitlines()
    assert command == f"made by: stlearn bench {name}"
    assert "keras" in versions
    assert "tensorflow" in versions
    assert machine.endswith("s in all")
    if name == "ledger":
        assert any(re.fullmatch(r"rules: .*claims.py as of commit \w{7,}", line) for line in more)


def test_the_ablation_has_every_variant_on_every_seed():
    table = run.read("ablation")
    for variant in run.ABLATION:
        assert set(table.loc[table["variant"] == variant, "seed"]) == set(run.SEEDS)
    assert not table.duplicated(["variant", "seed", "horizon_minutes"]).any()
    assert (table[["mae", "mae_congestion", "seconds"]] > 0).all(axis=None)


def test_every_choice_was_validated_on_both_data_sets():
    table = run.read("choices")
    table = table[table["variant"].isin(CHOICES)]
    for _, part in table.groupby(["dataset", "seed"]):
        assert list(part["variant"]) == list(CHOICES)
    assert set(table.loc[table["dataset"] == "corridor", "seed"]) == set(SEEDS)
    assert set(table["dataset"]) == {"corridor", "los-loop"}
    assert (table[["validation_mae", "epoch", "fit_seconds", "parameters"]] > 0).all(axis=None)


def test_every_try_has_its_seeds_and_its_verdict():
    table = run.read("choices")
    table = table[~table["variant"].isin(CHOICES)]
    assert (table[["validation_mae", "validation_interval_score"]] > 0).all(axis=None)
    assert not table.duplicated(["dataset", "variant", "seed"]).any()
    for _, part in table.groupby(["dataset", "variant"]):
        assert len(part) >= 3
    found = tries.what_pays(table).set_index(["dataset", "variant"])
    assert len(found) == 2 * (table["variant"].nunique() - 1)
    assert (found["p_holm"] >= found["p"]).all()


def test_tries_are_corrected_for_each_other():
    random = np.random.default_rng(0)
    rows = [
        {"dataset": "road", "variant": variant, "seed": seed, "validation_mae": level + noise}
        for variant, level in ((tries.AS_IT_IS, 2), ("better", 1.8), ("worse", 2.3), ("same", 2))
        for seed, noise in enumerate(random.normal(0, 0.01, 5))
    ]
    found = tries.what_pays(pd.DataFrame(rows)).set_index("variant")
    assert found["verdict"].to_dict() == {
        "better": "pays",
        "worse": "costs",
        "same": "no difference shown",
    }
    order = found.sort_values("p")
    assert order["p_holm"].tolist() == pytest.approx(
        [3 * order["p"].iloc[0], 2 * order["p"].iloc[1], order["p"].iloc[2]]
    )
    with pytest.raises(InputError, match="variants: expected any of .*averaged weights.*, got"):
        next(tries.tries(["tea"]))


def test_an_unknown_choice_is_told():
    with pytest.raises(InputError, match="variants: expected any of .*width 64.*, got .'tea'."):
        next(choices(["tea"]))


def test_the_rolling_table_has_every_window_on_every_day():
    table = run.read("rolling")
    for _, part in table.groupby("model"):
        days = part.groupby("window_days")["day"].apply(list)
        assert list(days.index) == list(run.WINDOW_DAYS)
        assert all(each == days.iloc[0] for each in days)
    assert (table.query("window_days == 0")["update_seconds"] == 0).all()
    assert (table.query("window_days > 0")["update_seconds"] > 0).all()


def test_a_run_writes_rows_as_read_gives_them(tmp_path, monkeypatch):
    rows = [{"model": "a", "mae": 1.5}, {"model": "b", "mae": 2.25}]
    monkeypatch.setitem(run.EXPERIMENTS, "short", lambda: iter(rows))
    told = []
    run.run("short", tmp_path / "short.csv", told.append)
    table = pd.read_csv(tmp_path / "short.csv", comment="#")
    assert table.to_dict("records") == rows
    assert [line.split(": ")[1] for line in told] == ["model a, mae 1.500", "model b, mae 2.250"]


def test_pieces_on_ray_give_the_rows_of_one_machine(tmp_path, monkeypatch):
    def squares(models=("a", "b", "c")):
        import os

        for model in models:
            yield {"model": model, "mae": ord(model) ** 2 / 7, "process": os.getpid()}

    monkeypatch.setitem(run.EXPERIMENTS, "rolling", squares)
    pieces = {each: {"models": [each]} for each in "abc"}
    monkeypatch.setattr(run, "pieces", lambda name: pieces)
    tables = []
    for ray in (None, "local"):
        run.run("rolling", tmp_path / "table.csv", lambda row: None, ray=ray)
        tables.append(pd.read_csv(tmp_path / "table.csv", comment="#"))
    alone, together = (table.pop("process") for table in tables)
    pd.testing.assert_frame_equal(*tables)
    assert set(alone) == {os.getpid()} and not set(alone) & set(together)


def test_the_pieces_of_an_experiment_are_all_of_it():
    found = [list(run.pieces("ablation").values())]
    found = {(variant, seed) for each in found[0] for variant in each["variants"]
             for seed in each["seeds"]}  # fmt: skip
    assert found == {(variant, seed) for variant in run.ABLATION for seed in run.SEEDS}
    parts = [part for each in run.pieces("applications").values() for part in each["parts"]]
    assert sorted(parts) == sorted(run.PARTS)
    assert list(run.pieces("ledger")) == list(clock_and_graphs.experiments())
    widths, tried = (
        [name for each in run.pieces("choices").values() for name in each[key]]
        for key in ("widths", "tried")
    )
    assert widths == list(run.CHOICES)
    measured = run.read("choices")["variant"].unique()
    assert set(widths + tried) == set(measured)


def test_nothing_is_left_of_a_run_that_breaks_off(tmp_path, monkeypatch):
    def broken():
        yield {"mae": 1.0}
        raise RuntimeError("power cut")

    monkeypatch.setitem(run.EXPERIMENTS, "broken", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        run.run("broken", tmp_path / "broken.csv", list)
    assert not list(tmp_path.iterdir())


def test_unknown_names_are_told(tmp_path):
    with pytest.raises(InputError, match="name: .*ablation.*ledgerr"):
        run.run("ledgerr", tmp_path / "x.csv")
    with pytest.raises(InputError, match="no table of 'ledgerr'"):
        run.read("ledgerr")
    result = CliRunner().invoke(app, ["bench", "ledgerr"])
    assert result.exit_code == 2


def test_a_table_is_read_without_tensorflow():
    code = (
        "import json, sys; from stcourse.experiments import run; run.read('ablation'); "
        "print(json.dumps('tensorflow' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is False
