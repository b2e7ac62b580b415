"""Exercise 6.6: beds that new cases will take."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stcourse.exercises.ch06.failures import by_message


def beds_taken(cases, admitted, stay):
    """Turn new cases into beds that are taken.

    Args:
        cases: Array (day, region) of new cases, known or forecast.
        admitted: Array (delay,): the share of a day's cases that is admitted 0, 1, 2, ... days
            later.
        stay: Days that a patient keeps the bed; the day of admission is the first.

    Returns:
        Array (day, region): beds taken on each day. Before the first day nobody was ill.
    """
    days = len(cases)
    admissions, taken = np.zeros(cases.shape), np.zeros(cases.shape)
    for delay, share in enumerate(admitted[:days]):
        admissions[delay:] += share * cases[: days - delay]
    for day in range(days):
        taken[day] = admissions[max(day - stay + 1, 0) : day + 1].sum(axis=0)
    return taken


@st.composite
def _wave(draw):
    days, regions = draw(st.integers(2, 9)), draw(st.integers(1, 2))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    counted = 4 * random.integers(0, 26, (days, regions))
    return {
        "cases": counted if draw(st.booleans()) else counted.astype(float),
        "admitted": random.integers(0, 4, draw(st.integers(1, days + 3))) / 16,
        "stay": draw(st.integers(1, 4)),
    }


def _by_convolution(cases, admitted, stay):
    kept = np.convolve(admitted, np.ones(stay))
    return np.stack([np.convolve(one, kept)[: len(one)] for one in cases.T], axis=1)


EXERCISE = Exercise(
    id="6.6",
    title="Beds for next week",
    section="6.6 Virus: beds for next week",
    difficulty=2,
    minutes=8,
    matters="Beds are planned for a bad week, not for the usual one.",
    part="c",
    hints=(
        "Two steps: from cases to admissions, from admissions to beds.",
        "The share `admitted[2]` of the cases of day 0 is admitted on day 2. On a day there "
        "are the patients admitted on that day and on the `stay - 1` days before.",
        "For each delay: `admissions[delay:] += share * cases[: days - delay]`. For each day: "
        "`admissions[max(day - stay + 1, 0) : day + 1].sum(axis=0)`.",
    ),
    solution=beds_taken,
    cases=_wave(),
    properties=(by_message(matches(beds_taken)),),
    mistakes=read_mistakes(beds_taken, pd=pd),
    also_right=(_by_convolution,),
)
