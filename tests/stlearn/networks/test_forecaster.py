"""The forecaster: training, resuming, updating, saving, and forecasting with missing data."""

import contextlib
import json
import logging
import random
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from stlearn import InputError, SpatioTemporalDataset, backtest, load
from stlearn.baselines import HistoricalAverage
from stlearn.data.dataset import make_calendar
from stlearn.data.windows import chronological_split
from stlearn.networks import FillMissing, LocalPooling, MaskedLoss, training
from stlearn.networks.forecaster import Forecaster
from stlearn.networks.models import MODELS, feed_forward
from stlearn.networks.training import RISE, RiseAndFall, Samples

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
    dataset = waves()
    network = Forecaster(loss=loss, quantiles=(0.1, 0.5, 0.9), **SMALL | {"model": model}).fit(
        *parts(dataset)
    )
    forecast = network.predict(dataset)
    assert forecast.shape == (3, 4)
    assert list(forecast.columns) == list(dataset.values.columns)
    assert forecast.index[0] - dataset.values.index[-1] == dataset.interval
    assert np.isfinite(forecast.to_numpy()).all()
    assert network.training["loss"].notna().all()
    said = network.quantile_forecasts(dataset, np.array([50]))
    assert said.shape == (1, 3, 4, 3 if loss == "quantile" else 1)
    spread = network.predict_quantiles(dataset)
    assert spread.shape == (3, 12)
    assert (np.diff(spread.to_numpy().reshape(3, 4, 3), axis=-1) >= 0).all()
    assert np.array_equal(spread.xs(0.5, axis=1, level="quantile"), forecast)


def test_quantiles_are_learned_by_default_where_the_model_can_say_them():
    dataset = waves(missing=0)
    ours = Forecaster(**SMALL).fit(*parts(dataset))
    own = Forecaster(**IN_A_ROW).fit(*parts(dataset))
    assert (ours.arguments["loss"], own.arguments["loss"]) == ("quantile", "mae")
    assert ours.calibration.quantiles == own.calibration.quantiles == (0.05, 0.5, 0.95)


@pytest.mark.parametrize("refit", [False, True])
def test_intervals_are_calibrated_on_what_training_has_not_seen(refit):
    dataset = waves(rows=1500)
    train, validation = dataset.between(0, 700), dataset.between(700, 1000)
    network = Forecaster(**SMALL | {"refit": refit}).fit(train, validation)
    apart = Forecaster(**SMALL).fit(train, validation)
    np.testing.assert_array_equal(network.calibration.moves, apart.calibration.moves)
    tested = backtest(network, dataset, slice(1000, 1500))
    said = tested.calibrated()
    held = (said[..., 0] <= tested.truth) & (tested.truth <= said[..., -1])
    assert 0.82 < held[~np.isnan(tested.truth)].mean() < 0.97


def test_without_enough_targets_to_calibrate_there_are_no_intervals(tmp_path):
    dataset = waves(missing=0)
    network = Forecaster(**SMALL).fit(dataset.between(0, 300), dataset.between(300, 309))
    assert network.calibration is None  # three windows of four sensors, and 19 are needed
    network.save(tmp_path)
    loaded = Forecaster.load(tmp_path)
    pd.testing.assert_frame_equal(loaded.predict(dataset), network.predict(dataset))
    with pytest.raises(InputError, match="feed_forward: it has no intervals; they come from a val"):
        loaded.predict_quantiles(dataset)


@pytest.mark.parametrize("name", ["calibration", "usual", "constants", "planned", "arguments"])
def test_a_saved_model_that_lacks_something_is_refused_and_nothing_is_filled_in(name, tmp_path):
    Forecaster(**SMALL | {"epochs": 1}).fit(*parts(waves())).save(tmp_path)
    file = tmp_path / "forecaster.json"
    learned = json.loads(file.read_text())
    del learned[name]
    file.write_text(json.dumps(learned))
    with pytest.raises(InputError, match=f"another version of stlearn .*{name}.*train it again"):
        Forecaster.load(tmp_path)


def test_many_networks_in_one_job_are_no_warning_and_other_warnings_stay():
    logger = logging.getLogger("tensorflow")
    said = "5 out of the last 30 calls to <function> triggered tf.function retracing.", "no GPU"
    records = [logger.makeRecord("x", logging.WARNING, "f", 1, text, (), None) for text in said]
    assert [bool(logger.filter(record)) for record in records] == [False, True]


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


