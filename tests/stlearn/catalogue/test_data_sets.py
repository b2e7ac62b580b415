"""Every data set of the catalogue, read from the mirror and held against its raw files."""

import csv
import functools
import json
import math
import re

import numpy as np
import pandas as pd
import pytest

from stlearn import catalogue
from stlearn.catalogue import los_loop, montevideo_bus, river_wear
from stlearn.errors import InputError

# Shape, step and first time, as the data's own description has them.
EXPECTED = {
    "los-loop": ((2016, 207), "5min", "2012-03-01"),
    "montevideo-bus": ((744, 675), "1h", "2020-10-01"),
    "england-covid": ((61, 129), "1D", "2020-03-13"),
    "chickenpox": ((521, 20), "7D", "2005-01-10"),
    "us-treasury": ((8088, 12), "B", "1990-01-02"),
    "stocks": ((123, 5), "MS", "2000-01-01"),
    "exchange-rate": ((7588, 8), "1D", "1990-01-01"),
    "river-wear": ((2840, 5), "15min", "2022-10-18 00:00+00:00"),
    "met-office": ((2016, 13), "MS", "1853-01-01"),
    "earthquakes": ((624, 82), "MS", "1965-01-01"),
    "nab-speed": ((4873, 3), "5min", "2015-08-31 18:20"),
    "nab-occupancy": ((4667, 2), "5min", "2015-09-01 11:30"),
    "nab-travel-time": ((9954, 2), "10min", "2015-07-10 14:20"),
    "nab-machine-temperature": ((22683, 1), "5min", "2013-12-02 21:15"),
    "nab-ambient-temperature": ((7888, 1), "1h", "2013-07-04"),
}


@functools.cache
def loaded(name):
    """A data set, read once for all tests (each asks for the mirror before)."""
    return catalogue.load(name)


def raw(mirror, name):
    """Rows of the only CSV file of a data set, as dictionaries of text."""
    with (mirror / catalogue.entry(name).files[0].path).open(newline="") as file:
        return list(csv.DictReader(file))


def test_all_data_sets_are_tested():
    assert set(EXPECTED) | {"corridor"} == set(catalogue.names())


@pytest.mark.parametrize("name", EXPECTED)
def test_shape_step_and_words(mirror, name):
    dataset = loaded(name)
    shape, step, first = EXPECTED[name]
    assert dataset.shape == shape
    expected = pd.date_range(first, periods=shape[0], freq=step)
    assert (dataset.values.index == expected).all()
    assert all(isinstance(node, str) for node in dataset.values.columns)
    entry = catalogue.entry(name)
    assert (dataset.name, dataset.unit) == (name, entry.unit)
    assert (dataset.licence, dataset.citation) == (entry.licence, entry.citation)
    assert dataset.notes
    assert all(note.endswith(".") for note in dataset.notes)


def test_corridor_ships():
    dataset = loaded("corridor")
    assert dataset.shape == (16_128, 48)
    assert dataset.interval == pd.Timedelta("5min")
    assert dataset.extra["flow"].shape == dataset.shape
    assert list(dataset.calendar.columns) == ["time_of_day", "day_of_week", "holiday", "event"]
    assert len(dataset.calendar) == len(dataset.values) + 288
    assert {"incident", "holiday", "roadworks", "outage"} <= set(dataset.events["kind"])
    assert dataset.nodes.loc["in24", "km"] < dataset.nodes.loc["in01", "km"]


def test_corridor_adjacency_follows_the_road_both_ways():
    weights = loaded("corridor").adjacency
    kernel = np.exp(-((np.arange(1, 6) / 3) ** 2))  # 1 to 5 km
    from_downstream = weights.loc["in10", ["in11", "in12", "in13", "in14", "in15"]]
    from_upstream = weights.loc["in10", ["in09", "in08", "in07", "in06", "in05"]]
    np.testing.assert_allclose(from_downstream, kernel, rtol=1e-5)
    np.testing.assert_allclose(from_upstream, kernel / 2, rtol=1e-5)
    assert (weights.loc["in10"] > 0).sum() == 11
    inbound = [node for node in weights if node.startswith("in")]
    outbound = [node for node in weights if node.startswith("out")]
    assert not weights.loc[inbound, outbound].to_numpy().any()
    assert not weights.loc[outbound, inbound].to_numpy().any()


