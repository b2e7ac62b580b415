"""Weekly counts of an illness with seasons, and outbreaks planted in them.

Every county reports a count a week: a trend, a season that arrives later in the east, winters
that are mild or hard everywhere, and more scatter than a Poisson count has. On top come outbreaks
at known places and times; some of their cases turn up in the neighbouring counties a week later.
"""

import numpy as np
import pandas as pd

from stlearn.checks import check_count, check_number
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.errors import InputError
from stlearn.graph import distances_from_coordinates

START = pd.Timestamp("2020-01-06")  # a Monday
YEAR = 52.18  # weeks
APART, LONGEST = 10, 6  # weeks: a county has one outbreak in ten, and it ends within six
NEIGHBOURS = 3
DELAY = 1  # weeks until the neighbours see cases


def outbreaks(seed=0, weeks=416, counties=20, planted=60, strength=8.0, spread=0.3, dispersion=1.5):
    """Make weekly counts with planted outbreaks.

    Args:
        seed: Seed of the map, the counts and the outbreaks.
        weeks: Number of weeks, at least 20.
        counties: Number of counties, at least 5.
        planted: Number of outbreaks, at most one a county in ten weeks.
        strength: Mean size of an outbreak, in standard deviations of the count where it starts.
        spread: Expected cases in each neighbouring county, as a share of the outbreak's size.
        dispersion: Variance of a count over its mean, without outbreaks; 1 is Poisson.

    Returns:
        SpatioTemporalDataset of counts (week, county). `extra` holds the truth: "expected", the
        mean count without outbreaks, and "outbreak", the cases that outbreaks added. `events`:
        each outbreak with its cases, kind "outbreak" where it starts and "spread" where its
        cases turn up later. `adjacency`: one between neighbours.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> from stcourse.worlds.outbreaks import outbreaks
        >>> world = outbreaks(weeks=104, counties=6, planted=5)
        >>> int((world.events["kind"] == "outbreak").sum())
        5
        >>> int(world.events["cases"].sum() - world.extra["outbreak"].sum().sum())
        0

    Reference:
        Noufaily et al. (2013), "An improved algorithm for outbreak detection in multiple
        surveillance systems": counts, sizes and durations. The map and the spread are added.
    """
    check_count("seed", seed, least=0)
    check_count("weeks", weeks, least=2 * APART)
    check_count("counties", counties, least=NEIGHBOURS + 2)
    check_count("planted", planted, least=0)
    check_number("strength", strength, 0)
    check_number("spread", spread, 0, 1)
    check_number("dispersion", dispersion, 1)
    places = counties * (weeks // APART - 1)
    if planted > places:
        raise InputError(
            f"planted: expected at most {places} outbreaks in {weeks} weeks and {counties} "
            f"counties, got {planted}"
        )
    random = np.random.default_rng(seed)
    nodes = pd.DataFrame(
        random.uniform(0, 300, (counties, 2)).round(1),
        columns=["x", "y"],
        index=pd.Index([f"county {place + 1:02d}" for place in range(counties)], name="node"),
    )
    times = pd.date_range(START, periods=weeks, freq="7D", name="time")
    expected = _expected(nodes, weeks, random)
    if dispersion == 1:
        usual = random.poisson(expected)
    else:
        usual = random.negative_binomial(expected / (dispersion - 1), 1 / dispersion)
    adjacency = _neighbours(nodes)
    added, events = np.zeros_like(usual), []
    first_possible = random.integers(APART, size=counties)
    for place in random.choice(places, planted, replace=False):
        block, county = divmod(int(place), counties)
        start = block * APART + first_possible[county] + int(random.integers(APART - LONGEST))
        deviation = np.sqrt(dispersion * expected[start, county])
        # An outbreak of no case would be a label without a cause, hence at least one.
        size = max(int(random.poisson(strength * deviation)), 1)
        hit = [(county, start, size, "outbreak")]
        for other in np.flatnonzero(adjacency.to_numpy()[county]):
            hit.append((other, start + DELAY, int(random.poisson(spread * size)), "spread"))
        for where, first, cases, kind in hit:
            later = np.minimum(random.lognormal(0, 0.5, cases).astype(int), LONGEST - 1)
            if cases:
                # The first case starts the outbreak, so the label begins with it.
                later -= later.min()
                np.add.at(added[:, where], first + later, 1)
                span = (times[first], times[first + later.max()])
                events.append((nodes.index[where], *span, kind, cases))
    events = pd.DataFrame(events, columns=["node", "start", "end", "kind", "cases"])
    return SpatioTemporalDataset(
        "outbreaks",
        pd.DataFrame(usual + added, times, nodes.index),
        "cases/week",
        adjacency=adjacency,
        nodes=nodes,
        extra={
            "expected": pd.DataFrame(expected, times, nodes.index),
            "outbreak": pd.DataFrame(added, times, nodes.index),
        },
        events=events.sort_values(["start", "node"]),
    )


def _expected(nodes, weeks, random):
    """Mean count (week, county): level, trend, season that travels east, strength of winters."""
    week = np.arange(weeks)[:, None]
    level = random.uniform(np.log(3), np.log(40), len(nodes))
    trend = random.normal(0, 0.03, len(nodes)) / YEAR
    late = nodes["x"].to_numpy() / 300 * 5  # weeks after the west
    angle = 2 * np.pi * (week - late - 4) / YEAR
    winters = random.normal(1, 0.25, int(weeks / YEAR) + 3).clip(0.4, 1.6)
    midwinter = np.arange(len(winters)) * YEAR
    strength = np.interp(np.arange(weeks), midwinter, winters)[:, None]
    season = strength * (0.6 * np.cos(angle) + 0.15 * np.cos(2 * angle))
    return np.exp(level + trend * week + season)


def _neighbours(nodes):
    """One between a county and each of its nearest, in both directions."""
    distances = distances_from_coordinates(nodes).to_numpy(copy=True)
    np.fill_diagonal(distances, np.inf)
    near = np.zeros_like(distances)
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :NEIGHBOURS]
    np.put_along_axis(near, nearest, 1, axis=1)
    return pd.DataFrame(np.maximum(near, near.T), nodes.index, nodes.index)
