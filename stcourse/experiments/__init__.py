"""What takes too long for a notebook: measured once, stored as tables, and judged by one rule."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "figures_of_tables": ["over_seeds"],
        "ledger": ["told"],
        "run": ["ABLATION", "ablation_network", "read", "rolling"],
    },
)
