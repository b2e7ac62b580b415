"""3.7: learn the weights of the edges by least squares."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import matches
from stlearn import graph


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


@st.composite
def _values_and_links(draw):
    nodes, steps = draw(st.integers(2, 3)), draw(st.integers(1, 2))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    # Two rows more than twice the nodes: no fit is exact, none is badly determined.
    values = random.normal(size=(2 * nodes + steps + 2, nodes)).round(2) + 0.5
    links = draw(st.lists(st.booleans(), min_size=nodes**2, max_size=nodes**2))
    links = np.reshape(links, (nodes, nodes)) | (np.arange(nodes) == draw(st.integers(0, 2)))
    return {"values": values, "links": links, "steps": steps}


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
    return graph.learn_weights(pd.DataFrame(values), allowed, steps).to_numpy()


EXERCISE = Exercise(
    id="3.7",
    title="Learn W on the edges",
    section="3.7 Finding F: weights learned from data",
    difficulty=3,
    minutes=8,
    matters="It finds out what the article asks for: the function F.",
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
    mistakes=read_mistakes(learn_on_edges),
    also_right=(_by_normal_equations, _by_library),
)
