"""2.5: split the rows of a table in time, with a gap at each boundary."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, compare
from stcourse.engine.wording import kind

PARTS = ("train", "validation", "test")


def split_in_time(rows, validation, test, gap):
    """Split the rows of a table in time: first train, then validation, then test.

    Args:
        rows: Number of rows.
        validation: Number of rows for validation.
        test: Number of rows for test, the last ones.
        gap: Rows left out before validation, and again before test.

    Returns:
        (train, validation, test): three arrays of row positions.
    """
    test_start = rows - test
    validation_stop = test_start - gap
    validation_start = validation_stop - validation
    train_stop = validation_start - gap
    return (
        np.arange(train_stop),
        np.arange(validation_start, validation_stop),
        np.arange(test_start, rows),
    )


@st.composite
def _rows_to_split(draw):
    validation, test, gap = (draw(st.integers(*ends)) for ends in ((1, 4), (1, 4), (0, 3)))
    train = draw(st.integers(1, 6))
    rows = train + gap + validation + gap + test
    return {"rows": rows, "validation": validation, "test": test, "gap": gap}


def _three_parts(answer, case):
    """Positions as arrays, lists or ranges."""
    came = call(answer, case)
    if not isinstance(came, tuple | list) or len(came) != 3:
        raise NotRight(
            f"Your answer is {kind(came)}. Expected three parts, {', '.join(PARTS)}: return them "
            "with commas between.",
            came=came,
        )
    for name, ours, theirs in zip(PARTS, came, split_in_time(**case)):
        if np.ndim(ours) == 0:
            raise NotRight(
                f"The part {name} is {kind(ours)}: expected the positions of its rows, such as "
                "`np.arange(start, stop)`, neither their number nor where they stop.",
                came=came,
            )
        rows = np.asarray(list(ours))
        compare(rows, theirs, name=f"The part {name}")
        if rows.size and rows.dtype.kind == "f":
            raise NotRight(
                f"The part {name} holds decimal numbers ({kind(rows)}): a row is picked by a whole "
                "number, as `np.arange` gives them.",
                came=came,
            )


EXERCISE = Exercise(
    id="2.5",
    title="A split without a leak",
    section="2.5 A split without a leak",
    difficulty=2,
    minutes=5,
    matters="Most results that are too good come from this line.",
    hints=(
        "Begin at the end: where does the test part start?",
        "Validation stops `gap` rows before the test part starts, train stops `gap` rows "
        "before validation starts.",
        "`np.arange(rows - test, rows)` is the test part. Go on backwards in the same way.",
    ),
    solution=split_in_time,
    cases=_rows_to_split(),
    properties=(_three_parts,),
    mistakes=read_mistakes(split_in_time),
    also_right=(
        lambda rows, validation, test, gap: (
            list(range(rows - test - 2 * gap - validation)),
            list(range(rows - test - gap - validation, rows - test - gap)),
            list(range(rows - test, rows)),
        ),
        lambda rows, validation, test, gap: (
            range(rows - test - 2 * gap - validation),
            range(rows - test - gap - validation, rows - test - gap),
            range(rows - test, rows),
        ),
    ),
)
