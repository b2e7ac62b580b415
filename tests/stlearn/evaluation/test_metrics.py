"""Metrics: what is masked counts nowhere, what is known cannot be hidden."""

import numpy as np
import pandas as pd
import pytest
import scoringrules
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as reference

from stlearn.errors import InputError
from stlearn.evaluation import metrics

quick = settings(deadline=None, max_examples=40)
numbers = st.floats(-1e3, 1e3, width=32)
shapes = hnp.array_shapes(min_dims=1, max_dims=3, max_side=6)


@st.composite
def pairs(draw):
    shape = draw(shapes)
    return [draw(hnp.arrays("float32", shape, elements=numbers)) for _ in range(2)]


ERRORS = {
    "mae": (metrics.mae, reference.mean_absolute_error),
    "rmse": (metrics.rmse, reference.root_mean_squared_error),
    "pinball": (
        lambda truth, forecast: metrics.pinball(truth, forecast, 0.9),
        lambda truth, forecast: reference.mean_pinball_loss(truth, forecast, alpha=0.9),
    ),
}


@pytest.mark.parametrize("name", ERRORS)
@quick
@given(pair=pairs())
def test_agrees_with_scikit_learn_where_all_is_known(name, pair):
    ours, theirs = ERRORS[name]
    truth, forecast = (part.astype("float64") for part in pair)
    np.testing.assert_allclose(
        ours(truth, forecast), theirs(truth.ravel(), forecast.ravel()), rtol=1e-9, atol=1e-9
    )


@quick
@given(pair=pairs())
def test_percentages_agree_with_their_definition(pair):
    truth, forecast = (part.astype("float64") for part in pair)
    truth += np.where(truth < 0, -0.5, 0.5)
    share, excluded = metrics.mape(truth, forecast, floor=0.5)
    theirs = reference.mean_absolute_percentage_error(truth.ravel(), forecast.ravel())
    np.testing.assert_allclose(share, theirs, rtol=1e-9)
    assert excluded == 0
    np.testing.assert_allclose(
        metrics.wape(truth, forecast), np.abs(truth - forecast).sum() / np.abs(truth).sum()
    )


