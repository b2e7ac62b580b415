"""7.3: take a mean absolute error from pieces, and hold none of them."""

import numpy as np
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, matches
from stcourse.exercises.ch05.results import apart, one_number


def mae_of_pieces(pieces):
    """Take the mean absolute error over pieces that come one after the other.

    Args:
        pieces: Pairs (truth, forecast) of arrays (time, node) in km/h, to be gone through once.
            They may differ in length. Truth is NaN where it is missing; a piece may hold no known
            target, but one of them does.

    Returns:
        One number, in km/h: every known target counts once, in whichever piece it lies.
    """
    total, count = 0.0, 0
    for truth, forecast in pieces:
        total += np.nansum(np.abs(forecast - truth))
        count += np.count_nonzero(~np.isnan(truth))
    return total / count


@st.composite
def _pieces(draw):
    """Two to four pieces of different lengths, one of them without a known target."""
    nodes, lengths = draw(st.integers(1, 2)), draw(st.permutations([1, 3, 2]))
    pieces = [
        (draw(arrays(rows, nodes, low=0, missing=True)), draw(arrays(rows, nodes, low=0)))
        for rows in lengths
    ]
    longest = lengths.index(3)
    pieces[longest][0][:] = draw(st.sampled_from([0.0, 2.5]))  # complete, the others may not be
    if draw(st.booleans()):
        pieces.insert(draw(st.integers(0, 3)), (np.full((1, nodes), np.nan), np.ones((1, nodes))))
    return {"pieces": pieces}


class Stream:
    """Pieces as a generator gives them: one after the other, and once."""

    def __init__(self, pieces):
        self.coming = iter(pieces)

    def __iter__(self):
        return self.coming

    def __eq__(self, other):
        return isinstance(other, Stream)


def _piece_by_piece(answer, case):
    """Pieces that are read from a file have no length, no places and no second round."""
    try:
        came = call(answer, {"pieces": Stream(case["pieces"])})
    except NotRight:
        came = None
    if came is None or apart(came, mae_of_pieces(**case)):
        raise NotRight(
            "Your answer is right for a list of pieces. As a generator gives them they come one "
            "after the other, and once: they have no `len`, no places and no second round."
        )


def _all_at_once(pieces):
    truth, forecast = (np.concatenate(part) for part in zip(*pieces))
    return np.nanmean(np.abs(forecast - truth))


def _by_a_mean_that_moves(pieces):
    mean, count = 0.0, 0
    for truth, forecast in pieces:
        errors = np.abs(forecast - truth)[~np.isnan(truth)]
        count += len(errors)
        if count:
            mean += (errors - mean).sum() / count
    return mean


EXERCISE = Exercise(
    id="7.3",
    title="An error from pieces",
    section="7.3 More data than memory",
    difficulty=2,
    minutes=6,
    matters="What can be added up piece by piece needs no memory that grows with the data.",
    hints=(
        "A mean is a sum divided by a count. Which two numbers have to be remembered from piece to "
        "piece?",
        "Add up the sizes of the errors (`np.nansum`) and the number of known targets, and divide "
        "once, at the end.",
        "`total += np.nansum(np.abs(forecast - truth))` and "
        "`count += np.count_nonzero(~np.isnan(truth))`.",
    ),
    solution=mae_of_pieces,
    cases=_pieces(),
    properties=(one_number, matches(mae_of_pieces), _piece_by_piece),
    mistakes=read_mistakes(mae_of_pieces),
    also_right=(_all_at_once, _by_a_mean_that_moves),
)
