"""Experiments on corridor with trained networks: what chapter 05 reads from a stored table.

Networks are trained for four epochs on five seeds. Within a process each is trained once, and
what the experiments need of it is kept.
"""

import functools
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from stcourse.experiments.networks import NETWORKS, SEEDS, network
from stcourse.experiments.rows import DAY, STEPS, corridor_split, gain_row, row
from stlearn.baselines import standard
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.units import JAM
from stlearn.data.windows import Split, walk_forward
from stlearn.evaluation.backtest import backtest, event_mask
from stlearn.evaluation.comparison import compare

DROPPED = (0.05, 0.2, 0.5)
MISSED, FALSE_ALARM = 5, 1  # costs of a warning not given and of one given for nothing


class Outcome(NamedTuple):
    """What is kept of a fitted forecaster: errors and forecasts on the test part, and its costs.

    `errors` is (origin, 3, node) at 15, 30 and 60 minutes; `half_hour` (origin, node) is what it
    said 30 minutes ahead; `pooled` holds the mean absolute error of all steps up to these.
    """

    forecaster: object
    errors: np.ndarray
    half_hour: np.ndarray
    pooled: dict
    rmse: dict
    costs: dict


@functools.cache
def outcome(name, seed=0):
    """Fit a network of `NETWORKS` or a baseline on corridor, test it, and keep the outcome."""
    corridor, split = corridor_split()
    forecaster = network(name, seed) if name in NETWORKS else _baselines()[name]
    return fit_and_test(forecaster, corridor, split)


def fit_and_test(forecaster, corridor, split):
    comparison = compare([forecaster], corridor, split, lookback=12, progress=False)
    run = comparison.runs[forecaster.name]
    places = [step - 1 for step in STEPS.values()]
    result = run.backtest
    scores = result.scores(steps=list(STEPS.values())).set_index(pd.Index(list(STEPS)))
    with tempfile.TemporaryDirectory() as folder:
        forecaster.save(folder)
        stored = sum(file.stat().st_size for file in Path(folder).iterdir())
    costs = {
        "seconds": run.fit_seconds + result.seconds,
        "fit seconds": run.fit_seconds,
        "parameters": run.parameters,
        "peak MB": run.peak_mb,
        "stored MB": stored / 1e6,
    }
    return Outcome(
        forecaster,
        np.abs(result.forecast - result.truth)[:, places],
        result.forecast[:, STEPS[30] - 1],
        scores["mae_pooled"].to_dict(),
        scores["rmse"].to_dict(),
        costs,
    )


def _baselines():
    corridor, _ = corridor_split()
    return {model.name: model for model in standard.standard(corridor, horizon=12)}


@functools.cache
def scene():
    """A backtest of the last value: origins, times and truth of the test part."""
    corridor, split = corridor_split()
    last_value = _baselines()["last value"].fit(corridor.between(0, split.train.stop))
    return backtest(last_value, corridor, split.test, lookback=12)


def over_seeds(name):
    """Errors (origin, 3, node), the mean over the seeds: what one training may be expected to."""
    if name not in NETWORKS:
        return outcome(name).errors
    return np.mean([outcome(name, seed).errors for seed in SEEDS], axis=0)


def free_speed():
    corridor, split = corridor_split()
    return corridor.values[split.train].quantile(0.95).to_numpy()


