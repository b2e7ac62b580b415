"""Exercise 6.4: hours that vehicles lose in slow traffic."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches


def delay_hours(speed, flow, kilometres, free_speed):
    """Add up the hours that vehicles lose because they drive below the free speed.

    Args:
        speed: Array (time, node) in km/h, a row every 5 minutes, all above zero.
        flow: Array (time, node) in vehicles an hour.
        kilometres: Array (node,): length of the stretch that each node stands for.
        free_speed: Array (node,) in km/h: how fast the road is when it is empty.

    Returns:
        Vehicle hours lost, one number. Driving faster than the free speed saves nothing.
    """
    vehicles = flow * 5 / 60
    lost = np.maximum(kilometres / speed - kilometres / free_speed, 0)
    return (vehicles * lost).sum()


@st.composite
def _stretches(draw):
    time, nodes = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    slowest = draw(st.sampled_from([3, 3, 26]))  # where all is fast, the whole sum is below zero
    return {
        "speed": draw(arrays(time, nodes, low=slowest, high=32)) * 4,
        "flow": draw(arrays(time, nodes, low=0, high=8)) * 50,
        "kilometres": draw(arrays(nodes, low=1, high=3)),
        "free_speed": draw(arrays(nodes, low=24, high=30)) * 4,
    }


def _road_by_road(speed, flow, kilometres, free_speed):
    hours = 0.0
    for speeds, flows in zip(speed, flow):
        for v, q, length, free in zip(speeds, flows, kilometres, free_speed):
            if v < free:
                hours += q / 12 * length * (1 / v - 1 / free)
    return hours


EXERCISE = Exercise(
    id="6.4",
    title="Hours of delay",
    section="6.4 Policy: what spreading the demand saves",
    difficulty=2,
    minutes=6,
    matters="Delay is what a policy is paid for.",
    part="b",
    hints=(
        "Two numbers for each row and node: how many vehicles pass, and what each of them loses.",
        "A vehicle needs `kilometres / speed` hours, and `kilometres / free_speed` on an empty "
        "road. In five minutes `flow * 5 / 60` vehicles come.",
        "`np.maximum(kilometres / speed - kilometres / free_speed, 0)`, times the vehicles, "
        "then the sum of all.",
    ),
    solution=delay_hours,
    cases=_stretches(),
    properties=(matches(delay_hours),),
    mistakes=read_mistakes(delay_hours),
    also_right=(_road_by_road,),
)
