"""Exercise 6.10: an alarm when small errors add up."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches


def drift_alarms(errors, slack, limit):
    """Raise an alarm when small errors of one sign add up (Page, 1954).

    Args:
        errors: Array (time,): what was measured minus what was expected.
        slack: What is taken off at every step; errors up to it raise no alarm.
        limit: The sum beyond which there is an alarm.

    Returns:
        Array (time,) of True and False. The sum starts at 0, never falls below 0, and is set to
        0 after an alarm.
    """
    total, alarms = 0.0, []
    for error in errors:
        total = max(total + error - slack, 0.0)
        alarms.append(total > limit)
        if total > limit:
            total = 0.0
    return np.array(alarms, dtype=bool)


@st.composite
def _errors(draw):
    # More small errors above zero than large ones below: sums last, and mistakes in them show.
    random = np.random.default_rng(draw(st.integers(0, 99)))
    some = [-2.0, -0.25, 0.25, 0.75, 1.0, 1.25, 2.0]
    return {
        "errors": random.choice(some, draw(st.integers(8, 14))),
        "slack": draw(st.sampled_from([0.5, 0.25, 1.0])),
        "limit": draw(st.sampled_from([2.0, 1.0, 3.5])),
    }


def _from_the_lowest(errors, slack, limit):
    alarms, start = [], 0
    for now in range(1, len(errors) + 1):
        sums = np.append(0, np.cumsum(errors[start:now] - slack))
        alarms.append(sums[-1] - sums.min() > limit)
        start = now if alarms[-1] else start
    return np.array(alarms)


EXERCISE = Exercise(
    id="6.10",
    title="A slow rise",
    section="6.10 Floods: how early is the warning?",
    difficulty=2,
    minutes=8,
    matters="A slow rise passes every threshold that looks at one step.",
    part="e",
    hints=(
        "Keep one number, the sum so far, and walk through the errors.",
        "At each step add the error and take the slack off; below 0 it becomes 0. Then compare "
        "it with the limit.",
        "`total = max(total + error - slack, 0.0)`; note `total > limit`; if so, set total to "
        "0. Return the notes as an array.",
    ),
    solution=drift_alarms,
    cases=_errors(),
    properties=(matches(drift_alarms),),
    mistakes=read_mistakes(drift_alarms),
    also_right=(_from_the_lowest,),
)
