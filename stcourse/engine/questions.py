"""Questions with three answers, read from a page of text.

An entry of a page is a line with the id of the question and its text. Below it stand three
answers, `+` before the right one and `-` before the others, each with an indented sentence: what a
learner is told who chooses it. For the right one that is why it is right.

    9.1: What is half of 8?
    - 16
        That is twice 8.
    + 4
        Two halves of 4 make 8.
    - 3
        3 is half of what is written, not of what it says.

A question may go on over indented lines. Learners see the answers as a, b and c, in this order.
"""

import re
from dataclasses import dataclass

from stlearn.errors import InputError

LETTERS = "abc"
ANSWER = re.compile(r"^(?P<mark>[+-]) (?P<text>.*)\n(?P<sentence>(?:[ \t]+\S.*\n)*)", re.MULTILINE)
ENTRY = re.compile(
    r"^(?P<id>\d+\.\d+): (?P<text>\S.*\n(?:[ \t]+\S.*\n)*)"
    r"(?P<answers>(?:[+-] .*\n(?:[ \t]+\S.*\n)*)*)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Answer:
    """One of a question's answers: its text, whether it is right, and what is told of it."""

    text: str
    right: bool
    sentence: str


@dataclass(frozen=True)
class Question:
    """A question after a section: its id is the section's number, its answers are three."""

    id: str
    text: str
    answers: tuple[Answer, Answer, Answer]


def questions_in(page):
    """Read the questions of a page.

    Args:
        page: Text of the page.

    Returns:
        Tuple of Question, in the order of the page.

    Raises:
        InputError: If the page holds anything but questions, has an id twice, or a question has
            not three different answers, not one right one, or an answer without a sentence of its
            own.

    Example:
        >>> page = "9.1: What is half of 8?\\n- 16\\n  Twice.\\n+ 4\\n  Yes.\\n- 3\\n  No.\\n"
        >>> [answer.right for answer in questions_in(page)[0].answers]
        [False, True, False]
    """
    page = f"{page}\n"
    unread = [line for line in ENTRY.sub("", page).splitlines() if line.strip()]
    if unread:
        raise InputError(f"page: expected `id: question` and answers below it, got {unread[0]!r}")
    found = tuple(map(_question, ENTRY.finditer(page)))
    ids = [question.id for question in found]
    for id in ids:
        if ids.count(id) > 1:
            raise InputError(f"question {id}: it stands {ids.count(id)} times on the page")
    return found


def _question(entry):
    id, text = entry["id"], " ".join(entry["text"].split())
    answers = tuple(
        Answer(one["text"].strip(), one["mark"] == "+", " ".join(one["sentence"].split()))
        for one in ANSWER.finditer(entry["answers"])
    )
    if len(answers) != len(LETTERS):
        raise InputError(f"question {id}: expected {len(LETTERS)} answers, got {len(answers)}")
    right = sum(answer.right for answer in answers)
    if right != 1:
        raise InputError(f"question {id}: expected one right answer, marked by +, got {right}")
    for answer in answers:
        if not answer.sentence:
            raise InputError(f"question {id}: no sentence below the answer {answer.text!r}")
    for part in ("text", "sentence"):
        parts = [getattr(answer, part) for answer in answers]
        for each in parts:
            if parts.count(each) > 1:
                raise InputError(f"question {id}: two answers have the same {part}, {each!r}")
    return Question(id, text, answers)