def test_the_dtype_policy_of_the_caller_is_the_network_s():
    dataset = waves()
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = Forecaster(**SMALL | {"model": "stn"}).fit(*parts(dataset))
    finally:
        keras.config.set_dtype_policy(before)
    dense = [each for each in network.network.layers if isinstance(each, keras.layers.Dense)]
    assert {each.compute_dtype for each in dense} == {"bfloat16"}
    forecast = network.forecasts(dataset, np.array([300, 340]))
    assert forecast.dtype == "float32"
    assert np.isfinite(forecast).all()
    # bfloat16 has three digits: the last value, 60 or so, would be off by a quarter
    assert network.network.output.dtype == "float32"


def test_fit_leaves_the_random_numbers_of_the_caller_alone():
    train, validation = parts(waves())
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    Forecaster(**SMALL, members=2).fit(train, validation)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002


def test_a_single_forecast_is_not_padded_to_many_and_reads_its_window_alone(fitted, monkeypatch):
    dataset, sizes = waves(), []
    several = fitted.forecasts(dataset, np.array([395, 400]))
    asked = fitted.network.predict_on_batch

    def counted(inputs):
        sizes.append({len(each) for each in keras.tree.flatten(inputs)})
        return asked(inputs)

    monkeypatch.setattr(fitted.network, "predict_on_batch", counted)
    single = fitted.forecasts(dataset, np.array([400]))
    assert sizes == [{2}]
    np.testing.assert_allclose(single[0], several[1], rtol=1e-5)
    rows = []
    monkeypatch.setattr(
        "stlearn.networks.forecaster.Samples",
        lambda found, *_, **__: rows.append(len(found[0].values)) or Samples(found, *_, **__),
    )
    fitted.forecasts(dataset, np.array([400]))
    assert rows == [fitted.lookback]


@pytest.mark.parametrize("most", [4, 12, 1000])
def test_forecasts_in_blocks_are_those_in_one_go(fitted, monkeypatch, most):
    dataset, origins = waves(), np.arange(4, 400, 40)
    expected = fitted.quantile_forecasts(dataset, origins)
    monkeypatch.setattr("stlearn.baselines.base.WINDOWS_AT_ONCE", most)
    np.testing.assert_allclose(fitted.quantile_forecasts(dataset, origins), expected, rtol=1e-5)


def test_what_the_size_of_the_data_leaves_out_is_told(monkeypatch):
    train = waves()
    stn = Forecaster(**SMALL | {"model": "stn"})
    assert stn.told(train) == []
    monkeypatch.setattr("stlearn.networks.models.LEARNED_NODES", 3)
    monkeypatch.setattr("stlearn.networks.forecaster.WINDOWS_PER_EPOCH", 100)
    learned, seen = stn.told(train)
    assert learned.startswith("stn learns no adjacency beside the given one: for 4 sensors")
    assert seen.startswith("stn sees 51 % of the 394 windows of training")
    asked = Forecaster(**SMALL | {"model": "stn", "settings": {"learned": 2}, "epochs": 4})
    assert asked.told(train) == []


