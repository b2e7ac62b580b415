"""Memory that a process would otherwise keep: freed, or read from a file, and needed no more."""

import contextlib
import ctypes
import gc
import mmap
import sys

import numpy as np


def hand_back_memory():
    """Return freed memory to the system, where the C library would keep it for later.

    A training frees some 50 MB in pieces, and so does a backtest; glibc keeps them, and a notebook
    that compares one model after the other grows by as much each time. With another C library it
    only collects what nobody refers to any more.

    Example:
        >>> from stlearn.memory import hand_back_memory
        >>> hand_back_memory()
    """
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def let_go(values):
    """Let go of what was read of a mapped array: its pages count as this process's memory.

    They stay in the system's cache, as far as it has room, and are mapped again when they are
    looked at.

    Args:
        values: Array. One that is not a mapped file, nor a part of one, is left as it is; so is one
            whose changes are not written to the file and would be lost.

    Example:
        >>> import numpy as np
        >>> from stlearn.memory import let_go
        >>> let_go(np.zeros(3))
    """
    base = values
    while isinstance(base, np.ndarray):
        if getattr(base, "mode", None) == "c":
            return
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)
