"""What takes too long for a notebook: measured once, stored as tables, and judged by one rule.

Read by chapters 04, 05 and 07; the ledger is in 5.9.

- `rows`: rows of the ledger's table, and gains with their intervals.
- `networks`: the networks that are trained, in one table.
- `one_command`: the command, alone in an empty folder (C14).
- `corridor`: experiments with trained networks on corridor (4.8 and 5.9).
- `los_loop`: Los-loop under two protocols.
- `clock_and_graphs`: what a wrong clock and wrong graphs cost.
- `factors`: what the calendar is worth (C17).
- `improvements`: ways to improve a network (C15 and C20).
- `choices`: how the width and the parts of the STN were chosen.
- `tries`: what was tried beside it, and what pays.
- `famous_errors`: a museum of famous errors (5.5).
- `figures_of_tables`: rows picked from the stored tables.
- `claims`: the claims of the article, each with its rule.
- `ledger`: claim, measurement and verdict side by side (5.9).
- `growth`: what each step costs as sensors grow in number (7.1).
- `regions`: what it costs to cut a graph into regions (7.4).
- `seeds_of_notebooks`: the notebooks of chapter 06, run with other seeds.
- `run`: runs them, and reads their tables.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "claims": ["rolling_gains"],
        "figures_of_tables": ["compared", "over_seeds"],
        "ledger": ["told"],
        "networks": ["network"],
        "run": ["ABLATION", "read", "rolling"],
    },
)
