"""Losses that pass over missing targets, in Keras 3. Explained in 2.7."""

import keras
from keras import ops

from stlearn.errors import InputError

LOSSES = ("mae", "mse", "huber", "quantile")


@keras.saving.register_keras_serializable(package="stlearn")
class MaskedLoss(keras.losses.Loss):
    """The mean error over the known targets: a missing target (NaN) costs nothing, teaches nothing.

    Args:
        kind: "mae" (aims at the median), "mse" (at the mean), "huber" (squared up to 1, in scaled
            units, linear beyond) or "quantile" (the pinball loss).
        quantiles: With kind "quantile", the quantiles between 0 and 1, in the order of the
            model's last axis.

    Call: targets (batch, horizon, node), NaN where missing; forecasts of the same shape, or with
        the axis quantile behind, which a single quantile may lack.

    Raises:
        InputError: If the kind is unknown or the quantiles are not increasing between 0 and 1.

    Example:
        >>> import numpy as np
        >>> from stlearn.networks.losses import MaskedLoss
        >>> float(MaskedLoss("mae")(np.array([[[1.0], [np.nan]]]), np.array([[[3.0], [9.0]]])))
        2.0

    Reference: pinball loss: Koenker and Bassett (1978), Regression quantiles; Huber (1964),
    Robust estimation of a location parameter.
    """

    def __init__(self, kind="mae", quantiles=(), name="masked_loss", reduction=None, **kwargs):
        super().__init__(name=name, reduction=reduction, **kwargs)
        if kind not in LOSSES:
            raise InputError(f"loss: expected one of {', '.join(LOSSES)}, got {kind!r}")
        quantiles = tuple(float(quantile) for quantile in quantiles)
        increasing = all(a < b for a, b in zip((0.0, *quantiles), (*quantiles, 1.0)))
        if (kind == "quantile") != bool(quantiles) or not increasing:
            raise InputError(
                "quantiles: expected increasing numbers between 0 and 1, with loss 'quantile' "
                f"only, got {quantiles} with loss {kind!r}"
            )
        self.kind = kind
        self.quantiles = quantiles

    def call(self, y_true, y_pred):
        known = ops.isfinite(y_true)
        # The target is filled before the subtraction: a NaN passed by later would still
        # reach the gradient.
        target = ops.where(known, y_true, 0.0)
        if self.kind == "quantile":
            known, target = known[..., None], target[..., None]
            if len(y_pred.shape) < len(target.shape):  # a single quantile has no axis of its own
                y_pred = y_pred[..., None]
        error = ops.where(known, target - y_pred, 0.0)
        count = ops.sum(ops.cast(known, y_pred.dtype))
        return ops.sum(self._cost(error)) / ops.maximum(count, 1.0)

    def _cost(self, error):
        if self.kind == "mae":
            return ops.abs(error)
        if self.kind == "mse":
            return ops.square(error)
        if self.kind == "huber":
            size = ops.abs(error)
            return ops.where(size < 1, 0.5 * ops.square(error), size - 0.5)
        quantile = ops.cast(self.quantiles, error.dtype)
        return ops.maximum(quantile * error, (quantile - 1) * error)

    def get_config(self):
        return super().get_config() | {"kind": self.kind, "quantiles": self.quantiles}
