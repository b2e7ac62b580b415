"""The claims of the article, C1 to C20, each with the rule that judges it.

A rule is a function of the stored tables. It names a figure, its interval where it is a
difference of errors, and the conditions under which the claim would be true;
`stcourse.experiments.ledger` makes the verdict of them. A condition about a difference is judged
together with those of all claims, corrected for their number, and what stays open counts for
neither side. C8 and C16 compare within tables of their own, each corrected there.
"""

import pandas as pd

from stcourse.applications.lines import verdicts
from stcourse.experiments.figures_of_tables import (
    HOUR,
    Difference,
    Evidence,
    compared,
    difference,
    over_seeds,
    picked,
    seed_gain,
)
from stcourse.experiments.improvements import IMPROVEMENTS
from stcourse.experiments.networks import NETWORKS, SEEDS


def _gains(table, experiment, variant, other, times=(15, 30, 60), where="all", measure="gain"):
    return [picked(table, experiment, variant, measure, other, where, t) for t in times]


def _above(row):
    return difference(row["low"], row["high"])


def _below(row):
    return _above(row).turned()


def _differs(row):
    """Above zero or below: both are a difference."""
    return _above(row) if row["value"] > 0 else _below(row)


def _over_seeds(gain):
    """The same of a mean with its interval over the five seeds."""
    return difference(*gain[1:], freedom=len(SEEDS) - 1)


def _on_one_side(days, seeds):
    """Above zero over the days and over the seeds: as clear as the less clear of both.

    Where either interval reaches zero, or they lie on different sides, it is as open as can be.
    """
    both = _above(days), _over_seeds(seeds)
    low, high = min(each.low for each in both), max(each.high for each in both)
    apart_from_zero = low > 0 or high < 0
    return Difference(low, high, max(each.p for each in both) if apart_from_zero else 1.0)


def _apart(lower, higher):
    """That one gain is below another: how far their intervals are from each other."""
    return difference(higher["low"] - lower["high"], higher["high"] - lower["low"])


def _percent(share):
    return f"{100 * share:.1f} %"


def _best_baseline(rows, without=()):
    at_hour = rows.query(
        "experiment == 'ladder' and measure == 'mae' and where == 'all' and minutes == @HOUR"
    )
    others = at_hour[~at_hour["variant"].isin([*NETWORKS, *without])]
    return others.loc[others["value"].idxmin(), "variant"]


def _c1(tables):
    rows = tables["ledger"]
    best = _best_baseline(rows)
    classical = _best_baseline(rows, without=["boosted trees"])
    gain = picked(rows, "ladder", "stn", "gain", best, minutes=HOUR)
    regression, trees = (
        picked(rows, "ladder", name, "gain", "last value", minutes=HOUR)
        for name in (classical, "boosted trees")
    )
    figure = (
        f"an hour ahead the best regression ({classical}) takes {_percent(regression['value'])} "
        f"off the last value's error, boosted trees {_percent(trees['value'])}; the STN "
        f"{_percent(gain['value'])} off that of the best baseline, {best}"
    )
    conditions = [_below(regression), _below(trees)]
    return Evidence(figure, conditions, regression["low"], regression["high"])


def _c2(tables):
    found = _gains(tables["ledger"], "clock", "right clock", "wrong clock")
    figure = f"the right clock saves {_percent(found[0]['value'])} of the error at 15 minutes"
    conditions = [_above(part) for part in found]
    return Evidence(figure, conditions, found[0]["low"], found[0]["high"])


def _c3(tables):
    rows = tables["ledger"]
    name = "quantile network, sixth"
    cost = picked(rows, "decisions", name, "gain in cost", "stn", minutes=30)
    error = picked(rows, "decisions", name, "gain", "stn", minutes=30)
    figure = (
        f"warnings from the forecast with {_percent(-error['value'])} more error cost "
        f"{_percent(cost['value'])} less"
    )
    return Evidence(figure, [_above(cost), _below(error)], cost["low"], cost["high"])


def _c4(tables):
    alone = _ablated(tables, "without graph")
    best = _best_baseline(tables["ledger"])
    gain = picked(tables["ledger"], "ladder", "stn", "gain", best, minutes=HOUR)
    walked = tables["ledger"].query("experiment == 'walk' and measure == 'gain'")
    weeks = [week for _, week in walked.iterrows()]
    figure = (
        f"without the graph the STN's error is {_percent(alone[0])} larger; walked forward over "
        f"{len(weeks)} weeks, it takes {_percent(walked['value'].min())} to "
        f"{_percent(walked['value'].max())} off the error of the week's best baseline"
    )
    conditions = [_over_seeds(alone), _above(gain), *map(_above, weeks)]
    return Evidence(figure, conditions, alone[1], alone[2])


