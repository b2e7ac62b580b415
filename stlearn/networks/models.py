"""The networks of the course: feed-forward, the article's CNN + LSTM hybrid, and the STN.
Explained in 2.7, 4.6 and 4.7.

Each function builds a Keras model with the same inputs and the same output, in scaled units:

- `history` (batch, lookback, node), where NaN means missing;
- `calendar` (batch, lookback + horizon, column), known ahead;
- `extra` (batch, lookback, node, quantity), other measured quantities, where there are any;
- `profile` (batch, lookback + horizon, node), the average at that time of the week, in `stn` alone;
- output (batch, horizon, node), or (batch, horizon, node, quantile) with several quantiles.

All three predict the change from the last known value: a network that has learned nothing yet is
as good as the simplest baseline. `Forecaster` takes any function that builds such a model, with
these inputs, some of them, or the history alone.
"""

import inspect

import keras
import scipy.sparse
from keras import layers

from stlearn.errors import InputError
from stlearn.networks.input_layers import CalendarEmbedding, FillMissing
from stlearn.networks.layers import DynamicConv, GraphConv, LocalPooling, NodeEmbedding

FULL = "float32"  # readings and forecasts keep their digits, whatever the layers compute in
LEARNED, LEARNED_NODES = 10, 500  # size of the learned adjacency, and the most nodes it is for
PARTS = ("dynamic_conv", "local_pooling", "graph", "calendar")


def feed_forward(
    nodes, lookback, horizon, calendar_columns, slots=288, hidden=64, quantiles=1, extra=0
):
    """Build a feed-forward network that forecasts each node from its own past alone.

    Two hidden layers, shared over the nodes. It knows the calendar, but no neighbour.

    Args:
        nodes: Number of nodes.
        lookback: Steps of history.
        horizon: Steps to forecast.
        calendar_columns: Number of columns of the calendar, at least 2.
        slots: Steps in a day.
        hidden: Width of the hidden layers.
        quantiles: Number of quantiles to forecast; 1 means a single value.
        extra: Number of other measured quantities that are read beside the history.

    Returns:
        A Keras model, not compiled.

    Example:
        >>> from stlearn.networks.models import feed_forward
        >>> feed_forward(nodes=5, lookback=12, horizon=3, calendar_columns=2).output_shape
        (None, 3, 5)
    """
    inputs = _inputs(nodes, lookback, horizon, calendar_columns, extra)
    values, known, last = FillMissing(dtype=FULL)(inputs["history"])
    state = layers.Dense(hidden)(_with_others(_lags_by_node(values, known, last), inputs))
    context = CalendarEmbedding(lookback, slots, size=8)(inputs["calendar"])
    state = _add_context(state, context)
    state = layers.Dense(hidden, activation="relu")(state)
    changes = layers.Dense(horizon * quantiles)(state)
    outputs = _add_last_value(changes, last, horizon, quantiles)
    return keras.Model(inputs, outputs, name="feed_forward")


def cnn_lstm(
    nodes, lookback, horizon, calendar_columns, slots=288, hidden=64, quantiles=1, extra=0
):
    """Build the article's hybrid: space flattened to a vector, convolved, fed with time to an LSTM.

    Its first and last layers have a weight for every node, so it grows with the number of nodes,
    and what it learns at one place it does not know at another.

    Args:
        nodes, lookback, horizon, calendar_columns, slots, hidden, quantiles, extra: As in
            `feed_forward`.

    Returns:
        A Keras model, not compiled.

    Example:
        >>> from stlearn.networks.models import cnn_lstm
        >>> small, large = (cnn_lstm(n, 12, 12, 2).count_params() for n in (10, 100))
        >>> large > 2 * small
        True

    Reference: Hochreiter and Schmidhuber (1997), Long short-term memory.
    """
    inputs = _inputs(nodes, lookback, horizon, calendar_columns, extra)
    values, known, last = FillMissing(dtype=FULL)(inputs["history"])
    others = [part for other in _others(inputs) for part in other[:2]]
    flat = layers.Concatenate()([values, known, *others])
    state = layers.Conv1D(hidden, kernel_size=3, padding="causal", activation="relu")(flat)
    state = layers.LSTM(hidden)(state)
    context = CalendarEmbedding(lookback, slots, size=8)(inputs["calendar"])
    state = layers.Dense(hidden, activation="relu")(layers.Concatenate()([state, context]))
    changes = layers.Dense(nodes * horizon * quantiles)(state)
    changes = layers.Reshape((nodes, horizon * quantiles))(changes)
    outputs = _add_last_value(changes, last, horizon, quantiles)
    return keras.Model(inputs, outputs, name="cnn_lstm")


