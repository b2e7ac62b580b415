"""The catalogue of data sets: load one by its name, read its card, fetch and verify its files.

`corridor` ships with the package. The others are downloaded once, from an address pinned to a
commit, into the user's cache, and their SHA-256 is checked at every load. Two variables of the
environment change the places: STLEARN_CACHE names another folder for the cache, STLEARN_MIRROR a
folder to take the files from instead of the network; it is never written to.

Chapter 00 loads the first one (0.3).

A data set is two files beside each other: the card `los_loop.toml` holds its licence, citation,
unit, split, traps and files, the module `los_loop.py` reads them. To add one, add its two files.

- `cards`: how cards are found, read and checked.
"""

import contextlib
import dataclasses
import difflib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pooch

from stlearn.catalogue.cards import Entry, File, make_entry, read_cards
from stlearn.data.dataset import SpatioTemporalDataset
from stlearn.data.steps import step_in_words
from stlearn.errors import InputError
from stlearn.files import shipped


def names():
    """Return the names of all data sets.

    Example:
        >>> from stlearn import catalogue
        >>> catalogue.names()[:2]
        ['corridor', 'los-loop']
    """
    return list(read_cards())


def entry(name) -> Entry:
    """Return what the catalogue knows of a data set.

    Args:
        name: Name of the data set.

    Raises:
        InputError: If there is no such data set; the nearest name is suggested.

    Example:
        >>> from stlearn import catalogue
        >>> catalogue.entry("corridor").test
        '14D'
    """
    if name not in names():
        near = difflib.get_close_matches(str(name), names(), n=1, cutoff=0.4)
        suggestion = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(
            f"name: unknown data set {name!r}; {suggestion}known: {', '.join(names())}"
        )
    found = make_entry(name, read_cards()[name])
    return dataclasses.replace(found, files=_shipped_files(name)) if not found.files else found


def load(name: str) -> SpatioTemporalDataset:
    """Load a data set by its name; its files are downloaded at the first time.

    Args:
        name: Name of the data set, for example "corridor" or "los-loop".

    Returns:
        SpatioTemporalDataset. Its `notes` say what the reader mended or assumed.

    Raises:
        InputError: If the name is unknown, or a file can't be had or has a wrong checksum.

    Example:
        >>> import stlearn
        >>> stlearn.load("corridor").unit
        'km/h'
    """
    about = entry(name)
    return SpatioTemporalDataset(
        name=about.name,
        unit=about.unit,
        licence=about.licence,
        citation=about.citation,
        **about.reader(*fetch(name)),
    )


def fetch(name):
    """Make the files of a data set available, and check them.

    Args:
        name: Name of the data set.

    Returns:
        Paths of the files, in the order of `entry(name).files`.

    Raises:
        InputError: If a file can't be had or has a wrong checksum.

    Example:
        >>> from stlearn import catalogue
        >>> all(path.is_file() for path in catalogue.fetch("corridor"))
        True
    """
    return [fetch_file(file) for file in entry(name).files]


def fetch_file(file: File) -> Path:
    """Make one file available: shipped, from the mirror, from the cache, or from the network.

    Args:
        file: The file, as the catalogue lists it.

    Returns:
        Path of the file; its checksum is right.

    Raises:
        InputError: If the file can't be had or has a wrong checksum.

    Example:
        >>> from stlearn import catalogue
        >>> catalogue.fetch_file(catalogue.entry("corridor").files[0]).is_file()
        True
    """
    path = local_path(file)
    if path.is_file() and _sha256(path) == file.sha256:
        return path
    if file.address and not os.environ.get("STLEARN_MIRROR"):
        _download(file, path)
    elif path.is_file():
        _check(file, path)
    else:
        raise InputError(
            f"{file.path}: there is no such file at {path}"
            + (f"; it is published at {file.address}" if file.address else "")
        )
    return path


def local_path(file: File) -> Path:
    """Return where a file is, or where it will be once it is fetched.

    Args:
        file: The file, as the catalogue lists it.

    Example:
        >>> from stlearn import catalogue
        >>> catalogue.local_path(catalogue.entry("los-loop").files[0]).name
        'los_speed.csv'
    """
    if not file.address:
        folder = _shipped_folder(Path(file.path).parent.name).parent
    elif os.environ.get("STLEARN_MIRROR"):
        folder = Path(os.environ["STLEARN_MIRROR"])
    else:
        folder = Path(os.environ.get("STLEARN_CACHE") or pooch.os_cache("stlearn"))
    return folder / file.path


def verify(name):
    """Look at the files of a data set that are at hand, without fetching any.

    Args:
        name: Name of the data set.

    Returns:
        DataFrame with the columns file, state ("ok", "missing" or "wrong checksum") and path.

    Raises:
        InputError: If the name is unknown.

    Example:
        >>> from stlearn import catalogue
        >>> set(catalogue.verify("corridor")["state"])
        {'ok'}
    """
    rows = []
    for file in entry(name).files:
        path = local_path(file)
        right = path.is_file() and _sha256(path) == file.sha256
        state = "ok" if right else "wrong checksum" if path.is_file() else "missing"
        rows.append({"file": file.path, "state": state, "path": str(path)})
    return pd.DataFrame(rows)


