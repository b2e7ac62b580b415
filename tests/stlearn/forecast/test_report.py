"""The report: one page that needs nothing else, and in which nothing from the data can run."""

import dataclasses
import html.parser
import re
import struct

import numpy as np
import pandas as pd
import pytest

from stlearn import SpatioTemporalDataset
from stlearn.baselines.averages import HistoricalAverage, LastValue
from stlearn.data.windows import chronological_split
from stlearn.evaluation.comparison import compare
from stlearn.forecast import report
from stlearn.forecast.job import Result
from stlearn.forecast.prediction import quantiles_ahead
from stlearn.forecast.results import scores_as_json
from stlearn.forecast.scores import intervals_as_text, scores_as_text, states_as_text
from stlearn.plots import style

EVIL = "<script>alert('x')</script>"


def small_result(
    unit="km/h", freq="15min", name="a & b", quantiles=(0.05, 0.5, 0.95), dead=(), test=0.2, **more
):
    rng = np.random.default_rng(0)
    times = pd.date_range("2026-01-05", periods=10 * 96, freq=freq)
    values = rng.normal(60, 5, (len(times), 3)) - 30 * np.asarray(times.hour == 8)[:, None]
    values[-1, 0] = np.nan
    values[-13, list(dead)] = 500  # far from all that will be forecast
    values[-12:, list(dead)] = np.nan
    table = pd.DataFrame(values, times, [EVIL, "b", "c"])
    dataset = SpatioTemporalDataset(name, table, unit, notes=(f"note {EVIL}",), **more)
    split = chronological_split(dataset, test=test)
    network = HistoricalAverage(4)  # it stands for the network: the report asks no more of it
    comparison = compare(
        [LastValue(4), network], dataset, split, progress=False, quantiles=quantiles
    )
    ahead = network.predict(dataset), quantiles_ahead(network, dataset)
    return Result(dataset, "All in order.", split, comparison, network, *ahead)


@pytest.fixture(scope="module")
def result():
    return small_result()


@pytest.fixture(scope="module")
def pictures(result):
    return report.draw(result)


@pytest.fixture(scope="module")
def page(result, pictures):
    return report.render(result, pictures, "my results/it's")


def test_what_is_known_ahead_is_what_models_read(result):
    assert report._facts(result)["Known ahead"] == "time of day, day of week"
    weekly = small_result(freq="7D", unit="cases")  # eighteen years
    assert report._facts(weekly)["Known ahead"] == "time of the year"


