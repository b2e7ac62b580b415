"""Wrong answers that learners give to exercise 4.3, and other right ones."""

import numpy as np

from stlearn.course.exercise import Mistake


def _mean_by(weights):
    def pooled(inputs, adjacency):
        matrix = weights(adjacency)
        total = matrix.sum(axis=1, keepdims=True)
        return matrix @ inputs / np.where(total > 0, total, 1)

    return pooled


def _with_self(adjacency):
    total = adjacency.sum(axis=1)
    return adjacency + np.diag(np.where(total > 0, total, 1))


def _lonely_halved(inputs, adjacency):
    total = adjacency.sum(axis=1, keepdims=True)
    return (inputs + adjacency @ inputs / np.where(total > 0, total, 1)) / 2


def _over_columns(inputs, adjacency):
    weights = _with_self(adjacency)
    return weights / weights.sum(axis=0) @ inputs


def _halves(inputs, adjacency):
    total = adjacency.sum(axis=1, keepdims=True)
    mean = adjacency @ inputs / np.where(total > 0, total, 1)
    return np.where(total > 0, (inputs + mean) / 2, inputs)


def _pooled_in_loops(inputs, adjacency):
    result = []
    for node, row in enumerate(adjacency):
        own = inputs[..., node, :]
        heard = [place for place, weight in enumerate(row) if weight > 0]
        if heard:
            total = sum(row[place] for place in heard)
            own = (own + sum(row[place] * inputs[..., place, :] for place in heard) / total) / 2
        result.append(own)
    return np.stack(result, axis=-2)


def _node_first(inputs, adjacency):
    """Right for (node, feature) alone."""
    weights = _with_self(adjacency)
    return np.stack(
        [sum(w * x for w, x in zip(row, inputs, strict=True)) / sum(row) for row in weights]
    )


POOLING = (
    Mistake(
        "node taken for the first axis",
        _node_first,
        "The first axis is taken for the node. It is the last but one, as there may be further "
        "axes in front, a time for instance: `@` keeps to that, or `inputs[..., node, :]`.",
    ),
    Mistake(
        "sums not as a column",
        lambda inputs, adjacency: (
            _with_self(adjacency) @ inputs / _with_self(adjacency).sum(axis=1)
        ),
        "The sums of the rows lie along the features. There is one for each node, so they have to "
        "stand as a column: `keepdims=True`, or `[:, None]`.",
    ),
    Mistake(
        "sums of the neighbours not as a column",
        lambda inputs, adjacency: (inputs + adjacency @ inputs / adjacency.sum(axis=1)) / 2,
        "The sums of the neighbours' weights lie along the features. They have to stand as a "
        "column, `[:, None]`; and where a sum is 0 the node keeps its own value.",
    ),
    Mistake(
        "half of each, neighbours added up",
        lambda inputs, adjacency: (inputs + adjacency @ inputs) / 2,
        "Half of the node and half of the sum of its neighbours: divide that sum by the sum of "
        "their weights. And a node without neighbours keeps its whole value.",
    ),
    Mistake(
        "without itself",
        _mean_by(lambda adjacency: adjacency),
        "The node itself is not in its mean: half of the weight is its own.",
    ),
    Mistake(
        "adjacency turned round",
        _mean_by(lambda adjacency: _with_self(adjacency.T)),
        "The adjacency is turned round: row i lists who influences node i, and those are pooled.",
    ),
    Mistake(
        "sum instead of mean",
        lambda inputs, adjacency: _with_self(adjacency) @ inputs,
        "This is a sum: divide by the sum of the weights, or nodes with many neighbours get large "
        "numbers.",
    ),
    Mistake(
        "mean over all nodes",
        lambda inputs, adjacency: np.broadcast_to(inputs.mean(axis=0), inputs.shape).copy(),
        "This is the mean over all nodes: pooling is local, only neighbours count.",
    ),
    Mistake(
        "weight one on itself",
        _mean_by(lambda adjacency: adjacency + np.eye(len(adjacency))),
        "The node's own weight is 1: it should be as large as the weights of its neighbours "
        "together.",
    ),
    Mistake(
        "weights ignored",
        _mean_by(lambda adjacency: _with_self((adjacency > 0).astype(float))),
        "All neighbours count the same: the adjacency says how much each one counts.",
    ),
    Mistake(
        "normalised over the columns",
        _over_columns,
        "The weights are divided by the sums of the columns: it is each row that has to sum to 1.",
    ),
    Mistake(
        "lonely node halved",
        _lonely_halved,
        "A node without neighbours is averaged with nothing and loses half of its value: it should "
        "keep it.",
    ),
    Mistake(
        "lonely node is NaN",
        lambda inputs, adjacency: (
            (inputs + adjacency @ inputs / adjacency.sum(axis=1, keepdims=True)) / 2
        ),
        "A node without neighbours is divided by zero and becomes NaN. It keeps its own value.",
    ),
    Mistake(
        "lonely node becomes zero",
        lambda inputs, adjacency: (
            _halves(inputs, adjacency) * (adjacency.sum(axis=1, keepdims=True) > 0)
        ),
        "A node without neighbours has become 0. It keeps its own value.",
    ),
    Mistake(
        "half forgotten",
        lambda inputs, adjacency: (
            np.where(adjacency.sum(axis=1, keepdims=True) > 0, 2, 1) * _halves(inputs, adjacency)
        ),
        "Own value and mean of the neighbours are added. A mean takes half of each.",
    ),
    Mistake(
        "sum instead of the neighbours' mean",
        lambda inputs, adjacency: np.where(
            adjacency.sum(axis=1, keepdims=True) > 0, (inputs + adjacency @ inputs) / 2, inputs
        ),
        "The neighbours are added up, not averaged: divide by the sum of their weights.",
    ),
    Mistake(
        "divided by the number of neighbours",
        lambda inputs, adjacency: (
            (inputs + adjacency @ inputs) / (1 + (adjacency > 0).sum(axis=1, keepdims=True))
        ),
        "The sum is divided by how many there are. The node counts as much as all its "
        "neighbours together, and those by their weights.",
    ),
    Mistake(
        "both directions",
        lambda inputs, adjacency: _halves(inputs, np.maximum(adjacency, adjacency.T)),
        "Neighbours in both directions are pooled. Only those that influence a node count: its "
        "row.",
    ),
    Mistake(
        "pooled twice",
        lambda inputs, adjacency: _halves(_halves(inputs, adjacency), adjacency),
        "This is pooled twice: neighbours of neighbours are in it.",
    ),
    Mistake(
        "a third",
        lambda inputs, adjacency: np.where(
            adjacency.sum(axis=1, keepdims=True) > 0,
            (4 * _halves(inputs, adjacency) - inputs) / 3,
            inputs,
        ),
        "The neighbours count twice as much as the node. Its own half and theirs are equal.",
    ),
)
POOLING_ALSO_RIGHT = (_halves, _pooled_in_loops)
