"""Wrong answers that learners give to exercises 3.3 and 3.4, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake
from stlearn.graph import matrices

# 3.3


def _cut(weights, threshold):
    return np.where(weights < threshold, 0.0, weights)


KERNEL = (
    Mistake(
        "square forgotten",
        lambda distances, sigma, threshold: _cut(np.exp(-distances / sigma), threshold),
        "The square is missing. Without it weights fall too fast near by and too slowly far off.",
    ),
    Mistake(
        "twice sigma squared",
        lambda distances, sigma, threshold: _cut(
            np.exp(-(distances**2) / (2 * sigma**2)), threshold
        ),
        "There is a factor 2 in the exponent. Many books have it; here sigma is the distance at "
        "which the weight has fallen to 1/e.",
    ),
    Mistake(
        "sigma not squared",
        lambda distances, sigma, threshold: _cut(np.exp(-(distances**2) / sigma), threshold),
        "Sigma is not squared, so that the exponent has a unit: kilometres would give other "
        "weights than metres.",
    ),
    Mistake(
        "threshold forgotten",
        lambda distances, sigma, threshold: np.exp(-((distances / sigma) ** 2)),
        "The threshold is missing: every pair that a way joins would be an edge.",
    ),
    Mistake(
        "threshold on the distance",
        lambda distances, sigma, threshold: np.where(
            distances > threshold, 0.0, np.exp(-((distances / sigma) ** 2))
        ),
        "The threshold is held against the distance. It belongs to the weights: small ones go, "
        "and those are the far ones.",
    ),
    Mistake(
        "near pairs cut",
        lambda distances, sigma, threshold: np.where(
            distances < threshold, 0.0, np.exp(-((distances / sigma) ** 2))
        ),
        "Where the distance is below the threshold the weight has become 0: near pairs are cut, "
        "and far ones stay. The threshold is held against the weights.",
    ),
    Mistake(
        "threshold turned round",
        lambda distances, sigma, threshold: np.where(
            np.exp(-((distances / sigma) ** 2)) > threshold,
            0.0,
            np.exp(-((distances / sigma) ** 2)),
        ),
        "The threshold works the wrong way round: large weights have become 0, small ones stay.",
    ),
    Mistake(
        "small weights lifted",
        lambda distances, sigma, threshold: np.maximum(
            np.exp(-((distances / sigma) ** 2)), threshold
        ),
        "Small weights are lifted to the threshold. They have to become 0: no edge.",
    ),
    Mistake(
        "only ones and zeros",
        lambda distances, sigma, threshold: (
            np.exp(-((distances / sigma) ** 2)) >= threshold
        ).astype(float),
        "What is left above the threshold has become 1: near and far count the same.",
    ),
    Mistake(
        "minus squared away",
        lambda distances, sigma, threshold: _cut(np.exp((-distances / sigma) ** 2), threshold),
        "The minus is inside the square, which takes it away: weights grow with the distance. "
        "Square first, then put the minus before it.",
    ),
    Mistake(
        "minus forgotten",
        lambda distances, sigma, threshold: _cut(np.exp(distances / sigma), threshold),
        "There is neither minus nor square in the exponent: weights grow with the distance.",
    ),
    Mistake(
        "sigma not looked at",
        lambda distances, sigma, threshold: _cut(np.exp(-(distances**2)), threshold),
        "Sigma is not looked at: it says what counts as near.",
    ),
    Mistake(
        "own node cut",
        lambda distances, sigma, threshold: (
            _cut(np.exp(-((distances / sigma) ** 2)), threshold) * (1 - np.eye(len(distances)))
        ),
        "The diagonal is set to 0. A node is at distance 0 from itself, so its weight is 1; the "
        "kernel is asked for as it is.",
    ),
    Mistake(
        "threshold taken off",
        lambda distances, sigma, threshold: np.maximum(
            np.exp(-((distances / sigma) ** 2)) - threshold, 0
        ),
        "The threshold is subtracted from every weight. Weights above it stay as they are.",
    ),
    Mistake(
        "small weights missing",
        lambda distances, sigma, threshold: np.where(
            np.exp(-((distances / sigma) ** 2)) < threshold,
            np.nan,
            np.exp(-((distances / sigma) ** 2)),
        ),
        "Small weights have become NaN. No edge is a weight of 0.",
    ),
    Mistake(
        "nearness by a quotient",
        lambda distances, sigma, threshold: _cut(1 / (1 + distances / sigma), threshold),
        "This is 1 / (1 + d / sigma). The Gaussian kernel falls as exp of minus a square, much "
        "faster far off.",
    ),
    Mistake(
        "scaled to rows",
        lambda distances, sigma, threshold: (lambda kept: kept / kept.sum(axis=1, keepdims=True))(
            _cut(np.exp(-((distances / sigma) ** 2)), threshold)
        ),
        "The rows are scaled to sum to one. That comes later, in a matrix of its own.",
    ),
    Mistake(
        "weights at the threshold cut",
        lambda distances, sigma, threshold: np.where(
            np.exp(-((distances / sigma) ** 2)) <= threshold,
            0.0,
            np.exp(-((distances / sigma) ** 2)),
        ),
        "A weight that equals the threshold has become 0. Is it below the threshold?",
    ),
    Mistake(
        "no way taken for no distance",
        lambda distances, sigma, threshold: _cut(
            np.exp(-((np.where(np.isinf(distances), 0, distances) / sigma) ** 2)), threshold
        ),
        "An infinite distance has become 0, so that pairs which no way joins look nearest of all. "
        "What does the kernel give far off?",
    ),
)


def _kernel_in_loops(distances, sigma, threshold):
    weights = np.zeros(distances.shape)
    for place in np.ndindex(distances.shape):
        weight = float(np.exp(-(distances[place] ** 2) / sigma**2))
        weights[place] = weight if weight >= threshold else 0
    return weights


KERNEL_ALSO_RIGHT = (matrices.gaussian_kernel, _kernel_in_loops)


# 3.4


def _over_their_sums(weights):
    with np.errstate(divide="ignore", invalid="ignore"):
        return weights / weights.sum(axis=1, keepdims=True)


def _mean_by_weights(state, weights):
    with np.errstate(divide="ignore", invalid="ignore"):
        return state @ weights.T / weights.sum(axis=1)


PROPAGATE = (
    Mistake(
        "weights not transposed",
        lambda state, weights: state @ weights,
        "This is S times W: node i gets what it gives, so the influence runs against the edges. "
        "With states as rows W has to be turned round.",
    ),
    Mistake(
        "weights times table",
        lambda state, weights: weights @ state,
        "W times S takes each column of the table for a state. Here each row is one: the table "
        "comes first, and W is turned round.",
    ),
    Mistake(
        "no sum",
        lambda state, weights: state * weights.sum(axis=1),
        "Each node's own state is multiplied by its sum of weights. It is the states of the "
        "others that act on it.",
    ),
    Mistake(
        "added to the old state",
        lambda state, weights: state + state @ weights.T,
        "The old state is added. F holds only what arrives along edges; a node that keeps its "
        "value has an edge to itself.",
    ),
    Mistake(
        "scaled to a mean",
        lambda state, weights: state @ weights.T / weights.shape[0],
        "The sum is divided by the number of nodes. F is a weighted sum, the weights say it all.",
    ),
    Mistake(
        "twice",
        lambda state, weights: state @ weights.T @ weights.T,
        "The weights are applied twice: this is the state two steps later.",
    ),
    Mistake(
        "signs dropped",
        lambda state, weights: state @ np.abs(weights).T,
        "The signs of the weights are dropped: an edge may also damp.",
    ),
    Mistake(
        "first state alone",
        lambda state, weights: weights @ state[0],
        "Only the first row is propagated. Each row is a state of its own, and gets a row in "
        "the result.",
    ),
    Mistake(
        "last state alone",
        lambda state, weights: (state @ weights.T)[-1:],
        "Only the last row is returned. Each row is a state of its own, and gets a row in the "
        "result.",
    ),
    Mistake(
        "own value left out",
        lambda state, weights: state @ (weights * (1 - np.eye(len(weights)))).T,
        "The diagonal is left out. The sum is over all j, and j = i is one of them.",
    ),
    Mistake(
        "added up over time",
        lambda state, weights: np.cumsum(state @ weights.T, axis=0),
        "The rows are added up over time. Each is a state of its own.",
    ),
    Mistake(
        "one row late",
        lambda state, weights: np.concatenate([state[:1], (state @ weights.T)[:-1]]),
        "The rows are shifted: the result of a state stands in its own row, not in the next.",
    ),
    Mistake(
        "rows scaled",
        lambda state, weights: (
            state @ (weights / np.abs(weights).sum(axis=1, keepdims=True).clip(1e-12)).T
        ),
        "The weights are scaled first, so that each row sums to one. F takes them as they are.",
    ),
    Mistake(
        "rows divided by their sums",
        lambda state, weights: state @ _over_their_sums(weights).T,
        "Each row of weights is divided by its sum, and weights of either sign can sum to zero. "
        "A weighted sum is not a weighted mean.",
    ),
    Mistake(
        "sums divided by sums",
        _mean_by_weights,
        "What arrives is divided by the node's sum of weights, as in a mean, and that sum can be "
        "zero. F stops at the sum.",
    ),
    Mistake(
        "edges counted",
        lambda state, weights: state @ (weights != 0).astype(float).T,
        "Every edge counts 1. How strongly j acts on i is what its weight says.",
    ),
    Mistake(
        "only whether a weight is positive",
        lambda state, weights: state @ (weights > 0).astype(float).T,
        "Positive weights count 1 and negative ones nothing. Both size and sign belong to the sum.",
    ),
)


def _propagate_in_loops(state, weights):
    result = np.zeros(state.shape)
    for time, i, j in np.ndindex(*state.shape, len(weights)):
        result[time, i] += weights[i, j] * state[time, j]
    return result


PROPAGATE_ALSO_RIGHT = (
    lambda state, weights: (weights @ state.T).T,
    lambda state, weights: np.einsum("ij,tj->ti", weights, state),
    _propagate_in_loops,
)
