"""Graphs as matrices: how they are built, and what spreads over them (chapter 03).

- `adjacency`: matrices from edges, distances and data (3.1 and 3.4).
- `matrices`: degree, Laplacian, spectrum, reach (3.2, 3.3 and 3.6).
- `order`: whether graph and sensors stand in the same order.
- `propagation`: F(S, A), its stability, and learned weights (3.5, 3.7 and 3.8).
- `regions`: a large graph cut into regions, each with what lies around it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "adjacency": [
            "adjacency_from_edges",
            "distances_from_edges",
            "distances_from_coordinates",
            "coordinates",
            "nearest_neighbours",
            "gaussian_kernel",
            "adjacency_from_correlation",
            "wrong_graphs",
        ],
        "matrices": [
            "degree",
            "laplacian",
            "spectrum",
            "transition_matrix",
            "diffusion_powers",
            "is_tree",
            "count_walks",
            "k_hop_reach",
        ],
        "order": ["Likeness", "likeness_of_neighbours"],
        "regions": ["cut_into_regions", "with_halo"],
        "propagation": ["propagate", "impulse_response", "spectral_radius", "learn_weights"],
    },
)
