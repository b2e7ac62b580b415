"""Chapters derived from solutions: starters, outputs, and the drift that must be found."""

import ast
import copy
import inspect
import textwrap
from pathlib import Path

import nbformat
import pytest

from stcourse import exercises
from stcourse.authoring import build, notebooks
from stlearn.errors import InputError

REPOSITORY = Path(__file__).resolve().parents[3]
EXERCISE = exercises.find("0.1")
SOURCE = inspect.getsource(EXERCISE.solution).rstrip()
NAME = EXERCISE.solution.__name__


def code(source, tag=None, exercise=None, **more):
    metadata = {"tags": [tag]} if tag else {}
    if exercise:
        metadata["stlearn"] = {"exercise": exercise}
    return nbformat.v4.new_code_cell(source, metadata=metadata, **more)


def small_solutions():
    """A notebook with one exercise: chapter 0's own, so that its reference is known."""
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Small", id="title"),
            code("from stcourse import check", id="imports"),
            code(SOURCE, "solution", EXERCISE.id, id="answer"),
            code(f'check("{EXERCISE.id}", {NAME})', "exercise-check", EXERCISE.id, id="check"),
            code("print({1: object()})", id="last"),
        ]
    )


@pytest.fixture
def root(tmp_path):
    """A folder with solutions/00_small.ipynb and the chapter derived from it."""
    for folder in ("solutions", "chapters"):
        (tmp_path / folder).mkdir()
    save(tmp_path, small_solutions())
    build.build(tmp_path, say=lambda line: None)
    return tmp_path


def save(root, notebook, folder="solutions"):
    notebooks.write(root / folder / "00_small.ipynb", notebook)


def load(root, folder="chapters"):
    return notebooks.read(root / folder / "00_small.ipynb")


# Starters

STARTERS = {
    "a function with a docstring": (
        '''
        def double(x):
            """Twice x."""
            y = 2 * x
            return y
        ''',
        '''
        def double(x):
            """Twice x."""
            # Your code here.
            return ...
        ''',
    ),
    "a function without one, and a remark that gives it away": (
        """
        def double(x):
            # multiply by two

            return 2 * x
        """,
        """
        def double(x):
            # Your code here.
            return ...
        """,
    ),
    "a signature over several lines, a decorator, remarks above": (
        '''
        # An answer.
        @cached(size=3)
        def propagate(
            state: np.ndarray = (1, 2),  # (node,)
            *,
            adjacency: dict[str, int],
        ) -> tuple[int, int]:  # both
            """Spread.

            Two lines.
            """

            @inner
            def step(x):
                return x
            return step(state)
        ''',
        '''
        # An answer.
        @cached(size=3)
        def propagate(
            state: np.ndarray = (1, 2),  # (node,)
            *,
            adjacency: dict[str, int],
        ) -> tuple[int, int]:  # both
            """Spread.

            Two lines.
            """
            # Your code here.
            return ...
        ''',
    ),
    "a body that begins with a decorated function": (
        """
        def outer(x):
            @inner
            def step(x):
                return x
            return step(x)
        """,
        """
        def outer(x):
            # Your code here.
            return ...
        """,
    ),
    "a function in one line": (
        "def grüße(x: dict[str, int]): return 2 * x",
        "def grüße(x: dict[str, int]):\n    # Your code here.\n    return ...",
    ),
    "a class": (
        '''
        # A layer.
        @register
        class Layer(Base):
            """Convolve."""

            rate = 2

            def __init__(self, width):
                """Keep the width."""
                super().__init__()
                self.width = width

            # Output: (batch, time).
            @property
            def size(self):
                """Size."""
                return self.width * 2

            def call(self, x): return x + 1
        ''',
        '''
        # A layer.
        @register
        class Layer(Base):
            """Convolve."""

            rate = 2

            def __init__(self, width):
                """Keep the width."""
                super().__init__()
                self.width = width

            # Output: (batch, time).
            @property
            def size(self):
                """Size."""
                # Your code here.
                return ...

            def call(self, x):
                # Your code here.
                return ...
        ''',
    ),
    "an assignment": (
        "# Which one?\nanswer = [\n    1,\n    2,\n]",
        "# Which one?\n# Your code here.\nanswer = ...",
    ),
    "an assignment with a type": (
        "answer: int = 6 * 7",
        "# Your code here.\nanswer = ...",
    ),
}


