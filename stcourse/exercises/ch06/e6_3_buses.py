"""Exercise 6.3: how many buses to send."""

import math

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stcourse.exercises.ch06.failures import by_message


def buses_to_send(boardings, seats, bus_cost, left_cost):
    """Choose the number of buses that costs least, on average over what may happen.

    Args:
        boardings: Array (draw,): passengers who want to ride, in each way the hour may go.
        seats: Places in one bus.
        bus_cost: Cost of a bus, full or empty.
        left_cost: Cost of a passenger who finds no place.

    Returns:
        Number of buses, from 0 on; the smallest one if several cost the same.
    """
    buses = np.arange(math.ceil(boardings.max() / seats) + 1)
    left_behind = np.maximum(boardings - seats * buses[:, None], 0).mean(axis=1)
    return int(np.argmin(bus_cost * buses + left_cost * left_behind))


@st.composite
def _stop(draw):
    draws = draw(st.sampled_from([4, 8]))  # means of these are exact, so ties are ties
    random = np.random.default_rng(draw(st.integers(0, 999)))
    most = draw(st.sampled_from([18, 18, 18, 18, 0]))
    seats = draw(st.sampled_from([20, 10, 30, 4]))  # of four seats, many buses may be best
    return {
        "boardings": 5.0 * random.integers(0, most + 1, draws),
        "seats": seats,
        "bus_cost": seats * draw(st.sampled_from([3, 1.5, 5, 15])),
        "left_cost": draw(st.sampled_from([4, 8, 12, 20])),
    }


def _one_more(boardings, seats, bus_cost, left_cost):
    buses = 0
    while True:
        waiting = np.clip(boardings - seats * buses, 0, seats)
        if left_cost * waiting.mean() <= bus_cost:
            return buses
        buses += 1


EXERCISE = Exercise(
    id="6.3",
    title="Buses to send",
    section="6.3 Buses: how many to send",
    difficulty=2,
    minutes=8,
    matters="Too few buses cost more than too many: a mean decides badly.",
    part="a",
    hints=(
        "Try every number of buses, from none to enough for the largest demand. What does each "
        "cost in each draw?",
        "With n buses, `boardings - seats * n` passengers are left behind, but never fewer "
        "than zero. Take the mean over the draws after that.",
        "`np.maximum(boardings - seats * buses[:, None], 0).mean(axis=1)` for all numbers at "
        "once; add the cost of the buses; `np.argmin` gives the first of the smallest.",
    ),
    solution=buses_to_send,
    cases=_stop(),
    properties=(by_message(matches(buses_to_send)),),
    mistakes=read_mistakes(buses_to_send),
    also_right=(_one_more,),
)
