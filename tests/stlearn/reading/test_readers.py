"""Readers of a user's own CSV files and of the field's file formats."""

import gzip
import itertools
import pickle

import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import stlearn
from stlearn.errors import InputError
from stlearn.graph import adjacency_from_edges, gaussian_kernel
from stlearn.reading import readers
from stlearn.reading.csv_graphs import LIKE_DISTANCES

GOOD = """time,a,b,c
2026-01-05 00:00,50.5,60,70
2026-01-05 00:05,51,,71
2026-01-05 00:10,52,NA,0
2026-01-05 00:15,NaN,63,73
"""


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="values.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def read(path, **more):
    return readers.read_csv(path, unit="km/h", **more)


def test_values_times_and_missing_cells(write):
    dataset = stlearn.read_csv(write(GOOD), unit="km/h")
    assert (dataset.name, dataset.unit) == ("values", "km/h")
    expected = pd.DataFrame(
        {"a": [50.5, 51, 52, np.nan], "b": [60, np.nan, np.nan, 63], "c": [70, 71, 0, 73]},
        index=pd.date_range("2026-01-05", periods=4, freq="5min"),
        dtype="float32",
    )
    pd.testing.assert_frame_equal(
        dataset.values, expected, check_freq=False, check_index_type=False
    )
    assert dataset.adjacency is None
    assert dataset.interval == pd.Timedelta("5min")


def test_packed_file_byte_order_mark_and_index_without_name(tmp_path):
    path = tmp_path / "speed.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"\xef\xbb\xbf" + GOOD.replace("time", "", 1).encode())
    dataset = read(path)
    assert dataset.name == "speed"
    assert dataset.shape == (4, 3)
    assert read(path, name="mine").name == "mine"


def test_what_pandas_writes_is_read_back(tmp_path):
    index = pd.date_range("2026-01-05", periods=50, freq="15min", tz="UTC")
    values = pd.DataFrame(
        np.random.default_rng(0).normal(size=(50, 3)), index=index, columns=["7", "8", "9"]
    )
    values.iloc[3, 1] = np.nan
    values.to_csv(tmp_path / "v.csv")
    dataset = read(tmp_path / "v.csv")
    np.testing.assert_array_equal(dataset.values.to_numpy(), values.to_numpy(dtype="float32"))
    assert (dataset.values.index == index).all()


@pytest.mark.parametrize("word", ["nan", "null", "None"])
def test_what_pandas_and_numpy_write_for_missing_is_missing(write, word):
    values = read(write(GOOD.replace("63", word))).values
    assert values["b"].isna().tolist() == [False, True, True, True]


def test_one_offset_is_kept_as_local_time(write):
    text = GOOD.replace(":00,", ":00+02:00,").replace("5,5", "5+02:00,5")
    text = text.replace("0:10,", "0:10+02:00,").replace("0:15,", "0:15+02:00,")
    index = read(write(text)).values.index
    assert index[0] == pd.Timestamp("2026-01-04 22:00", tz="UTC")
    assert index[0].hour == 0


@pytest.mark.parametrize("unit", ["", None, 5])
def test_unit_is_required(write, unit):
    with pytest.raises(InputError, match="unit: expected the unit"):
        readers.read_csv(write(GOOD), unit=unit)
    with pytest.raises(TypeError, match="unit"):
        readers.read_csv(write(GOOD))


