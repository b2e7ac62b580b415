"""The exercises of the chapters, found by their id; a chapter is imported when it is needed.

Folders `ch00` to `ch07`, one a chapter: a module an exercise, its page of mistakes beside it, and a
page of the questions after its sections.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from pathlib import Path

from stcourse.engine.exercise import CourseError
from stcourse.engine.questions import questions_in
from stlearn.errors import InputError

NUMBERED = re.compile(r"e\d+_\d+_")  # how the module of an exercise begins: chapter, number
QUESTIONS = "questions.txt"  # name of a chapter's page of questions, in its folder
NAME = re.compile(r"([0-9]{2})([a-z]?)_")  # how a notebook's name begins: chapter, part


def chapters():
    """Numbers of the chapters that have exercises, in order.

    Example:
        >>> chapters()[0]
        0
    """
    names = (module.name for module in pkgutil.iter_modules(__path__))
    found = (re.fullmatch(r"ch(\d\d)", name) for name in names)
    return sorted(int(match[1]) for match in found if match)


def of_chapter(chapter):
    """The exercises of a chapter, in order.

    Args:
        chapter: Number of a chapter that has exercises.

    Returns:
        Tuple of exercises.

    Example:
        >>> [exercise.id for exercise in of_chapter(0)]
        ['0.1']
    """
    return tuple(module.EXERCISE for module in modules(chapter))


def modules(chapter):
    """The modules of a chapter's exercises, in order: e3_4_propagate is that of exercise 3.4.

    Args:
        chapter: Number of a chapter that has exercises.

    Returns:
        List of modules, each with its EXERCISE.

    Example:
        >>> [module.EXERCISE.id for module in modules(3)][:2]
        ['3.1', '3.2']
    """
    package = importlib.import_module(f"{__name__}.ch{chapter:02d}")
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    numbered = sorted((int(name.split("_")[1]), name) for name in names if NUMBERED.match(name))
    return [importlib.import_module(f"{package.__name__}.{name}") for _, name in numbered]


def of_notebook(name):
    """The exercises that belong in a notebook: those of its chapter and part, in order.

    Args:
        name: Name of the notebook, "02_feed_forward_networks" or "06a_roads".

    Returns:
        Tuple of exercises; empty for a name of another kind.

    Example:
        >>> [exercise.id for exercise in of_notebook("00_start_here")]
        ['0.1']
    """
    named = NAME.match(name)
    if not named or int(named[1]) not in chapters():
        return ()
    known = of_chapter(int(named[1]))
    return tuple(exercise for exercise in known if exercise.part == named[2])


def find(id):
    """The exercise of an id.

    Args:
        id: Chapter and number as text, "2.1".

    Returns:
        Exercise.

    Raises:
        CourseError: If there is none; the sentence names the nearest.

    Example:
        >>> find("0.1").id
        '0.1'
    """
    if not isinstance(id, str):
        raise CourseError(f'id: expected text such as "2.1", got {id!r}')
    chapter = re.match(r"(\d+)\.", id)
    if chapter and int(chapter[1]) in chapters():
        known = of_chapter(int(chapter[1]))
        exact = [exercise for exercise in known if exercise.id == id]
        if exact:
            return exact[0]
    ids = [exercise.id for number in chapters() for exercise in of_chapter(number)]
    nearest = f"; the nearest is {_nearest(id, ids)!r}" if ids else ""
    raise CourseError(f"id: there is no exercise {id!r}{nearest}")


def questions(chapter):
    """The questions after the sections of a chapter, in order.

    Args:
        chapter: Number of a chapter that has exercises.

    Returns:
        Tuple of questions; empty for a chapter without a page of them.

    Raises:
        InputError: If the page has a fault.

    Example:
        >>> [question.id for question in questions(2)][:2]
        ['2.1', '2.2']
    """
    page = Path(__path__[0]) / f"ch{chapter:02d}" / QUESTIONS
    if not page.exists():
        return ()
    try:
        return questions_in(page.read_text(encoding="utf-8"))
    except InputError as error:
        raise InputError(f"{page.parent.name}/{page.name}: {error}") from None


def find_question(id):
    """The question of an id.

    Args:
        id: Number of a section as text, "2.4".

    Returns:
        Question.

    Raises:
        CourseError: If there is none; the sentence names the nearest.

    Example:
        >>> len(find_question("2.4").answers)
        3
    """
    if not isinstance(id, str):
        raise CourseError(f'id: expected text such as "2.4", got {id!r}')
    known = {each.id: each for chapter in chapters() for each in questions(chapter)}
    if id not in known:
        raise CourseError(
            f"id: there is no question {id!r}; the nearest is {_nearest(id, known)!r}"
        )
    return known[id]


def _nearest(id, ids):
    """The id that was probably meant: of the same chapter if there is one, and near in number."""
    named = re.search(r"0?(\d)\D*(\d+)?", id)
    chapter, number = (int(part or 1) for part in named.groups()) if named else (0, 1)
    places = {known: tuple(map(int, known.split("."))) for known in ids}
    return min(
        ids, key=lambda known: (abs(places[known][0] - chapter), abs(places[known][1] - number))
    )


def source(exercise):
    """Source text of an exercise's reference solution: its def, class or assignment.

    Args:
        exercise: Exercise of a chapter.

    Returns:
        Text without a newline at the end.

    Raises:
        CourseError: If the solutions are hidden, as a teacher may choose in a workshop.

    Example:
        >>> source(find("0.1")).split()[0]
        'def'
    """
    solution = exercise.solution
    chapter = int(exercise.id.split(".")[0])
    module = next(module for module in modules(chapter) if module.EXERCISE is exercise)
    try:
        text = inspect.getsource(module)
    except OSError:  # a workshop that hides them has the exercises without their source text
        raise CourseError("solutions are hidden in this workshop; ask your teacher") from None
    if inspect.isroutine(solution) or inspect.isclass(solution):
        return textwrap.dedent(inspect.getsource(solution)).rstrip()
    for statement in ast.parse(text).body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and vars(module)[target.id] is solution:
            return ast.get_source_segment(text, statement)
    raise CourseError(f"exercise {exercise.id}: its solution has no name in {module.__name__}")
