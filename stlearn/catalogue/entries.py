"""What the catalogue knows of each data set: files, licence, citation, unit, split and traps."""

import csv
import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path

from stlearn.catalogue import (
    chickenpox,
    corridor,
    earthquakes,
    england_covid,
    exchange_rate,
    los_loop,
    met_office,
    montevideo_bus,
    nab,
    river_wear,
    stocks,
    us_treasury,
)

LAST_FIFTH = "The last 20 % of the rows are the test part; nothing is shuffled."
NAB = (
    "Lavin, Ahmad (2015), Evaluating real-time anomaly detection algorithms: the Numenta Anomaly "
    "Benchmark, IEEE ICMLA"
)
NAB_TRAFFIC = f"{NAB}; measured by the Minnesota Department of Transportation"
NAB_TRAPS = (
    "Readings come at irregular times, with gaps of hours.",
    "A label is a window around an anomaly, wider than the anomaly itself.",
)
TEMPORAL = "Rozemberczki et al. (2021), PyTorch Geometric Temporal, CIKM"


@dataclasses.dataclass(frozen=True)
class File:
    """One file of a data set: where it is published, and how to know it.

    Args:
        path: Where it lies in the cache or in a mirror, for example "tgcn/los_speed.csv".
        sha256: Its checksum.
        bytes: Its size.
        address: Where it is downloaded from; empty for a file that ships with the package.

    Example:
        >>> from stlearn.catalogue.entries import REGISTRY
        >>> REGISTRY["tgcn/los_speed.csv"].bytes
        3402125
    """

    path: str
    sha256: str
    bytes: int
    address: str = ""


@dataclasses.dataclass(frozen=True)
class Entry:
    """What the catalogue knows of one data set.

    Args:
        name: Name in `stlearn.load`.
        title: One sentence: what it is.
        files: Its files, in the order in which `reader` takes them.
        licence, citation: Whose data it is.
        reader: Function of the paths of the files that returns the fields of the data set.
        unit: Unit of the values.
        test: How much of the end is the test part: a share, or a duration such as "14D".
        protocol: One sentence: how the data set is split.
        traps: Sentences: what misleads those who do not know the data.

    Example:
        >>> from stlearn.catalogue import entry
        >>> entry("los-loop").unit
        'mph'
    """

    name: str
    title: str
    files: tuple[File, ...]
    licence: str
    citation: str
    reader: Callable
    unit: str
    test: float | str = 0.2
    protocol: str = LAST_FIFTH
    traps: tuple[str, ...] = ()


def _read_registry():
    with (Path(__file__).parent / "registry.tsv").open(encoding="utf-8", newline="") as file:
        return {
            row["file"]: File(
                row["file"],
                row["sha256"],
                int(row["bytes"]),
                "https://raw.githubusercontent.com/"
                f"{row['repository']}/{row['commit']}/{row['path']}",
            )
            for row in csv.DictReader(file, delimiter="\t")
        }


REGISTRY = _read_registry()


def _files(*starts):
    """Files of the registry whose path begins so, in the order given."""
    return tuple(
        file for start in starts for path, file in REGISTRY.items() if path.startswith(start)
    )


