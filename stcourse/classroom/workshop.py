"""A class on one machine: JupyterHub with a proxy, a seat for each learner, and a watch over both.

The hub and the proxy run as processes of their own. Where one of them ends it is started again;
the learners' servers, and what they have saved, are untouched by that.
"""

import contextlib
import getpass
import importlib.util
import ipaddress
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from jupyter_server.auth.security import passwd

from stcourse.classroom import groups, guard, room, seats, walls
from stlearn.errors import InputError
from stlearn.files import shipped, written_aside

PASSWORD = "STLEARN_WORKSHOP_PASSWORD_FILE"
LOOK = 1.0  # seconds between two looks at the processes
COLLECT = 5  # looks between two collections of the progress
QUICK_ENDS = 5  # of the hub or the proxy, one after the other, after which the workshop stops
QUICK = 20  # seconds
TIDY = 60  # seconds that another command gets to end its class
READY_WITHIN = 120  # seconds
RISK = (
    "The workshop listens on {address}, beyond this machine. Whoever reaches that address and has "
    "the class password can run any program here, as a user of their own. Open it to the network "
    "of the class only, and stop it after the class."
)
RISK_PLAIN = (
    "Without TLS everybody on the way can read the class password, the learners' words and what "
    "they write, and can enter in their place."
)
RISK_ONE_ORIGIN = (
    "All learners share one origin, so a page that one of them manages to serve can act as whoever "
    "opens it. --subdomains gives each an origin of their own."
)
RISK_NO_WALLS = (
    "Without walls every learner runs as the user who started this: each can read and change the "
    "folders of the others and every file of that user, the hub's passwords among them. "
    "The memory is limited for each process only. For people who trust each other."
)


def run(settings, password, say=print, take_over=False):
    """Run a workshop until Ctrl-C, or until its terminal is closed.

    Args:
        settings: seats.Settings; its password is not read.
        password: The class password.
        say: Told what happens.
        take_over: Whether to end first what runs of this class; what was saved is kept.

    Raises:
        InputError: If something is missing, unsafe, or does not start.
    """
    settings = checked(settings, take_over)
    if len(password) < seats.SHORTEST_PASSWORD:
        raise InputError(
            f"password: expected at least {seats.SHORTEST_PASSWORD} characters, got {len(password)}"
        )
    if take_over:
        _end_running(settings, say)
        _check_free(settings.address, settings.port)
    settings = replace(settings, password=passwd(password))
    seats.lay_out(settings)
    if settings.walls:
        settings = replace(settings, groups=groups.find(settings))
        walls.try_walls(settings)
        say(groups.HERE if settings.groups else groups.NOT_HERE)
    for sentence in risks(settings):
        say(f"Risk: {sentence}")
    _Workshop(settings, say).run()


def checked(settings, take_over=False):
    """Settings with which a workshop can start here.

    Args:
        settings: seats.Settings.
        take_over: Whether one of the same folder that runs is no obstacle.

    Returns:
        The same with the folder's full path.

    Raises:
        InputError: What is missing or unsafe, and what to do.
    """
    limits = {
        "learners": (1, seats.LARGEST_CLASS),
        "memory": (300, 10**6),
        "cores": (1, 1024),
        "disk": (0, 10**6),
        "idle": (0.1, 10**5),
        "port": (1, 65535),
    }
    for name, (least, most) in limits.items():
        value = getattr(settings, name)
        if not least <= value <= most:
            raise InputError(f"{name}: expected {least} to {most}, got {value}")
    for name in settings.names:
        if not seats.NAME.fullmatch(name):
            raise InputError(f"names: expected {seats.NAME_RULE}, got {name!r}")
    if settings.subdomains and not _is_origin(settings.subdomains):
        raise InputError(
            "subdomains: expected https:// or http:// and a name, with a port where it is not the "
            f"usual one, got {settings.subdomains!r}"
        )
    if bool(settings.certificate) != bool(settings.key):
        raise InputError("certificate, key: expected both or none")
    for name in ("certificate", "key"):
        if getattr(settings, name) and not Path(getattr(settings, name)).is_file():
            raise InputError(f"{name}: no file {getattr(settings, name)}")
    if not hasattr(os, "sched_setaffinity"):
        raise InputError("a workshop runs on Linux; elsewhere use a virtual machine")
    for library in ("jupyterhub", "jupyterhub_idle_culler", "jupyterlab"):
        if importlib.util.find_spec(library) is None:
            raise InputError(
                f'{library} is not installed: python -m pip install "stlearn-course[workshop]"'
            )
    if shutil.which("configurable-http-proxy") is None:
        raise InputError(
            "configurable-http-proxy is not installed: npm install -g configurable-http-proxy"
        )
    _check_walls(settings)
    if not take_over:
        _check_alone(settings)
        _check_free(settings.address, settings.port)
    return replace(settings, folder=str(Path(settings.folder).resolve()))