def test_a_loaded_network_can_be_exported_to_onnx_at_once(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    network = Forecaster.load(tmp_path / "model").network
    with contextlib.suppress(ImportError):  # tf2onnx, which most do not have
        network.export(tmp_path / "network.onnx", format="onnx", verbose=False)


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


def test_the_profile_is_that_of_the_training_part_without_the_row_itself(fitted):
    train, validation = parts(waves())
    average = HistoricalAverage(3).fit(train)
    samples = Samples([train], fitted)
    inputs, _ = samples.batch(np.array([50]))
    expected = fitted.scaler.transform(average.average(train, 46, 53, leave_out=True))
    np.testing.assert_allclose(inputs["profile"][0], expected, rtol=1e-5)

    later = Samples([validation], fitted, targets=False)
    inputs, _ = later.batch(np.array([len(validation.values)]))  # the rows ahead are known too
    rows = len(validation.values)
    expected = fitted.scaler.transform(average.average(validation, rows - 4, rows + 3))
    np.testing.assert_allclose(inputs["profile"][0], expected, rtol=1e-5)


def test_an_own_model_may_read_the_profile(tmp_path):
    dataset = waves()

    def usual(nodes, lookback, horizon):
        history = keras.Input((lookback, nodes), name="history")
        profile = keras.Input((lookback + horizon, nodes), name="profile")
        blank = keras.layers.Dense(nodes, kernel_initializer="zeros", trainable=False)
        nothing = blank(FillMissing()(history)[2])
        return keras.Model([history, profile], profile[:, lookback:] + nothing)

    train, validation = parts(dataset)
    network = Forecaster(usual, 4, 3, epochs=1).fit(train)
    expected = HistoricalAverage(3).fit(train).predict(validation)
    pd.testing.assert_frame_equal(network.predict(validation), expected, check_dtype=False)
    network.update(validation)
    network.save(tmp_path)
    expected = HistoricalAverage(3).fit(train).update(validation).predict(validation)
    again = Forecaster.load(tmp_path).predict(validation)
    pd.testing.assert_frame_equal(again, expected, check_dtype=False)


def test_members_say_the_mean_of_the_seeds_and_are_saved_and_updated(tmp_path):
    dataset = waves()
    train, validation = parts(dataset)
    plain = SMALL | {"refit": True}
    singles = [Forecaster(**plain, seed=seed).fit(train, validation) for seed in (3, 4)]
    both = Forecaster(**plain, seed=3, members=2).fit(train, validation, tmp_path / "kept")
    origins = np.array([50, 60])
    mean = np.mean([each.quantile_forecasts(dataset, origins) for each in singles], axis=0)
    np.testing.assert_allclose(both.quantile_forecasts(dataset, origins), mean, rtol=1e-5)
    assert both.parameters == 2 * singles[0].parameters
    assert both.calibration.moves.shape == singles[0].calibration.moves.shape

    both.update(validation, epochs=1).save(tmp_path / "model")
    assert np.abs(both.quantile_forecasts(dataset, origins) - mean).max() > 1e-3
    again = Forecaster.load(tmp_path / "model")
    for say in ("predict", "predict_quantiles"):
        pd.testing.assert_frame_equal(getattr(again, say)(dataset), getattr(both, say)(dataset))


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


def interrupt_in_epoch(number, monkeypatch):
    run_epoch, calls = training.run_epoch, []

    def interrupted(*arguments, **options):
        calls.append(1)
        if len(calls) == number:
            raise KeyboardInterrupt
        return run_epoch(*arguments, **options)

    monkeypatch.setattr(training, "run_epoch", interrupted)


def test_interrupted_training_resumes_and_ends_as_if_never_interrupted(tmp_path, monkeypatch):
    train, validation = parts(waves())
    # With dropout: the numbers drawn at random have to go on as well.
    arguments = OWN | {"epochs": 4}
    straight = Forecaster(**arguments).fit(train, validation)

    interrupt_in_epoch(3, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        Forecaster(**arguments).fit(train, validation, checkpoint=tmp_path)
    monkeypatch.undo()
    resumed = Forecaster(**arguments).fit(train, validation, checkpoint=tmp_path)
    assert list(resumed.training["epoch"]) == [1, 2, 3, 4]
    for here, there in zip(resumed.network.get_weights(), straight.network.get_weights()):
        np.testing.assert_allclose(here, there, rtol=1e-4, atol=1e-5)


def test_save_load_and_predict_in_a_new_process_give_the_same_numbers(fitted, tmp_path):
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
    # TensorFlow may add up in another order, so the last digit may differ.
    np.testing.assert_allclose(np.load(tmp_path / "found.npy"), expected, rtol=1e-6)


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


def test_the_unit_of_what_is_known_ahead_does_not_matter():
    index = waves().values.index
    rain = np.random.default_rng(0).random(len(index))
    forecasts = []
    for factor in (1, 1000):
        ahead = make_calendar(index, rain=factor * rain, holiday=rain > 0.5)
        network = Forecaster(**SMALL | {"epochs": 1}).fit(waves(calendar=ahead).between(0, 300))
        assert list(network.calendar_scales) == ["rain"]  # flags stay as they are
        forecasts.append(network.forecasts(waves(calendar=ahead), np.array([100, 350])))
    np.testing.assert_allclose(*forecasts, rtol=1e-3)


def test_each_sensor_may_have_a_scale_of_its_own(tmp_path):
    dataset = waves()
    mixed = SpatioTemporalDataset("mixed", dataset.values * [1, 1, 1, 1e5], "u")
    network = Forecaster(**SMALL | {"epochs": 1}).fit(*parts(mixed))
    assert network.scaler.scale.shape == (4,)
    assert (
        Forecaster(**SMALL | {"epochs": 1, "scale": "one"}).fit(*parts(mixed)).scaler.scale.ndim
        == 0
    )
    network.save(tmp_path)
    pd.testing.assert_frame_equal(Forecaster.load(tmp_path).predict(mixed), network.predict(mixed))
    values = mixed.values.copy()
    values.iloc[:300, 1] = np.nan  # it starts late
    late = SpatioTemporalDataset("late", values, "u")
    network.fit(*parts(late))
    assert np.isfinite(network.predict(late).to_numpy()).all()
    with pytest.raises(InputError, match="scale: expected one of by kind, one, each, got 'two'"):
        Forecaster(scale="two")


# The checkpoint of another training


@pytest.fixture
def finished(tmp_path):
    """A folder with the checkpoint of a finished training on the first rows."""
    Forecaster(**SMALL).fit(*parts(waves()), checkpoint=tmp_path)
    return tmp_path


def test_a_finished_training_is_not_run_again(finished, monkeypatch):
    interrupt_in_epoch(1, monkeypatch)
    again = Forecaster(**SMALL).fit(*parts(waves()), checkpoint=finished)
    assert list(again.training["epoch"]) == [1, 2]


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ((0, 299), (300, 400)),  # another split
        ((0, 300), (301, 400)),
        ((0, 300), None),
    ],
)
def test_checkpoint_of_another_split_is_refused_and_stays(finished, train, validation):
    dataset = waves()
    kept = (finished / "state.json").read_text()
    network = Forecaster(**SMALL)
    with pytest.raises(InputError, match="checkpoint: .* other data; remove it"):
        network.fit(dataset.between(*train), validation and dataset.between(*validation), finished)
    assert (finished / "state.json").read_text() == kept
    with pytest.raises(InputError, match="call fit before predict"):
        network.predict(dataset)


