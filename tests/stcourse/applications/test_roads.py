"""Notebook 06a: what its cells must hold, and its functions on days made by hand."""

import re

import numpy as np
import pandas as pd
import pytest

from stcourse.applications import real_data
from stcourse.authoring import notebooks
from stcourse.worlds.buses import buses
from stlearn import catalogue
from stlearn.errors import InputError

CELLS = {
    cell.id: cell
    for cell in notebooks.read(notebooks.course_folder() / "06a_roads.ipynb").cells
    if cell.cell_type == "code"
}
FUNCTIONS = (
    "imports", "imports-stlearn", "solve61", "departure", "drive", "trips", "lost",
    "solve62", "report", "score", "alarms", "solve63", "how-many", "rule", "dispatch",
)  # fmt: skip
OF_WORLDS = ("city = ", "split = ", "effect = ", "print(", "known = ", "more = ", "plain = ",
             "scores", "speeds", "show(")  # fmt: skip


@pytest.fixture(scope="module")
def cells():
    """Names that the notebook's cells define, without worlds and trainings."""
    found = {"np": np, "pd": pd}
    for id in FUNCTIONS:
        lines = CELLS[id].source.splitlines()
        kept = [line for line in lines if not line.startswith(OF_WORLDS)]
        exec("\n".join(kept), found)
    return found


def test_each_part_climbs_the_whole_ladder_on_its_world_and_on_real_data():
    climbs = [id for id, cell in CELLS.items() if "ladder(" in cell.source]
    real = [id for id in climbs if "real-data" in notebooks.tags(CELLS[id])]
    assert len(climbs) == 6 and len(real) == 3
    assert sum("make_line(" in cell.source for cell in CELLS.values()) == 3


def test_only_cells_of_real_data_need_real_data():
    real = {id for id, cell in CELLS.items() if "real-data" in notebooks.tags(cell)}
    made = {
        name for id in real for name in re.findall(r"^ *(\w+) = ", CELLS[id].source, re.MULTILINE)
    }
    for id, cell in CELLS.items():
        if id not in real:
            assert "try_load(" not in cell.source
            assert not re.search(r"\b(tried|begin|los|nab|joined)\b", cell.source), id
    assert {"tried", "begin"} <= made


def test_every_world_and_network_takes_the_seed():
    for cell in CELLS.values():
        for call in re.findall(r"(?<!\w)(?:ladder|new_network|buses|traffic)\((.*)", cell.source):
            assert "SEED" in call, call


def test_travel_time_follows_the_driver(cells):
    b = [60.0, 60, 12, 12, 12, 12]
    speeds = np.stack([np.full(6, 60.0), b], axis=1)[None]
    # Five minutes for the first link; who leaves at 0:05 enters the second when it is slow.
    assert cells["drive"](speeds, [5, 5])[0].tolist() == [10, 30, 30, 30, 30, 30]
    assert cells["drive"](speeds, [5, 1])[0].tolist() == [6, 10, 10, 10, 10, 10]
    assert cells["drive"](np.zeros((1, 12, 1)), [1])[0, 0] == 20, "3 km/h at least"


def test_who_knows_the_minutes_is_never_late_and_a_late_minute_costs_nine(cells):
    times = pd.DatetimeIndex(["2026-03-02 07:00", "2026-03-03 07:00", "2026-03-04 07:00"])
    start = times[2]
    came = np.full((3, 12), 20.0)
    assert cells["lost"](times, came, came, start).tolist() == [0, 0, 0]
    sudden = came + np.array([0, 0, 3])[:, None]  # no error of the days before tells of it
    assert cells["lost"](times, sudden, came, start).tolist() == [0, 0, 27]


def test_the_reserve_comes_from_other_days_before_the_start(cells):
    times = pd.DatetimeIndex(["2026-03-02 07:00", "2026-03-03 07:00", "2026-03-04 07:00"])
    said = np.full((3, 12), 20.0)
    came = said + np.array([5, 10, 0])[:, None]
    costs = cells["lost"](times, came, said, times[2])
    # The first day plans with the error of the second and is 5 minutes early, the second with
    # that of the first and is 5 late; the third has the larger of both as its reserve.
    assert costs.tolist() == [5, 45, 10]


@pytest.fixture
def day():
    times = pd.date_range("2026-03-02", periods=4 * 288, freq="5min")
    score = pd.Series(np.random.default_rng(0).random(len(times)), times)
    starts = times[[288 * 2 + 100, 288 * 3 + 100]]
    incidents = pd.DataFrame({"start": starts, "end": starts + pd.Timedelta("55min")})
    score[incidents["start"][0]] = 5
    return score, incidents, times[2 * 288]


def test_a_threshold_comes_from_quiet_days_and_incidents_do_not_raise_it(cells, day):
    score, incidents, start = day
    score[start - pd.Timedelta("10h")] = 9
    early = pd.DataFrame({"start": [start - pd.Timedelta("11h")], "end": [start]})
    blind = cells["alarms"](score, incidents, start, bearable=0)
    assert not blind[start:].any(), "the highest score of the days before is the threshold"
    seeing = cells["alarms"](score, pd.concat([early, incidents]), start, bearable=0)
    assert seeing[incidents["start"][0]] and not seeing[start : incidents["start"][0]][:-1].any()


def test_an_incident_that_nobody_noticed_counts_with_its_whole_length(cells, day):
    score, incidents, start = day
    on = cells["alarms"](score, incidents, start, bearable=0)
    assert cells["unnoticed"](on, incidents).tolist() == [0, 60]


def test_a_known_event_is_learned_at_its_stop_and_nowhere_else(cells):
    city = buses(seed=3, days=42)
    effect = cells["event_effect"](city, len(city.values), "match")
    assert 200 < effect["A3"] < 240
    assert effect.drop("A3").abs().max() < 15
    nothing = cells["event_effect"](city, 40, "match")
    assert (nothing == 0).all(), "without a match nothing is learned"


def test_who_knows_the_demand_leaves_nobody_and_who_forgets_pays(cells):
    came = np.full((6, 2, 2), 80.0)
    known = cells["run_buses"](came, came[:, 1][:, None], came)
    assert known == [400] * 6, "two buses for each of two lines"
    blind = cells["run_buses"](0 * came, 0 * came[:, 1][:, None], came)
    assert blind[-1] > 400
    assert np.all(np.array(blind[1:]) >= 8 * 160), "with no bus sent, a queue stays"


def test_data_out_of_reach_is_one_calm_sentence(monkeypatch, capsys):
    def unreachable(name):
        raise InputError("could not be downloaded")

    monkeypatch.delenv("STLEARN_MIRROR", raising=False)
    monkeypatch.setattr(catalogue, "load", unreachable)
    assert real_data.try_load("los-loop") is None
    said = capsys.readouterr()
    assert said.out.count("\n") == 1 and "los-loop cannot be reached" in said.out
    assert not said.err


def test_a_hole_in_the_mirror_and_an_unknown_name_are_not_calm(monkeypatch, tmp_path):
    monkeypatch.setenv("STLEARN_MIRROR", str(tmp_path))
    with pytest.raises(InputError, match="no such file"):
        real_data.try_load("los-loop")
    with pytest.raises(InputError, match="unknown data set"):
        real_data.try_load("nothing")
