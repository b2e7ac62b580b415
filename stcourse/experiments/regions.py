"""What it costs to cut a graph into regions, with a halo and without (7.4)."""

from stcourse.experiments.rows import corridor_split
from stlearn.catalogue import load
from stlearn.data.windows import chronological_split
from stlearn.errors import InputError
from stlearn.evaluation.comparison import compare

REGIONS = {"corridor": 4, "los-loop": 5}
SEEDS = {"corridor": (0, 1, 2), "los-loop": (0,)}
HALOS = (0, 2)
WHOLE = "one network"


def regions(datasets=tuple(REGIONS), seeds=None):
    """Train the STN on a whole graph, and one for each region with a halo of no or two hops.

    Args:
        datasets: Keys of `REGIONS`.
        seeds: Seeds of the trainings; those of `SEEDS` when not given.

    Yields:
        Dict with dataset, variant, seed, horizon_minutes, mae (km/h; mph on Los-loop; at that
        step), seconds (fit and forecast), parameters and sensors (the most that one network reads).

    Raises:
        InputError: If a data set is unknown.

    Example:
        >>> from stcourse.experiments.regions import regions
        >>> rows = regions(["corridor"])  # nothing is trained before the first row is asked for
    """
    from stlearn.networks import Forecaster, RegionalForecaster  # starts TensorFlow

    unknown = [name for name in datasets if name not in REGIONS]
    if unknown:
        raise InputError(f"datasets: expected any of {', '.join(REGIONS)}, got {unknown[0]!r}")
    for name in datasets:
        dataset, split = _data(name)
        for seed in SEEDS[name] if seeds is None else seeds:
            network = Forecaster("stn", seed=seed)
            models = {WHOLE: network}
            for halo in HALOS:
                variant = f"{REGIONS[name]} regions, halo of {halo} hops"
                models[variant] = RegionalForecaster(network, REGIONS[name], halo)
            for variant, model in models.items():
                table = compare([model], dataset, split, lookback=12, progress=False).table()
                read = dataset.shape[1]
                if variant != WHOLE:
                    read = max(len(around) for around, _ in model.places)
                about = {"dataset": name, "variant": variant, "seed": seed, "sensors": read}
                kept = ["horizon_minutes", "mae", "seconds", "parameters"]
                for row in table[kept].to_dict("records"):
                    yield about | row


def _data(name):
    if name == "corridor":
        return corridor_split()
    dataset = load(name)
    return dataset, chronological_split(dataset, validation=0.1, test=0.2)
