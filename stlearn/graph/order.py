"""Whether the graph and the sensors stand in the same order: neighbours should be alike."""

from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import breadth_first_order

ROWS, SHUFFLES, FEWEST, MOST = 5000, 100, 6, 1000


class Likeness(NamedTuple):
    """How alike neighbours are.

    Args:
        correlation: Mean correlation of the changes of neighbours, weighted by the edges.
        shuffled: Share of random orders of the sensors in which they are as alike, or more.
        sentence: What to ask about it; empty where neighbours are more alike than by chance.
    """

    correlation: float
    shuffled: float
    sentence: str


def likeness_of_neighbours(dataset, seed=0):
    """Compare how alike neighbours are with how alike they would be in a random order.

    A graph whose rows stand in another order than the sensors looks like any other; in the data
    it shows. The changes from row to row are compared, not the levels. Of more than 1,000 sensors,
    1,000 that hang together are looked at.

    Args:
        dataset: SpatioTemporalDataset with a graph. Its last 5,000 rows are looked at.
        seed: Seed of the random orders.

    Returns:
        Likeness; None where there is no graph, or too few nodes or changes to tell.

    Example:
        >>> import stlearn
        >>> from stlearn.graph.order import likeness_of_neighbours
        >>> found = likeness_of_neighbours(stlearn.load("corridor"))
        >>> found.shuffled, found.sentence
        (0.0, '')
    """
    if dataset.adjacency is None or dataset.shape[1] < FEWEST:
        return None
    nodes = _together(dataset.weights)
    changes = np.diff(dataset.values.to_numpy()[-ROWS:, nodes].astype("float64"), axis=0)
    known = np.isfinite(changes)
    count = known.sum(axis=0)
    mean = np.where(known, changes, 0).sum(axis=0) / np.maximum(count, 1)
    centred = np.where(known, changes - mean, 0)
    size = np.sqrt((centred**2).sum(axis=0))
    scaled = centred / np.where(size > 0, size, 1)
    alike = scaled.T @ scaled  # the correlation of each pair
    weights = dataset.weights[nodes][:, nodes].toarray().astype("float64")
    np.fill_diagonal(weights, 0)
    between = weights[~np.eye(len(weights), dtype=bool)]
    if (size == 0).any() or (between == between[0]).all():
        return None
    random = np.random.default_rng(seed)
    orders = (random.permutation(len(weights)) for _ in range(SHUFFLES))
    by_chance = np.array([(weights * alike[np.ix_(order, order)]).sum() for order in orders])
    shuffled = float((by_chance >= (weights * alike).sum()).mean())
    correlation = float((weights * alike).sum() / weights.sum())
    sentence = ""
    if shuffled > 0.05:
        sentence = (
            f"Neighbours in the graph are hardly more alike than by chance (mean correlation of "
            f"their changes {correlation:.2f}; {100 * shuffled:.0f} % of random orders of the "
            "sensors do as well): do graph and values name the sensors alike, and is there a "
            "reason why neighbours should move together?"
        )
    return Likeness(correlation, shuffled, sentence)


def _together(weights):
    """Positions of at most `MOST` nodes: all, or those around the one with the most edges."""
    count = weights.shape[0]
    if count <= MOST:
        return np.arange(count)
    centre = int(np.argmax(np.diff(weights.indptr)))
    around = breadth_first_order(weights, centre, directed=False, return_predecessors=False)
    return np.sort(around[:MOST])