def _ablated(tables, part):
    """What leaving a part out costs, as a share of the whole STN's error, over the seeds."""
    table = tables["ablation"].query("horizon_minutes == @HOUR")
    errors = table.pivot(index="seed", columns="variant", values="mae")
    whole = errors["all parts"]
    return tuple(each / whole.mean() for each in over_seeds(errors[part] - whole))


def _c5(tables):
    time, space = (
        _ablated(tables, f"without {part}") for part in ("dynamic convolution", "local pooling")
    )
    figure = (
        f"without dynamic convolution {100 * time[0]:+.1f} % error, without local pooling "
        f"{100 * space[0]:+.1f} %"
    )
    return Evidence(figure, [_over_seeds(time), _over_seeds(space)], time[1], time[2])


def _c6(tables):
    found = _gains(tables["ledger"], "ladder", "feed_forward", "last value")
    figure = f"takes {_percent(found[-1]['value'])} off the last value's error an hour ahead"
    conditions = [_above(part) for part in found]
    return Evidence(figure, conditions, found[-1]["low"], found[-1]["high"])


def _c7(tables):
    rows = tables["ledger"]
    works = picked(rows, "ladder", "cnn_lstm", "gain", "last value", minutes=HOUR)
    beaten = picked(rows, "ladder", "stn", "gain", "cnn_lstm", minutes=HOUR)
    figure = (
        f"the hybrid takes {_percent(works['value'])} off the last value's error; the STN "
        f"{_percent(beaten['value'])} off the hybrid's"
    )
    return Evidence(figure, [_above(works), _below(beaten)], works["low"], works["high"])


def rolling_gains(table):
    """What a daily update saves, for each network, place and window: (pairs, all compared).

    Args:
        table: The table "rolling".

    Returns:
        DataFrame (model, place, window_days) as `compared` gives it, corrected for all of them;
        means and intervals in km/h.
    """
    gains = {}
    for model, part in table.groupby("model", sort=False):
        for place in ("mae", "mae_roadworks"):
            errors = part.pivot(index="day", columns="window_days", values=place)
            for days in errors.columns[1:]:
                gains[model, place, days] = errors[0] - errors[days]
    found = compared(gains)
    found.index = pd.MultiIndex.from_tuples(found.index, names=["model", "place", "window_days"])
    return found


def _c8(tables):
    found = rolling_gains(tables["rolling"])
    of_stn = found.loc["stn", "mae"]
    whole = tables["rolling"].query("model == 'stn' and window_days == 0")["mae"].mean()
    best = of_stn["mean"].idxmax()

    def listed(verdict):
        return ", ".join(map(str, of_stn.index[of_stn["verdict"] == verdict])) or "none"

    told = found["verdict"].value_counts()
    figure = (
        f"a daily update of the STN is better for t = {listed('better')} and worse for t = "
        f"{listed('worse')} of {', '.join(map(str, of_stn.index))} days, most for t = {best}: "
        f"{_percent(of_stn.loc[best, 'mean'] / whole)}; of all {len(found)} comparisons, "
        f"{told.get('better', 0)} better and {told.get('worse', 0)} worse"
    )
    met = {"better": True, "worse": False, "not shown": None}
    conditions = [met[each] for each in of_stn["verdict"]]
    return Evidence(figure, conditions, *(of_stn.loc[best, ["low", "high"]] / whole))


def _c9(tables):
    rows = tables["ledger"]
    said, conditions = [], []
    for name in ("one direction", "corridor", "los-loop"):
        nodes, edges, tree = (
            picked(rows, "graphs", name, measure)["value"]
            for measure in ("nodes", "edges", "is a tree")
        )
        said.append(f"{name} {nodes:.0f} nodes, {edges:.0f} edges")
        conditions.append(bool(tree) and edges == nodes - 1)
    return Evidence("; ".join(said), conditions)


def _c10(tables):
    edges, paths = (
        picked(tables["ledger"], "graphs", "corridor", measure)["value"]
        for measure in ("edges", "paths")
    )
    figure = (
        f"the road of corridor has {edges:.0f} edges, from each detector to the next, and "
        f"{paths:.0f} paths"
    )
    return Evidence(figure, [edges == paths])