def test_los_loop(mirror):
    dataset = loaded("los-loop")
    with (mirror / "tgcn/los_speed.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert list(dataset.values.columns) == rows[0]
    assert dataset.values.iloc[287, 5] == pytest.approx(float(rows[288][5]))
    assert dataset.values.index[287] == pd.Timestamp("2012-03-01 23:55")
    weights = dataset.adjacency.to_numpy()
    assert (weights > 0).sum() == 2833
    assert (weights == weights.T).all()
    assert (np.diag(weights) == 1).all()
    assert weights[0, 13] == pytest.approx(0.260935932)
    assert dataset.nodes.loc["773869"].tolist() == pytest.approx([34.15497, -118.31829])
    share = float(re.search(r"([\d.]+)% of the readings", " ".join(dataset.notes)).group(1))
    assert 3 < share < 6


def test_los_loop_coordinates_follow_the_ids_not_the_rows(mirror, tmp_path):
    speed, adjacency, locations = catalogue.fetch("los-loop")
    lines = locations.read_text().splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join([lines[0], *reversed(lines[1:])]))
    fields = los_loop.read(speed, adjacency, turned)
    places = fields["nodes"]
    assert places.loc["773869", "latitude"] == pytest.approx(34.15497)
    assert "rows were moved" in " ".join(fields["notes"])
    turned.write_text("\n".join(lines[:-1]))
    with pytest.raises(InputError, match="its sensors are not those"):
        los_loop.read(speed, adjacency, turned)


def test_montevideo_bus(mirror):
    dataset = loaded("montevideo-bus")
    content = json.loads((mirror / "montevideo_bus/montevideo_bus.json").read_text())
    stop = content["nodes"][17]
    assert dataset.values[str(stop["bus_stop"])].tolist() == stop["y"]
    assert (dataset.values.max().max(), dataset.values.min().min()) == (101, 0)
    assert (dataset.values == 0).mean().mean() == pytest.approx(0.80, abs=0.01)
    assert (dataset.adjacency.to_numpy() > 0).sum() == len(content["links"]) == 690
    link = content["links"][0]
    source, target = str(link["source"]), str(link["target"])
    assert dataset.adjacency.loc[target, source] > 0
    assert dataset.adjacency.loc[source, target] == 0
    assert list(dataset.nodes.columns) == ["x", "y"]
    assert dataset.nodes["y"].between(6.13e6, 6.16e6).all()


def test_montevideo_lists_held_as_strings_read_the_same(mirror, tmp_path):
    content = json.loads((mirror / "montevideo_bus/montevideo_bus.json").read_text())
    stops = content["nodes"][:5]
    names = {stop["bus_stop"] for stop in stops}
    links = [link for link in content["links"] if {link["source"], link["target"]} <= names]
    expected = [stop["y"] for stop in stops]
    path = tmp_path / "strings.json"
    for stop in stops:
        stop["y"] = repr(stop["y"])
    path.write_text(json.dumps({"nodes": stops, "links": links}))
    assert montevideo_bus.read(path)["values"].to_numpy().T.tolist() == expected
    stops[0]["y"] = "__import__('os').getcwd()"
    path.write_text(json.dumps({"nodes": stops, "links": links}))
    with pytest.raises(InputError, match="expected a list of numbers"):
        montevideo_bus.read(path)


def test_england_covid(mirror):
    dataset = loaded("england-covid")
    content = json.loads((mirror / "england_covid/england_covid.json").read_text())
    assert dataset.values.loc["2020-03-23"].tolist() == content["y"][10]
    assert dataset.values.max().max() == 182
    days = content["edge_mapping"]["edge_index"], content["edge_mapping"]["edge_weight"]
    for number, day in ((0, "2020-03-13"), (60, "2020-05-12")):
        graph = dataset.adjacency_at(day)
        assert (graph.to_numpy() > 0).sum() == len(days[0][str(number)])
        (source, target), weight = days[0][str(number)][7], days[1][str(number)][7]
        assert graph.loc[str(target), str(source)] == weight
    mean = sum(dataset.adjacency_at(day).to_numpy(dtype="float64") for day in _fortnight()) / 14
    np.testing.assert_allclose(dataset.adjacency.to_numpy(), mean, rtol=1e-5)


def _fortnight():
    return pd.date_range("2020-03-13", periods=14)


def test_england_covid_weekends_fall_where_the_dates_say(mirror):
    edges = loaded("england-covid").edges
    count = edges.groupby("time").size()
    later = count[count.index >= "2020-03-20"]
    weekend = later.index.day_of_week >= 5
    assert later[weekend].mean() < 0.8 * later[~weekend].mean()