BAD_VALUES = {
    "empty file": ("", ["the file is empty"]),
    "only blank lines": ("\n\n", ["the file is empty"]),
    "header only": ("time,a\n", ["at least 2 rows", "got 0 rows"]),
    "one row": ("time,a\n2026-01-05,1\n", ["at least 2 rows", "got 1 rows"]),
    "no sensor columns": ("time\n2026-01-05\n2026-01-06\n", ["line 1", "at least one sensor"]),
    "semicolons": ("time;a\n2026-01-05;1\n2026-01-06;2\n", ["line 1", "';'", "expected commas"]),
    "no header": ("2026-01-05,1,2\n2026-01-06,2,3\n", ["line 1", "expected a header"]),
    "column without name": ("time,a,\n2026-01-05,1,2\n", ["line 1", "column 3 has no name"]),
    "duplicate sensor": (
        "time,a,b,a\n2026-01-05,1,2,3\n2026-01-06,1,2,3\n",
        ["line 1", "'a'", "columns 2 and 4"],
    ),
    "text in a cell": (GOOD.replace("63", "fast"), ["line 5", "column 'b'", "'fast'"]),
    "other word for missing": (
        GOOD.replace("63", "n/a"),
        ["line 5", "column 'b'", "'n/a'", "empty cells, NA, NaN, null or None", "--missing-marks"],
    ),
    "true": (GOOD.replace("63", "True"), ["line 5", "column 'b'", "'True'"]),
    "thousands": (GOOD.replace("63", '"1,063"'), ["line 5", "column 'b'", "thousands"]),
    "unquoted thousands": (GOOD.replace("63", "1,063"), ["line 5", "4 cells", "thousands"]),
    "decimal comma": (GOOD.replace("63", '"63,5"'), ["line 5", "column 'b'", "decimal comma"]),
    "infinite": (GOOD.replace("63", "inf"), ["line 5", "column 'b'", "infinite"]),
    "overflow": (GOOD.replace("63", "1e999"), ["line 5", "column 'b'", "infinite"]),
    "short row": (GOOD.replace("51,,71", "51,71"), ["line 3", "4 cells", "got 3"]),
    "all missing": (
        "time,a,b\n2026-01-05,1,\n2026-01-06,2,NA\n",
        ["column 'b'", "no value at all"],
    ),
    "no time": (GOOD.replace("2026-01-05 00:10", ""), ["line 4", "expected a time"]),
    "no ISO time": (GOOD.replace("2026-01-05 00:10", "5.1.26 0:10"), ["line 4", "'5.1.26 0:10'"]),
    "duplicate time": (GOOD.replace("00:10", "00:05"), ["line 4", "already (line 3)"]),
    "unsorted": (
        GOOD.replace("00:10", "00:02").replace("00:15", "00:20"),
        ["line 4", "not increasing", "00:02:00 follows 2026-01-05 00:05:00"],
    ),
    "irregular": (GOOD.replace("00:15", "00:16"), ["line 5", "expected a step of 5 minutes"]),
    "mixed offsets": (
        GOOD.replace("00:05,", "00:05+01:00,").replace("00:10,", "00:10+02:00,"),
        ["line 3", "different UTC offsets", "none in line 2", "in UTC"],
    ),
    "two zones": (
        "time,a\n2026-03-29 01:00+01:00,1\n2026-03-29 03:00+02:00,2\n",
        ["line 3", "+0100 in line 2", "+0200 in line 3", "in UTC"],
    ),
    "daylight-saving gap": (
        "time,a\n2026-03-29 00:00,1\n2026-03-29 01:00,1\n2026-03-29 03:00,2\n2026-03-29 04:00,2\n",
        ["line 4", "daylight-saving", "UTC"],
    ),
    "clock goes back": (
        "time,a\n2026-10-25 02:00,1\n2026-10-25 02:30,1\n2026-10-25 02:00,2\n2026-10-25 02:30,2\n",
        ["line 4", "daylight saving", "UTC"],
    ),
    "gap in January": (
        "time,a\n2026-01-10 00:00,1\n2026-01-10 01:00,1\n2026-01-10 02:00,1\n2026-01-10 04:00,2\n",
        ["line 5", "02:00:00 to 2026-01-10 04:00:00", "a row is missing there", "--gaps keep"],
    ),
    "newest row first": (
        "time,a\n2026-01-10 02:00,1\n2026-01-10 01:00,1\n2026-01-10 00:00,1\n",
        ["line 3", "the newest row stands first; sort the rows by time"],
    ),
    "summer time ends": (
        "time,a\n2026-10-25 01:00,1\n2026-10-25 02:00,1\n2026-10-25 02:00,2\n2026-10-25 03:00,2\n",
        ["line 4", "already (line 3)", "end of daylight saving", "--timezone"],
    ),
    "holiday among working days": (
        "time,a\n2026-03-12,1\n2026-03-13,1\n2026-03-16,1\n2026-03-18,1\n",
        ["line 5", "1 working day", "a row is missing there"],
    ),
    "month left out": (
        "time,a\n2026-01-01,1\n2026-02-01,1\n2026-03-01,1\n2026-05-01,1\n",
        ["line 5", "1 month", "a row is missing there"],
    ),
    "days of elsewhere": (
        "time,a\n2026-03-26T23:00Z,1\n2026-03-27T23:00Z,1\n2026-03-28T23:00Z,1\n2026-03-29T22:00Z,1\n",
        ["line 5", "23 or 25 hours", "local time", "--timezone Europe/Berlin"],
    ),
    "comment first": ("# by X\ntime,a\n2026-01-05,1\n", ["line 1", "a comment (# by X)"]),
    "comma at the end": (
        "time,a\n2026-01-05,1,\n2026-01-06,2,\n",
        ["line 2", "a comma at the end of the row", "stlearn prepare"],
    ),
    "comma at the end of all": ("time,a,\n2026-01-05,1,\n", ["line 1", "comma at the end of each"]),
    "Unix time": ("time,a\n1709251200,1\n1709254800,2\n", ["line 2", "Unix time"]),
    "dates of a spreadsheet": (
        "time,a\n01/03/2024 00:00,1\n01/03/2024 01:00,2\n",
        ["line 2", "day and month in front"],
    ),
    "long table": (
        "time,sensor,value\n2026-01-05,101,1\n2026-01-05,102,2\n2026-01-06,101,3\n",
        ["looks like a long table", "`stlearn prepare` makes it wide"],
    ),
    "long table of names": (
        "time,station,flow\n2026-01-05,north,1\n2026-01-05,south,2\n2026-01-06,north,3\n",
        ["looks like a long table"],
    ),
    "open quote": (GOOD.replace("63", '"63'), ["cannot be read as a CSV file"]),
}


