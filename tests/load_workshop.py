"""A workshop under load: learners who log in, answer a chapter and save, and what it costs.

`python tests/load_workshop.py --learners 30 --chapter 00` measures a row of the sizing table, and
`python tests/load_workshop.py --learners 1 --chapter 04 -- --memory 6000` another; the tests use
the same parts.
Needs root, Linux and configurable-http-proxy.
"""

import argparse
import contextlib
import copy
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import psutil
import requests
import websocket
from certipy import Certipy

from stcourse.authoring.notebooks import checked_id, course_folder, notebooks_in, read, tags
from stcourse.classroom import guard, seats, workshop

PASSWORD = "a password for this test only"
LONGEST = 300  # seconds, of whatever is waited for
LOOKS_UP = 10  # seconds without a message; pings of the server come less often
FROM_PYTHON = """
import json, signal, sys
from stcourse.classroom import seats, workshop
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
workshop.run(seats.Settings(**json.loads(sys.argv[1])), workshop.ask_password())
"""
REPOSITORY = Path(__file__).parent.parent
SOLUTIONS = REPOSITORY / "solutions"  # not in the installed package
STORED = REPOSITORY / "workshop" / "sizing.csv"
SIZES = (8, 16, 24, 32, 64)  # GB
SYSTEM = 1024  # MB that are set aside for the system


def missing():
    """Why a workshop can't be tested here, or an empty text."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "a workshop with walls needs root on Linux"
    if shutil.which("configurable-http-proxy") is None:
        return "configurable-http-proxy is not installed"
    for allowed, command in {
        "loop devices": ["losetup", "--find"],
        "private mounts": ["unshare", "--mount", "true"],
    }.items():
        if subprocess.run(command, capture_output=True).returncode:
            return f"this system allows no {allowed}"
    return ""


class Workshop:
    """A workshop that runs in a folder of its own, started by the command itself.

    Args:
        options: Of `stlearn workshop`; {port} stands for the port.
        tls: Whether it has a certificate, signed by an authority that only `trusted` names.
        settings: Of seats.Settings, in place of options: it is then started from Python.
    """

    def __init__(self, *options, tls=False, **settings):
        self.options, self.tls, self.settings = options, tls, settings

    def __enter__(self):
        # Not below /tmp, of which each learner sees an own one.
        self.place = Path(tempfile.mkdtemp(prefix="stlearn-test-", dir="/srv"))
        self.place.chmod(0o711)
        self.folder = self.place / "class"
        password = self.place / "password"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        self.port = workshop._free_port()
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        self.trusted = True  # authorities: those of the system
        command = [
            sys.executable,
            "-m",
            "stlearn.forecast.cli",
            "workshop",
            "--folder",
            self.folder,
        ]
        command += ["--port", self.port]
        command += [str(option).format(port=self.port) for option in self.options]
        self.environment = {**os.environ, workshop.PASSWORD: str(password)}
        if self.tls:
            self.trusted, certificate, key = signed(self.place)
            command += ["--certificate", certificate, "--key", key]
        if self.settings:
            chosen = {"folder": str(self.folder), "port": self.port, **self.settings}
            command = [sys.executable, "-u", "-c", FROM_PYTHON, json.dumps(chosen)]
        self.command = [str(word) for word in command]
        self.log = (self.place / "command.log").open("w+b")
        self.process = subprocess.Popen(
            [*where_python_is_open(), *self.command], env=self.environment,
            stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip
        try:
            wait_for(lambda: "Open: " in self.said() or self.process.poll() is not None)
            if self.process.poll() is not None:
                raise RuntimeError(self.said() + self.hub_log())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        finally:
            self.log.close()
            shutil.rmtree(self.place)

    def beside(self, *options):
        """Words of the command with more options, to start it beside the one that runs."""
        words = []
        if where_python_is_open():
            words = ["nsenter", f"--mount=/proc/{self.running()['hub']}/ns/mnt"]
        return [*words, *self.command, *options]

    def said(self):
        """What the command has told."""
        return (self.place / "command.log").read_text()

    def hub_log(self):
        log = self.folder / "hub" / "hub.log"
        return log.read_text() if log.exists() else ""

    def seen(self, path):
        """A path as the workshop sees it, whose mounts are its own."""
        return Path(f"/proc/{self.process.pid}/root{path}")

    def seat(self, name):
        return seats.seat_of(seats.Settings(str(self.folder)), name)

    def course(self, name):
        """Folder of a learner's chapters, to look into."""
        return self.seen(self.seat(name).course)

    def running(self):
        """Process ids of the command, the hub and the proxy."""
        return json.loads((self.folder / "hub" / "running.json").read_text())

    def processes(self, name):
        """Processes of a learner: the server first, then kernels and what they started."""
        id = self.seat(name).id
        found = []
        for process in guard.processes_of({id})[id]:
            with contextlib.suppress(psutil.NoSuchProcess):
                found.append(
                    ("stcourse.classroom.seat" not in process.cmdline(), process.pid, process)
                )
        return [process for *_, process in sorted(found)]

    def memory(self, name):
        """Memory of all processes of a learner, MB, as a dict.

        learner: proportional set size, pages that processes share shared out among them.
        own: pages of no file, which no other learner's process can share.
        files: pages of files, of libraries above all, which the whole class holds once.
        """
        found = dict.fromkeys(("Rss", "Pss", "Anonymous"), 0)
        for process in self.processes(name):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()[1:]
                sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
                found = {what: held + sizes[what] for what, held in found.items()}
        own = found["Anonymous"]
        return {"learner": found["Pss"], "own": own, "files": found["Rss"] - own}


