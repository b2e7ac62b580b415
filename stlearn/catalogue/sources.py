"""One reader for each public data set of the catalogue: road, bus, epidemic, weather and market.

A reader takes the paths of its files, whose checksums the catalogue has verified, and returns the
fields of a `SpatioTemporalDataset`. What it mends or assumes, it says in `notes`.
"""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd

from stlearn import graph
from stlearn.data.dataset import make_calendar
from stlearn.errors import InputError
from stlearn.reading.readers import read_tgcn

CORRIDOR_REACH_KM = 3.0
RIVER_WEAR_DOWNSTREAM = (
    "Stanhope",
    "Witton Park",
    "Sunderland Bridge",
    "Durham New Elvet Bridge",
    "Chester-Le-Street",
)
CURRENCIES = ("AUD", "GBP", "CAD", "CHF", "CNY", "JPY", "NZD", "SGD")
MET_OFFICE_COLUMNS = ("year", "month", "tmax", "tmin", "air_frost_days", "rain", "sun")


def corridor(*paths):
    """The simulated corridor that ships: speed, flow, road, calendar and labelled events."""
    files = {path.name: path for path in paths}
    values, flow = (
        pd.read_csv(files[name], index_col=0, parse_dates=True)
        for name in ("speed.csv.gz", "flow.csv.gz")
    )
    known_ahead = pd.read_csv(files["calendar.csv.gz"], index_col=0, parse_dates=True)
    roads = pd.read_csv(files["edges.csv"])
    kilometres = graph.distances_from_edges(roads, values.columns)
    downstream = graph.gaussian_kernel(kilometres, sigma=CORRIDOR_REACH_KM, threshold=0.05)
    return {
        "values": values,
        "extra": {"flow": flow},
        "nodes": pd.read_csv(files["nodes.csv"], index_col=0, keep_default_na=False),
        # Half as much downstream: so the matrix and its transpose tell the directions apart.
        "adjacency": np.maximum(downstream.T, downstream / 2),
        "calendar": make_calendar(
            known_ahead.index, **{name: known_ahead[name] for name in known_ahead}
        ),
        "events": pd.read_csv(files["events.csv"], parse_dates=["start", "end"]),
        "notes": (
            "The graph is the Gaussian kernel of the distance along the road, sigma "
            f"{CORRIDOR_REACH_KM:g} km, in both directions: congestion acts upstream with the "
            "full weight, vehicles act downstream with half of it.",
        ),
    }


def los_loop(speed, adjacency, locations):
    """Los-loop: one week of METR-LA, as the T-GCN paper uses it."""
    dataset = read_tgcn(speed, adjacency, start="2012-03-01", interval="5min", unit="mph")
    sensors = list(dataset.values.columns)
    places = pd.read_csv(locations, dtype={"sensor_id": str}, index_col="sensor_id")
    if set(places.index) != set(sensors):
        raise InputError(f"{locations}: its sensors are not those of {speed}")
    order = "the same" if list(places.index) == sensors else "another one, so rows were moved"
    speeds = dataset.values.to_numpy(dtype="float64")
    line = np.abs(speeds[2:] - 2 * speeds[1:-1] + speeds[:-2]) < 1e-4
    filled = (line & (speeds[1:-1] != speeds[:-2])).mean()
    return {
        "values": dataset.values,
        "adjacency": dataset.adjacency,
        "nodes": places[["latitude", "longitude"]],
        "notes": (
            *dataset.notes,
            f"Coordinates are matched by sensor id; the order of the two files is {order}.",
            f"Gaps were filled before publication and are no longer marked: {filled:.1%} of the "
            "readings lie exactly on a line between the readings before and after.",
        ),
    }


