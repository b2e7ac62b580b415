"""Files as they come: each format read, each repair counted truly, no value changed in silence."""

import gzip
import sys

import h5py
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stlearn
from stlearn.errors import InputError
from stlearn.reading.any_table import read_any_table
from stlearn.reading.prepared import about_prepared, prepare, save_prepared

TIMES = pd.date_range("2026-02-27 22:00", periods=6, freq="1h")
TRUTH = pd.DataFrame(
    {"north": [1.5, 2, np.nan, 4, 1234.25, -6], "101": [7, 8, 9.125, 10, 11, 12]}, index=TIMES
)


def german(frame):
    text = frame.to_csv(sep=";", decimal=",", date_format="%d.%m.%Y %H:%M", index_label="Zeit")
    return text.replace("1234,25", "1.234,25")


def american(frame):
    return frame.to_csv(date_format="%m/%d/%Y %I:%M %p", index_label="when")


def long(frame):
    readings = frame.rename_axis(index="time", columns="station").stack().rename("flow")
    return readings.sample(frac=1, random_state=0).to_csv()


def day_and_time(frame):
    apart = frame.copy()
    apart.insert(0, "Time", frame.index.strftime("%H.%M.%S"))
    return apart.to_csv(sep=";", date_format="%d/%m/%Y", index_label="Date")


def calendar_parts(frame):
    apart = frame.copy()
    for place, part in enumerate(("Year", "Month", "Day", "Hour")):
        apart.insert(place, part, getattr(frame.index, part.lower()))
    return apart.to_csv(index=False)


def as_numbers(frame, unit):
    seconds = (frame.index - pd.Timestamp(0)) // pd.Timedelta(unit)
    return frame.set_axis(seconds).to_csv(index_label="epoch")


def spreadsheet_days(frame):
    days = (frame.index - pd.Timestamp("1899-12-30")) / pd.Timedelta("1D")
    return frame.set_axis(days.to_numpy().round(6)).to_csv(index_label="time")


WRITINGS = {
    "comma": (lambda frame: frame.to_csv(index_label="time"), "separated by commas"),
    "tab": (lambda frame: frame.to_csv(sep="\t", index_label="time"), "separated by tabs"),
    "no name for the time": (lambda frame: frame.to_csv(), "ISO 8601"),
    "German": (german, "a decimal comma"),
    "quoted decimal comma": (
        lambda frame: frame.to_csv(decimal=",", index_label="time"), "a decimal comma"
    ),
    "American": (american, "the month in front"),
    "long": (long, "A row is a reading: the sensor stands in 'station', its value in 'flow'"),
    "day and time": (day_and_time, "Day and time stand in 'Date' and 'Time': joined"),
    "digits": (lambda frame: frame.to_csv(date_format="%Y%m%d%H%M"), "Times are digits"),
    "month named": (
        lambda frame: frame.to_csv(date_format="%b %d %Y %H:%M", index_label="t"), "their month"
    ),
    "month named, short year": (
        lambda frame: frame.to_csv(date_format="%d-%b-%y %H:%M", index_label="t"),
        "their month, with the year of two digits behind it",
    ),
    "calendar parts": (calendar_parts, "The time stands in 'Year', 'Month', 'Day', 'Hour': joined"),
    "spreadsheet": (spreadsheet_days, "days since 1899-12-30"),
    "comments and commas": (
        lambda frame: "# a\n# b\n" + frame.to_csv(index_label="time").replace("\n", ",\n"),
        "2 lines of comments",
    ),
}  # fmt: skip


@pytest.mark.parametrize("writing", WRITINGS)
def test_text_in_any_usual_writing_is_read_and_told(tmp_path, writing):
    written, told = WRITINGS[writing]
    path = tmp_path / "table.csv"
    path.write_text(written(TRUTH), encoding="utf-8")
    found = read_any_table(path)
    values = found.values.sort_index()[list(TRUTH)]
    pd.testing.assert_frame_equal(values, TRUTH, check_names=False, check_index_type=False,
                                  check_freq=False)  # fmt: skip
    assert told in " ".join(found.understood)