def stn(
    nodes,
    lookback,
    horizon,
    calendar_columns,
    adjacency,
    slots=288,
    hidden=96,
    quantiles=1,
    steps=2,
    learned=None,
    dropout=0.1,
    activation="gelu",
    profile=True,
    without=(),
    extra=0,
):
    """Build the spatio-temporal network: time and space by turns, shared over the nodes.

    1. Two turns of dynamic convolution over time and local pooling over the graph, in both
       directions, shorten the history to one summary a node.
    2. A graph convolution reads the history of each node and of its neighbours, and how far it
       lies from the profile: the average at that time of the week.
    3. Both join with the node's embedding and the calendar; two residual blocks, each
       with a narrow graph convolution, spread what was found along the graph.
    4. A dense layer reads off the change from the last value at each step ahead.

    Args:
        nodes, lookback, horizon, calendar_columns, slots, hidden, quantiles, extra: As in
            `feed_forward`.
        adjacency: Array, DataFrame or SciPy sparse matrix (node, node): row i, column j is the
            weight of node j's influence on node i.
        steps: Diffusion steps of each graph convolution.
        learned: Size of the embeddings of a learned adjacency beside the given one; 0 for none. By
            default 10, and none for more than 500 nodes, where its full matrix would cost more
            than all the rest.
        dropout: Share of the features dropped in training, in each residual block.
        activation: Name of the Keras activation of the state and of each residual block.
        profile: Whether to read the profile beside the history.
        without: Parts left out, to see what they are worth: any of "dynamic_conv",
            "local_pooling", "graph" (each node hears itself alone) and "calendar".

    Returns:
        A Keras model, not compiled.

    Raises:
        InputError: If `without` names something else.

    Example:
        >>> import numpy as np
        >>> from stlearn.networks.models import stn
        >>> chain = np.eye(5, k=1)
        >>> stn(5, 12, 3, 2, adjacency=chain).output_shape
        (None, 3, 5)

    Reference: the parts are those of `DynamicConv`, `GraphConv` and `NodeEmbedding`; residual
    blocks: He, Zhang, Ren and Sun (2016), Deep residual learning for image recognition; GELU, a
    ReLU with a rounded corner, whose units do not fall silent for good: Hendrycks and Gimpel
    (2016), Gaussian error linear units.
    """
    if isinstance(without, str) or set(without) - set(PARTS):
        raise InputError(f"without: expected a list of any of {', '.join(PARTS)}, got {without!r}")
    if learned is None:
        learned = LEARNED if nodes <= LEARNED_NODES else 0
    if "graph" in without:
        adjacency, learned = scipy.sparse.eye_array(nodes), 0
    inputs = _inputs(nodes, lookback, horizon, calendar_columns, extra)
    values, known, last = FillMissing(adjacency, dtype=FULL)(inputs["history"])
    lags = _with_others(_lags_by_node(values, known, last), inputs)
    if profile:
        inputs["profile"] = keras.Input((lookback + horizon, nodes), name="profile")
        lags = layers.Concatenate()([lags, _unusual_by_node(values, inputs["profile"], last)])

    change = layers.Subtract()([values, last])
    sequence = layers.Concatenate()(
        [layers.Reshape((lookback, nodes, 1))(part) for part in (values, change)]
    )
    for filters, stride in ((8, 4), (16, 3)):
        if "dynamic_conv" not in without:
            sequence = DynamicConv(filters, kernel_size=stride, strides=stride)(sequence)
        if "local_pooling" not in without:
            nearby = [LocalPooling(adjacency, reverse=way)(sequence) for way in (False, True)]
            sequence = layers.Concatenate()([sequence, *nearby])
        sequence = layers.Dense(filters, activation="relu")(sequence)
    summary = layers.Permute((2, 1, 3))(sequence)
    summary = layers.Reshape((nodes, -1))(summary)

    around = GraphConv(hidden, adjacency, steps)(lags)
    state = NodeEmbedding(32)(layers.Concatenate()([around, summary]))
    state = layers.Dense(hidden)(state)
    context = None
    if "calendar" not in without:
        context = CalendarEmbedding(lookback, slots, size=32)(inputs["calendar"])
    state = _add_context(state, context, activation)
    for _ in range(2):
        narrow = layers.Dense(hidden // 4)(state)
        spread = GraphConv(hidden, adjacency, steps, learned=learned)(narrow)
        step = layers.Add()([layers.Dense(hidden, use_bias=False)(state), spread])
        step = layers.Dropout(dropout)(layers.Activation(activation)(step))
        step = layers.Dense(hidden)(step)
        state = layers.Add()([state, step])
    changes = layers.Dense(horizon * quantiles)(state)
    outputs = _add_last_value(changes, last, horizon, quantiles)
    return keras.Model(inputs, outputs, name="stn")


MODELS = {function.__name__: function for function in (stn, cnn_lstm, feed_forward)}


def build(function, settings, **known):
    """Build a model by a function: it is given those of the known arguments that it names.

    Args:
        function: Builds a Keras model, as `feed_forward` does.
        settings: Dict of further arguments; they go before the known ones of the same name.
        **known: Arguments of `stn`; at least nodes, lookback, horizon, calendar_columns, quantiles.

    Returns:
        A Keras model, not compiled.

    Raises:
        InputError: If the function takes other arguments, or if inputs or output of what it builds
            are not as described above.

    Example:
        >>> from stlearn.networks.models import build, feed_forward
        >>> known = {"nodes": 5, "lookback": 12, "horizon": 3, "calendar_columns": 2}
        >>> build(feed_forward, {"hidden": 8}, **known, adjacency=None, quantiles=1).output_shape
        (None, 3, 5)
    """
    name = getattr(function, "__name__", type(function).__name__)
    taken = inspect.signature(function).parameters
    given = known | settings
    if not any(each.kind is each.VAR_KEYWORD for each in taken.values()):
        unknown = sorted(set(settings) - set(taken))
        if unknown:
            raise InputError(
                f"settings: expected arguments of the model {name} ({', '.join(taken)}), "
                f"got {', '.join(unknown)}"
            )
        given = {key: value for key, value in given.items() if key in taken}
    lacking = sorted(needed(function) - set(given))
    if lacking:
        raise InputError(f"settings: the model {name} needs {', '.join(lacking)}, which none gives")
    model = function(**given)
    _check_model(model, name, **known)
    return model


def needed(function):
    """Return the set of the arguments that a function cannot do without."""
    return {
        each.name
        for each in inspect.signature(function).parameters.values()
        if each.default is each.empty and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    }


def _check_model(model, name, nodes, lookback, horizon, calendar_columns, quantiles, extra=0, **_):
    inputs = getattr(model, "inputs", None)
    if not isinstance(model, keras.Model) or not inputs:
        raise InputError(
            f"model: expected that {name} returns a Keras model with inputs made by keras.Input, "
            f"got {type(model).__name__}"
        )
    around = lookback + horizon
    expected = {
        "history": (lookback, nodes),
        "calendar": (around, calendar_columns),
        "profile": (around, nodes),
        "extra": (lookback, nodes, extra),
    }
    names = [each.name for each in inputs] if len(inputs) > 1 else ["history"]
    found = {name: each.shape[1:] for name, each in zip(names, inputs)}
    if not all(key in expected and _fits(shape, expected[key]) for key, shape in found.items()):
        raise InputError(
            f"model: expected that {name} reads history (batch, {_shown(expected['history'])}) and "
            f"perhaps calendar (batch, {_shown(expected['calendar'])}) and profile (batch, "
            f"{_shown(expected['profile'])}), got "
            + " and ".join(f"{key} (batch, {_shown(shape)})" for key, shape in found.items())
        )
    shape = (horizon, nodes) if quantiles == 1 else (horizon, nodes, quantiles)
    outputs = [each.shape[1:] for each in model.outputs]
    if len(outputs) != 1 or not _fits(outputs[0], shape):
        raise InputError(
            f"model: expected that {name} forecasts (batch, {_shown(shape)}), got "
            + " and ".join(f"(batch, {_shown(each)})" for each in outputs)
        )


def _fits(found, expected):
    return len(found) == len(expected) and all(a in (None, b) for a, b in zip(found, expected))


def _shown(shape):
    return ", ".join(map(str, shape))


def _inputs(nodes, lookback, horizon, calendar_columns, extra):
    inputs = {
        "history": keras.Input((lookback, nodes), name="history"),
        "calendar": keras.Input((lookback + horizon, calendar_columns), name="calendar"),
    }
    if extra:
        inputs["extra"] = keras.Input((lookback, nodes, extra), name="extra")
    return inputs


def _others(inputs):
    """Filled values, what is known, and last values of each quantity beside the history."""
    count = inputs["extra"].shape[-1] if "extra" in inputs else 0
    return [FillMissing(dtype=FULL)(inputs["extra"][..., place]) for place in range(count)]


def _with_others(lags, inputs):
    """Add the lags of the other quantities to those of the history: (batch, node, feature)."""
    others = [_lags_by_node(*other) for other in _others(inputs)]
    return layers.Concatenate()([lags, *others]) if others else lags


def _lags_by_node(values, known, last):
    """Distance to the last value, what is known, and the last value: (batch, node, feature)."""
    change = layers.Subtract()([values, last])
    lags = layers.Concatenate(axis=1)([change, known, last])
    return layers.Permute((2, 1))(lags)


def _unusual_by_node(values, profile, last):
    """Distance of the past from its profile, and of the profile ahead from the last value."""
    lookback = values.shape[1]
    past, ahead = profile[:, :lookback], profile[:, lookback:]
    unusual = [layers.Subtract()([values, past]), layers.Subtract()([ahead, last])]
    return layers.Permute((2, 1))(layers.Concatenate(axis=1)(unusual))


def _add_context(state, context, activation="gelu"):
    """Add what the calendar says, the same for all nodes, and bend the sum by an activation."""
    if context is not None:
        width = state.shape[-1]
        shift = layers.Reshape((1, width))(layers.Dense(width, use_bias=False)(context))
        state = layers.Add()([state, shift])
    return layers.Activation(activation)(state)


def _add_last_value(changes, last, horizon, quantiles):
    """Turn the changes (batch, node, horizon * quantile) into a forecast, time first."""
    nodes = changes.shape[1]
    changes = layers.Reshape((nodes, horizon, quantiles))(changes)
    changes = layers.Permute((2, 1, 3))(changes)
    last = layers.Reshape((1, nodes, 1), dtype=FULL)(last)
    # In this order: of the other, Keras 3.15 adds the last value along a wrong axis where the batch
    # is a single window and there are as many nodes as steps or quantiles.
    forecast = layers.Add(dtype=FULL)([last, changes])
    return forecast if quantiles > 1 else layers.Reshape((horizon, nodes), dtype=FULL)(forecast)
