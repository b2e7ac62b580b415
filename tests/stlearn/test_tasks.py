"""Independent work on a real Ray cluster: the same results, whatever happens to a worker."""

import contextlib
import http.server
import sys
import threading
import time

import numpy as np
import pandas as pd
import psutil
import pytest

from stlearn import Forecaster, InputError, SpatioTemporalDataset
from stlearn.baselines import AverageAutoregression, HistoricalAverage, LastValue
from stlearn.checks import check_count
from stlearn.data.windows import chronological_split
from stlearn.evaluation.comparison import compare
from stlearn.forecast.unfinished import Unfinished
from stlearn.networks import RegionalForecaster
from stlearn.tasks import run_tasks

COSTS = ["seconds", "peak_mb"]
CALLS = [("a", ("x", 3)), ("b", ("y", 4))]


def waves(rows=400, nodes=6):
    rng = np.random.default_rng(0)
    time_, place = np.arange(rows)[:, None], np.arange(nodes)[None]
    values = 60 + 20 * np.sin(2 * np.pi * (time_ - place) / 48) + rng.normal(0, 1, (rows, nodes))
    names = [f"s{node}" for node in range(nodes)]
    index = pd.date_range("2026-01-05", periods=rows, freq="5min", name="time")
    chain = pd.DataFrame(np.eye(nodes, k=-1), index=names, columns=names)
    return SpatioTemporalDataset("waves", pd.DataFrame(values, index, names), "km/h", chain)


def network(name, **more):
    found = Forecaster("feed_forward", 4, 3, epochs=1, refit=False, settings={"hidden": 8}, **more)
    found.name = name
    return found


def forecasters(ray=None):
    regional = RegionalForecaster(network("network"), regions=2, ray=ray)
    return [LastValue(3), AverageAutoregression(3, 4), network("one"), regional]  # fmt: skip


def compared(models, **more):
    dataset = waves()
    split = chronological_split(dataset, validation=0.2, test=0.2)
    return compare(models, dataset, split, progress=False, quantiles=(0.1, 0.5, 0.9), **more)


def kill_a_worker(title, killed):
    """Wait for a process that does this task, and kill it as the system would, in the middle."""
    while not killed:
        for process in psutil.process_iter(["cmdline"]):
            if title in " ".join(process.info["cmdline"] or []):
                time.sleep(1)
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
                    killed.append(process.pid)
                    return
        time.sleep(0.05)


def test_results_are_those_of_one_process(address):
    here, there = (dict(run_tasks(check_count, CALLS, ray, (1,))) for ray in (None, address))
    assert here == there == {"a": 3, "b": 4}


def test_tasks_on_the_cores_of_this_machine(quick_enough):
    assert quick_enough(lambda: dict(run_tasks(check_count, CALLS, "local"))) == {"a": 3, "b": 4}


def test_progress_is_shown(address, capsys):
    list(run_tasks(check_count, CALLS, address, progress="counts", total=2))
    assert "counts: 100%" in capsys.readouterr().err


def test_error_of_a_task_is_told_as_it_is(address):
    with pytest.raises(InputError, match=r"^y: expected a whole number of at least 1, got -4$"):
        list(run_tasks(check_count, [("a", ("x", 3)), ("b", ("y", -4))], address))


@pytest.mark.slow  # a process for each model
def test_table_is_the_same_to_the_digit_when_a_worker_is_killed(address, capsys):
    expected = compared(forecasters())
    models, killed = forecasters(address), []
    threading.Thread(target=kill_a_worker, args=("ray::_tested", killed), daemon=True).start()
    found = compared(models, ray=address)
    assert killed
    assert not capsys.readouterr().out  # results are printed there, and nothing else
    tables = (each.table().drop(columns=COSTS) for each in (found, expected))
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    pd.testing.assert_frame_equal(found.by_state(), expected.by_state(), check_exact=True)
    assert found.winner() == expected.winner()
    for model in models:  # fitted, and free of Ray's memory
        before = model.predict(waves())
        if model.lookback > 1:
            assert not model.update(waves()).predict(waves()).equals(before)


def test_what_tasks_have_tested_is_kept_and_not_done_again(address, tmp_path, monkeypatch):
    def run():
        models = [LastValue(3), AverageAutoregression(3, 4), HistoricalAverage(3)]
        kept = Unfinished(tmp_path / "kept", waves(), {})
        return kept.finished, compared(models, ray=address, unfinished=kept)

    real, calls = Unfinished.write, []

    def write(self, *arguments):
        real(self, *arguments)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Unfinished, "write", write)
    with pytest.raises(KeyboardInterrupt):
        run()
    finished, found = run()
    assert len(finished) == 2 and len(calls) == 3
    expected = compared([LastValue(3), AverageAutoregression(3, 4), HistoricalAverage(3)])
    tables = (each.table().drop(columns=COSTS) for each in (found, expected))
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_without_the_package_it_is_told_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)  # as if it were not there
    with pytest.raises(InputError, match=r"pip install 'stlearn-course\[ray\]'"):
        list(run_tasks(check_count, CALLS, "local"))


@pytest.mark.parametrize("place", ["nobody listens", "a web server", "nonsense"])
def test_address_that_cannot_be_reached_is_told_soon(place):
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told = f"127.0.0.1:{server.server_port}"
    if place == "nobody listens":
        server.shutdown()
        server.server_close()
    wanted = place if place == "nonsense" else told
    began = time.monotonic()
    with pytest.raises(InputError, match=rf"^ray: .*{wanted}") as error:
        list(run_tasks(check_count, CALLS, wanted))
    assert time.monotonic() - began < 60  # Ray itself waits for minutes
    assert "\n" not in str(error.value)
    if place == "a web server":
        server.shutdown()
        server.server_close()


def test_package_that_a_worker_lacks_is_told(address, monkeypatch, tmp_path):
    (tmp_path / "only_here.py").write_text("def double(number):\n    return 2 * number\n")
    monkeypatch.syspath_prepend(tmp_path)
    import only_here

    assert dict(run_tasks(only_here.double, [("two", (2,))])) == {"two": 4}
    with pytest.raises(InputError) as error:
        list(run_tasks(only_here.double, [("two", (2,))], address))
    told = "ray: a worker lacks a package (No module named 'only_here'); each machine needs"
    assert str(error.value).startswith(told)
    assert "\n" not in str(error.value)
