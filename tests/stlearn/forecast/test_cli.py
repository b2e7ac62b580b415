"""The command line: every command run for real, on small data that the test writes."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stlearn.errors import InputError
from stlearn.forecast import job
from stlearn.forecast.results import CONTENT, results_folder

REPOSITORY = Path(__file__).resolve().parents[3]
SCRIPT = shutil.which("stlearn", path=str(Path(sys.executable).parent))
COMMAND = [SCRIPT] if SCRIPT else [sys.executable, "-m", "stlearn.forecast.cli"]
NODES = ["a", "b", "c", "<script>alert(1)</script>", "[bold]$e$[/]", "_f"]
SMALL = ["--model", "feed_forward", "--epochs", "1"]
STATES = ["free, steady", "free, moving", "jam, steady", "jam, moving"]
STATE_KEYS = ["model", "state", "horizon_minutes", "share", "coverage", "width", "interval_score"]
KEYS = ["model", "horizon_minutes", "mae", "rmse", "mae_pooled", "rmse_pooled", "seconds",
        "parameters", "peak_mb"]  # fmt: skip


def small_table(rows=720, start="2026-01-05"):
    """Speeds with a morning jam that moves from node to node, and some missing values."""
    rng = np.random.default_rng(0)
    times = pd.date_range(start, periods=rows, freq="5min")
    hours = (times.hour + times.minute / 60).to_numpy()[:, None]
    jam = 50 * np.exp(-((hours - 8 - 0.3 * np.arange(len(NODES))) ** 2) / 2)
    speeds = (90 - jam + rng.normal(0, 2, (rows, len(NODES)))).round(1)
    speeds[rng.random(speeds.shape) < 0.02] = np.nan
    return pd.DataFrame(speeds, index=times.rename("time"), columns=NODES)


def start(*arguments, folder, **more):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], cwd=folder, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment, **more,
    )  # fmt: skip


def run(*arguments, folder, **more):
    process = start(*arguments, folder=folder, **more)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Folder with the small data, and the results of one forecast on it, by the real script."""
    folder = tmp_path_factory.mktemp("home")
    small_table().to_csv(folder / "speed.csv")
    edges = pd.DataFrame({"from": NODES[:-1], "to": NODES[1:], "weight": 1.0})
    edges.to_csv(folder / "edges.csv", index=False)
    (folder / "forecast-speed").mkdir()  # an empty folder may be filled
    code, out, err = run("forecast", *own_data(), *SMALL, "--json", folder=folder)
    assert code == 0, err
    (folder / "printed.json").write_text(out)
    (folder / "told.txt").write_text(err)
    return folder


def own_data(folder="."):
    files = {"values": "speed.csv", "adjacency": "edges.csv"}
    paths = [part for name, file in files.items() for part in (f"--{name}", Path(folder, file))]
    return [*paths, "--unit", "km/h"]


def one_line_error(err):
    lines = err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("Error: "), err
    assert "Traceback" not in err
    return lines[0]