def _c11(tables):
    rows = tables["ledger"]
    where, turned = (
        picked(rows, "graphs", *pair, minutes=HOUR)
        for pair in (
            ("road, both ways", "gain in MSE", "own past"),
            ("against traffic", "gain", "with traffic"),
        )
    )
    figure = (
        f"neighbours by A take {_percent(where['value'])} off the MSE of the own past; turning A "
        f"round changes the MAE by {100 * -turned['value']:+.1f} %"
    )
    conditions = [_above(where), _differs(turned)]
    return Evidence(figure, conditions, where["low"], where["high"])


def _c12(tables):
    rows = tables["ledger"]
    moved, radius = (
        picked(rows, "graphs", "learned, 5 min", measure)["value"]
        for measure in ("nodes moved in an hour", "spectral radius")
    )
    figure = f"a change at one node moves {moved:.0f} within an hour; {radius:.3f} is left a step"
    return Evidence(figure, [moved > 1, radius < 1])


def _c13(tables):
    rivals = ("distance weights", "own past", "persistence")
    found = {
        (rival, measure): picked(
            tables["ledger"], "graphs", "road, both ways", measure, rival, minutes=HOUR
        )
        for rival in rivals
        for measure in ("gain in MSE", "gain")
    }
    wins = [_above(part) for part in found.values()]
    first = found["distance weights", "gain in MSE"]

    def figure(wins):
        return (
            f"learned weights take {_percent(first['value'])} off the MSE of distance weights; "
            f"they win {wins.count(True)} of {len(wins)} comparisons, and lose {wins.count(False)}"
        )

    return Evidence(figure, wins, first["low"], first["high"])


def _c14(tables):
    status, share, kept, last = (
        picked(tables["ledger"], "one command", *pair)["value"]
        for pair in (
            ("stlearn forecast", "exit status"),
            ("stlearn forecast", "sensors forecast"),
            ("kept model", "mae", "", "all", HOUR),
            ("last value", "mae", "", "all", HOUR),
        )
    )
    figure = (
        f"stlearn forecast, alone in an empty folder, forecasts {_percent(share)} of the sensors; "
        f"an hour ahead its model errs by {kept:.2f} km/h, the last value by {last:.2f}"
    )
    return Evidence(figure, [status == 0, share == 1, kept < last])


def _c15(tables):
    rows = tables["ledger"]
    tuned = picked(rows, "tuning", "tuned", "gain", "default", minutes=HOUR)
    luck = seed_gain(rows, "tuning", "tuned", "default")
    at_hour = picked(rows, "ladder", "stn", "mae", minutes=HOUR)["value"]
    pooled = picked(rows, "ladder", "stn", "mae pooled", minutes=HOUR)["value"]
    told = 1 - pooled / at_hour
    figure = (
        f"tuning takes {_percent(tuned['value'])} off the STN's error; telling the pooled error "
        f"for that of the last step {_percent(told)}"
    )
    conditions = [_on_one_side(tuned, luck), told > abs(tuned["value"])]
    return Evidence(figure, conditions, tuned["low"], tuned["high"])


def _c16(tables):
    if "applications" not in tables:
        return Evidence("no table of the twelve parts", [])
    found = verdicts(tables["applications"])["forecast"]
    conditions = [{"better": True, "worse": False}.get(verdict) for verdict in found]
    figure = (
        f"better than the best baseline in {conditions.count(True)} of {len(conditions)} parts, "
        f"worse in {conditions.count(False)}, over the seeds after Holm's correction"
    )
    return Evidence(figure, conditions)


def _c17(tables):
    rows = tables["ledger"]
    told = picked(rows, "factors", "stn", "gain", "without calendar", minutes=HOUR)
    match = seed_gain(rows, "factors", "stn", "without calendar", "announced match")
    often = [
        factor
        for factor in ("weekend", "holiday", "announced match", "wet day")
        if picked(rows, "factors", factor, "days in test")["value"] >= 4
    ]

    def figure(met):
        known = [factor for factor, better in zip(often, met[2:]) if better]
        return (
            f"the calendar takes {_percent(told['value'])} off the error, {_percent(match[0])} on "
            f"match evenings; untold, the hidden state tells {', '.join(known) or 'none'} of "
            f"{', '.join(often)} better than the raw hour does"
        )

    probes = [_over_seeds(_probe_gain(rows, factor)) for factor in often]
    conditions = [_above(told), _over_seeds(match), *probes]
    return Evidence(figure, conditions, told["low"], told["high"])


