"""A graph as a matrix: degree, Laplacian, spectrum, diffusion, walks and reach.
Explained in 3.2, 3.3 and 3.6.

One convention holds throughout: entry [i, j] of a matrix is the influence of node j on node i.
So a row collects what arrives at a node, and one step of propagation is `weights @ state`.

Every function that takes a matrix takes a DataFrame with the nodes as index and columns, or a
plain array; what comes back is of the same kind, with the same nodes.

These matrices are there to be read, with all their zeros. The library computes with the edges
alone, `SpatioTemporalDataset.weights`: of 20,000 sensors a matrix has 400 million cells, and a
road joins each sensor with a handful.
"""

import networkx as nx
import numpy as np
import pandas as pd

from stlearn.checks import check_count, checked_square
from stlearn.errors import InputError
from stlearn.graph.adjacency import like

LARGEST_EXACT_COUNT = 2**53  # beyond it, float64 skips whole numbers

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
    matrix = checked_square("adjacency", adjacency, signed=False)
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
    matrix = checked_square("adjacency", adjacency, signed=False)
    degrees = matrix.sum(axis=1)
    if kind == "combinatorial":
        result = np.diag(degrees) - matrix
    elif kind == "random_walk":
        result = np.eye(len(matrix)) - transition_matrix(matrix)
    elif kind == "symmetric":
        if not _is_symmetric(matrix):
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
    return like(result, adjacency)


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
    square = checked_square("matrix", matrix)
    if _is_symmetric(square):
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
    matrix = checked_square("adjacency", adjacency, signed=False).copy()
    alone = np.flatnonzero(matrix.sum(axis=1) == 0)
    matrix[alone, alone] = 1
    return like(matrix / matrix.sum(axis=1, keepdims=True), adjacency)


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
    matrix = checked_square("adjacency", adjacency, signed=False)
    check_count("steps", steps, least=1)
    walks = [transition_matrix(matrix)]
    if directed:
        walks.append(transition_matrix(matrix.T))
    return [
        like(np.linalg.matrix_power(walk, power), adjacency)
        for walk in walks
        for power in range(1, steps + 1)
    ]


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
    matrix = checked_square("adjacency", adjacency, signed=False)
    linked = (matrix + matrix.T > 0) & ~np.eye(len(matrix), dtype=bool)
    return nx.is_tree(nx.from_numpy_array(linked))


def count_walks(adjacency, length):
    """Count the walks from node to node of exactly so many edges: a power of the 0-1 matrix.

    A walk may meet the same node twice; a path may not.

    Args:
        adjacency: Matrix (node, node); every weight above 0 is an edge.
        length: Number of edges.

    Returns:
        Matrix (node, node) of whole numbers: row i, column j counts the walks from j to i.

    Raises:
        InputError: If the matrix is not an adjacency, length is not a whole number from 0, or a
            count is too large to be exact.

    Example:
        >>> import numpy as np
        >>> count_walks(np.array([[0, 1], [1, 0]]), length=2).tolist()
        [[1, 0], [0, 1]]
    """
    links = (checked_square("adjacency", adjacency, signed=False) > 0).astype(float)
    check_count("length", length, least=0)
    counts = np.linalg.matrix_power(links, length)
    if counts.max() > LARGEST_EXACT_COUNT:
        raise InputError(f"length: {length} edges give more walks than can be counted exactly")
    return like(counts.astype("int64"), adjacency)


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
    links = (checked_square("adjacency", adjacency, signed=False) > 0).astype(float)
    check_count("hops", hops, least=0)
    reach = np.eye(len(links), dtype=bool)
    for _ in range(hops):
        reach = reach | (links @ reach > 0)
    return like(reach, adjacency)


def _is_symmetric(matrix):
    return np.allclose(matrix, matrix.T, rtol=1e-6, atol=0)
