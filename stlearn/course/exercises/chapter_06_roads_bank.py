"""Wrong answers that learners give to exercises 6.1 and 6.2, and other right ones."""

import numpy as np
import pandas as pd

from stlearn.course.exercise import Mistake

MINUTE = pd.Timedelta(minutes=1)

# 6.1


def _last(rows, good):
    return rows[good][-1] if good.any() else pd.NaT


def _departs(good):
    """An answer that takes the last row for which `good` holds."""

    def answer(minutes, deadline, share):
        left = ((deadline - minutes.index) / MINUTE).to_numpy()
        return _last(minutes.index, np.asarray(good(minutes.to_numpy(), left[:, None], share)))

    return answer


def _earliest(minutes, deadline, share):
    left = ((deadline - minutes.index) / MINUTE).to_numpy()
    good = (minutes.to_numpy() <= left[:, None]).mean(axis=1) >= share
    return minutes.index[good][0] if good.any() else pd.NaT


def _most_often_on_time(minutes, deadline, share):
    left = ((deadline - minutes.index) / MINUTE).to_numpy()
    return minutes.index[(minutes.to_numpy() <= left[:, None]).mean(axis=1).argmax()]


def _first_row_if_none(minutes, deadline, share):
    found = _from_the_last(minutes, deadline, share)
    return minutes.index[0] if found is pd.NaT else found


def _until_the_first_late(minutes, deadline, share):
    best = pd.NaT
    for departure, row in minutes.iterrows():
        if (departure + row * MINUTE <= deadline).mean() < share:
            break
        best = departure
    return best


def _from_the_last(minutes, deadline, share):
    for departure in reversed(minutes.index):
        arrivals = departure + pd.to_timedelta(minutes.loc[departure], unit="min")
        if (arrivals <= deadline).sum() >= share * len(arrivals):
            return departure
    return pd.NaT


def _by_quantile(minutes, left, share):
    return np.quantile(minutes, share, axis=1, method="inverted_cdf") <= left[:, 0]


DEPARTURE = (
    Mistake(
        "planned for the mean",
        _departs(lambda minutes, left, share: minutes.mean(axis=1) <= left[:, 0]),
        "You plan with the mean time on the road. On about half of the days it takes longer, "
        "whatever `share` asks for.",
    ),
    Mistake(
        "planned for the median",
        _departs(lambda minutes, left, share: np.median(minutes, axis=1) <= left[:, 0]),
        "You plan with the median time on the road, which is too short on half of the days, "
        "whatever `share` asks for.",
    ),
    Mistake(
        "on time on one day",
        _departs(lambda minutes, left, share: (minutes <= left).any(axis=1)),
        "One column that arrives on time is enough for you. `share` says in how many it must.",
    ),
    Mistake(
        "most often on time",
        _most_often_on_time,
        "This departure is on time most often. Asked for is the last one that is on time often "
        "enough.",
    ),
    Mistake(
        "first row if none will do",
        _first_row_if_none,
        "Where no departure is good enough you return the first row. Say so instead: `pd.NaT`.",
    ),
    Mistake(
        "earliest departure",
        _earliest,
        "This is the first departure that is good enough. Asked for is the last one: every minute "
        "before it is lost sleep.",
    ),
    Mistake(
        "stopped at the first late row",
        _until_the_first_late,
        "You stop at the first departure that fails. When a jam clears, a later one can be good "
        "again: look at all rows.",
    ),
    Mistake(
        "on the deadline is late",
        _departs(lambda minutes, left, share: (minutes < left).mean(axis=1) >= share),
        "An arrival right on the deadline is on time, and you count it as late.",
    ),
    Mistake(
        "more than the share",
        _departs(lambda minutes, left, share: (minutes <= left).mean(axis=1) > share),
        "A row that is on time in exactly `share` of the columns is good enough: at least, not "
        "more than.",
    ),
    Mistake(
        "the other tail",
        _departs(lambda minutes, left, share: (minutes <= left).mean(axis=1) >= 1 - share),
        "You take the share of being late for the share of being on time: with 0.9 you would be on "
        "time once in ten.",
    ),
    Mistake(
        "the trip takes no time",
        _departs(lambda minutes, left, share: left[:, 0] >= 0),
        "This is the last departure before the deadline. Nobody arrives when they leave: add the "
        "minutes on the road.",
    ),
    Mistake(
        "interpolated quantile",
        _departs(lambda minutes, left, share: np.quantile(minutes, share, axis=1) <= left[:, 0]),
        "The quantile lies between two draws, where no day is. Count the columns that arrive on "
        'time, or ask `quantile` for an observed value (method="inverted_cdf").',
    ),
    Mistake(
        "safe on every day",
        _departs(lambda minutes, left, share: minutes.max(axis=1) <= left[:, 0]),
        "You plan for the worst column. `share` says how often being late is accepted.",
    ),
)
DEPARTURE_ALSO_RIGHT = (_from_the_last, _departs(_by_quantile))


