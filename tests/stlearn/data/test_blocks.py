"""What is taken of a table block by block is what is taken of it at once."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stlearn.baselines import AverageAutoregression, HistoricalAverage
from stlearn.data import blocks
from stlearn.data.blocks import row_blocks, spread_rows, summary_of_nodes
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.windows import fit_scaler


def table(rows=3000, nodes=3):
    rng = np.random.default_rng(0)
    values = (
        50
        + 10 * np.sin(np.arange(rows) / 288 * 2 * np.pi)[:, None]
        + rng.normal(size=(rows, nodes))
    )
    values[rng.random(values.shape) < 0.1] = np.nan
    return values.astype("float32")


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "CELLS_AT_ONCE", 300)


def dataset():
    times = pd.date_range("2026-01-05", periods=3000, freq="5min")
    return SpatioTemporalDataset("x", pd.DataFrame(table(), times, list("abc")), "km/h")


def test_the_blocks_are_all_rows_in_order(small_blocks):
    found = list(row_blocks(np.zeros((1001, 3))))
    assert [each.start for each in found] == list(range(0, 1001, 100))
    assert found[-1].stop == 1001
    assert next(row_blocks(np.zeros((5, 1000)))) == slice(0, 1)  # a row at least
    assert list(row_blocks(np.zeros((0, 3)))) == []


def test_a_summary_is_that_of_all_tables(small_blocks):
    values = table()
    found = summary_of_nodes(pd.DataFrame(values[:1234]), values[1234:])
    assert found.count.tolist() == np.isfinite(values).sum(axis=0).tolist()
    np.testing.assert_allclose(found.sum, np.nansum(values, axis=0, dtype="float64"))
    assert found.lowest.tolist() == np.nanmin(values, axis=0).tolist()
    assert found.highest.tolist() == np.nanmax(values, axis=0).tolist()


def test_a_node_without_readings_has_no_ends():
    found = summary_of_nodes(np.array([[1.0, np.nan], [2.0, np.nan]]))
    assert found.count.tolist() == [2, 0] and np.isnan([found.lowest[1], found.highest[1]]).all()


def test_rows_are_spread_over_the_whole_table_and_all_times_of_the_day(monkeypatch):
    monkeypatch.setattr(blocks, "MOST_TO_SORT", 3 * 1200)
    rows = np.repeat(np.arange(288 * 300)[:, None], 3, axis=1)
    found = spread_rows(rows)[:, 0]
    assert len(found) == 1200 and found[0] == 0 and found[-1] == 288 * 300 - 1
    assert len(np.unique(found % 288)) > 0.9 * 288  # not the same hours again and again
    assert len(spread_rows(rows[:1200])) == 1200


@pytest.mark.parametrize("per_node", [False, True])
def test_a_scaler_is_the_same_in_blocks(monkeypatch, per_node):
    values = table()
    whole = fit_scaler(values, per_node)
    monkeypatch.setattr(blocks, "CELLS_AT_ONCE", 300)
    assert fit_scaler(values, per_node).to_dict() == whole.to_dict()


@pytest.mark.parametrize("model", [HistoricalAverage, AverageAutoregression])
def test_a_baseline_is_the_same_in_blocks(monkeypatch, model):
    data, origins = dataset(), np.arange(2500, 2900, 7)
    whole = model(3).fit(data.between(0, 2000), data.between(2000, 2500)).forecasts(data, origins)
    monkeypatch.setattr(blocks, "CELLS_AT_ONCE", 300)
    monkeypatch.setattr("stlearn.baselines.regression.CELLS_AT_ONCE", 300)
    found = model(3).fit(data.between(0, 2000), data.between(2000, 2500)).forecasts(data, origins)
    np.testing.assert_allclose(found, whole, rtol=1e-5)


def test_windows_that_lie_apart_are_those_that_lie_together(monkeypatch):
    data = dataset()
    model = AverageAutoregression(3).fit(data.between(0, 2000))
    origins = np.arange(20, 1900, 40)
    monkeypatch.setattr("stlearn.baselines.regression.CELLS_AT_ONCE", 10**9)
    apart = model._examples(data, origins, leave_out=True)
    start, stop = origins.min() - model.lags, origins.max() + model.horizon
    together = model._examples_of(data, origins, model.expected(data, start, stop, leave_out=True))
    for one, other in zip(apart, together):
        np.testing.assert_array_equal(one, other)


def test_changes_of_a_mapped_copy_are_not_lost(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((100, 3), dtype="float32"))
    for mode in ("c", "r+"):
        values = np.load(tmp_path / "x.npy", mmap_mode=mode)
        values[7] = 5
        assert summary_of_nodes(pd.DataFrame(values, copy=False)).sum.tolist() == [5, 5, 5]
        assert values[7].tolist() == [5, 5, 5]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_mapped_table_is_let_go_after_it_was_seen(tmp_path):
    file = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", "float32", (5000, 1000))
    file[:] = np.arange(1000)
    del file

    def mapped():
        lines = Path("/proc/self/status").read_text().splitlines()
        kinds = ("RssFile", "RssShmem")  # the second where files lie in memory anyway
        return sum(int(line.split()[1]) for line in lines if line.startswith(kinds))

    values = np.load(tmp_path / "x.npy", mmap_mode="r")
    part = pd.DataFrame(values, copy=False).iloc[:4900]
    before = mapped()
    assert part.to_numpy().max() == 999
    assert mapped() - before > 15_000  # kB: it was read
    found = summary_of_nodes(part)
    assert mapped() - before < 5_000
    assert found.sum[999] == 4900 * 999 and values[0, 5] == 5
