"""Wrong answers that learners give to exercise 5.9, and other right ones."""

import numpy as np

from stcourse.engine.exercise import Mistake


def _reads(claim):
    """Read a table row by row: `claim` gets the row and the baseline's row."""

    def read_table(table):
        baseline = next(table.itertuples())
        return [claim(row, baseline) for row in table.itertuples()]

    return read_table


def _sign(number):
    return "better" if number > 0 else "worse" if number < 0 else "cannot tell"


def _own_intervals(row, baseline):
    if row.mae_high < baseline.mae_low:
        return "better"
    return "worse" if row.mae_low > baseline.mae_high else "cannot tell"


def _error_outside_the_baseline(row, baseline):
    if row.mae < baseline.mae_low:
        return "better"
    return "worse" if row.mae > baseline.mae_high else "cannot tell"


def _no_interval_means_worse(row, baseline):
    if row.gain_low > 0:
        return "better"
    return "cannot tell" if row.gain_low <= 0 <= row.gain_high else "worse"


def _no_interval_means_the_gain(row, baseline):
    return _sign(row.gain) if np.isnan(row.gain_low) else _right(row, baseline)


def _right(row, baseline):
    if row.gain_low > 0:
        return "better"
    return "worse" if row.gain_high < 0 else "cannot tell"


def _turned(row, baseline):
    if row.gain_high < 0:
        return "better"
    return "worse" if row.gain_low > 0 else "cannot tell"


def _one_end(row, baseline):
    if row.gain_high > 0:
        return "better"
    return "worse" if row.gain_low < 0 else "cannot tell"


def _zero_touched(row, baseline):
    if row.gain_low >= 0 and row.gain > 0:
        return "better"
    return "worse" if row.gain_high <= 0 and row.gain < 0 else "cannot tell"


def _no_loss_is_seen(row, baseline):
    return "better" if row.gain_low > 0 else "cannot tell"


def _not_better_is_worse(row, baseline):
    return "better" if row.gain_low > 0 else "worse"


def _own_interval_and_the_baseline(row, baseline):
    if row.mae_high < baseline.mae:
        return "better"
    return "worse" if row.mae_low > baseline.mae else "cannot tell"


def _zero_counts(row, baseline):
    if row.gain_low >= 0:
        return "better"
    return "worse" if row.gain_high <= 0 else "cannot tell"


def _zero_counts_for_worse(row, baseline):
    return "worse" if row.gain_high <= 0 else _right(row, baseline)


def _gain_within(row, baseline):
    known = row.gain_low <= row.gain <= row.gain_high
    return _sign(row.gain) if known else "cannot tell"


def _without_the_baseline(table):
    return _reads(_right)(table)[1:]


def _best_first(table):
    return _reads(_right)(table.sort_values("mae"))


def _beyond_half_the_width(row, baseline):
    if np.isnan(row.gain_low):
        return "cannot tell"
    return _sign(row.gain) if abs(row.gain) >= 5 else "cannot tell"


def _beyond_the_width(row, baseline):
    if np.isnan(row.gain_low):
        return "cannot tell"
    sure = abs(row.gain) > row.gain_high - row.gain_low
    return _sign(row.gain) if sure else "cannot tell"


def _zero_within_or_worse(row, baseline):
    if np.isnan(row.gain_low) or row.gain_low < 0 < row.gain_high:
        return "cannot tell"
    return "better" if row.gain_low > 0 else "worse"


def _by_columns(table):
    claims = np.full(len(table), "cannot tell", dtype=object)
    claims[(table["gain_low"] > 0).to_numpy()] = "better"
    claims[(table["gain_high"] < 0).to_numpy()] = "worse"
    return claims


def _by_product(table):
    """Both ends on one side of zero have a product above zero."""
    sure = table["gain_low"] * table["gain_high"] > 0
    return [
        ("better" if gain > 0 else "worse") if clear else "cannot tell"
        for gain, clear in zip(table["gain_low"], sure)
    ]


READING = (
    Mistake(
        "own interval and the baseline's error",
        _reads(_own_interval_and_the_baseline),
        "You ask whether the model's own interval holds the baseline's error: that error is unsure "
        "as well, and both share the same days. Use the interval of the gain.",
    ),
    Mistake(
        "zero counts on both sides",
        _reads(_zero_counts),
        "An interval with an end at zero counts as one side of it with you, so even the baseline "
        "beats itself: no gain is still among what may be.",
    ),
    Mistake(
        "zero counts as below",
        _reads(_zero_counts_for_worse),
        "An interval that ends at zero counts as below it with you: no loss is among what may be, "
        "so it shows nothing.",
    ),
    Mistake(
        "gain within its interval",
        _reads(_gain_within),
        "You ask whether the gain lies in its interval, which it nearly always does: ask on which "
        "side of zero the interval lies.",
    ),
    Mistake(
        "baseline left out",
        _without_the_baseline,
        "The baseline's row has a claim too: it cannot be told from itself.",
    ),
    Mistake(
        "best first",
        _best_first,
        "Your claims are in another order than the rows: leave the table as it is.",
    ),
    Mistake(
        "gain alone",
        _reads(lambda row, baseline: _sign(row.gain)),
        "You go by the gain or by the error alone: with other test days the gain might have the "
        "other sign, and its interval says how likely that is.",
    ),
    Mistake(
        "own intervals",
        _reads(_own_intervals),
        "You ask whether the two models' own intervals overlap: both share the hard days, so their "
        "difference is known better than either. Use the interval of the gain.",
    ),
    Mistake(
        "error outside the baseline's interval",
        _reads(_error_outside_the_baseline),
        "You compare the model's error with the baseline's interval: the model's error is unsure "
        "as well, and both share the same days. Use the interval of the gain.",
    ),
    Mistake(
        "sign turned",
        _reads(_turned),
        "Better and worse have changed places: a gain above zero is a smaller error.",
    ),
    Mistake(
        "one end only",
        _reads(_one_end),
        "One end on the right side of zero is not enough: the whole interval has to be there.",
    ),
    Mistake(
        "zero touched",
        _reads(_zero_touched),
        "An interval that ends at zero includes it: no gain is among what may be.",
    ),
    Mistake(
        "no interval taken for worse",
        _reads(_no_interval_means_worse),
        "Where there is no interval you say worse: NaN compares as False with everything. Without "
        "an interval nothing can be told.",
    ),
    Mistake(
        "no interval taken for the gain",
        _reads(_no_interval_means_the_gain),
        "Where there is no interval you fall back on the gain: there were too few days to know, "
        "and the gain does not know either.",
    ),
    Mistake(
        "no loss is seen",
        _reads(_no_loss_is_seen),
        "You never say worse: an interval wholly below zero shows a loss, and hiding it is no "
        "caution.",
    ),
    Mistake(
        "not better is worse",
        _reads(_not_better_is_worse),
        "What is not shown to be better is not shown to be worse: an interval around zero leaves "
        "it open.",
    ),
    Mistake(
        "a gain of some size",
        _reads(_beyond_half_the_width),
        "You ask for a gain of some size: a large gain may be unsure and a small one sure, as the "
        "interval tells.",
    ),
    Mistake(
        "gain against the width",
        _reads(_beyond_the_width),
        "You hold the gain against the width of its interval: what counts is whether the interval "
        "holds zero, however wide it is.",
    ),
    Mistake(
        "worse where zero is an end",
        _reads(_zero_within_or_worse),
        "Where an interval has an end at zero you say worse, even of the baseline's 0 to 0: no "
        "gain is still among what may be, so it cannot be told.",
    ),
)
READING_ALSO_RIGHT = (_by_columns, _by_product)