@pytest.mark.parametrize(("source", "expected"), STARTERS.values(), ids=STARTERS)
def test_starter(source, expected):
    found = build.starter(textwrap.dedent(source).strip())
    assert found == textwrap.dedent(expected).strip()
    ast.parse(found)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1\ny = 2", "got 2 statements"),
        ("# nothing", "got 0 statements"),
        ("print(1)", "an assignment to one name, got print"),
        ("a, b = 1, 2", "an assignment to one name"),
        ("a = b = 2", "an assignment to one name"),
        ("a[0] = 2", "an assignment to one name"),
        ("a += 2", "an assignment to one name"),
        ("def f(:", "line 1 is no Python"),
    ],
)
def test_starter_of_anything_else(source, told):
    with pytest.raises(InputError, match=told):
        build.starter(source)


# Chapters


def test_derive_keeps_ids_and_clears_outputs():
    solutions = small_solutions()
    solutions.cells[-1].outputs = [nbformat.v4.new_output("stream", text="seen")]
    solutions.cells[-1].execution_count = 4
    solutions.cells[1].metadata["execution"] = {"iopub.status.busy": "2026"}
    before = copy.deepcopy(solutions)
    chapter = build.derive(solutions)
    assert solutions == before
    assert [cell.id for cell in chapter.cells] == [cell.id for cell in solutions.cells]
    assert all(cell.outputs == [] for cell in chapter.cells if cell.cell_type == "code")
    assert all(cell.execution_count is None for cell in chapter.cells if cell.cell_type == "code")
    assert chapter.cells[1].metadata == {}
    assert chapter.cells[2].source == build.starter(SOURCE)
    assert chapter.cells[2].metadata == {
        "tags": ["exercise"], "stlearn": {"exercise": EXERCISE.id}
    }  # fmt: skip
    untouched = [0, 1, 3, 4]
    assert [chapter.cells[i].source for i in untouched] == [
        solutions.cells[i].source for i in untouched
    ]


def test_derive_names_the_cell():
    solutions = small_solutions()
    solutions.cells[2].source += "\nprint(1)"
    with pytest.raises(InputError, match="cell answer: expected one function"):
        build.derive(solutions)


def test_build_again_changes_nothing(root):
    path = root / "chapters" / "00_small.ipynb"
    before = path.read_bytes()
    build.build(root, say=lambda line: None)
    assert path.read_bytes() == before
    assert build.differences(root) == []


def test_build_without_solutions(tmp_path):
    with pytest.raises(InputError, match="no notebooks in"):
        build.build(tmp_path)
    with pytest.raises(InputError, match="no notebooks in"):
        build.differences(tmp_path)


def test_build_names_the_broken_notebook(root):
    (root / "solutions" / "01_broken.ipynb").write_text("{}")
    with pytest.raises(InputError, match=r"01_broken\.ipynb: expected a notebook"):
        build.build(root, say=lambda line: None)


@pytest.mark.slow
def test_execute_stores_outputs_that_do_not_change(root):
    told = []
    build.build(root, execute=True, say=told.append)
    first = (root / "solutions" / "00_small.ipynb").read_bytes()
    build.build(root, execute=True, say=told.append)
    assert (root / "solutions" / "00_small.ipynb").read_bytes() == first
    stored = load(root, "solutions")
    assert stored.cells[-1].outputs[0].text == "{1: <object object>}\n"
    assert [cell.execution_count for cell in stored.cells[1:]] == [1, 2, 3, 4]
    assert stored.cells[3].outputs  # the verdict
    assert load(root).cells[-1].outputs == []
    assert build.differences(root) == []
    assert told[0].startswith("chapters/00_small.ipynb: ")
    assert not list((root / "solutions").glob(".*"))


@pytest.mark.parametrize(
    ("cell", "source", "told"),
    [
        ("last", "1 / 0", r"00_small.ipynb: cell 5 \(last\): ZeroDivisionError"),
        (
            "answer",
            f"def {NAME}(*arguments, **more):\n    return ...",
            r"cell 4 \(check\): not yet",
        ),
        ("last", "import warnings\nwarnings.warn('old')", "cell last wrote to standard error"),
    ],
)
@pytest.mark.slow
def test_execute_names_the_cell_that_fails_and_stores_nothing(root, cell, source, told):
    solutions = small_solutions()
    next(each for each in solutions.cells if each.id == cell).source = source
    save(root, solutions)
    before = (root / "solutions" / "00_small.ipynb").read_bytes()
    with pytest.raises(InputError, match=told):
        build.build(root, execute=True, say=lambda line: None)
    assert (root / "solutions" / "00_small.ipynb").read_bytes() == before


