"""Keras layers at the front of a network: gaps filled, the calendar turned into features.

Explained in 4.7.
"""

import keras
from keras import ops

from stlearn.checks import check_count
from stlearn.networks.layers import LocalPooling, register


@register
class FillMissing(keras.layers.Layer):
    """Take the NaN out of a history, and tell what is known.

    A missing value becomes the node's last known value. A node that is silent throughout gets the
    mean of its known neighbours' last values; where there is none, zero.

    Args:
        adjacency: As in `LocalPooling`, or None where no graph is known.
        sparse: As in `LocalPooling`.

    Input shape: (batch, time, node).
    Output shape: three tensors: the filled values and a mask (1 known, 0 missing), both of the
        input's shape, and the last values, (batch, 1, node).

    Raises:
        InputError: As in `LocalPooling`.

    Example:
        >>> import numpy as np
        >>> from stlearn.networks.input_layers import FillMissing
        >>> values, known, last = FillMissing()(np.array([[[5.0], [np.nan]]], "float32"))
        >>> values.numpy().ravel().tolist(), known.numpy().ravel().tolist()
        ([5.0, 5.0], [1.0, 0.0])
    """

    def __init__(self, adjacency=None, sparse=None, **kwargs):
        super().__init__(**kwargs)
        self.pooling = None if adjacency is None else LocalPooling(adjacency, sparse=sparse)

    def build(self, input_shape):
        if self.pooling is not None:
            self.pooling.build((input_shape[0], 1, input_shape[2], 1))

    def is_known(self, inputs):
        """Tell which values are known; an export has another mark than NaN for those that are not.

        Args:
            inputs: Tensor (batch, time, node).
        """
        return ops.isfinite(inputs)

    def call(self, inputs):
        finite = self.is_known(inputs)
        values = ops.where(finite, inputs, 0.0)
        known = ops.cast(finite, inputs.dtype)
        step = ops.reshape(ops.arange(1, inputs.shape[1] + 1, dtype="int32"), (1, -1, 1))
        newest = ops.max(ops.cast(finite, "int32") * step, axis=1, keepdims=True)
        last = ops.take_along_axis(values, ops.maximum(newest - 1, 0), axis=1)
        if self.pooling is not None:
            heard = ops.cast(newest > 0, inputs.dtype)
            nearby = self.pooling(last[..., None], known=heard[..., None])[..., 0]
            last = ops.where(heard > 0, last, nearby)
        return ops.where(finite, values, last), known, last

    def compute_output_shape(self, input_shape):
        return input_shape, input_shape, (input_shape[0], 1, input_shape[2])

    def get_config(self):
        graph = {"adjacency": None, "sparse": None}
        if self.pooling is not None:
            graph = {"adjacency": self.pooling.edges, "sparse": self.pooling.sparse}
        return super().get_config() | graph


@register
class CalendarEmbedding(keras.layers.Layer):
    """Turn the calendar around the forecast's origin into features.

    Time of day and day of week at the first forecast step become learned vectors; all further
    columns (holidays, announced events) enter as they are, at each step of lookback and horizon.

    Args:
        lookback: Steps of the calendar that lie in the past.
        slots: Steps in a day, at least 1: each has a vector of its own.
        size: Length of the vector for the time of day. The day of the week has 8.

    Input shape: (batch, lookback + horizon, column); the first two columns are `time_of_day` and
        `day_of_week` of `stlearn.data.dataset.make_calendar`.
    Output shape: (batch, feature).

    Raises:
        InputError: If an argument is below 1.

    Example:
        >>> import numpy as np
        >>> from stlearn.networks.input_layers import CalendarEmbedding
        >>> CalendarEmbedding(lookback=12, slots=288, size=16)(np.zeros((2, 24, 3))).shape
        TensorShape([2, 48])
    """

    def __init__(self, lookback, slots, size, **kwargs):
        super().__init__(**kwargs)
        self.lookback = check_count("lookback", lookback)
        self.slots = check_count("slots", slots)
        self.size = check_count("size", size)
        self.time_of_day = keras.layers.Embedding(self.slots, self.size)
        self.day_of_week = keras.layers.Embedding(7, 8)

    def build(self, input_shape):
        self.time_of_day.build((input_shape[0],))
        self.day_of_week.build((input_shape[0],))

    def call(self, inputs):
        now = inputs[:, self.lookback]
        # Half a slot is added: 0.3 of a day may be stored as a little less.
        slot = ops.cast(ops.floor(now[:, 0] * self.slots + 0.5), "int32") % self.slots
        parts = [self.time_of_day(slot), self.day_of_week(ops.cast(now[:, 1], "int32"))]
        if inputs.shape[2] > 2:
            parts.append(
                ops.reshape(inputs[:, :, 2:], (-1, inputs.shape[1] * (inputs.shape[2] - 2)))
            )
        return ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.size + 8 + input_shape[1] * (input_shape[2] - 2))

    def get_config(self):
        return super().get_config() | {
            "lookback": self.lookback,
            "slots": self.slots,
            "size": self.size,
        }
