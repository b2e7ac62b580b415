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
import contextlib
import functools
import inspect
import itertools
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
PAIRS = ".pairs.hidden"  # ending of the file of its pairs there


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
    names = {**_names_beside(solution), **caller, **more}
    hidden = page.with_suffix(HIDDEN)
    if hidden.exists():  # there the solution has no source text either
        return _made(_loaded(hidden), names, lambda: _loaded(page.with_suffix(PAIRS)))
    try:
        return _of_page(page.read_text(encoding="utf-8"), solution, names)
    except OSError as error:
        raise InputError(f"{page.name}: {error.strerror}") from None
    except InputError as error:
        raise InputError(f"{page.name}: {error}") from None


def _loaded(hidden):
    return SourcelessFileLoader(hidden.stem, str(hidden)).get_code(hidden.stem)


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
    return _of_page(page, solution, {**_names_beside(solution), **more})


def hide_page(page, solution, place):
    """Compile the wrong answers of a page, and its pairs: checks know them, nobody can read them.

    Args:
        page: Path of the page.
        solution: The reference answer, a function or a class.
        place: Folder of the compiled module that reads the page.

    Raises:
        InputError: As `mistakes_in`.
    """
    text = page.read_text(encoding="utf-8")
    pairs = _pairs_written_out(text, solution)
    for tree, ending in ((written_out(text, solution), HIDDEN), (pairs, PAIRS)):
        hidden = place / f"{page.stem}{ending}"
        written = place / f"{hidden.name}.py"
        written.write_text(ast.unparse(tree), encoding="utf-8")
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
    source = _source(solution)
    written, listed, names = ast.Module([], []), [], set()
    for entry in _entries(page):
        name, sentence = entry["name"], " ".join(entry["sentence"].split())
        if name in names:
            raise InputError(f"mistake {name!r}: this name stands twice on the page")
        names.add(name)
        text = edited(source, entry["slip"], name)
        if text == source:
            raise InputError(f"mistake {name!r}: its edit changes nothing")
        make = f"mistake_{len(listed)}"
        try:
            written.body.append(_maker(make, text))
        except SyntaxError as error:
            raise InputError(f"mistake {name!r}: its edit is no Python, {error.msg}") from None
        listed.append(f"({name!r}, {make}, {sentence!r})")
    written.body += ast.parse(f"MISTAKES = [{', '.join(listed)}]").body
    return written


def _maker(name, text):
    """A function that makes an answer: inside of it, one that calls itself calls the wrong one."""
    tree = ast.parse(text)
    (maker,) = ast.parse(f"def {name}():\n    return {tree.body[0].name}").body
    maker.body[:0] = tree.body
    return maker


def _pairs_written_out(page, solution):
    """Write the answers that make two mistakes of a page at once.

    Syntax tree of a module with a function for each, which makes the answer, and the list PAIRS
    of (number of one mistake, number of the other, function).
    """
    source = _source(solution)
    slips = [entry["slip"] for entry in _entries(page)]
    known = {source, *(edited(source, slip, "") for slip in slips)}
    written, listed = ast.Module([], []), []
    for pair in itertools.combinations(range(len(slips)), 2):
        make = f"pair_{len(listed)}"
        for first, second in (pair, pair[::-1]):
            with contextlib.suppress(InputError, SyntaxError):  # both are about the same words
                text = edited(edited(source, slips[first], ""), slips[second], "")
                if text not in known:
                    compile(text, make, "exec")
                    written.body.append(_maker(make, text))
                    listed.append(f"(*{pair}, {make})")
                    known.add(text)
                    break
    written.body += ast.parse(f"PAIRS = [{', '.join(listed)}]").body
    return written


def _source(solution):
    return _without_docstring(textwrap.dedent(inspect.getsource(solution)))


def _entries(page):
    rest = ENTRY.sub("", page).split("\n")
    unread = [line for line in rest if line.strip()]
    if unread:
        raise InputError(
            f"page: expected `name: edit` and an indented sentence below it, got {unread[0]!r}"
        )
    return ENTRY.finditer(page)


def _of_page(page, solution, names):
    def pairs():
        return compile(_pairs_written_out(page, solution), "<two at once>", "exec")

    return _made(compile(written_out(page, solution), "<page of mistakes>", "exec"), names, pairs)


def _names_beside(solution):
    return vars(sys.modules[solution.__module__])


class Page:
    """What the mistakes of a page share: any two of them can be made at once.

    Args:
        names: What wrong answers may use.
        code_of_pairs: Function that gives a compiled module with the list PAIRS.
    """

    def __init__(self, names, code_of_pairs):
        self.names, self.code_of_pairs = names, code_of_pairs
        self.mistakes = ()

    @functools.cached_property
    def pairs(self):
        """Mistakes, each of them two of the page."""
        scope = dict(self.names)
        exec(self.code_of_pairs(), scope)
        return tuple(
            Mistake(
                f"{self.mistakes[one].name} + {self.mistakes[other].name}",
                make(),
                f"Two things at once. {self.mistakes[one].sentence} "
                f"And the other: {self.mistakes[other].sentence}",
            )
            for one, other, make in scope["PAIRS"]
        )


def _made(code, names, code_of_pairs):
    scope = dict(names)
    exec(code, scope)
    page = Page(scope, code_of_pairs)
    page.mistakes = tuple(
        Mistake(name, make(), sentence, page) for name, make, sentence in scope["MISTAKES"]
    )
    return page.mistakes


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
