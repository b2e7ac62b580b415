"""Pages of mistakes: what an entry makes of the right answer, and what is refused."""

import importlib
import py_compile
import sys

import pytest

from stcourse.engine.mistakes import edited, hide_page, mistake, mistakes_in
from stlearn.errors import InputError

FACTOR = 2


def double(x):
    """Double x, by x + x."""
    doubled = FACTOR * x
    return doubled + 0


def count_down(n):
    return [n, *count_down(n - 1)] if n else []


class Counter:
    """Counts."""

    def __init__(self, start):
        self.count = start

    def next(self):
        self.count += 1
        return self.count

    def copy(self):
        return Counter(self.count)


def only(page, solution=double, **more):
    (found,) = mistakes_in(page, solution, **more)
    return found


def test_an_entry_is_a_name_an_edit_and_a_sentence_over_lines():
    found = only("three: FACTOR => 3\n    Double is\n    not triple.\n")
    assert (found.name, found.sentence) == ("three", "Double is not triple.")
    assert found.answer(5) == 15
    assert double(5) == 10


def test_the_order_of_the_page_is_kept_and_empty_lines_may_stand_between():
    page = "\nb: FACTOR => 3\n    One.\na: FACTOR => 4\n    Two.\n\n\nc: FACTOR => 5\n    Three."
    found = mistakes_in(page, double)
    assert [(each.name, each.answer(1)) for each in found] == [("b", 3), ("a", 4), ("c", 5)]
    assert mistakes_in("", double) == ()


@pytest.mark.parametrize(
    ("slip", "of_five"),
    [
        ("FACTOR => 3 ;; return => return 1 +", 16),  # several edits, one after the other
        ("return x * x", 25),  # in place of the body
        ("x = x + 1; return x", 6),
        (r"doubled = => x = x + 1\n    doubled =", 12),  # two lines
        ("FACTOR * =>", 5),  # nothing in its place
        ("doubled => x", 10),  # everywhere
        ("doubled + 0 => {'a': doubled}", {"a": 10}),  # a colon
        ("FACTOR => FACTOR * (x >= 5)", 10),
    ],
)
def test_edits(slip, of_five):
    assert only(f"slip: {slip}\n    Sentence.\n").answer(5) == of_five


def test_an_edit_finds_code_and_not_the_docstring():
    with pytest.raises(InputError, match="'x [+] x' is not in the answer"):
        only("slip: x + x => x\n    Sentence.\n")


def test_names_beside_the_answer_and_more_are_known():
    assert only("slip: FACTOR => (FACTOR + BIT)\n    Sentence.\n", BIT=0.5).answer(2) == 5
    assert only("slip: FACTOR => len(helper())\n    S.\n", helper=lambda: "abc").answer(2) == 6


def test_a_wrong_answer_that_calls_itself_calls_the_wrong_one():
    found = only("by two: n - 1 => max(n - 2, 0)\n    Each number counts.\n", count_down)
    assert found.answer(5) == [5, 3, 1]


def test_a_class():
    found = only("by two: += 1 => += 2\n    One at a time.\n", Counter)
    assert isinstance(found.answer, type)
    assert found.answer(1).next() == 3
    assert found.answer(1).copy().next() == 3
    assert Counter(1).next() == 2


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("slip: THING => 3\n    S.\n", "mistake 'slip': 'THING' is not in the answer"),
        ("slip: => 3\n    S.\n", "mistake 'slip': '' is not in the answer"),
        ("slip: FACTOR => FACTOR\n    S.\n", "mistake 'slip': its edit changes nothing"),
        ("slip: FACTOR => (3\n    S.\n", "mistake 'slip': its edit is no Python"),
        ("a: FACTOR => 3\n    S.\na: FACTOR => 4\n    T.\n", "mistake 'a': .* stands twice"),
        ("a: FACTOR => 3\nb: FACTOR => 4\n    T.\n", "indented sentence below it, got 'a: FACTOR"),
        ("a: FACTOR => 3\n", "got 'a: FACTOR => 3'"),
        ("A heading\na: FACTOR => 3\n    T.\n", "got 'A heading'"),
        ("    An orphan.\na: FACTOR => 3\n    T.\n", "got '    An orphan.'"),
        ("a: FACTOR => 3\n    T.\n\n    Late.\n", "got '    Late.'"),
    ],
)
def test_what_is_refused(page, sentence):
    with pytest.raises(InputError, match=sentence):
        mistakes_in(page, double)


def test_edited_takes_the_place_of_a_body_or_of_a_part():
    source = "def add(a, b):\n    return a + b\n"
    assert edited(source, "a + b => a - b", "m") == "def add(a, b):\n    return a - b\n"
    assert edited(source, "return 0", "m") == "def add(a, b):\n    return 0\n"
    with pytest.raises(InputError, match="mistake 'm': 'c' is not in the answer"):
        edited(source, "c => b", "m")


