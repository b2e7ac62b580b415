"""Memory that a process would otherwise keep: freed, or read from a file, and needed no more."""

import contextlib
import ctypes
import gc
import mmap
import os
import sys
import tempfile

import numpy as np

LARGE = 100_000_000  # bytes: an array of so many lies on the disk


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


def room_for(shape, dtype="float32"):
    """Return an array to be filled; a large one lies on the disk until it is looked at.

    It lies in a file without a name, which goes when nobody refers to the array any more. Where the
    disk has no room for it, it lies in memory.

    Args:
        shape: Length of each axis.
        dtype: Type of its numbers.

    Example:
        >>> from stlearn.memory import room_for
        >>> room_for((2, 3)).shape
        (2, 3)
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size < LARGE:
        return np.empty(shape, dtype)
    with tempfile.TemporaryFile() as file:
        try:
            # Else the first write beyond the end of the disk would end the process.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            return np.asarray(np.memmap(file, dtype, "w+", shape=tuple(shape)))
        except OSError:
            return np.empty(shape, dtype)