def risks(settings):
    """What the teacher must know before opening, as sentences.

    Args:
        settings: seats.Settings.

    Returns:
        List of sentences; empty where the workshop is for this machine alone and has walls.

    Example:
        >>> risks(seats.Settings("class"))
        []
        >>> len(risks(seats.Settings("class", address="0.0.0.0", walls=False)))
        4
    """
    found = []
    if not _is_loopback(settings.address):
        found.append(RISK.format(address=settings.address))
        if not settings.certificate:
            found.append(RISK_PLAIN)
        if not settings.subdomains:
            found.append(RISK_ONE_ORIGIN)
    if not settings.walls:
        found.append(RISK_NO_WALLS)
    return found


def free(settings, name):
    """Give a learner's seat back, whose name was mistyped or who has left; end what runs there.

    Args:
        settings: seats.Settings.
        name: Name of the learner.

    Returns:
        Folder where the learner's files are kept.

    Raises:
        InputError: If nobody of that name has a seat.
    """
    seat = seats.seat_of(settings, name)
    guard.end_all({seat.id})
    guard.end_below(seat.folder)
    return seats.give_back(settings, name)


def ask_password():
    """The class password, from the file that a variable names or else asked for twice.

    Raises:
        InputError: If the file can't be read, the two differ, or nobody is there to be asked.
    """
    file = os.environ.get(PASSWORD)
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise InputError(f"{PASSWORD}: {file}: {error.strerror}") from None
    if not sys.stdin.isatty():
        raise InputError(f"password: no terminal to ask on; {PASSWORD} may name a file that has it")
    first = getpass.getpass(f"Class password (at least {seats.SHORTEST_PASSWORD} characters): ")
    if getpass.getpass("Once more: ") != first:
        raise InputError("password: the two are not the same")
    return first


def read_names(path):
    """Names of a list: a line each; empty lines and what follows a # do not count.

    Args:
        path: Text file.

    Raises:
        InputError: If it can't be read or holds no name.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"names: {path}: {error.strerror}") from None
    names = tuple(name for line in lines if (name := line.partition("#")[0].strip().lower()))
    if not names:
        raise InputError(f"names: no name in {path}")
    return names


def _check_walls(settings):
    if not settings.walls:
        if settings.hide_solutions:
            raise InputError("hide_solutions: needs walls, and these need root")
        if os.geteuid() == 0:
            raise InputError("without walls every learner would be root: start it as another user")
        return
    if os.geteuid() != 0:
        raise InputError(
            "learners are kept apart by user ids, which only root can give: run it with sudo, or "
            f"say --without-walls. {RISK_NO_WALLS}"
        )
    free = psutil.disk_usage(_existing(Path(settings.folder).resolve())).free / seats.MEGABYTE
    if settings.disk * settings.learners > free:
        raise InputError(
            f"disk: {settings.learners} learners of {settings.disk} MB need more than the "
            f"{free:,.0f} MB that are free in {settings.folder}"
        )


def _running(settings):
    """Processes of a class that runs, by what they do; the command's too, unless it was killed."""
    file = settings.hub / "running.json"
    try:
        known, written = json.loads(file.read_text()), file.stat().st_mtime
    except (OSError, ValueError):
        return {}
    found = {}
    for name, pid in known.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            # One that began later only has the number of the one that is meant.
            if process.create_time() < written + 1 and process.status() != psutil.STATUS_ZOMBIE:
                found[name] = process
    return found


def _check_alone(settings):
    left = _running(settings)
    if left:
        told = ", ".join(f"{name} {process.pid}" for name, process in left.items())
        what = "a class runs" if "command" in left else "the class of a killed command still runs"
        raise InputError(
            f"folder: {what} in {settings.folder} (processes: {told}). --take-over ends it and "
            "starts it anew: what was saved is kept, what kernels hold in memory is lost"
        )


def _end_running(settings, say):
    left = _running(settings)
    if "command" in left:  # it ends the others itself, tidily
        left["command"].terminate()
        psutil.wait_procs([left["command"]], TIDY)
    guard.end(lambda: list(_running(settings).values()))
    if left:
        say(f"The class that ran in {settings.folder} was ended; what was saved is kept.")


def _existing(path):
    return next(place for place in (path, *path.parents) if place.exists())


