"""Make the corridor data set: eight weeks on an invented radial motorway, simulated with UXsim.

Run `python datasets/make_corridor.py` to write the files again, with `--out FOLDER` somewhere
else, with `--check` to compare a new run with the files that ship. UXsim comes with
`pip install -e ".[simulate]"`. What the files hold stands in `datasets/corridor/README.md`.

Each day is simulated on its own, from (seed, day) alone: so days can run side by side, and one
day can be made again without the others.
"""

import argparse
import gzip
import hashlib
import io
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

SEED = 20250428
START = pd.Timestamp("2025-04-28")  # a Monday; no clock change in the eight weeks
DAYS = 56
STEP = pd.Timedelta("5min")
STEPS = 288  # a day
HERE = Path(__file__).parent / "corridor"

# The road: 24 links of 1 km in each direction, one detector a link, named in driving order.
LINKS = 24
LANES = 3
DIRECTIONS = ("in", "out")
DETECTORS = [f"{way}{link:02d}" for way in DIRECTIONS for link in range(1, LINKS + 1)]
FREE_SPEED = 100 / 3.6  # m/s
JAM_DENSITY = 0.14  # vehicles per metre and lane
REACTION_TIME = 1.5  # s; with the two above, 2,049 veh/h a lane, and waves at -17 km/h
UNLIMITED = 2 * LANES * 2049  # veh/h, more than can ever arrive
PLATOON = 2  # vehicles that move as one
WARM_UP = 1800  # s before midnight, so that the day starts with traffic on the road
COOL_DOWN = 2400  # s after midnight, so that the last trips can end

# Ramps sit at the end of the link with this number. An interchange is an off-ramp and, one link
# further, an on-ramp; the stadium is at the third one from the centre.
OFF_RAMPS = {"in": (4, 8, 12, 15, 19), "out": (4, 8, 11, 15, 19)}
ON_RAMPS = {"in": (5, 9, 13, 16, 20), "out": (5, 9, 12, 16, 20)}
STADIUM_OFF = {"in": 12, "out": 11}
STADIUM_ON = {"in": 13, "out": 12}
BOTTLENECKS = {"in": {10: 4350, 18: 4700}, "out": {13: 4500, 21: 5050}}  # veh/h at the link's end
ROADWORKS = ("out", 10, 4250)  # narrow lanes
ROADWORKS_FROM = 35  # first day of week 6

UPSTREAM_DEMAND = 3540  # veh/h at level 1
RAMP_DEMAND = 815
OFF_SHARE = 0.076

# Demand through the day: (hour, level). All days meet at midnight.
TIDE = [
    (0, 0.08), (3, 0.05), (4.5, 0.09), (5.5, 0.36), (6.5, 0.99), (8.2, 0.99), (9.4, 0.68),
    (11, 0.52), (14, 0.55), (15.5, 0.68), (16.2, 0.87), (17.8, 0.87), (19.2, 0.58), (21, 0.36),
    (22.5, 0.2), (24, 0.08),
]  # fmt: skip
EBB = [
    (0, 0.08), (3, 0.05), (4.5, 0.08), (5.5, 0.25), (6.6, 0.76), (8.4, 0.84), (9.6, 0.62),
    (11, 0.54), (14, 0.62), (15.5, 0.98), (17.6, 1.0), (18.8, 0.68), (21, 0.4),
    (22.5, 0.22), (24, 0.08),
]  # fmt: skip
SATURDAY = [
    (0, 0.08), (4, 0.05), (6, 0.1), (9, 0.5), (10.5, 0.98), (12.5, 0.98), (16, 0.72), (19, 0.55),
    (22, 0.28), (24, 0.08),
]  # fmt: skip
SUNDAY = [
    (0, 0.08), (4, 0.05), (7, 0.08), (10, 0.38), (13, 0.55), (15, 0.64), (16.5, 0.98), (18.5, 0.98),
    (21, 0.4), (24, 0.08),
]  # fmt: skip
DAY_LEVEL = (0.99, 1.0, 1.01, 1.01, 1.03, 0.91, 0.93)  # Monday to Sunday