def card(name) -> str:
    """Describe a data set in Markdown; figures are computed if its files are at hand.

    Args:
        name: Name of the data set.

    Returns:
        Text: what it is, size, rate, missing share, unit, split, licence, citation, addresses,
        traps, and what the reader mends.

    Raises:
        InputError: If the name is unknown.

    Example:
        >>> from stlearn import catalogue
        >>> print(catalogue.card("corridor").splitlines()[0])
        # corridor
    """
    about = entry(name)
    at_hand = (verify(name)["state"] == "ok").all()
    dataset = load(name) if at_hand else None
    facts = _figures(dataset) if at_hand else {"Figures": "not at hand; fetch the files first"}
    facts |= {
        "Unit": about.unit,
        "Split": about.protocol,
        "Licence": about.licence,
        "Citation": about.citation,
        "Files": ", ".join(
            f"{file.address or file.path} ({file.bytes:,} bytes)" for file in about.files
        ),
    }
    lines = [f"# {about.name}", "", about.title, ""]
    lines += [f"- {fact}: {text}" for fact, text in facts.items()]
    lines += ["", "## Traps", "", *(f"- {trap}" for trap in about.traps)]
    if dataset is not None and dataset.notes:
        lines += ["", "## What the reader mends or assumes", ""]
        lines += [f"- {note}" for note in dataset.notes]
    return "\n".join(lines) + "\n"


def _figures(dataset):
    """Size, span, rate, missing share and graph of a data set, as text."""
    values, missing = dataset.values, dataset.values.isna().to_numpy().mean()
    figures = {
        "Steps": f"{len(values):,}, {values.index[0]} to {values.index[-1]}",
        "Nodes": f"{values.shape[1]:,}",
        "Rate": step_in_words(dataset.frequency),
        "Missing": f"{missing:.1%} of the values",
        "Graph": "none is known",
    }
    if dataset.adjacency is not None:
        weights = dataset.weights
        edges = weights.nnz - np.count_nonzero(weights.diagonal())
        kind = "directed" if (weights != weights.T).nnz else "symmetric"
        figures["Graph"] = f"{kind}, {edges:,} edges between different nodes"
    if dataset.edges is not None:
        figures["Graph"] += f"; changes at {dataset.edges['time'].nunique():,} times"
    if dataset.extra:
        figures["Also measured"] = ", ".join(dataset.extra)
    if dataset.events is not None:
        kinds = dataset.events["kind"].value_counts().sort_index()
        figures["Labelled"] = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    return figures


def _download(file, path):
    """Download to a temporary name, check, and only then move to the path."""
    import requests  # slow to import, and only needed here

    def download_and_check(url, output, _):
        # When the connection breaks off, the check below tells how much came.
        with contextlib.suppress(requests.exceptions.ChunkedEncodingError):
            pooch.HTTPDownloader(progressbar=True)(url, output, None)
        _check(file, Path(output), url)

    try:
        pooch.retrieve(
            file.address,
            f"sha256:{file.sha256}",
            fname=path.name,
            path=path.parent,
            downloader=download_and_check,
        )
    except requests.exceptions.RequestException as error:
        raise InputError(
            f"{file.path}: could not be downloaded from {file.address} ({_reason(error)}); "
            f"fetch it by other means and put it at {path}"
        ) from None
    except OSError as error:
        raise InputError(
            f"{file.path}: cannot be written to {path} ({error}); "
            "name another folder in the variable STLEARN_CACHE"
        ) from None


def _reason(error):
    """Why a request failed, without the layers that repeat the address."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return str(error if cause is None else cause).split(" for url: ")[0].split("): ")[-1]


def _check(file, path, source=None):
    found = _sha256(path)
    if found != file.sha256:
        size = path.stat().st_size
        short = " (it broke off)" if size < file.bytes else ""
        raise InputError(
            f"{file.path}: wrong checksum of {source or path}: expected SHA-256 {file.sha256} "
            f"({file.bytes} bytes), got {found} ({size} bytes){short}"
        )


def _sha256(path):
    return pooch.file_hash(str(path), alg="sha256")


def _shipped_folder(name):
    sums = shipped(f"datasets/{name}/SHA256SUMS")
    if sums is None:
        raise InputError(
            f"{name}: the data that ships is not there: expected datasets/{name}/SHA256SUMS"
        )
    return sums.parent


def _shipped_files(name):
    folder = _shipped_folder(name)
    files = []
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        sha256, file = line.split()
        path = folder / file.lstrip("*")
        size = path.stat().st_size if path.is_file() else 0
        files.append(File(f"{name}/{path.name}", sha256, size))
    return tuple(files)
