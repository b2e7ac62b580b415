"""Sensors that a network has not seen: forecast where that is honest, refused where it is not."""

import numpy as np
import pandas as pd
import pytest

from stlearn import Forecaster, InputError, SpatioTemporalDataset
from stlearn.baselines.averages import LastValue
from stlearn.networks.new_nodes import with_new_nodes


def dataset(scale=1.0):
    rng = np.random.default_rng(0)
    times = pd.date_range("2026-01-05", periods=300, freq="h")
    values = 50 + 10 * np.sin(np.arange(300)[:, None] / 4) + rng.normal(0, 2, (300, 2))
    values[:, 1] *= scale
    ring = pd.DataFrame([[0, 1], [1, 0]], list("ab"), list("ab"))
    return SpatioTemporalDataset("x", pd.DataFrame(values, times, list("ab")), "u", adjacency=ring)


def trained(name, data):
    network = Forecaster(name, 6, 3, epochs=1, settings={"hidden": 8}, refit=False)
    return network.fit(data.between(0, 220), data.between(220, 300))


def test_a_new_sensor_is_forecast_as_the_same_readings_of_an_old_one_are():
    data = dataset()
    network = trained("feed_forward", data)
    more = with_new_nodes(network, ["c"])
    wide = data.of_nodes(["a", "b", "c"])
    wide.values["c"] = wide.values["a"]
    said = more.predict(wide)
    pd.testing.assert_frame_equal(said[["a", "b"]], network.predict(data), rtol=1e-4)
    np.testing.assert_allclose(said["c"], said["a"], rtol=1e-4)
    assert more.predict_quantiles(wide).shape == (3, 9) and list(network.nodes) == ["a", "b"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: LastValue(3).fit(dataset()), "only a single network can"),
        (lambda: trained("stn", dataset()), "its graph does not say"),
        (lambda: trained("cnn_lstm", dataset()), "it has weights for each sensor"),
        (lambda: trained("feed_forward", dataset(1e4)), "each sensor has a scale of its own"),
    ],
    ids=["baseline", "graph", "weights", "scales"],
)
def test_where_it_would_be_a_guess_it_is_refused(make, said):
    with pytest.raises(InputError, match=f"--new-sensors: .* cannot forecast c, .*{said}"):
        with_new_nodes(make(), ["c"])
