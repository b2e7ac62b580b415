"""The ledger's experiments: their rows have one shape, and say what was measured."""

import numpy as np
import pandas as pd
import pytest

from stcourse.experiments import clock_and_graphs, los_loop, networks, rows, run
from stlearn.errors import InputError


@pytest.fixture(scope="module")
def table():
    return run.read("ledger")


def test_the_table_holds_every_experiment(table):
    assert list(table.columns) == rows.COLUMNS
    assert set(clock_and_graphs.experiments()) <= set(table["experiment"])
    whole = table.query("variant == @rows.WHOLE")
    assert (whole["value"] > 0).all()
    assert set(whole["experiment"]) == set(clock_and_graphs.experiments())


def test_no_row_stands_twice(table):
    keys = [column for column in table if column not in ("value", "low", "high")]
    assert not table.duplicated(keys).any()


def test_intervals_hold_their_figure(table):
    known = table.dropna(subset="low")
    assert len(known) > 50
    assert (known["low"] <= known["value"]).all()
    assert (known["value"] <= known["high"]).all()
    assert known["measure"].str.contains("gain").all()


def test_every_network_of_the_ladder_was_trained_on_every_seed(table):
    part = table.query("experiment == 'ladder' and measure == 'mae' and minutes == 60")
    seeds = part.groupby("variant")["seed"].agg(set)
    for name in ("stn", "cnn_lstm", "feed_forward"):
        assert seeds[name] == set(map(str, networks.SEEDS))


def test_the_clock_comes_out_again(table):
    fits = table.query("experiment == 'clock' and minutes == 15").set_index(["variant", "measure"])
    for row in clock_and_graphs.clock(minutes=[15]):
        stored = fits.loc[(row["variant"], row["measure"])]
        assert row["value"] == pytest.approx(stored["value"], rel=0.01, abs=1e-3)


def test_a_gain_is_the_share_that_is_taken_off():
    errors = np.random.default_rng(0).random((6 * 288, 3))
    found = rows.gain_row("ladder", "a", "b", 0.8 * errors, errors, minutes=15)
    assert found["value"] == pytest.approx(0.2)
    assert found["low"] == pytest.approx(0.2)
    mask = np.zeros(errors.shape, bool)
    mask[: 2 * 288] = True
    found = rows.gain_row("ladder", "a", "b", 0.8 * errors, errors, 15, mask, "two days")
    assert found["value"] == pytest.approx(0.2)
    assert np.isnan(found["low"])  # two days are too few


def test_one_experiment_can_be_measured_again(tmp_path, monkeypatch):
    def again(only=None):
        yield rows.row("b", "x", "mae", 7.0)
        yield rows.row("b", rows.WHOLE, "seconds", 3.0)

    monkeypatch.setitem(run.EXPERIMENTS, "ledger", again)
    path = tmp_path / "table.csv"
    before = [
        rows.row("a", "x", "mae", 1.0),
        rows.row("a", rows.WHOLE, "seconds", 2.0),
        rows.row("b", "x", "mae", 2.0),
    ]
    pd.DataFrame(before).to_csv(path, index=False)
    run.run("ledger", path, lambda row: None, only="b")
    table = pd.read_csv(path, comment="#")
    assert table.query("measure == 'mae'")["value"].tolist() == [1.0, 7.0]
    assert "5 s in all" in path.read_text().splitlines()[2]


def test_one_part_of_chapter_06_can_be_measured_again(tmp_path, monkeypatch):
    def again(parts):
        yield {"part": parts[0], "seed": 1, "gain": 7.0}
        yield {"part": parts[0], "seed": 0, "gain": 6.0}

    monkeypatch.setitem(run.EXPERIMENTS, "applications", again)
    path = tmp_path / "table.csv"
    before = {"part": ["traffic", "climate", "traffic"], "seed": [0, 0, 1], "gain": [1.0, 2.0, 3.0]}
    pd.DataFrame(before).to_csv(path, index=False)
    run.run("applications", path, lambda row: None, only="climate")
    table = pd.read_csv(path, comment="#")
    assert table["part"].tolist() == ["traffic", "climate"] * 2
    assert table["gain"].tolist() == [1, 6, 3, 7]


def test_silent_networks_and_wrong_names_are_told(tmp_path):
    with pytest.raises(InputError, match="only: .*clock.*nothing"):
        next(clock_and_graphs.ledger("nothing"))
    with pytest.raises(InputError, match="only: .*ablation"):
        run.run("ablation", tmp_path / "x.csv", only="clock")
    with pytest.raises(InputError, match="name: .*stn.*deep"):
        networks.network("deep")


def test_a_network_is_as_its_row_says():
    four_times = networks.network("cnn_lstm, four times the epochs", seed=2)
    assert four_times.name == "cnn_lstm"
    assert four_times.arguments["epochs"] == 4 * networks.network("stn").arguments["epochs"]
    assert four_times.arguments["seed"] == 2
    without = networks.network("without graph", refit=False).arguments
    assert without["settings"] == {"profile": False, "without": ["graph"]}
    assert without["refit"] is False
    assert networks.network(networks.WITH_PROFILE).arguments["settings"] == {"profile": True}


def test_published_figures_are_whole():
    table = los_loop.published()
    assert table.groupby("model")["minutes"].apply(list).tolist() == [[15, 30, 45, 60]] * 2
    assert (table["mae"] < table["rmse"]).all()
