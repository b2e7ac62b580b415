"""Train a network, forecast with it, keep it up to date, save it and load it.

`Forecaster` puts a Keras model from `stlearn.networks.models` behind the contract that baselines
share.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from tqdm import tqdm

from stlearn.baselines.base import BaseForecaster
from stlearn.checks import check_count
from stlearn.data.dataset import known_ahead
from stlearn.data.windows import Scaler, cut_windows, fit_scaler, window_origins
from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.networks import checkpoints, models
from stlearn.networks.losses import MaskedLoss
from stlearn.networks.training import Samples

MODELS = {"stn": models.stn, "cnn_lstm": models.cnn_lstm, "feed_forward": models.feed_forward}
WINDOWS_PER_EPOCH = 4096
RISE = 100  # training steps
FORECASTS_AT_ONCE = 128
SLOTS_AT_MOST = 288


class Forecaster(BaseForecaster):
    """A network that learns from the past of a data set and forecasts what comes next.

    Training draws windows from the train part, watches the error on the validation part, stops
    when it no longer falls, and keeps the best state. With `refit`, the network is then trained
    anew on both parts together, for as many epochs as were best.

    Args:
        model: "stn", "cnn_lstm" or "feed_forward"; see `stlearn.networks.models`.
        lookback: Steps of history that a forecast is made from.
        horizon: Steps ahead.
        epochs: Epochs at most. One epoch is every window once, or 4,096 of them if there are more;
            those that fill no whole batch wait for the next epoch. By default 10, and 6 where
            there are more than 4,096 windows.
        seed: Seed of everything random: start weights, order of the windows, dropout.
        loss: "mae", "mse", "huber" or "quantile".
        quantiles: With loss "quantile": increasing, the middle one is what `predict` returns.
        patience: Epochs without a better validation error after which training stops.
        learning_rate: The highest; it rises to it in the first steps, then falls to zero along
            a cosine.
        batch_size: Windows a training step.
        refit: Whether to train anew on train and validation together at the end. By default so
            for at most 4,096 windows, where the time is short and each day counts.
        settings: Further arguments of the model's builder, such as {"hidden": 96}.
        progress: Show a progress bar on standard error.

    Raises:
        InputError: If an argument is not as described.

    Example:
        >>> import stlearn
        >>> from stlearn.data.windows import chronological_split
        >>> corridor = stlearn.load("corridor")
        >>> week = corridor.between(0, 7 * 288)
        >>> network = stlearn.Forecaster("feed_forward", epochs=1).fit(week)
        >>> network.predict(week).shape
        (12, 48)

    Reference: AdamW: Loshchilov and Hutter (2019), Decoupled weight decay regularization.
    """

    def __init__(
        self,
        model="stn",
        lookback=12,
        horizon=12,
        epochs=None,
        seed=0,
        loss="mae",
        quantiles=(),
        patience=4,
        learning_rate=5e-3,
        batch_size=16,
        refit=None,
        settings=None,
        progress=False,
    ):
        if model not in MODELS:
            raise InputError(f"model: expected one of {', '.join(MODELS)}, got {model!r}")
        for name, count in {
            "lookback": lookback,
            "horizon": horizon,
            "epochs": 1 if epochs is None else epochs,
            "patience": patience,
            "batch_size": batch_size,
        }.items():
            check_count(name, count)
        self.loss = MaskedLoss(loss, quantiles)
        self.arguments = {
            "model": model,
            "lookback": lookback,
            "horizon": horizon,
            "epochs": epochs,
            "seed": seed,
            "loss": loss,
            "quantiles": list(quantiles),
            "patience": patience,
            "learning_rate": learning_rate,
            "batch_size": batch_size,
            "refit": refit,
            "settings": dict(settings or {}),
        }
        self.name = model
        self.lookback = lookback
        self.horizon = horizon
        self.progress = progress
        self.network = None

    @property
    def parameters(self):
        """Number of trained weights."""
        return 0 if self.network is None else self.network.count_params()

    def fit(self, train, validation=None, checkpoint=None):
        """Train the network.

        Args:
            train: SpatioTemporalDataset to learn from; it alone sets the scale.
            validation: SpatioTemporalDataset after it, to choose the number of epochs on.
                Without it, all epochs are run.
            checkpoint: Folder that keeps the state after each epoch. If the training that wrote
                it was interrupted, `fit` with the same arguments goes on from there.

        Returns:
            The forecaster itself.

        Raises:
            InputError: If a part has no complete window, the graph is missing, or the checkpoint
                belongs to another training.
        """
        parts = [train] if validation is None else [train, validation]
        if validation is not None and list(validation.values.columns) != list(train.values.columns):
            raise InputError("validation: expected the nodes of train, in the same order")
        for argument, part in zip(("train", "validation"), parts):
            self._origins(part, argument)
        self.nodes = list(train.values.columns)
        self.unit = train.unit
        self.interval = train.interval
        self.calendar_columns = list(train.calendar.columns)
        self.scaler = fit_scaler(train.values.to_numpy())
        small = len(self._origins(train, "train")) <= WINDOWS_PER_EPOCH
        epochs = self.arguments["epochs"] or (10 if small else 6)
        best = self._train([train], validation, epochs, epochs, checkpoint)
        refit = small if self.arguments["refit"] is None else self.arguments["refit"]
        if refit and validation is not None:
            watched = self.training
            again = None if checkpoint is None else Path(checkpoint) / "refit"
            self._train(parts, None, best, epochs, again)
            self.training = watched
        return self

    def forecasts(self, dataset, origins):
        """Forecast from several origins at once; see `BaseForecaster.forecasts`.

        With quantiles, this is the middle one.
        """
        forecast = self.quantile_forecasts(dataset, origins)
        return forecast[..., forecast.shape[-1] // 2]

    def quantile_forecasts(self, dataset, origins):
        """Forecast all quantiles from several origins at once.

        Args:
            dataset, origins: As in `BaseForecaster.forecasts`.

        Returns:
            Array (origin, horizon, node, quantile), float32, in the data's unit, increasing along
            the last axis. Without quantiles, that axis has length one.
        """
        self.check(dataset)
        if dataset.unit != self.unit:
            raise InputError(
                f"unit: the model was fitted on {self.unit}, the data has {dataset.unit}"
            )
        if dataset.interval != self.interval:
            raise InputError(
                f"interval: the model was fitted on steps of {self.interval}, "
                f"the data has {dataset.interval}"
            )
        origins = np.asarray(origins)
        if origins.min() < self.lookback or origins.max() > len(dataset.values):
            raise InputError(
                f"origins: expected rows from {self.lookback} (lookback) to {len(dataset.values)}, "
                f"got {origins.min()} to {origins.max()}"
            )
        samples = Samples([dataset], self, targets=False)
        found = []
        for start in range(0, len(origins), FORECASTS_AT_ONCE):
            some = origins[start : start + FORECASTS_AT_ONCE]
            # Always a whole batch, padded with repeats: for another size TensorFlow would build
            # another graph, which takes seconds and may differ in the last digits.
            inputs, _ = samples.batch(np.resize(some, FORECASTS_AT_ONCE))
            scaled = np.asarray(self.network.predict_on_batch(inputs))[: len(some)]
            found.append(self.scaler.inverse(scaled))
        forecast = np.concatenate(found).astype("float32")
        return np.sort(forecast, axis=-1) if forecast.ndim == 4 else forecast[..., None]

    def predict_quantiles(self, history):
        """Forecast all quantiles of what follows the end of a history.

        Args:
            history: As in `predict`.

        Returns:
            DataFrame (horizon, (node, quantile)), in the data's unit.

        Raises:
            InputError: If the forecaster was not fitted with quantiles; otherwise as `predict`.
        """
        if not self.loss.quantiles:
            raise InputError("predict_quantiles: fit with loss='quantile' and quantiles first")
        forecast = self.quantile_forecasts(history, np.array([len(history.values)]))[0]
        columns = pd.MultiIndex.from_product(
            [self.nodes, self.loss.quantiles], names=["node", "quantile"]
        )
        times = known_ahead(history, len(history.values), len(history.values) + self.horizon)[0]
        return pd.DataFrame(forecast.reshape(self.horizon, -1), index=times, columns=columns)

    def update(self, recent, epochs=2):
        """Continue the training on the most recent days, at a tenth of the learning rate.

        Args:
            recent: SpatioTemporalDataset that holds the last days only.
            epochs: How often each of their windows is seen.

        Returns:
            The forecaster itself.
        """
        self.check(recent)
        self._origins(recent, "recent")
        samples = Samples([recent], self)
        rate = self.arguments["learning_rate"] / 10
        self._compile(rate)
        for epoch in range(epochs):
            self._run_epoch(
                samples, np.random.default_rng([self.arguments["seed"], epoch]), "update"
            )
        return self

    def save(self, folder):
        """Write the fitted forecaster to a folder: network.keras and forecaster.json.

        Args:
            folder: Where to write; made if needed. The files appear when they are complete.

        Raises:
            InputError: If the forecaster is not fitted.
        """
        if self.network is None:
            raise InputError(f"{self.name}: call fit before save")
        with written_aside(folder) as aside:
            self.network.save(aside / "network.keras")
            learned = {
                "arguments": self.arguments,
                "nodes": self.nodes,
                "unit": self.unit,
                "interval_seconds": self.interval.total_seconds(),
                "calendar_columns": self.calendar_columns,
                "scaler": self.scaler.to_dict(),
                "epochs_run": self.epochs_run,
                "training": self.training.to_dict("list"),
            }
            (aside / "forecaster.json").write_text(json.dumps(learned, indent=1))

    @classmethod
    def load(cls, folder):
        """Read a forecaster that `save` wrote.

        Args:
            folder: The folder.

        Raises:
            InputError: If the folder holds no saved forecaster.
        """
        folder = Path(folder)
        try:
            learned = json.loads((folder / "forecaster.json").read_text())
            network = keras.saving.load_model(folder / "network.keras")
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: expected a folder that `save` wrote ({error})") from None
        forecaster = cls(**learned["arguments"])
        forecaster.network = network
        forecaster.nodes = learned["nodes"]
        forecaster.unit = learned["unit"]
        forecaster.interval = pd.Timedelta(learned["interval_seconds"], unit="s")
        forecaster.calendar_columns = learned["calendar_columns"]
        forecaster.scaler = Scaler.from_dict(learned["scaler"])
        forecaster.epochs_run = learned["epochs_run"]
        forecaster.training = pd.DataFrame(learned["training"])
        return forecaster

    def _origins(self, part, argument):
        try:
            return window_origins(0, len(part.values), self.lookback, self.horizon)
        except InputError as error:
            raise InputError(f"{argument}: no complete window ({error})") from None

    def _build(self, dataset):
        settings = dict(self.arguments["settings"])
        if self.name == "stn":
            if dataset.adjacency is None:
                raise InputError(
                    f"adjacency: the model stn needs a graph, but {dataset.name} has none; "
                    "give one, or take the model feed_forward"
                )
            settings["adjacency"] = dataset.adjacency
        slots = int(min(max(pd.Timedelta("1D") / self.interval, 1), SLOTS_AT_MOST))
        return MODELS[self.name](
            nodes=len(self.nodes),
            lookback=self.lookback,
            horizon=self.horizon,
            calendar_columns=len(self.calendar_columns),
            slots=slots,
            quantiles=max(len(self.loss.quantiles), 1),
            **settings,
        )

    def _train(self, parts, validation, epochs, planned, checkpoint):
        """Train from scratch; return the number of epochs after which the error was smallest.

        The learning rate falls as if `planned` epochs were run, so that a second training which
        stops earlier meets the same rates as the first.
        """
        samples = Samples(parts, self)
        steps = -(-min(len(samples), WINDOWS_PER_EPOCH) // self.arguments["batch_size"])
        state = {"arguments": self.arguments, "rows": []}
        kept = None if checkpoint is None else checkpoints.read(checkpoint, state["arguments"])
        if kept is None:
            keras.utils.set_random_seed(self.arguments["seed"])
            # Keras numbers the layers of each thread from one on. TensorFlow adds up in the order
            # of their names: built here, a seed would give another network the second time.
            with ThreadPoolExecutor(1) as alone:
                self.network = alone.submit(self._build, parts[0]).result()
            self._compile(self._schedule(steps * planned))
            best = self.network.get_weights()
        else:
            state["rows"], self.network, best = kept
        rows = state["rows"]
        while len(rows) < epochs and not self._stalled(rows):
            epoch = len(rows)
            rng = np.random.default_rng([self.arguments["seed"], epoch])
            loss = self._run_epoch(samples, rng, f"{self.name} {epoch + 1}/{epochs}")
            error = None if validation is None else self._error_on(validation)
            rows.append({"epoch": epoch + 1, "loss": loss, "validation": error})
            if error is None or _best_epoch(rows) == len(rows):
                best = self.network.get_weights()
            if checkpoint is not None:
                checkpoints.write(checkpoint, state, self.network, best)
        self.network.set_weights(best)
        self.training = pd.DataFrame(rows)
        self.epochs_run = _best_epoch(rows)
        return self.epochs_run

    def _compile(self, rate):
        # Long gradients are cut: without that, some starts stay on a plateau for many epochs.
        optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-4, global_clipnorm=1.0)
        # Weights that the first step made would have TensorFlow build its graph a second time.
        optimizer.build(self.network.trainable_variables)
        self.network.compile(optimizer, self.loss)

    def _schedule(self, steps):
        """A rise and a cosine: a high rate from the first step on would silence units for good."""
        rise = min(RISE, steps // 10)
        return keras.optimizers.schedules.CosineDecay(
            0.0 if rise else self.arguments["learning_rate"],
            max(steps - rise, 1),
            warmup_target=self.arguments["learning_rate"] if rise else None,
            warmup_steps=rise,
        )

    def _stalled(self, rows):
        return bool(rows) and len(rows) - _best_epoch(rows) >= self.arguments["patience"]

    def _run_epoch(self, samples, rng, label):
        """Train on each window once, or on as many as an epoch allows; return the mean loss."""
        size = self.arguments["batch_size"]
        count = min(len(samples), WINDOWS_PER_EPOCH)
        # A shorter last batch would be another graph for TensorFlow to build: it takes seconds.
        order = rng.permutation(len(samples))[: max(count // size * size, min(count, size))]
        losses = []
        with tqdm(total=len(order), desc=label, unit="window", disable=not self.progress) as bar:
            for start in range(0, len(order), size):
                chosen = order[start : start + size]
                inputs, target = samples.batch(samples.origins[chosen])
                losses.append(float(self.network.train_on_batch(inputs, target)))
                bar.update(len(chosen))
            bar.set_postfix(loss=f"{np.mean(losses):.3f}")
        return float(np.mean(losses))

    def _error_on(self, part):
        """Mean absolute error on all windows of a part, in the data's unit."""
        origins = self._origins(part, "validation")
        forecast = self.forecasts(part, origins)
        truth = cut_windows(part.values.to_numpy(), origins, 0, self.horizon)[1]
        return float(np.nanmean(np.abs(truth - forecast)))


def _best_epoch(rows):
    if rows[-1]["validation"] is None:
        return len(rows)
    return 1 + int(np.argmin([row["validation"] for row in rows]))
