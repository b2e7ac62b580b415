"""An epidemic that travels between regions along the ways that people take.

Everybody is susceptible, exposed, infectious or recovered (SEIR). Chance decides each day who
moves on, so no two seeds give the same epidemic. Regions infect each other through the share of
contacts that their people have elsewhere: a graph that is thinner at weekends and in a lockdown.
A lockdown starts when the hospitals fill and ends when they have emptied, so waves follow waves.
A case is reported days after it fell ill, and few are reported at weekends.
"""

import numpy as np
import pandas as pd

from stlearn.checks import check_count, check_number
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.graph import distances_from_coordinates

START = pd.Timestamp("2026-09-07")  # a Monday
EXPOSED_DAYS, INFECTIOUS_DAYS = 3.0, 5.0  # means
CONTACTS_ELSEWHERE, WEEKEND = 0.15, 0.5  # share on a working day, and factor on it at weekends
LOCKDOWN_CONTACTS, LOCKDOWN_TRAVEL = 0.28, 0.2  # factors on all contacts, and on those elsewhere
REPORTED = 0.4  # share of cases
DELAYS = np.array([0.3, 0.35, 0.2, 0.15])  # share of these reported 0, 1, 2, 3 days later
WAIT = 0.5  # share of what would be reported at a weekend that is reported on Monday instead
LONGEST = len(DELAYS) + 1  # days from onset to report
HOSPITAL_SHARE, UNTIL_HOSPITAL, BED_DAYS = 0.03, 6, 9  # share of cases, days from onset, stay


def epidemic(seed=0, days=300, regions=20, reproduction=2.4, limit=15.0):
    """Simulate a stochastic SEIR epidemic on a graph of mobility.

    Args:
        seed: Seed of the map, the traffic between regions and the epidemic.
        days: Number of days, from a Monday.
        regions: Number of regions.
        reproduction: Basic reproduction number: how many people one case infects at the start,
            without a lockdown.
        limit: Hospital beds taken per 100,000 people at which a lockdown starts the next day. It
            ends when a third of them are taken. None for no lockdown.

    Returns:
        SpatioTemporalDataset of cases a day (day, region), on the day of their report. `extra`
        holds the truth: "reported 0" to "reported 5", the cases that fell ill on the day and were
        reported so many days later; "susceptible", "exposed", "infectious" and "recovered" people
        at the end of the day, "infections" and "onsets" (people who become infectious) on it, and
        "beds" taken in hospitals. `edges` is the graph of each day: the share of the target's
        contacts that are with people of the source; `adjacency` that of a working day. `nodes`: x
        and y in km, population. `events`: the introduction and the lockdowns.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> from stcourse.worlds.epidemic import epidemic
        >>> world = epidemic(days=60, regions=5)
        >>> world.shape, world.unit
        ((60, 5), 'cases/day')
        >>> bool((world.extra["reported 0"] <= world.extra["onsets"]).all(axis=None))
        True

    Reference:
        Kermack and McKendrick (1927) for the compartments; Sattenspiel and Dietz (1995) for
        regions that meet; Zipf (1946) for the gravity model of mobility.
    """
    check_count("seed", seed, least=0)
    check_count("days", days, least=2)
    check_count("regions", regions, least=2)
    check_number("reproduction", reproduction, 0)
    if limit is not None:
        check_number("limit", limit, 0.1)
    random = np.random.default_rng(seed)
    nodes, gravity = _map(regions, random)
    people = nodes["population"].to_numpy()
    times = pd.date_range(START, periods=days, freq="D", name="time")
    weekday = times.day_of_week.to_numpy()
    elsewhere = CONTACTS_ELSEWHERE * np.where(weekday >= 5, WEEKEND, 1)
    elsewhere *= random.normal(1, 0.03, days).clip(0.9, 1.1)

    recover = 1 / INFECTIOUS_DAYS  # chance a day
    origin = int(random.integers(regions))
    exposed = np.zeros(regions, dtype=int)
    exposed[origin] = 10
    susceptible = people - exposed
    infectious, recovered = np.zeros((2, regions), dtype=int)
    columns = ["susceptible", "exposed", "infectious", "recovered", "infections", "onsets"]
    states, graphs, locked = [], [], np.zeros(days, dtype=bool)
    ill, beds = np.zeros((2, days, regions), dtype=int)
    for day in range(days):
        if limit is not None and day > 0:
            taken = beds[day - 1].sum() / people.sum() * 100_000
            locked[day] = taken >= (limit / 3 if locked[day - 1] else limit)
        meets = contact_shares(gravity, elsewhere[day] * (LOCKDOWN_TRAVEL if locked[day] else 1))
        graphs.append(_edges(times[day], meets, nodes.index))
        contacts = LOCKDOWN_CONTACTS if locked[day] else 1
        # Cases stay infectious for 1 / recover days on average, so they infect `reproduction`.
        force = reproduction * recover * contacts * meets @ (infectious / people)
        infections = random.binomial(susceptible, 1 - np.exp(-force))
        onsets = random.binomial(exposed, 1 / EXPOSED_DAYS)
        recoveries = random.binomial(infectious, recover)
        susceptible = susceptible - infections
        exposed = exposed + infections - onsets
        infectious = infectious + onsets - recoveries
        recovered = recovered + recoveries
        ill[day] = random.binomial(onsets, HOSPITAL_SHARE)
        latest = max(day - UNTIL_HOSPITAL + 1, 0)
        beds[day] = ill[max(latest - BED_DAYS, 0) : latest].sum(axis=0)
        states.append([susceptible, exposed, infectious, recovered, infections, onsets])

    states = np.array(states)
    extra = {
        name: pd.DataFrame(states[:, place], times, nodes.index)
        for place, name in enumerate(columns)
    }
    onsets = states[:, columns.index("onsets")]
    cases = np.zeros((days, regions), dtype=int)
    for delay, known in enumerate(_reports(random.binomial(onsets, REPORTED), weekday, random)):
        extra[f"reported {delay}"] = pd.DataFrame(known, times, nodes.index)
        cases[delay:] += known[: days - delay]
    extra["beds"] = pd.DataFrame(beds, times, nodes.index)
    events = [(nodes.index[origin], times[0], times[0], "introduction")]
    changes = np.flatnonzero(np.diff(np.concatenate([[False], locked, [False]]).astype(int)))
    for first, after in changes.reshape(-1, 2):
        events.append((None, times[first], times[after - 1], "lockdown"))
    return SpatioTemporalDataset(
        "epidemic",
        pd.DataFrame(cases, times, nodes.index),
        "cases/day",
        adjacency=pd.DataFrame(
            contact_shares(gravity, CONTACTS_ELSEWHERE), nodes.index, nodes.index
        ),
        nodes=nodes,
        extra=extra,
        events=pd.DataFrame(events, columns=["node", "start", "end", "kind"]),
        edges=pd.concat(graphs, ignore_index=True),
    )


