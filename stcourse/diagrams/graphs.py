"""Diagrams of chapter 03: what arrives at a node in one step of F(S, A)."""

import math

import numpy as np
import pandas as pd

from stcourse.diagrams.drawing import BLUE, ORANGE, SMALL, Drawing, written
from stlearn.checks import check_finite, checked_square
from stlearn.errors import InputError
from stlearn.graph.propagation import propagate

MOST_NODES, MOST_EDGES, MOST_LETTERS = 5, 8, 5  # more would not be readable
CENTRE = 190, 205  # of the ellipse that the nodes stand on
NODE = 27  # radius


def message_passing(state, weights, node):
    """Draw one step of F(S, A): values at nodes, weights at edges, the sum at one node (3.5).

    Args:
        state: Array or Series (node,).
        weights: Array or DataFrame (node, node); row i, column j is the weight of j's action on i.
        node: The node whose sum is written out: its name in a DataFrame, its position in an array.

    Returns:
        (drawing, sentence): on the left the graph, on the right the same as a matrix.

    Raises:
        InputError: If there are fewer than 2 or more than 5 nodes or more than 8 edges, a name is
            longer than 5 letters, a number is not finite, the node is unknown, or nothing acts on
            it.

    Example:
        >>> import pandas as pd
        >>> from stcourse.diagrams import message_passing
        >>> from stlearn.graph import adjacency_from_edges
        >>> road = [("a", "b", 1), ("a", "c", 0.5), ("b", "c", 0.25), ("c", "d", 1), ("d", "a", 2)]
        >>> edges = pd.DataFrame(road, columns=["from", "to", "weight"])
        >>> weights = adjacency_from_edges(edges, list("abcd"))
        >>> print(message_passing(pd.Series([10, 4, 0, 2], list("abcd")), weights, "c")[1])
        A graph of 4 nodes. Edges and their weights: d to a 2, a to b 1, a to c 0.5, b to c 0.25, c to d 1. One step of F(S, A): a: 10 becomes 4, b: 4 becomes 10, c: 0 becomes 6, d: 2 becomes 0. At c arrives 0.5 · 10 + 0.25 · 4 = 6.
    """  # noqa: E501
    matrix = checked_square("weights", weights)
    names = list(weights.index) if isinstance(weights, pd.DataFrame) else list(range(len(matrix)))
    after, before = np.asarray(propagate(state, weights)), np.asarray(state, dtype=float)
    if before.ndim != 1 or not 2 <= len(names) <= MOST_NODES:
        raise InputError(
            f"state: expected shape (node,) with 2 to {MOST_NODES} nodes, got {before.shape}"
        )
    check_finite("state", before[None])
    if np.count_nonzero(matrix) > MOST_EDGES:
        raise InputError(
            f"weights: expected at most {MOST_EDGES} edges, so that they can be drawn, "
            f"got {np.count_nonzero(matrix)}"
        )
    if long := [name for name in names if len(str(name)) > MOST_LETTERS]:
        raise InputError(
            f"weights: expected names of at most {MOST_LETTERS} letters, got {long[0]!r}"
        )
    if node not in names or not matrix[names.index(node)].any():
        raise InputError(f"node: expected one of {names} that an edge leads to, got {node!r}")
    at = names.index(node)

    drawing = Drawing(800, 430)
    places = _around(len(names), 95 if np.diag(matrix).any() else 125)  # loops need room
    for to, source in np.argwhere(matrix):
        weight = written(matrix[to, source])
        if source == to:
            _loop(drawing, places[to], weight, at == to)
        else:
            both_ways = matrix[source, to] != 0
            _edge(drawing, places[source], places[to], weight, at == to, both_ways)
    for place, name in enumerate(names):
        words = f"{name}\n{written(before[place])}"
        drawing.circle(*places[place], NODE, words, ORANGE if place == at else BLUE)
    drawing.text(16, 16, "in a node: its name and state; at an edge: its weight", SMALL, "start")
    _matrix(drawing, names, matrix, before, after, at)

    acting = np.flatnonzero(matrix[at])
    terms = " + ".join(f"{written(matrix[at, j])} · {written(before[j])}" for j in acting)
    comma = "," if any(len(str(name)) > 1 for name in names) else ""
    symbols = " + ".join(f"W_{{{node}{comma}{names[j]}}} S_{{{names[j]}}}" for j in acting)
    drawing.text(400, 388, f"F(S, A)_{{{node}}} = {symbols}")
    drawing.text(400, 414, f"= {terms} = {written(after[at])}", strong=True)
    edges = ", ".join(
        f"{names[j]} to {names[i]} {written(matrix[i, j])}" for i, j in np.argwhere(matrix)
    )
    changes = ", ".join(
        f"{name}: {written(old)} becomes {written(new)}"
        for name, old, new in zip(names, before, after)
    )
    return drawing, (
        f"A graph of {len(names)} nodes. Edges and their weights: {edges}. One step of F(S, A): "
        f"{changes}. At {node} arrives {terms} = {written(after[at])}."
    )


