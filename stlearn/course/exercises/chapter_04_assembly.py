"""Wrong answers that learners give to exercises 4.5 to 4.7, and other right ones."""

import numpy as np

from stlearn import twins
from stlearn.course.exercise import Mistake

# 4.5


def _hybrid(
    history,
    weights,
    horizon,
    flatten=lambda history: history.reshape(len(history), -1),
    relu=lambda sums: np.maximum(sums, 0),
    shape=lambda changes, nodes, horizon: changes.reshape(nodes, horizon).T,
    last=lambda history: history[-1, :, 0],
    bias_used=1,
    read=lambda convolved: convolved,
):
    """The hybrid, with one thing to be done wrongly."""
    filters, filter_bias, kernel, recurrent, bias, out, out_bias = weights
    convolved = relu(twins.causal_conv(flatten(history), filters) + bias_used * filter_bias)
    state = twins.lstm(read(convolved), kernel, recurrent, bias)
    return last(history) + shape(state @ out + out_bias, history.shape[1], horizon)


def _hybrid_but(**changes):
    return lambda history, weights, horizon: _hybrid(history, weights, horizon, **changes)


def _hybrid_in_loops(history, weights, horizon):
    filters, filter_bias, kernel, recurrent, bias, out, out_bias = weights
    state = cell = np.zeros(len(recurrent))
    for now in range(len(history)):
        sums = filter_bias + history[now].ravel() @ filters[1]
        if now:
            sums = sums + history[now - 1].ravel() @ filters[0]
        state, cell = twins.lstm_step(np.maximum(sums, 0), state, cell, kernel, recurrent, bias)
    result = np.empty((horizon, history.shape[1]))
    for node in range(history.shape[1]):
        for step in range(horizon):
            place = node * horizon + step
            result[step, node] = history[-1, node, 0] + state @ out[:, place] + out_bias[place]
    return result


HYBRID = (
    Mistake(
        "time and node swapped",
        _hybrid_but(flatten=lambda history: np.swapaxes(history, 0, 1).reshape(len(history), -1)),
        "Time and nodes are mixed up in the flattening: each row has to hold all nodes of one "
        "time.",
    ),
    Mistake(
        "features first",
        _hybrid_but(flatten=lambda history: np.swapaxes(history, 1, 2).reshape(len(history), -1)),
        "The vector lists the nodes within each feature: the weights expect the features of node "
        "0, then those of node 1.",
    ),
    Mistake(
        "nodes and horizon mixed",
        _hybrid_but(shape=lambda changes, nodes, horizon: changes.reshape(horizon, nodes)),
        "Nodes and steps ahead are mixed in the read-out: it lists all steps of node 0 first, so "
        "it is (node, horizon) before it is turned round.",
    ),
    Mistake(
        "left as (node, horizon)",
        _hybrid_but(
            shape=lambda changes, nodes, horizon: changes.reshape(nodes, horizon),
            last=lambda history: history[-1, :, :1],
        ),
        "The forecast has the axes (node, horizon): time comes first, turn it round.",
    ),
    Mistake(
        "last value forgotten",
        _hybrid_but(last=lambda history: 0),
        "These are the changes alone: the last speed is not added.",
    ),
    Mistake(
        "oldest value added",
        _hybrid_but(last=lambda history: history[0, :, 0]),
        "The change is added to the oldest speed: the network says the change from the newest.",
    ),
    Mistake(
        "ReLU forgotten",
        _hybrid_but(relu=lambda sums: sums),
        "The convolution has no ReLU: what is below zero has to become zero.",
    ),
    Mistake(
        "bias of the convolution forgotten",
        _hybrid_but(bias_used=0),
        "The bias of the convolution is not in it: it comes before the ReLU.",
    ),
    Mistake(
        "newest step first",
        _hybrid_but(read=lambda convolved: convolved[::-1]),
        "The LSTM reads the sequence backwards: the newest step has to come last.",
    ),
    Mistake(
        "last step alone",
        _hybrid_but(read=lambda convolved: convolved[-1:]),
        "The LSTM gets the last step alone: it reads the whole sequence, and its last state is "
        "used.",
    ),
)
HYBRID_ALSO_RIGHT = (_hybrid_in_loops,)


# 4.6


def _stn(
    history,
    adjacency,
    weights,
    pool=lambda own, adjacency: twins.local_pooling(own, adjacency),
    join=lambda own, pooled: (own, pooled),
    relu=lambda sums: np.maximum(sums, 0),
    newest=lambda state: state[-1],
    turn=lambda changes: changes.T,
    last=lambda history: history[-1],
    first=lambda history, adjacency: history,
):
    """The small STN, with one thing to be done wrongly."""
    *dynamic, mix, mix_bias, out, out_bias = weights
    own = twins.dynamic_conv(first(history, adjacency)[:, :, None], *dynamic)
    both = np.concatenate(join(own, pool(own, adjacency)), axis=-1)
    state = relu(both @ mix + mix_bias)
    return last(history) + turn(newest(state) @ out + out_bias)