def ladder():
    """C1, C7, C19: all baselines and three networks, with five seeds, on the same origins.

    Yields:
        Rows: mae, mae pooled, rmse and mae in congestion (km/h), costs, and gains over the last
        value and over the best baseline at that time ahead; that of the STN over the hybrid.
    """
    names = [*_baselines(), "feed_forward", "cnn_lstm", "stn"]
    jam = scene().truth < JAM * free_speed()
    for name in names:
        for seed in SEEDS if name in NETWORKS else ("all",):
            found = outcome(name, seed) if name in NETWORKS else outcome(name)
            for place, (minutes, step) in enumerate(STEPS.items()):
                error = found.errors[:, place]
                known = {"seed": seed, "minutes": minutes}
                yield row("ladder", name, "mae", np.nanmean(error), **known)
                yield row("ladder", name, "mae pooled", found.pooled[minutes], **known)
                yield row("ladder", name, "rmse", found.rmse[minutes], **known)
                jammed = np.nanmean(error[jam[:, step - 1]])
                yield row("ladder", name, "mae", jammed, where="congestion", **known)
            for measure, value in found.costs.items():
                yield row("ladder", name, measure, value, seed=seed)
    for place, minutes in enumerate(STEPS):
        errors = {name: over_seeds(name)[:, place] for name in names}
        best = min(_baselines(), key=lambda name: np.nanmean(errors[name]))
        for name in names:
            for other in {"last value", best} - {name}:
                pair = errors[name], errors[other]
                yield gain_row("ladder", name, other, *pair, minutes)
        pair = errors["stn"], errors["cnn_lstm"]
        yield gain_row("ladder", "stn", "cnn_lstm", *pair, minutes)


def walk():
    """C4: the STN with five seeds, and all baselines, on each of the last four weeks of corridor.

    Before a week, the week before it chooses the epoch, and all before that is learned from.

    Yields:
        Rows: mae an hour ahead (km/h) of each week, and the gain of the STN over the baseline that
        is best in that week.
    """
    corridor, _ = corridor_split()
    week = 7 * DAY
    for number, (_, test) in enumerate(walk_forward(len(corridor.values), 4 * week, week), 5):
        train, validation = slice(0, test.start - week), slice(test.start - week, test.start)
        split, where = Split(train, validation, test), f"week {number}"
        errors = {
            name: fit_and_test(model, corridor, split).errors[:, 2]
            for name, model in _baselines().items()
        }
        best = min(errors, key=lambda name: np.nanmean(errors[name]))
        of_seeds = [fit_and_test(network("stn", n), corridor, split).errors[:, 2] for n in SEEDS]
        for name, error in errors.items():
            yield row("walk", name, "mae", np.nanmean(error), where=where, minutes=60)
        for seed, error in zip(SEEDS, of_seeds):
            yield row("walk", "stn", "mae", np.nanmean(error), where=where, seed=seed, minutes=60)
        pair = np.mean(of_seeds, axis=0), errors[best]
        yield gain_row("walk", "stn", best, *pair, 60, where=where)


def events():
    """C18: errors of the STN around incidents and on event evenings, announced and not.

    An incident counts at its detector and the five before it, to one hour after it; a match on
    the whole road, to one hour after.

    Yields:
        Rows: mae (km/h) of the STN and of the last value, and the gain of the first.
    """
    for where, mask in event_masks().items():
        for place, (minutes, step) in enumerate(STEPS.items()):
            inside = mask[:, step - 1]
            errors = {name: over_seeds(name)[:, place] for name in ("stn", "last value")}
            for name, error in errors.items():
                value = np.nanmean(error[inside])
                yield row("events", name, "mae", value, where=where, minutes=minutes)
            pair = errors["stn"], errors["last value"]
            yield gain_row("events", "stn", "last value", *pair, minutes, inside, where)


def event_masks():
    corridor, _ = corridor_split()
    columns, later = list(corridor.values.columns), pd.Timedelta("1h")
    wide = []
    for event in corridor.events.to_dict("records"):
        if event["kind"] not in ("incident", "event", "unannounced_event", "holiday"):
            continue
        after = pd.Timedelta(0) if event["kind"] == "holiday" else later
        end = min(event["end"] + after, corridor.values.index[-1])
        nodes = [event["node"]]
        if event["kind"] == "incident":
            place = columns.index(event["node"])
            nodes = [n for n in columns[max(place - 5, 0) : place + 1] if n[:2] == nodes[0][:2]]
        wide += [event | {"node": node, "end": end} for node in nodes]
    data = SpatioTemporalDataset(
        corridor.name, corridor.values, corridor.unit, events=pd.DataFrame(wide)
    )
    masks = {
        "incidents": event_mask(scene(), data, "incident"),
        "announced match": event_mask(scene(), data, "event"),
        "unannounced match": event_mask(scene(), data, "unannounced_event"),
        "holiday": event_mask(scene(), data, "holiday"),
    }
    masks["elsewhere"] = ~np.any(list(masks.values()), axis=0)
    return masks