@pytest.mark.parametrize("case", BAD_VALUES)
def test_bad_values_name_file_line_and_column(write, case):
    text, parts = BAD_VALUES[case]
    path = write(text)
    with pytest.raises(InputError) as error:
        read(path)
    message = str(error.value)
    for part in (str(path), *parts):
        assert part in message
    assert "\n" not in message


def test_files_that_are_no_text(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path)
    latin = tmp_path / "latin.csv"
    latin.write_bytes("time,Zürich\n2026-01-05,1\n2026-01-06,2\n".encode("latin-1"))
    with pytest.raises(InputError, match="expected text in UTF-8"):
        read(latin)
    packed = tmp_path / "cut.csv.gz"
    packed.write_bytes(gzip.compress(GOOD.encode() * 50)[:40])
    with pytest.raises(InputError, match="cannot be read as a CSV file"):
        read(packed)
    unpacked = tmp_path / "plain.csv.gz"
    unpacked.write_text(GOOD)
    with pytest.raises(InputError, match="cannot be read as a CSV file"):
        read(unpacked)


@pytest.mark.parametrize(
    ("begin", "kind"),
    [(b"PK\x03\x04", "Excel"), (b"PAR1", "Parquet"), (b"\x89HDF\r\n", "HDF5 or NetCDF"),
     (b"CDF\x01", "NetCDF"), (b"\xd0\xcf\x11\xe0", "old Excel")],
)  # fmt: skip
def test_files_of_other_kinds_are_called_by_their_names(tmp_path, begin, kind):
    path = tmp_path / "values.csv"
    path.write_bytes(begin + bytes(range(256)))
    with pytest.raises(InputError, match=f"got a file of {kind}.*stlearn prepare"):
        read(path)


def test_blank_lines_are_no_rows(write):
    assert read(write("\n , , , \n" + GOOD.replace("\n", "\n\n"))).shape == (4, 3)


@pytest.mark.parametrize(
    "times",
    [
        pd.date_range("2025-01-31", periods=14, freq="ME"),
        pd.date_range("2025-01-01", periods=9, freq="QS"),
        pd.date_range("2019-12-31", periods=7, freq="YE"),
        pd.date_range("2026-03-02", periods=12, freq="B"),
    ],
)
def test_months_quarters_years_and_working_days_are_read(write, times):
    rows = "".join(f"{time.date()},{row}\n" for row, time in enumerate(times))
    index = read(write(f"time,a\n{rows}")).values.index
    assert (index == times).all()


def test_years_alone_are_times(write):
    assert read(write("time,a\n2019,1\n2020,2\n2021,3\n")).values.index[1].year == 2020


def test_days_of_local_time_are_local_dates(write):
    days = pd.date_range("2026-03-27", periods=5, freq="D", tz="Europe/Berlin")
    rows = "".join(f"{day.isoformat()},{row}\n" for row, day in enumerate(days))
    index = read(write(f"time,a\n{rows}")).values.index
    assert index.tz is None and (index == days.tz_localize(None)).all()
    kept = read(write(f"time,a\n{rows}"), timezone="Europe/Berlin").values.index
    assert (kept == days).all()


@pytest.mark.parametrize("start", ["2026-03-28 20:00", "2026-10-24 20:00"])
@pytest.mark.parametrize("written", ["UTC", "offsets", "local"])
def test_a_named_zone_takes_hours_across_a_clock_change(write, start, written):
    hours = pd.date_range(start, periods=12, freq="30min", tz="Europe/Berlin")
    texts = {
        "UTC": hours.tz_convert("UTC").strftime("%Y-%m-%dT%H:%MZ"),
        "offsets": [hour.isoformat() for hour in hours],
        "local": hours.strftime("%Y-%m-%d %H:%M"),
    }[written]
    rows = "".join(f"{text},{row}\n" for row, text in enumerate(texts))
    values = read(write(f"time,a\n{rows}"), timezone="Europe/Berlin").values
    assert (values.index == hours).all() and str(values.index.tz) == "Europe/Berlin"


