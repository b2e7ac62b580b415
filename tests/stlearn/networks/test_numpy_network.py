"""The network by hand: against finite differences, against what training must reach."""

import numpy as np
import pytest

from stlearn.errors import InputError
from stlearn.networks.numpy_network import (
    backward,
    dense_forward,
    forward,
    new_parameters,
    tanh_derivative,
    train,
)


@pytest.fixture
def sample():
    random = np.random.default_rng(3)
    return random.normal(size=(6, 3)), random.normal(size=(6, 2))


def test_layer_and_network_agree_with_sums_written_out(sample):
    inputs, _ = sample
    weights_1, bias_1, weights_2, bias_2 = new_parameters(3, 4, 2, seed=1)
    bias_2 = bias_2 + [1.0, -1.0]
    sums = [[sum(x * w for x, w in zip(row, column)) for column in weights_1.T] for row in inputs]
    np.testing.assert_allclose(dense_forward(inputs, weights_1, bias_1 + 2), np.array(sums) + 2)
    hidden = np.tanh(sums)
    expected = [[sum(h * w) for w in weights_2.T] for h in hidden] + bias_2
    np.testing.assert_allclose(forward(inputs, weights_1, bias_1, weights_2, bias_2), expected)


def test_derivative_is_the_slope_of_tanh():
    z = np.linspace(-5, 5, 21)
    slope = (np.tanh(z + 1e-6) - np.tanh(z - 1e-6)) / 2e-6
    np.testing.assert_allclose(tanh_derivative(z), slope, atol=1e-8)


def test_gradients_are_the_slopes_of_the_loss(sample):
    inputs, targets = sample
    parameters = new_parameters(3, 4, 2)
    for which, slopes in enumerate(backward(inputs, targets, *parameters)):
        assert slopes.shape == parameters[which].shape
        for place in np.ndindex(slopes.shape):
            losses = []
            for step in (1e-6, -1e-6):
                moved = [array.copy() for array in parameters]
                moved[which][place] += step
                losses.append(np.mean((forward(inputs, *moved) - targets) ** 2))
            assert slopes[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-7)


def test_one_epoch_in_one_batch_is_one_step_and_leaves_the_start_alone(sample):
    inputs, targets = sample
    start = new_parameters(3, 4, 2)
    kept = [array.copy() for array in start]
    trained = train(start, inputs, targets, rate=0.1, epochs=1)
    for before, after, slope in zip(kept, trained, backward(inputs, targets, *start)):
        np.testing.assert_allclose(after, before - 0.1 * slope)
    for before, now in zip(kept, start):
        np.testing.assert_array_equal(before, now)


def test_training_in_batches_learns_and_repeats_itself(sample):
    inputs, targets = sample
    start = new_parameters(3, 16, 2)
    once, again = (train(start, inputs, targets, 0.2, 800, batch=4, seed=5) for _ in range(2))
    assert np.mean((forward(inputs, *once) - targets) ** 2) < 0.05 * np.var(targets)
    for left, right in zip(once, again):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize(
    "change, named",
    [
        ({"rate": 0}, "rate"),
        ({"epochs": 0}, "epochs"),
        ({"batch": 0}, "batch"),
        ({"inputs": np.array([[np.nan]])}, "inputs"),
        ({"targets": np.array([[np.inf]])}, "targets"),
    ],
)
def test_training_refuses_bad_input_by_name(change, named):
    arguments = {"inputs": np.ones((1, 1)), "targets": np.ones((1, 1)), "rate": 0.1, "epochs": 1}
    with pytest.raises(InputError, match=f"^{named}: "):
        train(new_parameters(1, 2, 1), **arguments | change)


def test_training_says_when_it_blows_up():
    x = np.linspace(-1, 1, 10)[:, None]
    with np.errstate(all="ignore"), pytest.raises(InputError, match="blew up at 1000"):
        train(new_parameters(1, 8, 1), x, 100 * x, rate=1000, epochs=200)


def test_start_refuses_a_size_that_is_no_count():
    with pytest.raises(InputError, match="units"):
        new_parameters(3, 0.5, 2)
