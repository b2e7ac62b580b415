"""A graph cut into regions of about equal size, each with what lies around it."""

import numpy as np
import scipy.sparse.csgraph

from stlearn.checks import check_count, checked_sparse
from stlearn.errors import InputError

FEWEST_TO_ORDER = 4  # nodes; fewer stay in the order in which they stand


def cut_into_regions(adjacency, count):
    """Cut a graph into regions of equal size, give or take a node, with few links between them.

    The graph is halved again and again, where its slowest wave over the nodes (the second
    eigenvector of the Laplacian) crosses the middle. Parts without a link between them stay
    together as far as the sizes allow.

    Args:
        adjacency: SciPy sparse array (node, node), not negative; which way a link points and how
            strong it is does not matter.
        count: Number of regions.

    Returns:
        Array (node,) of whole numbers from 0: the region of each node.

    Raises:
        InputError: If there are fewer than two regions, or more than nodes.

    Example:
        >>> import scipy.sparse
        >>> from stlearn.graph.regions import cut_into_regions
        >>> chain = scipy.sparse.diags_array([1.0] * 7, offsets=1, shape=(8, 8))
        >>> sorted(sorted(map(int, (cut_into_regions(chain, 2) == r).nonzero()[0])) for r in (0, 1))
        [[0, 1, 2, 3], [4, 5, 6, 7]]

    Reference: Pothen, Simon and Liou (1990), Partitioning sparse matrices with eigenvectors of
    graphs.
    """
    check_count("regions", count, least=2)
    links = _links(adjacency)
    nodes = links.shape[0]
    if count > nodes:
        raise InputError(f"regions: expected at most {nodes}, one a sensor, got {count}")
    region = np.zeros(nodes, dtype=int)

    def cut(places, first, count):
        if count == 1:
            region[places] = first
            return
        ordered = places[_along(links[places][:, places])]
        left = count // 2
        end = round(len(places) * left / count)
        cut(ordered[:end], first, left)
        cut(ordered[end:], first + left, count - left)

    cut(np.arange(nodes), 0, count)
    return region


def with_halo(adjacency, inside, hops):
    """Return some nodes and all that are at most some hops away from them, whichever way.

    Args:
        adjacency: As in `cut_into_regions`.
        inside: Boolean array (node,).
        hops: Number of hops.

    Returns:
        Boolean array (node,).

    Raises:
        InputError: If the hops are no whole number from 0.

    Example:
        >>> import numpy as np
        >>> import scipy.sparse
        >>> from stlearn.graph.regions import with_halo
        >>> chain = scipy.sparse.diags_array([1.0] * 5, offsets=1, shape=(6, 6))
        >>> with_halo(chain, np.arange(6) < 2, hops=1).tolist()
        [True, True, True, False, False, False]
    """
    check_count("halo", hops, least=0)
    links, found = _links(adjacency), np.asarray(inside)
    for _ in range(hops):
        found = found | (links @ found > 0)
    return found


def _links(adjacency):
    """Which nodes are joined, whichever way: csr_matrix (node, node) of ones."""
    weights = checked_sparse("adjacency", adjacency, signed=False)
    links = scipy.sparse.csr_matrix((weights + weights.T > 0).astype("float64"))
    for part in ("indices", "indptr"):  # scikit-learn takes no others
        setattr(links, part, getattr(links, part).astype("int32"))
    return links


def _along(links):
    """Places of the nodes, component by component, in the order of the slowest wave over each."""
    from sklearn.manifold import spectral_embedding  # slow to import

    count, component = scipy.sparse.csgraph.connected_components(links, directed=False)
    wave = np.zeros(len(component))
    for places in np.split(np.argsort(component, kind="stable"), np.cumsum(np.bincount(component))):
        if len(places) >= FEWEST_TO_ORDER:
            part = links[places][:, places]
            wave[places] = spectral_embedding(part, n_components=1, random_state=0)[:, 0]
    return np.lexsort((wave, component))
