"""Graphs from edges, from distances and from data: adjacency matrices, and wrong ones on purpose.
Explained in 3.1 and 3.4.

Entry [i, j] of a matrix is the influence of node j on node i, as everywhere in
`stlearn.graph.matrices`.
"""

import numpy as np
import pandas as pd
import scipy.sparse
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from stlearn.checks import check_count, check_finite, check_frame, checked_sparse, checked_square
from stlearn.errors import InputError

EARTH_RADIUS_KM = 6371.0088
ALL_PAIRS_AT_MOST = 1000  # nodes; of more, the ways between all pairs are too many to keep
TINY = np.finfo(float).tiny  # for a distance of zero, which no sparse matrix would keep
LEAST_NEAR = 0.01  # weight of the farthest neighbour
# What coordinates are called in people's tables: what they become, then pairs of names.
COORDINATES = (
    (["latitude", "longitude"], ("latitude", "longitude"), ("lat", "lon"), ("lat", "lng"),
     ("lat", "long"), ("latitude_deg", "longitude_deg")),
    (["x", "y"], ("x", "y"), ("easting", "northing")),
)  # fmt: skip


def adjacency_from_edges(edges, nodes, directed=True, sparse=False):
    """Build the adjacency matrix of a list of edges.

    Args:
        edges: DataFrame, one row an edge: columns `from` and `to` (or `source` and `target`) and
            `weight`. Without `weight` but with `distance`, weights are the Gaussian kernel of the
            shortest paths, so near nodes count even where no single edge joins them. With
            neither, every edge weighs 1.
        nodes: Names of all nodes, in the order of the result.
        directed: Whether an edge acts only from its `from` on its `to`, or both ways.
        sparse: Keep the edges alone, as a SciPy `csr_array` in the order of `nodes`. For more than
            1,000 nodes, distances then weigh the listed edges only: the Gaussian kernel has fallen
            to 1/e at their mean distance, and weighs at least 0.01.

    Returns:
        DataFrame (node, node), or such an array: row `to`, column `from` holds the weight of the
        edge, else 0.

    Raises:
        InputError: If columns are missing, a node is unknown, an edge is listed twice, or a
            weight is negative or not a number.

    Example:
        >>> import pandas as pd
        >>> edges = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "weight": [1, 2]})
        >>> print(adjacency_from_edges(edges, ["a", "b", "c"]).loc["c", "b"])
        2.0
    """
    check_frame("edges", edges)
    column = None if "weight" in edges.columns else _distance_column(edges)
    if column is not None and not (sparse and len(nodes) > ALL_PAIRS_AT_MOST):
        weights = gaussian_kernel(distances_from_edges(edges, nodes, directed))
        return scipy.sparse.csr_array(weights.to_numpy()) if sparse else weights
    if column is not None:
        matrix = _edge_matrix(edges, edges[column], nodes, directed)
        matrix.data = _near_weights(matrix.data)
        return matrix
    weights = edges["weight"] if "weight" in edges.columns else pd.Series(1.0, edges.index)
    matrix = _edge_matrix(edges, weights, nodes, directed)
    return matrix if sparse else pd.DataFrame(matrix.toarray(), index=nodes, columns=nodes)


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
    check_frame("edges", edges)
    column = _distance_column(edges)
    if column is None:
        raise InputError(f"edges: expected a column distance, got {list(edges.columns)}")
    roads = _edge_matrix(edges, edges[column], nodes, directed)
    # SciPy wants rows as starting points. A stored zero is a link of length zero.
    return pd.DataFrame(shortest_path(roads.T.tocsr()).T, index=nodes, columns=nodes)


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
    points, spherical = _points(positions)
    distances = cdist(points, points)
    if spherical:
        distances = _along_the_sphere(distances)
    return pd.DataFrame(distances, index=positions.index, columns=positions.index)


