"""What runs at a learner's seat: the chapters are brought up to date, then the server starts."""

import json
import os
import sys
from pathlib import Path

from stcourse.running.lab import update_copy
from stlearn.files import written_aside

PLACE = Path(".jupyter/lab/user-settings/@jupyterlab")
SETTINGS = {
    # Saved every 30 seconds, so that little is lost where a server is killed.
    "docmanager-extension/plugin": {"autosaveInterval": 30},
    # No question about news, and no look outside for them.
    "apputils-extension/notification": {"checkForUpdates": False, "fetchNews": "false"},
}


def prepare(home):
    """Bring the chapters into a home folder, and set up JupyterLab where it is new.

    Args:
        home: The learner's home folder.

    Returns:
        Sentences on what has changed, or on what could not be done: a full disk must not keep
        a learner from opening the folder and making room.
    """
    home = Path(home)
    try:
        told = update_copy(home / "stlearn-course")
        for name, chosen in SETTINGS.items():
            file = home / PLACE / f"{name}.jupyterlab-settings"
            if not file.exists():
                with written_aside(file.parent) as aside:
                    (aside / file.name).write_text(json.dumps(chosen) + "\n")
    except OSError as error:
        return [f"The chapters could not be brought up to date: {error.strerror}."]
    return told


def main():
    """Start the single-user server; its arguments are those of jupyterhub-singleuser."""
    from jupyterhub.singleuser import main

    for sentence in prepare(os.environ["HOME"]):
        print(sentence, file=sys.stderr, flush=True)
    main()


if __name__ == "__main__":
    main()
