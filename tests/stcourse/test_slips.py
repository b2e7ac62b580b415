"""Wrong answers that are on no page of mistakes: what is drawn must hold a case that tells."""

import numpy as np
import pandas as pd
import pytest

from stcourse.engine.judge import judge
from stcourse.exercises import find


def steps_of(minutes, interval, pooled):
    step = minutes // interval
    return slice(0, step) if pooled else slice(step - 1, step)


def ignores_pooled_for_mae(forecast, target, minutes, interval, pooled, measure):
    pooled = pooled and measure == "RMSE"
    error = (forecast - target)[:, steps_of(minutes, interval, pooled)]
    return np.sqrt(np.nanmean(error**2)) if measure == "RMSE" else np.nanmean(np.abs(error))


def mean_of_the_steps_means(forecast, target, minutes, interval, pooled, measure):
    error = (forecast - target)[:, steps_of(minutes, interval, pooled)]
    if measure == "RMSE":
        return np.sqrt(np.nanmean(error**2))
    return np.nanmean(np.abs(error), axis=(0, 2)).mean()


def missing_errs_by_nothing(forecast, target, minutes, interval, pooled, measure):
    error = (forecast - target)[:, steps_of(minutes, interval, pooled)]
    if measure == "RMSE":
        return np.sqrt(np.nanmean(error**2))
    return np.abs(np.nan_to_num(error)).mean()


def flat_slope(z):
    return 1 - np.tanh(z.ravel()) ** 2


def slope_entry_by_entry(z):
    return np.array([1 - float(np.tanh(each)) ** 2 for each in z])


def slope_into_a_row(z):
    slope = np.zeros(len(z))
    for place, each in enumerate(z):
        slope[place] = 1 - np.tanh(each) ** 2
    return slope


def whole_vehicles(speed, flow, kilometres, free_speed):
    lost = np.maximum(kilometres / speed - kilometres / free_speed, 0)
    return (flow // 12 * lost).sum()


def whole_vehicles_of_five_minutes(speed, flow, kilometres, free_speed):
    lost = np.maximum(kilometres / speed - kilometres / free_speed, 0)
    return (5 * flow // 60 * lost).sum()


def departure(minutes, deadline, share):
    left = (deadline - minutes.index) / pd.Timedelta(minutes=1)
    good = minutes.index[(minutes.to_numpy() <= left.to_numpy()[:, None]).mean(axis=1) >= share]
    return good[-1] if len(good) else pd.NaT


def rounded_minutes(minutes, deadline, share):
    return departure(minutes.round(), deadline, share)


def cut_minutes(minutes, deadline, share):
    return departure(minutes.astype(int), deadline, share)


def alarms_in_rows(alarms, incidents, days, place_of):
    goes_off = alarms & ~alarms.shift(fill_value=False)
    false, delays = goes_off.copy(), []
    for start, end in zip(incidents["start"], incidents["end"]):
        hits = goes_off.loc[start:end]
        false.loc[start:end] = False
        if hits.any():
            first = alarms.index.get_loc(hits.idxmax())
            delays.append(5 * (first - place_of(alarms.index, start)))
    return len(delays), np.mean(delays) if delays else np.nan, false.sum() / days


def rows_times_five(alarms, incidents, days):
    return alarms_in_rows(alarms, incidents, days, lambda index, time: index.searchsorted(time))


def starts_looked_up(alarms, incidents, days):
    return alarms_in_rows(alarms, incidents, days, lambda index, time: index.get_loc(time))


def two_hops_only(adjacency, hops):
    links = (adjacency > 0).astype(int)
    reach = np.eye(len(links), dtype=int)
    if hops > 0:
        reach = reach + links
    if hops > 1:
        reach = reach + links @ links
    return reach > 0


def without_the_diagonal(adjacency):
    bare = adjacency * (1 - np.eye(len(adjacency)))
    bare = bare + np.diag((bare.sum(axis=1) == 0).astype(float))
    return bare / bare.sum(axis=1, keepdims=True)


def into_whole_numbers(adjacency):
    shares = np.zeros_like(adjacency)
    for node, row in enumerate(adjacency):
        shares[node] = row / row.sum() if row.sum() else np.arange(len(row)) == node
    return shares


def float_positions(rows, validation, test, gap):
    start = rows - test - gap - validation
    bounds = (0, start - gap), (start, start + validation), (rows - test, rows)
    return tuple(np.linspace(first, stop - 1, stop - first) for first, stop in bounds)


def slices_for_positions(rows, validation, test, gap):
    start = rows - test - gap - validation
    return slice(start - gap), slice(start, start + validation), slice(rows - test, rows)


def fails_with_more_taps_than_steps(inputs, value_weights, kernel_weights, kernel_bias):
    filters = value_weights.shape[1]
    values = inputs @ value_weights
    kernel = np.tanh(inputs @ kernel_weights + kernel_bias)
    kernel = kernel.reshape(*inputs.shape[:2], -1, filters)
    result = kernel[:, :, 0] * values
    for tap in range(1, kernel.shape[2]):
        result[tap:] += kernel[tap:, :, tap] * values[: len(values) - tap]
    return result


SLIPS = [
    ("5.7", ignores_pooled_for_mae),
    ("5.7", mean_of_the_steps_means),
    ("5.7", missing_errs_by_nothing),
    ("2.2", flat_slope),
    ("2.2", slope_entry_by_entry),
    ("2.2", slope_into_a_row),
    ("6.4", whole_vehicles),
    ("6.4", whole_vehicles_of_five_minutes),
    ("6.1", rounded_minutes),
    ("6.1", cut_minutes),
    ("6.2", rows_times_five),
    ("6.2", starts_looked_up),
    ("3.6", two_hops_only),
    ("3.5", without_the_diagonal),
    ("3.5", into_whole_numbers),
    ("2.5", float_positions),
    ("2.5", slices_for_positions),
    ("4.2", fails_with_more_taps_than_steps),
]


@pytest.mark.parametrize(("exercise", "answer"), SLIPS, ids=[slip.__name__ for _, slip in SLIPS])
def test_a_slip_is_not_let_through(exercise, answer):
    verdict = judge(find(exercise), answer)
    assert verdict.kind == "not right", verdict.line
    assert verdict.sentence
