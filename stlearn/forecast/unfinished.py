"""A job that was stopped goes on where it was: what is kept of it on the way."""

import contextlib
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np

from stlearn import __version__
from stlearn.baselines.base import Baseline
from stlearn.calibration.states import states_at
from stlearn.data.windows import cut_windows
from stlearn.errors import InputError
from stlearn.evaluation.backtest import Backtest
from stlearn.evaluation.comparison import Run
from stlearn.files import written_aside
from stlearn.forecast.results import load_model

STATE = "unfinished.json"
COSTS = ("fit_seconds", "parameters", "peak_mb", "validation")


class Unfinished:
    """A folder that keeps each forecaster of a job once it is tested, and each epoch before.

    Args:
        folder: Its path; nothing is there, or what another Unfinished of the same job has kept.
        dataset: SpatioTemporalDataset of the job.
        options: Dict of plain values: all that decides how the job ends.

    Raises:
        InputError: If the folder keeps another job.

    Example:
        >>> import tempfile
        >>> import stlearn
        >>> from stlearn.forecast.unfinished import Unfinished
        >>> day = stlearn.load("corridor").between(0, 288)
        >>> with tempfile.TemporaryDirectory() as home:
        ...     kept = Unfinished(home + "/job", day, {"seed": 0})
        ...     Unfinished(home + "/job", day, {"seed": 1})  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        stlearn.errors.InputError: --resume: ...job keeps a job with other options (seed); ...
    """

    def __init__(self, folder, dataset, options):
        self.folder = Path(folder)
        options = {"version": __version__} | json.loads(json.dumps(options, default=str))
        state = {"data": digest(dataset), "options": options}
        if not (self.folder / STATE).is_file():
            with written_aside(self.folder) as aside:
                (aside / STATE).write_text(json.dumps(state, indent=1), encoding="utf-8")
            return
        kept = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        changed = [key for key in options if kept["options"].get(key) != options[key]]
        if kept["data"] != state["data"] or changed:
            what = f"options ({', '.join(changed)})" if changed else "data"
            raise InputError(
                f"--resume: {self.folder} keeps a job with other {what}; leave --resume out to "
                "begin anew"
            )

    @property
    def finished(self):
        """Names of the forecasters that are tested already."""
        return [json.loads(file.read_text())["name"] for file in self.folder.glob("*/run.json")]

    def checkpoint(self, forecaster, part="training"):
        """Further arguments of a training: networks keep the state after each epoch."""
        if isinstance(forecaster, Baseline):
            return {}
        return {"checkpoint": self._place(forecaster) / part}

    def read(self, forecaster, dataset):
        """Take a forecaster from the folder if it is tested already.

        Args:
            forecaster: BaseForecaster, not fitted; it becomes the kept one.
            dataset: SpatioTemporalDataset of the job.

        Returns:
            Run, or None if it is not there.
        """
        place = self._place(forecaster)
        if not (place / "run.json").is_file():
            return None
        kept = json.loads((place / "run.json").read_text(encoding="utf-8"))
        own = {key: getattr(forecaster, key) for key in ("name", "progress", "ray")
               if hasattr(forecaster, key)}  # fmt: skip
        forecaster.__dict__.update(vars(load_model(place / "model")) | own)
        with np.load(place / "run.npz", allow_pickle=False) as stored:
            origins, said = stored["origins"], stored["said"]
        values = dataset.values
        rule = forecaster.calibration
        tested = Backtest(
            name=forecaster.name,
            origins=origins,
            times=values.index[origins],
            truth=cut_windows(values.to_numpy(), origins, 0, forecaster.horizon)[1],
            forecast=said[..., said.shape[-1] // 2].astype(values.to_numpy().dtype),
            nodes=values.columns,
            interval=dataset.interval,
            unit=dataset.unit,
            seconds=kept["seconds"],
            quantile_forecast=None if said.shape[-1] == 1 else said,
            calibration=rule,
            states=rule and states_at(rule.states, values, origins),
        )
        return Run(tested, *(kept[name] for name in COSTS))

    def write(self, forecaster, run):
        """Keep a forecaster that is fitted and tested, and its Run."""
        place, tested = self._place(forecaster), run.backtest
        forecaster.save(place / "model")
        said = tested.quantile_forecast
        said = tested.forecast[..., None] if said is None else said
        kept = {"name": forecaster.name, "seconds": tested.seconds}
        with written_aside(place) as aside:
            np.savez(aside / "run.npz", origins=tested.origins, said=said)
            (aside / "run.json").write_text(
                json.dumps(kept | {name: getattr(run, name) for name in COSTS}), encoding="utf-8"
            )

    def _place(self, forecaster):
        return self.folder / "".join(c if c.isalnum() else "_" for c in forecaster.name)


@contextlib.contextmanager
def kept_beside(place, resume, note):
    """Give the folder that keeps an unfinished job; it is gone once the job is done.

    A job that is stopped leaves it, so that it can go on. One that fails leaves nothing.

    Args:
        place: Path of the results.
        resume: Whether to go on with what is kept there; otherwise the job begins anew.
        note: Function that is given each sentence worth knowing.

    Raises:
        InputError: If something else is in its place.
    """
    folder = Path(place).resolve()
    folder = folder.with_name(f"{folder.name}-unfinished")
    if folder.exists() and not (folder.is_dir() and (folder / STATE).is_file()):
        raise InputError(f"--out: {folder} is in the way, and is no unfinished job; name another")
    if folder.exists() and not resume:
        note(f"{folder} kept a job that was stopped; it is begun anew, --resume would go on")
        shutil.rmtree(folder)
    if resume and not folder.exists():
        note(f"--resume: no job was stopped here ({folder}); it begins")
    try:
        yield folder
    except (KeyboardInterrupt, SystemExit):
        if folder.exists():
            note(f"what is trained is kept in {folder}; the same command with --resume goes on")
        raise
    except Exception:
        if not resume:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def digest(dataset):
    """SHA-256 of all that forecasters read of a data set.

    Args:
        dataset: SpatioTemporalDataset.
    """
    found = hashlib.sha256()
    columns = [list(map(repr, dataset.values.columns)), list(dataset.calendar.columns)]
    found.update(json.dumps([dataset.name, dataset.unit, columns, sorted(dataset.extra)]).encode())
    if dataset.adjacency is not None:
        graph = dataset.weights
        for part in (graph.indptr, graph.indices, graph.data):
            found.update(np.ascontiguousarray(part).tobytes())
    tables = [dataset.values, dataset.calendar]
    for table in [*tables, *(dataset.extra[name] for name in sorted(dataset.extra))]:
        found.update(json.dumps([str(label) for label in table.index]).encode())
        found.update(np.ascontiguousarray(table.to_numpy()))  # no copy of what is large
    return found.hexdigest()
