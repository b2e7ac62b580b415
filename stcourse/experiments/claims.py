"""The claims of the article, C1 to C20, each with the rule that judges it.

A rule is a function of the stored tables. It names a figure, its interval where it is a
difference of errors, and the conditions under which the claim would be true;
`stcourse.experiments.ledger` makes the verdict of them.
"""

import importlib.metadata

from stcourse.experiments.figures_of_tables import HOUR, Evidence, over_seeds, picked, seed_gain
from stcourse.experiments.improvements import IMPROVEMENTS
from stcourse.experiments.networks import NETWORKS, SEEDS
from stlearn.files import shipped


def _gains(table, experiment, variant, other, times=(15, 30, 60), where="all", measure="gain"):
    return [picked(table, experiment, variant, measure, other, where, t) for t in times]


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
    copes = picked(rows, "ladder", classical, "gain", "last value", minutes=HOUR)
    figure = (
        f"an hour ahead the best regression ({classical}) takes {_percent(copes['value'])} off the "
        f"last value's error; the STN {_percent(gain['value'])} off that of the best baseline, "
        f"{best}"
    )
    return Evidence(figure, [copes["low"] <= 0, gain["low"] > 0], gain["low"], gain["high"])


def _c2(tables):
    found = _gains(tables["ledger"], "clock", "right clock", "wrong clock")
    figure = f"the right clock saves {_percent(found[0]['value'])} of the error at 15 minutes"
    conditions = [part["low"] > 0 for part in found]
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
    return Evidence(figure, [cost["low"] > 0, error["high"] < 0], cost["low"], cost["high"])


def _c4(tables):
    alone = _ablated(tables, "without graph")
    best = _best_baseline(tables["ledger"])
    gain = picked(tables["ledger"], "ladder", "stn", "gain", best, minutes=HOUR)
    figure = f"without the graph the STN's error is {_percent(alone[0])} larger"
    return Evidence(figure, [alone[1] > 0, gain["low"] > 0], alone[1], alone[2])


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
    return Evidence(figure, [time[1] > 0, space[1] > 0], time[1], time[2])


def _c6(tables):
    found = _gains(tables["ledger"], "ladder", "feed_forward", "last value")
    figure = f"takes {_percent(found[-1]['value'])} off the last value's error an hour ahead"
    return Evidence(
        figure, [part["low"] > 0 for part in found], found[-1]["low"], found[-1]["high"]
    )


def _c7(tables):
    rows = tables["ledger"]
    works = picked(rows, "ladder", "cnn_lstm", "gain", "last value", minutes=HOUR)
    beaten = picked(rows, "improvements", "stn", "gain", "cnn_lstm", "another architecture", HOUR)
    figure = (
        f"the hybrid takes {_percent(works['value'])} off the last value's error; the STN "
        f"{_percent(beaten['value'])} off the hybrid's"
    )
    return Evidence(figure, [works["low"] > 0, beaten["low"] <= 0], works["low"], works["high"])


def _c8(tables):
    table = tables["rolling"].query("model == 'stn'")
    errors = table.pivot(index="day", columns="window_days", values="mae")
    found = {
        days: [part / errors[0].mean() for part in over_seeds(errors[0] - errors[days])]
        for days in errors.columns[1:]
    }
    best = max(found, key=lambda days: found[days][0])
    better = [str(days) for days, part in found.items() if part[1] > 0]
    figure = (
        f"gain of a daily update for t = {', '.join(better) or 'no'} of "
        f"{', '.join(map(str, found))} days; most for t = {best}: {_percent(found[best][0])}"
    )
    return Evidence(figure, [part[1] > 0 for part in found.values()], *found[best][1:])


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
    figure = f"corridor has {edges:.0f} edges and {paths:.0f} paths"
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
    conditions = [where["low"] > 0, turned["low"] > 0 or turned["high"] < 0]
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
    wins = [part["low"] > 0 for part in found.values()]
    first = found["distance weights", "gain in MSE"]
    figure = (
        f"learned weights take {_percent(first['value'])} off the MSE of distance weights; they "
        f"win {sum(wins)} of {len(wins)} comparisons"
    )
    return Evidence(figure, wins, first["low"], first["high"])


def _c14(tables):
    scripts = importlib.metadata.entry_points(group="console_scripts", name="stlearn")
    return Evidence(f"one command, stlearn: {len(scripts)} of 1 is installed", [bool(scripts)])


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
    conditions = [tuned["low"] > 0 and luck[1] > 0, told > abs(tuned["value"])]
    return Evidence(figure, conditions, tuned["low"], tuned["high"])


