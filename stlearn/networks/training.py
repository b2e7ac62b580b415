"""How a network is trained; read it from the top. Explained in 2.7 and 2.8.

`train` runs epochs, `run_epoch` the batches of one. Below them stand the optimizer and its learning
rate, the rule when to stop, the checkpoint that an interrupted training goes on from, and the
windows that batches are cut from.
"""

import hashlib
import json
import logging
import warnings
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from tqdm import tqdm

from stlearn.data.blocks import row_blocks
from stlearn.data.dataset import known_ahead
from stlearn.data.seasons import CLOCK, calendar_to_read
from stlearn.data.windows import Scaler, cut_windows, fit_scaler, window_origins
from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.memory import let_go
from stlearn.networks.devices import own_share
from stlearn.networks.layers import edge_list

# A job has several networks, each with a graph of its own: TensorFlow takes that for a mistake.
logging.getLogger("tensorflow").addFilter(
    lambda record: "function retracing" not in record.getMessage()
)

WINDOWS_PER_EPOCH = 4096
RISE = 100  # training steps


def train(
    network,
    samples,
    epochs,
    seed,
    batch_size,
    patience,
    validation_error=None,
    callbacks=(),
    checkpoint=None,
    label=None,
):
    """Train a network until the validation error no longer falls; leave it with the best weights.

    Args:
        network: Keras model, compiled. It is changed.
        samples: Samples to learn from.
        epochs: Epochs at most.
        seed: Seed of the order of the windows.
        batch_size: Windows a training step.
        patience: Epochs without a better validation error after which training stops.
        validation_error: Function without arguments: the network's error as it is now. Without
            it, all epochs are run.
        callbacks: Keras callbacks. They see `loss` and `val_loss`, and may stop the training.
        checkpoint: Checkpoint to go on from and to write after each epoch.
        label: Text at the progress bar; without it there is none.

    Returns:
        List of dicts, one an epoch: epoch (from 1), loss, validation.

    Raises:
        InputError: If the loss is no finite number, or the checkpoint is of another training.
    """
    rows, best = [], network.get_weights()
    if checkpoint is not None:
        rows, best = checkpoint.read(network) or (rows, best)
    watch = keras.callbacks.CallbackList(callbacks, model=network)
    network.stop_training = False
    watch.on_train_begin()
    while len(rows) < epochs and not (stalled(rows, patience) or network.stop_training):
        epoch = len(rows)
        watch.on_epoch_begin(epoch)
        progress = label and f"{label} {epoch + 1}/{epochs}"
        rng = np.random.default_rng([seed, epoch])
        loss = run_epoch(network, samples, rng, batch_size, watch, progress)
        error = None if validation_error is None else validation_error()
        rows.append({"epoch": epoch + 1, "loss": loss, "validation": error})
        if best_epoch(rows) == len(rows):
            best = network.get_weights()
        watch.on_epoch_end(epoch, {"loss": loss} | ({} if error is None else {"val_loss": error}))
        if checkpoint is not None:
            checkpoint.write(network, rows, best)
    watch.on_train_end()
    network.set_weights(best)
    return rows


