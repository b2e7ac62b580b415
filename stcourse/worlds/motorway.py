"""The road, the trips and the simulation behind the world `traffic`.

Every day is simulated on its own, from the seed and its number alone. The road has no loops, so
that nothing can jam for good.
"""

import gc

import matplotlib
import numpy as np
import pandas as pd

from stlearn.errors import InputError

STEPS = 288  # of 5 minutes, in a day
KILOMETRES, LANES = 12, 2
SPEED, OLD_SPEED = 100, 60  # km/h
REACTION_TIME, JAM_DENSITY, PLATOON = 1.5, 0.14, 3  # s, veh/m/lane, vehicles moved as one
TICK = REACTION_TIME * PLATOON  # s, step of the simulation
NARROW = {"km05": 2650, "km10": 2750}  # veh/h that can pass the end of the link
CAPACITY = LANES * 2049  # veh/h, what the values above give
ON_RAMPS = {0: 2150, 1: 450, 3: 500, 6: 550}  # km: veh/h at level 1
OFF_RAMPS, OFF_SHARE = (3, 6), 0.08
OLD_ROAD = ((3, 6), (6, 9))  # leaves and joins the motorway at these kilometres
PROFILE = [
    (0, 0.08), (3, 0.05), (5, 0.2), (6.5, 0.95), (8.2, 0.95), (9.4, 0.66), (11, 0.52), (14, 0.56),
    (16, 0.9), (17.8, 0.9), (19.2, 0.58), (21, 0.36), (24, 0.08),
]  # fmt: skip
DAY_LEVEL = (0.99, 1.0, 1.01, 1.01, 1.06, 0.8, 0.72)  # Monday to Sunday
PEAKS, SHOULDER = ((6.5, 9.5), (15.5, 18.5)), 1.5  # hours
BEFORE, AFTER = 1800, 3600  # s simulated before and after midnight


def make_links(closure, bypass):
    """One row a link that can be used: road, start_km, end_km, x, y, free_minutes, speed."""
    rows = {
        f"km{end:02d}": ("motorway", end - 1, end, 0, SPEED) for end in range(1, KILOMETRES + 1)
    }
    rows |= {f"old{end:02d}": ("old road", start, end, -800, OLD_SPEED) for start, end in OLD_ROAD}
    if closure is not None:
        if closure not in [f"km{end:02d}" for end in range(4, 10)]:
            raise InputError(f"closure: expected a link from km04 to km09, got {closure!r}")
        del rows[closure]
    if bypass is not None:
        try:
            start, end = bypass
            right = start in range(KILOMETRES) and end in range(start + 1, KILOMETRES + 1)
        except (TypeError, ValueError):
            right = False
        if not right:
            raise InputError(
                f"bypass: expected (from, to), whole kilometres from 0 to {KILOMETRES}, "
                f"got {bypass!r}"
            )
        start, end = int(start), int(end)
        rows[f"new{end:02d}"] = ("new road", start, end, 800, SPEED)
    columns = ["road", "start_km", "end_km", "y", "speed"]
    links = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("node")
    links.insert(3, "x", (links["start_km"] + links["end_km"]) * 500)
    links["free_minutes"] = (links["end_km"] - links["start_km"]) / SPEED * 60
    return links


def generator(seed, day, purpose):
    """Return the random numbers of one purpose on one day (day -1: the same on all days)."""
    return np.random.default_rng([seed, day + 1, *purpose.encode()])


def is_wet(seed, day):
    """Say whether it rains on a day, which takes 7 % of the capacity of the narrow places."""
    return generator(seed, day, "weather").random() < 0.2


