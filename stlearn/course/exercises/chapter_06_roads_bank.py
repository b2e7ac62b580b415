"""Wrong answers that learners give to exercises 6.1 to 6.3, and other right ones."""

import math

import numpy as np
import pandas as pd

from stlearn.course.exercise import Mistake

MINUTE = pd.Timedelta(minutes=1)

# 6.1


def _last(rows, good):
    return rows[good][-1] if good.any() else pd.NaT


def _departs(good):
    """An answer that takes the last row for which `good` holds."""

    def answer(minutes, deadline, share):
        left = ((deadline - minutes.index) / MINUTE).to_numpy()
        return _last(minutes.index, np.asarray(good(minutes.to_numpy(), left[:, None], share)))

    return answer


def _earliest(minutes, deadline, share):
    left = ((deadline - minutes.index) / MINUTE).to_numpy()
    good = (minutes.to_numpy() <= left[:, None]).mean(axis=1) >= share
    return minutes.index[good][0] if good.any() else pd.NaT


def _until_the_first_late(minutes, deadline, share):
    best = pd.NaT
    for departure, row in minutes.iterrows():
        if (departure + row * MINUTE <= deadline).mean() < share:
            break
        best = departure
    return best


def _from_the_last(minutes, deadline, share):
    for departure in reversed(minutes.index):
        arrivals = departure + pd.to_timedelta(minutes.loc[departure], unit="min")
        if (arrivals <= deadline).sum() >= share * len(arrivals):
            return departure
    return pd.NaT


def _by_quantile(minutes, left, share):
    return np.quantile(minutes, share, axis=1, method="inverted_cdf") <= left[:, 0]


DEPARTURE = (
    Mistake(
        "planned for the mean",
        _departs(lambda minutes, left, share: minutes.mean(axis=1) <= left[:, 0]),
        "You plan with the mean time on the road. On about half of the days it takes longer, "
        "whatever `share` asks for.",
    ),
    Mistake(
        "earliest departure",
        _earliest,
        "This is the first departure that is good enough. Asked for is the last one: every minute "
        "before it is lost sleep.",
    ),
    Mistake(
        "stopped at the first late row",
        _until_the_first_late,
        "You stop at the first departure that fails. When a jam clears, a later one can be good "
        "again: look at all rows.",
    ),
    Mistake(
        "on the deadline is late",
        _departs(lambda minutes, left, share: (minutes < left).mean(axis=1) >= share),
        "An arrival right on the deadline is on time, and you count it as late.",
    ),
    Mistake(
        "more than the share",
        _departs(lambda minutes, left, share: (minutes <= left).mean(axis=1) > share),
        "A row that is on time in exactly `share` of the columns is good enough: at least, not "
        "more than.",
    ),
    Mistake(
        "the other tail",
        _departs(lambda minutes, left, share: (minutes <= left).mean(axis=1) >= 1 - share),
        "You take the share of being late for the share of being on time: with 0.9 you would be on "
        "time once in ten.",
    ),
    Mistake(
        "the trip takes no time",
        _departs(lambda minutes, left, share: left[:, 0] >= 0),
        "This is the last departure before the deadline. Nobody arrives when they leave: add the "
        "minutes on the road.",
    ),
    Mistake(
        "interpolated quantile",
        _departs(lambda minutes, left, share: np.quantile(minutes, share, axis=1) <= left[:, 0]),
        "The quantile lies between two draws, where no day is. Count the columns that arrive on "
        'time, or ask `quantile` for an observed value (method="inverted_cdf").',
    ),
    Mistake(
        "safe on every day",
        _departs(lambda minutes, left, share: minutes.max(axis=1) <= left[:, 0]),
        "You plan for the worst column. `share` says how often being late is accepted.",
    ),
)
DEPARTURE_ALSO_RIGHT = (_from_the_last, _departs(_by_quantile))


# 6.2


def _scored(alarms, incidents, days, **changes):
    """The score of alarms, with one thing to be done wrongly."""
    wrong = {"rows": False, "end": True, "missed": False, "again": False, "a_day": True,
             "mean": np.mean, "steps": 1.0, "every": False} | changes  # fmt: skip
    starts = alarms if wrong["rows"] else alarms & ~alarms.shift(fill_value=False)
    goes_off = false = alarms.index[starts]
    delays = []
    for start, end in zip(incidents["start"], incidents["end"]):
        hits = goes_off[(goes_off >= start) & (goes_off <= end if wrong["end"] else goes_off < end)]
        false = false.difference(hits[:1] if wrong["again"] else hits)
        if wrong["missed"] and not len(hits):
            delays.append((end - start) / MINUTE)
        delays += [(hit - start) / MINUTE for hit in (hits if wrong["every"] else hits[:1])]
    delay = wrong["mean"](delays) / wrong["steps"] if delays else np.nan
    return len(delays), delay, len(false) / (days if wrong["a_day"] else 1)


def _with(**changes):
    return lambda alarms, incidents, days: _scored(alarms, incidents, days, **changes)


def _row_by_row(alarms, incidents, days):
    before, first, false = False, {}, 0
    for time, on in alarms.items():
        holding = incidents[(incidents["start"] <= time) & (time <= incidents["end"])]
        if on and not before:
            false += holding.empty
            for place, start in holding["start"].items():
                first.setdefault(place, (time - start) / MINUTE)
        before = on
    delay = sum(first.values()) / len(first) if first else float("nan")
    return len(first), delay, false / days


ALARMS = (
    Mistake(
        "every row is an alarm",
        _with(rows=True),
        "You count every row that is True. An alarm that stays on has gone off once: look for a "
        "True after a False.",
    ),
    Mistake(
        "end left out",
        _with(end=False),
        "An alarm at the last row of an incident is inside it: the end is included.",
    ),
    Mistake(
        "missed incidents have a delay",
        _with(missed=True),
        "An incident without an alarm is counted as found at its end. It was not found, and has "
        "no delay.",
    ),
    Mistake(
        "second alarm is false",
        _with(again=True),
        "An alarm that goes off again in the same incident is called false. It lies inside an "
        "incident, so it is not.",
    ),
    Mistake(
        "incident found twice",
        _with(every=True),
        "An incident in which the alarm goes off twice is counted twice. It is found once, by its "
        "first alarm.",
    ),
    Mistake(
        "not by the day",
        _with(a_day=False),
        "The false alarms are counted, but not divided by the days. Without that a longer test "
        "looks worse.",
    ),
    Mistake(
        "delay in steps",
        _with(steps=5.0),
        "The delay is in steps of the series. Minutes are asked for.",
    ),
    Mistake(
        "delays added up",
        _with(mean=np.sum),
        "The delays are added up, so a detector that finds more looks slower. Take their mean.",
    ),
)
ALARMS_ALSO_RIGHT = (_row_by_row,)


# 6.3


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
