"""Derive what learners open, chapters/, from what authors write, solutions/.

A solution cell holds one function, class or assignment. The learner gets its signature and its
docstring, and in place of the body `...`. Ids of cells are kept; outputs are cleared.
"""

import ast
import contextlib
import copy
import itertools
import re

from stcourse import exercises
from stcourse.authoring.notebooks import (
    ANSWER,
    CHECK,
    METADATA,
    SOLUTION,
    as_text,
    checked_id,
    exercise_id,
    notebooks_in,
    read,
    run,
    tags,
    write,
)
from stlearn.errors import InputError

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
YOUR_CODE = "# Your code here."


def starter(source):
    """What a learner gets in place of a solution.

    Args:
        source: One function, class or assignment, perhaps with comments above it.

    Returns:
        The same signature, decorators, docstring and comments above, with `...` for a body. The
        `__init__` of a class is kept, because the learner needs its attributes.

    Raises:
        InputError: If the source holds anything else, or more.

    Example:
        >>> from stcourse.authoring.build import starter
        >>> print(starter("def double(x):\\n    '''Twice x.'''\\n    return 2 * x"))
        def double(x):
            '''Twice x.'''
            # Your code here.
            return ...
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise InputError(f"line {error.lineno} is no Python: {error.msg}") from None
    if len(statements) != 1:
        raise InputError(
            f"expected one function, class or assignment, got {len(statements)} statements"
        )
    statement, lines = statements[0], source.splitlines()
    if isinstance(statement, FUNCTIONS):
        result = _headless(statement, lines, 0)
    elif isinstance(statement, ast.ClassDef):
        result = _class_starter(statement, lines)
    elif _target(statement):
        result = [*lines[: statement.lineno - 1], YOUR_CODE, f"{_target(statement)} = ..."]
    else:
        raise InputError(
            "expected a function, a class or an assignment to one name, "
            f"got {ast.unparse(statement).splitlines()[0]}"
        )
    return "\n".join(result)


def derive(notebook):
    """The chapter that learners open, from the notebook with the solutions.

    Args:
        notebook: Notebook with solutions; not changed.

    Returns:
        Notebook with starters in place of solutions, and without outputs.

    Raises:
        InputError: If a solution has no starter: which cell, and why.

    Example:
        >>> import nbformat
        >>> from stcourse.authoring.build import derive
        >>> cell = nbformat.v4.new_code_cell("answer = 6 * 7", metadata={"tags": ["solution"]})
        >>> print(derive(nbformat.v4.new_notebook(cells=[cell])).cells[0].source)
        # Your code here.
        answer = ...
    """
    chapter = copy.deepcopy(notebook)
    chapter.metadata = copy.deepcopy(METADATA)
    for cell in chapter.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        if SOLUTION in tags(cell):
            try:
                cell.source = starter(cell.source)
            except InputError as error:
                raise InputError(f"cell {cell.id}: {error}") from None
            cell.metadata["tags"] = sorted(tags(cell) - {SOLUTION} | {ANSWER})
    return chapter


def build(root, execute=False, say=print):
    """Write chapters/ from solutions/.

    Args:
        root: Folder that holds solutions/.
        execute: Run the solutions first, and store their outputs.
        say: Told one line a chapter.

    Raises:
        InputError: If there are no solutions, or one of them fails: which, and where.
    """
    for path in _solutions(root):
        with _named(path):
            notebook = read(path)
            if execute:
                cost = run(notebook)
                write(path, tidied(notebook))
            write(root / "chapters" / path.name, derive(notebook))
        measured = f": {cost.seconds:.0f} s, {cost.gigabytes:.2f} GB" if execute else ""
        say(f"chapters/{path.name}{measured}")


def tidied(notebook):
    """An executed notebook without what differs from run to run; changed in place.

    Args:
        notebook: Notebook with outputs.

    Raises:
        InputError: If a cell wrote to standard error, as warnings do.

    Example:
        >>> import nbformat
        >>> from stcourse.authoring.build import tidied
        >>> output = nbformat.v4.new_output("stream", text="<function f at 0x7f01>")
        >>> cell = nbformat.v4.new_code_cell("print(f)", outputs=[output])
        >>> tidied(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs[0].text
        '<function f>'
    """
    notebook.metadata = copy.deepcopy(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        cell_outputs = cell.get("outputs", [])
        for before, output in reversed(list(itertools.pairwise(cell_outputs))):
            if "name" in before and before.get("name") == output.get("name"):
                before.text += output.text  # the kernel sends a stream in pieces as it likes
                cell_outputs.remove(output)
        for output in cell_outputs:
            if output.get("name") == "stderr":
                line = output.text.strip().splitlines()[0]
                raise InputError(f"cell {cell.id} wrote to standard error: {line}")
            if "text" in output:
                output.text = _without_addresses(output.text)
            for kind, value in output.get("data", {}).items():
                if isinstance(value, str) and kind.startswith("text/"):
                    output.data[kind] = _without_addresses(value)
    return notebook


def differences(root):
    """What is wrong between solutions/, chapters/ and the exercises, a sentence each.

    Args:
        root: Folder that holds solutions/ and chapters/.

    Returns:
        List of sentences that name notebook and cell; empty when all agree.

    Raises:
        InputError: If there are no solutions.
    """
    found, expected = [], _solutions(root)
    for path in expected:
        stored = root / "chapters" / path.name
        try:
            notebook = read(path)
            found += [f"solutions/{path.name}: {problem}" for problem in _wrong_cells(notebook)]
            chapter = derive(notebook)
        except InputError as error:
            found.append(f"solutions/{path.name}: {error}")
            continue
        if not stored.is_file():
            found.append(f"chapters/{path.name} is missing")
        elif stored.read_text(encoding="utf-8") != as_text(chapter):
            found.append(f"chapters/{path.name}: {_first_difference(stored, chapter)}")
    strays = {path.name for path in (root / "chapters").glob("*.ipynb")}
    for name in sorted(strays - {path.name for path in expected}):
        found.append(f"chapters/{name} has no source in solutions/")
    return found


def _wrong_cells(notebook):
    """Sentences on solution and check cells that do not fit the exercises."""
    seen = {SOLUTION: [], CHECK: []}
    for cell in notebook.cells:
        for tag in seen.keys() & tags(cell):
            name = exercise_id(cell)
            if name is None:
                yield f"cell {cell.id} is tagged {tag} and names no exercise"
                continue
            try:
                exercise = exercises.find(name)
            except InputError as error:
                yield f"cell {cell.id}: {error}"
                continue
            if name in seen[tag]:
                yield f"cell {cell.id}: exercise {name} has a second {tag} cell"
            seen[tag].append(name)
            if tag == SOLUTION and _statement_text(cell.source) != exercises.source(exercise):
                yield f"cell {cell.id} differs from the reference solution of exercise {name}"
            if tag == CHECK and checked_id(cell.source) != name:
                yield f"cell {cell.id} checks {checked_id(cell.source)}, expected {name}"
    for name in seen[SOLUTION]:
        if name not in seen[CHECK]:
            yield f"exercise {name} has no {CHECK} cell"
    for name in seen[CHECK]:
        if name not in seen[SOLUTION]:
            yield f"exercise {name} has no {SOLUTION} cell"


def _statement_text(source):
    """A solution without the remarks above it."""
    lines = source.rstrip().splitlines()
    while lines and _is_remark(lines[0]):
        lines.pop(0)
    return "\n".join(lines)


def _first_difference(stored, chapter):
    """Where a stored chapter first differs from the one that would be derived."""
    hint = "run stlearn build"
    try:
        found = read(stored)
    except InputError as error:
        return str(error)
    if [cell.id for cell in found.cells] != [cell.id for cell in chapter.cells]:
        return f"its cells are not those of its source; {hint}"
    for ours, theirs in zip(chapter.cells, found.cells):
        if ours != theirs:
            return f"cell {ours.id} differs from its source; {hint}"
    return f"its metadata or layout differs from its source; {hint}"


def _solutions(root):
    found = notebooks_in(root / "solutions")
    if not found:
        raise InputError(f"no notebooks in {root / 'solutions'}; run this in a checkout")
    return found


@contextlib.contextmanager
def _named(path):
    """Name the notebook in an error."""
    try:
        yield
    except InputError as error:
        raise InputError(f"solutions/{path.name}: {error}") from None


def _without_addresses(text):
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


def _headless(function, lines, start):
    """Lines of a function from `start` on, with `return ...` in place of its body."""
    first = function.body[0]
    before = lines[first.lineno - 1].encode()[: first.col_offset].decode()
    if before.strip():  # def f(x): return x
        kept = [*lines[start : first.lineno - 1], before.rstrip()]
        indent = " " * (function.col_offset + 4)
    else:
        documented = ast.get_docstring(function) is not None
        last = first.end_lineno if documented else _first_line(first) - 1
        kept, indent = lines[start:last], " " * first.col_offset
        while not documented and _is_remark(kept[-1]):
            kept.pop()
    return [*kept, f"{indent}{YOUR_CODE}", f"{indent}return ..."]


def _class_starter(definition, lines):
    """Lines of a class whose methods, but for `__init__`, have lost their bodies."""
    kept, done = [], 0
    for statement in definition.body:
        if isinstance(statement, FUNCTIONS) and statement.name != "__init__":
            kept += _headless(statement, lines, done)
        else:
            kept += lines[done : statement.end_lineno]
        done = statement.end_lineno
    return kept


def _is_remark(line):
    return not line.strip() or line.strip().startswith("#")


def _first_line(statement):
    """Number of the first line of a statement, its decorators included."""
    return min(each.lineno for each in (statement, *getattr(statement, "decorator_list", ())))


def _target(statement):
    """The name that a statement assigns to, or None."""
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    plain = isinstance(statement, (ast.Assign, ast.AnnAssign)) and len(targets) == 1
    return targets[0].id if plain and isinstance(targets[0], ast.Name) else None
