"""Questions after a section: what a page holds, what is refused, and the course's own pages."""

import pytest

from stcourse import exercises
from stcourse.engine.questions import LETTERS, questions_in
from stlearn.errors import InputError

HALF = """9.1: What is
    half of 8?
- 16
    That is twice 8.
+ 4
    Two halves of 4
    make 8.
- 3
    A look, not a half.
"""
ALL = [each for chapter in exercises.chapters() for each in exercises.questions(chapter)]


def right_letter(question):
    return LETTERS[[answer.right for answer in question.answers].index(True)]


def test_a_page_holds_questions_in_order_and_lines_may_go_on():
    first, second = questions_in(f"\n{HALF}\n\n{HALF.replace('9.1', '9.2').rstrip()}")
    assert (first.id, second.id) == ("9.1", "9.2")
    assert first.text == "What is half of 8?"
    assert first.answers == second.answers
    assert [answer.text for answer in first.answers] == ["16", "4", "3"]
    assert [answer.right for answer in first.answers] == [False, True, False]
    assert first.answers[1].sentence == "Two halves of 4 make 8."
    assert questions_in("") == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("9.1: ", "", "page: expected `id: question` and answers below it, got 'What is'"),
        ("9.1: ", "nine: ", "page: expected `id: question`.*got 'nine: What is'"),
        ("- 3\n", "", r"question 9.1: expected 3 answers, got 2"),
        ("- 3\n", "- 5\n    No.\n- 3\n", r"question 9.1: expected 3 answers, got 4"),
        ("- 3\n", "+ 3\n", r"question 9.1: expected one right answer, marked by \+, got 2"),
        ("+ 4\n", "- 4\n", r"question 9.1: expected one right answer, marked by \+, got 0"),
        ("    That is twice 8.\n", "", "question 9.1: no sentence below the answer '16'"),
        ("- 3\n", "- 4\n", "question 9.1: two answers have the same text, '4'"),
        ("A look, not a half.", "That is twice 8.", "question 9.1: two answers have the same sent"),
        ("- 3\n", "* 3\n", r"page: expected .*, got '\* 3'"),
    ],
)
def test_a_fault_of_a_page_is_told_in_one_sentence(old, new, told):
    assert HALF.count(old) == 1
    with pytest.raises(InputError, match=f"^{told}") as raised:
        questions_in(HALF.replace(old, new))
    assert "\n" not in str(raised.value)


def test_an_id_stands_once_on_a_page():
    with pytest.raises(InputError, match="question 9.1: it stands 2 times on the page"):
        questions_in(f"{HALF}\n{HALF}")


# The pages of the course


def test_each_page_holds_its_own_chapter_in_order():
    for chapter in exercises.chapters():
        places = [tuple(map(int, each.id.split("."))) for each in exercises.questions(chapter)]
        assert places == [(chapter, number + 1) for number in range(len(places))]


def test_a_faulty_page_is_named(tmp_path, monkeypatch):
    (tmp_path / "ch02").mkdir()
    (tmp_path / "ch02" / exercises.QUESTIONS).write_text(HALF.replace("+", "-"))
    monkeypatch.setattr(exercises, "__path__", [str(tmp_path)])
    with pytest.raises(InputError, match="^ch02/questions.txt: question 9.1: expected one right"):
        exercises.questions(2)
    assert exercises.questions(1) == ()


def test_chapters_02_to_05_have_questions():
    assert {int(each.id.split(".")[0]) for each in ALL} >= {2, 3, 4, 5}


def test_sentences_are_all_different_and_are_sentences():
    sentences = [answer.sentence for each in ALL for answer in each.answers]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") for sentence in sentences)
    assert all(each.text.endswith("?") for each in ALL)


@pytest.mark.parametrize("chapter", [2, 3, 4, 5])
def test_the_right_answer_is_found_by_no_habit(chapter):
    """Neither its letter nor its length gives it away."""
    asked = exercises.questions(chapter)
    letters = [right_letter(each) for each in asked]
    for letter in LETTERS:
        assert 0.2 <= letters.count(letter) / len(letters) <= 0.5
    lengths = [[len(answer.text) for answer in each.answers] for each in asked]
    right = [size[LETTERS.index(letter)] for size, letter in zip(lengths, letters)]
    for extreme in (min, max):
        found = sum(size == extreme(sizes) for size, sizes in zip(right, lengths))
        assert found <= 0.6 * len(asked)


# Found by their id


def test_a_question_is_found_by_its_id():
    assert [exercises.find_question(each.id) for each in ALL] == ALL


@pytest.mark.parametrize(
    ("id", "told"),
    [
        ("2.99", "id: there is no question '2.99'; the nearest is '2.10'"),
        ("9.1", "id: there is no question '9.1'; the nearest is '7.1'"),
        ("nonsense", "id: there is no question 'nonsense'; the nearest is"),
        (2.4, 'id: expected text such as "2.4", got 2.4'),
        (None, 'id: expected text such as "2.4", got None'),
    ],
)
def test_an_unknown_id_names_the_nearest(id, told):
    with pytest.raises(InputError, match=f"^{told}"):
        exercises.find_question(id)
