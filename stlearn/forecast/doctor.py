"""Look whether this machine can do the work, and say what to do where it can't.

Explained in 0.2.
"""

import importlib.metadata
import os
import platform
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import psutil
from packaging.requirements import Requirement

from stlearn import catalogue
from stlearn.errors import namesake

DISTRIBUTION = "stlearn-course"  # the name to install; stlearn is what is imported
GIGABYTE = 1e9
MEMORY_NEEDED = 1.5 * GIGABYTE
DISK_NEEDED = 0.5 * GIGABYTE


class Finding(NamedTuple):
    """One thing looked at: `advice` is empty where all is well."""

    what: str
    found: str
    advice: str = ""


def findings():
    """Look at Python, packages, machine, TensorFlow and data, one Finding after the other."""
    yield _python()
    yield from _packages()
    yield Finding("cores", f"{os.cpu_count()}")
    yield _enough("memory", psutil.virtual_memory().available, MEMORY_NEEDED, "close programs")
    yield _enough("disk", shutil.disk_usage(Path.cwd()).free, DISK_NEEDED, "make room")
    yield _tensorflow()
    yield _corridor()
    yield _cache()


def package_finding(requirement, version):
    """Compare an installed version with a requirement.

    Args:
        requirement: As in pyproject.toml, for example "numpy>=1.26,<3".
        version: Installed version, or None.

    Example:
        >>> from stlearn.forecast.doctor import package_finding
        >>> package_finding("numpy>=1.26,<3", "2.4.0")
        Finding(what='numpy', found='2.4.0', advice='')
        >>> package_finding("numpy>=1.26,<3", None).advice
        'pip install "numpy<3,>=1.26"'
    """
    wanted = Requirement(requirement)
    if version is not None and wanted.specifier.contains(version, prereleases=True):
        return Finding(wanted.name, version)
    advice = f'pip install "{wanted.name}{wanted.specifier}"'
    return Finding(wanted.name, version or "not installed", advice)


def _python():
    version = platform.python_version()
    found = f"{version} on {platform.system()} {platform.machine()}"
    try:
        wanted = importlib.metadata.metadata(DISTRIBUTION)["Requires-Python"]
    except importlib.metadata.PackageNotFoundError:
        return Finding("python", found)  # the packages say that stlearn is not installed
    finding = package_finding(f"python{wanted}", version)
    return Finding("python", found, finding.advice and f"use Python {wanted}")


def _packages():
    try:
        requirements = importlib.metadata.requires(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        yield Finding(DISTRIBUTION, "not installed", "pip install -e . in the project's folder")
        return
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            version = None
        yield package_finding(text, version)
    if namesake():
        found, _, advice = namesake().partition(": ")
        yield Finding("stlearn", found, advice)


def _enough(what, free, needed, advice):
    short = free < needed
    return Finding(
        what,
        f"{free / GIGABYTE:.1f} GB free",
        f"{advice}: {needed / GIGABYTE:g} GB are needed" if short else "",
    )


def _tensorflow():
    """Fit one number, so that a broken installation shows here and not in the middle of a job."""
    try:
        from stlearn.networks import layers  # noqa: F401 - it sets how TensorFlow starts

        import keras  # isort: skip
        import numpy as np

        network = keras.Sequential([keras.layers.Dense(1)])
        network.compile("sgd", "mse")
        loss = network.fit(np.ones((8, 1)), np.ones((8, 1)), verbose=0).history["loss"][0]
    except Exception as error:  # whatever is broken is the finding
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return Finding("TensorFlow", reason, "pip install -e . in a fresh virtual environment")
    return Finding("TensorFlow", f"trains (loss {loss:.2g})")


def _corridor():
    states = catalogue.verify("corridor")
    wrong = states[states["state"] != "ok"]
    if len(wrong):
        first = wrong.iloc[0]
        return Finding("corridor", f"{first['file']}: {first['state']}", "install stlearn again")
    return Finding("corridor", f"{len(states)} files with the right checksum")


def _cache():
    mirror = os.environ.get("STLEARN_MIRROR")
    if mirror:
        advice = "" if Path(mirror).is_dir() else "let STLEARN_MIRROR name a folder, or unset it"
        return Finding("mirror", mirror, advice)
    file = catalogue.entry("los-loop").files[0]
    folder = catalogue.local_path(file).parents[len(Path(file.path).parts) - 1]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        advice = "let STLEARN_CACHE name a folder that can be written"
        return Finding("cache", f"{folder}: {error.strerror}", advice)
    return Finding("cache", str(folder))
