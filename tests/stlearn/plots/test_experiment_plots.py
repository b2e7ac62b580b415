"""Figures of experiments: stored seeds, their mean, two intervals, and a run of one's own."""

import numpy as np
import pandas as pd
import pytest

from stlearn.errors import InputError
from stlearn.plots.experiments import errors_by_model, settled_gains
from stlearn.plots.networks import error_by_seed

STORED = pd.DataFrame(
    {"MAE (km/h)": [4.0, 3.0, 3.2, 5.0], "cost": [1.0, 2.0, 4.0, 7.0]},
    index=["trees", "stn", "stn", "last value"],
)


def marks(axes, kind):
    """Place (x, y) of each mark of a kind."""
    lines = [line for line in axes.lines if line.get_marker() == kind]
    return [pair for line in lines for pair in zip(line.get_xdata(), line.get_ydata())]


def test_errors_stand_in_the_order_of_the_first_with_seeds_mean_and_cross():
    here = pd.DataFrame({"MAE (km/h)": [4.9]}, index=["last value"])
    figure, sentence = errors_by_model(STORED, here, {"stn": "the network"})
    first, second = figure.axes
    labels = [label.get_text() for label in first.get_yticklabels()]
    assert labels == ["stn\nthe network", "trees", "last value"]
    assert sorted(marks(first, ".")) == [(3.0, 0), (3.2, 0), (4.0, 1), (5.0, 2)]
    assert marks(first, "o") == [(pytest.approx(3.1), 0)]
    assert marks(second, "o") == [(1.0, 1)]  # the lowest cost, one row down
    assert marks(first, "x") == [(4.9, 2)] and not marks(second, "x")
    assert sentence == (
        "MAE (km/h): lowest stn 3.1, then trees 4; here last value 4.9. cost: lowest trees 1, "
        "then stn 3."
    )


def test_a_gain_is_coloured_where_days_and_seeds_agree():
    days = pd.DataFrame({"value": [0.2, 0.2], "low": [0.1, 0.1], "high": [0.3, 0.3]}, ["a", "b"])
    by_seed = pd.DataFrame({"a": [0.18, 0.2, 0.22], "b": [-0.1, 0.2, 0.5]})
    figure, sentence = settled_gains(days, by_seed, "over x", here=pd.Series({"b": 0.4}))
    assert "a: 20.0 %, over days 10.0 to 30.0, over seeds 15.0 to 25.0: a settled gain." in sentence
    assert sentence.endswith("not settled; here 40.0 %.")
    colours = {line.get_ydata()[0]: line.get_color() for line in figure.axes[0].lines[:-1]}
    assert colours[-0.1] != colours[0.9]
    assert marks(figure.axes[0], "x") == [(pytest.approx(40.0), pytest.approx(0.7))]


def test_the_interval_over_seeds_is_that_of_the_errors_themselves():
    gains = np.array([0.1, 0.2, 0.4])
    days = pd.DataFrame({"value": [0.2], "low": [0.1], "high": [0.3]}, index=["a"])
    sentence = settled_gains(days, pd.DataFrame({"a": gains}), "over x")[1]
    other = error_by_seed(pd.DataFrame({"a": 100 * gains}), "%")[1]
    low, high = other.split("(")[1].split(")")[0].split(" to ")
    assert f"over seeds {float(low):.1f} to {float(high):.1f}:" in sentence


def test_what_cannot_be_drawn():
    with pytest.raises(InputError, match="stored: .*two models, got \\['stn'\\]"):
        errors_by_model(STORED.loc[["stn"]])
    with pytest.raises(InputError, match="here: .*got \\['nobody'\\]"):
        errors_by_model(STORED, pd.DataFrame({"cost": [1.0]}, index=["nobody"]))
    days = pd.DataFrame({"value": [0.2], "low": [0.1], "high": [0.3]}, index=["a"])
    with pytest.raises(InputError, match="by_seed: .*two seeds, got 1"):
        settled_gains(days, pd.DataFrame({"a": [0.1]}), "over x")
    with pytest.raises(InputError, match="by_seed: .*missing are \\['a'\\]"):
        settled_gains(days, pd.DataFrame({"b": [0.1, 0.2]}), "over x")
