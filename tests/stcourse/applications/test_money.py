"""Chapter 06d: what its cells define holds, and all baselines are compared."""

import numpy as np
import pandas as pd
import pytest
from notebook_cells import run_cells, source_of

from stcourse.applications import stand_ins
from stcourse.worlds.prices import prices
from stcourse.worlds.yields import yields
from stlearn.baselines.averages import LastValue
from stlearn.data.windows import chronological_split
from stlearn.evaluation.comparison import compare

NOTEBOOK = "06d_money"


@pytest.fixture(scope="module")
def money():
    return run_cells(NOTEBOOK, "imports", "factors", "nelson-siegel")


def test_both_parts_compare_the_full_ladder():
    for cell in ("train-shares", "train-bonds", "real-shares", "real-bonds"):
        assert "ladder.ladder(" in source_of(NOTEBOOK, cell)
        assert "*models]" in source_of(NOTEBOOK, cell) or "compare(models," in source_of(
            NOTEBOOK, cell
        )


def test_three_factors_are_read_off_a_curve_without_noise(money):
    world = yields(days=300, noise=0)
    weights = world.nodes[["level", "slope", "curvature"]].to_numpy()
    found = money["factors"](world.values, weights)
    assert np.allclose(found @ weights.T, world.values, atol=1e-4)
    assert np.allclose(found[:, 0], world.extra["level"]["10y"], atol=1e-3)


def test_the_field_s_baseline_keeps_the_contract_of_all_forecasters(money, tmp_path):
    world = yields(days=400)
    split = chronological_split(world)
    model = money["NelsonSiegel"](4)
    # `compare` forecasts again from data that end at the origin, so it tells who looks ahead.
    comparison = compare([model, LastValue(4)], world, split, progress=False)
    errors = comparison.table().groupby("model")["mae"].mean()
    assert errors[model.name] < 1.2 * errors["last value"]
    model.save(tmp_path)
    again = type(model).load(tmp_path)
    history = world.between(0, 300)
    assert np.allclose(again.predict(history), model.predict(history))


def test_the_field_s_baseline_passes_over_days_off(money):
    world = yields(days=300)
    values = world.values.copy()
    values.iloc[::20] = np.nan
    holed = type(world)("holed", values, "%", world.adjacency, world.nodes)
    assert money["NelsonSiegel"](4).fit(holed).predict(holed).notna().all(axis=None)


def test_logs_start_at_zero_and_differ_by_per_cents():
    cells = run_cells(NOTEBOOK, "imports", "seed", "shares-world")
    logs, world = cells["dataset"].values, cells["world"].values
    assert np.allclose(logs.iloc[0], 0)
    change = world.iloc[300] / world.iloc[299]
    assert np.allclose(logs.iloc[300] - logs.iloc[299], 100 * np.log(change), atol=1e-3)
    bare = type(cells["world"])("bare", world, "euro")
    spoiled = world.copy()
    spoiled.iloc[1400:] = spoiled.iloc[1400:].to_numpy()[::-1]
    other = type(cells["world"])("bare", spoiled, "euro")
    assert cells["in_logs"](bare).adjacency.equals(cells["in_logs"](other).adjacency)


def test_a_centred_mean_seems_to_foretell_a_random_walk_and_an_honest_one_does_not():
    cells = run_cells(NOTEBOOK, "imports", "trick", MONTH=20)
    walk = np.log(prices(days=600).values.astype("float64"))
    saved = [float(cells["denoised"](walk, peek).split(" %")[0]) for peek in (True, False)]
    assert saved[0] > 20 and saved[1] < 3


def test_trading_costs_what_is_turned_over():
    days = pd.date_range("2026-01-05", periods=3)
    found = {"run": type("Run", (), {"times": days}), "came": np.zeros((3, 2))}
    lost = run_cells(NOTEBOOK, "imports", only={"trade": "def lost"}, **found)["lost"]
    up = np.array([1.0, 0.0])
    assert lost(np.array([up, up, up])).tolist() == [0, 0, 0]
    # All of one share is sold and all of the other bought: twice the value.
    assert lost(np.array([up, up[::-1], up[::-1]])).tolist() == [0, 10, 0]


def test_an_equal_shift_leaves_nothing_of_the_hedge_and_a_tilt_all():
    now = np.array([[3.0, 1.0]])
    assert stand_ins.hedge_error(now, now + 0.1, now, (10, 2)) == pytest.approx(0)
    assert stand_ins.hedge_error(now, now + [[0.1, 0]], now, (10, 2)) == pytest.approx(100)
