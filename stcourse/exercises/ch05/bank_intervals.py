"""Wrong answers that learners give to exercise 5.8, and other right ones."""

from statistics import NormalDist

import numpy as np

from stcourse.engine.exercise import Mistake


def _conformal_but(
    rank=lambda count, coverage: np.ceil((count + 1) * coverage),
    sizes=lambda residuals: np.sort(np.abs(residuals), axis=0),
    times=1,
    capped=False,
    too_few=lambda place, count: place > count,
    unknown=np.inf,
):
    def conformal_interval(residuals, forecast, coverage):
        ordered = sizes(residuals)
        place = int(rank(len(ordered), coverage))
        place = min(place, len(ordered)) if capped else place
        known = not too_few(place, len(ordered))
        half_width = times * ordered[place - 1] if known else unknown
        return forecast - half_width, forecast + half_width

    return conformal_interval


def _interpolated(residuals, forecast, coverage):
    half_width = np.quantile(np.abs(residuals), coverage, axis=0)
    return forecast - half_width, forecast + half_width


def _by_method_higher(residuals, forecast, coverage):
    level = np.ceil((len(residuals) + 1) * coverage) / len(residuals)
    if level > 1:
        return np.full(forecast.shape, -np.inf), np.full(forecast.shape, np.inf)
    half_width = np.quantile(np.abs(residuals), level, axis=0, method="higher")
    return forecast - half_width, forecast + half_width


def _both_tails(residuals, forecast, coverage):
    tails = (1 - coverage) / 2, (1 + coverage) / 2
    low, high = np.quantile(residuals, tails, axis=0)
    return forecast + low, forecast + high


def _bell_curve(residuals, forecast, coverage):
    reach = 1.96 * residuals.std(axis=0)
    return forecast - reach, forecast + reach


def _all_steps(residuals):
    widest = np.sort(np.abs(residuals).ravel())[:, None]
    return np.repeat(widest, residuals.shape[1], axis=1)


def _one_sort_for_all(residuals, forecast, coverage):
    ordered, count = np.sort(np.abs(residuals).ravel()), len(residuals)
    rank = int(np.ceil((count + 1) * coverage))
    half_width = ordered[rank - 1] if rank <= count else np.inf
    return forecast - half_width, forecast + half_width


def _turned(residuals, forecast, coverage):
    return _conformal_but()(residuals, forecast, coverage)[::-1]


def _around_the_bias(residuals, forecast, coverage):
    bias = residuals.mean(axis=0)
    return _conformal_but()(residuals - bias, forecast + bias, coverage)


def _two_signed_ranks(residuals, forecast, coverage):
    ordered, count = np.sort(residuals, axis=0), len(residuals)
    rank = int(np.ceil((count + 1) * coverage))
    if rank > count:
        return forecast - np.inf, forecast + np.inf
    return forecast + ordered[count - rank], forecast + ordered[rank - 1]


def _bell_curve_of_the_coverage(residuals, forecast, coverage):
    reach = NormalDist().inv_cdf((1 + coverage) / 2) * residuals.std(axis=0)
    return forecast - reach, forecast + reach


def _one_array(residuals, forecast, coverage):
    sizes = np.sort(np.abs(residuals), axis=0)
    rank = int(np.ceil((len(sizes) + 1) * coverage))
    return sizes[rank - 1] if rank <= len(sizes) else np.inf


def _half_width_alone(residuals, forecast, coverage):
    low, high = _conformal_but()(residuals, np.zeros(len(forecast)), coverage)
    return low, high


def _by_inverted_cdf(residuals, forecast, coverage):
    count = len(residuals)
    share = np.ceil((count + 1) * coverage) / count
    if share > 1:
        return [np.full(len(forecast), -np.inf), np.full(len(forecast), np.inf)]
    half_width = np.quantile(np.abs(residuals), share, axis=0, method="inverted_cdf")
    return [forecast - half_width, forecast + half_width]


