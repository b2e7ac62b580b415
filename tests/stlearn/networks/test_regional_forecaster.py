"""A network for each region: trained for its own sensors, forecasts joined, kept like any other."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from stlearn import InputError, SpatioTemporalDataset
from stlearn.baselines import LastValue
from stlearn.calibration import calibrate
from stlearn.data.windows import chronological_split, window_origins
from stlearn.evaluation.comparison import compare
from stlearn.forecast.results import load_model
from stlearn.graph import with_halo
from stlearn.networks import Forecaster, RegionalForecaster
from stlearn.networks.training import Checkpoint, Samples

NODES = 9


def waves(rows=400, nodes=NODES, seed=0, **fields):
    """A wave that travels along a chain of nodes, with noise and gaps."""
    rng = np.random.default_rng(seed)
    time, place = np.arange(rows)[:, None], np.arange(nodes)[None]
    values = 60 + 20 * np.sin(2 * np.pi * (time - 2 * place) / 48) + rng.normal(0, 1, (rows, nodes))
    values[rng.random(values.shape) < 0.05] = np.nan
    names = [f"s{node}" for node in rng.permutation(nodes)]  # neighbours do not stand side by side
    order = np.argsort([int(name[1:]) for name in names])
    index = pd.date_range("2026-01-05", periods=rows, freq="5min")
    chain = pd.DataFrame(np.eye(nodes, k=-1), index=names, columns=names).iloc[order, order]
    frame = pd.DataFrame(values, index=index, columns=names).iloc[:, order]
    return SpatioTemporalDataset("waves", frame, **{"adjacency": chain, "unit": "km/h"} | fields)


def parts(dataset):
    return [dataset.between(0, 300), dataset.between(300, len(dataset.values))]


def network(model="stn", **more):
    small = {"lookback": 4, "horizon": 3, "epochs": 2, "settings": {"hidden": 8, "dropout": 0}}
    if model != "stn":
        small["settings"] = {"hidden": 8}
    return Forecaster(model, **small | more)


@pytest.fixture(scope="module")
def fitted():
    return RegionalForecaster(network(), regions=3, halo=1).fit(*parts(waves()))


def test_forecasts_are_those_of_each_region_in_the_order_of_the_data(fitted):
    dataset = waves()
    forecast = fitted.predict(dataset)
    assert list(forecast.columns) == list(dataset.values.columns)
    assert fitted.name == "stn in 3 regions"
    seen = []
    for part, (around, own) in zip(fitted.parts, fitted.places):
        alone = part.predict(dataset.of_region(around)).loc[:, own]
        pd.testing.assert_frame_equal(forecast[alone.columns], alone)
        seen += list(alone.columns)
    assert sorted(seen) == sorted(dataset.values.columns)
    assert fitted.parameters == sum(part.parameters for part in fitted.parts)


def test_history_without_a_graph_is_forecast_the_same(fitted):
    dataset = waves()
    bare = SpatioTemporalDataset("bare", dataset.values, "km/h")
    pd.testing.assert_frame_equal(fitted.predict(bare), fitted.predict(dataset))


def test_a_region_reads_its_halo_and_nothing_beyond(fitted):
    dataset = waves()
    node = dataset.values.columns[0]
    changed = dataset.values.copy()
    changed.loc[changed.index[-2:], node] += 30
    other = SpatioTemporalDataset("other", changed, "km/h", dataset.adjacency)
    moved = (fitted.predict(other) != fitted.predict(dataset)).any()
    for around, own in fitted.places:
        names = dataset.values.columns[around]
        assert moved[names[own]].any() == (node in names)


def test_only_the_own_sensors_count_in_loss_and_on_validation(fitted):
    train, validation = parts(waves())
    for part, (around, own) in zip(fitted.parts, fitted.places):
        assert own.sum() < len(own)
        samples = Samples([train.of_region(around)], part)
        target = samples.batch(samples.origins[:50])[1]
        assert np.isnan(target[..., ~own]).all() and not np.isnan(target[..., own]).all()
        origins = window_origins(0, len(validation.values), 4, 3)
        data = validation.of_region(around)
        truth = np.stack([data.values.to_numpy()[o : o + 3] for o in origins])
        missed = np.abs(truth - part.forecasts(data, origins))[..., own]
        assert part.mean_error(data, origins) == pytest.approx(np.nanmean(missed), rel=1e-6)


def test_intervals_come_from_all_sensors_together_before_the_validation_part_was_learned(fitted):
    train, validation = parts(waves())
    assert all(part.apart is not None and part.calibration is None for part in fitted.parts)
    origins = window_origins(0, len(validation.values), 4, 3)
    unseen = fitted.without(train)
    expected = calibrate(unseen, train, validation, origins, fitted.quantiles)
    assert fitted.calibration.to_dict() == expected.to_dict()
    assert not np.array_equal(
        unseen.forecasts(validation, origins), fitted.forecasts(validation, origins)
    )
    said = fitted.predict_quantiles(waves())
    assert said.shape == (3, NODES * 3)


def test_saved_and_loaded_it_forecasts_and_is_updated_the_same(fitted, tmp_path):
    dataset = waves()
    for _ in range(2):  # over an older one too
        fitted.save(tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert isinstance(loaded, RegionalForecaster) and loaded.name == fitted.name
    pd.testing.assert_frame_equal(
        loaded.predict_quantiles(dataset), fitted.predict_quantiles(dataset)
    )
    assert loaded.arguments == fitted.arguments
    before = loaded.predict(dataset)
    again = load_model(tmp_path / "model")
    recent = dataset.between(200, 400)
    updated = [model.update(recent).predict(dataset) for model in (loaded, again)]
    pd.testing.assert_frame_equal(*updated)
    assert not updated[0].equals(before)
    assert [part.own.tolist() for part in loaded.parts] == [
        own.tolist() for _, own in fitted.places
    ]


def test_trained_on_all_rows_it_keeps_its_intervals(fitted):
    dataset = waves()
    model = fitted.trained_on_all(dataset)
    assert model.calibration is fitted.calibration
    assert not model.predict(dataset).equals(fitted.predict(dataset))


def test_an_interrupted_training_goes_on_in_the_region_where_it_was(monkeypatch, tmp_path):
    train = waves().between(0, 200)
    model = RegionalForecaster(network("feed_forward"), regions=2)
    expected = model.fit(train).predict(waves())
    real, calls = Checkpoint.write, []

    def write(self, *arguments):
        real(self, *arguments)
        calls.append(self.folder)
        if len(calls) == 3:  # the second region has had its first epoch
            raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "write", write)
    with pytest.raises(KeyboardInterrupt):
        clone(model).fit(train, checkpoint=tmp_path / "kept")
    again = clone(model).fit(train, checkpoint=tmp_path / "kept")
    assert len(calls) == 4  # one epoch was left
    pd.testing.assert_frame_equal(again.predict(waves()), expected)


def test_it_stands_in_a_comparison_like_any_other():
    dataset = waves()
    models = [LastValue(3), RegionalForecaster(network("feed_forward"), regions=2)]
    split = chronological_split(dataset, validation=0.2, test=0.2)
    comparison = compare(models, dataset, split, progress=False, quantiles=(0.1, 0.5, 0.9))
    table = comparison.table()
    assert table["model"].unique().tolist() == ["last value", "feed_forward in 2 regions"]
    assert np.isfinite(table[["mae", "coverage", "interval_score"]].to_numpy()).all()
    assert np.isfinite([run.validation for run in comparison.runs.values()]).all()


def test_arguments_of_its_own_and_of_the_network_can_be_set():
    model = RegionalForecaster(network(), regions=2)
    model.set_params(seed=5, halo=3)
    assert (model.seed, model.forecaster.seed, model.halo, model.regions) == (5, 5, 3, 2)
    assert clone(model).arguments == model.arguments
    with pytest.raises(InputError, match="expected any of the arguments"):
        model.set_params(colour="red")


def test_sizes_are_told():
    told = RegionalForecaster(network(), regions=3, halo=1).told(waves())
    assert told[0].startswith("stn in 3 regions: a network for each, of 4 to 5 sensors with those")


def test_stn_reaches_as_far_as_the_class_says():
    chain = waves(nodes=20)
    model = network(settings={"hidden": 8, "learned": 0}, refit=False).fit(chain)
    changed = chain.values.copy()
    changed.iloc[-2:, 0] += 30
    other = SpatioTemporalDataset("other", changed, "km/h", chain.adjacency)
    moved = (model.predict(other) != model.predict(chain)).any().to_numpy()
    first = np.arange(20) == 0
    assert not moved[~with_halo(chain.weights, first, 7)].any()
    assert moved[with_halo(chain.weights, first, 6) & ~with_halo(chain.weights, first, 5)].all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"regions": 1}, "regions: .* at least 2, got 1"),
        ({"halo": -1}, "halo: .* at least 0, got -1"),
        ({"regions": NODES + 1}, f"regions: expected at most {NODES}, one a sensor, got 10"),
    ],
)
def test_unusable_numbers_are_refused(change, told):
    with pytest.raises(InputError, match=told):
        RegionalForecaster(network(), **{"regions": 2} | change).fit(waves())


def test_data_without_a_graph_is_refused():
    bare = SpatioTemporalDataset("bare", waves().values, "km/h")
    with pytest.raises(InputError, match="adjacency: stn in 2 regions needs a graph, but bare"):
        RegionalForecaster(network(), regions=2).fit(bare)


def test_what_is_not_fitted_is_not_saved_and_what_is_spoiled_is_not_loaded(tmp_path):
    with pytest.raises(InputError, match="call fit before save"):
        RegionalForecaster(network(), regions=2).save(tmp_path / "model")
    assert not (tmp_path / "model").exists()
    with pytest.raises(InputError, match="call fit before predict"):
        RegionalForecaster(network(), regions=2).predict(waves())
    (tmp_path / "regions.json").write_text(json.dumps({"regions": 2})[:5])
    with pytest.raises(InputError, match="expected a folder that `save` wrote"):
        load_model(tmp_path)