@quick
@given(pair=pairs(), share=st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_the_interval_score_is_that_of_scoringrules(pair, share):
    truth, low = (part.astype("float64") for part in pair)
    high = low + 20
    theirs = scoringrules.interval_score(truth, low, high, 1 - share)
    np.testing.assert_allclose(metrics.interval_score(truth, low, high, share), np.mean(theirs))


def test_an_interval_that_is_none_is_told():
    with pytest.raises(InputError, match="low, high: expected no low end above its high"):
        metrics.interval_score([1.0, 2.0], [0.0, 4.0], [3.0, 3.0])
    with pytest.raises(InputError, match="share: expected a number between 0 and 1, got 90"):
        metrics.interval_score([1.0], [0.0], [3.0], share=90)


SCORES = {
    "mae": metrics.mae,
    "rmse": metrics.rmse,
    "mape": metrics.mape,
    "wape": metrics.wape,
    "pinball": lambda truth, forecast: metrics.pinball(truth, forecast, 0.3),
    "coverage": lambda truth, forecast: metrics.coverage(truth, forecast - 1, forecast + 1),
}


@pytest.mark.parametrize("name", SCORES)
@quick
@given(pair=pairs(), data=st.data())
def test_what_stands_under_the_mask_changes_nothing(name, pair, data):
    truth, forecast = pair
    hidden = data.draw(hnp.arrays(bool, truth.shape))
    other = np.where(hidden, data.draw(st.sampled_from([np.nan, np.inf, 1e30, 0.0])), forecast)
    masked = np.where(hidden, np.nan, truth)
    assert repr(SCORES[name](masked, other)) == repr(SCORES[name](masked, forecast))
    # And it is the score of the rest alone.
    rest = SCORES[name](truth[~hidden], forecast[~hidden])
    np.testing.assert_allclose(SCORES[name](masked, forecast), rest, rtol=1e-9)


@pytest.mark.parametrize("name", SCORES)
def test_a_forecast_may_not_hide(name):
    truth = np.array([[50.0, 60.0], [np.nan, 70.0]])
    forecast = np.array([[50.0, np.nan], [np.nan, 70.0]])
    with pytest.raises(InputError, match=r"1 are missing or infinite, first at position \(0, 1\)"):
        SCORES[name](truth, forecast)
    with pytest.raises(InputError, match=r"expected the shape of the truth, \(2, 2\), got \(4,\)"):
        SCORES[name](truth, forecast.ravel())


@pytest.mark.parametrize("name", ["mae", "rmse", "wape", "pinball", "coverage"])
def test_nothing_known_is_no_error_of_zero(name):
    assert np.isnan(SCORES[name](np.full(3, np.nan), np.ones(3)))


def test_zero_is_a_value_and_not_missing():
    assert metrics.mae([0.0, 10.0], [4.0, 10.0]) == 2.0


def test_mape_leaves_out_and_counts_targets_near_zero():
    share, excluded = metrics.mape([100, 0, 0.2, np.nan], [90, 5, 5, 5], floor=1)
    assert (share, excluded) == (pytest.approx(0.1), 2)
    # The usual floor is a hundredth of the mean size, whatever the unit.
    truth = np.array([1.0, 3.0, 0.0199, 0.0])
    assert metrics.mape(truth, truth).excluded == 1
    truth[2] = 0.002
    assert metrics.mape(truth, truth) == metrics.mape(1000 * truth, 1000 * truth) == (0.0, 2)
    with pytest.raises(InputError, match="floor: expected a number above zero"):
        metrics.mape([1.0], [1.0], floor=0)


def test_wape_divides_sums():
    assert metrics.wape([0, 100], [10, 100]) == pytest.approx(0.1)
    assert np.isnan(metrics.wape([0, 0], [1, 1]))


def test_mase_is_one_for_the_naive_forecast_on_train():
    train = np.random.default_rng(0).normal([50, 5], [10, 1], size=(200, 2)).cumsum(axis=0)
    for season in (1, 24):
        # Each node's naive error is its own scale, so both count alike whatever their size.
        error = metrics.mase(train[season:], train[:-season], train, season)
        assert error == pytest.approx(1.0)
    train[5:9, 1] = np.nan
    assert np.isfinite(metrics.mase(train[1:], np.nan_to_num(train[:-1]), train))


def test_mase_refuses_what_it_cannot_scale():
    truth = np.ones((3, 2))
    with pytest.raises(InputError, match="1 nodes never change.*position 1"):
        metrics.mase(truth, truth, train=np.array([[1.0, 5.0], [2.0, 5.0]]))
    with pytest.raises(InputError, match=r"train: expected shape \(time, 2\)"):
        metrics.mase(truth, truth, train=np.ones((5, 3)))
    with pytest.raises(InputError, match="season: expected a whole number"):
        metrics.mase(truth, truth, train=np.ones((5, 2)), season=0)


def test_skill_of_numbers_and_series():
    assert metrics.skill(2.0, 4.0) == 0.5 and metrics.skill(6.0, 4.0) == -0.5
    assert metrics.skill(pd.Series([1.0, 4.0]), pd.Series([2.0, 4.0])).tolist() == [0.5, 0.0]
    with pytest.raises(InputError, match="reference_error: expected errors above zero"):
        metrics.skill(1.0, 0.0)


def test_pinball_is_least_at_the_quantile():
    truth = np.random.default_rng(0).normal(size=4000)
    guesses = np.linspace(-2, 2, 81)
    losses = [metrics.pinball(truth, np.full(4000, guess), 0.8) for guess in guesses]
    assert guesses[np.argmin(losses)] == pytest.approx(np.quantile(truth, 0.8), abs=0.06)
    with pytest.raises(InputError, match="quantile: expected a probability"):
        metrics.pinball([1.0], [1.0], 90)


def test_coverage_counts_both_ends_in():
    assert metrics.coverage([1, 2, 3, 4], [1, 1, 1, 1], [3, 3, 3, 3]) == 0.75


# Score table


@pytest.fixture
def forecasts():
    random = np.random.default_rng(1)
    truth = random.normal(60, 10, size=(30, 4, 3))
    truth[random.random(truth.shape) < 0.2] = np.nan
    return truth, np.nan_to_num(truth, nan=7.0) + random.normal(0, 3, size=truth.shape)


def test_score_table_holds_step_and_pooled_errors(forecasts):
    truth, forecast = forecasts
    table = metrics.score_table(truth, forecast, "5min")
    assert table.index.tolist() == [pd.Timedelta(minutes=m) for m in (5, 10, 15, 20)]
    third = table.loc["15min"]
    assert third["mae"] == pytest.approx(metrics.mae(truth[:, 2], forecast[:, 2]))
    assert third["rmse"] == pytest.approx(metrics.rmse(truth[:, 2], forecast[:, 2]))
    assert third["wape"] == pytest.approx(metrics.wape(truth[:, 2], forecast[:, 2]))
    assert third["mae_pooled"] == pytest.approx(metrics.mae(truth[:, :3], forecast[:, :3]))
    assert third["rmse_pooled"] == pytest.approx(metrics.rmse(truth[:, :3], forecast[:, :3]))
    assert third["count"] == (~np.isnan(truth[:, 2])).sum()
    assert table.loc["5min", "mae"] == table.loc["5min", "mae_pooled"]


def test_score_table_of_chosen_steps_is_part_of_the_whole(forecasts):
    whole = metrics.score_table(*forecasts, "5min")
    pd.testing.assert_frame_equal(
        metrics.score_table(*forecasts, "5min", steps=[2, 4]), whole.iloc[[1, 3]]
    )


def test_score_table_with_a_mask_counts_only_what_is_in_it(forecasts):
    truth, forecast = forecasts
    mask = np.zeros(truth.shape, dtype=bool)
    mask[:10, 0, 1] = True
    table = metrics.score_table(truth, forecast, "5min", mask=mask)
    assert table["mae"].iloc[0] == pytest.approx(metrics.mae(truth[:10, 0, 1], forecast[:10, 0, 1]))
    assert table["count"].tolist()[1:] == [0, 0, 0]
    assert table["mae"].iloc[1:].isna().all()
    assert table["mae_pooled"].iloc[-1] == table["mae"].iloc[0]


def test_score_table_counts_targets_near_zero():
    # One floor for all steps, 0.63 here: alone, the second step's would be 0.25.
    truth = np.array([[[100.0], [0.5]], [[100.0], [50.0]]])
    table = metrics.score_table(truth, truth, "1h")
    assert table["mape_excluded"].tolist() == [0, 1]


def test_score_table_refuses(forecasts):
    truth, forecast = forecasts
    with pytest.raises(InputError, match="shape \\(origin, horizon, node\\)"):
        metrics.score_table(truth[0], forecast[0], "5min")
    with pytest.raises(InputError, match="steps: expected at most 4"):
        metrics.score_table(truth, forecast, "5min", steps=[12])
    with pytest.raises(InputError, match="mask: expected a boolean array"):
        metrics.score_table(truth, forecast, "5min", mask=np.ones(truth.shape))
    with pytest.raises(InputError, match="interval: expected a duration"):
        metrics.score_table(truth, forecast, "five")
    hidden = np.where(np.isnan(truth), forecast, np.nan)
    with pytest.raises(InputError, match="missing or infinite"):
        # Not even under a mask that would leave the place out.
        metrics.score_table(truth, hidden, "5min", mask=np.zeros(truth.shape, dtype=bool))


# Bootstrap


def correlated_errors(random, origins, nodes=2, memory=0.8):
    """Absolute errors whose neighbours in time resemble each other."""
    noise = random.normal(size=(origins + 50, nodes))
    for row in range(1, len(noise)):
        noise[row] += memory * noise[row - 1]
    return 10 + noise[50:]


@pytest.mark.parametrize("block", [25, 80])
def test_bootstrap_interval_holds_a_planted_difference_about_as_often_as_it_says(block):
    holds = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        first = correlated_errors(random, 400) + 0.7
        second = correlated_errors(random, 400)
        result = metrics.block_bootstrap(first, second, block, repeats=200, seed=seed)
        assert result.low < result.difference < result.high
        holds += result.low <= 0.7 <= result.high
    # 95 % of 100, with three standard errors of room.
    assert 88 <= holds <= 100


def test_bootstrap_finds_a_difference_where_there_is_none_about_as_rarely_as_it_says():
    found = 0
    for seed in range(100):
        random = np.random.default_rng(1000 + seed)
        pair = correlated_errors(random, 400), correlated_errors(random, 400)
        result = metrics.block_bootstrap(*pair, block=25, repeats=200, seed=seed, level=0.8)
        found += not result.low <= 0 <= result.high
    assert 8 <= found <= 32  # 20 % of 100, with three standard errors of room


def test_drawing_single_origins_would_be_overconfident():
    random = np.random.default_rng(3)
    pair = correlated_errors(random, 400, memory=0.95), correlated_errors(random, 400, memory=0.95)
    blocks = metrics.block_bootstrap(*pair, block=50)
    single = metrics.block_bootstrap(*pair, block=1)
    assert blocks.high - blocks.low > 2 * (single.high - single.low)


def test_bootstrap_weighs_by_known_targets():
    random = np.random.default_rng(0)
    first, second = random.exponential(size=(2, 80, 6))
    gone = random.random((80, 6)) < np.linspace(0, 0.9, 80)[:, None]
    first[gone] = second[gone] = np.nan
    result = metrics.block_bootstrap(first, second, block=8)
    assert result.difference == pytest.approx(np.nanmean(first) - np.nanmean(second))
    assert result.relative == pytest.approx(np.nanmean(first) / np.nanmean(second) - 1)
    assert result.relative_low < result.relative < result.relative_high


def test_no_error_is_less_by_more_than_all_of_it():
    random = np.random.default_rng(0)
    bursts = 1000.0 * (np.arange(40) < 12)  # of four blocks, one has nearly all the errors
    result = metrics.block_bootstrap(0.1 * bursts + random.random(40), bursts + 1, block=10)
    assert result.relative_low == -1 < result.relative < result.relative_high


def test_bootstrap_of_a_constant_difference_is_that_difference():
    errors = np.random.default_rng(0).exponential(size=(100, 3))
    result = metrics.block_bootstrap(errors + 2, errors, block=10)
    np.testing.assert_allclose(result[:3], 2)


def test_one_more_origin_than_whole_blocks_does_not_add_a_block():
    errors = correlated_errors(np.random.default_rng(0), 401, nodes=4)
    widths = []
    for rows in (400, 401):
        result = metrics.block_bootstrap(errors[:rows, :2], errors[:rows, 2:], block=100)
        widths.append(result.high - result.low)
    assert widths[1] == pytest.approx(widths[0], rel=0.05)


def test_bootstrap_is_reproducible():
    errors = np.random.default_rng(0).exponential(size=(2, 100))
    again = [metrics.block_bootstrap(*errors, block=10, seed=seed) for seed in (5, 5, 6)]
    assert again[0] == again[1] != again[2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"block": 26}, "at least 4 blocks in 100 origins, got blocks of 26"),
        ({"block": 0}, "block: expected a whole number"),
        ({"level": 95}, "level: expected a probability"),
        ({"errors_b": np.ones(99)}, "expected one shape"),
        ({"errors_b": np.r_[np.nan, np.ones(99)]}, "the same targets"),
        ({"errors_a": np.full(100, np.nan), "errors_b": np.full(100, np.nan)}, "at least one"),
    ],
)
def test_bootstrap_refuses(change, words):
    arguments = {"errors_a": np.ones(100), "errors_b": np.ones(100), "block": 10} | change
    with pytest.raises(InputError, match=words):
        metrics.block_bootstrap(**arguments)
