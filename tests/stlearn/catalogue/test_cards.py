"""Cards: complete, in their order, with a reader that takes their files; or told what is wrong."""

import subprocess
import sys

import pytest

from stlearn import catalogue
from stlearn.catalogue.cards import FOLDER, make_entry, read_card, read_cards
from stlearn.errors import InputError

CARD = """
title = "Trams."
place = 2
licence = "CC0-1.0"
citation = "Nobody (2026)"
unit = "trams/h"
traps = ["None of them exists."]

[split]
test = 0.2
protocol = "The last fifth is the test part."

[[files]]
path = "trams/trams.csv"
sha256 = "0"
bytes = 1
address = "https://example.org/trams.csv"
"""


def written(folder, text, name="trams.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_card_has_a_name_in_the_catalogue():
    names = {path.stem.replace("_", "-") for path in FOLDER.glob("*.toml")}
    assert len(names) > 10
    assert set(catalogue.names()) == names


def test_cards_stand_by_place_and_then_by_name(tmp_path):
    for name, place in (("b", 2), ("last_one", 10), ("a", 2), ("z", 1)):
        written(tmp_path, CARD.replace("place = 2", f"place = {place}"), f"{name}.toml")
    assert list(read_cards(tmp_path)) == ["z", "a", "b", "last-one"]


def test_card_says_what_stands_in_it(tmp_path):
    card = read_card(written(tmp_path, CARD))
    assert (card["licence"], card["split"]["test"]) == ("CC0-1.0", 0.2)
    assert card["files"][0]["address"] == "https://example.org/trams.csv"
    duration = read_card(written(tmp_path, CARD.replace("0.2", '"14D"')))
    assert duration["split"]["test"] == "14D"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('licence = "CC0-1.0"\n', "", "trams.toml: expected the keys title, .*; missing: licence$"),
        ("licence =", "license =", "; missing: licence; unknown: license$"),
        ("place = 2", "place = 2\ncolour = 3", "files, split, reader; unknown: colour$"),
        ("place = 2", 'place = "2"', "trams.toml: place: expected a whole number, got '2'$"),
        ('"trams/h"', "60", "trams.toml: unit: expected text, got 60$"),
        ('["None of them exists."]', '"None"', "traps: expected a list, got 'None'$"),
        ("test = 0.2\n", "", "trams.toml, split: expected the keys test, protocol; missing: test$"),
        ("0.2", "20", "split: test: expected a share such as 0.2 or a duration .*, got 20$"),
        ("bytes = 1\n", "", "trams.toml, file 1: expected the keys path, .*; missing: bytes$"),
        ("bytes = 1", "bytes = 1\nsize = 1", "file 1: expected the keys .*; unknown: size$"),
        ("[[files]]", '[[files]]\npath = "', "trams.toml: expected TOML"),
        ("[[files]]", "[files]", "trams.toml: files: expected a list"),
    ],
)
def test_wrong_card_is_told_in_a_sentence(tmp_path, old, new, told):
    assert old in CARD
    with pytest.raises(InputError, match=told) as error:
        read_card(written(tmp_path, CARD.replace(old, new)))
    assert "\n" not in str(error.value)


def test_file_that_is_no_table_is_told(tmp_path):
    text = CARD.partition("[[files]]")[0].replace("place", 'files = ["trams.csv"]\nplace')
    with pytest.raises(InputError, match="file 1: expected a table, got 'trams.csv'"):
        read_card(written(tmp_path, text))


def test_reader_of_another_name_gets_its_arguments():
    reader = catalogue.entry("nab-travel-time").reader
    assert reader.func.__module__ == "stlearn.catalogue.nab"
    assert reader.keywords == {"interval": "10min"}


@pytest.mark.parametrize(
    ("reader", "told"),
    [
        ({}, "no_such_data.toml: expected its reader in no_such_data.py, got no such file"),
        ({"module": "nab"}, "that nab.py reads .*missing.*'interval'"),
        ({"module": "stocks", "step": "5min"}, "that stocks.py reads .*'step'"),
        ({"module": "los_loop"}, "that los_loop.py reads .*missing.*'adjacency'"),
    ],
)
def test_reader_that_does_not_fit_the_card_is_told(tmp_path, reader, told):
    card = read_card(written(tmp_path, CARD)) | {"reader": reader}
    with pytest.raises(InputError, match=told):
        make_entry("no-such-data", card)


def test_a_reader_is_imported_when_it_is_asked_for():
    code = (
        "import sys\n"
        "from stlearn import catalogue\n"
        "names = catalogue.names()\n"
        "catalogue.entry('stocks')\n"
        "readers = {'stlearn.catalogue.' + name.replace('-', '_') for name in names}\n"
        "print(*sorted(readers & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["stlearn.catalogue.stocks"]
