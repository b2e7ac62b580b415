"""The notebooks of chapter 06, run with other seeds, for the lines of the closing table.

So what is stored and what is read come from the same cells.
"""

import copy
import json

from stcourse.applications.lines import PARTS
from stcourse.authoring import notebooks
from stlearn.errors import InputError

SEED_CELL = "seed"  # tag
LEFT_OUT = {"real-data", "exercise-check", "closing"}  # tags


def all_lines(parts=PARTS):
    """Run the notebooks of chapter 06 with one seed after the other.

    Args:
        parts: Names of parts whose lines are wanted; all when not given. A notebook runs whole.

    Yields:
        Dict, as `stcourse.applications.lines.make_line` gives it, by seed and part.

    Raises:
        InputError: If a part is unknown, or a notebook has no cell for its seed, or fails.

    Example:
        >>> from stcourse.experiments.seeds_of_notebooks import all_lines
        >>> found = all_lines(["climate"])  # nothing is run before the first line is asked for
    """
    unknown = [name for name in parts if name not in PARTS]
    if unknown:
        raise InputError(f"only: expected one of {', '.join(PARTS)}, got {unknown[0]!r}")
    for seed in range(max(PARTS[name].seeds for name in parts)):
        wanted = [name for name in parts if seed < PARTS[name].seeds]
        for notebook in dict.fromkeys(PARTS[name].notebook for name in wanted):
            path = notebooks.course_folder() / f"{notebook}.ipynb"
            for line in lines_of(notebooks.read(path), seed):
                if line["part"] in wanted:
                    yield line


def lines_of(notebook, seed):
    """Run a notebook with another seed, without real data, and return the lines it has made.

    Args:
        notebook: Notebook with a cell `SEED = 0`, tagged "seed", whose lines stand in `lines`.
        seed: The seed.

    Returns:
        List of dicts, as `stcourse.applications.lines.make_line` gives them.

    Raises:
        InputError: If there is no such cell, or a cell fails.
    """
    notebook = copy.deepcopy(notebook)
    first = [cell for cell in notebook.cells if SEED_CELL in notebooks.tags(cell)]
    if len(first) != 1 or first[0].source.strip() != "SEED = 0":
        raise InputError('notebook: expected one cell `SEED = 0` with the tag "seed"')
    first[0].source = f"SEED = {seed}"
    notebook.cells = [cell for cell in notebook.cells if not notebooks.tags(cell) & LEFT_OUT]
    told = copy.deepcopy(first[0])
    told.id, told.source = "told", "import json\nprint(json.dumps(lines))"
    notebook.cells.append(told)
    notebooks.run(notebook)
    return json.loads("".join(output.text for output in told.outputs))
