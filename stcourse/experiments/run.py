"""Experiments of the course that take too long for a notebook, and the tables that they left.

Each is a function that yields rows as they are measured; `stlearn bench NAME` runs one and writes
its table. The tables that ship lie in datasets/. The first lines of each, which begin with #, say
by which command and versions it was made. Trained numbers differ between versions and machines:
run it again for your own.
"""

import platform
import shutil
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from stcourse.applications.lines import PARTS
from stcourse.experiments.choices import CHOICES
from stcourse.experiments.choices import choices as widths_and_parts
from stcourse.experiments.clock_and_graphs import experiments, ledger
from stcourse.experiments.growth import STEPS, growth
from stcourse.experiments.networks import WITH_PROFILE, WITHOUT, network
from stcourse.experiments.regions import REGIONS, regions
from stcourse.experiments.rows import WHOLE
from stcourse.experiments.seeds_of_notebooks import all_lines
from stlearn.catalogue import load
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.backtest import backtest
from stlearn.evaluation.comparison import compare
from stlearn.files import shipped, written_aside
from stlearn.tasks import run_tasks

NEAR_ROADWORKS = [f"out{number:02d}" for number in range(1, 11)]
SEEDS = (0, 1, 2, 3, 4)
DAY = 288  # rows of corridor
ROLLED = ("feed_forward", "stn")
WINDOW_DAYS = (0, 1, 3, 7, 14)  # 0 stands for no update
ABLATION = {  # row of the table: the network in it
    "all parts": "stn",
    **{name: name for name in WITHOUT},
    WITH_PROFILE: WITH_PROFILE,
    "hybrid (CNN + LSTM)": "cnn_lstm",
    "hybrid, four times the epochs": "cnn_lstm, four times the epochs",
    "hybrid, weights shared over the nodes": "cnn_lstm, weights shared",
    "feed-forward": "feed_forward",
}


def ablation(variants=tuple(ABLATION), seeds=SEEDS):
    """Train the STN whole, with one part left out or added, and other networks, on five seeds.

    Train on weeks 1 to 5 of corridor, choose the epoch on week 6, test on weeks 7 and 8.

    Args:
        variants: Keys of `ABLATION`.
        seeds: Seeds of the trainings.

    Yields:
        Dict with variant, seed, horizon_minutes, mae and mae_congestion (km/h, at that step),
        seconds (fit and forecast) and parameters.

    Example:
        >>> from stcourse.experiments import run as bench
        >>> rows = bench.ablation()  # nothing is trained before the first row is asked for
    """
    corridor = load("corridor")
    split = chronological_split(corridor, validation="7D", test="14D")
    for seed in seeds:
        for variant in variants:
            models = [network(ABLATION[variant], seed)]
            table = compare(models, corridor, split, lookback=12, progress=False).table()
            kept = ["horizon_minutes", "mae", "mae_congestion", "seconds", "parameters"]
            for row in table[kept].to_dict("records"):
                yield {"variant": variant, "seed": seed} | row


def rolling(models=ROLLED, windows=WINDOW_DAYS, days=14):
    """Update two networks every day with the past t days, across the roadworks of week 6.

    Each network is trained on weeks 1 to 5 of corridor; then it forecasts weeks 6 and 7. Every
    choice of t starts from the same trained network.

    Args:
        models: Names of models.
        windows: Days t that an update learns from; 0 for no update.
        days: Days to forecast, from the first day of week 6 on.

    Yields:
        Dict with model, window_days, day, mae and mae_roadworks (km/h, over one hour ahead; at
        all detectors, and at the ten up to the roadworks), and update_seconds (a day).

    Example:
        >>> from stcourse.experiments import run as bench
        >>> rows = bench.rolling(["feed_forward"], windows=(0, 1), days=2)  # the first rows only
    """
    from stlearn.networks.forecaster import Forecaster

    corridor = load("corridor")
    near = corridor.values.columns.isin(NEAR_ROADWORKS)
    # The first 12 rows are history only, the last 11 are only forecast.
    part = slice(35 * DAY - 12, (35 + days) * DAY + 11)
    with tempfile.TemporaryDirectory() as folder:
        for model in models:
            network(model, refit=False).fit(corridor.between(0, 35 * DAY)).save(folder)
            for window in windows:
                often = {"update_every": "1D", "window_days": window} if window else {}
                result = backtest(Forecaster.load(folder), corridor, part, step=3, **often)
                error = np.abs(result.truth - result.forecast)
                for day in sorted(set(result.times.normalize())):
                    of_day = error[result.times.normalize() == day]
                    yield {
                        "model": model,
                        "window_days": window,
                        "day": day.date().isoformat(),
                        "mae": float(np.nanmean(of_day)),
                        "mae_roadworks": float(np.nanmean(of_day[..., near])),
                        "update_seconds": result.update_seconds / days,
                    }


