"""Figures of graphs: what is drawn, what is said."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from stlearn import graph
from stlearn.errors import InputError
from stlearn.plots.graph import (
    eigenvalue_plane,
    error_against,
    graph_panels,
    laplacian_spectrum,
    matrix_panels,
)

NODES = ["a", "b", "c"]
CHAIN = graph.adjacency_from_edges(pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"]}), NODES)
RING = graph.adjacency_from_edges(
    pd.DataFrame({"from": ["a", "b", "c"], "to": ["b", "c", "a"]}), NODES
)
PLACES = pd.DataFrame({"x": [0, 1, 2], "y": [0, 0, 1]}, index=NODES)
DIFFERENCES = pd.DataFrame(
    [
        {"panel": panel, "name": name, "measure": measure, "relative": -0.1, "low": -0.3, "high": 0}
        for panel in ("15 min", "60 min")
        for name in ("road", "random")
        for measure in ("MAE", "MSE")
    ]
)


def test_every_picture_can_be_drawn_is_labelled_and_has_a_sentence():
    state = pd.Series([1.0, 0.2, 0.0], NODES)
    for figure, sentence in (
        graph_panels({"chain": CHAIN, "ring": RING}, PLACES),
        graph_panels({"then": CHAIN}, PLACES, {"then": state}, "Disturbance"),
        graph_panels({"gone": CHAIN}, PLACES, {"gone": state * 0}, "Disturbance"),
        matrix_panels({"chain": CHAIN, "ring": RING.to_numpy(), "large": np.eye(30)}),
        laplacian_spectrum({"ring": graph.laplacian(RING + RING.T)}),
        eigenvalue_plane({"chain": CHAIN, "ring": RING}),
        error_against(DIFFERENCES, "own past"),
    ):
        assert isinstance(figure, Figure)
        figure.savefig(io.BytesIO(), format="png")
        assert 6 <= figure.get_size_inches()[0] <= 8
        assert any(axes.get_xlabel() for axes in figure.axes)
        assert sentence.endswith(".")


def test_graphs_are_told_by_edges_pieces_and_loops():
    alone = CHAIN * 0
    _, sentence = graph_panels({"chain": CHAIN, "ring": RING, "alone": alone}, PLACES)
    assert "chain: 3 nodes, 2 edges, 1 piece, a tree" in sentence
    assert "ring: 3 nodes, 3 edges, 1 piece, no tree" in sentence
    assert "alone: 3 nodes, 0 edges, 3 pieces, no tree" in sentence


def test_an_arrow_leads_from_the_source_to_the_target():
    figure, _ = graph_panels({"one": CHAIN.loc[["a", "b"], ["a", "b"]]}, PLACES)
    (arrow,) = figure.axes[0].texts
    assert tuple(arrow.xy) == (1, 0)  # the head, at b
    assert tuple(arrow.get_position()) == (0, 0)


def test_states_are_told_by_their_largest_value_and_share_one_scale():
    states = {
        "now": pd.Series([1.0, 0.005, 0.0], NODES),
        "later": pd.Series([0.0, 0.2, 0.1], NODES),
    }
    figure, sentence = graph_panels(dict.fromkeys(states, CHAIN), PLACES, states, "Disturbance")
    assert "now: 1 at a, 1 node at 0.01 or more; later: 0.2 at b, 2 nodes" in sentence
    limits = {axes.collections[0].get_clim() for axes in figure.axes[:2]}
    assert limits == {(0.01, 1.0)}


def test_matrices_are_told_by_their_sides_and_small_ones_show_numbers():
    figure, sentence = matrix_panels({"chain": CHAIN, "turned": 3 * CHAIN.T})
    assert "chain 2 of 9 (above the diagonal 0, below 2)" in sentence
    assert "turned 2 of 9 (above the diagonal 2, below 0)" in sentence
    written = {text.get_position(): text.get_text() for text in figure.axes[1].texts}
    assert written == {(1, 0): "3", (2, 1): "3"}  # column, row


def test_zero_eigenvalues_count_the_pieces():
    pair = np.array([[0.0, 1.0], [1.0, 0.0]])
    two_pieces = np.kron(np.eye(2), pair)
    _, sentence = laplacian_spectrum(
        {"two": graph.laplacian(two_pieces), "one": graph.laplacian(CHAIN + CHAIN.T)}
    )
    assert sentence.startswith("Eigenvalues near zero: two 2, one 1; largest: two 2, one 3.")
    assert sentence.endswith("mode 1, 1 time; mode 2, 2 times; mode 2, 2 times.")


def test_what_lies_outside_the_circle_is_named():
    _, sentence = eigenvalue_plane({"ring": RING, "grows": -1.2 * RING})
    assert (
        sentence
        == "Largest distance from zero: ring 1.000, grows 1.200; outside the circle: grows."
    )


def test_differences_are_drawn_in_percent_with_their_interval():
    figure, sentence = error_against(DIFFERENCES, "own past")
    assert "60 min, MSE: road -10 % (-30 to +0), random -10 % (-30 to +0)." in sentence
    bars = figure.axes[0].containers[0][2][0].get_segments()
    np.testing.assert_allclose([segment[:, 0] for segment in bars], [[-30, 0], [-30, 0]])


def test_many_differences_are_counted_and_the_lowest_is_told():
    rows = [
        {"panel": panel, "name": f"rival {rank}", "measure": "MAE"}
        | {"relative": rank / 10, "low": rank / 10 - 0.15, "high": rank / 10 + 0.15}
        for panel in ("15 min", "60 min")
        for rank in range(-3, 5)
    ]
    _, sentence = error_against(pd.DataFrame(rows), "own past")
    told = "2 of 8 clearly lower, 3 clearly higher, lowest rival -3 -30 % (-45 to -15)"
    assert sentence == f"Against own past: 15 min, MAE: {told}; 60 min, MAE: {told}."


def test_bad_input_is_named():
    with pytest.raises(InputError, match="places: .*chain"):
        graph_panels({"chain": CHAIN}, PLACES[:2])
    with pytest.raises(InputError, match="matrices"):
        matrix_panels({})
    with pytest.raises(InputError, match="laplacians: .*chain"):
        laplacian_spectrum({"chain": graph.laplacian(CHAIN)})
    with pytest.raises(InputError, match="matrices"):
        eigenvalue_plane({})
    with pytest.raises(InputError, match="differences: .*low"):
        error_against(DIFFERENCES.drop(columns="low"), "own past")
