"""5.3: list the folds of a walk forward."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, compare
from stcourse.engine.wording import kind
from stcourse.exercises.ch05.results import recorded


def walk_forward_folds(rows, first_train, test, gap):
    """List the folds of a walk forward: learn from all that came before, test on what comes next.

    Args:
        rows: Number of rows of the table, in the order of time.
        first_train: Rows in the training part of the first fold.
        test: Rows in each test part.
        gap: Rows left out between training and test.

    Returns:
        List of (train_stop, test_start, test_stop), stops excluded. Training starts at row 0
        and grows by `test` rows from fold to fold. A test part that is not full is left out.
    """
    folds = []
    train_stop = first_train
    while train_stop + gap + test <= rows:
        test_start = train_stop + gap
        folds.append((train_stop, test_start, test_start + test))
        train_stop += test
    return folds


@st.composite
def _rows_to_fold(draw):
    test, gap, first_train = (draw(st.integers(*ends)) for ends in ((1, 4), (0, 3), (1, 5)))
    full, rest = draw(st.integers(1, 3)), draw(st.integers(0, test - 1))
    rows = first_train + gap + full * test + rest
    return {"rows": rows, "first_train": first_train, "test": test, "gap": gap}


def _folds_in_time(answer, case):
    """Each fold by itself, then the list; a fold may be a tuple, a list or a row of an array."""
    came = call(answer, case)
    if isinstance(came, np.ndarray):
        came = recorded(answer, came.tolist())
    if not isinstance(came, list | tuple):
        raise NotRight(f"Your answer is {kind(came)}, expected a list of folds.", came=came)
    for place, fold in enumerate(came):
        if not isinstance(fold, list | tuple | np.ndarray) or len(fold) != 3:
            raise NotRight(
                f"Fold {place} is {fold!r:.60}, expected (train_stop, test_start, test_stop).",
                reason="no fold",
            )
        _check_fold(place, *fold, case)
        if place and fold[1] < came[place - 1][2]:
            raise NotRight(
                f"The test part of fold {place} starts at row {fold[1]}, before that of fold "
                f"{place - 1} stops: rows would be tested twice.",
                reason="overlap",
            )
    expected = walk_forward_folds(**case)
    if len(came) != len(expected):
        raise NotRight(
            f"Your list has length {len(came)}, expected {len(expected)}: so many full folds fit "
            f"into {case['rows']} rows.",
            reason=f"{len(came) - len(expected)} folds",
        )
    for place, (ours, theirs) in enumerate(zip(came, expected)):
        for name, row, wanted in zip(("train_stop", "test_start", "test_stop"), ours, theirs):
            compare(row, wanted, name=f"The {name} of fold {place}")


def _check_fold(place, train_stop, test_start, test_stop, case):
    if test_start < train_stop:
        said = f"test_start is {test_start}, before train_stop, {train_stop}"
    elif place and test_start - train_stop != case["gap"] and train_stop == case["first_train"]:
        said = f"train_stop is {train_stop}, as in fold 0: training grows from fold to fold"
    elif test_start - train_stop != case["gap"]:
        apart = test_start - train_stop
        said = f"test_start - train_stop is {apart}, expected the gap, {case['gap']}"
    elif test_stop > case["rows"]:
        said = f"test_stop is {test_stop}, beyond the table, whose last stop is {case['rows']}"
    elif test_stop - test_start != case["test"]:
        length = test_stop - test_start
        said = f"test_stop - test_start is {length}, expected the rows of a test, {case['test']}"
    else:
        return
    raise NotRight(f"In fold {place}, {said}.", reason=" ".join(said.split()[:3]))


def _in_a_row(rows, first_train, test, gap):
    count = (rows - first_train - gap) // test
    starts = [first_train + gap + fold * test for fold in range(count)]
    return [[start - gap, start, start + test] for start in starts]


def _as_an_array(rows, first_train, test, gap):
    starts = np.arange(first_train + gap, rows - test + 1, test)
    return np.stack([starts - gap, starts, starts + test], axis=1)


EXERCISE = Exercise(
    id="5.3",
    title="Folds that walk forward",
    section="5.3 Walk forward",
    difficulty=2,
    minutes=6,
    matters="One test week can be luck.",
    hints=(
        "Draw the first fold as a line: training, gap, test. What moves on in the second?",
        "A fold starts its test `gap` rows after training stops. The next one trains on `test` "
        "rows more.",
        "Repeat while `train_stop + gap + test <= rows`: note the fold, then `train_stop += test`.",
    ),
    solution=walk_forward_folds,
    cases=_rows_to_fold(),
    properties=(_folds_in_time,),
    mistakes=read_mistakes(walk_forward_folds),
    also_right=(_in_a_row, _as_an_array),
)
