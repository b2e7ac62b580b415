"""The walls and the limits of a seat: what a learner's process sees, and how much it may take."""

import importlib.util
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from shlex import quote

from stcourse import exercises
from stcourse.classroom import groups, seats
from stlearn.errors import InputError
from stlearn.files import shipped

OPEN_TO_ALL = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/dev/mqueue")
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
    """Words before a command that take it to a seat: its walls, its limits, its user id.

    The system's own tools do it, each of which becomes the next and at last the command.

    Args:
        settings: Settings.
        seat: Seat.

    Returns:
        List of text.
    """
    steps = [
        f"echo 0 > {quote(str(door))}" for door in groups.make(settings, seat, settings.groups)
    ]
    here = sorted(os.sched_getaffinity(0))
    cores = {here[(seat.number * settings.cores + i) % len(here)] for i in range(settings.cores)}
    limits = {"core": 0, "data": settings.memory * seats.MEGABYTE}
    if settings.disk:
        limits["fsize"] = settings.disk * seats.MEGABYTE
    words = ["nice", "-n5", "taskset", "--cpu-list", ",".join(map(str, sorted(cores)))]
    view, who = [], []
    if settings.walls:
        limits["nproc"] = groups.PROCESSES
        steps += _walls(settings, seat)
        view = ["unshare", "--mount", "--ipc", "--propagation=private"]
        who = ["setpriv", f"--reuid={seat.id}", f"--regid={seat.id}", "--clear-groups"]
        who += ["--no-new-privs"]
    words += ["prlimit", *(f"--{name}={_at_most(name, most)}" for name, most in limits.items())]
    shell = ["sh", "-ec", "\n".join([*steps, "umask 077", 'exec "$@"']), "sh"]
    return [*view, *shell, *words, *who]


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
        code = "import stlearn, os; os.listdir(os.environ['HOME'])"
        done = subprocess.run(
            [*entering(unlimited, trial), sys.executable, "-P", "-c", code],
            env={"PATH": os.environ["PATH"], **environment(settings, trial)},
            cwd=trial.home, capture_output=True, text=True,
        )  # fmt: skip
    finally:
        shutil.rmtree(trial.folder, ignore_errors=True)
        shutil.rmtree(trial.sockets, ignore_errors=True)
    told = done.stderr.strip() or "no reason given"
    if done.returncode and told.startswith(("unshare: ", "mount: ")):
        raise InputError(
            f"this system allows no private mounts ({told}), so learners can't be kept apart here: "
            "use a virtual machine, or see workshop/kubernetes"
        )
    if done.returncode:
        raise InputError(_shut(told.splitlines()[-1]))


def _shut(reason):
    return (
        f"a learner's process can't run {sys.executable} ({reason}): Python, stlearn and the folder"
        " of the class must lie where every user may enter, and a home folder is often closed to"
        " others; install it in a `python3 -m venv /opt/stlearn` and say --folder /srv/class, as"
        " workshop/README.md shows"
    )


def _at_most(name, most):
    """A limit, or the one that holds already where it is lower."""
    hard = resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}"))[1]
    return most if hard == resource.RLIM_INFINITY else min(most, hard)


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
    binds = [(settings.hub / "exercises", exercises.__path__[0])]
    solutions = shipped("solutions", "stcourse")
    if solutions:
        places = (solutions, solutions.parent / ".git", solutions.parent / "tests")
        binds += [(settings.hub / "empty", place) for place in places if place.is_dir()]
    return binds


def _debuggers():
    """Where debugpy lies: its port on loopback asks nobody who connects, and runs what it is sent.

    A kernel that does not find it offers no debugger.
    """
    found = importlib.util.find_spec("debugpy")
    return list(found.submodule_search_locations) if found else []


def _walls(settings, seat):
    """Steps of a shell that has mounts and shared memory of its own: what it sees from then on."""
    binds = [(seat.folder / "tmp", place) for place in _covered(settings)]
    binds += [(settings.hub / "empty", place) for place in _debuggers()]
    if settings.hide_solutions:
        binds += _hidden(settings)
    steps = [f"mount --bind {quote(str(source))} {quote(str(place))}" for source, place in binds]
    options = f"nosuid,nodev,noexec,size={SOCKETS}m,mode=0700,uid={seat.id},gid={seat.id}"
    return [
        *steps,
        f"mount -t tmpfs -o {options} stlearn {seat.sockets}",
        "mount -t proc -o hidepid=2 proc /proc",
        # Shared memory of System V is counted by no look at the processes, and nothing needs it.
        "echo 0 > /proc/sys/kernel/shmall",
    ]
