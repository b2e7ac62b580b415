"""Graph mathematics: adjacency, degree, Laplacian, diffusion, propagation, and learned weights.

One convention holds throughout: entry [i, j] of a matrix is the influence of node j on node i.
So a row collects what arrives at a node, and one step of propagation is `weights @ state`.

Every function that takes a matrix takes a DataFrame with the nodes as index and columns, or a
plain array; what comes back is of the same kind, with the same nodes.
"""

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse.csgraph import csgraph_from_dense, shortest_path
from scipy.spatial.distance import cdist

from stlearn.errors import InputError

EARTH_RADIUS_KM = 6371.0088
LARGEST_EXACT_COUNT = 2**53  # beyond it, float64 skips whole numbers


# Graphs from edges, distances and data


def adjacency_from_edges(edges, nodes, directed=True):
    """Build the adjacency matrix of a list of edges.

    Args:
        edges: DataFrame, one row an edge: columns `from` and `to` (or `source` and `target`) and
            `weight`. Without `weight` but with `distance`, weights are the Gaussian kernel of the
            shortest paths, so near nodes count even where no single edge joins them. With
            neither, every edge weighs 1.
        nodes: Names of all nodes, in the order of the result.
        directed: Whether an edge acts only from its `from` on its `to`, or both ways.

    Returns:
        DataFrame (node, node): row `to`, column `from` holds the weight of the edge, else 0.

    Raises:
        InputError: If columns are missing, a node is unknown, an edge is listed twice, or a
            weight is negative or not a number.

    Example:
        >>> import pandas as pd
        >>> edges = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "weight": [1, 2]})
        >>> print(adjacency_from_edges(edges, ["a", "b", "c"]).loc["c", "b"])
        2.0
    """
    _frame("edges", edges)
    if "weight" not in edges.columns and _distance_column(edges) is not None:
        return gaussian_kernel(distances_from_edges(edges, nodes, directed))
    weights = edges["weight"] if "weight" in edges.columns else pd.Series(1.0, edges.index)
    return _edge_matrix(edges, weights, nodes, directed, absent=0.0)


def distances_from_edges(edges, nodes, directed=True):
    """Measure the shortest way along the road between all pairs of nodes.

    Args:
        edges: DataFrame, one row a road link: columns `from` and `to` (or `source` and `target`)
            and `distance` (or `distance_km`, `distance_m`).
        nodes: Names of all nodes, in the order of the result.
        directed: Whether links lead only from `from` to `to`, or both ways.

    Returns:
        DataFrame (node, node), in the unit of the distances: row i, column j is the way from j
        to i, 0 on the diagonal, infinite where no way leads.

    Raises:
        InputError: As `adjacency_from_edges`.

    Example:
        >>> import pandas as pd
        >>> edges = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "distance": [1.5, 2]})
        >>> print(distances_from_edges(edges, ["a", "b", "c"]).loc["c", "a"])
        3.5
    """
    _frame("edges", edges)
    column = _distance_column(edges)
    if column is None:
        raise InputError(f"edges: expected a column distance, got {list(edges.columns)}")
    links = _edge_matrix(edges, edges[column], nodes, directed, absent=np.inf)
    # SciPy wants rows as starting points. A dense matrix would lose links of length zero.
    roads = csgraph_from_dense(links.to_numpy().T, null_value=np.inf)
    return pd.DataFrame(shortest_path(roads).T, index=links.index, columns=links.columns)