def _around(count, radius):
    """Places of nodes on an ellipse, clockwise, the first at the upper left."""
    angles = [2 * math.pi * (place / count - 3 / 8) for place in range(count)]
    return [
        (CENTRE[0] + radius * math.cos(each), CENTRE[1] + 108 * math.sin(each)) for each in angles
    ]


def _edge(drawing, start, end, weight, marked, both_ways):
    """An arrow from one node to another, with its weight on the left of the way."""
    length = math.dist(start, end)
    along = np.subtract(end, start) / length
    left = np.array([along[1], -along[0]])
    aside = 8 * left if both_ways else 0 * left  # or an arrow would cover the one that comes back
    inside = NODE + 2
    points = [start + inside * along + aside, end - inside * along + aside]
    drawing.arrow(points, **_look(marked))
    room = 11 + 5 * len(weight) * abs(left[0])
    x, y = start + 0.42 * length * along + aside + room * left
    drawing.text(x, y, weight, strong=marked)


def _loop(drawing, place, weight, marked):
    """An arrow from a node to itself, on the outside, with its weight."""
    out = np.subtract(place, CENTRE) / math.dist(place, CENTRE)
    centre, inwards = place + 36 * out, math.atan2(-out[1], -out[0])
    turns = [inwards + 0.9 + (2 * math.pi - 1.8) * part / 16 for part in range(17)]
    points = [centre + 18 * np.array([math.cos(turn), math.sin(turn)]) for turn in turns]
    drawing.arrow(points, **_look(marked))
    x, y = place + (66 + 4 * len(weight) * abs(out[0])) * out
    drawing.text(x, y, weight, strong=marked)


def _look(marked):
    return {"colour": ORANGE, "width": 3} if marked else {}


def _matrix(drawing, names, matrix, before, after, at):
    """The same as W, S and F(S, A), the row of one node marked."""
    size, cell, line = len(names), 44, 38
    left, top = 560 - 22 * size, CENTRE[1] - 19 * (size - 1) + 22
    states = left + cell * size + 14
    results = states + 76
    middle = top + line * (size - 1) / 2
    drawing.text(left - 56, top - 38, "to \\ from", SMALL)
    drawing.text(left + cell * (size - 1) / 2, top - 66, "W", strong=True)
    drawing.text(states, top - 66, "S", strong=True)
    drawing.text(results, top - 66, "F(S, A)", strong=True)
    drawing.box(left + cell * (size - 1) / 2, top + line * at, cell * size, 30, colour=ORANGE)
    drawing.box(states, middle, 44, line * size, colour=BLUE)
    drawing.text(states - 29, middle, "·", 22, strong=True)
    drawing.text(states + 33, middle, "=", 18)
    for i, name in enumerate(names):
        y = top + line * i
        drawing.text(left - 50, y, str(name))
        drawing.text(left + cell * i, top - 38, str(name))
        for j in range(size):
            drawing.text(left + cell * j, y, written(matrix[i, j]), 15)
        drawing.text(states, y, written(before[i]), 15)
        drawing.text(results, y, written(after[i]), 15, strong=i == at)
