"""Cards of the data sets: text files that say what each is, whose it is, and how it is split.

`los_loop.toml` is the card of the data set los-loop, and `los_loop.py` beside it the reader. A card
whose reader has another name, or takes arguments, says so under [reader].
"""

import dataclasses
import functools
import importlib
import inspect
import tomllib
from collections.abc import Callable
from pathlib import Path

from stlearn.errors import InputError

FOLDER = Path(__file__).parent
CARD = {
    "title": str,
    "place": int,  # in the list of names
    "licence": str,
    "citation": str,
    "unit": str,
    "traps": list,
    "files": list,
    "split": dict,
    "reader": dict,
}
SPLIT = {"test": float | str, "protocol": str}
FILE = {"path": str, "sha256": str, "bytes": int, "address": str}
WORDS = {
    str: "text",
    int: "a whole number",
    list: "a list",
    dict: "a table",
    float | str: "a share such as 0.2 or a duration such as '14D'",
}


@dataclasses.dataclass(frozen=True)
class File:
    """One file of a data set: where it is published, and how to know it.

    Args:
        path: Where it lies in the cache or in a mirror, for example "tgcn/los_speed.csv".
        sha256: Its checksum.
        bytes: Its size.
        address: Where it is downloaded from; empty for a file that ships with the package.

    Example:
        >>> from stlearn.catalogue import entry
        >>> entry("los-loop").files[0].bytes
        3402125
    """

    path: str
    sha256: str
    bytes: int
    address: str = ""


@dataclasses.dataclass(frozen=True)
class Entry:
    """What the catalogue knows of one data set.

    Args:
        name: Name in `stlearn.load`.
        title: One sentence: what it is.
        files: Its files, in the order in which `reader` takes them.
        licence, citation: Whose data it is.
        reader: Function of the paths of the files, whose checksums are verified, that returns the
            fields of a `SpatioTemporalDataset`; in `notes` it says what it mends or assumes.
        unit: Unit of the values.
        test: How much of the end is the test part: a share, or a duration such as "14D".
        protocol: One sentence: how the data set is split.
        traps: Sentences: what misleads those who do not know the data.

    Example:
        >>> from stlearn.catalogue import entry
        >>> entry("los-loop").unit
        'mph'
    """

    name: str
    title: str
    files: tuple[File, ...]
    licence: str
    citation: str
    reader: Callable
    unit: str
    test: float | str
    protocol: str
    traps: tuple[str, ...]


@functools.cache
def read_cards(folder=FOLDER):
    """Read all cards of a folder.

    Args:
        folder: Path of the folder.

    Returns:
        Dict of the name of a data set to its card, by `place`; cards of the same place by name.

    Raises:
        InputError: If a card is not as described in `read_card`.

    Example:
        >>> from stlearn.catalogue.cards import read_cards
        >>> list(read_cards())[:2]
        ['corridor', 'los-loop']
    """
    cards = {path.stem.replace("_", "-"): read_card(path) for path in folder.glob("*.toml")}
    return dict(sorted(cards.items(), key=lambda named: (named[1]["place"], named[0])))


def read_card(path):
    """Read one card and check that it is complete.

    Args:
        path: Path of a TOML file with the keys of `CARD`; `reader` may be left out. Under `split`
            are the keys of `SPLIT`, and under each of `files` those of `FILE`. An empty list of
            files is that of a data set that ships with the package.

    Returns:
        Dict of what the card says.

    Raises:
        InputError: If it is no TOML, a key is missing or unknown, or a value is of another type.

    Example:
        >>> from stlearn.catalogue.cards import FOLDER, read_card
        >>> read_card(FOLDER / "los_loop.toml")["licence"]
        'MIT'
    """
    try:
        card = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name}: expected TOML ({error})") from None
    card.setdefault("reader", {})
    _check(path.name, card, CARD)
    _check(f"{path.name}, split", card["split"], SPLIT)
    for number, file in enumerate(card["files"], 1):
        _check(f"{path.name}, file {number}", file, FILE)
    return card


def make_entry(name, card) -> Entry:
    """Make the entry of a data set from its card, and import its reader.

    Args:
        name: Name of the data set.
        card: What its card says, from `read_card`.

    Returns:
        Entry.

    Raises:
        InputError: If there is no such reader, or it takes other files or arguments.

    Example:
        >>> from stlearn.catalogue.cards import make_entry, read_cards
        >>> make_entry("los-loop", read_cards()["los-loop"]).title.split()[0]
        'Loop-detector'
    """
    stem = name.replace("-", "_")
    arguments = dict(card["reader"])
    module = arguments.pop("module", stem)
    if not (FOLDER / f"{module}.py").is_file():
        raise InputError(f"{stem}.toml: expected its reader in {module}.py, got no such file")
    read = importlib.import_module(f"{__package__}.{module}").read
    files = tuple(File(**file) for file in card["files"])
    try:
        inspect.signature(read).bind(*files, **arguments)
    except TypeError as error:
        raise InputError(
            f"{stem}.toml: expected the files and arguments that {module}.py reads ({error})"
        ) from None
    return Entry(
        name=name,
        title=card["title"],
        files=files,
        licence=card["licence"],
        citation=card["citation"],
        reader=functools.partial(read, **arguments),
        unit=card["unit"],
        test=card["split"]["test"],
        protocol=card["split"]["protocol"],
        traps=tuple(card["traps"]),
    )


def _check(where, table, kinds):
    """Raise an InputError unless the table has the keys of `kinds`, each with such a value."""
    if not isinstance(table, dict):
        raise InputError(f"{where}: expected a table, got {table!r}")
    if table.keys() != kinds.keys():
        missing = ", ".join(key for key in kinds if key not in table)
        unknown = ", ".join(key for key in table if key not in kinds)
        raise InputError(
            f"{where}: expected the keys {', '.join(kinds)}"
            + f"; missing: {missing}" * bool(missing)
            + f"; unknown: {unknown}" * bool(unknown)
        )
    for key, kind in kinds.items():
        if not isinstance(table[key], kind):
            raise InputError(f"{where}: {key}: expected {WORDS[kind]}, got {table[key]!r}")
