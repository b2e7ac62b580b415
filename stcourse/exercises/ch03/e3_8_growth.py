"""3.8: find the growth of a disturbance from the eigenvalues."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, matches
from stlearn import graph


def growth_per_step(weights):
    """Find the factor by which a disturbance grows or shrinks per step in the long run.

    Args:
        weights: Array (node, node), of either sign.

    Returns:
        A number from 0; above 1 some disturbance grows without bound.
    """
    return float(np.abs(np.linalg.eigvals(weights)).max())


def _growth_by_power(weights):
    """Gelfand: the length after many steps, brought back to one step."""
    steps = 40_000
    power, digits = weights, 0.0
    reached = 1
    while reached < steps:
        length = np.linalg.norm(power)
        if length < 1e-100:
            return 0.0
        power = (power / length) @ (power / length)
        digits = 2 * (digits + np.log(length))
        reached *= 2
    length = np.linalg.norm(power)
    return float(np.exp((digits + np.log(length)) / reached)) if length > 1e-30 else 0.0


EXERCISE = Exercise(
    id="3.8",
    title="Which eigenvalue says it blows up",
    section="3.8 Does it die out or blow up?",
    difficulty=2,
    minutes=4,
    matters="A model that is applied again and again must not blow up.",
    hints=(
        "Each step multiplies a mode by its eigenvalue. Which of them wins after many steps?",
        "Eigenvalues may be negative or complex. What grows is decided by their distance from "
        "zero, `np.abs`.",
        "The largest of `np.abs(np.linalg.eigvals(weights))`.",
    ),
    solution=growth_per_step,
    cases=st.fixed_dictionaries(
        {"weights": st.integers(2, 3).flatmap(lambda n: arrays(n, n, low=-2, high=2))}
    ),
    # Eigenvalues that coincide are found only to some digits.
    properties=(matches(growth_per_step, tolerance=1e-3),),
    mistakes=read_mistakes(growth_per_step),
    also_right=(
        graph.spectral_radius,
        lambda weights: max(abs(value) for value in np.linalg.eig(weights)[0]),
        lambda weights: float(np.abs(np.roots(np.poly(weights))).max(initial=0.0)),
        _growth_by_power,
    ),
)
