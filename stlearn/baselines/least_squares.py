"""The linear algebra of the regressions: ridge, least absolute errors, missing targets."""

import numpy as np

# For absolute errors: times that the weights are solved anew, and the smallest error told apart, in
# standard deviations of the node.
ROUNDS, SMALLEST = 5, 0.02


def decompose(inputs, targets):
    """Prepare ridge regression so that each further penalty costs only a product.

    The weights for a penalty are `basis @ (aligned / (strength + penalty)[:, None])`. With fewer
    rows than inputs the smaller of the two equal problems is solved.

    Args:
        inputs: Array (row, input).
        targets: Array (row, ...).

    Returns:
        basis (input, direction), strength (direction,) and aligned (direction, target).
    """
    targets = targets.reshape(len(targets), -1)
    if inputs.shape[0] >= inputs.shape[1]:
        strength, basis = np.linalg.eigh((inputs.T @ inputs).astype("float64"))
        aligned = basis.T @ (inputs.T @ targets)
    else:
        strength, basis = np.linalg.eigh((inputs @ inputs.T).astype("float64"))
        aligned = basis.T @ targets
        basis = inputs.T @ basis
    return basis, np.maximum(strength, 0), aligned


def least_absolute(inputs, target, weights, ridge):
    """Move weights towards those of the least absolute error, by least squares solved anew.

    Args:
        inputs: Array (row, input).
        target: Array (row,).
        weights: Array (input,) to start from.
        ridge: Array (input, input) that is added to the products of the inputs.

    Returns:
        Array (input,). A row weighs one over the error that it had before.

    Reference: Schlossmacher (1973), An iterative technique for absolute deviations curve fitting.
    """
    for _ in range(ROUNDS):
        trust = 1 / np.maximum(np.abs(target - inputs @ weights), SMALLEST)
        weighed = inputs * (trust / trust.mean())[:, None]
        weights = np.linalg.solve(weighed.T @ inputs + ridge, weighed.T @ target)
    return weights


def filled(residual):
    """Leave missing targets out of the products with the inputs.

    They become zero, and the known ones grow by as much as is missing, so that a node with gaps
    is not pulled to zero.
    """
    known = np.isfinite(residual)
    result = np.where(known, residual, 0)
    result /= np.maximum(known.mean(axis=0), 1 / len(residual))
    return result
