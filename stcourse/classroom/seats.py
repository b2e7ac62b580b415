"""The seats of a workshop: who may take one, and for each learner a folder and a user id.

A seat has a number, and from it a user id of its own. The id has no entry in /etc/passwd, so nobody
can log in to the machine with it and nothing of it remains.
"""

import contextlib
import fcntl
import json
import os
import py_compile
import re
import secrets
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from jupyter_server.auth.security import passwd, passwd_check

from stcourse import exercises
from stcourse.engine.mistakes import PAGE, hide_page
from stlearn.errors import InputError
from stlearn.files import written_aside

RUN = Path("/run/stlearn")  # short, as the path of a socket must be
FIRST_ID = 1_000_000_000  # above the ids of systems and of their containers
BLOCKS = 1_000_000  # from which each class gets one, so that no two classes share ids
LARGEST_CLASS = 200
NAME = re.compile(r"[a-z][a-z0-9-]{1,19}")
NAME_RULE = "2 to 20 small letters, digits or dashes, a letter in front"
SHORTEST_WORD = 4
SHORTEST_PASSWORD = 8
MEGABYTE = 2**20


@dataclass(frozen=True)
class Settings:
    """What the teacher chose.

    Args:
        folder: Where the learners' folders and the hub's own files lie.
        learners: How many may enter.
        address, port: Where the workshop listens.
        memory: Megabytes for a learner: the server and all kernels together.
        cores: Processor cores for a learner.
        disk: Megabytes for a learner's folder; 0 sets no limit.
        idle: Minutes without activity after which a learner's server is stopped.
        hide_solutions: Whether learners can't see the solutions.
        walls: Whether each learner has a user id of their own; needs root.
        names: Who may enter; empty for anybody with the password.
        subdomains: Address of the class to which NAME.address leads too, "https://class.org"; each
            learner then has an origin of their own. Empty for one origin.
        certificate, key: Files for TLS; empty for plain HTTP.
        password: Fingerprint of the class password.
        groups: Folders of control groups; empty where the system gives none.
    """

    folder: str
    learners: int = 30
    address: str = "127.0.0.1"
    port: int = 8000
    memory: int = 1500
    cores: int = 2
    disk: int = 1000
    idle: float = 60
    hide_solutions: bool = False
    walls: bool = True
    names: tuple = ()
    subdomains: str = ""
    certificate: str = ""
    key: str = ""
    password: str = ""
    groups: tuple = ()

    def as_text(self):
        """The settings as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text):
        """Settings from their JSON."""
        found = json.loads(text)
        return cls(**found | {name: tuple(found[name]) for name in ("names", "groups")})

    @property
    def hub(self):
        """Folder of the hub's own files, closed to learners."""
        return Path(self.folder) / "hub"


@dataclass(frozen=True)
class Seat:
    """The place of one learner: name, number, user id, and the folder that holds all."""

    name: str
    number: int
    id: int
    folder: Path

    @property
    def home(self):
        """Home folder."""
        return self.folder / "home"

    @property
    def course(self):
        """Folder with the learner's copy of the chapters."""
        return self.home / "stlearn-course"

    @property
    def sockets(self):
        """Folder over which only the seat's own processes see theirs, for sockets of kernels."""
        return RUN / str(self.id)


# Passwords and names


def admit(settings, name, word):
    """Let a learner in: at the first time with a free seat, later with the same word.

    Args:
        settings: Settings.
        name: Name of the learner.
        word: The learner's own secret word, chosen at the first login.

    Returns:
        A sentence that says why not, or an empty text.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     settings = Settings(folder, learners=1)
        ...     print([admit(settings, "ana", "blue"), admit(settings, "ana", "green")])
        ...     print(admit(settings, "ben", "blue"))
        ['', 'ana is taken, and this is not its word.']
        All 1 seats are taken; ask your teacher.
    """
    if not NAME.fullmatch(name):
        return f"A name has {NAME_RULE}."
    if settings.names and name not in settings.names:
        return f"{name} is not on the list of this class; ask your teacher."
    with _alone(settings):
        return _admit(settings, name, word)


def _admit(settings, name, word):
    taken = _taken(settings)
    if taken.get(name, {}).get("word"):
        right = passwd_check(taken[name]["word"], word)
        return "" if right else f"{name} is taken, and this is not its word."
    if len(word) < SHORTEST_WORD:
        return f"Your own word needs at least {SHORTEST_WORD} characters."
    free = set(range(settings.learners)) - {each["seat"] for each in taken.values()}
    if name not in taken and not free:
        return f"All {settings.learners} seats are taken; ask your teacher."
    seat = taken[name]["seat"] if name in taken else min(free)
    _keep(settings, {**taken, name: {"seat": seat, "word": passwd(word)}})
    return ""


def forget_word(settings, name):
    """Forget a learner's own word; whoever enters with that name next chooses a new one.

    Args:
        settings: Settings.
        name: Name of the learner.

    Raises:
        InputError: If nobody of that name has a seat.
    """
    seat = seat_of(settings, name)
    with _alone(settings):
        _keep(settings, {**_taken(settings), name: {"seat": seat.number, "word": ""}})


