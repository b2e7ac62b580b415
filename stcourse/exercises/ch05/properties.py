"""What must hold of the answers to the exercises of chapter 05, in every case."""

import numpy as np
import pandas as pd

from stcourse.engine.exercise import NotRight
from stcourse.engine.properties import call, compare
from stcourse.engine.wording import kind
from stcourse.exercises.ch05 import answers as answers

CLAIMS = ("better", "worse", "cannot tell")


def one_number(answer, case):
    if np.isnan(_number(call(answer, case))):
        given = [value for value in case.values() if isinstance(value, np.ndarray)]
        why = "the mean of nothing is NaN, so known cells were left out"
        if any(np.isnan(value).any() for value in given):
            why = "one NaN spoils a plain mean, and the mean of nothing is NaN too"
        raise NotRight(f"Your answer is NaN, although enough is known: {why}.", reason="NaN")


def errors_alone(answer, case):
    """What is forecast where nothing is known plays no part, and a sign plays none."""
    came = call(answer, case)
    forecast, target = case["forecast"], case["target"]
    elsewhere = np.where(np.isnan(target), forecast + 100, forecast)
    if _apart(call(answer, {"forecast": elsewhere, "target": target}), came):
        raise NotRight("Your answer changes with the forecast of a target that is missing.")
    mirrored = np.where(np.isnan(target), forecast, 2 * target - forecast)
    if _apart(call(answer, {"forecast": mirrored, "target": target}), came):
        raise NotRight(
            "Your answer changes when each error turns its sign: 3 too high is as wrong as 3 too "
            "low."
        )
    doubled = np.where(np.isnan(target), forecast, 2 * forecast - target)
    if _apart(call(answer, {"forecast": doubled, "target": target}), 2 * came):
        raise NotRight(
            "When each error doubles, your answer does not: a mean absolute error would, since it "
            "is in km/h."
        )


def ends_of_skill(answer, case):
    target, forecast = case["target"], case["forecast"]
    perfect = np.where(np.isnan(forecast), np.nan, target)
    came = _number(call(answer, case | {"forecast": perfect}))
    if _apart(came, 1.0):
        raise NotRight(f"A perfect forecast scores {came:.3g} with you, expected 1.", reason="1")
    came = _number(call(answer, case | {"forecast": case["reference"]}))
    if _apart(came, 0.0):
        raise NotRight(f"The reference scores {came:.3g} with you, expected 0.", reason="0")


def common_cells(answer, case):
    came = call(answer, case)
    for name, other in (("forecast", "reference"), ("reference", "forecast")):
        alone = case[name] + np.where(np.isnan(case[other]), 100, 0)
        if _apart(call(answer, case | {name: alone}), came):
            raise NotRight(
                f"Your answer changes with the {name} in cells where the {other} is missing: both "
                "errors have to come from the same cells."
            )


def folds_in_time(answer, case):
    """Each fold by itself, then the list; a fold may be a tuple, a list or a row of an array."""
    came = call(answer, case)
    if isinstance(came, np.ndarray):
        came = _recorded(answer, came.tolist())
    if not isinstance(came, list | tuple):
        raise NotRight(f"Your answer is {kind(came)}, expected a list of folds.", came=came)
    for place, fold in enumerate(came):
        if not isinstance(fold, list | tuple | np.ndarray) or len(fold) != 3:
            raise NotRight(
                f"Fold {place} is {fold!r:.60}, expected (train_stop, test_start, test_stop).",
                reason="no fold",
            )
        _check_fold(place, *fold, case)
        if place and fold[1] < came[place - 1][2]:
            raise NotRight(
                f"The test part of fold {place} starts at row {fold[1]}, before that of fold "
                f"{place - 1} stops: rows would be tested twice.",
                reason="overlap",
            )
    expected = answers.walk_forward_folds(**case)
    if len(came) != len(expected):
        raise NotRight(
            f"Your list has length {len(came)}, expected {len(expected)}: so many full folds fit "
            f"into {case['rows']} rows.",
            reason=f"{len(came) - len(expected)} folds",
        )
    for place, (ours, theirs) in enumerate(zip(came, expected)):
        for name, row, wanted in zip(("train_stop", "test_start", "test_stop"), ours, theirs):
            compare(row, wanted, name=f"The {name} of fold {place}")


def _check_fold(place, train_stop, test_start, test_stop, case):
    if test_start < train_stop:
        said = f"test_start is {test_start}, before train_stop, {train_stop}"
    elif test_start - train_stop != case["gap"]:
        apart = test_start - train_stop
        said = f"test_start - train_stop is {apart}, expected the gap, {case['gap']}"
    elif test_stop > case["rows"]:
        said = f"test_stop is {test_stop}, beyond the table, whose last stop is {case['rows']}"
    elif test_stop - test_start != case["test"]:
        length = test_stop - test_start
        said = f"test_stop - test_start is {length}, expected the rows of a test, {case['test']}"
    else:
        return
    raise NotRight(f"In fold {place}, {said}.", reason=" ".join(said.split()[:3]))


