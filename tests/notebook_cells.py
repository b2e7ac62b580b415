"""Cells of a solution, run by themselves, so that tests can hold what a notebook defines."""

import ast
from pathlib import Path

from stcourse.authoring import notebooks

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"


def source_of(notebook, cell):
    """Return the source of the cell of an id."""
    cells = notebooks.read(SOLUTIONS / f"{notebook}.ipynb").cells
    (found,) = [each.source for each in cells if each.id == cell]
    return found


def run_cells(notebook, *cells, only=None, **names):
    """Run cells of a solution and return all names.

    Args:
        notebook: Name of the notebook.
        cells: Ids of cells.
        only: Dict of further ids to the start of the one statement that is run of each.
        names: What the cells find there.
    """
    for cell in cells:
        exec(compile(source_of(notebook, cell), cell, "exec"), names)
    for cell, start in (only or {}).items():
        source = source_of(notebook, cell)
        parts = [ast.get_source_segment(source, each) for each in ast.parse(source).body]
        (part,) = [each for each in parts if each.startswith(start)]
        exec(compile(part, cell, "exec"), names)
    return names
