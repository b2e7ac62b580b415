"""What JupyterHub needs to know of a class: who may enter, and how a learner's server starts."""

import asyncio
import contextlib
import os
import sys

from jupyter_server.auth.security import passwd_check
from jupyterhub.auth import Authenticator
from jupyterhub.spawner import LocalProcessSpawner
from tornado.web import HTTPError

from stcourse.classroom import groups, guard, seats, walls
from stcourse.classroom.guesses import Guesses

SHARED = 20  # wrong tries that an address may have in front, beside one a learner
# -P and -s: nothing that a learner has put into the home folder runs as part of the server.
SERVER = [sys.executable, "-P", "-s", "-m", "stcourse.classroom.seat"]
FORM = """
<form action="{{ authenticator_login_url | e }}" method="post" role="form">
  <div class="auth-form-header"><h1>Welcome to the workshop</h1></div>
  <div class="auth-form-body m-auto">
    {% if login_error %}<p class="login_error">{{ login_error | e }}</p>{% endif %}
    <input type="hidden" name="_xsrf" value="{{ xsrf | e }}">
    <label for="username_input">Your name here (small letters and digits):</label>
    <input id="username_input" class="form-control" name="username" autocapitalize="off"
           autocomplete="username" required value="{{ (username or '') | e }}">
    <label for="password_input" class="mt-3">Class password, from your teacher:</label>
    <input id="password_input" class="form-control" name="password" type="password" required>
    <label for="word_input" class="mt-3">Your own secret word: choose one at your first visit,
    use the same at the next:</label>
    <input id="word_input" class="form-control" name="word" type="password" required>
    <p class="mt-3">Your teacher sees which exercises the room works on and which mistakes it
    meets, without names unless the teacher asks for them. Whoever runs this machine can read
    your folder. LIMITS</p>
    <input id="login_submit" type="submit" class="btn btn-jupyter form-control" value="Enter">
  </div>
</form>
"""


class ClassPassword(Authenticator):
    """One password for the class, and a word of their own for each learner.

    With the class password alone a learner could enter under another's name.
    """

    class_settings = None
    allow_all = True  # authenticate() decides

    def __init__(self, **more):
        super().__init__(**more)
        if self.class_settings.walls:
            limits = groups.HERE if self.class_settings.groups else groups.NOT_HERE
        else:
            limits = "Learners are not kept apart here."
        self.custom_html = FORM.replace("LIMITS", limits)
        # A class may come from one address, and all at once.
        self.at_address = Guesses(self.class_settings.learners + SHARED)
        self.at_name = Guesses()

    async def authenticate(self, handler, data):
        name = (data.get("username") or "").strip().lower()
        address = handler.request.remote_ip
        self._hold_up(self.at_address, address)
        tries = self.at_address.count(address)
        right = await asyncio.to_thread(
            passwd_check, self.class_settings.password, data.get("password") or ""
        )
        if not right:
            self._tell_of(self.at_address, tries, "class passwords", address)
            raise HTTPError(403, "Wrong class password.")
        # From here on the hub's own thread, so that two who come at once never get one seat.
        if self.at_name.wait(name):
            self.at_address.take_back(address)  # nothing was tried
            self._hold_up(self.at_name, name)
        known = any(seat.name == name for seat in seats.seats(self.class_settings))
        why = seats.admit(self.class_settings, name, data.get("word") or "")
        if why:
            if known:
                tries = self.at_name.count(name)
                self._tell_of(self.at_name, tries, f"words for {name}", address)
            raise HTTPError(403, why)
        self.at_address.take_back(address)
        self.at_name.forget(name)
        return name

    def _hold_up(self, guesses, who):
        wait = guesses.wait(who)
        if wait:
            raise HTTPError(429, f"Too many wrong tries: wait {wait} seconds, then try again.")

    def _tell_of(self, guesses, tries, what, address):
        beyond = tries - guesses.free
        if beyond > 0 and (beyond & (beyond - 1)) == 0:  # at 1, 2, 4, 8 ... beyond
            with contextlib.suppress(OSError):  # the terminal may have gone
                print(f"Wrong {what} from {address}: {tries} tries.", flush=True)


def _private(path, flags):
    """Open a file that only root can read, whoever could read it before."""
    file = os.open(path, flags, 0o600)
    os.fchmod(file, 0o600)
    return file


class LearnerSpawner(LocalProcessSpawner):
    """Starts a learner's server at the learner's seat."""

    class_settings = None
    disable_user_config = True

    @property
    def seat(self):
        """The seat of this spawner's learner."""
        return seats.seat_of(self.class_settings, self.user.name)

    async def start(self):
        """Furnish the seat, end what a killed server has left, and start the server."""
        seat = self.seat
        if self.class_settings.walls:
            await asyncio.to_thread(guard.end_all, {seat.id})
        await asyncio.to_thread(seats.furnish, self.class_settings, seat)
        # On the learner's own disk: what they print must not fill the hub's.
        with open(seat.folder / "server.log", "wb", opener=_private) as log:
            self.popen_kwargs = {"cwd": seat.home, "stdout": log, "stderr": log}
            self.notebook_dir = str(seat.course)
            self.cmd = [*walls.entering(self.class_settings, seat), *SERVER]
            return await super().start()

    async def stop(self, now=False):
        """Stop the server and whatever it has left."""
        seat = self.seat
        await super().stop(now)
        if self.class_settings.walls:
            await asyncio.to_thread(guard.end_all, {seat.id})

    def user_env(self, env):
        """The learner's variables, in place of those of a user of the system."""
        return {**env, **walls.environment(self.class_settings, self.seat)}

    def make_preexec_fn(self, name):
        """None: the words before the command take it to its seat."""
