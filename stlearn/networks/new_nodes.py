"""Forecast sensors that a network has not seen, where it is one and the same for all sensors."""

import copy
import inspect

import numpy as np

from stlearn.errors import InputError
from stlearn.networks import models


def with_new_nodes(forecaster, nodes):
    """Return a forecaster that serves further nodes, with the weights that it has.

    Only a network without a graph can do so, whose weights are shared by all nodes, and that
    scales all of them alike. What it knows of each node beside its weights (the usual value, the
    size of its swings) is taken as the mean of the others.

    Args:
        forecaster: Fitted Forecaster.
        nodes: Names of the further nodes.

    Returns:
        Forecaster. The forecasts of the old nodes are what they were.

    Raises:
        InputError: If the forecaster is another one; the message says why.

    Example:
        >>> import stlearn
        >>> from stlearn.networks.new_nodes import with_new_nodes
        >>> day = stlearn.load("corridor").between(0, 288)
        >>> few = day.of_nodes(list(day.values.columns[:4]))
        >>> network = stlearn.Forecaster("feed_forward", epochs=1, settings={"hidden": 4}).fit(few)
        >>> with_new_nodes(network, ["in5"]).predict(day.of_nodes([*network.nodes, "in5"])).shape
        (12, 5)
    """
    who = f"--new-sensors: {forecaster.name} cannot forecast {nodes[0]}, which it has not seen"
    if not hasattr(forecaster, "network"):
        raise InputError(f"{who}: only a single network can; train anew with it")
    if forecaster.needs_graph:
        raise InputError(
            f"{who}: its graph does not say who that sensor's neighbours are; train anew with it"
        )
    if forecaster.quantities:
        raise InputError(f"{who}: it forecasts several quantities; train anew with it")
    if forecaster.scaler.scale.ndim:
        raise InputError(f"{who}: each sensor has a scale of its own; train anew with it")
    if forecaster.model not in models.MODELS:
        raise InputError(f"{who}: only networks of stlearn can be built larger; train anew with it")
    more = copy.copy(forecaster)
    more.nodes = [*forecaster.nodes, *nodes]
    more.network, *more.further = [_larger(each, more, who) for each in forecaster._networks]
    count = len(nodes)
    more.usual = _extended(forecaster.usual, count)
    for name in ("lowest", "highest"):
        if len(getattr(forecaster, name)):
            setattr(more, name, _extended(getattr(forecaster, name), count).tolist())
    rule = forecaster.calibration
    if rule is not None:
        states = rule.states._replace(
            limit=_extended(rule.states.limit, count),
            change=_extended(rule.states.change, count),
            **{
                name: np.append(getattr(rule.states, name), [getattr(rule.states, name)[0]] * count)
                for name in ("speed", "quantity")
            },
        )
        more.calibration = rule._replace(size=_extended(rule.size, count), states=states)
    return more


def _larger(network, forecaster, who):
    """The same network with more nodes, if no weight belongs to one of them."""
    named = inspect.signature(models.MODELS[forecaster.model]).parameters
    calendar = {each.name: each for each in network.inputs}["calendar"]
    known = {
        "nodes": len(forecaster.nodes),
        "lookback": forecaster.lookback,
        "horizon": forecaster.horizon,
        "calendar_columns": calendar.shape[-1],
        "slots": forecaster.slots,
        "quantiles": network.output_shape[3] if len(network.output_shape) == 4 else 1,
        "extra": len(forecaster.also),
    }
    known |= forecaster.settings or {}
    larger = models.MODELS[forecaster.model](**{k: v for k, v in known.items() if k in named})
    weights = network.get_weights()
    if [each.shape for each in weights] != [each.shape for each in larger.get_weights()]:
        raise InputError(f"{who}: it has weights for each sensor; train anew with it")
    larger.set_weights(weights)
    return larger


def _extended(numbers, count):
    numbers = np.asarray(numbers, dtype="float64")
    return np.concatenate([numbers, np.full(count, numbers.mean())])
