"""Exercise 6.5: which roads lead round the narrow place."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches


def roads_round(speed, roads):
    """Say which roads lead round the narrowest place of a motorway.

    A queue stands before its cause, and after it traffic runs free: the narrowest place is where
    the mean speed rises most from one link to the next.

    Args:
        speed: Array (time, link) in km/h, in the peak, two links or more. Traffic runs from link 0
            on; link k leads from kilometre k to kilometre k + 1.
        roads: List of (from, to), kilometres at which a road leaves the motorway and joins it.

    Returns:
        List of True or False, one a road. A road leads round the place if it leaves before it, and
        joins at it or after it.
    """
    place = int(np.argmax(np.diff(speed.mean(axis=0)))) + 1
    return [start < place <= end for start, end in roads]


@st.composite
def _queues(draw):
    links, times = draw(st.sampled_from([2, 5, 4, 6, 3])), draw(st.sampled_from([1, 3, 4, 3]))
    random = np.random.default_rng(draw(st.integers(0, 999)))
    free = draw(st.sampled_from([95, 56]))  # on the slow road, free is below 60 km/h
    speed = free + random.integers(-3, 4, (times, links)).astype(float)
    place, other = random.integers(1, links, 2).tolist()
    queue = slice(max(place - draw(st.integers(1, 3)), 0), place)
    some = random.choice([0, -1]) if times > 1 else slice(None)
    twist = random.choice(["another day", "brief", "stopped"])
    if twist == "brief":  # one queue is deep and short, another lasts
        speed[:, other - 1] -= 14
        speed[some, queue] = 3
    else:
        speed[:, queue] -= round(0.7 * free)
    if twist == "another day":  # the queue stands elsewhere
        speed[some, queue] = free
        speed[some, other - 1] = 2
    if twist == "stopped":  # from a stop to a crawl: the largest ratio, not the largest rise
        speed[:, other - 1] = 2
    roads = [sorted(random.choice(links + 1, 2, replace=False).tolist()) for _ in range(2)]
    roads += [[other - 1, other], [place - 1, place], [place, links]]
    assume(_clear(speed))
    return {"speed": speed, "roads": [tuple(road) for road in roads]}


def _clear(speed):
    """Whether no other place is nearly as narrow."""
    rises = np.sort(np.diff(speed.mean(axis=0)))
    return len(rises) < 2 or rises[-1] - rises[-2] > 1


def _one_by_one(speed, roads):
    most, place = -np.inf, 0
    means = [column.mean() for column in speed.T]
    for link in range(len(means) - 1):
        if means[link + 1] - means[link] > most:
            most, place = means[link + 1] - means[link], link + 1
    return [bool(start < place and end >= place) for start, end in roads]


EXERCISE = Exercise(
    id="6.5",
    title="Round the narrow place",
    section="6.5 New road: which of three, if any",
    difficulty=2,
    minutes=8,
    matters="A road beside a queue lets cars wait somewhere else.",
    part="b",
    hints=(
        "Where is the narrow place: where traffic is slowest, or where it runs free again?",
        "`np.diff(speed.mean(axis=0))` is the rise of the mean speed from each link to the next. "
        "A rise from link k to link k + 1 lies at kilometre k + 1.",
        "`place = np.argmax(...) + 1`; a road leads round it if `start < place <= end`.",
    ),
    solution=roads_round,
    cases=_queues(),
    properties=(matches(roads_round),),
    mistakes=read_mistakes(roads_round),
    also_right=(_one_by_one,),
)