# 6.2


def _scored(alarms, incidents, days, **changes):
    """The score of alarms, with one thing to be done wrongly."""
    wrong = {"rows": False, "end": True, "start": True, "missed": False, "again": False,
             "a_day": True, "mean": np.mean, "none": np.nan, "steps": 1.0, "every": False,
             "before": False, "stops": False, "all": False} | changes  # fmt: skip
    starts = alarms & ~alarms.shift(fill_value=wrong["before"])
    starts = alarms if wrong["rows"] else starts
    starts = ~alarms & alarms.shift(fill_value=False) if wrong["stops"] else starts
    goes_off = false = alarms.index[starts]
    delays = []
    for start, end in zip(incidents["start"], incidents["end"]):
        after = goes_off >= start if wrong["start"] else goes_off > start
        hits = goes_off[after & (goes_off <= end if wrong["end"] else goes_off < end)]
        false = false.difference(hits[:1] if wrong["again"] else hits)
        if wrong["missed"] and not len(hits):
            delays.append((end - start) / MINUTE)
        delays += [(hit - start) / MINUTE for hit in (hits if wrong["every"] else hits[:1])]
    delay = wrong["mean"](delays) / wrong["steps"] if delays else wrong["none"]
    false = goes_off if wrong["all"] else false
    return len(delays), delay, len(false) / (days if wrong["a_day"] else 1)


def _with(**changes):
    return lambda alarms, incidents, days: _scored(alarms, incidents, days, **changes)


def _share_found(alarms, incidents, days):
    found, delay, false = _scored(alarms, incidents, days)
    return found / len(incidents), delay, false


def _on_during(alarms, incidents, days):
    delay, false = _scored(alarms, incidents, days)[1:]
    spans = zip(incidents["start"], incidents["end"])
    return sum(int(alarms[start:end].any()) for start, end in spans), delay, false


def _row_by_row(alarms, incidents, days):
    before, first, false = False, {}, 0
    for time, on in alarms.items():
        holding = incidents[(incidents["start"] <= time) & (time <= incidents["end"])]
        if on and not before:
            false += holding.empty
            for place, start in holding["start"].items():
                first.setdefault(place, (time - start) / MINUTE)
        before = on
    delay = sum(first.values()) / len(first) if first else float("nan")
    return len(first), delay, false / days


ALARMS = (
    Mistake(
        "every row is an alarm",
        _with(rows=True),
        "You count every row that is True. An alarm that stays on has gone off once: look for a "
        "True after a False.",
    ),
    Mistake(
        "end left out",
        _with(end=False),
        "An alarm at the last row of an incident is inside it: the end is included.",
    ),
    Mistake(
        "start left out",
        _with(start=False),
        "An alarm that goes off at the first row of an incident is inside it, with a delay of 0.",
    ),
    Mistake(
        "first row never counts",
        _with(before=True),
        "An alarm in the very first row has gone off too: before the series there was none.",
    ),
    Mistake(
        "when the alarm stops",
        _with(stops=True),
        "You look for a False after a True: that is where an alarm ends. It goes off at a True "
        "after a False.",
    ),
    Mistake(
        "already on",
        _on_during,
        "An alarm that was on before the incident began says nothing about it. An incident is "
        "found if an alarm goes off inside it.",
    ),
    Mistake(
        "share of incidents",
        _share_found,
        "You return the share of the incidents that were found. Asked for is their number.",
    ),
    Mistake(
        "no delay is zero",
        _with(none=0.0),
        "Where no incident is found the delay is 0, the best there is. Nobody knows it: NaN.",
    ),
    Mistake(
        "all alarms are false",
        _with(all=True),
        "All alarms are counted as false, those inside incidents too. Leave these out.",
    ),
    Mistake(
        "missed incidents have a delay",
        _with(missed=True),
        "An incident without an alarm is counted as found at its end. It was not found, and has "
        "no delay.",
    ),
    Mistake(
        "second alarm is false",
        _with(again=True),
        "An alarm that goes off again in the same incident is called false. It lies inside an "
        "incident, so it is not.",
    ),
    Mistake(
        "incident found twice",
        _with(every=True),
        "An incident in which the alarm goes off twice is counted twice. It is found once, by its "
        "first alarm.",
    ),
    Mistake(
        "not by the day",
        _with(a_day=False),
        "The false alarms are counted, but not divided by the days. Without that a longer test "
        "looks worse.",
    ),
    Mistake(
        "delay in steps",
        _with(steps=5.0),
        "The delay is in steps of the series. Minutes are asked for.",
    ),
    Mistake(
        "delays added up",
        _with(mean=np.sum),
        "The delays are added up, so a detector that finds more looks slower. Take their mean.",
    ),
)
ALARMS_ALSO_RIGHT = (_row_by_row,)