def test_a_zone_that_is_none_or_cannot_be(write):
    with pytest.raises(InputError, match="timezone: expected the name of a zone .* got 'Berlin'"):
        read(write(GOOD), timezone="Berlin")
    gone = "time,a\n2026-03-29 01:30,1\n2026-03-29 02:30,2\n"
    with pytest.raises(InputError, match="line 3: 2026-03-29 02:30:00 does not exist in Europe"):
        read(write(gone), timezone="Europe/Berlin")


MATRIX = ",a,b,c\na,1,0.5,0\nb,0,1,0\nc,0,0.25,1\n"


def test_matrix_with_names_in_any_order(write):
    expected = pd.DataFrame(
        [[1, 0.5, 0], [0, 1, 0], [0, 0.25, 1]],
        index=list("abc"),
        columns=list("abc"),
        dtype="float32",
    )
    shuffled = "node,c,a,b\nb,0,0,1\nc,1,0,0.25\na,0,1,0.5\n"
    for text in (MATRIX, shuffled):
        dataset = read(write(GOOD), adjacency=write(text, "adjacency.csv"))
        pd.testing.assert_frame_equal(dataset.adjacency_frame, expected)
        assert dataset.notes == ()


def test_matrix_without_names_follows_the_sensors_and_says_so(write):
    adjacency = write("1,0.5,0\n0,1,0\n0,0.25,1\n", "adjacency.csv")
    dataset = read(write(GOOD), adjacency=adjacency)
    assert dataset.adjacency_frame.loc["a", "b"] == 0.5
    assert dataset.adjacency_frame.loc["c", "b"] == 0.25
    assert "no names" in dataset.notes[0]


def test_matrix_of_numbered_sensors_keeps_its_names(write):
    values = write(GOOD.replace("a,b,c", "30,10,20"))
    adjacency = write("0,10,20,30\n10,0,7,0\n20,0,0,0\n30,0,0,0\n", "adjacency.csv")
    weights = read(values, adjacency=adjacency).adjacency_frame
    assert weights.loc["10", "20"] == 7
    assert weights.to_numpy().sum() == 7


@pytest.mark.parametrize("ends", ["from,to", "source,target"])
def test_edge_list_with_weights(write, ends):
    dataset = read(write(GOOD), adjacency=write(f"{ends},weight\na,b,0.5\nb,c,2\n", "edges.csv"))
    expected = np.zeros((3, 3))
    expected[1, 0], expected[2, 1] = 0.5, 2  # row: who is influenced
    np.testing.assert_array_equal(dataset.adjacency_frame.to_numpy(), expected)


def test_a_graph_from_a_file_is_kept_as_its_edges(write):
    for text in (",a,b,c\na,0,0,2\nb,0,1,0\nc,0,0,0\n", "from,to,weight\nc,a,2\nb,b,1\n"):
        weights = read(write(GOOD), adjacency=write(text, "graph.csv")).adjacency
        assert scipy.sparse.issparse(weights)
        assert weights.nnz == 2
        assert weights[0, 2] == 2


def test_of_many_sensors_listed_distances_join_the_listed_pairs_and_this_is_told(
    write, monkeypatch
):
    monkeypatch.setattr("stlearn.graph.adjacency.ALL_PAIRS_AT_MOST", 2)
    edges = write("from,to,distance\na,b,1\nb,c,3\n", "edges.csv")
    dataset = read(write(GOOD), adjacency=edges)
    assert dataset.weights.nnz == 2
    assert "join the listed pairs alone" in dataset.notes[0]


def test_edge_list_with_distances_uses_the_gaussian_kernel(write):
    text = "from,to,distance\na,b,1\nb,a,1\nb,c,2\nc,b,2\n"
    weights = read(write(GOOD), adjacency=write(text, "edges.csv")).adjacency_frame
    distances = np.array([[0, 1, 3], [1, 0, 2], [3, 2, 0]], dtype=float)
    np.testing.assert_allclose(weights.to_numpy(), gaussian_kernel(distances), rtol=1e-6)


WAYS = np.array([[0, 1, np.inf], [1, 0, 2], [3, 2, 0]])  # no way from c to a


@pytest.mark.parametrize(
    "text",
    [
        ",a,b,c\na,0,1,\nb,1,0,2\nc,3,2,0\n",
        "node,c,b,a\nb,2,0,1\nc,,2,3\na,inf,1,\n",
        "0,1,inf\n1,0,2\n3,2,0\n",
    ],
    ids=["named", "in another order, own ways empty", "without names"],
)
def test_a_matrix_of_distances_becomes_weights(write, text):
    dataset = read(write(GOOD), distances=write(text, "ways.csv"))
    weights = dataset.adjacency_frame.to_numpy()
    np.testing.assert_allclose(weights, gaussian_kernel(WAYS), rtol=1e-6)
    assert weights[1, 0] > weights[0, 2] == 0


