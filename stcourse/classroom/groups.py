"""Control groups: the kernel's own limits on what all processes of a seat take together.

They count what a look at the processes can't: files in memory, and shared memory that nobody maps.
Both versions are used, the unified tree (version 2) and the older one with a tree for each limit.
"""

import contextlib
import re
import time
from pathlib import Path

from stcourse.classroom import seats

ROOT = Path("/sys/fs/cgroup")
PERIOD = 100_000  # microseconds, over which the share of the cores is taken
PROCESSES = 600  # of all processes and threads of a learner together
HERE = (
    "Memory (shared memory and files in memory too), processes and cores of each seat are limited "
    "by the system's control groups."
)
NOT_HERE = (
    "This system lets no control groups be made: memory is watched once a second instead, which "
    "comes after the fact and sees no files in memory of a learner who hides them."
)


def find(settings):
    """Folders below which the groups of a class are made; empty where the system gives none.

    Args:
        settings: seats.Settings.

    Returns:
        Tuple of text: one folder in the unified tree, or one for each limit.
    """
    name = f"stlearn-{seats.user_ids(settings)[0]}"
    unified = (ROOT / "cgroup.controllers").exists()
    try:
        places = [ROOT / name] if unified else [ours / name for ours in _own_groups()]
        for place in places:
            if unified:
                _let_be_limited(place.parent)
            place.mkdir(exist_ok=True)
            _set(place, _weight(settings))
            if unified:
                _let_be_limited(place)
        found = tuple(map(str, places))
        trial = seats.Seat("trial", seats.LARGEST_CLASS, 0, Path())
        make(settings, trial, found)
        for group in _groups(found, trial):
            group.rmdir()
    except (OSError, KeyError):
        return ()
    return found


def make(settings, seat, places):
    """Make the groups of a seat and set their limits.

    Args:
        settings: seats.Settings.
        seat: seats.Seat.
        places: What `find` gave.

    Returns:
        Files to which a process writes 0 to enter.
    """
    groups = _groups(places, seat)
    for group in groups:
        group.mkdir(exist_ok=True)
        _set(group, _limits(settings))
    return [group / "cgroup.procs" for group in groups]


def ended(seat, places):
    """How many processes of a seat were ended because together they wanted too much memory.

    Args:
        seat: seats.Seat.
        places: What `find` gave.
    """
    for group in _groups(places, seat):
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(FileNotFoundError):
                return int(re.search(r"^oom_kill (\d+)$", (group / name).read_text(), re.M)[1])
    return 0


def remove(places):
    """Remove the groups of a class whose processes have ended.

    Args:
        places: What `find` gave.
    """
    for place in map(Path, places):
        for group in (*place.glob("seat-*"), place):
            for _ in range(20):  # the kernel lets go of a group a moment after its last process
                try:
                    group.rmdir()
                    break
                except OSError:
                    time.sleep(0.1)


def _limits(settings):
    """Files of both trees and what is written to them, in the order that the older one needs."""
    held = settings.memory * seats.MEGABYTE
    return {
        "memory.max": held,
        "memory.swap.max": 0,
        "memory.limit_in_bytes": held,
        "memory.memsw.limit_in_bytes": held,
        "pids.max": PROCESSES,
        "cpu.max": f"{settings.cores * PERIOD} {PERIOD}",
        "cpu.cfs_period_us": PERIOD,
        "cpu.cfs_quota_us": settings.cores * PERIOD,
    }


def _weight(settings):
    """What the class weighs beside others when cores are short: as much as its learners would.

    By default a group weighs as one process does, and thirty learners would get what one gets.
    """
    return {"cpu.weight": 33 * settings.learners, "cpu.shares": 335 * settings.learners}


def _set(group, values):
    for name, value in values.items():
        if (group / name).exists():
            (group / name).write_text(str(value))


def _groups(places, seat):
    return [Path(place) / f"seat-{seat.number}" for place in places]


def _own_groups():
    """Our own groups in the older trees: what limits us goes on limiting the class."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    own = {name: path for line in lines for names, path in [line.split(":", 2)[1:]]
           for name in names.split(",")}  # fmt: skip
    return [ROOT / name / own[name].lstrip("/") for name in ("memory", "pids", "cpu")]


def _let_be_limited(place):
    (place / "cgroup.subtree_control").write_text("+memory +pids +cpu")