def contact_shares(gravity, elsewhere):
    """Return the share of each region's contacts (row) that are with each region (column).

    Args:
        gravity: Matrix (region, region), not negative, with zeros on its diagonal: the pull of
            the column's region on people of the row's.
        elsewhere: Share of the contacts outside one's own region, 0 to 1.

    Returns:
        Matrix (region, region) whose rows sum to one.

    Raises:
        InputError: If the share is not from 0 to 1.

    Example:
        >>> import numpy as np
        >>> contact_shares(np.array([[0, 1, 3], [1, 0, 1], [1, 1, 0]]), elsewhere=0.2)
        array([[0.8 , 0.05, 0.15],
               [0.1 , 0.8 , 0.1 ],
               [0.1 , 0.1 , 0.8 ]])
    """
    check_number("elsewhere", elsewhere, 0, 1)
    away = elsewhere * gravity / gravity.sum(axis=1, keepdims=True)
    return away + (1 - elsewhere) * np.eye(len(gravity))


def _reports(cases, weekday, random):
    """Share out cases by the day of onset over the days until their report (delay, day, region)."""
    shares = np.zeros((len(cases), LONGEST + 1))
    for day, first in enumerate(weekday):
        for delay, share in enumerate(DELAYS):
            until_monday = {5: 2, 6: 1}.get((first + delay) % 7, 0)
            shares[day, delay] += share * (1 - WAIT if until_monday else 1)
            shares[day, delay + until_monday] += share * (WAIT if until_monday else 0)
    return np.moveaxis(random.multinomial(cases, shares[:, None]), -1, 0)


def _map(regions, random):
    """Regions at random places of a country of 300 km, and the pull that each has on another."""
    names = [f"region {place + 1:02d}" for place in range(regions)]
    nodes = pd.DataFrame(
        {
            "x": random.uniform(0, 300, regions).round(1),
            "y": random.uniform(0, 300, regions).round(1),
            "population": random.lognormal(np.log(120_000), 0.7, regions).astype(int) + 5000,
        },
        index=pd.Index(names, name="node"),
    )
    distances = distances_from_coordinates(nodes).to_numpy() + 10  # km; nobody lives at distance 0
    gravity = nodes["population"].to_numpy() / distances**2
    np.fill_diagonal(gravity, 0)
    return nodes, gravity


def _edges(time, shares, names):
    target, source = np.nonzero(shares)
    return pd.DataFrame(
        {
            "time": time,
            "source": names[source],
            "target": names[target],
            "weight": shares[target, source],
        }
    )
