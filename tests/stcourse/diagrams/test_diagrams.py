"""Diagrams: they fit into any page, their numbers are right, and a sentence says what they show."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from stcourse import diagrams
from stcourse.diagrams import drawing as primitives
from stcourse.diagrams.drawing import Drawing, written
from stlearn import graph
from stlearn.data import walk_forward
from stlearn.errors import InputError
from stlearn.networks import numpy_layers, numpy_network
from stlearn.plots.style import COLOURS

SVG = "{http://www.w3.org/2000/svg}"
WIDE, BOLD = 0.56, 0.62  # of a letter, in sizes of the type, on average
SAMPLE = {"x": 2, "target": 1, "w1": 0.5, "b1": -0.5, "w2": 2, "b2": 0.5}
SIZES = {"nodes": 48, "lookback": 12, "horizon": 12, "filters": 8, "units": 16}
LETTERS = list("abcd")
STATE = pd.Series([10.0, 4, 0, 2], LETTERS)
WEIGHTS = pd.DataFrame(
    [[0, 0, 0, 2], [1, 0, 0, 0], [0.5, 0.25, 0, 0], [0, 0, 1, 0.0]], LETTERS, LETTERS
)
STATIONS = pd.Series([88.4, 90.25, 43.71, 61.0, 77.5], [f"in0{place}" for place in range(1, 6)])
ROAD = pd.DataFrame(
    0.375 * np.eye(5, k=-1) + 0.625 * np.eye(5, k=1), STATIONS.index, STATIONS.index
)
BOTH_WAYS = np.array([[0.5, -1.25, 0], [0.75, 0, 2], [1, 0, 0]])

EXAMPLES = {
    "two_layers": lambda: diagrams.two_layers(**SAMPLE),
    "two_layers, small": lambda: diagrams.two_layers(-0.123456, 0, 1e-5, 0, -9.87, 10),
    "sliding_window": lambda: diagrams.sliding_window(3, 2, rows=6),
    "sliding_window, long": lambda: diagrams.sliding_window(12, 6, windows=2),
    "sliding_window, short": lambda: diagrams.sliding_window(1, 1, rows=2),
    "split_parts": lambda: diagrams.split_parts(20, 4, 5, 2),
    "split_parts, without gaps": lambda: diagrams.split_parts(100, 40, 58, 0),
    "split_parts, of weeks": lambda: diagrams.split_parts(15552, 2016, 3168, 12),
    "split_parts, of one row": lambda: diagrams.split_parts(24, 1, 1, 1),
    "walk_forward_folds": lambda: diagrams.walk_forward_folds(13, 5, 3, 1),
    "walk_forward_folds, short": lambda: diagrams.walk_forward_folds(24, 20, 1, 1),
    "dilated_taps": lambda: diagrams.dilated_taps(),
    "dilated_taps, one layer": lambda: diagrams.dilated_taps([1], 3),
    "dilated_taps, with holes": lambda: diagrams.dilated_taps((1, 5), 3),
    "lstm_cell": lambda: diagrams.lstm_cell(),
    "hybrid": lambda: diagrams.hybrid(48, 12, 12, filters=64, units=64),
    "hybrid, large": lambda: diagrams.hybrid(207, 12, 12, filters=128, units=128, features=4),
    "spatio_temporal": lambda: diagrams.spatio_temporal(**SIZES),
    "spatio_temporal, large": lambda: diagrams.spatio_temporal(207, 24, 12, filters=32, units=64),
    "message_passing": lambda: diagrams.message_passing(STATE, WEIGHTS, "c"),
    "message_passing, long names": lambda: diagrams.message_passing(STATIONS, ROAD, "in03"),
    "message_passing, both ways": lambda: diagrams.message_passing([1, 0.5, -3], BOTH_WAYS, 0),
}


@pytest.fixture(params=EXAMPLES)
def example(request):
    return EXAMPLES[request.param]()


def texts(drawing):
    """(words, left, right, top, bottom) of each text, its width estimated."""
    found = []
    for each in ET.fromstring(drawing.svg("")).iter(f"{SVG}text"):
        words, size = "".join(each.itertext()), float(each.get("font-size"))
        width = len(words) * size * (BOLD if each.get("font-weight") else WIDE)
        left = (
            float(each.get("x"))
            - width * ["start", "middle", "end"].index(each.get("text-anchor")) / 2
        )
        base = float(each.get("y"))
        found.append((words, left, left + width, base - 0.75 * size, base + 0.25 * size))
    return found


def words_of(drawing):
    return [words for words, *_ in texts(drawing)]


# Every diagram


def test_it_is_a_picture_that_says_what_it_shows(example):
    drawing, sentence = example
    root = ET.fromstring(drawing.svg(sentence))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == sentence
    assert len(sentence.split()) > 10
    assert sentence.endswith(".")


def test_it_disturbs_neither_the_page_nor_another_drawing(example):
    drawing, sentence = example
    for each in ET.fromstring(drawing.svg(sentence)).iter():
        assert each.tag.removeprefix(SVG) not in ("style", "script", "defs", "foreignObject")
        assert not {"id", "class"} & set(each.attrib)


def test_it_takes_the_colour_of_the_page(example):
    drawing, sentence = example
    translucent = {primitives.BLUE, primitives.ORANGE, primitives.GREEN}
    for each in ET.fromstring(drawing.svg(sentence)).iter():
        if each.tag == f"{SVG}text":
            assert each.get("fill") == "currentColor"
        if each.tag == f"{SVG}rect" and each.get("fill") in translucent:
            assert float(each.get("fill-opacity")) <= 0.3


def test_its_texts_can_be_read(example):
    drawing, sentence = example
    assert drawing.width <= 800
    sizes = re.findall(r'font-size="([\d.]+)"', drawing.svg(sentence))
    assert min(map(float, sizes)) >= 13
    for words, left, right, top, bottom in texts(drawing):
        inside = left >= 0 and right <= drawing.width and top >= 0 and bottom <= drawing.height
        assert inside, words


def test_no_text_lies_on_another(example):
    for one, other in combinations(texts(example[0]), 2):
        _, left, right, top, bottom = one
        _, other_left, other_right, other_top, other_bottom = other
        beside = right <= other_left or other_right <= left
        assert beside or bottom <= other_top or other_bottom <= top, (one[0], other[0])


# The drawing itself


def test_words_and_sentence_are_escaped():
    drawing = Drawing(200, 80)
    drawing.box(100, 40, 150, 40, "a < b & c")
    sentence = 'a is "less" than <b> & c'
    assert ET.fromstring(drawing.svg(sentence)).get("aria-label") == sentence
    assert words_of(drawing) == ["a < b & c"]


def test_a_subscript_is_lowered_and_what_follows_raised_again():
    drawing = Drawing(200, 80)
    drawing.text(100, 40, "F_{i} = W_{ij} S")
    assert words_of(drawing) == ["Fi = Wij S"]
    parts = ET.fromstring(drawing.svg("")).iter(f"{SVG}tspan")
    assert [(part.text, part.get("dy")) for part in parts] == [
        ("i", "4"), (" = W", "-4"), ("ij", "4"), (" S", "-4"),
    ]  # fmt: skip


def test_an_arrow_ends_in_a_head_at_its_last_point():
    drawing = Drawing(100, 100)
    drawing.arrow([(10, 10), (10, 90)])
    (head,) = ET.fromstring(drawing.svg("")).iter(f"{SVG}polygon")
    assert head.get("points").split()[0] == "10,90"


def test_colours_are_those_of_the_figures():
    named = {to_hex(colour) for colour in COLOURS}
    assert {primitives.BLUE, primitives.ORANGE, primitives.GREEN} <= named


def test_numbers_are_written_short():
    numbers = (0.46212, -0.0001, 2.0, -1234.5)
    assert [written(each) for each in numbers] == ["0.462", "0", "2", "-1,230"]


# Chapter 02


@pytest.mark.parametrize("x", [2, -0.7])
def test_slopes_of_two_layers_are_those_of_the_network(x):
    drawing, sentence = diagrams.two_layers(**SAMPLE | {"x": x})
    names = ("w1", "b1", "w2", "b2")
    parameters = [np.array([[SAMPLE[name]]]) for name in names]
    slopes = numpy_network.backward(np.array([[x]]), np.array([[SAMPLE["target"]]]), *parameters)
    for name, slope in zip(names, slopes):
        assert re.search(rf"{name} {re.escape(written(slope.item()))}[,.]", sentence)
        assert written(slope.item()) in words_of(drawing)
    output = numpy_network.forward(np.array([[x]]), *parameters).item()
    assert f"output = {written(output)};" in sentence


def test_two_layers_refuses_what_is_no_small_number():
    with pytest.raises(InputError, match="w1: expected a number of at least -10 and at most 10"):
        diagrams.two_layers(**SAMPLE | {"w1": np.nan})


def test_windows_are_those_of_the_chapter():
    drawing, sentence = diagrams.sliding_window(3, 2, rows=6)
    assert "origin 3: past 0 to 2, future 3 to 4; origin 4: past 1 to 3, future 4 to 5" in sentence
    assert words_of(drawing).count("past") == words_of(drawing).count("future") == 2
    more, sentence = diagrams.sliding_window(3, 2, rows=20)
    assert "gives 16 windows" in sentence
    assert sentence.endswith("and so on.")
    assert words_of(more).count("past") == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0, 2), "lookback: expected a whole number"),
        ((3, 2, 4), "rows: expected a whole number from lookback [+] horizon, 5, to 24"),
        ((20, 10), "rows: .* got 32"),
        ((3, 2, 6, 0), "windows: expected a whole number"),
    ],
)
def test_sliding_window_refuses_what_it_cannot_draw(arguments, said):
    with pytest.raises(InputError, match=said):
        diagrams.sliding_window(*arguments)


@pytest.mark.parametrize("gap", [0, 2])
def test_parts_of_a_split_follow_each_other_and_leave_no_row_out(gap):
    _, sentence = diagrams.split_parts(20, 4, 5, gap)
    covered = []
    for first, last in re.findall(r"(\d+) to (\d+)", sentence):
        covered += range(int(first), int(last) + 1)
    assert covered == list(range(20))
    assert sentence.count("gap") == (2 if gap else 0)


def test_a_split_needs_rows_for_train():
    with pytest.raises(InputError, match="rows: expected more than .*, 13, got 13"):
        diagrams.split_parts(13, 4, 5, 2)


def test_folds_are_those_of_the_library():
    drawing, sentence = diagrams.walk_forward_folds(13, 5, 3, 1)
    folds = walk_forward(13, 5, 3, 1)
    assert sentence.startswith(f"{len(folds)} folds on 13 rows: ")
    for place, (train, test) in enumerate(folds):
        said = f"fold {place} trains on 0 to {train.stop - 1}, gap {train.stop}, "
        assert f"{said}test {test.start} to {test.stop - 1}" in sentence
        assert f"fold {place}" in words_of(drawing)


@pytest.mark.parametrize("rows", [8, 25])
def test_folds_that_cannot_be_drawn(rows):
    with pytest.raises(InputError, match="rows: expected at (least 9|most 24)"):
        diagrams.walk_forward_folds(rows, 5, 3, 1)


# Chapter 03


def test_message_passing_is_one_step_of_propagation():
    drawing, sentence = diagrams.message_passing(STATE, WEIGHTS, "c")
    for name, value in graph.propagate(STATE, WEIGHTS).items():
        assert f"{name}: {written(STATE[name])} becomes {written(value)}" in sentence
    assert "At c arrives 0.5 · 10 + 0.25 · 4 = 6." in sentence
    assert "F(S, A)c = Wca Sa + Wcb Sb" in words_of(drawing)
    assert "a to c 0.5" in sentence


@pytest.mark.parametrize(
    ("state", "weights", "node", "said"),
    [
        (STATE, WEIGHTS, "e", "node: expected one of .* that an edge leads to, got 'e'"),
        ([1, 2], [[0, 1], [0, 0]], 1, "node: expected one of"),
        ([1, np.nan], [[0, 1], [0, 0]], 0, "state: expected finite numbers"),
        (np.ones(6), np.eye(6), 0, "state: expected shape .* with 2 to 5 nodes"),
        (np.ones(3), np.ones((3, 3)), 0, "weights: expected at most 8 edges, .* got 9"),
        (STATE.rename({"a": "aaaaaa"}), WEIGHTS.rename({"a": "aaaaaa"}, axis=0).rename(
            {"a": "aaaaaa"}, axis=1), "c", "weights: expected names of at most 5 letters"),
    ],
)  # fmt: skip
def test_message_passing_refuses_what_it_cannot_draw(state, weights, node, said):
    with pytest.raises(InputError, match=said):
        diagrams.message_passing(state, weights, node)


# Chapter 04


@pytest.mark.parametrize(("dilations", "taps"), [((1, 2, 4, 8), 3), ((1, 5), 3), ((2, 3), 1)])
def test_an_output_sees_as_many_inputs_as_an_impulse_reaches_outputs(dilations, taps):
    impulse = np.zeros((60, 1))
    impulse[0] = 1
    for dilation in dilations:
        impulse = numpy_layers.causal_conv(impulse, np.ones((taps, 1, 1)), dilation)
    reached = np.flatnonzero(impulse)
    _, sentence = diagrams.dilated_taps(dilations, taps)
    assert f"sees {len(reached)} input" in sentence
    assert f"the furthest {reached[-1]} steps back" in sentence


@pytest.mark.parametrize("arguments", [((1, 2, 4, 8, 16), 3), ((), 3), ((1, 0), 3), ((1,), 0)])
def test_dilated_taps_refuses_what_it_cannot_draw(arguments):
    with pytest.raises(InputError, match="^(dilations|taps): expected"):
        diagrams.dilated_taps(*arguments)


def test_the_lstm_has_its_four_parts():
    words = words_of(diagrams.lstm_cell()[0])
    assert {"forget gate", "input gate", "candidate", "output gate", *"figo"} <= set(words)
    assert words.count("σ") == 3
    assert words.count("tanh") == 2


def test_shapes_and_parameters_of_the_hybrid_are_those_of_its_arrays():
    nodes, lookback, horizon, filters, units, taps = 5, 6, 4, 3, 2, 2
    kernel = np.ones((taps, nodes, filters))
    lstm = np.ones((filters, 4 * units)), np.ones((units, 4 * units)), np.ones(4 * units)
    out = np.ones((units, nodes * horizon))
    flat = np.ones((lookback, nodes))
    convolved = numpy_layers.causal_conv(flat, kernel)
    state = numpy_layers.lstm(convolved, *lstm)
    count = kernel.size + filters + sum(each.size for each in lstm) + out.size + nodes * horizon

    drawing, sentence = diagrams.hybrid(nodes, lookback, horizon, filters, units, taps)
    assert f"It has {count} parameters" in sentence
    shown = words_of(drawing)
    for shape in (flat.shape, convolved.shape, (state @ out).shape, (horizon, nodes)):
        assert str(shape) in shown
    assert f"last state {state.shape}" in shown


def test_shapes_and_parameters_of_the_stn_are_those_of_its_arrays():
    nodes, lookback, horizon, filters, units, taps = 5, 6, 4, 3, 2, 2
    dynamic = np.ones((1, filters)), np.ones((1, taps * filters)), np.ones(taps * filters)
    mix, out = np.ones((2 * filters, units)), np.ones((units, horizon))
    own = numpy_layers.dynamic_conv(np.ones((lookback, nodes, 1)), *dynamic)
    both = np.concatenate([own, numpy_layers.local_pooling(own, np.eye(nodes, k=1))], axis=-1)
    newest = (both @ mix)[-1]
    count = sum(each.size for each in (*dynamic, mix, out)) + units + horizon

    drawing, sentence = diagrams.spatio_temporal(nodes, lookback, horizon, filters, units, taps)
    assert f"It has {count} parameters, for any number of nodes." in sentence
    shown = words_of(drawing)
    for shape in (own.shape, both.shape, newest.shape, (newest @ out).shape, (horizon, nodes)):
        assert str(shape) in shown


@pytest.mark.parametrize("draw", [diagrams.hybrid, diagrams.spatio_temporal])
@pytest.mark.parametrize("argument", SIZES)
def test_blocks_need_whole_numbers(draw, argument):
    with pytest.raises(InputError, match=f"{argument}: expected a whole number of at least 1"):
        draw(**SIZES | {argument: 0})
