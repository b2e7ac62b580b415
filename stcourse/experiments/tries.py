"""What was tried to lower the errors of `stlearn forecast`, on validation parts, which no test saw.

Each try changes one thing of the network as it is. What pays is decided by `what_pays`.
"""

import time

import keras
import numpy as np
import pandas as pd
from keras import ops
from scipy import stats

from stcourse.experiments.rows import corridor_split
from stlearn.catalogue import load
from stlearn.data.windows import chronological_split, cut_windows, fit_scaler, window_origins
from stlearn.errors import InputError
from stlearn.evaluation.intervals import interval_scores
from stlearn.evaluation.multiple import holm
from stlearn.networks.forecaster import Forecaster
from stlearn.networks.models import stn
from stlearn.networks.training import WINDOWS_PER_EPOCH, adamw

AS_IT_IS = "as it is"
MEMBERS = 3
THREE = f"mean of {MEMBERS} seeds"
SEEDS = (0, 1, 2, 3, 4)
BATCH = 16


def without_weekday(calendar_columns, **known):
    """Build the STN for which every day is a Monday."""
    network = stn(calendar_columns=calendar_columns, **known)
    inputs = _inputs_of(network)
    time_of_day, further = inputs["calendar"][..., :1], inputs["calendar"][..., 2:]
    monday = ops.zeros_like(time_of_day)
    calendar = keras.layers.Concatenate()([time_of_day, monday, further])
    return keras.Model(inputs, network(inputs | {"calendar": calendar}))


def scaled_by_sensor(mean, scale, **known):
    """Build the STN with a mean and a scale for each node, taken from the training part."""
    mean, scale = (np.asarray(each, "float32") for each in (mean, scale))
    network = stn(**known)
    inputs = _inputs_of(network)
    scaled = {name: (inputs[name] - mean) / scale for name in ("history", "profile")}
    outputs = network(inputs | scaled)
    return keras.Model(inputs, outputs * scale[:, None] + mean[:, None])


def scaled_across_sensors(**known):
    """Build the STN with the mean and the scale of each window, over its steps and its nodes."""
    network = stn(**known)
    inputs = _inputs_of(network)
    heard = ops.logical_not(ops.isnan(inputs["history"]))
    count = ops.maximum(ops.sum(ops.cast(heard, "float32"), (1, 2), keepdims=True), 1.0)
    total = ops.sum(ops.where(heard, inputs["history"], 0.0), (1, 2), keepdims=True)
    mean = total / count
    apart = ops.where(heard, inputs["history"] - mean, 0.0)
    scale = ops.sqrt(ops.sum(apart**2, (1, 2), keepdims=True) / count) + 0.1
    scaled = {name: (inputs[name] - mean) / scale for name in ("history", "profile")}
    outputs = network(inputs | scaled)
    return keras.Model(inputs, outputs * scale[..., None] + mean[..., None])


def tries(variants=None, seeds=SEEDS):
    """Train the STN as `stlearn forecast` does, and with one thing changed, and validate it.

    The test parts of corridor and Los-loop are not touched: the error is that on the end of what
    lies before them. The mean of three seeds s takes the networks of the seeds s, s + 1, s + 2, the
    first after the last.

    Args:
        variants: Names of tries. By default all.
        seeds: Seeds of the trainings.

    Yields:
        Dict with dataset, variant, seed, validation_mae and validation_interval_score (of the 90 %
        interval that the network says, before calibration; km/h on corridor, mph on Los-loop, over
        an hour ahead, of the best epoch), epoch (the best one), fit_seconds and parameters.

    Raises:
        InputError: If a variant is unknown.

    Example:
        >>> from stcourse.experiments.tries import tries
        >>> rows = tries(["averaged weights"])  # nothing is trained before a row is asked for
    """
    los_loop = load("los-loop")
    los_split = chronological_split(los_loop, validation=0.1, test=0.2)
    for dataset, split in (corridor_split(), (los_loop, los_split)):
        train, validation = (dataset.between(part.start, part.stop) for part in split[:2])
        arguments = _tried(train)
        unknown = set(variants or ()) - {*arguments, THREE}
        if unknown:
            raise InputError(
                f"variants: expected any of {[*arguments, THREE]}, got {sorted(unknown)}"
            )
        said, whole = {}, {}
        for seed in seeds:
            for variant, changed in arguments.items():
                if variants is not None and variant not in variants:
                    continue
                given = {"model": "stn", "loss": "quantile"} | changed
                network = Forecaster(seed=seed, refit=False, **given)
                began = time.perf_counter()
                network.fit(train, validation)
                seconds = time.perf_counter() - began
                origins = window_origins(0, len(validation.values), 12, 12)
                forecast = network.quantile_forecasts(validation, origins)
                cost = {
                    "epoch": network.epochs_run,
                    "fit_seconds": seconds,
                    "parameters": network.parameters,
                }
                found = {"dataset": dataset.name, "variant": variant, "seed": seed}
                yield found | _errors(forecast, validation, origins) | cost
                if variant == AS_IT_IS:
                    said[seed], whole[seed] = forecast, cost
        if variants is None or {AS_IT_IS, THREE} <= set(variants):
            for place, seed in enumerate(seeds):
                members = [seeds[(place + k) % len(seeds)] for k in range(MEMBERS)]
                mean = np.mean([said[member] for member in members], axis=0)
                cost = {
                    "epoch": max(whole[member]["epoch"] for member in members),
                    "fit_seconds": sum(whole[member]["fit_seconds"] for member in members),
                    "parameters": sum(whole[member]["parameters"] for member in members),
                }
                found = {"dataset": dataset.name, "variant": THREE, "seed": seed}
                yield found | _errors(mean, validation, origins) | cost


