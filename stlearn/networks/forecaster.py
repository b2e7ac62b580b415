"""Train a network, forecast with it, keep it up to date, save it and load it.
Explained in 4.8 to 4.10.

`Forecaster` puts a Keras model from `stlearn.networks.models` behind the contract that baselines
share.
"""

import contextlib
import copy
import inspect
import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import keras
import numpy as np
import pandas as pd

from stlearn.baselines.averages import HistoricalAverage, mean_of_node
from stlearn.baselines.base import FORECASTS_AT_ONCE, BaseForecaster, whole_or_refused
from stlearn.calibration.quantiles import QUANTILES, Calibration, calibrate, checked_quantiles
from stlearn.checks import check_count, check_number
from stlearn.data.blocks import summary_of_nodes
from stlearn.data.bounds import bounded, lower_bound
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.quantities import in_several_units, places_of
from stlearn.data.seasons import columns_to_read
from stlearn.data.windows import (
    Scaler,
    differ_in_scale,
    fit_scaler,
    window_origins,
)
from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.memory import hand_back_memory
from stlearn.networks import models, training
from stlearn.networks.devices import check_devices, parts_of_a_batch
from stlearn.networks.losses import MaskedLoss
from stlearn.networks.training import WINDOWS_PER_EPOCH, Samples

SLOTS_AT_MOST = 288
WINDOWS_TO_VALIDATE = 500  # spread evenly; neighbouring windows are nearly alike
FUNCTIONS = ("model", "loss", "optimizer")  # arguments that may be functions
SCALES = ("by kind", "one", "each")


