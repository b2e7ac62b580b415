"""Freed memory goes back to the system."""

import sys

import psutil
import pytest

from stlearn.memory import hand_back_memory


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