def distances_from_coordinates(positions):
    """Measure the distance as the crow flies between all pairs of nodes.

    Args:
        positions: DataFrame, one row a node: columns `latitude` and `longitude` in degrees, or
            `x` and `y` in any unit of length.

    Returns:
        DataFrame (node, node): kilometres on the great circle, or the unit of `x` and `y`.

    Raises:
        InputError: If the columns are missing, or a coordinate is not a number or no latitude or
            longitude.

    Example:
        >>> import pandas as pd
        >>> cities = pd.DataFrame(
        ...     {"latitude": [52.52, 48.86], "longitude": [13.40, 2.35]}, index=["Berlin", "Paris"]
        ... )
        >>> int(distances_from_coordinates(cities).loc["Berlin", "Paris"])
        877
    """
    _frame("positions", positions)
    spherical = {"latitude", "longitude"} <= set(positions.columns)
    columns = ["latitude", "longitude"] if spherical else ["x", "y"]
    if not set(columns) <= set(positions.columns):
        raise InputError(
            "positions: expected columns latitude and longitude, or x and y, "
            f"got {list(positions.columns)}"
        )
    points = positions[columns].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    _all_finite(points, "positions")
    if not spherical:
        distances = cdist(points, points)
    elif (np.abs(points) > [90, 360]).any():
        raise InputError(
            "positions: expected latitudes within 90 and longitudes within 360 degrees; "
            "coordinates in metres belong in columns x and y"
        )
    else:
        latitude, longitude = np.radians(points).T
        x, y = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude)
        on_sphere = np.column_stack([x, y, np.sin(latitude)])
        half_chord = np.clip(cdist(on_sphere, on_sphere) / 2, 0, 1)
        distances = 2 * EARTH_RADIUS_KM * np.arcsin(half_chord)
    return pd.DataFrame(distances, index=positions.index, columns=positions.index)


def gaussian_kernel(distances, sigma=None, threshold=0.1):
    """Turn distances into weights: exp(-(distance / sigma)²), and 0 below a threshold.

    Args:
        distances: Matrix (node, node), not negative; infinite means no way.
        sigma: Distance at which the weight has fallen to 1/e, in the unit of the distances. By
            default the standard deviation of all finite distances, diagonal included.
        threshold: Weights below it become 0, which keeps the graph sparse.

    Returns:
        Matrix (node, node), from 0 to 1. A distance of 0 gives 1, so the diagonal holds ones.

    Raises:
        InputError: If a distance is negative or not a number, sigma is not positive, the threshold
            is not from 0 to 1, or no edge is left under the default sigma.

    Example:
        >>> import numpy as np
        >>> gaussian_kernel(np.array([[0, 1], [9, 0]]), sigma=1).round(3)
        array([[1.   , 0.368],
               [0.   , 1.   ]])

    Reference:
        Shuman et al. (2013), "The emerging field of signal processing on graphs", with twice the
        sigma² in the exponent; the default sigma is that of Li et al. (2018), DCRNN.
    """
    lengths = _square(distances, "distances", signed=False, infinite=True)
    if not 0 <= threshold <= 1:
        raise InputError(f"threshold: expected a weight from 0 to 1, got {threshold}")
    chosen = np.std(lengths[np.isfinite(lengths)]) if sigma is None else sigma
    if not chosen > 0:
        reason = "the distances do not differ, so give one" if sigma is None else f"got {sigma}"
        raise InputError(f"sigma: expected a positive distance; {reason}")
    weights = np.exp(-((lengths / chosen) ** 2))
    weights[weights < threshold] = 0
    near = np.isfinite(lengths) & ~np.eye(len(lengths), dtype=bool)
    if sigma is None and near.any() and not weights[near].any():
        raise InputError(
            f"sigma: the default of {chosen:.3g} leaves no edge above the threshold "
            f"of {threshold}; give a larger sigma"
        )
    return _like(weights, distances)