def test_help_is_quick_because_nothing_slow_is_imported(tmp_path):
    code = (
        "import sys, stlearn.forecast.cli; slow = {'tensorflow', 'keras', 'pandas', 'matplotlib'}; "
        "sys.exit(str(slow & set(sys.modules)) if slow & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True)
    assert done.returncode == 0, done.stderr
    code, out, _ = run("--help", folder=tmp_path)
    assert code == 0
    assert all(word in out for word in ("forecast", "predict", "data", "doctor"))


def test_version(call):
    code, out, _ = call("--version")
    assert code == 0
    assert out.startswith("stlearn 0.")


def test_json_is_json_alone(home):
    printed = json.loads((home / "printed.json").read_text(), parse_constant=pytest.fail)
    assert list(printed) == [
        "dataset", "protocol", "model", "told", "unit", "scores", "by_state", "by_sensor",
    ]  # fmt: skip
    assert printed["model"] == "feed_forward" and "as asked" in printed["told"][0]
    assert printed["dataset"] == "speed"
    assert "20 %" in printed["protocol"]
    assert all(list(row)[: len(KEYS)] == KEYS for row in printed["scores"])
    models = {row["model"] for row in printed["scores"]}
    assert {"last value", "feed_forward"} < models
    for model in models:
        rows = [row for row in printed["scores"] if row["model"] == model]
        assert [row["horizon_minutes"] for row in rows] == [15, 30, 45, 60]
        assert all(0 < row["mae"] <= row["rmse"] for row in rows)
        assert all(0 <= row["coverage"] <= 1 for row in rows)
        assert all(0 < row["width"] <= row["interval_score"] for row in rows)
        states = [row for row in printed["by_state"] if row["model"] == model]
        assert [row["state"] for row in states[:4]] == STATES
        assert all(list(row) == STATE_KEYS for row in states)
        assert [row["horizon_minutes"] for row in states[::4]] == [15, 30, 45, 60]
        # What has been easy at first makes the pooled error smaller.
        if model == "last value":
            assert all(row["mae_pooled"] < row["mae"] for row in rows)
    assert "feed_forward" in (home / "told.txt").read_text()


def test_folder_holds_all_that_was_promised(home):
    results = home / "forecast-speed"
    assert {path.name for path in results.iterdir()} == CONTENT
    scores = pd.read_csv(results / "scores.csv")
    printed = json.loads((home / "printed.json").read_text())["scores"]
    assert scores["mae"].tolist() == pytest.approx([row["mae"] for row in printed])
    ahead = pd.read_csv(results / "forecast.csv", parse_dates=["time"])
    last = small_table().index[-1]
    assert list(ahead.columns) == ["time", "node", "low", "forecast", "high", "unit"]
    assert ((ahead["low"] <= ahead["forecast"]) & (ahead["forecast"] <= ahead["high"])).all()
    by_state = pd.read_csv(results / "by_state.csv")
    told = pd.DataFrame(json.loads((home / "printed.json").read_text())["by_state"])
    pd.testing.assert_frame_equal(by_state, told.astype(by_state.dtypes), rtol=1e-6)
    assert ahead["time"].unique().tolist() == [
        last + pd.Timedelta("5min") * k for k in range(1, 13)
    ]
    assert ahead["node"].tolist()[:6] == NODES
    assert set(ahead["unit"]) == {"km/h"}
    assert ahead["forecast"].notna().all()
    about = json.loads((results / "run.json").read_text())
    assert set(about["figures"]) == {path.name for path in (results / "figures").iterdir()}
    assert not [path for path in home.iterdir() if path.name.startswith(".")]


def test_table_marks_the_best_and_says_whether_the_gain_is_real(home, call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")  # a narrow terminal gets a block for each horizon
    place = home / "forecast-speed"
    before = (place / "scores.csv").stat().st_mtime_ns
    code, out, err = call("forecast", *own_data(home), *SMALL, "--out", place)
    assert code == 0, err
    scores = pd.read_csv(place / "scores.csv")
    lines = {
        model: line
        for model in scores["model"].unique()
        for line in out.split("intervals on the test part")[0].splitlines()
        if line.startswith(model + " ")
    }
    assert set(lines) == set(scores["model"])
    errors = scores[scores["horizon_minutes"] == 15].set_index("model")["mae"].round(2)
    for model, mae in errors.items():
        best = "*" if mae == errors.min() else ""
        assert lines[model].removeprefix(model).split()[0] == f"{mae:.2f}{best}"
    sentence = next(line for line in out.splitlines() if line.startswith("At 30 minutes"))
    assert any(end in sentence for end in ("is real.", "no gain is shown."))
    assert str(place) in out.splitlines()[-1]
    rest = out[out.index("90 % intervals on the test part, in km/h") :]
    score = scores[scores["horizon_minutes"] == 15].set_index("model")["interval_score"].round(2)
    assert f" {score.min():.2f}*" in rest
    assert all(state in rest for state in STATES)
    # The second run has replaced the folder of the first.
    assert (place / "scores.csv").stat().st_mtime_ns > before
    assert not [path for path in home.iterdir() if path.name.startswith(".")]


def test_foreign_folder_is_refused_and_left_alone(home, call, tmp_path):
    foreign = tmp_path / "photos"
    foreign.mkdir()
    (foreign / "holiday.txt").write_text("mine")
    arguments = ["forecast", "--values", home / "speed.csv", "--unit", "km/h", *SMALL]
    code, out, err = call(*arguments, "--out", foreign)
    assert (code, out) == (2, "")
    assert "holiday.txt" in one_line_error(err)
    assert (foreign / "holiday.txt").read_text() == "mine"
    # Nor is a folder of results to which somebody has added a file.
    mixed = tmp_path / "mixed"
    shutil.copytree(home / "forecast-speed", mixed)
    (mixed / "notes.txt").write_text("mine")
    assert "notes.txt" in one_line_error(call(*arguments, "--out", mixed)[2])
    assert (mixed / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("place", ["speed.csv/results", "no/such/place"])
def test_folder_that_cannot_be_written_is_told_before_the_training(home, call, place):
    code, out, err = call(
        "forecast", "--values", home / "speed.csv", "--unit", "km/h", "--out", home / place
    )
    assert (code, out) == (2, "")
    assert "--out: cannot write" in one_line_error(err)


def test_file_in_place_of_the_folder_is_refused(home, call):
    arguments = ["forecast", "--values", home / "speed.csv", "--unit", "km/h"]
    assert "is a file" in one_line_error(call(*arguments, "--out", home / "edges.csv")[2])


def test_full_disk_leaves_nothing(home, call, tmp_path):
    """No file can grow above 2,000 bytes, as on a disk that is almost full."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        code, out, err = call("forecast", *own_data(home), *SMALL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kilobytes", [16, 128])
def test_full_disk_while_results_are_written(home, tmp_path, kilobytes):
    """On a disk that is really full: the older results stay, whatever file it was that failed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    size = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(size, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        (disk / "results").mkdir()
        with pytest.raises(OSError), results_folder(disk / "results") as aside:
            shutil.copytree(home / "forecast-speed" / "model", aside / "model")
            for size in range(4, 40):
                (aside / f"{size}").write_bytes(bytes(size * 1024))
        assert [path.name for path in disk.iterdir()] == ["results"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "terminate"]
)
def test_interrupted_job_leaves_nothing_but_what_it_can_go_on_with(home, tmp_path, sent, code):
    for name in ("speed.csv", "edges.csv"):
        shutil.copy(home / name, tmp_path)
    many = ["--model", "feed_forward", "--epochs", 1000]
    process = start("forecast", *own_data(), *many, folder=tmp_path)
    for line in process.stderr:
        if "fitting" in line:
            break
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".forecast-speed")]
    time.sleep(1)
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err
    left = {path.name for path in tmp_path.iterdir()} - {"edges.csv", "speed.csv"}
    assert left <= {"forecast-speed-unfinished"}
    assert ("--resume goes on" in err) == bool(left)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["los-lop"], "'los-loop'"),
        (["corridor", "--values", "speed.csv"], "both"),
        (["--values", "speed.csv"], "--unit"),
        (["--unit", "km/h"], "--values"),
        (["--values", "absent.csv", "--unit", "km/h"], "no such file"),
        (["--values", "speed.csv", "--unit", "km/h", "--model", "stn"], "adjacency"),
        (["--values", "speed.csv", "--unit", "km/h", *SMALL, "--test", "a lot"], "--test"),
        (["--values", "speed.csv", "--unit", "km/h", *SMALL, "--validation", "1.5"], "validation"),
        ([*["--values", "speed.csv", "--unit", "km/h"], "--model", "sttn"], "feed_forward"),
        (["--values", "speed.csv", "--unit", "km/h", *SMALL, "--horizon", "500"], "window"),
        (["--values", "speed.csv", "--unit", "km/h", *SMALL, "--epochs", "0"], "epochs"),
        (["corridor", "--quantiles", "0.95,0.5,0.05"], "quantiles: expected an odd number of incr"),
        (["corridor", "--quantiles", "5,50,95"], "between 0 and 1"),
        (["corridor", "--quantiles", "low"], "between 0 and 1"),
        (["--values", "empty.csv", "--unit", "km/h"], "empty"),
        (["--values", "text.csv", "--unit", "km/h"], "'fast'"),
    ],
)
def test_bad_input_is_one_sentence(call, arguments, said, tmp_path):
    small_table().to_csv(tmp_path / "speed.csv")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "text.csv").write_text("time,a\n2026-01-05 00:00,1\n2026-01-05 00:05,fast\n")
    code, out, err = call("forecast", *arguments)
    assert (code, out) == (2, "")
    error = err.strip().splitlines()[-1]
    assert error.startswith("Error: ") and said in error
    assert "Traceback" not in err
    assert not [path for path in tmp_path.iterdir() if "forecast" in path.name]


