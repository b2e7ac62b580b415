"""Networks: layers, models, losses and training (chapters 02 and 04).

- `numpy_network`: a feed-forward network in NumPy (2.1 to 2.3).
- `numpy_layers`: the layers of chapter 04 in NumPy (4.1 to 4.5).
- `input_layers`: gaps filled, the calendar turned into features (4.7).
- `layers`: the layers in Keras (4.2 to 4.4).
- `losses`: losses that pass over missing targets (2.7).
- `models`: feed-forward, hybrid and STN (2.7, 4.6 and 4.7).
- `training`: the training loop, epoch by epoch (2.7 and 2.8).
- `new_nodes`: sensors that a network has not seen.
- `forecaster`: train, forecast, update, save and load (4.8 to 4.10).
- `regions`: a network for each region of a large graph.
- `devices`: one network on several devices, with Keras on JAX.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "devices": ["over_sensors"],
        "forecaster": ["Forecaster"],
        "input_layers": ["FillMissing", "CalendarEmbedding"],
        "layers": ["DynamicConv", "LocalPooling", "GraphConv", "NodeEmbedding", "edge_list"],
        "losses": ["MaskedLoss"],
        "models": ["feed_forward", "cnn_lstm", "stn"],
        "regions": ["RegionalForecaster"],
    },
)