_ALL = (
    Entry(
        name="corridor",
        title="Simulated speed and flow on both directions of a radial corridor, 8 weeks.",
        files=(),  # they ship with the package; the catalogue lists them from SHA256SUMS
        licence="CC BY 4.0",
        citation="corridor, simulated data set of the stlearn course; made with UXsim, Seo (2025), "
        "Journal of Open Source Software 10(106), 7617",
        reader=corridor.read,
        unit="km/h",
        test="14D",
        protocol="The last two weeks are the test part; of what comes before, the end validates.",
        traps=(
            "Roadworks from week 6 on change the pattern: what was learned before is out of date.",
            "Announced events stand in the calendar, unannounced ones and incidents do not.",
            "One sensor drifts, and some are out for hours: missing is not zero.",
        ),
    ),
    Entry(
        name="los-loop",
        title="Loop-detector speeds on freeways of Los Angeles County, 1 to 7 March 2012.",
        files=_files("tgcn/los_speed", "tgcn/los_adj", "metrla_graph/"),
        licence="MIT",
        citation="Zhao et al. (2020), T-GCN: a temporal graph convolutional network for traffic "
        "prediction, IEEE T-ITS 21(9); sensors of METR-LA, Li et al. (2018), DCRNN, ICLR",
        reader=los_loop.read,
        unit="mph",
        protocol="The last 20 % of the rows are the test part, as in the T-GCN paper; windows are "
        "cut within each part, and errors are pooled over the steps up to the horizon.",
        traps=(
            "Seven days only: no week repeats, so a weekly pattern cannot be learned.",
            "Gaps were interpolated before publication: part of the truth is a straight line.",
            "Published errors are pooled over all steps up to the horizon, not those of its last.",
        ),
    ),
    Entry(
        name="montevideo-bus",
        title="Passengers who board at each of 675 bus stops of Montevideo, by hour, October 2020.",
        files=_files("montevideo_bus/"),
        licence="MIT",
        citation=f"{TEMPORAL}; counts of the Intendencia de Montevideo",
        reader=montevideo_bus.read,
        unit="boardings/h",
        traps=(
            "Four of five values are zero: a forecast of zero has a small absolute error.",
            "The coordinates are called lon and lat but hold metres.",
            "The times are implicit; one month holds few weekends and one holiday.",
        ),
    ),
    Entry(
        name="england-covid",
        title="New Covid-19 cases a day in 129 regions of England, spring 2020, with mobility.",
        files=_files("england_covid/"),
        licence="MIT",
        citation="Panagopoulos, Nikolentzos, Vazirgiannis (2021), Transfer graph neural networks "
        f"for pandemic forecasting, AAAI; file from {TEMPORAL}",
        reader=england_covid.read,
        unit="cases/day",
        traps=(
            "The graph changes every day, and tomorrow's mobility is not known today.",
            "61 days of one wave with a lockdown in the middle: train and test differ.",
            "Counts follow testing and reporting: weekends are low.",
        ),
    ),
    Entry(
        name="chickenpox",
        title="Chickenpox in 20 counties of Hungary: standardised change from week to week.",
        files=_files("chickenpox/"),
        licence="MIT",
        citation="Rozemberczki et al. (2021), Chickenpox cases in Hungary: a benchmark dataset "
        "for spatiotemporal signal processing with graph neural networks, arXiv 2102.08100",
        reader=chickenpox.read,
        unit="z-score",
        traps=(
            "Shipped z-scored over the whole period: a leak from the test part.",
            "The values are changes of the counts, not counts: they swing from week to week.",
        ),
    ),
    Entry(
        name="us-treasury",
        title="Par yields of US Treasury securities for 12 tenors, working days, 1990 to 2020.",
        files=_files("us_treasury_yields/"),
        licence="Public domain (US Treasury)",
        citation="US Department of the Treasury, Daily Treasury par yield curve rates, 1990-2020",
        reader=us_treasury.read,
        unit="%",
        traps=(
            "Tenors of 1 and 2 months start late; those of 20 and 30 years have gaps of years.",
            "Days off are missing rows, not zeros; a yield of zero is real.",
            "Close to a random walk: the last value is hard to beat.",
        ),
    ),
    Entry(
        name="stocks",
        title="Monthly prices of five US technology shares, 2000 to 2010.",
        files=_files("stocks_vega/"),
        licence="None stated for the prices (BSD-3-Clause covers the repository's code)",
        citation="Vega datasets, stocks.csv",
        reader=stocks.read,
        unit="USD",
        traps=(
            "Survivors only: all five are firms that did not fail.",
            "123 months of five shares cannot show that anything beats the last value.",
        ),
    ),
    Entry(
        name="exchange-rate",
        title="Daily exchange rates of eight currencies against the US dollar, without dates.",
        files=_files("exchange_rate/"),
        licence="Apache-2.0",
        citation="Lai, Chang, Yang, Liu (2018), Modeling long- and short-term temporal patterns "
        "with deep neural networks, SIGIR; file from Darts",
        reader=exchange_rate.read,
        unit="USD",
        traps=(
            "The rows carry no dates: the calendar of this data set means nothing.",
            "A random walk: nothing honest beats the last value by much.",
            "The Chinese yuan was pegged for years: its errors there are zero for any forecast.",
        ),
    ),
    Entry(
        name="river-wear",
        title="Water level at five gauges along the River Wear, England, October-November 2022.",
        files=_files("uk_river_wear/"),
        licence="Open Government Licence",
        citation="Environment Agency (England), flood-monitoring data, 2022",
        reader=river_wear.read,
        unit="m",
        traps=(
            "Four weeks hold few flood waves: a rare event is judged on a handful of cases.",
            "Each gauge has its own zero: levels of two gauges do not compare.",
            "The file lists the latest day first; some readings are absent.",
        ),
    ),
    Entry(
        name="met-office",
        title="Monthly mean of the daily highest temperature at 13 UK stations, 1853 to 2020.",
        files=_files("uk_metoffice/"),
        licence="Met Office public data",
        citation="Met Office, Historic station data, copies of January 2021",
        reader=met_office.read,
        unit="°C",
        traps=(
            "Stations start between 1853 and 1964: an average over stations shifts with them.",
            "Sunshine changes its instrument at some stations: a step that is no climate.",
            "The last months are provisional, and some values are estimates.",
        ),
    ),
    Entry(
        name="earthquakes",
        title="Earthquakes of magnitude 5.5 and above, counted by month on a grid, 1965 to 2016.",
        files=_files("earthquakes/"),
        licence="MIT (repository); data of the US Geological Survey, public domain",
        citation="US Geological Survey, significant earthquakes 1965-2016; file from Plotly",
        reader=earthquakes.read,
        unit="events/month",
        traps=(
            "Dates come in more than one format.",
            "Aftershocks cluster: months are not independent.",
            "Most months of most cells are zero.",
        ),
    ),
    Entry(
        name="nab-speed",
        title="Speed at three road sensors of Minneapolis-Saint Paul, September 2015, labelled.",
        files=_files("nab_traffic/speed", "nab/combined_windows"),
        licence="MIT",
        citation=NAB_TRAFFIC,
        reader=functools.partial(nab.read, interval="5min"),
        unit="mph",
        traps=(*NAB_TRAPS, "The source names no unit: mph is assumed."),
    ),
    Entry(
        name="nab-occupancy",
        title="Occupancy at two road sensors of Minneapolis-Saint Paul, September 2015, labelled.",
        files=_files("nab_traffic/occupancy", "nab/combined_windows"),
        licence="MIT",
        citation=NAB_TRAFFIC,
        reader=functools.partial(nab.read, interval="5min"),
        unit="%",
        traps=(*NAB_TRAPS, "The source names no unit: percent of the time is assumed."),
    ),
    Entry(
        name="nab-travel-time",
        title="Travel time on two roads of Minneapolis-Saint Paul, summer 2015, labelled.",
        files=_files("nab_traffic/TravelTime", "nab/combined_windows"),
        licence="MIT",
        citation=NAB_TRAFFIC,
        reader=functools.partial(nab.read, interval="10min"),
        unit="s",
        traps=(*NAB_TRAPS, "The source names no unit: seconds are assumed."),
    ),
    Entry(
        name="nab-machine-temperature",
        title="Temperature inside an industrial machine up to its failure, labelled.",
        files=_files("nab/machine_temperature", "nab/combined_windows"),
        licence="MIT",
        citation=NAB,
        reader=functools.partial(nab.read, interval="5min"),
        unit="°F",
        traps=(
            NAB_TRAPS[1],
            "The source names no unit: degrees Fahrenheit are assumed.",
            "One sensor: there is no space in it.",
            "The clock goes back by an hour once: twelve times stand there twice.",
        ),
    ),
    Entry(
        name="nab-ambient-temperature",
        title="Hourly air temperature in an office, labelled.",
        files=_files("nab/ambient_temperature", "nab/combined_windows"),
        licence="MIT",
        citation=NAB,
        reader=functools.partial(nab.read, interval="1h"),
        unit="°F",
        traps=(
            NAB_TRAPS[1],
            "The source names no unit: degrees Fahrenheit are assumed.",
            "One sensor: there is no space in it; gaps last up to a week.",
        ),
    ),
)

ENTRIES = {entry.name: entry for entry in _ALL}