def test_predict_in_a_new_process_gives_the_numbers_of_the_job(home):
    code, out, err = run(
        "predict", "--model", "forecast-speed", "--values", "speed.csv", folder=home
    )
    assert (code, err) == (0, "")
    assert out == (home / "forecast-speed" / "forecast.csv").read_text()


def test_other_quantiles_have_columns_of_their_own(home, call, tmp_path):
    code, out, err = call(
        "forecast", *own_data(home), *SMALL, "--quantiles", "0.1,0.3,0.5,0.7,0.9", "--members", "2",
        "--out", "five",
    )  # fmt: skip
    assert code == 0, err
    assert "80 % intervals" in out
    assert (tmp_path / "five" / "model" / "network_2.keras").exists()
    ahead = pd.read_csv(tmp_path / "five" / "forecast.csv")
    levels = ["low", "quantile 0.3", "forecast", "quantile 0.7", "high"]
    assert set(ahead.columns) == {"time", "node", *levels, "unit"}
    assert (np.diff(ahead[levels], axis=1) >= 0).all()


def test_predict_goes_on_with_a_new_day(home, call, tmp_path):
    small_table(start="2026-03-01").iloc[:12].to_csv(tmp_path / "new.csv")
    code, out, err = call(
        "predict", "--model", home / "forecast-speed" / "model", "--values", "new.csv",
        "--unit", "km/h", "--out", "next.csv",
    )  # fmt: skip
    assert (code, out) == (0, "")
    ahead = pd.read_csv(tmp_path / "next.csv", parse_dates=["time"])
    assert ahead["time"].iloc[[0, -1]].tolist() == [
        pd.Timestamp("2026-03-01 01:00"), pd.Timestamp("2026-03-01 01:55"),
    ]  # fmt: skip
    assert ahead["forecast"].between(0, 150).all()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.csv", "next.csv"]


