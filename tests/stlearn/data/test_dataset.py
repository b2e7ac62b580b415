"""The data set: what it promises, and the sentence for each thing that cannot be true."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from stlearn.data.dataset import SpatioTemporalDataset, known_ahead, make_calendar
from stlearn.data.steps import regular_frequency
from stlearn.errors import InputError

NODES = ["a", "b", "c"]
TIMES = pd.date_range("2026-01-05", periods=6, freq="5min")


def make_values(times=TIMES, nodes=NODES):
    numbers = np.arange(len(times) * len(nodes), dtype="float64").reshape(len(times), -1)
    return pd.DataFrame(numbers, index=times, columns=nodes)


def make_adjacency(nodes=NODES):
    weights = np.arange(len(nodes) ** 2, dtype="float64").reshape(len(nodes), -1)
    return pd.DataFrame(weights, index=nodes, columns=nodes)


def make_dataset(values=None, **parts):
    return SpatioTemporalDataset(
        "small", make_values() if values is None else values, unit="km/h", **parts
    )


def make_events(**changes):
    event = {"node": "a", "start": TIMES[1], "end": TIMES[2], "kind": "incident"} | changes
    return pd.DataFrame([event])


def make_edges(**changes):
    edge = {"time": TIMES[0], "source": "a", "target": "b", "weight": 1.0} | changes
    return pd.DataFrame([edge])


# What it promises


def test_values_become_float32_and_keep_missing_apart_from_zero():
    values = make_values()
    values.iloc[2, 1] = np.nan
    kept = make_dataset(values).values
    assert (kept.dtypes == "float32").all()
    assert np.isnan(kept.iloc[2, 1]) and kept.iloc[0, 0] == 0
    assert kept.isna().sum().sum() == 1


def test_whole_numbers_and_missing_cells_of_mixed_type_are_numbers():
    values = make_values().astype(object)
    values.iloc[3, 0] = None
    kept = make_dataset(values).values
    assert np.isnan(kept.iloc[3, 0])
    assert kept.iloc[5, 2] == 17


def test_construction_leaves_the_given_frames_alone():
    values, adjacency = make_values(), make_adjacency()
    make_dataset(values, adjacency=adjacency)
    pd.testing.assert_frame_equal(values, make_values())
    pd.testing.assert_frame_equal(adjacency, make_adjacency())


def test_fields_cannot_be_set():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_dataset().unit = "mph"


def test_shape_is_times_and_nodes():
    assert make_dataset().shape == (6, 3)


@pytest.mark.parametrize(
    ("freq", "interval"), [("5min", "5min"), ("1h", "1h"), ("1D", "1D"), ("7D", "7D")]
)
def test_interval_and_frequency_of_a_constant_step(freq, interval):
    times = pd.date_range("2026-01-05", periods=5, freq=freq)
    dataset = make_dataset(make_values(times))
    assert dataset.interval == pd.Timedelta(interval)
    assert pd.date_range(times[0], periods=5, freq=dataset.frequency).equals(times)


def test_working_days_are_regular():
    times = pd.date_range("2026-01-01", periods=12, freq="B")
    dataset = make_dataset(make_values(times))
    assert dataset.frequency == dataset.between(2, 7).frequency == pd.offsets.BusinessDay()
    assert dataset.interval == pd.Timedelta("1D")


@pytest.mark.parametrize(
    ("freq", "months"), [("MS", 1), ("ME", 1), ("BME", 1), ("QS", 3), ("QE-NOV", 3), ("YS-APR", 12)]
)
def test_months_quarters_and_years_are_regular(freq, months):
    times = pd.date_range("2023-01-01", periods=12, freq=freq)
    dataset = make_dataset(make_values(times))
    assert dataset.frequency.n == months
    assert dataset.interval == months * pd.Timedelta("365.25D") / 12
    # Any part says the same, if only of two rows: July and August are no step of 31 days.
    for row in range(11):
        part = make_dataset(make_values(times[row : row + 2]))
        assert (part.frequency.n, part.interval) == (months, dataset.interval)
    assert known_ahead(dataset, 12, 14)[0].equals(
        pd.date_range(times[0], periods=14, freq=freq)[12:]
    )


@pytest.mark.parametrize("freq", ["D", "7D", "MS"])
def test_days_of_local_time_are_regular_across_a_clock_change(freq):
    times = pd.date_range("2026-03-01", periods=50, freq=freq, tz="Europe/Berlin")
    dataset = make_dataset(make_values(times))
    assert pd.date_range(times[0], periods=50, freq=dataset.frequency).equals(times)
    refused("days of 23 or 25 hours .* name its zone", make_values(times.tz_convert("UTC")))


def test_local_time_with_its_zone_is_regular_across_a_clock_change():
    times = pd.date_range("2026-03-28", periods=72, freq="1h", tz="Europe/Berlin")
    assert make_dataset(make_values(times)).interval == pd.Timedelta("1h")


@given(minutes=st.integers(1, 1440), rows=st.integers(3, 40), gap=st.integers(1, 5), data=st.data())
@settings(max_examples=40, deadline=None)
def test_frequency_is_found_and_any_gap_is_refused(minutes, rows, gap, data):
    step = pd.Timedelta(minutes=minutes)
    times = pd.date_range("2026-01-05", periods=rows, freq=step)
    assert pd.Timedelta(regular_frequency(times)) == step
    cut = data.draw(st.integers(1, rows - 1))
    moved = pd.DatetimeIndex([*times[:cut], *(times[cut:] + gap * pd.Timedelta("7s"))])
    with pytest.raises(InputError, match="expected a step of"):
        regular_frequency(moved)


def test_calendar_is_made_when_none_is_given():
    calendar = make_dataset().calendar
    assert list(calendar.columns) == ["time_of_day", "day_of_week"]
    assert calendar.index.equals(TIMES)
    pd.testing.assert_frame_equal(calendar, make_calendar(TIMES))


def test_calendar_that_reaches_beyond_is_kept_whole():
    longer = make_calendar(pd.date_range(TIMES[0], periods=20, freq="5min"), holiday=[0] * 20)
    pd.testing.assert_frame_equal(make_dataset(calendar=longer).calendar, longer)


def test_adjacency_is_aligned_by_label_on_both_axes():
    adjacency = make_adjacency()
    shuffled = adjacency.loc[["c", "a", "b"], ["b", "c", "a"]]
    kept = make_dataset(adjacency=shuffled).adjacency
    assert (kept.dtypes == "float32").all()
    pd.testing.assert_frame_equal(kept, adjacency.astype("float32"))


def test_nodes_are_aligned_by_label():
    nodes = pd.DataFrame({"x": [3, 1, 2]}, index=["c", "a", "b"])
    kept = make_dataset(nodes=nodes).nodes
    assert list(kept.index) == NODES
    assert kept["x"].tolist() == [1, 2, 3]


def test_extra_is_aligned_by_label():
    flow = make_values()[["c", "b", "a"]] * 2
    kept = make_dataset(extra={"flow": flow}).extra["flow"]
    pd.testing.assert_frame_equal(kept, (make_values() * 2).astype("float32"))


def test_one_node_needs_no_edges():
    values = make_values(nodes=["a"])
    assert make_dataset(values, adjacency=pd.DataFrame([[0.0]], ["a"], ["a"])).shape == (6, 1)


def test_event_without_a_node_is_for_all_nodes():
    assert make_dataset(events=make_events(node=None)).events["node"].isna().all()


def test_between_cuts_values_and_extra_and_keeps_what_is_known_ahead():
    whole = make_dataset(extra={"flow": make_values()}, adjacency=make_adjacency())
    part = whole.between(1, 4)
    assert part.values.index.equals(TIMES[1:4])
    assert part.extra["flow"].index.equals(TIMES[1:4])
    assert part.calendar.index.equals(TIMES)
    assert part.adjacency is whole.adjacency
    assert whole.shape == (6, 3)


def test_between_may_leave_a_node_silent():
    values = make_values()
    values.loc[TIMES[:3], "b"] = np.nan
    assert make_dataset(values).between(0, 3).values["b"].isna().all()


@pytest.mark.parametrize(("start", "stop"), [(-1, 3), (0, 7), (2, 3), (4, 2)])
def test_between_refuses_rows_that_are_not_there(start, stop):
    with pytest.raises(InputError, match=f"between: .*got start={start}, stop={stop}"):
        make_dataset().between(start, stop)


def test_adjacency_at_gives_the_latest_graph_not_after_the_time():
    edges = pd.concat(
        [
            make_edges(),
            make_edges(time=TIMES[3], source="c", target="a", weight=2.5),
            make_edges(time=TIMES[3], source="a", target="c", weight=0.5),
        ]
    )
    dataset = make_dataset(edges=edges)
    early, late = dataset.adjacency_at(TIMES[2]), dataset.adjacency_at(TIMES[3])
    assert early.loc["b", "a"] == 1 and early.to_numpy().sum() == 1
    assert late.loc["a", "c"] == 2.5 and late.loc["c", "a"] == 0.5
    assert late.to_numpy().sum() == 3


def test_adjacency_at_before_the_first_graph():
    dataset = make_dataset(edges=make_edges(time=TIMES[2]))
    with pytest.raises(InputError, match="time: no graph is known as early as"):
        dataset.adjacency_at(TIMES[1])


def test_adjacency_at_needs_a_graph_that_changes():
    with pytest.raises(InputError, match=r"small: the graph does not change"):
        make_dataset(adjacency=make_adjacency()).adjacency_at(TIMES[0])


# Calendar


def test_make_calendar_tells_local_time_of_day_and_monday_zero():
    index = pd.DatetimeIndex(["2026-01-05 00:00", "2026-01-10 18:00"], tz="Asia/Tokyo")
    calendar = make_calendar(index, holiday=[1, 0])
    assert calendar["time_of_day"].tolist() == [0.0, 0.75]
    assert calendar["day_of_week"].tolist() == [0, 5]
    assert calendar["holiday"].tolist() == [1, 0]
    assert (calendar.dtypes == "float32").all()


def test_make_calendar_refuses_another_length():
    with pytest.raises(InputError, match="holiday: expected 6 numbers, got 2"):
        make_calendar(TIMES, holiday=[0, 1])


def test_make_calendar_refuses_what_is_no_time():
    with pytest.raises(InputError, match="index: expected a DatetimeIndex, got RangeIndex"):
        make_calendar(pd.RangeIndex(3))


def test_known_ahead_goes_on_past_the_end():
    dataset = make_dataset(calendar=make_calendar(TIMES, holiday=[1] * 6))
    times, calendar = known_ahead(dataset, 4, 9)
    assert times.equals(pd.date_range(TIMES[4], periods=5, freq="5min"))
    assert calendar.index.equals(times)
    for column in ("time_of_day", "day_of_week"):
        np.testing.assert_array_equal(calendar[column], make_calendar(times)[column])
    assert calendar["holiday"].tolist()[:2] == [1, 1]
    assert calendar["holiday"].isna().tolist() == [False, False, True, True, True]


def test_known_ahead_uses_the_calendar_where_it_reaches():
    longer = pd.date_range(TIMES[0], periods=8, freq="5min")
    dataset = make_dataset(calendar=make_calendar(longer, event=range(8)))
    assert known_ahead(dataset, 5, 8)[1]["event"].tolist() == [5, 6, 7]


def test_known_ahead_skips_the_weekend_of_working_days():
    times = pd.date_range("2026-01-05", periods=10, freq="B")
    ahead = known_ahead(make_dataset(make_values(times)), 10, 12)[0]
    assert ahead.day_name().tolist() == ["Monday", "Tuesday"]


# What cannot be true: values


def refused(match, values=None, **parts):
    with pytest.raises(InputError, match=match):
        make_dataset(values, **parts)


def test_values_must_be_a_frame():
    refused(r"values: expected a DataFrame \(time, node\), got ndarray", np.ones((4, 2)))


def test_one_row_is_too_few():
    refused("values: expected at least 2 rows .* got 1 rows and 3 columns", make_values(TIMES[:1]))


def test_a_node_is_needed():
    refused("values: .* got 6 rows and 0 columns", make_values()[[]])


def test_text_is_told_with_its_row_and_column():
    values = make_values().astype(object)
    values.loc[TIMES[3], "b"] = "n/a"
    refused(f"values: expected numbers, got 'n/a' at {TIMES[3]}, node 'b'", values)


def test_infinite_value_is_told_with_its_row_and_column():
    values = make_values()
    values.loc[TIMES[4], "c"] = -np.inf
    refused(f"values: infinite value at {TIMES[4]}, node 'c'", values)


def test_node_without_any_value():
    refused("values: node b has no value at all", make_values().assign(b=np.nan))


def test_node_that_stands_there_twice():
    refused("values: node a stands there more than once", make_values(nodes=["a", "b", "a"]))


def test_times_must_be_times():
    refused(
        "values: expected a DatetimeIndex .* got RangeIndex", make_values().reset_index(drop=True)
    )


def test_mixed_time_zones():
    zones = ["Europe/Berlin", "America/New_York"]
    times = [TIMES[row].tz_localize(zones[row % 2]) for row in range(6)]
    refused("its times carry different time zones", make_values(pd.Index(times, dtype=object)))


def test_missing_time():
    times = TIMES.to_series().reset_index(drop=True)
    times[3] = pd.NaT
    refused("values: the time of row 3 is missing", make_values(pd.DatetimeIndex(times)))


def test_first_three_duplicate_times_are_told():
    times = pd.date_range("2026-01-05", periods=5, freq="5min").repeat(2)
    refused(
        f"values: duplicate timestamps: {times[0]}, {times[2]}, {times[4]} and 2 more",
        make_values(times),
    )


def test_unsorted_times():
    times = TIMES[[0, 1, 3, 2, 4, 5]]
    refused(rf"not increasing: {TIMES[2]} follows {TIMES[3]} \(row 3\)", make_values(times))


def test_first_three_gaps_are_told():
    times = pd.date_range("2026-01-05", periods=40, freq="5min").delete([3, 8, 13, 18])
    with pytest.raises(InputError) as told:
        make_dataset(make_values(times))
    message = str(told.value)
    assert "expected a step of 5 minutes throughout, but 4 steps differ" in message
    for gap in ("00:10:00 to 2026-01-05 00:20:00", "00:35:00 to", "01:00:00 to"):
        assert gap in message
    assert "01:25:00" not in message
    assert "4 rows are missing there: add them with empty cells" in message
    assert "daylight" not in message


@pytest.mark.parametrize(
    ("freq", "absent", "step"),
    [("1h", 30, "1 hour"), ("D", 3, "1 day"), ("7D", 2, "1 week"), ("B", 6, "1 working day"),
     ("MS", 4, "1 month"), ("ME", 4, "1 month"), ("QS", 2, "3 months"), ("YS", 2, "1 year")],
)  # fmt: skip
def test_a_missing_row_is_called_what_it_is(freq, absent, step):
    times = pd.date_range("2026-01-01", periods=48, freq=freq)
    with pytest.raises(InputError) as told:
        make_dataset(make_values(times.delete(absent)))
    assert str(told.value) == (
        f"time index: expected a step of {step} throughout, but 1 step differs, first "
        f"{times[absent - 1]} to {times[absent + 1]}; a row is missing there: "
        "add it with empty cells"
    )


def test_gap_of_a_clock_change_gets_a_hint():
    local = pd.date_range("2026-03-28", periods=72, freq="1h", tz="Europe/Berlin").tz_localize(None)
    refused(
        "daylight-saving change: give the times in UTC or with their time zone", make_values(local)
    )


# What cannot be true: the graph


def test_adjacency_must_be_a_frame():
    refused(
        "adjacency: expected a DataFrame or a SciPy sparse array, got ndarray",
        adjacency=np.ones((3, 3)),
    )


@pytest.mark.parametrize("kind", ["coo_array", "csc_array", "csr_matrix", "dok_array"])
def test_a_sparse_adjacency_is_kept_sparse_and_reads_as_the_frame(kind):
    frame = make_adjacency()
    sparse = getattr(scipy.sparse, kind)(frame.to_numpy())
    kept = make_dataset(adjacency=sparse)
    assert isinstance(kept.adjacency, scipy.sparse.csr_array)
    assert kept.adjacency.dtype == "float32"
    assert kept.weights is kept.adjacency
    pd.testing.assert_frame_equal(kept.adjacency_frame, frame.astype("float32"))
    dense = make_dataset(adjacency=frame)
    assert dense.adjacency_frame is dense.adjacency
    assert (dense.weights != kept.weights).nnz == 0
    assert make_dataset().weights is make_dataset().adjacency_frame is None


def test_a_sparse_adjacency_with_names_is_put_in_the_order_of_values():
    frame = make_adjacency()
    order = ["c", "a", "b"]
    shuffled = scipy.sparse.csr_array(frame.loc[order, order].to_numpy())
    kept = make_dataset(adjacency=(shuffled, order))
    pd.testing.assert_frame_equal(kept.adjacency_frame, frame.astype("float32"))


def test_cells_stored_twice_are_the_sum_and_stored_zeros_are_no_edges():
    cells = ([1.0, 2.0, 0.0], ([0, 0, 2], [1, 1, 0]))
    kept = make_dataset(adjacency=scipy.sparse.coo_array(cells, shape=(3, 3))).weights
    assert kept.nnz == 1
    assert kept[0, 1] == 3


@pytest.mark.parametrize(
    ("weights", "names", "expected"),
    [
        (np.ones((2, 2)), None, r"a column for each of the 3 nodes of values, got shape \(2, 2\)"),
        (np.ones((3, 3)), ["a", "b"], r"each of the 2 nodes named beside it, got shape \(3, 3\)"),
        (np.ones((3, 3)), ["a", "b", "x"], "its nodes differ .* missing c; unknown x"),
        (np.ones((3, 3)), ["a", "b", "b"], "its nodes differ .*more than once"),
        (np.ones((2, 3)), None, r"expected a square matrix, got shape \(2, 3\)"),
        (np.diag([1.0, 2.0, 3.0]), None, "it has no edges between different nodes"),
        (np.array([[0, 1, 0], [0, 0, -1], [0, 0, 0.0]]), None,
         r"expected no negative number, got -1.0 in row 1, column 2"),
        (np.array([[0, 1, 0], [0, 0, 1], [np.nan, 0, 0]]), None,
         "expected finite numbers, got nan in row 2, column 0"),
    ],
)  # fmt: skip
def test_a_sparse_adjacency_that_is_none_is_named(weights, names, expected):
    sparse = scipy.sparse.csr_array(weights)
    refused(f"adjacency: .*{expected}", adjacency=sparse if names is None else (sparse, names))


def test_adjacency_must_be_square():
    refused(
        r"adjacency: expected a square matrix, got shape \(2, 3\)", adjacency=make_adjacency()[:2]
    )


@pytest.mark.parametrize("axis", ["index", "columns"])
def test_adjacency_with_other_names(axis):
    refused(
        "adjacency: its nodes differ .* missing c; unknown x",
        adjacency=make_adjacency().rename(**{axis: {"c": "x"}}),
    )


def test_adjacency_with_numbers_for_names():
    refused(
        "adjacency: its nodes differ .* missing a, b, c; unknown 0, 1, 2",
        adjacency=pd.DataFrame(np.ones((3, 3))),
    )


def test_adjacency_with_a_name_twice():
    refused("adjacency: .* more than once", adjacency=make_adjacency(["a", "b", "c", "c"]))


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        (-1.0, "no negative number, got -1.0"),
        (np.nan, "finite numbers, got nan"),
        (np.inf, "finite numbers, got inf"),
    ],
)
def test_adjacency_with_an_impossible_weight(weight, expected):
    adjacency = make_adjacency()
    adjacency.loc["c", "a"] = weight
    refused(f"adjacency: expected {expected} from 'a' to 'c'", adjacency=adjacency)


def test_adjacency_with_text():
    adjacency = make_adjacency().astype(object)
    adjacency.loc["c", "a"] = "near"
    refused("adjacency: expected a matrix of numbers", adjacency=adjacency)


def test_adjacency_without_edges():
    refused(
        "adjacency: it has no edges between different nodes",
        adjacency=pd.DataFrame(np.eye(3), NODES, NODES),
    )


def test_nodes_that_differ():
    nodes = pd.DataFrame({"x": [1, 2, 3]}, index=["a", "b", "d"])
    refused("nodes: its nodes differ .* missing c; unknown d", nodes=nodes)


# What cannot be true: calendar, extra, events, edges


def test_calendar_must_be_a_frame_over_times():
    refused(
        "calendar: expected a DataFrame with times", calendar=pd.DataFrame({"holiday": [0] * 6})
    )


@pytest.mark.parametrize("rows", [5, 2, 1, 0])
def test_calendar_that_does_not_cover(rows):
    refused(
        f"calendar: .*{TIMES[rows]}" if rows else "calendar:", calendar=make_calendar(TIMES[:rows])
    )


def test_calendar_with_a_missing_number():
    calendar = make_calendar(TIMES, holiday=[0, 0, np.nan, 0, 0, 0])
    refused("calendar: expected finite numbers", calendar=calendar)


def test_extra_at_other_times():
    late = make_values(TIMES + pd.Timedelta("5min"))
    refused(r"extra\['flow'\]: expected the times and nodes of values", extra={"flow": late})


def test_extra_at_other_nodes():
    other = make_values(nodes=["a", "b", "x"])
    refused(r"extra\['flow'\]: expected the times and nodes of values", extra={"flow": other})


def test_extra_is_checked_like_values():
    refused(r"extra\['flow'\]: infinite value", extra={"flow": make_values() * np.inf})


def test_events_at_an_unknown_node():
    refused("events: unknown node x", events=make_events(node="x"))


def test_events_that_end_before_they_start():
    refused("events: the event in row 0 ends before it starts", events=make_events(end=TIMES[0]))


def test_events_without_a_column():
    refused(r"events: .* missing \['kind'\]", events=make_events().drop(columns="kind"))


@pytest.mark.parametrize("end", ["source", "target"])
def test_edges_at_an_unknown_node(end):
    refused("edges: unknown node x", edges=make_edges(**{end: "x"}))


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_edges_with_an_impossible_weight(weight):
    refused("edges: expected finite weights", edges=make_edges(weight=weight))


def test_edges_without_a_column():
    refused(r"edges: .* missing \['weight'\]", edges=make_edges().drop(columns="weight"))