def give_back(settings, name):
    """Free a learner's seat for whoever comes next; the learner's files are set aside.

    Args:
        settings: Settings.
        name: Name of the learner, of whom no process runs any more.

    Returns:
        Folder where the files lie now, closed to learners.

    Raises:
        InputError: If nobody of that name has a seat.
    """
    seat = seat_of(settings, name)
    if seat.folder.is_mount():
        _run("umount", "--lazy", seat.folder)
    aside = settings.hub / "freed" / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    aside.mkdir(parents=True)
    for place in (seat.folder, settings.hub / "images" / f"{name}.img"):
        if place.exists():
            place.rename(aside / place.name)
    with _alone(settings):
        taken = _taken(settings)
        del taken[name]
        _keep(settings, taken)
    return aside


def seats(settings):
    """The seats that are taken, in order.

    Args:
        settings: Settings.

    Returns:
        List of Seat.
    """
    homes, ids = Path(settings.folder) / "homes", user_ids(settings)
    found = [
        Seat(name, each["seat"], ids[each["seat"]], homes / name)
        for name, each in _taken(settings).items()
    ]
    return sorted(found, key=lambda seat: seat.number)


def user_ids(settings):
    """The user ids of a class, one for each seat that it may have.

    They are drawn when the class is made and kept in its folder: another class has others.

    Args:
        settings: Settings.

    Returns:
        Range.
    """
    file = settings.hub / "first_id"
    if not file.exists():
        settings.hub.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{FIRST_ID + LARGEST_CLASS * secrets.randbelow(BLOCKS)}\n")
    first = int(file.read_text())
    return range(first, first + LARGEST_CLASS)


def seat_of(settings, name):
    """The seat of a learner.

    Raises:
        InputError: If nobody of that name has one.
    """
    for seat in seats(settings):
        if seat.name == name:
            return seat
    raise InputError(f"name: {name!r} has no seat in {settings.folder}")


@contextlib.contextmanager
def _alone(settings):
    """Let only one process at a time change who has a seat: the hub, or a command beside it."""
    settings.hub.mkdir(parents=True, exist_ok=True)
    with (settings.hub / "learners.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _keep(settings, taken):
    with written_aside(settings.hub) as aside:
        (aside / "learners.json").write_text(json.dumps(taken, indent=1) + "\n")
        (aside / "learners.json").chmod(0o600)


def _taken(settings):
    try:
        return json.loads((settings.hub / "learners.json").read_text())
    except FileNotFoundError:
        return {}


# Folders


def lay_out(settings):
    """Make the folders of a workshop, each open to those only whom it concerns.

    Args:
        settings: Settings.

    Raises:
        InputError: If the folder is there and holds something else.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     lay_out(Settings(folder))
        ...     print(*sorted(path.name for path in Path(folder).iterdir()))
        homes hub
    """
    folder = Path(settings.folder)
    ours = (settings.hub / "first_id").is_file()
    if folder.exists() and not ours and (folder.is_file() or any(folder.iterdir())):
        raise InputError(f"folder: {folder} holds something else; expected a new or empty one")
    for place, mode in ((folder, 0o711), (folder / "homes", 0o711), (settings.hub, 0o700)):
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(mode)
    (settings.hub / "empty").mkdir(exist_ok=True)
    (settings.hub / "images").mkdir(exist_ok=True)
    user_ids(settings)
    if settings.hide_solutions:
        _compile_exercises(settings.hub / "exercises")


def furnish(settings, seat):
    """Make a learner's folder: with a limit on the disk, a file system of its own in a file.

    Args:
        settings: Settings.
        seat: Seat.

    Raises:
        InputError: If the file system can't be made or mounted.
    """
    if not seat.folder.exists():
        seat.folder.mkdir()
        seat.folder.chmod(0o711)
    if settings.walls and settings.disk and not seat.folder.is_mount():
        image = settings.hub / "images" / f"{seat.name}.img"
        if not image.exists():
            with written_aside(image.parent) as aside:
                made = aside / image.name
                with made.open("wb") as file:
                    file.truncate(settings.disk * MEGABYTE)
                _run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,nodiscard", made)
        _run("mount", "-o", "loop,nosuid,nodev", image, seat.folder)
    seat.folder.chmod(0o711)
    # The folder itself is root's, so that no learner can put a link in the place of these.
    for place in (seat.home, seat.folder / "tmp"):
        place.mkdir(exist_ok=True)
        place.chmod(0o700)
        if settings.walls:
            os.chown(place, seat.id, seat.id)
    if settings.walls:
        seat.sockets.mkdir(mode=0o711, parents=True, exist_ok=True)


def clear(settings):
    """Take down the file systems of the learners; what they hold stays in the files."""
    for seat in seats(settings):
        if seat.folder.is_mount():
            subprocess.run(["umount", seat.folder], capture_output=True)
        if seat.sockets.is_dir():
            seat.sockets.rmdir()


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        reason = " ".join(done.stderr.split()) or f"it ended with {done.returncode}"
        raise InputError(f"disk: {command[0]} failed ({reason}); disk 0 works without")


def _compile_exercises(place):
    """The exercises without their source text: what checks need, and nothing to read."""
    shutil.rmtree(place, ignore_errors=True)
    found = Path(exercises.__path__[0])
    for source in found.rglob("*.py"):
        copy = place / source.relative_to(found)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.name == "__init__.py":
            shutil.copy(source, copy)
        else:
            py_compile.compile(source, copy.with_suffix(".pyc"), source.name, doraise=True)
    for page in found.rglob(exercises.QUESTIONS):  # `ask` tells what is on it anyway
        shutil.copy(page, place / page.relative_to(found))
    for chapter in exercises.chapters():
        for module in exercises.modules(chapter):
            page = Path(module.__file__).with_suffix(PAGE)
            hide_page(page, module.EXERCISE.solution, place / page.parent.name)