def test_predict_takes_sensors_by_name(home, call, tmp_path):
    small_table()[NODES[::-1]].to_csv(tmp_path / "swapped.csv")
    code, out, _ = call("predict", "--model", home / "forecast-speed", "--values", "swapped.csv")
    assert code == 0
    expected = pd.read_csv(home / "forecast-speed" / "forecast.csv")
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(out)), expected)


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        (lambda table: table.iloc[:-12].reindex(table.index), [], ["no sensor", "10:55"]),
        (
            lambda table: table.drop(columns="b").assign(new=1.0),
            [],
            ["missing ['b']", "unknown ['new']"],
        ),
        (lambda table: table, ["--unit", "mph"], ["km/h", "mph"]),
        (lambda table: table.iloc[::3], [], ["0 days 00:05:00", "0 days 00:15:00"]),
        (lambda table: table.iloc[:3], [], ["12 rows", "got 3"]),
        (lambda table: table, ["--calendar", "absent.csv"], ["absent.csv"]),
        (lambda table: table, ["--model", "speed.csv"], ["speed.csv"]),
    ],
    ids=["stale", "extra", "unit", "step", "short", "calendar", "model"],
)
def test_predict_says_what_does_not_fit(home, call, tmp_path, change, more, said):
    change(small_table()).to_csv(tmp_path / "speed.csv")
    arguments = ["--model", home / "forecast-speed", "--values", "speed.csv", "--out", "next.csv"]
    code, out, err = call("predict", *arguments, *more)
    assert (code, out) == (2, "")
    error = one_line_error(err)
    assert all(part in error for part in said), error
    assert [path.name for path in tmp_path.iterdir()] == ["speed.csv"]