def choices(widths=tuple(CHOICES), tried=None):
    """Validate what was chosen of the STN, and what was tried beside it.

    Args:
        widths: Variants of `stcourse.experiments.choices.choices`.
        tried: Variants of `stcourse.experiments.tries.tries`; all when not given.

    Yields:
        Dicts, as `choices.choices` and then `tries.tries` give them.

    Example:
        >>> from stcourse.experiments import run as bench
        >>> rows = bench.choices()  # nothing is trained before the first row is asked for
    """
    from stcourse.experiments.tries import tries  # starts TensorFlow

    yield from widths_and_parts(widths)
    yield from tries(tried)


def applications(parts=tuple(PARTS)):
    """Run the notebooks of chapter 06 with several seeds of their worlds and networks.

    Args:
        parts: Names of the parts whose lines are wanted.

    Yields:
        Dict as `stcourse.applications.lines.make_line` gives it.

    Example:
        >>> from stcourse.experiments import run as bench
        >>> rows = bench.applications()  # nothing is trained before the first row is asked for
    """
    yield from all_lines(parts)


# The only cells of a table that may be empty.
NO_INTERVAL = dict.fromkeys(
    (
        "low", "high", "gain_low", "gain_high", "decision_low", "decision_high",
        "validation_interval_score",
    ),
    "",
)  # fmt: skip
PIECES = {  # column by which one can be run alone
    "ledger": "experiment",
    "applications": "part",
    "growth": "step",
    "regions": "dataset",
}
EXPERIMENTS = {
    "choices": choices,
    "ablation": ablation,
    "rolling": rolling,
    "ledger": ledger,
    "applications": applications,
    "growth": growth,
    "regions": regions,
}


def pieces(name):
    """Return the independent pieces of an experiment: dict of label to arguments of its function.

    Args:
        name: Key of `EXPERIMENTS`.

    Example:
        >>> from stcourse.experiments import run as bench
        >>> bench.pieces("rolling")
        {'feed_forward': {'models': ['feed_forward']}, 'stn': {'models': ['stn']}}
    """
    if name == "choices":
        from stcourse.experiments.tries import names  # starts TensorFlow

        widths = {each: {"widths": [each], "tried": []} for each in CHOICES}
        return widths | {"; ".join(some): {"widths": [], "tried": some} for some in names()}
    if name == "ablation":
        return {
            f"{variant}, seed {seed}": {"variants": [variant], "seeds": [seed]}
            for seed in SEEDS
            for variant in ABLATION
        }
    if name == "rolling":
        return {model: {"models": [model]} for model in ROLLED}
    if name == "ledger":
        return {each: {"only": each} for each in experiments()}
    if name == "growth":
        return {each: {"steps": [each]} for each in STEPS}
    if name == "regions":
        return {each: {"datasets": [each]} for each in REGIONS}
    by_notebook = {}
    for part, about in PARTS.items():
        by_notebook.setdefault(about.notebook, []).append(part)
    return {notebook: {"parts": parts} for notebook, parts in by_notebook.items()}


def _rows(name, only, ray):
    """The rows of an experiment, as they are measured; of several machines, piece by piece."""
    one = {
        "ledger": {"only": only},
        "applications": {"parts": [only]},
        "growth": {"steps": [only]},
        "regions": {"datasets": [only]},
    }.get(name)
    if ray is None:
        yield from EXPERIMENTS[name](**({} if only is None else one))
        return
    calls = pieces(name) if only is None else {only: one}
    tasks = ((label, (EXPERIMENTS[name], arguments)) for label, arguments in calls.items())
    found = dict(run_tasks(_measured, tasks, ray, progress=name, total=len(calls)))
    for label in calls:
        yield from found[label]


def _measured(experiment, arguments):
    return list(experiment(**arguments))


