"""Diagrams of chapter 04: taps and dilations, the LSTM cell, the hybrid, the STN."""

from stcourse.diagrams.drawing import BLUE, GREEN, INK, ORANGE, SMALL, Drawing
from stlearn.checks import check_count
from stlearn.errors import InputError

WIDTH = 800
MOST_STEPS = 40  # more would be too close to each other


def dilated_taps(dilations=(1, 2, 4, 8), taps=3):
    """Draw the tree of taps of causal convolutions on top of each other (4.1).

    Args:
        dilations: Steps between two taps, a number for each layer, the first on the inputs.
        taps: Taps of each kernel; tap 0 meets the present step.

    Returns:
        (drawing, sentence): which inputs the last output sees.

    Raises:
        InputError: If a number is not a whole number above zero, or more steps are seen than can
            be drawn.

    Example:
        >>> from stcourse.diagrams import dilated_taps
        >>> dilated_taps(dilations=(1, 2, 4, 8), taps=3)[1]
        'The output at the present step, over 4 layers of 3 taps with dilations 1, 2, 4, 8, sees 31 inputs, the furthest 30 steps back. Undilated layers would see 9.'

    Reference: van den Oord and others (2016), WaveNet: a generative model for raw audio.
    """  # noqa: E501
    dilations = [check_count("dilations", each) for each in dilations]
    taps = check_count("taps", taps)
    furthest = (taps - 1) * sum(dilations)
    if not dilations or furthest > MOST_STEPS:
        raise InputError(
            f"dilations: expected one or more that with {taps} taps reach at most {MOST_STEPS} "
            f"steps back, so that they can be drawn; got {dilations}, which reach {furthest}"
        )
    seen = {0}  # steps back, from the output down to the inputs
    levels = [seen]
    for dilation in reversed(dilations):
        seen = {step + tap * dilation for step in seen for tap in range(taps)}
        levels.append(seen)

    left, margin, step_down = 150, 62, 66
    pitch = min(64, (WIDTH - left - margin) / max(furthest, 1))
    right = round(left + pitch * furthest)
    drawing = Drawing(right + margin, 90 + step_down * len(dilations))

    def place(level, step):
        return right - pitch * step, 26 + step_down * level

    for level, dilation in enumerate(reversed(dilations)):
        for step in levels[level]:
            for tap in range(taps):
                end = place(level + 1, step + tap * dilation)
                drawing.line([place(level, step), end], BLUE)
        middle = 26 + step_down * (level + 0.5)
        drawing.text(16, middle, f"dilation {dilation}", SMALL + 1, "start")
    for level, steps in enumerate(levels):
        for step in range(furthest + 1):
            radius = min(8, 0.36 * pitch) if step in steps else 2
            drawing.circle(*place(level, step), radius, colour=BLUE, solid=step in steps)
    drawing.text(right + 14, place(1, 0)[1], "tap 0", SMALL, "start")
    for tap in range(1, taps if pitch * dilations[-1] > 70 else 1):
        x, y = place(1, tap * dilations[-1])
        drawing.text(x - 6, y - 16, f"tap {tap}", SMALL, "end")
    drawing.text(16, place(0, 0)[1], "output", strong=True, anchor="start")
    _, bottom = place(len(dilations), 0)
    drawing.text(16, bottom, "inputs", strong=True, anchor="start")
    drawing.text(16, bottom + 26, "steps back", SMALL + 1, "start")
    for step in range(0, furthest + 1, -(-26 // round(pitch))):
        drawing.text(place(0, step)[0], bottom + 26, str(step), SMALL)
    drawing.text(right, bottom + 46, "present", SMALL)
    layers = f"{len(dilations)} layer{'s' * (len(dilations) > 1)}"
    inputs = f"{len(seen)} input{'s' * (len(seen) > 1)}"
    undilated = 1 + (taps - 1) * len(dilations)
    return drawing, (
        f"The output at the present step, over {layers} of {taps} taps with dilations "
        f"{', '.join(map(str, dilations))}, sees {inputs}, the furthest {furthest} steps back. "
        f"Undilated layers would see {undilated}."
    )


def lstm_cell():
    """Draw one step of an LSTM: the line of the cell on top, the state below, the gates (4.5).

    Returns:
        (drawing, sentence).

    Example:
        >>> from stcourse.diagrams import lstm_cell
        >>> lstm_cell()[1].split('.')[0]
        'One step of an LSTM'

    Reference: Hochreiter and Schmidhuber (1997), Long short-term memory.
    """
    drawing = Drawing(WIDTH, 420)
    cell, middle, gates, state = 70, 165, 265, 345
    forget, enter, candidate, leave, squash = 190, 310, 430, 550, 640
    add = (enter + candidate) / 2

    drawing.box(52, cell, 84, 40, "cell c\nbefore", ORANGE, SMALL + 1)
    drawing.box(748, cell, 84, 40, "cell c\nafter", ORANGE, SMALL + 1)
    drawing.arrow([(94, cell), (forget - 16, cell)], ORANGE, width=3)
    drawing.arrow([(forget + 16, cell), (add - 16, cell)], ORANGE, width=3)
    drawing.arrow([(add + 16, cell), (706, cell)], ORANGE, width=3)
    drawing.box(52, state, 84, 40, "state h\nbefore", BLUE, SMALL + 1)
    drawing.box(748, state, 84, 40, "state h\nafter", BLUE, SMALL + 1)
    drawing.box(52, state + 50, 84, 30, "input x", size=SMALL + 1)

    # What comes in, to all four gates alike.
    drawing.line([(94, state), (leave, state)], width=2)
    drawing.line([(94, state + 50), (130, state + 50), (130, state)], width=2)
    for x in (forget, enter, candidate, leave):
        drawing.arrow([(x, state), (x, gates + 26)], width=2)
    for x, name, curve in (
        (forget, "forget gate", "σ"),
        (enter, "input gate", "σ"),
        (candidate, "candidate", "tanh"),
        (leave, "output gate", "σ"),
    ):
        drawing.box(x, gates, 98, 52, f"{curve}\n{name}", GREEN, SMALL + 1)

    # What the gates do.
    drawing.arrow([(forget, gates - 26), (forget, cell + 16)])
    drawing.arrow([(enter, gates - 26), (enter, middle), (add - 16, middle)])
    drawing.arrow([(candidate, gates - 26), (candidate, middle), (add + 16, middle)])
    drawing.arrow([(add, middle - 16), (add, cell + 16)])
    drawing.arrow([(squash, cell), (squash, 108)])
    drawing.box(squash, 124, 60, 32, "tanh", GREEN, SMALL + 1)
    drawing.arrow([(squash, 140), (squash, 184)])
    drawing.arrow([(leave, gates - 26), (leave, 200), (squash - 16, 200)])
    drawing.arrow([(squash, 216), (squash, state), (706, state)], BLUE, width=3)
    for x, y, sign in (
        (forget, cell, "⊙"),
        (add, cell, "+"),
        (add, middle, "⊙"),
        (squash, 200, "⊙"),
    ):
        drawing.circle(x, y, 16, sign, size=20)
    for x, y, letter in (
        (forget + 14, 210, "f"),
        (enter + 14, 210, "i"),
        (candidate + 14, 210, "g"),
        (leave + 14, 222, "o"),
    ):
        drawing.text(x, y, letter, strong=True)
    drawing.text(add, 30, "c ← f ⊙ c + i ⊙ g")
    drawing.text(squash + 12, 246, "h ← o ⊙ tanh(c)", anchor="start")
    drawing.text(add + 40, 378, "each part: x W + h U + b, with its own quarter of W, U and b,", 14)
    drawing.text(add + 40, 398, "in the order i, f, g, o", 14)
    return drawing, (
        "One step of an LSTM. Input x and the state h before it go into four parts: forget gate f, "
        "input gate i and output gate o, each a sigmoid (σ), and the candidate g, a tanh. The cell "
        "c runs along the top: it is multiplied by f, then i times g is added. The state h after "
        "the step is o times the tanh of the new cell."
    )


def hybrid(nodes, lookback, horizon, filters, units, taps=3, features=1):
    """Draw the article's hybrid as blocks from history to forecast, shapes on the arrows (4.6).

    Args:
        nodes: Number of nodes.
        lookback: Steps of history.
        horizon: Steps ahead.
        filters, taps: Filters of the convolution, and taps of each.
        units: Units of the LSTM.
        features: Features of each node at each step.

    Returns:
        (drawing, sentence): the sentence counts the parameters, those of the blocks stand there.

    Raises:
        InputError: If a number is not a whole number above zero.

    Example:
        >>> from stcourse.diagrams import hybrid
        >>> print(hybrid(nodes=48, lookback=12, horizon=12, filters=64, units=64)[1])
        The hybrid: history (12, 48, 1), flattened (12, 48), convolved over time with ReLU (12, 64), last state of the LSTM (64,), read-out (576,), reshaped and turned round (12, 48), added to the last values: forecast (12, 48). It has 79,744 parameters, of which 46,656 grow with the number of nodes.
    """  # noqa: E501
    given = {
        "nodes": nodes, "lookback": lookback, "horizon": horizon, "filters": filters,
        "units": units, "taps": taps, "features": features,
    }  # fmt: skip
    _check_counts(given)
    flat, out = nodes * features, nodes * horizon
    convolution = taps * flat * filters + filters
    lstm = 4 * units * (filters + units + 1)
    read_out = (units + 1) * out

    drawing = Drawing(WIDTH, 300)
    first, second = 54, 230
    a, b, c, d = 62, 278, 494, 716
    _block(drawing, a, first, "history", BLUE)
    _block(drawing, b, first, "flatten")
    _block(drawing, c, first, "convolution\nover time, ReLU", GREEN, width=128)
    _block(drawing, d, first, "LSTM", GREEN)
    _block(drawing, d, second, "read-out\n(dense)", GREEN)
    for x, y, count in (
        (c, first - 38, convolution),
        (d, first - 38, lstm),
        (d, second + 38, read_out),
    ):
        drawing.text(x, y, f"{count:,} parameters", SMALL)
    _block(drawing, c, second, "reshape,\nturn round")
    drawing.circle(b, second, 18, "+", size=20)
    _block(drawing, a, second, "forecast", ORANGE)
    _across(drawing, a + 56, b - 56, first, (lookback, nodes, features))
    _across(drawing, b + 56, c - 64, first, (lookback, flat))
    _across(drawing, c + 64, d - 56, first, (lookback, filters))
    drawing.arrow([(d, first + 24), (d, second - 24)])
    drawing.text(d - 8, (first + second) / 2 + 8, f"last state {_shape(units)}", SMALL, "end")
    _across(drawing, d - 56, c + 56, second, (out,))
    _across(drawing, c - 56, b + 18, second, (horizon, nodes))
    _across(drawing, b - 18, a + 56, second, (horizon, nodes))
    drawing.arrow([(a, first + 24), (a, 142), (b, 142), (b, second - 18)], BLUE)
    drawing.text((a + b) / 2, 132, f"last values {_shape(nodes)}", SMALL)
    return drawing, (
        f"The hybrid: history {_shape(lookback, nodes, features)}, flattened "
        f"{_shape(lookback, flat)}, convolved over time with ReLU {_shape(lookback, filters)}, "
        f"last state of the LSTM {_shape(units)}, read-out {_shape(out)}, reshaped and turned "
        f"round {_shape(horizon, nodes)}, added to the last values: forecast "
        f"{_shape(horizon, nodes)}. It has {convolution + lstm + read_out:,} parameters, of which "
        f"{convolution - filters + read_out:,} grow with the number of nodes."
    )


def spatio_temporal(nodes, lookback, horizon, filters, units, taps=4):
    """Draw the small STN as blocks from history to forecast, with shapes on the arrows (4.7).

    Args:
        nodes: Number of nodes.
        lookback: Steps of history.
        horizon: Steps ahead.
        filters, taps: Filters of the dynamic convolution, and taps of its kernel.
        units: Units of the dense layer on both, side by side.

    Returns:
        (drawing, sentence): the sentence counts the parameters, those of the blocks stand there.

    Raises:
        InputError: If a number is not a whole number above zero.

    Example:
        >>> from stcourse.diagrams import spatio_temporal
        >>> print(spatio_temporal(nodes=48, lookback=12, horizon=12, filters=8, units=16)[1])
        The small STN: history (12, 48, 1), dynamic convolution over time (12, 48, 8), beside it the same after local pooling over the graph, both side by side (12, 48, 16), dense layer with ReLU (12, 48, 16), newest step (48, 16), read-out (48, 12), turned round (12, 48), added to the last values: forecast (12, 48). It has 548 parameters, for any number of nodes.
    """  # noqa: E501
    given = {
        "nodes": nodes, "lookback": lookback, "horizon": horizon, "filters": filters,
        "units": units, "taps": taps,
    }  # fmt: skip
    _check_counts(given)
    dynamic = filters + 2 * taps * filters
    mix = (2 * filters + 1) * units
    read_out = (units + 1) * horizon

    drawing = Drawing(WIDTH, 380)
    upper, first, second = 90, 160, 318
    a, b, c, d = 62, 270, 500, 734
    plus, turn, read = 240, 366, 524
    _block(drawing, a, first, "history", BLUE)
    _block(drawing, b, first, "dynamic\nconvolution", GREEN)
    _block(drawing, c, 18, "adjacency A", BLUE, height=30)
    _block(drawing, c, upper, "local pooling")
    _block(drawing, d, first, "side by side")
    _block(drawing, d, second, "dense, ReLU", GREEN)
    _block(drawing, read, second, "read-out\n(dense)", GREEN, width=100)
    _block(drawing, turn, second, "turn round", width=90)
    drawing.circle(plus, second, 18, "+", size=20)
    _block(drawing, a, second, "forecast", ORANGE)
    for x, y, count in ((b, first, dynamic), (d, second, mix), (read, second, read_out)):
        drawing.text(x, y + 38, f"{count:,} parameters", SMALL)
    _across(drawing, a + 56, b - 56, first, (lookback, nodes, 1))
    _across(drawing, b + 56, d - 56, first, (lookback, nodes, filters))
    drawing.arrow([(b, first - 24), (b, upper), (c - 56, upper)])
    drawing.arrow([(c, 33), (c, upper - 24)])
    drawing.text(c + 8, 49, _shape(nodes, nodes), SMALL, "start")
    drawing.arrow([(c + 56, upper), (d, upper), (d, first - 24)])
    drawing.text((c + 56 + d) / 2, upper - 11, _shape(lookback, nodes, filters), SMALL)
    drawing.arrow([(d, first + 24), (d, second - 24)])
    drawing.text(d - 8, (first + second) / 2, _shape(lookback, nodes, 2 * filters), SMALL, "end")
    _across(drawing, d - 56, read + 50, second, (nodes, units))
    drawing.text((d - 56 + read + 50) / 2, second + 13, "newest step", SMALL)
    _across(drawing, read - 50, turn + 45, second, (nodes, horizon))
    _across(drawing, turn - 45, plus + 18, second, (horizon, nodes))
    _across(drawing, plus - 18, a + 56, second, (horizon, nodes))
    drawing.arrow([(a, first + 24), (a, 240), (plus, 240), (plus, second - 18)], BLUE)
    drawing.text((a + plus) / 2, 229, f"last values {_shape(nodes)}", SMALL)
    return drawing, (
        f"The small STN: history {_shape(lookback, nodes, 1)}, dynamic convolution over time "
        f"{_shape(lookback, nodes, filters)}, beside it the same after local pooling over the "
        f"graph, both side by side {_shape(lookback, nodes, 2 * filters)}, dense layer with ReLU "
        f"{_shape(lookback, nodes, units)}, newest step {_shape(nodes, units)}, read-out "
        f"{_shape(nodes, horizon)}, turned round {_shape(horizon, nodes)}, added to the last "
        f"values: forecast {_shape(horizon, nodes)}. It has {dynamic + mix + read_out:,} "
        "parameters, for any number of nodes."
    )


def _check_counts(given):
    for name, count in given.items():
        check_count(name, count)


def _block(drawing, x, y, words, colour=INK, width=112, height=48):
    drawing.box(x, y, width, height, words, colour, SMALL + 1)


def _across(drawing, start, end, y, shape):
    """An arrow from x `start` to `end`, with a shape above it."""
    drawing.arrow([(start, y), (end, y)])
    drawing.text((start + end) / 2, y - 11, _shape(*shape), SMALL)


def _shape(*sizes):
    return str(sizes)
