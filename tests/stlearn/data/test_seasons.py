"""What a model reads of the calendar."""

import numpy as np
import pandas as pd
import pytest

from stlearn import SpatioTemporalDataset
from stlearn.data.dataset import make_calendar
from stlearn.data.seasons import CLOCK, YEAR, calendar_to_read, columns_to_read


def made(freq, rows, **ahead):
    times = pd.date_range("2024-01-01", periods=rows, freq=freq)
    values = pd.DataFrame({"a": np.arange(rows)}, index=times)
    further = {name: np.full(rows, value) for name, value in ahead.items()}
    return SpatioTemporalDataset("x", values, "u", calendar=make_calendar(times, **further))


@pytest.mark.parametrize(
    ("freq", "rows", "yearly"),
    [("MS", 24, True), ("W-MON", 110, True), ("D", 731, True), ("h", 24 * 731, True),
     ("MS", 20, False), ("D", 700, False), ("5min", 4000, False)],
)  # fmt: skip
def test_the_time_of_the_year_is_read_from_two_years_on(freq, rows, yearly):
    expected = [*CLOCK, "rain", *(YEAR if yearly else ())]
    assert columns_to_read(made(freq, rows, rain=0.3)) == expected


def test_the_year_goes_round_and_lies_ahead_too():
    dataset = made("MS", 30)
    columns = columns_to_read(dataset)
    read = calendar_to_read(dataset, 0, 36, columns)
    assert read.notna().all(axis=None) and len(read) == 36
    radius = read["year_sine"] ** 2 + read["year_cosine"] ** 2
    np.testing.assert_allclose(radius, 1, rtol=1e-5)
    np.testing.assert_allclose(read["year_sine"][:12], read["year_sine"][24:], atol=0.02)
    assert read["year_cosine"].iloc[0] > 0.99 and read["year_cosine"].iloc[6] < -0.99


def test_of_months_the_day_of_the_week_says_nothing():
    both = [*CLOCK, *YEAR]
    assert (calendar_to_read(made("MS", 30), 0, 30, both)["day_of_week"] == 0).all()
    assert calendar_to_read(made("D", 30), 0, 30, both)["day_of_week"].nunique() == 7


def test_what_the_calendar_lacks_is_not_known():
    assert calendar_to_read(made("D", 30), 0, 30, ["rain"])["rain"].isna().all()