def test_checkpoint_of_other_data_is_refused(finished):
    dataset = waves()
    values = dataset.values.copy()
    values.iloc[17, 2] += 0.5
    later = dataset.values.set_axis(dataset.values.index + pd.Timedelta("7D"))
    ring = dataset.adjacency + dataset.adjacency.T
    for other in (
        SpatioTemporalDataset("one value", values, "km/h", dataset.adjacency),
        SpatioTemporalDataset("next week", later, "km/h", dataset.adjacency),
        SpatioTemporalDataset("another graph", dataset.values, "km/h", ring),
    ):
        with pytest.raises(InputError, match="checkpoint: .* other data; remove it"):
            Forecaster(**SMALL).fit(*parts(other), checkpoint=finished)


@pytest.mark.parametrize(
    "changed",
    [{"seed": 9}, {"settings": {"hidden": 9}}, {"epochs": 3}, {"loss": "mse"}, {"patience": 3},
     {"optimizer": keras.optimizers.SGD}, {"model": lambda **known: feed_forward(**wanted(known))}],
)  # fmt: skip
def test_checkpoint_of_other_arguments_is_refused(finished, changed):
    with pytest.raises(InputError, match="checkpoint: .* other arguments; remove it"):
        Forecaster(**SMALL | changed).fit(*parts(waves()), checkpoint=finished)


def wanted(known):
    return {key: each for key, each in known.items() if key != "adjacency"}


# A model, a loss, an optimizer and callbacks of one's own


def small(nodes, lookback, horizon, adjacency, width=8):
    history = keras.Input((lookback, nodes))
    values, known, last = FillMissing(adjacency)(history)
    values = keras.layers.Reshape((lookback, nodes, 1))(values)
    both = keras.layers.Concatenate()([values, LocalPooling(adjacency)(values)])
    state = keras.layers.Dense(width, activation="relu")(both)
    state = keras.layers.Dropout(0.2)(state)
    changes = keras.layers.Dense(horizon)(state[:, -1])
    return keras.Model(history, keras.layers.Add()([keras.layers.Permute((2, 1))(changes), last]))