# Drift


def problem(root):
    (found,) = build.differences(root)
    return found


def test_a_part_of_a_chapter_is_derived_too(root):
    plain = nbformat.v4.new_notebook(cells=[code("x = 1", id="plain")])
    notebooks.write(root / "solutions" / "00a_part.ipynb", plain)
    assert build.differences(root) == ["chapters/00a_part.ipynb is missing"]
    build.build(root, say=lambda line: None)
    assert build.differences(root) == []


def test_a_changed_chapter_is_found(root):
    chapter = load(root)
    chapter.cells[4].source = "print(2)"
    save(root, chapter, "chapters")
    assert problem(root).startswith("chapters/00_small.ipynb: cell last differs")


def test_an_output_in_a_chapter_is_found(root):
    chapter = load(root)
    chapter.cells[4].outputs = [nbformat.v4.new_output("stream", text="seen")]
    save(root, chapter, "chapters")
    assert problem(root).startswith("chapters/00_small.ipynb: cell last differs")


def test_another_layout_of_a_chapter_is_found(root):
    path = root / "chapters" / "00_small.ipynb"
    path.write_text(path.read_text() + "\n")
    assert problem(root).startswith("chapters/00_small.ipynb: its metadata or layout")


def test_missing_cells_and_chapters_are_found(root):
    chapter = load(root)
    del chapter.cells[0]
    save(root, chapter, "chapters")
    assert problem(root).startswith("chapters/00_small.ipynb: its cells are not")
    path = root / "chapters" / "00_small.ipynb"
    path.rename(path.with_name("01_other.ipynb"))
    assert build.differences(root) == [
        "chapters/00_small.ipynb is missing",
        "chapters/01_other.ipynb has no source in solutions/",
    ]


def changed(root, change):
    solutions = small_solutions()
    change(solutions.cells)
    save(root, solutions)
    build.build(root, say=lambda line: None)
    return problem(root)


def test_a_solution_that_is_not_the_reference_is_found(root):
    def change(cells):
        cells[2].source += "  # changed"

    found = changed(root, change)
    assert found == (
        "solutions/00_small.ipynb: cell answer differs from the reference solution of "
        f"exercise {EXERCISE.id}"
    )


def test_a_solution_without_its_check_is_found(root):
    def change(cells):
        del cells[3]

    assert f"exercise {EXERCISE.id} has no exercise-check cell" in changed(root, change)


def test_a_check_without_its_solution_is_found(root):
    def change(cells):
        del cells[2]

    assert f"exercise {EXERCISE.id} has no solution cell" in changed(root, change)


def test_a_check_of_another_exercise_is_found(root):
    def change(cells):
        cells[3].source = 'check("9.9", 1)'

    assert "cell check checks 9.9" in changed(root, change)


@pytest.mark.parametrize(("exercise", "told"), [(None, "names no exercise"), ("9.9", "9.9")])
def test_a_cell_without_a_known_exercise_is_found(root, exercise, told):
    solutions = small_solutions()
    solutions.cells[2] = code(SOURCE, "solution", exercise, id="answer")
    save(root, solutions)
    build.build(root, say=lambda line: None)
    found = " ".join(build.differences(root))
    assert "cell answer" in found
    assert told in found


# The course itself


def test_the_chapters_are_those_derived():
    assert build.differences(REPOSITORY) == []


@pytest.mark.parametrize(
    "path", notebooks.notebooks_in(REPOSITORY / "chapters"), ids=lambda path: path.stem
)
def test_no_solution_shows_in_a_chapter(path):
    solutions = notebooks.read(REPOSITORY / "solutions" / path.name)
    text = "\n".join(cell.source for cell in notebooks.read(path).cells)
    for cell in solutions.cells:
        if "solution" in notebooks.tags(cell):
            removed = set(cell.source.splitlines()) - set(build.starter(cell.source).splitlines())
            body = [line for line in cell.source.splitlines() if line in removed]
            assert "\n".join(body).strip() not in text, cell.id
            assert exercises.find(notebooks.exercise_id(cell))
