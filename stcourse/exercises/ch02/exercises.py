"""Exercises of chapter 02: a network by hand, windows without a leak, and a net that learns."""

import inspect

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.properties import arrays, call, compare, matches
from stcourse.engine.wording import kind
from stcourse.exercises.ch02 import bank as bank
from stcourse.exercises.ch02 import samples as samples
from stcourse.exercises.ch02 import scaling as scaling
from stcourse.exercises.ch02 import training as training
from stcourse.exercises.ch02.windows import HORIZON, corridor_windows, trained
from stlearn.evaluation.metrics import mae, rmse
from stlearn.networks import numpy_network
from stlearn.networks.numpy_network import backward, dense_forward, tanh_derivative

GRADIENTS = ("weights_1", "bias_1", "weights_2", "bias_2")
PARTS = ("train", "validation", "test")
STEP = 18  # rows from one window that is scored to the next
MARGIN = 0.98


def cut_all_windows(values, lookback, horizon):
    """Cut every complete window out of a table of values.

    Args:
        values: Array (time, node).
        lookback: Rows of past in a window.
        horizon: Rows of future right after them.

    Returns:
        (past, future): arrays (window, lookback, node) and (window, horizon, node), in the order
        of time. Each window starts one row after the one before.
    """
    origins = range(lookback, len(values) - horizon + 1)
    past = np.stack([values[origin - lookback : origin] for origin in origins])
    future = np.stack([values[origin : origin + horizon] for origin in origins])
    return past, future


def split_in_time(rows, validation, test, gap):
    """Split the rows of a table in time: first train, then validation, then test.

    Args:
        rows: Number of rows.
        validation: Number of rows for validation.
        test: Number of rows for test, the last ones.
        gap: Rows left out before validation, and again before test.

    Returns:
        (train, validation, test): three arrays of row positions.
    """
    test_start = rows - test
    validation_stop = test_start - gap
    validation_start = validation_stop - validation
    train_stop = validation_start - gap
    return (
        np.arange(train_stop),
        np.arange(validation_start, validation_stop),
        np.arange(test_start, rows),
    )


def scale_by_training(train, later):
    """Bring both parts to the scale of the training part, each node for itself.

    Args:
        train: Array (time, node) of the training part, NaN where a value is missing.
        later: Array (time, node) of a later part, likewise.

    Returns:
        (train, later): scaled, so that the known training values of each node have mean 0 and
        standard deviation 1. NaN stays NaN.
    """
    mean = np.nanmean(train, axis=0)
    deviation = np.nanstd(train, axis=0)
    return (train - mean) / deviation, (later - mean) / deviation


def train_network(past, future):
    """Train a network, and return a function that forecasts with it.

    Args:
        past: Array (window, 12) in km/h, one hour at one detector in each row.
        future: Array (window, 6) in km/h, the half hour that followed.

    Returns:
        Function that takes an array past (window, 12) in km/h and returns the forecast
        (window, 6) in km/h.
    """
    mean, deviation = past.mean(), past.std()
    limit = 6.0  # km/h; larger changes count as this large

    def features(past):
        differences = past[:, :-1] - past[:, -1:]
        return np.concatenate([differences, past[:, -1:] - mean], axis=1) / deviation

    change = np.clip(future - past[:, -1:], -limit, limit) / limit
    start = numpy_network.new_parameters(inputs=12, units=16, outputs=6)
    parameters = numpy_network.train(start, features(past), change, rate=0.3, epochs=10, batch=32)

    def forecast(past):
        return past[:, -1:] + limit * numpy_network.forward(features(past), *parameters)

    return forecast


# Cases: small, drawn at random, but for the last exercise


@st.composite
def _layer(draw):
    samples, inputs, units = (draw(st.integers(1, 3)) for _ in range(3))
    return {
        "inputs": draw(arrays(samples, inputs)),
        "weights": draw(arrays(inputs, units)),
        "bias": draw(arrays(units)),
    }


@st.composite
def _two_layers(draw):
    samples, inputs, units, outputs = (draw(st.integers(1, most)) for most in (3, 2, 3, 2))
    return {
        "inputs": draw(arrays(samples, inputs, low=-1, high=1)),
        "targets": draw(arrays(samples, outputs)),
        "weights_1": draw(arrays(inputs, units, low=-1, high=1)),
        "bias_1": draw(arrays(units, low=-1, high=1)),
        "weights_2": draw(arrays(units, outputs, low=-2, high=2)),
        "bias_2": draw(arrays(outputs)),
    }


@st.composite
def _table_to_cut(draw):
    lookback, horizon = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rows, nodes = lookback + horizon + draw(st.integers(1, 3)), draw(st.integers(1, 2))
    # The number says where it stands: 21 is row 2, node 1.
    values = 10.0 * np.arange(rows)[:, None] + np.arange(nodes)
    return {"values": values, "lookback": lookback, "horizon": horizon}