def decisions():
    """C3: warn of a jam 30 minutes ahead, where a missed jam costs five times a false alarm.

    Yields:
        Rows: mae 30 minutes ahead (km/h), cost of the warnings for 1,000 targets, and gains in
        cost of the forecasts over the last value; the quantile network warns by its median and by
        the quantile that fits the costs.
    """
    truth = scene().truth[:, STEPS[30] - 1]
    limit = JAM * free_speed()
    said = {name: [outcome(name).half_hour] for name in _baselines()}
    for name in ("feed_forward", "cnn_lstm", "stn"):
        said[name] = [outcome(name, seed).half_hour for seed in SEEDS]
    for name, place in (("quantile network, median", 2), ("quantile network, sixth", 1)):
        said[name] = [quantiles_said(seed)[:, STEPS[30] - 1, :, place] for seed in SEEDS]
    costs = {}
    for name, forecasts in said.items():
        found = [_warning_cost(forecast < limit, truth < limit) for forecast in forecasts]
        costs[name] = np.where(np.isnan(truth), np.nan, np.mean(found, axis=0))
        error = np.nanmean([np.abs(forecast - truth) for forecast in forecasts])
        cost = 1000 * np.nanmean(costs[name])
        yield row("decisions", name, "mae", error, minutes=30)
        yield row("decisions", name, "cost", cost, minutes=30)
    for name in costs:
        if name != "stn":
            found = gain_row("decisions", name, "stn", costs[name], costs["stn"], 30)
            yield found | {"measure": "gain in cost"}
            errors = [
                np.mean([np.abs(forecast - truth) for forecast in said[each]], axis=0)
                for each in (name, "stn")
            ]
            yield gain_row("decisions", name, "stn", *errors, 30)


def _warning_cost(warned, jam):
    return MISSED * (jam & ~warned) + FALSE_ALARM * (warned & ~jam)


@functools.cache
def quantiles_said(seed):
    """Quantile forecasts (origin, horizon, node, quantile) on the test part."""
    corridor, _ = corridor_split()
    fitted = outcome("loss quantile", seed).forecaster
    return fitted.quantile_forecasts(corridor, scene().origins)


def dropped(shares=DROPPED):
    """Sensors that fall silent in the test part: 5, 20 and 50 % of them, three draws.

    Args:
        shares: Shares of the detectors.

    Yields:
        Rows: mae an hour ahead (km/h), over all detectors and over the silent ones, whose truth
        stays known to the judge.
    """
    corridor, split = corridor_split()
    models = ["last value", "historical average", "neighbour autoregression", "feed_forward", "stn"]
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(corridor.shape[1])
        for share in (0.0, *shares):
            silent = np.isin(np.arange(corridor.shape[1]), order[: round(share * len(order))])
            values = corridor.values.copy()
            values.iloc[split.test, silent] = np.nan
            data = SpatioTemporalDataset(
                "silent", values, corridor.unit, corridor.adjacency, calendar=corridor.calendar
            )
            for name in models:
                fitted = (outcome(name, seed) if name in NETWORKS else outcome(name)).forecaster
                result = backtest(fitted, data, split.test, lookback=12, step=12)
                truth = scene().truth[::12, 11]
                error = np.abs(result.forecast[:, 11] - truth[: len(result.forecast)])
                known = {"seed": seed, "minutes": 60}
                yield row(
                    "dropped", name, "mae", np.nanmean(error), where=f"{share:.0%} silent", **known
                )
                if share:
                    yield row(
                        "dropped", name, "mae", np.nanmean(error[:, silent]),
                        where=f"the silent {share:.0%}", **known,
                    )  # fmt: skip
