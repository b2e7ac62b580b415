"""Wrong answers that learners give to exercises 2.4 and 2.5, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake

# 2.4


def _windows(values, origins, lookback, horizon, shift=0):
    past = [values[origin - lookback : origin] for origin in origins]
    future = [values[origin + shift : origin + shift + horizon] for origin in origins]
    return np.array(past), np.array(future)


def _last_missing(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon)
    return _windows(values, origins, lookback, horizon)


def _target_overlaps(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon + 1)
    return _windows(values, origins, lookback, horizon, shift=-1)


def _origin_in_the_past(values, lookback, horizon, first_row=0):
    origins = range(lookback, len(values) - horizon + 1)
    past = [values[origin - lookback + first_row : origin + 1] for origin in origins]
    return np.array(past), _windows(values, origins, lookback, horizon)[1]


def _past_ends_on_the_origin(values, lookback, horizon):
    return _origin_in_the_past(values, lookback, horizon, first_row=1)


def _row_skipped(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon)
    return _windows(values, origins, lookback, horizon, shift=1)


def _side_by_side(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon + 1, lookback + horizon)
    return _windows(values, origins, lookback, horizon)


def _last_step_only(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon + 1)
    past, future = _windows(values, origins, lookback, horizon)
    return past, future[:, -1]


def _newest_first(values, lookback, horizon):
    origins = range(lookback, len(values) - horizon + 1)
    past, future = _windows(values, origins, lookback, horizon)
    return past[:, ::-1], future


def _by_view(values, lookback, horizon):
    view = np.lib.stride_tricks.sliding_window_view(values, lookback + horizon, axis=0)
    windows = np.moveaxis(view, -1, 1)
    return windows[:, :lookback], windows[:, lookback:]


def _by_index(values, lookback, horizon):
    starts = np.arange(len(values) - lookback - horizon + 1)[:, None]
    return values[starts + np.arange(lookback)], values[starts + lookback + np.arange(horizon)]


WINDOWS = (
    Mistake(
        "last window missing",
        _last_missing,
        "The last window is missing. A `range` stops before its end: the last future ends with "
        "the last row.",
    ),
    Mistake(
        "target overlaps the input",
        _target_overlaps,
        "The future begins with the last row of the past: the network would be shown a part of "
        "the answer.",
    ),
    Mistake(
        "past includes the origin",
        _origin_in_the_past,
        "The past is a row too long: it holds the row at the origin, which is already part of the "
        "future: a leak.",
    ),
    Mistake(
        "past ends on the origin",
        _past_ends_on_the_origin,
        "The past is shifted by a row: its last one is the row at the origin, which is already "
        "part of the future: a leak.",
    ),
    Mistake(
        "a row skipped",
        _row_skipped,
        "There is a row between past and future: the first step ahead is lost.",
    ),
    Mistake(
        "windows side by side",
        _side_by_side,
        "The windows lie side by side. A new one begins at every row, so that no origin is lost.",
    ),
    Mistake(
        "last step only",
        _last_step_only,
        "The future holds one row. All rows of the horizon are wanted, with an axis for them.",
    ),
    Mistake(
        "newest first",
        _newest_first,
        "The past runs backwards: keep the order of time, oldest row first.",
    ),
    Mistake(
        "beyond the last row",
        lambda values, lookback, horizon: _windows(
            values, range(lookback, len(values) - horizon + 2), lookback, horizon
        ),
        "The last future reaches beyond the table, so it is a row short, and `np.stack` "
        "refuses. The last origin is len(values) - horizon.",
    ),
    Mistake(
        "origins up to the end",
        lambda values, lookback, horizon: _windows(
            values, range(lookback, len(values)), lookback, horizon
        ),
        "There are too many origins: the last futures are cut short by the end of the table, and "
        "pieces of different lengths cannot be stacked. The last origin is len(values) - horizon.",
    ),
    Mistake(
        "first window missing",
        lambda values, lookback, horizon: _windows(
            values, range(lookback + 1, len(values) - horizon + 1), lookback, horizon
        ),
        "The first window is missing. Its past begins at row 0, so the first origin is `lookback`.",
    ),
    Mistake(
        "every horizon rows",
        lambda values, lookback, horizon: _windows(
            values, range(lookback, len(values) - horizon + 1, horizon), lookback, horizon
        ),
        "A window begins only every `horizon` rows. One begins at every row, so that no origin "
        "is lost.",
    ),
    Mistake(
        "future before past",
        lambda values, lookback, horizon: _by_index(values, lookback, horizon)[::-1],
        "Past and future are returned in the wrong order: past first.",
    ),
    Mistake(
        "first node alone",
        lambda values, lookback, horizon: tuple(
            cut[:, :, 0] for cut in _by_index(values, lookback, horizon)
        ),
        "Only the first node is cut. All nodes stay, along the last axis.",
    ),
    Mistake(
        "past and future in one",
        lambda values, lookback, horizon: np.concatenate(
            _by_index(values, lookback, horizon), axis=1
        ),
        "Past and future are in one array: a network would be fed the answer. Return two.",
    ),
)
WINDOWS_ALSO_RIGHT = (_by_view, _by_index)


# 2.5


def _parts(rows, validation, test, gap_1, gap_2, order=None):
    order = np.arange(rows) if order is None else order
    validation_start = rows - test - gap_2 - validation
    return (
        order[: validation_start - gap_1],
        order[validation_start : validation_start + validation],
        order[rows - test :],
    )


def _shuffled(rows, validation, test, gap):
    order = np.random.default_rng(0).permutation(rows)
    return _parts(rows, validation, test, gap, gap, order)


def _one_gap(rows, validation, test, gap):
    return _parts(rows, validation, test, 0, gap)


def _late_gap_forgotten(rows, validation, test, gap):
    return _parts(rows, validation, test, gap, 0)


def _test_first(rows, validation, test, gap):
    validation_start = test + gap
    train_start = validation_start + validation + gap
    return (
        np.arange(train_start, rows),
        np.arange(validation_start, validation_start + validation),
        np.arange(test),
    )


def _boundary_twice(rows, validation, test, gap):
    train, middle, last = _parts(rows, validation, test, gap, gap)
    return np.append(train, train[-1] + 1), np.append(middle, middle[-1] + 1), last


def _gap_out_of_test(rows, validation, test, gap):
    train, middle, last = _parts(rows, validation, test, gap, 0)
    return train, middle, last[gap:]


SPLIT = (
    Mistake(
        "gap forgotten",
        lambda rows, validation, test, gap: _parts(rows, validation, test, 0, 0),
        "Neither gap is left out: rows that stand beside each other are nearly alike, and they "
        "now stand in two parts.",
    ),
    Mistake(
        "gap before test only",
        _one_gap,
        "The gap before validation is missing: it is needed at both boundaries.",
    ),
    Mistake(
        "gap before validation only",
        _late_gap_forgotten,
        "The gap before test is missing: it is needed at both boundaries.",
    ),
    Mistake(
        "gap taken out of the test part",
        _gap_out_of_test,
        "The gap is cut out of the test part, which is then too short: the gap comes before it.",
    ),
    Mistake(
        "shuffled",
        _shuffled,
        "The rows are shuffled: a network would then be tested on times whose neighbours it has "
        "seen. Keep the order of time.",
    ),
    Mistake(
        "test part first",
        _test_first,
        "The test part lies before the training: that would be a forecast of the past, made with "
        "knowledge of the future.",
    ),
    Mistake(
        "boundary in two parts",
        _boundary_twice,
        "A part is a row too long. The end of a `range` is not included, so nothing has to be "
        "added.",
    ),
    Mistake(
        "validation and test swapped",
        lambda rows, validation, test, gap: tuple(
            _parts(rows, validation, test, gap, gap)[place] for place in (0, 2, 1)
        ),
        "Validation and test have changed places. Test comes last in time, and last in the result.",
    ),
    Mistake(
        "gap counted twice",
        lambda rows, validation, test, gap: (
            _parts(rows, validation, test, 2 * gap, gap)[0],
            *_parts(rows, validation, test, gap, gap)[1:],
        ),
        "The gap before validation is left out twice: train is too short.",
    ),
    Mistake(
        "rows left at the end",
        lambda rows, validation, test, gap: tuple(
            part - gap for part in _parts(rows, validation, test, gap, gap)
        ),
        "Everything lies `gap` rows too early, and the last rows are not used. Begin at the "
        "end: test is the last `test` rows.",
    ),
    Mistake(
        "counted from one",
        lambda rows, validation, test, gap: tuple(
            part + 1 for part in _parts(rows, validation, test, gap, gap)
        ),
        "The rows are counted from 1. Positions in Python start at 0, and the last is rows - 1.",
    ),
    Mistake(
        "first and last row",
        lambda rows, validation, test, gap: tuple(
            (part[0], part[-1]) for part in _parts(rows, validation, test, gap, gap)
        ),
        "Each part holds two numbers, its first and its last row. Return all positions of its "
        "rows: `np.arange(first, last + 1)`.",
    ),
    Mistake(
        "start and stop",
        lambda rows, validation, test, gap: tuple(
            (part[0], part[-1] + 1) for part in _parts(rows, validation, test, gap, gap)
        ),
        "Each part holds two numbers, where it starts and where it stops. Return all positions "
        "between them: `np.arange(start, stop)`, or a slice.",
    ),
    Mistake(
        "gap counted as validation",
        lambda rows, validation, test, gap: (
            _parts(rows, validation, test, gap, gap)[0],
            np.arange(rows - test - gap - validation, rows - test),
            np.arange(rows - test, rows),
        ),
        "Validation runs on through the gap to the test part. The gap belongs to no part.",
    ),
)
SPLIT_ALSO_RIGHT = (
    lambda rows, validation, test, gap: (
        list(range(rows - test - 2 * gap - validation)),
        list(range(rows - test - gap - validation, rows - test - gap)),
        list(range(rows - test, rows)),
    ),
    lambda rows, validation, test, gap: (
        slice(0, rows - test - 2 * gap - validation),
        slice(rows - test - gap - validation, rows - test - gap),
        slice(rows - test, rows),
    ),
)