def _stn_but(**changes):
    return lambda history, adjacency, weights: _stn(history, adjacency, weights, **changes)


def _pooled_history(history, adjacency):
    return twins.local_pooling(history[:, :, None], adjacency)[:, :, 0]


def _stn_by_halves(history, adjacency, weights):
    """The dense layer cut in two: one half for the own features, one for the pooled."""
    *dynamic, mix, mix_bias, out, out_bias = weights
    own = twins.dynamic_conv(history[:, :, None], *dynamic)[-1]
    half = own.shape[1]
    sums = own @ mix[:half] + twins.local_pooling(own, adjacency) @ mix[half:] + mix_bias
    changes = np.where(sums > 0, sums, 0) @ out + out_bias
    return (history[-1][:, None] + changes).T


STN = (
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
        "joined the other way round",
        _stn_but(join=lambda own, pooled: (pooled, own)),
        "Pooled features stand before the own: the weights expect the own first.",
    ),
    Mistake(
        "adjacency turned round",
        _stn_but(pool=lambda own, adjacency: twins.local_pooling(own, adjacency.T)),
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
)
STN_ALSO_RIGHT = (_stn_by_halves,)


# 4.7


def _rolled(
    values,
    start,
    every,
    window,
    parameters,
    learn,
    forecast,
    due=lambda row, start, every: (row - start) % every == 0,
    recent=lambda values, row, window, start, every: values[row - window : row],
    known=lambda values, row: values[:row],
    scratch=False,
    late=False,
):
    """The rolling update, with one thing to be done wrongly."""
    forecasts, first = [], parameters
    for row in range(start, len(values)):
        before = parameters
        if due(row, start, every):
            base = first if scratch else parameters
            parameters = learn(base, recent(values, row, window, start, every))
        forecasts.append(forecast(before if late else parameters, known(values, row)))
    return np.stack(forecasts)


def _rolled_but(**changes):
    return lambda values, start, every, window, parameters, learn, forecast: _rolled(
        values, start, every, window, parameters, learn, forecast, **changes
    )


def _period_by_period(values, start, every, window, parameters, learn, forecast):
    result = np.empty_like(values[start:])
    for first in range(start, len(values), every):
        parameters = learn(parameters, values[first - window : first])
        for row in range(first, min(first + every, len(values))):
            result[row - start] = forecast(parameters, values[:row])
    return result


ROLLING = (
    Mistake(
        "learns from the future",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[row - window : row + every]
        ),
        "The update learns from the rows it is about to forecast: its window ends before the row "
        "at hand.",
    ),
    Mistake(
        "learns from the row at hand",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[row - window + 1 : row + 1]
        ),
        "The window includes the row at hand: it is not known yet when it is forecast.",
    ),
    Mistake(
        "forecast sees the row at hand",
        _rolled_but(known=lambda values, row: values[: row + 1]),
        "The forecast is given the row that it should forecast.",
    ),
    Mistake(
        "from scratch",
        _rolled_but(scratch=True),
        "Each update starts again from the first parameters: it should go on from the present "
        "ones.",
    ),
    Mistake(
        "all the past",
        _rolled_but(recent=lambda values, row, window, start, every: values[:row]),
        "The update learns from all the past: only the last `window` rows count.",
    ),
    Mistake(
        "always the first window",
        _rolled_but(
            recent=lambda values, row, window, start, every: values[start - window : start]
        ),
        "Every update learns from the rows before `start`: the window has to move along.",
    ),
    Mistake(
        "updated too late",
        _rolled_but(late=True),
        "The forecast of the row comes before the update that is due: the new parameters arrive a "
        "row late.",
    ),
    Mistake(
        "only once",
        _rolled_but(due=lambda row, start, every: row == start),
        "There is one update at the beginning and none later.",
    ),
    Mistake(
        "at every row",
        _rolled_but(due=lambda row, start, every: True),
        "There is an update at every row: `every` says how many rows lie between two.",
    ),
    Mistake(
        "counted from row zero",
        _rolled_but(due=lambda row, start, every: row % every == 0),
        "The updates are counted from row 0: the first one comes before the first forecast, at "
        "`start`.",
    ),
    Mistake(
        "never updated",
        _rolled_but(due=lambda row, start, every: False),
        "The parameters never change: no update is made.",
    ),
)
ROLLING_ALSO_RIGHT = (_period_by_period,)