def _is_loopback(address):
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_origin(text):
    """Whether a text is an address that a name can be put before, and nothing more."""
    parts = urlsplit(text)
    usual = text in (f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{parts.netloc}/")
    if parts.scheme not in ("http", "https") or not usual or not parts.hostname:
        return False
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(parts.hostname)
        return False
    return re.fullmatch(r"[a-z0-9.-]+", parts.hostname) is not None


def _check_free(address, port):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as error:
            raise InputError(f"address, port: can't listen on {address}:{port} ({error})") from None


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class _Workshop:
    """A workshop that runs: its two processes, and the watch over them and the learners'."""

    def __init__(self, settings, say):
        self.settings = settings
        self.say = say
        self.hub_url = f"http://127.0.0.1:{_free_port()}"
        self.proxy_port = _free_port()
        self.environment = {
            **os.environ,
            "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32),
            "STLEARN_WORKSHOP": settings.as_text(),
            "STLEARN_HUB": self.hub_url,
            "STLEARN_PROXY": f"http://127.0.0.1:{self.proxy_port}",
        }
        self.processes = {}
        self.ends = {}
        self.ended = {}

    def run(self):
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as it is under nohup
            signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
        ids = seats.user_ids(self.settings)
        self._end_learners(ids)  # what a killed command may have left
        try:
            self._begin("proxy", self._proxy_command())
            self._begin("hub", self._hub_command())
            self._wait_until_ready()
            scheme = "https" if self.settings.certificate else "http"
            here = f"{scheme}://{self.settings.address}:{self.settings.port}"
            self.say(f"Open: {self.settings.subdomains or here}")
            self.say(f"Answers are kept in {self.settings.folder}. Stop it with Ctrl-C.")
            looks = 0
            while True:
                self._keep_running()
                if self.settings.walls:
                    self._watch_memory(ids)
                if looks % COLLECT == 0:
                    room.collect(self.settings)
                looks += 1
                time.sleep(LOOK)
        except KeyboardInterrupt:
            self.say("Stopped; what was saved is kept.")
        finally:
            # A terminal that closes says so more than once, and the end is on its way already.
            for each in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
                signal.signal(each, signal.SIG_IGN)
            self._end(ids)

    def _proxy_command(self):
        settings = self.settings
        command = ["configurable-http-proxy", "--ip", settings.address, "--port", settings.port]
        command += ["--api-ip", "127.0.0.1", "--api-port", self.proxy_port]
        command += ["--default-target", self.hub_url, "--error-target", f"{self.hub_url}/hub/error"]
        if settings.subdomains:
            command.append("--host-routing")
        if settings.certificate:
            command += ["--ssl-cert", settings.certificate, "--ssl-key", settings.key]
        return [str(part) for part in command]

    def _hub_command(self):
        config = shipped("workshop/jupyterhub_config.py", "stcourse")
        return [sys.executable, "-P", "-m", "jupyterhub", "-f", str(config)]

    def _begin(self, name, command):
        with self._log(name).open("ab") as log:
            process = subprocess.Popen(
                command, cwd=self.settings.hub, env=self.environment, stdin=subprocess.DEVNULL,
                # What the hub prints is for the teacher.
                stdout=None if name == "hub" else log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes[name] = (process, command, time.monotonic())
        running = {name: process.pid for name, (process, *_) in self.processes.items()}
        running["command"] = os.getpid()
        with written_aside(self.settings.hub) as aside:
            (aside / "running.json").write_text(json.dumps(running))

    def _wait_until_ready(self):
        until = time.monotonic() + READY_WITHIN
        port = int(self.hub_url.rpartition(":")[2])
        while time.monotonic() < until:
            for name, (process, *_) in self.processes.items():
                if process.poll() is not None:
                    raise InputError(f"the {name} did not start: see {self._log(name)}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise InputError(f"the hub did not start in {READY_WITHIN} s: see {self._log('hub')}")

    def _keep_running(self):
        for name, (process, command, began) in list(self.processes.items()):
            if process.poll() is None:
                continue
            quick = time.monotonic() - began < QUICK
            self.ends[name] = self.ends.get(name, 0) + 1 if quick else 1
            if self.ends[name] >= QUICK_ENDS:
                raise InputError(f"the {name} ends again and again: see {self._log(name)}")
            self.say(f"The {name} ended with {process.returncode} and is started again.")
            self._begin(name, command)

    def _watch_memory(self, ids):
        if self.settings.groups:  # the kernel ends what is too much; it is left to us to tell
            for seat in seats.seats(self.settings):
                before, now = self.ended.get(seat.id, 0), groups.ended(seat, self.settings.groups)
                if now > before:
                    self.say(
                        f"Seat {seat.number + 1} wanted more than the {self.settings.memory} MB it "
                        "may hold: its largest process was ended."
                    )
                self.ended[seat.id] = now
            return
        limit = self.settings.memory * seats.MEGABYTE
        for id, processes in guard.processes_of(ids).items():
            too_much = guard.enforce(limit, processes)
            if too_much:
                self.say(
                    f"Seat {id - ids[0] + 1} held {too_much / seats.MEGABYTE:,.0f} MB, and may "
                    f"hold {self.settings.memory} MB: its largest process was ended."
                )

    def _end(self, ids):
        for process, *_ in self.processes.values():
            process.terminate()
        for process, *_ in self.processes.values():
            try:
                process.wait(guard.PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._end_learners(ids)
        groups.remove(self.settings.groups)
        (self.settings.hub / "running.json").unlink(missing_ok=True)

    def _end_learners(self, ids):
        if self.settings.walls:
            guard.end_all(ids)
            seats.clear(self.settings)
        else:
            guard.end_below(Path(self.settings.folder) / "homes")

    def _log(self, name):
        return self.settings.hub / f"{name}.log"