@st.composite
def _rows_to_split(draw):
    validation, test, gap = (draw(st.integers(*ends)) for ends in ((1, 4), (1, 4), (0, 3)))
    train = draw(st.integers(1, 6))
    rows = train + gap + validation + gap + test
    return {"rows": rows, "validation": validation, "test": test, "gap": gap}


@st.composite
def _parts_to_scale(draw):
    nodes = draw(st.integers(1, 2))
    # Two known training values that differ, so that no node has a deviation of zero.
    first = draw(arrays(1, nodes, low=20, high=60))
    second = first + draw(arrays(1, nodes, low=1, high=40))
    rest = draw(arrays(draw(st.integers(0, 2)), nodes, low=20, high=100, missing=True))
    later = draw(arrays(draw(st.integers(1, 3)), nodes, low=20, high=100, missing=True))
    return {"train": np.concatenate([first, second, rest]), "later": later}


def _days_not_seen():
    return {"past": corridor_windows("validation", STEP)[0]}


# Properties


def _of_an_array(answer, case):
    try:
        came = call(answer, case)
    except NotRight as fault:
        if "scalar" in str(fault) or "0-dimensional" in str(fault):
            raise NotRight(
                "z is an array, and something in your answer takes single numbers only, as "
                "`math.tanh` does. `np.tanh` works on every entry.",
                reason=fault.reason,
            ) from None
        raise
    compare(came, tanh_derivative(**case))


def _four_gradients(answer, case):
    came = call(answer, case)
    if not isinstance(came, tuple | list) or len(came) != 4:
        raise NotRight(f"Expected four gradients, of {', '.join(GRADIENTS)}.", came=came)
    for name, ours, theirs in zip(GRADIENTS, came, backward(**case)):
        compare(ours, theirs, name=f"The gradient of {name}")


def _three_parts(answer, case):
    """Positions as arrays, lists, ranges or slices."""
    came = call(answer, case)
    if not isinstance(came, tuple | list) or len(came) != 3:
        raise NotRight(f"Expected three parts, {', '.join(PARTS)}.", came=came)
    everything = np.arange(case["rows"])
    for name, ours, theirs in zip(PARTS, came, split_in_time(**case)):
        if not isinstance(ours, slice) and np.ndim(ours) == 0:
            raise NotRight(
                f"The part {name} is {kind(ours)}: expected the positions of its rows.", came=came
            )
        rows = everything[ours] if isinstance(ours, slice) else np.asarray(list(ours))
        compare(rows, theirs, name=f"The part {name}")


def _takes_past_alone(forecast):
    try:
        inspect.signature(forecast, follow_wrapped=False).bind("past")
    except ValueError:
        return  # a built-in without a signature
    except TypeError:
        raise NotRight(
            "This cannot be called with the past alone. Pass what `train_network` returned, not "
            "`train_network` itself."
        ) from None


def _forecasts_in_kmh(answer, case):
    past = case["past"]
    _takes_past_alone(answer.answer)
    came = np.asarray(answer(past))
    expected = (len(past), HORIZON)
    if came.shape != expected:
        raise NotRight(f"The forecasts have the shape {came.shape}, expected {expected}.")
    if came.dtype.kind not in "fiu" or not np.isfinite(came).all():
        raise NotRight("Some forecasts are no finite numbers.", came=came)
    if came.mean() < past.mean() / 2:
        raise NotRight(
            f"The mean of your forecasts is {came.mean():.1f}, that of the past "
            f"{past.mean():.1f} km/h: are the forecasts in km/h, and is the last value added?"
        )
    alone = np.asarray(answer(past[:3]))
    if alone.shape != (3, HORIZON) or not np.allclose(alone, came[:3], atol=0.01):
        raise NotRight(
            "The forecast of a window changes with the other windows that are asked for at the "
            "same time."
        )


def _beats_persistence(answer, case):
    past, future = case["past"], corridor_windows("validation", STEP)[1]
    forecast = np.asarray(answer(past))
    persistence = np.repeat(past[:, -1:], HORIZON, axis=1)
    ours, theirs = ([error(future, by) for error in (mae, rmse)] for by in (forecast, persistence))
    if ours[0] > MARGIN * theirs[0]:
        raise NotRight(
            f"On the validation week its MAE is {ours[0]:.2f} km/h. Persistence has "
            f"{theirs[0]:.2f}, and yours has to be {1 - MARGIN:.0%} lower than that. "
            f"{training.likely_cause(ours, theirs, np.abs(forecast - persistence).mean())}",
            reason="worse than asked for",
        )


