"""The masked loss: right numbers on what is known, and nothing at all from what is missing."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from stlearn.errors import InputError
from stlearn.networks.losses import LOSSES, MaskedLoss

QUANTILES = (0.1, 0.5, 0.8)


def make_loss(kind):
    return MaskedLoss(kind, QUANTILES if kind == "quantile" else ())


def make_pair(kind, seed=0, missing=0.3):
    """Targets (batch, horizon, node) with NaN, and forecasts that fit the kind."""
    rng = np.random.default_rng(seed)
    target = rng.normal(scale=2, size=(3, 4, 5)).astype("float32")
    target[rng.random(target.shape) < missing] = np.nan
    shape = (*target.shape, len(QUANTILES)) if kind == "quantile" else target.shape
    return target, rng.normal(size=shape).astype("float32")


def twin(kind, target, forecast):
    """The loss by one loop over the known targets."""
    costs = []
    for place in np.argwhere(np.isfinite(target)):
        error = target[tuple(place)] - forecast[tuple(place)]
        if kind == "mae":
            costs.append(abs(error))
        elif kind == "mse":
            costs.append(error**2)
        elif kind == "huber":
            costs.append(error**2 / 2 if abs(error) < 1 else abs(error) - 0.5)
        else:
            costs.append(sum(e * q if e > 0 else e * (q - 1) for e, q in zip(error, QUANTILES)))
    return np.mean(costs)


@pytest.mark.parametrize("kind", LOSSES)
def test_loss_agrees_with_a_loop_over_the_known_targets(kind):
    target, forecast = make_pair(kind)
    found = float(make_loss(kind)(target, forecast))
    np.testing.assert_allclose(found, twin(kind, target, forecast), rtol=1e-5)


def gradient_of(kind, target, forecast):
    forecast = tf.constant(forecast)
    with tf.GradientTape() as tape:
        tape.watch(forecast)
        loss = make_loss(kind)(target, forecast)
    return float(loss), tape.gradient(loss, forecast).numpy()


@pytest.mark.parametrize("kind", LOSSES)
def test_missing_targets_teach_nothing_and_spoil_nothing(kind):
    target, forecast = make_pair(kind)
    _, gradient = gradient_of(kind, target, forecast)
    missing = np.isnan(target)
    assert np.isfinite(gradient).all()
    assert not gradient[missing].any()
    assert gradient[~missing].all()


@pytest.mark.parametrize("kind", LOSSES)
def test_forecast_at_a_missing_target_does_not_count(kind):
    target, forecast = make_pair(kind)
    other = forecast.copy()
    other[np.isnan(target)] = 1e9
    assert float(make_loss(kind)(target, other)) == float(make_loss(kind)(target, forecast))


@pytest.mark.parametrize("kind", LOSSES)
def test_batch_without_any_target_costs_nothing(kind):
    target, forecast = make_pair(kind)
    loss, gradient = gradient_of(kind, np.full_like(target, np.nan), forecast)
    assert loss == 0
    assert not gradient.any()


@given(quantile=st.floats(0.05, 0.95), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_quantile_loss_is_smallest_at_the_quantile(quantile, seed):
    sample = np.sort(np.random.default_rng(seed).gamma(2.0, size=41)).astype("float32")
    target = sample.reshape(1, -1, 1)
    loss = MaskedLoss("quantile", (quantile,))
    # The pinball loss is linear between the points of the sample: its least value is at one.
    costs = [float(loss(target, np.full((1, 41, 1, 1), point))) for point in sample]
    best = sample[int(np.argmin(costs))]
    near = np.clip([quantile - 1 / 41, quantile + 1 / 41], 0, 1)
    below, above = np.quantile(sample, near)
    assert below <= best <= above


def test_unknown_kind():
    with pytest.raises(
        InputError, match="loss: expected one of mae, mse, huber, quantile, got 'l'"
    ):
        MaskedLoss("l")


@pytest.mark.parametrize(
    ("kind", "quantiles"),
    [
        ("quantile", ()),
        ("quantile", (0.5, 0.1)),
        ("quantile", (0.5, 0.5)),
        ("quantile", (0.0, 0.5)),
        ("quantile", (0.5, 1.0)),
        ("quantile", (np.nan,)),
        ("mae", (0.5,)),
    ],
)
def test_impossible_quantiles(kind, quantiles):
    with pytest.raises(InputError, match="quantiles: expected increasing numbers between 0 and 1"):
        MaskedLoss(kind, quantiles)


@pytest.mark.parametrize("kind", LOSSES)
def test_configuration_round_trip(kind):
    loss = make_loss(kind)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert type(again) is MaskedLoss
    assert again.get_config() == loss.get_config()
    target, forecast = make_pair(kind)
    assert float(again(target, forecast)) == float(loss(target, forecast))