def run_epoch(network, samples, rng, batch_size, watch=None, label=None):
    """Train on each window once, or on as many as an epoch allows; return the mean loss.

    Args:
        network, samples, batch_size, label: As in `train`.
        rng: NumPy generator that shuffles the windows.
        watch: Keras CallbackList.

    Raises:
        InputError: If the loss is no finite number.
    """
    watch = watch or keras.callbacks.CallbackList()
    count = min(len(samples), WINDOWS_PER_EPOCH)
    # A shorter last batch would be another graph for TensorFlow to build: it takes seconds.
    whole = max(count // batch_size * batch_size, min(count, batch_size))
    order = rng.permutation(len(samples))[:whole]
    losses = []
    with tqdm(total=len(order), desc=label, unit="window", disable=label is None) as bar:
        for step, start in enumerate(range(0, len(order), batch_size)):
            watch.on_train_batch_begin(step)
            chosen = order[start : start + batch_size]
            inputs, target = samples.batch(samples.origins[own_share(chosen)])
            losses.append(float(network.train_on_batch(what_it_reads(network, inputs), target)))
            watch.on_train_batch_end(step, {"loss": losses[-1]})
            bar.update(len(chosen))
        loss = float(np.mean(losses))
        bar.set_postfix(loss=f"{loss:.3f}")
    if not np.isfinite(loss):
        raise InputError(
            f"loss: expected a finite number, got {loss} in training; give a lower learning_rate, "
            "or a model and a loss that pass over missing values (NaN)"
        )
    return loss


def what_it_reads(network, inputs):
    """Return those of the inputs, a dict by name, that a network has, in the order it has them."""
    structure = getattr(network, "input", network.inputs[0])
    given = [inputs[name] for name in names_of_inputs(network)]
    return keras.tree.pack_sequence_as(structure, given)


def names_of_inputs(network):
    """Return the names of a network's inputs, in its order; a single one is the history."""
    return [tensor.name for tensor in network.inputs] if len(network.inputs) > 1 else ["history"]


# The optimizer and its learning rate


def adamw(rate):
    """AdamW; long gradients are cut, or some starts stay on a plateau for many epochs."""
    return keras.optimizers.AdamW(rate, weight_decay=1e-4, global_clipnorm=1.0)


def compile_network(network, optimizer, loss):
    """Compile a network, with the optimizer's own weights in place.

    Weights that the first step made would have TensorFlow build its graph a second time.
    """
    optimizer.build(network.trainable_variables)
    network.compile(optimizer, loss)


@keras.saving.register_keras_serializable(package="stlearn")
class RiseAndFall(keras.optimizers.schedules.LearningRateSchedule):
    """A rise and a cosine: a high rate from the first step on would silence units for good.

    Keras' own `CosineDecay` asks at each weight whether it still rises. TensorFlow builds two
    graphs for each such question and never frees them.

    Args:
        highest: The highest learning rate.
        steps: Training steps after which it is zero.
    """

    def __init__(self, highest, steps):
        self.highest, self.steps = highest, steps
        self.rise = min(RISE, steps // 10)

    def __call__(self, step):
        highest, fall = np.float32(self.highest), np.float32(max(self.steps - self.rise, 1))
        step = keras.ops.minimum(keras.ops.cast(step, "float32"), fall + self.rise)
        rising = highest * (step / max(self.rise, 1))
        falling = highest * (
            0.5 * (1 + keras.ops.cos(np.float32(np.pi) * ((step - self.rise) / fall)))
        )
        return keras.ops.where(step < self.rise, rising, falling)

    def get_config(self):
        """What `load_model` needs to build it again."""
        return {"highest": self.highest, "steps": self.steps}


# When to stop


def best_epoch(rows):
    """Number of epochs after which the validation error was smallest; all where there is none."""
    if rows[-1]["validation"] is None:
        return len(rows)
    return 1 + int(np.argmin([row["validation"] for row in rows]))


def stalled(rows, patience):
    """Tell whether the last `patience` epochs brought no better validation error."""
    return bool(rows) and len(rows) - best_epoch(rows) >= patience


# The checkpoint


class Checkpoint(NamedTuple):
    """What is kept of a training after each epoch, so that an interrupted one can go on.

    Args:
        folder: Where it is kept; made if needed.
        fingerprint: Dict of what the training depends on, as `fingerprint` gives it.
    """

    folder: Path
    fingerprint: dict

    def write(self, network, rows, best):
        """Keep the network with its optimizer, the rows of `train`, and the best weights."""
        with written_aside(self.folder) as aside:
            network.save_weights(aside / "latest.weights.h5")
            np.savez(aside / "best.npz", *best)
            # Keras does not store how far dropout has drawn its random numbers.
            np.savez(aside / "drawn.npz", *map(np.asarray, network.non_trainable_variables))
            state = {"fingerprint": self.fingerprint, "rows": rows}
            (aside / "state.json").write_text(json.dumps(state))

    def read(self, network):
        """Put a network where the kept training stopped; return its rows and best weights.

        Returns None where nothing is kept.

        Raises:
            InputError: If the folder keeps another training.
        """
        folder = Path(self.folder)
        if not (folder / "state.json").exists():
            return None
        state = json.loads((folder / "state.json").read_text())
        kept = state.get("fingerprint", {})
        for what, digest in self.fingerprint.items():
            if kept.get(what) != digest:
                raise InputError(
                    f"checkpoint: {folder} holds a training with other {what}; remove it, or name "
                    "another folder"
                )
        network.load_weights(folder / "latest.weights.h5")
        for variable, value in zip(network.non_trainable_variables, _arrays(folder / "drawn.npz")):
            variable.assign(value)
        return state["rows"], _arrays(folder / "best.npz")


def _arrays(file):
    with np.load(file, allow_pickle=False) as stored:
        return [stored[f"arr_{place}"] for place in range(len(stored.files))]


def fingerprint(network, arguments, parts):
    """Return SHA-256 digests of all that decides how a training ends: its data and its arguments.

    Args:
        network: Keras model, compiled, not trained yet.
        arguments: Dict that JSON can hold.
        parts: SpatioTemporalDatasets to learn from and to choose on, None for one that lacks.
    """
    data = hashlib.sha256()
    for part in parts:
        if part is None:
            data.update(b"none")
            continue
        times, calendar = known_ahead(part, 0, len(part.values))
        graph = None if part.adjacency is None else edge_list(part.weights)
        names = [part.unit, [repr(node) for node in part.values.columns], list(calendar.columns)]
        data.update(json.dumps([names, graph, [str(time) for time in times]]).encode())
        tables = [part.values, calendar, *(part.extra[name] for name in arguments["also"])]
        for table in map(np.asarray, tables):
            for rows in row_blocks(table):
                data.update(table[rows].tobytes())
    try:
        described = json.dumps([arguments, network.to_json()])
    except (TypeError, ValueError, NotImplementedError) as error:
        raise InputError(f"checkpoint: the model cannot be described ({error})") from None
    return {"data": data.hexdigest(), "arguments": hashlib.sha256(described.encode()).hexdigest()}


# The windows


class Samples:
    """Windows over one or more parts of a data set, cut and scaled when they are asked for.

    So the values are never copied as a whole. The parts are numbered one behind the other, with
    room for the steps ahead; the origins are chosen so that no window reaches from one part into
    the next.
    """

    def __init__(self, parts, forecaster, targets=True):
        self.lookback, self.horizon = forecaster.lookback, forecaster.horizon
        self.own, self.scaler = forecaster.own, forecaster.scaler
        self.average = forecaster.average if forecaster.reads_profile else None
        self.leave_out = targets
        self.values = [part.values.to_numpy() for part in parts]
        self.starts = np.cumsum([0, *(len(values) + self.horizon for values in self.values)])
        calendars, places, others, origins = [], [], [], []
        for part, first in zip(parts, self.starts):
            rows = len(part.values)
            calendars.append(_calendar(part, rows + self.horizon, forecaster))
            if targets:
                origins.append(first + window_origins(0, rows, self.lookback, self.horizon))
            if self.average is not None:
                places.append(self.average.places(part, 0, rows + self.horizon))
            if forecaster.also:
                others.append(_others(part, forecaster))
        self.calendar = np.concatenate(calendars)
        self.places = [np.concatenate(each) for each in zip(*places)]
        self.others = np.concatenate(others) if others else None
        self.origins = np.concatenate(origins) if targets else None

    def __len__(self):
        return len(self.origins)

    def batch(self, origins):
        """Return the network's inputs and its target for some origins."""
        rows = origins[:, None] + np.arange(-self.lookback, self.horizon)
        values = self._values(rows.ravel())
        windows = self.scaler.transform(values).astype("float32", copy=False)
        windows = windows.reshape(*rows.shape, -1)
        past, future = windows[:, : self.lookback], windows[:, self.lookback :]
        if self.own is not None:
            future[..., ~self.own] = np.nan  # the loss passes over what is missing
        inputs = {"history": past, "calendar": self.calendar[rows]}
        if self.average is not None:
            # What is learned from has its own value left out: it would be a hint at the target.
            places = (each[rows.ravel()] for each in self.places)
            average = self.average.average_at(*places, values if self.leave_out else None)
            profile = self.scaler.transform(average).astype("float32")
            inputs["profile"] = profile.reshape(*rows.shape, -1)
        if self.others is not None:
            inputs["extra"] = cut_windows(self.others, origins, self.lookback, 0)[0]
        return inputs, future

    def _values(self, rows):
        """Values (row, node) at some rows; those behind a part are not known."""
        found = np.full((len(rows), self.values[0].shape[1]), np.nan, dtype="float32")
        for values, start in zip(self.values, self.starts):
            inside = (rows >= start) & (rows < start + len(values))
            found[inside] = values[rows[inside] - start]
            let_go(values)
        return found


def _others(part, forecaster):
    """Other quantities (row, node, quantity) of a part, scaled; nothing is known ahead of them."""
    found = forecaster.other_quantities(part)
    for place, name in enumerate(forecaster.also):
        scaler = Scaler.from_dict(forecaster.also_scales[name])
        found[..., place] = scaler.transform(found[..., place])
    return np.pad(found, ((0, forecaster.horizon), (0, 0), (0, 0)), constant_values=np.nan)


def calendar_scales(train):
    """Mean and spread of what is known ahead, so that its unit does not matter.

    Args:
        train: SpatioTemporalDataset.

    Returns:
        Dict of [mean, scale] by column. Flags, which are 0 or 1 throughout, have none.

    Example:
        >>> import stlearn
        >>> from stlearn.networks.training import calendar_scales
        >>> calendar_scales(stlearn.load("corridor"))  # holiday and event are flags
        {}
    """
    further = train.calendar.drop(columns=list(CLOCK)).loc[train.values.index]
    further = further.loc[:, [not column.isin([0, 1]).all() for _, column in further.items()]]
    if further.empty:
        return {}
    scaler = fit_scaler(further, per_node=True)
    return dict(zip(further, np.stack([scaler.mean, scaler.scale], axis=1).tolist()))


def _calendar(dataset, rows, forecaster):
    """The calendar (row, column) of a data set and of the steps ahead, as the network reads it."""
    columns, scales = forecaster.calendar_columns, forecaster.calendar_scales
    calendar = calendar_to_read(dataset, 0, rows, columns)
    unknown = list(calendar.columns[calendar.isna().any()])
    if unknown:
        absent = [name for name in unknown if name not in dataset.calendar]
        where = "the calendar lacks it" if absent else "the calendar ends before the forecast does"
        taken = ["its mean in training" if name in scales else "0" for name in unknown]
        taken = " and ".join(dict.fromkeys(taken))
        warnings.warn(
            f"calendar: {', '.join(unknown)} is not known for all times ({where}); taken as "
            f"{taken}",
            stacklevel=2,
        )
    for name, (mean, scale) in scales.items():
        calendar[name] = (calendar[name] - mean) / scale
    return calendar.fillna(0.0).to_numpy(dtype="float32")
