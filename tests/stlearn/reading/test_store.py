"""A store gives back what was written, holds nothing in memory, and refuses what is spoiled."""

import json
import mmap

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import stlearn
from stlearn import InputError
from stlearn.forecast.cli import app
from stlearn.reading.prepared import prepare, prepare_store, save_prepared
from stlearn.reading.store import about_store, is_store, read_store, write_store

ZONE = "Europe/Berlin"


def tables(count=3, zone=None, freq="h", rows=50):
    index = pd.date_range("2026-03-27", periods=count * rows, freq=freq, tz=zone)
    values = np.random.default_rng(0).normal(50, 5, size=(len(index), 4)).astype("float32")
    values[7, 2] = np.nan
    table = pd.DataFrame(values, index=index, columns=["a", "b", 3, "ä"])
    return table, [table[start : start + rows] for start in range(0, len(table), rows)]


@pytest.mark.parametrize(
    ("zone", "freq"), [(None, "h"), (ZONE, "h"), ("UTC", "5min"), (None, "MS")]
)
def test_what_was_written_is_read_in_order_and_zone(tmp_path, zone, freq):
    whole, pieces = tables(zone=zone, freq=freq)
    assert write_store(tmp_path / "s", iter(pieces), "km/h", "three") == len(whole)
    found, about = read_store(tmp_path / "s")
    pd.testing.assert_frame_equal(found, whole)
    assert (about["unit"], about["name"], about["rows"]) == ("km/h", "three", 150)


def test_nodes_decide_and_not_their_order(tmp_path):
    whole, pieces = tables()
    pieces[1] = pieces[1].iloc[:, ::-1]
    write_store(tmp_path, pieces)
    pd.testing.assert_frame_equal(read_store(tmp_path)[0], whole)


def test_the_values_are_mapped_and_not_read(tmp_path):
    whole, pieces = tables()
    write_store(tmp_path, pieces)
    dataset = stlearn.read_csv(tmp_path, unit="km/h")
    base = mapped = dataset.between(10, 20).values.to_numpy()
    while isinstance(base, np.ndarray):
        base = base.base
    assert isinstance(base, mmap.mmap)
    np.testing.assert_array_equal(mapped, whole.to_numpy()[10:20])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.__setitem__(1, p[1][1:]), "table 2: expected 49 rows from 2026-03-29 02:00"),
        (lambda p: p.__setitem__(1, p[0]), "table 2: expected 50 rows from 2026-03-29 02:00"),
        (lambda p: p.__setitem__(1, p[1].iloc[::2]), "every 1 hour, got"),
        (lambda p: p.__setitem__(1, p[1][["a", "b"]]), "table 2: its nodes differ"),
        (lambda p: p.__setitem__(1, p[1].tz_localize("UTC")), "in the zone None, got UTC"),
        (lambda p: p.__setitem__(2, p[2].replace({"a": {p[2]["a"].iloc[0]: np.inf}})), "infinite"),
        (lambda p: p.clear(), "expected at least one, got none"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(tmp_path, change, said):
    _, pieces = tables()
    change(pieces)
    with pytest.raises(InputError, match=said):
        write_store(tmp_path / "s", pieces)
    assert not (tmp_path / "s").exists()


def spoil(file, change):
    raw = bytearray(file.read_bytes())
    file.write_bytes(change(raw))


def flipped(raw):
    raw[-60 * 16] ^= 1  # in the second piece from the end
    return raw


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (flipped, r"rows 50 to 99 \(2026-03-29 02:00:00 to 2026-03-31 03:00:00\) are not as they"),
        (lambda raw: raw[:-1000], "150 rows from 2026-03-27 00:00:00 .*: a piece is missing"),
        (lambda raw: b"", "a piece is missing"),
        (lambda raw: b"no numpy file", "a piece is missing"),
    ],
)
def test_a_missing_or_changed_piece_is_refused_in_a_sentence(tmp_path, change, said):
    write_store(tmp_path, tables()[1])
    spoil(tmp_path / "values.npy", change)
    with pytest.raises(InputError, match=said):
        read_store(tmp_path)


def test_another_count_of_rows_is_refused(tmp_path):
    write_store(tmp_path, tables()[1])
    about = json.loads((tmp_path / "store.json").read_text())
    about["pieces"].pop()
    (tmp_path / "store.json").write_text(json.dumps(about))
    with pytest.raises(InputError, match="expected 100 rows of 4 nodes"):
        read_store(tmp_path)
    (tmp_path / "store.json").write_text("{}")
    with pytest.raises(InputError, match="it is spoiled"):
        about_store(tmp_path)
    (tmp_path / "store.json").unlink()
    with pytest.raises(InputError, match="spoiled"):
        read_store(tmp_path / "values.npy")


def test_what_is_no_store_is_told(tmp_path):
    assert not is_store(tmp_path)
    with pytest.raises(InputError, match="expected a store, a folder with values.npy and store"):
        read_store(tmp_path)


