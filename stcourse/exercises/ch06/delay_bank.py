"""Wrong answers that learners give to exercise 6.4, and another right one."""

import numpy as np

from stcourse.engine.exercise import Mistake


def _lost(speed, flow, kilometres, free_speed):
    return np.maximum(kilometres / speed - kilometres / free_speed, 0)


def _road_by_road(speed, flow, kilometres, free_speed):
    hours = 0.0
    for speeds, flows in zip(speed, flow):
        for v, q, length, free in zip(speeds, flows, kilometres, free_speed):
            if v < free:
                hours += q / 12 * length * (1 / v - 1 / free)
    return hours


def _changed(hours):
    """An answer that changes the vehicle hours (row, node) before it returns them."""
    return lambda **case: hours(case["flow"] * 5 / 60 * _lost(**case))


def _by_speeds(lost):
    """An answer whose time lost comes from the difference of two speeds."""

    def answer(speed, flow, kilometres, free_speed):
        below = np.maximum(free_speed - speed, 0)
        return (flow * 5 / 60 * lost(below, kilometres, free_speed)).sum()

    return answer


SPEEDS_SUBTRACTED = (
    "You start from the difference of the speeds. Two times have to be subtracted: the length "
    "by the speed, minus the length by the free speed."
)

DELAY = (
    Mistake(
        "not weighted by the vehicles",
        lambda **case: _lost(**case).sum(),
        "This is what one vehicle loses if it drives everywhere once. Each row has as many "
        "vehicles as its flow brings in five minutes.",
    ),
    Mistake(
        "flow of an hour",
        lambda **case: (case["flow"] * _lost(**case)).sum(),
        "The flow is in vehicles an hour, and a row lasts five minutes: twelve times too many "
        "vehicles are counted.",
    ),
    Mistake(
        "flow of a minute",
        lambda **case: (case["flow"] / 60 * _lost(**case)).sum(),
        "These are the vehicles of one minute. A row lasts five.",
    ),
    Mistake(
        "flow multiplied up",
        lambda **case: (case["flow"] * 12 * _lost(**case)).sum(),
        "The flow is in vehicles an hour already. Five minutes are a part of it: divide by the "
        "twelve rows of an hour.",
    ),
    Mistake(
        "in minutes",
        lambda **case: (case["flow"] * 5 * _lost(**case)).sum(),
        "This is in vehicle minutes: kilometres by km/h are hours, and so should the five minutes "
        "of a row be, 5 / 60.",
    ),
    Mistake(
        "fast rows pay back",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * (kilometres / speed - kilometres / free_speed)
        ).sum(),
        "Rows that are faster than the free speed count as time won, and hide delay elsewhere. A "
        "delay is never below zero.",
    ),
    Mistake(
        "stopped at zero last",
        lambda speed, flow, kilometres, free_speed: max(
            (flow * 5 / 60 * (kilometres / speed - kilometres / free_speed)).sum(), 0.0
        ),
        "You stop at zero after adding up, when fast rows have paid for slow ones already. Stop at "
        "zero in each row and node.",
    ),
    Mistake(
        "fast rows lose time",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * np.abs(kilometres / speed - kilometres / free_speed)
        ).sum(),
        "Rows that are faster than the free speed count as delay too. They lose nothing: 0, not "
        "the difference without its sign.",
    ),
    Mistake(
        "difference turned round",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * np.maximum(kilometres / free_speed - kilometres / speed, 0)
        ).sum(),
        "The difference is turned round, so only what fast rows win is counted. Lost is the time "
        "that was needed, minus the time at free speed.",
    ),
    Mistake(
        "mean speed first",
        lambda speed, flow, kilometres, free_speed: (
            flow.sum(axis=0) * 5 / 60 * _lost(speed.mean(axis=0), flow, kilometres, free_speed)
        ).sum(),
        "You take the mean of the speeds first. A slow hour costs more than a fast one wins: take "
        "the time lost row by row, and add after.",
    ),
    Mistake(
        "mean flow",
        lambda flow, **case: (flow.mean(axis=0) * 5 / 60 * _lost(flow=flow, **case)).sum(),
        "Every row gets the mean flow. Most vehicles come in the rows that are slow: take the flow "
        "of each row.",
    ),
    Mistake(
        "sums multiplied",
        lambda **case: (case["flow"] * 5 / 60).sum() * _lost(**case).sum(),
        "You add up the vehicles, add up the time lost, and multiply the two sums. Multiply in "
        "each row and node first: a queue is where many lose much.",
    ),
    Mistake(
        "speeds subtracted, length by them",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * kilometres / np.maximum(free_speed - speed, np.finfo(float).tiny)
        )[speed < free_speed].sum(),
        SPEEDS_SUBTRACTED + " You divided the length by that difference.",
    ),
    Mistake(
        "speeds subtracted",
        _by_speeds(lambda below, kilometres, free_speed: below),
        SPEEDS_SUBTRACTED,
    ),
    Mistake(
        "speeds subtracted, times length",
        _by_speeds(lambda below, kilometres, free_speed: below * kilometres),
        SPEEDS_SUBTRACTED + " You multiplied that difference by the length.",
    ),
    Mistake(
        "speeds subtracted, by length",
        _by_speeds(lambda below, kilometres, free_speed: below / kilometres),
        SPEEDS_SUBTRACTED + " You divided that difference by the length.",
    ),
    Mistake(
        "speeds subtracted, as a share",
        _by_speeds(lambda below, kilometres, free_speed: below / free_speed * kilometres),
        SPEEDS_SUBTRACTED + " You took that difference as a share of the free speed.",
    ),
    Mistake(
        "whole time on the road",
        lambda speed, flow, kilometres, free_speed: (flow * 5 / 60 * kilometres / speed).sum(),
        "This is the whole time on the road. Only what goes beyond the time at free speed is lost.",
    ),
    Mistake(
        "whole time, at free speed at most",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * kilometres / np.minimum(speed, free_speed)
        ).sum(),
        "No row is faster than the free speed now, but this is still the whole time on the road. "
        "Only what goes beyond the time at free speed is lost.",
    ),
    Mistake(
        "whole time in slow rows",
        lambda speed, flow, kilometres, free_speed: (flow * 5 / 60 * kilometres / speed)[
            speed < free_speed
        ].sum(),
        "You found the slow rows, and count their whole time on the road. Take off what the same "
        "way needs at free speed.",
    ),
    Mistake(
        "length left out",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * _lost(speed, flow, np.ones_like(kilometres), free_speed)
        ).sum(),
        "Every stretch counts as one kilometre. Multiply by its length.",
    ),
    Mistake(
        "fastest row as free speed",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * _lost(speed, flow, kilometres, speed.max(axis=0))
        ).sum(),
        "You take the fastest row for the free speed. On a road that was never empty, its delay "
        "then disappears: use `free_speed`.",
    ),
    Mistake(
        "one free speed for all",
        lambda speed, flow, kilometres, free_speed: (
            flow * 5 / 60 * _lost(speed, flow, kilometres, free_speed.mean())
        ).sum(),
        "All nodes get the mean free speed. Each stretch has its own.",
    ),
    Mistake(
        "mean instead of the sum",
        _changed(np.mean),
        "You take the mean over rows and nodes. Asked for are all hours lost: add up.",
    ),
    Mistake(
        "one number a node",
        _changed(lambda hours: hours.sum(axis=0)),
        "This is one number for each node. Add the nodes up as well.",
    ),
    Mistake(
        "one number a row",
        _changed(lambda hours: hours.sum(axis=1)),
        "This is one number for each row. Add the rows up as well.",
    ),
)
DELAY_ALSO_RIGHT = (_road_by_road,)
