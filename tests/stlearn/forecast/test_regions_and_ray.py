"""The command line for many sensors and many machines: regions, Ray, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

NODES = [f"s{node}" for node in range(6)]


@pytest.fixture
def small(tmp_path):
    """Options that name files with the speeds of six sensors along a road."""
    rng = np.random.default_rng(0)
    times = pd.date_range("2026-01-05", periods=400, freq="5min", name="time")
    wave = np.sin(2 * np.pi * (np.arange(400)[:, None] - np.arange(6)) / 48)
    speeds = (60 + 20 * wave + rng.normal(0, 1, (400, 6))).round(1)
    pd.DataFrame(speeds, times, NODES).to_csv(tmp_path / "speed.csv")
    edges = pd.DataFrame({"from": NODES[:-1], "to": NODES[1:], "weight": 1.0})
    edges.to_csv(tmp_path / "edges.csv", index=False)
    return ["--values", "speed.csv", "--unit", "km/h", "--epochs", "1", "--lookback", "4"]


GRAPH = ["--adjacency", "edges.csv"]
REGIONS = ["--model", "feed_forward", "--regions", "2"]


@pytest.mark.slow
@pytest.mark.parametrize("where", ["here", "on a cluster"])
def test_regions_and_seeds_are_trained_and_tested(call, small, tmp_path, where, request):
    more = ["--seeds", "2", "--json"]
    if where == "on a cluster":
        more += ["--ray", request.getfixturevalue("address")]
    code, out, err = call("forecast", *small, *GRAPH, *REGIONS, *more)
    assert code == 0, err
    assert "feed_forward in 2 regions: a network for each, of 5 to 5 sensors" in err
    scores = pd.DataFrame(json.loads(out)["scores"])
    own = scores[scores["model"] == "feed_forward in 2 regions"]
    assert (own["trainings"] == 2).all() and (own["mae"] > 0).all()
    folder = tmp_path / "forecast-speed"
    said = pd.read_csv(folder / "forecast.csv")
    assert sorted(said["node"].unique()) == NODES
    assert "load_model(" in (folder / "report.html").read_text()
    code, out, err = call(
        "predict", "--model", folder, "--values", "speed.csv", "--out", "next.csv"
    )
    assert code == 0, err
    again = pd.read_csv(tmp_path / "next.csv")
    np.testing.assert_allclose(again["forecast"], said["forecast"], rtol=1e-5)
    code, out, err = call("export", folder, "--out", "exported")
    assert code == 2 and "expected one network, got feed_forward in 2 regions" in err
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "edges.csv", "forecast-speed", "next.csv", "speed.csv"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([*GRAPH, "--regions", "1"], "regions: expected a whole number of at least 2, got 1"),
        ([*GRAPH, "--regions", "7"], "regions: expected at most 6, one a sensor, got 7"),
        (["--regions", "2"], "adjacency: the network feed_forward in 2 regions needs a graph"),
        (
            [*GRAPH, "--model", "last value", "--regions", "2"],
            "--regions: expected a network beside it, got last value",
        ),
        ([*GRAPH, "--ray", "127.0.0.1:9"], "none answers at 127.0.0.1:9 within 5 seconds"),
    ],
    ids=["one region", "too many", "no graph", "no network", "no cluster"],
)
def test_what_cannot_be_done_is_refused_before_any_work(call, small, tmp_path, options, told):
    code, out, err = call("forecast", *small, *options)
    errors = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert code == 2 and len(errors) == 1 and told in errors[0], err
    assert out == ""
    assert sorted(each.name for each in tmp_path.iterdir()) == ["edges.csv", "speed.csv"]
