"""What must hold of graph mathematics, on small random graphs."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stlearn import graph
from stlearn.errors import InputError
from stlearn.graph import adjacency as build

BRIEFLY = settings(max_examples=25, deadline=None)
WEIGHTS = st.one_of(st.just(0.0), st.floats(0.01, 10.0))


@st.composite
def adjacencies(draw, symmetric=False, most=6):
    """Weighted adjacency, with zeros, self-loops and isolated nodes now and then."""
    size = draw(st.integers(2, most))
    matrix = draw(arrays(float, (size, size), elements=WEIGHTS))
    return np.triu(matrix) + np.triu(matrix, 1).T if symmetric else matrix


def named(matrix):
    names = [f"node {i}" for i in range(len(matrix))]
    return pd.DataFrame(matrix, index=names, columns=names)


CHAIN = pd.DataFrame({"from": ["a", "b", "c"], "to": ["b", "c", "d"], "distance": [1.0, 2.0, 4.0]})
NODES = ["a", "b", "c", "d"]


# Graphs from edges, distances and data


def test_an_edge_is_an_influence_of_its_source_on_its_target():
    edges = CHAIN.rename(columns={"from": "source", "to": "target"}).assign(weight=[1, 2, 3])
    adjacency = graph.adjacency_from_edges(edges, NODES)
    assert adjacency.loc["b", "a"] == 1 and adjacency.loc["d", "c"] == 3
    assert adjacency.to_numpy().sum() == 6
    both = graph.adjacency_from_edges(edges, NODES, directed=False)
    pd.testing.assert_frame_equal(both, adjacency + adjacency.T)


def test_edges_without_weight_count_one_and_with_distance_go_through_the_kernel():
    plain = graph.adjacency_from_edges(CHAIN[["from", "to"]], NODES)
    assert sorted(plain.to_numpy().ravel())[-3:] == [1, 1, 1] and plain.to_numpy().sum() == 3
    by_distance = graph.adjacency_from_edges(CHAIN, NODES)
    expected = graph.gaussian_kernel(graph.distances_from_edges(CHAIN, NODES))
    pd.testing.assert_frame_equal(by_distance, expected)


def test_an_undirected_edge_may_be_listed_in_both_directions_if_they_agree():
    twice = pd.DataFrame({"from": ["a", "b"], "to": ["b", "a"], "weight": [2.0, 2.0]})
    adjacency = graph.adjacency_from_edges(twice, ["a", "b"], directed=False)
    assert adjacency.to_numpy().tolist() == [[0, 2], [2, 0]]
    with pytest.raises(InputError, match="listed more than once"):
        graph.adjacency_from_edges(twice.assign(weight=[2.0, 3.0]), ["a", "b"], directed=False)


@pytest.mark.parametrize(
    ("edges", "nodes", "message"),
    [
        (CHAIN, ["a", "b", "c"], "unknown node 'd'"),
        (CHAIN, [*NODES, "a"], "nodes: 'a' stands there more than once"),
        (CHAIN.rename(columns={"from": "start"}), NODES, "expected columns from and to"),
        (pd.concat([CHAIN, CHAIN]), NODES, "'a' to 'b' is listed more than once"),
        (CHAIN.assign(weight=[1, -1, 1]), NODES, "in row 1 is no number from 0"),
        (CHAIN.assign(weight=[1, 1, np.nan]), NODES, "in row 2 is no number from 0"),
        (CHAIN.assign(weight=["x", "1", "1"]), NODES, "in row 0 is no number from 0"),
        ([("a", "b")], NODES, "edges: expected a DataFrame"),
    ],
)
def test_bad_edges_are_named(edges, nodes, message):
    with pytest.raises(InputError, match=message):
        graph.adjacency_from_edges(edges, nodes)


@pytest.mark.parametrize("column", ["weight", "distance", None])
@pytest.mark.parametrize("directed", [True, False])
def test_a_sparse_graph_of_edges_is_the_dense_one(column, directed):
    edges = pd.DataFrame({"from": ["b", "c", "d"], "to": ["a", "a", "c"], "weight": [2.0, 0.5, 1]})
    edges = edges.rename(columns={"weight": column}) if column else edges[["from", "to"]]
    dense = graph.adjacency_from_edges(edges, NODES, directed)
    sparse = graph.adjacency_from_edges(edges, NODES, directed, sparse=True)
    assert isinstance(sparse, scipy.sparse.csr_array)
    np.testing.assert_array_equal(sparse.toarray(), dense.to_numpy())


def test_of_many_nodes_distances_weigh_the_listed_edges_alone(monkeypatch):
    monkeypatch.setattr(build, "ALL_PAIRS_AT_MOST", 3)
    edges = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "distance": [1.0, 3.0]})
    sparse = graph.adjacency_from_edges(edges, list("abcd"), sparse=True)
    expected = np.zeros((4, 4))
    expected[1, 0], expected[2, 1] = np.exp(-0.25), np.exp(-2.25)
    np.testing.assert_allclose(sparse.toarray(), expected)
    dense = graph.adjacency_from_edges(edges, list("abcd"))  # there all ways are looked at
    assert dense.to_numpy().diagonal().tolist() == [1, 1, 1, 1]


@BRIEFLY
@given(adjacencies())
def test_shortest_ways_agree_with_networkx(matrix):
    links = named(matrix)
    rows = [
        (source, target, links.loc[target, source])
        for source, target in itertools.permutations(links.index, 2)
        if links.loc[target, source] > 0
    ]
    edges = pd.DataFrame(rows, columns=["from", "to", "distance_km"])
    for directed, kind in ((True, nx.DiGraph), (False, nx.Graph)):
        if not directed:  # one length for both directions
            edges = edges[edges["from"] < edges["to"]]
        network = kind()
        network.add_nodes_from(links.index)
        network.add_weighted_edges_from(edges.itertuples(index=False))
        known = dict(nx.all_pairs_dijkstra_path_length(network))
        distances = graph.distances_from_edges(edges, links.index, directed)
        for start, end in itertools.product(links.index, repeat=2):
            expected = known[start].get(end, np.inf)
            assert distances.loc[end, start] == pytest.approx(expected)


def test_links_of_length_zero_are_links():
    edges = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "distance": [0.0, 2.0]})
    assert graph.distances_from_edges(edges, ["a", "b", "c"]).loc["c", "a"] == 2.0
    with pytest.raises(InputError, match="expected a column distance"):
        graph.distances_from_edges(edges[["from", "to"]], ["a", "b", "c"])


def test_great_circle_and_plane_distances():
    poles = pd.DataFrame({"latitude": [90, -90, 0], "longitude": [0, 77, -120]})
    distances = graph.distances_from_coordinates(poles)
    half = np.pi * build.EARTH_RADIUS_KM
    np.testing.assert_allclose(
        distances, half * np.array([[0, 1, 0.5], [1, 0, 0.5], [0.5, 0.5, 0]]), rtol=1e-9
    )
    plane = pd.DataFrame({"x": [0, 3], "y": [0, 4]}, index=["a", "b"])
    assert graph.distances_from_coordinates(plane).loc["a", "b"] == 5


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("Lat", "lng"), ["latitude", "longitude"]),
        (("LATITUDE", "Longitude"), ["latitude", "longitude"]),
        (("easting", "northing"), ["x", "y"]),
        (("lat", "name"), None),
    ],
)
def test_coordinates_go_by_several_names(names, found):
    nodes = pd.DataFrame(dict(zip(names, ([50.0, 51.0], [8.0, 9.0]))), index=["a", "b"])
    answer = graph.coordinates(nodes)
    assert (None if answer is None else list(answer[0].columns)) == found


def test_coordinates_with_a_hole_are_none():
    assert graph.coordinates(None) is None
    assert graph.coordinates(pd.DataFrame({"lat": [50, None], "lon": [8, 9]})) is None
    assert graph.coordinates(pd.DataFrame({"x": ["left", "right"], "y": ["a", "b"]})) is None


def test_the_nearest_are_joined_and_the_nearer_weigh_more():
    road = pd.DataFrame({"x": [0, 1, 3, 100], "y": 0}, index=list("abcd"))
    joined = graph.nearest_neighbours(road, 1)
    assert (joined == joined.T).all(axis=None)
    assert (joined > 0).sum().tolist() == [1, 2, 2, 1]
    assert joined.loc["a", "b"] > joined.loc["b", "c"] > joined.loc["c", "d"] >= 0.01
    with pytest.raises(InputError, match="count: expected fewer than 4 nodes, got 4"):
        graph.nearest_neighbours(road, 4)


@BRIEFLY
@given(st.integers(0, 10**6), st.integers(1, 5), st.booleans())
def test_the_tree_finds_the_neighbours_that_all_distances_show(seed, count, spherical):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 6, (30, 2)) if seed % 2 else rng.random((30, 2))
    names = ["latitude", "longitude"] if spherical else ["x", "y"]
    positions = pd.DataFrame(points, columns=names)
    distances = graph.distances_from_coordinates(positions).to_numpy(copy=True)
    np.fill_diagonal(distances, np.inf)
    joined = graph.nearest_neighbours(positions, count)
    # On a grid many are at the same distance: that of the farthest neighbour decides.
    farthest = np.sort(distances, axis=1)[:, count - 1]
    nearer = distances < farthest[:, None] * (1 - 1e-9)
    assert (joined.to_numpy()[nearer | nearer.T] > 0).all()
    own = (joined.to_numpy() > 0) & (distances <= farthest[:, None] * (1 + 1e-9))
    assert (own.sum(axis=1) >= count).all()
    sparse = graph.nearest_neighbours(positions, count, sparse=True)
    np.testing.assert_array_equal(sparse.toarray(), joined.to_numpy())


def test_neighbours_in_one_place_count_fully():
    place = pd.DataFrame({"x": [1.0, 1, 1], "y": 2.0})
    joined = graph.nearest_neighbours(place, 2)
    assert (joined.to_numpy() == 1 - np.eye(3)).all()


def test_short_distances_keep_their_precision():
    metre = 1 / (build.EARTH_RADIUS_KM * 1000) * 180 / np.pi
    near = pd.DataFrame({"latitude": [50, 50 + metre], "longitude": [8, 8]})
    assert graph.distances_from_coordinates(near).loc[0, 1] == pytest.approx(0.001, rel=1e-6)


@pytest.mark.parametrize(
    ("positions", "message"),
    [
        (pd.DataFrame({"latitude": [6_100_000.0], "longitude": [570_000.0]}), "in metres"),
        (pd.DataFrame({"lat": [1.0], "lon": [2.0]}), "expected columns"),
        (pd.DataFrame({"x": [1.0, np.nan], "y": [2.0, 2.0]}), "row 1, column 0"),
        (pd.DataFrame({"x": ["here"], "y": [2.0]}), "row 0, column 0"),
        (np.zeros((2, 2)), "expected a DataFrame"),
    ],
)
def test_bad_positions_are_named(positions, message):
    with pytest.raises(InputError, match=message):
        graph.distances_from_coordinates(positions)


@BRIEFLY
@given(
    arrays(float, (5, 5), elements=st.one_of(st.floats(0, 100), st.just(np.inf))),
    st.floats(0.1, 50),
    st.floats(0, 1),
)
def test_the_kernel_falls_with_distance_and_cuts_at_the_threshold(distances, sigma, threshold):
    weights = graph.gaussian_kernel(distances, sigma, threshold)
    assert ((weights == 0) | ((weights >= threshold) & (weights <= 1))).all()
    assert (weights[np.isinf(distances)] == 0).all() and (weights[distances == 0] == 1).all()
    order = np.argsort(distances.ravel())
    assert (np.diff(weights.ravel()[order]) <= 0).all()
    kept = weights > 1e-300
    np.testing.assert_allclose(-np.log(weights[kept]), (distances[kept] / sigma) ** 2, atol=1e-9)


def test_a_weight_at_the_threshold_stays():
    weights = graph.gaussian_kernel(np.array([[0, 2.0], [5, 0]]), sigma=2, threshold=np.exp(-1))
    assert weights.tolist() == [[1, np.exp(-1)], [0, 1]]


def test_the_default_sigma_is_the_deviation_of_the_finite_distances():
    distances = np.array([[0, 1, np.inf], [2, 0, 3], [np.inf, 4, 0.0]])
    expected = graph.gaussian_kernel(distances, sigma=np.std([0, 1, 2, 0, 3, 4, 0]))
    np.testing.assert_array_equal(graph.gaussian_kernel(distances), expected)


def test_the_kernel_of_sparse_distances_is_that_of_the_full_matrix():
    distances = np.array([[0, 1, np.inf], [2, 0, 3], [np.inf, 4, 0.0]])
    known = np.nonzero(np.isfinite(distances))
    sparse = scipy.sparse.coo_array((distances[known], known), shape=(3, 3))
    for arguments in ({}, {"sigma": 2, "threshold": 0.5}):
        weights = graph.gaussian_kernel(sparse, **arguments)
        assert scipy.sparse.issparse(weights)
        np.testing.assert_array_equal(
            weights.toarray(), graph.gaussian_kernel(distances, **arguments)
        )


@pytest.mark.parametrize(
    ("distances", "arguments", "message"),
    [
        (scipy.sparse.csr_array([[0, -1.0], [1, 0]]), {}, "no negative number, got -1.0 in row 0"),
        (np.array([[0, -1.0], [1, 0]]), {}, "expected no negative number"),
        (np.array([[0, np.nan], [1, 0]]), {}, "expected finite numbers, got nan"),
        (np.zeros((2, 3)), {}, "expected a square matrix"),
        (np.ones((2, 2)), {}, "sigma: .* do not differ"),
        (np.ones((2, 2)), {"sigma": 0}, "sigma: .* got 0"),
        (np.ones((2, 2)), {"sigma": 1, "threshold": 2}, "threshold: .* got 2"),
        (np.array([[0, 1.0], [1, 0]]), {}, "leaves no edge"),
    ],
)
def test_bad_distances_are_named(distances, arguments, message):
    with pytest.raises(InputError, match=message):
        graph.gaussian_kernel(distances, **arguments)


def test_correlation_finds_who_follows_whom():
    rng = np.random.default_rng(0)
    upstream = pd.Series(rng.normal(size=400))
    values = pd.DataFrame(
        {"up": upstream, "down": upstream.shift(2), "other": rng.normal(size=400)}
    )
    values["turned"] = -values["up"]
    weights = graph.adjacency_from_correlation(values, threshold=0.5, lag=2)
    edges = {(i, j) for i, j in itertools.product(values, repeat=2) if weights.loc[i, j] > 0}
    assert edges == {("down", "up")}
    pd.testing.assert_frame_equal(
        graph.adjacency_from_correlation(values), graph.adjacency_from_correlation(values).T
    )


def test_few_common_readings_or_a_constant_make_no_edge():
    values = pd.DataFrame({"a": np.arange(100.0), "b": np.arange(100.0), "c": 5.0})
    values.loc[4:, "b"] = np.nan
    assert not graph.adjacency_from_correlation(values).to_numpy().any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"threshold": 0}, "threshold: .* got 0"),
        ({"lag": -1}, "lag: expected a whole number of at least 0"),
        ({"lag": 8}, "lag: leaves 2 of 10 rows"),
    ],
)
def test_bad_correlation_arguments_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        graph.adjacency_from_correlation(pd.DataFrame({"a": np.arange(10.0)}), **arguments)


@BRIEFLY
@given(adjacencies(), st.integers(0, 100))
def test_wrong_graphs_are_wrong_in_one_way_each(matrix, seed):
    wrong = graph.wrong_graphs(named(matrix), seed)
    assert list(wrong) == ["identity", "random", "reversed"]
    np.testing.assert_array_equal(wrong["identity"], np.eye(len(matrix)))
    np.testing.assert_array_equal(wrong["reversed"], matrix.T)
    shuffled = wrong["random"].to_numpy()
    np.testing.assert_array_equal(np.sort(shuffled.ravel()), np.sort(matrix.ravel()))
    np.testing.assert_array_equal(np.sort(np.diag(shuffled)), np.sort(np.diag(matrix)))
    again = graph.wrong_graphs(named(matrix), seed)["random"]
    pd.testing.assert_frame_equal(wrong["random"], again)


def test_wrong_graphs_of_a_long_chain_differ_by_seed():
    chain = np.eye(30, k=-1)
    first, second = (graph.wrong_graphs(chain, seed)["random"] for seed in (0, 1))
    assert (first != second).any() and (first != chain).any()
    with pytest.raises(InputError, match="square"):
        graph.wrong_graphs(np.ones(3), seed=0)


# Degree, Laplacian, diffusion


@BRIEFLY
@given(adjacencies())
def test_degrees_are_sums_of_rows_and_columns(matrix):
    incoming, outgoing = (graph.degree(named(matrix), side) for side in ("in", "out"))
    for i, name in enumerate(incoming.index):
        assert incoming[name] == pytest.approx(sum(matrix[i, j] for j in range(len(matrix))))
        assert outgoing[name] == pytest.approx(sum(matrix[j, i] for j in range(len(matrix))))


@BRIEFLY
@given(adjacencies())
def test_laplacian_rows_sum_to_zero(matrix):
    for kind in ("combinatorial", "random_walk"):
        result = graph.laplacian(matrix, kind)
        np.testing.assert_allclose(result.sum(axis=1), 0, atol=1e-9)
        np.testing.assert_allclose(result @ np.ones(len(matrix)), 0, atol=1e-9)


@BRIEFLY
@given(adjacencies(symmetric=True))
def test_laplacians_of_symmetric_graphs_have_no_negative_eigenvalue(matrix):
    for kind in ("combinatorial", "symmetric"):
        eigenvalues, modes = graph.spectrum(graph.laplacian(matrix, kind))
        assert eigenvalues.dtype == float and eigenvalues.min() > -1e-9
        assert (np.diff(eigenvalues) >= 0).all()
        assert kind == "combinatorial" or eigenvalues.max() < 2 + 1e-9
        np.testing.assert_allclose(
            graph.laplacian(matrix, kind) @ modes, modes * eigenvalues, atol=1e-6
        )


@BRIEFLY
@given(adjacencies(symmetric=True))
def test_zero_eigenvalues_count_the_pieces_of_the_graph(matrix):
    pieces = nx.number_connected_components(nx.from_numpy_array(matrix))
    eigenvalues, _ = graph.spectrum(graph.laplacian(matrix))
    assert (np.abs(eigenvalues) < 1e-6 * max(1, eigenvalues.max())).sum() == pieces


@BRIEFLY
@given(adjacencies(symmetric=True))
def test_random_walk_and_symmetric_laplacian_share_their_eigenvalues(matrix):
    linked = matrix[matrix.sum(axis=1) > 0][:, matrix.sum(axis=1) > 0]
    if not len(linked):
        return
    walk, _ = graph.spectrum(graph.laplacian(linked, "random_walk"))
    symmetric, _ = graph.spectrum(graph.laplacian(linked, "symmetric"))
    np.testing.assert_allclose(np.sort(walk.real), symmetric, atol=1e-6)


def test_the_spectrum_is_complex_only_where_it_has_to_be():
    ring = named(np.roll(np.eye(3), 1, axis=0))
    eigenvalues, modes = graph.spectrum(ring)
    np.testing.assert_allclose(np.abs(eigenvalues), 1)
    assert np.iscomplexobj(eigenvalues) and list(modes.index) == list(ring.index)
    np.testing.assert_allclose(ring.to_numpy() @ modes, modes.to_numpy() * eigenvalues, atol=1e-9)
    assert not np.iscomplexobj(graph.spectrum(np.array([[1.0, 2.0], [0.0, 3.0]]))[0])


@BRIEFLY
@given(adjacencies())
def test_transition_rows_sum_to_one_and_keep_their_proportions(matrix):
    walk = graph.transition_matrix(named(matrix)).to_numpy()
    np.testing.assert_allclose(walk.sum(axis=1), 1)
    for i, row in enumerate(matrix):
        expected = row / row.sum() if row.any() else np.eye(len(matrix))[i]
        np.testing.assert_allclose(walk[i], expected)


@BRIEFLY
@given(adjacencies(), st.integers(1, 4))
def test_diffusion_powers_walk_with_and_against_the_edges(matrix, steps):
    powers = graph.diffusion_powers(matrix, steps)
    forward, backward = graph.transition_matrix(matrix), graph.transition_matrix(matrix.T)
    assert len(powers) == 2 * steps
    state = np.arange(len(matrix), dtype=float)
    for walk, part in ((forward, powers[:steps]), (backward, powers[steps:])):
        moved = state
        for power in part:
            moved = walk @ moved
            np.testing.assert_allclose(power @ state, moved)
            np.testing.assert_allclose(power.sum(axis=1), 1)
    for one, other in zip(graph.diffusion_powers(matrix, steps, directed=False), powers):
        np.testing.assert_array_equal(one, other)


# Propagation


@BRIEFLY
@given(adjacencies(), st.data())
def test_propagation_is_the_sum_over_edges(matrix, data):
    state = data.draw(arrays(float, len(matrix), elements=st.floats(-5, 5)))
    once = graph.propagate(state, matrix)
    for i in range(len(matrix)):
        expected = sum(matrix[i, j] * state[j] for j in range(len(matrix)))
        assert once[i] == pytest.approx(expected, abs=1e-9)
    twice = graph.propagate(once, matrix)
    np.testing.assert_allclose(graph.propagate(state, matrix, steps=2), twice)
    np.testing.assert_array_equal(graph.propagate(state, matrix, steps=0), state)


@BRIEFLY
@given(adjacencies(), st.data())
def test_each_row_of_a_table_is_a_state_of_its_own(matrix, data):
    states = data.draw(arrays(float, (3, len(matrix)), elements=st.floats(-5, 5)))
    weights = named(matrix)
    table = pd.DataFrame(states, columns=weights.columns)
    moved = graph.propagate(table, weights)
    assert moved.index.equals(table.index) and moved.columns.equals(table.columns)
    for row in range(3):
        one = graph.propagate(table.iloc[row], weights)
        assert isinstance(one, pd.Series)
        np.testing.assert_allclose(moved.iloc[row], one)


@BRIEFLY
@given(adjacencies(), st.data())
def test_a_missing_value_spreads_along_edges_only(matrix, data):
    missing = data.draw(st.integers(0, len(matrix) - 1))
    state = np.ones(len(matrix))
    state[missing] = np.nan
    moved = graph.propagate(state, matrix)
    np.testing.assert_array_equal(np.isnan(moved), matrix[:, missing] != 0)
    known = np.where(np.isnan(state), 0, state)
    kept = ~np.isnan(moved)
    np.testing.assert_allclose(moved[kept], (matrix @ known)[kept])


@BRIEFLY
@given(adjacencies(), st.integers(0, 4), st.data())
def test_the_impulse_response_is_propagation_of_a_unit(matrix, steps, data):
    node = data.draw(st.integers(0, len(matrix) - 1))
    response = graph.impulse_response(named(matrix), f"node {node}", steps)
    assert response.shape == (steps + 1, len(matrix))
    for step in range(steps + 1):
        np.testing.assert_allclose(
            response.loc[step], graph.propagate(np.eye(len(matrix))[node], matrix, step)
        )
    np.testing.assert_allclose(response, graph.impulse_response(matrix, node, steps))


@BRIEFLY
@given(adjacencies())
def test_the_spectral_radius_decides_what_becomes_of_a_disturbance(matrix):
    radius = graph.spectral_radius(matrix)
    assert graph.spectral_radius(graph.transition_matrix(matrix)) == pytest.approx(1)
    if radius < 1e-3:  # nearly nilpotent: rounding decides
        return
    start = np.ones(len(matrix))
    calm = graph.propagate(start, matrix * 0.5 / radius, steps=400)
    wild = graph.propagate(start, matrix * 2 / radius, steps=400)
    assert np.abs(calm).max() < 1e-3 and np.abs(wild).max() > 1e3


BAD_MATRICES = [
    (np.ones((2, 3)), "square"),
    (np.ones(4), "square"),
    (np.array([[0, np.nan], [1, 0]]), "finite numbers, got nan in row 0, column 1"),
    (np.array([["a", "b"], ["c", "d"]]), "matrix of numbers"),
    (pd.DataFrame(np.eye(2), index=["a", "b"], columns=["b", "a"]), "same nodes"),
]


@pytest.mark.parametrize(("matrix", "message"), BAD_MATRICES)
@pytest.mark.parametrize(
    "function",
    [
        graph.degree,
        graph.laplacian,
        graph.spectrum,
        graph.transition_matrix,
        lambda matrix: graph.diffusion_powers(matrix, 2),
        lambda matrix: graph.propagate(np.ones(2), matrix),
        lambda matrix: graph.impulse_response(matrix, 0, 1),
        graph.spectral_radius,
        graph.is_tree,
        lambda matrix: graph.count_walks(matrix, 2),
        lambda matrix: graph.k_hop_reach(matrix, 2),
        lambda matrix: graph.wrong_graphs(matrix, 0),
    ],
)
def test_bad_matrices_are_named(function, matrix, message):
    with pytest.raises(InputError, match=message):
        function(matrix)


PAIR = np.array([[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: graph.transition_matrix(-PAIR),
            "no negative number, got -1.0 in row 0, column 1",
        ),
        (lambda: graph.degree(PAIR, "up"), "direction: .* got 'up'"),
        (lambda: graph.laplacian(PAIR, "cubic"), "kind: .* got 'cubic'"),
        (lambda: graph.laplacian(np.tri(2), "symmetric"), "needs a symmetric graph"),
        (lambda: graph.diffusion_powers(PAIR, 0), "steps: .* at least 1, got 0"),
        (lambda: graph.propagate(np.ones(3), PAIR), r"state: .* got \(3,\)"),
        (lambda: graph.propagate(np.ones(2), PAIR, 1.5), "steps: .* got 1.5"),
        (lambda: graph.propagate(pd.Series([1, 2], ["b", "a"]), named(PAIR)), "nodes: expected"),
        (lambda: graph.impulse_response(named(PAIR), "x", 1), "node: .* got 'x'"),
        (lambda: graph.count_walks(PAIR, -1), "length: .* got -1"),
        (lambda: graph.count_walks(np.ones((4, 4)), 40), "more walks than can be counted"),
        (lambda: graph.k_hop_reach(PAIR, -1), "hops: .* got -1"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


# Trees, loops, paths


@BRIEFLY
@given(adjacencies())
def test_a_tree_is_connected_and_has_one_edge_less_than_nodes(matrix):
    network = nx.Graph()
    network.add_nodes_from(range(len(matrix)))
    network.add_edges_from((i, j) for i, j in np.argwhere(matrix) if i != j)
    expected = nx.is_connected(network) and network.number_of_edges() == len(matrix) - 1
    assert graph.is_tree(matrix) == expected


def test_a_loop_or_a_second_piece_makes_no_tree():
    chain = np.eye(4, k=-1)
    assert graph.is_tree(chain) and graph.is_tree(named(chain + chain.T + np.eye(4)))
    ring = chain.copy()
    ring[0, 3] = 1
    assert not graph.is_tree(ring)
    triangle_and_point = np.zeros((4, 4))
    triangle_and_point[[1, 2, 0], [0, 1, 2]] = 1  # n - 1 edges, but two pieces
    assert not graph.is_tree(triangle_and_point)


def walks(links, start, length):
    """All walks of a length, one by one."""
    if length == 0:
        return [start]
    return [
        end
        for middle in np.flatnonzero(links[:, start])
        for end in walks(links, middle, length - 1)
    ]


@BRIEFLY
@given(adjacencies(most=4), st.integers(0, 4))
def test_powers_count_walks_one_by_one(matrix, length):
    counts = graph.count_walks(named(matrix), length)
    for j, start in enumerate(counts.columns):
        ends = walks(matrix, j, length)
        assert counts[start].tolist() == [ends.count(i) for i in range(len(matrix))]


@BRIEFLY
@given(adjacencies(), st.integers(0, 6))
def test_path_counts_agree_with_networkx(matrix, length):
    network = nx.from_numpy_array(matrix.T > 0, create_using=nx.DiGraph)
    expected = nx.number_of_walks(network, length)
    counts = graph.count_walks(matrix, length)
    for start, end in itertools.product(range(len(matrix)), repeat=2):
        assert counts[end, start] == expected[start][end]


@BRIEFLY
@given(adjacencies(), st.integers(0, 6))
def test_k_steps_reach_exactly_k_hops(matrix, hops):
    network = nx.from_numpy_array(matrix.T > 0, create_using=nx.DiGraph)
    reach = graph.k_hop_reach(named(matrix), hops)
    for start in range(len(matrix)):
        near = nx.single_source_shortest_path_length(network, start, cutoff=hops)
        assert set(np.flatnonzero(reach.iloc[:, start])) == set(near)


@BRIEFLY
@given(adjacencies(), st.integers(0, 4))
def test_a_disturbance_stays_within_its_hops(matrix, steps):
    reach = graph.k_hop_reach(matrix, steps)
    for node in range(len(matrix)):
        response = graph.impulse_response(matrix, node, steps)
        np.testing.assert_array_equal((response > 0).any(axis=0), reach[:, node])


# Permutation of the nodes


MATRIX_FUNCTIONS = {
    "kernel": lambda matrix: graph.gaussian_kernel(matrix, sigma=2),
    "combinatorial": graph.laplacian,
    "random walk": lambda matrix: graph.laplacian(matrix, "random_walk"),
    "symmetric": lambda matrix: graph.laplacian(matrix + matrix.T, "symmetric"),
    "transition": graph.transition_matrix,
    "with the edges": lambda matrix: graph.diffusion_powers(matrix, 2)[1],
    "against the edges": lambda matrix: graph.diffusion_powers(matrix, 2)[3],
    "paths": lambda matrix: graph.count_walks(matrix, 3),
    "reach": lambda matrix: graph.k_hop_reach(matrix, 2),
    "reversed": lambda matrix: graph.wrong_graphs(matrix, 0)["reversed"],
    "in-degree": lambda matrix: np.diag(graph.degree(matrix)),
    "out-degree": lambda matrix: np.diag(graph.degree(matrix, "out")),
}


@pytest.mark.parametrize("name", MATRIX_FUNCTIONS)
@settings(max_examples=15, deadline=None)
@given(matrix=adjacencies(), data=st.data())
def test_permuting_the_nodes_permutes_the_result(name, matrix, data):
    function = MATRIX_FUNCTIONS[name]
    order = data.draw(st.permutations(range(len(matrix))))
    shuffled = function(matrix[np.ix_(order, order)])
    np.testing.assert_allclose(shuffled, function(matrix)[np.ix_(order, order)], atol=1e-9)


@BRIEFLY
@given(adjacencies(), st.data())
def test_permuting_the_nodes_changes_no_eigenvalue_and_no_tree(matrix, data):
    order = data.draw(st.permutations(range(len(matrix))))
    shuffled = matrix[np.ix_(order, order)]
    assert graph.is_tree(shuffled) == graph.is_tree(matrix)
    # Rounding splits repeated eigenvalues, more so the more often they are repeated.
    radius = graph.spectral_radius(matrix)
    assert graph.spectral_radius(shuffled) == pytest.approx(radius, rel=1e-3, abs=1e-6)
    np.testing.assert_allclose(
        graph.spectrum(shuffled + shuffled.T)[0],
        graph.spectrum(matrix + matrix.T)[0],
        atol=1e-9,
    )


@BRIEFLY
@given(adjacencies(), st.data())
def test_permuting_the_nodes_permutes_states_and_learned_weights(matrix, data):
    weights = named(matrix)
    order = data.draw(st.permutations(list(weights.index)))
    turned = weights.loc[order, order]
    state = pd.Series(np.arange(1.0, len(matrix) + 1), index=weights.index)
    pd.testing.assert_series_equal(
        graph.propagate(state[order], turned), graph.propagate(state, weights)[order]
    )
    rng = np.random.default_rng(0)
    values = pd.DataFrame(rng.normal(size=(40, len(matrix))), columns=weights.columns)
    pd.testing.assert_frame_equal(
        graph.learn_weights(values[order], turned, ridge=0.1),
        graph.learn_weights(values, weights, ridge=0.1).loc[order, order],
    )


@BRIEFLY
@given(adjacencies())
def test_names_go_through_and_input_stays_as_it_was(matrix):
    weights = named(matrix)
    before = weights.copy()
    for result in (
        graph.laplacian(weights),
        graph.transition_matrix(weights),
        graph.diffusion_powers(weights, 1)[0],
        graph.gaussian_kernel(weights, sigma=1),
        graph.count_walks(weights, 2),
        graph.k_hop_reach(weights, 2),
    ):
        assert result.index.equals(weights.index) and result.columns.equals(weights.columns)
    pd.testing.assert_frame_equal(weights, before)


# Learning the weights


def simulate(weights, rows, seed, noise=1.0):
    """States of S(t + 1) = W S(t) + noise."""
    rng = np.random.default_rng(seed)
    states = [rng.normal(size=len(weights))]
    for _ in range(rows - 1):
        states.append(weights @ states[-1] + noise * rng.normal(size=len(weights)))
    return pd.DataFrame(states, columns=named(weights).columns)


@BRIEFLY
@given(adjacencies(), st.integers(0, 1000))
def test_planted_weights_are_recovered(matrix, seed):
    rng = np.random.default_rng(seed)
    planted = matrix * rng.choice([-1, 1], matrix.shape)
    radius = graph.spectral_radius(planted)
    planted = planted * 0.8 / max(radius, 0.8)
    planted[np.abs(planted) < 0.01] = 0
    values = simulate(planted, 2000, seed)
    learned = graph.learn_weights(values, named(np.abs(planted)))
    # Noise of variance 1 drives every node, so a weight is off by 0.022 as a standard error.
    np.testing.assert_allclose(learned, planted, atol=0.15)
    assert (learned.to_numpy()[planted == 0] == 0).all()


def test_without_noise_weights_are_exact_also_with_missing_values():
    planted = np.array([[0.5, 0.0, -0.3], [0.8, 0.0, 0.0], [0.0, 0.4, 0.2]])
    earlier = np.random.default_rng(0).normal(size=(30, 3))
    # Pairs of rows: a state, its successor, and a gap that no fit may bridge.
    rows = np.stack([earlier, earlier @ planted.T, np.full((30, 3), np.nan)], axis=1)
    values = pd.DataFrame(rows.reshape(-1, 3), columns=named(planted).columns)
    learned = graph.learn_weights(values, named(np.abs(planted)))
    np.testing.assert_allclose(learned, planted, atol=1e-9)


def test_steps_look_further_ahead():
    planted = np.array([[0.0, 0.0], [0.9, 0.0]])
    driver = np.random.default_rng(0).normal(size=200)
    values = pd.DataFrame({"node 0": driver, "node 1": 0.9 * np.roll(driver, 3)}).iloc[3:]
    learned = graph.learn_weights(values, named(planted), steps=3)
    np.testing.assert_allclose(learned, planted, atol=1e-9)


def test_a_ridge_shrinks_and_does_not_depend_on_the_number_of_rows():
    planted = np.array([[0.6, 0.2], [0.3, 0.5]])
    values, links = simulate(planted, 500, seed=0), named(planted)
    free, held, flat = (graph.learn_weights(values, links, ridge=r) for r in (0, 1, 1e6))
    assert (np.square(held).sum(axis=1) < np.square(free).sum(axis=1)).all()
    assert np.abs(flat).to_numpy().max() < 1e-4
    gap = pd.DataFrame(np.nan, index=[0], columns=values.columns)
    doubled = pd.concat([values, gap, values], ignore_index=True)
    pd.testing.assert_frame_equal(graph.learn_weights(doubled, links, ridge=1), held)


@pytest.mark.parametrize(
    ("values", "arguments", "message"),
    [
        (pd.DataFrame({"b": [1.0, 2], "a": [1.0, 2]}), {}, "nodes: expected the same nodes"),
        (pd.DataFrame({"a": [1.0], "b": [1.0]}), {}, "node 'a' has 0 complete rows"),
        (pd.DataFrame({"a": [1.0, 2], "b": [1.0, 2]}), {"ridge": -1}, "ridge: .* got -1"),
        (pd.DataFrame({"a": [1.0, 2], "b": [1.0, 2]}), {"steps": 0}, "steps: .* got 0"),
        (np.ones((5, 2)), {}, "values: expected a DataFrame"),
    ],
)
def test_bad_input_of_learning_is_named(values, arguments, message):
    links = pd.DataFrame(np.ones((2, 2)), index=["a", "b"], columns=["a", "b"])
    with pytest.raises(InputError, match=message):
        graph.learn_weights(values, links, **arguments)