def test_a_list_of_distances_is_the_same_by_either_name(write):
    text = "from,to,distance\na,b,1\nb,a,1\nb,c,2\nc,b,2\n"
    path = write(text, "edges.csv")
    by_distances = read(write(GOOD), distances=path).adjacency_frame
    pd.testing.assert_frame_equal(by_distances, read(write(GOOD), adjacency=path).adjacency_frame)


def test_distances_that_are_none(write):
    ways = write(",a,b,c\na,0,1,4\nb,1,0,-2\nc,4,2,0\n", "ways.csv")
    with pytest.raises(InputError, match="line 3, column 'c': expected a number that is not neg"):
        read(write(GOOD), distances=ways)
    weights = write("from,to,weight\na,b,1\n", "edges.csv")
    with pytest.raises(InputError, match="line 1: expected a column distance, got"):
        read(write(GOOD), distances=weights)
    with pytest.raises(InputError, match="adjacency, distances: expected one of them, got both"):
        read(write(GOOD), adjacency=weights, distances=weights)


def test_weights_that_look_like_distances_are_told(write):
    values = write("time,a,b,c,d\n2026-01-05,1,2,3,4\n2026-01-06,5,6,7,8\n")
    ways = pd.DataFrame(0.0, index=[*"abcd"], columns=[*"abcd"])
    for (row, at), (column, there) in itertools.product(enumerate([0, 2, 3, 9]), repeat=2):
        ways.iloc[row, column] = abs(at - there)
    (note,) = read(values, adjacency=write(ways.to_csv(), "graph.csv")).notes
    assert note.startswith(LIKE_DISTANCES) and "--distances" in note
    others = [ways.replace(3, 0), ways.replace(9, 90), ways / 9, ways + np.eye(4)]
    for weights in others:  # not all joined, a detour is shorter, at most 1, own ones
        assert read(values, adjacency=write(weights.to_csv(), "graph.csv")).notes == ()
    assert read(values, distances=write(ways.to_csv(), "graph.csv")).notes == ()


BAD_GRAPHS = {
    "semicolons": ("from;to;weight\na;b;0,5\n", ["line 1", "separated by ';', expected commas"]),
    "not square": (",a,b,c\na,1,1,0\nb,1,1,0\n", ["missing ['c']"]),
    "not square, no names": ("1,0,1\n0,1,0\n", ["square matrix of 3 sensors", "2 rows"]),
    "ragged": ("1,0,1\n0,1\n0,0,1\n", ["line 2", "square matrix of 3 sensors"]),
    "too large": ("1,0,1,1\n" * 4, ["unknown"]),
    "other names": (MATRIX.replace("c", "d"), ["missing ['c']", "unknown ['d']"]),
    "name twice": (MATRIX.replace("c", "b"), ["missing ['c']", "twice"]),
    "negative": (MATRIX.replace("0.25", "-1"), ["line 4", "column 'b'", "not negative"]),
    "NaN": (MATRIX.replace("0.25", "NaN"), ["line 4", "column 'b'", "missing (NaN)"]),
    "infinite": (MATRIX.replace("0.25", "inf"), ["line 4", "column 'b'", "infinite"]),
    "text": (MATRIX.replace("0.25", "far"), ["line 4", "column 'b'", "'far'"]),
    "no edges": (",a,b,c\na,1,0,0\nb,0,1,0\nc,0,0,1\n", ["no edges between different"]),
    "empty": ("", ["the file is empty"]),
    "edges: unknown sensor": ("from,to,weight\na,b,1\na,x,1\n", ["line 3", "'x'"]),
    "edges: negative": ("from,to,weight\na,b,-1\n", ["line 2", "column 'weight'", "negative"]),
    "edges: NaN": ("from,to,distance\na,b,\n", ["line 2", "column 'distance'", "missing"]),
    "edges: none": ("from,to,weight\n", ["no edges"]),
    "edges: loops only": ("from,to,weight\na,a,1\n", ["no edges between different"]),
    "edges: no number": ("from,to\na,b\n", ["line 1", "expected a column weight or distance"]),
    "edges: one distance": (
        "from,to,distance\na,b,1\n",
        ["give a larger sigma, or weights instead of distances"],
    ),
    "edges: twice": ("from,to,weight\na,b,1\na,b,2\n", ["listed more than once"]),
    "edges: short row": ("from,to,weight\na,b\n", ["line 2", "expected 3 cells"]),
}


@pytest.mark.parametrize("case", BAD_GRAPHS)
def test_bad_graphs_name_file_and_place(write, case):
    text, parts = BAD_GRAPHS[case]
    path = write(text, "graph.csv")
    with pytest.raises(InputError) as error:
        read(write(GOOD), adjacency=path)
    for part in (str(path), *parts):
        assert part in str(error.value)
    assert "\n" not in str(error.value)


