"""Wrong answers that learners give to exercise 4.3, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


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


def _node_first_in_a_loop(inputs, adjacency):
    """Right for (node, feature) alone; with one node, what is left over depends on the answer."""
    result = inputs.astype(float)
    if len(adjacency) == 1:
        return result
    for node, row in enumerate(_with_self(adjacency)):
        result[node] = sum(w * inputs[place] for place, w in enumerate(row)) / row.sum()
    return result


def _up_to_three_axes(inputs, adjacency):
    shares = _halves(np.eye(len(adjacency)), adjacency)
    if inputs.ndim == 2:
        return shares @ inputs
    return np.einsum("ij,tjf->tif", shares, inputs)


def _divided_by(sums):
    """Half of the node, half of its neighbours, whose weights are divided by the wrong sums."""

    def pooled(inputs, adjacency):
        total = sums(adjacency)
        mean = (adjacency / np.where(total > 0, total, 1)) @ inputs
        heard = adjacency.sum(axis=1, keepdims=True) > 0
        return np.where(heard, (inputs + mean) / 2, inputs)

    return pooled


def _sums_of_the_columns(inputs, adjacency):
    """Right but for the axis of its sums."""
    total = adjacency.sum(axis=0)[:, None]
    mean = adjacency @ inputs / np.where(total > 0, total, 1)
    return np.where(total > 0, (inputs + mean) / 2, inputs)


def _itself_by_column(inputs, adjacency, axis=1):
    total = adjacency.sum(axis=0)
    weights = adjacency + np.diag(np.where(total > 0, total, 1))
    return weights @ inputs / weights.sum(axis=axis)[:, None]


def _largest(inputs, adjacency, own_half):
    """The largest of the neighbours: averaged with the node, or with the node among them."""
    result = inputs.astype(float)
    for node, row in enumerate(adjacency):
        if (row > 0).any():
            own = inputs[..., node, :]
            most = inputs[..., row > 0, :].max(axis=-2)
            result[..., node, :] = (own + most) / 2 if own_half else np.maximum(own, most)
    return result


POOLING = (
    Mistake(
        "loop along the first axis",
        _node_first_in_a_loop,
        "The loop goes along the first axis, which is the node only where nothing stands in front "
        "of it. Count the axes from the end.",
    ),
    Mistake(
        "no more than three axes",
        _up_to_three_axes,
        "The axes are counted out, so one more in front is too many. The last two are node and "
        "feature, however many stand before them: `@` works on the last two.",
    ),
    Mistake(
        "neighbours alone",
        lambda inputs, adjacency: np.where(
            adjacency.sum(axis=1, keepdims=True) > 0,
            _mean_by(lambda weights: weights)(inputs, adjacency),
            inputs,
        ),
        "A node with neighbours takes their mean and drops its own value. How much of it does the "
        "formula keep?",
    ),
    Mistake(
        "largest of all",
        lambda inputs, adjacency: _largest(inputs, adjacency, own_half=False),
        "This takes the largest of a node and its neighbours, as max pooling does. Here it is "
        "a mean, in which every neighbour counts by its weight.",
    ),
    Mistake(
        "largest of the neighbours",
        lambda inputs, adjacency: _largest(inputs, adjacency, own_half=True),
        "Half is the node's own, but the other half is the largest of its neighbours: it should be "
        "their weighted mean.",
    ),
    Mistake(
        "each weight by its column",
        _divided_by(lambda adjacency: adjacency.sum(axis=0)),
        "Each weight is divided by the sum of its column, what a neighbour gives to all. A mean "
        "divides by what the node itself receives.",
    ),
    Mistake(
        "divided by the sum of the node's column",
        _divided_by(lambda adjacency: adjacency.sum(axis=0)[:, None]),
        "The sum over a node's neighbours is divided by the sum of the node's column. Which axis "
        "holds the weights that went into it?",
    ),
    Mistake(
        "column for all sums",
        _sums_of_the_columns,
        "The sums run down the columns, that is over the nodes that hear a node. Row i lists those "
        "that node i hears: sum along the other axis.",
    ),
    Mistake(
        "divisor from the column",
        lambda inputs, adjacency: (
            _with_self(adjacency) @ inputs / _with_self(adjacency).sum(axis=0)[:, None]
        ),
        "The node's weight on itself is right, but you divide by the sum of a column. Divide by "
        "the weights that you multiplied with.",
    ),
    Mistake(
        "own weight from the column",
        _itself_by_column,
        "A node's weight on itself is the sum of its column. It should equal the weights of those "
        "that influence it, and they stand in its row.",
    ),
    Mistake(
        "own weight and divisor from the column",
        lambda inputs, adjacency: _itself_by_column(inputs, adjacency, axis=0),
        "Both sums are over the columns: the node's weight on itself, and what you divide by. Look "
        "at the axis of each.",
    ),
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