@pytest.mark.parametrize(("unit", "name"), [("1s", "seconds"), ("1ms", "milliseconds")])
def test_unix_time_is_utc(tmp_path, unit, name):
    path = tmp_path / "table.csv"
    path.write_text(as_numbers(TRUTH, unit))
    found = read_any_table(path, timezone="Asia/Tokyo")
    assert (found.values.index == TIMES.tz_localize("UTC")).all()
    assert str(found.values.index.tz) == "Asia/Tokyo" and name in found.understood[-1]


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", None), ("utf-8-sig", None), ("latin-1", "Latin-1"),
                           ("utf-16", "UTF-16")]
)  # fmt: skip
def test_text_is_decoded_and_told(tmp_path, encoding, told):
    path = tmp_path / "table.csv.gz"
    path.write_bytes(
        gzip.compress("time,Zürich [µg]\n2026-01-05,1\n2026-01-06,2\n".encode(encoding))
    )
    found = read_any_table(path)
    assert list(found.values) == ["Zürich [µg]"] and found.unit == "µg"
    assert any(told in sentence for sentence in found.understood) if told else True


def written_excel(path):
    pytest.importorskip("openpyxl")
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        TRUTH.to_excel(book, sheet_name="Flow", index_label="time")
        TRUTH.to_excel(book, sheet_name="Notes")


def written_parquet(path):
    fastparquet = pytest.importorskip("fastparquet")
    fastparquet.write(str(path), TRUTH.rename_axis("time"), write_index=True)


def written_long_parquet(path):
    fastparquet = pytest.importorskip("fastparquet")
    readings = TRUTH.rename_axis(index="time", columns="station").stack().rename("flow")
    fastparquet.write(str(path), readings.reset_index(), write_index=False)


def written_hdf5(path):
    with h5py.File(path, "w") as file:  # the layout of pandas' to_hdf(format="fixed")
        group = file.create_group("df")
        group["axis0"] = group["block0_items"] = np.array(list(TRUTH), dtype="S6")
        group["axis1"] = TIMES.as_unit("ns").asi8
        group["axis1"].attrs["kind"] = np.bytes_(b"datetime64")
        group["block0_values"] = TRUTH.to_numpy()


def written_netcdf(path, engine="scipy"):
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("h5netcdf" if engine == "h5netcdf" else "scipy")
    data = xarray.DataArray(
        TRUTH.to_numpy(), {"time": TIMES, "station": list(TRUTH)}, ["time", "station"]
    )
    data.attrs["units"] = "m3/s"
    data.to_dataset(name="flow").to_netcdf(path, engine=engine)


STORED = {
    "Excel": (
        written_excel,
        "This is Excel; the sheet is 'Flow'. Other sheets are left out: Notes",
    ),
    "Parquet": (written_parquet, "This is Parquet"),
    "long Parquet": (written_long_parquet, "A row is a reading"),
    "HDF5": (written_hdf5, "HDF5, as pandas writes it"),
    "NetCDF": (written_netcdf, "This is NetCDF; the values stand in flow"),
    "NetCDF 4": (lambda path: written_netcdf(path, "h5netcdf"), "This is NetCDF"),
}


@pytest.mark.parametrize("kind", STORED)
def test_files_that_are_no_text_are_read_and_told(tmp_path, kind):
    write, told = STORED[kind]
    path = tmp_path / "table.bin"
    write(path)
    found = read_any_table(path)
    pd.testing.assert_frame_equal(found.values[list(TRUTH)], TRUTH, check_names=False,
                                  check_index_type=False, check_freq=False)  # fmt: skip
    assert told in " ".join(found.understood)
    assert found.unit == ("m3/s" if kind.startswith("NetCDF") else None)