def test_chickenpox(mirror):
    dataset = loaded("chickenpox")
    content = json.loads((mirror / "chickenpox/chickenpox.json").read_text())
    column = content["node_ids"]["BUDAPEST"]
    assert dataset.values["BUDAPEST"].iloc[100] == pytest.approx(content["FX"][100][column])
    assert (dataset.adjacency.to_numpy() > 0).sum() == 102
    assert dataset.adjacency.loc["BACS", "PEST"] == 1
    # The published counts of the first three weeks; z-scoring keeps ratios of their changes.
    counts = {"BARANYA": (79, 60, 44), "BEKES": (173, 92, 86), "BORSOD": (169, 200, 93)}
    spread = dataset.values.std(ddof=0)
    assert spread.tolist() == pytest.approx([1] * 20, abs=1e-4)
    for county, weeks in counts.items():
        first, second = dataset.values[county].iloc[:2]
        scale = (np.diff(weeks)[1] - np.diff(weeks)[0]) / (second - first)
        assert scale > 0  # cases that one unit of the z-score stands for
        mean = np.diff(weeks)[0] - scale * first
        assert abs(mean) < 0.02 * scale  # changes of a season that comes and goes sum to nothing


def test_us_treasury(mirror):
    dataset, rows = loaded("us-treasury"), raw(mirror, "us-treasury")
    assert len(rows) == 7758
    for row in (rows[0], rows[4000], rows[-1]):
        found = dataset.values.loc[row["date"]]
        expected = [float(row[tenor]) if row[tenor] else math.nan for tenor in found.index]
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    published = {row["date"] for row in rows}
    added = [day for day in dataset.values.index if f"{day:%Y-%m-%d}" not in published]
    assert len(added) == 330
    assert dataset.values.loc[added].isna().all(axis=None)
    assert "330 working days" in " ".join(dataset.notes)
    assert dataset.values["20y"].first_valid_index() == pd.Timestamp("1993-10-01")
    assert dataset.adjacency.loc["2y", "3y"] == dataset.adjacency.loc["3y", "2y"] == 1
    assert dataset.adjacency.to_numpy().sum() == 22


def test_stocks(mirror):
    dataset, rows = loaded("stocks"), raw(mirror, "stocks")
    assert dataset.values.notna().to_numpy().sum() == len(rows) == 560
    assert dataset.values.loc["2000-04-01", "MSFT"] == pytest.approx(28.37)
    assert dataset.values["GOOG"].first_valid_index() == pd.Timestamp("2004-08-01")
    assert dataset.adjacency is None


def test_exchange_rate(mirror):
    dataset, rows = loaded("exchange-rate"), raw(mirror, "exchange-rate")
    for row in (0, 5000, 7587):
        found = dataset.values.iloc[row].tolist()
        assert found == pytest.approx([float(cell) for cell in rows[row].values()], rel=1e-6)
    assert dataset.values["JPY"].max() < 0.02 < dataset.values["CNY"].min()
    assert "no dates" in dataset.notes[0]


def test_river_wear(mirror):
    dataset, rows = loaded("river-wear"), raw(mirror, "river-wear")
    assert dataset.values.notna().to_numpy().sum() == len(rows)
    for row in (rows[0], rows[7000], rows[-1]):
        assert dataset.values.loc[row["dateTime"], row["station"]] == pytest.approx(
            float(row["value"])
        )
    assert list(dataset.values.columns) == list(river_wear.DOWNSTREAM)
    assert dataset.values.isna().to_numpy().mean() == pytest.approx(0.008, abs=0.001)
    chain = dataset.adjacency
    assert chain.loc["Witton Park", "Stanhope"] == 1
    assert chain.loc["Stanhope", "Witton Park"] == 0
    assert chain.to_numpy().sum() == 4


def test_river_wear_order_is_that_of_a_flood_wave(mirror):
    """The first big wave passes the gauges in the order of the chain."""
    wave = loaded("river-wear").values.loc["2022-11-02 12:00":"2022-11-04 12:00"]
    assert wave.idxmax().is_monotonic_increasing


def test_river_wear_two_levels_for_one_time(mirror, tmp_path):
    text = (mirror / "uk_river_wear/river_levels.csv").read_text()
    path = tmp_path / "twice.csv"
    line = text.splitlines()[1]
    path.write_text(f"{text}{line}\n")
    assert len(river_wear.read(path)["values"]) == 2840
    path.write_text(f"{text}{line.rsplit(',', 1)[0]},9.9\n")
    with pytest.raises(InputError, match="two levels for the same gauge and time"):
        river_wear.read(path)


