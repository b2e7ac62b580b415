"""Figures of evaluation: their sentences come from the data they draw."""

import numpy as np
import pandas as pd
import pytest

import stlearn
from stlearn import evalplots
from stlearn.averages import LastValue
from stlearn.errors import InputError


def test_gains_tell_which_intervals_exclude_zero():
    table = pd.DataFrame(
        {"value": [0.3, -0.2, 0.1, 0.1], "low": [0.2, -0.3, -0.1, np.nan],
         "high": [0.4, -0.1, 0.3, np.nan]},
        index=["up", "down", "open", "unknown"],
    )  # fmt: skip
    figure, sentence = evalplots.gains(table, "over x")
    assert "above zero for up, and below zero for down." in sentence
    assert "unknown 10.0 % (no interval)" in sentence
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == list(table.index)


def test_coverage_tells_the_last_step():
    steps = pd.to_timedelta(["5min", "10min"])
    tables = {
        name: pd.DataFrame({"coverage": [0.9, last], "width": [4.0, 8.0]}, index=steps)
        for name, last in (("a", 0.85), ("b", 0.91))
    }
    figure, sentence = evalplots.coverage_by_step(tables, 0.9, "km/h")
    assert "10 minutes ahead, meant to be 90.0 %: a 85.0 % (mean width 8 km/h)" in sentence
    assert "b 91.0 %" in sentence
    assert len(figure.axes) == 2


@pytest.fixture(scope="module")
def result():
    dataset = stlearn.load("corridor").between(0, 2 * 288)
    return stlearn.backtest(LastValue(12).fit(dataset), dataset, slice(288, 2 * 288))


def test_a_band_counts_what_lies_outside(result):
    low, high = result.truth - 1, result.truth + 1
    _, sentence = evalplots.interval_band(result, low, high, "in10", 3)
    assert ": 0 of " in sentence
    assert "2.0 km/h wide" in sentence
    _, sentence = evalplots.interval_band(result, low + 5, high + 5, "in10", 3)
    known = (~np.isnan(result.truth[:, 2, 9])).sum()
    assert f": {known} of {known} readings" in sentence


def test_silent_sensors_name_the_lowest():
    errors = pd.DataFrame({"stn": [2.0, 6.0], "average": [5.0, 5.0]}, index=[0.0, 0.5])
    _, sentence = evalplots.error_by_share(errors, "km/h")
    assert "stn 2 to 6, average 5 to 5; lowest at 50 %: average." in sentence


def test_bad_input_is_told(result):
    low = high = result.forecast
    with pytest.raises(InputError, match="table"):
        evalplots.gains(pd.DataFrame({"value": [], "low": [], "high": []}), "x")
    with pytest.raises(InputError, match="tables"):
        evalplots.coverage_by_step({}, 0.9, "km/h")
    with pytest.raises(InputError, match="node: .*nowhere"):
        evalplots.interval_band(result, low, high, "nowhere", 3)
    with pytest.raises(InputError, match="step: .*13"):
        evalplots.interval_band(result, low, high, "in10", 13)
    with pytest.raises(InputError, match="no time is left"):
        evalplots.interval_band(result, low, high, "in10", 3, start="2030-01-01")
    with pytest.raises(InputError, match="errors: .*two shares"):
        evalplots.error_by_share(pd.DataFrame({"a": [1.0]}), "km/h")
