"""One road, watched by two agencies that agree on nothing but the cars.

The motorway authority and the city each keep a feed of speeds and a list of passing cars. Clock,
interval, unit, names and the spelling of number plates differ. The feeds are made from one data
set, so the truth about each of these differences is known.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stlearn.checks import check_count, to_duration
from stlearn.data.prepare import convert, synchronise
from stlearn.errors import InputError

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
TRIPS_A_CAR = 5


class Feed(NamedTuple):
    """What one agency hands over."""

    values: pd.DataFrame  # speeds (time, detector); a stamp names the start, on the agency's clock
    unit: str
    detectors: pd.DataFrame  # position of each detector: x and y in metres
    trips: pd.DataFrame  # one row a trip: plate, entry (detector where it was seen first), time


class Truth(NamedTuple):
    """What nobody would know about real agencies."""

    offsets: dict  # feed: how far its clock is ahead, Timedelta
    names: dict  # feed: {its name of a detector: the node}
    shared: list  # nodes where both agencies have a detector
    cars: dict  # plate, in the spelling of either agency: number of the car


def two_agencies(dataset, interval="15min", offset="7min", shared=4, trips=2000, seed=0):
    """Make the feeds that two agencies would have of one road.

    The motorway authority keeps the first, third, fifth, ... detector, and the interval, unit
    and clock of the data. The city keeps the others and reports means over a longer interval, in
    mph, by a clock that is ahead. At some places both have a detector. The cars and their plates
    are drawn at random; they pass more often when the flow is higher.

    Args:
        dataset: SpatioTemporalDataset of speeds in km/h, at least four nodes with the columns x
            and y (metres), and the flow as `extra["flow"]`.
        interval: Step of the city's feed, a multiple of the step of the data.
        offset: How far the city's clock is ahead; negative if it is behind.
        shared: Number of places where the city has a detector beside the motorway's.
        trips: Number of trips that each agency has seen.
        seed: Seed of the names, cars and trips.

    Returns:
        Dict of "motorway" and "city" to Feed, and Truth.

    Raises:
        InputError: If the data lacks what is needed, or an argument is not as described.

    Example:
        >>> import stlearn
        >>> from stcourse.worlds.agencies import two_agencies
        >>> feeds, truth = two_agencies(stlearn.load("corridor"))
        >>> feeds["city"].unit, str(feeds["city"].values.index[0])
        ('mph', '2025-04-28 00:07:00')
        >>> truth.offsets["city"]
        Timedelta('0 days 00:07:00')
    """
    nodes = list(dataset.values.columns)
    _check_dataset(dataset, nodes)
    check_count("shared", shared)
    check_count("trips", trips)
    if shared > len(nodes[::2]):
        raise InputError(f"shared: expected at most {len(nodes[::2])}, got {shared}")
    step = to_duration("interval", interval)
    if step % dataset.interval:
        raise InputError(
            f"interval: expected a multiple of the step of the data, {dataset.interval}, "
            f"got {interval!r}"
        )
    try:
        ahead = pd.Timedelta(offset)
    except (ValueError, TypeError):
        ahead = pd.NaT
    if pd.isna(ahead):
        raise InputError(f"offset: expected a length of time, got {offset!r}")

    random = np.random.default_rng(seed)
    places = np.linspace(0, len(nodes[::2]) - 1, shared).round().astype(int)
    both = [nodes[::2][place] for place in places]
    watched = {"motorway": nodes[::2], "city": nodes[1::2] + both}
    numbers = random.choice(9000, size=len(watched["city"]), replace=False) + 1000
    ids = {
        "motorway": [f"MW-{place + 1:02d}" for place in range(len(nodes[::2]))],
        "city": [f"LD-{number}" for number in numbers],
    }
    values = {
        "motorway": dataset.values[watched["motorway"]],
        "city": convert(
            synchronise({"city": dataset.values[watched["city"]]}, step), "km/h", "mph"
        ).round(1),
    }
    offsets = {"motorway": pd.Timedelta(0), "city": ahead}
    cars = _cars(max(trips // TRIPS_A_CAR, 1), nodes, random)
    feeds = {}
    for name, unit in (("motorway", "km/h"), ("city", "mph")):
        table = values[name].set_axis(ids[name], axis=1).sort_index(axis=1)
        positions = dataset.nodes.loc[watched[name], ["x", "y"]].set_axis(ids[name])
        seen = _trips(dataset, watched[name], cars, trips, random)
        seen["entry"] = seen["entry"].map(dict(zip(watched[name], ids[name])))
        seen["time"] += offsets[name]
        if name == "city":
            seen["plate"] = seen["plate"].map(_as_city_writes)
        feeds[name] = Feed(
            table.set_axis(table.index + offsets[name]),
            unit,
            positions.rename_axis("detector").sort_index(),
            seen,
        )
    spelled = {write(plate): car for plate, car in zip(cars["plate"], cars.index)
               for write in (str, _as_city_writes)}  # fmt: skip
    names = {name: dict(zip(ids[name], watched[name])) for name in feeds}
    return feeds, Truth(offsets, names, both, spelled)


def _cars(count, nodes, random):
    """A plate and a usual place for each car; some places are busy and some are hardly used."""
    numbers = random.choice(len(LETTERS) ** 2 * 9000, size=count, replace=False)
    letters, digits = np.divmod(numbers, 9000)
    first, second = np.divmod(letters, len(LETTERS))
    plates = [f"{LETTERS[a]}{LETTERS[b]} {d + 1000}" for a, b, d in zip(first, second, digits)]
    busy = random.dirichlet(np.full(len(nodes), 0.5))
    return pd.DataFrame({"plate": plates, "place": random.choice(len(nodes), count, p=busy)})


def _trips(dataset, watched, cars, count, random):
    """Trips of random cars, seen at the agency's detector that is nearest to their usual place."""
    flow = dataset.extra["flow"].sum(axis=1).to_numpy()
    rows = np.sort(random.choice(len(flow), size=count, p=flow / flow.sum()))
    seconds = pd.to_timedelta(random.uniform(0, dataset.interval.total_seconds(), count), unit="s")
    drawn = cars.iloc[random.integers(len(cars), size=count)]
    positions = dataset.values.columns.get_indexer(watched)
    nearest = np.abs(positions - drawn["place"].to_numpy()[:, None]).argmin(axis=1)
    times = (dataset.values.index[rows] + seconds).floor("s")
    return pd.DataFrame(
        {
            "plate": drawn["plate"].to_numpy(),
            "entry": np.array(watched)[nearest],
            "time": times,
        }
    )


def _as_city_writes(plate):
    return plate.lower().replace(" ", "-")


def _check_dataset(dataset, nodes):
    if dataset.unit != "km/h":
        raise InputError(f"dataset: expected speeds in km/h, got {dataset.unit}")
    if len(nodes) < 4:
        raise InputError(f"dataset: expected at least 4 nodes, got {len(nodes)}")
    if dataset.nodes is None or not {"x", "y"} <= set(dataset.nodes.columns):
        raise InputError("dataset: expected nodes with the columns x and y")
    if "flow" not in dataset.extra:
        raise InputError('dataset: expected the flow as extra["flow"]')
