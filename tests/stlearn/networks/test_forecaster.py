"""The forecaster: training, resuming, updating, saving, and forecasting with missing data."""

import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest

from stlearn import InputError, SpatioTemporalDataset, backtest, load
from stlearn.data.dataset import make_calendar
from stlearn.data.windows import chronological_split
from stlearn.networks.forecaster import MODELS, Forecaster
from stlearn.networks.training import Samples

SMALL = {
    "model": "feed_forward",
    "lookback": 4,
    "horizon": 3,
    "epochs": 2,
    "settings": {"hidden": 8},
    "refit": False,
}


def waves(rows=400, nodes=4, missing=0.05, seed=0, **fields):
    """A wave that travels along a chain of nodes, with noise and gaps."""
    rng = np.random.default_rng(seed)
    time, place = np.arange(rows)[:, None], np.arange(nodes)[None]
    values = 60 + 20 * np.sin(2 * np.pi * (time - 2 * place) / 48) + rng.normal(0, 1, (rows, nodes))
    values[rng.random(values.shape) < missing] = np.nan
    names = [f"s{node}" for node in range(nodes)]
    index = pd.date_range("2026-01-05", periods=rows, freq="5min")
    chain = pd.DataFrame(np.eye(nodes, k=-1), index=names, columns=names)
    frame = pd.DataFrame(values, index=index, columns=names)
    fields = {"adjacency": chain, "unit": "km/h"} | fields
    return SpatioTemporalDataset("waves", frame, **fields)


def parts(dataset):
    return [dataset.between(0, 300), dataset.between(300, len(dataset.values))]


@pytest.fixture(scope="module")
def fitted():
    train, validation = parts(waves())
    return Forecaster(**SMALL | {"model": "stn"}).fit(train, validation)


@pytest.mark.parametrize(
    ("model", "loss"),
    [
        *((model, "mae") for model in MODELS),
        *(("feed_forward", loss) for loss in ("mse", "huber")),
        ("stn", "quantile"),
    ],
)
def test_every_model_learns_with_every_loss(model, loss):
    quantiles = (0.1, 0.5, 0.9) if loss == "quantile" else ()
    dataset = waves()
    network = Forecaster(loss=loss, quantiles=quantiles, **SMALL | {"model": model}).fit(
        *parts(dataset)
    )
    forecast = network.predict(dataset)
    assert forecast.shape == (3, 4)
    assert list(forecast.columns) == list(dataset.values.columns)
    assert forecast.index[0] - dataset.values.index[-1] == dataset.interval
    assert np.isfinite(forecast.to_numpy()).all()
    assert network.training["loss"].notna().all()
    if quantiles:
        spread = network.predict_quantiles(dataset)
        assert spread.shape == (3, 12)
        assert (np.diff(spread.to_numpy().reshape(3, 4, 3), axis=-1) >= 0).all()
        assert np.array_equal(spread.xs(0.5, axis=1, level="quantile"), forecast)


def test_a_single_quantile_is_what_is_forecast():
    dataset = waves()
    network = Forecaster(loss="quantile", quantiles=(0.9,), **SMALL).fit(*parts(dataset))
    spread = network.predict_quantiles(dataset)
    assert spread.shape == (3, 4)
    assert np.array_equal(spread.to_numpy(), network.predict(dataset).to_numpy())


def test_training_beats_the_last_value():
    dataset = waves(rows=1200)
    split = chronological_split(dataset)
    network = Forecaster(**SMALL | {"model": "stn", "epochs": 5, "settings": {"hidden": 16}})
    train, validation, _ = (dataset.between(part.start, part.stop) for part in split)
    tested = backtest(network.fit(train, validation), dataset, split.test)
    filled = dataset.values.ffill().to_numpy()
    last = filled[tested.origins - 1][:, None]
    naive = np.nanmean(np.abs(tested.truth - last))
    assert np.nanmean(np.abs(tested.truth - tested.forecast)) < 0.7 * naive


def test_same_seed_same_forecast_and_another_seed_another():
    dataset = waves()
    forecasts = [
        Forecaster(**SMALL, seed=seed).fit(*parts(dataset)).predict(dataset) for seed in (1, 1, 2)
    ]
    pd.testing.assert_frame_equal(forecasts[0], forecasts[1])
    assert not np.allclose(forecasts[0], forecasts[2])


