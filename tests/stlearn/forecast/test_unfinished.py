"""Several trainings of a network, and a job that was stopped and goes on."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stlearn import Forecaster, InputError, SpatioTemporalDataset
from stlearn.baselines.regression import AverageAutoregression
from stlearn.forecast import job, report
from stlearn.forecast.scores import scores_as_text, with_shares
from stlearn.forecast.unfinished import Unfinished, digest, kept_beside
from stlearn.networks.training import Checkpoint

COSTS = ["seconds", "peak_mb"]


def dataset(seed=0):
    rng = np.random.default_rng(seed)
    times = pd.date_range("2024-01-01", periods=300, freq="h").rename("time")
    turn = 2 * np.pi * np.arange(300)[:, None] / 24
    values = 50 + 10 * np.sin(turn) + rng.normal(0, 2, (300, 2))
    return SpatioTemporalDataset("x", pd.DataFrame(values, times, ["a", "b"]), "u")


def network():
    return Forecaster("feed_forward", 6, 3, epochs=2, settings={"hidden": 8}, refit=False)


def run(**more):
    return job.run(dataset(), [network()], among=["feed_forward"], anew=True, **more)


@pytest.fixture(scope="module")
def uninterrupted():
    return run()


def assert_equal(result, expected):
    tables = (each.comparison.table().drop(columns=COSTS) for each in (result, expected))
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    pd.testing.assert_frame_equal(result.forecast, expected.forecast, check_exact=True)
    pd.testing.assert_frame_equal(result.quantiles, expected.quantiles, check_exact=True)
    pd.testing.assert_frame_equal(
        with_shares(result).drop(columns=COSTS), with_shares(expected).drop(columns=COSTS)
    )


class Stopped(KeyboardInterrupt):
    pass


def stop_at(monkeypatch, owner, name, call):
    """Have a method stop the job once it has done its work for the given time."""
    calls, real = [], getattr(owner, name)

    def counted(self, *arguments):
        real(self, *arguments)
        calls.append(1)
        if len(calls) == call:
            raise Stopped

    monkeypatch.setattr(owner, name, counted)


@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [
        (Unfinished, "write", 3),
        (Checkpoint, "write", 1),  # in the network's first training, after an epoch
        (Checkpoint, "write", 3),  # while it is trained anew
    ],
    ids=["between models", "in a training", "trained anew"],
)
def test_a_stopped_job_goes_on_and_ends_as_if_it_had_not_been(
    uninterrupted, tmp_path, owner, name, call
):
    folder = tmp_path / "kept"
    with pytest.MonkeyPatch.context() as monkeypatch:
        stop_at(monkeypatch, owner, name, call)
        with pytest.raises(Stopped):
            run(keep_in=folder)
    notes = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        kept = [json.loads(file.read_text())["name"] for file in folder.glob("*/run.json")]
        assert len(kept) >= 3
        if "autoregression" in kept:

            def again(self, *_):
                raise AssertionError("trained again")

            monkeypatch.setattr(AverageAutoregression, "fit", again)
        result = run(keep_in=folder, note=notes.append)
    assert_equal(result, uninterrupted)
    assert any(f"{len(kept)} of " in note and "tested already" in note for note in notes)


def test_another_job_is_refused_and_left_alone(tmp_path):
    folder = tmp_path / "kept"
    Unfinished(folder, dataset(), {"horizon": 3})
    Unfinished(folder, dataset(), {"horizon": 3})
    before = (folder / "unfinished.json").read_text()
    with pytest.raises(InputError, match=r"--resume: .*kept keeps a job with other options \(hor"):
        Unfinished(folder, dataset(), {"horizon": 4})
    with pytest.raises(InputError, match="with other data; leave --resume out"):
        Unfinished(folder, dataset(seed=1), {"horizon": 3})
    assert (folder / "unfinished.json").read_text() == before


def test_all_that_forecasters_read_is_in_the_digest():
    plain = dataset()
    times, columns = plain.values.index, plain.values.columns
    more = {
        "adjacency": pd.DataFrame([[0, 1], [0, 0]], columns, columns),
        "calendar": plain.calendar.assign(rain=0.0),
        "extra": {"flow": plain.values},
        "unit": "v",
    }
    found = {digest(plain), digest(dataset(seed=1))}
    for name, value in more.items():
        arguments = {"name": "x", "values": plain.values, "unit": "u"} | {name: value}
        found.add(digest(SpatioTemporalDataset(**arguments)))
    moved = plain.values.set_axis(times + pd.Timedelta("1h"))
    found.add(digest(SpatioTemporalDataset("x", moved, "u")))
    assert len(found) == 7 and digest(dataset()) == digest(plain)


def test_what_is_kept_beside_the_results(tmp_path):
    place, notes = tmp_path / "found", []
    kept = tmp_path / "found-unfinished"

    def attempt(error, resume=False):
        with kept_beside(place, resume, notes.append) as folder:
            Unfinished(folder, dataset(), {})
            if error:
                raise error

    with pytest.raises(KeyboardInterrupt):
        attempt(KeyboardInterrupt())
    assert kept.exists() and "with --resume goes on" in notes.pop()
    attempt(None, resume=True)
    assert not kept.exists() and not notes
    with pytest.raises(OSError):
        attempt(OSError("disk full"))
    assert not kept.exists()
    attempt(None, resume=True)
    assert "no job was stopped here" in notes.pop()
    with pytest.raises(SystemExit):
        attempt(SystemExit(143))
    notes.clear()
    attempt(None)
    assert "it is begun anew" in notes.pop() and not kept.exists()
    kept.mkdir()
    (kept / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is in the way"):
        attempt(None)
    assert (kept / "mine.txt").exists()


# Several trainings


@pytest.fixture(scope="module")
def several():
    return job.run(dataset(), [network()], among=["feed_forward"], seeds=3)


def test_errors_are_means_over_trainings_with_their_spread(several):
    compared = several.comparison
    assert "feed_forward (seed 1)" not in compared.runs
    each = [run.backtest.scores(steps=[3])["mae"].iloc[0]
            for run in compared.trainings["feed_forward"]]  # fmt: skip
    assert len(set(each)) == 3
    last = compared.table().query("model == 'feed_forward'").iloc[-1]
    assert last["mae"] == pytest.approx(np.mean(each))
    assert last["mae_spread"] == pytest.approx(np.std(each, ddof=1))
    assert last["trainings"] == 3
    others = compared.table().query("model != 'feed_forward'")
    assert (others["trainings"] == 1).all() and others["mae_spread"].isna().all()
    row = scores_as_text(several).loc["feed_forward"]
    assert all("±" in cell for cell in row["MAE"])
    assert not any("±" in cell for cell in scores_as_text(several).loc["last value"])


def test_the_first_of_several_trainings_is_that_of_a_single_one(several):
    once = job.run(dataset(), [network()], among=["feed_forward"])
    pd.testing.assert_frame_equal(several.forecast, once.forecast)
    assert "was trained 3 times" in " ".join(several.told)


def test_the_verdict_is_over_all_trainings(several):
    compared = several.comparison
    verdict = compared.verdict("feed_forward", "last value")[-1]
    errors = [run.backtest.scores(steps=[3])["mae"].iloc[0]
              for run in compared.trainings["feed_forward"]]  # fmt: skip
    usual = compared.runs["last value"].backtest.scores(steps=[3])["mae"].iloc[0]
    assert verdict.gain == pytest.approx(1 - np.mean(errors) / usual)
    assert f"{sum(each < usual for each in errors)} of 3 trainings are better" in verdict.sentence
    page = report.render(several, report.draw(several), "out")
    assert "±" in page and "was trained 3 times" in page


def test_no_gain_is_real_unless_each_training_gains(several):
    compared = several.comparison
    runs = compared.repeats["feed_forward"]
    spoiled = runs[-1].backtest
    worse = spoiled.forecast + 15
    spoiled = runs[-1]._replace(backtest=dataclasses.replace(spoiled, forecast=worse))
    mixed = dataclasses.replace(compared, repeats={"feed_forward": [runs[0], spoiled]})
    assert not any(each.real for each in mixed.verdict("feed_forward", "last value"))


def test_two_networks_and_seeds_in_one_command(call):
    dataset().values.to_csv("x.csv")
    code, out, err = call(
        "forecast", "--values", "x.csv", "--unit", "u", "--model", "feed_forward", "--model",
        "cnn_lstm", "--seeds", 2, "--epochs", 1, "--horizon", 3, "--lookback", 6, "--resume",
        "--keep-tested", "--out", "found",
    )  # fmt: skip
    assert code == 0, err
    assert "feed_forward and cnn_lstm were each trained 2 times" in out
    scores = pd.read_csv("found/scores.csv").groupby("model")["trainings"].first()
    assert scores["feed_forward"] == scores["cnn_lstm"] == 2 and scores["last value"] == 1
    assert {path.name for path in Path().iterdir()} == {"x.csv", "found"}
    assert "no job was stopped here" in err
