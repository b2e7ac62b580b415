"""Wrong answers that learners give to exercises 3.7 and 3.8, and other right ones."""

import numpy as np
import pandas as pd

from stcourse.engine.exercise import Mistake
from stlearn.graph import matrices

# 3.7


def _fitted(inputs, target):
    return np.linalg.lstsq(inputs, target, rcond=None)[0]


def _learned(earlier, later, links, fit=_fitted):
    weights = np.zeros(links.shape)
    for i, acting in enumerate(links):
        weights[i, acting] = fit(earlier[:, acting], later[:, i])
    return weights


def _without_mean(inputs, target):
    return _fitted(inputs - inputs.mean(axis=0), target - target.mean())


def _one_by_one(inputs, target):
    return inputs.T @ target / (inputs**2).sum(axis=0)


def _all_nodes(values, links, steps):
    return _learned(values[:-steps], values[steps:], np.ones_like(links))


def _before_and_after(values, steps):
    return values[:-steps], values[steps:]


def _ridge(inputs, target):
    held = inputs.T @ inputs + 0.1 * np.eye(inputs.shape[1])
    return np.linalg.solve(held, inputs.T @ target)


def _picked_by_column(values, links, steps):
    weights = np.zeros(links.shape)
    for i in range(len(links)):
        weights[i, links[i]] = _fitted(values[:-steps][:, links[:, i]], values[steps:, i])
    return weights


def _powered(values, links, steps):
    return np.linalg.matrix_power(_learned(values[:-1], values[1:], links), steps)


LEARN = (
    Mistake(
        "all nodes as inputs",
        _all_nodes,
        "Every node acts on every node here. Only the nodes that `links` allows may have a weight.",
    ),
    Mistake(
        "all nodes, then cut",
        lambda values, links, steps: _all_nodes(values, links, steps) * links,
        "All nodes were fitted together and the forbidden weights cut away afterwards. The others "
        "were fitted beside them, and do not fit alone.",
    ),
    Mistake(
        "state and target swapped",
        lambda values, links, steps: _learned(values[steps:], values[:-steps], links),
        "State and target are swapped: the past is explained by the future.",
    ),
    Mistake(
        "same time",
        lambda values, links, steps: _learned(values, values, links),
        "State and target are of the same time. A forecast needs `steps` rows between them.",
    ),
    Mistake(
        "always one step",
        lambda values, links, steps: _learned(values[:-1], values[1:], links),
        "The target is always one row later: `steps` is not looked at.",
    ),
    Mistake(
        "links read against the edges",
        lambda values, links, steps: _learned(values[:-steps], values[steps:], links.T),
        "The links are read along the columns: row i tells who may act on i.",
    ),
    Mistake(
        "links and result along the columns",
        lambda values, links, steps: _learned(values[:-steps], values[steps:], links.T).T,
        "Links and result are both read along the columns. What may act on node i stands in row "
        "i, `links[i]`, and the weights found for it go into row i.",
    ),
    Mistake(
        "links by column, result by row",
        _picked_by_column,
        "The nodes are picked by column, `links[:, i]`: those that i acts on. Their number is "
        "another than that of the places in row i. Who acts on i stands in `links[i]`.",
    ),
    Mistake(
        "values not shortened",
        lambda values, links, steps: _learned(values, values[steps:], links),
        "The states have more rows than the values they explain. The last `steps` states have no "
        "such value yet: leave them off, `values[:-steps]`.",
    ),
    Mistake(
        "result transposed",
        lambda values, links, steps: _learned(values[:-steps], values[steps:], links).T,
        "The result is turned round: the weights found for node i belong into row i.",
    ),
    Mistake(
        "edge to itself added",
        lambda values, links, steps: _learned(
            values[:-steps], values[steps:], links | np.eye(len(links), dtype=bool)
        ),
        "Every node got an edge to itself. `links` already holds those that there are: add none.",
    ),
    Mistake(
        "with a constant",
        lambda values, links, steps: _learned(
            values[:-steps], values[steps:], links, _without_mean
        ),
        "A constant is fitted beside the weights. The values are deviations already, and F has "
        "no constant.",
    ),
    Mistake(
        "one neighbour at a time",
        lambda values, links, steps: _learned(values[:-steps], values[steps:], links, _one_by_one),
        "Each neighbour was fitted alone. Neighbours tell much the same, so together they count "
        "it twice: fit all that act on a node at once.",
    ),
    Mistake(
        "forecast of the change",
        lambda values, links, steps: _learned(
            values[:-steps], values[steps:] - values[:-steps], links
        ),
        "The target is the change. Here the weights lead to the value itself; the change has "
        "other weights, 1 less at the node itself.",
    ),
    Mistake(
        "correlations",
        lambda values, links, steps: np.corrcoef(values.T) * links,
        "These are correlations at the same time. Least squares finds what the values `steps` "
        "rows later follow from.",
    ),
    Mistake(
        "scaled first",
        lambda values, links, steps: _learned(
            *_before_and_after((values - values.mean(axis=0)) / values.std(axis=0), steps), links
        ),
        "The values were standardised first, so the weights belong to other units. Take them as "
        "they come.",
    ),
    Mistake(
        "a row too far",
        lambda values, links, steps: _learned(values[: -steps - 1], values[steps + 1 :], links),
        "Between state and target lie `steps` + 1 rows: one too many.",
    ),
    Mistake(
        "signs dropped",
        lambda values, links, steps: np.abs(_learned(values[:-steps], values[steps:], links)),
        "The signs are dropped. A weight may be negative: one node slows down when another "
        "speeds up.",
    ),
    Mistake(
        "rows scaled to one",
        lambda values, links, steps: (
            lambda found: found / np.abs(found).sum(axis=1, keepdims=True).clip(1e-12)
        )(_learned(values[:-steps], values[steps:], links)),
        "The rows are scaled after the fit. Least squares has found the right size already.",
    ),
    Mistake(
        "in one go, turned round",
        lambda values, links, steps: _fitted(values[:-steps], values[steps:]),
        "All nodes were fitted in one go: every node acts on every node, and the result is "
        "(from, to). Fit each node on its own links, and put what is found into its row.",
    ),
    Mistake(
        "rows of every kind left out",
        lambda values, links, steps: _learned(values[:-steps:steps], values[steps::steps], links),
        "Only every `steps`-th row is used. Each row is a state; use them all.",
    ),
    Mistake(
        "held back",
        lambda values, links, steps: _learned(values[:-steps], values[steps:], links, _ridge),
        "The weights are held back towards zero (ridge regression). Plain least squares is "
        "asked for.",
    ),
    Mistake(
        "means taken out",
        lambda values, links, steps: _learned(
            *_before_and_after(values - values.mean(axis=0), steps), links
        ),
        "The mean of each node is taken out first. The values are deviations from a usual level "
        "already: use them as they come.",
    ),
    Mistake(
        "one mean taken out",
        lambda values, links, steps: _learned(
            *_before_and_after(values - values.mean(), steps), links
        ),
        "One mean over all nodes and times is taken out first. Deviations need no shift.",
    ),
    Mistake(
        "no edge to itself",
        lambda values, links, steps: _learned(
            values[:-steps], values[steps:], links & ~np.eye(len(links), dtype=bool)
        ),
        "The edges from a node to itself are left out. Where `links` has one, it gets a weight.",
    ),
    Mistake(
        "power of one step",
        _powered,
        "The weights of one step are applied `steps` times, which also joins nodes without a "
        "link. Each horizon has a fit of its own.",
    ),
    Mistake(
        "power of one step, then cut",
        lambda values, links, steps: _powered(values, links, steps) * links,
        "A power of the weights of one step is cut to the links. What fits best over one row is "
        "not what fits best over `steps` rows.",
    ),
)