def _probe_gain(rows, factor):
    """Gain in area of the hidden state over the raw hour, with its interval over the seeds."""
    raw = picked(rows, "factors", factor, "probe of the raw hour")["value"]
    part = rows.query("variant == @factor and measure == 'probe of the hidden state'")["value"]
    return over_seeds(part - raw)


def _c18(tables):
    rows = tables["ledger"]
    where = {
        name: picked(rows, "events", "stn", "gain", "last value", name, 30)
        for name in ("incidents", "unannounced match", "elsewhere")
    }
    errors = [
        picked(rows, "events", "stn", "mae", where=name, minutes=30)["value"]
        for name in ("incidents", "elsewhere")
    ]
    figure = (
        f"half an hour ahead its error is {errors[0] / errors[1]:.1f} times as large around "
        f"incidents; gain over the last value {_percent(where['incidents']['value'])} there, "
        f"{_percent(where['elsewhere']['value'])} elsewhere"
    )
    conditions = [
        _below(where["incidents"]),
        _apart(where["incidents"], where["elsewhere"]),
        _apart(where["unannounced match"], where["elsewhere"]),
    ]
    return Evidence(figure, conditions, where["incidents"]["low"], where["incidents"]["high"])


def _c19(tables):
    rows = tables["ledger"]
    best = _best_baseline(rows)
    times = {}
    for cost in ("seconds", "stored MB"):
        ours, theirs = (picked(rows, "ladder", name, cost)["value"] for name in ("stn", best))
        times[cost] = ours, ours / theirs
    (seconds, slower), (stored, larger) = times.values()
    figure = (
        f"{seconds:.0f} s on one core and {stored:.1f} MB on disk, {slower:.1f} and {larger:.1f} "
        f"times those of the best baseline, {best}"
    )
    return Evidence(figure, [slower > 1, larger > 1])


def _c20(tables):
    rows = tables["ledger"]
    gains, conditions = {}, []
    for name, (variant, other) in IMPROVEMENTS.items():
        days = picked(rows, "improvements", variant, "gain", other, name, HOUR)
        luck = seed_gain(rows, "improvements", variant, other, name)
        gains[name] = days["value"]
        conditions.append(_on_one_side(days, luck))
    # A loss is not only chosen for the absolute error: Huber's aims at the squared one too.
    squared = seed_gain(rows, "losses", "loss huber", "loss mae", measure="rmse")
    gains["the same loss, in RMSE"] = squared[0]
    conditions.append(_over_seeds(squared))

    def figure(met):
        words = {True: "better", False: "worse", None: "not shown"}
        said = [
            f"{name} {100 * gain:+.1f} % ({words[found]})"
            for (name, gain), found in zip(gains.items(), met)
        ]
        return f"gains: {', '.join(said)}, {len(SEEDS)} seeds"

    return Evidence(figure, conditions)


CLAIMS = {
    "C1": ("statistical methods cannot cope with time and space", "ladder of methods", _c1),
    "C2": ("agencies' data must be synchronised", "every second clock 5 minutes off", _c2),
    "C3": ("a forecast can miss what a decision needs", "warnings: cost against error", _c3),
    "C4": (
        "an STN handles time and space at once",
        "without graph; best baseline, five tests",
        _c4,
    ),
    "C5": ("by dynamic convolution and local pooling", "ablation, several seeds", _c5),
    "C6": ("a feed-forward network learns", "feed-forward against the last value", _c6),
    "C7": ("CNN and LSTM make the hybrid", "hybrid against last value and STN", _c7),
    "C8": ("update with the past t days", "rolling update, several t", _c8),
    "C9": ("n nodes, n - 1 edges", "three road networks counted", _c9),
    "C10": ("E is all possible paths", "edges and paths counted", _c10),
    "C11": ("A[i][j] = 1 if i affects j", "edges, and edges turned round", _c11),
    "C12": ("when one node changes, the others follow", "impulse through learned weights", _c12),
    "C13": ("the goal is to find F", "learned weights against three rivals", _c13),
    "C14": ("install and run with one script", "one command in an empty folder", _c14),
    "C15": ("the real problem is tuning and evaluating", "a search; pooled for step", _c15),
    "C16": ("twelve applications", "chapter 06", _c16),
    "C17": ("it learns hidden factors", "without calendar; linear probes", _c17),
    "C18": ("it may fail on abnormal events", "incidents and matches", _c18),
    "C19": ("training is slow and needs storage", "seconds and megabytes", _c19),
    "C20": ("five improvements", "five experiments, several seeds", _c20),
}
