"""The network walked forward over corridor: which rows each week may learn from, and its rows."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from stcourse.experiments import corridor
from stcourse.experiments.networks import SEEDS
from stcourse.experiments.rows import COLUMNS, DAY

WEEK = 7 * DAY
ERRORS = {"last value": 4.0, "trees": 3.0}  # km/h; in week 6 the trees err by 5


@pytest.fixture
def fitted(monkeypatch):
    """Nothing is trained: each fit is noted, and errs by a known amount."""
    noted = []

    def fit_and_test(forecaster, dataset, split):
        noted.append((forecaster.name, getattr(forecaster, "seed", None), split))
        value = ERRORS.get(forecaster.name, 2.0 + 0.1 * getattr(forecaster, "seed", 0))
        if forecaster.name == "trees" and split.test.start == 5 * WEEK:
            value = 5.0
        rows = split.test.stop - split.test.start
        return SimpleNamespace(errors=np.full((rows, 3, 2), value))

    def network(name, seed):
        return SimpleNamespace(name=name, seed=seed)

    monkeypatch.setattr(corridor, "fit_and_test", fit_and_test)
    monkeypatch.setattr(corridor, "network", network)
    baselines = {name: SimpleNamespace(name=name) for name in ERRORS}
    monkeypatch.setattr(corridor, "_baselines", lambda: baselines)
    return noted


def test_each_week_is_forecast_from_all_before_it_alone(fitted):
    list(corridor.walk())
    splits = {split.test.start: split for _, _, split in fitted}
    assert list(splits) == [4 * WEEK, 5 * WEEK, 6 * WEEK, 7 * WEEK]  # the last four of eight
    for start, split in splits.items():
        assert split.test == slice(start, start + WEEK)
        assert split.validation == slice(start - WEEK, start)  # it chooses the epoch
        assert split.train == slice(0, start - WEEK)
        here = [(name, seed) for name, seed, each in fitted if each.test.start == start]
        assert here == [*((name, None) for name in ERRORS), *(("stn", seed) for seed in SEEDS)]


def test_the_gain_is_over_the_best_baseline_of_the_week(fitted):
    rows = pd.DataFrame(corridor.walk())
    assert list(rows.columns) == COLUMNS
    assert set(rows["where"]) == {"week 5", "week 6", "week 7", "week 8"}
    errors = rows[rows["measure"] == "mae"]
    assert len(errors) == 4 * (len(ERRORS) + len(SEEDS))
    gains = rows[rows["measure"] == "gain"].set_index("where")
    best = {"week 5": "trees", "week 6": "last value", "week 7": "trees", "week 8": "trees"}
    assert gains["against"].to_dict() == best
    mean = 2.0 + 0.1 * np.mean(SEEDS)  # of the seeds' errors, not their best
    for week, name in best.items():
        assert gains.loc[week, "value"] == pytest.approx(1 - mean / ERRORS[name])
        assert gains.loc[week, ["low", "high"]].tolist() == pytest.approx(
            [1 - mean / ERRORS[name]] * 2
        )