def test_predict_to_a_place_that_cannot_be_written(home, call):
    code, _, err = call(
        "predict", "--model", home / "forecast-speed", "--values", home / "speed.csv",
        "--out", home / "speed.csv" / "next.csv",
    )  # fmt: skip
    assert code == 2
    assert "--out: expected a file in a folder that exists, got " in one_line_error(err)


@pytest.fixture(scope="module")
def holiday_model(tmp_path_factory):
    """A saved network that knows holidays ahead."""
    from stlearn import Forecaster, SpatioTemporalDataset
    from stlearn.data.dataset import make_calendar

    table = small_table(300)
    holiday = np.arange(300) % 50 < 25
    dataset = SpatioTemporalDataset(
        "speed", table, "km/h", calendar=make_calendar(table.index, holiday=holiday)
    )
    folder = tmp_path_factory.mktemp("holiday") / "model"
    parts = dataset.between(0, 220), dataset.between(220, 300)
    Forecaster("feed_forward", lookback=6, horizon=4, epochs=1).fit(*parts).save(folder)
    return folder


def test_predict_says_that_it_does_not_know_the_holidays(holiday_model, call, tmp_path):
    small_table(50).to_csv(tmp_path / "speed.csv")
    times = pd.date_range("2026-01-05", periods=54, freq="5min").rename("time")
    predict = ["predict", "--model", holiday_model, "--values", "speed.csv"]
    code, unknown, err = call(*predict)
    assert code == 0
    assert err.startswith("Note: holiday: taken as 0") and err.count("\n") == 1
    for holiday in (0, 1):
        pd.DataFrame({"holiday": holiday}, index=times).to_csv(tmp_path / f"{holiday}.csv")
    assert call(*predict, "--calendar", "0.csv") == (0, unknown, "")
    code, known, err = call(*predict, "--calendar", "1.csv")
    assert (code, err) == (0, "")
    assert known != unknown


def test_predict_knows_sensors_whose_names_are_numbers(call, tmp_path):
    from stlearn import Forecaster, SpatioTemporalDataset

    table = small_table(300)
    table.columns = range(101, 101 + table.shape[1])
    dataset = SpatioTemporalDataset("speed", table, "km/h")
    parts = dataset.between(0, 220), dataset.between(220, 300)
    network = Forecaster("feed_forward", lookback=6, horizon=4, epochs=1).fit(*parts)
    network.save(tmp_path / "model")
    table.rename_axis("time").to_csv(tmp_path / "speed.csv")
    code, out, err = call("predict", "--model", "model", "--values", "speed.csv")
    assert (code, err) == (0, "")
    assert out.count(",101,") == 4


def test_predict_says_that_a_model_has_no_intervals(call, tmp_path):
    from stlearn import Forecaster, SpatioTemporalDataset

    table = small_table(300)
    dataset = SpatioTemporalDataset("speed", table, "km/h")
    network = Forecaster("feed_forward", lookback=6, horizon=4, epochs=1).fit(dataset)
    network.save(tmp_path / "model")
    table.to_csv(tmp_path / "speed.csv")
    code, out, err = call("predict", "--model", "model", "--values", "speed.csv")
    assert code == 0
    assert err.startswith("Note: no low and high: the model was fitted without a validation part")
    ahead = pd.read_csv(io.StringIO(out))
    assert ahead[["low", "high"]].isna().all(axis=None) and ahead["forecast"].notna().all()


@pytest.mark.parametrize(
    ("columns", "periods", "said"), [("event", 54, "'holiday'"), ("holiday", 52, "04:20")]
)
def test_predict_refuses_a_calendar_that_lacks_something(
    holiday_model, call, tmp_path, columns, periods, said
):
    small_table(50).to_csv(tmp_path / "speed.csv")
    times = pd.date_range("2026-01-05", periods=periods, freq="5min").rename("time")
    pd.DataFrame({columns: 0}, index=times).to_csv(tmp_path / "calendar.csv")
    code, out, err = call(
        "predict", "--model", holiday_model, "--values", "speed.csv", "--calendar", "calendar.csv"
    )
    assert (code, out) == (2, "")
    assert said in one_line_error(err)