def in_a_row(nodes, lookback, horizon):
    """A Sequential model, which takes no missing values."""
    return keras.Sequential(
        [
            keras.Input((lookback, nodes)),
            keras.layers.Permute((2, 1)),
            keras.layers.Dense(horizon),
            keras.layers.Permute((2, 1)),
        ]
    )


def two_inputs(*names):
    inputs = [keras.Input((4, 4), name=name) for name in names]
    return keras.Model(inputs, keras.layers.Add()(inputs))


OWN = SMALL | {"model": small, "settings": {"width": 4}}
IN_A_ROW = SMALL | {"model": in_a_row, "settings": None}


def test_own_model_is_given_what_it_names_trained_and_compared():
    dataset = waves()
    given = {}

    def everything(**known):
        given.update(known)
        return small(known["nodes"], known["lookback"], known["horizon"], known["adjacency"])

    network = Forecaster(**OWN | {"model": everything}).fit(*parts(dataset))
    assert given.pop("adjacency").equals(dataset.adjacency)
    assert given == {
        "nodes": 4, "lookback": 4, "horizon": 3, "calendar_columns": 2, "slots": 288,
        "quantiles": 1, "width": 4,
    }  # fmt: skip
    assert network.name == "everything"
    assert np.isfinite(backtest(network, dataset, slice(300, 400)).forecast).all()


def test_own_model_gives_what_the_librarys_own_gives():
    dataset = waves()
    arguments = SMALL | {"model": lambda **known: feed_forward(**wanted(known)), "loss": "mae"}
    ours = SMALL | {"loss": "mae"}
    own, ours = (Forecaster(**each).fit(*parts(dataset)) for each in (arguments, ours))
    pd.testing.assert_frame_equal(own.predict(dataset), ours.predict(dataset))


@pytest.mark.parametrize(
    "arguments", [OWN, IN_A_ROW | {"optimizer": lambda rate: keras.optimizers.SGD(rate)}]
)
def test_own_model_loads_in_a_new_process_without_its_function(arguments, tmp_path):
    dataset = waves(missing=0)
    network = Forecaster(**arguments).fit(*parts(dataset))
    network.save(tmp_path / "model")
    np.save(tmp_path / "expected.npy", network.predict(dataset).to_numpy())
    dataset.values.to_csv(tmp_path / "values.csv")
    program = (
        "import sys, numpy, stlearn\n"
        "folder = sys.argv[1]\n"
        "model = stlearn.Forecaster.load(folder + '/model')\n"
        "history = stlearn.read_csv(folder + '/values.csv', unit='km/h')\n"
        "numpy.save(folder + '/found.npy', model.predict(history).to_numpy())\n"
        "model.update(history)\n"
        "try:\n"
        "    model.fit(history)\n"
        "except stlearn.InputError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        check=True, timeout=120, capture_output=True, text=True,
    )  # fmt: skip
    found, expected = (np.load(tmp_path / f"{name}.npy") for name in ("found", "expected"))
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    name = arguments["model"].__name__
    assert f"model: the function {name} was not stored with the model" in done.stdout


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda nodes: None, "returns a Keras model .*, got NoneType"),
        (lambda **known: keras.Sequential(), "returns a Keras model .*, got Sequential"),
        (lambda nodes: in_a_row(nodes, 5, 3),
         r"reads history \(batch, 4, 4\).*got history \(batch, 5, 4\)"),
        (lambda nodes: in_a_row(nodes, 4, 2), r"forecasts \(batch, 3, 4\), got \(batch, 2, 4\)"),
        (lambda nodes, road: None, "the model <lambda> needs road, which none gives"),
        (lambda nodes: two_inputs("history", "weather"), "perhaps calendar .*and weather "),
        (lambda nodes: two_inputs("history", "calendar"),
         r"perhaps calendar \(batch, 7, 2\) and profile .*, got .* and calendar \(batch, 4, 4\)"),
    ],
)  # fmt: skip
def test_a_model_with_other_inputs_or_outputs_is_refused(model, message):
    with pytest.raises(InputError, match=message):
        Forecaster(model, 4, 3, epochs=1).fit(waves())


