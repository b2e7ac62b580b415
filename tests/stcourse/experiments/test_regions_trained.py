"""Regions are measured beside one network, on the same data and seeds."""

import pytest

from stcourse.experiments import regions, run
from stlearn.errors import InputError


def test_the_table_has_one_network_and_both_halos_on_every_seed():
    table = run.read("regions")
    assert set(table["dataset"]) == set(regions.REGIONS)
    assert not table.duplicated(["dataset", "variant", "seed", "horizon_minutes"]).any()
    assert (table[["mae", "seconds", "parameters", "sensors"]] > 0).all(axis=None)
    for name, part in table.groupby("dataset"):
        assert set(part["seed"]) == set(regions.SEEDS[name])
        most = part.groupby("variant")["sensors"].max()
        assert most.idxmax() == regions.WHOLE and most.is_unique


def test_an_unknown_data_set_is_told():
    with pytest.raises(InputError, match="datasets: expected any of corridor.*, got 'tea'"):
        next(regions.regions(["tea"]))


@pytest.mark.slow
def test_rows_come_from_trainings(monkeypatch):
    from stlearn import networks
    from stlearn.catalogue import load
    from stlearn.data.windows import chronological_split

    small = load("corridor").between(0, 6 * 288)
    split = chronological_split(small, validation=0.2, test=0.2)
    monkeypatch.setattr(regions, "_data", lambda name: (small, split))
    made = networks.Forecaster
    quick = {"epochs": 1, "settings": {"hidden": 8}, "refit": False}
    monkeypatch.setattr(networks, "Forecaster", lambda name, seed: made(name, seed=seed, **quick))
    rows = list(regions.regions(["corridor"], seeds=[3]))
    assert len(rows) == 3 * 4 and {row["seed"] for row in rows} == {3}
    sensors = {row["variant"]: row["sensors"] for row in rows}
    assert sensors[regions.WHOLE] == 48
    assert sensors["4 regions, halo of 0 hops"] == 12 < sensors["4 regions, halo of 2 hops"]
