"""4.4: take the mean over each node and its neighbours."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.differences import difference
from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import mistake, read_mistakes
from stcourse.engine.properties import arrays, call, compare, matches
from stcourse.exercises.ch04.networks import graphs
from stlearn.networks.numpy_layers import local_pooling


@st.composite
def _features_on_a_graph(draw):
    nodes = draw(st.integers(1, 4))
    inputs = draw(arrays(nodes, draw(st.integers(1, 2))))
    return {"inputs": inputs, "adjacency": draw(graphs(nodes))}


def _with_axes_in_front(answer, case):
    """Further axes are asked only of an answer that is right without them."""
    inputs = case["inputs"]
    if difference(call(answer, case), local_pooling(**case)):
        return
    longer = {
        "`np.stack([inputs, 2 * inputs])`, axes (time, node, feature),": [inputs, 2 * inputs],
        "`np.stack([[inputs, 2 * inputs]] * 3)`, axes (sample, time, node, feature),": (
            [[inputs, 2 * inputs]] * 3
        ),
    }
    for made, stacked in longer.items():
        longer_case = {**case, "inputs": np.stack(stacked)}
        where = f"For (node, feature) your answer is right. Given {made}"
        try:
            came = call(answer, longer_case)
        except NotRight as fault:
            raise NotRight(f"{where} there is an error. {fault}", reason=fault.reason) from None
        compare(came, local_pooling(**longer_case), name=f"{where} your answer")


def _sums(adjacency, axis):
    """Sums of the weights, with 1 where there are none."""
    total = adjacency.sum(axis=axis, keepdims=True)
    return np.where(total > 0, total, 1)


def _half_each(inputs, heard, hears):
    """Half of each node and half of what it has heard; a node that hears nobody keeps its own."""
    return np.where(hears.sum(axis=1, keepdims=True) > 0, (inputs + heard) / 2, inputs)


def _halves(inputs, adjacency):
    return _half_each(inputs, adjacency @ inputs / _sums(adjacency, axis=1), hears=adjacency)


def _largest(inputs, weights):
    return np.stack([inputs[..., row > 0, :].max(axis=-2) for row in weights], axis=-2)


def _pooled_in_loops(inputs, adjacency):
    result = []
    for node, row in enumerate(adjacency):
        own = inputs[..., node, :]
        heard = [place for place, weight in enumerate(row) if weight > 0]
        if heard:
            total = sum(row[place] for place in heard)
            own = (own + sum(row[place] * inputs[..., place, :] for place in heard) / total) / 2
        result.append(own)
    return np.stack(result, axis=-2)


@mistake(
    "loop along the first axis",
    "The loop goes along the first axis, which is the node only where nothing stands in front "
    "of it. Count the axes from the end.",
)
def _loop_along_the_first_axis(inputs, adjacency):
    """Right for (node, feature) alone; with one node, what is left over depends on the answer."""
    result = inputs.astype(float)
    if len(adjacency) == 1:
        return result
    for node, row in enumerate(adjacency):
        own = row.sum() or 1
        heard = sum(weight * inputs[place] for place, weight in enumerate(row))
        result[node] = (own * inputs[node] + heard) / (own + row.sum())
    return result


@mistake(
    "no more than three axes",
    "The axes are counted out, so one more in front is too many. The last two are node and "
    "feature, however many stand before them: `@` works on the last two.",
)
def _no_more_than_three_axes(inputs, adjacency):
    shares = _halves(np.eye(len(adjacency)), adjacency)
    if inputs.ndim == 2:
        return shares @ inputs
    return np.einsum("ij,tjf->tif", shares, inputs)


EXERCISE = Exercise(
    id="4.4",
    title="Local pooling",
    section="4.4 Local pooling",
    difficulty=2,
    minutes=6,
    matters="It is the article's way to let neighbours speak, without a weight to train.",
    hints=(
        "A weighted mean: multiply by weights, divide by their sum. Which weight does a node "
        "have on itself?",
        "As much as its neighbours together: the sum of its row. A node without neighbours "
        "needs some weight on itself, 1 for instance, or you divide by zero.",
        "Put these weights on the diagonal of the adjacency, multiply by the inputs, and "
        "divide each row by the sum of its weights.",
    ),
    solution=local_pooling,
    cases=_features_on_a_graph(),
    properties=(matches(local_pooling), _with_axes_in_front),
    mistakes=(
        _loop_along_the_first_axis,
        _no_more_than_three_axes,
        *read_mistakes(local_pooling),
    ),
    also_right=(_halves, _pooled_in_loops),
)
