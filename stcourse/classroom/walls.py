"""The walls and the limits of a seat: what a learner's process sees, and how much it may take."""

import ctypes
import importlib.util
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from stcourse import exercises
from stcourse.classroom import groups, seats
from stlearn.errors import InputError
from stlearn.files import shipped

OPEN_TO_ALL = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/dev/mqueue")
KERNEL_OF_LINUX = {
    "new mounts": 0x20000,
    "new shared memory": 0x8000000,  # of System V, and message queues
    "bind": 0x1000,
    "all below": 0x4000,
    "private": 1 << 18,
    "no tricks": 0x2 | 0x4 | 0x8,  # nosuid, nodev, noexec
}
NO_NEW_PRIVILEGES = 38
SOCKETS = 4  # MB for what the server and the kernels tell each other; also on a full disk


def environment(settings, seat):
    """Variables of a learner's processes: where things lie, and how many threads to start.

    Args:
        settings: Settings.
        seat: Seat.

    Returns:
        Dict of text.
    """
    threads = str(settings.cores)
    own_tmp = "/tmp" in _covered(settings)
    within = {"JUPYTER_RUNTIME_DIR": str(seat.sockets)} if settings.walls else {}
    return within | {
        "HOME": str(seat.home),
        "USER": seat.name,
        "LOGNAME": seat.name,
        "SHELL": "/bin/bash",
        "TMPDIR": "/tmp" if own_tmp else str(seat.folder / "tmp"),
        "STLEARN_PROGRESS": str(seat.course / ".stlearn-progress.json"),
        "STLEARN_ROOM": "1",  # tells the record to keep the last verdict for the teacher's page
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_NUM_INTEROP_THREADS": "1",
        # What a process has freed goes back to the system, and is not kept for the next time.
        "MALLOC_TRIM_THRESHOLD_": "131072",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def entering(settings, seat):
    """A function that takes a new process to a seat: its walls, its limits, its user id.

    It runs between fork and exec, so all that is slow or may fail is prepared before.

    Args:
        settings: Settings.
        seat: Seat.

    Returns:
        Function without arguments, for the `preexec_fn` of `subprocess.Popen`.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    binds = [(str(seat.folder / "tmp"), place) for place in _covered(settings)]
    binds += [(str(settings.hub / "empty"), place) for place in _debuggers()]
    if settings.hide_solutions:
        binds += _hidden(settings)
    here = sorted(os.sched_getaffinity(0))
    cores = {here[(seat.number * settings.cores + i) % len(here)] for i in range(settings.cores)}

    doors = groups.make(settings, seat, settings.groups)

    def enter():
        for door in doors:
            door.write_text("0")
        if settings.walls:
            _wall_off(libc, binds, seat)
        os.nice(5)
        os.sched_setaffinity(0, cores)
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_DATA, settings.memory * seats.MEGABYTE)
        if settings.disk:
            _limit(resource.RLIMIT_FSIZE, settings.disk * seats.MEGABYTE)
        if settings.walls:
            _limit(resource.RLIMIT_NPROC, groups.PROCESSES)
            os.setgroups([])
            os.setgid(seat.id)
            os.setuid(seat.id)
            libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        os.umask(0o077)

    return enter


def try_walls(settings):
    """Take a trial process to a seat, and see whether it can do there what a learner needs.

    Raises:
        InputError: If not: what is in the way, and what to do.
    """
    last = seats.user_ids(settings)[-1]
    trial = seats.Seat("trial", 0, last, Path(settings.folder) / "homes" / ".trial")
    unlimited = replace(settings, disk=0)
    try:
        seats.furnish(unlimited, trial)
        done = subprocess.run(
            [sys.executable, "-P", "-c", "import stlearn, os; os.listdir(os.environ['HOME'])"],
            preexec_fn=entering(unlimited, trial), env=environment(settings, trial),
            cwd=trial.home, capture_output=True, text=True,
        )  # fmt: skip
    except PermissionError as error:
        raise InputError(_shut(error.strerror)) from None
    except subprocess.SubprocessError:
        raise InputError(
            "this system allows no private mounts, so learners can't be kept apart here: "
            "use a virtual machine, or see workshop/kubernetes"
        ) from None
    finally:
        shutil.rmtree(trial.folder, ignore_errors=True)
        shutil.rmtree(trial.sockets, ignore_errors=True)
    if done.returncode:
        raise InputError(_shut((done.stderr.strip().splitlines() or ["no reason given"])[-1]))


def _shut(reason):
    return (
        f"a learner's process can't run {sys.executable} ({reason}): Python, stlearn and the folder"
        " of the class must lie where every user may enter, and a home folder is often closed to"
        " others; install it in a `python3 -m venv /opt/stlearn` and say --folder /srv/class, as"
        " workshop/README.md shows"
    )


def _limit(what, most):
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _covered(settings):
    """Folders that everybody may write to, and that each learner gets an own one of."""
    if not settings.walls:
        return []
    needed = [Path(settings.folder), Path(sys.prefix), Path(sys.base_prefix), Path(__file__)]
    places = dict.fromkeys(Path(place).resolve() for place in OPEN_TO_ALL)
    return [
        str(place)
        for place in places
        if place.is_dir() and not any(path.resolve().is_relative_to(place) for path in needed)
    ]


def _hidden(settings):
    """What is mounted over the solutions: in a checkout also over its history."""
    empty = str(settings.hub / "empty")
    binds = [(str(settings.hub / "exercises"), exercises.__path__[0])]
    solutions = shipped("solutions", "stcourse")
    if solutions:
        places = (solutions, solutions.parent / ".git", solutions.parent / "tests")
        binds += [(empty, str(place)) for place in places if place.is_dir()]
    return binds


def _debuggers():
    """Where debugpy lies: its port on loopback asks nobody who connects, and runs what it is sent.

    A kernel that does not find it offers no debugger.
    """
    found = importlib.util.find_spec("debugpy")
    return list(found.submodule_search_locations) if found else []


def _wall_off(libc, binds, seat):
    """Give this process its own view of the file system, and of the processes its own only."""
    flag = KERNEL_OF_LINUX
    _do(libc, libc.unshare(flag["new mounts"] | flag["new shared memory"]))
    _do(libc, libc.mount(b"none", b"/", None, flag["all below"] | flag["private"], None))
    for source, place in binds:
        _do(libc, libc.mount(source.encode(), place.encode(), None, flag["bind"], None))
    size = f"size={SOCKETS}m,mode=0700,uid={seat.id},gid={seat.id}".encode()
    place = str(seat.sockets).encode()
    _do(libc, libc.mount(b"stlearn", place, b"tmpfs", flag["no tricks"], size))
    _do(libc, libc.mount(b"proc", b"/proc", b"proc", 0, b"hidepid=2"))
    # Shared memory of System V is counted by no look at the processes, and nothing here needs it.
    Path("/proc/sys/kernel/shmall").write_text("0")


def _do(libc, result):
    if result:
        raise OSError(ctypes.get_errno(), "mount failed")
