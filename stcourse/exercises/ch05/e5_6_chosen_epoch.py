"""5.6: report the error at an epoch that the validation part chose."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, matches
from stcourse.exercises.ch05.results import apart, number


def honest_error(validation_errors, test_errors):
    """Report the error of a network that was trained several times.

    Args:
        validation_errors: Array (seed, epoch) in km/h, after each epoch of each training.
        test_errors: Array (seed, epoch) in km/h, likewise.

    Returns:
        One number in km/h: the mean over the seeds of the test error, each training stopped at
        an epoch that it chose without the test part.
    """
    epochs = validation_errors.argmin(axis=1)
    chosen = test_errors[np.arange(len(epochs)), epochs]
    return chosen.mean()


@st.composite
def _error_curves(draw):
    seeds, epochs = draw(st.integers(2, 3)), draw(st.integers(2, 4))
    levels = st.permutations([2 + place / 4 for place in range(epochs)])  # no two are equal
    validation = np.array([draw(levels) for _ in range(seeds)])
    luck = np.array(draw(st.permutations(range(seeds))))[:, None] / 16
    return {
        "validation_errors": validation + luck,
        "test_errors": draw(arrays(seeds, epochs, low=1, high=5)),
    }


def _test_part_is_blind(answer, case):
    """Test errors of epochs that the validation part did not choose play no part."""
    came = number(call(answer, case))
    chosen = case["validation_errors"].argmin(axis=1)
    for seed, epoch in np.ndindex(*case["test_errors"].shape):
        if epoch == chosen[seed]:
            continue
        for times in (0.1, 10.0):
            changed = case["test_errors"].copy()
            changed[seed, epoch] *= times
            if apart(call(answer, case | {"test_errors": changed}), came):
                raise NotRight(
                    f"Your figure changes with test_errors[{seed}, {epoch}], although the "
                    f"validation error of seed {seed} is lowest at [{seed}, {chosen[seed]}].",
                    reason="not chosen",
                )


def _honest_in_a_loop(validation_errors, test_errors):
    total = 0.0
    for validation, test in zip(validation_errors.tolist(), test_errors.tolist()):
        best = min(range(len(validation)), key=validation.__getitem__)
        total += test[best]
    return total / len(test_errors)


def _honest_along_the_axis(validation_errors, test_errors):
    epochs = np.argmin(validation_errors, axis=1)
    return np.mean(np.take_along_axis(test_errors, epochs[:, None], axis=1))


EXERCISE = Exercise(
    id="5.6",
    title="Find the leak: the chosen epoch",
    section="5.5 A museum of famous errors",
    difficulty=2,
    minutes=4,
    matters="Choosing on the test part is the most comfortable way to be wrong.",
    hints=(
        "Two tables, two jobs: which one may choose, and which one is reported?",
        "`validation_errors.argmin(axis=1)` is the epoch of each seed. Look up the test error "
        "of that seed at that epoch.",
        "`test_errors[np.arange(len(epochs)), epochs]` picks one number a seed; report their mean.",
    ),
    solution=honest_error,
    cases=_error_curves(),
    properties=(_test_part_is_blind, matches(honest_error)),
    mistakes=read_mistakes(honest_error),
    also_right=(_honest_in_a_loop, _honest_along_the_axis),
)
