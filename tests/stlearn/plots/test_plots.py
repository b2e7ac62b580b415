"""Figures: what is drawn, what is said, and that nothing outside the figure changes."""

import dataclasses
import io

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from stlearn import SpatioTemporalDataset, backtest
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare
from stlearn.plots.forecasts import (
    error_by_horizon,
    error_by_node,
    forecast_ahead,
    forecast_lines,
    time_space_forecast,
    training_curve,
)
from stlearn.plots.style import (
    NETWORK_COLOUR,
    line_of_nodes,
    network_map,
    time_space,
    weekly_profile,
)

NAMES = ["a", "$b$ $", "_c", "<d>"]  # names that matplotlib could take for a formula, or hide
TRAINING = pd.DataFrame({"epoch": [1, 2, 3], "loss": [3.0, 2, 1], "validation": [4.0, 2.5, 3]})


@pytest.fixture(scope="module")
def dataset():
    """Three days of four nodes: 100 km/h but 20 at node a, 08:00 of the second day."""
    times = pd.date_range("2026-01-05", periods=3 * 96, freq="15min")
    values = np.full((len(times), 4), 100.0) + np.arange(4)
    values[96 + 32, 0] = 20
    values[10, 1] = np.nan
    nodes = pd.DataFrame({"x": [0, 1, 2, 3], "y": [0, 1, 0, 1], "km": [0.5, 1.5, 2.5, 3.5]}, NAMES)
    chain = pd.DataFrame(np.eye(4, k=1), NAMES, NAMES)
    events = pd.DataFrame(
        {
            "node": ["a", None],
            "start": pd.to_datetime(["2026-01-06 08:00", "2026-01-07 00:00"]),
            "end": pd.to_datetime(["2026-01-06 08:30", "2026-01-07 23:45"]),
            "kind": ["incident", "holiday"],
        }
    )
    table = pd.DataFrame(values, times, NAMES)
    return SpatioTemporalDataset("road", table, "km/h", chain, nodes, events=events)


@pytest.fixture(scope="module")
def tested(dataset):
    last_value = LastValue(horizon=4).fit(dataset.between(0, 96))
    return backtest(last_value, dataset, slice(96, 3 * 96))


@pytest.fixture(scope="module")
def comparison(dataset):
    split = chronological_split(dataset, validation="6h", test="1D")
    return compare([LastValue(4), HistoricalAverage(4)], dataset, split, progress=False)


@pytest.fixture
def all_pictures(dataset, tested, comparison):
    forecast = LastValue(4).fit(dataset).predict(dataset)
    return [
        time_space(dataset),
        weekly_profile(dataset),
        network_map(dataset),
        network_map(dataset, tested.by_node()["mae"], "error (km/h)"),
        time_space_forecast(dataset, tested, step=2),
        forecast_lines(tested, NAMES),
        forecast_ahead(dataset.values[-8:], forecast, NAMES, "km/h"),
        error_by_horizon(comparison),
        error_by_node(tested),
        training_curve(TRAINING, "km/h"),
    ]


def test_every_picture_can_be_drawn_is_labelled_and_has_a_sentence(all_pictures):
    for figure, sentence in all_pictures:
        assert isinstance(figure, Figure)
        figure.savefig(io.BytesIO(), format="png")
        assert figure.get_size_inches()[0] == 8  # 800 pixels at 100 dots an inch
        assert sentence.endswith(".") and any(digit in sentence for digit in "0123456789")
        for axes in figure.axes:
            assert axes.get_xlabel() or axes.get_ylabel() or axes.get_title()


def test_no_setting_and_no_open_figure_is_left(dataset):
    from matplotlib import pyplot

    before, backend = dict(matplotlib.rcParams), matplotlib.get_backend()
    time_space(dataset)[0].savefig(io.BytesIO(), format="png")
    assert dict(matplotlib.rcParams) == before
    assert matplotlib.get_backend() == backend
    assert pyplot.get_fignums() == []