def _c16(tables):
    if "applications" not in tables:
        return Evidence("no table of the twelve parts", [])
    table = tables["applications"]
    better = table.groupby("application")["gain_low"].min() > 0  # on every seed
    figure = f"better than the baseline on every seed in {better.sum()} of {len(better)} parts"
    return Evidence(figure, [*better])


def _c17(tables):
    rows = tables["ledger"]
    told = picked(rows, "factors", "stn", "gain", "without calendar", minutes=HOUR)
    match = seed_gain(rows, "factors", "stn", "without calendar", "announced match")
    often = [
        factor
        for factor in ("weekend", "holiday", "announced match", "wet day")
        if picked(rows, "factors", factor, "days in test")["value"] >= 4
    ]
    known = [factor for factor in often if _probe_gain(rows, factor) > 0]
    figure = (
        f"the calendar takes {_percent(told['value'])} off the error, {_percent(match[0])} on "
        f"match evenings; untold, the hidden state tells {', '.join(known) or 'none'} of "
        f"{', '.join(often)} better than the raw hour does"
    )
    conditions = [told["low"] > 0, match[1] > 0, *(name in known for name in often)]
    return Evidence(figure, conditions, told["low"], told["high"])


def _probe_gain(rows, factor):
    """Lowest gain in area that the seeds allow, of the hidden state over the raw hour."""
    raw = picked(rows, "factors", factor, "probe of the raw hour")["value"]
    part = rows.query("variant == @factor and measure == 'probe of the hidden state'")["value"]
    return over_seeds(part - raw)[1]


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
        where["incidents"]["low"] <= 0,
        where["incidents"]["value"] < where["elsewhere"]["value"],
        where["unannounced match"]["value"] < where["elsewhere"]["value"],
    ]
    return Evidence(figure, conditions, where["incidents"]["low"], where["incidents"]["high"])


def _c19(tables):
    rows = tables["ledger"]
    best = _best_baseline(rows)
    seconds, stored = (picked(rows, "ladder", "stn", m)["value"] for m in ("seconds", "stored MB"))
    slow = seconds / picked(rows, "ladder", best, "seconds")["value"]
    data = shipped("datasets/corridor/speed.csv.gz").stat().st_size / 1e6
    figure = (
        f"{seconds:.0f} s on one core, {slow:.1f} times the best baseline; {stored:.1f} MB "
        f"stored, beside {data:.1f} MB of data"
    )
    return Evidence(figure, [slow > 10, stored > data])


def _c20(tables):
    rows = tables["ledger"]
    said, conditions = [], []
    for name, (variant, other) in IMPROVEMENTS.items():
        days = picked(rows, "improvements", variant, "gain", other, name, HOUR)
        luck = seed_gain(rows, "improvements", variant, other, name)
        real = days["low"] > 0 and luck[1] > 0
        said.append(f"{name} {100 * days['value']:+.1f} %{' (real)' if real else ''}")
        conditions.append(real)
    figure = f"{', '.join(said)}, {len(SEEDS)} seeds"
    return Evidence(f"gains: {figure}", conditions)


CLAIMS = {
    "C1": ("statistical methods cannot cope with time and space", "ladder of methods", _c1),
    "C2": ("agencies' data must be synchronised", "every second clock 5 minutes off", _c2),
    "C3": ("a forecast can miss what a decision needs", "warnings: cost against error", _c3),
    "C4": ("an STN handles time and space at once", "without graph; best baseline", _c4),
    "C5": ("by dynamic convolution and local pooling", "ablation, several seeds", _c5),
    "C6": ("a feed-forward network learns", "feed-forward against the last value", _c6),
    "C7": ("CNN and LSTM make the hybrid", "hybrid against last value and STN", _c7),
    "C8": ("update with the past t days", "rolling update, several t", _c8),
    "C9": ("n nodes, n - 1 edges", "three road networks counted", _c9),
    "C10": ("E is all possible paths", "edges and paths counted", _c10),
    "C11": ("A[i][j] = 1 if i affects j", "edges, and edges turned round", _c11),
    "C12": ("when one node changes, the others follow", "impulse through learned weights", _c12),
    "C13": ("the goal is to find F", "learned weights against three rivals", _c13),
    "C14": ("install and run with one script", "commands of the library", _c14),
    "C15": ("the real problem is tuning and evaluating", "a search; pooled for step", _c15),
    "C16": ("twelve applications", "chapter 06", _c16),
    "C17": ("it learns hidden factors", "without calendar; linear probes", _c17),
    "C18": ("it may fail on abnormal events", "incidents and matches", _c18),
    "C19": ("training is slow and needs storage", "seconds and megabytes", _c19),
    "C20": ("five improvements", "five experiments, several seeds", _c20),
}
