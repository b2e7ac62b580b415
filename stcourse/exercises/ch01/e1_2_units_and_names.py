"""1.2: bring a feed to km/h and to your own names."""

import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stcourse.exercises.ch01.tables import table


def to_standard(feed, unit, names):
    """Bring a feed of speeds to km/h and to your own names.

    Args:
        feed: DataFrame (time, detector), in `unit`.
        unit: "km/h", "mph" or "m/s".
        names: Dict of detector to the name of the node.

    Returns:
        DataFrame (time, node) in km/h, columns in the order of `feed`.
    """
    factor = {"km/h": 1.0, "mph": 1.609344, "m/s": 3.6}[unit]
    return (feed * factor).rename(columns=names)


@st.composite
def _named_feed(draw):
    names = dict(zip("qrs", draw(st.permutations(["in01", "in02", "in03"]))))
    columns = draw(st.permutations(list(names)))
    return {
        "feed": table(draw, 2, columns, "2026-01-05 08:00", "5min"),
        "unit": draw(st.sampled_from(["mph", "m/s", "km/h"])),
        "names": names,
    }


def _by_loop(feed, unit, names):
    factor = {"km/h": 1.0, "mph": 1.609344, "m/s": 3.6}[unit]
    columns = {}
    for detector in feed.columns:
        speeds = feed[detector].to_numpy(dtype="float64")
        columns[names[detector]] = [speed * factor for speed in speeds]
    return pd.DataFrame(columns, index=feed.index)


EXERCISE = Exercise(
    id="1.2",
    title="One unit, one set of names",
    section="1.6 Trouble two: units and names",
    difficulty=1,
    minutes=4,
    matters="A mean over mixed units means nothing, and nobody notices.",
    hints=(
        "One number times the whole table, then other column names.",
        "A mile is 1.609344 km. A metre a second is 3.6 km/h. `rename(columns=...)` looks "
        "each name up.",
        "Pick the factor by `unit`; return `(feed * factor).rename(columns=names)`.",
    ),
    solution=to_standard,
    cases=_named_feed(),
    properties=(matches(to_standard),),
    mistakes=read_mistakes(to_standard),
    also_right=(_by_loop,),
)