def make_trips(seed, day, demand, spread, priced):
    """Return each on-ramp's platoons of a day: second after midnight at the merge, and exit."""
    trips = {}
    edges = np.arange(-BEFORE, 86400 + 1, 300)
    hours = edges[:-1] / 3600
    today = generator(seed, day, "demand").normal(1, 0.03) * DAY_LEVEL[day % 7] * demand
    for ramp, size in ON_RAMPS.items():
        random = generator(seed, day, f"ramp {ramp}")
        wobble = np.repeat(random.normal(1, 0.05, len(hours) // 6 + 1), 6)[: len(hours)]
        level = np.interp(np.maximum(hours, 0), *zip(*PROFILE)) * wobble * random.normal(1, 0.04)
        total = np.concatenate([[0], np.cumsum(size * today * level / 12 / PLATOON)])
        order = np.arange(int(total[-1]))
        seconds = np.interp(order + random.random(len(order)), total, edges)
        further = [exit for exit in OFF_RAMPS if exit > ramp]
        leaves = random.random((len(order), len(further))) < OFF_SHARE
        exits = np.array([further[row.argmax()] if row.any() else KILOMETRES for row in leaves])
        moved, stays_away = random.random((2, len(order)))
        away = np.zeros(len(order), bool)
        shift = random.uniform(-SHOULDER, SHOULDER, len(order))
        for first, last in PEAKS:
            peak = (seconds >= first * 3600) & (seconds < last * 3600)
            away |= peak & (stays_away < priced)
            other = np.where(shift < 0, first, last) + shift
            seconds = np.where(peak & (moved < spread), other * 3600, seconds)
        seconds = np.round(seconds / TICK) * TICK  # the simulation knows whole ticks only
        trips[ramp] = sorted(zip(seconds[~away].tolist(), exits[~away].tolist()))
    return trips


def simulate(seed, day, demand, spread, priced, links, incidents, narrow=None):
    """Simulate a day.

    Args:
        seed, day, demand, spread, priced: As in `stcourse.worlds.traffic.traffic`.
        links: From `make_links`.
        incidents: Tuples (node, first hour, last hour, share of the capacity left).
        narrow: Dict of a link's name to the vehicles an hour that can pass its end, as they were
            measured; when not given, the narrow places' usual ones, changed by chance and rain.

    Returns:
        Flow (veh/h), mean number of vehicles and speed (km/h), each an array (288, link).
    """
    # A simulated day leaves tens of megabytes of vehicles that know each other. In a process with a
    # network Python would look for them only after several days; all else is left out of that look.
    gc.freeze()
    try:
        return _simulate(seed, day, demand, spread, priced, links, incidents, narrow)
    finally:
        gc.collect()
        gc.unfreeze()


@matplotlib.rc_context()  # UXsim sets the fonts of all figures
def _simulate(seed, day, demand, spread, priced, links, incidents, narrow):
    try:
        from uxsim import World
    except ImportError:
        raise InputError(
            'uxsim: the simulator is not installed: pip install "stlearn-course[simulate]"'
        ) from None
    world = World(
        cpp=True, deltan=PLATOON, reaction_time=REACTION_TIME,
        random_seed=(1000 * seed + day) % 2**31,
        tmax=BEFORE + 86400 + AFTER + 60, vehicle_logging_timestep_interval=-1,
        instantaneous_TT_timestep_interval=1, duo_update_time=300, duo_update_weight=0.3,
        print_mode=0, save_mode=0, show_progress=0,
    )  # fmt: skip
    common = {"jam_density_per_lane": JAM_DENSITY, "number_of_lanes": LANES}
    for km in range(KILOMETRES + 1):
        world.addNode(f"{km}", km, 0)
    for node, link in links.iterrows():
        start, end = link["start_km"], link["end_km"]
        world.addLink(
            node, f"{start}", f"{end}", 1000 * (end - start), free_flow_speed=link["speed"] / 3.6,
            merge_priority=LANES if link["road"] == "motorway" else 1, **common,
        )  # fmt: skip
    ramp_ticks = 2
    metres = SPEED / 3.6 * TICK * ramp_ticks
    common["free_flow_speed"] = SPEED / 3.6
    for exit in (*OFF_RAMPS, KILOMETRES):
        world.addNode(f"off{exit}", exit, -1)
        world.addLink(f"off{exit}", f"{exit}", f"off{exit}", metres, **common)
    trips = make_trips(seed, day, demand, spread, priced)
    for ramp, platoons in trips.items():
        world.addNode(f"on{ramp}", ramp, 1)
        world.addLink(f"on{ramp}", f"on{ramp}", f"{ramp}", metres, merge_priority=1, **common)
        for second, exit in platoons:
            world.addVehicle(f"on{ramp}", f"off{exit}", BEFORE + second - ramp_ticks * TICK)
    random = generator(seed, day, "capacity")
    usual = dict.fromkeys(links.index, CAPACITY)
    if narrow is None:
        rain = 0.93 if is_wet(seed, day) else 1
        narrow = {node: each * random.normal(1, 0.02) * rain for node, each in NARROW.items()}
    for node, capacity in narrow.items():
        if node in usual:
            usual[node] = capacity
            world.get_link(node).capacity_out = capacity / 3600
    changes = []
    for node, first, last, share in incidents:
        changes += [(first, node, usual[node] * share), (last, node, usual[node])]
    for hour, node, capacity in sorted(changes):
        world.exec_simulation(until_t=BEFORE + hour * 3600)
        world.get_link(node).capacity_out = capacity / 3600
    world.exec_simulation(until_t=BEFORE + 86400 + AFTER)
    ended = np.mean([vehicle.state == "end" for vehicle in world.VEHICLES.values()])
    if ended < 0.995:
        raise InputError(
            f"demand: on day {day} only {ended:.1%} of the trips have ended an hour after "
            "midnight; ask for less demand, a milder incident or no closure"
        )
    return _measure(world, links, trips)


def _measure(world, links, trips):
    """Read flow, vehicles and speed of the day out of the simulation, each (288, link)."""
    ticks = BEFORE / TICK + np.arange(STEPS + 1) * 300 / TICK
    spans = [slice(round(a), round(b)) for a, b in zip(ticks[:-1], ticks[1:])]
    clock = np.arange(int((BEFORE + 86400) / TICK) + 1) * TICK - BEFORE
    flow, vehicles, speed = (np.full((STEPS, len(links)), np.nan) for _ in range(3))
    for column, (node, row) in enumerate(links.iterrows()):
        link = world.get_link(node)
        inside = link.cum_arrival - link.cum_departure
        held = np.zeros(len(clock))
        if row["road"] == "motorway" and row["start_km"] in trips:
            merged = world.get_link(f"on{row['start_km']}").cum_departure[: len(clock)]
            wished = [second for second, _ in trips[row["start_km"]]]
            held = np.maximum(PLATOON * np.searchsorted(wished, clock) - merged, 0)
        pace = link.traveltime_instant / link.length
        for step, span in enumerate(spans):
            left = link.cum_departure[span.stop] - link.cum_departure[span.start]
            flow[step, column] = left * 12
            vehicles[step, column] = (inside[span] + held[span]).mean()
            present = inside[span] if inside[span].any() else np.ones(span.stop - span.start)
            speed[step, column] = (present / pace[span]).sum() / present.sum() * 3.6
    return flow, vehicles, speed