def test_what_was_built_before_does_not_change_the_network():
    dataset = load("corridor").between(0, 2 * 288)
    forecasts = []
    for number in (0, 1, 20):
        for _ in range(number):
            keras.layers.Dense(1)
        network = Forecaster("stn", epochs=2, settings={"hidden": 16, "dropout": 0.0})
        forecasts.append(network.fit(dataset).predict(dataset))
    pd.testing.assert_frame_equal(forecasts[0], forecasts[1], check_exact=True)
    pd.testing.assert_frame_equal(forecasts[0], forecasts[2], check_exact=True)


def test_the_future_does_not_matter(fitted):
    dataset = waves()
    origins = np.array([20, 100, 250])
    before = fitted.forecasts(dataset, origins)
    for place, origin in enumerate(origins):
        changed = dataset.values.copy()
        changed.iloc[origin:] = 0.0
        other = SpatioTemporalDataset("changed", changed, unit="km/h")
        after = fitted.forecasts(other, origins)[place]
        np.testing.assert_allclose(after, before[place], rtol=1e-5)


def test_a_silent_node_gets_a_finite_forecast(fitted):
    dataset = waves()
    values = dataset.values.copy()
    values.iloc[-20:, 2] = np.nan
    forecast = fitted.predict(SpatioTemporalDataset("outage", values, unit="km/h"))
    assert np.isfinite(forecast.to_numpy()).all()


def test_validation_sets_no_scale():
    train, validation = parts(waves())
    louder = SpatioTemporalDataset("louder", validation.values * 10, unit="km/h")
    scales = [Forecaster(**SMALL).fit(train, part).scaler for part in (validation, louder)]
    assert scales[0].to_dict() == scales[1].to_dict()


def test_refit_uses_all_parts_and_the_chosen_number_of_epochs():
    train, validation = parts(waves())
    once = Forecaster(**SMALL).fit(train, validation)
    again = Forecaster(**SMALL | {"refit": True}).fit(train, validation)
    assert again.epochs_run == once.epochs_run
    assert not np.allclose(again.network.get_weights()[0], once.network.get_weights()[0])


def test_no_window_crosses_from_one_part_into_the_next(fitted):
    first, second = parts(waves(missing=0))
    samples = Samples([first, second], fitted)
    per_part = [
        len(part.values) - SMALL["lookback"] - SMALL["horizon"] + 1 for part in (first, second)
    ]
    assert len(samples) == sum(per_part)
    inputs, target = samples.batch(samples.origins)
    assert np.isfinite(inputs["history"]).all()
    assert np.isfinite(target).all()


def test_early_stopping_keeps_the_best_state():
    train, validation = parts(waves(rows=420))
    network = Forecaster(
        "feed_forward",
        4,
        3,
        epochs=30,
        patience=2,
        learning_rate=0.3,
        refit=False,
        settings={"hidden": 8},
    ).fit(train, validation)
    errors = network.training["validation"]
    assert len(errors) < 30
    assert network.epochs_run == errors.argmin() + 1
    assert network._error_on(validation) == pytest.approx(errors.min(), rel=1e-5)