def test_a_setting_that_the_model_does_not_take_is_refused():
    with pytest.raises(InputError, match="settings: .*small .*width.*, got wdith"):
        Forecaster(**OWN | {"settings": {"wdith": 4}}).fit(waves())


def test_own_model_that_names_a_graph_needs_one():
    with pytest.raises(InputError, match="adjacency: the model small needs a graph"):
        Forecaster(**OWN).fit(waves(adjacency=None))


def test_a_loss_that_is_no_number_is_told():
    with pytest.raises(InputError, match="loss: expected a finite number, got nan in training"):
        Forecaster(**IN_A_ROW).fit(*parts(waves(missing=0.2)))


@keras.saving.register_keras_serializable(package="tests")
def doubled(target, forecast):
    return 2 * MaskedLoss()(target, forecast)


def unregistered(target, forecast):
    return MaskedLoss()(target, forecast)


def test_own_loss_is_minimised_saved_and_loaded(tmp_path):
    dataset = waves()
    own, ours = (Forecaster(**SMALL | {"loss": each}) for each in (doubled, "mae"))
    own, ours = (each.fit(*parts(dataset)) for each in (own, ours))
    assert own.training["loss"][0] == pytest.approx(2 * ours.training["loss"][0], rel=0.05)
    own.save(tmp_path)
    loaded = Forecaster.load(tmp_path)
    assert loaded.loss is doubled
    pd.testing.assert_frame_equal(loaded.predict(dataset), own.predict(dataset))
    loaded.fit(*parts(dataset))


def test_own_loss_that_cannot_be_found_again_is_refused_when_saved_and_when_loaded(tmp_path):
    network = Forecaster(**SMALL | {"loss": unregistered}).fit(*parts(waves()))
    with pytest.raises(InputError, match="register own layers, losses .*unregistered"):
        network.save(tmp_path / "refused")
    assert not (tmp_path / "refused").exists()
    Forecaster(**SMALL | {"loss": doubled}).fit(*parts(waves())).save(tmp_path / "saved")
    program = "import sys, stlearn; stlearn.Forecaster.load(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "saved")], capture_output=True, text=True
    )
    assert "first import the module that registers it with Keras" in done.stderr


