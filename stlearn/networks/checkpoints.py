"""What is kept of a training after each epoch, so that an interrupted one can go on."""

import json
from pathlib import Path

import keras
import numpy as np

from stlearn.errors import InputError
from stlearn.files import written_aside


def write(folder, state, network, best):
    """Write the state of a training; the files appear when they are complete.

    Args:
        folder: Where to write; made if needed.
        state: Dict of the training's arguments and of its rows, one an epoch.
        network: The Keras model as it is now, with its optimizer.
        best: List of arrays: its weights after the best epoch.

    Example:
        >>> from stlearn.networks import checkpoints
        >>> checkpoints.write("kept", state, network, best)  # doctest: +SKIP
    """
    with written_aside(folder) as aside:
        network.save(aside / "latest.keras")
        np.savez(aside / "best.npz", *best)
        (aside / "state.json").write_text(json.dumps(state))


def read(folder, arguments):
    """Read what `write` wrote.

    Args:
        folder: The folder.
        arguments: Those of the training that is to go on.

    Returns:
        (rows, network, best), or None where the folder holds no checkpoint.

    Raises:
        InputError: If the checkpoint is of a training with other arguments.

    Example:
        >>> from stlearn.networks import checkpoints
        >>> checkpoints.read("no such folder", {}) is None
        True
    """
    folder = Path(folder)
    if not (folder / "state.json").exists():
        return None
    state = json.loads((folder / "state.json").read_text())
    if state["arguments"] != arguments:
        raise InputError(f"checkpoint: {folder} holds a training with other arguments; remove it")
    with np.load(folder / "best.npz", allow_pickle=False) as stored:
        best = [stored[f"arr_{place}"] for place in range(len(stored.files))]
    return state["rows"], keras.saving.load_model(folder / "latest.keras"), best
