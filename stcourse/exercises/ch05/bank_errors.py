"""Wrong answers that learners give to exercises 5.1 and 5.2, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake

# 5.1


def _known_and_not_zero(forecast, target):
    known = ~np.isnan(target) & (target != 0)
    return np.abs(forecast - target)[known].mean()


def _filled_with_mean(forecast, target):
    return np.abs(forecast - np.where(np.isnan(target), np.nanmean(target), target)).mean()


def _masked_in_a_loop(forecast, target):
    total, count = 0.0, 0
    for ours, truth in zip(forecast.ravel().tolist(), target.ravel().tolist()):
        if truth == truth:  # only NaN differs from itself
            total += abs(ours - truth)
            count += 1
    return total / count


MASKED = (
    Mistake(
        "zero for missing",
        lambda forecast, target: np.abs(forecast - np.nan_to_num(target)).mean(),
        "Missing targets count as 0 km/h here, and the forecast is blamed for not saying so: leave "
        "them out.",
    ),
    Mistake(
        "NaN kept",
        lambda forecast, target: np.abs(forecast - target).mean(),
        "A plain mean over all cells: one missing target makes it NaN. Pick the known ones first, "
        "with `np.isnan`, since a comparison with NaN finds nothing.",
    ),
    Mistake(
        "zeros masked too",
        _known_and_not_zero,
        "Targets of 0 km/h are left out: that is a measured standstill, and only NaN is missing.",
    ),
    Mistake(
        "divided by all",
        lambda forecast, target: np.nansum(np.abs(forecast - target)) / target.size,
        "The sum is over the known targets, but it is divided by the number of all: the error "
        "looks smaller the more is missing.",
    ),
    Mistake(
        "RMSE",
        lambda forecast, target: np.sqrt(np.nanmean((forecast - target) ** 2)),
        "This is the RMSE, the root of the mean square, in which large errors weigh more.",
    ),
    Mistake(
        "MSE",
        lambda forecast, target: np.nanmean((forecast - target) ** 2),
        "This is the mean square, in km/h squared: take the size of each error, not its square.",
    ),
    Mistake(
        "sign kept",
        lambda forecast, target: np.nanmean(forecast - target),
        "The errors keep their sign, so too high and too low cancel: this is the bias.",
    ),
    Mistake(
        "size of the mean",
        lambda forecast, target: abs(np.nanmean(forecast - target)),
        "The mean is taken first and its size afterwards: the size has to be taken of each error.",
    ),
    Mistake(
        "median",
        lambda forecast, target: np.nanmedian(np.abs(forecast - target)),
        "This is the median of the errors, which does not see the largest of them: take the mean.",
    ),
    Mistake(
        "mean of the nodes' means",
        lambda forecast, target: np.nanmean(np.nanmean(np.abs(forecast - target), axis=0)),
        "Each node is averaged first, so a node with few known targets counts as much as a full "
        "one: each target counts once.",
    ),
    Mistake(
        "mean of the times' means",
        lambda forecast, target: np.nanmean(np.nanmean(np.abs(forecast - target), axis=1)),
        "Each time is averaged first, so a time with few known targets counts as much as a full "
        "one: each target counts once.",
    ),
    Mistake(
        "one number a node",
        lambda forecast, target: np.nanmean(np.abs(forecast - target), axis=0),
        "You return one error for each node: asked for is one mean over all known targets.",
    ),
    Mistake(
        "mask turned round",
        lambda forecast, target: np.abs(forecast - target)[np.isnan(target)].mean(),
        "You pick the targets that are missing: `np.isnan` is True for them, and `~` turns it "
        "round.",
    ),
    Mistake(
        "sum",
        lambda forecast, target: np.nansum(np.abs(forecast - target)),
        "You return the sum of the errors, which grows with the number of targets: divide it by "
        "the number of known ones.",
    ),
    Mistake(
        "share of the target",
        lambda forecast, target: np.nanmean(np.abs(forecast - target) / target),
        "Each error is divided by its target: at a standstill that divides by zero, and it is no "
        "error in km/h any more.",
    ),
    Mistake(
        "missing filled with the mean",
        _filled_with_mean,
        "Missing targets are replaced by the mean of the known ones and scored: nobody knows what "
        "they were, so leave them out.",
    ),
)
MASKED_ALSO_RIGHT = (
    lambda forecast, target: np.nanmean(np.abs(forecast - target)),
    _masked_in_a_loop,
)


# 5.2


def _errors(forecast, reference, target):
    """Absolute errors of both in the cells that all three have."""
    common = ~np.isnan(forecast) & ~np.isnan(reference) & ~np.isnan(target)
    return np.abs(forecast - target)[common], np.abs(reference - target)[common]


def _skill_but(score):
    return lambda forecast, reference, target: score(*_errors(forecast, reference, target))


def _own_cells(forecast, reference, target):
    errors = np.nanmean(np.abs(forecast - target)), np.nanmean(np.abs(reference - target))
    return 1 - errors[0] / errors[1]


def _nan_as_no_error(forecast, reference, target):
    errors = (np.nan_to_num(np.abs(by - target)).sum() for by in (forecast, reference))
    return 1 - next(errors) / next(errors)


def _forecast_against_reference(forecast, reference, target):
    common = ~np.isnan(forecast + reference + target)
    apart = np.abs(forecast - reference)[common].mean()
    return 1 - apart / np.abs(reference - target)[common].mean()


def _skill_of_each_node(forecast, reference, target):
    missing = np.isnan(forecast + reference + target)
    errors = [np.where(missing, np.nan, np.abs(by - target)) for by in (forecast, reference)]
    return 1 - np.nanmean(errors[0], axis=0) / np.nanmean(errors[1], axis=0)


def _ratios_without_nan(forecast, reference, target):
    return np.nanmean(1 - np.abs(forecast - target) / np.abs(reference - target))


def _mean_of_skills(forecast, reference, target):
    return np.nanmean(_skill_of_each_node(forecast, reference, target))


def _target_known(forecast, reference, target):
    known = ~np.isnan(target)
    errors = [np.abs(by - target)[known].mean() for by in (forecast, reference)]
    return 1 - errors[0] / errors[1]


def _skill_in_a_loop(forecast, reference, target):
    ours = theirs = 0.0
    for said, other, truth in zip(forecast.ravel(), reference.ravel(), target.ravel()):
        if np.isfinite([said, other, truth]).all():
            ours += abs(said - truth)
            theirs += abs(other - truth)
    return float((theirs - ours) / theirs)


SKILL = (
    Mistake(
        "upside down",
        _skill_but(lambda ours, theirs: 1 - theirs.mean() / ours.mean()),
        "The fraction is upside down: the forecast's error is divided by that of the reference.",
    ),
    Mistake(
        "ratio alone",
        _skill_but(lambda ours, theirs: ours.mean() / theirs.mean()),
        "This is the share of the error that is left: skill is the share that is taken away.",
    ),
    Mistake(
        "sign turned",
        _skill_but(lambda ours, theirs: ours.mean() / theirs.mean() - 1),
        "The sign is turned round: a forecast better than the reference has a skill above 0.",
    ),
    Mistake(
        "per cent",
        _skill_but(lambda ours, theirs: 100 * (1 - ours.mean() / theirs.mean())),
        "This is in per cent: skill is a share, 1 for a perfect forecast.",
    ),
    Mistake(
        "difference of errors",
        _skill_but(lambda ours, theirs: theirs.mean() - ours.mean()),
        "This is a difference in km/h: divide by the reference's error, to compare across data "
        "sets.",
    ),
    Mistake(
        "each on its own cells",
        _own_cells,
        "Each error is taken over its own known cells: who is silent when it is hard then looks "
        "better. Use the cells that all three have, for both.",
    ),
    Mistake(
        "missing as no error",
        _nan_as_no_error,
        "A missing forecast counts as one without error: it would pay to forecast nothing.",
    ),
    Mistake(
        "ratio cell by cell",
        _skill_but(lambda ours, theirs: np.mean(1 - ours / theirs)),
        "The ratio is taken in each cell and then averaged: one cell in which the reference is "
        "almost right decides it all. Average the errors first, then divide.",
    ),
    Mistake(
        "ratio cell by cell, NaN skipped",
        _ratios_without_nan,
        "You divide in each cell and average the skills, without those that are NaN: take the mean "
        "of each error first, then divide once.",
    ),
    Mistake(
        "mean of the nodes' skills",
        _mean_of_skills,
        "You average the skills of the nodes: an easy node counts as much as a hard one. Take the "
        "mean of each error over all common cells first, then divide once.",
    ),
    Mistake(
        "squares",
        _skill_but(lambda ours, theirs: 1 - (ours**2).mean() / (theirs**2).mean()),
        "This compares mean squares: the skill asked for is that of the mean absolute errors.",
    ),
    Mistake(
        "roots of squares",
        _skill_but(lambda ours, theirs: 1 - np.sqrt((ours**2).mean() / (theirs**2).mean())),
        "This compares root mean squares (RMSE): the skill asked for is that of the mean absolute "
        "errors.",
    ),
    Mistake(
        "sign kept",
        lambda forecast, reference, target: (
            1
            - np.nanmean(forecast - target + 0 * reference)
            / np.nanmean(reference - target + 0 * forecast)
        ),
        "The errors keep their sign, so too high and too low cancel: take the size of each error.",
    ),
    Mistake(
        "forecast held against the reference",
        _forecast_against_reference,
        "You measure how far the forecast is from the reference: both are to be held against the "
        "target.",
    ),
    Mistake(
        "one number a node",
        _skill_of_each_node,
        "You return one skill for each node: average the errors over all common cells, and divide "
        "once.",
    ),
    Mistake(
        "target's gaps alone",
        _target_known,
        "You leave out the cells whose target is missing, and no others: a missing forecast or "
        "reference still makes a mean NaN.",
    ),
    Mistake(
        "NaN kept",
        lambda forecast, reference, target: (
            1 - np.abs(forecast - target).mean() / np.abs(reference - target).mean()
        ),
        "The means run over missing cells too and become NaN: pick the cells that all three have.",
    ),
)
SKILL_ALSO_RIGHT = (
    _skill_in_a_loop,
    _skill_but(lambda ours, theirs: float(1 - ours.sum() / theirs.sum())),
)