def test_pickled_graph_is_refused_unopened(write, tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was opened",))

    path = tmp_path / "adj_mx.pkl"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(InputError, match="pickled graph is refused.*distances"):
        read(write(GOOD), adjacency=path)


def test_nodes_are_matched_by_name(write):
    nodes = write("sensor,km,road\nc,3,north\na,1,\nb,,south\n", "nodes.csv")
    table = read(write(GOOD), nodes=nodes).nodes
    assert list(table.index) == ["a", "b", "c"]
    assert table["km"].iloc[[0, 2]].tolist() == [1, 3]
    assert np.isnan(table["km"].iloc[1])
    assert table["road"].tolist() == ["", "south", "north"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("node,km\na,1\nb,2\n", "missing ['c']"),
        ("node,km\na,1\nb,2\nc,3\nd,4\n", "unknown ['d']"),
        ("node,km\na,1\nb,2\nc,3\nc,4\n", "twice"),
        ("node,km\na,1\nb,2,3\nc,3\n", "line 3"),
        ("", "the file is empty"),
        ("node;km\na;1,5\nb;2\nc;3\n", "line 1: the cells are separated by ';', expected commas"),
    ],
)
def test_bad_nodes(write, text, part):
    path = write(text, "nodes.csv")
    with pytest.raises(InputError) as error:
        read(write(GOOD), nodes=path)
    assert str(path) in str(error.value)
    assert part in str(error.value)


def write_pandas_hdf5(path, key, index, columns, values, kind):
    """The layout of pandas' to_hdf(format="fixed") for one block of numbers."""
    with h5py.File(path, "w") as file:
        group = file.create_group(key)
        group.attrs["pandas_type"] = np.bytes_(b"frame")
        group.attrs["nblocks"] = 1
        items = np.array(columns, dtype="S6" if isinstance(columns[0], str) else "int64")
        group["axis0"] = group["block0_items"] = items
        group["axis1"] = index.as_unit("us" if "us" in kind else "ns").asi8
        group["axis1"].attrs["kind"] = np.bytes_(kind.encode())
        group["block0_values"] = values
        group["block0_values"].attrs["transposed"] = np.uint8(1)
    return path


METR_LA_SENSORS = ["773869", "767541", "767542"]


@pytest.fixture
def speeds():
    values = np.random.default_rng(1).uniform(20, 70, (36, 3))
    values[5, 1] = 0
    return values


@pytest.mark.parametrize("kind", ["datetime64", "datetime64[us]"])
def test_metr_la(tmp_path, write, speeds, kind):
    index = pd.date_range("2012-03-01", periods=36, freq="5min")
    path = write_pandas_hdf5(tmp_path / "metr-la.h5", "df", index, METR_LA_SENSORS, speeds, kind)
    distances = write(
        "from,to,cost\n773869,773869,0\n773869,767541,900\n767541,767542,1200\n1,773869,5\n"
        "767542,773869,9000\n",
        "distances_la_2012.csv",
    )
    dataset = readers.read_metr_la(path, distances)
    assert (dataset.unit, dataset.name) == ("mph", "metr-la")
    assert list(dataset.values.columns) == METR_LA_SENSORS
    assert (dataset.values.index == index).all()
    expected = np.where(speeds == 0, np.nan, speeds)
    np.testing.assert_allclose(dataset.values.to_numpy(), expected, rtol=1e-6)
    notes = " ".join(dataset.notes)
    assert "Zeros mean missing" in notes
    assert "1 rows of distances name sensors without values" in notes
    # Pairs that the list does not name are not joined, whatever way leads there.
    metres = np.full((3, 3), np.inf)
    np.fill_diagonal(metres, 0)
    metres[1, 0], metres[2, 1], metres[0, 2] = 900, 1200, 9000
    np.testing.assert_allclose(
        dataset.adjacency_frame.to_numpy(), gaussian_kernel(metres), rtol=1e-6
    )


def test_pems_bay_skips_an_hour_and_has_no_header(tmp_path, write, speeds):
    index = pd.date_range("2017-03-12 01:00", periods=48, freq="5min")
    index = index[(index.hour != 2)]
    sensors = [400001, 400017, 400030]
    path = write_pandas_hdf5(
        tmp_path / "pems-bay.h5", "speed", index, sensors, speeds, "datetime64"
    )
    distances = write("400001,400001,0.0\n400030,400017,600.5\n400017,400001,9000\n", "bay.csv")
    dataset = readers.read_metr_la(path, distances)
    assert dataset.shape == (48, 3)
    assert dataset.values.loc["2017-03-12 02:00":"2017-03-12 02:55"].isna().all(axis=None)
    assert dataset.values.loc["2017-03-12 03:00"].tolist() == pytest.approx(speeds[12].tolist())
    assert "12 times that the file skips" in " ".join(dataset.notes)
    assert dataset.adjacency_frame.loc["400017", "400030"] > 0
    assert dataset.adjacency_frame.loc["400030", "400017"] == 0


