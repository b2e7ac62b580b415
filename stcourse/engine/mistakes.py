"""Wrong answers as edits of the right one, read from a page of text beside the exercise.

An entry of a page is a line with the name of the mistake and its edit, and below it, indented, the
sentence that a learner is told:

    threshold on the distance: weights < threshold => distances > threshold
        The threshold is held against the distance. It belongs to the weights: small ones go.

`;;` joins several edits, `\\n` stands for the end of a line, and a line without `=>`, such as
`return inputs`, takes the place of the whole body.
"""

import inspect
import re
import sys
import textwrap
from pathlib import Path

from stcourse.engine.exercise import Mistake
from stlearn.errors import InputError

ENTRY = re.compile(r"^(?P<name>\S[^:\n]*): (?P<slip>.+)\n(?P<sentence>(?:[ \t]+\S.*\n?)+)", re.M)


def mistake(name, sentence):
    """Make a mistake of a function that is no edit of the right answer.

    Args:
        name: The mistake in a few words.
        sentence: What a learner is told.

    Returns:
        Decorator that turns the wrong answer into a Mistake.

    Example:
        >>> @mistake("squared", "A square is not a double.")
        ... def squared(x):
        ...     return x * x
        >>> squared.answer(3)
        9
    """
    return lambda answer: Mistake(name, answer, sentence)


def read_mistakes(solution, **more):
    """Read the page of mistakes of an exercise: the file of its module's name that ends in .txt.

    Args:
        solution: The reference answer, a function or a class of the exercise's module.
        more: Names that wrong answers may use beside those of the module.

    Returns:
        Tuple of Mistake, in the order of the page.

    Raises:
        InputError: If there is no page, or an entry is no edit of the answer.
    """
    module = sys.modules[solution.__module__]
    page = Path(module.__file__).with_suffix(".txt")
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{page.name}: {error.strerror}") from None
    return mistakes_in(text, solution, **more)


def mistakes_in(page, solution, **more):
    """Make the mistakes that a page describes.

    Args:
        page: Text of the page.
        solution: The reference answer, a function or a class.
        more: Names that wrong answers may use beside those of the answer's module.

    Returns:
        Tuple of Mistake, in the order of the page.

    Raises:
        InputError: If the page holds anything but entries, or an edit does not fit the answer.
    """
    rest = ENTRY.sub("", page).strip()
    if rest:
        raise InputError(f"page: expected entries alone, got {rest.splitlines()[0]!r}")
    source = textwrap.dedent(inspect.getsource(solution))
    scope = {**vars(sys.modules[solution.__module__]), **more}
    found = []
    for entry in ENTRY.finditer(page):
        text = edited(source, entry["slip"], entry["name"])
        here = dict(scope)
        exec(compile(text, f"<{entry['name']}>", "exec"), here)
        sentence = " ".join(entry["sentence"].split())
        found.append(Mistake(entry["name"], here[solution.__name__], sentence))
    return tuple(found)


def edited(source, slip, name):
    """Make a slip in the source text of an answer.

    Args:
        source: Text of a function or a class.
        slip: Edits `old => new`, joined by `;;`, or one statement in place of a function's body.
        name: Name of the mistake, for the error.

    Returns:
        The changed text.

    Raises:
        InputError: If what is to be replaced is not there.

    Example:
        >>> print(edited("def double(x):\\n    return 2 * x\\n", "2 * x => x * x", "squared"))
        def double(x):
            return x * x
        <BLANKLINE>
    """
    slip = slip.replace("\\n", "\n")
    if "=>" not in slip:
        signature = source[: source.index(":\n") + 2]
        return f"{signature}    {slip}\n"
    for edit in slip.split(" ;; "):
        old, _, new = (part.strip(" ") for part in edit.partition("=>"))
        if not old or old not in source:
            raise InputError(f"mistake {name!r}: {old!r} is not in the answer")
        source = source.replace(old, new)
    return source
