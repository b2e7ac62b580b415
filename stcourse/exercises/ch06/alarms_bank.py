"""Wrong answers that learners give to exercise 6.2, and another right one."""

import numpy as np
import pandas as pd

from stcourse.engine.exercise import Mistake

MINUTE = pd.Timedelta(minutes=1)


def _go_off(alarms):
    return alarms & ~alarms.shift(fill_value=False)


def _within(times, start, end):
    return (times >= start) & (times <= end)


def _from_start(times, start, end):
    return times >= start


def _number_found(hits):
    return sum(len(times) > 0 for times in hits)


def _delays(hits, spans, take=slice(1)):
    """Minutes from the start of each incident to those of its alarms that `take` picks."""
    pairs = zip(hits, spans)
    return [(time - start) / MINUTE for times, (start, _) in pairs for time in times[take]]


def _mean(delays):
    return np.mean(delays) if delays else np.nan


def _mean_delay(hits, spans):
    return _mean(_delays(hits, spans))


def _outside(goes_off, hits):
    return len(goes_off) - len(set().union(*hits))


def _scored(marks=_go_off, inside=_within, found=_number_found, delay=_mean_delay, false=_outside):
    """An answer that takes one of its steps in another way."""

    def answer(alarms, incidents, days):
        goes_off = alarms.index[marks(alarms)]
        spans = list(zip(incidents["start"], incidents["end"]))
        hits = [goes_off[inside(goes_off, *span)] for span in spans]
        return found(hits), delay(hits, spans), false(goes_off, hits) / days

    return answer


def _changed(change):
    """An answer whose three right numbers are changed before it returns them."""

    def answer(alarms, incidents, days):
        return change(*_scored()(alarms, incidents, days), days)

    return answer


def _missed_as(minutes):
    """A mean delay into which each missed incident goes with some minutes."""

    def delay(hits, spans):
        missed = [minutes(*span) for times, span in zip(hits, spans) if not len(times)]
        return _mean(_delays(hits, spans) + missed)

    return delay


def _length(start, end):
    return (end - start) / MINUTE


def _any_on(delay_too):
    """An answer to which an alarm that is on already when an incident starts has found it."""

    def answer(alarms, incidents, days):
        _, delay, false = _scored()(alarms, incidents, days)
        spans = list(zip(incidents["start"], incidents["end"]))
        on = [alarms.index[alarms & _within(alarms.index, *span)] for span in spans]
        return _number_found(on), _mean_delay(on, spans) if delay_too else delay, false

    return answer


def _false_by_rows(mark):
    """An answer that looks for false alarms in the rows outside incidents."""

    def answer(alarms, incidents, days):
        found, delay, _ = _scored()(alarms, incidents, days)
        spans = zip(incidents["start"], incidents["end"])
        outside = ~np.any([_within(alarms.index, *span) for span in spans], axis=0)
        return found, delay, mark(alarms & outside).sum() / days

    return answer


def _false_share(alarms, incidents, days):
    found, delay, false = _scored()(alarms, incidents, days)
    return found, delay, false * days / max(_go_off(alarms).sum(), 1)