class Learner:
    """A learner as a browser would be one: cookies, forms, and the server's interface."""

    def __init__(self, class_, name, word=None, password=PASSWORD):
        self.class_, self.name = class_, name
        self.url, self.trusted = class_.url, class_.trusted
        self.form = {"username": name, "password": password, "word": word or f"word of {name}"}
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy of the surroundings
        self.session.verify = self.trusted
        self.session.headers["Sec-Fetch-Mode"] = "navigate"
        self.base = f"{self.url}/user/{name}"
        self.kernel = None

    def log_in(self):
        """Send the form of the login page.

        Returns:
            Status and text of what came.
        """
        page = self.session.get(f"{self.url}/hub/login", timeout=LONGEST)
        token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        answer = self.session.post(
            f"{self.url}/hub/login?next=%2Fhub%2Fhome",
            data={**self.form, "_xsrf": token}, timeout=LONGEST,
        )  # fmt: skip
        if answer.ok:
            self._take_token()
        return answer.status_code, answer.text

    def _take_token(self):
        home = self.session.get(f"{self.url}/hub/home", timeout=LONGEST)
        xsrf = re.search(r'xsrf_token: "([^"]+)"', home.text)[1]
        answer = self.session.post(
            f"{self.url}/hub/api/users/{self.name}/tokens", json={"note": "test"},
            headers={"X-XSRFToken": xsrf, "Sec-Fetch-Mode": "cors", "Referer": home.url},
            timeout=LONGEST,
        )  # fmt: skip
        answer.raise_for_status()
        self.token = answer.json()["token"]

    def call(self, method, path, base=None, **more):
        """Call the hub's or the server's interface with the learner's own token."""
        return requests.request(
            method, f"{base or self.base}{path}", timeout=LONGEST,
            headers={"Authorization": f"token {self.token}"}, proxies={"no_proxy": "*"},
            verify=self.trusted, **more,
        )  # fmt: skip

    def start(self):
        """Start the server and wait until it answers; the hub tells when, as it tells its page."""
        server = f"/hub/api/users/{self.name}/server"

        def is_asked():
            answer = self.call("POST", server, self.url)
            if answer.status_code == 400 and "pending check" in answer.text:
                return False  # a hub that has just started looks after the servers of before
            answer.raise_for_status()
            return True

        wait_for(is_asked)
        told = self.call("GET", f"{server}/progress", self.url, stream=True)
        told.raise_for_status()
        for line in told.iter_lines():
            if line.startswith(b"data:") and json.loads(line[5:]).get("ready"):
                break
        told.close()
        wait_for(self.is_up)

    def is_up(self):
        answer = self.call("GET", "/api/status")
        return answer.status_code == 200 and "started" in answer.text  # and no page of the hub

    def load(self, path):
        """A file of the learner's folder, as JupyterLab reads it."""
        answer = self.call("GET", f"/api/contents/{quote(path)}")
        answer.raise_for_status()
        return answer.json()["content"]

    def save(self, path, content, type="notebook"):
        """Save a file, as JupyterLab does. Returns the status."""
        model = {"type": type, "format": "json" if type == "notebook" else "text"}
        model["content"] = content
        return self.call("PUT", f"/api/contents/{quote(path)}", json=model).status_code

    def open_kernel(self, path="work.ipynb"):
        """Start a kernel for a notebook, and connect to it."""
        model = {"path": path, "type": "notebook", "name": path, "kernel": {"name": "python3"}}
        answer = self.call("POST", "/api/sessions", json=model)
        answer.raise_for_status()
        self.kernel = answer.json()["kernel"]["id"]
        self.socket = websocket.create_connection(
            f"{self.base.replace('http', 'ws', 1)}/api/kernels/{self.kernel}/channels",
            header=[f"Authorization: token {self.token}"], timeout=LONGEST,
            http_no_proxy=["127.0.0.1"],
            sslopt={"ca_certs": self.trusted} if self.url.startswith("https") else None,
        )  # fmt: skip

    def run(self, code, timeout=LONGEST):
        """Run a cell.

        Returns:
            (text, error): what it printed and showed, and the error's name or an empty text;
            "kernel died" where it did.
        """
        id = uuid.uuid4().hex
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": True}
        header = {"msg_id": id, "msg_type": "execute_request", "username": "", "session": id}
        message = {"header": {**header, "version": "5.3"}, "parent_header": {}, "metadata": {}}
        self.socket.send(json.dumps({**message, "content": content, "channel": "shell"}))
        texts, error, until = [], "", time.monotonic() + timeout
        while time.monotonic() < until:
            self.socket.settimeout(LOOKS_UP)
            try:
                came = json.loads(self.socket.recv())
            except websocket.WebSocketTimeoutException:
                continue
            except websocket.WebSocketException as reason:
                return "".join(texts), f"disconnected ({reason})"
            kind, body = came["msg_type"], came["content"]
            if kind == "status" and body["execution_state"] in ("restarting", "dead"):
                return "".join(texts), "kernel died"
            if came["parent_header"].get("msg_id") != id:
                continue
            if kind == "stream":
                texts.append(body["text"])
            elif kind in ("execute_result", "display_data"):
                texts.append(body["data"].get("text/plain", ""))
            elif kind == "error":
                error = f"{body['ename']}: {body['evalue']}"
            elif kind == "status" and body["execution_state"] == "idle":
                return "".join(texts), error
        raise TimeoutError(f"{self.name}: no end of the cell within {timeout} s")

    def run_chapter(self, path):
        """Open a chapter, fill in its exercises, run and check all, and save.

        Returns:
            List of what went wrong: errors, answers that did not pass, and where the folder
            holds other answers than this learner's own.
        """
        notebook, errors = answered(path, self.name), []
        self.open_kernel(path)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                text, error = self.run(cell.source, 3 * LONGEST)
                errors += [error] if error else []
                if "exercise-check" in tags(cell) and "passed: " not in text:
                    errors.append(f"{checked_id(cell.source)}: {text.strip()}")
        status = self.save(path, notebook)
        if status not in (200, 201):
            errors.append(f"saving the notebook gave {status}")
        kept = read(self.class_.course(self.name) / path)
        if [cell.source for cell in kept.cells] != [cell.source for cell in notebook.cells]:
            errors.append(f"the answers of {self.name} are not in the folder of {self.name}")
        return errors


