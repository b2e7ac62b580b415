"""The data that ships: whole, plausible, and true to its labels."""

import gzip
import hashlib
import importlib.util
import platform
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

FOLDER = Path(__file__).parents[1] / "datasets" / "corridor"
STEP = pd.Timedelta("5min")
DAY = 288
HOLIDAYS = pd.to_datetime(["2025-05-29", "2025-06-09"]).date


def read(name, **options):
    return pd.read_csv(FOLDER / name, index_col="time", parse_dates=["time"], **options)


@pytest.fixture(scope="module")
def speed():
    return read("speed.csv.gz")


@pytest.fixture(scope="module")
def flow():
    return read("flow.csv.gz")


@pytest.fixture(scope="module")
def calendar():
    return read("calendar.csv.gz")


@pytest.fixture(scope="module")
def nodes():
    return pd.read_csv(FOLDER / "nodes.csv", index_col="node", keep_default_na=False)


@pytest.fixture(scope="module")
def events():
    return pd.read_csv(FOLDER / "events.csv", parse_dates=["start", "end"])


def usual(speed):
    """The median of each node at each time of a working day before the roadworks."""
    working = speed[(speed.index.day_of_week < 5) & (speed.index < speed.index[35 * DAY])]
    return working.groupby(working.index.time).median()


def driving_order(node, steps):
    """The node some links further in driving direction, or None past the end."""
    link = int(node[-2:]) + steps
    return f"{node[:-2]}{link:02d}" if 1 <= link <= 24 else None


def test_files_match_their_checksums_and_fit_in_four_megabytes():
    listed = dict(
        reversed(line.split()) for line in (FOLDER / "SHA256SUMS").read_text().splitlines()
    )
    files = {path.name for path in FOLDER.iterdir()} - {"SHA256SUMS", "README.md"}
    assert set(listed) == files
    for name, digest in listed.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 4_000_000


def test_eight_weeks_of_48_detectors_every_five_minutes(speed, flow, nodes):
    index = pd.date_range("2025-04-28", periods=56 * DAY, freq="5min", name="time")
    for frame in (speed, flow):
        assert frame.index.equals(index)
        assert list(frame.columns) == list(nodes.index)
    assert speed.shape == (16128, 48)


def test_units_are_plausible_and_little_is_missing(speed, flow):
    assert speed.min().min() > 1 and speed.max().max() < 125
    assert flow.min().min() >= 0 and flow.max().max() < 7200
    assert (speed.median() > 85).all()
    assert 0.005 < speed.isna().mean().mean() < 0.02
    # A speed is missing where the message is lost or nobody drove; a flow only where it is lost.
    assert (speed.isna() == (flow.isna() | (flow == 0))).all(axis=None)


