"""How the width and the parts of the STN were chosen: on validation parts, which no test saw."""

import time

from stcourse.experiments.networks import WITHOUT
from stcourse.experiments.rows import corridor_split
from stlearn.catalogue import load
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError

SEEDS = (0, 1, 2)
CHOICES = {  # settings of the STN; parts were left out of the first width
    **{f"width {width}": {"hidden": width, "profile": False} for width in (64, 32, 48, 96, 128)},
    **{
        name: {"hidden": 64, "profile": False, **given["settings"]}
        for name, (_, given) in WITHOUT.items()
    },
}


def choices(variants=tuple(CHOICES), seeds=SEEDS):
    """Train the STN in several widths, and with one part left out, and validate it.

    The test parts of corridor and Los-loop are not touched: the weeks or days before are split
    once more, and the error is that on their end. On Los-loop a training takes a minute, so only
    the first seed is taken.

    Args:
        variants: Keys of `CHOICES`.
        seeds: Seeds of the trainings.

    Yields:
        Dict with dataset, variant, seed, validation_mae (km/h on corridor, mph on Los-loop, over
        an hour ahead, of the best epoch), epoch (the best one), fit_seconds and parameters.

    Raises:
        InputError: If a variant is unknown.

    Example:
        >>> from stcourse.experiments.choices import choices
        >>> rows = choices(["width 32"])  # nothing is trained before the first row is asked for
    """
    from stlearn.networks.forecaster import (
        Forecaster,  # starts TensorFlow: not needed to read a table
    )

    unknown = set(variants) - set(CHOICES)
    if unknown:
        raise InputError(f"variants: expected any of {list(CHOICES)}, got {sorted(unknown)}")
    los_loop = load("los-loop")
    los_split = chronological_split(los_loop, validation=0.1, test=0.2)
    tried = [(*corridor_split(), seeds), (los_loop, los_split, seeds[:1])]
    for dataset, split, its_seeds in tried:
        train, validation = (dataset.between(part.start, part.stop) for part in split[:2])
        for seed in its_seeds:
            for variant in variants:
                network = Forecaster(
                    "stn", seed=seed, loss="mae", refit=False, settings=CHOICES[variant]
                )
                began = time.perf_counter()
                errors = network.fit(train, validation).training["validation"]
                yield {
                    "dataset": dataset.name,
                    "variant": variant,
                    "seed": seed,
                    "validation_mae": float(errors.min()),
                    "epoch": int(errors.to_numpy().argmin()) + 1,
                    "fit_seconds": time.perf_counter() - began,
                    "parameters": network.parameters,
                }
