"""Two hundred damaged files: each read with a true log, or refused in one sentence."""

import gzip

import numpy as np
import pandas as pd
import pytest

import stlearn
from stlearn.errors import InputError
from stlearn.reading.prepared import prepare, save_prepared

FILES = 200
NAMES = ["north", "south", "101"]
MENDING = {  # each repair at once, for files that are refused without
    "duplicates": "first", "gaps": "keep", "missing_marks": ["-999", "n/a"],
    "late_sensors": "drop",
}  # fmt: skip
MARKS = {"--missing-marks -999"}  # a number: only an audit can ask about it


class Damaged:
    """A good table of hours as lines of cells, to be spoiled; `truth` is what stays in the file."""

    def __init__(self, rng):
        self.rng = rng
        hours = int(rng.integers(30, 60))
        start = pd.Timestamp("2026-03-10") + pd.Timedelta(hours=int(rng.integers(0, 24)))
        self.times = pd.date_range(start, periods=hours, freq="1h")
        numbers = rng.normal(50, 10, (hours, 3)).round(2)
        self.truth = pd.DataFrame(numbers, index=self.times, columns=NAMES)
        self.header = ["time", *NAMES]
        self.rows = [
            [f"{time:%Y-%m-%d %H:%M}", *(f"{number:.2f}" for number in row)]
            for time, row in zip(self.times, numbers)
        ]
        self.separator, self.before, self.expected = ",", "", {}
        self.encoding, self.finish = "utf-8", lambda raw: raw
        self.dropped = None  # the sensor that may be left out

    def row(self):
        """A row that is neither the first nor the last."""
        return int(self.rng.integers(2, len(self.rows) - 2))

    def cell(self):
        return self.row(), int(self.rng.integers(1, 4))

    def mark(self, text):
        """Write a text over some cells of different rows."""
        rows = self.rng.choice(
            np.arange(1, len(self.rows) - 1), int(self.rng.integers(3, 9)), False
        )
        for row in rows:
            column = int(self.rng.integers(1, 4))
            self.rows[row][column] = text
            self.truth.iloc[row, column - 1] = np.nan
        return len(rows)

    def raw(self):
        quoted = [[f'"{c}"' if self.separator in c else c for c in cells] for cells in
                  [self.header, *self.rows]]  # fmt: skip
        text = "".join(self.separator.join(cells) + "\n" for cells in quoted)
        return self.finish((self.before + text).encode(self.encoding))


FAULTS = {}


def fault(function):
    FAULTS[function.__name__] = function
    return function


@fault
def absent_rows(file):
    count = int(file.rng.integers(1, 4))
    gone = sorted(file.rng.choice(np.arange(1, len(file.rows) - 1), count, False))
    file.rows = [cells for row, cells in enumerate(file.rows) if row not in gone]
    file.truth.iloc[gone] = np.nan
    file.expected = {"--gaps keep": count}


@fault
def row_again(file):
    row = file.row()
    file.rows.insert(row, list(file.rows[row]))
    file.expected = {"--duplicates first": 3}


@fault
def time_again_with_other_readings(file):
    row = file.row()
    file.rows.insert(row + 1, [file.rows[row][0], "1", "2", "3"])
    file.expected = {"--duplicates first": 3}


@fault
def shuffled(file):
    file.rng.shuffle(file.rows)


@fault
def newest_first(file):
    file.rows.reverse()
    file.expected = {"sorted by time": len(file.rows) - 1}


@fault
def marked_by_a_number(file):
    file.expected = {"--missing-marks -999": file.mark("-999")}


@fault
def marked_by_a_word(file):
    file.expected = {"--missing-marks n/a": file.mark("n/a")}


@fault
def empty_cells(file):
    file.mark(str(file.rng.choice(["", "NaN", "nan", "null", "NA"])))


@fault
def text_in_a_cell(file):
    row, column = file.cell()
    file.rows[row][column] = str(file.rng.choice(["fast", "12 km/h", "--", "1.2.3", "True"]))


@fault
def thousands(file):
    row, column = file.cell()
    file.rows[row][column] = "1,234.50"


@fault
def infinite(file):
    row, column = file.cell()
    file.rows[row][column] = str(file.rng.choice(["inf", "-Infinity", "1e999"]))


@fault
def decimal_commas(file):
    file.rows = [[cells[0], *(c.replace(".", ",") for c in cells[1:])] for cells in file.rows]
    file.separator = str(file.rng.choice([";", "\t", ","]))


@fault
def one_decimal_comma(file):
    row, column = file.cell()
    file.rows[row][column] = file.rows[row][column].replace(".", ",")


@fault
def comma_at_the_end(file):
    for cells in file.rows:
        cells.append("")


@fault
def comments_and_blank_lines(file):
    file.before = "# exported\n" * int(file.rng.integers(1, 3))
    file.rows.insert(file.row(), ["", "", "", ""])


@fault
def short_row(file):
    file.rows[file.row()].pop()


@fault
def long_row(file):
    file.rows[file.row()].append(str(file.rng.choice(["", "7"])))


@fault
def name_again_or_absent(file):
    file.header[2] = str(file.rng.choice(["", "north"]))


@fault
def no_header(file):
    file.header, file.rows = file.rows[0], file.rows[1:]


@fault
def broken_time(file):
    broken = ["", "2026-13-01 00:00", "yesterday", "2026-03-32", "25:00", "NaT"]
    file.rows[file.row()][0] = str(file.rng.choice(broken))


