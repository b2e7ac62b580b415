"""C17: what the calendar is worth, and what the hidden state of a network knows untold."""

import numpy as np
import pandas as pd

from stcourse.experiments.corridor import event_masks, outcome, over_seeds, scene
from stcourse.experiments.networks import SEEDS
from stcourse.experiments.rows import STEPS, corridor_split, gain_row, row

WET = (
    "04-30", "05-02", "05-06", "05-10", "05-17", "05-26", "06-01", "06-10", "06-12", "06-17",
    "06-18", "06-20",
)  # fmt: skip


def factors():
    """C17: what the calendar is worth, and whether the hidden state knows what nobody told it.

    A linear probe (logistic regression on 100 principal components) is trained on weeks 1 to 5 to
    tell a factor from the hidden state of the STN that never saw a calendar, averaged over
    seeds, and another one to tell it from the raw last hour.

    Yields:
        Rows: gain of the calendar, overall, on the holiday and on the match evenings; area under
        the ROC curve of both probes on weeks 7 and 8, and the days on which each factor was there.
    """
    masks = event_masks() | {"all": np.ones_like(scene().truth, dtype=bool)}
    for where in ("all", "holiday", "announced match", "unannounced match"):
        for place, (minutes, step) in enumerate(STEPS.items()):
            for name in ("stn", "without calendar"):
                for seed in SEEDS:
                    error = outcome(name, seed).errors[:, place][masks[where][:, step - 1]]
                    known = {"seed": seed, "minutes": minutes, "where": where}
                    yield row("factors", name, "mae", np.nanmean(error), **known)
            pair = [over_seeds(name)[:, place] for name in ("stn", "without calendar")]
            yield gain_row(
                "factors", "stn", "without calendar", *pair, minutes, masks[where][:, step - 1],
                where,
            )  # fmt: skip
    yield from _probes()


def _probes():
    corridor, split = corridor_split()
    parts = [np.arange(part.start + 12, part.stop - 12, 6) for part in (split.train, split.test)]
    labels = [_labels(corridor, origins) for origins in parts]
    raw = corridor.values.ffill().bfill().to_numpy()
    raw = [raw[origins[:, None] + np.arange(-12, 0)].reshape(len(origins), -1) for origins in parts]
    hidden = [
        [_hidden_state(outcome("without calendar", seed).forecaster, corridor, origins)
         for origins in parts]
        for seed in SEEDS
    ]  # fmt: skip
    for factor in labels[0]:
        truth = [part[factor] for part in labels]
        days = pd.Series(truth[1], corridor.values.index[parts[1]])
        yield row("factors", factor, "days in test", days.groupby(days.index.date).any().sum())
        yield row("factors", factor, "probe of the raw hour", _probe(raw, truth))
        for seed, states in zip(SEEDS, hidden):
            score = _probe(states, truth)
            yield row("factors", factor, "probe of the hidden state", score, seed=seed)


def _labels(corridor, origins):
    times = corridor.values.index[origins]
    calendar = corridor.calendar.loc[times]
    hour, weekend = times.hour, times.dayofweek >= 5
    return {
        "morning, 6 to 10": np.asarray((hour >= 6) & (hour < 10)),
        "weekend": np.asarray(weekend),
        "holiday": calendar["holiday"].to_numpy() > 0,
        "announced match": calendar["event"].to_numpy() > 0,
        "wet day": np.isin(times.strftime("%m-%d"), WET),
    }


def _hidden_state(fitted, dataset, origins):
    """What goes into the last layer (origin, node * feature): all that the network has found."""
    import keras

    from stlearn.networks.training import Samples

    dense = [layer for layer in fitted.network.layers if isinstance(layer, keras.layers.Dense)]
    inner = keras.Model(fitted.network.inputs, dense[-1].input)
    samples = Samples([dataset], fitted, targets=False)
    states = [
        np.asarray(inner.predict_on_batch(samples.batch(np.resize(some, 128))[0]))[: len(some)]
        for some in np.array_split(origins, -(-len(origins) // 128))
    ]
    return np.concatenate(states).reshape(len(origins), -1)


def _probe(inputs, truth):
    """Area under the ROC curve on the second part of a probe that was trained on the first."""
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(
        StandardScaler(),
        PCA(100, random_state=0),
        StandardScaler(),
        LogisticRegression(C=0.01, class_weight="balanced", max_iter=500),
    )
    probe.fit(inputs[0], truth[0])
    return roc_auc_score(truth[1], probe.decision_function(inputs[1]))
