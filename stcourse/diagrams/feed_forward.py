"""Diagrams of chapter 02: a network of two layers, windows, a split in time; and folds (5.3)."""

import math

from stcourse.diagrams.drawing import BLUE, GREEN, INK, ORANGE, SMALL, Drawing, written
from stlearn.checks import check_count, check_number
from stlearn.data.windows import walk_forward
from stlearn.errors import InputError

MOST_CELLS = 24  # more would be too narrow for their numbers
WIDTH = 800


def two_layers(x, target, w1, b1, w2, b2):
    """Draw a network of two layers for one sample of one number, with values and slopes (2.3).

    Args:
        x: Input.
        target: What the output should be.
        w1, b1: Weight and bias of the hidden unit, whose activation is tanh.
        w2, b2: Weight and bias of the output.

    Returns:
        (drawing, sentence): above each arrow what runs forward, below it the slope of the loss,
        the squared error, that runs backward.

    Raises:
        InputError: If one is no number from -10 to 10.

    Example:
        >>> from stcourse.diagrams import two_layers
        >>> print(two_layers(x=2, target=1, w1=0.5, b1=-0.5, w2=2, b2=0.5)[1])
        Forward: x = 2, z = 0.5, hidden = 0.462, output = 1.42; the loss is 0.18, as the target is 1. Backward, slopes of the loss: output 0.848, w2 0.392, b2 0.848, hidden 1.7, z 1.33, w1 2.67, b1 1.33.

    Reference: Rumelhart, Hinton and Williams (1986), Learning representations by
    back-propagating errors.
    """  # noqa: E501
    given = {"x": x, "target": target, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
    x, target, w1, b1, w2, b2 = (check_number(n, v, -10, 10) for n, v in given.items())
    z = w1 * x + b1
    hidden = math.tanh(z)
    output = w2 * hidden + b2
    loss = (output - target) ** 2
    to_output = 2 * (output - target)
    to_hidden = to_output * w2
    to_z = to_hidden * (1 - hidden**2)

    drawing = Drawing(WIDTH, 335)
    columns, row = [30 + 104 * place for place in range(8)], 165
    steps = {1: "×", 2: "+", 3: "tanh", 4: "×", 5: "+", 6: "error²"}
    between = [  # name, value, slope: of what runs along the row
        ("x", x, to_z * w1),
        ("", w1 * x, to_z),
        ("z", z, to_z),
        ("hidden", hidden, to_hidden),
        ("", w2 * hidden, to_output),
        ("output", output, to_output),
        ("loss", loss, 1.0),
    ]
    beside = {  # what comes in from above
        1: ("w_{1}", w1, to_z * x),
        2: ("b_{1}", b1, to_z),
        4: ("w_{2}", w2, to_output * hidden),
        5: ("b_{2}", b2, to_output),
        6: ("target", target, None),
    }
    half = {0: 16, 3: 24, 6: 26, 7: 17}
    for place, (name, value, slope) in enumerate(between):
        left = columns[place] + half.get(place, 18)
        right = columns[place + 1] - half.get(place + 1, 18)
        drawing.arrow([(left, row), (right, row)])
        middle = (left + right) / 2 - 2
        if name not in ("x", "loss"):
            drawing.text(middle, row - 39, name, SMALL + 1)
        _number(drawing, middle, row - 17, value, BLUE)
        _number(drawing, middle, row + 17, slope, ORANGE, dashed=True)
    drawing.box(columns[0], row, 32, 32, "x")
    drawing.text(columns[7], row, "loss")
    for place, words in steps.items():
        if place in (3, 6):
            drawing.box(columns[place], row, 2 * half[place], 36, words, size=15)
        else:
            drawing.circle(columns[place], row, 18, words, size=20)
    for place, (name, value, slope) in beside.items():
        drawing.box(columns[place], 26, 60, 28, name)
        drawing.arrow([(columns[place], 40), (columns[place], row - 18)])
        _number(drawing, columns[place] + 31, 58, value, BLUE)
        if slope is not None:
            _number(drawing, columns[place] + 31, 82, slope, ORANGE, dashed=True)
    drawing.text(16, row + 70, "Slope of each step; they multiply, from the back to the front:",
                 SMALL + 1, "start")  # fmt: skip
    factors = {
        1: f"w_{{1}} = {written(w1)}",
        2: "1",
        3: f"1 - hidden²\n= {written(1 - hidden**2)}",
        4: f"w_{{2}} = {written(w2)}",
        5: "1",
        6: f"2 (output - target)\n= {written(to_output)}",
    }
    for place, words in factors.items():
        for line, part in enumerate(words.split("\n")):
            drawing.text(columns[place], row + 96 + 18 * line, part, SMALL)
    bottom = drawing.height - 18
    _number(drawing, 40, bottom, "1.2", BLUE)
    drawing.text(72, bottom, "forward: value", SMALL + 1, "start")
    _number(drawing, 230, bottom, "1.2", ORANGE, dashed=True)
    drawing.text(262, bottom, "backward: slope of the loss", SMALL + 1, "start")

    slopes = {
        "output": to_output, "w2": to_output * hidden, "b2": to_output,
        "hidden": to_hidden, "z": to_z, "w1": to_z * x, "b1": to_z,
    }  # fmt: skip
    said = ", ".join(f"{name} {written(slope)}" for name, slope in slopes.items())
    return drawing, (
        f"Forward: x = {written(x)}, z = {written(z)}, hidden = {written(hidden)}, "
        f"output = {written(output)}; the loss is {written(loss)}, as the target is "
        f"{written(target)}. Backward, slopes of the loss: {said}."
    )


def _number(drawing, x, y, number, colour, dashed=False):
    words = number if isinstance(number, str) else written(number)
    drawing.box(x, y, 48, 20, words, colour, SMALL, dashed)


def sliding_window(lookback, horizon, rows=None, windows=3):
    """Draw windows that slide over a series: past, origin and future, one below the other (2.4).

    Args:
        lookback: Rows of past in a window.
        horizon: Rows of future right after them.
        rows: Rows of the series; two more than a window has when not given.
        windows: Most windows that are drawn.

    Returns:
        (drawing, sentence).

    Raises:
        InputError: If a number is not a whole number above zero, if no window fits into the rows,
            or if there are too many rows to be drawn.

    Example:
        >>> from stcourse.diagrams import sliding_window
        >>> print(sliding_window(lookback=3, horizon=2, rows=6)[1])
        A series of 6 rows, 0 to 5, gives 2 windows with a lookback of 3 and a horizon of 2: origin 3: past 0 to 2, future 3 to 4; origin 4: past 1 to 3, future 4 to 5.
    """  # noqa: E501
    lookback, horizon = check_count("lookback", lookback), check_count("horizon", horizon)
    length = lookback + horizon
    rows = length + 2 if rows is None else check_count("rows", rows)
    if not length <= rows <= MOST_CELLS:
        raise InputError(
            f"rows: expected a whole number from lookback + horizon, {length}, to {MOST_CELLS}, "
            f"the most that can be drawn, got {rows}"
        )
    origins = range(lookback, rows - horizon + 1)
    shown = origins[: check_count("windows", windows)]

    left, cell = 104, min(48, (WIDTH - 120) / rows)
    drawing = Drawing(round(left + rows * cell + 16), 70 + 98 * len(shown))
    _cells(drawing, left, 24, cell, range(rows), range(rows))
    drawing.text(left - 14, 24, "series", anchor="end")
    for place, origin in enumerate(shown):
        row = 120 + 98 * place
        past, future = range(origin - lookback, origin), range(origin, origin + horizon)
        drawing.text(left - 14, row, f"window {place + 1}", anchor="end")
        _cells(drawing, left, row, cell, past, past, BLUE)
        _cells(drawing, left, row, cell, future, future, ORANGE, dashed=True)
        middle = left + (origin + 0.5) * cell
        drawing.arrow([(middle, row - 34), (middle, row - 17)], width=2)
        drawing.text(middle, row - 44, f"origin {origin}", SMALL + 1)
        for name, part in (("past", past), ("future", future)):
            centre = left + (part[0] + part[-1] + 1) / 2 * cell
            drawing.text(centre, row + 29, name, SMALL + 1)
    said = "; ".join(
        f"origin {origin}: past {_span(range(origin - lookback, origin))}, "
        f"future {_span(range(origin, origin + horizon))}"
        for origin in shown
    )
    more = ", and so on" if len(shown) < len(origins) else ""
    return drawing, (
        f"A series of {rows} rows, {_span(range(rows))}, gives {len(origins)} "
        f"window{'s' * (len(origins) > 1)} with a lookback of {lookback} and a horizon of "
        f"{horizon}: {said}{more}."
    )


def split_parts(rows, validation, test, gap):
    """Draw a split in time: train, gap, validation, gap, test (2.5).

    Args:
        rows: Number of rows.
        validation: Number of rows for validation.
        test: Number of rows for test, the last ones.
        gap: Rows left out before validation, and again before test.

    Returns:
        (drawing, sentence).

    Raises:
        InputError: If a number is no whole number (a gap may be 0), or no row is left for train.

    Example:
        >>> from stcourse.diagrams import split_parts
        >>> print(split_parts(rows=20, validation=4, test=5, gap=2)[1])
        20 rows in the order of time: train 0 to 6, gap 7 to 8, validation 9 to 12, gap 13 to 14, test 15 to 19.
    """  # noqa: E501
    rows, gap = check_count("rows", rows), check_count("gap", gap, least=0)
    validation, test = check_count("validation", validation), check_count("test", test)
    train = rows - validation - test - 2 * gap
    if train < 1:
        raise InputError(
            f"rows: expected more than validation, test and two gaps take, "
            f"{validation + test + 2 * gap}, got {rows}"
        )
    names = ("train", "gap", "validation", "gap", "test")
    colours = {"train": BLUE, "gap": INK, "validation": ORANGE, "test": GREEN}
    parts, first = [], 0
    for name, size in zip(names, (train, gap, validation, gap, test)):
        if size:
            parts.append((name, range(first, first + size)))
        first += size

    width = 760
    room = [width * len(part) / rows for _, part in parts]
    each_row = rows <= MOST_CELLS and all(
        wide > 10 * len(name) for wide, (name, _) in zip(room, parts)
    )
    if not each_row:  # the longer, the wider, but wide enough for names and numbers
        least = [60 if name == "gap" else max(100, 9 * len(_span(part))) for name, part in parts]
        spare = width - sum(least)
        room = [needed + spare * len(part) / rows for needed, (_, part) in zip(least, parts)]
    drawing, left = Drawing(WIDTH, 130), 20
    for wide, (name, part) in zip(room, parts):
        look = {"colour": colours[name], "dashed": name == "gap"}
        if each_row:
            _cells(drawing, left, 54, wide / len(part), range(len(part)), part, **look)
        else:
            words = f"{len(part):,}" if name == "gap" else _span(part)
            drawing.box(left + wide / 2, 54, wide - 4, 30, words, size=SMALL + 1, **look)
        drawing.text(left + wide / 2, 20, name, strong=name != "gap")
        left += wide
    drawing.arrow([(20, 92), (780, 92)])
    if not each_row:
        in_gaps = "; in a gap: how many rows" if gap else ""
        drawing.text(400, 112, f"not to scale{in_gaps}", SMALL + 1)
    drawing.text(20, 112, "earlier", SMALL + 1, "start")
    drawing.text(780, 112, "later", SMALL + 1, "end")
    said = ", ".join(f"{name} {_span(part)}" for name, part in parts)
    return drawing, f"{rows:,} rows in the order of time: {said}."


def walk_forward_folds(rows, first_train, test, gap):
    """Draw the folds of a walk forward, one below the other: train, gap, test (5.3).

    Args:
        rows: Number of rows, at most 24.
        first_train: Rows in the training part of the first fold.
        test: Rows in each test part.
        gap: Rows left out between the parts.

    Returns:
        (drawing, sentence).

    Raises:
        InputError: If a number is no whole number (a gap may be 0), no fold is full, or there are
            too many rows to be drawn.

    Example:
        >>> from stcourse.diagrams import walk_forward_folds
        >>> print(walk_forward_folds(rows=13, first_train=5, test=3, gap=1)[1])
        2 folds on 13 rows: fold 0 trains on 0 to 4, gap 5, test 6 to 8; fold 1 trains on 0 to 7, gap 8, test 9 to 11.
    """  # noqa: E501
    if check_count("rows", rows) > MOST_CELLS:
        raise InputError(
            f"rows: expected at most {MOST_CELLS}, so that they can be drawn, got {rows}"
        )
    folds = walk_forward(rows, first_train, test, gap)

    left, cell = 80, min(48, (WIDTH - 96) / rows)
    drawing = Drawing(round(left + rows * cell + 16), 46 + 74 * len(folds))
    said = []
    for place, (train, tested) in enumerate(folds):
        y = 50 + 74 * place
        parts = {
            "train": (range(train.start, train.stop), BLUE),
            "gap": (range(train.stop, tested.start), INK),
            "test": (range(tested.start, tested.stop), GREEN),
        }
        drawing.text(16, y, f"fold {place}", anchor="start")
        for name, (part, colour) in parts.items():
            if part:
                _cells(drawing, left, y, cell, part, part, colour, dashed=name == "gap")
                drawing.text(left + (part[0] + part[-1] + 1) / 2 * cell, y - 28, name, SMALL + 1)
        between = f", gap {_span(parts['gap'][0])}" if gap else ""
        said.append(
            f"fold {place} trains on {_span(parts['train'][0])}{between}, "
            f"test {_span(parts['test'][0])}"
        )
    bottom = drawing.height - 28
    drawing.arrow([(left, bottom), (drawing.width - 16, bottom)])
    drawing.text(left, bottom + 17, "earlier", SMALL + 1, "start")
    drawing.text(drawing.width - 16, bottom + 17, "later", SMALL + 1, "end")
    return drawing, (
        f"{len(folds)} fold{'s' * (len(folds) > 1)} on {rows} rows: {'; '.join(said)}."
    )


def _cells(drawing, left, y, cell, places, numbers, colour=INK, dashed=False):
    for place, number in zip(places, numbers):
        x = left + (place + 0.5) * cell
        drawing.box(x, y, cell - 4, 30, str(number), colour, SMALL + 1, dashed)


def _span(part):
    """The first and last of some rows, in words."""
    return f"{part[0]:,}" if len(part) == 1 else f"{part[0]:,} to {part[-1]:,}"
