"""Cases of the exercises of chapter 05, small and random."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.properties import arrays


@st.composite
def holes(draw):
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    target = draw(arrays(*shape, low=0, missing=True))
    target[0, 0] = draw(st.integers(0, 4))  # at least one is known
    return {"forecast": draw(arrays(*shape, low=0)), "target": target}


@st.composite
def three_with_holes(draw):
    shape = draw(st.integers(1, 5)), draw(st.integers(1, 2))
    case = {
        name: draw(arrays(*shape, low=0, missing=True))
        for name in ("forecast", "reference", "target")
    }
    # One cell that all have and in which the reference errs, or there is nothing to divide by.
    case["target"][0, 0] = draw(st.integers(0, 4))
    case["reference"][0, 0] = case["target"][0, 0] + draw(st.integers(1, 4))
    case["forecast"][0, 0] = draw(st.integers(0, 4))
    return case


@st.composite
def rows_to_fold(draw):
    test, gap, first_train = (draw(st.integers(*ends)) for ends in ((1, 4), (0, 3), (1, 5)))
    full, rest = draw(st.integers(1, 3)), draw(st.integers(0, test - 1))
    rows = first_train + gap + full * test + rest
    return {"rows": rows, "first_train": first_train, "test": test, "gap": gap}


@st.composite
def two_losses(draw):
    blocks, block = draw(st.integers(2, 4)), draw(st.integers(2, 3))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    day = np.repeat(random.normal(size=blocks), block)  # rows of a block resemble each other
    losses_b = 5 + 2 * day + random.random(blocks * block)
    return {
        "losses_a": (4 + 3 * day + random.random(blocks * block)).round(2),
        "losses_b": losses_b.round(2),
        "block": block,
        "draws": random.integers(0, blocks, size=(draw(st.integers(5, 30)), blocks)),
    }


@st.composite
def values_to_part(draw):
    length, nodes = draw(st.integers(2, 3)), draw(st.integers(1, 2))
    train, test = (length + draw(st.integers(1, 4)) for _ in range(2))
    values = draw(arrays(train + test, nodes, low=20, high=90))
    values[0] = values[1] + 1 + np.arange(nodes)  # no node stands still while it is trained on
    return {"values": values, "test_start": train, "length": length}


@st.composite
def error_curves(draw):
    seeds, epochs = draw(st.integers(2, 3)), draw(st.integers(2, 4))
    levels = st.permutations([2 + place / 4 for place in range(epochs)])  # no two are equal
    validation = np.array([draw(levels) for _ in range(seeds)])
    luck = np.array(draw(st.permutations(range(seeds))))[:, None] / 16
    return {
        "validation_errors": validation + luck,
        "test_errors": draw(arrays(seeds, epochs, low=1, high=5)),
    }


@st.composite
def published(draw):
    origins, horizon = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    nodes = draw(st.sampled_from([1, 2, 3, 12]))  # 12: more than the exhibit's ten
    random = np.random.default_rng(draw(st.integers(0, 99)))
    forecast, target = random.integers(0, 40, size=(2, origins, horizon, nodes)).astype("float64")
    target[random.random(target.shape) < 0.2] = np.nan
    target[0, :, 0] = 45  # at every step one is known
    interval = draw(st.sampled_from([5, 15]))
    return {
        "forecast": forecast,
        "target": target,
        "minutes": interval * draw(st.sampled_from(range(horizon, 0, -1))),
        "interval": interval,
        "pooled": draw(st.booleans()),
        "measure": draw(st.sampled_from(["MAE", "RMSE"])),
    }


@st.composite
def residuals(draw):
    count, horizon = draw(st.integers(4, 10)), draw(st.integers(1, 2))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    return {
        "residuals": random.integers(-32, 33, size=(count, horizon)) / 4,
        "forecast": draw(arrays(horizon, low=40, high=60)),
        # Shares of which a computer loses nothing, so that rounding up has one answer.
        "coverage": draw(st.sampled_from([0.5, 0.625, 0.75, 0.875])),
    }


@st.composite
def results(draw):
    models = ["baseline", "lstm", "stn", "linear"][: draw(st.integers(2, 4))]
    rows = [(4.0, 3.5, 4.5, 0.0, 0.0, 0.0)]
    for _ in models[1:]:
        gain = draw(st.integers(-20, 20))
        mae, own = 4 - gain / 25, draw(st.sampled_from([0.125, 0.5]))
        below, above = (draw(st.sampled_from([1, 5, 15, abs(gain)])) for _ in range(2))
        ends = (np.nan, np.nan) if draw(st.integers(0, 4)) == 4 else (gain - below, gain + above)
        rows.append((mae, mae - own, mae + own, gain, *ends))
    columns = ["mae", "mae_low", "mae_high", "gain", "gain_low", "gain_high"]
    return {"table": pd.DataFrame(rows, index=models, columns=columns, dtype="float64")}