EXERCISES = (
    Exercise(
        id="2.1",
        title="A dense layer",
        section="2.1 One neuron, one layer",
        hints=(
            "Write the sum for one sample and one unit first. Which axis do you sum over?",
            "A matrix product sums over the inputs: (sample, input) times (input, unit) gives "
            "(sample, unit). The bias is added to every row.",
            "`inputs @ weights`, then `+ bias`.",
        ),
        solution=dense_forward,
        cases=_layer(),
        properties=(matches(dense_forward),),
        mistakes=bank.LAYER,
        also_right=bank.LAYER_ALSO_RIGHT,
    ),
    Exercise(
        id="2.2",
        title="The slope of tanh",
        section="2.2 Activations",
        hints=(
            "The right panel of the figure shows it: 1 at zero, and it falls on both sides.",
            "The derivative can be written with tanh(z) itself, and a square.",
            "One minus the square of `np.tanh(z)`.",
        ),
        solution=tanh_derivative,
        cases=st.fixed_dictionaries({"z": arrays(st.integers(1, 4))}),
        properties=(_of_an_array,),
        mistakes=bank.DERIVATIVE,
        also_right=bank.DERIVATIVE_ALSO_RIGHT,
    ),
    Exercise(
        id="2.3",
        title="Backward through two layers",
        section="2.3 A loss and its gradient",
        hints=(
            "Go forward first and keep z and hidden. Then go back, from the outputs on.",
            "At the outputs the gradient of the mean square is 2 (outputs - targets) divided by "
            "samples times outputs. At z it is that, times the second weights turned round, times "
            "the derivative of tanh at z.",
            "A weight's gradient is what came in, turned round, times what arrives from behind: "
            "`hidden.T @ to_outputs`, `inputs.T @ to_z`. A bias's is the sum over the samples.",
        ),
        solution=backward,
        cases=_two_layers(),
        properties=(_four_gradients,),
        mistakes=bank.BACKWARD,
        also_right=bank.BACKWARD_ALSO_RIGHT,
    ),
    Exercise(
        id="2.4",
        title="Cut windows",
        section="2.4 Windows",
        hints=(
            "Call the row where the future begins the origin. Which is the first origin, which "
            "the last?",
            "The past of an origin is `values[origin - lookback : origin]`. The last future ends "
            "with the last row, so the last origin is `len(values) - horizon`.",
            "Loop over `range(lookback, len(values) - horizon + 1)` and put the pieces together "
            "with `np.stack`.",
        ),
        solution=cut_all_windows,
        cases=_table_to_cut(),
        properties=(matches(cut_all_windows),),
        mistakes=samples.WINDOWS,
        also_right=samples.WINDOWS_ALSO_RIGHT,
    ),
    Exercise(
        id="2.5",
        title="A split without a leak",
        section="2.5 A split without a leak",
        hints=(
            "Begin at the end: where does the test part start?",
            "Validation stops `gap` rows before the test part starts, train stops `gap` rows "
            "before validation starts.",
            "`np.arange(rows - test, rows)` is the test part. Go on backwards in the same way.",
        ),
        solution=split_in_time,
        cases=_rows_to_split(),
        properties=(_three_parts,),
        mistakes=samples.SPLIT,
        also_right=samples.SPLIT_ALSO_RIGHT,
    ),
    Exercise(
        id="2.6",
        title="A scale from the training part",
        section="2.6 A scale from the past alone",
        hints=(
            "Which rows may be looked at to find mean and deviation? Use the same two for both.",
            "`np.nanmean` and `np.nanstd` pass over what is missing; `axis=0` runs along the time.",
            "`(train - mean) / deviation` and `(later - mean) / deviation`, both with the mean and "
            "deviation of train.",
        ),
        solution=scale_by_training,
        cases=_parts_to_scale(),
        properties=(matches(scale_by_training),),
        mistakes=scaling.SCALE,
        also_right=scaling.SCALE_ALSO_RIGHT,
    ),
    Exercise(
        id="2.7",
        title="A network against persistence",
        section="2.7 The same network in Keras",
        hints=(
            "Four steps: take the scale from past, scale, train on the change from the last "
            "value, and in forecast undo what you did to the targets.",
            "Limit the changes with `np.clip(future - past[:, -1:], -6, 6) / 6`. "
            "`numpy_network.train(numpy_network.new_parameters(12, 16, 6), inputs, change, "
            "rate=0.3, "
            "epochs=10, batch=32)` trains well then; a Keras network with the loss mae needs no "
            "limit.",
            "Inputs: the differences from the last value, and the last value minus the mean, both "
            "divided by the deviation. The inner function: make the same inputs, ask the network "
            "for the change, times 6, plus `past[:, -1:]`.",
        ),
        solution=trained(train_network),
        cases=st.builds(_days_not_seen),
        properties=(_forecasts_in_kmh, _beats_persistence),
        mistakes=training.NETWORK,
        also_right=training.NETWORK_ALSO_RIGHT,
    ),
)
