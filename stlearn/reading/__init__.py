"""Read data and graphs from files: CSV tables, lists of edges, and the formats of the field.

Chapter 01 says what can be wrong in them.

- `csv_tables`: CSV tables, read strictly.
- `csv_graphs`: a square matrix, or a list of edges.
- `readers`: your own CSV files, and the files of METR-LA, PeMS and T-GCN.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "csv_graphs": ["read_adjacency", "read_distances"],
        "readers": ["read_csv", "read_metr_la", "read_pems_npz", "read_pemsd7", "read_tgcn"],
    },
)