@pytest.mark.parametrize(
    ("kind", "package"),
    [("Excel", "openpyxl"), ("Parquet", "fastparquet"), ("NetCDF", "xarray"),
     ("NetCDF 4", "h5netcdf")],
)  # fmt: skip
def test_what_needs_a_package_names_its_extra(tmp_path, monkeypatch, kind, package):
    path = tmp_path / "table.bin"
    STORED[kind][0](path)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf"table.bin: .* {package}, .*course\[formats\]"):
        read_any_table(path)


# What leaves a choice


def text_file(folder, text, name="table.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


ROWS = "time,a,b\n2026-01-05,1,2\n2026-01-06,3,4\n2026-01-07,5,6\n"
REFUSED = {
    "day or month": (ROWS.replace("2026-01-0", "01/0").replace(",1,", "/2026,1,"), "got"),
    "ambiguous dates": (
        "time,a\n01/02/2026,1\n02/02/2026,2\n", "line 2: '01/02/2026' leaves open .* --dates day"
    ),
    "thousands or decimals": (
        "time;a\n2026-01-05;1,234\n2026-01-06;2,345\n", "'a': '1,234' leaves open .*--decimal"
    ),
    "point among commas": (
        "time;a\n2026-01-05;1,5\n2026-01-06;2.5\n", "line 3, column 'a': .* got '2.5'; see --dec"
    ),
    "a word": (ROWS.replace("4", "n/a"), "line 3, column 'b': .*--missing-marks n/a takes it"),
    "words": (
        ROWS.replace("4", "x").replace("2\n", "y\n"), "column 'b': .* words throughout; --columns"
    ),
    "short row": (ROWS.replace("3,4", "3"), "line 3: expected 3 cells"),
    "no header": (ROWS.partition("\n")[2], "line 1"),
    "twice the same sensor": (ROWS.replace("a,b", "a,a"), "'a' stands there twice.*--columns"),
    "a word of two": (ROWS.replace("4", "no value"), "--missing-marks 'no value' takes it"),
    "a day without a number": (
        "year,month,day,a\n2026,1,5,1\n2026,1,,2\n", "line 3: expected a time"
    ),
    "absent row": (ROWS.replace("2026-01-07", "2026-01-08"), "--gaps keep"),
    "no table": ("hello\n", "expected a time column and at least one sensor"),
    "empty": ("", "the file is empty"),
    "header only": ("time,a\n", "got 0 rows"),
    "infinite": (ROWS.replace("4", "1e999"), "expected a number, got '1e999'"),
    "underscore": (ROWS.replace("4", "1_0"), "expected a number, got '1_0'"),
    "no time": (ROWS.replace("2026-01-06", ""), "line 3: expected a time"),
    "months named, in two zones": (
        "time,a\nJan 5 2026 00:00+01:00,1\nJan 6 2026 00:00+02:00,2\n", "line 2: expected a time"
    ),
    "no times": ("0,1\n0.5,1\n0.25,2\n", "no column holds times; --start 2012-03-01 --step 5min"),
    "no reading": (ROWS.replace(",1,", ",,").replace(",3,", ",,").replace(",5,", ",,"), "--late-"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_for_sure_is_refused_in_one_sentence(tmp_path, case):
    text, message = REFUSED[case]
    with pytest.raises(InputError, match=message) as told:
        prepare(text_file(tmp_path, text))
    assert "\n" not in str(told.value) and "table.csv" in str(told.value)


def test_the_options_settle_what_is_open(tmp_path):
    path = text_file(tmp_path, "time;a\n01/02/2026;1,234\n01/03/2026;2,345\n")
    months = prepare(path, dates="day-first", decimal=",").values
    assert months.index[1] == pd.Timestamp("2026-03-01") and months["a"].tolist() == [1.234, 2.345]
    days = prepare(path, dates="month-first", decimal=".").values
    assert days.index[1] == pd.Timestamp("2026-01-03") and days["a"].tolist() == [1234, 2345]
    for wrong in ({"dates": "day"}, {"decimal": "x"}, {"timezone": "Berlin"}):
        with pytest.raises(InputError, match=f"^{next(iter(wrong))}: expected"):
            prepare(path, **{"dates": "day-first"} | wrong)
    with pytest.raises(InputError, match="files: expected at least one"):
        prepare([])
    with pytest.raises(InputError, match="there is no such file"):
        prepare(tmp_path / "absent.csv")


def test_times_that_a_file_does_not_name_are_counted(tmp_path):
    path = text_file(tmp_path, "101,102\n1,2\n3,4\n5,6\n")
    found = prepare(path, start="2026-01-31", step="ME")
    assert (found.values.index == pd.date_range("2026-01-31", periods=3, freq="ME")).all()
    assert found.values.to_numpy().tolist() == [[1, 2], [3, 4], [5, 6]]
    assert "rows are counted from 2026-01-31 00:00:00, every ME" in found.understood[1]
    again = tmp_path / "counted.csv"
    pd.read_csv(path).to_csv(again)
    assert prepare(again, start="2026-01-01", step="1h").values.shape == (3, 2)
    for start, step, message in (
        ("2026-01-01", None, "start, step: expected both or none"),
        ("soon", "1h", "start, step: expected a time such as"),
        ("2026-01-01", "often", "start, step: expected a time such as"),
        ("2026-01-01", "0h", "step"),
        ("2026-01-02", "MS", "start: expected a time on the step 'MS'"),
    ):
        with pytest.raises(InputError, match=message):
            prepare(path, start=start, step=step)
    with pytest.raises(InputError, match="start: expected one file"):
        prepare([path, path], start="2026-01-01", step="1h")


def test_marks_become_missing_and_are_counted_by_sensor(tmp_path):
    path = text_file(tmp_path, ROWS.replace("1,2", "-999.0,n/a").replace("4", "-999"))
    found = prepare(path, missing_marks=["-999", "n/a"])
    assert found.values.isna().sum().to_dict() == {"a": 1, "b": 2}
    assert {(entry.repair, entry.where): entry.count for entry in found.log} == {
        ("--missing-marks -999", "a"): 1,
        ("--missing-marks -999", "b"): 1,
        ("--missing-marks n/a", "b"): 1,
    }


LONG = """id,place,spaces,taken,time
7,north,50,1,2026-01-05 00:00
8,south,90,,2026-01-05 00:00
9,south,90,3,2026-01-05 01:00
"""


def test_named_columns_alone_are_read_and_the_others_told(tmp_path):
    path = text_file(tmp_path, LONG)
    found = prepare(path, columns=["time", "place", "taken"])
    assert "not asked for are left out: id, spaces." in found.understood[1]
    expected = {"north": [1, np.nan], "south": [np.nan, 3]}
    for name, readings in expected.items():
        np.testing.assert_array_equal(found.values[name], readings)
    wide = prepare(path, columns=["taken", "time"], duplicates="first").values
    assert wide["taken"].tolist() == [1, 3]
    with pytest.raises(InputError, match="'place': .* --columns names those to read"):
        prepare(path)
    with pytest.raises(InputError, match="--columns: expected any of id, place, .* got 'Place'"):
        prepare(path, columns=["time", "Place", "taken"])


IN_PARTS = "No,year,month,day,hour,pm,wind\n1,2026,1,5,0,NA,NW\n2,2026,1,5,1,4,SE\n"
DAY_AND_CLOCK = "Date,Time,pm,wind\n2026-01-05,00:00,NA,NW\n2026-01-05,01:00,4,SE\n"


@pytest.mark.parametrize("text", [IN_PARTS, DAY_AND_CLOCK])
def test_the_times_are_read_beside_the_columns_that_are_named(text, tmp_path):
    values = prepare(text_file(tmp_path, text), columns=["pm"]).values
    assert list(values) == ["pm"] and values.index[1] == pd.Timestamp("2026-01-05 01:00")
    np.testing.assert_array_equal(values["pm"], [np.nan, 4])
    long = prepare(text_file(tmp_path, LONG), columns=["place", "taken"]).values
    assert list(long) == ["north", "south"]


def test_columns_without_name_and_value_at_the_end_are_left_out(tmp_path):
    found = prepare(text_file(tmp_path, "time,a,b,,\n2026-01-05,1,,,\n2026-01-06,3,4,,\n,,,,\n"))
    assert list(found.values) == ["a", "b"]
    assert "Rows end with an empty cell: left out." in found.understood
    with pytest.raises(InputError, match="column 4 has no name"):
        prepare(text_file(tmp_path, "time,a,b,,\n2026-01-05,1,2,3,\n2026-01-06,3,4,5,\n"))


@pytest.mark.parametrize("first", [0, 1])
def test_a_first_column_that_counts_the_rows_is_left_out(first, tmp_path):
    rows = f",date,a\n{first},2026-01-05,1\n{first + 1},2026-01-06,2\n"
    found = prepare(text_file(tmp_path, rows))
    assert list(found.values) == ["a"]
    assert "The first column counts the rows: left out." in found.understood


def test_of_two_columns_with_one_name_neither_is_taken_unasked(tmp_path):
    path = text_file(tmp_path, "time,a,a,b\n2026-01-05,1,2,3\n2026-01-06,4,5,6\n")
    assert list(prepare(path, columns=["time", "b"]).values) == ["b"]
    with pytest.raises(InputError, match="'a' stands there twice"):
        prepare(path, columns=["time", "a"])


def test_missing_counts_become_zeros_only_when_asked_and_are_counted(tmp_path):
    path = text_file(tmp_path, LONG.replace("90,,", "90,2,"))
    named = {"columns": ["time", "place", "taken"]}
    assert np.isnan(prepare(path, **named).values.loc["2026-01-05 01:00", "north"])
    found = prepare(path, missing_is_zero=True, **named)
    assert found.values["north"].tolist() == [1, 0] and found.values["south"].tolist() == [2, 3]
    assert [(entry.where, entry.count) for entry in found.log] == [("north", 1)]
    with pytest.raises(InputError, match="expected one of them, got both"):
        prepare(path, missing_is_zero=True, zero_is_missing=True, **named)


def test_several_files_are_one_table(tmp_path):
    later = ROWS.replace("2026-01", "2026-02").replace("-05", "-01").replace("-06", "-02")
    parts = [
        text_file(tmp_path, ROWS, "january.csv"),
        text_file(tmp_path, ROWS.replace("a,b", "c,d"), "others.csv"),
        text_file(tmp_path, ROWS.replace("-05", "-08").replace("-06", "-09").replace("-07", "-10"),
                  "next.csv"),
    ]  # fmt: skip
    found = prepare(parts)
    assert found.values.shape == (6, 4) and found.values["c"].notna().sum() == 3
    assert "january.csv: Cells are separated by commas." in found.understood
    with pytest.raises(
        InputError, match="6 readings beside another of the same time.*--duplicates"
    ):
        prepare([parts[0], parts[0]])
    other = text_file(tmp_path, later.replace(",1,", "T00:00Z,1,"), "zone.csv")
    with pytest.raises(InputError, match="different UTC offsets|--timezone"):
        prepare([parts[0], other])


# The folder


def test_the_log_travels_with_the_data_into_the_data_set(tmp_path):
    path = text_file(tmp_path, ROWS.replace("2026-01-07,5", "2026-01-08,0"))
    found = prepare(path, unit="veh/h", gaps="keep", zero_is_missing=True)
    save_prepared(found, tmp_path / "out")
    values = tmp_path / "out" / "values.csv"
    assert about_prepared(values)["unit"] == "veh/h"
    dataset = stlearn.read_csv(values, unit="veh/h")
    assert dataset.name == "table"
    assert dataset.notes == (
        "stlearn prepare: --zero-is-missing: 1 (a): 0, now missing.",
        "stlearn prepare: --gaps keep: 1 (2026-01-06 00:00:00 to 2026-01-08 00:00:00): no row, "
        "now an empty row.",
    )
    log = pd.read_csv(tmp_path / "out" / "log.csv")
    assert log["count"].tolist() == [1, 1] and list(log)[:2] == ["repair", "where"]
    with pytest.raises(InputError, match="unit: .* was prepared in veh/h, got km/h"):
        stlearn.read_csv(values, unit="km/h")
    values.write_text(values.read_text().replace("3.0", "3.5"))  # changed by hand: another file
    assert stlearn.read_csv(values, unit="km/h").notes == ()


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    found = prepare(text_file(tmp_path, ROWS))
    with pytest.raises(InputError, match="--out: .* holds something .*table.csv"):
        save_prepared(found, tmp_path)
    with pytest.raises(InputError, match="--out: expected a folder"):
        save_prepared(found, tmp_path / "table.csv")
    for _ in range(2):  # its own folder is written again
        save_prepared(found, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "log.csv", "prepared.json", "values.csv"
    ]  # fmt: skip


NAMES = st.text("abcÄ 1,;\"'#", min_size=1, max_size=5).map(str.strip).filter(bool)


@settings(max_examples=40, deadline=None)
@given(
    names=st.lists(NAMES, min_size=1, max_size=3, unique=True),
    freq=st.sampled_from(["30s", "5min", "1h", "D", "B", "7D", "MS", "ME", "QS", "YE"]),
    zone=st.sampled_from([None, "UTC", "Europe/Berlin"]),
    data=st.data(),
)
def test_what_is_prepared_and_written_is_read_again_the_same(
    tmp_path_factory, names, freq, zone, data
):
    number = st.one_of(st.none(), st.floats(-1e6, 1e6, width=32))
    rows = data.draw(st.lists(st.lists(number, min_size=len(names), max_size=len(names)),
                              min_size=7, max_size=12))  # fmt: skip
    times = pd.date_range("2026-03-27 21:00", periods=len(rows), freq=freq, tz=zone)
    frame = pd.DataFrame(rows, index=times, columns=names, dtype="float64")
    frame.iloc[0] = 1.0
    folder = tmp_path_factory.mktemp("prepared")
    frame.to_csv(folder / "own.csv", index_label="time")
    found = prepare(folder / "own.csv", timezone=zone)
    assert np.array_equal(found.values.to_numpy(), frame.to_numpy(), equal_nan=True)
    assert (found.values.index == times).all() and list(found.values) == names
    save_prepared(found, folder / "out")
    again = stlearn.read_csv(folder / "out" / "values.csv", unit="u").values
    assert (again.index == times).all() and list(again) == names
    assert np.array_equal(again.to_numpy(), frame.to_numpy(dtype="float32"), equal_nan=True)
    once_more = prepare(folder / "out" / "values.csv", timezone=zone)
    assert once_more.values.equals(found.values) and once_more.log == []


def test_a_file_that_is_one_long_line_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "data.json").write_text('{"edges": ["' + "x" * 200_000 + '"]}')
    with pytest.raises(InputError, match="data.json: expected a table, a row a line, got '{"):
        prepare(tmp_path / "data.json")


def test_a_first_row_of_readings_is_not_taken_for_names(tmp_path):
    for text in (
        "50.5,49.2\n51.0,48.1\n50.1,49.9\n49,48\n",
        "7,7\n6,8\n9,7\n",
        "1,2;3,4\n0;1\n5;9\n",
    ):
        with pytest.raises(InputError, match="line 1: expected a header with the sensors' names"):
            prepare(text_file(tmp_path, text), start="2026-01-01", step="1h")
    depths = text_file(tmp_path, "0.05,0.10\n14.2,13.1\n14.4,13.3\n")
    found = prepare(depths, start="2026-01-01", step="1h")
    assert list(found.values) == ["0.05", "0.10"] and len(found.values) == 2