def answered(path, name):
    """A chapter as a learner leaves it: each exercise is answered, over the learner's name."""
    file = Path(path).name
    notebook = copy.deepcopy(read(course_folder() / file))
    solved = {cell.id: cell.source for cell in read(SOLUTIONS / file).cells}
    for cell in notebook.cells:
        if "exercise" in tags(cell):
            cell.source = f"{solved[cell.id]}\n# {name}"
    return notebook


def wait_for(holds, seconds=LONGEST):
    """Wait until something holds.

    Raises:
        TimeoutError: If it does not within the time.
    """
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(requests.ConnectionError):
            if holds():
                return
        if time.monotonic() > until:
            raise TimeoutError(f"waited {seconds} s in vain")
        time.sleep(0.2)


def signed(folder):
    """Files of an authority made here, of a certificate that it signed, and of its key."""
    maker = Certipy(store_dir=str(folder / "tls"))
    maker.create_ca("authority")
    files = maker.create_signed_pair("server", "authority", alt_names=["IP:127.0.0.1"])["files"]
    return files["ca"], files["cert"], files["key"]


def where_python_is_open():
    """Words before a command, where Python lies in a private folder such as /root.

    The command then sees in place of that folder one with nothing in it but Python, which
    everybody may enter.
    """
    python = Path(sys.base_prefix).resolve()
    shut = [place for place in python.parents if not place.stat().st_mode & 0o001]
    if not shut:
        return []
    place = shut[-1]
    steps = (
        f"kept=$(mktemp -d) && mount --bind '{python}' $kept && "
        f"mount -t tmpfs -o mode=711 none '{place}' && mkdir -p '{python}' && "
        f"mount --move $kept '{python}' && rmdir $kept && exec \"$@\""
    )
    return ["unshare", "--mount", "sh", "-c", steps, "sh"]


