"""Learners on The Littlest JupyterHub, set up as workshop/littlest/README.md says.

`python tests/littlest.py http://127.0.0.1` on the machine itself, as root, where `teacher` is the
admin and nobody has signed up yet. Where the machine is a container beside, --files is its root.
"""

import argparse
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from load_workshop import LONGEST, Learner

from stcourse.authoring.notebooks import course_folder, notebooks_in

MEMFD = "import os\nfor _ in range(300): os.write(os.memfd_create('x'), b'x' * 10**7)"
FORK = """
import subprocess
started = []
try:
    while len(started) < 1000: started.append(subprocess.Popen(['sleep', '100']))
except OSError: pass
for each in started: each.kill(); each.wait()
print(len(started) < 600)
"""


class Littlest:
    """A machine with TLJH: what a learner needs to know of it."""

    trusted = True  # authorities: those of the system

    def __init__(self, url, files):
        self.url, self.files = url, files

    def course(self, name):
        """The folder that a learner's server shows, to look into."""
        return self.files / "home" / f"jupyter-{name}"


class Person(Learner):
    """Somebody who signs up by the forms of nativeauthenticator."""

    def __init__(self, class_, name):
        super().__init__(class_, name, password=f"a long word of {name}")

    def sign_up(self):
        """Ask to be let in."""
        page = self.session.get(f"{self.url}/hub/signup", timeout=LONGEST)
        word = {f"signup_password{end}": self.form["password"] for end in ("", "_confirmation")}
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        form = {"username": self.name, **word, "_xsrf": xsrf}
        self.session.post(page.url, data=form, timeout=LONGEST).raise_for_status()

    def enters(self):
        """Whether the form of the login page lets this person in; its status is 200 either way."""
        try:
            return self.log_in()[0] == 200
        except requests.HTTPError:  # no token for who is not in
            return False

    def let_in(self, other):
        """Let somebody in, as the page of who waits does."""
        address = f"{self.url}/hub/authorize/{other.name}"
        self.session.get(address, timeout=LONGEST).raise_for_status()


def tried(class_):
    """Let two learners sign up, answer the first chapter at once, and try each other's doors.

    Args:
        class_: Littlest.

    Yields:
        (what must hold, whether it does).
    """
    path = f"stlearn-course/{notebooks_in(course_folder())[0].name}"
    teacher, *two = (Person(class_, name) for name in ("teacher", "ana", "eve"))
    ana, eve = two
    for person in (teacher, *two):
        person.sign_up()
    yield "who signed up waits for the teacher", not any(one.enters() for one in two)
    yield "the teacher enters", teacher.enters()
    for learner in two:
        teacher.let_in(learner)
    yield "then learners enter", all(one.enters() for one in two)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Person.start, two))
        errors = list(pool.map(lambda one: one.run_chapter(path), two))
    yield f"both answer the first chapter, and find their own answers: {errors}", errors == [[], []]
    answer = f"/home/jupyter-ana/{path}"
    yield "Eve can't read Ana's answer", "PermissionError" in eve.run(f"open({answer!r})")[1]
    names = "import psutil; print({each.username() for each in psutil.process_iter()})"
    yield "Eve sees her own processes only", eve.run(names)[0].strip() == "{'jupyter-eve'}"
    sockets = "import glob; print(len(glob.glob('/tmp/jupyter/*-ipc-1')))"
    yield "each sees the own kernel's sockets only", {one.run(sockets)[0] for one in two} == {"1\n"}
    status = ana.call("GET", "/api/contents", eve.base).status_code
    yield "Ana can't ask Eve's server", status == 403
    yield "processes stay few", eve.run(FORK)[0].strip() == "True"
    yield "files in memory count: the kernel ends", eve.run(MEMFD)[1] == "kernel died"
    yield "the server goes on", eve.is_up() and ana.run("print(6 * 7)")[0].strip() == "42"
    guess = Person(class_, "ana")
    guess.form["password"] = "guessed"
    yield "a guessed word is refused", not any(guess.enters() for _ in range(4))
    yield "after it the right one has to wait too", not Person(class_, "ana").enters()


def main():
    """Print what holds and what does not, which ends with 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--files", type=Path, default=Path("/"))
    chosen = parser.parse_args()
    failed = False
    for what, holds in tried(Littlest(chosen.url, chosen.files)):
        print("holds: " if holds else "FAILS: ", what, flush=True)
        failed |= not holds
    sys.exit(failed)


if __name__ == "__main__":
    main()
