"""5.8: put a conformal interval around a forecast."""

from statistics import NormalDist

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, compare
from stcourse.engine.wording import kind
from stcourse.exercises.ch05.results import apart


def conformal_interval(residuals, forecast, coverage):
    """Put an interval around a forecast by split conformal prediction, each step for itself.

    Args:
        residuals: Array (origin, horizon) in km/h, target minus forecast on the validation part.
        forecast: Array (horizon,) in km/h.
        coverage: Share of the targets that the interval is to hold, for example 0.9.

    Returns:
        (low, high): two arrays (horizon,), as far below as above the forecast. Of n residuals
        the k-th smallest in size is the half width, k = (n + 1) * coverage rounded up; where k
        is more than n, the half width is infinite.
    """
    sizes = np.sort(np.abs(residuals), axis=0)
    rank = int(np.ceil((len(sizes) + 1) * coverage))
    half_width = sizes[rank - 1] if rank <= len(sizes) else np.inf
    return forecast - half_width, forecast + half_width


@st.composite
def _residuals(draw):
    count, horizon = draw(st.integers(4, 10)), draw(st.integers(1, 2))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    return {
        "residuals": random.integers(-32, 33, size=(count, horizon)) / 4,
        "forecast": draw(arrays(horizon, low=40, high=60)),
        # Shares of which a computer loses nothing, so that rounding up has one answer.
        "coverage": draw(st.sampled_from([0.5, 0.625, 0.75, 0.875])),
    }


def _centred_and_wide_enough(answer, case):
    low, high = _low_and_high(call(answer, case), case)
    forecast, sizes = case["forecast"], np.abs(case["residuals"])
    needed = int(np.ceil((len(sizes) + 1) * case["coverage"]))
    for step in range(len(forecast)):
        if not high[step] >= low[step]:
            raise NotRight(f"At [{step}] the low end is not below the high end.", reason="order")
        below, above = forecast[step] - low[step], high[step] - forecast[step]
        if apart(above, below):
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
    expected = conformal_interval(**case)
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


EXERCISE = Exercise(
    id="5.8",
    title="A conformal interval",
    section="5.6 Intervals for a forecast",
    difficulty=2,
    minutes=6,
    matters="A forecast without a width cannot be acted upon.",
    hints=(
        "How large were the errors on the validation part? Sort their sizes, each step for itself.",
        "The rank is `np.ceil((n + 1) * coverage)`, counted from 1; the first of the sorted "
        "sizes is at place 0.",
        "`np.sort(np.abs(residuals), axis=0)[rank - 1]` is the half width if rank is at most "
        "n, else `np.inf`.",
    ),
    solution=conformal_interval,
    cases=_residuals(),
    properties=(_centred_and_wide_enough,),
    mistakes=read_mistakes(conformal_interval, NormalDist=NormalDist),
    also_right=(_by_inverted_cdf, _step_by_step),
)
