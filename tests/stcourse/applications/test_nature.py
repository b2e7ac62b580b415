"""Floods, climate and machines: routing as a forecaster, and what the notebook's cells hold."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from stcourse.applications.nature.routing import Routing
from stcourse.authoring import notebooks
from stcourse.worlds.river import muskingum, river, route
from stlearn import SpatioTemporalDataset
from stlearn.baselines.averages import LastValue
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare

# Routing


@pytest.fixture(scope="module")
def water():
    return river(days=90)


def test_a_graph_that_was_read_from_a_file_serves_as_well(water):
    read = dataclasses.replace(water, adjacency=water.weights)  # edges alone, as readers keep them
    dense, sparse = (Routing(2).fit(each).predict(each) for each in (water, read))
    pd.testing.assert_frame_equal(sparse, dense)


def test_routing_beats_the_last_value_and_the_rain_helps_it(water):
    dry, wet = Routing(6), Routing(6, rain="rain")
    wet.name = "routing with rain"
    split = chronological_split(water, validation=0.1, test=0.3)
    table = compare([LastValue(6), dry, wet], water, split, progress=False).table()
    errors = table.groupby("model")["mae"].mean()
    assert errors["routing with rain"] < errors["routing"] < 0.8 * errors["last value"]


def test_routing_finds_the_travel_time_and_loses_no_water():
    times = pd.date_range("2026-01-01", periods=2000, freq="h")
    random = np.random.default_rng(0)
    above = 1 + np.convolve(random.exponential(size=2000) ** 3, np.ones(9), "same")
    levels = pd.DataFrame({"above": above, "below": route(route(above, 2), 2)}, times) ** 0.6
    graph = pd.DataFrame([[0, 0], [1, 0]], levels.columns, levels.columns)
    fitted = Routing(3).fit(SpatioTemporalDataset("reach", levels, "m", adjacency=graph))
    assert fitted.times[1, 0] == pytest.approx(4, rel=0.1)
    assert fitted.factors[1, 0] == pytest.approx(1, rel=0.02)


def test_what_is_on_its_way_is_forecast_exactly_where_nothing_else_comes():
    times = pd.date_range("2026-01-01", periods=400, freq="h")
    above = np.where(np.arange(400) % 100 < 20, 5.0, 1.0)
    levels = pd.DataFrame({"above": above, "below": route(above, 2)}, times) ** 0.6
    graph = pd.DataFrame([[0, 0], [1, 0]], levels.columns, levels.columns)
    reach = SpatioTemporalDataset("reach", levels, "m", adjacency=graph)
    fitted = Routing(4).fit(reach)
    fitted.times[1, 0], fitted.factors[1, 0] = 2, 1
    fitted.weights[:] = 0
    fitted.weights[0, :, 0] = 1  # the gauge above falls to a flow of 1 at once, and stays
    said = fitted.forecasts(reach, np.array([220]))[0]
    expected = route(np.append(above[:220], np.ones(4)), 2)[-4:] ** 0.6
    np.testing.assert_allclose(said[:, 1], expected, rtol=1e-5)


def test_routing_keeps_the_contract(water, tmp_path):
    fitted = Routing(4, rain="rain").fit(water.between(0, 1500))
    fitted.save(tmp_path)
    again = Routing.load(tmp_path)
    origins = np.arange(1500, 1600)
    said = again.forecasts(water, origins)
    np.testing.assert_array_equal(said, fitted.update(water).forecasts(water, origins))
    assert said.shape == (100, 4, 13) and np.isfinite(said).all()


def test_a_missing_reading_is_borne(water):
    values = water.values.copy()
    values.iloc[700:720, 3] = np.nan
    holed = SpatioTemporalDataset("holed", values, "m", adjacency=water.adjacency)
    assert np.isfinite(Routing(2).fit(holed).forecasts(holed, np.array([715]))).all()


def test_routing_asks_for_reaches_and_rain(water):
    with pytest.raises(InputError, match="adjacency: routing needs a graph"):
        Routing(2).fit(SpatioTemporalDataset("levels", water.values, "m"))
    with pytest.raises(InputError, match="rain: expected one of .*'inflow'.*, got 'snow'"):
        Routing(2, rain="snow").fit(water)


def test_muskingum_lets_a_steady_flow_through():
    assert sum(muskingum(1.5)) == pytest.approx(1)
    with pytest.raises(InputError, match="hours"):
        muskingum(0.1)


# The notebook


@pytest.fixture(scope="module")
def parts():
    """Code of each part, exercises and real data left out."""
    path = notebooks.course_folder() / "06e_nature_and_machines.ipynb"
    code, part = {}, "head"
    for cell in notebooks.read(path).cells:
        heading = re.match(r"## (6\.\d+|What you now know)", cell.source)
        part = heading[1] if heading else part
        tags = notebooks.tags(cell)
        if cell.cell_type == "code" and not tags & {"real-data", "solution", "exercise-check"}:
            code.setdefault(part, []).append(cell.source)
    return {part: "\n".join(cells) for part, cells in code.items()}


@pytest.mark.parametrize("part", ["6.10", "6.11", "6.12"])
def test_each_part_compares_the_whole_ladder_and_adds_a_line(parts, part):
    assert re.search(r"= ladder\(", parts[part])
    assert re.search(r"\bcompare\(", parts[part]) and "decide(" in parts[part]
    assert parts[part].count("lines.append(make_line(") == 1