def test_time_space_says_where_the_lowest_value_is(dataset):
    figure, sentence = time_space(dataset)
    assert "20 km/h (at a, 2026-01-06 08:00)" in sentence
    assert "103 km/h (at <d>" in sentence
    assert "1 incident" in sentence and "1 holiday" in sentence
    assert figure.axes[0].get_ylabel() == "Position (km)"
    assert "1 incident" not in time_space(dataset, start="2026-01-07")[1]
    drawn = figure.axes[0].collections[0].get_array()
    assert drawn.shape == (4, 3 * 96)
    assert drawn.mask.sum() == 1 and drawn.mask[1, 10]


def test_time_space_by_name_where_the_order_is_not_that_of_the_road(dataset):
    axes = time_space(dataset, ["_c", "a", "<d>"])[0].axes[0]
    assert axes.get_ylabel() == "Node"
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [" _c", "a", "<d>"]


def test_forecast_is_set_against_the_truth_of_the_same_time(dataset, tested):
    figure, sentence = time_space_forecast(dataset, tested, step=2)
    truth, forecast, error = (axes.collections[0].get_array() for axes in figure.axes[:3])
    # The dip at node a is forecast by the last value two steps late: once too high, once too low.
    dip = int(truth[0].argmin())
    assert (truth[0, dip], forecast[0, dip], error[0, dip]) == (20, 100, 80)
    assert (truth[0, dip + 2], forecast[0, dip + 2], error[0, dip + 2]) == (100, 20, -80)
    assert "up to 80.0 km/h (at a, 2026-01-06 08" in sentence
    assert figure.axes[1].get_title() == "Forecast 30 minutes before"


