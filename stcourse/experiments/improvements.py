"""C20 and C15: five ways to improve a network, four losses, and a search for better settings."""

import numpy as np

from stcourse.experiments.corridor import (
    fit_and_test,
    free_speed,
    outcome,
    over_seeds,
    quantiles_said,
    scene,
)
from stcourse.experiments.networks import SEEDS, network
from stcourse.experiments.rows import STEPS, corridor_split, gain_row, row
from stlearn.data.units import JAM
from stlearn.errors import InputError
from stlearn.evaluation.metrics import coverage

IMPROVEMENTS = {  # what C20 proposes: the variant, and what it is held against
    "more nodes": ("twice as wide", "stn"),
    "another architecture": ("stn", "feed_forward"),
    "another activation": ("relu for gelu", "stn"),
    "another loss": ("loss huber", "stn"),
    "regularisation": ("dropout 0.3", "stn"),
}


def improvements():
    """C20 and the losses: five ways to improve a network, and what each loss is good at.

    Yields:
        Rows: mae of each variant on each seed (km/h), its gain over what it is held against; mae,
        rmse, mae in congestion and bias (km/h) of each loss, 60 minutes ahead; coverage of the
        quantile network's 90 % interval.
    """
    for name, (variant, other) in IMPROVEMENTS.items():
        for place, minutes in enumerate(STEPS):
            for seed in SEEDS:
                for each in (variant, other):
                    value = np.nanmean(outcome(each, seed).errors[:, place])
                    yield row(
                        "improvements", each, "mae", value, where=name, seed=seed, minutes=minutes
                    )
            pair = [over_seeds(each)[:, place] for each in (variant, other)]
            yield gain_row("improvements", variant, other, *pair, minutes, where=name)
    jam = scene().truth[:, 11] < JAM * free_speed()
    for name in ("stn", "loss mse", "loss huber", "loss quantile"):
        loss = "loss mae" if name == "stn" else name
        for seed in SEEDS:
            found = outcome(name, seed)
            known = {"seed": seed, "minutes": 60}
            error = found.errors[:, 2]
            yield row("losses", loss, "mae", np.nanmean(error), **known)
            yield row("losses", loss, "rmse", found.rmse[60], **known)
            yield row("losses", loss, "mae", np.nanmean(error[jam]), where="congestion", **known)
    for seed in SEEDS:
        low, high = (quantiles_said(seed)[..., place] for place in (0, -1))
        held = coverage(scene().truth, low, high)
        width = float(np.mean(high - low))
        yield row("losses", "loss quantile", "coverage of 90 %", held, seed=seed)
        yield row("losses", "loss quantile", "width of 90 %", width, seed=seed)


def tuning(trials=8, epochs=2):
    """C15: search settings on the validation week, then compare with the defaults on the test part.

    The first trial is the default, so the best is never worse on validation.

    Args:
        trials: Trainings of the search.
        epochs: Epochs of each; the winner is then trained as long as the others.

    Yields:
        Rows: validation mae of each trial (km/h), test mae of default and winner on five seeds,
        and the gain of the winner.

    Reference: Optuna's tree-structured Parzen estimator: Bergstra, Bardenet, Bengio and Kégl
    (2011), Algorithms for hyper-parameter optimization; Akiba and others (2019), Optuna.
    """
    try:
        import optuna
    except ImportError:
        raise InputError(
            'tuning: install optuna first, pip install "stlearn-course[bench]"'
        ) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    corridor, split = corridor_split()
    train, validation = (corridor.between(part.start, part.stop) for part in split[:2])
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0, n_startup_trials=4))
    study.enqueue_trial({"hidden": 96, "dropout": 0.1, "learning_rate": 5e-3})
    for number in range(trials):
        trial = study.ask()
        chosen = _suggested(trial)
        fitted = network("stn", 0, epochs=epochs, refit=False, **_arguments(chosen))
        error = float(fitted.fit(train, validation).training["validation"].min())
        study.tell(trial, error)
        said = ", ".join(f"{name} {value:.3g}" for name, value in chosen.items())
        yield row("tuning", said, "validation mae", error, where=f"trial {number + 1}", seed=0)
    best = _arguments(study.best_params)
    winners = [fit_and_test(network("stn", seed, **best), corridor, split) for seed in SEEDS]
    for place, minutes in enumerate(STEPS):
        for seed in SEEDS:
            known = {"seed": seed, "minutes": minutes}
            default = np.nanmean(outcome("stn", seed).errors[:, place])
            yield row("tuning", "default", "mae", default, **known)
            tuned = np.nanmean(winners[seed].errors[:, place])
            yield row("tuning", "tuned", "mae", tuned, **known)
        errors = np.mean([winner.errors[:, place] for winner in winners], axis=0)
        yield gain_row("tuning", "tuned", "default", errors, over_seeds("stn")[:, place], minutes)


def _suggested(trial):
    return {
        "hidden": trial.suggest_categorical("hidden", [64, 96, 128]),
        "dropout": trial.suggest_float("dropout", 0.0, 0.3),
        "learning_rate": trial.suggest_float("learning_rate", 1e-3, 1e-2, log=True),
    }


def _arguments(chosen):
    """Settings that were tried, as arguments of a Forecaster."""
    inner = {name: chosen[name] for name in ("hidden", "dropout")}
    return {"settings": inner, "learning_rate": chosen["learning_rate"]}
