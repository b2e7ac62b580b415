"""Freed memory goes back to the system."""

import mmap
import os
import sys

import numpy as np
import psutil
import pytest

from stlearn import memory
from stlearn.memory import hand_back_memory, let_go, room_for


def test_what_nobody_refers_to_is_collected():
    class Ring:
        gone = False

        def __del__(self):
            Ring.gone = True

    ring = Ring()
    ring.itself = ring
    del ring
    hand_back_memory()
    assert Ring.gone


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
def test_memory_freed_in_pieces_is_handed_back():
    process = psutil.Process()
    pieces = [bytes(60_000) for _ in range(3_000)]
    pieces = pieces[::100]  # what is left keeps glibc from handing back the rest by itself
    before = process.memory_info().rss
    hand_back_memory()
    assert before - process.memory_info().rss > 50_000_000, len(pieces)


def test_room_for_a_large_array_lies_on_the_disk_and_keeps_what_was_written(monkeypatch):
    monkeypatch.setattr(memory, "LARGE", 400)
    small, large = room_for((9, 11)), room_for((10, 10))
    assert isinstance(large.base.base, mmap.mmap) and small.base is None
    assert large.dtype == small.dtype == np.float32
    large[:] = np.arange(100).reshape(10, 10)
    let_go(large)
    assert large[3].tolist() == list(range(30, 40))


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="only there it is known before")
def test_without_room_on_the_disk_it_lies_in_memory(monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(memory, "LARGE", 400)
    monkeypatch.setattr(os, "posix_fallocate", full)
    assert room_for((10, 10)).base is None