def test_metr_la_refuses_other_files(tmp_path, write, speeds):
    with pytest.raises(InputError, match="there is no such file"):
        readers.read_metr_la(tmp_path / "absent.h5")
    with pytest.raises(InputError, match="cannot be read as an HDF5 table"):
        readers.read_metr_la(write("no HDF5", "text.h5"))
    with h5py.File(tmp_path / "table.h5", "w") as file:
        file.create_group("df")["table"] = np.zeros(3)
    with pytest.raises(InputError, match="layout 'fixed'"):
        readers.read_metr_la(tmp_path / "table.h5")
    index = pd.date_range("2012-03-01", periods=36, freq="5min")
    path = write_pandas_hdf5(
        tmp_path / "turned.h5", "df", index, METR_LA_SENSORS, speeds.T, "datetime64"
    )
    with pytest.raises(InputError, match=r"expected values of shape \(36, 3\)"):
        readers.read_metr_la(path)
    path = write_pandas_hdf5(tmp_path / "n.h5", "df", index, METR_LA_SENSORS, speeds, "integer")
    with pytest.raises(InputError, match="expected times as its index, got integer"):
        readers.read_metr_la(path)
    path = write_pandas_hdf5(tmp_path / "g.h5", "df", index, METR_LA_SENSORS, speeds, "datetime64")
    with pytest.raises(InputError, match="pickled graph is refused"):
        readers.read_metr_la(path, tmp_path / "adj_mx.pkl")


def write_npz(path, features=3, steps=20):
    data = np.random.default_rng(2).uniform(1, 100, (steps, 4, features))
    np.savez_compressed(path, data=data)
    return path, data


def test_pems_npz(tmp_path, write):
    path, data = write_npz(tmp_path / "PEMS08.npz")
    roads = write("from,to,cost\n0,1,310.6\n1,2,330.9\n2,1,300\n0,1,310.6\n", "distance.csv")
    dataset = readers.read_pems_npz(path, roads, start="2016-07-01", feature="speed")
    assert dataset.unit == "mph"
    assert list(dataset.values.columns) == ["0", "1", "2", "3"]
    assert dataset.values.index[0] == pd.Timestamp("2016-07-01")
    assert dataset.interval == pd.Timedelta("5min")
    np.testing.assert_allclose(dataset.values.to_numpy(), data[:, :, 2], rtol=1e-6)
    np.testing.assert_allclose(dataset.extra["flow"].to_numpy(), data[:, :, 0], rtol=1e-6)
    np.testing.assert_allclose(dataset.extra["occupancy"].to_numpy(), data[:, :, 1], rtol=1e-6)
    links = pd.DataFrame({"from": ["0", "1"], "to": ["1", "2"]})
    expected = adjacency_from_edges(links, list("0123"), directed=False)
    np.testing.assert_array_equal(dataset.adjacency_frame.to_numpy(), expected.to_numpy())
    notes = " ".join(dataset.notes)
    assert "names no times" in notes
    assert "1 distances are listed again" in notes


def test_pems03_has_one_feature_and_names_its_sensors(tmp_path, write):
    path, data = write_npz(tmp_path / "PEMS03.npz", features=1)
    names = write("313344\n313349\n313350\n313351\n", "PEMS03.txt")
    roads = write("from,to,distance\n313344,313351,0.4\n", "PEMS03.csv")
    dataset = readers.read_pems_npz(path, roads, start="2018-09-01", sensors=names)
    assert dataset.unit == "veh/5min"
    assert dataset.extra == {}
    assert list(dataset.values.columns) == ["313344", "313349", "313350", "313351"]
    assert dataset.adjacency_frame.loc["313344", "313351"] == 1
    np.testing.assert_allclose(dataset.values.to_numpy(), data[:, :, 0], rtol=1e-6)


def test_pems_npz_refuses_other_files(tmp_path, write):
    path, _ = write_npz(tmp_path / "PEMS03.npz", features=1)
    with pytest.raises(InputError, match=r"feature: expected one of \['flow'\], got 'speed'"):
        readers.read_pems_npz(path, start="2018-09-01", feature="speed")
    with pytest.raises(InputError, match="expected 4 sensor names, got 1"):
        readers.read_pems_npz(path, start="2018-09-01", sensors=write("1\n", "names.txt"))
    with pytest.raises(InputError, match="no times can be counted"):
        readers.read_pems_npz(path, start="no date")
    with pytest.raises(InputError, match="there is no such file"):
        readers.read_pems_npz(tmp_path / "absent.npz", start="2018-09-01")
    np.savez(tmp_path / "other.npz", x=np.zeros((3, 4)))
    with pytest.raises(InputError, match="an array 'data'"):
        readers.read_pems_npz(tmp_path / "other.npz", start="2018-09-01")
    np.savez(tmp_path / "flat.npz", data=np.zeros((3, 4)))
    with pytest.raises(InputError, match=r"shape \(time, sensor, 1 to 3 features\)"):
        readers.read_pems_npz(tmp_path / "flat.npz", start="2018-09-01")
    np.savez(tmp_path / "objects.npz", data=np.array([{"a": 1}], dtype=object))
    with pytest.raises(InputError, match="allow_pickle"):
        readers.read_pems_npz(tmp_path / "objects.npz", start="2018-09-01")


