"""A Ray cluster for all tests that ask for one."""

import psutil
import pytest


@pytest.fixture(scope="session")
def quick_enough():
    """Call what starts Ray; again where a busy machine has not let it start within its 30 s."""

    def started(start, tries=4):
        before = set(psutil.Process().children(recursive=True))
        for left in reversed(range(tries)):
            try:
                return start()
            except Exception as error:
                if "timed out during startup" not in str(error) or not left:
                    raise
                for each in set(psutil.Process().children(recursive=True)) - before:
                    each.kill()  # Ray leaves what it has started
        return None

    return started


@pytest.fixture(scope="session")
def address(quick_enough):
    """Address of a Ray cluster of one machine with four workers."""
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 4, "object_store_memory": 200_000_000, "include_dashboard": False}
    cluster = quick_enough(lambda: Cluster(initialize_head=True, head_node_args=head))
    yield cluster.address
    cluster.shutdown()