HOLIDAYS = (31, 42)  # days, counted from 0
EVENT_DAYS = (4, 11, 25, 39, 46, 53)  # Fridays, announced
UNANNOUNCED_DAYS = (22, 51)
ARRIVAL = (16.5, 18.5)  # hours
DEPARTURE = (20.25, 21.25)
EVENT_ARRIVAL_DEMAND = 600  # veh/h, in each direction
EVENT_DEPARTURE_DEMAND = 2800
# (day, detector, first hour, last hour, capacity left in veh/h)
INCIDENTS = (
    (2, "in15", 7.25, 8.25, 2700),
    (8, "out12", 16.5, 17.75, 2500),
    (17, "in11", 12.5, 13.75, 1900),
    (26, "out14", 11.0, 12.0, 2000),
    (29, "out06", 10.0, 11.25, 1700),
    (37, "in20", 17.0, 18.0, 2600),
    (44, "out09", 13.0, 14.0, 1900),
    (46, "in13", 7.75, 8.5, 2600),
    (50, "out20", 16.5, 18.0, 2500),
    (52, "in06", 9.5, 10.5, 1900),
)
# (first day, first hour, last day, last hour, detectors)
OUTAGES = (
    (6, 9.0, 7, 13.0, ("in04",)),
    (15, 14.0, 15, 22.0, ("out16", "out17", "out18")),
    (23, 6.0, 25, 6.0, ("in21",)),
    (33, 20.0, 34, 11.0, ("out02", "out03")),
    (45, 4.0, 46, 16.0, ("in10",)),
    (48, 12.0, 48, 20.0, ("out07", "out08", "out09")),
)
DRIFT_NODE, DRIFT_FROM, DRIFT_SHARE = "in02", 18, 0.12  # 12 % too low on the last day
MISSING_SHARE = 0.007


def generator(day, purpose):
    """Return the random generator of one purpose on one day (day -1: the same for all days)."""
    return np.random.default_rng([SEED, day + 1, *purpose.encode()])


def slow_noise(rng, steps, spread, memory=0.8):
    """Return AR(1) noise around 1. Rounding keeps it the same on every processor."""
    noise = np.empty(steps)
    noise[0] = rng.normal(0, spread)
    for i in range(1, steps):
        noise[i] = memory * noise[i - 1] + rng.normal(0, spread * (1 - memory**2) ** 0.5)
    return (1 + noise.clip(-2.5 * spread, 2.5 * spread)).round(6)


