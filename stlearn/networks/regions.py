"""A network for each region of a large graph: what one region needs is all that is in memory."""

import copy
import json
from pathlib import Path

import numpy as np

from stlearn.baselines.base import BaseForecaster
from stlearn.calibration.quantiles import Calibration, calibrate
from stlearn.checks import check_count
from stlearn.data.windows import window_origins
from stlearn.errors import InputError
from stlearn.files import written_aside
from stlearn.graph.regions import cut_into_regions, with_halo
from stlearn.networks.forecaster import Forecaster
from stlearn.tasks import run_tasks

HALO = 2  # hops
FILE = "regions.json"
OF_THE_NETWORK = ("lookback", "horizon", "quantiles", "also", "seed", "members", "progress")


class RegionalForecaster(BaseForecaster):
    """Networks of one kind, one for each region of the graph; their forecasts are joined.

    The network of a region reads the region and a halo around it, and is trained for the
    region's own sensors: their errors alone count in its loss and on the validation part. Regions
    share no weights. The quantiles are calibrated over all sensors together, as those of one
    network are.

    Args:
        forecaster: Forecaster, not fitted: the network, and how it is trained.
        regions: Number of regions, at least 2.
        halo: Hops around a region from which its network reads. `stn` reaches six hops, and a
            seventh where a reading is missing; fewer make smaller regions.
        ray: Where the regions are trained, each as a task of its own: "local" for the cores of
            this machine, or the address of a Ray cluster, as in `stlearn.tasks.run_tasks`. One
            after the other in this process when not given.

    Raises:
        InputError: If a number is not usable.

    Example:
        >>> import stlearn
        >>> from stlearn.networks import RegionalForecaster
        >>> week = stlearn.load("corridor").between(0, 7 * 288)
        >>> network = stlearn.Forecaster("stn", epochs=1, settings={"hidden": 8})
        >>> model = RegionalForecaster(network, regions=2).fit(week)
        >>> model.name, model.predict(week).shape
        ('stn in 2 regions', (12, 48))
    """

    needs_graph = True
    when_silent = "its neighbours' readings"

    def __init__(self, forecaster, regions=4, halo=HALO, ray=None):
        self.forecaster = forecaster
        self.regions = check_count("regions", regions, least=2)
        self.halo = check_count("halo", halo, least=0)
        self.ray = ray
        for name in OF_THE_NETWORK:
            setattr(self, name, getattr(forecaster, name))
        self.name = f"{forecaster.name} in {regions} regions"
        self.parts, self.places = [], []

    @property
    def arguments(self):
        """The arguments as plain numbers and text, those of the network included."""
        return self.forecaster.arguments | {"regions": self.regions, "halo": self.halo}

    def set_params(self, **changed):
        """Set arguments anew, its own and those of the network; see `BaseForecaster`."""
        own = {name: changed.pop(name) for name in self.get_params() if name in changed}
        if changed:
            network = copy.copy(own.get("forecaster", self.forecaster))
            own["forecaster"] = network.set_params(**changed)
        return super().set_params(**own)

    @property
    def parameters(self):
        """Number of trained weights, of all regions."""
        return sum(part.parameters for part in self.parts)

    @property
    def calendar_columns(self):
        """Names of what the networks read that is known ahead."""
        return self.parts[0].calendar_columns

    @property
    def calendar_scales(self):
        """How it is scaled; what was usual of it in training is the same for all regions."""
        return self.parts[0].calendar_scales

    def told(self, train):
        """As in `BaseForecaster`: the size of the regions, and what their networks leave out."""
        places = self._cut(train)
        sizes = [len(around) for around, _ in places]
        told = (
            f"{self.name}: a network for each, of {min(sizes)} to {max(sizes)} sensors with those "
            f"up to {self.halo} hops around it."
        )
        return [told, *self.forecaster.told(train.of_region(places[np.argmax(sizes)][0]))]

    def fit(self, train, validation=None, checkpoint=None):
        """Train the network of each region.

        Args:
            train, validation: As in `Forecaster.fit`.
            checkpoint: As in `Forecaster.fit`; with Ray nothing is kept.

        Returns:
            The forecaster itself.

        Raises:
            InputError: As `Forecaster.fit`; if there is no graph, or it has fewer sensors than
                there are regions.
        """
        if validation is not None and list(validation.values.columns) != list(train.values.columns):
            raise InputError("validation: expected the nodes of train, in the same order")
        self.places = self._cut(train)
        self.parts, self.nodes, self.calibration = [], None, None
        parts = [copy.copy(self.forecaster) for _ in self.places]
        for number, (part, (_, own)) in enumerate(zip(parts, self.places), 1):
            part.name, part.own = f"{part.name} {number}/{self.regions}", own
        self.parts = self._trained(Forecaster.fit, parts, (train, validation), checkpoint)
        self.learn_about(train)
        if validation is not None:
            rows = len(validation.values)
            origins = window_origins(0, rows, self.lookback, self.horizon)
            unseen = self.without(train)
            self.calibration = calibrate(unseen, train, validation, origins, self.quantiles)
        return self

    def without(self, train):
        """As in `Forecaster`: the networks as they were before `refit`."""
        return self._of([part.without(train) for part in self.parts])

    def trained_on_all(self, dataset, checkpoint=None):
        """As in `Forecaster`, each region on its own."""
        again = self._of(
            self._trained(Forecaster.trained_on_all, self.parts, (dataset,), checkpoint)
        )
        again.learn_about(dataset)
        return again

    def update(self, recent, epochs=2):
        """As in `Forecaster`, each region on its own."""
        self.check(recent)
        for part, (around, _) in zip(self.parts, self.places):
            part.update(recent.of_region(around), epochs)
        return self

    def forecasts(self, dataset, origins):
        """Forecast from several origins at once, the middle quantile; see `BaseForecaster`."""
        forecast = self.quantile_forecasts(dataset, origins)
        return forecast[..., forecast.shape[-1] // 2]

    def quantile_forecasts(self, dataset, origins):
        """Forecast what the network of each region says of its own sensors; see `Forecaster`."""
        self.check(dataset)
        found = None
        for part, (around, own) in zip(self.parts, self.places):
            said = part.quantile_forecasts(dataset.of_region(around), origins)[:, :, own]
            if found is None:
                shape = (*said.shape[:2], len(self.nodes), said.shape[-1])
                found = np.empty(shape, dtype="float32")
            found[:, :, around[own]] = said
        return found

    def blocks(self, count):
        """As in `BaseForecaster`: the largest region sets the bound."""
        return max(self.parts, key=lambda part: len(part.nodes)).blocks(count)

    def save(self, folder):
        """Write the fitted forecaster to a folder: each region as `Forecaster.save` writes it.

        Raises:
            InputError: As `Forecaster.save`.
        """
        if self.nodes is None:
            raise InputError(f"{self.name}: call fit before save")
        learned = {
            "regions": self.regions,
            "halo": self.halo,
            "places": [[around.tolist(), own.tolist()] for around, own in self.places],
            "about": self.about(),
            "calibration": self.calibration and self.calibration.to_dict(),
        }
        with written_aside(folder) as aside:
            for number, part in enumerate(self.parts, 1):
                part.save(_inside(aside, number))
            (aside / FILE).write_text(json.dumps(learned), encoding="utf-8")

    @classmethod
    def load(cls, folder):
        """Read a forecaster that `save` wrote; see `Forecaster.load`.

        Raises:
            InputError: If the folder holds no such forecaster.
        """
        folder = Path(folder)
        try:
            learned = json.loads((folder / FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: expected a folder that `save` wrote ({error})") from None
        parts = [Forecaster.load(_inside(folder, n + 1)) for n in range(learned["regions"])]
        model = cls(Forecaster(**parts[0].get_params()), learned["regions"], learned["halo"])
        model.places = [tuple(map(np.array, each)) for each in learned["places"]]
        model.parts = parts
        for part, (_, own) in zip(parts, model.places):
            part.own = own
        model.set_about(learned["about"])
        if learned["calibration"]:
            model.calibration = Calibration.from_dict(learned["calibration"])
        return model

    def _cut(self, train):
        """Of each region, places of its sensors and the halo, and which of them are its own."""
        if train.adjacency is None:
            raise InputError(f"adjacency: {self.name} needs a graph, but {train.name} has none")
        region = cut_into_regions(train.weights, self.regions)
        found = []
        for number in range(self.regions):
            around = np.flatnonzero(with_halo(train.weights, region == number, self.halo))
            found.append((around, region[around] == number))
        return found

    def _trained(self, method, parts, data, checkpoint):
        """The networks of all regions once each has been trained on what it reads of the data."""
        calls = (
            (
                str(number),
                (
                    part,
                    *(each and each.of_region(around) for each in data),
                    _inside(None if self.ray else checkpoint, number),
                ),
            )
            for number, (part, (around, _)) in enumerate(zip(parts, self.places), 1)
        )
        label = "regions" if self.progress else None
        done = dict(run_tasks(method, calls, self.ray, progress=label, total=self.regions))
        return [done[str(number + 1)] for number in range(self.regions)]

    def _of(self, parts):
        """The same forecaster with other networks."""
        other = copy.copy(self)
        other.parts = parts
        return other


def _inside(folder, number):
    return folder and Path(folder) / f"region {number}"
