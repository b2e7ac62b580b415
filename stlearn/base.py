"""What every forecaster can do, baseline or network, so that every comparison is one loop."""

import abc

import numpy as np
import pandas as pd

from stlearn.errors import InputError


class BaseForecaster(abc.ABC):
    """The contract that baselines and networks share.

    A forecaster has a `name`, a `horizon` (steps ahead), and `nodes` once it is fitted. It
    learns in `fit`, and it forecasts from a history in `predict`. Subclasses write `fit`,
    `forecasts`, `update`, `save` and `load`.
    """

    name = "forecaster"
    lookback = 1
    nodes = None

    @abc.abstractmethod
    def fit(self, train, validation=None):
        """Learn from a data set; make choices on a second one. Return the forecaster itself."""

    @abc.abstractmethod
    def forecasts(self, dataset, origins):
        """Forecast from several origins at once.

        Args:
            dataset: SpatioTemporalDataset with the nodes seen in `fit`.
            origins: Row positions, shape (origin,). The forecast from origin o uses the rows
                before o, and no later one, and is for the rows o, o + 1, ..., o + horizon - 1.

        Returns:
            Array (origin, horizon, node), float32, in the data's unit, without NaN.
        """

    @abc.abstractmethod
    def update(self, recent):
        """Continue learning on the most recent days. Return the forecaster itself."""

    @abc.abstractmethod
    def save(self, folder):
        """Write the fitted forecaster to a folder."""

    @classmethod
    @abc.abstractmethod
    def load(cls, folder):
        """Read a forecaster that `save` wrote."""

    def predict(self, history):
        """Forecast what follows the end of a history.

        Args:
            history: SpatioTemporalDataset with the nodes seen in `fit`.

        Returns:
            DataFrame (horizon, node), in the data's unit, indexed by the times to come.

        Raises:
            InputError: If the nodes differ from those seen in `fit`, or the history is too short.
        """
        self.check(history)
        last = history.values.index[-1]
        times = pd.date_range(last, periods=self.horizon + 1, freq=history.frequency)[1:]
        forecast = self.forecasts(history, np.array([len(history.values)]))[0]
        return pd.DataFrame(forecast, index=times, columns=history.values.columns)

    def check(self, dataset):
        """Raise an InputError unless the data set has the nodes and the length that are needed."""
        if self.nodes is None:
            raise InputError(f"{self.name}: call fit before predict")
        columns = list(dataset.values.columns)
        missing = [node for node in self.nodes if node not in columns]
        unknown = [node for node in columns if node not in self.nodes]
        if missing or unknown:
            raise InputError(
                f"values: the sensors differ from those the model was fitted on: "
                f"missing {missing[:3] or 'none'}, unknown {unknown[:3] or 'none'}"
            )
        if columns != list(self.nodes):
            raise InputError(
                "values: the sensors stand in another order than in fit; "
                "reorder the columns: values[model.nodes]"
            )
        if len(dataset.values) < self.lookback:
            raise InputError(
                f"values: expected at least {self.lookback} rows of history (lookback), "
                f"got {len(dataset.values)}"
            )
