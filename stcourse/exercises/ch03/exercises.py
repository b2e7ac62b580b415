"""Exercises of chapter 03: a graph as matrices, what spreads over it, and weights learned on it."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.properties import arrays, matches
from stcourse.exercises.ch03 import bank as bank
from stcourse.exercises.ch03 import learning as learning
from stcourse.exercises.ch03 import spread as spread
from stcourse.exercises.ch03 import weights as weights


def adjacency_matrix(edges, nodes, directed=True):
    """Write a list of edges as a matrix.

    Args:
        edges: List of (source, target, weight): the source acts on the target.
        nodes: Names of all nodes, in the order of the result.
        directed: Whether an edge acts one way only; otherwise both ways with the same weight.

    Returns:
        Array (node, node): row i, column j holds the weight with which j acts on i, 0 if no edge.
    """
    place = {node: position for position, node in enumerate(nodes)}
    matrix = np.zeros((len(nodes), len(nodes)))
    for source, target, weight in edges:
        matrix[place[target], place[source]] = weight
        if not directed:
            matrix[place[source], place[target]] = weight
    return matrix


def degree_and_laplacian(adjacency):
    """Compute what each node receives, and the matrix that compares it with its neighbours.

    Args:
        adjacency: Array (node, node), row i holds the weights of what acts on i.

    Returns:
        (degree, laplacian): the degrees, array (node,), and D - A, array (node, node), where D
        has the degrees on its diagonal.
    """
    degree = adjacency.sum(axis=1)
    return degree, np.diag(degree) - adjacency


def weights_by_distance(distances, sigma, threshold):
    """Turn distances into weights by the Gaussian kernel.

    Args:
        distances: Array (node, node), not negative, infinite where no way leads.
        sigma: Distance at which the weight has fallen to 1/e, about 0.37.
        threshold: Weights below it become 0.

    Returns:
        Array (node, node) of weights from 0 to 1.
    """
    weights = np.exp(-((distances / sigma) ** 2))
    return np.where(weights < threshold, 0.0, weights)


def propagate_once(state, weights):
    """Let every node act on its neighbours once: F(S, A).

    Args:
        state: Array (time, node), each row a state of its own.
        weights: Array (node, node), row i, column j is the weight of j's action on i.

    Returns:
        Array (time, node): at node i the sum over all j of weights[i, j] times the state of j.
    """
    return state @ weights.T


def to_transition(adjacency):
    """Scale the rows of an adjacency so that each sums to one.

    Args:
        adjacency: Array (node, node), not negative.

    Returns:
        Array (node, node). A node that nothing acts on keeps its own value: 1 on the diagonal.
    """
    degree = adjacency.sum(axis=1)
    lonely = np.diag((degree == 0).astype(float))
    filled = adjacency + lonely
    return filled / filled.sum(axis=1, keepdims=True)


def reach_within(adjacency, hops):
    """Find which nodes can feel which after at most so many steps.

    Args:
        adjacency: Array (node, node); every weight above 0 is an edge.
        hops: Number of steps, from 0.

    Returns:
        Array (node, node) of True and False: row i, column j tells whether j reaches i. Every
        node reaches itself.
    """
    links = adjacency > 0
    reach = np.eye(len(adjacency), dtype=bool)
    for _ in range(hops):
        reach = reach | (links @ reach)
    return reach


def learn_on_edges(values, links, steps):
    """Learn the weights of a graph's edges by least squares, node by node.

    Args:
        values: Array (time, node) of deviations from the usual level, none missing.
        links: Array (node, node) of True and False: row i, column j tells whether j may act on i.
        steps: Rows from a state to the value that it explains.

    Returns:
        Array (node, node) of weights, 0 where there is no link. There is no constant.
    """
    earlier, later = values[:-steps], values[steps:]
    weights = np.zeros(links.shape)
    for i, acting in enumerate(links):
        found = np.linalg.lstsq(earlier[:, acting], later[:, i], rcond=None)[0]
        weights[i, acting] = found
    return weights


def growth_per_step(weights):
    """Find the factor by which a disturbance grows or shrinks per step in the long run.

    Args:
        weights: Array (node, node), of either sign.

    Returns:
        A number from 0; above 1 some disturbance grows without bound.
    """
    return float(np.abs(np.linalg.eigvals(weights)).max())


# Cases: small, drawn at random


@st.composite
def _edge_list(draw):
    nodes = draw(st.permutations(["a", "b", "c", "d"][: draw(st.integers(2, 4))]))
    pairs = [(one, other) for one in nodes for other in nodes if one <= other]
    edges = []
    for pair in draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=4, unique=True)):
        source, target = draw(st.permutations(pair))
        edges.append((source, target, draw(st.sampled_from([0.5, 1.0, 2.0]))))
    return {"edges": edges, "nodes": list(nodes), "directed": draw(st.booleans())}


@st.composite
def _graph(draw, weights=(0.0, 0.0, 0.5, 1.0, 2.0), loops=False):
    nodes = draw(st.integers(2, 4))
    weights = st.sampled_from(weights)
    rows = draw(st.lists(weights, min_size=nodes**2, max_size=nodes**2))
    matrix = np.reshape(rows, (nodes, nodes))
    if not loops:
        np.fill_diagonal(matrix, 0)
    return matrix


@st.composite
def _distances(draw):
    nodes = draw(st.integers(2, 3))
    apart = st.one_of(st.integers(1, 16).map(lambda count: count / 4), st.just(np.inf))
    rows = draw(st.lists(apart, min_size=nodes**2, max_size=nodes**2))
    matrix = np.reshape(rows, (nodes, nodes)).astype(float)
    np.fill_diagonal(matrix, 0)
    return {
        "distances": matrix,
        "sigma": draw(st.sampled_from([2.0, 0.5, 3.0])),
        # A weight that equals 1 to the last bit is one at distance 0: at 1 it stays.
        "threshold": draw(st.sampled_from([0.1, 0.05, 0.3, 1.0])),
    }


@st.composite
def _state_and_weights(draw):
    nodes = draw(st.integers(2, 3))
    return {
        "state": draw(arrays(draw(st.integers(1, 3)), nodes)),
        "weights": draw(arrays(nodes, nodes, low=-2, high=2)),
    }


@st.composite
def _values_and_links(draw):
    nodes, steps = draw(st.integers(2, 3)), draw(st.integers(1, 2))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    # Two rows more than twice the nodes: no fit is exact, none is badly determined.
    values = random.normal(size=(2 * nodes + steps + 2, nodes)).round(2) + 0.5
    links = draw(st.lists(st.booleans(), min_size=nodes**2, max_size=nodes**2))
    links = np.reshape(links, (nodes, nodes)) | (np.arange(nodes) == draw(st.integers(0, 2)))
    return {"values": values, "links": links, "steps": steps}


EXERCISES = (
    Exercise(
        id="3.1",
        title="A matrix from a list of edges",
        section="3.1 From a list of edges to a matrix",
        hints=(
            "Start with a matrix of zeros. Each edge fills one entry, or two.",
            "Row is where the influence arrives, the target. Column is where it comes from.",
            "`matrix[place[target], place[source]] = weight`, where `place` maps a name to its "
            "position in `nodes`; and the mirrored entry if the graph is not directed.",
        ),
        solution=adjacency_matrix,
        cases=_edge_list(),
        properties=(matches(adjacency_matrix),),
        mistakes=bank.EDGES,
        also_right=bank.EDGES_ALSO_RIGHT,
    ),
    Exercise(
        id="3.2",
        title="Degree and Laplacian",
        section="3.2 Degree and Laplacian",
        hints=(
            "What a node receives stands in its row. Which axis has to be summed over?",
            "`axis=1` sums along each row. `np.diag` puts a vector on the diagonal of a matrix.",
            "`degree = adjacency.sum(axis=1)`; the Laplacian is `np.diag(degree) - adjacency`.",
        ),
        solution=degree_and_laplacian,
        # Half of them with edges from a node to itself, which the degree counts too.
        cases=st.fixed_dictionaries({"adjacency": _graph() | _graph(loops=True)}),
        properties=(matches(degree_and_laplacian),),
        mistakes=bank.LAPLACIAN,
        also_right=bank.LAPLACIAN_ALSO_RIGHT,
    ),
    Exercise(
        id="3.3",
        title="Weights from distances",
        section="3.4 Weights from distances, and from data",
        hints=(
            "Two lines: the kernel for all entries at once, then the threshold.",
            "Divide by sigma first, then square, then put a minus before it, then `np.exp`.",
            "`np.exp(-((distances / sigma) ** 2))`, and 0 where that is below the threshold.",
        ),
        solution=weights_by_distance,
        cases=_distances(),
        properties=(matches(weights_by_distance),),
        mistakes=weights.KERNEL,
        also_right=weights.KERNEL_ALSO_RIGHT,
    ),
    Exercise(
        id="3.4",
        title="F(S, A)",
        section="3.5 One node changes, the others follow",
        hints=(
            "Write the sum for one time and one node: which row of the weights does it use?",
            "`weights @ s` does it for one state s. Here the states are rows, so the product has "
            "to be turned round.",
            "A row of states times the transposed weights: `state @ weights.T`.",
        ),
        solution=propagate_once,
        cases=_state_and_weights(),
        properties=(matches(propagate_once),),
        mistakes=weights.PROPAGATE,
        also_right=weights.PROPAGATE_ALSO_RIGHT,
    ),
    Exercise(
        id="3.5",
        title="Rows that sum to one",
        section="3.5 One node changes, the others follow",
        hints=(
            "Each row is divided by its own sum. What about a row of zeros?",
            "Put a 1 on the diagonal of empty rows first; then no sum is zero.",
            "`sum(axis=1, keepdims=True)` keeps the sums as a column, so that each row is divided "
            "by its own.",
        ),
        solution=to_transition,
        # Half of them without an empty row: there the division alone decides.
        cases=st.fixed_dictionaries({"adjacency": _graph(weights=(0.5, 1.0, 2.0)) | _graph()}),
        properties=(matches(to_transition),),
        mistakes=spread.TRANSITION,
        also_right=spread.TRANSITION_ALSO_RIGHT,
    ),
    Exercise(
        id="3.6",
        title="Reach within k hops",
        section="3.6 Edges are not paths",
        hints=(
            "After 0 hops each node reaches itself: the identity matrix.",
            "One more hop: whoever reached j before now also reaches every i that j acts on.",
            "Repeat `reach = reach | (links @ reach)`, with `links = adjacency > 0`, once a hop.",
        ),
        solution=reach_within,
        cases=st.fixed_dictionaries({"adjacency": _graph(), "hops": st.integers(0, 3)}),
        properties=(matches(reach_within),),
        mistakes=spread.REACH,
        also_right=spread.REACH_ALSO_RIGHT,
    ),
    Exercise(
        id="3.7",
        title="Learn W on the edges",
        section="3.7 Finding F: weights learned from data",
        hints=(
            "Each node is a regression of its own: its later values, from the earlier values of "
            "the nodes that may act on it.",
            "`values[:-steps]` are the states, `values[steps:]` what they explain. `links[i]` "
            "picks the columns that may act on node i.",
            "For each i: `np.linalg.lstsq(earlier[:, links[i]], later[:, i], rcond=None)[0]` goes "
            "to `weights[i, links[i]]`.",
        ),
        solution=learn_on_edges,
        cases=_values_and_links(),
        properties=(matches(learn_on_edges),),
        mistakes=learning.LEARN,
        also_right=learning.LEARN_ALSO_RIGHT,
    ),
    Exercise(
        id="3.8",
        title="Which eigenvalue says it blows up",
        section="3.8 Does it die out or blow up?",
        hints=(
            "Each step multiplies a mode by its eigenvalue. Which of them wins after many steps?",
            "Eigenvalues may be negative or complex. What grows is decided by their distance from "
            "zero, `np.abs`.",
            "The largest of `np.abs(np.linalg.eigvals(weights))`.",
        ),
        solution=growth_per_step,
        cases=st.fixed_dictionaries(
            {"weights": st.integers(2, 3).flatmap(lambda n: arrays(n, n, low=-2, high=2))}
        ),
        # Eigenvalues that coincide are found only to some digits.
        properties=(matches(growth_per_step, tolerance=1e-3),),
        mistakes=learning.GROWTH,
        also_right=learning.GROWTH_ALSO_RIGHT,
    ),
)