@pytest.fixture
def pemsd7(tmp_path):
    """Thursday, Friday and Monday, three stations."""
    values = np.random.default_rng(3).uniform(30, 70, (3 * 288, 3)).round(1)
    metres = np.array([[0, 1000.0, 9000.0], [1000.0, 0, 3000.0], [9000.0, 3000.0, 0]])
    np.savetxt(tmp_path / "V_3.csv", values, delimiter=",")
    np.savetxt(tmp_path / "W_3.csv", metres, delimiter=",")
    return tmp_path / "V_3.csv", tmp_path / "W_3.csv", values, metres


def test_pemsd7_counts_working_days_only(pemsd7):
    v_csv, w_csv, values, metres = pemsd7
    dataset = readers.read_pemsd7(v_csv, w_csv, start="2012-05-03")
    assert dataset.shape == (5 * 288, 3)
    for day, rows in (("2012-05-03", 0), ("2012-05-04", 288), ("2012-05-07", 576)):
        found = dataset.values.loc[day].to_numpy()
        np.testing.assert_allclose(found, values[rows : rows + 288], rtol=1e-6)
    assert dataset.values.loc["2012-05-05":"2012-05-06"].isna().all(axis=None)
    weights = np.exp(-((metres / 10_000) ** 2) / 0.1)  # as Yu et al. write it
    expected = np.where(weights >= 0.5, weights, 0)
    np.testing.assert_allclose(dataset.adjacency_frame.to_numpy(), expected, rtol=1e-6)
    assert "weekends are rows without values" in " ".join(dataset.notes)


def test_pemsd7_bad_input(pemsd7, write):
    v_csv, w_csv, *_ = pemsd7
    with pytest.raises(InputError, match="start: expected midnight of a working day"):
        readers.read_pemsd7(v_csv, w_csv, start="2012-05-05")
    with pytest.raises(InputError, match=r"between 3 stations, got shape \(2, 2\)"):
        readers.read_pemsd7(v_csv, write("0,1\n1,0\n", "W.csv"), start="2012-05-03")
    with pytest.raises(InputError, match="line 2, column 1: expected a number, got 'x'"):
        readers.read_pemsd7(write("1,2\nx,2\n", "V.csv"), start="2012-05-03")
    with pytest.raises(InputError, match="all of the same length"):
        readers.read_pemsd7(write("1,2\n1\n", "V.csv"), start="2012-05-03")


def test_tgcn(write):
    speeds = write("90000,90001,90002\n10,20,30\n11,21,0\n12,22,32\n", "sz_speed.csv")
    adjacency = write("0,1,0\n1,0,0\n0,1,0\n", "sz_adj.csv")
    dataset = readers.read_tgcn(
        speeds, adjacency, start="2015-01-01", interval="15min", unit="km/h"
    )
    assert list(dataset.values.columns) == ["90000", "90001", "90002"]
    assert dataset.interval == pd.Timedelta("15min")
    assert dataset.values.loc["2015-01-01 00:15"].tolist() == [11, 21, 0]
    assert dataset.adjacency_frame.loc["90002", "90001"] == 1
    assert dataset.adjacency_frame.loc["90001", "90002"] == 0
    assert "rows of 15 minutes are counted from 2015-01-01" in dataset.notes[0]


def test_tgcn_bad_input(write):
    speeds = write("1,2\n10,20\n11,21\n", "speed.csv")
    more = {"start": "2015-01-01", "interval": "15min", "unit": "km/h"}
    with pytest.raises(InputError, match="square matrix of 2 sensors"):
        readers.read_tgcn(speeds, write("0,1\n1,0\n0,1\n", "adj.csv"), **more)
    with pytest.raises(InputError, match="the file is empty"):
        readers.read_tgcn(write("", "speed.csv"), speeds, **more)
    with pytest.raises(InputError, match="no times can be counted"):
        readers.read_tgcn(
            write("1,2\n10,20\n11,21\n", "speed.csv"),
            write("0,1\n1,0\n", "adj.csv"),
            start="2015-01-01",
            interval="soon",
            unit="km/h",
        )
