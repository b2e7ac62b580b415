"""Memory that a long session would otherwise keep: freed, but not returned to the system."""

import contextlib
import ctypes
import gc
import sys


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
