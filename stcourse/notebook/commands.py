"""What a learner calls in a notebook: check, mine, ask, hint, solution, progress, resume."""

import html
import itertools
from pathlib import Path

from stcourse.engine.exercise import CourseError
from stcourse.engine.judge import judge
from stcourse.engine.questions import LETTERS
from stcourse.exercises import chapters, find, find_question, of_chapter, questions, source
from stcourse.notebook.display import (
    answered_box,
    box,
    chapter_row,
    code_box,
    question_box,
    show_page,
    verdict_box,
)
from stcourse.notebook.record import (
    add_answered,
    add_last,
    add_passed,
    ids_of,
    raises_verdicts,
    read_answered,
    read_passed,
    token_of,
)

_hints_given = {}
_right = {}  # id: the answer that passed in this session
_told = set()


class NotPassed(Exception):
    """A verdict other than passed, raised where STLEARN_RAISE_VERDICTS is 1 (a test run)."""

    def _render_traceback_(self):
        return [str(self)]


def check(id, answer):
    """Check an answer to an exercise, and show the verdict: passed, not yet, or not right.

    The answer's arguments are copies, it may take a few seconds at most, and whatever it does, the
    notebook goes on. A name that does not exist stops the cell before the check begins: Python
    then says NameError, and the cell that defines the answer has not been run.

    Args:
        id: The exercise, "2.1".
        answer: Your function, class or value.

    Raises:
        CourseError: If there is no such exercise.
        NotPassed: If the verdict is not passed and the variable STLEARN_RAISE_VERDICTS is 1.

    Example:
        >>> from stcourse import check
        >>> check("0.1", ...)  # doctest: +SKIP
        not yet: 0.1 ...
    """
    verdict = judge(find(id), answer)
    if verdict.kind != "passed" and raises_verdicts():
        raise NotPassed(verdict.line)
    if verdict.kind == "passed":
        _right[id] = answer
    show_page(verdict_box(verdict, *_remember(verdict)), verdict.line)


def mine(id, answer, otherwise):
    """Give an answer to go on with once it has passed, and until then what does the same.

    So a chapter uses what you wrote, and goes on where you wrote nothing yet.

    Args:
        id: The exercise, "2.1".
        answer: Your function, class or value.
        otherwise: What stands in for it, mostly the library's own.

    Returns:
        The answer if this very one has passed its check in this session, else `otherwise`.

    Raises:
        CourseError: If there is no such exercise.

    Example:
        >>> from stcourse import mine
        >>> mine("2.1", lambda inputs, weights, bias: 0, otherwise=max).__name__
        From here on the course's own stands in for 2.1, until yours has passed.
        'max'
    """
    exercise = find(id)
    if id in _right and _right[id] is answer:
        print(f"From here on your own answer to {exercise.id} is used.")
        return answer
    print(f"From here on the course's own stands in for {exercise.id}, until yours has passed.")
    return otherwise


def _remember(verdict):
    """Add a passed exercise to the progress; give the sentences that were not told before."""
    exercise = verdict.exercise
    note = add_passed([exercise.id]) if verdict.kind == "passed" else ""
    named = (each.name for each in exercise.mistakes if each.sentence == verdict.diagnosis)
    return _not_told(note, add_last(exercise.id, verdict.kind, next(named, "")))


def _not_told(*notes):
    """Those of the sentences that were not told before."""
    new = set(notes) - _told - {""}
    _told.update(new)
    return new


def ask(id, answer=None):
    """Ask the question after a section, or say whether an answer to it is right.

    Choose as often as you like; `progress` counts the questions that you answered right.

    Args:
        id: Number of the section, "2.4".
        answer: "a", "b" or "c"; the question is shown when not given.

    Raises:
        CourseError: If there is no such question or no such answer.

    Example:
        >>> from stcourse import ask
        >>> ask("2.4", "b")  # doctest: +SKIP
        not right: 2.4 b) ...
    """
    question = find_question(id)
    if answer is None:
        show_page(question_box(question), _question_lines(question))
        return
    if not isinstance(answer, str) or answer not in tuple(LETTERS):
        raise CourseError(f'answer: expected "a", "b" or "c", got {answer!r}')
    chosen = question.answers[LETTERS.index(answer)]
    note = add_answered([id]) if chosen.right else ""
    kind = "right" if chosen.right else "not right"
    line = f"{kind}: {id} {answer}) {chosen.sentence}"
    show_page(answered_box(question, answer, *_not_told(note)), line)


