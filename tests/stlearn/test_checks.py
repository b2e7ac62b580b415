"""Checks of arguments: what they take, what they give back, and what they refuse."""

import numpy as np
import pandas as pd
import pytest

from stlearn import InputError
from stlearn.checks import check_count, check_number, to_duration


@pytest.mark.parametrize("count", [3, np.int64(3), np.uint8(3)])
def test_a_whole_number_comes_back_as_a_plain_one(count):
    assert check_count("lags", count) == 3
    assert type(check_count("lags", count)) is int


@pytest.mark.parametrize("count", [0, -1, 1.0, np.float64(2), True, "3", None])
def test_what_is_no_count_is_refused(count):
    with pytest.raises(InputError, match="lags: expected a whole number of at least 1, got"):
        check_count("lags", count)


@pytest.mark.parametrize("number", [2, 2.0, np.float32(2), np.int64(2)])
def test_a_number_comes_back_as_a_plain_one(number):
    assert check_number("rate", number, least=0) == 2
    assert type(check_number("rate", number)) is float


@pytest.mark.parametrize("number", [-1, 5, np.nan, np.inf, True, "2", None])
def test_what_is_no_number_within_the_limits_is_refused(number):
    with pytest.raises(InputError, match="rate: expected a number of at least 0 and at most 4"):
        check_number("rate", number, least=0, most=4)


def test_a_duration_is_a_timedelta_above_zero():
    assert to_duration("test", "14D") == pd.Timedelta(days=14)
    for bad in ("0h", "-1h", "soon", None):
        with pytest.raises(InputError, match="test: expected a duration above zero"):
            to_duration("test", bad)
