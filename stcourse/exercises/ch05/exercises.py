"""Exercises of chapter 05: honest errors, honest intervals, and what a table supports."""

from stcourse.engine.exercise import Exercise
from stcourse.engine.properties import matches
from stcourse.exercises.ch05 import bank_bootstrap as bootstrap
from stcourse.exercises.ch05 import bank_days as days
from stcourse.exercises.ch05 import bank_epoch as epoch
from stcourse.exercises.ch05 import bank_errors as errors
from stcourse.exercises.ch05 import bank_intervals as intervals
from stcourse.exercises.ch05 import bank_leaks as leaks
from stcourse.exercises.ch05 import bank_published as published
from stcourse.exercises.ch05 import bank_tables as tables
from stcourse.exercises.ch05 import cases as cases
from stcourse.exercises.ch05 import properties as holds
from stcourse.exercises.ch05.answers import (
    bootstrap_interval,
    conformal_interval,
    honest_error,
    honest_parts,
    like_for_like,
    masked_mae,
    read_table,
    skill_score,
    walk_forward_folds,
)

MASKS = "5.1 Errors with missing values"
SKILL = "5.2 Skill"
WALK = "5.3 Walk forward"
SURE = "5.4 How sure is a difference"
MUSEUM = "5.5 A museum of famous errors"
INTERVALS = "5.6 Intervals for a forecast"
CLAIMS = "5.7 Which claim does a table support"

EXERCISES = (
    Exercise(
        id="5.1",
        title="A mean absolute error with a mask",
        section=MASKS,
        hints=(
            "Which cells of the target are known? Only those enter the sum, and only those are "
            "counted.",
            "`np.isnan(target)` is True where a target is missing; `~` turns it round. A boolean "
            "array in square brackets picks cells.",
            "`np.abs(forecast[known] - target[known]).mean()`.",
        ),
        solution=masked_mae,
        cases=cases.holes(),
        properties=(holds.one_number, holds.errors_alone, matches(masked_mae)),
        mistakes=errors.MASKED,
        also_right=errors.MASKED_ALSO_RIGHT,
    ),
    Exercise(
        id="5.2",
        title="A skill score",
        section=SKILL,
        hints=(
            "Two errors over the same cells, then one minus a fraction. Which cells are the same?",
            "A sum is NaN as soon as one part of it is: `np.isnan(forecast + reference + target)` "
            "is True where any of the three is missing.",
            "Average both absolute errors over the common cells, then `1 - error / "
            "reference_error`.",
        ),
        solution=skill_score,
        cases=cases.three_with_holes(),
        properties=(
            holds.one_number,
            holds.ends_of_skill,
            holds.common_cells,
            matches(skill_score),
        ),
        mistakes=errors.SKILL,
        also_right=errors.SKILL_ALSO_RIGHT,
    ),
    Exercise(
        id="5.3",
        title="Folds that walk forward",
        section=WALK,
        hints=(
            "Draw the first fold as a line: training, gap, test. What moves on in the second?",
            "A fold starts its test `gap` rows after training stops. The next one trains on `test` "
            "rows more.",
            "Repeat while `train_stop + gap + test <= rows`: note the fold, then `train_stop += "
            "test`.",
        ),
        solution=walk_forward_folds,
        cases=cases.rows_to_fold(),
        properties=(holds.folds_in_time,),
        mistakes=days.FOLDS,
        also_right=days.FOLDS_ALSO_RIGHT,
    ),
    Exercise(
        id="5.4",
        title="A block bootstrap",
        section=SURE,
        hints=(
            "Both models were scored on the same rows: subtract first, then there is one series.",
            "`reshape(-1, block)` puts each block in a row. As all blocks are equally long, the "
            "mean of a draw is the mean of its blocks' means.",
            "`block_means[draws]` has the shape of `draws`; take its mean over axis 1, then "
            "`np.percentile(..., [2.5, 97.5])`.",
        ),
        solution=bootstrap_interval,
        cases=cases.two_losses(),
        properties=(holds.paired_blocks, holds.interval),
        mistakes=bootstrap.BOOTSTRAP,
        also_right=bootstrap.BOOTSTRAP_ALSO_RIGHT,
    ),
    Exercise(
        id="5.5",
        title="Find the leak: scale and windows",
        section=MUSEUM,
        hints=(
            "Ask of each line: would its result be another one if the test rows were other ones?",
            "Divide the rows first. Then take mean and deviation of the training rows, over time "
            "alone, and use them for both parts.",
            "Cut each scaled part for itself: a part of n rows has `n - length + 1` windows, put "
            "together with `np.stack`.",
        ),
        solution=honest_parts,
        cases=cases.values_to_part(),
        properties=(holds.no_way_back,),
        mistakes=leaks.PARTS,
        also_right=leaks.PARTS_ALSO_RIGHT,
    ),
    Exercise(
        id="5.6",
        title="Find the leak: the chosen epoch",
        section=MUSEUM,
        hints=(
            "Two tables, two jobs: which one may choose, and which one is reported?",
            "`validation_errors.argmin(axis=1)` is the epoch of each seed. Look up the test error "
            "of that seed at that epoch.",
            "`test_errors[np.arange(len(epochs)), epochs]` picks one number a seed; report their "
            "mean.",
        ),
        solution=honest_error,
        cases=cases.error_curves(),
        properties=(holds.test_part_is_blind, matches(honest_error)),
        mistakes=epoch.HONEST,
        also_right=epoch.HONEST_ALSO_RIGHT,
    ),
    Exercise(
        id="5.7",
        title="Find the flaw: unlike compared with like",
        section=MUSEUM,
        hints=(
            "Three questions about the published figure: which steps, which measure, which cells?",
            "At place 0 is the step one interval ahead, so `minutes // interval` steps lie within "
            "`minutes`, and the last of them is at one place less.",
            "`slice(0, step)` if pooled, else `slice(step - 1, step)`, on axis 1. Then "
            "`np.nanmean` over all that is left, with the root outside of it.",
        ),
        solution=like_for_like,
        cases=cases.published(),
        properties=(holds.known_targets_alone, matches(like_for_like)),
        mistakes=published.LIKE,
        also_right=published.LIKE_ALSO_RIGHT,
    ),
    Exercise(
        id="5.8",
        title="A conformal interval",
        section=INTERVALS,
        hints=(
            "How large were the errors on the validation part? Sort their sizes, each step for "
            "itself.",
            "The rank is `np.ceil((n + 1) * coverage)`, counted from 1; the first of the sorted "
            "sizes is at place 0.",
            "`np.sort(np.abs(residuals), axis=0)[rank - 1]` is the half width if rank is at most "
            "n, else `np.inf`.",
        ),
        solution=conformal_interval,
        cases=cases.residuals(),
        properties=(holds.centred_and_wide_enough,),
        mistakes=intervals.CONFORMAL,
        also_right=intervals.CONFORMAL_ALSO_RIGHT,
    ),
    Exercise(
        id="5.9",
        title="Read a table",
        section=CLAIMS,
        hints=(
            "Which of the columns speak of the difference between two models, and not of one?",
            "A claim holds if it holds for every gain in the interval, from gain_low to gain_high.",
            "Better if gain_low is above 0, worse if gain_high is below 0. All else, NaN "
            "included, cannot be told.",
        ),
        solution=read_table,
        cases=cases.results(),
        properties=(holds.one_claim_a_row,),
        mistakes=tables.READING,
        also_right=tables.READING_ALSO_RIGHT,
    ),
)
