"""What is never negative is not forecast below zero: counts, concentrations, rain."""

import numpy as np

from stlearn.data.units import is_speed

SIGNED_UNITS = ("°c", "°f", "c", "f", "degc", "degf", "celsius", "fahrenheit")


def lower_bound(values, unit):
    """Return 0 where a quantity has never been negative, and None where it may be.

    Temperatures in °C or °F may be: a summer without frost proves nothing. Speeds are left alone,
    since in the course a regression shows what it says of a jam, below zero too.

    Args:
        values: Array or DataFrame (..., node) of the training part; NaN is left out.
        unit: Unit of the values, or a list of the unit of each node.

    Returns:
        The bound, or where units differ a list of one a node.

    Example:
        >>> from stlearn.data.bounds import lower_bound
        >>> lower_bound([[0.0, 3.0]], "veh/h"), lower_bound([[-1.0, 3.0]], "kW")
        (0.0, None)
        >>> lower_bound([[4.0, 3.0]], "°C") is lower_bound([[4.0, 3.0]], "km/h") is None
        True
        >>> lower_bound([[4.0, 3.0]], ["°C", "mm"])
        [None, 0.0]
    """
    if not isinstance(unit, str):
        if len(set(unit)) == 1:
            return lower_bound(values, unit[0])
        values, of_node = np.asarray(values), np.asarray(unit)
        bounds = {each: lower_bound(values[..., of_node == each], each) for each in set(unit)}
        return [bounds[each] for each in unit]
    if is_speed(unit) or unit.strip().lower() in SIGNED_UNITS:
        return None
    return 0.0 if np.nanmin(np.asarray(values), initial=np.inf) >= 0 else None


def bounded(forecast, bound, dataset, origins):
    """Lift what lies below a bound to it, unless the node itself has been lower before the origin.

    Args:
        forecast: Array (origin, horizon, node, ...), in the data's unit.
        bound: As of `lower_bound`; a node without one is left as it is.
        dataset: SpatioTemporalDataset that was forecast.
        origins: Row positions (origin,); only rows before them are looked at.

    Returns:
        Array of the forecast's shape.

    Example:
        >>> import numpy as np
        >>> import stlearn
        >>> from stlearn.data.bounds import bounded
        >>> corridor = stlearn.load("corridor")
        >>> float(bounded(np.full((1, 1, 48), -2.0), 0.0, corridor, np.array([12])).min())
        0.0
    """
    if bound is None:
        return forecast
    bound = np.broadcast_to(np.array(bound, dtype="float64"), forecast.shape[2])
    of_node = bound[:, None] if forecast.ndim == 4 else bound
    below = (forecast < of_node).any(axis=(0, 1, 3) if forecast.ndim == 4 else (0, 1))
    if not below.any():  # then nobody has to look back to the first row
        return forecast
    origins = np.asarray(origins)
    past = dataset.values.to_numpy()[: origins.max(), below]
    lowest = np.fmin(np.fmin.accumulate(past, axis=0)[origins - 1], bound[below])[:, None]
    if forecast.ndim == 4:
        lowest = lowest[..., None]
    lifted = forecast.copy()
    lifted[:, :, below] = np.maximum(forecast[:, :, below], lowest)
    return lifted
