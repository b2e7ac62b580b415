"""Several comparisons at once: the best of many strategies against luck."""

import numpy as np
import pandas as pd
import pytest

from stlearn.errors import InputError
from stlearn.evaluation.multiple import reality_check


def by_luck(seed, strategies=25, days=200, **more):
    noise = np.random.default_rng(seed).normal(size=(days, strategies))
    return pd.DataFrame(noise).assign(**more)


def test_of_worlds_of_luck_about_one_in_twenty_is_called_a_gain():
    found = [reality_check(by_luck(seed), block=5, repeats=200) for seed in range(100)]
    assert np.mean([each.corrected < 0.05 for each in found]) <= 0.12
    assert np.mean([each.alone < 0.05 for each in found]) > 0.5
    assert all(each.alone <= each.corrected for each in found)


def test_a_real_gain_is_found_among_many():
    gains = by_luck(0, skilled=np.random.default_rng(1).normal(0.5, size=200))
    best = reality_check(gains, block=5)
    assert best.name == "skilled" and best.corrected < 0.01
    assert best.gain == pytest.approx(gains["skilled"].mean())


def test_one_strategy_needs_no_correction_and_copies_of_one_count_once():
    one = by_luck(3, strategies=1)
    copies = pd.concat([one] * 30, axis=1, keys=range(30))
    found = reality_check(one, 5), reality_check(copies, 5)
    assert found[0].alone == found[0].corrected == found[1].corrected


def test_blocks_that_hang_together_make_a_gain_less_sure():
    daily = by_luck(5, strategies=3, days=100) + 0.15
    slow = daily.loc[daily.index.repeat(20)].reset_index(drop=True)
    assert reality_check(slow, block=40).corrected > reality_check(slow, block=1).corrected


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(InputError, match="gains: expected at least 40 times"):
        reality_check(by_luck(0, days=39), block=10)
    with pytest.raises(InputError, match="1 gains missing"):
        reality_check(by_luck(0).where(lambda table: table != table.iloc[3, 4]), block=5)