def paired_blocks(answer, case):
    ends = _two_ends(answer, case)
    blocks = case["draws"].shape[1]
    each_once = case | {"draws": np.tile(np.arange(blocks), (3, 1))}
    mean = float((case["losses_a"] - case["losses_b"]).mean())
    for end in _two_ends(answer, each_once):
        if _apart(end, mean):
            raise NotRight(
                "When each draw takes every block once, both ends have to be the mean of a minus "
                f"b, {mean:.3f}; one of yours is {end:.3f}.",
                reason="each once",
            )
    common = np.arange(len(case["losses_a"])) ** 2 / 4
    both = {name: case[name] + common for name in ("losses_a", "losses_b")}
    if _apart(_two_ends(answer, case | both), ends):
        raise NotRight(
            "Your interval changes when the same losses are added to both models: what is hard "
            "for both says nothing about their difference."
        )


def interval(answer, case):
    expected = answers.bootstrap_interval(**case)
    for name, ours, theirs in zip(("low", "high"), _two_ends(answer, case), expected):
        compare(ours, theirs, name=f"The end {name}")


def _two_ends(answer, case):
    """Low and high, whether they come as a tuple, a list or an array."""
    came = call(answer, case)
    if not isinstance(came, list | tuple | np.ndarray) or len(came) != 2:
        raise NotRight(
            f"Your answer is {kind(came)}, expected two numbers, low and high.", came=came
        )
    return _recorded(answer, [_number(end, "An end") for end in came])


def _recorded(answer, result):
    """Let a result stand in place of the same in another kind, by which mistakes are known."""
    answer.results[-1] = result
    return result


def no_way_back(answer, case):
    """Train does not depend on test rows; test windows depend on training by the scale alone."""
    train, test = _two_parts(call(answer, case))
    start, length = case["test_start"], case["length"]
    later = case["values"].copy()
    later[start:] += 7 + np.arange(len(later) - start)[:, None]
    if _apart(_two_parts(call(answer, case | {"values": later}))[0], train):
        raise NotRight(
            "Your training windows change when rows of the test part change: something of the "
            "test part is in them, in their scale or in their order."
        )
    for name, part, rows in (("train", train, start), ("test", test, len(later) - start)):
        if len(part) != rows - length + 1:
            raise NotRight(
                f"`len({name})` is {len(part)}, expected {rows - length + 1}: so many "
                f"windows of {length} rows begin and end within {rows} rows.",
                reason=f"windows of {name}",
            )
    for name, ours, theirs in zip(("train", "test"), (train, test), answers.honest_parts(**case)):
        compare(ours, theirs, name=f"The part {name}")


def _two_parts(came):
    if not isinstance(came, list | tuple) or len(came) != 2:
        raise NotRight("Expected two parts, train and test.", came=came)
    for part in came:
        if not isinstance(part, np.ndarray) or part.ndim != 3:
            raise NotRight("Each part has to be an array (window, length, node).", came=part)
    return came


def test_part_is_blind(answer, case):
    """Test errors of epochs that the validation part did not choose play no part."""
    came = _number(call(answer, case))
    chosen = case["validation_errors"].argmin(axis=1)
    for seed, epoch in np.ndindex(*case["test_errors"].shape):
        if epoch == chosen[seed]:
            continue
        for times in (0.1, 10.0):
            changed = case["test_errors"].copy()
            changed[seed, epoch] *= times
            if _apart(call(answer, case | {"test_errors": changed}), came):
                raise NotRight(
                    f"Your figure changes with test_errors[{seed}, {epoch}], although the "
                    f"validation error of seed {seed} is lowest at [{seed}, {chosen[seed]}].",
                    reason="not chosen",
                )


def known_targets_alone(answer, case):
    """A forecast beyond the published horizon, or of an unknown target, plays no part."""
    one_number(answer, case)
    came = call(answer, case)
    step = case["minutes"] // case["interval"]
    further = case["forecast"].copy()
    further[:, step:] += 50
    if _apart(call(answer, case | {"forecast": further}), came):
        raise NotRight(
            f"Your error changes with forecasts more than {case['minutes']} minutes ahead.",
            reason="further ahead",
        )
    unknown = np.where(np.isnan(case["target"]), case["forecast"] + 50, case["forecast"])
    if _apart(call(answer, case | {"forecast": unknown}), came):
        raise NotRight("Your error changes with the forecast of a target that is missing.")
    doubled = np.where(
        np.isnan(case["target"]), case["forecast"], 2 * case["forecast"] - case["target"]
    )
    if _apart(call(answer, case | {"forecast": doubled}), 2 * came):
        raise NotRight(
            "When each error doubles, yours does not: MAE and RMSE would, both are in km/h."
        )


