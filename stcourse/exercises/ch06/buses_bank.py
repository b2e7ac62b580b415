"""Wrong answers that learners give to exercise 6.3, and another right one."""

import math

import numpy as np

from stcourse.engine.exercise import Mistake


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


def _cheapest_of(numbers, position=False):
    """An answer that tries these numbers of buses only."""

    def answer(boardings, seats, bus_cost, left_cost):
        tried = list(numbers(boardings, seats))
        left = [np.maximum(boardings - seats * buses, 0).mean() for buses in tried]
        best = int(np.argmin([bus_cost * n + left_cost * away for n, away in zip(tried, left)]))
        return best if position else tried[best]

    return answer


def _at_most(most):
    return Mistake(
        f"at most {most}",
        _cheapest_of(lambda boardings, seats: range(most + 1)),
        f"You never try more than {most} buses, wherever the line. How many are worth a try "
        "depends on the largest demand and the seats.",
    )


def _draw_by_draw(whole):
    """An answer that finds the best number for each draw, and makes one of them."""

    def answer(boardings, seats, bus_cost, left_cost):
        best = [int(np.argmin(_costs(one, seats, bus_cost, left_cost))) for one in
                boardings[:, None]]  # fmt: skip
        return int(whole(np.mean(best)))

    return answer


def _along_the_draws(boardings, seats, bus_cost, left_cost):
    buses = np.arange(math.ceil(boardings.max() / seats) + 1)
    left = np.maximum(boardings - seats * buses, 0).mean()
    return int(np.argmin(bus_cost * buses + left_cost * left))


def _until_less_than_a_bus(boardings, seats, bus_cost, left_cost):
    buses = 0
    while left_cost * np.maximum(boardings - seats * buses, 0).mean() > bus_cost:
        buses += 1
    return buses


def _by_ratio(share, round_up=math.ceil):
    """An answer that takes a quantile of the demand, by the ratio of two costs."""

    def answer(boardings, seats, bus_cost, left_cost):
        level = share(bus_cost, left_cost, seats)
        return int(round_up(np.quantile(boardings, level) / seats))

    return answer


