"""The files of a state's sensors, for `stlearn forecast`: `python tests/state.py 5000 FOLDER`.

It writes values.csv, edges.csv (weights) and roads.csv (distances) of seven days; with `--days 730`
the values become a store, for data larger than memory. `stlearn bench growth` measures what each
step costs.
"""

import argparse
from pathlib import Path

from stcourse.worlds.state import state_readings, state_roads
from stlearn.reading import write_store

DAYS = 7


def write(sensors, folder, days=None):
    """Write the files; the values as a table of seven days, or as a store of so many days."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if days is None:
        state_readings(sensors, DAYS).round(1).to_csv(folder / "values.csv")
    else:
        months = [(first, min(30, days - first)) for first in range(0, days, 30)]
        tables = (state_readings(sensors, some, first) for first, some in months)
        write_store(folder / "values", tables, "km/h")
    roads = state_roads(sensors)
    roads[["from", "to", "weight"]].to_csv(folder / "edges.csv", index=False)
    roads[["from", "to", "distance"]].to_csv(folder / "roads.csv", index=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sensors", type=int)
    parser.add_argument("folder")
    parser.add_argument("--days", type=int, help="so many, as a store")
    options = parser.parse_args()
    write(options.sensors, options.folder, options.days)