@pytest.fixture
def months(tmp_path):
    """Three files of hours; the third begins five hours late, and one sensor is silent in one."""
    files = []
    for month in (1, 2, 3):
        start = pd.Timestamp(2026, month, 1)
        times = pd.date_range(start, start + pd.offsets.MonthBegin(), freq="h", inclusive="left")
        times = times[5:] if month == 3 else times
        values = 50 + np.random.default_rng(month).normal(size=(len(times), 3)).round(2)
        table = pd.DataFrame(values, times, ["a", "b", "c"]).rename_axis("time")
        table.iloc[4:9, 1] = 0
        if month == 2:
            table["c"] = np.nan
        files.append(tmp_path / f"2026-0{month}.csv")
        table.to_csv(files[-1])
    return files


def test_prepared_file_by_file_it_is_what_prepare_makes_of_all(months, tmp_path):
    options = {"unit": "km/h", "gaps": "keep", "zero_is_missing": True}
    found = prepare_store(months, tmp_path / "store", **options)
    whole = prepare(months, **options)
    save_prepared(whole, tmp_path / "whole")
    pd.testing.assert_frame_equal(
        found.values, whole.values.astype("float32"), check_freq=False, check_names=False
    )
    one, other = (
        stlearn.read_csv(tmp_path / each, unit="km/h") for each in ("store", "whole/values.csv")
    )
    pd.testing.assert_frame_equal(one.values, other.values, check_freq=False)
    zeros = [entry for entry in found.log if entry.repair == "--zero-is-missing"]
    assert sum(entry.count for entry in zeros) == 15
    (gap,) = [entry for entry in found.log if entry.repair.startswith("--gaps")]
    assert gap.count == 5 and "2026-03-01 00:00:00 to 2026-03-01 04:00:00" in gap.where
    assert any("--zero-is-missing: 15" in note for note in one.notes)
    assert len(pd.read_csv(tmp_path / "store" / "log.csv")) == len(found.log)


def test_a_gap_between_two_files_is_refused_unless_it_is_asked_for(months, tmp_path):
    with pytest.raises(InputError, match="2026-03.csv begins at 2026-03-01 05:00:00, the file be"):
        prepare_store(months, tmp_path / "store", unit="km/h")
    with pytest.raises(InputError, match="table 2: expected"):
        prepare_store([months[1], months[0]], tmp_path / "store", unit="km/h", gaps="keep")
    assert not (tmp_path / "store").exists()


def test_what_is_in_the_way_is_left_alone(months, tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"did not make \(mine.txt\)"):
        prepare_store(months, tmp_path / "store", gaps="keep")
    assert (tmp_path / "store" / "mine.txt").read_text() == "mine"


def test_the_command_writes_a_store_and_forecast_reads_it(months, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    files = [str(file) for file in months]
    for _ in range(2):  # a store that it has written before may be written anew
        done = run(app, ["prepare", *files, "--out", "s", "--store", "--gaps", "keep",
                         "--unit", "km/h"])  # fmt: skip
        assert done.exit_code == 0, done.output
    assert "go on: stlearn forecast --values s)" in done.output
    refused = run(app, ["prepare", *files, "--out", "s", "--store", "--late-sensors", "cut"])
    assert refused.exit_code and "--late-sensors: it looks at all rows" in str(
        refused.output or refused.exception
    )
    forecast = run(app, ["forecast", "--values", "s", "--model", "historical average",
                         "--out", "found"])  # fmt: skip
    assert forecast.exit_code == 0, forecast.output
    ahead = run(app, ["predict", "--model", "found", "--values", "s", "--out", "next.csv"])
    assert ahead.exit_code == 0, ahead.output
    one, other = (pd.read_csv(tmp_path / file) for file in ("found/forecast.csv", "next.csv"))
    pd.testing.assert_frame_equal(one, other)


def test_a_zone_other_than_the_store_s_is_refused(tmp_path):
    write_store(tmp_path, tables(zone=ZONE)[1], "km/h")
    assert str(stlearn.read_csv(tmp_path, unit="km/h", timezone=ZONE).values.index.tz) == ZONE
    with pytest.raises(InputError, match="has times in Europe/Berlin, got UTC"):
        stlearn.read_csv(tmp_path, unit="km/h", timezone="UTC")


def test_a_network_learns_the_same_from_a_store_as_from_memory(tmp_path):
    times = pd.date_range("2026-01-05", periods=600, freq="5min")
    rng = np.random.default_rng(0)
    waves = 50 + 10 * np.sin(np.arange(600) / 40)[:, None] + rng.normal(size=(600, 3))
    table = pd.DataFrame(waves.astype("float32"), times, ["a", "b", "c"])
    write_store(tmp_path, [table[:200], table[200:]], "km/h")
    stored = stlearn.read_csv(tmp_path, unit="km/h")
    said = []
    for dataset in (stored, stlearn.SpatioTemporalDataset("memory", table, "km/h")):
        network = stlearn.Forecaster("feed_forward", 4, 3, epochs=2)
        network.fit(dataset.between(0, 400), dataset.between(400, 500))
        said.append((network.predict(dataset), network.training))
    pd.testing.assert_frame_equal(said[0][0], said[1][0], check_freq=False)
    pd.testing.assert_frame_equal(said[0][1], said[1][1])