def _critical(bus_cost, left_cost, seats):
    return max(1 - bus_cost / seats / left_cost, 0.0)


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
        _for_demand(_share),
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
        "added up before zero",
        _least(
            lambda n, left, boardings, seats, bus, cost: (
                bus * n + cost * max((boardings - seats * n).sum(), 0)
            )
        ),
        "You add up the draws and stop at zero after. The seats to spare in one draw then take the "
        "passengers of another: stop at zero in each draw.",
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
    *map(_at_most, (2, 3, 4, 5, 9, 10, 19)),
    Mistake(
        "up to the mean demand",
        _cheapest_of(lambda boardings, seats: range(int(boardings.mean() / seats) + 1)),
        "You try no more buses than the mean demand fills. Where passengers left behind are dear, "
        "it pays to be ready for more: go on to the largest demand.",
    ),
    Mistake(
        "up to the mean demand, rounded up",
        _cheapest_of(lambda boardings, seats: range(math.ceil(boardings.mean() / seats) + 1)),
        "The largest number you try is enough for the mean demand. In half of the draws more want "
        "to ride, so try up to the largest demand.",
    ),
    Mistake(
        "last bus never tried",
        _cheapest_of(lambda boardings, seats: range(int(boardings.max() // seats) + 1)),
        "`//` and `int` round down, so the bus that the last few passengers need is never tried. "
        "Round up.",
    ),
    Mistake(
        "as many as draws",
        _cheapest_of(lambda boardings, seats: range(len(boardings))),
        "You try as many numbers of buses as there are draws. The draws are ways in which one hour "
        "may go; how many buses may be needed is in their size.",
    ),
    Mistake(
        "from one bus on, to none",
        _cheapest_of(lambda boardings, seats: range(1, math.ceil(boardings.max() / seats) + 1)),
        "You begin with one bus, and where nobody wants to ride there is no number left to try. "
        "Begin with none.",
    ),
    Mistake(
        "place in the list",
        _cheapest_of(
            lambda boardings, seats: range(1, math.ceil(boardings.max() / seats) + 2), position=True
        ),
        "Your number is one too small. If your list begins with one bus, the place of the best is "
        "not its number; and n buses take the passengers of n, not of n + 1.",
    ),
    Mistake(
        "interpolated newsvendor",
        _by_ratio(_critical),
        "You take the critical quantile, which is for things bought one by one, and it lies "
        "between two draws. A bus brings all its seats at once: try whole buses.",
    ),
    Mistake(
        "newsvendor below zero",
        _by_ratio(lambda bus_cost, left_cost, seats: 1 - bus_cost / seats / left_cost),
        "Where a seat costs more than a passenger left behind, your quantile would be below zero. "
        "And it is for seats bought one by one: try whole buses, from none on.",
    ),
    Mistake(
        "newsvendor, or none",
        lambda boardings, seats, bus_cost, left_cost: (
            _by_ratio(_critical)(boardings, seats, bus_cost, left_cost)
            if bus_cost < seats * left_cost
            else 0
        ),
        "None where a seat is too dear is right. Else you take the critical quantile, for seats "
        "bought one by one: the last bus comes as a whole, so compare what whole buses cost.",
    ),
    Mistake(
        "newsvendor in percent",
        _by_ratio(lambda bus_cost, left_cost, seats: _critical(bus_cost, left_cost, seats) / 100),
        "`np.percentile` counts in percent, so a share of 0.9 is nearly the smallest draw. And a "
        "quantile is for seats bought one by one: try whole buses.",
    ),
    Mistake(
        "newsvendor rounded down",
        _by_ratio(_critical, math.floor),
        "You take the critical quantile and round it down to whole buses. It is for seats bought "
        "one by one, and no rounding mends that: compare the cost of whole buses.",
    ),
    Mistake(
        "newsvendor rounded",
        _by_ratio(_critical, round),
        "You take the critical quantile and round it to whole buses. Which of the two numbers "
        "around it is cheaper, only their costs tell.",
    ),
    Mistake(
        "seat not paid for",
        _by_ratio(
            lambda bus_cost, left_cost, seats: left_cost / (left_cost + bus_cost / seats),
        ),
        "Your quantile forgets that a seat that is used has to be paid for too. And a bus brings "
        "all its seats at once: no quantile is needed, try whole buses.",
    ),
    Mistake(
        "bus against one passenger",
        _by_ratio(lambda bus_cost, left_cost, seats: left_cost / (left_cost + bus_cost)),
        "Your quantile weighs one passenger left behind against a whole bus, which takes `seats` "
        "of them. Try whole buses, and count what each number costs.",
    ),
    Mistake(
        "numbers along the draws",
        _along_the_draws,
        "NumPy lines up your numbers of buses with the draws, one with one. Give the two an axis "
        "each, and take the mean over the draws.",
    ),
    Mistake(
        "always none",
        lambda **case: 0,
        "You always send none: what you count as left behind falls too little from one number of "
        "buses to the next. Each number needs a mean of its own over the draws, of passengers, not "
        "of draws or of buses.",
    ),
    Mistake(
        "best number of each draw",
        _draw_by_draw(round),
        "You find the best number for each draw, and the mean of these. You send before you know "
        "which draw it will be: one number must do for all.",
    ),
    Mistake(
        "best number of each draw, rounded up",
        _draw_by_draw(math.ceil),
        "You find the best number for each draw, take the mean and round up. A mean of decisions "
        "is no decision: compare what one number costs over all draws.",
    ),
    Mistake(
        "empty seats cost too",
        _least(
            lambda n, left, boardings, seats, bus, cost: (
                bus * n + cost * np.abs(boardings - seats * n).mean()
            )
        ),
        "An empty seat costs you as much as a passenger left behind. The bus has been paid for "
        "already: nothing more is lost.",
    ),
    Mistake(
        "first draw only",
        _least(
            lambda n, left, boardings, seats, bus, cost: (
                bus * n + cost * max(boardings[0] - seats * n, 0)
            )
        ),
        "You look at the first draw only. Each draw is one way in which the hour may go: take the "
        "mean over all.",
    ),
    Mistake(
        "until the rest costs less than a bus",
        _until_less_than_a_bus,
        "You send buses until those left behind cost less than one more. That bus cannot take them "
        "all in every draw: what counts is how many it does take.",
    ),
    Mistake(
        "cost of a seat",
        _least(lambda n, left, boardings, seats, bus, cost: bus / seats * n + cost * left.mean()),
        "A bus costs you as much as one of its seats. `bus_cost` is for the whole bus.",
    ),
    Mistake(
        "mean and a reserve",
        _for_demand(lambda boardings, ratio: boardings.mean() + boardings.std()),
        "You send for the mean and a reserve of one standard deviation. How large a reserve pays "
        "depends on the two costs: try each number.",
    ),
    Mistake(
        "costs swapped",
        _least(lambda n, left, boardings, seats, bus, cost: cost * n + bus * left.mean()),
        "The two costs are swapped: `bus_cost` is paid for a bus, `left_cost` for a passenger.",
    ),
    Mistake(
        "left behind in buses",
        _least(
            lambda n, left, boardings, seats, bus, cost: (
                bus * n + cost * np.ceil(left / seats).mean()
            )
        ),
        "You count the buses that would be needed for those left behind. `left_cost` is for each "
        "passenger.",
    ),
    Mistake(
        "median left behind",
        _least(lambda n, left, boardings, seats, bus, cost: bus * n + cost * np.median(left)),
        "You take the median of the passengers left behind. It does not see the few full draws, "
        "which cost most: take the mean.",
    ),
    Mistake(
        "dearest",
        _least(lambda n, left, *case: -_true_cost(n, left, *case)),
        "This is the number that costs most. Look for the least.",
    ),
    Mistake(
        "cost instead of the number",
        lambda **case: float(_costs(**case).min()),
        "This is the least cost. Asked for is the number of buses that has it.",
    ),
)
BUSES_ALSO_RIGHT = (_one_more,)
