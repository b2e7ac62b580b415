"""Diagrams in SVG: every function returns (drawing, sentence), the sentence says what it shows.

`show(*diagrams.sliding_window(3, 2))` shows one in a notebook, in light and dark theme.

- `drawing`: boxes, circles, arrows and texts, and the SVG they make.
- `feed_forward`: a network of two layers, windows, a split in time (chapter 02), folds (5.3).
- `graphs`: one step of F(S, A) (chapter 03).
- `networks`: taps and dilations, the LSTM cell, hybrid and STN (chapter 04).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "feed_forward": ["two_layers", "sliding_window", "split_parts", "walk_forward_folds"],
        "graphs": ["message_passing"],
        "networks": ["dilated_taps", "lstm_cell", "hybrid", "spatio_temporal"],
    },
)
