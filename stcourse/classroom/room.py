"""What a class works on now, from the learners' progress files and nothing else.

The command collects those files, without names, into a file that the teacher's notebook reads.
"""

import json
import os
import re
import time
from pathlib import Path

import pandas as pd

from stcourse.classroom import guard, seats
from stlearn.errors import InputError
from stlearn.files import written_aside

FILE = "room.json"
LARGEST = 100_000  # bytes of a progress file
VERDICTS = ("passed", "not yet", "not right")
COLUMNS = ["seat", "passed", "exercise", "verdict", "mistake", "minutes ago"]
_ID = re.compile(r"\d{1,2}\.[1-9]\d?")


def collect(settings):
    """Write what the progress files of a class say to a file that only the teacher can read.

    Whoever has a record or a server that runs is in it. What a learner's file holds is not
    trusted: only what a record may hold is taken over.

    Args:
        settings: seats.Settings.
    """
    found, taken = [], seats.seats(settings)
    here = guard.present(taken)
    for seat in taken:
        record = _read(seat)
        if record is None and seat.number in here:
            record = {"passed": [], "last": None}
        if record is not None:
            found.append({"seat": seat.number, "name": seat.name, **record})
    folder = Path(settings.folder) / "room"
    folder.mkdir(exist_ok=True)
    with written_aside(folder) as aside:
        file = aside / FILE
        file.write_text(json.dumps({"collected": time.time(), "learners": found}, indent=1) + "\n")
        file.chmod(0o600)
        owner = int(os.environ.get("SUDO_UID", os.getuid()))
        if os.getuid() == 0 and owner:
            os.chown(file, owner, -1)


def read_room(folder, names=False):
    """The learners of a class: how much passed, and the last verdict.

    Args:
        folder: Folder of the workshop.
        names: Whether to tell names; without, a learner is the number of a seat.

    Returns:
        DataFrame, a row for each learner who was there or has a record: seat (or name), passed
        (count), exercise, verdict, mistake, minutes ago (of the last verdict, when the file was
        collected).

    Raises:
        InputError: If nothing was collected there yet.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     settings = seats.Settings(folder)
        ...     collect(settings)
        ...     print(len(read_room(folder)))
        0
    """
    path = Path(folder) / "room" / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"folder: no workshop has run in {folder} (no file {path})") from None
    rows = []
    for learner in found["learners"]:
        last = learner.get("last") or {}
        minutes = (found["collected"] - last["time"]) / 60 if last else None
        who = learner["name"] if names else learner["seat"] + 1
        told = [last.get(key) for key in ("exercise", "verdict", "mistake")]
        rows.append([who, len(learner["passed"]), *told, minutes])
    columns = ["name", *COLUMNS[1:]] if names else COLUMNS
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"minutes ago": float})


def mistakes_now(room, within=15.0):
    """The mistakes that the room meets now, most frequent first.

    Args:
        room: Table of `read_room`.
        within: Minutes that count as now.

    Returns:
        DataFrame with exercise, mistake and learners (count); a wrong answer that is no known
        mistake is "another".

    Example:
        >>> table = pd.DataFrame(
        ...     [[1, 0, "2.1", "not right", "weights transposed", 1.0]], columns=COLUMNS)
        >>> mistakes_now(table).to_numpy().tolist()
        [['2.1', 'weights transposed', 1]]
    """
    now = room[(room["minutes ago"] <= within) & (room["verdict"] == "not right")]
    named = now.assign(mistake=now["mistake"].fillna("").replace("", "another"))
    counted = named.groupby(["exercise", "mistake"], as_index=False).size()
    counted = counted.rename(columns={"size": "learners"})
    return counted.sort_values(["learners", "exercise"], ascending=[False, True], ignore_index=True)


def _read(seat):
    """What a learner's progress file says, or None; no link is followed, no large file read."""
    try:
        with _opened(seat.home, seat.course.name, ".stlearn-progress.json") as file:
            found = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    ids = found.get("passed")
    passed = [id for id in ids if _is_id(id)] if isinstance(ids, list) else []
    return {"passed": sorted(set(passed)), "last": _last(found.get("last"))}


def _opened(folder, *names):
    """Open a file below a folder; a link on the way, to whose file ever, is an error."""
    handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    for name in names:
        above = handle
        try:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=above)
        finally:
            os.close(above)
    file = os.fdopen(handle, "rb")
    if os.fstat(handle).st_nlink > 1:  # it may be another's
        file.close()
        raise OSError("a second name of a file")
    return file


def _last(found):
    if not isinstance(found, dict) or not _is_id(found.get("exercise")):
        return None
    when, mistake = found.get("time"), found.get("mistake")
    if found.get("verdict") not in VERDICTS or not isinstance(when, int | float):
        return None
    return {
        "exercise": found["exercise"],
        "verdict": found["verdict"],
        "mistake": mistake[:80] if isinstance(mistake, str) else "",
        "time": float(when),
    }


def _is_id(id):
    return isinstance(id, str) and bool(_ID.fullmatch(id))
