"""Figures of data: what is drawn, and what is said."""

import numpy as np
import pandas as pd
import pytest

from stlearn import SpatioTemporalDataset
from stlearn.errors import InputError
from stlearn.plots.data import daily_profile, fundamental_diagram, lag_by_distance, one_day


@pytest.fixture(scope="module")
def dataset():
    """Three weeks of two nodes: 100 km/h, at 08:00 of working days 40; a slow hour on 13 Jan."""
    times = pd.date_range("2026-01-05", periods=21 * 48, freq="30min")
    values = pd.DataFrame(100.0, times, ["a", "b"])
    morning = (times.hour == 8) & (times.day_of_week < 5)
    values.loc[morning] = 40
    values.loc["2026-01-13 17:00":"2026-01-13 17:30", "a"] = 20
    flow = pd.DataFrame(2000.0, times, ["a", "b"])
    return SpatioTemporalDataset("road", values, "km/h", extra={"flow": flow})


def test_daily_profile_names_the_slowest_hour(dataset):
    figure, sentence = daily_profile(dataset, {"first": ["a"], "second": ["b"]})
    assert len(figure.axes[0].lines) == 4
    assert sentence == (
        "On working days the mean is lowest for first: 40 km/h at 08:00; "
        "for second: 40 km/h at 08:00."
    )
    weekend = figure.axes[0].lines[1].get_ydata()
    assert (weekend == 100).all()


def test_one_day_names_what_is_not_usual(dataset):
    figure, sentence = one_day(dataset, "a", "2026-01-13")
    assert "against 2 other Tuesdays" in sentence
    assert "at 17:00 (20 where 100 km/h is usual)" in sentence
    assert "under 80% of it for 60 minutes" in sentence
    assert figure.axes[0].get_ylabel() == "a (km/h)"


def test_fundamental_diagram_names_both_states(dataset):
    _, sentence = fundamental_diagram(dataset, ["b"])
    assert f"{30 / (21 * 48):.1%} of them congested" in sentence
    assert "the median speed is 40 km/h in congestion and 100 km/h outside it" in sentence


def test_lag_by_distance_tells_the_direction():
    minutes = pd.DataFrame({"up": [6.0, 12, 18], "down": [-3.0, -6, -9]}, index=[1, 2, 3])
    assert lag_by_distance(minutes)[1] == "up: -10 km/h; down: 20 km/h."


def test_what_cannot_be_drawn_is_refused(dataset):
    days = pd.date_range("2026-01-05", periods=9, freq="D")
    daily = SpatioTemporalDataset("d", pd.DataFrame({"a": np.arange(9.0)}, days), "km/h")
    short = dataset.between(0, 48)
    for draw, named in (
        (lambda: daily_profile(dataset, {"x": ["c"]}), "nodes"),
        (lambda: daily_profile(daily, {"x": ["a"]}), "below one day"),
        (lambda: one_day(dataset, "c", "2026-01-13"), "nodes"),
        (lambda: one_day(dataset, "a", "2027-01-13"), "start, stop"),
        (lambda: one_day(short, "a", "2026-01-05"), "no other Monday"),
        (lambda: fundamental_diagram(daily, ["a"]), "flow"),
        (lambda: fundamental_diagram(dataset, ["c"]), "nodes"),
        (lambda: lag_by_distance(pd.DataFrame({"x": [0.0]}, index=[1])), "minutes"),
    ):
        with pytest.raises(InputError, match=named):
            draw()
