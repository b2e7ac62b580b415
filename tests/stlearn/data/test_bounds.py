"""Bounds: what is never negative is not forecast below zero."""

import numpy as np
import pandas as pd
import pytest

from stlearn import SpatioTemporalDataset
from stlearn.data.bounds import bounded, lower_bound


@pytest.mark.parametrize(
    ("values", "unit", "expected"),
    [
        ([[0.0, np.nan], [2.0, 3.0]], "veh/h", 0.0),
        ([[0.0, -0.1]], "veh/h", None),
        ([[1.0, 2.0]], "°C", None),  # a summer
        ([[1.0, 2.0]], "K", 0.0),
        ([[1.0, 2.0]], "km/h", None),
    ],
)
def test_zero_bounds_what_was_never_below_it(values, unit, expected):
    assert lower_bound(values, unit) == expected


def test_a_node_that_has_been_lower_before_the_origin_keeps_that_as_its_bound():
    times = pd.date_range("2026-01-05", periods=4, freq="h")
    values = pd.DataFrame({"a": [1, 2, 3, -9], "b": [1, -4, 2, 2]}, index=times)
    dataset = SpatioTemporalDataset("x", values, "u")
    forecast = np.full((2, 1, 2), -7.0)
    lifted = bounded(forecast, 0.0, dataset, np.array([1, 3]))
    assert lifted[:, 0].tolist() == [[0, 0], [0, -4]]  # the -9 to come is not known yet
    quantiles = np.stack([forecast, forecast + 9], axis=-1)
    assert bounded(quantiles, 0.0, dataset, np.array([1, 3]))[1, 0].tolist() == [[0, 2], [-4, 2]]
    assert bounded(forecast, None, dataset, np.array([1, 3])) is forecast