def montevideo_bus(path):
    """Hourly boardings at the bus stops of Montevideo, October 2020."""
    content = json.loads(Path(path).read_text())
    stops = [str(stop["bus_stop"]) for stop in content["nodes"]]
    boardings = [_list_of_numbers(stop["y"]) for stop in content["nodes"]]
    hours = pd.date_range("2020-10-01", periods=len(boardings[0]), freq="h")
    places = pd.DataFrame(content["nodes"], index=stops)[["lon", "lat"]]
    links = pd.DataFrame(content["links"]).astype({"source": str, "target": str})
    metres = links["weight"]
    # Only linked stops influence each other, the nearer the more; all links are about as long.
    links["weight"] = np.exp(-((metres / metres.mean()) ** 2))
    return {
        "values": pd.DataFrame(dict(zip(stops, boardings)), index=hours),
        "adjacency": graph.adjacency_from_edges(links, stops),
        "nodes": places.set_axis(["x", "y"], axis=1),
        "notes": (
            f"The file names no times: hours are counted from {hours[0]}, local time.",
            "The fields `lon` and `lat` are metres (UTM zone 21 south), so they are named x and y.",
            "Lists of boardings are read as JSON or by a parser of literals, never by `eval`.",
            "The graph joins a stop to the next one on its line; a link weighs exp(-(d/m)²), with "
            f"d its length along the road and m = {metres.mean():.0f} m the mean of all links.",
        ),
    }


def england_covid(path):
    """Daily new cases in 129 regions of England, spring 2020, with a mobility graph a day."""
    content = json.loads(Path(path).read_text())
    cases = np.array(content["y"])
    regions = [str(region) for region in range(cases.shape[1])]
    days = pd.date_range("2020-03-13", periods=len(cases), freq="D")
    mapping = content["edge_mapping"]
    edges = pd.concat(
        pd.DataFrame(mapping["edge_index"][str(number)], columns=["source", "target"]).assign(
            time=day, weight=mapping["edge_weight"][str(number)]
        )
        for number, day in enumerate(days)
    )
    edges[["source", "target"]] = edges[["source", "target"]].astype(str)
    early = edges[edges["time"] < days[0] + pd.Timedelta("14D")]
    mean = early.groupby(["source", "target"], as_index=False)["weight"].sum()
    return {
        "values": pd.DataFrame(cases, index=days, columns=regions),
        "adjacency": graph.adjacency_from_edges(mean.assign(weight=mean["weight"] / 14), regions),
        "edges": edges,
        "notes": (
            "The file names no dates: days are counted from 2020-03-13, the first day that the "
            "authors of the data give for England; 61 days then end on 2020-05-12, as theirs do.",
            "The graph changes every day and is in `edges`; `adjacency` is its mean over the "
            "first 14 days, which no later day has entered.",
            "An edge leads from the region that people leave to the one they enter; a loop counts "
            "those who stay. Regions have numbers, since the file names none.",
        ),
    }


def chickenpox(path):
    """Weekly chickenpox in the counties of Hungary, as differences, z-scored by its authors."""
    content = json.loads(Path(path).read_text())
    counties = sorted(content["node_ids"], key=content["node_ids"].get)
    weeks = pd.date_range("2005-01-10", periods=len(content["FX"]), freq="7D")
    borders = pd.DataFrame(content["edges"], columns=["source", "target"])
    borders = borders.apply(lambda ends: ends.map(dict(enumerate(counties))))
    return {
        "values": pd.DataFrame(content["FX"], index=weeks, columns=counties),
        "adjacency": graph.adjacency_from_edges(borders, counties),
        "notes": (
            "Values are z-scored over the whole period, the test part included: a leak that the "
            "reader cannot undo.",
            "Values are no levels but changes from the week before: up to their scale, the first "
            "rows are the differences of the published counts, which start in the week of "
            "2005-01-03; so the index starts on 2005-01-10.",
            "The graph joins counties with a common border, and each county to itself.",
        ),
    }


def us_treasury(path):
    """Par yields of the US Treasury by tenor, on working days."""
    published = pd.read_csv(path, index_col="date", parse_dates=True)
    days = pd.bdate_range(published.index[0], published.index[-1])
    yields = published.reindex(days)
    added = len(days) - len(published)
    return {
        "values": yields,
        "adjacency": _chain(yields.columns, both_ways=True),
        "notes": (
            f"{added} working days without a row in the file (holidays) are rows without values.",
            f"Gaps stay missing: {published.isna().to_numpy().mean():.1%} of the published table "
            "(1m and 2m start late, 20y and 30y were not issued for years).",
            "The graph is a chain of neighbouring tenors.",
        ),
    }


