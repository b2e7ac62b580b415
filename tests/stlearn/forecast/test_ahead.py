"""What is known ahead reaches every model, in `stlearn forecast` and in `stlearn predict`."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stlearn import Forecaster, InputError, SpatioTemporalDataset
from stlearn.baselines.averages import HistoricalAverage
from stlearn.baselines.regression import AverageAutoregression, VectorAutoregression
from stlearn.baselines.trees import GradientBoosting
from stlearn.data.dataset import make_calendar
from stlearn.data.holidays import holiday_flags
from stlearn.evaluation.backtest import backtest
from stlearn.forecast.ahead import with_known_ahead
from stlearn.forecast.prediction import predict_file
from stlearn.forecast.results import load_model

ROWS, AHEAD = 900, 6


def rainy(rows=ROWS, names="ab"):
    """Values that rain, known ahead, pulls down; it falls by chance and lasts five hours."""
    rng = np.random.default_rng(0)
    rain = np.repeat(rng.gamma(0.5, 400, (rows + AHEAD) // 5 + 1), 5)[: rows + AHEAD]
    times = pd.date_range("2026-01-05", periods=rows + AHEAD, freq="h").rename("time")
    values = 100 - 0.02 * rain[:rows, None] + rng.normal(0, 1, (rows, len(names)))
    return (
        pd.DataFrame(values, times[:rows], list(names)),
        pd.DataFrame({"rain": rain}, times),
    )


@pytest.fixture
def rainy_files(tmp_path):
    values, calendar = rainy()
    values.to_csv(tmp_path / "values.csv")
    calendar.to_csv(tmp_path / "rain.csv")
    return tmp_path


@pytest.mark.parametrize(
    "make",
    [
        lambda: Forecaster("feed_forward", 6, AHEAD, epochs=8),
        lambda: AverageAutoregression(AHEAD, 6),
        lambda: VectorAutoregression(AHEAD, 6),
        lambda: GradientBoosting(AHEAD, 6),
    ],
    ids=["network", "regression", "regression on all", "trees"],
)
def test_every_model_uses_what_is_known_ahead(make, tmp_path):
    values, rain = rainy()
    plain = SpatioTemporalDataset("x", values, "u")
    calendar = make_calendar(rain.index, rain=rain["rain"])
    told = SpatioTemporalDataset("x", values, "u", calendar=calendar)
    errors = []
    for dataset in (plain, told):
        model = make().fit(dataset.between(0, 600), dataset.between(600, 700))
        found = backtest(model, dataset, slice(700, ROWS), lookback=6)
        errors.append(found.scores(steps=[AHEAD])["mae"].iloc[0])
    assert errors[1] < 0.5 * errors[0]
    model.save(tmp_path / "model")
    again = load_model(tmp_path / "model")
    pd.testing.assert_frame_equal(again.predict(told), model.predict(told))


def test_a_flag_that_saves_little_is_left_out_by_a_regression():
    values, _ = rainy()
    rng = np.random.default_rng(1)
    calendar = make_calendar(values.index, noise=rng.normal(size=ROWS))
    told = SpatioTemporalDataset("x", values, "u", calendar=calendar)
    model = AverageAutoregression(AHEAD, 6).fit(told.between(0, 600), told.between(600, 700))
    assert model.columns_ahead == []


def test_forecast_and_predict_read_a_calendar(rainy_files, call):
    code, _, err = call(
        "forecast", "--values", "values.csv", "--unit", "u", "--calendar", "rain.csv",
        "--horizon", AHEAD, "--lookback", 6, "--model", "boosted trees", "--out", "found",
    )  # fmt: skip
    assert code == 0, err
    assert "rain" in Path("found/report.html").read_text()
    ahead = pd.read_csv("found/forecast.csv")
    predict = ["predict", "--model", "found", "--values", "values.csv"]
    code, out, err = call(*predict, "--calendar", "rain.csv")
    assert (code, err) == (0, "")
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(out)), ahead)
    dry = pd.read_csv("rain.csv")
    dry.loc[dry.index[-AHEAD:], "rain"] = 0
    dry.to_csv("dry.csv", index=False)
    other = pd.read_csv(io.StringIO(call(*predict, "--calendar", "dry.csv")[1]))
    assert (other["forecast"] - ahead["forecast"]).abs().max() > 1
    # A file that is shorter than the month that tells its step needs no older calendar.
    for name in ("values", "dry"):
        table = pd.read_csv(f"{name}.csv")
        table.iloc[ROWS - 24 :].to_csv(f"short {name}.csv", index=False)
    short = ["predict", "--model", "found", "--values", "short values.csv"]
    code, out, err = call(*short, "--calendar", "short dry.csv")
    assert (code, err) == (0, "")
    assert len(pd.read_csv(io.StringIO(out))) == 2 * AHEAD
    code, _, err = call(*predict)
    assert code == 0 and "rain: left out by boosted trees" in err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.iloc[:-1], "reaches from 2026-01-05 00:00:00 to 2026-02-11 16:00:00"),
        (lambda table: table.iloc[5:], "missing 2026-01-05 00:00:00"),
        (
            lambda table: table.where(np.arange(len(table))[:, None] != 7),
            "none at 2026-01-05 07:00:00",
        ),
        (lambda table: table.rename(columns={"rain": "day_of_week"}), "got day_of_week"),
        (lambda table: table.tz_localize("UTC"), "those of the data are without"),
    ],
    ids=["ends early", "begins late", "gap", "name", "zone"],
)
def test_a_calendar_that_does_not_fit_is_refused_before_any_training(
    rainy_files, call, change, said
):
    change(rainy()[1]).to_csv("rain.csv")
    code, out, err = call(
        "forecast", "--values", "values.csv", "--unit", "u", "--calendar", "rain.csv",
        "--horizon", AHEAD,
    )  # fmt: skip
    assert (code, out) == (2, "")
    assert err.startswith("Error: --calendar: ") and said in err
    assert err.count("\n") == 1
    assert not list(rainy_files.glob("*forecast*"))


# Holidays


def test_holidays_of_a_country_and_of_a_part_of_it():
    times = pd.date_range("2026-01-05 12:00", periods=4, freq="12h")
    assert holiday_flags(times, "DE").tolist() == [0, 0, 0, 0]
    assert holiday_flags(times, "DE-BY").tolist() == [0, 1, 1, 0]  # Epiphany, all day
    assert holiday_flags(times.tz_localize("Europe/Berlin"), "DE-BY").tolist() == [0, 1, 1, 0]
    with pytest.raises(InputError, match="--holidays: expected the code of a country.*'XX'"):
        holiday_flags(times, "XX")
    with pytest.raises(InputError, match="--holidays: .* got 'DE-QQ'"):
        holiday_flags(times, "DE-QQ")


def test_without_the_package_one_sentence_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(InputError, match=r"pip install \"stlearn-course\[holidays\]\""):
        holiday_flags(pd.date_range("2026-01-05", periods=2), "DE")


def test_a_holiday_counts_as_a_sunday_in_the_average():
    times = pd.date_range("2026-03-30", periods=35, freq="D")  # Monday
    quiet = (times.day_of_week == 6) | holiday_flags(times, "DE").astype(bool)
    values = pd.DataFrame({"a": np.where(quiet, 1.0, 9.0)}, times)
    dataset = with_known_ahead(SpatioTemporalDataset("x", values, "u"), 7, holidays="DE")
    # 35 days end on Sunday, 3 May; the next holiday is Ascension Day, a Thursday.
    ahead = (
        HistoricalAverage(14)
        .fit(dataset.between(0, 35))
        .predict(with_known_ahead(SpatioTemporalDataset("x", values, "u"), 14, holidays="DE"))
    )
    assert ahead.loc["2026-05-14", "a"] == 1 and ahead.loc["2026-05-13", "a"] == 9


def test_holidays_of_weeks_are_refused_and_of_a_column_that_is_there():
    times = pd.date_range("2026-01-05", periods=40, freq="7D")
    dataset = SpatioTemporalDataset("x", pd.DataFrame({"a": np.arange(40.0)}, times), "u")
    with pytest.raises(InputError, match="--holidays: expected steps of a day or shorter"):
        with_known_ahead(dataset, 3, holidays="DE")
    assert with_known_ahead(dataset, 3) is dataset


def test_predict_finds_the_holidays_of_the_model_by_itself(call):
    times = pd.date_range("2025-06-02", periods=500, freq="D").rename("time")
    rng = np.random.default_rng(0)
    quiet = (times.day_of_week == 6) | holiday_flags(times, "DE").astype(bool)
    values = np.where(quiet, 10.0, 50.0)[:, None] + rng.normal(0, 1, (500, 2))
    table = pd.DataFrame(values, times, ["a", "b"])
    until = table.index.get_loc(pd.Timestamp("2026-10-02"))
    table.iloc[: until + 1].to_csv("days.csv")  # the next day is a holiday, a Saturday
    code, _, err = call(
        "forecast", "--values", "days.csv", "--unit", "u", "--holidays", "DE", "--horizon", 2,
        "--model", "historical average", "--out", "found",
    )  # fmt: skip
    assert code == 0, err
    found = pd.read_csv("found/forecast.csv")
    assert (found["forecast"].iloc[:2] < 20).all()
    code, out, err = call("predict", "--model", "found", "--values", "days.csv")
    assert (code, err) == (0, "")
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(out)), found)
    about = json.loads(Path("found/run.json").read_text())
    assert about["model"] == "historical average"
    assert predict_file("found", "days.csv")[1] == []