def test_met_office(mirror):
    dataset = loaded("met-office")
    assert dataset.values.index[-1] == pd.Timestamp("2020-12-01")
    assert dataset.nodes.loc["Heathrow (London Airport)"].tolist() == [51.479, -0.449, 25]
    assert dataset.nodes.loc["Oxford", "height"] == 63
    bradford = dataset.values["Bradford"]
    assert bradford.first_valid_index() == pd.Timestamp("1908-01-01")
    assert np.isnan(dataset.extra["rain"].loc["1908-01-01", "Bradford"])
    assert dataset.extra["sun"].loc["2020-09-01", "Bradford"] == pytest.approx(145)  # 145.0*
    assert dataset.extra["sun"].loc["2020-11-01", "Heathrow (London Airport)"] == pytest.approx(
        44.6  # 44.6#
    )
    assert dataset.extra["air_frost_days"].loc["2020-12-01", "Yeovilton"] == 9  # 9*
    assert dataset.values.loc["1853-02-01", "Oxford"] == pytest.approx(3.2)
    assert set(dataset.extra) == {"tmin", "rain", "sun", "air_frost_days"}
    # Every month of a file is there, and nothing else is.
    months = sum(
        len(re.findall(r"^ +\d{4} +\d+ ", path.read_text(), flags=re.MULTILINE))
        for path in (mirror / "uk_metoffice").glob("*.txt")
    )
    absent = sum(
        len(re.findall(r"^ +\d{4} +\d+ +---", path.read_text(), flags=re.MULTILINE))
        for path in (mirror / "uk_metoffice").glob("*.txt")
    )
    assert dataset.values.notna().to_numpy().sum() == months - absent
    weights = dataset.adjacency
    assert weights.loc["Oxford", "Heathrow (London Airport)"] > weights.loc["Oxford", "Durham"]


def test_earthquakes(mirror):
    dataset, rows = loaded("earthquakes"), raw(mirror, "earthquakes")
    counts = {}
    for row in rows:
        date = row["Date"]
        iso = date if "T" in date else f"{date[6:]}-{date[:2]}"
        south = math.floor(float(row["Latitude"]) / 10) * 10
        west = math.floor(float(row["Longitude"]) / 10) * 10
        counts.setdefault((south, west), []).append(iso[:7])
    kept = {cell: months for cell, months in counts.items() if len(months) >= 50}
    assert dataset.values.shape[1] == len(kept)
    for (south, west), months in kept.items():
        column = f"lat{south:+d} lon{west:+d}"
        assert dataset.nodes.loc[column].tolist() == [south + 5, west + 5]
        assert dataset.values[column].sum() == len(months)
    column = dataset.values["lat+30 lon+140"]
    assert column.loc["2011-03-01"] == kept[30, 140].count("2011-03")
    assert "3 dates in another format" in " ".join(dataset.notes)


def test_earthquake_cells_touch_also_across_the_date_line(mirror):
    weights = loaded("earthquakes").adjacency
    assert weights.loc["lat-20 lon-180", "lat-20 lon+170"] == 1
    assert weights.loc["lat+30 lon+140", "lat+40 lon+140"] == 1
    assert weights.loc["lat+30 lon+140", "lat+50 lon+150"] == 0
    assert (weights.to_numpy() == weights.to_numpy().T).all()
    assert not np.diag(weights).any()
    assert weights.sum(axis=1).max() <= 8


@pytest.mark.parametrize("name", [name for name in EXPECTED if name.startswith("nab-")])
def test_nab(mirror, name):
    dataset = loaded(name)
    *files, labels = catalogue.entry(name).files
    windows = json.loads((mirror / labels.path).read_text())
    assert len(dataset.values.columns) == len(files)
    for file in files:
        node = file.path.rsplit("/", 1)[1].removesuffix(".csv")
        with (mirror / file.path).open(newline="") as opened:
            rows = list(csv.DictReader(opened))
        # Mean of the readings of each interval, by a plain loop over the file.
        step = dataset.interval
        sums = {}
        for row in rows:
            start = pd.Timestamp(row["timestamp"]).floor(step)
            sums.setdefault(start, []).append(float(row["value"]))
        expected = pd.Series({start: np.mean(numbers) for start, numbers in sums.items()})
        found = dataset.values[node].dropna()
        assert len(found) == len(expected)
        np.testing.assert_allclose(found, expected.sort_index(), rtol=1e-5)
        key = next(key for key in windows if key.endswith(f"/{node}.csv"))
        events = dataset.events[dataset.events["node"] == node]
        assert len(events) == len(windows[key]) > 0
        for (_, event), (start, end) in zip(events.iterrows(), windows[key]):
            assert event["start"] <= pd.Timestamp(start) < event["start"] + step
            assert event["end"] <= pd.Timestamp(end) < event["end"] + step
            assert event["end"] in dataset.values.index
    assert set(dataset.events["kind"]) == {"anomaly"}