def demand(day, way):
    """Return one day's demand of one direction as {(origin, destination or None): veh/h}.

    The rates hold for each 5 minutes of the day. Trips without a destination leave the road at
    the ramps they pass, a share at each.
    """
    rng = generator(day, f"demand {way}")
    hours = np.arange(STEPS) / 12
    weekday = day % 7
    if weekday == 6 or day in HOLIDAYS:
        profile = SUNDAY
    elif weekday == 5:
        profile = SATURDAY
    else:
        profile = TIDE if way == "in" else EBB
    morning, evening = rng.normal(1, 0.045, 2)
    later = rng.normal(0, 0.15)  # hours
    moved = hours - np.interp(hours, [0, 4, 20, 24], [0, later, later, 0])
    level = np.interp(moved, *zip(*profile)) * DAY_LEVEL[weekday]
    level *= np.interp(hours, [0, 3, 11, 14, 21, 24], [1, morning, morning, evening, evening, 1])

    rates = {}
    for ramp in (0, *ON_RAMPS[way]):
        size = UPSTREAM_DEMAND if ramp == 0 else RAMP_DEMAND * rng.normal(1, 0.07)
        wobble = np.repeat(slow_noise(rng, STEPS // 6, 0.03), 6)
        rates[ramp, None] = (size * level * wobble).round(3)
    if day in EVENT_DAYS + UNANNOUNCED_DAYS:
        crowd = rng.normal(1, 0.08)
        first, last = ARRIVAL
        arriving = np.interp(hours, [first, first + 0.4, last - 0.4, last], [0, 1, 1, 0])
        rates[0, STADIUM_OFF[way]] = (crowd * EVENT_ARRIVAL_DEMAND * arriving).round(3)
        first, last = DEPARTURE
        leaving = np.interp(hours, [first, first + 0.2, last - 0.3, last], [0, 1, 1, 0])
        rates[STADIUM_ON[way], None] += (crowd * EVENT_DEPARTURE_DEMAND * leaving).round(3)
    return rates


def departures(rates, rng):
    """Turn 5-minute rates (veh/h) into departure times of platoons, in seconds after midnight."""
    edges = np.concatenate([[-WARM_UP], np.arange(0, 86401, 300)])
    counts = np.concatenate([[rates[0] * WARM_UP / 3600], rates / 12]) / PLATOON
    total = np.concatenate([[0], np.cumsum(counts)])
    order = np.arange(int(total[-1]))
    return np.interp(order + rng.random(len(order)), total, edges).round(3).tolist()


def destinations(way, ramp, count, rng):
    """Draw where platoons that enter at a ramp leave: an off-ramp further on, or the end."""
    further = [off for off in OFF_RAMPS[way] if off > ramp]
    draw = rng.random((count, len(further))) < OFF_SHARE
    return [further[row.argmax()] if row.any() else LINKS for row in draw]


def make_trips(day):
    """Return all trips of a day as (second after midnight, origin, destination), in order."""
    trips = []
    for way in DIRECTIONS:
        rng = generator(day, f"trips {way}")
        for (ramp, destination), rates in demand(day, way).items():
            times = departures(rates, rng)
            if destination is None:
                ends = destinations(way, ramp, len(times), rng)
            else:
                ends = [destination] * len(times)
            start = f"{way} on {ramp}"
            trips += [(time, start, f"{way} off {end}") for time, end in zip(times, ends)]
    return sorted(trips)


def build_road(world):
    """Add nodes and links: the two carriageways and their ramps."""
    road = {"free_flow_speed": FREE_SPEED, "jam_density_per_lane": JAM_DENSITY}
    for way in DIRECTIONS:
        for i in range(LINKS + 1):
            world.addNode(f"{way}{i}", i, 0)
        for i in (0, *ON_RAMPS[way]):
            lanes = LANES if i == 0 else 2 if i == STADIUM_ON[way] else 1
            world.addNode(f"{way} on {i}", i, 1)
            world.addLink(
                f"{way} on {i}", f"{way} on {i}", f"{way}{i}", 500, number_of_lanes=lanes,
                merge_priority=lanes, **road,
            )  # fmt: skip
        for i in (*OFF_RAMPS[way], LINKS):
            lanes = LANES if i == LINKS else 2
            world.addNode(f"{way} off {i}", i, -1)
            world.addLink(
                f"{way} off {i}", f"{way}{i}", f"{way} off {i}", 500, number_of_lanes=lanes, **road
            )
        for i in range(1, LINKS + 1):
            world.addLink(
                f"{way}{i:02d}", f"{way}{i - 1}", f"{way}{i}", 1000, number_of_lanes=LANES,
                merge_priority=LANES, **road,
            )  # fmt: skip


def capacities(day):
    """Return the day's changes of capacity as {hour: {detector: veh/h}}, sorted by hour."""
    rng = generator(day, "capacity")
    weather = 0.94 if rng.random() < 0.2 else 1.0
    hours = np.arange(6, 21)  # a pause of UXsim takes time; at night nothing binds anyway
    usual = {}
    for way in DIRECTIONS:
        for link, capacity in BOTTLENECKS[way].items():
            usual[f"{way}{link:02d}"] = weather * capacity * slow_noise(rng, len(hours), 0.03)
    if day >= ROADWORKS_FROM:
        way, link, capacity = ROADWORKS
        usual[f"{way}{link:02d}"] = weather * capacity * slow_noise(rng, len(hours), 0.03)
    changes = {hour: {} for hour in hours}
    for detector, series in usual.items():
        for hour, capacity in zip(hours, series):
            changes[hour][detector] = capacity
    for when, detector, first, last, capacity in INCIDENTS:
        if when == day:
            changes.setdefault(first, {})[detector] = capacity
            changes.setdefault(last, {})[detector] = UNLIMITED
    return dict(sorted(changes.items()))


def simulate(day):
    """Simulate one day: mean speed (km/h) and vehicles counted, each (288, 48)."""
    from uxsim import World

    world = World(
        cpp=True, deltan=PLATOON, reaction_time=REACTION_TIME, random_seed=SEED + day,
        tmax=WARM_UP + 86400 + COOL_DOWN + 60, vehicle_logging_timestep_interval=-1,
        instantaneous_TT_timestep_interval=1, print_mode=0, save_mode=0, show_progress=0,
    )  # fmt: skip
    build_road(world)
    trips = make_trips(day)[::-1]
    for hour, changed in (*capacities(day).items(), (24, {})):
        # A pause costs time for each vehicle known by then, so vehicles come hour by hour.
        while trips and trips[-1][0] < hour * 3600:
            time, origin, destination = trips.pop()
            world.addVehicle(origin, destination, WARM_UP + time)
        world.exec_simulation(until_t=WARM_UP + hour * 3600)
        for detector, capacity in changed.items():
            world.get_link(detector).capacity_out = capacity / 3600
    world.exec_simulation(until_t=WARM_UP + 86400 + COOL_DOWN)
    finished = np.mean([vehicle.state == "end" for vehicle in world.VEHICLES.values()])
    if finished < 0.995:
        sys.exit(f"day {day}: only {finished:.1%} of the trips ended; the road is jammed for good")

    step = PLATOON * REACTION_TIME  # s
    first, last = int(WARM_UP / step), int((WARM_UP + 86400) / step)
    speed, count = np.empty((STEPS, len(DETECTORS))), np.empty((STEPS, len(DETECTORS)))
    for column, detector in enumerate(DETECTORS):
        link = world.get_link(detector)
        left = link.cum_departure[first - 1 : last]
        inside = (link.cum_arrival - link.cum_departure)[first:last].reshape(STEPS, -1)
        pace = link.traveltime_instant[first:last].reshape(STEPS, -1) / link.length
        driven = (inside / pace).sum(axis=1)
        with np.errstate(invalid="ignore"):
            speed[:, column] = driven / inside.sum(axis=1) * 3.6
        count[:, column] = np.diff(left).reshape(STEPS, -1).sum(axis=1)
    return speed, count


def moment(day, hour):
    """Return a time of the data set from a day, counted from 0, and an hour."""
    return START + pd.Timedelta(days=day, hours=hour)


def label_events():
    """Return every labelled interval: node (empty: the whole road), start, end (included)."""
    rows = []

    def add(node, start, end, kind, note):
        rows.append((node, start, end - STEP, kind, note))

    for day, node, first, last, capacity in INCIDENTS:
        note = f"lanes blocked at the end of this link, {capacity} veh/h pass"
        add(node, moment(day, first), moment(day, last), "incident", note)
    for day in EVENT_DAYS + UNANNOUNCED_DAYS:
        kind = "event" if day in EVENT_DAYS else "unannounced_event"
        for (first, last), note in ((ARRIVAL, "arrival"), (DEPARTURE, "departure")):
            add("", moment(day, first), moment(day, last), kind, f"stadium, {note}")
    for day in HOLIDAYS:
        add("", moment(day, 0), moment(day, 24), "holiday", "public holiday")
    way, link, capacity = ROADWORKS
    note = f"narrow lanes at the end of this link, {capacity} veh/h pass"
    end = moment(DAYS, 0)
    add(f"{way}{link:02d}", moment(ROADWORKS_FROM, 0), end, "roadworks", note)
    for first_day, first, last_day, last, nodes in OUTAGES:
        for node in nodes:
            add(node, moment(first_day, first), moment(last_day, last), "outage", "no data")
    note = f"speed reads too low, by a share that grows to {DRIFT_SHARE:.0%}"
    add(DRIFT_NODE, moment(DRIFT_FROM, 0), end, "drift", note)
    columns = ["node", "start", "end", "kind", "note"]
    return pd.DataFrame(rows, columns=columns).sort_values(["start", "node"], kind="stable")


def make_calendar():
    """Return what is known ahead, as 0 and 1, with one day more than the values."""
    index = pd.date_range(START, periods=(DAYS + 1) * STEPS, freq=STEP, name="time")
    calendar = pd.DataFrame({"holiday": 0, "event": 0}, index=index)
    for row in label_events().itertuples():
        if row.kind in calendar.columns:
            calendar.loc[row.start : row.end, row.kind] = 1
    return calendar


def observe(day, speed, count):
    """Turn one day's true speed and count into what detectors report, each (288, 48).

    A small model: every sensor has its own bias and misses a few vehicles; the mean of few
    vehicles scatters more than the mean of many; drivers slow a little in dense traffic, which
    the simulation leaves out; one sensor drifts; outages and lost messages leave no value.
    """
    sensors, rng = generator(-1, "sensors"), generator(day, "detectors")
    bias = sensors.normal(1, 0.012, len(DETECTORS))
    missed = sensors.uniform(0.005, 0.025, len(DETECTORS))

    seen = rng.binomial(count.astype(int), 1 - missed)
    use = count * 12 / (LANES * 2049)  # share of the capacity
    speed = np.minimum(speed, FREE_SPEED * 3.6 * (1 - 0.1 * use**2)) * bias
    speed *= 1 + 0.05 * rng.normal(0, 1, speed.shape) / np.sqrt(np.maximum(seen, 1))
    times = pd.date_range(moment(day, 0), periods=STEPS, freq=STEP, name="time")
    since = (times - moment(DRIFT_FROM, 0)) / (moment(DAYS, 0) - moment(DRIFT_FROM, 0))
    speed[:, DETECTORS.index(DRIFT_NODE)] *= 1 - DRIFT_SHARE * np.maximum(since, 0)

    speed = pd.DataFrame(speed.round(1), times, DETECTORS).where(seen > 0)
    flow = pd.DataFrame(seen * 12, times, DETECTORS).astype("Int64")
    lost = pd.DataFrame(rng.random(speed.shape) < MISSING_SHARE, times, DETECTORS)
    for row in label_events().query("kind == 'outage'").itertuples():
        lost.loc[row.start : row.end, row.node] = True
    return speed.mask(lost), flow.mask(lost)


def describe_road():
    """Return the detectors (position, what lies there) and the road links between them."""
    km = np.arange(0, LINKS, 0.5)
    heading = 0.6 + 0.35 * np.sin(km / 5)  # the road bends gently
    x, y = np.cumsum(500 * np.cos(heading)), np.cumsum(500 * np.sin(heading))
    nodes, edges = [], []
    for way in DIRECTIONS:
        side = 15 if way == "in" else -15  # m from the middle of the road
        for link in range(1, LINKS + 1):
            away = LINKS - link + 0.5 if way == "in" else link - 0.5
            at = int(away * 2) - 1
            site = [
                "on-ramp" * (link - 1 in ON_RAMPS[way]),
                "off-ramp" * (link in OFF_RAMPS[way]),
                "stadium" * (link in (STADIUM_OFF[way], STADIUM_ON[way] + 1)),
                "bottleneck" * (link in BOTTLENECKS[way]),
            ]
            nodes.append(
                {
                    "node": f"{way}{link:02d}",
                    "direction": way,
                    "km": away,
                    "x": round(x[at] - side * np.sin(heading[at])),
                    "y": round(y[at] + side * np.cos(heading[at])),
                    "lanes": LANES,
                    "site": " ".join(filter(None, site)),
                }
            )
            if link < LINKS:
                edges.append((f"{way}{link:02d}", f"{way}{link + 1:02d}", 1.0))
    return pd.DataFrame(nodes), pd.DataFrame(edges, columns=["source", "target", "distance_km"])


def make_day(day):
    """Simulate and observe one day: speed and flow as DataFrames (288, 48)."""
    return observe(day, *simulate(day))


def as_csv(frame, **options):
    return frame.to_csv(lineterminator="\n", **options).encode()


def compressed(data):
    """Compress without the time of day in the header, so that equal data gives equal bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, buffer, mtime=0) as file:
        file.write(data)
    return buffer.getvalue()


def make_files():
    """Make all data files: {name: bytes}."""
    with ProcessPoolExecutor(2) as workers:
        days = list(tqdm(workers.map(make_day, range(DAYS)), total=DAYS, unit="day"))
    speed, flow = (pd.concat(parts) for parts in zip(*days))
    nodes, edges = describe_road()
    return {
        "speed.csv.gz": compressed(as_csv(speed, float_format="%.1f")),
        "flow.csv.gz": compressed(as_csv(flow)),
        "calendar.csv.gz": compressed(as_csv(make_calendar())),
        "nodes.csv": as_csv(nodes, index=False),
        "edges.csv": as_csv(edges, index=False),
        "events.csv": as_csv(label_events(), index=False),
    }


def write(files, folder):
    """Write the files and their checksums, each aside first, so that none is ever half there."""
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (files | {"SHA256SUMS": "".join(sums).encode()}).items():
        aside = folder / f"{name}.part"
        aside.write_bytes(data)
        aside.replace(folder / name)


def differences(files):
    """Return the names of shipped files that differ from their checksum or from `files`."""
    different = []
    for line in (HERE / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        shipped, again = (HERE / name).read_bytes(), files[name]
        damaged = hashlib.sha256(shipped).hexdigest() != digest
        if name.endswith(".gz") and not damaged:
            # Versions of zlib may pack the same text differently: the text counts.
            shipped, again = gzip.decompress(shipped), gzip.decompress(again)
        if damaged or shipped != again:
            different.append(name)
    return different


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to")
    parser.add_argument("--check", action="store_true", help="compare with the files that ship")
    options = parser.parse_args()
    files = make_files()
    if not options.check:
        write(files, options.out)
    elif different := differences(files):
        sys.exit(f"these files differ: {', '.join(different)}")


if __name__ == "__main__":
    main()
