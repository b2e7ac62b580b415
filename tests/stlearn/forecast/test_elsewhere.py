"""Forecasts made elsewhere: read strictly, and judged as our own are."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from stlearn import SpatioTemporalDataset
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare
from stlearn.forecast.cli import app
from stlearn.forecast.elsewhere import beside, read_forecasts, seen_before

HORIZON = 4
QUANTILES = (0.05, 0.5, 0.95)


@pytest.fixture(scope="module")
def dataset():
    random = np.random.default_rng(0)
    times = pd.date_range("2026-01-05", periods=10 * 96, freq="15min")
    values = random.normal(60, 5, (len(times), 3)) - 30 * np.asarray(times.hour == 8)[:, None]
    return SpatioTemporalDataset("road", pd.DataFrame(values, times, list("abc")), "km/h")


@pytest.fixture(scope="module")
def split(dataset):
    return chronological_split(dataset)


@pytest.fixture(scope="module")
def comparison(dataset, split):
    models = [HistoricalAverage(HORIZON), LastValue(HORIZON)]
    return compare(models, dataset, split, progress=False, quantiles=QUANTILES)


def last_values(dataset, origins, spread=None):
    """The last value as somebody else would send it: a long table, in no particular order."""
    frames = []
    for origin in origins:
        known = dataset.values.ffill().iloc[origin - 1]
        for step in range(1, HORIZON + 1):
            said = {"value": known.to_numpy()}
            if spread:
                said = {f"{level:g}": known.to_numpy() + move for level, move in spread.items()}
            head = {"origin": dataset.values.index[origin - 1], "node": known.index, "step": step}
            frames.append(pd.DataFrame(head | said))
    return pd.concat(frames).sample(frac=1, random_state=0)


def written(table, folder, name="theirs.csv"):
    table.to_csv(folder / name, index=False)
    return folder / name


def test_what_is_ours_scores_the_same_when_it_comes_from_elsewhere(
    comparison, dataset, split, tmp_path
):
    tested = comparison.runs["last value"].backtest
    past = np.arange(split.validation.start + 1, split.validation.stop - HORIZON + 1)
    origins = [*past, *tested.origins]
    theirs = read_forecasts(written(last_values(dataset, origins), tmp_path), dataset)
    assert (theirs.name, len(theirs.origins), theirs.incomplete) == ("theirs", len(origins), 0)
    joined, missing = beside(comparison, theirs, dataset, split)
    assert missing == 0
    table = joined.table().set_index("model")
    same = ["mae", "rmse", "mae_congestion", "coverage", "width", "interval_score"]
    ours = table.loc["last value", same].reset_index(drop=True)
    pd.testing.assert_frame_equal(table.loc["theirs", same].reset_index(drop=True), ours, rtol=1e-4)
    assert list(joined.by_state()["model"].unique())[-1] == "theirs"


def test_quantiles_are_taken_as_they_are(comparison, dataset, split, tmp_path):
    origins = comparison.runs["last value"].backtest.origins[::10]
    table = last_values(dataset, origins, {0.05: -1000, 0.5: 0, 0.95: 500})
    theirs = read_forecasts(written(table, tmp_path), dataset)
    joined, missing = beside(comparison, theirs, dataset, split)
    assert missing == len(comparison.runs["last value"].backtest.origins) - len(origins)
    scores = joined.table().set_index("model").loc["theirs"]
    assert (scores["coverage"] == 1).all()
    np.testing.assert_allclose(scores["interval_score"], 1500, rtol=1e-5)
    assert np.isnan(scores["seconds"]).all()


def test_all_keep_the_origins_that_both_have(comparison, dataset, split, tmp_path):
    origins = comparison.runs["last value"].backtest.origins[5:80:3]
    table = last_values(dataset, origins)
    lost = table[(table["step"] != 2) | (table["origin"] != dataset.values.index[origins[0] - 1])]
    theirs = read_forecasts(written(lost, tmp_path), dataset)
    assert theirs.incomplete == 1
    joined, _ = beside(comparison, theirs, dataset, split)
    for run in joined.runs.values():
        np.testing.assert_array_equal(run.backtest.origins, origins[1:])
    assert joined.runs["theirs"].backtest.calibration is None  # it says nothing of validation
    assert joined.table().set_index("model").loc["theirs", "coverage"].isna().all()


def test_blocks_of_the_bootstrap_are_as_long_as_before(comparison, dataset, split, tmp_path):
    whole = comparison.runs["last value"].backtest
    every = {}
    for apart in (1, 6):
        theirs = read_forecasts(
            written(last_values(dataset, whole.origins[::apart]), tmp_path), dataset
        )
        every[apart] = beside(comparison, theirs, dataset, split)[0]
    ends = [every[apart].verdict("historical average", "last value")[1] for apart in (1, 6)]
    assert all(np.isfinite(end.low) for end in ends)


WRONG = [
    (lambda t: t.drop(columns="step"), "missing: step"),
    (lambda t: t.assign(colour="red"), "unknown: colour"),
    (lambda t: t.iloc[:0], "rows: 0"),
    (lambda t: t[t["node"] != "b"], r"missing \['b'\]"),
    (lambda t: t.replace({"node": {"b": "z"}}), r"unknown \['z'\]"),
    (lambda t: t.assign(unit="mph"), "expected the unit km/h, got mph"),
    (lambda t: pd.concat([t, t.iloc[:1]]), "a second forecast from 2026-01-1"),
    (lambda t: t.assign(origin="2031-01-01"), "expected times of the data"),
    (lambda t: t.assign(origin="soon"), "origin: expected times like 2026-01-05 00:00:00"),
    (lambda t: t.assign(step=0), "line 2: expected a step of 1, 2, ..., got 0"),
    (lambda t: t.assign(value="fast"), "line 2, column value: expected a number, got 'fast'"),
    (lambda t: t.rename(columns={"value": "0.5"}), "quantiles: expected an odd number"),
    (
        lambda t: t.assign(**{"0.05": 0, "0.5": 50, "0.95": 999}),
        "expected value or quantiles, got both: value and 0.05, 0.5, 0.95",
    ),
    (
        lambda t: t.rename(columns={"value": "0.5"}).assign(**{"0.05": 999, "0.95": 999}),
        "line 2: expected quantiles that rise, got 999",
    ),
    (
        lambda t: t.rename(columns={"value": "0.4"}).assign(**{"0.05": 0, "0.95": 999}),
        "expected 0.5 in the middle",
    ),
]


@pytest.mark.parametrize(("change", "said"), WRONG, ids=[said for _, said in WRONG])
def test_a_file_that_does_not_fit_is_told(dataset, tmp_path, change, said):
    path = written(change(last_values(dataset, [900, 901])), tmp_path)
    with pytest.raises(InputError, match=said):
        read_forecasts(path, dataset)
    with pytest.raises(InputError, match="there is no such file"):
        read_forecasts(tmp_path / "absent.csv", dataset)


def test_a_file_without_our_origins_steps_or_a_name_of_its_own_is_told(
    comparison, dataset, split, tmp_path
):
    early = read_forecasts(written(last_values(dataset, [50, 51]), tmp_path), dataset)
    with pytest.raises(
        InputError, match="expected origins from 2026-01-1.* none of the 2 complete"
    ):
        beside(comparison, early, dataset, split)
    table = last_values(dataset, [900])
    short = read_forecasts(written(table[table["step"] < 3], tmp_path), dataset)
    with pytest.raises(InputError, match="expected forecasts of 4 steps, got 2"):
        beside(comparison, short, dataset, split)
    named = dataclasses.replace(early, name="last value")
    with pytest.raises(InputError, match="expected a file named by its model, got last value"):
        beside(comparison, named, dataset, split)


@pytest.mark.parametrize(
    ("dataset_name", "trained_on", "said"),
    [
        ("los-loop", ["Moirai"], "was trained on LOS_LOOP, which holds los-loop: it has seen"),
        ("los-loop", ["los_loop"], "was trained on LOS_LOOP, which holds los-loop: it has seen"),
        ("los-loop", [], "LOS_LOOP, which Moirai and TTM were trained on, holds los-loop; tell by"),
        ("los-loop", ["SZ_TAXI"], "No set that other is said to be trained on is known to hold"),
        ("corridor", ["Moirai"], "corridor is simulated by this course: no pretrained model has"),
        ("speeds", ["speeds"], "other was trained on speeds: it has seen"),
        ("speeds", [], "Whether other has seen speeds is not known; tell by --trained-on"),
    ],
)
def test_who_has_seen_the_data_is_told(dataset_name, trained_on, said):
    assert said in seen_before("other", dataset_name, trained_on)


def test_the_command_puts_both_into_one_table(dataset, split, comparison, tmp_path, capsys):
    dataset.values.to_csv(tmp_path / "road.csv", index_label="time")
    written(last_values(dataset, range(split.test.start + 12, len(dataset.values) - 3)), tmp_path)
    arguments = ["--values", "road.csv", "--unit", "km/h", "--with", "theirs.csv", "--json"]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as left:
        patch.chdir(tmp_path)
        app(["compare", *arguments, "--model", "feed_forward", "--epochs", "1"])
    out, err = capsys.readouterr()
    assert not left.value.code, err
    printed = json.loads(out, parse_constant=pytest.fail)
    scores = pd.DataFrame(printed["scores"]).set_index("model")
    np.testing.assert_allclose(
        scores.loc["theirs", "mae"], scores.loc["last value", "mae"], rtol=1e-4
    )
    assert printed["missing_origins"] == 0
    assert "Whether theirs has seen road is not known" in printed["seen_before"]
    assert [sentence.split(" theirs ")[0] for sentence in printed["verdicts"]][
        -1
    ] == "At 60 minutes"
