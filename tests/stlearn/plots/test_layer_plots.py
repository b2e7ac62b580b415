"""Figures of chapter 04: what is drawn, what is said."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from stlearn.errors import InputError
from stlearn.plots.layers import error_by_day, kernel_over_time, parameters_by_nodes

COUNTS = pd.DataFrame({"hybrid": [1000, 3000], "stn": [500, 500]}, index=[10, 20])
SPEED = pd.Series([90.0, 60.0, 40.0], pd.date_range("2025-05-05 08:00", periods=3, freq="5min"))
DAYS = pd.DataFrame({"no": [2.0, 3.0], "t = 1": [1.0, 2.0]}, pd.date_range("2025-06-02", periods=2))


def test_every_picture_can_be_drawn_is_labelled_and_has_a_sentence():
    for figure, sentence in (
        parameters_by_nodes(COUNTS),
        kernel_over_time(SPEED, np.zeros((3, 2)), "km/h"),
        error_by_day(DAYS, "km/h"),
    ):
        assert isinstance(figure, Figure)
        figure.savefig(io.BytesIO(), format="png")
        assert figure.get_size_inches()[0] == 8
        assert figure.axes[-1].get_xlabel()
        assert all(axes.get_ylabel() for axes in figure.axes)
        assert sentence.endswith(".")


def test_growth_is_told_for_each_network():
    figure, sentence = parameters_by_nodes(COUNTS)
    assert "each further node adds: hybrid 200, stn 0." in sentence
    assert [list(line.get_ydata()) for line in figure.axes[0].lines] == [[1, 3], [0.5, 0.5]]


def test_each_tap_has_a_line_and_its_range():
    kernel = np.array([[0.1, -0.5], [0.2, 0.5], [0.3, 0.0]])
    figure, sentence = kernel_over_time(SPEED, kernel, "km/h")
    assert "tap 0 from 0.10 to 0.30, tap 1 from -0.50 to 0.50" in sentence
    assert len({line.get_linestyle() for line in figure.axes[1].lines}) == 2


def test_days_are_averaged_for_each_variant():
    figure, sentence = error_by_day(DAYS, "mph", "ten detectors")
    assert sentence == "Mean over 2 days at ten detectors, mph: no 2.5, t = 1 1.5."
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()][0].startswith("Mon")


def test_bad_input_is_named():
    with pytest.raises(InputError, match="counts: .*two"):
        parameters_by_nodes(COUNTS[:1])
    with pytest.raises(InputError, match="kernel: .*3 times"):
        kernel_over_time(SPEED, np.zeros((2, 2)), "km/h")
    with pytest.raises(InputError, match="errors: .*one day"):
        error_by_day(DAYS[:0], "km/h")