def test_a_function_can_be_a_mistake():
    @mistake("squared", "A square is not a double.")
    def squared(x):
        return x * x

    assert (squared.name, squared.sentence) == ("squared", "A square is not a double.")
    assert squared.answer(3) == 9


# Pages in files


@pytest.fixture
def exercise(tmp_path, monkeypatch):
    """Imports a module that reads its page, given the text of both."""

    def imported(text, page=None):
        (tmp_path / "e9_1_double.py").write_text(text)
        if page is not None:
            (tmp_path / "e9_1_double.mistakes.txt").write_text(page)
        importlib.invalidate_caches()
        return importlib.import_module("e9_1_double")

    monkeypatch.syspath_prepend(tmp_path)
    yield imported
    sys.modules.pop("e9_1_double", None)


OWN = "def double(x):\n    return 2 * x\n\ndef zero():\n    return 0\n"
READ = "from stcourse.engine.mistakes import read_mistakes\n"


def test_the_page_lies_beside_the_module_that_reads_it(exercise):
    page = "slip: 2 * x => zero() + bit\n    Nothing: não.\n"
    (found,) = exercise(f"{READ}{OWN}FOUND = read_mistakes(double, bit=1)\n", page).FOUND
    assert (found.answer(9), found.sentence) == (1, "Nothing: não.")


def test_an_answer_may_come_from_another_module(exercise):
    text = f"{READ}from {__name__} import double\nzero = 0\nFOUND = read_mistakes(double)\n"
    (found,) = exercise(text, "slip: * x => + zero\n    Sentence.\n").FOUND
    assert found.answer(9) == FACTOR


def test_no_page_and_a_bad_page_are_named(exercise):
    with pytest.raises(InputError, match="e9_1_double.mistakes.txt: No such file"):
        exercise(f"{READ}{OWN}read_mistakes(double)\n")
    with pytest.raises(InputError, match="e9_1_double.mistakes.txt: mistake 'slip': '3' is not in"):
        exercise(f"{READ}{OWN}read_mistakes(double)\n", "slip: 3 => 4\n    Sentence.\n")


def test_a_hidden_page_gives_the_same_mistakes_without_a_text_of_them(exercise, tmp_path):
    text = f"{READ}{OWN}FOUND = read_mistakes(double)\n"
    slip = "2 * x => 3 * x + zero()"
    shown = exercise(text, f"slip: {slip}\n    Sentence.\n")
    source, page = tmp_path / "e9_1_double.py", tmp_path / "e9_1_double.mistakes.txt"
    hide_page(page, shown.double, tmp_path)
    py_compile.compile(source, source.with_suffix(".pyc"))
    source.unlink()
    page.unlink()
    sys.modules.pop("e9_1_double")
    importlib.invalidate_caches()
    (found,) = importlib.import_module("e9_1_double").FOUND
    assert (found.name, found.answer(3), found.sentence) == ("slip", 9, "Sentence.")
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert {path.suffix for path in files} == {".pyc", ".hidden"}
    assert not any(b"3 * x" in path.read_bytes() for path in files)


TWO_SLIPS = """
three: FACTOR => 3
    Double is not triple.
one more: + 0 => + 1
    Nothing is added.
four: FACTOR * x => 4 * x
    Double is not fourfold.
"""


def test_two_mistakes_of_a_page_can_be_made_at_once():
    page = mistakes_in(TWO_SLIPS, double)[0].page
    made = {pair.name: pair for pair in page.pairs}
    assert {name: pair.answer(5) for name, pair in made.items()} == {
        "three + one more": 16,
        "one more + four": 21,
    }  # three and four are about the same word
    assert made["one more + four"].sentence == (
        "Two things at once. Nothing is added. And the other: Double is not fourfold."
    )


def test_a_hidden_page_gives_the_same_pairs(tmp_path, exercise):
    text = f"{READ}from {__name__} import double\nFOUND = read_mistakes(double)\n"
    shown = exercise(text, TWO_SLIPS).FOUND[0].page.pairs
    hide_page(tmp_path / "e9_1_double.mistakes.txt", double, tmp_path)
    (tmp_path / "e9_1_double.mistakes.txt").unlink()
    sys.modules.pop("e9_1_double")
    hidden = importlib.import_module("e9_1_double").FOUND[0].page.pairs
    assert [(pair.sentence, pair.answer(5)) for pair in hidden] == [
        (pair.sentence, pair.answer(5)) for pair in shown
    ]


def test_a_bad_page_is_not_hidden(tmp_path):
    page = tmp_path / "page.mistakes.txt"
    page.write_text("slip: THING => 3\n    Sentence.\n")
    with pytest.raises(InputError, match="'THING' is not in the answer"):
        hide_page(page, double, tmp_path)
    assert list(tmp_path.iterdir()) == [page]