def test_own_loss_goes_on_from_a_checkpoint(tmp_path, monkeypatch):
    network = Forecaster(**SMALL | {"loss": unregistered})
    interrupt_in_epoch(2, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        network.fit(*parts(waves()), checkpoint=tmp_path)
    monkeypatch.undo()
    assert list(network.fit(*parts(waves()), checkpoint=tmp_path).training["epoch"]) == [1, 2]


def test_callbacks_see_the_training_and_may_stop_it():
    class Watch(keras.callbacks.Callback):
        seen = []

        def on_epoch_end(self, epoch, logs=None):
            self.seen.append((epoch, logs["loss"], logs["val_loss"]))
            self.model.stop_training = epoch == 1

    network = Forecaster(**SMALL | {"epochs": 5, "callbacks": [Watch()]}).fit(*parts(waves()))
    rows = network.training.to_dict("records")
    assert Watch.seen == [(row["epoch"] - 1, row["loss"], row["validation"]) for row in rows]
    assert len(rows) == 2


@pytest.mark.parametrize("steps", [5, 20, 124])
def test_the_rate_is_that_of_keras(steps):
    rise = min(RISE, steps // 10)
    warm = {"warmup_target": 0.003, "warmup_steps": rise} if rise else {}
    keras_own = keras.optimizers.schedules.CosineDecay(
        0.0 if rise else 0.003, max(steps - rise, 1), **warm
    )
    ours = RiseAndFall.from_config(RiseAndFall(0.003, steps).get_config())
    for step in range(steps + 3):
        assert float(ours(step)) == float(keras_own(step))


def test_own_optimizer_follows_the_rate():
    made = []

    def plain(rate):
        made.append(rate)
        return keras.optimizers.SGD(rate)

    network = Forecaster(**SMALL, optimizer=plain, learning_rate=0.5).fit(*parts(waves()))
    assert isinstance(network.network.optimizer, keras.optimizers.SGD)
    assert max(float(made[0](step)) for step in range(40)) == pytest.approx(0.5)
    assert float(network.update(waves()).network.optimizer.learning_rate) == pytest.approx(0.05)


# Arguments and names as NumPy and pandas give them


def test_numbers_of_numpy_are_taken_saved_and_kept_in_a_checkpoint(tmp_path):
    arguments = {
        "model": "stn", "lookback": np.int64(4), "horizon": np.int32(3), "epochs": np.int64(1),
        "seed": np.int64(1), "patience": np.int8(2), "learning_rate": np.float32(0.005),
        "batch_size": np.int64(16), "refit": np.False_, "loss": "quantile",
        "quantiles": np.array([0.1, 0.5, 0.9], "float32"),
        "settings": {"hidden": np.int64(8), "dropout": np.float32(0.1), "steps": np.int64(1)},
    }  # fmt: skip
    dataset = waves()
    network = Forecaster(**arguments).fit(*parts(dataset), checkpoint=tmp_path / "kept")
    network.save(tmp_path / "saved")
    loaded = Forecaster.load(tmp_path / "saved")
    assert loaded.arguments == network.arguments
    pd.testing.assert_frame_equal(loaded.predict(dataset), network.predict(dataset))


def named(names):
    dataset = waves()
    return SpatioTemporalDataset("named", dataset.values.set_axis(names, axis=1), unit="km/h")


@pytest.mark.parametrize("names", [[101, 102, 103, 104], np.array([1.5, 2.0, 3.0, 4.0])])
def test_names_that_are_numbers_survive(names, tmp_path):
    dataset = named(names)
    network = Forecaster(**SMALL).fit(*parts(dataset))
    network.save(tmp_path)
    forecast = Forecaster.load(tmp_path).predict(dataset)
    pd.testing.assert_frame_equal(forecast, network.predict(dataset))


@pytest.mark.parametrize("names", [[("a", 1), ("a", 2), ("b", 1), ("b", 2)], [*"abc", None]])
def test_names_that_cannot_be_stored_are_refused(names, tmp_path):
    network = Forecaster(**SMALL).fit(*parts(named(names)))
    with pytest.raises(InputError, match="nodes: expected text or numbers as names"):
        network.save(tmp_path)


# What scikit-learn asks for


def test_clone_has_the_arguments_and_nothing_learned():
    more = {
        "loss": "quantile",
        "quantiles": [0.2, 0.5, 0.8],
        "callbacks": [keras.callbacks.Callback()],
    }
    model = Forecaster(**OWN | more)
    model.nodes = ["a"]
    copy = clone(model)
    assert copy.get_params().keys() == model.get_params().keys()
    assert copy.arguments == model.arguments
    assert copy.model is small
    assert copy.nodes is None


def test_set_params_checks_and_forgets():
    model = Forecaster(**SMALL)
    model.nodes = ["a"]
    assert model.set_params(horizon=np.int64(5), settings=None) is model
    assert (model.horizon, model.nodes) == (5, None)
    with pytest.raises(InputError, match="horizon: expected"):
        model.set_params(horizon=0)
    with pytest.raises(InputError, match="feed_forward: expected any of .*lookback.*, got horizn"):
        model.set_params(horizn=3)
    assert model.horizon == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "transformer"}, "model: expected one of stn, cnn_lstm, feed_forward"),
        ({"lookback": 0}, "lookback"),
        ({"horizon": 1.5}, "horizon"),
        ({"epochs": 0}, "epochs"),
        ({"loss": "accuracy"}, "loss: expected one of"),
        ({"quantiles": ()}, "quantiles: expected an odd number"),
        ({"quantiles": (0.9, 0.5, 0.1)}, "quantiles: expected .* increasing"),
        ({"quantiles": (0.5,), "loss": doubled}, "quantiles: expected an odd number"),
        ({"members": 0}, "members: expected a whole number"),
        ({"seed": -1}, "seed: expected a whole number"),
        ({"learning_rate": "high"}, "learning_rate: expected a number"),
        ({"optimizer": keras.optimizers.Adam(0.1)}, "optimizer: expected a function"),
        ({"callbacks": [print]}, "callbacks: expected a list of Keras callbacks"),
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
    with pytest.raises(InputError, match="it has no intervals"):
        Forecaster(**SMALL).fit(dataset).predict_quantiles(dataset)