def test_forecast_lines_begin_where_they_were_made(tested):
    figure, _ = forecast_lines(tested, ["a"])
    truth, *forecasts = figure.axes[0].get_lines()
    assert len(forecasts) == -(-len(tested.origins) // 4)
    assert forecasts[0].get_xdata()[0] == truth.get_xdata()[0]
    assert forecasts[1].get_xdata()[0] == truth.get_xdata()[4]
    assert forecasts[-1].get_xdata()[-1] == truth.get_xdata()[-1]  # what came, to its end


@pytest.mark.parametrize("one_scale", [True, False])
def test_nodes_are_compared_on_one_scale_unless_theirs_differ(dataset, one_scale):
    near = dataset.values[-8:]
    figure, _ = forecast_ahead(near, near * [1, 1e3, 1, 1], NAMES, "km/h", one_scale=one_scale)
    tops = {axes.get_ylim()[1] for axes in figure.axes}
    assert (len(tops) == 1) == one_scale


def test_error_by_horizon_says_the_errors_of_the_table(comparison):
    figure, sentence = error_by_horizon(comparison)
    table = comparison.table()
    at_half = table[table["horizon_minutes"] == 30].set_index("model")["mae"]
    assert f"lowest for {at_half.idxmin()} ({at_half.min():.2f} km/h)" in sentence
    styles = {line.get_linestyle() for line in figure.axes[0].get_lines()}
    assert len(styles) == 2  # told apart without colour too
    other, last = (line.get_color() for line in figure.axes[0].get_lines())
    assert last == NETWORK_COLOUR != other


def test_error_by_node_is_sorted(tested):
    figure, sentence = error_by_node(tested, most=2)
    lengths = [bar.get_width() for bar in figure.axes[0].patches]
    assert len(lengths) == 2 and lengths[0] > lengths[1] == 0
    assert "largest at a" in sentence


def test_map_needs_coordinates_and_counts_edges(dataset):
    assert network_map(dataset)[1] == "4 nodes on the map, joined by 3 edges."
    bare = SpatioTemporalDataset("bare", dataset.values, "km/h")
    with pytest.raises(InputError, match="x and y, or longitude and latitude"):
        network_map(bare)


def test_names_of_neighbours_on_a_map_are_not_written_over_each_other():
    nodes = pd.DataFrame({"x": [0.0, 5, 100, 50], "y": [0.0, 0, 0, 100]}, list("abcd"))
    values = pd.DataFrame(np.ones((3, 4)), pd.date_range("2026-01-05", periods=3), list("abcd"))
    dataset = SpatioTemporalDataset("map", values, "m", nodes=nodes)
    figure, _ = network_map(dataset, pd.Series([3.0, 2, 1, 0], list("abcd")), "size", unit="km")
    above = {text.get_text(): text.xyann[1] > 0 for text in figure.axes[0].texts}
    assert above == {"a": True, "b": False, "c": True}
    assert figure.axes[0].get_xlabel() == "x (km)"


def test_map_shows_both_of_two_nodes_that_cover_each_other():
    times = pd.date_range("2026-01-05", periods=3, freq="5min")
    values = pd.DataFrame(1.0, times, list("abcd"))
    # b lies one metre beside a, d exactly on c, which is no matter of drawing
    nodes = pd.DataFrame({"x": [0.0, 1.0, 1000.0, 1000.0], "y": 0.0}, index=list("abcd"))
    figure, sentence = network_map(SpatioTemporalDataset("road", values, "km/h", nodes=nodes))
    (points,) = figure.axes[0].collections
    drawn = points.get_offsets()[:, 0]
    assert drawn[1] - drawn[0] == pytest.approx(20)  # 2 % of the map
    assert drawn[2] == drawn[3] == 1000
    assert "2 that nearly cover each other are set apart" in sentence


@pytest.mark.filterwarnings("error")
def test_weekly_profile_passes_over_hours_that_are_never_recorded(dataset):
    night = dataset.values.index.hour < 6
    kept = dataset.values.mask(np.repeat(night[:, None], dataset.shape[1], axis=1))
    figure, sentence = weekly_profile(dataclasses.replace(dataset, values=kept))
    assert "lowest on Tuesday at 08:00" in sentence
    assert figure.axes[0].lines[0].get_xdata().min() == 6


def test_weekly_profile_finds_the_dip(dataset):
    assert "lowest on Tuesday at 08:00" in weekly_profile(dataset)[1]
    daily = pd.DataFrame({"a": [1.0, 2, 3]}, pd.date_range("2026-01-05", periods=3, freq="D"))
    with pytest.raises(InputError, match="step below one day"):
        weekly_profile(SpatioTemporalDataset("daily", daily, "trips"))


def test_training_curve_names_the_best_epoch():
    figure, sentence = training_curve(TRAINING, "km/h")
    assert "lowest after epoch 2 (2.50 km/h)" in sentence
    assert len(figure.axes) == 2
    assert len(training_curve(TRAINING.assign(validation=None), "km/h")[0].axes) == 1
    with pytest.raises(InputError, match="at least one epoch"):
        training_curve(TRAINING[:0], "km/h")


def test_one_road_is_the_more_changeable_direction(dataset):
    directions = dataset.nodes.assign(direction=["in", "out", "in", "out"])
    two = SpatioTemporalDataset("two", dataset.values, "km/h", nodes=directions)
    assert line_of_nodes(two) == ["a", "_c"]
    assert line_of_nodes(dataset, most=3) == NAMES[:3]


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda dataset, tested: time_space(dataset, ["zz"]), "zz"),
        (lambda dataset, tested: time_space(dataset, start="2030"), "2030"),
        (lambda dataset, tested: time_space_forecast(dataset, tested, step=5), "step"),
        (lambda dataset, tested: forecast_lines(tested, []), "nodes"),
        (lambda dataset, tested: forecast_lines(tested, ["a"], "2030"), "2030"),
        (lambda dataset, tested: forecast_ahead(dataset.values, dataset.values, ["zz"], ""), "zz"),
    ],
)
def test_bad_input_is_told(dataset, tested, draw, said):
    with pytest.raises(InputError, match=said):
        draw(dataset, tested)
