"""Virus spread and disease surveillance: the baselines of the field, and the notebook's ladder."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stcourse.applications.health.farrington import farrington
from stcourse.applications.health.renewal import Renewal
from stcourse.authoring import notebooks
from stcourse.worlds.outbreaks import outbreaks
from stlearn import SpatioTemporalDataset
from stlearn.errors import InputError

NOTEBOOK = Path(__file__).resolve().parents[3] / "solutions" / "06c_health.ipynb"


def daily(cases, unit="cases/day"):
    """Data set of one or more nodes from an array (day,) or (day, node)."""
    cases = np.asarray(cases, dtype=float).reshape(len(cases), -1)
    times = pd.date_range("2026-01-05", periods=len(cases), freq="D")
    return SpatioTemporalDataset(
        "daily", pd.DataFrame(cases, times, [f"n{k}" for k in range(cases.shape[1])]), unit
    )


def sources(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


# Renewal equation


@pytest.mark.parametrize("rate", [-0.05, 0.0, 0.08])
def test_growth_by_a_steady_rate_goes_on(rate):
    """The renewal equation holds exactly then, so a forecast without fading is the truth."""
    cases = 5000 * np.exp(rate * (np.arange(60) - 30))
    model = Renewal(horizon=10).fit(daily(cases[:50]))
    model.weekday = np.ones(7)  # growth within a week looks like a weekday otherwise
    assert model.predict(daily(cases[:50]))["n0"].to_numpy() == pytest.approx(cases[50:], rel=0.02)


def test_the_shape_of_the_week_is_learned_and_given_back():
    week = np.array([120.0, 100, 100, 100, 100, 50, 40])
    model = Renewal(horizon=7).fit(daily(np.tile(week, 10)))
    assert model.predict(daily(np.tile(week, 10)))["n0"].to_numpy() == pytest.approx(week, rel=0.03)


def test_fading_is_chosen_where_waves_turn_and_kept():
    days = np.arange(200)
    waves = daily(200 + 150 * np.sin(days / 9))
    model = Renewal(horizon=10).fit(waves.between(0, 150), waves.between(150, 200))
    assert model.fade < 1
    assert model.without(waves.between(0, 150)).fade == model.fade
    grows = daily(20 * np.exp(0.03 * days))
    assert Renewal(horizon=10).fit(grows.between(0, 150), grows.between(150, 200)).fade == 1


def test_nodes_stand_apart_and_silence_is_no_case():
    cases = np.stack([np.full(60, 30.0), np.zeros(60)], axis=1)
    cases[:20, 0] = np.nan
    ahead = Renewal(horizon=3).fit(daily(cases)).predict(daily(cases))
    assert ahead["n0"].to_numpy() == pytest.approx(30, rel=0.1)
    assert (ahead["n1"] < 0.01).all()


def test_the_renewal_forecaster_keeps_the_contract(tmp_path):
    data = daily(50 + 30 * np.sin(np.arange(90) / 8))
    model = Renewal(horizon=5, window=5).fit(data.between(0, 60), data.between(60, 90))
    model.save(tmp_path / "saved")
    again = Renewal.load(tmp_path / "saved")
    assert again.get_params() == model.get_params()
    assert again.predict(data).equals(model.predict(data))
    assert model.update(data) is model
    with pytest.raises(InputError, match="at least 26 rows"):
        model.predict(data.between(0, 20))
    for wrong in ({"window": 0}, {"mean": 0.5}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            Renewal(**wrong)
    with pytest.raises(InputError, match="daily cases"):
        Renewal().fit(outbreaks(weeks=60, planted=3))


# Farrington algorithm


def weekly(counts):
    times = pd.date_range("2020-01-06", periods=len(counts), freq="7D")
    return pd.DataFrame(counts, times, [f"n{k}" for k in range(counts.shape[1])])


def test_of_usual_counts_few_lie_above_the_limit_and_as_many_as_promised():
    random, weeks = np.random.default_rng(0), np.arange(480)[:, None]
    mean = np.exp(np.linspace(1.5, 3.5, 30) + 0.5 * np.cos(2 * np.pi * weeks / 52))
    counts = weekly(random.negative_binomial(mean / 0.5, 1 / 1.5))
    expected, limit = farrington(counts, counts.index[380])
    assert (expected / mean[380:]).to_numpy().mean() == pytest.approx(1, abs=0.05)
    assert 0.002 < (counts.iloc[380:] > limit).to_numpy().mean() < 0.012
    wider = farrington(counts, counts.index[460], share=0.9)[1]
    assert 0.07 < (counts.iloc[460:] > wider).to_numpy().mean() < 0.14


def test_the_trend_is_followed():
    weeks = np.arange(400)[:, None]
    counts = weekly(np.round(40 * np.exp(0.004 * weeks)))
    expected = farrington(counts, counts.index[395])[0]
    assert expected["n0"].to_numpy() == pytest.approx(counts["n0"].iloc[395:].to_numpy(), rel=0.03)


def test_an_old_outbreak_counts_less_and_a_recent_one_not_at_all():
    random = np.random.default_rng(1)
    usual = weekly(random.poisson(10, (330, 20)))
    old, recent = usual.copy(), usual.copy()
    old.iloc[329 - 52 : 329 - 50] += 60
    recent.iloc[329 - 20 : 329] += 60
    start = usual.index[329]
    limits = [farrington(counts, start)[1].to_numpy() for counts in (usual, old, recent)]
    assert np.array_equal(limits[0], limits[2])
    # Unweighted, two weeks of 70 among the 37 of their period would raise the mean by three.
    rise = farrington(old, start)[0].to_numpy() - farrington(usual, start)[0].to_numpy()
    assert rise.mean() < 1


def test_a_county_without_cases_has_a_limit():
    expected, limit = farrington(weekly(np.zeros((300, 2))), pd.Timestamp("2025-09-01"))
    assert (expected < 0.01).all(axis=None) and (limit <= 1).all(axis=None)


def test_farrington_needs_years_and_known_counts():
    counts = outbreaks(weeks=300, planted=0).values
    with pytest.raises(InputError, match="expected 263 known weeks before start, got 100"):
        farrington(counts, counts.index[100])
    gap = counts.astype(float)
    gap.iloc[5, 2] = np.nan
    with pytest.raises(InputError, match="known weeks"):
        farrington(gap, counts.index[290])


# The notebook


def test_both_parts_compare_with_the_full_ladder_and_the_field():
    code = "\n".join(sources(notebooks.read(NOTEBOOK)))
    assert "[Renewal(10), *ladder(virus, split, 14, 10, SEED" in code
    assert "ladder(illness, parts, 12, 1, SEED" in code
    assert "usual, limit = farrington(counts" in code and '"Farrington": usual' in code
    assert code.count("make_line(") == 2


def test_real_data_are_needed_by_their_own_cells_alone():
    cells = [cell for cell in notebooks.read(NOTEBOOK).cells if cell.cell_type == "code"]
    names = ("england", "english", "hungary", "hungarian", "try_load(")
    for cell in cells:
        if "real-data" not in notebooks.tags(cell):
            assert not any(name in cell.source for name in names), cell.id
