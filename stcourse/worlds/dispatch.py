"""From buses sent to hours waited: what the decision in the world of `buses` is scored by."""

import numpy as np
import pandas as pd

from stlearn.checks import check_count, check_number
from stlearn.errors import InputError

ROUND_TRIP_HOURS = 1.0  # bus hours that one bus along its line and back costs


def line_demand(dataset, boardings=None):
    """Sum up the boardings of each line.

    Args:
        dataset: SpatioTemporalDataset from `buses`, or another whose nodes have a column line.
        boardings: DataFrame (time, stop), for example a forecast; by default the data.

    Returns:
        DataFrame (time, line).

    Raises:
        InputError: If the nodes have no line, or boardings stand at other stops.

    Example:
        >>> from stcourse.worlds.buses import buses
        >>> from stcourse.worlds.dispatch import line_demand
        >>> line_demand(buses(days=1)).columns.tolist()
        ['A', 'B', 'C', 'D']
    """
    if dataset.nodes is None or "line" not in dataset.nodes:
        raise InputError("dataset: expected nodes with the column line")
    table = dataset.values if boardings is None else boardings
    if list(table.columns) != list(dataset.values.columns):
        raise InputError("boardings: expected the stops of the data set as columns")
    return table.T.groupby(dataset.nodes["line"]).sum().T


def waiting_hours(demand, buses, capacity=60, irregularity=0.3):
    """Work out how long passengers wait, from the buses sent.

    Those who find room wait half a headway, longer if the buses come irregularly. Those who do
    not wait for the whole step and want the next step's buses.

    Args:
        demand: DataFrame (time, line) of people who come to board in a step.
        buses: DataFrame (time, line) of buses sent in the step, whole numbers from 0.
        capacity: Passengers that a bus can take up on one run.
        irregularity: Standard deviation of the headways over their mean.

    Returns:
        DataFrame (time, line) of hours that all passengers together wait.

    Raises:
        InputError: If the tables differ in shape, or a number is missing or negative.

    Example:
        >>> import pandas as pd
        >>> from stcourse.worlds.dispatch import waiting_hours
        >>> times = pd.date_range("2026-03-02 07:00", periods=2, freq="30min")
        >>> demand = pd.DataFrame({"A": [60.0, 60.0]}, index=times)
        >>> buses = pd.DataFrame({"A": [1, 2]}, index=times)
        >>> waiting_hours(demand, buses, irregularity=0)["A"].tolist()
        [15.0, 7.5]

    Reference:
        Welding (1957), "The instability of a close-interval service", for half a headway times
        one plus the squared irregularity; Newell (1982) for the queue as a flow.
    """
    check_number("capacity", capacity, 1)
    check_number("irregularity", irregularity, 0)
    people, sent = _numbers("demand", demand), _numbers("buses", buses)
    if demand.shape != buses.shape or not demand.columns.equals(buses.columns):
        raise InputError(f"buses: expected the times and lines of demand, got {buses.shape}")
    hours = (demand.index[1] - demand.index[0]) / pd.Timedelta("1h")
    waited = np.empty_like(people)
    left = np.zeros(people.shape[1])
    for row in range(len(people)):
        waited[row], left = _wait(left + people[row], sent[row], hours, capacity, irregularity)
    return pd.DataFrame(waited, demand.index, demand.columns)


def send_buses(forecast, departures, capacity=60, irregularity=0.3):
    """Share out the buses of each step so that the forecast demand waits least.

    Every line gets one bus. Each further bus goes where it saves most waiting, on the mean of all
    that may come. As every further bus on a line saves less, no other sharing is better, as long as
    nobody was left over from the step before.

    Args:
        forecast: DataFrame (time, line) of people expected in a step, or a list of such tables:
            the ways in which the steps may go, each as likely as another.
        departures: Number of buses that can be sent in each step, at least one a line.
        capacity, irregularity: As in `waiting_hours`.

    Returns:
        DataFrame (time, line) of buses.

    Raises:
        InputError: If a number is missing or negative, or the departures are fewer than the lines.

    Example:
        >>> import pandas as pd
        >>> from stcourse.worlds.dispatch import send_buses
        >>> times = pd.date_range("2026-03-02 07:00", periods=2, freq="30min")
        >>> forecast = pd.DataFrame({"A": [200, 90], "B": [90, 90]}, index=times)
        >>> send_buses(forecast, departures=6).to_numpy().tolist()
        [[4, 2], [3, 3]]

    Reference:
        Fox (1966), "Discrete optimization via marginal analysis".
    """
    ways = [forecast] if isinstance(forecast, pd.DataFrame) else list(forecast)
    times, lines = ways[0].index, ways[0].columns
    check_count("departures", departures, least=len(lines))
    check_number("capacity", capacity, 1)
    check_number("irregularity", irregularity, 0)
    people = np.stack([_numbers("forecast", way) for way in ways])
    sent = np.ones(people.shape[1:])
    for _ in range(departures - len(lines)):
        before, after = (
            _wait(people, sent + more, 1, capacity, irregularity)[0] for more in (0, 1)
        )
        best = np.argmax((before - after).mean(axis=0), axis=1)
        sent[np.arange(len(sent)), best] += 1
    return pd.DataFrame(sent.astype(int), times, lines)


def _wait(people, sent, hours, capacity, irregularity):
    """Hours waited in a step and people left at its end; arrays of one shape."""
    served = np.minimum(people, sent * capacity)
    headway = hours / np.maximum(sent, 1)
    left = people - served
    return served * headway / 2 * (1 + irregularity**2) + left * hours, left


def _numbers(argument, frame):
    numbers = frame.to_numpy(dtype=float)
    if not (numbers >= 0).all():
        raise InputError(f"{argument}: expected numbers from 0, none missing")
    return numbers
