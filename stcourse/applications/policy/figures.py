"""Answers to a "what if" beside the truth, as a figure (6.4 and 6.5)."""

import numpy as np

from stlearn.errors import InputError
from stlearn.plots.style import new_figure

MARKS = ("k*", "C0o", "C1s", "C2D", "C3^", "C4v")


def answers_drawn(answers, truth, half):
    """Draw what each way to answer says is saved, beside what was.

    Args:
        answers: Dict of DataFrames (day, question) of vehicle hours saved, by who says so.
        truth: DataFrame of the same shape.
        half: Series (question): half of the interval of the simulator's mean.

    Returns:
        (figure, sentence).

    Raises:
        InputError: If there are more answers than marks.

    Example:
        >>> import pandas as pd
        >>> from stcourse.applications.policy.figures import answers_drawn
        >>> truth = pd.DataFrame({"20 % moved": [30.0, 50.0]})
        >>> answers_drawn({"simulator": truth + 1}, truth, pd.Series({"20 % moved": 9.0}))[1]
        'Vehicle hours saved a day by 20 % moved: truth 40; simulator 41.'
    """
    shown = {"truth": truth, **answers}
    if len(shown) > len(MARKS):
        raise InputError(f"answers: expected at most {len(MARKS) - 1}, got {len(answers)}")
    figure, axes = new_figure(1.8 + 0.6 * len(half))
    rows, told = np.arange(len(half)), []
    for place, (name, said) in enumerate(shown.items()):
        look = {"xerr": half, "capsize": 4} if name == "simulator" else {}
        at = rows + 0.15 * (place - 2)
        axes.errorbar(said.mean(), at, fmt=MARKS[place], label=name, markersize=9, **look)
        told.append(f"{name} " + ", ".join(f"{mean:,.0f}" for mean in said.mean()))
    axes.axvline(0, color="0.4", linewidth=1)
    axes.set_yticks(rows, list(half.index))
    axes.invert_yaxis()
    axes.set_xlabel("Vehicle hours saved a day (left of zero: lost)")
    figure.legend(loc="outside upper center", ncols=len(shown))
    return figure, f"Vehicle hours saved a day by {', '.join(half.index)}: {'; '.join(told)}."