def test_data_commands(call, tmp_path, monkeypatch):
    monkeypatch.setenv("STLEARN_MIRROR", str(tmp_path / "mirror"))
    code, out, _ = call("data", "list")
    assert code == 0
    assert next(line for line in out.splitlines() if line.startswith("corridor")).endswith(
        "yes    "
    )
    assert any(line.startswith("los-loop") for line in out.splitlines())
    code, out, _ = call("data", "card", "corridor")
    assert code == 0 and out.startswith("# corridor") and "km/h" in out
    code, out, _ = call("data", "fetch", "corridor")
    assert code == 0 and all(Path(line).is_file() for line in out.splitlines())
    assert call("data", "verify")[0] == 0
    assert call("data", "verify", "corridor")[0] == 0


def test_data_commands_tell_what_is_wrong(call, tmp_path, monkeypatch):
    monkeypatch.setenv("STLEARN_MIRROR", str(tmp_path))
    code, out, _ = call("data", "verify", "los-loop")
    assert code == 1 and "missing" in out
    code, out, err = call("data", "fetch", "los-loop")
    assert (code, out) == (2, "")
    assert "los_speed.csv" in one_line_error(err)
    (tmp_path / "tgcn").mkdir()
    (tmp_path / "tgcn" / "los_speed.csv").write_text("broken")
    code, out, _ = call("data", "verify")
    assert code == 1 and "wrong checksum" in out
    for command in ("card", "fetch", "verify"):
        code, _, err = call("data", command, "coridor")
        assert code == 2 and "'corridor'" in one_line_error(err)


def test_prepare_leaves_a_folder_that_forecast_reads(call, tmp_path):
    table = small_table(60).drop(index=small_table(60).index[[7, 8]])
    table.iloc[3, 0] = -1
    table.to_csv("speed.csv", sep=";", decimal=",")
    asked = ["prepare", "speed.csv", "--out", "own", "--unit", "km/h", "--timezone", "Asia/Tokyo"]
    code, out, err = call(*asked)
    assert code == 2 and not Path("own").exists()
    assert "rows are missing there" in one_line_error(err) and "--gaps keep adds" in err
    code, out, err = call(*asked, "--gaps", "keep", "--missing-marks", "-1")
    assert (code, err) == (0, "")
    for said in ("separated by semicolons", "a decimal comma", "--gaps keep: 2", "-marks -1: 1"):
        assert said in out
    assert "stlearn forecast --values own/values.csv)" in out
    dataset, *_ = job.read_input(values=Path("own", "values.csv"))
    assert dataset.unit == "km/h" and str(dataset.values.index.tz) == "Asia/Tokyo"
    assert dataset.shape == (60, table.shape[1]) and len(dataset.notes) == 2
    code, out, err = call(*asked, "--gaps", "guess")
    assert code == 2 and "--gaps: expected keep or interpolate:3, got 'guess'" in err
    assert len(list(Path("own").iterdir())) == 3


def test_doctor(call, tmp_path, monkeypatch):
    code, out, _ = call("doctor")
    lines = out.splitlines()
    assert code == (1 if any(": problem: " in line for line in lines) else 0), out
    assert any(line.startswith("TensorFlow") and line.endswith(": ok") for line in lines)
    assert any(line.startswith("corridor") and line.endswith(": ok") for line in lines)
    monkeypatch.setenv("STLEARN_MIRROR", str(tmp_path / "absent"))
    code, out, _ = call("doctor")
    assert code == 1
    mirror = next(line for line in out.splitlines() if line.startswith("mirror"))
    assert "problem: let STLEARN_MIRROR name a folder" in mirror


def test_results_folder_keeps_the_older_results_when_something_goes_wrong(tmp_path):
    place = tmp_path / "results"
    with results_folder(place) as aside:
        (aside / "run.json").write_text('{"made_by": "stlearn forecast"}')
    with pytest.raises(RuntimeError), results_folder(place) as aside:
        (aside / "run.json").write_text("half")
        raise RuntimeError("power cut")
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert "made_by" in (place / "run.json").read_text()
    with pytest.raises(InputError, match="is a file"), results_folder(place / "run.json"):
        pass
