"""The course's exercises: check an answer, get a hint, see a solution, keep your progress.

Names are loaded when they are first used: the course's tools need them not.
"""

import lazy_loader

from stlearn.errors import warn_of_namesake

# Where the other package came last, its stlearn is the one that is imported, and says nothing.
warn_of_namesake()

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "notebook.commands": ["NotPassed", "check", "hint", "progress", "resume", "solution"],
        "notebook.display": ["say", "show"],
    },
)
