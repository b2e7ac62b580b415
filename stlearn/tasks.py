"""Independent work: one piece after the other here, or as tasks of a Ray cluster."""

import contextlib
import copy
import logging
import os
import re
import sys

from tqdm import tqdm

from stlearn.errors import InputError

LOCAL = "local"
STORE = 256_000_000  # bytes of shared memory here; what does not fit goes to the disk
SECONDS = 5  # that an address may take to answer
INSTALL = "pip install 'stlearn-course[ray]'"


def run_tasks(function, calls, ray=None, shared=(), progress=None, total=None):
    """Call a function with different arguments; yield each result when it is there.

    With Ray each call is a task in a process of its own, which ends with it and so frees all
    memory. A task whose process is killed is run again. Arguments and results are copies.

    Args:
        function: Function of a module.
        calls: Iterable of (name, arguments); asked for the next one when the last one is done,
            or has been handed to Ray.
        ray: None for this process; "local" for the cores of this machine, or the address of a
            cluster that runs, such as "10.0.0.1:6379", or "auto" on one of its machines.
        shared: Further arguments, the same for all calls.
        progress: Text at a progress bar on standard error; None for no bar.
        total: Number of calls, for the bar.

    Yields:
        (name, result), in the order of the calls without Ray, with it as they are ready.

    Raises:
        InputError: If Ray is not installed, cannot be reached, or has no stlearn on a machine.

    Example:
        >>> from stlearn.tasks import run_tasks
        >>> dict(run_tasks(round, [("pi", (3.14159,)), ("e", (2.71828,))], shared=(2,)))
        {'pi': 3.14, 'e': 2.72}
    """
    with connected(ray) as cluster, tqdm(total=total, desc=progress, disable=not progress) as bar:
        if cluster is None:
            for name, arguments in calls:
                bar.set_postfix_str(name)
                yield name, function(*arguments, *shared)
                bar.update()
            return
        task = cluster.remote(max_calls=1)(function)
        shared = [cluster.put(each) for each in shared]
        waiting = {task.remote(*arguments, *shared): name for name, arguments in calls}
        while waiting:
            [ready], _ = cluster.wait(list(waiting), num_returns=1)
            # A copy, since what Ray gives lies in its shared memory and cannot be changed.
            name = waiting.pop(ready)
            yield name, copy.deepcopy(_result(cluster, ready))
            bar.set_postfix_str(f"{name} done")
            bar.update()


@contextlib.contextmanager
def connected(ray):
    """Connect with a Ray cluster; inside, everything that asks for one uses this one.

    Args:
        ray: As in `run_tasks`.

    Yields:
        The module `ray`; None without Ray.

    Raises:
        InputError: If Ray is not installed or cannot be reached.
    """
    if ray is None:
        yield None
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anyone
    try:
        import ray as cluster
    except ImportError:
        raise InputError(
            f"ray: expected the package ray, which is not installed: {INSTALL}"
        ) from None
    if cluster.is_initialized():  # by the caller, or since this is a task itself
        yield cluster
        return
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    if ray == LOCAL:
        quiet |= {"include_dashboard": False, "object_store_memory": STORE}
    else:
        _check_reachable(ray)
    # Ray tells of a worker that was killed on standard output, where results are printed.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            cluster.init(ray, **quiet)
        except Exception as error:  # Ray raises nothing narrower where it does not start in time
            raise InputError(f"ray: no cluster at {ray} ({_first_line(error)})") from None
        try:
            yield cluster
        finally:
            cluster.shutdown()


def _check_reachable(address):
    """Raise an InputError unless an address answers as Ray does; Ray itself waits for minutes."""
    if address == "auto" or os.environ.get("RAY_USE_TLS") == "1":
        return
    import grpc  # comes with TensorFlow; Ray speaks it

    with grpc.insecure_channel(address.removeprefix("ray://")) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=SECONDS)
        except grpc.FutureTimeoutError:
            raise InputError(
                "ray: expected local, auto, or the address of a cluster, such as 10.0.0.1:6379; "
                f"none answers at {address} within {SECONDS} seconds"
            ) from None


def _result(cluster, ready):
    try:
        return cluster.get(ready)
    except cluster.exceptions.RayError as error:
        missing = re.search(r"No module named '[\w.]+'", str(error))
        if missing:
            raise InputError(
                f"ray: a worker lacks a package ({missing[0]}); each machine needs those of this "
                f"one: {INSTALL}"
            ) from None
        cause = getattr(error, "cause", None)
        if cause is None or isinstance(cause, cluster.exceptions.RayError):
            raise InputError(f"ray: a task did not end ({_first_line(error)})") from None
        raise cause from None


def _first_line(error):
    return str(error).strip().split("\n")[0][:200]
