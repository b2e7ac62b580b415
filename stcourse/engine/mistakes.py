"""Wrong answers as edits of the right one, read from a page of text beside the exercise.

An entry of a page is a line with the name of the mistake and its edit, and below it, indented, the
sentence that a learner is told:

    threshold on the distance: weights < threshold => distances > threshold
        The threshold is held against the distance. It belongs to the weights: small ones go.

What stands before `=>` is replaced wherever the answer has it. `;;` joins several edits, `\\n` is
the end of a line, and a line without `=>`, such as `return inputs`, takes the place of the whole
body.
"""

import ast
import inspect
import py_compile
import re
import sys
import textwrap
from importlib.machinery import SourcelessFileLoader
from pathlib import Path

from stcourse.engine.exercise import Mistake
from stlearn.errors import InputError

ENTRY = re.compile(r"^(?P<name>\S[^:\n]*): (?P<slip>\S.*)\n(?P<sentence>(?:[ \t]+\S.*\n?)+)", re.M)
PAGE = ".mistakes.txt"  # ending of a page, beside the module of its name
HIDDEN = ".hidden"  # ending of a page whose wrong answers are compiled, where solutions are hidden


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
    """Read the page of mistakes of the calling module, the text file of its name beside it.

    Args:
        solution: The reference answer, a function or a class.
        more: Names that wrong answers may use beside those of its module and of the calling one.

    Returns:
        Tuple of Mistake, in the order of the page.

    Raises:
        InputError: If there is no page, or it is not one of this answer.
    """
    caller = inspect.currentframe().f_back.f_globals
    page = Path(caller["__file__"]).with_suffix(PAGE)
    hidden = page.with_suffix(HIDDEN)
    if hidden.exists():  # there the solution has no source text either
        code = SourcelessFileLoader(page.stem, str(hidden)).get_code(page.stem)
    else:
        try:
            code = _compiled(page.read_text(encoding="utf-8"), solution)
        except OSError as error:
            raise InputError(f"{page.name}: {error.strerror}") from None
        except InputError as error:
            raise InputError(f"{page.name}: {error}") from None
    return _made(code, {**_names_beside(solution), **caller, **more})


def mistakes_in(page, solution, **more):
    """Make the mistakes that a page describes.

    Args:
        page: Text of the page.
        solution: The reference answer, a function or a class.
        more: Names that wrong answers may use beside those of the answer's module.

    Returns:
        Tuple of Mistake, in the order of the page.

    Raises:
        InputError: If the page holds anything but entries, names a mistake twice, or has an edit
            that does not fit the answer.
    """
    return _made(_compiled(page, solution), {**_names_beside(solution), **more})


def hide_page(page, solution, place):
    """Compile the wrong answers of a page, so that checks know them and nobody can read them.

    Args:
        page: Path of the page.
        solution: The reference answer, a function or a class.
        place: Folder of the compiled module that reads the page.

    Raises:
        InputError: As `mistakes_in`.
    """
    text = ast.unparse(written_out(page.read_text(encoding="utf-8"), solution))
    hidden = place / f"{page.stem}{HIDDEN}"
    written = place / f"{hidden.name}.py"
    written.write_text(text, encoding="utf-8")
    py_compile.compile(written, hidden, page.stem, doraise=True)
    written.unlink()


def written_out(page, solution):
    """Write the wrong answers of a page in full.

    Args:
        page: Text of the page.
        solution: The reference answer, a function or a class.

    Returns:
        Syntax tree of a module with a function for each mistake, which makes the wrong answer,
        and the list MISTAKES of (name, function, sentence).

    Raises:
        InputError: As `mistakes_in`.
    """
    source = _without_docstring(textwrap.dedent(inspect.getsource(solution)))
    written, listed, names = ast.Module([], []), [], set()
    for entry in _entries(page):
        name, sentence = entry["name"], " ".join(entry["sentence"].split())
        if name in names:
            raise InputError(f"mistake {name!r}: this name stands twice on the page")
        names.add(name)
        text = edited(source, entry["slip"], name)
        if text == source:
            raise InputError(f"mistake {name!r}: its edit changes nothing")
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            raise InputError(f"mistake {name!r}: its edit is no Python, {error.msg}") from None
        make = f"mistake_{len(listed)}"
        # Inside a function of its own, an answer that calls itself calls the wrong one.
        (maker,) = ast.parse(f"def {make}():\n    return {tree.body[0].name}").body
        maker.body[:0] = tree.body
        written.body.append(maker)
        listed.append(f"({name!r}, {make}, {sentence!r})")
    written.body += ast.parse(f"MISTAKES = [{', '.join(listed)}]").body
    return written


def _entries(page):
    rest = ENTRY.sub("", page).split("\n")
    unread = [line for line in rest if line.strip()]
    if unread:
        raise InputError(
            f"page: expected `name: edit` and an indented sentence below it, got {unread[0]!r}"
        )
    return ENTRY.finditer(page)


def _compiled(page, solution):
    return compile(written_out(page, solution), "<page of mistakes>", "exec")


def _names_beside(solution):
    return vars(sys.modules[solution.__module__])


def _made(code, names):
    scope = dict(names)
    exec(code, scope)
    return tuple(Mistake(name, make(), sentence) for name, make, sentence in scope["MISTAKES"])


def _without_docstring(source):
    """The source text of an answer, in which an edit is to find code alone."""
    (answer,) = ast.parse(source).body
    if ast.get_docstring(answer) is None:
        return source
    lines, text = source.splitlines(keepends=True), answer.body[0]
    return "".join(lines[: text.lineno - 1] + lines[text.end_lineno :])


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