def centred_and_wide_enough(answer, case):
    low, high = _low_and_high(call(answer, case), case)
    forecast, sizes = case["forecast"], np.abs(case["residuals"])
    needed = int(np.ceil((len(sizes) + 1) * case["coverage"]))
    for step in range(len(forecast)):
        if not high[step] >= low[step]:
            raise NotRight(f"At [{step}] the low end is not below the high end.", reason="order")
        below, above = forecast[step] - low[step], high[step] - forecast[step]
        if _apart(above, below):
            raise NotRight(
                f"At [{step}] the interval reaches {below:.3g} below the forecast and {above:.3g} "
                "above, expected the same.",
                reason="off centre",
            )
        if needed > len(sizes) and np.isfinite(high[step]):
            raise NotRight(
                f"At [{step}] your interval is finite, although k is {needed} and there are only "
                f"{len(sizes)} residuals.",
                reason="finite",
            )
        half_width = (high[step] - low[step]) / 2
        inside = int((sizes[:, step] <= half_width + 1e-9).sum())
        if inside < min(needed, len(sizes)):
            raise NotRight(
                f"At [{step}] only {inside} of {len(sizes)} validation residuals lie in the "
                f"interval, expected {needed}: it is too narrow.",
                reason="narrow",
            )
    expected = answers.conformal_interval(**case)
    for name, ours, theirs in zip(("low", "high"), (low, high), expected):
        compare(ours, theirs, name=f"The end {name}")


def _low_and_high(came, case):
    if not isinstance(came, list | tuple | np.ndarray) or len(came) != 2:
        shape = f" of shape {came.shape}" if isinstance(came, np.ndarray) else ""
        raise NotRight(
            f"Your answer is {kind(came)}{shape}, expected two arrays, low and high.",
            came=came,
            reason="two arrays",
        )
    for name, end in zip(("low", "high"), came):
        if np.shape(end) != case["forecast"].shape:
            raise NotRight(
                f"The end {name} has shape {np.shape(end)}, expected {case['forecast'].shape}, "
                "that of the forecast.",
                reason="shape",
            )
        if np.isnan(end).any():
            raise NotRight(f"The end {name} is NaN.", came=end)
    return came


def one_claim_a_row(answer, case):
    """The claims may come as a list, a tuple, an array or a Series."""
    came, table = call(answer, case), case["table"]
    if isinstance(came, pd.Series | np.ndarray):
        came = _recorded(answer, came.tolist())
    if not isinstance(came, list | tuple):
        raise NotRight(f"Your answer is {kind(came)}, expected a list of claims.", came=came)
    if len(came) != len(table):
        raise NotRight(
            f"Your list has length {len(came)}, expected {len(table)}: a claim for each row, the "
            "baseline's included.",
            came=came,
            reason=f"{len(came) - len(table)} claims",
        )
    for model, said, expected in zip(table.index, came, answers.read_table(**case)):
        if not isinstance(said, str) or said not in CLAIMS:
            raise NotRight(
                f"For {model} you say {said!r:.40}, expected one of {', '.join(CLAIMS)}.",
                reason="no claim",
            )
        if said != expected:
            row = table.loc[model]
            ends = f"the interval {row['gain_low']:g} to {row['gain_high']:g} %"
            known = "no interval" if np.isnan(row["gain_low"]) else ends
            raise NotRight(
                f"For {model}, with a gain of {row['gain']:g} % and {known}, you say {said!r}, "
                f"expected {expected!r}: {_why(row)}.",
                reason=f"{said} for {expected}",
            )


def _why(row):
    if np.isnan(row["gain_low"]):
        return "nothing says how sure the gain is"
    if row["gain_low"] <= 0 <= row["gain_high"]:
        return "0 %, no gain at all, lies in the interval"
    return f"the whole interval lies {'above' if row['gain_low'] > 0 else 'below'} zero"


def _number(came, name="Your answer"):
    if isinstance(came, np.ndarray) and np.ndim(came):
        raise NotRight(
            f"{name} is an array of shape {came.shape}, expected one number.", reason="array"
        )
    if not isinstance(came, int | float | np.generic | np.ndarray):
        raise NotRight(f"{name} is {kind(came)}, expected one number.")
    return float(came)


def _apart(came, expected):
    """Whether two results, which may be of any kind, differ by more than rounding."""
    try:
        compare(np.asarray(came, dtype="float64"), np.asarray(expected, dtype="float64"))
    except NotRight:
        return True
    return False
