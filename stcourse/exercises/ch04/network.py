"""Wrong answers that learners give to exercise 4.6, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake
from stlearn.networks import numpy_layers


def _stn(
    history,
    adjacency,
    weights,
    pool=lambda own, adjacency: numpy_layers.local_pooling(own, adjacency),
    join=lambda own, pooled: (own, pooled),
    relu=lambda sums: np.maximum(sums, 0),
    newest=lambda state: state[-1],
    turn=lambda changes: changes.T,
    last=lambda history: history[-1],
    first=lambda history, adjacency: history,
):
    """The small STN, with one thing to be done wrongly."""
    *dynamic, mix, mix_bias, out, out_bias = weights
    own = numpy_layers.dynamic_conv(first(history, adjacency)[:, :, None], *dynamic)
    both = np.concatenate(join(own, pool(own, adjacency)), axis=-1)
    state = relu(both @ mix + mix_bias)
    return last(history) + turn(newest(state) @ out + out_bias)


def _stn_but(**changes):
    return lambda history, adjacency, weights: _stn(history, adjacency, weights, **changes)


def _pooled_history(history, adjacency):
    return numpy_layers.local_pooling(history[:, :, None], adjacency)[:, :, 0]


def _stn_by_halves(history, adjacency, weights):
    """The dense layer cut in two: one half for the own features, one for the pooled."""
    *dynamic, mix, mix_bias, out, out_bias = weights
    own = numpy_layers.dynamic_conv(history[:, :, None], *dynamic)[-1]
    half = own.shape[1]
    sums = own @ mix[:half] + numpy_layers.local_pooling(own, adjacency) @ mix[half:] + mix_bias
    changes = np.where(sums > 0, sums, 0) @ out + out_bias
    return (history[-1][:, None] + changes).T


def _with_itself(own, adjacency):
    """Mean over a node and its neighbours, the node with a weight of 1."""
    weights = adjacency + np.eye(len(adjacency))
    return weights @ own / weights.sum(axis=1, keepdims=True)


def _history_pooled_beside(history, adjacency, weights):
    """The convolution once over the history and once over the pooled one."""
    pooled = numpy_layers.dynamic_conv(
        _pooled_history(history, adjacency)[:, :, None], *weights[:3]
    )
    return _stn(history, adjacency, weights, pool=lambda own, adjacency: pooled)


def _pooled_alone(history, adjacency, weights, half):
    """The dense layer on the pooled features, with one half of its weights."""
    mix = np.split(weights[3], 2)[half]
    return _stn(
        history,
        adjacency,
        [*weights[:3], mix, *weights[4:]],
        join=lambda own, pooled: (pooled,),
    )


STN = (
    Mistake(
        "convolution of the pooled history",
        _history_pooled_beside,
        "The pooled features come from a convolution of the pooled history. What is pooled is the "
        "result of the one convolution.",
    ),
    Mistake(
        "space before time, and nothing after",
        _stn_but(first=_pooled_history, join=lambda own, pooled: (own, own)),
        "The history is pooled, then convolved, and that stands on both sides: in which order do "
        "the two steps come, and what is joined with what?",
    ),
    Mistake(
        "pooled alone, second half of the weights",
        lambda history, adjacency, weights: _pooled_alone(history, adjacency, weights, half=1),
        "The dense layer is given the pooled features alone. The first half of its weights is for "
        "what the node itself has.",
    ),
    Mistake(
        "pooled alone, first half of the weights",
        lambda history, adjacency, weights: _pooled_alone(history, adjacency, weights, half=0),
        "The pooled features meet the first half of the weights, and nothing meets the second. "
        "Both parts go into the dense layer side by side.",
    ),
    Mistake(
        "sum with itself",
        _stn_but(pool=lambda own, adjacency: (adjacency + np.eye(len(adjacency))) @ own),
        "A node and its neighbours are added up by A + I. Local pooling is the mean of Exercise "
        "4.3: nothing is divided here.",
    ),
    Mistake(
        "mean with itself",
        _stn_but(pool=_with_itself),
        "This is a mean by A + I, in which the node has a weight of 1. How much weight has it in "
        "local pooling?",
    ),
    Mistake(
        "pooled with self-edges",
        _stn_but(
            pool=lambda own, adjacency: numpy_layers.local_pooling(
                own, adjacency + np.eye(len(adjacency))
            )
        ),
        "The pooling is given A + I. `numpy_layers.local_pooling` adds the node itself already, so "
        "with a self-edge it counts twice.",
    ),
    Mistake(
        "neighbours pooled twice",
        _stn_but(join=lambda own, pooled: (pooled, pooled)),
        "Only pooled features are joined: a node's own features would be gone.",
    ),
    Mistake(
        "own features twice",
        _stn_but(join=lambda own, pooled: (own, own)),
        "The pooled features are not used: no node would hear of another.",
    ),
    Mistake(
        "history as own",
        lambda history, adjacency, weights: _stn(
            history,
            adjacency,
            weights,
            join=lambda own, pooled: (history[:, :, None], pooled),
        ),
        "The history itself is joined with the pooled features. What stands first is the node's "
        "own result of the convolution, as many numbers as it has filters.",
    ),
    Mistake(
        "joined the other way round",
        _stn_but(join=lambda own, pooled: (pooled, own)),
        "Pooled features stand before the own: the weights expect the own first.",
    ),
    Mistake(
        "adjacency turned round",
        _stn_but(pool=lambda own, adjacency: numpy_layers.local_pooling(own, adjacency.T)),
        "The adjacency is turned round: pool over the nodes that influence a node, as it is given.",
    ),
    Mistake(
        "space before time",
        _stn_but(first=_pooled_history),
        "The history is pooled before the convolution: time comes first here, then space.",
    ),
    Mistake(
        "pooled over all nodes",
        _stn_but(pool=lambda own, adjacency: own.mean(axis=1, keepdims=True) + 0 * own),
        "The mean is over all nodes: local pooling asks the graph who is near.",
    ),
    Mistake(
        "ReLU forgotten",
        _stn_but(relu=lambda sums: sums),
        "There is no ReLU after the dense layer: two linear maps in a row are one.",
    ),
    Mistake(
        "oldest step read",
        _stn_but(newest=lambda state: state[0]),
        "The read-out looks at the oldest step: the newest one has seen all the others.",
    ),
    Mistake(
        "mean over time",
        _stn_but(newest=lambda state: state.mean(axis=0)),
        "The read-out looks at the mean over time: only the newest step is read.",
    ),
    Mistake(
        "reshaped instead of turned",
        _stn_but(turn=lambda changes: changes.reshape(changes.shape[::-1])),
        "A reshape mixes nodes and steps ahead: turn the axes round, so that each number keeps its "
        "node.",
    ),
    Mistake(
        "last value forgotten",
        _stn_but(last=lambda history: 0),
        "The last value is not added: the network says the change from it.",
    ),
    Mistake(
        "oldest value added",
        _stn_but(last=lambda history: history[0]),
        "The change is added to the oldest value: the network says the change from the newest.",
    ),
    Mistake(
        "changes added up",
        _stn_but(turn=lambda changes: np.cumsum(changes.T, axis=0)),
        "The changes are added up over the steps ahead. Each is a change from the last value.",
    ),
    Mistake(
        "ReLU at the end",
        _stn_but(turn=lambda changes: np.maximum(changes, 0).T),
        "There is a ReLU at the end: no forecast could fall below the last value. The read-out "
        "has none.",
    ),
    Mistake(
        "change taken off",
        _stn_but(turn=lambda changes: -changes.T),
        "The change is taken off. It is added to the last value.",
    ),
    Mistake(
        "bias of the read-out forgotten",
        lambda history, adjacency, weights: _stn(
            history, adjacency, [*weights[:-1], 0 * weights[-1]]
        ),
        "The bias of the read-out is not in it.",
    ),
    Mistake(
        "bias of the dense layer forgotten",
        lambda history, adjacency, weights: _stn(
            history, adjacency, [*weights[:4], 0 * weights[4], *weights[5:]]
        ),
        "The bias of the dense layer is not in it: it comes before the ReLU.",
    ),
    Mistake(
        "product for pooling",
        _stn_but(pool=lambda own, adjacency: adjacency @ own),
        "The features are multiplied by the adjacency. Local pooling is a mean, with half of "
        "the weight on the node itself: `numpy_layers.local_pooling`.",
    ),
    Mistake(
        "weights of the graph dropped",
        _stn_but(
            pool=lambda own, adjacency: numpy_layers.local_pooling(own, (adjacency > 0) * 1.0)
        ),
        "All neighbours count the same. The adjacency says how much each one counts.",
    ),
    Mistake(
        "newest step alone",
        _stn_but(first=lambda history, adjacency: history[-1:]),
        "The convolution is given the newest step alone. It needs the whole history, or its "
        "other taps meet nothing.",
    ),
)
STN_ALSO_RIGHT = (_stn_by_halves,)