def _found_later(alarms, incidents, days):
    found, delay, _ = _scored(inside=_from_start)(alarms, incidents, days)
    return found, delay, _scored()(alarms, incidents, days)[2]


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
        _scored(marks=lambda alarms: alarms),
        "You count every row that is True. An alarm that stays on has gone off once: look for a "
        "True after a False.",
    ),
    Mistake(
        "end left out",
        _scored(inside=lambda times, start, end: (times >= start) & (times < end)),
        "An alarm at the last row of an incident is inside it: the end is included.",
    ),
    Mistake(
        "start left out",
        _scored(inside=lambda times, start, end: (times > start) & (times <= end)),
        "An alarm that goes off at the first row of an incident is inside it, with a delay of 0.",
    ),
    Mistake(
        "both ends left out",
        _scored(inside=lambda times, start, end: (times > start) & (times < end)),
        "The rows at the start and at the end of an incident are inside it too.",
    ),
    Mistake(
        "no end",
        _scored(inside=_from_start),
        "To you an incident never ends: any later alarm finds it, and none after it is false. Only "
        "alarms from its start to its end are inside.",
    ),
    Mistake(
        "found later",
        _found_later,
        "An alarm that goes off when an incident is over finds it in your answer. `found` and "
        "`delay` need an alarm from its start to its end.",
    ),
    Mistake(
        "first row never counts",
        _scored(marks=lambda alarms: alarms & ~alarms.shift(fill_value=True)),
        "An alarm in the very first row has gone off too: before the series there was none.",
    ),
    Mistake(
        "no row before the first",
        _scored(marks=lambda alarms: alarms & ~alarms.shift()),
        "`shift` leaves a NaN in the first row, which is neither True nor False. Say what stands "
        "before the series: no alarm.",
    ),
    Mistake(
        "when the alarm stops",
        _scored(marks=lambda alarms: ~alarms & alarms.shift(fill_value=False)),
        "You look for a False after a True: that is where an alarm ends. It goes off at a True "
        "after a False.",
    ),
    Mistake(
        "last row of an alarm",
        _scored(marks=lambda alarms: alarms & ~alarms.shift(-1, fill_value=False)),
        "You compare each row with the next one and find where an alarm is on for the last time. "
        "Compare with the row before.",
    ),
    Mistake(
        "every change",
        _scored(marks=lambda alarms: alarms != alarms.shift(fill_value=False)),
        "You count every change, so an alarm goes off a second time when it stops. Only from False "
        "to True does it go off.",
    ),
    Mistake(
        "already on",
        _any_on(delay_too=False),
        "An alarm that was on before the incident began says nothing about it. An incident is "
        "found if an alarm goes off inside it.",
    ),
    Mistake(
        "already on, without delay",
        _any_on(delay_too=True),
        "An alarm that is on already when the incident starts has found it for you, with a delay "
        "of 0. It cannot have gone off because of what had not begun. Look for the rows where an "
        "alarm goes off in the whole series first, for incidents after.",
    ),
    Mistake(
        "share of incidents",
        _scored(found=lambda hits: _number_found(hits) / len(hits)),
        "You return the share of the incidents that were found. Asked for is their number.",
    ),
    Mistake(
        "missed instead of found",
        _scored(found=lambda hits: len(hits) - _number_found(hits)),
        "You return how many incidents were missed. Asked for is how many were found.",
    ),
    Mistake(
        "first incident only",
        lambda alarms, incidents, days: _scored()(alarms, incidents[:1], days),
        "Only the first incident is scored. A `return` inside the loop ends it in its first round.",
    ),
    Mistake(
        "alarms found",
        _scored(found=lambda hits: sum(map(len, hits))),
        "`found` counts the alarms that go off inside incidents. Asked for are the incidents: one "
        "with two alarms is found once.",
    ),
    Mistake(
        "no delay is zero",
        _changed(lambda found, delay, false, days: (found, delay if found else 0.0, false)),
        "Where no incident is found the delay is 0, the best there is. Nobody knows it: NaN.",
    ),
    Mistake(
        "divided by none found",
        _scored(delay=lambda hits, spans: sum(d := _delays(hits, spans)) / len(d)),
        "Where no incident is found you divide by zero. There is no delay to take a mean of: say "
        "NaN.",
    ),
    Mistake(
        "all alarms are false",
        _scored(false=lambda goes_off, hits: len(goes_off)),
        "All alarms are counted as false, those inside incidents too. Leave these out.",
    ),
    Mistake(
        "missed incidents are found",
        _scored(found=len, delay=_missed_as(_length)),
        "An incident without an alarm is counted as found at its end. It was not found, and has "
        "no delay.",
    ),
    Mistake(
        "missed incidents at full length",
        _scored(delay=_missed_as(_length)),
        "A missed incident goes into `delay` with its full length. That it was missed is in "
        "`found` already: the mean is over those that were found.",
    ),
    Mistake(
        "missed incidents with all rows",
        _scored(delay=_missed_as(lambda start, end: _length(start, end) + 5)),
        "A missed incident goes into `delay` with all of its rows. It has no delay, only those "
        "that were found have one.",
    ),
    Mistake(
        "missed incidents without delay",
        _scored(delay=_missed_as(lambda start, end: 0.0)),
        "A missed incident goes into `delay` with 0, as if it had been found at once. The more a "
        "detector misses, the faster it looks. Take the mean over those that were found.",
    ),
    Mistake(
        "divided by all incidents",
        _scored(
            delay=lambda hits, spans: _mean_delay(hits, spans) * _number_found(hits) / len(hits)
        ),
        "The delays are divided by the number of all incidents. Only those that were found have "
        "one, so divide by their number.",
    ),
    Mistake(
        "missed incidents NaN",
        _scored(delay=_missed_as(lambda start, end: np.nan)),
        "One missed incident makes your whole `delay` NaN. It has no delay: leave it out of the "
        "mean.",
    ),
    Mistake(
        "second alarm is false",
        _scored(false=lambda goes_off, hits: len(goes_off) - _number_found(hits)),
        "An alarm that goes off again in the same incident is called false. It lies inside an "
        "incident, so it is not.",
    ),
    Mistake(
        "incident found twice",
        _scored(
            found=lambda hits: sum(map(len, hits)),
            delay=lambda hits, spans: _mean(_delays(hits, spans, slice(None))),
        ),
        "An incident in which the alarm goes off twice is counted twice. It is found once, by its "
        "first alarm.",
    ),
    Mistake(
        "delay of every alarm",
        _scored(delay=lambda hits, spans: _mean(_delays(hits, spans, slice(None)))),
        "`delay` is the mean over all alarms inside incidents. Each incident has one delay, that "
        "of its first alarm; what goes off later makes nobody come sooner.",
    ),
    Mistake(
        "delay of the last alarm",
        _scored(delay=lambda hits, spans: _mean(_delays(hits, spans, slice(-1, None)))),
        "Where an alarm goes off twice in an incident, `delay` waits for the last one. The first "
        "has said it already.",
    ),
    Mistake(
        "until the end",
        _scored(
            delay=lambda hits, spans: _mean(
                [(end - times[0]) / MINUTE for times, (_, end) in zip(hits, spans) if len(times)]
            )
        ),
        "These are the minutes that were left of the incident. `delay` is counted from its start.",
    ),
    Mistake(
        "slowest incident",
        _scored(delay=lambda hits, spans: max(_delays(hits, spans), default=np.nan)),
        "`delay` is that of the incident which took longest. Take the mean.",
    ),
    Mistake(
        "median delay",
        _scored(delay=lambda hits, spans: np.median(_delays(hits, spans) or np.nan)),
        "`delay` is the median, which one slow incident does not move. The mean is asked for.",
    ),
    Mistake(
        "not by the day",
        _changed(lambda found, delay, false, days: (found, delay, false * days)),
        "The false alarms are counted, but not divided by the days. Without that a longer test "
        "looks worse.",
    ),
    Mistake(
        "days of the series",
        lambda alarms, incidents, days: 1 / (alarms.index[-1] - alarms.index[0]).days,
        "You divide by zero, whatever the case. Is it by the days between the first row and the "
        "last? The series here is a part of a day; what it stands for is `days`.",
    ),
    Mistake(
        "share of false alarms",
        _false_share,
        "The false alarms are divided by the number of all alarms. Who answers them wants to know "
        "how many a day there are.",
    ),
    Mistake(
        "false in every row",
        _false_by_rows(lambda outside: outside),
        "`false_a_day` counts all rows outside incidents that are True. An alarm that stays on is "
        "one false alarm.",
    ),
    Mistake(
        "false after an incident",
        _false_by_rows(_go_off),
        "An alarm that went off inside an incident and stays on is called false once the incident "
        "is over. It goes off only once, and that was inside.",
    ),
    Mistake(
        "false for each incident",
        _scored(false=lambda goes_off, hits: sum(len(goes_off) - len(times) for times in hits)),
        "Each incident counts all alarms outside it as false, even those of the other incidents. "
        "False is what lies outside of all.",
    ),
    Mistake(
        "false for the last incident",
        _scored(false=lambda goes_off, hits: len(goes_off) - len(hits[-1])),
        "The false alarms are those outside the last incident: each round of your loop starts from "
        "all alarms again. Take out the hits of every incident.",
    ),
    Mistake(
        "delay in steps",
        _changed(lambda found, delay, false, days: (found, delay / 5, false)),
        "The delay is in steps of the series. Minutes are asked for.",
    ),
    Mistake(
        "delay in seconds",
        _changed(lambda found, delay, false, days: (found, delay * 60, false)),
        "The delay is in seconds. Minutes are asked for: divide by one minute, not by one second.",
    ),
    Mistake(
        "first row counts",
        _changed(lambda found, delay, false, days: (found, delay + 5, false)),
        "You count the rows from the start to the alarm with both ends, so `delay` is a step too "
        "long. An alarm at the start has a delay of 0.",
    ),
    Mistake(
        "delays added up",
        _scored(delay=lambda hits, spans: _mean_delay(hits, spans) * _number_found(hits)),
        "The delays are added up, so a detector that finds more looks slower. Take their mean.",
    ),
    Mistake(
        "other order",
        _changed(lambda found, delay, false, days: (found, false, delay)),
        "The last two numbers are swapped: `delay` comes before `false_a_day`.",
    ),
)
ALARMS_ALSO_RIGHT = (_row_by_row,)
