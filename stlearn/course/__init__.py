"""The course's exercises: check an answer, get a hint, see a solution, keep your progress.

Names are loaded when they are first used: the course's tools need them not.
"""

import importlib

_HOME = {
    "NotPassed": "commands",
    "check": "commands",
    "hint": "commands",
    "progress": "commands",
    "resume": "commands",
    "solution": "commands",
}

__all__ = [*_HOME]


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(f"stlearn.course.{_HOME[name]}"), name)
    raise AttributeError(f"module 'stlearn.course' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
