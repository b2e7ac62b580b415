"""Wrong answers in other words than a page of mistakes: none is let through, and why is told."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from stcourse.engine import judge as engine
from stcourse.engine.judge import judge
from stcourse.engine.mistakes import mistakes_in
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


def reach_that_doubles(adjacency, hops):
    links = adjacency > 0
    reach = np.eye(len(links), dtype=bool)
    for _ in range(hops):
        reach = (reach @ reach) | links
    return reach


def standstill_taken_for_missing(truth, low, high, now, free_speed):
    jam, inside, known = now < 0.6 * free_speed, (low <= truth) & (truth <= high), truth > 0
    parts = inside[known & ~jam], inside[known & jam]
    return tuple(part.mean() if len(part) else np.nan for part in parts)


SLIPS = [
    ("5.7", ignores_pooled_for_mae),
    ("5.9", standstill_taken_for_missing),
    ("3.6", reach_that_doubles),
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


def calls_len(alarms, incidents, days):
    return len(days)


def other_names(series, incidents, days):
    return 0, np.nan, 0.0


def number_to_a_time(alarms, incidents, days):
    return alarms.index[0] + 1


@pytest.mark.parametrize("answer", [calls_len, other_names, number_to_a_time])
def test_an_error_is_not_taken_for_another_of_its_kind(answer):
    verdict = judge(find("6.2"), answer)
    assert verdict.kind == "not right"
    assert not verdict.diagnosis


@pytest.mark.parametrize("error", [TypeError, ValueError, IndexError, ZeroDivisionError])
@pytest.mark.parametrize("id", ["6.1", "6.2", "6.3", "6.6", "6.8", "6.12"])
def test_an_error_that_no_mistake_makes_gets_no_reason(id, error):
    def fails(**arguments):
        raise error("something else")

    verdict = judge(find(id), fails)
    assert "something else" in verdict.sentence
    assert not verdict.diagnosis


def test_what_should_be_zero_is_told_as_zero():
    cases = []
    engine._draw(find("6.9").cases, engine.EXAMPLES, cases.append)
    errors = np.concatenate([find("6.9").solution(**case) for case in cases])
    assert (errors == 0).any()
    assert errors[errors != 0].min() > 1


@pytest.mark.parametrize(("exercise", "answer"), SLIPS, ids=[slip.__name__ for _, slip in SLIPS])
def test_a_slip_is_not_let_through(exercise, answer):
    verdict = judge(find(exercise), answer)
    assert verdict.kind == "not right", verdict.line
    assert verdict.sentence


# Reasons. Each slip is an edit of the reference, written as on a page of mistakes.


REASONS = {
    "0.1": {
        "return 60 * speed / kilometres": "upside down",
        "return math.ceil(60 * kilometres / speed)": "rounded up",
        "return kilometres / speed, 'h'": "is a tuple, expected a number",
        "return 60 / speed": "one kilometre",
    },
    "1.1": {
        "return pd.concat([fine.resample('15min', label='right').mean(), coarse.set_axis("
        "coarse.index - ahead)], axis=1, join='inner')": "stamped with the end",
        "return fine.resample('15min').mean().join(coarse.set_axis(coarse.index + ahead),"
        " how='outer')": "And the other",
    },
    "1.4": {
        "lag * 5 / 60 => abs(lag) / 12": "amount of the lag",
        "return lag, speed => return [speed, lag]": "changed places",
        "up.corr(down.shift(lag)) => up.cov(down.shift(lag))": "covariance",
    },
    "1.5": {
        "return np.tile(history.dropna().to_numpy()[-1], (horizon, 1))": "without any gap",
        "return np.tile(np.nan_to_num(history.to_numpy())[-1], (horizon, 1))": "has become 0",
        "return np.repeat(history.ffill().to_numpy()[-1], horizon).reshape(horizon, -1)": (
            "nodes and steps are mixed"
        ),
        "return history.ffill().iloc[[-1] * horizon]": "`.to_numpy()` makes one of it",
    },
    "2.1": {
        "return np.dot(inputs, weights + bias)": "added to the weights",
        "return np.array([row @ weights + bias.mean() for row in inputs])": "mean of all biases",
        "return abs(inputs @ weights + bias)": "signs are dropped",
    },
    "2.2": {
        "return 1 - np.tanh(z**2)": "squared before tanh",
        "return np.exp(-z) / (1 + np.exp(-z)) ** 2": "slope of the sigmoid",
        "return [1 - np.tanh(each) ** 2 for each in z]": "makes one of it",
    },
    "2.3": {
        "1 - hidden**2 => 1 - hidden": "minus its square",
        "z = inputs @ weights_1 + bias_1 => z = inputs @ weights_1 + 0 * bias_1 ;; "
        "hidden @ weights_2 + bias_2 => hidden @ weights_2 + 0 * bias_2": "biases are left out",
    },
    "2.4": {
        "return past, future => return list(past), list(future)": "makes one of it",
        "return past, future => return future, past": "past first",
        "origin : origin + horizon => origin : origin + horizon - 1": "misses its last row",
    },
    "2.5": {
        "return ( => return np.arange(test_start, rows), np.arange(validation_start, "
        "validation_stop), np.arange(train_stop)\\n    return (": "test first",
        "- gap => - gap + (gap > 0)": "a row short",
        "np.arange(train_stop) => np.arange(validation_start)[:-gap]": "-0 is 0",
        "return ( => places = np.arange(rows); return places < train_stop, (validation_start <= "
        "places) & (places < validation_stop), places >= test_start\\n    return (": (
            "`np.flatnonzero` gives the positions"
        ),
        "np.arange => float(0) + np.arange": "decimal numbers",
    },
    "2.6": {
        "return (train - mean) / deviation, (later - mean) / deviation => "
        "return (train - mean) / deviation": "is result 1 of 2 alone. Return both",
        "np.nanstd(train, axis=0) => np.nanstd(later, axis=0)": "word from the future",
    },
    "3.1": {
        "return matrix => return sparse.csr_array(matrix)": "`.toarray()` makes one of it",
        "return matrix => import tensorflow as tf; return tf.constant(matrix)": (
            "`.numpy()` makes one of it"
        ),
        "return matrix => return np.eye(len(nodes)) + matrix": "Each node is linked to itself",
        "in edges: => in edges[-1:]:": "Only the last edge",
    },
    "3.2": {
        "np.diag(degree) - adjacency => sparse.csr_matrix(np.diag(degree) - adjacency)": (
            "`.toarray()` makes one of it"
        ),
        "return degree, => return": "is result 2 of 2 alone. Return both",
        "- adjacency => - adjacency @ adjacency": "multiplied by itself",
    },
    "3.3": {
        "np.exp(-((distances / sigma) ** 2)) => 0.5 ** ((distances / sigma) ** 2)": "power of 2",
        "weights < threshold => distances > sigma": "further apart than sigma",
    },
    "3.7": {
        "found = => if acting.sum() == 0: break\\n        found =": "`continue`, not `break`",
    },
    "3.8": {
        "return float => return 0 * float": "All is 0 in every case",
        "np.linalg.eigvals(weights) => np.linalg.eigvals(weights).imag": "real part is left out",
    },
    "4.1": {
        "[padding, inputs] => [np.zeros((taps // 2 * dilation, features)), inputs, padding]": (
            "kernel is centred"
        ),
        "return result => return np.where(np.arange(time)[:, None] < (taps - 1) * dilation, 0, "
        "result)": "The first outputs are 0",
        "result += => result =": "writes over the one before",
        "range(taps) => range(taps - 1)": "last tap is missing",
    },
    "4.2": {
        "range(min(kernel.shape[2], time)) => range(kernel.shape[2])": "more taps than steps",
    },
    "4.4": {
        "return (adjacency.T @ inputs / adjacency.T.sum(axis=1)[:, None] + inputs) / 2": (
            "Two things at once. The adjacency is turned round"
        ),
        "return (adjacency.T @ inputs / np.maximum(adjacency.sum(axis=0), 1e-9)[:, None] + inputs)"
        " / 2": "Two things at once. The adjacency is turned round",
    },
    "4.5": {
        "enter, forget, candidate, leave = => enter, candidate, forget, leave =": (
            "Forget gate and candidate have changed places"
        ),
        "np.tanh(candidate) => candidate": "goes in as it is",
        "return leave * np.tanh(cell), cell => return np.stack([leave * np.tanh(cell), cell])": (
            "is one array that holds 2 results. Return both"
        ),
    },
    "4.6": {
        "np.maximum(numpy_layers.causal_conv(flat, filters) + filter_bias, 0) => "
        "(numpy_layers.causal_conv(flat, filters) + filter_bias) ;; "
        ".reshape(nodes, horizon) => .reshape(horizon, nodes).T": "no ReLU: ",
    },
    "5.1": {
        "return np.nanmax(np.abs(forecast - target))": "largest error",
        "return np.abs(forecast - target)": "errors of all cells",
        "return np.nanmean(abs(forecast[-1] - target[-1]))": "last time is scored",
    },
    "5.2": {
        "return np.mean(1 - np.abs(forecast - target) / np.abs(reference - target))": (
            "You divide in each cell, where 0 / 0"
        ),
        "1 - error / reference_error => abs(1 - error / reference_error)": "sign of the skill",
    },
    "5.3": {
        "return ((stop, stop + gap, stop + gap + test) for stop in "
        "range(first_train, rows - gap - test + 1, test))": "square brackets make the whole list",
        "return folds => return folds[::-1]": "The last fold stands first",
        "return folds => return [{'train_stop': fold[0]} for fold in folds]": "Fold 0 is {'train",
        "return folds => return sum(folds, ())": "Each fold is a tuple of three of its own",
    },
    "5.7": {
        "step = minutes // interval => step = minutes": "minutes for a number of steps",
        "np.sqrt(np.nanmean(error**2)) => np.nanmean(error**2, axis=(0, 2)).__pow__(0.5).mean()": (
            "The RMSE of each step"
        ),
        "return 1.0": "All is 1 in every case",
    },
    "5.8": {
        "* coverage => * 0.9": "You take 0.9 for the coverage",
        "sizes[rank - 1] if => np.quantile(sizes, coverage, axis=0, method='higher') if": (
            "method higher takes"
        ),
    },
    "5.9": {
        "jam = now < 0.6 * free_speed => jam = now < 0.6 * free_speed; "
        "jam = jam | jam.any(axis=1)[:, None]": "a whole row as a jam",
        "jam = now < => jam = truth <": "You sort by `truth`",
    },
    "6.1": {
        "<= left => > left": "share of the columns that arrive late",
        "good[-1] if len(good) else pd.NaT => minutes.index[0]": "whatever the table holds",
        "good = minutes.index[on_time >= share] => good = np.flatnonzero(on_time >= share)": (
            "label, a time: `minutes.index"
        ),
        "good = minutes.index[on_time >= share] => good = np.flatnonzero(on_time >= share) "
        ";; pd.NaT => None": "number of the row, and None",
        ">= share => >= 0.75": "0.75 for the share",
        "last = [minutes.index[(minutes[c] <= (deadline - minutes.index) / "
        "pd.Timedelta('1min')).to_numpy()].max() for c in minutes]; return "
        "pd.Series(last).quantile(1 - share, interpolation='lower')": (
            "latest departure in each column"
        ),
        "return minutes.index[0]": "(Tried with leaving 07:00 takes",
    },
    "6.3": {
        "bus_cost * buses => bus_cost / seats * np.minimum(boardings, seats * buses[:, None])"
        ".mean(axis=1)": "paid only as far as it is full",
        "np.arange(math.ceil(boardings.max() / seats) + 1) => np.arange(1, "
        "math.ceil(boardings.max() / seats) + 2) ;; np.argmin => 1 + np.argmin": (
            "You begin with one bus"
        ),
        "return int(np.argmin([bus_cost * n + left_cost * np.maximum(boardings - n, "
        "0).mean() for n in range(int(boardings.max()) + 1)]))": "one seat each",
    },
    "6.4": {
        "(vehicles * lost).sum() => (vehicles * lost).sum() / vehicles.sum()": (
            "mean delay of a vehicle"
        ),
        "kilometres / speed - kilometres / free_speed => kilometres / speed - 1 / free_speed": (
            "for one kilometre"
        ),
        "return (vehicles * lost).sum() => return vehicles * lost": "Add all of them up",
        "return (flow * 5 / 60 * (free_speed - speed) / free_speed).sum()": "pay some of it back",
        "return (flow / 12 * kilometres * (1 - speed / free_speed).clip(0) / free_speed).sum()": (
            "twice the time"
        ),
        "return sum(max(node, 0) for node in (flow / 12 * kilometres * (1 / speed - 1 / "
        "free_speed)).sum(axis=0))": "add up each node and stop at zero after",
    },
    "6.6": {
        "admissions[delay:] += share * cases[: days - delay] => admissions += share * cases": (
            "on the day of the case"
        ),
        "return taken => return taken[-7:]": "last seven days",
        "max(day - stay + 1, 0) => abs(day - stay + 1)": "sign of the start is dropped",
        "return np.convolve(np.convolve(cases.flatten(), admitted)[: cases.size], "
        "np.ones(stay))[: cases.size].reshape(cases.shape)": "You flatten the table",
        "admissions[delay:] += share * cases[: days - delay] => admissions[:, delay:] += "
        "share * cases[:, : max(cases.shape[1] - delay, 0)]": "shares go along the regions",
        "np.zeros(cases.shape), np.zeros(cases.shape) => np.zeros(cases.shape, dtype=int), "
        "np.zeros(cases.shape)": "cannot take fractions",
        "taken[day] = admissions[max(day - stay + 1, 0) : day + 1].sum(axis=0) => "
        "taken[day] = (taken[day - 1] if day else 0) + admissions[day] - admissions[day - "
        "stay]": "Before day `stay` nobody leaves",
        "for day in range(days): => admissions = np.array([np.convolve(one, admitted, "
        "mode='same')[:days] for one in cases.T]).T\\n    for day in range(days):": (
            "admitted before they are cases"
        ),
    },
    "6.7": {
        "return past.mean() => past = np.array([counts[week - season * year + way * offset] for "
        "year in range(1, years + 1) for offset in range(1, half + 1) for way in (-1, 1)])"
        "\\n    return past.mean()": "leave out the same week",
        "np.concatenate(rows) => [row for year in range(-years, years + 1) if year != 0 for"
        " row in week + season * year + offsets if row < len(counts)]": "later years as well",
        "past = counts[np.concatenate(rows)] => past = counts[:week][-half:] if half else "
        "counts[:0]": "weeks just before the judged one",
        "return past.mean() => past = np.append(past, counts[week - half : week])\\n    "
        "return past.mean()": "are added to those of earlier years",
        "np.arange(-half, half + 1) => np.arange(-(half // 2), half // 2 + 1)": "You halve `half`",
        "return past.mean() + 2 * past.std(ddof=1) => return np.mean([counts[row].mean() + "
        "2 * counts[row].std(ddof=1) for row in rows])": "year by year",
    },
    "6.5": {
        "start < place <= end => place in range(start + 1, end)": "joins right at the place",
        "np.diff(speed.mean(axis=0)) => -np.diff(speed.mean(axis=0))": "tail of the queue",
        "speed.mean(axis=0) => speed[0, :]": "Only the first time",
        "speed.mean(axis=0) => speed[-1, :]": "Only the last time",
        "speed.mean(axis=0) => np.max(speed, axis=0)": "highest speed of each link",
        "speed.mean(axis=0) => np.median(speed, axis=0)": "median over time",
        "np.diff(speed.mean(axis=0)) => np.diff(np.log(speed.mean(axis=0)))": (
            "a large ratio and a small rise"
        ),
        "return [start <= np.argmin(speed.mean(axis=0)) <= end for start, end in roads]": (
            "You take the slowest link"
        ),
        "place = max([link for link, mean in enumerate(speed.mean(axis=0)) if mean < 60], "
        "default=-1) + 1; return [start < place <= end for start, end in roads]": (
            "last link below 60 km/h"
        ),
    },
    "6.9": {
        "return 100 * durations[0] * np.abs((then - foreseen).sum(axis=1))": "Both bonds are held",
        "return 100 * durations[0] * np.abs(np.diff(then - now, axis=1)[:, 0])": (
            "foreseen is not taken off"
        ),
        "return durations[0] * np.abs(np.diff(then - foreseen, axis=1)[:, 0])": "in per cent",
        "return 100 * (np.abs(then - foreseen) * durations[0]).sum(axis=1)": (
            "signs are dropped for each bond"
        ),
        "return 100 * np.abs(then - foreseen) * durations[0]": "not added up yet",
    },
    "6.2": {
        "return len(days)": "has no len(), on line 2. (Tried with alarms from",
        "(hits[0] - start) / pd.Timedelta(minutes=1) => hits[0] - start": (
            "is a Timedelta, expected a number."
        ),
        "np.mean(delays) if delays => pd.Series(delays).mean() if delays ;; (hits[0] - "
        "start) / pd.Timedelta(minutes=1) => hits[0] - start ;; np.nan => pd.NaT": (
            "where none is found, NaN"
        ),
        "minutes=1 => hours=1": "delay is in hours. Minutes are asked for",
        "/ days => / len(set(alarms.index.date))": "divide by `days`",
        "alarms & ~alarms.shift(fill_value=False) => "
        "alarms.diff().fillna(False).astype(bool)": "not 0 at both edges",
    },
    "6.8": {
        "from sklearn.metrics import r2_score; return r2_score(prices[1:], forecasts[1:])": (
            "This is R squared, which"
        ),
        "from sklearn.metrics import r2_score; return r2_score(prices, forecasts)": (
            "`r2_score` takes no NaN"
        ),
        "return np.corrcoef(prices[1:].ravel(), forecasts[1:].ravel())[0, 1]": (
            "correlation of prices and forecasts"
        ),
    },
    "6.12": {
        "around = values[:, row > 0] => around = np.where(row > 0, values, 0) if row.any() "
        "else values[:, :0]": "no neighbours stand in your median with 0",
    },
}
SLIPS_WITH_REASON = [
    pytest.param(exercise, slip, reason, id=f"{exercise}-{number}")
    for exercise, slips in REASONS.items()
    for number, (slip, reason) in enumerate(slips.items())
]


@pytest.mark.parametrize(("id", "slip", "reason"), SLIPS_WITH_REASON)
def test_a_slip_is_told_with_its_reason(id, slip, reason, monkeypatch):
    monkeypatch.setattr(engine, "SECONDS_TO_SHRINK", 0.0)  # the reason needs no smallest case
    exercise = find(id)
    page = f"slip: {slip}\n    A sentence.\n"
    (made,) = mistakes_in(page, exercise.solution, np=np, pd=pd, math=math, sparse=sparse)
    verdict = judge(dataclasses.replace(exercise, seconds=6 * exercise.seconds), made.answer)
    assert verdict.kind == "not right"
    assert reason in verdict.line