def adjacency_from_correlation(values, threshold=0.5, lag=0):
    """Link nodes whose values move together.

    Give the rows of the training part only: a graph that has seen the test part is a leak. Give
    deviations from the daily pattern, or every pair of roads looks alike.

    Args:
        values: DataFrame (time, node); NaN is left out pair by pair.
        threshold: Smallest correlation that makes an edge. Negative ones never do.
        lag: Rows by which the influence comes first: node i now against node j `lag` rows before.

    Returns:
        DataFrame (node, node): the correlation where it reaches the threshold, else 0; no node is
        linked to itself. Symmetric only for lag 0.

    Raises:
        InputError: If the threshold is not above 0 and up to 1, or the lag is negative or leaves
            fewer than three rows.

    Example:
        >>> import pandas as pd
        >>> values = pd.DataFrame({"a": [1, 5, 2, 4, 3, 6], "b": [0, 1, 5, 2, 4, 3]})
        >>> print(adjacency_from_correlation(values, lag=1).loc["b", "a"].round(6))
        1.0
    """
    _frame("values", values)
    if not 0 < threshold <= 1:
        raise InputError(f"threshold: expected above 0 and up to 1, got {threshold}")
    _whole("lag", lag, least=0)
    if len(values) - lag < 3:
        raise InputError(f"lag: leaves {len(values) - lag} of {len(values)} rows; 3 are needed")
    # A handful of common readings correlates by chance, so a tenth of the rows is asked for.
    joint = pd.concat([values, values.shift(lag)], axis=1, keys=["now", "before"])
    correlation = joint.corr(min_periods=max(3, len(values) // 10)).loc["now", "before"]
    weights = correlation.where(correlation >= threshold, 0.0).to_numpy(copy=True)
    np.fill_diagonal(weights, 0)
    return pd.DataFrame(weights, index=values.columns, columns=values.columns)


def wrong_graphs(adjacency, seed):
    """Make graphs that are wrong on purpose, to see what the right one is worth.

    Args:
        adjacency: Matrix (node, node).
        seed: Seed of the random graph.

    Returns:
        Dict of matrices: "identity" (no neighbours at all), "random" (the same graph on shuffled
        nodes: as many edges, the same weights, in wrong places) and "reversed" (every edge turned
        round; a symmetric graph stays as it is).

    Raises:
        InputError: If the matrix is not an adjacency.

    Example:
        >>> import numpy as np
        >>> wrong_graphs(np.array([[0, 1], [0, 0]]), seed=0)["reversed"].tolist()
        [[0.0, 0.0], [1.0, 0.0]]
    """
    matrix = _square(adjacency, "adjacency", signed=False)
    order = np.random.default_rng(seed).permutation(len(matrix))
    wrong = {"identity": np.eye(len(matrix)), "random": matrix[np.ix_(order, order)]}
    wrong["reversed"] = matrix.T.copy()
    return {name: _like(graph, adjacency) for name, graph in wrong.items()}


# Degree, Laplacian, diffusion


def degree(adjacency, direction="in"):
    """Sum the weights at each node.

    Args:
        adjacency: Matrix (node, node).
        direction: "in" for what a node receives (row sums), "out" for what it gives (column sums).

    Returns:
        Series or array (node,).

    Raises:
        InputError: If the matrix is not an adjacency, or the direction is unknown.

    Example:
        >>> import numpy as np
        >>> degree(np.array([[0, 2], [1, 0]])).tolist()
        [2.0, 1.0]
    """
    matrix = _square(adjacency, "adjacency", signed=False)
    if direction not in ("in", "out"):
        raise InputError(f"direction: expected 'in' or 'out', got {direction!r}")
    sums = matrix.sum(axis=1 if direction == "in" else 0)
    return pd.Series(sums, adjacency.index) if isinstance(adjacency, pd.DataFrame) else sums


def laplacian(adjacency, kind="combinatorial"):
    """Build the Laplacian, which compares each node with its neighbours.

    Args:
        adjacency: Matrix (node, node).
        kind: With D the diagonal matrix of in-degrees, "combinatorial" for D - A, "random_walk"
            for I - D⁻¹A, or "symmetric" for I - D^(-1/2) A D^(-1/2), of a symmetric graph only.

    Returns:
        Matrix (node, node). Rows of the first two kinds sum to zero. A node of degree 0 has a
        row of zeros in all three.

    Raises:
        InputError: If the matrix is not an adjacency, the kind is unknown, or "symmetric" is asked
            of a directed graph.

    Example:
        >>> import numpy as np
        >>> laplacian(np.array([[0, 2], [2, 0]])).tolist()
        [[2.0, -2.0], [-2.0, 2.0]]

    Reference:
        Chung (1997), "Spectral Graph Theory".
    """
    matrix = _square(adjacency, "adjacency", signed=False)
    degrees = matrix.sum(axis=1)
    if kind == "combinatorial":
        result = np.diag(degrees) - matrix
    elif kind == "random_walk":
        result = np.eye(len(matrix)) - transition_matrix(matrix)
    elif kind == "symmetric":
        if not _symmetric(matrix):
            raise InputError(
                "kind: 'symmetric' needs a symmetric graph; take (A + A.T) / 2 first, "
                "or kind='random_walk'"
            )
        linked = degrees > 0
        scale = np.zeros(len(matrix))
        scale[linked] = degrees[linked] ** -0.5
        result = np.diag(linked.astype(float)) - scale[:, None] * matrix * scale
    else:
        raise InputError(
            f"kind: expected 'combinatorial', 'random_walk' or 'symmetric', got {kind!r}"
        )
    return _like(result, adjacency)


def spectrum(matrix):
    """Find the eigenvalues of a matrix and the patterns that belong to them.

    Args:
        matrix: Matrix (node, node), for example a Laplacian.

    Returns:
        Eigenvalues, array (mode,), sorted by their real part, complex only where they have to be;
        and modes, DataFrame or array (node, mode), each column of length 1.

    Raises:
        InputError: If the matrix is not square or not finite.

    Example:
        >>> import numpy as np
        >>> eigenvalues, modes = spectrum(laplacian(np.array([[0, 1], [1, 0]])))
        >>> eigenvalues.round(6).tolist()
        [0.0, 2.0]
    """
    square = _square(matrix, "matrix")
    if _symmetric(square):
        eigenvalues, modes = np.linalg.eigh(square)
    else:
        eigenvalues, modes = np.linalg.eig(square)
        order = np.lexsort((eigenvalues.imag, eigenvalues.real.round(12)))
        eigenvalues, modes = np.real_if_close(eigenvalues[order], tol=1e6), modes[:, order]
    if isinstance(matrix, pd.DataFrame):
        modes = pd.DataFrame(modes, index=matrix.index)
    return eigenvalues, modes


def transition_matrix(adjacency):
    """Scale the rows of an adjacency to sum to one, so that a step takes a weighted mean.

    Args:
        adjacency: Matrix (node, node).

    Returns:
        Matrix (node, node) with rows that sum to one. A row of zeros becomes a 1 on the diagonal:
        a node that nothing influences keeps its own value.

    Raises:
        InputError: If the matrix is not an adjacency.

    Example:
        >>> import numpy as np
        >>> transition_matrix(np.array([[1, 3], [0, 0]])).tolist()
        [[0.25, 0.75], [0.0, 1.0]]
    """
    matrix = _square(adjacency, "adjacency", signed=False).copy()
    alone = np.flatnonzero(matrix.sum(axis=1) == 0)
    matrix[alone, alone] = 1
    return _like(matrix / matrix.sum(axis=1, keepdims=True), adjacency)


def diffusion_powers(adjacency, steps, directed=True):
    """List the matrices of a random walk of 1, 2, ... steps, with and against the edges.

    Args:
        adjacency: Matrix (node, node).
        steps: Longest walk.
        directed: Whether to add the walks against the edges, on the transposed adjacency.

    Returns:
        List of matrices (node, node), rows sum to one: P, P², ..., then the same against the
        edges. The identity (no step) is left out.

    Raises:
        InputError: If the matrix is not an adjacency, or steps is not a whole number above 0.

    Example:
        >>> import numpy as np
        >>> len(diffusion_powers(np.array([[0, 1], [0, 0]]), steps=3))
        6

    Reference:
        Li et al. (2018), "Diffusion convolutional recurrent neural network" (DCRNN). Their matrix
        is the transpose of ours, so their two directions come in the other order.
    """
    matrix = _square(adjacency, "adjacency", signed=False)
    _whole("steps", steps, least=1)
    walks = [transition_matrix(matrix)]
    if directed:
        walks.append(transition_matrix(matrix.T))
    return [
        _like(np.linalg.matrix_power(walk, power), adjacency)
        for walk in walks
        for power in range(1, steps + 1)
    ]


# Propagation


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
    matrix = _square(weights, "weights")
    _whole("steps", steps, least=0)
    _same_nodes(state, weights)
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
    matrix = _square(weights, "weights")
    _whole("steps", steps, least=0)
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
    return float(np.abs(np.linalg.eigvals(_square(weights, "weights"))).max())


# Trees, loops, paths


def is_tree(adjacency):
    """Tell whether all nodes hang together without a loop: n nodes, n - 1 edges, one piece.

    Args:
        adjacency: Matrix (node, node). Directions and links of a node to itself do not count.

    Returns:
        True or False.

    Raises:
        InputError: If the matrix is not an adjacency.

    Example:
        >>> import numpy as np
        >>> is_tree(np.array([[0, 0, 0], [1, 0, 0], [1, 0, 0]]))
        True
    """
    matrix = _square(adjacency, "adjacency", signed=False)
    linked = (matrix + matrix.T > 0) & ~np.eye(len(matrix), dtype=bool)
    return nx.is_tree(nx.from_numpy_array(linked))


def count_paths(adjacency, length):
    """Count the ways from node to node of exactly so many edges: a power of the 0-1 matrix.

    Graph theory calls them walks, because a way may pass the same node twice.

    Args:
        adjacency: Matrix (node, node); every weight above 0 is an edge.
        length: Number of edges.

    Returns:
        Matrix (node, node) of whole numbers: row i, column j counts the ways from j to i.

    Raises:
        InputError: If the matrix is not an adjacency, length is not a whole number from 0, or a
            count is too large to be exact.

    Example:
        >>> import numpy as np
        >>> count_paths(np.array([[0, 1], [1, 0]]), length=2).tolist()
        [[1, 0], [0, 1]]
    """
    links = (_square(adjacency, "adjacency", signed=False) > 0).astype(float)
    _whole("length", length, least=0)
    counts = np.linalg.matrix_power(links, length)
    if counts.max() > LARGEST_EXACT_COUNT:
        raise InputError(f"length: {length} edges give more paths than can be counted exactly")
    return _like(counts.astype("int64"), adjacency)


def k_hop_reach(adjacency, hops):
    """Find which nodes can feel which after at most so many steps.

    Args:
        adjacency: Matrix (node, node); every weight above 0 is an edge.
        hops: Number of steps.

    Returns:
        Matrix (node, node) of True and False: row i, column j tells whether j reaches i. Every
        node reaches itself.

    Raises:
        InputError: If the matrix is not an adjacency, or hops is not a whole number from 0.

    Example:
        >>> import numpy as np
        >>> k_hop_reach(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]]), hops=1)[2].tolist()
        [False, True, True]
    """
    links = (_square(adjacency, "adjacency", signed=False) > 0).astype(float)
    _whole("hops", hops, least=0)
    reach = np.eye(len(links), dtype=bool)
    for _ in range(hops):
        reach = reach | (links @ reach > 0)
    return _like(reach, adjacency)


# Learning the weights


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
        >>> values = pd.DataFrame({"a": [1, 3, 2, 5, 4.0], "b": [0, 0.5, 1.5, 1, 2.5]})
        >>> edges = pd.DataFrame({"from": ["a"], "to": ["b"]})
        >>> weights = learn_weights(values, adjacency_from_edges(edges, ["a", "b"]))
        >>> print(weights.loc["b", "a"].round(6))
        0.5
    """
    _frame("values", values)
    _frame("adjacency", adjacency)
    links = _square(adjacency, "adjacency", signed=False) > 0
    _same_nodes(values, adjacency)
    _whole("steps", steps, least=1)
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


# Checks


def _square(matrix, argument, signed=True, infinite=False):
    if isinstance(matrix, pd.DataFrame) and not matrix.index.equals(matrix.columns):
        raise InputError(f"{argument}: expected the same nodes, in one order, as rows and columns")
    try:
        array = np.asarray(matrix, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{argument}: expected a matrix of numbers ({error})") from None
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
        raise InputError(f"{argument}: expected a square matrix, got shape {array.shape}")
    _all_finite(np.where(array == np.inf, 0, array) if infinite else array, argument)
    if not signed and (array < 0).any():
        row, column = np.argwhere(array < 0)[0]
        raise InputError(
            f"{argument}: expected no negative number, got {array[row, column]} "
            f"in row {row}, column {column}"
        )
    return array


def _frame(argument, frame):
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{argument}: expected a DataFrame, got {type(frame).__name__}")


def _all_finite(array, argument):
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise InputError(
            f"{argument}: expected finite numbers, got {array[row, column]} "
            f"in row {row}, column {column}"
        )


def _whole(argument, number, least):
    if not isinstance(number, (int, np.integer)) or number < least:
        raise InputError(f"{argument}: expected a whole number of at least {least}, got {number!r}")


def _symmetric(matrix):
    return np.allclose(matrix, matrix.T, rtol=1e-6, atol=0)


def _like(array, matrix):
    if isinstance(matrix, pd.DataFrame):
        return pd.DataFrame(array, index=matrix.index, columns=matrix.columns)
    return array


def _same_nodes(state, weights):
    """Where both carry names, these have to agree: positions alone would hide a mix-up."""
    names = {pd.Series: "index", pd.DataFrame: "columns"}.get(type(state))
    if (
        names
        and isinstance(weights, pd.DataFrame)
        and not getattr(state, names).equals(weights.columns)
    ):
        raise InputError("nodes: expected the same nodes, in one order, in values and matrix")


def _distance_column(edges):
    return next((name for name in edges.columns if str(name).startswith("distance")), None)


def _edge_matrix(edges, numbers, nodes, directed, absent):
    """Matrix (to, from) of the numbers that the edges carry."""
    nodes = pd.Index(nodes)
    if not nodes.is_unique:
        raise InputError(f"nodes: {nodes[nodes.duplicated()][0]!r} stands there more than once")
    for ends in (["from", "to"], ["source", "target"]):
        if set(ends) <= set(edges.columns):
            break
    else:
        raise InputError(
            f"edges: expected columns from and to, or source and target, got {list(edges.columns)}"
        )
    unknown = pd.Index(edges[ends].to_numpy().ravel()).difference(nodes, sort=False)
    if len(unknown):
        raise InputError(f"edges: unknown node {unknown[0]!r}; the nodes are {list(nodes[:3])}...")
    numbers = pd.to_numeric(numbers, errors="coerce").to_numpy(dtype=float)
    if not (np.isfinite(numbers) & (numbers >= 0)).all():
        row = int(np.argmin(np.isfinite(numbers) & (numbers >= 0)))
        raise InputError(f"edges: the weight or distance in row {row} is no number from 0")
    listed = edges[ends].set_axis(["from", "to"], axis=1).assign(number=numbers)
    repeated = listed.duplicated(["from", "to"])
    if not directed and not repeated.any():
        # An edge may be listed in both directions, as long as the two agree.
        turned = listed.rename(columns={"from": "to", "to": "from"})
        listed = pd.concat([listed, turned], ignore_index=True).drop_duplicates()
        repeated = listed.duplicated(["from", "to"])
    if repeated.any():
        first = listed[repeated].iloc[0]
        raise InputError(f"edges: {first['from']!r} to {first['to']!r} is listed more than once")
    matrix = np.full((len(nodes), len(nodes)), absent)
    matrix[nodes.get_indexer(listed["to"]), nodes.get_indexer(listed["from"])] = listed["number"]
    return pd.DataFrame(matrix, index=nodes, columns=nodes)
