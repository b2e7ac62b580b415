"""Answers to the exercises of chapter 06, for a chapter to go on with until the learner's pass.

Each is written another way than the solution that `solution("6.1")` shows, and does the same; what
it has to do stands in the exercise.
"""

import numpy as np
import pandas as pd
from scipy.signal import lfilter

MINUTE, DEVIATIONS = pd.Timedelta("1min"), 2


def latest_departure(minutes, deadline, share):
    """The last departure that is on time often enough (6.1), by a quantile of the minutes."""
    left = ((deadline - minutes.index) / MINUTE).to_numpy()
    good = np.quantile(minutes, share, axis=1, method="inverted_cdf") <= left
    return minutes.index[good][-1] if good.any() else pd.NaT


def alarm_report(alarms, incidents, days):
    """Incidents found, mean delay and false alarms a day (6.2), from the times of the hits."""
    off = alarms.index[alarms & (alarms != alarms.shift(fill_value=False))]
    inside = [(off >= a) & (off <= b) for a, b in zip(incidents["start"], incidents["end"])]
    right = np.any(inside, axis=0) if inside else np.zeros(len(off), bool)
    first = [off[hit][0] - a for hit, a in zip(inside, incidents["start"]) if hit.any()]
    delay = np.mean([wait / MINUTE for wait in first]) if first else np.nan
    return len(first), delay, (~right).sum() / days


def buses_to_send(boardings, seats, bus_cost, left_cost):
    """The cheapest number of buses (6.3): one more for as long as it saves more than it costs."""
    sent = 0
    while left_cost * np.clip(boardings - seats * sent, 0, seats).mean() > bus_cost:
        sent += 1
    return sent


def delay_hours(speed, flow, kilometres, free_speed):
    """Vehicle hours lost (6.4), in rows of five minutes."""
    return (flow / 12 * (kilometres / speed - kilometres / free_speed).clip(0)).sum()


def roads_round(speed, roads):
    """Whether each road leads round the narrowest place (6.5), by the rises of mean speed."""
    rises = [after.mean() - before.mean() for before, after in zip(speed.T, speed.T[1:])]
    return [start < rises.index(max(rises)) + 1 <= end for start, end in roads]


def beds_taken(cases, admitted, stay):
    """Beds that are taken (6.6), as a filter of the cases."""
    return lfilter(np.convolve(admitted, np.ones(stay)), 1, cases, axis=0)


def outbreak_threshold(counts, week, years, half, season=52):
    """The threshold from the same weeks of earlier years (6.7), a slice a year."""
    middles = [week - season * year for year in range(1, years + 1)]
    past = np.concatenate([counts[middle - half : middle + half + 1] for middle in middles])
    return past.mean() + DEVIATIONS * past.std(ddof=1)


def skill_over_last(prices, forecasts):
    """Skill over the last price, of logs (6.8)."""
    missed, walked = np.log(forecasts[1:] / prices[1:]), np.log(prices[1:] / prices[:-1])
    return 1 - (missed**2).mean() / (walked**2).mean()


def hedge_error(now, then, foreseen, durations):
    """What a duration hedge misses of what was foreseen (6.9), by the two yields' difference."""
    missed = then - foreseen
    return 100 * durations[0] * np.abs(missed[:, 0] - missed[:, 1])


def drift_alarms(errors, slack, limit):
    """Alarms where errors of one sign add up, each sum begun anew after an alarm (6.10)."""
    total, alarms = 0.0, np.zeros(len(errors), dtype=bool)
    for step, error in enumerate(errors):
        before = 0.0 if alarms[:step][-1:].any() else total
        total = max(before + error - slack, 0.0)
        alarms[step] = total > limit
    return alarms


def disagreement(values, adjacency):
    """Mean distance from the median of the neighbours (6.12)."""
    around = [np.median(values[:, row > 0], axis=1) for row in adjacency]
    return np.abs(values - np.transpose(around)).mean(axis=0)