def _by_normal_equations(values, links, steps):
    earlier, later = values[:-steps], values[steps:]
    weights = np.zeros(links.shape)
    for i in range(len(links)):
        columns = np.flatnonzero(links[i])
        inputs = earlier[:, columns]
        weights[i, columns] = np.linalg.pinv(inputs.T @ inputs) @ (inputs.T @ later[:, i])
    return weights


def _by_library(values, links, steps):
    allowed = pd.DataFrame(links.astype(float))
    return matrices.learn_weights(pd.DataFrame(values), allowed, steps).to_numpy()


LEARN_ALSO_RIGHT = (_by_normal_equations, _by_library)


# 3.8

GROWTH = (
    Mistake(
        "no absolute value",
        lambda weights: np.linalg.eigvals(weights).max(),
        "The absolute value is missing: `max` takes the largest real part, and gives a complex "
        "number where there are such. Take `np.abs` of all eigenvalues first.",
    ),
    Mistake(
        "largest by value",
        lambda weights: float(np.linalg.eigvals(weights).real.max()),
        "The largest by value is taken, and a negative or complex eigenvalue can be further from "
        "zero: with -1.2 a disturbance changes its sign at each step and grows.",
    ),
    Mistake(
        "absolute value taken last",
        lambda weights: float(abs(np.linalg.eigvals(weights).max())),
        "The largest eigenvalue is taken first and its absolute value then. It is the other way "
        "round: of -1.2 and 0.5 the first is further from zero, and it decides.",
    ),
    Mistake(
        "smallest",
        lambda weights: float(np.abs(np.linalg.eigvals(weights)).min()),
        "The eigenvalue nearest to zero is taken: that mode dies out first. The other end decides.",
    ),
    Mistake(
        "real part alone",
        lambda weights: float(np.abs(np.linalg.eigvals(weights).real).max()),
        "The imaginary part is left out. A disturbance that goes in circles has it, and can grow.",
    ),
    Mistake(
        "spectral norm",
        lambda weights: float(np.linalg.norm(weights, 2)),
        "This is the largest singular value, the most that a single step can stretch. In the long "
        "run an eigenvalue decides, and it can be much smaller.",
    ),
    Mistake(
        "largest row sum",
        lambda weights: float(np.abs(weights).sum(axis=1).max()),
        "This is the largest row sum, an upper bound of what is asked. The eigenvalues say it "
        "exactly.",
    ),
    Mistake(
        "of the symmetric part",
        lambda weights: float(np.abs(np.linalg.eigvalsh(weights)).max()),
        "`eigvalsh` is for symmetric matrices: it reads one half of the weights and mirrors it.",
    ),
    Mistake(
        "determinant",
        lambda weights: float(abs(np.linalg.det(weights))),
        "This is the determinant, the product of all eigenvalues. One of them alone can blow up "
        "while the product stays small.",
    ),
    Mistake(
        "yes or no",
        lambda weights: bool(np.abs(np.linalg.eigvals(weights)).max() > 1),
        "This says whether it blows up. Asked is the factor per step, a number.",
    ),
    Mistake(
        "first in the list",
        lambda weights: float(abs(np.linalg.eigvals(weights)[0])),
        "This is the first eigenvalue in the list. The list has no order; the one furthest from "
        "zero decides.",
    ),
    Mistake(
        "all of them",
        lambda weights: np.abs(np.linalg.eigvals(weights)),
        "These are all eigenvalues. The largest of them is asked for, one number.",
    ),
    Mistake(
        "the eigenvalue itself",
        lambda weights: (lambda values: values[np.abs(values).argmax()])(
            np.linalg.eigvals(weights)
        ),
        "This is the eigenvalue itself, of either sign or complex. A factor of growth is its "
        "distance from zero.",
    ),
    Mistake(
        "trace",
        lambda weights: float(np.trace(weights)),
        "This is the sum of the diagonal, which is the sum of all eigenvalues. One of them "
        "alone decides.",
    ),
    Mistake(
        "mean",
        lambda weights: float(np.abs(np.linalg.eigvals(weights)).mean()),
        "This is the mean over the eigenvalues. In the long run the largest one alone is left.",
    ),
    Mistake(
        "sum",
        lambda weights: float(np.abs(np.linalg.eigvals(weights)).sum()),
        "The eigenvalues are added up. In the long run the largest one alone is left.",
    ),
    Mistake(
        "squared",
        lambda weights: float((np.abs(np.linalg.eigvals(weights)) ** 2).max()),
        "This is squared: the growth in two steps.",
    ),
    Mistake(
        "largest weight",
        lambda weights: float(np.abs(weights).max()),
        "This is the largest single weight. A disturbance goes round, and many small weights "
        "can add up to growth.",
    ),
    Mistake(
        "length of the matrix",
        lambda weights: float(np.linalg.norm(weights)),
        "This is the root of the sum of all squares (`np.linalg.norm` without more). It is "
        "larger than any eigenvalue.",
    ),
    Mistake(
        "of the mirrored mean",
        lambda weights: float(np.abs(np.linalg.eigvalsh((weights + weights.T) / 2)).max()),
        "The weights were made symmetric first. That changes how a disturbance travels.",
    ),
    Mistake(
        "growth less one",
        lambda weights: float(np.abs(np.linalg.eigvals(weights)).max() - 1),
        "This is what is gained per step, 1 less than the factor.",
    ),
)


def _growth_by_power(weights):
    """Gelfand: the length after many steps, brought back to one step."""
    steps = 40_000
    power, digits = weights, 0.0
    reached = 1
    while reached < steps:
        length = np.linalg.norm(power)
        if length < 1e-100:
            return 0.0
        power = (power / length) @ (power / length)
        digits = 2 * (digits + np.log(length))
        reached *= 2
    length = np.linalg.norm(power)
    return float(np.exp((digits + np.log(length)) / reached)) if length > 1e-30 else 0.0


GROWTH_ALSO_RIGHT = (
    matrices.spectral_radius,
    lambda weights: max(abs(value) for value in np.linalg.eig(weights)[0]),
    lambda weights: float(np.abs(np.roots(np.poly(weights))).max(initial=0.0)),
    _growth_by_power,
)
