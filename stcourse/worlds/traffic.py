"""A motorway into a city, with an old road beside it, simulated vehicle by vehicle.

Twelve links of 1 km lead into the city. The road narrows at the ends of the links 5 and 10, so
queues start there and grow upstream. An old, slower road runs beside the links 4 to 9. Drivers
take the road that looks quicker at the time. What a planner can change is an argument: the
demand, a closure, a new road, an incident. The days, drivers and weather of a seed stay the same,
so two worlds of one seed differ by the change alone.
"""

import numpy as np
import pandas as pd

from stcourse.worlds.motorway import STEPS, generator, is_wet, make_links, simulate
from stlearn.checks import check_count, check_number
from stlearn.data.dataset import SpatioTemporalDataset, make_calendar
from stlearn.errors import InputError
from stlearn.graph import adjacency_from_edges

START = pd.Timestamp("2026-03-02")  # a Monday
STEP = pd.Timedelta("5min")


def traffic(
    seed=0,
    days=7,
    demand=1.0,
    spread=0.0,
    priced=0.0,
    closure=None,
    bypass=None,
    incidents=(),
    first=0,
):
    """Simulate days on a motorway, with the changes that a planner may ask for.

    Needs the extra `simulate`. A day takes about half a second.

    Args:
        seed: Seed of demand, weather and drivers.
        days: Number of days.
        demand: Factor on the number of trips.
        spread: Share of the trips in the peaks (6:30 to 9:30, 15:30 to 18:30) that start up to
            1.5 hours before or after the peak instead.
        priced: Share of the trips in the peaks that stay away because the road has a price.
        closure: A motorway link from "km04" to "km09" that is closed on all days; the old road
            leads around it.
        bypass: A new road as (from, to), kilometres of the motorway that it joins, two lanes.
        incidents: Tuples (day from 0, node, first hour, last hour, share of the capacity left).
        first: Number of the first day; day 0 is a Monday.

    Returns:
        SpatioTemporalDataset of speeds in km/h (5 minutes, link). An empty link shows
        the speed that a car would find. `extra["flow"]`: vehicles per hour that leave the link.
        `extra["vehicles"]`: mean number of vehicles on the link or held back at its on-ramp.
        `nodes`: road, start and end in km, x and y in metres, and `free_minutes`, the minutes
        that the motorway needs for this distance when it is empty. `events`: wet days,
        incidents and closure.

    Raises:
        InputError: If UXsim is not installed, an argument is not as described, or the traffic
            has not cleared an hour after midnight.

    Example:
        >>> from stcourse.worlds.traffic import delay, traffic
        >>> today = traffic(days=1)  # doctest: +SKIP
        >>> tomorrow = traffic(days=1, bypass=(9, 12))  # doctest: +SKIP
        >>> bool(delay(tomorrow).sum() < delay(today).sum())  # doctest: +SKIP
        True

    Reference:
        Seo (2025), "UXsim: lightweight mesoscopic traffic flow simulator in pure Python", after
        Newell (2002), "A simplified car-following theory". Drivers choose by the current travel
        times (dynamic user optimum).
    """
    check_count("seed", seed, least=0)
    check_count("days", days)
    check_count("first", first, least=0)
    check_number("demand", demand, 0.01)
    check_number("spread", spread, 0, 1)
    check_number("priced", priced, 0, 1)
    links = make_links(closure, bypass)
    shown = range(first, first + days)
    incidents = _checked_incidents(incidents, shown, links)
    states = []
    for day in shown:
        today = [incident[1:] for incident in incidents if incident[0] == day]
        states.append(simulate(seed, day, demand, spread, priced, links, today))
    begin = START + pd.Timedelta(days=first)
    times = pd.date_range(begin, periods=days * STEPS, freq=STEP, name="time")
    flow, vehicles, speed = (
        pd.DataFrame(np.concatenate(parts), times, links.index) for parts in zip(*states)
    )
    counted = np.maximum(flow / 12, 1)
    scatter = generator(seed, -1, "detectors").normal(0, 0.05, speed.shape) / np.sqrt(counted)
    joined = [
        (a, b)
        for a in links.index
        for b in links.index
        if links["end_km"][a] == links["start_km"][b]
    ]
    return SpatioTemporalDataset(
        "traffic",
        (speed * (1 + scatter)).round(1),
        "km/h",
        adjacency=adjacency_from_edges(
            pd.DataFrame(joined, columns=["source", "target"]), links.index
        ),
        nodes=links.drop(columns="speed"),
        calendar=make_calendar(times),
        extra={"flow": flow, "vehicles": vehicles},
        events=_events(seed, shown, closure, incidents, times),
        citation="simulated with UXsim (Seo, 2025)",
    )


def delay(dataset):
    """Sum up the delay of all vehicles, against a motorway that is empty.

    Args:
        dataset: SpatioTemporalDataset from `traffic`.

    Returns:
        Series (day) of vehicle hours. Time lost by using the slower old road counts too.

    Raises:
        InputError: If the data set is not one of these.

    Example:
        >>> from stcourse.worlds.traffic import delay, traffic
        >>> delay(traffic(days=1)).index[0]  # doctest: +SKIP
        Timestamp('2026-03-02 00:00:00')
    """
    if not {"flow", "vehicles"} <= set(dataset.extra) or "free_minutes" not in dataset.nodes:
        raise InputError("dataset: expected one made by traffic, with flow, vehicles, free_minutes")
    hours = dataset.interval / pd.Timedelta("1h")
    spent = dataset.extra["vehicles"] * hours
    needed = dataset.extra["flow"] * hours * dataset.nodes["free_minutes"] / 60
    return (spent - needed).sum(axis=1).groupby(dataset.values.index.normalize()).sum()


def _checked_incidents(incidents, days, links):
    if not isinstance(incidents, (tuple, list)):
        raise InputError(f"incidents: expected a list of tuples, got {incidents!r}")
    for incident in incidents:
        if not isinstance(incident, (tuple, list)) or len(incident) != 5:
            raise InputError(
                "incidents: expected tuples (day, node, first hour, last hour, share of the "
                f"capacity left), got {incident!r}"
            )
        day, node, first, last, share = incident
        check_number("incidents: first hour", first, 0, 24)
        check_number("incidents: last hour", last, 0, 24)
        if day not in days or node not in links.index or first >= last:
            raise InputError(
                f"incidents: expected a day from {days[0]} to {days[-1]}, a node of the road and a "
                f"first hour before the last, got {incident!r}"
            )
        check_number("incidents: share of the capacity", share, 0.05, 1)
    return sorted(tuple(incident) for incident in incidents)


def _events(seed, days, closure, incidents, times):
    rows = []
    for day in days:
        if is_wet(seed, day):
            midnight = START + pd.Timedelta(days=day)
            rows.append((None, midnight, midnight + pd.Timedelta("1D") - STEP, "wet"))
    for day, node, first, last, _ in incidents:
        start, end = (START + pd.Timedelta(days=day, hours=hour) for hour in (first, last))
        rows.append((node, start, end - STEP, "incident"))
    if closure is not None:
        rows.append((None, times[0], times[-1], f"closure of {closure}"))
    return pd.DataFrame(rows, columns=["node", "start", "end", "kind"]).sort_values("start")