def _points(positions):
    """Coordinates (node, axis) in which distances are straight, and whether on a unit sphere."""
    check_frame("positions", positions)
    spherical = {"latitude", "longitude"} <= set(positions.columns)
    columns = ["latitude", "longitude"] if spherical else ["x", "y"]
    if not set(columns) <= set(positions.columns):
        raise InputError(
            "positions: expected columns latitude and longitude, or x and y, "
            f"got {list(positions.columns)}"
        )
    points = positions[columns].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    check_finite("positions", points)
    if not spherical:
        return points, False
    if (np.abs(points) > [90, 360]).any():
        raise InputError(
            "positions: expected latitudes within 90 and longitudes within 360 degrees; "
            "coordinates in metres belong in columns x and y"
        )
    latitude, longitude = np.radians(points).T
    x, y = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude)
    return np.column_stack([x, y, np.sin(latitude)]), True


def _along_the_sphere(chords):
    """Kilometres on the great circle from straight distances on the unit sphere."""
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords / 2, 0, 1))


def coordinates(nodes):
    """Find the coordinates in a table of nodes, whatever case and usual name they have.

    Args:
        nodes: DataFrame with one row a node, or None.

    Returns:
        DataFrame (node; latitude and longitude, or x and y) and the names of the two columns in
        `nodes`; None where there are no two columns of numbers with such names for all nodes.

    Example:
        >>> import pandas as pd
        >>> from stlearn.graph.adjacency import coordinates
        >>> found, names = coordinates(pd.DataFrame({"Lat": [52.5], "lng": [13.4]}, index=["a"]))
        >>> list(found.columns), names
        (['latitude', 'longitude'], ['Lat', 'lng'])
    """
    if nodes is None:
        return None
    by_name = {str(name).strip().lower(): name for name in nodes.columns}
    for targets, *pairs in COORDINATES:
        for pair in pairs:
            if set(pair) <= set(by_name):
                names = [by_name[name] for name in pair]
                found = nodes[names].apply(pd.to_numeric, errors="coerce")
                if np.isfinite(found.to_numpy(dtype=float)).all():
                    return found.set_axis(targets, axis=1), names
    return None


def nearest_neighbours(positions, count, sparse=False):
    """Join each node with its nearest ones, the nearer the stronger.

    Args:
        positions: As in `distances_from_coordinates`.
        count: Neighbours of each node, fewer than there are nodes.
        sparse: Keep the edges alone, as a SciPy `csr_array` in the order of `positions`.

    Returns:
        DataFrame (node, node), or such an array, symmetric: the Gaussian kernel of the distances
        where one of the two nodes is among the nearest of the other, else 0; no node is joined
        with itself. The kernel has fallen to 1/e at the mean distance of these neighbours, and
        weighs at least 0.01.

    Raises:
        InputError: If there are not more nodes than that, or as `distances_from_coordinates`.

    Example:
        >>> import pandas as pd
        >>> from stlearn.graph.adjacency import nearest_neighbours
        >>> road = pd.DataFrame({"x": [0, 1, 3], "y": [0, 0, 0]}, index=["a", "b", "c"])
        >>> graph = nearest_neighbours(road, 1)
        >>> print(graph.loc["a", "c"], graph.loc["a", "b"] > graph.loc["b", "c"])
        0.0 True
    """
    check_count("count", count)
    points, spherical = _points(positions)
    nodes = len(points)
    if count >= nodes:
        raise InputError(f"count: expected fewer than {nodes} nodes, got {count}")
    # Some more than are wanted: of those at the same distance, the first in the table count.
    lengths, places = cKDTree(points).query(points, min(2 * count + 8, nodes))
    lengths[places == np.arange(nodes)[:, None]] = np.inf  # nobody is a neighbour of itself
    order = np.lexsort((places, lengths))[:, :count]
    lengths, places = (np.take_along_axis(each, order, axis=1) for each in (lengths, places))
    if spherical:
        lengths = _along_the_sphere(lengths)
    ends = np.repeat(np.arange(nodes), count), places.ravel()
    near = scipy.sparse.csr_array((np.maximum(lengths.ravel(), TINY), ends), (nodes, nodes))
    near = near.maximum(near.T).tocsr()
    near.data = _near_weights(np.where(near.data > TINY, near.data, 0.0))
    if sparse:
        return near
    return pd.DataFrame(near.toarray(), index=positions.index, columns=positions.index)