def test_congestion_fills_a_tenth_of_the_data_and_every_week(speed):
    free = speed.quantile(0.85)
    congested = (speed < 0.6 * free).where(speed.notna()).astype(float)
    assert 0.08 < congested.mean().mean() < 0.15
    weekly = congested.groupby(np.arange(len(speed)) // (7 * DAY)).mean().mean(axis=1)
    assert len(weekly) == 8 and (weekly > 0.05).all()


def test_mornings_are_free_on_weekends_and_holidays(speed):
    morning = speed.between_time("06:30", "09:00").filter(like="in").min(axis=1)
    working = (morning.index.day_of_week < 5) & ~np.isin(morning.index.date, HOLIDAYS)
    assert (morning[working] < 60).mean() > 0.8
    assert (morning[~working] < 60).mean() < 0.05


def test_the_tide_runs_in_in_the_morning_and_out_in_the_evening(speed):
    profile = usual(speed)
    hours = np.array([time.hour for time in profile.index])
    morning = profile[(hours >= 7) & (hours < 10)].mean()
    evening = profile[(hours >= 16) & (hours < 19)].mean()
    inbound = speed.columns.str.startswith("in")
    assert morning[inbound].mean() < evening[inbound].mean() - 10
    assert evening[~inbound].mean() < morning[~inbound].mean() - 10


def test_days_join_at_midnight_without_a_jump(speed):
    midnight = speed.index[(speed.index.hour == 0) & (speed.index.minute == 0)][1:]
    jumps = (speed.loc[midnight].to_numpy() - speed.loc[midnight - STEP].to_numpy()).ravel()
    usual_jumps = speed.diff().loc[midnight + 12 * STEP].to_numpy().ravel()
    assert np.nanmax(np.abs(jumps)) < 15
    assert np.nanstd(jumps) < 1.3 * np.nanstd(usual_jumps)


def test_queues_grow_upstream(speed, nodes):
    """On most congested days the queue reaches a detector later, the further upstream it is."""
    grown = []
    for bottleneck in nodes.index[nodes["site"].str.contains("bottleneck")]:
        upstream = [driving_order(bottleneck, -steps) for steps in range(5)]
        for _, day in speed[upstream].groupby(speed.index.date):
            congested = day.interpolate(limit=3) < 60
            if congested.any().all():
                onset = congested.to_numpy().argmax(axis=0)
                grown.append(np.corrcoef(np.arange(5), onset)[0, 1] > 0.9)
    assert len(grown) > 60
    assert np.mean(grown) > 0.8


def test_vehicles_are_conserved_between_ramps(flow, nodes):
    """Without a ramp between them, two neighbours count the same vehicles in a day."""
    daily = flow.groupby(flow.index.date).mean()
    enough = flow.notna().groupby(flow.index.date).mean() > 0.97
    pairs = [
        (node, driving_order(node, 1))
        for node in nodes.index
        if driving_order(node, 1)
        and "off-ramp" not in nodes.loc[node, "site"]
        and "on-ramp" not in nodes.loc[driving_order(node, 1), "site"]
    ]
    assert len(pairs) > 20
    for node, following in pairs:
        known = enough[node] & enough[following]
        ratio = (daily[node] / daily[following])[known]
        assert known.sum() > 40
        assert ratio.between(0.95, 1.05).all(), (node, following)


def test_the_promised_events_are_labelled(events):
    kinds = events["kind"].value_counts()
    assert kinds["incident"] >= 6
    assert list(events[events["kind"] == "holiday"]["start"].dt.date) == list(HOLIDAYS)
    assert kinds["roadworks"] == 1 and kinds["drift"] == 1
    assert kinds["event"] // 2 >= 5 and kinds["unannounced_event"] // 2 == 2
    assert kinds["outage"] >= 6
    assert (events["end"] >= events["start"]).all()
    last_weeks = events[events["start"] >= "2025-06-09"]["kind"]
    assert (last_weeks == "incident").sum() >= 2
    assert {"holiday", "event", "unannounced_event", "outage"} <= set(last_weeks)


def test_labels_lie_within_the_data(events, speed):
    assert set(events["node"].dropna()) <= set(speed.columns)
    assert set(events["start"]) <= set(speed.index)
    assert set(events["end"]) <= set(speed.index)


def test_calendar_covers_one_day_more_and_tells_only_what_is_announced(calendar, speed, events):
    assert calendar.index.equals(
        pd.date_range(speed.index[0], periods=len(speed) + DAY, freq="5min", name="time")
    )
    for column in ("holiday", "event"):
        announced = pd.Series(0, calendar.index)
        for row in events[events["kind"] == column].itertuples():
            announced[row.start : row.end] = 1
        assert calendar[column].equals(announced.rename(column)), column


def test_incidents_slow_the_traffic_upstream_and_free_the_road_beyond(speed, events):
    for row in events[events["kind"] == "incident"].itertuples():
        during = speed.loc[row.start + 3 * STEP : row.end]
        before = speed.loc[row.start - 6 * STEP : row.start - STEP]
        here, upstream, beyond = (driving_order(row.node, steps) for steps in (0, -1, 1))
        assert during[here].mean() < 0.6 * before[here].mean(), (row.node, row.start)
        assert during[upstream].mean() < before[upstream].mean(), (row.node, row.start)
        assert during[beyond].mean() > 85, (row.node, row.start)


def test_roadworks_bring_a_new_bottleneck(speed, events):
    row = events[events["kind"] == "roadworks"].iloc[0]
    assert row["start"] == speed.index[35 * DAY]
    place, after = row["node"], driving_order(row["node"], 1)
    evening = speed[speed.index.day_of_week < 5].between_time("16:00", "19:00")
    head = (evening[place] < 60) & (evening[after] > 60)
    assert head[evening.index >= row["start"]].mean() > 0.2
    assert head[evening.index < row["start"]].mean() < 0.02


def test_outages_hold_no_values(speed, flow, events):
    for row in events[events["kind"] == "outage"].itertuples():
        for frame in (speed, flow):
            assert frame.loc[row.start : row.end, row.node].isna().all()
            assert frame.loc[row.start - 12 * STEP : row.start - STEP, row.node].notna().any()
            assert frame.loc[row.end + STEP : row.end + 12 * STEP, row.node].notna().any()


def test_one_sensor_drifts_and_no_other(speed, events):
    row = events[events["kind"] == "drift"].iloc[0]
    night = speed.between_time("00:00", "04:55")
    weekly = night.groupby((night.index - night.index[0]).days // 7).median()
    change = weekly.iloc[-1] / weekly.iloc[1] - 1
    assert -0.14 < change[row["node"]] < -0.09
    assert (change.drop(row["node"]).abs() < 0.02).all()
    assert (weekly[row["node"]].iloc[3:].diff().dropna() < 0).all()


def test_events_fill_the_road_when_announced_and_when_not(flow, events, nodes):
    """After a match more vehicles than usual pass the stadium's on-ramps."""
    out = [node for node in nodes.index if "on-ramp stadium" in nodes.loc[node, "site"]]
    assert len(out) == 2
    departures = events[events["note"] == "stadium, departure"]
    for row in departures.itertuples():
        same_days = flow[flow.index.day_of_week == row.start.day_of_week]
        evening = same_days.between_time(row.start.time(), row.end.time())[out].mean(axis=1)
        daily = evening.groupby(evening.index.date).mean()
        match = daily.loc[row.start.date()]
        assert (
            match > daily.drop([time.date() for time in departures["start"]], errors="ignore").max()
        )


def test_road_graph_is_two_chains_in_driving_order(nodes):
    edges = pd.read_csv(FOLDER / "edges.csv")
    assert len(edges) == 46
    assert (edges["target"] == [driving_order(node, 1) for node in edges["source"]]).all()
    source, target = nodes.loc[edges["source"]], nodes.loc[edges["target"]]
    away = np.hypot(
        source["x"].to_numpy() - target["x"].to_numpy(),
        source["y"].to_numpy() - target["y"].to_numpy(),
    )
    assert np.abs(away / 1000 - edges["distance_km"]).max() < 0.05
    toward_centre = target["km"].to_numpy() < source["km"].to_numpy()
    assert (toward_centre == (source["direction"] == "in")).all()


def test_the_card_tells_what_the_files_hold(speed, flow, events):
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for frame, name in ((speed, "speeds"), (flow, "flows")):
        assert f"{100 * frame.isna().mean().mean():.2f} % of the {name}" in card
    for row in events.itertuples():
        lines = [line for line in card.splitlines() if line.startswith(f"| {row.kind} |")]
        date = f"{row.start.day} {row.start:%b}"
        place = "" if pd.isna(row.node) else f"`{row.node}`"
        assert any(date in line and place in line for line in lines), row


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64",
    reason="the simulation repeats its bytes on Linux x86-64 only",
)
def test_a_day_simulated_again_has_the_same_bytes():
    pytest.importorskip(
        "uxsim", reason="the simulator is not installed: pip install -e '.[simulate]'"
    )
    path = FOLDER.parent / "make_corridor.py"
    spec = importlib.util.spec_from_file_location("make_corridor", path)
    make_corridor = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_corridor)
    day = 6  # a Sunday, the quickest; it holds an outage
    for name, frame, options in zip(
        ("speed.csv.gz", "flow.csv.gz"), make_corridor.make_day(day), ({"float_format": "%.1f"}, {})
    ):
        shipped = gzip.decompress((FOLDER / name).read_bytes()).splitlines()
        again = make_corridor.as_csv(frame, **options).splitlines()
        assert again[1:] == shipped[1 + day * DAY : 1 + (day + 1) * DAY]
