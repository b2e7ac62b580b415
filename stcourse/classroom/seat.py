"""What runs at a learner's seat: the chapters are brought up to date, then the server starts."""

import os
import sys
from pathlib import Path

from stcourse.running.lab import environment, update_copy


def prepare(home):
    """Bring the chapters into a home folder.

    Args:
        home: The learner's home folder.

    Returns:
        Sentences on what has changed, or on what could not be done: a full disk must not keep
        a learner from opening the folder and making room.
    """
    try:
        return update_copy(Path(home) / "stlearn-course")
    except OSError as error:
        return [f"The chapters could not be brought up to date: {error.strerror}."]


def main():
    """Start the single-user server; its arguments are those of jupyterhub-singleuser."""
    from jupyterhub.singleuser import main

    from stcourse.classroom.server import OPTIONS

    for sentence in prepare(os.environ["HOME"]):
        print(sentence, file=sys.stderr, flush=True)
    os.environ.update(environment())
    sys.argv[1:1] = OPTIONS
    main()


if __name__ == "__main__":
    main()
