"""Figures of networks: what is drawn, what is said."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from stlearn.errors import InputError
from stlearn.plots.networks import (
    ACTIVATIONS,
    activation_curves,
    error_by_seed,
    fitted_curves,
    learning_curves,
)

HISTORY = pd.DataFrame({"train": [3.0, 2.0, 1.0], "validation": [3.5, 2.5, 4.0]})
ERRORS = pd.DataFrame({"relu": [2.0, 2.2, 2.4], "tanh": [3.0, 3.0, 3.0]})


def test_every_picture_can_be_drawn_is_labelled_and_has_a_sentence():
    points = np.arange(5.0)
    for figure, sentence in (
        activation_curves(),
        fitted_curves(points, points, {"start": points + 1}, "Time (h)", "Speed (km/h)"),
        learning_curves({"few": HISTORY, "many": HISTORY}, "km/h", ("persistence", 2.8)),
        error_by_seed(ERRORS, "km/h", ("persistence", 2.8)),
    ):
        assert isinstance(figure, Figure)
        figure.savefig(io.BytesIO(), format="png")
        assert figure.get_size_inches()[0] == 8
        assert all(axes.get_xlabel() for axes in figure.axes)
        assert figure.axes[0].get_ylabel() or figure.axes[0].get_yticklabels()
        assert sentence.endswith(".")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivatives_are_slopes(name):
    function, derivative = ACTIVATIONS[name]
    z = np.linspace(-3, 3, 13) + 0.1
    slope = (function(z + 1e-6) - function(z - 1e-6)) / 2e-6
    np.testing.assert_allclose(derivative(z), slope, atol=1e-6)


def test_learning_curves_name_the_best_epoch_and_share_the_axis():
    figure, sentence = learning_curves({"few": HISTORY}, "mph", ("persistence", 2.8))
    assert "1 mph on training and 4 on validation" in sentence
    assert "after epoch 2 (2.5); persistence 2.8." in sentence
    train, validation, reference = figure.axes[0].lines
    assert train.get_ydata().tolist() == [3, 2, 1]
    assert validation.get_ydata().tolist() == [3.5, 2.5, 4]
    assert set(reference.get_ydata()) == {2.8}
    assert train.get_linestyle() != validation.get_linestyle()


def test_interval_over_seeds_is_students():
    _, sentence = error_by_seed(ERRORS, "km/h")
    half = 4.302653 * 0.2 / np.sqrt(3)  # t with two degrees of freedom, deviation 0.2
    assert f"relu 2.20 ({2.2 - half:.2f} to {2.2 + half:.2f})" in sentence
    assert "tanh 3.00 (3.00 to 3.00)" in sentence


def test_bad_input_is_named():
    with pytest.raises(InputError, match="names: .*softmax"):
        activation_curves(["softmax"])
    with pytest.raises(InputError, match="fits: .*end"):
        fitted_curves([0, 1], [0, 1], {"end": [0, 1, 2]}, "x", "y")
    with pytest.raises(InputError, match="histories: .*few"):
        learning_curves({"few": HISTORY[["train"]]}, "km/h")
    with pytest.raises(InputError, match="two seeds"):
        error_by_seed(ERRORS[:1], "km/h")
