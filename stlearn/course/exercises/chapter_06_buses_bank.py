"""Wrong answers that learners give to exercise 6.3, and another right one."""

import math

import numpy as np

from stlearn.course.exercise import Mistake


def _costs(boardings, seats, bus_cost, left_cost, missing=None):
    missing = missing or (lambda passengers: np.maximum(passengers, 0))
    buses = np.arange(math.ceil(boardings.max() / seats) + 1)
    return bus_cost * buses + left_cost * missing(boardings - seats * buses[:, None]).mean(axis=1)


def _for_demand(demand, round_up=math.ceil):
    """An answer that sends buses for one demand."""

    def answer(boardings, seats, bus_cost, left_cost):
        return max(round_up(demand(boardings, bus_cost / seats / left_cost) / seats), 0)

    return answer


def _share(boardings, share):
    return np.quantile(boardings, min(max(share, 0.0), 1.0), method="inverted_cdf")


def _least(cost, fewest=0, last=1):
    """An answer that takes the number of buses with the least cost, counted in another way."""

    def answer(boardings, seats, bus_cost, left_cost):
        numbers = range(fewest, max(math.ceil(boardings.max() / seats) + last, fewest + 1))
        left = {buses: np.maximum(boardings - seats * buses, 0) for buses in numbers}
        return min(numbers, key=lambda n: cost(n, left[n], boardings, seats, bus_cost, left_cost))

    return answer


def _true_cost(buses, left, boardings, seats, bus_cost, left_cost):
    return bus_cost * buses + left_cost * left.mean()


def _one_more(boardings, seats, bus_cost, left_cost):
    buses = 0
    while True:
        waiting = np.clip(boardings - seats * buses, 0, seats)
        if left_cost * waiting.mean() <= bus_cost:
            return buses
        buses += 1


BUSES = (
    Mistake(
        "buses for the mean",
        _for_demand(lambda boardings, ratio: boardings.mean()),
        "You send buses for the mean demand, whatever they cost. A passenger left behind and an "
        "empty seat do not cost the same, so the mean is not the place to stop.",
    ),
    Mistake(
        "buses for the median",
        _for_demand(lambda boardings, ratio: np.median(boardings)),
        "You send buses for the median demand, whatever they cost. A passenger left behind and an "
        "empty seat do not cost the same.",
    ),
    Mistake(
        "full buses only",
        _for_demand(lambda boardings, ratio: boardings.mean(), round_up=math.floor),
        "You send as many buses as the mean demand fills. A bus that is not full may still be "
        "cheaper than the passengers it would leave behind.",
    ),
    Mistake(
        "cost of the worst draw",
        _least(lambda n, left, boardings, seats, bus, cost: bus * n + cost * left.max()),
        "You count the passengers left behind in the worst draw. Take the mean over the draws.",
    ),
    Mistake(
        "sum over the draws",
        _least(lambda n, left, boardings, seats, bus, cost: bus * n + cost * left.sum()),
        "You add up the passengers left behind in all draws, but pay the buses once. The draws are "
        "ways in which one hour may go: take their mean.",
    ),
    Mistake(
        "never a bus",
        _least(lambda n, left, boardings, seats, bus, cost: bus * n * seats + cost * left.mean()),
        "To you a bus is never worth its cost. It is paid once and takes `seats` passengers, and "
        "each passenger left behind costs `left_cost`.",
    ),
    Mistake(
        "at least one bus",
        _least(_true_cost, fewest=1),
        "You begin with one bus. None may be cheapest.",
    ),
    Mistake(
        "one bus short",
        _least(_true_cost, last=0),
        "You never try enough buses for the largest demand: a range leaves out its end.",
    ),
    Mistake(
        "buses for the largest demand",
        _for_demand(lambda boardings, ratio: boardings.max()),
        "You send enough for the largest demand. The last bus then runs almost empty in all other "
        "draws: is it worth its cost?",
    ),
    Mistake(
        "newsvendor by the seat",
        _for_demand(lambda boardings, ratio: _share(boardings, 1 - ratio)),
        "This is the critical quantile for seats that are bought one by one. A bus brings all its "
        "seats at once: compare the cost of whole buses.",
    ),
    Mistake(
        "newsvendor turned round",
        _for_demand(lambda boardings, ratio: _share(boardings, ratio)),
        "The quantile is turned round: the dearer a bus, the more of them you send.",
    ),
    Mistake(
        "empty seats pay back",
        lambda boardings, seats, bus_cost, left_cost: int(
            np.argmin(_costs(boardings, seats, bus_cost, left_cost, lambda passengers: passengers))
        ),
        "In draws with seats to spare you count a negative number of passengers left behind, and "
        "they pay back. Nobody is left behind there: not fewer than zero.",
    ),
    Mistake(
        "cost of the mean demand",
        lambda boardings, seats, bus_cost, left_cost: int(
            np.argmin(_costs(boardings.mean(keepdims=True), seats, bus_cost, left_cost))
        ),
        "You take the mean of the demand first, and its cost after. A full hour and an empty one "
        "do not cancel: take the cost in each draw, and the mean of the costs.",
    ),
    Mistake(
        "largest of equals",
        lambda boardings, seats, bus_cost, left_cost: int(
            np.flatnonzero((costs := _costs(boardings, seats, bus_cost, left_cost)) == costs.min())[
                -1
            ]
        ),
        "Among numbers that cost the same you take the largest; the smallest is asked for.",
    ),
)
BUSES_ALSO_RIGHT = (_one_more,)
