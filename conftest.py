"""What holds for every test: verdicts that fail their cell, and one core for each worker."""

import os

# In every kernel that pytest starts, a verdict other than "passed" fails its cell.
os.environ["STLEARN_RAISE_VERDICTS"] = "1"

# Workers of pytest-xdist keep to a core each: threads that wait for each other's cores make
# small networks several times slower.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw").removeprefix("gw")
if _worker and hasattr(os, "sched_setaffinity"):
    _cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {_cores[int(_worker) % len(_cores)]})
