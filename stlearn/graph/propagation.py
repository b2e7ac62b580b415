"""What runs through a graph: propagation F(S, A), its response and stability, and learned weights.
Explained in 3.5, 3.7 and 3.8.

As in `stlearn.graph.matrices`, entry [i, j] of the weights is the influence of node j on node i,
and what comes back has the nodes and the kind of what was given.
"""

import numpy as np
import pandas as pd

from stlearn.checks import check_count, check_frame, checked_square
from stlearn.errors import InputError


def propagate(state, weights, steps=1):
    """Let every node act on its neighbours: F(S, A) at i is the sum over edges of W[i, j] S[j].

    Args:
        state: Array or Series (node,), or array or DataFrame (time, node), where each row is a
            state of its own. NaN spreads along edges only.
        weights: Matrix (node, node), of either sign.
        steps: How many times F is applied.

    Returns:
        The state after these steps, of the shape and kind of `state`.

    Raises:
        InputError: If the nodes of state and weights differ, or steps is not a whole number from 0.

    Example:
        >>> import numpy as np
        >>> propagate(np.array([10, 1]), np.array([[0, 2], [0.5, 0]])).tolist()
        [2.0, 5.0]
    """
    matrix = checked_square("weights", weights)
    check_count("steps", steps, least=0)
    _check_same_nodes(state, weights)
    result = np.asarray(state, dtype=float)
    if result.ndim not in (1, 2) or result.shape[-1] != len(matrix):
        raise InputError(
            f"state: expected shape (node,) or (time, node) with {len(matrix)} nodes, "
            f"got {result.shape}"
        )
    for _ in range(steps):
        # Zero times NaN is NaN, so missing values have to be kept from where no edge leads.
        unknown = np.isnan(result).astype(float) @ (matrix.T != 0) > 0
        result = np.where(unknown, np.nan, np.nan_to_num(result, nan=0.0) @ matrix.T)
    if isinstance(state, pd.DataFrame):
        return pd.DataFrame(result, index=state.index, columns=state.columns)
    return pd.Series(result, state.index) if isinstance(state, pd.Series) else result


def impulse_response(weights, node, steps):
    """Disturb one node by 1 and follow the disturbance through the graph.

    Args:
        weights: Matrix (node, node).
        node: The disturbed node: its name in a DataFrame, its position in an array.
        steps: How many steps to follow.

    Returns:
        DataFrame or array (step, node), from step 0, the disturbance itself.

    Raises:
        InputError: If the node is unknown, or steps is not a whole number from 0.

    Example:
        >>> import numpy as np
        >>> impulse_response(np.array([[0, 0], [0.5, 0]]), node=0, steps=2).tolist()
        [[1.0, 0.0], [0.0, 0.5], [0.0, 0.0]]
    """
    matrix = checked_square("weights", weights)
    check_count("steps", steps, least=0)
    named = isinstance(weights, pd.DataFrame)
    names = list(weights.index) if named else list(range(len(matrix)))
    if node not in names:
        raise InputError(f"node: expected one of {names[:3]}..., got {node!r}")
    states = [np.eye(len(matrix))[names.index(node)]]
    for _ in range(steps):
        states.append(matrix @ states[-1])
    states = np.array(states)
    if not named:
        return states
    return pd.DataFrame(states, columns=names).rename_axis(index="step", columns="node")


def spectral_radius(weights):
    """Return the largest absolute eigenvalue, which decides what becomes of a disturbance.

    Below 1 every disturbance dies out in the end; above 1 some grow without bound. A transition
    matrix has exactly 1.

    Args:
        weights: Matrix (node, node).

    Returns:
        A number from 0.

    Raises:
        InputError: If the matrix is not square or not finite.

    Example:
        >>> import numpy as np
        >>> spectral_radius(np.array([[0, 2], [0.5, 0]]))
        1.0
    """
    return float(np.abs(np.linalg.eigvals(checked_square("weights", weights))).max())


def learn_weights(values, adjacency, steps=1, ridge=0.0):
    """Learn W by least squares: each node's value from the earlier values of its neighbours.

    For every node i the sum over edges of W[i, j] S[j] is fitted to the value `steps` rows later.
    There is no constant, so give deviations from a mean. Give training rows only, and measure the
    error on rows that were held out.

    Args:
        values: DataFrame (time, node). Rows with a missing value at a node or its neighbours are
            left out of that node's fit.
        adjacency: DataFrame (node, node); every weight above 0 allows an edge. A node's own past
            counts only if it is linked to itself.
        steps: Rows from a state to the value that it explains.
        ridge: Weight of the penalty on the sum of squared weights, beside the mean squared error.

    Returns:
        DataFrame (node, node) of learned weights of either sign, 0 where there is no edge.

    Raises:
        InputError: If the nodes differ, ridge is negative, or a node has fewer complete rows than
            neighbours and ridge is 0.

    Example:
        >>> import pandas as pd
        >>> from stlearn.graph.adjacency import adjacency_from_edges
        >>> values = pd.DataFrame({"a": [1, 3, 2, 5, 4.0], "b": [0, 0.5, 1.5, 1, 2.5]})
        >>> edges = pd.DataFrame({"from": ["a"], "to": ["b"]})
        >>> weights = learn_weights(values, adjacency_from_edges(edges, ["a", "b"]))
        >>> print(weights.loc["b", "a"].round(6))
        0.5
    """
    check_frame("values", values)
    check_frame("adjacency", adjacency)
    links = checked_square("adjacency", adjacency, signed=False) > 0
    _check_same_nodes(values, adjacency)
    check_count("steps", steps, least=1)
    if not ridge >= 0:
        raise InputError(f"ridge: expected a number from 0, got {ridge}")
    readings = values.to_numpy(dtype=float)
    earlier, later = readings[:-steps], readings[steps:]
    weights = np.zeros(links.shape)
    for i, neighbours in enumerate(links):
        rows = np.isfinite(later[:, i]) & np.isfinite(earlier[:, neighbours]).all(axis=1)
        count, size = int(rows.sum()), int(neighbours.sum())
        if ridge == 0 and count < size:
            raise InputError(
                f"values: node {values.columns[i]!r} has {count} complete rows for {size} "
                "neighbours; give more rows or a ridge above 0"
            )
        inputs, targets = earlier[rows][:, neighbours], later[rows, i]
        # The normal equations; `lstsq` rather than `solve`, as neighbours may be alike.
        gram = inputs.T @ inputs + count * ridge * np.eye(size)
        weights[i, neighbours] = np.linalg.lstsq(gram, inputs.T @ targets, rcond=None)[0]
    return pd.DataFrame(weights, index=values.columns, columns=values.columns)


def _check_same_nodes(state, weights):
    """Where both carry names, these have to agree: positions alone would hide a mix-up."""
    names = {pd.Series: "index", pd.DataFrame: "columns"}.get(type(state))
    if (
        names
        and isinstance(weights, pd.DataFrame)
        and not getattr(state, names).equals(weights.columns)
    ):
        raise InputError("nodes: expected the same nodes, in one order, in values and matrix")
