"""Figures of a class at work, each with the sentence that says what it shows.

As in `plot`, every function returns (figure, sentence).
"""

from matplotlib.ticker import MaxNLocator

from stlearn.errors import InputError
from stlearn.plots.style import COLOURS, new_figure

LOOKS = {"passed": (2, ""), "not right": (3, "//"), "not yet": (0, "..")}  # colour, hatch
MOST_BARS = 15


def where_the_room_is(room, within=15.0):
    """Draw at which exercise each learner's last verdict fell, and which verdict it was.

    Args:
        room: Table of `room.read_room`, a row for each learner.
        within: Minutes that count as now.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the table lacks a column.

    Example:
        >>> import pandas as pd
        >>> from stcourse.classroom.room import COLUMNS
        >>> from stcourse.classroom.plots import where_the_room_is
        >>> rows = [[1, 3, "2.1", "passed", "", 2.0], [2, 2, "2.1", "not right", "", 90.0]]
        >>> where_the_room_is(pd.DataFrame(rows, columns=COLUMNS))[1]
        '1 of 2 learners checked an answer in the last 15 minutes: 2.1 (1 passed).'
    """
    missing = {"exercise", "verdict", "minutes ago"} - set(room)
    if missing:
        raise InputError(f"room: expected the table of read_room; it lacks {sorted(missing)}")
    now = room[room["minutes ago"] <= within]
    counts = {
        exercise: of_one["verdict"].value_counts()
        for exercise, of_one in sorted(now.groupby("exercise"), key=lambda pair: _place(pair[0]))
    }
    figure, axes = new_figure(3.8)
    below = dict.fromkeys(counts, 0)
    for verdict, (colour, hatch) in LOOKS.items():
        heights = [int(counts[exercise].get(verdict, 0)) for exercise in counts]
        look = {"color": COLOURS[colour], "hatch": hatch, "edgecolor": "white"}
        axes.bar(list(counts), heights, bottom=list(below.values()), label=verdict, **look)
        below = {exercise: below[exercise] + high for exercise, high in zip(counts, heights)}
    axes.set_xlabel("Exercise")
    axes.set_ylabel("Learners")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside lower center", ncols=3, title="Last verdict")
    parts = [
        f"{exercise} ({', '.join(f'{of[each]} {each}' for each in LOOKS if each in of)})"
        for exercise, of in counts.items()
    ]
    told = f": {', '.join(parts)}." if parts else "."
    sentence = (
        f"{len(now)} of {len(room)} learners checked an answer in the last {within:g} minutes{told}"
    )
    return figure, sentence


def mistakes_of_the_room(mistakes):
    """Draw how many learners meet which mistake, the most frequent on top.

    Args:
        mistakes: Table of `room.mistakes_now`: exercise, mistake, learners.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If the table lacks a column.

    Example:
        >>> import pandas as pd
        >>> from stcourse.classroom.plots import mistakes_of_the_room
        >>> table = pd.DataFrame({
        ...     "exercise": ["2.1"], "mistake": ["weights transposed"], "learners": [4]})
        >>> mistakes_of_the_room(table)[1]
        'Most frequent: 2.1 weights transposed (learners: 4); kinds of mistake in all: 1.'
    """
    missing = {"exercise", "mistake", "learners"} - set(mistakes)
    if missing:
        raise InputError(
            f"mistakes: expected the table of mistakes_now; it lacks {sorted(missing)}"
        )
    drawn = mistakes.head(MOST_BARS).iloc[::-1]
    figure, axes = new_figure(1.6 + 0.3 * len(drawn))
    axes.barh(drawn["exercise"] + " " + drawn["mistake"], drawn["learners"], color=COLOURS[3])
    axes.set_xlabel("Learners")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if mistakes.empty:
        return figure, "Nobody holds a wrong answer now."
    first = mistakes.iloc[0]
    sentence = (
        f"Most frequent: {first['exercise']} {first['mistake']} (learners: {first['learners']}); "
        f"kinds of mistake in all: {len(mistakes)}."
    )
    return figure, sentence


def _place(exercise):
    return tuple(int(part) for part in exercise.split("."))
