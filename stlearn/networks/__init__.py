"""Networks: layers, models, losses and training (chapters 02 and 04)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "forecaster": ["Forecaster"],
        "input_layers": ["FillMissing", "CalendarEmbedding"],
        "layers": ["DynamicConv", "LocalPooling", "GraphConv", "NodeEmbedding", "edge_list"],
        "losses": ["MaskedLoss"],
        "models": ["feed_forward", "cnn_lstm", "stn"],
    },
)
