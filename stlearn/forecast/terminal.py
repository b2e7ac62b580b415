"""What the commands print: sentences on standard error, tables on standard output.

As in `stlearn.forecast.cli`, what is slow to import is imported where it is used.
"""

import os
import sys

UNBOUNDED = 10_000  # columns, where no terminal sets a width


def tell(text):
    """Tell something that is no result: on standard error, in one line."""
    print(" ".join(str(text).split()), file=sys.stderr, flush=True)


def show_step(done, cells):
    """Show on a terminal how far a notebook is."""
    if sys.stderr.isatty():
        end = "\n" if done == cells else ""
        print(f"\r  {done} of {cells} code cells", end=end, file=sys.stderr, flush=True)


def console():
    """Return a rich console; where no terminal sets its width, nothing is cut."""
    from rich.console import Console

    fixed = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(highlight=False, width=None if fixed else UNBOUNDED)


def print_table(header, rows):
    """Print rows of cells under a header, in columns."""
    from rich.table import Table

    table = Table(*header, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*[_plain(cell) for cell in row])
    console().print(table)


def print_scores(scores, title):
    """Print scores: one line a model (or state) or, in a narrow terminal, one block a horizon."""
    from rich.table import Table

    terminal = console()
    unbounded = terminal.options.update(width=UNBOUNDED)
    look = {"box": None, "pad_edge": False, "title": title, "title_justify": "left"}
    wide = Table(scores.index.name, **look)
    for group, horizon in scores:
        wide.add_column(f"{group}\n{horizon}".strip(), justify="right", vertical="bottom")
    for model, row in scores.iterrows():
        wide.add_row(_plain(model), *map(_marked, row))
    if terminal.measure(wide, options=unbounded).maximum <= terminal.width:
        terminal.print(wide)
        return
    blocks = scores[[column for column in scores if column[0]]]
    costs = scores.drop(columns=blocks.columns).droplevel(0, axis=1)
    narrow = Table(scores.index.name, **look)
    for heading in [*dict.fromkeys(blocks.columns.get_level_values(0)), *costs]:
        narrow.add_column(heading, justify="right", vertical="bottom")
    for horizon in dict.fromkeys(blocks.columns.get_level_values(1)):
        narrow.add_row(f"[bold]{horizon}")
        for model, row in blocks.xs(horizon, axis=1, level=1).join(costs).iterrows():
            narrow.add_row(_plain(model), *map(_marked, row))
    terminal.print(narrow)


def _plain(text):
    """Text in which rich sees no markup: a sensor may be called [b]."""
    from rich.markup import escape

    return escape(str(text))


def _marked(cell):
    return f"[bold]{cell}[/]" if "*" in cell else cell