def test_interrupted_training_resumes_and_ends_as_if_never_interrupted(tmp_path, monkeypatch):
    train, validation = parts(waves())
    arguments = SMALL | {"epochs": 4}
    straight = Forecaster(**arguments).fit(train, validation)

    run_epoch, calls = Forecaster._run_epoch, []

    def interrupted(self, *rest):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return run_epoch(self, *rest)

    monkeypatch.setattr(Forecaster, "_run_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Forecaster(**arguments).fit(train, validation, checkpoint=tmp_path)
    monkeypatch.setattr(Forecaster, "_run_epoch", run_epoch)
    resumed = Forecaster(**arguments).fit(train, validation, checkpoint=tmp_path)
    assert list(resumed.training["epoch"]) == [1, 2, 3, 4]
    for here, there in zip(resumed.network.get_weights(), straight.network.get_weights()):
        np.testing.assert_allclose(here, there, rtol=1e-4, atol=1e-5)
    with pytest.raises(InputError, match="checkpoint.*other arguments"):
        Forecaster(**arguments | {"seed": 9}).fit(train, validation, checkpoint=tmp_path)


def test_save_load_and_predict_in_a_new_process_give_identical_numbers(fitted, tmp_path):
    dataset = waves()
    expected = fitted.predict(dataset).to_numpy()
    fitted.save(tmp_path / "model")
    np.save(tmp_path / "expected.npy", expected)
    dataset.values.to_csv(tmp_path / "values.csv")
    program = (
        "import sys, numpy, stlearn\n"
        "folder = sys.argv[1]\n"
        "model = stlearn.Forecaster.load(folder + '/model')\n"
        "history = stlearn.read_csv(folder + '/values.csv', unit='km/h')\n"
        "numpy.save(folder + '/found.npy', model.predict(history).to_numpy())\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, timeout=120)
    assert np.array_equal(np.load(tmp_path / "found.npy"), expected)


def test_update_follows_a_changed_pattern(fitted):
    dataset = waves(missing=0)
    train, recent = parts(dataset)
    network = Forecaster("feed_forward", 4, 3, epochs=4, settings={"hidden": 16}).fit(train)
    mirrored = SpatioTemporalDataset(
        "mirrored", 120 - recent.values.iloc[::-1].set_axis(recent.values.index), unit="km/h"
    )
    before = network._error_on(mirrored)
    network.update(mirrored, epochs=10)
    assert network._error_on(mirrored) < before


def test_unknown_calendar_columns_are_taken_as_zero_and_said():
    index = waves().values.index
    dataset = waves(calendar=make_calendar(index, holiday=np.zeros(len(index))))
    network = Forecaster(**SMALL).fit(dataset.between(0, 300))
    with pytest.warns(UserWarning, match="holiday is not known"):
        network.predict(dataset)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "transformer"}, "model: expected one of stn, cnn_lstm, feed_forward"),
        ({"lookback": 0}, "lookback"),
        ({"horizon": 1.5}, "horizon"),
        ({"epochs": 0}, "epochs"),
        ({"loss": "accuracy"}, "loss: expected one of"),
        ({"loss": "quantile"}, "quantiles: expected"),
        ({"quantiles": (0.9, 0.1), "loss": "quantile"}, "quantiles: expected increasing"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        Forecaster(**arguments)


def test_bad_data(fitted, tmp_path):
    dataset = waves()
    with pytest.raises(InputError, match="train: no complete window"):
        Forecaster(lookback=300, horizon=200).fit(dataset)
    with pytest.raises(InputError, match="validation: no complete window"):
        Forecaster(**SMALL).fit(dataset.between(0, 300), dataset.between(300, 305))
    with pytest.raises(InputError, match="adjacency: the model stn needs a graph"):
        Forecaster(**SMALL | {"model": "stn"}).fit(waves(adjacency=None))
    with pytest.raises(InputError, match="missing .*s3"):
        fitted.predict(SpatioTemporalDataset("few", dataset.values.iloc[:, :3], unit="km/h"))
    with pytest.raises(InputError, match="unknown .*s9"):
        extra = dataset.values.assign(s9=1.0)
        fitted.predict(SpatioTemporalDataset("more", extra, unit="km/h"))
    with pytest.raises(InputError, match="fitted on km/h, the data has mph"):
        fitted.predict(SpatioTemporalDataset("mph", dataset.values, unit="mph"))
    with pytest.raises(InputError, match="at least 4 rows of history"):
        fitted.predict(dataset.between(0, 3))
    with pytest.raises(InputError, match="interval"):
        hourly = dataset.values.set_axis(pd.date_range("2026-01-05", periods=400, freq="1h"))
        fitted.predict(SpatioTemporalDataset("hourly", hourly, unit="km/h"))
    with pytest.raises(InputError, match="call fit before"):
        Forecaster().save(tmp_path)
    with pytest.raises(InputError, match="expected a folder that `save` wrote"):
        Forecaster.load(tmp_path)
    with pytest.raises(InputError, match="fit with loss='quantile'"):
        fitted.predict_quantiles(dataset)
