"""The course's exercises: check an answer, get a hint, see a solution, keep your progress.

Names are loaded when they are first used: the course's tools need them not.

From the ground up:
- `engine`: checks an answer and says what is wrong.
- `exercises`: the exercises, one folder a chapter.
- `diagrams`: networks, graphs and windows, drawn (chapters 02 to 04).
- `worlds`: made-up worlds whose truth is known (chapter 06).
- `applications`: the twelve applications (chapter 06).
- `notebook`: what a learner calls in a notebook (chapter 00).
- `authoring`: chapters and slides made from solutions.
- `experiments`: long experiments, their tables and the ledger (chapters 04 and 05).
- `running`: a learner's copy, opened and checked.
- `classroom`: a class on one machine.
- `cli`: the course's commands.
"""

import lazy_loader

from stlearn.errors import warn_of_namesake

# Where the other package came last, its stlearn is the one that is imported, and says nothing.
warn_of_namesake()

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "notebook.commands": [
            "NotPassed",
            "ask",
            "check",
            "hint",
            "mine",
            "progress",
            "resume",
            "solution",
        ],
        "notebook.display": ["say", "show"],
        "notebook.motion": ["play"],
    },
)