class Page(html.parser.HTMLParser):
    """Collects tags with their attributes, and the text between them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_page_is_well_formed_and_asks_for_nothing(page):
    parsed = Page(page)
    assert parsed.open == []
    assert not {tag for tag, _ in parsed.tags} & {"script", "link", "iframe", "object", "form"}
    for _, attributes in parsed.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href"):
            assert attributes.get(name, "data:").startswith("data:")
    assert "http" not in page and "url(" not in page and "@import" not in page


def test_nothing_from_the_data_can_run(page):
    assert "<script" not in page
    text = Page(page).text
    assert EVIL in text and f"note {EVIL}" in text and "a & b" in text


def test_every_figure_has_a_text_beside_it(page, pictures):
    images = [attributes for tag, attributes in Page(page).tags if tag == "img"]
    assert len(images) >= 6
    text = Page(page).text
    for image in images:
        assert len(image["alt"]) > 30 and image["alt"] in text
    for picture in pictures:
        width, _ = struct.unpack(">II", picture.png[16:24])
        assert 800 <= width <= 1000


def test_verdict_comes_first_then_all_that_an_engineer_asks(page, result):
    text = Page(page).text
    assert 0 < text.index(result.headline) < text.index("What comes next")
    for part in ("All in order.", "In congestion", "Limits", "stlearn predict", "of the values"):
        assert part in text
    for verdict in result.verdicts:
        assert verdict.sentence in text
    assert "--model 'my results/it'\"'\"'s/model'" in text  # ready for a shell


def test_table_of_the_page_is_that_of_the_scores(page, result):
    cells = re.findall(r"<td>(?:<strong>)?([\d.]+\*?)(?:</strong>)?</td>", page)
    for cell in scores_as_text(result).drop(columns="", level=0).to_numpy().ravel():
        assert cell in cells


def test_the_page_tells_how_sure_the_forecast_is(page, result):
    text = Page(page).text
    for table in (intervals_as_text(result), states_as_text(result)):
        for cell in table.to_numpy().ravel():
            assert cell in text
    assert "should hold 90 % of what comes" in text
    assert "turned out to be in congestion it held" in text
    assert "No interval can be held to its promise there" in text


def test_the_figure_of_states_is_about_the_model_that_is_kept(result):
    runs = dict(reversed(result.comparison.runs.items()))  # the kept one is not the last
    other = dataclasses.replace(result.comparison, runs=runs)
    pictures = report.draw(dataclasses.replace(result, comparison=other))
    (states,) = (picture for picture in pictures if picture.name == "states")
    assert "the 90 % interval of historical average in the state" in states.sentence
    assert states.sentence.startswith("Of what came after 30 minutes, ")


def test_what_counts_as_moving_is_told_in_the_unit_of_the_step(page):
    assert "a change within 15 minutes by more than 15 % of the free speed is moving" in page
    weekly = small_result("ppm", "7D")
    page = report.render(weekly, report.draw(weekly), "results")
    assert "a change within 1 week by more than 15 % of the usual range is moving" in page
    assert "after 2 weeks, " in page and "speed" not in page


def test_every_sensor_can_be_looked_up_with_its_range(page, result):
    rows = re.search(r"<summary>All 3 sensors</summary>(.*?)</details>", page, re.DOTALL)[1]
    low, middle, high = (result.quantiles[EVIL][level].iloc[0] for level in (0.05, 0.5, 0.95))
    numbers = f"{style.digits(middle)} ({style.digits(low)} to {style.digits(high)})"
    assert numbers in Page(rows).text
    assert rows.count("<tr><td>") == 3


def test_without_intervals_the_page_says_so():
    result = small_result(quantiles=())
    assert result.quantiles is None
    text = Page(report.render(result, report.draw(result), "results")).text
    assert "without a range: the validation part has too few" in text
    assert "How sure it is" not in text and "nan" not in text.lower()
    assert scores_as_json(result)["by_state"] == []


def test_largest_expected_change_comes_first(result):
    changes = report.expected_changes(result)
    known = result.dataset.values.ffill().iloc[-1]
    assert list(changes.columns) == ["now", "in 15 min", "in 30 min", "in 45 min", "in 60 min"]
    expected = (result.forecast.iloc[3] - known).abs()
    assert changes.index[0] == expected.idxmax()
    assert changes.loc[EVIL, "now"] == known[EVIL]
    assert changes.loc["b", "in 45 min"] == result.forecast["b"].iloc[2]


@pytest.mark.parametrize("dead", [[1], [0, 1, 2]])
def test_sensors_that_fell_silent_are_named_and_lose_no_result(dead):
    silent = small_result(dead=dead)
    changes = report.expected_changes(silent)
    assert set(changes.index[3 - len(dead) :]) == {silent.dataset.values.columns[k] for k in dead}
    pictures = report.draw(silent)
    assert ("next" in [picture.name for picture in pictures]) == (len(dead) < 3)
    text = Page(report.render(silent, pictures, "out")).text
    assert "No reading in the last 12 rows: " in text
    assert "500" not in pictures[0].sentence
    assert f"{len(dead)} reading" in text and "outside 0 to 200 km/h" in text


@pytest.mark.parametrize(("freq", "test"), [("15min", "1h15min"), ("D", "5D"), ("D", "7D")])
def test_a_test_part_with_few_origins_has_its_report(freq, test):
    result = small_result(freq=freq, test=test)
    tested = result.comparison.runs["last value"].backtest
    pictures = {picture.name: picture for picture in report.draw(result)}
    assert ("time-space" in pictures) == (len(tested.times) > 2)
    assert "lines" in pictures


def test_eventful_time_is_one_day(result):
    tested = result.comparison.runs["last value"].backtest
    start, stop = report.eventful_time(tested, result.dataset.interval)
    assert start.normalize() == stop.normalize()
    assert tested.times[0] <= start < stop <= tested.times[-1]


@pytest.mark.parametrize(
    ("unit", "freq", "ahead"),
    [
        ("veh/h", "15min", ["15 min", "30 min", "60 min"]),
        ("m/s", "D", ["1 d", "2 d", "4 d"]),  # a wind knows no congestion
        ("litres", "ME", ["1 mo", "2 mo", "4 mo"]),
    ],
)
def test_other_units_and_steps(unit, freq, ahead):
    result = small_result(unit, freq)
    assert scores_as_text(result)["MAE"].columns.tolist() == ahead
    page = report.render(result, report.draw(result), "results")
    text = Page(page).text
    assert "In congestion" not in text and "nan" not in text.lower()
    assert unit in text


def test_scores_hold_no_nan():
    result = small_result("veh/h")
    for row in scores_as_json(result)["scores"]:
        assert all(cell == cell for cell in row.values())
        assert "mae_congestion" not in row


def test_scores_that_are_not_known_are_none_and_a_dash():
    result = small_result()
    nothing = np.zeros_like(result.comparison.congestion)
    object.__setattr__(result.comparison, "congestion", nothing)
    assert scores_as_json(result)["scores"][0]["mae_congestion"] is None
    assert (scores_as_text(result)["MAE in\ncongestion"] == "-").all(axis=None)
    assert "nan" not in Page(report.render(result, [], "results")).text.lower()
