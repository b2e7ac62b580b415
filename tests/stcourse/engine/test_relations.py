"""How wrong results are related to the right ones, and what is not told."""

import numpy as np
import pandas as pd
import pytest

from stcourse.engine.relations import SEVERAL, likeness

RIGHT = [np.random.default_rng(seed).normal(size=(4, 3)) + 0.3 for seed in range(SEVERAL + 1)]


def told(wrong):
    return likeness([(wrong(right), right) for right in RIGHT])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda right: -right, "signs are turned"),
        (np.abs, "absolute values"),
        (lambda right: right.T, "axes"),
        (lambda right: right[::-1], "reverse order"),
        (lambda right: right.round(1), "rounded"),
        (np.trunc, "cut off"),
        (lambda right: np.maximum(right, 0), "below zero has become zero"),
        (np.tanh, "gone through tanh"),
        (np.square, "squares"),
        (lambda right: 2.5 * right, "2.5 times"),
        (lambda right: right / right[0, 0], "one factor"),
        (lambda right: right + 1, "1 larger"),
        (lambda right: right - 0.5, "0.5 smaller"),
        (lambda right: right[:-1], "last row is missing"),
        (lambda right: right[1:], "first row is missing"),
        (lambda right: np.concatenate([right, right[:1]]), "too many at the end"),
        (lambda right: np.concatenate([right[:1], right]), "too many at the start"),
        (lambda right: right.ravel(), "only the shape"),
        (lambda right: np.concatenate([right[:1], right[:-1]]), "too late"),
        (lambda right: np.concatenate([right[1:], right[:1]]), "too early"),
        (lambda right: np.sort(right, axis=0), "other places"),
    ],
)
def test_a_relation_is_told(wrong, sentence):
    assert sentence in told(wrong)


def with_gap(right):
    right = right.copy()
    right[1, 1] = np.nan
    return right


def test_gaps():
    pairs = [(np.nan_to_num(with_gap(right)), with_gap(right)) for right in RIGHT]
    assert "has been filled" in likeness(pairs)
    assert "spreads" in told(with_gap)


def test_one_part_of_a_tuple():
    pairs = [((right, -right), (right, right)) for right in RIGHT]
    assert likeness(pairs) == "Only part 2 of 2 is wrong. All signs are turned."
    pairs = [((-right, -right), (right, right)) for right in RIGHT]
    assert likeness(pairs) == "All signs are turned."


def test_a_result_that_is_repeated():
    pairs = [(right[0], np.repeat(right[:1], 4, axis=0)) for right in RIGHT]
    assert "repeated along an axis" in likeness(pairs)


def test_a_few_cases_show_nothing():
    assert likeness([(-right, right) for right in RIGHT[: SEVERAL - 1]]) == ""


def test_a_relation_in_some_cases_only_is_not_told():
    pairs = [(-right if place else right**3, right) for place, right in enumerate(RIGHT)]
    assert likeness(pairs) == ""


@pytest.mark.parametrize("junk", [None, "text", object(), [1, [2]], ValueError("x"), {1: 2}])
def test_junk_says_nothing(junk):
    assert likeness([(junk, right) for right in RIGHT]) == ""
    assert likeness([((junk, right), (right, right)) for right in RIGHT]) == ""


def test_columns_of_other_names_are_not_compared_by_place():
    tables = [pd.DataFrame(right, columns=list("abc")) for right in RIGHT]
    assert likeness([(table[list("cba")], table) for table in tables]) == ""
    assert "signs" in likeness([(-table, table) for table in tables])