@fault
def time_off_the_grid(file):
    file.rows[file.row()][0] += ":07"


@fault
def offsets_of_two_kinds(file):
    half = file.row()
    for row, cells in enumerate(file.rows):
        cells[0] += "+01:00" if row < half else "+02:00"


@fault
def other_dates(file):
    for cells, time in zip(file.rows, file.times):
        cells[0] = f"{time:%d.%m.%Y %H:%M}"


@fault
def unix_time(file):
    for cells, time in zip(file.rows, file.times):
        cells[0] = str(int(time.timestamp()))
    file.truth.index = file.truth.index.tz_localize("UTC")


@fault
def silent_sensor(file):
    for cells in file.rows:
        cells[2] = ""
    file.truth["south"] = np.nan
    file.dropped = "south"
    file.expected = {"--late-sensors drop": 0}


@fault
def late_sensor(file):
    half = len(file.rows) // 2
    for cells in file.rows[:half]:
        cells[2] = ""
    file.truth.iloc[:half, 1] = np.nan
    file.dropped = "south"


@fault
def other_encoding(file):
    file.header[1] = "nörth"
    file.truth = file.truth.rename(columns={"north": "nörth"})
    file.encoding = str(file.rng.choice(["latin-1", "utf-16", "utf-8-sig"]))


@fault
def cut_off(file):
    last = len(",".join(file.rows[-1]).rpartition(",")[2])
    file.finish = lambda raw: raw[: -2 - last - int(file.rng.integers(0, 5))]


@fault
def packed_and_cut_off(file):
    file.finish = lambda raw: gzip.compress(raw)[: int(file.rng.integers(12, 60))]


@fault
def another_kind_of_file(file):
    begin = [b"PK\x03\x04", b"PAR1", b"\x89HDF\r\n\x1a\n", b"CDF\x01", b"\xd0\xcf\x11\xe0", b"\x00"]
    file.finish = lambda raw: begin[int(file.rng.integers(0, 6))] + raw


@fault
def open_quote(file):
    row, column = file.cell()
    file.rows[row][column] = '"' + file.rows[row][column]


@fault
def a_column_of_words(file):
    file.header.insert(2, "state")
    for row in file.rows:
        row.insert(2, "open")


@fault
def a_column_twice(file):
    file.header.append(NAMES[0])
    for row in file.rows:
        row.append("1")


@fault
def time_in_parts(file):
    file.header[:1] = ["year", "month", "day", "hour"]
    for row, time in zip(file.rows, file.times):
        row[:1] = [str(part) for part in (time.year, time.month, time.day, time.hour)]


@fault
def year_of_two_digits_behind_the_month(file):
    for row, time in zip(file.rows, file.times):
        row[0] = f"{time:%d-%b-%y %H:%M}"


@fault
def nothing_or_no_rows(file):
    file.finish = lambda raw: raw[: int(file.rng.choice([0, 1, raw.index(b"\n") + 1]))]


def test_there_are_kinds_enough():
    assert len(FAULTS) >= 20


@pytest.mark.parametrize("kind", FAULTS)
def test_damaged_files_are_read_truly_or_refused(kind, tmp_path):
    for seed in range(-(-FILES // len(FAULTS))):
        file = Damaged(np.random.default_rng(seed))
        FAULTS[kind](file)
        path = tmp_path / f"{kind}-{seed}.csv"
        path.write_bytes(file.raw())
        asked = {repair for repair in file.expected if repair.startswith("--")}
        found = read_or_told(path, prepare)
        if found is not None:
            assert not asked - MARKS, "read without a repair that it needs"
            assert not [entry for entry in found.log if entry.repair.startswith("--")]
            holds_what_is_in_the_file(found.values.replace(-999, np.nan), file)
        mended = read_or_told(path, prepare, **MENDING)
        assert mended is not None or not file.expected
        if mended is not None:
            holds_what_is_in_the_file(mended.values, file)
            counts = pd.Series([entry.count for entry in mended.log], dtype=int)
            counts = counts.groupby([entry.repair for entry in mended.log]).sum().to_dict()
            assert {repair: counts.get(repair) for repair in file.expected} == file.expected
            out = tmp_path / f"out-{seed}"
            save_prepared(mended, out)
            zone = str(mended.values.index.tz or "") or None
            again = stlearn.read_csv(out / "values.csv", unit="u", timezone=zone).values
            assert again.equals(mended.values.astype("float32"))
        strict = read_or_told(path, stlearn.read_csv, unit="u")
        if strict is not None:
            holds_what_is_in_the_file(strict.values.replace(-999, np.nan), file)


def read_or_told(path, read, **options):
    """What was read, or None where it was refused in one sentence that names the file."""
    try:
        return read(path, **options)
    except InputError as error:
        assert "\n" not in str(error) and str(path) in str(error) and len(str(error)) < 600
        return None


def holds_what_is_in_the_file(values, file):
    """No reading changed, none was made up, none was lost."""
    truth = file.truth[[name for name in file.truth if name in values]]
    assert set(file.truth) - set(truth) <= {file.dropped}
    assert set(values) == set(truth) and values.index.isin(truth.index).all()
    known = values.reindex(index=truth.index, columns=truth.columns)
    np.testing.assert_array_equal(known.to_numpy(dtype="float32"), truth.to_numpy(dtype="float32"))
