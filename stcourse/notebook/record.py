"""Remember which exercises passed: a small file, and a token to carry it elsewhere.

No account, no network, nothing about the learner: only the ids of exercises that passed, and of
questions that were answered right, which the token doesn't carry. In a workshop (STLEARN_ROOM is
1), whose login page says so, the last verdict is kept beside them.
"""

import base64
import binascii
import json
import os
import re
import time
from pathlib import Path

from stcourse.engine.exercise import CourseError
from stlearn.files import written_aside

FILE = ".stlearn-progress.json"
VERSION = 1
TOKEN_VERSION = "A"
PER_CHAPTER = 16
_ID = re.compile(r"(\d{1,2})\.([1-9]\d?)")


def progress_file():
    """Path of the file: the one that STLEARN_PROGRESS names, or one in the current folder."""
    return Path(os.environ.get("STLEARN_PROGRESS") or FILE).absolute()


def keeps_progress():
    """Whether progress is written: under a test run only where STLEARN_PROGRESS names a file."""
    return bool(os.environ.get("STLEARN_PROGRESS")) or not raises_verdicts()


def raises_verdicts():
    """Whether a verdict other than passed is raised, as a test run wants it."""
    return os.environ.get("STLEARN_RAISE_VERDICTS") == "1"


def read_passed():
    """Read which exercises passed.

    Returns:
        (ids, note): a set of ids, and a sentence if the file could not be read, else "".
        A file that is broken or of another version is kept beside under another name.
    """
    content, note = _read()
    return set(content["passed"]), note


def read_answered():
    """Read which questions were answered right.

    Returns:
        (ids, note), as `read_passed`.
    """
    content, note = _read()
    return set(content.get("answered", [])), note


def _read():
    """What the file holds, and a sentence if it could not be read."""
    file, empty = progress_file(), {"version": VERSION, "passed": []}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return empty, ""
    except OSError as error:
        return empty, f"Your progress could not be read ({error.strerror}: {file})."
    except (ValueError, RecursionError):
        content = None
    known = isinstance(content, dict) and content.get("version") == VERSION
    if known and _are_ids(content.get("passed")) and _are_ids(content.get("answered", [])):
        return content, ""
    return empty, _set_aside(file)


def _are_ids(ids):
    return isinstance(ids, list) and all(isinstance(id, str) and _ID.fullmatch(id) for id in ids)


def _set_aside(file):
    number = 1
    while (aside := file.with_name(f"{file.name}.unreadable-{number}")).exists():
        number += 1
    try:
        file.rename(aside)
    except OSError:
        return f"Your progress in {file.name} could not be read, and could not be moved aside."
    return f"Your progress could not be read and starts anew; the old file is kept as {aside.name}."


def add_passed(ids):
    """Add exercises to those that passed; nothing is ever taken away.

    Args:
        ids: Ids of exercises.

    Returns:
        A sentence for the learner if something went wrong, else "".
    """
    return _add("passed", ids)


def add_answered(ids):
    """Add questions to those that were answered right; nothing is ever taken away.

    Args:
        ids: Ids of questions.

    Returns:
        A sentence for the learner if something went wrong, else "".
    """
    return _add("answered", ids)


def _add(kind, ids):
    content, note = _read()
    before = set(content.get(kind, []))
    if before >= set(ids) or not keeps_progress():
        return note
    return _write({**content, kind: sorted(before | set(ids), key=_place)}) or note


def add_last(id, verdict, mistake):
    """Keep the last verdict for the teacher of a workshop; elsewhere nothing is kept.

    Args:
        id: Id of the exercise.
        verdict: "passed", "not yet" or "not right".
        mistake: Name of the known mistake that the answer makes, or "".

    Returns:
        A sentence for the learner if something went wrong, else "".
    """
    if os.environ.get("STLEARN_ROOM") != "1" or not keeps_progress():
        return ""
    content, note = _read()
    last = {"exercise": id, "verdict": verdict, "mistake": mistake, "time": round(time.time())}
    return _write({**content, "last": last}) or note


def _write(content):
    file = progress_file()
    try:
        with written_aside(file.parent) as aside:
            text = json.dumps(content, indent=1) + "\n"
            (aside / file.name).write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return f"Your progress could not be written ({reason}: {file.parent})."
    return ""


def _place(id):
    chapter, number = _ID.fullmatch(id).groups()
    return int(chapter), int(number)


# The token


def token_of(ids):
    """Short text that holds which exercises passed.

    Each chapter has its own fixed bits, so a token stays valid when the course grows.

    Args:
        ids: Ids of exercises.

    Returns:
        Token such as "A-AAAQ-...": letters, digits and dashes.

    Example:
        >>> ids_of(token_of({"0.1", "2.7"})) == {"0.1", "2.7"}
        True
    """
    bits = 0
    for chapter, number in map(_place, ids):
        bits |= 1 << (chapter * PER_CHAPTER + number - 1)
    content = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    letters = base64.b32encode(content + _checksum(content)).decode().rstrip("=")
    groups = [letters[start : start + 4] for start in range(0, len(letters), 4)]
    return "-".join([TOKEN_VERSION, *groups])


def ids_of(token):
    """Read a token.

    Args:
        token: Text from `progress()`; spaces, dashes and small letters do not matter.

    Returns:
        Set of ids.

    Raises:
        CourseError: If it is no token, holds a typing error, or comes from a newer version.
    """
    if not isinstance(token, str):
        raise CourseError(f"token: expected the text that progress() shows, got {token!r}")
    letters = re.sub(r"[\s-]", "", token).upper().translate(str.maketrans("018", "OIB"))
    if letters[:1] != TOKEN_VERSION:
        raise CourseError(
            f'token: expected text that begins with "{TOKEN_VERSION}-", as progress() shows it; '
            f"got {token[:60]!r}"
        )
    letters = letters[1:]
    try:
        content = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:  # letters that no token has
        content = b""
    content, checksum = content[:-3], content[-3:]
    if checksum != _checksum(content):
        raise CourseError("token: a letter is wrong or missing; copy the whole token again")
    bits = int.from_bytes(content, "little")
    return {
        f"{bit // PER_CHAPTER}.{bit % PER_CHAPTER + 1}"
        for bit in range(bits.bit_length())
        if bits >> bit & 1
    }


def _checksum(content):
    return binascii.crc32(b"stlearn" + content).to_bytes(4, "big")[1:]
