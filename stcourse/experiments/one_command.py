"""C14: whether one command takes a reader from data to a forecast, as the article promised."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from stcourse.experiments.rows import row


def one_command():
    """C14: run `stlearn forecast`, without an argument, in an empty folder.

    Yields:
        Rows: its exit status, the share of corridor's sensors that it forecasts, and the error
        (km/h, an hour ahead) of the model that it keeps and of the last value.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [Path(sys.executable).with_name("stlearn"), "forecast", "--json"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        yield row("one command", "stlearn forecast", "exit status", done.returncode)
        if done.returncode:
            return
        found = json.loads(done.stdout)
        forecast = pd.read_csv(Path(folder) / "forecast-corridor" / "forecast.csv")
        named = {each["node"] for each in found["by_sensor"]}
        share = len(named & set(forecast.dropna()["node"])) / len(named)
        yield row("one command", "stlearn forecast", "sensors forecast", share)
        for each in found["scores"]:
            if each["horizon_minutes"] == 60 and each["model"] in (found["model"], "last value"):
                variant = "last value" if each["model"] == "last value" else "kept model"
                yield row("one command", variant, "mae", each["mae"], minutes=60)