def names():
    """Return the names of all tries, in groups that need each other.

    Example:
        >>> from stcourse.experiments.tries import names
        >>> names()[0]
        ['as it is', 'mean of 3 seeds']
    """
    dataset, split = corridor_split()
    others = [name for name in _tried(dataset.between(0, split.train.stop)) if name != AS_IT_IS]
    return [[AS_IT_IS, THREE], *([name] for name in others)]


def what_pays(table, measure="validation_mae"):
    """Compare every try with the network as it is, seed by seed.

    Args:
        table: DataFrame of the rows of `tries`.
        measure: Column to compare: an error, lower is better.

    Returns:
        DataFrame with dataset, variant, change (of the mean over the seeds that both have, in %;
        below zero is a lower error), p (paired t-test over these seeds), p_holm (corrected for all
        tries on all data sets) and verdict: "pays" or "costs" where p_holm is below 0.05, otherwise
        "no difference shown".

    Example:
        >>> import pandas as pd
        >>> from stcourse.experiments.tries import AS_IT_IS, what_pays
        >>> rows = [("corridor", AS_IT_IS, seed, 2 + seed / 50) for seed in range(5)]
        >>> rows += [("corridor", "wider", seed, 1 + seed / 60) for seed in range(5)]
        >>> columns = ["dataset", "variant", "seed", "validation_mae"]
        >>> what_pays(pd.DataFrame(rows, columns=columns))["verdict"].tolist()
        ['pays']

    Reference: Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    found = []
    for name, part in table.groupby("dataset", sort=False):
        errors = part.pivot(index="seed", columns="variant", values=measure)
        for variant in part["variant"].unique():
            if variant != AS_IT_IS:
                tried, whole = errors[[variant, AS_IT_IS]].dropna().to_numpy().T
                change = 100 * (tried.mean() / whole.mean() - 1)
                found.append((name, variant, change, stats.ttest_rel(tried, whole).pvalue))
    found = pd.DataFrame(found, columns=["dataset", "variant", "change", "p"])
    found["p_holm"] = holm(found["p"])
    better = np.where(found["change"] < 0, "pays", "costs")
    found["verdict"] = np.where(found["p_holm"] < 0.05, better, "no difference shown")
    return found


def _tried(train):
    """Name of each try, and the arguments of Forecaster that it changes."""
    scaler = fit_scaler(train.values.to_numpy())
    own = fit_scaler(scaler.transform(train.values.to_numpy()), per_node=True)
    windows = min(len(window_origins(0, len(train.values), 12, 12)), WINDOWS_PER_EPOCH)

    def averaged(rate):
        """The optimizer, whose weights are a moving average at the end of each epoch."""
        config = adamw(rate).get_config() | {"learning_rate": rate, "use_ema": True}
        config["ema_overwrite_frequency"] = windows // BATCH
        return keras.optimizers.AdamW(**config)

    return {
        AS_IT_IS: {},
        "profile left out": {"settings": {"profile": False}},
        "day of the week left out": {"model": without_weekday},
        "scaled by sensor": {"model": scaled_by_sensor, "settings": own.to_dict()},
        "scaled across sensors": {"model": scaled_across_sensors},
        "averaged weights": {"optimizer": averaged},
    }


def _inputs_of(network):
    return {each.name: keras.Input(each.shape[1:], name=each.name) for each in network.inputs}


def _errors(forecast, validation, origins):
    truth = cut_windows(validation.values.to_numpy(), origins, 0, 12)[1]
    interval = interval_scores(truth, forecast[..., 0], forecast[..., -1])["interval_score"]
    error = np.nanmean(np.abs(truth - forecast[..., forecast.shape[-1] // 2]))
    return {"validation_mae": float(error), "validation_interval_score": interval}
