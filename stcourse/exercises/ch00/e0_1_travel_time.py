"""0.1: say how many minutes a drive takes."""

from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches


def travel_minutes(kilometres, speed):
    """Minutes that a drive takes at a constant speed.

    Args:
        kilometres: Length of the drive, km.
        speed: Speed, km/h.

    Returns:
        Minutes.
    """
    return kilometres / speed * 60


def _added_up(kilometres, speed):
    minutes = 0.0
    for _ in range(60):
        minutes += kilometres / speed
    return minutes


EXERCISE = Exercise(
    id="0.1",
    title="Minutes for a drive",
    section="0.4 Your first exercise",
    difficulty=1,
    minutes=3,
    matters="A unit that slips is the cheapest way to a wrong forecast.",
    hints=(
        "At 60 km/h, how many minutes does one kilometre take? At 120 km/h?",
        "Kilometres divided by km/h are hours. An hour has 60 minutes.",
        "Divide the kilometres by the speed and multiply by 60.",
    ),
    solution=travel_minutes,
    cases=st.fixed_dictionaries({"kilometres": st.integers(1, 50), "speed": st.integers(5, 120)}),
    properties=(matches(travel_minutes),),
    mistakes=read_mistakes(travel_minutes),
    also_right=(_added_up, lambda kilometres, speed: 60 / (speed / kilometres)),
)