# The measurement


def measure(count, chapter, *options):
    """Let so many learners work through a chapter at once.

    Args:
        count: Learners.
        chapter: How the file's name begins, "00".
        options: Of `stlearn workshop`.

    Returns:
        (row, errors): dict of a row of the table, with the seconds of the slowest learner and the
        megabytes of the largest; list of what went wrong.
    """
    file = next(path for path in notebooks_in(course_folder()) if path.name.startswith(chapter))
    exercises = [cell for cell in read(file).cells if "exercise-check" in tags(cell)]
    with Workshop("--learners", count, *options) as class_, ThreadPoolExecutor(count) as pool:
        learners = [Learner(class_, f"learner-{number}") for number in range(count)]

        def at_once(what):
            began = time.monotonic()
            done = list(pool.map(what, learners))
            return done, round(time.monotonic() - began, 1)

        answers, log_in = at_once(Learner.log_in)
        came = spent(class_, [])
        _, start = at_once(Learner.start)
        started = spent(class_, learners)
        servers = [class_.memory(learner.name)["learner"] for learner in learners]
        with sampled(class_, learners) as peaks:
            ran, seconds = at_once(lambda learner: learner.run_chapter(file.name))
            ended = spent(class_, learners)
        rest = [psutil.Process(class_.running()[name]) for name in ("hub", "proxy")]
        errors = [f"login gave {status}" for status, _ in answers if status != 200]
        errors += [error for some in ran for error in some]
        row = {
            "chapter": file.stem,
            "learners": count,
            "answers": len(exercises),
            "log in, s": log_in,
            "start, s": start,
            "start, CPU s": round(started - came, 1),
            "run and save, s": seconds,
            "run and save, CPU s": round(ended - started, 1),
            "server, MB": round(max(servers)),
            "learner, MB": round(peaks["learner"]),
            "class, MB": round(peaks["class"]),
            "own, MB": round(peaks["own"]),
            "files, MB": round(peaks["files"]),
            "hub, MB": round(sum(map(guard.held, rest)) / seats.MEGABYTE),
            "data of a process, MB": round(peaks["data"]),
        }
        return row, errors


