"""Graphs cut into regions: sizes, what is near stays together, and the halo."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from stlearn.errors import InputError
from stlearn.graph import cut_into_regions, with_halo

GRID = scipy.sparse.csr_array(nx.to_scipy_sparse_array(nx.grid_2d_graph(12, 10)))


@given(
    nodes=st.integers(2, 40),
    share=st.floats(0, 0.4),
    count=st.integers(2, 12),
    seed=st.integers(0, 9),
)
def test_each_node_is_in_a_region_and_all_are_of_like_size(nodes, share, count, seed):
    graph = np.random.default_rng(seed).random((nodes, nodes)) < share  # often with several parts
    graph = scipy.sparse.csr_array(graph.astype(float))
    count = min(count, nodes)
    region = cut_into_regions(graph, count)
    sizes = np.bincount(region, minlength=count)
    assert region.shape == (nodes,) and len(sizes) == count
    assert sizes.max() - sizes.min() <= max(1, np.log2(count))
    assert np.array_equal(region, cut_into_regions(graph, count))


@pytest.mark.parametrize("count", [2, 4, 5])
def test_few_links_lead_from_one_region_to_another(count):
    region, links = cut_into_regions(GRID, count), GRID.tocoo()
    crossing = (region[links.row] != region[links.col]).mean()
    by_chance = 1 - 1 / count
    assert crossing < by_chance / 4
    for place in range(count):
        inside = nx.from_scipy_sparse_array(GRID[region == place][:, region == place])
        assert nx.is_connected(inside)


def test_parts_without_a_link_between_them_stay_together():
    graph = scipy.sparse.block_diag([np.ones((5, 5))] * 3)
    shuffled = np.random.default_rng(0).permutation(15)
    graph = scipy.sparse.csr_array(graph)[shuffled][:, shuffled]
    region = cut_into_regions(graph, 3)
    for part in range(3):
        assert len(set(region[shuffled // 5 == part])) == 1


@pytest.mark.parametrize("hops", [0, 1, 3])
def test_halo_is_what_a_walk_of_so_many_hops_reaches(hops):
    rng = np.random.default_rng(1)
    directed = scipy.sparse.csr_array((rng.random((30, 30)) < 0.05).astype(float))
    inside = np.arange(30) < 4
    graph = nx.from_scipy_sparse_array(directed + directed.T)
    near = set().union(*(nx.single_source_shortest_path_length(graph, n, hops) for n in range(4)))
    assert set(np.flatnonzero(with_halo(directed, inside, hops))) == near


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, "regions: .* at least 2, got 1"),
        (121, "regions: expected at most 120, one a sensor, got 121"),
        ("three", "regions"),
    ],
)
def test_what_cannot_be_cut_is_refused(count, told):
    with pytest.raises(InputError, match=told):
        cut_into_regions(GRID, count)


def test_halo_of_a_negative_number_of_hops_is_refused():
    with pytest.raises(InputError, match="halo: .* at least 0, got -1"):
        with_halo(GRID, np.zeros(120, dtype=bool), -1)
