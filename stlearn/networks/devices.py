"""One network on several devices, with Keras on JAX: `KERAS_BACKEND=jax`.

`keras.distribution` shares out the work once it is told how, before the network is built:

- `keras.distribution.set_distribution(keras.distribution.DataParallel())`: each device has the
  whole network and a part of each batch of windows;
- `keras.distribution.set_distribution(over_sensors(4))`: each device has a part of the sensors.

`Forecaster` needs nothing more. Several processes, on one machine or on many, each call
`keras.distribution.initialize` first, and then the same lines.
"""

import keras
import numpy as np

from stlearn.checks import check_count
from stlearn.errors import InputError

BATCH, SENSORS = "batch", "sensors"
# Axes of what the layers of `stlearn.networks.layers` hold and put out.
LAYOUTS = {
    "node_embedding[^/]*/vectors": (SENSORS, None),
    "graph_conv[^/]*/receiver": (SENSORS, None),
    "graph_conv[^/]*/sender": (None, SENSORS),
    "(node_embedding|graph_conv)[^/]*/output": (BATCH, SENSORS, None),
    "(dynamic_conv|local_pooling)[^/]*/output": (BATCH, None, SENSORS, None),
}


def over_sensors(sensors, batch=1):
    """Say how a network is shared out over devices that each have a part of the sensors.

    Args:
        sensors: Number of devices among which the sensors are shared out; it has to divide the
            number of sensors.
        batch: Number of such groups of devices, each with a part of each batch.

    Returns:
        `keras.distribution.ModelParallel`, for `keras.distribution.set_distribution`.

    Raises:
        InputError: If Keras does not run on JAX, or there are not so many devices.

    Example:
        >>> from stlearn.networks.devices import over_sensors
        >>> keras.distribution.set_distribution(over_sensors(4))  # doctest: +SKIP
    """
    check_count("sensors", sensors)
    check_count("batch", batch)
    _check_backend()
    found = keras.distribution.list_devices()
    if len(found) != sensors * batch:
        raise InputError(
            f"sensors, batch: expected numbers whose product is that of the devices, {len(found)}, "
            f"got {sensors} and {batch}"
        )
    mesh = keras.distribution.DeviceMesh((batch, sensors), (BATCH, SENSORS), found)
    layouts = keras.distribution.LayoutMap(mesh)
    for pattern, axes in LAYOUTS.items():
        layouts[pattern] = axes
    return keras.distribution.ModelParallel(layout_map=layouts, batch_dim_name=BATCH)


def parts_of_a_batch():
    """Return among how many devices each batch is shared out; 1 where nothing is.

    Example:
        >>> from stlearn.networks.devices import parts_of_a_batch
        >>> parts_of_a_batch()
        1
    """
    distribution = keras.distribution.distribution()
    return 1 if distribution is None else _devices_along(distribution.batch_dim_name or BATCH)


def check_devices(windows, nodes):
    """Raise an InputError unless devices share batches and sensors evenly.

    Args:
        windows: Windows of a batch.
        nodes: Number of sensors.
    """
    parts = parts_of_a_batch()
    if windows % parts:
        raise InputError(
            f"batch_size: expected a multiple of the {parts} devices that share each batch, got "
            f"{windows}"
        )
    if isinstance(keras.distribution.distribution(), keras.distribution.ModelParallel):
        parts = _devices_along(SENSORS)
        if nodes % parts:
            raise InputError(
                f"sensors: expected a number of devices that divides the {nodes} sensors, got "
                f"{parts}"
            )


def own_share(windows):
    """Return the windows of a batch that this process feeds; all where it is the only one.

    Args:
        windows: Array, one entry a window; every process has the same.

    Example:
        >>> import numpy as np
        >>> from stlearn.networks.devices import own_share
        >>> own_share(np.arange(4)).tolist()
        [0, 1, 2, 3]
    """
    if keras.distribution.distribution() is None or keras.backend.backend() != "jax":
        return windows
    import jax

    return np.array_split(windows, jax.process_count())[jax.process_index()]


def _devices_along(axis):
    _check_backend()
    mesh = keras.distribution.distribution().device_mesh
    return dict(zip(mesh.axis_names, mesh.shape)).get(axis, 1)


def _check_backend():
    if keras.backend.backend() != "jax":
        raise InputError(
            "keras.distribution: expected Keras on JAX (KERAS_BACKEND=jax), got "
            f"{keras.backend.backend()}; on it alone a network is shared out"
        )