def _question_lines(question):
    answers = (f"  {letter}) {each.text}" for letter, each in zip(LETTERS, question.answers))
    how = f'To answer: ask("{question.id}", "a"), or "b", or "c".'
    return "\n".join([f"Question {question.id}: {question.text}", *answers, how])


def hint(id):
    """Show the next hint of an exercise; after the last one, the last again.

    Args:
        id: The exercise, "2.1".

    Raises:
        CourseError: If there is no such exercise.
    """
    exercise = find(id)
    number = min(_hints_given.get(id, 0) + 1, len(exercise.hints))
    _hints_given[id] = number
    title = f"Hint {number} of {len(exercise.hints)}: {exercise.id} {exercise.title}"
    text = exercise.hints[number - 1]
    more = f'The solution: <code>solution("{id}")</code>' if number == len(exercise.hints) else ""
    show_page(box("note", title, html.escape(text), more), f"{title}: {text}")


def solution(id):
    """Show the reference solution of an exercise; other solutions may be as right.

    Args:
        id: The exercise, "2.1".

    Raises:
        CourseError: If there is no such exercise.
    """
    exercise = find(id)
    text = source(exercise)
    show_page(code_box(f"One solution: {exercise.id} {exercise.title}", text), text)


def progress():
    """Show the map of chapters and exercises, what you have passed, and your token.

    Copy the token out before a session ends that keeps no files; `resume` brings it back. It holds
    the exercises; questions that were answered right are kept in this folder alone.
    """
    (passed, note), (answered, _) = read_passed(), read_answered()
    known = [of_chapter(chapter) for chapter in chapters()]
    token = f'resume("{token_of(passed)}")'
    lines = [_chapter_lines(each, passed, answered) for each in known]
    rows = [
        _row(list(exercises), passed, answered)
        for _, exercises in itertools.groupby(itertools.chain(*known), _notebook)
    ]
    elsewhere = f"To go on elsewhere: {token}"
    how = f"✓ passed, ○ open. To go on elsewhere: <code>{token}</code>"
    text = "\n".join("\n  ".join(each) for each in [*lines, [elsewhere], [note]])
    show_page(box("note", "Your progress", *rows, how, html.escape(note)), text.strip())


def _notebook(exercise):
    """Number of the notebook that an exercise stands in: "02", "06a"."""
    return f"{int(exercise.id.split('.')[0]):02d}{exercise.part}"


def _row(exercises, passed, answered):
    """HTML of the exercises of one notebook, with a link where it lies in this folder."""
    number = _notebook(exercises[0])
    files = sorted(path.name for path in Path.cwd().glob(f"{number}_*.ipynb"))
    whole = [name for name in files if name.count(".") == 1]  # `stlearn lab` may leave newer ones
    address = whole[0] if whole else ""
    name = address.removesuffix(".ipynb").replace("_", " ") or f"Chapter {number}"
    states = [(f"{exercise.id} {exercise.title}", exercise.id in passed) for exercise in exercises]
    return chapter_row(name, address, states, _questions_said(exercises[0], answered))


def _chapter_lines(exercises, passed, answered):
    """A heading with the count, and a line for each exercise of a chapter."""
    done = [exercise.id in passed for exercise in exercises]
    counts = [f"{sum(done)} of {len(done)} passed", _questions_said(exercises[0], answered)]
    said = ", ".join(filter(None, counts))
    heading = f"Chapter {exercises[0].id.split('.')[0]}: {said}"
    marks = ("✓ passed" if one else "· open" for one in done)
    return [heading, *(f"{mark} {_place(e)}" for mark, e in zip(marks, exercises))]


def _questions_said(exercise, answered):
    """How many questions of an exercise's chapter were answered right; "" where it has none."""
    ids = [question.id for question in questions(int(exercise.id.split(".")[0]))]
    return f"{len(answered.intersection(ids))} of {len(ids)} questions right" if ids else ""


def _place(exercise):
    """Id and title, with the notebook of a chapter in parts: "6.1 When to leave (6a)"."""
    chapter = exercise.id.split(".")[0]
    where = f" ({chapter}{exercise.part})" if exercise.part else ""
    return f"{exercise.id} {exercise.title}{where}"


def resume(token):
    """Bring back the progress that a token holds; what has passed here stays passed.

    Args:
        token: Text that `progress()` showed.

    Raises:
        CourseError: If the token is mistyped or incomplete.
    """
    ids = ids_of(token)
    new = len(ids - read_passed()[0])
    note = add_passed(ids)
    line = f"{len(ids)} passed exercises in the token, {new} of them new here."
    show_page(box("note", line, html.escape(note)), " ".join(filter(None, [line, note])))