def spent(class_, learners):
    """Seconds that cores have worked for the hub, the proxy and so many learners."""
    processes = [psutil.Process(class_.running()[name]) for name in ("hub", "proxy")]
    processes += [each for learner in learners for each in class_.processes(learner.name)]
    return sum(sum(each.cpu_times()[:4]) for each in processes)  # without waiting for a disk


@contextlib.contextmanager
def sampled(class_, learners):
    """Sample the peaks of memory until the block ends, MB.

    Of the largest learner; of the class; own pages of a learner in the mean; pages of files of
    the largest; data of a process.
    """
    peaks = dict.fromkeys(("learner", "class", "own", "files", "data"), 0)
    ended = threading.Event()

    def look():
        while not ended.wait(max(0.5, len(learners) / 10)):
            held = [class_.memory(learner.name) for learner in learners]
            total = {what: sum(each[what] for each in held) for what in held[0]}
            found = {
                "learner": max(each["learner"] for each in held),
                "class": total["learner"],
                "own": total["own"] / len(held),
                "files": max(each["files"] for each in held),
                "data": largest_data(class_),
            }
            for name, megabytes in found.items():
                peaks[name] = max(peaks[name], megabytes)

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            yield peaks
        finally:
            ended.set()
        looking.result()  # a measurement whose watch has failed is none


def largest_data(class_):
    """Largest data segment of a process of the first learner, MB: what its limit counts."""
    found = [0]
    for process in class_.processes("learner-0"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            text = Path(f"/proc/{process.pid}/status").read_text()
            found += [int(kilobytes) / 1024 for kilobytes in re.findall(r"VmData:\s+(\d+)", text)]
    return max(found)


def table(rows):
    """The table of the README, from measured rows: what one learner takes, and how many fit."""
    head = ["chapter", "measured with", "answers", "start, s", "start, CPU s", "run and save, s"]
    head += ["run and save, CPU s", "server, MB", "learner, MB", "own, MB"]
    lines = [[*head, *(f"fit in {size} GB" for size in SIZES)], ["---"] * (len(head) + len(SIZES))]
    for row in rows:
        figures = [row[name] for name in head[2:]]
        fit = [fitting(row, size) for size in SIZES]
        lines.append([row["chapter"], row["learners"], *figures, *fit])
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def fitting(row, gigabytes):
    """How many learners of a measured row fit into a machine.

    What the system, the hub and the pages of files take is set aside first, once.
    """
    once = SYSTEM + row["hub, MB"] + row["files, MB"]
    return int((gigabytes * 1024 - once) / row["own, MB"])


def stored():
    """The rows that were measured."""
    if not STORED.exists():
        return []
    with STORED.open(newline="") as file:
        return [
            {name: text if name == "chapter" else number(text) for name, text in row.items()}
            for row in csv.DictReader(file)
        ]


def number(text):
    """A number as it was written, whole or not; text where none was measured."""
    return text if not text else float(text) if "." in text else int(text)


def store(row):
    """Put a row into the stored table, in place of an older one of the same chapter."""
    rows = [each for each in stored() if each["chapter"] != row["chapter"]] + [row]
    with STORED.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda each: each["chapter"]))


def with_table(page):
    """Text of the README, with the table of the stored rows in its place."""
    before, first, rest = page.partition("<!-- sizing -->\n")
    _, last, after = rest.partition("<!-- end of sizing -->")
    return f"{before}{first}{table(stored())}\n{last}{after}"


def main():
    """Measure, store the row, print it, and renew the table of the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--chapter", default="00")
    parser.add_argument("options", nargs="*", help="options of stlearn workshop, after --")
    chosen = parser.parse_args()
    row, errors = measure(chosen.learners, chosen.chapter, *chosen.options)
    print(json.dumps(row), *errors, sep="\n")
    if errors:
        sys.exit(1)
    store(row)
    page = STORED.with_name("README.md")
    page.write_text(with_table(page.read_text()))


if __name__ == "__main__":
    main()
