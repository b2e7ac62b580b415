"""Each solution, run by nbval, keeps to the time and the memory that its first cell promises."""

import time

import pytest

from stcourse.authoring import notebooks

LARGER = 1.1  # another machine may take so much more memory than the header says
SLOWER = 3  # times the seconds of the header, on a machine that has other work

begun = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    yield  # nbval starts the kernel before the first cell of a file
    if item.parent not in begun:
        begun[item.parent] = time.perf_counter(), notebooks.PeakMemory()
        begun[item.parent][1].watch(item.parent.kernel.km.provisioner.pid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    if nextitem is not None and nextitem.parent is item.parent:
        return (yield)
    start, peak = begun.pop(item.parent)
    seconds = time.perf_counter() - start
    peak.stop()
    yield
    told = notebooks.header(notebooks.read(item.path))
    cost = f"{item.path.stem}: {seconds:.0f} s, {peak.bytes / 1e9:.2f} GB"
    print(cost)
    assert peak.bytes / 1e9 <= LARGER * told["gigabytes"], cost
    assert seconds <= SLOWER * told["seconds"], cost
