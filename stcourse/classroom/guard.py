"""What watches over the learners' processes: how much memory each holds, and where it is too much.

Memory is counted as proportional set size: pages that processes share are shared out among them,
so that the sum over all learners is what the machine really spends.
"""

import contextlib
import os
import time
from pathlib import Path

import psutil

PATIENCE = 5  # seconds that processes get to end


def processes_of(ids):
    """Processes of some user ids.

    Args:
        ids: User ids.

    Returns:
        Dict of each id and its list of psutil.Process.

    Example:
        >>> import os
        >>> from stcourse.classroom.guard import processes_of
        >>> os.getpid() in [process.pid for process in processes_of({os.getuid()})[os.getuid()]]
        True
    """
    found = {id: [] for id in ids}
    for process in psutil.process_iter(["uids", "status"]):
        uids = process.info["uids"]
        if uids and uids.real in found and process.info["status"] != psutil.STATUS_ZOMBIE:
            found[uids.real].append(process)
    return found


def held(process):
    """Proportional set size of a process, in bytes; 0 where it has ended.

    Example:
        >>> import psutil
        >>> from stcourse.classroom.guard import held
        >>> held(psutil.Process()) > 0
        True
    """
    try:
        return process.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        return 0


def enforce(limit, processes):
    """End the largest process of a learner who holds too much memory.

    Args:
        limit: Bytes.
        processes: The learner's processes.

    Returns:
        Bytes that the learner held, if a process was ended; else 0.
    """
    files = {process: files_in_memory(process) for process in processes}
    all_files = sum({file: size for each in files.values() for file, size in each.items()}.values())
    rough = all_files
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            rough += process.memory_info().rss
    if rough <= limit:  # the exact figure is smaller, and dearer to get
        return 0
    exact = {process: held(process) for process in processes}
    total = sum(exact.values()) + all_files
    if total <= limit:
        return 0
    largest = max(exact, key=lambda process: exact[process] + sum(files[process].values()))
    with contextlib.suppress(psutil.NoSuchProcess):
        largest.kill()
    return total


def files_in_memory(process):
    """Files that a process holds open and that lie in memory only (memfd), which no map shows.

    Args:
        process: psutil.Process.

    Returns:
        Dict of each file's number and its bytes; empty where the process has ended.
    """
    found, folder = {}, Path(f"/proc/{process.pid}/fd")
    with contextlib.suppress(OSError):
        for handle in folder.iterdir():
            with contextlib.suppress(OSError):
                if str(handle.readlink()).startswith("/memfd:"):
                    status = handle.stat()
                    found[status.st_ino] = 512 * status.st_blocks
    return found


def end_all(ids):
    """End all processes of some user ids.

    Args:
        ids: User ids; root's is left out.
    """
    ids = set(ids) - {0}
    end(lambda: [process for some in processes_of(ids).values() for process in some])


def end_below(folder):
    """End all processes of this user whose home lies in a folder.

    Args:
        folder: Folder.
    """
    folder = f"{Path(folder).resolve()}/"
    end(lambda: [process for home, process in _at_home() if home.startswith(folder)])


def present(seats):
    """Numbers of the seats at which processes run, with walls or without.

    Args:
        seats: List of seats.Seat.
    """
    of_ids = processes_of({seat.id for seat in seats})
    homes = {home for home, _ in _at_home()}
    return {seat.number for seat in seats if of_ids[seat.id] or str(seat.home) in homes}


def _at_home():
    """Pairs of a home folder and a process of this user."""
    for process in processes_of({os.getuid()})[os.getuid()]:
        with contextlib.suppress(psutil.Error):
            yield process.environ().get("HOME", ""), process


def end(find):
    """End processes: asked first, then forced, until no more are found.

    Args:
        find: Function without arguments that gives a list of psutil.Process.
    """
    until, asked = time.monotonic() + PATIENCE, set()
    while left := find():
        forced = time.monotonic() > until
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                if forced:
                    process.kill()
                elif process not in asked:
                    process.terminate()
        asked.update(left)
        time.sleep(0.1)