def _step_by_step(residuals, forecast, coverage):
    low, high = np.empty(len(forecast)), np.empty(len(forecast))
    for step, middle in enumerate(forecast):
        sizes = sorted(abs(residual) for residual in residuals[:, step])
        rank = -int(-(len(sizes) + 1) * coverage // 1)
        half_width = sizes[rank - 1] if rank <= len(sizes) else float("inf")
        low[step], high[step] = middle - half_width, middle + half_width
    return low, high


CONFORMAL = (
    Mistake(
        "without the one",
        _conformal_but(rank=lambda count, coverage: np.ceil(count * coverage)),
        "The rank is counted from n: it has to be n + 1, since the new target is one more draw. "
        "With few residuals the interval is too narrow without it.",
    ),
    Mistake(
        "rounded down",
        _conformal_but(rank=lambda count, coverage: max(np.floor((count + 1) * coverage), 1)),
        "The rank is rounded down, so the coverage falls short of what was promised: round up.",
    ),
    Mistake(
        "signed residuals",
        _conformal_but(sizes=lambda residuals: np.sort(residuals, axis=0)),
        "The residuals are sorted with their sign: a forecast that is too high by 5 errs as much "
        "as one too low by 5. Sort their sizes.",
    ),
    Mistake(
        "both tails",
        _both_tails,
        "These are quantiles of the signed residuals, one for each end: asked for is one half "
        "width, from the sizes of the residuals.",
    ),
    Mistake(
        "interpolated quantile",
        _interpolated,
        "This is the plain quantile of the sizes, between two of them and counted from n: take the "
        "k-th smallest, with k counted from n + 1.",
    ),
    Mistake(
        "method higher",
        _by_method_higher,
        "`np.quantile` with the method higher counts the gaps between n values, and lands one "
        "place too far here: the method inverted_cdf, or sorting, gives the k-th smallest.",
    ),
    Mistake(
        "one place too far",
        _conformal_but(rank=lambda count, coverage: np.ceil((count + 1) * coverage) + 1),
        "This is the residual after the k-th smallest: the first stands at place 0.",
    ),
    Mistake(
        "one width for all steps",
        _conformal_but(sizes=_all_steps),
        "All steps share one width: the error grows with the horizon, so each step has residuals "
        "and a width of its own.",
    ),
    Mistake(
        "one sort for all steps",
        _one_sort_for_all,
        "You sort the sizes of all steps together, but count k from the residuals of one step: "
        "sort each step over the origins, for a width of its own.",
    ),
    Mistake(
        "sorted along the steps",
        _conformal_but(sizes=lambda residuals: np.sort(np.abs(residuals), axis=1)),
        "The sizes are sorted along the steps: sort each step over the origins, axis 0.",
    ),
    Mistake(
        "twice as wide",
        _conformal_but(times=2),
        "The interval is twice as wide as it should be: the k-th smallest size is the half width "
        "already.",
    ),
    Mistake(
        "half as wide",
        _conformal_but(times=0.5),
        "The interval is half as wide as it should be: the k-th smallest size reaches to each "
        "side.",
    ),
    Mistake(
        "coverage halved",
        _conformal_but(rank=lambda count, coverage: np.ceil((count + 1) * coverage / 2)),
        "The coverage is halved: sizes have no two sides, so the whole coverage goes in.",
    ),
    Mistake(
        "half of the rest",
        _conformal_but(rank=lambda count, coverage: np.ceil((count + 1) * (1 + coverage) / 2)),
        "The rest is divided by two, as for two tails: sizes have one tail only, so the interval "
        "is wider than asked for.",
    ),
    Mistake(
        "the rest taken for the coverage",
        _conformal_but(rank=lambda count, coverage: np.ceil((count + 1) * (1 - coverage))),
        "The rank comes from 1 - coverage: this interval would miss as often as it should hold.",
    ),
    Mistake(
        "bell curve",
        _bell_curve,
        "These are 1.96 standard deviations: that fits a bell curve and 95 %, and the errors of "
        "traffic have heavier tails. Take the k-th smallest size.",
    ),
    Mistake(
        "bell curve of the coverage",
        _bell_curve_of_the_coverage,
        "These are standard deviations of a bell curve: the errors of traffic have heavier tails. "
        "Take the k-th smallest size.",
    ),
    Mistake(
        "rounded to the nearest",
        _conformal_but(rank=lambda count, coverage: round((count + 1) * coverage)),
        "The rank is rounded to the nearest whole number, which may be the one below: round up.",
    ),
    Mistake(
        "counted from the largest",
        _conformal_but(sizes=lambda residuals: -np.sort(-np.abs(residuals), axis=0)),
        "You take the k-th largest size: sort upwards and count from the smallest.",
    ),
    Mistake(
        "sizes after sorting",
        _conformal_but(sizes=lambda residuals: np.abs(np.sort(residuals, axis=0))),
        "You sort first and take the sizes afterwards, so they are in no order: take the sizes, "
        "then sort them.",
    ),
    Mistake(
        "two ranks of signed residuals",
        _two_signed_ranks,
        "You take one rank at each end of the signed residuals: asked for is one half width, from "
        "their sizes, for both sides.",
    ),
    Mistake(
        "around the bias",
        _around_the_bias,
        "You move the interval by the mean residual: here it reaches as far below as above the "
        "forecast.",
    ),
    Mistake(
        "infinite one too early",
        _conformal_but(too_few=lambda place, count: place >= count),
        "Where k is n, the largest size is the half width: it is infinite only where k is more "
        "than n.",
    ),
    Mistake(
        "NaN for infinite",
        _conformal_but(unknown=np.nan),
        "Where k is more than n your interval is NaN, which says nothing: an infinite one says "
        "that anything may come.",
    ),
    Mistake(
        "no answer for too few",
        _conformal_but(too_few=lambda place, count: False),
        "With few residuals k is more than n, and there is no k-th smallest to pick: the half "
        "width is infinite then.",
    ),
    Mistake(
        "half width for the interval",
        _one_array,
        "You return the half width alone: low and high are the forecast minus it and plus it.",
    ),
    Mistake(
        "capped at n",
        _conformal_but(capped=True),
        "With so few residuals the coverage cannot be promised by any of them: the half width is "
        "then infinite, not the largest.",
    ),
    Mistake(
        "ends swapped",
        _turned,
        "The two ends have changed places: low first.",
    ),
    Mistake(
        "forecast left out",
        _half_width_alone,
        "These ends lie around zero: put them around the forecast.",
    ),
)
CONFORMAL_ALSO_RIGHT = (_by_inverted_cdf, _step_by_step)