def gaussian_kernel(distances, sigma=None, threshold=0.1):
    """Turn distances into weights: exp(-(distance / sigma)²), and 0 below a threshold.

    Args:
        distances: Matrix (node, node), not negative; infinite means no way. Or a SciPy sparse one,
            where a cell that is not stored means no way.
        sigma: Distance at which the weight has fallen to 1/e, in the unit of the distances. By
            default the standard deviation of all finite distances, diagonal included.
        threshold: Weights below it become 0, which keeps the graph sparse.

    Returns:
        Matrix (node, node) of the same kind, from 0 to 1. A distance of 0 gives 1, so the diagonal
        holds ones.

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
    if scipy.sparse.issparse(distances):
        matrix = checked_sparse("distances", distances, signed=False)
        lengths, rows = matrix.data, np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        near = rows != matrix.indices
    else:
        lengths = checked_square("distances", distances, signed=False, infinite=True)
        near = np.isfinite(lengths) & ~np.eye(len(lengths), dtype=bool)
    if not 0 <= threshold <= 1:
        raise InputError(f"threshold: expected a weight from 0 to 1, got {threshold}")
    chosen = np.std(lengths[np.isfinite(lengths)]) if sigma is None else sigma
    if not chosen > 0:
        reason = "the distances do not differ, so give one" if sigma is None else f"got {sigma}"
        raise InputError(f"sigma: expected a positive distance; {reason}")
    weights = np.exp(-((lengths / chosen) ** 2))
    weights[weights < threshold] = 0
    if sigma is None and near.any() and not weights[near].any():
        raise InputError(
            f"sigma: the default of {chosen:.3g} leaves no edge above the threshold "
            f"of {threshold}; give a larger sigma"
        )
    if not scipy.sparse.issparse(distances):
        return like(weights, distances)
    matrix.data = weights
    matrix.eliminate_zeros()
    return matrix


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
    check_frame("values", values)
    if not 0 < threshold <= 1:
        raise InputError(f"threshold: expected above 0 and up to 1, got {threshold}")
    check_count("lag", lag, least=0)
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
    matrix = checked_square("adjacency", adjacency, signed=False)
    order = np.random.default_rng(seed).permutation(len(matrix))
    wrong = {"identity": np.eye(len(matrix)), "random": matrix[np.ix_(order, order)]}
    wrong["reversed"] = matrix.T.copy()
    return {name: like(graph, adjacency) for name, graph in wrong.items()}


def _distance_column(edges):
    return next((name for name in edges.columns if str(name).startswith("distance")), None)


def _near_weights(lengths):
    """Weights of neighbours by their distance: 1/e at the mean, and never next to nothing."""
    usual = lengths.mean() or 1.0  # all in one place: all weigh the same
    return np.maximum(np.exp(-((lengths / usual) ** 2)), LEAST_NEAR)


def _edge_matrix(edges, numbers, nodes, directed):
    """Sparse matrix (to, from) of the numbers that the edges carry, zeros included."""
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
    ends = nodes.get_indexer(listed["to"]), nodes.get_indexer(listed["from"])
    return scipy.sparse.csr_array((listed["number"].to_numpy(), ends), (len(nodes), len(nodes)))


def like(array, matrix):
    """Give an array (node, node) the names of the nodes of a matrix, where that has any.

    Example:
        >>> import numpy as np
        >>> from stlearn.graph.adjacency import like
        >>> like(np.eye(1), np.ones((1, 1)))
        array([[1.]])
    """
    if isinstance(matrix, pd.DataFrame):
        return pd.DataFrame(array, index=matrix.index, columns=matrix.columns)
    return array
