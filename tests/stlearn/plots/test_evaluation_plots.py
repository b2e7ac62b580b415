"""Figures of evaluation: their sentences come from the data they draw."""

import numpy as np
import pandas as pd
import pytest

import stlearn
from stlearn.baselines.averages import LastValue
from stlearn.errors import InputError
from stlearn.plots import evaluation
from stlearn.plots.intervals import coverage_by_state


def test_gains_tell_which_intervals_exclude_zero():
    table = pd.DataFrame(
        {"value": [0.3, -0.2, 0.1, 0.1], "low": [0.2, -0.3, -0.1, np.nan],
         "high": [0.4, -0.1, 0.3, np.nan]},
        index=["up", "down", "open", "unknown"],
    )  # fmt: skip
    figure, sentence = evaluation.gains(table, "over x")
    assert sentence == evaluation.gains_said(table, "over x")
    sides = ["lies above zero for up", "includes zero for open", "lies below zero for down."]
    assert sentence.endswith(f"; the interval {', and '.join(sides)}")
    assert "unknown 10.0 % (no interval)" in sentence
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == list(table.index)


def test_gains_without_any_interval_name_no_side():
    table = pd.DataFrame({"value": [0.1], "low": [np.nan], "high": [np.nan]}, index=["unknown"])
    assert evaluation.gains_said(table, "over x") == "Gain over x: unknown 10.0 % (no interval)."


def test_an_interval_that_ends_at_zero_includes_it():
    table = pd.DataFrame({"value": [0.1, -0.1], "low": [0.0, -0.2], "high": [0.2, 0.0]})
    said = evaluation.gains_said(table.set_axis(["a", "b"]), "over x")
    assert said.endswith("; the interval includes zero for a, b.")


def test_coverage_tells_the_last_step():
    steps = pd.to_timedelta(["5min", "10min"])
    tables = {
        name: pd.DataFrame({"coverage": [0.9, last], "width": [4.0, 8.0]}, index=steps)
        for name, last in (("a", 0.85), ("b", 0.91))
    }
    figure, sentence = evaluation.coverage_by_step(tables, 0.9, "km/h")
    assert "10 minutes ahead, meant to be 90.0 %: a 85.0 % (mean width 8 km/h)" in sentence
    assert "b 91.0 %" in sentence
    assert sentence.endswith("nearest to that: b.")
    assert len(figure.axes) == 2


@pytest.fixture(scope="module")
def result():
    dataset = stlearn.load("corridor").between(0, 2 * 288)
    return stlearn.backtest(LastValue(12).fit(dataset), dataset, slice(288, 2 * 288))


def test_a_band_counts_what_lies_outside(result):
    low, high = result.truth - 1, result.truth + 1
    _, sentence = evaluation.interval_band(result, low, high, "in10", 3)
    assert ": 0 of " in sentence
    assert "2.0 km/h wide" in sentence
    _, sentence = evaluation.interval_band(result, low + 5, high + 5, "in10", 3)
    known = (~np.isnan(result.truth[:, 2, 9])).sum()
    assert f": {known} of {known} readings" in sentence


def test_silent_sensors_name_the_lowest():
    errors = pd.DataFrame({"stn": [2.0, 6.0], "average": [5.0, 5.0]}, index=[0.0, 0.5])
    figure, sentence = evaluation.error_by_share(errors, "km/h", "at all sensors, an hour ahead")
    assert "error at all sensors, an hour ahead, km/h: stn 2 to 6, average 5 to 5" in sentence
    assert sentence.endswith("lowest at 50 %: average.")


def test_no_label_is_cut_off_above_a_tall_legend():
    names = ["feed_forward", "historical average", "last value", "neighbour autoregression", "stn"]
    errors = pd.DataFrame({name: [2.0, 6.0] for name in names}, index=[0.0, 0.5])
    figure, _ = evaluation.error_by_share(errors, "km/h", "at all sensors, one hour ahead")
    figure.draw_without_rendering()
    axes = figure.axes[0]
    for label in (axes.yaxis.label, axes.xaxis.label):
        box = label.get_window_extent().padded(2)  # pixels of margin
        assert min(box.x0, box.y0) >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1


def test_bad_input_is_told(result):
    low = high = result.forecast
    with pytest.raises(InputError, match="table"):
        evaluation.gains(pd.DataFrame({"value": [], "low": [], "high": []}), "x")
    with pytest.raises(InputError, match="table: .*at least one"):
        evaluation.gains_said(pd.DataFrame({"value": [], "low": [], "high": []}), "x")
    with pytest.raises(InputError, match="tables"):
        evaluation.coverage_by_step({}, 0.9, "km/h")
    with pytest.raises(InputError, match="node: .*nowhere"):
        evaluation.interval_band(result, low, high, "nowhere", 3)
    with pytest.raises(InputError, match="step: .*13"):
        evaluation.interval_band(result, low, high, "in10", 13)
    with pytest.raises(InputError, match="no time is left"):
        evaluation.interval_band(result, low, high, "in10", 3, start="2030-01-01")
    with pytest.raises(InputError, match="errors: .*two shares"):
        evaluation.error_by_share(pd.DataFrame({"a": [1.0]}), "km/h")


@pytest.mark.parametrize(
    ("days", "seeds", "verdict"),
    [
        ((0.2, 0.1, 0.3), (0.2, 0.1, 0.3), "a settled gain"),
        ((-0.2, -0.3, -0.1), (-0.2, -0.3, -0.1), "a settled loss"),
        ((0.2, 0.1, 0.3), (0.2, -0.1, 0.5), "not settled"),
        ((0.2, -0.1, 0.5), (0.2, 0.1, 0.3), "not settled"),
        ((0.2, 0.1, 0.3), (-0.2, -0.3, -0.1), "not settled"),
        ((0.2, 0.0, 0.3), (0.2, 0.1, 0.3), "not settled"),
        ((0.2, 0.1, 0.3), (0.2, float("nan"), float("nan")), "not settled"),
    ],
)
def test_a_gain_is_settled_where_both_intervals_lie_on_one_side(days, seeds, verdict):
    assert evaluation.settled("wide", days, seeds).endswith(f": {verdict}.")


def test_coverage_by_state_tells_the_last_model_and_knows_its_minutes():
    rows = {
        "model": ["last value"] * 2 + ["stn"] * 2,
        "state": ["free, steady", "jam, steady"] * 2,
        "share": [0.75, 0.25] * 2,
        "horizon_minutes": 30,
        "coverage": [0.95, 0.5, 0.91, np.nan],
    }
    figure, sentence = coverage_by_state(pd.DataFrame(rows), 0.9, 30)
    assert "91 % lie inside the 90 % interval of stn in the state free, steady." in sentence
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["free, steady\n(75.0 % of all)", "jam, steady\n(25.0 % of all)"]
    with pytest.raises(InputError, match="minutes: expected one of 30, got 45"):
        coverage_by_state(pd.DataFrame(rows), 0.9, 45)


def test_a_gain_measured_here_is_a_cross_beside_the_stored():
    table = pd.DataFrame({"value": [0.2, 0.1], "low": [0.1, 0.0], "high": [0.3, 0.2]}, ["a", "b"])
    figure, sentence = evaluation.gains(table, "over x", here=pd.Series({"b": 0.05}))
    assert sentence.endswith("; here b 5.0 %.")
    (crosses,) = [line for line in figure.axes[0].lines if line.get_marker() == "x"]
    assert crosses.get_xdata() == pytest.approx([5.0]) and list(crosses.get_ydata()) == [1]