def stocks(path):
    """Monthly prices of five shares."""
    table = pd.read_csv(path)
    table["date"] = pd.to_datetime(table["date"], format="%b %d %Y")
    prices = table.pivot(index="date", columns="symbol", values="price").asfreq("MS")
    return {
        "values": prices,
        "notes": (
            f"The long table of {len(table)} rows is made wide: one column a share.",
            "GOOG was not listed before August 2004: its earlier months are missing.",
        ),
    }


def exchange_rate(path):
    """Daily exchange rates of eight currencies against the US dollar, without dates."""
    table = pd.read_csv(path)
    days = pd.date_range("1990-01-01", periods=len(table), freq="D")
    return {
        "values": table.set_axis(days).set_axis(list(CURRENCIES), axis=1),
        "notes": (
            "The file has no dates: rows are counted as days from 1990-01-01, and neither the "
            "date nor the day of the week of a row means anything.",
            "Columns are only numbered; the currencies are those that Lai et al. (2018) list, in "
            "their order, which fits the level of each column.",
        ),
    }


def river_wear(path):
    """Water level at five gauges along the River Wear."""
    table = pd.read_csv(path)
    table["dateTime"] = pd.to_datetime(table["dateTime"], utc=True)
    table = table.drop_duplicates()
    if table.duplicated(["station", "dateTime"]).any():
        raise InputError(f"{path}: two levels for the same gauge and time")
    levels = table.pivot(index="dateTime", columns="station", values="value").sort_index()
    levels = levels.asfreq("15min")[list(RIVER_WEAR_DOWNSTREAM)]
    return {
        "values": levels,
        "adjacency": _chain(levels.columns, both_ways=False),
        "notes": (
            "The file lists the latest day first, one row a reading: it is sorted and made wide.",
            f"Readings that are absent are missing: {levels.isna().to_numpy().mean():.1%}.",
            "Gauges stand in their order downstream; in the graph each acts on the next below.",
            "Times are UTC.",
        ),
    }


def met_office(*paths):
    """Monthly station records of the UK Met Office, with distances as a graph."""
    places, tables, marks = {}, [], {"*": 0, "#": 0}
    for path in paths:
        text = Path(path).read_text()
        station, place, table = _met_office_station(text)
        places[station] = place
        tables.append(table.assign(station=station))
        for mark in marks:
            marks[mark] += len(re.findall(rf"\d{re.escape(mark)}", text))
    wide = pd.concat(tables).reset_index().pivot(index="time", columns="station").asfreq("MS")
    quantities = {name: wide[name][list(places)] for name in MET_OFFICE_COLUMNS[2:]}
    nodes = pd.DataFrame(places, index=["latitude", "longitude", "height"]).T
    distances = graph.distances_from_coordinates(nodes)
    return {
        "values": quantities.pop("tmax"),
        "extra": quantities,
        "nodes": nodes,
        "adjacency": graph.gaussian_kernel(distances),
        "notes": (
            "`---` is missing; months before a station's first one are missing as well.",
            f"{marks['*']:,} values marked as estimated (*) are kept; the mark is dropped.",
            f"{marks['#']:,} hours of sunshine from another instrument (#) are kept; mark dropped.",
            "The trailing word Provisional is dropped.",
            "The graph is the Gaussian kernel of the distance between stations.",
        ),
    }


