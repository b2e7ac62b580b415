"""Bus lines into a city, the passengers who board at their stops, and the buses sent to them.

People board at the outer stops in the morning and at the inner ones in the evening. Rain, holidays
and matches at a stadium change their number, and so does a broken metro, of which nobody knew.
"""

import numpy as np
import pandas as pd

from stlearn.checks import check_count
from stlearn.data.dataset import SpatioTemporalDataset, make_calendar
from stlearn.errors import InputError
from stlearn.graph import adjacency_from_edges

START = pd.Timestamp("2026-03-02")  # a Monday
STEP, STEPS = pd.Timedelta("30min"), 48
MORNING = [(0, 0.02), (5, 0.05), (7, 1), (8.5, 1), (10, 0.4), (16, 0.4), (20, 0.2), (24, 0.05)]
EVENING = [(0, 0.05), (5, 0.03), (8, 0.2), (15, 0.5), (16.5, 1), (18, 1), (20, 0.4), (24, 0.08)]
DAY_LEVEL = np.array([1.0, 1.02, 1.02, 1.02, 1.05, 0.7, 0.5])  # Monday to Sunday
HOLIDAY_LEVEL, RAIN_FACTOR, METRO_FACTOR = 0.45, 1.2, 1.8
STADIUM_PASSENGERS = 220  # a half hour, at the stop of the stadium after a match


def buses(seed=0, days=28, lines=4, stops=8):
    """Make boardings at the stops of bus lines.

    Args:
        seed: Seed of the stops, the weather, the events and the passengers.
        days: Number of days, from a Monday.
        lines: Number of lines, 2 to 12.
        stops: Number of stops of each line, at least 3; the last one is in the centre.

    Returns:
        SpatioTemporalDataset of boardings (30 minutes, stop). `extra["expected"]`: their mean,
        which nobody knows. `nodes`: line, stop number, x and y in km. `calendar`: holiday,
        match (the hour after its end) and rain as forecast, wrong one hour in ten. `events`:
        match, metro (a breakdown that line B feels, at least one), rain as it fell, holiday.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> from stcourse.worlds.buses import buses
        >>> world = buses(days=2)
        >>> world.shape, world.nodes.loc["A8", "line"]
        ((96, 32), 'A')
        >>> list(world.calendar)
        ['time_of_day', 'day_of_week', 'holiday', 'match', 'rain']
    """
    check_count("seed", seed, least=0)
    check_count("days", days)
    check_count("lines", lines, least=2)
    check_count("stops", stops, least=3)
    if lines > 12:
        raise InputError(f"lines: expected at most 12, got {lines}")
    random = np.random.default_rng(seed)
    nodes = _stops(lines, stops)
    times = pd.date_range(START, periods=days * STEPS, freq=STEP, name="time")
    events, calendar, factor, extra = _happenings(nodes, times, random)

    hour = times.hour + times.minute / 60
    inner = ((nodes["stop"] - 1) / (stops - 1)).to_numpy()
    profile = np.outer(np.interp(hour, *zip(*MORNING)), 1.2 - inner)
    profile += np.outer(np.interp(hour, *zip(*EVENING)), 0.2 + inner)
    size = random.lognormal(np.log(25), 0.3, lines)[nodes["line"].factorize()[0]]
    size = size * random.lognormal(0, 0.3, len(nodes))
    mood = _wander(len(times), 1, random) + _wander(len(times), lines, random)
    shared = np.exp(mood)[:, nodes["line"].factorize()[0]]
    expected = profile * size * factor * shared + extra
    boardings = random.negative_binomial(expected / 0.3, 1 / 1.3)  # variance 1.3 times the mean
    return SpatioTemporalDataset(
        "buses",
        pd.DataFrame(boardings, times, nodes.index),
        "boardings/30 min",
        adjacency=_graph(nodes, stops),
        nodes=nodes,
        calendar=calendar,
        extra={"expected": pd.DataFrame(expected, times, nodes.index)},
        events=events,
    )


def _stops(lines, stops):
    rows = []
    for place in range(lines):
        angle = 2 * np.pi * place / lines
        for stop in range(1, stops + 1):
            away = 0.5 + 0.7 * (stops - stop)  # km from the centre
            x, y = round(away * np.cos(angle), 2), round(away * np.sin(angle), 2)
            rows.append(("ABCDEFGHIJKL"[place], stop, x, y))
    nodes = pd.DataFrame(rows, columns=["line", "stop", "x", "y"])
    return nodes.set_index((nodes["line"] + nodes["stop"].astype(str)).rename("node"))


def _graph(nodes, stops):
    """Neighbours on a line, and the last stops, where people change."""
    names = nodes.index.to_numpy().reshape(-1, stops)
    edges = [pair for line in names for pair in zip(line[:-1], line[1:])]
    edges += [(a, b) for a in names[:, -1] for b in names[:, -1] if a < b]
    edges = pd.DataFrame(edges, columns=["source", "target"])
    return adjacency_from_edges(edges, nodes.index, directed=False)


def _wander(steps, count, random):
    """AR(1) noise (step, count): what moves a whole line or city and is in no calendar."""
    noise = random.normal(0, 0.03, (steps, count))
    for step in range(1, steps):
        noise[step] += 0.95 * noise[step - 1]
    return noise


def _happenings(nodes, times, random):
    """Events, calendar, factor and additional passengers (step, stop)."""
    days, rows = len(times) // STEPS, []
    factor = np.ones((len(times), len(nodes)))
    extra = np.zeros_like(factor)
    holiday, match, rain = (np.zeros(len(times), dtype=int) for _ in range(3))

    def add(node, day, first, last, kind):
        rows.append((node, times[day * STEPS + first], times[day * STEPS + last - 1], kind))
        return slice(day * STEPS + first, day * STEPS + last)

    stadium, metro = nodes.index[2], nodes.index[nodes["line"] == "B"]
    broken = random.choice(days, size=max(days // 10, 1), replace=False)
    for day in range(days):
        if random.random() < 1 / 28:
            when = add(None, day, 0, STEPS, "holiday")
            holiday[when] = 1
        level = HOLIDAY_LEVEL if holiday[day * STEPS] else DAY_LEVEL[day % 7]
        factor[day * STEPS : (day + 1) * STEPS] *= level
        if random.random() < 0.35:
            first, length = int(random.integers(10, 36)), int(random.integers(4, 12))
            when = add(None, day, first, first + length, "rain")
            rain[when] = 1
            factor[when] *= RAIN_FACTOR
        if day % 7 in (2, 5) and random.random() < 0.7:
            first = int(random.choice([34, 42]))  # matches end at 17:00 or 21:00
            when = add(stadium, day, first, first + 2, "match")
            match[when] = 1
            extra[when, nodes.index.get_loc(stadium)] += STADIUM_PASSENGERS
        if day in broken:
            first = int(random.integers(13, 36))
            for node in metro:
                when = add(node, day, first, first + 6, "metro")
            factor[when, nodes.index.get_indexer(metro)] *= METRO_FACTOR
    wrong = np.repeat(random.random(days * STEPS // 2) < 0.1, 2)
    forecast = np.where(wrong, 1 - rain, rain)
    calendar = make_calendar(times, holiday=holiday, match=match, rain=forecast)
    events = pd.DataFrame(rows, columns=["node", "start", "end", "kind"])
    return events.sort_values("start", kind="stable"), calendar, factor, extra