class Forecaster(BaseForecaster):
    """A network that learns from the past of a data set and forecasts what comes next.

    Training draws windows from the train part, watches the error on the validation part (on 500
    windows of it at most, evenly spread), stops when it no longer falls, and keeps the best state.
    With `refit`, the network is then trained anew on both parts together, for as many epochs as
    were best.

    The quantiles are calibrated on the validation part, by the network that has learned from the
    train part alone; without a validation part there are no intervals.

    What is known ahead is scaled on the train part, but for flags of 0 and 1. From two years of
    training on, the network reads the time of the year too. Where no value of training is
    negative, no forecast is.

    Args:
        model: Name of a function in `stlearn.networks.models` ("stn", "cnn_lstm",
            "feed_forward"), or a function of your own that builds a Keras model. It is given the
            arguments that it names out of nodes, lookback, horizon, calendar_columns, slots,
            quantiles (numbers) and adjacency. One without a default it must have: a model whose
            function names `adjacency` needs a graph. `stlearn.networks.models` says what such a
            model reads and returns.
        lookback: Steps of history that a forecast is made from.
        horizon: Steps ahead.
        epochs: Epochs at most. One epoch is every window once, or 4,096 of them if there are more;
            those that fill no whole batch wait for the next epoch. By default 10, and 6 where
            there are more than 4,096 windows.
        seed: Seed of everything random: start weights, order of the windows, dropout.
        members: How many networks are trained, with the seeds `seed`, `seed` + 1 and so on; the
            forecast is the mean of what they say.
        loss: "quantile", "mae", "mse" or "huber"; or a Keras loss or function of your own, of
            targets and forecasts in scaled units, where a missing target is NaN. By default
            "quantile" for a model whose function names `quantiles`, and "mae" for any other.
        quantiles: Increasing, an odd number; the middle one is the forecast. With loss "quantile"
            the network learns them; with another they are put around the point that it says.
        patience: Epochs without a better validation error after which training stops.
        learning_rate: The highest; it rises to it in the first steps, then falls to zero along
            a cosine.
        batch_size: Windows a training step.
        refit: Whether to train anew on train and validation together at the end. By default so
            for at most 4,096 windows, where the time is short and each day counts.
        settings: Further arguments of the model's function, such as {"hidden": 96}.
        progress: Show a progress bar on standard error.
        optimizer: Function that makes a Keras optimizer for a learning rate, such as
            `keras.optimizers.Adam`. By default AdamW, with long gradients cut.
        callbacks: Keras callbacks for all training in `fit`. Their `val_loss` is the mean absolute
            error on the validation part, in the data's unit. They are not saved.
        scale: "one" scale for all sensors, or for "each" its own; the validation error is then in
            standard deviations of the sensor. By default "by kind": each its own where
            `stlearn.data.windows.differ_in_scale`, else one for all; of several quantities in
            different units, so for each.
        also: Names of other quantities in `dataset.extra` that the network reads beside the
            values, scaled likewise. Its function must name the argument `extra`, their number.

    Raises:
        InputError: If an argument is not as described.

    Example: a network of one's own, and one week to learn from.
        >>> import keras
        >>> import stlearn
        >>> from stlearn.networks import DynamicConv, FillMissing, LocalPooling
        >>> def small(nodes, lookback, horizon, adjacency):
        ...     history = keras.Input((lookback, nodes), name="history")
        ...     values, known, last = FillMissing(adjacency)(history)
        ...     values = keras.layers.Reshape((lookback, nodes, 1))(values)
        ...     own = DynamicConv(8, kernel_size=4)(values)
        ...     both = keras.layers.Concatenate()([own, LocalPooling(adjacency)(own)])
        ...     state = keras.layers.Dense(16, activation="relu")(both)
        ...     changes = keras.layers.Dense(horizon)(state[:, -1])
        ...     forecast = keras.layers.Add()([keras.layers.Permute((2, 1))(changes), last])
        ...     return keras.Model(history, forecast)
        >>> week = stlearn.load("corridor").between(0, 7 * 288)
        >>> network = stlearn.Forecaster(small, epochs=1).fit(week)
        >>> network.name, network.predict(week).shape
        ('small', (12, 48))

    Reference: AdamW: Loshchilov and Hutter (2019), Decoupled weight decay regularization; the mean
    of several networks: Lakshminarayanan, Pritzel and Blundell (2017), Simple and scalable
    predictive uncertainty estimation using deep ensembles.
    """

    def __init__(
        self,
        model: str | Callable[..., keras.Model] = "stn",
        lookback: int = 12,
        horizon: int = 12,
        epochs: int | None = None,
        seed: int = 0,
        members: int = 1,
        loss: str | Callable | None = None,
        quantiles: Sequence[float] = QUANTILES,
        patience: int = 4,
        learning_rate: float = 5e-3,
        batch_size: int = 16,
        refit: bool | None = None,
        settings: dict | None = None,
        progress: bool = False,
        optimizer: Callable[..., keras.optimizers.Optimizer] | None = None,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        scale: str = "by kind",
        also: Sequence[str] = (),
    ) -> None:
        if not callable(model) and model not in models.MODELS:
            raise InputError(
                f"model: expected one of {', '.join(models.MODELS)}, or a function that builds a "
                f"Keras model, got {model!r}"
            )
        if not (optimizer is None or callable(optimizer)):
            raise InputError(
                "optimizer: expected a function that makes a Keras optimizer for a learning rate, "
                f"such as keras.optimizers.Adam, got {optimizer!r}"
            )
        if not isinstance(callbacks, list | tuple) or not all(
            isinstance(each, keras.callbacks.Callback) for each in callbacks
        ):
            raise InputError(f"callbacks: expected a list of Keras callbacks, got {callbacks!r}")
        if scale not in SCALES:
            raise InputError(f"scale: expected one of {', '.join(SCALES)}, got {scale!r}")
        self.model = model
        self.lookback = check_count("lookback", lookback)
        self.horizon = check_count("horizon", horizon)
        self.epochs = None if epochs is None else check_count("epochs", epochs)
        self.seed = check_count("seed", seed, least=0)
        self.members = check_count("members", members)
        self.loss = loss
        checked_quantiles(quantiles)
        self.quantiles = quantiles
        self.patience = check_count("patience", patience)
        self.learning_rate = check_number("learning_rate", learning_rate, least=0)
        self.batch_size = check_count("batch_size", batch_size)
        self.refit = refit
        self.settings = settings
        self.progress = progress
        self.optimizer = optimizer
        self.callbacks = callbacks
        self.scale = scale
        self.also = also
        taken = inspect.signature(self._function()).parameters.values()
        if self.also and not any(e.name == "extra" or e.kind is e.VAR_KEYWORD for e in taken):
            raise InputError(
                f"also: expected a model whose function names the argument extra, the number of "
                f"other quantities, got {_name(model)}"
            )
        self._loss()
        self.name = _name(model)
        self.network = self.average = self.apart = self.planned = None
        self.further = []  # networks of the members after the first

    @property
    def arguments(self):
        """The arguments as plain numbers and text, as `save` writes them; functions by name."""
        found = self.get_params() | {name: _name(getattr(self, name)) for name in FUNCTIONS}
        found |= {"settings": self.settings or {}, "quantiles": list(self.quantiles)}
        found["loss"] = found["loss"] or self._kind()
        found["callbacks"] = [_name(each) for each in self.callbacks]
        del found["progress"]
        return json.loads(json.dumps(found, default=_plain))

    @property
    def needs_graph(self):
        """Whether the model cannot be built without an adjacency."""
        return "adjacency" in models.needed(self._function()) - set(self.settings or {})

    @property
    def when_silent(self):
        """What stands for a sensor without readings, in a few words."""
        return "its neighbours' readings" if self.needs_graph else "its mean in training"

    @property
    def reads_profile(self):
        """Whether the network reads the average at each time of the week."""
        return "profile" in training.names_of_inputs(self.network)

    @property
    def parameters(self):
        """Number of trained weights, of all members."""
        return 0 if self.network is None else sum(each.count_params() for each in self._networks)

    @property
    def slots(self):
        """Steps in a day, as the network counts them."""
        return int(min(max(pd.Timedelta("1D") / self.interval, 1), SLOTS_AT_MOST))

    def told(self, train):
        """As in `BaseForecaster`: a learned adjacency, and windows that no epoch comes to."""
        windows, nodes = len(self._origins(train, "train")), train.shape[1]
        told = []
        learned = (self.settings or {}).get("learned")
        if self.model == "stn" and learned is None and nodes > models.LEARNED_NODES:
            told.append(
                f"{self.name} learns no adjacency beside the given one: for {nodes:,} sensors it "
                "would have a weight for each pair of them."
            )
        seen = WINDOWS_PER_EPOCH * (self.epochs or 6)
        if windows > seen:
            told.append(
                f"{self.name} sees {100 * seen / windows:.0f} % of the {windows:,} windows of "
                f"training, drawn at random: {WINDOWS_PER_EPOCH:,} an epoch. More epochs see more."
            )
        return told

    def fit(
        self,
        train: SpatioTemporalDataset,
        validation: SpatioTemporalDataset | None = None,
        checkpoint: str | Path | None = None,
    ) -> Self:
        """Train the network.

        Args:
            train: SpatioTemporalDataset to learn from; it alone sets the scale.
            validation: SpatioTemporalDataset after it, to choose the number of epochs on.
                Without it, all epochs are run.
            checkpoint: Folder that keeps the state after each epoch. If the training that wrote
                it was interrupted, `fit` on the same data with the same arguments goes on from
                there; callbacks begin anew. A folder with another training (other data, another
                split, other arguments) is refused and left as it is.

        Returns:
            The forecaster itself.

        Raises:
            InputError: If a part has no complete window, the graph is missing, the model is not
                as described, the loss is no finite number, or the checkpoint is of another
                training.
        """
        parts = [train] if validation is None else [train, validation]
        if validation is not None and list(validation.values.columns) != list(train.values.columns):
            raise InputError("validation: expected the nodes of train, in the same order")
        for argument, part in zip(("train", "validation"), parts):
            self._origins(part, argument)
        if self.needs_graph and train.adjacency is None:
            raise InputError(
                f"adjacency: the model {self.name} needs a graph, but {train.name} has none; "
                "give one, or take a model without"
            )
        self.learn_about(train)
        self.calibration = self.apart = None
        self._fit_scales(train)
        small = len(self._origins(train, "train")) <= WINDOWS_PER_EPOCH
        self.planned = epochs = self.epochs or (10 if small else 6)
        try:
            planned = [epochs] * self.members
            best = self._train([train], validation, planned, epochs, checkpoint)
            if validation is not None and self.own is None:
                origins = self._origins(validation, "validation")
                self.calibration = calibrate(self, train, validation, origins, self.quantiles)
            if validation is not None and (small if self.refit is None else self.refit):
                watched = self.training
                again = None if checkpoint is None else Path(checkpoint) / "refit"
                # Of the networks that have seen train alone; they themselves are large.
                self.apart = self.average, [each.get_weights() for each in self._networks]
                self._train(parts, None, best, epochs, again)
                self.training = watched
        except InputError:
            self.nodes = None  # what is not trained must not forecast
            raise
        hand_back_memory()
        return self

    def without(self, train):
        """Return the network as it was before `refit`, when it had seen the training part alone.

        Args:
            train: The training part of `fit`.
        """
        if self.apart is None:
            return super().without(train) if self.planned is None else self
        unseen = copy.copy(self)
        unseen.average, weights = self.apart
        unseen.network, *unseen.further = map(keras.models.clone_model, self._networks)
        for network, own in zip(unseen._networks, weights):
            network.set_weights(own)
        return unseen

    def trained_on_all(self, dataset, checkpoint=None):
        """Train a copy anew on all rows, for as many epochs as were best; it keeps the intervals.

        Args:
            dataset: SpatioTemporalDataset with the nodes seen in `fit`.
            checkpoint: As in `fit`.

        Returns:
            Forecaster. Its scales are those of all rows; its calibration is the one that was
            tested, since no row is left to calibrate on.
        """
        again = copy.copy(self)
        again.apart = None
        again.learn_about(dataset)
        again._fit_scales(dataset)
        epochs = [self.epochs_run] * self.members
        again._train([dataset], None, epochs, self.planned, checkpoint)
        again.training = self.training
        return again

    def _fit_scales(self, train):
        """Learn from a training part how all that the network reads is scaled."""
        self.scaler = self._scaler_of_each_quantity(train)
        others = self.other_quantities(train)
        self.also_scales = {
            name: self._scaler_of(others[..., place]).to_dict()
            for place, name in enumerate(self.also)
        }
        self.bound, self.calendar_scales = None, {}
        self.calendar_columns = list(train.calendar.columns)
        known = summary_of_nodes(train.values)
        if self.adapts:
            self.bound = lower_bound(known.lowest, self.units)
            self.calendar_columns = columns_to_read(train)
            self.calendar_scales = training.calendar_scales(train)
        self.usual = mean_of_node(known.sum, known.count)

    def _scaler_of_each_quantity(self, train):
        """Scaler of the values; of several quantities each is scaled for itself, or its nodes."""
        values = train.values.to_numpy()
        if self.scale != "by kind" or not in_several_units(train):
            return self._scaler_of(values)
        mean, scale = np.empty((2, values.shape[1]), dtype="float32")
        for places in places_of(train.quantities, train.values.columns).values():
            scaler = self._scaler_of(values[:, places])
            mean[places], scale[places] = scaler.mean, scaler.scale
        return Scaler(mean, scale)

    def _scaler_of(self, values):
        """Scaler of values (row, node): one for all nodes, or one for each where they differ."""
        each = self.scale == "each"
        if self.scale == "by kind" and self.adapts:
            each = differ_in_scale(values)
        if each:
            known = summary_of_nodes(values)
            silent = known.count == 0
            if silent.any():
                usual = np.median(known.sum[~silent] / known.count[~silent])
                values = np.where(silent, usual.astype(values.dtype), values)
        return fit_scaler(values, per_node=each)

    def forecasts(self, dataset: SpatioTemporalDataset, origins: Sequence[int]) -> np.ndarray:
        """Forecast from several origins at once, the middle quantile; see `BaseForecaster`."""
        forecast = self.quantile_forecasts(dataset, origins)
        return forecast[..., forecast.shape[-1] // 2]

    def quantile_forecasts(self, dataset, origins):
        """Forecast from several origins at once what the network says, before calibration.

        Args:
            dataset, origins: As in `BaseForecaster.forecasts`.

        Returns:
            Array (origin, horizon, node, quantile), float32, in the data's unit, increasing along
            the last axis. A network that says points has one quantile, the point.
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
        found, whole = None, self.blocks(FORECASTS_AT_ONCE)[0].stop
        for places in self.blocks(len(origins)):
            said = self._said(dataset, origins[places], whole)
            if found is None:
                found = np.empty((len(origins), *said.shape[1:]), dtype="float32")
            found[places] = said
        return bounded(found, self.bound, dataset, origins)

    def _said(self, dataset, origins, size):
        """Quantiles (origin, horizon, node, quantile) the networks say, at most `size` origins.

        Only the rows that these windows reach are read, however long the data set is.
        """
        first = max(min(origins.min() - self.lookback, len(dataset.values) - 2), 0)
        part = dataset.between(first, max(origins.max(), first + 2))
        samples = Samples([part], self, targets=False)
        # Padded with repeats to a whole batch: for each other size TensorFlow would build another
        # graph, which takes a second. A single window has a graph of its own, as a forecast of what
        # comes next asks for it again and again. It comes twice: Keras 3.15 may take a batch of one
        # for a vector and add it along another axis.
        size = 2 if len(origins) == 1 else size
        parts = parts_of_a_batch()
        size = -(-size // parts) * parts
        inputs, _ = samples.batch(np.resize(origins - first, size))
        inputs = training.what_it_reads(self.network, inputs)
        said = np.stack([network.predict_on_batch(inputs) for network in self._networks])
        said = said.astype("float32")
        said = np.sort(said, axis=-1) if said.ndim == 5 else said[..., None]
        # The scaler may have a number for each node; nodes stand before the quantiles.
        said = np.moveaxis(said.mean(axis=0)[: len(origins)], -1, 0)
        return np.moveaxis(self.scaler.inverse(said), 0, -1)

    def update(self, recent: SpatioTemporalDataset, epochs: int = 2) -> Self:
        """Continue the training on the most recent days, at a tenth of the learning rate.

        Args:
            recent: SpatioTemporalDataset that holds the last days only.
            epochs: How often each of their windows is seen.

        Returns:
            The forecaster itself.
        """
        check_count("epochs", epochs)
        self.check(recent)
        self._origins(recent, "recent")
        if self.average is not None:
            self.average.update(recent)
        samples = Samples([recent], self)
        for member, network in enumerate(self._networks):
            before = network.optimizer
            slow = before.get_config() | {"learning_rate": self.learning_rate / 10}
            training.compile_network(network, before.from_config(slow), self._loss())
            for epoch in range(epochs):
                rng = np.random.default_rng([self.seed + member, epoch])
                label = "update" if self.progress else None
                training.run_epoch(network, samples, rng, self.batch_size, label=label)
        return self

    def save(self, folder: str | Path) -> None:
        """Write the fitted forecaster to a folder: a .keras file for each network, forecaster.json.

        The average that a network reads beside the history stands there as baselines are saved.

        Functions of your own are not stored. The network is, and an own layer, loss or optimizer
        by the name that it is registered under.

        Args:
            folder: Where to write; made if needed. The files appear when they are complete.

        Raises:
            InputError: If the forecaster is not fitted, the name of a node is neither text nor
                number, or the network would not load again.
        """
        if self.nodes is None:
            raise InputError(f"{self.name}: call fit before save")
        learned = {
            "arguments": self.arguments,
            "functions": [name for name in FUNCTIONS if callable(getattr(self, name))],
            **self.about(),
            "calendar_columns": self.calendar_columns,
            "scaler": self.scaler.to_dict(),
            "calendar_scales": self.calendar_scales,
            "also_scales": self.also_scales,
            "bound": self.bound,
            "usual": self.usual.tolist(),
            "planned": self.planned,
            "epochs_run": self.epochs_run,
            "training": self.training.to_dict("list"),
            "calibration": self.calibration and self.calibration.to_dict(),
        }
        with written_aside(folder) as aside:
            try:
                for file, network in zip(_files(self.members), self._networks):
                    network.save(aside / file)
                if learned["functions"]:
                    keras.saving.load_model(aside / file)
            except (TypeError, ValueError, NotImplementedError) as error:
                raise InputError(
                    f"{self.name}: the network would not load again; register own layers, losses "
                    "and optimizers by @keras.saving.register_keras_serializable(), and take no "
                    f"Lambda layer ({_first_line(error)})"
                ) from None
            (aside / "forecaster.json").write_text(json.dumps(learned, indent=1))
            if self.average is not None:
                self.average.save(aside)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read a forecaster that `save` wrote.

        It forecasts and can be updated. To fit it anew, a function of your own that built its
        model or its optimizer has to be given again: `set_params(model=...)`.

        Args:
            folder: The folder.

        Raises:
            InputError: If the folder holds no saved forecaster, or an own layer, loss or optimizer
                in it is not known here.
        """
        folder = Path(folder)
        try:
            learned = json.loads((folder / "forecaster.json").read_text())
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: expected a folder that `save` wrote ({error})") from None
        with whole_or_refused(folder, "network"):
            files = [folder / file for file in _files(learned["arguments"]["members"])]
        try:
            networks = [keras.saving.load_model(file) for file in files]
        except TypeError as error:
            raise InputError(
                f"{folder}: the network has a part that is not known here; first import the module "
                f"that registers it with Keras ({_first_line(error)})"
            ) from None
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: expected a folder that `save` wrote ({error})") from None
        with whole_or_refused(folder, "network"):
            return cls._of(networks, learned, folder)

    @classmethod
    def _of(cls, networks, learned, folder):
        """Put a forecaster together from its networks and what else it has learned."""
        arguments = learned["arguments"] | {"callbacks": ()}
        for name in learned["functions"]:
            kept = networks[0].loss if name == "loss" else _absent(name, arguments[name])
            arguments[name] = kept
        forecaster = cls(**arguments)
        for network in networks:
            network(getattr(network, "input", network.inputs[0]))  # or ONNX refuses it
        forecaster.network, *forecaster.further = networks
        if forecaster.reads_profile:
            forecaster.average = HistoricalAverage.load(folder)
        forecaster.set_about(learned)
        for name in ("calendar_columns", "calendar_scales", "also_scales", "bound", "planned",
                     "epochs_run"):  # fmt: skip
            setattr(forecaster, name, learned[name])
        forecaster.scaler = Scaler.from_dict(learned["scaler"])
        forecaster.usual = np.array(learned["usual"])
        forecaster.training = pd.DataFrame(learned["training"])
        if learned["calibration"]:
            forecaster.calibration = Calibration.from_dict(learned["calibration"])
        return forecaster

    def _origins(self, part, argument):
        try:
            return window_origins(0, len(part.values), self.lookback, self.horizon)
        except InputError as error:
            raise InputError(f"{argument}: no complete window ({error})") from None

    def _function(self):
        return self.model if callable(self.model) else models.MODELS[self.model]

    def _kind(self):
        """The loss, chosen by what the model can say where none is given."""
        names = inspect.signature(self._function()).parameters
        return self.loss or ("quantile" if "quantiles" in names else "mae")

    def _loss(self):
        kind = self._kind()
        if callable(kind):
            return kind
        return MaskedLoss(kind, self.quantiles if kind == "quantile" else ())

    @property
    def _networks(self):
        return [self.network, *self.further]

    def _train(self, parts, validation, epochs, planned, checkpoint):
        """Train each member from scratch; return after how many epochs the error of each was least.

        `epochs` has a number for each member. The learning rate falls as if `planned` epochs were
        run, so that a second training which stops earlier meets the same rates as the first.
        """
        self.further = []
        trained, curves = [], []
        for member in range(self.members):
            folder = checkpoint and Path(checkpoint) / (f"member {member + 1}" if member else "")
            with _seeded(self.seed + member):
                rows = self._train_member(
                    member, parts, validation, epochs[member], planned, folder
                )
            trained.append(self.network)
            curves.append(rows)
        self.network, *self.further = trained
        self.training = pd.DataFrame(curves[0])
        best = [training.best_epoch(rows) for rows in curves]
        self.epochs_run = best[0]
        return best

    def _train_member(self, member, parts, validation, epochs, planned, checkpoint):
        seed = self.seed + member
        windows = sum(len(self._origins(part, "train")) for part in parts)
        check_devices(min(windows, self.batch_size), len(self.nodes))
        steps = -(-min(windows, WINDOWS_PER_EPOCH) // self.batch_size)
        rate = training.RiseAndFall(self.learning_rate, steps * planned)
        # Keras numbers the layers of each thread from one on. TensorFlow adds up in the order
        # of their names: built here, a seed would give another network the second time.
        with ThreadPoolExecutor(1, initializer=_as_here()) as alone:
            self.network = alone.submit(self._build, parts[0], rate).result()
        self.average = HistoricalAverage(self.horizon).fit(*parts) if self.reads_profile else None
        samples = Samples(parts, self)
        if checkpoint is not None:
            kept = training.fingerprint(self.network, self.arguments, [*parts, validation])
            checkpoint = training.Checkpoint(checkpoint, kept)
        label = self.name if self.members == 1 else f"{self.name} {member + 1}/{self.members}"
        return training.train(
            self.network,
            samples,
            epochs,
            seed,
            self.batch_size,
            self.patience,
            validation_error=validation and (lambda: self._error_on(validation)),
            callbacks=list(self.callbacks),
            checkpoint=checkpoint,
            label=label if self.progress else None,
        )

    def _build(self, dataset, rate):
        settings = self.settings or {}
        network = models.build(
            self._function(),
            {key: each.item() if isinstance(each, np.generic) else each
             for key, each in settings.items()},
            nodes=len(self.nodes),
            lookback=self.lookback,
            horizon=self.horizon,
            calendar_columns=len(self.calendar_columns),
            adjacency=dataset.adjacency,
            slots=self.slots,
            quantiles=len(self.quantiles) if self._kind() == "quantile" else 1,
            **({"extra": len(self.also)} if self.also else {}),
        )  # fmt: skip
        training.compile_network(network, (self.optimizer or training.adamw)(rate), self._loss())
        return network

    def _error_on(self, part):
        """Mean absolute error on windows of a part, in the data's unit; see `scale`."""
        origins = self._origins(part, "validation")
        origins = origins[:: -(-len(origins) // WINDOWS_TO_VALIDATE)]
        return self.mean_error(part, origins, self.scaler.scale if self.scaler.scale.ndim else None)


def _as_here():
    """A function that gives another thread what Keras keeps for each: precision and devices."""
    policy, distribution = keras.config.dtype_policy(), keras.distribution.distribution()

    def prepare():
        keras.config.set_dtype_policy(policy)
        keras.distribution.set_distribution(distribution)

    return prepare


@contextlib.contextmanager
def _seeded(seed):
    """Draw from a seed inside; behind it, the caller's random numbers go on where they were."""
    before, before_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
        np.random.set_state(before_numpy)  # noqa: NPY002


def _files(members):
    """Names of the files of the networks."""
    return ["network.keras", *(f"network_{member}.keras" for member in range(2, members + 1))]


def _name(function):
    """The name that stands for an argument: that of a function or class, text itself."""
    if function is None or isinstance(function, str):
        return function
    return getattr(function, "__name__", type(function).__name__)


def _plain(value):
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise InputError(
        "settings: expected numbers, text, lists and arrays, to write them as JSON, "
        f"got {type(value).__name__}"
    )


def _absent(argument, name):
    """A function in place of one that was not stored: it says so when it is called."""

    def absent(*_, **__):
        raise InputError(
            f"{argument}: the function {name} was not stored with the model; to fit anew, give it "
            f"again by set_params({argument}=...)"
        )

    absent.__name__ = name
    return absent


def _first_line(error):
    return str(error).strip().split("\n")[0][:200]