def earthquakes(path, degrees=10, at_least=50):
    """Earthquakes a month on the cells of a grid, magnitude 5.5 and above."""
    events = pd.read_csv(path)
    days = pd.to_datetime(events["Date"], format="%m/%d/%Y", errors="coerce")
    odd = days.isna()
    days[odd] = pd.to_datetime(events["Date"][odd], format="ISO8601", utc=True).dt.tz_localize(None)
    months = days.dt.to_period("M").dt.to_timestamp()
    south = np.floor(events["Latitude"] / degrees).astype(int) * degrees
    west = np.floor(events["Longitude"] / degrees).astype(int) * degrees
    cell = south.map("lat{:+d}".format) + west.map(" lon{:+d}".format)
    counts = pd.crosstab(months, cell)
    counts = counts.loc[:, counts.sum() >= at_least].asfreq("MS", fill_value=0)
    corners = pd.DataFrame({"south": south, "west": west}, index=cell.index).groupby(cell).first()
    corners = corners.loc[counts.columns]
    touching = _touching(corners["south"], 180, degrees) & _touching(corners["west"], 360, degrees)
    np.fill_diagonal(touching, False)
    return {
        "values": counts.rename_axis(index=None, columns=None),
        "adjacency": pd.DataFrame(touching.astype("float32"), corners.index, corners.index),
        "nodes": pd.DataFrame(
            {
                "latitude": corners["south"] + degrees / 2,
                "longitude": corners["west"] + degrees / 2,
            }
        ),
        "notes": (
            f"{len(events):,} events are counted by month on cells of {degrees} degrees; "
            f"{int(odd.sum())} dates in another format are read as well.",
            f"Only the {len(corners)} cells with at least {at_least} events are kept, "
            f"{counts.to_numpy().sum() / len(events):.0%} of all events; choosing them looks at "
            "the whole period, the test part included.",
            "Cells that touch, also across the date line, are neighbours in the graph.",
        ),
    }


def nab(interval, *paths):
    """Sensors of the Numenta Anomaly Benchmark on one regular grid, with labelled windows.

    The last path is the file of the labels.
    """
    *series, labels = paths
    windows = json.loads(Path(labels).read_text())
    columns, events, readings, repeated = {}, [], 0, 0
    for path in series:
        table = pd.read_csv(path, parse_dates=["timestamp"])
        readings += len(table)
        repeated += int(table["timestamp"].duplicated().sum())
        columns[path.stem] = table.groupby(table["timestamp"].dt.floor(interval))["value"].mean()
        labelled = next(name for name in windows if name.endswith(f"/{path.name}"))
        events += [
            {"node": path.stem, "start": start, "end": end, "kind": "anomaly"}
            for start, end in windows[labelled]
        ]
    values = pd.DataFrame(columns).sort_index().asfreq(interval)
    events = pd.DataFrame(events)
    for side in ("start", "end"):
        events[side] = pd.to_datetime(events[side]).dt.floor(interval)
    empty = values.isna().to_numpy().mean()
    return {
        "values": values,
        "events": events,
        "notes": (
            f"{readings:,} readings are averaged within each interval of {interval}, "
            f"named by its start; intervals without a reading are missing ({empty:.1%}).",
            f"{repeated} readings carry a time that stands in the file already; they are averaged.",
            f"{len(events)} labelled windows are events, on the same intervals.",
        ),
    }


def _list_of_numbers(field):
    """A list that stands in the file as such, or as the text of a Python list."""
    try:
        return ast.literal_eval(field) if isinstance(field, str) else field
    except (ValueError, SyntaxError):
        raise InputError(f"expected a list of numbers, got {field[:40]!r}") from None


def _chain(nodes, both_ways):
    """Adjacency of nodes in a row: each acts on the next, and the next on it if `both_ways`."""
    links = pd.DataFrame({"source": nodes[:-1], "target": nodes[1:]})
    return graph.adjacency_from_edges(links, list(nodes), directed=not both_ways)


def _touching(corners, around, degrees):
    """Pairs of cells (node, node) that overlap or touch along one axis of the globe."""
    apart = np.abs(corners.to_numpy()[:, None] - corners.to_numpy()[None, :])
    return np.minimum(apart, around - apart) <= degrees


def _met_office_station(text):
    """Name, place and table of one station file."""
    lines = text.splitlines()
    found = re.search(r"Lat (-?[\d.]+) Lon (-?[\d.]+), (\d+) ?m", text)
    place = [float(number) for number in found.groups()]
    rows = [line.split()[:7] for line in lines if re.match(r"\s+\d{4}\s+\d", line)]
    table = pd.DataFrame(rows, columns=list(MET_OFFICE_COLUMNS))
    months = pd.to_datetime(table["year"] + "-" + table["month"], format="%Y-%m")
    numbers = table[list(MET_OFFICE_COLUMNS[2:])].apply(
        lambda column: pd.to_numeric(column.str.rstrip("*#").replace("---", None))
    )
    return lines[0].strip(), place, numbers.set_index(months.rename("time"))
