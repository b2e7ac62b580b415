"""A model in service: its forecasts are held against what came and what was promised."""

import numpy as np
import pandas as pd
import pytest

from stlearn import InputError
from stlearn.forecast.prediction import predict_file
from stlearn.forecast.watch import watch

TRAINED, STEPS = 900, 6


def values():
    rng = np.random.default_rng(0)
    times = pd.date_range("2026-01-05", periods=TRAINED + 400, freq="h").rename("time")
    turn = 2 * np.pi * np.arange(len(times))[:, None] / 24
    table = 50 + 10 * np.sin(turn) + rng.normal(0, 2, (len(times), 2))
    return pd.DataFrame(table, times, ["a", "b"])


@pytest.fixture
def service(call):
    """Results of a job, and a forecast every six hours of the days after it."""
    table = values()
    table.iloc[:TRAINED].to_csv("values.csv")
    code, _, err = call(
        "forecast", "--values", "values.csv", "--unit", "u", "--horizon", STEPS, "--model",
        "historical average", "--out", "found",
    )  # fmt: skip
    assert code == 0, err
    said = []
    for row in range(TRAINED + 24, TRAINED + 360, 6):
        table.iloc[row - 24 : row].to_csv("now.csv")
        predict_file("found", "now.csv")[0].to_csv(f"said {row}.csv", index=False)
        said.append(f"said {row}.csv")
    return call, table, said


def test_what_came_is_read_in_the_zone_in_which_it_was_prepared(call):
    times = pd.date_range("2026-03-01", periods=1000, freq="h", tz="Europe/Berlin").rename("time")
    table = values().iloc[:1000].set_axis(times)
    table.to_csv("raw.csv")
    zone = ["--timezone", "Europe/Berlin"]
    code, _, err = call("prepare", "raw.csv", "--out", "came", *zone)
    assert code == 0, err
    table.iloc[:900].to_csv("until.csv")  # its offsets change in March
    code, _, err = call(
        "forecast", "--values", "until.csv", *zone, "--unit", "u", "--horizon", 2, "--model",
        "historical average", "--out", "found",
    )  # fmt: skip
    assert code == 0, err
    said = []
    for row in (910, 940):
        table.iloc[row - 24 : row].to_csv("now.csv")
        predict_file("found", "now.csv")[0].to_csv(f"{row}.csv", index=False)
        said.append(f"{row}.csv")
    found = watch(said, "came/values.csv", "found")
    assert found.table["known"].tolist() == [4, 4]


def test_drift_is_told_with_its_date_and_no_drift_is_not(service):
    call, table, said = service
    table.to_csv("came.csv")
    code, out, err = call("watch", *said, "--came", "came.csv", "--model", "found")
    assert (code, err) == (0, "")
    assert "No drift is shown" in out and "56 forecasts" in out
    began = TRAINED + 200
    table.iloc[began:] += 8  # a sensor was changed, say
    table.to_csv("came.csv")
    found = watch(said, "came.csv", "found")
    when = table.index[began]
    assert when - pd.Timedelta("6h") <= found.errors.told <= when + pd.Timedelta("3D")
    assert abs(found.errors.since - when) <= pd.Timedelta("1D")
    assert found.misses.told is not None
    assert "Drift: since about 2026-02-" in found.told[1]
    code, out, _ = call("watch", *said, "--came", "came.csv", "--model", "found")
    assert code == 0 and found.told[1] in out
    # What the table says is the plain mean of what was said and what came.
    ahead = pd.concat([pd.read_csv(file, parse_dates=["time"]) for file in said])
    one = ahead.groupby(ahead.index // 2 + 1).get_group(STEPS)
    off = [abs(row.forecast - table.loc[row.time, row.node]) for row in one.itertuples()]
    assert found.table["mae"].iloc[-1] == pytest.approx(np.mean(off), rel=1e-3)


def test_what_cannot_be_watched_is_refused(service):
    call, table, said = service
    table.iloc[:TRAINED].to_csv("old.csv")
    table.to_csv("came.csv")
    with pytest.raises(InputError, match="--came: old.csv has no value at a time"):
        watch(said, "old.csv", "found")
    with pytest.raises(InputError, match="--model: expected the folder of results .* got said"):
        watch(said, "came.csv", "said")
    with pytest.raises(InputError, match="two of the same moment"):
        watch([said[0], said[0]], "came.csv", "found")
    with pytest.raises(InputError, match="came.csv: expected forecasts as `stlearn predict`"):
        watch(["came.csv"], "came.csv", "found")
    with pytest.raises(InputError, match="nothing.csv: cannot be read"):
        watch(["nothing.csv"], "came.csv", "found")