def run(name, path, tell=print, only=None, ray=None):
    """Run an experiment and write its table.

    Args:
        name: Key of `EXPERIMENTS`: "choices", "ablation", "rolling", "ledger", "applications",
            "growth" or "regions".
        path: CSV file to write; it appears when the experiment is complete.
        tell: Function that is told each row, as it is measured.
        only: Experiment of the ledger, part of chapter 06, step of the growth or data set of the
            regions that is measured; the other rows of the file stay as they are.
        ray: As in `stlearn.tasks.run_tasks`: the pieces of the experiment are then measured at the
            same time, and the rows stand piece by piece. Errors are the same; seconds are those of
            a machine that does more at once.

    Raises:
        InputError: If there is no such experiment or part.
    """
    if name not in EXPERIMENTS:
        raise InputError(f"name: expected one of {', '.join(EXPERIMENTS)}, got {name!r}")
    if only is not None and name not in PIECES:
        raise InputError(f"only: expected it with {' or '.join(PIECES)}, got it with {name!r}")
    path, began, rows = Path(path), time.perf_counter(), []
    for row in _rows(name, only, ray):
        rows.append(row)
        seconds = time.perf_counter() - began
        tell(f"{seconds:.0f} s: " + ", ".join(f"{key} {_short(row[key])}" for key in row))
    table = pd.DataFrame(rows)
    if only is not None and path.exists():
        before = pd.read_csv(path, comment="#", keep_default_na=False, na_values=NO_INTERVAL)
        kept = before[~before[PIECES[name]].isin(table[PIECES[name]])]
        table = pd.concat([kept, table], ignore_index=True)
    if name == "applications":
        order = {part: place for place, part in enumerate(PARTS)}
        table = table.sort_values(["seed", "part"], key=lambda each: each.replace(order))
    if name == "growth":
        order = {step: place for place, step in enumerate(STEPS)}
        table = table.sort_values("step", key=lambda each: each.map(order), kind="stable")
    if name == "ledger":
        seconds = table.loc[table["variant"] == WHOLE, "value"].sum()
    packages = ("stlearn-course", "keras", "tensorflow-cpu", "numpy")
    versions = ", ".join(f"{package} {_version(package)}" for package in packages)
    head = (
        f"# made by: stlearn bench {name}\n"
        f"# versions: Python {platform.python_version()}, {versions}\n"
        f"# machine: {platform.system()} {platform.machine()}; {seconds:.0f} s in all\n"
    )
    if name == "ledger":
        head += f"# rules: stcourse/experiments/claims.py {_commit_of_rules()}\n"
    with written_aside(path.parent) as aside:
        text = table.to_csv(index=False, float_format="%.4f", lineterminator="\n")
        (aside / path.name).write_text(head + text, encoding="utf-8")


def read(name):
    """Return the table of an experiment that ships with the course.

    Args:
        name: Key of `EXPERIMENTS`: "choices", "ablation", "rolling", "ledger", "applications",
            "growth" or "regions".

    Returns:
        DataFrame, with the lines on its origin as text in `attrs["origin"]`.

    Raises:
        InputError: If there is no such table.

    Example:
        >>> from stcourse.experiments import run as bench
        >>> bench.read("ablation").attrs["origin"].splitlines()[0]
        'made by: stlearn bench ablation'
    """
    path = shipped(f"datasets/bench_{name}.csv")
    if path is None:
        raise InputError(f"name: no table of {name!r} ships; expected one of {list(EXPERIMENTS)}")
    lines = path.read_text(encoding="utf-8").splitlines()
    table = pd.read_csv(path, comment="#", keep_default_na=False, na_values=NO_INTERVAL)
    origin = [line.lstrip("# ") for line in lines if line.startswith("#")]
    table.attrs["origin"] = "\n".join(origin)
    return table


def _short(value):
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _commit_of_rules():
    """The commit in which the rules were frozen before they judged; rules are not chosen after."""
    file = Path(__file__).with_name("claims.py")
    if shutil.which("git") is None:
        return "of an unknown commit: git is not installed"
    git = ["git", "-C", str(file.parent)]
    changed = subprocess.run([*git, "status", "--porcelain", file.name], capture_output=True)
    last = subprocess.run([*git, "log", "-1", "--format=%h", file.name], capture_output=True)
    frozen = last.stdout.decode().strip()
    if changed.stdout or not frozen:
        return "in no commit: freeze them before they judge"
    return f"as of commit {frozen}"


def _version(package):
    try:
        return version(package)
    except ImportError:  # TensorFlow has another name outside Linux
        return version("tensorflow")
