"""Exercise of chapter 00: meet the three verdicts, a hint and a solution."""

from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, Mistake
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


EXERCISES = (
    Exercise(
        id="0.1",
        title="Minutes for a drive",
        section="0.4 Your first exercise",
        hints=(
            "At 60 km/h, how many minutes does one kilometre take? At 120 km/h?",
            "Kilometres divided by km/h are hours. An hour has 60 minutes.",
            "Divide the kilometres by the speed and multiply by 60.",
        ),
        solution=travel_minutes,
        cases=st.fixed_dictionaries(
            {"kilometres": st.integers(1, 50), "speed": st.integers(5, 120)}
        ),
        properties=(matches(travel_minutes),),
        mistakes=(
            Mistake(
                "hours",
                lambda kilometres, speed: kilometres / speed,
                "These are hours: kilometres divided by km/h. Minutes are asked for.",
            ),
            Mistake(
                "seconds",
                lambda kilometres, speed: kilometres / speed * 3600,
                "These are seconds, sixty times too many. Minutes are asked for.",
            ),
            Mistake(
                "upside down",
                lambda kilometres, speed: speed / kilometres * 60,
                "The quotient is upside down: with it, a faster car would need longer.",
            ),
            Mistake(
                "metres per second",
                lambda kilometres, speed: kilometres * 1000 / speed / 60,
                "The speed is taken for metres per second, but it is in km/h.",
            ),
            Mistake(
                "distance times speed",
                lambda kilometres, speed: kilometres * speed / 60,
                "Distance and speed are multiplied: with that, a faster car would need longer.",
            ),
            Mistake(
                "sixty divided away",
                lambda kilometres, speed: kilometres / (speed * 60),
                "You divide by 60. Hours become minutes when they are multiplied by 60: mind the "
                "brackets.",
            ),
            Mistake(
                "whole hours",
                lambda kilometres, speed: kilometres // speed * 60,
                "`//` cuts the fraction of an hour off, so a short drive takes 0 minutes. Divide "
                "with `/`.",
            ),
            Mistake(
                "nearest minute",
                lambda kilometres, speed: round(kilometres / speed * 60),
                "The minutes are rounded. Return them all; rounding is for display.",
            ),
            Mistake(
                "whole minutes",
                lambda kilometres, speed: float(int(kilometres / speed * 60)),
                "The fraction of a minute is cut off. Return it all; rounding is for display.",
            ),
        ),
        also_right=(_added_up, lambda kilometres, speed: 60 / (speed / kilometres)),
    ),
)
