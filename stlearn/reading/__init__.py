"""Read data and graphs from files: CSV tables, lists of edges, and the formats of the field.

Chapter 01 says what can be wrong in them.

- `csv_tables`: CSV tables, read strictly.
- `hdf5`: tables that pandas wrote to HDF5.
- `times`: times as people write them.
- `local_times`: local times of a zone, across a clock change.
- `any_table`: tables in any of the usual formats, with what was understood.
- `prepared`: files as they come, repaired on demand, with a log that travels with the data.
- `store`: values larger than memory, in a file that is mapped and not read.
- `csv_graphs`: a square matrix, or a list of edges.
- `readers`: your own CSV files, and the files of METR-LA, PeMS and T-GCN.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "csv_graphs": ["read_adjacency", "read_distances"],
        "prepared": ["prepare", "prepare_store", "save_prepared"],
        "readers": ["read_csv", "read_metr_la", "read_pems_npz", "read_pemsd7", "read_tgcn"],
        "store": ["read_store", "write_store"],
    },
)
